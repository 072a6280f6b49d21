/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares: keys by which another process can import memory or a sync object.
 */
#ifndef ACL_EMU_SHARE_H
#define ACL_EMU_SHARE_H

#include <linux/list.h>
#include "cmd.h"

int emu_share_init(void);
void emu_share_exit(void);
void emu_share_put(struct emu_share *share);
void emu_share_get(struct emu_share *share);
void emu_share_put_list(struct list_head *shares);

int emu_export_ioctl(struct emu_cmd *cmd);
void emu_export_finalize(struct emu_cmd *cmd);
void emu_export_abort(struct emu_cmd *cmd);
int emu_allow_pids_ioctl(struct emu_cmd *cmd);
int emu_share_query_ioctl(struct emu_cmd *cmd);
int emu_share_close_ioctl(struct emu_cmd *cmd);
int emu_import_ioctl(struct emu_cmd *cmd);

#endif /* ACL_EMU_SHARE_H */
