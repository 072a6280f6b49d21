/* SPDX-License-Identifier: MIT */
/*
 * Call stacks of the program, each stored once.
 */
#ifndef EMU_CORE_STACK_H
#define EMU_CORE_STACK_H

#include "core/common.h"

#define EMU_NO_STACK	0u
#define EMU_NO_MODULE	UINT32_MAX
#define EMU_BUILD_ID	20	/* bytes that are kept of a build id */

/* A program or shared object; it may be unloaded by now. */
struct emu_module {
	char *path;
	char build_id[2 * EMU_BUILD_ID + 1];	/* "": it has none */
};

struct emu_frame {
	uint32_t module;	/* EMU_NO_MODULE: offset is an address */
	uint64_t offset;	/* of the call, as addresses in the file are counted */
};

/* The frames of the library itself are left out, only the exported function is named. */
struct emu_stack {
	const char *function;
	uint32_t count;
	const struct emu_frame *frames;
};

/* The stack of the caller; EMU_NO_STACK: no memory. */
uint32_t emu_stack_here(void);
/* Both are constant and live as long as the process; NULL: there is none. */
const struct emu_stack *emu_stack_get(uint32_t stack);
const struct emu_module *emu_stack_module(uint32_t module);

#endif
