/* SPDX-License-Identifier: MIT */
/*
 * Arenas: the addresses of the heaps.
 */
#ifndef EMU_MEMORY_ARENA_H
#define EMU_MEMORY_ARENA_H

#include <stdatomic.h>

#include "core/common.h"

struct chunk;
struct emu_heap;

/* The first unit of a block has its state, the other units are INNER. */
enum unit_state { UNIT_FREE = 0, UNIT_INNER, UNIT_BUSY, UNIT_LIVE, UNIT_CHUNK };

/* 2 MiB of an arena. */
struct unit {
	uint64_t bytes;		/* of the block that begins here */
	struct chunk *chunk;
	enum unit_state state;
};

/* Its units are protected by the lock of its heap. */
struct arena {
	struct arena *next;
	struct emu_heap *heap;
	uint64_t base;
	size_t count;
	size_t hint;	/* no unit below it is free */
	_Atomic bool small;	/* it has or had small blocks; set before the first is given out */
	struct unit units[];
};

static inline size_t emu_unit_count(uint64_t bytes)
{
	return (bytes + EMU_2M - 1) / EMU_2M;
}

static inline uint64_t emu_unit_addr(const struct arena *arena, size_t unit)
{
	return arena->base + unit * EMU_2M;
}

struct arena *emu_arena_first(void);
struct arena *emu_arena_at(uint64_t addr);
aclError emu_arena_new(struct emu_heap *heap, enum acl_emu_range_kind kind, uint64_t bytes,
		       uint64_t align);
struct arena *emu_arena_take(const struct emu_heap *heap, uint64_t bytes, uint64_t align,
			     size_t *unit);
void emu_arena_give(struct arena *arena, size_t unit);

#endif
