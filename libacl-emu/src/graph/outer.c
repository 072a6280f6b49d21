// SPDX-License-Identifier: MIT
/*
 * Nodes of events outside of the graph.
 *
 * Those of an event with ACL_EVENT_EXTERNAL record, wait and reset when the replay
 * reaches them. Those with the flag EXTERNAL of a call are bound to a record when
 * the replay is submitted.
 */
#include <stdlib.h>

#include "core/error.h"
#include "graph/graph.h"

struct outer_task {
	struct emu_task task;
	struct emu_graph *graph;
	struct emu_object *event;	/* the node has the reference */
	uint32_t bound;			/* in the completions of a replay */
};

static aclError record_run(struct emu_task *task, struct emu_queue *queue)
{
	struct emu_completion *completion;

	(void)queue;
	completion = emu_event_publish(((struct outer_task *)task)->event);
	if (!completion)
		return emu_no_memory("record");
	emu_completion_complete(completion, ACL_SUCCESS);
	emu_completion_put(completion);
	return ACL_SUCCESS;
}

static aclError wait_for(struct emu_completion *completion, struct emu_queue *queue)
{
	if (emu_queue_wait_completion(queue, completion, EMU_FOREVER) == EMU_WAIT_ABORTED)
		return emu_stream_wait_aborted();
	return ACL_SUCCESS;
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct emu_completion *completion;
	aclError code;

	completion = emu_event_latest(((struct outer_task *)task)->event, true);
	if (!completion)
		return emu_no_memory("wait");
	code = wait_for(completion, queue);
	emu_completion_put(completion);
	return code;
}

static aclError reset_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)queue;
	emu_event_forget(((struct outer_task *)task)->event);
	return ACL_SUCCESS;
}

static aclError bound_record_run(struct emu_task *task, struct emu_queue *queue)
{
	struct outer_task *t = (struct outer_task *)task;

	(void)queue;
	emu_completion_complete(emu_replay_bound(t->graph, t->bound), ACL_SUCCESS);
	return ACL_SUCCESS;
}

static aclError bound_wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct outer_task *t = (struct outer_task *)task;
	struct emu_completion *completion = emu_replay_bound(t->graph, t->bound);

	return completion ? wait_for(completion, queue) : ACL_SUCCESS;
}

static const struct {
	aclError (*run)(struct emu_task *task, struct emu_queue *queue);
	void (*info)(const struct emu_task *task, struct emu_task_info *info);
} kinds[] = {
	[EMU_NODE_OUTER_RECORD] = { record_run, emu_node_record_info },
	[EMU_NODE_OUTER_WAIT] = { wait_run, emu_node_wait_info },
	[EMU_NODE_OUTER_RESET] = { reset_run, emu_node_reset_info },
	[EMU_NODE_BOUND_RECORD] = { bound_record_run, emu_node_record_info },
	[EMU_NODE_BOUND_WAIT] = { bound_wait_run, emu_node_wait_info },
};

struct emu_task *emu_outer_task_new(struct emu_graph *g, enum emu_node_kind kind,
				    struct emu_object *event, uint32_t bound)
{
	struct outer_task *t = emu_task_new(sizeof(*t), kinds[kind].run, emu_node_task_end);

	if (!t)
		return NULL;
	t->task.info = kinds[kind].info;
	t->graph = g;
	t->event = event;
	t->bound = bound;
	return &t->task;
}
