// SPDX-License-Identifier: MIT
/*
 * Pools: device memory that streams allocate and free in their order.
 *
 * A pool keeps blocks of the device's heap. One that a stream frees is idle at
 * once for what comes after in that stream, and for others when the stream has
 * come to the free: every use of it before is over then. Until that time the
 * task that stands for the free knows the block, and the block knows the task.
 *
 * Idle blocks go back to the device when a stream or the device is synchronized
 * and the pool holds more than its threshold, when it is trimmed, and when
 * memory is short.
 *
 * The lock of a pool is held while a task is put into a queue, as that of an
 * event is, and not while a block is made or given back.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/visible.h"
#include "memory/classify.h"
#include "memory/idle.h"
#include "memory/pool_parts.h"

#define GRANULE		UINT64_C(512)
#define EVERY_STREAM	UINT64_C(0)

/* In a stream: a block is freed. */
struct release {
	struct emu_task task;
	struct pool *pool;
	struct block *block;	/* NULL: taken again, or gone; under the lock of the pool */
};

/* Also for a block of aclrtMalloc(), which may be freed in a stream too. */
struct plain_free {
	struct emu_task task;
	void *addr;
	uint64_t epoch;	/* of the heap when the call was made */
};

/* So that programs without a pool do not pay for looking. */
static _Atomic uint32_t pools;

static bool any_pool(void)
{
	return atomic_load_explicit(&pools, memory_order_relaxed);
}

static void pool_free(struct emu_object *object)
{
	struct pool *p = (struct pool *)object;

	pthread_mutex_destroy(&p->lock);
	free(p);
}

void emu_pool_put(struct pool *p)
{
	emu_object_put(&p->object);
}

aclError emu_pool_get(aclrtMemPool token, struct pool **pool)
{
	if (!token)
		return emu_null("memPool");
	*pool = (struct pool *)emu_token_get(EMU_TOKEN_POOL, (uintptr_t)token);
	if (*pool)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use what aclrtMemPoolCreate() gave",
			 "0x%" PRIxPTR " is no memory pool, or was destroyed", (uintptr_t)token);
}

static struct pool *pool_next(uint32_t *cursor)
{
	return (struct pool *)emu_token_next(EMU_TOKEN_POOL, cursor);
}

void emu_pool_forget(void)
{
	atomic_store(&pools, 0);
}

/* --- blocks; under the lock of the pool --------------------------------------- */

static struct block **bucket(struct pool *p, uint64_t addr)
{
	return &p->busy[(addr / GRANULE ^ addr / EMU_2M) % EMU_POOL_BUCKETS];
}

/* Where the pointer to the block is, or to NULL. */
static struct block **find_in(struct block **list, uint64_t addr)
{
	while (*list && (*list)->addr != addr)
		list = &(*list)->next;
	return list;
}

static struct block *unlink_at(struct block **at)
{
	struct block *b = *at;

	*at = b->next;
	return b;
}

static void link_to(struct block **list, struct block *b)
{
	b->next = *list;
	*list = b;
}

static void become_busy(struct pool *p, struct block *b)
{
	link_to(bucket(p, b->addr), b);
	p->used += b->size;
	if (p->used > p->used_high)
		p->used_high = p->used;
}

static void become_idle(struct pool *p, struct block *b, uint64_t stream)
{
	b->stream = stream;
	link_to(&p->idle, b);
	p->used -= b->size;
}

/* May the stream have it without waiting for anybody? */
static bool may_take(const struct pool *p, const struct block *b, uint64_t stream)
{
	if (b->stream == stream)
		return true;
	return !b->release &&
	       (b->stream == EVERY_STREAM ||
		p->reuse[ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC - 1]);
}

/* The smallest idle block that is large enough, if not more than half is wasted. */
static struct block *take_idle(struct pool *p, uint64_t size, uint64_t stream)
{
	struct block **at, **best = NULL;

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
	return unlink_at(best);
}

/* Takes idle blocks off a pool until it holds @floor bytes, if there are so many. */
static struct block *take_surplus(struct pool *p, uint64_t floor)
{
	struct block **at = &p->idle, *list = NULL, *b;

	while (*at && p->reserved > floor) {
		if ((*at)->release) {
			at = &(*at)->next;
			continue;
		}
		b = unlink_at(at);
		p->reserved -= b->size;
		link_to(&list, b);
	}
	return list;
}

/* --- giving back; without the lock --------------------------------------------- */

/* False: there is no pool any more that could. */
static bool keep(struct pool *p, struct block *b)
{
	bool dead;

	pthread_mutex_lock(&p->lock);
	dead = p->dead;
	if (!dead) {
		p->reserved += b->size;
		link_to(&p->idle, b);
	}
	pthread_mutex_unlock(&p->lock);
	return !dead;
}

/*
 * A block that a copy still uses stays with its pool. That is nobody's failure
 * but that of who frees memory in use, and is not told.
 */
static void give_back(struct pool *p, struct block *list)
{
	struct block *b;

	emu_self.quiet = true;
	while (list) {
		b = unlink_at(&list);
		if (emu_heap_free_of(p->epoch, (void *)(uintptr_t)b->addr) && keep(p, b))
			continue;
		free(b);
	}
	emu_self.quiet = false;
}

static void trim(struct pool *p, uint64_t floor)
{
	struct block *list;

	pthread_mutex_lock(&p->lock);
	list = take_surplus(p, floor);
	pthread_mutex_unlock(&p->lock);
	give_back(p, list);
}

/* All that pools hold beyond their thresholds goes back; of one device. */
static void shrink(uint32_t device)
{
	uint32_t cursor = 0;
	struct pool *p;

	if (!any_pool())
		return;
	while ((p = pool_next(&cursor))) {
		if (p->device == device)
			trim(p, p->threshold);
		emu_pool_put(p);
	}
}

/* All that pools hold idle goes back, whatever their thresholds. */
static void give_idle(uint32_t device)
{
	uint32_t cursor = 0;
	struct pool *p;

	if (!any_pool())
		return;
	while ((p = pool_next(&cursor))) {
		if (device == EMU_IDLE_ALL || p->device == device)
			trim(p, 0);
		emu_pool_put(p);
	}
}

/* What a stream (0: every one) freed before is over for all. */
void emu_pool_synchronized(uint32_t device, uint64_t stream)
{
	uint32_t cursor = 0;
	struct block *b;
	struct pool *p;

	if (!any_pool())
		return;
	while ((p = pool_next(&cursor))) {
		pthread_mutex_lock(&p->lock);
		for (b = p->idle; b; b = b->next) {
			if (!b->release && (!stream || b->stream == stream))
				b->stream = EVERY_STREAM;
		}
		pthread_mutex_unlock(&p->lock);
		emu_pool_put(p);
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

/* Of the size in the properties, or of all that the device has. */
static aclError find_size(const aclrtMemPoolProps *props, uint32_t device, uint64_t *max)
{
	struct acl_emu_device_info info = {
		.head = EMU_HEAD(acl_emu_device_info),
		.loc = { .type = ACL_EMU_LOC_DEVICE, .id = device },
	};
	int err = emu_ioctl(ACL_EMU_NR_DEVICE_INFO, &info.head);

	if (err)
		return emu_fail(err, &info.head, NULL, "device %" PRIu32, emu_user_id(device));
	if (props->maxSize > info.capacity)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, "ask for less, or 0 for all of it",
				 "maxSize %zu is more than device %" PRIu32 " has, %s",
				 props->maxSize, emu_user_id(device), EMU_SIZE(info.capacity));
	*max = props->maxSize ? props->maxSize : info.capacity;
	return ACL_SUCCESS;
}

static aclError pool_new(uint32_t device, uint64_t max, struct pool **pool)
{
	struct pool *p = calloc(1, sizeof(*p));
	aclError code = ACL_SUCCESS;

	if (!p)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for a pool");
	p->object.refs = 1;
	p->object.free = pool_free;
	pthread_mutex_init(&p->lock, NULL);
	p->device = device;
	p->epoch = emu_heap_epoch(device);
	p->max = max;
	p->reuse[0] = 1;
	p->reuse[1] = 1;
	p->reuse[2] = 1;
	if (emu_token_add(EMU_TOKEN_POOL, &p->object)) {
		atomic_fetch_add(&pools, 1);
		emu_idle_register(give_idle);
		*pool = p;
		return code;
	}
	emu_pool_put(p);
	return emu_error(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, "destroy pools not in use",
			 "the process has too many memory pools");
}

aclError aclrtMemPoolCreate(aclrtMemPool *memPool, const aclrtMemPoolProps *poolProps)
{
	struct pool *p = NULL;
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
		code = pool_new(device, max, &p);
	if (code)
		return code;
	*memPool = (aclrtMemPool)(uintptr_t)p->object.token;
	emu_pool_put(p);
	return ACL_SUCCESS;
}

/* Frees that streams have not come to keep the pool for themselves. */
aclError aclrtMemPoolDestroy(const aclrtMemPool memPool)
{
	struct block *list = NULL;
	struct pool *p;
	aclError code;
	uint64_t used;

	EMU_ENTER();
	code = emu_pool_get(memPool, &p);
	if (code)
		return code;
	pthread_mutex_lock(&p->lock);
	used = p->used;
	if (!used && !p->dead) {
		p->dead = true;
		list = take_surplus(p, 0);
		if (emu_token_remove(EMU_TOKEN_POOL, &p->object))
			atomic_fetch_sub(&pools, 1);
	}
	pthread_mutex_unlock(&p->lock);
	if (used)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "free them with aclrtMemPoolFreeAsync() first",
				 "blocks of the pool are in use, %s together", EMU_SIZE(used));
	give_back(p, list);
	emu_pool_put(p);
	return code;
}

/* The device took the memory; what is left of the pools are names. */
static void pool_drop(struct pool *p)
{
	struct block *b;
	size_t i;

	pthread_mutex_lock(&p->lock);
	p->dead = true;
	for (i = 0; i <= EMU_POOL_BUCKETS; i++) {
		struct block **list = i < EMU_POOL_BUCKETS ? &p->busy[i] : &p->idle;

		while (*list) {
			b = unlink_at(list);
			if (b->release)
				b->release->block = NULL;
			free(b);
		}
	}
	p->used = 0;
	p->reserved = 0;
	if (emu_token_remove(EMU_TOKEN_POOL, &p->object))
		atomic_fetch_sub(&pools, 1);
	pthread_mutex_unlock(&p->lock);
}

void emu_pool_reset_device(uint32_t device)
{
	uint32_t cursor = 0;
	struct pool *p;

	while ((p = pool_next(&cursor))) {
		if (p->device == device)
			pool_drop(p);
		emu_pool_put(p);
	}
}

aclError aclrtMemPoolTrimTo(aclrtMemPool memPool, size_t minBytesToKeep)
{
	struct pool *p;
	aclError code;

	EMU_ENTER();
	code = emu_pool_get(memPool, &p);
	if (code)
		return code;
	if (minBytesToKeep > p->max)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "keep no more than the pool can hold",
				 "minBytesToKeep %zu is more than %s", minBytesToKeep,
				 EMU_SIZE(p->max));
	else
		trim(p, minBytesToKeep);
	emu_pool_put(p);
	return code;
}

/* --- allocate ------------------------------------------------------------------------- */

/* Counts the bytes of a block to come; the block is not there yet. */
static aclError count_in(struct pool *p, uint64_t size)
{
	struct block *list = NULL;
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

static void count_out(struct pool *p, uint64_t size)
{
	pthread_mutex_lock(&p->lock);
	if (!p->dead)
		p->reserved -= size;
	pthread_mutex_unlock(&p->lock);
}

static aclError block_new(struct pool *p, uint64_t size, struct block **block)
{
	struct block *b = calloc(1, sizeof(*b));
	aclError code;
	void *addr;

	if (!b)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for a block");
	code = count_in(p, size);
	if (!code) {
		code = emu_heap_alloc(emu_heap_device(p->device), size, false, &addr);
		if (code)
			count_out(p, size);
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

/* False: the device was reset meanwhile, and the memory is gone. */
static bool publish(struct pool *p, struct block *b)
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

static aclError alloc(struct pool *p, uint64_t size, uint64_t stream, void **ptr)
{
	struct block *b;
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
	*ptr = (void *)(uintptr_t)b->addr;
	return ACL_SUCCESS;
}

aclError aclrtMemPoolMallocAsync(void **ptr, size_t size, aclrtMemPool memPool, aclrtStream stream)
{
	uint64_t rounded;
	struct emu_stream *s;
	struct pool *p;
	aclError code;

	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	if (!memPool)
		return emu_null("memPool");
	if (!stream)
		return emu_null("stream");
	if (!size)
		return ACL_SUCCESS;
	if (__builtin_add_overflow((uint64_t)size, GRANULE - 1, &rounded))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "ask for less",
				 "size %zu overflows when it is rounded up", size);
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = emu_pool_get(memPool, &p);
	if (!code) {
		code = alloc(p, rounded & ~(GRANULE - 1), s->object.token, ptr);
		emu_pool_put(p);
	}
	emu_stream_put(s);
	return code;
}

/* --- free ------------------------------------------------------------------------------ */

enum place { PLACE_NOWHERE, PLACE_BUSY, PLACE_IDLE };

/* The pool that has a block, with a reference and its lock held; NULL: none. */
static struct pool *find_pool(uint64_t addr, enum place *place)
{
	uint32_t cursor = 0;
	struct pool *p;

	*place = PLACE_NOWHERE;
	if (!any_pool())
		return NULL;
	while ((p = pool_next(&cursor))) {
		pthread_mutex_lock(&p->lock);
		if (*find_in(bucket(p, addr), addr))
			*place = PLACE_BUSY;
		else if (*find_in(&p->idle, addr))
			*place = PLACE_IDLE;
		if (*place != PLACE_NOWHERE)
			return p;
		pthread_mutex_unlock(&p->lock);
		emu_pool_put(p);
	}
	return NULL;
}

static aclError say_idle(uint64_t addr)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "free each block once",
			 "address 0x%" PRIx64 " was freed, its pool keeps the memory", addr);
}

static aclError release_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)task;
	(void)queue;
	return ACL_SUCCESS;
}

/* Dropped or run, nothing that was before it in the stream goes on. */
static void release_end(struct emu_task *task, bool ran)
{
	struct release *r = (struct release *)task;
	struct block *list = NULL;

	(void)ran;
	pthread_mutex_lock(&r->pool->lock);
	if (r->block)
		r->block->release = NULL;
	if (r->pool->dead)
		list = take_surplus(r->pool, 0);
	pthread_mutex_unlock(&r->pool->lock);
	give_back(r->pool, list);
	emu_pool_put(r->pool);
	free(r);
}

/* With the lock held: by then the block must not be idle for others. */
static aclError free_locked(struct pool *p, uint64_t addr, struct emu_stream *s)
{
	struct release *r = emu_task_new(sizeof(*r), release_run, release_end);
	struct block *b;
	aclError code;

	if (!r)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	b = *find_in(bucket(p, addr), addr);
	r->pool = p;
	r->block = b;
	code = emu_queue_submit(&s->queue, &r->task);
	if (code) {
		free(r);
		return code;
	}
	/* The task's end waits for the lock. */
	emu_object_ref(&p->object);
	unlink_at(find_in(bucket(p, addr), addr));
	b->release = r;
	become_idle(p, b, s->object.token);
	return ACL_SUCCESS;
}

/* The stream may be of another device, and go on after a reset of the block's. */
static aclError plain_run(struct emu_task *task, struct emu_queue *queue)
{
	struct plain_free *t = (struct plain_free *)task;

	(void)queue;
	return emu_heap_free_of(t->epoch, t->addr);
}

/* Dropped, the block is still the program's. */
static void plain_end(struct emu_task *task, bool ran)
{
	(void)ran;
	free(task);
}

static aclError free_plain(void *ptr, struct emu_stream *s)
{
	uint64_t addr = (uintptr_t)ptr, epoch = 0;
	struct plain_free *t;
	struct emu_at at;
	uint32_t device;
	aclError code;

	/* Before the look: a reset after it is noticed by the free. */
	if (emu_heap_owner(addr, &device) && device != ACL_EMU_MAX_DEVICES)
		epoch = emu_heap_epoch(device);
	emu_classify(addr, &at);
	if (at.kind != EMU_AT_DEVICE_BLOCK || at.start != addr)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "give what aclrtMemPoolMallocAsync() gave, once",
				 "address 0x%" PRIx64 " begins no block of a pool, nor of "
				 "aclrtMalloc(), it is %s", addr, EMU_AT_TEXT(&at));
	t = emu_task_new(sizeof(*t), plain_run, plain_end);
	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->addr = ptr;
	t->epoch = epoch;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code)
		free(t);
	return code;
}

static aclError free_in(void *ptr, struct emu_stream *s)
{
	enum place place;
	struct pool *p = find_pool((uintptr_t)ptr, &place);
	aclError code;

	if (!p)
		return free_plain(ptr, s);
	code = place == PLACE_BUSY ? free_locked(p, (uintptr_t)ptr, s) :
				     say_idle((uintptr_t)ptr);
	pthread_mutex_unlock(&p->lock);
	emu_pool_put(p);
	return code;
}

aclError aclrtMemPoolFreeAsync(void *ptr, aclrtStream stream)
{
	struct emu_stream *s;
	aclError code;

	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	if (!stream)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid stream",
				 "stream is NULL");
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = free_in(ptr, s);
	emu_stream_put(s);
	return code;
}

/* aclrtFree() of what a pool has: at once, whatever streams do. False: no pool has it. */
bool emu_pool_free(void *ptr, aclError *code)
{
	enum place place;
	struct pool *p = find_pool((uintptr_t)ptr, &place);
	struct block *b;

	if (!p)
		return false;
	*code = ACL_SUCCESS;
	if (place == PLACE_BUSY) {
		b = unlink_at(find_in(bucket(p, (uintptr_t)ptr), (uintptr_t)ptr));
		become_idle(p, b, EVERY_STREAM);
	} else {
		*code = say_idle((uintptr_t)ptr);
	}
	pthread_mutex_unlock(&p->lock);
	if (!*code)
		trim(p, p->threshold);
	emu_pool_put(p);
	return true;
}
