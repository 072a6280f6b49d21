// SPDX-License-Identifier: MIT
/*
 * Tokens of streams, events, notifies and pools.
 *
 * A token is slot, kind and generation: one whose object is gone, or that was
 * never given out, is known as such for ever, and so is one of another kind. A
 * slot's generation is odd while it is in use.
 */
#include <pthread.h>
#include <stddef.h>

#include "core/emu.h"
#include "core/token.h"

#define SLOTS		16384
#define KIND_SHIFT	24
#define SLOT_MASK	((UINT32_C(1) << KIND_SHIFT) - 1)

struct slot {
	uint32_t generation;
	uint32_t next;			/* in the list of free ones, slot + 1 */
	struct emu_object *object;
};

/* Not more than a few instructions are done under the lock of a table. */
static struct table {
	pthread_mutex_t lock;
	uint32_t used;			/* slots that were ever in use */
	uint32_t free;			/* first free one below that, slot + 1; 0: none */
	struct slot slots[SLOTS];
} tables[EMU_TOKEN_KINDS] = {
	[0 ... EMU_TOKEN_KINDS - 1] = { .lock = PTHREAD_MUTEX_INITIALIZER },
};

struct emu_object *emu_object_ref(struct emu_object *object)
{
	atomic_fetch_add_explicit(&object->refs, 1, memory_order_relaxed);
	return object;
}

void emu_object_put(struct emu_object *object)
{
	if (atomic_fetch_sub_explicit(&object->refs, 1, memory_order_acq_rel) == 1)
		object->free(object);
}

uint32_t emu_token_slot(uint64_t token)
{
	return ((uint32_t)token & SLOT_MASK) - 1;
}

/* The slot that a token names if it is in use. */
static struct slot *slot_of(struct table *t, enum emu_token_kind kind, uint64_t token)
{
	uint32_t slot = emu_token_slot(token);
	uint32_t generation = (uint32_t)(token >> 32);

	if ((uint32_t)token >> KIND_SHIFT != (uint32_t)kind + 1 || slot >= t->used ||
	    !(generation & 1) || t->slots[slot].generation != generation)
		return NULL;
	return &t->slots[slot];
}

static bool slot_take(struct table *t, uint32_t *slot)
{
	if (t->free) {
		*slot = t->free - 1;
		t->free = t->slots[*slot].next;
		return true;
	}
	if (t->used == SLOTS)
		return false;
	*slot = t->used++;
	return true;
}

/* Gives the object its token, and the table a reference; false: no slot is free. */
bool emu_token_add(enum emu_token_kind kind, struct emu_object *object)
{
	struct table *t = &tables[kind];
	uint32_t slot;
	bool there;

	pthread_mutex_lock(&t->lock);
	there = slot_take(t, &slot);
	if (there) {
		emu_object_ref(object);
		t->slots[slot].object = object;
		t->slots[slot].generation++;
		object->token = (uint64_t)t->slots[slot].generation << 32 |
				((uint32_t)kind + 1) << KIND_SHIFT | (slot + 1);
	}
	pthread_mutex_unlock(&t->lock);
	return there;
}

/* With a reference for the caller, or NULL. */
struct emu_object *emu_token_get(enum emu_token_kind kind, uint64_t token)
{
	struct table *t = &tables[kind];
	struct emu_object *object = NULL;
	struct slot *slot;

	pthread_mutex_lock(&t->lock);
	slot = slot_of(t, kind, token);
	if (slot)
		object = emu_object_ref(slot->object);
	pthread_mutex_unlock(&t->lock);
	return object;
}

/* The first object at or behind the cursor, with a reference; the cursor moves past it. */
struct emu_object *emu_token_next(enum emu_token_kind kind, uint32_t *cursor)
{
	struct table *t = &tables[kind];
	struct emu_object *object = NULL;

	pthread_mutex_lock(&t->lock);
	while (!object && *cursor < t->used) {
		object = t->slots[*cursor].object;
		(*cursor)++;
	}
	if (object)
		emu_object_ref(object);
	pthread_mutex_unlock(&t->lock);
	return object;
}

/* Ends the token and the table's reference; false: another thread was faster. */
bool emu_token_remove(enum emu_token_kind kind, struct emu_object *object)
{
	struct table *t = &tables[kind];
	struct slot *slot;

	pthread_mutex_lock(&t->lock);
	slot = slot_of(t, kind, object->token);
	if (slot) {
		slot->generation++;
		slot->object = NULL;
		slot->next = t->free;
		t->free = emu_token_slot(object->token) + 1;
	}
	pthread_mutex_unlock(&t->lock);
	if (slot)
		emu_object_put(object);
	return slot;
}

/*
 * Generations stay, so that a token of the parent is not taken for one of the
 * child. The objects are not freed: threads that are not here had a part in them.
 */
void emu_token_forget(void)
{
	uint32_t i;
	int kind;

	for (kind = 0; kind < EMU_TOKEN_KINDS; kind++) {
		struct table *t = &tables[kind];

		t->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
		t->free = 0;
		for (i = 0; i < t->used; i++) {
			t->slots[i].generation = (t->slots[i].generation + 1) & ~UINT32_C(1);
			t->slots[i].object = NULL;
			t->slots[i].next = t->free;
			t->free = i + 1;
		}
	}
}
