/* SPDX-License-Identifier: MIT */
/*
 * Access of devices to the memory of other devices.
 */
#ifndef EMU_MEMORY_PEER_H
#define EMU_MEMORY_PEER_H

#include "core/common.h"

void emu_peer_enable(uint32_t device, uint32_t peer);
void emu_peer_reset_device(uint32_t device);
aclError emu_peer_check(uint64_t dst, uint64_t src, uint64_t size);

#endif
