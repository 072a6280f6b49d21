/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files on memory and kernels of the CPU debugging library.
 */
#ifndef EMU_GM_H
#define EMU_GM_H

#include <stdint.h>

/* Prints "@call Error: ..." on stderr and calls abort(). */
__attribute__((noreturn, format(printf, 2, 3)))
void gm_die(const char *call, const char *fmt, ...);

/* Returns if each address lies in an intact block; otherwise calls gm_die(@call). */
void gm_check_arguments(const char *call, int argn, const uint64_t *argv);

#endif /* EMU_GM_H */
