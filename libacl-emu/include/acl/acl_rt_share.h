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
 * @page share Sharing memory between processes
 *
 * The exporter converts a handle to a value, passes the value by any means, and allows the
 * importers by the numbers that they got from aclrtDeviceGetBareTgid(). An importer converts the
 * value to a handle of its own, maps it, and frees it like any other handle. The memory is freed
 * when the exporter and all importers have released it. 0 is a valid value.
 *
 * Memory of aclrtMalloc() is shared by IPC names: aclrtIpcMemGetExportKey(),
 * aclrtIpcMemImportByKey().
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
#define ACL_RT_VMM_EXPORT_FLAG_DEFAULT 0x0UL /**< only allowed processes may import */
#define ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION 0x1UL /**< every process may */
/** @} */

/**
 * @brief Export physical memory to other processes.
 *
 * A handle can be exported once. The value stays valid until no process has a reference to the
 * memory.
 *
 * Unless flags disables the check, only processes that aclrtMemSetPidToShareableHandle() allows may
 * import.
 *
 * @param[in] handle memory that this process allocated with aclrtMallocPhysical()
 * @param[in] handleType must be ACL_MEM_HANDLE_TYPE_NONE
 * @param[in] flags ACL_RT_VMM_EXPORT_FLAG_DEFAULT or ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION
 * @param[out] shareableHandle the value to pass to the importers, by any means; 0 is a valid value;
 *            not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): handle is NULL, handleType is not 0, or shareableHandle
 *         is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flags is greater than 1, or the handle does not
 *         exist
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the handle was exported before, or is itself an
 *         import
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the device is split among virtual machines;
 *         does not occur here
 * @par Example
 * @code
 * uint64_t value;
 * int32_t importer = ...;    // from aclrtDeviceGetBareTgid() in the importer
 *
 * aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE,
 *                                 ACL_RT_VMM_EXPORT_FLAG_DEFAULT, &value);
 * aclrtMemSetPidToShareableHandle(value, &importer, 1);
 * // send value to the importer, which calls
 * aclrtMemImportFromShareableHandle(value, 0, &imported);
 * @endcode
 * @see aclrtMemSetPidToShareableHandle(), aclrtMemImportFromShareableHandle(),
 *      aclrtMemExportToShareableHandleV2()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemExportToShareableHandle(aclrtDrvMemHandle handle,
							     aclrtMemHandleType handleType,
							     uint64_t flags,
							     uint64_t *shareableHandle);

/**
 * @brief Export physical memory in a chosen form.
 *
 * Like aclrtMemExportToShareableHandle(). The fabric form works between processes of this machine
 * only.
 *
 * @param[in] handle memory that this process allocated with aclrtMallocPhysical()
 * @param[in] flags ACL_RT_VMM_EXPORT_FLAG_DEFAULT or ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION
 * @param[in] shareType the form
 * @param[out] shareableHandle a uint64_t (8 bytes) or an aclrtMemFabricHandle (128 bytes), as
 *            shareType says; not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): handle or shareableHandle is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): shareType is unknown, flags is greater than 1, or
 *         the handle does not exist
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): shareType is FABRIC and the thread has no current
 *         context
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): shareType is FABRIC and there is no fabric;
 *         does not occur here
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the handle was exported before, or is itself an
 *         import
 * @par Differences
 * On the real stack the fabric form works across servers.
 * @see aclrtMemExportToShareableHandle(), aclrtMemSetPidToShareableHandleV2(),
 *      aclrtMemImportFromShareableHandleV2()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemExportToShareableHandleV2(aclrtDrvMemHandle handle,
							       uint64_t flags,
							       aclrtMemSharedHandleType shareType,
							       void *shareableHandle);

/**
 * @brief Allow processes to import an export.
 *
 * The processes of all calls together are allowed. An entry stands for the process that has this
 * number at the time of the call; a later process with the same number is not allowed.
 *
 * At most 65535 processes can be allowed; more fail with 207012.
 *
 * @param[in] shareableHandle an export of this process
 * @param[in] pid numbers that the importers got from aclrtDeviceGetBareTgid(); entries of 0 are
 *            skipped
 * @param[in] pidNum number of entries, 1 to 65535
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): pid is NULL or pidNum is 0
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): pidNum is greater than 65535
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the value is unknown
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process is not the exporter, or every
 *         entry is 0
 * @retval ACL_ERROR_RT_NO_PERMISSION (207006): the memory was exported without a check of the
 *         importers
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the device is split among virtual machines;
 *         does not occur here
 * @see aclrtMemExportToShareableHandle(), aclrtDeviceGetBareTgid()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemSetPidToShareableHandle(uint64_t shareableHandle,
							     int32_t *pid, size_t pidNum);

/**
 * @brief Allow processes to import an export of either form.
 *
 * @param[in] shareableHandle address of the value
 * @param[in] shareType its form
 * @param[in] pid numbers that the importers got from aclrtDeviceGetBareTgid(); entries of 0 are
 *            skipped
 * @param[in] pidNum number of entries, 1 to 65535
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): shareableHandle is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): shareType is unknown
 * @retval aclrtMemSetPidToShareableHandle() each error of that function
 * @see aclrtMemSetPidToShareableHandle(), aclrtMemExportToShareableHandleV2()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemSetPidToShareableHandleV2(void *shareableHandle,
							       aclrtMemSharedHandleType shareType,
							       int32_t *pid, size_t pidNum);

/**
 * @brief Import physical memory of another process.
 *
 * The handle is used like any other: map it, and free it with aclrtFreePhysical(). Importing the
 * same value for the same device again returns the same handle with one more reference. The import
 * gives deviceId access to the device of the exporter. The memory lives until the exporter and all
 * importers have released it.
 *
 * @param[in] shareableHandle the value
 * @param[in] deviceId device of this process that will use the memory
 * @param[out] handle the memory; not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): handle is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the value is unknown: it was never exported, or no
 *         process has a reference to the memory
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the process has not set deviceId
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process is the exporter, or is not allowed
 *         to import
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the kernel has no memory for its records
 * @par Differences
 * The real stack refuses an import in the exporting process only for the same device.
 * @see aclrtMemExportToShareableHandle(), aclrtMapMem(), aclrtFreePhysical()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemImportFromShareableHandle(uint64_t shareableHandle,
							       int32_t deviceId,
							       aclrtDrvMemHandle *handle);

/**
 * @brief Import physical memory from a value of either form, for the current device.
 *
 * @param[in] shareableHandle address of the value
 * @param[in] shareType its form
 * @param[in] flags must be 0
 * @param[out] handle the memory; release it with aclrtFreePhysical(); not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): shareableHandle or handle is NULL, or flags is not 0
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): shareType is unknown
 * @retval aclrtMemImportFromShareableHandle() each error of that function
 * @see aclrtMemImportFromShareableHandle(), aclrtMemExportToShareableHandleV2()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemImportFromShareableHandleV2(void *shareableHandle,
								 aclrtMemSharedHandleType shareType,
								 uint64_t flags,
								 aclrtDrvMemHandle *handle);

#ifdef __cplusplus
}
#endif

#endif
