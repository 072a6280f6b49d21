// SPDX-License-Identifier: MIT
/*
 * Questions that change nothing, against the cheapest system call.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "acl/acl.h"
#include "bench.h"

#define CALLS	1000

static void *memory;

static void get_mem_info(void)
{
	size_t room, total;

	BENCH_CHECK(!aclrtGetMemInfo(ACL_HBM_MEM, &room, &total));
}

static void get_access(void)
{
	aclrtMemLocation location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_DEVICE };
	uint64_t rights;

	BENCH_CHECK(!aclrtMemGetAccess(memory, &location, &rights));
}

static void get_range(void)
{
	size_t size;
	void *base;

	BENCH_CHECK(!aclrtMemGetAddressRange(memory, &base, &size));
}

static void get_attributes(void)
{
	aclrtPtrAttributes attributes;

	BENCH_CHECK(!aclrtPointerGetAttributes(memory, &attributes));
}

static void retain_free(void)
{
	aclrtDrvMemHandle handle;

	BENCH_CHECK(!aclrtMemRetainAllocationHandle(memory, &handle));
	BENCH_CHECK(!aclrtFreePhysical(handle));
}

static void module_query(void)
{
	emu_query(ACL_EMU_PARAM_DEVICES, 0);
}

static void bare_getpid(void)
{
	syscall(SYS_getpid);
}

static uint64_t calls(void *arg)
{
	void (*fn)(void) = *(void (**)(void))arg;
	uint64_t start = bench_now();

	for (unsigned int i = 0; i < CALLS; i++)
		fn();
	return (bench_now() - start) / CALLS;
}

static uint64_t measure(void (*fn)(void))
{
	return bench_repeat(11, calls, &fn);
}

int main(void)
{
	aclrtPhysicalMemProp prop = { .handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED, .memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_DEVICE } };
	aclrtDrvMemHandle handle;
	uint64_t bare;

	emu_open();
	BENCH_CHECK(!aclInit(NULL) && !aclrtSetDevice(0));
	BENCH_CHECK(!aclrtMallocPhysical(&handle, SIZE_2M, &prop, 0));
	BENCH_CHECK(!aclrtReserveMemAddress(&memory, SIZE_2M, 0, NULL, 1));
	BENCH_CHECK(!aclrtMapMem(memory, SIZE_2M, 0, handle, 0));
	bare = measure(bare_getpid);
	bench_row("query", "QUERY ioctl", measure(module_query), "getpid", bare);
	bench_row("query", "aclrtGetMemInfo", measure(get_mem_info), "getpid", bare);
	bench_row("query", "aclrtMemGetAccess", measure(get_access), "getpid", bare);
	bench_row("query", "aclrtMemGetAddressRange", measure(get_range), "getpid", bare);
	bench_row("query", "aclrtPointerGetAttributes", measure(get_attributes), "getpid", bare);
	bench_row("query", "Retain + FreePhysical", measure(retain_free), "getpid", bare);
	BENCH_CHECK(!aclrtUnmapMem(memory) && !aclrtReleaseMemAddress(memory) &&
		    !aclrtFreePhysical(handle) && !aclFinalize());
	return 0;
}
