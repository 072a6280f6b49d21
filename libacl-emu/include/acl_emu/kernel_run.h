/* SPDX-License-Identifier: MIT */
/**
 * @file kernel_run.h
 * @brief Run a kernel function on the CPU: ICPU_RUN_KF and what kernels ask for.
 *
 * tikicpulib.h includes this file; programs do not need to.
 *
 * Kernels here are plain C or C++ functions on memory of GmAlloc(). Tensors, queues, pipes, local
 * memory and vector instructions of AscendC are not part of acl-emu.
 */
#ifndef ACL_EMU_KERNEL_RUN_H
#define ACL_EMU_KERNEL_RUN_H

#include <stdint.h>
#ifdef __cplusplus
#include <cstddef>
#include <iostream>
#include <type_traits>
#else
#include "kernel_list.h"
#endif

#ifndef ACL_EMU_GM_API
#define ACL_EMU_GM_API __attribute__((visibility("default")))
#endif

/** @name Words of a kernel's declaration, without effect on the CPU */
/** @{ */
#ifndef __global__
#define __global__
#endif
#ifndef __aicore__
#define __aicore__
#endif
#ifndef __gm__
#define __gm__
#endif
/** @brief The type of a kernel's argument: an address in global memory. */
#ifndef GM_ADDR
#define GM_ADDR __gm__ uint8_t *
#endif
/** @} */

/**
 * @brief The cores that a kernel is written for.
 *
 * On a device the mode decides how many cores of which kind a block has. Here a block is one
 * process in every mode; the mode is shown in the report of ICPU_RUN_KF.
 */
#ifdef __cplusplus
enum class KernelMode {
	MIX_MODE = 0,	/**< cube and vector cores; the default */
	AIC_MODE = 1,	/**< cube cores */
	AIV_MODE = 2,	/**< vector cores */
	MIX_AIC_1_1 = 3 /**< one vector core for each cube core */
};
#else
typedef enum KernelMode {
	MIX_MODE = 0,
	AIC_MODE = 1,
	AIV_MODE = 2,
	MIX_AIC_1_1 = 3
} KernelMode;
#endif

/** @brief The most arguments that a kernel may have. */
#define ACL_EMU_KERNEL_ARGUMENTS 32
/** @brief The most blocks of one ICPU_RUN_KF. */
#define ACL_EMU_KERNEL_BLOCKS 65535
/** @brief So many blocks of one ICPU_RUN_KF exist at the same time. */
#define ACL_EMU_KERNEL_CONCURRENT 128

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Index of the running block, from 0 to block_num - 1; 0 outside of ICPU_RUN_KF.
 *
 * ICPU_RUN_KF sets it in the process of the block. A program that calls a kernel directly may
 * assign block_idx and block_num itself.
 */
ACL_EMU_GM_API extern int64_t block_idx __asm__("acl_emu_block_idx");

/** @brief Number of blocks of the run; 8 outside of ICPU_RUN_KF. */
ACL_EMU_GM_API extern int64_t block_num __asm__("acl_emu_block_num");

/** @brief What ICPU_SET_TILING_KEY set last, at first 0. */
ACL_EMU_GM_API extern uint64_t g_tilingKey __asm__("acl_emu_tiling_key");

/* The names of the three for the linker and for dlsym(). */
ACL_EMU_GM_API extern int64_t acl_emu_block_idx;
ACL_EMU_GM_API extern int64_t acl_emu_block_num;
ACL_EMU_GM_API extern uint64_t acl_emu_tiling_key;

/**
 * @brief Set the mode of the kernels that this process runs from now on.
 *
 * @param mode A value of KernelMode.
 *
 * @par Errors
 * Any other value is reported on stderr and ends in abort().
 *
 * @see acl_emu_run_kernel()
 *
 * Example, in C++ and in C:
 * @code
 * AscendC::SetKernelMode(KernelMode::AIV_MODE);
 * SetKernelMode(AIV_MODE);
 * @endcode
 */
ACL_EMU_GM_API void SetKernelMode(KernelMode mode);

/**
 * @brief Call a function once in each block, each block in a process of its own.
 *
 * ICPU_RUN_KF is made of this function; its rules are described there. Returns when all blocks
 * have ended.
 *
 * @param name The kernel's name, for messages.
 * @param blocks Number of blocks, 1 to ACL_EMU_KERNEL_BLOCKS.
 * @param call Called in the process of each block with @p context.
 * @param context Handed to @p call.
 * @param argn Number of addresses, 0 to ACL_EMU_KERNEL_ARGUMENTS.
 * @param argv The kernel's arguments; each must lie in a block of GmAlloc().
 *
 * @par Errors
 * A value out of its range, an argument outside of all blocks, a damaged block, and a lack of
 * processes, threads or memory are reported on stderr and end in abort().
 *
 * @see GmAlloc(), SetKernelMode()
 */
ACL_EMU_GM_API void acl_emu_run_kernel(const char *name, int64_t blocks,
				       void (*call)(void *context), void *context, int argn,
				       const uint64_t *argv);

/**
 * @brief acl_emu_run_kernel() for a C function whose parameters are pointers.
 *
 * ICPU_RUN_KF is this function in C, where the macro checks number and types of the arguments.
 *
 * @param name The kernel's name, for messages.
 * @param kernel The function; it is called with the addresses after the first.
 * @param count Number of values, 1 to 1 + ACL_EMU_KERNEL_ARGUMENTS.
 * @param values The number of blocks, then the kernel's arguments.
 *
 * @par Errors
 * Those of acl_emu_run_kernel().
 *
 * @see acl_emu_run_kernel()
 */
ACL_EMU_GM_API void acl_emu_run_kernel_c(const char *name, void (*kernel)(void), int count,
					 const uint64_t *values);

#ifdef __cplusplus
}
#endif

/**
 * @brief Select the branch of the kernel that is run: the key that TILING_KEY_IS compares with.
 *
 * Call it before ICPU_RUN_KF. Without it the key is 0.
 *
 * @param tilingKey A positive integer.
 */
#define ICPU_SET_TILING_KEY(tilingKey) ((void)(g_tilingKey = (uint64_t)(tilingKey)))

/** @brief Whether @p key is the tiling key of this run; for the branches of a kernel. */
#ifndef TILING_KEY_IS
#define TILING_KEY_IS(key) (g_tilingKey == (uint64_t)(key))
#endif

/**
 * @def ICPU_RUN_KF(func, blkdim, ...)
 * @brief Run a kernel function on the CPU, each block in a process of its own.
 *
 * Each block is a child made by fork() from this process. It finds its index and the number of
 * blocks in block_idx and block_num and from GetBlockIdx() and GetBlockNum(), calls @p func with
 * the arguments and ends. Blocks and program see each other's writes to memory of GmAlloc() and
 * to other shared mappings; every other variable is a copy. The macro returns when all blocks
 * have ended.
 *
 * @param func The kernel: a function; in C++ also a lambda or a function object.
 * @param blkdim Number of blocks, 1 to 65535.
 * @param ... All arguments of the kernel in order, at most 32 (more is an error of the compiler).
 *            Each must be the address of a byte in a block of GmAlloc() (a block of 0 bytes: its
 *            start). This includes the workspace and the tiling data. Numbers, structures passed
 *            by value and NULL have no such address. Put them into a block, or in C++ into the
 *            captures of a lambda that calls the kernel.
 *
 * Concurrency: the first 128 blocks run at the same time, which is more than a device has cores,
 * so they may wait for each other. Of more blocks 128 exist at a time and the next one in order
 * starts when one ends: a kernel whose blocks wait for each other then hangs, as it does on a
 * device with fewer cores than blocks.
 *
 * Report: when a block ends, one line tells its index, process and exit status: on stdout for
 * exit status 0, on stderr for another one and for a signal, which is named. The other blocks run
 * on, and the macro returns in any case, as there is no result to return; the program judges by
 * the data.
 *
 * Output: stdio buffers, std::cout and std::clog are flushed before the first block starts and at
 * the end of each block, so nothing is written twice. A block ends without the program's atexit
 * handlers and static destructors, unless the kernel itself calls exit().
 *
 * The program's other children and its SIGCHLD handler do not notice the blocks: they raise no
 * SIGCHLD, and wait() does not return them. Signal handlers run in the calling thread during the
 * run. Blocks have the signal mask and the handlers of the calling thread, but run on a stack of
 * their own (as large as the limit, ulimit -s) and with fresh thread-local variables. If the
 * program ends during the run, its blocks are killed.
 *
 * Several threads may run kernels at the same time. A kernel may run further kernels. Programs
 * built for ThreadSanitizer cannot run kernels.
 *
 * Errors: a message "ICPU_RUN_KF Error: ..." on stderr and abort() if @p blkdim is out of range,
 * if an argument is not in a block of GmAlloc() or the header of its block is damaged (argument
 * numbers start at 0), or if processes, threads or memory are short. Blocks that already run are
 * killed then.
 *
 * In a debugger: (gdb) set follow-fork-mode child, break at a line of the kernel, run.
 *
 * Differences: the CPU debugging library of CANN starts all blocks at once, and aborts for more
 * than the cores of some processors. It lets numbers and NULL pass as arguments although its
 * documentation forbids them; here each is found. Its MIX_MODE starts several processes a block
 * on some processors.
 *
 * Example:
 * @code
 * extern "C" __global__ __aicore__ void add_custom(GM_ADDR x, GM_ADDR y, GM_ADDR z);
 *
 * AscendC::SetKernelMode(KernelMode::AIV_MODE);
 * ICPU_RUN_KF(add_custom, 8, x, y, z);
 * @endcode
 */
#ifdef __cplusplus
#define ICPU_RUN_KF(func, ...) ::acl_emu::run_kernel(func, #func, __VA_ARGS__)
#else
#define ICPU_RUN_KF(func, ...)                                                                    \
	do {                                                                                      \
		/* The compiler checks number and types of the arguments. */                       \
		(void)sizeof(((func)(ACL_EMU_TAIL(__VA_ARGS__)), 0));                             \
		const uint64_t acl_emu_values_[] = { ACL_EMU_EACH(__VA_ARGS__) };                 \
		acl_emu_run_kernel_c(#func, (void (*)(void))(func),                               \
				     (int)(sizeof(acl_emu_values_) / sizeof(uint64_t)),           \
				     acl_emu_values_);                                            \
	} while (0)
#endif

#ifdef __cplusplus

namespace AscendC
{

extern "C" {
ACL_EMU_GM_API void SetKernelMode(KernelMode mode);
}

/** @brief Index of the running block, from 0. */
inline int64_t GetBlockIdx(void)
{
	return block_idx;
}

/** @brief Number of blocks of the run. */
inline int64_t GetBlockNum(void)
{
	return block_num;
}

} /* namespace AscendC */

namespace acl_emu
{

inline uint64_t kernel_address(const volatile void *pointer)
{
	return reinterpret_cast<uint64_t>(pointer);
}

template <typename T, typename std::enable_if<!std::is_pointer<T>::value, int>::type = 0>
uint64_t kernel_address(T number)
{
	static_assert(std::is_integral<T>::value,
		      "ICPU_RUN_KF: each argument must be a pointer to memory of GmAlloc");
	return static_cast<uint64_t>(number);
}

inline uint64_t kernel_address(std::nullptr_t)
{
	return 0;
}

/* The library flushes stdio. */
inline void flush_streams(void)
{
	using namespace std;

	cout.flush();
	clog.flush();
}

template <typename Call>
void call_in_block(void *call)
{
	(*static_cast<Call *>(call))();
	flush_streams();
}

template <typename Call>
void run_call(Call call, const char *name, int64_t blocks, int argn, const uint64_t *argv)
{
	flush_streams();
	acl_emu_run_kernel(name, blocks, call_in_block<Call>, &call, argn, argv);
}

template <typename Kernel, typename Blocks, typename... Arguments>
void run_kernel(Kernel &&kernel, const char *name, Blocks blocks, Arguments... arguments)
{
	static_assert(sizeof...(arguments) <= ACL_EMU_KERNEL_ARGUMENTS,
		      "ICPU_RUN_KF: a kernel has at most 32 arguments");
	const uint64_t addresses[] = { kernel_address(arguments)..., 0 };

	run_call([&]() { kernel(arguments...); }, name, static_cast<int64_t>(blocks),
		 static_cast<int>(sizeof...(arguments)), addresses);
}

} /* namespace acl_emu */

#else

/** @brief Index of the running block, from 0. */
static inline int64_t GetBlockIdx(void)
{
	return block_idx;
}

/** @brief Number of blocks of the run. */
static inline int64_t GetBlockNum(void)
{
	return block_num;
}

#endif /* __cplusplus */

#endif /* ACL_EMU_KERNEL_RUN_H */
