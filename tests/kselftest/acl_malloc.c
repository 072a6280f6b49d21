// SPDX-License-Identifier: MIT
/*
 * aclrtMalloc, aclrtMallocHost and their frees: blocks of every size, counted on
 * the device, and nothing but such blocks can be freed.
 */
#include "acl_test.h"

WORLD_FIXTURE(malloc);

static const size_t sizes[] = {
	1, 31, 32, 33, 512, 4095, 4096, 4097, 65536, MIB - 64, MIB, BLOCK, BLOCK + 1, 5 * MIB,
};

#define SIZES	(sizeof(sizes) / sizeof(sizes[0]))

static void all_sizes(struct __test_metadata *_metadata,
		      aclError (*get)(void **, size_t), aclError (*give)(void *))
{
	char *addr[SIZES];
	size_t i, j;

	for (i = 0; i < SIZES; i++) {
		addr[i] = NULL;
		ASSERT_EQ(ACL_SUCCESS, get((void **)&addr[i], sizes[i]));
		EXPECT_EQ(0, (uintptr_t)addr[i] % 64);
		fill(addr[i], sizes[i], i);
		for (j = 0; j < i; j++) {
			EXPECT_TRUE(addr[j] + sizes[j] <= addr[i] || addr[i] + sizes[i] <= addr[j]);
		}
	}
	for (i = 0; i < SIZES; i++) {
		EXPECT_TRUE(filled(addr[i], sizes[i], i)) TH_LOG("%zu bytes", sizes[i]);
	}
	for (i = 0; i < SIZES; i++) {
		EXPECT_EQ(ACL_SUCCESS, give(addr[i]));
	}
}

static aclError get_device(void **addr, size_t size)
{
	return aclrtMalloc(addr, size, ACL_MEM_MALLOC_HUGE_FIRST);
}

TEST_F(malloc, device)
{
	all_sizes(_metadata, get_device, aclrtFree);
}

TEST_F(malloc, host)
{
	all_sizes(_metadata, aclrtMallocHost, aclrtFreeHost);
}

TEST_F(malloc, policies)
{
	static const aclrtMemMallocPolicy policy[] = {
		ACL_MEM_MALLOC_HUGE_FIRST, ACL_MEM_MALLOC_HUGE_ONLY, ACL_MEM_MALLOC_NORMAL_ONLY,
		ACL_MEM_MALLOC_HUGE_FIRST_P2P, ACL_MEM_MALLOC_HUGE_ONLY_P2P,
		ACL_MEM_MALLOC_NORMAL_ONLY_P2P,
	};
	void *addr;
	size_t i;

	for (i = 0; i < sizeof(policy) / sizeof(policy[0]); i++) {
		WORKS(aclrtMalloc(&addr, 1000, policy[i]));
		WORKS(aclrtFree(addr));
	}
}

TEST_F(malloc, counted)
{
	void *addr;

	WORKS(aclrtMalloc(&addr, 10 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	EXPECT_LE(self->world.used[0] + 10 * MIB, used(0));
	EXPECT_EQ(self->world.used[1], used(1));
	EXPECT_EQ(self->world.host, host_used());
	WORKS(aclrtFree(addr));
	EXPECT_EQ(self->world.used[0], used(0));
	WORKS(aclrtMallocHost(&addr, 10 * MIB));
	EXPECT_LE(self->world.host + 10 * MIB, host_used());
	EXPECT_EQ(self->world.used[0], used(0));
	WORKS(aclrtFreeHost(addr));
}

TEST_F(malloc, on_the_current_device)
{
	void *addr;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtMalloc(&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	EXPECT_LT(self->world.used[1], used(1));
	EXPECT_EQ(self->world.used[0], used(0));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtFree(addr));
	WORKS(aclrtResetDevice(1));
}

TEST_F(malloc, until_full)
{
	void **addr = calloc(capacity(0) / MIB, sizeof(*addr)), *more = (void *)UNTOUCHED;
	size_t n = 0;
	aclError code;

	do {
		code = aclrtMalloc(&addr[n], MIB, ACL_MEM_MALLOC_HUGE_FIRST);
		n += !code;
	} while (!code);
	EXPECT_EQ(ACL_ERROR_RT_MEMORY_ALLOCATION, code);
	EXPECT_LT(capacity(0) / MIB / 4, n);
	FAILS(ACL_ERROR_RT_MEMORY_ALLOCATION,
	      aclrtMalloc(&more, MIB, ACL_MEM_MALLOC_HUGE_FIRST), NULL);
	EXPECT_EQ((void *)UNTOUCHED, more);
	while (n) {
		WORKS(aclrtFree(addr[--n]));
	}
	free(addr);
}

TEST_F(malloc, free_wrong)
{
	char *addr, *host, plain[64];
	void *range;

	FAILS(ACL_ERROR_INVALID_PARAM, aclrtFree(NULL), "devPtr");
	FAILS(ACL_ERROR_INVALID_PARAM, aclrtFreeHost(NULL), "hostPtr");
	WORKS(aclrtMalloc((void **)&addr, 100, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost((void **)&host, 100));
	WORKS(reserve(&range, BLOCK));
	FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFree(plain), hex(plain));
	FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFree(addr + 8), hex(addr + 8));
	FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFree(range), hex(range));
	FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFreeHost(plain), hex(plain));
	FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFreeHost(addr), hex(addr));
	WORKS(aclrtFree(addr));
	FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFree(addr), hex(addr));
	WORKS(aclrtFreeHost(host));
	FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFreeHost(host), hex(host));
	WORKS(aclrtReleaseMemAddress(range));
}

static void *free_host_elsewhere(void *host)
{
	return (void *)(intptr_t)aclrtFreeHost(host);
}

/* A new thread has no current context. */
TEST_F(malloc, free_host_without_context)
{
	pthread_t thread;
	void *host, *code;

	WORKS(aclrtMallocHost(&host, 100));
	ASSERT_EQ(0, pthread_create(&thread, NULL, free_host_elsewhere, host));
	ASSERT_EQ(0, pthread_join(thread, &code));
	EXPECT_EQ(ACL_ERROR_RT_CONTEXT_NULL, (aclError)(intptr_t)code);
	WORKS(aclrtFreeHost(host));
}

TEST_F(malloc, address_range)
{
	size_t size = 0;
	void *addr, *base = NULL;

	WORKS(aclrtMalloc(&addr, 5 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMemGetAddressRange((char *)addr + MIB, &base, &size));
	EXPECT_EQ(addr, base);
	EXPECT_LE(5 * MIB, size);
	WORKS(aclrtFree(addr));
	WORKS(aclrtMallocHost(&addr, 100));
	WORKS(aclrtMemGetAddressRange((char *)addr + 50, &base, &size));
	EXPECT_EQ(addr, base);
	EXPECT_LE(100, size);
	WORKS(aclrtFreeHost(addr));
}

/* What a small block had is not seen by the next one's owner in another process. */
TEST_F(malloc, copied_to_and_from)
{
	char text[] = "some bytes", back[sizeof(text)] = "";
	void *addr, *host;

	WORKS(aclrtMalloc(&addr, sizeof(text), ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost(&host, sizeof(text)));
	WORKS(aclrtMemcpy(host, sizeof(text), text, sizeof(text), ACL_MEMCPY_HOST_TO_HOST));
	WORKS(aclrtMemcpy(addr, sizeof(text), host, sizeof(text), ACL_MEMCPY_HOST_TO_DEVICE));
	WORKS(aclrtMemcpy(back, sizeof(text), addr, sizeof(text), ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_STREQ(text, back);
	WORKS(aclrtFreeHost(host));
	WORKS(aclrtFree(addr));
}

TEST_F(malloc, gone_with_the_device)
{
	void *small, *large;

	WORKS(aclrtMalloc(&small, 100, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMalloc(&large, 5 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtResetDeviceForce(0));
	EXPECT_EQ(self->world.used[0], used(0));
	EXPECT_NE(0, touch(small));
	EXPECT_NE(0, touch(large));
	WORKS(aclrtSetDevice(0));
	FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFree(large), hex(large));
	WORKS(aclrtMalloc(&small, 100, ACL_MEM_MALLOC_HUGE_FIRST));
	EXPECT_EQ(0, touch(small));
	WORKS(aclrtFree(small));
}

static void *churn(void *data)
{
	aclrtContext *context = data;
	void *addr[8];
	size_t round, i;

	if (aclrtSetCurrentContext(*context))
		return "no context";
	for (round = 0; round < 50; round++) {
		for (i = 0; i < 8; i++) {
			if (aclrtMalloc(&addr[i], 100 << i, ACL_MEM_MALLOC_HUGE_FIRST))
				return "no memory";
			fill(addr[i], 100 << i, round + i);
		}
		for (i = 0; i < 8; i++)
			if (!filled(addr[i], 100 << i, round + i) || aclrtFree(addr[i]))
				return "a block is not its own";
	}
	return NULL;
}

TEST_F(malloc, threads)
{
	aclrtContext context;
	pthread_t thread[4];
	void *complaint;
	int i;

	WORKS(aclrtGetCurrentContext(&context));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, churn, &context));
	}
	for (i = 0; i < 4; i++) {
		pthread_join(thread[i], &complaint);
		EXPECT_EQ(NULL, complaint) TH_LOG("%s", (char *)complaint);
	}
}

TEST_HARNESS_MAIN
