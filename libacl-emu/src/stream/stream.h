/* SPDX-License-Identifier: MIT */
/*
 * Streams, for the calls that submit work.
 */
#ifndef EMU_STREAM_STREAM_H
#define EMU_STREAM_STREAM_H

#include "core/token.h"
#include "device/cores.h"
#include "stream/queue.h"

struct emu_report;

struct emu_stream {
	struct emu_object object;
	struct emu_queue queue;
	uint32_t device;
	uint32_t priority;
	uint32_t flags;
	uint32_t overflow_switch;	/* these are stored and have no effect */
	uint32_t tag;
	uint32_t cache_op_info;
	_Atomic uint32_t cores[EMU_CORE_KINDS];	/* limits, 0: none */
	bool is_default;
	bool internal;		/* of a graph, not of the program */
	_Atomic uint64_t graph;	/* that it is bound to; 0: none */
	_Atomic bool ending;	/* a thread is in the call that ends it */
	_Atomic bool hosted;	/* its own thread runs callbacks that no other thread serves */
	struct emu_report *report;	/* under callbacks.lock */
};

/* What a call demands of a stream. The default stream needs a context in any case. */
#define EMU_NEEDS_CONTEXT	1u	/* the thread has a current context */
#define EMU_SAME_CONTEXT	2u	/* that is the context of the stream */

/* NULL: the default stream of the current context. With a reference. */
aclError emu_stream_find(aclrtStream token, unsigned int demands, struct emu_stream **stream);
aclError emu_stream_get(aclrtStream token, struct emu_stream **stream);
/* Calls @fn with the stream of the token. */
aclError emu_with_stream_as(aclrtStream token, unsigned int demands,
			    aclError (*fn)(struct emu_stream *s, void *arg), void *arg);
/* The same with a stream of the current context. */
aclError emu_with_stream(aclrtStream token, aclError (*fn)(struct emu_stream *s, void *arg),
			 void *arg);
/* The same after a check of the other arguments that gave @code. */
aclError emu_with_stream_if(aclError code, aclrtStream token,
			    aclError (*fn)(struct emu_stream *s, void *arg), void *arg);
aclError emu_stream_submit(aclrtStream token, struct emu_task *task);
/* A stream for the tasks of a graph, in the current context; it ends with its graph. */
aclError emu_stream_new_internal(uint32_t device, struct emu_stream **stream);
void emu_stream_end_internal(struct emu_stream *stream);
void emu_stream_put(struct emu_stream *stream);
/* The time limit of waits for events, which aclrtSetOpWaitTimeout() sets. */
int64_t emu_op_wait_ms(void);
bool emu_stream_is_mine(const struct emu_stream *stream);
aclError emu_stream_wait_self(void);
aclError emu_stream_wait_aborted(void);

/* For all streams of a device, or of one context of it (if not 0). */
#define EMU_EVERY_DEVICE	UINT32_MAX

struct emu_stream *emu_stream_next(uint32_t device, uint64_t context, uint32_t *cursor);
aclError emu_stream_sync_all(uint32_t device, uint64_t context, const struct timespec *deadline);
bool emu_stream_any_mine(uint32_t device, uint64_t context);
/* @reports: threads that wait for callbacks of these streams are told, too. */
void emu_stream_abort_all(uint32_t device, bool reports);
void emu_stream_end_all(uint32_t device, uint64_t context, bool force);

/* Called when a stream ends. */
void emu_callback_unsubscribe(struct emu_stream *stream);
/* Called when the tasks of a stream (NULL: of every stream) were aborted. */
void emu_callback_abort(struct emu_stream *stream);

#endif
