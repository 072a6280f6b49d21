/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One ioctl: its argument, its answer, and the objects that the answer names.
 */
#ifndef ACL_EMU_CMD_H
#define ACL_EMU_CMD_H

#include <linux/types.h>
#include "../uapi/acl_emu.h"

struct emu_client;
struct emu_handle;
struct emu_range;
struct emu_share;
struct file;

/**
 * struct emu_cmd - one ioctl that runs
 * @client: the client
 * @head:   header of the argument
 * @arg:    the whole argument, in kernel memory
 * @filp:   the open file of the ioctl
 * @handle: handle that the answer names, held until the answer is delivered
 * @share:  share that the answer names, not yet published
 * @range:  reservation that the answer names, not yet published
 * @fd:     descriptor that the answer names
 * @file:   file to install at @fd
 *
 * A handler does everything that can fail and stores the object that its answer
 * names in one of the fields from @handle on. When the caller has the answer,
 * the finalize function of the ioctl publishes the object; if the answer cannot
 * be delivered, the abort function drops it. Neither function fails. Other
 * threads cannot find an object before it is published.
 */
struct emu_cmd {
	struct emu_client *client;
	struct acl_emu_head *head;
	void *arg;
	struct file *filp;
	struct emu_handle *handle;
	struct emu_share *share;
	struct emu_range *range;
	int fd;
	struct file *file;
};

/**
 * emu_fail - record why an ioctl fails
 * @cmd:    the ioctl
 * @err:    what to return
 * @reason: &enum acl_emu_reason
 * @val0:   first value of the reason
 * @val1:   second value of the reason
 *
 * Return: @err.
 */
static inline int emu_fail(struct emu_cmd *cmd, int err,
			   enum acl_emu_reason reason, u64 val0, u64 val1)
{
	cmd->head->reason = reason;
	cmd->head->val[0] = val0;
	cmd->head->val[1] = val1;
	return err;
}

#endif /* ACL_EMU_CMD_H */
