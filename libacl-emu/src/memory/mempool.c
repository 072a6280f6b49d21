// SPDX-License-Identifier: MIT
/*
 * Memory pools: blocks of a device's heap that streams allocate and free.
 *
 * A block that a stream frees is idle. Later work of the same stream may use it at
 * once. Other streams may use it when the stream has reached the free, because
 * every earlier use has ended then. Until that time the block and the task of the
 * free point to each other (struct emu_release).
 *
 * Idle blocks return to the device when a stream or the device is synchronized
 * and the pool holds more than its threshold, when the pool is trimmed, and when
 * the device is out of memory.
 *
 * A task is submitted with the lock of the pool held; blocks are allocated from
 * and returned to the heap without it.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/history.h"
#include "core/process.h"
#include "core/visible.h"
#include "device/context.h"
#include "device/device.h"
#include "memory/heap.h"
#include "memory/idle.h"
#include "memory/mempool.h"
#include "memory/past.h"

#define GRANULE		EMU_MEMPOOL_GRANULE
#define EVERY_STREAM	UINT64_C(0)

struct mempools {
	_Atomic uint32_t count;	/* programs without a pool skip the search */
};

EMU_STATE(struct mempools, mempools, NULL)

static bool any_mempool(void)
{
	return atomic_load_explicit(&mempools()->count, memory_order_relaxed);
}

static void mempool_free(struct emu_object *object)
{
	struct emu_mempool *p = emu_container(object, struct emu_mempool);

	pthread_mutex_destroy(&p->lock);
	free(p);
}

void emu_mempool_put(struct emu_mempool *p)
{
	emu_object_put(&p->object);
}

static struct emu_mempool *mempool_next(uint32_t *cursor)
{
	struct emu_object *object = emu_token_next(EMU_TOKEN_MEMPOOL, cursor);

	return object ? emu_container(object, struct emu_mempool) : NULL;
}

/* --- blocks; under the lock of the pool --------------------------------------- */

static struct emu_block **bucket(struct emu_mempool *p, uint64_t addr)
{
	return &p->busy[(addr / GRANULE ^ addr / EMU_2M) % EMU_MEMPOOL_BUCKETS];
}

/* The link to the block, or the last link of the list. */
static struct emu_block **find_in(struct emu_block **list, uint64_t addr)
{
	while (*list && (*list)->addr != addr)
		list = &(*list)->next;
	return list;
}

static struct emu_block *unlink_at(struct emu_block **at)
{
	struct emu_block *b = *at;

	*at = b->next;
	return b;
}

static void link_to(struct emu_block **list, struct emu_block *b)
{
	b->next = *list;
	*list = b;
}

/* What a pool keeps for later is told to others, see idle.c. */
static void link_idle(struct emu_mempool *p, struct emu_block *b)
{
	link_to(&p->idle, b);
	emu_idle_tell(p->device, b->size);
}

static struct emu_block *unlink_idle(struct emu_mempool *p, struct emu_block **at)
{
	emu_idle_tell(p->device, -(*at)->size);
	return unlink_at(at);
}

static void become_busy(struct emu_mempool *p, struct emu_block *b)
{
	link_to(bucket(p, b->addr), b);
	p->used += b->size;
	if (p->used > p->used_high)
		p->used_high = p->used;
}

/* May the stream use the block without waiting? */
static bool may_take(const struct emu_mempool *p, const struct emu_block *b, uint64_t stream)
{
	if (b->stream == stream)
		return true;
	return !b->release &&
	       (b->stream == EVERY_STREAM ||
		p->reuse[ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC - 1]);
}

/* The smallest idle block that is large enough and at most twice as large as needed. */
static struct emu_block *take_idle(struct emu_mempool *p, uint64_t size, uint64_t stream)
{
	struct emu_block **at, **best = NULL;

	for (at = &p->idle; *at; at = &(*at)->next) {
		if ((*at)->size >= size && (*at)->size / 2 <= size &&
		    (!best || (*at)->size < (*best)->size) && may_take(p, *at, stream))
			best = at;
	}
	if (!best)
		return NULL;
	if ((*best)->release) {
		(*best)->release->block = NULL;
		(*best)->release = NULL;
	}
	return unlink_idle(p, best);
}

/* Takes idle blocks off a pool until it holds at most @floor bytes or has no more of them. */
static struct emu_block *take_surplus(struct emu_mempool *p, uint64_t floor)
{
	struct emu_block **at = &p->idle, *list = NULL, *b;

	while (*at && p->reserved > floor) {
		if ((*at)->release) {
			at = &(*at)->next;
			continue;
		}
		b = unlink_idle(p, at);
		p->reserved -= b->size;
		link_to(&list, b);
	}
	return list;
}

/* --- return to the device; without the lock ------------------------------------ */

/* False: the pool was destroyed. */
static bool keep(struct emu_mempool *p, struct emu_block *b)
{
	bool dead;

	pthread_mutex_lock(&p->lock);
	dead = p->dead;
	if (!dead) {
		p->reserved += b->size;
		link_idle(p, b);
	}
	pthread_mutex_unlock(&p->lock);
	return !dead;
}

/*
 * A block that a copy still uses stays in its pool. This is not reported: the
 * program has freed memory in use.
 */
static void give_back(struct emu_mempool *p, struct emu_block *list)
{
	struct emu_block *b;

	emu_self.quiet = true;
	while (list) {
		b = unlink_at(&list);
		if (emu_heap_free_of(p->epoch, (void *)(uintptr_t)b->addr) && keep(p, b))
			continue;
		free(b);
	}
	emu_self.quiet = false;
}

static void trim(struct emu_mempool *p, uint64_t floor)
{
	struct emu_block *list;

	pthread_mutex_lock(&p->lock);
	list = take_surplus(p, floor);
	pthread_mutex_unlock(&p->lock);
	give_back(p, list);
}

/* Returns what the pools of a device hold beyond their thresholds. */
static void shrink(uint32_t device)
{
	uint32_t cursor = 0;
	struct emu_mempool *p;

	if (!any_mempool())
		return;
	while ((p = mempool_next(&cursor))) {
		if (p->device == device)
			trim(p, p->threshold);
		emu_mempool_put(p);
	}
}

/* Returns all idle blocks of the pools of a device, whatever their thresholds. */
static void give_idle(uint32_t device)
{
	uint32_t cursor = 0;
	struct emu_mempool *p;

	if (!any_mempool())
		return;
	while ((p = mempool_next(&cursor))) {
		if (device == EMU_IDLE_ALL || p->device == device)
			trim(p, 0);
		emu_mempool_put(p);
	}
}

/* Every stream may use what this stream (0: any stream) freed before. */
void emu_mempool_synchronized(uint32_t device, uint64_t stream)
{
	uint32_t cursor = 0;
	struct emu_block *b;
	struct emu_mempool *p;

	if (!any_mempool())
		return;
	while ((p = mempool_next(&cursor))) {
		pthread_mutex_lock(&p->lock);
		for (b = p->idle; b; b = b->next) {
			if (!b->release && (!stream || b->stream == stream))
				b->stream = EVERY_STREAM;
		}
		pthread_mutex_unlock(&p->lock);
		emu_mempool_put(p);
	}
	shrink(device);
}

/* --- life ------------------------------------------------------------------------ */

static aclError check_props(const aclrtMemPoolProps *props)
{
	size_t i;

	if ((unsigned int)props->allocType != ACL_MEM_ALLOCATION_TYPE_PINNED)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_MEM_ALLOCATION_TYPE_PINNED",
				 "allocType is %u", (unsigned int)props->allocType);
	if ((unsigned int)props->location.type != ACL_MEM_LOCATION_TYPE_DEVICE)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_MEM_LOCATION_TYPE_DEVICE",
				 "location.type is %u", (unsigned int)props->location.type);
	if ((unsigned int)props->handleType > ACL_MEM_HANDLE_TYPE_POSIX)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_MEM_HANDLE_TYPE_NONE",
				 "handleType is %u", (unsigned int)props->handleType);
	for (i = 0; i < sizeof(props->reserved); i++) {
		if (props->reserved[i])
			return emu_error(ACL_ERROR_INVALID_PARAM, "set it to 0",
					 "reserved[%zu] is %u", i, props->reserved[i]);
	}
	return ACL_SUCCESS;
}

/* The size in the properties, or all memory of the device. */
static aclError find_size(const aclrtMemPoolProps *props, uint32_t device, uint64_t *max)
{
	struct acl_emu_device_info info;
	aclError code = emu_device_info(device, &info);

	if (code)
		return code;
	if (props->maxSize > info.capacity)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, "ask for less, or 0 for all of it",
				 "maxSize %zu is more than the %s of device %" PRIu32,
				 props->maxSize, EMU_SIZE(info.capacity), emu_user_id(device));
	*max = props->maxSize ? props->maxSize : info.capacity;
	return ACL_SUCCESS;
}

static aclError mempool_new(uint32_t device, uint64_t max, aclrtMemPool *token)
{
	struct emu_mempool *p = EMU_OBJECT_NEW(struct emu_mempool, "memory pool", mempool_free);
	aclError code;

	if (!p)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	pthread_mutex_init(&p->lock, NULL);
	p->device = device;
	p->epoch = emu_heap_epoch(device);
	p->max = max;
	p->reuse[0] = 1;
	p->reuse[1] = 1;
	p->reuse[2] = 1;
	emu_idle_register(give_idle);
	emu_idle_begin();
	atomic_fetch_add(&mempools()->count, 1);
	code = emu_token_publish(EMU_TOKEN_MEMPOOL, &p->object, ACL_SUCCESS, token);
	if (code)
		atomic_fetch_sub(&mempools()->count, 1);
	return code;
}

aclError aclrtMemPoolCreate(aclrtMemPool *memPool, const aclrtMemPoolProps *poolProps)
{
	uint32_t device, current;
	uint64_t max = 0;
	aclError code;

	EMU_ENTER();
	if (!memPool)
		return emu_null("memPool");
	if (!poolProps)
		return emu_null("poolProps");
	code = check_props(poolProps);
	if (!code)
		code = emu_device_find(poolProps->location.id, &device);
	if (!code)
		code = emu_context_current(&current);
	if (!code)
		code = find_size(poolProps, device, &max);
	if (!code)
		code = mempool_new(device, max, memPool);
	return code;
}

/* Frees that their streams have not reached hold references to the pool. */
aclError aclrtMemPoolDestroy(const aclrtMemPool memPool)
{
	struct emu_block *list = NULL;
	struct emu_mempool *p;
	aclError code;
	uint64_t used;

	EMU_ENTER();
	code = emu_token_find(EMU_TOKEN_MEMPOOL, memPool, &p);
	if (code)
		return code;
	pthread_mutex_lock(&p->lock);
	used = p->used;
	if (!used && !p->dead) {
		p->dead = true;
		list = take_surplus(p, 0);
		if (emu_token_remove(EMU_TOKEN_MEMPOOL, &p->object))
			atomic_fetch_sub(&mempools()->count, 1);
	}
	pthread_mutex_unlock(&p->lock);
	if (used)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "free them with aclrtMemPoolFreeAsync() first",
				 "blocks of the pool are in use, %s together", EMU_SIZE(used));
	give_back(p, list);
	emu_mempool_put(p);
	return code;
}

/* The reset of the device has freed the memory; drop the blocks. */
static void mempool_drop(struct emu_mempool *p)
{
	struct emu_block *b;
	size_t i;

	pthread_mutex_lock(&p->lock);
	p->dead = true;
	for (i = 0; i <= EMU_MEMPOOL_BUCKETS; i++) {
		struct emu_block **list = i < EMU_MEMPOOL_BUCKETS ? &p->busy[i] : &p->idle;

		while (*list) {
			b = list == &p->idle ? unlink_idle(p, list) : unlink_at(list);
			if (b->release)
				b->release->block = NULL;
			free(b);
		}
	}
	p->used = 0;
	p->reserved = 0;
	if (emu_token_remove(EMU_TOKEN_MEMPOOL, &p->object))
		atomic_fetch_sub(&mempools()->count, 1);
	pthread_mutex_unlock(&p->lock);
}

void emu_mempool_reset_device(uint32_t device)
{
	uint32_t cursor = 0;
	struct emu_mempool *p;

	while ((p = mempool_next(&cursor))) {
		if (p->device == device)
			mempool_drop(p);
		emu_mempool_put(p);
	}
}

aclError aclrtMemPoolTrimTo(aclrtMemPool memPool, size_t minBytesToKeep)
{
	struct emu_mempool *p;
	aclError code;

	EMU_ENTER();
	code = emu_token_find(EMU_TOKEN_MEMPOOL, memPool, &p);
	if (code)
		return code;
	if (minBytesToKeep > p->max)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "keep no more than the pool can hold",
				 "minBytesToKeep %zu is more than %s", minBytesToKeep,
				 EMU_SIZE(p->max));
	else
		trim(p, minBytesToKeep);
	emu_mempool_put(p);
	return code;
}

/* --- allocate ------------------------------------------------------------------------- */

/* Accounts for a block before it is allocated. */
static aclError account(struct emu_mempool *p, uint64_t size)
{
	struct emu_block *list = NULL;
	aclError code = ACL_SUCCESS;

	pthread_mutex_lock(&p->lock);
	if (size <= p->max && p->reserved > p->max - size)
		list = take_surplus(p, p->max - size);
	if (p->dead)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "do not destroy a pool in use",
				 "the pool was destroyed by another thread during the call");
	else if (size > p->max || p->reserved > p->max - size)
		code = emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION,
				 "free blocks, or create a larger pool",
				 "%s is more than the pool has left, %s of %s are reserved",
				 EMU_SIZE(size), EMU_SIZE(p->reserved), EMU_SIZE(p->max));
	else
		p->reserved += size;
	pthread_mutex_unlock(&p->lock);
	give_back(p, list);
	return code;
}

static void unaccount(struct emu_mempool *p, uint64_t size)
{
	pthread_mutex_lock(&p->lock);
	if (!p->dead)
		p->reserved -= size;
	pthread_mutex_unlock(&p->lock);
}

static aclError block_new(struct emu_mempool *p, uint64_t size, struct emu_block **block)
{
	struct emu_block *b = calloc(1, sizeof(*b));
	aclError code;
	void *addr;

	if (!b)
		return emu_no_memory("block");
	code = account(p, size);
	if (!code) {
		code = emu_heap_alloc(emu_heap_device(p->device), size, false, &addr);
		if (code)
			unaccount(p, size);
	}
	if (code) {
		free(b);
		return code;
	}
	b->addr = (uintptr_t)addr;
	b->size = size;
	*block = b;
	return ACL_SUCCESS;
}

/* False: the device was reset meanwhile, and the memory with it. */
static bool publish(struct emu_mempool *p, struct emu_block *b)
{
	bool dead;

	pthread_mutex_lock(&p->lock);
	dead = p->dead;
	if (!dead) {
		become_busy(p, b);
		if (p->reserved > p->reserved_high)
			p->reserved_high = p->reserved;
	}
	pthread_mutex_unlock(&p->lock);
	return !dead;
}

aclError emu_mempool_alloc(struct emu_mempool *p, uint64_t size, uint64_t stream, void **ptr)
{
	struct emu_block *b;
	aclError code;

	pthread_mutex_lock(&p->lock);
	b = p->dead ? NULL : take_idle(p, size, stream);
	if (b)
		become_busy(p, b);
	pthread_mutex_unlock(&p->lock);
	if (!b) {
		code = block_new(p, size, &b);
		if (code)
			return code;
		if (!publish(p, b)) {
			give_back(p, b);
			return emu_error(ACL_ERROR_RT_PARAM_INVALID, "do not destroy a pool in use",
					 "the pool was destroyed by another thread during the call");
		}
	}
	emu_note(EMU_BLOCK, EMU_CREATED, b->addr, size);
	*ptr = (void *)(uintptr_t)b->addr;
	return ACL_SUCCESS;
}

/* --- free ------------------------------------------------------------------------------ */

struct emu_block *emu_mempool_block(struct emu_mempool *p, uint64_t addr)
{
	return *find_in(bucket(p, addr), addr);
}

/* The pool of a block, with a reference and its lock held; NULL: none has it. */
struct emu_mempool *emu_mempool_find(uint64_t addr, enum emu_block_state *state)
{
	uint32_t cursor = 0;
	struct emu_mempool *p;

	*state = EMU_BLOCK_NONE;
	if (!any_mempool())
		return NULL;
	while ((p = mempool_next(&cursor))) {
		pthread_mutex_lock(&p->lock);
		if (emu_mempool_block(p, addr))
			*state = EMU_BLOCK_BUSY;
		else if (*find_in(&p->idle, addr))
			*state = EMU_BLOCK_IDLE;
		if (*state != EMU_BLOCK_NONE)
			return p;
		pthread_mutex_unlock(&p->lock);
		emu_mempool_put(p);
	}
	return NULL;
}

aclError emu_mempool_report_idle(uint64_t addr)
{
	char where[EMU_AT_LEN] = "";

	emu_past_append(where, sizeof(where), addr);
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "free each block once",
			 "address 0x%" PRIx64 " was freed, its pool keeps the memory%s", addr,
			 where);
}

/* With the lock held: a block in use becomes idle; @release may be NULL. */
void emu_mempool_idle(struct emu_mempool *p, struct emu_block *b, uint64_t stream,
		      struct emu_release *release)
{
	unlink_at(find_in(bucket(p, b->addr), b->addr));
	b->release = release;
	b->stream = stream;
	link_idle(p, b);
	p->used -= b->size;
	emu_note(EMU_BLOCK, EMU_ENDED, b->addr, 0);
}

/* The stream has reached the free, or it was dropped: all uses before it are over. */
void emu_mempool_released(struct emu_mempool *p, struct emu_release *release)
{
	struct emu_block *list = NULL;

	pthread_mutex_lock(&p->lock);
	if (release->block)
		release->block->release = NULL;
	if (p->dead)
		list = take_surplus(p, 0);
	pthread_mutex_unlock(&p->lock);
	give_back(p, list);
}

/* aclrtFree() of a block of a pool: at once, whatever streams do. False: no pool has it. */
bool emu_mempool_free(void *ptr, aclError *code)
{
	enum emu_block_state state;
	uint64_t addr = (uintptr_t)ptr;
	struct emu_mempool *p = emu_mempool_find(addr, &state);

	if (!p)
		return false;
	*code = ACL_SUCCESS;
	if (state == EMU_BLOCK_BUSY)
		emu_mempool_idle(p, emu_mempool_block(p, addr), EVERY_STREAM, NULL);
	else
		*code = emu_mempool_report_idle(addr);
	pthread_mutex_unlock(&p->lock);
	if (!*code)
		trim(p, p->threshold);
	emu_mempool_put(p);
	return true;
}
