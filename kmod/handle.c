// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles: a client names memory and sync objects by handles, which count
 * references. Only this file uses the table of handles.
 *
 * A token contains id and generation, so the token of a freed handle, or of
 * another process, is invalid.
 *
 * Creating, retaining and importing again give the user one reference each,
 * which PHYS_FREE drops; every mapping has a reference of its own. An ioctl
 * first takes a *hold*: the id is reserved and the token is known, but no
 * look-up finds a new handle. When the caller has the answer,
 * emu_handle_finalize() publishes the handle and turns the hold into a reference
 * of the user. If the answer cannot be delivered, emu_handle_abort() drops the
 * hold.
 */
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "client.h"
#include "device.h"
#include "handle.h"
#include "holding.h"
#include "phys.h"
#include "share.h"
#include "stat.h"
#include "sync.h"

/* Handles listed under the lock before others may take it. */
#define EMU_LIST_STEP	16

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

/* ---- the table ---- */

int emu_handles_init(struct emu_handle_table *table)
{
	xa_init_flags(&table->xa, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	/* A token of another process must not match by chance. */
	atomic_set(&table->gen, get_random_u32());
	hash_init(table->imports);
	return emu_holdings_init(table);
}

void emu_handles_destroy(struct emu_handle_table *table)
{
	xa_destroy(&table->xa);
	emu_holdings_destroy(table);
}

/* The first published handle from @id on, with a reference; moves @id behind it. */
static struct emu_handle *emu_handle_next(struct emu_client *client,
					  unsigned long *id)
{
	struct emu_handle *h;

	rcu_read_lock();
	do {
		h = xa_find(&client->handles.xa, id, ULONG_MAX, XA_PRESENT);
		(*id)++;
	} while (h && !refcount_inc_not_zero(&h->ref));
	rcu_read_unlock();
	return h;
}

/*
 * Marks a handle dead and removes it from the table. Moves the shares it exported
 * to @shares. The caller calls emu_handle_finish().
 */
static void emu_handle_unlink(struct emu_client *client, struct emu_handle *h,
			      struct list_head *shares)
{
	lockdep_assert_held(&client->handles.xa.xa_lock);
	if (h->published)
		emu_holding_drop(&client->handles, h);
	__xa_erase(&client->handles.xa, h->id);
	hash_del(&h->node);
	list_splice_init(&h->shares, shares);
	h->exports = 0;
	/* emu_sync_check() reads it without the lock. */
	WRITE_ONCE(h->client, NULL);
}

static void emu_handle_finish(struct emu_handle *h, struct list_head *shares)
{
	emu_share_put_list(shares);
	emu_stat_add(ACL_EMU_STAT_HANDLES, -1);
	if (h->content.sync)
		emu_sync_wake(h->content.sync);
	emu_handle_put(h);
}

/* Ends a handle regardless of its references. */
static void emu_handle_kill(struct emu_client *client, struct emu_handle *h)
{
	LIST_HEAD(shares);
	bool alive;

	xa_lock(&client->handles.xa);
	alive = h->client;
	if (alive)
		emu_handle_unlink(client, h, &shares);
	xa_unlock(&client->handles.xa);
	if (alive)
		emu_handle_finish(h, &shares);
}

/* Kills the handles of @loc, or all if @loc is NULL. */
static void emu_handles_kill(struct emu_client *client,
			     const struct acl_emu_location *loc)
{
	struct emu_handle *h;
	unsigned long id = 0;

	while ((h = emu_handle_next(client, &id))) {
		if (!loc || emu_loc_equal(h->loc, *loc))
			emu_handle_kill(client, h);
		emu_handle_put(h);
		cond_resched();
	}
}

void emu_handles_open_device(struct emu_client *client, u32 device)
{
	xa_lock(&client->handles.xa);
	WRITE_ONCE(client->handles.devices,
		   client->handles.devices | BIT_ULL(device));
	xa_unlock(&client->handles.xa);
}

/*
 * Kills the handles of a device. A handle whose answer is still being delivered
 * is not published, because the device is closed.
 */
void emu_handles_close_device(struct emu_client *client, u32 device)
{
	const struct acl_emu_location loc = {
		.type = ACL_EMU_LOC_DEVICE,
		.id = device,
	};

	lockdep_assert_held_write(&client->sem);
	xa_lock(&client->handles.xa);
	WRITE_ONCE(client->handles.devices,
		   client->handles.devices & ~BIT_ULL(device));
	xa_unlock(&client->handles.xa);
	emu_handles_kill(client, &loc);
}

/* Kills all handles. No handle is published any more. */
void emu_handles_close(struct emu_client *client)
{
	lockdep_assert_held_write(&client->sem);
	xa_lock(&client->handles.xa);
	client->handles.closed = true;
	xa_unlock(&client->handles.xa);
	emu_handles_kill(client, NULL);
}

/* True if there can be more handles from @cursor on. */
static bool emu_handles_step(struct emu_client *client, u64 *cursor, u32 *n,
			     u32 max,
			     void (*fn)(const struct emu_handle *h, void *data,
					u32 n), void *data)
{
	u32 end = min(*n + EMU_LIST_STEP, max);
	struct emu_handle *h;
	unsigned long id;

	xa_lock(&client->handles.xa);
	xa_for_each_start(&client->handles.xa, id, h, *cursor) {
		*cursor = id;
		if (*n == end)
			break;
		fn(h, data, (*n)++);
	}
	xa_unlock(&client->handles.xa);
	if (!h)
		*cursor = U64_MAX;
	return h;
}

/*
 * Calls @fn for up to @max published handles and moves the cursor; @n counts them.
 * @fn runs under the lock, so what the handle names cannot go: no reference is
 * taken, and memory is never freed on behalf of one who only looks.
 */
u32 emu_handles_list(struct emu_client *client, u64 *cursor, u32 max,
		     void (*fn)(const struct emu_handle *h, void *data, u32 n),
		     void *data)
{
	u32 n = 0;

	while (emu_handles_step(client, cursor, &n, max, fn, data) && n < max) {
		/* The caller may go on from the cursor. */
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	return n;
}

/* ---- reserve, finalize, abort ---- */

/* Consumes the references on @content, also on failure. */
static struct emu_handle *emu_handle_create(struct emu_cmd *cmd,
					    const struct emu_content *content,
					    struct acl_emu_location loc)
{
	struct emu_handle_table *table = &cmd->client->handles;
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
	do {
		h->gen = atomic_inc_return(&table->gen);
	} while (!h->gen);
	ret = xa_alloc(&table->xa, &h->id, XA_ZERO_ENTRY, xa_limit_31b,
		       GFP_KERNEL_ACCOUNT);
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
		emu_client_leave(cmd->client);
		return PTR_ERR(h);
	}
	h->imported = imported;
	emu_handle_answer(cmd, h);
	emu_client_leave(cmd->client);
	return 0;

err_leave:
	emu_client_leave(cmd->client);
err_content:
	emu_content_put(content);
	return ret;
}

static bool emu_handle_can_hold(const struct emu_handle *h)
{
	return h->client && h->users < UINT_MAX - h->holds;
}

/* The existing import of @share for @loc, published or not, with a hold. */
static struct emu_handle *emu_handle_find_import(struct emu_client *client,
						 struct emu_share *share,
						 struct acl_emu_location loc)
{
	struct emu_handle *h;

	lockdep_assert_held(&client->handles.xa.xa_lock);
	hash_for_each_possible(client->handles.imports, h, node,
			       (unsigned long)share) {
		if (h->import == share && emu_loc_equal(h->loc, loc) &&
		    emu_handle_can_hold(h)) {
			h->holds++;
			return h;
		}
	}
	return NULL;
}

/* Returns true if an import of @share for @loc exists: the answer names it. */
bool emu_handle_hold_import(struct emu_cmd *cmd, struct emu_share *share,
			    struct acl_emu_location loc)
{
	struct emu_handle *h;

	xa_lock(&cmd->client->handles.xa);
	h = emu_handle_find_import(cmd->client, share, loc);
	if (h)
		emu_handle_answer(cmd, h);
	xa_unlock(&cmd->client->handles.xa);
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
	LIST_HEAD(shares);

	h = emu_handle_create(cmd, content, loc);
	if (IS_ERR(h)) {
		emu_share_put(share);
		return PTR_ERR(h);
	}
	h->import = share;
	h->imported = true;
	xa_lock(&client->handles.xa);
	other = emu_handle_find_import(client, share, loc);
	if (other)
		emu_handle_unlink(client, h, &shares);
	else
		hash_add(client->handles.imports, &h->node,
			 (unsigned long)share);
	emu_handle_answer(cmd, other ?: h);
	xa_unlock(&client->handles.xa);
	if (other)
		emu_handle_finish(h, &shares);
	return 0;
}

/* Adds a hold to a handle, to be finalized or aborted. */
int emu_handle_hold(struct emu_cmd *cmd, struct emu_handle *h)
{
	bool held;

	xa_lock(&cmd->client->handles.xa);
	held = emu_handle_can_hold(h);
	if (held) {
		h->holds++;
		emu_handle_answer(cmd, h);
	}
	xa_unlock(&cmd->client->handles.xa);
	if (held)
		return 0;
	return emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE,
			emu_handle_token(h), 0);
}

static bool emu_handle_admitted(const struct emu_handle_table *table,
				const struct emu_handle *h)
{
	lockdep_assert_held(&table->xa.xa_lock);
	if (!h->client || table->closed)
		return false;
	return h->loc.type != ACL_EMU_LOC_DEVICE ||
	       table->devices & BIT_ULL(h->loc.id);
}

/* Drops a hold. With @keep it becomes a reference of the user if the handle lives. */
static void emu_handle_release(struct emu_cmd *cmd, bool keep)
{
	struct emu_client *client = cmd->client;
	struct emu_handle *h = cmd->handle;
	LIST_HEAD(shares);
	bool last;

	xa_lock(&client->handles.xa);
	h->holds--;
	if (keep && emu_handle_admitted(&client->handles, h)) {
		h->users++;
		/* The id is reserved, so no memory is needed. */
		if (!h->published) {
			__xa_store(&client->handles.xa, h->id, h, GFP_ATOMIC);
			emu_holding_add(&client->handles, h);
		}
		h->published = true;
	}
	last = h->client && !h->users && !h->holds && !h->maps;
	if (last)
		emu_handle_unlink(client, h, &shares);
	xa_unlock(&client->handles.xa);
	if (last)
		emu_handle_finish(h, &shares);
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

static struct emu_handle *emu_handle_find(struct emu_client *client, u64 token)
{
	struct emu_handle *h;

	rcu_read_lock();
	h = xa_load(&client->handles.xa, lower_32_bits(token));
	if (h && (h->gen != upper_32_bits(token) ||
		  !refcount_inc_not_zero(&h->ref)))
		h = NULL;
	rcu_read_unlock();
	return h;
}

static struct emu_handle *emu_handle_unknown(struct emu_cmd *cmd, u64 token)
{
	return ERR_PTR(emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE, token, 0));
}

/* The handle of a token, with a reference. */
struct emu_handle *emu_handle_get(struct emu_cmd *cmd, u64 token)
{
	return emu_handle_find(cmd->client, token) ?:
	       emu_handle_unknown(cmd, token);
}

/* The same, for memory only. */
struct emu_handle *emu_handle_get_phys(struct emu_cmd *cmd, u64 token)
{
	struct emu_handle *h = emu_handle_get(cmd, token);

	if (IS_ERR(h) || h->content.phys)
		return h;
	emu_handle_put(h);
	return emu_handle_unknown(cmd, token);
}

/* The same, for sync objects only. */
struct emu_handle *emu_handle_get_sync(struct emu_cmd *cmd, u64 token)
{
	struct emu_handle *h = emu_handle_get(cmd, token);

	if (IS_ERR(h) || h->content.sync)
		return h;
	emu_handle_put(h);
	return emu_handle_unknown(cmd, token);
}

/* ---- references of the user and of mappings ---- */

/* Drops one reference of the user and stores the remaining counts. */
int emu_handle_drop(struct emu_cmd *cmd, struct emu_handle *h,
		    unsigned int *left, unsigned int *maps)
{
	struct emu_client *client = cmd->client;
	LIST_HEAD(shares);
	bool last = false;
	int ret = 0;

	xa_lock(&client->handles.xa);
	if (!h->client)
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE,
			       emu_handle_token(h), 0);
	else if (!h->users)
		ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_OVERFREE,
			       emu_handle_token(h), h->maps);
	else
		last = !--h->users && !h->holds && !h->maps;
	*left = h->users;
	*maps = h->maps;
	if (last)
		emu_handle_unlink(client, h, &shares);
	xa_unlock(&client->handles.xa);
	if (last)
		emu_handle_finish(h, &shares);
	return ret;
}

/* Counts a new mapping; @heap: its bytes if it is in a heap, else 0. */
int emu_handle_map(struct emu_cmd *cmd, struct emu_handle *h, u64 heap)
{
	bool alive;

	xa_lock(&cmd->client->handles.xa);
	alive = h->client;
	if (alive) {
		h->maps++;
		emu_holding_map(&cmd->client->handles, h, heap);
	}
	xa_unlock(&cmd->client->handles.xa);
	if (alive)
		return 0;
	return emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE,
			emu_handle_token(h), 0);
}

void emu_handle_unmap(struct emu_client *client, struct emu_handle *h, u64 heap)
{
	LIST_HEAD(shares);
	bool last;

	xa_lock(&client->handles.xa);
	h->maps--;
	emu_holding_unmap(&client->handles, h, heap);
	last = h->client && !h->users && !h->holds && !h->maps;
	if (last)
		emu_handle_unlink(client, h, &shares);
	xa_unlock(&client->handles.xa);
	if (last)
		emu_handle_finish(h, &shares);
}

void emu_handle_counts(struct emu_client *client, struct emu_handle *h,
		       unsigned int *users, unsigned int *maps)
{
	xa_lock(&client->handles.xa);
	*users = h->users;
	*maps = h->maps;
	xa_unlock(&client->handles.xa);
}

/* Bits ACL_EMU_PHYS_STATE_* */
u32 emu_handle_state(struct emu_client *client, struct emu_handle *h)
{
	u32 state = h->imported ? ACL_EMU_PHYS_STATE_IMPORTED : 0;

	xa_lock(&client->handles.xa);
	if (!list_empty(&h->shares))
		state |= ACL_EMU_PHYS_STATE_EXPORTED;
	xa_unlock(&client->handles.xa);
	return state;
}

/* ---- shares that a handle exported ---- */

/* Claims the single ACL_EMU_EXPORT_ONCE export; see emu_handle_unclaim_once(). */
int emu_handle_claim_once(struct emu_cmd *cmd, struct emu_handle *h, u64 key)
{
	int ret = 0;

	xa_lock(&cmd->client->handles.xa);
	if (!h->client)
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE,
			       emu_handle_token(h), 0);
	else if (h->once_key)
		ret = emu_fail(cmd, -EEXIST, ACL_EMU_REASON_EXPORTED,
			       emu_handle_token(h), h->once_key);
	else
		h->once_key = key;
	xa_unlock(&cmd->client->handles.xa);
	return ret;
}

void emu_handle_unclaim_once(struct emu_client *client, u64 token, u64 key)
{
	struct emu_handle *h = emu_handle_find(client, token);

	if (!h)
		return;
	xa_lock(&client->handles.xa);
	if (h->once_key == key)
		h->once_key = 0;
	xa_unlock(&client->handles.xa);
	emu_handle_put(h);
}

/* Opens a share. Returns false if its handle is dead. */
bool emu_handle_open_share(struct emu_client *client, u64 token,
			   struct list_head *link, bool *open)
{
	struct emu_handle *h = emu_handle_find(client, token);
	bool alive;

	if (!h)
		return false;
	xa_lock(&client->handles.xa);
	alive = h->client;
	if (alive) {
		list_add_tail(link, &h->shares);
		h->exports++;
		emu_holding_share(&client->handles, h);
		WRITE_ONCE(*open, true);
	}
	xa_unlock(&client->handles.xa);
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
	struct emu_handle *h = emu_handle_find(client, token);
	bool was_open;

	xa_lock(&client->handles.xa);
	was_open = *open;
	*listed = was_open && h && h->client;
	if (*listed) {
		list_del_init(link);
		h->exports--;
		emu_holding_unshare(&client->handles, h);
	}
	WRITE_ONCE(*open, false);
	xa_unlock(&client->handles.xa);
	if (h)
		emu_handle_put(h);
	return was_open;
}
