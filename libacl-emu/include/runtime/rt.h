/* SPDX-License-Identifier: MIT */
/**
 * @file rt.h
 * @brief Functions of the layer below, which client libraries look up in the same library.
 *
 * Each of them does the work of an acl function, and error sentences may name that function. A NULL
 * pointer is 107000 in all of them. acl.h does not include this header.
 */
#ifndef ACL_EMU_RUNTIME_RT_H
#define ACL_EMU_RUNTIME_RT_H

#include <stdint.h>

#include "acl/acl_base_rt.h"
#include "acl/acl_rt_error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief 0 or a code of rt_error_codes.h. */
typedef int32_t rtError_t;

/** @brief A character of a name. */
typedef char char_t;
/** @brief A stream, as aclrtStream. */
typedef void *rtStream_t;
/** @brief An event, as aclrtEvent. */
typedef void *rtEvent_t;
/** @brief A context, as aclrtContext. */
typedef void *rtContext_t;
/** @brief Kind of memory, bits. */
typedef uint32_t rtMemType_t;
/** @brief Description of shared memory of a kernel. */
typedef struct rtSmDesc rtSmDesc_t;
/** @brief Called with the record of a failed task. */
typedef void (*rtTaskFailCallback)(struct rtExceptionInfo *);

/** @brief Kind of a copy; the numbers are those of aclrtMemcpyKind. */
typedef enum tagRtMemcpyKind {
	RT_MEMCPY_HOST_TO_HOST = 0,
	RT_MEMCPY_HOST_TO_DEVICE = 1,
	RT_MEMCPY_DEVICE_TO_HOST = 2,
	RT_MEMCPY_DEVICE_TO_DEVICE = 3,
	RT_MEMCPY_DEFAULT = 4,
} rtMemcpyKind_t;

/** @brief A binary of kernels. */
typedef struct tagRtDevBinary {
	uint32_t magic;
	uint32_t version;
	const void *data;
	uint64_t length;
} rtDevBinary_t;

/**
 * @brief Return the number by which other processes allow this process to import.
 *
 * Like aclrtDeviceGetBareTgid().
 *
 * @param[out] pid the number
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): pid is NULL
 * @see aclrtDeviceGetBareTgid()
 */
ACL_FUNC_VISIBILITY rtError_t rtDeviceGetBareTgid(uint32_t *pid);

/**
 * @brief Return one property of a device.
 *
 * Known are: of the system (module 0) the chip (18), the id in the pod (26), which are the id of
 * the device, the server (27) and the pod (29), which are 0; of AI cores (module 4) and vector
 * cores (module 7) their number (3).
 *
 * @param[in] deviceId the device
 * @param[in] moduleType part of the device
 * @param[in] infoType the property
 * @param[out] val the result; not written on failure
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): val is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the property is not emulated
 * @see aclrtGetDeviceInfo()
 */
ACL_FUNC_VISIBILITY rtError_t rtGetDeviceInfo(uint32_t deviceId, int32_t moduleType,
					      int32_t infoType, int64_t *val);

/**
 * @brief Convert a device index to a physical device id.
 *
 * Like aclrtGetPhyDevIdByLogicDevId(). All ids of a device are equal here.
 *
 * @param[in] devIndex the index
 * @param[out] phyId the physical id; not written on failure
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): phyId is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetPhyDevIdByLogicDevId()
 */
ACL_FUNC_VISIBILITY rtError_t rtGetDevicePhyIdByIndex(uint32_t devIndex, uint32_t *phyId);

/**
 * @brief Convert a device id of the program to a logical one.
 *
 * Like aclrtGetLogicDevIdByUserDevId(). All ids of a device are equal here.
 *
 * @param[in] userDevId the id of the program
 * @param[out] logicDevId the logical id; not written on failure
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): logicDevId is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetLogicDevIdByUserDevId()
 */
ACL_FUNC_VISIBILITY rtError_t rtGetLogicDevIdByUserDevId(const int32_t userDevId,
							 int32_t *const logicDevId);

/**
 * @brief Create an IPC name for device memory.
 *
 * Like aclrtIpcMemGetExportKey(); only allowed processes may import.
 *
 * @param[in] ptr start of the memory
 * @param[in] byteCount bytes, at least 1
 * @param[out] name the name with its NUL, 65 bytes; not written on failure
 * @param[in] len size of the buffer at name in bytes, at least 65
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): a pointer is NULL, byteCount is 0, len is smaller
 *         than 65, or the range is not memory of a device
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the memory is imported
 * @see aclrtIpcMemGetExportKey(), rtSetIpcMemorySuperPodPid(), rtIpcOpenMemory(),
 *      rtIpcDestroyMemoryName()
 */
ACL_FUNC_VISIBILITY rtError_t rtIpcSetMemoryName(const void *ptr, uint64_t byteCount, char_t *name,
						 uint32_t len);

/**
 * @brief Allow processes to import memory by an IPC name.
 *
 * Like aclrtIpcMemSetImportPid().
 *
 * @param[in] name an IPC name that this process created
 * @param[in] sdid id in the pod of a device of the importers; the device must exist
 * @param[in] pid numbers that the importers got from rtDeviceGetBareTgid()
 * @param[in] num number of entries
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): a pointer is NULL, num is out of range, or the text
 *         is not an IPC name
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): another process created the name
 * @see aclrtIpcMemSetImportPid(), rtIpcSetMemoryName()
 */
ACL_FUNC_VISIBILITY rtError_t rtSetIpcMemorySuperPodPid(const char_t *name, uint32_t sdid,
							int32_t pid[], int32_t num);

/**
 * @brief Map device memory of another process by its IPC name.
 *
 * Like aclrtIpcMemImportByKey().
 *
 * @param[out] ptr start of the memory; not written on failure
 * @param[in] name the name
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): a pointer is NULL, or the text is not an IPC name
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the memory no longer exists
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process is not allowed to import
 * @see aclrtIpcMemImportByKey(), rtIpcCloseMemory()
 */
ACL_FUNC_VISIBILITY rtError_t rtIpcOpenMemory(void **ptr, const char_t *name);

/**
 * @brief Close an import by its address.
 *
 * @param[in] ptr start of the memory, as returned by rtIpcOpenMemory() or aclrtIpcMemImportByKey()
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): ptr is NULL or not an import
 * @see rtIpcOpenMemory()
 */
ACL_FUNC_VISIBILITY rtError_t rtIpcCloseMemory(const void *ptr);

/**
 * @brief Revoke an IPC name.
 *
 * Like aclrtIpcMemClose() in the exporter.
 *
 * @param[in] name the name
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): name is NULL or not an IPC name
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process has not created the name
 * @see aclrtIpcMemClose(), rtIpcSetMemoryName()
 */
ACL_FUNC_VISIBILITY rtError_t rtIpcDestroyMemoryName(const char_t *name);

/**
 * @brief Allocate device memory, like aclrtMallocAlign32().
 *
 * @param[out] devPtr the memory
 * @param[in] size bytes
 * @param[in] type kind of memory; has no effect
 * @param[in] moduleId has no effect
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): devPtr is NULL, or size is 0
 * @retval aclrtMallocAlign32() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtMalloc(void **devPtr, uint64_t size, rtMemType_t type,
				       const uint16_t moduleId);

/**
 * @brief Free device memory, like aclrtFree().
 *
 * @param[in] devPtr the memory
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): devPtr is NULL
 * @retval aclrtFree() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtFree(void *devPtr);

/**
 * @brief Allocate pinned host memory, like aclrtMallocHost().
 *
 * @param[out] hostPtr the memory
 * @param[in] size bytes
 * @param[in] moduleId has no effect
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): hostPtr is NULL, or size is 0
 * @retval aclrtMallocHost() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtMallocHost(void **hostPtr, uint64_t size, const uint16_t moduleId);

/**
 * @brief Free pinned host memory, like aclrtFreeHost().
 *
 * @param[in] hostPtr the memory
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): hostPtr is NULL
 * @retval aclrtFreeHost() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtFreeHost(void *hostPtr);

/**
 * @brief Copy memory, like aclrtMemcpy().
 *
 * @param[in] dst destination
 * @param[in] destMax bytes at dst
 * @param[in] src source
 * @param[in] cnt bytes
 * @param[in] kind a number of aclrtMemcpyKind
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): a pointer is NULL, cnt is larger than destMax, or
 *         kind is unknown
 * @retval aclrtMemcpy() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtMemcpy(void *dst, uint64_t destMax, const void *src, uint64_t cnt,
				       rtMemcpyKind_t kind);

/**
 * @brief Copy memory in a stream, like aclrtMemcpyAsync().
 *
 * @param[in] dst destination
 * @param[in] destMax bytes at dst
 * @param[in] src source
 * @param[in] cnt bytes
 * @param[in] kind a number of aclrtMemcpyKind
 * @param[in] stm the stream
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): a pointer is NULL, cnt is larger than destMax, or
 *         kind is unknown
 * @retval aclrtMemcpyAsync() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtMemcpyAsync(void *dst, uint64_t destMax, const void *src,
					    uint64_t cnt, rtMemcpyKind_t kind, rtStream_t stm);

/**
 * @brief Fill memory, like aclrtMemset().
 *
 * @param[in] devPtr the memory
 * @param[in] destMax bytes at devPtr
 * @param[in] val value of each byte
 * @param[in] cnt bytes
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): devPtr is NULL
 * @retval aclrtMemset() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtMemset(void *devPtr, uint64_t destMax, uint32_t val, uint64_t cnt);

/**
 * @brief Create a stream, like aclrtCreateStreamWithConfig().
 *
 * @param[out] stm the stream
 * @param[in] priority 0 to 7
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): stm is NULL, or priority out of range
 * @retval aclrtCreateStream() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtStreamCreate(rtStream_t *stm, int32_t priority);

/**
 * @brief Create a stream, like aclrtCreateStreamWithConfig().
 *
 * @param[out] stm the stream
 * @param[in] priority 0 to 7
 * @param[in] flags bits ACL_STREAM_*
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): stm is NULL, or priority out of range
 * @retval aclrtCreateStream() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtStreamCreateWithFlags(rtStream_t *stm, int32_t priority,
						      uint32_t flags);

/**
 * @brief Destroy a stream, like aclrtDestroyStream().
 *
 * @param[in] stm the stream
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): stm is NULL
 * @retval aclrtDestroyStream() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtStreamDestroy(rtStream_t stm);

/**
 * @brief Wait for a stream, like aclrtSynchronizeStream().
 *
 * @param[in] stm the stream; NULL means the default stream of the current context
 * @return 0, or an error of the list
 * @retval aclrtSynchronizeStream() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtStreamSynchronize(rtStream_t stm);

/**
 * @brief Get the number of a stream, like aclrtStreamGetId().
 *
 * @param[in] stm the stream
 * @param[out] sqId the number
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): sqId is NULL
 * @retval aclrtStreamGetId() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtStreamGetSqid(const rtStream_t stm, uint32_t *sqId);

/**
 * @brief Create an event, like aclrtCreateEvent().
 *
 * @param[out] evt the event
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): evt is NULL
 * @retval aclrtCreateEvent() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtEventCreate(rtEvent_t *evt);

/**
 * @brief Use a device, like aclrtSetDevice().
 *
 * @param[in] devId the device
 * @return 0, or an error of the list
 * @retval aclrtSetDevice() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtSetDevice(int32_t devId);

/**
 * @brief Get the current device, like aclrtGetDevice().
 *
 * @param[out] devId the device
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): devId is NULL
 * @retval aclrtGetDevice() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtGetDevice(int32_t *devId);

/**
 * @brief Reset a device, like aclrtResetDevice().
 *
 * @param[in] devId the device
 * @return 0, or an error of the list
 * @retval aclrtResetDevice() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtDeviceReset(int32_t devId);

/**
 * @brief Wait for the current device, like aclrtSynchronizeDevice().
 *
 * @return 0, or an error of the list
 * @retval aclrtSynchronizeDevice() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtDeviceSynchronize(void);

/**
 * @brief Get the number of devices, like aclrtGetDeviceCount().
 *
 * @param[out] cnt the number
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): cnt is NULL
 * @retval aclrtGetDeviceCount() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtGetDeviceCount(int32_t *cnt);

/**
 * @brief Get the current context, like aclrtGetCurrentContext().
 *
 * @param[out] currentCtx the context
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): currentCtx is NULL
 * @retval aclrtGetCurrentContext() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtCtxGetCurrent(rtContext_t *currentCtx);

/**
 * @brief Let the current device reach another one, like aclrtDeviceEnablePeerAccess().
 *
 * @param[in] devIdDes this device
 * @param[in] phyIdSrc the other device
 * @param[in] flag 0
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): an id or flag is out of range
 * @retval aclrtDeviceEnablePeerAccess() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtEnableP2P(uint32_t devIdDes, uint32_t phyIdSrc, uint32_t flag);

/**
 * @brief Get the name of the emulated chip, like aclrtGetSocName().
 *
 * @param[out] ver the name
 * @param[in] maxLen bytes at ver
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): ver is NULL, or maxLen is too small
 */
ACL_FUNC_VISIBILITY rtError_t rtGetSocVersion(char_t *ver, const uint32_t maxLen);

/**
 * @brief Get the number of AI cores, like aclrtGetResInCurrentThread().
 *
 * @param[out] aiCoreCnt the number
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): aiCoreCnt is NULL
 * @retval aclrtGetResInCurrentThread() each error of that function
 */
ACL_FUNC_VISIBILITY rtError_t rtGetAiCoreCount(uint32_t *aiCoreCnt);

/**
 * @brief Set the function of a module that is called when a task fails.
 *
 * @param[in] moduleName name of the module
 * @param[in] callback the function, NULL for none
 * @return 0, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): moduleName is NULL
 * @retval ACL_ERROR_RT_RESOURCE_ALLOC_FAIL (207005): 16 modules have a function
 */
ACL_FUNC_VISIBILITY rtError_t rtRegTaskFailCallbackByModule(const char_t *moduleName,
							    rtTaskFailCallback callback);

/**
 * @brief Get the address by which cores synchronize: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[out] addr not written
 * @param[out] len not written
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): addr or len is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY rtError_t rtGetC2cCtrlAddr(uint64_t *addr, uint32_t *len);

/**
 * @brief Register the kernel of a function: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] binHandle binary
 * @param[in] stubFunc function
 * @param[in] stubName its name
 * @param[in] kernelInfoExt name of the kernel
 * @param[in] funcMode mode
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): a pointer is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY rtError_t rtFunctionRegister(void *binHandle, const void *stubFunc,
						 const char_t *stubName, const void *kernelInfoExt,
						 uint32_t funcMode);

/**
 * @brief Register a binary of kernels: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] bin binary
 * @param[out] hdl not written
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): bin or hdl is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY rtError_t rtDevBinaryRegister(const rtDevBinary_t *bin, void **hdl);

/**
 * @brief End the registration of a binary of kernels: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] hdl binary
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): hdl is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY rtError_t rtDevBinaryUnRegister(void *hdl);

/**
 * @brief Launch the kernel of a function: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] stubFunc function
 * @param[in] numBlocks cores
 * @param[in] args arguments
 * @param[in] argsSize bytes
 * @param[in] smDesc shared memory
 * @param[in] stm stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): stubFunc is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY rtError_t rtKernelLaunch(const void *stubFunc, uint32_t numBlocks, void *args,
					     uint32_t argsSize, rtSmDesc_t *smDesc, rtStream_t stm);

#ifdef __cplusplus
}
#endif

#endif
