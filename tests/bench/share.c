// SPDX-License-Identifier: MIT
/*
 * 2 MiB of one process, until others have read its first byte: by key, by file
 * descriptor, and as memfd over a socket. The others run and wait on a socket.
 * Each tells when it had read the byte, for on one processor the answer itself
 * arrives whenever the scheduler likes, and keeps the memory until it is told to
 * forget it, so that this is not measured.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define PEERS_MAX	64
#define REPS		21

enum way {
	WAY_KEY,		/* key, list of pids */
	WAY_KEY_OPEN,		/* key that needs no list */
	WAY_FD,			/* dma-buf */
	WAY_MEMFD,
	WAY_MEMFD_HUGE,
	WAYS,
};

static const char *const names[WAYS] = {
	"key and list", "key", "dma-buf", "memfd 4K", "memfd hugetlb 2M"
};

struct order {
	uint32_t way;
	uint32_t pad;
	uint64_t key;
};

struct importer {
	pid_t pid;
	int sock;
	int32_t tgid;
};

static struct importer importers[PEERS_MAX];

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void send_order(int sock, struct order *order, int fd)
{
	union control control = { .align = { .cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec iov = { order, sizeof(*order) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
	}
	BENCH_CHECK(sendmsg(sock, &msg, MSG_NOSIGNAL) == sizeof(*order));
}

static bool receive_order(int sock, struct order *order, int *fd)
{
	union control control;
	struct iovec iov = { order, sizeof(*order) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };

	*fd = -1;
	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != sizeof(*order))
		return false;
	if (CMSG_FIRSTHDR(&msg))
		memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(*fd));
	return true;
}

/* What an importer says. */
struct report {
	uint64_t when;
	uint8_t byte;
};

static void tell(int sock, uint8_t byte)
{
	struct report report = { bench_now(), byte };

	BENCH_CHECK(write(sock, &report, sizeof(report)) == sizeof(report));
}

static struct report hear(int sock)
{
	struct report report;

	BENCH_CHECK(read(sock, &report, sizeof(report)) == sizeof(report));
	return report;
}

/* The byte was read: says so, and waits until the memory may go. */
static void answer(int sock, uint8_t byte)
{
	char forget;

	tell(sock, byte);
	BENCH_CHECK(read(sock, &forget, 1) == 1);
}

static void tell_forget(int sock)
{
	BENCH_CHECK(write(sock, "f", 1) == 1);
	hear(sock);
}

static void import_ours(int sock, const struct order *order, int fd)
{
	uint64_t handle = order->way == WAY_FD ? emu_import_fd(fd) : emu_import(order->key);
	uint64_t addr = emu_reserve(SIZE_2M);

	emu_map(addr, SIZE_2M, handle);
	answer(sock, *(volatile uint8_t *)emu_ptr(addr));
	emu_unmap(addr);
	emu_release(addr);
	emu_free(handle);
}

static void import_memfd(int sock, int fd)
{
	volatile uint8_t *at = peer_map(fd, SIZE_2M, NULL, 0);

	answer(sock, *at);
	peer_unmap((void *)at, SIZE_2M);
}

/* As any user of a device has; its page tables are there, as those of a heap. */
static void own_memory(void)
{
	uint64_t addr = emu_reserve(SIZE_2M);

	emu_map(addr, SIZE_2M, emu_alloc(SIZE_2M, 0));
	*(volatile uint8_t *)emu_ptr(addr) = 1;
}

static void importer_main(int sock)
{
	struct order order;
	int32_t tgid;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	emu_open();
	own_memory();
	tgid = emu_tgid();
	BENCH_CHECK(write(sock, &tgid, sizeof(tgid)) == sizeof(tgid));
	while (receive_order(sock, &order, &fd)) {
		if (order.way < WAY_MEMFD)
			import_ours(sock, &order, fd);
		else
			import_memfd(sock, fd);
		if (fd >= 0)
			close(fd);
		/* All is forgotten. */
		tell(sock, 0);
	}
	_exit(0);
}

static void start_importers(void)
{
	for (unsigned int i = 0; i < PEERS_MAX; i++) {
		int pair[2];

		BENCH_CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
		importers[i].pid = fork();
		BENCH_CHECK(importers[i].pid >= 0);
		if (!importers[i].pid) {
			close(pair[0]);
			/* Its own end only, else the others' never close. */
			while (i-- > 0)
				close(importers[i].sock);
			importer_main(pair[1]);
		}
		close(pair[1]);
		importers[i].sock = pair[0];
		BENCH_CHECK(read(pair[0], &importers[i].tgid, sizeof(int32_t)) == sizeof(int32_t));
	}
}

static void end_importers(void)
{
	int status;

	for (unsigned int i = 0; i < PEERS_MAX; i++)
		close(importers[i].sock);
	for (unsigned int i = 0; i < PEERS_MAX; i++)
		BENCH_CHECK(waitpid(importers[i].pid, &status, 0) == importers[i].pid && !status);
}

struct share {
	enum way way;
	unsigned int count;
	uint64_t handle;
	int fd;			/* memfd */
	uint8_t byte;
};

static uint64_t run(void *arg)
{
	struct share *s = arg;
	struct order order = { .way = s->way };
	int32_t pids[PEERS_MAX];
	uint64_t start = bench_now(), end = 0;
	struct report report;
	int fd = s->fd;

	if (s->way == WAY_FD)
		fd = emu_export_fd(s->handle);
	else if (s->way < WAY_FD)
		order.key = emu_export(s->handle, s->way == WAY_KEY_OPEN ?
				       ACL_EMU_EXPORT_NO_LIST : 0);
	if (s->way == WAY_KEY) {
		for (unsigned int i = 0; i < s->count; i++)
			pids[i] = importers[i].tgid;
		emu_allow(order.key, pids, s->count);
	}
	for (unsigned int i = 0; i < s->count; i++)
		send_order(importers[i].sock, &order, fd);
	for (unsigned int i = 0; i < s->count; i++) {
		report = hear(importers[i].sock);
		BENCH_CHECK(report.byte == s->byte);
		end = report.when > end ? report.when : end;
	}
	for (unsigned int i = 0; i < s->count; i++)
		tell_forget(importers[i].sock);
	if (s->way == WAY_FD)
		close(fd);
	return (end - start) / s->count;
}

/* A new allocation each time keeps old keys from piling up at the handle. */
static uint64_t run_fresh(void *arg)
{
	struct share *s = arg;
	uint64_t addr, took;

	if (s->way >= WAY_MEMFD)
		return run(s);
	s->handle = emu_alloc(SIZE_2M, 0);
	addr = emu_reserve(SIZE_2M);
	emu_map(addr, SIZE_2M, s->handle);
	*(volatile uint8_t *)emu_ptr(addr) = s->byte;
	took = run(s);
	emu_unmap(addr);
	emu_release(addr);
	emu_free(s->handle);
	return took;
}

static uint64_t measure(enum way way, unsigned int count)
{
	struct share s = { .way = way, .count = count, .fd = -1, .byte = 0x5a };
	uint64_t took;
	uint8_t *at;

	if (way >= WAY_MEMFD) {
		if (way == WAY_MEMFD_HUGE && !peer_hugetlb_pool(SIZE_2M))
			return 0;
		s.fd = peer_memfd(SIZE_2M, way == WAY_MEMFD_HUGE ? PEER_HUGETLB : 0);
		if (s.fd < 0)
			return 0;
		at = peer_map(s.fd, SIZE_2M, NULL, 0);
		memset(at, s.byte, SIZE_2M);
	}
	took = bench_repeat(REPS, run_fresh, &s);
	if (way >= WAY_MEMFD) {
		peer_unmap(at, SIZE_2M);
		close(s.fd);
	}
	return took;
}

static void rows(unsigned int count)
{
	uint64_t took[WAYS];
	char row[64], param[32];

	for (unsigned int way = 0; way < WAYS; way++)
		took[way] = measure(way, count);
	snprintf(param, sizeof(param), "%u importer%s", count, count > 1 ? "s" : "");
	for (unsigned int way = 0; way < WAY_MEMFD; way++) {
		snprintf(row, sizeof(row), "share 2 MiB: %s", names[way]);
		for (unsigned int other = WAY_MEMFD; other < WAYS; other++)
			bench_row(row, param, took[way], names[other], took[other]);
	}
}

int main(void)
{
	start_importers();
	emu_open();
	rows(1);
	rows(8);
	rows(64);
	peer_hugetlb_pool(0);
	end_importers();
	return 0;
}
