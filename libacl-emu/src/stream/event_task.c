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
#include "stream/event.h"
#include "stream/event_ipc.h"
#include "stream/stream.h"

struct event_task {
	struct emu_task task;
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
	struct emu_completion *completion = ((struct event_task *)task)->completion;

	if (emu_queue_wait_completion(queue, completion) == EMU_WAIT_ABORTED)
		return emu_stream_wait_aborted();
	return ACL_SUCCESS;
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

/* Called with the lock of the event held, which orders the records of many threads. */
static aclError record_locked(struct event *e, struct emu_stream *s)
{
	struct event_task *t = NULL;
	struct emu_completion *completion;
	aclError code;

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

static aclError wait_locked(struct event *e, struct emu_stream *s)
{
	struct emu_completion *completion;
	struct event_task *t = NULL;
	aclError code;

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
static aclError reset_locked(struct event *e, struct emu_stream *s)
{
	(void)s;
	if (e->ipc)
		return emu_event_report_ipc("use another event for the next round");
	if (e->recorded) {
		emu_completion_put(e->completion);
		e->completion = NULL;
		e->recorded = false;
		atomic_store(&e->reset, true);
	}
	return ACL_SUCCESS;
}

static aclError report_device_only(aclrtEvent event)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID,
			 "create it without ACL_EVENT_DEVICE_USE_ONLY",
			 "event 0x%" PRIxPTR " is for kernels on the device only",
			 (uintptr_t)event);
}

static aclError in_stream(aclrtEvent event, aclrtStream stream,
			  aclError (*locked)(struct event *e, struct emu_stream *s))
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
	code = locked(e, s);
	pthread_mutex_unlock(&e->lock);
	emu_stream_put(s);
out:
	emu_event_put(e);
	return code;
}

aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream)
{
	EMU_ENTER();
	return in_stream(event, stream, record_locked);
}

aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event)
{
	EMU_ENTER();
	return in_stream(event, stream, wait_locked);
}

aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream)
{
	EMU_ENTER();
	return in_stream(event, stream, reset_locked);
}
