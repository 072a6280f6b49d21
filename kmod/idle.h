/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IDLE: how much of its memory a client keeps for later.
 */
#ifndef ACL_EMU_IDLE_H
#define ACL_EMU_IDLE_H

#include "cmd.h"

int emu_idle_ioctl(struct emu_cmd *cmd);
u64 emu_idle_read(struct emu_client *client, unsigned int i, u64 heap);
void emu_idle_end(struct emu_client *client);

#endif /* ACL_EMU_IDLE_H */
