/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_context.h
 * @brief Contexts, and which one a thread works in.
 */
#ifndef ACL_EMU_ACL_RT_CONTEXT_H
#define ACL_EMU_ACL_RT_CONTEXT_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Make a context on a device and let the calling thread work in it.
 *
 * @param[out] context the new context; untouched on failure
 * @param[in] deviceId 0 .. aclrtGetDeviceCount() - 1
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): context is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateContext(aclrtContext *context, int32_t deviceId);

/**
 * @brief End a context made by aclrtCreateContext().
 *
 * Its streams are waited for and end with it. The default context of a device ends with the
 * device and cannot be destroyed here.
 *
 * @param[in] context the context
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): context is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): no such context, destroyed already, or a default one
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): called by a function that runs in one of its streams
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyContext(aclrtContext context);

/**
 * @brief Let the calling thread work in a context.
 *
 * @param[in] context a live context of this process, made by any thread
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): context is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such context
 */
ACL_FUNC_VISIBILITY aclError aclrtSetCurrentContext(aclrtContext context);

/**
 * @brief Context the calling thread works in.
 *
 * @param[out] context the context, or NULL when there is none: programs are known to look at the
 *             pointer and not at the result, so it is written on that failure too
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): context is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has none
 */
ACL_FUNC_VISIBILITY aclError aclrtGetCurrentContext(aclrtContext *context);

/**
 * @brief Default stream of the calling thread's current context, which NULL stands for.
 *
 * @param[out] stream the stream; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has none
 */
ACL_FUNC_VISIBILITY aclError aclrtCtxGetCurrentDefaultStream(aclrtStream *stream);

#ifdef __cplusplus
}
#endif

#endif
