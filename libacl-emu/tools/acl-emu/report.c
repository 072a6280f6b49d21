// SPDX-License-Identifier: MIT
/*
 * Reports of the library's checks, with symbols.
 *
 * The symbols are put into the JSON of the report, so that text and JSON are
 * printed from the same tree.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "suppress.h"
#include "symbols.h"

struct context {
	FILE *out;
	const struct report_options *options;
	struct suppressions *suppressions;
	struct symbols *symbols;
	struct report_result *result;
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* --- symbols ---------------------------------------------------------------------- */

static void put_text(json_t *object, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(object, key, json_string(text));
}

/* The index of the module becomes its path. */
static void add_symbol(struct context *c, json_t *frame, const json_t *modules)
{
	json_int_t index = number_of(frame, "module");
	json_t *module = index < 0 ? NULL : json_array_get(modules, (size_t)index);
	struct symbol symbol;

	json_object_set_new(frame, "module", json_string(text_of(module, "path")));
	if (!module || !symbols_find(c->symbols, text_of(module, "path"),
				     text_of(module, "build_id"),
				     (uint64_t)number_of(frame, "offset"), &symbol))
		return;
	put_text(frame, "function", symbol.function);
	put_text(frame, "inlined_into", symbol.caller);
	put_text(frame, "file", symbol.file);
	if (symbol.line)
		json_object_set_new(frame, "line", json_integer(symbol.line));
}

static bool is_main(const json_t *frame)
{
	return !strcmp(text_of(frame, "function"), "main") ||
	       !strcmp(text_of(frame, "inlined_into"), "main");
}

/* What called main() says nothing about the program. */
static void add_symbols(struct context *c, json_t *frames, const json_t *modules)
{
	size_t i, count = json_array_size(frames);

	for (i = 0; i < count; i++) {
		add_symbol(c, json_array_get(frames, i), modules);
		if (is_main(json_array_get(frames, i)))
			break;
	}
	while (count > i + 1)
		json_array_remove(frames, --count);
}

/* --- text --------------------------------------------------------------------------- */

static void print_frames(FILE *out, const json_t *frames, const char *indent)
{
	const char *name;
	json_t *frame;
	size_t i;

	if (!json_array_size(frames))
		fprintf(out, "%sno stack was recorded\n", indent);
	json_array_foreach(frames, i, frame) {
		name = strrchr(text_of(frame, "module"), '/');
		fprintf(out, "%s", indent);
		if (*text_of(frame, "function"))
			fprintf(out, "%s", text_of(frame, "function"));
		if (*text_of(frame, "inlined_into"))
			fprintf(out, " (inlined into %s)", text_of(frame, "inlined_into"));
		if (*text_of(frame, "file"))
			fprintf(out, " at %s:%" JSON_INTEGER_FORMAT "\n", text_of(frame, "file"),
				number_of(frame, "line"));
		else
			fprintf(out, "%s%s+0x%" PRIx64 "\n",
				*text_of(frame, "function") ? " in " : "",
				name ? name + 1 : text_of(frame, "module"),
				(uint64_t)number_of(frame, "offset"));
	}
}

static const char *size_text(char text[32], json_int_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	unsigned int unit = 0;

	while (bytes && bytes % 1024 == 0 && unit < 4) {
		bytes /= 1024;
		unit++;
	}
	snprintf(text, 32, "%" JSON_INTEGER_FORMAT " %s", bytes, units[unit]);
	return text;
}

#define SIZE(bytes)	size_text((char[32]){ 0 }, bytes)

static void print_history(FILE *out, const json_t *history)
{
	json_t *deed;
	size_t i;

	json_array_foreach(history, i, deed) {
		fprintf(out, "  %s by %s()", text_of(deed, "act"), text_of(deed, "function"));
		if (number_of(deed, "count") > 1)
			fprintf(out, ", %" JSON_INTEGER_FORMAT " times", number_of(deed, "count"));
		fputc('\n', out);
		print_frames(out, json_object_get(deed, "frames"), "    ");
	}
}

static void print_group(FILE *out, const json_t *group)
{
	fprintf(out, "\n%" JSON_INTEGER_FORMAT " x %s", number_of(group, "count"),
		text_of(group, "kind"));
	if (*text_of(group, "location"))
		fprintf(out, " on %s", text_of(group, "location"));
	if (number_of(group, "bytes"))
		fprintf(out, ", %s", SIZE(number_of(group, "bytes")));
	if (number_of(group, "references"))
		fprintf(out, ", references %" JSON_INTEGER_FORMAT ", mappings %"
			JSON_INTEGER_FORMAT, number_of(group, "references"),
			number_of(group, "mappings"));
	if (number_of(group, "exported"))
		fprintf(out, ", %" JSON_INTEGER_FORMAT " exported", number_of(group, "exported"));
	fprintf(out, ", first %s\n", text_of(group, "first"));
	print_history(out, json_object_get(group, "history"));
}

static void print_leak(FILE *out, const json_t *report)
{
	bool held = !strcmp(text_of(report, "report"), "held");
	json_int_t count = number_of(report, "count");
	json_t *group;
	size_t i;

	fprintf(out, "acl-emu: process %" JSON_INTEGER_FORMAT ": ", number_of(report, "pid"));
	if (held)
		fprintf(out, "holds %" JSON_INTEGER_FORMAT " object%s", count,
			count == 1 ? "" : "s");
	else
		fprintf(out, "%s found %" JSON_INTEGER_FORMAT " object%s not freed",
			text_of(report, "at"), count, count == 1 ? " that was" : "s that were");
	if (number_of(report, "bytes"))
		fprintf(out, ", %s", SIZE(number_of(report, "bytes")));
	fputc('\n', out);
	json_array_foreach(json_object_get(report, "groups"), i, group)
		print_group(out, group);
	fputc('\n', out);
}

static void print_stuck(FILE *out, const json_t *report)
{
	json_t *stream;
	size_t i;

	fprintf(out, "acl-emu: process %" JSON_INTEGER_FORMAT ": %s\n", number_of(report, "pid"),
		!json_array_size(json_object_get(report, "streams")) ? "no stream has a task" :
		!strcmp(text_of(report, "report"), "stuck") ? "a stream is stuck" : "streams");
	json_array_foreach(json_object_get(report, "streams"), i, stream) {
		fprintf(out, "\nstream %s on %s: %s\n  tasks behind it: %" JSON_INTEGER_FORMAT
			"\n", text_of(stream, "stream"), text_of(stream, "location"),
			text_of(stream, "head"), number_of(stream, "behind"));
		fprintf(out, "  submitted by %s()\n", text_of(stream, "function"));
		print_frames(out, json_object_get(stream, "submitted"), "    ");
		fputs("  stream created\n", out);
		print_frames(out, json_object_get(stream, "created"), "    ");
	}
	fputc('\n', out);
}

static void print_late(FILE *out, const json_t *report)
{
	fprintf(out, "acl-emu: process %" JSON_INTEGER_FORMAT ": %s() was called after the runtime "
		"was ended\n  called\n", number_of(report, "pid"), text_of(report, "function"));
	print_frames(out, json_object_get(report, "called"), "    ");
	fputs("  runtime ended\n", out);
	print_frames(out, json_object_get(report, "ended"), "    ");
	fputc('\n', out);
}

static void print_wrong(FILE *out, const json_t *report)
{
	fprintf(out, "acl-emu: process %" JSON_INTEGER_FORMAT ": wrong free: %s\n  called\n",
		number_of(report, "pid"), text_of(report, "sentence"));
	print_frames(out, json_object_get(report, "called"), "    ");
	print_history(out, json_object_get(report, "history"));
	fputc('\n', out);
}

/* --- suppressions --------------------------------------------------------------------- */

static bool frame_matches(const struct suppressions *s, const char *check, const json_t *frame)
{
	static const char *const keys[] = { "function", "inlined_into", "file", "module" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (*text_of(frame, keys[i]) &&
		    suppressions_match(s, check, text_of(frame, keys[i])))
			return true;
	}
	return false;
}

static bool frames_match(const struct suppressions *s, const char *check, const json_t *frames)
{
	json_t *frame;
	size_t i;

	json_array_foreach(frames, i, frame) {
		if (frame_matches(s, check, frame))
			return true;
	}
	return false;
}

/* The stack of the creation decides, which is the first act. */
static bool group_matches(const struct suppressions *s, const json_t *group)
{
	json_t *deed = json_array_get(json_object_get(group, "history"), 0);

	return suppressions_match(s, "leak", text_of(group, "kind")) ||
	       frames_match(s, "leak", json_object_get(deed, "frames"));
}

/* A wrong free, or a call after the end of the runtime. */
static bool call_matches(const struct suppressions *s, const json_t *report)
{
	return frames_match(s, text_of(report, "report"), json_object_get(report, "called"));
}

static void suppress_groups(struct context *c, json_t *report)
{
	json_t *groups = json_object_get(report, "groups"), *group;
	json_int_t count = 0, bytes = 0;
	size_t i = 0;

	while ((group = json_array_get(groups, i))) {
		if (group_matches(c->suppressions, group)) {
			json_array_remove(groups, i);
			c->result->suppressed++;
			continue;
		}
		count += number_of(group, "count");
		bytes += number_of(group, "bytes");
		i++;
	}
	json_object_set_new(report, "count", json_integer(count));
	json_object_set_new(report, "bytes", json_integer(bytes));
}

/* --- reports ---------------------------------------------------------------------------- */

static void resolve(struct context *c, json_t *report)
{
	const json_t *modules = json_object_get(report, "modules");
	json_t *item, *deed;
	size_t i, k;

	json_array_foreach(json_object_get(report, "groups"), i, item) {
		json_array_foreach(json_object_get(item, "history"), k, deed)
			add_symbols(c, json_object_get(deed, "frames"), modules);
	}
	json_array_foreach(json_object_get(report, "streams"), i, item) {
		add_symbols(c, json_object_get(item, "submitted"), modules);
		add_symbols(c, json_object_get(item, "created"), modules);
	}
	json_array_foreach(json_object_get(report, "history"), k, deed)
		add_symbols(c, json_object_get(deed, "frames"), modules);
	add_symbols(c, json_object_get(report, "called"), modules);
	add_symbols(c, json_object_get(report, "ended"), modules);
	json_object_del(report, "modules");
}

static void print_report(struct context *c, json_t *report)
{
	const char *check = text_of(report, "report");
	bool leak = !strcmp(check, "leak") || !strcmp(check, "held");

	if (c->options->only && strcmp(c->options->only, check))
		return;
	resolve(c, report);
	if (leak && c->suppressions)
		suppress_groups(c, report);
	if (!strcmp(check, "leak") && !json_array_size(json_object_get(report, "groups")))
		return;
	if (c->suppressions && call_matches(c->suppressions, report)) {
		c->result->suppressed++;
		return;
	}
	c->result->reports++;
	if (c->options->json) {
		json_dumpf(report, c->out, JSON_COMPACT);
		fputc('\n', c->out);
	} else if (leak) {
		print_leak(c->out, report);
	} else if (!strcmp(check, "late")) {
		print_late(c->out, report);
	} else if (!strcmp(check, "wrong")) {
		print_wrong(c->out, report);
	} else {
		print_stuck(c->out, report);
	}
}

bool report_print(FILE *in, FILE *out, const struct report_options *options,
		  struct report_result *result)
{
	struct context c = { .out = out, .options = options, .result = result };
	char *line = NULL;
	size_t room = 0;
	json_t *report;
	ssize_t length;

	if (options->suppressions) {
		c.suppressions = suppressions_read(options->suppressions, result->error,
						   sizeof(result->error));
		if (!c.suppressions)
			return false;
	}
	c.symbols = symbols_new();
	clearerr(in);
	while (c.symbols && (length = getline(&line, &room, in)) > 0) {
		if (line[length - 1] != '\n') {
			fseek(in, -length, SEEK_CUR);
			break;
		}
		report = *line == '{' ? json_loads(line, 0, NULL) : NULL;
		if (json_object_get(report, "report"))
			print_report(&c, report);
		json_decref(report);
	}
	free(line);
	symbols_free(c.symbols);
	suppressions_free(c.suppressions);
	return true;
}
