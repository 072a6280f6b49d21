/* SPDX-License-Identifier: MIT */
/*
 * Log records, on standard output if the environment selects that.
 */
#ifndef EMU_CORE_LOG_H
#define EMU_CORE_LOG_H

#include "core/common.h"

/* @layer: who writes the record. */
__attribute__((format(printf, 3, 4)))
void emu_log(aclLogLevel level, const char *layer, const char *format, ...);

#endif
