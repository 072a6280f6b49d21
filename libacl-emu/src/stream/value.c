// SPDX-License-Identifier: MIT
/*
 * Streams that write a value to memory, or wait for one.
 *
 * Nothing reports a change of memory, so a wait reads it repeatedly, later with
 * pauses of a millisecond. The module reads and writes the memory, so an address
 * that is not mapped is an error of the task and no signal.
 */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "memory/classify.h"
#include "memory/copy.h"
#include "stream/stream.h"

#define LOOKS_BEFORE_PAUSE	64

struct value_task {
	struct emu_task task;
	void *addr;
	uint64_t value;
	uint32_t flag;
};

static void task_end(struct emu_task *task, bool ran)
{
	(void)ran;
	free(task);
}

static void value_info(const struct value_task *t, bool write, struct emu_task_info *info)
{
	info->touches[info->count++] = (struct emu_touch){
		(uintptr_t)t->addr, sizeof(t->value), write };
}

static void write_info(const struct emu_task *task, struct emu_task_info *info)
{
	const struct value_task *t = (const struct value_task *)task;

	info->params.type = ACL_MODEL_RI_TASK_VALUE_WRITE;
	info->params.valueWriteTaskParams.devAddr = t->addr;
	info->params.valueWriteTaskParams.value = t->value;
	value_info(t, true, info);
}

static void wait_info(const struct emu_task *task, struct emu_task_info *info)
{
	const struct value_task *t = (const struct value_task *)task;

	info->params.type = ACL_MODEL_RI_TASK_VALUE_WAIT;
	info->params.valueWaitTaskParams.devAddr = t->addr;
	info->params.valueWaitTaskParams.value = t->value;
	info->params.valueWaitTaskParams.flag = t->flag;
	value_info(t, false, info);
}

static aclError write_run(struct emu_task *task, struct emu_queue *queue)
{
	struct value_task *t = (struct value_task *)task;

	(void)queue;
	return emu_copy_bytes(t->addr, &t->value, sizeof(t->value));
}

static bool satisfied(const struct value_task *t, uint64_t now)
{
	switch (t->flag) {
	case ACL_STREAM_WAIT_VALUE_GEQ:
		return (int64_t)(now - t->value) >= 0;
	case ACL_STREAM_WAIT_VALUE_EQ:
		return now == t->value;
	case ACL_STREAM_WAIT_VALUE_AND:
		return now & t->value;
	default:
		return ~(now | t->value);
	}
}

/* The condition is for pauses that an abort can end; it is never true. */
static aclError watch(struct value_task *t, struct emu_queue *queue,
		      struct emu_condition *never_true)
{
	unsigned int looks;
	uint64_t now;
	aclError code;

	for (looks = 0;; looks++) {
		code = emu_copy_bytes(&now, t->addr, sizeof(now));
		if (code)
			return code;
		if (satisfied(t, now))
			return ACL_SUCCESS;
		if (looks < LOOKS_BEFORE_PAUSE && !atomic_load(&queue->abort))
			sched_yield();
		else if (emu_queue_wait(queue, never_true, emu_condition_never, NULL, 1) ==
			 EMU_WAIT_ABORTED)
			return emu_stream_wait_aborted();
	}
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct emu_condition never_true;
	aclError code;

	emu_condition_init(&never_true);
	emu_queue_set_endless(queue, true);
	code = watch((struct value_task *)task, queue, &never_true);
	emu_queue_set_endless(queue, false);
	emu_condition_end(&never_true);
	return code;
}

static void wait_describe(const struct emu_task *task, char *text, size_t size)
{
	static const char *const how[] = { ">=", "==", "&", "nor" };
	const struct value_task *t = (const struct value_task *)task;

	snprintf(text, size, "the value at 0x%" PRIxPTR " (%s 0x%" PRIx64 "), which any thread or "
		 "process may write", (uintptr_t)t->addr, how[t->flag & 3], t->value);
}

/* Memory of the program that is not pinned may be unmapped before the task runs. */
static aclError check(const void *addr, uint32_t flag, uint32_t last)
{
	struct emu_at at;

	if (!addr)
		return emu_null("devAddr");
	if (flag > last)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 last ? "use one of ACL_STREAM_WAIT_VALUE_*" : "set it to 0",
				 "flag is %" PRIu32, flag);
	if ((uintptr_t)addr % sizeof(uint64_t))
		return emu_error(ACL_ERROR_RT_ADDR_UNALIGNED, "align it to 8 bytes",
				 "devAddr is %p", addr);
	emu_classify((uintptr_t)addr, &at);
	if (emu_at_is_device(&at) || emu_at_is_pinned(&at, sizeof(uint64_t)))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use device memory or pinned host memory",
			 "devAddr %p is %s", addr, EMU_AT_TEXT(&at));
}

static aclError in_stream(aclError code, const struct value_task *what, aclrtStream stream,
			  aclError (*run)(struct emu_task *, struct emu_queue *))
{
	struct value_task *t;

	if (code)
		return emu_token_first(EMU_TOKEN_STREAM, stream, code);
	t = emu_task_new(sizeof(*t), run, task_end);
	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->addr = what->addr;
	t->value = what->value;
	t->flag = what->flag;
	t->task.describe = run == wait_run ? wait_describe : NULL;
	t->task.info = run == wait_run ? wait_info : write_info;
	return emu_stream_submit(stream, &t->task);
}

aclError aclrtValueWrite(void *devAddr, uint64_t value, uint32_t flag, aclrtStream stream)
{
	const struct value_task what = { .addr = devAddr, .value = value };

	EMU_ENTER();
	return in_stream(check(devAddr, flag, 0), &what, stream, write_run);
}

aclError aclrtValueWait(void *devAddr, uint64_t value, uint32_t flag, aclrtStream stream)
{
	const struct value_task what = { .addr = devAddr, .value = value, .flag = flag };

	EMU_ENTER();
	return in_stream(check(devAddr, flag, ACL_STREAM_WAIT_VALUE_NOR), &what, stream, wait_run);
}
