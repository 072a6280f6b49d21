// SPDX-License-Identifier: MIT
/*
 * The heap behind aclrtMalloc() and aclrtMallocHost(): one for each device and
 * one for the host.
 *
 * Addresses come from arenas (arena.c), which are divided into units of 2 MiB. A
 * block of 1 MiB or more has its own units and its own physical memory. Smaller
 * blocks are part of a chunk (chunk.c), which is one unit. An empty chunk is freed
 * at once, so that the memory in use on the device is the memory that programs have
 * allocated.
 *
 * The lock of a heap is not held while blocks are allocated and released, which can
 * take long: meanwhile their units are BUSY and no other thread uses them.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/chunk.h"
#include "core/driver.h"
#include "core/error.h"
#include "core/process.h"
#include "core/window.h"
#include "memory/arena.h"
#include "memory/classify.h"
#include "memory/full.h"
#include "memory/heap.h"
#include "memory/idle.h"
#include "memory/past.h"

#define OWN_UNITS	(EMU_2M / 2)	/* blocks from here on have their own */
#define HOST		ACL_EMU_MAX_DEVICES

struct emu_heap {
	pthread_mutex_t lock;
	uint64_t epoch;		/* resets of the device */
	struct chunk *chunks;	/* those with room */
};

struct heaps {
	struct emu_heap of[HOST + 1];
};

EMU_STATE(struct heaps, heaps, NULL)

/* A block that is being allocated. */
struct making {
	struct emu_heap *heap;
	struct arena *arena;
	size_t unit;
	uint64_t bytes;
	uint64_t handle;
	uint64_t epoch;
	uint32_t flags;		/* of PHYS_ALLOC */
};

struct emu_heap *emu_heap_device(uint32_t device)
{
	return &heaps()->of[device];
}

struct emu_heap *emu_heap_host(void)
{
	return &heaps()->of[HOST];
}

static struct acl_emu_location heap_place(const struct emu_heap *heap)
{
	if (heap == &heaps()->of[HOST])
		return (struct acl_emu_location){ .type = ACL_EMU_LOC_HOST };
	return (struct acl_emu_location){
		.type = ACL_EMU_LOC_DEVICE,
		.id = (uint32_t)(heap - heaps()->of),
	};
}

static enum acl_emu_range_kind heap_kind(const struct emu_heap *heap)
{
	return heap == &heaps()->of[HOST] ? ACL_EMU_RANGE_HOST : ACL_EMU_RANGE_HEAP;
}

/* --- blocks --------------------------------------------------------------- */

static int unmap(const struct arena *a, size_t unit, struct acl_emu_unmap *arg)
{
	*arg = (struct acl_emu_unmap){
		.head = EMU_HEAD(acl_emu_unmap),
		.addr = emu_unit_addr(a, unit),
		.kind = heap_kind(a->heap),
	};
	return emu_ioctl(ACL_EMU_NR_UNMAP, &arg->head);
}

/* Physical memory first: a failure here needs no addresses. */
static aclError block_alloc(struct making *m, uint64_t size)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_SIZE, ACL_ERROR_RT_MEMORY_ALLOCATION },
		{ 0, 0 }
	};
	struct acl_emu_phys_alloc arg = {
		.head = EMU_HEAD(acl_emu_phys_alloc, .flags = m->flags),
		.size = m->bytes,
		.loc = heap_place(m->heap),
	};
	int err;

	pthread_mutex_lock(&m->heap->lock);
	m->epoch = m->heap->epoch;
	pthread_mutex_unlock(&m->heap->lock);
	err = emu_phys_alloc(&arg);
	if (err)
		return emu_fail_alloc(err, &arg, codes, size);
	m->handle = arg.handle;
	return ACL_SUCCESS;
}

static aclError block_place(struct making *m)
{
	uint64_t align = m->flags & ACL_EMU_PHYS_1G ? EMU_1G : EMU_2M;
	aclError code;

	for (;;) {
		pthread_mutex_lock(&m->heap->lock);
		m->arena = emu_arena_take(m->heap, m->bytes, align, &m->unit);
		pthread_mutex_unlock(&m->heap->lock);
		if (m->arena)
			return ACL_SUCCESS;
		code = emu_arena_new(m->heap, heap_kind(m->heap), m->bytes, align);
		if (code)
			return code;
	}
}

static aclError block_map(struct making *m)
{
	struct acl_emu_map arg = {
		.head = EMU_HEAD(acl_emu_map, .flags = ACL_EMU_MAP_WHOLE),
		.addr = emu_unit_addr(m->arena, m->unit),
		.size = m->bytes,
		.handle = m->handle,
		.rights = ACL_EMU_RIGHTS_RW,
		.kind = heap_kind(m->heap),
	};
	int err = emu_ioctl(ACL_EMU_NR_MAP, &arg.head);

	if (err)
		return emu_fail(err, &arg.head, NULL, "[0x%" PRIx64 ", +%s)", (uint64_t)arg.addr,
				EMU_SIZE(m->bytes));
	return ACL_SUCCESS;
}

/* On success the block is mapped, and BUSY until block_publish(). */
static aclError block_make(struct making *m, uint64_t size)
{
	aclError code = block_alloc(m, size);

	if (code)
		return code;
	code = block_place(m);
	if (!code) {
		code = block_map(m);
		if (code) {
			pthread_mutex_lock(&m->heap->lock);
			emu_arena_give(m->arena, m->unit);
			pthread_mutex_unlock(&m->heap->lock);
		}
	}
	/* From here on the mapping holds the memory. */
	emu_drop_handle(m->handle);
	return code;
}

/*
 * Called with the lock held; on failure it releases the lock. Fails if the device was
 * reset since the allocation began.
 */
static aclError block_publish(struct making *m, enum unit_state state)
{
	struct acl_emu_unmap arg;

	if (m->epoch == m->heap->epoch) {
		m->arena->units[m->unit].state = state;
		if (state == UNIT_CHUNK)
			atomic_store_explicit(&m->arena->small, true, memory_order_relaxed);
		return ACL_SUCCESS;
	}
	pthread_mutex_unlock(&m->heap->lock);
	unmap(m->arena, m->unit, &arg);
	pthread_mutex_lock(&m->heap->lock);
	emu_arena_give(m->arena, m->unit);
	pthread_mutex_unlock(&m->heap->lock);
	return emu_error(ACL_ERROR_RT_INVALID_HANDLE, "do not reset a device that is in use",
			 "the device was reset by another thread during the call");
}

/* --- alloc ---------------------------------------------------------------- */

static bool rounded(uint64_t size, uint64_t unit, uint64_t *bytes)
{
	if (__builtin_add_overflow(size, unit - 1, bytes))
		return false;
	*bytes &= ~(unit - 1);
	return true;
}

static aclError alloc_large(struct emu_heap *heap, uint64_t size, bool giant, void **addr)
{
	struct making m = { .heap = heap };
	uint64_t unit = EMU_2M;
	aclError code;

	if (giant) {
		unit = EMU_1G;
		m.flags = ACL_EMU_PHYS_1G;
	} else if (heap == &heaps()->of[HOST] && size < EMU_2M) {
		unit = ACL_EMU_SIZE_4K;
		m.flags = ACL_EMU_PHYS_4K;
	}
	/* A size that overflows exceeds every device; the module reports it. */
	if (!rounded(size, unit, &m.bytes))
		m.bytes = ~(unit - 1);
	code = block_make(&m, size);
	if (code)
		return code;
	pthread_mutex_lock(&heap->lock);
	code = block_publish(&m, UNIT_LIVE);
	if (code)
		return code;
	pthread_mutex_unlock(&heap->lock);
	*addr = (void *)(uintptr_t)emu_unit_addr(m.arena, m.unit);
	return ACL_SUCCESS;
}

static void chunk_link(struct emu_heap *heap, struct chunk *c)
{
	c->prev = NULL;
	c->next = heap->chunks;
	if (c->next)
		c->next->prev = c;
	heap->chunks = c;
}

static void chunk_unlink(struct emu_heap *heap, struct chunk *c)
{
	if (c->next)
		c->next->prev = c->prev;
	if (c->prev)
		c->prev->next = c->next;
	else
		heap->chunks = c->next;
}

/* Returns 0 if no chunk has room. */
static uint64_t carve(struct emu_heap *heap, uint64_t size)
{
	struct chunk *c;
	int64_t at;

	for (c = heap->chunks; c; c = c->next) {
		at = emu_chunk_take(c, size);
		if (at < 0)
			continue;
		if (emu_chunk_full(c))
			chunk_unlink(heap, c);
		return c->base + (uint64_t)at;
	}
	return 0;
}

static aclError chunk_make(struct emu_heap *heap, uint64_t size, void **addr)
{
	struct making m = { .heap = heap, .bytes = EMU_2M };
	struct chunk *c = calloc(1, sizeof(*c));
	aclError code;

	if (!c)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, "free memory of this machine",
				 "no memory for the records of %s", EMU_SIZE(size));
	if (heap == &heaps()->of[HOST])
		m.flags = ACL_EMU_PHYS_4K;
	code = block_make(&m, size);
	if (!code) {
		pthread_mutex_lock(&heap->lock);
		code = block_publish(&m, UNIT_CHUNK);
	}
	if (code) {
		free(c);
		return code;
	}
	c->base = emu_unit_addr(m.arena, m.unit);
	m.arena->units[m.unit].chunk = c;
	chunk_link(heap, c);
	*addr = (void *)(uintptr_t)(c->base + (uint64_t)emu_chunk_take(c, size));
	pthread_mutex_unlock(&heap->lock);
	return ACL_SUCCESS;
}

/* Blocks begin at multiples of 512 bytes. @addr is written on success only. */
aclError emu_heap_alloc(struct emu_heap *heap, uint64_t size, bool giant, void **addr)
{
	uint64_t at;

	if (giant || size >= OWN_UNITS)
		return alloc_large(heap, size, giant, addr);
	pthread_mutex_lock(&heap->lock);
	at = carve(heap, size);
	pthread_mutex_unlock(&heap->lock);
	if (!at)
		return chunk_make(heap, size, addr);
	*addr = (void *)(uintptr_t)at;
	return ACL_SUCCESS;
}

/* --- free ----------------------------------------------------------------- */

static aclError report_foreign(enum acl_emu_range_kind kind, uint64_t addr)
{
	const char *maker = kind == ACL_EMU_RANGE_HOST ? "aclrtMallocHost" : "aclrtMalloc";
	struct emu_at at;

	emu_classify(addr, &at);
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, emu_past_remedy(kind, &at),
			 "address 0x%" PRIx64 " does not begin a block of %s(), it is %s", addr,
			 maker, EMU_AT_TEXT(&at));
}

/* Called with the lock held and the block BUSY; releases the lock. */
static aclError block_unmake(struct arena *a, size_t unit, enum unit_state before)
{
	struct emu_heap *heap = a->heap;
	uint64_t epoch = heap->epoch;
	struct acl_emu_unmap arg;
	struct chunk *c = NULL;
	int err;

	pthread_mutex_unlock(&heap->lock);
	err = unmap(a, unit, &arg);
	pthread_mutex_lock(&heap->lock);
	/* It fails while a copy runs, or because the block does not exist any more. */
	if (err == -EBUSY && epoch == heap->epoch) {
		a->units[unit].state = before;
		if (before == UNIT_CHUNK)
			chunk_link(heap, a->units[unit].chunk);
	} else {
		err = 0;
		c = a->units[unit].chunk;
		emu_arena_give(a, unit);
	}
	pthread_mutex_unlock(&heap->lock);
	free(c);
	/* If an empty chunk cannot be freed now, it stays usable. */
	if (err && before == UNIT_LIVE)
		return emu_fail(err, &arg.head, NULL, "address 0x%" PRIx64, (uint64_t)arg.addr);
	return ACL_SUCCESS;
}

/* Called with the lock held; releases it. */
static aclError piece_free(struct arena *a, size_t unit, uint64_t addr)
{
	struct chunk *c = a->units[unit].chunk;
	struct emu_heap *heap = a->heap;
	bool was_full = emu_chunk_full(c);

	if (!emu_chunk_give(c, addr - c->base)) {
		pthread_mutex_unlock(&heap->lock);
		return report_foreign(heap_kind(heap), addr);
	}
	if (!emu_chunk_empty(c)) {
		if (was_full)
			chunk_link(heap, c);
		pthread_mutex_unlock(&heap->lock);
		return ACL_SUCCESS;
	}
	if (!was_full)
		chunk_unlink(heap, c);
	a->units[unit].state = UNIT_BUSY;
	return block_unmake(a, unit, UNIT_CHUNK);
}

static aclError free_at(enum acl_emu_range_kind kind, const uint64_t *epoch, void *ptr)
{
	uint64_t addr = (uintptr_t)ptr;
	struct arena *a = emu_arena_at(addr);
	struct unit *u;
	size_t unit;

	if (!a || heap_kind(a->heap) != kind)
		return report_foreign(kind, addr);
	unit = (addr - a->base) / EMU_2M;
	u = &a->units[unit];
	pthread_mutex_lock(&a->heap->lock);
	if (epoch && *epoch != a->heap->epoch) {
		pthread_mutex_unlock(&a->heap->lock);
		return report_foreign(kind, addr);
	}
	if (u->state == UNIT_CHUNK)
		return piece_free(a, unit, addr);
	if (u->state == UNIT_LIVE && addr == emu_unit_addr(a, unit)) {
		u->state = UNIT_BUSY;
		return block_unmake(a, unit, UNIT_LIVE);
	}
	pthread_mutex_unlock(&a->heap->lock);
	return report_foreign(kind, addr);
}

aclError emu_heap_free(enum acl_emu_range_kind kind, void *ptr)
{
	return free_at(kind, NULL, ptr);
}

/* Frees the block only if its heap still has this epoch: no reset happened. */
aclError emu_heap_free_of(uint64_t epoch, void *ptr)
{
	return free_at(ACL_EMU_RANGE_HEAP, &epoch, ptr);
}

uint64_t emu_heap_epoch(uint32_t device)
{
	uint64_t epoch;

	pthread_mutex_lock(&heaps()->of[device].lock);
	epoch = heaps()->of[device].epoch;
	pthread_mutex_unlock(&heaps()->of[device].lock);
	return epoch;
}

/* --- look-up and reset ----------------------------------------------------- */

/* The device of the heap that contains an address; ACL_EMU_MAX_DEVICES: the host. */
bool emu_heap_owner(uint64_t addr, uint32_t *device)
{
	struct arena *a = emu_arena_at(addr);

	if (a)
		*device = (uint32_t)(a->heap - heaps()->of);
	return a;
}

/* The block that contains an address. */
bool emu_heap_find(uint64_t addr, uint64_t *start, uint64_t *size)
{
	struct arena *a = emu_arena_at(addr);
	bool found = false;
	size_t unit;

	if (!a)
		return false;
	pthread_mutex_lock(&a->heap->lock);
	for (unit = (addr - a->base) / EMU_2M; a->units[unit].state == UNIT_INNER; unit--)
		;
	if (a->units[unit].state == UNIT_CHUNK) {
		found = emu_chunk_find(a->units[unit].chunk, addr, start, size);
	} else if (a->units[unit].state == UNIT_LIVE) {
		*start = emu_unit_addr(a, unit);
		*size = a->units[unit].bytes;
		found = addr - *start < *size;
	}
	pthread_mutex_unlock(&a->heap->lock);
	return found;
}

/* Under the lock of the heap. */
static bool arena_next(const struct arena *a, struct emu_heap_cursor *c, uint64_t *start,
		       uint64_t *size)
{
	const struct unit *u;

	for (; c->unit < a->count; c->unit++, c->offset = 0) {
		u = &a->units[c->unit];
		if (u->state == UNIT_LIVE) {
			*start = emu_unit_addr(a, c->unit++);
			*size = u->bytes;
			return true;
		}
		if (u->state == UNIT_CHUNK && emu_chunk_next(u->chunk, c->offset, start, size)) {
			c->offset = *start + *size - u->chunk->base;
			return true;
		}
	}
	return false;
}

/* The next block of any heap; those that are created meanwhile may be missed. */
bool emu_heap_next(struct emu_heap_cursor *c, uint64_t *start, uint64_t *size)
{
	bool found = false;

	if (!c->begun)
		c->arena = emu_arena_first();
	c->begun = true;
	while (c->arena && !found) {
		pthread_mutex_lock(&c->arena->heap->lock);
		found = arena_next(c->arena, c, start, size);
		pthread_mutex_unlock(&c->arena->heap->lock);
		if (!found) {
			c->arena = c->arena->next;
			c->unit = 0;
		}
	}
	return found;
}

/* The first address of [@addr, +@size) that lies among small blocks and in none; 0: none does. */
uint64_t emu_heap_hole(uint64_t addr, uint64_t size)
{
	struct arena *a = emu_arena_at(addr);
	uint64_t end, hole = 0;
	size_t unit;

	if (!a || !size || !atomic_load_explicit(&a->small, memory_order_relaxed))
		return 0;
	end = size < a->base + a->count * EMU_2M - addr ? addr + size :
							    a->base + a->count * EMU_2M;
	pthread_mutex_lock(&a->heap->lock);
	for (unit = (addr - a->base) / EMU_2M; !hole && emu_unit_addr(a, unit) < end; unit++) {
		if (a->units[unit].state == UNIT_CHUNK)
			hole = emu_chunk_hole(a->units[unit].chunk, addr, end);
	}
	pthread_mutex_unlock(&a->heap->lock);
	return hole;
}

/* The reset released all blocks. BUSY blocks belong to their threads. */
static void arena_clear(struct arena *a)
{
	struct chunk *c;
	size_t i = 0;

	while (i < a->count) {
		size_t count = 1;

		if (a->units[i].state != UNIT_FREE)
			count = emu_unit_count(a->units[i].bytes);
		if (a->units[i].state == UNIT_LIVE || a->units[i].state == UNIT_CHUNK) {
			c = a->units[i].chunk;
			emu_arena_give(a, i);
			free(c);
		}
		i += count;
	}
}

/*
 * Calls @reset with the heap of the device locked. If it returns 0, drops all
 * blocks. The arenas stay for a later use of the device.
 */
int emu_heap_reset(uint32_t device, int (*reset)(void *arg), void *arg)
{
	struct emu_heap *heap = &heaps()->of[device];
	struct arena *a;
	int err;

	pthread_mutex_lock(&heap->lock);
	err = reset(arg);
	if (!err) {
		heap->epoch++;
		heap->chunks = NULL;
		for (a = emu_arena_first(); a; a = a->next) {
			if (a->heap == heap)
				arena_clear(a);
		}
	}
	pthread_mutex_unlock(&heap->lock);
	return err;
}
