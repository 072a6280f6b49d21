// SPDX-License-Identifier: MIT
/*
 * leaks: runs a program with the checks of the library and prints their reports with
 * functions, files and lines; or prints a report that was made before.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "leaks.h"
#include "report.h"
#include "tool.h"

#define STEP_MS	50

/* Adds the checks to those that the user has set. */
static void set_checks(const struct leaks_options *o, const char *report)
{
	const char *before = getenv("ACL_EMU_CHECK");
	char checks[256], stuck[32] = "";

	if (o->stuck)
		snprintf(stuck, sizeof(stuck), ",stuck=%" PRIu64, o->stuck);
	snprintf(checks, sizeof(checks), "%s%sleak,json%s", before ? before : "",
		 before && *before ? "," : "", stuck);
	setenv("ACL_EMU_CHECK", checks, 1);
	setenv("ACL_EMU_REPORT", report, 1);
}

static pid_t start(char **program)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	execvp(*program, program);
	fail(0, "cannot run %s: %s", *program, strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static bool print(FILE *in, FILE *out, const struct leaks_options *o, struct report_result *result)
{
	struct report_options options = { .suppressions = o->suppressions, .json = o->json };

	if (!report_print(in, out, &options, result))
		return false;
	fflush(out);
	return true;
}

/* A stream that is stuck is told while the program runs. Gives the status of waitpid(). */
static int follow(pid_t pid, FILE *in, FILE *out, const struct leaks_options *o,
		  struct report_result *result)
{
	struct timespec step = { 0, STEP_MS * 1000000 };
	int status = 0;

	/* The terminal sends these to the program, too, which decides. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		print(in, out, o, result);
		nanosleep(&step, NULL);
	}
	print(in, out, o, result);
	return status;
}

static int exit_code(const struct leaks_options *o, int status, const struct report_result *result)
{
	if (result->suppressed)
		fprintf(stderr, "acl-emu: suppressed groups of objects: %llu\n",
			result->suppressed);
	if (*result->error)
		return fail(EXIT_USAGE, "%s", result->error);
	if (WIFSIGNALED(status))
		return fail(128 + WTERMSIG(status), "signal %d ended the program, so it made no "
			    "report at its exit; the module released what it held",
			    WTERMSIG(status));
	if (WEXITSTATUS(status) || !result->reports)
		return WEXITSTATUS(status);
	return o->exit_code;
}

static FILE *open_output(const struct leaks_options *o)
{
	FILE *out = o->output ? fopen(o->output, "we") : stderr;

	if (!out)
		fail(0, "cannot write %s: %s", o->output, strerror(errno));
	return out;
}

/* Checked before the program runs, which may take long. */
static bool suppressions_good(const struct leaks_options *o, struct report_result *result)
{
	FILE *empty = fopen("/dev/null", "re");
	bool good = empty && print(empty, stderr, o, result);

	if (empty)
		fclose(empty);
	return good;
}

int leaks_run(const struct leaks_options *o, char **program)
{
	const char *tmp = getenv("TMPDIR");
	struct report_result result = { 0 };
	char path[PATH_MAX];
	int fd, status;
	FILE *in, *out;
	pid_t pid;

	if (!suppressions_good(o, &result))
		return fail(EXIT_USAGE, "%s", result.error);
	snprintf(path, sizeof(path), "%s/acl-emu-report.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	fd = mkostemp(path, O_CLOEXEC);
	in = fd >= 0 ? fdopen(fd, "r") : NULL;
	out = in ? open_output(o) : NULL;
	if (!out)
		return fail(EXIT_RUN, "cannot make a file for the reports: %s", strerror(errno));
	set_checks(o, path);
	pid = start(program);
	if (pid < 0) {
		unlink(path);
		return fail(EXIT_RUN, "cannot start a process: %s", strerror(errno));
	}
	status = follow(pid, in, out, o, &result);
	fclose(in);
	unlink(path);
	if (out != stderr)
		fclose(out);
	return exit_code(o, status, &result);
}

static int print_file(const struct leaks_options *o)
{
	struct report_result result = { 0 };
	FILE *in = fopen(o->report, "re");

	if (!in)
		return fail(EXIT_USAGE, "cannot open %s: %s", o->report, strerror(errno));
	print(in, stdout, o, &result);
	fclose(in);
	return exit_code(o, 0, &result);
}

/* False: the option is unknown, or @code says that its value is wrong. */
static bool take_option(struct leaks_options *o, int option, int *code)
{
	uint64_t number;

	switch (option) {
	case 's':
		o->suppressions = optarg;
		return true;
	case 'o':
		o->output = optarg;
		return true;
	case 'r':
		o->report = optarg;
		return true;
	case 'j':
		o->json = true;
		return true;
	case 'e':
		if (parse_number(optarg, 0, 255, &number)) {
			o->exit_code = (int)number;
			return true;
		}
		*code = fail(EXIT_USAGE, "--exit-code wants 0 to 255, not '%s'", optarg);
		return false;
	case 't':
		if (parse_number(optarg, 1, 86400, &o->stuck))
			return true;
		*code = fail(EXIT_USAGE, "--stuck wants 1 to 86400 seconds, not '%s'", optarg);
		return false;
	default:
		return false;
	}
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "suppressions", required_argument, NULL, 's' },
		{ "exit-code", required_argument, NULL, 'e' },
		{ "stuck", required_argument, NULL, 't' },
		{ "output", required_argument, NULL, 'o' },
		{ "report", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct leaks_options o = { .exit_code = LEAKS_EXIT };
	int option, code = 0;

	while ((option = getopt_long(argc, argv, "+s:e:t:o:r:jh", options, NULL)) != -1) {
		if (option == 'h')
			return help(&command_leaks);
		if (!take_option(&o, option, &code))
			return code == EXIT_USAGE ? code : bad_usage(&command_leaks);
	}
	if (o.report && optind == argc)
		return print_file(&o);
	if (o.report || optind == argc)
		return bad_usage(&command_leaks);
	return leaks_run(&o, argv + optind);
}

const struct command command_leaks = {
	"leaks", "[OPTION]... [--] PROGRAM [ARGUMENT]... | --report FILE",
	"Runs a program and reports what it did not free",
	"  -s, --suppressions FILE  leave out what the file names, one CHECK:PATTERN a line\n"
	"  -e, --exit-code NUMBER   exit status if something is reported (default 23) and the\n"
	"                           program ended with 0\n"
	"  -t, --stuck SECONDS      report streams with a task that runs for so long\n"
	"  -o, --output FILE        write the reports to a file, not to standard error\n"
	"  -r, --report FILE        print the reports of a file that ACL_EMU_REPORT named\n"
	"  -j, --json               print the reports as JSON, one on each line\n", run,
};
