/* SPDX-License-Identifier: MIT */
/*
 * The end of the runtime, for those who have work left at it.
 */
#ifndef EMU_INIT_H
#define EMU_INIT_H

#include <stdbool.h>

bool emu_init_ended(void);
void emu_init_at_end(void (*fn)(void));

#endif
