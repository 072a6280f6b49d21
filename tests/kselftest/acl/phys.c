// SPDX-License-Identifier: MIT
/*
 * Physical memory: granularity, location, properties, and how often it must be freed.
 */
#include "acl_test.h"

WORLD_FIXTURE(phys)

#define HOST	ACL_MEM_LOCATION_TYPE_HOST
#define DEVICE	ACL_MEM_LOCATION_TYPE_DEVICE
#define NUMA	ACL_MEM_LOCATION_TYPE_HOST_NUMA

static aclError on(aclrtDrvMemHandle *handle, size_t size, aclrtMemLocationType type, uint32_t id,
		   aclrtMemAttr attr)
{
	aclrtPhysicalMemProp prop = prop_on(type, id, attr);

	return aclrtMallocPhysical(handle, size, &prop, 0);
}

/* ---- an attribute on a kind of place ---- */

FIXTURE_VARIANT(attr)
{
	aclrtMemLocationType type;
	aclrtMemAttr attr;
	size_t granularity;
	aclrtMemAttr back;	/* what it reads back as */
	aclError code;		/* of the allocation, where it is not tried in full */
};

WORLD_FIXTURE(attr)

#define ATTR(place, name, size, is, fails) \
	FIXTURE_VARIANT_ADD(attr, place##_##name) { \
		.type = place, .attr = ACL_##name, .granularity = size, .back = ACL_##is, \
		.code = fails, \
	}

ATTR(DEVICE, DDR_MEM, 0, DDR_MEM, INVALID);
ATTR(DEVICE, HBM_MEM, 0, HBM_MEM, INVALID);
ATTR(DEVICE, DDR_MEM_HUGE, 0, DDR_MEM, INVALID);
ATTR(DEVICE, DDR_MEM_NORMAL, 0, DDR_MEM, INVALID);
ATTR(DEVICE, HBM_MEM_HUGE, BLOCK, HBM_MEM_HUGE, 0);
ATTR(DEVICE, HBM_MEM_NORMAL, BLOCK, HBM_MEM_NORMAL, 0);
ATTR(DEVICE, DDR_MEM_P2P_HUGE, 0, DDR_MEM, INVALID);
ATTR(DEVICE, DDR_MEM_P2P_NORMAL, 0, DDR_MEM, INVALID);
ATTR(DEVICE, HBM_MEM_P2P_HUGE, 0, DDR_MEM, INVALID);
ATTR(DEVICE, HBM_MEM_P2P_NORMAL, 0, DDR_MEM, INVALID);
ATTR(DEVICE, HBM_MEM_P2P_HUGE1G, 0, DDR_MEM, INVALID);
ATTR(DEVICE, MEM_NORMAL, BLOCK, HBM_MEM_NORMAL, 0);
ATTR(DEVICE, MEM_HUGE, BLOCK, HBM_MEM_HUGE, 0);
ATTR(DEVICE, MEM_P2P_NORMAL, BLOCK, MEM_P2P_NORMAL, 0);
ATTR(DEVICE, MEM_P2P_HUGE, BLOCK, MEM_P2P_HUGE, 0);
ATTR(HOST, DDR_MEM, 0, DDR_MEM, INVALID);
ATTR(HOST, HBM_MEM, 0, DDR_MEM, INVALID);
ATTR(HOST, DDR_MEM_HUGE, BLOCK, MEM_HUGE, 0);
ATTR(HOST, DDR_MEM_NORMAL, BLOCK, MEM_NORMAL, 0);
ATTR(HOST, HBM_MEM_HUGE, BLOCK, HBM_MEM_HUGE, 0);
ATTR(HOST, HBM_MEM_NORMAL, BLOCK, HBM_MEM_NORMAL, 0);
ATTR(HOST, DDR_MEM_P2P_HUGE, BLOCK, MEM_P2P_HUGE, 0);
ATTR(HOST, DDR_MEM_P2P_NORMAL, BLOCK, DDR_MEM_P2P_NORMAL, 0);
ATTR(HOST, HBM_MEM_P2P_HUGE, 0, DDR_MEM, INVALID);
ATTR(HOST, HBM_MEM_P2P_NORMAL, 0, DDR_MEM, INVALID);
ATTR(HOST, HBM_MEM_HUGE1G, 0, DDR_MEM, UNSUPPORTED);
ATTR(HOST, HBM_MEM_P2P_HUGE1G, 0, DDR_MEM, INVALID);
ATTR(HOST, MEM_NORMAL, BLOCK, MEM_NORMAL, 0);
ATTR(HOST, MEM_HUGE, BLOCK, MEM_HUGE, 0);
ATTR(HOST, MEM_HUGE1G, 0, DDR_MEM, UNSUPPORTED);
ATTR(HOST, MEM_P2P_NORMAL, BLOCK, DDR_MEM_P2P_NORMAL, 0);
ATTR(HOST, MEM_P2P_HUGE, BLOCK, MEM_P2P_HUGE, 0);
ATTR(NUMA, DDR_MEM_HUGE, BLOCK, MEM_HUGE, 0);
ATTR(NUMA, MEM_NORMAL, BLOCK, MEM_NORMAL, 0);
ATTR(NUMA, MEM_P2P_NORMAL, BLOCK, DDR_MEM_P2P_NORMAL, 0);
ATTR(NUMA, MEM_HUGE1G, 0, DDR_MEM, UNSUPPORTED);

TEST_F(attr, granularity)
{
	aclrtPhysicalMemProp prop = prop_on(variant->type, 0, variant->attr);
	size_t least = UNTOUCHED, best = UNTOUCHED;

	if (variant->code) {
		FAILS(variant->code,
		      aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM,
						       &least), "memAttr");
		EXPECT_EQ(UNTOUCHED, least);
		return;
	}
	/* The call does not check these two. */
	prop.handleType = (aclrtMemHandleType)9;
	prop.allocationType = (aclrtMemAllocationType)9;
	WORKS(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM,
					       &least));
	WORKS(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &best));
	EXPECT_EQ(variant->granularity, least);
	EXPECT_EQ(variant->granularity, best);
}

TEST_F(attr, properties)
{
	aclrtPhysicalMemProp prop;
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;

	if (variant->code) {
		prop = prop_on(variant->type, 0, variant->attr);
		FAILS(variant->code, aclrtMallocPhysical(&handle, BLOCK, &prop, 0), "memAttr");
		EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
		return;
	}
	WORKS(on(&handle, BLOCK, variant->type, 0, variant->attr));
	memset(&prop, 0xff, sizeof(prop));
	WORKS(aclrtMemGetAllocationPropertiesFromHandle(handle, &prop));
	EXPECT_EQ(variant->back, prop.memAttr);
	EXPECT_EQ(variant->type, prop.location.type);
	EXPECT_EQ(0, prop.location.id);
	EXPECT_EQ(0, prop.handleType);
	EXPECT_EQ(0, prop.allocationType);
	EXPECT_EQ(0, prop.reserve);
	WORKS(aclrtFreePhysical(handle));
}

TEST_F(attr, account)
{
	uint64_t device = used(0), host = host_used();
	aclrtDrvMemHandle handle;

	if (variant->code)
		return;
	WORKS(on(&handle, 2 * BLOCK, variant->type, 0, variant->attr));
	EXPECT_EQ(device + (variant->type == DEVICE ? 2 * BLOCK : 0), used(0));
	EXPECT_EQ(host + (variant->type == DEVICE ? 0 : 2 * BLOCK), host_used());
	WORKS(aclrtFreePhysical(handle));
}

/* ---- where it comes from ---- */

TEST_F(phys, place_not_current_device)
{
	aclrtPhysicalMemProp prop;
	aclrtDrvMemHandle handle;
	int32_t current;

	WORKS(aclrtGetDevice(&current));
	ASSERT_EQ(0, current);
	WORKS(phys(&handle, BLOCK, 1));
	EXPECT_EQ(self->world.used[0], used(0));
	EXPECT_EQ(self->world.used[1] + BLOCK, used(1));
	WORKS(aclrtMemGetAllocationPropertiesFromHandle(handle, &prop));
	EXPECT_EQ(1, prop.location.id);
	WORKS(aclrtFreePhysical(handle));
}

static aclError device_closed(void)
{
	aclrtDrvMemHandle handle;

	return phys(&handle, BLOCK, 1);
}

TEST_F(phys, device_not_set)
{
	WORKS(aclrtResetDevice(1));
	EXPECT_EQ(BAD_HANDLE, device_closed());
	EXPECT_EQ(self->world.used[1], used(1));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
}

TEST_F(phys, numa)
{
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;
	aclrtPhysicalMemProp bad = prop_on(NUMA, 999, ACL_MEM_HUGE);

	FAILS(INTERNAL, aclrtMallocPhysical(&handle, BLOCK, &bad, 0), "999");
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
	bad.location.id = (uint32_t)-1;
	FAILS(FULL, aclrtMallocPhysical(&handle, TIB, &bad, 0), "1 TiB are requested");
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
	WORKS(on(&handle, BLOCK, NUMA, (uint32_t)-1, ACL_MEM_HUGE));
	WORKS(aclrtFreePhysical(handle));
}

/* A size that overflows when it is rounded up to 1 GiB. */
TEST_F(phys, size_overflow)
{
	aclrtPhysicalMemProp prop = prop_on(DEVICE, 0, ACL_HBM_MEM_HUGE1G);
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;

	FAILS(FULL, aclrtMallocPhysical(&handle, SIZE_MAX, &prop, 0), "17179869183 GiB");
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
}

TEST_F(phys, host_memory)
{
	aclrtDrvMemHandle handle;
	struct block b;

	WORKS(on(&handle, BLOCK, HOST, 0, ACL_MEM_HUGE));
	WORKS(reserve(&b.addr, BLOCK));
	WORKS(aclrtMapMem(b.addr, BLOCK, 0, handle, 0));
	fill(b.addr, BLOCK, 3);
	EXPECT_TRUE(filled(b.addr, BLOCK, 3));
	WORKS(aclrtUnmapMem(b.addr));
	WORKS(aclrtReleaseMemAddress(b.addr));
	WORKS(aclrtFreePhysical(handle));
}

/* ---- references ---- */

TEST_F(phys, free_invalid)
{
	aclrtPhysicalMemProp prop;
	uint64_t any = 7;

	FAILS(PARAM, aclrtFreePhysical(&any), hex(&any));
	FAILS(PARAM, aclrtFreePhysical((void *)-1ul), hex((void *)-1ul));
	FAILS(PARAM, aclrtMemGetAllocationPropertiesFromHandle(&any, &prop), hex(&any));
}

TEST_F(phys, free_while_mapped)
{
	struct block b;

	WORKS(block_make(&b, BLOCK, 0));
	WORKS(aclrtFreePhysical(b.handle));
	EXPECT_EQ(self->world.used[0] + BLOCK, used(0));
	fill(b.addr, BLOCK, 5);
	FAILS(PARAM, aclrtFreePhysical(b.handle), hex(b.handle));
	EXPECT_TRUE(filled(b.addr, BLOCK, 5));
	WORKS(aclrtUnmapMem(b.addr));
	EXPECT_EQ(self->world.used[0], used(0));
	FAILS(PARAM, aclrtFreePhysical(b.handle), hex(b.handle));
	WORKS(aclrtReleaseMemAddress(b.addr));
}

static void retained(struct __test_metadata *_metadata, FIXTURE_DATA(phys) *self, bool freed)
{
	aclrtDrvMemHandle again = NULL;
	struct block b;

	WORKS(block_make(&b, BLOCK, 0));
	if (freed)
		WORKS(aclrtFreePhysical(b.handle));
	WORKS(aclrtMemRetainAllocationHandle(b.addr, &again));
	EXPECT_EQ(b.handle, again);
	WORKS(aclrtUnmapMem(b.addr));
	if (!freed)
		WORKS(aclrtFreePhysical(b.handle));
	EXPECT_EQ(self->world.used[0] + BLOCK, used(0));
	WORKS(aclrtFreePhysical(b.handle));
	EXPECT_EQ(self->world.used[0], used(0));
	FAILS(PARAM, aclrtFreePhysical(b.handle), hex(b.handle));
	WORKS(aclrtReleaseMemAddress(b.addr));
}

TEST_F(phys, retain)
{
	retained(_metadata, self, false);
}

/* A handle that was freed while mapped can be retained by its address. */
TEST_F(phys, retain_after_free)
{
	retained(_metadata, self, true);
}

TEST_HARNESS_MAIN
