// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device node: ioctl table, module start and end.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "emu.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

DEFINE_PER_CPU(struct emu_stats, emu_stats);

u64 emu_stat_read(enum acl_emu_stat what)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(emu_stats.count[what], cpu));
	return sum;
}

static int emu_query_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_query *arg = cmd->arg;
	u32 last = 0;

	if (arg->param >= ACL_EMU_PARAM_END)
		return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
				arg->param, ACL_EMU_PARAM_END - 1);
	if (arg->param == ACL_EMU_PARAM_STAT)
		last = ACL_EMU_STAT_END - 1;
	if (arg->param == ACL_EMU_PARAM_RESERVED)
		last = emu_device_count - 1;
	if (arg->index > last)
		return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
				arg->index, last);

	switch (arg->param) {
	case ACL_EMU_PARAM_ABI_VERSION:
		arg->value = ACL_EMU_ABI_VERSION;
		break;
	case ACL_EMU_PARAM_FEATURES:
		arg->value = ACL_EMU_FEATURE_RESERVED_MEM |
			     ACL_EMU_FEATURE_SYNC;
		break;
	case ACL_EMU_PARAM_DEVICES:
		arg->value = emu_device_count;
		break;
	case ACL_EMU_PARAM_STAT:
		arg->value = emu_stat_read(array_index_nospec(arg->index,
							    last + 1));
		break;
	case ACL_EMU_PARAM_RESERVED:
		arg->value = emu_device_get(arg->index)->reserved;
		break;
	}
	return 0;
}

static int emu_tgid_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_tgid *arg = cmd->arg;

	arg->tgid = task_tgid_nr(current);
	return 0;
}

union emu_arg {
	struct acl_emu_head head;
	struct acl_emu_query query;
	struct acl_emu_device_info device_info;
	struct acl_emu_device device;
	struct acl_emu_phys_alloc phys_alloc;
	struct acl_emu_phys_retain phys_retain;
	struct acl_emu_phys_free phys_free;
	struct acl_emu_phys_info phys_info;
	struct acl_emu_range_reserve range_reserve;
	struct acl_emu_range_release range_release;
	struct acl_emu_map map;
	struct acl_emu_unmap unmap;
	struct acl_emu_access access;
	struct acl_emu_lookup lookup;
	struct acl_emu_copy copy;
	struct acl_emu_export export;
	struct acl_emu_export_fd export_fd;
	struct acl_emu_allow_pids allow_pids;
	struct acl_emu_share_query share_query;
	struct acl_emu_share_close share_close;
	struct acl_emu_import import;
	struct acl_emu_import_fd import_fd;
	struct acl_emu_sync_create sync_create;
	struct acl_emu_sync_signal sync_signal;
	struct acl_emu_sync_wait sync_wait;
	struct acl_emu_tgid tgid;
	struct acl_emu_enum enumerate;
};

/**
 * struct emu_op - one ioctl
 * @size:     of the argument as this module knows it
 * @min_size: of the argument when the ioctl was introduced
 * @pad:      offset of its u32 of padding, or 0
 * @probe:    what it does can be neither undone nor repeated
 * @flags:    flags it knows
 * @execute:  does it
 * @undo:     takes it back when the answer cannot be delivered, or NULL
 */
struct emu_op {
	u16 size;
	u16 min_size;
	u16 pad;
	bool probe;
	u32 flags;
	int (*execute)(struct emu_cmd *cmd);
	void (*undo)(struct emu_cmd *cmd);
};

#define EMU_OP(_nr, _struct, _last, _fn, ...)				\
	[ACL_EMU_NR_##_nr - ACL_EMU_NR_BASE] = {			\
		.size = sizeof(struct _struct),				\
		.min_size = offsetofend(struct _struct, _last),		\
		.execute = _fn,						\
		__VA_ARGS__						\
	}
#define EMU_PAD(_struct)	.pad = offsetof(struct _struct, pad)

static const struct emu_op emu_ops[ACL_EMU_NR_END - ACL_EMU_NR_BASE] = {
	EMU_OP(QUERY, acl_emu_query, value, emu_query_ioctl),
	EMU_OP(DEVICE_INFO, acl_emu_device_info, pad, emu_device_info_ioctl,
	       EMU_PAD(acl_emu_device_info)),
	EMU_OP(DEVICE_OPEN, acl_emu_device, pad, emu_device_open_ioctl,
	       EMU_PAD(acl_emu_device)),
	EMU_OP(DEVICE_RESET, acl_emu_device, pad, emu_device_reset_ioctl,
	       EMU_PAD(acl_emu_device), .probe = true),
	EMU_OP(PHYS_ALLOC, acl_emu_phys_alloc, handle, emu_phys_alloc_ioctl,
	       .flags = ACL_EMU_PHYS_4K | ACL_EMU_PHYS_1G,
	       .undo = emu_phys_alloc_undo),
	EMU_OP(PHYS_RETAIN, acl_emu_phys_retain, addr, emu_phys_retain_ioctl,
	       .flags = ACL_EMU_RETAIN_BY_ADDR, .undo = emu_phys_retain_undo),
	EMU_OP(PHYS_FREE, acl_emu_phys_free, maps, emu_phys_free_ioctl,
	       .probe = true),
	EMU_OP(PHYS_INFO, acl_emu_phys_info, pad, emu_phys_info_ioctl,
	       EMU_PAD(acl_emu_phys_info)),
	EMU_OP(RANGE_RESERVE, acl_emu_range_reserve, pad,
	       emu_range_reserve_ioctl, EMU_PAD(acl_emu_range_reserve),
	       .flags = ACL_EMU_RANGE_FIXED | ACL_EMU_RANGE_RDONLY_CAPABLE |
			ACL_EMU_RANGE_REMOTE | ACL_EMU_RANGE_ANYWHERE,
	       .undo = emu_range_reserve_undo),
	EMU_OP(RANGE_RELEASE, acl_emu_range_release, pad,
	       emu_range_release_ioctl, EMU_PAD(acl_emu_range_release),
	       .probe = true),
	EMU_OP(MAP, acl_emu_map, kind, emu_map_ioctl,
	       .flags = ACL_EMU_MAP_WHOLE | ACL_EMU_MAP_POPULATE,
	       .undo = emu_map_undo),
	EMU_OP(UNMAP, acl_emu_unmap, pad, emu_unmap_ioctl,
	       EMU_PAD(acl_emu_unmap), .probe = true),
	EMU_OP(SET_ACCESS, acl_emu_access, pad, emu_set_access_ioctl,
	       EMU_PAD(acl_emu_access), .flags = ACL_EMU_ACCESS_KEEP),
	EMU_OP(GET_ACCESS, acl_emu_access, pad, emu_get_access_ioctl,
	       EMU_PAD(acl_emu_access)),
	EMU_OP(LOOKUP, acl_emu_lookup, state, emu_lookup_ioctl),
	EMU_OP(COPY, acl_emu_copy, done, emu_copy_ioctl,
	       .flags = ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED |
			ACL_EMU_COPY_FILL),
	EMU_OP(EXPORT, acl_emu_export, key, emu_export_ioctl,
	       .flags = ACL_EMU_EXPORT_NO_LIST | ACL_EMU_EXPORT_ONCE,
	       .undo = emu_export_undo),
	EMU_OP(EXPORT_FD, acl_emu_export_fd, pad, emu_export_fd_ioctl,
	       EMU_PAD(acl_emu_export_fd)),
	EMU_OP(ALLOW_PIDS, acl_emu_allow_pids, pad, emu_allow_pids_ioctl,
	       EMU_PAD(acl_emu_allow_pids)),
	EMU_OP(SHARE_QUERY, acl_emu_share_query, own, emu_share_query_ioctl),
	EMU_OP(SHARE_CLOSE, acl_emu_share_close, key, emu_share_close_ioctl,
	       .probe = true),
	EMU_OP(IMPORT, acl_emu_import, handle, emu_import_ioctl,
	       EMU_PAD(acl_emu_import), .flags = ACL_EMU_IMPORT_SYNC,
	       .undo = emu_import_undo),
	EMU_OP(IMPORT_FD, acl_emu_import_fd, handle, emu_import_fd_ioctl,
	       .undo = emu_import_fd_undo),
	EMU_OP(SYNC_CREATE, acl_emu_sync_create, handle,
	       emu_sync_create_ioctl, EMU_PAD(acl_emu_sync_create),
	       .undo = emu_sync_create_undo),
	EMU_OP(SYNC_SIGNAL, acl_emu_sync_signal, now, emu_sync_signal_ioctl,
	       .flags = ACL_EMU_SYNC_ADD | ACL_EMU_SYNC_SET, .probe = true),
	EMU_OP(SYNC_WAIT, acl_emu_sync_wait, now, emu_sync_wait_ioctl,
	       .flags = ACL_EMU_SYNC_TAKE, .undo = emu_sync_wait_undo),
	EMU_OP(GET_TGID, acl_emu_tgid, pad, emu_tgid_ioctl,
	       EMU_PAD(acl_emu_tgid)),
	EMU_OP(ENUM, acl_emu_enum, entries, emu_enum_ioctl),
};

static int emu_cmd_check(struct emu_cmd *cmd, const struct emu_op *op)
{
	struct acl_emu_head *head = cmd->head;
	u32 unknown = head->flags & ~op->flags;

	if (head->pad)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_RESERVED,
				offsetof(struct acl_emu_head, pad), 0);
	if (op->pad && *(u32 *)(cmd->arg + op->pad))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_RESERVED,
				op->pad, 0);
	if (unknown)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_FLAGS, unknown,
				op->flags);
	if (current->mm != cmd->client->mm)
		return emu_fail(cmd, -ESTALE, ACL_EMU_REASON_FOREIGN_MM, 0, 0);
	return 0;
}

static int emu_cmd_run(struct emu_cmd *cmd, const struct emu_op *op,
		       void __user *uarg, u32 usize)
{
	int ret;

	ret = emu_cmd_check(cmd, op);
	if (!ret)
		ret = op->execute(cmd);
	if (ret) {
		/* The caller gets the errno whether or not this arrives. */
		if (copy_to_user(uarg, cmd->head, sizeof(*cmd->head)))
			return ret;
		return ret;
	}

	if (copy_to_user(uarg, cmd->arg, min_t(u32, usize, op->size))) {
		if (cmd->file) {
			put_unused_fd(cmd->fd);
			fput(cmd->file);
		}
		if (op->undo)
			op->undo(cmd);
		return -EFAULT;
	}
	if (cmd->file)
		fd_install(cmd->fd, cmd->file);
	return 0;
}

static long emu_ioctl(struct file *file, unsigned int nr, unsigned long uptr)
{
	void __user *uarg = (void __user *)uptr;
	union emu_arg arg;
	struct emu_cmd cmd = {
		.client = file->private_data,
		.head = &arg.head,
		.arg = &arg,
		.filp = file,
		.fd = -1,
	};
	const struct emu_op *op;
	unsigned int i = _IOC_NR(nr) - ACL_EMU_NR_BASE;
	u32 usize;
	int ret;

	if (_IOC_NR(nr) < ACL_EMU_NR_BASE || i >= ARRAY_SIZE(emu_ops) ||
	    nr != _IO(ACL_EMU_IOCTL_TYPE, _IOC_NR(nr)))
		return -ENOTTY;
	op = &emu_ops[array_index_nospec(i, ARRAY_SIZE(emu_ops))];
	if (!op->execute)
		return -ENOTTY;

	if (get_user(usize, (u32 __user *)uarg))
		return -EFAULT;
	if (usize < op->min_size)
		return -EINVAL;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&arg, op->size, uarg, usize);
	if (ret)
		return ret;

	arg.head.size = usize;
	arg.head.reason = ACL_EMU_REASON_NONE;
	arg.head.val[0] = 0;
	arg.head.val[1] = 0;
	/* What cannot be answered must not be done: find out before. */
	if (op->probe && copy_to_user(uarg, &arg.head, sizeof(arg.head)))
		return -EFAULT;

	return emu_cmd_run(&cmd, op, uarg, usize);
}

static const struct file_operations emu_fops = {
	.owner = THIS_MODULE,
	.open = emu_client_open,
	.release = emu_client_release,
	.unlocked_ioctl = emu_ioctl,
	.mmap = emu_range_mmap,
	.llseek = noop_llseek,
};

static struct miscdevice emu_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "acl_emu",
	.mode = 0660,
	.fops = &emu_fops,
};

static int __init emu_init(void)
{
	int ret;

	ret = emu_mapping_cache_init();
	if (ret)
		return ret;
	ret = emu_devices_init();
	if (ret)
		goto err_cache;
	ret = emu_share_init();
	if (ret)
		goto err_devices;
	ret = emu_inode_fs_init();
	if (ret)
		goto err_share;
	emu_debugfs_init();
	ret = misc_register(&emu_misc);
	if (ret)
		goto err_debugfs;
	return 0;

err_debugfs:
	emu_debugfs_exit();
	emu_inode_fs_exit();
err_share:
	emu_share_exit();
err_devices:
	emu_devices_exit();
err_cache:
	emu_mapping_cache_exit();
	return ret;
}

static void __exit emu_exit(void)
{
	misc_deregister(&emu_misc);
	emu_debugfs_exit();
	emu_inode_fs_exit();
	/* Handles, ranges and shares may still be waiting for their grace. */
	rcu_barrier();
	emu_share_exit();
	emu_devices_exit();
	emu_mapping_cache_exit();
}

module_init(emu_init);
module_exit(emu_exit);
MODULE_DESCRIPTION("Emulated accelerator memory");
MODULE_AUTHOR("The acl-emu authors");
MODULE_LICENSE("GPL");
EMU_IMPORT_NS(DMA_BUF);
