// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shares: what one process made and another may import by a key.
 *
 * A share is held by the handle that exported it and by every import; with
 * the last of them the key is gone. The list says which processes may import.
 * It holds processes, not numbers: a number that is given to another process
 * later names nobody.
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

#include "emu.h"
#include "trace.h"

#define EMU_SHARE_FEW	8
#define EMU_ALLOW_FEW	32

/**
 * struct emu_share - memory or a counter under a key
 * @ref:       exporter's handle, imports, users of the moment
 * @key:       random
 * @node:      in the table of all shares
 * @of_handle: in the exporting handle's list
 * @content:   what it is
 * @loc:       location it was made on
 * @client:       context that exported it; a name, it may be gone
 * @handle:    token of the handle it was exported from
 * @closed:    the key names nothing any more, @of_handle is in no list; under
 *             the lock of client->objects
 * @mm:        address space that exported it, pinned so that it stays unique
 * @no_list:   whoever knows the key may import
 * @lock:      guards the list: @few, @more and @nr
 * @few:       the first processes of the list; few have more
 * @more:      the others, struct pid by number
 * @nr:        how many there are in all
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
	bool closed;
	struct mm_struct *mm;
	bool no_list;
	struct mutex lock;
	struct pid *few[EMU_SHARE_FEW];
	struct xarray more;
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

static struct emu_share *emu_share_create(struct emu_client *client,
					  struct emu_handle *h, bool no_list)
{
	struct emu_share *share;
	int ret;

	share = kzalloc(sizeof(*share), GFP_KERNEL_ACCOUNT);
	if (!share)
		return ERR_PTR(-ENOMEM);
	refcount_set(&share->ref, 1);
	INIT_LIST_HEAD(&share->of_handle);
	share->client = client;
	share->handle = emu_object_token(&h->obj);
	mutex_init(&share->lock);
	xa_init_flags(&share->more, XA_FLAGS_ACCOUNT);
	share->no_list = no_list;
	mmgrab(client->mm);
	share->mm = client->mm;
	share->content.phys = h->phys;
	share->content.sync = h->sync;
	share->loc = h->phys ? h->phys->loc : h->loc;
	emu_content_get(&share->content);
	/* From here on it can be found. */
	do {
		share->key = get_random_u64() >> 1;
		ret = share->key ? rhashtable_insert_fast(&emu_shares,
							  &share->node,
							  emu_share_params) :
				   -EEXIST;
	} while (ret == -EEXIST);
	if (ret) {
		emu_content_put(&share->content);
		mmdrop(share->mm);
		kfree(share);
		return ERR_PTR(ret == -E2BIG ? -ENOMEM : ret);
	}
	emu_stat_add(ACL_EMU_STAT_SHARES, 1);
	return share;
}

void emu_share_put(struct emu_share *share)
{
	unsigned long nr;
	struct pid *pid;

	if (!refcount_dec_and_test(&share->ref))
		return;
	rhashtable_remove_fast(&emu_shares, &share->node, emu_share_params);
	for (nr = 0; nr < EMU_SHARE_FEW; nr++)
		put_pid(share->few[nr]);
	xa_for_each(&share->more, nr, pid) {
		put_pid(pid);
		cond_resched();
	}
	xa_destroy(&share->more);
	mmdrop(share->mm);
	emu_content_put(&share->content);
	emu_stat_add(ACL_EMU_STAT_SHARES, -1);
	kfree_rcu(share, rcu);
}

/* The exporter's handle is gone. */
void emu_share_put_list(struct list_head *shares)
{
	struct emu_share *share, *next;

	list_for_each_entry_safe(share, next, shares, of_handle) {
		list_del_init(&share->of_handle);
		emu_share_put(share);
		cond_resched();
	}
}

static struct emu_share *emu_share_get(struct emu_cmd *cmd, u64 key)
{
	struct emu_share *share;

	rcu_read_lock();
	share = rhashtable_lookup(&emu_shares, &key, emu_share_params);
	if (share && (READ_ONCE(share->closed) ||
		      !refcount_inc_not_zero(&share->ref)))
		share = NULL;
	rcu_read_unlock();
	if (!share)
		emu_fail(cmd, 0, ACL_EMU_REASON_NO_SHARE, key, 0);
	return share;
}

/* ---- EXPORT ---- */

/* Publishes the share as the handle's; takes over the reference on it. */
static int emu_export_handle(struct emu_cmd *cmd, struct emu_handle *h,
			     struct emu_share *share)
{
	bool once = cmd->head->flags & ACL_EMU_EXPORT_ONCE;
	struct emu_client *client = cmd->client;
	int ret = 0;

	xa_lock(&client->objects);
	if (!h->client) {
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE,
			       emu_object_token(&h->obj), 0);
	} else if (once && h->once_key) {
		ret = emu_fail(cmd, -EEXIST, ACL_EMU_REASON_EXPORTED,
			       emu_object_token(&h->obj), h->once_key);
	} else {
		if (once)
			h->once_key = share->key;
		list_add_tail(&share->of_handle, &h->shares);
	}
	xa_unlock(&client->objects);
	if (ret)
		emu_share_put(share);
	return ret;
}

static int emu_export(struct emu_cmd *cmd, struct emu_handle *h)
{
	struct acl_emu_export *arg = cmd->arg;
	struct emu_share *share;
	u64 key;
	int ret;

	if (h->imported)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_IMPORTED,
				arg->handle, 0);
	share = emu_share_create(cmd->client, h, cmd->head->flags &
				 ACL_EMU_EXPORT_NO_LIST);
	if (IS_ERR(share))
		return emu_fail(cmd, PTR_ERR(share), ACL_EMU_REASON_HOST_NOMEM,
				sizeof(*share), 0);
	key = share->key;
	ret = emu_export_handle(cmd, h, share);
	if (ret)
		return ret;
	arg->key = key;
	trace_acl_emu_export(cmd->client->tgid, arg->handle, cmd->head->flags);
	return 0;
}

int emu_export_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_export *arg = cmd->arg;
	struct emu_handle *h;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	h = emu_handle_get(cmd, arg->handle);
	ret = h ? emu_export(cmd, h) : -ENOENT;
	emu_client_leave(cmd->client);
	if (h)
		emu_handle_put(h);
	return ret;
}

/* The key ends. -EACCES: another context made it, -ENOENT: it has ended. */
static int emu_share_close(struct emu_cmd *cmd, struct emu_share *share,
			   bool undo)
{
	struct emu_client *client = cmd->client;
	struct emu_handle *h;
	bool found, held = false;

	if (share->client != client || share->mm != client->mm)
		return emu_fail(cmd, -EACCES, ACL_EMU_REASON_NOT_EXPORTER,
				share->key, 0);
	/* It may be gone while an importer keeps the share. */
	h = emu_handle_find(client, share->handle);
	xa_lock(&client->objects);
	found = !share->closed;
	/* While the handle is alive the share is in its list. */
	if (found && h && h->client) {
		held = true;
		list_del_init(&share->of_handle);
		if (undo && h->once_key == share->key)
			h->once_key = 0;
	}
	WRITE_ONCE(share->closed, true);
	xa_unlock(&client->objects);
	if (held)
		emu_share_put(share);
	if (h)
		emu_handle_put(h);
	if (found)
		return 0;
	return emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_SHARE, share->key, 0);
}

int emu_share_close_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_share_close *arg = cmd->arg;
	struct emu_share *share;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	share = emu_share_get(cmd, arg->key);
	ret = -ENOENT;
	if (share) {
		ret = emu_share_close(cmd, share, false);
		emu_share_put(share);
	}
	emu_client_leave(cmd->client);
	return ret;
}

void emu_export_undo(struct emu_cmd *cmd)
{
	struct acl_emu_export *arg = cmd->arg;
	struct emu_share *share = emu_share_get(cmd, arg->key);

	if (!share)
		return;
	emu_share_close(cmd, share, true);
	emu_share_put(share);
}

/* ---- ALLOW_PIDS ---- */

/* Where in @few a number is, or else the first free place; NULL: neither. */
static struct pid **emu_share_place(struct emu_share *share, s32 nr)
{
	unsigned int i;

	for (i = 0; i < EMU_SHARE_FEW; i++)
		if (!share->few[i] || pid_nr(share->few[i]) == nr)
			return &share->few[i];
	return NULL;
}

/* Takes over the reference on @pid. */
static int emu_share_enter(struct emu_cmd *cmd, struct emu_share *share, s32 nr,
			   struct pid *pid)
{
	struct pid **place = emu_share_place(share, nr);
	struct pid *old = place ? *place : xa_load(&share->more, nr);

	if (!old && share->nr == ACL_EMU_MAX_PIDS) {
		put_pid(pid);
		return emu_fail(cmd, -E2BIG, ACL_EMU_REASON_LIST_FULL,
				share->nr + 1, ACL_EMU_MAX_PIDS);
	}
	if (place) {
		*place = pid;
	} else {
		old = xa_store(&share->more, nr, pid, GFP_KERNEL_ACCOUNT);
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

/* Enters one process. 1: entered, 0: nobody has that number. */
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

	mutex_lock(&share->lock);
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
	s32 few[EMU_ALLOW_FEW], *pids = few;
	int ret;

	if (share->mm != cmd->client->mm)
		return emu_fail(cmd, -EACCES, ACL_EMU_REASON_NOT_EXPORTER,
				arg->key, 0);
	if (share->no_list)
		return emu_fail(cmd, -EPERM, ACL_EMU_REASON_NO_LIST, arg->key,
				0);
	if (arg->count > EMU_ALLOW_FEW)
		pids = kvmalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!pids)
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				bytes, 0);
	if (copy_from_user(pids, u64_to_user_ptr(arg->pids), bytes))
		ret = emu_fail(cmd, -EFAULT, ACL_EMU_REASON_USER_FAULT,
			       arg->pids, 0);
	else
		ret = emu_share_allow_all(cmd, share, pids, arg->count);
	if (pids != few)
		kvfree(pids);
	return ret;
}

int emu_allow_pids_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_allow_pids *arg = cmd->arg;
	struct emu_share *share;
	int ret;

	if (!arg->count || arg->count > ACL_EMU_MAX_PIDS)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, arg->count,
				ACL_EMU_MAX_PIDS);
	share = emu_share_get(cmd, arg->key);
	if (!share)
		return -ENOENT;
	ret = emu_allow_pids(cmd, share);
	emu_share_put(share);
	return ret;
}

int emu_share_query_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_share_query *arg = cmd->arg;
	struct emu_share *share = emu_share_get(cmd, arg->key);

	if (!share)
		return -ENOENT;
	arg->size = share->content.phys ? share->content.phys->size : 0;
	arg->loc = share->loc;
	arg->flags = share->no_list ? ACL_EMU_EXPORT_NO_LIST : 0;
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

	if (share->no_list)
		return 0;
	mutex_lock(&share->lock);
	place = emu_share_place(share, nr);
	pid = place ? *place : xa_load(&share->more, nr);
	listed = pid && pid == task_tgid(current);
	mutex_unlock(&share->lock);
	if (listed)
		return 0;
	return emu_fail(cmd, -EACCES, ACL_EMU_REASON_PID,
			nr, !!pid);
}

/*
 * The import of @share for @loc that lives, with one more user reference; lock
 * of client->objects held.
 */
static struct emu_handle *emu_import_again(struct emu_client *client,
					   struct emu_share *share,
					   struct acl_emu_location loc)
{
	struct emu_handle *h;

	hash_for_each_possible(client->imports, h, node, (unsigned long)share) {
		if (h->import != share || !emu_loc_equal(h->loc, loc) ||
		    h->users == UINT_MAX)
			continue;
		h->users++;
		return h;
	}
	return NULL;
}

static int emu_import_new(struct emu_cmd *cmd, struct emu_share *share,
			  struct acl_emu_location loc)
{
	struct acl_emu_import *arg = cmd->arg;
	struct emu_client *client = cmd->client;
	struct emu_handle *h, *again;
	int ret;

	if (share->mm == client->mm)
		return emu_fail(cmd, -EACCES, ACL_EMU_REASON_OWN_SHARE,
				arg->key, 0);
	refcount_inc(&share->ref);
	emu_content_get(&share->content);
	h = emu_handle_create(client, &share->content, loc, share);
	if (IS_ERR(h)) {
		emu_content_put(&share->content);
		emu_share_put(share);
		return emu_fail(cmd, PTR_ERR(h), ACL_EMU_REASON_HOST_NOMEM,
				sizeof(*h), 0);
	}
	ret = emu_share_check_pid(cmd, share);
	if (ret) {
		emu_handle_abort(client, h);
		return ret;
	}

	/* Another thread may have been here first: then its handle it is. */
	xa_lock(&client->objects);
	again = emu_import_again(client, share, loc);
	if (again)
		arg->handle = emu_object_token(&again->obj);
	else
		hash_add(client->imports, &h->node, (unsigned long)share);
	if (!again) {
		arg->handle = emu_object_token(&h->obj);
		/* The place is reserved, no memory is needed. */
		__xa_store(&client->objects, h->obj.id, &h->obj, GFP_ATOMIC);
	}
	xa_unlock(&client->objects);
	if (again)
		emu_handle_abort(client, h);
	trace_acl_emu_import(client->tgid, arg->handle, loc.id);
	return 0;
}

int emu_import_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_import *arg = cmd->arg;
	struct acl_emu_location loc = {
		.type = ACL_EMU_LOC_DEVICE,
		.id = arg->device,
	};
	struct emu_share *share;
	struct emu_handle *h;
	int ret;

	ret = emu_loc_check(cmd, loc);
	if (ret)
		return ret;
	share = emu_share_get(cmd, arg->key);
	if (!share)
		return -ENOENT;
	if (!share->content.sync == !!(cmd->head->flags &
				       ACL_EMU_IMPORT_SYNC)) {
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_SHARE,
			       arg->key, 0);
		goto out;
	}
	ret = emu_client_enter(cmd);
	if (ret)
		goto out;
	ret = emu_device_need_open(cmd, arg->device);
	if (ret)
		goto leave;
	xa_lock(&cmd->client->objects);
	h = emu_import_again(cmd->client, share, loc);
	if (h)
		arg->handle = emu_object_token(&h->obj);
	xa_unlock(&cmd->client->objects);
	if (!h)
		ret = emu_import_new(cmd, share, loc);
leave:
	emu_client_leave(cmd->client);
out:
	emu_share_put(share);
	return ret;
}

void emu_import_undo(struct emu_cmd *cmd)
{
	struct acl_emu_import *arg = cmd->arg;

	emu_handle_undo(cmd, arg->handle);
}
