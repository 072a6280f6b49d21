// SPDX-License-Identifier: MIT
/*
 * EXPORT, ALLOW_PIDS, SHARE_QUERY, IMPORT: memory under a key.
 */
#include "uapi_peer.h"

#include <linux/sched.h>
#include <sys/syscall.h>

#define OPEN_TO_ALL	ACL_EMU_EXPORT_NO_LIST
#define ONCE		ACL_EMU_EXPORT_ONCE

UAPI_FIXTURE(share)

static int query(int fd, uint64_t key, struct acl_emu_share_query *arg)
{
	*arg = UAPI_ARG(acl_emu_share_query, .key = key);
	return UAPI_CALL(fd, SHARE_QUERY, arg);
}

static int allow_one(int fd, uint64_t key, int32_t pid)
{
	return uapi_allow(fd, key, &pid, 1);
}

TEST_F(share, keys)
{
	uint64_t handle, key[64], ones = 0, zeros = 0;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	for (size_t i = 0; i < ARRAY_SIZE(key); i++) {
		ASSERT_EQ(0, uapi_export(self->fd, handle, i & 1 ? OPEN_TO_ALL : 0, &key[i]));
		EXPECT_NE(0, key[i]);
		EXPECT_EQ(0, key[i] >> 63);
		ones |= key[i];
		zeros |= ~key[i];
		for (size_t j = 0; j < i; j++)
			ASSERT_NE(key[j], key[i]);
	}
	/* All bits but the highest are random. */
	EXPECT_EQ(~0ull >> 1, ones);
	EXPECT_EQ(~0ull, zeros);
	EXPECT_EQ(BEFORE(SHARES) + 64, COUNT(SHARES));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(BEFORE(SHARES), COUNT(SHARES));
}

TEST_F(share, query)
{
	struct uapi_peer peer = uapi_peer_start();
	struct acl_emu_share_query arg;
	uint64_t handle, key, open_key, own;

	ASSERT_EQ(0, uapi_exported(self->fd, 3 * SIZE_2M, 0, &handle, &key));
	ASSERT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &open_key));
	ASSERT_EQ(0, query(self->fd, key, &arg));
	EXPECT_EQ(3 * SIZE_2M, arg.size);
	EXPECT_EQ(ACL_EMU_LOC_DEVICE, arg.loc.type);
	EXPECT_EQ(0, arg.loc.id);
	EXPECT_EQ(0, arg.flags);
	EXPECT_EQ(1, arg.own);
	ASSERT_EQ(0, query(self->fd, open_key, &arg));
	EXPECT_EQ(OPEN_TO_ALL, arg.flags);
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_QUERY, key, &own));
	EXPECT_EQ(0, own);
	EXPECT_FAIL(ENOENT, NO_SHARE, key ^ 1, 0, query(self->fd, key ^ 1, &arg));
	EXPECT_FAIL(ENOENT, NO_SHARE, 0, 0, query(self->fd, 0, &arg));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(share, export_errors)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t handle, once, key, imported, far;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	EXPECT_FAIL(ENOENT, HANDLE, handle + 1, 0, uapi_export(self->fd, handle + 1, 0, &key));
	/* ONCE counts the exports made with it, not the others. */
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &key));
	ASSERT_EQ(0, uapi_export(self->fd, handle, ONCE | OPEN_TO_ALL, &once));
	EXPECT_FAIL(EEXIST, EXPORTED, handle, once, uapi_export(self->fd, handle, ONCE, &key));
	EXPECT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &key));

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &imported));
	EXPECT_FAIL(EINVAL, IMPORTED, imported, 0, uapi_export(self->fd, imported, 0, &key));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(share, content)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t addr, handle, key, far, there, word;

	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &addr, &handle));
	*uapi_words(addr) = 4711;
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &key));
	ASSERT_EQ(0, allow_one(self->fd, key, peer.pid));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &there));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_READ, there, &word));
	EXPECT_EQ(4711, word);
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_WRITE, there + SIZE_2M, NULL));
	EXPECT_EQ(there + SIZE_2M, *uapi_words(addr + SIZE_2M));
	/* Shared memory is charged once. */
	EXPECT_EQ(self->before.used[0] + 2 * SIZE_2M, uapi_used(self->fd, 0));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(share, list)
{
	struct uapi_peer one = uapi_peer_start(), two = uapi_peer_start();
	uint64_t handle, key, far;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	EXPECT_FAIL(EACCES, PID, one.pid, 0, uapi_peer_call(&one, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, allow_one(self->fd, key, one.pid));
	EXPECT_EQ(0, uapi_peer_call(&one, PEER_IMPORT, key, &far));
	EXPECT_FAIL(EACCES, PID, two.pid, 0, uapi_peer_call(&two, PEER_IMPORT, key, &far));
	/* Calls add up. */
	ASSERT_EQ(0, allow_one(self->fd, key, two.pid));
	EXPECT_EQ(0, uapi_peer_call(&two, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, uapi_peer_end(&one));
	EXPECT_EQ(0, uapi_peer_end(&two));
}

TEST_F(share, no_list)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t handle, key, far;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, OPEN_TO_ALL, &handle, &key));
	EXPECT_FAIL(EPERM, NO_LIST, key, 0, allow_one(self->fd, key, peer.pid));
	EXPECT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

static int allow_all(int fd, uint64_t key, uint32_t count)
{
	struct acl_emu_allow_pids arg = UAPI_ARG(acl_emu_allow_pids, .key = key, .count = count);

	arg.head.flags = ACL_EMU_ALLOW_ALL;
	return UAPI_CALL(fd, ALLOW_PIDS, &arg);
}

/* The list can be dropped after the export: by its exporter alone, and for good. */
TEST_F(share, allow_all)
{
	struct uapi_peer peer = uapi_peer_start();
	struct acl_emu_share_query found;
	uint64_t handle, key, theirs, there, far;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	EXPECT_FAIL(EINVAL, SIZE, 1, 0, allow_all(self->fd, key, 1));
	EXPECT_FAIL(ENOENT, NO_SHARE, key ^ 1, 0, allow_all(self->fd, key ^ 1, 0));
	EXPECT_FAIL(EACCES, PID, peer.pid, 0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, allow_all(self->fd, key, 0));
	EXPECT_EQ(0, allow_all(self->fd, key, 0));
	EXPECT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, query(self->fd, key, &found));
	EXPECT_EQ(OPEN_TO_ALL, found.flags);
	EXPECT_FAIL(EPERM, NO_LIST, key, 0, allow_one(self->fd, key, peer.pid));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &there));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT, there, &theirs));
	EXPECT_FAIL(EACCES, NOT_EXPORTER, theirs, 0, allow_all(self->fd, theirs, 0));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(share, allow_errors)
{
	struct uapi_peer peer = uapi_peer_start();
	static int32_t pids[ACL_EMU_MAX_PIDS + 1];
	uint64_t handle, key, far;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	EXPECT_FAIL(EINVAL, SIZE, 0, ACL_EMU_MAX_PIDS, uapi_allow(self->fd, key, pids, 0));
	EXPECT_FAIL(EINVAL, SIZE, ACL_EMU_MAX_PIDS + 1, ACL_EMU_MAX_PIDS,
		    uapi_allow(self->fd, key, pids, ACL_EMU_MAX_PIDS + 1));
	EXPECT_FAIL(ENOENT, NO_SHARE, key ^ 1, 0, uapi_allow(self->fd, key ^ 1, pids, 1));
	EXPECT_FAIL(EINVAL, NO_PIDS, 3, 0, uapi_allow(self->fd, key, pids, 3));
	EXPECT_FAIL(EFAULT, USER_FAULT, 4096, 0, uapi_allow(self->fd, key, (int32_t *)4096, 1));
	EXPECT_FAIL(EACCES, NOT_EXPORTER, key, 0, uapi_peer_call(&peer, PEER_ALLOW, key, NULL));

	/* Zeros and numbers that no process has are accepted. */
	pids[0] = 0;
	pids[1] = -1;
	pids[2] = 0x7fffffff;
	pids[3] = peer.pid;
	pids[4] = 0;
	EXPECT_EQ(0, uapi_allow(self->fd, key, pids, 5));
	EXPECT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* One process has one place in the list, however often it is named. */
TEST_F(share, list_counts_processes)
{
	struct uapi_peer peer = uapi_peer_start();
	static int32_t pids[ACL_EMU_MAX_PIDS];
	uint64_t handle, key, far;

	for (size_t i = 0; i < ARRAY_SIZE(pids); i++)
		pids[i] = i & 1 ? getpid() : getppid();
	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, uapi_allow(self->fd, key, pids, ARRAY_SIZE(pids)));
	ASSERT_EQ(0, allow_one(self->fd, key, peer.pid));
	EXPECT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* Two clients of one process are one process. */
TEST_F(share, own_share)
{
	uint64_t handle, key, far;
	int fd = uapi_client();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	ASSERT_EQ(0, allow_one(fd, key, getpid()));
	EXPECT_FAIL(EACCES, OWN_SHARE, key, 0, uapi_import(self->fd, key, 0, &far));
	EXPECT_FAIL(EACCES, OWN_SHARE, key, 0, uapi_import(fd, key, 0, &far));
	ASSERT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &key));
	EXPECT_FAIL(EACCES, OWN_SHARE, key, 0, uapi_import(fd, key, 0, &far));
	close(fd);
}

TEST_F(share, order_of_import_errors)
{
	uint64_t devices = uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0);
	uint64_t handle, key, far = 0x5a;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	EXPECT_FAIL(ENODEV, NO_DEVICE, devices, devices,
		    uapi_import(self->fd, key ^ 1, devices, &far));
	if (devices > 1) {
		EXPECT_FAIL(ENOENT, NO_SHARE, key ^ 1, 0, uapi_import(self->fd, key ^ 1, 1, &far));
		EXPECT_FAIL(ENXIO, DEVICE_CLOSED, 1, 0, uapi_import(self->fd, key, 1, &far));
	}
	EXPECT_FAIL(EACCES, OWN_SHARE, key, 0, uapi_import(self->fd, key, 0, &far));
	EXPECT_EQ(0x5a, far);
}

TEST_F(share, repeated_import)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t far, key, handle, again, other;

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &handle));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &again));
	EXPECT_EQ(handle, again);
	EXPECT_EQ(2, uapi_phys_info(self->fd, handle).users);
	EXPECT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_FAIL(ENOENT, HANDLE, handle, 0, uapi_free(self->fd, handle));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &again));
	EXPECT_NE(handle, again);
	if (uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0) > 1) {
		ASSERT_EQ(0, uapi_device_open(self->fd, 1));
		ASSERT_EQ(0, uapi_import(self->fd, key, 1, &other));
		EXPECT_NE(again, other);
	}
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(share, info_of_an_import)
{
	struct uapi_peer peer = uapi_peer_start();
	uint32_t device = uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0) - 1;
	struct acl_emu_phys_info info;
	uint64_t far, key, handle, addr;

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, 4 * SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	ASSERT_EQ(0, uapi_device_open(self->fd, device));
	ASSERT_EQ(0, uapi_import(self->fd, key, device, &handle));
	info = uapi_phys_info(self->fd, handle);
	EXPECT_EQ(4 * SIZE_2M, info.size);
	EXPECT_EQ(SIZE_2M, info.granule);
	EXPECT_EQ(0, info.loc.id);
	EXPECT_EQ(device, info.user.id);
	EXPECT_EQ(ACL_EMU_PHYS_STATE_IMPORTED, info.state);
	ASSERT_EQ(0, uapi_reserve(self->fd, 4 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, 4 * SIZE_2M, handle));
	EXPECT_EQ(device, uapi_lookup(self->fd, addr).loc.id);
	EXPECT_EQ(ACL_EMU_PHYS_STATE_IMPORTED, uapi_lookup(self->fd, addr).state);
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* Memory and key stay with the importers when the exporter dies. */
TEST_F(share, exporter_dies_first)
{
	struct uapi_peer exporter = uapi_peer_start(), late = uapi_peer_start();
	uint64_t far, key, handle, addr, there;
	struct acl_emu_share_query arg;

	ASSERT_EQ(0, uapi_peer_call(&exporter, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&exporter, PEER_MAP, far, &there));
	ASSERT_EQ(0, uapi_peer_call(&exporter, PEER_WRITE, there, NULL));
	ASSERT_EQ(0, uapi_peer_call(&exporter, PEER_EXPORT_NO_LIST, far, &key));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &handle));
	EXPECT_EQ(1000 + SIGKILL, uapi_peer_kill(&exporter));

	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, handle));
	EXPECT_EQ(there, *uapi_words(addr));
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
	EXPECT_EQ(0, query(self->fd, key, &arg));
	ASSERT_EQ(0, uapi_peer_call(&late, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	ASSERT_EQ(0, uapi_peer_call(&late, PEER_MAP, far, &addr));
	ASSERT_EQ(0, uapi_peer_call(&late, PEER_READ, addr, &handle));
	EXPECT_EQ(there, handle);
	EXPECT_EQ(0, uapi_peer_end(&late));
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, query(self->fd, key, &arg));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

/* Without importers the key ends with the exporter's handle. */
TEST_F(share, key_ends_with_handle)
{
	struct uapi_peer peer = uapi_peer_start();
	struct acl_emu_share_query arg;
	uint64_t addr, handle, key, far;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &key));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	/* A mapping keeps the handle, and so the key. */
	EXPECT_EQ(0, query(self->fd, key, &arg));
	ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, query(self->fd, key, &arg));
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* No call accepts a closed key; what was imported by it stays. */
TEST_F(share, close)
{
	struct uapi_peer peer = uapi_peer_start();
	struct acl_emu_share_query arg;
	uint64_t handle, key, other, far, there, word, local;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, OPEN_TO_ALL | ONCE, &handle, &key));
	ASSERT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &other));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &there));
	ASSERT_EQ(0, uapi_share_close(self->fd, key));
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, uapi_share_close(self->fd, key));
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, query(self->fd, key, &arg));
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, allow_one(self->fd, key, peer.pid));
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, query(self->fd, other, &arg));
	EXPECT_FAIL(EEXIST, EXPORTED, handle, key, uapi_export(self->fd, handle, ONCE, &key));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_WRITE, there, NULL));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_READ, there, &word));
	EXPECT_EQ(there, word);
	EXPECT_EQ(0, uapi_peer_end(&peer));

	/* Only the client that made it may. */
	peer = uapi_peer_start();
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	EXPECT_FAIL(EACCES, NOT_EXPORTER, key, 0, uapi_share_close(self->fd, key));
	EXPECT_EQ(0, uapi_import(self->fd, key, 0, &local));
	EXPECT_FAIL(EACCES, NOT_EXPORTER, key, 0, uapi_share_close(self->fd, key));
	EXPECT_EQ(0, uapi_peer_end(&peer));
	EXPECT_FAIL(EACCES, NOT_EXPORTER, key, 0, uapi_share_close(self->fd, key));
}

/* An importer keeps a key whose handle is gone; closing it succeeds and sets no reason. */
TEST_F(share, close_after_handle_ended)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t handle, key, far;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, OPEN_TO_ALL, &handle, &key));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	ASSERT_EQ(0, uapi_share_close(self->fd, key));
	EXPECT_EQ(ACL_EMU_REASON_NONE, uapi_last.reason);
	EXPECT_EQ(0, uapi_last.val[0]);
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, uapi_share_close(self->fd, key));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* ---- numbers that are used again ---- */

/* A peer that has the given number, which must be free. */
static struct uapi_peer start_with_pid(pid_t wanted)
{
	struct clone_args args = { .exit_signal = SIGCHLD, .set_tid = (uintptr_t)&wanted,
				   .set_tid_size = 1 };
	struct uapi_peer peer = { .pid = -1, .sock = -1 };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return peer;
	peer.pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!peer.pid) {
		close(pair[0]);
		_exit(uapi_peer_main(pair[1], NULL));
	}
	close(pair[1]);
	peer.sock = pair[0];
	return peer;
}

/* A number that was free a moment ago: of a child that has exited. */
static pid_t free_pid(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	uapi_wait(pid);
	return pid;
}

/* A process that starts with an allowed number may import when it is allowed itself. */
static void start_allowed(struct __test_metadata *_metadata, int fd, uint64_t key, pid_t pid,
			  bool reused)
{
	struct uapi_peer peer = start_with_pid(pid);
	uint64_t far;

	ASSERT_EQ(pid, peer.pid);
	EXPECT_FAIL(EACCES, PID, pid, reused, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, allow_one(fd, key, pid));
	EXPECT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(share, allowed_before_it_started)
{
	pid_t pid = free_pid();
	uint64_t handle, key;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	EXPECT_EQ(0, allow_one(self->fd, key, pid));
	start_allowed(_metadata, self->fd, key, pid, false);
}

TEST_F(share, pid_reused)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t handle, key;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	ASSERT_EQ(0, allow_one(self->fd, key, peer.pid));
	ASSERT_EQ(0, uapi_peer_end(&peer));
	start_allowed(_metadata, self->fd, key, peer.pid, true);
}

/* Numbers are those of the root name space, wherever the importer lives. */
TEST_F(share, pid_namespace)
{
	uint64_t handle, key, far, tgid;
	struct uapi_peer peer;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	peer = uapi_peer_start();
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_TGID, 0, &tgid));
	EXPECT_EQ(peer.pid, tgid);
	/* Its number in its own name space is another process in the root one. */
	ASSERT_EQ(0, allow_one(self->fd, key, 1));
	EXPECT_FAIL(EACCES, PID, tgid, 0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, allow_one(self->fd, key, tgid));
	EXPECT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

struct race {
	int fd;
	uint64_t key;
	pthread_barrier_t barrier;
};

static void *import_many(void *data)
{
	struct race *race = data;
	uint64_t handle = 0, again;

	pthread_barrier_wait(&race->barrier);
	for (int i = 0; i < 200; i++) {
		if (uapi_import(race->fd, race->key, 0, &again))
			return (void *)-1;
		if (handle && again != handle)
			return (void *)-2;
		handle = again;
	}
	return (void *)handle;
}

/* The first import makes the handle, all later ones get the same. */
TEST_F(share, import_from_threads)
{
	struct uapi_peer peer = uapi_peer_start();
	struct race race = { .fd = self->fd };
	pthread_t threads[4];
	void *handles[4];
	uint64_t far;

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &race.key));
	ASSERT_EQ(0, pthread_barrier_init(&race.barrier, NULL, ARRAY_SIZE(threads)));
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, import_many, &race));
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &handles[i]));
		EXPECT_EQ(handles[0], handles[i]);
	}
	EXPECT_EQ(800, uapi_phys_info(self->fd, (uintptr_t)handles[0]).users);
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_HARNESS_MAIN
