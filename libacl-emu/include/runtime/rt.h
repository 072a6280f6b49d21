/* SPDX-License-Identifier: MIT */
/**
 * @file rt.h
 * @brief Names of the layer below acl, as far as client libraries look them up in the same library.
 *
 * Each does what an acl function does; messages name that function where it finds the mistake. A
 * NULL pointer is 107000 in all of them. acl.h does not include this.
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
 * @brief aclrtDeviceGetBareTgid().
 *
 * @param[out] pid the caller's process id, as the machine knows it
 * @return 0, or 107000: pid is NULL
 */
ACL_FUNC_VISIBILITY rtError_t rtDeviceGetBareTgid(uint32_t *pid);

/**
 * @brief One fact about a device.
 *
 * Known are of the system (0) the chip (18) and the id in the pod (26), which are the device's
 * own, and server (27) and pod (29), which are 0; of AI cores (4) and vector cores (7) their
 * number (3).
 *
 * @param[in] deviceId the device
 * @param[in] moduleType which part of it
 * @param[in] infoType which fact
 * @param[out] val the answer; untouched on failure
 * @return 0, or 107000: val is NULL; 107001: no such device; 207000: a fact that is not emulated
 */
ACL_FUNC_VISIBILITY rtError_t rtGetDeviceInfo(uint32_t deviceId, int32_t moduleType,
					      int32_t infoType, int64_t *val);

/**
 * @brief aclrtGetPhyDevIdByLogicDevId().
 *
 * @param[in] devIndex a device
 * @param[out] phyId the same; untouched on failure
 * @return 0, or 107000: phyId is NULL; 107001: no such device
 */
ACL_FUNC_VISIBILITY rtError_t rtGetDevicePhyIdByIndex(uint32_t devIndex, uint32_t *phyId);

/**
 * @brief aclrtGetLogicDevIdByUserDevId().
 *
 * @param[in] userDevId a device
 * @param[out] logicDevId the same; untouched on failure
 * @return 0, or 107000: logicDevId is NULL; 107001: no such device
 */
ACL_FUNC_VISIBILITY rtError_t rtGetLogicDevIdByUserDevId(const int32_t userDevId,
							 int32_t *const logicDevId);

/**
 * @brief aclrtIpcMemGetExportKey() for processes that are named.
 *
 * @param[in] ptr start of the memory
 * @param[in] byteCount its bytes
 * @param[out] name the key, 65 bytes; untouched on failure
 * @param[in] len room at name, at least 65
 * @return 0, or 107000: NULL, byteCount 0, len below 65, no memory of a device; 107002: no current
 *         context; 507899: imported memory
 */
ACL_FUNC_VISIBILITY rtError_t rtIpcSetMemoryName(const void *ptr, uint64_t byteCount, char_t *name,
						 uint32_t len);

/**
 * @brief aclrtIpcMemSetImportPid().
 *
 * @param[in] name a key of this process
 * @param[in] sdid id in the pod of a device of the importers; it must exist
 * @param[in] pid what rtDeviceGetBareTgid() gave them
 * @param[in] num entries at pid
 * @return 0, or 107000: NULL, num, no key; 107001: no such device; 507899: not the exporter
 */
ACL_FUNC_VISIBILITY rtError_t rtSetIpcMemorySuperPodPid(const char_t *name, uint32_t sdid,
							int32_t pid[], int32_t num);

/**
 * @brief aclrtIpcMemImportByKey().
 *
 * @param[out] ptr where the memory is here; untouched on failure
 * @param[in] name the key
 * @return 0, or 107000: NULL, no key; 107002: no current context; 107017: the memory is gone;
 *         507899: this process is not named
 */
ACL_FUNC_VISIBILITY rtError_t rtIpcOpenMemory(void **ptr, const char_t *name);

/**
 * @brief End one import, by its address.
 *
 * @param[in] ptr what rtIpcOpenMemory() or aclrtIpcMemImportByKey() gave
 * @return 0, or 107000: NULL, or no import
 */
ACL_FUNC_VISIBILITY rtError_t rtIpcCloseMemory(const void *ptr);

/**
 * @brief aclrtIpcMemClose() by the exporter.
 *
 * @param[in] name the key
 * @return 0, or 107000: NULL, no key; 507899: not known to this process
 */
ACL_FUNC_VISIBILITY rtError_t rtIpcDestroyMemoryName(const char_t *name);

#ifdef __cplusplus
}
#endif

#endif
