// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device node: ioctl table, module start and end.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "access.h"
#include "client.h"
#include "compat.h"
#include "copy.h"
#include "debugfs.h"
#include "device.h"
#include "dmabuf.h"
#include "handle.h"
#include "holders.h"
#include "idle.h"
#include "label.h"
#include "lookup.h"
#include "map.h"
#include "node.h"
#include "objects.h"
#include "phys.h"
#include "range.h"
#include "share.h"
#include "stat.h"
#include "sync.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#if !IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE)
#error "acl_emu maps 2 MiB pages: the kernel needs CONFIG_TRANSPARENT_HUGEPAGE"
#endif
#if !IS_ENABLED(CONFIG_MMU_NOTIFIER)
#error "acl_emu follows address spaces: the kernel needs CONFIG_MMU_NOTIFIER"
#endif
#if !IS_ENABLED(CONFIG_DMA_SHARED_BUFFER)
#error "acl_emu shares memory by dma-buf: the kernel needs CONFIG_DMA_SHARED_BUFFER"
#endif

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
			     ACL_EMU_FEATURE_SYNC |
			     ACL_EMU_FEATURE_LABEL |
			     ACL_EMU_FEATURE_HOLDERS |
			     ACL_EMU_FEATURE_IDLE;
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
	struct acl_emu_label label;
	struct acl_emu_holders holders;
	struct acl_emu_objects objects;
	struct acl_emu_idle idle;
};

/**
 * struct emu_op - one ioctl
 * @size:     size of the argument in this version of the module
 * @min_size: size of the argument when the ioctl was introduced
 * @pad:      offset of its u32 of padding, or 0
 * @flags:    flags it knows
 * @probe:    find out whether the answer can be delivered before any work
 * @final:    the work cannot be dropped: probe first, then ignore a lost answer
 * @results:  with @final: the answer holds more than the header
 * @execute:  does everything that can fail
 * @finalize: publishes the result once the caller has the answer, or NULL
 * @abort:    drops the result if the answer cannot be delivered; with @finalize
 *
 * An ioctl with neither @final nor @finalize can be repeated safely.
 */
struct emu_op {
	u16 size;
	u16 min_size;
	u16 pad;
	u32 flags;
	bool probe;
	bool final;
	bool results;
	int (*execute)(struct emu_cmd *cmd);
	void (*finalize)(struct emu_cmd *cmd);
	void (*abort)(struct emu_cmd *cmd);
};

#define EMU_OP(_nr, _struct, _last, _fn, ...)				\
	[(_nr) - ACL_EMU_NR_BASE] = {					\
		.size = sizeof(struct _struct),				\
		.min_size = offsetofend(struct _struct, _last),		\
		.execute = _fn,						\
		__VA_ARGS__						\
	}
#define EMU_PAD(_struct)	.pad = offsetof(struct _struct, pad)
#define EMU_HANDLE		.finalize = emu_handle_finalize,	\
				.abort = emu_handle_abort

static const struct emu_op emu_ops[ACL_EMU_NR_END - ACL_EMU_NR_BASE] = {
	EMU_OP(ACL_EMU_NR_QUERY, acl_emu_query, value, emu_query_ioctl),
	EMU_OP(ACL_EMU_NR_DEVICE_INFO, acl_emu_device_info, pad,
	       emu_device_info_ioctl, EMU_PAD(acl_emu_device_info)),
	EMU_OP(ACL_EMU_NR_DEVICE_OPEN, acl_emu_device, pad,
	       emu_device_open_ioctl, EMU_PAD(acl_emu_device), .final = true),
	EMU_OP(ACL_EMU_NR_DEVICE_RESET, acl_emu_device, pad,
	       emu_device_reset_ioctl, EMU_PAD(acl_emu_device), .final = true),
	EMU_OP(ACL_EMU_NR_PHYS_ALLOC, acl_emu_phys_alloc, handle,
	       emu_phys_alloc_ioctl, EMU_HANDLE,
	       .flags = ACL_EMU_PHYS_4K | ACL_EMU_PHYS_1G),
	EMU_OP(ACL_EMU_NR_PHYS_RETAIN, acl_emu_phys_retain, addr,
	       emu_phys_retain_ioctl, EMU_HANDLE,
	       .flags = ACL_EMU_RETAIN_BY_ADDR),
	EMU_OP(ACL_EMU_NR_PHYS_FREE, acl_emu_phys_free, maps,
	       emu_phys_free_ioctl, .final = true, .results = true),
	EMU_OP(ACL_EMU_NR_PHYS_INFO, acl_emu_phys_info, pad,
	       emu_phys_info_ioctl, EMU_PAD(acl_emu_phys_info)),
	EMU_OP(ACL_EMU_NR_RANGE_RESERVE, acl_emu_range_reserve, pad,
	       emu_range_reserve_ioctl, EMU_PAD(acl_emu_range_reserve),
	       .probe = true, .finalize = emu_range_finalize,
	       .abort = emu_range_abort,
	       .flags = ACL_EMU_RANGE_FIXED | ACL_EMU_RANGE_RDONLY_CAPABLE |
			ACL_EMU_RANGE_REMOTE | ACL_EMU_RANGE_ANYWHERE),
	EMU_OP(ACL_EMU_NR_RANGE_RELEASE, acl_emu_range_release, size,
	       emu_range_release_ioctl, EMU_PAD(acl_emu_range_release),
	       .final = true, .results = true),
	EMU_OP(ACL_EMU_NR_MAP, acl_emu_map, kind, emu_map_ioctl, .final = true,
	       .flags = ACL_EMU_MAP_WHOLE | ACL_EMU_MAP_POPULATE),
	EMU_OP(ACL_EMU_NR_UNMAP, acl_emu_unmap, pad, emu_unmap_ioctl,
	       EMU_PAD(acl_emu_unmap), .final = true),
	EMU_OP(ACL_EMU_NR_SET_ACCESS, acl_emu_access, pad, emu_set_access_ioctl,
	       EMU_PAD(acl_emu_access), .final = true,
	       .flags = ACL_EMU_ACCESS_KEEP),
	EMU_OP(ACL_EMU_NR_GET_ACCESS, acl_emu_access, pad, emu_get_access_ioctl,
	       EMU_PAD(acl_emu_access)),
	EMU_OP(ACL_EMU_NR_LOOKUP, acl_emu_lookup, state, emu_lookup_ioctl),
	EMU_OP(ACL_EMU_NR_COPY, acl_emu_copy, done, emu_copy_ioctl,
	       .flags = ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED |
			ACL_EMU_COPY_FILL),
	EMU_OP(ACL_EMU_NR_EXPORT, acl_emu_export, key, emu_export_ioctl,
	       .finalize = emu_export_finalize, .abort = emu_export_abort,
	       .flags = ACL_EMU_EXPORT_NO_LIST | ACL_EMU_EXPORT_ONCE),
	EMU_OP(ACL_EMU_NR_EXPORT_FD, acl_emu_export_fd, pad,
	       emu_export_fd_ioctl, EMU_PAD(acl_emu_export_fd),
	       .finalize = emu_export_fd_finalize,
	       .abort = emu_export_fd_abort),
	EMU_OP(ACL_EMU_NR_ALLOW_PIDS, acl_emu_allow_pids, pad,
	       emu_allow_pids_ioctl, EMU_PAD(acl_emu_allow_pids),
	       .final = true, .flags = ACL_EMU_ALLOW_ALL),
	EMU_OP(ACL_EMU_NR_SHARE_QUERY, acl_emu_share_query, own,
	       emu_share_query_ioctl),
	EMU_OP(ACL_EMU_NR_SHARE_CLOSE, acl_emu_share_close, key,
	       emu_share_close_ioctl, .final = true),
	EMU_OP(ACL_EMU_NR_IMPORT, acl_emu_import, handle, emu_import_ioctl,
	       EMU_PAD(acl_emu_import), EMU_HANDLE,
	       .flags = ACL_EMU_IMPORT_SYNC),
	EMU_OP(ACL_EMU_NR_IMPORT_FD, acl_emu_import_fd, handle,
	       emu_import_fd_ioctl, EMU_HANDLE),
	EMU_OP(ACL_EMU_NR_SYNC_CREATE, acl_emu_sync_create, handle,
	       emu_sync_create_ioctl, EMU_PAD(acl_emu_sync_create), EMU_HANDLE),
	EMU_OP(ACL_EMU_NR_SYNC_SIGNAL, acl_emu_sync_signal, now,
	       emu_sync_signal_ioctl, .final = true, .results = true,
	       .flags = ACL_EMU_SYNC_ADD | ACL_EMU_SYNC_SET),
	EMU_OP(ACL_EMU_NR_SYNC_WAIT, acl_emu_sync_wait, now,
	       emu_sync_wait_ioctl, .final = true, .results = true,
	       .flags = ACL_EMU_SYNC_TAKE),
	EMU_OP(ACL_EMU_NR_GET_TGID, acl_emu_tgid, pad, emu_tgid_ioctl,
	       EMU_PAD(acl_emu_tgid)),
	EMU_OP(ACL_EMU_NR_ENUM, acl_emu_enum, entries, emu_enum_ioctl),
	EMU_OP(ACL_EMU_NR_LABEL, acl_emu_label, label, emu_label_ioctl,
	       .final = true),
	EMU_OP(ACL_EMU_NR_HOLDERS, acl_emu_holders, entries, emu_holders_ioctl),
	EMU_OP(ACL_EMU_NR_OBJECTS, acl_emu_objects, entries, emu_objects_ioctl,
	       EMU_PAD(acl_emu_objects)),
	EMU_OP(ACL_EMU_NR_IDLE, acl_emu_idle, figures, emu_idle_ioctl,
	       .final = true),
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

static int emu_cmd_answer(struct emu_cmd *cmd, const struct emu_op *op,
			  void __user *uarg, u32 usize)
{
	if (copy_to_user(uarg, cmd->arg, min_t(u32, usize, op->size)))
		return -EFAULT;
	return 0;
}

static int emu_cmd_run(struct emu_cmd *cmd, const struct emu_op *op,
		       void __user *uarg, u32 usize)
{
	int ret;

	if ((op->probe || op->final) && emu_cmd_answer(cmd, op, uarg, usize))
		return -EFAULT;
	ret = emu_cmd_check(cmd, op);
	if (!ret)
		ret = op->execute(cmd);
	if (ret) {
		/* Best effort: the caller gets the errno in any case. */
		if (copy_to_user(uarg, cmd->head, sizeof(*cmd->head)))
			return ret;
		return ret;
	}

	/* An answer without results was delivered by the probe. */
	if (op->final && !op->results)
		return 0;
	ret = emu_cmd_answer(cmd, op, uarg, usize);
	/* Only a caller that unmaps the argument meanwhile loses results. */
	if (op->final)
		return 0;
	if (ret && op->abort)
		op->abort(cmd);
	else if (op->finalize)
		op->finalize(cmd);
	return ret;
}

/* The same with the trace event of every ioctl. */
static int emu_cmd_run_traced(struct emu_cmd *cmd, const struct emu_op *op,
			      unsigned int nr, void __user *uarg, u32 usize)
{
	u64 begin = ktime_get_ns();
	int ret = emu_cmd_run(cmd, op, uarg, usize);

	trace_acl_emu_ioctl(nr, ret, ret ? cmd->head->reason : 0,
			    ktime_get_ns() - begin);
	return ret;
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
	if (trace_acl_emu_ioctl_enabled())
		return emu_cmd_run_traced(&cmd, op, _IOC_NR(nr), uarg, usize);
	return emu_cmd_run(&cmd, op, uarg, usize);
}

static const struct file_operations emu_fops = {
	.owner = THIS_MODULE,
	.open = emu_client_open,
	.release = emu_client_release,
	.unlocked_ioctl = emu_ioctl,
	.mmap = emu_range_mmap,
	.llseek = noop_llseek,
	.show_fdinfo = emu_holders_fdinfo,
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
	ret = emu_client_fs_init();
	if (ret)
		goto err_share;
	emu_debugfs_init();
	ret = emu_node_init(&emu_fops);
	if (ret)
		goto err_debugfs;
	return 0;

err_debugfs:
	emu_debugfs_exit();
	emu_client_fs_exit();
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
	emu_node_exit();
	emu_debugfs_exit();
	emu_client_fs_exit();
	/* Handles, ranges and shares may still wait for a grace period. */
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
