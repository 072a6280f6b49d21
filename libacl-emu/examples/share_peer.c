// SPDX-License-Identifier: MIT
/*
 * Process B or C: imports memory that process A exported, and writes to it.
 * See share_owner.c for the messages on the pipes.
 *
 *     share_peer NAME FROM_A TO_A
 *
 * Exit status: 0 if the memory was shared, 3 if the import was refused.
 *
 *     cc share_peer.c -lascendcl -o share_peer
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acl/acl.h"

static const char *me;

static void die(const char *what, aclError code)
{
	const char *why = aclGetRecentErrMsg();

	fprintf(stderr, "%s: %s failed with %d: %s\n", me, what, code, why ? why : "no message");
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
	fprintf(stderr, "%s: %s\n", me, what);
	exit(1);
}

static int all_bytes(const unsigned char *addr, size_t size, unsigned char value)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (addr[i] != value)
			return 0;
	return 1;
}

/* Maps the imported memory, reads what A wrote and writes the own name. */
static void use(aclrtDrvMemHandle handle, size_t size)
{
	aclrtMemAccessDesc host = {
		.flags = ACL_RT_MEM_ACCESS_FLAGS_READWRITE,
		.location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_HOST },
	};
	unsigned char *addr;

	CHECK(aclrtReserveMemAddress((void **)&addr, size, 0, NULL, 0));
	CHECK(aclrtMapMem(addr, size, 0, handle, 0));
	CHECK(aclrtMemSetAccess(addr, size, &host, 1));
	require(all_bytes(addr, size, 'A'), "the memory does not hold what A wrote");
	printf("%s: imported the memory, mapped it at %p and reads the A that A wrote\n", me,
	       (void *)addr);
	memset(addr, me[0], size);
	printf("%s: filled it with %c\n", me, me[0]);
	CHECK(aclrtUnmapMem(addr));
	CHECK(aclrtReleaseMemAddress(addr));
	CHECK(aclrtFreePhysical(handle));
}

/* Returns the exit status. */
static int import_and_use(uint64_t value, size_t size)
{
	aclrtDrvMemHandle handle;
	aclError code = aclrtMemImportFromShareableHandle(value, 0, &handle);

	if (code == ACL_SUCCESS) {
		use(handle, size);
		return 0;
	}
	if (code != ACL_ERROR_RT_DRV_INTERNAL_ERROR)
		die("aclrtMemImportFromShareableHandle", code);
	printf("%s: the import is refused with %d:\n%s:   %s\n", me, code, me,
	       aclGetRecentErrMsg());
	return 3;
}

int main(int argc, char **argv)
{
	FILE *from, *to;
	uint64_t value;
	size_t size;
	int32_t pid;
	int status;

	if (argc != 4) {
		fprintf(stderr, "usage: %s NAME FROM_A TO_A\n", argv[0]);
		return 2;
	}
	me = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(0));

	/* The same order as in share_owner.c: opening a pipe waits for the other side. */
	to = fopen(argv[3], "w");
	from = fopen(argv[2], "r");
	require(from && to, "cannot open the pipes");

	CHECK(aclrtDeviceGetBareTgid(&pid));
	fprintf(to, "pid %d\n", pid);
	fflush(to);
	require(fscanf(from, " share %" SCNu64 " %zu", &value, &size) == 2, "A sent no value");
	status = import_and_use(value, size);
	fprintf(to, "%s\n", status ? "refused" : "written");
	fclose(to);
	fclose(from);
	CHECK(aclrtResetDevice(0));
	CHECK(aclFinalize());
	return status;
}
