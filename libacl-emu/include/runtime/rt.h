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

#ifdef __cplusplus
extern "C" {
#endif

/** @brief 0 or a code of rt_error_codes.h. */
typedef int32_t rtError_t;

/** @brief A character of a name. */
typedef char char_t;

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

#ifdef __cplusplus
}
#endif

#endif
