// SPDX-License-Identifier: MIT
/*
 * Want of memory in calls about contexts, devices and physical allocations.
 */
#include "failnth_uapi.h"

UAPI_FIXTURE(failnth)

/* A call that has no reason to give speaks for itself. */
static int plain(int rc)
{
	if (rc >= 0)
		return 0;
	uapi_last.reason = ACL_EMU_REASON_HOST_NOMEM;
	return -errno;
}

/* ---- contexts and devices ---- */

static int call_open(struct scene *s)
{
	s->other = uapi_open();
	return plain(s->other);
}

static int undo_open(struct scene *s)
{
	return close(s->other);
}

static int call_open_close(struct scene *s)
{
	int fd = uapi_open();

	(void)s;
	if (fd < 0)
		return plain(fd);
	uapi_device_open(fd, 0);
	return plain(close(fd));
}

static int call_query(struct scene *s)
{
	struct acl_emu_query arg = UAPI_ARG(acl_emu_query);

	return UAPI_CALL(s->fd, QUERY, &arg);
}

static int call_info(struct scene *s)
{
	struct acl_emu_device_info arg = UAPI_ARG(acl_emu_device_info, .loc = uapi_device(0));

	return UAPI_CALL(s->fd, DEVICE_INFO, &arg);
}

static int call_device_open(struct scene *s)
{
	return uapi_device_open(s->fd, 0);
}

static int call_tgid(struct scene *s)
{
	struct acl_emu_tgid arg = UAPI_ARG(acl_emu_tgid);

	return UAPI_CALL(s->fd, GET_TGID, &arg);
}

/* What the reset takes is put there again, at the same addresses. */
static int undo_reset(struct scene *s)
{
	uint64_t handle;

	if (uapi_device_open(s->fd, 0) || uapi_alloc(s->fd, 2 * SIZE_2M, 0, &handle))
		return -1;
	s->handle = handle;
	return uapi_map(s->fd, s->addr, 2 * SIZE_2M, handle);
}

static int call_reset(struct scene *s)
{
	int rc = uapi_device_reset(s->fd, 0);

	failnth_stop();
	/* The answer may have got lost on its way: it is a reset all the same. */
	if (rc == -EFAULT && uapi_alloc(s->fd, SIZE_2M, 0, &s->other) == -ENXIO)
		rc = undo_reset(s) ? -EIO : -EFAULT;
	else if (rc == -EFAULT)
		uapi_free(s->fd, s->other);
	if (rc)
		uapi_last.reason = ACL_EMU_REASON_NONE;
	return rc;
}

static const struct failnth_case devices[] = {
	{ "open", call_open, undo_open, 3, { ENFILE } },
	{ "open and close", call_open_close, NULL, 3, { ENFILE } },
	{ "QUERY", call_query, NULL, 0, { 0 } },
	{ "DEVICE_INFO", call_info, NULL, 0, { 0 } },
	{ "DEVICE_OPEN", call_device_open, NULL, 0, { 0 } },
	{ "GET_TGID", call_tgid, NULL, 0, { 0 } },
	{ "DEVICE_RESET", call_reset, undo_reset, 0, { 0 } },
};

TEST_F(failnth, devices)
{
	struct scene scene = { .fd = self->fd };

	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &scene.addr, &scene.handle));
	FAILNTH_SWEEP(&scene, devices);
	EXPECT_EQ(0, uapi_unmapped(self->fd, scene.addr, scene.handle));
}

/* ---- allocations ---- */

static int alloc_of(struct scene *s, struct acl_emu_location loc, uint64_t size, uint32_t flags)
{
	return uapi_alloc_at(s->fd, loc, size, flags, &s->other);
}

static int call_alloc_2m(struct scene *s)
{
	return alloc_of(s, uapi_device(0), 3 * SIZE_2M, 0);
}

static int call_alloc_4k(struct scene *s)
{
	return alloc_of(s, uapi_device(0), 5 * SIZE_4K, ACL_EMU_PHYS_4K);
}

/* A table of more than a page. */
static int call_alloc_blocks(struct scene *s)
{
	return alloc_of(s, uapi_device(0), 20 * SIZE_2M, 0);
}

static int call_alloc_host(struct scene *s)
{
	struct acl_emu_location host = { ACL_EMU_LOC_HOST, 0 };

	return alloc_of(s, host, 2 * SIZE_2M, 0);
}

static int undo_alloc(struct scene *s)
{
	return uapi_free(s->fd, s->other);
}

static int call_retain(struct scene *s)
{
	struct acl_emu_phys_retain arg = UAPI_ARG(acl_emu_phys_retain, .handle = s->handle);

	return UAPI_CALL(s->fd, PHYS_RETAIN, &arg);
}

static int call_retain_by_addr(struct scene *s)
{
	struct acl_emu_phys_retain arg = UAPI_ARG(acl_emu_phys_retain, .addr = s->addr);

	arg.head.flags = ACL_EMU_RETAIN_BY_ADDR;
	return UAPI_CALL(s->fd, PHYS_RETAIN, &arg);
}

static int undo_retain(struct scene *s)
{
	return uapi_free(s->fd, s->handle);
}

static int call_phys_info(struct scene *s)
{
	struct acl_emu_phys_info arg = UAPI_ARG(acl_emu_phys_info, .handle = s->handle);

	return UAPI_CALL(s->fd, PHYS_INFO, &arg);
}

static int undo_free(struct scene *s)
{
	return uapi_alloc(s->fd, 2 * SIZE_2M, 0, &s->key);
}

/* Freeing cannot fail; an answer that is lost does not keep the memory. */
static int call_free(struct scene *s)
{
	int rc = uapi_free(s->fd, s->key);
	uint32_t reason = uapi_last.reason;

	failnth_stop();
	if (rc == -EFAULT && uapi_phys_info(s->fd, s->key).size != 2 * SIZE_2M)
		rc = undo_free(s) ? -EIO : -EFAULT;
	uapi_last.reason = reason;
	return rc;
}

static const struct failnth_case allocations[] = {
	{ "PHYS_ALLOC", call_alloc_2m, undo_alloc, 4, { 0 } },
	{ "PHYS_ALLOC of 4 KiB", call_alloc_4k, undo_alloc, 7, { 0 } },
	{ "PHYS_ALLOC of 20 blocks", call_alloc_blocks, undo_alloc, 3, { 0 } },
	{ "PHYS_ALLOC on the host", call_alloc_host, undo_alloc, 4, { 0 } },
	{ "PHYS_RETAIN", call_retain, undo_retain, 0, { 0 } },
	{ "PHYS_RETAIN by address", call_retain_by_addr, undo_retain, 0, { 0 } },
	{ "PHYS_INFO", call_phys_info, NULL, 0, { 0 } },
	{ "PHYS_FREE", call_free, undo_free, 0, { 0 } },
};

TEST_F(failnth, allocations)
{
	struct scene scene = { .fd = self->fd };

	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &scene.addr, &scene.handle));
	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &scene.key));
	FAILNTH_SWEEP(&scene, allocations);
	EXPECT_EQ(0, uapi_free(self->fd, scene.key));
	EXPECT_EQ(0, uapi_unmapped(self->fd, scene.addr, scene.handle));
}

/* Memory made of what is left: more places to fail, the same rules. */
#define FAIL_HUGE	"/sys/kernel/debug/acl_emu/fail_huge"

static int call_alloc_fallback(struct scene *s)
{
	uapi_write_file(FAIL_HUGE, "2");
	return alloc_of(s, uapi_device(0), 2 * SIZE_2M, 0);
}

static const struct failnth_case fallbacks[] = {
	{ "PHYS_ALLOC of smaller pages", call_alloc_fallback, undo_alloc, 4, { 0 } },
};

TEST_F(failnth, fallbacks)
{
	struct scene scene = { .fd = self->fd };

	if (access(FAIL_HUGE, W_OK))
		SKIP(return, "no debugfs");
	FAILNTH_SWEEP(&scene, fallbacks);
	EXPECT_EQ(0, uapi_write_file(FAIL_HUGE, "0"));
}

TEST_HARNESS_MAIN
