/* SPDX-License-Identifier: MIT */
/*
 * State of the process.
 *
 * All state lies in one block of memory, which process.c allocates for the first
 * call. Each file that has state declares its part of the block with
 * EMU_STATE(type, name, begin) and reaches it by name().
 *
 * A part begins as zero bytes; on Linux these are an unlocked mutex and a
 * condition without waiters. A forked child drops the pointer to the block and
 * allocates another one: threads that do not exist in the child may hold locks of
 * the old block or may have been about to change it. begin (NULL: none) then gets
 * the part of the parent and copies the values that the child keeps; in the first
 * process @parent is NULL.
 */
#ifndef EMU_CORE_PROCESS_H
#define EMU_CORE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct emu_part {
	size_t size;
	size_t offset;		/* in the block */
	void (*begin)(void *part, const void *parent);
};

extern char *emu_process;

bool emu_process_forked(void);
bool emu_process_begun(void);

/* Defined by the linker. */
extern struct emu_part *const __start_emu_parts[];
extern struct emu_part *const __stop_emu_parts[];

/* The linker collects the parts; process.c goes through them. */
#define EMU_STATE(type_, name_, begin_) \
	static struct emu_part name_##_part = { .size = sizeof(type_), .begin = (begin_) }; \
	static struct emu_part *const name_##_entry \
		__attribute__((used, section("emu_parts"))) = &name_##_part; \
	static inline type_ *name_(void) \
	{ \
		return (type_ *)(void *)(emu_process + name_##_part.offset); \
	}

#endif
