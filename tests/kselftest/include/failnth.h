/* SPDX-License-Identifier: MIT */
/*
 * One call after the other with its 1st, 2nd, 3rd ... allocation (or access to
 * user memory) failing, until one comes through with none failing.
 *
 * The kernel must have been made for that: FAULT_INJECTION with FAILSLAB,
 * FAIL_PAGE_ALLOC and their files in debugfs. Only what the module's functions
 * do, or have done for them, is counted where the kernel can tell
 * (FAULT_INJECTION_STACKTRACE_FILTER).
 */
#ifndef FAILNTH_H
#define FAILNTH_H

#include <stdbool.h>

/* No call allocates that often; then something goes round in circles. */
#define FAILNTH_MOST	2000

/* Writes a file of a kind of fault; 0 or -errno. */
int failnth_write(const char *dir, const char *name, const char *text);

/* 0 if this kernel can do it. Has to be called with the module loaded. */
int failnth_prepare(void);

/* Number @nth of what this thread does from here on fails. */
int failnth_arm(unsigned int nth);

/* Nothing fails from here on. */
void failnth_stop(void);

/* The same; true if something failed, so that there may be more. */
bool failnth_disarm(void);

#endif /* FAILNTH_H */
