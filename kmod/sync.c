// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sync objects: 64-bit values that processes share and wait for. The library
 * builds events and notifies between processes on them.
 *
 * They have handles and keys, and are exported and imported, as memory is. A
 * waiter holds the handle and no lock, so a device reset does not wait for it.
 */
#include <linux/hrtimer.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "client.h"
#include "device.h"
#include "handle.h"
#include "stat.h"
#include "sync.h"
#include "trace.h"

/**
 * struct emu_sync - a value and its waiters
 * @ref:   held by handles and shares
 * @value: protected by the lock of @wait
 * @wait:  waiters
 */
struct emu_sync {
	refcount_t ref;
	u64 value;
	wait_queue_head_t wait;
};

struct emu_sync *emu_sync_get(struct emu_sync *sync)
{
	refcount_inc(&sync->ref);
	return sync;
}

void emu_sync_put(struct emu_sync *sync)
{
	if (!refcount_dec_and_test(&sync->ref))
		return;
	emu_stat_add(ACL_EMU_STAT_SYNCS, -1);
	kfree(sync);
}

/* A handle of it ended: wakes the waiters that use the handle. */
void emu_sync_wake(struct emu_sync *sync)
{
	wake_up_all(&sync->wait);
}

int emu_sync_create_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_sync_create *arg = cmd->arg;
	struct acl_emu_location loc = emu_loc_device(arg->device);
	struct emu_content content = {};
	int ret;

	ret = emu_loc_check(cmd, loc);
	if (ret)
		return ret;
	content.sync = kzalloc(sizeof(*content.sync), GFP_KERNEL_ACCOUNT);
	if (!content.sync)
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				sizeof(*content.sync), 0);
	refcount_set(&content.sync->ref, 1);
	content.sync->value = arg->value;
	init_waitqueue_head(&content.sync->wait);
	emu_stat_add(ACL_EMU_STAT_SYNCS, 1);
	ret = emu_handle_reserve(cmd, &content, loc, false);
	if (ret)
		return ret;
	arg->handle = emu_handle_token(cmd->handle);
	trace_acl_emu_sync_create(cmd->client->tgid, arg->handle, arg->value);
	return 0;
}

/* ---- SYNC_SIGNAL ---- */

static int emu_sync_signal(struct emu_sync *sync, u32 flags, u64 value,
			   u64 *now)
{
	bool overflow = false;
	u64 sum;

	spin_lock_irq(&sync->wait.lock);
	if (flags & ACL_EMU_SYNC_ADD) {
		overflow = check_add_overflow(sync->value, value, &sum);
		if (!overflow)
			sync->value = sum;
	} else if (flags & ACL_EMU_SYNC_SET) {
		sync->value = value;
	} else {
		sync->value = max(sync->value, value);
	}
	*now = sync->value;
	spin_unlock_irq(&sync->wait.lock);
	if (overflow)
		return -EINVAL;
	wake_up_all(&sync->wait);
	return 0;
}

int emu_sync_signal_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_sync_signal *arg = cmd->arg;
	u32 flags = cmd->head->flags;
	struct emu_handle *h;
	u64 now;
	int ret;

	if (flags == (ACL_EMU_SYNC_ADD | ACL_EMU_SYNC_SET))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_FLAGS, flags,
				ACL_EMU_SYNC_ADD);
	h = emu_handle_enter(cmd, arg->handle, EMU_HANDLE_SYNC);
	if (IS_ERR(h))
		return PTR_ERR(h);
	ret = emu_sync_signal(h->content.sync, flags, arg->value, &now);
	if (ret) {
		emu_fail(cmd, 0, ACL_EMU_REASON_VALUE, arg->value,
			 U64_MAX - now);
	} else {
		arg->now = now;
		trace_acl_emu_sync_signal(cmd->client->tgid, arg->handle, now);
	}
	emu_handle_leave(cmd, h);
	return ret;
}

/* ---- SYNC_WAIT ---- */

static bool emu_sync_reached(struct emu_sync *sync, u64 value, bool take,
			     u64 *now)
{
	bool reached;

	spin_lock_irq(&sync->wait.lock);
	*now = sync->value;
	reached = sync->value >= value;
	if (reached && take)
		sync->value -= value;
	spin_unlock_irq(&sync->wait.lock);
	return reached;
}

static u64 emu_sync_value(struct emu_sync *sync)
{
	u64 value;

	emu_sync_reached(sync, U64_MAX, false, &value);
	return value;
}

/* Returns 1 if the wait continues. */
static int emu_sync_check(struct emu_cmd *cmd, struct emu_handle *h,
			  struct emu_handle *cancel, bool expired)
{
	struct acl_emu_sync_wait *arg = cmd->arg;
	bool take = cmd->head->flags & ACL_EMU_SYNC_TAKE;
	u64 now;

	if (!READ_ONCE(h->client))
		return emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE,
				arg->handle, 0);
	if (cancel && !READ_ONCE(cancel->client))
		return emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE,
				arg->cancel, 0);
	if (emu_sync_reached(h->content.sync, arg->value, take, &now)) {
		arg->now = now;
		return 0;
	}
	if (cancel && emu_sync_value(cancel->content.sync))
		return emu_fail(cmd, -ECANCELED, ACL_EMU_REASON_SYNC_CANCELED,
				arg->value, now);
	if (expired)
		return emu_fail(cmd, -ETIMEDOUT, ACL_EMU_REASON_SYNC_TIMEOUT,
				arg->value, now);
	if (signal_pending(current))
		return emu_fail(cmd, -ERESTARTSYS, ACL_EMU_REASON_INTERRUPTED,
				0, 0);
	return 1;
}

static int emu_sync_wait(struct emu_cmd *cmd, struct emu_handle *h,
			 struct emu_handle *cancel)
{
	const unsigned int state = TASK_INTERRUPTIBLE | TASK_FREEZABLE;
	struct acl_emu_sync_wait *arg = cmd->arg;
	bool forever = arg->deadline == ACL_EMU_SYNC_FOREVER;
	ktime_t deadline = ns_to_ktime(arg->deadline);
	DEFINE_WAIT(cancel_wait);
	bool expired = false;
	DEFINE_WAIT(wait);
	int ret;

	for (;;) {
		prepare_to_wait(&h->content.sync->wait, &wait, state);
		if (cancel)
			prepare_to_wait(&cancel->content.sync->wait, &cancel_wait,
					state);
		if (!forever && !expired)
			expired = ktime_compare(ktime_get(), deadline) >= 0;
		ret = emu_sync_check(cmd, h, cancel, expired);
		if (ret <= 0)
			break;
		schedule_hrtimeout(forever ? NULL : &deadline,
				   HRTIMER_MODE_ABS);
	}
	if (cancel)
		finish_wait(&cancel->content.sync->wait, &cancel_wait);
	finish_wait(&h->content.sync->wait, &wait);
	return ret;
}

int emu_sync_wait_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_sync_wait *arg = cmd->arg;
	struct emu_handle *h, *cancel = NULL;
	int ret;

	h = emu_handle_enter(cmd, arg->handle, EMU_HANDLE_SYNC);
	if (IS_ERR(h))
		return PTR_ERR(h);
	if (arg->cancel)
		cancel = emu_handle_get(cmd, arg->cancel, EMU_HANDLE_SYNC);
	emu_client_leave(cmd->client);

	ret = IS_ERR(cancel) ? PTR_ERR(cancel) : emu_sync_wait(cmd, h, cancel);
	if (!IS_ERR_OR_NULL(cancel))
		emu_handle_put(cancel);
	emu_handle_put(h);
	return ret;
}
