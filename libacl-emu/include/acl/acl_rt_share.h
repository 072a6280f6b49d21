/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_share.h
 * @brief Physical memory shared between processes.
 */
#ifndef ACL_EMU_ACL_RT_SHARE_H
#define ACL_EMU_ACL_RT_SHARE_H

#include "acl_rt_vmm.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @page share Sharing between processes
 *
 * The exporter turns a handle into a value, hands it over by any means, and puts the importers on
 * the whitelist by the numbers they got from aclrtDeviceGetBareTgid(). An importer turns the
 * value into a handle of its own, maps it, and frees it like any other. The memory lives until
 * the exporter and all importers have let go. Value 0 is as good as any other.
 */

/** @brief Form of an exported value. */
typedef enum aclrtMemSharedHandleType {
	ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT = 1, /**< a uint64_t, for processes of one server */
	ACL_MEM_SHARE_HANDLE_TYPE_FABRIC = 2, /**< an aclrtMemFabricHandle, for any server */
} aclrtMemSharedHandleType;

/** @brief Value of the fabric form. */
typedef struct aclrtMemFabricHandle {
	uint8_t data[128];
} aclrtMemFabricHandle;

/** @name Flags of an export */
/** @{ */
#define ACL_RT_VMM_EXPORT_FLAG_DEFAULT 0x0UL /**< only processes on the whitelist may import */
#define ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION 0x1UL /**< everyone may */
/** @} */

/**
 * @brief Export physical memory to other processes. Once for each handle.
 *
 * @param[in] handle memory from aclrtMallocPhysical() of this process
 * @param[in] handleType ACL_MEM_HANDLE_TYPE_NONE
 * @param[in] flags ACL_RT_VMM_EXPORT_FLAG_DEFAULT or _DISABLE_PID_VALIDATION
 * @param[out] shareableHandle the value to hand over; untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): handle is NULL, handleType is not 0, shareableHandle is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): flags above 1, no such handle
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): exported before, or itself an import
 * @note The value is good until nobody holds the memory any more.
 */
ACL_FUNC_VISIBILITY aclError aclrtMemExportToShareableHandle(aclrtDrvMemHandle handle,
							     aclrtMemHandleType handleType,
							     uint64_t flags,
							     uint64_t *shareableHandle);

/**
 * @brief As aclrtMemExportToShareableHandle(), with a choice of the value's form.
 *
 * @param[in] handle memory from aclrtMallocPhysical() of this process
 * @param[in] flags ACL_RT_VMM_EXPORT_FLAG_DEFAULT or _DISABLE_PID_VALIDATION
 * @param[in] shareType the form
 * @param[out] shareableHandle a uint64_t (8 bytes) or an aclrtMemFabricHandle (128 bytes), as
 *             shareType says; untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): handle or shareableHandle is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): unknown shareType, flags above 1, no such handle
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): FABRIC without a current context
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): FABRIC where there is no fabric
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): exported before, or itself an import
 */
ACL_FUNC_VISIBILITY aclError aclrtMemExportToShareableHandleV2(aclrtDrvMemHandle handle,
							       uint64_t flags,
							       aclrtMemSharedHandleType shareType,
							       void *shareableHandle);

/**
 * @brief Put processes on the whitelist of an export. Calls add up.
 *
 * An entry counts only for a process that was running when it was made, so that a later process
 * with the same number does not inherit the right.
 *
 * @param[in] shareableHandle an export of this process
 * @param[in] pid what the importers got from aclrtDeviceGetBareTgid(); 0 is skipped
 * @param[in] pidNum entries at pid, 1 .. 65535
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): pid is NULL or pidNum is 0
 * - ACL_ERROR_RT_PARAM_INVALID (107000): pidNum above 65535
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): unknown value
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): not the exporter, or every entry is 0
 * - ACL_ERROR_RT_NO_PERMISSION (207006): exported without a whitelist
 */
ACL_FUNC_VISIBILITY aclError aclrtMemSetPidToShareableHandle(uint64_t shareableHandle,
							     int32_t *pid, size_t pidNum);

/**
 * @brief As aclrtMemSetPidToShareableHandle(), for a value of either form.
 *
 * @param[in] shareableHandle address of the value
 * @param[in] shareType its form
 * @param[in] pid what the importers got from aclrtDeviceGetBareTgid(); 0 is skipped
 * @param[in] pidNum entries at pid, 1 .. 65535
 * @return as aclrtMemSetPidToShareableHandle(), and
 * - ACL_ERROR_INVALID_PARAM (100000): shareableHandle is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): unknown shareType
 */
ACL_FUNC_VISIBILITY aclError aclrtMemSetPidToShareableHandleV2(void *shareableHandle,
							       aclrtMemSharedHandleType shareType,
							       int32_t *pid, size_t pidNum);

/**
 * @brief Turn another process's export into a handle of this process.
 *
 * Importing the same value for the same device again gives the same handle with one more
 * reference. Access of that device to the exporter's is switched on with it.
 *
 * @param[in] shareableHandle the value
 * @param[in] deviceId device of this process that will use the memory
 * @param[out] handle the memory; wants its own aclrtFreePhysical(); untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): handle is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): unknown value: never exported, or nobody holds it now
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the process has not set deviceId
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process is the exporter, or it is not on the
 *   whitelist
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): no memory for the bookkeeping
 */
ACL_FUNC_VISIBILITY aclError aclrtMemImportFromShareableHandle(uint64_t shareableHandle,
							       int32_t deviceId,
							       aclrtDrvMemHandle *handle);

/**
 * @brief As aclrtMemImportFromShareableHandle(), for a value of either form and the current
 *        device.
 *
 * @param[in] shareableHandle address of the value
 * @param[in] shareType its form
 * @param[in] flags 0
 * @param[out] handle the memory; wants its own aclrtFreePhysical(); untouched on failure
 * @return as aclrtMemImportFromShareableHandle(), but first
 * - ACL_ERROR_INVALID_PARAM (100000): shareableHandle or handle is NULL, flags is not 0
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): unknown shareType
 */
ACL_FUNC_VISIBILITY aclError aclrtMemImportFromShareableHandleV2(void *shareableHandle,
								 aclrtMemSharedHandleType shareType,
								 uint64_t flags,
								 aclrtDrvMemHandle *handle);

#ifdef __cplusplus
}
#endif

#endif
