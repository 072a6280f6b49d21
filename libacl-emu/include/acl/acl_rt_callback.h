/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_callback.h
 * @brief Functions of the program that run when a stream comes to them.
 */
#ifndef ACL_EMU_ACL_RT_CALLBACK_H
#define ACL_EMU_ACL_RT_CALLBACK_H

#include "acl_base_rt.h"
#include "acl_rt_stream.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Let a thread run the callbacks of a stream.
 *
 * A thread may serve several streams; a stream is served by one thread.
 *
 * @param[in] threadId pthread_self() of the thread, which is to call aclrtProcessReport()
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_RT_STREAM_SUBSCRIBE (107011): the stream is subscribed already
 */
ACL_FUNC_VISIBILITY aclError aclrtSubscribeReport(uint64_t threadId, aclrtStream stream);

/**
 * @brief Have a function called by the thread that serves the stream.
 *
 * @param[in] fn the function
 * @param[in] userData its argument
 * @param[in] blockType ACL_CALLBACK_BLOCK: what is behind it in the stream waits until it returns
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): fn is NULL or blockType unknown
 * - ACL_ERROR_RT_STREAM_NO_CB_REG (107015): no thread is subscribed for the stream
 */
ACL_FUNC_VISIBILITY aclError aclrtLaunchCallback(aclrtCallback fn, void *userData,
						 aclrtCallbackBlockType blockType,
						 aclrtStream stream);

/**
 * @brief Run the callbacks that are due for the calling thread; wait if there are none.
 *
 * @param[in] timeout milliseconds; 0 only looks, -1 waits without end
 * @return ACL_SUCCESS (0) if at least one was run, or
 * - ACL_ERROR_RT_PARAM_INVALID (107000): timeout is less than -1
 * - ACL_ERROR_RT_THREAD_SUBSCRIBE (107012): no stream is subscribed for the thread, or the last
 *   one was unsubscribed meanwhile
 * - ACL_ERROR_RT_REPORT_TIMEOUT (507012): none came in that time
 */
ACL_FUNC_VISIBILITY aclError aclrtProcessReport(int32_t timeout);

/**
 * @brief Take a subscription back.
 *
 * Callbacks that a stream waits for and that were not run yet fail with 107015. Others can still be
 * run by aclrtProcessReport().
 *
 * @param[in] threadId as in aclrtSubscribeReport()
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_RT_STREAM_SUBSCRIBE (107011): the stream is not subscribed
 * - ACL_ERROR_RT_THREAD_SUBSCRIBE (107012): it is subscribed for another thread
 */
ACL_FUNC_VISIBILITY aclError aclrtUnSubscribeReport(uint64_t threadId, aclrtStream stream);

/**
 * @brief Have a function called by the thread of the stream itself; what is behind it waits.
 *
 * @param[in] stream the stream
 * @param[in] fn the function
 * @param[in] args its argument
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): fn is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtLaunchHostFunc(aclrtStream stream, aclrtHostFunc fn, void *args);

#ifdef __cplusplus
}
#endif

#endif
