// SPDX-License-Identifier: MIT
/*
 * An allocator whose memory grows and shrinks in place: each device has one
 * long reservation, memory is mapped at its end piece by piece and taken away
 * again. Processes stand in a circle; each shares its pieces with the next
 * one, which reads them, writes into the last, and still has them after the
 * owner let go.
 *
 *     expandable_segments [-d DEVICES] [-p PROCESSES] [-s MIB] [-g PIECES]
 *                         [-r ROUNDS] [-o]
 *
 * -s is the size of a piece, -g their number in a step of growth. With -o the
 * processes, one after the other, let each device run full in the middle of a
 * step, roll that step back and go on. Nobody else may use the devices
 * meanwhile: what is in use is compared to the byte.
 *
 *     cc expandable_segments.c -lascendcl -o expandable_segments
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
#define MAX_STEP	64

static struct {
	long devices, processes, mib, step, rounds;
	bool run_out;
	size_t piece;			/* bytes */
} opt = { .devices = 1, .processes = 2, .mib = 2, .step = 4, .rounds = 3 };

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

static size_t in_use(void)
{
	size_t free, total;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	return total - free;
}

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

/* ---- contents ---- */

static uint64_t word(uint64_t stamp, size_t i)
{
	return (stamp * 1000003 + i) * UINT64_C(0x9e3779b97f4a7c15);
}

/* No two pieces of any process ever hold the same. */
static uint64_t new_stamp(void)
{
	static uint64_t last;

	return (uint64_t)(me + 1) << 40 | ++last;
}

/* Pinned host memory on the way to a device, and when it may be written again. */
struct staging {
	uint64_t *words;
	aclrtEvent sent;
	bool busy;
};

struct piece {
	aclrtDrvMemHandle handle;
	uint64_t share;			/* value of its only export */
	bool exported;
	uint64_t stamp;			/* what it holds */
};

struct arena {
	int device;
	aclrtContext context;
	aclrtStream stream;
	struct staging staging[2];
	char *base;
	struct piece *piece;
	size_t count, room;		/* pieces mapped, and places for them */
};

static char *place(const struct arena *a, size_t i)
{
	return a->base + i * opt.piece;
}

/* The copy is on its way when this returns. */
static void write_stamp(struct arena *a, char *to, uint64_t stamp)
{
	struct staging *s = &a->staging[stamp % 2];
	size_t i;

	if (s->busy)
		CHECK(aclrtSynchronizeEvent(s->sent));
	for (i = 0; i < opt.piece / 8; i++)
		s->words[i] = word(stamp, i);
	CHECK(aclrtMemcpyAsync(to, opt.piece, s->words, opt.piece, ACL_MEMCPY_HOST_TO_DEVICE,
			       a->stream));
	CHECK(aclrtRecordEvent(s->sent, a->stream));
	s->busy = true;
}

/* After all copies under way. */
static void verify(struct arena *a, const char *from, uint64_t stamp)
{
	struct staging *s = &a->staging[0];
	size_t i;

	CHECK(aclrtMemcpyAsync(s->words, opt.piece, from, opt.piece, ACL_MEMCPY_DEVICE_TO_HOST,
			       a->stream));
	CHECK(aclrtSynchronizeStream(a->stream));
	for (i = 0; i < opt.piece / 8; i++)
		if (s->words[i] != word(stamp, i))
			fail("device %d: word %zu at %p is %#" PRIx64 " instead of %#" PRIx64,
			     a->device, i, (const void *)from, s->words[i], word(stamp, i));
}

static void verify_all(struct arena *a)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		verify(a, place(a, i), a->piece[i].stamp);
}

/* ---- the arena ---- */

static aclrtPhysicalMemProp wish(int device)
{
	return (aclrtPhysicalMemProp){
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = (uint32_t)device, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
}

/* What is asked for, in whole units of the device. */
static size_t piece_size(int device)
{
	aclrtPhysicalMemProp prop = wish(device);
	size_t unit, wanted = (size_t)opt.mib * MIB;

	CHECK(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &unit));
	return (wanted + unit - 1) / unit * unit;
}

static void arena_open(struct arena *a, int device)
{
	size_t free, total, i;
	void *probe;

	a->device = device;
	CHECK(aclrtSetDevice(device));
	CHECK(aclrtGetCurrentContext(&a->context));
	opt.piece = piece_size(device);
	CHECK(aclrtCreateStream(&a->stream));
	for (i = 0; i < 2; i++) {
		CHECK(aclrtMallocHost((void **)&a->staging[i].words, opt.piece));
		CHECK(aclrtCreateEventWithFlag(&a->staging[i].sent, ACL_EVENT_SYNC));
	}
	/* Is there virtual memory at all? A program with a second way asks first. */
	CHECK(aclrtReserveMemAddress(&probe, 512, 0, NULL, 1));
	CHECK(aclrtReleaseMemAddress(probe));
	/* Room for more than the device has: addresses cost nothing. */
	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	a->room = (total + total / 8) / opt.piece;
	a->piece = calloc(a->room, sizeof(*a->piece));
	if (!a->piece)
		fail("no memory for the list of %zu pieces", a->room);
	CHECK(aclrtReserveMemAddress((void **)&a->base, a->room * opt.piece, 0, NULL, 1));
}

static void shrink(struct arena *a, size_t count)
{
	CHECK(aclrtSynchronizeStream(a->stream));
	while (a->count > count) {
		a->count--;
		CHECK(aclrtUnmapMem(place(a, a->count)));
		CHECK(aclrtFreePhysical(a->piece[a->count].handle));
		a->piece[a->count] = (struct piece){ 0 };
	}
}

static void arena_close(struct arena *a)
{
	size_t i;

	shrink(a, 0);
	CHECK(aclrtReleaseMemAddress(a->base));
	free(a->piece);
	for (i = 0; i < 2; i++) {
		CHECK(aclrtDestroyEvent(a->staging[i].sent));
		CHECK(aclrtFreeHost(a->staging[i].words));
	}
	CHECK(aclrtDestroyStream(a->stream));
}

/*
 * Maps @step more pieces, or none: false if the device is full, after @got of
 * them. Every other failure ends the program.
 */
static bool grow(struct arena *a, size_t step, size_t *got)
{
	aclrtPhysicalMemProp prop = wish(a->device);
	struct piece *new = &a->piece[a->count];
	size_t i;
	aclError code = ACL_SUCCESS;

	if (step > a->room - a->count)
		fail("no addresses left for %zu pieces", step);
	for (*got = 0; *got < step; ++*got) {
		code = aclrtMallocPhysical(&new[*got].handle, opt.piece, &prop, 0);
		if (code)
			break;
	}
	if (code == ACL_ERROR_RT_MEMORY_ALLOCATION) {
		for (i = 0; i < *got; i++)
			CHECK(aclrtFreePhysical(new[i].handle));
		/* It is dealt with: nobody shall find it later. */
		aclrtGetLastError(ACL_RT_THREAD_LEVEL);
		return false;
	}
	check("aclrtMallocPhysical", code);
	for (i = 0; i < step; i++) {
		CHECK(aclrtMapMem(place(a, a->count), opt.piece, 0, new[i].handle, 0));
		a->count++;
	}
	return true;
}

static void grow_and_fill(struct arena *a, size_t step)
{
	size_t first = a->count, got, i;

	if (!grow(a, step, &got))
		fail("device %d is full: %zu of %zu pieces of %zu MiB were left", a->device, got,
		     step, opt.piece / MIB);
	for (i = first; i < a->count; i++) {
		a->piece[i].stamp = new_stamp();
		write_stamp(a, place(a, i), a->piece[i].stamp);
	}
}

/* A step of growth fails half way; all is as before it, and the next one works. */
static void run_out(struct arena *a)
{
	size_t free, total, step, got, before, count = a->count;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	if (free / opt.piece < 2)
		fail("device %d has too little left to run out in the middle", a->device);
	step = free / opt.piece / 2 + 1;
	grow_and_fill(a, step);
	before = in_use();
	if (grow(a, step, &got))
		fail("device %d gave more than it has", a->device);
	if (!got || got == step || a->count != count + step)
		fail("device %d was full after %zu of %zu pieces", a->device, got, step);
	if (in_use() != before)
		fail("the failed step left %zu bytes behind", in_use() - before);
	verify_all(a);

	shrink(a, count);
	grow_and_fill(a, step);
	verify_all(a);
	shrink(a, count);
}

/* ---- sharing ---- */

struct offer {
	uint64_t count;
	uint64_t share[2 * MAX_STEP];
	uint64_t stamp[2 * MAX_STEP];
};

/* The pieces of another process. */
struct guest {
	char *base;
	aclrtDrvMemHandle handle[2 * MAX_STEP];
	struct offer offer;
};

static void make_offer(struct arena *a, int32_t reader, struct offer *offer)
{
	struct piece *p;
	size_t i;

	offer->count = a->count;
	for (i = 0; i < a->count; i++) {
		p = &a->piece[i];
		/* A second export is an error, so the value is kept. */
		if (!p->exported) {
			CHECK(aclrtMemExportToShareableHandle(p->handle, ACL_MEM_HANDLE_TYPE_NONE,
							      ACL_RT_VMM_EXPORT_FLAG_DEFAULT,
							      &p->share));
			CHECK(aclrtMemSetPidToShareableHandle(p->share, &reader, 1));
			p->exported = true;
		}
		offer->share[i] = p->share;
		offer->stamp[i] = p->stamp;
	}
}

static void guest_open(struct arena *a, struct guest *g)
{
	size_t i;

	CHECK(aclrtReserveMemAddress((void **)&g->base, g->offer.count * opt.piece, 0, NULL, 1));
	for (i = 0; i < g->offer.count; i++) {
		CHECK(aclrtMemImportFromShareableHandle(g->offer.share[i], a->device,
							&g->handle[i]));
		CHECK(aclrtMapMem(g->base + i * opt.piece, opt.piece, 0, g->handle[i], 0));
	}
}

static void guest_verify(struct arena *a, const struct guest *g)
{
	size_t i;

	for (i = 0; i < g->offer.count; i++)
		verify(a, g->base + i * opt.piece, g->offer.stamp[i]);
}

static void guest_close(struct guest *g)
{
	size_t i;

	for (i = 0; i < g->offer.count; i++) {
		CHECK(aclrtUnmapMem(g->base + i * opt.piece));
		CHECK(aclrtFreePhysical(g->handle[i]));
	}
	CHECK(aclrtReleaseMemAddress(g->base));
}

/* Connections to the process before and behind this one in the circle. */
struct circle {
	int prev, next;
	int32_t reader;			/* pid of the next one */
};

/* Shares all pieces with the next process, and half of them is gone afterwards. */
static void share_and_shrink(struct arena *a, const struct circle *c)
{
	struct guest g;
	uint64_t stamp;
	size_t last;
	char done = 0;

	make_offer(a, c->reader, &g.offer);
	CHECK(aclrtSynchronizeStream(a->stream));
	send_to(c->next, &g.offer, sizeof(g.offer));
	receive_from(c->prev, &g.offer, sizeof(g.offer));
	guest_open(a, &g);
	guest_verify(a, &g);

	/* Write into the last one; its owner finds it there. */
	last = g.offer.count - 1;
	g.offer.stamp[last] = new_stamp();
	write_stamp(a, g.base + last * opt.piece, g.offer.stamp[last]);
	CHECK(aclrtSynchronizeStream(a->stream));
	send_to(c->prev, &g.offer.stamp[last], sizeof(stamp));
	receive_from(c->next, &a->piece[a->count - 1].stamp, sizeof(stamp));
	verify_all(a);

	/* The owner lets go, and what it let go is still there for the guest. */
	shrink(a, a->count / 2);
	send_to(c->next, &done, 1);
	receive_from(c->prev, &done, 1);
	guest_verify(a, &g);
	guest_close(&g);
	send_to(c->prev, &done, 1);
	receive_from(c->next, &done, 1);
}

/* ---- a process ---- */

/* What a process tells its parent, which checks the sum of bytes. */
struct report {
	enum { MEET, TURN, DONE } what;
	size_t bytes;			/* on each device */
};

/* Waits for all others, or for its turn. */
static void report(int fd, int what, size_t bytes)
{
	struct report r = { .what = what, .bytes = bytes };
	char go;

	send_to(fd, &r, sizeof(r));
	receive_from(fd, &go, 1);
}

static void select_arena(struct arena *a)
{
	CHECK(aclrtSetCurrentContext(a->context));
}

static void rounds(struct arena *arena, const struct circle *c, int parent)
{
	long round, d;

	for (round = 0; round < opt.rounds; round++) {
		for (d = 0; d < opt.devices; d++) {
			select_arena(&arena[d]);
			grow_and_fill(&arena[d], (size_t)opt.step);
		}
		report(parent, MEET, arena[0].count * opt.piece);
		for (d = 0; d < opt.devices; d++) {
			select_arena(&arena[d]);
			verify_all(&arena[d]);
			if (opt.processes > 1)
				share_and_shrink(&arena[d], c);
			else
				shrink(&arena[d], arena[d].count / 2);
			verify_all(&arena[d]);
		}
		report(parent, MEET, arena[0].count * opt.piece);
	}
}

static void work(int parent, struct circle *c)
{
	struct arena arena[MAX_DEVICES] = { 0 };
	int32_t pid;
	long d;

	CHECK(aclInit(NULL));
	for (d = 0; d < opt.devices; d++)
		arena_open(&arena[d], (int)d);
	CHECK(aclrtDeviceGetBareTgid(&pid));
	send_to(c->prev, &pid, sizeof(pid));
	receive_from(c->next, &c->reader, sizeof(c->reader));

	report(parent, MEET, 0);
	rounds(arena, c, parent);
	if (opt.run_out) {
		report(parent, TURN, arena[0].count * opt.piece);
		for (d = 0; d < opt.devices; d++) {
			select_arena(&arena[d]);
			run_out(&arena[d]);
		}
		report(parent, MEET, arena[0].count * opt.piece);
	}
	for (d = 0; d < opt.devices; d++) {
		select_arena(&arena[d]);
		verify_all(&arena[d]);
		arena_close(&arena[d]);
	}
	report(parent, DONE, 0);
	for (d = 0; d < opt.devices; d++)
		CHECK(aclrtResetDevice((int)d));
	CHECK(aclFinalize());
}

/* ---- all processes ---- */

static struct worker {
	pid_t pid;
	int fd;
	struct report last;
} worker[MAX_PROCESSES];

static size_t at_start[MAX_DEVICES];

static void pair(int fd[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd))
		fail("no socket: %s", strerror(errno));
}

/* Before any call of acl: a child of fork() shares nothing with its parent. */
static void start_workers(void)
{
	int circle[MAX_PROCESSES][2], link[2];
	struct circle c;
	long i, j;

	for (i = 0; i < opt.processes; i++)
		pair(circle[i]);
	for (i = 0; i < opt.processes; i++) {
		pair(link);
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
		snprintf(name, sizeof(name), "expandable_segments: process %ld", me);
		program_invocation_short_name = name;
		c.next = dup(circle[i][0]);
		c.prev = dup(circle[(i + opt.processes - 1) % opt.processes][1]);
		/* What others hold must end with them. */
		for (j = 0; j < opt.processes; j++) {
			close(circle[j][0]);
			close(circle[j][1]);
		}
		for (j = 0; j <= i; j++)
			close(worker[j].fd);
		work(link[1], &c);
		exit(0);
	}
	for (i = 0; i < opt.processes; i++) {
		close(circle[i][0]);
		close(circle[i][1]);
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

static void hear(long i)
{
	if (recv(worker[i].fd, &worker[i].last, sizeof(worker[i].last), 0) !=
	    sizeof(worker[i].last))
		give_up(i);
}

static void tell(long i)
{
	char go = 0;

	if (send(worker[i].fd, &go, 1, MSG_NOSIGNAL) != 1)
		give_up(i);
}

/* What the devices say is what the processes say. */
static void account(void)
{
	size_t bytes = 0;
	long i, d;

	for (i = 0; i < opt.processes; i++)
		bytes += worker[i].last.bytes;
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetDevice((int)d));
		if (in_use() != at_start[d] + bytes)
			fail("device %ld has %zu bytes in use, %zu of them before: not %zu more", d,
			     in_use(), at_start[d], bytes);
	}
}

/* Returns the most that was in use at a meeting. */
static size_t conduct(void)
{
	size_t most = 0;
	long i, what;

	do {
		for (i = 0; i < opt.processes; i++)
			hear(i);
		account();
		what = worker[0].last.what;
		if (worker[0].last.bytes > most)
			most = worker[0].last.bytes;
		for (i = 0; i < opt.processes; i++) {
			tell(i);
			if (what == TURN)
				hear(i);
		}
		if (what == TURN) {
			account();
			for (i = 0; i < opt.processes; i++)
				tell(i);
		}
	} while (what != DONE);
	return most;
}

static void join_workers(void)
{
	int status;
	long i;

	for (i = 0; i < opt.processes; i++) {
		if (waitpid(worker[i].pid, &status, 0) != worker[i].pid || status)
			fail("process %ld ended with status %#x", i, status);
		worker[i].last.bytes = 0;
	}
	account();
}

static void options(int argc, char **argv)
{
	static const struct {
		int letter;
		long *value, low, high;
	} numbers[] = {
		{ 'd', &opt.devices, 1, MAX_DEVICES },
		{ 'p', &opt.processes, 1, MAX_PROCESSES },
		{ 's', &opt.mib, 1, 1024 },
		{ 'g', &opt.step, 1, MAX_STEP },
		{ 'r', &opt.rounds, 1, 1000000 },
	};
	const size_t count = sizeof(numbers) / sizeof(numbers[0]);
	char *end = "";
	size_t i;
	int c;

	while ((c = getopt(argc, argv, "d:p:s:g:r:o")) != -1) {
		for (i = 0; i < count && numbers[i].letter != c; i++)
			;
		if (i < count)
			*numbers[i].value = strtol(optarg, &end, 10);
		else if (c == 'o')
			opt.run_out = true;
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
	fprintf(stderr, "usage: %s [-d DEVICES] [-p PROCESSES] [-s MIB] "
			"[-g PIECES] [-r ROUNDS] [-o]\n", argv[0]);
	exit(2);
}

int main(int argc, char **argv)
{
	size_t most;
	long d;

	/* What a process says shall come in one piece. */
	setvbuf(stderr, NULL, _IOLBF, 0);
	options(argc, argv);
	start_workers();
	CHECK(aclInit(NULL));
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetDevice((int)d));
		at_start[d] = in_use();
	}
	most = conduct();
	join_workers();
	printf("expandable_segments: %ld processes, %ld devices, %ld rounds: up to %zu MiB each, "
	       "%s; all memory is back\n", opt.processes, opt.devices, opt.rounds, most / MIB,
	       opt.run_out ? "ran full in the middle of growth" : "never full");
	CHECK(aclFinalize());
	return 0;
}
