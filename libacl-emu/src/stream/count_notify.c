// SPDX-License-Identifier: MIT
/*
 * Count notifies: a number of 32 bits that streams change and wait for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "device/context.h"
#include "stream/stream.h"

struct count_notify {
	struct emu_object object;
	struct emu_condition condition;
	uint32_t value;		/* under condition.lock */
};

struct count_task {
	struct emu_task task;
	struct count_notify *notify;
	unsigned int mode;
	uint32_t value;
	uint32_t seconds;
	bool clear;
};

static void notify_free(struct emu_object *object)
{
	struct count_notify *c = emu_container(object, struct count_notify);

	emu_condition_end(&c->condition);
	free(c);
}

static void notify_put(struct count_notify *c)
{
	emu_object_put(&c->object);
}

static aclError notify_get(aclrtCntNotify token, struct count_notify **notify)
{
	return emu_token_find(EMU_TOKEN_COUNT_NOTIFY, token, notify);
}

aclError aclrtCntNotifyCreate(aclrtCntNotify *cntNotify, uint64_t flag)
{
	struct count_notify *c;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!cntNotify)
		return emu_null("cntNotify");
	if (flag)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0",
				 "flag is 0x%" PRIx64, flag);
	code = emu_context_current(&device);
	if (code)
		return code;
	c = EMU_OBJECT_NEW(struct count_notify, "count notify", notify_free);
	if (!c)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	emu_condition_init(&c->condition);
	return emu_token_publish(EMU_TOKEN_COUNT_NOTIFY, &c->object, ACL_SUCCESS, cntNotify);
}

/* Tasks in streams hold references. */
aclError aclrtCntNotifyDestroy(aclrtCntNotify cntNotify)
{
	struct count_notify *c;
	aclError code;

	EMU_ENTER();
	code = notify_get(cntNotify, &c);
	if (code)
		return code;
	emu_token_remove(EMU_TOKEN_COUNT_NOTIFY, &c->object);
	notify_put(c);
	return ACL_SUCCESS;
}

aclError aclrtCntNotifyGetId(aclrtCntNotify cntNotify, uint32_t *notifyId)
{
	struct count_notify *c;
	aclError code;

	EMU_ENTER();
	if (!notifyId)
		return emu_null("notifyId");
	code = notify_get(cntNotify, &c);
	if (code)
		return code;
	*notifyId = emu_token_slot(c->object.token);
	notify_put(c);
	return ACL_SUCCESS;
}

/* --- in streams --------------------------------------------------------------- */

static uint32_t changed(const struct count_task *t, uint32_t now)
{
	switch (t->mode) {
	case ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE:
		return now + t->value;
	case ACL_RT_CNT_NOTIFY_RECORD_BIT_OR_MODE:
		return now | t->value;
	case ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE:
		return now & t->value;
	default:
		return t->value;
	}
}

static aclError record_run(struct emu_task *task, struct emu_queue *queue)
{
	struct count_task *t = (struct count_task *)task;
	struct count_notify *c = t->notify;

	(void)queue;
	pthread_mutex_lock(&c->condition.lock);
	c->value = changed(t, c->value);
	pthread_cond_broadcast(&c->condition.cond);
	pthread_mutex_unlock(&c->condition.lock);
	return ACL_SUCCESS;
}

static bool satisfied(const struct count_task *t, uint32_t now)
{
	switch (t->mode) {
	case ACL_RT_CNT_NOTIFY_WAIT_LESS_MODE:
		return now < t->value;
	case ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE:
		return now == t->value;
	case ACL_RT_CNT_NOTIFY_WAIT_BIGGER_MODE:
		return now > t->value;
	case ACL_RT_CNT_NOTIFY_WAIT_BIGGER_OR_EQUAL_MODE:
		return now >= t->value;
	default:
		return (now & t->value) == t->value;
	}
}

/* Clears together with the check, so that only one of several waits clears. */
static bool look(void *arg)
{
	struct count_task *t = arg;

	if (!satisfied(t, t->notify->value))
		return false;
	if (t->clear) {
		t->notify->value = 0;
		pthread_cond_broadcast(&t->notify->condition.cond);
	}
	return true;
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct count_task *t = (struct count_task *)task;

	switch (emu_queue_wait(queue, &t->notify->condition, look, t,
			       t->seconds ? (int64_t)t->seconds * 1000 : EMU_FOREVER)) {
	case EMU_WAIT_EXPIRED:
		return emu_error(ACL_ERROR_RT_WAIT_TIMEOUT, "record it in time, or wait longer",
				 "count notify %" PRIu32 " did not become what mode %u and "
				 "value %" PRIu32 " ask for within %" PRIu32 " s",
				 emu_token_slot(t->notify->object.token), t->mode, t->value,
				 t->seconds);
	case EMU_WAIT_ABORTED:
		return emu_stream_wait_aborted();
	default:
		return ACL_SUCCESS;
	}
}

static void task_end(struct emu_task *task, bool ran)
{
	(void)ran;
	notify_put(((struct count_task *)task)->notify);
	free(task);
}

static void wait_describe(const struct emu_task *task, char *text, size_t size)
{
	const struct count_task *t = (const struct count_task *)task;

	snprintf(text, size, "count notify %" PRIu32 " to match mode %u and value %" PRIu32,
		 emu_token_slot(t->notify->object.token), t->mode, t->value);
}

/* @known: the mode of @what is known. */
static aclError in_stream(aclrtCntNotify cntNotify, aclrtStream stream,
			  const struct count_task *what, bool known,
			  aclError (*run)(struct emu_task *, struct emu_queue *))
{
	struct count_task *t;
	struct count_notify *c;
	aclError code;

	code = notify_get(cntNotify, &c);
	if (code)
		return code;
	if (!known) {
		notify_put(c);
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use a mode of the header",
				 "mode %u is unknown", what->mode);
	}
	t = emu_task_new(sizeof(*t), run, task_end);
	if (!t) {
		notify_put(c);
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	}
	t->notify = c;
	t->mode = what->mode;
	t->value = what->value;
	t->seconds = what->seconds;
	t->clear = what->clear;
	t->task.describe = run == wait_run ? wait_describe : NULL;
	t->task.waits_for = run == wait_run ? c : NULL;
	t->task.records = run == wait_run ? NULL : c;
	return emu_stream_submit(stream, &t->task);
}

aclError aclrtCntNotifyRecord(aclrtCntNotify cntNotify, aclrtStream stream,
			      aclrtCntNotifyRecordInfo *info)
{
	struct count_task what = { 0 };

	EMU_ENTER();
	if (!info)
		return emu_null("info");
	what.mode = (unsigned int)info->mode;
	what.value = info->value;
	return in_stream(cntNotify, stream, &what,
			 what.mode <= ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE && what.mode != 3,
			 record_run);
}

aclError aclrtCntNotifyWaitWithTimeout(aclrtCntNotify cntNotify, aclrtStream stream,
				       aclrtCntNotifyWaitInfo *info)
{
	struct count_task what = { 0 };

	EMU_ENTER();
	if (!info)
		return emu_null("info");
	what.mode = (unsigned int)info->mode;
	what.value = info->value;
	what.seconds = info->timeout;
	what.clear = info->isClear;
	return in_stream(cntNotify, stream, &what,
			 what.mode <= ACL_RT_CNT_NOTIFY_WAIT_EQUAL_WITH_BITMASK_MODE, wait_run);
}

aclError aclrtCntNotifyReset(aclrtCntNotify cntNotify, aclrtStream stream)
{
	struct count_task what = { .mode = ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE };

	EMU_ENTER();
	return in_stream(cntNotify, stream, &what, true, record_run);
}
