// SPDX-License-Identifier: MIT
/*
 * Memory in pages of 1 GiB. Needs a device with that much memory.
 */
#define MODULE_ARGS "devices=2 capacity_mb=1088,64 host_mb=16"
#include "acl_test.h"

FIXTURE(giant)
{
	struct world world;
};

FIXTURE_SETUP(giant)
{
	if (capacity(0) < GIB) {
		SKIP(return, "device 0 has %" PRIu64 " MiB", capacity(0) / MIB);
	}
	world_open(_metadata, &self->world);
}

FIXTURE_TEARDOWN(giant)
{
	world_close(_metadata, &self->world);
}

static aclrtPhysicalMemProp giant(aclrtMemAttr attr)
{
	return prop_on(ACL_MEM_LOCATION_TYPE_DEVICE, 0, attr);
}

TEST_F(giant, granularity)
{
	static const aclrtMemAttr attr[] = {
		ACL_HBM_MEM_HUGE1G, ACL_MEM_HUGE1G, ACL_MEM_P2P_HUGE1G,
	};
	size_t i, size;

	for (i = 0; i < 3; i++) {
		aclrtPhysicalMemProp prop = giant(attr[i]);

		size = 0;
		WORKS(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM,
						       &size));
		EXPECT_EQ(GIB, size);
		WORKS(aclrtMemGetAllocationGranularity(&prop,
			ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, &size));
		EXPECT_EQ(GIB, size);
	}
}

TEST_F(giant, rounded_up)
{
	static const struct { aclrtMemAttr attr, back; } tell[] = {
		{ ACL_HBM_MEM_HUGE1G, ACL_HBM_MEM_HUGE1G },
		{ ACL_MEM_HUGE1G, ACL_HBM_MEM_HUGE1G },
		{ ACL_MEM_P2P_HUGE1G, ACL_MEM_P2P_HUGE1G },
	};
	aclrtPhysicalMemProp prop, back;
	aclrtDrvMemHandle handle;
	size_t i;

	for (i = 0; i < 3; i++) {
		prop = giant(tell[i].attr);
		WORKS(aclrtMallocPhysical(&handle, 5 * BLOCK + 1, &prop, 0));
		EXPECT_EQ(self->world.used[0] + GIB, used(0));
		WORKS(aclrtMemGetAllocationPropertiesFromHandle(handle, &back));
		EXPECT_EQ(tell[i].back, back.memAttr);
		WORKS(aclrtFreePhysical(handle));
	}
}

TEST_F(giant, map)
{
	aclrtPhysicalMemProp prop = giant(ACL_HBM_MEM_HUGE1G);
	aclrtDrvMemHandle handle;
	char *range;
	size_t at;

	WORKS(reserve((void **)&range, 3 * GIB));
	WORKS(aclrtMallocPhysical(&handle, GIB, &prop, 0));
	FAILS(INTERNAL, aclrtMapMem(range + BLOCK, GIB, 0, handle, 0), hex(range + BLOCK));
	FAILS(INTERNAL, aclrtMapMem(range, BLOCK, 0, handle, 0), "1 GiB");
	WORKS(aclrtMapMem(range + GIB, GIB, 0, handle, 0));
	WORKS(grant_host(range + GIB, GIB));
	for (at = 0; at < GIB; at += BLOCK) {
		EXPECT_EQ(0, range[GIB + at]);
		fill(range + GIB + at + 100, 64, at);
	}
	for (at = 0; at < GIB; at += BLOCK) {
		EXPECT_TRUE(filled(range + GIB + at + 100, 64, at));
	}
	EXPECT_EQ(SIGBUS, touch(range + GIB - 1));
	EXPECT_EQ(SIGBUS, touch(range + 2 * GIB));
	WORKS(aclrtUnmapMem(range + GIB));
	WORKS(aclrtReleaseMemAddress(range));
	WORKS(aclrtFreePhysical(handle));
}

TEST_F(giant, full)
{
	aclrtPhysicalMemProp prop = giant(ACL_HBM_MEM_HUGE1G);
	aclrtDrvMemHandle handle, more = (aclrtDrvMemHandle)UNTOUCHED, rest;

	WORKS(aclrtMallocPhysical(&handle, GIB, &prop, 0));
	FAILS(FULL, aclrtMallocPhysical(&more, BLOCK, &prop, 0), NULL);
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, more);
	/* Smaller pages are available. */
	WORKS(phys(&rest, BLOCK, 0));
	WORKS(aclrtFreePhysical(rest));
	WORKS(aclrtFreePhysical(handle));
}

/* By aclrtMalloc too, with or without a kind of memory. */
TEST_F(giant, of_the_heap)
{
	static const unsigned int policy[] = {
		ACL_MEM_MALLOC_HUGE1G_ONLY, ACL_MEM_MALLOC_HUGE1G_ONLY_P2P,
		ACL_MEM_MALLOC_HUGE1G_ONLY | ACL_MEM_TYPE_HIGH_BAND_WIDTH,
	};
	aclrtDrvMemHandle handle;
	aclrtPhysicalMemProp prop;
	void *small, *addr;
	size_t i;

	WORKS(aclrtMalloc(&small, 100, ACL_MEM_MALLOC_HUGE_FIRST));
	for (i = 0; i < sizeof(policy) / sizeof(policy[0]); i++) {
		WORKS(aclrtMalloc(&addr, BLOCK + 1, (aclrtMemMallocPolicy)policy[i]));
		EXPECT_EQ(self->world.used[0] + GIB + BLOCK, used(0));
		EXPECT_EQ(0, (uintptr_t)addr % GIB);
		WORKS(aclrtMemRetainAllocationHandle(addr, &handle));
		WORKS(aclrtMemGetAllocationPropertiesFromHandle(handle, &prop));
		EXPECT_EQ(ACL_HBM_MEM_HUGE1G, prop.memAttr);
		WORKS(aclrtFreePhysical(handle));
		WORKS(aclrtFree(addr));
	}
	WORKS(aclrtFree(small));
}

TEST_F(giant, of_the_host)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_HOST, 0, ACL_MEM_P2P_HUGE1G);
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;
	size_t size = 0;

	WORKS(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, &size));
	EXPECT_EQ(GIB, size);
	/* Supported, but there is not that much here. */
	FAILS(FULL, aclrtMallocPhysical(&handle, GIB, &prop, 0), NULL);
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
}

TEST_HARNESS_MAIN
