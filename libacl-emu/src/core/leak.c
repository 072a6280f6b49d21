// SPDX-License-Identifier: MIT
/*
 * The report of what a process did not free: when a device is reset, when the
 * runtime ends, and when the process exits. An object is in one report only.
 *
 * The last report is made by a destructor of the library, which runs after the
 * atexit() handlers and destructors of the program and of the objects that use the
 * library. A forked child reports what it created itself: its state is new.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/leak_group.h"
#include "core/process.h"
#include "core/report.h"

struct leak_state {
	_Atomic bool found;
};

EMU_STATE(struct leak_state, leak_state, NULL)

void emu_leak_found(void)
{
	atomic_store(&leak_state()->found, true);
}

/* --- groups -------------------------------------------------------------------- */

static bool same_place(const struct emu_held *a, const struct emu_held *b)
{
	if (a->placed != b->placed)
		return false;
	return !a->placed || (a->loc.type == b->loc.type && a->loc.id == b->loc.id);
}

static struct emu_leak_group *group_of(struct emu_leaks *leaks, const struct emu_held *held,
				       uint32_t stack)
{
	struct emu_leak_group *g;

	for (g = leaks->groups; g; g = g->next) {
		if (g->first.noun == held->noun && g->first.of == held->of && g->stack == stack &&
		    same_place(&g->first, held))
			return g;
	}
	g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->first = *held;
	g->stack = stack;
	g->same_size = true;
	g->next = leaks->groups;
	leaks->groups = g;
	return g;
}

static void add_deed(struct emu_leak_group *g, const struct emu_deed *deed)
{
	uint32_t i;

	for (i = 0; i < g->deeds_count; i++) {
		if (g->deeds[i].act == deed->act && g->deeds[i].stack == deed->stack) {
			g->deeds[i].count += deed->count;
			return;
		}
	}
	if (g->deeds_count < EMU_DEEDS)
		g->deeds[g->deeds_count++] = *deed;
}

/* Called by the walks for each object. */
void emu_leak_add(struct emu_leaks *leaks, const struct emu_held *held)
{
	struct emu_past past = { .count = 0 };
	struct emu_leak_group *g;
	uint64_t size;
	uint32_t i;

	if (leaks->device != EMU_LEAK_EVERY &&
	    (!held->ends_with_device || !held->placed || held->loc.type != ACL_EMU_LOC_DEVICE ||
	     held->loc.id != leaks->device))
		return;
	if (emu_history_get(held->kind, held->id, !leaks->live, &past) && past.told &&
	    !leaks->live)
		return;
	g = group_of(leaks, held, past.count ? past.deeds[0].stack : 0);
	if (!g)
		return;
	size = past.count && past.size ? past.size : held->size;
	if (!g->count)
		g->first.size = size;
	g->same_size &= size == g->first.size;
	g->count++;
	g->bytes += size;
	g->references += held->references;
	g->mappings += held->mappings;
	g->exported += held->exported;
	/* An object at the same address may have ended while this one was created. */
	for (i = 0; i < past.count; i++) {
		if (past.deeds[i].act != EMU_ENDED)
			add_deed(g, &past.deeds[i]);
	}
	leaks->count++;
	leaks->bytes += size;
}

static bool larger(const struct emu_leak_group *a, const struct emu_leak_group *b)
{
	return a->bytes != b->bytes ? a->bytes > b->bytes : a->count > b->count;
}

static void sort_groups(struct emu_leaks *leaks)
{
	struct emu_leak_group *sorted = NULL, **p, *g;

	while ((g = leaks->groups)) {
		leaks->groups = g->next;
		for (p = &sorted; *p && !larger(g, *p); p = &(*p)->next)
			;
		g->next = *p;
		*p = g;
	}
	leaks->groups = sorted;
}

static void free_groups(struct emu_leaks *leaks)
{
	struct emu_leak_group *g;

	while ((g = leaks->groups)) {
		leaks->groups = g->next;
		free(g);
	}
}

/* --- the report ----------------------------------------------------------------- */

static void print(const struct emu_leaks *leaks)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	if (emu_check_options()->json)
		emu_leak_print_json(out, leaks);
	else
		emu_leak_print(out, leaks);
	if (!fclose(out))
		emu_report_write(text, size);
	free(text);
}

static void collect(struct emu_leaks *leaks)
{
	bool quiet = emu_self.quiet;
	const emu_walk *walk;

	emu_self.quiet = true;
	for (walk = __start_emu_walks; walk != __stop_emu_walks; walk++)
		(*walk)(leaks);
	emu_self.quiet = quiet;
	sort_groups(leaks);
}

void emu_leak_print_held(FILE *out)
{
	struct emu_leaks leaks = { .at = "now", .device = EMU_LEAK_EVERY, .live = true };

	collect(&leaks);
	emu_leak_print_json(out, &leaks);
	free_groups(&leaks);
}

void emu_leak_report_now(const char *at, uint32_t device)
{
	struct emu_leaks leaks = { .at = at, .device = device };

	/* A process that created nothing must not open the node for the walk. */
	if (!emu_history_any())
		return;
	collect(&leaks);
	if (leaks.count) {
		emu_leak_found();
		print(&leaks);
	}
	free_groups(&leaks);
}

__attribute__((destructor))
static void at_exit(void)
{
	unsigned int status;

	/* The state of a child that made no call is that of its parent. */
	if (!emu_process_begun() || !emu_check_on(EMU_CHECK_LEAK))
		return;
	emu_enter("exit");
	emu_leak_report("exit", EMU_LEAK_EVERY);
	status = emu_check_options()->exit;
	if (atomic_load(&leak_state()->found) && status) {
		fflush(NULL);
		_exit((int)status);
	}
}
