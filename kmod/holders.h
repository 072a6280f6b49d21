/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HOLDERS and fdinfo: who holds how much.
 */
#ifndef ACL_EMU_HOLDERS_H
#define ACL_EMU_HOLDERS_H

#include "cmd.h"

struct seq_file;

int emu_holders_ioctl(struct emu_cmd *cmd);
void emu_holders_fdinfo(struct seq_file *seq, struct file *file);

#endif /* ACL_EMU_HOLDERS_H */
