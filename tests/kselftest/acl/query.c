// SPDX-License-Identifier: MIT
/*
 * Queries of devices, frees that synchronize first, and data buffers.
 */
#include "acl_stream.h"

WORLD_FIXTURE(query);

TEST_F(query, facts)
{
	static const struct { aclrtDevAttr attr; int64_t value; } is[] = {
		{ ACL_DEV_ATTR_AICORE_CORE_NUM, 20 }, { ACL_DEV_ATTR_CUBE_CORE_NUM, 20 },
		{ ACL_DEV_ATTR_VECTOR_CORE_NUM, 40 }, { ACL_DEV_ATTR_PHY_CHIP_ID, 1 },
		{ ACL_DEV_ATTR_SUPER_POD_DEVICE_ID, 1 }, { ACL_DEV_ATTR_SUPER_POD_SERVER_ID, 0 },
		{ ACL_DEV_ATTR_SUPER_POD_ID, 0 }, { ACL_DEV_ATTR_IS_VIRTUAL, 0 },
	};
	int64_t value = 7, l2 = 0;
	size_t i;

	for (i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		value = 7;
		WORKS(aclrtGetDeviceInfo(1, is[i].attr, &value));
		EXPECT_EQ(is[i].value, value) TH_LOG("attribute %d", is[i].attr);
	}
	WORKS(aclrtGetDeviceInfo(1, ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE, &value));
	EXPECT_EQ((int64_t)capacity(1), value);
	WORKS(aclrtGetDeviceInfo(0, ACL_DEV_ATTR_L2_CACHE_SIZE, &value));
	WORKS(aclGetDeviceCapability(0, ACL_DEVICE_INFO_L2_SIZE, &l2));
	EXPECT_EQ(l2, value);
	FAILS(UNSUPPORTED, aclrtGetDeviceInfo(0, ACL_DEV_ATTR_AICPU_CORE_NUM, &value), "1");
	FAILS(UNSUPPORTED, aclrtGetDeviceInfo(0, ACL_DEV_ATTR_NPU_ARCH, &value), "601");
	FAILS(PARAM, aclrtGetDeviceInfo(0, (aclrtDevAttr)8, &value), "8");
	FAILS(BAD_DEVICE, aclrtGetDeviceInfo(99, ACL_DEV_ATTR_PHY_CHIP_ID, &value), "99");
	EXPECT_EQ(l2, value);
}

TEST_F(query, use)
{
	aclrtUtilizationInfo use = { .cubeUtilization = 7 };
	int32_t before;
	void *block;

	WORKS(aclrtGetDeviceUtilizationRate(0, &use));
	EXPECT_EQ(0, use.cubeUtilization);
	EXPECT_EQ(0, use.vectorUtilization);
	EXPECT_EQ(0, use.aicpuUtilization);
	before = use.memoryUtilization;
	WORKS(aclrtMalloc(&block, capacity(0) / 2, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtGetDeviceUtilizationRate(0, &use));
	EXPECT_LE(before + 48, use.memoryUtilization);
	EXPECT_GE(before + 52, use.memoryUtilization);
	WORKS(aclrtFree(block));
	FAILS(BAD_DEVICE, aclrtGetDeviceUtilizationRate(99, &use), "99");
	use.utilizationExtend = (void *)&use;
	FAILS(INVALID, aclrtGetDeviceUtilizationRate(0, &use), "utilizationExtend");
}

TEST_F(query, state)
{
	aclrtDeviceStatus status = ACL_RT_DEVICE_STATUS_END;
	aclrtMemUceInfo broken;
	int32_t least = 77, greatest = 77, active = 77;
	uint32_t flags = 77;
	size_t count = 77;
	aclrtUuid uuid;

	WORKS(aclrtQueryDeviceStatus(1, &status));
	EXPECT_EQ(ACL_RT_DEVICE_STATUS_NORMAL, status);
	FAILS(BAD_DEVICE, aclrtQueryDeviceStatus(99, &status), "99");
	FAILS(INVALID, aclrtGetMemUceInfo(0, &broken, 0, &count), "arraySize");
	FAILS(INVALID, aclrtGetMemUceInfo(0, &broken, 1, NULL), "retSize");
	FAILS(BAD_DEVICE, aclrtGetMemUceInfo(99, &broken, 1, &count), "99");
	EXPECT_EQ(77, count);
	WORKS(aclrtGetMemUceInfo(0, &broken, 1, &count));
	EXPECT_EQ(0, count);
	WORKS(aclrtDeviceGetStreamPriorityRange(NULL, NULL));
	WORKS(aclrtDeviceGetStreamPriorityRange(&least, &greatest));
	EXPECT_EQ(7, least);
	EXPECT_EQ(0, greatest);
	FAILS(BAD_DEVICE, aclrtGetPrimaryCtxState(99, NULL, &active), "99");
	FAILS(INVALID, aclrtGetPrimaryCtxState(1, &flags, &active), "flags");
	WORKS(aclrtGetPrimaryCtxState(2, NULL, &active));
	EXPECT_EQ(0, active);
	WORKS(aclrtGetPrimaryCtxState(1, NULL, &active));
	EXPECT_EQ(1, active);
	WORKS(aclrtGetPrimaryCtxState(1, NULL, NULL));
	FAILS(UNSUPPORTED, aclrtDeviceGetUuid(0, &uuid), "UUID");
	FAILS(BAD_DEVICE, aclrtDeviceGetUuid(99, &uuid), "99");
}

/* A device has the same number everywhere. */
#define SAME_ID(call, device) do { \
	WORKS(call(device, &id)); \
	EXPECT_EQ(device, id); \
	FAILS(BAD_DEVICE, call(64, &id), "64"); \
	EXPECT_EQ(device, id); \
} while (0)

TEST_F(query, ids)
{
	int32_t id = 77;

	SAME_ID(aclrtGetUserDevIdByLogicDevId, 1);
	SAME_ID(aclrtGetUserDevIdByPhyDevId, 0);
	SAME_ID(aclrtGetLogicDevIdByPhyDevId, 1);
	SAME_ID(aclrtGetLogicDevIdByUserDevId, 0);
	SAME_ID(aclrtGetPhyDevIdByLogicDevId, 1);
	SAME_ID(aclrtGetPhyDevIdByUserDevId, 0);
	FAILS(PARAM, aclrtGetUserDevIdByLogicDevId(-1, &id), "-1");
	EXPECT_EQ(0, id);
}

TEST_F(query, package)
{
	aclCANNPackageVersion version;
	char whole[ACL_PKG_VERSION_MAX_SIZE], parts[512];

	memset(&version, 7, sizeof(version));
	WORKS(aclsysGetVersionStr((char[]){ "runtime" }, whole));
	WORKS(aclsysGetCANNVersion(ACL_PKG_NAME_RUNTIME, &version));
	EXPECT_STREQ(whole, version.version);
	snprintf(parts, sizeof(parts), "%s.%s.%s", version.majorVersion, version.minorVersion,
		 version.releaseVersion);
	EXPECT_STREQ(whole, parts);
	EXPECT_STREQ("", version.patchVersion);
	WORKS(aclsysGetCANNVersion(ACL_PKG_NAME_CANN, &version));
	FAILS(ACL_ERROR_INVALID_FILE, aclsysGetCANNVersion(ACL_PKG_NAME_HCCL, &version), "3");
	FAILS(INVALID, aclsysGetCANNVersion((aclCANNPackageName)8, &version), "8");
	EXPECT_STREQ(whole, version.version);
}

TEST_F(query, buffer)
{
	aclDataBuffer *buffer = aclCreateDataBuffer(self, 5);

	ASSERT_NE(NULL, buffer);
	EXPECT_EQ((void *)self, aclGetDataBufferAddr(buffer));
	EXPECT_EQ(5, aclGetDataBufferSize(buffer));
	WORKS(aclUpdateDataBuffer(buffer, NULL, 5ul << 32 | 6));
	EXPECT_EQ(NULL, aclGetDataBufferAddr(buffer));
	EXPECT_EQ(6, aclGetDataBufferSize(buffer));
	EXPECT_EQ(5ul << 32 | 6, aclGetDataBufferSizeV2(buffer));
	WORKS(aclDestroyDataBuffer(buffer));
	EXPECT_EQ(NULL, aclGetDataBufferAddr(NULL));
	EXPECT_EQ(0, aclGetDataBufferSize(NULL));
	EXPECT_EQ(0, aclGetDataBufferSizeV2(NULL));
}

struct later {
	struct hold *hold;
	pid_t waits;		/* thread that must be waiting by then */
};

/* Lets the stream go when the other thread waits for it. */
static void *release_later(void *arg)
{
	struct later *l = arg;

	while (!thread_is_in(l->waits, SYS_futex))
		sched_yield();
	flag_raise(&l->hold->go_on);
	return NULL;
}

/* Both frees wait for what streams do with the memory. */
TEST_F(query, free_with_sync)
{
	uint64_t before = used(0), host = host_used();
	char *pinned, *block;
	struct hold hold[2] = { HOLD, HOLD };
	struct later later = { .waits = getpid() };
	aclrtStream stream;
	pthread_t thread;
	int i;

	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtMalloc((void **)&block, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost((void **)&pinned, BLOCK));
	for (i = 0; i < 2; i++) {
		WORKS(hold_stream(&hold[i], stream));
		WORKS(aclrtMemcpyAsync(block, BLOCK / 2, pinned, BLOCK / 2,
				       ACL_MEMCPY_HOST_TO_DEVICE, stream));
		later.hold = &hold[i];
		ASSERT_EQ(0, pthread_create(&thread, NULL, release_later, &later));
		if (!i)
			WORKS(aclrtFreeHostWithDevSync(pinned));
		else
			WORKS(aclrtFreeWithDevSync(block));
		pthread_join(thread, NULL);
		if (!i)
			WORKS(aclrtMallocHost((void **)&pinned, BLOCK));
	}
	EXPECT_EQ(before, used(0));
	WORKS(aclrtFreeHost(pinned));
	EXPECT_EQ(host, host_used());
	WORKS(aclrtSynchronizeStream(stream));
	FAILS(PARAM, aclrtFreeWithDevSync(block), hex(block));
	FAILS(PARAM, aclrtFreeHostWithDevSync(pinned), hex(pinned));
	WORKS(aclrtDestroyStream(stream));
}

static void abort_here(void *arg)
{
	*(aclError *)arg = aclrtDeviceTaskAbort(0, 0);
}

/* All streams of one device lose what they have to do; others do not. */
TEST_F(query, task_abort)
{
	aclrtStream stream[3];
	aclError mine = ACL_SUCCESS;
	aclrtNotify never;
	int i, ran = 0;

	for (i = 0; i < 3; i++) {
		WORKS(aclrtSetDevice(i == 2));
		WORKS(aclrtCreateStream(&stream[i]));
	}
	WORKS(aclrtCreateNotify(&never, 0));
	WORKS(aclrtWaitAndResetNotify(never, stream[2], 0));
	WORKS(count_in(stream[2], &ran, 1));
	WORKS(aclrtSetDevice(0));
	for (i = 0; i < 2; i++) {
		WORKS(aclrtWaitAndResetNotify(never, stream[i], 0));
		WORKS(count_in(stream[i], &ran, 100));
	}
	WORKS(aclrtDeviceTaskAbort(0, 1000));
	for (i = 0; i < 2; i++)
		WORKS(aclrtSynchronizeStream(stream[i]));
	EXPECT_EQ(0, ran);
	WORKS(aclrtRecordNotify(never, stream[0]));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSynchronizeStream(stream[2]));
	EXPECT_EQ(1, ran);
	WORKS(aclrtDestroyStream(stream[2]));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtLaunchHostFunc(stream[0], abort_here, &mine));
	WORKS(aclrtSynchronizeStream(stream[0]));
	EXPECT_EQ(UNSUPPORTED, mine);
	for (i = 0; i < 2; i++)
		WORKS(aclrtDestroyStream(stream[i]));
	WORKS(aclrtDestroyNotify(never));
	FAILS(BAD_DEVICE, aclrtDeviceTaskAbort(99, 0), "99");
	FAILS(NO_CONTEXT, aclrtDeviceTaskAbort(2, 0), "2");
	FAILS(UNSUPPORTED, aclrtDeviceGetUuid(0, (aclrtUuid[1]){ 0 }), NULL);
}

TEST_HARNESS_MAIN
