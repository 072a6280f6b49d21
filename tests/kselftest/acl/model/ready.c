// SPDX-License-Identifier: MIT
/*
 * Whether there is what a call needs to succeed.
 */
#include "model.h"

static bool any_handle(const struct world *w, int who)
{
	int i;

	for (i = 0; i < w->model.handles; i++)
		if (w->model.handle[i].live && w->model.handle[i].proc == who &&
		    w->model.handle[i].value)
			return true;
	return false;
}

static bool any_range(const struct world *w, int who)
{
	int i;

	for (i = 0; i < w->model.ranges; i++)
		if (w->model.range[i].live && w->model.range[i].proc == who)
			return true;
	return false;
}

static bool any_map(const struct world *w, int who)
{
	int i;

	for (i = 0; i < w->model.maps; i++)
		if (w->model.map[i].live && w->model.map[i].proc == who)
			return true;
	return false;
}

static bool any_user_map(const struct world *w, int who)
{
	int i;

	for (i = 0; i < w->model.maps; i++)
		if (w->model.map[i].live && w->model.map[i].proc == who &&
		    w->model.map[i].range != NONE)
			return true;
	return false;
}

static bool any_block(const struct world *w, int who, bool host)
{
	int i;

	for (i = 0; i < w->model.blocks; i++)
		if (w->model.block[i].live && w->model.block[i].proc == who &&
		    (w->model.block[i].heap == HEAP_HOST) == host)
			return true;
	return false;
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
