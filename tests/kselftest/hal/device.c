// SPDX-License-Identifier: MIT
/*
 * Devices and their properties, and the layout of structures that the runtime passes.
 */
#include "hal_test.h"

#define HAS(type, size)			_Static_assert(sizeof(struct type) == (size), #type)
#define AT(type, member, offset)	_Static_assert(offsetof(struct type, member) == (offset), \
						       #type "." #member)

HAS(halSqCqInputInfo, 96);
AT(halSqCqInputInfo, info, 40);
AT(halSqCqInputInfo, ext_info, 64);
HAS(halSqCqOutputInfo, 40);
AT(halSqCqOutputInfo, queueVAddr, 8);
HAS(halSqCqFreeInfo, 52);
HAS(halSqCqQueryInfo, 52);
AT(halSqCqQueryInfo, value, 20);
HAS(halSqCqConfigInfo, 52);
HAS(halTaskSendInfo, 64);
AT(halTaskSendInfo, pos, 28);
HAS(halReportRecvInfo, 72);
AT(halReportRecvInfo, report_cqe_num, 28);
HAS(halReportInfoInput, 48);
HAS(halReportInfoOutput, 48);
HAS(halReportGetInput, 44);
HAS(halReportGetOutput, 48);
HAS(halReportReleaseInfo, 48);
HAS(halSqMemGetInput, 48);
HAS(halSqMemGetOutput, 48);
AT(halSqMemGetOutput, pos, 16);
HAS(halSqMsgInfo, 52);
HAS(halResourceIdInputInfo, 44);
HAS(halResourceIdOutputInfo, 36);
HAS(halResourceConfigInfo, 32);
HAS(halResourceInfo, 16);
HAS(halCapabilityInfo, 136);
HAS(drv_mem_prop, 32);
AT(drv_mem_prop, reserve, 24);
HAS(drv_mem_location, 8);
HAS(drv_mem_access_desc, 20);
HAS(DVattribute, 52);
AT(DVattribute, devId, 12);
HAS(MemInfo, 264);
HAS(MEMCPY2D, 88);
AT(MEMCPY2D, copy2dAsync.dmaAddr, 80);
HAS(DMA_ADDR, 40);
AT(DMA_ADDR, fixed_size, 32);
HAS(MemShareHandle, 128);
HAS(ShareHandleGetInfo, 36);
HAS(ShmemGetInfo, 36);
HAS(drvShrIdInfo, 28);
HAS(supportFeaturePara, 16);
HAS(AddrMapInPara, 8);
HAS(AddrMapOutPara, 16);
HAS(hal_completion, 32);
AT(hal_completion, time, 16);
HAS(hal_report, 32);
AT(hal_report, function, 16);

HAL_FIXTURE(device)

TEST_F(device, numbers)
{
	uint32_t count, ids[64], id, same;
	drvStatus_t status;

	OK(drvGetDevNum(&count));
	OK(drvGetDevIDs(ids, 64));
	for (id = 0; id < count; id++) {
		EXPECT_EQ(id, ids[id]);
		OK(drvDeviceGetPhyIdByIndex(id, &same));
		EXPECT_EQ(id, same);
		OK(drvDeviceGetIndexByPhyId(id, &same));
		EXPECT_EQ(id, same);
		OK(drvDeviceStatus(id, &status));
		EXPECT_EQ(DRV_STATUS_WORK, status);
	}
	REFUSES(DRV_ERROR_INVALID_DEVICE, drvDeviceGetPhyIdByIndex(count, &same));
	REFUSES(DRV_ERROR_INVALID_DEVICE, drvDeviceStatus(count, &status));
	REFUSES(DRV_ERROR_INVALID_DEVICE, halDeviceOpen(count, NULL, NULL));
	REFUSES(DRV_ERROR_INVALID_VALUE, drvGetDevNum(NULL));
	EXPECT_EQ(getpid(), drvDeviceGetBareTgid());
}

/* What the runtime asks for when a device is set. */
TEST_F(device, properties)
{
	static const struct { int32_t module, type; int64_t value; } keys[] = {
		{ 0, 0, 3 }, { 0, 1, 0x503 }, { 0, 3, 1 }, { 0, 18, 1 }, { 0, 19, 0 },
		{ 0, 30, 0 }, { 0, 31, 0 }, { 0, 40, 0 }, { 0, 26, 1 }, { 0, 27, 0 },
		{ 0, 29, 0 }, { 1, 3, 6 }, { 4, 3, 20 }, { 7, 3, 40 }, { 4, 23, 0 },
	};
	struct supportFeaturePara feature = { .support_feature = 1 };
	struct AddrMapInPara page = { .addr_type = 1 };
	struct AddrMapOutPara mapped;
	struct halCapabilityInfo capability;
	size_t size = 0, i;
	uint32_t platform;
	int64_t value;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		OK(halGetDeviceInfo(1, keys[i].module, keys[i].type, &value));
		EXPECT_EQ(keys[i].value, value) TH_LOG("%d %d", keys[i].module, keys[i].type);
	}
	REFUSES(DRV_ERROR_NOT_SUPPORT, halGetDeviceInfo(0, 0, 9999, &value));
	REFUSES(DRV_ERROR_INVALID_DEVICE, halGetDeviceInfo(63, 0, 0, &value));
	OK(drvGetPlatformInfo(&platform));
	EXPECT_EQ(1, platform);
	OK(halGetChipCapability(0, &capability));
	EXPECT_EQ(1, capability.ts_group_number);
	EXPECT_TRUE(halSupportFeature(0, 2));
	EXPECT_FALSE(halSupportFeature(0, 3));
	EXPECT_FALSE(halSupportFeature(0, 8));
	OK(halMemCtl(CTRL_TYPE_SUPPORT_FEATURE, &feature, sizeof(feature), &feature, &size));
	EXPECT_EQ(0, feature.support_feature);
	OK(halMemCtl(CTRL_TYPE_ADDR_MAP, &page, sizeof(page), &mapped, &size));
	EXPECT_NE(0, mapped.ptr);
	EXPECT_NE(0, mapped.len);
	REFUSES(DRV_ERROR_NOT_SUPPORT, halMemCtl(4, &page, sizeof(page), &mapped, &size));
	REFUSES(DRV_ERROR_NOT_SUPPORT, halTsdrvCtl(0, 0, NULL, 0, NULL, NULL));
}

TEST_F(device, memory)
{
	struct MemInfo info;

	OK(halMemGetInfo(0, MEM_INFO_TYPE_HBM_SIZE, &info));
	EXPECT_EQ(capacity(0), info.phy_info.huge_total);
	EXPECT_EQ(capacity(0) - used(0), info.phy_info.huge_free);
	EXPECT_EQ(0, info.phy_info.total);
	OK(halMemGetInfo(0, MEM_INFO_TYPE_DDR_SIZE, &info));
	EXPECT_EQ(0, info.phy_info.huge_total);
	REFUSES(DRV_ERROR_NOT_SUPPORT, halMemGetInfo(0, 5, &info));
}

TEST_F(device, peers)
{
	uint32_t status;
	int can;

	OK(halDeviceCanAccessPeer(&can, 0, 1));
	EXPECT_EQ(1, can);
	OK(halDeviceCanAccessPeer(&can, 0, 0));
	EXPECT_EQ(0, can);
	OK(drvGetP2PStatus(0, 1, &status));
	EXPECT_EQ(0, status);
	OK(halDeviceEnableP2P(0, 1, 0));
	OK(drvGetP2PStatus(0, 1, &status));
	EXPECT_EQ(1, status);
	OK(drvGetP2PStatus(1, 0, &status));
	EXPECT_EQ(0, status);
	OK(halDeviceDisableP2P(0, 1, 0));
	OK(drvGetP2PStatus(0, 1, &status));
	EXPECT_EQ(0, status);
}

TEST_F(device, ids)
{
	struct halResourceIdInputInfo in = { .type = DRV_NOTIFY_ID, .resourceId = 513 };
	struct halResourceIdOutputInfo out;
	struct halResourceDetailInfo detail = { 0 };
	struct halResourceInfo info;
	uint32_t i;

	EXPECT_EQ(0, hal_id(0, DRV_STREAM_ID));
	EXPECT_EQ(1, hal_id(0, DRV_STREAM_ID));
	OK(hal_id_free(0, DRV_STREAM_ID, 0));
	EXPECT_EQ(0, hal_id(0, DRV_STREAM_ID));
	OK(halResourceInfoQuery(0, 0, 0, &info));
	EXPECT_EQ(2048, info.capacity);
	EXPECT_EQ(2, info.usedNum);
	for (i = 2; i < 2048; i++)
		ASSERT_EQ(i, hal_id(0, DRV_STREAM_ID));
	in.type = DRV_STREAM_ID;
	REFUSES(DRV_ERROR_NO_STREAM_RESOURCES, halResourceIdAlloc(0, &in, &out));
	for (i = 0; i < 2048; i++)
		OK(hal_id_free(0, DRV_STREAM_ID, i));
	REFUSES(DRV_ERROR_INVALID_VALUE, hal_id_free(0, DRV_STREAM_ID, 0));
	/* A wanted id. */
	in.type = DRV_NOTIFY_ID;
	in.res[1] = TSDRV_RES_SPECIFIED_ID;
	OK(halResourceIdAlloc(0, &in, &out));
	EXPECT_EQ(513, out.resourceId);
	REFUSES(DRV_ERROR_NO_RESOURCES, halResourceIdAlloc(0, &in, &out));
	OK(halResourceDetailQuery(0, &in, &detail));
	EXPECT_EQ(0x10004, detail.value0);
	OK(halResourceIdFree(0, &in));
	in.type = 4;
	REFUSES(DRV_ERROR_NOT_SUPPORT, halResourceIdAlloc(0, &in, &out));
}

/* A device that is closed is as if it was never used; what it held is gone. */
TEST(close_frees)
{
	static char memory[4096];
	struct hal_world before, w;
	drv_mem_handle_t *handle;
	struct hal_stream s;
	void *addr, *block;

	hal_world_open(_metadata, &before);
	OK(hal_mapped(0, BLOCK, &addr, &handle));
	OK(halMemAlloc(&block, 100, HAL_MEM_KIND(HAL_MEM_DEV)));
	OK(halMemAlloc(&block, 3 * BLOCK, HAL_MEM_KIND(HAL_MEM_DEV)));
	OK(hal_stream_begin(&s, 0, 16, 4));
	OK(hal_send_event(&s, true, 7, 0));
	OK(halHostRegister(memory, sizeof(memory), 0, 0, NULL));
	OK(halDeviceClose(0, NULL));
	REFUSES(DRV_ERROR_NOT_EXIST, halHostUnregister(memory, 0));
	REFUSES(DRV_ERROR_INVALID_HANDLE, halDeviceClose(0, NULL));
	REFUSES(DRV_ERROR_INVALID_VALUE, hal_stream_end(&s));
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemFree(block));
	OK(halMemAddressFree(addr));
	OK(halDeviceOpen(0, NULL, NULL));
	hal_world_close(_metadata, &before);
	hal_world_open(_metadata, &w);
	EXPECT_EQ(0, hal_id(0, DRV_STREAM_ID));
	OK(hal_id_free(0, DRV_STREAM_ID, 0));
	hal_world_close(_metadata, &w);
}

TEST_HARNESS_MAIN
