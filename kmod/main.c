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

DEFINE_PER_CPU(struct acl_stats, acl_stats);

u64 acl_counter(enum acl_emu_counter what)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(acl_stats.count[what], cpu));
	return sum;
}

static int acl_query_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_query *arg = cmd->arg;
	u32 last = 0;

	if (arg->param >= ACL_EMU_PARAM_END)
		return acl_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
				arg->param, ACL_EMU_PARAM_END - 1);
	if (arg->param == ACL_EMU_PARAM_COUNTER)
		last = ACL_EMU_COUNTER_END - 1;
	if (arg->param == ACL_EMU_PARAM_RESERVED)
		last = acl_device_count - 1;
	if (arg->index > last)
		return acl_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
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
		arg->value = acl_device_count;
		break;
	case ACL_EMU_PARAM_COUNTER:
		arg->value = acl_counter(array_index_nospec(arg->index,
							    last + 1));
		break;
	case ACL_EMU_PARAM_RESERVED:
		arg->value = acl_device_get(arg->index)->reserved;
		break;
	}
	return 0;
}

static int acl_tgid_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_tgid *arg = cmd->arg;

	arg->tgid = task_tgid_nr(current);
	return 0;
}

union acl_arg {
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
 * struct acl_op - one ioctl
 * @size:     of the argument as this module knows it
 * @min_size: of the argument when the ioctl was introduced
 * @pad:      offset of its u32 of padding, or 0
 * @probe:    what it does can be neither undone nor repeated
 * @flags:    flags it knows
 * @execute:  does it
 * @undo:     takes it back when the answer cannot be delivered, or NULL
 */
struct acl_op {
	u16 size;
	u16 min_size;
	u16 pad;
	bool probe;
	u32 flags;
	int (*execute)(struct acl_cmd *cmd);
	void (*undo)(struct acl_cmd *cmd);
};

#define ACL_OP(_nr, _struct, _last, _fn, ...)				\
	[ACL_EMU_NR_##_nr - ACL_EMU_NR_BASE] = {			\
		.size = sizeof(struct _struct),				\
		.min_size = offsetofend(struct _struct, _last),		\
		.execute = _fn,						\
		__VA_ARGS__						\
	}
#define ACL_PAD(_struct)	.pad = offsetof(struct _struct, pad)

static const struct acl_op acl_ops[ACL_EMU_NR_END - ACL_EMU_NR_BASE] = {
	ACL_OP(QUERY, acl_emu_query, value, acl_query_ioctl),
	ACL_OP(DEVICE_INFO, acl_emu_device_info, pad, acl_device_info_ioctl,
	       ACL_PAD(acl_emu_device_info)),
	ACL_OP(DEVICE_OPEN, acl_emu_device, pad, acl_device_open_ioctl,
	       ACL_PAD(acl_emu_device)),
	ACL_OP(DEVICE_RESET, acl_emu_device, pad, acl_device_reset_ioctl,
	       ACL_PAD(acl_emu_device), .probe = true),
	ACL_OP(PHYS_ALLOC, acl_emu_phys_alloc, handle, acl_phys_alloc_ioctl,
	       .flags = ACL_EMU_PHYS_4K | ACL_EMU_PHYS_1G,
	       .undo = acl_phys_alloc_undo),
	ACL_OP(PHYS_RETAIN, acl_emu_phys_retain, addr, acl_phys_retain_ioctl,
	       .flags = ACL_EMU_RETAIN_BY_ADDR, .undo = acl_phys_retain_undo),
	ACL_OP(PHYS_FREE, acl_emu_phys_free, maps, acl_phys_free_ioctl,
	       .probe = true),
	ACL_OP(PHYS_INFO, acl_emu_phys_info, pad, acl_phys_info_ioctl,
	       ACL_PAD(acl_emu_phys_info)),
	ACL_OP(RANGE_RESERVE, acl_emu_range_reserve, pad,
	       acl_range_reserve_ioctl, ACL_PAD(acl_emu_range_reserve),
	       .flags = ACL_EMU_RANGE_FIXED | ACL_EMU_RANGE_RDONLY_CAPABLE |
			ACL_EMU_RANGE_REMOTE | ACL_EMU_RANGE_ANYWHERE,
	       .undo = acl_range_reserve_undo),
	ACL_OP(RANGE_RELEASE, acl_emu_range_release, pad,
	       acl_range_release_ioctl, ACL_PAD(acl_emu_range_release),
	       .probe = true),
	ACL_OP(MAP, acl_emu_map, kind, acl_map_ioctl,
	       .flags = ACL_EMU_MAP_WHOLE | ACL_EMU_MAP_POPULATE,
	       .undo = acl_map_undo),
	ACL_OP(UNMAP, acl_emu_unmap, pad, acl_unmap_ioctl,
	       ACL_PAD(acl_emu_unmap), .probe = true),
	ACL_OP(SET_ACCESS, acl_emu_access, pad, acl_set_access_ioctl,
	       ACL_PAD(acl_emu_access), .flags = ACL_EMU_ACCESS_KEEP),
	ACL_OP(GET_ACCESS, acl_emu_access, pad, acl_get_access_ioctl,
	       ACL_PAD(acl_emu_access)),
	ACL_OP(LOOKUP, acl_emu_lookup, state, acl_lookup_ioctl),
	ACL_OP(COPY, acl_emu_copy, done, acl_copy_ioctl,
	       .flags = ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED |
			ACL_EMU_COPY_FILL),
	ACL_OP(EXPORT, acl_emu_export, key, acl_export_ioctl,
	       .flags = ACL_EMU_EXPORT_NO_LIST | ACL_EMU_EXPORT_ONCE,
	       .undo = acl_export_undo),
	ACL_OP(EXPORT_FD, acl_emu_export_fd, pad, acl_export_fd_ioctl,
	       ACL_PAD(acl_emu_export_fd)),
	ACL_OP(ALLOW_PIDS, acl_emu_allow_pids, pad, acl_allow_pids_ioctl,
	       ACL_PAD(acl_emu_allow_pids)),
	ACL_OP(SHARE_QUERY, acl_emu_share_query, own, acl_share_query_ioctl),
	ACL_OP(SHARE_CLOSE, acl_emu_share_close, key, acl_share_close_ioctl,
	       .probe = true),
	ACL_OP(IMPORT, acl_emu_import, handle, acl_import_ioctl,
	       ACL_PAD(acl_emu_import), .flags = ACL_EMU_IMPORT_SYNC,
	       .undo = acl_import_undo),
	ACL_OP(IMPORT_FD, acl_emu_import_fd, handle, acl_import_fd_ioctl,
	       .undo = acl_import_fd_undo),
	ACL_OP(SYNC_CREATE, acl_emu_sync_create, handle,
	       acl_sync_create_ioctl, ACL_PAD(acl_emu_sync_create),
	       .undo = acl_sync_create_undo),
	ACL_OP(SYNC_SIGNAL, acl_emu_sync_signal, now, acl_sync_signal_ioctl,
	       .flags = ACL_EMU_SYNC_ADD | ACL_EMU_SYNC_SET, .probe = true),
	ACL_OP(SYNC_WAIT, acl_emu_sync_wait, now, acl_sync_wait_ioctl,
	       .flags = ACL_EMU_SYNC_TAKE, .undo = acl_sync_wait_undo),
	ACL_OP(GET_TGID, acl_emu_tgid, pad, acl_tgid_ioctl,
	       ACL_PAD(acl_emu_tgid)),
	ACL_OP(ENUM, acl_emu_enum, entries, acl_enum_ioctl),
};

static int acl_cmd_check(struct acl_cmd *cmd, const struct acl_op *op)
{
	struct acl_emu_head *head = cmd->head;
	u32 unknown = head->flags & ~op->flags;

	if (head->pad)
		return acl_fail(cmd, -EINVAL, ACL_EMU_REASON_RESERVED,
				offsetof(struct acl_emu_head, pad), 0);
	if (op->pad && *(u32 *)(cmd->arg + op->pad))
		return acl_fail(cmd, -EINVAL, ACL_EMU_REASON_RESERVED,
				op->pad, 0);
	if (unknown)
		return acl_fail(cmd, -EINVAL, ACL_EMU_REASON_FLAGS, unknown,
				op->flags);
	if (current->mm != cmd->ctx->mm)
		return acl_fail(cmd, -ESTALE, ACL_EMU_REASON_FOREIGN_MM, 0, 0);
	return 0;
}

static int acl_cmd_run(struct acl_cmd *cmd, const struct acl_op *op,
		       void __user *uarg, u32 usize)
{
	int ret;

	ret = acl_cmd_check(cmd, op);
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

static long acl_ioctl(struct file *file, unsigned int nr, unsigned long uptr)
{
	void __user *uarg = (void __user *)uptr;
	union acl_arg arg;
	struct acl_cmd cmd = {
		.ctx = file->private_data,
		.head = &arg.head,
		.arg = &arg,
		.filp = file,
		.fd = -1,
	};
	const struct acl_op *op;
	unsigned int i = _IOC_NR(nr) - ACL_EMU_NR_BASE;
	u32 usize;
	int ret;

	if (_IOC_NR(nr) < ACL_EMU_NR_BASE || i >= ARRAY_SIZE(acl_ops) ||
	    nr != _IO(ACL_EMU_IOCTL_TYPE, _IOC_NR(nr)))
		return -ENOTTY;
	op = &acl_ops[array_index_nospec(i, ARRAY_SIZE(acl_ops))];
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

	return acl_cmd_run(&cmd, op, uarg, usize);
}

static const struct file_operations acl_fops = {
	.owner = THIS_MODULE,
	.open = acl_ctx_open,
	.release = acl_ctx_release,
	.unlocked_ioctl = acl_ioctl,
	.mmap = acl_range_mmap,
	.llseek = noop_llseek,
};

static struct miscdevice acl_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "acl_emu",
	.mode = 0660,
	.fops = &acl_fops,
};

static int __init acl_init(void)
{
	int ret;

	ret = acl_mapping_cache_init();
	if (ret)
		return ret;
	ret = acl_devices_init();
	if (ret)
		goto err_cache;
	ret = acl_share_init();
	if (ret)
		goto err_devices;
	ret = acl_ctx_fs_init();
	if (ret)
		goto err_share;
	acl_debugfs_init();
	ret = misc_register(&acl_misc);
	if (ret)
		goto err_debugfs;
	return 0;

err_debugfs:
	acl_debugfs_exit();
	acl_ctx_fs_exit();
err_share:
	acl_share_exit();
err_devices:
	acl_devices_exit();
err_cache:
	acl_mapping_cache_exit();
	return ret;
}

static void __exit acl_exit(void)
{
	misc_deregister(&acl_misc);
	acl_debugfs_exit();
	acl_ctx_fs_exit();
	/* Handles, ranges and shares may still be waiting for their grace. */
	rcu_barrier();
	acl_share_exit();
	acl_devices_exit();
	acl_mapping_cache_exit();
}

module_init(acl_init);
module_exit(acl_exit);
MODULE_DESCRIPTION("Emulated accelerator memory");
MODULE_AUTHOR("The acl-emu authors");
MODULE_LICENSE("GPL");
ACL_IMPORT_NS(DMA_BUF);
