/* SPDX-License-Identifier: MIT */
/**
 * @file acl_prof.h
 * @brief The profiler, which is not emulated.
 */
#ifndef ACL_EMU_ACL_PROF_H
#define ACL_EMU_ACL_PROF_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Opaque configuration of the profiler. */
typedef struct aclprofConfig aclprofConfig;
/** @brief Opaque record of a step. */
typedef struct aclprofStepInfo aclprofStepInfo;
/** @brief Opaque list of events of cores. */
typedef struct aclprofAicoreEvents aclprofAicoreEvents;

/** @brief Metrics of cores. */
typedef enum aclprofAicoreMetrics {
	ACL_AICORE_ARITHMETIC_UTILIZATION = 0,
	ACL_AICORE_PIPE_UTILIZATION = 1,
	ACL_AICORE_MEMORY_BANDWIDTH = 2,
	ACL_AICORE_L0B_AND_WIDTH = 3,
	ACL_AICORE_RESOURCE_CONFLICT_RATIO = 4,
	ACL_AICORE_MEMORY_UB = 5,
	ACL_AICORE_L2_CACHE = 6,
	ACL_AICORE_NONE = 0xFF,
} aclprofAicoreMetrics;

/** @brief Begin or end of a step. */
typedef enum aclprofStepTag {
	ACL_STEP_START = 0,
	ACL_STEP_END = 1,
} aclprofStepTag;

/**
 * @brief Start the profiler: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] profilerResultPath directory
 * @param[in] length its length
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): profilerResultPath is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclprofInit(const char *profilerResultPath, size_t length);

/**
 * @brief End the profiler: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclprofFinalize(void);

/**
 * @brief Begin to collect data: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] profilerConfig configuration
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): profilerConfig is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclprofStart(const aclprofConfig *profilerConfig);

/**
 * @brief End the collection of data: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] profilerConfig configuration
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): profilerConfig is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclprofStop(const aclprofConfig *profilerConfig);

/**
 * @brief Create a configuration of the profiler: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] deviceIdList devices
 * @param[in] deviceNums their number
 * @param[in] aicoreMetrics metrics
 * @param[in] aicoreEvents events
 * @param[in] dataTypeConfig kinds of data
 * @return NULL
 */
ACL_FUNC_VISIBILITY aclprofConfig *aclprofCreateConfig(uint32_t *deviceIdList, uint32_t deviceNums,
						       aclprofAicoreMetrics aicoreMetrics,
						       const aclprofAicoreEvents *aicoreEvents,
						       uint64_t dataTypeConfig);

/**
 * @brief Destroy a configuration of the profiler: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] profilerConfig configuration
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): profilerConfig is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclprofDestroyConfig(const aclprofConfig *profilerConfig);

/**
 * @brief Create a record of a step: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @return NULL
 */
ACL_FUNC_VISIBILITY aclprofStepInfo *aclprofCreateStepInfo(void);

/**
 * @brief Destroy a record of a step: has no effect.
 *
 * @param[in] stepInfo record
 * @return nothing
 */
ACL_FUNC_VISIBILITY void aclprofDestroyStepInfo(aclprofStepInfo *stepInfo);

/**
 * @brief Take the time of a step: not supported.
 *
 * There is no such part of the emulated device. The function exists so that programs link.
 *
 * @param[in] stepInfo record
 * @param[in] tag begin or end
 * @param[in] stream stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stepInfo is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always, otherwise
 */
ACL_FUNC_VISIBILITY aclError aclprofGetStepTimestamp(aclprofStepInfo *stepInfo, aclprofStepTag tag,
						     aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif
