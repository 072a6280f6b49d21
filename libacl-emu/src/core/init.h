/* SPDX-License-Identifier: MIT */
/*
 * The end of the runtime, for those who have work left at it.
 */
#ifndef EMU_INIT_H
#define EMU_INIT_H

void emu_init_at_end(void (*fn)(void));

#endif
