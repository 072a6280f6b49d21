// SPDX-License-Identifier: MIT
/*
 * Device memory in the members of a stress test, see team_memory.h.
 */
#include "team_memory.h"

#include <inttypes.h>

#include "team.h"

void check(const char *call, aclError code)
{
	const char *why;

	if (code == ACL_SUCCESS)
		return;
	why = aclGetRecentErrMsg();
	fail("%s failed with %d: %s", call, code, why ? why : "no message");
}

size_t in_use(void)
{
	size_t free, total;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	return total - free;
}

size_t left(void)
{
	size_t free, total;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	return free;
}

static aclrtPhysicalMemProp memory_on(int device)
{
	return (aclrtPhysicalMemProp){
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = (uint32_t)device, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
}

size_t whole_units(int device, long mib)
{
	aclrtPhysicalMemProp prop = memory_on(device);
	size_t unit, size = (size_t)mib << 20;

	CHECK(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &unit));
	return (size + unit - 1) / unit * unit;
}

bool allocate(aclrtDrvMemHandle *handle, size_t size, int device)
{
	aclrtPhysicalMemProp prop = memory_on(device);
	aclError code = aclrtMallocPhysical(handle, size, &prop, 0);

	if (code == ACL_ERROR_RT_MEMORY_ALLOCATION) {
		/* Reads the error, so that no later check finds it. */
		if (aclrtGetLastError(ACL_RT_THREAD_LEVEL) != code)
			fail("the last error is not that of aclrtMallocPhysical");
		return false;
	}
	check("aclrtMallocPhysical", code);
	return true;
}

void unmap_and_free(void *addr, aclrtDrvMemHandle handle)
{
	CHECK(aclrtUnmapMem(addr));
	CHECK(aclrtFreePhysical(handle));
}

void full(int device, size_t got)
{
	member.result->full_after = got;
	errx(TEAM_EXIT_FULL, "device %d is out of memory after %zu pieces", device, got);
}

void finish(int first, int end)
{
	int d;

	member_report(TEAM_DONE, 0);
	for (d = first; d < end; d++)
		CHECK(aclrtResetDevice(d));
	CHECK(aclFinalize());
}

static uint64_t word(uint64_t stamp, size_t i)
{
	return (stamp * 1000003 + i) * UINT64_C(0x9e3779b97f4a7c15);
}

void write_words(uint64_t *words, size_t first, size_t end, uint64_t stamp)
{
	size_t i;

	for (i = first; i < end; i++)
		words[i] = word(stamp, i);
}

void check_words(const uint64_t *words, size_t first, size_t end, uint64_t stamp,
		 const char *where)
{
	size_t i;

	for (i = first; i < end; i++)
		if (words[i] != word(stamp, i))
			fail("%s: word %zu is %#" PRIx64 " instead of %#" PRIx64, where, i,
			     words[i], word(stamp, i));
}
