/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_peer.h
 * @brief Access of one device to the memory of another device.
 */
#ifndef ACL_EMU_ACL_RT_PEER_H
#define ACL_EMU_ACL_RT_PEER_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Return whether a device can access the memory of another device. Every pair can.
 *
 * @param[out] canAccessPeer 1; not written on failure
 * @param[in] deviceId the device that accesses
 * @param[in] peerDeviceId the device whose memory is accessed
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): both are the same device
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): canAccessPeer is NULL, or a device id is negative
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): a device does not exist
 * @see aclrtDeviceEnablePeerAccess()
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceCanAccessPeer(int32_t *canAccessPeer, int32_t deviceId,
						      int32_t peerDeviceId);

/**
 * @brief Allow the current device to access the memory of another device.
 *
 * The permission is for this direction; copies between the two devices are possible in both
 * directions. Repeating the call has no effect. The permission ends with
 * aclrtDeviceDisablePeerAccess() and with the reset of either device.
 *
 * @param[in] peerDeviceId the other device
 * @param[in] flags must be 0
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_FEATURE_UNSUPPORTED (200006): flags is not 0
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_INVALID_PARAM (100000): peerDeviceId is the current device
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @par Differences
 * What the real stack returns when the permission exists already, or does not exist when it is
 * revoked, is not documented; here both succeed.
 * @see aclrtDeviceDisablePeerAccess(), aclrtDevicePeerAccessStatus(), aclrtMemcpy()
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceEnablePeerAccess(int32_t peerDeviceId, uint32_t flags);

/**
 * @brief Revoke the permission of aclrtDeviceEnablePeerAccess().
 *
 * The call succeeds without effect if there is no permission.
 *
 * @param[in] peerDeviceId the other device
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_INVALID_PARAM (100000): peerDeviceId is the current device
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtDeviceEnablePeerAccess()
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceDisablePeerAccess(int32_t peerDeviceId);

/**
 * @brief Return whether a device has permission to access the memory of another device.
 *
 * @param[in] deviceId the device that accesses
 * @param[in] peerDeviceId the device whose memory is accessed
 * @param[out] status 1 after aclrtDeviceEnablePeerAccess(), else 0; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): status is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): a device id is negative
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): a device does not exist
 * @see aclrtDeviceEnablePeerAccess(), aclrtDeviceCanAccessPeer()
 */
ACL_FUNC_VISIBILITY aclError aclrtDevicePeerAccessStatus(int32_t deviceId, int32_t peerDeviceId,
							 int32_t *status);

#ifdef __cplusplus
}
#endif

#endif
