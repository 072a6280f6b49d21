// SPDX-License-Identifier: MIT
/*
 * Blocks of memory of devices and of the host.
 *
 * A large block has its own reservation and its own physical memory. Smaller ones are
 * pieces of a chunk of 2 MiB. The table has one unit for each reservation; the unit
 * of a chunk has the chunk.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/chunk.h"
#include "core/process.h"
#include "core/window.h"
#include "device.h"
#include "mem.h"

#define BUCKETS		4096
#define OWN_UNIT	(EMU_2M / 2)	/* blocks from here on have their own */
#define KIND(flag)	((unsigned int)(flag) >> 10 & 0xf)
#define DEVICE(flag)	((uint32_t)(flag) & 0x3ff)
#define EXPONENT(flag)	((unsigned int)(flag) >> 20 & 0x1f)

/* Memory with a reservation of its own. */
struct unit {
	struct unit *next;	/* in its bucket */
	struct unit *more;	/* in the list of chunks with room */
	uint64_t start;
	uint64_t size;
	struct acl_emu_location loc;
	struct chunk *chunk;	/* NULL: one block */
};

struct mem {
	pthread_mutex_t lock;
	struct unit *bucket[BUCKETS];
	struct unit *chunks[ACL_EMU_MAX_DEVICES + 1];	/* with room; the last: of the host */
};

EMU_STATE(struct mem, mem, NULL)

static enum acl_emu_range_kind range_kind(const struct unit *u)
{
	return u->loc.type == ACL_EMU_LOC_HOST ? ACL_EMU_RANGE_HOST : ACL_EMU_RANGE_HEAP;
}

static struct unit **chunk_list(struct acl_emu_location loc)
{
	return &mem()->chunks[loc.type == ACL_EMU_LOC_HOST ? ACL_EMU_MAX_DEVICES : loc.id];
}

static struct unit **bucket(uint64_t start)
{
	return &mem()->bucket[start / EMU_2M % BUCKETS];
}

/* --- units: one reservation each ----------------------------------------------------- */

static void unit_release(const struct unit *u)
{
	struct acl_emu_range_release arg = {
		.head = EMU_HEAD(acl_emu_range_release), .addr = u->start, .kind = range_kind(u),
	};

	emu_range_release(&arg);
}

static int unit_unmap(const struct unit *u, struct acl_emu_unmap *arg)
{
	*arg = (struct acl_emu_unmap){
		.head = EMU_HEAD(acl_emu_unmap), .addr = u->start, .kind = range_kind(u),
	};
	return emu_ioctl(ACL_EMU_NR_UNMAP, &arg->head);
}

static drvError_t unit_map(struct unit *u, uint64_t handle, uint64_t align)
{
	struct acl_emu_range_reserve range = {
		.head = EMU_HEAD(acl_emu_range_reserve),
		.size = (u->size + EMU_2M - 1) & ~(EMU_2M - 1),
		.align = align, .kind = range_kind(u),
	};
	struct acl_emu_map map = {
		.head = EMU_HEAD(acl_emu_map, .flags = ACL_EMU_MAP_WHOLE),
		.size = u->size, .handle = handle, .rights = ACL_EMU_RIGHTS_RW,
		.kind = range_kind(u),
	};
	int err = emu_range_reserve(&range);

	if (err)
		return hal_fail(err, &range.head, NULL, "a reservation of %s",
				EMU_SIZE(range.size));
	u->start = range.addr;
	map.addr = range.addr;
	err = emu_ioctl(ACL_EMU_NR_MAP, &map.head);
	if (!err)
		return DRV_ERROR_NONE;
	unit_release(u);
	return hal_fail(err, &map.head, NULL, "[0x%" PRIx64 ", +%s)", u->start, EMU_SIZE(u->size));
}

/* Allocates the memory of a unit, whose size and location are set, and maps it. */
static drvError_t unit_make(struct unit *u, uint32_t flags, uint64_t align)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_SIZE, ACL_ERROR_RT_MEMORY_ALLOCATION }, { 0, 0 }
	};
	struct acl_emu_phys_alloc arg = {
		.head = EMU_HEAD(acl_emu_phys_alloc, .flags = flags), .size = u->size,
		.loc = u->loc,
	};
	struct acl_emu_phys_free drop = { .head = EMU_HEAD(acl_emu_phys_free) };
	drvError_t code;
	int err;

	err = emu_ioctl(ACL_EMU_NR_PHYS_ALLOC, &arg.head);
	if (err)
		return hal_fail(err, &arg.head, codes, "a block of %s", EMU_SIZE(u->size));
	code = unit_map(u, arg.handle, align);
	/* From here on the mapping holds the memory. */
	drop.handle = arg.handle;
	emu_ioctl(ACL_EMU_NR_PHYS_FREE, &drop.head);
	return code;
}

/* --- the table, under the lock -------------------------------------------------------- */

static void unit_add(struct unit *u)
{
	u->next = *bucket(u->start);
	*bucket(u->start) = u;
}

static void unit_remove(struct unit *u)
{
	struct unit **p;

	for (p = bucket(u->start); *p != u; p = &(*p)->next)
		;
	*p = u->next;
	if (!u->chunk)
		return;
	for (p = chunk_list(u->loc); *p && *p != u; p = &(*p)->more)
		;
	if (*p)
		*p = u->more;
}

static struct unit *unit_at(uint64_t start)
{
	struct unit *u;

	for (u = *bucket(start); u && u->start != start; u = u->next)
		;
	return u;
}

/* 0: no chunk has room. A chunk without room leaves the list. */
static uint64_t chunk_take(struct acl_emu_location loc, uint64_t size)
{
	struct unit **p, *u;
	int64_t at;

	for (p = chunk_list(loc); *p; p = &(*p)->more) {
		u = *p;
		at = emu_chunk_take(u->chunk, size);
		if (at < 0)
			continue;
		if (emu_chunk_full(u->chunk))
			*p = u->more;
		return u->start + (uint64_t)at;
	}
	return 0;
}

/* --- alloc ----------------------------------------------------------------------------- */

static drvError_t alloc_chunk(struct unit *u, uint64_t size, void **addr)
{
	drvError_t code;

	u->size = EMU_2M;
	u->chunk = calloc(1, sizeof(*u->chunk));
	if (!u->chunk)
		return hal_result(emu_no_memory("chunk"));
	code = unit_make(u, u->loc.type == ACL_EMU_LOC_HOST ? ACL_EMU_PHYS_4K : 0, EMU_2M);
	if (code) {
		free(u->chunk);
		return code;
	}
	u->chunk->base = u->start;
	pthread_mutex_lock(&mem()->lock);
	unit_add(u);
	*addr = (void *)(uintptr_t)(u->start + (uint64_t)emu_chunk_take(u->chunk, size));
	u->more = *chunk_list(u->loc);
	*chunk_list(u->loc) = u;
	pthread_mutex_unlock(&mem()->lock);
	return DRV_ERROR_NONE;
}

static drvError_t alloc_own(struct unit *u, uint64_t size, unsigned long long flag, void **addr)
{
	uint64_t granule = flag & HAL_MEM_GIANT ? EMU_1G : EMU_2M;
	uint64_t align = UINT64_C(1) << EXPONENT(flag);
	uint32_t flags = flag & HAL_MEM_GIANT ? ACL_EMU_PHYS_1G : 0;
	drvError_t code;

	if (u->loc.type == ACL_EMU_LOC_HOST && size < EMU_2M) {
		granule = ACL_EMU_SIZE_4K;
		flags = ACL_EMU_PHYS_4K;
	}
	/* A size that overflows exceeds every device; the module reports it. */
	if (__builtin_add_overflow(size, granule - 1, &u->size))
		u->size = UINT64_MAX;
	u->size &= ~(granule - 1);
	if (align < granule)
		align = granule;
	code = unit_make(u, flags, align < EMU_2M ? EMU_2M : align);
	if (code)
		return code;
	pthread_mutex_lock(&mem()->lock);
	unit_add(u);
	pthread_mutex_unlock(&mem()->lock);
	*addr = (void *)(uintptr_t)u->start;
	return DRV_ERROR_NONE;
}

static drvError_t check_alloc(void **pp, unsigned long long size, unsigned long long flag,
			      struct acl_emu_location *loc)
{
	unsigned int kind = KIND(flag);
	drvError_t code;

	if (!pp)
		return hal_null("pp");
	if (!size)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "ask for at least 1 byte", "size is 0");
	if (kind > HAL_MEM_DVPP)
		return hal_refuse(DRV_ERROR_INVALID_MALLOC_TYPE, "use memory of a device",
				  "memory of kind %u is not emulated", kind);
	*loc = (struct acl_emu_location){ .type = ACL_EMU_LOC_HOST };
	if (kind == HAL_MEM_HOST)
		return DRV_ERROR_NONE;
	code = hal_device_check(DEVICE(flag));
	*loc = (struct acl_emu_location){ .type = ACL_EMU_LOC_DEVICE, .id = DEVICE(flag) };
	return code;
}

drvError_t halMemAlloc(void **pp, unsigned long long size, unsigned long long flag)
{
	struct acl_emu_location loc;
	bool own = size >= OWN_UNIT || flag & HAL_MEM_GIANT || EXPONENT(flag) > 9;
	drvError_t code;
	uint64_t at = 0;
	struct unit *u;

	EMU_ENTER();
	code = check_alloc(pp, size, flag, &loc);
	if (code)
		return code;
	if (!own) {
		pthread_mutex_lock(&mem()->lock);
		at = chunk_take(loc, size);
		pthread_mutex_unlock(&mem()->lock);
	}
	if (at) {
		*pp = (void *)(uintptr_t)at;
		return DRV_ERROR_NONE;
	}
	u = calloc(1, sizeof(*u));
	if (!u)
		return hal_result(emu_no_memory("block"));
	u->loc = loc;
	code = own ? alloc_own(u, size, flag, pp) : alloc_chunk(u, size, pp);
	if (code)
		free(u);
	return code;
}

/* --- free ------------------------------------------------------------------------------ */

static drvError_t report_foreign(uint64_t addr)
{
	return hal_refuse(DRV_ERROR_INVALID_VALUE, "free what halMemAlloc() returned, once",
			  "address 0x%" PRIx64 " does not begin a block", addr);
}

/* The unit is in no list. If a copy uses it, it stays, and this returns what UNMAP does. */
static int unit_end(struct unit *u, struct acl_emu_unmap *arg)
{
	int err = unit_unmap(u, arg);

	if (err == -EBUSY) {
		pthread_mutex_lock(&mem()->lock);
		unit_add(u);
		if (u->chunk) {
			u->more = *chunk_list(u->loc);
			*chunk_list(u->loc) = u;
		}
		pthread_mutex_unlock(&mem()->lock);
		return err;
	}
	unit_release(u);
	free(u->chunk);
	free(u);
	return 0;
}

/* Called with the lock held; NULL: the chunk goes on to exist. */
static struct unit *piece_give(struct unit *u, uint64_t addr, drvError_t *code)
{
	bool was_full = emu_chunk_full(u->chunk);

	*code = DRV_ERROR_NONE;
	if (!emu_chunk_give(u->chunk, addr - u->start)) {
		*code = DRV_ERROR_INVALID_VALUE;
		return NULL;
	}
	if (emu_chunk_empty(u->chunk)) {
		unit_remove(u);
		return u;
	}
	if (was_full) {
		u->more = *chunk_list(u->loc);
		*chunk_list(u->loc) = u;
	}
	return NULL;
}

drvError_t halMemFree(void *pp)
{
	uint64_t addr = (uintptr_t)pp;
	drvError_t code = DRV_ERROR_INVALID_VALUE;
	struct acl_emu_unmap arg;
	bool piece;
	struct unit *u;
	int err;

	EMU_ENTER();
	pthread_mutex_lock(&mem()->lock);
	u = unit_at(addr & ~(EMU_2M - 1));
	piece = u && u->chunk;
	if (piece) {
		u = piece_give(u, addr, &code);
	} else if (u && addr == u->start) {
		unit_remove(u);
		code = DRV_ERROR_NONE;
	}
	pthread_mutex_unlock(&mem()->lock);
	if (code)
		return report_foreign(addr);
	err = u ? unit_end(u, &arg) : 0;
	/* An empty chunk that cannot be freed now stays usable. */
	return err && !piece ? hal_fail(err, &arg.head, NULL, "address %p", pp) : DRV_ERROR_NONE;
}

/* Takes one unit that ends with the device out of the table; NULL: there is none. */
static struct unit *take_unit(uint32_t device, bool last)
{
	struct unit *u = NULL;
	size_t i;

	pthread_mutex_lock(&mem()->lock);
	for (i = 0; i < BUCKETS && !u; i++) {
		for (u = mem()->bucket[i]; u; u = u->next) {
			if (last || (u->loc.type == ACL_EMU_LOC_DEVICE && u->loc.id == device))
				break;
		}
	}
	if (u)
		unit_remove(u);
	pthread_mutex_unlock(&mem()->lock);
	return u;
}

/* Reservations can be released only while a device is open. */
drvError_t hal_mem_reset(uint32_t device, bool last)
{
	struct acl_emu_unmap arg;
	struct unit *u;
	int err;

	while ((u = take_unit(device, last))) {
		err = unit_end(u, &arg);
		if (err)
			return hal_fail(err, &arg.head, NULL, "closing device %" PRIu32, device);
	}
	return DRV_ERROR_NONE;
}

/* --- queries ---------------------------------------------------------------------------- */

bool hal_lookup(uint64_t addr, struct acl_emu_lookup *found)
{
	*found = (struct acl_emu_lookup){ .head = EMU_HEAD(acl_emu_lookup), .addr = addr };
	return emu_range_may_hold(addr) && !emu_ioctl(ACL_EMU_NR_LOOKUP, &found->head) &&
	       found->found & ACL_EMU_FOUND_MAPPING;
}

bool hal_mem_find(uint64_t addr, uint64_t *start, uint64_t *size)
{
	struct acl_emu_lookup found;
	struct unit *u;
	bool there = false;

	if (!hal_lookup(addr, &found))
		return false;
	*start = found.map_addr;
	*size = found.map_size;
	pthread_mutex_lock(&mem()->lock);
	u = unit_at(found.map_addr);
	there = !u || !u->chunk || emu_chunk_find(u->chunk, addr, start, size);
	pthread_mutex_unlock(&mem()->lock);
	return there;
}

drvError_t drvMemGetAttribute(DVdeviceptr vptr, struct DVattribute *attr)
{
	struct acl_emu_lookup found;

	EMU_ENTER();
	if (!attr)
		return hal_null("attr");
	*attr = (struct DVattribute){ .memType = DV_MEM_USER_MALLOC };
	if (!hal_lookup(vptr, &found)) {
		if (!(found.found & ACL_EMU_FOUND_RANGE))
			return DRV_ERROR_NONE;
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "map memory there first",
				  "address 0x%llx is reserved, and nothing is mapped there", vptr);
	}
	attr->memType = found.loc.type == ACL_EMU_LOC_DEVICE ? DV_MEM_LOCK_DEV : DV_MEM_LOCK_HOST;
	attr->devId = found.loc.type == ACL_EMU_LOC_DEVICE ? found.loc.id : 0;
	attr->pageSize = (uint32_t)found.granule;
	return DRV_ERROR_NONE;
}

drvError_t halMemGetAddressRange(DVdeviceptr ptr, DVdeviceptr *pbase, size_t *psize)
{
	uint64_t start, size;

	EMU_ENTER();
	if (!hal_mem_find(ptr, &start, &size))
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "give an address that is mapped",
				  "address 0x%llx is in no block or mapping", ptr);
	if (pbase)
		*pbase = start;
	if (psize)
		*psize = size;
	return DRV_ERROR_NONE;
}

drvError_t drvMemAddressTranslate(DVdeviceptr vptr, uint64_t *pptr)
{
	EMU_ENTER();
	if (!pptr)
		return hal_null("pptr");
	*pptr = vptr;
	return DRV_ERROR_NONE;
}

drvError_t drvMemPrefetchToDevice(DVdeviceptr dev_ptr, size_t len, DVdevice device)
{
	(void)dev_ptr;
	(void)len;
	EMU_ENTER();
	return hal_unsupported("moving memory to device", device);
}
