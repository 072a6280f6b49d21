// SPDX-License-Identifier: MIT
/*
 * Queues: tasks that one thread runs in their order.
 *
 * The thread starts with the first task and ends with the queue. It blocks all
 * signals. The queue counts submitted and finished tasks; a thread that waits for
 * a queue waits until the second count reaches a value.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "acl_emu/extensions.h"
#include "core/check.h"
#include "core/error.h"
#include "core/stack.h"
#include "core/stat.h"
#include "core/sync.h"
#include "stream/capture.h"
#include "stream/dump.h"
#include "stream/exception.h"
#include "stream/queue.h"

void *emu_task_new(size_t size, aclError (*run)(struct emu_task *, struct emu_queue *),
		   void (*end)(struct emu_task *, bool))
{
	struct emu_task *task = calloc(1, size);

	if (!task) {
		emu_no_memory("task");
		return NULL;
	}
	task->function = emu_self.function;
	task->run = run;
	task->end = end;
	if (emu_check_on(EMU_CHECK_STUCK))
		task->stack = emu_stack_here();
	return task;
}

void emu_queue_init(struct emu_queue *q, uint64_t context, uint32_t device)
{
	pthread_mutex_init(&q->lock, NULL);
	emu_pthread_cond_init(&q->work);
	emu_pthread_cond_init(&q->progress);
	q->context = context;
	q->device = device;
	q->last = &q->first;
	q->wake_at = UINT64_MAX;
}

/* --- tasks; under the lock of the queue ------------------------------------- */

static struct emu_task *take_all(struct emu_queue *q)
{
	struct emu_task *list = q->first;

	q->first = NULL;
	q->last = &q->first;
	return list;
}

static void finish(struct emu_queue *q, uint64_t count)
{
	q->finished += count;
	if (q->finished < q->wake_at)
		return;
	q->wake_at = UINT64_MAX;
	pthread_cond_broadcast(&q->progress);
}

static void wake_all(struct emu_queue *q)
{
	q->wake_at = UINT64_MAX;
	pthread_cond_broadcast(&q->progress);
}

/* Releases the lock while the tasks are dropped. */
static void drop(struct emu_queue *q, struct emu_task *list)
{
	struct emu_task *next;
	uint64_t count = 0;

	if (!list)
		return;
	pthread_mutex_unlock(&q->lock);
	for (; list; list = next, count++) {
		next = list->next;
		list->end(list, false);
	}
	emu_stat_add(ACL_EMU_COUNT_TASKS_DROPPED, count);
	pthread_mutex_lock(&q->lock);
	finish(q, count);
}

/* If the sync does not exist any more, no task waits for it. */
static void cancel_set(struct emu_queue *q, uint64_t value)
{
	struct acl_emu_sync_signal arg;

	emu_sync_signal(&arg, q->cancel, EMU_SYNC_SET, value);
	q->canceled = value;
}

/* Ends the wait of the running task. */
static void interrupt(struct emu_queue *q)
{
	if (!q->running)
		return;
	atomic_store(&q->abort, true);
	if (q->condition)
		emu_condition_wake(q->condition);
	if (q->in_sync)
		cancel_set(q, 1);
}

/* False: @deadline (NULL: none) has passed. */
static bool wait_progress(struct emu_queue *q, uint64_t target, const struct timespec *deadline)
{
	if (target < q->wake_at)
		q->wake_at = target;
	if (deadline)
		return pthread_cond_timedwait(&q->progress, &q->lock, deadline) != ETIMEDOUT;
	pthread_cond_wait(&q->progress, &q->lock);
	return true;
}

static void wait_finished(struct emu_queue *q, uint64_t target)
{
	while (q->finished < target && emu_self.queue != q)
		wait_progress(q, target, NULL);
}

/* --- the thread ------------------------------------------------------------- */

static void note_failure(struct emu_queue *q, aclError code)
{
	if (q->code)
		return;
	q->code = code;
	memcpy(q->message, emu_messages.newest, sizeof(q->message));
	q->message[sizeof(q->message) - 1] = '\0';
}

/* A clock that costs little; it moves every few milliseconds. */
static uint64_t coarse_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void begin_task(struct emu_queue *q, struct emu_task *task)
{
	q->running = true;
	q->current = task;
	q->function = task->function;
	q->stack = task->stack;
	q->since = coarse_now();
}

static aclError run_task(struct emu_queue *q, struct emu_task *task)
{
	aclError code;

	emu_enter(task->function);
	emu_self.queue = q;
	emu_self.context = q->context;
	code = task->run(task, q);
	/* A function of the program may have forked; the child has no queues. */
	emu_enter(task->function);
	if (emu_unlikely(emu_self.queue != q))
		return code;
	emu_stat_add(ACL_EMU_COUNT_TASKS_RUN, 1);
	if (code)
		emu_stat_add(ACL_EMU_COUNT_TASKS_FAILED, 1);
	if (emu_unlikely(code && !atomic_load(&q->abort)))
		emu_exception_report(q, emu_queue_mark(q).finished, code);
	task->end(task, true);
	return code;
}

static void *work(void *arg)
{
	struct emu_queue *q = arg;
	struct emu_task *task;
	aclError code;

	pthread_mutex_lock(&q->lock);
	for (;;) {
		while (!q->ending && (!q->first || q->halted)) {
			q->idle = true;
			pthread_cond_wait(&q->work, &q->lock);
			q->idle = false;
		}
		task = q->first;
		if (!task)
			break;
		q->first = task->next;
		if (!q->first)
			q->last = &q->first;
		begin_task(q, task);
		pthread_mutex_unlock(&q->lock);
		code = run_task(q, task);
		if (emu_unlikely(emu_self.queue != q))
			return NULL;
		pthread_mutex_lock(&q->lock);
		q->running = false;
		if (code && !atomic_load(&q->abort))
			note_failure(q, code);
		atomic_store(&q->abort, false);
		if (emu_unlikely(q->code && q->stop_on_failure))
			drop(q, take_all(q));
		finish(q, 1);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

static aclError start(struct emu_queue *q)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&q->thread, NULL, work, q);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return emu_error(ACL_ERROR_RT_NO_STREAM_RESOURCE,
				 "destroy streams, or raise the limit on threads (ulimit -u)",
				 "cannot start the thread of a stream: %s", strerror(err));
	q->started = true;
	return ACL_SUCCESS;
}

/* --- submit, wait, end ------------------------------------------------------ */

aclError emu_queue_submit_now(struct emu_queue *q, struct emu_task *task)
{
	aclError code = ACL_SUCCESS;
	bool wake = false;

	pthread_mutex_lock(&q->lock);
	if (emu_unlikely(q->ending))
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "do not use a destroyed stream",
				 "the stream is being destroyed by another thread");
	else if (emu_unlikely(q->code && q->stop_on_failure))
		code = emu_error(q->code, "destroy the stream, or call aclrtStreamAbort()",
				 "the stream stopped when a task failed: %.300s", q->message);
	else if (emu_unlikely(!q->started))
		code = start(q);
	if (!code) {
		task->next = NULL;
		*q->last = task;
		q->last = &task->next;
		q->submitted++;
		emu_stat_add(ACL_EMU_COUNT_TASKS_SUBMITTED, 1);
		wake = q->idle;
	}
	pthread_mutex_unlock(&q->lock);
	/* Signalled without the lock, which the thread needs first. */
	if (wake)
		pthread_cond_signal(&q->work);
	return code;
}

aclError emu_queue_submit(struct emu_queue *q, struct emu_task *task)
{
	aclError code;

	if (emu_unlikely(atomic_load_explicit(&q->lane, memory_order_relaxed)) &&
	    emu_capture_take(q, task, &code))
		return code;
	return emu_queue_submit_now(q, task);
}

/* The wait of a task: an abort of the queue ends it. */
enum emu_wait emu_queue_wait(struct emu_queue *q, struct emu_condition *condition,
			     bool (*ready)(void *arg), void *arg, int64_t timeout_ms)
{
	enum emu_wait result;

	pthread_mutex_lock(&q->lock);
	q->condition = condition;
	q->endless |= timeout_ms < 0;
	pthread_mutex_unlock(&q->lock);
	result = emu_condition_wait(condition, ready, arg, timeout_ms, &q->abort);
	pthread_mutex_lock(&q->lock);
	q->condition = NULL;
	if (timeout_ms < 0)
		q->endless = false;
	pthread_mutex_unlock(&q->lock);
	return result;
}

enum emu_wait emu_queue_wait_completion(struct emu_queue *q, struct emu_completion *completion,
					int64_t timeout_ms)
{
	return emu_queue_wait(q, &completion->condition, emu_completion_done, completion,
			      timeout_ms);
}

/* Under the lock of the queue. False: the task must end. */
static bool begin_sync(struct emu_queue *q)
{
	if (atomic_load(&q->abort))
		return false;
	if (q->canceled)
		cancel_set(q, 0);
	q->in_sync = true;
	return true;
}

/*
 * The same for a sync of the module. The sync that an abort signals is created
 * when it is first needed: most queues never wait for a sync.
 */
enum emu_wait emu_queue_wait_sync(struct emu_queue *q, uint64_t handle, uint64_t value, bool take,
				  uint64_t deadline)
{
	uint64_t cancel = q->cancel, now;
	enum emu_wait result;
	bool begun;

	result = emu_sync_wait(handle, value, take, EMU_SYNC_NOW, 0, &now);
	if (result != EMU_WAIT_EXPIRED || deadline == EMU_SYNC_NOW)
		return result;
	if (!cancel && emu_sync_create(q->device, 0, &cancel))
		return EMU_WAIT_FAILED;
	pthread_mutex_lock(&q->lock);
	q->cancel = cancel;
	begun = begin_sync(q);
	q->endless = begun && deadline == EMU_SYNC_FOREVER;
	pthread_mutex_unlock(&q->lock);
	if (!begun)
		return EMU_WAIT_ABORTED;
	result = emu_sync_wait(handle, value, take, deadline, cancel, &now);
	pthread_mutex_lock(&q->lock);
	q->in_sync = false;
	q->endless = false;
	pthread_mutex_unlock(&q->lock);
	return result;
}

static aclError report_failure(struct emu_queue *q)
{
	aclError code = q->code;

	emu_error(code, "correct the call that submitted the task",
		  "a task of the stream failed: %.400s", q->message);
	if (!q->stop_on_failure)
		q->code = ACL_SUCCESS;
	return code;
}

/*
 * Waits until all tasks that were submitted before this call are finished. A
 * failure of a task is reported once, by the first call, unless the queue stops on
 * failures.
 */
aclError emu_queue_sync(struct emu_queue *q, const struct timespec *deadline)
{
	aclError code = ACL_SUCCESS;
	uint64_t target, aborts, left = 0;
	bool in_time = true;

	pthread_mutex_lock(&q->lock);
	target = q->submitted;
	aborts = q->aborts;
	while (in_time && q->finished < target && aborts == q->aborts && !q->halted)
		in_time = wait_progress(q, target, deadline);
	if (aborts != q->aborts)
		code = emu_error(ACL_ERROR_RT_STREAM_ABORT, "submit the work again",
				 "the stream was aborted by another thread");
	else if (q->code)
		code = report_failure(q);
	else if (q->finished < target && q->halted)
		code = emu_error(ACL_ERROR_RT_TASK_ABORT_STOP,
				 "call aclrtStreamAbort() to use the stream again",
				 "the stream was stopped with tasks left");
	else if (q->finished < target)
		left = target - q->finished;
	pthread_mutex_unlock(&q->lock);
	return left ? emu_dump_timeout(q, left) : code;
}

void emu_queue_view(struct emu_queue *q, struct emu_queue_view *view)
{
	const struct emu_task *task;
	uint32_t n = 0;

	*view = (struct emu_queue_view){ .behind = 0 };
	pthread_mutex_lock(&q->lock);
	view->running = q->running;
	view->halted = q->halted;
	view->finished = q->finished;
	if (q->running) {
		view->function = q->function;
		view->stack = q->stack;
		view->ms = coarse_now() - q->since;
		view->waiting = q->condition || q->in_sync || q->endless;
	}
	if (view->waiting) {
		view->waits_for = q->current->waits_for;
		if (q->current->describe)
			q->current->describe(q->current, view->what, sizeof(view->what));
	}
	for (task = q->first; task; task = task->next) {
		if (n < EMU_VIEW_NEXT)
			view->next[n++] = task->function;
		view->behind++;
	}
	pthread_mutex_unlock(&q->lock);
}

bool emu_queue_records(struct emu_queue *q, const void *what, uint64_t *before)
{
	const struct emu_task *task;

	pthread_mutex_lock(&q->lock);
	*before = q->running;
	for (task = q->first; task && task->records != what; task = task->next)
		(*before)++;
	pthread_mutex_unlock(&q->lock);
	return task;
}

/* For a wait without a time limit that consists of waits with a time limit. */
void emu_queue_set_endless(struct emu_queue *q, bool endless)
{
	pthread_mutex_lock(&q->lock);
	q->endless = endless;
	pthread_mutex_unlock(&q->lock);
}

enum emu_queue_state emu_queue_state(struct emu_queue *q, uint64_t *finished)
{
	enum emu_queue_state state = EMU_QUEUE_BUSY;

	pthread_mutex_lock(&q->lock);
	*finished = q->finished;
	/* No call waits for a stream that is stopped. */
	if (q->finished == q->submitted || (q->halted && !q->running))
		state = EMU_QUEUE_DONE;
	else if (q->running && q->endless)
		state = EMU_QUEUE_WAITS;
	pthread_mutex_unlock(&q->lock);
	return state;
}

struct emu_queue_mark emu_queue_mark(struct emu_queue *q)
{
	struct emu_queue_mark mark;

	pthread_mutex_lock(&q->lock);
	mark = (struct emu_queue_mark){
		.target = q->submitted, .finished = q->finished, .aborts = q->aborts };
	pthread_mutex_unlock(&q->lock);
	return mark;
}

/* Waits as emu_queue_sync() does and reports no failure. False: the time has passed. */
bool emu_queue_drained(struct emu_queue *q, const struct emu_queue_mark *mark, int64_t timeout_ms)
{
	struct timespec deadline = emu_deadline(timeout_ms);
	bool in_time = true, drained = false;

	pthread_mutex_lock(&q->lock);
	while (in_time && !drained) {
		drained = q->finished >= mark->target || q->aborts != mark->aborts || q->halted;
		if (!drained)
			in_time = wait_progress(q, mark->target, &deadline);
	}
	pthread_mutex_unlock(&q->lock);
	return drained;
}

bool emu_queue_done(struct emu_queue *q)
{
	bool done;

	pthread_mutex_lock(&q->lock);
	done = q->finished == q->submitted;
	pthread_mutex_unlock(&q->lock);
	return done;
}

void emu_queue_interrupt(struct emu_queue *q)
{
	pthread_mutex_lock(&q->lock);
	interrupt(q);
	pthread_mutex_unlock(&q->lock);
}

void emu_queue_continue(struct emu_queue *q, uint64_t aborts)
{
	pthread_mutex_lock(&q->lock);
	if (q->aborts == aborts && !q->halted)
		atomic_store(&q->abort, false);
	pthread_mutex_unlock(&q->lock);
}

/* Drops all tasks; the queue can be used afterwards. */
void emu_queue_abort(struct emu_queue *q)
{
	uint64_t target;

	pthread_mutex_lock(&q->lock);
	q->aborts++;
	q->halted = false;
	q->code = ACL_SUCCESS;
	target = q->submitted;
	interrupt(q);
	wake_all(q);
	drop(q, take_all(q));
	wait_finished(q, target);
	pthread_mutex_unlock(&q->lock);
}

/*
 * Drops all tasks and accepts no more, while another thread is in
 * emu_queue_end().
 */
void emu_queue_cancel(struct emu_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->ending = true;
	pthread_mutex_unlock(&q->lock);
	emu_queue_abort(q);
}

/* Ends the running task; the tasks behind it stay and do not begin. */
void emu_queue_halt(struct emu_queue *q)
{
	uint64_t target;

	pthread_mutex_lock(&q->lock);
	q->halted = true;
	target = q->finished + q->running;
	interrupt(q);
	wake_all(q);
	/* The end of a queue runs the remaining tasks. */
	if (q->ending)
		drop(q, take_all(q));
	wait_finished(q, target);
	pthread_mutex_unlock(&q->lock);
}

/* The last call for a queue. With @force, tasks that have not begun are dropped. */
void emu_queue_end(struct emu_queue *q, bool force)
{
	bool started;

	pthread_mutex_lock(&q->lock);
	q->ending = true;
	started = q->started;
	if (force || q->halted) {
		q->aborts += force && q->finished < q->submitted;
		interrupt(q);
		wake_all(q);
		drop(q, take_all(q));
	}
	pthread_mutex_unlock(&q->lock);
	if (!started)
		return;
	pthread_cond_signal(&q->work);
	pthread_join(q->thread, NULL);
	emu_sync_drop(q->cancel);
}
