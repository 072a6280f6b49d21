/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_notify.h
 * @brief Notifies: one stream records, another waits and takes it back.
 */
#ifndef ACL_EMU_ACL_RT_NOTIFY_H
#define ACL_EMU_ACL_RT_NOTIFY_H

#include "acl_rt_event.h"
#include "acl_rt_memory.h"

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
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, or destroyed; shared
 *   between processes and made on another device than the stream's
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
 * @brief Take back what is recorded in several notifies, at once and not in the order of a stream.
 *
 * @param[in] notifies the notifies; nothing is done unless all of them are good
 * @param[in] num entries at notifies, 1 .. 16384
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): notifies or an entry is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): num is 0 or too large, or an entry is no notify
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

/**
 * @brief Make a key by which other processes get a notify.
 *
 * What is recorded stays so, and who waits goes on waiting. The key is good while a process has the
 * notify; every call gives the same one.
 *
 * @param[in] notify a notify made by this process
 * @param[out] key the text with its NUL, 65 bytes; untouched on failure
 * @param[in] len room at key, at least 65
 * @param[in] flags ACL_RT_NOTIFY_EXPORT_FLAG_DEFAULT: only processes that
 *            aclrtNotifySetImportPid() names may import; _DISABLE_PID_VALIDATION: everyone
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): notify or key is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): len below 65, unknown flags
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, destroyed, or exported with other flags
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the device it was made on is not set any more
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): imported
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifyGetExportKey(aclrtNotify notify, char *key, size_t len,
						     uint64_t flags);

/**
 * @brief Name processes that may import a notify. Calls add up.
 *
 * @param[in] notify a notify that was exported
 * @param[in] pid what the importers got from aclrtDeviceGetBareTgid(); 0 is skipped
 * @param[in] num entries at pid, 1 .. 65535
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): num is 0 or too large
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such notify, destroyed, or not exported
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): it ended with a reset of its device
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): imported, or every entry is 0
 * - ACL_ERROR_RT_NO_PERMISSION (207006): exported without validation
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifySetImportPid(aclrtNotify notify, int32_t *pid, size_t num);

/**
 * @brief The same for processes of several servers, all of which are this machine here.
 *
 * @param[in] notify a notify that was exported
 * @param[in] serverPids the processes; sdid is not looked at
 * @param[in] num entries at serverPids, 1 .. 65535
 * @return as aclrtNotifySetImportPid()
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifySetImportPidInterServer(aclrtNotify notify,
								aclrtServerPid *serverPids,
								size_t num);

/**
 * @brief Get the notify of another process. It stays on the device it was made on.
 *
 * @param[out] notify the notify, to be ended with aclrtDestroyNotify(); untouched on failure
 * @param[in] key the text
 * @param[in] flags ACL_RT_NOTIFY_IMPORT_FLAG_DEFAULT, or _ENABLE_PEER_ACCESS: also
 *            aclrtDeviceEnablePeerAccess() with the device of the exporter
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): unknown flags
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): the text is no key of a notify
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): no process has the notify any more
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process is the exporter, or is not named
 * - ACL_ERROR_RT_NO_NOTIFY_RESOURCE (207009): 16384 notifies are there
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifyImportByKey(aclrtNotify *notify, const char *key,
						    uint64_t flags);

#ifdef __cplusplus
}
#endif

#endif
