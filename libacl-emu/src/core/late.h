/* SPDX-License-Identifier: MIT */
/*
 * Calls after aclFinalize().
 */
#ifndef EMU_CORE_LATE_H
#define EMU_CORE_LATE_H

#include "core/check.h"

/* The runtime was ended by the call that the thread is in. */
void emu_late_ended(void);
/* The place of that call; EMU_NO_STACK: it is not recorded. */
uint32_t emu_late_place(void);
void emu_late_report(void);

/* Called by calls on objects, and by calls that fail. */
static inline void emu_late_call(void)
{
	if (emu_check_on(EMU_CHECK_LEAK))
		emu_late_report();
}

#endif
