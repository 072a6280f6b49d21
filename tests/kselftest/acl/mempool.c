// SPDX-License-Identifier: MIT
/*
 * Mempools: arguments and attributes, ends, contexts, threads and forks.
 */
#include "acl_mempool.h"

MEMPOOL_FIXTURE(mempool)

TEST_F(mempool, create_wrong)
{
	aclrtMemPoolProps good = mempool_props(0, MAX), props = good;
	aclrtMemPool pool = (aclrtMemPool)UNTOUCHED;

	FAILS(INVALID, aclrtMemPoolCreate(&pool, NULL), "poolProps");
	props.allocType = (aclrtMemAllocationType)1;
	FAILS(INVALID, aclrtMemPoolCreate(&pool, &props), "allocType");
	props = good;
	props.location.type = ACL_MEM_LOCATION_TYPE_HOST;
	FAILS(INVALID, aclrtMemPoolCreate(&pool, &props), "location");
	props = good;
	props.handleType = (aclrtMemHandleType)9;
	FAILS(INVALID, aclrtMemPoolCreate(&pool, &props), "handleType");
	props = good;
	props.reserved[31] = 1;
	FAILS(INVALID, aclrtMemPoolCreate(&pool, &props), "reserved[31]");
	props = mempool_props(99, MAX);
	FAILS(BAD_DEVICE, aclrtMemPoolCreate(&pool, &props), "99");
	props = mempool_props(0, capacity(0) + 1);
	FAILS(FULL, aclrtMemPoolCreate(&pool, &props), "maxSize");
	EXPECT_EQ((aclrtMemPool)UNTOUCHED, pool);
}

TEST_F(mempool, destroy_wrong)
{
	aclrtMemPoolProps props = mempool_props(0, 0);
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
	WORKS(aclrtSynchronizeStream(self->a));
}

TEST_F(mempool, attributes)
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
	FAILS(INVALID, aclrtMemPoolGetAttr(NULL, USED, &value), "memPool");
	FAILS(INVALID, aclrtMemPoolSetAttr(NULL, THRESHOLD, &value), "memPool");
}

TEST_F(mempool, wrong)
{
	void *ptr = (void *)UNTOUCHED, *block;
	aclrtStream a = self->a;

	WORKS(aclrtMemPoolMallocAsync(&ptr, 0, self->pool, a));
	FAILS(INVALID, aclrtMemPoolMallocAsync(&ptr, 1, NULL, a), "memPool");
	FAILS(INVALID, aclrtMemPoolMallocAsync(&ptr, 1, self->pool, NULL), "stream");
	FAILS(PARAM, aclrtMemPoolMallocAsync(&ptr, 1, self, a), hex(self));
	FAILS(PARAM, aclrtMemPoolMallocAsync(&ptr, SIZE_MAX, self->pool, a), "size");
	FAILS(FULL, aclrtMemPoolMallocAsync(&ptr, MAX + 1, self->pool, a), "pool");
	EXPECT_EQ((void *)UNTOUCHED, ptr);
	WORKS(aclrtMemPoolMallocAsync(&block, 4096, self->pool, a));
	FAILS(ACL_ERROR_RT_INTERNAL_ERROR, aclrtMemPoolFreeAsync(block, NULL), "stream");
	FAILS(PARAM, aclrtMemPoolFreeAsync((char *)block + 512, a), hex((char *)block + 512));
	FAILS(PARAM, aclrtMemPoolFreeAsync(&ptr, a), hex(&ptr));
	WORKS(aclrtMemPoolFreeAsync(block, a));
	FAILS(PARAM, aclrtMemPoolFreeAsync(block, a), "freed");
	FAILS(PARAM, aclrtFree(block), "freed");
	FAILS(PARAM, aclrtMemPoolTrimTo(self->pool, MAX + 1), "minBytesToKeep");
	WORKS(aclrtSynchronizeStream(a));
}

/* Streams and pools of two contexts do not mix. */
TEST_F(mempool, another_context)
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

/* A reset of its device ends a pool, also with blocks in use or to be freed. */
TEST_F(mempool, device_reset)
{
	aclrtMemPoolProps props = mempool_props(1, 0);
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
TEST_F(mempool, device_reset_before_free)
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
TEST_F(mempool, device_not_set)
{
	aclrtMemPoolProps props = mempool_props(2, 0);
	void *ptr = (void *)UNTOUCHED;
	aclrtMemPool pool;

	WORKS(aclrtMemPoolCreate(&pool, &props));
	FAILS(BAD_HANDLE, aclrtMemPoolMallocAsync(&ptr, 1, pool, self->a), "2");
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

/* Each block is filled, and keeps its content until it is freed. */
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

TEST_F(mempool, threads)
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

TEST_F(mempool, too_many)
{
	aclrtMemPoolProps props = mempool_props(0, 0);

	TOO_MANY(aclrtMemPool, 16384 - 1, ACL_ERROR_RT_RESOURCE_ALLOC_FAIL,
		 aclrtMemPoolCreate(&many[n], &props), aclrtMemPoolDestroy(many[n]));
}

/* A child of fork() has neither the pool nor its memory, and the parent keeps both. */
TEST_F(mempool, fork)
{
	aclrtMemPoolProps props = mempool_props(0, 0);
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
