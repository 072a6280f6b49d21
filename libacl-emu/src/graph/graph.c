// SPDX-License-Identifier: MIT
/*
 * Graphs: their lanes and nodes, and how they begin and end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/process.h"
#include "core/visible.h"
#include "device/context.h"
#include "graph/destroy.h"
#include "graph/graph.h"

#define NODES_FIRST	16

struct graphs {
	pthread_mutex_t lock;
};

EMU_STATE(struct graphs, graphs, NULL)

void emu_graphs_lock(void)
{
	pthread_mutex_lock(&graphs()->lock);
}

void emu_graphs_unlock(void)
{
	pthread_mutex_unlock(&graphs()->lock);
}

/* --- begin and end ------------------------------------------------------- */

static void end_nodes(struct emu_graph *g)
{
	uint32_t i;

	for (i = 0; i < g->node_count; i++) {
		g->nodes[i].task->end(g->nodes[i].task, false);
		if (g->nodes[i].event)
			emu_object_put(g->nodes[i].event);
	}
	free(g->nodes);
}

static void end_lanes(struct emu_graph *g)
{
	struct emu_lane *lane;

	while ((lane = g->lanes)) {
		g->lanes = lane->next;
		atomic_store(&lane->internal->queue.lane, NULL);
		emu_stream_end_internal(lane->internal);
		free(lane);
	}
}

static void end_edges(struct emu_graph *g)
{
	struct emu_edge *edge;

	while ((edge = g->edges)) {
		g->edges = edge->next;
		emu_edge_put(edge);
	}
}

static void graph_free(struct emu_object *object)
{
	struct emu_graph *g = emu_container(object, struct emu_graph);

	end_nodes(g);
	end_edges(g);
	end_lanes(g);
	if (g->runner)
		emu_stream_end_internal(g->runner);
	emu_destroy_calls_free(g);
	emu_condition_end(&g->condition);
	free(g);
}

void emu_graph_put(struct emu_graph *g)
{
	emu_object_put(&g->object);
}

/* In the current context; with a reference for the caller. */
aclError emu_graph_new(uint32_t device, struct emu_graph **graph)
{
	struct emu_graph *g = EMU_OBJECT_NEW(struct emu_graph, "graph", graph_free);
	aclError code;

	if (!g)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	g->context = emu_self.context;
	g->device = device;
	g->last_lane = &g->lanes;
	emu_condition_init(&g->condition);
	code = emu_token_add(EMU_TOKEN_GRAPH, &g->object);
	if (code)
		emu_graph_put(g);
	else
		*graph = g;
	return code;
}

void emu_graph_end(struct emu_graph *g)
{
	if (emu_token_remove(EMU_TOKEN_GRAPH, &g->object))
		emu_destroy_calls_run(g);
}

aclError emu_graph_find(aclmdlRI token, struct emu_graph **graph)
{
	return emu_token_find(EMU_TOKEN_GRAPH, token, graph);
}

aclError emu_graph_get(aclmdlRI token, struct emu_graph **graph)
{
	struct emu_graph *g;
	uint32_t device;
	aclError code;

	code = emu_graph_find(token, &g);
	if (code)
		return code;
	code = emu_context_current(&device);
	if (!code && g->context != emu_self.context)
		code = emu_error(ACL_ERROR_RT_MODEL_CONTEXT,
				 "make its context current with aclrtSetCurrentContext()",
				 "graph 0x%" PRIxPTR " belongs to another context, on device %"
				 PRIu32, (uintptr_t)token, emu_user_id(g->device));
	if (code)
		emu_graph_put(g);
	else
		*graph = g;
	return code;
}

aclError emu_with_graph(aclmdlRI token, aclError (*fn)(struct emu_graph *g, void *arg), void *arg)
{
	struct emu_graph *g;
	aclError code;

	code = emu_graph_get(token, &g);
	if (code)
		return code;
	code = fn(g, arg);
	emu_graph_put(g);
	return code;
}

struct emu_graph *emu_graph_next(uint32_t *cursor)
{
	struct emu_object *object = emu_token_next(EMU_TOKEN_GRAPH, cursor);

	return object ? emu_container(object, struct emu_graph) : NULL;
}

/* --- lanes and nodes ----------------------------------------------------- */

aclError emu_graph_add_lane(struct emu_graph *g, struct emu_stream *s, struct emu_lane **lane)
{
	struct emu_lane *new = calloc(1, sizeof(*new));
	aclError code;

	if (!new)
		return emu_no_memory("stream of a graph");
	code = emu_stream_new_internal(g->device, &new->internal);
	if (code) {
		free(new);
		return code;
	}
	new->graph = g;
	new->index = g->lane_count++;
	new->first = EMU_NO_NODE;
	new->last = EMU_NO_NODE;
	new->stream = s;
	new->token = s->object.token;
	emu_object_ref(&s->object);
	*g->last_lane = new;
	g->last_lane = &new->next;
	atomic_store(&new->internal->queue.lane, new);
	atomic_store(&s->queue.lane, new);
	if (!g->built)
		emu_stream_set_captured(s, true);
	*lane = new;
	return ACL_SUCCESS;
}

aclError emu_graph_add_node(struct emu_lane *lane, struct emu_task *task, struct emu_node **node)
{
	struct emu_graph *g = lane->graph;
	struct emu_node *more;
	uint32_t room;

	if (g->node_count == g->node_room) {
		room = g->node_room ? g->node_room * 2 : NODES_FIRST;
		more = realloc(g->nodes, room * sizeof(*more));
		if (!more)
			return emu_no_memory("task of a graph");
		g->nodes = more;
		g->node_room = room;
	}
	g->nodes[g->node_count] = (struct emu_node){
		.task = task, .lane = lane, .next = EMU_NO_NODE, .group = lane->group,
		.thread = emu_thread_id(),
	};
	if (lane->last == EMU_NO_NODE)
		lane->first = g->node_count;
	else
		g->nodes[lane->last].next = g->node_count;
	lane->last = g->node_count;
	lane->count++;
	*node = &g->nodes[g->node_count++];
	return ACL_SUCCESS;
}

void emu_graph_release_lane(struct emu_lane *lane)
{
	struct emu_stream *s = lane->stream;

	if (!s)
		return;
	lane->stream = NULL;
	atomic_store(&s->queue.lane, NULL);
	atomic_store(&s->graph, 0);
	emu_stream_set_captured(s, false);
	emu_stream_put(s);
}

void emu_graph_release(struct emu_graph *g)
{
	struct emu_lane *lane;
	struct emu_edge *edge;

	for (edge = g->edges; edge; edge = edge->next)
		atomic_store(&edge->graph, NULL);
	for (lane = g->lanes; lane && !g->built; lane = lane->next)
		emu_graph_release_lane(lane);
	emu_captures_close(&g->open);
}

/* --- for people ---------------------------------------------------------- */

struct emu_task_info emu_node_info(const struct emu_node *node)
{
	struct emu_task_info info = { .count = 0 };

	if (node->task->info)
		node->task->info(node->task, &info);
	return info;
}

const char *emu_graph_text(const struct emu_graph *g, char text[EMU_GRAPH_TEXT])
{
	if (*g->name)
		snprintf(text, EMU_GRAPH_TEXT, "graph '%.64s'", g->name);
	else
		snprintf(text, EMU_GRAPH_TEXT, "graph %" PRIu32, emu_token_slot(g->object.token));
	return text;
}
