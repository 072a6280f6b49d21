/* SPDX-License-Identifier: MIT */
/*
 * Blocks of device memory.
 */
#ifndef EMU_MEMORY_MALLOC_H
#define EMU_MEMORY_MALLOC_H

#include "core/common.h"

aclError emu_malloc_config(const aclrtMallocConfig *cfg, int64_t *device);
aclError emu_malloc_free(void *devPtr);

#endif
