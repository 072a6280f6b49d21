// SPDX-License-Identifier: MIT
/*
 * Every exported function, called once with good and once with bad arguments.
 *
 * The rows run in their order: a later row uses what an earlier one made.
 * host/link.sh checks that each function has a row.
 */
#include "acl_test.h"

#include "acl/acl_rt_allocator.h"
#include "acl/acl_rt_memory_soma.h"
#include "acl_emu/acl_emu.h"
#include "runtime/rt.h"

#define INVALID	ACL_ERROR_INVALID_PARAM
#define PARAM	ACL_ERROR_RT_PARAM_INVALID
#define ID	ACL_ERROR_RT_INVALID_DEVICEID
#define HANDLE	ACL_ERROR_RT_INVALID_HANDLE
#define NO	ACL_ERROR_RT_FEATURE_NOT_SUPPORT
#define INNER	ACL_ERROR_RT_DRV_INTERNAL_ERROR

#define SIZE	4096ul
#define BIG	(64 * GIB)
#define RW	ACL_RT_MEM_ACCESS_FLAGS_READWRITE
#define HUGE	ACL_MEM_MALLOC_HUGE_FIRST
#define TO_DEV	ACL_MEMCPY_HOST_TO_DEVICE
#define STRANGE	((void *)0x1234567800000077ul)	/* a handle that was never given out */

/* What the calls leave for one another. */
static struct {
	void *dev, *dev2, *host, *range, *far, *same, *out, *block;
	char text[256], key[65];
	char plain[SIZE] __attribute__((aligned(4096)));
	size_t size, size2;
	int32_t i32, i32b, i32c;
	uint32_t u32, reg;
	uint64_t u64, share, share2;
	int64_t i64;
	float ms;
	aclrtContext first, context;
	aclrtStream stream, other, none;
	aclrtEvent event, event2, event3;
	aclrtNotify notify;
	char notify_key[65];
	aclrtEvent shared_event;
	aclrtDrvMemHandle mem, mem2, again;
	aclrtPhysicalMemProp prop;
	aclrtMemAccessDesc access;
	aclrtMemLocation place;
	aclrtMemAccessFlags rights;
	aclrtPtrAttributes attributes;
	aclrtMemUsageInfo usage;
	aclrtErrorInfo fault;
	aclrtRunMode mode;
	aclrtStreamStatus stream_status;
	aclrtEventStatus event_status;
	aclrtEventRecordedStatus recorded;
	aclrtEventWaitStatus waited;
	aclrtIpcEventHandle ipc_event;
	aclrtAllocatorDesc desc;
	const aclCannAttr *abilities;
	aclrtMallocConfig lost;
	acl_emu_versions versions;
	aclrtMemPool pool;
	aclrtMemPoolProps props;
	aclrtCntNotify counter;
	aclrtUtilizationInfo use;
	aclrtDeviceStatus status;
	aclrtMemUceInfo broken;
	aclrtUuid uuid;
	aclCANNPackageVersion package;
	aclDataBuffer *buffer;
	uint64_t self;
} s;

static void host_job(void *arg)
{
	++*(uint32_t *)arg;
}

static void block_job(const acl_emu_block *block, void *arg)
{
	(void)block;
	(void)arg;
}

static void *my_alloc(aclrtAllocator allocator, size_t size)
{
	(void)allocator;
	return malloc(size);
}

static void my_free(aclrtAllocator allocator, aclrtAllocatorBlock block)
{
	(void)allocator;
	free(block);
}

static void *my_advise(aclrtAllocator allocator, size_t size, aclrtAllocatorAddr addr)
{
	(void)addr;
	return my_alloc(allocator, size);
}

static void *my_addr(aclrtAllocatorBlock block)
{
	return block;
}

static aclError batch(void *dst, size_t *fail)
{
	aclrtMemcpyBatchAttr attr = {
		.dstLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE,
		.srcLoc.type = ACL_MEM_LOCATION_TYPE_HOST,
	};
	void *src = s.plain;
	size_t size = 8, first = 0;

	return aclrtMemcpyBatch(&dst, &size, &src, &size, 1, &attr, &first, 1, fail);
}

/* The three other forms of a list. */
static aclError batch_as(int form, void *dst, aclrtStream stream)
{
	aclrtMemcpyBatchAttr attr = {
		.dstLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE,
		.srcLoc.type = ACL_MEM_LOCATION_TYPE_HOST,
	};
	size_t size = 8, first = 0, fail;
	void *src = s.plain;

	if (form == 0)
		return aclrtMemcpyBatchV2(&dst, &size, &src, &size, 1, &attr, &first, 1);
	if (form == 1)
		return aclrtMemcpyBatchAsync(&dst, &size, &src, &size, 1, &attr, &first, 1, &fail,
					     stream);
	return aclrtMemcpyBatchAsyncV2(&dst, &size, &src, &size, 1, &attr, &first, 1, stream);
}

static aclError record_counter(unsigned int mode)
{
	aclrtCntNotifyRecordInfo info = { .mode = (aclrtCntNotifyRecordMode)mode, .value = 7 };

	return aclrtCntNotifyRecord(s.counter, NULL, &info);
}

/* The handle of an event for other processes is in s.ipc_event. */
static aclError ipc_event(void)
{
	return aclrtCreateEventWithFlag(&s.shared_event, ACL_EVENT_IPC) |
	       aclrtIpcGetEventHandle(s.shared_event, &s.ipc_event);
}

/* A notify with a key in s.notify_key, until the next one. */
static aclError notify_key(void)
{
	aclrtDestroyNotify(s.notify);
	return aclrtCreateNotify(&s.notify, 0) |
	       aclrtNotifyGetExportKey(s.notify, s.notify_key, sizeof(s.notify_key), 0);
}

static aclError notify_pids(aclrtNotify notify)
{
	int32_t pid = getpid();
	aclrtServerPid server = { .pid = &pid, .num = 1 };

	return aclrtNotifySetImportPidInterServer(notify, &server, 1);
}

static aclError wait_counter(unsigned int mode)
{
	aclrtCntNotifyWaitInfo info = { .mode = (aclrtCntNotifyWaitMode)mode, .value = 7 };

	return aclrtCntNotifyWaitWithTimeout(s.counter, NULL, &info);
}

static aclError get_allocator(aclrtStream stream)
{
	aclrtAllocatorAllocAdviseFunc advise;
	aclrtAllocatorGetAddrFromBlockFunc addr;
	aclrtAllocatorAllocFunc alloc;
	aclrtAllocatorFreeFunc give;
	aclrtAllocatorDesc desc;

	return aclrtAllocatorGetByStream(stream, &desc, &s.out, &alloc, &give, &advise, &addr);
}

/* A mapping of s.mem with the host's rights, for what works on one. */
static aclError prepare(void)
{
	s.prop = prop_on(ACL_MEM_LOCATION_TYPE_DEVICE, 0, ACL_HBM_MEM_HUGE);
	s.access = (aclrtMemAccessDesc){ .flags = RW,
		.location = { .type = ACL_MEM_LOCATION_TYPE_HOST } };
	s.place = (aclrtMemLocation){ .type = ACL_MEM_LOCATION_TYPE_DEVICE };
	s.lost.numAttrs = 1;
	s.props = (aclrtMemPoolProps){ .allocType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE } };
	s.self = (uint64_t)pthread_self();
	return ACL_SUCCESS;
}

/* CALL(function, code, good call, code, bad call); PLAIN: gives no code. */
#define CALLS \
	CALL(aclInit, 0, aclInit(NULL), ACL_ERROR_INVALID_FILE, aclInit("/nowhere/acl.json")) \
	PLAIN(aclrtGetSocName, aclrtGetSocName()[0] == 'A') \
	PLAIN(aclDataTypeSize, aclDataTypeSize(ACL_FLOAT) == 4) \
	PLAIN(aclFloat16ToFloat, aclFloat16ToFloat(0x3c00) == 1.0f) \
	PLAIN(aclFloatToFloat16, aclFloatToFloat16(1.0f) == 0x3c00) \
	PLAIN(aclAppLog, (aclAppLog(ACL_DEBUG, "f", "f", 1, "%d", 1), true)) \
	PLAIN(aclGetRecentErrMsg, aclGetRecentErrMsg() == NULL) \
	CALL(aclGetCannAttribute, 0, aclGetCannAttribute(ACL_CANN_ATTR_BF16, &s.i32), \
	     INVALID, aclGetCannAttribute(ACL_CANN_ATTR_BF16, NULL)) \
	CALL(aclGetCannAttributeList, 0, aclGetCannAttributeList(&s.abilities, &s.size), \
	     INVALID, aclGetCannAttributeList(NULL, &s.size)) \
	CALL(aclsysGetVersionStr, 0, aclsysGetVersionStr((char[]){ "runtime" }, s.text), \
	     INVALID, aclsysGetVersionStr(NULL, s.text)) \
	CALL(aclsysGetVersionNum, 0, aclsysGetVersionNum((char[]){ "runtime" }, &s.i32), \
	     ACL_ERROR_INVALID_FILE, aclsysGetVersionNum((char[]){ "other" }, &s.i32)) \
	CALL(aclrtGetVersion, 0, aclrtGetVersion(&s.i32, &s.i32b, &s.i32c), \
	     INVALID, aclrtGetVersion(&s.i32, NULL, &s.i32c)) \
	CALL(aclrtGetRunMode, 0, aclrtGetRunMode(&s.mode), INVALID, aclrtGetRunMode(NULL)) \
	CALL(aclrtGetDeviceCount, 0, aclrtGetDeviceCount(&s.u32), \
	     INVALID, aclrtGetDeviceCount(NULL)) \
	CALL(aclGetDeviceCapability, 0, \
	     aclGetDeviceCapability(0, ACL_DEVICE_INFO_L2_SIZE, &s.i64), \
	     INVALID, aclGetDeviceCapability(999, ACL_DEVICE_INFO_L2_SIZE, &s.i64)) \
	CALL(aclrtGetDeviceCapability, 0, \
	     aclrtGetDeviceCapability(0, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, &s.i32), \
	     ID, aclrtGetDeviceCapability(999, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, &s.i32)) \
	CALL(aclrtGetErrorVerbose, 0, aclrtGetErrorVerbose(0, &s.fault), \
	     ID, aclrtGetErrorVerbose(999, &s.fault)) \
	CALL(aclrtCheckArchCompatibility, 0, aclrtCheckArchCompatibility("Ascend910B1", &s.i32), \
	     INVALID, aclrtCheckArchCompatibility(NULL, &s.i32)) \
	CALL(aclrtGetLogicDevIdByUserDevId, 0, aclrtGetLogicDevIdByUserDevId(0, &s.i32), \
	     ID, aclrtGetLogicDevIdByUserDevId(999, &s.i32)) \
	CALL(aclrtGetPhyDevIdByLogicDevId, 0, aclrtGetPhyDevIdByLogicDevId(0, &s.i32), \
	     ID, aclrtGetPhyDevIdByLogicDevId(-1, &s.i32)) \
	CALL(aclrtGetPhyDevIdByUserDevId, 0, aclrtGetPhyDevIdByUserDevId(0, &s.i32), \
	     ID, aclrtGetPhyDevIdByUserDevId(64, &s.i32)) \
	CALL(aclrtDeviceGetBareTgid, 0, aclrtDeviceGetBareTgid(&s.i32), \
	     INVALID, aclrtDeviceGetBareTgid(NULL)) \
	CALL(aclrtSetDevice, 0, aclrtSetDevice(0), ID, aclrtSetDevice(999)) \
	CALL(aclrtGetDevice, 0, aclrtGetDevice(&s.i32), INVALID, aclrtGetDevice(NULL)) \
	CALL(aclrtGetCurrentContext, 0, aclrtGetCurrentContext(&s.first), \
	     INVALID, aclrtGetCurrentContext(NULL)) \
	CALL(aclrtCreateContext, 0, aclrtCreateContext(&s.context, 0), \
	     ID, aclrtCreateContext(&s.context, 999)) \
	CALL(aclrtSetCurrentContext, 0, aclrtSetCurrentContext(s.first), \
	     PARAM, aclrtSetCurrentContext(STRANGE)) \
	CALL(aclrtDestroyContext, 0, aclrtDestroyContext(s.context), \
	     ACL_ERROR_RT_CONTEXT_NULL, aclrtDestroyContext(s.context)) \
	CALL(aclrtGetResInCurrentThread, 0, \
	     aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &s.u32), \
	     PARAM, aclrtGetResInCurrentThread((aclrtDevResLimitType)9, &s.u32)) \
	CALL(aclrtGetMemInfo, 0, aclrtGetMemInfo(ACL_HBM_MEM, &s.size, &s.size2), \
	     ACL_ERROR_RT_INVALID_MEMORY_TYPE, \
	     aclrtGetMemInfo((aclrtMemAttr)99, &s.size, &s.size2)) \
	CALL(aclrtGetMemUsageInfo, NO, aclrtGetMemUsageInfo(0, &s.usage, 1, &s.size), \
	     ID, aclrtGetMemUsageInfo(999, &s.usage, 1, &s.size)) \
	CALL(aclrtDeviceCanAccessPeer, 0, aclrtDeviceCanAccessPeer(&s.i32, 0, 1), \
	     INVALID, aclrtDeviceCanAccessPeer(&s.i32, 1, 1)) \
	CALL(aclrtDeviceEnablePeerAccess, 0, aclrtDeviceEnablePeerAccess(1, 0), \
	     ID, aclrtDeviceEnablePeerAccess(999, 0)) \
	CALL(aclrtDevicePeerAccessStatus, 0, aclrtDevicePeerAccessStatus(0, 1, &s.i32), \
	     ID, aclrtDevicePeerAccessStatus(0, 999, &s.i32)) \
	CALL(aclrtDeviceDisablePeerAccess, 0, aclrtDeviceDisablePeerAccess(1), \
	     ID, aclrtDeviceDisablePeerAccess(999)) \
	MEMORY_CALLS WIDE_CALLS STREAM_CALLS VMM_CALLS LAST_CALLS

#define MEMORY_CALLS \
	CALL(aclrtMallocAlign32, 0, aclrtMallocAlign32(&s.dev2, SIZE, HUGE), \
	     ACL_ERROR_RT_MEMORY_ALLOCATION, aclrtMallocAlign32(&s.out, BIG, HUGE)) \
	CALL(aclrtFree, 0, aclrtFree(s.dev2), PARAM, aclrtFree(s.dev2)) \
	CALL(aclrtMallocWithCfg, 0, aclrtMallocWithCfg(&s.dev2, SIZE, HUGE, NULL), \
	     INVALID, aclrtMallocWithCfg(&s.out, SIZE, HUGE, &s.lost)) \
	CALL(aclrtMalloc, 0, aclrtMalloc(&s.dev, SIZE, HUGE), \
	     INVALID, aclrtMalloc(&s.out, SIZE_MAX, HUGE)) \
	CALL(aclrtMallocHostWithCfg, 0, aclrtMallocHostWithCfg(&s.host, SIZE, NULL), \
	     INVALID, aclrtMallocHostWithCfg(&s.out, SIZE, &s.lost)) \
	CALL(aclrtFreeHost, 0, aclrtFreeHost(s.host), PARAM, aclrtFreeHost(s.host)) \
	CALL(aclrtMallocHost, 0, aclrtMallocHost(&s.host, SIZE), \
	     INVALID, aclrtMallocHost(&s.out, 0)) \
	CALL(aclrtMemAllocManaged, NO, \
	     aclrtMemAllocManaged(&s.out, SIZE, ACL_RT_MEM_ATTACH_GLOBAL), \
	     INVALID, aclrtMemAllocManaged(&s.out, SIZE, 99)) \
	CALL(aclrtMemset, 0, aclrtMemset(s.dev, SIZE, 1, SIZE), \
	     PARAM, aclrtMemset(s.dev, SIZE, 1, SIZE + 1)) \
	CALL(aclrtMemcpy, 0, aclrtMemcpy(s.dev, SIZE, s.plain, SIZE, TO_DEV), \
	     PARAM, aclrtMemcpy(s.dev, SIZE, s.plain, SIZE + 1, TO_DEV)) \
	CALL(aclrtMemcpy2d, 0, aclrtMemcpy2d(s.dev, 64, s.plain, 64, 32, 8, TO_DEV), \
	     INVALID, aclrtMemcpy2d(s.dev, 16, s.plain, 64, 32, 8, TO_DEV)) \
	CALL(aclrtMemcpyBatch, 0, batch(s.dev, &s.size), PARAM, batch(s.plain, &s.size)) \
	CALL(aclrtPointerGetAttributes, 0, aclrtPointerGetAttributes(s.dev, &s.attributes), \
	     INVALID, aclrtPointerGetAttributes(NULL, &s.attributes)) \
	CALL(aclrtCheckMemType, 0, \
	     aclrtCheckMemType(&s.dev, 1, ACL_RT_MEM_TYPE_DEV, &s.u32, 0), \
	     PARAM, aclrtCheckMemType(&s.dev, 1, 0x100, &s.u32, 0)) \
	CALL(aclrtMemGetAddressRange, 0, aclrtMemGetAddressRange(s.dev, &s.out, &s.size), \
	     PARAM, aclrtMemGetAddressRange(s.plain, &s.out, &s.size)) \
	CALL(aclrtHostRegister, 0, \
	     aclrtHostRegister(s.plain, SIZE, ACL_HOST_REGISTER_MAPPED, &s.same), \
	     INNER, aclrtHostRegister((void *)64, 64, ACL_HOST_REGISTER_MAPPED, &s.same)) \
	CALL(aclrtHostGetDevicePointer, 0, aclrtHostGetDevicePointer(s.plain, &s.out, 0), \
	     ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, aclrtHostGetDevicePointer(&s, &s.out, 0)) \
	CALL(aclrtHostUnregister, 0, aclrtHostUnregister(s.plain), \
	     ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, aclrtHostUnregister(s.plain)) \
	CALL(aclrtHostRegisterV2, 0, aclrtHostRegisterV2(s.plain, SIZE, ACL_HOST_REG_PINNED), \
	     ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED, \
	     aclrtHostRegisterV2(s.plain, SIZE, ACL_HOST_REG_PINNED)) \
	CALL(aclrtIpcMemGetExportKey, 0, aclrtIpcMemGetExportKey(s.dev, SIZE, s.key, 65, 0), \
	     PARAM, aclrtIpcMemGetExportKey(s.host, SIZE, s.text, 65, 0)) \
	CALL(aclrtIpcMemSetImportPid, 0, aclrtIpcMemSetImportPid(s.key, (int32_t[]){ 1 }, 1), \
	     PARAM, aclrtIpcMemSetImportPid("no key", (int32_t[]){ 1 }, 1)) \
	CALL(aclrtIpcMemImportByKey, INNER, aclrtIpcMemImportByKey(&s.out, s.key, 0), \
	     PARAM, aclrtIpcMemImportByKey(&s.out, "no key", 0)) \
	CALL(aclrtIpcMemClose, 0, aclrtIpcMemClose(s.key), PARAM, aclrtIpcMemClose("no key")) \
	CALL(aclrtBinaryLoadFromFile, NO, aclrtBinaryLoadFromFile("a.o", NULL, &s.out), \
	     INVALID, aclrtBinaryLoadFromFile(NULL, NULL, &s.out)) \
	CALL(aclrtBinaryLoadFromData, NO, aclrtBinaryLoadFromData(s.plain, 8, NULL, &s.out), \
	     INVALID, aclrtBinaryLoadFromData(NULL, 8, NULL, &s.out)) \
	CALL(aclrtBinaryGetFunction, NO, aclrtBinaryGetFunction(STRANGE, "add", &s.out), \
	     INVALID, aclrtBinaryGetFunction(NULL, "add", &s.out)) \
	CALL(aclrtBinaryUnLoad, NO, aclrtBinaryUnLoad(STRANGE), INVALID, aclrtBinaryUnLoad(NULL)) \
	CALL(aclrtKernelArgsInit, NO, aclrtKernelArgsInit(STRANGE, &s.out), \
	     INVALID, aclrtKernelArgsInit(NULL, &s.out)) \
	CALL(aclrtKernelArgsAppend, NO, aclrtKernelArgsAppend(STRANGE, s.plain, 8, &s.out), \
	     INVALID, aclrtKernelArgsAppend(STRANGE, NULL, 8, &s.out)) \
	CALL(aclrtKernelArgsFinalize, NO, aclrtKernelArgsFinalize(STRANGE), \
	     INVALID, aclrtKernelArgsFinalize(NULL)) \
	CALL(aclrtLaunchKernel, NO, aclrtLaunchKernel(STRANGE, 1, NULL, 0, NULL), \
	     INVALID, aclrtLaunchKernel(NULL, 1, NULL, 0, NULL)) \
	CALL(aclrtLaunchKernelV2, NO, aclrtLaunchKernelV2(STRANGE, 1, NULL, 0, NULL, NULL), \
	     INVALID, aclrtLaunchKernelV2(NULL, 1, NULL, 0, NULL, NULL)) \
	CALL(aclrtLaunchKernelWithConfig, NO, \
	     aclrtLaunchKernelWithConfig(STRANGE, 1, NULL, NULL, NULL, NULL), \
	     INVALID, aclrtLaunchKernelWithConfig(NULL, 1, NULL, NULL, NULL, NULL))

#define WIDE_CALLS \
	CALL(aclrtMemsetD32, 0, aclrtMemsetD32(s.dev, SIZE, 1, SIZE / 4), \
	     INVALID, aclrtMemsetD32(s.dev, SIZE, 1, SIZE)) \
	CALL(aclrtMemsetD32Async, 0, aclrtMemsetD32Async(s.dev, SIZE, 1, SIZE / 4, NULL), \
	     PARAM, aclrtMemsetD32Async(s.dev, SIZE, 1, 1, STRANGE)) \
	CALL(aclrtMemcpyAsyncWithCondition, 0, \
	     aclrtMemcpyAsyncWithCondition(s.dev, SIZE, s.plain, 8, TO_DEV, NULL), \
	     PARAM, aclrtMemcpyAsyncWithCondition(s.dev, 7, s.plain, 8, TO_DEV, NULL)) \
	CALL(aclrtMemcpyBatchV2, 0, batch_as(0, s.dev, NULL), \
	     PARAM, batch_as(0, s.plain, NULL)) \
	CALL(aclrtMemcpyBatchAsync, 0, batch_as(1, s.dev, NULL), \
	     PARAM, batch_as(1, s.dev, STRANGE)) \
	CALL(aclrtMemcpyBatchAsyncV2, 0, batch_as(2, s.dev, NULL), \
	     PARAM, batch_as(2, s.plain, NULL)) \
	CALL(aclrtFreeWithDevSync, 0, \
	     aclrtMalloc(&s.block, SIZE, HUGE) | aclrtFreeWithDevSync(s.block), \
	     PARAM, aclrtFreeWithDevSync(s.block)) \
	CALL(aclrtFreeHostWithDevSync, 0, \
	     aclrtMallocHost(&s.block, SIZE) | aclrtFreeHostWithDevSync(s.block), \
	     PARAM, aclrtFreeHostWithDevSync(s.block)) \
	CALL(aclrtMemPoolCreate, 0, \
	     aclrtCtxGetCurrentDefaultStream(&s.none) | aclrtMemPoolCreate(&s.pool, &s.props), \
	     INVALID, aclrtMemPoolCreate(&s.pool, NULL)) \
	CALL(aclrtMemPoolSetAttr, 0, \
	     aclrtMemPoolSetAttr(s.pool, ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD, &s.u64), \
	     PARAM, aclrtMemPoolSetAttr(s.pool, (aclrtMemPoolAttr)99, &s.u64)) \
	CALL(aclrtMemPoolGetAttr, 0, \
	     aclrtMemPoolGetAttr(s.pool, ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT, &s.u64), \
	     PARAM, aclrtMemPoolGetAttr(STRANGE, ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT, &s.u64)) \
	CALL(aclrtMemPoolMallocAsync, 0, \
	     aclrtMemPoolMallocAsync(&s.block, SIZE, s.pool, s.none), \
	     ACL_ERROR_RT_MEMORY_ALLOCATION, \
	     aclrtMemPoolMallocAsync(&s.out, BIG, s.pool, s.none)) \
	CALL(aclrtMemPoolFreeAsync, 0, aclrtMemPoolFreeAsync(s.block, s.none), \
	     PARAM, aclrtMemPoolFreeAsync(s.block, s.none)) \
	CALL(aclrtMemPoolTrimTo, 0, aclrtMemPoolTrimTo(s.pool, 0), \
	     PARAM, aclrtMemPoolTrimTo(s.pool, SIZE_MAX)) \
	CALL(aclrtMemPoolDestroy, 0, \
	     aclrtSynchronizeStream(NULL) | aclrtMemPoolDestroy(s.pool), \
	     PARAM, aclrtMemPoolDestroy(s.pool)) \
	CALL(aclrtCntNotifyCreate, 0, aclrtCntNotifyCreate(&s.counter, 0), \
	     PARAM, aclrtCntNotifyCreate(&s.out, 9)) \
	CALL(aclrtCntNotifyGetId, 0, aclrtCntNotifyGetId(s.counter, &s.u32), \
	     PARAM, aclrtCntNotifyGetId(STRANGE, &s.u32)) \
	CALL(aclrtCntNotifyRecord, 0, record_counter(0), PARAM, record_counter(3)) \
	CALL(aclrtCntNotifyWaitWithTimeout, 0, wait_counter(1), PARAM, wait_counter(5)) \
	CALL(aclrtCntNotifyReset, 0, aclrtCntNotifyReset(s.counter, NULL), \
	     PARAM, aclrtCntNotifyReset(s.counter, STRANGE)) \
	CALL(aclrtCntNotifyDestroy, 0, aclrtCntNotifyDestroy(s.counter), \
	     PARAM, aclrtCntNotifyDestroy(s.counter)) \
	CALL(aclrtNotifyBatchReset, 0, aclrtCreateNotify(&s.notify, 0) | \
	     aclrtNotifyBatchReset(&s.notify, 1) | aclrtDestroyNotify(s.notify), \
	     PARAM, aclrtNotifyBatchReset(&s.notify, 1)) \
	CALL(aclrtNotifyGetExportKey, 0, notify_key(), \
	     PARAM, aclrtNotifyGetExportKey(s.notify, s.notify_key, 64, 0)) \
	CALL(aclrtNotifySetImportPid, 0, aclrtNotifySetImportPid(s.notify, &(int32_t){ 1 }, 1), \
	     PARAM, aclrtNotifySetImportPid(STRANGE, &(int32_t){ 1 }, 1)) \
	CALL(aclrtNotifySetImportPidInterServer, 0, notify_pids(s.notify), \
	     PARAM, notify_pids(STRANGE)) \
	CALL(aclrtNotifyImportByKey, INNER, aclrtNotifyImportByKey(&s.out, s.notify_key, 0), \
	     PARAM, aclrtNotifyImportByKey(&s.out, "no key", 0)) \
	CALL(aclrtGetDeviceInfo, 0, aclrtGetDeviceInfo(0, ACL_DEV_ATTR_CUBE_CORE_NUM, &s.i64), \
	     ID, aclrtGetDeviceInfo(999, ACL_DEV_ATTR_CUBE_CORE_NUM, &s.i64)) \
	CALL(aclrtGetDeviceUtilizationRate, 0, aclrtGetDeviceUtilizationRate(0, &s.use), \
	     ID, aclrtGetDeviceUtilizationRate(999, &s.use)) \
	CALL(aclrtQueryDeviceStatus, 0, aclrtQueryDeviceStatus(0, &s.status), \
	     ID, aclrtQueryDeviceStatus(-1, &s.status)) \
	CALL(aclrtDeviceGetStreamPriorityRange, 0, \
	     aclrtDeviceGetStreamPriorityRange(&s.i32, &s.i32b), \
	     INVALID, aclrtDeviceGetStreamPriorityRange(NULL, &s.i32b)) \
	CALL(aclrtGetPrimaryCtxState, 0, aclrtGetPrimaryCtxState(0, &s.u32, &s.i32), \
	     ID, aclrtGetPrimaryCtxState(999, &s.u32, &s.i32)) \
	CALL(aclrtDeviceTaskAbort, 0, aclrtDeviceTaskAbort(0, 0), \
	     ID, aclrtDeviceTaskAbort(999, 0)) \
	CALL(aclrtDeviceGetUuid, NO, aclrtDeviceGetUuid(0, &s.uuid), \
	     ID, aclrtDeviceGetUuid(999, &s.uuid)) \
	CALL(aclrtGetUserDevIdByLogicDevId, 0, aclrtGetUserDevIdByLogicDevId(0, &s.i32), \
	     ID, aclrtGetUserDevIdByLogicDevId(999, &s.i32)) \
	CALL(aclrtGetUserDevIdByPhyDevId, 0, aclrtGetUserDevIdByPhyDevId(0, &s.i32), \
	     ID, aclrtGetUserDevIdByPhyDevId(999, &s.i32)) \
	CALL(aclrtGetLogicDevIdByPhyDevId, 0, aclrtGetLogicDevIdByPhyDevId(0, &s.i32), \
	     ID, aclrtGetLogicDevIdByPhyDevId(999, &s.i32)) \
	CALL(aclrtGetMemUceInfo, 0, aclrtGetMemUceInfo(0, &s.broken, 1, &s.size), \
	     ID, aclrtGetMemUceInfo(999, &s.broken, 1, &s.size)) \
	CALL(aclsysGetCANNVersion, 0, aclsysGetCANNVersion(ACL_PKG_NAME_CANN, &s.package), \
	     ACL_ERROR_INVALID_FILE, aclsysGetCANNVersion(ACL_PKG_NAME_OPP, &s.package)) \
	PLAIN(aclCreateDataBuffer, (s.buffer = aclCreateDataBuffer(s.plain, 8)) != NULL) \
	CALL(aclUpdateDataBuffer, 0, aclUpdateDataBuffer(s.buffer, s.plain, 1ul << 33), \
	     INVALID, aclUpdateDataBuffer(NULL, s.plain, 9)) \
	PLAIN(aclGetDataBufferAddr, aclGetDataBufferAddr(s.buffer) == s.plain) \
	PLAIN(aclGetDataBufferSize, aclGetDataBufferSize(s.buffer) == 0) \
	PLAIN(aclGetDataBufferSizeV2, aclGetDataBufferSizeV2(s.buffer) == 1ul << 33) \
	CALL(aclDestroyDataBuffer, 0, aclDestroyDataBuffer(s.buffer), \
	     INVALID, aclDestroyDataBuffer(NULL)) \
	CALL(rtDeviceGetBareTgid, 0, rtDeviceGetBareTgid(&s.u32), \
	     PARAM, rtDeviceGetBareTgid(NULL)) \
	CALL(rtGetDeviceInfo, 0, rtGetDeviceInfo(0, 0, 26, &s.i64), \
	     ID, rtGetDeviceInfo(999, 0, 26, &s.i64)) \
	CALL(rtGetDevicePhyIdByIndex, 0, rtGetDevicePhyIdByIndex(0, &s.u32), \
	     ID, rtGetDevicePhyIdByIndex(999, &s.u32)) \
	CALL(rtGetLogicDevIdByUserDevId, 0, rtGetLogicDevIdByUserDevId(0, &s.i32), \
	     PARAM, rtGetLogicDevIdByUserDevId(0, NULL)) \
	CALL(rtIpcSetMemoryName, 0, rtIpcSetMemoryName(s.dev, SIZE, s.key, 65), \
	     PARAM, rtIpcSetMemoryName(s.dev, SIZE, NULL, 65)) \
	CALL(rtSetIpcMemorySuperPodPid, 0, \
	     rtSetIpcMemorySuperPodPid(s.key, 0, (int32_t[]){ 1 }, 1), \
	     ID, rtSetIpcMemorySuperPodPid(s.key, 999, (int32_t[]){ 1 }, 1)) \
	CALL(rtIpcOpenMemory, INNER, rtIpcOpenMemory(&s.out, s.key), \
	     PARAM, rtIpcOpenMemory(NULL, s.key)) \
	CALL(rtIpcCloseMemory, PARAM, rtIpcCloseMemory(s.dev), PARAM, rtIpcCloseMemory(NULL)) \
	CALL(rtIpcDestroyMemoryName, 0, rtIpcDestroyMemoryName(s.key), \
	     PARAM, rtIpcDestroyMemoryName(NULL))

#define STREAM_CALLS \
	CALL(aclrtCreateStream, 0, aclrtCreateStream(&s.stream), INVALID, aclrtCreateStream(NULL)) \
	CALL(aclrtCreateStreamWithConfig, 0, \
	     aclrtCreateStreamWithConfig(&s.other, 0, ACL_STREAM_FAST_LAUNCH), \
	     INVALID, aclrtCreateStreamWithConfig(NULL, 0, 0)) \
	CALL(aclrtCtxGetCurrentDefaultStream, 0, aclrtCtxGetCurrentDefaultStream(&s.none), \
	     INVALID, aclrtCtxGetCurrentDefaultStream(NULL)) \
	CALL(aclrtStreamGetId, 0, aclrtStreamGetId(s.stream, &s.i32), \
	     INVALID, aclrtStreamGetId(s.stream, NULL)) \
	CALL(aclrtStreamGetPriority, 0, aclrtStreamGetPriority(s.stream, &s.u32), \
	     INVALID, aclrtStreamGetPriority(s.stream, NULL)) \
	CALL(aclrtStreamGetFlags, 0, aclrtStreamGetFlags(s.stream, &s.u32), \
	     INVALID, aclrtStreamGetFlags(s.stream, NULL)) \
	CALL(aclrtSetStreamFailureMode, 0, aclrtSetStreamFailureMode(s.stream, 1), \
	     PARAM, aclrtSetStreamFailureMode(s.stream, 99)) \
	CALL(aclrtAllocatorSetObjToDesc, 0, \
	     (s.desc = aclrtAllocatorCreateDesc(), aclrtAllocatorSetObjToDesc(s.desc, &s)), \
	     INVALID, aclrtAllocatorSetObjToDesc(STRANGE, &s)) \
	PLAIN(aclrtAllocatorCreateDesc, s.desc != NULL) \
	CALL(aclrtAllocatorSetAllocFuncToDesc, 0, \
	     aclrtAllocatorSetAllocFuncToDesc(s.desc, my_alloc), \
	     INVALID, aclrtAllocatorSetAllocFuncToDesc(STRANGE, my_alloc)) \
	CALL(aclrtAllocatorSetFreeFuncToDesc, 0, aclrtAllocatorSetFreeFuncToDesc(s.desc, my_free), \
	     INVALID, aclrtAllocatorSetFreeFuncToDesc(STRANGE, my_free)) \
	CALL(aclrtAllocatorSetAllocAdviseFuncToDesc, 0, \
	     aclrtAllocatorSetAllocAdviseFuncToDesc(s.desc, my_advise), \
	     INVALID, aclrtAllocatorSetAllocAdviseFuncToDesc(STRANGE, my_advise)) \
	CALL(aclrtAllocatorSetGetAddrFromBlockFuncToDesc, 0, \
	     aclrtAllocatorSetGetAddrFromBlockFuncToDesc(s.desc, my_addr), \
	     INVALID, aclrtAllocatorSetGetAddrFromBlockFuncToDesc(STRANGE, my_addr)) \
	CALL(aclrtAllocatorRegister, 0, aclrtAllocatorRegister(s.stream, s.desc), \
	     INVALID, aclrtAllocatorRegister(s.stream, STRANGE)) \
	CALL(aclrtAllocatorGetByStream, 0, get_allocator(s.stream), \
	     INVALID, get_allocator(STRANGE)) \
	CALL(aclrtAllocatorUnregister, 0, aclrtAllocatorUnregister(s.stream), \
	     INVALID, aclrtAllocatorUnregister(s.stream)) \
	CALL(aclrtAllocatorDestroyDesc, 0, aclrtAllocatorDestroyDesc(s.desc), \
	     INVALID, aclrtAllocatorDestroyDesc(s.desc)) \
	CALL(aclrtMemcpyAsync, 0, \
	     aclrtMemcpyAsync(s.dev, SIZE, s.host, SIZE, TO_DEV, s.stream), \
	     PARAM, aclrtMemcpyAsync(s.dev, SIZE, s.host, SIZE + 1, TO_DEV, s.stream)) \
	CALL(aclrtMemcpy2dAsync, 0, \
	     aclrtMemcpy2dAsync(s.dev, 64, s.host, 64, 32, 8, TO_DEV, s.stream), \
	     INVALID, aclrtMemcpy2dAsync(s.dev, 16, s.host, 64, 32, 8, TO_DEV, s.stream)) \
	CALL(aclrtMemsetAsync, 0, aclrtMemsetAsync(s.dev, SIZE, 1, SIZE, s.stream), \
	     PARAM, aclrtMemsetAsync(s.dev, SIZE, 1, SIZE + 1, s.stream)) \
	CALL(aclrtValueWrite, 0, aclrtValueWrite(s.dev, 7, 0, s.stream), \
	     INVALID, aclrtValueWrite(NULL, 7, 0, s.stream)) \
	CALL(aclrtValueWait, 0, aclrtValueWait(s.dev, 7, 0, s.stream), \
	     INVALID, aclrtValueWait(NULL, 7, 0, s.stream)) \
	CALL(aclrtLaunchHostFunc, 0, aclrtLaunchHostFunc(s.stream, host_job, &s.reg), \
	     INVALID, aclrtLaunchHostFunc(s.stream, NULL, &s.reg)) \
	CALL(acl_emu_launch, 0, acl_emu_launch(s.stream, block_job, NULL, 0, 2), \
	     PARAM, acl_emu_launch(s.stream, block_job, NULL, 0, 0)) \
	CALL(aclrtCreateEvent, 0, aclrtCreateEvent(&s.event), INVALID, aclrtCreateEvent(NULL)) \
	CALL(aclrtCreateEventWithFlag, 0, \
	     aclrtCreateEventWithFlag(&s.event2, ACL_EVENT_TIME_LINE), \
	     PARAM, aclrtCreateEventWithFlag(&s.out, 0)) \
	CALL(aclrtCreateEventExWithFlag, 0, \
	     aclrtCreateEventExWithFlag(&s.event3, ACL_EVENT_SYNC), \
	     PARAM, aclrtCreateEventExWithFlag(&s.out, 0)) \
	CALL(aclrtRecordEvent, 0, \
	     aclrtRecordEvent(s.event, s.stream) | aclrtRecordEvent(s.event2, s.stream), \
	     PARAM, aclrtRecordEvent(STRANGE, s.stream)) \
	CALL(aclrtStreamWaitEvent, 0, aclrtStreamWaitEvent(s.other, s.event), \
	     PARAM, aclrtStreamWaitEvent(s.other, STRANGE)) \
	CALL(aclrtSynchronizeEvent, 0, aclrtSynchronizeEvent(s.event), \
	     PARAM, aclrtSynchronizeEvent(STRANGE)) \
	CALL(aclrtSynchronizeEventWithTimeout, 0, aclrtSynchronizeEventWithTimeout(s.event2, -1), \
	     PARAM, aclrtSynchronizeEventWithTimeout(s.event2, -2)) \
	CALL(aclrtEventElapsedTime, 0, aclrtEventElapsedTime(&s.ms, s.event, s.event2), \
	     INVALID, aclrtEventElapsedTime(NULL, s.event, s.event2)) \
	CALL(aclrtQueryEvent, 0, aclrtQueryEvent(s.event, &s.event_status), \
	     PARAM, aclrtQueryEvent(STRANGE, &s.event_status)) \
	CALL(aclrtQueryEventStatus, 0, aclrtQueryEventStatus(s.event, &s.recorded), \
	     PARAM, aclrtQueryEventStatus(STRANGE, &s.recorded)) \
	CALL(aclrtQueryEventWaitStatus, 0, aclrtQueryEventWaitStatus(s.event, &s.waited), \
	     PARAM, aclrtQueryEventWaitStatus(STRANGE, &s.waited)) \
	CALL(aclrtIpcGetEventHandle, 0, ipc_event(), \
	     PARAM, aclrtIpcGetEventHandle(s.event, &s.ipc_event)) \
	CALL(aclrtIpcOpenEventHandle, INNER, aclrtIpcOpenEventHandle(s.ipc_event, &s.out), \
	     INVALID, aclrtIpcOpenEventHandle(s.ipc_event, NULL)) \
	CALL(aclrtResetEvent, 0, aclrtResetEvent(s.event, s.stream), \
	     PARAM, aclrtResetEvent(STRANGE, s.stream)) \
	CALL(aclrtCreateNotify, 0, aclrtCreateNotify(&s.notify, 0), \
	     INVALID, aclrtCreateNotify(NULL, 0)) \
	CALL(aclrtGetNotifyId, 0, aclrtGetNotifyId(s.notify, &s.u32), \
	     PARAM, aclrtGetNotifyId(STRANGE, &s.u32)) \
	CALL(aclrtRecordNotify, 0, aclrtRecordNotify(s.notify, s.other), \
	     PARAM, aclrtRecordNotify(STRANGE, s.other)) \
	CALL(aclrtWaitAndResetNotify, 0, aclrtWaitAndResetNotify(s.notify, s.stream, 0), \
	     PARAM, aclrtWaitAndResetNotify(STRANGE, s.stream, 0)) \
	CALL(aclrtSubscribeReport, 0, aclrtSubscribeReport(s.self, s.other), \
	     ACL_ERROR_RT_STREAM_SUBSCRIBE, aclrtSubscribeReport(s.self, s.other)) \
	CALL(aclrtLaunchCallback, 0, \
	     aclrtLaunchCallback(host_job, &s.reg, ACL_CALLBACK_NO_BLOCK, s.other), \
	     INVALID, aclrtLaunchCallback(NULL, &s.reg, ACL_CALLBACK_NO_BLOCK, s.other)) \
	CALL(aclrtProcessReport, 0, aclrtProcessReport(-1), PARAM, aclrtProcessReport(-2)) \
	CALL(aclrtSynchronizeStream, 0, aclrtSynchronizeStream(s.stream), \
	     PARAM, aclrtSynchronizeStream(STRANGE)) \
	CALL(aclrtSynchronizeStreamWithTimeout, 0, \
	     aclrtSynchronizeStreamWithTimeout(s.other, -1), \
	     PARAM, aclrtSynchronizeStreamWithTimeout(s.other, -2)) \
	CALL(aclrtUnSubscribeReport, 0, aclrtUnSubscribeReport(s.self, s.other), \
	     ACL_ERROR_RT_STREAM_SUBSCRIBE, aclrtUnSubscribeReport(s.self, s.other)) \
	CALL(aclrtSynchronizeDevice, 0, aclrtSynchronizeDevice(), 0, 0) \
	CALL(aclrtSynchronizeDeviceWithTimeout, 0, aclrtSynchronizeDeviceWithTimeout(-1), \
	     PARAM, aclrtSynchronizeDeviceWithTimeout(-2)) \
	CALL(aclrtStreamQuery, 0, aclrtStreamQuery(s.stream, &s.stream_status), \
	     PARAM, aclrtStreamQuery(STRANGE, &s.stream_status)) \
	CALL(aclrtDestroyEvent, 0, aclrtDestroyEvent(s.event) | aclrtDestroyEvent(s.event2) | \
	     aclrtDestroyEvent(s.event3), PARAM, aclrtDestroyEvent(STRANGE)) \
	CALL(aclrtDestroyNotify, 0, aclrtDestroyNotify(s.notify), \
	     PARAM, aclrtDestroyNotify(s.notify)) \
	CALL(aclrtStreamAbort, 0, aclrtStreamAbort(s.other), PARAM, aclrtStreamAbort(STRANGE)) \
	CALL(aclrtStreamStop, 0, aclrtStreamStop(s.other), PARAM, aclrtStreamStop(STRANGE)) \
	CALL(aclrtDestroyStreamForce, 0, aclrtDestroyStreamForce(s.other), \
	     PARAM, aclrtDestroyStreamForce(s.other)) \
	CALL(aclrtDestroyStream, 0, aclrtDestroyStream(s.stream), \
	     PARAM, aclrtDestroyStream(s.stream)) \
	CALL(acl_emu_get_versions, 0, acl_emu_get_versions(&s.versions), \
	     INVALID, acl_emu_get_versions(NULL)) \
	CALL(acl_emu_get_count, 0, acl_emu_get_count(ACL_EMU_COUNT_TASKS_RUN, &s.u64), \
	     INVALID, acl_emu_get_count((acl_emu_count)99, &s.u64)) \
	CALL(acl_emu_dump, 0, acl_emu_dump(stderr), INVALID, acl_emu_dump(NULL)) \
	CALL(acl_emu_reset_counts, 0, acl_emu_reset_counts(), 0, 0)

#define VMM_CALLS \
	CALL(aclrtMemGetAllocationGranularity, 0, \
	     aclrtMemGetAllocationGranularity(&s.prop, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, \
					      &s.size), \
	     INVALID, aclrtMemGetAllocationGranularity(NULL, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, \
						       &s.size)) \
	CALL(aclrtMallocPhysical, 0, aclrtMallocPhysical(&s.mem, BLOCK, &s.prop, 0), \
	     INVALID, aclrtMallocPhysical(&s.out, BLOCK, &s.prop, 9)) \
	CALL(aclrtReserveMemAddress, 0, aclrtReserveMemAddress(&s.range, 2 * BLOCK, 0, NULL, 0), \
	     PARAM, aclrtReserveMemAddress(&s.out, BLOCK, 4, NULL, 0)) \
	CALL(aclrtReserveMemAddressNoUCMemory, 0, \
	     aclrtReserveMemAddressNoUCMemory(&s.far, GIB, 0, (void *)(40 * TIB), 0), \
	     PARAM, aclrtReserveMemAddressNoUCMemory(&s.out, GIB, 0, (void *)(4 * TIB), 0)) \
	CALL(aclrtMapMem, 0, aclrtMapMem(s.range, BLOCK, 0, s.mem, 0), \
	     INNER, aclrtMapMem(s.range, BLOCK, 0, s.mem, 0)) \
	CALL(aclrtMemSetAccess, 0, aclrtMemSetAccess(s.range, BLOCK, &s.access, 1), \
	     PARAM, aclrtMemSetAccess(s.range, BLOCK, NULL, 1)) \
	CALL(aclrtMemGetAccess, 0, aclrtMemGetAccess(s.range, &s.place, &s.u64), \
	     INVALID, aclrtMemGetAccess(NULL, &s.place, &s.u64)) \
	CALL(aclrtMemRetainAllocationHandle, 0, \
	     aclrtMemRetainAllocationHandle(s.range, &s.again), \
	     INVALID, aclrtMemRetainAllocationHandle(NULL, &s.out)) \
	CALL(aclrtMemGetAllocationPropertiesFromHandle, 0, \
	     aclrtMemGetAllocationPropertiesFromHandle(s.again, &s.prop), \
	     PARAM, aclrtMemGetAllocationPropertiesFromHandle(STRANGE, &s.prop)) \
	CALL(aclrtMemExportToShareableHandle, 0, \
	     aclrtMemExportToShareableHandle(s.mem, ACL_MEM_HANDLE_TYPE_NONE, 0, &s.share), \
	     INNER, aclrtMemExportToShareableHandle(s.mem, ACL_MEM_HANDLE_TYPE_NONE, 0, &s.u64)) \
	CALL(aclrtMemExportToShareableHandleV2, 0, \
	     aclrtMallocPhysical(&s.mem2, BLOCK, &s.prop, 0) | \
	     aclrtMemExportToShareableHandleV2(s.mem2, 0, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, \
					       &s.share2), \
	     PARAM, aclrtMemExportToShareableHandleV2(s.mem2, 0, (aclrtMemSharedHandleType)9, \
						      &s.u64)) \
	CALL(aclrtMemSetPidToShareableHandle, 0, \
	     aclrtMemSetPidToShareableHandle(s.share, (int32_t[]){ 1 }, 1), \
	     HANDLE, aclrtMemSetPidToShareableHandle(~0ul, (int32_t[]){ 1 }, 1)) \
	CALL(aclrtMemSetPidToShareableHandleV2, 0, \
	     aclrtMemSetPidToShareableHandleV2(&s.share2, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, \
					       (int32_t[]){ 1 }, 1), \
	     INVALID, aclrtMemSetPidToShareableHandleV2(NULL, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, \
							(int32_t[]){ 1 }, 1)) \
	CALL(aclrtMemImportFromShareableHandle, INNER, \
	     aclrtMemImportFromShareableHandle(s.share, 0, &s.out), \
	     HANDLE, aclrtMemImportFromShareableHandle(~0ul, 0, &s.out)) \
	CALL(aclrtMemImportFromShareableHandleV2, INNER, \
	     aclrtMemImportFromShareableHandleV2(&s.share2, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, 0, \
						 &s.out), \
	     INVALID, aclrtMemImportFromShareableHandleV2(&s.share2, \
						ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, 1, &s.out)) \
	CALL(aclrtMemMapNoAccess, 0, \
	     aclrtMemMapNoAccess((char *)s.range + BLOCK, BLOCK, 0, s.mem2, 0), \
	     INVALID, aclrtMemMapNoAccess(NULL, BLOCK, 0, s.mem2, 0)) \
	CALL(aclrtUnmapMem, 0, aclrtUnmapMem(s.range) | aclrtUnmapMem((char *)s.range + BLOCK), \
	     INNER, aclrtUnmapMem(s.range)) \
	CALL(aclrtReleaseMemAddress, 0, aclrtReleaseMemAddress(s.range) | \
	     aclrtReleaseMemAddress(s.far), PARAM, aclrtReleaseMemAddress(s.range)) \
	CALL(acl_emu_export_fd, 0, acl_emu_export_fd(s.mem, &s.i32), \
	     PARAM, acl_emu_export_fd(STRANGE, &s.i32)) \
	CALL(acl_emu_import_fd, 0, \
	     acl_emu_import_fd(s.i32, 0, &s.out) | aclrtFreePhysical(s.out) | close(s.i32), \
	     PARAM, acl_emu_import_fd(-1, 0, &s.out)) \
	CALL(aclrtFreePhysical, 0, aclrtFreePhysical(s.mem) | aclrtFreePhysical(s.again) | \
	     aclrtFreePhysical(s.mem2), PARAM, aclrtFreePhysical(STRANGE))

#define LAST_CALLS \
	PLAIN(aclrtPeekAtLastError, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL) == 0) \
	PLAIN(aclrtGetLastError, aclrtGetLastError((aclrtLastErrLevel)7) == INVALID) \
	CALL(aclrtResetDevice, 0, aclrtHostUnregister(s.plain) | aclrtFree(s.dev) | \
	     aclrtFree(s.dev2) | aclrtFreeHost(s.host) | aclrtResetDevice(0), \
	     ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDevice(0)) \
	CALL(aclrtResetDeviceForce, 0, aclrtSetDevice(0) | aclrtResetDeviceForce(0), \
	     ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDeviceForce(0)) \
	CALL(aclFinalizeReference, 0, aclFinalizeReference(&s.u64), \
	     ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(&s.u64)) \
	CALL(aclFinalize, 0, aclInit(NULL) | aclFinalize(), \
	     ACL_ERROR_REPEAT_FINALIZE, aclFinalize())

#define CALL(name, good_code, good, bad_code, bad) \
	static aclError good_##name(void) { return good; } \
	static aclError bad_##name(void) { return bad; }
#define PLAIN(name, truth) \
	static aclError good_##name(void) { return (truth) ? ACL_SUCCESS : -1; }
CALLS
#undef CALL
#undef PLAIN

struct row {
	const char *name;
	aclError (*good)(void);
	aclError (*bad)(void);
	aclError good_code, bad_code;
};

TEST(each_with_good_and_bad_arguments)
{
	struct world before = world_now();
#define CALL(name, good_code, good, bad_code, bad) \
	{ #name, good_##name, bad_##name, good_code, bad_code },
#define PLAIN(name, truth) { #name, good_##name, NULL, ACL_SUCCESS, ACL_SUCCESS },
	const struct row rows[] = { CALLS };
	char why[512];
	size_t i;

	ASSERT_EQ(ACL_SUCCESS, prepare());
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		forget();
		EXPECT_EQ(rows[i].good_code, rows[i].good())
			TH_LOG("%s: %s", rows[i].name, aclGetRecentErrMsg());
		forget();
		if (!rows[i].bad || !rows[i].bad_code)
			continue;
		EXPECT_EQ(rows[i].bad_code, rows[i].bad())
			TH_LOG("%s: %s", rows[i].name, aclGetRecentErrMsg());
		EXPECT_STREQ("", blame(rows[i].name, rows[i].bad_code, NULL, why))
			TH_LOG("%s", rows[i].name);
	}
	world_same(_metadata, &before);
}

TEST_HARNESS_MAIN
