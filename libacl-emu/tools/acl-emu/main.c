// SPDX-License-Identifier: MIT
/*
 * acl-emu: see who holds what, load the module, run and trace programs.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const struct command *const commands[] = {
	&command_info, &command_who, &command_top, &command_run, &command_leaks, &command_trace,
	&command_load, &command_unload, &command_doctor,
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

int fail(int code, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("acl-emu: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

int help(const struct command *command)
{
	printf("usage: acl-emu %s %s\n\n%s.\n", command->name, command->usage, command->brief);
	if (command->help)
		printf("\n%s", command->help);
	puts("\nacl-emu(1) has the details.");
	return EXIT_GOOD;
}

int bad_usage(const struct command *command)
{
	fprintf(stderr, "usage: acl-emu %s %s\n", command->name, command->usage);
	return EXIT_USAGE;
}

bool parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return !errno && !*end && *value >= least && *value <= most;
}

static int help_all(void)
{
	puts("usage: acl-emu [COMMAND] [OPTION]...\n\n"
	     "Shows and controls emulated Ascend devices.\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-8s %s\n", commands[i]->name, commands[i]->brief);
	puts("\nWithout a command, info runs. acl-emu COMMAND --help lists the options of a\n"
	     "command. acl-emu --version prints the version. acl-emu(1) has the details.");
	return EXIT_GOOD;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "info";

	if (argc > 1 && (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")))
		return help_all();
	if (argc > 1 && !strcmp(name, "--version")) {
		puts("acl-emu " TOOL_VERSION);
		return EXIT_GOOD;
	}
	/* Options without a command are those of info. */
	if (*name == '-')
		return command_info.run(argc, argv);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(name, commands[i]->name))
			return argc > 1 ? commands[i]->run(argc - 1, argv + 1) :
					  commands[i]->run(argc, argv);
	}
	return fail(EXIT_USAGE, "there is no command '%s'; acl-emu --help lists them", name);
}
