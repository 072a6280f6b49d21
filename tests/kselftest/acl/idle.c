// SPDX-License-Identifier: MIT
/*
 * Idle memory of mempools is released before an allocation fails, for every kind of
 * allocation and whatever the thresholds are.
 */
#include "acl_mempool.h"

#define IDLE	(100 * MIB)	/* of the 128 MiB of a device */
#define ASKED	(60 * MIB)

FIXTURE(idle) {
	struct world world;
	aclrtStream stream;
	aclrtMemPool pool;
};

/* A mempool that keeps all idle memory. */
static aclError keeping_pool(aclrtMemPool *pool, uint32_t device)
{
	aclError code = mempool_create(pool, device, 0);

	return code ? code : set(*pool, THRESHOLD, UINT64_MAX);
}

/* Makes a pool keep IDLE bytes. */
static aclError keep(aclrtMemPool pool, aclrtStream stream)
{
	void *block;
	aclError code = aclrtMemPoolMallocAsync(&block, IDLE, pool, stream);

	if (!code)
		code = aclrtMemPoolFreeAsync(block, stream);
	return code ? code : aclrtSynchronizeStream(stream);
}

FIXTURE_SETUP(idle)
{
	world_open(_metadata, &self->world);
	WORKS(aclrtCreateStream(&self->stream));
	WORKS(keeping_pool(&self->pool, 0));
	WORKS(keep(self->pool, self->stream));
	ASSERT_LE(IDLE, used(0));
}

FIXTURE_TEARDOWN(idle)
{
	WORKS(aclrtMemPoolDestroy(self->pool));
	WORKS(aclrtDestroyStream(self->stream));
	world_close(_metadata, &self->world);
}

TEST_F(idle, blocks)
{
	aclrtMallocAttribute attr = { .attr = ACL_RT_MEM_ATTR_DEVICE_ID, .value.deviceId = 0 };
	aclrtMallocConfig config = { .attrs = &attr, .numAttrs = 1 };
	void *block;

	WORKS(aclrtMalloc(&block, ASKED, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtFree(block));
	WORKS(keep(self->pool, self->stream));
	WORKS(aclrtMallocAlign32(&block, ASKED, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtFree(block));
	WORKS(keep(self->pool, self->stream));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtMallocWithCfg(&block, ASKED, ACL_MEM_MALLOC_HUGE_FIRST, &config));
	WORKS(aclrtResetDevice(1));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtFree(block));
	WORKS(aclrtResetDevice(0));
}

TEST_F(idle, physical)
{
	aclrtDrvMemHandle handle;

	WORKS(phys(&handle, ASKED, 0));
	WORKS(aclrtFreePhysical(handle));
}

TEST_F(idle, other_pool)
{
	aclrtMemPool other;
	void *block;

	WORKS(keeping_pool(&other, 0));
	WORKS(aclrtMemPoolMallocAsync(&block, ASKED, other, self->stream));
	WORKS(aclrtMemPoolFreeAsync(block, self->stream));
	WORKS(aclrtSynchronizeStream(self->stream));
	WORKS(aclrtMemPoolDestroy(other));
}

/* An allocation that fails on another device releases nothing here. */
TEST_F(idle, other_device)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_DEVICE, 1, ACL_HBM_MEM_HUGE);
	aclrtDrvMemHandle handle;

	FAILS(FULL, aclrtMallocPhysical(&handle, TIB, &prop, 0), "device 1");
	EXPECT_LE(IDLE, get(self->pool, RESERVED));
}

/* Memory in use stays, and an allocation that does not fit still gives 207001. */
TEST_F(idle, used_memory_stays)
{
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;
	char *block;

	WORKS(aclrtMemPoolMallocAsync((void **)&block, IDLE, self->pool, self->stream));
	WORKS(aclrtMemset(block, IDLE, 7, IDLE));
	EXPECT_EQ(FULL, phys(&handle, ASKED, 0));
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
	EXPECT_EQ(7, block[0]);
	EXPECT_EQ(7, block[IDLE - 1]);
	WORKS(aclrtMemPoolFreeAsync(block, self->stream));
	WORKS(aclrtSynchronizeStream(self->stream));
	WORKS(phys(&handle, ASKED, 0));
	WORKS(aclrtFreePhysical(handle));
}

static aclError take_part(void *arg)
{
	return phys(arg, 28 * MIB, 0);
}

/* Four threads allocate at the same time, and all succeed. */
TEST_F(idle, threads)
{
	aclrtDrvMemHandle handle[4];
	struct caller caller[4];
	int i, round;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < 4; i++)
			caller_start(&caller[i], take_part, &handle[i]);
		for (i = 0; i < 4; i++) {
			EXPECT_EQ(ACL_SUCCESS, caller_join(&caller[i])) TH_LOG("round %d", round);
			aclrtFreePhysical(handle[i]);
		}
		WORKS(keep(self->pool, self->stream));
	}
}

TEST_HARNESS_MAIN
