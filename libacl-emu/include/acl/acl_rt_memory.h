/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_memory.h
 * @brief Device and host memory: allocation, copies, fills, queries.
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

/** @brief Page size for aclrtMalloc(); the upper bits select a kind of memory. */
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

/** @brief Type of a memory location. */
typedef enum aclrtMemLocationType {
	ACL_MEM_LOCATION_TYPE_HOST = 0,
	ACL_MEM_LOCATION_TYPE_DEVICE = 1,
	ACL_MEM_LOCATION_TYPE_UNREGISTERED = 2,
	ACL_MEM_LOCATION_TYPE_MANAGED = 3,
	ACL_MEM_LOCATION_TYPE_HOST_NUMA = 4,
} aclrtMemLocationType;

/** @brief A memory location. */
typedef struct aclrtMemLocation {
	uint32_t id; /**< device id, NUMA node, or 0 for the host */
	aclrtMemLocationType type;
} aclrtMemLocation;

/** @brief Attributes of an address. */
typedef struct aclrtPtrAttributes {
	aclrtMemLocation location;
	uint32_t pageSize; /**< bytes */
	uint32_t rsv[4];
} aclrtPtrAttributes;

/** @brief Memory that one component of the stack uses. */
typedef struct aclrtMemUsageInfo {
	char name[32];
	uint64_t curMemSize; /**< bytes in use */
	uint64_t memPeakSize; /**< largest number of bytes in use */
	size_t reserved[8];
} aclrtMemUsageInfo;

/** @brief Locations of a group of ranges in a batch of copies. */
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

/** @brief Value of an allocation attribute. */
typedef union aclrtMallocAttrValue {
	uint16_t moduleId;
	uint32_t deviceId;
	uint32_t vaFlag;
	uint8_t rsv[8];
} aclrtMallocAttrValue;

/** @brief One allocation attribute. */
typedef struct aclrtMallocAttribute {
	aclrtMallocAttrType attr;
	aclrtMallocAttrValue value;
} aclrtMallocAttribute;

/** @brief A list of allocation attributes. */
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

/** @name Types of memory of aclrtCheckMemType(), bits */
/** @{ */
#define ACL_RT_MEM_TYPE_DEV (0X2U)
#define ACL_RT_MEM_TYPE_DVPP (0X8U)
#define ACL_RT_MEM_TYPE_RSVD (0X10U)
/** @} */

/** @name Flags of IPC names */
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
/** @brief Attributes of memory shared by an IPC name. */
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

/** @brief Type of the location of managed memory. */
typedef enum aclrtMemManagedLocationType {
	ACL_MEM_LOCATIONTYPE_INVALID = 0,
	ACL_MEM_LOCATIONTYPE_DEVICE = 1,
	ACL_MEM_LOCATIONTYPE_HOST = 2,
	ACL_MEM_LOCATIONTYPE_HOST_NUMA = 3,
	ACL_MEM_LOCATIONTYPE_HOST_NUMA_CURRENT = 4,
} aclrtMemManagedLocationType;

/** @brief Location of managed memory. */
typedef struct aclrtMemManagedLocation {
	aclrtMemManagedLocationType type;
	int32_t id;
} aclrtMemManagedLocation;

/** @brief Attributes of a range of managed memory. */
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
 * The size is rounded up to a multiple of 32 bytes, and 32 bytes are added, except for 1 GiB pages.
 * A block of 1 MiB or more occupies whole units of 2 MiB (of 1 GiB if policy asks for such pages).
 * Smaller blocks share a unit and start at multiples of 512 bytes.
 *
 * By contract the content is undefined. Free the block with aclrtFree().
 *
 * @param[out] devPtr start of the block; not written on failure
 * @param[in] size bytes, at least 1
 * @param[in] policy page size; an unknown value means ACL_MEM_MALLOC_HUGE_FIRST
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL, size is 0, or the rounded size
 *         overflows
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the device does not have that much free memory
 * @par Differences
 * The real driver sub-allocates blocks in a way that is not documented; programs must not rely on
 * the placement.
 * @see aclrtFree(), aclrtMallocWithCfg(), aclrtMallocAlign32(), aclrtMemcpy(), aclrtGetMemInfo()
 */
ACL_FUNC_VISIBILITY aclError aclrtMalloc(void **devPtr, size_t size,
					 aclrtMemMallocPolicy policy);

/**
 * @brief Allocate memory on the current device, without the 32 bytes that aclrtMalloc() adds.
 *
 * @param[out] devPtr start of the block, to be freed with aclrtFree(); not written on failure
 * @param[in] size bytes, at least 1; rounded up to a multiple of 32
 * @param[in] policy page size, as for aclrtMalloc()
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL, size is 0, or the rounded size
 *         overflows
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the device does not have that much free memory
 * @see aclrtMalloc(), aclrtFree()
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocAlign32(void **devPtr, size_t size,
						aclrtMemMallocPolicy policy);

/**
 * @brief Allocate device memory with attributes.
 *
 * Like aclrtMalloc(). ACL_RT_MEM_ATTR_DEVICE_ID selects the device. ACL_RT_MEM_ATTR_MODULE_ID has
 * no effect: memory is not accounted by module.
 *
 * @param[out] devPtr start of the block, to be freed with aclrtFree(); not written on failure
 * @param[in] size bytes, at least 1
 * @param[in] policy page size, as for aclrtMalloc()
 * @param[in] cfg attributes; may be NULL
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL, size is 0, or cfg->attrs is NULL
 *         and cfg->numAttrs is not 0
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): cfg->attrs is NULL and cfg->numAttrs is 0, an
 *         attribute has another type, or its device does not exist
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_INVALID_PARAM (100000): the rounded size overflows
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the device of an attribute is not set
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the device does not have that much free memory
 * @see aclrtMalloc(), aclrtFree()
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocWithCfg(void **devPtr, size_t size,
						aclrtMemMallocPolicy policy,
						aclrtMallocConfig *cfg);

/**
 * @brief Free device memory.
 *
 * The call does not wait for streams; see aclrtFreeWithDevSync().
 *
 * @param[in] devPtr start of a block of aclrtMalloc(), or of a mempool
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): devPtr is not the start of a block; addresses of
 *         aclrtReserveMemAddress() are released with aclrtReleaseMemAddress()
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): a copy is using the block
 * @see aclrtMalloc(), aclrtFreeWithDevSync(), aclrtMemPoolFreeAsync()
 */
ACL_FUNC_VISIBILITY aclError aclrtFree(void *devPtr);

/**
 * @brief Allocate pinned host memory.
 *
 * @param[out] hostPtr start of the block, to be freed with aclrtFreeHost(); not written on failure
 * @param[in] size bytes, at least 1
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): hostPtr is NULL or size is 0
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the host account does not have that much free
 *         memory
 * @see aclrtFreeHost(), aclrtMallocHostWithCfg(), aclrtHostRegister()
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocHost(void **hostPtr, size_t size);

/**
 * @brief Allocate pinned host memory with attributes.
 *
 * Like aclrtMallocHost(). The attributes ACL_RT_MEM_ATTR_MODULE_ID and ACL_RT_MEM_ATTR_VA_FLAG are
 * accepted and have no effect.
 *
 * @param[out] ptr start of the block, to be freed with aclrtFreeHost(); not written on failure
 * @param[in] size bytes, at least 1
 * @param[in] cfg attributes; may be NULL
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): ptr is NULL, size is 0, or cfg->attrs is NULL and
 *         cfg->numAttrs is not 0
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): an attribute has another type
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the host account does not have that much free
 *         memory
 * @see aclrtMallocHost(), aclrtFreeHost()
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocHostWithCfg(void **ptr, uint64_t size,
						    aclrtMallocConfig *cfg);

/**
 * @brief Allocate managed memory. Not emulated; fails always.
 *
 * Managed memory moves between host and devices and is charged to where it is; the accounting here
 * does not follow it.
 *
 * @param[out] ptr not written
 * @param[in] size bytes, at least 1
 * @param[in] flag ACL_RT_MEM_ATTACH_GLOBAL
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): ptr is NULL, size is 0, or flag has another value
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always
 * @see aclrtMalloc(), aclrtMallocHost()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemAllocManaged(void **ptr, uint64_t size, uint32_t flag);

/**
 * @brief Free pinned host memory.
 *
 * @param[in] hostPtr start of a block of aclrtMallocHost()
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): hostPtr is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): hostPtr is not the start of a block
 * @see aclrtMallocHost(), aclrtFreeHostWithDevSync()
 */
ACL_FUNC_VISIBILITY aclError aclrtFreeHost(void *hostPtr);

/**
 * @brief Copy memory and wait until the copy is complete.
 *
 * The addresses decide where the data is; kind is only checked to be valid. A count of 0 succeeds
 * whatever the pointers are, and so does dst equal to src.
 *
 * A bad address is an error and never a signal. If dst or src is device memory and its range is not
 * mapped, nothing is written. If a host range ends or is protected in the middle, the bytes before
 * that point may have been copied.
 *
 * @param[in] dst destination
 * @param[in] destMax bytes available at dst
 * @param[in] src source
 * @param[in] count bytes to copy, at most destMax
 * @param[in] kind ACL_MEMCPY_HOST_TO_HOST (0) to ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE (5)
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): dst or src is NULL, or kind is not 0 to 5
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): count is greater than destMax
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context, and kind is not
 *         ACL_MEMCPY_HOST_TO_HOST
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): a range is not mapped or may not be accessed, or
 *         the ranges are on different devices without aclrtDeviceEnablePeerAccess() or
 *         aclrtMemSetAccess()
 * @par Differences
 * A copy that continues into the next reservation fails with 107017, because each reservation is
 * separate memory. Imported memory belongs to the importing device.
 * @par Example
 * @code
 * char text[] = "hello";
 * void *dev;
 *
 * aclrtMalloc(&dev, sizeof(text), ACL_MEM_MALLOC_HUGE_FIRST);
 * aclrtMemcpy(dev, sizeof(text), text, sizeof(text), ACL_MEMCPY_HOST_TO_DEVICE);
 * @endcode
 * @see aclrtMemcpyAsync(), aclrtMemcpy2d(), aclrtMemcpyBatch(), aclrtMemset()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpy(void *dst, size_t destMax, const void *src, size_t count,
					 aclrtMemcpyKind kind);

/**
 * @brief Fill device or host memory with a byte and wait until it is complete.
 *
 * @param[in] devPtr start
 * @param[in] maxCount bytes available at devPtr
 * @param[in] value the low 8 bits are written to each byte
 * @param[in] count bytes to fill, at most maxCount; 0 succeeds whatever devPtr is
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): count is greater than maxCount
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the range is not mapped or may not be accessed
 * @see aclrtMemsetAsync(), aclrtMemsetD32(), aclrtMemcpy()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemset(void *devPtr, size_t maxCount, int32_t value,
					 size_t count);

/**
 * @brief Fill device or host memory with a 32-bit word and wait until it is complete.
 *
 * @param[in] ptr start, a multiple of 4
 * @param[in] memSize bytes available at ptr
 * @param[in] value the word
 * @param[in] N number of words, 1 to memSize / 4
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): ptr is NULL or not a multiple of 4, or N is 0 or too
 *         large
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the range is not mapped or may not be accessed
 * @see aclrtMemset(), aclrtMemsetD32Async()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemsetD32(void *ptr, size_t memSize, uint32_t value, size_t N);

/**
 * @brief Return the free and the total memory of the current device.
 *
 * All free memory can be allocated, in units of 2 MiB; one byte more fails with 207001. The
 * sentence of that failure (aclGetRecentErrMsg()) names the processes that hold most of the memory,
 * and what of this process's own is idle in memory pools or exported; `acl-emu who` lists them at
 * any time.
 * The emulated devices have HBM only: for DDR attributes both results are 0.
 *
 * @param[in] attr kind of memory, 0 to 17
 * @param[out] free free bytes; not written on failure
 * @param[out] total total bytes; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): free or total is NULL
 * @retval ACL_ERROR_RT_INVALID_MEMORY_TYPE (107016): attr is unknown
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @par Differences
 * On the real stack the result for DDR attributes depends on the product.
 * @see aclrtMalloc(), aclrtMallocPhysical()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetMemInfo(aclrtMemAttr attr, size_t *free, size_t *total);

/**
 * @brief Copy a rectangle between host and device and wait until it is complete.
 *
 * A width or height of 0 succeeds whatever the other arguments are. Bytes between the rows are not
 * written.
 *
 * @param[in] dst destination
 * @param[in] dpitch bytes from one row to the next at dst
 * @param[in] src source
 * @param[in] spitch bytes from one row to the next at src
 * @param[in] width bytes of a row, at most 5000000 and at most the pitches
 * @param[in] height number of rows, at most 5242880
 * @param[in] kind ACL_MEMCPY_HOST_TO_DEVICE, ACL_MEMCPY_DEVICE_TO_HOST, or ACL_MEMCPY_DEFAULT for
 *            either
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): dst or src is NULL, width is greater than a pitch, or
 *         kind has another value
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): width or height is too large
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): kind is ACL_MEMCPY_DEVICE_TO_DEVICE
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): kind is ACL_MEMCPY_DEFAULT and both ranges are on
 *         the host, or both are on devices
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): a row is not mapped or may not be accessed
 * @see aclrtMemcpy(), aclrtMemcpy2dAsync()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpy2d(void *dst, size_t dpitch, const void *src,
					   size_t spitch, size_t width, size_t height,
					   aclrtMemcpyKind kind);

/**
 * @brief Copy several ranges between host and devices and wait until all are complete.
 *
 * Attribute k applies to the ranges from attrsIndexes[k] up to the first range of the next
 * attribute. All ranges are checked against their attributes before the first is copied.
 *
 * @param[in] dsts destination of each range
 * @param[in] destMaxs bytes available at each destination
 * @param[in] srcs source of each range
 * @param[in] sizes bytes of each range
 * @param[in] numBatches number of ranges, at least 1
 * @param[in] attrs locations of the ranges: one end on the host, the other on a device
 * @param[in] attrsIndexes first range of each attribute; the first value is 0, the others ascend
 * @param[in] numAttrs number of attributes, 1 to numBatches
 * @param[out] failIndex on failure the index of the range that failed, or SIZE_MAX if the error is
 *            not that of a range; else not written
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, numBatches is 0, a size is greater
 *         than its destMaxs, or a reserved byte is not 0
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): numAttrs, attrsIndexes or the type of a location is
 *         invalid, or an address is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): a range is not where its attribute says
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): both ends of a range are on the host, or
 *         both on devices
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): a range is not mapped or may not be accessed
 * @par Differences
 * If there are more attributes than ranges, the call fails before it reads an attribute; the real
 * stack reads the attributes first.
 * @see aclrtMemcpyBatchV2(), aclrtMemcpyBatchAsync(), aclrtMemcpy()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyBatch(void **dsts, size_t *destMaxs, void **srcs,
					      size_t *sizes, size_t numBatches,
					      aclrtMemcpyBatchAttr *attrs, size_t *attrsIndexes,
					      size_t numAttrs, size_t *failIndex);

/**
 * @brief Return the location of an address.
 *
 * A block and mapped memory have their location, imported memory that of the importing device, and
 * registered host memory is on the host. Other
 * memory of the program is ACL_MEM_LOCATION_TYPE_UNREGISTERED.
 *
 * @param[in] ptr any address
 * @param[out] attributes location, and page size in bytes; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the address was freed or released, or is
 *         reserved and not mapped
 * @see aclrtCheckMemType(), aclrtMemGetAddressRange()
 */
ACL_FUNC_VISIBILITY aclError aclrtPointerGetAttributes(const void *ptr,
						       aclrtPtrAttributes *attributes);

/**
 * @brief Check that all addresses of a list are memory of a given type.
 *
 * @param[in] addrList the addresses
 * @param[in] size number of addresses, at least 1
 * @param[in] memType the types to accept: ACL_RT_MEM_TYPE_DEV, ACL_RT_MEM_TYPE_DVPP and
 *            ACL_RT_MEM_TYPE_RSVD, combined with OR; only the first exists here
 * @param[out] checkResult 1 if all addresses are of such a type, else 0; not written on failure
 * @param[in] reserve must be 0
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): size is 0, memType is 0 or has unknown bits, or
 *         reserve is not 0
 * @see aclrtPointerGetAttributes()
 */
ACL_FUNC_VISIBILITY aclError aclrtCheckMemType(void **addrList, uint32_t size, uint32_t memType,
					       uint32_t *checkResult, uint32_t reserve);

/**
 * @brief Return the memory that each component of the stack uses. Not emulated; fails always.
 *
 * The account of a device knows neither components nor peaks. Use aclrtGetMemInfo().
 *
 * @param[in] deviceId 0 to aclrtGetDeviceCount() - 1
 * @param[out] memUsageInfo not written
 * @param[in] inputNum number of entries at memUsageInfo, at least 1
 * @param[out] outputNum not written
 * @return never ACL_SUCCESS
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL or inputNum is 0
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): otherwise, always
 * @see aclrtGetMemInfo()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetMemUsageInfo(int32_t deviceId,
						  aclrtMemUsageInfo *memUsageInfo,
						  size_t inputNum, size_t *outputNum);

/**
 * @brief Free device memory after all streams of the current device have completed.
 *
 * @param[in] devPtr start of a block of aclrtMalloc()
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): devPtr is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): devPtr is not the start of a block
 * @retval aclrtSynchronizeDevice() each error of that function
 * @see aclrtFree(), aclrtSynchronizeDevice()
 */
ACL_FUNC_VISIBILITY aclError aclrtFreeWithDevSync(void *devPtr);

/**
 * @brief Free host memory after all streams of the current device have completed.
 *
 * @param[in] hostPtr start of a block of aclrtMallocHost()
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): hostPtr is NULL
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): hostPtr is not the start of a block
 * @retval aclrtSynchronizeDevice() each error of that function
 * @see aclrtFreeHost(), aclrtSynchronizeDevice()
 */
ACL_FUNC_VISIBILITY aclError aclrtFreeHostWithDevSync(void *hostPtr);

/**
 * @brief Copy several ranges between host and devices, without an index of the failed range.
 *
 * Like aclrtMemcpyBatch().
 *
 * @param[in] dsts destination of each range
 * @param[in] destMaxs bytes available at each destination
 * @param[in] srcs source of each range
 * @param[in] sizes bytes of each range
 * @param[in] numBatches number of ranges, at least 1
 * @param[in] attrs locations of the ranges: one end on the host, the other on a device
 * @param[in] attrsIndexes first range of each attribute; the first value is 0, the others ascend
 * @param[in] numAttrs number of attributes, 1 to numBatches
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval aclrtMemcpyBatch() each error of that function
 * @see aclrtMemcpyBatch(), aclrtMemcpyBatchAsyncV2()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemcpyBatchV2(void **dsts, size_t *destMaxs, void **srcs,
						size_t *sizes, size_t numBatches,
						aclrtMemcpyBatchAttr *attrs, size_t *attrsIndexes,
						size_t numAttrs);

#ifdef __cplusplus
}
#endif

#endif
