/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_ipc.h
 * @brief Device memory shared by IPC names (text of 64 characters).
 */
#ifndef ACL_EMU_ACL_RT_IPC_H
#define ACL_EMU_ACL_RT_IPC_H

#include "acl_rt_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Create an IPC name for device memory.
 *
 * Other processes map the memory by the name. Whole pages are shared: the importer of a small block
 * of aclrtMalloc() also maps its neighbours.
 *
 * @param[in] devPtr start, in a block of aclrtMalloc() or in a mapping of memory of this process
 * @param[in] size bytes, at least 1, within that block or mapping
 * @param[out] key the name with its NUL, 65 bytes; not written on failure
 * @param[in] len size of the buffer at key in bytes, at least 65
 * @param[in] flags ACL_RT_IPC_MEM_EXPORT_FLAG_DEFAULT: only processes that
 *            aclrtIpcMemSetImportPid() allows may import;
 *            ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION: every process may
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): devPtr or key is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): size is 0, len is smaller than 65, or flags is
 *         greater than 1
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the range is not, or not completely, memory of a
 *         device
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the memory is imported
 * @see aclrtIpcMemSetImportPid(), aclrtIpcMemImportByKey(), aclrtIpcMemClose()
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcMemGetExportKey(void *devPtr, size_t size, char *key,
						     size_t len, uint64_t flags);

/**
 * @brief Allow processes to import memory by an IPC name.
 *
 * The processes of all calls together are allowed.
 *
 * At most 65535 processes can be allowed; more fail with 207012.
 *
 * @param[in] key an IPC name that this process created
 * @param[in] pid numbers that the importers got from aclrtDeviceGetBareTgid(); entries of 0 are
 *            skipped
 * @param[in] num number of entries, 1 to 65535
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): num is 0 or too large
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the text is not an IPC name
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the memory no longer exists
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): another process created the name, or every
 *         entry is 0
 * @retval ACL_ERROR_RT_NO_PERMISSION (207006): the name was created without a check of the
 *         importers
 * @see aclrtIpcMemGetExportKey(), aclrtDeviceGetBareTgid()
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcMemSetImportPid(const char *key, int32_t *pid, size_t num);

/**
 * @brief Map device memory of another process by its IPC name.
 *
 * The memory is mapped for the current device. Each call maps it at another address.
 *
 * @param[out] devPtr start of the memory; not written on failure
 * @param[in] key the name
 * @param[in] flags ACL_RT_IPC_MEM_IMPORT_FLAG_DEFAULT, or
 *            ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS to call aclrtDeviceEnablePeerAccess()
 *            for the device of the exporter too
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flags is greater than 1
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the text is not an IPC name
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the memory no longer exists
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process is the exporter, or is not allowed
 *         to import
 * @see aclrtIpcMemGetExportKey(), aclrtIpcMemClose()
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcMemImportByKey(void **devPtr, const char *key,
						    uint64_t flags);

/**
 * @brief Close an import, or revoke an IPC name.
 *
 * In a process that has imported the name, the oldest import is closed. In the exporter, the name
 * is revoked: no process can import it any more; existing imports stay.
 *
 * The memory lives until the exporter and all importers have released it. Importers should close
 * before the exporter frees.
 *
 * @param[in] key the name
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): key is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the text is not an IPC name
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process has neither imported nor created
 *         the name, has closed it before, or a copy is using the import
 * @par Differences
 * The real exporter destroys the name.
 * @see aclrtIpcMemGetExportKey(), aclrtIpcMemImportByKey()
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcMemClose(const char *key);

#ifdef __cplusplus
}
#endif

#endif
