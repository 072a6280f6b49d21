/* SPDX-License-Identifier: MIT */
/*
 * The addresses that can be emulated memory, and their reservation.
 */
#ifndef EMU_CORE_WINDOW_H
#define EMU_CORE_WINDOW_H

#include "core/common.h"

int emu_range_reserve(struct acl_emu_range_reserve *arg);
int emu_range_release(struct acl_emu_range_release *arg);
bool emu_range_may_hold(uint64_t addr);
aclError emu_range_check_aligned(uint64_t addr, uint64_t align);
aclError emu_range_check_expected(uint64_t addr, uint64_t size);
void emu_range_shape(struct acl_emu_range_reserve *arg, uint64_t size);
uint64_t emu_range_first_in(uint64_t addr, uint64_t size);

#endif
