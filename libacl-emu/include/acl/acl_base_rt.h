/* SPDX-License-Identifier: MIT */
/**
 * @file acl_base_rt.h
 * @brief Handles, common types and result codes shared by the whole API.
 */
#ifndef ACL_EMU_ACL_BASE_RT_H
#define ACL_EMU_ACL_BASE_RT_H

#include <stddef.h>
#include <stdint.h>

#include "error_codes/ge_error_codes.h"
#include "error_codes/rt_error_codes.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The library is built with hidden visibility. Only functions with this mark are exported, so the
 * list of exported functions and the headers agree.
 */
#define ACL_FUNC_VISIBILITY __attribute__((visibility("default")))

/** @brief Marks a declaration that new programs should not use. */
#define ACL_DEPRECATED __attribute__((deprecated))
/** @brief Like ACL_DEPRECATED, with a text for the warning of the compiler. */
#define ACL_DEPRECATED_MESSAGE(message) __attribute__((deprecated(message)))

/** @brief Result of most calls: 0 on success, otherwise one of the codes below. */
typedef int aclError;
/** @brief Bit pattern of an IEEE 754 half precision number. */
typedef uint16_t aclFloat16;

/** @brief Execution context: belongs to one device, owns streams. */
typedef void *aclrtContext;
/** @brief Queue of device work that runs in order; NULL is the context's default stream. */
typedef void *aclrtStream;
/** @brief Marker in a stream; other streams and the host can wait for it. */
typedef void *aclrtEvent;
/** @brief One-shot signal between streams, devices or processes. */
typedef void *aclrtNotify;
/** @brief Signal with a 32-bit value. */
typedef void *aclrtCntNotify;
/** @brief Jump target inside a stream of a model. */
typedef void *aclrtLabel;
/** @brief Set of labels. */
typedef void *aclrtLabelList;
/** @brief Message buffer of the queue interface. */
typedef void *aclrtMbuf;
/** @brief Group of captured tasks that can be updated together. */
typedef void *aclrtTaskGrp;
/** @brief One task of a captured model. */
typedef void *aclmdlRITask;
/** @brief Opaque pair of an address and a length. */
typedef struct aclDataBuffer aclDataBuffer;
/** @brief Description of an allocator of the program. */
typedef void *aclrtAllocatorDesc;
/** @brief The program's allocator object. */
typedef void *aclrtAllocator;
/** @brief A block of an allocator of the program. */
typedef void *aclrtAllocatorBlock;
/** @brief An address in a block of an allocator of the program. */
typedef void *aclrtAllocatorAddr;

/** @brief Element type of a tensor. */
typedef enum aclDataType {
	ACL_DT_UNDEFINED = -1,
	ACL_FLOAT = 0,
	ACL_FLOAT16 = 1,
	ACL_INT8 = 2,
	ACL_INT32 = 3,
	ACL_UINT8 = 4,
	ACL_INT16 = 6,
	ACL_UINT16 = 7,
	ACL_UINT32 = 8,
	ACL_INT64 = 9,
	ACL_UINT64 = 10,
	ACL_DOUBLE = 11,
	ACL_BOOL = 12,
	ACL_STRING = 13,
	ACL_COMPLEX64 = 16,
	ACL_COMPLEX128 = 17,
	ACL_BF16 = 27,
	ACL_INT4 = 29,
	ACL_UINT1 = 30,
	ACL_COMPLEX32 = 33,
	ACL_HIFLOAT8 = 34,
	ACL_FLOAT8_E5M2 = 35,
	ACL_FLOAT8_E4M3FN = 36,
	ACL_FLOAT8_E8M0 = 37,
	ACL_FLOAT6_E3M2 = 38,
	ACL_FLOAT6_E2M3 = 39,
	ACL_FLOAT4_E2M1 = 40,
	ACL_FLOAT4_E1M2 = 41,
} aclDataType;

/** @brief Layout of a tensor in memory. */
typedef enum aclFormat {
	ACL_FORMAT_UNDEFINED = -1,
	ACL_FORMAT_NCHW = 0,
	ACL_FORMAT_NHWC = 1,
	ACL_FORMAT_ND = 2,
	ACL_FORMAT_NC1HWC0 = 3,
	ACL_FORMAT_FRACTAL_Z = 4,
	ACL_FORMAT_NC1HWC0_C04 = 12,
	ACL_FORMAT_HWCN = 16,
	ACL_FORMAT_NDHWC = 27,
	ACL_FORMAT_FRACTAL_NZ = 29,
	ACL_FORMAT_NCDHW = 30,
	ACL_FORMAT_NDC1HWC0 = 32,
	ACL_FRACTAL_Z_3D = 33,
	ACL_FORMAT_NC = 35,
	ACL_FORMAT_NCL = 47,
	ACL_FORMAT_FRACTAL_NZ_C0_16 = 50,
	ACL_FORMAT_FRACTAL_NZ_C0_32 = 51,
	ACL_FORMAT_FRACTAL_NZ_C0_2 = 52,
	ACL_FORMAT_FRACTAL_NZ_C0_4 = 53,
	ACL_FORMAT_FRACTAL_NZ_C0_8 = 54,
} aclFormat;

/** @brief Severity of a log record. */
typedef enum aclLogLevel {
	ACL_DEBUG = 0,
	ACL_INFO = 1,
	ACL_WARNING = 2,
	ACL_ERROR = 3,
} aclLogLevel;

/** @brief Location of the memory of a tensor. */
typedef enum aclMemType {
	ACL_MEMTYPE_DEVICE = 0,
	ACL_MEMTYPE_HOST = 1,
	ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT = 2,
} aclMemType;

/** @brief Process-wide or context-wide switches. */
typedef enum aclSysParamOpt {
	ACL_OPT_DETERMINISTIC = 0,
	ACL_OPT_ENABLE_DEBUG_KERNEL = 1,
	ACL_OPT_STRONG_CONSISTENCY = 2,
	ACL_OPT_ENABLE_KERNEL_EARLY_START = 3,
} aclSysParamOpt;

/** @brief Optional abilities of the software stack. */
typedef enum aclCannAttr {
	ACL_CANN_ATTR_UNDEFINED = -1,
	ACL_CANN_ATTR_INF_NAN = 0,
	ACL_CANN_ATTR_BF16 = 1,
	ACL_CANN_ATTR_JIT_COMPILE = 2,
} aclCannAttr;

/** @brief Number of aclGetDeviceCapability(). */
typedef enum aclDeviceInfo {
	ACL_DEVICE_INFO_UNDEFINED = -1,
	ACL_DEVICE_INFO_AI_CORE_NUM = 0,
	ACL_DEVICE_INFO_VECTOR_CORE_NUM = 1,
	ACL_DEVICE_INFO_L2_SIZE = 2,
} aclDeviceInfo;

/** @name Success */
/** @{ */
static const int ACL_ERROR_NONE = 0; /**< success (alias of ACL_SUCCESS) */
static const int ACL_SUCCESS = 0; /**< success */
/** @} */

/** @name Errors of the caller */
/** @{ */
/** acl-layer argument check failed (null pointer, zero size, bad enum or flag) */
static const int ACL_ERROR_INVALID_PARAM = 100000;
static const int ACL_ERROR_UNINITIALIZE = 100001; /**< acl not initialised */
/** aclInit called again (reference count still grows) */
static const int ACL_ERROR_REPEAT_INITIALIZE = 100002;
static const int ACL_ERROR_INVALID_FILE = 100003; /**< file is not valid */
static const int ACL_ERROR_WRITE_FILE = 100004; /**< writing a file failed */
static const int ACL_ERROR_INVALID_FILE_SIZE = 100005; /**< file size out of range */
static const int ACL_ERROR_PARSE_FILE = 100006; /**< file could not be parsed */
static const int ACL_ERROR_FILE_MISSING_ATTR = 100007; /**< file lacks a needed attribute */
static const int ACL_ERROR_FILE_ATTR_INVALID = 100008; /**< file attribute value invalid */
static const int ACL_ERROR_INVALID_DUMP_CONFIG = 100009; /**< dump configuration invalid */
/** profiling configuration invalid */
static const int ACL_ERROR_INVALID_PROFILING_CONFIG = 100010;
static const int ACL_ERROR_INVALID_MODEL_ID = 100011; /**< unknown model id */
static const int ACL_ERROR_DESERIALIZE_MODEL = 100012; /**< model could not be deserialised */
static const int ACL_ERROR_PARSE_MODEL = 100013; /**< model could not be parsed */
static const int ACL_ERROR_READ_MODEL_FAILURE = 100014; /**< model could not be read */
static const int ACL_ERROR_MODEL_SIZE_INVALID = 100015; /**< model size wrong */
static const int ACL_ERROR_MODEL_MISSING_ATTR = 100016; /**< model attribute missing */
/** model inputs differ from expectation */
static const int ACL_ERROR_MODEL_INPUT_NOT_MATCH = 100017;
/** model outputs differ from expectation */
static const int ACL_ERROR_MODEL_OUTPUT_NOT_MATCH = 100018;
static const int ACL_ERROR_MODEL_NOT_DYNAMIC = 100019; /**< model is not a dynamic-shape one */
static const int ACL_ERROR_OP_TYPE_NOT_MATCH = 100020; /**< operator type mismatch */
static const int ACL_ERROR_OP_INPUT_NOT_MATCH = 100021; /**< operator inputs mismatch */
static const int ACL_ERROR_OP_OUTPUT_NOT_MATCH = 100022; /**< operator outputs mismatch */
static const int ACL_ERROR_OP_ATTR_NOT_MATCH = 100023; /**< operator attributes mismatch */
static const int ACL_ERROR_OP_NOT_FOUND = 100024; /**< operator unknown */
static const int ACL_ERROR_OP_LOAD_FAILED = 100025; /**< operator load failed */
static const int ACL_ERROR_UNSUPPORTED_DATA_TYPE = 100026; /**< data type not supported */
static const int ACL_ERROR_FORMAT_NOT_MATCH = 100027; /**< tensor format mismatch */
/** no binary selector registered */
static const int ACL_ERROR_BIN_SELECTOR_NOT_REGISTERED = 100028;
static const int ACL_ERROR_KERNEL_NOT_FOUND = 100029; /**< kernel unknown */
/** binary selector registered twice */
static const int ACL_ERROR_BIN_SELECTOR_ALREADY_REGISTERED = 100030;
static const int ACL_ERROR_KERNEL_ALREADY_REGISTERED = 100031; /**< kernel registered twice */
static const int ACL_ERROR_INVALID_QUEUE_ID = 100032; /**< queue id invalid */
static const int ACL_ERROR_REPEAT_SUBSCRIBE = 100033; /**< subscribed twice */
static const int ACL_ERROR_STREAM_NOT_SUBSCRIBE = 100034; /**< stream has no subscription */
static const int ACL_ERROR_THREAD_NOT_SUBSCRIBE = 100035; /**< thread has no subscription */
static const int ACL_ERROR_WAIT_CALLBACK_TIMEOUT = 100036; /**< no callback arrived in time */
/** finalize called when not initialised any more */
static const int ACL_ERROR_REPEAT_FINALIZE = 100037;
static const int ACL_ERROR_NOT_STATIC_AIPP = 100038; /**< AIPP is not static */
/** program runs against a library made for linking only */
static const int ACL_ERROR_COMPILING_STUB_MODE = 100039;
static const int ACL_ERROR_GROUP_NOT_SET = 100040; /**< no group chosen */
static const int ACL_ERROR_GROUP_NOT_CREATE = 100041; /**< group was never created */
static const int ACL_ERROR_PROF_ALREADY_RUN = 100042; /**< profiling already on */
static const int ACL_ERROR_PROF_NOT_RUN = 100043; /**< profiling is not on */
static const int ACL_ERROR_DUMP_ALREADY_RUN = 100044; /**< dump already on */
static const int ACL_ERROR_DUMP_NOT_RUN = 100045; /**< dump is not on */
static const int ACL_ERROR_PROF_REPEAT_SUBSCRIBE = 148046; /**< profiling subscribed twice */
static const int ACL_ERROR_PROF_API_CONFLICT = 148047; /**< conflicting profiling calls */
/** max op queue number setting invalid */
static const int ACL_ERROR_INVALID_MAX_OPQUEUE_NUM_CONFIG = 148048;
/** operator package path invalid or unset */
static const int ACL_ERROR_INVALID_OPP_PATH = 148049;
/** operator cannot do dynamic shapes */
static const int ACL_ERROR_OP_UNSUPPORTED_DYNAMIC = 148050;
/** dependent resources still alive */
static const int ACL_ERROR_RELATIVE_RESOURCE_NOT_CLEARED = 148051;
static const int ACL_ERROR_UNSUPPORTED_JPEG = 148052; /**< JPEG variant not supported */
static const int ACL_ERROR_INVALID_BUNDLE_MODEL_ID = 148053; /**< unknown bundle model id */
/** @} */

/** @name Missing resources and features */
/** @{ */
static const int ACL_ERROR_BAD_ALLOC = 200000; /**< acl-layer allocation failed */
static const int ACL_ERROR_API_NOT_SUPPORT = 200001; /**< API not supported */
static const int ACL_ERROR_INVALID_DEVICE = 200002; /**< device invalid */
static const int ACL_ERROR_MEMORY_ADDRESS_UNALIGNED = 200003; /**< address not aligned */
static const int ACL_ERROR_RESOURCE_NOT_MATCH = 200004; /**< resources do not belong together */
static const int ACL_ERROR_INVALID_RESOURCE_HANDLE = 200005; /**< resource handle invalid */
/** acl-layer: feature not supported (e.g. EnablePeerAccess flags != 0) */
static const int ACL_ERROR_FEATURE_UNSUPPORTED = 200006;
/** profiling module not supported */
static const int ACL_ERROR_PROF_MODULES_UNSUPPORTED = 200007;
static const int ACL_ERROR_STORAGE_OVER_LIMIT = 300000; /**< storage limit exceeded */
/** @} */

/** @name Internal failures */
/** @{ */
static const int ACL_ERROR_INTERNAL_ERROR = 500000; /**< unknown acl internal error */
static const int ACL_ERROR_FAILURE = 500001; /**< generic acl internal failure */
static const int ACL_ERROR_GE_FAILURE = 500002; /**< graph engine failure */
static const int ACL_ERROR_RT_FAILURE = 500003; /**< runtime failure */
static const int ACL_ERROR_DRV_FAILURE = 500004; /**< driver failure */
static const int ACL_ERROR_PROFILING_FAILURE = 500005; /**< profiling failure */
/** @} */

/**
 * @brief Convert a half precision number to float.
 *
 * @param[in] value IEEE 754 bits
 * @return the same number, exactly; infinities and NaN too
 * @see aclFloatToFloat16()
 */
ACL_FUNC_VISIBILITY float aclFloat16ToFloat(aclFloat16 value);

/**
 * @brief Convert a float to half precision.
 *
 * @param[in] value any number
 * @return IEEE 754 bits of the nearest number, ties to even; infinity if the number is too large
 * @see aclFloat16ToFloat()
 */
ACL_FUNC_VISIBILITY aclFloat16 aclFloatToFloat16(float value);

/**
 * @brief Return the size of an element.
 *
 * @param[in] dataType type of the element
 * @return bytes; 0 for strings and for no type, 1 for types smaller than a byte, 8 for unknown
 *         types
 * @see aclCreateDataBuffer()
 */
ACL_FUNC_VISIBILITY size_t aclDataTypeSize(aclDataType dataType);

/**
 * @brief Return the abilities of the software stack.
 *
 * @param[out] cannAttrList array that is valid as long as the library is loaded; not written on
 *            failure
 * @param[out] num its length; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @see aclGetCannAttribute()
 */
ACL_FUNC_VISIBILITY aclError aclGetCannAttributeList(const aclCannAttr **cannAttrList, size_t *num);

/**
 * @brief Return whether the software stack has an ability.
 *
 * @param[in] cannAttr the ability
 * @param[out] value 1 or 0; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): value is NULL, or cannAttr is unknown
 * @par Differences
 * On the real stack the result depends on the product. Here infinities and BF16 are available, and
 * JIT compilation is not.
 * @see aclGetCannAttributeList()
 */
ACL_FUNC_VISIBILITY aclError aclGetCannAttribute(aclCannAttr cannAttr, int32_t *value);

/**
 * @brief Write a log record of the program.
 *
 * The record is printed on standard output if `ASCEND_SLOG_PRINT_TO_STDOUT` is 1 and the level is
 * at least `ASCEND_GLOBAL_LOG_LEVEL` (0 to 3, default 3: errors). Otherwise it is dropped; there
 * are no log files.
 *
 * @param[in] logLevel severity
 * @param[in] func name of the function
 * @param[in] file name of the source file
 * @param[in] line line number
 * @param[in] fmt format as for printf(), followed by its arguments
 * @see aclGetRecentErrMsg()
 */
ACL_FUNC_VISIBILITY void aclAppLog(aclLogLevel logLevel, const char *func, const char *file,
				   uint32_t line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/** @brief Write a log record with function, file and line. */
#define ACL_APP_LOG(level, fmt, ...) \
	aclAppLog(level, __FUNCTION__, __FILE__, __LINE__, fmt, ##__VA_ARGS__)

/**
 * @brief Create an object that holds an address and a length.
 *
 * @param[in] data the address; may be NULL; the memory is not accessed
 * @param[in] size bytes
 * @return the object, or NULL if there is no memory for it
 * @see aclDestroyDataBuffer(), aclGetDataBufferAddr(), aclGetDataBufferSizeV2()
 */
ACL_FUNC_VISIBILITY aclDataBuffer *aclCreateDataBuffer(void *data, size_t size);

/**
 * @brief Destroy a data buffer object. The memory it refers to is not freed.
 *
 * @param[in] dataBuffer the object
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): dataBuffer is NULL
 * @see aclCreateDataBuffer()
 */
ACL_FUNC_VISIBILITY aclError aclDestroyDataBuffer(const aclDataBuffer *dataBuffer);

/**
 * @brief Change address and length of a data buffer object.
 *
 * @param[in] dataBuffer the object
 * @param[in] data the address
 * @param[in] size bytes
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): dataBuffer is NULL
 * @see aclCreateDataBuffer()
 */
ACL_FUNC_VISIBILITY aclError aclUpdateDataBuffer(aclDataBuffer *dataBuffer, void *data,
						 size_t size);

/**
 * @brief Return the address of a data buffer object.
 *
 * @param[in] dataBuffer the object
 * @return the address; NULL if dataBuffer is NULL
 * @see aclCreateDataBuffer()
 */
ACL_FUNC_VISIBILITY void *aclGetDataBufferAddr(const aclDataBuffer *dataBuffer);

/**
 * @brief Return the low 32 bits of the length of a data buffer object.
 *
 * @param[in] dataBuffer the object
 * @return bytes; 0 if dataBuffer is NULL
 * @see aclGetDataBufferSizeV2()
 */
ACL_FUNC_VISIBILITY uint32_t aclGetDataBufferSize(const aclDataBuffer *dataBuffer);

/**
 * @brief Return the length of a data buffer object.
 *
 * @param[in] dataBuffer the object
 * @return bytes; 0 if dataBuffer is NULL
 * @see aclCreateDataBuffer()
 */
ACL_FUNC_VISIBILITY size_t aclGetDataBufferSizeV2(const aclDataBuffer *dataBuffer);

#ifdef __cplusplus
}
#endif

#endif
