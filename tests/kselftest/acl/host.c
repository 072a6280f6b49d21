// SPDX-License-Identifier: MIT
/*
 * Host memory: registered, and allocated with attributes; device memory with
 * attributes and without the 32 bytes more.
 */
#include "acl_test.h"

WORLD_FIXTURE(host);

TEST_F(host, registered)
{
	char *plain = aligned_alloc(4096, 3 * MIB);
	void *device = NULL, *again = NULL;

	WORKS(aclrtHostRegister(plain, 3 * MIB, ACL_HOST_REGISTER_MAPPED, &device));
	EXPECT_EQ(plain, device);
	WORKS(aclrtHostGetDevicePointer(plain + MIB, &again, 0));
	EXPECT_EQ(plain + MIB, again);
	fill(device, 3 * MIB, 4);
	EXPECT_TRUE(filled(plain, 3 * MIB, 4));
	WORKS(aclrtHostUnregister(plain));
	FAILS(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED,
	      aclrtHostGetDevicePointer(plain, &again, 0), hex(plain));
	WORKS(aclrtHostRegisterV2(plain, MIB, ACL_HOST_REG_PINNED | ACL_HOST_REG_MAPPED));
	WORKS(aclrtHostRegisterV2(plain + MIB, MIB, ACL_HOST_REG_READONLY));
	WORKS(aclrtHostUnregister(plain));
	WORKS(aclrtHostUnregister(plain + MIB));
	free(plain);
}

TEST_F(host, blocks_have_device_pointers)
{
	void *device;
	char *host;

	WORKS(aclrtMallocHost((void **)&host, 5000));
	WORKS(aclrtHostGetDevicePointer(host + 10, &device, 0));
	EXPECT_EQ(host + 10, device);
	WORKS(aclrtFreeHost(host));
}

TEST_F(host, overlaps)
{
	char *plain = aligned_alloc(4096, 3 * MIB);
	void *device = (void *)UNTOUCHED;

	WORKS(aclrtHostRegisterV2(plain + MIB, MIB, ACL_HOST_REG_PINNED));
	FAILS(ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
	      aclrtHostRegisterV2(plain + MIB, MIB, ACL_HOST_REG_PINNED), hex(plain + MIB));
	FAILS(ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
	      aclrtHostRegister(plain, MIB + 1, ACL_HOST_REGISTER_MAPPED, &device), "1 MiB");
	FAILS(ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
	      aclrtHostRegisterV2(plain + 2 * MIB - 4096, 4097, ACL_HOST_REG_PINNED), NULL);
	EXPECT_EQ((void *)UNTOUCHED, device);
	WORKS(aclrtHostRegisterV2(plain, MIB, ACL_HOST_REG_PINNED));
	WORKS(aclrtHostRegisterV2(plain + 2 * MIB, MIB, ACL_HOST_REG_PINNED));
	WORKS(aclrtHostUnregister(plain + 2 * MIB));
	FAILS(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, aclrtHostUnregister(plain + 1), hex(plain + 1));
	WORKS(aclrtHostUnregister(plain));
	WORKS(aclrtHostUnregister(plain + MIB));
	FAILS(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, aclrtHostUnregister(plain), hex(plain));
	free(plain);
}

/* Memory that the process has not mapped is refused, whatever its size. */
TEST_F(host, not_there)
{
	char *hole = mmap(NULL, 4 * MIB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *device = (void *)UNTOUCHED;

	ASSERT_NE(MAP_FAILED, hole);
	munmap(hole + 2 * MIB, 4096);
	FAILS(INTERNAL,
	      aclrtHostRegister(hole, 4 * MIB, ACL_HOST_REGISTER_MAPPED, &device), hex(hole));
	FAILS(INTERNAL, aclrtHostRegisterV2(hole, UINT64_MAX, ACL_HOST_REG_PINNED), NULL);
	FAILS(INTERNAL, aclrtHostRegisterV2((void *)8, 8, ACL_HOST_REG_PINNED), "0x8");
	WORKS(aclrtHostRegisterV2(hole, 2 * MIB, ACL_HOST_REG_PINNED));
	WORKS(aclrtHostUnregister(hole));
	munmap(hole, 4 * MIB);
	EXPECT_EQ((void *)UNTOUCHED, device);
}

TEST_F(host, register_wrong)
{
	char plain[64];
	void *device = (void *)UNTOUCHED;

	FAILS(INVALID, aclrtHostRegister(NULL, 64, ACL_HOST_REGISTER_MAPPED, &device), "ptr");
	FAILS(INVALID, aclrtHostRegister(plain, 64, ACL_HOST_REGISTER_MAPPED, NULL), "devPtr");
	FAILS(INVALID, aclrtHostRegister(plain, 0, ACL_HOST_REGISTER_MAPPED, &device), "size");
	FAILS(UNSUPPORTED, aclrtHostRegister(plain, 64, (aclrtHostRegisterType)3, &device), "3");
	FAILS(UNSUPPORTED, aclrtHostRegister(plain, 64, ACL_HOST_REGISTER_IOMEMORY, &device), NULL);
	FAILS(INVALID, aclrtHostRegisterV2(plain, 0, ACL_HOST_REG_PINNED), "size");
	FAILS(PARAM, aclrtHostRegisterV2(plain, 64, 0), "flag");
	FAILS(PARAM, aclrtHostRegisterV2(plain, 64, 0x12), "0x12");
	FAILS(UNSUPPORTED, aclrtHostRegisterV2(plain, 64, ACL_HOST_REG_IOMEMORY), NULL);
	FAILS(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, aclrtHostUnregister(plain), hex(plain));
	FAILS(INVALID, aclrtHostGetDevicePointer(NULL, &device, 0), "pHost");
	FAILS(INVALID, aclrtHostGetDevicePointer(plain, &device, 1), "flags");
	EXPECT_EQ((void *)UNTOUCHED, device);
}

static void *churn(void *arg)
{
	char *at = arg;
	int round;

	for (round = 0; round < 200; round++) {
		if (aclrtSetDevice(0) || aclrtHostRegisterV2(at, 4096, ACL_HOST_REG_PINNED) ||
		    aclrtHostUnregister(at) || aclrtResetDevice(0))
			return at;
	}
	return NULL;
}

TEST_F(host, threads)
{
	char *plain = aligned_alloc(4096, 4 * 4096);
	pthread_t thread[4];
	void *bad;
	int i;

	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, churn, plain + i * 4096));
	}
	for (i = 0; i < 4; i++) {
		pthread_join(thread[i], &bad);
		EXPECT_EQ(NULL, bad);
	}
	free(plain);
}

/* ---- allocation with attributes ---- */

static aclrtMallocConfig config(aclrtMallocAttribute *attr, aclrtMallocAttrType type,
				uint32_t value)
{
	*attr = (aclrtMallocAttribute){ .attr = type };
	attr->value.deviceId = value;
	return (aclrtMallocConfig){ .attrs = attr, .numAttrs = 1 };
}

TEST_F(host, with_attributes)
{
	aclrtMallocConfig none = { 0 }, cfg;
	aclrtMallocAttribute attr, two[2];
	void *addr;

	WORKS(aclrtMallocHostWithCfg(&addr, 5000, NULL));
	WORKS(aclrtFreeHost(addr));
	WORKS(aclrtMallocHostWithCfg(&addr, 5000, &none));
	WORKS(aclrtFreeHost(addr));
	cfg = config(&attr, ACL_RT_MEM_ATTR_VA_FLAG, 1);
	WORKS(aclrtMallocHostWithCfg(&addr, 5000, &cfg));
	EXPECT_LE(self->world.host + 5000, host_used());
	WORKS(aclrtFreeHost(addr));
	cfg = config(&attr, ACL_RT_MEM_ATTR_MODULE_ID, 33);
	WORKS(aclrtMallocWithCfg(&addr, 5000, ACL_MEM_MALLOC_HUGE_FIRST, &cfg));
	EXPECT_LT(self->world.used[0], used(0));
	WORKS(aclrtFree(addr));
	cfg = config(&attr, ACL_RT_MEM_ATTR_DEVICE_ID, 1);
	WORKS(aclrtMallocWithCfg(&addr, 5000, ACL_MEM_MALLOC_HUGE_FIRST, &cfg));
	EXPECT_LT(self->world.used[1], used(1));
	EXPECT_EQ(self->world.used[0], used(0));
	WORKS(aclrtFree(addr));
	/* Each attribute counts, not only the first. */
	config(&two[0], ACL_RT_MEM_ATTR_MODULE_ID, 33);
	config(&two[1], ACL_RT_MEM_ATTR_DEVICE_ID, 1);
	cfg = (aclrtMallocConfig){ .attrs = two, .numAttrs = 2 };
	WORKS(aclrtMallocWithCfg(&addr, 5000, ACL_MEM_MALLOC_HUGE_FIRST, &cfg));
	EXPECT_LT(self->world.used[1], used(1));
	WORKS(aclrtFree(addr));
}

TEST_F(host, with_attributes_wrong)
{
	aclrtMallocConfig lost = { .numAttrs = 2 }, cfg;
	aclrtMallocAttribute attr;
	void *addr = (void *)UNTOUCHED;

	FAILS(INVALID, aclrtMallocHostWithCfg(NULL, 1, NULL), "ptr");
	FAILS(INVALID, aclrtMallocHostWithCfg(&addr, 0, NULL), "size");
	FAILS(INVALID, aclrtMallocHostWithCfg(&addr, 1, &lost), "attrs");
	FAILS(INVALID, aclrtMallocWithCfg(NULL, 1, ACL_MEM_MALLOC_HUGE_FIRST, NULL), "devPtr");
	FAILS(INVALID, aclrtMallocWithCfg(&addr, 0, ACL_MEM_MALLOC_HUGE_FIRST, NULL), "size");
	FAILS(INVALID, aclrtMallocWithCfg(&addr, 1, ACL_MEM_MALLOC_HUGE_FIRST, &lost), "attrs");
	cfg = config(&attr, (aclrtMallocAttrType)9, 0);
	FAILS(PARAM, aclrtMallocHostWithCfg(&addr, 1, &cfg), "9");
	cfg = config(&attr, ACL_RT_MEM_ATTR_VA_FLAG, 0);
	FAILS(PARAM, aclrtMallocWithCfg(&addr, 1, ACL_MEM_MALLOC_HUGE_FIRST, &cfg), "3");
	cfg = (aclrtMallocConfig){ 0 };
	FAILS(PARAM, aclrtMallocWithCfg(&addr, 1, ACL_MEM_MALLOC_HUGE_FIRST, &cfg), "NULL");
	cfg = config(&attr, ACL_RT_MEM_ATTR_DEVICE_ID, 70);
	FAILS(PARAM, aclrtMallocHostWithCfg(&addr, 1, &cfg), "2");
	FAILS(PARAM, aclrtMallocWithCfg(&addr, 1, ACL_MEM_MALLOC_HUGE_FIRST, &cfg), "70");
	cfg = config(&attr, ACL_RT_MEM_ATTR_DEVICE_ID, 3);
	FAILS(BAD_HANDLE,
	      aclrtMallocWithCfg(&addr, 1, ACL_MEM_MALLOC_HUGE_FIRST, &cfg), "device 3");
	FAILS(FULL, aclrtMallocHostWithCfg(&addr, TIB, NULL), "TiB");
	FAILS(FULL, aclrtMallocWithCfg(&addr, TIB, ACL_MEM_MALLOC_HUGE_FIRST, NULL), "MiB");
	EXPECT_EQ((void *)UNTOUCHED, addr);
}

/* A block of exactly 2 MiB has 2 MiB of the device; with 32 bytes more it has not. */
TEST_F(host, align32)
{
	void *addr;

	WORKS(aclrtMallocAlign32(&addr, BLOCK - 31, ACL_MEM_MALLOC_HUGE_FIRST));
	EXPECT_EQ(self->world.used[0] + BLOCK, used(0));
	WORKS(aclrtFree(addr));
	WORKS(aclrtMalloc(&addr, BLOCK - 31, ACL_MEM_MALLOC_HUGE_FIRST));
	EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
	WORKS(aclrtFree(addr));
}

TEST_F(host, align32_wrong)
{
	void *addr = (void *)UNTOUCHED;

	FAILS(INVALID, aclrtMallocAlign32(NULL, 1, ACL_MEM_MALLOC_HUGE_FIRST), "devPtr");
	FAILS(INVALID, aclrtMallocAlign32(&addr, 0, ACL_MEM_MALLOC_HUGE_FIRST), "size");
	FAILS(INVALID, aclrtMallocAlign32(&addr, SIZE_MAX, ACL_MEM_MALLOC_HUGE_FIRST), "overflows");
	FAILS(FULL, aclrtMallocAlign32(&addr, TIB, ACL_MEM_MALLOC_HUGE_FIRST), "TiB");
	EXPECT_EQ((void *)UNTOUCHED, addr);
}

TEST_HARNESS_MAIN
