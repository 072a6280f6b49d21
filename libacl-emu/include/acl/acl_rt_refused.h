/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_refused.h
 * @brief Functions for parts of a device that are not emulated.
 */
#ifndef ACL_EMU_ACL_RT_REFUSED_H
#define ACL_EMU_ACL_RT_REFUSED_H

#include "acl_base_rt.h"
#include "acl_rt_device.h"
#include "acl_rt_error.h"
#include "acl_rt_kernel.h"
#include "acl_rt_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Launch a kernel with arguments in host memory: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] funcHandle kernel
 * @param[in] numBlocks cores
 * @param[in] stream stream
 * @param[in] cfg attributes
 * @param[in] hostArgs arguments
 * @param[in] argsSize bytes
 * @param[in] placeHolderArray places of pointers
 * @param[in] placeHolderNum their number
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): funcHandle or hostArgs is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtLaunchKernelWithHostArgs(aclrtFuncHandle funcHandle,
							   uint32_t numBlocks, aclrtStream stream,
							   aclrtLaunchKernelCfg *cfg,
							   void *hostArgs, size_t argsSize,
							   aclrtPlaceHolderInfo *placeHolderArray,
							   size_t placeHolderNum);

/**
 * @brief Get the address by which cores synchronize: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[out] addr not written
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): addr is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtGetHardwareSyncAddr(void **addr);

/**
 * @brief Get the number of groups of cores: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[out] count not written
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): count is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtGetGroupCount(uint32_t *count);

/**
 * @brief Get the groups of cores: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[out] groupInfo not written
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): groupInfo is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtGetAllGroupInfo(aclrtGroupInfo *groupInfo);

/**
 * @brief Get an attribute of a group of cores: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] groupInfo groups
 * @param[in] groupIndex group
 * @param[in] attr attribute
 * @param[out] attrValue not written
 * @param[in] valueLen bytes
 * @param[out] paramRetSize not written
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtGetGroupInfoDetail(const aclrtGroupInfo *groupInfo,
						     int32_t groupIndex, aclrtGroupAttr attr,
						     void *attrValue, size_t valueLen,
						     size_t *paramRetSize);

/**
 * @brief Create a list of groups of cores: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @return NULL
 */
ACL_FUNC_VISIBILITY aclrtGroupInfo *aclrtCreateGroupInfo(void);

/**
 * @brief Destroy a list of groups of cores: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] groupInfo groups
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): groupInfo is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyGroupInfo(aclrtGroupInfo *groupInfo);

/**
 * @brief Use a group of cores: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] groupId group
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtSetGroup(int32_t groupId);

/**
 * @brief Name the thread that runs host functions of models: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] hostFuncThreadId thread
 * @param[in] exeStream stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtSubscribeHostFunc(uint64_t hostFuncThreadId,
						    aclrtStream exeStream);

/**
 * @brief Run host functions of models: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] timeout milliseconds
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtProcessHostFunc(int32_t timeout);

/**
 * @brief End the subscription of a thread for host functions of models: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] hostFuncThreadId thread
 * @param[in] exeStream stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtUnSubscribeHostFunc(uint64_t hostFuncThreadId,
						      aclrtStream exeStream);

/**
 * @brief Create the condition of a conditional graph: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] modelRI graph
 * @param[in] defaultLaunchValue first value
 * @param[in] flag flag
 * @param[out] handle not written
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): modelRI or handle is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICondHandleCreate(aclmdlRI modelRI, uint32_t defaultLaunchValue,
						      aclmdlRICondHandleFlag flag,
						      aclmdlRICondHandle *handle);

/**
 * @brief Get the address of the condition of a conditional graph: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] handle condition
 * @param[out] ptr not written
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): handle or ptr is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICondHandleGetCondPtr(aclmdlRICondHandle handle,
							  uint64_t **ptr);

/**
 * @brief Add a conditional task to a captured stream: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] params task
 * @param[in] stream stream
 * @param[in] flags flags
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIAddCondTask(aclmdlRICondTaskParams params, aclrtStream stream,
						 uint32_t flags);

/**
 * @brief Begin the capture of a branch of a conditional graph: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] stream stream
 * @param[in] modelRI branch
 * @param[in] mode mode
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream or modelRI is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICaptureToModelRIBegin(aclrtStream stream, aclmdlRI modelRI,
							   aclmdlRICaptureMode mode);

/**
 * @brief Repair a fault of a device: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] deviceId device
 * @param[in] errorInfo fault
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): errorInfo is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtRepairError(int32_t deviceId, const aclrtErrorInfo *errorInfo);

#ifdef __cplusplus
}
#endif

#endif
