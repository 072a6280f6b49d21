// SPDX-License-Identifier: MIT
/*
 * A ring of processes, each with a segment of device memory that all others
 * map. In a round, each begins with one part of the data and ends with all of
 * them (an all-gather): what came from the process before is handed on to the
 * one behind, by a copy straight into its segment. At the end of a round each
 * reads a piece of every other's segment.
 *
 *     ring [-d DEVICES] [-p PROCESSES] [-s MIB] [-r ROUNDS] [-o] [-v]
 *
 * Process N works on device N modulo DEVICES; -s is the size of a part. With
 * -o the processes, one after the other, find the device too full in the middle
 * of growing after the first round, roll that back and go on; all grow after the
 * second, and further rounds take place in the old and the new half in turns. -v
 * prints a line for each step. Nobody else may use the devices meanwhile: what is
 * in use is compared to the byte.
 *
 * Exit status: 0, or 3 when a process was killed, the others ended by
 * themselves and all memory is back, or 1 for every other failure.
 *
 *     cc ring.c -lascendcl -o ring
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
#define BANKS		2

#define EXIT_KILLED	3		/* a process was killed, nothing is lost */
#define EXIT_ALONE	4		/* of a process: a neighbour is gone */

static struct {
	long devices, processes, mib, rounds;
	bool verbose, run_out;
} opt = { .devices = 1, .processes = 3, .mib = 2, .rounds = 3 };

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

/* ---- neighbours ---- */

/* Sockets to the process before and the one behind. */
static int prev, next;

/*
 * In the middle of the ring a process notices first that its neighbours are
 * gone. What it holds ends with it.
 */
static void send_next(const void *what, size_t size)
{
	if (send(next, what, size, MSG_NOSIGNAL) != (ssize_t)size)
		errx(EXIT_ALONE, "process %ld is gone", (me + 1) % opt.processes);
}

static void receive_prev(void *what, size_t size)
{
	if (recv(prev, what, size, 0) != (ssize_t)size)
		errx(EXIT_ALONE, "process %ld is gone",
		      (me + opt.processes - 1) % opt.processes);
}

/*
 * Everybody's record in everybody's table, by handing on. Nobody returns before
 * all have come.
 */
static void gather(void *table, size_t size)
{
	char *record = table;
	long step, at = me;

	for (step = 1; step < opt.processes; step++) {
		send_next(record + (size_t)at * size, size);
		at = (at + opt.processes - 1) % opt.processes;
		receive_prev(record + (size_t)at * size, size);
	}
}

static void barrier(void)
{
	char table[MAX_PROCESSES] = { 0 };

	gather(table, 1);
}

/* ---- segments ---- */

/*
 * A segment has a bank of parts, one for each process, and a second one once
 * it has grown. Each part is memory of its own.
 */
struct segment {
	char *base;
	aclrtDrvMemHandle handle[BANKS][MAX_PROCESSES];
};

static struct {
	int device;
	size_t part;			/* bytes */
	long banks, bank;		/* their number; the one of this round */
	struct segment segment[MAX_PROCESSES];
	aclrtStream push, check;	/* copies to the next process; copies to the host */
	aclrtEvent pushed, checked;
	uint64_t *out, *in;		/* pinned host memory: a part, a bank */
} self;

static char *place(long process, long bank, long part)
{
	return self.segment[process].base + (size_t)(bank * opt.processes + part) * self.part;
}

static void map(long process, long bank, long part)
{
	CHECK(aclrtMapMem(place(process, bank, part), self.part, 0,
			  self.segment[process].handle[bank][part], 0));
}

static void unmap(long process, long bank, long part)
{
	CHECK(aclrtUnmapMem(place(process, bank, part)));
	CHECK(aclrtFreePhysical(self.segment[process].handle[bank][part]));
}

static aclrtPhysicalMemProp wish(void)
{
	return (aclrtPhysicalMemProp){
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = (uint32_t)self.device,
			      .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
}

/* All parts of the next bank or none: false if the device is full, after @got of them. */
static bool grow(long *got)
{
	aclrtPhysicalMemProp prop = wish();
	aclrtDrvMemHandle *handle = self.segment[me].handle[self.banks];
	aclError code = ACL_SUCCESS;
	long i;

	for (*got = 0; *got < opt.processes; ++*got) {
		code = aclrtMallocPhysical(&handle[*got], self.part, &prop, 0);
		if (code)
			break;
		map(me, self.banks, *got);
	}
	if (code == ACL_ERROR_RT_MEMORY_ALLOCATION) {
		for (i = 0; i < *got; i++)
			unmap(me, self.banks, i);
		/* It is dealt with: nobody shall find it later. */
		aclrtGetLastError(ACL_RT_THREAD_LEVEL);
		return false;
	}
	check("aclrtMallocPhysical", code);
	return true;
}

/* Tells all others what they need to import this one's bank, and imports theirs. */
static void exchange_bank(void)
{
	uint64_t share[MAX_PROCESSES][MAX_PROCESSES];
	struct segment *s = self.segment;
	int32_t pid[MAX_PROCESSES];
	long b = self.banks, i, k;

	CHECK(aclrtDeviceGetBareTgid(&pid[me]));
	gather(pid, sizeof(pid[0]));
	for (k = 0; k < opt.processes; k++) {
		CHECK(aclrtMemExportToShareableHandle(s[me].handle[b][k],
						      ACL_MEM_HANDLE_TYPE_NONE,
						      ACL_RT_VMM_EXPORT_FLAG_DEFAULT,
						      &share[me][k]));
		CHECK(aclrtMemSetPidToShareableHandle(share[me][k], pid, (size_t)opt.processes));
	}
	gather(share, sizeof(share[0]));
	for (i = 0; i < opt.processes; i++)
		for (k = 0; k < opt.processes && i != me; k++) {
			CHECK(aclrtMemImportFromShareableHandle(share[i][k], self.device,
								&s[i].handle[b][k]));
			map(i, b, k);
		}
	self.banks++;
}

static void grow_and_exchange(void)
{
	long got;

	if (!grow(&got))
		fail("device %d is full after %ld of %ld parts of %zu MiB", self.device, got,
		     opt.processes, self.part / MIB);
	exchange_bank();
}

/*
 * Somebody else's memory leaves room for all parts of a bank but one. One process
 * after the other, since some have the same device.
 */
static void run_out(void)
{
	aclrtPhysicalMemProp prop = wish();
	size_t want = (size_t)opt.processes * self.part, before, free, total;
	aclrtDrvMemHandle other;
	long got;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	if (free < want)
		fail("device %d has %zu bytes left, too few for %zu", self.device, free, want);
	CHECK(aclrtMallocPhysical(&other, free - want + self.part, &prop, 0));
	before = in_use();
	if (grow(&got))
		fail("device %d gave more than it has", self.device);
	if (got != opt.processes - 1)
		fail("device %d was full after %ld of %ld parts", self.device, got, opt.processes);
	if (in_use() != before)
		fail("growing in vain left %zu bytes behind", in_use() - before);
	CHECK(aclrtFreePhysical(other));
}

static void open_self(void)
{
	aclrtPhysicalMemProp prop;
	size_t unit;
	long i;

	self.device = (int)(me % opt.devices);
	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(self.device));
	CHECK(aclrtCreateStream(&self.push));
	CHECK(aclrtCreateStream(&self.check));
	CHECK(aclrtCreateEventWithFlag(&self.pushed, ACL_EVENT_SYNC));
	CHECK(aclrtCreateEventWithFlag(&self.checked, ACL_EVENT_SYNC));
	prop = wish();
	CHECK(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &unit));
	self.part = ((size_t)opt.mib * MIB + unit - 1) / unit * unit;
	for (i = 0; i < opt.processes; i++)
		CHECK(aclrtReserveMemAddress((void **)&self.segment[i].base,
					     BANKS * (size_t)opt.processes * self.part, 0, NULL,
					     0));
	CHECK(aclrtMallocHost((void **)&self.out, self.part));
	CHECK(aclrtMallocHost((void **)&self.in, (size_t)opt.processes * self.part));
	grow_and_exchange();
}

static void close_self(void)
{
	long i, b, k;

	for (i = 0; i < opt.processes; i++) {
		for (b = 0; b < self.banks; b++)
			for (k = 0; k < opt.processes; k++)
				unmap(i, b, k);
		CHECK(aclrtReleaseMemAddress(self.segment[i].base));
	}
	CHECK(aclrtFreeHost(self.out));
	CHECK(aclrtFreeHost(self.in));
	CHECK(aclrtDestroyEvent(self.pushed));
	CHECK(aclrtDestroyEvent(self.checked));
	CHECK(aclrtDestroyStream(self.push));
	CHECK(aclrtDestroyStream(self.check));
}

/* ---- order ---- */

/*
 * What the streams of the next process do after wait_prev() comes after what was in
 * this one's stream before signal_next(). The host stands in between.
 */
static void signal_next(void)
{
	char token = 0;

	CHECK(aclrtRecordEvent(self.pushed, self.push));
	CHECK(aclrtSynchronizeEvent(self.pushed));
	send_next(&token, 1);
}

static void wait_prev(void)
{
	char token;

	receive_prev(&token, 1);
}

/* ---- rounds ---- */

static char *part_of(long process, long part)
{
	return place(process, self.bank, part);
}

static uint64_t word(long round, long part, size_t i)
{
	uint64_t stamp = (uint64_t)round * MAX_PROCESSES + (uint64_t)part;

	return (stamp * 1000003 + i) * UINT64_C(0x9e3779b97f4a7c15);
}

static void verify(const uint64_t *words, size_t count, long round, long part, const char *where)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (words[i] != word(round, part, i))
			fail("round %ld: word %zu of part %ld in %s is %#" PRIx64 " instead of %#"
			     PRIx64, round, i, part, where, words[i], word(round, part, i));
}

static void progress(long round, long step)
{
	if (opt.verbose) {
		printf("process %ld pid %d round %ld step %ld\n", me, (int)getpid(), round, step);
		fflush(stdout);
	}
}

/* The first part comes from the host. */
static void begin_round(long round)
{
	size_t i;

	for (i = 0; i < self.part / 8; i++)
		self.out[i] = word(round, me, i);
	CHECK(aclrtMemcpyAsync(part_of(me, me), self.part, self.out, self.part,
			       ACL_MEMCPY_HOST_TO_DEVICE, self.push));
}

/*
 * One stream hands parts on while the other brings them to the host; an event
 * keeps the second behind the write of the first part.
 */
static void pass_around(long round)
{
	long step, part = me, behind = (me + 1) % opt.processes;

	CHECK(aclrtRecordEvent(self.pushed, self.push));
	CHECK(aclrtStreamWaitEvent(self.check, self.pushed));
	for (step = 0; step < opt.processes; step++) {
		CHECK(aclrtMemcpyAsync((char *)self.in + (size_t)part * self.part, self.part,
				       part_of(me, part), self.part, ACL_MEMCPY_DEVICE_TO_HOST,
				       self.check));
		progress(round, step);
		if (step == opt.processes - 1)
			break;
		CHECK(aclrtMemcpyAsync(part_of(behind, part), self.part, part_of(me, part),
				       self.part, ACL_MEMCPY_DEVICE_TO_DEVICE, self.push));
		signal_next();
		part = (part + opt.processes - 1) % opt.processes;
		wait_prev();
	}
	CHECK(aclrtSynchronizeStream(self.check));
	for (part = 0; part < opt.processes; part++)
		verify(self.in + (size_t)part * self.part / 8, self.part / 8, round, part,
		       "the own segment");
}

/* A part of each other's segment, by the mapping here; each another part. */
static void look_around(long round)
{
	size_t some = self.part < 65536 ? self.part : 65536;
	long i, part;

	for (i = 0; i < opt.processes; i++)
		CHECK(aclrtMemcpyAsync((char *)self.in + (size_t)i * self.part, some,
				       part_of(i, (i + me + round) % opt.processes), some,
				       ACL_MEMCPY_DEVICE_TO_HOST, self.check));
	CHECK(aclrtRecordEvent(self.checked, self.check));
	CHECK(aclrtSynchronizeEvent(self.checked));
	for (i = 0; i < opt.processes; i++) {
		part = (i + me + round) % opt.processes;
		verify(self.in + (size_t)i * self.part / 8, some / 8, round, part,
		       "another's segment");
	}
}

static void run_round(long round)
{
	self.bank = round % self.banks;
	begin_round(round);
	pass_around(round);
	barrier();
	look_around(round);
	barrier();
}

/* After the first round all grow in vain, one by one; after the second all grow. */
static void work(int parent)
{
	long round, i;
	char go;

	if (recv(parent, &go, 1, 0) != 1)
		exit(1);
	open_self();
	for (round = 0; round < opt.rounds; round++) {
		run_round(round);
		if (opt.run_out && round == 1)
			grow_and_exchange();
		for (i = 0; i < opt.processes && opt.run_out && round == 0; i++) {
			if (i == me)
				run_out();
			barrier();
		}
	}
	close_self();
	CHECK(aclrtResetDevice(self.device));
	CHECK(aclFinalize());
}

/* ---- all processes ---- */

static pid_t worker[MAX_PROCESSES];

/* Before any call of acl: a child of fork() shares nothing with its parent. */
static int start_workers(void)
{
	int ring[MAX_PROCESSES][2], start[2];
	long i, j;

	for (i = 0; i < opt.processes; i++)
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ring[i]))
			fail("no socket: %s", strerror(errno));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, start))
		fail("no socket: %s", strerror(errno));
	for (i = 0; i < opt.processes; i++) {
		worker[i] = fork();
		if (worker[i] < 0)
			fail("no process: %s", strerror(errno));
		if (worker[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		me = i;
		snprintf(name, sizeof(name), "ring: process %ld", me);
		program_invocation_short_name = name;
		next = dup(ring[i][0]);
		prev = dup(ring[(i + opt.processes - 1) % opt.processes][1]);
		/* Else nobody would see the end of a neighbour. */
		for (j = 0; j < opt.processes; j++) {
			close(ring[j][0]);
			close(ring[j][1]);
		}
		close(start[0]);
		work(start[1]);
		exit(0);
	}
	for (i = 0; i < opt.processes; i++) {
		close(ring[i][0]);
		close(ring[i][1]);
	}
	close(start[1]);
	return start[0];
}

/* Returns the number of the process that was killed, or -1. */
static long join_workers(void)
{
	long i, killed = -1, alone = 0;
	int status;

	for (i = 0; i < opt.processes; i++) {
		if (waitpid(worker[i], &status, 0) != worker[i])
			fail("process %ld is lost: %s", i, strerror(errno));
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && killed < 0)
			killed = i;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_ALONE)
			alone++;
		else if (status)
			fail("process %ld ended with status %#x", i, status);
	}
	if (killed >= 0 && alone != opt.processes - 1)
		fail("process %ld was killed, but only %ld of the others noticed", killed, alone);
	if (killed < 0 && alone)
		fail("%ld processes lost a neighbour, but none was killed", alone);
	return killed;
}

static void options(int argc, char **argv)
{
	static const struct {
		int letter;
		long *value, low, high;
	} numbers[] = {
		{ 'd', &opt.devices, 1, MAX_DEVICES },
		{ 'p', &opt.processes, 2, MAX_PROCESSES },
		{ 's', &opt.mib, 1, 65536 },
		{ 'r', &opt.rounds, 1, 1000000000 },
	};
	const size_t count = sizeof(numbers) / sizeof(numbers[0]);
	char *end = "";
	size_t i;
	int c;

	while ((c = getopt(argc, argv, "d:p:s:r:ov")) != -1) {
		for (i = 0; i < count && numbers[i].letter != c; i++)
			;
		if (i < count)
			*numbers[i].value = strtol(optarg, &end, 10);
		else if (c == 'o')
			opt.run_out = true;
		else if (c == 'v')
			opt.verbose = true;
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
	fprintf(stderr, "usage: %s [-d DEVICES] [-p PROCESSES] [-s MIB] [-r ROUNDS] [-o] "
			"[-v]\n", argv[0]);
	exit(2);
}

int main(int argc, char **argv)
{
	size_t at_start[MAX_DEVICES];
	long d, i, killed;
	char go = 0;
	int start;

	/* What a process says shall come in one piece. */
	setvbuf(stderr, NULL, _IOLBF, 0);
	options(argc, argv);
	start = start_workers();
	CHECK(aclInit(NULL));
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetDevice((int)d));
		at_start[d] = in_use();
	}
	for (i = 0; i < opt.processes; i++)
		if (send(start, &go, 1, MSG_NOSIGNAL) != 1)
			fail("cannot start the processes: %s", strerror(errno));
	killed = join_workers();
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetDevice((int)d));
		if (in_use() != at_start[d])
			fail("device %ld lost %zu bytes", d, in_use() - at_start[d]);
	}
	CHECK(aclFinalize());
	if (killed >= 0)
		errx(EXIT_KILLED, "process %ld was killed, %ld noticed; all memory is back",
		      killed, opt.processes - 1);
	printf("ring: %ld processes, %ld devices, %ld rounds of %ld steps: each part arrived "
	       "everywhere, %s; all memory is back\n", opt.processes, opt.devices,
	       opt.rounds, opt.processes - 1,
	       opt.run_out ? "ran full in the middle of growth" : "never full");
	return 0;
}
