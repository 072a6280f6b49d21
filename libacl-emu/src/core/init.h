/* SPDX-License-Identifier: MIT */
/*
 * The end of the runtime.
 */
#ifndef EMU_CORE_INIT_H
#define EMU_CORE_INIT_H

#include <stdbool.h>

bool emu_init_ended(void);
/* Sets the function that aclFinalize() calls when it has ended the runtime. */
void emu_init_at_end(void (*fn)(void));

#endif
