/* SPDX-License-Identifier: MIT */
/*
 * Blocks of memory, and registered memory of the program.
 */
#ifndef HAL_MEM_H
#define HAL_MEM_H

#include "error.h"

/* A device is about to be closed; @last: no other one is open. Fails while a copy runs. */
drvError_t hal_mem_reset(uint32_t device, bool last);
/* The registrations for a device that is about to be closed end. */
void hal_register_reset(uint32_t device);
/* The block that contains an address; false: none does. */
bool hal_mem_find(uint64_t addr, uint64_t *start, uint64_t *size);
/* Finds the mapping at an address; false: none is there. */
bool hal_lookup(uint64_t addr, struct acl_emu_lookup *found);

#endif
