// SPDX-License-Identifier: MIT
/*
 * Events in streams: the tasks that record them and wait for them.
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
#include "stream/capture.h"
#include "stream/event.h"
#include "stream/event_ipc.h"
#include "stream/stream.h"

struct event_task {
	struct emu_task task;
	int64_t timeout_ms;	/* of a wait */
	struct event *event;
	struct emu_completion *completion;
};

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
	emu_event_put(t->event);
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
		return emu_event_report_ipc("use another event for the next round");
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

	code = emu_event_get(event, &e);
	if (code)
		return code;
	if (e->device_only) {
		code = emu_token_first(EMU_TOKEN_STREAM, stream, report_device_only(event));
		goto out;
	}
	code = emu_stream_get(stream, &s);
	if (code)
		goto out;
	pthread_mutex_lock(&e->lock);
	code = locked(e, s, use);
	pthread_mutex_unlock(&e->lock);
	emu_stream_put(s);
out:
	emu_event_put(e);
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

/* --- in the replay of graphs --------------------------------------------------- */

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
