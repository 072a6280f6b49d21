// SPDX-License-Identifier: MIT
/*
 * Arenas: the addresses of the heaps.
 *
 * An arena is a large reservation of one heap, which is never released. It is
 * divided into units of 2 MiB; a block takes adjacent ones.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/process.h"
#include "core/window.h"
#include "memory/arena.h"

#define ARENA_SIZE	(32 * EMU_1G)

struct arenas {
	/* Arenas are only added at the head, so it can be read without a lock. */
	_Atomic(struct arena *) first;
};

EMU_STATE(struct arenas, arenas, NULL)

/* The newest arena, of any heap. */
struct arena *emu_arena_first(void)
{
	return atomic_load_explicit(&arenas()->first, memory_order_acquire);
}

/* The arena that contains an address, or NULL. */
struct arena *emu_arena_at(uint64_t addr)
{
	struct arena *a = emu_arena_first();

	while (a && addr - a->base >= a->count * EMU_2M)
		a = a->next;
	return a;
}

/* Makes an arena with room for a block of this size and alignment. */
aclError emu_arena_new(struct emu_heap *heap, enum acl_emu_range_kind kind, uint64_t bytes,
		       uint64_t align)
{
	uint64_t least = emu_unit_count(bytes) * EMU_2M, size = ARENA_SIZE;
	struct acl_emu_range_reserve arg;
	struct arena *a;
	int err;

	while (size < least)
		size <<= 1;
again:
	a = calloc(1, sizeof(*a) + size / EMU_2M * sizeof(a->units[0]));
	if (!a)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, "free memory of this machine",
				 "no memory for the records of %s", EMU_SIZE(size));
	arg = (struct acl_emu_range_reserve){
		.head = EMU_HEAD(acl_emu_range_reserve),
		.size = size,
		.align = size == least ? align : EMU_1G,
		.kind = kind,
	};
	err = emu_range_reserve(&arg);
	if (err) {
		free(a);
		/* For a process with a limit on its addresses (ulimit -v). */
		if (size > least && err == -ENOMEM) {
			size = least;
			goto again;
		}
		return emu_fail(err, &arg.head, NULL, "a reservation of %s", EMU_SIZE(size));
	}
	a->heap = heap;
	a->base = arg.addr;
	a->count = size / EMU_2M;
	a->next = atomic_load(&arenas()->first);
	while (!atomic_compare_exchange_weak(&arenas()->first, &a->next, a))
		;
	return ACL_SUCCESS;
}

/* First fit. Returns false if the arena has no such gap. */
static bool search(struct arena *a, size_t count, uint64_t align, size_t *unit)
{
	size_t i = a->hint, step = align / EMU_2M, n;

	while (i < a->count && a->count - i >= count) {
		n = (a->base / EMU_2M + i) % step;
		if (n) {
			i += step - n;
			continue;
		}
		for (n = 0; n < count && a->units[i + n].state == UNIT_FREE; n++)
			;
		if (n == count) {
			*unit = i;
			return true;
		}
		i += n;
		i += a->units[i].state == UNIT_INNER ? 1 : emu_unit_count(a->units[i].bytes);
	}
	return false;
}

/* Takes units for a block, which is BUSY then. Returns its arena, or NULL if none has room. */
struct arena *emu_arena_take(const struct emu_heap *heap, uint64_t bytes, uint64_t align,
			     size_t *unit)
{
	size_t count = emu_unit_count(bytes), i;
	struct arena *a = emu_arena_first();

	while (a && (a->heap != heap || !search(a, count, align, unit)))
		a = a->next;
	if (!a)
		return NULL;
	a->units[*unit].state = UNIT_BUSY;
	a->units[*unit].bytes = bytes;
	for (i = 1; i < count; i++)
		a->units[*unit + i].state = UNIT_INNER;
	if (a->hint == *unit)
		a->hint = *unit + count;
	return a;
}

void emu_arena_give(struct arena *a, size_t unit)
{
	size_t count = emu_unit_count(a->units[unit].bytes), i;

	for (i = 0; i < count; i++)
		a->units[unit + i] = (struct unit){ .state = UNIT_FREE };
	if (unit < a->hint)
		a->hint = unit;
}
