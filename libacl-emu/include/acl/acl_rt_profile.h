/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_profile.h
 * @brief Properties of the emulated chip and of the software stack; device ids.
 *
 * Core counts and cache sizes are published numbers of a real chip: Ascend910B3, or the one that
 * the environment variable ACL_EMU_SOC names. No core is emulated.
 */
#ifndef ACL_EMU_ACL_RT_PROFILE_H
#define ACL_EMU_ACL_RT_PROFILE_H

#include "acl_rt_device.h"
#include "acl_rt_error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Return the name of the emulated chip.
 *
 * @return "Ascend910B3", or the value of `ACL_EMU_SOC`; never NULL
 * @see aclGetDeviceCapability(), aclrtCheckArchCompatibility()
 */
ACL_FUNC_VISIBILITY const char *aclrtGetSocName(void);

/**
 * @brief Return the side on which the program runs.
 *
 * @param[out] runMode ACL_HOST
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): runMode is NULL
 * @see aclrtGetDevice()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetRunMode(aclrtRunMode *runMode);

/**
 * @brief Return a number of cores, or the size of a cache, of the emulated chip.
 *
 * @param[in] deviceId 0 to aclrtGetDeviceCount() - 1
 * @param[in] deviceInfo which number
 * @param[out] value cores, or bytes; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL, the device does not exist, or deviceInfo
 *         is unknown
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): `ACL_EMU_SOC` names a chip whose numbers are
 *         not known
 * @see aclrtGetDeviceInfo(), aclrtGetSocName(), aclrtGetResInCurrentThread()
 */
ACL_FUNC_VISIBILITY aclError aclGetDeviceCapability(uint32_t deviceId, aclDeviceInfo deviceInfo,
						    int64_t *value);

/**
 * @brief Return whether a device has a feature. It has none of the known features.
 *
 * @param[in] deviceId 0 to aclrtGetDeviceCount() - 1
 * @param[in] devFeatureType the feature
 * @param[out] value ACL_DEV_FEATURE_NOT_SUPPORT; not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): deviceId is negative
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the feature is unknown
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @see aclGetDeviceCapability()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceCapability(int32_t deviceId,
						      aclrtDevFeatureType devFeatureType,
						      int32_t *value);

/**
 * @brief Return the number of cores that work of this thread may use, which is all cores.
 *
 * @param[in] type kind of core
 * @param[out] value number of cores; not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): type is unknown
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): `ACL_EMU_SOC` names a chip whose numbers are
 *         not known
 * @see aclGetDeviceCapability()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetResInCurrentThread(aclrtDevResLimitType type,
							uint32_t *value);

/**
 * @brief Return whether binaries of another chip run on the emulated chip.
 *
 * @param[in] socVersion name of the other chip
 * @param[out] canCompatible 1 or 0; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @see aclrtGetSocName()
 */
ACL_FUNC_VISIBILITY aclError aclrtCheckArchCompatibility(const char *socVersion,
							 int32_t *canCompatible);

/**
 * @brief Return the fault of a device. Emulated devices have none.
 *
 * @param[in] deviceId 0 to aclrtGetDeviceCount() - 1
 * @param[out] errorInfo all zero: ACL_RT_NO_ERROR; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): errorInfo is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtQueryDeviceStatus(), aclrtGetMemUceInfo()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetErrorVerbose(int32_t deviceId, aclrtErrorInfo *errorInfo);

/**
 * @brief Convert a device id of the program to a logical one.
 *
 * All ids of a device are equal unless ASCEND_RT_VISIBLE_DEVICES is set.
 *
 * @param[in] userDevid the id of the program
 * @param[out] logicDevId the logical id; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): logicDevId is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the id is negative
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetUserDevIdByLogicDevId()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetLogicDevIdByUserDevId(const int32_t userDevid,
							   int32_t *const logicDevId);

/**
 * @brief Convert a logical device id to a physical one.
 *
 * All ids of a device are equal unless ASCEND_RT_VISIBLE_DEVICES is set.
 *
 * @param[in] logicDevId the logical id
 * @param[out] phyDevId the physical id; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): phyDevId is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the id is negative
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetLogicDevIdByPhyDevId()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetPhyDevIdByLogicDevId(const int32_t logicDevId,
							  int32_t *const phyDevId);

/**
 * @brief Convert a device id of the program to a physical one.
 *
 * All ids of a device are equal unless ASCEND_RT_VISIBLE_DEVICES is set.
 *
 * @param[in] userDevId the id of the program
 * @param[out] phyDevId the physical id; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): phyDevId is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the id is negative
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetUserDevIdByPhyDevId()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetPhyDevIdByUserDevId(const int32_t userDevId,
							 int32_t *const phyDevId);

/**
 * @brief Return the version of a package of the software stack as text.
 *
 * @param[in] pkgName "runtime"
 * @param[out] versionStr buffer of ACL_PKG_VERSION_MAX_SIZE bytes; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_INVALID_FILE (100003): the package is not installed
 * @par Differences
 * On the real stack every installed package has a version. Here only `runtime` is installed, with
 * version 8.5.0.
 * @see aclsysGetVersionNum(), aclsysGetCANNVersion()
 */
ACL_FUNC_VISIBILITY aclError aclsysGetVersionStr(char *pkgName, char *versionStr);

/**
 * @brief Return the version of a package of the software stack as a number that can be compared.
 *
 * @param[in] pkgName "runtime"
 * @param[out] versionNum first part x 10000000 + second part x 100000 + third part x 1000; not
 *            written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_INVALID_FILE (100003): the package is not installed
 * @par Differences
 * On the real stack every installed package has a version. Here only `runtime` is installed, with
 * version 8.5.0.
 * @see aclsysGetVersionStr()
 */
ACL_FUNC_VISIBILITY aclError aclsysGetVersionNum(char *pkgName, int32_t *versionNum);

#ifdef __cplusplus
}
#endif

#endif
