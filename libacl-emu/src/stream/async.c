// SPDX-License-Identifier: MIT
/*
 * Copies and fills in streams.
 *
 * The call checks its arguments and looks up the kind of memory; the copy checks
 * the addresses when it runs. Memory that is not pinned may not exist any more
 * then, so for such memory the calling thread waits for the stream and copies.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "device/captures.h"
#include "memory/batch.h"
#include "memory/classify.h"
#include "memory/copy.h"
#include "stream/capture.h"
#include "stream/stream.h"

enum place { PLACE_DEVICE, PLACE_PINNED, PLACE_PAGEABLE };

#define KIND(name)	(1u << ACL_MEMCPY_##name)
#define ANY_KIND	(KIND(HOST_TO_HOST) | KIND(HOST_TO_DEVICE) | KIND(DEVICE_TO_HOST) | \
			 KIND(DEVICE_TO_DEVICE) | KIND(DEFAULT))

/*
 * The kinds that streams accept, by destination and source. For device memory and
 * pinned host memory the kind does not matter.
 */
static const unsigned int accepted[][PLACE_PAGEABLE + 1] = {
	[PLACE_DEVICE] = {
		[PLACE_DEVICE] = ANY_KIND,
		[PLACE_PINNED] = ANY_KIND | KIND(HOST_TO_BUF_TO_DEVICE),
		[PLACE_PAGEABLE] = KIND(DEFAULT) | KIND(HOST_TO_DEVICE) | KIND(DEVICE_TO_DEVICE) |
				   KIND(HOST_TO_BUF_TO_DEVICE),
	},
	[PLACE_PINNED] = {
		[PLACE_DEVICE] = ANY_KIND,
		[PLACE_PINNED] = ANY_KIND,
		[PLACE_PAGEABLE] = KIND(DEFAULT) | KIND(HOST_TO_HOST) | KIND(DEVICE_TO_HOST),
	},
	[PLACE_PAGEABLE] = {
		[PLACE_DEVICE] = KIND(DEFAULT) | KIND(DEVICE_TO_HOST) | KIND(DEVICE_TO_DEVICE),
		[PLACE_PINNED] = KIND(DEFAULT) | KIND(HOST_TO_HOST) | KIND(HOST_TO_DEVICE),
		[PLACE_PAGEABLE] = ANY_KIND,
	},
};

struct async_task {
	struct emu_task task;
	struct emu_copy copy;
};

/* A copy or fill, and where its ends are. */
struct placed {
	struct emu_copy copy;
	struct emu_at to, from;
	enum place dst, src;
};

/* If nothing is mapped at the address, the copy fails when it runs. */
static enum place find_place(const void *ptr, size_t size, struct emu_at *at)
{
	emu_classify((uintptr_t)ptr, at);
	if (emu_at_is_device(at) || emu_at_is_stale(at))
		return PLACE_DEVICE;
	return emu_at_is_pinned(at, size) ? PLACE_PINNED : PLACE_PAGEABLE;
}

static aclError async_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)queue;
	return emu_copy_do(&((struct async_task *)task)->copy);
}

static size_t span(const struct emu_copy *copy, size_t pitch)
{
	return copy->rows ? (copy->rows - 1) * pitch + copy->size : copy->size;
}

static void async_info(const struct emu_task *task, struct emu_task_info *info)
{
	const struct emu_copy *copy = &((const struct async_task *)task)->copy;

	info->touches[info->count++] = (struct emu_touch){
		(uintptr_t)copy->dst, span(copy, copy->dpitch), true };
	if (copy->src)
		info->touches[info->count++] = (struct emu_touch){
			(uintptr_t)copy->src, span(copy, copy->spitch), false };
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
	t->task.info = async_info;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code)
		free(t);
	return code;
}

static aclError do_now(struct emu_stream *s, const struct emu_copy *copy)
{
	aclError code;

	if (emu_stream_is_captured(s))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "use memory of aclrtMallocHost(), or register it",
				 "host memory that is not pinned cannot be copied in a capture: "
				 "dst %p, src %p", copy->dst, copy->src);
	code = emu_captures_allow(ACL_ERROR_RT_CAPTURE_MODE_BLOCK_ASYNC);
	if (!code)
		code = emu_stream_is_mine(s) ? emu_stream_wait_self() :
					       emu_queue_sync(&s->queue, NULL);
	return code ? code : emu_copy_do(copy);
}

static aclError report_kind(const struct placed *p)
{
	static const char *const names[] = {
		"host to host", "host to device", "device to host", "device to device", "default",
		"host to buffer to device" };

	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give the right kind, or ACL_MEMCPY_DEFAULT",
			 "kind %u (%s) contradicts the addresses: dst 0x%" PRIx64 " is %s, src 0x%"
			 PRIx64 " is %s", (unsigned int)p->copy.kind, names[p->copy.kind],
			 p->to.addr, EMU_AT_TEXT(&p->to), p->from.addr, EMU_AT_TEXT(&p->from));
}

/* Streams copy only to and from devices. */
static bool is_host_only(const struct placed *p)
{
	if (p->dst == PLACE_DEVICE || p->src == PLACE_DEVICE)
		return false;
	return (p->dst == PLACE_PINNED && p->src == PLACE_PINNED) ||
	       p->copy.kind == ACL_MEMCPY_HOST_TO_HOST || p->copy.kind == ACL_MEMCPY_DEFAULT;
}

static aclError report_host_only(const struct placed *p)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "use aclrtMemcpy() or memcpy()",
			 "dst 0x%" PRIx64 " is %s and src 0x%" PRIx64 " is %s, and streams do not "
			 "copy from host to host", p->to.addr, EMU_AT_TEXT(&p->to), p->from.addr,
			 EMU_AT_TEXT(&p->from));
}

/* This check comes before that of the context. */
static aclError check_kind(struct placed *p)
{
	const struct emu_copy *copy = &p->copy;

	p->dst = find_place(copy->dst, span(copy, copy->dpitch), &p->to);
	p->src = find_place(copy->src, span(copy, copy->spitch), &p->from);
	return accepted[p->dst][p->src] & 1u << copy->kind ? ACL_SUCCESS : report_kind(p);
}

static aclError copy_in(struct emu_stream *s, void *arg)
{
	const struct placed *p = arg;

	if (is_host_only(p))
		return report_host_only(p);
	if (p->copy.dst == p->copy.src)
		return ACL_SUCCESS;
	if (p->dst == PLACE_PAGEABLE || p->src == PLACE_PAGEABLE)
		return do_now(s, &p->copy);
	return do_later(s, &p->copy);
}

static aclError fill_in(struct emu_stream *s, void *arg)
{
	struct placed *p = arg;

	return find_place(p->copy.dst, p->copy.size, &p->to) == PLACE_PAGEABLE ?
	       do_now(s, &p->copy) : do_later(s, &p->copy);
}

static aclError copy_async(void *dst, size_t destMax, const void *src, size_t count,
			   aclrtMemcpyKind kind, aclrtStream stream)
{
	struct placed p;
	aclError code;

	if (!count)
		return ACL_SUCCESS;
	code = emu_copy_check(&p.copy, dst, destMax, src, count, kind);
	if (!code)
		code = check_kind(&p);
	return emu_with_stream_if(code, stream, copy_in, &p);
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
	struct placed p;
	aclError code;

	EMU_ENTER();
	if (!width || !height)
		return ACL_SUCCESS;
	code = emu_copy_check_rows(&p.copy, dst, dpitch, src, spitch, width, height, kind);
	if (!code)
		code = check_kind(&p);
	return emu_with_stream_if(code, stream, copy_in, &p);
}

aclError aclrtMemsetAsync(void *devPtr, size_t maxCount, int32_t value, size_t count,
			  aclrtStream stream)
{
	struct placed p;
	aclError code;

	EMU_ENTER();
	if (!count)
		return ACL_SUCCESS;
	code = emu_copy_check_fill(&p.copy, devPtr, value, count);
	if (!code)
		code = emu_copy_check_room(count, maxCount, "maxCount");
	return emu_with_stream_if(code, stream, fill_in, &p);
}

aclError aclrtMemsetD32Async(void *ptr, size_t memSize, uint32_t value, size_t N,
			     aclrtStream stream)
{
	struct placed p;
	aclError code;

	EMU_ENTER();
	code = emu_copy_check_words(&p.copy, ptr, memSize, value, N);
	return emu_with_stream_if(code, stream, fill_in, &p);
}

/* --- lists -------------------------------------------------------------------- */

struct later {
	const struct emu_batch *batch;
	size_t *fail;
};

static aclError copy_piece(void *arg, void *dst, const void *src, size_t size)
{
	struct placed p = { .copy = {
		.dst = dst, .src = src, .size = size, .kind = ACL_MEMCPY_DEFAULT,
	} };
	aclError code = check_kind(&p);

	return code ? code : copy_in(arg, &p);
}

static aclError batch_in(struct emu_stream *s, void *arg)
{
	struct later *later = arg;

	return emu_batch_run(later->batch, copy_piece, s, later->fail);
}

static aclError batch_later(const struct emu_batch *b, aclrtStream stream, size_t *fail)
{
	struct later later = { b, fail };

	return emu_with_stream_if(emu_batch_check(b, fail), stream, batch_in, &later);
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
