/* SPDX-License-Identifier: MIT */
/*
 * What a wrong address or handle was, or is: for sentences.
 */
#ifndef EMU_MEMORY_PAST_H
#define EMU_MEMORY_PAST_H

#include "core/error.h"
#include "memory/classify.h"

/*
 * Appends what ended at an address and where, ", freed by aclrtFree() at FRAME", as
 * far as a check records it, or which check records it.
 */
void emu_past_append(char *text, size_t size, uint64_t addr);
/* The report of a wrong free shows the history of what is there. */
void emu_past_object(const struct emu_at *at);

/* Which memory of the program an address is in, as "the stack of this thread". */
void emu_plain_name(char *text, size_t size, uint64_t addr);

/* Is it a handle of physical memory, and no address? */
bool emu_is_handle(uint64_t value);

/* What to do with memory that the function for blocks of @kind cannot free. */
const char *emu_past_remedy(enum acl_emu_range_kind kind, const struct emu_at *at);

/* A failure of the module about a handle of physical memory. */
aclError emu_handle_fail(int err, const struct acl_emu_head *head, const struct emu_code *codes,
			 uint64_t handle);

#endif
