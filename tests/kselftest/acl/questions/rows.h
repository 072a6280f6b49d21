/* SPDX-License-Identifier: MIT */
/*
 * Every exported function against the same questions, and the code of each cell;
 * _ where the question does not apply. questions.c says what the questions are and
 * what the calls work on. host/link.sh checks that no function lacks its row.
 *
 * ROW(function, good, junk, destroyed, foreign, none, null, flags, device, call)
 *
 * P(x) is x or NULL, F(x) is x or all bits, D is 0 or -1.
 */

/* ---- the runtime ---- */

ROW(aclInit, 100002, _, _, _, 100002, _, _, _, aclInit(NULL))
ROW(aclFinalize, 0, _, _, _, 0, _, _, _, aclFinalize())
ROW(aclFinalizeReference, 0, _, _, _, 0, 0, _, _, aclFinalizeReference(P(&q.u64)))
ROW(aclAppLog, 0, _, _, _, 0, _, _, _, (aclAppLog(ACL_DEBUG, "f", "f", 1, "%d", 1), 0))
ROW(aclGetRecentErrMsg, 0, _, _, _, 0, _, _, _, aclGetRecentErrMsg() != NULL)
ROW(aclrtPeekAtLastError, 0, _, _, _, 0, _, 100000, _, aclrtPeekAtLastError(F(0)))
ROW(aclrtGetLastError, 0, _, _, _, 0, _, 100000, _, aclrtGetLastError(F(0)))
ROW(aclrtGetVersion, 0, _, _, _, 0, 100000, _, _,
	aclrtGetVersion(&q.i32, P(&q.i32b), &q.i32b))
ROW(aclrtGetRunMode, 0, _, _, _, 0, 100000, _, _, aclrtGetRunMode(P((aclrtRunMode *)&q.u32)))
ROW(aclrtGetSocName, 0, _, _, _, 0, _, _, _, aclrtGetSocName()[0] != 'A')
ROW(aclGetCannAttribute, 0, _, _, _, 0, 100000, 100000, _,
	aclGetCannAttribute(F(ACL_CANN_ATTR_BF16), P(&q.i32)))
ROW(aclGetCannAttributeList, 0, _, _, _, 0, 100000, _, _,
	aclGetCannAttributeList(P((const aclCannAttr **)&q.out), &q.size))
ROW(aclsysGetVersionStr, 0, _, _, _, 0, 100000, _, _,
	aclsysGetVersionStr((char[]){ "runtime" }, P(q.text)))
ROW(aclsysGetVersionNum, 0, _, _, _, 0, 100000, _, _,
	aclsysGetVersionNum((char[]){ "runtime" }, P(&q.i32)))
ROW(aclsysGetCANNVersion, 0, _, _, _, 0, 100000, 100000, _,
	aclsysGetCANNVersion(F(ACL_PKG_NAME_CANN), P((aclCANNPackageVersion *)q.text)))
ROW(aclDataTypeSize, 0, _, _, _, 0, _, _, _, aclDataTypeSize(ACL_FLOAT) != 4)
ROW(aclFloat16ToFloat, 0, _, _, _, 0, _, _, _, aclFloat16ToFloat(0x3c00) != 1.0f)
ROW(aclFloatToFloat16, 0, _, _, _, 0, _, _, _, aclFloatToFloat16(1.0f) != 0x3c00)
ROW(aclCreateDataBuffer, 0, _, _, _, 0, _, _, _, !aclCreateDataBuffer(q.plain, 8))
ROW(aclDestroyDataBuffer, 0, _, _, _, 0, 100000, _, _, aclDestroyDataBuffer(P(q.buffer)))
ROW(aclUpdateDataBuffer, 0, _, _, _, 0, 100000, _, _,
	aclUpdateDataBuffer(P(q.buffer), q.plain, 9))
ROW(aclGetDataBufferAddr, 0, _, _, _, 0, 1, _, _, aclGetDataBufferAddr(P(q.buffer)) != q.plain)
ROW(aclGetDataBufferSize, 0, _, _, _, 0, 1, _, _, aclGetDataBufferSize(P(q.buffer)) != 8)
ROW(aclGetDataBufferSizeV2, 0, _, _, _, 0, 1, _, _, aclGetDataBufferSizeV2(P(q.buffer)) != 8)

/* ---- devices ---- */

ROW(aclrtSetDevice, 0, _, _, _, 0, _, _, 107001, aclrtSetDevice(D))
ROW(aclrtResetDevice, 0, _, _, _, 0, _, _, 107001, aclrtResetDevice(D))
ROW(aclrtResetDeviceForce, 0, _, _, _, 0, _, _, 107001, aclrtResetDeviceForce(D))
ROW(aclrtGetDevice, 0, _, _, _, 107002, 100000, _, _, aclrtGetDevice(P(&q.i32)))
ROW(aclrtGetDeviceCount, 0, _, _, _, 0, 100000, _, _, aclrtGetDeviceCount(P(&q.u32)))
ROW(aclrtDeviceGetBareTgid, 0, _, _, _, 0, 100000, _, _, aclrtDeviceGetBareTgid(P(&q.i32)))
ROW(aclrtGetMemInfo, 0, _, _, _, 107002, 100000, 107016, _,
	aclrtGetMemInfo(F(ACL_HBM_MEM), P(&q.size), &q.size))
ROW(aclGetDeviceCapability, 0, _, _, _, 0, 100000, 100000, 100000,
	aclGetDeviceCapability(D, F(ACL_DEVICE_INFO_L2_SIZE), P(&q.i64)))
ROW(aclrtGetDeviceCapability, 0, _, _, _, 107002, 100000, 107000, 107000,
	aclrtGetDeviceCapability(D, F(ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV), P(&q.i32)))
ROW(aclrtGetErrorVerbose, 0, _, _, _, 0, 100000, _, 107001,
	aclrtGetErrorVerbose(D, P((aclrtErrorInfo *)q.plain)))
ROW(aclrtCheckArchCompatibility, 0, _, _, _, 0, 100000, _, _,
	aclrtCheckArchCompatibility("Ascend910B1", P(&q.i32)))
ROW(aclrtGetDeviceInfo, 0, _, _, _, 0, 100000, 107000, 107001,
	aclrtGetDeviceInfo(D, F(ACL_DEV_ATTR_CUBE_CORE_NUM), P(&q.i64)))
ROW(aclrtGetDeviceUtilizationRate, 0, _, _, _, 0, 100000, _, 107001,
	aclrtGetDeviceUtilizationRate(D, P((aclrtUtilizationInfo *)q.zero)))
ROW(aclrtQueryDeviceStatus, 0, _, _, _, 0, 100000, _, 107001,
	aclrtQueryDeviceStatus(D, P((aclrtDeviceStatus *)&q.u32)))
ROW(aclrtDeviceGetStreamPriorityRange, 0, _, _, _, 0, 0, _, _,
	aclrtDeviceGetStreamPriorityRange(P(&q.i32), &q.i32))
ROW(aclrtGetPrimaryCtxState, 0, _, _, _, 0, 0, _, 107001,
	aclrtGetPrimaryCtxState(D, NULL, P(&q.i32)))
ROW(aclrtDeviceTaskAbort, 0, _, _, _, 0, _, _, 107001, aclrtDeviceTaskAbort(D, 0))
ROW(aclrtDeviceGetUuid, 207000, _, _, _, 207000, 100000, _, 107001,
	aclrtDeviceGetUuid(D, P((aclrtUuid *)q.text)))
ROW(aclrtGetMemUceInfo, 0, _, _, _, 0, 100000, _, 107001,
	aclrtGetMemUceInfo(D, P((aclrtMemUceInfo *)q.plain), 1, &q.size))
ROW(aclrtGetMemUsageInfo, 207000, _, _, _, 207000, 100000, _, 107001,
	aclrtGetMemUsageInfo(D, P((aclrtMemUsageInfo *)q.plain), 1, &q.size))
ROW(aclrtGetResInCurrentThread, 0, _, _, _, 107002, 100000, 107000, _,
	aclrtGetResInCurrentThread(F(ACL_RT_DEV_RES_CUBE_CORE), P(&q.u32)))
ROW(aclrtDeviceCanAccessPeer, 0, _, _, _, 0, 107000, _, 107000,
	aclrtDeviceCanAccessPeer(P(&q.i32), D, 1))
ROW(aclrtDeviceEnablePeerAccess, 0, _, _, _, 107002, _, 200006, 107001,
	aclrtDeviceEnablePeerAccess(D + 1 + !!D * -1, F(0)))
ROW(aclrtDeviceDisablePeerAccess, 0, _, _, _, 107002, _, _, 107001,
	aclrtDeviceDisablePeerAccess(D + 1 + !!D * -1))
ROW(aclrtDevicePeerAccessStatus, 0, _, _, _, 0, 100000, _, 107000,
	aclrtDevicePeerAccessStatus(D, 1, P(&q.i32)))
ROW(aclrtGetLogicDevIdByUserDevId, 0, _, _, _, 0, 100000, _, 107000,
	aclrtGetLogicDevIdByUserDevId(D, P(&q.i32)))
ROW(aclrtGetPhyDevIdByLogicDevId, 0, _, _, _, 0, 100000, _, 107000,
	aclrtGetPhyDevIdByLogicDevId(D, P(&q.i32)))
ROW(aclrtGetPhyDevIdByUserDevId, 0, _, _, _, 0, 100000, _, 107000,
	aclrtGetPhyDevIdByUserDevId(D, P(&q.i32)))
ROW(aclrtGetUserDevIdByLogicDevId, 0, _, _, _, 0, 100000, _, 107000,
	aclrtGetUserDevIdByLogicDevId(D, P(&q.i32)))
ROW(aclrtGetUserDevIdByPhyDevId, 0, _, _, _, 0, 100000, _, 107000,
	aclrtGetUserDevIdByPhyDevId(D, P(&q.i32)))
ROW(aclrtGetLogicDevIdByPhyDevId, 0, _, _, _, 0, 100000, _, 107000,
	aclrtGetLogicDevIdByPhyDevId(D, P(&q.i32)))
ROW(rtDeviceGetBareTgid, 0, _, _, _, 0, 107000, _, _, rtDeviceGetBareTgid(P(&q.u32)))
ROW(rtGetDeviceInfo, 0, _, _, _, 0, 107000, 207000, 107001,
	rtGetDeviceInfo(D, 0, F(26), P(&q.i64)))
ROW(rtGetDevicePhyIdByIndex, 0, _, _, _, 0, 107000, _, 107001,
	rtGetDevicePhyIdByIndex(D, P(&q.u32)))
ROW(rtGetLogicDevIdByUserDevId, 0, _, _, _, 0, 107000, _, 107000,
	rtGetLogicDevIdByUserDevId(D, P(&q.i32)))

/* ---- contexts ---- */

ROW(aclrtCreateContext, 0, _, _, _, 0, 100000, _, 107001, aclrtCreateContext(P(&q.out), D))
ROW(aclrtDestroyContext, 0, 107002, 107002, _, 0, 100000, _, _,
	aclrtDestroyContext(P(q.context)))
ROW(aclrtSetCurrentContext, 0, 107000, 107000, _, 0, 100000, _, _,
	aclrtSetCurrentContext(P(q.context)))
ROW(aclrtGetCurrentContext, 0, _, _, _, 107002, 100000, _, _,
	aclrtGetCurrentContext(P(&q.out)))

/* ---- blocks of memory ---- */

ROW(aclrtMalloc, 0, _, _, _, 107002, 100000, _, _, aclrtMalloc(P(&q.out), SIZE, 0))
ROW(aclrtMallocAlign32, 0, _, _, _, 107002, 100000, _, _,
	aclrtMallocAlign32(P(&q.out), SIZE, 0))
ROW(aclrtMallocWithCfg, 0, _, _, _, 107002, 100000, 107000, 107000,
	aclrtMallocWithCfg(P(&q.out), SIZE, 0, with(F(ACL_RT_MEM_ATTR_DEVICE_ID), D)))
ROW(aclrtFree, 0, 107000, 107000, _, 0, 100000, _, _, aclrtFree(P(q.dev)))
ROW(aclrtFreeWithDevSync, 0, 107000, 107000, _, 107002, 100000, _, _,
	aclrtFreeWithDevSync(P(q.dev)))
ROW(aclrtMallocHost, 0, _, _, _, 107002, 100000, _, _, aclrtMallocHost(P(&q.out), SIZE))
ROW(aclrtMallocHostWithCfg, 0, _, _, _, 107002, 100000, 107000, _,
	aclrtMallocHostWithCfg(P(&q.out), SIZE, with(F(ACL_RT_MEM_ATTR_MODULE_ID), 0)))
ROW(aclrtFreeHost, 0, 107000, 107000, _, 0, 100000, _, _, aclrtFreeHost(P(q.host)))
ROW(aclrtFreeHostWithDevSync, 0, 107000, 107000, _, 107002, 100000, _, _,
	aclrtFreeHostWithDevSync(P(q.host)))
ROW(aclrtMemAllocManaged, 207000, _, _, _, 207000, 100000, 100000, _,
	aclrtMemAllocManaged(P(&q.out), SIZE, F(ACL_RT_MEM_ATTACH_GLOBAL)))
ROW(aclrtMemPoolCreate, 0, _, _, _, 107002, 100000, _, 107001,
	aclrtMemPoolCreate(P(&q.out), pool_on(D)))
ROW(aclrtMemPoolDestroy, 0, 107000, 107000, _, 0, 100000, _, _, aclrtMemPoolDestroy(P(q.pool)))
ROW(aclrtMemPoolSetAttr, 0, 107000, 107000, _, 0, 107000, 107000, _,
	aclrtMemPoolSetAttr(q.pool, F(ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD), P(&q.u64)))
ROW(aclrtMemPoolGetAttr, 0, 107000, 107000, _, 0, 107000, 107000, _,
	aclrtMemPoolGetAttr(q.pool, F(ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT), P(&q.u64)))
ROW(aclrtMemPoolTrimTo, 0, 107000, 107000, _, 0, 100000, _, _,
	aclrtMemPoolTrimTo(P(q.pool), 0))
ROW(aclrtMemPoolMallocAsync, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtMemPoolMallocAsync(P(&q.out), SIZE, q.pool, q.stream))
ROW(aclrtMemPoolFreeAsync, 0, 107017, 107017, 107003, 107003, 100000, _, _,
	aclrtMemPoolFreeAsync(P(q.dev), q.stream))
ROW(aclrtPointerGetAttributes, 0, 507899, 507899, _, 0, 100000, _, _,
	aclrtPointerGetAttributes(q.dev, P((aclrtPtrAttributes *)q.text)))
ROW(aclrtCheckMemType, 0, 0, 0, _, 0, 100000, 107000, _,
	aclrtCheckMemType(P(&q.dev), 1, F(ACL_RT_MEM_TYPE_DEV), &q.u32, 0))
ROW(aclrtMemGetAddressRange, 0, 107000, 107000, _, 0, 100000, _, _,
	aclrtMemGetAddressRange(P(q.dev), &q.out, &q.size))
ROW(aclrtHostRegister, 0, _, _, _, 107002, 100000, 207000, _,
	aclrtHostRegister(P(q.plain), SIZE, F(ACL_HOST_REGISTER_MAPPED), &q.out))
ROW(aclrtHostRegisterV2, 0, _, _, _, 107002, 100000, 107000, _,
	aclrtHostRegisterV2(P(q.plain), SIZE, F(ACL_HOST_REG_PINNED)))
ROW(aclrtHostUnregister, 0, _, _, _, 107002, 100000, _, _,
	aclrtHostUnregister(P(q.registered)))
ROW(aclrtHostGetDevicePointer, 0, _, _, _, 107002, 100000, 100000, _,
	aclrtHostGetDevicePointer(q.registered, P(&q.out), F(0)))

/* ---- copies ---- */

ROW(aclrtMemcpy, 0, 107017, 107017, _, 107002, 100000, 100000, _,
	aclrtMemcpy(q.dev, 8, P(q.plain), 8, F(ACL_MEMCPY_HOST_TO_DEVICE)))
ROW(aclrtMemcpy2d, 0, 107017, 107017, _, 107002, 100000, 100000, _,
	aclrtMemcpy2d(q.dev, 8, P(q.plain), 8, 8, 1, F(ACL_MEMCPY_HOST_TO_DEVICE)))
ROW(aclrtMemset, 0, 107017, 107017, _, 107002, 100000, _, _, aclrtMemset(P(q.dev), 8, 1, 8))
ROW(aclrtMemsetD32, 0, 107017, 107017, _, 107002, 100000, _, _,
	aclrtMemsetD32(P(q.dev), 8, 1, 2))
ROW(aclrtMemcpyBatch, 0, 107017, 107017, _, 107002, 100000, _, _, list(0, P(&q.dev)))
ROW(aclrtMemcpyBatchV2, 0, 107017, 107017, _, 107002, 100000, _, _, list(1, P(&q.dev)))
ROW(aclrtMemcpyBatchAsync, 0, 107017, 107017, 107003, 107002, 100000, _, _, list(2, P(&q.dev)))
ROW(aclrtMemcpyBatchAsyncV2, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	list(3, P(&q.dev)))
ROW(aclrtMemcpyAsync, 0, 107017, 107017, 107003, 107002, 100000, 100000, _,
	aclrtMemcpyAsync(q.dev, 8, P(q.host), 8, F(ACL_MEMCPY_HOST_TO_DEVICE), q.stream))
ROW(aclrtMemcpyAsyncWithCondition, 0, 107017, 107017, 107003, 107002, 100000, 100000, _,
	aclrtMemcpyAsyncWithCondition(q.dev, 8, P(q.host), 8, F(1), q.stream))
ROW(aclrtMemcpy2dAsync, 0, 107017, 107017, 107003, 107002, 100000, 100000, _,
	aclrtMemcpy2dAsync(q.dev, 8, P(q.host), 8, 8, 1, F(1), q.stream))
ROW(aclrtMemsetAsync, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtMemsetAsync(P(q.dev), 8, 1, 8, q.stream))
ROW(aclrtMemsetD32Async, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtMemsetD32Async(P(q.dev), 8, 1, 2, q.stream))
ROW(aclrtValueWrite, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclrtValueWrite(P(q.dev), 7, F(0), q.stream))
ROW(aclrtValueWait, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclrtValueWait(P(q.dev), 0, F(ACL_STREAM_WAIT_VALUE_EQ), q.stream))

/* ---- addresses, physical memory, mappings ---- */

ROW(aclrtReserveMemAddress, 0, _, _, _, 0, 100000, 100000, _,
	aclrtReserveMemAddress(P(&q.out), BLOCK, 0, NULL, F(0)))
ROW(aclrtReserveMemAddressNoUCMemory, 0, _, _, _, 0, 100000, 100000, _,
	aclrtReserveMemAddressNoUCMemory(P(&q.out), GIB, 0, (void *)(40 * TIB), F(0)))
ROW(aclrtReleaseMemAddress, 0, 107000, 107000, _, 0, 100000, _, _,
	aclrtReleaseMemAddress(P(q.range)))
ROW(aclrtMallocPhysical, 0, _, _, _, 0, 100000, 100000, 107001,
	aclrtMallocPhysical(P(&q.out), BLOCK, prop(D), F(0)))
ROW(aclrtFreePhysical, 0, 107000, 107000, _, 0, 100000, _, _, aclrtFreePhysical(P(q.mem)))
ROW(aclrtMapMem, 0, 107000, 107000, _, 0, 100000, 100000, _,
	aclrtMapMem(P(q.range), BLOCK, 0, q.mem, F(0)))
ROW(aclrtMemMapNoAccess, 0, 107000, 107000, _, 0, 100000, 100000, _,
	aclrtMemMapNoAccess(P(q.range), BLOCK, 0, q.mem, F(0)))
ROW(aclrtUnmapMem, 0, 507899, 507899, _, 0, 100000, _, _, aclrtUnmapMem(P(q.mapped)))
ROW(aclrtMemSetAccess, 0, 507899, 507899, _, 0, 107000, 107000, 107000,
	aclrtMemSetAccess(P(q.mapped), BLOCK, access_of(F(3), D), 1))
ROW(aclrtMemGetAccess, 0, 507899, 507899, _, 0, 100000, _, 107000,
	aclrtMemGetAccess(P(q.mapped), &access_of(3, D)->location, &q.u64))
ROW(aclrtMemRetainAllocationHandle, 0, 507899, 107017, _, 0, 100000, _, _,
	aclrtMemRetainAllocationHandle(q.mapped, P(&q.out)))
ROW(aclrtMemGetAllocationPropertiesFromHandle, 0, 107000, 107000, _, 0, 100000, _, _,
	aclrtMemGetAllocationPropertiesFromHandle(q.mem, P((aclrtPhysicalMemProp *)q.text)))
ROW(aclrtMemGetAllocationGranularity, 0, _, _, _, 0, 100000, 207000, 107001,
	aclrtMemGetAllocationGranularity(prop(D), F(0), P(&q.size)))

/* ---- sharing ---- */

ROW(aclrtMemExportToShareableHandle, 0, 107000, 107000, _, 0, 100000, 107000, _,
	aclrtMemExportToShareableHandle(q.mem, 0, F(0), P(&q.u64)))
ROW(aclrtMemExportToShareableHandleV2, 0, 107000, 107000, _, 0, 100000, 107000, _,
	aclrtMemExportToShareableHandleV2(q.mem, F(0), 1, P(&q.u64)))
ROW(aclrtMemSetPidToShareableHandle, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtMemSetPidToShareableHandle(q.share, P(&q.pid), 1))
ROW(aclrtMemSetPidToShareableHandleV2, 0, 107017, 107017, _, 0, 100000, 107000, _,
	aclrtMemSetPidToShareableHandleV2(&q.share, F(1), P(&q.pid), 1))
ROW(aclrtMemImportFromShareableHandle, 507899, 107017, 107017, _, 107002, 100000, _, 107001,
	aclrtMemImportFromShareableHandle(q.share, D, P(&q.out)))
ROW(aclrtMemImportFromShareableHandleV2, 507899, 107017, 107017, _, 107002, 100000, 100000, _,
	aclrtMemImportFromShareableHandleV2(&q.share, 1, F(0), P(&q.out)))
ROW(aclrtIpcMemGetExportKey, 0, 107000, 107000, _, 107002, 100000, 107000, _,
	aclrtIpcMemGetExportKey(P(q.dev), 8, q.text, 65, F(0)))
ROW(aclrtIpcMemSetImportPid, 0, 107000, 107017, _, 107002, 100000, _, _,
	aclrtIpcMemSetImportPid(q.key, P(&q.pid), 1))
ROW(aclrtIpcMemImportByKey, 507899, 107000, 107017, _, 107002, 100000, 107000, _,
	aclrtIpcMemImportByKey(P(&q.out), q.key, F(0)))
ROW(aclrtIpcMemClose, 0, 107000, 507899, _, 107002, 100000, _, _, aclrtIpcMemClose(P(q.key)))
ROW(rtIpcSetMemoryName, 0, 107000, 107000, _, 107002, 107000, _, _,
	rtIpcSetMemoryName(P(q.dev), 8, q.text, 65))
ROW(rtSetIpcMemorySuperPodPid, 0, 107000, 107017, _, 107002, 107000, _, 107001,
	rtSetIpcMemorySuperPodPid(P(q.key), D, &q.pid, 1))
ROW(rtIpcOpenMemory, 507899, 107000, 107017, _, 107002, 107000, _, _,
	rtIpcOpenMemory(P(&q.out), q.key))
ROW(rtIpcCloseMemory, 107000, 107000, 107000, _, 107000, 107000, _, _, rtIpcCloseMemory(P(q.dev)))
ROW(rtIpcDestroyMemoryName, 0, 107000, 507899, _, 107002, 107000, _, _,
	rtIpcDestroyMemoryName(P(q.key)))
ROW(acl_emu_dump, 0, _, _, _, 0, 100000, _, _, acl_emu_dump(P(stderr)))
ROW(acl_emu_label, 0, 107000, 107000, _, 0, 100000, _, _, acl_emu_label(q.mem, P("label")))
ROW(acl_emu_export_fd, 0, 107000, 107000, _, 0, 100000, _, _, acl_emu_export_fd(q.mem, P(&q.i32)))
ROW(acl_emu_import_fd, 107000, _, _, _, 107000, 100000, _, 107001,
	acl_emu_import_fd(-1, D, P(&q.out)))

/* ---- streams ---- */

ROW(aclrtCreateStream, 0, _, _, _, 107002, 100000, _, _, aclrtCreateStream(P(&q.out)))
ROW(aclrtCreateStreamWithConfig, 0, _, _, _, 107002, 100000, 0, _,
	aclrtCreateStreamWithConfig(P(&q.out), 0, F(0)))
ROW(aclrtDestroyStream, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtDestroyStream(P(q.stream)))
ROW(aclrtDestroyStreamForce, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtDestroyStreamForce(P(q.stream)))
ROW(aclrtSynchronizeStream, 0, 107017, 107017, 0, 107002, 0, _, _,
	aclrtSynchronizeStream(P(q.stream)))
ROW(aclrtSynchronizeStreamWithTimeout, 0, 107017, 107017, 0, 107002, 0, 0, _,
	aclrtSynchronizeStreamWithTimeout(P(q.stream), F(99)))
ROW(aclrtStreamQuery, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtStreamQuery(q.stream, P((aclrtStreamStatus *)&q.u32)))
ROW(aclrtStreamAbort, 0, 107017, 107017, 107003, 107002, 0, _, _, aclrtStreamAbort(P(q.stream)))
ROW(aclrtStreamStop, 0, 107017, 107017, 107003, 107002, 107000, _, _,
	aclrtStreamStop(P(q.stream)))
ROW(aclrtSetStreamFailureMode, 0, 107017, 107017, 107003, 107002, 0, 0, _,
	aclrtSetStreamFailureMode(P(q.stream), F(1)))
ROW(aclrtStreamGetId, 0, 107017, 107017, 0, 0, 100000, _, _,
	aclrtStreamGetId(q.stream, P(&q.i32)))
ROW(aclrtStreamGetPriority, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtStreamGetPriority(q.stream, P(&q.u32)))
ROW(aclrtStreamGetFlags, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtStreamGetFlags(q.stream, P(&q.u32)))
ROW(aclrtCtxGetCurrentDefaultStream, 0, _, _, _, 107002, 100000, _, _,
	aclrtCtxGetCurrentDefaultStream(P(&q.out)))
ROW(aclrtSynchronizeDevice, 0, _, _, 0, 107002, _, _, _, aclrtSynchronizeDevice())
ROW(aclrtSynchronizeDeviceWithTimeout, 0, _, _, 0, 107002, _, 0, _,
	aclrtSynchronizeDeviceWithTimeout(F(99)))
ROW(acl_emu_launch, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	acl_emu_launch(q.stream, P(block_job), NULL, 0, 2))
ROW(aclrtLaunchHostFunc, 0, 107017, 107017, 107003, 107002, 107000, _, _,
	aclrtLaunchHostFunc(q.stream, P(host_job), NULL))
ROW(aclrtLaunchCallback, 107015, 107017, 107017, 107003, 107002, 107000, 100000, _,
	aclrtLaunchCallback(P(host_job), NULL, F(ACL_CALLBACK_BLOCK), q.stream))
ROW(aclrtSubscribeReport, 0, 107017, 107017, 107003, 107002, 0, _, _,
	aclrtSubscribeReport(1, P(q.stream)))
ROW(aclrtUnSubscribeReport, 107011, 107017, 107017, 107011, 107011, 107012, _, _,
	aclrtUnSubscribeReport(1, P(q.stream)))
ROW(aclrtProcessReport, 107012, _, _, _, 107012, _, 107012, _, aclrtProcessReport(F(1)))
ROW(aclrtAllocatorCreateDesc, 0, _, _, _, 0, _, _, _, !aclrtAllocatorCreateDesc())
ROW(aclrtAllocatorDestroyDesc, 0, 100000, 100000, _, 0, 100000, _, _,
	aclrtAllocatorDestroyDesc(P(q.desc)))
ROW(aclrtAllocatorSetObjToDesc, 0, 100000, 100000, _, 0, 100000, _, _,
	aclrtAllocatorSetObjToDesc(q.desc, P(&q)))
ROW(aclrtAllocatorSetAllocFuncToDesc, 0, 100000, 100000, _, 0, 100000, _, _,
	aclrtAllocatorSetAllocFuncToDesc(q.desc, P(my_alloc)))
ROW(aclrtAllocatorSetFreeFuncToDesc, 0, 100000, 100000, _, 0, 100000, _, _,
	aclrtAllocatorSetFreeFuncToDesc(q.desc, P(my_free)))
ROW(aclrtAllocatorSetAllocAdviseFuncToDesc, 0, 100000, 100000, _, 0, 0, _, _,
	aclrtAllocatorSetAllocAdviseFuncToDesc(q.desc, P(my_advise)))
ROW(aclrtAllocatorSetGetAddrFromBlockFuncToDesc, 0, 100000, 100000, _, 0, 100000, _, _,
	aclrtAllocatorSetGetAddrFromBlockFuncToDesc(q.desc, P(my_addr)))
ROW(aclrtAllocatorRegister, 0, 107017, 107017, 0, 0, 100000, _, _,
	aclrtAllocatorRegister(P(q.stream), q.desc))
ROW(aclrtAllocatorGetByStream, 100000, 100000, 100000, 100000, 100000, 100000, _, _,
	get_allocator(P(q.stream)))
ROW(aclrtAllocatorUnregister, 100000, 100000, 100000, 100000, 100000, 100000, _, _,
	aclrtAllocatorUnregister(P(q.stream)))

/* ---- events and notifies ---- */

ROW(aclrtCreateEvent, 0, _, _, _, 107002, 100000, _, _, aclrtCreateEvent(P(&q.out)))
ROW(aclrtCreateEventWithFlag, 0, _, _, _, 107002, 100000, 107000, _,
	aclrtCreateEventWithFlag(P(&q.out), F(ACL_EVENT_SYNC)))
ROW(aclrtCreateEventExWithFlag, 0, _, _, _, 107002, 100000, 107000, _,
	aclrtCreateEventExWithFlag(P(&q.out), F(ACL_EVENT_SYNC)))
ROW(aclrtDestroyEvent, 0, 107017, 107017, _, 0, 100000, _, _, aclrtDestroyEvent(P(q.event)))
ROW(aclrtRecordEvent, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtRecordEvent(P(q.event), q.stream))
ROW(aclrtStreamWaitEvent, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtStreamWaitEvent(q.stream, P(q.event)))
ROW(aclrtResetEvent, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtResetEvent(P(q.event), q.stream))
ROW(aclrtQueryEvent, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtQueryEvent(q.event, P((aclrtEventStatus *)&q.u32)))
ROW(aclrtQueryEventStatus, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtQueryEventStatus(q.event, P((aclrtEventRecordedStatus *)&q.u32)))
ROW(aclrtQueryEventWaitStatus, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtQueryEventWaitStatus(q.event, P((aclrtEventWaitStatus *)&q.u32)))
ROW(aclrtSynchronizeEvent, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtSynchronizeEvent(P(q.event)))
ROW(aclrtSynchronizeEventWithTimeout, 0, 107017, 107017, _, 0, 100000, 0, _,
	aclrtSynchronizeEventWithTimeout(P(q.event), F(9)))
ROW(aclrtEventElapsedTime, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtEventElapsedTime(P((float *)&q.u32), q.event, q.event))
ROW(aclrtIpcGetEventHandle, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtIpcGetEventHandle(q.shared_event, P((aclrtIpcEventHandle *)q.text)))
ROW(aclrtIpcOpenEventHandle, 507899, _, _, _, 107002, 100000, _, _,
	aclrtIpcOpenEventHandle(q.event_handle, P(&q.out)))
ROW(aclrtCreateNotify, 0, _, _, _, 107002, 100000, 107000, _,
	aclrtCreateNotify(P(&q.out), F(0)))
ROW(aclrtDestroyNotify, 0, 107017, 107017, _, 107002, 100000, _, _,
	aclrtDestroyNotify(P(q.notify)))
ROW(aclrtGetNotifyId, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtGetNotifyId(q.notify, P(&q.u32)))
ROW(aclrtRecordNotify, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtRecordNotify(P(q.notify), q.stream))
ROW(aclrtWaitAndResetNotify, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtWaitAndResetNotify(P(q.notify), q.stream, 1))
ROW(aclrtNotifyBatchReset, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtNotifyBatchReset(P(&q.notify), 1))
ROW(aclrtNotifyGetExportKey, 0, 107017, 107017, _, 0, 100000, 107000, _,
	aclrtNotifyGetExportKey(q.notify, P(q.text), 65, F(0)))
ROW(aclrtNotifySetImportPid, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtNotifySetImportPid(q.shared_notify, P(&q.pid), 1))
ROW(aclrtNotifySetImportPidInterServer, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtNotifySetImportPidInterServer(q.shared_notify, P(servers()), 1))
ROW(aclrtNotifyImportByKey, 507899, 107000, 107017, _, 107002, 100000, 107000, _,
	aclrtNotifyImportByKey(P(&q.out), q.notify_key, F(0)))
ROW(aclrtCntNotifyCreate, 0, _, _, _, 107002, 100000, 107000, _,
	aclrtCntNotifyCreate(P(&q.out), F(0)))
ROW(aclrtCntNotifyDestroy, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtCntNotifyDestroy(P(q.counter)))
ROW(aclrtCntNotifyGetId, 0, 107017, 107017, _, 0, 100000, _, _,
	aclrtCntNotifyGetId(q.counter, P(&q.u32)))
ROW(aclrtCntNotifyRecord, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclrtCntNotifyRecord(q.counter, q.stream, P(record(F(0)))))
ROW(aclrtCntNotifyWaitWithTimeout, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclrtCntNotifyWaitWithTimeout(q.counter, q.stream, P(wait_for(F(0)))))
ROW(aclrtCntNotifyReset, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtCntNotifyReset(P(q.counter), q.stream))

/* ---- binaries, which are not emulated ---- */

ROW(aclrtBinaryLoadFromFile, 207000, _, _, _, 207000, 100000, _, _,
	aclrtBinaryLoadFromFile(P("a.o"), NULL, &q.out))
ROW(aclrtBinaryLoadFromData, 207000, _, _, _, 207000, 100000, _, _,
	aclrtBinaryLoadFromData(P(q.plain), 8, NULL, &q.out))
ROW(aclrtBinaryGetFunction, 207000, _, _, _, 207000, 100000, _, _,
	aclrtBinaryGetFunction(JUNK, "add", P(&q.out)))
ROW(aclrtBinaryUnLoad, 207000, _, _, _, 207000, 100000, _, _, aclrtBinaryUnLoad(P(JUNK)))
ROW(aclrtKernelArgsInit, 207000, _, _, _, 207000, 100000, _, _,
	aclrtKernelArgsInit(JUNK, P(&q.out)))
ROW(aclrtKernelArgsAppend, 207000, _, _, _, 207000, 100000, _, _,
	aclrtKernelArgsAppend(JUNK, P(q.plain), 8, &q.out))
ROW(aclrtKernelArgsFinalize, 207000, _, _, _, 207000, 100000, _, _,
	aclrtKernelArgsFinalize(P(JUNK)))
ROW(aclrtLaunchKernel, 207000, _, _, _, 207000, 100000, _, _,
	aclrtLaunchKernel(P(JUNK), 1, NULL, 0, NULL))
ROW(aclrtLaunchKernelV2, 207000, _, _, _, 207000, 100000, _, _,
	aclrtLaunchKernelV2(P(JUNK), 1, NULL, 0, NULL, NULL))
ROW(aclrtLaunchKernelWithConfig, 207000, _, _, _, 207000, 100000, _, _,
	aclrtLaunchKernelWithConfig(P(JUNK), 1, NULL, NULL, NULL, NULL))

/* ---- graphs ---- */

ROW(aclmdlRICaptureBegin, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclmdlRICaptureBegin(P(q.stream), F(0)))
ROW(aclmdlRICaptureEnd, 107029, 107017, 107017, 107003, 107002, 100000, _, _,
	aclmdlRICaptureEnd(P(q.stream), &q.out))
ROW(aclmdlRICaptureGetInfo, 0, 107017, 107017, 0, 0, 100000, _, _,
	aclmdlRICaptureGetInfo(P(q.stream), (aclmdlRICaptureStatus *)&q.u32, &q.out))
ROW(aclmdlRICaptureThreadExchangeMode, 0, _, _, _, 107002, 100000, _, _,
	aclmdlRICaptureThreadExchangeMode(P((aclmdlRICaptureMode *)&q.u32)))
ROW(aclmdlRIExecuteAsync, 0, 107017, 107017, 107004, 107002, 100000, _, _,
	aclmdlRIExecuteAsync(P(q.graph), q.stream))
ROW(aclmdlRIExecute, 107000, 107017, 107017, 107000, 107000, 100000, _, _,
	aclmdlRIExecute(P(q.graph), -1))
ROW(aclmdlRIAbort, 107000, 107017, 107017, 107004, 107002, 507000, _, _, aclmdlRIAbort(P(q.graph)))
ROW(aclmdlRIDestroy, 0, 107017, 107017, 107004, 107002, 100000, _, _, aclmdlRIDestroy(P(q.graph)))
ROW(aclmdlRIDestroyRegisterCallback, 0, 107017, 107017, 0, 0, 107000, _, _,
	aclmdlRIDestroyRegisterCallback(P(q.graph), host_job, NULL))
ROW(aclmdlRIDestroyUnregisterCallback, 107000, 107017, 107017, 107000, 107000, 107000, _, _,
	aclmdlRIDestroyUnregisterCallback(P(q.graph), host_job))
ROW(aclmdlRIDebugJsonPrint, 0, 107017, 107017, 107004, 107002, 100000, 0, _,
	aclmdlRIDebugJsonPrint(P(q.graph), "/dev/null", F(0)))
ROW(aclmdlRIDebugPrint, 0, 107017, 107017, 107004, 107002, 100000, _, _,
	aclmdlRIDebugPrint(P(q.graph)))
ROW(aclmdlRISetName, 0, 107017, 107017, 0, 0, 100000, _, _, aclmdlRISetName(P(q.graph), "name"))
ROW(aclmdlRIGetName, 0, 107017, 107017, 0, 0, 100000, _, _, aclmdlRIGetName(P(q.graph), 8, q.text))
ROW(aclmdlRIGetId, 0, 107017, 107017, 0, 0, 100000, _, _, aclmdlRIGetId(P(q.graph), &q.u32))
ROW(aclmdlRICaptureTaskGrpBegin, 107029, 107017, 107017, 107029, 107029, 100000, _, _,
	aclmdlRICaptureTaskGrpBegin(P(q.stream)))
ROW(aclmdlRICaptureTaskGrpEnd, 107029, 107017, 107017, 107029, 107029, 100000, _, _,
	aclmdlRICaptureTaskGrpEnd(P(q.stream), &q.out))
ROW(aclmdlRICaptureTaskUpdateBegin, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclmdlRICaptureTaskUpdateBegin(P(q.stream), q.group))
ROW(aclmdlRICaptureTaskUpdateEnd, 107033, 107017, 107017, 107003, 107002, 100000, _, _,
	aclmdlRICaptureTaskUpdateEnd(P(q.stream)))
ROW(aclmdlRIBuildBegin, 0, _, _, _, 107002, 100000, 107000, _, aclmdlRIBuildBegin(P(&q.out), F(0)))
ROW(aclmdlRIBindStream, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclmdlRIBindStream(P(q.built), q.bound, F(0)))
ROW(aclmdlRIUnbindStream, 107005, 107017, 107017, 107003, 107002, 100000, _, _,
	aclmdlRIUnbindStream(P(q.built), q.bound))
ROW(aclmdlRIEndTask, 107005, 107017, 107017, 107003, 107002, 100000, _, _,
	aclmdlRIEndTask(P(q.built), q.bound))
ROW(aclmdlRIBuildEnd, 0, 107017, 107017, 107004, 107002, 100000, _, _,
	aclmdlRIBuildEnd(P(q.built), NULL))
ROW(aclmdlRIGetStreams, 0, 107017, 107017, 0, 0, 107000, _, _,
	aclmdlRIGetStreams(P(q.graph), NULL, &q.u32))
ROW(aclmdlRIGetTasksByStream, 0, 107017, 107017, 0, 0, 107000, _, _,
	aclmdlRIGetTasksByStream(P(q.inner), NULL, &q.u32))
ROW(aclmdlRITaskGetType, 0, 107017, 107017, 0, 0, 107000, _, _,
	aclmdlRITaskGetType(P(q.task), (aclmdlRITaskType *)&q.u32))
ROW(aclmdlRITaskGetSeqId, 0, 107017, 107017, 0, 0, 107000, _, _,
	aclmdlRITaskGetSeqId(P(q.task), &q.u32))
ROW(aclmdlRITaskGetParams, 0, 107017, 107017, 0, 0, 107000, _, _,
	aclmdlRITaskGetParams(P(q.task), (aclmdlRITaskParams *)q.plain))
ROW(aclrtRecordEventWithFlag, 0, 107017, 107017, 107003, 107002, 100000, 100000, _,
	aclrtRecordEventWithFlag(P(q.event), q.stream, F(0)))
ROW(aclrtStreamWaitEventWithFlag, 0, 107017, 107017, 107003, 107002, 100000, 100000, _,
	aclrtStreamWaitEventWithFlag(q.stream, P(q.event), 0, F(0)))
ROW(aclrtStreamWaitEventWithTimeout, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtStreamWaitEventWithTimeout(q.stream, P(q.event), 0))
ROW(aclrtEventGetTimestamp, 0, 107017, 107017, 0, 0, 100000, _, _,
	aclrtEventGetTimestamp(P(q.event), &q.u64))

/* ---- options and attributes that are stored ---- */

ROW(aclrtSetOpWaitTimeout, 0, _, _, _, 0, _, _, _, aclrtSetOpWaitTimeout(0))
ROW(aclrtSetOpExecuteTimeOut, 0, _, _, _, 0, _, _, _, aclrtSetOpExecuteTimeOut(0))
ROW(aclrtSetOpExecuteTimeOutWithMs, 0, _, _, _, 0, _, _, _, aclrtSetOpExecuteTimeOutWithMs(0))
ROW(aclrtSetOpExecuteTimeOutV2, 0, _, _, _, 0, 100000, _, _,
	aclrtSetOpExecuteTimeOutV2(0, P(&q.u64)))
ROW(aclrtGetOpTimeOutInterval, 0, _, _, _, 0, 100000, _, _, aclrtGetOpTimeOutInterval(P(&q.u64)))
ROW(aclrtGetOpExecuteTimeout, 0, _, _, _, 0, 100000, _, _, aclrtGetOpExecuteTimeout(P(&q.u32)))
ROW(aclrtSetSysParamOpt, 0, _, _, _, 0, _, 107000, _, aclrtSetSysParamOpt(F(0), 1))
ROW(aclrtGetSysParamOpt, 0, _, _, _, 0, 100000, 107000, _, aclrtGetSysParamOpt(F(0), P(&q.i64)))
ROW(aclrtCtxSetSysParamOpt, 0, _, _, _, 107002, _, 107000, _, aclrtCtxSetSysParamOpt(F(0), 1))
ROW(aclrtCtxGetSysParamOpt, 107021, _, _, _, 107002, 100000, 107000, _,
	aclrtCtxGetSysParamOpt(F(0), P(&q.i64)))
ROW(aclrtSetDeviceSatMode, 0, _, _, _, 107002, _, 107000, _, aclrtSetDeviceSatMode(F(0)))
ROW(aclrtGetDeviceSatMode, 0, _, _, _, 107002, 100000, _, _,
	aclrtGetDeviceSatMode(P((aclrtFloatOverflowMode *)&q.u32)))
ROW(aclrtSetDeviceResLimit, 0, _, _, _, 0, _, 107000, 107001, aclrtSetDeviceResLimit(D, F(0), 1))
ROW(aclrtGetDeviceResLimit, 0, _, _, _, 0, 100000, 107000, 107001,
	aclrtGetDeviceResLimit(D, F(0), P(&q.u32)))
ROW(aclrtResetDeviceResLimit, 0, _, _, _, 0, _, _, 107001, aclrtResetDeviceResLimit(D))
ROW(aclrtSetStreamResLimit, 0, 107017, 107017, 107003, 107002, _, 107000, _,
	aclrtSetStreamResLimit(q.stream, F(0), 1))
ROW(aclrtGetStreamResLimit, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclrtGetStreamResLimit(q.stream, F(0), P(&q.u32)))
ROW(aclrtResetStreamResLimit, 0, 107017, 107017, 107003, 107002, 0, _, _,
	aclrtResetStreamResLimit(P(q.stream)))
ROW(aclrtUseStreamResInCurrentThread, 0, 107017, 107017, 107003, 107002, 0, _, _,
	aclrtUseStreamResInCurrentThread(P(q.stream)))
ROW(aclrtUnuseStreamResInCurrentThread, 0, 107017, 107017, 107003, 107002, 0, _, _,
	aclrtUnuseStreamResInCurrentThread(P(q.stream)))
ROW(aclrtResetOverflowStatus, 0, 107017, 107017, 107003, 107002, 0, _, _,
	aclrtResetOverflowStatus(P(q.stream)))
ROW(aclrtSetStreamAttribute, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclrtSetStreamAttribute(q.stream, F(3), P((aclrtStreamAttrValue *)q.plain)))
ROW(aclrtGetStreamAttribute, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclrtGetStreamAttribute(q.stream, F(3), P((aclrtStreamAttrValue *)q.plain)))
ROW(aclrtSetStreamOverflowSwitch, 0, 107017, 107017, 107003, 107002, _, 100000, _,
	aclrtSetStreamOverflowSwitch(q.stream, F(0)))
ROW(aclrtGetStreamOverflowSwitch, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtGetStreamOverflowSwitch(q.stream, P(&q.u32)))
ROW(aclrtGetOverflowStatus, 0, 107017, 107017, 107003, 107002, 100000, _, _,
	aclrtGetOverflowStatus(P(q.dev), 64, q.stream))
ROW(aclrtCmoAsync, 0, 107017, 107017, 107003, 107002, 100000, 107000, _,
	aclrtCmoAsync(P(q.dev), 8, F(0), q.stream))
ROW(aclrtCacheLastTaskOpInfo, 0, _, _, _, 0, 100000, _, _, aclrtCacheLastTaskOpInfo(P(q.plain), 8))
ROW(aclrtMemUceRepair, 0, _, _, _, 0, 100000, _, 107001,
	aclrtMemUceRepair(D, P((aclrtMemUceInfo *)q.plain), 1))
ROW(aclrtSetExceptionInfoCallback, 0, _, _, _, 0, _, _, _, aclrtSetExceptionInfoCallback(NULL))
ROW(aclrtGetTaskIdFromExceptionInfo, 0, _, _, _, 0, _, _, _,
	aclrtGetTaskIdFromExceptionInfo(NULL) != UINT32_MAX)
ROW(aclrtGetStreamIdFromExceptionInfo, 0, _, _, _, 0, _, _, _,
	aclrtGetStreamIdFromExceptionInfo(NULL) != UINT32_MAX)
ROW(aclrtGetThreadIdFromExceptionInfo, 0, _, _, _, 0, _, _, _,
	aclrtGetThreadIdFromExceptionInfo(NULL) != UINT32_MAX)
ROW(aclrtGetDeviceIdFromExceptionInfo, 0, _, _, _, 0, _, _, _,
	aclrtGetDeviceIdFromExceptionInfo(NULL) != UINT32_MAX)
ROW(aclrtGetErrorCodeFromExceptionInfo, 0, _, _, _, 0, _, _, _,
	aclrtGetErrorCodeFromExceptionInfo(NULL) != UINT32_MAX)

/* ---- parts of a device that are not emulated ---- */

ROW(aclrtLaunchKernelWithHostArgs, 207000, _, _, _, 207000, 100000, _, _,
	aclrtLaunchKernelWithHostArgs(P(JUNK), 1, NULL, NULL, q.plain, 8, NULL, 0))
ROW(aclrtGetHardwareSyncAddr, 207000, _, _, _, 207000, 100000, _, _,
	aclrtGetHardwareSyncAddr(P(&q.out)))
ROW(aclrtGetGroupCount, 207000, _, _, _, 207000, 100000, _, _, aclrtGetGroupCount(P(&q.u32)))
ROW(aclrtGetAllGroupInfo, 207000, _, _, _, 207000, 100000, _, _, aclrtGetAllGroupInfo(P(JUNK)))
ROW(aclrtGetGroupInfoDetail, 207000, _, _, _, 207000, 100000, _, _,
	aclrtGetGroupInfoDetail(P(JUNK), 0, ACL_GROUP_AICORE_INT, q.text, 8, &q.size))
ROW(aclrtCreateGroupInfo, 0, _, _, _, 0, _, _, _, aclrtCreateGroupInfo() != NULL)
ROW(aclrtDestroyGroupInfo, 207000, _, _, _, 207000, 100000, _, _, aclrtDestroyGroupInfo(P(JUNK)))
ROW(aclrtSetGroup, 207000, _, _, _, 207000, _, _, _, aclrtSetGroup(0))
ROW(aclrtSubscribeHostFunc, 207000, _, _, _, 207000, _, _, _, aclrtSubscribeHostFunc(1, q.stream))
ROW(aclrtProcessHostFunc, 207000, _, _, _, 207000, _, _, _, aclrtProcessHostFunc(1))
ROW(aclrtUnSubscribeHostFunc, 207000, _, _, _, 207000, _, _, _,
	aclrtUnSubscribeHostFunc(1, q.stream))
ROW(aclmdlRICondHandleCreate, 207000, _, _, _, 207000, 100000, _, _,
	aclmdlRICondHandleCreate(P(JUNK), 0, 1, &q.out))
ROW(aclmdlRICondHandleGetCondPtr, 207000, _, _, _, 207000, 100000, _, _,
	aclmdlRICondHandleGetCondPtr(P(JUNK), (uint64_t **)&q.out))
ROW(aclmdlRIAddCondTask, 207000, _, _, _, 207000, 100000, _, _,
	aclmdlRIAddCondTask((aclmdlRICondTaskParams){ .size = 1 }, P(JUNK), 0))
ROW(aclmdlRICaptureToModelRIBegin, 207000, _, _, _, 207000, 100000, _, _,
	aclmdlRICaptureToModelRIBegin(P(JUNK), JUNK, 0))
ROW(aclrtRepairError, 207000, _, _, _, 207000, 100000, _, _,
	aclrtRepairError(0, P((aclrtErrorInfo *)q.plain)))
ROW(aclprofInit, 207000, _, _, _, 207000, 100000, _, _, aclprofInit(P("/tmp"), 4))
ROW(aclprofFinalize, 207000, _, _, _, 207000, _, _, _, aclprofFinalize())
ROW(aclprofStart, 207000, _, _, _, 207000, 100000, _, _, aclprofStart(P(JUNK)))
ROW(aclprofStop, 207000, _, _, _, 207000, 100000, _, _, aclprofStop(P(JUNK)))
ROW(aclprofCreateConfig, 0, _, _, _, 0, _, _, _,
	aclprofCreateConfig(&q.u32, 1, ACL_AICORE_NONE, NULL, 0) != NULL)
ROW(aclprofDestroyConfig, 207000, _, _, _, 207000, 100000, _, _, aclprofDestroyConfig(P(JUNK)))
ROW(aclprofCreateStepInfo, 0, _, _, _, 0, _, _, _, aclprofCreateStepInfo() != NULL)
ROW(aclprofDestroyStepInfo, 0, _, _, _, 0, _, _, _, (aclprofDestroyStepInfo(NULL), 0))
ROW(aclprofGetStepTimestamp, 207000, _, _, _, 207000, 100000, _, _,
	aclprofGetStepTimestamp(P(JUNK), ACL_STEP_START, NULL))
ROW(rtGetC2cCtrlAddr, 207000, _, _, _, 207000, 107000, _, _, rtGetC2cCtrlAddr(P(&q.u64), &q.u32))
ROW(rtFunctionRegister, 207000, _, _, _, 207000, 107000, _, _,
	rtFunctionRegister(P(JUNK), JUNK, "name", NULL, 0))
ROW(rtDevBinaryRegister, 207000, _, _, _, 207000, 107000, _, _,
	rtDevBinaryRegister(P((rtDevBinary_t *)q.plain), &q.out))
ROW(rtDevBinaryUnRegister, 207000, _, _, _, 207000, 107000, _, _, rtDevBinaryUnRegister(P(JUNK)))
ROW(rtKernelLaunch, 207000, _, _, _, 207000, 107000, _, _,
	rtKernelLaunch(P(JUNK), 1, NULL, 0, NULL, NULL))

/* ---- the layer below, by names of its own ---- */

ROW(rtMalloc, 0, _, _, _, 107002, 107000, _, _, rtMalloc(P(&q.out), 8, 0, 0))
ROW(rtFree, 0, 107000, 107000, _, 0, 107000, _, _, rtFree(P(q.dev)))
ROW(rtMallocHost, 0, _, _, _, 107002, 107000, _, _, rtMallocHost(P(&q.out), 8, 0))
ROW(rtFreeHost, 0, 107000, 107000, _, 0, 107000, _, _, rtFreeHost(P(q.host)))
ROW(rtMemcpy, 0, 107017, 107017, _, 107002, 107000, 107000, _,
	rtMemcpy(q.dev, 8, P(q.plain), 8, F(RT_MEMCPY_HOST_TO_DEVICE)))
ROW(rtMemcpyAsync, 0, 107017, 107017, 107003, 107002, 107000, 107000, _,
	rtMemcpyAsync(q.dev, 8, P(q.host), 8, F(RT_MEMCPY_HOST_TO_DEVICE), q.stream))
ROW(rtMemset, 0, 107017, 107017, _, 107002, 107000, _, _, rtMemset(P(q.dev), 8, 1, 8))
ROW(rtStreamCreate, 0, _, _, _, 107002, 107000, 107000, _, rtStreamCreate(P(&q.out), (int32_t)F(0)))
ROW(rtStreamCreateWithFlags, 0, _, _, _, 107002, 107000, 0, _,
	rtStreamCreateWithFlags(P(&q.out), 0, F(0)))
ROW(rtStreamDestroy, 0, 107017, 107017, 107003, 107002, 107000, _, _, rtStreamDestroy(P(q.stream)))
ROW(rtStreamSynchronize, 0, 107017, 107017, 0, 107002, 0, _, _, rtStreamSynchronize(P(q.stream)))
ROW(rtStreamGetSqid, 0, 107017, 107017, 0, 0, 107000, _, _, rtStreamGetSqid(q.stream, P(&q.u32)))
ROW(rtEventCreate, 0, _, _, _, 107002, 107000, _, _, rtEventCreate(P(&q.out)))
ROW(rtSetDevice, 0, _, _, _, 0, _, _, 107001, rtSetDevice(D))
ROW(rtGetDevice, 0, _, _, _, 107002, 107000, _, _, rtGetDevice(P(&q.i32)))
ROW(rtDeviceReset, 0, _, _, _, 0, _, _, 107001, rtDeviceReset(D))
ROW(rtDeviceSynchronize, 0, _, _, 0, 107002, _, _, _, rtDeviceSynchronize())
ROW(rtGetDeviceCount, 0, _, _, _, 0, 107000, _, _, rtGetDeviceCount(P(&q.i32)))
ROW(rtCtxGetCurrent, 0, _, _, _, 107002, 107000, _, _, rtCtxGetCurrent(P(&q.out)))
ROW(rtEnableP2P, 0, _, _, _, 107002, _, 107000, 107000, rtEnableP2P((uint32_t)D, 1, F(0)))
ROW(rtGetSocVersion, 0, _, _, _, 0, 107000, _, _, rtGetSocVersion(P(q.text), 64))
ROW(rtGetAiCoreCount, 0, _, _, _, 107002, 107000, _, _, rtGetAiCoreCount(P(&q.u32)))
ROW(rtRegTaskFailCallbackByModule, 0, _, _, _, 0, 107000, _, _,
	rtRegTaskFailCallbackByModule(P("name"), NULL))

/* ---- of this library alone ---- */

ROW(acl_emu_get_versions, 0, _, _, _, 0, 100000, _, _,
	acl_emu_get_versions(P((acl_emu_versions *)q.plain)))
ROW(acl_emu_get_count, 0, _, _, _, 0, 100000, 100000, _,
	acl_emu_get_count(F(ACL_EMU_COUNT_TASKS_RUN), P(&q.u64)))
ROW(acl_emu_reset_counts, 0, _, _, _, 0, _, _, _, acl_emu_reset_counts())
