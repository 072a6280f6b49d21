/* SPDX-License-Identifier: MIT */
/*
 * Functions that client programs link or look up and that mean nothing without the
 * parts of a real device. Each one checks a pointer and answers 207000.
 *
 * REFUSED(return type, name, parameters, pointer, remedy, sentence)
 *
 * @pointer must not be NULL: 100000 for functions of the acl layer, 107000 for rt*.
 * It is ANY if the function has no such argument.
 */

/* ---- kernels ---- */

REFUSED(aclError, aclrtLaunchKernelWithHostArgs,
	(aclrtFuncHandle funcHandle, uint32_t numBlocks, aclrtStream stream,
	 aclrtLaunchKernelCfg *cfg, void *hostArgs, size_t argsSize,
	 aclrtPlaceHolderInfo *placeHolderArray, size_t placeHolderNum),
	funcHandle ? hostArgs : NULL, ON_CPU, NO_CORES)
REFUSED(aclError, aclrtGetHardwareSyncAddr, (void **addr), addr, ON_CPU, NO_CORES)
REFUSED(rtError_t, rtGetC2cCtrlAddr, (uint64_t *addr, uint32_t *len), len ? addr : NULL, ON_CPU,
	NO_CORES)
REFUSED(rtError_t, rtFunctionRegister,
	(void *binHandle, const void *stubFunc, const char_t *stubName, const void *kernelInfoExt,
	 uint32_t funcMode),
	binHandle && stubFunc ? stubName : NULL, ON_CPU, NO_CORES)
REFUSED(rtError_t, rtDevBinaryRegister, (const rtDevBinary_t *bin, void **hdl),
	hdl ? bin : NULL, ON_CPU, NO_CORES)
REFUSED(rtError_t, rtDevBinaryUnRegister, (void *hdl), hdl, ON_CPU, NO_CORES)
REFUSED(rtError_t, rtKernelLaunch,
	(const void *stubFunc, uint32_t numBlocks, void *args, uint32_t argsSize,
	 rtSmDesc_t *smDesc, rtStream_t stm),
	stubFunc, ON_CPU, NO_CORES)

/* ---- groups of cores ---- */

REFUSED(aclError, aclrtGetGroupCount, (uint32_t *count), count, "use the whole device", NO_GROUPS)
REFUSED(aclError, aclrtGetAllGroupInfo, (aclrtGroupInfo *groupInfo), groupInfo,
	"use the whole device", NO_GROUPS)
REFUSED(aclError, aclrtGetGroupInfoDetail,
	(const aclrtGroupInfo *groupInfo, int32_t groupIndex, aclrtGroupAttr attr, void *attrValue,
	 size_t valueLen, size_t *paramRetSize),
	attrValue && paramRetSize ? groupInfo : NULL, "use the whole device", NO_GROUPS)
REFUSED(aclError, aclrtDestroyGroupInfo, (aclrtGroupInfo *groupInfo), groupInfo,
	"use the whole device", NO_GROUPS)
REFUSED(aclError, aclrtSetGroup, (int32_t groupId), ANY, "use the whole device", NO_GROUPS)

/* ---- host functions of models, for chips that need a thread of the program ---- */

REFUSED(aclError, aclrtSubscribeHostFunc, (uint64_t hostFuncThreadId, aclrtStream exeStream), ANY,
	"call aclrtLaunchHostFunc()", NO_HOST_THREAD)
REFUSED(aclError, aclrtProcessHostFunc, (int32_t timeout), ANY, "call aclrtLaunchHostFunc()",
	NO_HOST_THREAD)
REFUSED(aclError, aclrtUnSubscribeHostFunc, (uint64_t hostFuncThreadId, aclrtStream exeStream), ANY,
	"call aclrtLaunchHostFunc()", NO_HOST_THREAD)

/* ---- conditional graphs ---- */

REFUSED(aclError, aclmdlRICondHandleCreate,
	(aclmdlRI modelRI, uint32_t defaultLaunchValue, aclmdlRICondHandleFlag flag,
	 aclmdlRICondHandle *handle),
	modelRI ? handle : NULL, ONE_EACH, NO_CONDITIONS)
REFUSED(aclError, aclmdlRICondHandleGetCondPtr, (aclmdlRICondHandle handle, uint64_t **ptr),
	handle ? ptr : NULL, ONE_EACH, NO_CONDITIONS)
REFUSED(aclError, aclmdlRIAddCondTask,
	(aclmdlRICondTaskParams params, aclrtStream stream, uint32_t flags), stream, ONE_EACH,
	NO_CONDITIONS)
REFUSED(aclError, aclmdlRICaptureToModelRIBegin,
	(aclrtStream stream, aclmdlRI modelRI, aclmdlRICaptureMode mode),
	stream ? modelRI : NULL, ONE_EACH, NO_CONDITIONS)

/* ---- faults of the device ---- */

REFUSED(aclError, aclrtRepairError, (int32_t deviceId, const aclrtErrorInfo *errorInfo), errorInfo,
	"reset the device", NO_FAULTS)

/* ---- profiling ---- */

REFUSED(aclError, aclprofInit, (const char *profilerResultPath, size_t length), profilerResultPath,
	TRACE, NO_PROFILER)
REFUSED(aclError, aclprofFinalize, (void), ANY, TRACE, NO_PROFILER)
REFUSED(aclError, aclprofStart, (const aclprofConfig *profilerConfig), profilerConfig, TRACE,
	NO_PROFILER)
REFUSED(aclError, aclprofStop, (const aclprofConfig *profilerConfig), profilerConfig, TRACE,
	NO_PROFILER)
REFUSED(aclError, aclprofDestroyConfig, (const aclprofConfig *profilerConfig), profilerConfig,
	TRACE, NO_PROFILER)
REFUSED(aclError, aclprofGetStepTimestamp,
	(aclprofStepInfo *stepInfo, aclprofStepTag tag, aclrtStream stream), stepInfo, TRACE,
	NO_PROFILER)
