/* SPDX-License-Identifier: MIT */
/*
 * Copies and fills of memory of the program itself.
 */
#ifndef EMU_CORE_PLAIN_H
#define EMU_CORE_PLAIN_H

#include "core/common.h"

bool emu_plain_mapped(uint64_t addr, uint64_t size);
aclError emu_plain_copy(void *dst, const void *src, size_t size);
aclError emu_plain_fill(void *dst, uint32_t pattern, size_t size);

#endif
