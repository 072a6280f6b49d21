/* SPDX-License-Identifier: MIT */
/*
 * The report of what a process did not free.
 *
 * Each room has functions that walk its tables and give every object of the
 * program. EMU_WALK() puts one into the list that a report goes through.
 */
#ifndef EMU_CORE_LEAK_H
#define EMU_CORE_LEAK_H

#include <stdio.h>

#include "core/history.h"

/* An object that the program has. */
struct emu_held {
	enum emu_kind kind;
	const char *noun;	/* names the kind in the report, in the singular */
	const char *of;		/* follows the noun; NULL: nothing does */
	uint64_t id;		/* as in its history */
	uint64_t size;		/* bytes; 0: it has none */
	struct acl_emu_location loc;
	bool placed;		/* loc is where it is */
	bool ends_with_device;	/* a reset of the device ends it */
	bool exported;
	uint32_t references;	/* of a handle */
	uint32_t mappings;
};

struct emu_leaks;

void emu_leak_add(struct emu_leaks *leaks, const struct emu_held *held);

typedef void (*emu_walk)(struct emu_leaks *leaks);

/* The linker collects them. There are none where only the core is linked. */
extern const emu_walk __start_emu_walks[] __attribute__((weak));
extern const emu_walk __stop_emu_walks[] __attribute__((weak));

#define EMU_WALK(fn_) \
	static const emu_walk fn_##_entry __attribute__((used, section("emu_walks"))) = (fn_)

#define EMU_LEAK_EVERY	UINT32_MAX

/* Something was reported: the exit status says so. */
void emu_leak_found(void);
/* What the process has now, as one line of JSON. */
void emu_leak_print_held(FILE *out);
void emu_leak_report_now(const char *at, uint32_t device);

/* @device: only what a reset of this device ends; EMU_LEAK_EVERY: everything. */
static inline void emu_leak_report(const char *at, uint32_t device)
{
	if (emu_check_on(EMU_CHECK_LEAK))
		emu_leak_report_now(at, device);
}

#endif
