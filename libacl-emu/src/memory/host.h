/* SPDX-License-Identifier: MIT */
/*
 * Pinned host memory.
 */
#ifndef EMU_MEMORY_HOST_H
#define EMU_MEMORY_HOST_H

#include "core/common.h"

bool emu_host_nth(uint32_t n, uint64_t *start, uint64_t *size);
bool emu_host_find(uint64_t addr, uint64_t *start, uint64_t *size);
aclError emu_host_free(void *ptr);

#endif
