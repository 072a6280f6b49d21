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
#include "snapshot.h"
#include "table.h"
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

/* --- what dies with the program ------------------------------------------------------- */

#define HELD_TEXT	1024

static void add(char *text, size_t *used, const char *what, uint64_t count)
{
	if (count && *used < HELD_TEXT)
		*used += (size_t)snprintf(text + *used, HELD_TEXT - *used, ", %" PRIu64 " %s%s",
					  count, what, count == 1 ? "" : "s");
}

static void describe(const struct snapshot *s, const struct process *p, char *text)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int i = 0; i <= s->devices && used < HELD_TEXT; i++) {
		const struct holding *h = &p->of[i];

		if (!h->handles && !h->mappings)
			continue;
		used += (size_t)snprintf(text + used, HELD_TEXT - used, "\n  %s: %s",
					 LOCATION_NAME(s, i), SIZE(h->local));
		add(text, &used, "handle", h->handles);
		add(text, &used, "mapping", h->mappings);
		add(text, &used, "share key", h->shares);
		add(text, &used, "import", h->imports);
	}
}

/*
 * What the program holds now. The module releases it before the end of the program is
 * known here, so it is looked at from time to time. A debugger could stop the program at
 * its end, but only one can be attached, and leak checkers of the program attach one.
 */
static void look(pid_t pid, char *text)
{
	struct snapshot s;
	int fd = node_try_open();

	if (fd < 0)
		return;
	if (snapshot_take(fd, &s)) {
		for (size_t i = 0; i < s.count; i++)
			if (s.process[i].pid == pid)
				describe(&s, &s.process[i], text);
		snapshot_free(&s);
	}
	close(fd);
}

/* --- the program ------------------------------------------------------------------------ */

/* A stream that is stuck is told while the program runs. Gives the status of waitpid(). */
static int follow(pid_t pid, FILE *in, FILE *out, const struct leaks_options *o,
		  struct report_result *result, char *held)
{
	struct timespec step = { 0, STEP_MS * 1000000 };
	int status = 0;

	/* The terminal sends these to the program, too, which decides. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		print(in, out, o, result);
		look(pid, held);
		nanosleep(&step, NULL);
	}
	print(in, out, o, result);
	return status;
}

static int exit_code(const struct leaks_options *o, int status, const struct report_result *result,
		     const char *held)
{
	if (result->suppressed)
		fprintf(stderr, "acl-emu: suppressed groups of objects: %llu\n",
			result->suppressed);
	if (*result->error)
		return fail(EXIT_USAGE, "%s", result->error);
	if (WIFSIGNALED(status))
		return fail(128 + WTERMSIG(status), "signal %d ended the program, so it made no "
			    "report at its exit. The module released what it held.%s%s",
			    WTERMSIG(status), *held ? " When it was last looked at:" : "", held);
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
	char path[PATH_MAX], held[HELD_TEXT] = "";
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
	status = follow(pid, in, out, o, &result, held);
	fclose(in);
	unlink(path);
	if (out != stderr)
		fclose(out);
	return exit_code(o, status, &result, held);
}

static int print_file(const struct leaks_options *o)
{
	struct report_result result = { 0 };
	FILE *in = fopen(o->report, "re");

	if (!in)
		return fail(EXIT_USAGE, "cannot open %s: %s", o->report, strerror(errno));
	print(in, stdout, o, &result);
	fclose(in);
	return exit_code(o, 0, &result, "");
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
