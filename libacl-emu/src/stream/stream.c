// SPDX-License-Identifier: MIT
/*
 * Streams: queues that programs hold by tokens.
 *
 * A stream belongs to the context it was made in and ends with it. The default
 * stream of a context is made when it is first asked for.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/visible.h"
#include "memory/pool.h"
#include "stream/ending.h"
#include "stream/stream.h"

#define FLAGS_KNOWN	(ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC | ACL_STREAM_PERSISTENT | \
			 ACL_STREAM_HUGE | ACL_STREAM_CPU_SCHEDULE | ACL_STREAM_DEVICE_USE_ONLY)

/* Tokens of the default streams by slot of their context; they may be stale. */
static _Atomic uint64_t defaults[EMU_CONTEXT_SLOTS];
/* Guards the making of default streams. */
static pthread_mutex_t defaults_lock = PTHREAD_MUTEX_INITIALIZER;

void emu_stream_forget(void)
{
	defaults_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

static struct emu_stream *stream_of(struct emu_object *object)
{
	return (struct emu_stream *)object;
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
	struct emu_stream *s = calloc(1, sizeof(*s));

	if (!s)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for a stream");
	s->object.refs = 1;
	s->object.free = stream_free;
	s->device = device;
	s->priority = priority;
	s->flags = flags;
	s->is_default = is_default;
	emu_queue_init(&s->queue, emu_self.context, device);
	if (!emu_token_add(EMU_TOKEN_STREAM, &s->object)) {
		emu_stream_put(s);
		return emu_error(ACL_ERROR_RT_NO_STREAM_RESOURCE, "destroy streams not in use",
				 "the process has too many streams");
	}
	emu_ending_begin();
	*stream = s;
	return ACL_SUCCESS;
}

/*
 * The token stays until the tasks are over, so that every call that ends streams
 * finds one that another thread waits for. False: another thread ends it, and
 * without @force that is left to it.
 */
static bool stream_end(struct emu_stream *s, bool force)
{
	bool first = !atomic_exchange(&s->ending, true);

	if (first)
		emu_queue_end(&s->queue, force);
	else if (force)
		emu_queue_call_off(&s->queue);
	else
		return false;
	emu_token_remove(EMU_TOKEN_STREAM, &s->object);
	emu_callback_unsubscribe(s);
	return true;
}

/* The context may have ended while the stream was made, and not have seen it. */
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
	uint64_t token = atomic_load_explicit(&defaults[slot], memory_order_acquire);
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
	pthread_mutex_lock(&defaults_lock);
	*stream = default_there(slot);
	if (!*stream) {
		code = stream_new(device, 0, 0, true, stream);
		made = !code;
		if (made)
			atomic_store(&defaults[slot], (*stream)->object.token);
	}
	pthread_mutex_unlock(&defaults_lock);
	return code || !made ? code : check_context(*stream);
}

/* A stream of any context; with a reference. */
aclError emu_stream_find(aclrtStream token, struct emu_stream **stream)
{
	*stream = stream_of(emu_token_get(EMU_TOKEN_STREAM, (uintptr_t)token));
	if (*stream)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use what aclrtCreateStream() gave",
			 "0x%" PRIxPTR " is no stream, or was destroyed", (uintptr_t)token);
}

/* A stream of the current context, NULL being its default one; with a reference. */
aclError emu_stream_get(aclrtStream token, struct emu_stream **stream)
{
	struct emu_stream *s = NULL;
	uint32_t device;
	aclError code;

	code = emu_context_current(&device);
	if (code)
		return code;
	if (!token)
		return default_get(device, stream);
	code = emu_stream_find(token, &s);
	if (code)
		return code;
	if (s->queue.context != emu_self.context) {
		emu_error(ACL_ERROR_RT_STREAM_CONTEXT,
			  "make its context current with aclrtSetCurrentContext()",
			  "stream 0x%" PRIxPTR " belongs to another context, on device %" PRIu32,
			  (uintptr_t)token, emu_user_id(s->device));
		emu_stream_put(s);
		return ACL_ERROR_RT_STREAM_CONTEXT;
	}
	*stream = s;
	return ACL_SUCCESS;
}

/* On failure the task was dropped. */
aclError emu_stream_submit(aclrtStream token, struct emu_task *task)
{
	struct emu_stream *s;
	aclError code;

	code = emu_stream_get(token, &s);
	if (!code) {
		code = emu_queue_submit(&s->queue, task);
		emu_stream_put(s);
	}
	if (code)
		task->end(task, false);
	return code;
}

/* Is the calling thread the stream's own, in a function of the program? */
bool emu_stream_is_mine(const struct emu_stream *stream)
{
	return emu_self.queue == &stream->queue;
}

aclError emu_stream_wait_self(void)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "call it in another thread",
			 "a function that runs in a stream would wait for its own end");
}

/* --- many at once ----------------------------------------------------------- */

static bool concerned(const struct emu_stream *s, uint32_t device, uint64_t context)
{
	return device == EMU_EVERY_DEVICE ||
	       (s->device == device && (!context || s->queue.context == context));
}

/* The next stream that a call is about, with a reference. */
struct emu_stream *emu_stream_next(uint32_t device, uint64_t context, uint32_t *cursor)
{
	struct emu_stream *s;

	while ((s = stream_of(emu_token_next(EMU_TOKEN_STREAM, cursor)))) {
		if (concerned(s, device, context))
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

/* Waits for all of them, and gives the first failure. */
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

void emu_stream_abort_all(uint32_t device, uint64_t context)
{
	struct emu_stream *s;
	uint32_t cursor = 0;

	while ((s = emu_stream_next(device, context, &cursor))) {
		emu_queue_abort(&s->queue);
		emu_stream_put(s);
	}
}

/* Only those whose context is no more: a device may be in use again already. */
void emu_stream_end_all(uint32_t device, uint64_t context, bool force)
{
	struct emu_stream *s;
	uint32_t cursor = 0;

	while ((s = emu_stream_next(device, context, &cursor))) {
		if (!emu_context_alive(s->queue.context))
			stream_end(s, force);
		emu_stream_put(s);
	}
}

/* --- the calls -------------------------------------------------------------- */

static aclError create(aclrtStream *stream, uint32_t priority, uint32_t flag)
{
	struct emu_stream *s;
	uint32_t device;
	aclError code;

	code = emu_context_current(&device);
	if (!code)
		code = stream_new(device, priority, flag, false, &s);
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

aclError aclrtCreateStreamWithConfig(aclrtStream *stream, uint32_t priority, uint32_t flag)
{
	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	if (priority > EMU_PRIORITY_LAST)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "0 is the highest, 7 the lowest",
				 "there is no priority %" PRIu32, priority);
	if (flag & ~FLAGS_KNOWN)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use flags ACL_STREAM_*",
				 "flag is 0x%" PRIx32 ", of which 0x%" PRIx32 " is unknown", flag,
				 (uint32_t)(flag & ~FLAGS_KNOWN));
	return create(stream, priority, flag);
}

static aclError destroy(aclrtStream stream, bool force)
{
	aclError code = ACL_SUCCESS;
	struct emu_stream *s;

	if (!stream)
		return emu_null("stream");
	code = emu_stream_find(stream, &s);
	if (code)
		return code;
	if (s->is_default)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "it ends with its context",
				 "0x%" PRIxPTR " is the default stream of a context",
				 (uintptr_t)stream);
	else if (emu_stream_is_mine(s))
		code = emu_stream_wait_self();
	else if (!stream_end(s, force))
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, NULL,
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

static aclError synchronize(aclrtStream stream, const struct timespec *deadline)
{
	struct emu_stream *s;
	aclError code;

	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = emu_stream_is_mine(s) ? emu_stream_wait_self() : emu_queue_sync(&s->queue, deadline);
	if (!code)
		emu_pool_synchronized(s->device, s->object.token);
	emu_stream_put(s);
	return code;
}

aclError aclrtSynchronizeStream(aclrtStream stream)
{
	EMU_ENTER();
	return synchronize(stream, NULL);
}

aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream, int32_t timeout)
{
	struct timespec deadline;

	EMU_ENTER();
	if (timeout < EMU_FOREVER)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use -1 to wait without end",
				 "timeout is %" PRId32 " ms", timeout);
	if (timeout == EMU_FOREVER)
		return synchronize(stream, NULL);
	deadline = emu_deadline(timeout);
	return synchronize(stream, &deadline);
}

aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus *status)
{
	struct emu_stream *s;
	aclError code;

	EMU_ENTER();
	if (!status)
		return emu_null("status");
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	*status = emu_queue_done(&s->queue) ? ACL_STREAM_STATUS_COMPLETE :
					      ACL_STREAM_STATUS_NOT_READY;
	emu_stream_put(s);
	return ACL_SUCCESS;
}

aclError aclrtStreamAbort(aclrtStream stream)
{
	struct emu_stream *s;
	aclError code;

	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	emu_queue_abort(&s->queue);
	emu_stream_put(s);
	return ACL_SUCCESS;
}

aclError aclrtStreamStop(aclrtStream stream)
{
	struct emu_stream *s;
	aclError code;

	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	emu_queue_halt(&s->queue);
	emu_stream_put(s);
	return ACL_SUCCESS;
}

aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode)
{
	struct emu_stream *s;
	aclError code;

	EMU_ENTER();
	if (mode > ACL_STOP_ON_FAILURE)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "use ACL_CONTINUE_ON_FAILURE or ACL_STOP_ON_FAILURE",
				 "there is no failure mode %" PRIu64, mode);
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	if (s->is_default) {
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "use a stream of your own",
				 "the default stream of a context has no failure mode");
	} else {
		pthread_mutex_lock(&s->queue.lock);
		s->queue.stop_on_failure = mode == ACL_STOP_ON_FAILURE;
		pthread_mutex_unlock(&s->queue.lock);
	}
	emu_stream_put(s);
	return code;
}

/* What never changes during the life of a stream. */
static aclError get_fact(aclrtStream stream, uint32_t *out, const char *name,
			 uint32_t (*fact)(const struct emu_stream *s))
{
	struct emu_stream *s;
	aclError code;

	if (!out)
		return emu_null(name);
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	*out = fact(s);
	emu_stream_put(s);
	return ACL_SUCCESS;
}

static uint32_t fact_id(const struct emu_stream *s)
{
	return emu_token_slot(s->object.token);
}

static uint32_t fact_priority(const struct emu_stream *s)
{
	return s->priority;
}

static uint32_t fact_flags(const struct emu_stream *s)
{
	return s->flags;
}

aclError aclrtStreamGetId(aclrtStream stream, int32_t *streamId)
{
	EMU_ENTER();
	return get_fact(stream, (uint32_t *)streamId, "streamId", fact_id);
}

aclError aclrtStreamGetPriority(aclrtStream stream, uint32_t *priority)
{
	EMU_ENTER();
	return get_fact(stream, priority, "priority", fact_priority);
}

aclError aclrtStreamGetFlags(aclrtStream stream, uint32_t *flags)
{
	EMU_ENTER();
	return get_fact(stream, flags, "flags", fact_flags);
}

aclError aclrtCtxGetCurrentDefaultStream(aclrtStream *stream)
{
	struct emu_stream *s;
	aclError code;

	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	code = emu_stream_get(NULL, &s);
	if (code)
		return code;
	*stream = (aclrtStream)(uintptr_t)s->object.token;
	emu_stream_put(s);
	return ACL_SUCCESS;
}
