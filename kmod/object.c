// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tokens: how a context names its objects.
 *
 * An id is reserved first, then the object is made ready, then it is
 * published. Until acl_object_finalize() nobody can find it, so everything
 * that can fail comes before and is undone by acl_object_abort(). A token is
 * id and generation, so that one that was freed, or comes from another
 * process, names nothing.
 */
#include "emu.h"

int acl_object_reserve(struct acl_ctx *ctx, struct acl_object *obj)
{
	refcount_set(&obj->ref, 1);
	do {
		obj->gen = atomic_inc_return(&ctx->gen);
	} while (!obj->gen);
	return xa_alloc(&ctx->objects, &obj->id, XA_ZERO_ENTRY, xa_limit_31b,
			GFP_KERNEL_ACCOUNT);
}

void acl_object_finalize(struct acl_ctx *ctx, struct acl_object *obj)
{
	/* The place was reserved, so no memory is needed. */
	WARN_ON_ONCE(xa_is_err(xa_store(&ctx->objects, obj->id, obj,
					GFP_KERNEL)));
}

void acl_object_abort(struct acl_ctx *ctx, struct acl_object *obj)
{
	xa_erase(&ctx->objects, obj->id);
}

struct acl_object *acl_object_get(struct acl_ctx *ctx, u64 token)
{
	struct acl_object *obj;

	rcu_read_lock();
	obj = xa_load(&ctx->objects, lower_32_bits(token));
	if (obj && (obj->gen != upper_32_bits(token) ||
		    !refcount_inc_not_zero(&obj->ref)))
		obj = NULL;
	rcu_read_unlock();
	return obj;
}

/* The first object whose id is @id or higher, with a reference; @id is next. */
struct acl_object *acl_object_next(struct acl_ctx *ctx, unsigned long *id)
{
	struct acl_object *obj;

	rcu_read_lock();
	do {
		obj = xa_find(&ctx->objects, id, ULONG_MAX, XA_PRESENT);
		(*id)++;
	} while (obj && !refcount_inc_not_zero(&obj->ref));
	rcu_read_unlock();
	return obj;
}
