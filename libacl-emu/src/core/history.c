// SPDX-License-Identifier: MIT
/*
 * History of objects: where the program created, retained, mapped and freed them.
 *
 * The history of an object that has ended is kept until ENDED_MAX others have ended
 * after it, so that a call which uses the object can be told where it ended.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/history.h"
#include "core/late.h"
#include "core/process.h"
#include "core/stack.h"

#define BUCKETS		65536
#define ENDED_MAX	8192
#define FIRST_DEEDS	4
#define NO_PLACE	ENDED_MAX

struct record {
	struct record *next;
	uint64_t id;
	uint64_t size;
	uint64_t handle;	/* of a mapping */
	uint32_t kind;
	uint32_t place;		/* in the ring of those that ended; NO_PLACE: it has not */
	uint32_t count;
	uint32_t room;
	bool told;
	struct emu_deed *deeds;	/* first, or allocated */
	struct emu_deed first[FIRST_DEEDS];
};

struct histories {
	pthread_mutex_t lock;
	uint64_t created;
	uint32_t oldest;		/* the next place of the ring */
	struct record *ring[ENDED_MAX];
	struct record *buckets[BUCKETS];
};

EMU_STATE(struct histories, histories, NULL)

static struct record **bucket(uint32_t kind, uint64_t id)
{
	uint64_t hash = (id ^ (uint64_t)kind << 56) * UINT64_C(0x9e3779b97f4a7c15);

	return &histories()->buckets[hash >> 48];
}

static struct record *find(uint32_t kind, uint64_t id)
{
	struct record *r;

	for (r = *bucket(kind, id); r && (r->id != id || r->kind != kind); r = r->next)
		;
	return r;
}

static void forget(struct record *r)
{
	struct record **p;

	for (p = bucket(r->kind, r->id); *p != r; p = &(*p)->next)
		;
	*p = r->next;
	if (r->deeds != r->first)
		free(r->deeds);
	free(r);
}

static void ended(struct record *r)
{
	struct histories *h = histories();
	struct record *old = h->ring[h->oldest];

	if (old && old->place == h->oldest)
		forget(old);
	h->ring[h->oldest] = r;
	r->place = h->oldest;
	h->oldest = (h->oldest + 1) % ENDED_MAX;
}

/* Returns an empty record: a new one, or the record of an ended object with this id. */
static struct record *begin(uint32_t kind, uint64_t id, uint64_t size)
{
	struct record **b, *r = find(kind, id);

	histories()->created++;
	if (!r) {
		r = calloc(1, sizeof(*r));
		if (!r)
			return NULL;
		r->kind = kind;
		r->id = id;
		r->deeds = r->first;
		r->room = FIRST_DEEDS;
		b = bucket(kind, id);
		r->next = *b;
		*b = r;
	} else if (r->place < NO_PLACE) {
		histories()->ring[r->place] = NULL;
	}
	r->size = size;
	r->place = NO_PLACE;
	r->count = 0;
	r->told = false;
	return r;
}

static bool make_room(struct record *r)
{
	struct emu_deed *more;

	if (r->count < r->room)
		return true;
	if (r->room == EMU_DEEDS)
		return false;
	more = malloc(EMU_DEEDS * sizeof(*more));
	if (!more)
		return false;
	memcpy(more, r->deeds, r->count * sizeof(*more));
	r->deeds = more;
	r->room = EMU_DEEDS;
	return true;
}

static void add(struct record *r, enum emu_act act, uint32_t stack)
{
	uint32_t i;

	for (i = 0; i < r->count; i++) {
		if (r->deeds[i].act == act && r->deeds[i].stack == stack) {
			r->deeds[i].count++;
			return;
		}
	}
	if (make_room(r))
		r->deeds[r->count++] = (struct emu_deed){ act, stack, 1 };
}

void emu_history_add(enum emu_kind kind, enum emu_act act, uint64_t id, uint64_t size)
{
	uint32_t stack = emu_stack_here();
	struct record *r;

	emu_late_call();
	pthread_mutex_lock(&histories()->lock);
	if (act == EMU_CREATED || act == EMU_IMPORTED)
		r = begin(kind, id, size);
	else
		r = find(kind, id);
	if (r)
		add(r, act, stack);
	if (r && act == EMU_ENDED && r->place == NO_PLACE)
		ended(r);
	pthread_mutex_unlock(&histories()->lock);
}

/* A mapping has a history of its own, and is an entry in that of its handle. */
void emu_history_map(uint64_t addr, uint64_t size, uint64_t handle)
{
	uint32_t stack = emu_stack_here();
	struct record *r;

	pthread_mutex_lock(&histories()->lock);
	r = begin(EMU_MAPPING, addr, size);
	if (r) {
		r->handle = handle;
		add(r, EMU_CREATED, stack);
	}
	r = find(EMU_HANDLE, handle);
	if (r)
		add(r, EMU_MAPPED, stack);
	pthread_mutex_unlock(&histories()->lock);
}

void emu_history_unmap(uint64_t addr)
{
	uint32_t stack = emu_stack_here();
	struct record *r, *handle;

	emu_late_call();
	pthread_mutex_lock(&histories()->lock);
	r = find(EMU_MAPPING, addr);
	if (r && r->place == NO_PLACE) {
		add(r, EMU_ENDED, stack);
		ended(r);
		handle = find(EMU_HANDLE, r->handle);
		if (handle)
			add(handle, EMU_UNMAPPED, stack);
	}
	pthread_mutex_unlock(&histories()->lock);
}

/* Did the process create an object? */
bool emu_history_any(void)
{
	bool any;

	pthread_mutex_lock(&histories()->lock);
	any = histories()->created;
	pthread_mutex_unlock(&histories()->lock);
	return any;
}

static void copy_out(const struct record *r, struct emu_past *past)
{
	past->id = r->id;
	past->size = r->size;
	past->ended = r->place != NO_PLACE;
	past->told = r->told;
	past->count = r->count;
	memcpy(past->deeds, r->deeds, r->count * sizeof(r->deeds[0]));
}

bool emu_history_get(enum emu_kind kind, uint64_t id, bool tell, struct emu_past *past)
{
	struct record *r;

	pthread_mutex_lock(&histories()->lock);
	r = find(kind, id);
	if (r) {
		copy_out(r, past);
		r->told |= tell;
	}
	pthread_mutex_unlock(&histories()->lock);
	return r;
}

bool emu_history_ended_at(enum emu_kind kind, uint64_t addr, struct emu_past *past)
{
	struct histories *h = histories();
	struct record *r = NULL;
	uint32_t i;

	if (!emu_check_on(~0u))
		return false;
	pthread_mutex_lock(&h->lock);
	for (i = 1; i <= ENDED_MAX && !r; i++) {
		r = h->ring[(h->oldest + ENDED_MAX - i) % ENDED_MAX];
		if (r && (r->kind != kind || addr - r->id >= r->size))
			r = NULL;
	}
	if (r)
		copy_out(r, past);
	pthread_mutex_unlock(&h->lock);
	return r;
}

/* NULL: it was not recorded. */
const struct emu_deed *emu_past_deed(const struct emu_past *past, enum emu_act act)
{
	uint32_t i;

	for (i = past->count; i-- > 0;) {
		if (past->deeds[i].act == act)
			return &past->deeds[i];
	}
	return NULL;
}

const char *emu_act_name(enum emu_act act)
{
	static const char *const names[EMU_ACTS] = {
		[EMU_CREATED] = "created", [EMU_IMPORTED] = "imported",
		[EMU_RETAINED] = "retained", [EMU_MAPPED] = "mapped",
		[EMU_UNMAPPED] = "unmapped", [EMU_EXPORTED] = "exported",
		[EMU_RECORDED] = "recorded", [EMU_RESET] = "reset",
		[EMU_RELEASED] = "freed", [EMU_ENDED] = "ended",
	};

	return names[act];
}
