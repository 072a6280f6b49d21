// SPDX-License-Identifier: MIT
/*
 * A client ends with its address space, also while other processes hold its file or
 * its memory; the memory is free when the process has been waited for.
 */
#include "thread.h"
#include "uapi_test.h"

#include <sys/syscall.h>

#define HELD	(4 * SIZE_2M)

UAPI_FIXTURE(life)

/* All is as before but the number of clients: a file may still be open. */
#define EXPECT_GONE() do { \
	struct uapi_before now; \
\
	uapi_state(self->fd, &now); \
	now.stat[ACL_EMU_STAT_CLIENTS] = BEFORE(CLIENTS); \
	uapi_expect_state(_metadata, &self->before, &now); \
} while (0)

struct holder {
	int fd;
	uint64_t addr;
	uint64_t handle;
	uint64_t key;
};

/* Some of everything. */
static int hold(struct holder *holder)
{
	holder->fd = open(UAPI_NODE, O_RDWR);
	if (holder->fd < 0 || uapi_device_open(holder->fd, 0) ||
	    uapi_mapped(holder->fd, HELD, 0, &holder->addr, &holder->handle) ||
	    uapi_export(holder->fd, holder->handle, 0, &holder->key))
		return -1;
	uapi_fill(holder->addr, HELD, SIZE_4K, 1);
	return 0;
}

static int hold_and_wait(int sock, void *data)
{
	struct holder holder;

	(void)data;
	CHILD_CHECK(!hold(&holder));
	CHILD_CHECK(!uapi_send(sock, holder.addr));
	uapi_recv(sock);
	return 0;
}

TEST_F(life, exit_and_signals)
{
	const int signals[] = { 0, SIGKILL, SIGTERM, SIGSEGV };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		int sock;
		pid_t pid = uapi_child(hold_and_wait, NULL, &sock);

		ASSERT_NE(~0ull, uapi_recv(sock));
		EXPECT_EQ(self->before.used[0] + HELD, uapi_used(self->fd, 0));
		if (signals[i])
			kill(pid, signals[i]);
		close(sock);
		EXPECT_EQ(signals[i] ? 1000 + signals[i] : 0, uapi_wait(pid));
		EXPECT_GONE();
		EXPECT_EQ(BEFORE(CLIENTS), COUNT(CLIENTS));
	}
}

/* ---- forked children ---- */

enum heir_op { HEIR_IOCTL, HEIR_TOUCH, HEIR_MMAP };

/* Tries what it has inherited; answers an errno or a signal. */
static int be_heir(int sock, struct holder *holder)
{
	uint64_t op;

	while ((op = uapi_recv(sock)) != ~0ull) {
		int64_t answer = -1;

		switch (op) {
		case HEIR_IOCTL:
			answer = -uapi_device_open(holder->fd, 0);
			break;
		case HEIR_TOUCH:
			answer = UAPI_WRITE(holder->addr);
			break;
		case HEIR_MMAP:
			answer = mmap(NULL, HELD, PROT_READ, MAP_SHARED, holder->fd, 0) ==
				 MAP_FAILED ? errno : 0;
			break;
		}
		CHILD_CHECK(!uapi_send(sock, answer));
	}
	return 0;
}

static uint64_t ask(int sock, enum heir_op op)
{
	return uapi_send(sock, op) ? ~0ull : uapi_recv(sock);
}

struct family {
	int advice;		/* for the reservation before the fork, or -1 */
	int grandchild_sock;	/* end of the forked child */
	int far_sock;		/* end of the test */
};

/* Forks a child, sends its pid, then advises on its memory when asked. */
static int have_heir(int sock, void *data)
{
	struct family *family = data;
	struct holder holder;
	pid_t grandchild;

	close(family->far_sock);
	CHILD_CHECK(!hold(&holder));
	if (family->advice >= 0)
		CHILD_CHECK(!madvise((void *)holder.addr, HELD, family->advice));
	grandchild = fork();
	if (!grandchild) {
		close(sock);
		_exit(be_heir(family->grandchild_sock, &holder));
	}
	close(family->grandchild_sock);
	CHILD_CHECK(!uapi_send(sock, grandchild));
	while (uapi_recv(sock) != ~0ull) {
		CHILD_CHECK(uapi_differs(holder.addr, HELD, SIZE_4K, 1) == HELD);
		CHILD_CHECK(!uapi_send(sock, 1));
	}
	return 0;
}

static void inherited(struct __test_metadata *_metadata, FIXTURE_DATA(life) *self, int advice,
		  int touch)
{
	struct family family = { .advice = advice };
	pid_t pid, grandchild;
	int sock, pair[2];

	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	family.far_sock = pair[0];
	family.grandchild_sock = pair[1];
	pid = uapi_child(have_heir, &family, &sock);
	close(pair[1]);
	grandchild = uapi_recv(sock);
	ASSERT_GT(grandchild, 0);

	EXPECT_EQ(ESTALE, ask(pair[0], HEIR_IOCTL));
	EXPECT_EQ(ESTALE, ask(pair[0], HEIR_MMAP));
	EXPECT_EQ(touch, ask(pair[0], HEIR_TOUCH));
	/* The parent can use its memory. */
	ASSERT_EQ(0, uapi_send(sock, 1));
	EXPECT_EQ(1, uapi_recv(sock));
	EXPECT_EQ(self->before.used[0] + HELD, uapi_used(self->fd, 0));

	ASSERT_EQ(1000 + SIGKILL, uapi_kill(pid));
	EXPECT_GONE();
	EXPECT_EQ(BEFORE(CLIENTS) + 1, COUNT(CLIENTS));
	EXPECT_EQ(ESTALE, ask(pair[0], HEIR_IOCTL));
	EXPECT_EQ(touch, ask(pair[0], HEIR_TOUCH));
	close(pair[0]);
	EXPECT_EQ(0, uapi_wait(grandchild));
	EXPECT_EQ(BEFORE(CLIENTS), COUNT(CLIENTS));
}

/* A forked child has the file, but not the addresses. */
TEST_F(life, child_inherits_file)
{
	inherited(_metadata, self, -1, SIGSEGV);
}

/*
 * With MADV_DOFORK it has the addresses too, and nothing behind them. Newer kernels
 * (7.3) refuse this advice for a reservation.
 */
TEST_F(life, child_inherits_vma)
{
	uint64_t addr;
	int refused;

	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	refused = madvise((void *)addr, SIZE_2M, MADV_DOFORK) ? errno : 0;
	EXPECT_EQ(0, uapi_release(self->fd, addr));
	if (refused) {
		EXPECT_EQ(EINVAL, refused);
		SKIP(return, "this kernel refuses MADV_DOFORK of a reservation");
	}
	inherited(_metadata, self, MADV_DOFORK, SIGBUS);
}

/* The socket that gets the file is data[0]. */
static int send_file_and_wait(int sock, void *data)
{
	struct holder holder;

	CHILD_CHECK(!hold(&holder));
	CHILD_CHECK(!uapi_send_fd(*(int *)data, holder.fd));
	CHILD_CHECK(!uapi_send(sock, holder.handle));
	uapi_recv(sock);
	return 0;
}

/* A file in the queue of a socket is open although no process has it. */
TEST_F(life, file_in_a_socket)
{
	int sock, pair[2], fd;
	uint64_t handle;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	pid = uapi_child(send_file_and_wait, &pair[0], &sock);
	handle = uapi_recv(sock);
	ASSERT_EQ(1000 + SIGKILL, uapi_kill(pid));
	EXPECT_GONE();
	EXPECT_EQ(BEFORE(CLIENTS) + 1, COUNT(CLIENTS));

	fd = uapi_recv_fd(pair[1]);
	ASSERT_GE(fd, 0);
	EXPECT_FAIL(ESTALE, FOREIGN_MM, 0, 0, uapi_free(fd, handle));
	close(fd);
	EXPECT_EQ(BEFORE(CLIENTS), COUNT(CLIENTS));
}

/* No call works with the file in another process. */
TEST_F(life, file_of_another_process)
{
	int sock, pair[2], fd;
	uint64_t handle;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	pid = uapi_child(send_file_and_wait, &pair[0], &sock);
	handle = uapi_recv(sock);
	fd = uapi_recv_fd(pair[1]);
	ASSERT_GE(fd, 0);
	EXPECT_FAIL(ESTALE, FOREIGN_MM, 0, 0, uapi_free(fd, handle));
	close(fd);
	EXPECT_EQ(self->before.used[0] + HELD, uapi_used(self->fd, 0));
	close(sock);
	EXPECT_EQ(0, uapi_wait(pid));
}

static int become_cat(int sock, void *data)
{
	struct holder holder;

	(void)data;
	CHILD_CHECK(!hold(&holder));
	CHILD_CHECK(dup2(sock, 0) == 0 && dup2(sock, 1) == 1);
	execlp("cat", "cat", NULL);
	return 1;
}

/* exec() makes a new address space: the memory is free although the process lives. */
TEST_F(life, exec)
{
	int sock;
	pid_t pid = uapi_child(become_cat, NULL, &sock);

	/* The echo says that it is cat now. */
	ASSERT_EQ(0, uapi_send(sock, 4711));
	ASSERT_EQ(4711, uapi_recv(sock));
	EXPECT_GONE();
	EXPECT_EQ(BEFORE(CLIENTS) + 1, COUNT(CLIENTS));
	shutdown(sock, SHUT_WR);
	EXPECT_EQ(0, uapi_wait(pid));
	EXPECT_EQ(BEFORE(CLIENTS), COUNT(CLIENTS));
}

/* A child of vfork() works in its parent's address space, and leaves it. */
TEST_F(life, vfork)
{
	static volatile uint64_t handle, addr;
	static volatile int rc = -1;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		uint64_t h = 0, a = 0;

		rc = uapi_mapped(self->fd, SIZE_2M, 0, &a, &h);
		handle = h;
		addr = a;
		_exit(0);
	}
	ASSERT_EQ(0, uapi_wait(pid));
	ASSERT_EQ(0, rc);
	EXPECT_EQ(0, UAPI_WRITE(addr));
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

static void *outlive(void *data)
{
	struct holder *holder = data;

	/* Until the first thread has ended. */
	while (thread_state(getpid()) != 'X')
		sched_yield();
	if (uapi_differs(holder->addr, HELD, SIZE_4K, 1) != HELD)
		_exit(3);
	_exit(uapi_unmapped(holder->fd, holder->addr, holder->handle) ? 4 : 0);
}

static int leave_to_a_thread(int sock, void *data)
{
	static struct holder holder;
	pthread_t thread;

	(void)sock;
	(void)data;
	CHILD_CHECK(!hold(&holder));
	CHILD_CHECK(!pthread_create(&thread, NULL, outlive, &holder));
	syscall(SYS_exit, 0);
	return 1;
}

/* The end of the first thread is not the end of the process. */
TEST_F(life, first_thread_ends)
{
	int sock;
	pid_t pid = uapi_child(leave_to_a_thread, NULL, &sock);

	EXPECT_EQ(0, uapi_wait(pid));
	EXPECT_GONE();
}

/* ---- files that are closed ---- */

/* The reservation keeps the file, and can be used. */
TEST_F(life, closed_with_a_reservation)
{
	struct holder holder;

	ASSERT_EQ(0, hold(&holder));
	ASSERT_EQ(0, close(holder.fd));
	EXPECT_EQ(HELD, uapi_differs(holder.addr, HELD, SIZE_4K, 1));
	EXPECT_EQ(self->before.used[0] + HELD, uapi_used(self->fd, 0));
	ASSERT_EQ(0, munmap((void *)holder.addr, HELD));
	EXPECT_GONE();
	EXPECT_EQ(BEFORE(CLIENTS), COUNT(CLIENTS));
}

TEST_F(life, closed_without_reservation)
{
	uint64_t handle, key;
	int fd = uapi_client();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_exported(fd, HELD, 0, &handle, &key));
	ASSERT_EQ(0, close(fd));
	EXPECT_GONE();
	EXPECT_EQ(BEFORE(CLIENTS), COUNT(CLIENTS));
}

/* ---- killed during calls ---- */

struct work {
	int fd;
	uint64_t *rounds;
};

static void *work_on(void *data)
{
	struct work *work = data;
	uint64_t addr, handle, key;

	for (;;) {
		if (uapi_mapped(work->fd, 2 * SIZE_2M, 0, &addr, &handle) ||
		    uapi_export(work->fd, handle, ACL_EMU_EXPORT_NO_LIST, &key))
			_exit(1);
		*uapi_words(addr + SIZE_2M) = 1;
		if (uapi_copy(work->fd, addr, addr + SIZE_2M, SIZE_2M,
			      ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED, NULL) ||
		    uapi_unmapped(work->fd, addr, handle))
			_exit(2);
		__atomic_fetch_add(work->rounds, 1, __ATOMIC_RELAXED);
	}
}

static int work_until_killed(int sock, void *data)
{
	struct work work = { .fd = uapi_open(), .rounds = data };
	pthread_t thread;

	(void)sock;
	CHILD_CHECK(work.fd >= 0 && !uapi_device_open(work.fd, 0));
	for (int i = 0; i < 2; i++)
		CHILD_CHECK(!pthread_create(&thread, NULL, work_on, &work));
	work_on(&work);
	return 1;
}

TEST_F(life, killed_during_calls)
{
	uint64_t *rounds = mmap(NULL, SIZE_4K, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, rounds);
	for (uint64_t i = 0; i < 20; i++) {
		int sock;
		pid_t pid;

		*rounds = 0;
		pid = uapi_child(work_until_killed, rounds, &sock);
		while (__atomic_load_n(rounds, __ATOMIC_RELAXED) < i)
			sched_yield();
		ASSERT_EQ(1000 + SIGKILL, uapi_kill(pid));
		close(sock);
		EXPECT_GONE();
		EXPECT_EQ(BEFORE(CLIENTS), COUNT(CLIENTS));
	}
}

static void *reset_all_the_time(void *data)
{
	struct work *work = data;

	for (int i = 0; i < 300; i++)
		if (uapi_device_reset(work->fd, 0) || uapi_device_open(work->fd, 0))
			return "reset";
	return NULL;
}

static void *detach_all_the_time(void *data)
{
	struct work *work = data;
	uint64_t addr, handle;

	while (!__atomic_load_n(work->rounds, __ATOMIC_RELAXED)) {
		if (uapi_reserve(work->fd, SIZE_2M, &addr)) {
			/* The device was closed in between. */
			if (uapi_last.reason != ACL_EMU_REASON_DEVICE_CLOSED)
				return "reserve";
			continue;
		}
		if (!uapi_alloc(work->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle) &&
		    !uapi_map(work->fd, addr, SIZE_4K, handle))
			uapi_free(work->fd, handle);
		/* The last reference goes with the VMA, maybe under a reset. */
		if (munmap((void *)addr, SIZE_2M))
			return "munmap";
		while (uapi_release(work->fd, addr))
			if (uapi_last.reason != ACL_EMU_REASON_DEVICE_CLOSED)
				return "release";
	}
	return NULL;
}

/* Reset in one thread while another one's munmap() drops the same handles. */
TEST_F(life, reset_against_munmap)
{
	uint64_t stop = 0;
	struct work work = { .fd = self->fd, .rounds = &stop };
	pthread_t resetter, detacher;
	void *answer;

	ASSERT_EQ(0, pthread_create(&resetter, NULL, reset_all_the_time, &work));
	ASSERT_EQ(0, pthread_create(&detacher, NULL, detach_all_the_time, &work));
	ASSERT_EQ(0, pthread_join(resetter, &answer));
	EXPECT_EQ(NULL, answer) TH_LOG("%s failed", (char *)answer);
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(detacher, &answer));
	EXPECT_EQ(NULL, answer) TH_LOG("%s failed", (char *)answer);
}

TEST_HARNESS_MAIN
