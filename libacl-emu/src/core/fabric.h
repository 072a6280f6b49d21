/* SPDX-License-Identifier: MIT */
/*
 * The fabric form of a share key: 128 bytes, which are valid on this machine only.
 */
#ifndef EMU_CORE_FABRIC_H
#define EMU_CORE_FABRIC_H

#include "core/common.h"

#define EMU_FABRIC_SIZE	128

/* The bytes may not be aligned. */
void emu_fabric_write(void *bytes, uint64_t key);
aclError emu_fabric_read(const void *bytes, uint64_t *key);

#endif
