/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_memory.h
 * @brief Ordinary device and host memory: allocate, copy, fill, ask.
 */
#ifndef ACL_EMU_ACL_RT_MEMORY_H
#define ACL_EMU_ACL_RT_MEMORY_H

#include <stdbool.h>

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Direction of a copy. */
typedef enum aclrtMemcpyKind {
	ACL_MEMCPY_HOST_TO_HOST = 0,
	ACL_MEMCPY_HOST_TO_DEVICE = 1,
	ACL_MEMCPY_DEVICE_TO_HOST = 2,
	ACL_MEMCPY_DEVICE_TO_DEVICE = 3,
	ACL_MEMCPY_DEFAULT = 4,
	ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE = 5,
	ACL_MEMCPY_INNER_DEVICE_TO_DEVICE = 6,
	ACL_MEMCPY_INTER_DEVICE_TO_DEVICE = 7,
} aclrtMemcpyKind;

/** @brief Page size wanted from aclrtMalloc(); the upper bits ask for a memory kind. */
typedef enum aclrtMemMallocPolicy {
	ACL_MEM_MALLOC_HUGE_FIRST = 0,
	ACL_MEM_MALLOC_HUGE_ONLY = 1,
	ACL_MEM_MALLOC_NORMAL_ONLY = 2,
	ACL_MEM_MALLOC_HUGE_FIRST_P2P = 3,
	ACL_MEM_MALLOC_HUGE_ONLY_P2P = 4,
	ACL_MEM_MALLOC_NORMAL_ONLY_P2P = 5,
	ACL_MEM_MALLOC_HUGE1G_ONLY = 6,
	ACL_MEM_MALLOC_HUGE1G_ONLY_P2P = 7,
	ACL_MEM_TYPE_LOW_BAND_WIDTH = 256,
	ACL_MEM_TYPE_HIGH_BAND_WIDTH = 4096,
	ACL_MEM_ACCESS_USER_SPACE_READONLY = 1048576,
} aclrtMemMallocPolicy;

/** @brief Kind of memory and page size. */
typedef enum aclrtMemAttr {
	ACL_DDR_MEM = 0,
	ACL_HBM_MEM = 1,
	ACL_DDR_MEM_HUGE = 2,
	ACL_DDR_MEM_NORMAL = 3,
	ACL_HBM_MEM_HUGE = 4,
	ACL_HBM_MEM_NORMAL = 5,
	ACL_DDR_MEM_P2P_HUGE = 6,
	ACL_DDR_MEM_P2P_NORMAL = 7,
	ACL_HBM_MEM_P2P_HUGE = 8,
	ACL_HBM_MEM_P2P_NORMAL = 9,
	ACL_HBM_MEM_HUGE1G = 10,
	ACL_HBM_MEM_P2P_HUGE1G = 11,
	ACL_MEM_NORMAL = 12,
	ACL_MEM_HUGE = 13,
	ACL_MEM_HUGE1G = 14,
	ACL_MEM_P2P_NORMAL = 15,
	ACL_MEM_P2P_HUGE = 16,
	ACL_MEM_P2P_HUGE1G = 17,
} aclrtMemAttr;

/** @brief Page sizes. */
enum aclrtMemPgType {
	NORMAL_PAGE_TYPE = 0,
	HUGE_PAGE_TYPE = 1,
	HUGE1G_PAGE_TYPE = 2,
};

/** @brief Kinds of memory without their page size. */
enum aclrtMemType {
	HBM_TYPE = 0,
	DDR_TYPE = 1,
	P2P_HBM_TYPE = 2,
	P2P_DDR_TYPE = 3,
};

/** @brief Relation of page size, kind and attribute. */
struct MemAttrMapping {
	uint32_t pgType;
	uint32_t memType;
	bool isHostAlloc;
	aclrtMemAttr memAttr;
};

/** @brief Place a memory block can be in. */
typedef enum aclrtMemLocationType {
	ACL_MEM_LOCATION_TYPE_HOST = 0,
	ACL_MEM_LOCATION_TYPE_DEVICE = 1,
	ACL_MEM_LOCATION_TYPE_UNREGISTERED = 2,
	ACL_MEM_LOCATION_TYPE_MANAGED = 3,
	ACL_MEM_LOCATION_TYPE_HOST_NUMA = 4,
} aclrtMemLocationType;

/** @brief A place and its number. */
typedef struct aclrtMemLocation {
	uint32_t id; /**< device id, NUMA node, or 0 for the host */
	aclrtMemLocationType type;
} aclrtMemLocation;

/** @brief What is known about an address. */
typedef struct aclrtPtrAttributes {
	aclrtMemLocation location;
	uint32_t pageSize; /**< bytes */
	uint32_t rsv[4];
} aclrtPtrAttributes;

/** @brief Memory one module of the stack uses. */
typedef struct aclrtMemUsageInfo {
	char name[32];
	uint64_t curMemSize; /**< bytes in use */
	uint64_t memPeakSize; /**< bytes in use at the highest */
	size_t reserved[8];
} aclrtMemUsageInfo;

/** @brief Ends of a group of copies in a batch. */
typedef struct aclrtMemcpyBatchAttr {
	aclrtMemLocation dstLoc;
	aclrtMemLocation srcLoc;
	uint8_t rsv[16];
} aclrtMemcpyBatchAttr;

/** @brief Attributes of an allocation. */
typedef enum aclrtMallocAttrType {
	ACL_RT_MEM_ATTR_RSV = 0,
	ACL_RT_MEM_ATTR_MODULE_ID = 1,
	ACL_RT_MEM_ATTR_DEVICE_ID = 2,
	ACL_RT_MEM_ATTR_VA_FLAG = 3,
} aclrtMallocAttrType;

/** @brief Value of such an attribute. */
typedef union aclrtMallocAttrValue {
	uint16_t moduleId;
	uint32_t deviceId;
	uint32_t vaFlag;
	uint8_t rsv[8];
} aclrtMallocAttrValue;

/** @brief One attribute. */
typedef struct aclrtMallocAttribute {
	aclrtMallocAttrType attr;
	aclrtMallocAttrValue value;
} aclrtMallocAttribute;

/** @brief A list of attributes. */
typedef struct aclrtMallocConfig {
	aclrtMallocAttribute *attrs;
	size_t numAttrs; /**< entries at attrs */
} aclrtMallocConfig;

/** @brief Use of registered host memory (old form). */
typedef enum aclrtHostRegisterType {
	ACL_HOST_REGISTER_MAPPED = 0,
	ACL_HOST_REGISTER_IOMEMORY = 4,
	ACL_HOST_REGISTER_READONLY = 8,
} aclrtHostRegisterType;

/** @name Use of registered host memory, bits */
/** @{ */
#define ACL_HOST_REG_MAPPED 0x2UL
#define ACL_HOST_REG_IOMEMORY 0x4UL
#define ACL_HOST_REG_READONLY 0x8UL
#define ACL_HOST_REG_PINNED 0x10000000UL
/** @} */
/** @brief Whether an accelerator can reach registered host memory. */
typedef enum aclrtHostMemMapCapability {
	ACL_RT_HOST_MEM_MAP_NOT_SUPPORTED = 0,
	ACL_RT_HOST_MEM_MAP_SUPPORTED = 1,
} aclrtHostMemMapCapability;

/** @name Kinds of memory aclrtCheckMemType() tells apart, bits */
/** @{ */
#define ACL_RT_MEM_TYPE_DEV (0X2U)
#define ACL_RT_MEM_TYPE_DVPP (0X8U)
#define ACL_RT_MEM_TYPE_RSVD (0X10U)
/** @} */

/** @name Memory shared by a name */
/** @{ */
#define ACL_RT_IPC_MEM_EXPORT_FLAG_DEFAULT 0x0UL
#define ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION 0x1UL
#define ACL_RT_IPC_MEM_IMPORT_FLAG_DEFAULT 0x0UL
#define ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS 0x1UL
#define ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_SIO 0
#define ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_HCCS 1
#define ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_UB_ONE_PORT_PATH 2
#define ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_UB_MULTI_PORT_PATH 3
/** @} */
/** @brief Attributes of memory shared by a name. */
typedef enum aclrtIpcMemAttrType {
	ACL_RT_IPC_MEM_ATTR_ACCESS_LINK = 0,
} aclrtIpcMemAttrType;

/** @brief Processes of one server. */
typedef struct aclrtServerPid {
	uint32_t sdid; /**< number of the device across servers */
	int32_t *pid;
	size_t num; /**< entries at pid */
} aclrtServerPid;

#define ACL_RT_MEM_ATTACH_GLOBAL 0x01U
/** @brief Advice about managed memory. */
typedef enum aclrtMemManagedAdviseType {
	ACL_MEM_ADVISE_SET_READ_MOSTLY = 0,
	ACL_MEM_ADVISE_UNSET_READ_MOSTLY = 1,
	ACL_MEM_ADVISE_SET_PREFERRED_LOCATION = 2,
	ACL_MEM_ADVISE_UNSET_PREFERRED_LOCATION = 3,
	ACL_MEM_ADVISE_SET_ACCESSED_BY = 4,
	ACL_MEM_ADVISE_UNSET_ACCESSED_BY = 5,
} aclrtMemManagedAdviseType;

/** @brief Place of managed memory. */
typedef enum aclrtMemManagedLocationType {
	ACL_MEM_LOCATIONTYPE_INVALID = 0,
	ACL_MEM_LOCATIONTYPE_DEVICE = 1,
	ACL_MEM_LOCATIONTYPE_HOST = 2,
	ACL_MEM_LOCATIONTYPE_HOST_NUMA = 3,
	ACL_MEM_LOCATIONTYPE_HOST_NUMA_CURRENT = 4,
} aclrtMemManagedLocationType;

/** @brief A place and its number. */
typedef struct aclrtMemManagedLocation {
	aclrtMemManagedLocationType type;
	int32_t id;
} aclrtMemManagedLocation;

/** @brief What a range of managed memory can be asked for. */
typedef enum aclrtMemManagedRangeAttribute {
	ACL_MEM_RANGE_ATTRIBUTE_READ_MOSTLY = 1,
	ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION = 2,
	ACL_MEM_RANGE_ATTRIBUTE_ACCESSED_BY = 3,
	ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE = 4,
	ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_ID = 5,
	ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION = 6,
	ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE = 7,
	ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_ID = 8,
} aclrtMemManagedRangeAttribute;

/**
 * @brief Allocate memory on the current device.
 *
 * The size is rounded up to 32 bytes and 32 more are added, except for 1 GiB pages. The content
 * is undefined by contract. Free with aclrtFree().
 *
 * @param[out] devPtr start of the block; untouched on failure
 * @param[in] size bytes, not 0
 * @param[in] policy wanted page size; an unknown value counts as ACL_MEM_MALLOC_HUGE_FIRST
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL, size is 0, or the sum overflows
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the device has not that much left
 */
ACL_FUNC_VISIBILITY aclError aclrtMalloc(void **devPtr, size_t size,
					 aclrtMemMallocPolicy policy);

/**
 * @brief Allocate memory on the current device, without the 32 more bytes of aclrtMalloc().
 *
 * @param[out] devPtr start of the block, for aclrtFree(); untouched on failure
 * @param[in] size bytes, not 0; rounded up to a multiple of 32
 * @param[in] policy wanted page size, as for aclrtMalloc()
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL, size is 0, or the sum overflows
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the device has not that much left
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocAlign32(void **devPtr, size_t size,
						aclrtMemMallocPolicy policy);

/**
 * @brief As aclrtMalloc(), with attributes.
 *
 * ACL_RT_MEM_ATTR_DEVICE_ID chooses the device. ACL_RT_MEM_ATTR_MODULE_ID and _VA_FLAG change
 * nothing: use is not accounted by module, and every address is good for all devices.
 *
 * @param[out] devPtr start of the block, for aclrtFree(); untouched on failure
 * @param[in] size bytes, not 0
 * @param[in] policy wanted page size
 * @param[in] cfg attributes; may be NULL
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL, size is 0, cfg->attrs is NULL while
 *   cfg->numAttrs is not 0, or an unknown attribute
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): an attribute names no device
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): an attribute names a device that is not set
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the device has not that much left
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocWithCfg(void **devPtr, size_t size,
						aclrtMemMallocPolicy policy,
						aclrtMallocConfig *cfg);

/**
 * @brief Free what aclrtMalloc() gave.
 *
 * @param[in] devPtr start of the block
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): not the start of such a block; addresses from
 *   aclrtReserveMemAddress() go to aclrtReleaseMemAddress()
 */
ACL_FUNC_VISIBILITY aclError aclrtFree(void *devPtr);

/**
 * @brief Allocate pinned host memory. Free with aclrtFreeHost().
 *
 * @param[out] hostPtr start of the block; untouched on failure
 * @param[in] size bytes, not 0
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): hostPtr is NULL or size is 0
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the host has not that much left
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocHost(void **hostPtr, size_t size);

/**
 * @brief As aclrtMallocHost(), with attributes. They are checked and change nothing.
 *
 * @param[out] ptr start of the block, for aclrtFreeHost(); untouched on failure
 * @param[in] size bytes, not 0
 * @param[in] cfg attributes; may be NULL
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): ptr is NULL, size is 0, cfg->attrs is NULL while
 *   cfg->numAttrs is not 0, or an unknown attribute
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): an attribute names no device
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the host has not that much left
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocHostWithCfg(void **ptr, uint64_t size,
						    aclrtMallocConfig *cfg);

/**
 * @brief Memory that moves between host and devices by itself. Not emulated.
 *
 * @param[out] ptr untouched
 * @param[in] size bytes, not 0
 * @param[in] flag ACL_RT_MEM_ATTACH_GLOBAL
 * @return
 * - ACL_ERROR_INVALID_PARAM (100000): ptr is NULL, size is 0, another flag
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtMemAllocManaged(void **ptr, uint64_t size, uint32_t flag);

/**
 * @brief Free what aclrtMallocHost() gave.
 *
 * @param[in] hostPtr start of the block
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): hostPtr is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): not the start of such a block
 */
ACL_FUNC_VISIBILITY aclError aclrtFreeHost(void *hostPtr);

/**
 * @brief Copy and wait until it is done.
 *
 * Where data comes from and goes to is found from the addresses; kind is only checked. A count
 * of 0 succeeds whatever the pointers are, and so does dst equal to src.
 *
 * @param[in] dst destination
 * @param[in] destMax bytes there are at dst
 * @param[in] src source
 * @param[in] count bytes to copy, at most destMax
 * @param[in] kind ACL_MEMCPY_HOST_TO_HOST (0) .. ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE (5)
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): dst or src is NULL, or kind is not 0 .. 5
 * - ACL_ERROR_RT_PARAM_INVALID (107000): count is above destMax
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): a range is not mapped, or may not be accessed, or both
 *   are on different devices without aclrtDeviceEnablePeerAccess() or aclrtMemSetAccess()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpy(void *dst, size_t destMax, const void *src, size_t count,
					 aclrtMemcpyKind kind);

/**
 * @brief Fill device or host memory and wait until it is done.
 *
 * @param[in] devPtr start
 * @param[in] maxCount bytes there are at devPtr
 * @param[in] value its low 8 bits go to each byte
 * @param[in] count bytes to fill, at most maxCount; 0 succeeds whatever devPtr is
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): count is above maxCount
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the range is not mapped, or may not be accessed
 */
ACL_FUNC_VISIBILITY aclError aclrtMemset(void *devPtr, size_t maxCount, int32_t value,
					 size_t count);

/**
 * @brief Fill device or host memory with a word, and wait until it is done.
 *
 * @param[in] ptr start, a multiple of 4
 * @param[in] memSize bytes there are at ptr
 * @param[in] value the word
 * @param[in] N how many words, 1 to memSize / 4
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): ptr is NULL or not a multiple of 4, N is 0 or too large
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the range is not mapped, or may not be accessed
 */
ACL_FUNC_VISIBILITY aclError aclrtMemsetD32(void *ptr, size_t memSize, uint32_t value, size_t N);

/**
 * @brief Free and whole memory of the current device.
 *
 * What is free here is what can still be allocated: one byte more gives 207001.
 *
 * @param[in] attr kind of memory, 0 .. 17
 * @param[out] free bytes left; untouched on failure
 * @param[out] total bytes in all; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): free or total is NULL
 * - ACL_ERROR_RT_INVALID_MEMORY_TYPE (107016): unknown attr
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 */
ACL_FUNC_VISIBILITY aclError aclrtGetMemInfo(aclrtMemAttr attr, size_t *free, size_t *total);

/**
 * @brief Copy a rectangle between host and device, and wait until it is done.
 *
 * A width or height of 0 succeeds whatever the rest is. Bytes between the rows are not touched.
 *
 * @param[in] dst destination
 * @param[in] dpitch bytes from a row to the next at dst
 * @param[in] src source
 * @param[in] spitch bytes from a row to the next at src
 * @param[in] width bytes of a row, at most 5000000 and the pitches
 * @param[in] height rows, at most 5242880
 * @param[in] kind ACL_MEMCPY_HOST_TO_DEVICE, _DEVICE_TO_HOST, or _DEFAULT for either
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): dst or src is NULL, width is above a pitch, another kind
 * - ACL_ERROR_RT_PARAM_INVALID (107000): width or height too large
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): ACL_MEMCPY_DEVICE_TO_DEVICE
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): _DEFAULT and both ends are on the host or on devices
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): a row is not mapped, or may not be accessed
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpy2d(void *dst, size_t dpitch, const void *src,
					   size_t spitch, size_t width, size_t height,
					   aclrtMemcpyKind kind);

/**
 * @brief Copy many pieces between host and devices, and wait until all are done.
 *
 * Attribute k holds for the pieces from attrsIndexes[k] on, up to where the next begins. All
 * pieces are checked to be where their attribute says before the first is copied.
 *
 * @param[in] dsts destination of each piece
 * @param[in] destMaxs bytes there are at each destination
 * @param[in] srcs source of each piece
 * @param[in] sizes bytes of each piece
 * @param[in] numBatches pieces
 * @param[in] attrs where the ends of pieces are: one on the host, the other on a device
 * @param[in] attrsIndexes first piece of each attribute; the first is 0, then they grow
 * @param[in] numAttrs attributes, 1 .. numBatches
 * @param[out] failIndex on failure the piece at fault, or SIZE_MAX if it is none; else untouched
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, numBatches is 0, a size above its
 *   destMaxs, a reserved byte is not 0
 * - ACL_ERROR_RT_PARAM_INVALID (107000): wrong numAttrs, attrsIndexes or kind of location
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): an attribute with both ends on one side
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): a piece is not where its attribute says
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): a piece is not mapped, or may not be accessed
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyBatch(void **dsts, size_t *destMaxs, void **srcs,
					      size_t *sizes, size_t numBatches,
					      aclrtMemcpyBatchAttr *attrs, size_t *attrsIndexes,
					      size_t numAttrs, size_t *failIndex);

/**
 * @brief What an address is.
 *
 * Mapped memory of a device or of the host has its location, registered host memory is on the
 * host, all else is ACL_MEM_LOCATION_TYPE_UNREGISTERED: addresses that are only reserved too.
 *
 * @param[in] ptr any address
 * @param[out] attributes location, and page size in bytes; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtPointerGetAttributes(const void *ptr,
						       aclrtPtrAttributes *attributes);

/**
 * @brief Are all addresses of a list memory of one kind?
 *
 * @param[in] addrList the addresses
 * @param[in] size entries at addrList, not 0
 * @param[in] memType ACL_RT_MEM_TYPE_DEV, _DVPP and _RSVD, added up; only the first is there
 * @param[out] checkResult 1 if all are, else 0; untouched on failure
 * @param[in] reserve 0
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): size is 0, memType is 0 or unknown, reserve is not 0
 */
ACL_FUNC_VISIBILITY aclError aclrtCheckMemType(void **addrList, uint32_t size, uint32_t memType,
					       uint32_t *checkResult, uint32_t reserve);

/**
 * @brief Memory that modules of the stack use. Not kept here: see aclrtGetMemInfo().
 *
 * @param[in] deviceId 0 .. aclrtGetDeviceCount() - 1
 * @param[out] memUsageInfo untouched
 * @param[in] inputNum entries at memUsageInfo
 * @param[out] outputNum untouched
 * @return
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL or inputNum is 0
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): always otherwise
 */
ACL_FUNC_VISIBILITY aclError aclrtGetMemUsageInfo(int32_t deviceId,
						  aclrtMemUsageInfo *memUsageInfo,
						  size_t inputNum, size_t *outputNum);

/**
 * @brief Free device memory when all streams of the current device are through.
 *
 * @param[in] devPtr what aclrtMalloc() gave
 * @return ACL_SUCCESS (0), what aclrtSynchronizeDevice() gives, or
 * - ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no block begins there
 */
ACL_FUNC_VISIBILITY aclError aclrtFreeWithDevSync(void *devPtr);

/**
 * @brief Free host memory when all streams of the current device are through.
 *
 * @param[in] hostPtr what aclrtMallocHost() gave
 * @return ACL_SUCCESS (0), what aclrtSynchronizeDevice() gives, or
 * - ACL_ERROR_INVALID_PARAM (100000): hostPtr is NULL
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no block begins there
 */
ACL_FUNC_VISIBILITY aclError aclrtFreeHostWithDevSync(void *hostPtr);

/**
 * @brief aclrtMemcpyBatch() without the index of the piece at fault.
 *
 * @param[in] dsts where to, for each piece
 * @param[in] destMaxs room there
 * @param[in] srcs where from
 * @param[in] sizes bytes
 * @param[in] numBatches pieces, at least 1
 * @param[in] attrs where dsts and srcs are
 * @param[in] attrsIndexes first piece that each attribute is for; begins with 0 and rises
 * @param[in] numAttrs entries at attrs and attrsIndexes
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, sizes above room, reserved bytes
 * - ACL_ERROR_RT_PARAM_INVALID (107000): attributes, a piece that is elsewhere
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): a piece is not mapped
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): not between host and device
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyBatchV2(void **dsts, size_t *destMaxs, void **srcs,
						size_t *sizes, size_t numBatches,
						aclrtMemcpyBatchAttr *attrs, size_t *attrsIndexes,
						size_t numAttrs);

#ifdef __cplusplus
}
#endif

#endif
