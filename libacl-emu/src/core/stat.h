/* SPDX-License-Identifier: MIT */
/*
 * Statistics of the library, numbered as the public enum acl_emu_count.
 */
#ifndef EMU_CORE_STAT_H
#define EMU_CORE_STAT_H

#include <stdint.h>

#define EMU_STATS	6

void emu_stat_add(unsigned int which, uint64_t more);

#endif
