// SPDX-License-Identifier: MIT
/*
 * top: what info shows, live, with rates.
 */
#include <curses.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "snapshot.h"
#include "table.h"
#include "tool.h"

enum order { BY_MEMORY, BY_ALLOCS, BY_MAPS, BY_PID, BY_NAME, ORDERS };

static const char *const orders[ORDERS] = { "memory", "allocations", "maps", "pid", "name" };

/* One process with its rates, for sorting. */
struct row {
	const struct process *p;
	double allocs;
	double maps;
};

struct view {
	struct snapshot before, now;
	double seconds;		/* between them; 0: there is one only */
	enum order order;
	struct timespec taken;
};

static double rate(const struct view *v, uint64_t before, uint64_t now)
{
	return v->seconds > 0 && now >= before ? (double)(now - before) / v->seconds : 0;
}

static double stat_rate(const struct view *v, enum acl_emu_stat which)
{
	return rate(v, v->seconds > 0 ? v->before.stat[which] : 0, v->now.stat[which]);
}

static const struct holding *sum_of(const struct snapshot *s, const struct process *p)
{
	return &p->of[s->devices + 1];
}

static const struct process *find(const struct snapshot *s, pid_t pid)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->process[i].pid == pid)
			return &s->process[i];
	return NULL;
}

/* A process that is new has counted since it began. */
static struct row make_row(const struct view *v, const struct process *p)
{
	const struct process *old = v->seconds > 0 ? find(&v->before, p->pid) : NULL;
	const struct holding *now = sum_of(&v->now, p);
	const struct holding none = { 0 };
	const struct holding *before = old ? sum_of(&v->before, old) : &none;

	return (struct row){ p, rate(v, before->allocs, now->allocs),
			     rate(v, before->maps, now->maps) };
}

static enum order sorted_by;

static int compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	switch (sorted_by) {
	case BY_ALLOCS:
		if (a->allocs != b->allocs)
			return a->allocs > b->allocs ? -1 : 1;
		break;
	case BY_MAPS:
		if (a->maps != b->maps)
			return a->maps > b->maps ? -1 : 1;
		break;
	case BY_PID:
		return a->p->pid < b->p->pid ? -1 : a->p->pid > b->p->pid;
	case BY_NAME:
		return strcmp(a->p->name, b->p->name);
	default:
		break;
	}
	return a->p->total > b->p->total ? -1 : a->p->total < b->p->total;
}

static void print_bar(uint64_t used, uint64_t capacity)
{
	int width = 30, full = capacity ? (int)((double)used / (double)capacity * width + 0.5) : 0;

	addch('[');
	for (int i = 0; i < width; i++)
		addch(i < full ? '|' : ' ');
	addstr("] ");
}

static void print_devices(const struct view *v)
{
	for (unsigned int i = 0; i <= v->now.devices; i++) {
		const struct device *d = &v->now.device[i];

		printw("%-9s ", LOCATION_NAME(&v->now, i));
		print_bar(d->used, d->capacity);
		printw("%s of %s\n", SIZE(d->used), SIZE(d->capacity));
	}
}

static void print_rows(const struct view *v)
{
	struct row *rows = calloc(v->now.count + 1, sizeof(*rows));

	if (!rows)
		return;
	for (size_t i = 0; i < v->now.count; i++)
		rows[i] = make_row(v, &v->now.process[i]);
	sorted_by = v->order;
	qsort(rows, v->now.count, sizeof(*rows), compare);
	attron(A_REVERSE);
	printw("%8s  %-16s %10s %10s %8s %9s %9s "
	       "%9s", "PID", "NAME", "MEMORY", "IMPORTED", "HANDLES",
	       "MAPPINGS", "ALLOCS/s", "MAPS/s");
	attroff(A_REVERSE);
	addch('\n');
	for (size_t i = 0; i < v->now.count; i++) {
		const struct process *p = rows[i].p;
		const struct holding *h = sum_of(&v->now, p);

		printw("%8d  %-16.16s %10s %10s %8" PRIu64 " %9" PRIu64 " %9.1f %9.1f\n",
		       (int)p->pid, p->pid ? p->name : "(outside)", SIZE(h->local),
		       SIZE(h->imported), h->handles, h->mappings, rows[i].allocs, rows[i].maps);
	}
	free(rows);
}

static void draw(const struct view *v)
{
	erase();
	printw("acl-emu top  allocations %.1f/s  maps %.1f/s  faults %.1f/s  copies %.1f/s  by "
	       "%s\n",
	       stat_rate(v, ACL_EMU_STAT_ALLOCS), stat_rate(v, ACL_EMU_STAT_MAPS),
	       stat_rate(v, ACL_EMU_STAT_FAULTS), stat_rate(v, ACL_EMU_STAT_COPIES),
	       orders[v->order]);
	print_devices(v);
	addch('\n');
	print_rows(v);
	addstr("\nq quit   s sort by the next column   m a x p n: memory, allocations, maps, "
	       "pid, name");
	refresh();
}

static bool take(int fd, struct view *v)
{
	struct timespec now;

	snapshot_free(&v->before);
	v->before = v->now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	v->seconds = v->before.device ? (double)(now.tv_sec - v->taken.tv_sec) +
		     (double)(now.tv_nsec - v->taken.tv_nsec) / 1e9 : 0;
	v->taken = now;
	return snapshot_take(fd, &v->now);
}

/* False: quit. */
static bool handle_key(struct view *v, int key)
{
	static const char keys[] = "maxpn";
	const char *at = key > 0 && key < 128 ? strchr(keys, key) : NULL;

	if (key == 'q' || key == 'Q')
		return false;
	if (key == 's')
		v->order = (v->order + 1) % ORDERS;
	else if (at && *at)
		v->order = (enum order)(at - keys);
	return true;
}

static int show(int fd, int milliseconds)
{
	struct view v = { .order = BY_MEMORY };
	bool good;

	if (!initscr())
		return fail(EXIT_FOUND, "the terminal cannot be used");
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	timeout(milliseconds);
	do {
		good = take(fd, &v);
		if (good)
			draw(&v);
	} while (good && handle_key(&v, getch()));
	endwin();
	snapshot_free(&v.before);
	snapshot_free(&v.now);
	return good ? EXIT_GOOD : EXIT_NODE;
}

static int top(int argc, char **argv)
{
	static const struct option options[] = {
		{ "delay", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	uint64_t seconds = 1;
	int option, fd, code;

	while ((option = getopt_long(argc, argv, "d:h", options, NULL)) != -1) {
		if (option == 'h')
			return help(&command_top);
		else if (option != 'd')
			return bad_usage(&command_top);
		else if (!parse_number(optarg, 1, 3600, &seconds))
			return fail(EXIT_USAGE, "--delay wants seconds from 1 to 3600, not '%s'",
				    optarg);
	}
	if (optind < argc)
		return bad_usage(&command_top);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return fail(EXIT_USAGE, "top needs a terminal; 'acl-emu info' does not");
	fd = node_open();
	if (fd < 0)
		return EXIT_NODE;
	code = show(fd, (int)seconds * 1000);
	close(fd);
	return code;
}

const struct command command_top = {
	"top", "[--delay SECONDS]", "Shows devices and processes live, with rates",
	"  -d, --delay SECONDS   time between two looks (1)\n", top,
};
