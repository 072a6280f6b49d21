/* SPDX-License-Identifier: MIT */
/*
 * Graphs: recorded tasks that a stream replays as one task ("model running
 * instances" of the API).
 *
 * A graph consists of lanes, one for each stream that was recorded. The nodes of a
 * lane run in their order; an edge is the record of an event that other lanes wait
 * for. One lock, graphs->lock, protects everything that recording changes, in all
 * graphs of the process. A complete graph does not change, except while no replay
 * runs. What a replay changes is under the lock of graph->condition.
 *
 * Order of locks: event > graphs > captures, token tables, queue > condition.
 */
#ifndef EMU_GRAPH_GRAPH_H
#define EMU_GRAPH_GRAPH_H

#include "device/captures.h"
#include "stream/capture.h"
#include "stream/stream.h"

#define EMU_GRAPH_NAME_MAX	512
#define EMU_NO_NODE		UINT32_MAX

struct emu_graph;
struct emu_replay;

enum emu_graph_state {
	EMU_GRAPH_CAPTURING, EMU_GRAPH_BUILDING, EMU_GRAPH_READY,
	EMU_GRAPH_LEFT,		/* its capture ended in the wrong thread: only to be destroyed */
};

enum emu_node_kind {
	EMU_NODE_TASK,
	EMU_NODE_RECORD, EMU_NODE_WAIT, EMU_NODE_RESET,	/* of an edge */
	/* of an event outside of the graph, at the time of the replay */
	EMU_NODE_OUTER_RECORD, EMU_NODE_OUTER_WAIT, EMU_NODE_OUTER_RESET,
	/* of an event outside of the graph, bound when the replay is submitted */
	EMU_NODE_BOUND_RECORD, EMU_NODE_BOUND_WAIT,
};

/* A recorded task. */
struct emu_node {
	struct emu_task *task;
	struct emu_lane *lane;
	struct emu_edge *edge;
	struct emu_object *event;	/* with a reference */
	enum emu_node_kind kind;
	uint32_t next;			/* in its lane */
	uint32_t group;			/* counted from 1; 0: none */
	int thread;			/* that recorded it */
	bool disabled;
};

/* The record of an event in a capture. The graph and the event have references. */
struct emu_edge {
	_Atomic uint32_t refs;
	struct emu_edge *next;		/* of its graph */
	_Atomic(struct emu_graph *) graph; /* NULL: the capture has ended */
	struct emu_lane *lane;
	uint32_t node;
	bool waited;			/* by a lane */
	bool joined;			/* by the first lane, from another one */
	bool reset;			/* later waits find no record */
	uint64_t round;			/* the last replay that came here; under condition.lock */
};

/* The replay of a lane: a task of its own queue, or part of the task of a replay. */
struct emu_player {
	struct emu_task task;
	struct emu_graph *graph;
	struct emu_lane *lane;
	const struct emu_task *waits;	/* node that may wait; under the lock of the queue */
	uint32_t at;			/* that node */
};

struct emu_lane {
	struct emu_graph *graph;
	struct emu_lane *next;
	uint32_t index;
	struct emu_stream *stream;	/* of the program; NULL: it is free again */
	uint64_t token;			/* of that stream, also later */
	struct emu_stream *internal;	/* whose thread replays the lane, except the first one */
	uint32_t first, last, count;	/* nodes */
	uint32_t group;			/* that is open; 0: none */
	aclError group_code;		/* of the first failure in it */
	bool ended;			/* aclmdlRIEndTask() */
	struct emu_update *update;	/* not a lane of a graph: the stream updates a group */
	struct emu_player player;
};

struct emu_graph {
	struct emu_object object;
	struct emu_open_capture open;
	uint64_t context;
	uint32_t device;
	enum emu_graph_state state;
	bool built;			/* by aclmdlRIBuildBegin(), not captured */
	bool invalid;			/* the capture cannot succeed any more */
	struct emu_lane *lanes, **last_lane;
	uint32_t lane_count;
	struct emu_node *nodes;
	uint32_t node_count, node_room;
	uint32_t bound_count;		/* nodes EMU_NODE_BOUND_* */
	struct emu_edge *edges;
	uint32_t group_count;
	struct emu_update *updates;	/* that are open */
	char name[EMU_GRAPH_NAME_MAX];
	struct emu_destroy_call *calls;
	struct emu_stream *runner;	/* of aclmdlRIExecute() */

	struct emu_condition condition;	/* its lock: for all below */
	uint32_t queued;		/* replays that are not finished */
	bool running;
	_Atomic bool stop;		/* the lanes of the running replay end */
	uint32_t lanes_left;
	uint64_t round;
	struct emu_replay *replay;
	struct emu_queue *queue;	/* that runs it */
	aclError code;			/* of the first failure in it */
	uint32_t failed;		/* node */
	char message[EMU_MESSAGE_LEN];
};

/* --- graph.c ------------------------------------------------------------- */

void emu_graphs_lock(void);
void emu_graphs_unlock(void);

aclError emu_graph_new(uint32_t device, struct emu_graph **graph);
void emu_graph_put(struct emu_graph *g);
aclError emu_graph_find(aclmdlRI token, struct emu_graph **graph);
/* A graph of the current context. */
aclError emu_graph_get(aclmdlRI token, struct emu_graph **graph);
aclError emu_with_graph(aclmdlRI token, aclError (*fn)(struct emu_graph *g, void *arg), void *arg);
struct emu_graph *emu_graph_next(uint32_t *cursor);

/* Adds a stream: its tasks are recorded from now on. Both under the lock. */
aclError emu_graph_add_lane(struct emu_graph *g, struct emu_stream *s, struct emu_lane **lane);
aclError emu_graph_add_node(struct emu_lane *lane, struct emu_task *task, struct emu_node **node);
/* The streams are free again; the edges end. Under the lock. */
void emu_graph_release(struct emu_graph *g);
void emu_graph_release_lane(struct emu_lane *lane);
/* Ends the token. Under no lock. */
void emu_graph_end(struct emu_graph *g);
void emu_graph_unbind_all(struct emu_graph *g);

struct emu_task_info emu_node_info(const struct emu_node *node);
/* "graph 'name'", or "graph 5" without a name. */
#define EMU_GRAPH_TEXT	96
const char *emu_graph_text(const struct emu_graph *g, char text[EMU_GRAPH_TEXT]);

/* --- capture.c, edge.c --------------------------------------------------- */

/* The lane that records the tasks of a stream, not of an update; NULL: none. */
struct emu_lane *emu_lane_of(const struct emu_stream *s);
bool emu_graph_take(struct emu_queue *q, struct emu_task *task, aclError *code);
aclError emu_graph_record_task(struct emu_lane *lane, struct emu_task *task,
			       struct emu_node **node);
void emu_graph_stream_gone(struct emu_stream *s);
void emu_graph_begin(void);
bool emu_edge_record(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
		     aclError *code);
bool emu_edge_wait(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
		   aclError *code);
bool emu_edge_reset(const struct emu_captured_event *e, struct emu_stream *s, aclError *code);
bool emu_edge_is_open(const struct emu_edge *edge);
void emu_edge_put(struct emu_edge *edge);
/* Of tasks that are one structure, and what records, waits and resets are. */
void emu_node_task_end(struct emu_task *task, bool ran);
void emu_node_record_info(const struct emu_task *task, struct emu_task_info *info);
void emu_node_wait_info(const struct emu_task *task, struct emu_task_info *info);
void emu_node_reset_info(const struct emu_task *task, struct emu_task_info *info);

/* --- group.c ------------------------------------------------------------- */

/* Whether the lane may record a task now, which is a kernel. Under the lock. */
aclError emu_group_allows(struct emu_lane *lane, bool kernel);
aclError emu_update_take(struct emu_update *update, struct emu_task *task);
void emu_update_drop(struct emu_lane *lane);

/* --- replay.c, outer.c --------------------------------------------------- */

aclError emu_graph_submit(struct emu_graph *g, struct emu_stream *s);
/* Waits until no replay runs, so that the caller may change the graph; then ends that. */
enum emu_wait emu_graph_stop_replays(struct emu_graph *g, struct emu_queue *queue);
void emu_graph_allow_replays(struct emu_graph *g);
aclError emu_player_wait_edge(struct emu_graph *g, struct emu_edge *edge, struct emu_queue *queue);
void emu_player_reach_edge(struct emu_graph *g, struct emu_edge *edge);
/* The completion that a node of the running replay was bound to; NULL: none. */
struct emu_completion *emu_replay_bound(struct emu_graph *g, uint32_t index);

struct emu_task *emu_outer_task_new(struct emu_graph *g, enum emu_node_kind kind,
				    struct emu_object *event, uint32_t bound);

#endif
