// SPDX-License-Identifier: MIT
/*
 * A process cannot import memory that was not shared with it: by a guessed key, by a
 * key that has ended, by the process number of another one.
 */
#include "uapi_hostile.h"
#include "uapi_peer.h"

#include <linux/futex.h>
#include <sys/syscall.h>

HOSTILE_FIXTURE(shares, "devices=2 capacity_mb=64 host_mb=64")

#define OPEN_TO_ALL	ACL_EMU_EXPORT_NO_LIST

static int query(int fd, uint64_t key)
{
	struct acl_emu_share_query arg = UAPI_ARG(acl_emu_share_query, .key = key);

	return UAPI_CALL(fd, SHARE_QUERY, &arg);
}

/* Known keys do not help to guess others. */
TEST_F(shares, guessed_keys)
{
	uint64_t handle, key[32], tried = 0;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	for (size_t i = 0; i < ARRAY_SIZE(key); i++)
		ASSERT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &key[i]));
	ASSERT_EQ(0, uapi_become_nobody());
	for (size_t i = 0; i < ARRAY_SIZE(key); i++) {
		for (int bit = 0; bit < 64; bit++)
			tried += query(self->fd, key[i] ^ 1ull << bit) == -ENOENT;
		for (uint64_t step = 1; step <= 64; step++) {
			tried += query(self->fd, key[i] + step) == -ENOENT;
			tried += query(self->fd, key[i] - step) == -ENOENT;
		}
		/* Nor do the differences of two of them. */
		if (i) {
			tried += query(self->fd, 2 * key[i] - key[i - 1]) == -ENOENT;
			tried += query(self->fd, key[i] ^ key[i - 1]) == -ENOENT;
		}
	}
	EXPECT_EQ(ARRAY_SIZE(key) * (64 + 128) + (ARRAY_SIZE(key) - 1) * 2, tried);
}

/* A key that has ended is never given to another share. */
TEST_F(shares, ended_keys)
{
	static uint64_t old[500];
	struct uapi_peer peer = uapi_peer_start_nobody();
	uint64_t handle, far;

	for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
		ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
		ASSERT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &old[i]));
		if (i & 1)
			ASSERT_EQ(0, uapi_share_close(self->fd, old[i]));
		ASSERT_EQ(0, uapi_free(self->fd, handle));
	}
	/* As many new ones are in use. */
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	for (size_t i = 0; i < ARRAY_SIZE(old); i++)
		ASSERT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &far));
	for (size_t i = 0; i < ARRAY_SIZE(old); i++)
		ASSERT_EQ(-ENOENT, uapi_peer_call(&peer, PEER_IMPORT, old[i], &far));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* An importer has the memory, not the exporter's rights over the key. */
TEST_F(shares, importer_rights)
{
	struct uapi_peer one = uapi_peer_start_nobody(), two = uapi_peer_start_nobody();
	uint64_t far, key, handle, other;
	int32_t pid = two.pid;

	ASSERT_EQ(0, uapi_peer_call(&one, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&one, PEER_EXPORT, far, &key));
	ASSERT_EQ(0, uapi_peer_call(&one, PEER_ALLOW, key, NULL));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &handle));
	EXPECT_FAIL(EACCES, NOT_EXPORTER, key, 0, uapi_allow(self->fd, key, &pid, 1));
	EXPECT_FAIL(EACCES, NOT_EXPORTER, key, 0, uapi_share_close(self->fd, key));
	EXPECT_FAIL(EINVAL, IMPORTED, handle, 0, uapi_export(self->fd, handle, 0, &other));
	EXPECT_FAIL(EACCES, PID, two.pid, 0, uapi_peer_call(&two, PEER_IMPORT, key, &far));
	/* Also after the exporter has died. */
	EXPECT_EQ(1000 + SIGKILL, uapi_peer_kill(&one));
	EXPECT_FAIL(EACCES, NOT_EXPORTER, key, 0, uapi_allow(self->fd, key, &pid, 1));
	EXPECT_FAIL(EACCES, PID, two.pid, 0, uapi_peer_call(&two, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, uapi_peer_end(&two));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

/* ---- numbers ---- */

#define PID_MAX	"/proc/sys/kernel/pid_max"
#define PID_LAST	"/proc/sys/kernel/ns_last_pid"
/* After the largest number the kernel goes on behind these. */
#define RESERVED_PIDS	300

/*
 * Gets a given process number without privileges: forks until the kernel gives it.
 * The child that has it imports, and its result is the answer.
 */
static int fork_until(int sock, void *data)
{
	uint64_t key = *(uint64_t *)data, handle, wanted;
	int status;
	pid_t pid;

	(void)sock;
	CHILD_CHECK(!uapi_become_nobody());
	wanted = uapi_recv(sock);
	do {
		pid = fork();
		CHILD_CHECK(pid >= 0);
		if (!pid && getpid() == (pid_t)wanted) {
			int fd = uapi_client();
			int rc = fd < 0 ? -1 : uapi_import(fd, key, 0, &handle);

			_exit(rc == -EACCES && uapi_last.reason == ACL_EMU_REASON_PID &&
			      uapi_last.val[0] == wanted && uapi_last.val[1] == 1 ? 0 : 2);
		}
		if (!pid)
			_exit(0);
		CHILD_CHECK(waitpid(pid, &status, 0) == pid);
	} while (pid != (pid_t)wanted);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

TEST_F(shares, pid_taken_by_fork)
{
	struct uapi_peer friend;
	uint64_t handle, key, far;
	int32_t pid;
	char before[32] = "", few[32];
	int sock, fd = open(PID_MAX, O_RDONLY | O_CLOEXEC);
	pid_t attacker;

	ASSERT_GT(read(fd, before, sizeof(before) - 1), 0);
	close(fd);
	/* Back to low numbers, so that fewer forks are needed; the lowest come only once. */
	uapi_write_file(PID_LAST, "300");
	do {
		pid = fork();
		if (!pid)
			_exit(0);
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	} while (pid <= RESERVED_PIDS);
	friend = uapi_peer_start_nobody();
	pid = friend.pid;
	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	ASSERT_EQ(0, uapi_allow(self->fd, key, &pid, 1));
	ASSERT_EQ(0, uapi_peer_call(&friend, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_peer_end(&friend));

	attacker = uapi_child(fork_until, &key, &sock);
	/* With fewer numbers fewer forks are needed. */
	snprintf(few, sizeof(few), "%d", (attacker > pid ? attacker : pid) + 200);
	EXPECT_EQ(0, uapi_write_file(PID_MAX, few)) TH_LOG("%s", few);
	ASSERT_EQ(0, uapi_send(sock, pid));
	EXPECT_EQ(0, uapi_wait(attacker));
	EXPECT_EQ(0, uapi_write_file(PID_MAX, before));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

static void *tell_number(void *data)
{
	int *socks = data;
	uint64_t handle, key;

	uapi_send(socks[0], syscall(SYS_gettid));
	key = uapi_recv(socks[0]);
	return (void *)(intptr_t)uapi_import(socks[1], key, 0, &handle);
}

static int thread_of_nobody(int sock, void *data)
{
	int socks[2] = { sock, hostile_start() };
	pthread_t thread;
	void *answer;

	(void)data;
	CHILD_CHECK(socks[1] >= 0);
	CHILD_CHECK(!pthread_create(&thread, NULL, tell_number, socks));
	CHILD_CHECK(!pthread_join(thread, &answer));
	CHILD_CHECK((intptr_t)answer == -EACCES);
	return 0;
}

/* The number of a thread allows no process, not even that thread's. */
TEST_F(shares, thread_id_is_no_pid)
{
	uint64_t handle, key, tid;
	int32_t allowed;
	int sock;
	pid_t pid = uapi_child(thread_of_nobody, NULL, &sock);

	tid = uapi_recv(sock);
	ASSERT_NE(pid, tid);
	allowed = tid;
	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	ASSERT_EQ(0, uapi_allow(self->fd, key, &allowed, 1));
	ASSERT_EQ(0, uapi_send(sock, key));
	EXPECT_EQ(0, uapi_wait(pid));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

/* ---- the list ---- */

#define BATCH	512

static uint32_t go_on;

static int wait_to_go_on(void *data)
{
	(void)data;
	while (!__atomic_load_n(&go_on, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, &go_on, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
	return 0;
}

/*
 * Allows the numbers of @count threads, which are the cheapest to have at the same
 * time. The list does not know that they are threads.
 */
static int allow_threads(int fd, uint64_t key, int count)
{
	static char stacks[BATCH][8192] __attribute__((aligned(16)));
	static uint32_t alive[BATCH];
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			  CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;
	int32_t pids[BATCH];
	int rc;

	go_on = 0;
	for (int i = 0; i < count; i++) {
		alive[i] = 1;
		pids[i] = clone(wait_to_go_on, stacks[i] + sizeof(stacks[i]), flags, NULL,
				NULL, NULL, &alive[i]);
		if (pids[i] < 0)
			return -errno;
	}
	rc = uapi_allow(fd, key, pids, count);
	__atomic_store_n(&go_on, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, &go_on, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
	for (int i = 0; i < count; i++)
		while (__atomic_load_n(&alive[i], __ATOMIC_ACQUIRE))
			sched_yield();
	return rc;
}

/* The list is full at its limit, and keeps its entries. */
TEST_F(shares, list_full)
{
	struct uapi_peer friend;
	uint64_t handle, key, far;
	char before[32] = "";
	int32_t pid;
	int fd = open(PID_MAX, O_RDONLY | O_CLOEXEC);

	if (harness_count(2, 2) == 1)
		SKIP(return, "so many threads take too long in a debug kernel");
	friend = uapi_peer_start_nobody();
	pid = friend.pid;
	ASSERT_GT(read(fd, before, sizeof(before) - 1), 0);
	close(fd);
	ASSERT_EQ(0, uapi_write_file(PID_MAX, "4194304"));
	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, 0, &handle, &key));
	ASSERT_EQ(0, uapi_allow(self->fd, key, &pid, 1));
	for (int n = 1; n < ACL_EMU_MAX_PIDS; n += BATCH) {
		int left = ACL_EMU_MAX_PIDS - n;

		ASSERT_EQ(0, allow_threads(self->fd, key, left < BATCH ? left : BATCH));
	}
	EXPECT_FAIL(E2BIG, LIST_FULL, ACL_EMU_MAX_PIDS + 1, ACL_EMU_MAX_PIDS,
		    allow_threads(self->fd, key, 1));
	/* A process on the list can be allowed again. */
	EXPECT_EQ(0, uapi_allow(self->fd, key, &pid, 1));
	EXPECT_EQ(0, uapi_peer_call(&friend, PEER_IMPORT, key, &far));
	EXPECT_EQ(0, uapi_peer_end(&friend));
	EXPECT_EQ(0, uapi_write_file(PID_MAX, before));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

TEST_HARNESS_MAIN
