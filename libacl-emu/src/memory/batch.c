// SPDX-License-Identifier: MIT
/*
 * Copies of many pieces in one call: rows of a rectangle, and lists.
 *
 * What can be known before is checked before the first byte moves: that every
 * piece is mapped, and lies where the caller says.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/visible.h"
#include "memory/classify.h"
#include "stream/stream.h"

#define WIDTH_MAX	5000000
#define HEIGHT_MAX	5242880

/* One end of a copy by rows. */
struct plane {
	const char *name;
	uint64_t addr;
	size_t pitch;
};

static aclError check_rows(const struct plane *p, size_t width, size_t height)
{
	struct acl_emu_lookup m = { 0 };
	uint64_t row, at, end, last;

	if (__builtin_mul_overflow((uint64_t)p->pitch, height - 1, &last) ||
	    __builtin_add_overflow(last, p->addr, &last) ||
	    __builtin_add_overflow(last, width, &last))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a smaller pitch",
				 "%zu rows of %s 0x%" PRIx64 " leave the address space", height,
				 p->name, p->addr);
	if (!emu_pointer_look(p->addr, &m))
		return ACL_SUCCESS;
	for (row = 0; row < height; row++) {
		at = p->addr + row * p->pitch;
		for (end = at + width; at < end; at = m.map_addr + m.map_size) {
			if (at - m.map_addr < m.map_size)
				continue;
			if (!emu_pointer_look(at, &m))
				return emu_error(ACL_ERROR_RT_INVALID_HANDLE,
						 "use addresses that are mapped",
						 "row %" PRIu64 " of %s 0x%" PRIx64
						 " is not mapped at 0x%" PRIx64, row, p->name,
						 p->addr, at);
		}
	}
	return ACL_SUCCESS;
}

/* No more checks of the numbers than that they stay in the address space. */
aclError emu_copy_2d(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
		     size_t height)
{
	struct plane to = { "dst", (uintptr_t)dst, dpitch };
	struct plane from = { "src", (uintptr_t)src, spitch };
	aclError code;
	size_t row;

	code = check_rows(&to, width, height);
	if (!code)
		code = check_rows(&from, width, height);
	if (!code && dpitch == width && spitch == width)
		return emu_copy(dst, src, width * height);
	for (row = 0; !code && row < height; row++)
		code = emu_copy((char *)dst + row * dpitch,
				(const char *)src + row * spitch, width);
	return code;
}

/* The checks by numbers alone, before any look at the context. */
aclError emu_check_2d(const void *dst, size_t dpitch, const void *src, size_t spitch,
		      size_t width, size_t height, aclrtMemcpyKind kind)
{
	if (!dst)
		return emu_null("dst");
	if (!src)
		return emu_null("src");
	if (width > dpitch || width > spitch)
		return emu_error(ACL_ERROR_INVALID_PARAM, "a row must fit its pitch",
				 "width %zu is larger than dpitch %zu or spitch %zu", width, dpitch,
				 spitch);
	if ((unsigned int)kind < ACL_MEMCPY_HOST_TO_DEVICE ||
	    (unsigned int)kind > ACL_MEMCPY_DEFAULT)
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "use host to device, device to host, device to device or default",
				 "kind is %u", (unsigned int)kind);
	if (height > HEIGHT_MAX || width > WIDTH_MAX)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "copy in several calls",
				 "width %zu or height %zu is larger than %d or %d", width, height,
				 WIDTH_MAX, HEIGHT_MAX);
	return ACL_SUCCESS;
}

/* Only between host and device, and DEFAULT must come out as that. */
static aclError check_direction(const void *dst, const void *src, aclrtMemcpyKind kind)
{
	struct emu_at to, from;

	if (kind != ACL_MEMCPY_DEFAULT)
		return ACL_SUCCESS;
	emu_classify((uintptr_t)dst, &to);
	emu_classify((uintptr_t)src, &from);
	if (emu_at_is_stale(&to))
		return emu_at_unknown(ACL_ERROR_RT_INVALID_HANDLE, "dst", &to);
	if (emu_at_is_stale(&from))
		return emu_at_unknown(ACL_ERROR_RT_INVALID_HANDLE, "src", &from);
	if (emu_at_is_device(&to) == emu_at_is_device(&from))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use aclrtMemcpy() for each row",
				 "dst %p and src %p are both memory of %s", dst, src,
				 emu_at_is_device(&to) ? "devices" : "the host");
	return ACL_SUCCESS;
}

aclError aclrtMemcpy2d(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
		       size_t height, aclrtMemcpyKind kind)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!width || !height)
		return ACL_SUCCESS;
	code = emu_check_2d(dst, dpitch, src, spitch, width, height, kind);
	if (!code && kind == ACL_MEMCPY_DEVICE_TO_DEVICE)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "use aclrtMemcpy() for each row",
				 "this call does not copy from device to device");
	if (!code)
		code = emu_context_current(&device);
	if (!code)
		code = check_direction(dst, src, kind);
	if (!code)
		code = emu_copy_2d(dst, dpitch, src, spitch, width, height);
	return code;
}

/* --- lists ----------------------------------------------------------------- */

struct batch {
	void **dsts;
	void **srcs;
	size_t *rooms;
	size_t *sizes;
	size_t count;
	aclrtMemcpyBatchAttr *attrs;
	size_t *firsts;		/* the first piece that each attribute is for */
	size_t attr_count;
};

static aclError check_pointers(const struct batch *b)
{
	if (!b->dsts)
		return emu_null("dsts");
	if (!b->rooms)
		return emu_null("destMaxs");
	if (!b->srcs)
		return emu_null("srcs");
	if (!b->sizes)
		return emu_null("sizes");
	if (!b->attrs)
		return emu_null("attrs");
	if (!b->firsts)
		return emu_null("attrsIndexes");
	if (!b->count)
		return emu_error(ACL_ERROR_INVALID_PARAM, "give at least one piece",
				 "numBatches is 0");
	return ACL_SUCCESS;
}

static aclError check_arrays(const struct batch *b)
{
	size_t i, k;

	for (i = 0; i < b->count; i++) {
		if (b->rooms[i] < b->sizes[i])
			return emu_error(ACL_ERROR_INVALID_PARAM,
					 "copy no more than there is room for",
					 "sizes[%zu] %zu is larger than destMaxs[%zu] %zu", i,
					 b->sizes[i], i, b->rooms[i]);
	}
	/* Here, because a number that is too large leads past the array. */
	if (!b->attr_count || b->attr_count > b->count)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give one to numBatches",
				 "numAttrs is %zu, numBatches %zu", b->attr_count, b->count);
	for (i = 0; i < b->attr_count; i++) {
		for (k = 0; k < sizeof(b->attrs[i].rsv); k++) {
			if (b->attrs[i].rsv[k])
				return emu_error(ACL_ERROR_INVALID_PARAM, "set it to 0",
						 "attrs[%zu].rsv[%zu] is %u", i, k,
						 b->attrs[i].rsv[k]);
		}
	}
	return ACL_SUCCESS;
}

static aclError check_attrs(const struct batch *b)
{
	const aclrtMemcpyBatchAttr *a;
	size_t i;

	for (i = 0; i < b->attr_count; i++) {
		if (i ? b->firsts[i] <= b->firsts[i - 1] || b->firsts[i] >= b->count :
			b->firsts[0] != 0)
			return emu_error(ACL_ERROR_RT_PARAM_INVALID,
					 "begin with 0, and let each be larger than the one before",
					 "attrsIndexes[%zu] is %zu", i, b->firsts[i]);
		a = &b->attrs[i];
		if ((unsigned int)a->dstLoc.type > ACL_MEM_LOCATION_TYPE_DEVICE ||
		    (unsigned int)a->srcLoc.type > ACL_MEM_LOCATION_TYPE_DEVICE)
			return emu_error(ACL_ERROR_RT_PARAM_INVALID, "name the host or a device",
					 "attrs[%zu] has a location of another type", i);
		if (a->dstLoc.type == a->srcLoc.type)
			return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
					 "use aclrtMemcpy() for each piece",
					 "attrs[%zu] is no copy between host and device", i);
	}
	return ACL_SUCCESS;
}

static aclError check_place(const char *name, size_t i, const void *ptr,
			    const aclrtMemLocation *said)
{
	char item[32];
	struct emu_at at;
	bool device;

	if (!ptr)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer",
				 "%s[%zu] is NULL", name, i);
	emu_classify((uintptr_t)ptr, &at);
	device = emu_at_is_device(&at);
	if (emu_at_is_stale(&at)) {
		snprintf(item, sizeof(item), "%s[%zu]", name, i);
		return emu_at_unknown(ACL_ERROR_RT_INVALID_HANDLE, item, &at);
	}
	if (said->type != ACL_MEM_LOCATION_TYPE_DEVICE ? !device :
	    device && emu_user_id(at.loc.id) == said->id)
		return ACL_SUCCESS;
	if (said->type == ACL_MEM_LOCATION_TYPE_DEVICE)
		snprintf(item, sizeof(item), "device %" PRIu32, said->id);
	else
		snprintf(item, sizeof(item), "the host");
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "correct the location in attrs",
			 "%s[%zu] %p is said to be on %s and is %s", name, i, ptr,
			 item, EMU_AT_TEXT(&at));
}

/* Gives the index of the piece at fault in @fail. With a stream the copies are put into it. */
static aclError batch_run(const struct batch *b, struct emu_stream *s, size_t *fail)
{
	aclError code = ACL_SUCCESS;
	size_t i, k = 0;

	for (i = 0; !code && i < b->count; i++) {
		*fail = i;
		if (k + 1 < b->attr_count && b->firsts[k + 1] == i)
			k++;
		code = check_place("dsts", i, b->dsts[i], &b->attrs[k].dstLoc);
		if (!code)
			code = check_place("srcs", i, b->srcs[i], &b->attrs[k].srcLoc);
	}
	for (i = 0; !code && i < b->count; i++) {
		*fail = i;
		if (!b->sizes[i])
			continue;
		code = s ? emu_copy_in(s, b->dsts[i], b->srcs[i], b->sizes[i]) :
			   emu_copy(b->dsts[i], b->srcs[i], b->sizes[i]);
	}
	return code;
}

static aclError check_batch(const struct batch *b)
{
	aclError code = check_pointers(b);

	if (!code)
		code = check_arrays(b);
	return code ? code : check_attrs(b);
}

static aclError batch_now(const struct batch *b, size_t *fail)
{
	aclError code = check_batch(b);
	uint32_t device;

	if (!code)
		code = emu_context_current(&device);
	return code ? code : batch_run(b, NULL, fail);
}

static aclError batch_later(const struct batch *b, aclrtStream stream, size_t *fail)
{
	aclError code = check_batch(b);
	struct emu_stream *s;

	if (!code)
		code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = batch_run(b, s, fail);
	emu_stream_put(s);
	return code;
}

aclError aclrtMemcpyBatch(void **dsts, size_t *destMaxs, void **srcs, size_t *sizes,
			  size_t numBatches, aclrtMemcpyBatchAttr *attrs, size_t *attrsIndexes,
			  size_t numAttrs, size_t *failIndex)
{
	struct batch b = {
		.dsts = dsts, .srcs = srcs, .rooms = destMaxs, .sizes = sizes,
		.count = numBatches, .attrs = attrs, .firsts = attrsIndexes,
		.attr_count = numAttrs,
	};
	size_t fail = SIZE_MAX;
	aclError code;

	EMU_ENTER();
	if (!failIndex)
		return emu_null("failIndex");
	code = batch_now(&b, &fail);
	if (code)
		*failIndex = fail;
	return code;
}

aclError aclrtMemcpyBatchV2(void **dsts, size_t *destMaxs, void **srcs, size_t *sizes,
			    size_t numBatches, aclrtMemcpyBatchAttr *attrs, size_t *attrsIndexes,
			    size_t numAttrs)
{
	struct batch b = {
		.dsts = dsts, .srcs = srcs, .rooms = destMaxs, .sizes = sizes,
		.count = numBatches, .attrs = attrs, .firsts = attrsIndexes,
		.attr_count = numAttrs,
	};
	size_t fail;

	EMU_ENTER();
	return batch_now(&b, &fail);
}

aclError aclrtMemcpyBatchAsync(void **dsts, size_t *destMaxs, void **srcs, size_t *sizes,
			       size_t numBatches, aclrtMemcpyBatchAttr *attrs,
			       size_t *attrsIndexes, size_t numAttrs, size_t *failIndex,
			       aclrtStream stream)
{
	struct batch b = {
		.dsts = dsts, .srcs = srcs, .rooms = destMaxs, .sizes = sizes,
		.count = numBatches, .attrs = attrs, .firsts = attrsIndexes,
		.attr_count = numAttrs,
	};
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
	struct batch b = {
		.dsts = dsts, .srcs = srcs, .rooms = destMaxs, .sizes = sizes,
		.count = numBatches, .attrs = attrs, .firsts = attrsIndexes,
		.attr_count = numAttrs,
	};
	size_t fail;

	EMU_ENTER();
	return batch_later(&b, stream, &fail);
}
