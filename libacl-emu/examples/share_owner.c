// SPDX-License-Identifier: MIT
/*
 * Process A: owns device memory and shares it with one process, but not with
 * another. See share_peer.c, which is the program of both.
 *
 *     share_owner FROM_B TO_B FROM_C TO_C
 *
 * The arguments are pipes (mkfifo) on which lines of text go to and fro: the
 * peer says "pid N", A answers "share KEY SIZE", the peer says in the end
 * "written" or "refused". Only B is put on the list of those who may import.
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

/* The two ends of a conversation with a peer. */
struct talk {
	FILE *from, *to;
};

/* Opening a pipe waits for the other side to open it too. */
static struct talk meet(const char *from, const char *to)
{
	struct talk talk = { .from = fopen(from, "r") };

	talk.to = talk.from ? fopen(to, "w") : NULL;
	require(talk.to != NULL, "cannot open the pipes");
	return talk;
}

static int32_t hear_pid(struct talk *talk)
{
	int pid;

	require(fscanf(talk->from, " pid %d", &pid) == 1, "the peer did not say its pid");
	return pid;
}

static void tell_share(struct talk *talk, uint64_t key, size_t size)
{
	fprintf(talk->to, "share %" PRIu64 " %zu\n", key, size);
	fflush(talk->to);
}

static void hear(struct talk *talk, const char *expected)
{
	char word[32] = "";

	require(fscanf(talk->from, " %31s", word) == 1 && !strcmp(word, expected),
		"the peer did not end as it should");
}

struct memory {
	aclrtDrvMemHandle handle;
	unsigned char *addr;
	size_t size;
};

static struct memory make(void)
{
	aclrtPhysicalMemProp prop = {
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
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

static void drop(struct memory *m)
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

static void share(struct memory *m, char **pipes)
{
	struct talk b, c;
	uint64_t key;
	int32_t pid;

	CHECK(aclrtMemExportToShareableHandle(m->handle, ACL_MEM_HANDLE_TYPE_NONE,
					      ACL_RT_VMM_EXPORT_FLAG_DEFAULT, &key));
	printf("A: exported it as %#" PRIx64 ", for processes on its list only\n", key);

	b = meet(pipes[0], pipes[1]);
	pid = hear_pid(&b);
	CHECK(aclrtMemSetPidToShareableHandle(key, &pid, 1));
	printf("A: put B on the list, which says its pid is %d\n", pid);
	tell_share(&b, key, m->size);

	c = meet(pipes[2], pipes[3]);
	pid = hear_pid(&c);
	printf("A: told the value to C, pid %d, which is not on the list\n", pid);
	tell_share(&c, key, m->size);
	hear(&c, "refused");

	hear(&b, "written");
	require(all_bytes(m, 'B'), "the memory does not hold what B wrote");
	printf("A: all %zu bytes are now what B wrote: B\n", m->size);
	fclose(b.from);
	fclose(b.to);
	fclose(c.from);
	fclose(c.to);
}

int main(int argc, char **argv)
{
	struct memory memory;
	size_t before;

	if (argc != 5) {
		fprintf(stderr, "usage: %s FROM_B TO_B FROM_C TO_C\n", argv[0]);
		return 2;
	}
	/* The lines of three processes shall appear in the order of events. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(0));
	before = in_use();
	printf("A: device 0 has %.1f MiB in use\n", before / MIB);

	memory = make();
	memset(memory.addr, 'A', memory.size);
	printf("A: allocated %.1f MiB, mapped it at %p and filled it with: A\n", memory.size / MIB,
	       (void *)memory.addr);
	printf("A: device 0 has %.1f MiB in use\n", in_use() / MIB);
	require(in_use() == before + memory.size, "that is not what was allocated");

	share(&memory, argv + 1);
	drop(&memory);
	printf("A: freed it; device 0 has %.1f MiB in use\n", in_use() / MIB);
	require(in_use() == before, "that is not what it was at the start");
	CHECK(aclrtResetDevice(0));
	CHECK(aclFinalize());
	return 0;
}
