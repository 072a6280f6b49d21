// SPDX-License-Identifier: MIT
/*
 * Notifies: a flag that one stream sets and another one waits for and clears.
 *
 * The flag is a variable of this process until the first export, which replaces it
 * by a sync of the module with the value 0 or 1.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/visible.h"
#include "device/context.h"
#include "stream/notify.h"
#include "stream/stream.h"

#define FLAGS_KNOWN	ACL_NOTIFY_DEVICE_USE_ONLY
#define NOTIFIES_MAX	16384	/* of a process */

struct notify_task {
	struct emu_task task;
	struct emu_notify *notify;
	int64_t timeout_ms;
	bool taken;
};

static void notify_free(struct emu_object *object)
{
	struct emu_notify *n = emu_container(object, struct emu_notify);

	emu_sync_drop(n->sync);
	emu_condition_end(&n->condition);
	free(n);
}

void emu_notify_put(struct emu_notify *n)
{
	emu_object_put(&n->object);
}

aclError emu_notify_get(aclrtNotify token, struct emu_notify **notify)
{
	return emu_token_find(EMU_TOKEN_NOTIFY, token, notify);
}

aclError emu_notify_new(uint32_t device, struct emu_notify **notify)
{
	struct emu_notify *n = EMU_OBJECT_NEW(struct emu_notify, "notify", notify_free);

	if (!n)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	n->device = device;
	emu_condition_init(&n->condition);
	*notify = n;
	return ACL_SUCCESS;
}

aclError aclrtCreateNotify(aclrtNotify *notify, uint64_t flag)
{
	struct emu_notify *n;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	if (flag & ~(uint64_t)FLAGS_KNOWN)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use flags ACL_NOTIFY_*",
				 "flag is 0x%" PRIx64, flag);
	code = emu_context_current(&device);
	if (!code)
		code = emu_notify_new(device, &n);
	if (code)
		return code;
	return emu_token_publish(EMU_TOKEN_NOTIFY, &n->object, ACL_SUCCESS, notify);
}

/* Tasks in streams hold references. */
aclError aclrtDestroyNotify(aclrtNotify notify)
{
	struct emu_notify *n;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	code = emu_notify_get(notify, &n);
	if (code)
		return code;
	code = emu_context_current(&device);
	if (!code)
		emu_token_remove(EMU_TOKEN_NOTIFY, &n->object);
	emu_notify_put(n);
	return code;
}

aclError aclrtGetNotifyId(aclrtNotify notify, uint32_t *notifyId)
{
	struct emu_notify *n;
	aclError code;

	EMU_ENTER();
	if (!notifyId)
		return emu_null("notifyId");
	code = emu_notify_get(notify, &n);
	if (code)
		return code;
	*notifyId = emu_token_slot(n->object.token);
	emu_notify_put(n);
	return ACL_SUCCESS;
}

/* --- the flag ----------------------------------------------------------------- */

static uint64_t sync_of(struct emu_notify *n)
{
	uint64_t sync;

	pthread_mutex_lock(&n->condition.lock);
	sync = n->sync;
	pthread_mutex_unlock(&n->condition.lock);
	return sync;
}

static aclError signal_sync(uint64_t sync, enum emu_sync_how how, uint64_t value)
{
	struct acl_emu_sync_signal arg;
	int err = emu_sync_signal(&arg, sync, how, value);

	return err ? emu_sync_fail(err, &arg.head, "the notify") : ACL_SUCCESS;
}

static aclError notify_write(struct emu_notify *n, bool set)
{
	uint64_t sync;

	pthread_mutex_lock(&n->condition.lock);
	sync = n->sync;
	if (!sync) {
		n->set = set;
		if (set)
			pthread_cond_broadcast(&n->condition.cond);
	}
	pthread_mutex_unlock(&n->condition.lock);
	return sync ? signal_sync(sync, EMU_SYNC_SET, set) : ACL_SUCCESS;
}

static aclError record_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)queue;
	return notify_write(((struct notify_task *)task)->notify, true);
}

/* Only one of several waits clears the flag. All of them end when a sync replaces it. */
static bool take(void *arg)
{
	struct notify_task *t = arg;
	struct emu_notify *n = t->notify;

	t->taken = n->set;
	n->set = false;
	return t->taken || n->sync;
}

static enum emu_wait notify_wait(struct notify_task *t, struct emu_queue *queue)
{
	uint64_t deadline = emu_sync_deadline(t->timeout_ms);
	struct emu_notify *n = t->notify;
	enum emu_wait result;

	result = emu_queue_wait(queue, &n->condition, take, t, t->timeout_ms);
	if (result != EMU_WAIT_READY || t->taken)
		return result;
	return emu_queue_wait_sync(queue, sync_of(n), 1, true, deadline);
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct notify_task *t = (struct notify_task *)task;
	uint32_t id = emu_token_slot(t->notify->object.token);

	switch (notify_wait(t, queue)) {
	case EMU_WAIT_EXPIRED:
		return emu_error(ACL_ERROR_RT_WAIT_TIMEOUT, "record it in time, or wait longer",
				 "notify %" PRIu32 " was not recorded within %" PRId64 " s", id,
				 t->timeout_ms / 1000);
	case EMU_WAIT_ABORTED:
		return emu_stream_wait_aborted();
	case EMU_WAIT_GONE:
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "create it again",
				 "notify %" PRIu32 " ended when its device was reset", id);
	case EMU_WAIT_FAILED:
		return emu_self.last;
	default:
		return ACL_SUCCESS;
	}
}

static void task_end(struct emu_task *task, bool ran)
{
	(void)ran;
	emu_notify_put(((struct notify_task *)task)->notify);
	free(task);
}

/* --- in streams --------------------------------------------------------------- */

/* Hardware waits for a shared notify only on the device of the notify. */
static aclError check_device(struct emu_notify *n, const struct emu_stream *s)
{
	if (s->device == n->device || !sync_of(n))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID,
			 "create it on the device that waits, and record it on the other",
			 "a stream of device %" PRIu32 " cannot wait for a shared notify that was "
			 "created on device %" PRIu32, emu_user_id(s->device),
			 emu_user_id(n->device));
}

static void wait_describe(const struct emu_task *task, char *text, size_t size)
{
	const struct emu_notify *n = ((const struct notify_task *)task)->notify;

	snprintf(text, size, "notify %" PRIu32, emu_token_slot(n->object.token));
}

static aclError submit(struct emu_notify *n, struct emu_stream *s, int64_t timeout_ms,
		       aclError (*run)(struct emu_task *, struct emu_queue *))
{
	struct notify_task *t = emu_task_new(sizeof(*t), run, task_end);
	aclError code;

	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->notify = n;
	emu_object_ref(&n->object);
	t->timeout_ms = timeout_ms;
	t->task.describe = run == wait_run ? wait_describe : NULL;
	t->task.waits_for = run == wait_run ? n : NULL;
	t->task.records = run == wait_run ? NULL : n;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code)
		task_end(&t->task, false);
	return code;
}

static aclError in_stream(aclrtNotify notify, aclrtStream stream, int64_t timeout_ms,
			  aclError (*run)(struct emu_task *, struct emu_queue *))
{
	struct emu_stream *s;
	struct emu_notify *n;
	aclError code;

	code = emu_notify_get(notify, &n);
	if (code)
		return code;
	code = emu_stream_get(stream, &s);
	if (!code) {
		if (run == wait_run)
			code = check_device(n, s);
		if (!code)
			code = submit(n, s, timeout_ms, run);
		emu_stream_put(s);
	}
	emu_notify_put(n);
	return code;
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

static aclError reset_one(aclrtNotify notify, bool only_look)
{
	struct emu_notify *n;
	aclError code;

	if (!notify)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give valid notifies",
				 "an entry of notifies is NULL");
	code = emu_notify_get(notify, &n);
	if (code)
		return code;
	if (!only_look)
		code = notify_write(n, false);
	emu_notify_put(n);
	return code;
}

aclError aclrtNotifyBatchReset(aclrtNotify *notifies, size_t num)
{
	aclError code = ACL_SUCCESS;
	size_t i;

	EMU_ENTER();
	if (!notifies)
		return emu_null("notifies");
	if (!num || num > NOTIFIES_MAX)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give 1 to 16384 entries",
				 "num is %zu", num);
	for (i = 0; i < num && !code; i++)
		code = reset_one(notifies[i], true);
	for (i = 0; i < num && !code; i++)
		code = reset_one(notifies[i], false);
	return code;
}
