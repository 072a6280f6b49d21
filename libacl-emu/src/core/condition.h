/* SPDX-License-Identifier: MIT */
/*
 * Conditions that threads wait for, and completions (one-shot events).
 */
#ifndef EMU_CORE_CONDITION_H
#define EMU_CORE_CONDITION_H

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "core/common.h"

#define EMU_FOREVER	(-1)

struct emu_condition {
	pthread_mutex_t lock;
	pthread_cond_t cond;
};

/*
 * GONE: what the caller waited for does not exist any more. FAILED: the wait did
 * not begin, and the message is written.
 */
enum emu_wait {
	EMU_WAIT_READY, EMU_WAIT_EXPIRED, EMU_WAIT_ABORTED, EMU_WAIT_GONE, EMU_WAIT_FAILED,
};

void emu_condition_init(struct emu_condition *condition);
void emu_condition_end(struct emu_condition *condition);
void emu_condition_wake(struct emu_condition *condition);
enum emu_wait emu_condition_wait(struct emu_condition *condition, bool (*ready)(void *arg),
				 void *arg, int64_t timeout_ms, const _Atomic bool *abort);
bool emu_condition_never(void *arg);
void emu_pthread_cond_init(pthread_cond_t *cond);
struct timespec emu_deadline(int64_t timeout_ms);
uint64_t emu_now(void);

/* Completes once and stays complete. */
struct emu_completion {
	struct emu_condition condition;
	_Atomic uint32_t refs;
	bool done;		/* this and below under condition.lock */
	aclError code;		/* not 0: completed although the event did not happen */
	uint64_t time;		/* of the completion, in nanoseconds */
};

struct emu_completion *emu_completion_new(void);
struct emu_completion *emu_completion_ref(struct emu_completion *completion);
void emu_completion_put(struct emu_completion *completion);
void emu_completion_complete(struct emu_completion *completion, aclError code);
bool emu_completion_done(void *completion);
enum emu_wait emu_completion_wait(struct emu_completion *completion, int64_t timeout_ms,
				  const _Atomic bool *abort);

#endif
