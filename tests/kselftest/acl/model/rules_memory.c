// SPDX-License-Identifier: MIT
/*
 * What copies, fills, questions about addresses and blocks have to do.
 */
#include <inttypes.h>
#include <signal.h>

#include "model.h"

#define V	(job->v)

/* ---- bytes ---- */

/* Answers that come before any byte is looked at; SUCCESS: go on. */
static aclError copy_early(const struct world *w, int who, const struct job *job)
{
	if (!V[0] || !V[2] || V[4] > ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE)
		return INVALID;
	if (V[3] > V[1])
		return PARAM;
	return V[4] == ACL_MEMCPY_HOST_TO_HOST ? ACL_SUCCESS : need_current(w, who);
}

static aclError fill_early(const struct world *w, int who, const struct job *job)
{
	if (!V[0])
		return INVALID;
	if (need_current(w, who))
		return need_current(w, who);
	return V[3] > V[1] ? PARAM : ACL_SUCCESS;
}

static bool is_plain(uint64_t addr)
{
	return addr - (uintptr_t)plain_memory < PLAIN_SIZE;
}

/*
 * Not somebody else's: the ordinary memory that is meant for it, or addresses that only
 * the library uses. What is there, if anything, does not matter.
 */
static bool known(uint64_t addr, uint64_t size)
{
	if (is_plain(addr))
		return size <= PLAIN_SIZE - (addr - (uintptr_t)plain_memory);
	return addr >= ACL_EMU_VA_HEAP_FIRST && addr < ACL_EMU_VA_LAST - GIB;
}

/* Where the reservation begins that a mapping is in. */
static uint64_t home(const struct world *w, const struct map *map)
{
	const uint64_t *arena = w->model.proc[map->proc].arena;
	int i;

	if (map->range != NONE)
		return w->model.range[map->range].start;
	for (i = 0; i < HEAPS; i++)
		if (arena[i] && map->start - arena[i] < ARENA)
			return arena[i];
	return map->start;
}

/* May all of it be touched, in one reservation? Also memory of the process's own. */
static bool reachable(struct world *w, int who, uint64_t addr, uint64_t size)
{
	struct map *first = map_at(w, who, addr), *map;
	uint64_t end = addr + size;

	if (is_plain(addr))
		return true;
	while (addr < end) {
		map = map_at(w, who, addr);
		if (!map || !map_open(map) || home(w, map) != home(w, first))
			return false;
		addr = map->start + map->size;
	}
	return true;
}

/* Does a range hold bytes between small blocks? */
static bool has_hole(struct world *w, int who, uint64_t addr, uint64_t size)
{
	uint64_t at = addr;
	struct block *block;
	struct map *map;

	while (at < addr + size && (map = map_at(w, who, at))) {
		if (between_blocks(w, who, map, at))
			return true;
		block = block_at(w, who, at);
		at = block && block->small ? block->start + block->size : map->start + map->size;
	}
	return false;
}

/* Do two places share bytes, by whatever mappings? */
static bool meets(struct world *w, int who, uint64_t dst, uint64_t src, uint64_t size)
{
	struct piece a, b;
	uint64_t i, j;

	for (i = 0; i < size && content_at(w, who, dst + i, size - i, &a); i += a.size)
		for (j = 0; j < size && content_at(w, who, src + j, size - j, &b); j += b.size)
			if (a.phys == b.phys && a.offset < b.offset + b.size &&
			    b.offset < a.offset + a.size)
				return true;
	return false;
}

/* Is what the call does defined? */
bool memory_allowed(struct world *w, int who, const struct job *job)
{
	switch (job->op) {
	case COPY:
		if (!V[3] || copy_early(w, who, job) || V[0] == V[2])
			return true;
		return known(V[0], V[3]) && known(V[2], V[3]) &&
		       !meets(w, who, V[0], V[2], V[3]);
	case FILL:
		return !V[3] || fill_early(w, who, job) || known(V[0], V[3]);
	case TOUCH:
		return known(V[0], 1);
	default:
		return true;
	}
}

static bool granted(const struct map *map, struct place to)
{
	int i;

	for (i = 0; i < map->grants; i++)
		if (place_same(map->grant[i].to, to))
			return true;
	return false;
}

/* Two devices need one that may reach the other. */
static bool may_reach(struct world *w, int who, uint64_t dst, uint64_t src)
{
	const struct proc *p = &w->model.proc[who];
	struct map *to = map_at(w, who, dst), *from = map_at(w, who, src);
	struct place a, b;

	if (!to || !from)
		return true;
	a = w->model.handle[to->handle].at;
	b = w->model.handle[from->handle].at;
	if (a.type != ACL_EMU_LOC_DEVICE || b.type != ACL_EMU_LOC_DEVICE || place_same(a, b))
		return true;
	return p->peer[a.id][b.id] || p->peer[b.id][a.id] || granted(to, b) || granted(from, a);
}

static aclError copy(struct world *w, int who, const struct job *job)
{
	aclError code;

	if (!V[3])
		return ACL_SUCCESS;
	code = copy_early(w, who, job);
	if (code || V[0] == V[2])
		return code;
	if (!reachable(w, who, V[0], V[3]) || !reachable(w, who, V[2], V[3]) ||
	    has_hole(w, who, V[0], V[3]) || has_hole(w, who, V[2], V[3]) ||
	    !may_reach(w, who, V[0], V[2]))
		return BAD_HANDLE;
	content_copy(w, who, V[0], V[2], V[3]);
	return ACL_SUCCESS;
}

static aclError fill(struct world *w, int who, const struct job *job)
{
	aclError code;

	if (!V[3])
		return ACL_SUCCESS;
	code = fill_early(w, who, job);
	if (code)
		return code;
	if (!reachable(w, who, V[0], V[3]) || has_hole(w, who, V[0], V[3]))
		return BAD_HANDLE;
	content_fill(w, who, V[0], (uint8_t)V[2], V[3]);
	return ACL_SUCCESS;
}

/* Not a call: the processor writes a byte. */
static aclError touch(struct world *w, int who, const struct job *job)
{
	if (!reachable(w, who, V[0], 1))
		return range_at(w, who, V[0]) || in_arena(w, who, V[0]) ? SIGBUS : SIGSEGV;
	content_fill(w, who, V[0], (uint8_t)V[1], 1);
	return ACL_SUCCESS;
}

/* ---- questions ---- */

/* Addresses that the driver hands out; the program has no memory of its own there. */
static bool may_hold(struct world *w, int who, uint64_t addr)
{
	return range_at(w, who, addr) || (addr >= ACL_EMU_VA_HEAP_FIRST && addr < ACL_EMU_VA_LAST);
}

static aclError pointer(struct world *w, int who, const struct job *job)
{
	struct map *map = map_at(w, who, V[0]);
	uint64_t type = ACL_MEM_LOCATION_TYPE_UNREGISTERED, id = 0, granule = 0;

	if (!V[0])
		return INVALID;
	if (map ? between_blocks(w, who, map, V[0]) : may_hold(w, who, V[0]))
		return INTERNAL;
	if (map) {
		type = w->model.handle[map->handle].at.type;
		id = w->model.handle[map->handle].at.id;
		granule = w->model.phys[w->model.handle[map->handle].phys].granule;
	}
	if (!job->code && (job->out[0] != type || job->out[1] != id || job->out[2] != granule))
		differ(w, "the address is said to be of %" PRIu64 ":%" PRIu64 ", page size %" PRIu64
		       ", not of %" PRIu64 ":%" PRIu64 ", %" PRIu64, job->out[0], job->out[1],
		       job->out[2], type, id, granule);
	return ACL_SUCCESS;
}

static aclError extent(struct world *w, int who, const struct job *job)
{
	struct map *map = map_at(w, who, V[0]);
	struct block *block = block_at(w, who, V[0]);
	uint64_t start, size;

	if (!V[0])
		return INVALID;
	if (!map || between_blocks(w, who, map, V[0]))
		return PARAM;
	start = block ? block->start : map->start;
	size = block ? block->size : map->size;
	if (!job->code && (job->out[0] != start || job->out[1] != size))
		differ(w, "the extent is 0x%" PRIx64 " of 0x%" PRIx64 ", not 0x%" PRIx64
		       " of 0x%" PRIx64, job->out[0], job->out[1], start, size);
	return ACL_SUCCESS;
}

/* ---- blocks ---- */

static uint64_t round_up(uint64_t size, uint64_t unit)
{
	return (size + unit - 1) / unit * unit;
}

static struct place heap_place(int heap)
{
	return heap == HEAP_HOST ? (struct place){ .type = ACL_EMU_LOC_HOST } :
		place_device((uint32_t)heap);
}

/* Memory of a heap: a handle that only its mapping holds. */
static int heap_map(struct world *w, int who, int heap, uint64_t start, uint64_t size,
		    uint64_t granule)
{
	struct model *m = &w->model;
	int handle = handle_new(w, who, phys_new(w, heap_place(heap), size, granule),
				heap_place(heap), 0);

	m->handle[handle].users = 0;
	if (!m->proc[who].arena[heap])
		m->proc[who].arena[heap] = start;
	return map_new(w, who, handle, start, size);
}

static struct block *block_meets(struct world *w, int who, uint64_t start, uint64_t size)
{
	struct model *m = &w->model;
	int i;

	for (i = 0; i < m->blocks; i++)
		if (m->block[i].live && m->block[i].proc == who &&
		    m->block[i].start < start + size &&
		    start < m->block[i].start + m->block[i].size)
			return &m->block[i];
	return NULL;
}

static void block_new(struct world *w, int who, int heap, int map, uint64_t start, uint64_t size)
{
	struct model *m = &w->model;

	if (start % 512 || block_meets(w, who, start, size))
		differ(w, "the block at 0x%" PRIx64 " overlaps another one or is not aligned",
		       start);
	if (map == m->proc[who].chunk[heap] &&
	    (start < m->map[map].start || start + size > m->map[map].start + m->map[map].size))
		differ(w, "the small block at 0x%" PRIx64 " is not in the 2 MiB of the others",
		       start);
	m->block[m->blocks++] = (struct block){
		.live = true, .small = size < SMALL, .proc = who, .heap = heap, .map = map,
		.start = start, .size = size,
	};
}

static aclError alloc_small(struct world *w, int who, const struct job *job, int heap,
			    uint64_t size)
{
	int *chunk = &w->model.proc[who].chunk[heap];

	if (*chunk == NONE && BLOCK > model_free(w, heap))
		return FULL;
	if (job->code)
		return ACL_SUCCESS;
	if (*chunk == NONE)
		*chunk = heap_map(w, who, heap, job->out[0] / BLOCK * BLOCK, BLOCK,
				  heap == HEAP_HOST ? PAGE : BLOCK);
	block_new(w, who, heap, *chunk, job->out[0], round_up(size, 512));
	return ACL_SUCCESS;
}

static aclError alloc(struct world *w, int who, const struct job *job, int heap, uint64_t size)
{
	uint64_t unit = heap == HEAP_HOST && size < BLOCK ? PAGE : BLOCK;
	int map;

	if (size < SMALL)
		return alloc_small(w, who, job, heap, size);
	size = round_up(size, unit);
	if (size > model_free(w, heap))
		return FULL;
	if (job->code)
		return ACL_SUCCESS;
	if (map_at(w, who, job->out[0]))
		differ(w, "the block at 0x%" PRIx64 " overlaps another one", job->out[0]);
	map = heap_map(w, who, heap, job->out[0], size, unit);
	block_new(w, who, heap, map, job->out[0], size);
	return ACL_SUCCESS;
}

static aclError malloc_device(struct world *w, int who, const struct job *job)
{
	if (!V[0] || !V[1])
		return INVALID;
	if (need_current(w, who))
		return need_current(w, who);
	if (V[2] == ACL_MEM_MALLOC_HUGE1G_ONLY || V[2] == ACL_MEM_MALLOC_HUGE1G_ONLY_P2P ||
	    V[1] > GIB)
		return FULL;
	return alloc(w, who, job, w->model.proc[who].current, round_up(V[1], 32) + 32);
}

static aclError malloc_host(struct world *w, int who, const struct job *job)
{
	if (!V[0] || !V[1])
		return INVALID;
	if (need_current(w, who))
		return need_current(w, who);
	return V[1] > GIB ? FULL : alloc(w, who, job, HEAP_HOST, V[1]);
}

static bool chunk_used(const struct model *m, int chunk)
{
	int i;

	for (i = 0; i < m->blocks; i++)
		if (m->block[i].live && m->block[i].map == chunk)
			return true;
	return false;
}

static aclError release(struct world *w, int who, uint64_t addr, bool host)
{
	struct block *block = block_at(w, who, addr);
	struct model *m = &w->model;

	if (!block || block->start != addr || (block->heap == HEAP_HOST) != host)
		return PARAM;
	block->live = false;
	if (chunk_used(m, block->map))
		return ACL_SUCCESS;
	map_drop(w, &m->map[block->map]);
	if (m->proc[who].chunk[block->heap] == block->map)
		m->proc[who].chunk[block->heap] = NONE;
	return ACL_SUCCESS;
}

static aclError free_device(struct world *w, int who, const struct job *job)
{
	return V[0] ? release(w, who, V[0], false) : INVALID;
}

static aclError free_host(struct world *w, int who, const struct job *job)
{
	return V[0] ? release(w, who, V[0], true) : INVALID;
}

const rule_fn rules_memory[OPS] = {
	[COPY] = copy, [FILL] = fill, [TOUCH] = touch, [POINTER] = pointer, [EXTENT] = extent,
	[MALLOC] = malloc_device, [MALLOC_HOST] = malloc_host, [FREE] = free_device,
	[FREE_HOST] = free_host,
};
