// SPDX-License-Identifier: GPL-2.0-only
/*
 * The address window of reservations, and the search for a gap in it.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include "client.h"
#include "compat.h"
#include "range.h"
#include "tree.h"
#include "window.h"

/* Another thread may map the gap first; bounds the retries. */
#define EMU_PLACE_TRIES		64

static void emu_window_bounds(const struct acl_emu_range_reserve *arg,
			      unsigned long *first, unsigned long *last)
{
	bool fixed = arg->head.flags & ACL_EMU_RANGE_FIXED;

	*first = ACL_EMU_VA_HEAP_FIRST;
	*last = ACL_EMU_VA_USER_FIRST;
	if (arg->head.flags & ACL_EMU_RANGE_REMOTE) {
		*first = ACL_EMU_VA_LAST;
		*last = ACL_EMU_VA_REMOTE_LAST;
	} else if (arg->kind == ACL_EMU_RANGE_USER) {
		*first = fixed ? ACL_EMU_VA_HEAP_FIRST : ACL_EMU_VA_USER_FIRST;
		*last = ACL_EMU_VA_LAST;
	}
}

/* Checks the values of the argument alone. */
int emu_window_check(struct emu_cmd *cmd, struct acl_emu_range_reserve *arg)
{
	u32 flags = cmd->head->flags;
	unsigned long first, last;

	if (!arg->size || arg->size > TASK_SIZE_MAX)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, arg->size,
				ACL_EMU_VA_MAX_SIZE);
	if (!IS_ALIGNED(arg->size, SZ_2M))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE_ALIGN,
				arg->size, SZ_2M);
	if (arg->kind >= ACL_EMU_RANGE_KIND_END)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_VALUE, arg->kind,
				ACL_EMU_RANGE_KIND_END - 1);
	if (!arg->align)
		arg->align = SZ_2M;
	if (arg->align < SZ_2M || !is_power_of_2(arg->align) ||
	    arg->align > ACL_EMU_VA_MAX_SIZE)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_VALUE,
				arg->align, ACL_EMU_VA_MAX_SIZE);
	if ((flags & ACL_EMU_RANGE_REMOTE && !(flags & ACL_EMU_RANGE_FIXED)) ||
	    (flags & ACL_EMU_RANGE_ANYWHERE && flags & ACL_EMU_RANGE_FIXED))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_FLAGS, flags,
				ACL_EMU_RANGE_FIXED);
	if (!(flags & ACL_EMU_RANGE_FIXED)) {
		if (arg->addr)
			return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_VALUE,
					arg->addr, 0);
		return 0;
	}

	if (!IS_ALIGNED(arg->addr, arg->align))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_ADDR_ALIGN,
				arg->addr, arg->align);
	emu_window_bounds(arg, &first, &last);
	last = min(last, TASK_SIZE);
	if (arg->addr < first || arg->addr > last ||
	    arg->size > last - arg->addr)
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_VA_WINDOW,
				arg->addr, arg->size);
	return 0;
}

/* Bounds of the first VMA that intersects, or zero. */
static int emu_window_foreign(struct mm_struct *mm, unsigned long addr,
			      unsigned long size, unsigned long *start,
			      unsigned long *end)
{
	struct vm_area_struct *vma;

	*end = 0;
	if (mmap_read_lock_killable(mm))
		return -EINTR;
	vma = find_vma_intersection(mm, addr, addr + size);
	if (vma) {
		*start = vma->vm_start;
		*end = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return 0;
}

/*
 * The lowest address in [@first, @last) with @size bytes outside all reservations.
 * If the first gap does not start aligned, searches a gap with room for alignment.
 */
static long emu_window_gap(struct emu_client *client, unsigned long first,
			   unsigned long last, unsigned long size,
			   unsigned long align)
{
	unsigned long wants[] = { size, size + align - SZ_2M };
	unsigned long addr;
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(wants); i++) {
		MA_STATE(mas, &client->ranges, 0, 0);

		if (first >= last || wants[i] > last - first)
			break;
		mas_lock(&mas);
		ret = mas_empty_area(&mas, first >> PAGE_SHIFT,
				     (last - 1) >> PAGE_SHIFT,
				     wants[i] >> PAGE_SHIFT);
		addr = mas.index << PAGE_SHIFT;
		mas_unlock(&mas);
		if (ret)
			break;
		if (i || IS_ALIGNED(addr, align))
			return ALIGN(addr, align);
	}
	return -ENOSPC;
}

/* The same; with @look also outside all other VMAs. */
static long emu_window_search(struct emu_cmd *cmd,
			      const struct acl_emu_range_reserve *arg,
			      unsigned long first, unsigned long last,
			      bool look)
{
	unsigned long start, end;
	long addr;
	int ret;

	for (;;) {
		if (fatal_signal_pending(current))
			return -EINTR;
		addr = emu_window_gap(cmd->client, first, last, arg->size,
				      arg->align);
		if (addr < 0 || !look)
			return addr;
		ret = emu_window_foreign(cmd->client->mm, addr, arg->size, &start,
					 &end);
		if (ret)
			return ret;
		if (!end)
			return addr;
		first = ALIGN(end, SZ_2M);
	}
}

/* A user range that does not fit behind the heap window may use the heap window. */
static long emu_window_find(struct emu_cmd *cmd,
			    const struct acl_emu_range_reserve *arg, bool look)
{
	unsigned long first, last;
	long addr;

	emu_window_bounds(arg, &first, &last);
	addr = emu_window_search(cmd, arg, first, last, look);
	if (addr == -ENOSPC && arg->kind == ACL_EMU_RANGE_USER)
		addr = emu_window_search(cmd, arg, ACL_EMU_VA_HEAP_FIRST, last,
					 look);
	return addr;
}

/* Anywhere: the address that mmap() would choose, with room for alignment. */
static long emu_window_anywhere(struct emu_cmd *cmd,
				const struct acl_emu_range_reserve *arg)
{
	struct mm_struct *mm = cmd->client->mm;
	unsigned long addr;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	addr = emu_unmapped_area(mm, arg->size + arg->align - PAGE_SIZE);
	mmap_write_unlock(mm);
	if (IS_ERR_VALUE(addr))
		return -ENOSPC;
	return ALIGN(addr, arg->align);
}

/* Inserts the range into the tree, then creates its VMA; see emu_range_mmap(). */
static int emu_window_take(struct emu_cmd *cmd, struct emu_range *range,
			   unsigned long addr)
{
	struct emu_client *client = cmd->client;
	unsigned long first = addr >> PAGE_SHIFT;
	unsigned long last = (addr + range->size - 1) >> PAGE_SHIFT;
	unsigned long ret;
	int err;

	range->start = addr;
	range->task = current;
	err = emu_client_enter(cmd);
	if (err)
		return err;
	err = mtree_insert_range(&client->ranges, first, last, range,
				 GFP_KERNEL_ACCOUNT);
	emu_client_leave(client);
	if (err)
		return err;

	spin_lock(&client->lock);
	list_add(&range->ticket, &client->tickets);
	spin_unlock(&client->lock);
	ret = vm_mmap(cmd->filp, addr, range->size, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_FIXED_NOREPLACE, addr);
	spin_lock(&client->lock);
	list_del_init(&range->ticket);
	spin_unlock(&client->lock);
	range->task = NULL;
	if (!IS_ERR_VALUE(ret))
		return 0;
	emu_tree_clear(&client->ranges, first, last);
	return ret;
}

static int emu_window_taken(struct emu_cmd *cmd,
			    const struct acl_emu_range_reserve *arg)
{
	unsigned long index = arg->addr >> PAGE_SHIFT;
	unsigned long start = arg->addr, end = 0;
	struct emu_range *range;

	range = emu_range_next(cmd->client, &index,
			       (arg->addr + arg->size - 1) >> PAGE_SHIFT);
	if (range) {
		start = range->start;
		end = start + range->size;
		emu_range_put(range);
	} else {
		emu_window_foreign(cmd->client->mm, arg->addr, arg->size, &start,
				   &end);
	}
	return emu_fail(cmd, -EADDRINUSE, ACL_EMU_REASON_VA_TAKEN, start,
			end ? end - start : 0);
}

/**
 * emu_window_place - find addresses for a range and reserve them
 * @cmd:   the ioctl
 * @range: the range, not yet in the tree
 * @arg:   argument of the ioctl
 *
 * Return: 0 with range->start set, the range in the tree and its VMA created; or
 * an error, with everything undone.
 */
int emu_window_place(struct emu_cmd *cmd, struct emu_range *range,
		     struct acl_emu_range_reserve *arg)
{
	bool fixed = cmd->head->flags & ACL_EMU_RANGE_FIXED;
	int tries = fixed ? 1 : EMU_PLACE_TRIES;
	long addr = arg->addr;
	int ret = -EEXIST;

	if (arg->size > ACL_EMU_VA_MAX_SIZE &&
	    !(cmd->head->flags & ACL_EMU_RANGE_REMOTE))
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_VA_FULL,
				arg->size, arg->align);
	/* Other VMAs in the window are rare: search for them after the first collision. */
	for (; tries && ret == -EEXIST; tries--) {
		if (cmd->head->flags & ACL_EMU_RANGE_ANYWHERE)
			addr = emu_window_anywhere(cmd, arg);
		else if (!fixed)
			addr = emu_window_find(cmd, arg,
					       tries < EMU_PLACE_TRIES);
		if (addr < 0) {
			ret = addr;
			break;
		}
		ret = emu_window_take(cmd, range, addr);
	}

	switch (ret) {
	case 0:
	case -ESTALE:
		return ret;
	case -EINTR:
		return emu_fail(cmd, ret, ACL_EMU_REASON_INTERRUPTED, 0,
				arg->size);
	case -EEXIST:
		if (fixed)
			return emu_window_taken(cmd, arg);
		fallthrough;
	case -ENOSPC:
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_VA_FULL,
				arg->size, arg->align);
	}
	return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_VA_LIMIT, arg->size,
			-ret);
}
