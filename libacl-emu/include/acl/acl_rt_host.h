/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_host.h
 * @brief Registered host memory.
 *
 * Devices reach all memory of the process here. Registered memory is not pinned: the kernel may
 * swap it. ACL_HOST_REG_READONLY is not enforced.
 */
#ifndef ACL_EMU_ACL_RT_HOST_H
#define ACL_EMU_ACL_RT_HOST_H

#include "acl_rt_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Register host memory for use by devices, and return its device address.
 *
 * Devices reach all memory of the process here. The memory is not pinned, and
 * ACL_HOST_REGISTER_READONLY is not enforced. A block of aclrtMallocHost() or a part of it can be
 * registered too; aclrtFreeHost() ends such a registration.
 *
 * @param[in] ptr start
 * @param[in] size bytes, at least 1
 * @param[in] type ACL_HOST_REGISTER_MAPPED or ACL_HOST_REGISTER_READONLY
 * @param[out] devPtr the address for devices, equal to ptr; not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL or size is 0
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): type is unknown, or is
 *         ACL_HOST_REGISTER_IOMEMORY
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the range is not completely memory of the
 *         process, a part of it is emulated memory or reserved for it, or it leaves a block of
 *         aclrtMallocHost()
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): ptr is not a multiple of 4 KiB; inside a block of
 *         aclrtMallocHost() the offset in the block counts
 * @retval ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED (507910): a part of the range is registered
 *         already
 * @par Differences
 * The real stack pins the memory and enforces ACL_HOST_REGISTER_READONLY.
 * @see aclrtHostUnregister(), aclrtHostRegisterV2(), aclrtHostGetDevicePointer()
 */
ACL_FUNC_VISIBILITY aclError aclrtHostRegister(void *ptr, uint64_t size,
					       aclrtHostRegisterType type, void **devPtr);

/**
 * @brief Register host memory for use by devices.
 *
 * Like aclrtHostRegister(); aclrtHostGetDevicePointer() returns the device address.
 *
 * @param[in] ptr start
 * @param[in] size bytes, at least 1
 * @param[in] flag ACL_HOST_REG_MAPPED, ACL_HOST_REG_READONLY and ACL_HOST_REG_PINNED, combined with
 *            OR
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): ptr is NULL or size is 0
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flag is 0 or has unknown bits
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): flag has ACL_HOST_REG_IOMEMORY
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the range is not completely memory of the
 *         process, a part of it is emulated memory or reserved for it, or it leaves a block of
 *         aclrtMallocHost()
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): ptr is not a multiple of 4 KiB; inside a block of
 *         aclrtMallocHost() the offset in the block counts
 * @retval ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED (507910): a part of the range is registered
 *         already
 * @par Differences
 * The real stack pins the memory and enforces ACL_HOST_REG_READONLY.
 * @see aclrtHostRegister(), aclrtHostUnregister()
 */
ACL_FUNC_VISIBILITY aclError aclrtHostRegisterV2(void *ptr, uint64_t size, uint32_t flag);

/**
 * @brief Remove the registration of host memory.
 *
 * @param[in] ptr start of the registered memory
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): ptr is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_HOST_MEMORY_NOT_REGISTERED (507911): no registered memory starts at ptr
 * @see aclrtHostRegister(), aclrtHostRegisterV2()
 */
ACL_FUNC_VISIBILITY aclError aclrtHostUnregister(void *ptr);

/**
 * @brief Return the device address of registered host memory.
 *
 * @param[in] pHost an address in registered memory, or in a block of aclrtMallocHost()
 * @param[out] pDevice the address for devices, equal to pHost; not written on failure
 * @param[in] flag must be 0
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL or flag is not 0
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_HOST_MEMORY_NOT_REGISTERED (507911): the address is not in such memory
 * @see aclrtHostRegister(), aclrtMallocHost()
 */
ACL_FUNC_VISIBILITY aclError aclrtHostGetDevicePointer(void *pHost, void **pDevice,
						       uint32_t flag);

#ifdef __cplusplus
}
#endif

#endif
