// SPDX-License-Identifier: MIT
/*
 * Calls that need a current context, in a thread that has none.
 */
#include "acl_mempool.h"

static struct {
	void *dev, *host, *out;
	aclrtStream stream;
	aclrtMemPool pool;
	aclrtCntNotify counter;
	uint32_t words[4];
} s;

static aclError pool_create(void)
{
	aclrtMemPoolProps props = {
		.allocType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	aclrtMemPool pool;

	return aclrtMemPoolCreate(&pool, &props);
}

static aclError list(int form)
{
	aclrtMemcpyBatchAttr attr = {
		.dstLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE,
		.srcLoc.type = ACL_MEM_LOCATION_TYPE_HOST,
	};
	void *dst = s.dev, *src = s.words;
	size_t size = 8, first = 0, fail;

	if (form == 0)
		return aclrtMemcpyBatchV2(&dst, &size, &src, &size, 1, &attr, &first, 1);
	if (form == 1)
		return aclrtMemcpyBatchAsync(&dst, &size, &src, &size, 1, &attr, &first, 1, &fail,
					     s.stream);
	return aclrtMemcpyBatchAsyncV2(&dst, &size, &src, &size, 1, &attr, &first, 1, s.stream);
}

static aclError record(void)
{
	aclrtCntNotifyRecordInfo info = { .value = 1 };

	return aclrtCntNotifyRecord(s.counter, s.stream, &info);
}

static aclError wait_for(void)
{
	aclrtCntNotifyWaitInfo info = { .value = 1 };

	return aclrtCntNotifyWaitWithTimeout(s.counter, s.stream, &info);
}

static void *all_calls(void *data)
{
	struct __test_metadata *_metadata = data;

	FAILS(NO_CONTEXT, aclrtMemsetD32(s.words, 16, 1, 4), "context");
	FAILS(NO_CONTEXT, aclrtMemsetD32Async(s.words, 16, 1, 4, s.stream), "context");
	FAILS(NO_CONTEXT, aclrtMemcpyAsyncWithCondition(s.dev, 8, s.words, 8, ACL_MEMCPY_DEFAULT,
						  s.stream), "context");
	EXPECT_EQ(NO_CONTEXT, list(0));
	EXPECT_EQ(NO_CONTEXT, list(1));
	EXPECT_EQ(NO_CONTEXT, list(2));
	FAILS(NO_CONTEXT, aclrtFreeWithDevSync(s.dev), "context");
	FAILS(NO_CONTEXT, aclrtFreeHostWithDevSync(s.host), "context");
	EXPECT_EQ(NO_CONTEXT, pool_create());
	FAILS(NO_CONTEXT, aclrtMemPoolMallocAsync(&s.out, 1, s.pool, s.stream), "context");
	FAILS(NO_CONTEXT, aclrtMemPoolFreeAsync(s.dev, s.stream), "context");
	FAILS(NO_CONTEXT, aclrtCntNotifyCreate(&s.out, 0), "context");
	EXPECT_EQ(NO_CONTEXT, record());
	EXPECT_EQ(NO_CONTEXT, wait_for());
	FAILS(NO_CONTEXT, aclrtCntNotifyReset(s.counter, s.stream), "context");
	return NULL;
}

TEST(calls)
{
	aclrtMemPoolProps props = {
		.allocType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	pthread_t thread;

	WORKS(aclrtSetDevice(0));
	WORKS(aclrtMalloc(&s.dev, 64, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost(&s.host, 64));
	WORKS(aclrtCreateStream(&s.stream));
	WORKS(aclrtCntNotifyCreate(&s.counter, 0));
	WORKS(aclrtMemPoolCreate(&s.pool, &props));
	ASSERT_EQ(0, pthread_create(&thread, NULL, all_calls, _metadata));
	pthread_join(thread, NULL);
	EXPECT_EQ(0, s.words[0]);
	EXPECT_EQ(NULL, s.out);
	WORKS(aclrtMemPoolDestroy(s.pool));
	WORKS(aclrtCntNotifyDestroy(s.counter));
	WORKS(aclrtDestroyStream(s.stream));
	WORKS(aclrtFree(s.dev));
	WORKS(aclrtFreeHost(s.host));
	WORKS(aclrtResetDevice(0));
}

TEST_HARNESS_MAIN
