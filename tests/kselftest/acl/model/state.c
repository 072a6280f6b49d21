// SPDX-License-Identifier: MIT
/*
 * What there is, as the model sees it. Objects are found by what a call names
 * them by; what nobody holds any more goes in the sweep after each call.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model.h"

/* The first difference counts. */
void differ(struct world *w, const char *format, ...)
{
	va_list args;

	if (w->why[0])
		return;
	va_start(args, format);
	vsnprintf(w->why, sizeof(w->why), format, args);
	va_end(args);
}

/* ---- places ---- */

bool place_same(struct place a, struct place b)
{
	return a.type == b.type && a.id == b.id;
}

struct place place_device(uint32_t id)
{
	return (struct place){ .type = ACL_EMU_LOC_DEVICE, .id = id };
}

int heap_of(struct place at)
{
	return at.type == ACL_EMU_LOC_DEVICE ? (int)at.id : HEAP_HOST;
}

uint64_t model_used(const struct world *w, int heap)
{
	const struct model *m = &w->model;
	uint64_t used = w->base_used[heap];
	int i;

	for (i = 0; i < m->physs; i++)
		if (m->phys[i].live && !m->phys[i].plain && heap_of(m->phys[i].at) == heap)
			used += m->phys[i].size;
	return used;
}

uint64_t model_free(const struct world *w, int heap)
{
	return w->capacity[heap] - model_used(w, heap);
}

/* ---- look-ups ---- */

struct handle *handle_of(struct world *w, int who, uint64_t value)
{
	return value ? MODEL_FIND(w, who, handle, h, h->value == value) : NULL;
}

struct range *range_at(struct world *w, int who, uint64_t addr)
{
	return MODEL_FIND(w, who, range, r, addr - r->start < r->size);
}

struct map *map_at(struct world *w, int who, uint64_t addr)
{
	return MODEL_FIND(w, who, map, m, addr - m->start < m->size);
}

struct block *block_at(struct world *w, int who, uint64_t addr)
{
	return MODEL_FIND(w, who, block, b, addr - b->start < b->size);
}

/* Is an address of a mapping in memory of the heap, outside its blocks? */
bool between_blocks(struct world *w, int who, const struct map *map, uint64_t addr)
{
	int i;

	if (block_at(w, who, addr))
		return false;
	for (i = 0; i < HEAPS; i++)
		if (w->model.proc[who].chunk[i] == (int)(map - w->model.map))
			return true;
	return false;
}

/* An address that the library reserved for itself. */
bool in_arena(const struct world *w, int who, uint64_t addr)
{
	const struct model *m = &w->model;
	int i;

	for (i = 0; i < HEAPS; i++)
		if (m->proc[who].arena[i] && addr - m->proc[who].arena[i] < ARENA)
			return true;
	for (i = 0; i < m->imports; i++)
		if (m->import[i].live && m->import[i].proc == who && m->import[i].map != NONE &&
		    addr - m->map[m->import[i].map].start < m->map[m->import[i].map].size)
			return true;
	return false;
}

/* The CPU may touch what any location may. */
bool map_open(const struct map *map)
{
	return map->owner || map->grants;
}

/* ---- making ---- */

int phys_new(struct world *w, struct place at, uint64_t size, uint64_t granule)
{
	struct model *m = &w->model;
	struct phys *p = &m->phys[m->physs];

	*(struct phys *)p = (struct phys){ .live = true, .at = at, .size = size,
		.granule = granule };
	return m->physs++;
}

int handle_new(struct world *w, int who, int phys, struct place at, uint64_t value)
{
	struct model *m = &w->model;

	m->handle[m->handles] = (struct handle){
		.live = true, .proc = who, .phys = phys, .share = NONE, .value = value,
		.users = 1, .at = at,
	};
	return m->handles++;
}

int map_new(struct world *w, int who, int handle, uint64_t start, uint64_t size)
{
	struct model *m = &w->model;

	m->map[m->maps] = (struct map){
		.live = true, .owner = true, .proc = who, .handle = handle, .range = NONE,
		.start = start, .size = size,
	};
	m->handle[handle].maps++;
	return m->maps++;
}

/* ---- ending ---- */

static void handle_check(struct handle *h)
{
	if (!h->users && !h->maps)
		h->live = false;
}

void map_drop(struct world *w, struct map *map)
{
	struct handle *h = &w->model.handle[map->handle];

	map->live = false;
	h->maps--;
	handle_check(h);
}

static bool share_held(const struct model *m, int share)
{
	const struct share *s = &m->share[share];
	int i;

	if (!s->closed && m->handle[s->handle].live)
		return true;
	for (i = 0; i < m->handles; i++)
		if (m->handle[i].live && m->handle[i].share == share)
			return true;
	return false;
}

static bool phys_held(const struct model *m, int phys)
{
	int i;

	for (i = 0; i < m->handles; i++)
		if (m->handle[i].live && m->handle[i].phys == phys)
			return true;
	for (i = 0; i < m->shares; i++)
		if (m->share[i].live && m->share[i].phys == phys)
			return true;
	return false;
}

void model_sweep(struct world *w)
{
	struct model *m = &w->model;
	int i;

	for (i = 0; i < m->handles; i++)
		if (m->handle[i].live)
			handle_check(&m->handle[i]);
	for (i = 0; i < m->shares; i++) {
		if (m->share[i].live && w->forget == FORGET_SHARE_LIFE)
			m->share[i].live = m->handle[m->share[i].handle].live;
		else if (m->share[i].live)
			m->share[i].live = share_held(m, i);
	}
	for (i = 0; i < m->physs; i++) {
		if (!m->phys[i].live || m->phys[i].plain || phys_held(m, i))
			continue;
		m->phys[i].live = false;
		content_drop(w, i);
	}
}

/* The device is closed in a process; reservations stay as they are. */
void model_device_gone(struct world *w, int who, int device)
{
	struct model *m = &w->model;
	struct proc *p = &m->proc[who];
	int i;

	for (i = 0; i < m->maps; i++)
		if (m->map[i].live && m->map[i].proc == who &&
		    place_same(m->handle[m->map[i].handle].at, place_device((uint32_t)device)))
			map_drop(w, &m->map[i]);
	for (i = 0; i < m->handles; i++)
		if (m->handle[i].proc == who &&
		    place_same(m->handle[i].at, place_device((uint32_t)device)))
			m->handle[i].live = false;
	for (i = 0; i < m->blocks; i++)
		if (m->block[i].proc == who && m->block[i].heap == device)
			m->block[i].live = false;
	p->chunk[device] = NONE;
	p->open[device] = false;
	p->set[device] = 0;
	/* The thread loses the default context of whatever device. */
	p->current = NONE;
	for (i = 0; i < DEVICES; i++) {
		p->peer[device][i] = false;
		p->peer[i][device] = false;
	}
}

static void proc_begin(struct proc *p)
{
	int i;

	p->current = NONE;
	for (i = 0; i < HEAPS; i++)
		p->chunk[i] = NONE;
	memset(p->set, 0, sizeof(p->set));
	memset(p->open, 0, sizeof(p->open));
	memset(p->peer, 0, sizeof(p->peer));
}

/* A process has ended; the next one in its place has nothing. */
void model_proc_gone(struct world *w, int who)
{
	struct model *m = &w->model;
	int i;

	for (i = 0; i < m->maps; i++)
		if (m->map[i].proc == who)
			m->map[i].live = false;
	for (i = 0; i < m->handles; i++)
		if (m->handle[i].proc == who)
			m->handle[i].live = false;
	for (i = 0; i < m->ranges; i++)
		if (m->range[i].proc == who)
			m->range[i].live = false;
	for (i = 0; i < m->blocks; i++)
		if (m->block[i].proc == who)
			m->block[i].live = false;
	for (i = 0; i < m->imports; i++)
		if (m->import[i].proc == who)
			m->import[i].live = false;
	proc_begin(&m->proc[who]);
	memset(m->proc[who].arena, 0, sizeof(m->proc[who].arena));
	content_plain(w, who);
}

void model_begin(struct world *w)
{
	struct model *m = &w->model;
	int i;

	m->physs = 0;
	m->handles = 0;
	m->ranges = 0;
	m->maps = 0;
	m->blocks = 0;
	m->shares = 0;
	m->imports = 0;
	memset(&m->slots, 0, sizeof(m->slots));
	w->pool_next = 0;
	w->pool_frees = 0;
	w->pool_full = false;
	for (i = 0; i < PROCS; i++) {
		proc_begin(&m->proc[i]);
		m->proc[i].plain = phys_new(w, (struct place){ 0 }, PLAIN_SIZE, PAGE);
		m->phys[m->proc[i].plain].plain = true;
		content_plain(w, i);
	}
}
