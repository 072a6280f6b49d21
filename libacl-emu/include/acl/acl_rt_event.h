/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_event.h
 * @brief Events.
 */
#ifndef ACL_EMU_ACL_RT_EVENT_H
#define ACL_EMU_ACL_RT_EVENT_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @name Flags of an event at creation */
/** @{ */
#define ACL_EVENT_SYNC 0x00000001U
#define ACL_EVENT_CAPTURE_STREAM_PROGRESS 0x00000002U
#define ACL_EVENT_TIME_LINE 0x00000008U
#define ACL_EVENT_DEVICE_USE_ONLY 0x00000010U
#define ACL_EVENT_EXTERNAL 0x00000020U
#define ACL_EVENT_IPC 0x00000040U
/** @} */

/** @name Flags of recording and of waiting */
/** @{ */
#define ACL_EVENT_RECORD_DEFAULT 0x0U
#define ACL_EVENT_RECORD_EXTERNAL 0x01U
#define ACL_EVENT_WAIT_DEFAULT 0x0U
#define ACL_EVENT_WAIT_EXTERNAL 0x01U
/** @} */

/** @brief Whether the record of an event has completed (old form). */
typedef enum aclrtEventStatus {
	ACL_EVENT_STATUS_COMPLETE = 0,
	ACL_EVENT_STATUS_NOT_READY = 1,
	ACL_EVENT_STATUS_RESERVED = 2,
} aclrtEventStatus;

/** @brief Whether the record of an event has completed. */
typedef enum aclrtEventRecordedStatus {
	ACL_EVENT_RECORDED_STATUS_NOT_READY = 0,
	ACL_EVENT_RECORDED_STATUS_COMPLETE = 1,
} aclrtEventRecordedStatus;

/** @brief Whether all waits for an event have ended. */
typedef enum aclrtEventWaitStatus {
	ACL_EVENT_WAIT_STATUS_COMPLETE = 0,
	ACL_EVENT_WAIT_STATUS_NOT_READY = 1,
	ACL_EVENT_WAIT_STATUS_RESERVED = 65535,
} aclrtEventWaitStatus;

#define ACL_IPC_EVENT_HANDLE_SIZE 64U /**< bytes */
/** @brief Handle by which another process can open an event. */
typedef struct aclrtIpcEventHandle {
	char reserved[64];
} aclrtIpcEventHandle;

/** @name Flags of a notify */
/** @{ */
#define ACL_NOTIFY_DEFAULT 0x00000000U
#define ACL_NOTIFY_DEVICE_USE_ONLY 0x00000001U
#define ACL_RT_NOTIFY_EXPORT_FLAG_DEFAULT 0x0UL
#define ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION 0x02UL
#define ACL_RT_NOTIFY_IMPORT_FLAG_DEFAULT 0x0UL
#define ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS 0x02UL
/** @} */

/** @brief How a record changes the value of a count notify. */
typedef enum aclrtCntNotifyRecordMode {
	ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE = 0,
	ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE = 1,
	ACL_RT_CNT_NOTIFY_RECORD_BIT_OR_MODE = 2,
	ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE = 4,
} aclrtCntNotifyRecordMode;

/** @brief Record of a count notify. */
typedef struct aclrtCntNotifyRecordInfo {
	aclrtCntNotifyRecordMode mode;
	uint32_t value;
} aclrtCntNotifyRecordInfo;

/** @brief Condition that ends a wait for a count notify. */
typedef enum aclrtCntNotifyWaitMode {
	ACL_RT_CNT_NOTIFY_WAIT_LESS_MODE = 0,
	ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE = 1,
	ACL_RT_CNT_NOTIFY_WAIT_BIGGER_MODE = 2,
	ACL_RT_CNT_NOTIFY_WAIT_BIGGER_OR_EQUAL_MODE = 3,
	ACL_RT_CNT_NOTIFY_WAIT_EQUAL_WITH_BITMASK_MODE = 4,
} aclrtCntNotifyWaitMode;

/** @brief Wait for a count notify. */
typedef struct aclrtCntNotifyWaitInfo {
	aclrtCntNotifyWaitMode mode;
	uint32_t value;
	uint32_t timeout;
	uint8_t isClear; /**< not 0: the value is set to 0 after the wait */
	uint8_t rsv[3];
} aclrtCntNotifyWaitInfo;

/**
 * @brief Create an event.
 *
 * The event has the flags ACL_EVENT_CAPTURE_STREAM_PROGRESS and ACL_EVENT_TIME_LINE.
 *
 * @param[out] event the event; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_NO_EVENT_RESOURCE (207007): 16384 events exist
 * @par Example
 * @code
 * aclrtEvent done;
 *
 * aclrtCreateEvent(&done);
 * aclrtRecordEvent(done, producer);
 * aclrtStreamWaitEvent(consumer, done);
 * @endcode
 * @see aclrtRecordEvent(), aclrtStreamWaitEvent(), aclrtSynchronizeEvent(), aclrtDestroyEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateEvent(aclrtEvent *event);

/**
 * @brief Create an event for given uses.
 *
 * An event without ACL_EVENT_TIME_LINE has no time. With ACL_EVENT_SYNC a stream can wait for the
 * event before its first record. ACL_EVENT_IPC creates an event that other processes can open with
 * aclrtIpcOpenEventHandle(), ACL_EVENT_DEVICE_USE_ONLY one that no stream records. These two and
 * ACL_EVENT_EXTERNAL cannot be combined with other flags. The other flags have no effect.
 *
 * @param[out] event the event; not written on failure
 * @param[in] flag bits ACL_EVENT_*, at least one
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flag is 0, has unknown bits, or combines
 *         a flag with others that allows none
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @par Differences
 * The real stack accepts ACL_EVENT_IPC only in aclrtCreateEventExWithFlag(). Both accept it here,
 * because programs fall back from one to the other.
 * @see aclrtCreateEvent(), aclrtCreateEventExWithFlag(), aclrtIpcGetEventHandle()
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateEventWithFlag(aclrtEvent *event, uint32_t flag);

/**
 * @brief Create an event whose first wait needs no record.
 *
 * Like aclrtCreateEventWithFlag(), but a wait before the first record has no effect, and
 * ACL_EVENT_EXTERNAL and ACL_EVENT_DEVICE_USE_ONLY are not accepted (107000).
 *
 * @param[out] event the event; not written on failure
 * @param[in] flag bits ACL_EVENT_*, at least one
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval aclrtCreateEventWithFlag() each error of that function
 * @retval ACL_ERROR_RT_NO_EVENT_RESOURCE (207007): 16384 events exist
 * @see aclrtCreateEventWithFlag(), aclrtStreamWaitEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateEventExWithFlag(aclrtEvent *event, uint32_t flag);

/**
 * @brief Destroy an event.
 *
 * Records and waits that are in streams are executed. A wait for a record that was never made ends.
 *
 * @param[in] event the event
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the event does not exist
 * @see aclrtCreateEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyEvent(aclrtEvent event);

/**
 * @brief Add a record of an event to a stream.
 *
 * The record completes when all earlier tasks of the stream have completed. It replaces an earlier
 * record for all later calls.
 *
 * @param[in] event the event
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the event was created with
 *         ACL_EVENT_DEVICE_USE_ONLY, ended with the reset of its device
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the event does not exist; this is checked first
 * @retval stream_argument each error of a call with a stream
 * @see aclrtStreamWaitEvent(), aclrtSynchronizeEvent(), aclrtQueryEventStatus(),
 *      aclrtEventElapsedTime()
 */
ACL_FUNC_VISIBILITY aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream);

/**
 * @brief Add a record of an event to a stream, with a flag.
 *
 * With ACL_EVENT_RECORD_DEFAULT this is aclrtRecordEvent(). ACL_EVENT_RECORD_EXTERNAL records an
 * event in a graph for streams outside of it: each replay makes a new record, for which calls after
 * aclmdlRIExecuteAsync() wait. An event cannot be recorded with both flags.
 *
 * @param[in] event the event; with the flag EXTERNAL an event of
 *            aclrtCreateEventExWithFlag(ACL_EVENT_SYNC)
 * @param[in] stream the stream; with the flag EXTERNAL a captured one
 * @param[in] flag ACL_EVENT_RECORD_DEFAULT or ACL_EVENT_RECORD_EXTERNAL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL, or flag is unknown
 * @retval aclrtRecordEvent() each error of that function
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the event was recorded with the other flag before,
 *         or is used with the flag EXTERNAL twice in one graph
 * @retval ACL_ERROR_RT_STREAM_NOT_CAPTURED (107029): flag is EXTERNAL and the stream is not
 *         captured
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the event cannot be used with the flag
 *         EXTERNAL
 * @see aclrtStreamWaitEventWithFlag(), aclmdlRICaptureBegin()
 */
ACL_FUNC_VISIBILITY aclError aclrtRecordEventWithFlag(aclrtEvent event, aclrtStream stream,
						      uint32_t flag);

/**
 * @brief Make a stream wait for the latest record of an event.
 *
 * If the event was never recorded and has ACL_EVENT_SYNC, the stream waits for its first record. An
 * event of aclrtCreateEventExWithFlag(), or one that is shared between processes, does not block
 * before its first record. Other events must be recorded first.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] event the event
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the event was created with
 *         ACL_EVENT_DEVICE_USE_ONLY, ended with the reset of its device, or was never recorded
 *         although it needs that
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the event does not exist; this is checked first
 * @retval stream_argument each error of a call with a stream
 * @see aclrtRecordEvent(), aclrtSynchronizeEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event);

/**
 * @brief Make a stream wait for an event, with a time limit and a flag.
 *
 * With ACL_EVENT_WAIT_DEFAULT this is aclrtStreamWaitEvent() with a time limit. With
 * ACL_EVENT_WAIT_EXTERNAL a graph waits for an event that is recorded outside of it: each replay
 * waits for the last record before aclmdlRIExecuteAsync(). An event cannot be waited for with both
 * flags.
 *
 * @param[in] stream the stream; with the flag EXTERNAL a captured one
 * @param[in] event the event; with the flag EXTERNAL an event of
 *            aclrtCreateEventExWithFlag(ACL_EVENT_SYNC)
 * @param[in] timeout seconds after which the wait fails (507047), 0 for none
 * @param[in] flag ACL_EVENT_WAIT_DEFAULT or ACL_EVENT_WAIT_EXTERNAL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL, flag is unknown, or timeout is not 0
 *         with the flag EXTERNAL
 * @retval aclrtStreamWaitEvent() each error of that function
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the event was waited for with the other flag before,
 *         or is used with the flag EXTERNAL twice in one graph
 * @retval ACL_ERROR_RT_STREAM_NOT_CAPTURED (107029): flag is EXTERNAL and the stream is not
 *         captured
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the event cannot be used with the flag
 *         EXTERNAL
 * @see aclrtRecordEventWithFlag(), aclrtStreamWaitEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamWaitEventWithFlag(aclrtStream stream, aclrtEvent event,
							  uint32_t timeout, uint32_t flag);

/**
 * @brief Make a stream wait for an event, with a time limit.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] event the event
 * @param[in] timeout seconds after which the wait fails (507047), 0 for none
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): timeout is below 0
 * @retval aclrtStreamWaitEvent() each error of that function
 * @see aclrtStreamWaitEvent(), aclrtSetOpWaitTimeout()
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamWaitEventWithTimeout(aclrtStream stream, aclrtEvent event,
							     int32_t timeout);

/**
 * @brief Discard the records of an event for all later calls.
 *
 * Waits that are in streams keep the record that they wait for.
 *
 * @param[in] event the event
 * @param[in] stream the stream that waited for it
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the event does not exist
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the event was created with ACL_EVENT_IPC
 * @retval stream_argument each error of a call with a stream
 * @par Differences
 * On the real stack the reset happens in the order of the stream.
 * @see aclrtRecordEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream);

/**
 * @brief Return whether the latest record of an event has completed (old form).
 *
 * @param[in] event the event
 * @param[out] status ACL_EVENT_STATUS_COMPLETE, also if it was never recorded, or
 *            ACL_EVENT_STATUS_NOT_READY; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event or status is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the event does not exist
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the event was created with ACL_EVENT_IPC
 * @see aclrtQueryEventStatus()
 */
ACL_FUNC_VISIBILITY aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus *status);

/**
 * @brief Return whether the latest record of an event has completed.
 *
 * An event that is shared between processes and was never recorded counts as complete.
 *
 * @param[in] event the event
 * @param[out] status ACL_EVENT_RECORDED_STATUS_COMPLETE or ACL_EVENT_RECORDED_STATUS_NOT_READY, the
 *            latter also if it was never recorded; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event or status is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the event ended with the reset of its device
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the event does not exist
 * @see aclrtRecordEvent(), aclrtSynchronizeEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtQueryEventStatus(aclrtEvent event,
						   aclrtEventRecordedStatus *status);

/**
 * @brief Return whether all waits of streams for an event have ended.
 *
 * @param[in] event the event
 * @param[out] status ACL_EVENT_WAIT_STATUS_COMPLETE if no stream has a wait for the event, else
 *            ACL_EVENT_WAIT_STATUS_NOT_READY; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval aclrtQueryEvent() each error of that function
 * @see aclrtStreamWaitEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtQueryEventWaitStatus(aclrtEvent event,
						       aclrtEventWaitStatus *status);

/**
 * @brief Block until the latest record of an event has completed. Without a record it succeeds.
 *
 * @param[in] event the event
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the event ended with the reset of its device
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the event does not exist
 * @retval ACL_ERROR_RT_STREAM_ABORT (107023): the record was dropped, in this or in another
 *         process, because its stream was aborted or destroyed
 * @see aclrtSynchronizeEventWithTimeout(), aclrtRecordEvent(), aclrtQueryEventStatus()
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeEvent(aclrtEvent event);

/**
 * @brief Block until the latest record of an event has completed, for a limited time.
 *
 * @param[in] event the event
 * @param[in] timeout milliseconds; 0 does not wait, -1 waits without limit
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): timeout is less than -1
 * @retval ACL_ERROR_RT_EVENT_SYNC_TIMEOUT (507047): the record has not completed in this time
 * @retval aclrtSynchronizeEvent() each error of that function
 * @see aclrtSynchronizeEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeEventWithTimeout(aclrtEvent event, int32_t timeout);

/**
 * @brief Return the time between two events.
 *
 * The time of an event is the moment at which its stream reached the record.
 *
 * @param[out] ms milliseconds; not written on failure
 * @param[in] startEvent the earlier event
 * @param[in] endEvent the later event
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a parameter is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): an event does not exist
 * @retval ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID (107006): an event was created without
 *         ACL_EVENT_TIME_LINE, or is shared between processes
 * @retval ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL (107007): endEvent completed before startEvent
 * @retval ACL_ERROR_RT_INTERNAL_ERROR (507000): an event was never recorded
 * @retval ACL_ERROR_RT_EVENT_NOT_COMPLETE (507006): an event has not completed
 * @see aclrtRecordEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtEventElapsedTime(float *ms, aclrtEvent startEvent,
						   aclrtEvent endEvent);

/**
 * @brief Return a handle by which another process can open an event.
 *
 * Each process may record the event and wait for it, on any device. A wait is for the latest record
 * at the time of the call, whichever process made it. Before the first record a wait has no effect,
 * so record before the other process waits.
 *
 * If a process ends before its record has completed, waits for that record continue; a time limit
 * or aclrtStreamAbort() ends them.
 *
 * @param[in] event an event created with ACL_EVENT_IPC, or opened from a handle
 * @param[out] handle 64 bytes, valid as long as a process has the event; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): event or handle is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the event was created without ACL_EVENT_IPC, or
 *         ended with the reset of its device
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the event does not exist; this is checked first
 * @see aclrtIpcOpenEventHandle(), aclrtCreateEventWithFlag()
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcGetEventHandle(aclrtEvent event, aclrtIpcEventHandle *handle);

/**
 * @brief Open an event of another process.
 *
 * The event belongs to the current device.
 *
 * @param[in] handle the handle, as returned by aclrtIpcGetEventHandle() in the other process
 * @param[out] event the event, to be destroyed with aclrtDestroyEvent(); not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the bytes are not a handle of an event
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): no process has the event any more
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): this process created the event
 * @retval ACL_ERROR_RT_NO_EVENT_RESOURCE (207007): 16384 events exist
 * @par Differences
 * Who may open a handle is not documented. Here every process that has the 64 bytes may, except
 * the one that created the event.
 * @see aclrtIpcGetEventHandle()
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcOpenEventHandle(aclrtIpcEventHandle handle,
						     aclrtEvent *event);

/**
 * @brief Get the time at which an event happened.
 *
 * @param[in] event an event with ACL_EVENT_TIME_LINE
 * @param[out] timestamp microseconds of a clock of the host
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): timestamp or event is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the event does not exist
 * @retval aclrtEventElapsedTime() each error of that function
 * @see aclrtEventElapsedTime()
 */
ACL_FUNC_VISIBILITY aclError aclrtEventGetTimestamp(aclrtEvent event, uint64_t *timestamp);

#ifdef __cplusplus
}
#endif

#endif
