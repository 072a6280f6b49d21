// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reservations: addresses of the process, each range exactly one VMA.
 *
 * The file offset of a VMA equals its address, so unmap_mapping_range() on the
 * inode of the client takes addresses.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/slab.h>

#include "client.h"
#include "compat.h"
#include "device.h"
#include "fault.h"
#include "handle.h"
#include "map.h"
#include "range.h"
#include "stat.h"
#include "tree.h"
#include "window.h"
#include "trace.h"

/* Number of ranges without a VMA that a client may keep. */
#define EMU_DETACHED_MAX	1024

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
	emu_tree_init(&range->tree);
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

/* The published range that contains @addr, with a reference. */
struct emu_range *emu_range_find(struct emu_client *client, unsigned long addr)
{
	struct emu_range *range;

	rcu_read_lock();
	range = mtree_load(&client->ranges, addr >> PAGE_SHIFT);
	if (range && (READ_ONCE(range->state) == EMU_RANGE_RESERVING ||
		      !refcount_inc_not_zero(&range->ref)))
		range = NULL;
	rcu_read_unlock();
	return range;
}

static void emu_range_get(void *entry)
{
	struct emu_range *range = entry;

	refcount_inc(&range->ref);
}

/* The first range from page @index to @last; moves @index behind it. */
struct emu_range *emu_range_next(struct emu_client *client, unsigned long *index,
				 unsigned long last)
{
	return emu_tree_next(&client->ranges, index, last, emu_range_get);
}

/* The same, if the range has this kind; otherwise sets the reason. */
struct emu_range *emu_range_get_kind(struct emu_cmd *cmd, unsigned long addr,
				     u32 kind)
{
	struct emu_range *range = emu_range_find(cmd->client, addr);
	int ret;

	if (!range)
		return ERR_PTR(emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_RANGE,
					addr, 0));
	if (range->kind == kind)
		return range;
	ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_KIND, range->kind, kind);
	emu_range_put(range);
	return ERR_PTR(ret);
}

/* Removes all mappings. The VMA is gone: there are no entries and no faults. */
void emu_range_discard(struct emu_range *range)
{
	struct emu_mapping *m, *next;
	unsigned long index = 0;
	LIST_HEAD(list);

	while ((m = emu_mapping_next(range, &index, ULONG_MAX))) {
		/* After the claim, @list owns the reference of the tree. */
		if (emu_mapping_claim(m))
			list_add(&m->node, &list);
		emu_mapping_put(m);
		cond_resched();
	}
	/* One store empties the tree, including mappings that others remove. */
	emu_tree_clear(&range->tree, 0, ULONG_MAX);
	list_for_each_entry_safe(m, next, &list, node) {
		emu_mapping_drop(range, m);
		cond_resched();
	}
}

/* Returns true for one caller, which removes the range from the tree. */
static bool emu_range_close(struct emu_range *range)
{
	enum emu_range_state state;

	spin_lock(&range->lock);
	state = range->state;
	WRITE_ONCE(range->state, EMU_RANGE_RELEASED);
	spin_unlock(&range->lock);
	if (state == EMU_RANGE_DETACHED)
		atomic_dec(&range->client->detached);
	return state != EMU_RANGE_RELEASED;
}

/* Removes the range from the tree and drops the reference of the tree. */
static void emu_range_forget(struct emu_range *range)
{
	emu_tree_clear(&range->client->ranges, range->start >> PAGE_SHIFT,
		       (range->start + range->size - 1) >> PAGE_SHIFT);
	emu_stat_add(ACL_EMU_STAT_RANGES, -1);
	emu_range_put(range);
}

/* Ends all reservations of a client whose address space is gone. */
void emu_ranges_discard(struct emu_client *client)
{
	struct emu_range *range;
	unsigned long index = 0;

	lockdep_assert_held_write(&client->sem);
	while ((range = emu_range_next(client, &index, ULONG_MAX))) {
		emu_range_discard(range);
		if (emu_range_close(range))
			emu_range_forget(range);
		emu_range_put(range);
		cond_resched();
	}
}

/* ---- mappings of a reservation: its count, its tie, its kind of memory ---- */

/* Counts a new mapping and ties the range to the location of its memory. */
int emu_range_begin_map(struct emu_cmd *cmd, struct emu_range *range,
			struct emu_handle *h)
{
	int ret = 0;

	spin_lock(&range->lock);
	if (range->state == EMU_RANGE_DETACHED) {
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_DETACHED,
			       range->start, range->size);
	} else if (range->state != EMU_RANGE_LIVE) {
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_RANGE,
			       range->start, 0);
	} else if (range->tied && !emu_loc_equal(range->tie, h->loc) &&
		   !(range->flags & ACL_EMU_RANGE_REMOTE)) {
		ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_DEVICE_TIE,
			       emu_loc_pack(range->tie), emu_loc_pack(h->loc));
	} else if (h->imported ? range->imports != range->maps :
		   range->imports) {
		ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_IMPORT_MIX,
			       !h->imported, 0);
	} else {
		range->tie = h->loc;
		range->tied = true;
		range->maps++;
		range->imports += h->imported;
	}
	spin_unlock(&range->lock);
	return ret;
}

/* The mapping failed. If it was the first one, the range is not tied. */
void emu_range_cancel_map(struct emu_range *range, struct emu_handle *h)
{
	spin_lock(&range->lock);
	range->maps--;
	range->imports -= h->imported;
	if (!range->maps && !range->tie_kept)
		range->tied = false;
	spin_unlock(&range->lock);
}

/* Returns false if the VMA was closed meanwhile: the mapping must be removed. */
bool emu_range_end_map(struct emu_range *range)
{
	bool live;

	spin_lock(&range->lock);
	live = range->state == EMU_RANGE_LIVE;
	range->tie_kept = true;
	spin_unlock(&range->lock);
	return live;
}

/* Uncounts a mapping. */
void emu_range_unmap(struct emu_range *range, struct emu_handle *h)
{
	spin_lock(&range->lock);
	range->maps--;
	range->imports -= h->imported;
	spin_unlock(&range->lock);
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

/* Succeeds for emu_window_take() only: the program cannot mmap the node. */
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
 * A second VMA of the range: fork() after MADV_DOFORK, or mremap(), which fails
 * later. A child has copies of the page table entries, which are removed.
 */
void emu_range_vma_opened(struct vm_area_struct *vma)
{
	struct emu_range *range = vma->vm_private_data;

	refcount_inc(&range->ref);
	if (vma->vm_mm != range->client->mm)
		emu_client_zap(range->client, range->start, range->size);
}

/* Runs without mmap_lock, before the system call that closed the VMA returns. */
static void emu_range_closed_work(struct callback_head *work)
{
	struct emu_range *range = container_of(work, struct emu_range, work);
	struct file *file = range->file;

	emu_range_discard(range);
	if (atomic_read(&range->client->detached) > EMU_DETACHED_MAX &&
	    emu_range_close(range))
		emu_range_forget(range);
	emu_range_put(range);
	/* fput() releases the file in a later task work, so the module stays loaded. */
	fput(file);
}

/*
 * The program has unmapped the VMA of the range, or exits. The mappings of the
 * range are removed; the range stays until RANGE_RELEASE. The mappings may be
 * many and mmap_lock is held, so a task work removes them.
 */
void emu_range_vma_closed(struct vm_area_struct *vma)
{
	struct emu_range *range = vma->vm_private_data;
	bool work = false;

	if (vma->vm_mm == range->client->mm && vma->vm_start == range->start) {
		spin_lock(&range->lock);
		if (range->state == EMU_RANGE_RESERVING ||
		    range->state == EMU_RANGE_LIVE) {
			WRITE_ONCE(range->state, EMU_RANGE_DETACHED);
			work = range->maps ||
			       atomic_read(&range->client->detached) >=
			       EMU_DETACHED_MAX;
			atomic_inc(&range->client->detached);
		}
		spin_unlock(&range->lock);
	}
	if (!work) {
		emu_range_put(range);
		return;
	}
	/* The work owns the reference of the VMA. */
	range->file = get_file(vma->vm_file);
	init_task_work(&range->work, emu_range_closed_work);
	if (current->flags & PF_KTHREAD ||
	    task_work_add(current, &range->work, TWA_RESUME))
		emu_range_closed_work(&range->work);
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
	refcount_inc(&range->ref);
	cmd->range = range;
	arg->addr = range->start;
	return 0;
}

/* The caller has the answer: look-ups find the range and MAP accepts it. */
void emu_range_finalize(struct emu_cmd *cmd)
{
	struct emu_range *range = cmd->range;

	spin_lock(&range->lock);
	/* Another thread may have unmapped it already. */
	if (range->state == EMU_RANGE_RESERVING)
		WRITE_ONCE(range->state, EMU_RANGE_LIVE);
	spin_unlock(&range->lock);
	trace_acl_emu_range_reserve(cmd->client->tgid, range->start,
				    range->size);
	emu_range_put(range);
}

/*
 * The caller does not get the address. No look-up found the range, so it is freed.
 * The empty VMA stays until munmap() or exit: another thread may have mapped
 * something else at its address, and munmap() by address would remove that.
 */
void emu_range_abort(struct emu_cmd *cmd)
{
	struct emu_range *range = cmd->range;

	if (emu_range_close(range))
		emu_range_forget(range);
	emu_range_put(range);
}

/* Closes a range that has no mappings. Sets @has_vma if it still has its VMA. */
static int emu_range_release(struct emu_cmd *cmd, struct emu_range *range,
			     bool *has_vma)
{
	unsigned long index = range->start >> PAGE_SHIFT;
	bool mapped, released = false;
	struct emu_mapping *m;

	spin_lock(&range->lock);
	mapped = range->maps;
	if (!mapped && range->state != EMU_RANGE_RELEASED) {
		*has_vma = range->state != EMU_RANGE_DETACHED;
		if (!*has_vma)
			atomic_dec(&range->client->detached);
		WRITE_ONCE(range->state, EMU_RANGE_RELEASED);
		released = true;
	}
	spin_unlock(&range->lock);
	if (released)
		return 0;
	if (!mapped)
		return emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_RANGE,
				range->start, 0);

	emu_fail(cmd, 0, ACL_EMU_REASON_STILL_MAPPED, range->start, 0);
	m = emu_mapping_next(range, &index, ULONG_MAX);
	if (m) {
		emu_fail(cmd, 0, ACL_EMU_REASON_STILL_MAPPED, m->start,
			 m->size);
		emu_mapping_put(m);
	}
	return -EBUSY;
}

/*
 * The caller unmaps the VMA after this ioctl. The module cannot do it safely: it
 * would unmap by address, and another thread may have mapped something else there.
 */
int emu_range_release_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_range_release *arg = cmd->arg;
	struct emu_range *range;
	bool has_vma;
	int ret;

	ret = emu_device_need_any(cmd);
	if (ret)
		return ret;
	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	range = emu_range_get_kind(cmd, arg->addr, arg->kind);
	if (IS_ERR(range)) {
		ret = PTR_ERR(range);
		goto out;
	}
	if (range->start != arg->addr)
		ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_NOT_RANGE_START,
			       range->start, range->size);
	else
		ret = emu_range_release(cmd, range, &has_vma);
	if (!ret) {
		arg->size = has_vma ? range->size : 0;
		trace_acl_emu_range_release(cmd->client->tgid, range->start,
					    range->size);
		emu_range_forget(range);
	}
	emu_range_put(range);
out:
	emu_client_leave(cmd->client);
	return ret;
}
