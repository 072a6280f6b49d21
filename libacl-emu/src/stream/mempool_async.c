// SPDX-License-Identifier: MIT
/*
 * Memory pools in streams: allocate and free in their order.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/history.h"
#include "memory/classify.h"
#include "memory/heap.h"
#include "memory/mempool.h"
#include "memory/past.h"
#include "stream/stream.h"

/* A block of a pool is freed. */
struct release_task {
	struct emu_task task;
	struct emu_mempool *pool;
	struct emu_release release;
};

/* A block of aclrtMalloc() is freed. */
struct heap_task {
	struct emu_task task;
	void *addr;
	uint64_t epoch;	/* of the heap at the time of the call */
};

aclError aclrtMemPoolMallocAsync(void **ptr, size_t size, aclrtMemPool memPool, aclrtStream stream)
{
	uint64_t rounded;
	struct emu_stream *s;
	struct emu_mempool *p;
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
	if (__builtin_add_overflow((uint64_t)size, EMU_MEMPOOL_GRANULE - 1, &rounded))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "ask for less",
				 "size %zu overflows when it is rounded up", size);
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = emu_token_find(EMU_TOKEN_MEMPOOL, memPool, &p);
	if (!code) {
		code = emu_mempool_alloc(p, rounded & ~(EMU_MEMPOOL_GRANULE - 1), s->object.token,
					 ptr);
		emu_mempool_put(p);
	}
	emu_stream_put(s);
	return code;
}

static aclError release_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)task;
	(void)queue;
	return ACL_SUCCESS;
}

static void release_end(struct emu_task *task, bool ran)
{
	struct release_task *t = (struct release_task *)task;

	(void)ran;
	emu_mempool_released(t->pool, &t->release);
	emu_mempool_put(t->pool);
	free(t);
}

/* With the lock of the pool held, for which the end of the task waits. */
static aclError free_locked(struct emu_mempool *p, uint64_t addr, struct emu_stream *s)
{
	struct release_task *t = emu_task_new(sizeof(*t), release_run, release_end);
	aclError code;

	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->pool = p;
	t->task.once = true;
	t->release.block = emu_mempool_block(p, addr);
	code = emu_queue_submit(&s->queue, &t->task);
	if (code) {
		free(t);
		return code;
	}
	emu_object_ref(&p->object);
	emu_mempool_idle(p, t->release.block, s->object.token, &t->release);
	return ACL_SUCCESS;
}

/* The stream may belong to another device and survive a reset of the block's device. */
static aclError heap_run(struct emu_task *task, struct emu_queue *queue)
{
	struct heap_task *t = (struct heap_task *)task;

	(void)queue;
	return emu_heap_free_of(t->epoch, t->addr);
}

/* If the task is dropped, the program still owns the block. */
static void heap_end(struct emu_task *task, bool ran)
{
	(void)ran;
	free(task);
}

static aclError free_heap_block(void *ptr, struct emu_stream *s)
{
	uint64_t addr = (uintptr_t)ptr, epoch = 0;
	struct heap_task *t;
	struct emu_at at;
	uint32_t device;
	aclError code;

	/* The epoch is read first: if a reset follows, the free finds no block. */
	if (emu_heap_owner(addr, &device) && device != ACL_EMU_MAX_DEVICES)
		epoch = emu_heap_epoch(device);
	emu_classify(addr, &at);
	if (at.kind != EMU_AT_DEVICE_BLOCK || at.start != addr)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 emu_past_remedy(ACL_EMU_RANGE_HEAP, &at),
				 "address 0x%" PRIx64 " does not begin a block of a pool or of "
				 "aclrtMalloc(), it is %s", addr, EMU_AT_TEXT(&at));
	t = emu_task_new(sizeof(*t), heap_run, heap_end);
	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->task.once = true;
	t->addr = ptr;
	t->epoch = epoch;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code)
		free(t);
	else
		emu_note(EMU_BLOCK, EMU_ENDED, addr, 0);
	return code;
}

static aclError free_in(struct emu_stream *s, void *ptr)
{
	enum emu_block_state state;
	struct emu_mempool *p = emu_mempool_find((uintptr_t)ptr, &state);
	aclError code;

	if (!p)
		return free_heap_block(ptr, s);
	code = state == EMU_BLOCK_BUSY ? free_locked(p, (uintptr_t)ptr, s) :
					 emu_mempool_report_idle((uintptr_t)ptr);
	pthread_mutex_unlock(&p->lock);
	emu_mempool_put(p);
	return code;
}

aclError aclrtMemPoolFreeAsync(void *ptr, aclrtStream stream)
{
	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	if (!stream)
		return emu_error(ACL_ERROR_RT_INTERNAL_ERROR, "give a valid stream",
				 "stream is NULL");
	return emu_with_stream_as(stream, EMU_SAME_CONTEXT, free_in, ptr);
}
