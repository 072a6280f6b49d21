// SPDX-License-Identifier: MIT
/*
 * Process A: allocates device memory and shares it with process B, but not
 * with process C. B and C run share_peer.c; demo.sh starts all three.
 *
 *     share_owner FROM_B TO_B FROM_C TO_C
 *
 * The arguments are named pipes (mkfifo), which carry lines of text:
 *
 *     peer to A:  pid PID           the process id to allow
 *     A to peer:  share VALUE SIZE  the value of the export
 *     peer to A:  written           the peer filled the memory, or
 *                 refused           its import failed
 *
 *     cc share_owner.c -lascendcl -o share_owner
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acl/acl.h"

#define MIB 1048576.0

static void die(const char *what, aclError code)
{
	const char *why = aclGetRecentErrMsg();

	fprintf(stderr, "A: %s failed with %d: %s\n", what, code, why ? why : "no message");
	exit(1);
}

#define CHECK(call) do { \
	aclError code_ = (call); \
	if (code_ != ACL_SUCCESS) \
		die(#call, code_); \
} while (0)

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "A: %s\n", what);
	exit(1);
}

static size_t in_use(void)
{
	size_t free, total;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	return total - free;
}

struct memory {
	aclrtDrvMemHandle handle;
	unsigned char *addr;
	size_t size;
};

static struct memory allocate(void)
{
	aclrtPhysicalMemProp prop = {
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	/* Lets the host read and write the memory by its address. */
	aclrtMemAccessDesc host = {
		.flags = ACL_RT_MEM_ACCESS_FLAGS_READWRITE,
		.location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_HOST },
	};
	struct memory m;
	size_t granularity;

	CHECK(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &granularity));
	m.size = 4 * granularity;
	CHECK(aclrtMallocPhysical(&m.handle, m.size, &prop, 0));
	CHECK(aclrtReserveMemAddress((void **)&m.addr, m.size, 0, NULL, 0));
	CHECK(aclrtMapMem(m.addr, m.size, 0, m.handle, 0));
	CHECK(aclrtMemSetAccess(m.addr, m.size, &host, 1));
	return m;
}

static void release(struct memory *m)
{
	CHECK(aclrtUnmapMem(m->addr));
	CHECK(aclrtReleaseMemAddress(m->addr));
	CHECK(aclrtFreePhysical(m->handle));
}

static int all_bytes(const struct memory *m, unsigned char value)
{
	size_t i;

	for (i = 0; i < m->size; i++)
		if (m->addr[i] != value)
			return 0;
	return 1;
}

/* Pipes from and to a peer. */
struct peer {
	FILE *from, *to;
	int32_t pid;
};

/* Opens the pipes, which waits until the peer opens them, and reads its process id. */
static struct peer meet(const char *from, const char *to)
{
	struct peer p;
	int pid;

	p.from = fopen(from, "r");
	p.to = fopen(to, "w");
	require(p.from && p.to, "cannot open the pipes");
	require(fscanf(p.from, " pid %d", &pid) == 1, "the peer did not send its pid");
	p.pid = pid;
	return p;
}

/* Sends the value of the export and waits for the answer. */
static void offer(struct peer *p, uint64_t value, size_t size, const char *expected)
{
	char answer[32] = "";

	fprintf(p->to, "share %" PRIu64 " %zu\n", value, size);
	fclose(p->to);
	require(fscanf(p->from, " %31s", answer) == 1 && !strcmp(answer, expected),
		"the peer did not answer as expected");
	fclose(p->from);
}

static void share(struct memory *m, char **pipes)
{
	struct peer b, c;
	uint64_t value;

	CHECK(aclrtMemExportToShareableHandle(m->handle, ACL_MEM_HANDLE_TYPE_NONE,
					      ACL_RT_VMM_EXPORT_FLAG_DEFAULT, &value));
	printf("A: exported the memory as %#" PRIx64 "\n", value);

	b = meet(pipes[0], pipes[1]);
	CHECK(aclrtMemSetPidToShareableHandle(value, &b.pid, 1));
	printf("A: allowed B, pid %d, to import it\n", b.pid);
	offer(&b, value, m->size, "written");
	require(all_bytes(m, 'B'), "the memory does not hold what B wrote");
	printf("A: reads the B that process B wrote, in all %zu bytes\n", m->size);

	c = meet(pipes[2], pipes[3]);
	printf("A: sends the value to C, pid %d, which is not allowed\n", c.pid);
	offer(&c, value, m->size, "refused");
}

int main(int argc, char **argv)
{
	struct memory memory;
	size_t before;

	if (argc != 5) {
		fprintf(stderr, "usage: %s FROM_B TO_B FROM_C TO_C\n", argv[0]);
		return 2;
	}
	/* Prints whole lines, so that those of three processes do not mix. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(0));
	before = in_use();

	memory = allocate();
	memset(memory.addr, 'A', memory.size);
	printf("A: allocated %.1f MiB on device 0 at %p and filled them with A\n",
	       memory.size / MIB, (void *)memory.addr);
	require(in_use() == before + memory.size, "the memory in use is not what was allocated");

	share(&memory, argv + 1);
	release(&memory);
	require(in_use() == before, "memory is still in use");
	printf("A: freed the memory; device 0 has %.1f MiB in use, as at the start\n",
	       in_use() / MIB);
	CHECK(aclrtResetDevice(0));
	CHECK(aclFinalize());
	return 0;
}
