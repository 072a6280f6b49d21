// SPDX-License-Identifier: MIT
/*
 * An all-gather in a ring of processes that share device memory.
 *
 * Each process has a segment with room for one part of every process. It
 * begins with its own part and copies what it received last into the segment
 * of the next process, until all segments hold all parts:
 *
 *     step   process 0   process 1   process 2
 *     start  0 . .       . 1 .       . . 2
 *     1      0 . 2       0 1 .       . 1 2
 *     2      0 1 2       0 1 2       0 1 2
 *
 * To write into the segment of the next process, a process imports that
 * memory and maps it. The processes exchange process ids, shareable handles
 * and messages on socket pairs, as a collective library does on its network.
 *
 *     cc ring.c -lascendcl -o ring
 *     ./ring
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acl/acl.h"

#define PROCESSES	3
#define PART		((size_t)1 << 20)	/* bytes */
#define WORDS		(PART / sizeof(uint64_t))

static int me;			/* number of this process */
static int prev, next;		/* sockets to the neighbours in the ring */

static void die(const char *what, aclError code)
{
	const char *why = aclGetRecentErrMsg();

	fprintf(stderr, "process %d: %s failed with %d: %s\n", me, what, code,
		why ? why : "no message");
	exit(1);
}

#define CHECK(call) do { \
	aclError code_ = (call); \
	if (code_ != ACL_SUCCESS) \
		die(#call, code_); \
} while (0)

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "process %d: %s\n", me, what);
	exit(1);
}

static void send_to(int fd, const void *data, size_t size)
{
	require(send(fd, data, size, MSG_NOSIGNAL) == (ssize_t)size, "a neighbour is gone");
}

static void receive_from(int fd, void *data, size_t size)
{
	require(recv(fd, data, size, 0) == (ssize_t)size, "a neighbour is gone");
}

/* ---- segments ---- */

struct segment {
	char *base;
	size_t size;
	aclrtDrvMemHandle handle;
};

static void map(struct segment *s)
{
	CHECK(aclrtReserveMemAddress((void **)&s->base, s->size, 0, NULL, 0));
	CHECK(aclrtMapMem(s->base, s->size, 0, s->handle, 0));
}

static void unmap(struct segment *s)
{
	CHECK(aclrtUnmapMem(s->base));
	CHECK(aclrtReleaseMemAddress(s->base));
	CHECK(aclrtFreePhysical(s->handle));
}

/* The memory of this process. */
static void allocate(struct segment *s)
{
	aclrtPhysicalMemProp prop = {
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	size_t unit;

	CHECK(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &unit));
	s->size = (PROCESSES * PART + unit - 1) / unit * unit;
	CHECK(aclrtMallocPhysical(&s->handle, s->size, &prop, 0));
	map(s);
}

/* Exports @mine to the previous process and imports the memory of the next one. */
static void exchange(struct segment *mine, struct segment *of_next)
{
	uint64_t shareable;
	int32_t pid;

	/* An import is allowed to the processes on the list of the export. */
	CHECK(aclrtDeviceGetBareTgid(&pid));
	send_to(next, &pid, sizeof(pid));
	receive_from(prev, &pid, sizeof(pid));
	CHECK(aclrtMemExportToShareableHandle(mine->handle, ACL_MEM_HANDLE_TYPE_NONE,
					      ACL_RT_VMM_EXPORT_FLAG_DEFAULT, &shareable));
	CHECK(aclrtMemSetPidToShareableHandle(shareable, &pid, 1));
	send_to(prev, &shareable, sizeof(shareable));
	receive_from(next, &shareable, sizeof(shareable));
	CHECK(aclrtMemImportFromShareableHandle(shareable, 0, &of_next->handle));
	of_next->size = mine->size;
	map(of_next);
}

/* ---- the all-gather ---- */

static void all_gather(struct segment *mine, struct segment *of_next, aclrtStream stream)
{
	size_t part = (size_t)me;
	char done = 0;
	int step;

	for (step = 1; step < PROCESSES; step++) {
		CHECK(aclrtMemcpyAsync(of_next->base + part * PART, PART,
				       mine->base + part * PART, PART,
				       ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
		/* The next process may use the part once the copy is complete. */
		CHECK(aclrtSynchronizeStream(stream));
		send_to(next, &done, sizeof(done));
		receive_from(prev, &done, sizeof(done));
		part = (part + PROCESSES - 1) % PROCESSES;
	}
}

static uint64_t word(size_t part, size_t i)
{
	return part << 32 | i;
}

static void write_part(struct segment *s, size_t part, uint64_t *host)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		host[i] = word(part, i);
	CHECK(aclrtMemcpy(s->base + part * PART, PART, host, PART, ACL_MEMCPY_HOST_TO_DEVICE));
}

static void check_part(struct segment *s, size_t part, uint64_t *host)
{
	size_t i;

	CHECK(aclrtMemcpy(host, PART, s->base + part * PART, PART, ACL_MEMCPY_DEVICE_TO_HOST));
	for (i = 0; i < WORDS; i++)
		require(host[i] == word(part, i), "a part holds wrong data");
}

static void run(void)
{
	struct segment mine, of_next;
	aclrtStream stream;
	uint64_t *host;
	char done = 0;
	size_t part;

	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(0));
	CHECK(aclrtCreateStream(&stream));
	CHECK(aclrtMallocHost((void **)&host, PART));
	allocate(&mine);
	exchange(&mine, &of_next);

	write_part(&mine, (size_t)me, host);
	all_gather(&mine, &of_next, stream);
	for (part = 0; part < PROCESSES; part++) {
		check_part(&mine, part, host);
		check_part(&of_next, part, host);
	}
	printf("process %d: all %d parts arrived, in my segment and in the next one\n", me,
	       PROCESSES);

	/* Imported memory stays valid until the importer releases it, too. */
	unmap(&mine);
	send_to(next, &done, sizeof(done));
	receive_from(prev, &done, sizeof(done));
	check_part(&of_next, (size_t)me, host);
	unmap(&of_next);
	CHECK(aclrtFreeHost(host));
	CHECK(aclrtDestroyStream(stream));
	CHECK(aclrtResetDevice(0));
	CHECK(aclFinalize());
}

int main(void)
{
	int ring[PROCESSES][2], i, k, status, bad = 0;

	/* Process i uses ring[i][0] and the next process ring[i][1]. */
	for (i = 0; i < PROCESSES; i++)
		require(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ring[i]), "no sockets");
	/* Fork first: a child cannot use the runtime that its parent initialized. */
	for (i = 0; i < PROCESSES; i++) {
		if (fork())
			continue;
		me = i;
		next = dup(ring[i][0]);
		prev = dup(ring[(i + PROCESSES - 1) % PROCESSES][1]);
		/* A process that holds all ends would not notice that another one died. */
		for (k = 0; k < PROCESSES; k++) {
			close(ring[k][0]);
			close(ring[k][1]);
		}
		run();
		exit(0);
	}
	for (i = 0; i < PROCESSES; i++) {
		close(ring[i][0]);
		close(ring[i][1]);
	}
	while (wait(&status) > 0)
		bad |= status;
	if (!bad)
		printf("the all-gather of %d processes is complete\n", PROCESSES);
	return bad ? 1 : 0;
}
