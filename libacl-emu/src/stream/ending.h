/* SPDX-License-Identifier: MIT */
/*
 * Unfinished tasks of streams in calls that end a device, a context or the runtime.
 */
#ifndef EMU_STREAM_ENDING_H
#define EMU_STREAM_ENDING_H

#include <stdint.h>

void emu_ending_begin(void);
void emu_stream_drain(uint32_t device, uint64_t context);

#endif
