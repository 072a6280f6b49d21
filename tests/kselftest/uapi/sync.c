// SPDX-License-Identifier: MIT
/*
 * SYNC_CREATE, SYNC_SIGNAL, SYNC_WAIT: syncs, counters that processes share.
 */
#include "thread.h"
#include "uapi_peer.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>

#define ADD	ACL_EMU_SYNC_ADD
#define SET	ACL_EMU_SYNC_SET
#define TAKE	ACL_EMU_SYNC_TAKE
#define FOREVER	ACL_EMU_SYNC_FOREVER
#define TAKERS	8

UAPI_FIXTURE(sync)

static int wait_for(int fd, struct acl_emu_sync_wait *arg, uint32_t flags)
{
	arg->head = (struct acl_emu_head){ .size = sizeof(*arg), .flags = flags };
	return UAPI_CALL(fd, SYNC_WAIT, arg);
}

static int poll_for(int fd, uint64_t handle, uint64_t value, uint32_t flags, uint64_t *now)
{
	struct acl_emu_sync_wait arg = { .handle = handle, .value = value };
	int rc = wait_for(fd, &arg, flags);

	*now = arg.now;
	return rc;
}

/* ---- a thread that waits ---- */

struct waiter {
	pthread_t thread;
	int fd;
	uint32_t flags;
	pid_t tid;
	int rc;
	struct acl_emu_sync_wait arg;
	struct acl_emu_head last;
};

static void *waiter_main(void *data)
{
	struct waiter *w = data;

	__atomic_store_n(&w->tid, gettid(), __ATOMIC_RELEASE);
	w->rc = wait_for(w->fd, &w->arg, w->flags);
	w->last = uapi_last;
	return NULL;
}

static void until_asleep(pid_t tid)
{
	while (!thread_is_in(tid, SYS_ioctl) || thread_state(tid) != 'S')
		sched_yield();
}

static void waiter_start(struct waiter *w)
{
	w->tid = 0;
	pthread_create(&w->thread, NULL, waiter_main, w);
	while (!__atomic_load_n(&w->tid, __ATOMIC_ACQUIRE))
		sched_yield();
	until_asleep(w->tid);
}

static int waiter_end(struct waiter *w)
{
	pthread_join(w->thread, NULL);
	uapi_last = w->last;
	return w->rc;
}

/* ---- one process ---- */

TEST_F(sync, signal)
{
	uint64_t handle, now;

	ASSERT_EQ(0, uapi_sync(self->fd, 5, &handle));
	EXPECT_EQ(BEFORE(SYNCS) + 1, COUNT(SYNCS));
	ASSERT_EQ(0, uapi_sync_signal(self->fd, handle, 0, 3, &now));
	EXPECT_EQ(5, now);
	ASSERT_EQ(0, uapi_sync_signal(self->fd, handle, 0, 7, &now));
	EXPECT_EQ(7, now);
	ASSERT_EQ(0, uapi_sync_signal(self->fd, handle, ADD, 3, &now));
	EXPECT_EQ(10, now);
	ASSERT_EQ(0, uapi_sync_signal(self->fd, handle, SET, 2, &now));
	EXPECT_EQ(2, now);
	EXPECT_FAIL(EINVAL, FLAGS, ADD | SET, ADD,
		    uapi_sync_signal(self->fd, handle, ADD | SET, 1, NULL));
	EXPECT_FAIL(EINVAL, VALUE, ~0ull - 1, ~0ull - 2,
		    uapi_sync_signal(self->fd, handle, ADD, ~0ull - 1, NULL));
	ASSERT_EQ(0, uapi_sync_signal(self->fd, handle, ADD, ~0ull - 2, &now));
	EXPECT_EQ(~0ull, now);
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(BEFORE(SYNCS), COUNT(SYNCS));
	EXPECT_FAIL(ENOENT, HANDLE, handle, 0, uapi_sync_signal(self->fd, handle, ADD, 1, NULL));
}

TEST_F(sync, create_errors)
{
	struct acl_emu_sync_create arg = UAPI_ARG(acl_emu_sync_create, .device = 1000);
	uint64_t devices = uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0);

	EXPECT_FAIL(ENODEV, NO_DEVICE, 1000, devices, UAPI_CALL(self->fd, SYNC_CREATE, &arg));
	arg = UAPI_ARG(acl_emu_sync_create, .device = 1);
	EXPECT_FAIL(ENXIO, DEVICE_CLOSED, 1, 0, UAPI_CALL(self->fd, SYNC_CREATE, &arg));
	EXPECT_EQ(0, arg.handle);
}

TEST_F(sync, poll)
{
	uint64_t handle, now;

	ASSERT_EQ(0, uapi_sync(self->fd, 5, &handle));
	ASSERT_EQ(0, poll_for(self->fd, handle, 5, 0, &now));
	EXPECT_EQ(5, now);
	EXPECT_FAIL(ETIMEDOUT, SYNC_TIMEOUT, 6, 5, poll_for(self->fd, handle, 6, 0, &now));
	ASSERT_EQ(0, poll_for(self->fd, handle, 3, TAKE, &now));
	EXPECT_EQ(5, now);
	ASSERT_EQ(0, poll_for(self->fd, handle, 0, 0, &now));
	EXPECT_EQ(2, now);
	EXPECT_FAIL(ETIMEDOUT, SYNC_TIMEOUT, 3, 2, poll_for(self->fd, handle, 3, TAKE, &now));
	ASSERT_EQ(0, poll_for(self->fd, handle, 0, 0, &now));
	EXPECT_EQ(2, now);
}

TEST_F(sync, deadline)
{
	struct acl_emu_sync_wait arg = { .value = 1 };
	struct timespec ts;

	ASSERT_EQ(0, uapi_sync(self->fd, 0, (uint64_t *)&arg.handle));
	clock_gettime(CLOCK_MONOTONIC, &ts);
	arg.deadline = ts.tv_sec * 1000000000ll + ts.tv_nsec + 20000000;
	EXPECT_FAIL(ETIMEDOUT, SYNC_TIMEOUT, 1, 0, wait_for(self->fd, &arg, 0));
	clock_gettime(CLOCK_MONOTONIC, &ts);
	EXPECT_LE(arg.deadline, ts.tv_sec * 1000000000ll + ts.tv_nsec);
	arg.deadline = -1;
	EXPECT_FAIL(ETIMEDOUT, SYNC_TIMEOUT, 1, 0, wait_for(self->fd, &arg, 0));
}

/* A sync is no memory and memory no sync. */
TEST_F(sync, kinds)
{
	struct acl_emu_phys_info info = UAPI_ARG(acl_emu_phys_info);
	struct acl_emu_phys_retain retain = UAPI_ARG(acl_emu_phys_retain);
	struct acl_emu_enum_entry entry[4];
	struct acl_emu_enum list = UAPI_ARG(acl_emu_enum, .what = ACL_EMU_ENUM_HANDLES, .count = 4,
					    .entries = (uintptr_t)entry);
	uint64_t memory, sync, addr, now;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &memory));
	ASSERT_EQ(0, uapi_sync(self->fd, 1, &sync));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	EXPECT_FAIL(ENOENT, HANDLE, memory, 0, uapi_sync_signal(self->fd, memory, ADD, 1, NULL));
	EXPECT_FAIL(ENOENT, HANDLE, memory, 0, poll_for(self->fd, memory, 0, 0, &now));
	EXPECT_FAIL(ENOENT, HANDLE, sync, 0, uapi_map(self->fd, addr, SIZE_2M, sync));
	EXPECT_FAIL(ENOENT, HANDLE, sync, 0, uapi_export_fd(self->fd, sync));
	info.handle = sync;
	EXPECT_FAIL(ENOENT, HANDLE, sync, 0, UAPI_CALL(self->fd, PHYS_INFO, &info));
	retain.handle = sync;
	EXPECT_FAIL(ENOENT, HANDLE, sync, 0, UAPI_CALL(self->fd, PHYS_RETAIN, &retain));
	ASSERT_EQ(0, UAPI_CALL(self->fd, ENUM, &list));
	ASSERT_EQ(2, list.count);
	EXPECT_EQ(SIZE_2M, entry[0].b);
	EXPECT_EQ(sync, entry[1].a);
	EXPECT_EQ(0, entry[1].b);
}

TEST_F(sync, wait)
{
	struct waiter w = { .fd = self->fd, .arg = { .value = 3, .deadline = FOREVER } };

	ASSERT_EQ(0, uapi_sync(self->fd, 1, (uint64_t *)&w.arg.handle));
	waiter_start(&w);
	/* Not enough: it goes on sleeping. */
	ASSERT_EQ(0, uapi_sync_signal(self->fd, w.arg.handle, ADD, 1, NULL));
	until_asleep(w.tid);
	ASSERT_EQ(0, uapi_sync_signal(self->fd, w.arg.handle, ADD, 2, NULL));
	EXPECT_EQ(0, waiter_end(&w));
	EXPECT_EQ(4, w.arg.now);
}

/* Each signal ends one wait. */
TEST_F(sync, each_value_taken_once)
{
	struct waiter w[TAKERS];
	uint64_t handle, now;

	ASSERT_EQ(0, uapi_sync(self->fd, 0, &handle));
	for (int i = 0; i < TAKERS; i++) {
		w[i] = (struct waiter){ .fd = self->fd, .flags = TAKE,
			.arg = { .handle = handle, .value = 1, .deadline = FOREVER } };
		waiter_start(&w[i]);
	}
	for (int i = 0; i < TAKERS; i++)
		ASSERT_EQ(0, uapi_sync_signal(self->fd, handle, ADD, 1, NULL));
	for (int i = 0; i < TAKERS; i++)
		EXPECT_EQ(0, waiter_end(&w[i]));
	ASSERT_EQ(0, poll_for(self->fd, handle, 0, 0, &now));
	EXPECT_EQ(0, now);
}

TEST_F(sync, cancel)
{
	struct waiter w = { .fd = self->fd, .arg = { .value = 3, .deadline = FOREVER } };

	ASSERT_EQ(0, uapi_sync(self->fd, 1, (uint64_t *)&w.arg.handle));
	ASSERT_EQ(0, uapi_sync(self->fd, 0, (uint64_t *)&w.arg.cancel));
	waiter_start(&w);
	ASSERT_EQ(0, uapi_sync_signal(self->fd, w.arg.cancel, 0, 1, NULL));
	EXPECT_FAIL(ECANCELED, SYNC_CANCELED, 3, 1, waiter_end(&w));
	/* It stays canceled; but a value that suffices comes first. */
	EXPECT_FAIL(ECANCELED, SYNC_CANCELED, 3, 1, wait_for(self->fd, &w.arg, 0));
	w.arg.deadline = 0;
	EXPECT_FAIL(ECANCELED, SYNC_CANCELED, 3, 1, wait_for(self->fd, &w.arg, 0));
	ASSERT_EQ(0, uapi_sync_signal(self->fd, w.arg.handle, 0, 3, NULL));
	EXPECT_EQ(0, wait_for(self->fd, &w.arg, 0));
	w.arg.cancel++;
	EXPECT_FAIL(ENOENT, HANDLE, w.arg.cancel, 0, wait_for(self->fd, &w.arg, 0));
}

/* A wait ends when its sync or its cancel sync is freed. */
TEST_F(sync, freed)
{
	struct waiter w = { .fd = self->fd, .arg = { .value = 1, .deadline = FOREVER } };

	ASSERT_EQ(0, uapi_sync(self->fd, 0, (uint64_t *)&w.arg.handle));
	waiter_start(&w);
	ASSERT_EQ(0, uapi_free(self->fd, w.arg.handle));
	EXPECT_FAIL(ENOENT, HANDLE, w.arg.handle, 0, waiter_end(&w));

	ASSERT_EQ(0, uapi_sync(self->fd, 0, (uint64_t *)&w.arg.handle));
	ASSERT_EQ(0, uapi_sync(self->fd, 0, (uint64_t *)&w.arg.cancel));
	waiter_start(&w);
	ASSERT_EQ(0, uapi_free(self->fd, w.arg.cancel));
	EXPECT_FAIL(ENOENT, HANDLE, w.arg.cancel, 0, waiter_end(&w));

	w.arg.cancel = 0;
	waiter_start(&w);
	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));
	EXPECT_FAIL(ENOENT, HANDLE, w.arg.handle, 0, waiter_end(&w));
}

static void on_usr1(int sig)
{
	(void)sig;
}

TEST_F(sync, interrupted)
{
	struct waiter w = { .fd = self->fd, .arg = { .value = 1, .deadline = FOREVER } };
	struct sigaction action = { .sa_handler = on_usr1, .sa_flags = SA_RESTART };

	ASSERT_EQ(0, uapi_sync(self->fd, 0, (uint64_t *)&w.arg.handle));
	sigaction(SIGUSR1, &action, NULL);
	waiter_start(&w);
	pthread_kill(w.thread, SIGUSR1);
	until_asleep(w.tid);
	action.sa_flags = 0;
	sigaction(SIGUSR1, &action, NULL);
	pthread_kill(w.thread, SIGUSR1);
	EXPECT_FAIL(EINTR, INTERRUPTED, 0, 0, waiter_end(&w));
	EXPECT_EQ(0, w.arg.now);
}

/* ---- several processes ---- */

TEST_F(sync, shared)
{
	struct uapi_peer peer = uapi_peer_start();
	struct acl_emu_share_query query = UAPI_ARG(acl_emu_share_query);
	struct waiter w = { .fd = self->fd, .arg = { .value = 2, .deadline = FOREVER } };
	uint64_t key, far, again, now;

	ASSERT_EQ(0, uapi_sync(self->fd, 0, (uint64_t *)&w.arg.handle));
	ASSERT_EQ(0, uapi_export(self->fd, w.arg.handle, 0, &key));
	query.key = key;
	ASSERT_EQ(0, UAPI_CALL(self->fd, SHARE_QUERY, &query));
	EXPECT_EQ(0, query.size);
	EXPECT_EQ(ACL_EMU_LOC_DEVICE, query.loc.type);
	EXPECT_FAIL(EACCES, PID, peer.pid, 0, uapi_peer_call(&peer, PEER_SYNC_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_allow(self->fd, key, &peer.pid, 1));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_SYNC_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_SYNC_IMPORT, key, &again));
	EXPECT_EQ(far, again);
	/* It is no memory. */
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, uapi_peer_call(&peer, PEER_IMPORT, key, &again));

	waiter_start(&w);
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_SYNC_ADD, far, &now));
	EXPECT_EQ(1, now);
	until_asleep(w.tid);
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_SYNC_ADD, far, &now));
	EXPECT_EQ(2, now);
	EXPECT_EQ(0, waiter_end(&w));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* An import keeps the sync; memory cannot be imported as one. */
TEST_F(sync, import_outlives_creator)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t far, key, handle, now;

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, uapi_sync_import(self->fd, key, &handle));

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_SYNC, 41, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	ASSERT_EQ(0, uapi_sync_import(self->fd, key, &handle));
	EXPECT_EQ(1000 + SIGKILL, uapi_peer_kill(&peer));
	ASSERT_EQ(0, uapi_sync_signal(self->fd, handle, ADD, 1, &now));
	EXPECT_EQ(42, now);
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, uapi_sync_import(self->fd, key, &handle));
}

/* A process that is killed while it waits leaves nothing. */
TEST_F(sync, killed)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t far;

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_SYNC, 0, &far));
	ASSERT_EQ(0, uapi_send(peer.sock, PEER_SYNC_TAKE));
	ASSERT_EQ(0, uapi_send(peer.sock, far));
	until_asleep(peer.pid);
	EXPECT_EQ(1000 + SIGKILL, uapi_peer_kill(&peer));
}

TEST_HARNESS_MAIN
