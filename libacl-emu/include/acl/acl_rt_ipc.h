/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_ipc.h
 * @brief Device memory that other processes get by a key, a text of 64 characters.
 *
 * The pieces that travel are as large as pages: what is mapped in the importer holds the
 * neighbours of a small block of aclrtMalloc(), too. The memory lives until the exporter and all
 * importers have let go; importers should close before the exporter frees.
 */
#ifndef ACL_EMU_ACL_RT_IPC_H
#define ACL_EMU_ACL_RT_IPC_H

#include "acl_rt_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Make a key for device memory.
 *
 * @param[in] devPtr start, inside a block of aclrtMalloc() or a mapping of memory of this process
 * @param[in] size bytes, not 0, and inside that block or mapping
 * @param[out] key the text with its NUL, 65 bytes; untouched on failure
 * @param[in] len room at key, at least 65
 * @param[in] flags ACL_RT_IPC_MEM_EXPORT_FLAG_DEFAULT: only processes that
 *            aclrtIpcMemSetImportPid() names may import; _DISABLE_PID_VALIDATION: everyone
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): devPtr or key is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): size is 0, len below 65, flags above 1
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): not, or not all of it, memory of a device
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): imported memory
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcMemGetExportKey(void *devPtr, size_t size, char *key,
						     size_t len, uint64_t flags);

/**
 * @brief Name processes that may import. Calls add up.
 *
 * @param[in] key a key of this process
 * @param[in] pid what the importers got from aclrtDeviceGetBareTgid(); 0 is skipped
 * @param[in] num entries at pid, 1 .. 65535
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): num is 0 or too large, or the text is no key
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the memory is gone
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): a key of another process, or every entry is 0
 * - ACL_ERROR_RT_NO_PERMISSION (207006): made without validation
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcMemSetImportPid(const char *key, int32_t *pid, size_t num);

/**
 * @brief Map the memory of a key for the current device. Each call gives another address.
 *
 * @param[out] devPtr start of the memory; untouched on failure
 * @param[in] key the text
 * @param[in] flags ACL_RT_IPC_MEM_IMPORT_FLAG_DEFAULT, or _ENABLE_PEER_ACCESS: also
 *            aclrtDeviceEnablePeerAccess() with the device of the exporter
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): flags above 1
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): the text is no key
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the memory is gone
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process is the exporter, or is not named
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcMemImportByKey(void **devPtr, const char *key,
						    uint64_t flags);

/**
 * @brief End the oldest import of a key, or with none the export.
 *
 * The key of an export that was closed names nothing any more; what was imported by it stays.
 *
 * @param[in] key the text
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): key is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): the text is no key
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): neither imported nor exported here, closed before,
 *   or a copy uses the import
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcMemClose(const char *key);

#ifdef __cplusplus
}
#endif

#endif
