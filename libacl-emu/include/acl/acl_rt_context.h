/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_context.h
 * @brief Contexts.
 */
#ifndef ACL_EMU_ACL_RT_CONTEXT_H
#define ACL_EMU_ACL_RT_CONTEXT_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Create a context on a device and make it current in the calling thread.
 *
 * The device is opened if it was not set, and stays open while the context exists.
 *
 * @param[out] context the context; not written on failure
 * @param[in] deviceId 0 to aclrtGetDeviceCount() - 1
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): context is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @par Differences
 * After aclrtCreateContext() without aclrtSetDevice(), aclrtResetDevice() returns 507007.
 * aclrtResetDeviceForce() ends the context; on the real stack its objects must not be used then.
 * @see aclrtDestroyContext(), aclrtSetCurrentContext(), aclrtSetDevice()
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateContext(aclrtContext *context, int32_t deviceId);

/**
 * @brief Destroy a context that aclrtCreateContext() created.
 *
 * The streams of the context are completed and destroyed first. The last context of a device that
 * is not set closes the device, which releases its memory. The default context of a device ends
 * with aclrtResetDevice() and cannot be destroyed.
 *
 * @param[in] context the context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): context is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the context does not exist, was destroyed before, or
 *         is a default context
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the call was made by a function that runs in
 *         one of its streams
 * @see aclrtCreateContext(), aclrtResetDevice()
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyContext(aclrtContext context);

/**
 * @brief Make a context current in the calling thread.
 *
 * @param[in] context a context of this process; any thread may have created it
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): context is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the context does not exist
 * @see aclrtGetCurrentContext(), aclrtCreateContext()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetCurrentContext(aclrtContext context);

/**
 * @brief Return the current context of the calling thread.
 *
 * A child of fork() starts without context, device and memory.
 *
 * @param[out] context the context, or NULL if there is none. It is written in that failure too,
 *            because programs check the pointer instead of the result
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): context is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @see aclrtSetCurrentContext()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetCurrentContext(aclrtContext *context);

/**
 * @brief Return the default stream of the current context.
 *
 * Passing NULL as a stream means the same stream.
 *
 * @param[out] stream the stream; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @see aclrtCreateStream()
 */
ACL_FUNC_VISIBILITY aclError aclrtCtxGetCurrentDefaultStream(aclrtStream *stream);

#ifdef __cplusplus
}
#endif

#endif
