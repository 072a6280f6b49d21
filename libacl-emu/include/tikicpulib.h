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
 * @brief Allocate memory that is shared with the children made by fork().
 *
 * The new bytes are 0. The start is aligned only as far as @p size allows: a
 * multiple of the page size gives a page-aligned block, an odd size an odd
 * address.
 *
 * Each block keeps one file descriptor open (closed by exec) and one file
 * /tmp/tmpfile_<milliseconds>_<pid> of mode 0600 until GmFree(). A process
 * that ends without GmFree() leaves its files behind.
 *
 * The file takes room in /tmp only as it is written. A size above the free
 * room is refused, but several blocks may together promise more than there
 * is; writing past the last free byte of /tmp then raises SIGBUS.
 *
 * @param size Bytes, from 0 to what the address space, /tmp and the limit on
 *             file sizes (ulimit -f) hold. With 0 the pointer may be passed to
 *             GmFree() but not accessed.
 * @return The start of the block, never NULL. A message "GmAlloc Error: ..."
 *         on stderr and abort() when @p size is too large to be counted with
 *         its extra pages, above the free room in /tmp or above the limit on
 *         file sizes, when the file cannot be made, sized or written, or when
 *         it cannot be mapped.
 */
ACL_EMU_GM_API void *GmAlloc(size_t size);

/**
 * @brief Give back a block, and its file and descriptor with it.
 *
 * After a fork() each process gives back its own view: the first one removes
 * the file, the bytes stay visible to the others until they let go too.
 *
 * @param ptr What GmAlloc() returned, in this process or before the fork().
 *            Damaged filler in front of the block is reported on stdout and
 *            ends in abort(), with the file left for inspection. NULL, a block
 *            given back before, an address inside a block and any other
 *            address are reported on stderr and end in abort().
 */
ACL_EMU_GM_API void GmFree(void *ptr);

/**
 * @brief Tell how many bytes of a block follow an address.
 *
 * @param addr An address as a number, of any kind.
 * @return For the start of a block its size, for an address inside a block
 *         the bytes from there to its end, and 0 for all others (and for a
 *         block of 0 bytes).
 */
ACL_EMU_GM_API uint64_t GmGetUserSize(uint64_t addr);

/**
 * @brief Check that all arguments of a kernel point into intact blocks.
 *
 * The spelling is that of the interface. Returns when every one of the
 * @p argn addresses lies in a block of this process whose header is whole;
 * else names the first bad one on stderr and calls abort().
 *
 * @param argn Number of addresses, 0 or more.
 * @param argv The addresses; may be NULL only if @p argn is 0.
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
