// SPDX-License-Identifier: MIT
/*
 * who: what each process holds, by kind, and with -v one by one.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "streams.h"
#include "table.h"
#include "tool.h"
#include "who.h"

bool who_location(const struct answer *a, unsigned int i)
{
	return a->q->device == UINT64_MAX || a->q->device == i;
}

bool who_process(const struct answer *a, const struct process *p)
{
	if (a->q->pid && (uint64_t)p->pid != a->q->pid)
		return false;
	return a->q->device == UINT64_MAX || holding_used(&p->of[a->q->device]);
}

unsigned int who_place(const struct answer *a, struct acl_emu_location loc)
{
	return loc.type == ACL_EMU_LOC_DEVICE ? loc.id : a->s->devices;
}

bool who_importer(const struct answer *a, size_t p, size_t of, const struct acl_emu_object *o)
{
	return p != of && o->memory && !(o->state & ACL_EMU_OBJECT_IMPORTED) &&
	       objects_imports(&a->objects[p], o->memory);
}

/* ---- text ---- */

static void print_kind(const char *before, uint64_t bytes, const char *kind)
{
	if (bytes)
		printf("%s%s %s", before, SIZE(bytes), kind);
}

static void print_holding(const struct answer *a, const struct process *p, unsigned int i)
{
	const struct holding *h = &p->of[i];
	uint64_t heap = h->heap < h->local - h->unmapped ? h->heap : h->local - h->unmapped;
	uint64_t idle = h->idle < heap ? h->idle : heap;

	printf("  %s: %s", LOCATION_NAME(a->s, i), h->local ? SIZE(h->local) : "no memory");
	if (h->local) {
		const char *before = " = ";

		print_kind(before, h->local - h->unmapped - heap, "mapped");
		before = h->local - h->unmapped - heap ? " + " : before;
		print_kind(before, heap - idle,
			   i < a->s->devices ? "aclrtMalloc" : "aclrtMallocHost");
		before = heap - idle ? " + " : before;
		print_kind(before, idle, "idle in memory pools");
		before = idle ? " + " : before;
		print_kind(before, h->unmapped, "unmapped");
	}
	print_kind(", ", h->exported, "of it exported");
	print_kind(", ", h->imported, "imported");
	printf(" (%" PRIu64 " handle%s, %" PRIu64 " mapping%s", h->handles,
	       h->handles == 1 ? "" : "s", h->mappings, h->mappings == 1 ? "" : "s");
	if (h->shares)
		printf(", %" PRIu64 " share key%s", h->shares, h->shares == 1 ? "" : "s");
	puts(")");
}

static void print_age(struct table *t, const struct answer *a, uint64_t born)
{
	uint64_t seconds = a->now > born ? (a->now - born) / 1000000000 : 0;

	if (seconds < 120)
		table_cell(t, "%" PRIu64 "s", seconds);
	else if (seconds < 7200)
		table_cell(t, "%" PRIu64 "m", seconds / 60);
	else
		table_cell(t, "%" PRIu64 "h", seconds / 3600);
}

/* "mapped at 0x12c000000000", "imported", "exported to 12 13", and so on. */
static void print_state(struct table *t, const struct answer *a, size_t of,
			const struct acl_emu_object *o)
{
	const struct acl_emu_enum_entry *mapping;
	char text[TABLE_CELL];
	size_t used = 0, count;

#define ADD(...) (used += (size_t)snprintf(text + used, sizeof(text) - used, __VA_ARGS__))
#define ROOM	(used < sizeof(text) - 24)
	text[0] = '\0';
	if (o->state & ACL_EMU_OBJECT_SYNC)
		ADD("sync ");
	if (o->state & ACL_EMU_OBJECT_IMPORTED)
		ADD("imported ");
	if (o->state & ACL_EMU_OBJECT_EXPORTED)
		ADD("exported ");
	else if (o->state & ACL_EMU_OBJECT_DMABUF && !(o->state & ACL_EMU_OBJECT_IMPORTED))
		ADD("dma-buf ");
	for (size_t p = 0; p < a->s->count && ROOM; p++)
		if (who_importer(a, p, of, o))
			ADD("imported-by:%d ", (int)a->s->process[p].pid);
	if (!o->maps && o->memory)
		ADD("unmapped ");
	mapping = objects_mappings(&a->objects[of], o->handle, &count);
	for (size_t m = 0; m < count && ROOM; m++)
		ADD("0x%" PRIx64 " ", (uint64_t)mapping[m].a);
	if (!ROOM)
		ADD("...");
#undef ADD
#undef ROOM
	table_cell(t, "%s", text);
}

static void print_objects(const struct answer *a, size_t of)
{
	const struct objects *list = &a->objects[of];
	char label[ACL_EMU_LABEL_SIZE];
	struct table t;

	if (!list->shown) {
		if (a->s->process[of].pid)
			puts("    (single objects: only for those who may trace the process)");
		return;
	}
	table_begin(&t, "    HANDLE|>SIZE|DEVICE|>AGE|>REFS|LABEL|STATE AND ADDRESSES");
	for (size_t i = 0; i < list->count; i++) {
		const struct acl_emu_object *o = &list->object[i];

		if (!who_location(a, who_place(a, o->loc)))
			continue;
		table_cell(&t, "    0x%" PRIx64, (uint64_t)o->handle);
		table_size(&t, o->size);
		table_cell(&t, "%s", LOCATION_KEY(a->s, who_place(a, o->loc)));
		print_age(&t, a, o->born);
		table_cell(&t, "%" PRIu32, o->users);
		printable(label, sizeof(label), o->label, sizeof(o->label));
		table_cell(&t, "%s", *label ? label : "-");
		print_state(&t, a, of, o);
	}
	table_end(&t);
}

static void print_process(const struct answer *a, size_t of)
{
	const struct process *p = &a->s->process[of];

	if (p->pid)
		printf("%s%s%s (pid %d)\n", colour(COLOUR_BOLD), p->name, colour(COLOUR_NONE),
		       (int)p->pid);
	else
		printf("%sprocesses outside this pid namespace%s\n", colour(COLOUR_BOLD),
		       colour(COLOUR_NONE));
	for (unsigned int i = 0; i <= a->s->devices; i++)
		if (who_location(a, i) && holding_used(&p->of[i]))
			print_holding(a, p, i);
	if (a->q->verbose)
		print_objects(a, of);
}

static void print_text(const struct answer *a)
{
	for (size_t i = 0; i < a->s->count; i++)
		if (who_process(a, &a->s->process[i]))
			print_process(a, i);
	for (unsigned int i = 0; i <= a->s->devices && !a->q->pid; i++)
		if (who_location(a, i) && snapshot_unowned(a->s, i))
			printf("%s: %s that its owner has freed and importers, descriptors or "
			       "pins still use\n", LOCATION_NAME(a->s, i),
			       SIZE(snapshot_unowned(a->s, i)));
}

/* ---- the command ---- */

static bool take_objects(int fd, struct answer *a)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	a->now = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	a->objects = calloc(a->s->count + 1, sizeof(*a->objects));
	if (!a->objects)
		return false;
	/* Of all, so that importers are found. A process that has gone has none. */
	for (size_t i = 0; i < a->s->count && a->q->verbose; i++)
		objects_take(fd, &a->s->process[i], &a->objects[i]);
	return true;
}

static int answer(int fd, const struct question *q)
{
	struct snapshot s;
	struct answer a = { .s = &s, .q = q };
	int code = EXIT_GOOD;
	bool found = !q->pid;

	if (!snapshot_take(fd, &s))
		return EXIT_NODE;
	if (q->device != UINT64_MAX && q->device >= s.devices) {
		code = fail(EXIT_FOUND, "there is no device %" PRIu64 ", the last is %u", q->device,
			    s.devices - 1);
		goto out;
	}
	for (size_t i = 0; i < s.count; i++)
		found |= q->pid && (uint64_t)s.process[i].pid == q->pid;
	if (!found)
		code = fail(EXIT_FOUND, "no process %" PRIu64 " has %s open", q->pid, node_path());
	else if (!take_objects(fd, &a))
		code = fail(EXIT_FOUND, "no memory for the list");
	else if (q->json)
		code = who_print_json(&a);
	else
		print_text(&a);
	for (size_t i = 0; a.objects && i < s.count; i++)
		objects_free(&a.objects[i]);
	free(a.objects);
out:
	snapshot_free(&s);
	return code;
}

static int who(int argc, char **argv)
{
	static const struct option options[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ "streams", required_argument, NULL, 's' },
		{ "places", required_argument, NULL, 'P' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct question q = { .device = UINT64_MAX };
	uint64_t streams = 0, places = 0;
	int option, fd, code;

	while ((option = getopt_long(argc, argv, "p:s:P:vjh", options, NULL)) != -1) {
		if (option == 'h')
			return help(&command_who);
		else if (option == 'v')
			q.verbose = true;
		else if (option == 'j')
			q.json = true;
		else if (option == 's' && !parse_number(optarg, 1, INT32_MAX, &streams))
			return fail(EXIT_USAGE, "--streams wants a process id, not '%s'", optarg);
		else if (option == 'P' && !parse_number(optarg, 1, INT32_MAX, &places))
			return fail(EXIT_USAGE, "--places wants a process id, not '%s'", optarg);
		else if (option != 'p' && option != 's' && option != 'P')
			return bad_usage(&command_who);
		else if (option == 'p' && !parse_number(optarg, 1, INT32_MAX, &q.pid))
			return fail(EXIT_USAGE, "--pid wants a process id, not '%s'", optarg);
	}
	if (optind < argc && !parse_number(argv[optind++], 0, ACL_EMU_MAX_DEVICES - 1, &q.device))
		return fail(EXIT_USAGE, "'%s' is no device", argv[optind - 1]);
	if (optind < argc)
		return bad_usage(&command_who);
	if (streams)
		return streams_print((pid_t)streams, q.json);
	if (places)
		return places_print((pid_t)places, q.json);
	fd = node_open();
	if (fd < 0)
		return EXIT_NODE;
	code = answer(fd, &q);
	close(fd);
	return code;
}

const struct command command_who = {
	"who", "[DEVICE] [--pid PID] [-v] [--json] |\n"
	"                   --streams PID [--json] | --places PID [--json]",
	"Shows what each process holds",
	"  DEVICE           only memory of this device\n"
	"  -p, --pid PID    only this process\n"
	"  -v, --verbose    each object: size, age, label, addresses, importers\n"
	"  -s, --streams PID  what the streams of a process do that runs with\n"
	"                   ACL_EMU_CHECK=stuck=SECONDS\n"
	"  -P, --places PID what a process holds and where it was created; the process runs\n"
	"                   with ACL_EMU_CHECK=leak,stuck=SECONDS\n"
	"  -j, --json       print JSON\n", who,
};
