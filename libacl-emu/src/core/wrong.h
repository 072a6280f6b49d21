/* SPDX-License-Identifier: MIT */
/*
 * Wrong frees: with ACL_EMU_CHECK=leak each place whose free is refused is reported
 * once, with the history of the object.
 */
#ifndef EMU_CORE_WRONG_H
#define EMU_CORE_WRONG_H

#include "core/history.h"

void emu_wrong_report(const char *sentence);

/* The object that the sentence of the call is about. */
static inline void emu_wrong_object(enum emu_kind kind, uint64_t id)
{
	emu_self.wrong_kind = kind;
	emu_self.wrong_id = id;
}

/* Called when a call fails. To free NULL is refused, but harmless and a habit. */
static inline void emu_wrong_call(aclError code, const char *sentence)
{
	if (emu_check_on(EMU_CHECK_LEAK) && code != ACL_ERROR_INVALID_PARAM)
		emu_wrong_report(sentence);
}

#endif
