/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_error.h
 * @brief Last error and its sentence, faults of a device.
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

/** @brief All ranges of one fault. */
typedef struct aclrtMemUceInfoArray {
	size_t arraySize; /**< entries in use */
	aclrtMemUceInfo memUceInfoArray[20];
} aclrtMemUceInfoArray;

/** @brief Detail of a fault; errorType selects the member. */
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
/** @brief Called with the record of a failed task and the user data. */
typedef void (*aclrtOpExceptionCallback)(aclrtExceptionInfo *, void *);

/**
 * @brief Return the sentence that explains the latest failure of the calling thread.
 *
 * Reading the sentence clears it. The string is valid until the next call of this function in the
 * same thread. acl-emu(7) shows an example.
 *
 * A failure that does not set the last error (aclrtGetLastError()) leaves a sentence, too.
 *
 * @return text that ends in NUL, or NULL if nothing has failed since the last call
 * @see aclrtGetLastError(), aclrtPeekAtLastError(), aclInit()
 */
ACL_FUNC_VISIBILITY const char *aclGetRecentErrMsg(void);

/**
 * @brief Return the latest error of the calling thread and keep it.
 *
 * A success does not change the last error.
 *
 * @param[in] level ACL_RT_THREAD_LEVEL
 * @return the code of the latest failure, ACL_SUCCESS (0) if there is none, or an error of the
 *         list
 * @retval ACL_ERROR_INVALID_PARAM (100000): level is unknown
 * @see aclrtGetLastError(), aclGetRecentErrMsg()
 */
ACL_FUNC_VISIBILITY aclError aclrtPeekAtLastError(aclrtLastErrLevel level);

/**
 * @brief Return the latest error of the calling thread and set it to ACL_SUCCESS.
 *
 * A failure sets the last error and a success does not change it. Codes of the layer above the
 * runtime, which do not have the form x07xxx, do not set it, nor does 107002 of aclrtGetDevice().
 *
 * @param[in] level ACL_RT_THREAD_LEVEL
 * @return the code of the latest failure, ACL_SUCCESS (0) if there is none, or an error of the
 *         list
 * @retval ACL_ERROR_INVALID_PARAM (100000): level is unknown
 * @see aclrtPeekAtLastError(), aclGetRecentErrMsg()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetLastError(aclrtLastErrLevel level);

/**
 * @brief Return the addresses of uncorrectable memory errors of a device. There are none.
 *
 * @param[in] deviceId the device
 * @param[out] memUceInfoArray not written
 * @param[in] arraySize number of entries at memUceInfoArray, at least 1
 * @param[out] retSize 0
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, or arraySize is 0
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetErrorVerbose()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetMemUceInfo(int32_t deviceId, aclrtMemUceInfo *memUceInfoArray,
						size_t arraySize, size_t *retSize);

#ifdef __cplusplus
}
#endif

#endif
