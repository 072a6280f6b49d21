// SPDX-License-Identifier: MIT
/*
 * Graphs that the process has, for the report of leaks.
 */
#include "core/leak.h"
#include "graph/graph.h"

static void walk(struct emu_leaks *leaks)
{
	struct emu_graph *g;
	uint32_t cursor = 0;

	while ((g = emu_graph_next(&cursor))) {
		struct emu_held held = {
			.kind = EMU_GRAPH, .noun = "graph", .id = g->object.token,
			.loc = { .type = ACL_EMU_LOC_DEVICE, .id = g->device },
			.placed = true, .ends_with_device = true,
		};

		emu_leak_add(leaks, &held);
		emu_graph_put(g);
	}
}

EMU_WALK(walk);
