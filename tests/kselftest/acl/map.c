// SPDX-License-Identifier: MIT
/*
 * Mappings: sizes, overlaps, aliases, the device that a reservation is tied to, and
 * unmapping. The module checks most arguments: see acl/order for the codes, uapi/map
 * for the rules, and race/pairs for threads.
 */
#include "acl_test.h"

#define SLOTS	16

FIXTURE(map)
{
	struct world world;
	char *range;			/* SLOTS blocks */
	aclrtDrvMemHandle one, two;	/* of one and two blocks, on device 0 */
};

FIXTURE_SETUP(map)
{
	world_open(_metadata, &self->world);
	WORKS(reserve((void **)&self->range, SLOTS * BLOCK));
	WORKS(phys(&self->one, BLOCK, 0));
	WORKS(phys(&self->two, 2 * BLOCK, 0));
}

FIXTURE_TEARDOWN(map)
{
	WORKS(aclrtReleaseMemAddress(self->range));
	WORKS(aclrtFreePhysical(self->one));
	WORKS(aclrtFreePhysical(self->two));
	world_close(_metadata, &self->world);
}

TEST_F(map, read_and_write)
{
	char *addr = self->range + 3 * BLOCK;

	WORKS(aclrtMapMem(addr, 2 * BLOCK, 0, self->two, 0));
	WORKS(grant_host(addr, 2 * BLOCK));
	EXPECT_TRUE(zeroed(addr, 2 * BLOCK));
	fill(addr, 2 * BLOCK, 1);
	EXPECT_TRUE(filled(addr, 2 * BLOCK, 1));
	EXPECT_EQ(SIGBUS, touch(addr - 1));
	EXPECT_EQ(SIGBUS, touch(addr + 2 * BLOCK));
	WORKS(aclrtUnmapMem(addr));
	EXPECT_EQ(SIGBUS, touch(addr));
}

TEST_F(map, content_survives_unmapping)
{
	WORKS(aclrtMapMem(self->range, 2 * BLOCK, 0, self->two, 0));
	WORKS(grant_host(self->range, 2 * BLOCK));
	fill(self->range, 2 * BLOCK, 2);
	WORKS(aclrtUnmapMem(self->range));
	WORKS(aclrtMapMem(self->range + 7 * BLOCK, 2 * BLOCK, 0, self->two, 0));
	WORKS(grant_host(self->range + 7 * BLOCK, 2 * BLOCK));
	EXPECT_TRUE(filled(self->range + 7 * BLOCK, 2 * BLOCK, 2));
	WORKS(aclrtUnmapMem(self->range + 7 * BLOCK));
}

TEST_F(map, alias)
{
	/* Volatile: the compiler must not assume different memory. */
	volatile char *va = self->range, *vb = self->range + 5 * BLOCK;
	char *a = (char *)va, *b = (char *)vb;

	WORKS(aclrtMapMem(a, 2 * BLOCK, 0, self->two, 0));
	WORKS(aclrtMapMem(b, 2 * BLOCK, 0, self->two, 0));
	WORKS(grant_host(a, 2 * BLOCK));
	WORKS(grant_host(b, 2 * BLOCK));
	EXPECT_EQ(self->world.used[0] + 3 * BLOCK, used(0));
	fill(a, 2 * BLOCK, 3);
	EXPECT_TRUE(filled(b, 2 * BLOCK, 3));
	vb[BLOCK + 77] ^= 0x55;
	EXPECT_EQ(vb[BLOCK + 77], va[BLOCK + 77]);
	EXPECT_NE((char)pattern(BLOCK + 77, 3), va[BLOCK + 77]);
	WORKS(aclrtUnmapMem(a));
	EXPECT_EQ(SIGBUS, touch(a));
	fill(b, 2 * BLOCK, 4);
	WORKS(aclrtMapMem(a, 2 * BLOCK, 0, self->two, 0));
	WORKS(grant_host(a, 2 * BLOCK));
	EXPECT_TRUE(filled(a, 2 * BLOCK, 4));
	WORKS(aclrtUnmapMem(a));
	WORKS(aclrtUnmapMem(b));
}

/* ---- where it may not be ---- */

TEST_F(map, sizes)
{
	FAILS(PARAM, aclrtMapMem(self->range, BLOCK, 0, self->two, 0), "4 MiB");
	FAILS(FULL, aclrtMapMem(self->range, 2 * BLOCK, 0, self->one, 0), "4 MiB");
	FAILS(INTERNAL, aclrtMapMem(self->range, BLOCK - 1, 0, self->one, 0), "2 MiB");
	FAILS(INTERNAL, aclrtMapMem(self->range, SIZE_MAX, 0, self->one, 0), NULL);
	FAILS(INTERNAL, aclrtMapMem(self->range, -BLOCK, 0, self->one, 0), NULL);
	EXPECT_EQ(SIGBUS, touch(self->range));
}

TEST_F(map, past_the_end)
{
	char *last = self->range + (SLOTS - 1) * BLOCK;

	FAILS(INTERNAL, aclrtMapMem(last, 2 * BLOCK, 0, self->two, 0), hex(self->range));
	FAILS(INTERNAL, aclrtMapMem(last + BLOCK, BLOCK, 0, self->one, 0), hex(last + BLOCK));
	WORKS(aclrtMapMem(last, BLOCK, 0, self->one, 0));
	WORKS(aclrtUnmapMem(last));
}

/* A mapping cannot cross from one reservation to the next. */
TEST_F(map, across_two_reservations)
{
	void *a, *b;

	WORKS(aclrtReserveMemAddress(&a, GIB, 0, (void *)0x160000000000, 0));
	WORKS(aclrtReserveMemAddress(&b, GIB, 0, a + GIB, 0));
	FAILS(INTERNAL, aclrtMapMem(b - BLOCK, 2 * BLOCK, 0, self->two, 0), hex(a));
	WORKS(aclrtReleaseMemAddress(a));
	WORKS(aclrtReleaseMemAddress(b));
}

TEST_F(map, overlap)
{
	char *middle = self->range + 4 * BLOCK;
	int i;

	WORKS(aclrtMapMem(middle, 2 * BLOCK, 0, self->two, 0));
	for (i = -1; i <= 1; i++) {
		FAILS(INTERNAL, aclrtMapMem(middle + i * (long)BLOCK, 2 * BLOCK, 0, self->two, 0),
		      hex(middle));
	}
	FAILS(INTERNAL, aclrtMapMem(middle, BLOCK, 0, self->one, 0), hex(middle));
	FAILS(INTERNAL, aclrtMapMem(middle + BLOCK, BLOCK, 0, self->one, 0), hex(middle));
	WORKS(aclrtMapMem(middle - BLOCK, BLOCK, 0, self->one, 0));
	WORKS(aclrtMapMem(middle + 2 * BLOCK, BLOCK, 0, self->one, 0));
	WORKS(aclrtUnmapMem(middle - BLOCK));
	WORKS(aclrtUnmapMem(middle + 2 * BLOCK));
	WORKS(aclrtUnmapMem(middle));
}

/* A failed mapping leaves no reference, and no tie. */
TEST_F(map, failure_leaves_nothing)
{
	aclrtDrvMemHandle other, mine;

	WORKS(phys(&other, BLOCK, 1));
	FAILS(FULL, aclrtMapMem(self->range, 2 * BLOCK, 0, other, 0), NULL);
	WORKS(aclrtFreePhysical(other));
	EXPECT_EQ(self->world.used[1], used(1));
	WORKS(phys(&mine, BLOCK, 0));
	WORKS(aclrtMapMem(self->range, BLOCK, 0, mine, 0));
	WORKS(aclrtUnmapMem(self->range));
	WORKS(aclrtFreePhysical(mine));
}

/* ---- whose reservation it is ---- */

TEST_F(map, tie_stays)
{
	aclrtDrvMemHandle other;
	void *again;

	WORKS(phys(&other, BLOCK, 1));
	WORKS(aclrtMapMem(self->range, BLOCK, 0, self->one, 0));
	WORKS(aclrtUnmapMem(self->range));
	FAILS(INTERNAL, aclrtMapMem(self->range, BLOCK, 0, other, 0), "device 1");
	WORKS(aclrtReleaseMemAddress(self->range));
	WORKS(reserve(&again, SLOTS * BLOCK));
	self->range = again;
	WORKS(aclrtMapMem(self->range, BLOCK, 0, other, 0));
	WORKS(aclrtUnmapMem(self->range));
	WORKS(aclrtFreePhysical(other));
}

TEST_F(map, tie_to_host)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_HOST, 0, ACL_MEM_HUGE);
	aclrtDrvMemHandle host;

	WORKS(aclrtMallocPhysical(&host, BLOCK, &prop, 0));
	WORKS(aclrtMapMem(self->range, BLOCK, 0, host, 0));
	FAILS(INTERNAL, aclrtMapMem(self->range + BLOCK, BLOCK, 0, self->one, 0), "host");
	WORKS(aclrtUnmapMem(self->range));
	WORKS(aclrtFreePhysical(host));
}

/* ---- the end of a mapping ---- */

TEST_F(map, unmap_twice)
{
	WORKS(aclrtMapMem(self->range, BLOCK, 0, self->one, 0));
	WORKS(aclrtUnmapMem(self->range));
	FAILS(INTERNAL, aclrtUnmapMem(self->range), hex(self->range));
	FAILS(INTERNAL, aclrtUnmapMem(self), hex(self));
}

/* ---- what is at an address ---- */

TEST_F(map, address_range)
{
	char *addr = self->range + 2 * BLOCK;
	void *base = NULL;
	size_t size = 0;

	WORKS(aclrtMapMem(addr, 2 * BLOCK, 0, self->two, 0));
	WORKS(aclrtMapMem(addr + 2 * BLOCK, BLOCK, 0, self->one, 0));
	WORKS(aclrtMemGetAddressRange(addr + 2 * BLOCK - 1, &base, &size));
	EXPECT_EQ(addr, base);
	EXPECT_EQ(2 * BLOCK, size);
	WORKS(aclrtMemGetAddressRange(addr + 2 * BLOCK, &base, NULL));
	EXPECT_EQ(addr + 2 * BLOCK, base);
	WORKS(aclrtMemGetAddressRange(addr + 2 * BLOCK, NULL, &size));
	EXPECT_EQ(BLOCK, size);
	FAILS(PARAM, aclrtMemGetAddressRange(addr - 1, &base, &size), hex(addr - 1));
	WORKS(aclrtUnmapMem(addr));
	WORKS(aclrtUnmapMem(addr + 2 * BLOCK));
	FAILS(PARAM, aclrtMemGetAddressRange(addr, &base, &size), hex(addr));
}

TEST_F(map, retain_at_start_only)
{
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;

	WORKS(aclrtMapMem(self->range, 2 * BLOCK, 0, self->two, 0));
	FAILS(INTERNAL, aclrtMemRetainAllocationHandle(self->range + BLOCK, &handle),
	      hex(self->range));
	FAILS(BAD_HANDLE, aclrtMemRetainAllocationHandle(self->range + 2 * BLOCK, &handle),
	      hex(self->range + 2 * BLOCK));
	FAILS(INTERNAL, aclrtMemRetainAllocationHandle(self, &handle), hex(self));
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
	WORKS(aclrtUnmapMem(self->range));
}

/* ---- without access ---- */

TEST_F(map, no_access_until_granted)
{
	aclrtMemLocation owner = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_DEVICE };
	uint64_t rights = UNTOUCHED;

	WORKS(aclrtMemMapNoAccess(self->range, BLOCK, 0, self->one, 0));
	WORKS(aclrtMemGetAccess(self->range, &owner, &rights));
	EXPECT_EQ(ACL_RT_MEM_ACCESS_FLAGS_NONE, rights);
	EXPECT_EQ(SIGBUS, touch(self->range));
	WORKS(grant(self->range, BLOCK, owner.type, owner.id));
	WORKS(aclrtMemGetAccess(self->range, &owner, &rights));
	EXPECT_EQ(ACL_RT_MEM_ACCESS_FLAGS_READWRITE, rights);
	WORKS(grant_host(self->range, BLOCK));
	EXPECT_EQ(0, touch(self->range));
	WORKS(aclrtUnmapMem(self->range));
}

TEST_HARNESS_MAIN
