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
bool emu_tree_list(struct maple_tree *mt, unsigned long *index, u32 *n, u32 max,
		   void (*fn)(const void *entry, void *data, u32 n),
		   void *data);

#endif /* ACL_EMU_TREE_H */
