// SPDX-License-Identifier: MIT
/*
 * Counting notifies: a number of 32 bits that streams change and wait for.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "stream/stream.h"

struct counter {
	struct emu_object object;
	struct emu_gate gate;
	uint32_t value;		/* under the lock of the gate */
};

struct counter_task {
	struct emu_task task;
	struct counter *counter;
	unsigned int mode;
	uint32_t value;
	uint32_t seconds;
	bool clear;
};

static void counter_free(struct emu_object *object)
{
	struct counter *c = (struct counter *)object;

	emu_gate_end(&c->gate);
	free(c);
}

static void counter_put(struct counter *c)
{
	emu_object_put(&c->object);
}

static aclError counter_get(aclrtCntNotify token, struct counter **counter)
{
	if (!token)
		return emu_null("cntNotify");
	*counter = (struct counter *)emu_token_get(EMU_TOKEN_COUNTER, (uintptr_t)token);
	if (*counter)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use what aclrtCntNotifyCreate() gave",
			 "0x%" PRIxPTR " is no counting notify, or was destroyed",
			 (uintptr_t)token);
}

aclError aclrtCntNotifyCreate(aclrtCntNotify *cntNotify, uint64_t flag)
{
	struct counter *c;
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
	c = calloc(1, sizeof(*c));
	if (!c)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for a notify");
	c->object.refs = 1;
	c->object.free = counter_free;
	emu_gate_init(&c->gate);
	if (!emu_token_add(EMU_TOKEN_COUNTER, &c->object))
		code = emu_error(ACL_ERROR_RT_NO_NOTIFY_RESOURCE, "destroy notifies not in use",
				 "the process has too many counting notifies");
	else
		*cntNotify = (aclrtCntNotify)(uintptr_t)c->object.token;
	counter_put(c);
	return code;
}

/* Tasks that were put into streams keep it for themselves. */
aclError aclrtCntNotifyDestroy(aclrtCntNotify cntNotify)
{
	struct counter *c;
	aclError code;

	EMU_ENTER();
	code = counter_get(cntNotify, &c);
	if (code)
		return code;
	emu_token_remove(EMU_TOKEN_COUNTER, &c->object);
	counter_put(c);
	return ACL_SUCCESS;
}

aclError aclrtCntNotifyGetId(aclrtCntNotify cntNotify, uint32_t *notifyId)
{
	struct counter *c;
	aclError code;

	EMU_ENTER();
	if (!notifyId)
		return emu_null("notifyId");
	code = counter_get(cntNotify, &c);
	if (code)
		return code;
	*notifyId = emu_token_slot(c->object.token);
	counter_put(c);
	return ACL_SUCCESS;
}

/* --- in streams --------------------------------------------------------------- */

static uint32_t changed(const struct counter_task *t, uint32_t now)
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
	struct counter_task *t = (struct counter_task *)task;
	struct counter *c = t->counter;

	(void)queue;
	pthread_mutex_lock(&c->gate.lock);
	c->value = changed(t, c->value);
	pthread_cond_broadcast(&c->gate.cond);
	pthread_mutex_unlock(&c->gate.lock);
	return ACL_SUCCESS;
}

static bool satisfied(const struct counter_task *t, uint32_t now)
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

/* Clearing belongs to the look, so that of several who wait one clears. */
static bool look(void *arg)
{
	struct counter_task *t = arg;

	if (!satisfied(t, t->counter->value))
		return false;
	if (t->clear) {
		t->counter->value = 0;
		pthread_cond_broadcast(&t->counter->gate.cond);
	}
	return true;
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct counter_task *t = (struct counter_task *)task;

	switch (emu_queue_wait(queue, &t->counter->gate, look, t,
			       t->seconds ? (int64_t)t->seconds * 1000 : EMU_FOREVER)) {
	case EMU_WAIT_EXPIRED:
		return emu_error(ACL_ERROR_RT_WAIT_TIMEOUT, "record it in time, or wait longer",
				 "counting notify %" PRIu32 " did not become what mode %u and "
				 "value %" PRIu32 " ask for within %" PRIu32 " s",
				 emu_token_slot(t->counter->object.token), t->mode, t->value,
				 t->seconds);
	case EMU_WAIT_ABORTED:
		return emu_error(ACL_ERROR_RT_STREAM_ABORT, NULL, "the wait was ended by force");
	default:
		return ACL_SUCCESS;
	}
}

static void task_end(struct emu_task *task, bool ran)
{
	(void)ran;
	counter_put(((struct counter_task *)task)->counter);
	free(task);
}

static aclError in_stream(aclrtCntNotify cntNotify, aclrtStream stream,
			  const struct counter_task *what,
			  aclError (*run)(struct emu_task *, struct emu_queue *))
{
	struct counter_task *t;
	struct counter *c;
	aclError code;

	code = counter_get(cntNotify, &c);
	if (code)
		return code;
	t = emu_task_new(sizeof(*t), run, task_end);
	if (!t) {
		counter_put(c);
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	}
	t->counter = c;
	t->mode = what->mode;
	t->value = what->value;
	t->seconds = what->seconds;
	t->clear = what->clear;
	return emu_stream_submit(stream, &t->task);
}

aclError aclrtCntNotifyRecord(aclrtCntNotify cntNotify, aclrtStream stream,
			      aclrtCntNotifyRecordInfo *info)
{
	struct counter_task what = { 0 };

	EMU_ENTER();
	if (!info)
		return emu_null("info");
	what.mode = (unsigned int)info->mode;
	what.value = info->value;
	if (what.mode > ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE || what.mode == 3)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use one of aclrtCntNotifyRecordMode",
				 "mode %u is unknown", what.mode);
	return in_stream(cntNotify, stream, &what, record_run);
}

aclError aclrtCntNotifyWaitWithTimeout(aclrtCntNotify cntNotify, aclrtStream stream,
				       aclrtCntNotifyWaitInfo *info)
{
	struct counter_task what = { 0 };

	EMU_ENTER();
	if (!info)
		return emu_null("info");
	what.mode = (unsigned int)info->mode;
	what.value = info->value;
	what.seconds = info->timeout;
	what.clear = info->isClear;
	if (what.mode > ACL_RT_CNT_NOTIFY_WAIT_EQUAL_WITH_BITMASK_MODE)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use one of aclrtCntNotifyWaitMode",
				 "mode %u is unknown", what.mode);
	return in_stream(cntNotify, stream, &what, wait_run);
}

aclError aclrtCntNotifyReset(aclrtCntNotify cntNotify, aclrtStream stream)
{
	struct counter_task what = { .mode = ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE };

	EMU_ENTER();
	return in_stream(cntNotify, stream, &what, record_run);
}
