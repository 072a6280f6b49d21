// SPDX-License-Identifier: MIT
/*
 * Memory of the driver layer: blocks, where addresses lie, copies, registered memory,
 * reservations and mappings.
 */
#include "hal_test.h"

HAL_FIXTURE(memory)

#define DEVICE_MEMORY	HAL_MEM_KIND(HAL_MEM_DEV)
#define HOST_MEMORY	HAL_MEM_KIND(HAL_MEM_HOST)

TEST_F(memory, blocks)
{
	void *small[100], *large, *on_one, *wrong = NULL;
	size_t i, size;
	DVdeviceptr base;

	for (i = 0; i < 100; i++) {
		OK(halMemAlloc(&small[i], 1000, DEVICE_MEMORY));
		EXPECT_EQ(0, (uintptr_t)small[i] % 512);
		fill(small[i], 1000, i);
	}
	/* All of them are in one unit. */
	EXPECT_EQ(self->world.used[0] + BLOCK, used(0));
	for (i = 0; i < 100; i++)
		EXPECT_TRUE(filled(small[i], 1000, i));
	OK(halMemGetAddressRange((uintptr_t)small[7] + 3, &base, &size));
	EXPECT_EQ((uintptr_t)small[7], base);
	EXPECT_EQ(1024, size);
	OK(halMemAlloc(&large, 3 * MIB, DEVICE_MEMORY));
	EXPECT_EQ(self->world.used[0] + 3 * BLOCK, used(0));
	OK(halMemAlloc(&on_one, 10, DEVICE_MEMORY | HAL_MEM_DEVICE(1)));
	EXPECT_EQ(self->world.used[1] + BLOCK, used(1));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemFree((char *)large + 512));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemFree((char *)small[0] + 512));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemFree(&i));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemAlloc(&wrong, 0, DEVICE_MEMORY));
	REFUSES(DRV_ERROR_INVALID_DEVICE, halMemAlloc(&wrong, 1, DEVICE_MEMORY | 63));
	REFUSES(DRV_ERROR_INVALID_MALLOC_TYPE, halMemAlloc(&wrong, 1, HAL_MEM_KIND(7)));
	REFUSES(DRV_ERROR_OUT_OF_MEMORY, halMemAlloc(&wrong, capacity(0) + 1, DEVICE_MEMORY));
	REFUSES(DRV_ERROR_OUT_OF_MEMORY, halMemAlloc(&wrong, ~0ull, DEVICE_MEMORY));
	EXPECT_EQ(NULL, wrong);
	for (i = 0; i < 100; i++)
		OK(halMemFree(small[i]));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemFree(small[0]));
	OK(halMemFree(large));
	OK(halMemFree(on_one));
}

/* Blocks come and go in chunks that are full, half full and empty. */
TEST_F(memory, chunks)
{
	static void *block[6000];
	size_t i, round;

	for (round = 0; round < 3; round++) {
		for (i = round ? 1 : 0; i < ARRAY_SIZE(block); i += round ? 2 : 1)
			OK(halMemAlloc(&block[i], 512, DEVICE_MEMORY));
		EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
		for (i = 1; i < ARRAY_SIZE(block); i += 2)
			OK(halMemFree(block[i]));
	}
	for (i = 0; i < ARRAY_SIZE(block); i += 2)
		OK(halMemFree(block[i]));
	EXPECT_EQ(self->world.used[0], used(0));
}

TEST_F(memory, alignment)
{
	void *addr;

	OK(halMemAlloc(&addr, 100, DEVICE_MEMORY | HAL_MEM_ALIGN(12)));
	EXPECT_EQ(0, (uintptr_t)addr % 4096);
	OK(halMemFree(addr));
	OK(halMemAlloc(&addr, 100, DEVICE_MEMORY | HAL_MEM_ALIGN(24)));
	EXPECT_EQ(0, (uintptr_t)addr % (16 * MIB));
	OK(halMemFree(addr));
}

TEST_F(memory, where)
{
	struct DVattribute attr;
	void *device, *host, *range;

	OK(halMemAlloc(&device, 4096, DEVICE_MEMORY | HAL_MEM_DEVICE(1)));
	OK(halMemAlloc(&host, 4096, HOST_MEMORY));
	OK(halMemAddressReserve(&range, BLOCK, 0, NULL, 0));
	OK(drvMemGetAttribute((uintptr_t)device, &attr));
	EXPECT_EQ(DV_MEM_LOCK_DEV, attr.memType);
	EXPECT_EQ(1, attr.devId);
	EXPECT_EQ(BLOCK, attr.pageSize);
	OK(drvMemGetAttribute((uintptr_t)host, &attr));
	EXPECT_EQ(DV_MEM_LOCK_HOST, attr.memType);
	OK(drvMemGetAttribute((uintptr_t)&attr, &attr));
	EXPECT_EQ(DV_MEM_USER_MALLOC, attr.memType);
	REFUSES(DRV_ERROR_INVALID_VALUE, drvMemGetAttribute((uintptr_t)range, &attr));
	OK(halMemAddressFree(range));
	OK(halMemFree(host));
	OK(halMemFree(device));
}

TEST_F(memory, copies)
{
	char text[32] = "to the device", back[32] = "";
	uint64_t dst[2], src[2];
	size_t size[2] = { 4, 5 };
	void *a, *b;

	OK(halMemAlloc(&a, 4096, DEVICE_MEMORY));
	OK(halMemAlloc(&b, 4096, HOST_MEMORY));
	OK(drvMemcpy((uintptr_t)a, 4096, (uintptr_t)text, 32));
	OK(halMemcpy(b, 4096, a, 32, NULL));
	OK(drvMemcpy((uintptr_t)back, 32, (uintptr_t)b, 32));
	EXPECT_STREQ(text, back);
	OK(drvMemcpy((uintptr_t)back, 32, (uintptr_t)"host to host", 13));
	EXPECT_STREQ("host to host", back);
	REFUSES(DRV_ERROR_INVALID_VALUE, drvMemcpy((uintptr_t)a, 31, (uintptr_t)text, 32));
	REFUSES(DRV_ERROR_INVALID_HANDLE, drvMemcpy((uintptr_t)a, 32, 4096, 32));
	REFUSES(DRV_ERROR_INVALID_HANDLE, drvMemcpy(0x101000000000ull, 32, (uintptr_t)text, 32));
	/* A copy that fails may have changed the destination. */
	OK(drvMemcpy((uintptr_t)a, 4096, (uintptr_t)text, 32));
	OK(drvMemsetD8((uintptr_t)a, 4096, 0x5a, 11));
	OK(drvMemsetD8((uintptr_t)back, 32, 0x5a, 11));
	EXPECT_EQ(0, memcmp(a, back, 11));
	EXPECT_EQ(0, memcmp((char *)a + 11, text + 11, 10));
	REFUSES(DRV_ERROR_INVALID_VALUE, drvMemsetD8((uintptr_t)a, 10, 0, 11));
	dst[0] = (uintptr_t)back;
	dst[1] = (uintptr_t)back + 4;
	src[0] = (uintptr_t)"pie";
	src[1] = (uintptr_t)"cake";
	OK(halMemcpyBatch(dst, src, size, 2));
	EXPECT_STREQ("cake", back + 4);
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemcpyBatch(dst, src, size, 0));
	OK(halMemFree(a));
	OK(halMemFree(b));
}

TEST_F(memory, registered)
{
	char *memory = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *device;

	OK(halHostRegister(memory, 8192, 0, 0, &device));
	EXPECT_EQ(memory, device);
	REFUSES(DRV_ERROR_BUSY, halHostRegister(memory + 4096, 4096, 0, 0, &device));
	OK(halMemHostGetDevPointer(memory + 100, 0, &device));
	EXPECT_EQ(memory + 100, device);
	REFUSES(DRV_ERROR_NOT_EXIST, halHostUnregister(memory + 4096, 0));
	OK(halHostUnregister(memory, 0));
	REFUSES(DRV_ERROR_NOT_EXIST, halHostUnregisterEx(memory, 0, 0));
	REFUSES(DRV_ERROR_NOT_EXIST, halMemHostGetDevPointer(memory, 0, &device));
	munmap(memory, 8192);
	REFUSES(DRV_ERROR_INVALID_VALUE, halHostRegister(memory, 8192, 0, 0, &device));
}

TEST_F(memory, mappings)
{
	struct drv_mem_access_desc desc[2] = {
		{ .type = MEM_ACCESS_TYPE_READWRITE, .location = { .side = MEM_HOST_SIDE } },
		{ .type = MEM_ACCESS_TYPE_READWRITE, .location = { 1, MEM_DEV_SIDE } },
	};
	struct drv_mem_prop prop = hal_prop(0), found;
	drv_mem_handle_t *handle, *again;
	uint64_t rights;
	void *addr, *other, *wanted;
	size_t granule;

	OK(hal_mapped(0, 2 * BLOCK, &addr, &handle));
	fill(addr, 2 * BLOCK, 1);
	OK(halMemSetAccess(addr, 2 * BLOCK, desc, 2));
	OK(halMemGetAccess(addr, &desc[1].location, &rights));
	EXPECT_EQ(MEM_ACCESS_TYPE_READWRITE, rights);
	desc[0].type = MEM_ACCESS_TYPE_READ;
	REFUSES(DRV_ERROR_NOT_SUPPORT, halMemSetAccess(addr, 2 * BLOCK, desc, 1));
	OK(halMemRetainAllocationHandle(&again, addr));
	EXPECT_EQ(handle, again);
	OK(halMemRelease(again));
	OK(halMemGetAllocationPropertiesFromHandle(&found, handle));
	EXPECT_EQ(0, memcmp(&prop, &found, sizeof(prop)));
	OK(halMemGetAllocationGranularity(&prop, 0, &granule));
	EXPECT_EQ(BLOCK, granule);
	/* The rules of the module, as the codes of the driver. */
	REFUSES(DRV_ERROR_INNER_ERR, halMemMap(addr, 2 * BLOCK, 0, handle, 0));
	REFUSES(DRV_ERROR_INNER_ERR, halMemAddressFree(addr));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemMap(addr, BLOCK, BLOCK, handle, 0));
	REFUSES(DRV_ERROR_INNER_ERR, halMemUnmap((char *)addr + BLOCK));
	OK(halMemAddressReserve(&other, GIB, 0, NULL, 0));
	REFUSES(DRV_ERROR_OUT_OF_MEMORY, halMemAddressReserve(&wanted, BLOCK, 0, other, 0));
	REFUSES(DRV_ERROR_INVALID_VALUE,
		halMemAddressReserve(&wanted, BLOCK, 0, (char *)other + BLOCK, 0));
	OK(halMemAddressFree(other));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemAddressReserve(&other, BLOCK, 1, NULL, 0));
	REFUSES(DRV_ERROR_INNER_ERR, halMemCreate(&again, BLOCK + 1, &prop, 0));
	REFUSES(DRV_ERROR_OUT_OF_MEMORY, halMemCreate(&again, capacity(0) + BLOCK, &prop, 0));
	prop.reserve = 1;
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemCreate(&again, BLOCK, &prop, 0));
	EXPECT_TRUE(filled(addr, 2 * BLOCK, 1));
	OK(hal_unmapped(addr, handle));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemRelease(handle));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemAddressFree(addr));
}

/* Memory of the host has pages of its own. */
TEST_F(memory, host)
{
	struct drv_mem_prop prop = { .side = MEM_HOST_SIDE, .pg_type = MEM_HUGE_PAGE_TYPE,
				     .mem_type = MEM_DDR_TYPE }, found;
	drv_mem_handle_t *handle;
	void *small, *large;

	OK(halMemAlloc(&small, 100, HOST_MEMORY));
	OK(halMemAlloc(&large, 1200 * KIB, HOST_MEMORY));
	EXPECT_EQ(self->world.host + BLOCK + 1200 * KIB, host_used());
	OK(halMemCreate(&handle, BLOCK, &prop, 0));
	OK(halMemGetAllocationPropertiesFromHandle(&found, handle));
	EXPECT_EQ(0, memcmp(&prop, &found, sizeof(prop)));
	OK(halMemRelease(handle));
	OK(halMemFree(large));
	OK(halMemFree(small));
}

TEST_HARNESS_MAIN
