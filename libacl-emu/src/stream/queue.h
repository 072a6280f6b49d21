/* SPDX-License-Identifier: MIT */
/*
 * Queues of tasks, each with a thread of its own, and gates to wait at.
 *
 * Locks of the runtime part, outermost first: that of an event or a pool, held while a
 * task is put into a queue, and that of the subscriptions > that of a queue >
 * that of a gate, of a report before that of a latch. Those of the token tables,
 * of the records between processes and of the crew of launch.c are leaves; a
 * counter of the module may be signalled under any of them. No lock is held
 * while a task runs, is ended or dropped, or while a program's function is
 * called, so a queue holds nobody up but those who wait for it.
 */
#ifndef EMU_QUEUE_H
#define EMU_QUEUE_H

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "core/emu.h"

#define EMU_FOREVER	(-1)

/* --- gate.c -------------------------------------------------------------- */

struct emu_gate {
	pthread_mutex_t lock;
	pthread_cond_t cond;
};

/* GONE: what was waited for is no more. FAILED: there was no wait, the message is written. */
enum emu_wait {
	EMU_WAIT_READY, EMU_WAIT_EXPIRED, EMU_WAIT_ABORTED, EMU_WAIT_GONE, EMU_WAIT_FAILED,
};

void emu_gate_init(struct emu_gate *gate);
void emu_gate_end(struct emu_gate *gate);
void emu_gate_wake(struct emu_gate *gate);
bool emu_gate_never(void *arg);
enum emu_wait emu_gate_wait(struct emu_gate *gate, bool (*ready)(void *arg), void *arg,
			    int64_t timeout_ms, const _Atomic bool *abort);
void emu_cond_init(pthread_cond_t *cond);
struct timespec emu_deadline(int64_t timeout_ms);
uint64_t emu_now(void);

/* A gate that opens once, for ever. */
struct emu_latch {
	struct emu_gate gate;
	_Atomic uint32_t refs;
	bool open;		/* what follows is under the lock of the gate */
	aclError code;		/* why it was opened, if not by what was waited for */
	uint64_t time;		/* when, in nanoseconds */
};

struct emu_latch *emu_latch_new(void);
struct emu_latch *emu_latch_ref(struct emu_latch *latch);
void emu_latch_put(struct emu_latch *latch);
void emu_latch_open(struct emu_latch *latch, aclError code);
bool emu_latch_is_open(void *latch);
enum emu_wait emu_latch_wait(struct emu_latch *latch, int64_t timeout_ms,
			     const _Atomic bool *abort);

/* --- queue.c ------------------------------------------------------------- */

struct emu_queue;

/*
 * Begins what is put into a queue. run() is called by the queue's thread and
 * gives a code, with the message written by emu_error() as in any call; it must
 * wait with emu_queue_wait() or emu_queue_wait_sync() only. end() is called
 * once, after run() or, if that is never called, with ran false; it frees the
 * task.
 */
struct emu_task {
	struct emu_task *next;
	const char *function;
	aclError (*run)(struct emu_task *task, struct emu_queue *queue);
	void (*end)(struct emu_task *task, bool ran);
};

struct emu_queue {
	pthread_mutex_t lock;
	pthread_cond_t work;		/* the thread waits here for a task, or its end */
	pthread_cond_t progress;	/* others wait here for tasks to be finished */
	pthread_t thread;
	uint64_t context;		/* current one of the thread; never changes */
	uint32_t device;		/* that of the context */
	struct emu_task *first;
	struct emu_task **last;
	struct emu_gate *gate;		/* where the task that runs waits */
	uint64_t cancel;		/* counter that ends waits for counters; 0: none yet */
	uint64_t submitted;		/* tasks ever put in */
	uint64_t finished;		/* run or dropped */
	uint64_t wake_at;		/* smallest count that somebody waits for */
	uint64_t aborts;		/* calls of emu_queue_abort() */
	_Atomic bool abort;		/* the task that runs shall come to an end */
	bool started;
	bool idle;			/* the thread waits at work */
	bool running;
	bool halted;
	bool ending;
	bool counting;			/* the task that runs waits for a counter */
	bool endless;			/* it waits without a time limit */
	bool called_off;		/* cancel is not 0 */
	bool stop_on_failure;
	aclError code;			/* of the first failure not told yet */
	char message[EMU_MESSAGE_LEN];
};

void *emu_task_new(size_t size, aclError (*run)(struct emu_task *, struct emu_queue *),
		   void (*end)(struct emu_task *, bool));
void emu_queue_init(struct emu_queue *q, uint64_t context, uint32_t device);
aclError emu_queue_submit(struct emu_queue *q, struct emu_task *task);
enum emu_wait emu_queue_wait(struct emu_queue *q, struct emu_gate *gate,
			     bool (*ready)(void *arg), void *arg, int64_t timeout_ms);
enum emu_wait emu_queue_wait_sync(struct emu_queue *q, uint64_t handle, uint64_t value, bool take,
				  uint64_t deadline);
aclError emu_queue_sync(struct emu_queue *q, const struct timespec *deadline);

/* BUSY: some task goes on by itself. WAITS: what is left waits for somebody else. */
enum emu_queue_look { EMU_QUEUE_DONE, EMU_QUEUE_BUSY, EMU_QUEUE_WAITS };

enum emu_queue_look emu_queue_look(struct emu_queue *q, uint64_t *finished);
/* What a drain waits for: the tasks that were in the queue at its begin. */
struct emu_mark {
	uint64_t target;
	uint64_t aborts;
};

struct emu_mark emu_queue_mark(struct emu_queue *q);
bool emu_queue_drained(struct emu_queue *q, const struct emu_mark *mark, int64_t timeout_ms);
void emu_queue_set_endless(struct emu_queue *q, bool endless);
void emu_queue_call_off(struct emu_queue *q);
bool emu_queue_done(struct emu_queue *q);
void emu_queue_abort(struct emu_queue *q);
void emu_queue_halt(struct emu_queue *q);
void emu_queue_end(struct emu_queue *q, bool force);

#endif
