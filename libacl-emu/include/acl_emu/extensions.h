/* SPDX-License-Identifier: MIT */
/**
 * @file extensions.h
 * @brief What this library offers beyond the interface it emulates.
 *
 * A program that calls these functions does not start with another libascendcl.so: they carry a
 * symbol version of this library. Look them up with dlsym() where that matters.
 */
#ifndef ACL_EMU_EXTENSIONS_H
#define ACL_EMU_EXTENSIONS_H

#include "../acl/acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @name Version of this header and of the library it came with */
/** @{ */
#define ACL_EMU_VERSION_MAJOR 1
#define ACL_EMU_VERSION_MINOR 0
/** @} */

/** @brief Versions of what is running. */
typedef struct acl_emu_versions {
	uint32_t libraryMajor;
	uint32_t libraryMinor;
	uint32_t moduleInterface; /**< version of the interface that the kernel module serves */
} acl_emu_versions;

/**
 * @brief Versions of the library and of the loaded module.
 *
 * @param[out] versions untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): versions is NULL
 * - ACL_ERROR_RT_NO_DEVICE (207004): the module is not loaded
 */
ACL_FUNC_VISIBILITY aclError acl_emu_get_versions(acl_emu_versions *versions);

/** @brief Which part of a kernel a call of its function is. */
typedef struct acl_emu_block {
	uint32_t device; /**< device of the stream */
	uint32_t index;	 /**< 0 .. count - 1 */
	uint32_t count;	 /**< blocks of the launch */
} acl_emu_block;

/** @brief A host function that stands for a device kernel. */
typedef void (*acl_emu_kernel)(const acl_emu_block *block, void *args);

/** @brief Largest number of blocks of a launch. */
#define ACL_EMU_MAX_BLOCKS 65535U
/** @brief Up to so many blocks, each has a thread and all run at the same time. */
#define ACL_EMU_MAX_RESIDENT_BLOCKS 64U

/**
 * @brief Run a host function as a kernel of a stream.
 *
 * The function is called once for each block, by a pool of threads, when the stream comes to it;
 * what is behind it in the stream begins when all calls have returned. Up to
 * ACL_EMU_MAX_RESIDENT_BLOCKS blocks may wait for each other; more run in turns, lower indices
 * begin first. The function works on mapped memory directly; a bad address is a signal, as
 * anywhere in a program. It must not wait for its own stream.
 *
 * @param[in] stream a stream of the current context, NULL for its default one
 * @param[in] kernel the function
 * @param[in] args handed to it; with argsSize not 0 it gets a copy that is made by this call
 * @param[in] argsSize bytes at args to copy; 0: args itself is handed over, whatever it is
 * @param[in] blocks 1 .. ACL_EMU_MAX_BLOCKS
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): kernel is NULL, or args is with argsSize not 0
 * - ACL_ERROR_RT_PARAM_INVALID (107000): blocks out of range, or no such stream
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * - ACL_ERROR_RT_STREAM_CONTEXT (107003): the stream belongs to another context
 */
ACL_FUNC_VISIBILITY aclError acl_emu_launch(aclrtStream stream, acl_emu_kernel kernel,
					    const void *args, size_t argsSize, uint32_t blocks);

/** @brief What can be counted. */
typedef enum acl_emu_count {
	/** Of this process, since its beginning or the last acl_emu_reset_counts(). */
	ACL_EMU_COUNT_TASKS_SUBMITTED = 0,
	ACL_EMU_COUNT_TASKS_RUN = 1,
	ACL_EMU_COUNT_TASKS_DROPPED = 2, /**< by an abort or a forced end */
	ACL_EMU_COUNT_TASKS_FAILED = 3,
	ACL_EMU_COUNT_LAUNCHES = 4, /**< kernels of acl_emu_launch() that ran */
	ACL_EMU_COUNT_BLOCKS = 5,   /**< and their blocks */

	/** Of all processes, now. */
	ACL_EMU_COUNT_LIVE_HANDLES = 0x101,
	ACL_EMU_COUNT_LIVE_ALLOCATIONS = 0x102,
	ACL_EMU_COUNT_LIVE_RESERVATIONS = 0x103,
	ACL_EMU_COUNT_LIVE_MAPPINGS = 0x104,
	ACL_EMU_COUNT_LIVE_SHARES = 0x105,
} acl_emu_count;

/**
 * @brief Ask for a count.
 *
 * @param[in] which one of acl_emu_count
 * @param[out] value untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): which is unknown, or value is NULL
 * - ACL_ERROR_RT_NO_DEVICE (207004): the module is not loaded
 */
ACL_FUNC_VISIBILITY aclError acl_emu_get_count(acl_emu_count which, uint64_t *value);

/**
 * @brief Set the counts of this process to 0; those of the module stay.
 *
 * @return ACL_SUCCESS (0)
 */
ACL_FUNC_VISIBILITY aclError acl_emu_reset_counts(void);

#ifdef __cplusplus
}
#endif

#endif
