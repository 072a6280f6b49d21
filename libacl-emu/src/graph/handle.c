// SPDX-License-Identifier: MIT
/*
 * Handles of the tasks and task groups of a graph.
 *
 * A handle consists of the slot and the generation of the graph's token, a kind, and
 * the index in the graph. It is never valid after the graph was destroyed.
 */
#include <inttypes.h>

#include "core/error.h"
#include "graph/handle.h"

#define SLOT_SHIFT		48
#define GENERATION_SHIFT	32
#define GENERATION_MASK		0xffffu
#define KIND_SHIFT		30
#define INDEX_MASK		((UINT32_C(1) << KIND_SHIFT) - 1)

static uint32_t generation_of(const struct emu_graph *g)
{
	return (uint32_t)(g->object.token >> 32) & GENERATION_MASK;
}

void *emu_graph_handle(const struct emu_graph *g, enum emu_handle_kind kind, uint32_t index)
{
	uint64_t value = (uint64_t)(emu_token_slot(g->object.token) + 1) << SLOT_SHIFT |
			 (uint64_t)generation_of(g) << GENERATION_SHIFT |
			 (uint64_t)kind << KIND_SHIFT | (index + 1);

	return (void *)(uintptr_t)value;
}

static struct emu_graph *graph_of(uint64_t value)
{
	uint32_t slot = (uint32_t)(value >> SLOT_SHIFT) - 1, cursor = slot;
	struct emu_graph *g = emu_graph_next(&cursor);

	if (!g)
		return NULL;
	if (emu_token_slot(g->object.token) == slot &&
	    generation_of(g) == (value >> GENERATION_SHIFT & GENERATION_MASK))
		return g;
	emu_graph_put(g);
	return NULL;
}

static bool has(const struct emu_graph *g, enum emu_handle_kind kind, uint32_t index)
{
	return index < (kind == EMU_HANDLE_TASK ? g->node_count : g->group_count);
}

aclError emu_graph_of_handle(const void *handle, enum emu_handle_kind kind,
			     struct emu_graph **graph, uint32_t *index)
{
	uint64_t value = (uintptr_t)handle;
	struct emu_graph *g = NULL;

	*index = ((uint32_t)value & INDEX_MASK) - 1;
	if (((uint32_t)value >> KIND_SHIFT) == (uint32_t)kind && value >> SLOT_SHIFT)
		g = graph_of(value);
	if (g && has(g, kind, *index)) {
		*graph = g;
		return ACL_SUCCESS;
	}
	if (g)
		emu_graph_put(g);
	return emu_error(ACL_ERROR_RT_INVALID_HANDLE, "use a handle of a graph that exists",
			 "%p is no %s, or its graph was destroyed", handle,
			 kind == EMU_HANDLE_TASK ? "task" : "task group");
}
