// SPDX-License-Identifier: MIT
/*
 * Classification of addresses.
 *
 * The module has reservations and mappings, the heap has its blocks, and host.c
 * has the ranges that the program registered. Every call that depends on the kind
 * of an address uses emu_classify(), so all calls agree.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/check.h"
#include "core/error.h"
#include "core/plain.h"
#include "core/window.h"
#include "memory/classify.h"
#include "memory/heap.h"
#include "memory/host.h"
#include "memory/past.h"
#include "memory/pointer.h"

static void classify_own(struct emu_at *at)
{
	at->loc = (struct acl_emu_location){ .type = ACL_EMU_LOC_HOST };
	at->map = (struct acl_emu_lookup){ .addr = at->addr };
	if (emu_host_find(at->addr, &at->start, &at->size))
		at->kind = EMU_AT_REGISTERED;
	else
		at->kind = emu_plain_mapped(at->addr, 1) ? EMU_AT_PLAIN : EMU_AT_NOTHING;
}

/* @owner is the result of emu_heap_owner(). */
static void classify_heap(struct emu_at *at, uint32_t owner)
{
	bool host = owner == ACL_EMU_MAX_DEVICES;

	at->loc.type = host ? ACL_EMU_LOC_HOST : ACL_EMU_LOC_DEVICE;
	at->loc.id = host ? 0 : owner;
	at->kind = EMU_AT_FREED;
	if (!emu_pointer_ask(at->addr, &at->map) ||
	    !emu_heap_find(at->addr, &at->start, &at->size))
		at->size = 0;
	else
		at->kind = host ? EMU_AT_HOST_BLOCK : EMU_AT_DEVICE_BLOCK;
}

void emu_classify(uint64_t addr, struct emu_at *at)
{
	uint32_t owner;

	at->addr = addr;
	at->start = 0;
	at->size = 0;
	if (!emu_range_may_hold(addr)) {
		classify_own(at);
	} else if (emu_heap_owner(addr, &owner)) {
		classify_heap(at, owner);
	} else if (emu_pointer_ask(addr, &at->map)) {
		at->kind = at->map.kind == ACL_EMU_RANGE_HEAP ? EMU_AT_IMPORTED : EMU_AT_MAPPED;
		at->loc = at->map.loc;
		at->start = at->map.map_addr;
		at->size = at->map.map_size;
	} else if (at->map.found & ACL_EMU_FOUND_RANGE) {
		at->kind = EMU_AT_RESERVED;
		at->start = at->map.range_addr;
		at->size = at->map.range_size;
	} else {
		classify_own(at);
	}
}

/* Is the address memory of a device? */
bool emu_at_is_device(const struct emu_at *at)
{
	return (at->kind == EMU_AT_DEVICE_BLOCK || at->kind == EMU_AT_MAPPED ||
		at->kind == EMU_AT_IMPORTED) && at->loc.type == ACL_EMU_LOC_DEVICE;
}

/* Are there @size bytes of host memory that streams can use later? */
bool emu_at_is_pinned(const struct emu_at *at, uint64_t size)
{
	/* A range that is registered only in part is not pinned. */
	if (at->kind == EMU_AT_REGISTERED)
		return size <= at->size - (at->addr - at->start);
	return at->kind == EMU_AT_HOST_BLOCK ||
	       (at->kind == EMU_AT_MAPPED && at->loc.type != ACL_EMU_LOC_DEVICE);
}

/* Is it an address for emulated memory, without memory now? */
bool emu_at_is_stale(const struct emu_at *at)
{
	return at->kind == EMU_AT_RESERVED || at->kind == EMU_AT_FREED ||
	       (at->kind == EMU_AT_NOTHING && emu_range_may_hold(at->addr));
}

/* Continues a sentence that begins with the address and "is". */
const char *emu_at_text(char buf[EMU_AT_LEN], const struct emu_at *at)
{
	char extent[64], name[160];

	snprintf(extent, sizeof(extent), "[0x%" PRIx64 ", +%s)", at->start, EMU_SIZE(at->size));
	switch (at->kind) {
	case EMU_AT_PLAIN:
		emu_plain_name(name, sizeof(name), at->addr);
		snprintf(buf, EMU_AT_LEN, "host memory of the program, %s", name);
		break;
	case EMU_AT_REGISTERED:
		snprintf(buf, EMU_AT_LEN, "in registered host memory %s", extent);
		break;
	case EMU_AT_HOST_BLOCK:
		snprintf(buf, EMU_AT_LEN, "in the block %s of aclrtMallocHost()", extent);
		break;
	case EMU_AT_DEVICE_BLOCK:
		snprintf(buf, EMU_AT_LEN, "in the block %s of aclrtMalloc() on %s", extent,
			 EMU_PLACE(at->loc));
		break;
	case EMU_AT_MAPPED:
		snprintf(buf, EMU_AT_LEN, "in the mapping %s of aclrtMapMem() on %s", extent,
			 EMU_PLACE(at->loc));
		break;
	case EMU_AT_IMPORTED:
		snprintf(buf, EMU_AT_LEN, "in the imported memory %s of %s", extent,
			 EMU_PLACE(at->loc));
		break;
	case EMU_AT_RESERVED:
		snprintf(buf, EMU_AT_LEN, "in the reservation %s, where nothing is mapped", extent);
		break;
	case EMU_AT_FREED:
		snprintf(buf, EMU_AT_LEN, "freed memory of %s, in no block", EMU_PLACE(at->loc));
		break;
	default:
		snprintf(buf, EMU_AT_LEN, emu_is_handle(at->addr) ?
			 "no address, but a handle of physical memory" :
			 "no memory of this process");
	}
	if (emu_check_on(EMU_CHECK_LEAK))
		emu_past_object(at);
	if (emu_at_is_stale(at) && (at->kind != EMU_AT_RESERVED || emu_check_on(~0u)))
		emu_past_append(buf, EMU_AT_LEN, at->addr);
	return buf;
}

/* Reports an address where there is no memory. */
aclError emu_at_unknown(aclError code, const char *name, const struct emu_at *at)
{
	return emu_error(code, "use addresses that are allocated or mapped",
			 "%s 0x%" PRIx64 " is %s", name, at->addr, EMU_AT_TEXT(at));
}
