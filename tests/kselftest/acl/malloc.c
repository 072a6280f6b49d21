// SPDX-License-Identifier: MIT
/*
 * aclrtMalloc, aclrtMallocHost and their frees: blocks of every size, counted on
 * the device, and nothing but such blocks can be freed.
 */
#include "acl_test.h"

#include <sys/resource.h>

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

/* 32 bytes are added, and the sum rounded up to 32; not for the second form. */
TEST_F(malloc, rounded)
{
	static const struct { size_t size, takes; } want[] = {
		{ BLOCK - 32, BLOCK }, { BLOCK - 31, 2 * BLOCK }, { BLOCK, 2 * BLOCK },
	};
	void *addr;
	size_t i;

	for (i = 0; i < 3; i++) {
		WORKS(aclrtMalloc(&addr, want[i].size, ACL_MEM_MALLOC_HUGE_FIRST));
		EXPECT_EQ(self->world.used[0] + want[i].takes, used(0));
		WORKS(aclrtFree(addr));
		WORKS(aclrtMallocWithCfg(&addr, want[i].size, ACL_MEM_MALLOC_HUGE_FIRST, NULL));
		EXPECT_EQ(self->world.used[0] + want[i].takes, used(0));
		WORKS(aclrtFree(addr));
		WORKS(aclrtMallocAlign32(&addr, want[i].size, ACL_MEM_MALLOC_HUGE_FIRST));
		EXPECT_EQ(self->world.used[0] + BLOCK, used(0));
		WORKS(aclrtFree(addr));
	}
}

TEST_F(malloc, too_large)
{
	void *addr = (void *)UNTOUCHED;

	FAILS(FULL, aclrtMalloc(&addr, SIZE_MAX - 100, ACL_MEM_MALLOC_HUGE_FIRST), "device 0");
	FAILS(FULL, aclrtMalloc(&addr, SIZE_MAX, ACL_MEM_MALLOC_HUGE1G_ONLY), "17179869183 GiB");
	FAILS(FULL, aclrtMalloc(&addr, 64 * TIB - 32, ACL_MEM_MALLOC_HUGE_FIRST), "64 TiB");
	EXPECT_EQ((void *)UNTOUCHED, addr);
}

/* Freed blocks are used again, also between small ones. */
TEST_F(malloc, freed_memory_is_reused)
{
	const aclrtMemMallocPolicy policy = ACL_MEM_MALLOC_HUGE_FIRST;
	void *quarter[4], *other, *again;
	int i;

	for (i = 0; i < 4; i++) {
		WORKS(aclrtMallocAlign32(&quarter[i], BLOCK / 4, policy));
	}
	EXPECT_EQ(self->world.used[0] + BLOCK, used(0));
	WORKS(aclrtMallocAlign32(&other, BLOCK / 4, policy));
	EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
	WORKS(aclrtFree(other));
	EXPECT_EQ(self->world.used[0] + BLOCK, used(0));
	WORKS(aclrtFree(quarter[2]));
	WORKS(aclrtMallocAlign32(&other, BLOCK / 4 + 512, policy));
	EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
	WORKS(aclrtMallocAlign32(&again, BLOCK / 4, policy));
	EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
	WORKS(aclrtFree(again));
	WORKS(aclrtFree(other));
	WORKS(aclrtMallocAlign32(&quarter[2], BLOCK / 4, policy));
	EXPECT_EQ(self->world.used[0] + BLOCK, used(0));
	for (i = 0; i < 4; i++) {
		WORKS(aclrtFree(quarter[i]));
	}
	WORKS(aclrtMalloc(&again, 3 * BLOCK, policy));
	WORKS(aclrtFree(again));
	WORKS(aclrtMalloc(&other, 3 * BLOCK, policy));
	EXPECT_EQ(again, other);
	WORKS(aclrtFree(other));
}

/* The library makes smaller reservations under a limit of addresses. */
TEST_F(malloc, few_addresses)
{
	struct rlimit few = { 8 * GIB, 8 * GIB };
	void *addr;

	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &few));
	WORKS(aclrtMalloc(&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtFree(addr));
}

/* Of an unknown attribute, and by default in pages of 2 MiB. */
TEST_F(malloc, properties)
{
	aclrtDrvMemHandle handle;
	aclrtPhysicalMemProp prop;
	void *addr;

	WORKS(aclrtMalloc(&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMemRetainAllocationHandle(addr, &handle));
	WORKS(aclrtMemGetAllocationPropertiesFromHandle(handle, &prop));
	EXPECT_EQ(ACL_HBM_MEM_HUGE, prop.memAttr);
	WORKS(aclrtFreePhysical(handle));
	WORKS(aclrtFree(addr));
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
	EXPECT_EQ(FULL, code);
	EXPECT_LT(capacity(0) / MIB / 4, n);
	FAILS(FULL, aclrtMalloc(&more, MIB, ACL_MEM_MALLOC_HUGE_FIRST), NULL);
	EXPECT_EQ((void *)UNTOUCHED, more);
	while (n) {
		WORKS(aclrtFree(addr[--n]));
	}
	free(addr);
}

TEST_F(malloc, free_wrong)
{
	char *addr, *host, plain[64];
	void *range, *large;

	FAILS(INVALID, aclrtFree(NULL), "devPtr");
	FAILS(INVALID, aclrtFreeHost(NULL), "hostPtr");
	WORKS(aclrtMalloc((void **)&addr, 100, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost((void **)&host, 100));
	WORKS(reserve(&range, BLOCK));
	FAILS(PARAM, aclrtFree(plain), hex(plain));
	FAILS(PARAM, aclrtFree(addr + 8), hex(addr + 8));
	FAILS(PARAM, aclrtFree(range), hex(range));
	FAILS(PARAM, aclrtFreeHost(plain), hex(plain));
	FAILS(PARAM, aclrtFreeHost(addr), hex(addr));
	FAILS(PARAM, aclrtFree(plain), "aclrtMalloc()");
	FAILS(PARAM, aclrtFreeHost(plain), "aclrtMallocHost()");
	WORKS(aclrtMalloc(&large, 3 * BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	FAILS(PARAM, aclrtFree(large + 64), hex(large + 64));
	FAILS(PARAM, aclrtFree(large + BLOCK), hex(large + BLOCK));
	WORKS(aclrtFree(large));
	WORKS(aclrtFree(addr));
	FAILS(PARAM, aclrtFree(addr), hex(addr));
	WORKS(aclrtFreeHost(host));
	FAILS(PARAM, aclrtFreeHost(host), hex(host));
	WORKS(aclrtReleaseMemAddress(range));
}

TEST_F(malloc, address_range)
{
	size_t size = 0;
	void *addr, *next, *base = NULL;

	WORKS(aclrtMalloc(&addr, 5 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMemGetAddressRange((char *)addr + MIB, &base, &size));
	EXPECT_EQ(addr, base);
	EXPECT_LE(5 * MIB, size);
	WORKS(aclrtFree(addr));
	WORKS(aclrtMallocHost(&addr, 100));
	WORKS(aclrtMallocHost(&next, 3000));
	WORKS(aclrtMemGetAddressRange((char *)addr + 50, &base, &size));
	EXPECT_EQ(addr, base);
	EXPECT_LE(100, size);
	WORKS(aclrtFreeHost(addr));
	/* Its page is still mapped, but the block is freed. */
	FAILS(PARAM, aclrtMemGetAddressRange(addr, &base, &size), "block");
	WORKS(aclrtMemGetAddressRange(next, &base, &size));
	EXPECT_EQ(next, base);
	EXPECT_LE(3000, size);
	EXPECT_GT(4096, size);
	WORKS(aclrtFreeHost(next));
	WORKS(aclrtMallocHost(&addr, MIB + 512 * KIB));
	FAILS(PARAM, aclrtMemGetAddressRange((char *)addr + MIB + 900 * KIB, &base, &size), NULL);
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

TEST_F(malloc, reset_frees_blocks)
{
	void *small, *large;

	WORKS(aclrtMalloc(&small, 100, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMalloc(&large, 5 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtResetDeviceForce(0));
	EXPECT_EQ(self->world.used[0], used(0));
	EXPECT_NE(0, touch(small));
	EXPECT_NE(0, touch(large));
	WORKS(aclrtSetDevice(0));
	FAILS(PARAM, aclrtFree(large), hex(large));
	WORKS(aclrtMalloc(&small, 100, ACL_MEM_MALLOC_HUGE_FIRST));
	EXPECT_EQ(0, touch(small));
	WORKS(aclrtFree(small));
}

#define MEANWHILE	4

struct last {
	pthread_t thread;
	aclrtContext context;
	_Atomic int rounds;
	size_t size;
	void *addr;
};

/* Until the device is reset. */
static void *malloc_until_reset(void *data)
{
	struct last *last = data;
	void *addr;

	aclrtSetCurrentContext(last->context);
	while (!aclrtMalloc(&addr, last->size, ACL_MEM_MALLOC_HUGE_FIRST)) {
		if (last->addr)
			aclrtFree(last->addr);
		last->addr = addr;
		last->rounds++;
	}
	return NULL;
}

/*
 * A reset frees all blocks, also one that a call returns while the reset runs.
 */
TEST_F(malloc, reset_meanwhile)
{
	struct last last[MEANWHILE];
	aclrtContext context;
	int round, i;

	for (round = 0; round < 60; round++) {
		WORKS(aclrtSetDevice(0));
		WORKS(aclrtGetCurrentContext(&context));
		for (i = 0; i < MEANWHILE; i++) {
			last[i] = (struct last){ .context = context, .size = i % 2 ? 100 : MIB };
			ASSERT_EQ(0, pthread_create(&last[i].thread, NULL, malloc_until_reset,
						    &last[i]));
		}
		for (i = 0; i < MEANWHILE; i++)
			while (last[i].rounds < 2 + round % 5)
				sched_yield();
		WORKS(aclrtResetDeviceForce(0));
		for (i = 0; i < MEANWHILE; i++) {
			ASSERT_EQ(0, pthread_join(last[i].thread, NULL));
		}
		WORKS(aclrtSetDevice(0));
		for (i = 0; i < MEANWHILE; i++) {
			void *addr = last[i].addr;

			FAILS(PARAM, aclrtFree(addr), hex(addr));
			EXPECT_NE(0, touch(addr));
		}
		WORKS(aclrtResetDevice(0));
	}
	WORKS(aclrtSetDevice(0));
	EXPECT_EQ(self->world.used[0], used(0));
}

/* The child has no block of its parent, and can allocate. */
static int child_allocates(void *small, void *large, void *host)
{
	void *addr[3];
	size_t i;

	if (aclrtSetDevice(0))
		return 1;
	if (aclrtFree(small) != PARAM ||
	    aclrtFree(large) != PARAM ||
	    aclrtFreeHost(host) != PARAM)
		return 2;
	if (aclrtMalloc(&addr[0], 100, ACL_MEM_MALLOC_HUGE_FIRST) ||
	    aclrtMalloc(&addr[1], 5 * MIB, ACL_MEM_MALLOC_HUGE_FIRST) ||
	    aclrtMallocHost(&addr[2], 100))
		return 3;
	for (i = 0; i < 3; i++)
		if (touch(addr[i]))
			return 4;
	if (aclrtFree(addr[0]) || aclrtFree(addr[1]) || aclrtFreeHost(addr[2]))
		return 5;
	return aclrtResetDevice(0) ? 6 : 0;
}

TEST_F(malloc, fork)
{
	void *small, *large, *host;

	WORKS(aclrtMalloc(&small, 100, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMalloc(&large, 5 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost(&host, 100));
	EXPECT_EQ(0, IN_CHILD(child_allocates(small, large, host)));
	WORKS(aclrtFree(small));
	WORKS(aclrtFree(large));
	WORKS(aclrtFreeHost(host));
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
