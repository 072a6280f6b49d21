/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maple trees of ranges and mappings.
 */
#ifndef ACL_EMU_TREE_H
#define ACL_EMU_TREE_H

#include <linux/maple_tree.h>

void emu_tree_init(struct maple_tree *mt);
void emu_tree_clear(struct maple_tree *mt, unsigned long first,
		    unsigned long last);
void *emu_tree_next(struct maple_tree *mt, unsigned long *index,
		    unsigned long last, void (*get)(void *entry));

#endif /* ACL_EMU_TREE_H */
