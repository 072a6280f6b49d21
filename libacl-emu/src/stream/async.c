// SPDX-License-Identifier: MIT
/*
 * Copies and fills in streams.
 *
 * Arguments are checked by the call. Addresses are looked at by the call only
 * to see which kind of memory they belong to, and checked when the turn of the
 * copy comes. Memory that is not pinned may be gone by then, so a copy from or
 * to such memory waits for the stream and is done by the calling thread.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "memory/classify.h"
#include "stream/stream.h"

enum place { PLACE_DEVICE, PLACE_PINNED, PLACE_PAGEABLE };

struct copy {
	void *dst;
	const void *src;	/* NULL: a fill */
	size_t size;		/* of a row, if there are rows */
	size_t rows;		/* 0: one piece */
	size_t dpitch;
	size_t spitch;
	uint32_t pattern;
	aclrtMemcpyKind kind;
};

#define KIND(name)	(1u << ACL_MEMCPY_##name)
#define ANY_KIND	(KIND(HOST_TO_HOST) | KIND(HOST_TO_DEVICE) | KIND(DEVICE_TO_HOST) | \
			 KIND(DEVICE_TO_DEVICE) | KIND(DEFAULT))

/*
 * The kinds that streams accept between two places. Of pinned host memory and
 * device memory the runtime knows the place, and corrects the kind.
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
	struct copy copy;
};

/* Of a hole nothing is told here: it is found when the copy comes to it. */
static enum place place_of(const struct emu_at *at, size_t size)
{
	if (emu_at_is_device(at) || emu_at_is_stale(at))
		return PLACE_DEVICE;
	/* What leaves a registered range is as good as not registered. */
	if (at->kind == EMU_AT_REGISTERED && size > at->size - (at->addr - at->start))
		return PLACE_PAGEABLE;
	return emu_at_is_pinned(at) ? PLACE_PINNED : PLACE_PAGEABLE;
}

static aclError copy_do(const struct copy *c)
{
	if (c->rows)
		return emu_copy_2d(c->dst, c->dpitch, c->src, c->spitch, c->size, c->rows);
	return c->src ? emu_copy(c->dst, c->src, c->size) : emu_fill(c->dst, c->pattern, c->size);
}

static aclError async_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)queue;
	return copy_do(&((struct async_task *)task)->copy);
}

static void async_end(struct emu_task *task, bool ran)
{
	(void)ran;
	free(task);
}

static aclError do_later(struct emu_stream *s, const struct copy *what)
{
	struct async_task *t = emu_task_new(sizeof(*t), async_run, async_end);
	aclError code;

	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->copy = *what;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code)
		free(t);
	return code;
}

static aclError do_now(struct emu_stream *s, const struct copy *what)
{
	aclError code;

	code = emu_stream_is_mine(s) ? emu_stream_wait_self() : emu_queue_sync(&s->queue, NULL);
	return code ? code : copy_do(what);
}

static aclError say_kind(aclrtMemcpyKind kind, const struct emu_at *dst, const struct emu_at *src)
{
	static const char *const names[] = {
		"host to host", "host to device", "device to host", "device to device", "default",
		"host to buffer to device" };

	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give the right kind, or ACL_MEMCPY_DEFAULT",
			 "kind %u (%s) contradicts the addresses: dst 0x%" PRIx64 " is %s, src 0x%"
			 PRIx64 " is %s", (unsigned int)kind, names[kind], dst->addr,
			 EMU_AT_TEXT(dst), src->addr, EMU_AT_TEXT(src));
}

/* Without a copy to or from a device there is nothing that a stream could do. */
static bool is_host_only(aclrtMemcpyKind kind, enum place dst, enum place src)
{
	if (dst == PLACE_DEVICE || src == PLACE_DEVICE)
		return false;
	return (dst == PLACE_PINNED && src == PLACE_PINNED) || kind == ACL_MEMCPY_HOST_TO_HOST ||
	       kind == ACL_MEMCPY_DEFAULT;
}

static size_t span(const struct copy *what, size_t pitch)
{
	return what->rows ? (what->rows - 1) * pitch + what->size : what->size;
}

static aclError copy_in(struct emu_stream *s, const struct copy *what)
{
	struct emu_at to, from;
	enum place dst, src;

	emu_classify((uintptr_t)what->dst, &to);
	emu_classify((uintptr_t)what->src, &from);
	dst = place_of(&to, span(what, what->dpitch));
	src = place_of(&from, span(what, what->spitch));
	if (!(accepted[dst][src] & 1u << what->kind))
		return say_kind(what->kind, &to, &from);
	if (is_host_only(what->kind, dst, src))
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
				 "use aclrtMemcpy() or memcpy()",
				 "dst 0x%" PRIx64 " is %s and src 0x%" PRIx64 " is %s, and streams "
				 "do not copy from host to host", to.addr, EMU_AT_TEXT(&to),
				 from.addr, EMU_AT_TEXT(&from));
	if (what->dst == what->src)
		return ACL_SUCCESS;
	if (dst == PLACE_PAGEABLE || src == PLACE_PAGEABLE)
		return do_now(s, what);
	return do_later(s, what);
}

static aclError fill_in(struct emu_stream *s, const struct copy *what)
{
	struct emu_at to;

	emu_classify((uintptr_t)what->dst, &to);
	return place_of(&to, what->size) == PLACE_PAGEABLE ? do_now(s, what) : do_later(s, what);
}

static aclError copy_async(void *dst, size_t destMax, const void *src, size_t count,
			   aclrtMemcpyKind kind, aclrtStream stream)
{
	struct copy what = { .dst = dst, .src = src, .size = count, .kind = kind };
	struct emu_stream *s;
	aclError code;

	if (!count)
		return ACL_SUCCESS;
	code = emu_check_copy(dst, destMax, src, count, kind);
	if (!code)
		code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = copy_in(s, &what);
	emu_stream_put(s);
	return code;
}

aclError aclrtMemcpyAsync(void *dst, size_t destMax, const void *src, size_t count,
			  aclrtMemcpyKind kind, aclrtStream stream)
{
	EMU_ENTER();
	return copy_async(dst, destMax, src, count, kind, stream);
}

/* The condition is that the host memory is pinned; otherwise it waits, as any copy here. */
aclError aclrtMemcpyAsyncWithCondition(void *dst, size_t destMax, const void *src, size_t count,
				       aclrtMemcpyKind kind, aclrtStream stream)
{
	EMU_ENTER();
	return copy_async(dst, destMax, src, count, kind, stream);
}

/* One piece of a list, whose arguments were checked. */
aclError emu_copy_in(struct emu_stream *s, void *dst, const void *src, size_t size)
{
	struct copy what = {
		.dst = dst, .src = src, .size = size, .kind = ACL_MEMCPY_DEFAULT,
	};

	return copy_in(s, &what);
}

aclError aclrtMemsetAsync(void *devPtr, size_t maxCount, int32_t value, size_t count,
			  aclrtStream stream)
{
	struct copy what = { .dst = devPtr, .size = count, .pattern = EMU_BYTES(value) };
	struct emu_stream *s;
	aclError code;

	EMU_ENTER();
	if (!count)
		return ACL_SUCCESS;
	if (!devPtr)
		return emu_null("devPtr");
	code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = emu_check_room(count, maxCount, "maxCount");
	if (!code)
		code = fill_in(s, &what);
	emu_stream_put(s);
	return code;
}

aclError aclrtMemsetD32Async(void *ptr, size_t memSize, uint32_t value, size_t N,
			     aclrtStream stream)
{
	struct copy what = { .dst = ptr, .size = N * sizeof(value), .pattern = value };
	struct emu_stream *s;
	aclError code;

	EMU_ENTER();
	code = emu_check_words(ptr, memSize, N);
	if (!code)
		code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = fill_in(s, &what);
	emu_stream_put(s);
	return code;
}

aclError aclrtMemcpy2dAsync(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
			    size_t height, aclrtMemcpyKind kind, aclrtStream stream)
{
	struct copy what = {
		.dst = dst, .dpitch = dpitch, .src = src, .spitch = spitch, .size = width,
		.rows = height, .kind = kind,
	};
	struct emu_stream *s;
	aclError code;

	EMU_ENTER();
	if (!width || !height)
		return ACL_SUCCESS;
	code = emu_check_2d(dst, dpitch, src, spitch, width, height, kind);
	if (!code)
		code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = copy_in(s, &what);
	emu_stream_put(s);
	return code;
}
