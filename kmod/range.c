// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reservations: addresses of the process, each range exactly one VMA.
 *
 * The offset of the VMA in its file is its own address, so one mapping per
 * context finds every entry by address.
 */
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/slab.h>

#include "emu.h"
#include "trace.h"

/* Storing nothing must not fail: what is stored is about to be freed. */
void acl_tree_clear(struct maple_tree *mt, unsigned long first,
		    unsigned long last)
{
	MA_STATE(mas, mt, first, last);

	mas_lock(&mas);
	mas_store_gfp(&mas, NULL, GFP_KERNEL | __GFP_NOFAIL);
	mas_unlock(&mas);
}

/*
 * The first entry at or after @index and not after @last, with a reference;
 * @index moves behind it. What is in a tree has the reference of the tree.
 * Under the lock, since on 6.1 a walk to the next entry that meets a change
 * can end at no node at all.
 */
void *acl_tree_next(struct maple_tree *mt, unsigned long *index,
		    unsigned long last, void (*get)(void *entry))
{
	MA_STATE(mas, mt, *index, *index);
	void *entry;

	if (*index > last)
		return NULL;
	mas_lock(&mas);
	entry = mas_find(&mas, last);
	if (entry) {
		get(entry);
		*index = mas.last + 1;
	}
	mas_unlock(&mas);
	return entry;
}

static struct acl_range *acl_range_create(struct acl_ctx *ctx,
					  const struct acl_emu_range_reserve *arg)
{
	struct acl_range *range;

	range = kzalloc(sizeof(*range), GFP_KERNEL_ACCOUNT);
	if (!range)
		return NULL;
	refcount_set(&range->ref, 1);
	range->ctx = ctx;
	range->size = arg->size;
	range->kind = arg->kind;
	range->flags = arg->head.flags;
	spin_lock_init(&range->lock);
	range->state = ACL_RANGE_RESERVING;
	/*
	 * Nothing asks for gaps here, but trees without them are freed wrongly
	 * by the kernel (6.1 to 6.12 at least): in a node with 15 children it
	 * takes the number of them for a sixteenth.
	 */
	mt_init_flags(&range->tree, MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU);
	INIT_LIST_HEAD(&range->ticket);
	return range;
}

void acl_range_put(struct acl_range *range)
{
	if (!refcount_dec_and_test(&range->ref))
		return;
	mtree_destroy(&range->tree);
	kfree_rcu(range, rcu);
}

/* The range that contains @addr, in whatever state, with a reference. */
struct acl_range *acl_range_find(struct acl_ctx *ctx, unsigned long addr)
{
	struct acl_range *range;

	rcu_read_lock();
	range = mtree_load(&ctx->ranges, addr >> PAGE_SHIFT);
	if (range && !refcount_inc_not_zero(&range->ref))
		range = NULL;
	rcu_read_unlock();
	return range;
}

static void acl_range_get(void *entry)
{
	struct acl_range *range = entry;

	refcount_inc(&range->ref);
}

/* The first range from page @index to @last; @index is the next page. */
struct acl_range *acl_range_next(struct acl_ctx *ctx, unsigned long *index,
				 unsigned long last)
{
	return acl_tree_next(&ctx->ranges, index, last, acl_range_get);
}

/* The same for an operation on a kind of range; sets reason and errno. */
struct acl_range *acl_range_get_kind(struct acl_cmd *cmd, unsigned long addr,
				     u32 kind)
{
	struct acl_range *range = acl_range_find(cmd->ctx, addr);
	int ret;

	if (!range || READ_ONCE(range->state) == ACL_RANGE_RESERVING) {
		ret = acl_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_RANGE, addr, 0);
	} else if (range->kind != kind) {
		ret = acl_fail(cmd, -EINVAL, ACL_EMU_REASON_KIND, range->kind,
			       kind);
	} else {
		return range;
	}
	if (range)
		acl_range_put(range);
	return ERR_PTR(ret);
}

/* Takes all mappings out. Their entries are gone, nobody can fault. */
void acl_range_discard(struct acl_range *range)
{
	struct acl_mapping *m, *next;
	unsigned long index = 0;
	LIST_HEAD(list);

	while ((m = acl_mapping_next(range, &index, ULONG_MAX))) {
		/* The claim comes with the tree's reference. */
		if (acl_mapping_claim(m))
			list_add(&m->node, &list);
		acl_mapping_put(m);
		cond_resched();
	}
	/* One store empties the tree; what others are removing goes with it. */
	acl_tree_clear(&range->tree, 0, ULONG_MAX);
	list_for_each_entry_safe(m, next, &list, node) {
		acl_mapping_drop(range, m);
		cond_resched();
	}
}

/* ---- the VMA ---- */

static struct acl_range *acl_range_take_ticket(struct acl_ctx *ctx,
					       struct vm_area_struct *vma)
{
	struct acl_range *range, *found = NULL;

	spin_lock(&ctx->lock);
	list_for_each_entry(range, &ctx->tickets, ticket) {
		if (range->task != current || range->start != vma->vm_start ||
		    range->size != vma->vm_end - vma->vm_start ||
		    range->start >> PAGE_SHIFT != vma->vm_pgoff)
			continue;
		list_del_init(&range->ticket);
		refcount_inc(&range->ref);
		found = range;
		break;
	}
	spin_unlock(&ctx->lock);
	return found;
}

/* Works for acl_window_take() only: the program itself cannot mmap the node. */
int acl_range_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct acl_ctx *ctx = file->private_data;
	struct acl_range *range;
	unsigned long flags;

	if (vma->vm_mm != ctx->mm)
		return -ESTALE;
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	range = acl_range_take_ticket(ctx, vma);
	if (!range)
		return -EINVAL;

	/*
	 * MIXEDMAP lets the kernel pin our pages (O_DIRECT, RDMA). It makes
	 * PTEs only as writable as the VMA, so read-only memory needs PFNMAP,
	 * which sets them one by one and cannot be pinned.
	 */
	flags = VM_DONTEXPAND | VM_DONTDUMP | VM_DONTCOPY;
	if (range->flags & ACL_EMU_RANGE_RDONLY_CAPABLE) {
		flags |= VM_PFNMAP;
		vma->vm_ops = &acl_range_rdonly_vm_ops;
	} else {
		flags |= VM_MIXEDMAP;
		vma->vm_ops = &acl_range_vm_ops;
	}
	acl_vm_flags_mod(vma, flags, VM_EXEC | VM_MAYEXEC);
	vma->vm_private_data = range;
	return 0;
}

/*
 * A second VMA of the range: a child made with MADV_DOFORK, or mremap() before
 * it is told no. The child got a copy of the page table; it shall have none.
 */
void acl_range_vma_opened(struct vm_area_struct *vma)
{
	struct acl_range *range = vma->vm_private_data;

	refcount_inc(&range->ref);
	if (vma->vm_mm != range->ctx->mm)
		acl_ctx_zap(range->ctx, range->start, range->size);
}

/*
 * If it is the range's own VMA and RANGE_RELEASE is not the cause, the program
 * has unmapped it (or is gone). Its mappings go, the record stays until it is
 * released: other memory may be at these addresses by then.
 */
void acl_range_vma_closed(struct vm_area_struct *vma)
{
	struct acl_range *range = vma->vm_private_data;
	bool detached = false;

	if (vma->vm_mm == range->ctx->mm && vma->vm_start == range->start) {
		spin_lock(&range->lock);
		if (range->state != ACL_RANGE_RELEASING) {
			range->state = ACL_RANGE_DETACHED;
			detached = true;
		}
		spin_unlock(&range->lock);
	}
	if (detached)
		acl_range_discard(range);
	acl_range_put(range);
}

/* ---- ioctls ---- */

int acl_range_reserve_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_range_reserve *arg = cmd->arg;
	struct acl_range *range;
	int ret;

	ret = acl_device_need_any(cmd);
	if (ret)
		return ret;
	ret = acl_window_check(cmd, arg);
	if (ret)
		return ret;
	range = acl_range_create(cmd->ctx, arg);
	if (!range)
		return acl_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				sizeof(*range), 0);
	ret = acl_window_place(cmd, range, arg);
	if (ret) {
		acl_range_put(range);
		return ret;
	}

	acl_count(ACL_EMU_COUNTER_RANGES, 1);
	spin_lock(&range->lock);
	/* Another thread may have unmapped it in this moment. */
	if (range->state == ACL_RANGE_RESERVING)
		range->state = ACL_RANGE_LIVE;
	spin_unlock(&range->lock);
	arg->addr = range->start;
	trace_acl_range_reserve(cmd->ctx->tgid, range->start, range->size);
	return 0;
}

/* Sets aside a range that has no mappings; tells whether it has its VMA. */
static int acl_range_begin_release(struct acl_cmd *cmd,
				   struct acl_range *range, bool *has_vma)
{
	unsigned long index = range->start >> PAGE_SHIFT;
	struct acl_mapping *m;
	bool mapped;

	spin_lock(&range->lock);
	if (range->state == ACL_RANGE_RELEASING) {
		spin_unlock(&range->lock);
		return acl_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_RANGE,
				range->start, 0);
	}
	mapped = range->maps;
	if (!mapped) {
		*has_vma = range->state == ACL_RANGE_LIVE;
		range->state = ACL_RANGE_RELEASING;
	}
	spin_unlock(&range->lock);
	if (!mapped)
		return 0;

	acl_fail(cmd, 0, ACL_EMU_REASON_STILL_MAPPED, range->start, 0);
	m = acl_mapping_next(range, &index, ULONG_MAX);
	if (m) {
		acl_fail(cmd, 0, ACL_EMU_REASON_STILL_MAPPED, m->start,
			 m->size);
		acl_mapping_put(m);
	}
	return -EBUSY;
}

static int acl_range_release(struct acl_cmd *cmd, struct acl_range *range)
{
	struct acl_ctx *ctx = cmd->ctx;
	bool has_vma;
	int ret;

	ret = acl_ctx_enter(cmd);
	if (ret)
		return ret;
	ret = acl_range_begin_release(cmd, range, &has_vma);
	acl_ctx_leave(ctx);
	if (ret)
		return ret;

	if (has_vma) {
		ret = vm_munmap(range->start, range->size);
		if (ret) {
			spin_lock(&range->lock);
			range->state = ACL_RANGE_LIVE;
			spin_unlock(&range->lock);
			return acl_fail(cmd, ret == -EINTR ? ret : -ENOMEM,
					ACL_EMU_REASON_VA_LIMIT, range->size,
					-ret);
		}
	}
	trace_acl_range_release(ctx->tgid, range->start, range->size);
	acl_tree_clear(&ctx->ranges, range->start >> PAGE_SHIFT,
		       (range->start + range->size - 1) >> PAGE_SHIFT);
	acl_count(ACL_EMU_COUNTER_RANGES, -1);
	acl_range_put(range);
	return 0;
}

int acl_range_release_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_range_release *arg = cmd->arg;
	struct acl_range *range;
	int ret;

	ret = acl_device_need_any(cmd);
	if (ret)
		return ret;
	range = acl_range_get_kind(cmd, arg->addr, arg->kind);
	if (IS_ERR(range))
		return PTR_ERR(range);
	if (range->start != arg->addr)
		ret = acl_fail(cmd, -EINVAL, ACL_EMU_REASON_NOT_RANGE_START,
			       range->start, range->size);
	else
		ret = acl_range_release(cmd, range);
	acl_range_put(range);
	return ret;
}

void acl_range_reserve_undo(struct acl_cmd *cmd)
{
	struct acl_emu_range_reserve *arg = cmd->arg;
	struct acl_range *range = acl_range_find(cmd->ctx, arg->addr);

	if (!range)
		return;
	acl_range_release(cmd, range);
	acl_range_put(range);
}
