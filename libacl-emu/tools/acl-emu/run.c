// SPDX-License-Identifier: MIT
/*
 * run: runs a program with emulated devices. The node is used when it is there; else
 * the module is loaded, if this user may; else the program runs in a VM.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "library.h"
#include "module.h"
#include "node.h"
#include "tool.h"

#define MIB	(1ull << 20)

struct wish {
	uint64_t devices;	/* 0: any */
	uint64_t capacity;	/* MiB of each device, 0: any */
	bool leaks;
	char **program;
};

/* "64G", "128M", "128" (MiB) as MiB. */
static bool parse_capacity(const char *text, uint64_t *mib)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10), unit = 1;

	if (*text < '0' || *text > '9')
		return false;
	if (*end == 'G' || *end == 'g')
		unit = 1024;
	else if (*end == 'T' || *end == 't')
		unit = MIB;
	else if (*end && *end != 'M' && *end != 'm')
		return false;
	if (*end && strcmp(end + 1, "iB") && end[1])
		return false;
	*mib = n * unit;
	return n && n < UINT32_MAX;
}

static void parameters(char *text, size_t room, const struct wish *wish)
{
	size_t used = 0;

	*text = '\0';
	if (wish->devices)
		used = (size_t)snprintf(text, room, "devices=%" PRIu64, wish->devices);
	if (wish->capacity)
		snprintf(text + used, room - used, "%scapacity_mb=%" PRIu64, used ? " " : "",
			 wish->capacity);
}

/* Whether the loaded module is as wished. */
static bool suits(int fd, const struct wish *wish)
{
	struct acl_emu_device_info info;
	uint64_t devices;

	if (!node_query(fd, ACL_EMU_PARAM_DEVICES, 0, &devices))
		return false;
	if (wish->devices && devices != wish->devices)
		return false;
	for (uint32_t i = 0; i < devices && wish->capacity; i++) {
		struct acl_emu_location loc = { ACL_EMU_LOC_DEVICE, i };

		if (!node_device(fd, loc, &info) || info.capacity != wish->capacity * MIB)
			return false;
	}
	return true;
}

static int execute(char **program)
{
	execvp(*program, program);
	fail(0, "cannot run %s: %s", *program, strerror(errno));
	return errno == ENOENT ? 127 : 126;
}

/* Runs it, and unloads the module at the end. */
static int execute_loaded(char **program)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(execute(program));
	if (pid < 0)
		return fail(EXIT_RUN, "cannot start a process: %s", strerror(errno));
	/* The terminal sends these to the program, too, which decides. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (module_unload())
		fail(0, "the module stays loaded, something else uses it");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int execute_vm(const struct wish *wish, const char *why)
{
	const char *runner = getenv("ACL_EMU_VM");
	char path[PATH_MAX], params[128];
	char **argv;
	int count = 0, n = 0;

	if (!runner || !*runner)
		runner = beside(path, sizeof(path), "../../tests/vm/run");
	if (!runner || access(runner, X_OK))
		return fail(EXIT_RUN, "%s, and the VM runner was not found. Load the module with "
			    "'sudo acl-emu load', or let ACL_EMU_VM name tests/vm/run of the "
			    "source tree.", why);
	fprintf(stderr, "acl-emu: %s: running in a VM\n", why);
	while (wish->program[count])
		count++;
	argv = calloc((size_t)count + 5, sizeof(*argv));
	if (!argv)
		return fail(EXIT_RUN, "no memory");
	parameters(params, sizeof(params), wish);
	argv[n++] = (char *)runner;
	if (*params) {
		argv[n++] = (char *)"--module-args";
		argv[n++] = params;
	}
	argv[n++] = (char *)"--";
	memcpy(argv + n, wish->program, (size_t)count * sizeof(*argv));
	return execute(argv);
}

/* Puts "acl-emu leaks --" before the program, which also works inside the VM. */
static bool with_leaks(struct wish *wish)
{
	static char self[PATH_MAX], sub[] = "leaks", end[] = "--";
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char **argv;
	size_t count = 0;

	while (wish->program[count])
		count++;
	argv = calloc(count + 4, sizeof(*argv));
	if (!argv || length < 0) {
		free(argv);
		return false;
	}
	argv[0] = self;
	argv[1] = sub;
	argv[2] = end;
	memcpy(argv + 3, wish->program, count * sizeof(*argv));
	wish->program = argv;
	return true;
}

static int run_program(const struct wish *wish)
{
	char params[128];
	int fd = node_try_open();

	if (fd >= 0) {
		bool good = suits(fd, wish);

		close(fd);
		if (good)
			return execute(wish->program);
		return execute_vm(wish, "the module is loaded with other devices");
	}
	if (!module_loaded() && !geteuid()) {
		parameters(params, sizeof(params), wish);
		if (!module_load(NULL, params))
			return execute_loaded(wish->program);
		return execute_vm(wish, "the module cannot be loaded");
	}
	return execute_vm(wish, module_loaded() ? "this user may not open the node" :
			  "the module is not loaded");
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "devices", required_argument, NULL, 'd' },
		{ "capacity", required_argument, NULL, 'c' },
		{ "leaks", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct wish wish = { 0 };
	int option;

	/* + ends the options at the program's name. */
	while ((option = getopt_long(argc, argv, "+d:c:lh", options, NULL)) != -1) {
		if (option == 'h')
			return help(&command_run);
		else if (option == 'l')
			wish.leaks = true;
		else if (option == 'd' && !parse_number(optarg, 1, ACL_EMU_MAX_DEVICES,
							&wish.devices))
			return fail(EXIT_USAGE, "--devices wants a number from 1 to %d, not '%s'",
				    ACL_EMU_MAX_DEVICES, optarg);
		else if (option == 'c' && !parse_capacity(optarg, &wish.capacity))
			return fail(EXIT_USAGE, "--capacity wants a size such as 64G or 128M, "
				    "not '%s'",
				    optarg);
		else if (option != 'd' && option != 'c')
			return bad_usage(&command_run);
	}
	if (optind == argc)
		return bad_usage(&command_run);
	wish.program = argv + optind;
	if (wish.leaks && !with_leaks(&wish))
		return fail(EXIT_RUN, "cannot run acl-emu leaks: %s", strerror(errno));
	return run_program(&wish);
}

const struct command command_run = {
	"run", "[--leaks] [--devices N] [--capacity SIZE] [--] PROGRAM [ARGUMENT]...",
	"Runs a program with emulated devices",
	"  -d, --devices N       number of devices\n"
	"  -c, --capacity SIZE   memory of each device, such as 64G or 128M\n"
	"  -l, --leaks           report what the program did not free, as acl-emu leaks does\n",
	run,
};
