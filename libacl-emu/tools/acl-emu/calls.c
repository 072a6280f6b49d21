// SPDX-License-Identifier: MIT
/*
 * The calls of a program: a preloaded library sends a datagram for each, with
 * process, time, duration, whether it failed, program, function and the decoded
 * arguments and result, separated by tabs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "calls.h"
#include "library.h"
#include "table.h"
#include "tool.h"

#define SOCKET	"calls"

struct call_sum {
	char name[64];
	uint64_t count;
	uint64_t failed;
	uint64_t ns;
	uint64_t longest;
};

static bool find_preload(struct calls *c)
{
	static const char *const places[] = {
		"../lib64/libacl-emu-calls.so", "../lib/libacl-emu-calls.so",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (beside(c->preload, sizeof(c->preload), places[i]))
			return true;
	}
	return false;
}

int calls_begin(struct calls *c)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	c->fd = -1;
	if (!find_preload(c))
		return fail(EXIT_RUN, "libacl-emu-calls.so is not beside this program. Build it "
			    "with 'make tool'.");
	strcpy(c->dir, "/tmp/acl-emu-calls.XXXXXX");
	if (!mkdtemp(c->dir))
		return fail(EXIT_RUN, "cannot make a directory in /tmp: %s", strerror(errno));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/" SOCKET, c->dir);
	c->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&addr, sizeof(addr))) {
		fail(0, "cannot make a socket: %s", strerror(errno));
		calls_end(c);
		return EXIT_RUN;
	}
	return EXIT_GOOD;
}

void calls_end(struct calls *c)
{
	char path[128];

	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	snprintf(path, sizeof(path), "%s/" SOCKET, c->dir);
	unlink(path);
	rmdir(c->dir);
}

void calls_prepare(const struct calls *c)
{
	const char *before = getenv("LD_PRELOAD");
	char path[128], preload[8192];

	if (c->fd < 0)
		return;
	snprintf(path, sizeof(path), "%s/" SOCKET, c->dir);
	snprintf(preload, sizeof(preload), "%s%s%s", c->preload, before && *before ? ":" : "",
		 before ? before : "");
	setenv("ACL_EMU_CALLS", path, 1);
	setenv("LD_PRELOAD", preload, 1);
}

static struct call_sum *sum_of(struct calls *c, const char *name)
{
	struct call_sum *more;

	for (size_t i = 0; i < c->count; i++)
		if (!strcmp(c->sums[i].name, name))
			return &c->sums[i];
	more = realloc(c->sums, (c->count + 1) * sizeof(*more));
	if (!more)
		return NULL;
	c->sums = more;
	more += c->count++;
	*more = (struct call_sum){ 0 };
	snprintf(more->name, sizeof(more->name), "%s", name);
	return more;
}

/* Splits a datagram at its tabs; false if there are fewer fields. */
static bool split(char *line, char **field, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		field[i] = i + 1 < count ? strsep(&line, "\t") : line;
		if (!field[i])
			return false;
	}
	return true;
}

static void take(struct calls *c, char *line, struct lines *lines)
{
	enum { PID, END, TIME, FAILED, PROGRAM, NAME, TEXT, FIELDS };
	struct call_sum *sum;
	char *field[FIELDS];
	uint64_t end, ns;
	bool failed;

	if (!split(line, field, FIELDS))
		return;
	end = strtoull(field[END], NULL, 10);
	ns = strtoull(field[TIME], NULL, 10);
	failed = *field[FAILED] == '1';
	sum = sum_of(c, field[NAME]);
	if (sum) {
		sum->count++;
		sum->failed += failed;
		sum->ns += ns;
		sum->longest = ns > sum->longest ? ns : sum->longest;
	}
	if (!lines)
		return;
	lines_add(lines, end, "%" PRIu64 ".%06" PRIu64 "  %s-%-*s %s%s%s%s  %.1f us",
		  end / 1000000000, end / 1000 % 1000000, field[PROGRAM],
		  strlen(field[PROGRAM]) < 21 ? 21 - (int)strlen(field[PROGRAM]) : 1, field[PID],
		  failed ? colour(COLOUR_RED) : "", field[NAME], field[TEXT],
		  failed ? colour(COLOUR_NONE) : "", (double)ns / 1000);
}

void calls_drain(struct calls *c, struct lines *lines)
{
	char line[8192];
	ssize_t n;

	while (c->fd >= 0 && (n = recv(c->fd, line, sizeof(line) - 1, 0)) > 0) {
		line[n] = '\0';
		take(c, line, lines);
	}
}

static int by_time(const void *left, const void *right)
{
	const struct call_sum *a = left, *b = right;

	return a->ns < b->ns ? 1 : -(a->ns > b->ns);
}

void calls_print_summary(const struct calls *c)
{
	struct table table;

	if (c->count)
		qsort(c->sums, c->count, sizeof(*c->sums), by_time);
	table_begin(&table, "CALL|>CALLS|>FAILED|>TOTAL us|>MEAN us|>MAX us");
	for (size_t i = 0; i < c->count; i++) {
		const struct call_sum *sum = &c->sums[i];

		table_cell(&table, "%s", sum->name);
		table_cell(&table, "%" PRIu64, sum->count);
		table_cell(&table, "%" PRIu64, sum->failed);
		table_cell(&table, "%.1f", (double)sum->ns / 1000);
		table_cell(&table, "%.1f", (double)sum->ns / 1000 / (double)sum->count);
		table_cell(&table, "%.1f", (double)sum->longest / 1000);
	}
	table_end(&table);
}
