// SPDX-License-Identifier: MIT
/*
 * Conditions and completions.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "core/condition.h"

#define NS	UINT64_C(1000000000)

void emu_pthread_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

uint64_t emu_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec;
}

struct timespec emu_deadline(int64_t timeout_ms)
{
	uint64_t then = emu_now() + (uint64_t)timeout_ms * (NS / 1000);

	return (struct timespec){ .tv_sec = (time_t)(then / NS), .tv_nsec = (long)(then % NS) };
}

void emu_condition_init(struct emu_condition *condition)
{
	pthread_mutex_init(&condition->lock, NULL);
	emu_pthread_cond_init(&condition->cond);
}

void emu_condition_end(struct emu_condition *condition)
{
	pthread_cond_destroy(&condition->cond);
	pthread_mutex_destroy(&condition->lock);
}

void emu_condition_wake(struct emu_condition *condition)
{
	pthread_mutex_lock(&condition->lock);
	pthread_cond_broadcast(&condition->cond);
	pthread_mutex_unlock(&condition->lock);
}

/* @ready is called with the lock of the condition held; @abort may be NULL. */
enum emu_wait emu_condition_wait(struct emu_condition *condition, bool (*ready)(void *arg),
				 void *arg, int64_t timeout_ms, const _Atomic bool *abort)
{
	enum emu_wait result = EMU_WAIT_READY;
	struct timespec deadline = { 0 };
	int err = 0;

	if (timeout_ms >= 0)
		deadline = emu_deadline(timeout_ms);
	pthread_mutex_lock(&condition->lock);
	while (!ready(arg)) {
		if (abort && atomic_load(abort)) {
			result = EMU_WAIT_ABORTED;
			break;
		}
		if (err == ETIMEDOUT) {
			result = EMU_WAIT_EXPIRED;
			break;
		}
		if (timeout_ms < 0)
			pthread_cond_wait(&condition->cond, &condition->lock);
		else
			err = pthread_cond_timedwait(&condition->cond, &condition->lock, &deadline);
	}
	pthread_mutex_unlock(&condition->lock);
	return result;
}

/* The ready() of pauses, which only an abort or the time limit ends. */
bool emu_condition_never(void *arg)
{
	(void)arg;
	return false;
}

/* --- completions ---------------------------------------------------------- */

struct emu_completion *emu_completion_new(void)
{
	struct emu_completion *completion = calloc(1, sizeof(*completion));

	if (completion) {
		emu_condition_init(&completion->condition);
		atomic_init(&completion->refs, 1);
	}
	return completion;
}

struct emu_completion *emu_completion_ref(struct emu_completion *completion)
{
	atomic_fetch_add_explicit(&completion->refs, 1, memory_order_relaxed);
	return completion;
}

void emu_completion_put(struct emu_completion *completion)
{
	if (!completion ||
	    atomic_fetch_sub_explicit(&completion->refs, 1, memory_order_acq_rel) != 1)
		return;
	emu_condition_end(&completion->condition);
	free(completion);
}

/* Later calls do nothing. */
void emu_completion_complete(struct emu_completion *completion, aclError code)
{
	uint64_t now = emu_now();

	pthread_mutex_lock(&completion->condition.lock);
	if (!completion->done) {
		completion->done = true;
		completion->code = code;
		completion->time = now;
		pthread_cond_broadcast(&completion->condition.cond);
	}
	pthread_mutex_unlock(&completion->condition.lock);
}

/* The ready() of waits: called with the lock of the condition held. */
bool emu_completion_done(void *completion)
{
	return ((struct emu_completion *)completion)->done;
}

enum emu_wait emu_completion_wait(struct emu_completion *completion, int64_t timeout_ms,
				  const _Atomic bool *abort)
{
	return emu_condition_wait(&completion->condition, emu_completion_done, completion,
				  timeout_ms, abort);
}
