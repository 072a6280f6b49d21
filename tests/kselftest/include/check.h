/* SPDX-License-Identifier: MIT */
/*
 * For the tests of ACL_EMU_CHECK: runs a function in a process with checks, and
 * reads the report.
 */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include "acl_test.h"

/* In a new process with this ACL_EMU_CHECK; gives its exit status. The report is in @text. */
int check_run(const char *checks, int (*fn)(void *arg), void *arg, char **text);

/* How often a text is in another one. */
unsigned int occurrences(const char *text, const char *what);

#endif
