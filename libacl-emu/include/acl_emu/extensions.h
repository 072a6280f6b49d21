/* SPDX-License-Identifier: MIT */
/**
 * @file extensions.h
 * @brief Extensions of acl-emu.
 *
 * These functions carry a symbol version of this library, so a program that links them does not
 * start with another libascendcl.so. Programs that must run with both look them up with dlsym().
 */
#ifndef ACL_EMU_EXTENSIONS_H
#define ACL_EMU_EXTENSIONS_H

#include <stdio.h>

#include "../acl/acl_rt_vmm.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @name Version of this header and of its library */
/** @{ */
#define ACL_EMU_VERSION_MAJOR 1
#define ACL_EMU_VERSION_MINOR 0
/** @} */

/** @brief Versions of library and module. */
typedef struct acl_emu_versions {
	uint32_t libraryMajor;
	uint32_t libraryMinor;
	uint32_t moduleInterface; /**< version of the interface of the kernel module */
} acl_emu_versions;

/**
 * @brief Return the versions of the library and of the loaded module.
 *
 * @param[out] versions the versions; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): versions is NULL
 * @retval ACL_ERROR_RT_NO_DEVICE (207004): the module is not loaded
 * @see aclrtGetVersion(), acl_emu_get_count()
 */
ACL_FUNC_VISIBILITY aclError acl_emu_get_versions(acl_emu_versions *versions);

/** @brief Block of a kernel that a call executes. */
typedef struct acl_emu_block {
	uint32_t device; /**< device of the stream */
	uint32_t index;	 /**< 0 .. count - 1 */
	uint32_t count;	 /**< blocks of the launch */
} acl_emu_block;

/** @brief A host function that runs as a device kernel. */
typedef void (*acl_emu_kernel)(const acl_emu_block *block, void *args);

/** @brief Largest number of blocks of a launch. */
#define ACL_EMU_MAX_BLOCKS 65535U
/** @brief Number of blocks that run at the same time, each in a thread of its own. */
#define ACL_EMU_MAX_RESIDENT_BLOCKS 64U

/**
 * @brief Run a host function as a kernel in a stream.
 *
 * When the stream reaches the task, a pool of threads calls the function once for each block. Later
 * tasks of the stream start when all calls have returned. Up to ACL_EMU_MAX_RESIDENT_BLOCKS blocks
 * run at the same time and may wait for each other. With more blocks, lower indices start first.
 *
 * The function accesses mapped memory directly; a bad address raises a signal, as anywhere in a
 * program. The function must not wait for its own stream.
 *
 * @param[in] stream a stream of the current context; NULL means its default stream
 * @param[in] kernel the function
 * @param[in] args argument of the function. If argsSize is not 0, this call makes a copy and the
 *            function gets the copy
 * @param[in] argsSize bytes at args to copy; 0 passes args itself
 * @param[in] blocks 1 to ACL_EMU_MAX_BLOCKS
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): kernel is NULL, or args is NULL and argsSize is not 0
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): blocks is out of range, or the stream does not exist
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_STREAM_CONTEXT (107003): the stream belongs to another context
 * @par Example
 * @code
 * static void scale(const acl_emu_block *block, void *args)
 * {
 *         float *data = *(float **)args;
 *
 *         data[block->index] *= 2;
 * }
 *
 * acl_emu_launch(stream, scale, &data, sizeof(data), 64);
 * aclrtSynchronizeStream(stream);
 * @endcode
 * @see aclrtLaunchHostFunc(), aclrtSynchronizeStream(), acl_emu_get_count()
 */
ACL_FUNC_VISIBILITY aclError acl_emu_launch(aclrtStream stream, acl_emu_kernel kernel,
					    const void *args, size_t argsSize, uint32_t blocks);

/**
 * @brief Export physical memory as a file descriptor.
 *
 * The descriptor is that of the dma-buf of the allocation; share keys and IPC names of the same
 * memory name the same dma-buf. Other drivers of the kernel can import it, and mmap() of it shows
 * the memory. Pass it to another process through a Unix socket. The memory lives as long as the
 * descriptor. A handle can be exported any number of times, in every form.
 *
 * @param[in] handle memory that this process allocated or imported
 * @param[out] fd the descriptor, close-on-exec, to be closed with close(); not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): handle or fd is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the handle does not exist
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): no file descriptor is free (RLIMIT_NOFILE)
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the host has no memory for the dma-buf
 * @see acl_emu_import_fd(), aclrtMemExportToShareableHandle()
 */
ACL_FUNC_VISIBILITY aclError acl_emu_export_fd(aclrtDrvMemHandle handle, int *fd);

/**
 * @brief Import physical memory from a file descriptor of acl_emu_export_fd().
 *
 * A descriptor has no list of allowed processes: every process that has it may import, also the
 * exporter. Each import returns a new handle, to be freed with aclrtFreePhysical(). The descriptor
 * can be closed after the import.
 *
 * @param[in] fd the descriptor
 * @param[in] device device that will use the memory; the process must have set it
 * @param[out] handle the memory; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): handle is NULL
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the device is not set in this process
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): fd is not open, or is not memory of this module
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the host has no memory for the handle
 * @see acl_emu_export_fd(), aclrtMapMem()
 */
ACL_FUNC_VISIBILITY aclError acl_emu_import_fd(int fd, int32_t device, aclrtDrvMemHandle *handle);

/** @brief Bytes of a label with its zero byte. */
#define ACL_EMU_LABEL_BYTES 64

/**
 * @brief Give memory a name that people read.
 *
 * `acl-emu who -v` shows the label, in this process and in those that import the memory. The
 * dma-buf of the memory has it as its name, cut to 31 characters, see
 * `/sys/kernel/debug/dma_buf/bufinfo`.
 *
 * A label belongs to a physical allocation. Blocks of aclrtMalloc() below 1 MiB share allocations
 * of 2 MiB, so the label of one is the label of all in the same allocation.
 *
 * @param[in] memory a handle of aclrtMallocPhysical(), or an address at which memory of this
 *            process is mapped
 * @param[in] text printable ASCII characters, at most ACL_EMU_LABEL_BYTES - 1; an empty text
 *            removes the label
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): memory or text is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): memory is neither; text is too long or has another
 *         character
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): the memory was imported
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the host has no memory for the label
 * @retval ACL_ERROR_RT_NO_DEVICE (207004): the module is not loaded
 * @see acl_emu_export_fd(), aclrtMallocPhysical(), aclrtMalloc()
 */
ACL_FUNC_VISIBILITY aclError acl_emu_label(const void *memory, const char *text);

/** @brief Statistics. */
typedef enum acl_emu_count {
	/** Of this process, since its start or the last acl_emu_reset_counts(). */
	ACL_EMU_COUNT_TASKS_SUBMITTED = 0,
	ACL_EMU_COUNT_TASKS_RUN = 1,
	ACL_EMU_COUNT_TASKS_DROPPED = 2, /**< by an abort or a forced destruction */
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
 * @brief Return a statistic.
 *
 * @param[in] which one of acl_emu_count
 * @param[out] value the result; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): which is unknown, or value is NULL
 * @retval ACL_ERROR_RT_NO_DEVICE (207004): the module is not loaded
 * @see acl_emu_reset_counts()
 */
ACL_FUNC_VISIBILITY aclError acl_emu_get_count(acl_emu_count which, uint64_t *value);

/**
 * @brief Set the statistics of this process to 0. Those of the module stay.
 *
 * @return ACL_SUCCESS (0)
 * @see acl_emu_get_count()
 */
ACL_FUNC_VISIBILITY aclError acl_emu_reset_counts(void);

/**
 * @brief Print what the streams of this process do.
 *
 * For each stream that has tasks: its state, the task at its head and how long it has run, what
 * this task waits for (an event and the stream that will record it, or that no stream will) and
 * the tasks behind it. With a check of ACL_EMU_CHECK also where the stream was created; with
 * ACL_EMU_CHECK=stuck=SECONDS also which call submitted the task.
 *
 * Call it in a thread that is not stuck, for example in one that waits for a signal. With
 * ACL_EMU_CHECK=stuck=SECONDS the library prints the same by itself when a task has run for so
 * long.
 *
 * @param[in] file where to print
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): file is NULL
 * @see aclrtSynchronizeStreamWithTimeout(), aclrtStreamWaitEvent(), aclrtStreamAbort()
 */
ACL_FUNC_VISIBILITY aclError acl_emu_dump(FILE *file);

#ifdef __cplusplus
}
#endif

#endif
