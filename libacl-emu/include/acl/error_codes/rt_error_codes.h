/* SPDX-License-Identifier: MIT */
/**
 * @file rt_error_codes.h
 * @brief Result codes of the runtime and of the layers below it.
 *
 * The first digit is the class: 1 wrong argument or state of the caller, 2 missing resource or
 * feature, 5 internal failure.
 */
#ifndef ACL_EMU_ACL_RT_ERROR_CODES_H
#define ACL_EMU_ACL_RT_ERROR_CODES_H

#define ACL_RT_SUCCESS 0 /**< success */

/** @name Errors of the caller */
/** @{ */
#define ACL_ERROR_RT_PARAM_INVALID 107000 /**< runtime- or HAL-level argument check failed */
#define ACL_ERROR_RT_INVALID_DEVICEID 107001 /**< device id out of range */
#define ACL_ERROR_RT_CONTEXT_NULL 107002 /**< calling thread has no current context */
#define ACL_ERROR_RT_STREAM_CONTEXT 107003 /**< stream belongs to another context */
#define ACL_ERROR_RT_MODEL_CONTEXT 107004 /**< model belongs to another context */
#define ACL_ERROR_RT_STREAM_MODEL 107005 /**< stream not bound to that model */
#define ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID 107006 /**< event has no time */
#define ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL 107007 /**< end event completed before start event */
#define ACL_ERROR_RT_ADDR_UNALIGNED 107008 /**< address is not aligned */
#define ACL_ERROR_RT_FILE_OPEN 107009 /**< file cannot be opened */
#define ACL_ERROR_RT_FILE_WRITE 107010 /**< file cannot be written */
#define ACL_ERROR_RT_STREAM_SUBSCRIBE 107011 /**< stream has, or lacks, a registered thread */
#define ACL_ERROR_RT_THREAD_SUBSCRIBE 107012 /**< thread is not registered */
#define ACL_ERROR_RT_GROUP_NOT_SET 107013 /**< group not set */
#define ACL_ERROR_RT_GROUP_NOT_CREATE 107014 /**< group was not created */
#define ACL_ERROR_RT_STREAM_NO_CB_REG 107015 /**< no thread is registered for callbacks */
#define ACL_ERROR_RT_INVALID_MEMORY_TYPE 107016 /**< memory type/attribute invalid */
/** handle invalid (also: driver heap not opened yet) */
#define ACL_ERROR_RT_INVALID_HANDLE 107017
#define ACL_ERROR_RT_INVALID_MALLOC_TYPE 107018 /**< allocation type invalid */
#define ACL_ERROR_RT_WAIT_TIMEOUT 107019 /**< a wait in a stream timed out */
#define ACL_ERROR_RT_TASK_TIMEOUT 107020 /**< task timeout */
#define ACL_ERROR_RT_SYSPARAMOPT_NOT_SET 107021 /**< sysparamopt not set */
#define ACL_ERROR_RT_DEVICE_TASK_ABORT 107022 /**< device task abort */
#define ACL_ERROR_RT_STREAM_ABORT 107023 /**< stream was aborted */
#define ACL_ERROR_RT_CAPTURE_DEPENDENCY 107024 /**< capture dependency */
#define ACL_ERROR_RT_STREAM_UNJOINED 107025 /**< stream unjoined */
#define ACL_ERROR_RT_MODEL_CAPTURED 107026 /**< model captured */
#define ACL_ERROR_RT_STREAM_CAPTURED 107027 /**< stream captured */
#define ACL_ERROR_RT_EVENT_CAPTURED 107028 /**< event captured */
#define ACL_ERROR_RT_STREAM_NOT_CAPTURED 107029 /**< stream not captured */
#define ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT 107030 /**< capture mode not support */
#define ACL_ERROR_RT_STREAM_CAPTURE_IMPLICIT 107031 /**< stream capture implicit */
#define ACL_ERROR_STREAM_CAPTURE_CONFLICT 107032 /**< stream capture conflict */
#define ACL_ERROR_STREAM_TASK_GROUP_STATUS 107033 /**< stream task group status */
#define ACL_ERROR_STREAM_TASK_GROUP_INTR 107034 /**< stream task group intr */
#define ACL_ERROR_RT_TASK_ABORT_STOP 107035 /**< stream was stopped */
#define ACL_ERROR_RT_STREAM_CAPTURE_UNMATCHED 107036 /**< stream capture unmatched */
#define ACL_ERROR_RT_MODEL_RUNNING 107037 /**< model running */
#define ACL_ERROR_RT_STREAM_CAPTURE_WRONG_THREAD 107038 /**< stream capture wrong thread */
#define ACL_ERROR_RT_INSUFFICIENT_INPUT_ARRAY 107039 /**< insufficient input array */
#define ACL_ERROR_RT_MODEL_UPDATE_FAILED 107040 /**< model update failed */
/** asynchronous call blocked by the capture mode */
#define ACL_ERROR_RT_CAPTURE_MODE_BLOCK_ASYNC 107041
#define ACL_ERROR_RT_SYMBOL_NOT_FOUND 107042 /**< symbol not found */
#define ACL_ERROR_RT_INVALID_SYMBOL 107043 /**< invalid symbol */
#define ACL_ERROR_RT_INVALID_DEVICE_FUNCTION 107044 /**< invalid device function */
#define ACL_ERROR_RT_SUB_ACLGRAPH_IS_CAPTURING 107045 /**< sub aclgraph is capturing */
/** @} */

/** @name Missing resources and features */
/** @{ */
/** feature not supported by chip, mode or installed driver */
#define ACL_ERROR_RT_FEATURE_NOT_SUPPORT 207000
#define ACL_ERROR_RT_MEMORY_ALLOCATION 207001 /**< out of (physical or virtual) memory */
#define ACL_ERROR_RT_MEMORY_FREE 207002 /**< freeing failed */
#define ACL_ERROR_RT_AICORE_OVER_FLOW 207003 /**< AI core overflow */
#define ACL_ERROR_RT_NO_DEVICE 207004 /**< no usable device */
#define ACL_ERROR_RT_RESOURCE_ALLOC_FAIL 207005 /**< resource allocation failed */
#define ACL_ERROR_RT_NO_PERMISSION 207006 /**< operation not permitted (driver code 46) */
#define ACL_ERROR_RT_NO_EVENT_RESOURCE 207007 /**< too many events */
#define ACL_ERROR_RT_NO_STREAM_RESOURCE 207008 /**< too many streams */
#define ACL_ERROR_RT_NO_NOTIFY_RESOURCE 207009 /**< too many notifies */
#define ACL_ERROR_RT_NO_MODEL_RESOURCE 207010 /**< no model resource */
#define ACL_ERROR_RT_NO_CDQ_RESOURCE 207011 /**< no CDQ resource */
#define ACL_ERROR_RT_OVER_LIMIT 207012 /**< a limit was exceeded */
#define ACL_ERROR_RT_QUEUE_EMPTY 207013 /**< queue empty */
#define ACL_ERROR_RT_QUEUE_FULL 207014 /**< queue full */
#define ACL_ERROR_RT_REPEATED_INIT 207015 /**< initialised twice */
#define ACL_ERROR_RT_AIVEC_OVER_FLOW 207016 /**< AI vector core overflow */
#define ACL_ERROR_RT_OVER_FLOW 207017 /**< overflow */
#define ACL_ERROR_RT_DEVICE_OOM 207018 /**< device out of memory */
#define ACL_ERROR_RT_FEATURE_NOT_SUPPORT_UPDATE_OP 207019 /**< feature not support update op */
#define ACL_ERROR_RT_TIMEOUT 207020 /**< driver asks for resume / timed out */
#define ACL_ERROR_RT_LINK_TYPE_NOT_SUPPORTED 207021 /**< requested link type has no route */
/** @} */

/** @name Failures inside the runtime, the driver or the device */
/** @{ */
#define ACL_ERROR_RT_INTERNAL_ERROR 507000 /**< internal error of the runtime */
#define ACL_ERROR_RT_TS_ERROR 507001 /**< task scheduler error */
#define ACL_ERROR_RT_STREAM_TASK_FULL 507002 /**< stream task full */
#define ACL_ERROR_RT_STREAM_TASK_EMPTY 507003 /**< stream task empty */
#define ACL_ERROR_RT_STREAM_NOT_COMPLETE 507004 /**< stream not complete */
#define ACL_ERROR_RT_END_OF_SEQUENCE 507005 /**< end of sequence */
#define ACL_ERROR_RT_EVENT_NOT_COMPLETE 507006 /**< event has not completed */
#define ACL_ERROR_RT_CONTEXT_RELEASE_ERROR 507007 /**< device is not set, or released already */
#define ACL_ERROR_RT_SOC_VERSION 507008 /**< soc version */
#define ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT 507009 /**< task type not support */
#define ACL_ERROR_RT_LOST_HEARTBEAT 507010 /**< lost heartbeat */
#define ACL_ERROR_RT_MODEL_EXECUTE 507011 /**< model execute */
#define ACL_ERROR_RT_REPORT_TIMEOUT 507012 /**< wait for report timed out (driver WAIT_TIMEOUT) */
#define ACL_ERROR_RT_SYS_DMA 507013 /**< sys dma */
#define ACL_ERROR_RT_AICORE_TIMEOUT 507014 /**< AI core timeout */
#define ACL_ERROR_RT_AICORE_EXCEPTION 507015 /**< AI core exception */
#define ACL_ERROR_RT_AICORE_TRAP_EXCEPTION 507016 /**< AI core trap exception */
#define ACL_ERROR_RT_AICPU_TIMEOUT 507017 /**< AI CPU timeout */
#define ACL_ERROR_RT_AICPU_EXCEPTION 507018 /**< AI CPU exception */
#define ACL_ERROR_RT_AICPU_DATADUMP_RSP_ERR 507019 /**< AI CPU datadump reply error */
#define ACL_ERROR_RT_AICPU_MODEL_RSP_ERR 507020 /**< AI CPU model reply error */
#define ACL_ERROR_RT_PROFILING_ERROR 507021 /**< profiling error */
#define ACL_ERROR_RT_IPC_ERROR 507022 /**< ipc error */
#define ACL_ERROR_RT_MODEL_ABORT_NORMAL 507023 /**< model abort normal */
#define ACL_ERROR_RT_KERNEL_UNREGISTERING 507024 /**< kernel unregistering */
#define ACL_ERROR_RT_RINGBUFFER_NOT_INIT 507025 /**< ringbuffer not init */
#define ACL_ERROR_RT_RINGBUFFER_NO_DATA 507026 /**< ringbuffer no data */
#define ACL_ERROR_RT_KERNEL_LOOKUP 507027 /**< kernel lookup */
#define ACL_ERROR_RT_KERNEL_DUPLICATE 507028 /**< kernel duplicate */
#define ACL_ERROR_RT_DEBUG_REGISTER_FAIL 507029 /**< debug register fail */
#define ACL_ERROR_RT_DEBUG_UNREGISTER_FAIL 507030 /**< debug unregister fail */
#define ACL_ERROR_RT_LABEL_CONTEXT 507031 /**< label context */
#define ACL_ERROR_RT_PROGRAM_USE_OUT 507032 /**< program use out */
#define ACL_ERROR_RT_DEV_SETUP_ERROR 507033 /**< device open/set-up failed */
#define ACL_ERROR_RT_VECTOR_CORE_TIMEOUT 507034 /**< vector core timeout */
#define ACL_ERROR_RT_VECTOR_CORE_EXCEPTION 507035 /**< vector core exception */
#define ACL_ERROR_RT_VECTOR_CORE_TRAP_EXCEPTION 507036 /**< vector core trap exception */
#define ACL_ERROR_RT_CDQ_BATCH_ABNORMAL 507037 /**< CDQ batch abnormal */
#define ACL_ERROR_RT_DIE_MODE_CHANGE_ERROR 507038 /**< die mode change error */
#define ACL_ERROR_RT_DIE_SET_ERROR 507039 /**< die set error */
#define ACL_ERROR_RT_INVALID_DIEID 507040 /**< invalid die id */
#define ACL_ERROR_RT_DIE_MODE_NOT_SET 507041 /**< die mode not set */
#define ACL_ERROR_RT_AICORE_TRAP_READ_OVERFLOW 507042 /**< AI core trap read overflow */
#define ACL_ERROR_RT_AICORE_TRAP_WRITE_OVERFLOW 507043 /**< AI core trap write overflow */
#define ACL_ERROR_RT_VECTOR_CORE_TRAP_READ_OVERFLOW 507044 /**< vector core trap read overflow */
#define ACL_ERROR_RT_VECTOR_CORE_TRAP_WRITE_OVERFLOW 507045 /**< vector core trap write overflow */
#define ACL_ERROR_RT_STREAM_SYNC_TIMEOUT 507046 /**< stream/device synchronize timed out */
#define ACL_ERROR_RT_EVENT_SYNC_TIMEOUT 507047 /**< event synchronize timed out */
#define ACL_ERROR_RT_FFTS_PLUS_TIMEOUT 507048 /**< FFTS+ timeout */
#define ACL_ERROR_RT_FFTS_PLUS_EXCEPTION 507049 /**< FFTS+ exception */
#define ACL_ERROR_RT_FFTS_PLUS_TRAP_EXCEPTION 507050 /**< FFTS+ trap exception */
#define ACL_ERROR_RT_SEND_MSG 507051 /**< message to device not sent */
#define ACL_ERROR_RT_COPY_DATA 507052 /**< copying data between user and kernel failed */
#define ACL_ERROR_RT_DEVICE_MEM_ERROR 507053 /**< device memory error */
#define ACL_ERROR_RT_HBM_MULTI_BIT_ECC_ERROR 507054 /**< HBM multi bit ECC error */
#define ACL_ERROR_RT_SUSPECT_DEVICE_MEM_ERROR 507055 /**< suspect device memory error */
#define ACL_ERROR_RT_LINK_ERROR 507056 /**< link error */
#define ACL_ERROR_RT_SUSPECT_REMOTE_ERROR 507057 /**< suspect remote error */
/** failure in the driver that has no code of its own */
#define ACL_ERROR_RT_DRV_INTERNAL_ERROR 507899
#define ACL_ERROR_RT_AICPU_INTERNAL_ERROR 507900 /**< AI CPU internal error */
#define ACL_ERROR_RT_SOCKET_CLOSE 507901 /**< socket close */
#define ACL_ERROR_RT_AICPU_INFO_LOAD_RSP_ERR 507902 /**< AI CPU info load reply error */
#define ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED 507903 /**< stream capture invalidated */
#define ACL_ERROR_RT_COMM_OP_RETRY_FAIL 507904 /**< comm op retry fail */
#define ACL_ERROR_SNAPSHOT_LOCK_TIMEOUT 507905 /**< snapshot lock timeout */
#define ACL_ERROR_SNAPSHOT_LOCK_FAILED 507906 /**< snapshot lock failed */
#define ACL_ERROR_SNAPSHOT_UNLOCK_FAILED 507907 /**< snapshot unlock failed */
#define ACL_ERROR_SNAPSHOT_BACKUP_FAILED 507908 /**< snapshot backup failed */
#define ACL_ERROR_SNAPSHOT_RESTORE_FAILED 507909 /**< snapshot restore failed */
#define ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED 507910 /**< host range is registered already */
#define ACL_ERROR_HOST_MEMORY_NOT_REGISTERED 507911 /**< host range is not registered */
#define ACL_ERROR_SNAPSHOT_CALLBACK_FAILED 507912 /**< snapshot callback failed */
/** snapshot register callback failed */
#define ACL_ERROR_SNAPSHOT_REGISTER_CALLBACK_FAILED 507913
#define ACL_ERROR_RT_L3_PORT_ERROR 507914 /**< l3 port error */
#define ACL_ERROR_RT_CCU_TIMEOUT 507915 /**< CCU timeout */
#define ACL_ERROR_RT_CCU_EXCEPTION 507916 /**< CCU exception */
/** @} */

#endif
