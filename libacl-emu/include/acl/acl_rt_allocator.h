/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_allocator.h
 * @brief Allocators of the program, registered for streams.
 *
 * The library keeps them for those who ask with aclrtAllocatorGetByStream(); it calls none itself.
 */
#ifndef ACL_EMU_ACL_RT_ALLOCATOR_H
#define ACL_EMU_ACL_RT_ALLOCATOR_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Gives a block of some bytes, or NULL. */
typedef void *(*aclrtAllocatorAllocFunc)(aclrtAllocator, size_t);
/** @brief Takes a block back. */
typedef void (*aclrtAllocatorFreeFunc)(aclrtAllocator, aclrtAllocatorBlock);
/** @brief Gives a block of some bytes, near an address if it can. */
typedef void *(*aclrtAllocatorAllocAdviseFunc)(aclrtAllocator, size_t, aclrtAllocatorAddr);
/** @brief Tells the address of a block. */
typedef void *(*aclrtAllocatorGetAddrFromBlockFunc)(aclrtAllocatorBlock);

/**
 * @brief Make an empty description of an allocator.
 * @return the description, for aclrtAllocatorDestroyDesc(); NULL if there is no memory
 */
ACL_FUNC_VISIBILITY aclrtAllocatorDesc aclrtAllocatorCreateDesc(void);

/**
 * @brief Destroy a description. What was registered with it stays registered.
 *
 * @param[in] allocatorDesc the description
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, or no description
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorDestroyDesc(aclrtAllocatorDesc allocatorDesc);

/**
 * @brief Put the allocator itself into a description.
 *
 * @param[in] allocatorDesc the description
 * @param[in] allocator first argument of the functions
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, or no description
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetObjToDesc(aclrtAllocatorDesc allocatorDesc,
							aclrtAllocator allocator);

/**
 * @brief Put the function that allocates into a description.
 *
 * @param[in] allocatorDesc the description
 * @param[in] func the function
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, or no description
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetAllocFuncToDesc(aclrtAllocatorDesc allocatorDesc,
							      aclrtAllocatorAllocFunc func);

/**
 * @brief Put the function that frees into a description.
 *
 * @param[in] allocatorDesc the description
 * @param[in] func the function
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, or no description
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetFreeFuncToDesc(aclrtAllocatorDesc allocatorDesc,
							     aclrtAllocatorFreeFunc func);

/**
 * @brief Put the function that allocates near an address into a description.
 *
 * @param[in] allocatorDesc the description
 * @param[in] func the function, or NULL for none
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): allocatorDesc is NULL or no description
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetAllocAdviseFuncToDesc(
	aclrtAllocatorDesc allocatorDesc, aclrtAllocatorAllocAdviseFunc func);

/**
 * @brief Put the function that tells addresses into a description.
 *
 * @param[in] allocatorDesc the description
 * @param[in] func the function
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, or no description
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetGetAddrFromBlockFuncToDesc(
	aclrtAllocatorDesc allocatorDesc, aclrtAllocatorGetAddrFromBlockFunc func);

/**
 * @brief Register a description for a stream, in place of an earlier one.
 *
 * @param[in] stream the stream, not the default one
 * @param[in] allocatorDesc a description with all but the advise function
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, no description, or not complete
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such stream, or destroyed
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorRegister(aclrtStream stream,
						    aclrtAllocatorDesc allocatorDesc);

/**
 * @brief What is registered for a stream.
 *
 * @param[in] stream the stream
 * @param[out] allocatorDesc the description; this and the others are untouched on failure
 * @param[out] allocator the allocator itself
 * @param[out] allocFunc its functions
 * @param[out] freeFunc likewise
 * @param[out] allocAdviseFunc likewise; NULL if there is none
 * @param[out] getAddrFromBlockFunc likewise
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, or nothing is registered
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorGetByStream(
	aclrtStream stream, aclrtAllocatorDesc *allocatorDesc, aclrtAllocator *allocator,
	aclrtAllocatorAllocFunc *allocFunc, aclrtAllocatorFreeFunc *freeFunc,
	aclrtAllocatorAllocAdviseFunc *allocAdviseFunc,
	aclrtAllocatorGetAddrFromBlockFunc *getAddrFromBlockFunc);

/**
 * @brief Take a registration back.
 *
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): NULL, or nothing is registered
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorUnregister(aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif
