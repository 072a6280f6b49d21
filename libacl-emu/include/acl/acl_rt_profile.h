/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_profile.h
 * @brief What kind of device and of software stack a program runs on.
 *
 * Core counts and cache sizes are those of a profile, not of anything emulated: Ascend910B3, or
 * what the environment variable ACL_EMU_SOC names.
 */
#ifndef ACL_EMU_ACL_RT_PROFILE_H
#define ACL_EMU_ACL_RT_PROFILE_H

#include "acl_rt_device.h"
#include "acl_rt_error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Name of the kind of device.
 * @return "Ascend910B3", or the value of ACL_EMU_SOC; never NULL
 */
ACL_FUNC_VISIBILITY const char *aclrtGetSocName(void);

/**
 * @brief Side the program runs on.
 *
 * @param[out] runMode ACL_HOST
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): runMode is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtGetRunMode(aclrtRunMode *runMode);

/**
 * @brief Number of cores, or size of a cache, of the profile.
 *
 * @param[in] deviceId 0 .. aclrtGetDeviceCount() - 1
 * @param[in] deviceInfo which number
 * @param[out] value cores, or bytes; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): value is NULL, no such device, unknown deviceInfo
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): ACL_EMU_SOC names an unknown device
 */
ACL_FUNC_VISIBILITY aclError aclGetDeviceCapability(uint32_t deviceId, aclDeviceInfo deviceInfo,
						    int64_t *value);

/**
 * @brief Does a device have a feature? It has none of those that can be asked for.
 *
 * @param[in] deviceId 0 .. aclrtGetDeviceCount() - 1
 * @param[in] devFeatureType the feature
 * @param[out] value ACL_DEV_FEATURE_NOT_SUPPORT; untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_PARAM_INVALID (107000): unknown feature
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceCapability(int32_t deviceId,
						      aclrtDevFeatureType devFeatureType,
						      int32_t *value);

/**
 * @brief Cores that the work of this thread may use: all of the profile.
 *
 * @param[in] type kind of core
 * @param[out] value cores; untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): unknown type
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): ACL_EMU_SOC names an unknown device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetResInCurrentThread(aclrtDevResLimitType type,
							uint32_t *value);

/**
 * @brief Would a binary made for another kind of device run on the one of the profile?
 *
 * @param[in] socVersion name of that kind
 * @param[out] canCompatible 1 or 0; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtCheckArchCompatibility(const char *socVersion,
							 int32_t *canCompatible);

/**
 * @brief Fault of a device. Emulated devices have none.
 *
 * @param[in] deviceId 0 .. aclrtGetDeviceCount() - 1
 * @param[out] errorInfo all zero: ACL_RT_NO_ERROR; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): errorInfo is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetErrorVerbose(int32_t deviceId, aclrtErrorInfo *errorInfo);

/**
 * @brief Id of a device inside the process. All kinds of id are the same here.
 *
 * @param[in] userDevid id as the program knows it
 * @param[out] logicDevId the same; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): logicDevId is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetLogicDevIdByUserDevId(const int32_t userDevid,
							   int32_t *const logicDevId);

/**
 * @brief Id of a device in the machine. All kinds of id are the same here.
 *
 * @param[in] logicDevId id inside the process
 * @param[out] phyDevId the same; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): phyDevId is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetPhyDevIdByLogicDevId(const int32_t logicDevId,
							  int32_t *const phyDevId);

/**
 * @brief Id of a device in the machine. All kinds of id are the same here.
 *
 * @param[in] userDevId id as the program knows it
 * @param[out] phyDevId the same; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): phyDevId is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetPhyDevIdByUserDevId(const int32_t userDevId,
							 int32_t *const phyDevId);

/**
 * @brief Version of a package of the software stack, as text.
 *
 * @param[in] pkgName "runtime"
 * @param[out] versionStr room for ACL_PKG_VERSION_MAX_SIZE bytes; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_INVALID_FILE (100003): no such package
 */
ACL_FUNC_VISIBILITY aclError aclsysGetVersionStr(char *pkgName, char *versionStr);

/**
 * @brief Version of a package of the software stack, as a number to compare.
 *
 * @param[in] pkgName "runtime"
 * @param[out] versionNum first part x 10000000 + second x 100000 + third x 1000; untouched on
 *             failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_INVALID_FILE (100003): no such package
 */
ACL_FUNC_VISIBILITY aclError aclsysGetVersionNum(char *pkgName, int32_t *versionNum);

#ifdef __cplusplus
}
#endif

#endif
