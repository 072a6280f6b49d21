/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_notify.h
 * @brief Notifies and count notifies.
 */
#ifndef ACL_EMU_ACL_RT_NOTIFY_H
#define ACL_EMU_ACL_RT_NOTIFY_H

#include "acl_rt_event.h"
#include "acl_rt_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Create a notify that is not recorded.
 *
 * @param[out] notify the notify; not written on failure
 * @param[in] flag ACL_NOTIFY_DEFAULT or ACL_NOTIFY_DEVICE_USE_ONLY; both have the same effect
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): notify is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flag has unknown bits
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_NO_NOTIFY_RESOURCE (207009): 16384 notifies exist
 * @see aclrtRecordNotify(), aclrtWaitAndResetNotify(), aclrtDestroyNotify()
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateNotify(aclrtNotify *notify, uint64_t flag);

/**
 * @brief Destroy a notify. Tasks that are in streams are executed.
 *
 * @param[in] notify the notify
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): notify is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the notify does not exist; this is checked first
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @see aclrtCreateNotify()
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyNotify(aclrtNotify notify);

/**
 * @brief Add the recording of a notify to a stream.
 *
 * @param[in] notify the notify
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): notify is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the notify does not exist
 * @retval stream_argument each error of a call with a stream
 * @see aclrtWaitAndResetNotify()
 */
ACL_FUNC_VISIBILITY aclError aclrtRecordNotify(aclrtNotify notify, aclrtStream stream);

/**
 * @brief Make a stream wait until a notify is recorded, and reset it.
 *
 * One recording ends one wait. If the time limit passes first, the task fails with
 * ACL_ERROR_RT_WAIT_TIMEOUT 107019.
 *
 * @param[in] notify the notify
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] timeout seconds; 0 waits without limit
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): notify is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the notify is shared between processes and was
 *         created on another device than that of the stream
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the notify does not exist; this is checked first
 * @retval stream_argument each error of a call with a stream
 * @par Differences
 * Recording works on all devices; the wait must be on the device of a shared notify, in every
 * process.
 * @see aclrtRecordNotify(), aclrtNotifyBatchReset()
 */
ACL_FUNC_VISIBILITY aclError aclrtWaitAndResetNotify(aclrtNotify notify, aclrtStream stream,
						     uint32_t timeout);

/**
 * @brief Return a number that is unique among the existing notifies of the process.
 *
 * @param[in] notify the notify
 * @param[out] notifyId 0 or greater; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): notify or notifyId is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the notify does not exist
 * @see aclrtCreateNotify()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetNotifyId(aclrtNotify notify, uint32_t *notifyId);

/**
 * @brief Reset several notifies at once.
 *
 * The reset happens in the call, not in the order of a stream. If one notify is invalid, none is
 * reset.
 *
 * @param[in] notifies the notifies
 * @param[in] num number of notifies, 1 to 16384
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): notifies is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): num is 0 or too large, or an entry is NULL or ended
 *         with the reset of its device
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): an entry does not exist
 * @see aclrtWaitAndResetNotify()
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifyBatchReset(aclrtNotify *notifies, size_t num);

/**
 * @brief Create a count notify with the value 0.
 *
 * @param[out] cntNotify the count notify; not written on failure
 * @param[in] flag must be 0
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): cntNotify is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flag is not 0
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_NO_NOTIFY_RESOURCE (207009): 16384 count notifies exist
 * @par Differences
 * Real count notifies exist on Ascend950 only.
 * @see aclrtCntNotifyRecord(), aclrtCntNotifyWaitWithTimeout(), aclrtCntNotifyDestroy()
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyCreate(aclrtCntNotify *cntNotify, uint64_t flag);

/**
 * @brief Destroy a count notify. Tasks that are in streams are executed.
 *
 * @param[in] cntNotify the count notify
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): cntNotify is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the count notify does not exist
 * @see aclrtCntNotifyCreate()
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyDestroy(aclrtCntNotify cntNotify);

/**
 * @brief Add a change of the value of a count notify to a stream.
 *
 * @param[in] cntNotify the count notify
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] info mode (set, add, OR, AND) and operand
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): cntNotify or info is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the mode is unknown
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the count notify does not exist; this is checked
 *         first
 * @retval stream_argument each error of a call with a stream
 * @see aclrtCntNotifyWaitWithTimeout(), aclrtCntNotifyReset()
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyRecord(aclrtCntNotify cntNotify, aclrtStream stream,
						  aclrtCntNotifyRecordInfo *info);

/**
 * @brief Make a stream wait until the value of a count notify fulfils a condition.
 *
 * The bit mask mode ends when all bits of the operand are set in the value. With isClear the value
 * is set to 0 when the wait ends.
 *
 * @param[in] cntNotify the count notify
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] info condition and time limit in seconds (0: no limit)
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): cntNotify or info is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the mode is unknown
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the count notify does not exist; this is checked
 *         first
 * @retval ACL_ERROR_RT_WAIT_TIMEOUT (107019): reported by the stream: the time limit has passed
 * @retval stream_argument each error of a call with a stream
 * @see aclrtCntNotifyRecord()
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyWaitWithTimeout(aclrtCntNotify cntNotify,
							   aclrtStream stream,
							   aclrtCntNotifyWaitInfo *info);

/**
 * @brief Add a reset of a count notify to 0 to a stream.
 *
 * @param[in] cntNotify the count notify
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): cntNotify is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the count notify does not exist
 * @retval stream_argument each error of a call with a stream
 * @see aclrtCntNotifyRecord()
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyReset(aclrtCntNotify cntNotify, aclrtStream stream);

/**
 * @brief Return a number that is unique among the existing count notifies of the process.
 *
 * @param[in] cntNotify the count notify
 * @param[out] notifyId the number; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the count notify does not exist
 * @see aclrtCntNotifyCreate()
 */
ACL_FUNC_VISIBILITY aclError aclrtCntNotifyGetId(aclrtCntNotify cntNotify, uint32_t *notifyId);

/**
 * @brief Create an IPC name by which other processes open a notify.
 *
 * Its state is kept, and waits continue. The name is valid as long as a process has the notify;
 * every call returns the same name.
 *
 * @param[in] notify a notify that this process created
 * @param[out] key the name with its NUL, 65 bytes; not written on failure
 * @param[in] len size of the buffer at key in bytes, at least 65
 * @param[in] flags ACL_RT_NOTIFY_EXPORT_FLAG_DEFAULT: only processes that aclrtNotifySetImportPid()
 *            allows may import; ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION: every process may
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): notify or key is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): len is smaller than 65, flags has unknown bits, or
 *         the notify was exported with other flags
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the notify does not exist, which is checked before
 *         len, or its device is not set any more
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the notify is an import
 * @par Differences
 * What the real stack returns for a second export is not documented; here it is the same name.
 * @see aclrtNotifySetImportPid(), aclrtNotifyImportByKey()
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifyGetExportKey(aclrtNotify notify, char *key, size_t len,
						     uint64_t flags);

/**
 * @brief Allow processes to import a notify.
 *
 * The processes of all calls together are allowed.
 *
 * At most 65535 processes can be allowed; more fail with 207012.
 *
 * @param[in] notify a notify that was exported
 * @param[in] pid numbers that the importers got from aclrtDeviceGetBareTgid(); entries of 0 are
 *            skipped
 * @param[in] num number of entries, 1 to 65535
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): num is 0 or too large, or the notify was not
 *         exported
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the notify does not exist, which is checked before
 *         num, or ended with the reset of its device
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the notify is an import, or every entry is 0
 * @retval ACL_ERROR_RT_NO_PERMISSION (207006): the notify was exported without a check of the
 *         importers
 * @see aclrtNotifyGetExportKey(), aclrtDeviceGetBareTgid()
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifySetImportPid(aclrtNotify notify, int32_t *pid, size_t num);

/**
 * @brief Allow processes of several servers to import a notify.
 *
 * All servers are this machine: sdid is ignored.
 *
 * @param[in] notify a notify that was exported
 * @param[in] serverPids the processes of each server
 * @param[in] num number of entries, 1 to 65535
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval aclrtNotifySetImportPid() each error of that function
 * @par Differences
 * On the real stack sdid selects the server.
 * @see aclrtNotifySetImportPid()
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifySetImportPidInterServer(aclrtNotify notify,
								aclrtServerPid *serverPids,
								size_t num);

/**
 * @brief Open a notify of another process by its IPC name.
 *
 * The notify stays on the device on which it was created.
 *
 * @param[out] notify the notify, to be destroyed with aclrtDestroyNotify(); not written on failure
 * @param[in] key the name
 * @param[in] flags ACL_RT_NOTIFY_IMPORT_FLAG_DEFAULT, or
 *            ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS to call aclrtDeviceEnablePeerAccess() for
 *            the device of the exporter too
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flags has unknown bits
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the text is not an IPC name of a notify
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): no process has the notify any more
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process is the exporter, or is not allowed
 *         to import
 * @retval ACL_ERROR_RT_NO_NOTIFY_RESOURCE (207009): 16384 notifies exist
 * @see aclrtNotifyGetExportKey()
 */
ACL_FUNC_VISIBILITY aclError aclrtNotifyImportByKey(aclrtNotify *notify, const char *key,
						    uint64_t flags);

#ifdef __cplusplus
}
#endif

#endif
