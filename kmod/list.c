// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of entries that an ioctl copies to the caller. Entries are collected in
 * kernel memory, without access to user memory under any lock.
 *
 * Entries can grow as the arguments do: the caller names the size it knows.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "list.h"

/* Checks the sizes and makes room. On failure there is nothing to free. */
int emu_list_begin(struct emu_cmd *cmd, struct emu_list *list)
{
	if (!list->count || list->count > ACL_EMU_LIST_MAX)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, list->count,
				ACL_EMU_LIST_MAX);
	if (list->user_size < list->min_size || list->user_size > PAGE_SIZE)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE,
				list->user_size, PAGE_SIZE);
	list->entries = kvcalloc(list->count, list->size, GFP_KERNEL_ACCOUNT);
	if (!list->entries)
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				(u64)list->count * list->size, 0);
	return 0;
}

/* Copies the entries to the caller. */
int emu_list_end(struct emu_cmd *cmd, struct emu_list *list)
{
	u32 size = min(list->size, list->user_size);
	u32 more = list->user_size - size;
	void *entry = list->entries;
	void __user *to;
	u32 i;

	for (i = 0; i < list->count; i++, entry += list->size) {
		to = u64_to_user_ptr(list->user + (u64)i * list->user_size);
		if (copy_to_user(to, entry, size) ||
		    (more && clear_user(to + size, more)))
			return emu_fail(cmd, -EFAULT, ACL_EMU_REASON_USER_FAULT,
					list->user, 0);
	}
	return 0;
}

void emu_list_free(struct emu_list *list)
{
	kvfree(list->entries);
}
