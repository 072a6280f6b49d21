/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_error.h
 * @brief What went wrong: last error, its sentence, faults of a device.
 */
#ifndef ACL_EMU_ACL_RT_ERROR_H
#define ACL_EMU_ACL_RT_ERROR_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Scope of the remembered error. */
typedef enum aclrtLastErrLevel {
	ACL_RT_THREAD_LEVEL = 0,
} aclrtLastErrLevel;

/** @brief Kind of a device fault. */
typedef enum aclrtErrorType {
	ACL_RT_NO_ERROR = 0,
	ACL_RT_ERROR_MEMORY = 1,
	ACL_RT_ERROR_L2 = 2,
	ACL_RT_ERROR_AICORE = 3,
	ACL_RT_ERROR_LINK = 4,
	ACL_RT_ERROR_L3_PORT = 5,
	ACL_RT_ERROR_OTHERS = 65535,
} aclrtErrorType;

/** @brief Cause of an AI core fault. */
typedef enum aclrtAicoreErrorType {
	ACL_RT_AICORE_ERROR_UNKNOWN = 0,
	ACL_RT_AICORE_ERROR_SW = 1,
	ACL_RT_AICORE_ERROR_HW_LOCAL = 2,
} aclrtAicoreErrorType;

#define MAX_MEM_UCE_INFO_ARRAY_SIZE 128
#define UCE_INFO_RESERVED_SIZE 14
#define ACL_RT_MEM_UCE_INFO_MAX_NUM 20
#define ACL_RT_MAX_RECORD_PA_NUM_PER_DEV 20U

/** @brief A range of device memory with an uncorrectable error. */
typedef struct aclrtMemUceInfo {
	void *addr;
	size_t len; /**< bytes */
	size_t reserved[14];
} aclrtMemUceInfo;

/** @brief All such ranges of one fault. */
typedef struct aclrtMemUceInfoArray {
	size_t arraySize; /**< entries in use */
	aclrtMemUceInfo memUceInfoArray[20];
} aclrtMemUceInfoArray;

/** @brief Detail of a fault; errorType tells which member counts. */
typedef union aclrtErrorInfoDetail {
	aclrtMemUceInfoArray uceInfo;
	aclrtAicoreErrorType aicoreErrType;
} aclrtErrorInfoDetail;

/** @brief A device fault. */
typedef struct aclrtErrorInfo {
	uint8_t tryRepair;
	uint8_t hasDetail;
	uint8_t reserved[2];
	aclrtErrorType errorType;
	aclrtErrorInfoDetail detail;
} aclrtErrorInfo;

/** @brief Opaque record of a task that failed. */
typedef struct rtExceptionInfo aclrtExceptionInfo;
/** @brief Called with the record of a failed task. */
typedef void (*aclrtExceptionInfoCallback)(aclrtExceptionInfo *);
/** @brief The same with the user data given at registration. */
typedef void (*aclrtOpExceptionCallback)(aclrtExceptionInfo *, void *);

/**
 * @brief Sentence that explains the newest failure of the calling thread.
 *
 * Reading it clears it. The string stays valid until the thread's next call of this function.
 *
 * @return text that ends in NUL, or NULL if nothing failed since the last reading
 */
ACL_FUNC_VISIBILITY const char *aclGetRecentErrMsg(void);

/**
 * @brief Newest result code other than 0, left in place.
 *
 * @param[in] level ACL_RT_THREAD_LEVEL: of the calling thread
 * @return the code, ACL_SUCCESS (0) when none is remembered, or
 * - ACL_ERROR_INVALID_PARAM (100000): unknown level
 */
ACL_FUNC_VISIBILITY aclError aclrtPeekAtLastError(aclrtLastErrLevel level);

/**
 * @brief Newest result code other than 0; the remembered code becomes 0.
 *
 * @param[in] level ACL_RT_THREAD_LEVEL: of the calling thread
 * @return the code, ACL_SUCCESS (0) when none is remembered, or
 * - ACL_ERROR_INVALID_PARAM (100000): unknown level
 */
ACL_FUNC_VISIBILITY aclError aclrtGetLastError(aclrtLastErrLevel level);

/**
 * @brief Addresses where memory of a device is broken: none, ever.
 *
 * @param[in] deviceId the device
 * @param[out] memUceInfoArray untouched
 * @param[in] arraySize entries at memUceInfoArray, at least 1
 * @param[out] retSize 0
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, arraySize is 0
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetMemUceInfo(int32_t deviceId, aclrtMemUceInfo *memUceInfoArray,
						size_t arraySize, size_t *retSize);

#ifdef __cplusplus
}
#endif

#endif
