/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_model.h
 * @brief Graphs: tasks of streams that are recorded once and replayed (captured models).
 */
#ifndef ACL_EMU_ACL_RT_MODEL_H
#define ACL_EMU_ACL_RT_MODEL_H

#include "acl_base_rt.h"
#include "acl_rt_kernel.h"
#include "acl_rt_stream.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief A captured model that can run. */
typedef void *aclmdlRI;
/** @brief Condition of a conditional task. */
typedef void *aclmdlRICondHandle;

/** @name Flags of aclmdlRIBindStream() */
/** @{ */
#define ACL_MODEL_STREAM_FLAG_HEAD 0x00000000U
#define ACL_MODEL_STREAM_FLAG_DEFAULT 0x7FFFFFFFU
/** @} */

#define ACL_MDLRI_DEBUG_JSON_PRINT_SUMMARY 0x0UL
#define ACL_MDLRI_DEBUG_JSON_PRINT_VERBOSE 0x1UL

/** @brief Calls that a capture forbids to other threads. */
typedef enum aclmdlRICaptureMode {
	ACL_MODEL_RI_CAPTURE_MODE_GLOBAL = 0,
	ACL_MODEL_RI_CAPTURE_MODE_THREAD_LOCAL = 1,
	ACL_MODEL_RI_CAPTURE_MODE_RELAXED = 2,
} aclmdlRICaptureMode;

/** @brief State of a capture. */
typedef enum aclmdlRICaptureStatus {
	ACL_MODEL_RI_CAPTURE_STATUS_NONE = 0,
	ACL_MODEL_RI_CAPTURE_STATUS_ACTIVE = 1,
	ACL_MODEL_RI_CAPTURE_STATUS_INVALIDATED = 2,
} aclmdlRICaptureStatus;

/** @brief Kind of a task. */
typedef enum aclmdlRITaskType {
	ACL_MODEL_RI_TASK_DEFAULT = 0,
	ACL_MODEL_RI_TASK_KERNEL = 1,
	ACL_MODEL_RI_TASK_EVENT_RECORD = 2,
	ACL_MODEL_RI_TASK_EVENT_WAIT = 3,
	ACL_MODEL_RI_TASK_EVENT_RESET = 4,
	ACL_MODEL_RI_TASK_VALUE_WRITE = 5,
	ACL_MODEL_RI_TASK_VALUE_WAIT = 6,
} aclmdlRITaskType;

/** @brief Kernel launch. */
typedef struct aclmdlRIKernelTaskParams {
	aclrtFuncHandle funcHandle;
	aclrtLaunchKernelCfg *cfg;
	void *args;
	uint32_t isHostArgs; /**< 0: args is device memory, 1: host memory */
	size_t argsSize; /**< bytes at args */
	uint32_t numBlocks; /**< number of cores */
	uint32_t rsv[10];
} aclmdlRIKernelTaskParams;

/** @brief Record of an event. */
typedef struct aclmdlRIEventRecordTaskParams {
	aclrtEvent event;
	uint32_t eventFlag;
	uint32_t recordFlag;
} aclmdlRIEventRecordTaskParams;

/** @brief Wait for an event. */
typedef struct aclmdlRIEventWaitTaskParams {
	aclrtEvent event;
	uint32_t eventFlag;
	uint32_t waitFlag;
} aclmdlRIEventWaitTaskParams;

/** @brief Reset of an event. */
typedef struct aclmdlRIEventResetTaskParams {
	aclrtEvent event;
	uint32_t eventFlag;
	uint32_t resetFlag;
} aclmdlRIEventResetTaskParams;

/** @brief Write of a value to device memory. */
typedef struct aclmdlRIValueWriteTaskParams {
	void *devAddr;
	uint64_t value;
} aclmdlRIValueWriteTaskParams;

/** @brief Wait for a value in device memory. */
typedef struct aclmdlRIValueWaitTaskParams {
	void *devAddr;
	uint64_t value;
	uint32_t flag;
} aclmdlRIValueWaitTaskParams;

/** @brief A task; type selects the member of the union. */
typedef struct aclmdlRITaskParams {
	aclmdlRITaskType type;
	uint32_t rsv0[3];
	aclrtTaskGrp taskGrp;
	void *opInfoPtr;
	size_t opInfoSize; /**< bytes at opInfoPtr */
	uint8_t rsv1[32];
	union {
		uint8_t rsv2[128];
		aclmdlRIKernelTaskParams kernelTaskParams;
		aclmdlRIEventRecordTaskParams eventRecordTaskParams;
		aclmdlRIEventWaitTaskParams eventWaitTaskParams;
		aclmdlRIEventResetTaskParams eventResetTaskParams;
		aclmdlRIValueWriteTaskParams valueWriteTaskParams;
		aclmdlRIValueWaitTaskParams valueWaitTaskParams;
	};
} aclmdlRITaskParams;

/** @brief Initial value of a condition. */
typedef enum aclmdlRICondHandleFlag {
	ACL_MODEL_RI_COND_HANDLE_ASSIGN_DEFAULT = 1,
} aclmdlRICondHandleFlag;

/** @brief Kind of a conditional task. */
typedef enum aclmdlRICondTaskType {
	ACL_MODEL_RI_COND_TYPE_IF = 0,
	ACL_MODEL_RI_COND_TYPE_WHILE = 1,
	ACL_MODEL_RI_COND_TYPE_SWITCH = 2,
} aclmdlRICondTaskType;

/** @brief A conditional task. */
typedef struct tagAclmdlRICondTaskParams {
	aclmdlRICondHandle handle;
	aclmdlRICondTaskType type;
	uint32_t size; /**< entries at modelRIArray */
	aclmdlRI *modelRIArray;
} aclmdlRICondTaskParams;

/** @brief A value, or the device address of a value. */
typedef struct aclrtRandomParaInfo {
	uint8_t isAddr;
	uint8_t valueOrAddr[8];
	uint8_t size; /**< bytes of the value */
	uint8_t rsv[6];
} aclrtRandomParaInfo;

/** @brief Ratio of elements that are dropped. */
typedef struct aclrtDropoutBitmaskInfo {
	aclrtRandomParaInfo dropoutRation;
} aclrtDropoutBitmaskInfo;

/** @brief Bounds of a uniform distribution. */
typedef struct aclrtUniformDisInfo {
	aclrtRandomParaInfo min;
	aclrtRandomParaInfo max;
} aclrtUniformDisInfo;

/** @brief Mean and deviation of a normal distribution. */
typedef struct aclrtNormalDisInfo {
	aclrtRandomParaInfo mean;
	aclrtRandomParaInfo stddev;
} aclrtNormalDisInfo;

/** @brief Distributions. */
typedef enum aclrtRandomNumFuncType {
	ACL_RT_RANDOM_NUM_FUNC_TYPE_DROPOUT_BITMASK = 0,
	ACL_RT_RANDOM_NUM_FUNC_TYPE_UNIFORM_DIS = 1,
	ACL_RT_RANDOM_NUM_FUNC_TYPE_NORMAL_DIS = 2,
	ACL_RT_RANDOM_NUM_FUNC_TYPE_TRUNCATED_NORMAL_DIS = 3,
} aclrtRandomNumFuncType;

/** @brief A distribution and its parameters. */
typedef struct aclrtRandomNumFuncParaInfo {
	aclrtRandomNumFuncType funcType;
	union {
		aclrtDropoutBitmaskInfo dropoutBitmaskInfo;
		aclrtUniformDisInfo uniformDisInfo;
		aclrtNormalDisInfo normalDisInfo;
	} paramInfo;
} aclrtRandomNumFuncParaInfo;

/** @brief Generation of random numbers. */
typedef struct aclrtRandomNumTaskInfo {
	aclDataType dataType;
	aclrtRandomNumFuncParaInfo randomNumFuncParaInfo;
	void *randomParaAddr;
	void *randomResultAddr;
	void *randomCounterAddr;
	aclrtRandomParaInfo randomSeed;
	aclrtRandomParaInfo randomNum;
	uint8_t rsv[8];
} aclrtRandomNumTaskInfo;

/** @brief Kind of task that is updated. */
typedef enum aclrtUpdateTaskAttrId {
	ACL_RT_UPDATE_RANDOM_TASK = 1,
	ACL_RT_UPDATE_AIC_AIV_TASK = 2,
} aclrtUpdateTaskAttrId;

/** @brief Update of a random number task. */
typedef struct aclrtRandomTaskUpdateAttr {
	void *srcAddr;
	size_t size; /**< bytes at srcAddr */
	uint32_t rsv[4];
} aclrtRandomTaskUpdateAttr;

/** @brief Update of a kernel task. */
typedef struct aclrtAicAivTaskUpdateAttr {
	void *binHandle;
	void *funcEntryAddr;
	void *blockDimAddr;
	uint32_t rsv[4];
} aclrtAicAivTaskUpdateAttr;

/** @brief Update of a task. */
typedef union aclrtUpdateTaskAttrVal {
	aclrtRandomTaskUpdateAttr randomTaskAttr;
	aclrtAicAivTaskUpdateAttr aicAivTaskAttr;
} aclrtUpdateTaskAttrVal;

/** @brief Update of a task, with its kind. */
typedef struct aclrtTaskUpdateInfo {
	aclrtUpdateTaskAttrId id;
	aclrtUpdateTaskAttrVal val;
} aclrtTaskUpdateInfo;

/**
 * @page graphs Graphs
 *
 * Between aclmdlRICaptureBegin() and aclmdlRICaptureEnd() the tasks of a stream are recorded and do
 * not run. The result is a graph, which aclmdlRIExecuteAsync() adds to a stream as one task, as
 * often as wanted. A graph stores addresses, not contents: a replay uses the memory as it is at the
 * time of the replay. Memory may be freed or unmapped before that; the replay then fails and names
 * the captured task.
 *
 * Copies, fills, value writes and waits, notifies, host functions, callbacks and acl_emu_launch()
 * can be recorded. Events of aclrtCreateEventExWithFlag(ACL_EVENT_SYNC) order the streams of one
 * capture: a stream that waits for such an event is captured as well, and must come back before the
 * capture ends. Its last task must be a record of an event, and the stream in which the capture
 * began must wait for a record of another stream.
 *
 * Calls that wait for a captured stream or event fail (107027, 107028), and the capture goes on.
 */

/**
 * @page graph_argument Errors of calls with a graph
 *
 * @retval ACL_ERROR_INVALID_PARAM (100000): modelRI is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the graph does not exist; this is checked first
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_MODEL_CONTEXT (107004): the graph belongs to another context
 */

/**
 * @brief Begin the capture of a stream.
 *
 * The tasks that are already in the stream run. Several streams can be captured at the same time,
 * also by one thread; each capture makes a graph of its own.
 *
 * @param[in] stream the stream; not a default stream
 * @param[in] mode calls that the capture forbids to other threads
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): mode is unknown
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_RT_STREAM_MODEL (107005): the stream is bound to a graph
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): it is the default stream of its context
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured already
 * @retval ACL_ERROR_RT_NO_MODEL_RESOURCE (207010): 16384 graphs exist
 * @retval ACL_ERROR_RT_NO_STREAM_RESOURCE (207008): 16384 streams exist
 * @par Example
 * @code
 * aclmdlRI graph;
 *
 * aclmdlRICaptureBegin(stream, ACL_MODEL_RI_CAPTURE_MODE_GLOBAL);
 * aclrtMemcpyAsync(out, size, in, size, ACL_MEMCPY_DEVICE_TO_DEVICE, stream);
 * aclmdlRICaptureEnd(stream, &graph);
 * aclmdlRIExecuteAsync(graph, stream);
 * aclrtSynchronizeStream(stream);
 * aclmdlRIDestroy(graph);
 * @endcode
 * @see aclmdlRICaptureEnd(), aclmdlRICaptureGetInfo(), aclmdlRIExecuteAsync()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICaptureBegin(aclrtStream stream, aclmdlRICaptureMode mode);

/**
 * @brief End the capture of a stream and get the graph.
 *
 * All streams that joined the capture are free again, also after a failure, except where noted.
 *
 * @param[in] stream the stream in which the capture began
 * @param[out] modelRI the graph, the one that aclmdlRICaptureGetInfo() gave; NULL if the capture
 *             failed
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): modelRI is NULL; the capture goes on
 * @retval stream_argument each error of a call with a stream; the capture goes on
 * @retval ACL_ERROR_RT_STREAM_MODEL (107005): the stream is bound to a graph
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): it is the default stream of its context
 * @retval ACL_ERROR_RT_STREAM_NOT_CAPTURED (107029): the stream is not captured
 * @retval ACL_ERROR_RT_STREAM_CAPTURE_UNMATCHED (107036): the capture began in another stream; it
 *         goes on
 * @retval ACL_ERROR_RT_STREAM_CAPTURE_WRONG_THREAD (107038): the capture began in another thread,
 *         with a mode other than RELAXED; the graph exists until it is destroyed or its context
 *         ends
 * @retval ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED (507903): an earlier call made the capture
 *         invalid
 * @retval ACL_ERROR_RT_STREAM_UNJOINED (107025): a stream that joined did not come back
 * @retval ACL_ERROR_STREAM_TASK_GROUP_STATUS (107033): a task group is open
 * @see aclmdlRICaptureBegin()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICaptureEnd(aclrtStream stream, aclmdlRI *modelRI);

/**
 * @brief Ask whether a stream is captured.
 *
 * Needs no context. For a stream that is not captured the call takes no lock that other streams
 * use and makes no system call.
 *
 * @param[in] stream the stream
 * @param[out] status the state of the capture; may be NULL if modelRI is not
 * @param[out] modelRI the graph that is recorded, NULL if the stream is not captured; may be NULL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL, or both other arguments are
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the stream does not exist
 * @see aclmdlRICaptureBegin()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICaptureGetInfo(aclrtStream stream,
						    aclmdlRICaptureStatus *status,
						    aclmdlRI *modelRI);

/**
 * @brief Exchange the capture mode of the calling thread.
 *
 * The mode of a thread and the modes of the open captures decide whether synchronous copies and
 * fills are allowed (107030). The mode of a thread is GLOBAL at first. In a thread with the mode
 * RELAXED they are always allowed.
 *
 * @param[in,out] mode the new mode; the call writes the one before
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): mode is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the mode is unknown
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @see aclmdlRICaptureBegin(), aclrtMemcpy()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICaptureThreadExchangeMode(aclmdlRICaptureMode *mode);

/**
 * @brief Add the replay of a graph to a stream.
 *
 * The replay is one task in the order of the stream. Replays of one graph do not overlap, also in
 * different streams. The first failure of a captured task ends the replay; the next call that waits
 * for the stream reports it, with the number, function, stream and thread of the captured task.
 *
 * @param[in] modelRI the graph
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval graph_argument each error of a call with a graph
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the stream is bound to a graph
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured
 * @retval ACL_ERROR_RT_MODEL_CAPTURED (107026): the graph is being captured
 * @retval ACL_ERROR_RT_MODEL_EXECUTE (507011): the graph is not complete
 * @retval ACL_ERROR_RT_STREAM_CONTEXT (107003): the stream belongs to another context
 * @see aclmdlRICaptureBegin(), aclmdlRIDestroy()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIExecuteAsync(aclmdlRI modelRI, aclrtStream stream);

/**
 * @brief Replay a graph of aclmdlRIBuildBegin() and wait for its end.
 *
 * @param[in] modelRI the graph
 * @param[in] timeout milliseconds; -1 waits without end
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval graph_argument each error of a call with a graph
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): timeout is 0 or below -1, or the graph was captured
 * @retval ACL_ERROR_RT_MODEL_EXECUTE (507011): the graph is not complete
 * @retval ACL_ERROR_RT_STREAM_SYNC_TIMEOUT (507046): the time has passed; the replay goes on
 * @see aclmdlRIBuildBegin(), aclmdlRIAbort()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIExecute(aclmdlRI modelRI, int32_t timeout);

/**
 * @brief Abort the replays that aclmdlRIExecute() began.
 *
 * @param[in] modelRI the graph
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_INTERNAL_ERROR (507000): modelRI is NULL
 * @retval graph_argument each other error of a call with a graph
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the graph was captured
 * @see aclmdlRIExecute()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIAbort(aclmdlRI modelRI);

/**
 * @brief Destroy a graph.
 *
 * The call waits for replays that are in streams, for at most 10 s. Functions of
 * aclmdlRIDestroyRegisterCallback() run before it returns. The memory, streams and events of the
 * program that the graph uses stay. The handles of its tasks and task groups end.
 *
 * @param[in] modelRI the graph
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval graph_argument each error of a call with a graph
 * @retval ACL_ERROR_RT_MODEL_CAPTURED (107026): the graph is being captured
 * @retval ACL_ERROR_RT_MODEL_RUNNING (107037): replays were not finished after 10 s
 * @see aclmdlRICaptureEnd(), aclmdlRIBuildBegin()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIDestroy(aclmdlRI modelRI);

/**
 * @brief Register a function that runs when a graph is destroyed.
 *
 * @param[in] modelRI the graph
 * @param[in] func the function
 * @param[in] userData argument of the function
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): modelRI or func is NULL, or the function is
 *         registered for this graph
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the graph does not exist
 * @see aclmdlRIDestroyUnregisterCallback()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIDestroyRegisterCallback(aclmdlRI modelRI, aclrtCallback func,
							     void *userData);

/**
 * @brief Undo aclmdlRIDestroyRegisterCallback().
 *
 * @param[in] modelRI the graph
 * @param[in] func the function
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): modelRI or func is NULL, or the function is not
 *         registered for this graph
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the graph does not exist
 * @see aclmdlRIDestroyRegisterCallback()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIDestroyUnregisterCallback(aclmdlRI modelRI,
							       aclrtCallback func);

/**
 * @brief Write the tasks of a graph to a file.
 *
 * The file is a JSON array of trace events, which chrome://tracing loads: a row for each stream, a
 * slice for each task.
 *
 * @param[in] modelRI the graph
 * @param[in] path the file; its directory must exist
 * @param[in] flags ACL_MDLRI_DEBUG_JSON_PRINT_VERBOSE adds threads and addresses; not checked
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): path is NULL
 * @retval graph_argument each error of a call with a graph
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the file cannot be written
 * @see aclmdlRIDebugPrint()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIDebugJsonPrint(aclmdlRI modelRI, const char *path,
						    uint32_t flags);

/**
 * @brief Write the tasks of a graph to the log, at the level of information.
 *
 * @param[in] modelRI the graph
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval graph_argument each error of a call with a graph
 * @see aclmdlRIDebugJsonPrint(), aclAppLog()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIDebugPrint(aclmdlRI modelRI);

/**
 * @brief Name a graph, for messages and reports.
 *
 * @param[in] modelRI the graph
 * @param[in] name the name, of which 511 bytes are used
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): modelRI or name is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the graph does not exist
 * @see aclmdlRIGetName()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRISetName(aclmdlRI modelRI, const char *name);

/**
 * @brief Get the name of a graph.
 *
 * @param[in] modelRI the graph
 * @param[in] maxLen bytes at name; a longer name is cut
 * @param[out] name the name, "" if it has none
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): modelRI or name is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the graph does not exist
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): maxLen is 0
 * @see aclmdlRISetName()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIGetName(aclmdlRI modelRI, uint32_t maxLen, char *name);

/**
 * @brief Get the number of a graph, which is unique among the graphs that exist.
 *
 * @param[in] modelRI the graph
 * @param[out] modelRIId the number
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): modelRI or modelRIId is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the graph does not exist
 * @see aclmdlRIGetName()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIGetId(aclmdlRI modelRI, uint32_t *modelRIId);

#ifdef __cplusplus
}
#endif

#endif
