// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients: an open file and the address space it belongs to.
 *
 * The memory of a client is released when its address space ends, not when the
 * file is released: a forked child, a file descriptor in a socket or a VMA can
 * hold the file for ever. A file released later finds an empty client.
 *
 * Releasing the memory can take long, and the notifier that reports the end of
 * an address space must be short: every mmu_notifier_unregister(), of any
 * address space, waits for all running notifiers. So the notifier closes the
 * reaper, a file whose release function does the work. The kernel runs it
 * before the process is reaped.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pid.h>
#include <linux/pseudo_fs.h>
#include <linux/random.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "client.h"
#include "compat.h"
#include "handle.h"
#include "idle.h"
#include "range.h"
#include "stat.h"
#include "tree.h"
#include "trace.h"

#define EMU_FS_MAGIC	0x61636c65

/* By id, ascending. */
static DEFINE_XARRAY(emu_clients);
static DEFINE_MUTEX(emu_clients_lock);
static u64 emu_clients_last;

/*
 * A file system for one inode per client: the address space of the inode finds
 * all VMAs of that client. It is mounted only while a file is open, since a
 * mount holds the module.
 */
static struct vfsmount *emu_fs_mnt;
static int emu_fs_count;

static int emu_fs_init_context(struct fs_context *fc)
{
	if (!init_pseudo(fc, EMU_FS_MAGIC))
		return -ENOMEM;
	/* Otherwise the mount holds the user namespace of the first opener. */
	fc->global = true;
	return 0;
}

static struct file_system_type emu_fs_type = {
	.name = "acl_emu",
	.owner = THIS_MODULE,
	.init_fs_context = emu_fs_init_context,
	.kill_sb = kill_anon_super,
};

int emu_client_fs_init(void)
{
	return register_filesystem(&emu_fs_type);
}

void emu_client_fs_exit(void)
{
	unregister_filesystem(&emu_fs_type);
}

/* Begins an operation. Pair with emu_client_leave(). */
int emu_client_enter(struct emu_cmd *cmd)
{
	if (down_read_killable(&cmd->client->sem))
		return emu_fail(cmd, -EINTR, ACL_EMU_REASON_INTERRUPTED, 0, 0);
	if (!cmd->client->dead)
		return 0;
	up_read(&cmd->client->sem);
	return emu_fail(cmd, -ESTALE, ACL_EMU_REASON_DEAD, 0, 0);
}

void emu_client_leave(struct emu_client *client)
{
	up_read(&client->sem);
}

/* Removes the page table entries of addresses, in every process. */
void emu_client_zap(struct emu_client *client, unsigned long addr, unsigned long size)
{
	unmap_mapping_range(client->inode->i_mapping, addr, size, 1);
}

static void emu_client_kill(struct emu_client *client)
{
	down_write(&client->sem);
	if (!client->dead) {
		client->dead = true;
		/* No thread can fault any more: zap everything once, first. */
		unmap_mapping_range(client->inode->i_mapping, 0, 0, 1);
		emu_ranges_discard(client);
		emu_handles_close(client);
		trace_acl_emu_client_dead(client->tgid);
	}
	up_write(&client->sem);
}

static void emu_client_free(struct emu_client *client)
{
	emu_handles_destroy(&client->handles);
	put_pid(client->pid);
	kfree(client);
}

/* The file and its reaper hold the client. */
void emu_client_put(struct emu_client *client)
{
	if (!refcount_dec_and_test(&client->ref))
		return;
	emu_idle_end(client);
	mtree_destroy(&client->ranges);
	iput(client->inode);
	simple_release_fs(&emu_fs_mnt, &emu_fs_count);
	mmdrop(client->mm);
	emu_client_free(client);
}

static int emu_reaper_release(struct inode *inode, struct file *file)
{
	struct emu_client *client = file->private_data;

	emu_client_kill(client);
	emu_client_put(client);
	return 0;
}

static const struct file_operations emu_reaper_fops = {
	.owner = THIS_MODULE,
	.release = emu_reaper_release,
};

static void emu_client_mm_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct emu_client *client = container_of(mn, struct emu_client, mn);
	struct file *reaper = xchg(&client->reaper, NULL);

	/* Exit and emu_client_release() can call this at the same time. */
	if (reaper)
		fput(reaper);
}

static const struct mmu_notifier_ops emu_client_mn_ops = {
	.release = emu_client_mm_release,
};

static struct emu_client *emu_client_create(void)
{
	struct emu_client *client;

	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client)
		return NULL;
	refcount_set(&client->ref, 1);
	client->mm = current->mm;
	client->mn.ops = &emu_client_mn_ops;
	client->tgid = task_tgid_nr(current);
	client->key = get_random_u64();
	init_rwsem(&client->sem);
	spin_lock_init(&client->lock);
	INIT_LIST_HEAD(&client->tickets);
	emu_tree_init(&client->ranges);
	if (emu_handles_init(&client->handles)) {
		kfree(client);
		return NULL;
	}
	client->pid = get_pid(task_tgid(current));
	return client;
}

/* Registers the notifier that ends the client with its address space. */
static int emu_client_watch(struct emu_client *client)
{
	struct file *reaper;
	int ret;

	reaper = anon_inode_getfile("[acl_emu]", &emu_reaper_fops, client, 0);
	if (IS_ERR(reaper))
		return PTR_ERR(reaper);
	refcount_inc(&client->ref);
	client->reaper = reaper;
	ret = mmu_notifier_register(&client->mn, client->mm);
	if (!ret)
		return 0;
	fput(reaper);
	/* Every signal ends the call, also one that only stops or profiles. */
	return ret == -EINTR ? -ERESTARTNOINTR : ret;
}

/* From now on others see the client. */
static int emu_client_list(struct emu_client *client)
{
	int ret;

	mutex_lock(&emu_clients_lock);
	client->id = ++emu_clients_last;
	ret = xa_insert(&emu_clients, client->id, client, GFP_KERNEL_ACCOUNT);
	mutex_unlock(&emu_clients_lock);
	return ret;
}

static void emu_client_unlist(struct emu_client *client)
{
	mutex_lock(&emu_clients_lock);
	xa_erase(&emu_clients, client->id);
	mutex_unlock(&emu_clients_lock);
}

int emu_client_open(struct inode *inode, struct file *file)
{
	struct emu_client *client;
	int ret;

	if ((file->f_mode & (FMODE_READ | FMODE_WRITE)) !=
	    (FMODE_READ | FMODE_WRITE))
		return -EACCES;
	if (!current->mm)
		return -EINVAL;

	client = emu_client_create();
	if (!client)
		return -ENOMEM;
	ret = simple_pin_fs(&emu_fs_type, &emu_fs_mnt, &emu_fs_count);
	if (ret)
		goto err_ctx;
	client->inode = alloc_anon_inode(emu_fs_mnt->mnt_sb);
	if (IS_ERR(client->inode)) {
		ret = PTR_ERR(client->inode);
		goto err_fs;
	}
	mmgrab(client->mm);
	ret = emu_client_list(client);
	if (ret) {
		emu_client_put(client);
		return ret;
	}
	ret = emu_client_watch(client);
	if (ret) {
		emu_client_unlist(client);
		emu_client_put(client);
		return ret;
	}

	file->f_mapping = client->inode->i_mapping;
	file->private_data = client;
	emu_stat_add(ACL_EMU_STAT_CLIENTS, 1);
	trace_acl_emu_client_open(client->tgid);
	return 0;

err_fs:
	simple_release_fs(&emu_fs_mnt, &emu_fs_count);
err_ctx:
	emu_client_free(client);
	return ret;
}

int emu_client_release(struct inode *inode, struct file *file)
{
	struct emu_client *client = file->private_data;

	emu_client_kill(client);
	/* Calls ->release if the address space is still there. */
	mmu_notifier_unregister(&client->mn, client->mm);
	emu_client_unlist(client);
	emu_stat_add(ACL_EMU_STAT_CLIENTS, -1);
	emu_client_put(client);
	return 0;
}

/* The first client from @id on, with a reference; @id is the next. */
struct emu_client *emu_client_next(unsigned long *id)
{
	struct emu_client *client;

	mutex_lock(&emu_clients_lock);
	client = xa_find(&emu_clients, id, ULONG_MAX, XA_PRESENT);
	if (client)
		refcount_inc(&client->ref);
	mutex_unlock(&emu_clients_lock);
	(*id)++;
	return client;
}

/* The client with that id, with a reference, or NULL. */
struct emu_client *emu_client_get(u64 id)
{
	struct emu_client *client;

	mutex_lock(&emu_clients_lock);
	client = xa_load(&emu_clients, id);
	if (client)
		refcount_inc(&client->ref);
	mutex_unlock(&emu_clients_lock);
	return client;
}
