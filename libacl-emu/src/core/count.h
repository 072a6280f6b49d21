/* SPDX-License-Identifier: MIT */
/*
 * What the library counts, by the numbers of the public enum acl_emu_count.
 */
#ifndef EMU_COUNT_H
#define EMU_COUNT_H

#include <stdint.h>

#define EMU_COUNTS	6

void emu_count(unsigned int which, uint64_t more);
void emu_count_forget(void);

#endif
