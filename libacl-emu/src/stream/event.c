// SPDX-License-Identifier: MIT
/*
 * Events.
 *
 * Each record has a latch of its own, which opens when its turn in the stream
 * comes. Who waits holds on to the latch of the latest record at the time of
 * the call, so a later record does not move what he waits for. An event made
 * by aclrtCreateEvent() or aclrtCreateEventWithFlag() can be waited for before
 * it is recorded: the latch is then made first, and the next record gets it.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "share/event_ipc.h"
#include "stream/stream.h"

#define FLAGS_LOCAL	(ACL_EVENT_SYNC | ACL_EVENT_CAPTURE_STREAM_PROGRESS | \
			 ACL_EVENT_TIME_LINE | ACL_EVENT_DEVICE_USE_ONLY)
#define FLAGS_OTHER	(ACL_EVENT_EXTERNAL | ACL_EVENT_IPC)

struct event {
	struct emu_object object;
	pthread_mutex_t lock;
	bool ex;			/* by aclrtCreateEventExWithFlag() */
	bool timed;
	bool recorded;			/* the latch belongs to a record */
	uint64_t waits;			/* tasks that wait, or will */
	struct emu_latch *latch;	/* NULL: neither recorded nor waited for */
	struct emu_event_ipc *ipc;	/* in place of these, NULL: of this process alone */
};

struct event_task {
	struct emu_task task;
	struct event *event;
	struct emu_latch *latch;
};

static void event_free(struct emu_object *object)
{
	struct event *e = (struct event *)object;

	emu_latch_put(e->latch);
	emu_event_ipc_free(e->ipc);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

static void event_put(struct event *e)
{
	emu_object_put(&e->object);
}

static aclError event_get(aclrtEvent token, struct event **event)
{
	if (!token)
		return emu_null("event");
	*event = (struct event *)emu_token_get(EMU_TOKEN_EVENT, (uintptr_t)token);
	if (*event)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use what aclrtCreateEvent() gave",
			 "0x%" PRIxPTR " is no event, or was destroyed", (uintptr_t)token);
}

static aclError event_new(struct event **event)
{
	struct event *e = calloc(1, sizeof(*e));

	if (!e)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for an event");
	e->object.refs = 1;
	e->object.free = event_free;
	pthread_mutex_init(&e->lock, NULL);
	*event = e;
	return ACL_SUCCESS;
}

/* The last step of making one: the caller's reference goes to the table, or away. */
static aclError event_publish(struct event *e, aclError code, aclrtEvent *event)
{
	if (!code && !emu_token_add(EMU_TOKEN_EVENT, &e->object))
		code = emu_error(ACL_ERROR_RT_NO_EVENT_RESOURCE, "destroy events not in use",
				 "the process has too many events");
	if (!code)
		*event = (aclrtEvent)(uintptr_t)e->object.token;
	event_put(e);
	return code;
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
	e->timed = flag & ACL_EVENT_TIME_LINE;
	if (flag & ACL_EVENT_IPC)
		code = emu_event_ipc_new(device, &e->ipc);
	return event_publish(e, code, event);
}

static aclError check_flag(uint32_t flag)
{
	if (!flag || flag & ~(FLAGS_LOCAL | FLAGS_OTHER))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use flags ACL_EVENT_*",
				 "flag is 0x%" PRIx32, flag);
	if (flag & ACL_EVENT_IPC && flag != ACL_EVENT_IPC)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use ACL_EVENT_IPC alone",
				 "flag is 0x%" PRIx32 ", but ACL_EVENT_IPC allows no other", flag);
	if (flag & ACL_EVENT_EXTERNAL)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, NULL,
				 "capture, which ACL_EVENT_EXTERNAL is for, is not emulated");
	return ACL_SUCCESS;
}

aclError aclrtCreateEvent(aclrtEvent *event)
{
	EMU_ENTER();
	if (!event)
		return emu_null("event");
	return create(event, FLAGS_LOCAL, false);
}

aclError aclrtCreateEventWithFlag(aclrtEvent *event, uint32_t flag)
{
	aclError code;

	EMU_ENTER();
	if (!event)
		return emu_null("event");
	code = check_flag(flag);
	return code ? code : create(event, flag, false);
}

aclError aclrtCreateEventExWithFlag(aclrtEvent *event, uint32_t flag)
{
	aclError code;

	EMU_ENTER();
	if (!event)
		return emu_null("event");
	code = check_flag(flag);
	return code ? code : create(event, flag, true);
}

/* Nobody can record it any more: whoever waits for that goes on. */
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
	if (e->latch && !e->recorded)
		emu_latch_open(e->latch, ACL_ERROR_RT_STREAM_ABORT);
	pthread_mutex_unlock(&e->lock);
	event_put(e);
	return ACL_SUCCESS;
}

/* --- in streams ------------------------------------------------------------- */

static struct event_task *task_new(struct event *e, struct emu_latch *latch,
				   aclError (*run)(struct emu_task *, struct emu_queue *),
				   void (*end)(struct emu_task *, bool))
{
	struct event_task *t = emu_task_new(sizeof(*t), run, end);

	if (t) {
		t->event = e;
		emu_object_ref(&e->object);
		t->latch = emu_latch_ref(latch);
	}
	return t;
}

static void task_free(struct event_task *t)
{
	emu_latch_put(t->latch);
	event_put(t->event);
	free(t);
}

static aclError record_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)queue;
	emu_latch_open(((struct event_task *)task)->latch, ACL_SUCCESS);
	return ACL_SUCCESS;
}

/* A record that is dropped must not leave anybody waiting for ever. */
static void record_end(struct emu_task *task, bool ran)
{
	struct event_task *t = (struct event_task *)task;

	if (!ran)
		emu_latch_open(t->latch, ACL_ERROR_RT_STREAM_ABORT);
	task_free(t);
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct emu_latch *latch = ((struct event_task *)task)->latch;

	if (emu_queue_wait(queue, &latch->gate, emu_latch_is_open, latch, EMU_FOREVER) ==
	    EMU_WAIT_ABORTED)
		return emu_error(ACL_ERROR_RT_STREAM_ABORT, NULL, "the wait was ended by force");
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

/* A reference to the latch of the event, which is made if there is none; NULL: no memory. */
static struct emu_latch *latch_of(struct event *e, bool anew)
{
	if (e->latch && !anew)
		return emu_latch_ref(e->latch);
	return emu_latch_new();
}

static void latch_set(struct event *e, struct emu_latch *latch)
{
	struct emu_latch *old = e->latch;

	if (old == latch)
		return;
	e->latch = emu_latch_ref(latch);
	emu_latch_put(old);
}

/* Under the lock of the event, so that records by many threads have an order. */
static aclError record_locked(struct event *e, struct emu_stream *s)
{
	struct event_task *t = NULL;
	struct emu_latch *latch;
	aclError code;

	if (e->ipc)
		return emu_event_ipc_record(e->ipc, s);
	latch = latch_of(e, e->recorded);
	if (latch)
		t = task_new(e, latch, record_run, record_end);
	if (!t) {
		emu_latch_put(latch);
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for a record");
	}
	code = emu_queue_submit(&s->queue, &t->task);
	if (code) {
		task_free(t);
	} else {
		latch_set(e, latch);
		e->recorded = true;
	}
	emu_latch_put(latch);
	return code;
}

static aclError wait_locked(struct event *e, struct emu_stream *s)
{
	struct emu_latch *latch;
	struct event_task *t = NULL;
	aclError code;

	if (e->ipc)
		return emu_event_ipc_wait(e->ipc, s);
	/* The program could only have meant a record that was made before. */
	if (e->ex && !e->recorded)
		return ACL_SUCCESS;
	latch = latch_of(e, false);
	if (latch)
		t = task_new(e, latch, wait_run, wait_end);
	if (!t) {
		emu_latch_put(latch);
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for a wait");
	}
	code = emu_queue_submit(&s->queue, &t->task);
	if (code) {
		task_free(t);
	} else {
		latch_set(e, latch);
		e->waits++;
	}
	emu_latch_put(latch);
	return code;
}

static aclError say_ipc(const char *advice)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, advice,
			 "the event was made with ACL_EVENT_IPC, for which there is no such call");
}

/* For all calls after this one, the event was never recorded. */
static aclError reset_locked(struct event *e, struct emu_stream *s)
{
	(void)s;
	if (e->ipc)
		return say_ipc("use another event for the next round");
	if (e->recorded) {
		emu_latch_put(e->latch);
		e->latch = NULL;
		e->recorded = false;
	}
	return ACL_SUCCESS;
}

static aclError in_stream(aclrtEvent event, aclrtStream stream,
			  aclError (*locked)(struct event *e, struct emu_stream *s))
{
	struct emu_stream *s;
	struct event *e;
	aclError code;

	code = event_get(event, &e);
	if (code)
		return code;
	code = emu_stream_get(stream, &s);
	if (!code) {
		pthread_mutex_lock(&e->lock);
		code = locked(e, s);
		pthread_mutex_unlock(&e->lock);
		emu_stream_put(s);
	}
	event_put(e);
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

/* --- on the host ------------------------------------------------------------ */

static aclError is_complete(struct event *e, bool *complete)
{
	if (e->ipc)
		return emu_event_ipc_query(e->ipc, complete);
	*complete = false;
	pthread_mutex_lock(&e->lock);
	if (e->recorded) {
		pthread_mutex_lock(&e->latch->gate.lock);
		*complete = e->latch->open;
		pthread_mutex_unlock(&e->latch->gate.lock);
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
	code = e->ipc ? say_ipc("call aclrtQueryEventStatus()") : is_complete(e, &complete);
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
	code = is_complete(e, &complete);
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
	if (e->ipc) {
		code = say_ipc("call aclrtQueryEventStatus(), or ask for the stream");
	} else {
		pthread_mutex_lock(&e->lock);
		*status = e->waits ? ACL_EVENT_WAIT_STATUS_NOT_READY :
				     ACL_EVENT_WAIT_STATUS_COMPLETE;
		pthread_mutex_unlock(&e->lock);
	}
	event_put(e);
	return code;
}

static struct emu_latch *recorded_latch(struct event *e)
{
	struct emu_latch *latch = NULL;

	pthread_mutex_lock(&e->lock);
	if (e->recorded)
		latch = emu_latch_ref(e->latch);
	pthread_mutex_unlock(&e->lock);
	return latch;
}

static aclError wait_latch(struct event *e, int32_t timeout, enum emu_wait *result)
{
	struct emu_latch *latch = recorded_latch(e);

	if (!latch)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "call aclrtRecordEvent() first",
				 "event 0x%" PRIx64 " was never recorded, the wait would not end",
				 e->object.token);
	*result = emu_latch_wait(latch, timeout, NULL);
	if (*result == EMU_WAIT_READY && latch->code)
		*result = EMU_WAIT_ABORTED;
	emu_latch_put(latch);
	return ACL_SUCCESS;
}

static aclError synchronize(aclrtEvent event, int32_t timeout)
{
	enum emu_wait result = EMU_WAIT_READY;
	struct event *e;
	aclError code;

	code = event_get(event, &e);
	if (code)
		return code;
	code = e->ipc ? emu_event_ipc_sync(e->ipc, timeout, &result) :
			wait_latch(e, timeout, &result);
	event_put(e);
	if (result == EMU_WAIT_EXPIRED)
		code = emu_error(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, "wait again, or longer",
				 "event 0x%" PRIxPTR " has not happened within %" PRId32 " ms",
				 (uintptr_t)event, timeout);
	else if (result == EMU_WAIT_ABORTED)
		code = emu_error(ACL_ERROR_RT_STREAM_ABORT, NULL,
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
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use -1 to wait without end",
				 "timeout is %" PRId32 " ms", timeout);
	return synchronize(event, timeout);
}

static aclError event_time(aclrtEvent event, const char *name, uint64_t *time)
{
	aclError code = ACL_SUCCESS;
	struct emu_latch *latch;
	struct event *e;

	code = event_get(event, &e);
	if (code)
		return code;
	latch = recorded_latch(e);
	if (e->ipc) {
		code = emu_error(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
				 "use events of one process, with ACL_EVENT_TIME_LINE",
				 "%s has no time, it is an event between processes", name);
	} else if (!latch || !e->timed) {
		code = emu_error(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
				 latch ? "create it with ACL_EVENT_TIME_LINE" :
				 "call aclrtRecordEvent() first",
				 "%s has no time, it was %s", name,
				 latch ? "created without" : "never recorded");
	} else {
		pthread_mutex_lock(&latch->gate.lock);
		*time = latch->time;
		if (!latch->open)
			code = emu_error(ACL_ERROR_RT_EVENT_NOT_COMPLETE,
					 "synchronize with it first", "%s has not happened yet",
					 name);
		pthread_mutex_unlock(&latch->gate.lock);
	}
	emu_latch_put(latch);
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
		return emu_error(ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL, "exchange the two",
				 "endEvent happened %" PRIu64 " ns before startEvent", start - end);
	*ms = (float)((double)(end - start) / 1e6);
	return ACL_SUCCESS;
}

/* --- between processes -------------------------------------------------------- */

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
		code = emu_event_ipc_key(e->ipc, handle->reserved);
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
	return event_publish(e, emu_event_ipc_open(handle.reserved, device, &e->ipc), event);
}
