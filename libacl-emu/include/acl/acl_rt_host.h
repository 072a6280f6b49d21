/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_host.h
 * @brief Host memory of the program's own that devices use.
 *
 * Devices reach all memory of a process here. Registered memory is not locked: the kernel may swap
 * it, and ACL_HOST_REG_READONLY is not enforced.
 */
#ifndef ACL_EMU_ACL_RT_HOST_H
#define ACL_EMU_ACL_RT_HOST_H

#include "acl_rt_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Register memory of the program, and learn its address for devices.
 *
 * @param[in] ptr start
 * @param[in] size bytes, not 0
 * @param[in] type ACL_HOST_REGISTER_MAPPED or _READONLY
 * @param[out] devPtr the address for devices, the same; untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL or size is 0
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): unknown type, ACL_HOST_REGISTER_IOMEMORY
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): not all of it is memory of the process, or it is
 *   emulated memory
 * - ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED (507910): part of it is registered
 */
ACL_FUNC_VISIBILITY aclError aclrtHostRegister(void *ptr, uint64_t size,
					       aclrtHostRegisterType type, void **devPtr);

/**
 * @brief Register memory of the program.
 *
 * @param[in] ptr start
 * @param[in] size bytes, not 0
 * @param[in] flag ACL_HOST_REG_MAPPED, _READONLY and _PINNED, added up
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): ptr is NULL or size is 0
 * - ACL_ERROR_RT_PARAM_INVALID (107000): flag is 0 or has unknown bits
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): ACL_HOST_REG_IOMEMORY
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): not all of it is memory of the process, or it is
 *   emulated memory
 * - ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED (507910): part of it is registered
 */
ACL_FUNC_VISIBILITY aclError aclrtHostRegisterV2(void *ptr, uint64_t size, uint32_t flag);

/**
 * @brief Take a registration back.
 *
 * @param[in] ptr start of the registered memory
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): ptr is NULL
 * - ACL_ERROR_HOST_MEMORY_NOT_REGISTERED (507911): nothing registered begins there
 */
ACL_FUNC_VISIBILITY aclError aclrtHostUnregister(void *ptr);

/**
 * @brief Address for devices of registered memory or of a block of aclrtMallocHost().
 *
 * @param[in] pHost address inside it
 * @param[out] pDevice the address for devices, the same; untouched on failure
 * @param[in] flag 0
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL or flag is not 0
 * - ACL_ERROR_HOST_MEMORY_NOT_REGISTERED (507911): not such memory
 */
ACL_FUNC_VISIBILITY aclError aclrtHostGetDevicePointer(void *pHost, void **pDevice,
						       uint32_t flag);

#ifdef __cplusplus
}
#endif

#endif
