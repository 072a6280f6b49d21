// SPDX-License-Identifier: MIT
/*
 * Small blocks in a chunk: first fit over a bit map. No locks; the heap has
 * them.
 */
#include "core/chunk.h"

static bool bit(const uint64_t *map, uint32_t i)
{
	return map[i / 64] >> (i % 64) & 1;
}

static void put_bit(uint64_t *map, uint32_t i, bool on)
{
	uint64_t mask = UINT64_C(1) << (i % 64);

	map[i / 64] = on ? map[i / 64] | mask : map[i / 64] & ~mask;
}

/* The first piece from @i on that is used (or free), or CHUNK_PIECES. */
static uint32_t next_piece(const struct chunk *c, uint32_t i, bool used)
{
	uint64_t word;

	while (i < CHUNK_PIECES) {
		word = (used ? c->used[i / 64] : ~c->used[i / 64]) >> (i % 64);
		if (word)
			return i + (uint32_t)__builtin_ctzll(word);
		i = (i / 64 + 1) * 64;
	}
	return CHUNK_PIECES;
}

static uint32_t block_end(const struct chunk *c, uint32_t i)
{
	for (i++; i < CHUNK_PIECES && bit(c->used, i) && !bit(c->first, i); i++)
		;
	return i;
}

/* Returns the offset of a new block, or -1. */
int64_t emu_chunk_take(struct chunk *c, uint64_t size)
{
	uint32_t count = (uint32_t)((size + CHUNK_PIECE - 1) / CHUNK_PIECE);
	uint32_t start, end, i;

	if (CHUNK_PIECES - c->used_count < count)
		return -1;
	for (start = next_piece(c, 0, false);; start = next_piece(c, end, false)) {
		if (CHUNK_PIECES - start < count)
			return -1;
		end = next_piece(c, start, true);
		if (end - start >= count)
			break;
	}
	for (i = start; i < start + count; i++)
		put_bit(c->used, i, true);
	put_bit(c->first, start, true);
	c->used_count += count;
	return (int64_t)start * CHUNK_PIECE;
}

/* Returns false if no block begins there. */
bool emu_chunk_give(struct chunk *c, uint64_t offset)
{
	uint32_t start = (uint32_t)(offset / CHUNK_PIECE), end, i;

	if (offset % CHUNK_PIECE || !bit(c->first, start))
		return false;
	end = block_end(c, start);
	for (i = start; i < end; i++)
		put_bit(c->used, i, false);
	put_bit(c->first, start, false);
	c->used_count -= end - start;
	return true;
}

bool emu_chunk_find(const struct chunk *c, uint64_t addr, uint64_t *start, uint64_t *size)
{
	uint32_t i = (uint32_t)((addr - c->base) / CHUNK_PIECE);

	if (!bit(c->used, i))
		return false;
	while (!bit(c->first, i))
		i--;
	*start = c->base + (uint64_t)i * CHUNK_PIECE;
	*size = (uint64_t)(block_end(c, i) - i) * CHUNK_PIECE;
	return true;
}

/* The first block that begins at or behind an offset. */
bool emu_chunk_next(const struct chunk *c, uint64_t offset, uint64_t *start, uint64_t *size)
{
	uint32_t i = (uint32_t)(offset / CHUNK_PIECE);

	while (i < CHUNK_PIECES && !bit(c->first, i))
		i++;
	return i < CHUNK_PIECES && emu_chunk_find(c, c->base + (uint64_t)i * CHUNK_PIECE, start,
						  size);
}

/* The first address in [@addr, @end) and in the chunk that is in no block; 0: none. */
uint64_t emu_chunk_hole(const struct chunk *c, uint64_t addr, uint64_t end)
{
	uint32_t first = addr < c->base ? 0 : (uint32_t)((addr - c->base) / CHUNK_PIECE);
	uint32_t i = next_piece(c, first, false);
	uint64_t hole = c->base + (uint64_t)i * CHUNK_PIECE;

	if (i == CHUNK_PIECES || hole >= end)
		return 0;
	return hole < addr ? addr : hole;
}

bool emu_chunk_full(const struct chunk *c)
{
	return c->used_count == CHUNK_PIECES;
}

bool emu_chunk_empty(const struct chunk *c)
{
	return !c->used_count;
}
