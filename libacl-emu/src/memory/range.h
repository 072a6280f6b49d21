/* SPDX-License-Identifier: MIT */
/*
 * Reservations of addresses.
 */
#ifndef EMU_MEMORY_RANGE_H
#define EMU_MEMORY_RANGE_H

#include "core/common.h"

int emu_range_reserve(struct acl_emu_range_reserve *arg);
int emu_range_release(struct acl_emu_range_release *arg);
bool emu_range_may_hold(uint64_t addr);
uint64_t emu_range_first_in(uint64_t addr, uint64_t size);

#endif
