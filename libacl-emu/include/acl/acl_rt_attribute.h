/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_attribute.h
 * @brief Options and attributes that concern cores, and records of failed tasks.
 */
#ifndef ACL_EMU_ACL_RT_ATTRIBUTE_H
#define ACL_EMU_ACL_RT_ATTRIBUTE_H

#include "acl_base_rt.h"
#include "acl_rt_device.h"
#include "acl_rt_error.h"
#include "acl_rt_stream.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Set an option of the process. It is stored and has no effect.
 *
 * @param[in] opt the option
 * @param[in] value 0 to 3 for the first option, 0 or 1 for the others
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): opt is unknown, or value out of range
 * @see aclrtGetSysParamOpt(), aclrtCtxSetSysParamOpt()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetSysParamOpt(aclSysParamOpt opt, int64_t value);

/**
 * @brief Get an option of the process.
 *
 * @param[in] opt the option
 * @param[out] value its value, 0 if it was not set
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): opt is unknown
 * @see aclrtSetSysParamOpt()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetSysParamOpt(aclSysParamOpt opt, int64_t *value);

/**
 * @brief Set an option of the current context. It is stored and has no effect.
 *
 * @param[in] opt one of the first three options
 * @param[in] value 0 to 3 for the first option, 0 or 1 for the others
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): opt is unknown, or value out of range
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @see aclrtCtxGetSysParamOpt()
 */
ACL_FUNC_VISIBILITY aclError aclrtCtxSetSysParamOpt(aclSysParamOpt opt, int64_t value);

/**
 * @brief Get an option of the current context.
 *
 * @param[in] opt one of the first three options
 * @param[out] value its value
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): opt is unknown
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_SYSPARAMOPT_NOT_SET (107021): the option was not set
 * @see aclrtCtxSetSysParamOpt()
 */
ACL_FUNC_VISIBILITY aclError aclrtCtxGetSysParamOpt(aclSysParamOpt opt, int64_t *value);

/**
 * @brief Set how float results of the current device overflow. It is stored and has no effect.
 *
 * @param[in] mode saturation, or infinity and NaN
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): mode is unknown
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @see aclrtGetDeviceSatMode()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetDeviceSatMode(aclrtFloatOverflowMode mode);

/**
 * @brief Get how float results of the current device overflow.
 *
 * @param[out] mode what aclrtSetDeviceSatMode() stored, or saturation
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): mode is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @see aclrtSetDeviceSatMode()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceSatMode(aclrtFloatOverflowMode *mode);

/**
 * @brief Limit the cores that this process uses on a device.
 *
 * The limit is stored; calls that ask for the number of cores return it.
 *
 * @param[in] deviceId the device, in use in this process
 * @param[in] type kind of cores
 * @param[in] value their number, 0 for no limit
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): type is unknown, or the device has fewer cores
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the process does not use the device
 * @see aclrtGetDeviceResLimit(), aclrtResetDeviceResLimit()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type,
						    uint32_t value);

/**
 * @brief Get how many cores this process uses on a device.
 *
 * @param[in] deviceId the device
 * @param[in] type kind of cores
 * @param[out] value the limit, or what the device has
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): type is unknown
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): nothing is known of the device that
 *         ACL_EMU_SOC names
 * @see aclrtSetDeviceResLimit()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type,
						    uint32_t *value);

/**
 * @brief Remove the limits of aclrtSetDeviceResLimit().
 *
 * @param[in] deviceId the device
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtSetDeviceResLimit()
 */
ACL_FUNC_VISIBILITY aclError aclrtResetDeviceResLimit(int32_t deviceId);

/**
 * @brief Limit the cores that a stream uses.
 *
 * The limit is stored; calls that ask for the number of cores return it.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] type kind of cores
 * @param[in] value their number, 0 for no limit
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): type is unknown, or the device has fewer cores
 * @retval stream_argument each error of a call with a stream
 * @see aclrtUseStreamResInCurrentThread(), aclrtResetStreamResLimit()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type,
						    uint32_t value);

/**
 * @brief Get how many cores a stream uses.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] type kind of cores
 * @param[out] value the limit of the stream, else of the process, else what the device has
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): type is unknown
 * @retval stream_argument each error of a call with a stream
 * @see aclrtSetStreamResLimit()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type,
						    uint32_t *value);

/**
 * @brief Remove the limits of aclrtSetStreamResLimit().
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval stream_argument each error of a call with a stream
 * @see aclrtSetStreamResLimit()
 */
ACL_FUNC_VISIBILITY aclError aclrtResetStreamResLimit(aclrtStream stream);

/**
 * @brief Use the limits of a stream in the calling thread.
 *
 * aclrtGetResInCurrentThread() returns them. The last call counts.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval stream_argument each error of a call with a stream
 * @see aclrtUnuseStreamResInCurrentThread(), aclrtGetResInCurrentThread()
 */
ACL_FUNC_VISIBILITY aclError aclrtUseStreamResInCurrentThread(aclrtStream stream);

/**
 * @brief Undo aclrtUseStreamResInCurrentThread().
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval stream_argument each error of a call with a stream
 * @see aclrtUseStreamResInCurrentThread()
 */
ACL_FUNC_VISIBILITY aclError aclrtUnuseStreamResInCurrentThread(aclrtStream stream);

/**
 * @brief Set an attribute of a stream.
 *
 * ACL_STREAM_ATTR_FAILURE_MODE is aclrtSetStreamFailureMode(). The others are stored and have no
 * effect.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] stmAttrType the attribute
 * @param[in] value its value
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the attribute is unknown
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured, and the attribute is the
 *         overflow check or the tag
 * @see aclrtGetStreamAttribute()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetStreamAttribute(aclrtStream stream,
						     aclrtStreamAttr stmAttrType,
						     aclrtStreamAttrValue *value);

/**
 * @brief Get an attribute of a stream.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] stmAttrType the attribute
 * @param[out] value its value; ACL_STREAM_ATTR_CACHE_OP_INFO is 0 unless the stream is captured
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the attribute is unknown
 * @retval stream_argument each error of a call with a stream
 * @see aclrtSetStreamAttribute()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetStreamAttribute(aclrtStream stream,
						     aclrtStreamAttr stmAttrType,
						     aclrtStreamAttrValue *value);

/**
 * @brief Set whether kernels of a stream report overflows. It is stored and has no effect.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] flag 0 or 1
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): flag is neither
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured
 * @see aclrtGetStreamOverflowSwitch()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetStreamOverflowSwitch(aclrtStream stream, uint32_t flag);

/**
 * @brief Get what aclrtSetStreamOverflowSwitch() stored.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[out] flag 0 or 1
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): flag is NULL
 * @retval stream_argument each error of a call with a stream
 * @see aclrtSetStreamOverflowSwitch()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetStreamOverflowSwitch(aclrtStream stream, uint32_t *flag);

/**
 * @brief Write the counters of overflows to memory, in the order of a stream: zero bytes.
 *
 * @param[in] outputAddr device memory
 * @param[in] outputSize 64
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): outputAddr is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): outputSize is not 64
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured
 * @see aclrtResetOverflowStatus()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetOverflowStatus(void *outputAddr, size_t outputSize,
						    aclrtStream stream);

/**
 * @brief Clear the counters of overflows, which are always 0.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured
 * @see aclrtGetOverflowStatus()
 */
ACL_FUNC_VISIBILITY aclError aclrtResetOverflowStatus(aclrtStream stream);

/**
 * @brief Prefetch device memory into a cache: checks its arguments and has no effect.
 *
 * @param[in] src device memory
 * @param[in] size bytes
 * @param[in] cmoType ACL_RT_CMO_TYPE_PREFETCH
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): src is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): size is 0, or cmoType is another one
 * @retval stream_argument each error of a call with a stream
 * @see aclrtMemcpyAsync()
 */
ACL_FUNC_VISIBILITY aclError aclrtCmoAsync(void *src, size_t size, aclrtCmoType cmoType,
					   aclrtStream stream);

/**
 * @brief Attach data of a profiler to the last captured task. The data is ignored.
 *
 * @param[in] infoPtr the data
 * @param[in] infoSize bytes
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): infoPtr is NULL
 * @see aclmdlRICaptureBegin()
 */
ACL_FUNC_VISIBILITY aclError aclrtCacheLastTaskOpInfo(const void *const infoPtr,
						      const size_t infoSize);

/**
 * @brief Repair faulty memory: there is none.
 *
 * @param[in] deviceId the device
 * @param[in] memUceInfoArray addresses
 * @param[in] arraySize their number, 1 to 128
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): memUceInfoArray is NULL, or arraySize is out of range
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetMemUceInfo()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemUceRepair(int32_t deviceId, aclrtMemUceInfo *memUceInfoArray,
					       size_t arraySize);

/**
 * @brief Set the function that is called when a task of a stream fails.
 *
 * The thread of the stream calls it. The record is valid until the function returns.
 *
 * @param[in] callback the function, NULL for none
 * @return ACL_SUCCESS (0), or an error of the list
 * @see aclrtGetErrorCodeFromExceptionInfo(), aclrtGetTaskIdFromExceptionInfo()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetExceptionInfoCallback(aclrtExceptionInfoCallback callback);

/**
 * @brief Get the number of the task from the record of a failed task.
 *
 * @param[in] info the record
 * @return the number of the task: tasks of the stream before it; 0xffffffff if info is NULL
 * @see aclrtSetExceptionInfoCallback()
 */
ACL_FUNC_VISIBILITY uint32_t aclrtGetTaskIdFromExceptionInfo(const aclrtExceptionInfo *info);

/**
 * @brief Get the number of the stream from the record of a failed task.
 *
 * @param[in] info the record
 * @return the number of the stream, as of aclrtStreamGetId(); 0xffffffff if info is NULL
 * @see aclrtSetExceptionInfoCallback()
 */
ACL_FUNC_VISIBILITY uint32_t aclrtGetStreamIdFromExceptionInfo(const aclrtExceptionInfo *info);

/**
 * @brief Get the number of the thread that ran the task from the record of a failed task.
 *
 * @param[in] info the record
 * @return the number of the thread that ran the task; 0xffffffff if info is NULL
 * @see aclrtSetExceptionInfoCallback()
 */
ACL_FUNC_VISIBILITY uint32_t aclrtGetThreadIdFromExceptionInfo(const aclrtExceptionInfo *info);

/**
 * @brief Get the number of the device from the record of a failed task.
 *
 * @param[in] info the record
 * @return the number of the device; 0xffffffff if info is NULL
 * @see aclrtSetExceptionInfoCallback()
 */
ACL_FUNC_VISIBILITY uint32_t aclrtGetDeviceIdFromExceptionInfo(const aclrtExceptionInfo *info);

/**
 * @brief Get the number of the failure from the record of a failed task.
 *
 * @param[in] info the record
 * @return the number of the failure: the code of the task; 0xffffffff if info is NULL
 * @see aclrtSetExceptionInfoCallback()
 */
ACL_FUNC_VISIBILITY uint32_t aclrtGetErrorCodeFromExceptionInfo(const aclrtExceptionInfo *info);

#ifdef __cplusplus
}
#endif

#endif
