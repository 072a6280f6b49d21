/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_device.h
 * @brief Devices: open, reset, synchronize, query.
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

/** @brief Property of aclrtGetDeviceInfo(). */
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

/** @brief Feature of aclrtGetDeviceCapability(). */
typedef enum aclrtDevFeatureType {
	ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV = 1,
	ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV = 21,
} aclrtDevFeatureType;

#define ACL_DEV_FEATURE_SUPPORT 0x00000001
#define ACL_DEV_FEATURE_NOT_SUPPORT 0x00000000

/** @name Values of ACL_DEV_ATTR_HD_CONNECT_TYPE */
/** @{ */
#define ACL_HOST_DEVICE_CONNECT_TYPE_PCIE 0
#define ACL_HOST_DEVICE_CONNECT_TYPE_HCCS 1
#define ACL_HOST_DEVICE_CONNECT_TYPE_UB 2
/** @} */

/** @name Values of ACL_DEV_ATTR_DEVICE_FORM_FACTOR */
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

/** @brief Accelerator of a device that may access host memory. */
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

/** @brief Kinds of cores whose number a process can limit. */
typedef enum aclrtDevResLimitType {
	ACL_RT_DEV_RES_CUBE_CORE = 0,
	ACL_RT_DEV_RES_VECTOR_CORE = 1,
} aclrtDevResLimitType;

/** @brief Sizes that a process can set for a device. */
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

/** @brief Opaque, reserved for later versions. */
typedef struct aclrtUtilizationExtendInfo aclrtUtilizationExtendInfo;
/** @brief Utilization of a device in percent. */
typedef struct aclrtUtilizationInfo {
	int32_t cubeUtilization;
	int32_t vectorUtilization;
	int32_t aicpuUtilization;
	int32_t memoryUtilization;
	aclrtUtilizationExtendInfo *utilizationExtend;
} aclrtUtilizationInfo;

/** @brief Property of a group of cores. */
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

/** @brief Event at which a device state callback runs. */
typedef enum aclrtDeviceState {
	ACL_RT_DEVICE_STATE_SET_PRE = 0,
	ACL_RT_DEVICE_STATE_SET_POST = 1,
	ACL_RT_DEVICE_STATE_RESET_PRE = 2,
	ACL_RT_DEVICE_STATE_RESET_POST = 3,
} aclrtDeviceState;

/** @brief Called with device id, event and user data. */
typedef void (*aclrtDeviceStateCallback)(int32_t, aclrtDeviceState, void *);

/** @brief Event at which a task abort callback runs. */
typedef enum aclrtDeviceTaskAbortStage {
	ACL_RT_DEVICE_TASK_ABORT_PRE = 0,
	ACL_RT_DEVICE_TASK_ABORT_POST = 1,
} aclrtDeviceTaskAbortStage;

/**
 * @brief Called with device id, event, remaining time in ms and user data; returns 0 on
 *        success.
 */
typedef int32_t (*aclrtDeviceTaskAbortCallback)(int32_t, aclrtDeviceTaskAbortStage, uint32_t,
						void *);

/** @brief Event at which a snapshot callback runs. */
typedef enum aclrtSnapShotStage {
	ACL_RT_SNAPSHOT_LOCK_PRE = 0,
	ACL_RT_SNAPSHOT_BACKUP_PRE = 1,
	ACL_RT_SNAPSHOT_BACKUP_POST = 2,
	ACL_RT_SNAPSHOT_RESTORE_PRE = 3,
	ACL_RT_SNAPSHOT_RESTORE_POST = 4,
	ACL_RT_SNAPSHOT_UNLOCK_POST = 5,
} aclrtSnapShotStage;

/** @brief Called with device id and user data; returns 0 on success. */
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

/** @brief Whether a process is locked for a snapshot. */
typedef enum aclrtProcessState {
	ACL_RT_PROCESS_STATE_RUNNING = 0,
	ACL_RT_PROCESS_STATE_LOCKED = 1,
} aclrtProcessState;

/**
 * @brief Open a device for this process and make it current in the calling thread.
 *
 * The default context of the device becomes the current context of the thread. Calls are counted
 * for each device; each needs one aclrtResetDevice().
 *
 * This is usually the first call that opens the device node.
 *
 * @param[in] deviceId 0 to aclrtGetDeviceCount() - 1
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_NO_DEVICE (207004): the device node does not exist; load the module
 * @retval ACL_ERROR_RT_NO_PERMISSION (207006): the device node may not be opened by this user
 * @retval ACL_ERROR_RT_RESOURCE_ALLOC_FAIL (207005): the process has no free file descriptor
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the device node is a file of another driver
 * @see aclrtResetDevice(), aclrtGetDevice(), aclrtCreateContext(), aclInit()
 */
ACL_FUNC_VISIBILITY aclError aclrtSetDevice(int32_t deviceId);

/**
 * @brief Undo one aclrtSetDevice(); the last one closes the device for this process.
 *
 * The last one completes the streams of the default context and destroys it; if a default context,
 * of whatever device, is current in the calling thread, the thread has no current context then.
 * Contexts of aclrtCreateContext() stay, and keep the device open until the last of them is
 * destroyed. Closing removes the mappings, handles, imports, exports and blocks of this process on
 * the device. Reservations stay, and stay tied to the device.
 *
 * @param[in] deviceId a device that was set
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_CONTEXT_RELEASE_ERROR (507007): the device is not set in this process
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): a copy on the device is running
 * @see aclrtSetDevice(), aclrtResetDeviceForce()
 */
ACL_FUNC_VISIBILITY aclError aclrtResetDevice(int32_t deviceId);

/**
 * @brief Close a device for this process, whatever its count is.
 *
 * Tasks in streams that have not started are dropped, as by aclrtStreamAbort(), and all contexts of
 * the device are destroyed. Otherwise like the last aclrtResetDevice().
 *
 * @param[in] deviceId a device that was set
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval aclrtResetDevice() each error of that function
 * @see aclrtResetDevice(), aclrtStreamAbort()
 */
ACL_FUNC_VISIBILITY aclError aclrtResetDeviceForce(int32_t deviceId);

/**
 * @brief Return the device of the current context of the thread.
 *
 * @param[out] deviceId its id; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): deviceId is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @see aclrtSetDevice()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDevice(int32_t *deviceId);

/**
 * @brief Return the number of devices.
 *
 * @param[out] count 1 to 64; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): count is NULL
 * @retval ACL_ERROR_RT_NO_DEVICE (207004): the device node does not exist; load the module
 * @see aclrtSetDevice()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceCount(uint32_t *count);

/**
 * @brief Return the number by which other processes allow this process to import.
 *
 * It is the thread group id in the initial pid namespace, so it has the same meaning in different
 * containers. After fork() the child has its own. Neither a device nor a context is needed.
 *
 * @param[out] pid the number; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): pid is NULL
 * @see aclrtMemSetPidToShareableHandle(), aclrtIpcMemSetImportPid(), aclrtNotifySetImportPid()
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceGetBareTgid(int32_t *pid);

/**
 * @brief Wait until all streams of this process on the current device have completed.
 *
 * @return ACL_SUCCESS (0), the error of a task that failed, or an error of the list
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the call was made by a function that runs in
 *         one of the streams
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): a task failed because memory was not mapped when it
 *         ran; other tasks have other codes
 * @par Differences
 * The real stack synchronizes the current context only.
 * @see aclrtSynchronizeDeviceWithTimeout(), aclrtSynchronizeStream()
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeDevice(void);

/**
 * @brief Wait for all streams of this process on the current device, for a limited time.
 *
 * @param[in] timeout milliseconds; -1 waits without limit
 * @return ACL_SUCCESS (0), the error of a task that failed, or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): timeout is 0 or less than -1
 * @retval ACL_ERROR_RT_STREAM_SYNC_TIMEOUT (507046): the time has passed and tasks are left
 * @retval aclrtSynchronizeDevice() each error of that function
 * @see aclrtSynchronizeDevice()
 */
ACL_FUNC_VISIBILITY aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout);

/**
 * @brief Return one property of a device.
 *
 * Known are the numbers of cores, the sizes of cache and memory, and the ids of the device in
 * server and pod. The devices of this machine are one server (0) of one pod (0).
 *
 * @param[in] deviceId the device
 * @param[in] attr the property
 * @param[out] value the result; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): attr is unknown
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the property is not emulated
 * @par Differences
 * On the real stack the ids in server and pod are those of the machine.
 * @see aclGetDeviceCapability(), aclrtGetSocName()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceInfo(uint32_t deviceId, aclrtDevAttr attr,
						int64_t *value);

/**
 * @brief Return the utilization of a device in percent.
 *
 * Cores are always 0. Memory is the used part of the capacity.
 *
 * @param[in] deviceId the device
 * @param[in,out] utilizationInfo the result; its utilizationExtend must be NULL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): utilizationInfo is NULL, or its utilizationExtend is
 *         not NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @par Differences
 * The real stack measures the cores.
 * @see aclrtGetMemInfo()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetDeviceUtilizationRate(int32_t deviceId,
							   aclrtUtilizationInfo *utilizationInfo);

/**
 * @brief Return the health of a device, which is always normal.
 *
 * @param[in] deviceId the device
 * @param[out] deviceStatus ACL_RT_DEVICE_STATUS_NORMAL; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): deviceStatus is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetErrorVerbose()
 */
ACL_FUNC_VISIBILITY aclError aclrtQueryDeviceStatus(int32_t deviceId,
						    aclrtDeviceStatus *deviceStatus);

/**
 * @brief Return the range of stream priorities.
 *
 * @param[out] leastPriority 7; may be NULL
 * @param[out] greatestPriority 0; may be NULL
 * @return ACL_SUCCESS (0)
 * @see aclrtCreateStreamWithConfig()
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceGetStreamPriorityRange(int32_t *leastPriority,
							       int32_t *greatestPriority);

/**
 * @brief Return whether this process has the default context of a device.
 *
 * @param[in] deviceId the device
 * @param[in] flags must be NULL
 * @param[out] active 1 after aclrtSetDevice(), 0 before it and after the reset; may be NULL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): flags is not NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtSetDevice(), aclrtGetCurrentContext()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetPrimaryCtxState(int32_t deviceId, uint32_t *flags,
						     int32_t *active);

/**
 * @brief Abort all streams of this process on a device.
 *
 * Each stream is aborted as by aclrtStreamAbort().
 *
 * @param[in] deviceId the device
 * @param[in] timeout milliseconds; has no effect
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the device is not set in this process
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the call was made by a function that runs in
 *         one of the streams
 * @see aclrtStreamAbort(), aclrtResetDeviceForce()
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceTaskAbort(int32_t deviceId, uint32_t timeout);

/**
 * @brief Return the UUID of a device. Not emulated; fails always.
 *
 * Emulated devices have no UUID. Programs use another identification when this call fails with
 * 207000.
 *
 * @param[in] deviceId the device
 * @param[out] uuid not written
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): uuid is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always
 * @see aclrtGetPhyDevIdByLogicDevId()
 */
ACL_FUNC_VISIBILITY aclError aclrtDeviceGetUuid(int32_t deviceId, aclrtUuid *uuid);

/**
 * @brief Convert a logical device id to the id that the program uses.
 *
 * All ids of a device are equal unless ASCEND_RT_VISIBLE_DEVICES is set.
 *
 * @param[in] logicDevId the logical id
 * @param[out] userDevid the id of the program; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): userDevid is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the id is negative
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetLogicDevIdByUserDevId()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetUserDevIdByLogicDevId(const int32_t logicDevId,
							   int32_t *const userDevid);

/**
 * @brief Convert a physical device id to the id that the program uses.
 *
 * All ids of a device are equal unless ASCEND_RT_VISIBLE_DEVICES is set.
 *
 * @param[in] phyDevId the physical id
 * @param[out] userDevId the id of the program; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): userDevId is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the id is negative
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetPhyDevIdByUserDevId()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetUserDevIdByPhyDevId(const int32_t phyDevId,
							 int32_t *const userDevId);

/**
 * @brief Convert a physical device id to a logical one.
 *
 * All ids of a device are equal unless ASCEND_RT_VISIBLE_DEVICES is set.
 *
 * @param[in] phyDevId the physical id
 * @param[out] logicDevId the logical id; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): logicDevId is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the id is negative
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @see aclrtGetPhyDevIdByLogicDevId()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetLogicDevIdByPhyDevId(const int32_t phyDevId,
							  int32_t *const logicDevId);

#ifdef __cplusplus
}
#endif

#endif
