/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_memory_soma.h
 * @brief Mempools: device memory that streams allocate and free in their order.
 *
 * acl.h does not include this, as with CANN.
 */
#ifndef ACL_EMU_ACL_RT_MEMORY_SOMA_H
#define ACL_EMU_ACL_RT_MEMORY_SOMA_H

#include <stddef.h>
#include <stdint.h>

#include "acl_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief A mempool. */
typedef void *aclrtMemPool;

/** @brief Attributes of a mempool. */
typedef enum aclrtMemPoolAttr {
	/** uint32_t, 0 or 1: reuse along event dependencies; stored, without effect */
	ACL_RT_MEM_POOL_REUSE_FOLLOW_EVENT_DEPENDENCIES = 0x1,
	/**
	 * uint32_t, 0 or 1: reuse of memory that another stream has freed, once it has reached the
	 * free
	 */
	ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC = 0x2,
	/** uint32_t, 0 or 1: may make a stream wait for another one; stored, without effect */
	ACL_RT_MEM_POOL_REUSE_ALLOW_INTERNAL_DEPENDENCIES = 0x3,
	/** uint64_t: bytes to keep when a stream or the device is synchronized; initially 0 */
	ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD = 0x4,
	/** uint64_t, read-only: bytes of the device that the mempool holds */
	ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT = 0x5,
	/** uint64_t: the largest value of RESERVED_MEM_CURRENT; 0 can be set to restart */
	ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_HIGH = 0x6,
	/** uint64_t, read-only: bytes of the allocated blocks */
	ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT = 0x7,
	/** uint64_t: the largest value of USED_MEM_CURRENT; 0 can be set to restart */
	ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH = 0x8
} aclrtMemPoolAttr;

/** @brief Properties of a mempool. */
typedef struct aclrtMemPoolProps {
	aclrtMemAllocationType allocType;	/**< ACL_MEM_ALLOCATION_TYPE_PINNED */
	aclrtMemHandleType handleType;		/**< NONE or POSIX, without effect */
	aclrtMemLocation location;		/**< a device */
	size_t maxSize;				/**< largest size in bytes; 0: that of the device */
	unsigned char reserved[32];		/**< must be 0 */
} aclrtMemPoolProps;

/**
 * @brief Create a mempool. It holds no memory at first.
 *
 * A mempool keeps device memory that streams allocate and free in their order. Freed memory stays
 * in the mempool up to its threshold.
 *
 * @param[out] memPool the mempool; not written on failure
 * @param[in] poolProps location and maximum size
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, allocType is not PINNED, the
 *         location is not a device, handleType is unknown, or a reserved byte is not 0
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): maxSize is larger than the device
 * @retval ACL_ERROR_RT_RESOURCE_ALLOC_FAIL (207005): 16384 mempools exist
 * @par Differences
 * The real stack has three switches for the reuse of memory. Here a block is reused at once by the
 * stream that freed it, and by others when that stream has reached the free; with
 * ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC off only after a synchronization with it. Block sizes
 * are rounded up to 512 bytes, and an idle block is reused for requests of at least half its size.
 * @see aclrtMemPoolMallocAsync(), aclrtMemPoolDestroy(), aclrtMemPoolSetAttr()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolCreate(aclrtMemPool *memPool,
						const aclrtMemPoolProps *poolProps);

/**
 * @brief Destroy a mempool and release its memory.
 *
 * Memory that a stream has not freed yet is released when the stream reaches the free.
 *
 * @param[in] memPool the mempool
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): memPool is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the mempool does not exist, or blocks of it are
 *         allocated
 * @par Differences
 * The code of the real stack for wrong use is not published; here it is 107000.
 * @see aclrtMemPoolCreate()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolDestroy(const aclrtMemPool memPool);

/**
 * @brief Set an attribute of a mempool.
 *
 * @param[in] memPool the mempool
 * @param[in] attr the attribute; aclrtMemPoolAttr gives the type of its value
 * @param[in] value address of the value
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): memPool is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the mempool does not exist, value is NULL, the
 *         attribute is unknown or read-only, or the value is invalid
 * @see aclrtMemPoolGetAttr()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolSetAttr(aclrtMemPool memPool, aclrtMemPoolAttr attr,
						 void *value);

/**
 * @brief Return an attribute of a mempool.
 *
 * @param[in] memPool the mempool
 * @param[in] attr the attribute; aclrtMemPoolAttr gives the type of its value
 * @param[out] value address of the result; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): memPool is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the mempool does not exist, value is NULL, or the
 *         attribute is unknown
 * @see aclrtMemPoolSetAttr()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolGetAttr(aclrtMemPool memPool, aclrtMemPoolAttr attr,
						 void *value);

/**
 * @brief Allocate memory for the following tasks of a stream.
 *
 * The address is returned at once. It must not be used by earlier tasks of the stream, nor by other
 * streams or the host unless they are ordered behind this call. The content is undefined.
 *
 * @param[out] ptr the address, a multiple of 512; not written on failure
 * @param[in] size bytes; 0 succeeds and does not write ptr
 * @param[in] memPool the mempool
 * @param[in] stream the stream, not NULL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): ptr, memPool or stream is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the mempool does not exist, or size overflows
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_STREAM_CONTEXT (107003): the stream belongs to another context
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the stream does not exist, which is checked first,
 *         or the device of the mempool is not set in this process
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the mempool has reached its maximum size, or the
 *         device is out of memory
 * @see aclrtMemPoolFreeAsync(), aclrtMemPoolCreate()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolMallocAsync(void **ptr, size_t size,
						     aclrtMemPool memPool, aclrtStream stream);

/**
 * @brief Free memory after the previous tasks of a stream.
 *
 * The memory returns to its mempool. Blocks of aclrtMalloc() can be freed in this way too, and
 * aclrtFree() frees blocks of mempools without waiting for streams.
 *
 * @param[in] ptr start of a block
 * @param[in] stream the stream, not NULL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): ptr is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): no block starts at ptr
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the stream does not exist; this is checked first
 * @retval ACL_ERROR_RT_STREAM_CONTEXT (107003): the stream belongs to another context, or the
 *         thread has none
 * @retval ACL_ERROR_RT_INTERNAL_ERROR (507000): stream is NULL
 * @see aclrtMemPoolMallocAsync(), aclrtFree()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolFreeAsync(void *ptr, aclrtStream stream);

/**
 * @brief Release memory of a mempool that is not allocated.
 *
 * @param[in] memPool the mempool
 * @param[in] minBytesToKeep bytes that the mempool keeps at least, allocated blocks included
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): memPool is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the mempool does not exist, or minBytesToKeep is
 *         greater than its maximum size
 * @par Differences
 * The code of the real stack for wrong use is not published; here it is 107000.
 * @see aclrtMemPoolSetAttr()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolTrimTo(aclrtMemPool memPool, size_t minBytesToKeep);

#ifdef __cplusplus
}
#endif

#endif
