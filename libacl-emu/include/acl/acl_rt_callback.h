/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_callback.h
 * @brief Functions of the program that run in a stream.
 */
#ifndef ACL_EMU_ACL_RT_CALLBACK_H
#define ACL_EMU_ACL_RT_CALLBACK_H

#include "acl_base_rt.h"
#include "acl_rt_stream.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Register a thread that executes the callbacks of a stream.
 *
 * A thread may serve several streams; a stream is served by one thread.
 *
 * @param[in] threadId pthread_self() of the thread, which must call aclrtProcessReport()
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_STREAM_SUBSCRIBE (107011): a thread is registered for the stream already,
 *         or aclrtLaunchHostFunc() has registered its own thread
 * @retval stream_argument each error of a call with a stream
 * @see aclrtLaunchCallback(), aclrtProcessReport(), aclrtUnSubscribeReport()
 */
ACL_FUNC_VISIBILITY aclError aclrtSubscribeReport(uint64_t threadId, aclrtStream stream);

/**
 * @brief Add a function to a stream that the registered thread executes.
 *
 * @param[in] fn the function
 * @param[in] userData its argument
 * @param[in] blockType ACL_CALLBACK_BLOCK: the stream waits until the function returns;
 *            ACL_CALLBACK_NO_BLOCK: it continues
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): blockType is unknown
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): fn is NULL
 * @retval ACL_ERROR_RT_STREAM_NO_CB_REG (107015): no thread is registered for the stream,
 *         and aclrtLaunchHostFunc() was not called for it; else its own thread executes fn
 * @retval stream_argument each error of a call with a stream
 * @see aclrtSubscribeReport(), aclrtProcessReport(), aclrtLaunchHostFunc()
 */
ACL_FUNC_VISIBILITY aclError aclrtLaunchCallback(aclrtCallback fn, void *userData,
						 aclrtCallbackBlockType blockType,
						 aclrtStream stream);

/**
 * @brief Execute the pending callbacks of the calling thread, or wait for one.
 *
 * @param[in] timeout milliseconds, at least 1; -1 waits without limit
 * @return ACL_SUCCESS (0) if at least one callback was executed, or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): timeout is 0 or less than -1
 * @retval ACL_ERROR_RT_THREAD_SUBSCRIBE (107012): the thread is registered for no stream, or its
 *         last registration was removed during the wait
 * @retval ACL_ERROR_RT_STREAM_ABORT (107023): no callback arrived before a stream that the thread
 *         serves was aborted, or the runtime ended
 * @retval ACL_ERROR_RT_REPORT_TIMEOUT (507012): no callback arrived in this time
 * @see aclrtSubscribeReport(), aclrtLaunchCallback()
 */
ACL_FUNC_VISIBILITY aclError aclrtProcessReport(int32_t timeout);

/**
 * @brief Remove the registration of a thread for the callbacks of a stream.
 *
 * A pending callback that the stream waits for fails with 107015. Other pending callbacks can still
 * be executed by aclrtProcessReport().
 *
 * @param[in] threadId as given to aclrtSubscribeReport()
 * @param[in] stream a stream of any context; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_STREAM_SUBSCRIBE (107011): no thread is registered for the stream
 * @retval ACL_ERROR_RT_THREAD_SUBSCRIBE (107012): another thread is registered for the stream,
 *         or none for a default stream
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the stream does not exist
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): stream is NULL and the thread has no current context
 * @see aclrtSubscribeReport()
 */
ACL_FUNC_VISIBILITY aclError aclrtUnSubscribeReport(uint64_t threadId, aclrtStream stream);

/**
 * @brief Add a host function to a stream.
 *
 * The thread of the stream executes it; later tasks of the stream wait until it returns. The
 * function must not wait for its own stream or destroy it.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] fn the function
 * @param[in] args its argument
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): fn is NULL
 * @retval stream_argument each error of a call with a stream
 * @see aclrtLaunchCallback(), acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtLaunchHostFunc(aclrtStream stream, aclrtHostFunc fn, void *args);

#ifdef __cplusplus
}
#endif

#endif
