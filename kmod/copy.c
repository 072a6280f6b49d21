// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies between mappings, and between a mapping and user memory, through the
 * kernel's direct map of the pages.
 *
 * A copy claims all mappings of both ends before it writes the first byte. So a
 * copy over unmapped addresses writes nothing, and UNMAP fails with EBUSY while
 * a copy runs. No lock is held while bytes are copied.
 */
#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "client.h"
#include "copy.h"
#include "handle.h"
#include "map.h"
#include "phys.h"
#include "range.h"
#include "stat.h"
#include "trace.h"

#define EMU_COPY_CHUNK		SZ_256K

/**
 * struct emu_copy_end - one end of a copy
 * @addr:  its address
 * @user:  it is user memory, and the fields below are not used
 * @start: start of the reservation that contains it; the copy must stay inside
 * @span:  size of that reservation
 * @maps:  the mappings that it covers, in order, each claimed
 * @nr:    number of entries in @maps
 * @room:  number of entries that fit in @maps
 * @at:    index of the mapping that contains the next byte
 */
struct emu_copy_end {
	u64 addr;
	bool user;
	unsigned long start;
	unsigned long span;
	struct emu_mapping **maps;
	unsigned long nr;
	unsigned long room;
	unsigned long at;
};

static void emu_copy_unclaim(struct emu_copy_end *end)
{
	unsigned long i;

	for (i = 0; i < end->nr; i++) {
		atomic_dec(&end->maps[i]->busy);
		emu_mapping_put(end->maps[i]);
		cond_resched();
	}
	kvfree(end->maps);
}

static int emu_copy_grow(struct emu_copy_end *end)
{
	unsigned long room = end->room ? end->room * 2 : 4;
	struct emu_mapping **maps;

	maps = kvmalloc_array(room, sizeof(*maps), GFP_KERNEL_ACCOUNT);
	if (!maps)
		return -ENOMEM;
	if (end->nr)
		memcpy(maps, end->maps, end->nr * sizeof(*maps));
	kvfree(end->maps);
	end->maps = maps;
	end->room = room;
	return 0;
}

/* Claims the mapping at @addr, for which the copy needs @rights. */
static int emu_copy_claim_one(struct emu_cmd *cmd, struct emu_copy_end *end,
			      u64 addr, u8 rights)
{
	struct emu_range *range = emu_range_find(cmd->client, addr);
	struct emu_mapping *m = NULL;
	bool outside = false;
	u8 has;

	if (range) {
		m = emu_mapping_find(range, addr);
		/* A claimed mapping keeps its reservation. */
		if (!end->nr) {
			end->start = range->start;
			end->span = range->size;
		}
		outside = range->start != end->start;
		emu_range_put(range);
	}
	if (!m)
		return emu_fail(cmd, -EFAULT, ACL_EMU_REASON_NOT_MAPPED, addr,
				0);
	if (outside) {
		emu_mapping_put(m);
		return emu_fail(cmd, -EFAULT, ACL_EMU_REASON_PAST_RANGE,
				end->start, end->span);
	}
	down_read(&m->sem);
	has = READ_ONCE(m->live) ? m->cpu : 0;
	if ((has & rights) == rights)
		atomic_inc(&m->busy);
	up_read(&m->sem);
	if ((has & rights) != rights) {
		emu_mapping_put(m);
		return emu_fail(cmd, -EFAULT, ACL_EMU_REASON_RIGHTS, addr,
				has);
	}
	end->maps[end->nr++] = m;
	return 0;
}

static int emu_copy_claim(struct emu_cmd *cmd, struct emu_copy_end *end,
			  u64 size, u8 rights)
{
	u64 addr = end->addr;
	struct emu_mapping *m;
	int ret;

	if (end->user)
		return 0;
	while (addr < end->addr + size) {
		if (fatal_signal_pending(current))
			return emu_fail(cmd, -EINTR,
					ACL_EMU_REASON_INTERRUPTED, 0, size);
		if (end->nr == end->room && emu_copy_grow(end))
			return emu_fail(cmd, -ENOMEM,
					ACL_EMU_REASON_HOST_NOMEM,
					end->room * 2 * sizeof(m), 0);
		ret = emu_copy_claim_one(cmd, end, addr, rights);
		if (ret)
			return ret;
		m = end->maps[end->nr - 1];
		addr = m->start + m->size;
		cond_resched();
	}
	return 0;
}

/*
 * Returns the address of byte @done; *@piece is limited to contiguous memory. A block
 * that is only read and was never touched gets no pages for it: returns NULL, which
 * stands for zeros. A write touches the block, which can fail.
 */
static void *emu_copy_ptr(struct emu_copy_end *end, u64 done, u64 *piece,
			  bool write)
{
	u64 addr = end->addr + done;
	struct emu_mapping *m = end->maps[end->at];
	struct emu_phys *phys;
	unsigned long pgoff;
	u64 off;
	int ret;

	if (addr >= m->start + m->size)
		m = end->maps[++end->at];
	phys = m->handle->content.phys;
	pgoff = m->pgoff + ((addr - m->start) >> PAGE_SHIFT);
	*piece = min(*piece, m->start + m->size - addr);
	if (write) {
		ret = emu_backing_fill(phys, pgoff, 1);
		if (ret)
			return ERR_PTR(ret);
	}
	off = ((u64)pgoff << PAGE_SHIFT) + offset_in_page(addr);
	return emu_backing_address(phys, off, piece);
}

static void emu_copy_fill(void *dst, u32 pattern, u64 done, u64 size)
{
	/* Pieces begin anywhere in the pattern. */
	u32 turned = ror32(pattern, 8 * (done & 3));

	if (turned == rol32(turned, 8)) {
		memset(dst, turned & 0xff, size);
		return;
	}
	memset32(dst, turned, size / 4);
	memcpy(dst + (size & ~3ull), &turned, size & 3);
}

/* Copies one piece. Returns the number of bytes that were not copied, or an error. */
static long emu_copy_piece(struct acl_emu_copy *arg, struct emu_copy_end *dst,
			   struct emu_copy_end *src, u64 done, u64 *piece)
{
	void *to = NULL, *from = NULL;

	if (!src->user && !(arg->head.flags & ACL_EMU_COPY_FILL))
		from = emu_copy_ptr(src, done, piece, false);
	if (!dst->user)
		to = emu_copy_ptr(dst, done, piece, true);
	if (IS_ERR(to))
		return PTR_ERR(to);
	if (arg->head.flags & ACL_EMU_COPY_FILL)
		emu_copy_fill(to, arg->src, done, *piece);
	else if (src->user)
		return copy_from_user(to, u64_to_user_ptr(arg->src + done),
				      *piece);
	else if (dst->user && !from)
		return clear_user(u64_to_user_ptr(arg->dst + done), *piece);
	else if (dst->user)
		return copy_to_user(u64_to_user_ptr(arg->dst + done), from,
				    *piece);
	else if (!from)
		memset(to, 0, *piece);
	else
		memmove(to, from, *piece);
	return 0;
}

static int emu_copy_run(struct emu_cmd *cmd, struct emu_copy_end *dst,
			struct emu_copy_end *src)
{
	struct acl_emu_copy *arg = cmd->arg;
	long left;
	u64 done = 0;
	u64 piece;

	while (done < arg->size) {
		if (fatal_signal_pending(current))
			return emu_fail(cmd, -EINTR,
					ACL_EMU_REASON_INTERRUPTED, done,
					arg->size);
		piece = min_t(u64, arg->size - done, EMU_COPY_CHUNK);
		left = emu_copy_piece(arg, dst, src, done, &piece);
		if (left == -EINTR)
			continue;
		if (left < 0)
			return emu_fail(cmd, left, ACL_EMU_REASON_HOST_NOMEM,
					arg->size, done);
		done += piece - left;
		/* arm64 may stop up to 63 bytes before the byte without access. */
		if (left == piece)
			return emu_fail(cmd, -EFAULT,
					ACL_EMU_REASON_USER_FAULT,
					(dst->user ? arg->dst : arg->src) +
					done, done);
		cond_resched();
	}
	arg->done = done;
	return 0;
}

static int emu_copy_check(struct emu_cmd *cmd)
{
	struct acl_emu_copy *arg = cmd->arg;
	u32 flags = cmd->head->flags;
	bool fill = flags & ACL_EMU_COPY_FILL;

	if (!(flags & (ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED)))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_FLAGS, 0,
				ACL_EMU_COPY_DST_MAPPED |
				ACL_EMU_COPY_SRC_MAPPED);
	if (fill && flags != (ACL_EMU_COPY_FILL | ACL_EMU_COPY_DST_MAPPED))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_FLAGS, flags,
				ACL_EMU_COPY_FILL | ACL_EMU_COPY_DST_MAPPED);
	if (fill && arg->src > U32_MAX)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_VALUE, arg->src,
				U32_MAX);
	if (!arg->size || arg->dst + arg->size < arg->dst ||
	    (!fill && arg->src + arg->size < arg->src))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, arg->size,
				U64_MAX - max(arg->dst, arg->src));
	return 0;
}

int emu_copy_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_copy *arg = cmd->arg;
	u32 flags = cmd->head->flags;
	struct emu_copy_end dst = {
		.addr = arg->dst,
		.user = !(flags & ACL_EMU_COPY_DST_MAPPED),
	};
	struct emu_copy_end src = {
		.addr = arg->src,
		.user = !(flags & ACL_EMU_COPY_SRC_MAPPED),
	};
	int ret;

	ret = emu_copy_check(cmd);
	if (ret)
		return ret;
	/* A reset waits until the claims are made, then sees them. */
	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	ret = emu_copy_claim(cmd, &dst, arg->size, ACL_EMU_RIGHTS_RW);
	if (!ret)
		ret = emu_copy_claim(cmd, &src, arg->size,
				     ACL_EMU_RIGHTS_READ);
	emu_client_leave(cmd->client);
	emu_stat_add(ACL_EMU_STAT_COPIES, 1);
	if (!ret)
		ret = emu_copy_run(cmd, &dst, &src);
	emu_copy_unclaim(&dst);
	emu_copy_unclaim(&src);
	trace_acl_emu_copy(cmd->client->tgid, arg->dst, arg->src, arg->size, ret);
	return ret;
}
