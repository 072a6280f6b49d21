/* SPDX-License-Identifier: MIT */
/*
 * Checks of the program, which ACL_EMU_CHECK selects.
 */
#ifndef EMU_CORE_CHECK_H
#define EMU_CORE_CHECK_H

#include "core/common.h"

/* Bits of emu_checks. */
#define EMU_CHECK_LEAK		(1u << 0)
#define EMU_CHECK_STUCK		(1u << 1)

#define EMU_CHECK_DEPTH_MAX	64

/* Checks that are on. Written before the first call of the process goes on. */
extern unsigned int emu_checks;

static inline bool emu_check_on(unsigned int checks)
{
	return emu_unlikely(emu_checks & checks);
}

struct emu_check_options {
	unsigned int stuck;	/* seconds */
	unsigned int depth;	/* frames of a stack */
	unsigned int exit;	/* exit status after a report; 0: that of the program */
	bool json;
};

const struct emu_check_options *emu_check_options(void);

/* The linker collects functions that are called when the process has opened a device. */
typedef void (*emu_check_fn)(void);

extern const emu_check_fn __start_emu_opens[] __attribute__((weak));
extern const emu_check_fn __stop_emu_opens[] __attribute__((weak));

#define EMU_CHECK_AT_OPEN(fn_) \
	static const emu_check_fn fn_##_entry __attribute__((used, section("emu_opens"))) = (fn_)

void emu_check_opened_now(void);

static inline void emu_check_opened(void)
{
	if (emu_check_on(~0u))
		emu_check_opened_now();
}

/* Fails if ACL_EMU_CHECK or ACL_EMU_REPORT has a value that is not possible. */
aclError emu_check_ready(void);

#endif
