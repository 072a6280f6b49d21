// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shares: keys by which another process can import memory or a sync object.
 *
 * Memory is shared by its dma-buf. A share is a name for that dma-buf, or for a
 * sync object, with a list of the processes that may import it. The exporting
 * handle and every import hold the share; the key ends with the last of them.
 * The list contains processes, not numbers: a later process with a listed number
 * cannot import.
 */
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "client.h"
#include "device.h"
#include "dmabuf.h"
#include "handle.h"
#include "phys.h"
#include "share.h"
#include "stat.h"
#include "trace.h"

#define EMU_SHARE_INLINE	8
#define EMU_ALLOW_INLINE	32

/**
 * struct emu_share - a key for memory or a sync object
 * @ref:       held by the exporting handle, imports and current users
 * @key:       random number
 * @node:      in the table of all shares
 * @of_handle: in the list of the exporting handle
 * @content:   object that the key names; memory has a dma-buf
 * @loc:       location it was allocated on
 * @client:    client that exported it, for comparison only: it may be freed
 * @handle:    token of the handle it was exported from
 * @open:      look-ups find it; under the lock of the exporter's handles
 * @mm:        address space that exported it, pinned so that it stays unique
 * @no_list:   every process that knows the key may import; never false again
 * @lock:      guards the list: @first, @rest and @nr
 * @first:     the first processes of the list
 * @rest:      the other processes, struct pid by number
 * @nr:        number of processes in the list
 * @rcu:       look-ups are lockless
 */
struct emu_share {
	refcount_t ref;
	u64 key;
	struct rhash_head node;
	struct list_head of_handle;
	struct emu_content content;
	struct acl_emu_location loc;
	const struct emu_client *client;
	u64 handle;
	bool open;
	struct mm_struct *mm;
	bool no_list;
	struct mutex lock;
	struct pid *first[EMU_SHARE_INLINE];
	struct xarray rest;
	unsigned int nr;
	struct rcu_head rcu;
};

static const struct rhashtable_params emu_share_params = {
	.key_len = sizeof(u64),
	.key_offset = offsetof(struct emu_share, key),
	.head_offset = offsetof(struct emu_share, node),
	.automatic_shrinking = true,
};

static struct rhashtable emu_shares;

int emu_share_init(void)
{
	return rhashtable_init(&emu_shares, &emu_share_params);
}

void emu_share_exit(void)
{
	rhashtable_destroy(&emu_shares);
}

/* Adds the new share to the table, so that its key is unique. It is not open yet. */
static struct emu_share *emu_share_create(struct emu_cmd *cmd,
					  struct emu_handle *h)
{
	struct emu_client *client = cmd->client;
	struct emu_share *share;
	int ret = -ENOMEM;

	share = kzalloc(sizeof(*share), GFP_KERNEL_ACCOUNT);
	if (!share)
		goto err;
	refcount_set(&share->ref, 1);
	INIT_LIST_HEAD(&share->of_handle);
	share->client = client;
	share->handle = emu_handle_token(h);
	mutex_init(&share->lock);
	xa_init_flags(&share->rest, XA_FLAGS_ACCOUNT);
	share->no_list = cmd->head->flags & ACL_EMU_EXPORT_NO_LIST;
	mmgrab(client->mm);
	share->mm = client->mm;
	share->loc = h->content.phys ? h->content.phys->loc : h->loc;
	share->content = h->content;
	emu_content_get(&share->content);
	ret = h->content.phys ? emu_dmabuf_make(h->content.phys) : 0;
	if (ret)
		goto err_content;
	do {
		share->key = get_random_u64() >> 1;
		ret = share->key ? rhashtable_insert_fast(&emu_shares,
							  &share->node,
							  emu_share_params) :
				   -EEXIST;
	} while (ret == -EEXIST);
	if (ret)
		goto err_content;
	emu_stat_add(ACL_EMU_STAT_SHARES, 1);
	return share;

err_content:
	emu_content_put(&share->content);
	mmdrop(share->mm);
	kfree(share);
err:
	return ERR_PTR(emu_fail(cmd, ret == -E2BIG ? -ENOMEM : ret,
				ACL_EMU_REASON_HOST_NOMEM, sizeof(*share), 0));
}

void emu_share_get(struct emu_share *share)
{
	refcount_inc(&share->ref);
}

void emu_share_put(struct emu_share *share)
{
	unsigned long nr;
	struct pid *pid;

	if (!refcount_dec_and_test(&share->ref))
		return;
	rhashtable_remove_fast(&emu_shares, &share->node, emu_share_params);
	for (nr = 0; nr < EMU_SHARE_INLINE; nr++)
		put_pid(share->first[nr]);
	xa_for_each(&share->rest, nr, pid) {
		put_pid(pid);
		cond_resched();
	}
	xa_destroy(&share->rest);
	mmdrop(share->mm);
	emu_content_put(&share->content);
	emu_stat_add(ACL_EMU_STAT_SHARES, -1);
	kfree_rcu(share, rcu);
}

/* The exporting handle has ended: puts the shares that it exported. */
void emu_share_put_list(struct list_head *shares)
{
	struct emu_share *share, *next;

	list_for_each_entry_safe(share, next, shares, of_handle) {
		list_del_init(&share->of_handle);
		emu_share_put(share);
		cond_resched();
	}
}

/* The open share with this key, with a reference. */
static struct emu_share *emu_share_find(struct emu_cmd *cmd, u64 key)
{
	struct emu_share *share;

	rcu_read_lock();
	share = rhashtable_lookup(&emu_shares, &key, emu_share_params);
	if (share && (!READ_ONCE(share->open) ||
		      !refcount_inc_not_zero(&share->ref)))
		share = NULL;
	rcu_read_unlock();
	return share ?: ERR_PTR(emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_SHARE,
					 key, 0));
}

/* ---- EXPORT ---- */

static int emu_export(struct emu_cmd *cmd, struct emu_handle *h)
{
	struct acl_emu_export *arg = cmd->arg;
	struct emu_share *share;
	int ret = 0;

	if (h->imported)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_IMPORTED,
				arg->handle, 0);
	share = emu_share_create(cmd, h);
	if (IS_ERR(share))
		return PTR_ERR(share);
	if (cmd->head->flags & ACL_EMU_EXPORT_ONCE)
		ret = emu_handle_claim_once(cmd, h, share->key);
	if (ret) {
		emu_share_put(share);
		return ret;
	}
	arg->key = share->key;
	cmd->share = share;
	return 0;
}

int emu_export_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_export *arg = cmd->arg;
	struct emu_handle *h;
	int ret;

	h = emu_handle_enter(cmd, arg->handle, EMU_HANDLE_ANY);
	if (IS_ERR(h))
		return PTR_ERR(h);
	ret = emu_export(cmd, h);
	emu_handle_leave(cmd, h);
	return ret;
}

/* The caller has the key. If the handle was freed meanwhile, the key is invalid. */
void emu_export_finalize(struct emu_cmd *cmd)
{
	struct emu_share *share = cmd->share;

	trace_acl_emu_export(cmd->client->tgid, share->handle,
			     cmd->head->flags);
	/* The list of the handle takes over the reference. */
	if (!emu_handle_open_share(cmd->client, share->handle,
				   &share->of_handle, &share->open))
		emu_share_put(share);
}

void emu_export_abort(struct emu_cmd *cmd)
{
	struct emu_share *share = cmd->share;

	emu_handle_unclaim_once(cmd->client, share->handle, share->key);
	emu_share_put(share);
}

/* ---- SHARE_CLOSE ---- */

static int emu_share_close(struct emu_cmd *cmd, struct emu_share *share)
{
	struct emu_client *client = cmd->client;
	bool listed;

	if (share->client != client || share->mm != client->mm)
		return emu_fail(cmd, -EACCES, ACL_EMU_REASON_NOT_EXPORTER,
				share->key, 0);
	if (!emu_handle_close_share(client, share->handle, &share->of_handle,
				    &share->open, &listed))
		return emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_SHARE,
				share->key, 0);
	if (listed)
		emu_share_put(share);
	return 0;
}

int emu_share_close_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_share_close *arg = cmd->arg;
	struct emu_share *share;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	share = emu_share_find(cmd, arg->key);
	if (IS_ERR(share)) {
		ret = PTR_ERR(share);
	} else {
		ret = emu_share_close(cmd, share);
		emu_share_put(share);
	}
	emu_client_leave(cmd->client);
	return ret;
}

/* ---- ALLOW_PIDS ---- */

/* The place of a number in @first, or else a free place, or else NULL. */
static struct pid **emu_share_place(struct emu_share *share, s32 nr)
{
	unsigned int i;

	lockdep_assert_held(&share->lock);
	for (i = 0; i < EMU_SHARE_INLINE; i++)
		if (!share->first[i] || pid_nr(share->first[i]) == nr)
			return &share->first[i];
	return NULL;
}

/* Consumes the reference on @pid. */
static int emu_share_enter(struct emu_cmd *cmd, struct emu_share *share, s32 nr,
			   struct pid *pid)
{
	struct pid **place = emu_share_place(share, nr);
	struct pid *old = place ? *place : xa_load(&share->rest, nr);

	if (!old && share->nr == ACL_EMU_MAX_PIDS) {
		put_pid(pid);
		return emu_fail(cmd, -E2BIG, ACL_EMU_REASON_LIST_FULL,
				share->nr + 1, ACL_EMU_MAX_PIDS);
	}
	if (place) {
		*place = pid;
	} else {
		old = xa_store(&share->rest, nr, pid, GFP_KERNEL_ACCOUNT);
		if (xa_is_err(old)) {
			put_pid(pid);
			return emu_fail(cmd, xa_err(old),
					ACL_EMU_REASON_HOST_NOMEM,
					sizeof(*pid), 0);
		}
	}
	if (!old)
		share->nr++;
	put_pid(old);
	return 1;
}

/* Adds a process to the list. Returns 1, 0 if no process has the number, or an error. */
static int emu_share_allow(struct emu_cmd *cmd, struct emu_share *share, s32 nr)
{
	struct pid *pid;

	if (nr < 0)
		return 0;
	rcu_read_lock();
	pid = get_pid(find_pid_ns(nr, &init_pid_ns));
	rcu_read_unlock();
	return pid ? emu_share_enter(cmd, share, nr, pid) : 0;
}

static int emu_share_allow_all(struct emu_cmd *cmd, struct emu_share *share,
			       const s32 *pids, u32 count)
{
	u32 i, given = 0;
	int ret = 0;

	if (mutex_lock_killable(&share->lock))
		return emu_fail(cmd, -EINTR, ACL_EMU_REASON_INTERRUPTED, 0, 0);
	for (i = 0; i < count && ret >= 0; i++) {
		if (!pids[i])
			continue;
		given++;
		ret = emu_share_allow(cmd, share, pids[i]);
		cond_resched();
	}
	mutex_unlock(&share->lock);
	if (ret < 0)
		return ret;
	if (!given)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_NO_PIDS, count,
				0);
	return 0;
}

static int emu_allow_pids(struct emu_cmd *cmd, struct emu_share *share)
{
	struct acl_emu_allow_pids *arg = cmd->arg;
	size_t bytes = array_size(arg->count, sizeof(s32));
	s32 inline_pids[EMU_ALLOW_INLINE], *pids = inline_pids;
	int ret;

	if (share->mm != cmd->client->mm)
		return emu_fail(cmd, -EACCES, ACL_EMU_REASON_NOT_EXPORTER,
				arg->key, 0);
	if (cmd->head->flags & ACL_EMU_ALLOW_ALL) {
		WRITE_ONCE(share->no_list, true);
		return 0;
	}
	if (READ_ONCE(share->no_list))
		return emu_fail(cmd, -EPERM, ACL_EMU_REASON_NO_LIST, arg->key,
				0);
	if (arg->count > EMU_ALLOW_INLINE)
		pids = kvmalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!pids)
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				bytes, 0);
	if (copy_from_user(pids, u64_to_user_ptr(arg->pids), bytes))
		ret = emu_fail(cmd, -EFAULT, ACL_EMU_REASON_USER_FAULT,
			       arg->pids, 0);
	else
		ret = emu_share_allow_all(cmd, share, pids, arg->count);
	if (pids != inline_pids)
		kvfree(pids);
	return ret;
}

int emu_allow_pids_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_allow_pids *arg = cmd->arg;
	bool all = cmd->head->flags & ACL_EMU_ALLOW_ALL;
	struct emu_share *share;
	int ret;

	if (!arg->count != all || arg->count > ACL_EMU_MAX_PIDS)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, arg->count,
				all ? 0 : ACL_EMU_MAX_PIDS);
	share = emu_share_find(cmd, arg->key);
	if (IS_ERR(share))
		return PTR_ERR(share);
	ret = emu_allow_pids(cmd, share);
	emu_share_put(share);
	return ret;
}

int emu_share_query_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_share_query *arg = cmd->arg;
	struct emu_share *share = emu_share_find(cmd, arg->key);

	if (IS_ERR(share))
		return PTR_ERR(share);
	arg->size = share->content.phys ? share->content.phys->size : 0;
	arg->loc = share->loc;
	arg->flags = READ_ONCE(share->no_list) ? ACL_EMU_EXPORT_NO_LIST : 0;
	arg->own = share->mm == cmd->client->mm;
	emu_share_put(share);
	return 0;
}

/* ---- IMPORT ---- */

static int emu_share_check_pid(struct emu_cmd *cmd, struct emu_share *share)
{
	s32 nr = task_tgid_nr(current);
	struct pid **place, *pid;
	bool listed;

	if (READ_ONCE(share->no_list))
		return 0;
	if (mutex_lock_killable(&share->lock))
		return emu_fail(cmd, -EINTR, ACL_EMU_REASON_INTERRUPTED, 0, 0);
	place = emu_share_place(share, nr);
	pid = place ? *place : xa_load(&share->rest, nr);
	listed = pid && pid == task_tgid(current);
	mutex_unlock(&share->lock);
	if (listed)
		return 0;
	return emu_fail(cmd, -EACCES, ACL_EMU_REASON_PID,
			nr, !!pid);
}

static int emu_import(struct emu_cmd *cmd, struct emu_share *share,
		      struct acl_emu_location loc)
{
	struct acl_emu_import *arg = cmd->arg;
	int ret;

	if (share->mm == cmd->client->mm)
		return emu_fail(cmd, -EACCES, ACL_EMU_REASON_OWN_SHARE,
				arg->key, 0);
	ret = emu_share_check_pid(cmd, share);
	if (ret)
		return ret;
	emu_share_get(share);
	emu_content_get(&share->content);
	return emu_handle_import(cmd, share, &share->content, loc);
}

static int emu_import_enter(struct emu_cmd *cmd, struct emu_share *share,
			    struct acl_emu_location loc)
{
	struct acl_emu_import *arg = cmd->arg;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	ret = emu_device_need_open(cmd, arg->device);
	if (!ret && !emu_handle_hold_import(cmd, share, loc))
		ret = emu_import(cmd, share, loc);
	emu_client_leave(cmd->client);
	if (ret)
		return ret;
	arg->handle = emu_handle_token(cmd->handle);
	trace_acl_emu_import(cmd->client->tgid, arg->handle, loc.id);
	return 0;
}

int emu_import_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_import *arg = cmd->arg;
	struct acl_emu_location loc = emu_loc_device(arg->device);
	bool sync = cmd->head->flags & ACL_EMU_IMPORT_SYNC;
	struct emu_share *share;
	int ret;

	ret = emu_loc_check(cmd, loc);
	if (ret)
		return ret;
	share = emu_share_find(cmd, arg->key);
	if (IS_ERR(share))
		return PTR_ERR(share);
	if (sync != !!share->content.sync)
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_SHARE, arg->key,
			       0);
	else
		ret = emu_import_enter(cmd, share, loc);
	emu_share_put(share);
	return ret;
}
