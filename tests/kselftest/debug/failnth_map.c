// SPDX-License-Identifier: MIT
/*
 * Want of memory in calls about addresses: reservations, mappings, rights,
 * look-ups, copies, page faults.
 */
#include "failnth_uapi.h"

#define RANGE	(8 * SIZE_2M)
#define SIZE	(2 * SIZE_2M)
/* In the reservation: what is mapped, and where something else can be. */
#define FREE_AT(s)	((s)->addr + 4 * SIZE_2M)

UAPI_FIXTURE(failnth)

static int make_scene(int fd, struct scene *scene)
{
	int rc = uapi_alloc(fd, SIZE, 0, &scene->handle);

	scene->fd = fd;
	if (!rc)
		rc = uapi_reserve(fd, RANGE, &scene->addr);
	return rc ? rc : uapi_map(fd, scene->addr, SIZE, scene->handle);
}

static int drop_scene(struct scene *scene)
{
	return uapi_unmapped(scene->fd, scene->addr, scene->handle);
}

/* ---- reservations ---- */

static int call_reserve(struct scene *s)
{
	return uapi_reserve(s->fd, SIZE_2M, &s->other);
}

static int call_reserve_anywhere(struct scene *s)
{
	return uapi_reserve_flags(s->fd, SIZE_2M, ACL_EMU_RANGE_ANYWHERE, &s->other);
}

#define FIXED_AT	(ACL_EMU_VA_USER_FIRST + 512 * SIZE_1G)

static int call_reserve_fixed(struct scene *s)
{
	s->other = FIXED_AT;
	return uapi_reserve_fixed(s->fd, FIXED_AT, 4 * SIZE_1G);
}

static int undo_reserve(struct scene *s)
{
	return uapi_release(s->fd, s->other);
}

/* With or without its answer: is it there? */
static bool reserved(struct scene *s, uint64_t addr)
{
	return uapi_lookup(s->fd, addr).found & ACL_EMU_FOUND_RANGE;
}

static int undo_release(struct scene *s)
{
	return uapi_reserve_fixed(s->fd, s->key, 2 * SIZE_2M);
}

static int call_release(struct scene *s)
{
	int rc = uapi_release(s->fd, s->key);
	struct acl_emu_head last = uapi_last;

	failnth_stop();
	if (rc == -EFAULT && !reserved(s, s->key))
		rc = undo_release(s) ? -EIO : -EFAULT;
	uapi_last = last;
	return rc;
}

/* Not an ioctl of ours, but our memory that goes with it. */
static int call_munmap(struct scene *s)
{
	uint64_t addr;
	int rc = uapi_reserve(s->fd, SIZE_2M, &addr);

	if (rc)
		return rc;
	rc = munmap((void *)addr, SIZE_2M) ? -errno : 0;
	uapi_last.reason = ACL_EMU_REASON_VA_LIMIT;
	failnth_stop();
	if (rc && munmap((void *)addr, SIZE_2M))
		return -EIO;
	return uapi_release(s->fd, addr) ? -EIO : rc;
}

static const struct failnth_case ranges[] = {
	{ "RANGE_RESERVE", call_reserve, undo_reserve, 3, { 0 } },
	{ "RANGE_RESERVE anywhere", call_reserve_anywhere, undo_reserve, 3, { 0 } },
	{ "RANGE_RESERVE fixed", call_reserve_fixed, undo_reserve, 3, { 0 } },
	{ "RANGE_RELEASE", call_release, undo_release, 0, { 0 } },
	{ "munmap", call_munmap, NULL, 3, { 0 } },
};

TEST_F(failnth, ranges)
{
	struct scene scene;

	ASSERT_EQ(0, make_scene(self->fd, &scene));
	ASSERT_EQ(0, uapi_reserve(self->fd, 2 * SIZE_2M, &scene.key));
	FAILNTH_SWEEP(&scene, ranges);
	EXPECT_EQ(0, uapi_release(self->fd, scene.key));
	EXPECT_EQ(0, drop_scene(&scene));
}

/* ---- mappings ---- */

static int call_map(struct scene *s)
{
	return uapi_map(s->fd, FREE_AT(s), SIZE, s->handle);
}

static int call_map_populate(struct scene *s)
{
	return uapi_map_as(s->fd, (struct acl_emu_map){ .addr = FREE_AT(s), .size = SIZE,
			   .handle = s->handle, .rights = READ_WRITE }, ACL_EMU_MAP_POPULATE);
}

static int undo_map(struct scene *s)
{
	return uapi_unmap(s->fd, FREE_AT(s));
}

/* So many that the tree of the reservation has to grow on the way. */
#define MANY	40

static int undo_map_many(struct scene *s)
{
	for (uint64_t i = 0; i < MANY; i++)
		if (uapi_unmap(s->fd, FREE_AT(s) + i * SIZE_4K))
			return -1;
	return 0;
}

static int call_map_many(struct scene *s)
{
	uint64_t i;
	int rc = 0;

	for (i = 0; i < MANY && !rc; i++)
		rc = uapi_map(s->fd, FREE_AT(s) + i * SIZE_4K, SIZE_4K, s->other);
	if (rc) {
		struct acl_emu_head last = uapi_last;

		failnth_stop();
		for (i--; i--; )
			if (uapi_unmap(s->fd, FREE_AT(s) + i * SIZE_4K))
				return -EIO;
		uapi_last = last;
	}
	return rc;
}

static bool mapped(struct scene *s, uint64_t addr)
{
	return uapi_lookup(s->fd, addr).found & ACL_EMU_FOUND_MAPPING;
}

static int undo_unmap(struct scene *s)
{
	return uapi_map(s->fd, s->addr, SIZE, s->handle);
}

static int call_unmap(struct scene *s)
{
	int rc = uapi_unmap(s->fd, s->addr);
	struct acl_emu_head last = uapi_last;

	failnth_stop();
	if (rc == -EFAULT && !mapped(s, s->addr))
		rc = undo_unmap(s) ? -EIO : -EFAULT;
	uapi_last = last;
	return rc;
}

static int call_set_access(struct scene *s)
{
	struct acl_emu_location host = { ACL_EMU_LOC_HOST, 0 };

	return uapi_set_access(s->fd, s->addr, SIZE, host, READ_WRITE, 0);
}

static int call_get_access(struct scene *s)
{
	int rc = uapi_get_access(s->fd, s->addr, uapi_device(0));

	return rc < 0 ? rc : rc != READ_WRITE;
}

static int call_lookup(struct scene *s)
{
	struct acl_emu_lookup arg = UAPI_ARG(acl_emu_lookup, .addr = s->addr);

	return UAPI_CALL(s->fd, LOOKUP, &arg);
}

static int call_enum(struct scene *s)
{
	static struct acl_emu_enum_entry entries[16];
	struct acl_emu_enum arg = UAPI_ARG(acl_emu_enum, .entries = (uintptr_t)entries,
					   .count = ARRAY_SIZE(entries));

	for (uint32_t what = 0; what < ACL_EMU_ENUM_END; what++) {
		int rc;

		arg.what = what;
		arg.cursor = 0;
		arg.count = ARRAY_SIZE(entries);
		rc = UAPI_CALL(s->fd, ENUM, &arg);
		if (rc)
			return rc;
	}
	return 0;
}

/* Entries are made anew: the page tables are there or not. */
static int call_touch(struct scene *s)
{
	uint64_t addr;
	int rc = uapi_reserve(s->fd, RANGE, &addr);

	if (rc)
		return rc;
	rc = uapi_map(s->fd, addr, SIZE, s->handle);
	if (!rc) {
		/* Want of memory is no signal: the kernel tries again. */
		rc = UAPI_WRITE(addr) || UAPI_WRITE(addr + SIZE_2M) ? -EIO : 0;
		failnth_stop();
		rc = uapi_unmap(s->fd, addr) ? -EIO : rc;
	}
	failnth_stop();
	if (uapi_release(s->fd, addr))
		return -EIO;
	if (rc == -ENOMEM)
		uapi_last.reason = ACL_EMU_REASON_HOST_NOMEM;
	return rc;
}

static const struct failnth_case mappings[] = {
	{ "MAP", call_map, undo_map, 1, { 0 } },
	{ "MAP with entries", call_map_populate, undo_map, 1, { 0 } },
	{ "MAP many times", call_map_many, undo_map_many, MANY, { 0 } },
	{ "UNMAP", call_unmap, undo_unmap, 0, { 0 } },
	{ "SET_ACCESS", call_set_access, NULL, 1, { 0 } },
	{ "GET_ACCESS", call_get_access, NULL, 0, { 0 } },
	{ "LOOKUP", call_lookup, NULL, 0, { 0 } },
	{ "ENUM", call_enum, NULL, 3, { 0 } },
	{ "first touch", call_touch, NULL, 3, { 0 } },
};

TEST_F(failnth, mappings)
{
	struct scene scene;

	ASSERT_EQ(0, make_scene(self->fd, &scene));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &scene.other));
	FAILNTH_SWEEP(&scene, mappings);
	EXPECT_EQ(0, uapi_free(self->fd, scene.other));
	EXPECT_EQ(0, drop_scene(&scene));
}

/* ---- copies ---- */

/* Through many mappings, for which a table is needed. */
static int call_copy_inside(struct scene *s)
{
	return uapi_copy(s->fd, s->key, s->key + MANY / 2 * SIZE_4K, MANY / 2 * SIZE_4K,
			 ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED, NULL);
}

static uint8_t buffer[MANY * SIZE_4K];

static int call_copy_in(struct scene *s)
{
	return uapi_copy(s->fd, s->key, (uintptr_t)buffer, sizeof(buffer),
			 ACL_EMU_COPY_DST_MAPPED, NULL);
}

static int call_copy_out(struct scene *s)
{
	return uapi_copy(s->fd, (uintptr_t)buffer, s->key, sizeof(buffer),
			 ACL_EMU_COPY_SRC_MAPPED, NULL);
}

static int call_fill(struct scene *s)
{
	return uapi_copy(s->fd, s->key, 0x5a5a5a5a, sizeof(buffer),
			 ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL, NULL);
}

/* Nothing stays claimed: what was copied from can be unmapped. */
static int check_claims(struct scene *s)
{
	uint64_t last = s->key + (MANY - 1) * SIZE_4K;

	return uapi_unmap(s->fd, s->key) || uapi_unmap(s->fd, last) ||
	       uapi_map(s->fd, s->key, SIZE_4K, s->other) ||
	       uapi_map(s->fd, last, SIZE_4K, s->other);
}

static const struct failnth_case copies[] = {
	{ "COPY between mappings", call_copy_inside, check_claims, 2, { 0 } },
	{ "COPY in", call_copy_in, check_claims, 2, { 0 } },
	{ "COPY out", call_copy_out, check_claims, 2, { 0 } },
	{ "COPY of a pattern", call_fill, check_claims, 2, { 0 } },
};

TEST_F(failnth, copies)
{
	struct scene scene;

	ASSERT_EQ(0, make_scene(self->fd, &scene));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &scene.other));
	scene.key = FREE_AT(&scene);
	for (uint64_t i = 0; i < MANY; i++)
		ASSERT_EQ(0, uapi_map(self->fd, scene.key + i * SIZE_4K, SIZE_4K, scene.other));
	FAILNTH_SWEEP(&scene, copies);
	EXPECT_EQ(0, undo_map_many(&scene));
	EXPECT_EQ(0, uapi_free(self->fd, scene.other));
	EXPECT_EQ(0, drop_scene(&scene));
}

TEST_HARNESS_MAIN
