// SPDX-License-Identifier: MIT
/*
 * The bytes of memory, as the model sees them: most pages hold one value all
 * over, which needs no page of ours.
 */
#include <inttypes.h>
#include <string.h>

#include "model.h"

#define FIRST_PAGE	256	/* cells below it are values */

static uint8_t *cell_page(struct world *w, uint16_t cell)
{
	return cell < FIRST_PAGE ? NULL : w->pool[cell - FIRST_PAGE];
}

static void cell_drop(struct world *w, uint16_t *cell)
{
	if (*cell >= FIRST_PAGE)
		w->pool_free[w->pool_frees++] = *cell;
	*cell = 0;
}

/* A page of bytes for a cell; when there is none the sequence ends. */
static uint8_t *cell_open(struct world *w, uint16_t *cell)
{
	uint8_t value = (uint8_t)*cell;

	if (*cell >= FIRST_PAGE)
		return cell_page(w, *cell);
	if (w->pool_frees)
		*cell = w->pool_free[--w->pool_frees];
	else if (w->pool_next < POOL_PAGES - 1)
		*cell = (uint16_t)(FIRST_PAGE + w->pool_next++);
	else
		w->pool_full = true;
	if (w->pool_full)
		return w->pool[POOL_PAGES - 1];
	return memset(cell_page(w, *cell), value, PAGE);
}

void content_drop(struct world *w, int phys)
{
	struct phys *p = &w->model.phys[phys];
	size_t i;

	for (i = 0; i < p->size / PAGE; i++)
		cell_drop(w, &p->cell[i]);
}

/* Where an address of a process is, and how many of @size bytes follow there. */
bool content_at(struct world *w, int who, uint64_t addr, uint64_t size, struct piece *piece)
{
	struct map *map;
	uint64_t left;

	if (addr - (uintptr_t)plain_memory < PLAIN_SIZE) {
		piece->phys = w->model.proc[who].plain;
		piece->offset = addr - (uintptr_t)plain_memory;
		left = PLAIN_SIZE - piece->offset;
	} else {
		map = map_at(w, who, addr);
		if (!map)
			return false;
		piece->phys = w->model.handle[map->handle].phys;
		piece->offset = map->offset + addr - map->start;
		left = map->start + map->size - addr;
	}
	piece->size = left < size ? left : size;
	return true;
}

static void phys_fill(struct world *w, struct piece at, uint8_t value)
{
	struct phys *p = &w->model.phys[at.phys];
	uint64_t in, n;

	for (; at.size; at.offset += n, at.size -= n) {
		uint16_t *cell = &p->cell[at.offset / PAGE];

		in = at.offset % PAGE;
		n = PAGE - in < at.size ? PAGE - in : at.size;
		if (n == PAGE) {
			cell_drop(w, cell);
			*cell = value;
		} else if (*cell != value) {
			memset(cell_open(w, cell) + in, value, n);
		}
	}
}

void content_fill(struct world *w, int who, uint64_t addr, uint8_t value, uint64_t size)
{
	struct piece piece;

	for (; size && content_at(w, who, addr, size, &piece);
	     addr += piece.size, size -= piece.size)
		phys_fill(w, piece, value);
}

/* Within one page on each side. */
static void cell_copy(struct world *w, uint16_t *to, uint64_t to_at, uint16_t *from,
		      uint64_t from_at, uint64_t size)
{
	uint8_t *src = cell_page(w, *from);

	if (!src && size == PAGE) {
		cell_drop(w, to);
		*to = *from;
	} else if (src) {
		memcpy(cell_open(w, to) + to_at, src + from_at, size);
	} else if (*to != *from) {
		memset(cell_open(w, to) + to_at, *from, size);
	}
}

static void phys_copy(struct world *w, struct piece to, struct piece from)
{
	uint16_t *dst = w->model.phys[to.phys].cell;
	uint16_t *src = w->model.phys[from.phys].cell;
	uint64_t n, a, b;

	if (w->forget == FORGET_BYTES && to.offset >= BLOCK)
		return;
	for (; to.size; to.size -= n, to.offset += n, from.offset += n) {
		a = to.offset % PAGE;
		b = from.offset % PAGE;
		n = PAGE - (a > b ? a : b);
		if (n > to.size)
			n = to.size;
		cell_copy(w, &dst[to.offset / PAGE], a, &src[from.offset / PAGE], b, n);
	}
}

void content_copy(struct world *w, int who, uint64_t dst, uint64_t src, uint64_t size)
{
	struct piece to, from;

	for (; size && content_at(w, who, dst, size, &to) &&
	       content_at(w, who, src, to.size, &from);
	     dst += from.size, src += from.size, size -= from.size) {
		to.size = from.size;
		phys_copy(w, to, from);
	}
}

/* What the ordinary memory of a process begins with: no two words alike. */
void content_plain(struct world *w, int who)
{
	struct phys *p = &w->model.phys[w->model.proc[who].plain];
	uint64_t i, j;

	for (i = 0; i < PLAIN_SIZE / PAGE; i++) {
		uint64_t *word = (uint64_t *)cell_open(w, &p->cell[i]);

		for (j = 0; j < PAGE / sizeof(*word); j++)
			word[j] = (i << 16 | j) * 0x9e3779b97f4a7c15ul + (uint64_t)who;
	}
}

/* ---- comparing; runs in the process that the memory belongs to ---- */

static bool all_are(const uint64_t *word, uint64_t value)
{
	uint64_t bad = 0;
	size_t i;

	for (i = 0; i < PAGE / sizeof(*word); i += 4)
		bad |= (word[i] ^ value) | (word[i + 1] ^ value) | (word[i + 2] ^ value) |
		       (word[i + 3] ^ value);
	return !bad;
}

static bool page_same(struct world *w, const uint8_t *page, uint16_t cell)
{
	if (cell < FIRST_PAGE)
		return all_are((const uint64_t *)page, cell * 0x0101010101010101ul);
	return !memcmp(page, cell_page(w, cell), PAGE);
}

static void page_look(struct world *w, const struct map *map, uint64_t page)
{
	const struct phys *p = &w->model.phys[w->model.handle[map->handle].phys];
	uint16_t cell = p->cell[map->offset / PAGE + page];
	const uint8_t *seen = (const uint8_t *)map->start + page * PAGE;
	uint64_t i;

	if (page_same(w, seen, cell))
		return;
	for (i = 0; i < PAGE; i++) {
		uint8_t wanted = cell < FIRST_PAGE ? (uint8_t)cell : cell_page(w, cell)[i];

		if (seen[i] == wanted)
			continue;
		w->bytes = true;
		differ(w, "byte 0x%" PRIx64 " of the mapping at 0x%" PRIx64
		       " of process %c is 0x%02x, not 0x%02x", page * PAGE + i, map->start,
		       'A' + map->proc, seen[i], wanted);
		return;
	}
}

/* @page: ~0 is all of them. */
void content_look(struct world *w, int at, uint64_t page)
{
	const struct map *map = &w->model.map[at];
	int signal = actor_touch(map->start + (page == ~0ul ? 0 : page * PAGE));
	uint64_t i;

	if (!map_open(map) != !!signal)
		differ(w, "the mapping at 0x%" PRIx64 " of process %c %s", map->start,
		       'A' + map->proc, signal ? "may be touched and cannot" :
		       "may not be touched and can");
	if (signal || w->why[0])
		return;
	if (page != ~0ul)
		page_look(w, map, page);
	for (i = 0; page == ~0ul && i < map->size / PAGE && !w->why[0]; i++)
		page_look(w, map, i);
}

void content_look_plain(struct world *w, int who)
{
	const struct phys *p = &w->model.phys[w->model.proc[who].plain];
	uint64_t i;

	for (i = 0; i < PLAIN_SIZE / PAGE; i++)
		if (!page_same(w, plain_memory + i * PAGE, p->cell[i])) {
			w->bytes = true;
			differ(w, "the ordinary memory of process %c differs in page %" PRIu64,
			       'A' + who, i);
		}
}

/* Runs in the process. */
void content_write_plain(struct world *w, int who)
{
	const struct phys *p = &w->model.phys[w->model.proc[who].plain];
	uint64_t i;

	for (i = 0; i < PLAIN_SIZE / PAGE; i++)
		memcpy(plain_memory + i * PAGE, cell_page(w, p->cell[i]), PAGE);
}
