// SPDX-License-Identifier: MIT
/*
 * Lists of copies in one call.
 *
 * Arguments and locations of all pieces are checked before the first byte is copied.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/error.h"
#include "core/visible.h"
#include "device/context.h"
#include "memory/batch.h"
#include "memory/classify.h"
#include "memory/copy.h"

static aclError check_pointers(const struct emu_batch *b)
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

static aclError check_arrays(const struct emu_batch *b, size_t *fail)
{
	size_t i, k;

	for (i = 0; i < b->count; i++) {
		if (!b->dsts[i] || !b->srcs[i]) {
			*fail = i;
			return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer",
					 "%s[%zu] is NULL", b->dsts[i] ? "srcs" : "dsts", i);
		}
		if (b->rooms[i] < b->sizes[i])
			return emu_error(ACL_ERROR_INVALID_PARAM,
					 "copy no more than there is room for",
					 "sizes[%zu] %zu is larger than destMaxs[%zu] %zu", i,
					 b->sizes[i], i, b->rooms[i]);
	}
	/* Checked here: with a larger number the loop would read past the array. */
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

static aclError check_attrs(const struct emu_batch *b)
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
	}
	return ACL_SUCCESS;
}

static aclError check_place(const char *name, size_t i, const void *ptr,
			    const aclrtMemLocation *said)
{
	char item[32];
	struct emu_at at;
	bool device;

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
			 "%s[%zu] %p is %s, but attrs says %s", name, i, ptr, EMU_AT_TEXT(&at),
			 item);
}

/* Gives the index of the piece that failed in @fail. */
aclError emu_batch_run(const struct emu_batch *b, emu_batch_copy copy, void *arg, size_t *fail)
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
		if (!code && b->attrs[k].dstLoc.type == b->attrs[k].srcLoc.type)
			code = emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
					 "use aclrtMemcpy() for each piece",
					 "attrs[%zu] is no copy between host and device", k);
	}
	for (i = 0; !code && i < b->count; i++) {
		*fail = i;
		if (b->sizes[i])
			code = copy(arg, b->dsts[i], b->srcs[i], b->sizes[i]);
	}
	return code;
}

/* Gives the index of an entry that is NULL in @fail. */
aclError emu_batch_check(const struct emu_batch *b, size_t *fail)
{
	aclError code = check_pointers(b);

	if (!code)
		code = check_arrays(b, fail);
	return code ? code : check_attrs(b);
}

static aclError copy_now(void *arg, void *dst, const void *src, size_t size)
{
	(void)arg;
	return emu_copy_bytes(dst, src, size);
}

static aclError batch_now(const struct emu_batch *b, size_t *fail)
{
	aclError code = emu_batch_check(b, fail);
	uint32_t device;

	if (!code)
		code = emu_context_current(&device);
	return code ? code : emu_batch_run(b, copy_now, NULL, fail);
}

aclError aclrtMemcpyBatch(void **dsts, size_t *destMaxs, void **srcs, size_t *sizes,
			  size_t numBatches, aclrtMemcpyBatchAttr *attrs, size_t *attrsIndexes,
			  size_t numAttrs, size_t *failIndex)
{
	struct emu_batch b = { dsts, destMaxs, srcs, sizes, numBatches, attrs, attrsIndexes,
			       numAttrs };
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
	struct emu_batch b = { dsts, destMaxs, srcs, sizes, numBatches, attrs, attrsIndexes,
			       numAttrs };
	size_t fail;

	EMU_ENTER();
	return batch_now(&b, &fail);
}
