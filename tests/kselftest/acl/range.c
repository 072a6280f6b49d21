// SPDX-License-Identifier: MIT
/*
 * Reservations: their addresses and sizes, requested addresses, and when they can be
 * released.
 */
#include "acl_test.h"

#define FIRST	0x100000000000ul	/* 16 TiB */
#define LAST	0x180000000000ul	/* 24 TiB */
#define WANTED	0x168000000000ul	/* in between */

WORLD_FIXTURE(range);

static aclError at(void **addr, size_t size, uintptr_t want)
{
	return aclrtReserveMemAddress(addr, size, 0, (void *)want, 0);
}

/* What the kernel shows of the reservation that holds @addr; false: nothing. */
static bool lines_of(uintptr_t addr, uintptr_t *from, uintptr_t *to)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long first, end;
	char line[512];
	bool found = false;

	while (!found && fgets(line, sizeof(line), maps)) {
		found = sscanf(line, "%lx-%lx", &first, &end) == 2 && addr >= first && addr < end;
		*from = first;
		*to = end;
	}
	fclose(maps);
	return found;
}

/* ---- size and alignment ---- */

FIXTURE_VARIANT(size)
{
	size_t asked, real, align;
};

WORLD_FIXTURE(size)

#define SIZE(name, a, r, al) \
	FIXTURE_VARIANT_ADD(size, name) { .asked = a, .real = r, .align = al }

SIZE(byte, 1, BLOCK, BLOCK);
SIZE(probe, 512, BLOCK, BLOCK);
SIZE(block, BLOCK, BLOCK, BLOCK);
SIZE(block_and_byte, BLOCK + 1, 2 * BLOCK, 2 * BLOCK);
SIZE(five_blocks, 5 * BLOCK, 5 * BLOCK, 8 * BLOCK);
SIZE(half_gib, 512 * MIB, 512 * MIB, 512 * MIB);
SIZE(half_gib_and_byte, 512 * MIB + 1, GIB, GIB);
SIZE(gib_and_block, GIB + BLOCK, 2 * GIB, GIB);
SIZE(tib, TIB, TIB, GIB);
SIZE(five_tib, 5 * TIB, 5 * TIB, GIB);

TEST_F(size, reserve)
{
	uintptr_t from = 0, to = 0;
	void *addr = NULL;

	WORKS(aclrtReserveMemAddress(&addr, variant->asked, 0, NULL, 1));
	EXPECT_LE(FIRST, (uintptr_t)addr);
	EXPECT_GE(LAST, (uintptr_t)addr + variant->real);
	EXPECT_EQ(0, (uintptr_t)addr % variant->align);
	EXPECT_TRUE(lines_of((uintptr_t)addr, &from, &to));
	EXPECT_EQ((uintptr_t)addr, from);
	EXPECT_EQ((uintptr_t)addr + variant->real, to);
	EXPECT_EQ(self->world.used[0], used(0));
	EXPECT_EQ(SIGBUS, touch(addr));
	EXPECT_EQ(SIGBUS, touch(addr + variant->real - 1));
	WORKS(aclrtReleaseMemAddress(addr));
	EXPECT_EQ(SIGSEGV, touch(addr));
	EXPECT_FALSE(lines_of((uintptr_t)addr, &from, &to));
}

TEST_F(range, too_large)
{
	void *addr = (void *)UNTOUCHED;

	FAILS(FULL, aclrtReserveMemAddress(&addr, SIZE_MAX, 0, NULL, 0),
	      "a reservation of 17179869183 GiB");
	EXPECT_EQ((void *)UNTOUCHED, addr);
}

TEST_F(range, window_full)
{
	void *large = NULL, *more = (void *)UNTOUCHED;

	WORKS(reserve(&large, 5 * TIB));
	FAILS(FULL, aclrtReserveMemAddress(&more, 3 * TIB, 0, NULL, 0), "3 TiB");
	EXPECT_EQ((void *)UNTOUCHED, more);
	WORKS(aclrtReleaseMemAddress(large));
	WORKS(reserve(&more, 3 * TIB));
	WORKS(aclrtReleaseMemAddress(more));
}

/* A reservation behind a small one is aligned, too. */
TEST_F(range, aligned_behind_another)
{
	static const struct { size_t size, align; } want[] = {
		{ 2 * BLOCK, 2 * BLOCK }, { 5 * BLOCK, 8 * BLOCK },
		{ 512 * MIB, 512 * MIB }, { 2 * GIB, GIB },
	};
	void *small, *addr;
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		WORKS(reserve(&small, BLOCK));
		WORKS(reserve(&addr, want[i].size));
		EXPECT_EQ(0, (uintptr_t)addr % want[i].align);
		WORKS(aclrtReleaseMemAddress(addr));
		WORKS(aclrtReleaseMemAddress(small));
	}
}

/* With ACL_EMU_VA=any a reservation works although the window is full. */
TEST_F(range, anywhere)
{
	char bytes[64] = "";
	void *all, *addr;

	WORKS(at(&all, 8 * TIB, FIRST));
	setenv("ACL_EMU_VA", "any", 1);
	WORKS(reserve(&addr, 2 * BLOCK));
	unsetenv("ACL_EMU_VA");
	EXPECT_TRUE((uintptr_t)addr < FIRST || (uintptr_t)addr >= LAST);
	EXPECT_EQ(SIGBUS, touch(addr));
	FAILS(BAD_HANDLE,
	      aclrtMemcpy(addr, 64, bytes, 64, ACL_MEMCPY_HOST_TO_DEVICE), "destination");
	WORKS(aclrtReleaseMemAddress(addr));
	WORKS(aclrtReleaseMemAddress(all));
}

/* ---- a wanted address ---- */

TEST_F(range, wanted)
{
	void *addr = NULL, *again = NULL;

	WORKS(at(&addr, BLOCK, WANTED));
	EXPECT_EQ((void *)WANTED, addr);
	WORKS(at(&again, GIB, WANTED + GIB));
	EXPECT_EQ((void *)(WANTED + GIB), again);
	WORKS(aclrtReleaseMemAddress(addr));
	WORKS(at(&addr, GIB, WANTED));
	EXPECT_EQ((void *)WANTED, addr);
	WORKS(aclrtReleaseMemAddress(addr));
	WORKS(aclrtReleaseMemAddress(again));
}

/* Newer releases accept less than 1 GiB; a switch asks for that. */
TEST_F(range, wanted_relaxed)
{
	void *addr = (void *)UNTOUCHED;

	setenv("ACL_EMU_RELAX", "expectptr", 1);
	FAILS(PARAM, aclrtReserveMemAddress(&addr, BLOCK, 0, (void *)(WANTED + MIB), 0), NULL);
	FAILS(PARAM,
	      aclrtReserveMemAddress(&addr, 3 * BLOCK, 0, (void *)(WANTED + 2 * BLOCK), 0), NULL);
	FAILS(PARAM, aclrtReserveMemAddress(&addr, GIB, 0, (void *)(WANTED + BLOCK), 0), NULL);
	EXPECT_EQ((void *)UNTOUCHED, addr);
	WORKS(at(&addr, BLOCK, WANTED + BLOCK));
	EXPECT_EQ((void *)(WANTED + BLOCK), addr);
	WORKS(aclrtReleaseMemAddress(addr));
	WORKS(at(&addr, 3 * BLOCK, WANTED + 4 * BLOCK));
	WORKS(aclrtReleaseMemAddress(addr));
	/* More than 512 MiB need no more than 1 GiB. */
	WORKS(at(&addr, 3 * GIB, WANTED + GIB));
	WORKS(aclrtReleaseMemAddress(addr));
	setenv("ACL_EMU_RELAX", "other", 1);
	addr = (void *)UNTOUCHED;
	FAILS(PARAM, aclrtReserveMemAddress(&addr, BLOCK, 0, (void *)(WANTED + BLOCK), 0), "1 GiB");
	EXPECT_EQ((void *)UNTOUCHED, addr);
	unsetenv("ACL_EMU_RELAX");
}

TEST_F(range, wanted_taken)
{
	void *addr = NULL, *other = (void *)UNTOUCHED;
	void *foreign;

	WORKS(at(&addr, 2 * GIB, WANTED));
	FAILS(FULL,
	      aclrtReserveMemAddress(&other, BLOCK, 0, (void *)WANTED, 0), hex((void *)WANTED));
	FAILS(FULL, aclrtReserveMemAddress(&other, BLOCK, 0, (void *)(WANTED + GIB), 0),
	      hex((void *)WANTED));
	FAILS(FULL, aclrtReserveMemAddress(&other, 2 * GIB, 0, (void *)(WANTED - GIB), 0),
	      hex((void *)WANTED));
	WORKS(aclrtReleaseMemAddress(addr));
	foreign = anonymous_at(WANTED + 4096, 4096);
	ASSERT_EQ((void *)(WANTED + 4096), foreign);
	FAILS(FULL, aclrtReserveMemAddress(&other, BLOCK, 0, (void *)WANTED, 0), NULL);
	EXPECT_EQ((void *)UNTOUCHED, other);
	EXPECT_EQ(0, *(char *)foreign);
	munmap(foreign, 4096);
}

TEST_F(range, wanted_outside)
{
	static const uintptr_t want[] = {
		GIB, FIRST - GIB, LAST, LAST + GIB, 1ul << 47, 1ul << 63,
	};
	void *addr = (void *)UNTOUCHED;
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		FAILS(FULL, aclrtReserveMemAddress(&addr, BLOCK, 0, (void *)want[i], 0),
		      hex((void *)want[i]));
	}
	FAILS(FULL, aclrtReserveMemAddress(&addr, 2 * GIB, 0, (void *)(LAST - GIB), 0), NULL);
	EXPECT_EQ((void *)UNTOUCHED, addr);
}

/* ---- release ---- */

TEST_F(range, free_is_not_release)
{
	void *addr;

	WORKS(reserve(&addr, BLOCK));
	FAILS(PARAM, aclrtFree(addr), hex(addr));
	WORKS(aclrtReleaseMemAddress(addr));
}

/* ---- addresses for memory of other servers ---- */

TEST_F(range, remote)
{
	static const uintptr_t want[] = { 24 * TIB, 40 * TIB, 78 * TIB };
	void *addr;
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		WORKS(aclrtReserveMemAddressNoUCMemory(&addr, 3 * GIB, 0, (void *)want[i], 1));
		EXPECT_EQ((void *)want[i], addr);
		EXPECT_EQ(SIGBUS, touch(addr));
		WORKS(aclrtReleaseMemAddress(addr));
	}
}

TEST_F(range, remote_outside)
{
	void *addr = (void *)UNTOUCHED;

	FAILS(PARAM,
	      aclrtReserveMemAddressNoUCMemory(&addr, 2 * GIB, 0, (void *)(256 * TIB - GIB), 0),
	      hex((void *)(256 * TIB - GIB)));
	EXPECT_EQ((void *)UNTOUCHED, addr);
	/* The limit of 8 TiB is the window's: programs reserve 32 TiB here. */
	WORKS(aclrtReserveMemAddressNoUCMemory(&addr, 32 * TIB, 0, (void *)(40 * TIB), 0));
	EXPECT_EQ((void *)(40 * TIB), addr);
	WORKS(aclrtReleaseMemAddress(addr));
}

/* After a failed release the reservation works as before. */
TEST_F(range, remote_release_fails)
{
	aclrtDrvMemHandle handle;
	char bytes[64] = "";
	void *addr;

	WORKS(aclrtReserveMemAddressNoUCMemory(&addr, GIB, 0, (void *)(40 * TIB), 0));
	WORKS(phys(&handle, BLOCK, 0));
	WORKS(aclrtMapMem(addr, BLOCK, 0, handle, 0));
	FAILS(INTERNAL, aclrtReleaseMemAddress(addr), hex(addr));
	FAILS(BAD_HANDLE, aclrtMemcpy(addr + BLOCK, 64, bytes, 64, ACL_MEMCPY_HOST_TO_DEVICE),
	      hex(addr + BLOCK));
	WORKS(aclrtUnmapMem(addr));
	WORKS(aclrtReleaseMemAddress(addr));
	WORKS(aclrtFreePhysical(handle));
}

/* The processor decides whether there is an address like this. */
TEST_F(range, remote_high)
{
	void *addr = (void *)UNTOUCHED;
	void *there = anonymous_at(200 * TIB, 4096);

	if (there != MAP_FAILED) {
		munmap(there, 4096);
		WORKS(aclrtReserveMemAddressNoUCMemory(&addr, GIB, 0, (void *)(200 * TIB), 0));
		EXPECT_EQ((void *)(200 * TIB), addr);
		WORKS(aclrtReleaseMemAddress(addr));
	} else {
		FAILS(FULL, aclrtReserveMemAddressNoUCMemory(&addr, GIB, 0, (void *)(200 * TIB), 0),
		      "this machine");
		EXPECT_EQ((void *)UNTOUCHED, addr);
	}
}

TEST_HARNESS_MAIN
