// SPDX-License-Identifier: MIT
/*
 * Events.
 *
 * Each record has its own completion, which completes when the stream reaches the
 * record. A wait uses the completion of the latest record at the time of the call,
 * so later records do not change it. Some events can be waited for before their
 * first record, and all after a reset: the wait then creates the completion and the
 * next record uses it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "device/context.h"
#include "stream/capture.h"
#include "stream/dump.h"
#include "stream/event_ipc.h"
#include "stream/stream.h"

#define FLAGS_LAST	0x7fu
#define FLAGS_ALONE	(ACL_EVENT_DEVICE_USE_ONLY | ACL_EVENT_EXTERNAL | ACL_EVENT_IPC)

struct event {
	struct emu_object object;
	pthread_mutex_t lock;
	bool ex;			/* created by aclrtCreateEventExWithFlag() */
	bool timed;
	bool device_only;
	bool early;			/* can be waited for before the first record */
	bool recorded;			/* completion belongs to a record */
	_Atomic uint64_t records;	/* calls of aclrtRecordEvent() */
	_Atomic bool reset;		/* aclrtResetEvent() was the last of both */
	uint64_t waits;			/* tasks that wait or have not begun to */
	struct emu_completion *completion;	/* NULL: neither recorded nor waited for */
	struct emu_event_ipc *ipc;	/* replaces these; NULL: of this process only */
	struct emu_event_capture capture;
};

struct event_task {
	struct emu_task task;
	int64_t timeout_ms;	/* of a wait */
	struct event *event;
	struct emu_completion *completion;
};

static void event_free(struct emu_object *object)
{
	struct event *e = emu_container(object, struct event);

	emu_completion_put(e->completion);
	emu_event_ipc_free(e->ipc);
	emu_capture_event_end(&e->capture);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

static void event_put(struct event *e)
{
	emu_object_put(&e->object);
}

static aclError event_get(aclrtEvent token, struct event **event)
{
	return emu_token_find(EMU_TOKEN_EVENT, token, event);
}

static aclError event_new(struct event **event)
{
	struct event *e = EMU_OBJECT_NEW(struct event, "event", event_free);

	if (!e)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	pthread_mutex_init(&e->lock, NULL);
	*event = e;
	return ACL_SUCCESS;
}

static aclError create(aclrtEvent *event, uint32_t flag, bool ex)
{
	struct event *e;
	uint32_t device;
	aclError code;

	code = emu_context_current(&device);
	if (!code)
		code = event_new(&e);
	if (code)
		return code;
	e->ex = ex;
	e->capture.ex = ex;
	e->capture.flag = flag;
	e->capture.ipc = flag & ACL_EVENT_IPC;
	e->timed = flag & ACL_EVENT_TIME_LINE;
	e->device_only = flag & ACL_EVENT_DEVICE_USE_ONLY;
	e->early = flag & (ACL_EVENT_SYNC | ACL_EVENT_EXTERNAL);
	if (flag & ACL_EVENT_IPC)
		code = emu_event_ipc_new(device, &e->ipc);
	return emu_token_publish(EMU_TOKEN_EVENT, &e->object, code, event);
}

/* @forbidden: bits that the function does not accept. */
static aclError check_flag(uint32_t flag, uint32_t forbidden)
{
	uint32_t alone = flag & FLAGS_ALONE;

	if (!flag || flag > FLAGS_LAST || flag & forbidden)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use flags ACL_EVENT_*",
				 "flag is 0x%" PRIx32, flag);
	if (alone && (alone != flag || alone & (alone - 1)))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use one flag alone",
				 "flag is 0x%" PRIx32 ", but 0x%" PRIx32 " allows no other", flag,
				 alone);
	return ACL_SUCCESS;
}

aclError aclrtCreateEvent(aclrtEvent *event)
{
	EMU_ENTER();
	if (!event)
		return emu_null("event");
	return create(event, ACL_EVENT_CAPTURE_STREAM_PROGRESS | ACL_EVENT_TIME_LINE, false);
}

aclError aclrtCreateEventWithFlag(aclrtEvent *event, uint32_t flag)
{
	aclError code;

	EMU_ENTER();
	if (!event)
		return emu_null("event");
	code = check_flag(flag, 0);
	return code ? code : create(event, flag, false);
}

aclError aclrtCreateEventExWithFlag(aclrtEvent *event, uint32_t flag)
{
	aclError code;

	EMU_ENTER();
	if (!event)
		return emu_null("event");
	code = check_flag(flag, ACL_EVENT_DEVICE_USE_ONLY | ACL_EVENT_EXTERNAL);
	return code ? code : create(event, flag, true);
}

/* The event cannot be recorded any more, so waits for a record end. */
aclError aclrtDestroyEvent(aclrtEvent event)
{
	struct event *e;
	aclError code;

	EMU_ENTER();
	code = event_get(event, &e);
	if (code)
		return code;
	emu_token_remove(EMU_TOKEN_EVENT, &e->object);
	pthread_mutex_lock(&e->lock);
	if (e->completion && !e->recorded)
		emu_completion_complete(e->completion, ACL_ERROR_RT_STREAM_ABORT);
	pthread_mutex_unlock(&e->lock);
	event_put(e);
	return ACL_SUCCESS;
}

/* --- in streams ---------------------------------------------------------- */

static struct event_task *task_new(struct event *e, struct emu_completion *completion,
				   aclError (*run)(struct emu_task *, struct emu_queue *),
				   void (*end)(struct emu_task *, bool))
{
	struct event_task *t = emu_task_new(sizeof(*t), run, end);

	if (t) {
		t->event = e;
		emu_object_ref(&e->object);
		t->completion = emu_completion_ref(completion);
	}
	return t;
}

static void task_free(struct event_task *t)
{
	emu_completion_put(t->completion);
	event_put(t->event);
	free(t);
}

static aclError record_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)queue;
	emu_completion_complete(((struct event_task *)task)->completion, ACL_SUCCESS);
	return ACL_SUCCESS;
}

/* A dropped record completes, because threads and streams may wait for it. */
static void record_end(struct emu_task *task, bool ran)
{
	struct event_task *t = (struct event_task *)task;

	if (!ran)
		emu_completion_complete(t->completion, ACL_ERROR_RT_STREAM_ABORT);
	task_free(t);
}

static void put_event(const struct event *e, char *text, size_t size)
{
	uint64_t records = atomic_load(&e->records);

	if (atomic_load(&e->reset))
		snprintf(text, size, "event 0x%" PRIx64 ", which was recorded %" PRIu64
			 " time%s and was reset after the last record", e->object.token, records,
			 records == 1 ? "" : "s");
	else
		snprintf(text, size, "event 0x%" PRIx64 "%s", e->object.token,
			 records ? "" : ", which was never recorded");
}

static void wait_describe(const struct emu_task *task, char *text, size_t size)
{
	put_event(((const struct event_task *)task)->event, text, size);
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct event_task *t = (struct event_task *)task;

	switch (emu_queue_wait_completion(queue, t->completion, t->timeout_ms)) {
	case EMU_WAIT_ABORTED:
		return emu_stream_wait_aborted();
	case EMU_WAIT_EXPIRED:
		return emu_error(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT,
				 "record it in time, or wait longer",
				 "event 0x%" PRIx64 " has not happened within %" PRId64 " s",
				 t->event->object.token, t->timeout_ms / 1000);
	default:
		return ACL_SUCCESS;
	}
}

static void wait_end(struct emu_task *task, bool ran)
{
	struct event_task *t = (struct event_task *)task;

	(void)ran;
	pthread_mutex_lock(&t->event->lock);
	t->event->waits--;
	pthread_mutex_unlock(&t->event->lock);
	task_free(t);
}

/* A reference to the completion of the event, or with @fresh to a new one; NULL: no memory. */
static struct emu_completion *completion_of(struct event *e, bool fresh)
{
	if (e->completion && !fresh)
		return emu_completion_ref(e->completion);
	return emu_completion_new();
}

static void completion_set(struct event *e, struct emu_completion *completion)
{
	struct emu_completion *old = e->completion;

	if (old == completion)
		return;
	e->completion = emu_completion_ref(completion);
	emu_completion_put(old);
}

/* How a call uses an event. */
struct use {
	uint32_t flag;		/* ACL_EVENT_RECORD_*, ACL_EVENT_WAIT_* */
	int64_t timeout_ms;	/* of a wait */
};

static const struct use default_use;

/* The first use decides, even if the call fails later. */
static aclError fix_use(const struct event *e, uint32_t *fixed, uint32_t flag)
{
	if (!*fixed)
		*fixed = flag + 1;
	if (*fixed == flag + 1)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use another event",
			 "flag is 0x%" PRIx32 ", and event 0x%" PRIx64 " was used with the flag "
			 "0x%" PRIx32 " before", flag, e->object.token, *fixed - 1);
}

/* The flag EXTERNAL is for events in a graph that are used outside of it. */
static aclError report_outside(const struct emu_stream *s)
{
	return emu_error(ACL_ERROR_RT_STREAM_NOT_CAPTURED, "use it in a captured stream",
			 "the flag is EXTERNAL, and stream 0x%" PRIx64 " is not captured",
			 s->object.token);
}

static struct emu_captured_event captured(struct event *e)
{
	return (struct emu_captured_event){ &e->object, &e->capture, e->recorded };
}

/* Called with the lock of the event held, which orders the records of many threads. */
static aclError record_locked(struct event *e, struct emu_stream *s, const struct use *use)
{
	struct emu_captured_event in_capture = captured(e);
	struct event_task *t = NULL;
	struct emu_completion *completion;
	aclError code;

	if (emu_unlikely(e->capture.record_use != use->flag + 1)) {
		code = fix_use(e, &e->capture.record_use, use->flag);
		if (code)
			return code;
	}
	if (emu_capture_record(&in_capture, s, use->flag, &code))
		return code;
	if (emu_unlikely(use->flag != ACL_EVENT_RECORD_DEFAULT))
		return report_outside(s);
	if (e->ipc)
		return emu_event_ipc_record(e->ipc, s);
	completion = completion_of(e, e->recorded);
	if (completion)
		t = task_new(e, completion, record_run, record_end);
	if (!t) {
		emu_completion_put(completion);
		return emu_no_memory("record");
	}
	t->task.records = completion;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code) {
		task_free(t);
	} else {
		completion_set(e, completion);
		e->recorded = true;
		atomic_fetch_add(&e->records, 1);
		atomic_store(&e->reset, false);
		e->early = true;
	}
	emu_completion_put(completion);
	return code;
}

static aclError wait_locked(struct event *e, struct emu_stream *s, const struct use *use)
{
	struct emu_captured_event in_capture = captured(e);
	struct emu_completion *completion;
	struct event_task *t = NULL;
	aclError code;

	if (emu_unlikely(e->capture.wait_use != use->flag + 1)) {
		code = fix_use(e, &e->capture.wait_use, use->flag);
		if (code)
			return code;
	}
	if (emu_capture_wait(&in_capture, s, use->flag, &code))
		return code;
	if (emu_unlikely(use->flag != ACL_EVENT_WAIT_DEFAULT))
		return report_outside(s);
	if (e->ipc)
		return emu_event_ipc_wait(e->ipc, s);
	/* A wait for such an event waits for earlier records only. */
	if (e->ex && !e->recorded)
		return ACL_SUCCESS;
	if (!e->early)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "call aclrtRecordEvent() first",
				 "event 0x%" PRIx64 " was never recorded", e->object.token);
	completion = completion_of(e, false);
	if (completion)
		t = task_new(e, completion, wait_run, wait_end);
	if (!t) {
		emu_completion_put(completion);
		return emu_no_memory("wait");
	}
	t->timeout_ms = use->timeout_ms;
	t->task.describe = wait_describe;
	t->task.waits_for = completion;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code) {
		task_free(t);
	} else {
		completion_set(e, completion);
		e->waits++;
	}
	emu_completion_put(completion);
	return code;
}

static aclError report_ipc(const char *advice)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, advice,
			 "the event was created with ACL_EVENT_IPC, which this call does not support");
}

/* Later calls find the event as if it was never recorded. */
static void forget_locked(struct event *e)
{
	if (!e->recorded)
		return;
	emu_completion_put(e->completion);
	e->completion = NULL;
	e->recorded = false;
	atomic_store(&e->reset, true);
}

static aclError reset_locked(struct event *e, struct emu_stream *s, const struct use *use)
{
	struct emu_captured_event in_capture = captured(e);
	aclError code;

	(void)use;
	if (emu_capture_reset(&in_capture, s, &code))
		return code;
	if (e->ipc)
		return report_ipc("use another event for the next round");
	forget_locked(e);
	return ACL_SUCCESS;
}

static aclError report_device_only(aclrtEvent event)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID,
			 "create it without ACL_EVENT_DEVICE_USE_ONLY",
			 "event 0x%" PRIxPTR " is for kernels on the device only",
			 (uintptr_t)event);
}

static aclError in_stream(aclrtEvent event, aclrtStream stream, const struct use *use,
			  aclError (*locked)(struct event *e, struct emu_stream *s,
					     const struct use *use))
{
	struct emu_stream *s;
	struct event *e;
	aclError code;

	code = event_get(event, &e);
	if (code)
		return code;
	if (e->device_only)
		code = emu_token_first(EMU_TOKEN_STREAM, stream, report_device_only(event));
	else
		code = emu_stream_get(stream, &s);
	if (!code) {
		pthread_mutex_lock(&e->lock);
		code = locked(e, s, use);
		pthread_mutex_unlock(&e->lock);
		emu_stream_put(s);
	}
	event_put(e);
	return code;
}

aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream)
{
	EMU_ENTER();
	return in_stream(event, stream, &default_use, record_locked);
}

static aclError check_use(aclrtEvent event, uint32_t flag)
{
	if (!event)
		return emu_null("event");
	if (flag > ACL_EVENT_RECORD_EXTERNAL)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use 0 or the flag EXTERNAL",
				 "flag is 0x%" PRIx32, flag);
	return ACL_SUCCESS;
}

aclError aclrtRecordEventWithFlag(aclrtEvent event, aclrtStream stream, uint32_t flag)
{
	const struct use use = { .flag = flag };
	aclError code;

	EMU_ENTER();
	code = check_use(event, flag);
	return code ? code : in_stream(event, stream, &use, record_locked);
}

aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event)
{
	EMU_ENTER();
	return in_stream(event, stream, &(struct use){ .timeout_ms = emu_op_wait_ms() },
			 wait_locked);
}

/* @seconds: 0 stands for the limit of aclrtSetOpWaitTimeout(). */
static int64_t wait_ms(uint32_t seconds)
{
	return seconds ? (int64_t)seconds * 1000 : emu_op_wait_ms();
}

aclError aclrtStreamWaitEventWithFlag(aclrtStream stream, aclrtEvent event, uint32_t timeout,
				      uint32_t flag)
{
	const struct use use = { .flag = flag, .timeout_ms = wait_ms(timeout) };
	aclError code;

	EMU_ENTER();
	code = check_use(event, flag);
	if (!code && flag && timeout)
		code = emu_error(ACL_ERROR_INVALID_PARAM, "set it to 0",
				 "timeout is %" PRIu32 " s, with the flag EXTERNAL", timeout);
	return code ? code : in_stream(event, stream, &use, wait_locked);
}

aclError aclrtStreamWaitEventWithTimeout(aclrtStream stream, aclrtEvent event, int32_t timeout)
{
	EMU_ENTER();
	if (timeout < 0)
		return emu_token_first(EMU_TOKEN_EVENT, event,
				       emu_error(ACL_ERROR_RT_PARAM_INVALID,
						 "give seconds, or 0 for no limit",
						 "timeout is %" PRId32 " s", timeout));
	return in_stream(event, stream, &(struct use){ .timeout_ms = wait_ms((uint32_t)timeout) },
			 wait_locked);
}

aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream)
{
	EMU_ENTER();
	return in_stream(event, stream, &default_use, reset_locked);
}

/* --- in the replay of graphs --------------------------------------------- */

struct emu_completion *emu_event_publish(struct emu_object *event)
{
	struct event *e = emu_container(event, struct event);
	struct emu_completion *completion;

	pthread_mutex_lock(&e->lock);
	completion = completion_of(e, e->recorded);
	if (completion) {
		completion_set(e, completion);
		e->recorded = true;
		atomic_fetch_add(&e->records, 1);
		atomic_store(&e->reset, false);
		e->early = true;
	}
	pthread_mutex_unlock(&e->lock);
	return completion;
}

struct emu_completion *emu_event_latest(struct emu_object *event, bool next)
{
	struct event *e = emu_container(event, struct event);
	struct emu_completion *completion = NULL;

	pthread_mutex_lock(&e->lock);
	if (e->recorded || next)
		completion = completion_of(e, false);
	if (completion)
		completion_set(e, completion);
	pthread_mutex_unlock(&e->lock);
	return completion;
}

void emu_event_forget(struct emu_object *event)
{
	struct event *e = emu_container(event, struct event);

	pthread_mutex_lock(&e->lock);
	forget_locked(e);
	pthread_mutex_unlock(&e->lock);
}

/* --- on the host --------------------------------------------------------- */

static aclError not_captured(struct event *e)
{
	aclError code;

	pthread_mutex_lock(&e->lock);
	code = emu_capture_check_event(&e->capture, e->object.token);
	pthread_mutex_unlock(&e->lock);
	return code;
}

/* @none: what holds for an event without a record. */
static aclError is_complete(struct event *e, bool none, bool *complete)
{
	aclError code = not_captured(e);

	if (code)
		return code;
	if (e->ipc)
		return emu_event_ipc_query(e->ipc, complete);
	*complete = none;
	pthread_mutex_lock(&e->lock);
	if (e->recorded) {
		pthread_mutex_lock(&e->completion->condition.lock);
		*complete = e->completion->done;
		pthread_mutex_unlock(&e->completion->condition.lock);
	}
	pthread_mutex_unlock(&e->lock);
	return ACL_SUCCESS;
}

aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus *status)
{
	struct event *e;
	bool complete;
	aclError code;

	EMU_ENTER();
	if (!status)
		return emu_null("status");
	code = event_get(event, &e);
	if (code)
		return code;
	code = e->ipc ? report_ipc("call aclrtQueryEventStatus()") :
			is_complete(e, true, &complete);
	if (!code)
		*status = complete ? ACL_EVENT_STATUS_COMPLETE : ACL_EVENT_STATUS_NOT_READY;
	event_put(e);
	return code;
}

aclError aclrtQueryEventStatus(aclrtEvent event, aclrtEventRecordedStatus *status)
{
	struct event *e;
	bool complete;
	aclError code;

	EMU_ENTER();
	if (!status)
		return emu_null("status");
	code = event_get(event, &e);
	if (code)
		return code;
	code = is_complete(e, false, &complete);
	if (!code)
		*status = complete ? ACL_EVENT_RECORDED_STATUS_COMPLETE :
				     ACL_EVENT_RECORDED_STATUS_NOT_READY;
	event_put(e);
	return code;
}

aclError aclrtQueryEventWaitStatus(aclrtEvent event, aclrtEventWaitStatus *status)
{
	struct event *e;
	aclError code;

	EMU_ENTER();
	if (!status)
		return emu_null("status");
	code = event_get(event, &e);
	if (code)
		return code;
	code = not_captured(e);
	if (e->ipc) {
		code = report_ipc("call aclrtQueryEventStatus(), or ask for the stream");
	} else if (!code) {
		pthread_mutex_lock(&e->lock);
		*status = e->waits ? ACL_EVENT_WAIT_STATUS_NOT_READY :
				     ACL_EVENT_WAIT_STATUS_COMPLETE;
		pthread_mutex_unlock(&e->lock);
	}
	event_put(e);
	return code;
}

static struct emu_completion *recorded_completion(struct event *e)
{
	struct emu_completion *completion = NULL;

	pthread_mutex_lock(&e->lock);
	if (e->recorded)
		completion = emu_completion_ref(e->completion);
	pthread_mutex_unlock(&e->lock);
	return completion;
}

/*
 * Without a record there is nothing to wait for. @recorder, for a wait that expired:
 * continues a sentence about the event.
 */
static enum emu_wait wait_recorded(struct event *e, int32_t timeout,
				   char recorder[EMU_RECORDER_TEXT])
{
	struct emu_completion *completion = recorded_completion(e);
	enum emu_wait result;

	if (!completion)
		return EMU_WAIT_READY;
	result = emu_completion_wait(completion, timeout, NULL);
	if (result == EMU_WAIT_EXPIRED)
		emu_dump_recorder(completion, recorder, EMU_RECORDER_TEXT);
	if (result == EMU_WAIT_READY && completion->code)
		result = EMU_WAIT_ABORTED;
	emu_completion_put(completion);
	return result;
}

static aclError synchronize(aclrtEvent event, int32_t timeout)
{
	enum emu_wait result = EMU_WAIT_READY;
	char recorder[EMU_RECORDER_TEXT] = "";
	struct event *e;
	aclError code;

	code = event_get(event, &e);
	if (code)
		return code;
	code = not_captured(e);
	if (!code && e->ipc)
		code = emu_event_ipc_sync(e->ipc, timeout, &result);
	else if (!code)
		result = wait_recorded(e, timeout, recorder);
	event_put(e);
	if (result == EMU_WAIT_EXPIRED)
		code = emu_error(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, "wait again, or longer",
				 "event 0x%" PRIxPTR " has not happened within %" PRId32 " ms%s",
				 (uintptr_t)event, timeout, recorder);
	else if (result == EMU_WAIT_ABORTED)
		code = emu_error(ACL_ERROR_RT_STREAM_ABORT, "record it again",
				 "the record of event 0x%" PRIxPTR
				 " was dropped, its stream was aborted or ended", (uintptr_t)event);
	return code;
}

aclError aclrtSynchronizeEvent(aclrtEvent event)
{
	EMU_ENTER();
	return synchronize(event, EMU_FOREVER);
}

aclError aclrtSynchronizeEventWithTimeout(aclrtEvent event, int32_t timeout)
{
	EMU_ENTER();
	if (timeout < EMU_FOREVER)
		return emu_token_first(EMU_TOKEN_EVENT, event,
				       emu_error(ACL_ERROR_RT_PARAM_INVALID,
						 "use -1 to wait without end",
						 "timeout is %" PRId32 " ms", timeout));
	return synchronize(event, timeout);
}

static aclError event_time(aclrtEvent event, const char *name, uint64_t *time)
{
	aclError code = ACL_SUCCESS;
	struct emu_completion *completion;
	struct event *e;

	code = event_get(event, &e);
	if (code)
		return code;
	completion = recorded_completion(e);
	code = not_captured(e);
	if (code) {
		/* The message is written. */
	} else if (e->ipc) {
		code = emu_error(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
				 "use events of one process, with ACL_EVENT_TIME_LINE",
				 "%s has no time, it is an event between processes", name);
	} else if (!completion) {
		code = emu_error(ACL_ERROR_RT_INTERNAL_ERROR, "call aclrtRecordEvent() first",
				 "%s has no time, it was %s", name, atomic_load(&e->reset) ?
				 "reset after its last record" : "never recorded");
	} else if (!e->timed) {
		code = emu_error(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
				 "create it with ACL_EVENT_TIME_LINE",
				 "%s has no time, it was created without", name);
	} else {
		pthread_mutex_lock(&completion->condition.lock);
		*time = completion->time;
		if (!completion->done)
			code = emu_error(ACL_ERROR_RT_EVENT_NOT_COMPLETE,
					 "synchronize with it first", "%s has not happened yet",
					 name);
		pthread_mutex_unlock(&completion->condition.lock);
	}
	emu_completion_put(completion);
	event_put(e);
	return code;
}

aclError aclrtEventElapsedTime(float *ms, aclrtEvent startEvent, aclrtEvent endEvent)
{
	uint64_t start, end;
	aclError code;

	EMU_ENTER();
	if (!ms)
		return emu_null("ms");
	if (!startEvent)
		return emu_null("startEvent");
	if (!endEvent)
		return emu_null("endEvent");
	code = event_time(startEvent, "startEvent", &start);
	if (!code)
		code = event_time(endEvent, "endEvent", &end);
	if (code)
		return code;
	if (end < start)
		return emu_error(ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL, "exchange the two events",
				 "endEvent happened %" PRIu64 " ns before startEvent", start - end);
	*ms = (float)((double)(end - start) / 1e6);
	return ACL_SUCCESS;
}

/* In microseconds of the clock of the host. */
aclError aclrtEventGetTimestamp(aclrtEvent event, uint64_t *timestamp)
{
	uint64_t time;
	aclError code;

	EMU_ENTER();
	if (!timestamp)
		return emu_null("timestamp");
	if (!event)
		return emu_null("event");
	code = event_time(event, "event", &time);
	if (!code)
		*timestamp = time / 1000;
	return code;
}

/* --- between processes --------------------------------------------------- */

aclError aclrtIpcGetEventHandle(aclrtEvent event, aclrtIpcEventHandle *handle)
{
	struct event *e;
	aclError code;

	EMU_ENTER();
	if (!handle)
		return emu_null("handle");
	code = event_get(event, &e);
	if (code)
		return code;
	if (e->ipc) {
		pthread_mutex_lock(&e->lock);
		code = emu_event_ipc_name(e->ipc, handle->reserved);
		pthread_mutex_unlock(&e->lock);
	} else {
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "create it with ACL_EVENT_IPC",
				 "event 0x%" PRIxPTR " is for this process alone",
				 (uintptr_t)event);
	}
	event_put(e);
	return code;
}

aclError aclrtIpcOpenEventHandle(aclrtIpcEventHandle handle, aclrtEvent *event)
{
	struct event *e;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!event)
		return emu_null("event");
	code = emu_context_current(&device);
	if (!code)
		code = event_new(&e);
	if (code)
		return code;
	code = emu_event_ipc_open(handle.reserved, device, &e->ipc);
	return emu_token_publish(EMU_TOKEN_EVENT, &e->object, code, event);
}
