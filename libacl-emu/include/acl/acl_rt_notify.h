/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_notify.h
 * @brief Notifies: one stream records, another waits and takes it back.
 */
#ifndef ACL_EMU_ACL_RT_NOTIFY_H
#define ACL_EMU_ACL_RT_NOTIFY_H

#include "acl_rt_event.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Make a notify that is not recorded.
 *
 * @param[out] notify the notify; untouched on failure
 * @param[in] flag ACL_NOTIFY_DEFAULT or ACL_NOTIFY_DEVICE_USE_ONLY, which makes no difference here
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): notify is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): flag has unknown bits
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_NO_NOTIFY_RESOURCE (207009): 16384 notifies are there
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateNotify(aclrtNotify *notify, uint64_t flag);

/**
 * @brief End a notify; what was put into streams with it still runs.
 *
 * @param[in] notify the notify
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): notify is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyNotify(aclrtNotify notify);

/**
 * @brief Record a notify when the stream comes to it.
 *
 * @param[in] notify the notify
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): notify is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtRecordNotify(aclrtNotify notify, aclrtStream stream);

/**
 * @brief Let a stream wait until a notify is recorded, and take that back.
 *
 * One recording lets one wait go on.
 *
 * @param[in] notify the notify
 * @param[in] stream the stream
 * @param[in] timeout seconds; 0 waits without end. When they are over it is a failure of the
 *            stream with ACL_ERROR_RT_WAIT_TIMEOUT, 107019.
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): notify is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtWaitAndResetNotify(aclrtNotify notify, aclrtStream stream,
						     uint32_t timeout);

/**
 * @brief A number that no other living notify of the process has.
 *
 * @param[in] notify the notify
 * @param[out] notifyId 0 or more; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): notify or notifyId is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtGetNotifyId(aclrtNotify notify, uint32_t *notifyId);

/**
 * @brief Forget the recordings of several notifies, at once.
 *
 * @param[in] notifies the notifies; if one of them is none, nothing is done
 * @param[in] num how many, at least 1
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): notifies or an entry is NULL, num is 0
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifyBatchReset(aclrtNotify *notifies, size_t num);

/**
 * @brief Make a counting notify, which is 0.
 *
 * @param[out] cntNotify the notify; untouched on failure
 * @param[in] flag 0
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): cntNotify is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): flag is not 0
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_NO_NOTIFY_RESOURCE (207009): 16384 are there
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyCreate(aclrtCntNotify *cntNotify, uint64_t flag);

/**
 * @brief End a counting notify; what was put into streams with it still runs.
 *
 * @param[in] cntNotify the notify
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): cntNotify is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyDestroy(aclrtCntNotify cntNotify);

/**
 * @brief Change the number when the stream comes to it.
 *
 * @param[in] cntNotify the notify
 * @param[in] stream the stream; NULL is the default one of the current context
 * @param[in] info how: set, add, or, and; and with which value
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): cntNotify or info is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): unknown mode, no such notify or stream
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyRecord(aclrtCntNotify cntNotify, aclrtStream stream,
						  aclrtCntNotifyRecordInfo *info);

/**
 * @brief Let a stream wait until the number is as wanted.
 *
 * The bit mask is met when all bits of the value are set. With isClear the number becomes 0 when
 * the wait ends.
 *
 * @param[in] cntNotify the notify
 * @param[in] stream the stream; NULL is the default one of the current context
 * @param[in] info what to wait for, and for how many seconds (0: without end)
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): cntNotify or info is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): unknown mode, no such notify or stream
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_WAIT_TIMEOUT (107019), by the stream: the time is over
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyWaitWithTimeout(aclrtCntNotify cntNotify,
							   aclrtStream stream,
							   aclrtCntNotifyWaitInfo *info);

/**
 * @brief Set the number to 0 when the stream comes to it.
 *
 * @param[in] cntNotify the notify
 * @param[in] stream the stream; NULL is the default one of the current context
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): cntNotify is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify or stream
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyReset(aclrtCntNotify cntNotify, aclrtStream stream);

/**
 * @brief A number for people to tell counting notifies apart.
 *
 * @param[in] cntNotify the notify
 * @param[out] notifyId the number; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyGetId(aclrtCntNotify cntNotify, uint32_t *notifyId);

#ifdef __cplusplus
}
#endif

#endif
