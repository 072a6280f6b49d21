/* SPDX-License-Identifier: MIT */
/*
 * Groups of objects that were created at one place, for the report of leaks.
 */
#ifndef EMU_CORE_LEAK_GROUP_H
#define EMU_CORE_LEAK_GROUP_H

#include <stdio.h>

#include "core/leak.h"

struct emu_leak_group {
	struct emu_leak_group *next;
	struct emu_held first;
	uint32_t stack;		/* where they were created */
	uint64_t count;
	uint64_t bytes;
	uint64_t references;
	uint64_t mappings;
	uint64_t exported;
	bool same_size;
	uint32_t deeds_count;
	struct emu_deed deeds[EMU_DEEDS];
};

struct emu_leaks {
	const char *at;		/* the call that the report belongs to */
	uint32_t device;
	bool live;		/* what the process has now: nothing counts as told */
	uint64_t count;
	uint64_t bytes;
	struct emu_leak_group *groups;	/* the largest first */
};

void emu_leak_print_deed(FILE *out, const struct emu_deed *deed);
void emu_leak_print_deed_json(FILE *out, const struct emu_deed *deed);
void emu_leak_print(FILE *out, const struct emu_leaks *leaks);
void emu_leak_print_json(FILE *out, const struct emu_leaks *leaks);

#endif
