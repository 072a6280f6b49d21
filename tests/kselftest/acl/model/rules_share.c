// SPDX-License-Identifier: MIT
/*
 * What sharing between processes has to do, by handle and by name.
 */
#include <inttypes.h>
#include <string.h>

#include "model.h"

#define V	(job->v)

static bool bad_type(uint64_t type)
{
	return type != ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT &&
	       type != ACL_MEM_SHARE_HANDLE_TYPE_FABRIC;
}

static struct share *share_of(struct world *w, const struct key *key, uint64_t type)
{
	bool fabric = type == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC;
	struct model *m = &w->model;
	struct share *s;
	int i;

	for (i = 0; i < m->shares; i++) {
		s = &m->share[i];
		if (!s->live || s->closed || s->by_name || s->fabric != fabric)
			continue;
		if (fabric ? !memcmp(s->key.fabric, key->fabric, sizeof(key->fabric)) :
		    s->key.number == key->number)
			return s;
	}
	return NULL;
}

/* ---- by handle ---- */

static struct share *share_new(struct world *w, int who, struct handle *h, bool no_list)
{
	struct model *m = &w->model;
	struct share *s = &m->share[m->shares++];

	*s = (struct share){
		.live = true, .no_list = no_list, .handle = (int)(h - m->handle),
		.phys = h->phys, .proc = who, .life = m->proc[who].life,
	};
	return s;
}

static aclError export_handle(struct world *w, int who, const struct job *job, uint64_t flags,
			      uint64_t type)
{
	bool fabric = type == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC;
	struct handle *h = handle_of(w, who, V[0]);
	struct share *s;

	if (!h)
		return PARAM;
	if (h->imported || h->exported)
		return INTERNAL;
	if (job->code)
		return ACL_SUCCESS;
	if (share_of(w, &job->out_key, type) || (!fabric && !job->out_key.number))
		differ(w, "the key 0x%" PRIx64 " is not a new one", job->out_key.number);
	h->exported = true;
	s = share_new(w, who, h, flags);
	s->fabric = fabric;
	s->key = job->out_key;
	return ACL_SUCCESS;
}

static aclError export_v1(struct world *w, int who, const struct job *job)
{
	if (!V[0] || V[1] || !V[3])
		return INVALID;
	if (V[2] > 1)
		return PARAM;
	return export_handle(w, who, job, V[2], ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT);
}

static aclError export_v2(struct world *w, int who, const struct job *job)
{
	if (!V[0] || !V[3])
		return INVALID;
	if (bad_type(V[2]) || V[1] > 1)
		return PARAM;
	if (V[2] == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC && need_current(w, who))
		return ACL_ERROR_RT_CONTEXT_NULL;
	return export_handle(w, who, job, V[1], V[2]);
}

static bool mine(const struct world *w, int who, const struct share *s)
{
	return s->proc == who && s->life == w->model.proc[who].life;
}

static aclError allow_in(struct world *w, int who, struct share *s, const uint64_t *pid,
			 uint64_t count)
{
	bool any = false;
	uint64_t i;
	int j;

	if (!s)
		return BAD_HANDLE;
	if (!mine(w, who, s))
		return INTERNAL;
	if (s->no_list)
		return ACL_ERROR_RT_NO_PERMISSION;
	for (i = 0; i < count; i++) {
		any |= pid[i];
		for (j = 0; j < PROCS; j++)
			if (pid[i] == (uint64_t)w->model.proc[j].tgid)
				s->allowed[j] = w->model.proc[j].life;
	}
	return any ? ACL_SUCCESS : INTERNAL;
}

static aclError allow_v1(struct world *w, int who, const struct job *job)
{
	if (!V[3])
		return INVALID;
	return allow_in(w, who, share_of(w, &job->key, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT), V + 1,
			V[3]);
}

static aclError allow_v2(struct world *w, int who, const struct job *job)
{
	if (!V[0] || !V[4])
		return INVALID;
	if (bad_type(V[1]))
		return PARAM;
	return allow_in(w, who, share_of(w, &job->key, V[1]), V + 2, V[4]);
}

static struct handle *imported_before(struct world *w, int who, const struct share *s,
				      struct place at)
{
	struct model *m = &w->model;
	int i;

	for (i = 0; i < m->handles; i++)
		if (m->handle[i].live && m->handle[i].proc == who && m->handle[i].share != NONE &&
		    &m->share[m->handle[i].share] == s && place_same(m->handle[i].at, at))
			return &m->handle[i];
	return NULL;
}

/* The handle of a new or repeated import, or NULL and @code. */
static struct handle *import_share(struct world *w, int who, struct share *s, uint32_t device,
				   aclError *code)
{
	struct place at = place_device(device);
	struct model *m = &w->model;
	struct handle *h;

	*code = BAD_HANDLE;
	if (!s || !m->proc[who].open[device])
		return NULL;
	h = imported_before(w, who, s, at);
	*code = INTERNAL;
	if (!h && (mine(w, who, s) ||
		   (!s->no_list && s->allowed[who] != m->proc[who].life &&
		    w->forget != FORGET_LIST)))
		return NULL;
	*code = ACL_SUCCESS;
	if (h) {
		h->users++;
		return h;
	}
	h = &m->handle[handle_new(w, who, s->phys, at, 0)];
	h->imported = true;
	h->share = (int)(s - m->share);
	return h;
}

static aclError import(struct world *w, int who, const struct job *job, struct share *s,
		       uint32_t device)
{
	struct handle *h;
	aclError code;

	h = import_share(w, who, s, device, &code);
	if (!h || job->code)
		return code;
	if (h->value ? h->value != job->out[0] : !job->out[0] || handle_of(w, who, job->out[0]))
		differ(w, "the import is handle 0x%" PRIx64 ", not 0x%" PRIx64, job->out[0],
		       h->value);
	h->value = job->out[0];
	return ACL_SUCCESS;
}

static aclError import_v1(struct world *w, int who, const struct job *job)
{
	struct share *s = share_of(w, &job->key, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT);

	if (!V[2])
		return INVALID;
	if ((uint32_t)V[1] >= DEVICES)
		return BAD_DEVICE;
	if (need_current(w, who))
		return s ? ACL_ERROR_RT_CONTEXT_NULL : BAD_HANDLE;
	return import(w, who, job, s, (uint32_t)V[1]);
}

static aclError import_v2(struct world *w, int who, const struct job *job)
{
	if (!V[0] || !V[3] || V[2])
		return INVALID;
	if (need_current(w, who))
		return ACL_ERROR_RT_CONTEXT_NULL;
	if (bad_type(V[1]))
		return PARAM;
	return import(w, who, job, share_of(w, &job->key, V[1]),
		      (uint32_t)w->model.proc[who].current);
}

/* ---- by name ---- */

static struct share *named(struct world *w, const struct name *name)
{
	struct model *m = &w->model;
	int i;

	for (i = 0; i < m->shares; i++)
		if (m->share[i].by_name && !memcmp(m->share[i].name.text, name->text, 65))
			return &m->share[i];
	return NULL;
}

static struct import *import_new(struct world *w, int who, struct share *s, int map)
{
	struct import *new = &w->model.import[w->model.imports++];

	*new = (struct import){
		.live = true, .proc = who, .share = (int)(s - w->model.share), .map = map,
	};
	return new;
}

static aclError ipc_key(struct world *w, int who, const struct job *job)
{
	struct map *map = map_at(w, who, V[0]);
	struct block *block = block_at(w, who, V[0]);
	struct handle *h;
	struct share *s;
	uint64_t left;

	if (!V[0] || !V[2])
		return INVALID;
	if (!V[1] || V[3] < 65 || V[4] > 1)
		return PARAM;
	if (need_current(w, who))
		return ACL_ERROR_RT_CONTEXT_NULL;
	if (!map || between_blocks(w, who, map, V[0]) ||
	    w->model.handle[map->handle].at.type != ACL_EMU_LOC_DEVICE)
		return PARAM;
	left = block ? block->start + block->size - V[0] : map->start + map->size - V[0];
	if (V[1] > left)
		return PARAM;
	h = &w->model.handle[map->handle];
	if (h->imported)
		return INTERNAL;
	if (job->code)
		return ACL_SUCCESS;
	if (strnlen(job->out_name.text, 65) != 64)
		differ(w, "the key has not 64 characters");
	s = share_new(w, who, h, V[4]);
	s->by_name = true;
	s->name = job->out_name;
	s->offset = map->offset + V[0] - map->start;
	s->size = V[1];
	import_new(w, who, s, NONE);
	return ACL_SUCCESS;
}

static aclError ipc_allow(struct world *w, int who, const struct job *job)
{
	struct share *s = named(w, &job->name);

	if (!V[0])
		return INVALID;
	if (!V[3])
		return PARAM;
	if (need_current(w, who))
		return need_current(w, who);
	if (!s)
		return PARAM;
	return allow_in(w, who, s->live && !s->closed ? s : NULL, V + 1, V[3]);
}

static aclError ipc_import(struct world *w, int who, const struct job *job)
{
	struct share *s = named(w, &job->name);
	struct model *m = &w->model;
	uint64_t first, size;
	struct handle *h;
	aclError code;
	int map;

	if (!V[0] || !V[1])
		return INVALID;
	if (V[2] > 1)
		return PARAM;
	if (need_current(w, who))
		return ACL_ERROR_RT_CONTEXT_NULL;
	if (!s)
		return PARAM;
	h = import_share(w, who, s->live && !s->closed ? s : NULL,
			 (uint32_t)m->proc[who].current, &code);
	if (!h || job->code)
		return code;
	h->users--;
	first = s->offset / BLOCK * BLOCK;
	size = (s->offset + s->size + BLOCK - 1 - first) / BLOCK * BLOCK;
	map = map_new(w, who, (int)(h - m->handle), job->out[0] - (s->offset - first), size);
	m->map[map].offset = first;
	if (m->map[map].start % BLOCK)
		differ(w, "the import is at 0x%" PRIx64, job->out[0]);
	import_new(w, who, s, map);
	if (V[2] && heap_of(m->phys[s->phys].at) != m->proc[who].current)
		m->proc[who].peer[m->proc[who].current][heap_of(m->phys[s->phys].at)] = true;
	return ACL_SUCCESS;
}

/* The oldest import ends, else the export. */
static aclError ipc_close(struct world *w, int who, const struct job *job)
{
	struct share *s = named(w, &job->name);
	struct model *m = &w->model;
	struct import *found = NULL;
	int i;

	if (!V[0])
		return INVALID;
	if (need_current(w, who))
		return need_current(w, who);
	if (!s)
		return PARAM;
	for (i = 0; i < m->imports; i++) {
		struct import *import = &m->import[i];

		if (import->live && import->proc == who && &m->share[import->share] == s &&
		    (!found || (found->map == NONE && import->map != NONE)))
			found = import;
	}
	if (!found)
		return INTERNAL;
	/* The addresses need a device to be given back. */
	if (found->map != NONE && !any_open(w, who))
		return BAD_HANDLE;
	found->live = false;
	if (found->map == NONE)
		s->closed = true;
	else if (m->map[found->map].live)
		map_drop(w, &m->map[found->map]);
	return ACL_SUCCESS;
}

const rule_fn rules_share[OPS] = {
	[EXPORT] = export_v1, [EXPORT_V2] = export_v2, [ALLOW] = allow_v1, [ALLOW_V2] = allow_v2,
	[IMPORT] = import_v1, [IMPORT_V2] = import_v2, [IPC_KEY] = ipc_key,
	[IPC_ALLOW] = ipc_allow, [IPC_IMPORT] = ipc_import, [IPC_CLOSE] = ipc_close,
};
