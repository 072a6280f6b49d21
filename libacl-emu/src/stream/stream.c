// SPDX-License-Identifier: MIT
/*
 * Streams: queues that programs hold by tokens.
 *
 * A stream belongs to the context in which it was created and ends with it. The
 * default stream of a context is created when it is first used.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/process.h"
#include "core/visible.h"
#include "device/context.h"
#include "device/device.h"
#include "memory/mempool.h"
#include "stream/capture.h"
#include "stream/dump.h"
#include "stream/ending.h"
#include "stream/stream.h"

#define FLAGS_DEFAULT	(ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC)
#define FLAGS_KNOWN	(FLAGS_DEFAULT | ACL_STREAM_PERSISTENT | ACL_STREAM_HUGE | \
			 ACL_STREAM_CPU_SCHEDULE | ACL_STREAM_DEVICE_USE_ONLY)

struct streams {
	pthread_mutex_t lock;	/* held while a default stream is created */
	/* Tokens of the default streams by slot of their context; they may be stale. */
	_Atomic uint64_t defaults[EMU_CONTEXT_SLOTS];
};

EMU_STATE(struct streams, streams, NULL)

static struct emu_stream *stream_of(struct emu_object *object)
{
	return object ? emu_container(object, struct emu_stream) : NULL;
}

void emu_stream_put(struct emu_stream *stream)
{
	emu_object_put(&stream->object);
}

static void stream_free(struct emu_object *object)
{
	struct emu_stream *s = stream_of(object);

	pthread_cond_destroy(&s->queue.work);
	pthread_cond_destroy(&s->queue.progress);
	pthread_mutex_destroy(&s->queue.lock);
	free(s);
}

/* With a reference for the caller. */
static aclError stream_new(uint32_t device, uint32_t priority, uint32_t flags, bool is_default,
			   struct emu_stream **stream)
{
	struct emu_stream *s = EMU_OBJECT_NEW(struct emu_stream, "stream", stream_free);
	aclError code;

	if (!s)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	s->device = device;
	s->priority = priority;
	s->flags = flags;
	s->is_default = is_default;
	emu_queue_init(&s->queue, emu_self.context, device);
	code = emu_token_add(EMU_TOKEN_STREAM, &s->object);
	if (code) {
		emu_stream_put(s);
		return code;
	}
	emu_ending_begin();
	emu_dump_begin();
	*stream = s;
	return ACL_SUCCESS;
}

/*
 * The token stays valid until the tasks are finished: a call that ends streams
 * then finds a stream that another thread waits for. False: another thread ends
 * the stream, and this call, without @force, does nothing.
 */
static bool stream_end(struct emu_stream *s, bool force)
{
	bool first = !atomic_exchange(&s->ending, true);

	if (first)
		emu_capture_stream_gone(s);
	if (first)
		emu_queue_end(&s->queue, force);
	else if (force)
		emu_queue_cancel(&s->queue);
	else
		return false;
	emu_token_remove(EMU_TOKEN_STREAM, &s->object);
	emu_callback_unsubscribe(s);
	return true;
}

/* The context may have ended while the stream was created, and then did not end it. */
static aclError check_context(struct emu_stream *s)
{
	aclError code;
	uint32_t device;

	code = emu_context_current(&device);
	if (code) {
		stream_end(s, true);
		emu_stream_put(s);
	}
	return code;
}

static struct emu_stream *default_there(uint32_t slot)
{
	uint64_t token = atomic_load_explicit(&streams()->defaults[slot], memory_order_acquire);
	struct emu_stream *s;

	if (!token)
		return NULL;
	s = stream_of(emu_token_get(EMU_TOKEN_STREAM, token));
	if (s && s->queue.context != emu_self.context) {
		emu_stream_put(s);
		s = NULL;
	}
	return s;
}

static aclError default_get(uint32_t device, struct emu_stream **stream)
{
	uint32_t slot = emu_context_slot(emu_self.context);
	aclError code = ACL_SUCCESS;
	bool made = false;

	*stream = default_there(slot);
	if (*stream)
		return ACL_SUCCESS;
	pthread_mutex_lock(&streams()->lock);
	*stream = default_there(slot);
	if (!*stream) {
		code = stream_new(device, 0, FLAGS_DEFAULT, true, stream);
		made = !code;
		if (made)
			atomic_store(&streams()->defaults[slot], (*stream)->object.token);
	}
	pthread_mutex_unlock(&streams()->lock);
	return code || !made ? code : check_context(*stream);
}

aclError emu_stream_find(aclrtStream token, unsigned int demands, struct emu_stream **stream)
{
	struct emu_stream *s = NULL;
	uint32_t device;
	aclError code = ACL_SUCCESS;

	if (token)
		code = emu_token_find(EMU_TOKEN_STREAM, token, &s);
	if (!code && (!s || demands & EMU_NEEDS_CONTEXT))
		code = emu_context_current(&device);
	if (!code && !s)
		return default_get(device, stream);
	if (!code && demands & EMU_SAME_CONTEXT && s->queue.context != emu_self.context)
		code = emu_error(ACL_ERROR_RT_STREAM_CONTEXT,
				 "make its context current with aclrtSetCurrentContext()",
				 "stream 0x%" PRIxPTR " belongs to another context, on device %"
				 PRIu32, (uintptr_t)token, emu_user_id(s->device));
	if (code && s)
		emu_stream_put(s);
	*stream = s;
	return code;
}

/* A stream of the current context. */
aclError emu_stream_get(aclrtStream token, struct emu_stream **stream)
{
	return emu_stream_find(token, EMU_NEEDS_CONTEXT | EMU_SAME_CONTEXT, stream);
}

aclError emu_with_stream_as(aclrtStream token, unsigned int demands,
			    aclError (*fn)(struct emu_stream *s, void *arg), void *arg)
{
	struct emu_stream *s;
	aclError code;

	code = emu_stream_find(token, demands, &s);
	if (code)
		return code;
	code = fn(s, arg);
	emu_stream_put(s);
	return code;
}

aclError emu_with_stream(aclrtStream token, aclError (*fn)(struct emu_stream *s, void *arg),
			 void *arg)
{
	return emu_with_stream_as(token, EMU_NEEDS_CONTEXT | EMU_SAME_CONTEXT, fn, arg);
}

aclError emu_with_stream_if(aclError code, aclrtStream token,
			    aclError (*fn)(struct emu_stream *s, void *arg), void *arg)
{
	return code ? emu_token_first(EMU_TOKEN_STREAM, token, code) :
		      emu_with_stream(token, fn, arg);
}

static aclError submit(struct emu_stream *s, void *task)
{
	return emu_queue_submit(&s->queue, task);
}

/* On failure the task was dropped. */
aclError emu_stream_submit(aclrtStream token, struct emu_task *task)
{
	aclError code = emu_with_stream(token, submit, task);

	if (code)
		task->end(task, false);
	return code;
}

aclError emu_stream_new_internal(uint32_t device, struct emu_stream **stream)
{
	aclError code = stream_new(device, 0, FLAGS_DEFAULT, false, stream);

	if (!code)
		(*stream)->internal = true;
	return code;
}

void emu_stream_end_internal(struct emu_stream *stream)
{
	stream_end(stream, true);
	emu_stream_put(stream);
}

/* Does a function that runs in the stream make this call? */
bool emu_stream_is_mine(const struct emu_stream *stream)
{
	return emu_self.queue == &stream->queue;
}

aclError emu_stream_wait_self(void)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "call it in another thread",
			 "a function that runs in a stream would wait for its own end");
}

aclError emu_stream_wait_aborted(void)
{
	return emu_error(ACL_ERROR_RT_STREAM_ABORT, "submit the work again",
			 "the wait of a task was aborted with its stream");
}

/* --- all streams of a device or context ------------------------------------- */

static bool belongs(const struct emu_stream *s, uint32_t device, uint64_t context)
{
	return device == EMU_EVERY_DEVICE ||
	       (s->device == device && (!context || s->queue.context == context));
}

/* The next stream of the device or context, or of the process, with a reference. */
struct emu_stream *emu_stream_next(uint32_t device, uint64_t context, uint32_t *cursor)
{
	struct emu_stream *s;

	while ((s = stream_of(emu_token_next(EMU_TOKEN_STREAM, cursor)))) {
		if (belongs(s, device, context))
			break;
		emu_stream_put(s);
	}
	return s;
}

bool emu_stream_any_mine(uint32_t device, uint64_t context)
{
	struct emu_stream *s;
	uint32_t cursor = 0;
	bool mine = false;

	if (!emu_self.queue)
		return false;
	while (!mine && (s = emu_stream_next(device, context, &cursor))) {
		mine = emu_stream_is_mine(s);
		emu_stream_put(s);
	}
	return mine;
}

/* Waits for all these streams and returns the first failure. */
aclError emu_stream_sync_all(uint32_t device, uint64_t context, const struct timespec *deadline)
{
	aclError first = ACL_SUCCESS, code;
	struct emu_stream *s;
	uint32_t cursor = 0;

	while ((s = emu_stream_next(device, context, &cursor))) {
		code = emu_queue_sync(&s->queue, deadline);
		emu_stream_put(s);
		if (!first)
			first = code;
	}
	return first;
}

void emu_stream_abort_all(uint32_t device, bool reports)
{
	struct emu_stream *s;
	uint32_t cursor = 0;

	while ((s = emu_stream_next(device, 0, &cursor))) {
		emu_queue_abort(&s->queue);
		if (reports)
			emu_callback_abort(s);
		emu_stream_put(s);
	}
}

/* Ends only streams whose context has ended: the device may be in use again. */
void emu_stream_end_all(uint32_t device, uint64_t context, bool force)
{
	struct emu_stream *s;
	uint32_t cursor = 0, unused;

	while ((s = emu_stream_next(device, context, &cursor))) {
		if (!emu_context_device(s->queue.context, &unused))
			stream_end(s, force);
		emu_stream_put(s);
	}
}

/* --- calls ------------------------------------------------------------------ */

static aclError create(aclrtStream *stream, uint32_t priority, uint32_t flag)
{
	struct emu_stream *s;
	uint32_t device;
	aclError code;

	code = emu_context_current(&device);
	if (!code)
		code = stream_new(device, priority, flag & FLAGS_KNOWN, false, &s);
	if (!code)
		code = check_context(s);
	if (code)
		return code;
	*stream = (aclrtStream)(uintptr_t)s->object.token;
	emu_stream_put(s);
	return ACL_SUCCESS;
}

aclError aclrtCreateStream(aclrtStream *stream)
{
	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	return create(stream, 0, 0);
}

/* Unknown flags have no effect, and a larger priority is the last one. */
aclError aclrtCreateStreamWithConfig(aclrtStream *stream, uint32_t priority, uint32_t flag)
{
	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	return create(stream, priority < EMU_PRIORITY_LAST ? priority : EMU_PRIORITY_LAST, flag);
}

static aclError destroy(aclrtStream stream, bool force)
{
	struct emu_stream *s;
	aclError code;

	if (!stream)
		return emu_null("stream");
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	if (s->is_default)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "destroy its context",
				 "0x%" PRIxPTR " is the default stream of a context",
				 (uintptr_t)stream);
	else if (emu_stream_is_mine(s))
		code = emu_stream_wait_self();
	else
		code = emu_stream_not_captured(s);
	if (!code && !stream_end(s, force))
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "destroy each stream once",
				 "stream 0x%" PRIxPTR " was destroyed by another thread",
				 (uintptr_t)stream);
	emu_stream_put(s);
	return code;
}

aclError aclrtDestroyStream(aclrtStream stream)
{
	EMU_ENTER();
	return destroy(stream, false);
}

aclError aclrtDestroyStreamForce(aclrtStream stream)
{
	EMU_ENTER();
	return destroy(stream, true);
}

/* @deadline: a struct timespec, NULL: none. */
static aclError sync_in(struct emu_stream *s, void *deadline)
{
	aclError code = emu_stream_not_captured(s);

	if (!code)
		code = emu_stream_is_mine(s) ? emu_stream_wait_self() :
					       emu_queue_sync(&s->queue, deadline);
	if (!code)
		emu_mempool_synchronized(s->device, s->object.token);
	return code;
}

aclError aclrtSynchronizeStream(aclrtStream stream)
{
	EMU_ENTER();
	return emu_with_stream_as(stream, EMU_NEEDS_CONTEXT, sync_in, NULL);
}

aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream, int32_t timeout)
{
	struct timespec deadline;

	EMU_ENTER();
	if (timeout < EMU_FOREVER || !timeout)
		return emu_token_first(EMU_TOKEN_STREAM, stream,
				       emu_error(ACL_ERROR_RT_PARAM_INVALID,
						 "give milliseconds, or -1 to wait without end",
						 "timeout is %" PRId32 " ms", timeout));
	if (timeout == EMU_FOREVER)
		return emu_with_stream_as(stream, EMU_NEEDS_CONTEXT, sync_in, NULL);
	deadline = emu_deadline(timeout);
	return emu_with_stream_as(stream, EMU_NEEDS_CONTEXT, sync_in, &deadline);
}

static aclError query_in(struct emu_stream *s, void *status)
{
	aclError code = emu_stream_not_captured(s);

	if (!code)
		*(aclrtStreamStatus *)status = emu_queue_done(&s->queue) ?
			ACL_STREAM_STATUS_COMPLETE : ACL_STREAM_STATUS_NOT_READY;
	return code;
}

aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus *status)
{
	EMU_ENTER();
	return status ? emu_with_stream(stream, query_in, status) : emu_null("status");
}

/* These calls name their stream: NULL is none, where there is no default stream. */
static aclError check_named(aclrtStream stream, bool may_be_default)
{
	uint32_t device;

	if (stream || (may_be_default && emu_context_device(emu_self.context, &device)))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a stream", "stream is NULL%s",
			 may_be_default ? ", and this thread has no context with a default one" :
			 "");
}

static aclError abort_in(struct emu_stream *s, void *arg)
{
	aclError code = emu_stream_not_captured(s);

	(void)arg;
	if (code)
		return code;
	emu_queue_abort(&s->queue);
	emu_callback_abort(s);
	return ACL_SUCCESS;
}

aclError aclrtStreamAbort(aclrtStream stream)
{
	EMU_ENTER();
	return emu_with_stream_if(check_named(stream, true), stream, abort_in, NULL);
}

static aclError stop_in(struct emu_stream *s, void *arg)
{
	aclError code = emu_stream_not_captured(s);

	(void)arg;
	if (!code)
		emu_queue_halt(&s->queue);
	return code;
}

aclError aclrtStreamStop(aclrtStream stream)
{
	EMU_ENTER();
	return emu_with_stream_if(check_named(stream, false), stream, stop_in, NULL);
}

static aclError set_mode_in(struct emu_stream *s, void *mode)
{
	pthread_mutex_lock(&s->queue.lock);
	s->queue.stop_on_failure = *(uint64_t *)mode & ACL_STOP_ON_FAILURE;
	pthread_mutex_unlock(&s->queue.lock);
	return ACL_SUCCESS;
}

aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode)
{
	EMU_ENTER();
	return emu_with_stream_if(check_named(stream, true), stream, set_mode_in, &mode);
}

static aclError id_in(struct emu_stream *s, void *id)
{
	*(int32_t *)id = (int32_t)emu_token_slot(s->object.token);
	return ACL_SUCCESS;
}

aclError aclrtStreamGetId(aclrtStream stream, int32_t *streamId)
{
	EMU_ENTER();
	return streamId ? emu_with_stream_as(stream, 0, id_in, streamId) : emu_null("streamId");
}

static aclError priority_in(struct emu_stream *s, void *priority)
{
	*(uint32_t *)priority = s->priority;
	return ACL_SUCCESS;
}

aclError aclrtStreamGetPriority(aclrtStream stream, uint32_t *priority)
{
	EMU_ENTER();
	return priority ? emu_with_stream(stream, priority_in, priority) : emu_null("priority");
}

static aclError flags_in(struct emu_stream *s, void *flags)
{
	*(uint32_t *)flags = s->flags;
	return ACL_SUCCESS;
}

aclError aclrtStreamGetFlags(aclrtStream stream, uint32_t *flags)
{
	EMU_ENTER();
	return flags ? emu_with_stream(stream, flags_in, flags) : emu_null("flags");
}

static aclError token_in(struct emu_stream *s, void *token)
{
	*(aclrtStream *)token = (aclrtStream)(uintptr_t)s->object.token;
	return ACL_SUCCESS;
}

aclError aclrtCtxGetCurrentDefaultStream(aclrtStream *stream)
{
	EMU_ENTER();
	return stream ? emu_with_stream(NULL, token_in, stream) : emu_null("stream");
}
