// SPDX-License-Identifier: MIT
/*
 * Memory of mempools in the order of streams: contents, reuse, release and limits.
 */
#include "acl_mempool.h"

#define D2D	ACL_MEMCPY_DEVICE_TO_DEVICE

MEMPOOL_FIXTURE(mempool_order)

/* Tasks see the contents in the order of the stream, also in reused blocks. */
TEST_F(mempool_order, contents)
{
	char *in, *out;
	void *ptr[3];
	int i, k;

	WORKS(aclrtMallocHost((void **)&in, BLOCK));
	WORKS(aclrtMallocHost((void **)&out, 8 * BLOCK));
	for (i = 0; i < 8; i++) {
		for (k = 0; k < 3; k++)
			WORKS(aclrtMemPoolMallocAsync(&ptr[k], BLOCK - 4096 * k, self->pool,
						      self->a));
		WORKS(aclrtMemsetAsync(ptr[0], BLOCK, i + 1, BLOCK, self->a));
		WORKS(aclrtMemcpyAsync(ptr[1], BLOCK / 2, ptr[0], BLOCK / 2, D2D, self->a));
		WORKS(aclrtMemPoolFreeAsync(ptr[0], self->a));
		WORKS(aclrtMemcpyAsync(ptr[2], BLOCK / 2, ptr[1], BLOCK / 2, D2D, self->a));
		WORKS(aclrtMemPoolFreeAsync(ptr[1], self->a));
		WORKS(aclrtMemcpyAsync(out + i * BLOCK, BLOCK / 2, ptr[2], BLOCK / 2,
				       ACL_MEMCPY_DEVICE_TO_HOST, self->a));
		WORKS(aclrtMemPoolFreeAsync(ptr[2], self->a));
	}
	WORKS(aclrtSynchronizeStream(self->a));
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(i + 1, out[i * BLOCK]);
		EXPECT_EQ(i + 1, out[i * BLOCK + BLOCK / 2 - 1]);
	}
	EXPECT_EQ(0, get(self->pool, USED));
	EXPECT_GE(3 * BLOCK, get(self->pool, RESERVED_HIGH));
	WORKS(aclrtFreeHost(in));
	WORKS(aclrtFreeHost(out));
}

/* The stream that frees a block can get it at once, another one after the free has run. */
TEST_F(mempool_order, reuse)
{
	void *first, *same, *other, *later;
	struct hold hold = HOLD;

	WORKS(set(self->pool, THRESHOLD, MAX));
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtMemPoolMallocAsync(&first, BLOCK, self->pool, self->a));
	WORKS(aclrtMemPoolFreeAsync(first, self->a));
	WORKS(aclrtMemPoolMallocAsync(&other, BLOCK, self->pool, self->b));
	EXPECT_NE(first, other);
	WORKS(aclrtMemPoolMallocAsync(&same, BLOCK - 5, self->pool, self->a));
	EXPECT_EQ(first, same);
	EXPECT_EQ(2 * BLOCK, get(self->pool, RESERVED));
	WORKS(aclrtMemPoolFreeAsync(same, self->a));
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtMemPoolMallocAsync(&later, BLOCK, self->pool, self->b));
	EXPECT_EQ(first, later);
	WORKS(aclrtMemPoolFreeAsync(later, self->b));
	WORKS(aclrtMemPoolFreeAsync(other, self->b));
	WORKS(aclrtSynchronizeStream(self->b));
}

/* Without synchronization another stream gets the block only if that attribute is set. */
TEST_F(mempool_order, opportunistic)
{
	void *first, *other, *last;
	uint32_t no = 0;
	int ran = 0;

	WORKS(set(self->pool, THRESHOLD, MAX));
	WORKS(aclrtMemPoolSetAttr(self->pool, OPPORTUNISTIC, &no));
	WORKS(aclrtMemPoolMallocAsync(&first, BLOCK, self->pool, self->a));
	WORKS(aclrtMemPoolFreeAsync(first, self->a));
	WORKS(count_in(self->a, &ran, 1));
	while (!__atomic_load_n(&ran, __ATOMIC_SEQ_CST))
		sched_yield();
	WORKS(aclrtMemPoolMallocAsync(&other, BLOCK, self->pool, self->b));
	EXPECT_NE(first, other);
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtMemPoolMallocAsync(&last, BLOCK, self->pool, self->b));
	EXPECT_EQ(first, last);
	WORKS(aclrtMemPoolFreeAsync(last, self->b));
	WORKS(aclrtMemPoolFreeAsync(other, self->b));
	WORKS(aclrtSynchronizeStream(self->b));
	no = 1;
	WORKS(aclrtMemPoolSetAttr(self->pool, OPPORTUNISTIC, &no));
	ran = 0;
	WORKS(aclrtMemPoolMallocAsync(&first, 4 * BLOCK, self->pool, self->a));
	WORKS(aclrtMemPoolFreeAsync(first, self->a));
	WORKS(count_in(self->a, &ran, 1));
	while (!__atomic_load_n(&ran, __ATOMIC_SEQ_CST))
		sched_yield();
	WORKS(aclrtMemPoolMallocAsync(&other, 4 * BLOCK, self->pool, self->b));
	EXPECT_EQ(first, other);
	WORKS(aclrtMemPoolFreeAsync(other, self->b));
	WORKS(aclrtSynchronizeDevice());
}

/* What is beyond the threshold goes back when the stream is synchronized. */
TEST_F(mempool_order, threshold)
{
	uint64_t before = used(0);
	void *ptr[4];
	int i;

	WORKS(set(self->pool, THRESHOLD, 2 * BLOCK));
	for (i = 0; i < 4; i++)
		WORKS(aclrtMemPoolMallocAsync(&ptr[i], BLOCK, self->pool, self->a));
	EXPECT_EQ(before + 4 * BLOCK, used(0));
	EXPECT_EQ(4 * BLOCK, get(self->pool, USED));
	for (i = 0; i < 4; i++)
		WORKS(aclrtMemPoolFreeAsync(ptr[i], self->a));
	EXPECT_EQ(0, get(self->pool, USED));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(2 * BLOCK, get(self->pool, RESERVED));
	EXPECT_EQ(before + 2 * BLOCK, used(0));
	EXPECT_EQ(4 * BLOCK, get(self->pool, RESERVED_HIGH));
	EXPECT_EQ(4 * BLOCK, get(self->pool, USED_HIGH));
	WORKS(set(self->pool, RESERVED_HIGH, 0));
	WORKS(set(self->pool, USED_HIGH, 0));
	EXPECT_EQ(2 * BLOCK, get(self->pool, RESERVED_HIGH));
	EXPECT_EQ(0, get(self->pool, USED_HIGH));
	WORKS(set(self->pool, THRESHOLD, 0));
	WORKS(aclrtSynchronizeDevice());
	EXPECT_EQ(0, get(self->pool, RESERVED));
	EXPECT_EQ(before, used(0));
}

/* A block whose free has not run stays, whatever is asked. */
TEST_F(mempool_order, trim)
{
	uint64_t before = used(0);
	struct hold hold = HOLD;
	void *ptr[3];
	int i;

	for (i = 0; i < 3; i++)
		WORKS(aclrtMemPoolMallocAsync(&ptr[i], BLOCK, self->pool, self->a));
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtMemPoolFreeAsync(ptr[0], self->a));
	WORKS(aclrtMemPoolTrimTo(self->pool, 0));
	EXPECT_EQ(before + 3 * BLOCK, used(0));
	WORKS(set(self->pool, THRESHOLD, MAX));
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtMemPoolTrimTo(self->pool, 3 * BLOCK));
	EXPECT_EQ(before + 3 * BLOCK, used(0));
	WORKS(aclrtMemPoolTrimTo(self->pool, BLOCK));
	EXPECT_EQ(before + 2 * BLOCK, used(0));
	EXPECT_EQ(2 * BLOCK, get(self->pool, USED));
	memset(ptr[1], 1, BLOCK);
	memset(ptr[2], 2, BLOCK);
	for (i = 1; i < 3; i++)
		WORKS(aclrtMemPoolFreeAsync(ptr[i], self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtMemPoolTrimTo(self->pool, 0));
	EXPECT_EQ(before, used(0));
}

/* The limits of the pool and of the device, to the byte. */
TEST_F(mempool_order, full)
{
	void *ptr[MAX / BLOCK], *more = (void *)UNTOUCHED, *rest;
	size_t i, left;

	for (i = 0; i < MAX / BLOCK; i++)
		WORKS(aclrtMemPoolMallocAsync(&ptr[i], BLOCK, self->pool, self->a));
	FAILS(FULL, aclrtMemPoolMallocAsync(&more, 1, self->pool, self->a), "reserved");
	EXPECT_EQ((void *)UNTOUCHED, more);
	EXPECT_EQ(MAX, get(self->pool, RESERVED));
	/* Idle blocks of another size make room. */
	WORKS(set(self->pool, THRESHOLD, MAX));
	WORKS(aclrtMemPoolFreeAsync(ptr[0], self->a));
	WORKS(aclrtMemPoolFreeAsync(ptr[1], self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtMemPoolMallocAsync(&more, 2 * BLOCK, self->pool, self->a));
	for (i = 2; i < MAX / BLOCK; i++)
		WORKS(aclrtMemPoolFreeAsync(ptr[i], self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(MAX, get(self->pool, RESERVED));
	/* aclrtMalloc() gets the idle memory of the pool, whatever the threshold. */
	left = capacity(0) - used(0);
	forget();
	WORKS(aclrtMalloc(&rest, left + BLOCK - 64, ACL_MEM_MALLOC_HUGE_FIRST));
	EXPECT_EQ(ACL_SUCCESS, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
	EXPECT_EQ(2 * BLOCK, get(self->pool, RESERVED));
	WORKS(aclrtFree(rest));
	WORKS(set(self->pool, THRESHOLD, 0));
	WORKS(aclrtFree(more));
	EXPECT_EQ(0, get(self->pool, RESERVED));
}

TEST_F(mempool_order, device_full)
{
	uint64_t left = capacity(0) - used(0);
	void *rest, *ptr = (void *)UNTOUCHED;

	WORKS(aclrtMalloc(&rest, left - 64, ACL_MEM_MALLOC_HUGE_FIRST));
	FAILS(FULL, aclrtMemPoolMallocAsync(&ptr, BLOCK, self->pool, self->a), "device 0");
	EXPECT_EQ((void *)UNTOUCHED, ptr);
	EXPECT_EQ(0, get(self->pool, RESERVED));
	WORKS(aclrtFree(rest));
	WORKS(aclrtMemPoolMallocAsync(&ptr, BLOCK, self->pool, self->a));
	WORKS(aclrtMemPoolFreeAsync(ptr, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
}

/* Either function frees what the other side allocated. */
TEST_F(mempool_order, mixed_frees)
{
	uint64_t before = used(0);
	struct hold hold = HOLD;
	void *plain, *ptr;

	WORKS(aclrtMalloc(&plain, BLOCK - 64, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtMemsetAsync(plain, BLOCK, 1, BLOCK, self->a));
	WORKS(aclrtMemPoolFreeAsync(plain, self->a));
	EXPECT_EQ(before + BLOCK, used(0));
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(before, used(0));
	WORKS(aclrtMemPoolMallocAsync(&ptr, BLOCK, self->pool, self->a));
	WORKS(aclrtFree(ptr));
	EXPECT_EQ(before, used(0));
	FAILS(PARAM, aclrtFree(ptr), hex(ptr));
}

/* Blocks of any size have their bounds, as any other device memory. */
TEST_F(mempool_order, addresses)
{
	aclrtPtrAttributes attributes;
	void *start, *small, *large;
	size_t size;

	WORKS(aclrtMemPoolMallocAsync(&small, 100, self->pool, self->a));
	WORKS(aclrtMemPoolMallocAsync(&large, 5 * BLOCK + 1, self->pool, self->a));
	EXPECT_EQ(0, (uintptr_t)small % 512);
	EXPECT_EQ(0, (uintptr_t)large % 512);
	EXPECT_EQ(5 * BLOCK + 1024, get(self->pool, USED));
	WORKS(aclrtMemGetAddressRange((char *)small + 50, &start, &size));
	EXPECT_EQ(small, start);
	EXPECT_EQ(512, size);
	WORKS(aclrtPointerGetAttributes(large, &attributes));
	EXPECT_EQ(ACL_MEM_LOCATION_TYPE_DEVICE, attributes.location.type);
	WORKS(aclrtMemPoolFreeAsync(small, self->a));
	WORKS(aclrtMemPoolFreeAsync(large, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
}

/* An aborted stream frees the block nevertheless. */
TEST_F(mempool_order, aborted)
{
	uint64_t before = used(0);
	aclrtNotify never;
	void *ptr;

	WORKS(aclrtCreateNotify(&never, 0));
	WORKS(aclrtMemPoolMallocAsync(&ptr, BLOCK, self->pool, self->a));
	WORKS(aclrtWaitAndResetNotify(never, self->a, 0));
	WORKS(aclrtMemsetAsync(ptr, BLOCK, 1, BLOCK, self->a));
	WORKS(aclrtMemPoolFreeAsync(ptr, self->a));
	WORKS(aclrtStreamAbort(self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(0, get(self->pool, RESERVED));
	EXPECT_EQ(before, used(0));
	WORKS(aclrtDestroyNotify(never));
}

/* A destroyed pool keeps what streams still use. */
TEST_F(mempool_order, destroyed_early)
{
	aclrtMemPoolProps props = mempool_props(0, 0);
	uint64_t before = used(0);
	struct hold hold = HOLD;
	aclrtMemPool pool;
	char out = 0;
	char *ptr;

	WORKS(aclrtMemPoolCreate(&pool, &props));
	WORKS(aclrtMemPoolMallocAsync((void **)&ptr, BLOCK, pool, self->a));
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtMemsetAsync(ptr, BLOCK, 0x33, BLOCK, self->a));
	WORKS(aclrtMemPoolFreeAsync(ptr, self->a));
	WORKS(aclrtMemPoolDestroy(pool));
	EXPECT_EQ(before + BLOCK, used(0));
	*ptr = 0x11;
	out = *ptr;
	EXPECT_EQ(0x11, out);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(before, used(0));
}

TEST_HARNESS_MAIN
