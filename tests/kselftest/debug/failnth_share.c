// SPDX-License-Identifier: MIT
/*
 * Failing allocations in calls on sharing: keys, lists, imports, files, syncs.
 */
#include "failnth_uapi.h"

#define SIZE	(2 * SIZE_2M)

UAPI_FIXTURE(failnth)

/* ---- the exporter's side ---- */

static int close_key(int fd, uint64_t key)
{
	struct acl_emu_share_close arg = UAPI_ARG(acl_emu_share_close, .key = key);

	return UAPI_CALL(fd, SHARE_CLOSE, &arg);
}

static int query(int fd, uint64_t key)
{
	struct acl_emu_share_query arg = UAPI_ARG(acl_emu_share_query, .key = key);

	return UAPI_CALL(fd, SHARE_QUERY, &arg);
}

static int call_export(struct scene *s)
{
	return uapi_export(s->fd, s->handle, 0, &s->other);
}

static int undo_export(struct scene *s)
{
	return close_key(s->fd, s->other);
}

/* Once is once also if the first attempt fails. */
static int call_export_once(struct scene *s)
{
	struct acl_emu_head last;
	uint64_t handle;
	int rc = uapi_alloc(s->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle);

	if (rc)
		return rc;
	rc = uapi_export(s->fd, handle, ACL_EMU_EXPORT_ONCE, &s->other);
	last = uapi_last;
	failnth_stop();
	if (rc && uapi_export(s->fd, handle, ACL_EMU_EXPORT_ONCE, &s->other))
		rc = -EIO;
	if (uapi_free(s->fd, handle))
		rc = -EIO;
	uapi_last = last;
	return rc;
}

/* Numbers of many processes make a table of several levels. */
static int call_allow(struct scene *s)
{
	int32_t pids[] = { s->pid, getpid(), getppid(), 1, 2, 3, 0 };

	return uapi_allow(s->fd, s->key, pids, ARRAY_SIZE(pids));
}

static int call_share_query(struct scene *s)
{
	return query(s->fd, s->key);
}

static int undo_close(struct scene *s)
{
	return uapi_export(s->fd, s->handle, 0, &s->key);
}

static int call_close(struct scene *s)
{
	int rc = close_key(s->fd, s->key);
	struct acl_emu_head last = uapi_last;

	failnth_stop();
	if (rc == -EFAULT && query(s->fd, s->key))
		rc = undo_close(s) ? -EIO : -EFAULT;
	uapi_last = last;
	return rc;
}

static int call_export_fd(struct scene *s)
{
	int rc = uapi_export_fd(s->fd, s->handle);

	s->other = rc;
	return rc < 0 ? rc : 0;
}

static int undo_export_fd(struct scene *s)
{
	return close(s->other);
}

/* Of memory with a dma-buf: the dma-buf gets the name, too. */
static int call_label(struct scene *s)
{
	struct acl_emu_label arg = UAPI_ARG(acl_emu_label, .handle = s->handle, .label = "x");

	return UAPI_CALL(s->fd, LABEL, &arg);
}

static int undo_label(struct scene *s)
{
	struct acl_emu_label arg = UAPI_ARG(acl_emu_label, .handle = s->handle);

	return UAPI_CALL(s->fd, LABEL, &arg);
}

static int call_holders(struct scene *s)
{
	static struct acl_emu_holder entries[8];
	struct acl_emu_holders arg = UAPI_ARG(acl_emu_holders, .count = ARRAY_SIZE(entries),
					      .entry_size = sizeof(*entries),
					      .entries = (uintptr_t)entries);

	return UAPI_CALL(s->fd, HOLDERS, &arg);
}

static int call_objects(struct scene *s)
{
	static struct acl_emu_object entries[8];
	struct acl_emu_objects arg = UAPI_ARG(acl_emu_objects, .count = ARRAY_SIZE(entries),
					      .entry_size = sizeof(*entries),
					      .entries = (uintptr_t)entries);

	return UAPI_CALL(s->fd, OBJECTS, &arg);
}

static const struct failnth_case exports[] = {
	{ "EXPORT", call_export, undo_export, 1, { 0 } },
	{ "EXPORT once", call_export_once, NULL, 4, { 0 } },
	{ "ALLOW_PIDS", call_allow, NULL, 1, { 0 } },
	{ "SHARE_QUERY", call_share_query, NULL, 0, { 0 } },
	{ "SHARE_CLOSE", call_close, undo_close, 0, { 0 } },
	{ "EXPORT_FD", call_export_fd, undo_export_fd, 3, { ENFILE } },
	{ "LABEL", call_label, undo_label, 2, { 0 } },
	{ "HOLDERS", call_holders, NULL, 2, { 0 } },
	{ "OBJECTS", call_objects, NULL, 1, { 0 } },
};

TEST_F(failnth, exports)
{
	struct scene scene = { .fd = self->fd };

	scene.peer = uapi_peer_start();
	scene.pid = scene.peer.pid;
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE, 0, &scene.handle));
	ASSERT_EQ(0, uapi_export(self->fd, scene.handle, 0, &scene.key));
	FAILNTH_SWEEP(&scene, exports);
	EXPECT_EQ(0, uapi_free(self->fd, scene.handle));
	EXPECT_EQ(0, uapi_peer_end(&scene.peer));
}

/* ---- the list, entry by entry ---- */

/* An attempt that failed half way leaves a list that can be completed. */
TEST_F(failnth, list_in_the_end)
{
	struct scene scene = { .fd = self->fd };
	uint64_t far;

	if (failnth_prepare())
		SKIP(return, "this kernel cannot fail allocations (FAULT_INJECTION)");
	scene.peer = uapi_peer_start();
	scene.pid = scene.peer.pid;
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE, 0, &scene.handle));
	for (unsigned int nth = 1; nth < 12; nth++) {
		ASSERT_EQ(0, uapi_export(self->fd, scene.handle, 0, &scene.key));
		ASSERT_EQ(0, failnth_arm(nth));
		call_allow(&scene);
		failnth_disarm();
		ASSERT_EQ(0, call_allow(&scene));
		ASSERT_EQ(0, uapi_peer_call(&scene.peer, PEER_IMPORT, scene.key, &far));
		ASSERT_EQ(0, uapi_peer_call(&scene.peer, PEER_FREE, far, NULL));
		ASSERT_EQ(0, close_key(self->fd, scene.key));
	}
	EXPECT_EQ(0, uapi_free(self->fd, scene.handle));
	EXPECT_EQ(0, uapi_peer_end(&scene.peer));
}

/* ---- the importer's side ---- */

static int call_import(struct scene *s)
{
	return uapi_import(s->fd, s->key, 0, &s->other);
}

static int call_import_fd(struct scene *s)
{
	return uapi_import_fd(s->fd, s->file, 0, &s->other);
}

static int undo_import(struct scene *s)
{
	return uapi_free(s->fd, s->other);
}

/* A window into the file, and its entries. */
static int call_window(struct scene *s)
{
	uint8_t *window = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, s->file, 0);
	int rc = 0;

	uapi_last.reason = ACL_EMU_REASON_VA_LIMIT;
	if (window == MAP_FAILED)
		return -errno;
	if (UAPI_WRITE((uintptr_t)window) || UAPI_WRITE((uintptr_t)window + SIZE - 1))
		rc = -EIO;
	failnth_stop();
	return munmap(window, SIZE) ? -EIO : rc;
}

static const struct failnth_case imports[] = {
	{ "IMPORT", call_import, undo_import, 1, { 0 } },
	{ "IMPORT_FD", call_import_fd, undo_import, 1, { 0 } },
	{ "mmap of a dma-buf", call_window, NULL, 0, { 0 } },
};

TEST_F(failnth, imports)
{
	struct scene scene = { .fd = self->fd };
	uint64_t far;

	scene.peer = uapi_peer_start();
	ASSERT_EQ(0, uapi_peer_call(&scene.peer, PEER_ALLOC, SIZE, &far));
	ASSERT_EQ(0, uapi_peer_call(&scene.peer, PEER_EXPORT_NO_LIST, far, &scene.key));
	ASSERT_EQ(0, uapi_peer_call(&scene.peer, PEER_EXPORT_FD, far, NULL));
	scene.file = uapi_recv_fd(scene.peer.sock);
	ASSERT_GE(scene.file, 0);
	FAILNTH_SWEEP(&scene, imports);
	close(scene.file);
	EXPECT_EQ(0, uapi_peer_end(&scene.peer));
}

/* ---- syncs ---- */

static int call_sync_create(struct scene *s)
{
	return uapi_sync(s->fd, 1, &s->other);
}

static int undo_sync_create(struct scene *s)
{
	return uapi_free(s->fd, s->other);
}

static int sync_set(struct scene *s, uint64_t value)
{
	return uapi_sync_signal(s->fd, s->handle, ACL_EMU_SYNC_SET, value, NULL);
}

static int call_sync_signal(struct scene *s)
{
	return sync_set(s, 7);
}

/* What is taken comes back when the answer is lost. */
static int call_sync_wait(struct scene *s)
{
	struct acl_emu_sync_wait arg = UAPI_ARG(acl_emu_sync_wait, .handle = s->handle,
						.value = 7);
	struct acl_emu_head last;
	uint64_t now = 0;
	int rc;

	arg.head.flags = ACL_EMU_SYNC_TAKE;
	rc = UAPI_CALL(s->fd, SYNC_WAIT, &arg);
	last = uapi_last;
	failnth_stop();
	if (uapi_sync_signal(s->fd, s->handle, 0, 0, &now) || now != (rc ? 7 : 0))
		return -EIO;
	uapi_last = last;
	return rc;
}

static int undo_sync_wait(struct scene *s)
{
	return sync_set(s, 7);
}

static const struct failnth_case syncs[] = {
	{ "SYNC_CREATE", call_sync_create, undo_sync_create, 2, { 0 } },
	{ "SYNC_SIGNAL", call_sync_signal, NULL, 0, { 0 } },
	{ "SYNC_WAIT", call_sync_wait, undo_sync_wait, 0, { 0 } },
};

TEST_F(failnth, syncs)
{
	struct scene scene = { .fd = self->fd };

	ASSERT_EQ(0, uapi_sync(self->fd, 7, &scene.handle));
	FAILNTH_SWEEP(&scene, syncs);
	EXPECT_EQ(0, uapi_free(self->fd, scene.handle));
}

TEST_HARNESS_MAIN
