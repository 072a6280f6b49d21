// SPDX-License-Identifier: MIT
/*
 * Notifies: a flag that one stream sets and another waits for and takes back.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "stream.h"

#define FLAGS_KNOWN	ACL_NOTIFY_DEVICE_USE_ONLY

struct notify {
	struct emu_object object;
	struct emu_gate gate;
	bool set;
};

struct notify_task {
	struct emu_task task;
	struct notify *notify;
	int64_t timeout_ms;
};

static void notify_free(struct emu_object *object)
{
	struct notify *n = (struct notify *)object;

	emu_gate_end(&n->gate);
	free(n);
}

static void notify_put(struct notify *n)
{
	emu_object_put(&n->object);
}

static aclError notify_get(aclrtNotify token, struct notify **notify)
{
	if (!token)
		return emu_null("notify");
	*notify = (struct notify *)emu_token_get(EMU_TOKEN_NOTIFY, (uintptr_t)token);
	if (*notify)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use what aclrtCreateNotify() gave",
			 "0x%" PRIxPTR " is no notify, or was destroyed", (uintptr_t)token);
}

aclError aclrtCreateNotify(aclrtNotify *notify, uint64_t flag)
{
	struct notify *n;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	if (flag & ~(uint64_t)FLAGS_KNOWN)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use flags ACL_NOTIFY_*",
				 "flag is 0x%" PRIx64, flag);
	code = emu_context_current(&device);
	if (code)
		return code;
	n = calloc(1, sizeof(*n));
	if (!n)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for a notify");
	n->object.refs = 1;
	n->object.free = notify_free;
	emu_gate_init(&n->gate);
	if (!emu_token_add(EMU_TOKEN_NOTIFY, &n->object))
		code = emu_error(ACL_ERROR_RT_NO_NOTIFY_RESOURCE, "destroy notifies not in use",
				 "the process has too many notifies");
	else
		*notify = (aclrtNotify)(uintptr_t)n->object.token;
	notify_put(n);
	return code;
}

/* Tasks that were put into streams keep it for themselves. */
aclError aclrtDestroyNotify(aclrtNotify notify)
{
	struct notify *n;
	aclError code;

	EMU_ENTER();
	code = notify_get(notify, &n);
	if (code)
		return code;
	emu_token_remove(EMU_TOKEN_NOTIFY, &n->object);
	notify_put(n);
	return ACL_SUCCESS;
}

aclError aclrtGetNotifyId(aclrtNotify notify, uint32_t *notifyId)
{
	struct notify *n;
	aclError code;

	EMU_ENTER();
	if (!notifyId)
		return emu_null("notifyId");
	code = notify_get(notify, &n);
	if (code)
		return code;
	*notifyId = emu_token_slot(n->object.token);
	notify_put(n);
	return ACL_SUCCESS;
}

/* At once, for what streams do from here on. All of them or none. */
aclError aclrtNotifyBatchReset(aclrtNotify *notifies, size_t num)
{
	aclError code = ACL_SUCCESS;
	struct notify *n = NULL;
	size_t i;

	EMU_ENTER();
	if (!notifies)
		return emu_null("notifies");
	if (!num)
		return emu_error(ACL_ERROR_INVALID_PARAM, "give the number of entries at notifies",
				 "num is 0");
	for (i = 0; !code && i < num; i++) {
		code = notify_get(notifies[i], &n);
		if (!code)
			notify_put(n);
	}
	for (i = 0; !code && i < num; i++) {
		code = notify_get(notifies[i], &n);
		if (code)
			break;
		pthread_mutex_lock(&n->gate.lock);
		n->set = false;
		pthread_mutex_unlock(&n->gate.lock);
		notify_put(n);
	}
	return code;
}

static aclError record_run(struct emu_task *task, struct emu_queue *queue)
{
	struct notify *n = ((struct notify_task *)task)->notify;

	(void)queue;
	pthread_mutex_lock(&n->gate.lock);
	n->set = true;
	pthread_cond_broadcast(&n->gate.cond);
	pthread_mutex_unlock(&n->gate.lock);
	return ACL_SUCCESS;
}

/* Of several who wait, one takes it. */
static bool take(void *arg)
{
	struct notify *n = arg;
	bool set = n->set;

	n->set = false;
	return set;
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct notify_task *t = (struct notify_task *)task;

	switch (emu_queue_wait(queue, &t->notify->gate, take, t->notify, t->timeout_ms)) {
	case EMU_WAIT_EXPIRED:
		return emu_error(ACL_ERROR_RT_WAIT_TIMEOUT, "record it in time, or wait longer",
				 "notify %" PRIu32 " was not recorded within %" PRId64 " s",
				 emu_token_slot(t->notify->object.token), t->timeout_ms / 1000);
	case EMU_WAIT_ABORTED:
		return emu_error(ACL_ERROR_RT_STREAM_ABORT, NULL, "the wait was ended by force");
	default:
		return ACL_SUCCESS;
	}
}

static void task_end(struct emu_task *task, bool ran)
{
	(void)ran;
	notify_put(((struct notify_task *)task)->notify);
	free(task);
}

static aclError in_stream(aclrtNotify notify, aclrtStream stream, int64_t timeout_ms,
			  aclError (*run)(struct emu_task *, struct emu_queue *))
{
	struct notify_task *t;
	struct notify *n;
	aclError code;

	code = notify_get(notify, &n);
	if (code)
		return code;
	t = emu_task_new(sizeof(*t), run, task_end);
	if (!t) {
		notify_put(n);
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	}
	t->notify = n;
	t->timeout_ms = timeout_ms;
	return emu_stream_submit(stream, &t->task);
}

aclError aclrtRecordNotify(aclrtNotify notify, aclrtStream stream)
{
	EMU_ENTER();
	return in_stream(notify, stream, EMU_FOREVER, record_run);
}

aclError aclrtWaitAndResetNotify(aclrtNotify notify, aclrtStream stream, uint32_t timeout)
{
	EMU_ENTER();
	return in_stream(notify, stream, timeout ? (int64_t)timeout * 1000 : EMU_FOREVER,
			 wait_run);
}
