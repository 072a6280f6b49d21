// SPDX-License-Identifier: MIT
/*
 * Replays of graphs.
 *
 * A replay is one task of its stream. The thread of that stream runs the first lane;
 * each other lane runs in the thread of its internal stream. Replays of one graph do
 * not overlap. The first failure ends the replay in all lanes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "graph/graph.h"

struct emu_replay {
	struct emu_player player;
	uint32_t count;
	/* For the nodes EMU_NODE_BOUND_*; NULL: there is no record to wait for. */
	struct bound {
		struct emu_completion *completion;
		bool records;
	} bound[];
};

/* --- edges --------------------------------------------------------------- */

struct edge_wait {
	struct emu_graph *graph;
	struct emu_edge *edge;
};

static bool edge_reached(void *arg)
{
	struct edge_wait *wait = arg;

	return wait->edge->round == wait->graph->round || atomic_load(&wait->graph->stop);
}

/* A graph of one lane has no edge to wait for: the record came before. */
aclError emu_player_wait_edge(struct emu_graph *g, struct emu_edge *edge, struct emu_queue *queue)
{
	struct edge_wait wait = { g, edge };

	if (g->lane_count == 1)
		return ACL_SUCCESS;
	if (emu_queue_wait(queue, &g->condition, edge_reached, &wait, EMU_FOREVER) ==
	    EMU_WAIT_ABORTED)
		return emu_stream_wait_aborted();
	return ACL_SUCCESS;
}

void emu_player_reach_edge(struct emu_graph *g, struct emu_edge *edge)
{
	if (g->lane_count == 1)
		return;
	pthread_mutex_lock(&g->condition.lock);
	edge->round = g->round;
	pthread_cond_broadcast(&g->condition.cond);
	pthread_mutex_unlock(&g->condition.lock);
}

struct emu_completion *emu_replay_bound(struct emu_graph *g, uint32_t index)
{
	return g->replay->bound[index].completion;
}

/* --- a lane -------------------------------------------------------------- */

/* Called with the lock of the queue held. */
static void player_describe(const struct emu_task *task, char *text, size_t size)
{
	const struct emu_player *p = (const struct emu_player *)task;
	char graph[EMU_GRAPH_TEXT];
	int used;

	used = snprintf(text, size, "%s", emu_graph_text(p->graph, graph));
	if (!p->waits || used < 0 || (size_t)used >= size)
		return;
	used += snprintf(text + used, size - (size_t)used, ", task %" PRIu32 " (%s): ", p->at,
			 p->waits->function);
	if (p->waits->describe && (size_t)used < size)
		p->waits->describe(p->waits, text + used, size - (size_t)used);
}

/* What acl_emu_dump() says about the queue. */
static void show(struct emu_player *p, struct emu_queue *queue, const struct emu_task *task,
		 uint32_t at)
{
	pthread_mutex_lock(&queue->lock);
	p->waits = task;
	p->at = at;
	p->task.waits_for = task ? task->waits_for : NULL;
	pthread_mutex_unlock(&queue->lock);
}

static void interrupt_others(struct emu_graph *g, const struct emu_queue *mine)
{
	struct emu_lane *lane;

	if (mine != g->queue)
		emu_queue_interrupt(g->queue);
	for (lane = g->lanes->next; lane; lane = lane->next) {
		if (mine != &lane->internal->queue)
			emu_queue_interrupt(&lane->internal->queue);
	}
}

/* The first failure counts: the others follow from it. */
static void fail(struct emu_graph *g, uint32_t node, aclError code, const struct emu_queue *queue)
{
	bool first;

	pthread_mutex_lock(&g->condition.lock);
	first = !g->code;
	if (first) {
		g->code = code;
		g->failed = node;
		memcpy(g->message, emu_messages.newest, sizeof(g->message));
	}
	atomic_store(&g->stop, true);
	pthread_cond_broadcast(&g->condition.cond);
	pthread_mutex_unlock(&g->condition.lock);
	if (first)
		interrupt_others(g, queue);
}

static aclError play_node(struct emu_player *p, const struct emu_node *node, uint32_t at,
			  struct emu_queue *queue)
{
	bool waits = node->task->waits_for || node->task->describe;
	aclError code;

	emu_enter(node->task->function);
	emu_self.context = queue->context;
	if (waits)
		show(p, queue, node->task, at);
	code = node->task->run(node->task, queue);
	emu_enter(node->task->function);
	if (waits && emu_self.queue == queue)
		show(p, queue, NULL, 0);
	return code;
}

/* False: a function of the program forked, and this is the child. */
static bool play(struct emu_player *p, struct emu_queue *queue)
{
	struct emu_graph *g = p->graph;
	aclError code = ACL_SUCCESS;
	uint32_t i;

	for (i = p->lane->first; i != EMU_NO_NODE && !atomic_load(&g->stop); i = g->nodes[i].next) {
		if (atomic_load(&queue->abort))
			code = emu_stream_wait_aborted();
		else if (!g->nodes[i].disabled || g->nodes[i].kind == EMU_NODE_RECORD)
			code = play_node(p, &g->nodes[i], i, queue);
		if (emu_self.queue != queue)
			return false;
		if (code)
			fail(g, i, code, queue);
	}
	return true;
}

static aclError lane_run(struct emu_task *task, struct emu_queue *queue)
{
	play((struct emu_player *)task, queue);
	return ACL_SUCCESS;
}

static void lane_end(struct emu_task *task, bool ran)
{
	struct emu_graph *g = ((struct emu_player *)task)->graph;

	(void)ran;
	pthread_mutex_lock(&g->condition.lock);
	g->lanes_left--;
	pthread_cond_broadcast(&g->condition.cond);
	pthread_mutex_unlock(&g->condition.lock);
}

/* --- all lanes ----------------------------------------------------------- */

static bool take_turn(void *arg)
{
	struct emu_graph *g = arg;

	if (g->running)
		return false;
	g->running = true;
	g->round++;
	g->code = ACL_SUCCESS;
	atomic_store(&g->stop, false);
	g->lanes_left = g->lane_count ? g->lane_count - 1 : 0;
	return true;
}

enum emu_wait emu_graph_stop_replays(struct emu_graph *g, struct emu_queue *queue)
{
	return queue ? emu_queue_wait(queue, &g->condition, take_turn, g, EMU_FOREVER) :
		       emu_condition_wait(&g->condition, take_turn, g, EMU_FOREVER, NULL);
}

void emu_graph_allow_replays(struct emu_graph *g)
{
	pthread_mutex_lock(&g->condition.lock);
	g->running = false;
	pthread_cond_broadcast(&g->condition.cond);
	pthread_mutex_unlock(&g->condition.lock);
}

static bool lanes_done(void *arg)
{
	return !((struct emu_graph *)arg)->lanes_left;
}

static void start_lane(struct emu_graph *g, struct emu_lane *lane)
{
	struct emu_player *p = &lane->player;
	aclError code;

	*p = (struct emu_player){
		.task = { .function = "aclmdlRIExecuteAsync", .run = lane_run, .end = lane_end,
			  .describe = player_describe },
		.graph = g, .lane = lane,
	};
	code = emu_queue_submit_now(&lane->internal->queue, &p->task);
	if (!code)
		return;
	fail(g, lane->first, code, g->queue);
	lane_end(&p->task, false);
}

/* The waits of other lanes end only if this thread aborts them. */
static void wait_lanes(struct emu_graph *g, struct emu_queue *queue)
{
	if (emu_queue_wait(queue, &g->condition, lanes_done, g, EMU_FOREVER) != EMU_WAIT_ABORTED)
		return;
	fail(g, EMU_NO_NODE, ACL_ERROR_RT_STREAM_ABORT, queue);
	emu_condition_wait(&g->condition, lanes_done, g, EMU_FOREVER, NULL);
}

static aclError report(const struct emu_graph *g)
{
	char text[EMU_GRAPH_TEXT];
	const struct emu_node *node;

	emu_graph_text(g, text);
	if (g->failed >= g->node_count)
		return emu_error(g->code, "submit the work again", "the replay of %s ended: %.200s",
				 text, g->message);
	node = &g->nodes[g->failed];
	return emu_error(g->code, "correct the memory or object that the task uses, then replay",
			 "task %" PRIu32 " of %" PRIu32 " of %s failed, recorded by %s() in stream "
			 "0x%" PRIx64 " of thread %d: %.200s", g->failed, g->node_count, text,
			 node->task->function, node->lane->token, node->thread, g->message);
}

static aclError replay_run(struct emu_task *task, struct emu_queue *queue)
{
	struct emu_replay *r = (struct emu_replay *)task;
	struct emu_graph *g = r->player.graph;
	uint64_t aborts = emu_queue_mark(queue).aborts;
	aclError code = ACL_SUCCESS;
	struct emu_lane *lane;

	if (emu_graph_stop_replays(g, queue) == EMU_WAIT_ABORTED)
		return emu_stream_wait_aborted();
	g->replay = r;
	g->queue = queue;
	for (lane = g->lanes ? g->lanes->next : NULL; lane; lane = lane->next)
		start_lane(g, lane);
	if (g->lanes && !play(&r->player, queue))
		return ACL_SUCCESS;
	emu_enter(task->function);
	if (g->lane_count > 1)
		wait_lanes(g, queue);
	/* An interruption by another lane is not an abort of this queue. */
	emu_queue_continue(queue, aborts);
	if (g->code)
		code = report(g);
	g->replay = NULL;
	emu_graph_allow_replays(g);
	return code;
}

/* Records that the replay did not reach complete, because others may wait for them. */
static void replay_end(struct emu_task *task, bool ran)
{
	struct emu_replay *r = (struct emu_replay *)task;
	struct emu_graph *g = r->player.graph;
	uint32_t i;

	(void)ran;
	for (i = 0; i < r->count; i++) {
		if (r->bound[i].records)
			emu_completion_complete(r->bound[i].completion, ACL_ERROR_RT_STREAM_ABORT);
		emu_completion_put(r->bound[i].completion);
	}
	pthread_mutex_lock(&g->condition.lock);
	g->queued--;
	pthread_cond_broadcast(&g->condition.cond);
	pthread_mutex_unlock(&g->condition.lock);
	emu_graph_put(g);
	free(r);
}

/* --- submit -------------------------------------------------------------- */

static aclError bind_events(struct emu_replay *r)
{
	struct emu_graph *g = r->player.graph;
	const struct emu_node *node;
	struct bound *bound;
	uint32_t i;

	for (i = 0; i < g->node_count && r->count < g->bound_count; i++) {
		node = &g->nodes[i];
		if (node->kind < EMU_NODE_BOUND_RECORD)
			continue;
		bound = &r->bound[r->count];
		bound->records = node->kind == EMU_NODE_BOUND_RECORD;
		bound->completion = bound->records ? emu_event_publish(node->event) :
						     emu_event_latest(node->event, false);
		if (bound->records && !bound->completion)
			return emu_no_memory("record");
		r->count++;
	}
	return ACL_SUCCESS;
}

aclError emu_graph_submit(struct emu_graph *g, struct emu_stream *s)
{
	struct emu_replay *r;
	aclError code;

	r = emu_task_new(sizeof(*r) + g->bound_count * sizeof(r->bound[0]), replay_run, replay_end);
	if (!r)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	r->player.task.describe = player_describe;
	r->player.graph = g;
	r->player.lane = g->lanes;
	emu_object_ref(&g->object);
	pthread_mutex_lock(&g->condition.lock);
	g->queued++;
	pthread_mutex_unlock(&g->condition.lock);
	code = bind_events(r);
	if (!code)
		code = emu_queue_submit_now(&s->queue, &r->player.task);
	if (code)
		replay_end(&r->player.task, false);
	return code;
}
