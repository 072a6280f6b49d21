// SPDX-License-Identifier: MIT
/*
 * Memory pools: allocations in the order of a stream.
 */
#include "acl_stream.h"

#include "acl/acl_rt_memory_soma.h"

#define BAD	ACL_ERROR_INVALID_PARAM
#define PARAM	ACL_ERROR_RT_PARAM_INVALID
#define HANDLE	ACL_ERROR_RT_INVALID_HANDLE
#define FULL	ACL_ERROR_RT_MEMORY_ALLOCATION
#define D2D	ACL_MEMCPY_DEVICE_TO_DEVICE

#define THRESHOLD	ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD
#define RESERVED	ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT
#define RESERVED_HIGH	ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_HIGH
#define USED		ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT
#define USED_HIGH	ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH
#define OPPORTUNISTIC	ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC

#define MAX	(64 * MIB)

static aclrtMemPoolProps props_of(uint32_t device, size_t max)
{
	return (aclrtMemPoolProps){
		.allocType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.location = { .id = device, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
		.maxSize = max,
	};
}

static uint64_t get(aclrtMemPool pool, aclrtMemPoolAttr attr)
{
	uint64_t value = UNTOUCHED;

	aclrtMemPoolGetAttr(pool, attr, &value);
	return value;
}

static aclError set(aclrtMemPool pool, aclrtMemPoolAttr attr, uint64_t value)
{
	return aclrtMemPoolSetAttr(pool, attr, &value);
}

FIXTURE(pool)
{
	struct world world;
	aclrtStream a, b;
	aclrtMemPool pool;	/* of MAX on device 0 */
};

FIXTURE_SETUP(pool)
{
	aclrtMemPoolProps props = props_of(0, MAX);

	world_open(_metadata, &self->world);
	WORKS(aclrtCreateStream(&self->a));
	WORKS(aclrtCreateStream(&self->b));
	WORKS(aclrtMemPoolCreate(&self->pool, &props));
}

FIXTURE_TEARDOWN(pool)
{
	WORKS(aclrtDestroyStream(self->a));
	WORKS(aclrtDestroyStream(self->b));
	WORKS(aclrtMemPoolDestroy(self->pool));
	world_close(_metadata, &self->world);
}

TEST_F(pool, create_wrong)
{
	aclrtMemPoolProps good = props_of(0, MAX), props = good;
	aclrtMemPool pool = (aclrtMemPool)UNTOUCHED;

	FAILS(BAD, aclrtMemPoolCreate(NULL, &good), "memPool");
	FAILS(BAD, aclrtMemPoolCreate(&pool, NULL), "poolProps");
	props.allocType = (aclrtMemAllocationType)1;
	FAILS(BAD, aclrtMemPoolCreate(&pool, &props), "allocType");
	props = good;
	props.location.type = ACL_MEM_LOCATION_TYPE_HOST;
	FAILS(BAD, aclrtMemPoolCreate(&pool, &props), "location");
	props = good;
	props.handleType = (aclrtMemHandleType)9;
	FAILS(BAD, aclrtMemPoolCreate(&pool, &props), "handleType");
	props = good;
	props.reserved[31] = 1;
	FAILS(BAD, aclrtMemPoolCreate(&pool, &props), "reserved[31]");
	props = props_of(99, MAX);
	FAILS(ACL_ERROR_RT_INVALID_DEVICEID, aclrtMemPoolCreate(&pool, &props), "99");
	props = props_of(0, capacity(0) + 1);
	FAILS(FULL, aclrtMemPoolCreate(&pool, &props), "maxSize");
	EXPECT_EQ((aclrtMemPool)UNTOUCHED, pool);
}

TEST_F(pool, destroy_wrong)
{
	aclrtMemPoolProps props = props_of(0, 0);
	aclrtMemPool pool;
	void *ptr;

	WORKS(aclrtMemPoolCreate(&pool, &props));
	WORKS(aclrtMemPoolMallocAsync(&ptr, 1, pool, self->a));
	FAILS(PARAM, aclrtMemPoolDestroy(pool), "in use");
	WORKS(aclrtMemPoolFreeAsync(ptr, self->a));
	WORKS(aclrtMemPoolDestroy(pool));
	FAILS(PARAM, aclrtMemPoolDestroy(pool), hex(pool));
	FAILS(PARAM, aclrtMemPoolMallocAsync(&ptr, 1, pool, self->a), hex(pool));
	FAILS(PARAM, aclrtMemPoolTrimTo(pool, 0), hex(pool));
	FAILS(PARAM, aclrtMemPoolGetAttr(pool, USED, &ptr), hex(pool));
	FAILS(PARAM, aclrtMemPoolSetAttr(pool, THRESHOLD, &ptr), hex(pool));
	FAILS(PARAM, aclrtMemPoolDestroy(self->a), hex(self->a));
	FAILS(BAD, aclrtMemPoolDestroy(NULL), "memPool");
	WORKS(aclrtSynchronizeStream(self->a));
}

TEST_F(pool, attributes)
{
	uint32_t flag[2] = { 7, 7 };
	uint64_t value = UNTOUCHED;
	unsigned int i;

	for (i = 1; i <= 3; i++) {
		flag[0] = 7;
		WORKS(aclrtMemPoolGetAttr(self->pool, (aclrtMemPoolAttr)i, flag));
		EXPECT_EQ(1, flag[0]);
		flag[0] = 0;
		WORKS(aclrtMemPoolSetAttr(self->pool, (aclrtMemPoolAttr)i, flag));
		flag[0] = 2;
		FAILS(PARAM, aclrtMemPoolSetAttr(self->pool, (aclrtMemPoolAttr)i, flag), "2");
		WORKS(aclrtMemPoolGetAttr(self->pool, (aclrtMemPoolAttr)i, flag));
		EXPECT_EQ(0, flag[0]);
		EXPECT_EQ(7, flag[1]);
	}
	EXPECT_EQ(0, get(self->pool, THRESHOLD));
	WORKS(set(self->pool, THRESHOLD, 1ul << 40));
	EXPECT_EQ(1ul << 40, get(self->pool, THRESHOLD));
	for (i = RESERVED; i <= USED_HIGH; i++)
		EXPECT_EQ(0, get(self->pool, (aclrtMemPoolAttr)i));
	value = 0;
	FAILS(PARAM, aclrtMemPoolSetAttr(self->pool, RESERVED, &value), "read");
	FAILS(PARAM, aclrtMemPoolSetAttr(self->pool, USED, &value), "read");
	value = 1;
	FAILS(PARAM, aclrtMemPoolSetAttr(self->pool, RESERVED_HIGH, &value), "1");
	FAILS(PARAM, aclrtMemPoolSetAttr(self->pool, USED_HIGH, &value), "1");
	FAILS(PARAM, aclrtMemPoolSetAttr(self->pool, (aclrtMemPoolAttr)9, &value), "9");
	FAILS(PARAM, aclrtMemPoolGetAttr(self->pool, (aclrtMemPoolAttr)0, &value), "0");
	EXPECT_EQ(1, value);
	FAILS(PARAM, aclrtMemPoolGetAttr(self->pool, USED, NULL), "value");
	FAILS(PARAM, aclrtMemPoolSetAttr(self->pool, THRESHOLD, NULL), "value");
	FAILS(BAD, aclrtMemPoolGetAttr(NULL, USED, &value), "memPool");
	FAILS(BAD, aclrtMemPoolSetAttr(NULL, THRESHOLD, &value), "memPool");
}

TEST_F(pool, wrong)
{
	void *ptr = (void *)UNTOUCHED, *block;
	aclrtStream a = self->a;

	WORKS(aclrtMemPoolMallocAsync(&ptr, 0, self->pool, a));
	FAILS(BAD, aclrtMemPoolMallocAsync(NULL, 1, self->pool, a), "ptr");
	FAILS(BAD, aclrtMemPoolMallocAsync(&ptr, 1, NULL, a), "memPool");
	FAILS(BAD, aclrtMemPoolMallocAsync(&ptr, 1, self->pool, NULL), "stream");
	FAILS(HANDLE, aclrtMemPoolMallocAsync(&ptr, 1, self->pool, self), hex(self));
	FAILS(PARAM, aclrtMemPoolMallocAsync(&ptr, 1, self, a), hex(self));
	FAILS(PARAM, aclrtMemPoolMallocAsync(&ptr, SIZE_MAX, self->pool, a), "size");
	FAILS(FULL, aclrtMemPoolMallocAsync(&ptr, MAX + 1, self->pool, a), "pool");
	EXPECT_EQ((void *)UNTOUCHED, ptr);
	WORKS(aclrtMemPoolMallocAsync(&block, 4096, self->pool, a));
	FAILS(BAD, aclrtMemPoolFreeAsync(NULL, a), "ptr");
	FAILS(ACL_ERROR_RT_INTERNAL_ERROR, aclrtMemPoolFreeAsync(block, NULL), "stream");
	FAILS(HANDLE, aclrtMemPoolFreeAsync(block, self), hex(self));
	FAILS(PARAM, aclrtMemPoolFreeAsync((char *)block + 512, a), hex((char *)block + 512));
	FAILS(PARAM, aclrtMemPoolFreeAsync(&ptr, a), hex(&ptr));
	WORKS(aclrtMemPoolFreeAsync(block, a));
	FAILS(PARAM, aclrtMemPoolFreeAsync(block, a), "freed");
	FAILS(PARAM, aclrtFree(block), "freed");
	FAILS(PARAM, aclrtMemPoolTrimTo(self->pool, MAX + 1), "minBytesToKeep");
	FAILS(BAD, aclrtMemPoolTrimTo(NULL, 0), "memPool");
	WORKS(aclrtSynchronizeStream(a));
}

/* Streams and pools of two contexts do not mix. */
TEST_F(pool, another_context)
{
	aclrtContext first, second;
	aclrtStream stream;
	void *ptr;

	WORKS(aclrtGetCurrentContext(&first));
	WORKS(aclrtCreateContext(&second, 0));
	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtMemPoolMallocAsync(&ptr, 1, self->pool, stream));
	WORKS(aclrtSetCurrentContext(first));
	FAILS(ACL_ERROR_RT_STREAM_CONTEXT, aclrtMemPoolMallocAsync(&ptr, 1, self->pool, stream),
	      NULL);
	FAILS(ACL_ERROR_RT_STREAM_CONTEXT, aclrtMemPoolFreeAsync(ptr, stream), NULL);
	WORKS(aclrtMemPoolFreeAsync(ptr, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtDestroyContext(second));
}

/* Contents are those of the stream's order, whatever block they lie in. */
TEST_F(pool, contents)
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

/* One stream may have again at once what it freed, another not before the free's turn. */
TEST_F(pool, reuse)
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

/* That the stream has come to the free is enough only if the pool may guess so. */
TEST_F(pool, opportunistic)
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
TEST_F(pool, threshold)
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

/* A block whose free is still to come is not given back, whatever is asked. */
TEST_F(pool, trim)
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

/* The pool's limit, and that of the device, byte for byte. */
TEST_F(pool, full)
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

TEST_F(pool, device_full)
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
TEST_F(pool, mixed_frees)
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
TEST_F(pool, addresses)
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

/* The free is dropped with the stream's work, and counts all the same. */
TEST_F(pool, aborted)
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
TEST_F(pool, destroyed_early)
{
	aclrtMemPoolProps props = props_of(0, 0);
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

/* With its device a pool ends, whatever it had and streams had to free. */
TEST_F(pool, device_reset)
{
	aclrtMemPoolProps props = props_of(1, 0);
	uint64_t before = used(1);
	aclrtMemPool pool, fresh;
	void *ptr[2], *again;
	aclrtStream stream;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtMemPoolCreate(&pool, &props));
	WORKS(aclrtMemPoolMallocAsync(&ptr[0], BLOCK, pool, stream));
	WORKS(aclrtMemPoolMallocAsync(&ptr[1], BLOCK, pool, stream));
	WORKS(aclrtMemPoolFreeAsync(ptr[0], stream));
	WORKS(aclrtResetDeviceForce(1));
	EXPECT_EQ(before, used(1));
	WORKS(aclrtSetDevice(1));
	FAILS(PARAM, aclrtMemPoolDestroy(pool), hex(pool));
	WORKS(aclrtCreateStream(&stream));
	FAILS(PARAM, aclrtMemPoolFreeAsync(ptr[1], stream), hex(ptr[1]));
	WORKS(aclrtMemPoolCreate(&fresh, &props));
	WORKS(aclrtMemPoolMallocAsync(&again, BLOCK, fresh, stream));
	WORKS(aclrtMemPoolFreeAsync(again, stream));
	WORKS(aclrtDestroyStream(stream));
	WORKS(aclrtMemPoolDestroy(fresh));
	EXPECT_EQ(before, used(1));
	WORKS(aclrtSetDevice(0));
}

/* A block of aclrtMalloc() that a stream of another device is still to free. */
TEST_F(pool, device_reset_before_free)
{
	struct hold hold = HOLD;
	void *ptr, *again;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtMalloc(&ptr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtSetDevice(0));
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtMemPoolFreeAsync(ptr, self->a));
	WORKS(aclrtResetDeviceForce(1));
	/* The address has another owner now, who keeps it. */
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtMalloc(&again, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	ASSERT_EQ(ptr, again);
	fill(again, BLOCK, 3);
	WORKS(aclrtSetDevice(0));
	flag_raise(&hold.go_on);
	FAILS(PARAM, aclrtSynchronizeStream(self->a), hex(ptr));
	EXPECT_EQ(0, touch(again));
	EXPECT_TRUE(!touch(again) && filled(again, BLOCK, 3));
	WORKS(aclrtFree(again));
	WORKS(aclrtResetDevice(0));
}

/* The device of the pool must be set, as for any memory. */
TEST_F(pool, device_not_set)
{
	aclrtMemPoolProps props = props_of(2, 0);
	void *ptr = (void *)UNTOUCHED;
	aclrtMemPool pool;

	WORKS(aclrtMemPoolCreate(&pool, &props));
	FAILS(ACL_ERROR_RT_INVALID_HANDLE, aclrtMemPoolMallocAsync(&ptr, 1, pool, self->a), "2");
	EXPECT_EQ((void *)UNTOUCHED, ptr);
	WORKS(aclrtMemPoolDestroy(pool));
}

/* ---- threads ---- */

#define ROUNDS	300

struct runner {
	aclrtMemPool pool;
	aclrtContext context;
	int seed;
	int wrong;
	pthread_t thread;
};

/* Each block is filled, and must still be so when its turn to be freed comes. */
static void *run(void *arg)
{
	struct runner *r = arg;
	unsigned char last[4] = { 0 };
	aclrtStream stream;
	void *ptr[4] = { 0 };
	unsigned char *out;
	int i, k;

	aclrtSetCurrentContext(r->context);
	r->wrong += aclrtCreateStream(&stream) != ACL_SUCCESS;
	r->wrong += aclrtMallocHost((void **)&out, ROUNDS) != ACL_SUCCESS;
	memset(out, 0, ROUNDS);
	for (i = 0; i < ROUNDS + 4; i++) {
		k = i % 4;
		if (ptr[k]) {
			r->wrong += aclrtMemcpyAsync(out + i - 4, 1, ptr[k], 1,
						     ACL_MEMCPY_DEVICE_TO_HOST, stream) != 0;
			r->wrong += aclrtMemPoolFreeAsync(ptr[k], stream) != 0;
		}
		if (i >= ROUNDS)
			continue;
		last[k] = (unsigned char)(i * 5 + r->seed);
		r->wrong += aclrtMemPoolMallocAsync(&ptr[k], 2048, r->pool, stream) != 0;
		r->wrong += aclrtMemsetAsync(ptr[k], 2048, last[k], 2048, stream) != 0;
		if (i % 32 == 31)
			r->wrong += aclrtSynchronizeStream(stream) != 0;
	}
	r->wrong += aclrtSynchronizeStream(stream) != 0;
	for (i = 0; i < ROUNDS; i++)
		r->wrong += out[i] != (unsigned char)(i * 5 + r->seed);
	r->wrong += aclrtFreeHost(out) != 0;
	r->wrong += aclrtDestroyStream(stream) != 0;
	return NULL;
}

TEST_F(pool, threads)
{
	struct runner runner[4];
	int i;

	for (i = 0; i < 4; i++) {
		runner[i] = (struct runner){ .pool = self->pool, .seed = i * 60 };
		WORKS(aclrtGetCurrentContext(&runner[i].context));
		ASSERT_EQ(0, pthread_create(&runner[i].thread, NULL, run, &runner[i]));
	}
	for (i = 0; i < 4; i++) {
		pthread_join(runner[i].thread, NULL);
		EXPECT_EQ(0, runner[i].wrong);
	}
	EXPECT_EQ(0, get(self->pool, USED));
	WORKS(aclrtSynchronizeDevice());
	EXPECT_EQ(0, get(self->pool, RESERVED));
}

TEST_F(pool, too_many)
{
	static aclrtMemPool many[16384];
	aclrtMemPoolProps props = props_of(0, 0);
	size_t i, n;

	for (n = 0; n < 16384 && !aclrtMemPoolCreate(&many[n], &props); n++)
		;
	EXPECT_EQ(16384 - 1, n);
	FAILS(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, aclrtMemPoolCreate(&many[n], &props), NULL);
	for (i = 0; i < n; i++)
		WORKS(aclrtMemPoolDestroy(many[i]));
}

/* A child of fork() has neither the pool nor its memory, and the parent keeps both. */
TEST_F(pool, fork)
{
	aclrtMemPoolProps props = props_of(0, 0);
	aclrtMemPool mine;
	void *ptr, *other;
	pid_t pid;

	WORKS(aclrtMemPoolMallocAsync(&ptr, BLOCK, self->pool, self->a));
	pid = fork();
	if (!pid) {
		if (aclrtMemPoolDestroy(self->pool) != PARAM)
			_exit(1);
		if (aclrtSetDevice(0) || aclrtCreateStream(&self->a) ||
		    aclrtMemPoolCreate(&mine, &props) ||
		    aclrtMemPoolMallocAsync(&other, BLOCK, mine, self->a) ||
		    aclrtMemPoolFreeAsync(other, self->a) || aclrtMemPoolDestroy(mine) ||
		    aclrtSynchronizeStream(self->a))
			_exit(2);
		_exit(0);
	}
	EXPECT_EQ(0, join(pid));
	memset(ptr, 1, BLOCK);
	WORKS(aclrtMemPoolFreeAsync(ptr, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
}

TEST_HARNESS_MAIN
