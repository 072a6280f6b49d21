/* SPDX-License-Identifier: MIT */
/*
 * History of objects: where the program created, retained, mapped and freed them.
 *
 * Recorded while a check is on. It does not say which objects exist: the tables of
 * the library and of the module do.
 */
#ifndef EMU_CORE_HISTORY_H
#define EMU_CORE_HISTORY_H

#include "core/check.h"

/* STREAM to GRAPH are in the order of enum emu_token_kind. */
enum emu_kind {
	EMU_STREAM, EMU_EVENT, EMU_NOTIFY, EMU_COUNT_NOTIFY, EMU_MEMPOOL, EMU_GRAPH,
	EMU_HANDLE, EMU_MAPPING, EMU_RESERVATION,
	EMU_BLOCK,		/* of aclrtMalloc(), aclrtMallocHost() or of a pool */
	EMU_REGISTRATION, EMU_IPC_NAME, EMU_IPC_IMPORT, EMU_CONTEXT, EMU_KINDS
};

/* CREATED begins a new history, ENDED ends it. The others do neither. */
enum emu_act {
	EMU_CREATED, EMU_IMPORTED, EMU_RETAINED, EMU_MAPPED, EMU_UNMAPPED, EMU_EXPORTED,
	EMU_RECORDED, EMU_RESET, EMU_RELEASED, EMU_ENDED, EMU_ACTS
};

/* Equal acts at the same place are one entry. */
struct emu_deed {
	enum emu_act act;
	uint32_t stack;
	uint64_t count;
};

#define EMU_DEEDS	16	/* entries that a history keeps */

struct emu_past {
	uint64_t id;
	uint64_t size;
	bool ended;
	bool told;		/* in a report of leaks before */
	uint32_t count;
	struct emu_deed deeds[EMU_DEEDS];
};

void emu_history_add(enum emu_kind kind, enum emu_act act, uint64_t id, uint64_t size);
void emu_history_map(uint64_t addr, uint64_t size, uint64_t handle);
void emu_history_unmap(uint64_t addr);
bool emu_history_any(void);

/* False: nothing was recorded. With @tell the object counts as told from now on. */
bool emu_history_get(enum emu_kind kind, uint64_t id, bool tell, struct emu_past *past);
/* The ended object that an address lay in, the one that ended last. */
bool emu_history_ended_at(enum emu_kind kind, uint64_t addr, struct emu_past *past);
const struct emu_deed *emu_past_deed(const struct emu_past *past, enum emu_act act);
const char *emu_act_name(enum emu_act act);

/* @id: handle, address, token or share key. @size: bytes, 0 where there are none. */
static inline void emu_note(enum emu_kind kind, enum emu_act act, uint64_t id, uint64_t size)
{
	if (emu_check_on(~0u))
		emu_history_add(kind, act, id, size);
}

static inline void emu_note_map(uint64_t addr, uint64_t size, uint64_t handle)
{
	if (emu_check_on(~0u))
		emu_history_map(addr, size, handle);
}

static inline void emu_note_unmap(uint64_t addr)
{
	if (emu_check_on(~0u))
		emu_history_unmap(addr);
}

#endif
