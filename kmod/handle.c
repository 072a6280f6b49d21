// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles: this process's name for memory or a counter, and who counts.
 *
 * Creating, retaining and importing again give the user a reference each,
 * which PHYS_FREE takes back; every mapping has one of its own. The handle is
 * there while any of them is.
 */
#include <linux/slab.h>

#include "emu.h"
#include "trace.h"

void emu_content_get(const struct emu_content *content)
{
	if (content->phys)
		emu_phys_get(content->phys);
	if (content->sync)
		emu_sync_get(content->sync);
}

void emu_content_put(const struct emu_content *content)
{
	if (content->phys)
		emu_phys_put(content->phys);
	if (content->sync)
		emu_sync_put(content->sync);
}

/*
 * The new handle has a reserved id and is not yet visible. It takes over the
 * caller's references on @content and, if not NULL, @import;
 * emu_handle_abort() gives them up.
 */
struct emu_handle *emu_handle_create(struct emu_client *client,
				     const struct emu_content *content,
				     struct acl_emu_location loc,
				     struct emu_share *import)
{
	struct emu_handle *h;
	int ret;

	h = kzalloc(sizeof(*h), GFP_KERNEL_ACCOUNT);
	if (!h)
		return ERR_PTR(-ENOMEM);
	h->client = client;
	h->phys = content->phys;
	h->sync = content->sync;
	h->loc = loc;
	h->import = import;
	h->imported = !!import;
	h->users = 1;
	INIT_LIST_HEAD(&h->shares);
	INIT_HLIST_NODE(&h->node);
	ret = emu_object_reserve(client, &h->obj);
	if (ret) {
		kfree(h);
		return ERR_PTR(ret);
	}
	emu_stat_add(ACL_EMU_STAT_HANDLES, 1);
	return h;
}

void emu_handle_abort(struct emu_client *client, struct emu_handle *h)
{
	emu_object_abort(client, &h->obj);
	emu_stat_add(ACL_EMU_STAT_HANDLES, -1);
	emu_handle_put(h);
}

void emu_handle_put(struct emu_handle *h)
{
	const struct emu_content content = { .phys = h->phys, .sync = h->sync };

	if (!refcount_dec_and_test(&h->obj.ref))
		return;
	if (h->import)
		emu_share_put(h->import);
	emu_content_put(&content);
	kfree_rcu(h, obj.rcu);
}

/* Without a word if there is none. */
struct emu_handle *emu_handle_find(struct emu_client *client, u64 token)
{
	struct emu_object *obj = emu_object_get(client, token);

	return obj ? container_of(obj, struct emu_handle, obj) : NULL;
}

struct emu_handle *emu_handle_get(struct emu_cmd *cmd, u64 token)
{
	struct emu_handle *h = emu_handle_find(cmd->client, token);

	if (!h)
		emu_fail(cmd, 0, ACL_EMU_REASON_HANDLE, token, 0);
	return h;
}

/* The same, of memory only. */
struct emu_handle *emu_handle_get_phys(struct emu_cmd *cmd, u64 token)
{
	struct emu_handle *h = emu_handle_get(cmd, token);

	if (!h || h->phys)
		return h;
	emu_fail(cmd, 0, ACL_EMU_REASON_HANDLE, token, 0);
	emu_handle_put(h);
	return NULL;
}

/*
 * Makes a handle unfindable; lock of client->objects held. The shares it
 * exported move to @shares. The caller drops these, and the reference that
 * the id stood for.
 */
static void emu_handle_unlink(struct emu_client *client, struct emu_handle *h,
			      struct list_head *shares)
{
	__xa_erase(&client->objects, h->obj.id);
	hash_del(&h->node);
	list_splice_init(&h->shares, shares);
	/* A waiter looks without the lock. */
	WRITE_ONCE(h->client, NULL);
}

static void emu_handle_finish(struct emu_handle *h, struct list_head *shares)
{
	emu_share_put_list(shares);
	emu_stat_add(ACL_EMU_STAT_HANDLES, -1);
	if (h->sync)
		emu_sync_wake(h->sync);
	emu_handle_put(h);
}

/* The handle goes, whoever counts on it. For reset and death. */
void emu_handle_kill(struct emu_client *client, struct emu_handle *h)
{
	LIST_HEAD(shares);
	bool alive;

	xa_lock(&client->objects);
	alive = h->client;
	if (alive)
		emu_handle_unlink(client, h, &shares);
	xa_unlock(&client->objects);
	if (alive)
		emu_handle_finish(h, &shares);
}

/* One more mapping; false if the handle is gone. */
bool emu_handle_map(struct emu_client *client, struct emu_handle *h)
{
	bool alive;

	xa_lock(&client->objects);
	alive = h->client;
	if (alive)
		h->maps++;
	xa_unlock(&client->objects);
	return alive;
}

void emu_handle_unmap(struct emu_client *client, struct emu_handle *h)
{
	LIST_HEAD(shares);
	bool last;

	xa_lock(&client->objects);
	h->maps--;
	last = h->client && !h->maps && !h->users;
	if (last)
		emu_handle_unlink(client, h, &shares);
	xa_unlock(&client->objects);
	if (last)
		emu_handle_finish(h, &shares);
}

/* One more reference of the user; false if the handle is gone. */
static bool emu_handle_retain(struct emu_client *client, struct emu_handle *h)
{
	bool alive;

	xa_lock(&client->objects);
	alive = h->client && h->users < UINT_MAX;
	if (alive)
		h->users++;
	xa_unlock(&client->objects);
	return alive;
}

/* One reference of the user less. -EINVAL: there is none. -ENOENT: gone. */
int emu_handle_drop(struct emu_client *client, struct emu_handle *h,
		    unsigned int *left, unsigned int *maps)
{
	LIST_HEAD(shares);
	bool last = false;
	int ret = 0;

	xa_lock(&client->objects);
	if (!h->client) {
		ret = -ENOENT;
	} else if (!h->users) {
		ret = -EINVAL;
	} else {
		h->users--;
		last = !h->users && !h->maps;
	}
	if (left)
		*left = h->users;
	if (maps)
		*maps = h->maps;
	if (last)
		emu_handle_unlink(client, h, &shares);
	xa_unlock(&client->objects);
	if (last)
		emu_handle_finish(h, &shares);
	return ret;
}

/**
 * emu_handle_publish - give this process a new name for something
 * @cmd:      the ioctl
 * @content:  what; the caller's reference is taken over, also on failure
 * @loc:      location it belongs to here
 * @imported: it came from another process
 * @token:    set on success
 */
int emu_handle_publish(struct emu_cmd *cmd, const struct emu_content *content,
		       struct acl_emu_location loc, bool imported, u64 *token)
{
	struct emu_handle *h;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		goto err_content;
	/* A reset may have come in while the memory was being made. */
	if (loc.type == ACL_EMU_LOC_DEVICE) {
		ret = emu_device_need_open(cmd, loc.id);
		if (ret)
			goto err_leave;
	}
	h = emu_handle_create(cmd->client, content, loc, NULL);
	if (IS_ERR(h)) {
		ret = emu_fail(cmd, PTR_ERR(h), ACL_EMU_REASON_HOST_NOMEM,
			       sizeof(*h), 0);
		goto err_leave;
	}
	h->imported = imported;
	*token = emu_object_token(&h->obj);
	emu_object_finalize(cmd->client, &h->obj);
	emu_client_leave(cmd->client);
	return 0;

err_leave:
	emu_client_leave(cmd->client);
err_content:
	emu_content_put(content);
	return ret;
}

/* Takes back the reference that an answer would have told of. */
void emu_handle_undo(struct emu_cmd *cmd, u64 token)
{
	struct emu_handle *h = emu_handle_get(cmd, token);

	if (!h)
		return;
	emu_handle_drop(cmd->client, h, NULL, NULL);
	emu_handle_put(h);
}

static struct emu_handle *emu_handle_by_addr(struct emu_cmd *cmd, u64 addr,
					     int *err)
{
	struct emu_range *range = emu_range_find(cmd->client, addr);
	struct emu_handle *h = NULL;
	struct emu_mapping *m;

	*err = -ENOENT;
	if (!range) {
		emu_fail(cmd, 0, ACL_EMU_REASON_NO_RANGE, addr, 0);
		return NULL;
	}
	m = emu_mapping_find(range, addr);
	if (!m) {
		emu_fail(cmd, 0, ACL_EMU_REASON_NOT_MAPPED, addr, 0);
	} else if (m->start != addr) {
		*err = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_NOT_MAP_START,
				m->start, m->size);
	} else {
		h = m->handle;
		refcount_inc(&h->obj.ref);
	}
	if (m)
		emu_mapping_put(m);
	emu_range_put(range);
	return h;
}

int emu_phys_retain_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_phys_retain *arg = cmd->arg;
	bool by_addr = cmd->head->flags & ACL_EMU_RETAIN_BY_ADDR;
	struct emu_handle *h;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	ret = -ENOENT;
	if (by_addr)
		h = emu_handle_by_addr(cmd, arg->addr, &ret);
	else
		h = emu_handle_get_phys(cmd, arg->handle);
	if (!h)
		goto out;
	ret = 0;
	if (emu_handle_retain(cmd->client, h))
		arg->handle = emu_object_token(&h->obj);
	else
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE,
			       emu_object_token(&h->obj), 0);
	emu_handle_put(h);
out:
	emu_client_leave(cmd->client);
	return ret;
}

void emu_phys_retain_undo(struct emu_cmd *cmd)
{
	struct acl_emu_phys_retain *arg = cmd->arg;

	emu_handle_undo(cmd, arg->handle);
}

int emu_phys_free_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_phys_free *arg = cmd->arg;
	unsigned int left, maps;
	struct emu_handle *h;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	h = emu_handle_get(cmd, arg->handle);
	if (!h) {
		emu_client_leave(cmd->client);
		return -ENOENT;
	}
	ret = emu_handle_drop(cmd->client, h, &left, &maps);
	emu_client_leave(cmd->client);
	if (ret == -ENOENT)
		emu_fail(cmd, 0, ACL_EMU_REASON_HANDLE, arg->handle, 0);
	else if (ret)
		emu_fail(cmd, 0, ACL_EMU_REASON_OVERFREE, arg->handle, maps);
	/* The pages may go here, with no lock held. */
	emu_handle_put(h);
	if (ret)
		return ret;
	arg->left = left;
	arg->maps = maps;
	return 0;
}

/* Bits ACL_EMU_PHYS_STATE_* */
u32 emu_handle_state(struct emu_client *client, struct emu_handle *h)
{
	u32 state = h->imported ? ACL_EMU_PHYS_STATE_IMPORTED : 0;

	xa_lock(&client->objects);
	if (!list_empty(&h->shares))
		state |= ACL_EMU_PHYS_STATE_EXPORTED;
	xa_unlock(&client->objects);
	return state;
}

int emu_phys_info_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_phys_info *arg = cmd->arg;
	struct emu_handle *h;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	h = emu_handle_get_phys(cmd, arg->handle);
	if (h) {
		arg->size = h->phys->size;
		arg->granule = h->phys->granule;
		arg->cookie = h->phys->cookie;
		arg->loc = h->phys->loc;
		arg->user = h->loc;
		arg->state = emu_handle_state(cmd->client, h);
		xa_lock(&cmd->client->objects);
		arg->users = h->users;
		arg->maps = h->maps;
		xa_unlock(&cmd->client->objects);
		emu_handle_put(h);
	} else {
		ret = -ENOENT;
	}
	emu_client_leave(cmd->client);
	return ret;
}
