/* SPDX-License-Identifier: MIT */
/*
 * Queries about addresses.
 */
#ifndef EMU_MEMORY_POINTER_H
#define EMU_MEMORY_POINTER_H

#include "core/common.h"

bool emu_pointer_look(uint64_t addr, struct acl_emu_lookup *found);
bool emu_pointer_ask(uint64_t addr, struct acl_emu_lookup *found);

#endif
