// SPDX-License-Identifier: MIT
/*
 * Functions of the program in a stream: the stream's own thread runs them, or a
 * thread of the program that calls aclrtProcessReport() (a report).
 *
 * A report belongs to a thread id and serves all streams that are subscribed for
 * it. It exists until no stream is subscribed and all its calls have run.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/process.h"
#include "stream/capture.h"
#include "stream/stream.h"

struct call {
	struct call *next;
	aclrtCallback fn;
	void *data;
	struct emu_completion *completion;	/* that a stream waits for; NULL: none does */
};

struct emu_report {
	struct emu_report *next;	/* this and streams under callbacks.lock */
	uint64_t thread;
	uint64_t streams;
	_Atomic uint32_t refs;
	struct emu_condition condition;
	struct call *first;		/* these under condition.lock */
	struct call **last;
	bool aborted;			/* a stream was, since the thread began to wait */
	bool closed;
};

struct callback_task {
	struct emu_task task;
	struct emu_report *report;	/* NULL: the thread of the stream runs it */
	aclrtCallback fn;
	void *data;
	bool block;
};

struct callbacks {
	pthread_mutex_t lock;	/* for the list and the subscriptions of streams */
	struct emu_report *reports;
};

EMU_STATE(struct callbacks, callbacks, NULL)

/* --- reports ---------------------------------------------------------------- */

static struct emu_report *report_ref(struct emu_report *report)
{
	atomic_fetch_add_explicit(&report->refs, 1, memory_order_relaxed);
	return report;
}

static void report_put(struct emu_report *report)
{
	if (!report || atomic_fetch_sub_explicit(&report->refs, 1, memory_order_acq_rel) != 1)
		return;
	emu_condition_end(&report->condition);
	free(report);
}

/* Called with callbacks.lock held. */
static struct emu_report *report_find(uint64_t thread)
{
	struct emu_report *r;

	for (r = callbacks()->reports; r && r->thread != thread; r = r->next)
		;
	return r;
}

static struct emu_report *report_new(uint64_t thread)
{
	struct emu_report *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->thread = thread;
	r->refs = 1;
	r->last = &r->first;
	emu_condition_init(&r->condition);
	r->next = callbacks()->reports;
	callbacks()->reports = r;
	return r;
}

static void report_remove(struct emu_report *report)
{
	struct emu_report **p;

	for (p = &callbacks()->reports; *p && *p != report; p = &(*p)->next)
		;
	if (!*p)
		return;
	*p = report->next;
	report_put(report);
}

static void call_end(struct call *call, aclError code)
{
	if (call->completion)
		emu_completion_complete(call->completion, code);
	emu_completion_put(call->completion);
	free(call);
}

/* Calls that streams wait for fail, because no thread will run them. */
static bool report_close(struct emu_report *report)
{
	struct call **p, *c;
	bool empty;

	pthread_mutex_lock(&report->condition.lock);
	report->closed = true;
	for (p = &report->first; (c = *p);) {
		if (!c->completion) {
			p = &c->next;
			continue;
		}
		*p = c->next;
		call_end(c, ACL_ERROR_RT_STREAM_NO_CB_REG);
	}
	report->last = p;
	empty = !report->first;
	pthread_cond_broadcast(&report->condition.cond);
	pthread_mutex_unlock(&report->condition.lock);
	return empty;
}

/* Under callbacks.lock. */
static void unsubscribe(struct emu_stream *s)
{
	struct emu_report *r = s->report;

	s->report = NULL;
	if (!--r->streams && report_close(r))
		report_remove(r);
}

void emu_callback_unsubscribe(struct emu_stream *stream)
{
	pthread_mutex_lock(&callbacks()->lock);
	if (stream->report)
		unsubscribe(stream);
	pthread_mutex_unlock(&callbacks()->lock);
}

void emu_callback_abort(struct emu_stream *stream)
{
	struct emu_report *r;

	pthread_mutex_lock(&callbacks()->lock);
	for (r = callbacks()->reports; r; r = r->next) {
		if (stream && stream->report != r)
			continue;
		pthread_mutex_lock(&r->condition.lock);
		r->aborted = true;
		pthread_cond_broadcast(&r->condition.cond);
		pthread_mutex_unlock(&r->condition.lock);
	}
	pthread_mutex_unlock(&callbacks()->lock);
}

static aclError subscribe(uint64_t thread, struct emu_stream *s)
{
	struct emu_report *r;

	if (s->report || s->hosted)
		return emu_error(ACL_ERROR_RT_STREAM_SUBSCRIBE,
				 "call aclrtUnSubscribeReport() first, or use another stream",
				 "the stream is subscribed already, for thread 0x%" PRIx64
				 " (0: aclrtLaunchHostFunc())", s->hosted ? 0 : s->report->thread);
	r = report_find(thread);
	if (!r)
		r = report_new(thread);
	if (!r)
		return emu_no_memory("subscription");
	pthread_mutex_lock(&r->condition.lock);
	r->closed = false;
	pthread_mutex_unlock(&r->condition.lock);
	r->streams++;
	s->report = r;
	return ACL_SUCCESS;
}

static aclError subscribe_in(struct emu_stream *s, void *thread)
{
	aclError code;

	pthread_mutex_lock(&callbacks()->lock);
	code = subscribe(*(uint64_t *)thread, s);
	pthread_mutex_unlock(&callbacks()->lock);
	return code;
}

aclError aclrtSubscribeReport(uint64_t threadId, aclrtStream stream)
{
	EMU_ENTER();
	return emu_with_stream(stream, subscribe_in, &threadId);
}

static aclError unsubscribe_in(struct emu_stream *s, void *arg)
{
	uint64_t thread = *(uint64_t *)arg;
	aclError code = ACL_SUCCESS;

	pthread_mutex_lock(&callbacks()->lock);
	if (!s->report && !s->hosted && !s->is_default)
		code = emu_error(ACL_ERROR_RT_STREAM_SUBSCRIBE, "call aclrtSubscribeReport() first",
				 "the stream is not subscribed");
	else if (!s->report || s->report->thread != thread)
		code = emu_error(ACL_ERROR_RT_THREAD_SUBSCRIBE, "name the subscribed thread",
				 "the stream is not subscribed for thread 0x%" PRIx64, thread);
	else
		unsubscribe(s);
	pthread_mutex_unlock(&callbacks()->lock);
	return code;
}

aclError aclrtUnSubscribeReport(uint64_t threadId, aclrtStream stream)
{
	EMU_ENTER();
	return emu_with_stream_as(stream, 0, unsubscribe_in, &threadId);
}

/* --- in streams ------------------------------------------------------------- */

/* Returns false if the report is closed: no thread would run the call. */
static bool hand_over(struct emu_report *r, struct call *call)
{
	bool open;

	pthread_mutex_lock(&r->condition.lock);
	open = !r->closed;
	if (open) {
		*r->last = call;
		r->last = &call->next;
		pthread_cond_broadcast(&r->condition.cond);
	}
	pthread_mutex_unlock(&r->condition.lock);
	return open;
}

static aclError report_unserved(void)
{
	return emu_error(ACL_ERROR_RT_STREAM_NO_CB_REG,
			 "call aclrtUnSubscribeReport() after the stream has been synchronized",
			 "the subscription ended before the callback was run");
}

static aclError wait_for(struct emu_completion *completion, struct emu_queue *queue)
{
	if (emu_queue_wait_completion(queue, completion, EMU_FOREVER) == EMU_WAIT_ABORTED)
		return emu_stream_wait_aborted();
	return completion->code ? report_unserved() : ACL_SUCCESS;
}

static aclError report_run(struct emu_task *task, struct emu_queue *queue)
{
	struct callback_task *t = (struct callback_task *)task;
	struct call *call = calloc(1, sizeof(*call));
	struct emu_completion *completion = NULL;
	aclError code = ACL_SUCCESS;

	if (call && t->block)
		completion = emu_completion_new();
	if (!call || (t->block && !completion)) {
		free(call);
		return emu_no_memory("callback");
	}
	call->fn = t->fn;
	call->data = t->data;
	if (completion)
		call->completion = emu_completion_ref(completion);
	if (!hand_over(t->report, call)) {
		call_end(call, ACL_SUCCESS);
		code = report_unserved();
	} else if (completion) {
		code = wait_for(completion, queue);
	}
	emu_completion_put(completion);
	return code;
}

static aclError own_run(struct emu_task *task, struct emu_queue *queue)
{
	struct callback_task *t = (struct callback_task *)task;

	(void)queue;
	t->fn(t->data);
	return ACL_SUCCESS;
}

static void task_end(struct emu_task *task, bool ran)
{
	(void)ran;
	report_put(((struct callback_task *)task)->report);
	free(task);
}

/* A callback that no thread serves is run as a function of aclrtLaunchHostFunc(). */
static aclError callback_in(struct emu_stream *s, void *task)
{
	struct callback_task *t = task;

	pthread_mutex_lock(&callbacks()->lock);
	t->report = s->report ? report_ref(s->report) : NULL;
	pthread_mutex_unlock(&callbacks()->lock);
	if (!t->report && !s->hosted)
		return emu_error(ACL_ERROR_RT_STREAM_NO_CB_REG,
				 "call aclrtSubscribeReport() first",
				 "no thread is subscribed for callbacks of the stream");
	if (!t->report)
		t->task.run = own_run;
	return emu_queue_submit(&s->queue, &t->task);
}

/* A stream that no thread is subscribed for stays the business of its own thread. */
static aclError host_func_in(struct emu_stream *s, void *task)
{
	aclError code = emu_queue_submit(&s->queue, task);

	if (code || s->hosted || emu_stream_is_captured(s))
		return code;
	pthread_mutex_lock(&callbacks()->lock);
	s->hosted = !s->report;
	pthread_mutex_unlock(&callbacks()->lock);
	return ACL_SUCCESS;
}

static aclError launch(aclError code, struct callback_task what, aclrtStream stream,
		       aclError (*in)(struct emu_stream *s, void *task),
		       aclError (*run)(struct emu_task *, struct emu_queue *))
{
	struct callback_task *t;

	if (!code && !what.fn)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid function", "fn is NULL");
	if (code)
		return emu_token_first(EMU_TOKEN_STREAM, stream, code);
	t = emu_task_new(sizeof(*t), run, task_end);
	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->fn = what.fn;
	t->data = what.data;
	t->block = what.block;
	code = emu_with_stream(stream, in, t);
	if (code)
		task_end(&t->task, false);
	return code;
}

aclError aclrtLaunchCallback(aclrtCallback fn, void *userData, aclrtCallbackBlockType blockType,
			     aclrtStream stream)
{
	struct callback_task what = {
		.fn = fn, .data = userData, .block = blockType == ACL_CALLBACK_BLOCK,
	};
	aclError code = ACL_SUCCESS;

	EMU_ENTER();
	if ((unsigned int)blockType > ACL_CALLBACK_BLOCK)
		code = emu_error(ACL_ERROR_INVALID_PARAM, "use one of aclrtCallbackBlockType",
				 "blockType %u is unknown", (unsigned int)blockType);
	return launch(code, what, stream, callback_in, report_run);
}

aclError aclrtLaunchHostFunc(aclrtStream stream, aclrtHostFunc fn, void *args)
{
	struct callback_task what = { .fn = fn, .data = args };

	EMU_ENTER();
	return launch(ACL_SUCCESS, what, stream, host_func_in, own_run);
}

/* --- in a thread of the program ---------------------------------------------- */

static bool report_ready(void *arg)
{
	struct emu_report *r = arg;

	return r->first || r->closed || r->aborted;
}

static void run_calls(struct emu_report *r)
{
	struct call *list, *next;

	pthread_mutex_lock(&r->condition.lock);
	list = r->first;
	r->first = NULL;
	r->last = &r->first;
	pthread_mutex_unlock(&r->condition.lock);
	for (; list; list = next) {
		next = list->next;
		list->fn(list->data);
		call_end(list, ACL_SUCCESS);
	}
}

/* A report without streams ends when its last call has run. */
static void report_done(struct emu_report *r)
{
	bool empty;

	pthread_mutex_lock(&callbacks()->lock);
	pthread_mutex_lock(&r->condition.lock);
	empty = r->closed && !r->first;
	pthread_mutex_unlock(&r->condition.lock);
	if (empty)
		report_remove(r);
	pthread_mutex_unlock(&callbacks()->lock);
	report_put(r);
}

aclError aclrtProcessReport(int32_t timeout)
{
	struct emu_report *r;
	enum emu_wait wait;
	bool any, closed;

	EMU_ENTER();
	if (timeout < EMU_FOREVER || !timeout)
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "give milliseconds, or -1 to wait without end",
				 "timeout is %" PRId32 " ms", timeout);
	pthread_mutex_lock(&callbacks()->lock);
	r = report_find((uint64_t)pthread_self());
	if (r)
		report_ref(r);
	pthread_mutex_unlock(&callbacks()->lock);
	if (!r)
		return emu_error(ACL_ERROR_RT_THREAD_SUBSCRIBE,
				 "subscribe streams for it with aclrtSubscribeReport()",
				 "no stream is subscribed for this thread, 0x%" PRIx64,
				 (uint64_t)pthread_self());
	pthread_mutex_lock(&r->condition.lock);
	r->aborted = false;
	pthread_mutex_unlock(&r->condition.lock);
	wait = emu_condition_wait(&r->condition, report_ready, r, timeout, NULL);
	pthread_mutex_lock(&r->condition.lock);
	any = r->first;
	closed = r->closed;
	pthread_mutex_unlock(&r->condition.lock);
	run_calls(r);
	report_done(r);
	if (wait == EMU_WAIT_EXPIRED)
		return emu_error(ACL_ERROR_RT_REPORT_TIMEOUT, "wait again, or longer",
				 "no callback came within %" PRId32 " ms", timeout);
	if (any)
		return ACL_SUCCESS;
	if (!closed)
		return emu_error(ACL_ERROR_RT_STREAM_ABORT, "submit the work again",
				 "a stream that this thread serves was aborted");
	return emu_error(ACL_ERROR_RT_THREAD_SUBSCRIBE, "subscribe a stream again",
			 "the last stream was unsubscribed from this thread");
}
