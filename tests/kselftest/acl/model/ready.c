// SPDX-License-Identifier: MIT
/*
 * Whether there is what a call needs to succeed.
 */
#include "model.h"

static bool any_handle(const struct world *w, int who)
{
	return MODEL_FIND(w, who, handle, h, h->value);
}

static bool any_range(const struct world *w, int who)
{
	return MODEL_FIND(w, who, range, r, true);
}

static bool any_map(const struct world *w, int who)
{
	return MODEL_FIND(w, who, map, m, true);
}

static bool any_user_map(const struct world *w, int who)
{
	return MODEL_FIND(w, who, map, m, m->range != NONE);
}

static bool any_block(const struct world *w, int who, bool host)
{
	return MODEL_FIND(w, who, block, b, (b->heap == HEAP_HOST) == host);
}

/* A share that a process made, or one that the other did. */
static bool any_share(const struct world *w, int who, bool mine, bool by_name)
{
	int i;

	for (i = 0; i < w->model.shares; i++)
		if (w->model.share[i].live && w->model.share[i].by_name == by_name &&
		    (w->model.share[i].proc == who) == mine)
			return true;
	return false;
}

/* A key that the process exported or imported, and did not close. */
static bool any_import(const struct world *w, int who)
{
	int i;

	for (i = 0; i < w->model.imports; i++)
		if (w->model.import[i].live && w->model.import[i].proc == who)
			return true;
	return false;
}

bool choose_ready(const struct world *w, int who, enum op op)
{
	switch (op) {
	case PHYS_FREE: case PROPS: case EXPORT: case EXPORT_V2:
		return any_handle(w, who);
	case MAP: case MAP_NONE:
		return any_handle(w, who) && any_range(w, who);
	case RELEASE:
		return any_range(w, who);
	case UNMAP:
		return any_user_map(w, who);
	case RETAIN: case GRANT: case ACCESS: case TOUCH: case POINTER: case COPY: case FILL:
	case EXTENT: case IPC_KEY:
		return any_map(w, who);
	case FREE: case FREE_HOST:
		return any_block(w, who, op == FREE_HOST);
	case ALLOW: case ALLOW_V2:
		return any_share(w, who, true, false);
	case IPC_ALLOW:
		return any_share(w, who, true, true);
	case IMPORT: case IMPORT_V2:
		return any_share(w, who, false, false);
	case IPC_IMPORT:
		return any_share(w, who, false, true);
	case IPC_CLOSE:
		return any_import(w, who);
	default:
		return true;
	}
}
