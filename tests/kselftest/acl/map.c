// SPDX-License-Identifier: MIT
/*
 * Mappings: where memory may be put, that two addresses of the same memory show
 * the same bytes, to which device a reservation belongs, and how it ends.
 */
#include "acl_test.h"

#include <stdatomic.h>

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
	/* The compiler must not think that they cannot be the same. */
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

TEST_F(map, alias_in_two_reservations)
{
	struct block b;

	WORKS(aclrtMapMem(self->range, BLOCK, 0, self->one, 0));
	WORKS(grant_host(self->range, BLOCK));
	WORKS(block_map(&b, BLOCK, self->one));
	fill(b.addr, BLOCK, 5);
	EXPECT_TRUE(filled(self->range, BLOCK, 5));
	WORKS(block_unmap(&b));
	EXPECT_TRUE(filled(self->range, BLOCK, 5));
	WORKS(aclrtUnmapMem(self->range));
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

TEST_F(map, unaligned)
{
	char *addr;

	for (addr = self->range + 1; addr < self->range + BLOCK; addr += BLOCK / 8 + 511) {
		FAILS(INTERNAL, aclrtMapMem(addr, BLOCK, 0, self->one, 0), hex(addr));
	}
}

TEST_F(map, past_the_end)
{
	char *last = self->range + (SLOTS - 1) * BLOCK;

	FAILS(INTERNAL, aclrtMapMem(last, 2 * BLOCK, 0, self->two, 0), hex(self->range));
	FAILS(INTERNAL, aclrtMapMem(last + BLOCK, BLOCK, 0, self->one, 0), hex(last + BLOCK));
	WORKS(aclrtMapMem(last, BLOCK, 0, self->one, 0));
	WORKS(aclrtUnmapMem(last));
}

/* The neighbour being reserved as well does not make them one. */
TEST_F(map, across_two_reservations)
{
	void *a, *b;

	WORKS(aclrtReserveMemAddress(&a, GIB, 0, (void *)0x160000000000, 0));
	WORKS(aclrtReserveMemAddress(&b, GIB, 0, a + GIB, 0));
	FAILS(INTERNAL, aclrtMapMem(b - BLOCK, 2 * BLOCK, 0, self->two, 0), hex(a));
	WORKS(aclrtReleaseMemAddress(a));
	WORKS(aclrtReleaseMemAddress(b));
}

TEST_F(map, not_reserved)
{
	void *addr = mmap(NULL, 4 * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			  0);
	void *aligned = (void *)(((uintptr_t)addr + BLOCK - 1) & -BLOCK);

	FAILS(INTERNAL, aclrtMapMem(aligned, BLOCK, 0, self->one, 0), hex(aligned));
	EXPECT_EQ(0, touch(aligned));
	munmap(addr, 4 * BLOCK);
}

TEST_F(map, heap)
{
	void *heap;

	WORKS(aclrtMalloc(&heap, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	FAILS(INTERNAL, aclrtMapMem(heap, BLOCK, 0, self->one, 0), hex(heap));
	WORKS(aclrtFree(heap));
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

TEST_F(map, offset)
{
	FAILS(PARAM, aclrtMapMem(self->range, BLOCK, BLOCK, self->two, 0), "offset");
	FAILS(PARAM, aclrtMapMem(self->range, BLOCK, 1, self->one, 0), "offset");
}

TEST_F(map, handle_that_is_none)
{
	aclrtDrvMemHandle stale;

	WORKS(phys(&stale, BLOCK, 0));
	WORKS(aclrtFreePhysical(stale));
	FAILS(PARAM, aclrtMapMem(self->range, BLOCK, 0, stale, 0), hex(stale));
	FAILS(PARAM, aclrtMapMem(self->range, BLOCK, 0, self, 0), hex(self));
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

TEST_F(map, two_devices)
{
	aclrtDrvMemHandle other;

	WORKS(phys(&other, BLOCK, 1));
	WORKS(aclrtMapMem(self->range, BLOCK, 0, self->one, 0));
	FAILS(INTERNAL, aclrtMapMem(self->range + BLOCK, BLOCK, 0, other, 0), "device 0");
	WORKS(aclrtUnmapMem(self->range));
	WORKS(aclrtFreePhysical(other));
}

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

TEST_F(map, unmap_inside)
{
	WORKS(aclrtMapMem(self->range, 2 * BLOCK, 0, self->two, 0));
	WORKS(grant_host(self->range, 2 * BLOCK));
	FAILS(INTERNAL, aclrtUnmapMem(self->range + BLOCK), hex(self->range));
	FAILS(INTERNAL, aclrtUnmapMem(self->range + 1), hex(self->range));
	EXPECT_EQ(0, touch(self->range + BLOCK));
	WORKS(aclrtUnmapMem(self->range));
}

TEST_F(map, unmap_twice)
{
	WORKS(aclrtMapMem(self->range, BLOCK, 0, self->one, 0));
	WORKS(aclrtUnmapMem(self->range));
	FAILS(INTERNAL, aclrtUnmapMem(self->range), hex(self->range));
	FAILS(INTERNAL, aclrtUnmapMem(self), hex(self));
}

TEST_F(map, several_need_several)
{
	int i;

	for (i = 0; i < SLOTS; i++) {
		WORKS(aclrtMapMem(self->range + i * BLOCK, BLOCK, 0, self->one, 0));
	}
	for (i = SLOTS - 1; i >= 0; i--) {
		FAILS(INTERNAL, aclrtReleaseMemAddress(self->range), NULL);
		WORKS(aclrtUnmapMem(self->range + i * BLOCK));
	}
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

/* ---- threads ---- */

#define THREADS	4
#define ROUNDS	200

struct worker {
	char *slot;
	aclrtDrvMemHandle handle;
	uint64_t seed;
	atomic_int *failures;
};

static void *remap(void *data)
{
	struct worker *w = data;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (aclrtMapMem(w->slot, BLOCK, 0, w->handle, 0) || grant_host(w->slot, BLOCK))
			atomic_fetch_add(w->failures, 1);
		fill(w->slot + i * 4096, 64, w->seed + (uint64_t)i);
		if (!filled(w->slot + i * 4096, 64, w->seed + (uint64_t)i))
			atomic_fetch_add(w->failures, 1);
		if (aclrtUnmapMem(w->slot))
			atomic_fetch_add(w->failures, 1);
	}
	return NULL;
}

TEST_F(map, threads)
{
	struct worker worker[THREADS];
	pthread_t thread[THREADS];
	atomic_int failures = 0;
	int i;

	for (i = 0; i < THREADS; i++) {
		worker[i] = (struct worker){
			.slot = self->range + i * BLOCK, .seed = (uint64_t)i * 1000,
			.failures = &failures,
		};
		WORKS(phys(&worker[i].handle, BLOCK, 0));
	}
	for (i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, remap, &worker[i]));
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		WORKS(aclrtFreePhysical(worker[i].handle));
	}
	EXPECT_EQ(0, failures);
}

static void *contend(void *data)
{
	struct worker *w = data;
	int i, code;

	for (i = 0; i < ROUNDS; i++) {
		code = aclrtMapMem(w->slot, BLOCK, 0, w->handle, 0);
		if (!code && aclrtUnmapMem(w->slot))
			atomic_fetch_add(w->failures, 1);
		if (code && code != INTERNAL)
			atomic_fetch_add(w->failures, 1);
	}
	return NULL;
}

/* All want the same place: one has it at a time, the others are told so. */
TEST_F(map, threads_at_one_place)
{
	atomic_int failures = 0;
	struct worker worker = { self->range, self->one, 0, &failures };
	pthread_t thread[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, contend, &worker));
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
	}
	EXPECT_EQ(0, failures);
	EXPECT_EQ(SIGBUS, touch(self->range));
}

TEST_HARNESS_MAIN
