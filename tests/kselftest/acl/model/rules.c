// SPDX-License-Identifier: MIT
/*
 * What devices, physical memory, reservations and mappings have to do. A rule
 * gives the code that the call must have; where that is success and the call had
 * it, the model does the same, and looks at the results.
 */
#include <inttypes.h>

#include "model.h"

#define V	(job->v)
#define NOT_SET		ACL_ERROR_RT_CONTEXT_RELEASE_ERROR

aclError need_current(const struct world *w, int who)
{
	return w->model.proc[who].current == NONE ? NO_CONTEXT : ACL_SUCCESS;
}

bool any_open(const struct world *w, int who)
{
	return w->model.proc[who].open[0] || w->model.proc[who].open[1];
}

static bool bad_device(uint64_t id)
{
	return (uint32_t)id >= DEVICES;
}

/* ---- devices ---- */

static aclError set_device(struct world *w, int who, const struct job *job)
{
	struct proc *p = &w->model.proc[who];

	if (bad_device(V[0]))
		return BAD_DEVICE;
	p->open[V[0]] = true;
	p->set[V[0]]++;
	p->current = (int)V[0];
	return ACL_SUCCESS;
}

static aclError reset(struct world *w, int who, const struct job *job)
{
	struct proc *p = &w->model.proc[who];

	if (bad_device(V[0]))
		return BAD_DEVICE;
	if (!p->set[V[0]])
		return NOT_SET;
	if (p->set[V[0]] > 1)
		p->set[V[0]]--;
	else
		model_device_gone(w, who, (int)V[0]);
	return ACL_SUCCESS;
}

static aclError reset_force(struct world *w, int who, const struct job *job)
{
	if (bad_device(V[0]))
		return BAD_DEVICE;
	if (!w->model.proc[who].open[V[0]])
		return NOT_SET;
	model_device_gone(w, who, (int)V[0]);
	return ACL_SUCCESS;
}

static bool ddr_only(uint64_t attr)
{
	return attr == ACL_DDR_MEM_HUGE || attr == ACL_DDR_MEM_NORMAL ||
	       attr == ACL_DDR_MEM_P2P_HUGE || attr == ACL_DDR_MEM_P2P_NORMAL;
}

static aclError mem_info(struct world *w, int who, const struct job *job)
{
	int device = w->model.proc[who].current;
	uint64_t total, free;

	if (V[0] > ACL_MEM_P2P_HUGE1G)
		return ACL_ERROR_RT_INVALID_MEMORY_TYPE;
	if (device == NONE)
		return NO_CONTEXT;
	total = w->capacity[device];
	free = model_free(w, device);
	if (V[0] == ACL_DDR_MEM || ddr_only(V[0])) {
		total = 0;
		free = 0;
	}
	if (!job->code && (job->out[0] != free || job->out[1] != total))
		differ(w, "aclrtGetMemInfo() says 0x%" PRIx64 " of 0x%" PRIx64 " free, not 0x%"
		       PRIx64 " of 0x%" PRIx64, job->out[0], job->out[1], free, total);
	return ACL_SUCCESS;
}

static aclError peer(struct world *w, int who, uint64_t device, bool on)
{
	struct proc *p = &w->model.proc[who];

	if (p->current == NONE)
		return NO_CONTEXT;
	if (device == (uint64_t)p->current)
		return INVALID;
	if (bad_device(device))
		return BAD_DEVICE;
	p->peer[p->current][device] = on;
	return ACL_SUCCESS;
}

static aclError peer_on(struct world *w, int who, const struct job *job)
{
	return V[1] ? ACL_ERROR_FEATURE_UNSUPPORTED : peer(w, who, V[0], true);
}

static aclError peer_off(struct world *w, int who, const struct job *job)
{
	return peer(w, who, V[0], false);
}

/* ---- physical memory ---- */

/* By attribute: how it reads back on a device and on the host, 0: not available. */
static const uint8_t reads[ACL_MEM_P2P_HUGE1G + 1][2] = {
	[2] = { 0, 13 }, [3] = { 0, 12 }, [4] = { 4, 4 }, [5] = { 5, 5 }, [6] = { 0, 16 },
	[7] = { 0, 7 }, [10] = { 10, 10 }, [12] = { 5, 12 }, [13] = { 4, 13 }, [14] = { 10, 14 },
	[15] = { 15, 7 }, [16] = { 16, 16 }, [17] = { 17, 17 },
};

static bool giant(uint64_t attr)
{
	return attr == ACL_HBM_MEM_HUGE1G || attr == ACL_MEM_HUGE1G || attr == ACL_MEM_P2P_HUGE1G;
}

static aclError phys_first(const struct job *job)
{
	if (!V[0] || !V[1] || V[8] || V[6] || V[7] || V[3] == 2 || V[3] == 3)
		return INVALID;
	if (V[2] > ACL_MEM_P2P_HUGE1G || !reads[V[2]][1])
		return INVALID;
	if (V[3] == ACL_EMU_LOC_DEVICE && ddr_only(V[2]))
		return INVALID;
	return ACL_SUCCESS;
}

static aclError phys_place(const struct world *w, int who, const struct job *job)
{
	bool host = V[3] != ACL_EMU_LOC_DEVICE;

	if (!host && bad_device(V[4]))
		return BAD_DEVICE;
	if (V[3] == ACL_EMU_LOC_HOST_NUMA && need_current(w, who))
		return NO_CONTEXT;
	if (V[3] > ACL_EMU_LOC_HOST_NUMA || (V[3] == ACL_EMU_LOC_HOST && V[4] >= 64))
		return PARAM;
	if (host && giant(V[2]) && V[2] != ACL_MEM_P2P_HUGE1G)
		return UNSUPPORTED;
	if (V[5])
		return PARAM;
	if (V[3] == ACL_EMU_LOC_HOST && V[4])
		return UNSUPPORTED;
	if (V[3] == ACL_EMU_LOC_HOST_NUMA && V[4] && V[4] != ACL_EMU_NUMA_ANY)
		return INTERNAL;
	if (host ? !any_open(w, who) : !w->model.proc[who].open[V[4]])
		return BAD_HANDLE;
	return ACL_SUCCESS;
}

static aclError phys(struct world *w, int who, const struct job *job)
{
	struct place at = { (uint32_t)V[3], (uint32_t)V[4] };
	aclError code = phys_first(job);
	int phys;

	if (!code)
		code = phys_place(w, who, job);
	if (code)
		return code;
	if (giant(V[2]) || V[1] > 8 * TIB)
		return FULL;
	if (V[1] % BLOCK)
		return INTERNAL;
	if (V[1] > model_free(w, heap_of(at)))
		return FULL;
	if (job->code)
		return ACL_SUCCESS;
	if (!job->out[0] || handle_of(w, who, job->out[0]))
		differ(w, "the handle 0x%" PRIx64 " is not a new one", job->out[0]);
	phys = phys_new(w, at, V[1], BLOCK);
	w->model.phys[phys].attr = (unsigned int)V[2];
	handle_new(w, who, phys, at, job->out[0]);
	return ACL_SUCCESS;
}

static aclError phys_free(struct world *w, int who, const struct job *job)
{
	struct handle *h = handle_of(w, who, V[0]);

	if (!V[0])
		return INVALID;
	if (!h || !h->users)
		return PARAM;
	h->users--;
	return ACL_SUCCESS;
}

static aclError retain(struct world *w, int who, const struct job *job)
{
	struct map *map = map_at(w, who, V[0]);
	struct handle *h;

	if (!V[0] || !V[1])
		return INVALID;
	if (!map)
		return range_at(w, who, V[0]) || in_arena(w, who, V[0]) ? BAD_HANDLE : INTERNAL;
	if (map->start != V[0])
		return INTERNAL;
	h = &w->model.handle[map->handle];
	if (!job->code && h->value && h->value != job->out[0])
		differ(w, "the handle is 0x%" PRIx64 ", not 0x%" PRIx64, job->out[0], h->value);
	if (!job->code) {
		h->value = job->out[0];
		h->users++;
	}
	return ACL_SUCCESS;
}

static aclError props(struct world *w, int who, const struct job *job)
{
	struct handle *h = handle_of(w, who, V[0]);
	struct phys *p;
	uint64_t attr;

	if (!V[0])
		return INVALID;
	if (!h)
		return PARAM;
	p = &w->model.phys[h->phys];
	attr = reads[p->attr ? p->attr : ACL_MEM_HUGE][p->at.type != ACL_EMU_LOC_DEVICE];
	if (!job->code && (job->out[0] != attr || job->out[1] != p->at.type ||
			   job->out[2] != p->at.id || job->out[3]))
		differ(w, "the properties say attribute %" PRIu64 " on %" PRIu64 ":%" PRIu64
		       ", not %" PRIu64 " on %u:%u", job->out[0], job->out[1], job->out[2], attr,
		       p->at.type, p->at.id);
	return ACL_SUCCESS;
}

/* ---- reservations ---- */

static uint64_t round_up(uint64_t size, uint64_t unit)
{
	return (size + unit - 1) / unit * unit;
}

static uint64_t power_of_two(uint64_t size)
{
	uint64_t p = BLOCK;

	while (p < size)
		p *= 2;
	return p;
}

static struct range *range_meets(struct world *w, int who, uint64_t start, uint64_t size)
{
	struct model *m = &w->model;
	int i;

	for (i = 0; i < m->ranges; i++)
		if (m->range[i].live && m->range[i].proc == who &&
		    m->range[i].start < start + size &&
		    start < m->range[i].start + m->range[i].size)
			return &m->range[i];
	return NULL;
}

static void reserved(struct world *w, int who, const struct job *job, uint64_t size)
{
	uint64_t align = size > 512 * MIB ? GIB : power_of_two(size), start = job->out[0];

	if (V[3] ? start != V[3] :
	    start % align || start < ACL_EMU_VA_USER_FIRST || start + size > ACL_EMU_VA_LAST)
		differ(w, "the reservation is at 0x%" PRIx64, start);
	if (range_meets(w, who, start, size))
		differ(w, "the reservation at 0x%" PRIx64 " overlaps another one", start);
	w->model.range[w->model.ranges++] = (struct range){
		.live = true, .proc = who, .start = start, .size = size,
	};
}

static aclError reserve(struct world *w, int who, const struct job *job)
{
	uint64_t size;

	if (!V[0] || !V[1] || V[4] > 1)
		return INVALID;
	if (V[2] || V[3] % GIB)
		return PARAM;
	if (!any_open(w, who))
		return BAD_HANDLE;
	if (V[1] > 8 * TIB)
		return FULL;
	size = round_up(V[1], V[1] > 512 * MIB ? GIB : BLOCK);
	if (V[3] && (V[3] < ACL_EMU_VA_HEAP_FIRST || V[3] + size > ACL_EMU_VA_LAST ||
		     range_meets(w, who, V[3], size)))
		return FULL;
	if (!job->code)
		reserved(w, who, job, size);
	return ACL_SUCCESS;
}

static aclError release(struct world *w, int who, const struct job *job)
{
	struct range *range = range_at(w, who, V[0]);
	int i;

	if (!V[0])
		return INVALID;
	if (!any_open(w, who))
		return BAD_HANDLE;
	if (!range || range->start != V[0])
		return PARAM;
	for (i = 0; i < w->model.maps; i++)
		if (w->model.map[i].live && w->model.map[i].range != NONE &&
		    &w->model.range[w->model.map[i].range] == range)
			return INTERNAL;
	range->live = false;
	return ACL_SUCCESS;
}

/* ---- mappings ---- */

/* Local and imported memory do not mix. */
static bool mixes(const struct model *m, const struct range *range, bool imported)
{
	int i;

	for (i = 0; i < m->maps; i++)
		if (m->map[i].live && m->map[i].range != NONE &&
		    &m->range[m->map[i].range] == range &&
		    m->handle[m->map[i].handle].imported != imported)
			return true;
	return false;
}

static bool map_meets(const struct world *w, int who, uint64_t start, uint64_t size)
{
	const struct model *m = &w->model;
	int i;

	for (i = 0; i < m->maps; i++)
		if (m->map[i].live && m->map[i].proc == who &&
		    m->map[i].start < start + size &&
		    start < m->map[i].start + m->map[i].size)
			return true;
	return false;
}

static aclError map_place(struct world *w, int who, const struct job *job,
			  const struct handle *h, const struct range *range)
{
	uint64_t granule = w->model.phys[h->phys].granule;

	if (!range || V[0] % granule || V[1] % granule ||
	    V[1] > range->start + range->size - V[0])
		return INTERNAL;
	if (range->tied && !place_same(range->tie, h->at) && w->forget != FORGET_TIE)
		return INTERNAL;
	if (mixes(&w->model, range, h->imported) || map_meets(w, who, V[0], V[1]))
		return INTERNAL;
	return ACL_SUCCESS;
}

static aclError map_with(struct world *w, int who, const struct job *job, bool owner)
{
	struct range *range = range_at(w, who, V[0]);
	struct handle *h = handle_of(w, who, V[3]);
	struct model *m = &w->model;
	aclError code;
	int map;

	if (!V[0] || !V[3] || !V[1] || V[4])
		return INVALID;
	if (V[2] || !h)
		return PARAM;
	code = map_place(w, who, job, h, range);
	if (code)
		return code;
	if (V[1] != m->phys[h->phys].size)
		return V[1] > m->phys[h->phys].size ? FULL : PARAM;
	if (job->code)
		return ACL_SUCCESS;
	map = map_new(w, who, (int)(h - m->handle), V[0], V[1]);
	m->map[map].range = (int)(range - m->range);
	m->map[map].owner = owner;
	range->tied = true;
	range->tie = h->at;
	return ACL_SUCCESS;
}

static aclError map_rw(struct world *w, int who, const struct job *job)
{
	return map_with(w, who, job, true);
}

static aclError map_none(struct world *w, int who, const struct job *job)
{
	return map_with(w, who, job, false);
}

static aclError unmap(struct world *w, int who, const struct job *job)
{
	struct map *map = map_at(w, who, V[0]);

	if (!V[0])
		return INVALID;
	if (!map || map->start != V[0] || map->range == NONE)
		return INTERNAL;
	map_drop(w, map);
	return ACL_SUCCESS;
}

/* ---- rights ---- */

static aclError location(uint64_t type, uint64_t id)
{
	if (type != ACL_EMU_LOC_HOST && type != ACL_EMU_LOC_DEVICE)
		return PARAM;
	if (type == ACL_EMU_LOC_HOST ? id != 0 : id >= DEVICES)
		return PARAM;
	return ACL_SUCCESS;
}

static struct grant *grant_of(struct map *map, struct place to)
{
	int i;

	for (i = 0; i < map->grants; i++)
		if (place_same(map->grant[i].to, to))
			return &map->grant[i];
	return NULL;
}

static aclError grant_one(struct world *w, int who, uint64_t addr, uint64_t size,
			  struct place to)
{
	struct map *map = map_at(w, who, addr);
	struct grant *old;
	struct place at = { 0 };

	if (map)
		at = w->model.handle[map->handle].at;
	if (map && to.type == ACL_EMU_LOC_HOST && at.type != ACL_EMU_LOC_DEVICE)
		return UNSUPPORTED;
	if (!map || !size || size > map->start + map->size - addr)
		return INTERNAL;
	if (place_same(to, at)) {
		if (map->owner && (addr != map->start || size != map->size))
			return INTERNAL;
		map->owner = true;
		return ACL_SUCCESS;
	}
	old = grant_of(map, to);
	if (old)
		return old->start == addr && old->size == size ? ACL_SUCCESS : INTERNAL;
	map->grant[map->grants++] = (struct grant){ to, addr, size };
	return ACL_SUCCESS;
}

static aclError grant(struct world *w, int who, const struct job *job)
{
	aclError code = V[0] && V[2] ? ACL_SUCCESS : PARAM;
	uint64_t i;

	for (i = 0; !code && i < V[2]; i++) {
		const uint64_t *d = &V[3 + 3 * i];

		if (d[0] < 2)
			code = UNSUPPORTED;
		else if (d[0] != ACL_RT_MEM_ACCESS_FLAGS_READWRITE ||
			 (location(d[1], d[2]) && (d[1] != ACL_EMU_LOC_DEVICE || d[2] >= 64)))
			code = PARAM;
	}
	for (i = 0; !code && i < V[2]; i++) {
		const uint64_t *d = &V[3 + 3 * i];

		code = location(d[1], d[2]);
		if (!code)
			code = grant_one(w, who, V[0], V[1],
					 (struct place){ (uint32_t)d[1], (uint32_t)d[2] });
	}
	return code;
}

static aclError access_of(struct world *w, int who, const struct job *job)
{
	struct place to = { (uint32_t)V[1], (uint32_t)V[2] };
	struct map *map = map_at(w, who, V[0]);
	uint64_t rights;

	if (!V[0])
		return INVALID;
	if (location(V[1], V[2]))
		return PARAM;
	if (!map)
		return INTERNAL;
	rights = grant_of(map, to) ? ACL_EMU_RIGHTS_RW : ACL_EMU_RIGHTS_NONE;
	if (place_same(to, w->model.handle[map->handle].at))
		rights = map->owner ? ACL_EMU_RIGHTS_RW : ACL_EMU_RIGHTS_NONE;
	if (!job->code && job->out[0] != rights)
		differ(w, "the rights are %" PRIu64 ", not %" PRIu64, job->out[0], rights);
	return ACL_SUCCESS;
}

const rule_fn rules[OPS] = {
	[SET_DEVICE] = set_device, [RESET] = reset, [RESET_FORCE] = reset_force,
	[MEM_INFO] = mem_info, [PEER_ON] = peer_on, [PEER_OFF] = peer_off,
	[PHYS] = phys, [PHYS_FREE] = phys_free, [RETAIN] = retain, [PROPS] = props,
	[RESERVE] = reserve, [RELEASE] = release, [MAP] = map_rw, [MAP_NONE] = map_none,
	[UNMAP] = unmap, [GRANT] = grant, [ACCESS] = access_of,
};
