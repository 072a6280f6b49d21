/* SPDX-License-Identifier: MIT */
/*
 * A chunk: 2 MiB divided into pieces of 512 bytes, for small blocks.
 */
#ifndef EMU_CORE_CHUNK_H
#define EMU_CORE_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

#define CHUNK_SIZE	0x200000u
#define CHUNK_PIECE	512u
#define CHUNK_PIECES	(CHUNK_SIZE / CHUNK_PIECE)

/*
 * Bit maps with one bit for each piece. A block is a run of used pieces; the first
 * piece of a block is marked in first.
 */
struct chunk {
	struct chunk *next;
	struct chunk *prev;
	uint64_t base;
	uint32_t used_count;
	uint64_t used[CHUNK_PIECES / 64];
	uint64_t first[CHUNK_PIECES / 64];
};

int64_t emu_chunk_take(struct chunk *c, uint64_t size);
bool emu_chunk_give(struct chunk *c, uint64_t offset);
bool emu_chunk_find(const struct chunk *c, uint64_t addr, uint64_t *start, uint64_t *size);
bool emu_chunk_next(const struct chunk *c, uint64_t offset, uint64_t *start, uint64_t *size);
uint64_t emu_chunk_hole(const struct chunk *c, uint64_t addr, uint64_t end);
bool emu_chunk_full(const struct chunk *c);
bool emu_chunk_empty(const struct chunk *c);

#endif
