/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_allocator.h
 * @brief Allocators of the program, registered for streams.
 *
 * The library stores them for callers of aclrtAllocatorGetByStream() and does not call them.
 */
#ifndef ACL_EMU_ACL_RT_ALLOCATOR_H
#define ACL_EMU_ACL_RT_ALLOCATOR_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Returns a block of the given size in bytes, or NULL. */
typedef void *(*aclrtAllocatorAllocFunc)(aclrtAllocator, size_t);
/** @brief Frees a block. */
typedef void (*aclrtAllocatorFreeFunc)(aclrtAllocator, aclrtAllocatorBlock);
/** @brief Returns a block of the given size, near an address if possible. */
typedef void *(*aclrtAllocatorAllocAdviseFunc)(aclrtAllocator, size_t, aclrtAllocatorAddr);
/** @brief Returns the address of a block. */
typedef void *(*aclrtAllocatorGetAddrFromBlockFunc)(aclrtAllocatorBlock);

/**
 * @brief Create an empty description of an allocator.
 *
 * The library stores allocators of the program for streams and returns them to components that ask
 * with aclrtAllocatorGetByStream(). It does not call them.
 *
 * @return the description, to be destroyed with aclrtAllocatorDestroyDesc(); NULL if there is no
 *         memory
 * @see aclrtAllocatorDestroyDesc(), aclrtAllocatorSetObjToDesc(), aclrtAllocatorRegister()
 */
ACL_FUNC_VISIBILITY aclrtAllocatorDesc aclrtAllocatorCreateDesc(void);

/**
 * @brief Destroy a description. What was registered with it stays registered.
 *
 * @param[in] allocatorDesc the description
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): allocatorDesc is NULL or not a description
 * @see aclrtAllocatorCreateDesc()
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorDestroyDesc(aclrtAllocatorDesc allocatorDesc);

/**
 * @brief Set the allocator object of a description.
 *
 * @param[in] allocatorDesc the description
 * @param[in] allocator first argument of the functions
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, or allocatorDesc is not a
 *         description
 * @see aclrtAllocatorCreateDesc(), aclrtAllocatorRegister()
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetObjToDesc(aclrtAllocatorDesc allocatorDesc,
							aclrtAllocator allocator);

/**
 * @brief Set the allocation function of a description.
 *
 * @param[in] allocatorDesc the description
 * @param[in] func the function
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, or allocatorDesc is not a
 *         description
 * @see aclrtAllocatorCreateDesc(), aclrtAllocatorRegister()
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetAllocFuncToDesc(aclrtAllocatorDesc allocatorDesc,
							      aclrtAllocatorAllocFunc func);

/**
 * @brief Set the free function of a description.
 *
 * @param[in] allocatorDesc the description
 * @param[in] func the function
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, or allocatorDesc is not a
 *         description
 * @see aclrtAllocatorCreateDesc(), aclrtAllocatorRegister()
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetFreeFuncToDesc(aclrtAllocatorDesc allocatorDesc,
							     aclrtAllocatorFreeFunc func);

/**
 * @brief Set the function of a description that allocates near an address.
 *
 * @param[in] allocatorDesc the description
 * @param[in] func the function, or NULL for none
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): allocatorDesc is NULL or not a description
 * @see aclrtAllocatorCreateDesc(), aclrtAllocatorRegister()
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetAllocAdviseFuncToDesc(
	aclrtAllocatorDesc allocatorDesc, aclrtAllocatorAllocAdviseFunc func);

/**
 * @brief Set the function of a description that returns the address of a block.
 *
 * @param[in] allocatorDesc the description
 * @param[in] func the function
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, or allocatorDesc is not a
 *         description
 * @see aclrtAllocatorCreateDesc(), aclrtAllocatorRegister()
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorSetGetAddrFromBlockFuncToDesc(
	aclrtAllocatorDesc allocatorDesc, aclrtAllocatorGetAddrFromBlockFunc func);

/**
 * @brief Register an allocator for a stream.
 *
 * It replaces an earlier allocator of the stream.
 *
 * @param[in] stream the stream, except the default stream
 * @param[in] allocatorDesc a description with all functions; the one that allocates near an address
 *            may be missing
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, or allocatorDesc is not a
 *         description or is incomplete
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the stream does not exist
 * @see aclrtAllocatorCreateDesc(), aclrtAllocatorGetByStream(), aclrtAllocatorUnregister()
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorRegister(aclrtStream stream,
						    aclrtAllocatorDesc allocatorDesc);

/**
 * @brief Return the allocator that is registered for a stream.
 *
 * @param[in] stream the stream
 * @param[out] allocatorDesc the description; not written on failure, like the other results
 * @param[out] allocator the allocator object
 * @param[out] allocFunc the allocation function
 * @param[out] freeFunc the free function
 * @param[out] allocAdviseFunc the function that allocates near an address, or NULL
 * @param[out] getAddrFromBlockFunc the function that returns the address of a block
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL, or no allocator is registered
 * @see aclrtAllocatorRegister()
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorGetByStream(
	aclrtStream stream, aclrtAllocatorDesc *allocatorDesc, aclrtAllocator *allocator,
	aclrtAllocatorAllocFunc *allocFunc, aclrtAllocatorFreeFunc *freeFunc,
	aclrtAllocatorAllocAdviseFunc *allocAdviseFunc,
	aclrtAllocatorGetAddrFromBlockFunc *getAddrFromBlockFunc);

/**
 * @brief Remove the allocator of a stream.
 *
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL, or no allocator is registered
 * @see aclrtAllocatorRegister()
 */
ACL_FUNC_VISIBILITY aclError aclrtAllocatorUnregister(aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif
