/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_device.h
 * @brief Devices: choosing, counting, resetting, asking.
 */
#ifndef ACL_EMU_ACL_RT_DEVICE_H
#define ACL_EMU_ACL_RT_DEVICE_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Side the program runs on. */
typedef enum aclrtRunMode {
	ACL_DEVICE = 0,
	ACL_HOST = 1,
} aclrtRunMode;

/** @brief Task scheduler of a device. */
typedef enum aclrtTsId {
	ACL_TS_ID_AICORE = 0,
	ACL_TS_ID_AIVECTOR = 1,
	ACL_TS_ID_RESERVED = 2,
} aclrtTsId;

/** @brief Health of a device. */
typedef enum aclrtDeviceStatus {
	ACL_RT_DEVICE_STATUS_NORMAL = 0,
	ACL_RT_DEVICE_STATUS_ABNORMAL = 1,
	ACL_RT_DEVICE_STATUS_END = 65535,
} aclrtDeviceStatus;

/** @brief Number a device can be asked for. */
typedef enum aclrtDevAttr {
	ACL_DEV_ATTR_AICPU_CORE_NUM = 1,
	ACL_DEV_ATTR_AICORE_CORE_NUM = 101,
	ACL_DEV_ATTR_CUBE_CORE_NUM = 102,
	ACL_DEV_ATTR_VECTOR_CORE_NUM = 201,
	ACL_DEV_ATTR_WARP_SIZE = 202,
	ACL_DEV_ATTR_MAX_THREAD_PER_VECTOR_CORE = 203,
	ACL_DEV_ATTR_LOCAL_MEM_PER_VECTOR_CORE = 204,
	ACL_DEV_ATTR_UBUF_PER_VECTOR_CORE = 204,
	ACL_DEV_ATTR_MAX_GRID_DIM_X = 205,
	ACL_DEV_ATTR_MAX_GRID_DIM_Y = 206,
	ACL_DEV_ATTR_MAX_GRID_DIM_Z = 207,
	ACL_DEV_ATTR_MAX_BLOCK_PER_GRID = 208,
	ACL_DEV_ATTR_MAX_THREADS_PER_BLOCK = 209,
	ACL_DEV_ATTR_MAX_BLOCK_DIM_X = 210,
	ACL_DEV_ATTR_MAX_BLOCK_DIM_Y = 211,
	ACL_DEV_ATTR_MAX_BLOCK_DIM_Z = 212,
	ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE = 301,
	ACL_DEV_ATTR_L2_CACHE_SIZE = 302,
	ACL_DEV_ATTR_SMP_ID = 401,
	ACL_DEV_ATTR_PHY_CHIP_ID = 402,
	ACL_DEV_ATTR_SUPER_POD_DEVIDE_ID = 403,
	ACL_DEV_ATTR_SUPER_POD_DEVICE_ID = 403,
	ACL_DEV_ATTR_SUPER_POD_SERVER_ID = 404,
	ACL_DEV_ATTR_SUPER_POD_ID = 405,
	ACL_DEV_ATTR_CUST_OP_PRIVILEGE = 406,
	ACL_DEV_ATTR_MAINBOARD_ID = 407,
	ACL_DEV_ATTR_HD_CONNECT_TYPE = 408,
	ACL_DEV_ATTR_DEVICE_FORM_FACTOR = 409,
	ACL_DEV_ATTR_IS_VIRTUAL = 501,
	ACL_DEV_ATTR_NPU_ARCH = 601,
} aclrtDevAttr;

/** @brief Feature a device can be asked for. */
typedef enum aclrtDevFeatureType {
	ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV = 1,
	ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV = 21,
} aclrtDevFeatureType;

#define ACL_DEV_FEATURE_SUPPORT 0x00000001
#define ACL_DEV_FEATURE_NOT_SUPPORT 0x00000000

/** @name Answers to ACL_DEV_ATTR_HD_CONNECT_TYPE */
/** @{ */
#define ACL_HOST_DEVICE_CONNECT_TYPE_PCIE 0
#define ACL_HOST_DEVICE_CONNECT_TYPE_HCCS 1
#define ACL_HOST_DEVICE_CONNECT_TYPE_UB 2
/** @} */

/** @name Answers to ACL_DEV_ATTR_DEVICE_FORM_FACTOR */
/** @{ */
#define ACL_DEVICE_FORM_FACTOR_POD 0
#define ACL_DEVICE_FORM_FACTOR_A_K 1
#define ACL_DEVICE_FORM_FACTOR_A_X 2
#define ACL_DEVICE_FORM_FACTOR_PCIE_CARD 3
/** @} */

/** @name Links between two devices, one bit each */
/** @{ */
#define ACL_RT_DEVS_TOPOLOGY_HCCS 0x01ULL
#define ACL_RT_DEVS_TOPOLOGY_PIX 0x02ULL
#define ACL_RT_DEVS_TOPOLOGY_PIB 0x04ULL
#define ACL_RT_DEVS_TOPOLOGY_PHB 0x08ULL
#define ACL_RT_DEVS_TOPOLOGY_SYS 0x10ULL
#define ACL_RT_DEVS_TOPOLOGY_SIO 0x20ULL
#define ACL_RT_DEVS_TOPOLOGY_HCCS_SW 0x40ULL
/** @} */

/** @brief Accelerator inside a device that may reach host memory. */
typedef enum aclrtHacType {
	ACL_RT_HAC_TYPE_STARS = 0,
	ACL_RT_HAC_TYPE_AICPU = 1,
	ACL_RT_HAC_TYPE_AIC = 2,
	ACL_RT_HAC_TYPE_AIV = 3,
	ACL_RT_HAC_TYPE_PCIEDMA = 4,
	ACL_RT_HAC_TYPE_RDMA = 5,
	ACL_RT_HAC_TYPE_SDMA = 6,
	ACL_RT_HAC_TYPE_DVPP = 7,
	ACL_RT_HAC_TYPE_UDMA = 8,
	ACL_RT_HAC_TYPE_CCU = 9,
} aclrtHacType;

/** @brief Core kinds whose number a process can limit. */
typedef enum aclrtDevResLimitType {
	ACL_RT_DEV_RES_CUBE_CORE = 0,
	ACL_RT_DEV_RES_VECTOR_CORE = 1,
} aclrtDevResLimitType;

/** @brief Sizes a process can set for a device. */
typedef enum aclrtDeviceLimit {
	ACL_RT_DEV_LIMIT_SIMT_STACK_SIZE = 0,
	ACL_RT_DEV_LIMIT_SIMT_DVG_WARP_STACK_SIZE = 1,
	ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE = 2,
	ACL_RT_DEV_LIMIT_SIMD_PRINTF_FIFO_SIZE_PER_CORE = 3,
	ACL_RT_DEV_LIMIT_SIMT_PRINTF_FIFO_SIZE = 4,
} aclrtDeviceLimit;

/** @brief Treatment of floating point overflow. */
typedef enum aclrtFloatOverflowMode {
	ACL_RT_OVERFLOW_MODE_SATURATION = 0,
	ACL_RT_OVERFLOW_MODE_INFNAN = 1,
	ACL_RT_OVERFLOW_MODE_UNDEF = 2,
} aclrtFloatOverflowMode;

/** @brief Operand kinds of an atomic operation, one bit each. */
typedef enum aclrtAtomicOperationCapability {
	ACL_RT_ATOMIC_CAPABILITY_SIGNED = 1,
	ACL_RT_ATOMIC_CAPABILITY_UNSIGNED = 2,
	ACL_RT_ATOMIC_CAPABILITY_REDUCATION = 4,
	ACL_RT_ATOMIC_CAPABILITY_REDUCTION = 4,
	ACL_RT_ATOMIC_CAPABILITY_SCALAR8 = 8,
	ACL_RT_ATOMIC_CAPABILITY_SCALAR16 = 16,
	ACL_RT_ATOMIC_CAPABILITY_SCALAR32 = 32,
	ACL_RT_ATOMIC_CAPABILITY_SCALAR64 = 64,
	ACL_RT_ATOMIC_CAPABILITY_SCALAR128 = 128,
	ACL_RT_ATOMIC_CAPABILITY_VECTOR32X4 = 256,
} aclrtAtomicOperationCapability;

/** @brief Atomic operations between devices. */
typedef enum aclrtAtomicOperation {
	ACL_RT_ATOMIC_OPERATION_INTEGER_ADD = 0,
	ACL_RT_ATOMIC_OPERATION_INTEGER_MIN = 1,
	ACL_RT_ATOMIC_OPERATION_INTEGER_MAX = 2,
	ACL_RT_ATOMIC_OPERATION_INTEGER_INCREMENT = 3,
	ACL_RT_ATOMIC_OPERATION_INTEGER_DECREMENT = 4,
	ACL_RT_ATOMIC_OPERATION_AND = 5,
	ACL_RT_ATOMIC_OPERATION_OR = 6,
	ACL_RT_ATOMIC_OPERATION_XOR = 7,
	ACL_RT_ATOMIC_OPERATION_EXCHANGE = 8,
	ACL_RT_ATOMIC_OPERATION_CAS = 9,
	ACL_RT_ATOMIC_OPERATION_FLOAT_ADD = 10,
	ACL_RT_ATOMIC_OPERATION_FLOAT_MIN = 11,
	ACL_RT_ATOMIC_OPERATION_FLOAT_MAX = 12,
	ACL_RT_ATOMIC_OPERATION_DMA_ADD = 30,
	ACL_RT_ATOMIC_OPERATION_DMA_MIN = 31,
	ACL_RT_ATOMIC_OPERATION_DMA_MAX = 32,
	ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_ADD = 40,
	ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_MIN = 41,
	ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_MAX = 42,
	ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_CAS = 43,
	ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_EXCH = 44,
} aclrtAtomicOperation;

/** @brief Identity of a device. */
typedef struct aclrtUuid {
	char bytes[16];
} aclrtUuid;

/** @brief Opaque, kept for later versions. */
typedef struct aclrtUtilizationExtendInfo aclrtUtilizationExtendInfo;
/** @brief Load of a device in per cent. */
typedef struct aclrtUtilizationInfo {
	int32_t cubeUtilization;
	int32_t vectorUtilization;
	int32_t aicpuUtilization;
	int32_t memoryUtilization;
	aclrtUtilizationExtendInfo *utilizationExtend;
} aclrtUtilizationInfo;

/** @brief Number a group of cores can be asked for. */
typedef enum aclrtGroupAttr {
	ACL_GROUP_AICORE_INT = 0,
	ACL_GROUP_AIV_INT = 1,
	ACL_GROUP_AIC_INT = 2,
	ACL_GROUP_SDMANUM_INT = 3,
	ACL_GROUP_ASQNUM_INT = 4,
	ACL_GROUP_GROUPID_INT = 5,
} aclrtGroupAttr;

/** @brief Opaque list of groups of cores. */
typedef struct tagRtGroupInfo aclrtGroupInfo;

/** @brief Moment at which a device state callback runs. */
typedef enum aclrtDeviceState {
	ACL_RT_DEVICE_STATE_SET_PRE = 0,
	ACL_RT_DEVICE_STATE_SET_POST = 1,
	ACL_RT_DEVICE_STATE_RESET_PRE = 2,
	ACL_RT_DEVICE_STATE_RESET_POST = 3,
} aclrtDeviceState;

/** @brief Called with device id, moment and user data. */
typedef void (*aclrtDeviceStateCallback)(int32_t, aclrtDeviceState, void *);

/** @brief Moment at which a task abort callback runs. */
typedef enum aclrtDeviceTaskAbortStage {
	ACL_RT_DEVICE_TASK_ABORT_PRE = 0,
	ACL_RT_DEVICE_TASK_ABORT_POST = 1,
} aclrtDeviceTaskAbortStage;

/** @brief Called with device id, moment, time left in ms and user data; 0 means well. */
typedef int32_t (*aclrtDeviceTaskAbortCallback)(int32_t, aclrtDeviceTaskAbortStage, uint32_t,
						void *);

/** @brief Moment at which a snapshot callback runs. */
typedef enum aclrtSnapShotStage {
	ACL_RT_SNAPSHOT_LOCK_PRE = 0,
	ACL_RT_SNAPSHOT_BACKUP_PRE = 1,
	ACL_RT_SNAPSHOT_BACKUP_POST = 2,
	ACL_RT_SNAPSHOT_RESTORE_PRE = 3,
	ACL_RT_SNAPSHOT_RESTORE_POST = 4,
	ACL_RT_SNAPSHOT_UNLOCK_POST = 5,
} aclrtSnapShotStage;

/** @brief Called with device id and user data; 0 means well. */
typedef uint32_t (*aclrtSnapShotCallBack)(int32_t, void *);
/** @brief Options for saving a process. */
typedef struct aclrtSnapShotBackupArgs {
	uint32_t backupFlags;
	char reserved[60];
} aclrtSnapShotBackupArgs;

/** @brief Options for restoring a process. */
typedef struct aclrtSnapShotRestoreArgs {
	uint32_t restoreFlags;
	char reserved[60];
} aclrtSnapShotRestoreArgs;

/** @brief Whether a process is held for a snapshot. */
typedef enum aclrtProcessState {
	ACL_RT_PROCESS_STATE_RUNNING = 0,
	ACL_RT_PROCESS_STATE_LOCKED = 1,
} aclrtProcessState;

/**
 * @brief Open a device for this process and make it current in the calling thread.
 *
 * Calls are counted per device; each wants one aclrtResetDevice(). The thread's current context
 * becomes the device's default context.
 *
 * @param[in] deviceId 0 .. aclrtGetDeviceCount() - 1
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_NO_DEVICE (207004): no emulated device can be reached (is the module loaded?)
 * - ACL_ERROR_RT_NO_PERMISSION (207006): the device node may not be opened
 */
ACL_FUNC_VISIBILITY aclError aclrtSetDevice(int32_t deviceId);

/**
 * @brief Take back one aclrtSetDevice(); the last one closes the device for this process.
 *
 * Its streams are waited for first, and end. Closing removes every mapping on that device and the
 * process's part in shared memory, and makes its handles invalid. Reservations stay and keep their
 * tie to the device.
 *
 * @param[in] deviceId a device that was set
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_CONTEXT_RELEASE_ERROR (507007): the device is not set in this process
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): a copy on the device is still running
 */
ACL_FUNC_VISIBILITY aclError aclrtResetDevice(int32_t deviceId);

/**
 * @brief Close a device for this process whatever its count is.
 *
 * What its streams have not begun is dropped, as by aclrtStreamAbort().
 *
 * @param[in] deviceId a device that was set
 * @return as aclrtResetDevice(); a second call gives 507007
 */
ACL_FUNC_VISIBILITY aclError aclrtResetDeviceForce(int32_t deviceId);

/**
 * @brief Device of the calling thread's current context.
 *
 * @param[out] deviceId its id; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): deviceId is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDevice(int32_t *deviceId);

/**
 * @brief Number of emulated devices.
 *
 * @param[out] count 1 .. 64; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): count is NULL
 * - ACL_ERROR_RT_NO_DEVICE (207004): no emulated device can be reached
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceCount(uint32_t *count);

/**
 * @brief Process number by which others put this process on a whitelist.
 *
 * It is the thread-group id in the host's own pid namespace, so it means the same to processes in
 * different containers. Asked again after fork() it is the child's. Needs no device and no
 * context.
 *
 * @param[out] pid the number; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): pid is NULL
 * @see aclrtMemSetPidToShareableHandle()
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceGetBareTgid(int32_t *pid);

/**
 * @brief Wait for all streams of this process on the current device.
 *
 * @return ACL_SUCCESS (0), the code of a task that failed, or
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): called by a function that runs in one of them
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeDevice(void);

/**
 * @brief The same with an end.
 *
 * @param[in] timeout milliseconds, or -1 to wait without end
 * @return as aclrtSynchronizeDevice(), or
 * - ACL_ERROR_RT_PARAM_INVALID (107000): timeout is 0 or less than -1
 * - ACL_ERROR_RT_STREAM_SYNC_TIMEOUT (507046): tasks were left at the end of the time
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout);

/**
 * @brief One fact about a device.
 *
 * Numbers of cores, cache size, memory size, and the ids in server and pod, where the devices of
 * this machine are one server of one pod.
 *
 * @param[in] deviceId the device
 * @param[in] attr which fact
 * @param[out] value the answer; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): a fact that is not emulated
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceInfo(uint32_t deviceId, aclrtDevAttr attr,
						int64_t *value);

/**
 * @brief How busy a device is, in percent.
 *
 * Cores are always 0, as they do nothing here; memory is what is in use of the capacity.
 *
 * @param[in] deviceId the device
 * @param[in,out] utilizationInfo the answer; its utilizationExtend must be NULL
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): utilizationInfo is NULL, or its utilizationExtend is not
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceUtilizationRate(int32_t deviceId,
							   aclrtUtilizationInfo *utilizationInfo);

/**
 * @brief Whether a device is well, as emulated ones always are.
 *
 * @param[in] deviceId the device
 * @param[out] deviceStatus ACL_RT_DEVICE_STATUS_NORMAL; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): deviceStatus is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtQueryDeviceStatus(int32_t deviceId,
						    aclrtDeviceStatus *deviceStatus);

/**
 * @brief The priorities that streams can have.
 *
 * @param[out] leastPriority 7
 * @param[out] greatestPriority 0
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceGetStreamPriorityRange(int32_t *leastPriority,
							       int32_t *greatestPriority);

/**
 * @brief Whether this process has the default context of a device.
 *
 * @param[in] deviceId the device
 * @param[out] flags 0; may be NULL
 * @param[out] active 1 after aclrtSetDevice(), 0 before and after a reset; may be NULL
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetPrimaryCtxState(int32_t deviceId, uint32_t *flags,
						     int32_t *active);

/**
 * @brief Abort all streams of this process on a device, as aclrtStreamAbort() does for one.
 *
 * @param[in] deviceId the device
 * @param[in] timeout milliseconds; never needed here
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the device is not set in this process
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): called by a function that runs in one of them
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceTaskAbort(int32_t deviceId, uint32_t timeout);

/**
 * @brief Not emulated: emulated devices have no UUID. Programs fall back on 207000.
 *
 * @param[in] deviceId the device
 * @param[out] uuid untouched
 * @return
 * - ACL_ERROR_INVALID_PARAM (100000): uuid is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceGetUuid(int32_t deviceId, aclrtUuid *uuid);

/**
 * @brief Id that a program uses for a device; all ids of a device are one here.
 *
 * @param[in] logicDevId the device
 * @param[out] userDevid the same; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): userDevid is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetUserDevIdByLogicDevId(const int32_t logicDevId,
							   int32_t *const userDevid);

/**
 * @brief Id that a program uses for a device; all ids of a device are one here.
 *
 * @param[in] phyDevId the device
 * @param[out] userDevId the same; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): userDevId is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetUserDevIdByPhyDevId(const int32_t phyDevId,
							 int32_t *const userDevId);

/**
 * @brief Logical id of a device; all ids of a device are one here.
 *
 * @param[in] phyDevId the device
 * @param[out] logicDevId the same; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): logicDevId is NULL
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 */
ACL_FUNC_VISIBILITY aclError aclrtGetLogicDevIdByPhyDevId(const int32_t phyDevId,
							  int32_t *const logicDevId);

#ifdef __cplusplus
}
#endif

#endif
