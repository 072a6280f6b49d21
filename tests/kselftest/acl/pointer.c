// SPDX-License-Identifier: MIT
/*
 * What an address is: aclrtPointerGetAttributes and aclrtCheckMemType, on every
 * kind of memory there is.
 */
#include "acl_test.h"

WORLD_FIXTURE(pointer);

static void is(struct __test_metadata *_metadata, const void *ptr, aclrtMemLocationType type,
	       uint32_t id, uint32_t page)
{
	aclrtPtrAttributes a;

	memset(&a, 0xff, sizeof(a));
	WORKS(aclrtPointerGetAttributes(ptr, &a));
	EXPECT_EQ(type, a.location.type);
	EXPECT_EQ(id, a.location.id);
	EXPECT_EQ(page, a.pageSize);
	EXPECT_EQ(0, a.rsv[0] | a.rsv[1] | a.rsv[2] | a.rsv[3]);
}

TEST_F(pointer, blocks)
{
	aclrtPtrAttributes a;
	char *device, *host;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtMalloc((void **)&device, 3 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtResetDevice(1));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtMallocHost((void **)&host, 5000));
	is(_metadata, device, ACL_MEM_LOCATION_TYPE_DEVICE, 1, BLOCK);
	is(_metadata, device + 3 * MIB - 1, ACL_MEM_LOCATION_TYPE_DEVICE, 1, BLOCK);
	is(_metadata, host + 4999, ACL_MEM_LOCATION_TYPE_HOST, 0, 4096);
	WORKS(aclrtFree(device));
	WORKS(aclrtFreeHost(host));
	FAILS(INTERNAL, aclrtPointerGetAttributes(device, &a), "device 1");
	FAILS(INTERNAL, aclrtPointerGetAttributes(host, &a), "the host");
	WORKS(aclrtResetDevice(0));
}

/* Mappings are seen, reservations are not. */
TEST_F(pointer, mapped)
{
	aclrtPtrAttributes a;
	struct block b;

	WORKS(block_make(&b, 2 * BLOCK, 1));
	is(_metadata, (char *)b.addr + BLOCK + 77, ACL_MEM_LOCATION_TYPE_DEVICE, 1, BLOCK);
	WORKS(aclrtUnmapMem(b.addr));
	FAILS(INTERNAL, aclrtPointerGetAttributes(b.addr, &a), hex(b.addr));
	WORKS(aclrtReleaseMemAddress(b.addr));
	WORKS(aclrtFreePhysical(b.handle));
}

TEST_F(pointer, host_memory_that_is_mapped)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_HOST, 0, ACL_MEM_HUGE);
	struct block b;

	WORKS(aclrtMallocPhysical(&b.handle, BLOCK, &prop, 0));
	WORKS(reserve(&b.addr, BLOCK));
	WORKS(aclrtMapMem(b.addr, BLOCK, 0, b.handle, 0));
	is(_metadata, b.addr, ACL_MEM_LOCATION_TYPE_HOST, 0, BLOCK);
	WORKS(block_drop(&b));
}

TEST_F(pointer, of_the_program)
{
	char *plain = aligned_alloc(4096, 12288), here;
	void *same;

	is(_metadata, plain, ACL_MEM_LOCATION_TYPE_UNREGISTERED, 0, 0);
	is(_metadata, &here, ACL_MEM_LOCATION_TYPE_UNREGISTERED, 0, 0);
	is(_metadata, (void *)8, ACL_MEM_LOCATION_TYPE_UNREGISTERED, 0, 0);
	is(_metadata, (void *)UINTPTR_MAX, ACL_MEM_LOCATION_TYPE_UNREGISTERED, 0, 0);
	WORKS(aclrtHostRegister(plain, 10000, ACL_HOST_REGISTER_MAPPED, &same));
	is(_metadata, plain + 9999, ACL_MEM_LOCATION_TYPE_HOST, 0, 4096);
	is(_metadata, plain + 10000, ACL_MEM_LOCATION_TYPE_UNREGISTERED, 0, 0);
	WORKS(aclrtHostUnregister(plain));
	is(_metadata, plain, ACL_MEM_LOCATION_TYPE_UNREGISTERED, 0, 0);
	free(plain);
}

TEST_F(pointer, attributes_wrong)
{
	aclrtPtrAttributes a;

	FAILS(INVALID, aclrtPointerGetAttributes(NULL, &a), "ptr");
}

TEST_F(pointer, kinds)
{
	uint32_t result = 7;
	void *list[3];

	WORKS(aclrtMalloc(&list[0], 100, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMalloc(&list[1], 3 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost(&list[2], 100));
	WORKS(aclrtCheckMemType(list, 2, ACL_RT_MEM_TYPE_DEV, &result, 0));
	EXPECT_EQ(1, result);
	WORKS(aclrtCheckMemType(list, 3, ACL_RT_MEM_TYPE_DEV, &result, 0));
	EXPECT_EQ(0, result);
	WORKS(aclrtCheckMemType(list, 2, ACL_RT_MEM_TYPE_DEV | ACL_RT_MEM_TYPE_RSVD, &result, 0));
	EXPECT_EQ(1, result);
	WORKS(aclrtCheckMemType(list, 2, ACL_RT_MEM_TYPE_DVPP, &result, 0));
	EXPECT_EQ(0, result);
	WORKS(aclrtFree(list[0]));
	WORKS(aclrtFree(list[1]));
	WORKS(aclrtFreeHost(list[2]));
	result = 7;
	WORKS(aclrtCheckMemType(list, 1, ACL_RT_MEM_TYPE_DEV, &result, 0));
	EXPECT_EQ(0, result);
}

TEST_F(pointer, kinds_wrong)
{
	uint32_t result = 7;
	void *list[1] = { list };

	FAILS(INVALID, aclrtCheckMemType(NULL, 1, ACL_RT_MEM_TYPE_DEV, &result, 0), "addrList");
	FAILS(INVALID, aclrtCheckMemType(list, 1, ACL_RT_MEM_TYPE_DEV, NULL, 0), "checkResult");
	FAILS(PARAM, aclrtCheckMemType(list, 0, ACL_RT_MEM_TYPE_DEV, &result, 0), "size");
	FAILS(PARAM, aclrtCheckMemType(list, 1, 0, &result, 0), "memType");
	FAILS(PARAM, aclrtCheckMemType(list, 1, 4, &result, 0), "0x4");
	FAILS(PARAM, aclrtCheckMemType(list, 1, ACL_RT_MEM_TYPE_DEV, &result, 3), "reserve");
	EXPECT_EQ(7, result);
}

TEST_HARNESS_MAIN
