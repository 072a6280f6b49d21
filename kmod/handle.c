// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles: a client names memory and sync objects by handles, which count
 * references.
 *
 * Creating, retaining and importing again give the user one reference each,
 * which PHYS_FREE drops; every mapping has a reference of its own. An ioctl
 * first takes a *hold*: the id is reserved and the token is known, but no
 * look-up finds a new handle. When the caller has the answer,
 * emu_handle_finalize() publishes the handle and turns the hold into a reference
 * of the user. If the answer cannot be delivered, emu_handle_abort() drops the
 * hold.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "client.h"
#include "device.h"
#include "handle.h"
#include "handle_table.h"
#include "holding.h"
#include "phys.h"
#include "share.h"
#include "stat.h"
#include "sync.h"

void emu_content_get(const struct emu_content *content)
{
	if (content->phys)
		emu_phys_name(content->phys);
	if (content->sync)
		emu_sync_get(content->sync);
}

void emu_content_put(const struct emu_content *content)
{
	if (content->phys)
		emu_phys_unname(content->phys);
	if (content->sync)
		emu_sync_put(content->sync);
}

static int emu_handle_unknown(struct emu_cmd *cmd, u64 token)
{
	return emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE, token, 0);
}

/* ---- the end of a handle ---- */

static bool emu_handle_unused(const struct emu_handle *h)
{
	return h->client && !h->users && !h->holds && !h->maps;
}

/* Marks a handle dead and removes it from the table. Moves its shares to @shares. */
static void emu_handle_unlink(struct emu_client *client, struct emu_handle *h,
			      struct list_head *shares)
{
	if (h->published)
		emu_holding_drop(&client->handles, h);
	emu_handles_remove(&client->handles, h);
	list_splice_init(&h->shares, shares);
	h->exports = 0;
	/* emu_sync_check() reads it without the lock. */
	WRITE_ONCE(h->client, NULL);
}

/* Unlocks the table. With @end, ends the handle: it is dead and not in the table. */
static void emu_handle_unlock(struct emu_client *client, struct emu_handle *h,
			      bool end)
	__releases(&client->handles.xa.xa_lock)
{
	LIST_HEAD(shares);

	if (end)
		emu_handle_unlink(client, h, &shares);
	emu_handles_unlock(&client->handles);
	if (!end)
		return;
	emu_share_put_list(&shares);
	emu_stat_add(ACL_EMU_STAT_HANDLES, -1);
	if (h->content.sync)
		emu_sync_wake(h->content.sync);
	emu_handle_put(h);
}

/* Ends the handles of @loc, or all if @loc is NULL, regardless of their references. */
static void emu_handles_kill(struct emu_client *client,
			     const struct acl_emu_location *loc)
{
	struct emu_handle *h;
	unsigned long id = 0;

	while ((h = emu_handles_next(&client->handles, &id))) {
		if (!loc || emu_loc_equal(h->loc, *loc)) {
			emu_handles_lock(&client->handles);
			emu_handle_unlock(client, h, h->client);
		}
		emu_handle_put(h);
		cond_resched();
	}
}

/*
 * Kills the handles of a device. A handle whose answer is still being delivered
 * is not published, because the device is closed.
 */
void emu_handles_close_device(struct emu_client *client, u32 device)
{
	const struct acl_emu_location loc = emu_loc_device(device);

	lockdep_assert_held_write(&client->sem);
	emu_handles_admit(&client->handles, device, false);
	emu_handles_kill(client, &loc);
}

/* Kills all handles. No handle is published any more. */
void emu_handles_close(struct emu_client *client)
{
	lockdep_assert_held_write(&client->sem);
	emu_handles_lock(&client->handles);
	client->handles.closed = true;
	emu_handles_unlock(&client->handles);
	emu_handles_kill(client, NULL);
}

/* ---- reserve, finalize, abort ---- */

/* Consumes the references on @content, also on failure. */
static struct emu_handle *emu_handle_create(struct emu_cmd *cmd,
					    const struct emu_content *content,
					    struct acl_emu_location loc)
{
	struct emu_handle *h;
	int ret = -ENOMEM;

	h = kzalloc(sizeof(*h), GFP_KERNEL_ACCOUNT);
	if (!h)
		goto err_content;
	refcount_set(&h->ref, 1);
	h->client = cmd->client;
	h->content = *content;
	h->loc = loc;
	h->holds = 1;
	h->born = ktime_get_coarse_ns();
	INIT_LIST_HEAD(&h->shares);
	INIT_HLIST_NODE(&h->node);
	ret = emu_handles_reserve(&cmd->client->handles, h);
	if (ret)
		goto err_handle;
	emu_stat_add(ACL_EMU_STAT_HANDLES, 1);
	return h;

err_handle:
	kfree(h);
err_content:
	emu_content_put(content);
	return ERR_PTR(emu_fail(cmd, ret, ACL_EMU_REASON_HOST_NOMEM,
				sizeof(*h), 0));
}

/* Stores @h as the handle that the answer names. The caller holds @h. */
static void emu_handle_answer(struct emu_cmd *cmd, struct emu_handle *h)
{
	refcount_inc(&h->ref);
	cmd->handle = h;
}

/**
 * emu_handle_reserve - reserve a new handle, to be finalized or aborted
 * @cmd:      the ioctl
 * @content:  object it names; its references are consumed, also on failure
 * @loc:      location it belongs to in this client
 * @imported: it came from another process
 */
int emu_handle_reserve(struct emu_cmd *cmd, const struct emu_content *content,
		       struct acl_emu_location loc, bool imported)
{
	struct emu_handle *h;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		goto err_content;
	/* A device reset may have run while the content was created. */
	if (loc.type == ACL_EMU_LOC_DEVICE)
		ret = emu_device_need_open(cmd, loc.id);
	if (ret)
		goto err_leave;
	h = emu_handle_create(cmd, content, loc);
	if (IS_ERR(h)) {
		ret = PTR_ERR(h);
	} else {
		h->imported = imported;
		emu_handle_answer(cmd, h);
	}
	emu_client_leave(cmd->client);
	return ret;

err_leave:
	emu_client_leave(cmd->client);
err_content:
	emu_content_put(content);
	return ret;
}

/* Returns true if an import of @share for @loc exists: the answer names it. */
bool emu_handle_hold_import(struct emu_cmd *cmd, struct emu_share *share,
			    struct acl_emu_location loc)
{
	struct emu_handle *h;

	emu_handles_lock(&cmd->client->handles);
	h = emu_handles_find_import(&cmd->client->handles, share, loc);
	if (h) {
		h->holds++;
		emu_handle_answer(cmd, h);
	}
	emu_handles_unlock(&cmd->client->handles);
	return h;
}

/**
 * emu_handle_import - reserve a handle for an import
 * @cmd:     the ioctl
 * @share:   share it is imported from; the caller's reference is consumed
 * @content: object it names; the references are consumed
 * @loc:     location it belongs to in this client
 *
 * If another thread imports the same at the same time, both answers name one
 * handle.
 */
int emu_handle_import(struct emu_cmd *cmd, struct emu_share *share,
		      const struct emu_content *content,
		      struct acl_emu_location loc)
{
	struct emu_client *client = cmd->client;
	struct emu_handle *h, *other;

	h = emu_handle_create(cmd, content, loc);
	if (IS_ERR(h)) {
		emu_share_put(share);
		return PTR_ERR(h);
	}
	h->import = share;
	h->imported = true;
	emu_handles_lock(&client->handles);
	other = emu_handles_find_import(&client->handles, share, loc);
	if (other)
		other->holds++;
	else
		emu_handles_add_import(&client->handles, h);
	emu_handle_answer(cmd, other ?: h);
	emu_handle_unlock(client, h, other);
	return 0;
}

/* Adds a hold to a handle, to be finalized or aborted. */
int emu_handle_hold(struct emu_cmd *cmd, struct emu_handle *h)
{
	bool held;

	emu_handles_lock(&cmd->client->handles);
	held = emu_handle_can_hold(h);
	if (held) {
		h->holds++;
		emu_handle_answer(cmd, h);
	}
	emu_handles_unlock(&cmd->client->handles);
	if (held)
		return 0;
	return emu_handle_unknown(cmd, emu_handle_token(h));
}

/* Drops a hold. With @keep it becomes a reference of the user if the handle lives. */
static void emu_handle_release(struct emu_cmd *cmd, bool keep)
{
	struct emu_client *client = cmd->client;
	struct emu_handle *h = cmd->handle;

	emu_handles_lock(&client->handles);
	h->holds--;
	if (keep && emu_handles_admitted(&client->handles, h)) {
		h->users++;
		if (!h->published) {
			emu_handles_publish(&client->handles, h);
			emu_holding_add(&client->handles, h);
		}
	}
	emu_handle_unlock(client, h, emu_handle_unused(h));
	emu_handle_put(h);
}

/* The caller has the answer. Does nothing if a reset or exit ended the handle. */
void emu_handle_finalize(struct emu_cmd *cmd)
{
	emu_handle_release(cmd, true);
}

/* The answer could not be delivered. */
void emu_handle_abort(struct emu_cmd *cmd)
{
	emu_handle_release(cmd, false);
}

/* ---- look-ups ---- */

void emu_handle_put(struct emu_handle *h)
{
	if (!refcount_dec_and_test(&h->ref))
		return;
	if (h->import)
		emu_share_put(h->import);
	emu_content_put(&h->content);
	kfree_rcu(h, rcu);
}

/* The handle of a token, with a reference. */
struct emu_handle *emu_handle_get(struct emu_cmd *cmd, u64 token,
				  enum emu_handle_kind kind)
{
	struct emu_handle *h = emu_handles_find(&cmd->client->handles, token);

	if (h && (kind != EMU_HANDLE_PHYS || h->content.phys) &&
	    (kind != EMU_HANDLE_SYNC || h->content.sync))
		return h;
	if (h)
		emu_handle_put(h);
	return ERR_PTR(emu_handle_unknown(cmd, token));
}

/* Begins an operation on a handle. Pair with emu_handle_leave(). */
struct emu_handle *emu_handle_enter(struct emu_cmd *cmd, u64 token,
				    enum emu_handle_kind kind)
{
	int ret = emu_client_enter(cmd);
	struct emu_handle *h;

	if (ret)
		return ERR_PTR(ret);
	h = emu_handle_get(cmd, token, kind);
	if (IS_ERR(h))
		emu_client_leave(cmd->client);
	return h;
}

void emu_handle_leave(struct emu_cmd *cmd, struct emu_handle *h)
{
	emu_client_leave(cmd->client);
	/* This may free the pages, so no lock is held. */
	emu_handle_put(h);
}

/* ---- references of the user and of mappings ---- */

/* Drops one reference of the user and stores the remaining counts. */
int emu_handle_drop(struct emu_cmd *cmd, struct emu_handle *h,
		    unsigned int *left, unsigned int *maps)
{
	bool last = false;
	int ret = 0;

	emu_handles_lock(&cmd->client->handles);
	if (!h->client)
		ret = emu_handle_unknown(cmd, emu_handle_token(h));
	else if (!h->users)
		ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_OVERFREE,
			       emu_handle_token(h), h->maps);
	else
		last = !--h->users && emu_handle_unused(h);
	*left = h->users;
	*maps = h->maps;
	emu_handle_unlock(cmd->client, h, last);
	return ret;
}

/* Counts a new mapping; @heap: its bytes if it is in a heap, else 0. */
int emu_handle_map(struct emu_cmd *cmd, struct emu_handle *h, u64 heap)
{
	bool alive;

	emu_handles_lock(&cmd->client->handles);
	alive = h->client;
	if (alive) {
		h->maps++;
		emu_holding_map(&cmd->client->handles, h, heap);
	}
	emu_handles_unlock(&cmd->client->handles);
	if (alive)
		return 0;
	return emu_handle_unknown(cmd, emu_handle_token(h));
}

void emu_handle_unmap(struct emu_client *client, struct emu_handle *h, u64 heap)
{
	emu_handles_lock(&client->handles);
	h->maps--;
	emu_holding_unmap(&client->handles, h, heap);
	emu_handle_unlock(client, h, emu_handle_unused(h));
}

void emu_handle_counts(struct emu_client *client, struct emu_handle *h,
		       unsigned int *users, unsigned int *maps)
{
	emu_handles_lock(&client->handles);
	*users = h->users;
	*maps = h->maps;
	emu_handles_unlock(&client->handles);
}

/* Bits ACL_EMU_PHYS_STATE_* */
u32 emu_handle_state(struct emu_client *client, struct emu_handle *h)
{
	u32 state = h->imported ? ACL_EMU_PHYS_STATE_IMPORTED : 0;

	emu_handles_lock(&client->handles);
	if (!list_empty(&h->shares))
		state |= ACL_EMU_PHYS_STATE_EXPORTED;
	emu_handles_unlock(&client->handles);
	return state;
}

/* ---- shares that a handle exported ---- */

/* Claims the single ACL_EMU_EXPORT_ONCE export; see emu_handle_unclaim_once(). */
int emu_handle_claim_once(struct emu_cmd *cmd, struct emu_handle *h, u64 key)
{
	int ret = 0;

	emu_handles_lock(&cmd->client->handles);
	if (!h->client)
		ret = emu_handle_unknown(cmd, emu_handle_token(h));
	else if (h->once_key)
		ret = emu_fail(cmd, -EEXIST, ACL_EMU_REASON_EXPORTED,
			       emu_handle_token(h), h->once_key);
	else
		h->once_key = key;
	emu_handles_unlock(&cmd->client->handles);
	return ret;
}

void emu_handle_unclaim_once(struct emu_client *client, u64 token, u64 key)
{
	struct emu_handle *h = emu_handles_find(&client->handles, token);

	if (!h)
		return;
	emu_handles_lock(&client->handles);
	if (h->once_key == key)
		h->once_key = 0;
	emu_handles_unlock(&client->handles);
	emu_handle_put(h);
}

/* Opens a share. Returns false if its handle is dead. */
bool emu_handle_open_share(struct emu_client *client, u64 token,
			   struct list_head *link, bool *open)
{
	struct emu_handle *h = emu_handles_find(&client->handles, token);
	bool alive;

	if (!h)
		return false;
	emu_handles_lock(&client->handles);
	alive = h->client;
	if (alive) {
		list_add_tail(link, &h->shares);
		h->exports++;
		emu_holding_share(&client->handles, h);
		WRITE_ONCE(*open, true);
	}
	emu_handles_unlock(&client->handles);
	emu_handle_put(h);
	return alive;
}

/*
 * Closes a share. Returns false if it was not open. Sets @listed if it was in the
 * list of its handle; the handle may be dead while an importer holds the share.
 */
bool emu_handle_close_share(struct emu_client *client, u64 token,
			    struct list_head *link, bool *open, bool *listed)
{
	struct emu_handle *h = emu_handles_find(&client->handles, token);
	bool was_open;

	emu_handles_lock(&client->handles);
	was_open = *open;
	*listed = was_open && h && h->client;
	if (*listed) {
		list_del_init(link);
		h->exports--;
		emu_holding_unshare(&client->handles, h);
	}
	WRITE_ONCE(*open, false);
	emu_handles_unlock(&client->handles);
	if (h)
		emu_handle_put(h);
	return was_open;
}
