/* SPDX-License-Identifier: MIT */
/*
 * Reports of the library's checks: read from the file that ACL_EMU_REPORT names,
 * with symbols added and what the user knows left out.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdio.h>

struct report_options {
	const char *suppressions;	/* file, NULL: none */
	bool json;
	const char *only;	/* this kind of report; NULL: all */
};

struct report_result {
	unsigned long long reports;	/* that were printed */
	unsigned long long suppressed;	/* groups of objects that were left out */
	char error[256];		/* "": none */
};

/*
 * Prints the reports from the position of @in on, one line of JSON each, to @out and
 * adds to @result. Lines that are no report are skipped; a line that is not written
 * to its end is left for the next call. False: see the error.
 */
bool report_print(FILE *in, FILE *out, const struct report_options *options,
		  struct report_result *result);

#endif
