/* SPDX-License-Identifier: MIT */
/*
 * How calls that end a device, a context or the runtime deal with streams that
 * still have tasks.
 */
#ifndef EMU_ENDING_H
#define EMU_ENDING_H

#include <stdint.h>

void emu_ending_begin(void);
void emu_stream_drain(uint32_t device, uint64_t context);

#endif
