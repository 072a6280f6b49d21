// SPDX-License-Identifier: MIT
/*
 * Gates: places where threads wait for something to become true.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "stream/queue.h"

#define NS	UINT64_C(1000000000)

void emu_cond_init(pthread_cond_t *cond)
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

void emu_gate_init(struct emu_gate *gate)
{
	pthread_mutex_init(&gate->lock, NULL);
	emu_cond_init(&gate->cond);
}

void emu_gate_end(struct emu_gate *gate)
{
	pthread_cond_destroy(&gate->cond);
	pthread_mutex_destroy(&gate->lock);
}

void emu_gate_wake(struct emu_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	pthread_cond_broadcast(&gate->cond);
	pthread_mutex_unlock(&gate->lock);
}

/* @ready is called under the lock of the gate; @abort may be NULL. */
enum emu_wait emu_gate_wait(struct emu_gate *gate, bool (*ready)(void *arg), void *arg,
			    int64_t timeout_ms, const _Atomic bool *abort)
{
	enum emu_wait result = EMU_WAIT_READY;
	struct timespec deadline = { 0 };
	int err = 0;

	if (timeout_ms >= 0)
		deadline = emu_deadline(timeout_ms);
	pthread_mutex_lock(&gate->lock);
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
			pthread_cond_wait(&gate->cond, &gate->lock);
		else
			err = pthread_cond_timedwait(&gate->cond, &gate->lock, &deadline);
	}
	pthread_mutex_unlock(&gate->lock);
	return result;
}

/* For pauses: the gate never opens. */
bool emu_gate_never(void *arg)
{
	(void)arg;
	return false;
}

/* --- latches -------------------------------------------------------------- */

struct emu_latch *emu_latch_new(void)
{
	struct emu_latch *latch = calloc(1, sizeof(*latch));

	if (latch) {
		emu_gate_init(&latch->gate);
		atomic_init(&latch->refs, 1);
	}
	return latch;
}

struct emu_latch *emu_latch_ref(struct emu_latch *latch)
{
	atomic_fetch_add_explicit(&latch->refs, 1, memory_order_relaxed);
	return latch;
}

void emu_latch_put(struct emu_latch *latch)
{
	if (!latch || atomic_fetch_sub_explicit(&latch->refs, 1, memory_order_acq_rel) != 1)
		return;
	emu_gate_end(&latch->gate);
	free(latch);
}

/* The first to open it decides. */
void emu_latch_open(struct emu_latch *latch, aclError code)
{
	uint64_t now = emu_now();

	pthread_mutex_lock(&latch->gate.lock);
	if (!latch->open) {
		latch->open = true;
		latch->code = code;
		latch->time = now;
		pthread_cond_broadcast(&latch->gate.cond);
	}
	pthread_mutex_unlock(&latch->gate.lock);
}

/* For waits: under the lock of its gate. */
bool emu_latch_is_open(void *latch)
{
	return ((struct emu_latch *)latch)->open;
}

enum emu_wait emu_latch_wait(struct emu_latch *latch, int64_t timeout_ms,
			     const _Atomic bool *abort)
{
	return emu_gate_wait(&latch->gate, emu_latch_is_open, latch, timeout_ms, abort);
}
