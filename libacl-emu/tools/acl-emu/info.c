// SPDX-License-Identifier: MIT
/*
 * info: devices, and below them the processes.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "json.h"
#include "library.h"
#include "table.h"
#include "tool.h"

static json_t *json_device(const struct snapshot *s, unsigned int i)
{
	const struct device *d = &s->device[i];

	return json_pack("{s:s s:I s:I s:I s:I}", "location", LOCATION_KEY(s, i),
			 "capacity", (json_int_t)d->capacity, "used", (json_int_t)d->used,
			 "reserved", (json_int_t)d->reserved,
			 "unowned", (json_int_t)snapshot_unowned(s, i));
}

static int print_json(const struct snapshot *s)
{
	json_t *locations = json_array(), *processes = json_array();

	for (unsigned int i = 0; i <= s->devices; i++)
		json_array_append_new(locations, json_device(s, i));
	for (size_t i = 0; i < s->count; i++)
		json_array_append_new(processes, json_process(s, &s->process[i]));
	return json_print(json_pack("{s:I s:s? s:I s:o s:o}",
				    "interface", (json_int_t)s->interface, "soc", library_soc(),
				    "quarantine",
				    (json_int_t)s->stat[ACL_EMU_STAT_QUARANTINE],
				    "locations", locations, "processes", processes));
}

static void print_devices(const struct snapshot *s)
{
	struct table t;

	table_begin(&t, "DEVICE|>CAPACITY|>IN USE|>FREE|>USE|>RESERVED|>UNOWNED");
	for (unsigned int i = 0; i <= s->devices; i++) {
		const struct device *d = &s->device[i];
		uint64_t percent = d->capacity ? d->used / (d->capacity / 100 + 1) : 0;

		if (i < s->devices)
			table_cell(&t, "%u", i);
		else
			table_cell(&t, "host");
		table_size(&t, d->capacity);
		table_size(&t, d->used);
		table_size(&t, d->capacity - d->used);
		table_cell(&t, "%" PRIu64 "%%", d->used == d->capacity ? 100 : percent);
		table_size(&t, d->reserved);
		table_size(&t, snapshot_unowned(s, i));
	}
	table_end(&t);
}

static void print_row(struct table *t, const struct snapshot *s, const struct process *p,
		      unsigned int i)
{
	const struct holding *h = &p->of[i];

	if (i < s->devices)
		table_cell(t, "%u", i);
	else
		table_cell(t, "host");
	if (p->pid)
		table_cell(t, "%d", (int)p->pid);
	else
		table_cell(t, "-");
	table_cell(t, "%s", p->pid ? p->name : "(not in this pid namespace)");
	table_size(t, h->local);
	table_size(t, h->imported);
	table_cell(t, "%" PRIu64, h->handles);
	table_cell(t, "%" PRIu64, h->mappings);
	table_cell(t, "%" PRIu64, h->shares);
	table_cell(t, "%" PRIu64, h->imports);
}

static void print_processes(const struct snapshot *s)
{
	struct table t;

	table_begin(&t, "DEVICE|>PID|NAME|>MEMORY|>IMPORTED|>HANDLES|>MAPPINGS|>SHARES|>IMPORTS");
	for (unsigned int i = 0; i <= s->devices; i++)
		for (size_t p = 0; p < s->count; p++)
			if (holding_used(&s->process[p].of[i]))
				print_row(&t, s, &s->process[p], i);
	if (t.printed || t.count > t.columns)
		puts("");
	else
		puts("\nNo process uses a device.");
	table_end(&t);
}

static void print_text(const struct snapshot *s)
{
	const char *soc = library_soc();

	printf("acl-emu %s  module interface %" PRIu64, TOOL_VERSION, s->interface);
	if (soc)
		printf("  %s", soc);
	if (s->stat[ACL_EMU_STAT_QUARANTINE])
		printf("  quarantined %s", SIZE(s->stat[ACL_EMU_STAT_QUARANTINE]));
	puts("\n");
	print_devices(s);
	print_processes(s);
}

static int print_once(int fd, bool json)
{
	struct snapshot s;
	int code = EXIT_GOOD;

	if (!snapshot_take(fd, &s))
		return EXIT_NODE;
	if (json)
		code = print_json(&s);
	else
		print_text(&s);
	snapshot_free(&s);
	return code;
}

static int info(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "watch", required_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	uint64_t seconds = 0;
	bool json = false;
	int option, fd, code;

	while ((option = getopt_long(argc, argv, "jw:h", options, NULL)) != -1) {
		if (option == 'h')
			return help(&command_info);
		else if (option == 'j')
			json = true;
		else if (option != 'w')
			return bad_usage(&command_info);
		else if (!parse_number(optarg, 1, 86400, &seconds))
			return fail(EXIT_USAGE, "--watch wants seconds from 1 to 86400, not '%s'",
				    optarg);
	}
	if (optind < argc)
		return bad_usage(&command_info);
	fd = node_open();
	if (fd < 0)
		return EXIT_NODE;
	for (;;) {
		/* Home and clear, on a terminal only. */
		if (seconds && !json && *colour(COLOUR_NONE))
			fputs("\033[H\033[2J", stdout);
		code = print_once(fd, json);
		if (fflush(stdout))
			code = EXIT_FOUND;
		if (!seconds || code)
			break;
		sleep((unsigned int)seconds);
	}
	close(fd);
	return code;
}

const struct command command_info = {
	"info", "[--json] [--watch SECONDS]", "Shows devices and the processes that use them",
	"  -j, --json            print JSON\n"
	"  -w, --watch SECONDS   print again every so many seconds\n", info,
};
