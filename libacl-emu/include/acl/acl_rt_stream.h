/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_stream.h
 * @brief Streams and the operations that run in them.
 *
 * A stream is a queue with a thread of its own: what is put into it runs in order, and different
 * streams run at the same time. It belongs to the context that was current when it was made, and
 * ends with it. NULL stands for the default stream of the current context.
 *
 * Every call with a stream can give, beside what is said about it:
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such stream, or destroyed
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_STREAM_CONTEXT (107003): the stream belongs to another context
 *
 * A call that puts work into a stream checks its arguments. What goes wrong later is a failure of
 * the stream: its code is given, once, by the next call that waits for the stream, with the
 * sentence of the task in its own. By default the stream goes on behind a failed task.
 *
 * Functions of the program that run in a stream must not wait for that stream, nor destroy it:
 * that is ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000).
 */
#ifndef ACL_EMU_ACL_RT_STREAM_H
#define ACL_EMU_ACL_RT_STREAM_H

#include "acl_base_rt.h"
#include "acl_rt_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @name Flags of a stream at creation */
/** @{ */
#define ACL_STREAM_FAST_LAUNCH 0x00000001U
#define ACL_STREAM_FAST_SYNC 0x00000002U
#define ACL_STREAM_PERSISTENT 0x00000004U
#define ACL_STREAM_HUGE 0x00000008U
#define ACL_STREAM_CPU_SCHEDULE 0x00000010U
#define ACL_STREAM_DEVICE_USE_ONLY 0x00000020U
/** @} */

/** @name Comparisons of a wait for a value in memory */
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

/** @brief Whether a stream has work left. */
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

/** @brief Host function run by a stream, with its user data. */
typedef void (*aclrtCallback)(void *);
/** @brief Host function run by a stream in its order, with its user data. */
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

/** @brief Attributes of a stream that can change during its life. */
typedef enum aclrtStreamAttr {
	ACL_STREAM_ATTR_FAILURE_MODE = 1,
	ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK = 2,
	ACL_STREAM_ATTR_USER_CUSTOM_TAG = 3,
	ACL_STREAM_ATTR_CACHE_OP_INFO = 4,
	ACL_STREAM_ATTR_PRIORITY = 5,
} aclrtStreamAttr;

/** @brief Value of such an attribute. */
typedef union aclrtStreamAttrValue {
	uint64_t failureMode;
	uint32_t overflowSwitch;
	uint32_t userCustomTag;
	uint32_t cacheOpInfoSwitch;
	uint32_t streamPriority;
	uint32_t reserve[4];
} aclrtStreamAttrValue;

/** @brief Moment at which a stream state callback runs. */
typedef enum aclrtStreamState {
	ACL_RT_STREAM_STATE_CREATE_POST = 1,
	ACL_RT_STREAM_STATE_DESTROY_PRE = 2,
} aclrtStreamState;

/** @brief Called with the stream, the moment and user data. */
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

/** @brief Reductions a copy can do on the way. */
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

/** @brief Width of what is compared. */
typedef enum aclrtCompareDataType {
	ACL_RT_SWITCH_INT32 = 0,
	ACL_RT_SWITCH_INT64 = 1,
} aclrtCompareDataType;


/**
 * @brief Make a stream in the current context, with priority 0 and no flags.
 *
 * @param[out] stream the stream; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_NO_STREAM_RESOURCE (207008): 16384 streams are there
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateStream(aclrtStream *stream);

/**
 * @brief Make a stream with a priority and flags, which are kept and have no effect here.
 *
 * @param[out] stream the stream; untouched on failure
 * @param[in] priority 0 (highest) .. 7
 * @param[in] flag bits ACL_STREAM_*, or 0
 * @return as aclrtCreateStream(), or
 * - ACL_ERROR_RT_PARAM_INVALID (107000): priority or flag out of range
 */
ACL_FUNC_VISIBILITY aclError aclrtCreateStreamWithConfig(aclrtStream *stream, uint32_t priority,
							 uint32_t flag);

/**
 * @brief End a stream when all that is in it is done.
 *
 * @param[in] stream a stream of any context; not a default one
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such stream, or a default one
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): called by a function that runs in the stream
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyStream(aclrtStream stream);

/**
 * @brief End a stream now.
 *
 * What has not begun never does, and what waits is ended; a copy or a function of the program that
 * runs is waited for. Threads that wait for the stream get 107023.
 *
 * @param[in] stream a stream of any context; not a default one
 * @return as aclrtDestroyStream()
 */
ACL_FUNC_VISIBILITY aclError aclrtDestroyStreamForce(aclrtStream stream);

/**
 * @brief Wait until all that was put into a stream before is done.
 *
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), the code of a task that failed, or
 * - ACL_ERROR_RT_STREAM_ABORT (107023): another thread aborted it meanwhile
 * - ACL_ERROR_RT_TASK_ABORT_STOP (107035): it was stopped with tasks left
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): called by a function that runs in the stream
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeStream(aclrtStream stream);

/**
 * @brief The same with an end.
 *
 * @param[in] stream the stream
 * @param[in] timeout milliseconds; 0 only looks, -1 waits without end
 * @return as aclrtSynchronizeStream(), or
 * - ACL_ERROR_RT_PARAM_INVALID (107000): timeout is less than -1
 * - ACL_ERROR_RT_STREAM_SYNC_TIMEOUT (507046): tasks were left at the end of the time
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream,
							       int32_t timeout);

/**
 * @brief Is anything left in a stream?
 *
 * @param[in] stream the stream
 * @param[out] status ACL_STREAM_STATUS_COMPLETE or ACL_STREAM_STATUS_NOT_READY; untouched on
 *             failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): status is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus *status);

/**
 * @brief Drop all that is in a stream.
 *
 * What waits is ended; a copy or a function of the program that runs is waited for. The stream can
 * be used again afterwards, also after a failure or aclrtStreamStop(). Threads that wait for it
 * get 107023.
 *
 * @param[in] stream the stream, not NULL
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamAbort(aclrtStream stream);

/**
 * @brief Stop a stream, and keep what has not begun.
 *
 * The task that runs is ended as by aclrtStreamAbort(). Those behind it do not begin any more:
 * they go with aclrtStreamAbort() or with the stream.
 *
 * @param[in] stream the stream, not NULL
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamStop(aclrtStream stream);

/**
 * @brief Choose what happens behind a task that fails.
 *
 * With ACL_STOP_ON_FAILURE the rest is dropped, and every later call that uses or waits for the
 * stream gives the code of the failure, until aclrtStreamAbort().
 *
 * @param[in] stream a stream, not a default one
 * @param[in] mode ACL_CONTINUE_ON_FAILURE or ACL_STOP_ON_FAILURE
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_RT_PARAM_INVALID (107000): mode is unknown, or the stream a default one
 */
ACL_FUNC_VISIBILITY aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode);

/**
 * @brief A number that no other living stream of the process has.
 *
 * @param[in] stream the stream
 * @param[out] streamId 0 or more; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): streamId is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamGetId(aclrtStream stream, int32_t *streamId);

/**
 * @brief Priority that a stream was made with.
 *
 * @param[in] stream the stream
 * @param[out] priority 0 (highest) .. 7; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): priority is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamGetPriority(aclrtStream stream, uint32_t *priority);

/**
 * @brief Flags that a stream was made with.
 *
 * @param[in] stream the stream
 * @param[out] flags bits ACL_STREAM_*; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): flags is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtStreamGetFlags(aclrtStream stream, uint32_t *flags);

/**
 * @brief Copy when the turn of the copy comes.
 *
 * Where data is follows from the addresses. A copy from or to host memory that is neither
 * allocated by aclrtMallocHost() nor registered waits for the stream and is done when the call
 * returns. Otherwise addresses are checked when the copy runs: a range that is not mapped then is
 * a failure of the stream (107017), and nothing is written.
 *
 * @param[out] dst destination
 * @param[in] destMax bytes at dst
 * @param[in] src source
 * @param[in] count bytes to copy; 0 succeeds whatever the rest is
 * @param[in] kind one of aclrtMemcpyKind
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), what aclrtMemcpy() gives for a copy that is done at once, or
 * - ACL_ERROR_INVALID_PARAM (100000): dst or src is NULL, or kind unknown
 * - ACL_ERROR_RT_PARAM_INVALID (107000): count is larger than destMax
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): from host to host
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyAsync(void *dst, size_t destMax, const void *src,
					      size_t count, aclrtMemcpyKind kind,
					      aclrtStream stream);

/**
 * @brief Copy rows when the turn of the copy comes; ordinary host memory as aclrtMemcpyAsync().
 *
 * @param[out] dst destination of the first row
 * @param[in] dpitch bytes from row to row at dst
 * @param[in] src source of the first row
 * @param[in] spitch bytes from row to row at src
 * @param[in] width bytes of a row, at most 5000000; 0 succeeds whatever the rest is
 * @param[in] height number of rows, at most 5242880; 0 succeeds whatever the rest is
 * @param[in] kind host to device, device to host, device to device, or default
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): dst or src is NULL, width larger than a pitch, or another
 *   kind
 * - ACL_ERROR_RT_PARAM_INVALID (107000): width or height is too large
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): told by the stream: a row is not mapped, nothing is
 *   written
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): from host to host
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpy2dAsync(void *dst, size_t dpitch, const void *src,
						size_t spitch, size_t width, size_t height,
						aclrtMemcpyKind kind, aclrtStream stream);

/**
 * @brief Fill memory when the turn of the fill comes; ordinary host memory as aclrtMemcpyAsync().
 *
 * @param[out] devPtr memory to fill
 * @param[in] maxCount bytes at devPtr
 * @param[in] value its low byte is written
 * @param[in] count bytes to fill; 0 succeeds whatever the rest is
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): count is larger than maxCount
 */
ACL_FUNC_VISIBILITY aclError aclrtMemsetAsync(void *devPtr, size_t maxCount, int32_t value,
					      size_t count, aclrtStream stream);

/**
 * @brief Put a fill with a word into a stream.
 *
 * @param[in] ptr start, a multiple of 4
 * @param[in] memSize bytes there are at ptr
 * @param[in] value the word
 * @param[in] N how many words, 1 to memSize / 4
 * @param[in] stream the stream; NULL is the default one of the current context
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): ptr is NULL or not a multiple of 4, N is 0 or too large
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such stream
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_INVALID_HANDLE (107017), by the stream: the range is not mapped when its turn
 *   comes, or may not be accessed
 */
ACL_FUNC_VISIBILITY aclError aclrtMemsetD32Async(void *ptr, size_t memSize, uint32_t value,
						 size_t N, aclrtStream stream);

/**
 * @brief Write 8 bytes to memory when the turn comes.
 *
 * @param[out] devAddr mapped memory or pinned host memory, aligned to 8 bytes
 * @param[in] value what is written
 * @param[in] flag 0
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): devAddr is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): flag is not 0, or the memory an ordinary one of the
 *   program
 * - ACL_ERROR_RT_ADDR_UNALIGNED (107008): devAddr is not aligned
 */
ACL_FUNC_VISIBILITY aclError aclrtValueWrite(void *devAddr, uint64_t value, uint32_t flag,
					     aclrtStream stream);

/**
 * @brief Let a stream wait until 8 bytes of memory have a value.
 *
 * What is there is v: ACL_STREAM_WAIT_VALUE_GEQ goes on when (int64_t)(v - value) >= 0, _EQ when
 * v == value, _AND when v & value is not 0, _NOR when ~(v | value) is not 0.
 *
 * @param[in] devAddr mapped memory or pinned host memory, aligned to 8 bytes
 * @param[in] value what v is compared with
 * @param[in] flag one of ACL_STREAM_WAIT_VALUE_*
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): devAddr is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): flag is unknown, or the memory an ordinary one of the
 *   program
 * - ACL_ERROR_RT_ADDR_UNALIGNED (107008): devAddr is not aligned
 */
ACL_FUNC_VISIBILITY aclError aclrtValueWait(void *devAddr, uint64_t value, uint32_t flag,
					    aclrtStream stream);

/**
 * @brief aclrtMemcpyAsync(), which here always does what the condition is about: with host memory
 *        that is not pinned it waits.
 *
 * @param[in] dst where to
 * @param[in] destMax room there
 * @param[in] src where from
 * @param[in] count bytes; 0 succeeds
 * @param[in] kind direction; it follows from the addresses
 * @param[in] stream the stream; NULL is the default one of the current context
 * @return as aclrtMemcpyAsync()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyAsyncWithCondition(void *dst, size_t destMax,
							   const void *src, size_t count,
							   aclrtMemcpyKind kind,
							   aclrtStream stream);

/**
 * @brief Put copies of many pieces into a stream.
 *
 * Numbers and places are checked by the call; a piece that is not mapped when its turn comes is a
 * failure of the stream, with 107017.
 *
 * @param[in] dsts where to, for each piece
 * @param[in] destMaxs room there
 * @param[in] srcs where from
 * @param[in] sizes bytes
 * @param[in] numBatches pieces, at least 1
 * @param[in] attrs where dsts and srcs are
 * @param[in] attrsIndexes first piece that each attribute is for; begins with 0 and rises
 * @param[in] numAttrs entries at attrs and attrsIndexes
 * @param[out] failIndex on failure the piece at fault, or SIZE_MAX
 * @param[in] stream the stream; NULL is the default one of the current context
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, sizes above room, reserved bytes
 * - ACL_ERROR_RT_PARAM_INVALID (107000): attributes, a piece that is elsewhere, no such stream
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): not between host and device
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyBatchAsync(void **dsts, size_t *destMaxs, void **srcs,
						   size_t *sizes, size_t numBatches,
						   aclrtMemcpyBatchAttr *attrs,
						   size_t *attrsIndexes, size_t numAttrs,
						   size_t *failIndex, aclrtStream stream);

/**
 * @brief aclrtMemcpyBatchAsync() without the index of the piece at fault.
 *
 * @param[in] dsts where to, for each piece
 * @param[in] destMaxs room there
 * @param[in] srcs where from
 * @param[in] sizes bytes
 * @param[in] numBatches pieces, at least 1
 * @param[in] attrs where dsts and srcs are
 * @param[in] attrsIndexes first piece that each attribute is for; begins with 0 and rises
 * @param[in] numAttrs entries at attrs and attrsIndexes
 * @param[in] stream the stream; NULL is the default one of the current context
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, sizes above room, reserved bytes
 * - ACL_ERROR_RT_PARAM_INVALID (107000): attributes, a piece that is elsewhere, no such stream
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): not between host and device
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyBatchAsyncV2(void **dsts, size_t *destMaxs, void **srcs,
						     size_t *sizes, size_t numBatches,
						     aclrtMemcpyBatchAttr *attrs,
						     size_t *attrsIndexes, size_t numAttrs,
						     aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif
