// SPDX-License-Identifier: MIT
/*
 * The report of leaks as text and as JSON. A JSON report is one line.
 */
#include <inttypes.h>
#include <unistd.h>

#include "core/error.h"
#include "core/leak_group.h"
#include "core/report.h"

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static bool is_address(enum emu_kind kind)
{
	return kind == EMU_MAPPING || kind == EMU_RESERVATION || kind == EMU_BLOCK ||
	       kind == EMU_REGISTRATION || kind == EMU_IPC_IMPORT;
}

static void print_head(FILE *out, const struct emu_leak_group *g)
{
	const struct emu_held *first = &g->first;

	fprintf(out, "  %" PRIu64 " %s%s%s", g->count, first->noun, plural(g->count),
		first->of ? first->of : "");
	if (first->placed)
		fprintf(out, " on %s", EMU_PLACE(first->loc));
	if (g->bytes)
		fprintf(out, ", %s", EMU_SIZE(g->bytes));
	if (g->bytes && g->same_size && g->count > 1)
		fprintf(out, " (%s each)", EMU_SIZE(first->size));
	fprintf(out, ", %s%s 0x%" PRIx64, g->count > 1 ? "the first " : "",
		is_address(first->kind) ? "at" : "value", first->id);
	if (g->references)
		fprintf(out, "; %" PRIu64 " reference%s, %" PRIu64 " mapping%s", g->references,
			plural(g->references), g->mappings, plural(g->mappings));
	if (g->exported)
		fprintf(out, "; %" PRIu64 " exported to other processes", g->exported);
	fputc('\n', out);
}

void emu_leak_print_deed(FILE *out, const struct emu_deed *deed)
{
	const struct emu_stack *stack = emu_stack_get(deed->stack);

	fprintf(out, "    %s by %s()", emu_act_name(deed->act), stack ? stack->function : "?");
	if (deed->count > 1)
		fprintf(out, ", %" PRIu64 " times", deed->count);
	fputs(" at\n", out);
	emu_report_frames(out, deed->stack, "      ");
}

void emu_leak_print(FILE *out, const struct emu_leaks *leaks)
{
	const struct emu_leak_group *g;
	uint32_t i;

	fprintf(out, "acl-emu[%d]: leak: %s found %" PRIu64 " object%s that %s not freed, %s\n",
		(int)getpid(), leaks->at, leaks->count, plural(leaks->count),
		leaks->count == 1 ? "was" : "were", EMU_SIZE(leaks->bytes));
	for (g = leaks->groups; g; g = g->next) {
		print_head(out, g);
		for (i = 0; i < g->deeds_count; i++)
			emu_leak_print_deed(out, &g->deeds[i]);
		if (!g->deeds_count)
			fputs("    where it was created is not recorded\n", out);
	}
}

/* --- JSON ----------------------------------------------------------------------- */

void emu_leak_print_deed_json(FILE *out, const struct emu_deed *deed)
{
	const struct emu_stack *stack = emu_stack_get(deed->stack);

	fprintf(out, "{\"act\":\"%s\",\"function\":\"%s\",\"count\":%" PRIu64 ",\"frames\":",
		emu_act_name(deed->act), stack ? stack->function : "", deed->count);
	emu_report_frames_json(out, deed->stack);
	fputc('}', out);
}

static void print_group_json(FILE *out, const struct emu_leak_group *g)
{
	const struct emu_held *first = &g->first;
	uint32_t i;

	fprintf(out, "{\"kind\":\"%s%s\",\"count\":%" PRIu64 ",\"bytes\":%" PRIu64, first->noun,
		first->of ? first->of : "", g->count, g->bytes);
	if (first->placed)
		fprintf(out, ",\"location\":\"%s\"", EMU_PLACE(first->loc));
	fprintf(out, ",\"first\":\"0x%" PRIx64 "\",\"references\":%" PRIu64 ",\"mappings\":%" PRIu64
		",\"exported\":%" PRIu64 ",\"history\":[", first->id, g->references, g->mappings,
		g->exported);
	for (i = 0; i < g->deeds_count; i++) {
		fputs(i ? "," : "", out);
		emu_leak_print_deed_json(out, &g->deeds[i]);
	}
	fputs("]}", out);
}

void emu_leak_print_json(FILE *out, const struct emu_leaks *leaks)
{
	const struct emu_leak_group *g;

	fprintf(out, "{\"report\":\"%s\",\"version\":1,\"pid\":%d,\"at\":\"%s\",",
		leaks->live ? "held" : "leak", (int)getpid(), leaks->at);
	fprintf(out, "\"count\":%" PRIu64 ",\"bytes\":%" PRIu64 ",", leaks->count, leaks->bytes);
	emu_report_modules_json(out);
	fputs(",\"groups\":[", out);
	for (g = leaks->groups; g; g = g->next) {
		print_group_json(out, g);
		fputs(g->next ? "," : "", out);
	}
	fputs("]}\n", out);
}
