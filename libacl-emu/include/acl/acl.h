/* SPDX-License-Identifier: MIT */
/**
 * @file acl.h
 * @brief The header that a program includes: all of acl/, except acl_rt_memory_soma.h.
 */
#ifndef ACL_EMU_ACL_H
#define ACL_EMU_ACL_H

/**
 * @mainpage acl-emu
 *
 * @section description Description
 *
 * acl-emu emulates the memory of Ascend devices on ordinary pages, so that programs for the CANN
 * runtime run without an NPU. A kernel module provides the devices; the library libascendcl.so
 * implements the functions of the runtime. Programs need no change:
 *
 *     make load
 *     cc prog.c -lascendcl && ./a.out
 *
 * Emulated are pages, addresses, aliasing, capacity, access rights, reference counts, sharing
 * between processes and the end of a process. Not emulated are AI cores and their binaries, timing,
 * the interconnect and ECC.
 *
 * A program usually starts with aclInit() and aclrtSetDevice(), and ends with aclrtResetDevice()
 * and aclFinalize(). The end of the process, however it comes, releases everything.
 *
 * @section errors Errors
 *
 * Most functions return an `aclError`: 0 on success, otherwise a code of the real stack. Each
 * failure stores a sentence that aclGetRecentErrMsg() returns. It names the function, what was
 * refused with its values, the code and the remedy:
 *
 *     aclrtMapMem: [0x12c000000000, +2 MiB) overlaps an existing mapping
 *     [0x12c000000000, +2 MiB) (507899). Unmap it first.
 *
 * Results are not written on failure unless the page of the function says so. Where a page says
 * that checks are made in an order, the first check that fails decides the code.
 *
 * The first call that needs the module opens the device node. If that fails, the call returns
 * 207004 (the node does not exist: load the module), 207006 (the user may not open the node),
 * 207005 (the process has no free file descriptor) or 507899 (the node belongs to another driver).
 *
 * @section objects Virtual memory management
 * @subpage vmm
 *
 * @section sharing Sharing memory between processes
 * @subpage share
 *
 * @section streams Streams
 * @subpage streams
 *
 * @section kernels Kernels
 * @subpage kernels
 *
 * @section limits Limits
 *
 * - The CPU may access a mapping as soon as any location may; on hardware it needs
 *   aclrtMemSetAccess() for the host.
 * - New memory is zero; on hardware its content is undefined.
 * - There are no AI cores. Core counts and names are those of a real chip.
 * - There is no timing.
 * - Nothing was checked on hardware.
 *
 * @section functions Functions
 *
 * Each function has a page in section 3.
 *
 * @section environment Environment
 *
 * @section files Files
 *
 * - `/dev/acl_emu`: the device node.
 * - `/sys/kernel/debug/acl_emu`: state of the module.
 *
 * @section see_also See also
 *
 * aclInit(), aclrtSetDevice(), aclrtMapMem(), aclrtMemcpy(), aclrtMemExportToShareableHandle(),
 * acl_emu_launch(), GmAlloc()
 */

#include "acl_base.h"
#include "acl_rt.h"

#endif
