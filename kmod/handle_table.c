// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of the handles of a client: finds them by token, by the share they were
 * imported from, and one after the other.
 *
 * A token contains id and generation, so the token of a freed handle, or of
 * another process, is invalid.
 */
#include <linux/random.h>
#include <linux/sched/signal.h>

#include "device.h"
#include "handle.h"
#include "handle_table.h"
#include "holding.h"

/* Handles listed under the lock before others may take it. */
#define EMU_LIST_STEP	16

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

/* ---- open devices ---- */

/* From now on handles of the device are published, or not. */
void emu_handles_admit(struct emu_handle_table *table, u32 device, bool open)
{
	u64 devices;

	emu_handles_lock(table);
	devices = table->devices & ~BIT_ULL(device);
	WRITE_ONCE(table->devices, open ? devices | BIT_ULL(device) : devices);
	emu_handles_unlock(table);
}

bool emu_handles_admitted(const struct emu_handle_table *table,
			  const struct emu_handle *h)
{
	lockdep_assert_held(&table->xa.xa_lock);
	if (!h->client || table->closed)
		return false;
	return h->loc.type != ACL_EMU_LOC_DEVICE ||
	       table->devices & BIT_ULL(h->loc.id);
}

/* ---- add, publish, remove ---- */

/* Gives a new handle its token, which no look-up finds before it is published. */
int emu_handles_reserve(struct emu_handle_table *table, struct emu_handle *h)
{
	do {
		h->gen = atomic_inc_return(&table->gen);
	} while (!h->gen);
	return xa_alloc(&table->xa, &h->id, XA_ZERO_ENTRY, xa_limit_31b,
			GFP_KERNEL_ACCOUNT);
}

void emu_handles_publish(struct emu_handle_table *table, struct emu_handle *h)
{
	lockdep_assert_held(&table->xa.xa_lock);
	/* The id is reserved, so no memory is needed. */
	__xa_store(&table->xa, h->id, h, GFP_ATOMIC);
	h->published = true;
}

void emu_handles_remove(struct emu_handle_table *table, struct emu_handle *h)
{
	lockdep_assert_held(&table->xa.xa_lock);
	__xa_erase(&table->xa, h->id);
	hash_del(&h->node);
}

void emu_handles_add_import(struct emu_handle_table *table, struct emu_handle *h)
{
	lockdep_assert_held(&table->xa.xa_lock);
	hash_add(table->imports, &h->node, (unsigned long)h->import);
}

/* ---- look-ups ---- */

/* The handle of a token, with a reference, or NULL. */
struct emu_handle *emu_handles_find(struct emu_handle_table *table, u64 token)
{
	struct emu_handle *h;

	rcu_read_lock();
	h = xa_load(&table->xa, lower_32_bits(token));
	if (h && (h->gen != upper_32_bits(token) ||
		  !refcount_inc_not_zero(&h->ref)))
		h = NULL;
	rcu_read_unlock();
	return h;
}

/* The import of @share for @loc, published or not, that can have one more hold, or NULL. */
struct emu_handle *emu_handles_find_import(struct emu_handle_table *table,
					   struct emu_share *share,
					   struct acl_emu_location loc)
{
	struct emu_handle *h;

	lockdep_assert_held(&table->xa.xa_lock);
	hash_for_each_possible(table->imports, h, node, (unsigned long)share) {
		if (h->import == share && emu_loc_equal(h->loc, loc) &&
		    emu_handle_can_hold(h))
			return h;
	}
	return NULL;
}

/* The first published handle from @id on, with a reference; moves @id behind it. */
struct emu_handle *emu_handles_next(struct emu_handle_table *table,
				    unsigned long *id)
{
	struct emu_handle *h;

	rcu_read_lock();
	do {
		h = xa_find(&table->xa, id, ULONG_MAX, XA_PRESENT);
		(*id)++;
	} while (h && !refcount_inc_not_zero(&h->ref));
	rcu_read_unlock();
	return h;
}

/* True if there can be more handles from @cursor on. */
static bool emu_handles_step(struct emu_handle_table *table, u64 *cursor,
			     u32 *n, u32 max,
			     void (*fn)(const struct emu_handle *h, void *data,
					u32 n), void *data)
{
	u32 end = min(*n + EMU_LIST_STEP, max);
	struct emu_handle *h;
	unsigned long id;

	emu_handles_lock(table);
	xa_for_each_start(&table->xa, id, h, *cursor) {
		*cursor = id;
		if (*n == end)
			break;
		fn(h, data, (*n)++);
	}
	emu_handles_unlock(table);
	if (!h)
		*cursor = U64_MAX;
	return h;
}

/*
 * Calls @fn for up to @max published handles and moves the cursor; @n counts them.
 * @fn runs under the lock, so what the handle names cannot go: no reference is
 * taken, and memory is never freed on behalf of one who only looks.
 */
u32 emu_handles_list(struct emu_handle_table *table, u64 *cursor, u32 max,
		     void (*fn)(const struct emu_handle *h, void *data, u32 n),
		     void *data)
{
	u32 n = 0;

	while (emu_handles_step(table, cursor, &n, max, fn, data) && n < max) {
		/* The caller may go on from the cursor. */
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	return n;
}
