// SPDX-License-Identifier: MIT
/*
 * Queues: tasks that one thread runs in their order.
 *
 * The thread begins with the first task and ends with the queue. Signals of the
 * program are not for it: all are blocked. Tasks are counted when they are put
 * in and when they are through, so waiting for a queue is waiting for a number.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "acl_emu/acl_emu.h"
#include "core/count.h"
#include "stream/queue.h"
#include "core/sync.h"

void *emu_task_new(size_t size, aclError (*run)(struct emu_task *, struct emu_queue *),
		   void (*end)(struct emu_task *, bool))
{
	struct emu_task *task = calloc(1, size);

	if (!task) {
		emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for a task");
		return NULL;
	}
	task->function = emu_self.function;
	task->run = run;
	task->end = end;
	return task;
}

void emu_queue_init(struct emu_queue *q, uint64_t context, uint32_t device)
{
	pthread_mutex_init(&q->lock, NULL);
	emu_cond_init(&q->work);
	emu_cond_init(&q->progress);
	q->context = context;
	q->device = device;
	q->last = &q->first;
	q->wake_at = UINT64_MAX;
}

/* --- what happens to tasks; under the lock of the queue --------------------- */

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

/* Takes the lock off while the tasks are dropped. */
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
	emu_count(ACL_EMU_COUNT_TASKS_DROPPED, count);
	pthread_mutex_lock(&q->lock);
	finish(q, count);
}

/* If the counter is gone, so is the wait. */
static void cancel_set(struct emu_queue *q, uint64_t value)
{
	struct acl_emu_sync_signal arg;

	emu_sync_signal(&arg, q->cancel, EMU_SYNC_SET, value);
	q->called_off = value;
}

/* The task that runs is told to end, wherever it waits. */
static void interrupt(struct emu_queue *q)
{
	if (!q->running)
		return;
	atomic_store(&q->abort, true);
	if (q->gate)
		emu_gate_wake(q->gate);
	if (q->counting)
		cancel_set(q, 1);
}

/* Gives false if @deadline (NULL: never) has passed. */
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
	memcpy(q->message, emu_self.message, sizeof(q->message));
	q->message[sizeof(q->message) - 1] = '\0';
}

static aclError run_task(struct emu_queue *q, struct emu_task *task)
{
	aclError code;

	emu_enter(task->function);
	emu_self.queue = q;
	emu_self.context = q->context;
	code = task->run(task, q);
	/* If a function of the program forked, this may be the child: no queue is there. */
	emu_enter(task->function);
	if (emu_unlikely(emu_self.queue != q))
		return code;
	emu_count(ACL_EMU_COUNT_TASKS_RUN, 1);
	if (code)
		emu_count(ACL_EMU_COUNT_TASKS_FAILED, 1);
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
		q->running = true;
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

/* --- for everybody ---------------------------------------------------------- */

/* On failure the task is still the caller's, and was not seen by anybody. */
aclError emu_queue_submit(struct emu_queue *q, struct emu_task *task)
{
	aclError code = ACL_SUCCESS;
	bool wake = false;

	pthread_mutex_lock(&q->lock);
	if (emu_unlikely(q->ending))
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, NULL,
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
		emu_count(ACL_EMU_COUNT_TASKS_SUBMITTED, 1);
		wake = q->idle;
	}
	pthread_mutex_unlock(&q->lock);
	/* The thread would only wait for the lock if it were woken under it. */
	if (wake)
		pthread_cond_signal(&q->work);
	return code;
}

/* How a task waits: an abort of the queue reaches it. */
enum emu_wait emu_queue_wait(struct emu_queue *q, struct emu_gate *gate,
			     bool (*ready)(void *arg), void *arg, int64_t timeout_ms)
{
	enum emu_wait result;

	pthread_mutex_lock(&q->lock);
	q->gate = gate;
	q->endless |= timeout_ms < 0;
	pthread_mutex_unlock(&q->lock);
	result = emu_gate_wait(gate, ready, arg, timeout_ms, &q->abort);
	pthread_mutex_lock(&q->lock);
	q->gate = NULL;
	if (timeout_ms < 0)
		q->endless = false;
	pthread_mutex_unlock(&q->lock);
	return result;
}

/* Under the lock of the queue. False: its task shall come to an end. */
static bool begin_counting(struct emu_queue *q)
{
	if (atomic_load(&q->abort))
		return false;
	if (q->called_off)
		cancel_set(q, 0);
	q->counting = true;
	return true;
}

/*
 * The same for a counter of the module. What an abort ends the wait by is made
 * when it is first needed, as most queues never wait for a counter.
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
	begun = begin_counting(q);
	q->endless = begun && deadline == EMU_SYNC_FOREVER;
	pthread_mutex_unlock(&q->lock);
	if (!begun)
		return EMU_WAIT_ABORTED;
	result = emu_sync_wait(handle, value, take, deadline, cancel, &now);
	pthread_mutex_lock(&q->lock);
	q->counting = false;
	q->endless = false;
	pthread_mutex_unlock(&q->lock);
	return result;
}

static aclError say_failure(struct emu_queue *q)
{
	aclError code = q->code;

	emu_error(code, NULL, "a task of the stream failed: %.400s", q->message);
	if (!q->stop_on_failure)
		q->code = ACL_SUCCESS;
	return code;
}

/*
 * Waits until all that was put in before this call is through. A failure of a
 * task is told once, to the first who asks, unless the queue stops on failures.
 */
aclError emu_queue_sync(struct emu_queue *q, const struct timespec *deadline)
{
	aclError code = ACL_SUCCESS;
	uint64_t target, aborts;
	bool in_time = true;

	pthread_mutex_lock(&q->lock);
	target = q->submitted;
	aborts = q->aborts;
	while (in_time && q->finished < target && aborts == q->aborts && !q->halted)
		in_time = wait_progress(q, target, deadline);
	if (aborts != q->aborts)
		code = emu_error(ACL_ERROR_RT_STREAM_ABORT, NULL,
				 "the stream was aborted by another thread");
	else if (q->code)
		code = say_failure(q);
	else if (q->finished < target && q->halted)
		code = emu_error(ACL_ERROR_RT_TASK_ABORT_STOP,
				 "call aclrtStreamAbort() to use the stream again",
				 "the stream was stopped with tasks left");
	else if (q->finished < target)
		code = emu_error(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, "wait again, or longer",
				 "%llu tasks of the stream are left at the end of the time",
				 (unsigned long long)(target - q->finished));
	pthread_mutex_unlock(&q->lock);
	return code;
}

/* For waits that consist of pauses with a time limit. */
void emu_queue_set_endless(struct emu_queue *q, bool endless)
{
	pthread_mutex_lock(&q->lock);
	q->endless = endless;
	pthread_mutex_unlock(&q->lock);
}

enum emu_queue_look emu_queue_look(struct emu_queue *q, uint64_t *finished)
{
	enum emu_queue_look look = EMU_QUEUE_BUSY;

	pthread_mutex_lock(&q->lock);
	*finished = q->finished;
	/* A stopped stream holds nobody up. */
	if (q->finished == q->submitted || (q->halted && !q->running))
		look = EMU_QUEUE_DONE;
	else if (q->running && q->endless)
		look = EMU_QUEUE_WAITS;
	pthread_mutex_unlock(&q->lock);
	return look;
}

struct emu_mark emu_queue_mark(struct emu_queue *q)
{
	struct emu_mark mark;

	pthread_mutex_lock(&q->lock);
	mark = (struct emu_mark){ .target = q->submitted, .aborts = q->aborts };
	pthread_mutex_unlock(&q->lock);
	return mark;
}

/* Waits as emu_queue_sync() does, and sets no error. False: the time is over. */
bool emu_queue_drained(struct emu_queue *q, const struct emu_mark *mark, int64_t timeout_ms)
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

/* Nothing is left afterwards, and the queue can be used again. */
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

/* Nothing is left afterwards and nothing can come; another thread is in emu_queue_end(). */
void emu_queue_call_off(struct emu_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->ending = true;
	pthread_mutex_unlock(&q->lock);
	emu_queue_abort(q);
}

/* The task that runs is ended, those behind it stay and do not begin. */
void emu_queue_halt(struct emu_queue *q)
{
	uint64_t target;

	pthread_mutex_lock(&q->lock);
	q->halted = true;
	target = q->finished + q->running;
	interrupt(q);
	wake_all(q);
	/* A queue that is about to end would run them. */
	if (q->ending)
		drop(q, take_all(q));
	wait_finished(q, target);
	pthread_mutex_unlock(&q->lock);
}

/* The last call for a queue. With @force, what has not begun never does. */
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
