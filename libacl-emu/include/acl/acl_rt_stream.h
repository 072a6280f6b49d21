/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_stream.h
 * @brief Streams, and tasks that run in them.
 */
#ifndef ACL_EMU_ACL_RT_STREAM_H
#define ACL_EMU_ACL_RT_STREAM_H

#include "acl_base_rt.h"
#include "acl_rt_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @page streams Streams
 *
 * A stream is a queue with a thread that executes its tasks in order. Different streams run at the
 * same time. A stream belongs to the context that was current when it was created, and ends with
 * it. NULL means the default stream of the current context.
 *
 * A call that adds a task to a stream checks its arguments. An error that occurs when the task runs
 * is reported once, by the next call that waits for the stream; the sentence of that call contains
 * the sentence of the task. By default the stream continues with the next task.
 *
 * A function of the program that runs in a stream must not wait for that stream or destroy it. Such
 * calls fail with 207000.
 */

/**
 * @page stream_argument Errors of calls with a stream
 *
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the stream does not exist; this is checked first
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_STREAM_CONTEXT (107003): the stream belongs to another context
 */

/** @name Flags of a stream at creation */
/** @{ */
#define ACL_STREAM_FAST_LAUNCH 0x00000001U
#define ACL_STREAM_FAST_SYNC 0x00000002U
#define ACL_STREAM_PERSISTENT 0x00000004U
#define ACL_STREAM_HUGE 0x00000008U
#define ACL_STREAM_CPU_SCHEDULE 0x00000010U
#define ACL_STREAM_DEVICE_USE_ONLY 0x00000020U
/** @} */

/** @name Conditions of aclrtValueWait() */
/** @{ */
#define ACL_STREAM_WAIT_VALUE_GEQ 0x00000000U
#define ACL_STREAM_WAIT_VALUE_EQ 0x00000001U
#define ACL_STREAM_WAIT_VALUE_AND 0x00000002U
#define ACL_STREAM_WAIT_VALUE_NOR 0x00000003U
/** @} */

/** @name Values of ACL_STREAM_ATTR_FAILURE_MODE */
/** @{ */
#define ACL_CONTINUE_ON_FAILURE 0x00000000U
#define ACL_STOP_ON_FAILURE 0x00000001U
/** @} */

/** @brief Whether a stream has tasks left. */
typedef enum aclrtStreamStatus {
	ACL_STREAM_STATUS_COMPLETE = 0,
	ACL_STREAM_STATUS_NOT_READY = 1,
	ACL_STREAM_STATUS_RESERVED = 65535,
} aclrtStreamStatus;

/** @brief Whether a stream waits for a host callback to return. */
typedef enum aclrtCallbackBlockType {
	ACL_CALLBACK_NO_BLOCK = 0,
	ACL_CALLBACK_BLOCK = 1,
} aclrtCallbackBlockType;

/** @brief Host function of aclrtLaunchCallback(), called with its user data. */
typedef void (*aclrtCallback)(void *);
/** @brief Host function of aclrtLaunchHostFunc(), called with its argument. */
typedef void (*aclrtHostFunc)(void *);

/** @brief Members of aclrtStreamConfigHandle that can be set by name. */
typedef enum aclrtStreamConfigAttr {
	ACL_RT_STREAM_WORK_ADDR_PTR = 0,
	ACL_RT_STREAM_WORK_SIZE = 1,
	ACL_RT_STREAM_FLAG = 2,
	ACL_RT_STREAM_PRIORITY = 3,
} aclrtStreamConfigAttr;

/** @brief Configuration of a stream. */
typedef struct aclrtStreamConfigHandle {
	void *workptr;
	size_t workSize; /**< bytes at workptr */
	size_t flag;
	uint32_t priority;
} aclrtStreamConfigHandle;

/** @brief Attributes of a stream that can be changed. */
typedef enum aclrtStreamAttr {
	ACL_STREAM_ATTR_FAILURE_MODE = 1,
	ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK = 2,
	ACL_STREAM_ATTR_USER_CUSTOM_TAG = 3,
	ACL_STREAM_ATTR_CACHE_OP_INFO = 4,
	ACL_STREAM_ATTR_PRIORITY = 5,
} aclrtStreamAttr;

/** @brief Value of a stream attribute. */
typedef union aclrtStreamAttrValue {
	uint64_t failureMode;
	uint32_t overflowSwitch;
	uint32_t userCustomTag;
	uint32_t cacheOpInfoSwitch;
	uint32_t streamPriority;
	uint32_t reserve[4];
} aclrtStreamAttrValue;

/** @brief Event at which a stream state callback runs. */
typedef enum aclrtStreamState {
	ACL_RT_STREAM_STATE_CREATE_POST = 1,
	ACL_RT_STREAM_STATE_DESTROY_PRE = 2,
} aclrtStreamState;

/** @brief Called with the stream, the event and user data. */
typedef void (*aclrtStreamStateCallback)(aclrtStream, aclrtStreamState, void *);

/** @brief Cache maintenance operations. */
typedef enum aclrtCmoType {
	ACL_RT_CMO_TYPE_PREFETCH = 0,
	ACL_RT_CMO_TYPE_WRITEBACK = 1,
	ACL_RT_CMO_TYPE_INVALID = 2,
	ACL_RT_CMO_TYPE_FLUSH = 3,
} aclrtCmoType;
#define ACL_RT_CMO_MAX_BARRIER_NUM 6U
/** @brief One barrier of a cache maintenance task. */
typedef struct aclrtBarrierCmoInfo {
	aclrtCmoType cmoType;
	uint32_t barrierId;
} aclrtBarrierCmoInfo;

/** @brief Barriers of one task. */
typedef struct aclrtBarrierTaskInfo {
	size_t barrierNum; /**< entries in use */
	aclrtBarrierCmoInfo cmoInfo[6];
} aclrtBarrierTaskInfo;

/** @brief Reductions that a copy can perform. */
typedef enum aclrtReduceKind {
	ACL_RT_MEMCPY_SDMA_AUTOMATIC_SUM = 10,
	ACL_RT_MEMCPY_SDMA_AUTOMATIC_MAX = 11,
	ACL_RT_MEMCPY_SDMA_AUTOMATIC_MIN = 12,
	ACL_RT_MEMCPY_SDMA_AUTOMATIC_EQUAL = 13,
} aclrtReduceKind;

/** @brief Comparison of a conditional jump. */
typedef enum aclrtCondition {
	ACL_RT_EQUAL = 0,
	ACL_RT_NOT_EQUAL = 1,
	ACL_RT_GREATER = 2,
	ACL_RT_GREATER_OR_EQUAL = 3,
	ACL_RT_LESS = 4,
	ACL_RT_LESS_OR_EQUAL = 5,
} aclrtCondition;

/** @brief Type of the compared values. */
typedef enum aclrtCompareDataType {
	ACL_RT_SWITCH_INT32 = 0,
	ACL_RT_SWITCH_INT64 = 1,
} aclrtCompareDataType;

/**
 * @brief Create a stream in the current context, with priority 0 and without flags.
 *
 * @param[out] stream the stream; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_NO_STREAM_RESOURCE (207008): 16384 streams exist
 * @see aclrtDestroyStream(), aclrtSynchronizeStream(), aclrtMemcpyAsync(),
 *      aclrtCreateStreamWithConfig()
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateStream(aclrtStream *stream);

/**
 * @brief Create a stream with a priority and flags.
 *
 * Priority and flags are stored and returned; they have no effect on the execution. A priority
 * above 7 is stored as 7, and unknown flags are not stored.
 *
 * @param[out] stream the stream; not written on failure
 * @param[in] priority 0 (highest) to 7
 * @param[in] flag bits ACL_STREAM_*, or 0
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval aclrtCreateStream() each error of that function
 * @par Differences
 * The real stack schedules streams by their priorities.
 * @see aclrtCreateStream(), aclrtStreamGetPriority(), aclrtStreamGetFlags(),
 *      aclrtDeviceGetStreamPriorityRange()
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateStreamWithConfig(aclrtStream *stream, uint32_t priority,
							 uint32_t flag);

/**
 * @brief Destroy a stream after all its tasks have completed.
 *
 * @param[in] stream a stream of the current context, except a default stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the stream is a default stream
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the call was made by a function that runs in
 *         the stream
 * @par Differences
 * The real stack destroys a default stream, which the context goes on using.
 * @see aclrtCreateStream(), aclrtDestroyStreamForce()
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyStream(aclrtStream stream);

/**
 * @brief Destroy a stream without executing its remaining tasks.
 *
 * Tasks that have not started are dropped, and waits of the stream end. A copy or a function of the
 * program that is running completes first. Threads that wait for the stream return with 107023.
 *
 * @param[in] stream a stream of the current context, except a default stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval aclrtDestroyStream() each error of that function
 * @see aclrtDestroyStream(), aclrtStreamAbort()
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyStreamForce(aclrtStream stream);

/**
 * @brief Wait until all tasks that were added to a stream before have completed.
 *
 * @param[in] stream a stream of any context; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), the error of a task that failed, or an error of the list
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the stream does not exist, or a task failed because
 *         memory was not mapped when it ran; other tasks have other codes
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_WAIT_TIMEOUT (107019): a wait for a notify in the stream reached its time
 *         limit
 * @retval ACL_ERROR_RT_STREAM_ABORT (107023): another thread aborted the stream during the wait
 * @retval ACL_ERROR_RT_TASK_ABORT_STOP (107035): the stream was stopped with tasks left
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the call was made by a function that runs in
 *         the stream
 * @par Differences
 * On the real stack the device stays in an error state after a task has failed. Here the error is
 * reported once, or with ACL_STOP_ON_FAILURE until aclrtStreamAbort().
 * @see aclrtSynchronizeStreamWithTimeout(), aclrtStreamQuery(), aclrtSynchronizeDevice(),
 *      aclrtSynchronizeEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeStream(aclrtStream stream);

/**
 * @brief Wait for the tasks of a stream for a limited time.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] timeout milliseconds, at least 1; -1 waits without limit
 * @return ACL_SUCCESS (0), the error of a task that failed, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): timeout is 0 or less than -1
 * @retval ACL_ERROR_RT_STREAM_SYNC_TIMEOUT (507046): the time has passed and tasks are left
 * @retval aclrtSynchronizeStream() each error of that function
 * @see aclrtSynchronizeStream()
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream,
							       int32_t timeout);

/**
 * @brief Return whether all tasks of a stream have completed.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[out] status ACL_STREAM_STATUS_COMPLETE or ACL_STREAM_STATUS_NOT_READY; not written on
 *            failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): status is NULL
 * @retval stream_argument each error of a call with a stream
 * @see aclrtSynchronizeStream()
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus *status);

/**
 * @brief Drop all tasks of a stream.
 *
 * Tasks that have not started are dropped, and waits of the stream end. A copy or a function of the
 * program that is running completes first. The stream can be used again afterwards, also after a
 * failure or aclrtStreamStop(). Threads that wait for the stream return with 107023.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): stream is NULL and the thread has no current context
 * @retval stream_argument each error of a call with a stream
 * @see aclrtStreamStop(), aclrtDestroyStreamForce(), aclrtDeviceTaskAbort()
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamAbort(aclrtStream stream);

/**
 * @brief Stop a stream and keep the tasks that have not started.
 *
 * The running task ends as by aclrtStreamAbort(). The tasks behind it do not start any more;
 * aclrtStreamAbort() or the end of the stream drops them.
 *
 * @param[in] stream the stream, not NULL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): stream is NULL
 * @retval stream_argument each error of a call with a stream
 * @see aclrtStreamAbort(), aclrtSynchronizeStream()
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamStop(aclrtStream stream);

/**
 * @brief Select what a stream does after a task has failed.
 *
 * By default the stream continues with the next task. With ACL_STOP_ON_FAILURE the remaining tasks
 * are dropped, and every later call that uses or waits for the stream returns the error of the
 * task, until aclrtStreamAbort().
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[in] mode ACL_CONTINUE_ON_FAILURE or ACL_STOP_ON_FAILURE; only bit 0 counts
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): stream is NULL and the thread has no current context
 * @retval stream_argument each error of a call with a stream
 * @see aclrtStreamAbort(), aclrtSynchronizeStream()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode);

/**
 * @brief Return a number that is unique among the existing streams of the process.
 *
 * @param[in] stream a stream of any context; NULL means the default stream of the current context
 * @param[out] streamId 0 or greater; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): streamId is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the stream does not exist
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): stream is NULL and the thread has no current context
 * @see aclrtCreateStream()
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamGetId(aclrtStream stream, int32_t *streamId);

/**
 * @brief Return the priority with which a stream was created.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[out] priority 0 (highest) to 7; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): priority is NULL
 * @retval stream_argument each error of a call with a stream
 * @see aclrtCreateStreamWithConfig()
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamGetPriority(aclrtStream stream, uint32_t *priority);

/**
 * @brief Return the flags with which a stream was created.
 *
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @param[out] flags bits ACL_STREAM_*; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): flags is NULL
 * @retval stream_argument each error of a call with a stream
 * @see aclrtCreateStreamWithConfig()
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamGetFlags(aclrtStream stream, uint32_t *flags);

/**
 * @brief Add a copy to a stream.
 *
 * The addresses decide where the data is. A copy from or to host memory that was neither allocated
 * with aclrtMallocHost() nor registered waits for the stream and is complete when the call returns;
 * it then returns the errors of aclrtMemcpy() too. Otherwise the addresses are checked when the
 * copy runs: if a range is not mapped then, the task fails with 107017 and nothing is written.
 *
 * @param[out] dst destination
 * @param[in] destMax bytes available at dst
 * @param[in] src source
 * @param[in] count bytes to copy, at most destMax; 0 succeeds whatever the other arguments are
 * @param[in] kind one of aclrtMemcpyKind
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): dst or src is NULL, or kind is unknown
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): count is greater than destMax, or kind contradicts
 *         an address of pageable host memory
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): both ranges are on the host
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): reported by the stream: a range is not mapped when
 *         the copy runs
 * @retval stream_argument each error of a call with a stream
 * @par Example
 * @code
 * aclrtStream stream;
 *
 * aclrtCreateStream(&stream);
 * aclrtMemcpyAsync(dev, size, pinned, size, ACL_MEMCPY_HOST_TO_DEVICE, stream);
 * aclrtSynchronizeStream(stream);
 * @endcode
 * @see aclrtMemcpy(), aclrtMemcpy2dAsync(), aclrtMemcpyBatchAsync(), aclrtSynchronizeStream()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyAsync(void *dst, size_t destMax, const void *src,
					      size_t count, aclrtMemcpyKind kind,
					      aclrtStream stream);

/**
 * @brief Add a copy of rows to a stream.
 *
 * Host memory that is not pinned is treated as by aclrtMemcpyAsync(). If a row is not mapped when
 * the copy runs, nothing is written.
 *
 * @param[out] dst destination of the first row
 * @param[in] dpitch bytes from one row to the next at dst
 * @param[in] src source of the first row
 * @param[in] spitch bytes from one row to the next at src
 * @param[in] width bytes of a row, at most 5000000; 0 succeeds whatever the other arguments are
 * @param[in] height number of rows, at most 5242880; 0 succeeds whatever the other arguments are
 * @param[in] kind host to device, device to host, device to device, or default
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): dst or src is NULL, width is greater than a pitch, or
 *         kind has another value
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): width or height is too large
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): reported by the stream: a row is not mapped when
 *         the copy runs
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): both ranges are on the host
 * @retval stream_argument each error of a call with a stream
 * @see aclrtMemcpy2d(), aclrtMemcpyAsync()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpy2dAsync(void *dst, size_t dpitch, const void *src,
						size_t spitch, size_t width, size_t height,
						aclrtMemcpyKind kind, aclrtStream stream);

/**
 * @brief Add a fill with a byte to a stream.
 *
 * Host memory that is not pinned is treated as by aclrtMemcpyAsync().
 *
 * @param[out] devPtr start
 * @param[in] maxCount bytes available at devPtr
 * @param[in] value the low 8 bits are written to each byte
 * @param[in] count bytes to fill, at most maxCount; 0 succeeds whatever the other arguments are
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): count is greater than maxCount
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): reported by the stream: the range is not mapped
 *         when the fill runs
 * @retval stream_argument each error of a call with a stream
 * @see aclrtMemset(), aclrtMemsetD32Async()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemsetAsync(void *devPtr, size_t maxCount, int32_t value,
					      size_t count, aclrtStream stream);

/**
 * @brief Add a fill with a 32-bit word to a stream.
 *
 * @param[in] ptr start, a multiple of 4
 * @param[in] memSize bytes available at ptr
 * @param[in] value the word
 * @param[in] N number of words, 1 to memSize / 4
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): ptr is NULL or not a multiple of 4, or N is 0 or too
 *         large
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): reported by the stream: the range is not mapped, or
 *         may not be accessed, when the fill runs
 * @retval stream_argument each error of a call with a stream
 * @see aclrtMemsetD32(), aclrtMemsetAsync()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemsetD32Async(void *ptr, size_t memSize, uint32_t value,
						 size_t N, aclrtStream stream);

/**
 * @brief Add a write of 8 bytes to a stream.
 *
 * @param[out] devAddr mapped memory or pinned host memory, a multiple of 8
 * @param[in] value the value to write
 * @param[in] flag must be 0
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): devAddr is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flag is not 0, or devAddr is neither device
 *         memory nor pinned host memory
 * @retval ACL_ERROR_RT_ADDR_UNALIGNED (107008): devAddr is not a multiple of 8
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): reported by the stream: the address is not mapped
 *         when the write runs
 * @retval stream_argument each error of a call with a stream
 * @see aclrtValueWait()
 */
ACL_FUNC_VISIBILITY aclError aclrtValueWrite(void *devAddr, uint64_t value, uint32_t flag,
					     aclrtStream stream);

/**
 * @brief Make a stream wait until 8 bytes of memory have a value.
 *
 * With v for the value in memory, the wait ends: ACL_STREAM_WAIT_VALUE_GEQ when (int64_t)(v -
 * value) >= 0, ACL_STREAM_WAIT_VALUE_EQ when v == value, ACL_STREAM_WAIT_VALUE_AND when v & value
 * is not 0, ACL_STREAM_WAIT_VALUE_NOR when ~(v | value) is not 0.
 *
 * @param[in] devAddr mapped memory or pinned host memory, a multiple of 8
 * @param[in] value the value to compare with
 * @param[in] flag one of ACL_STREAM_WAIT_VALUE_*
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): devAddr is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flag is unknown, or devAddr is neither device
 *         memory nor pinned host memory
 * @retval ACL_ERROR_RT_ADDR_UNALIGNED (107008): devAddr is not a multiple of 8
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): reported by the stream: the address is not mapped
 *         when the wait runs
 * @retval stream_argument each error of a call with a stream
 * @see aclrtValueWrite(), aclrtStreamWaitEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtValueWait(void *devAddr, uint64_t value, uint32_t flag,
					    aclrtStream stream);

/**
 * @brief Add a copy to a stream, and wait if the host memory is not pinned.
 *
 * This is what aclrtMemcpyAsync() does here in every case.
 *
 * @param[in] dst destination
 * @param[in] destMax bytes available at dst
 * @param[in] src source
 * @param[in] count bytes to copy, at most destMax; 0 succeeds
 * @param[in] kind direction; the addresses decide
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval aclrtMemcpyAsync() each error of that function
 * @see aclrtMemcpyAsync()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyAsyncWithCondition(void *dst, size_t destMax,
							   const void *src, size_t count,
							   aclrtMemcpyKind kind,
							   aclrtStream stream);

/**
 * @brief Add a copy of several ranges to a stream.
 *
 * The call checks the arguments and the locations of the ranges. If a range is not mapped when the
 * copy runs, the task fails with 107017.
 *
 * @param[in] dsts destination of each range
 * @param[in] destMaxs bytes available at each destination
 * @param[in] srcs source of each range
 * @param[in] sizes bytes of each range
 * @param[in] numBatches number of ranges, at least 1
 * @param[in] attrs locations of the ranges: one end on the host, the other on a device
 * @param[in] attrsIndexes first range of each attribute; the first value is 0, the others ascend
 * @param[in] numAttrs number of attributes, 1 to numBatches
 * @param[out] failIndex on failure the index of the range that failed, or SIZE_MAX if the error is
 *            not that of a range
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, numBatches is 0, a size is greater
 *         than its destMaxs, or a reserved byte is not 0
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): numAttrs, attrsIndexes or the type of a location is
 *         invalid, an address is NULL, or a range is not where its attribute says
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): both ends of an attribute are on the host, or
 *         both on devices
 * @retval stream_argument each error of a call with a stream
 * @see aclrtMemcpyBatch(), aclrtMemcpyAsync()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyBatchAsync(void **dsts, size_t *destMaxs, void **srcs,
						   size_t *sizes, size_t numBatches,
						   aclrtMemcpyBatchAttr *attrs,
						   size_t *attrsIndexes, size_t numAttrs,
						   size_t *failIndex, aclrtStream stream);

/**
 * @brief Add a copy of several ranges to a stream, without an index of the failed range.
 *
 * Like aclrtMemcpyBatchAsync().
 *
 * @param[in] dsts destination of each range
 * @param[in] destMaxs bytes available at each destination
 * @param[in] srcs source of each range
 * @param[in] sizes bytes of each range
 * @param[in] numBatches number of ranges, at least 1
 * @param[in] attrs locations of the ranges: one end on the host, the other on a device
 * @param[in] attrsIndexes first range of each attribute; the first value is 0, the others ascend
 * @param[in] numAttrs number of attributes, 1 to numBatches
 * @param[in] stream the stream; NULL means the default stream of the current context
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval aclrtMemcpyBatchAsync() each error of that function
 * @see aclrtMemcpyBatchAsync(), aclrtMemcpyBatchV2()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyBatchAsyncV2(void **dsts, size_t *destMaxs, void **srcs,
						     size_t *sizes, size_t numBatches,
						     aclrtMemcpyBatchAttr *attrs,
						     size_t *attrsIndexes, size_t numAttrs,
						     aclrtStream stream);

/**
 * @brief Set the time limit of later waits for events in streams, for the whole process.
 *
 * @param[in] timeout seconds, 0 for none; a wait that expires fails with 507047
 * @return ACL_SUCCESS (0)
 * @see aclrtStreamWaitEvent()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetOpWaitTimeout(uint32_t timeout);

/**
 * @brief Set the time limit of kernels, in seconds. It is stored and has no effect.
 *
 * @param[in] timeout seconds, 0 for the default
 * @return ACL_SUCCESS (0)
 * @see aclrtGetOpExecuteTimeout(), aclrtSetOpExecuteTimeOutV2()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetOpExecuteTimeOut(uint32_t timeout);

/**
 * @brief Set the time limit of kernels, in milliseconds. It is stored and has no effect.
 *
 * @param[in] timeout milliseconds, 0 for the default
 * @return ACL_SUCCESS (0)
 * @see aclrtGetOpExecuteTimeout()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetOpExecuteTimeOutWithMs(uint32_t timeout);

/**
 * @brief Set the time limit of kernels, in microseconds. It is stored and has no effect.
 *
 * @param[in] timeout microseconds, rounded up to the interval; 0 for the largest
 * @param[out] actualTimeout the limit that is stored, 1 to 254 intervals
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): actualTimeout is NULL
 * @see aclrtGetOpTimeOutInterval()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetOpExecuteTimeOutV2(uint64_t timeout, uint64_t *actualTimeout);

/**
 * @brief Get the smallest step of the time limit of kernels.
 *
 * @param[out] interval microseconds, 1000000
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): interval is NULL
 * @see aclrtSetOpExecuteTimeOutV2()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetOpTimeOutInterval(uint64_t *interval);

/**
 * @brief Get the time limit of kernels.
 *
 * @param[out] timeoutMs milliseconds, 1091000 if none was set
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): timeoutMs is NULL
 * @see aclrtSetOpExecuteTimeOut()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetOpExecuteTimeout(uint32_t *const timeoutMs);

#ifdef __cplusplus
}
#endif

#endif
