// SPDX-License-Identifier: MIT
/*
 * Events in captures: the edges between the lanes of a graph.
 *
 * Each record makes a new edge; the event refers to the edge of its last record
 * until the capture ends. A stream that waits for such an event is captured, too.
 * Called with the lock of the event held.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "graph/graph.h"

struct edge_task {
	struct emu_task task;
	struct emu_graph *graph;
	struct emu_edge *edge;
};

/* --- edges --------------------------------------------------------------- */

void emu_edge_put(struct emu_edge *edge)
{
	if (atomic_fetch_sub(&edge->refs, 1) == 1)
		free(edge);
}

bool emu_edge_is_open(const struct emu_edge *edge)
{
	return atomic_load(&edge->graph);
}

/* The edge of the event in a capture that is open; a stale one is dropped. */
static struct emu_edge *edge_of(struct emu_event_capture *capture)
{
	struct emu_edge *edge = capture->edge;

	if (!edge || atomic_load(&edge->graph))
		return edge;
	capture->edge = NULL;
	emu_edge_put(edge);
	return NULL;
}

static struct emu_edge *edge_new(struct emu_lane *lane)
{
	struct emu_edge *edge = calloc(1, sizeof(*edge));
	struct emu_graph *g = lane->graph;

	if (!edge)
		return NULL;
	edge->refs = 2;
	atomic_store(&edge->graph, g);
	edge->lane = lane;
	edge->next = g->edges;
	g->edges = edge;
	return edge;
}

/* --- tasks --------------------------------------------------------------- */

static aclError record_run(struct emu_task *task, struct emu_queue *queue)
{
	struct edge_task *t = (struct edge_task *)task;

	(void)queue;
	emu_player_reach_edge(t->graph, t->edge);
	return ACL_SUCCESS;
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct edge_task *t = (struct edge_task *)task;

	return emu_player_wait_edge(t->graph, t->edge, queue);
}

/* The edge is the same in each replay, so there is nothing to reset. */
static aclError reset_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)task;
	(void)queue;
	return ACL_SUCCESS;
}

void emu_node_task_end(struct emu_task *task, bool ran)
{
	(void)ran;
	free(task);
}

void emu_node_record_info(const struct emu_task *task, struct emu_task_info *info)
{
	(void)task;
	info->params.type = ACL_MODEL_RI_TASK_EVENT_RECORD;
}

void emu_node_wait_info(const struct emu_task *task, struct emu_task_info *info)
{
	(void)task;
	info->params.type = ACL_MODEL_RI_TASK_EVENT_WAIT;
}

void emu_node_reset_info(const struct emu_task *task, struct emu_task_info *info)
{
	(void)task;
	info->params.type = ACL_MODEL_RI_TASK_EVENT_RESET;
}

static struct emu_task *edge_task_new(struct emu_lane *lane, enum emu_node_kind kind,
				      struct emu_edge *edge)
{
	aclError (*run)(struct emu_task *, struct emu_queue *) =
		kind == EMU_NODE_RECORD ? record_run : kind == EMU_NODE_WAIT ? wait_run : reset_run;
	struct edge_task *t = emu_task_new(sizeof(*t), run, emu_node_task_end);

	if (!t)
		return NULL;
	t->task.info = kind == EMU_NODE_RECORD ? emu_node_record_info :
		       kind == EMU_NODE_WAIT ? emu_node_wait_info : emu_node_reset_info;
	t->task.waits_for = kind == EMU_NODE_WAIT ? edge : NULL;
	t->task.records = kind == EMU_NODE_RECORD ? edge : NULL;
	t->graph = lane->graph;
	t->edge = edge;
	return &t->task;
}

/* Adds a node for the event; with an edge inside of the graph, else outside. */
static aclError add(struct emu_lane *lane, enum emu_node_kind kind, struct emu_edge *edge,
		    const struct emu_captured_event *e)
{
	struct emu_graph *g = lane->graph;
	struct emu_node *node;
	struct emu_task *task;
	aclError code;

	task = edge ? edge_task_new(lane, kind, edge) :
		      emu_outer_task_new(g, kind, e->object, g->bound_count);
	if (!task) {
		g->invalid = true;
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	}
	code = emu_graph_record_task(lane, task, &node);
	if (code) {
		task->end(task, false);
		return code;
	}
	node->kind = kind;
	node->edge = edge;
	node->event = emu_object_ref(e->object);
	if (kind == EMU_NODE_RECORD)
		edge->node = g->node_count - 1;
	if (kind >= EMU_NODE_BOUND_RECORD)
		g->bound_count++;
	return ACL_SUCCESS;
}

/* --- what cannot be captured --------------------------------------------- */

static aclError report_event(const struct emu_captured_event *e)
{
	const char *why = e->capture->ipc ? "is shared between processes" :
			  "was not created by aclrtCreateEventExWithFlag()";

	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
			 "use an event of aclrtCreateEventExWithFlag(ACL_EVENT_SYNC)",
			 "event 0x%" PRIx64 " %s, so a capture cannot use it", e->object->token,
			 why);
}

static aclError report_implicit(const struct emu_captured_event *e)
{
	return emu_error(ACL_ERROR_RT_STREAM_CAPTURE_IMPLICIT, "use another stream",
			 "event 0x%" PRIx64 " would draw the default stream into a capture",
			 e->object->token);
}

/* Two captures would depend on each other. */
static aclError report_conflict(const struct emu_captured_event *e, struct emu_graph *a,
				struct emu_graph *b)
{
	a->invalid = true;
	b->invalid = true;
	return emu_error(ACL_ERROR_STREAM_CAPTURE_CONFLICT, "use different events in them",
			 "event 0x%" PRIx64 " belongs to another capture than the stream; both "
			 "captures are invalid now", e->object->token);
}

static aclError report_used(const struct emu_captured_event *e)
{
	return emu_error(ACL_ERROR_RT_EVENT_CAPTURED, "call aclmdlRICaptureEnd() first",
			 "event 0x%" PRIx64 " was recorded in a capture that the stream does not "
			 "belong to", e->object->token);
}

/* A call for an event of a capture in a stream that is not captured. */
static aclError report_outside(const struct emu_captured_event *e, const struct emu_stream *s)
{
	return s->is_default ? report_implicit(e) : report_used(e);
}

/* The calls with ACL_EVENT_RECORD_EXTERNAL or ACL_EVENT_WAIT_EXTERNAL. */
static aclError check_bound(const struct emu_captured_event *e, const struct emu_graph *g)
{
	uint32_t i;

	if (!e->capture->ex || e->capture->flag != ACL_EVENT_SYNC)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
				 "use an event of aclrtCreateEventExWithFlag(ACL_EVENT_SYNC)",
				 "event 0x%" PRIx64 " cannot be used outside of its graph",
				 e->object->token);
	for (i = 0; i < g->node_count; i++) {
		if (g->nodes[i].kind >= EMU_NODE_BOUND_RECORD && g->nodes[i].event == e->object)
			return emu_error(ACL_ERROR_RT_PARAM_INVALID,
					 "use one event for each of them",
					 "event 0x%" PRIx64 " is recorded or waited for with the "
					 "flag EXTERNAL in this graph already", e->object->token);
	}
	return ACL_SUCCESS;
}

static aclError add_bound(struct emu_lane *lane, enum emu_node_kind kind,
			  const struct emu_captured_event *e)
{
	aclError code = check_bound(e, lane->graph);

	return code ? code : add(lane, kind, NULL, e);
}

/* --- record -------------------------------------------------------------- */

static aclError record_edge(const struct emu_captured_event *e, struct emu_lane *lane)
{
	struct emu_edge *edge = edge_new(lane);
	aclError code;

	if (!edge) {
		lane->graph->invalid = true;
		return emu_no_memory("record");
	}
	code = add(lane, EMU_NODE_RECORD, edge, e);
	if (code) {
		emu_edge_put(edge);
		return code;
	}
	if (e->capture->edge)
		emu_edge_put(e->capture->edge);
	e->capture->edge = edge;
	return ACL_SUCCESS;
}

static aclError record(const struct emu_captured_event *e, struct emu_lane *lane,
		       const struct emu_edge *edge, uint32_t flag)
{
	if (flag == ACL_EVENT_RECORD_EXTERNAL)
		return add_bound(lane, EMU_NODE_BOUND_RECORD, e);
	if (e->capture->flag & ACL_EVENT_EXTERNAL)
		return add(lane, EMU_NODE_OUTER_RECORD, NULL, e);
	if (e->capture->ipc || !e->capture->ex)
		return report_event(e);
	if (edge && atomic_load(&edge->graph) != lane->graph)
		return report_conflict(e, edge->graph, lane->graph);
	/* Nothing can wait for such an event, so the record has no effect. */
	if (!(e->capture->flag & ACL_EVENT_SYNC))
		return ACL_SUCCESS;
	return record_edge(e, lane);
}

bool emu_edge_record(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
		     aclError *code)
{
	struct emu_edge *edge;
	struct emu_lane *lane;

	emu_graphs_lock();
	edge = edge_of(e->capture);
	lane = emu_lane_of(s);
	if (lane)
		*code = record(e, lane, edge, flag);
	else if (edge)
		*code = report_outside(e, s);
	emu_graphs_unlock();
	return lane || edge;
}

/* --- wait ---------------------------------------------------------------- */

/* Captures the stream, because it waits for the edge. */
static aclError join(const struct emu_captured_event *e, struct emu_edge *edge,
		     struct emu_stream *s, struct emu_lane **lane)
{
	struct emu_graph *g = edge->graph;
	aclError code;

	if (s->is_default)
		return report_implicit(e);
	if (g->context != s->queue.context)
		return emu_error(ACL_ERROR_RT_STREAM_CONTEXT, "use a stream of the same context",
				 "stream 0x%" PRIx64 " and the capture of event 0x%" PRIx64
				 " belong to different contexts", s->object.token,
				 e->object->token);
	if (g->built || g->invalid || atomic_load(&s->queue.lane) || atomic_load(&s->ending))
		return emu_error(ACL_ERROR_RT_INTERNAL_ERROR, "begin the capture again",
				 "stream 0x%" PRIx64 " cannot join the capture of event 0x%" PRIx64
				 ", which is %s", s->object.token, e->object->token,
				 g->invalid ? "invalid" : "not open for it");
	code = emu_graph_add_lane(g, s, lane);
	if (code)
		g->invalid = true;
	return code;
}

static aclError wait_edge(const struct emu_captured_event *e, struct emu_edge *edge,
			  struct emu_stream *s, struct emu_lane *lane)
{
	aclError code = ACL_SUCCESS;

	if (edge->reset)
		return ACL_SUCCESS;
	if (lane && lane->graph != atomic_load(&edge->graph))
		return report_conflict(e, edge->graph, lane->graph);
	if (!lane)
		code = join(e, edge, s, &lane);
	if (!code)
		code = add(lane, EMU_NODE_WAIT, edge, e);
	if (code)
		return code;
	edge->waited = true;
	edge->joined |= !lane->index && edge->lane != lane;
	return ACL_SUCCESS;
}

static aclError wait_outside(const struct emu_captured_event *e, struct emu_lane *lane,
			     uint32_t flag)
{
	if (flag == ACL_EVENT_WAIT_EXTERNAL)
		return add_bound(lane, EMU_NODE_BOUND_WAIT, e);
	if (e->capture->flag & ACL_EVENT_EXTERNAL)
		return add(lane, EMU_NODE_OUTER_WAIT, NULL, e);
	if (e->capture->ipc || !e->capture->ex)
		return report_event(e);
	if (!e->recorded)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_CAPTURE_DEPENDENCY,
			 "wait for it before the capture, or with ACL_EVENT_WAIT_EXTERNAL",
			 "event 0x%" PRIx64 " was recorded outside of the capture",
			 e->object->token);
}

bool emu_edge_wait(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
		   aclError *code)
{
	struct emu_edge *edge;
	struct emu_lane *lane;

	emu_graphs_lock();
	edge = edge_of(e->capture);
	lane = emu_lane_of(s);
	if (edge && flag == ACL_EVENT_WAIT_DEFAULT)
		*code = wait_edge(e, edge, s, lane);
	else if (lane)
		*code = wait_outside(e, lane, flag);
	emu_graphs_unlock();
	return lane || (edge && flag == ACL_EVENT_WAIT_DEFAULT);
}

/* --- reset --------------------------------------------------------------- */

static aclError reset(const struct emu_captured_event *e, struct emu_lane *lane,
		      struct emu_edge *edge)
{
	aclError code;

	if (e->capture->flag & ACL_EVENT_EXTERNAL)
		return add(lane, EMU_NODE_OUTER_RESET, NULL, e);
	if (!edge)
		return report_event(e);
	if (edge->graph != lane->graph)
		return report_conflict(e, edge->graph, lane->graph);
	code = add(lane, EMU_NODE_RESET, edge, e);
	if (!code)
		edge->reset = true;
	return code;
}

bool emu_edge_reset(const struct emu_captured_event *e, struct emu_stream *s, aclError *code)
{
	struct emu_edge *edge;
	struct emu_lane *lane;

	emu_graphs_lock();
	edge = edge_of(e->capture);
	lane = emu_lane_of(s);
	if (lane)
		*code = reset(e, lane, edge);
	else if (edge)
		*code = report_outside(e, s);
	emu_graphs_unlock();
	return lane || edge;
}
