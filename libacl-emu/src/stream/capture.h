/* SPDX-License-Identifier: MIT */
/*
 * Captures, for the streams and events that take part in them.
 *
 * The room graph/ records tasks and is above this one: it registers its functions
 * when the first capture begins. The queue of a stream that records has a pointer
 * to its lane (a stream of a graph); only graph/ looks behind the pointer.
 */
#ifndef EMU_STREAM_CAPTURE_H
#define EMU_STREAM_CAPTURE_H

#include "core/token.h"
#include "stream/queue.h"

struct emu_edge;
struct emu_lane;
struct emu_stream;

/* The part of an event that captures use; constant but for edge. */
struct emu_event_capture {
	uint32_t flag;			/* of its creation */
	bool ex;			/* created by aclrtCreateEventExWithFlag() */
	bool ipc;			/* shared between processes */
	/* The last record in a capture; under the lock of the event. */
	struct emu_edge *edge;
	/* How the program uses the event: ACL_EVENT_RECORD_*, ACL_EVENT_WAIT_*; 0: not yet. */
	uint32_t record_use, wait_use;
};

/* An event of the program, in a call that holds its lock. */
struct emu_captured_event {
	struct emu_object *object;
	struct emu_event_capture *capture;
	bool recorded;			/* outside of captures */
};

/*
 * take, record, wait and reset return false if the call does not concern a capture
 * and shall do what it does without one.
 */
struct emu_capture_ops {
	bool (*take)(struct emu_queue *q, struct emu_task *task, aclError *code);
	bool (*record)(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
		       aclError *code);
	bool (*wait)(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
		     aclError *code);
	bool (*reset)(const struct emu_captured_event *e, struct emu_stream *s, aclError *code);
	bool (*is_open)(const struct emu_edge *edge);
	void (*put)(struct emu_edge *edge);
	void (*stream_gone)(struct emu_stream *s);
};

void emu_capture_register(const struct emu_capture_ops *ops);

/* --- called by streams ------------------------------------------------------------ */

bool emu_capture_take(struct emu_queue *q, struct emu_task *task, aclError *code);
void emu_capture_stream_gone(struct emu_stream *s);
bool emu_stream_is_captured(const struct emu_stream *s);
/* Refuses a call for a captured stream. */
aclError emu_stream_not_captured(const struct emu_stream *s);

/* By graph/: the stream begins or ceases to be captured. */
void emu_stream_set_captured(struct emu_stream *s, bool captured);
/* Without a lock. False: the token is not valid. */
bool emu_stream_token_captured(aclrtStream token, bool *captured);

/* --- called by events; the lock of the event is held ------------------------------- */

bool emu_capture_record(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
			aclError *code);
bool emu_capture_wait(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
		      aclError *code);
bool emu_capture_reset(const struct emu_captured_event *e, struct emu_stream *s, aclError *code);
/* Refuses a call for an event that an open capture has recorded or waits for. */
aclError emu_capture_check_event(const struct emu_event_capture *capture, uint64_t token);
void emu_capture_event_end(struct emu_event_capture *capture);

/* --- called by the replay of a graph, without the lock ------------------------------ */

/* A record that completes later: completion_of the next record. NULL: no memory. */
struct emu_completion *emu_event_publish(struct emu_object *event);
/*
 * What a wait waits for: the completion of the latest record, or of the next one with
 * @next if there is none. NULL: there is no record, or no memory.
 */
struct emu_completion *emu_event_latest(struct emu_object *event, bool next);
void emu_event_forget(struct emu_object *event);

#endif
