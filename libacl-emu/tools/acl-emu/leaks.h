/* SPDX-License-Identifier: MIT */
/*
 * Runs a program with the checks of the library.
 */
#ifndef LEAKS_H
#define LEAKS_H

#include <stdbool.h>
#include <stdint.h>

#include "tool.h"

#define LEAKS_EXIT	23

struct leaks_options {
	const char *suppressions;	/* file, NULL: none */
	const char *output;		/* file, NULL: standard error */
	const char *report;		/* print this one, run no program */
	uint64_t stuck;			/* seconds, 0: do not report stuck streams */
	int exit_code;			/* if something was reported */
	bool json;
};

/* Uses the node as it is; returns the exit code of acl-emu. */
int leaks_run(const struct leaks_options *options, char **program);

#endif
