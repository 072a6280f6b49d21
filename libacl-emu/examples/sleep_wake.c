// SPDX-License-Identifier: MIT
/*
 * An allocator that sleeps: all its device memory goes back to the device,
 * its addresses stay. On waking it maps new memory at the same addresses and
 * restores what was there, so that every pointer still holds. Half of the
 * blocks are weights, which are kept on the host meanwhile; the other half are
 * caches, whose content may be lost.
 *
 *     sleep_wake [-d DEVICES] [-p PROCESSES] [-n BLOCKS] [-s MIB] [-r ROUNDS] [-o]
 *
 * The processes work in turns, so each of them may want nearly the whole
 * device. -s is the size of the largest block. With -o each finds the device
 * too full when it wakes, in the middle of its blocks, takes nothing, and wakes
 * once there is room. Nobody else may use the devices meanwhile: what is in use
 * is compared to the byte.
 *
 *     cc sleep_wake.c -lascendcl -o sleep_wake
 */
#define _GNU_SOURCE			/* program_invocation_short_name */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acl/acl.h"

#define MIB		(1024ul * 1024)
#define MAX_DEVICES	64
#define MAX_PROCESSES	64
#define MAX_BLOCKS	1024

static struct {
	long devices, processes, blocks, mib, rounds;
	bool too_full;
} opt = { .devices = 1, .processes = 2, .blocks = 4, .mib = 8, .rounds = 3 };

static long me = -1;			/* number of this process */
static char name[64];			/* of a process, in messages */

/* ---- failures ---- */

#define fail(...) errx(1, __VA_ARGS__)

static void check(const char *call, aclError code)
{
	const char *why;

	if (code == ACL_SUCCESS)
		return;
	why = aclGetRecentErrMsg();
	fail("%s failed with %d: %s", call, code, why ? why : "no message");
}

#define CHECK(call) check(#call, (call))

/* A failure that the program reckons with; nobody shall find it later. */
static void expect(const char *call, aclError wanted, aclError code)
{
	if (code != wanted)
		fail("%s gave %d instead of %d", call, code, wanted);
	aclrtGetLastError(ACL_RT_THREAD_LEVEL);
}

static size_t left(void)
{
	size_t free, total;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	return free;
}

/* ---- blocks ---- */

/* Each block begins with the address of the next one of its device. */
struct block {
	char *base;			/* for ever */
	size_t size;
	bool keep;			/* weights, not a cache */
	aclrtDrvMemHandle handle;	/* while awake */
	uint64_t *host;			/* content while asleep, and on the way */
	uint64_t stamp;			/* says what the content is */
};

struct model {				/* the blocks on one device */
	int device;
	aclrtContext context;
	aclrtStream stream;
	struct block block[MAX_BLOCKS];
	size_t bytes;			/* of all blocks */
	bool awake;
};

static uint64_t word(uint64_t stamp, size_t i)
{
	return (stamp * 1000003 + i) * UINT64_C(0x9e3779b97f4a7c15);
}

static const struct block *next_of(const struct model *m, const struct block *b)
{
	return &m->block[(b - m->block + 1) % opt.blocks];
}

/* New content for a block, on its way to the device when this returns. */
static void renew(struct model *m, struct block *b)
{
	size_t i;

	CHECK(aclrtSynchronizeStream(m->stream));
	b->stamp += opt.processes;
	b->host[0] = (uintptr_t)next_of(m, b)->base;
	for (i = 1; i < b->size / 8; i++)
		b->host[i] = word(b->stamp, i);
	CHECK(aclrtMemcpyAsync(b->base, b->size, b->host, b->size, ACL_MEMCPY_HOST_TO_DEVICE,
			       m->stream));
}

static void verify(struct model *m, struct block *b)
{
	size_t i;

	CHECK(aclrtSynchronizeStream(m->stream));
	memset(b->host, 0, b->size);
	CHECK(aclrtMemcpyAsync(b->host, b->size, b->base, b->size, ACL_MEMCPY_DEVICE_TO_HOST,
			       m->stream));
	CHECK(aclrtSynchronizeStream(m->stream));
	for (i = 1; i < b->size / 8; i++)
		if (b->host[i] != word(b->stamp, i))
			fail("device %d: word %zu of the block at %p is %#" PRIx64 " instead of %#"
			     PRIx64, m->device, i, (void *)b->base, b->host[i], word(b->stamp, i));
}

/* Follows the pointers that the device memory holds, once around. */
static void walk(struct model *m)
{
	uint64_t at = (uintptr_t)m->block[0].base;
	long i;

	for (i = 0; i < opt.blocks; i++) {
		if (at != (uintptr_t)m->block[i].base)
			fail("device %d: the pointer to block %ld is %#" PRIx64 " instead of %p",
			     m->device, i, at, (void *)m->block[i].base);
		/* Ordinary host memory: the copy is done when the call returns. */
		CHECK(aclrtMemcpyAsync(&at, sizeof(at), m->block[i].base, sizeof(at),
				       ACL_MEMCPY_DEVICE_TO_HOST, m->stream));
	}
	if (at != (uintptr_t)m->block[0].base)
		fail("device %d: the pointers do not come back to the first block", m->device);
}

/* ---- sleep and wake ---- */

static aclError create_and_map(struct model *m, struct block *b)
{
	aclrtPhysicalMemProp prop = {
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = (uint32_t)m->device, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	aclError code = aclrtMallocPhysical(&b->handle, b->size, &prop, 0);

	if (code)
		return code;
	CHECK(aclrtMapMem(b->base, b->size, 0, b->handle, 0));
	return ACL_SUCCESS;
}

static void unmap_and_release(struct block *b)
{
	CHECK(aclrtUnmapMem(b->base));
	CHECK(aclrtFreePhysical(b->handle));
	b->handle = NULL;
}

/* Weights go to the host, all memory back to the device. */
static void fall_asleep(struct model *m)
{
	char byte;
	long i;

	for (i = 0; i < opt.blocks; i++)
		if (m->block[i].keep)
			CHECK(aclrtMemcpyAsync(m->block[i].host, m->block[i].size,
					       m->block[i].base, m->block[i].size,
					       ACL_MEMCPY_DEVICE_TO_HOST, m->stream));
	CHECK(aclrtSynchronizeStream(m->stream));
	for (i = 0; i < opt.blocks; i++)
		unmap_and_release(&m->block[i]);
	m->awake = false;
	/* There are addresses, but nothing behind them. */
	for (i = 0; i < opt.blocks; i++)
		expect("a copy from memory that sleeps", ACL_ERROR_RT_INVALID_HANDLE,
		       aclrtMemcpy(&byte, 1, m->block[i].base, 1, ACL_MEMCPY_DEVICE_TO_HOST));
}

/* All blocks or none: false if the device is full, after @got of them. */
static bool wake(struct model *m, long *got)
{
	aclError code = ACL_SUCCESS;
	long i;

	for (*got = 0; *got < opt.blocks && !code; *got += !code)
		code = create_and_map(m, &m->block[*got]);
	if (code == ACL_ERROR_RT_MEMORY_ALLOCATION) {
		for (i = 0; i < *got; i++)
			unmap_and_release(&m->block[i]);
		aclrtGetLastError(ACL_RT_THREAD_LEVEL);
		return false;
	}
	check("aclrtMallocPhysical", code);
	for (i = 0; i < opt.blocks; i++)
		if (m->block[i].keep)
			CHECK(aclrtMemcpyAsync(m->block[i].base, m->block[i].size,
					       m->block[i].host, m->block[i].size,
					       ACL_MEMCPY_HOST_TO_DEVICE, m->stream));
	CHECK(aclrtSynchronizeStream(m->stream));
	m->awake = true;
	return true;
}

/* Somebody else's memory leaves room for all blocks but the last. */
static void wake_too_early(struct model *m)
{
	struct block other = { .size = left() };
	size_t spare = m->bytes - m->block[opt.blocks - 1].size, before;
	long got;

	if (other.size < m->bytes)
		fail("device %d has %zu bytes left, too few for %zu", m->device, other.size,
		     m->bytes);
	other.size -= spare;
	CHECK(aclrtReserveMemAddress((void **)&other.base, other.size, 0, NULL, 0));
	check("aclrtMallocPhysical", create_and_map(m, &other));
	before = left();
	if (wake(m, &got))
		fail("device %d gave more than it has", m->device);
	if (got != opt.blocks - 1)
		fail("device %d was full after %ld of %ld blocks", m->device, got, opt.blocks);
	if (left() != before)
		fail("waking in vain left %zu bytes behind", before - left());
	unmap_and_release(&other);
	CHECK(aclrtReleaseMemAddress(other.base));
}

static void wake_up(struct model *m)
{
	long got, i;

	if (opt.too_full)
		wake_too_early(m);
	if (!wake(m, &got))
		fail("device %d is full after %ld of %ld blocks of %zu MiB in all", m->device, got,
		     opt.blocks, m->bytes / MIB);
	for (i = 0; i < opt.blocks; i++)
		if (!m->block[i].keep)
			renew(m, &m->block[i]);
	walk(m);
	for (i = 0; i < opt.blocks; i++)
		verify(m, &m->block[i]);
}

/* ---- the life of a model ---- */

static size_t granularity(int device)
{
	aclrtPhysicalMemProp prop = {
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = (uint32_t)device, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	size_t unit;

	CHECK(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &unit));
	return unit;
}

/* Blocks of different sizes, the largest of opt.mib. */
static void model_open(struct model *m, int device)
{
	struct block *b;
	size_t unit, largest;
	long i, got;

	m->device = device;
	CHECK(aclrtSetDevice(device));
	CHECK(aclrtGetCurrentContext(&m->context));
	CHECK(aclrtCreateStream(&m->stream));
	unit = granularity(device);
	largest = ((size_t)opt.mib * MIB + unit - 1) / unit;
	for (i = 0; i < opt.blocks; i++) {
		b = &m->block[i];
		b->size = (largest - (size_t)i % largest) * unit;
		b->keep = i % 2 == 0;
		b->stamp = (uint64_t)device << 56 | (uint64_t)i << 40 | (uint64_t)me;
		CHECK(aclrtReserveMemAddress((void **)&b->base, b->size, 0, NULL, 0));
		CHECK(aclrtMallocHost((void **)&b->host, b->size));
		m->bytes += b->size;
	}
	if (!wake(m, &got))
		fail("device %d is full after %ld of %ld blocks of %zu MiB in all", device, got,
		     opt.blocks, m->bytes / MIB);
	for (i = 0; i < opt.blocks; i++)
		renew(m, &m->block[i]);
	fall_asleep(m);
}

static void model_close(struct model *m)
{
	long i;

	for (i = 0; i < opt.blocks; i++) {
		CHECK(aclrtReleaseMemAddress(m->block[i].base));
		CHECK(aclrtFreeHost(m->block[i].host));
	}
	CHECK(aclrtDestroyStream(m->stream));
}

/* Some blocks get other contents in each turn. */
static void use(struct model *m, long round)
{
	long i;

	for (i = round % 3; i < opt.blocks; i += 3)
		renew(m, &m->block[i]);
	walk(m);
	for (i = 0; i < opt.blocks; i++)
		verify(m, &m->block[i]);
}

/* ---- a process ---- */

static void send_to(int fd, const void *what, size_t size)
{
	if (send(fd, what, size, MSG_NOSIGNAL) != (ssize_t)size)
		fail("cannot send to another process: %s", strerror(errno));
}

static void receive_from(int fd, void *what, size_t size)
{
	if (recv(fd, what, size, 0) != (ssize_t)size)
		fail("another process is gone");
}

/* Tells the parent how many bytes are held on each device, and waits to go on. */
static void report(int parent, size_t bytes)
{
	char go;

	send_to(parent, &bytes, sizeof(bytes));
	receive_from(parent, &go, 1);
}

static void work(int parent)
{
	struct model *model = calloc((size_t)opt.devices, sizeof(*model));
	long round, d;

	if (!model)
		fail("no memory for %ld devices", opt.devices);
	CHECK(aclInit(NULL));
	report(parent, 0);
	for (d = 0; d < opt.devices; d++)
		model_open(&model[d], (int)d);
	for (round = 0; round < opt.rounds; round++) {
		report(parent, 0);
		for (d = 0; d < opt.devices; d++) {
			CHECK(aclrtSetCurrentContext(model[d].context));
			wake_up(&model[d]);
			use(&model[d], round);
		}
		/* Still its turn: the parent sees what a process holds that is awake. */
		report(parent, model[0].bytes);
		for (d = 0; d < opt.devices; d++) {
			CHECK(aclrtSetCurrentContext(model[d].context));
			use(&model[d], round + 1);
			fall_asleep(&model[d]);
		}
	}
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetCurrentContext(model[d].context));
		model_close(&model[d]);
	}
	report(parent, 0);
	for (d = 0; d < opt.devices; d++)
		CHECK(aclrtResetDevice((int)d));
	CHECK(aclFinalize());
}

/* ---- all processes ---- */

static struct worker {
	pid_t pid;
	int fd;
} worker[MAX_PROCESSES];

static size_t at_start[MAX_DEVICES];

/* Before any call of acl: a child of fork() shares nothing with its parent. */
static void start_workers(void)
{
	int link[2];
	long i, j;

	for (i = 0; i < opt.processes; i++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, link))
			fail("no socket: %s", strerror(errno));
		worker[i].fd = link[0];
		worker[i].pid = fork();
		if (worker[i].pid < 0)
			fail("no process: %s", strerror(errno));
		if (worker[i].pid) {
			close(link[1]);
			continue;
		}
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		me = i;
		snprintf(name, sizeof(name), "sleep_wake: process %ld", me);
		program_invocation_short_name = name;
		for (j = 0; j <= i; j++)
			close(worker[j].fd);
		work(link[1]);
		exit(0);
	}
}

/* Without their connections the others end, too; each says why, but for a signal. */
static void give_up(long i)
{
	int status, signal = 0;
	long j;

	for (j = 0; j < opt.processes; j++)
		close(worker[j].fd);
	while (wait(&status) > 0)
		if (WIFSIGNALED(status))
			signal = WTERMSIG(status);
	if (signal)
		fail("a process was ended by signal %d", signal);
	fail("process %ld failed", i);
}

/* All others sleep: what the devices say is what process i says. */
static size_t hear(long i)
{
	size_t bytes;
	long d;

	if (recv(worker[i].fd, &bytes, sizeof(bytes), 0) != sizeof(bytes))
		give_up(i);
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetDevice((int)d));
		if (left() + bytes != at_start[d])
			fail("device %ld has %zu bytes left, %zu before process %ld took %zu", d,
			     left(), at_start[d], i, bytes);
	}
	return bytes;
}

static void tell(long i)
{
	char go = 0;

	if (send(worker[i].fd, &go, 1, MSG_NOSIGNAL) != 1)
		give_up(i);
}

/* Returns what a process holds that is awake. */
static size_t conduct(void)
{
	size_t bytes = 0;
	long round, i;

	for (i = 0; i < opt.processes; i++)
		hear(i);
	for (i = 0; i < opt.processes; i++) {
		tell(i);
		hear(i);
	}
	for (round = 0; round < opt.rounds; round++)
		for (i = 0; i < opt.processes; i++) {
			tell(i);
			bytes = hear(i);
			tell(i);
			hear(i);
		}
	for (i = 0; i < opt.processes; i++)
		tell(i);
	return bytes;
}

static void join_workers(void)
{
	int status;
	long i, d;

	for (i = 0; i < opt.processes; i++)
		if (waitpid(worker[i].pid, &status, 0) != worker[i].pid || status)
			fail("process %ld ended with status %#x", i, status);
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetDevice((int)d));
		if (left() != at_start[d])
			fail("device %ld lost %zu bytes", d, at_start[d] - left());
	}
}

static void options(int argc, char **argv)
{
	static const struct {
		int letter;
		long *value, low, high;
	} numbers[] = {
		{ 'd', &opt.devices, 1, MAX_DEVICES },
		{ 'p', &opt.processes, 1, MAX_PROCESSES },
		{ 'n', &opt.blocks, 2, MAX_BLOCKS },
		{ 's', &opt.mib, 1, 65536 },
		{ 'r', &opt.rounds, 1, 1000000 },
	};
	const size_t count = sizeof(numbers) / sizeof(numbers[0]);
	char *end = "";
	size_t i;
	int c;

	while ((c = getopt(argc, argv, "d:p:n:s:r:o")) != -1) {
		for (i = 0; i < count && numbers[i].letter != c; i++)
			;
		if (i < count)
			*numbers[i].value = strtol(optarg, &end, 10);
		else if (c == 'o')
			opt.too_full = true;
		else
			end = "?";
		if (*end || (i < count && (*numbers[i].value < numbers[i].low ||
					   *numbers[i].value > numbers[i].high)))
			break;
	}
	if (c == -1 && optind == argc)
		return;
	if (c != -1 && i < count)
		fprintf(stderr, "-%c is a number from %ld to %ld\n", c, numbers[i].low,
			numbers[i].high);
	fprintf(stderr, "usage: %s [-d DEVICES] [-p PROCESSES] [-n BLOCKS] [-s MIB] "
			"[-r ROUNDS] [-o]\n", argv[0]);
	exit(2);
}

int main(int argc, char **argv)
{
	size_t bytes;
	long d;

	/* What a process says shall come in one piece. */
	setvbuf(stderr, NULL, _IOLBF, 0);
	options(argc, argv);
	start_workers();
	CHECK(aclInit(NULL));
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetDevice((int)d));
		at_start[d] = left();
	}
	bytes = conduct();
	join_workers();
	printf("sleep_wake: %ld processes, %ld devices, %ld rounds: %zu MiB each in turns, %s; "
	       "all memory is back\n", opt.processes, opt.devices, opt.rounds, bytes / MIB,
	       opt.too_full ? "woke once there was room" : "always room");
	CHECK(aclFinalize());
	return 0;
}
