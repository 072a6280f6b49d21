// SPDX-License-Identifier: MIT
/*
 * Memory that the process holds, for the report of leaks.
 *
 * The module lists handles, reservations and mappings; those of the heaps and of
 * imports by IPC name are not the program's and are left out. Blocks come from the
 * heaps, registrations from host.c.
 */
#include <stdlib.h>

#include "core/driver.h"
#include "core/leak.h"
#include "memory/classify.h"
#include "memory/heap.h"
#include "memory/host.h"
#include "memory/mempool.h"

/* --- what the module lists ------------------------------------------------------ */

struct list {
	enum acl_emu_enum_what what;
	uint64_t cursor;
	uint32_t count;		/* entries that were read */
	uint32_t next;		/* of them */
	struct acl_emu_enum_entry entries[ACL_EMU_ENUM_MAX];
};

/* NULL: there are no more. */
static const struct acl_emu_enum_entry *list_next(struct list *list)
{
	struct acl_emu_enum arg = { .head = EMU_HEAD(acl_emu_enum) };

	while (list->next == list->count) {
		if (list->cursor == UINT64_MAX)
			return NULL;
		arg.what = list->what;
		arg.count = ACL_EMU_ENUM_MAX;
		arg.cursor = list->cursor;
		arg.entries = (uintptr_t)list->entries;
		if (emu_ioctl(ACL_EMU_NR_ENUM, &arg.head))
			return NULL;
		list->cursor = arg.cursor;
		list->count = arg.count;
		list->next = 0;
	}
	return &list->entries[list->next++];
}

static void walk_handles(struct emu_leaks *leaks)
{
	struct list list = { .what = ACL_EMU_ENUM_HANDLES };
	struct acl_emu_phys_info info;
	const struct acl_emu_enum_entry *e;

	while ((e = list_next(&list))) {
		struct emu_held held = { .kind = EMU_HANDLE, .noun = "handle", .id = e->a };

		info = (struct acl_emu_phys_info){
			.head = EMU_HEAD(acl_emu_phys_info), .handle = e->a,
		};
		/* A handle that was freed while it is mapped is told as a mapping. */
		if (!e->b || !(e->d >> 32) || emu_ioctl(ACL_EMU_NR_PHYS_INFO, &info.head))
			continue;
		if (info.state & ACL_EMU_PHYS_STATE_IMPORTED)
			held.noun = "imported handle";
		held.size = info.size;
		held.loc = info.user;
		held.placed = true;
		held.ends_with_device = true;
		held.references = info.users;
		held.mappings = info.maps;
		held.exported = info.state & ACL_EMU_PHYS_STATE_EXPORTED;
		emu_leak_add(leaks, &held);
	}
}

static void walk_reservations(struct emu_leaks *leaks)
{
	struct list list = { .what = ACL_EMU_ENUM_RANGES };
	const struct acl_emu_enum_entry *e;

	while ((e = list_next(&list))) {
		struct emu_held held = {
			.kind = EMU_RESERVATION, .noun = "reservation", .id = e->a, .size = e->b,
		};

		if (e->c == ACL_EMU_RANGE_USER)
			emu_leak_add(leaks, &held);
	}
}

static void walk_mappings(struct emu_leaks *leaks)
{
	struct list list = { .what = ACL_EMU_ENUM_MAPPINGS };
	const struct acl_emu_enum_entry *e;
	struct emu_at at;

	while ((e = list_next(&list))) {
		struct emu_held held = {
			.kind = EMU_MAPPING, .noun = "mapping", .id = e->a, .size = e->b,
			.placed = true, .ends_with_device = true,
		};

		emu_classify(e->a, &at);
		held.loc = at.loc;
		if (at.kind == EMU_AT_MAPPED)
			emu_leak_add(leaks, &held);
	}
}

/* --- what the library lists ------------------------------------------------------- */

/* False: a pool keeps the block, which the program has freed. */
static bool is_in_use(uint64_t addr, struct emu_held *held)
{
	enum emu_block_state state;
	struct emu_mempool *p = emu_mempool_find(addr, &state);

	if (!p)
		return true;
	pthread_mutex_unlock(&p->lock);
	emu_mempool_put(p);
	held->of = " of a memory pool";
	return state == EMU_BLOCK_BUSY;
}

static void walk_blocks(struct emu_leaks *leaks)
{
	struct emu_heap_cursor cursor = { 0 };
	uint64_t start, size;
	uint32_t owner;

	while (emu_heap_next(&cursor, &start, &size)) {
		struct emu_held held = {
			.kind = EMU_BLOCK, .noun = "block", .of = " of aclrtMalloc()",
			.id = start, .size = size, .placed = true, .ends_with_device = true,
		};

		if (!emu_heap_owner(start, &owner))
			continue;
		held.loc.type = ACL_EMU_LOC_DEVICE;
		held.loc.id = owner;
		if (owner == ACL_EMU_MAX_DEVICES) {
			held.loc = (struct acl_emu_location){ .type = ACL_EMU_LOC_HOST };
			held.of = " of aclrtMallocHost()";
		}
		if (is_in_use(start, &held))
			emu_leak_add(leaks, &held);
	}
}

static void walk_registrations(struct emu_leaks *leaks)
{
	uint64_t start, size;
	uint32_t n;

	for (n = 0; emu_host_nth(n, &start, &size); n++) {
		struct emu_held held = {
			.kind = EMU_REGISTRATION, .noun = "host registration", .id = start,
			.size = size,
		};

		emu_leak_add(leaks, &held);
	}
}

static void walk_mempools(struct emu_leaks *leaks)
{
	struct emu_object *object;
	struct emu_mempool *p;
	uint32_t cursor = 0;

	while ((object = emu_token_next(EMU_TOKEN_MEMPOOL, &cursor))) {
		struct emu_held held = {
			.kind = EMU_MEMPOOL, .noun = "memory pool", .id = object->token,
			.placed = true, .ends_with_device = true,
		};

		p = emu_container(object, struct emu_mempool);
		held.loc.type = ACL_EMU_LOC_DEVICE;
		held.loc.id = p->device;
		pthread_mutex_lock(&p->lock);
		held.size = p->reserved;
		pthread_mutex_unlock(&p->lock);
		emu_leak_add(leaks, &held);
		emu_mempool_put(p);
	}
}

static void walk(struct emu_leaks *leaks)
{
	walk_handles(leaks);
	walk_mappings(leaks);
	walk_reservations(leaks);
	walk_blocks(leaks);
	walk_registrations(leaks);
	walk_mempools(leaks);
}

EMU_WALK(walk);
