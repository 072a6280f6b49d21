/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_kernel.h
 * @brief Kernel binaries and their launch.
 */
#ifndef ACL_EMU_ACL_RT_KERNEL_H
#define ACL_EMU_ACL_RT_KERNEL_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief A kernel binary in host memory. */
typedef void *aclrtBinary;
/** @brief A loaded kernel binary. */
typedef void *aclrtBinHandle;
/** @brief A kernel of a loaded binary. */
typedef void *aclrtFuncHandle;
/** @brief Argument list of a launch. */
typedef void *aclrtArgsHandle;
/** @brief One argument of such a list. */
typedef void *aclrtParamHandle;

/** @name Kinds of an ELF binary */
/** @{ */
#define ACL_RT_BINARY_MAGIC_ELF_AICORE 0x43554245U
#define ACL_RT_BINARY_MAGIC_ELF_VECTOR_CORE 0x41415246U
#define ACL_RT_BINARY_MAGIC_ELF_CUBE_CORE 0x41494343U
/** @} */

/** @brief Options of loading. */
typedef enum aclrtBinaryLoadOptionType {
	ACL_RT_BINARY_LOAD_OPT_LAZY_LOAD = 1,
	ACL_RT_BINARY_LOAD_OPT_LAZY_MAGIC = 2,
	ACL_RT_BINARY_LOAD_OPT_MAGIC = 2,
	ACL_RT_BINARY_LOAD_OPT_CPU_KERNEL_MODE = 3,
} aclrtBinaryLoadOptionType;

/** @brief Value of a loading option. */
typedef union aclrtBinaryLoadOptionValue {
	uint32_t isLazyLoad;
	uint32_t magic;
	int32_t cpuKernelMode;
	uint32_t rsv[4];
} aclrtBinaryLoadOptionValue;

/** @brief One loading option. */
typedef struct aclrtBinaryLoadOption {
	aclrtBinaryLoadOptionType type;
	aclrtBinaryLoadOptionValue value;
} aclrtBinaryLoadOption;

/** @brief A list of loading options. */
typedef struct aclrtBinaryLoadOptions {
	aclrtBinaryLoadOption *options;
	size_t numOpt; /**< entries at options */
} aclrtBinaryLoadOptions;

/** @brief Properties of a kernel. */
typedef enum aclrtFuncAttribute {
	ACL_FUNC_ATTR_KERNEL_TYPE = 1,
	ACL_FUNC_ATTR_KERNEL_RATIO = 2,
	ACL_FUNC_ATTR_KERNEL_SCHED_MODE = 3,
} aclrtFuncAttribute;

/** @brief Cores for which a kernel is built. */
typedef enum aclrtKernelType {
	ACL_KERNEL_TYPE_AICORE = 0,
	ACL_KERNEL_TYPE_CUBE = 1,
	ACL_KERNEL_TYPE_VECTOR = 2,
	ACL_KERNEL_TYPE_MIX = 3,
	ACL_KERNEL_TYPE_AICPU = 100,
} aclrtKernelType;

/** @brief Engine that executes a launch. */
typedef enum aclrtEngineType {
	ACL_RT_ENGINE_TYPE_AIC = 0,
	ACL_RT_ENGINE_TYPE_AIV = 1,
} aclrtEngineType;

/** @brief Size in three dimensions. */
typedef struct dim3 {
	uint32_t x;
	uint32_t y;
	uint32_t z;
} dim3;

/** @brief Options of a launch. */
typedef enum aclrtLaunchKernelAttrId {
	ACL_RT_LAUNCH_KERNEL_ATTR_SCHEM_MODE = 1,
	ACL_RT_LAUNCH_KERNEL_ATTR_LOCAL_MEMORY_SIZE = 2,
	ACL_RT_LAUNCH_KERNEL_ATTR_DYN_UBUF_SIZE = 2,
	ACL_RT_LAUNCH_KERNEL_ATTR_ENGINE_TYPE = 3,
	ACL_RT_LAUNCH_KERNEL_ATTR_BLOCKDIM_OFFSET = 4,
	ACL_RT_LAUNCH_KERNEL_ATTR_BLOCK_TASK_PREFETCH = 5,
	ACL_RT_LAUNCH_KERNEL_ATTR_DATA_DUMP = 6,
	ACL_RT_LAUNCH_KERNEL_ATTR_TIMEOUT = 7,
	ACL_RT_LAUNCH_KERNEL_ATTR_TIMEOUT_US = 8,
	ACL_RT_LAUNCH_KERNEL_ATTR_ENABLE_PROFILING = 9,
} aclrtLaunchKernelAttrId;

/** @brief 64-bit time-out in microseconds, in two halves. */
typedef struct aclrtTimeoutUs {
	uint32_t timeoutLow;
	uint32_t timeoutHigh;
} aclrtTimeoutUs;

/** @brief Value of a launch option. */
typedef union aclrtLaunchKernelAttrValue {
	uint8_t schemMode;
	uint32_t localMemorySize;
	uint32_t dynUBufSize;
	aclrtEngineType engineType;
	uint32_t blockDimOffset;
	uint8_t isBlockTaskPrefetch;
	uint8_t isDataDump;
	uint16_t timeout;
	aclrtTimeoutUs timeoutUs;
	uint8_t enableProfiling;
	uint32_t rsv[4];
} aclrtLaunchKernelAttrValue;

/** @brief One launch option. */
typedef struct aclrtLaunchKernelAttr {
	aclrtLaunchKernelAttrId id;
	aclrtLaunchKernelAttrValue value;
} aclrtLaunchKernelAttr;

/** @brief A list of launch options. */
typedef struct aclrtLaunchKernelCfg {
	aclrtLaunchKernelAttr *attrs;
	size_t numAttrs; /**< entries at attrs */
} aclrtLaunchKernelCfg;

/** @brief Argument whose address is filled in at launch. */
typedef struct aclrtPlaceHolderInfo {
	uint32_t addrOffset; /**< bytes from the start of the arguments to the address */
	uint32_t dataOffset; /**< bytes from the start of the arguments to its data */
} aclrtPlaceHolderInfo;

/**
 * @page kernels Kernels of AI cores
 *
 * There are no AI cores. The calls for kernel binaries check their pointers as the real ones do and
 * then fail with 207000; results are not written. acl_emu_launch() runs a host function as a
 * kernel.
 */

/**
 * @brief Load a kernel binary from a file. Not emulated; fails always.
 *
 * @param[in] binPath path of the file
 * @param[in] options may be NULL
 * @param[out] binHandle not written
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): binPath or binHandle is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtBinaryLoadFromFile(const char *binPath,
						     aclrtBinaryLoadOptions *options,
						     aclrtBinHandle *binHandle);

/**
 * @brief Load a kernel binary from host memory. Not emulated; fails always.
 *
 * @param[in] data the binary
 * @param[in] length bytes at data
 * @param[in] options may be NULL
 * @param[out] binHandle not written
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): data or binHandle is NULL, or length is 0
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtBinaryLoadFromData(const void *data, size_t length,
						     const aclrtBinaryLoadOptions *options,
						     aclrtBinHandle *binHandle);

/**
 * @brief Unload a kernel binary. Not emulated; fails always.
 *
 * @param[in] binHandle a loaded binary
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): binHandle is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtBinaryUnLoad(aclrtBinHandle binHandle);

/**
 * @brief Find a kernel in a loaded binary. Not emulated; fails always.
 *
 * @param[in] binHandle a loaded binary
 * @param[in] kernelName name of the kernel
 * @param[out] funcHandle not written
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtBinaryGetFunction(const aclrtBinHandle binHandle,
						    const char *kernelName,
						    aclrtFuncHandle *funcHandle);

/**
 * @brief Start the argument list of a launch. Not emulated; fails always.
 *
 * @param[in] funcHandle the kernel
 * @param[out] argsHandle not written
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtKernelArgsInit(aclrtFuncHandle funcHandle,
						 aclrtArgsHandle *argsHandle);

/**
 * @brief Append an argument to an argument list. Not emulated; fails always.
 *
 * @param[in] argsHandle the list
 * @param[in] param value of the argument
 * @param[in] paramSize bytes at param
 * @param[out] paramHandle not written
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, or paramSize is 0
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtKernelArgsAppend(aclrtArgsHandle argsHandle, void *param,
						   size_t paramSize,
						   aclrtParamHandle *paramHandle);

/**
 * @brief Complete an argument list. Not emulated; fails always.
 *
 * @param[in] argsHandle the list
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): argsHandle is NULL
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtKernelArgsFinalize(aclrtArgsHandle argsHandle);

/**
 * @brief Launch a kernel with arguments in device memory. Not emulated; fails always.
 *
 * @param[in] funcHandle the kernel
 * @param[in] numBlocks number of cores, at least 1
 * @param[in] argsData the arguments
 * @param[in] argsSize bytes at argsData
 * @param[in] stream the stream
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): funcHandle is NULL or numBlocks is 0
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch(), aclrtLaunchHostFunc()
 */
ACL_FUNC_VISIBILITY aclError aclrtLaunchKernel(aclrtFuncHandle funcHandle, uint32_t numBlocks,
					       const void *argsData, size_t argsSize,
					       aclrtStream stream);

/**
 * @brief Launch a kernel with options. Not emulated; fails always.
 *
 * @param[in] funcHandle the kernel
 * @param[in] numBlocks number of cores, at least 1
 * @param[in] argsData the arguments
 * @param[in] argsSize bytes at argsData
 * @param[in] cfg options; may be NULL
 * @param[in] stream the stream
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): funcHandle is NULL or numBlocks is 0
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtLaunchKernelV2(aclrtFuncHandle funcHandle, uint32_t numBlocks,
						 const void *argsData, size_t argsSize,
						 aclrtLaunchKernelCfg *cfg, aclrtStream stream);

/**
 * @brief Launch a kernel with options and an argument list. Not emulated; fails always.
 *
 * @param[in] funcHandle the kernel
 * @param[in] numBlocks number of cores, at least 1
 * @param[in] stream the stream
 * @param[in] cfg options; may be NULL
 * @param[in] argsHandle the arguments
 * @param[in] reserve must be NULL
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): funcHandle is NULL or numBlocks is 0
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always: there are no AI cores
 * @see acl_emu_launch()
 */
ACL_FUNC_VISIBILITY aclError aclrtLaunchKernelWithConfig(aclrtFuncHandle funcHandle,
							 uint32_t numBlocks, aclrtStream stream,
							 aclrtLaunchKernelCfg *cfg,
							 aclrtArgsHandle argsHandle,
							 void *reserve);

#ifdef __cplusplus
}
#endif

#endif
