// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maple trees of ranges and mappings, by page index.
 */
#include <linux/slab.h>

#include "tree.h"

/* Entries listed under the lock before others may take it. */
#define EMU_LIST_STEP	16

void emu_tree_init(struct maple_tree *mt)
{
	/*
	 * Only the tree of ranges searches gaps. But kernels (6.1 to 6.12 at
	 * least) have a bug in the destruction of trees without gaps: in a
	 * node with 15 children the child count is used as a sixteenth child.
	 */
	mt_init_flags(mt, MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU);
}

/*
 * Erasing must not fail: the caller frees the entries afterwards. It may need new
 * nodes. They cannot be allocated with the lock dropped: on 6.1 mas_store_gfp()
 * then continues with a range that it has widened to the empty space around it,
 * which may contain new entries by then. So allocate without sleeping; if that
 * fails, allocate and free memory with sleeping, and start again.
 */
void emu_tree_clear(struct maple_tree *mt, unsigned long first,
		    unsigned long last)
{
	int ret;

	do {
		MA_STATE(mas, mt, first, last);

		mas_lock(&mas);
		ret = mas_store_gfp(&mas, NULL, GFP_NOWAIT | __GFP_NOWARN);
		mas_unlock(&mas);
		mas_destroy(&mas);
		if (ret)
			kfree(kmalloc(PAGE_SIZE, GFP_KERNEL | __GFP_NOFAIL));
	} while (ret);
}

/*
 * The first entry at or after @index and not after @last, with a reference;
 * @index moves behind it. Every entry in a tree has a reference. The walk takes
 * the lock: on 6.1 a lockless walk during a change can end without a node.
 */
void *emu_tree_next(struct maple_tree *mt, unsigned long *index,
		    unsigned long last, void (*get)(void *entry))
{
	MA_STATE(mas, mt, *index, *index);
	void *entry;

	if (*index > last)
		return NULL;
	mas_lock(&mas);
	entry = mas_find(&mas, last);
	if (entry) {
		get(entry);
		*index = mas.last + 1;
	}
	mas_unlock(&mas);
	return entry;
}

/*
 * Calls @fn for some entries from @index on, which moves behind them, until @n,
 * which counts them, is @max. @fn runs under the lock, so it needs no reference.
 * True if there may be more entries.
 */
bool emu_tree_list(struct maple_tree *mt, unsigned long *index, u32 *n, u32 max,
		   void (*fn)(const void *entry, void *data, u32 n), void *data)
{
	u32 end = min(*n + EMU_LIST_STEP, max);
	MA_STATE(mas, mt, *index, *index);
	void *entry = NULL;

	mas_lock(&mas);
	while (*n < end) {
		entry = mas_find(&mas, ULONG_MAX);
		if (!entry)
			break;
		fn(entry, data, (*n)++);
		*index = mas.last + 1;
	}
	mas_unlock(&mas);
	return entry;
}
