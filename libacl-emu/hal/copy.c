// SPDX-License-Identifier: MIT
/*
 * Copies and fills, and copies that are kept for an entry of a queue.
 *
 * The addresses decide where the data is. The module copies emulated memory;
 * core/plain.c copies memory of the program. Both return an error for an address
 * that is not mapped.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "copy.h"
#include "core/plain.h"
#include "core/process.h"
#include "core/window.h"
#include "mem.h"

#define BATCH_MAX	4096
#define KEPT_MAX	65536

/* Rows of a copy; one row: a plain copy. */
struct rows {
	uint64_t dst, dpitch, src, spitch, width, height;
};

/* A token is generation << 32 | slot + 1. The generation is odd while it is in use. */
struct kept {
	uint32_t generation;
	struct rows rows;
};

struct copies {
	pthread_mutex_t lock;
	uint32_t room;
	struct kept *kept;
};

EMU_STATE(struct copies, copies, NULL)

static const struct emu_code codes[] = {
	{ ACL_EMU_REASON_NO_RANGE, ACL_ERROR_RT_INVALID_HANDLE },
	{ ACL_EMU_REASON_NOT_MAPPED, ACL_ERROR_RT_INVALID_HANDLE },
	{ ACL_EMU_REASON_PAST_RANGE, ACL_ERROR_RT_INVALID_HANDLE },
	{ 0, 0 }
};

/* The program may have mapped memory of its own in the window, as sanitizers do. */
static bool is_own(uint64_t addr, uint64_t size)
{
	struct acl_emu_lookup found;

	return !hal_lookup(addr, &found) && !(found.found & ACL_EMU_FOUND_RANGE) &&
	       emu_plain_mapped(addr, size);
}

static int copy_ioctl(struct acl_emu_copy *arg)
{
	uint32_t flags = arg->head.flags;
	int err = emu_ioctl(ACL_EMU_NR_COPY, &arg->head);

	if (err != -EFAULT || arg->head.reason != ACL_EMU_REASON_NOT_MAPPED)
		return err;
	if (flags & ACL_EMU_COPY_DST_MAPPED && is_own(arg->dst, arg->size))
		flags &= ~ACL_EMU_COPY_DST_MAPPED;
	if (flags & ACL_EMU_COPY_SRC_MAPPED && is_own(arg->src, arg->size))
		flags &= ~ACL_EMU_COPY_SRC_MAPPED;
	if (flags == arg->head.flags)
		return err;
	arg->head.flags = flags;
	return flags & ~ACL_EMU_COPY_FILL ? emu_ioctl(ACL_EMU_NR_COPY, &arg->head) : 0;
}

drvError_t hal_copy(uint64_t dst, uint64_t src, uint64_t size)
{
	struct acl_emu_copy arg = {
		.head = EMU_HEAD(acl_emu_copy), .dst = dst, .src = src, .size = size,
	};
	int err = 0;

	if (!size)
		return DRV_ERROR_NONE;
	if (emu_range_may_hold(dst))
		arg.head.flags |= ACL_EMU_COPY_DST_MAPPED;
	if (emu_range_may_hold(src))
		arg.head.flags |= ACL_EMU_COPY_SRC_MAPPED;
	if (arg.head.flags)
		err = copy_ioctl(&arg);
	if (err)
		return hal_fail(err, &arg.head, codes,
				"a copy of %s from 0x%" PRIx64 " to 0x%" PRIx64, EMU_SIZE(size),
				src, dst);
	if (arg.head.flags)
		return DRV_ERROR_NONE;
	return hal_result(emu_plain_copy((void *)(uintptr_t)dst, (void *)(uintptr_t)src, size));
}

static drvError_t copy_rows(const struct rows *r)
{
	drvError_t code = DRV_ERROR_NONE;
	uint64_t i;

	for (i = 0; !code && i < r->height; i++)
		code = hal_copy(r->dst + i * r->dpitch, r->src + i * r->spitch, r->width);
	return code;
}

static drvError_t check_room(size_t size, size_t room)
{
	return size <= room ? DRV_ERROR_NONE :
	       hal_refuse(DRV_ERROR_INVALID_VALUE, "copy no more than there is room for",
			  "%zu bytes are more than the room of %zu", size, room);
}

drvError_t drvMemcpy(DVdeviceptr dst, size_t dest_max, DVdeviceptr src, size_t byte_count)
{
	drvError_t code;

	EMU_ENTER();
	code = check_room(byte_count, dest_max);
	return code ? code : hal_copy(dst, src, byte_count);
}

drvError_t halMemcpy(void *dst, size_t dst_size, void *src, size_t count,
		     struct memcpy_info *info)
{
	drvError_t code;

	(void)info;
	EMU_ENTER();
	code = check_room(count, dst_size);
	return code ? code : hal_copy((uintptr_t)dst, (uintptr_t)src, count);
}

drvError_t halMemcpyBatch(uint64_t dst[], uint64_t src[], size_t size[], size_t count)
{
	drvError_t code = DRV_ERROR_NONE;
	size_t i;

	EMU_ENTER();
	if (!dst || !src || !size)
		return hal_null("an array");
	if (!count || count > BATCH_MAX)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "give 1 to 4096 pieces",
				  "count is %zu", count);
	for (i = 0; !code && i < count; i++)
		code = hal_copy(dst[i], src[i], size[i]);
	return code;
}

drvError_t drvMemsetD8(DVdeviceptr dst, size_t destMax, uint8_t value, size_t num)
{
	struct acl_emu_copy arg = {
		.head = EMU_HEAD(acl_emu_copy,
				 .flags = ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL),
		.dst = dst, .src = (uint32_t)(value * UINT32_C(0x01010101)), .size = num,
	};
	drvError_t code;
	int err;

	EMU_ENTER();
	code = check_room(num, destMax);
	if (code || !num)
		return code;
	if (!emu_range_may_hold(dst))
		arg.head.flags = 0;
	err = arg.head.flags ? copy_ioctl(&arg) : 0;
	if (err)
		return hal_fail(err, &arg.head, codes, "a fill of %s at 0x%llx",
				EMU_SIZE(num), dst);
	if (arg.head.flags & ACL_EMU_COPY_DST_MAPPED)
		return DRV_ERROR_NONE;
	return hal_result(emu_plain_fill((void *)(uintptr_t)dst, (uint32_t)arg.src, num));
}

/* --- kept copies ----------------------------------------------------------------------- */

/* Called with the lock held. */
static bool grow(void)
{
	struct copies *c = copies();
	uint32_t room = c->room ? c->room * 2 : 64;
	struct kept *kept;

	if (room > KEPT_MAX)
		return false;
	kept = realloc(c->kept, room * sizeof(*kept));
	if (!kept)
		return false;
	c->kept = kept;
	for (; c->room < room; c->room++)
		c->kept[c->room] = (struct kept){ 0 };
	return true;
}

/* 0: there is no room. */
static uint64_t keep(const struct rows *rows)
{
	struct copies *c = copies();
	uint64_t token = 0;
	uint32_t i;

	pthread_mutex_lock(&c->lock);
	for (i = 0; i < c->room && c->kept[i].generation & 1; i++)
		;
	if (i < c->room || grow()) {
		c->kept[i].generation++;
		c->kept[i].rows = *rows;
		token = (uint64_t)c->kept[i].generation << 32 | (i + 1);
	}
	pthread_mutex_unlock(&c->lock);
	return token;
}

/* Called with the lock held; NULL: the token is not valid. */
static struct kept *kept_at(uint64_t token)
{
	uint32_t slot = (uint32_t)token - 1, generation = (uint32_t)(token >> 32);

	if (slot >= copies()->room || !(generation & 1) ||
	    copies()->kept[slot].generation != generation)
		return NULL;
	return &copies()->kept[slot];
}

static drvError_t report_token(uint64_t token)
{
	return hal_refuse(DRV_ERROR_INVALID_VALUE, "use what drvMemConvertAddr() wrote",
			  "0x%" PRIx64 " is no kept copy, or was destroyed", token);
}

drvError_t hal_copy_kept(uint64_t token)
{
	struct rows rows;
	struct kept *kept;

	pthread_mutex_lock(&copies()->lock);
	kept = kept_at(token);
	if (kept)
		rows = kept->rows;
	pthread_mutex_unlock(&copies()->lock);
	return kept ? copy_rows(&rows) : report_token(token);
}

static drvError_t convert(const struct rows *rows, uint64_t bytes, struct DMA_ADDR *dma)
{
	uint64_t token;

	if (!dma)
		return hal_null("dma_addr");
	token = keep(rows);
	if (!token)
		return hal_refuse(DRV_ERROR_NO_RESOURCES, "destroy those that were executed",
				  "no room for another kept copy, the limit is %d", KEPT_MAX);
	dma->phyAddr = (struct DMA_PHY_ADDR){ .src = (void *)(uintptr_t)token, .len = 1 };
	dma->fixed_size = (uint32_t)bytes;
	return DRV_ERROR_NONE;
}

static drvError_t destroy(const struct DMA_ADDR *dma)
{
	struct kept *kept;
	uint64_t token;

	if (!dma)
		return hal_null("dma_addr");
	token = (uintptr_t)dma->phyAddr.src;
	pthread_mutex_lock(&copies()->lock);
	kept = kept_at(token);
	if (kept)
		kept->generation++;
	pthread_mutex_unlock(&copies()->lock);
	return kept ? DRV_ERROR_NONE : report_token(token);
}

drvError_t drvMemConvertAddr(DVdeviceptr p_src, DVdeviceptr p_dst, uint32_t len,
			     struct DMA_ADDR *dma_addr)
{
	struct rows rows = { .dst = p_dst, .src = p_src, .width = len, .height = 1 };

	EMU_ENTER();
	return convert(&rows, len, dma_addr);
}

drvError_t drvMemDestroyAddr(struct DMA_ADDR *ptr)
{
	EMU_ENTER();
	return destroy(ptr);
}

drvError_t halMemDestroyAddrBatch(struct DMA_ADDR *ptr[], uint32_t num)
{
	drvError_t code = DRV_ERROR_NONE;
	uint32_t i;

	EMU_ENTER();
	if (!ptr)
		return hal_null("ptr");
	for (i = 0; !code && i < num; i++)
		code = destroy(ptr[i]);
	return code;
}

static drvError_t check_rows(const struct drvMem2D *c, struct rows *r)
{
	uint64_t bytes;

	*r = (struct rows){
		.dst = (uintptr_t)c->dst, .dpitch = c->dpitch, .src = (uintptr_t)c->src,
		.spitch = c->spitch, .width = c->width, .height = c->height,
	};
	if (r->width > r->dpitch || r->width > r->spitch ||
	    __builtin_mul_overflow(r->width, r->height, &bytes) || bytes > UINT32_MAX)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "give pitches of at least the width",
				  "width %" PRIu64 ", height %" PRIu64 ", pitches %" PRIu64 " and %"
				  PRIu64, r->width, r->height, r->dpitch, r->spitch);
	if (!bytes)
		r->height = 0;
	return DRV_ERROR_NONE;
}

drvError_t halMemcpy2D(struct MEMCPY2D *p_copy)
{
	struct rows rows;
	drvError_t code;

	EMU_ENTER();
	if (!p_copy)
		return hal_null("p_copy");
	if (p_copy->type == DEVMM_MEMCPY2D_ASYNC_DESTROY)
		return destroy(p_copy->copy2dAsync.dmaAddr);
	if (p_copy->type > DEVMM_MEMCPY2D_ASYNC_DESTROY)
		return hal_unsupported("a copy of rows of type", p_copy->type);
	code = check_rows(&p_copy->copy2d, &rows);
	if (code)
		return code;
	if (p_copy->type == DEVMM_MEMCPY2D_SYNC)
		return copy_rows(&rows);
	return convert(&rows, rows.width * rows.height, p_copy->copy2dAsync.dmaAddr);
}
