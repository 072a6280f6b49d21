// SPDX-License-Identifier: MIT
/*
 * Captures: streams whose tasks are recorded and do not run.
 */
#include <inttypes.h>

#include "core/error.h"
#include "device/context.h"
#include "graph/graph.h"

struct emu_lane *emu_lane_of(const struct emu_stream *s)
{
	struct emu_lane *lane = atomic_load(&s->queue.lane);

	return lane && !lane->update && lane->stream == s ? lane : NULL;
}

/* --- tasks --------------------------------------------------------------- */

static aclError report_complete(const struct emu_graph *g)
{
	char text[EMU_GRAPH_TEXT];

	return emu_error(ACL_ERROR_RT_INTERNAL_ERROR, "use a stream that belongs to no graph",
			 "the stream belongs to %s, which records no more tasks in it",
			 emu_graph_text(g, text));
}

/* Under the lock. On failure the caller owns the task. */
aclError emu_graph_record_task(struct emu_lane *lane, struct emu_task *task,
			       struct emu_node **node)
{
	struct emu_graph *g = lane->graph;
	struct emu_task_info info = { .count = 0 };
	aclError code;

	if (g->state > EMU_GRAPH_BUILDING || lane->ended)
		return report_complete(g);
	if (task->info)
		task->info(task, &info);
	code = emu_group_allows(lane, info.params.type == ACL_MODEL_RI_TASK_KERNEL);
	if (code)
		return code;
	code = emu_graph_add_node(lane, task, node);
	if (code)
		g->invalid = true;
	return code;
}

static aclError take_locked(struct emu_lane *lane, struct emu_queue *q, struct emu_task *task)
{
	struct emu_node *node;

	if (lane->update)
		return emu_update_take(lane->update, task);
	if (q == &lane->internal->queue)
		return report_complete(lane->graph);
	if (task->once)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
				 "call it before the capture, or for another stream",
				 "%s() cannot be recorded in a graph", task->function);
	return emu_graph_record_task(lane, task, &node);
}

bool emu_graph_take(struct emu_queue *q, struct emu_task *task, aclError *code)
{
	struct emu_lane *lane;

	emu_graphs_lock();
	lane = atomic_load(&q->lane);
	if (lane)
		*code = take_locked(lane, q, task);
	emu_graphs_unlock();
	return lane;
}

/* --- begin --------------------------------------------------------------- */

static const struct emu_capture_ops ops = {
	.take = emu_graph_take,
	.record = emu_edge_record,
	.wait = emu_edge_wait,
	.reset = emu_edge_reset,
	.is_open = emu_edge_is_open,
	.put = emu_edge_put,
	.stream_gone = emu_graph_stream_gone,
};

/* Called before a stream gets a lane. */
void emu_graph_begin(void)
{
	emu_capture_register(&ops);
}

static aclError report_bound(aclError code, const struct emu_stream *s)
{
	return emu_error(code, "unbind it with aclmdlRIUnbindStream(), or use another stream",
			 "stream 0x%" PRIx64 " is bound to graph 0x%" PRIx64, s->object.token,
			 atomic_load(&s->graph));
}

static aclError report_default(void)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "use what aclrtCreateStream() returned",
			 "the default stream of a context cannot be captured");
}

/* With the lock held. */
static aclError begin_lane(struct emu_graph *g, struct emu_stream *s)
{
	struct emu_lane *lane;
	aclError code;

	if (atomic_load(&s->queue.lane))
		return emu_error(ACL_ERROR_RT_STREAM_CAPTURED,
				 "call aclmdlRICaptureEnd() first, or use another stream",
				 "stream 0x%" PRIx64 " is captured already", s->object.token);
	code = emu_graph_add_lane(g, s, &lane);
	/* A thread that ends the stream either finds the lane or is found here. */
	if (!code && atomic_load(&s->ending)) {
		emu_graph_release_lane(lane);
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "do not use a destroyed stream",
				 "the stream is being destroyed by another thread");
	}
	return code;
}

static aclError begin_in(struct emu_stream *s, void *arg)
{
	const aclmdlRICaptureMode *mode = arg;
	struct emu_graph *g;
	aclError code;

	if (atomic_load(&s->graph))
		return report_bound(ACL_ERROR_RT_STREAM_MODEL, s);
	if (s->is_default)
		return report_default();
	code = emu_stream_not_captured(s);
	if (!code)
		code = emu_graph_new(s->device, &g);
	if (code)
		return code;
	emu_graph_begin();
	emu_graphs_lock();
	code = begin_lane(g, s);
	if (!code)
		emu_captures_open(&g->open, *mode);
	emu_graphs_unlock();
	if (code)
		emu_graph_end(g);
	emu_graph_put(g);
	return code;
}

static aclError check_mode(aclmdlRICaptureMode mode)
{
	if ((unsigned int)mode <= ACL_MODEL_RI_CAPTURE_MODE_RELAXED)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use ACL_MODEL_RI_CAPTURE_MODE_*",
			 "mode %u is unknown", (unsigned int)mode);
}

aclError aclmdlRICaptureBegin(aclrtStream stream, aclmdlRICaptureMode mode)
{
	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	return emu_with_stream_if(check_mode(mode), stream, begin_in, &mode);
}

aclError aclmdlRICaptureThreadExchangeMode(aclmdlRICaptureMode *mode)
{
	aclmdlRICaptureMode before;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!mode)
		return emu_null("mode");
	code = check_mode(*mode);
	if (!code)
		code = emu_context_current(&device);
	if (code)
		return code;
	before = (aclmdlRICaptureMode)emu_self.capture_mode;
	emu_self.capture_mode = (int)*mode;
	*mode = before;
	return ACL_SUCCESS;
}

/* --- end ----------------------------------------------------------------- */

static aclError report_unjoined(const struct emu_lane *lane, const char *why)
{
	return emu_error(ACL_ERROR_RT_STREAM_UNJOINED,
			 "record an event as the last task of each captured stream, and wait for "
			 "it in the stream where the capture began",
			 "stream 0x%" PRIx64 " was captured because it waited for an event of the "
			 "capture, and did not come back: %s", lane->token, why);
}

static const struct emu_edge *last_edge(const struct emu_lane *lane)
{
	const struct emu_node *node;

	if (lane->last == EMU_NO_NODE)
		return NULL;
	node = &lane->graph->nodes[lane->last];
	return node->kind == EMU_NODE_RECORD ? node->edge : NULL;
}

/* Did every side stream come back? */
static aclError check_joined(const struct emu_graph *g)
{
	const struct emu_edge *edge;
	const struct emu_lane *lane;
	bool joined = false;

	for (lane = g->lanes->next; lane; lane = lane->next) {
		edge = last_edge(lane);
		if (!edge)
			return report_unjoined(lane, "its last task is no record of an event");
		if (!edge->waited)
			return report_unjoined(lane, "no stream waits for its last record");
		joined |= edge->joined;
	}
	if (!joined && g->lanes->next)
		return report_unjoined(g->lanes->next, "the first stream waits for no record of a "
				       "stream that joined");
	return ACL_SUCCESS;
}

static aclError check_groups(const struct emu_graph *g)
{
	const struct emu_lane *lane;

	for (lane = g->lanes; lane && !lane->group; lane = lane->next)
		;
	if (!lane)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_STREAM_TASK_GROUP_STATUS,
			 "call aclmdlRICaptureTaskGrpEnd() first",
			 "a task group of stream 0x%" PRIx64 " is still open", lane->token);
}

static aclError check_complete(const struct emu_graph *g)
{
	aclError code;

	if (g->invalid)
		return emu_error(ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED,
				 "correct the first call of the capture that failed",
				 "the capture became invalid when an earlier call failed");
	code = check_joined(g);
	return code ? code : check_groups(g);
}

/* What can be refused without an effect on the capture. */
static aclError check_end(const struct emu_stream *s, const struct emu_lane *lane)
{
	if (atomic_load(&s->graph))
		return report_bound(ACL_ERROR_RT_STREAM_MODEL, s);
	if (s->is_default)
		return report_default();
	if (!lane)
		return emu_error(ACL_ERROR_RT_STREAM_NOT_CAPTURED,
				 "call aclmdlRICaptureBegin() first",
				 "stream 0x%" PRIx64 " is not captured", s->object.token);
	if (lane->index)
		return emu_error(ACL_ERROR_RT_STREAM_CAPTURE_UNMATCHED,
				 "end the capture in the stream where it began",
				 "the capture of stream 0x%" PRIx64 " began in stream 0x%" PRIx64,
				 s->object.token, lane->graph->lanes->token);
	return ACL_SUCCESS;
}

/* The reference is the caller's. */
static aclError end_locked(struct emu_stream *s, struct emu_graph **graph)
{
	struct emu_lane *lane = emu_lane_of(s);
	aclError code = check_end(s, lane);
	struct emu_graph *g;

	if (code)
		return code;
	g = lane->graph;
	emu_object_ref(&g->object);
	*graph = g;
	if (g->open.mode != ACL_MODEL_RI_CAPTURE_MODE_RELAXED && g->open.thread != emu_thread_id())
		code = emu_error(ACL_ERROR_RT_STREAM_CAPTURE_WRONG_THREAD,
				 "end it in its thread, or begin it with the mode RELAXED",
				 "thread %d began the capture, and thread %d ends it",
				 g->open.thread, emu_thread_id());
	g->state = code ? EMU_GRAPH_LEFT : EMU_GRAPH_READY;
	if (!code)
		code = check_complete(g);
	emu_graph_release(g);
	return code;
}

static aclError end_in(struct emu_stream *s, void *arg)
{
	struct emu_graph *g = NULL;
	aclmdlRI *modelRI = arg;
	aclError code;

	emu_graphs_lock();
	code = end_locked(s, &g);
	emu_graphs_unlock();
	if (!g)
		return code;
	if (!code) {
		*modelRI = (aclmdlRI)(uintptr_t)g->object.token;
	} else if (g->state == EMU_GRAPH_READY) {
		*modelRI = NULL;
		emu_graph_end(g);
	}
	emu_graph_put(g);
	return code;
}

static aclError check_output(aclrtStream stream, const aclmdlRI *modelRI)
{
	bool captured = false;

	if (modelRI || !emu_stream_token_captured(stream, &captured) || !captured)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer",
			 "modelRI is NULL; the capture goes on");
}

aclError aclmdlRICaptureEnd(aclrtStream stream, aclmdlRI *modelRI)
{
	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	return emu_with_stream_if(check_output(stream, modelRI), stream, end_in, modelRI);
}

/* --- a stream ends ------------------------------------------------------- */

/*
 * With the lock held. A graph ends with its first stream, if it is not complete, and
 * with the context, which ends its internal streams.
 */
static struct emu_graph *lane_gone(struct emu_lane *lane, const struct emu_stream *s)
{
	struct emu_graph *g = lane->graph;

	if (s == lane->internal) {
		atomic_store(&lane->internal->queue.lane, NULL);
	} else {
		emu_graph_release_lane(lane);
		if (g->state > EMU_GRAPH_CAPTURING)
			return NULL;
		g->invalid = true;
	}
	if (lane->index)
		return NULL;
	if (g->state <= EMU_GRAPH_BUILDING)
		emu_graph_release(g);
	emu_object_ref(&g->object);
	return g;
}

void emu_graph_stream_gone(struct emu_stream *s)
{
	struct emu_graph *g = NULL;
	struct emu_lane *lane;

	emu_graphs_lock();
	lane = atomic_load(&s->queue.lane);
	if (lane && lane->update)
		emu_update_drop(lane);
	else if (lane)
		g = lane_gone(lane, s);
	emu_graphs_unlock();
	if (!g)
		return;
	emu_graph_end(g);
	emu_graph_put(g);
}
