/* SPDX-License-Identifier: MIT */
/*
 * Pools of stream-ordered memory, for those who free memory or synchronize.
 */
#ifndef EMU_POOL_H
#define EMU_POOL_H

#include "core/emu.h"

bool emu_pool_free(void *ptr, aclError *code);
void emu_pool_synchronized(uint32_t device, uint64_t stream);
void emu_pool_reset_device(uint32_t device);
void emu_pool_forget(void);

#endif
