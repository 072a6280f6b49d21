/* SPDX-License-Identifier: MIT */
/*
 * Physical memory from the module, after idle memory was given back.
 */
#ifndef EMU_IDLE_H
#define EMU_IDLE_H

#include "core/emu.h"

/* Gives back what is idle on a device, or on all of them (EMU_IDLE_ALL). */
typedef void (*emu_idle_fn)(uint32_t device);

#define EMU_IDLE_ALL	ACL_EMU_MAX_DEVICES

void emu_idle_register(emu_idle_fn give);
int emu_phys_alloc(struct acl_emu_phys_alloc *arg);
void emu_idle_forget(void);

#endif
