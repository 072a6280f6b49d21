/* SPDX-License-Identifier: MIT */
/*
 * Queues: tasks that one thread runs in their order.
 *
 * Locks of the stream room, outermost first:
 *
 *   event, memory pool   its state; held while a task is submitted
 *   callbacks.lock       the subscriptions of streams
 *   queue                its tasks and its state
 *   condition, report    what a task or a thread waits for
 *   completion           a one-shot event
 *
 * The locks of the token tables, of the records of events between processes and
 * of the worker pool are leaves; a sync of the module may be signalled under any
 * of them. No lock is held while a task runs, ends or is dropped, or while a
 * function of the program is called.
 */
#ifndef EMU_STREAM_QUEUE_H
#define EMU_STREAM_QUEUE_H

#include "core/condition.h"

struct emu_lane;
struct emu_queue;

#define EMU_TASK_TOUCHES	2

/* What a task is, for graphs and their lists of tasks. */
struct emu_task_info {
	aclmdlRITaskParams params;	/* type and the members of the type */
	unsigned int count;
	struct emu_touch {
		uint64_t addr;
		uint64_t size;
		bool writes;
	} touches[EMU_TASK_TOUCHES];	/* memory whose addresses the task has */
};

/*
 * The first member of each task. The thread of the queue calls run(), which
 * returns a code with the message written by emu_error(), as any call does; it
 * must wait only with emu_queue_wait() or emu_queue_wait_sync(). end() is called
 * once and frees the task: after run(), or with ran false if run() is never called.
 * A recorded task runs many times before its end, one after the other.
 */
struct emu_task {
	struct emu_task *next;
	const char *function;
	aclError (*run)(struct emu_task *task, struct emu_queue *queue);
	void (*end)(struct emu_task *task, bool ran);
	/* Names what a waiting task waits for; NULL: it never waits. May take no lock. */
	void (*describe)(const struct emu_task *task, char *text, size_t size);
	/* What the task waits for, or what it records for others: compared, never used. */
	const void *waits_for;
	const void *records;
	/* NULL: nothing is known but the function. May take no lock. */
	void (*info)(const struct emu_task *task, struct emu_task_info *info);
	uint32_t stack;			/* of the call; EMU_NO_STACK: not recorded */
	bool once;			/* cannot be recorded */
};

struct emu_queue {
	pthread_mutex_t lock;
	pthread_cond_t work;		/* the thread waits here for a task or for the end */
	pthread_cond_t progress;	/* others wait here until tasks are finished */
	pthread_t thread;
	_Atomic(struct emu_lane *) lane; /* that records the tasks; NULL: they run */
	uint64_t context;		/* the current context of the thread; constant */
	uint32_t device;		/* that of the context */
	struct emu_task *first;
	struct emu_task **last;
	struct emu_task *current;	/* the running task; it exists while it waits */
	const char *function;		/* of the running task, and so on */
	uint32_t stack;
	uint64_t since;			/* when it began */
	struct emu_condition *condition; /* that the running task waits for */
	uint64_t cancel;		/* sync that ends waits for syncs; 0: none yet */
	uint64_t submitted;		/* tasks ever submitted */
	uint64_t finished;		/* run or dropped */
	uint64_t wake_at;		/* smallest value of finished that a thread waits for */
	uint64_t aborts;		/* calls of emu_queue_abort() */
	_Atomic bool abort;		/* the running task must end */
	bool started;
	bool idle;			/* the thread waits at work */
	bool running;
	bool halted;
	bool ending;
	bool in_sync;			/* the running task waits for a sync */
	bool endless;			/* it waits without a time limit */
	bool canceled;			/* the value of cancel is not 0 */
	bool stop_on_failure;
	aclError code;			/* of the first failure that was not reported */
	char message[EMU_MESSAGE_LEN];
};

void *emu_task_new(size_t size, aclError (*run)(struct emu_task *, struct emu_queue *),
		   void (*end)(struct emu_task *, bool));
void emu_queue_init(struct emu_queue *q, uint64_t context, uint32_t device);
/* Adds the task, or records it if the stream is captured. On failure the caller still owns it. */
aclError emu_queue_submit(struct emu_queue *q, struct emu_task *task);
aclError emu_queue_submit_now(struct emu_queue *q, struct emu_task *task);
enum emu_wait emu_queue_wait(struct emu_queue *q, struct emu_condition *condition,
			     bool (*ready)(void *arg), void *arg, int64_t timeout_ms);
enum emu_wait emu_queue_wait_completion(struct emu_queue *q, struct emu_completion *completion,
					int64_t timeout_ms);
enum emu_wait emu_queue_wait_sync(struct emu_queue *q, uint64_t handle, uint64_t value, bool take,
				  uint64_t deadline);
aclError emu_queue_sync(struct emu_queue *q, const struct timespec *deadline);

/*
 * What a queue does. BUSY: its tasks continue without other threads. WAITS: the
 * running task waits without a time limit.
 */
enum emu_queue_state { EMU_QUEUE_DONE, EMU_QUEUE_BUSY, EMU_QUEUE_WAITS };

enum emu_queue_state emu_queue_state(struct emu_queue *q, uint64_t *finished);
void emu_queue_set_endless(struct emu_queue *q, bool endless);

#define EMU_VIEW_NEXT	8
#define EMU_VIEW_TEXT	192

/* What a queue does at one moment, for people. */
struct emu_queue_view {
	bool running;
	bool waiting;
	bool halted;
	const char *function;		/* of the running task */
	char what[EMU_VIEW_TEXT];	/* what it waits for; "": not known */
	const void *waits_for;
	uint32_t stack;
	uint64_t ms;			/* since it began */
	uint64_t finished;
	uint64_t behind;		/* tasks behind it */
	const char *next[EMU_VIEW_NEXT];	/* their functions, the first ones */
};

void emu_queue_view(struct emu_queue *q, struct emu_queue_view *view);
/* Is there a task that records @what? @before: tasks in front of it. */
bool emu_queue_records(struct emu_queue *q, const void *what, uint64_t *before);

/* The tasks that a queue has at one moment. */
struct emu_queue_mark {
	uint64_t target;
	uint64_t finished;
	uint64_t aborts;
};

struct emu_queue_mark emu_queue_mark(struct emu_queue *q);
bool emu_queue_drained(struct emu_queue *q, const struct emu_queue_mark *mark, int64_t timeout_ms);

/* For a task that has parts in other queues: ends its wait, without an abort of the queue. */
void emu_queue_interrupt(struct emu_queue *q);
/* The running task goes on unless the queue was aborted since it had @aborts. */
void emu_queue_continue(struct emu_queue *q, uint64_t aborts);

bool emu_queue_done(struct emu_queue *q);
void emu_queue_abort(struct emu_queue *q);
void emu_queue_cancel(struct emu_queue *q);
void emu_queue_halt(struct emu_queue *q);
void emu_queue_end(struct emu_queue *q, bool force);

#endif
