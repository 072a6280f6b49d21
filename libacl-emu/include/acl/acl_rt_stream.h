/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_stream.h
 * @brief Streams and the operations that run in them.
 */
#ifndef ACL_EMU_ACL_RT_STREAM_H
#define ACL_EMU_ACL_RT_STREAM_H

#include "acl_base_rt.h"

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

#ifdef __cplusplus
}
#endif

#endif
