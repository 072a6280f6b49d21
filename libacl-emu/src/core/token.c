// SPDX-License-Identifier: MIT
/*
 * Tokens of streams, events, notifies, memory pools and graphs.
 *
 * A token consists of slot, kind and generation. A token is never valid if its
 * object has ended, if no call returned it or if it has another kind. The
 * generation of a slot is odd while the slot is in use.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/history.h"
#include "core/process.h"
#include "core/token.h"

#define SLOTS		EMU_TOKEN_SLOTS
#define KIND_SHIFT	24
#define SLOT_MASK	((UINT32_C(1) << KIND_SHIFT) - 1)

struct slot {
	_Atomic uint32_t generation;
	uint32_t next;			/* in the list of free ones, slot + 1 */
	struct emu_object *object;
};

/* The lock of a table is held for a few instructions only. */
struct table {
	pthread_mutex_t lock;
	_Atomic uint32_t used;		/* slots that were ever in use */
	uint32_t free;			/* first free one below that, slot + 1; 0: none */
	struct slot slots[SLOTS];
};

struct tokens {
	struct table tables[EMU_TOKEN_KINDS];
};

static const struct {
	const char *parameter;		/* name of the argument of calls */
	const char *noun;
	const char *remedy;		/* for a token that is not valid */
	aclError invalid;
	aclError too_many;
} kinds[EMU_TOKEN_KINDS] = {
	[EMU_TOKEN_STREAM] = { "stream", "stream", "use what aclrtCreateStream() returned",
			       ACL_ERROR_RT_INVALID_HANDLE, ACL_ERROR_RT_NO_STREAM_RESOURCE },
	[EMU_TOKEN_EVENT] = { "event", "event", "use what aclrtCreateEvent() returned",
			      ACL_ERROR_RT_INVALID_HANDLE, ACL_ERROR_RT_NO_EVENT_RESOURCE },
	[EMU_TOKEN_NOTIFY] = { "notify", "notify", "use what aclrtCreateNotify() returned",
			       ACL_ERROR_RT_INVALID_HANDLE, ACL_ERROR_RT_NO_NOTIFY_RESOURCE },
	[EMU_TOKEN_COUNT_NOTIFY] = { "cntNotify", "count notify",
				     "use what aclrtCntNotifyCreate() returned",
				     ACL_ERROR_RT_INVALID_HANDLE,
				     ACL_ERROR_RT_NO_NOTIFY_RESOURCE },
	[EMU_TOKEN_MEMPOOL] = { "memPool", "memory pool",
				"use what aclrtMemPoolCreate() returned",
				ACL_ERROR_RT_PARAM_INVALID, ACL_ERROR_RT_RESOURCE_ALLOC_FAIL },
	[EMU_TOKEN_GRAPH] = { "modelRI", "graph",
			      "use what aclmdlRICaptureEnd() or aclmdlRIBuildBegin() returned",
			      ACL_ERROR_RT_INVALID_HANDLE, ACL_ERROR_RT_NO_MODEL_RESOURCE },
};

/*
 * A child continues with the generations of its parent, so that no token of the
 * parent becomes a token of the child. Slots in use count as freed; their objects
 * are not touched, as other threads of the parent may have been using them.
 */
static void begin(void *part, const void *parent)
{
	const struct tokens *old = parent;
	struct tokens *new = part;
	uint32_t i;
	int kind;

	for (kind = 0; old && kind < EMU_TOKEN_KINDS; kind++) {
		const struct table *from = &old->tables[kind];
		struct table *to = &new->tables[kind];

		for (i = 0; i < from->used; i++) {
			to->slots[i].generation = (from->slots[i].generation + 1) & ~UINT32_C(1);
			to->slots[i].next = to->free;
			to->free = i + 1;
		}
		to->used = from->used;
	}
}

EMU_STATE(struct tokens, tokens, begin)

void *emu_object_new(size_t size, size_t offset, const char *what,
		     void (*free)(struct emu_object *object))
{
	char *new = calloc(1, size);
	struct emu_object *object;

	if (!new) {
		emu_no_memory(what);
		return NULL;
	}
	object = (struct emu_object *)(void *)(new + offset);
	object->refs = 1;
	object->free = free;
	return new;
}

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

/* The slot of a valid token, else NULL. */
static struct slot *slot_of(struct table *t, enum emu_token_kind kind, uint64_t token)
{
	uint32_t slot = emu_token_slot(token);
	uint32_t generation = (uint32_t)(token >> 32);

	if ((uint32_t)token >> KIND_SHIFT != (uint32_t)kind + 1 || slot >= t->used ||
	    !(generation & 1) || t->slots[slot].generation != generation)
		return NULL;
	return &t->slots[slot];
}

bool emu_token_valid(enum emu_token_kind kind, uint64_t token)
{
	return slot_of(&tokens()->tables[kind], kind, token);
}

/* False: all are in use. */
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

/* Gives the object its token and the table a reference. */
aclError emu_token_add(enum emu_token_kind kind, struct emu_object *object)
{
	struct table *t = &tokens()->tables[kind];
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
	if (there)
		emu_note((enum emu_kind)kind, EMU_CREATED, object->token, 0);
	if (there)
		return ACL_SUCCESS;
	return emu_error(kinds[kind].too_many, "destroy those that are not in use",
			 "a new %s: the process has %d already, the limit", kinds[kind].noun,
			 SLOTS);
}

/*
 * The last step of creating an object. The reference of the caller goes to the
 * table; if @code is a failure, or no slot is free, it is dropped.
 */
aclError emu_token_publish(enum emu_token_kind kind, struct emu_object *object, aclError code,
			   void **token)
{
	if (!code)
		code = emu_token_add(kind, object);
	if (!code)
		*token = (void *)(uintptr_t)object->token;
	emu_object_put(object);
	return code;
}

/* With a reference for the caller; NULL: the token is not valid. */
struct emu_object *emu_token_get(enum emu_token_kind kind, uint64_t token)
{
	struct table *t = &tokens()->tables[kind];
	struct emu_object *object = NULL;
	struct slot *slot;

	pthread_mutex_lock(&t->lock);
	slot = slot_of(t, kind, token);
	if (slot)
		object = emu_object_ref(slot->object);
	pthread_mutex_unlock(&t->lock);
	return object;
}

/* This check comes before the context and all other checks of the runtime. */
aclError emu_token_lookup(enum emu_token_kind kind, const void *token, struct emu_object **object)
{
	if (!token)
		return emu_null(kinds[kind].parameter);
	*object = emu_token_get(kind, (uintptr_t)token);
	if (*object)
		return ACL_SUCCESS;
	return emu_error(kinds[kind].invalid, kinds[kind].remedy,
			 "0x%" PRIxPTR " is no %s, or was destroyed", (uintptr_t)token,
			 kinds[kind].noun);
}

/*
 * For a call whose other arguments were refused with @code: if the runtime found
 * that, a token that is not valid is reported instead.
 */
aclError emu_token_first(enum emu_token_kind kind, const void *token, aclError code)
{
	struct emu_object *object;
	aclError invalid;

	if (!token || !emu_error_of_runtime(code))
		return code;
	invalid = emu_token_lookup(kind, token, &object);
	if (invalid)
		return invalid;
	emu_object_put(object);
	return code;
}

/* The first object at or behind the cursor, with a reference; the cursor moves past it. */
struct emu_object *emu_token_next(enum emu_token_kind kind, uint32_t *cursor)
{
	struct table *t = &tokens()->tables[kind];
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

/* Ends the token and drops the reference of the table; false: another thread did it before. */
bool emu_token_remove(enum emu_token_kind kind, struct emu_object *object)
{
	struct table *t = &tokens()->tables[kind];
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
		emu_note((enum emu_kind)kind, EMU_ENDED, object->token, 0);
	if (slot)
		emu_object_put(object);
	return slot;
}
