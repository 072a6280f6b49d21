/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of entries that an ioctl copies to the caller.
 */
#ifndef ACL_EMU_LIST_H
#define ACL_EMU_LIST_H

#include "cmd.h"

/**
 * struct emu_list - entries on their way to the caller
 * @entries:   in the kernel
 * @size:      bytes of an entry here
 * @min_size:  bytes of an entry in the first version
 * @user:      where the caller wants them
 * @user_size: bytes of an entry there
 * @count:     room, later number of entries
 */
struct emu_list {
	void *entries;
	u32 size;
	u32 min_size;
	u64 user;
	u32 user_size;
	u32 count;
};

int emu_list_begin(struct emu_cmd *cmd, struct emu_list *list);
int emu_list_end(struct emu_cmd *cmd, struct emu_list *list);
void emu_list_free(struct emu_list *list);

#endif /* ACL_EMU_LIST_H */
