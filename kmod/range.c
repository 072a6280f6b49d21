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
void emu_tree_clear(struct maple_tree *mt, unsigned long first,
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
void *emu_tree_next(struct maple_tree *mt, unsigned long *index,
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

static struct emu_range *emu_range_create(struct emu_client *client,
					  const struct acl_emu_range_reserve *arg)
{
	struct emu_range *range;

	range = kzalloc(sizeof(*range), GFP_KERNEL_ACCOUNT);
	if (!range)
		return NULL;
	refcount_set(&range->ref, 1);
	range->client = client;
	range->size = arg->size;
	range->kind = arg->kind;
	range->flags = arg->head.flags;
	spin_lock_init(&range->lock);
	range->state = EMU_RANGE_RESERVING;
	/*
	 * Nothing asks for gaps here, but trees without them are freed wrongly
	 * by the kernel (6.1 to 6.12 at least): in a node with 15 children it
	 * takes the number of them for a sixteenth.
	 */
	mt_init_flags(&range->tree, MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU);
	INIT_LIST_HEAD(&range->ticket);
	return range;
}

void emu_range_put(struct emu_range *range)
{
	if (!refcount_dec_and_test(&range->ref))
		return;
	mtree_destroy(&range->tree);
	kfree_rcu(range, rcu);
}

/* The range that contains @addr, in whatever state, with a reference. */
struct emu_range *emu_range_find(struct emu_client *client, unsigned long addr)
{
	struct emu_range *range;

	rcu_read_lock();
	range = mtree_load(&client->ranges, addr >> PAGE_SHIFT);
	if (range && !refcount_inc_not_zero(&range->ref))
		range = NULL;
	rcu_read_unlock();
	return range;
}

static void emu_range_get(void *entry)
{
	struct emu_range *range = entry;

	refcount_inc(&range->ref);
}

/* The first range from page @index to @last; @index is the next page. */
struct emu_range *emu_range_next(struct emu_client *client, unsigned long *index,
				 unsigned long last)
{
	return emu_tree_next(&client->ranges, index, last, emu_range_get);
}

/* The same for an operation on a kind of range; sets reason and errno. */
struct emu_range *emu_range_get_kind(struct emu_cmd *cmd, unsigned long addr,
				     u32 kind)
{
	struct emu_range *range = emu_range_find(cmd->client, addr);
	int ret;

	if (!range || READ_ONCE(range->state) == EMU_RANGE_RESERVING) {
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_RANGE, addr, 0);
	} else if (range->kind != kind) {
		ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_KIND, range->kind,
			       kind);
	} else {
		return range;
	}
	if (range)
		emu_range_put(range);
	return ERR_PTR(ret);
}

/* Takes all mappings out. Their entries are gone, nobody can fault. */
void emu_range_discard(struct emu_range *range)
{
	struct emu_mapping *m, *next;
	unsigned long index = 0;
	LIST_HEAD(list);

	while ((m = emu_mapping_next(range, &index, ULONG_MAX))) {
		/* The claim comes with the tree's reference. */
		if (emu_mapping_claim(m))
			list_add(&m->node, &list);
		emu_mapping_put(m);
		cond_resched();
	}
	/* One store empties the tree; what others are removing goes with it. */
	emu_tree_clear(&range->tree, 0, ULONG_MAX);
	list_for_each_entry_safe(m, next, &list, node) {
		emu_mapping_drop(range, m);
		cond_resched();
	}
}

/* ---- the VMA ---- */

static struct emu_range *emu_range_take_ticket(struct emu_client *client,
					       struct vm_area_struct *vma)
{
	struct emu_range *range, *found = NULL;

	spin_lock(&client->lock);
	list_for_each_entry(range, &client->tickets, ticket) {
		if (range->task != current || range->start != vma->vm_start ||
		    range->size != vma->vm_end - vma->vm_start ||
		    range->start >> PAGE_SHIFT != vma->vm_pgoff)
			continue;
		list_del_init(&range->ticket);
		refcount_inc(&range->ref);
		found = range;
		break;
	}
	spin_unlock(&client->lock);
	return found;
}

/* Works for emu_window_take() only: the program itself cannot mmap the node. */
int emu_range_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct emu_client *client = file->private_data;
	struct emu_range *range;
	unsigned long flags;

	if (vma->vm_mm != client->mm)
		return -ESTALE;
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	range = emu_range_take_ticket(client, vma);
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
		vma->vm_ops = &emu_range_rdonly_vm_ops;
	} else {
		flags |= VM_MIXEDMAP;
		vma->vm_ops = &emu_range_vm_ops;
	}
	emu_vm_flags_mod(vma, flags, VM_EXEC | VM_MAYEXEC);
	vma->vm_private_data = range;
	return 0;
}

/*
 * A second VMA of the range: a child made with MADV_DOFORK, or mremap() before
 * it is told no. The child got a copy of the page table; it shall have none.
 */
void emu_range_vma_opened(struct vm_area_struct *vma)
{
	struct emu_range *range = vma->vm_private_data;

	refcount_inc(&range->ref);
	if (vma->vm_mm != range->client->mm)
		emu_client_zap(range->client, range->start, range->size);
}

/*
 * If it is the range's own VMA and RANGE_RELEASE is not the cause, the program
 * has unmapped it (or is gone). Its mappings go, the record stays until it is
 * released: other memory may be at these addresses by then.
 */
void emu_range_vma_closed(struct vm_area_struct *vma)
{
	struct emu_range *range = vma->vm_private_data;
	bool detached = false;

	if (vma->vm_mm == range->client->mm && vma->vm_start == range->start) {
		spin_lock(&range->lock);
		if (range->state != EMU_RANGE_RELEASING) {
			range->state = EMU_RANGE_DETACHED;
			detached = true;
		}
		spin_unlock(&range->lock);
	}
	if (detached)
		emu_range_discard(range);
	emu_range_put(range);
}

/* ---- ioctls ---- */

int emu_range_reserve_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_range_reserve *arg = cmd->arg;
	struct emu_range *range;
	int ret;

	ret = emu_device_need_any(cmd);
	if (ret)
		return ret;
	ret = emu_window_check(cmd, arg);
	if (ret)
		return ret;
	range = emu_range_create(cmd->client, arg);
	if (!range)
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				sizeof(*range), 0);
	ret = emu_window_place(cmd, range, arg);
	if (ret) {
		emu_range_put(range);
		return ret;
	}

	emu_stat_add(ACL_EMU_STAT_RANGES, 1);
	spin_lock(&range->lock);
	/* Another thread may have unmapped it in this moment. */
	if (range->state == EMU_RANGE_RESERVING)
		range->state = EMU_RANGE_LIVE;
	spin_unlock(&range->lock);
	arg->addr = range->start;
	trace_acl_emu_range_reserve(cmd->client->tgid, range->start, range->size);
	return 0;
}

/* Sets aside a range that has no mappings; tells whether it has its VMA. */
static int emu_range_begin_release(struct emu_cmd *cmd,
				   struct emu_range *range, bool *has_vma)
{
	unsigned long index = range->start >> PAGE_SHIFT;
	struct emu_mapping *m;
	bool mapped;

	spin_lock(&range->lock);
	if (range->state == EMU_RANGE_RELEASING) {
		spin_unlock(&range->lock);
		return emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_RANGE,
				range->start, 0);
	}
	mapped = range->maps;
	if (!mapped) {
		*has_vma = range->state == EMU_RANGE_LIVE;
		range->state = EMU_RANGE_RELEASING;
	}
	spin_unlock(&range->lock);
	if (!mapped)
		return 0;

	emu_fail(cmd, 0, ACL_EMU_REASON_STILL_MAPPED, range->start, 0);
	m = emu_mapping_next(range, &index, ULONG_MAX);
	if (m) {
		emu_fail(cmd, 0, ACL_EMU_REASON_STILL_MAPPED, m->start,
			 m->size);
		emu_mapping_put(m);
	}
	return -EBUSY;
}

static int emu_range_release(struct emu_cmd *cmd, struct emu_range *range)
{
	struct emu_client *client = cmd->client;
	bool has_vma;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	ret = emu_range_begin_release(cmd, range, &has_vma);
	emu_client_leave(client);
	if (ret)
		return ret;

	if (has_vma) {
		ret = vm_munmap(range->start, range->size);
		if (ret) {
			spin_lock(&range->lock);
			range->state = EMU_RANGE_LIVE;
			spin_unlock(&range->lock);
			return emu_fail(cmd, ret == -EINTR ? ret : -ENOMEM,
					ACL_EMU_REASON_VA_LIMIT, range->size,
					-ret);
		}
	}
	trace_acl_emu_range_release(client->tgid, range->start, range->size);
	emu_tree_clear(&client->ranges, range->start >> PAGE_SHIFT,
		       (range->start + range->size - 1) >> PAGE_SHIFT);
	emu_stat_add(ACL_EMU_STAT_RANGES, -1);
	emu_range_put(range);
	return 0;
}

int emu_range_release_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_range_release *arg = cmd->arg;
	struct emu_range *range;
	int ret;

	ret = emu_device_need_any(cmd);
	if (ret)
		return ret;
	range = emu_range_get_kind(cmd, arg->addr, arg->kind);
	if (IS_ERR(range))
		return PTR_ERR(range);
	if (range->start != arg->addr)
		ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_NOT_RANGE_START,
			       range->start, range->size);
	else
		ret = emu_range_release(cmd, range);
	emu_range_put(range);
	return ret;
}

void emu_range_reserve_undo(struct emu_cmd *cmd)
{
	struct acl_emu_range_reserve *arg = cmd->arg;
	struct emu_range *range = emu_range_find(cmd->client, arg->addr);

	if (!range)
		return;
	emu_range_release(cmd, range);
	emu_range_put(range);
}
