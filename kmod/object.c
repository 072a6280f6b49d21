// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tokens: how a context names its objects.
 *
 * An id is reserved first, then the object is made ready, then it is
 * published. Until emu_object_finalize() nobody can find it, so everything
 * that can fail comes before and is undone by emu_object_abort(). A token is
 * id and generation, so that one that was freed, or comes from another
 * process, names nothing.
 */
#include "emu.h"

int emu_object_reserve(struct emu_client *client, struct emu_object *obj)
{
	refcount_set(&obj->ref, 1);
	do {
		obj->gen = atomic_inc_return(&client->gen);
	} while (!obj->gen);
	return xa_alloc(&client->objects, &obj->id, XA_ZERO_ENTRY, xa_limit_31b,
			GFP_KERNEL_ACCOUNT);
}

void emu_object_finalize(struct emu_client *client, struct emu_object *obj)
{
	/* The place was reserved, so no memory is needed. */
	WARN_ON_ONCE(xa_is_err(xa_store(&client->objects, obj->id, obj,
					GFP_KERNEL)));
}

void emu_object_abort(struct emu_client *client, struct emu_object *obj)
{
	xa_erase(&client->objects, obj->id);
}

struct emu_object *emu_object_get(struct emu_client *client, u64 token)
{
	struct emu_object *obj;

	rcu_read_lock();
	obj = xa_load(&client->objects, lower_32_bits(token));
	if (obj && (obj->gen != upper_32_bits(token) ||
		    !refcount_inc_not_zero(&obj->ref)))
		obj = NULL;
	rcu_read_unlock();
	return obj;
}

/* The first object whose id is @id or higher, with a reference; @id is next. */
struct emu_object *emu_object_next(struct emu_client *client, unsigned long *id)
{
	struct emu_object *obj;

	rcu_read_lock();
	do {
		obj = xa_find(&client->objects, id, ULONG_MAX, XA_PRESENT);
		(*id)++;
	} while (obj && !refcount_inc_not_zero(&obj->ref));
	rcu_read_unlock();
	return obj;
}
