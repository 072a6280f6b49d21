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
	 * Only the tree of ranges asks for gaps, but the kernel frees trees
	 * without them wrongly (6.1 to 6.12 at least): in a node with 15
	 * children it takes the number of children for a sixteenth child.
	 */
	mt_init_flags(mt, MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU);
}

/*
 * Erasing must not fail: the caller is about to free what the tree holds. It
 * may need nodes. Allocating them with the lock dropped is not an option: on
 * 6.1 mas_store_gfp() then continues with a range that it has widened to the
 * empty space around it, which may hold new entries by now. So allocate
 * without sleeping and, if that fails, make room and begin again.
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
 * @index moves behind it. Every entry of a tree holds a reference. Under the
 * lock, since on 6.1 a walk to the next entry that meets a change can end at
 * no node at all.
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
