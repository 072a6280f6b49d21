// SPDX-License-Identifier: MIT
/*
 * The order of checks of the calls on addresses, physical memory and mappings:
 * of two or more wrong arguments the first in the documented order is reported.
 */
#include "acl_order.h"

#define FAR	0x160000000000ul	/* in the window, never reserved here */
#define REMOTE	(40 * TIB)

/* The address space the trials play in. */
FIXTURE(order)
{
	struct world world;
	void *range;			/* sixteen blocks, the first two mapped */
	aclrtDrvMemHandle handle;	/* two blocks */
	void *other;			/* tied to device 1 */
	void *heap;			/* from aclrtMalloc() */
	aclrtDrvMemHandle stale;
};

FIXTURE_SETUP(order)
{
	aclrtDrvMemHandle second;

	world_open(_metadata, &self->world);
	WORKS(reserve(&self->range, 16 * BLOCK));
	WORKS(phys(&self->handle, 2 * BLOCK, 0));
	WORKS(aclrtMapMem(self->range, 2 * BLOCK, 0, self->handle, 0));
	WORKS(reserve(&self->other, 16 * BLOCK));
	WORKS(phys(&second, BLOCK, 1));
	WORKS(aclrtMapMem(self->other, BLOCK, 0, second, 0));
	WORKS(aclrtUnmapMem(self->other));
	WORKS(aclrtFreePhysical(second));
	self->stale = second;
	WORKS(aclrtMalloc(&self->heap, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
}

FIXTURE_TEARDOWN(order)
{
	WORKS(aclrtFree(self->heap));
	WORKS(aclrtReleaseMemAddress(self->other));
	WORKS(aclrtUnmapMem(self->range));
	WORKS(aclrtReleaseMemAddress(self->range));
	WORKS(aclrtFreePhysical(self->handle));
	world_close(_metadata, &self->world);
}

DO(reserve, aclrtReserveMemAddress(PTR(x, 0, x->out), x->a[1], x->a[2], (void *)x->a[3], x->a[4]))

TEST_F(order, reserve)
{
	struct args x = { .a = { SET, BLOCK, 0, 0, 0 } };

	TRY(aclrtReserveMemAddress, do_reserve, x,
	    { 100000, "virPtr", 0, { FIELD(a[0], 0) } },
	    { 100000, "size", 0, { FIELD(a[1], 0) } },
	    { 100000, "flags", 0, { FIELD(a[4], 2) } },
	    { 107000, "alignment", 0, { FIELD(a[2], 4096) } },
	    { 107000, "expectPtr", 0, { FIELD(a[3], FAR + BLOCK) } },
	    { 107017, "aclrtSetDevice", PLACE_PROCESS, { FIELD(a[3], 0) } },
	    { 207001, hex((void *)0x40000000), 0, { FIELD(a[3], GIB) } },
	    { 207001, "8193 GiB", 0, { FIELD(a[1], 8 * TIB + 1) } });
	WORKS(do_reserve(&x));
	WORKS(aclrtReleaseMemAddress((void *)x.out[0]));
}

DO(reserve_remote,
   aclrtReserveMemAddressNoUCMemory(PTR(x, 0, x->out), x->a[1], x->a[2], (void *)x->a[3], x->a[4]))

TEST_F(order, reserve_remote)
{
	struct args x = { .a = { SET, GIB, 0, REMOTE, 0 } };
	void *there;

	WORKS(aclrtReserveMemAddressNoUCMemory(&there, GIB, 0, (void *)(REMOTE + GIB), 0));
	ASSERT_EQ((void *)(REMOTE + GIB), there);
	TRY(aclrtReserveMemAddressNoUCMemory, do_reserve_remote, x,
	    { 100000, "virPtr", 0, { FIELD(a[0], 0) } },
	    { 100000, "size", 0, { FIELD(a[1], 0) } },
	    { 100000, "flags", 0, { FIELD(a[4], 2) } },
	    { 107000, "alignment", 0, { FIELD(a[2], 1) } },
	    { 207000, "expectPtr", 0, { FIELD(a[3], 0) } },
	    { 107000, hex((void *)(REMOTE + BLOCK)), 0, { FIELD(a[3], REMOTE + BLOCK) } },
	    { 107000, "size", 0, { FIELD(a[1], GIB + BLOCK) } },
	    { 107000, hex((void *)(24 * TIB - GIB)), 0, { FIELD(a[3], 24 * TIB - GIB) } },
	    { 107000, hex((void *)(256 * TIB)), 0, { FIELD(a[3], 256 * TIB) } },
	    { 107000, "aclrtSetDevice", PLACE_PROCESS, { { 0 } } },
	    { 207001, hex((void *)(REMOTE + GIB)), 0, { FIELD(a[3], REMOTE + GIB) } });
	WORKS(do_reserve_remote(&x));
	EXPECT_EQ(REMOTE, x.out[0]);
	WORKS(aclrtReleaseMemAddress((void *)x.out[0]));
	WORKS(aclrtReleaseMemAddress(there));
}

DO(release, aclrtReleaseMemAddress((void *)x->a[0]))

TEST_F(order, release)
{
	struct args x = { .a = { (uintptr_t)self->other } };

	TRY(aclrtReleaseMemAddress, do_release, x,
	    { 100000, "virPtr", 0, { FIELD(a[0], 0) } },
	    { 107017, "aclrtSetDevice", PLACE_PROCESS, { { 0 } } },
	    { 107000, hex((void *)FAR), 0, { FIELD(a[0], FAR) } },
	    { 107000, hex(self->other + BLOCK), 0, { FIELD(a[0], self->other + BLOCK) } },
	    { 107000, hex(self->heap), 0, { FIELD(a[0], self->heap) } },
	    { 507899, hex(self->range), 0, { FIELD(a[0], self->range) } });
	WORKS(do_release(&x));
	WORKS(reserve(&self->other, BLOCK));
}

DO(malloc, aclrtMallocPhysical(PTR(x, 0, x->out), x->a[1], PTR(x, 2, &x->prop), x->a[3]))

#define HOST	ACL_MEM_LOCATION_TYPE_HOST
#define DEVICE	ACL_MEM_LOCATION_TYPE_DEVICE
#define NUMA	ACL_MEM_LOCATION_TYPE_HOST_NUMA

TEST_F(order, malloc_arguments)
{
	struct args x = { .a = { SET, BLOCK, SET, 0 },
			  .prop = prop_on(DEVICE, 0, ACL_HBM_MEM_HUGE) };

	TRY(aclrtMallocPhysical, do_malloc, x,
	    { 100000, "handle", 0, { FIELD(a[0], 0) } },
	    { 100000, "prop", 0, { FIELD(a[2], 0) } },
	    { 100000, "size", 0, { FIELD(a[1], 0) } },
	    { 100000, "flags", 0, { FIELD(a[3], 1) } },
	    { 100000, "handleType", 0, { FIELD(prop.handleType, 2) } },
	    { 100000, "allocationType", 0, { FIELD(prop.allocationType, 1) } },
	    { 100000, "location", 0, { FIELD(prop.location.type, 2) } },
	    { 100000, "location", 0, { FIELD(prop.location.type, 3) } },
	    { 100000, "memAttr", 0, { FIELD(prop.location.type, DEVICE),
				      FIELD(prop.memAttr, ACL_DDR_MEM_HUGE) } },
	    { 100000, "memAttr", 0, { FIELD(prop.memAttr, ACL_DDR_MEM) } },
	    { 107001, "63", 0, { FIELD(prop.location.type, DEVICE), FIELD(prop.location.id, 63) } },
	    { 107002, "context", PLACE_THREAD, { FIELD(prop.location.type, NUMA),
						 FIELD(prop.location.id, 0) } },
	    { 107000, "location", 0, { FIELD(prop.location.type, 5) } },
	    { 107000, "64", 0, { FIELD(prop.location.type, HOST), FIELD(prop.location.id, 64) } },
	    { 107000, "reserve", 0, { FIELD(prop.reserve, 1) } },
	    { 207001, NULL, 0, { FIELD(a[1], 1ul << 46) } });
	WORKS(do_malloc(&x));
	WORKS(aclrtFreePhysical((void *)x.out[0]));
}

TEST_F(order, malloc_places)
{
	struct args x = { .a = { SET, BLOCK, SET, 0 },
			  .prop = prop_on(DEVICE, 1, ACL_HBM_MEM_NORMAL) };

	TRY(aclrtMallocPhysical, do_malloc, x,
	    { 107001, "64", 0, { FIELD(prop.location.type, DEVICE), FIELD(prop.location.id, 64) } },
	    { 207000, "memAttr", 0, { FIELD(prop.location.type, HOST),
				      FIELD(prop.location.id, 0),
				      FIELD(prop.memAttr, ACL_MEM_HUGE1G) } },
	    { 107000, "reserve", 0, { FIELD(prop.reserve, 1) } },
	    { 207000, "id", 0, { FIELD(prop.location.type, HOST),
				 FIELD(prop.location.id, 1), FIELD(prop.memAttr, ACL_MEM_HUGE) } },
	    { 107017, "aclrtSetDevice", PLACE_PROCESS, { FIELD(prop.location.type, DEVICE),
							 FIELD(prop.location.id, 0),
							 FIELD(prop.memAttr, ACL_HBM_MEM_HUGE) } },
	    { 507899, "2 MiB", 0, { FIELD(a[1], BLOCK + 4096) } },
	    { 207001, NULL, 0, { FIELD(a[1], 1ul << 46) } });
	WORKS(do_malloc(&x));
	WORKS(aclrtFreePhysical((void *)x.out[0]));
}

DO(free, aclrtFreePhysical((void *)x->a[0]))

TEST_F(order, free)
{
	struct args x = { .a = { (uintptr_t)self->handle } };

	TRY(aclrtFreePhysical, do_free, x,
	    { 100000, "handle", 0, { FIELD(a[0], 0) } },
	    { 107000, hex(self->stale), 0, { FIELD(a[0], self->stale) } });
}

DO(map, aclrtMapMem((void *)x->a[0], x->a[1], x->a[2], (void *)x->a[3], x->a[4]))

DO(map_closed, aclrtMemMapNoAccess((void *)x->a[0], x->a[1], x->a[2], (void *)x->a[3], x->a[4]))

/* Both forms of mapping check the same. */
static void map_trial(struct __test_metadata *_metadata, FIXTURE_DATA(order) *self,
		      const char *name, aclError (*call)(struct args *))
{
	char *free = self->range + 4 * BLOCK;
	struct args x = { .a = { (uintptr_t)free, 2 * BLOCK, 0, (uintptr_t)self->handle, 0 } };

	TRY_CALL(name, call, x,
	    { 100000, "virPtr", 0, { FIELD(a[0], 0) } },
	    { 100000, "handle", 0, { FIELD(a[3], 0) } },
	    { 100000, "size", 0, { FIELD(a[1], 0) } },
	    { 100000, "flags", 0, { FIELD(a[4], 1) } },
	    { 107000, "offset", 0, { FIELD(a[2], BLOCK) } },
	    { 107000, hex(self->stale), 0, { FIELD(a[3], self->stale) } },
	    { 507899, hex((void *)FAR), 0, { FIELD(a[0], FAR) } },
	    { 507899, hex(self->heap), 0, { FIELD(a[0], self->heap) } },
	    { 507899, hex(free + 4096), 0, { FIELD(a[0], free + 4096) } },
	    { 507899, "size", 0, { FIELD(a[0], free), FIELD(a[1], 2 * BLOCK + 4096) } },
	    { 507899, hex(self->range), 0, { FIELD(a[0], self->range + 15 * BLOCK),
					     FIELD(a[1], 2 * BLOCK) } },
	    { 507899, "device 1", 0, { FIELD(a[0], self->other) } },
	    { 507899, hex(self->range), 0, { FIELD(a[0], self->range + BLOCK) } },
	    { 207001, "6 MiB", 0, { FIELD(a[1], 3 * BLOCK) } },
	    { 107000, "4 MiB", 0, { FIELD(a[1], BLOCK) } });
	WORKS(call(&x));
	WORKS(aclrtUnmapMem(free));
}

TEST_F(order, map)
{
	map_trial(_metadata, self, "aclrtMapMem", do_map);
}

TEST_F(order, map_no_access)
{
	map_trial(_metadata, self, "aclrtMemMapNoAccess", do_map_closed);
}

DO(unmap, aclrtUnmapMem((void *)x->a[0]))

TEST_F(order, unmap)
{
	struct args x = { .a = { (uintptr_t)self->range } };

	TRY(aclrtUnmapMem, do_unmap, x,
	    { 100000, "virPtr", 0, { FIELD(a[0], 0) } },
	    { 507899, hex((void *)FAR), 0, { FIELD(a[0], FAR) } },
	    { 507899, hex(self->range + 8 * BLOCK), 0, { FIELD(a[0], self->range + 8 * BLOCK) } },
	    { 507899, hex(self->range + BLOCK), 0, { FIELD(a[0], self->range + BLOCK) } },
	    { 507899, hex(self->heap), 0, { FIELD(a[0], self->heap) } });
}

DO(set_access, aclrtMemSetAccess((void *)x->a[0], x->a[1], PTR(x, 2, &x->desc), x->a[3]))

TEST_F(order, set_access)
{
	struct args x = { .a = { (uintptr_t)self->range, 2 * BLOCK, SET, 1 },
			  .desc = { ACL_RT_MEM_ACCESS_FLAGS_READWRITE, { 0, HOST }, { 0 } } };

	TRY(aclrtMemSetAccess, do_set_access, x,
	    { 107000, "virPtr", 0, { FIELD(a[0], 0) } },
	    { 107000, "desc", 0, { FIELD(a[2], 0) } },
	    { 107000, "count", 0, { FIELD(a[3], 0) } },
	    { 207000, "flags", 0, { FIELD(desc.flags, 0) } },
	    { 207000, "flags", 0, { FIELD(desc.flags, 1) } },
	    { 107000, "flags", 0, { FIELD(desc.flags, 2) } },
	    { 107000, "location", 0, { FIELD(desc.location.type, HOST),
				       FIELD(desc.location.id, 1) } },
	    { 107000, "63", 0, { FIELD(desc.location.type, DEVICE), FIELD(desc.location.id, 63) } },
	    { 107000, "64", 0, { FIELD(desc.location.type, DEVICE), FIELD(desc.location.id, 64) } },
	    { 107000, "location", 0, { FIELD(desc.location.type, 2) } },
	    { 507899, hex((void *)FAR), 0, { FIELD(a[0], FAR) } },
	    { 507899, hex(self->range + 3 * BLOCK), 0, { FIELD(a[0], self->range + 3 * BLOCK) } },
	    { 507899, hex(self->range), 0, { FIELD(a[1], 3 * BLOCK) } });
	WORKS(do_set_access(&x));
}

DO(get_access, aclrtMemGetAccess((void *)x->a[0], PTR(x, 1, &x->loc), PTR(x, 2, x->out)))

TEST_F(order, get_access)
{
	struct args x = { .a = { (uintptr_t)self->range + 4096, SET, SET }, .loc = { 0, DEVICE } };

	TRY(aclrtMemGetAccess, do_get_access, x,
	    { 100000, "virPtr", 0, { FIELD(a[0], 0) } },
	    { 100000, "location", 0, { FIELD(a[1], 0) } },
	    { 100000, "flag", 0, { FIELD(a[2], 0) } },
	    { 107000, "location", 0, { FIELD(loc.type, 2) } },
	    { 107000, "location", 0, { FIELD(loc.type, HOST), FIELD(loc.id, 1) } },
	    { 107000, "63", 0, { FIELD(loc.type, DEVICE), FIELD(loc.id, 63) } },
	    { 107000, "64", 0, { FIELD(loc.type, DEVICE), FIELD(loc.id, 64) } },
	    { 507899, hex((void *)FAR), 0, { FIELD(a[0], FAR) } },
	    { 507899, hex(self->range + 3 * BLOCK), 0, { FIELD(a[0], self->range + 3 * BLOCK) } });
	WORKS(do_get_access(&x));
}

DO(granularity,
   aclrtMemGetAllocationGranularity(PTR(x, 0, &x->prop), (aclrtMemGranularityOptions)x->a[1],
				    PTR(x, 2, x->out)))

TEST_F(order, granularity)
{
	struct args x = { .a = { SET, 0, SET }, .prop = prop_on(DEVICE, 0, ACL_HBM_MEM_HUGE) };

	TRY(aclrtMemGetAllocationGranularity, do_granularity, x,
	    { 100000, "prop", 0, { FIELD(a[0], 0) } },
	    { 100000, "granularity", 0, { FIELD(a[2], 0) } },
	    { 100000, "memAttr", 0, { FIELD(prop.location.type, DEVICE),
				      FIELD(prop.memAttr, ACL_DDR_MEM_P2P_HUGE) } },
	    { 100000, "memAttr", 0, { FIELD(prop.memAttr, 18) } },
	    { 107001, "63", 0, { FIELD(prop.location.type, DEVICE), FIELD(prop.location.id, 63) } },
	    { 207000, "option", 0, { FIELD(a[1], 2) } },
	    { 107000, "reserve", 0, { FIELD(prop.reserve, 1) } },
	    { 107000, "location", 0, { FIELD(prop.location.type, 3) } },
	    { 107000, "location", 0, { FIELD(prop.location.type, 5) } });
	WORKS(do_granularity(&x));
}

TEST_F(order, granularity_of_the_host)
{
	struct args x = { .a = { SET, 0, SET }, .prop = prop_on(HOST, 0, ACL_MEM_HUGE) };

	TRY(aclrtMemGetAllocationGranularity, do_granularity, x,
	    { 207000, "option", 0, { FIELD(a[1], 2) } },
	    { 107000, "reserve", 0, { FIELD(prop.reserve, 1) } },
	    { 207000, "memAttr", 0, { FIELD(prop.memAttr, ACL_MEM_HUGE1G) } },
	    { 107000, "location", 0, { FIELD(prop.location.type, 3) } },
	    { 107000, "location", 0, { FIELD(prop.location.type, 5) } });
	WORKS(do_granularity(&x));
}

DO(retain, aclrtMemRetainAllocationHandle((void *)x->a[0], PTR(x, 1, x->out)))

TEST_F(order, retain)
{
	struct args x = { .a = { (uintptr_t)self->range, SET } };

	TRY(aclrtMemRetainAllocationHandle, do_retain, x,
	    { 100000, "virPtr", 0, { FIELD(a[0], 0) } },
	    { 100000, "handle", 0, { FIELD(a[1], 0) } },
	    { 507899, hex((void *)FAR), 0, { FIELD(a[0], FAR) } },
	    { 107017, hex(self->other), 0, { FIELD(a[0], self->other) } },
	    { 507899, hex(self->range), 0, { FIELD(a[0], self->range + BLOCK) } });
	WORKS(do_retain(&x));
	EXPECT_EQ((uintptr_t)self->handle, x.out[0]);
	WORKS(aclrtFreePhysical(self->handle));
}

DO(properties, aclrtMemGetAllocationPropertiesFromHandle((void *)x->a[0], PTR(x, 1, x->out)))

TEST_F(order, properties)
{
	struct args x = { .a = { (uintptr_t)self->handle, SET } };

	TRY(aclrtMemGetAllocationPropertiesFromHandle, do_properties, x,
	    { 100000, "handle", 0, { FIELD(a[0], 0) } },
	    { 100000, "prop", 0, { FIELD(a[1], 0) } },
	    { 107000, hex(self->stale), 0, { FIELD(a[0], self->stale) } });
	WORKS(do_properties(&x));
}

DO(address_range,
   aclrtMemGetAddressRange((void *)x->a[0], PTR(x, 1, &x->out[0]), PTR(x, 2, &x->out[1])))

TEST_F(order, address_range)
{
	struct args x = { .a = { (uintptr_t)self->range, SET, SET } };

	TRY(aclrtMemGetAddressRange, do_address_range, x,
	    { 100000, "ptr", 0, { FIELD(a[0], 0) } },
	    { 107000, "pbase", 0, { FIELD(a[1], 0), FIELD(a[2], 0) } },
	    { 107000, hex((void *)FAR), 0, { FIELD(a[0], FAR) } },
	    { 107000, hex(self->range + 2 * BLOCK), 0, { FIELD(a[0], self->range + 2 * BLOCK) } });
	WORKS(do_address_range(&x));
}

TEST_HARNESS_MAIN
