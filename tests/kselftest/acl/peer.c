// SPDX-License-Identifier: MIT
/*
 * Access between devices: who has it, and that copies obey it.
 */
#include "acl_test.h"

#define SIZE	(100 * KIB)

FIXTURE(peer) {
	struct world world;
	void *block[2];		/* one on each device */
	char *plain;
};

FIXTURE_SETUP(peer)
{
	world_open(_metadata, &self->world);
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtMalloc(&self->block[1], SIZE, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtMalloc(&self->block[0], SIZE, ACL_MEM_MALLOC_HUGE_FIRST));
	self->plain = malloc(SIZE);
	fill(self->plain, SIZE, 1);
	WORKS(aclrtMemcpy(self->block[0], SIZE, self->plain, SIZE, ACL_MEMCPY_HOST_TO_DEVICE));
	memset(self->plain, 0, SIZE);
}

FIXTURE_TEARDOWN(peer)
{
	aclrtFree(self->block[0]);
	aclrtFree(self->block[1]);
	free(self->plain);
	world_close(_metadata, &self->world);
}

static aclError cross(void *dst, const void *src)
{
	return aclrtMemcpy(dst, SIZE, src, SIZE, ACL_MEMCPY_DEVICE_TO_DEVICE);
}

TEST_F(peer, disabled_by_default)
{
	int32_t status = 5, can = 5;

	WORKS(aclrtDevicePeerAccessStatus(0, 1, &status));
	EXPECT_EQ(0, status);
	WORKS(aclrtDeviceCanAccessPeer(&can, 0, 1));
	EXPECT_EQ(1, can);
	EXPECT_EQ(BAD_HANDLE, cross(self->block[1], self->block[0]));
	FAILS(BAD_HANDLE,
	      aclrtMemcpy(self->block[1], SIZE, self->block[0], SIZE, ACL_MEMCPY_DEVICE_TO_DEVICE),
	      "device 1");
	WORKS(aclrtMemcpy(self->plain, SIZE, self->block[1], SIZE, ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_TRUE(zeroed(self->plain, SIZE));
}

TEST_F(peer, enabled)
{
	int32_t status = 5;

	WORKS(aclrtDeviceEnablePeerAccess(1, 0));
	WORKS(aclrtDeviceEnablePeerAccess(1, 0));
	WORKS(aclrtDevicePeerAccessStatus(0, 1, &status));
	EXPECT_EQ(1, status);
	WORKS(aclrtDevicePeerAccessStatus(1, 0, &status));
	EXPECT_EQ(0, status);
	EXPECT_EQ(ACL_SUCCESS, cross(self->block[1], self->block[0]));
	WORKS(aclrtMemcpy(self->plain, SIZE, self->block[1], SIZE, ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_TRUE(filled(self->plain, SIZE, 1));
	EXPECT_EQ(ACL_SUCCESS, cross(self->block[0], self->block[1]));
	WORKS(aclrtDeviceDisablePeerAccess(1));
	WORKS(aclrtDeviceDisablePeerAccess(1));
	WORKS(aclrtDevicePeerAccessStatus(0, 1, &status));
	EXPECT_EQ(0, status);
	EXPECT_EQ(BAD_HANDLE, cross(self->block[0], self->block[1]));
}

/* The access ends with the reset of either device. */
TEST_F(peer, ends_with_a_reset)
{
	int32_t status = 5;

	WORKS(aclrtDeviceEnablePeerAccess(1, 0));
	WORKS(aclrtResetDeviceForce(1));
	WORKS(aclrtDevicePeerAccessStatus(0, 1, &status));
	EXPECT_EQ(0, status);
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtDeviceEnablePeerAccess(0, 0));
	WORKS(aclrtResetDeviceForce(1));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtDevicePeerAccessStatus(1, 0, &status));
	EXPECT_EQ(0, status);
	WORKS(aclrtSetDevice(0));
}

/* A right to the mapping suffices for a copy. */
TEST_F(peer, granted)
{
	struct block a, b;

	WORKS(block_make(&a, BLOCK, 0));
	WORKS(block_make(&b, BLOCK, 1));
	EXPECT_EQ(BAD_HANDLE, cross(b.addr, a.addr));
	WORKS(grant(a.addr, BLOCK, ACL_MEM_LOCATION_TYPE_DEVICE, 1));
	fill(a.addr, SIZE, 9);
	EXPECT_EQ(ACL_SUCCESS, cross(b.addr, a.addr));
	EXPECT_TRUE(filled(b.addr, SIZE, 9));
	WORKS(block_drop(&a));
	WORKS(block_drop(&b));
}

/* Above the window one reservation holds memory of both: all of a copy counts. */
TEST_F(peer, both_in_one_reservation)
{
	aclrtDrvMemHandle mem[2];
	struct block to;
	void *at = (void *)(40 * TIB);
	char *far;
	int i;

	WORKS(aclrtReserveMemAddressNoUCMemory((void **)&far, GIB, 0, at, 0));
	for (i = 0; i < 2; i++) {
		WORKS(phys(&mem[i], BLOCK, i));
		WORKS(aclrtMapMem(far + (size_t)i * BLOCK, BLOCK, 0, mem[i], 0));
		WORKS(aclrtMemset(far + (size_t)i * BLOCK, BLOCK, i + 1, BLOCK));
	}
	WORKS(block_make(&to, 2 * BLOCK, 0));
	WORKS(aclrtMemcpy(to.addr, BLOCK, far, BLOCK, ACL_MEMCPY_DEVICE_TO_DEVICE));
	FAILS(BAD_HANDLE,
	      aclrtMemcpy(to.addr, 2 * BLOCK, far, 2 * BLOCK, ACL_MEMCPY_DEVICE_TO_DEVICE),
	      "device 1");
	WORKS(aclrtDeviceEnablePeerAccess(1, 0));
	WORKS(aclrtMemcpy(to.addr, 2 * BLOCK, far, 2 * BLOCK, ACL_MEMCPY_DEVICE_TO_DEVICE));
	EXPECT_EQ(0, memcmp(to.addr, far, 2 * BLOCK));
	WORKS(block_drop(&to));
	for (i = 0; i < 2; i++) {
		WORKS(aclrtUnmapMem(far + (size_t)i * BLOCK));
		WORKS(aclrtFreePhysical(mem[i]));
	}
	WORKS(aclrtReleaseMemAddress(far));
}

static aclError get_status(void *status)
{
	return aclrtDevicePeerAccessStatus(0, 1, status);
}

/* All threads of the process have the access; a child does not. */
TEST_F(peer, state_of_the_process)
{
	int32_t status = 5;

	WORKS(aclrtDeviceEnablePeerAccess(1, 0));
	WORKS(in_new_thread(get_status, &status));
	EXPECT_EQ(1, status);
	EXPECT_EQ(0, IN_CHILD(aclrtDevicePeerAccessStatus(0, 1, &status) ? 9 : status));
}

TEST_F(peer, can_wrong)
{
	int32_t can = 5;

	FAILS(INVALID, aclrtDeviceCanAccessPeer(&can, 1, 1), "device 1");
	FAILS(PARAM, aclrtDeviceCanAccessPeer(NULL, 0, 1), "canAccessPeer");
	FAILS(BAD_DEVICE, aclrtDeviceCanAccessPeer(&can, 0, 64), "64");
	FAILS(PARAM, aclrtDeviceCanAccessPeer(&can, -1, 0), "-1");
	EXPECT_EQ(5, can);
}

static aclError without_context(void *arg)
{
	aclError *code = arg;

	code[0] = aclrtDeviceEnablePeerAccess(1, 0);
	code[1] = aclrtDeviceDisablePeerAccess(1);
	code[2] = aclrtDeviceEnablePeerAccess(1, 4);
	return ACL_SUCCESS;
}

TEST_F(peer, enable_wrong)
{
	aclError code[3];
	int32_t status = 5;

	FAILS(ACL_ERROR_FEATURE_UNSUPPORTED, aclrtDeviceEnablePeerAccess(1, 4), "flags");
	FAILS(INVALID, aclrtDeviceEnablePeerAccess(0, 0), "device 0");
	FAILS(BAD_DEVICE, aclrtDeviceEnablePeerAccess(77, 0), "77");
	FAILS(INVALID, aclrtDeviceDisablePeerAccess(0), "device 0");
	FAILS(BAD_DEVICE, aclrtDeviceDisablePeerAccess(-2), "-2");
	WORKS(in_new_thread(without_context, code));
	EXPECT_EQ(NO_CONTEXT, code[0]);
	EXPECT_EQ(NO_CONTEXT, code[1]);
	EXPECT_EQ(ACL_ERROR_FEATURE_UNSUPPORTED, code[2]);
	FAILS(INVALID, aclrtDevicePeerAccessStatus(0, 1, NULL), "status");
	FAILS(BAD_DEVICE, aclrtDevicePeerAccessStatus(99, 1, &status), "99");
	FAILS(BAD_DEVICE, aclrtDevicePeerAccessStatus(0, 99, &status), "99");
	EXPECT_EQ(5, status);
}

TEST_HARNESS_MAIN
