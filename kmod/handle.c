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

void acl_content_get(const struct acl_content *content)
{
	if (content->phys)
		acl_phys_get(content->phys);
	if (content->sync)
		acl_sync_get(content->sync);
}

void acl_content_put(const struct acl_content *content)
{
	if (content->phys)
		acl_phys_put(content->phys);
	if (content->sync)
		acl_sync_put(content->sync);
}

/*
 * The new handle has a reserved id and is not yet visible. It takes over the
 * caller's references on @content and, if not NULL, @import;
 * acl_handle_abort() gives them up.
 */
struct acl_handle *acl_handle_create(struct acl_ctx *ctx,
				     const struct acl_content *content,
				     struct acl_emu_location loc,
				     struct acl_share *import)
{
	struct acl_handle *h;
	int ret;

	h = kzalloc(sizeof(*h), GFP_KERNEL_ACCOUNT);
	if (!h)
		return ERR_PTR(-ENOMEM);
	h->ctx = ctx;
	h->phys = content->phys;
	h->sync = content->sync;
	h->loc = loc;
	h->import = import;
	h->imported = !!import;
	h->users = 1;
	INIT_LIST_HEAD(&h->shares);
	INIT_HLIST_NODE(&h->node);
	ret = acl_object_reserve(ctx, &h->obj);
	if (ret) {
		kfree(h);
		return ERR_PTR(ret);
	}
	acl_count(ACL_EMU_COUNTER_HANDLES, 1);
	return h;
}

void acl_handle_abort(struct acl_ctx *ctx, struct acl_handle *h)
{
	acl_object_abort(ctx, &h->obj);
	acl_count(ACL_EMU_COUNTER_HANDLES, -1);
	acl_handle_put(h);
}

void acl_handle_put(struct acl_handle *h)
{
	const struct acl_content content = { .phys = h->phys, .sync = h->sync };

	if (!refcount_dec_and_test(&h->obj.ref))
		return;
	if (h->import)
		acl_share_put(h->import);
	acl_content_put(&content);
	kfree_rcu(h, obj.rcu);
}

/* Without a word if there is none. */
struct acl_handle *acl_handle_find(struct acl_ctx *ctx, u64 token)
{
	struct acl_object *obj = acl_object_get(ctx, token);

	return obj ? container_of(obj, struct acl_handle, obj) : NULL;
}

struct acl_handle *acl_handle_get(struct acl_cmd *cmd, u64 token)
{
	struct acl_handle *h = acl_handle_find(cmd->ctx, token);

	if (!h)
		acl_fail(cmd, 0, ACL_EMU_REASON_HANDLE, token, 0);
	return h;
}

/* The same, of memory only. */
struct acl_handle *acl_handle_get_phys(struct acl_cmd *cmd, u64 token)
{
	struct acl_handle *h = acl_handle_get(cmd, token);

	if (!h || h->phys)
		return h;
	acl_fail(cmd, 0, ACL_EMU_REASON_HANDLE, token, 0);
	acl_handle_put(h);
	return NULL;
}

/*
 * Makes a handle unfindable; lock of ctx->objects held. The shares it
 * exported move to @shares. The caller drops these, and the reference that
 * the id stood for.
 */
static void acl_handle_unlink(struct acl_ctx *ctx, struct acl_handle *h,
			      struct list_head *shares)
{
	__xa_erase(&ctx->objects, h->obj.id);
	hash_del(&h->node);
	list_splice_init(&h->shares, shares);
	/* A waiter looks without the lock. */
	WRITE_ONCE(h->ctx, NULL);
}

static void acl_handle_finish(struct acl_handle *h, struct list_head *shares)
{
	acl_share_put_list(shares);
	acl_count(ACL_EMU_COUNTER_HANDLES, -1);
	if (h->sync)
		acl_sync_wake(h->sync);
	acl_handle_put(h);
}

/* The handle goes, whoever counts on it. For reset and death. */
void acl_handle_kill(struct acl_ctx *ctx, struct acl_handle *h)
{
	LIST_HEAD(shares);
	bool alive;

	xa_lock(&ctx->objects);
	alive = h->ctx;
	if (alive)
		acl_handle_unlink(ctx, h, &shares);
	xa_unlock(&ctx->objects);
	if (alive)
		acl_handle_finish(h, &shares);
}

/* One more mapping; false if the handle is gone. */
bool acl_handle_map(struct acl_ctx *ctx, struct acl_handle *h)
{
	bool alive;

	xa_lock(&ctx->objects);
	alive = h->ctx;
	if (alive)
		h->maps++;
	xa_unlock(&ctx->objects);
	return alive;
}

void acl_handle_unmap(struct acl_ctx *ctx, struct acl_handle *h)
{
	LIST_HEAD(shares);
	bool last;

	xa_lock(&ctx->objects);
	h->maps--;
	last = h->ctx && !h->maps && !h->users;
	if (last)
		acl_handle_unlink(ctx, h, &shares);
	xa_unlock(&ctx->objects);
	if (last)
		acl_handle_finish(h, &shares);
}

/* One more reference of the user; false if the handle is gone. */
static bool acl_handle_retain(struct acl_ctx *ctx, struct acl_handle *h)
{
	bool alive;

	xa_lock(&ctx->objects);
	alive = h->ctx && h->users < UINT_MAX;
	if (alive)
		h->users++;
	xa_unlock(&ctx->objects);
	return alive;
}

/* One reference of the user less. -EINVAL: there is none. -ENOENT: gone. */
int acl_handle_drop(struct acl_ctx *ctx, struct acl_handle *h,
		    unsigned int *left, unsigned int *maps)
{
	LIST_HEAD(shares);
	bool last = false;
	int ret = 0;

	xa_lock(&ctx->objects);
	if (!h->ctx) {
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
		acl_handle_unlink(ctx, h, &shares);
	xa_unlock(&ctx->objects);
	if (last)
		acl_handle_finish(h, &shares);
	return ret;
}

/**
 * acl_handle_publish - give this process a new name for something
 * @cmd:      the ioctl
 * @content:  what; the caller's reference is taken over, also on failure
 * @loc:      location it belongs to here
 * @imported: it came from another process
 * @token:    set on success
 */
int acl_handle_publish(struct acl_cmd *cmd, const struct acl_content *content,
		       struct acl_emu_location loc, bool imported, u64 *token)
{
	struct acl_handle *h;
	int ret;

	ret = acl_ctx_enter(cmd);
	if (ret)
		goto err_content;
	/* A reset may have come in while the memory was being made. */
	if (loc.type == ACL_EMU_LOC_DEVICE) {
		ret = acl_device_need_open(cmd, loc.id);
		if (ret)
			goto err_leave;
	}
	h = acl_handle_create(cmd->ctx, content, loc, NULL);
	if (IS_ERR(h)) {
		ret = acl_fail(cmd, PTR_ERR(h), ACL_EMU_REASON_HOST_NOMEM,
			       sizeof(*h), 0);
		goto err_leave;
	}
	h->imported = imported;
	*token = acl_object_token(&h->obj);
	acl_object_finalize(cmd->ctx, &h->obj);
	acl_ctx_leave(cmd->ctx);
	return 0;

err_leave:
	acl_ctx_leave(cmd->ctx);
err_content:
	acl_content_put(content);
	return ret;
}

/* Takes back the reference that an answer would have told of. */
void acl_handle_undo(struct acl_cmd *cmd, u64 token)
{
	struct acl_handle *h = acl_handle_get(cmd, token);

	if (!h)
		return;
	acl_handle_drop(cmd->ctx, h, NULL, NULL);
	acl_handle_put(h);
}

static struct acl_handle *acl_handle_by_addr(struct acl_cmd *cmd, u64 addr,
					     int *err)
{
	struct acl_range *range = acl_range_find(cmd->ctx, addr);
	struct acl_handle *h = NULL;
	struct acl_mapping *m;

	*err = -ENOENT;
	if (!range) {
		acl_fail(cmd, 0, ACL_EMU_REASON_NO_RANGE, addr, 0);
		return NULL;
	}
	m = acl_mapping_find(range, addr);
	if (!m) {
		acl_fail(cmd, 0, ACL_EMU_REASON_NOT_MAPPED, addr, 0);
	} else if (m->start != addr) {
		*err = acl_fail(cmd, -EINVAL, ACL_EMU_REASON_NOT_MAP_START,
				m->start, m->size);
	} else {
		h = m->handle;
		refcount_inc(&h->obj.ref);
	}
	if (m)
		acl_mapping_put(m);
	acl_range_put(range);
	return h;
}

int acl_phys_retain_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_phys_retain *arg = cmd->arg;
	bool by_addr = cmd->head->flags & ACL_EMU_RETAIN_BY_ADDR;
	struct acl_handle *h;
	int ret;

	ret = acl_ctx_enter(cmd);
	if (ret)
		return ret;
	ret = -ENOENT;
	if (by_addr)
		h = acl_handle_by_addr(cmd, arg->addr, &ret);
	else
		h = acl_handle_get_phys(cmd, arg->handle);
	if (!h)
		goto out;
	ret = 0;
	if (acl_handle_retain(cmd->ctx, h))
		arg->handle = acl_object_token(&h->obj);
	else
		ret = acl_fail(cmd, -ENOENT, ACL_EMU_REASON_HANDLE,
			       acl_object_token(&h->obj), 0);
	acl_handle_put(h);
out:
	acl_ctx_leave(cmd->ctx);
	return ret;
}

void acl_phys_retain_undo(struct acl_cmd *cmd)
{
	struct acl_emu_phys_retain *arg = cmd->arg;

	acl_handle_undo(cmd, arg->handle);
}

int acl_phys_free_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_phys_free *arg = cmd->arg;
	unsigned int left, maps;
	struct acl_handle *h;
	int ret;

	ret = acl_ctx_enter(cmd);
	if (ret)
		return ret;
	h = acl_handle_get(cmd, arg->handle);
	if (!h) {
		acl_ctx_leave(cmd->ctx);
		return -ENOENT;
	}
	ret = acl_handle_drop(cmd->ctx, h, &left, &maps);
	acl_ctx_leave(cmd->ctx);
	if (ret == -ENOENT)
		acl_fail(cmd, 0, ACL_EMU_REASON_HANDLE, arg->handle, 0);
	else if (ret)
		acl_fail(cmd, 0, ACL_EMU_REASON_OVERFREE, arg->handle, maps);
	/* The pages may go here, with no lock held. */
	acl_handle_put(h);
	if (ret)
		return ret;
	arg->left = left;
	arg->maps = maps;
	return 0;
}

/* Bits ACL_EMU_PHYS_STATE_* */
u32 acl_handle_state(struct acl_ctx *ctx, struct acl_handle *h)
{
	u32 state = h->imported ? ACL_EMU_PHYS_STATE_IMPORTED : 0;

	xa_lock(&ctx->objects);
	if (!list_empty(&h->shares))
		state |= ACL_EMU_PHYS_STATE_EXPORTED;
	xa_unlock(&ctx->objects);
	return state;
}

int acl_phys_info_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_phys_info *arg = cmd->arg;
	struct acl_handle *h;
	int ret;

	ret = acl_ctx_enter(cmd);
	if (ret)
		return ret;
	h = acl_handle_get_phys(cmd, arg->handle);
	if (h) {
		arg->size = h->phys->size;
		arg->granule = h->phys->granule;
		arg->cookie = h->phys->cookie;
		arg->loc = h->phys->loc;
		arg->user = h->loc;
		arg->state = acl_handle_state(cmd->ctx, h);
		xa_lock(&cmd->ctx->objects);
		arg->users = h->users;
		arg->maps = h->maps;
		xa_unlock(&cmd->ctx->objects);
		acl_handle_put(h);
	} else {
		ret = -ENOENT;
	}
	acl_ctx_leave(cmd->ctx);
	return ret;
}
