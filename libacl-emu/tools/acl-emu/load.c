// SPDX-License-Identifier: MIT
/*
 * load, unload: the module, with words for each refusal.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "module.h"
#include "snapshot.h"
#include "tool.h"

static int load(int argc, char **argv)
{
	static const struct option options[] = {
		{ "module", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *file = NULL;
	char text[1024] = "";
	size_t used = 0;
	int option, err;

	while ((option = getopt_long(argc, argv, "m:h", options, NULL)) != -1) {
		if (option == 'h')
			return help(&command_load);
		else if (option != 'm')
			return bad_usage(&command_load);
		file = optarg;
	}
	for (; optind < argc; optind++) {
		if (!strchr(argv[optind], '='))
			return fail(EXIT_USAGE, "'%s' is no parameter: parameters are NAME=VALUE",
				    argv[optind]);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used ? " " : "",
					 argv[optind]);
		if (used >= sizeof(text))
			return fail(EXIT_USAGE, "the parameters are too long");
	}
	if (file && access(file, R_OK))
		return fail(EXIT_NODE, "cannot read %s: %s", file, strerror(errno));
	err = module_loaded() ? -EEXIST : module_load(file, text);
	if (err)
		return module_explain_load(err);
	return EXIT_GOOD;
}

/* Names the processes that have the node open. */
static void print_users(void)
{
	struct snapshot s;
	int fd = node_try_open();

	if (fd < 0)
		return;
	if (snapshot_take(fd, &s)) {
		for (size_t i = 0; i < s.count; i++) {
			if (s.process[i].pid)
				fprintf(stderr, "  %s (pid %d)\n", s.process[i].name,
					(int)s.process[i].pid);
			else
				fprintf(stderr, "  processes outside this pid namespace\n");
		}
		snapshot_free(&s);
	}
	close(fd);
}

static int explain_unload(int err)
{
	switch (-err) {
	case EAGAIN:
	case EBUSY:
		fail(0, "the module is in use. End what uses it (or what keeps a descriptor of its "
		     "memory):");
		print_users();
		return EXIT_NODE;
	case EPERM:
	case EACCES:
		return fail(EXIT_NODE, "only root may unload the module. Run 'sudo acl-emu "
			    "unload'.");
	default:
		return fail(EXIT_NODE, "the module was not unloaded: %s.", strerror(-err));
	}
}

static int unload(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };
	int option, err;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1)
		return option == 'h' ? help(&command_unload) : bad_usage(&command_unload);
	if (optind < argc)
		return bad_usage(&command_unload);
	if (!module_loaded())
		return fail(EXIT_NODE, "the module is not loaded.");
	err = module_unload();
	return err ? explain_unload(err) : EXIT_GOOD;
}

const struct command command_load = {
	"load", "[--module FILE] [NAME=VALUE]...", "Loads the kernel module",
	"  NAME=VALUE          a parameter: devices, capacity_mb, host_mb, reserved_mb, node,\n"
	"                      overcommit, backing\n"
	"  -m, --module FILE   this file instead of the installed module\n", load,
};

const struct command command_unload = {
	"unload", "", "Unloads the kernel module", NULL, unload,
};
