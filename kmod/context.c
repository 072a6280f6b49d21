// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts: an open file, the address space it belongs to, and their end.
 *
 * What a context holds dies with the address space, not with the file: a
 * forked child, a file descriptor under way in a socket or a VMA can keep the
 * file for ever. The file's own release finds an empty shell.
 *
 * Giving back what a context holds can take long, and the notifier that tells
 * of the end of an address space must not: whoever unregisters a notifier, of
 * whatever address space, waits until all that run are through. So it closes a
 * file of ours instead; the kernel does that before the process is reaped, and
 * that file's release does the work.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "emu.h"
#include "trace.h"

#define ACL_FS_MAGIC	0x61636c65

static LIST_HEAD(acl_contexts);
static DEFINE_MUTEX(acl_contexts_lock);

/*
 * The file system is there for inodes whose mapping finds the VMAs of one
 * context and of no other. It is mounted while a file is open only, since a
 * mount holds the module.
 */
static struct vfsmount *acl_fs_mnt;
static int acl_fs_count;

static int acl_fs_init_context(struct fs_context *fc)
{
	return init_pseudo(fc, ACL_FS_MAGIC) ? 0 : -ENOMEM;
}

static struct file_system_type acl_fs_type = {
	.name = "acl_emu",
	.owner = THIS_MODULE,
	.init_fs_context = acl_fs_init_context,
	.kill_sb = kill_anon_super,
};

int acl_ctx_fs_init(void)
{
	return register_filesystem(&acl_fs_type);
}

void acl_ctx_fs_exit(void)
{
	unregister_filesystem(&acl_fs_type);
}

/* Begins an operation. Pair with acl_ctx_leave(). */
int acl_ctx_enter(struct acl_cmd *cmd)
{
	if (down_read_killable(&cmd->ctx->sem))
		return acl_fail(cmd, -EINTR, ACL_EMU_REASON_INTERRUPTED, 0, 0);
	if (!cmd->ctx->dead)
		return 0;
	up_read(&cmd->ctx->sem);
	return acl_fail(cmd, -ESTALE, ACL_EMU_REASON_DEAD, 0, 0);
}

void acl_ctx_leave(struct acl_ctx *ctx)
{
	up_read(&ctx->sem);
}

/* Removes the page table entries of addresses, in whatever process. */
void acl_ctx_zap(struct acl_ctx *ctx, unsigned long addr, unsigned long size)
{
	unmap_mapping_range(ctx->inode->i_mapping, addr, size, 1);
}

static void acl_ctx_kill_ranges(struct acl_ctx *ctx)
{
	struct acl_range *range;
	unsigned long index = 0;

	/* Nobody is left who could fault: zapping once, first, is enough. */
	unmap_mapping_range(ctx->inode->i_mapping, 0, 0, 1);
	while ((range = acl_range_next(ctx, &index, ULONG_MAX))) {
		acl_range_discard(range);
		acl_tree_clear(&ctx->ranges, range->start >> PAGE_SHIFT,
			       (range->start + range->size - 1) >> PAGE_SHIFT);
		acl_count(ACL_EMU_COUNTER_RANGES, -1);
		acl_range_put(range);
		/* And the reference of the tree. */
		acl_range_put(range);
		cond_resched();
	}
}

static void acl_ctx_kill(struct acl_ctx *ctx)
{
	struct acl_object *obj;
	struct acl_handle *h;
	unsigned long id = 0;

	down_write(&ctx->sem);
	if (!ctx->dead) {
		ctx->dead = true;
		acl_ctx_kill_ranges(ctx);
		while ((obj = acl_object_next(ctx, &id))) {
			h = container_of(obj, struct acl_handle, obj);
			acl_handle_kill(ctx, h);
			acl_handle_put(h);
			cond_resched();
		}
		trace_acl_context_dead(ctx->tgid);
	}
	up_write(&ctx->sem);
}

/* The file and its reaper hold the context. */
static void acl_ctx_put(struct acl_ctx *ctx)
{
	if (!refcount_dec_and_test(&ctx->ref))
		return;
	mtree_destroy(&ctx->ranges);
	xa_destroy(&ctx->objects);
	iput(ctx->inode);
	simple_release_fs(&acl_fs_mnt, &acl_fs_count);
	mmdrop(ctx->mm);
	kfree(ctx);
}

static int acl_reaper_release(struct inode *inode, struct file *file)
{
	struct acl_ctx *ctx = file->private_data;

	acl_ctx_kill(ctx);
	acl_ctx_put(ctx);
	return 0;
}

static const struct file_operations acl_reaper_fops = {
	.owner = THIS_MODULE,
	.release = acl_reaper_release,
};

static void acl_ctx_mm_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct acl_ctx *ctx = container_of(mn, struct acl_ctx, mn);
	struct file *reaper = xchg(&ctx->reaper, NULL);

	/* Exit and unregistering may meet here. */
	if (reaper)
		fput(reaper);
}

static const struct mmu_notifier_ops acl_ctx_mn_ops = {
	.release = acl_ctx_mm_release,
};

static struct acl_ctx *acl_ctx_create(void)
{
	struct acl_ctx *ctx;

	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);
	if (!ctx)
		return NULL;
	refcount_set(&ctx->ref, 1);
	ctx->mm = current->mm;
	ctx->mn.ops = &acl_ctx_mn_ops;
	ctx->tgid = task_tgid_nr(current);
	init_rwsem(&ctx->sem);
	spin_lock_init(&ctx->lock);
	INIT_LIST_HEAD(&ctx->tickets);
	xa_init_flags(&ctx->objects, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	/* A token of another process shall not happen to fit. */
	atomic_set(&ctx->gen, get_random_u32());
	hash_init(ctx->imports);
	mt_init_flags(&ctx->ranges, MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU);
	return ctx;
}

/* From now on the end of the address space is the end of the context. */
static int acl_ctx_watch(struct acl_ctx *ctx)
{
	struct file *reaper;
	int ret;

	reaper = anon_inode_getfile("[acl_emu]", &acl_reaper_fops, ctx, 0);
	if (IS_ERR(reaper))
		return PTR_ERR(reaper);
	refcount_inc(&ctx->ref);
	ctx->reaper = reaper;
	ret = mmu_notifier_register(&ctx->mn, ctx->mm);
	if (!ret)
		return 0;
	fput(reaper);
	/* It gives up for any signal, a stop or a profiler's among them. */
	return ret == -EINTR ? -ERESTARTNOINTR : ret;
}

int acl_ctx_open(struct inode *inode, struct file *file)
{
	struct acl_ctx *ctx;
	int ret;

	if ((file->f_mode & (FMODE_READ | FMODE_WRITE)) !=
	    (FMODE_READ | FMODE_WRITE))
		return -EACCES;
	if (!current->mm)
		return -EINVAL;

	ctx = acl_ctx_create();
	if (!ctx)
		return -ENOMEM;
	ret = simple_pin_fs(&acl_fs_type, &acl_fs_mnt, &acl_fs_count);
	if (ret)
		goto err_ctx;
	ctx->inode = alloc_anon_inode(acl_fs_mnt->mnt_sb);
	if (IS_ERR(ctx->inode)) {
		ret = PTR_ERR(ctx->inode);
		goto err_fs;
	}
	mmgrab(ctx->mm);
	ret = acl_ctx_watch(ctx);
	if (ret) {
		acl_ctx_put(ctx);
		return ret;
	}

	file->f_mapping = ctx->inode->i_mapping;
	file->private_data = ctx;
	mutex_lock(&acl_contexts_lock);
	list_add_tail(&ctx->node, &acl_contexts);
	mutex_unlock(&acl_contexts_lock);
	acl_count(ACL_EMU_COUNTER_CONTEXTS, 1);
	trace_acl_context_open(ctx->tgid);
	return 0;

err_fs:
	simple_release_fs(&acl_fs_mnt, &acl_fs_count);
err_ctx:
	kfree(ctx);
	return ret;
}

int acl_ctx_release(struct inode *inode, struct file *file)
{
	struct acl_ctx *ctx = file->private_data;

	acl_ctx_kill(ctx);
	/* Calls ->release if the address space is still there. */
	mmu_notifier_unregister(&ctx->mn, ctx->mm);
	mutex_lock(&acl_contexts_lock);
	list_del(&ctx->node);
	mutex_unlock(&acl_contexts_lock);
	acl_count(ACL_EMU_COUNTER_CONTEXTS, -1);
	acl_ctx_put(ctx);
	return 0;
}

void acl_ctx_for_each(void (*fn)(struct acl_ctx *ctx, void *data), void *data)
{
	struct acl_ctx *ctx;

	mutex_lock(&acl_contexts_lock);
	list_for_each_entry(ctx, &acl_contexts, node)
		fn(ctx, data);
	mutex_unlock(&acl_contexts_lock);
}
