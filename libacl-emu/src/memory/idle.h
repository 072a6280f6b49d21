/* SPDX-License-Identifier: MIT */
/*
 * Allocation of physical memory, and return of idle memory.
 */
#ifndef EMU_MEMORY_IDLE_H
#define EMU_MEMORY_IDLE_H

#include "core/common.h"

/* Returns idle memory of a device, or of all devices (EMU_IDLE_ALL), to the module. */
typedef void (*emu_idle_fn)(uint32_t device);

#define EMU_IDLE_ALL	ACL_EMU_MAX_DEVICES

void emu_idle_register(emu_idle_fn give);
int emu_phys_alloc(struct acl_emu_phys_alloc *arg);

/* Lets others see how much is idle; without the module nothing happens. */
void emu_idle_begin(void);
/* @more: bytes that became idle, modulo 2^64 */
void emu_idle_tell(uint32_t device, uint64_t more);

#endif
