// SPDX-License-Identifier: MIT
/*
 * Events and notifies, as entries of queues use them.
 *
 * An event stays set until it is cleared. A wait for a notify clears it. A notify that
 * has a name is a sync of the module with the value 0 or 1.
 */
#include <errno.h>

#include "core/sync.h"
#include "queue.h"

#define NS	UINT64_C(1000000000)

static void set_event(struct hal_device *d, uint32_t id, bool set)
{
	pthread_mutex_lock(&d->lock);
	d->event[id] = set;
	if (set)
		hal_queue_wake(d, HAL_WAIT_EVENT, id);
	pthread_mutex_unlock(&d->lock);
}

void hal_event_record(struct hal_device *d, uint32_t id)
{
	set_event(d, id % HAL_EVENTS, true);
}

void hal_event_clear(struct hal_device *d, uint32_t id)
{
	set_event(d, id % HAL_EVENTS, false);
}

/* NULL: no time limit. */
static const struct timespec *deadline_in(uint32_t seconds, struct timespec *deadline)
{
	*deadline = emu_deadline((int64_t)seconds * 1000);
	return seconds ? deadline : NULL;
}

static void set_end(int err, struct hal_end *end)
{
	end->dropped = err == ECANCELED;
	if (err == ETIMEDOUT)
		end->error_type = HAL_ERROR_TIMEOUT;
}

void hal_event_wait(struct hal_device *d, struct hal_queue *q, uint32_t id, uint32_t seconds,
		    struct hal_end *end)
{
	struct timespec deadline;

	pthread_mutex_lock(&d->lock);
	set_end(hal_queue_block(d, q, HAL_WAIT_EVENT, id % HAL_EVENTS,
				deadline_in(seconds, &deadline)), end);
	pthread_mutex_unlock(&d->lock);
}

/* --- notifies ---------------------------------------------------------------------------- */

static void set_notify(struct hal_device *d, uint32_t id, bool set)
{
	struct hal_notify *n = &d->notify[id];
	struct acl_emu_sync_signal arg;

	pthread_mutex_lock(&d->lock);
	if (n->sync)
		emu_sync_signal(&arg, n->sync, EMU_SYNC_SET, set);
	else
		n->set = set;
	if (set)
		hal_queue_wake(d, HAL_WAIT_NOTIFY, id);
	pthread_mutex_unlock(&d->lock);
}

void hal_notify_record(struct hal_device *d, uint32_t id)
{
	set_notify(d, id % HAL_NOTIFIES, true);
}

void hal_notify_clear(struct hal_device *d, uint32_t id)
{
	set_notify(d, id % HAL_NOTIFIES, false);
}

void hal_notify_forget(struct hal_notify *n)
{
	emu_sync_drop(n->sync);
	*n = (struct hal_notify){ 0 };
}

/*
 * Makes the sync by which a reset or the end of the queue interrupts the wait. Called
 * with the lock held; 0, or an error.
 */
static int arm(struct hal_device *d, struct hal_queue *q, uint64_t generation)
{
	struct acl_emu_sync_signal arg;

	if (!q->cancel && emu_sync_create(d->id, 0, &q->cancel))
		return EIO;
	if (q->ending || q->generation != generation)
		return ECANCELED;
	emu_sync_signal(&arg, q->cancel, EMU_SYNC_SET, 0);
	return 0;
}

/* Called with the lock held, which it releases while it waits. */
static int wait_shared(struct hal_device *d, struct hal_queue *q, uint64_t sync, uint32_t seconds)
{
	uint64_t deadline = seconds ? emu_now() + seconds * NS : EMU_SYNC_FOREVER;
	uint64_t cancel, now;
	enum emu_wait result;
	int err = arm(d, q, q->generation);

	if (err)
		return err;
	cancel = q->cancel;
	pthread_mutex_unlock(&d->lock);
	result = emu_sync_wait(sync, 1, true, deadline, cancel, &now);
	pthread_mutex_lock(&d->lock);
	if (result == EMU_WAIT_ABORTED)
		return ECANCELED;
	if (result == EMU_WAIT_EXPIRED)
		return ETIMEDOUT;
	return result == EMU_WAIT_READY ? 0 : EIO;
}

void hal_notify_wait(struct hal_device *d, struct hal_queue *q, uint32_t id, uint32_t seconds,
		     struct hal_end *end)
{
	struct hal_notify *n = &d->notify[id % HAL_NOTIFIES];
	struct timespec deadline;
	int err;

	pthread_mutex_lock(&d->lock);
	err = hal_queue_block(d, q, HAL_WAIT_NOTIFY, id % HAL_NOTIFIES,
			      deadline_in(seconds, &deadline));
	if (!err && n->sync)
		err = wait_shared(d, q, n->sync, seconds);
	else if (!err)
		n->set = false;
	pthread_mutex_unlock(&d->lock);
	set_end(err, end);
	if (err == EIO)
		end->error_type = HAL_ERROR_EXCEPTION;
}
