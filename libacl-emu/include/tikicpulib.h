/* SPDX-License-Identifier: MIT */
/**
 * @file tikicpulib.h
 * @brief Run operator kernels on the CPU.
 *
 * Memory: GmAlloc() and its relatives, below. Kernels: ICPU_RUN_KF, SetKernelMode()
 * and what a kernel asks for, in acl_emu/kernel_run.h. Numbers: half and
 * bfloat16_t, in acl_emu/half.h. This header includes both. The classes and
 * instructions of AscendC (tensors, queues, pipes, vector operations) are not
 * part of acl-emu.
 *
 * A block is a mapping of a file in /tmp, so a process made by fork() sees the
 * same bytes as its parent. A block ends exactly where a page without any
 * access begins:
 *
 *     | header page, read only | 0xFF ... 0xFF | the block | page, no access |
 *                                              ^ pointer   ^ pointer + size
 *
 * One byte too far is SIGSEGV at once. Bytes written in front of the block
 * damage the 0xFF filler, which GmFree() checks. There is filler only where
 * the size is not a multiple of the page size; with a whole number of pages
 * the header page stands right before the block and a write there is SIGSEGV.
 *
 * All calls may be made from any thread. None of them needs the kernel module
 * or aclInit(). None returns an error: what cannot be done is explained on
 * stderr (damaged filler: on stdout) and ends in abort().
 *
 * C++ programs may write GmAlloc() or AscendC::GmAlloc(): it is one function.
 */
#ifndef TIKICPULIB_H
#define TIKICPULIB_H

#include <stddef.h>
#include <stdint.h>

#ifndef ACL_EMU_GM_API
#define ACL_EMU_GM_API __attribute__((visibility("default")))
#endif

#include "acl_emu/half.h"
#include "acl_emu/kernel_run.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Allocate memory that is shared with the processes made by fork().
 *
 * The block is a mapping of a file in /tmp. New bytes are 0. The block ends exactly where a page
 * without access begins, and a read-only page precedes it:
 *
 *     | header page, read only | 0xFF ... 0xFF | the block | page, no access |
 *                                              ^ pointer   ^ pointer + size
 *
 * An access past the end raises SIGSEGV at once. Bytes written in front of the block damage the
 * 0xFF filler, which GmFree() checks. The start is page-aligned only if size is a multiple of the
 * page size; then there is no filler, and a write in front of the block raises SIGSEGV.
 *
 * Each block has one file /tmp/tmpfile_<milliseconds>_<pid> of mode 0600 and one file descriptor
 * (closed by exec) until GmFree(). The number is that of the monotonic clock, or the next free one.
 * A process that ends without GmFree() leaves its files.
 *
 * The file occupies space in /tmp only as it is written. Several blocks together may be larger than
 * the free space; a write past the last free byte raises SIGBUS.
 *
 * All functions of this group may be called from any thread. They need neither the kernel module
 * nor aclInit(). In C++ they are available as AscendC::GmAlloc() too, which is the same function.
 *
 * @param size bytes, from 0 to what the address space, /tmp and the limit on file sizes (ulimit -f)
 *            allow. With 0 the pointer may be passed to GmFree() but not accessed
 * @return start of the block, never NULL
 * @par Errors
 * The call prints "GmAlloc Error: " and the reason on standard error and calls abort() when size is
 * too large to be counted with its extra pages, or greater than the free space in /tmp or the limit
 * on file sizes, or when the file cannot be created, sized, written or mapped. Nothing is left in
 * /tmp then.
 * @par Differences
 * The real library creates the sparse file without a check of the free space, and a later write
 * raises SIGBUS.
 * @par Example
 * @code
 * size_t len = 8 * 32 * 1024;
 * uint16_t *x = GmAlloc(len * sizeof(*x));
 *
 * if (fork() == 0) {
 *         x[0] = 7;
 *         _exit(0);
 * }
 * wait(NULL);
 * printf("%u\n", x[0]);    // 7
 * GmFree(x);
 * @endcode
 * @see GmFree(), GmGetUserSize(), CheckGmValied()
 */
ACL_EMU_GM_API void *GmAlloc(size_t size);

/**
 * @brief Free a block, its file and its descriptor.
 *
 * After fork() each process frees its own mapping. The first one removes the file; the bytes stay
 * visible to the others until they free too.
 *
 * @param ptr start of a block of GmAlloc(), allocated in this process or before the fork()
 * @par Errors
 * If the filler in front of the block is damaged, the call prints a message on standard output,
 * keeps the file and calls abort(). If ptr is NULL, was freed before, is inside a block or is
 * another address, it prints a message on standard error and calls abort().
 * @par Differences
 * The real library crashes for NULL.
 * @see GmAlloc()
 */
ACL_EMU_GM_API void GmFree(void *ptr);

/**
 * @brief Return the number of bytes from an address to the end of its block.
 *
 * @param addr any number, used as an address
 * @return the size of the block if addr is its start, the remaining bytes if addr is inside a
 *         block, 0 for any other address and for a block of 0 bytes
 * @see GmAlloc()
 */
ACL_EMU_GM_API uint64_t GmGetUserSize(uint64_t addr);

/**
 * @brief Check that all arguments of a kernel point into intact blocks.
 *
 * The spelling is that of the interface. The call returns if each address lies in a block of this
 * process whose header is intact.
 *
 * @param argn number of addresses, 0 or more
 * @param argv the addresses; may be NULL only if argn is 0
 * @par Errors
 * The call prints the first bad address on standard error and calls abort() if an address is in no
 * block, a header was overwritten, argn is negative, or argv is NULL and argn is not 0.
 * @see GmAlloc()
 */
ACL_EMU_GM_API void CheckGmValied(int argn, uint64_t *argv);

#ifdef __cplusplus
}

/*
 * Declared again, not brought in by using-declarations, so that a program
 * that repeats the prototypes in this namespace still compiles.
 */
namespace AscendC {
extern "C" {
ACL_EMU_GM_API void *GmAlloc(size_t size);
ACL_EMU_GM_API void GmFree(void *ptr);
ACL_EMU_GM_API uint64_t GmGetUserSize(uint64_t addr);
ACL_EMU_GM_API void CheckGmValied(int argn, uint64_t *argv);
}
} /* namespace AscendC */
#endif

#endif /* TIKICPULIB_H */
