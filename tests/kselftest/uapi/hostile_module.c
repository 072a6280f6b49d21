// SPDX-License-Identifier: MIT
/*
 * Memory and module are held by living processes only: each way to hold something
 * ends with the last process that has it.
 */
#include "uapi_hostile.h"

#include <linux/io_uring.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define HELD	(2 * SIZE_2M)

HOSTILE_FIXTURE(module, "devices=2 capacity_mb=64 host_mb=64")

struct stuff {
	int fd;
	int file;		/* dma-buf */
	uint64_t addr;
	uint64_t handle;
	uint64_t key;
};

static int get_stuff(struct stuff *stuff)
{
	stuff->fd = hostile_start();
	if (stuff->fd < 0 || uapi_mapped(stuff->fd, HELD, 0, &stuff->addr, &stuff->handle) ||
	    uapi_export(stuff->fd, stuff->handle, ACL_EMU_EXPORT_NO_LIST, &stuff->key))
		return -1;
	memset((void *)stuff->addr, 0x77, HELD);
	stuff->file = uapi_export_fd(stuff->fd, stuff->handle);
	return stuff->file < 0;
}

/* ---- ways to hold: each leaves no descriptor that it does not need ---- */

static int hold_file(struct stuff *stuff)
{
	return close(stuff->fd);
}

static int hold_window(struct stuff *stuff)
{
	volatile uint8_t *window = mmap(NULL, HELD, PROT_READ | PROT_WRITE, MAP_SHARED,
					stuff->file, 0);

	if (window == MAP_FAILED || window[HELD - 1] != 0x77)
		return -1;
	return close(stuff->file);
}

static int hold_range_only(struct stuff *stuff)
{
	return close(stuff->fd) || close(stuff->file);
}

/* In a socket of which only the other end is open. */
static int hold_in_socket(struct stuff *stuff)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || uapi_send_fd(pair[0], stuff->file) ||
	    uapi_send_fd(pair[0], stuff->fd))
		return -1;
	return close(stuff->file) || close(stuff->fd) || close(pair[0]);
}

/* In sockets that are queued in each other: only the kernel finds these. */
static int hold_in_a_circle(struct stuff *stuff)
{
	int one[2], two[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, one) || socketpair(AF_UNIX, SOCK_STREAM, 0, two))
		return -1;
	if (uapi_send_fd(one[0], stuff->file) || uapi_send_fd(one[0], stuff->fd) ||
	    uapi_send_fd(one[0], two[1]) || uapi_send_fd(two[0], one[1]) ||
	    uapi_send_fd(one[0], one[0]))
		return -1;
	return close(one[0]) || close(one[1]) || close(two[0]) || close(two[1]) ||
	       close(stuff->file) || close(stuff->fd);
}

static int hold_by_epoll(struct stuff *stuff)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0);

	/* Neither can be polled for; a dma-buf can. */
	if (epoll < 0)
		return -1;
	epoll_ctl(epoll, EPOLL_CTL_ADD, stuff->fd, &event);
	epoll_ctl(epoll, EPOLL_CTL_ADD, stuff->file, &event);
	return 0;
}

static int hold_by_io_uring(struct stuff *stuff)
{
	struct io_uring_params params = { .flags = 0 };
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	int files[] = { stuff->fd, stuff->file, ring };

	if (ring < 0)
		return 0;
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, files, 2))
		return -1;
	return close(stuff->fd) || close(stuff->file);
}

static int hold_by_child(struct stuff *stuff)
{
	/* Newer kernels (7.3) refuse: then the children have the files alone. */
	if (madvise((void *)stuff->addr, HELD, MADV_DOFORK) && errno != EINVAL)
		return -1;
	/* A child with all of it, and that child's child. */
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();

		if (pid)
			return pid < 0;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	}
	for (;;)
		pause();
}

static int hold_by_pages(struct stuff *stuff)
{
	struct iovec iov = { (void *)stuff->addr, 4 * SIZE_4K };
	int pipes[2], copy[2];

	if (pipe(pipes) || pipe(copy) || vmsplice(pipes[1], &iov, 1, 0) < 0 ||
	    tee(pipes[0], copy[1], SIZE_4K, 0) < 0)
		return -1;
	return close(stuff->fd) || close(stuff->file);
}

static int hold_by_import(struct stuff *stuff)
{
	uint64_t handle;

	for (int i = 0; i < 8; i++)
		if (uapi_import_fd(stuff->fd, stuff->file, i & 1 ? 0 : 1, &handle) &&
		    uapi_last.reason != ACL_EMU_REASON_DEVICE_CLOSED)
			return -1;
	return close(stuff->file);
}

/* By files of /proc that refer to the client and its addresses. */
static int hold_by_proc(struct stuff *stuff)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", stuff->fd);
	/* One more client, by a name that is not the node's. */
	return open(path, O_RDWR) < 0 || open("/proc/self/maps", O_RDONLY) < 0 ||
	       open("/proc/self/mem", O_RDWR) < 0 || open(path, O_PATH) < 0;
}

static const struct way {
	const char *name;
	int (*hold)(struct stuff *stuff);
} ways[] = {
	{ "file", hold_file },
	{ "window", hold_window },
	{ "reservation", hold_range_only },
	{ "socket", hold_in_socket },
	{ "circle of sockets", hold_in_a_circle },
	{ "epoll", hold_by_epoll },
	{ "io_uring", hold_by_io_uring },
	{ "child", hold_by_child },
	{ "pages in pipes", hold_by_pages },
	{ "imports", hold_by_import },
	{ "/proc", hold_by_proc },
};

static int hold(int sock, void *data)
{
	const struct way *way = data;
	struct stuff stuff;

	CHILD_CHECK(!get_stuff(&stuff));
	CHILD_CHECK(!way->hold(&stuff));
	CHILD_CHECK(!uapi_send(sock, 0));
	HOSTILE_WAIT(sock);
	return 0;
}

/* Closing any socket makes the kernel look for cycles that no process reaches. */
static void collect_sockets(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return;
	uapi_send_fd(pair[0], pair[1]);
	close(pair[0]);
	close(pair[1]);
}

static bool all_back(int fd, const struct uapi_before *before)
{
	struct uapi_before now;

	uapi_state(fd, &now);
	return !memcmp(&now, before, sizeof(now));
}

/* A killed process holds nothing, and the module can be unloaded. */
TEST_F(module, unload_after_kill)
{
	struct uapi_before before;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		pid_t pid;
		int sock;

		/* Without a client of the test's own. */
		ASSERT_EQ(0, close(self->fd));
		pid = uapi_child(hold, (void *)&ways[i], &sock);
		ASSERT_EQ(0, uapi_recv(sock)) TH_LOG("%s", ways[i].name);
		EXPECT_EQ(-EAGAIN, module_unload()) TH_LOG("%s", ways[i].name);
		EXPECT_EQ(1000 + SIGKILL, uapi_kill(pid));
		close(sock);

		self->fd = uapi_open();
		ASSERT_GE(self->fd, 0);
		before = self->before;
		while (!all_back(self->fd, &before)) {
			collect_sockets();
			sched_yield();
		}
		ASSERT_EQ(0, close(self->fd));
		ASSERT_EQ(0, module_remove()) TH_LOG("%s", ways[i].name);
		ASSERT_EQ(0, module_load("devices=2 capacity_mb=64 host_mb=64"));
		ASSERT_EQ(0, chmod(UAPI_NODE, 0666));
		self->fd = uapi_open();
		ASSERT_GE(self->fd, 0);
	}
}

/* ---- chains ---- */

/* Imports the memory from the dma-buf of the process before, which may then exit. */
static int be_link(int sock, void *data)
{
	uint64_t handle, addr;
	int fd = hostile_start(), file;

	(void)data;
	CHILD_CHECK(fd >= 0);
	file = uapi_recv_fd(sock);
	CHILD_CHECK(file >= 0 && !uapi_import_fd(fd, file, 0, &handle));
	close(file);
	CHILD_CHECK(!uapi_reserve(fd, HELD, &addr) && !uapi_map(fd, addr, HELD, handle));
	CHILD_CHECK(*(uint8_t *)(addr + HELD - 1) == 0x77);
	file = uapi_export_fd(fd, handle);
	CHILD_CHECK(file >= 0 && !uapi_send_fd(sock, file));
	close(file);
	HOSTILE_WAIT(sock);
	return 0;
}

/* Memory that each process passes to the next lives as long as one of them. */
TEST_F(module, memory_lives_while_inherited)
{
	uint64_t addr, handle;
	int file, sock = -1;
	pid_t pid = 0;

	ASSERT_EQ(0, uapi_mapped(self->fd, HELD, 0, &addr, &handle));
	memset((void *)addr, 0x77, HELD);
	file = uapi_export_fd(self->fd, handle);
	ASSERT_GE(file, 0);
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	for (int i = 0; i < 6; i++) {
		int next;
		pid_t child = uapi_child(be_link, NULL, &next);

		ASSERT_EQ(0, uapi_send_fd(next, file));
		close(file);
		file = uapi_recv_fd(next);
		ASSERT_GE(file, 0);
		if (pid) {
			EXPECT_EQ(1000 + SIGKILL, uapi_kill(pid));
			close(sock);
		}
		EXPECT_EQ(self->before.used[0] + HELD, uapi_used(self->fd, 0));
		pid = child;
		sock = next;
	}
	close(file);
	EXPECT_EQ(self->before.used[0] + HELD, uapi_used(self->fd, 0));
	EXPECT_EQ(1000 + SIGKILL, uapi_kill(pid));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
	close(sock);
}

TEST_HARNESS_MAIN
