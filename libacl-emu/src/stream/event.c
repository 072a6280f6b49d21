// SPDX-License-Identifier: MIT
/*
 * Events.
 *
 * They are recorded and waited for in streams by tasks (event_task.c). The functions
 * here make and end them, and ask and wait for them on the host.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "device/context.h"
#include "stream/dump.h"
#include "stream/event.h"
#include "stream/event_ipc.h"
#include "stream/stream.h"

#define FLAGS_LAST	0x7fu
#define FLAGS_ALONE	(ACL_EVENT_DEVICE_USE_ONLY | ACL_EVENT_EXTERNAL | ACL_EVENT_IPC)

static void event_free(struct emu_object *object)
{
	struct event *e = emu_container(object, struct event);

	emu_completion_put(e->completion);
	emu_event_ipc_free(e->ipc);
	emu_capture_event_end(&e->capture);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

void emu_event_put(struct event *e)
{
	emu_object_put(&e->object);
}

aclError emu_event_get(aclrtEvent token, struct event **event)
{
	return emu_token_find(EMU_TOKEN_EVENT, token, event);
}

aclError emu_event_report_ipc(const char *advice)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, advice,
			 "the event was created with ACL_EVENT_IPC, which this call does not support");
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

static aclError create(aclrtEvent *event, uint32_t flag, uint32_t forbidden, bool ex)
{
	struct event *e;
	uint32_t device;
	aclError code;

	if (!event)
		return emu_null("event");
	code = check_flag(flag, forbidden);
	if (!code)
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

aclError aclrtCreateEvent(aclrtEvent *event)
{
	EMU_ENTER();
	return create(event, ACL_EVENT_CAPTURE_STREAM_PROGRESS | ACL_EVENT_TIME_LINE, 0, false);
}

aclError aclrtCreateEventWithFlag(aclrtEvent *event, uint32_t flag)
{
	EMU_ENTER();
	return create(event, flag, 0, false);
}

aclError aclrtCreateEventExWithFlag(aclrtEvent *event, uint32_t flag)
{
	EMU_ENTER();
	return create(event, flag, ACL_EVENT_DEVICE_USE_ONLY | ACL_EVENT_EXTERNAL, true);
}

/* The event cannot be recorded any more, so waits for a record end. */
aclError aclrtDestroyEvent(aclrtEvent event)
{
	struct event *e;
	aclError code;

	EMU_ENTER();
	code = emu_event_get(event, &e);
	if (code)
		return code;
	emu_token_remove(EMU_TOKEN_EVENT, &e->object);
	pthread_mutex_lock(&e->lock);
	if (e->completion && !e->recorded)
		emu_completion_complete(e->completion, ACL_ERROR_RT_STREAM_ABORT);
	pthread_mutex_unlock(&e->lock);
	emu_event_put(e);
	return ACL_SUCCESS;
}

/* --- on the host ------------------------------------------------------------ */

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

static aclError query(aclrtEvent event, const void *status, bool none, bool *complete)
{
	struct event *e;
	aclError code;

	if (!status)
		return emu_null("status");
	code = emu_event_get(event, &e);
	if (code)
		return code;
	if (e->ipc && none)
		code = emu_event_report_ipc("call aclrtQueryEventStatus()");
	else
		code = is_complete(e, none, complete);
	emu_event_put(e);
	return code;
}

aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus *status)
{
	bool complete = false;
	aclError code;

	EMU_ENTER();
	code = query(event, status, true, &complete);
	if (!code)
		*status = complete ? ACL_EVENT_STATUS_COMPLETE : ACL_EVENT_STATUS_NOT_READY;
	return code;
}

aclError aclrtQueryEventStatus(aclrtEvent event, aclrtEventRecordedStatus *status)
{
	bool complete = false;
	aclError code;

	EMU_ENTER();
	code = query(event, status, false, &complete);
	if (!code)
		*status = complete ? ACL_EVENT_RECORDED_STATUS_COMPLETE :
				     ACL_EVENT_RECORDED_STATUS_NOT_READY;
	return code;
}

aclError aclrtQueryEventWaitStatus(aclrtEvent event, aclrtEventWaitStatus *status)
{
	struct event *e;
	aclError code;

	EMU_ENTER();
	if (!status)
		return emu_null("status");
	code = emu_event_get(event, &e);
	if (code)
		return code;
	code = not_captured(e);
	if (e->ipc) {
		code = emu_event_report_ipc("call aclrtQueryEventStatus(), or ask for the stream");
	} else if (!code) {
		pthread_mutex_lock(&e->lock);
		*status = e->waits ? ACL_EVENT_WAIT_STATUS_NOT_READY :
				     ACL_EVENT_WAIT_STATUS_COMPLETE;
		pthread_mutex_unlock(&e->lock);
	}
	emu_event_put(e);
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

	code = emu_event_get(event, &e);
	if (code)
		return code;
	code = not_captured(e);
	if (!code && e->ipc)
		code = emu_event_ipc_sync(e->ipc, timeout, &result);
	else if (!code)
		result = wait_recorded(e, timeout, recorder);
	emu_event_put(e);
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

	code = emu_event_get(event, &e);
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
	emu_event_put(e);
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

/* --- between processes -------------------------------------------------------- */

aclError aclrtIpcGetEventHandle(aclrtEvent event, aclrtIpcEventHandle *handle)
{
	struct event *e;
	aclError code;

	EMU_ENTER();
	if (!handle)
		return emu_null("handle");
	code = emu_event_get(event, &e);
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
	emu_event_put(e);
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
