/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device node.
 */
#ifndef ACL_EMU_NODE_H
#define ACL_EMU_NODE_H

#include <linux/fs.h>

int emu_node_init(const struct file_operations *fops);
void emu_node_exit(void);

#endif /* ACL_EMU_NODE_H */
