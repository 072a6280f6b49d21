// SPDX-License-Identifier: MIT
/*
 * Copies and fills in streams.
 *
 * The call checks its arguments, and looks up only the kind of memory at the
 * addresses; the addresses are checked when the copy runs. Memory that is not
 * pinned may not exist any more by then, so for such memory the calling thread
 * waits for the stream and copies itself.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "memory/batch.h"
#include "memory/copy.h"
#include "memory/host.h"
#include "memory/plain.h"
#include "memory/pointer.h"
#include "memory/range.h"
#include "stream/stream.h"

enum place { PLACE_DEVICE, PLACE_PINNED, PLACE_PAGEABLE };

struct async_task {
	struct emu_task task;
	struct emu_copy copy;
};

static enum place place_of(const void *ptr, size_t size)
{
	struct acl_emu_lookup found;
	uint64_t addr = (uintptr_t)ptr;

	if (emu_range_may_hold(addr)) {
		if (emu_pointer_look(addr, &found))
			return found.loc.type == ACL_EMU_LOC_DEVICE ? PLACE_DEVICE : PLACE_PINNED;
		/* If nothing is mapped, the copy fails when it runs. */
		if (found.found & ACL_EMU_FOUND_RANGE || !emu_plain_mapped(addr, size))
			return PLACE_DEVICE;
	}
	return emu_host_registered(addr, size) ? PLACE_PINNED : PLACE_PAGEABLE;
}

static aclError async_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)queue;
	return emu_copy_do(&((struct async_task *)task)->copy);
}

static void async_end(struct emu_task *task, bool ran)
{
	(void)ran;
	free(task);
}

static aclError do_later(struct emu_stream *s, const struct emu_copy *copy)
{
	struct async_task *t = emu_task_new(sizeof(*t), async_run, async_end);
	aclError code;

	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->copy = *copy;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code)
		free(t);
	return code;
}

static aclError do_now(struct emu_stream *s, const struct emu_copy *copy)
{
	aclError code;

	code = emu_stream_is_mine(s) ? emu_stream_wait_self() : emu_queue_sync(&s->queue, NULL);
	return code ? code : emu_copy_do(copy);
}

static aclError report_host_only(const char *what)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "use aclrtMemcpy() or memcpy()",
			 "%s, and streams do not copy from host to host", what);
}

static size_t span(const struct emu_copy *copy, size_t pitch)
{
	return copy->rows ? (copy->rows - 1) * pitch + copy->size : copy->size;
}

static aclError copy_later(struct emu_stream *s, const struct emu_copy *copy)
{
	enum place dst = place_of(copy->dst, span(copy, copy->dpitch));
	enum place src = place_of(copy->src, span(copy, copy->spitch));

	if (dst != PLACE_DEVICE && src != PLACE_DEVICE)
		return report_host_only("both addresses are host memory");
	if (copy->dst == copy->src)
		return ACL_SUCCESS;
	if (dst == PLACE_PAGEABLE || src == PLACE_PAGEABLE)
		return do_now(s, copy);
	return do_later(s, copy);
}

static aclError copy_in(struct emu_stream *s, void *arg)
{
	return copy_later(s, arg);
}

static aclError fill_in(struct emu_stream *s, void *arg)
{
	const struct emu_copy *copy = arg;

	return place_of(copy->dst, copy->size) == PLACE_PAGEABLE ? do_now(s, copy) :
								   do_later(s, copy);
}

static aclError copy_async(void *dst, size_t destMax, const void *src, size_t count,
			   aclrtMemcpyKind kind, aclrtStream stream)
{
	struct emu_copy copy;
	aclError code;

	if (!count)
		return ACL_SUCCESS;
	code = emu_copy_check(&copy, dst, destMax, src, count, kind);
	if (!code && kind == ACL_MEMCPY_HOST_TO_HOST)
		code = report_host_only("kind is ACL_MEMCPY_HOST_TO_HOST");
	return code ? code : emu_with_stream(stream, copy_in, &copy);
}

aclError aclrtMemcpyAsync(void *dst, size_t destMax, const void *src, size_t count,
			  aclrtMemcpyKind kind, aclrtStream stream)
{
	EMU_ENTER();
	return copy_async(dst, destMax, src, count, kind, stream);
}

/* The condition is that host memory is pinned; otherwise the call waits, as any copy here. */
aclError aclrtMemcpyAsyncWithCondition(void *dst, size_t destMax, const void *src, size_t count,
				       aclrtMemcpyKind kind, aclrtStream stream)
{
	EMU_ENTER();
	return copy_async(dst, destMax, src, count, kind, stream);
}

aclError aclrtMemcpy2dAsync(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
			    size_t height, aclrtMemcpyKind kind, aclrtStream stream)
{
	struct emu_copy copy;
	aclError code;

	EMU_ENTER();
	if (!width || !height)
		return ACL_SUCCESS;
	code = emu_copy_check_rows(&copy, dst, dpitch, src, spitch, width, height, kind);
	return code ? code : emu_with_stream(stream, copy_in, &copy);
}

struct room {
	struct emu_copy copy;
	size_t max;
};

static aclError fill_room_in(struct emu_stream *s, void *arg)
{
	struct room *room = arg;
	aclError code = emu_copy_check_room(room->copy.size, room->max, "maxCount");

	return code ? code : fill_in(s, &room->copy);
}

aclError aclrtMemsetAsync(void *devPtr, size_t maxCount, int32_t value, size_t count,
			  aclrtStream stream)
{
	struct room room = { .max = maxCount };
	aclError code;

	EMU_ENTER();
	if (!count)
		return ACL_SUCCESS;
	code = emu_copy_check_fill(&room.copy, devPtr, value, count);
	return code ? code : emu_with_stream(stream, fill_room_in, &room);
}

aclError aclrtMemsetD32Async(void *ptr, size_t memSize, uint32_t value, size_t N,
			     aclrtStream stream)
{
	struct emu_copy copy;
	aclError code;

	EMU_ENTER();
	code = emu_copy_check_words(&copy, ptr, memSize, value, N);
	return code ? code : emu_with_stream(stream, fill_in, &copy);
}

/* --- lists -------------------------------------------------------------------- */

struct later {
	const struct emu_batch *batch;
	size_t *fail;
};

static aclError copy_piece(void *arg, void *dst, const void *src, size_t size)
{
	struct emu_copy copy = { .dst = dst, .src = src, .size = size };

	return copy_later(arg, &copy);
}

static aclError batch_in(struct emu_stream *s, void *arg)
{
	struct later *later = arg;

	return emu_batch_run(later->batch, copy_piece, s, later->fail);
}

static aclError batch_later(const struct emu_batch *b, aclrtStream stream, size_t *fail)
{
	struct later later = { b, fail };
	aclError code = emu_batch_check(b);

	return code ? code : emu_with_stream(stream, batch_in, &later);
}

aclError aclrtMemcpyBatchAsync(void **dsts, size_t *destMaxs, void **srcs, size_t *sizes,
			       size_t numBatches, aclrtMemcpyBatchAttr *attrs,
			       size_t *attrsIndexes, size_t numAttrs, size_t *failIndex,
			       aclrtStream stream)
{
	struct emu_batch b = { dsts, destMaxs, srcs, sizes, numBatches, attrs, attrsIndexes,
			       numAttrs };
	size_t fail = SIZE_MAX;
	aclError code;

	EMU_ENTER();
	if (!failIndex)
		return emu_null("failIndex");
	code = batch_later(&b, stream, &fail);
	if (code)
		*failIndex = fail;
	return code;
}

aclError aclrtMemcpyBatchAsyncV2(void **dsts, size_t *destMaxs, void **srcs, size_t *sizes,
				 size_t numBatches, aclrtMemcpyBatchAttr *attrs,
				 size_t *attrsIndexes, size_t numAttrs, aclrtStream stream)
{
	struct emu_batch b = { dsts, destMaxs, srcs, sizes, numBatches, attrs, attrsIndexes,
			       numAttrs };
	size_t fail;

	EMU_ENTER();
	return batch_later(&b, stream, &fail);
}
