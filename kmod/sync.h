/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sync objects: values that processes share and wait for.
 */
#ifndef ACL_EMU_SYNC_H
#define ACL_EMU_SYNC_H

#include <linux/types.h>
#include "cmd.h"

struct emu_sync *emu_sync_get(struct emu_sync *sync);
void emu_sync_put(struct emu_sync *sync);
void emu_sync_wake(struct emu_sync *sync);

int emu_sync_create_ioctl(struct emu_cmd *cmd);
int emu_sync_signal_ioctl(struct emu_cmd *cmd);
int emu_sync_wait_ioctl(struct emu_cmd *cmd);

#endif /* ACL_EMU_SYNC_H */
