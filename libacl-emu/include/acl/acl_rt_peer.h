/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_peer.h
 * @brief Access of one device to the memory of another.
 */
#ifndef ACL_EMU_ACL_RT_PEER_H
#define ACL_EMU_ACL_RT_PEER_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Can a device reach the memory of another one? Here every pair can.
 *
 * @param[out] canAccessPeer 1; untouched on failure
 * @param[in] deviceId the one that reaches
 * @param[in] peerDeviceId the one that is reached
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): both are the same device
 * - ACL_ERROR_RT_PARAM_INVALID (107000): canAccessPeer is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceCanAccessPeer(int32_t *canAccessPeer, int32_t deviceId,
						      int32_t peerDeviceId);

/**
 * @brief Let the current device reach the memory of another one, in this direction only.
 *
 * Copies between the two are possible from then on. Repeating it does nothing; it ends with
 * aclrtDeviceDisablePeerAccess() and with the reset of either device.
 *
 * @param[in] peerDeviceId the other device
 * @param[in] flags 0
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_FEATURE_UNSUPPORTED (200006): flags is not 0
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_INVALID_PARAM (100000): peerDeviceId is the current device
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceEnablePeerAccess(int32_t peerDeviceId, uint32_t flags);

/**
 * @brief Take aclrtDeviceEnablePeerAccess() back. Without one it does nothing.
 *
 * @param[in] peerDeviceId the other device
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_INVALID_PARAM (100000): peerDeviceId is the current device
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceDisablePeerAccess(int32_t peerDeviceId);

/**
 * @brief May a device reach the memory of another one now?
 *
 * @param[in] deviceId the one that reaches
 * @param[in] peerDeviceId the one that is reached
 * @param[out] status 1 after aclrtDeviceEnablePeerAccess(), else 0; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): status is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtDevicePeerAccessStatus(int32_t deviceId, int32_t peerDeviceId,
							 int32_t *status);

#ifdef __cplusplus
}
#endif

#endif
