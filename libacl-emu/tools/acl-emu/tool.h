/* SPDX-License-Identifier: MIT */
/*
 * The program acl-emu: its sub-commands and exit codes.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOOL_VERSION	"1.0"

/* Exit codes, see acl-emu(1). */
enum {
	EXIT_GOOD = 0,
	EXIT_FOUND = 1,		/* doctor found a fault, or what was asked for does not exist */
	EXIT_USAGE = 2,
	EXIT_NODE = 3,		/* the module or its node cannot be used */
	EXIT_RUN = 125,		/* run, trace: the program was not started */
};

struct command {
	const char *name;
	const char *usage;	/* behind the name */
	const char *brief;
	const char *help;	/* options */
	int (*run)(int argc, char **argv);
};

extern const struct command command_info, command_who, command_top, command_trace, command_run,
	command_leaks, command_load, command_unload, command_doctor;

/* Says what is wrong on standard error; returns @code. */
__attribute__((format(printf, 2, 3)))
int fail(int code, const char *format, ...);

/* Prints the help of a command; returns EXIT_GOOD. */
int help(const struct command *command);

/* An unknown option or a missing value, which getopt_long() has named. */
int bad_usage(const struct command *command);

/* A whole number of @text from @least to @most; false if it is none. */
bool parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *value);

#endif
