/* SPDX-License-Identifier: MIT */
/*
 * Contexts.
 */
#ifndef EMU_DEVICE_CONTEXT_H
#define EMU_DEVICE_CONTEXT_H

#include "core/common.h"

/* Contexts have slots below this number; the first slots are the default contexts. */
#define EMU_CONTEXT_SLOTS	4096

uint64_t emu_context_default(uint32_t device);
/* Has the program created contexts on the device that still exist? */
bool emu_context_any(uint32_t device);
void emu_context_reset_device(uint32_t device, bool all);
uint32_t emu_context_slot(uint64_t token);
bool emu_context_device(uint64_t token, uint32_t *device);
bool emu_context_end(uint64_t token);
aclError emu_context_current(uint32_t *device);

#endif
