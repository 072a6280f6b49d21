/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_memory_soma.h
 * @brief Pools: device memory that streams allocate and free in their order.
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

/** @brief A pool. */
typedef void *aclrtMemPool;

/** @brief What a pool is asked for and told. */
typedef enum aclrtMemPoolAttr {
	/** uint32_t, 0 or 1: may follow events from stream to stream; kept, without effect */
	ACL_RT_MEM_POOL_REUSE_FOLLOW_EVENT_DEPENDENCIES = 0x1,
	/** uint32_t, 0 or 1: may reuse what another stream freed, once it has come to that */
	ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC = 0x2,
	/** uint32_t, 0 or 1: may let a stream wait for another one; kept, without effect */
	ACL_RT_MEM_POOL_REUSE_ALLOW_INTERNAL_DEPENDENCIES = 0x3,
	/** uint64_t: bytes to keep when a stream or the device is synchronized; 0 at first */
	ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD = 0x4,
	/** uint64_t, to be read only: bytes of the device that the pool holds */
	ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT = 0x5,
	/** uint64_t: the largest value of that; can be set to 0, to begin anew */
	ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_HIGH = 0x6,
	/** uint64_t, to be read only: bytes of the blocks that are allocated */
	ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT = 0x7,
	/** uint64_t: the largest value of that; can be set to 0, to begin anew */
	ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH = 0x8
} aclrtMemPoolAttr;

/** @brief What a pool is made with. */
typedef struct aclrtMemPoolProps {
	aclrtMemAllocationType allocType;	/**< ACL_MEM_ALLOCATION_TYPE_PINNED */
	aclrtMemHandleType handleType;		/**< NONE or POSIX, no difference here */
	aclrtMemLocation location;		/**< a device */
	size_t maxSize;				/**< bytes it may hold; 0: as many as the device */
	unsigned char reserved[32];		/**< zero */
} aclrtMemPoolProps;

/**
 * @brief Make a pool. It holds no memory at first.
 *
 * @param[out] memPool the pool; untouched on failure
 * @param[in] poolProps where, and how much at most
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, not PINNED, not on a device, unknown handle type,
 *   reserved bytes that are not 0
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): maxSize is more than the device has
 * - ACL_ERROR_RT_RESOURCE_ALLOC_FAIL (207005): 16384 pools are there
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolCreate(aclrtMemPool *memPool,
						const aclrtMemPoolProps *poolProps);

/**
 * @brief End a pool and give its memory back.
 *
 * Memory whose free a stream has not come to yet goes back when it does.
 *
 * @param[in] memPool the pool
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): memPool is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such pool, or blocks of it are allocated
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolDestroy(const aclrtMemPool memPool);

/**
 * @brief Change an attribute.
 *
 * @param[in] memPool the pool
 * @param[in] attr which; see there for the type of the value
 * @param[in] value where the value is
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): memPool is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such pool, value is NULL, unknown attribute or one to
 *   be read only, a value it cannot have
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolSetAttr(aclrtMemPool memPool, aclrtMemPoolAttr attr,
						 void *value);

/**
 * @brief Read an attribute.
 *
 * @param[in] memPool the pool
 * @param[in] attr which; see there for the type of the value
 * @param[out] value where the value goes; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): memPool is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such pool, value is NULL, unknown attribute
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolGetAttr(aclrtMemPool memPool, aclrtMemPoolAttr attr,
						 void *value);

/**
 * @brief Allocate memory for what comes after in a stream.
 *
 * The address is there at once. What the stream does before must not use it, nor other streams
 * or the host without being ordered behind this call. The content is undefined.
 *
 * @param[out] ptr the address, a multiple of 512; untouched on failure
 * @param[in] size bytes; 0 succeeds and leaves ptr alone
 * @param[in] memPool the pool
 * @param[in] stream the stream, not NULL
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): ptr, memPool or stream is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such stream or pool, size overflows
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_STREAM_CONTEXT (107003): a stream of another context
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the device of the pool is not set in this process
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the pool or its device is full
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolMallocAsync(void **ptr, size_t size,
						     aclrtMemPool memPool, aclrtStream stream);

/**
 * @brief Free memory after what came before in a stream.
 *
 * It goes back to its pool. What aclrtMalloc() gave can be freed in this way as well, and
 * aclrtFree() frees blocks of pools, without waiting for streams.
 *
 * @param[in] ptr start of a block
 * @param[in] stream the stream, not NULL
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): ptr is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): stream is NULL, no such stream, no block begins at ptr
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_STREAM_CONTEXT (107003): a stream of another context
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolFreeAsync(void *ptr, aclrtStream stream);

/**
 * @brief Give memory that is not allocated back to the device.
 *
 * @param[in] memPool the pool
 * @param[in] minBytesToKeep bytes that the pool shall hold on to, allocated ones included
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): memPool is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such pool, or minBytesToKeep is more than it may hold
 */
ACL_FUNC_VISIBILITY aclError aclrtMemPoolTrimTo(aclrtMemPool memPool, size_t minBytesToKeep);

#ifdef __cplusplus
}
#endif

#endif
