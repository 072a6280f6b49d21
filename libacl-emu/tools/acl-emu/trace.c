// SPDX-License-Identifier: MIT
/*
 * trace: the trace events of the module as readable lines, of one program or of all;
 * with --calls also the calls that the program makes.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "names.h"
#include "node.h"
#include "table.h"
#include "tool.h"

#define EVENT		"acl_emu_"
#define CALLS		(ACL_EMU_NR_END - ACL_EMU_NR_BASE)
#define PATH_ROOM	256

struct sum {
	uint64_t count;
	uint64_t failed;
	uint64_t ns;
	uint64_t longest;
};

/* An instance of tracing of our own: others can trace at the same time. */
struct trace {
	char dir[PATH_ROOM - 64];
	int pipe;
	bool summary;
	bool events;	/* of the module */
	struct calls calls;
	struct lines lines;
	struct sum sum[CALLS];
	char rest[4096];	/* of a line */
	size_t used;
};

static volatile sig_atomic_t stopped;	/* the signal, or 0 */

static void stop(int sig)
{
	stopped = sig;
}

static int set(const struct trace *t, const char *file, const char *value)
{
	char path[PATH_ROOM];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/%s", t->dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static void end(struct trace *t)
{
	if (!t->events)
		return;
	if (t->pipe >= 0)
		close(t->pipe);
	set(t, "events/acl_emu/enable", "0");
	rmdir(t->dir);
}

static int begin(struct trace *t, pid_t pid)
{
	const char *root = "/sys/kernel/tracing";
	char number[16], path[PATH_ROOM];
	int err;

	t->pipe = -1;
	t->events = true;
	/* The calls can be shown without the events. */
	if (t->calls.fd >= 0 && (geteuid() || access("/sys/module/acl_emu", F_OK))) {
		t->events = false;
		fail(0, "only the calls are shown: the events of the module need %s",
		     geteuid() ? "root" : "the module, which is not loaded");
		return EXIT_GOOD;
	}
	if (access("/sys/module/acl_emu", F_OK))
		return fail(EXIT_NODE, "the module is not loaded. Load it with 'sudo acl-emu "
			    "load'.");
	if (access("/sys/kernel/tracing/instances", F_OK))
		root = "/sys/kernel/debug/tracing";
	snprintf(t->dir, sizeof(t->dir), "%s/instances/acl-emu.%d", root, (int)getpid());
	if (mkdir(t->dir, 0700))
		return fail(EXIT_NODE, errno == EACCES || errno == EPERM ?
			    "only root may trace: %s. Run it with sudo." :
			    "cannot trace: %s. Mount it with 'mount -t tracefs tracefs "
			    "/sys/kernel/tracing'.", strerror(errno));
	set(t, "trace_clock", "mono");
	/* Children of the program, too. */
	set(t, "options/event-fork", "1");
	snprintf(number, sizeof(number), "%d", (int)pid);
	err = pid ? set(t, "set_event_pid", number) : 0;
	if (!err)
		err = set(t, "events/acl_emu/enable", "1");
	snprintf(path, sizeof(path), "%s/trace_pipe", t->dir);
	t->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (err || t->pipe < 0) {
		end(t);
		return fail(EXIT_NODE, "cannot trace: %s", strerror(err ? -err : errno));
	}
	return EXIT_GOOD;
}

/* ---- lines ---- */

static void count(struct trace *t, unsigned int nr, int ret, uint64_t ns)
{
	struct sum *sum;

	if (nr < ACL_EMU_NR_BASE || nr >= ACL_EMU_NR_END)
		return;
	sum = &t->sum[nr - ACL_EMU_NR_BASE];
	sum->count++;
	sum->failed += ret < 0;
	sum->ns += ns;
	if (ns > sum->longest)
		sum->longest = ns;
}

/* "MAP = -1 EADDRINUSE (OVERLAPS) 12.3 us" */
static bool print_call(struct trace *t, uint64_t at, const char *before, const char *text)
{
	unsigned int nr, reason;
	char result[96];
	uint64_t ns;
	int ret;

	if (sscanf(text, "nr=%x ret=%d reason=%u ns=%" SCNu64, &nr, &ret, &reason, &ns) != 4)
		return false;
	count(t, nr, ret, ns);
	if (t->summary)
		return true;
	if (ret >= 0)
		snprintf(result, sizeof(result), "%d", ret);
	else if (reason)
		snprintf(result, sizeof(result), "-1 %s (%s)", errno_name(-ret),
			 reason_name(reason));
	else
		snprintf(result, sizeof(result), "-1 %s", errno_name(-ret));
	lines_add(&t->lines, at, "%s%s = %s%s%s  %.1f us", before, ioctl_name(nr),
		  ret < 0 ? colour(COLOUR_RED) : "", result, ret < 0 ? colour(COLOUR_NONE) : "",
		  (double)ns / 1000);
	return true;
}

/* "12.345678" as nanoseconds. */
static uint64_t parse_time(const char *text)
{
	unsigned long long seconds = 0, micro = 0;

	sscanf(text, "%llu.%llu", &seconds, &micro);
	return seconds * 1000000000 + micro * 1000;
}

/* "      prog-1234    [000] .....   12.345678: acl_emu_map: tgid=1234 start=..." */
static void print_line(struct trace *t, char *line)
{
	char *event = strstr(line, ": " EVENT), *text, *time, *cpu, *name = line;
	char before[128];
	uint64_t at;

	text = event ? strstr(event + 2, ": ") : NULL;
	cpu = strstr(line, " [");
	if (!event || !text || !cpu || cpu > event)
		return;
	*event = *text = *cpu = '\0';
	event += 2 + strlen(EVENT);
	text += 2;
	name += strspn(name, " ");
	cpu[0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	while (*name && name[strlen(name) - 1] == ' ')
		name[strlen(name) - 1] = '\0';
	time = strrchr(cpu + 1, ' ');
	snprintf(before, sizeof(before), "%s  %-22.40s ", time ? time + 1 : "?", name);
	at = time ? parse_time(time + 1) : 0;
	if (!strcmp(event, "ioctl") && print_call(t, at, before, text))
		return;
	if (!t->summary)
		lines_add(&t->lines, at, "%s  %s %s", before, event, text);
}

static void print_lines(struct trace *t)
{
	char *line = t->rest, *newline;

	t->rest[t->used] = '\0';
	while ((newline = strchr(line, '\n'))) {
		*newline = '\0';
		print_line(t, line);
		line = newline + 1;
	}
	t->used -= (size_t)(line - t->rest);
	memmove(t->rest, line, t->used);
	/* A line that is longer than any of ours is dropped. */
	if (t->used == sizeof(t->rest) - 1)
		t->used = 0;
}

#define KEEP_NS	200000000	/* so late may a line come */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Prints what is there, at the end all of it. */
static void drain(struct trace *t, bool all)
{
	uint64_t until = all || t->calls.fd < 0 ? UINT64_MAX : now_ns() - KEEP_NS;
	ssize_t n;

	calls_drain(&t->calls, t->summary ? NULL : &t->lines);
	while (t->events &&
	       (n = read(t->pipe, t->rest + t->used, sizeof(t->rest) - 1 - t->used)) > 0) {
		t->used += (size_t)n;
		print_lines(t);
	}
	lines_print(&t->lines, until);
}

static void print_summary(const struct trace *t)
{
	struct table table;

	table_begin(&table, "IOCTL|>CALLS|>FAILED|>TOTAL us|>MEAN us|>MAX us");
	for (unsigned int i = 0; i < CALLS; i++) {
		const struct sum *sum = &t->sum[i];

		if (!sum->count)
			continue;
		table_cell(&table, "%s", ioctl_name(ACL_EMU_NR_BASE + i));
		table_cell(&table, "%" PRIu64, sum->count);
		table_cell(&table, "%" PRIu64, sum->failed);
		table_cell(&table, "%.1f", (double)sum->ns / 1000);
		table_cell(&table, "%.1f", (double)sum->ns / 1000 / (double)sum->count);
		table_cell(&table, "%.1f", (double)sum->longest / 1000);
	}
	table_end(&table);
}

/* ---- the program ---- */

/* A child that waits for a byte from @go before it becomes the program. */
static pid_t prepare(const struct trace *t, char **program, int go[2])
{
	char byte;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid)
		return pid;
	close(go[1]);
	if (read(go[0], &byte, 1) != 1)
		_exit(EXIT_RUN);
	calls_prepare(&t->calls);
	execvp(*program, program);
	fail(0, "cannot run %s: %s", *program, strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* Until the program has ended (or @pid is 0: a signal comes); the status to return. */
static int follow(struct trace *t, pid_t pid)
{
	struct pollfd ready[] = {
		{ .fd = t->pipe, .events = POLLIN }, { .fd = t->calls.fd, .events = POLLIN },
	};
	int status = 0;

	for (;;) {
		bool over = pid ? waitpid(pid, &status, WNOHANG) == pid : stopped;

		drain(t, over);
		if (over)
			break;
		/* SIGINT of a terminal comes to the program by itself. */
		if (pid && stopped == SIGTERM)
			kill(pid, SIGTERM);
		poll(ready, 2, 50);
	}
	if (!pid)
		return EXIT_GOOD;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int trace_program(struct trace *t, char **program)
{
	int go[2], code = 0;
	pid_t pid = prepare(t, program, go);

	if (pid < 0)
		return fail(EXIT_RUN, "cannot start a process: %s", strerror(errno));
	code = begin(t, pid);
	if (!code && write(go[1], "", 1) != 1)
		code = EXIT_RUN;
	close(go[0]);
	close(go[1]);
	if (code) {
		waitpid(pid, NULL, 0);
		return code;
	}
	code = follow(t, pid);
	end(t);
	return code;
}

static int trace_all(struct trace *t)
{
	int code = begin(t, 0);

	if (!code) {
		code = follow(t, 0);
		end(t);
	}
	return code;
}

static void print_summaries(struct trace *t)
{
	if (t->calls.fd >= 0)
		calls_print_summary(&t->calls);
	if (t->calls.fd >= 0 && t->events)
		putchar('\n');
	if (t->events)
		print_summary(t);
}

static int trace(int argc, char **argv)
{
	static const struct option options[] = {
		{ "calls", no_argument, NULL, 'c' },
		{ "summary", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	static struct trace t = { .calls.fd = -1 };
	bool calls = false;
	int option, code;

	while ((option = getopt_long(argc, argv, "+csh", options, NULL)) != -1) {
		if (option == 'h')
			return help(&command_trace);
		else if (option == 'c')
			calls = true;
		else if (option == 's')
			t.summary = true;
		else
			return bad_usage(&command_trace);
	}
	if (calls && optind == argc)
		return fail(EXIT_USAGE, "--calls needs a program to run");
	if (calls) {
		code = calls_begin(&t.calls);
		if (code)
			return code;
	}
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	code = optind < argc ? trace_program(&t, argv + optind) : trace_all(&t);
	if (t.summary && code != EXIT_NODE)
		print_summaries(&t);
	if (calls)
		calls_end(&t.calls);
	return code;
}

const struct command command_trace = {
	"trace", "[--calls] [--summary] [[--] PROGRAM [ARGUMENT]...]",
	"Prints what happens in the module, of one program or of all",
	"  -c, --calls     also the calls of the library, with arguments and results\n"
	"  -s, --summary   only tables of calls, counts, failures and times\n", trace,
};
