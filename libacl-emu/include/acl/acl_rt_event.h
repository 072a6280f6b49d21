/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_event.h
 * @brief Events and notifies.
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

/** @brief Whether an event has happened (old form). */
typedef enum aclrtEventStatus {
	ACL_EVENT_STATUS_COMPLETE = 0,
	ACL_EVENT_STATUS_NOT_READY = 1,
	ACL_EVENT_STATUS_RESERVED = 2,
} aclrtEventStatus;

/** @brief Whether everything before the record is done. */
typedef enum aclrtEventRecordedStatus {
	ACL_EVENT_RECORDED_STATUS_NOT_READY = 0,
	ACL_EVENT_RECORDED_STATUS_COMPLETE = 1,
} aclrtEventRecordedStatus;

/** @brief Whether everything that waits for it has gone on. */
typedef enum aclrtEventWaitStatus {
	ACL_EVENT_WAIT_STATUS_COMPLETE = 0,
	ACL_EVENT_WAIT_STATUS_NOT_READY = 1,
	ACL_EVENT_WAIT_STATUS_RESERVED = 65535,
} aclrtEventWaitStatus;

#define ACL_IPC_EVENT_HANDLE_SIZE 64U /**< bytes */
/** @brief An event in a form that another process can open. */
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

/** @brief How recording changes the counter. */
typedef enum aclrtCntNotifyRecordMode {
	ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE = 0,
	ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE = 1,
	ACL_RT_CNT_NOTIFY_RECORD_BIT_OR_MODE = 2,
	ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE = 4,
} aclrtCntNotifyRecordMode;

/** @brief Recording of a counting notify. */
typedef struct aclrtCntNotifyRecordInfo {
	aclrtCntNotifyRecordMode mode;
	uint32_t value;
} aclrtCntNotifyRecordInfo;

/** @brief Which counter values end a wait. */
typedef enum aclrtCntNotifyWaitMode {
	ACL_RT_CNT_NOTIFY_WAIT_LESS_MODE = 0,
	ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE = 1,
	ACL_RT_CNT_NOTIFY_WAIT_BIGGER_MODE = 2,
	ACL_RT_CNT_NOTIFY_WAIT_BIGGER_OR_EQUAL_MODE = 3,
	ACL_RT_CNT_NOTIFY_WAIT_EQUAL_WITH_BITMASK_MODE = 4,
} aclrtCntNotifyWaitMode;

/** @brief Wait for a counting notify. */
typedef struct aclrtCntNotifyWaitInfo {
	aclrtCntNotifyWaitMode mode;
	uint32_t value;
	uint32_t timeout;
	uint8_t isClear; /**< not 0: the counter goes back to 0 after the wait */
	uint8_t rsv[3];
} aclrtCntNotifyWaitInfo;

/**
 * @brief Make an event with all of ACL_EVENT_SYNC, _CAPTURE_STREAM_PROGRESS and _TIME_LINE.
 *
 * @param[out] event the event; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_NO_EVENT_RESOURCE (207007): 16384 events are there
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateEvent(aclrtEvent *event);

/**
 * @brief Make an event for some uses.
 *
 * Without ACL_EVENT_TIME_LINE there is no time. ACL_EVENT_IPC, which stands alone, makes an event
 * that other processes can open, see aclrtIpcGetEventHandle(). The other flags make no difference
 * here.
 *
 * @param[out] event the event; untouched on failure
 * @param[in] flag bits ACL_EVENT_*, at least one
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): flag is 0, has unknown bits, or ACL_EVENT_IPC and others
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): ACL_EVENT_EXTERNAL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateEventWithFlag(aclrtEvent *event, uint32_t flag);

/**
 * @brief The same; a wait before the first record of such an event does nothing.
 *
 * @param[out] event the event; untouched on failure
 * @param[in] flag bits ACL_EVENT_*, at least one
 * @return as aclrtCreateEventWithFlag()
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateEventExWithFlag(aclrtEvent *event, uint32_t flag);

/**
 * @brief End an event.
 *
 * What was put into streams with it still runs; a wait for a record that was never made goes on.
 *
 * @param[in] event the event
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such event, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyEvent(aclrtEvent event);

/**
 * @brief Record an event: it happens when all that is in the stream now is done.
 *
 * A later record takes the place of an earlier one for all calls after it.
 *
 * @param[in] event the event
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such event, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream);

/**
 * @brief Let a stream wait for the latest record of an event, or for the first one.
 *
 * @param[in] stream the stream
 * @param[in] event the event
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such event, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event);

/**
 * @brief Forget the records of an event, for all calls after this one.
 *
 * Waits that are in streams already keep the record they wait for.
 *
 * @param[in] event the event
 * @param[in] stream the stream that waited for it
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such event, or destroyed
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): made with ACL_EVENT_IPC
 */
ACL_FUNC_VISIBILITY aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream);

/**
 * @brief Has the latest record of an event happened? (Old form.)
 *
 * @param[in] event the event
 * @param[out] status COMPLETE, or NOT_READY, also if it was never recorded; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event or status is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such event, or destroyed
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): made with ACL_EVENT_IPC
 */
ACL_FUNC_VISIBILITY aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus *status);

/**
 * @brief Has the latest record of an event happened?
 *
 * One between processes that was never recorded has happened.
 *
 * @param[in] event the event
 * @param[out] status COMPLETE, or NOT_READY, also if it was never recorded; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event or status is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such event, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtQueryEventStatus(aclrtEvent event,
						   aclrtEventRecordedStatus *status);

/**
 * @brief Are all waits of streams for an event over?
 *
 * @param[in] event the event
 * @param[out] status COMPLETE if no stream has a wait for it left; untouched on failure
 * @return as aclrtQueryEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtQueryEventWaitStatus(aclrtEvent event,
						       aclrtEventWaitStatus *status);

/**
 * @brief Wait on the host for the latest record of an event.
 *
 * @param[in] event the event
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such event, destroyed, or never recorded; one between
 *   processes that was never recorded is no failure
 * - ACL_ERROR_RT_STREAM_ABORT (107023): the record was dropped with its stream
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeEvent(aclrtEvent event);

/**
 * @brief The same with an end.
 *
 * @param[in] event the event
 * @param[in] timeout milliseconds; 0 only looks, -1 waits without end
 * @return as aclrtSynchronizeEvent(), or
 * - ACL_ERROR_RT_PARAM_INVALID (107000): timeout is less than -1
 * - ACL_ERROR_RT_EVENT_SYNC_TIMEOUT (507047): it has not happened in that time
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeEventWithTimeout(aclrtEvent event, int32_t timeout);

/**
 * @brief Time between two events, as the streams came to them.
 *
 * @param[out] ms milliseconds; untouched on failure
 * @param[in] startEvent the earlier one
 * @param[in] endEvent the later one
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a parameter is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such event, or destroyed
 * - ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID (107006): never recorded, made without
 *   ACL_EVENT_TIME_LINE, or between processes
 * - ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL (107007): endEvent happened first
 * - ACL_ERROR_RT_EVENT_NOT_COMPLETE (507006): one has not happened yet
 */
ACL_FUNC_VISIBILITY aclError aclrtEventElapsedTime(float *ms, aclrtEvent startEvent,
						   aclrtEvent endEvent);

/**
 * @brief Give an event a form in which another process can open it.
 *
 * Each process may record it and wait for it, on any device. A wait is for the latest record at the
 * time of the call, whichever process made it. Before the first one there is nothing to wait for:
 * record before the other process waits. If the process of a record ends before the record has
 * happened, what waits for it goes on waiting; a time-out or aclrtStreamAbort() ends that.
 *
 * @param[in] event an event made with ACL_EVENT_IPC, or opened from a handle
 * @param[out] handle 64 bytes, good while a process has the event; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): event or handle is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such event, destroyed, made without ACL_EVENT_IPC, or
 *   ended with a reset of its device
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcGetEventHandle(aclrtEvent event, aclrtIpcEventHandle *handle);

/**
 * @brief Open an event of another process. It belongs to the current device here.
 *
 * @param[in] handle what aclrtIpcGetEventHandle() gave there
 * @param[out] event the event, to be ended with aclrtDestroyEvent(); untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): event is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): the bytes are no handle
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): no process has the event any more
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): it was made by this process
 * - ACL_ERROR_RT_NO_EVENT_RESOURCE (207007): 16384 events are there
 */
ACL_FUNC_VISIBILITY aclError aclrtIpcOpenEventHandle(aclrtIpcEventHandle handle,
						     aclrtEvent *event);

#ifdef __cplusplus
}
#endif

#endif
