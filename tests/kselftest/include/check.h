/* SPDX-License-Identifier: MIT */
/*
 * For the tests of ACL_EMU_CHECK: runs a function in a process with checks, and
 * reads the report.
 */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include "acl_test.h"

#define CLEAN	0
#define FAILED	99	/* exit status if a call fails */

/* For functions that run in a process with checks. */
#define MUST(call) do { \
	aclError got_ = (call); \
	if (got_) { \
		const char *text_ = aclGetRecentErrMsg(); \
		fprintf(stderr, "# %s: %d %s\n", #call, got_, text_ ? text_ : ""); \
		exit(FAILED); \
	} \
} while (0)

/* aclInit() and device 0. */
void check_device(void);

/* In a new process with this ACL_EMU_CHECK; gives its exit status. The report is in @text. */
int check_run(const char *checks, int (*fn)(void *arg), void *arg, char **text);

/* A fixture with the report as text; the world is the same afterwards. */
#define CHECK_FIXTURE(name_) \
	FIXTURE(name_) { struct world world; char *report; }; \
	FIXTURE_SETUP(name_) \
	{ \
		self->world = world_now(); \
		self->report = NULL; \
	} \
	FIXTURE_TEARDOWN(name_) \
	{ \
		world_same(_metadata, &self->world); \
		free(self->report); \
	}

/* How often a text is in another one. */
unsigned int occurrences(const char *text, const char *what);

#endif
