// SPDX-License-Identifier: MIT
/*
 * Task groups: kernels of a graph that can be replaced together.
 *
 * An update records kernels in a stream that is not captured. A task of that stream
 * puts them in the place of those of the group while no replay runs.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "device/context.h"
#include "graph/handle.h"

/* Begun by aclmdlRICaptureTaskUpdateBegin(); later the task of the stream. */
struct emu_update {
	struct emu_task task;
	struct emu_update *next;	/* of the graph, until the end of the update */
	struct emu_lane lane;		/* that the queue of the stream refers to */
	struct emu_graph *graph;
	uint32_t group;
	uint32_t room, count;
	struct emu_task *tasks[];
};

/* --- in a capture -------------------------------------------------------- */

static struct emu_lane *open_elsewhere(const struct emu_lane *lane)
{
	struct emu_lane *other;

	for (other = lane->graph->lanes; other; other = other->next) {
		if (other != lane && other->group)
			return other;
	}
	return NULL;
}

static aclError interrupt_group(struct emu_lane *lane, struct emu_lane *open)
{
	lane->graph->invalid = true;
	open->group_code = ACL_ERROR_STREAM_TASK_GROUP_INTR;
	return emu_error(ACL_ERROR_STREAM_TASK_GROUP_INTR,
			 "end the task group first, or begin one in this stream too",
			 "a task in stream 0x%" PRIx64 " interrupts the task group that is open in "
			 "stream 0x%" PRIx64 "; the capture is invalid now", lane->token,
			 open->token);
}

aclError emu_group_allows(struct emu_lane *lane, bool kernel)
{
	struct emu_lane *open;

	if (!lane->group) {
		open = open_elsewhere(lane);
		return open ? interrupt_group(lane, open) : ACL_SUCCESS;
	}
	if (kernel)
		return ACL_SUCCESS;
	lane->group_code = ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT;
	return emu_error(ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT, "add it outside of the task group",
			 "a task group holds kernels only (acl_emu_launch())");
}

static aclError report_status(const struct emu_stream *s, const char *what, const char *remedy)
{
	return emu_error(ACL_ERROR_STREAM_TASK_GROUP_STATUS, remedy, "stream 0x%" PRIx64 " %s",
			 s->object.token, what);
}

static aclError begin_group(struct emu_stream *s, struct emu_lane *lane, void *arg)
{
	(void)arg;
	if (lane->group)
		return report_status(s, "has an open task group",
				     "call aclmdlRICaptureTaskGrpEnd() first");
	lane->group = ++lane->graph->group_count;
	lane->group_code = ACL_SUCCESS;
	return ACL_SUCCESS;
}

static aclError end_group(struct emu_stream *s, struct emu_lane *lane, void *arg)
{
	struct emu_graph *g = lane->graph;
	aclrtTaskGrp *handle = arg;
	uint32_t group = lane->group;

	if (!group)
		return report_status(s, "has no open task group",
				     "call aclmdlRICaptureTaskGrpBegin() first");
	lane->group = 0;
	*handle = NULL;
	if (lane->group_code)
		return emu_error(lane->group_code, "correct the call that failed",
				 "a call failed while the task group was open");
	if (g->invalid)
		return emu_error(ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED,
				 "correct the first call of the capture that failed",
				 "the capture became invalid when an earlier call failed");
	*handle = emu_graph_handle(g, EMU_HANDLE_GROUP, group - 1);
	return ACL_SUCCESS;
}

/* The stream is captured; this check comes before that of the context. */
static aclError in_capture(aclrtStream stream, void *arg,
			   aclError (*fn)(struct emu_stream *s, struct emu_lane *lane, void *arg))
{
	struct emu_lane *lane;
	struct emu_stream *s;
	uint32_t device;
	aclError code;

	code = emu_stream_find(stream, 0, &s);
	if (code)
		return code;
	if (!emu_stream_is_captured(s))
		code = emu_error(ACL_ERROR_RT_STREAM_NOT_CAPTURED,
				 "call aclmdlRICaptureBegin() first",
				 "stream 0x%" PRIx64 " is not captured", s->object.token);
	if (!code)
		code = emu_context_current(&device);
	emu_stream_put(s);
	if (!code)
		code = emu_stream_get(stream, &s);
	if (code)
		return code;
	emu_graphs_lock();
	lane = emu_lane_of(s);
	code = lane ? fn(s, lane, arg) :
		      report_status(s, "ceased to be captured", "end a capture in one thread");
	emu_graphs_unlock();
	emu_stream_put(s);
	return code;
}

aclError aclmdlRICaptureTaskGrpBegin(aclrtStream stream)
{
	EMU_ENTER();
	return stream ? in_capture(stream, NULL, begin_group) : emu_null("stream");
}

aclError aclmdlRICaptureTaskGrpEnd(aclrtStream stream, aclrtTaskGrp *handle)
{
	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	return handle ? in_capture(stream, handle, end_group) : emu_null("handle");
}

/* --- updates ------------------------------------------------------------- */

static uint32_t group_size(const struct emu_graph *g, uint32_t group)
{
	uint32_t i, size = 0;

	for (i = 0; i < g->node_count; i++)
		size += g->nodes[i].group == group;
	return size;
}

static void update_free(struct emu_update *update)
{
	uint32_t i;

	for (i = 0; i < update->count; i++)
		update->tasks[i]->end(update->tasks[i], false);
	emu_graph_put(update->graph);
	free(update);
}

/* Puts the kernels into their places; update->tasks then has the old ones. */
static void exchange(struct emu_update *update)
{
	struct emu_graph *g = update->graph;
	struct emu_task *old;
	uint32_t i, n = 0;

	for (i = 0; i < g->node_count; i++) {
		if (g->nodes[i].group != update->group)
			continue;
		old = g->nodes[i].task;
		g->nodes[i].task = update->tasks[n];
		update->tasks[n++] = old;
	}
}

static aclError update_run(struct emu_task *task, struct emu_queue *queue)
{
	struct emu_update *update = (struct emu_update *)task;

	if (emu_graph_stop_replays(update->graph, queue) == EMU_WAIT_ABORTED)
		return emu_stream_wait_aborted();
	exchange(update);
	emu_graph_allow_replays(update->graph);
	return ACL_SUCCESS;
}

static void update_end(struct emu_task *task, bool ran)
{
	(void)ran;
	update_free((struct emu_update *)task);
}

aclError emu_update_take(struct emu_update *update, struct emu_task *task)
{
	struct emu_task_info info = { .count = 0 };

	if (task->info)
		task->info(task, &info);
	if (info.params.type != ACL_MODEL_RI_TASK_KERNEL)
		return emu_error(ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT,
				 "call aclmdlRICaptureTaskUpdateEnd() first",
				 "%s() is no kernel, and the stream updates a task group",
				 task->function);
	if (update->count == update->room)
		return emu_error(ACL_ERROR_RT_INTERNAL_ERROR, "update as many as there are",
				 "the task group has %" PRIu32 " kernels", update->room);
	update->tasks[update->count++] = task;
	return ACL_SUCCESS;
}

/* With the lock held: the update does not belong to its stream and graph any more. */
static void detach(struct emu_update *update)
{
	struct emu_stream *s = update->lane.stream;
	struct emu_update **p;

	for (p = &update->graph->updates; *p != update; p = &(*p)->next)
		;
	*p = update->next;
	atomic_store(&s->queue.lane, NULL);
	update->lane.stream = NULL;
	emu_stream_put(s);
}

/* The stream ends. */
void emu_update_drop(struct emu_lane *lane)
{
	struct emu_update *update = lane->update;

	detach(update);
	update_free(update);
}

static bool updated_now(const struct emu_graph *g, uint32_t group)
{
	const struct emu_update *update;

	for (update = g->updates; update && update->group != group; update = update->next)
		;
	return update;
}

static aclError begin_update(struct emu_stream *s, struct emu_update *update)
{
	struct emu_graph *g = update->graph;

	if (atomic_load(&s->queue.lane))
		return report_status(s, "updates a task group already",
				     "call aclmdlRICaptureTaskUpdateEnd() first");
	if (updated_now(g, update->group))
		return report_status(s, "is the second one that updates this task group",
				     "call aclmdlRICaptureTaskUpdateEnd() in the other stream");
	if (g->state != EMU_GRAPH_READY)
		return emu_error(ACL_ERROR_RT_MODEL_CAPTURED, "call aclmdlRICaptureEnd() first",
				 "the graph of the task group is being captured");
	update->lane.stream = s;
	update->lane.update = update;
	emu_object_ref(&s->object);
	update->next = g->updates;
	g->updates = update;
	atomic_store(&s->queue.lane, &update->lane);
	return ACL_SUCCESS;
}

static aclError update_new(struct emu_graph *g, uint32_t group, struct emu_update **update)
{
	uint32_t room = group_size(g, group);
	struct emu_update *u;

	u = emu_task_new(sizeof(*u) + room * sizeof(u->tasks[0]), update_run, update_end);
	if (!u)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	u->graph = g;
	emu_object_ref(&g->object);
	u->group = group;
	u->room = room;
	*update = u;
	return ACL_SUCCESS;
}

static aclError update_in(struct emu_stream *s, void *handle)
{
	struct emu_update *update;
	struct emu_graph *g;
	uint32_t index;
	aclError code;

	code = emu_graph_of_handle(handle, EMU_HANDLE_GROUP, &g, &index);
	if (code)
		return code;
	emu_graphs_lock();
	code = update_new(g, index + 1, &update);
	if (!code) {
		code = begin_update(s, update);
		if (code)
			update_free(update);
	}
	emu_graphs_unlock();
	emu_graph_put(g);
	return code;
}

/* Streams whose tasks are recorded cannot update; this comes before the context. */
static aclError in_update(aclrtStream stream, aclError (*fn)(struct emu_stream *s, void *arg),
			  void *arg)
{
	struct emu_stream *s;
	aclError code;

	code = emu_stream_find(stream, 0, &s);
	if (code)
		return code;
	code = emu_stream_not_captured(s);
	if (!code && atomic_load(&s->graph))
		code = emu_error(ACL_ERROR_RT_STREAM_MODEL, "use another stream",
				 "stream 0x%" PRIx64 " is bound to a graph", s->object.token);
	emu_stream_put(s);
	return code ? code : emu_with_stream(stream, fn, arg);
}

aclError aclmdlRICaptureTaskUpdateBegin(aclrtStream stream, aclrtTaskGrp handle)
{
	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	return handle ? in_update(stream, update_in, handle) : emu_null("handle");
}

static aclError end_update(struct emu_stream *s, struct emu_update **update)
{
	struct emu_lane *lane = atomic_load(&s->queue.lane);

	if (!lane || !lane->update)
		return report_status(s, "updates no task group",
				     "call aclmdlRICaptureTaskUpdateBegin() first");
	*update = lane->update;
	detach(*update);
	return ACL_SUCCESS;
}

static aclError update_end_in(struct emu_stream *s, void *arg)
{
	struct emu_update *update = NULL;
	aclError code;

	(void)arg;
	emu_graphs_lock();
	code = end_update(s, &update);
	emu_graphs_unlock();
	if (!update)
		return code;
	if (update->count < update->room)
		code = emu_error(ACL_ERROR_RT_INTERNAL_ERROR, "update all kernels of the group",
				 "the task group has %" PRIu32 " kernels, and %" PRIu32
				 " were updated", update->room, update->count);
	else
		code = emu_queue_submit_now(&s->queue, &update->task);
	if (code)
		update_free(update);
	return code;
}

aclError aclmdlRICaptureTaskUpdateEnd(aclrtStream stream)
{
	EMU_ENTER();
	return stream ? in_update(stream, update_end_in, NULL) : emu_null("stream");
}
