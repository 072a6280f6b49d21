// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of an allocation, in blocks of 2 MiB.
 *
 * Memory with a 2 MiB granule (or 1 GiB, which is 512 blocks) has one order-9
 * compound page per block, so that it can be mapped by PMD entries and pinned
 * page by page. When the host has no such page, a block is built from smaller
 * pages, which is slower and otherwise equal.
 *
 * A block gets its pages when the memory is allocated, or when something first
 * touches it: a fault, a copy, an attachment, a pin. Whoever touches it pays: its
 * memory cgroup is charged. A block that two tasks touch at once is filled by both,
 * and the slower one frees what it made, so a touch takes no lock.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "backing.h"
#include "device.h"
#include "pages.h"
#include "phys.h"
#include "stat.h"
#include "trace.h"

#define EMU_BLOCK_TABLE		1UL
#define EMU_MISSES_MAX		4

static struct page **emu_block_table(unsigned long block)
{
	if (!(block & EMU_BLOCK_TABLE))
		return NULL;
	return (struct page **)(block & ~EMU_BLOCK_TABLE);
}

/* The entry of a block; what it points to is visible, see emu_block_publish(). */
static unsigned long emu_block_read(const struct emu_phys *phys,
				    unsigned long i)
{
	return READ_ONCE(phys->backing.blocks[i]);
}

/* Whether the block of page @pgoff has its pages. */
bool emu_backing_has(const struct emu_phys *phys, unsigned long pgoff)
{
	return emu_block_read(phys, pgoff >> EMU_BLOCK_ORDER);
}

/* The page at offset @pgoff of the allocation, whose block is filled. */
struct page *emu_backing_page(const struct emu_phys *phys, unsigned long pgoff)
{
	unsigned long block = emu_block_read(phys, pgoff >> EMU_BLOCK_ORDER);
	unsigned long i = pgoff & (EMU_BLOCK_PAGES - 1);
	struct page **table = emu_block_table(block);

	return table ? table[i] : (struct page *)block + i;
}

/* The order-9 page that begins at @pgoff, if there is one. */
struct page *emu_backing_huge(const struct emu_phys *phys, unsigned long pgoff)
{
	unsigned long block = emu_block_read(phys, pgoff >> EMU_BLOCK_ORDER);

	if (pgoff & (EMU_BLOCK_PAGES - 1) || block & EMU_BLOCK_TABLE)
		return NULL;
	return (struct page *)block;
}

/**
 * emu_backing_address - where the kernel reads and writes a byte of an allocation
 * @phys:  the allocation
 * @off:   offset of the byte
 * @piece: limited to the bytes that are contiguous from there on
 *
 * Return: NULL if its block has no pages: it is zero as far as @piece goes.
 */
void *emu_backing_address(const struct emu_phys *phys, u64 off, u64 *piece)
{
	unsigned long block = emu_block_read(phys, off / EMU_BLOCK_SIZE);
	struct page **table = emu_block_table(block);

	if (table) {
		*piece = min_t(u64, *piece, PAGE_SIZE - offset_in_page(off));
		return page_address(table[(off & (EMU_BLOCK_SIZE - 1)) >> PAGE_SHIFT]) +
		       offset_in_page(off);
	}
	off &= EMU_BLOCK_SIZE - 1;
	*piece = min_t(u64, *piece, EMU_BLOCK_SIZE - off);
	return block ? page_address((struct page *)block) + off : NULL;
}

/* Number of pages of block @i; only the last block of 4 KiB memory is smaller. */
static unsigned long emu_block_pages(const struct emu_phys *phys,
				     unsigned long i)
{
	unsigned long left = (phys->size >> PAGE_SHIFT) -
			     (i << EMU_BLOCK_ORDER);

	return min(left, EMU_BLOCK_PAGES);
}

/* Frees the pages of @table, up to the first entry without one, with @free. */
static u64 emu_table_free(struct emu_device *dev, struct page **table,
			  unsigned long nr,
			  u64 (*free)(struct emu_device *dev, struct page *page))
{
	u64 freed = 0;
	unsigned long j;
	unsigned int order;

	for (j = 0; j < nr && table[j]; j += 1UL << order) {
		order = compound_order(table[j]);
		freed += free(dev, table[j]);
	}
	kfree(table);
	return freed;
}

static u64 emu_block_free(struct emu_phys *phys, unsigned long i,
			  unsigned long block,
			  u64 (*free)(struct emu_device *dev, struct page *page))
{
	struct page **table = emu_block_table(block);

	if (!block)
		return 0;
	if (!table)
		return free(phys->dev, (struct page *)block);
	return emu_table_free(phys->dev, table, emu_block_pages(phys, i), free);
}

/*
 * Makes a block of pages of @order and, when these are not available, smaller ones.
 * Sets @bytes to what it has.
 */
static int emu_block_build(struct emu_phys *phys, unsigned long i,
			   unsigned int order, unsigned long *block, u64 *bytes)
{
	unsigned long nr = emu_block_pages(phys, i);
	struct page **table;
	struct page *page;
	unsigned long j = 0;
	unsigned long k;
	int ret = -ENOMEM;

	table = kcalloc(nr, sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return ret;
	*bytes = 0;
	while (j < nr) {
		if (fatal_signal_pending(current)) {
			ret = -EINTR;
			goto err;
		}
		page = emu_pages_alloc(phys->dev, phys->backing.node, order,
				       true);
		if (!page && !order)
			goto err;
		if (!page) {
			order--;
			continue;
		}
		*bytes += page_size(page);
		for (k = 0; k < 1UL << order && j < nr; k++)
			table[j++] = page + k;
		cond_resched();
	}
	*block = (unsigned long)table | EMU_BLOCK_TABLE;
	return 0;

err:
	emu_table_free(phys->dev, table, nr, emu_pages_discard);
	return ret;
}

static int emu_block_alloc(struct emu_phys *phys, unsigned long i,
			   unsigned long *block, u64 *bytes)
{
	struct emu_backing *backing = &phys->backing;
	unsigned int misses = READ_ONCE(backing->misses);
	struct page *page;
	int ret;

	/* A device that owns its memory has nothing smaller than a block. */
	if (phys->granule < EMU_BLOCK_SIZE)
		return emu_block_build(phys, i, phys->dev->reserved ?
				       EMU_BLOCK_ORDER : 0, block, bytes);
	/*
	 * In fragmented memory each attempt to compact costs milliseconds: stop
	 * attempting after a few failures in a row.
	 */
	page = emu_pages_alloc(phys->dev, backing->node, EMU_BLOCK_ORDER,
			       misses < EMU_MISSES_MAX);
	if (page) {
		if (misses)
			WRITE_ONCE(backing->misses, 0);
		*block = (unsigned long)page;
		*bytes = EMU_BLOCK_SIZE;
		return 0;
	}
	if (phys->dev->reserved)
		return -EINTR;
	WRITE_ONCE(backing->misses, misses + 1);
	ret = emu_block_build(phys, i, EMU_BLOCK_ORDER - 1, block, bytes);
	if (!ret) {
		emu_stat_add(ACL_EMU_STAT_FALLBACK_BLOCKS, 1);
		trace_acl_emu_fallback(phys->dev->loc.id, i);
	}
	return ret;
}

/* Whoever sees the entry sees the table and the zeroed pages behind it. */
static bool emu_block_publish(struct emu_phys *phys, unsigned long i,
			      unsigned long block, u64 bytes)
{
	if (cmpxchg(&phys->backing.blocks[i], 0, block))
		return false;
	atomic64_add(bytes, &phys->backing.bytes);
	return true;
}

static int emu_block_fill(struct emu_phys *phys, unsigned long i)
{
	unsigned long block;
	u64 bytes;
	int ret;

	ret = emu_block_alloc(phys, i, &block, &bytes);
	if (!ret && !emu_block_publish(phys, i, block, bytes))
		emu_block_free(phys, i, block, emu_pages_discard);
	/* The pages that are missing here may be in the block of another task. */
	return emu_block_read(phys, i) ? 0 : ret;
}

/**
 * emu_backing_fill - give pages to all blocks of a part of an allocation
 * @phys:  the allocation
 * @pgoff: first page of the part
 * @nr:    its number of pages, at least 1
 *
 * Return: 0, -ENOMEM, or -EINTR on a fatal signal; blocks filled before stay so.
 */
int emu_backing_fill(struct emu_phys *phys, unsigned long pgoff,
		     unsigned long nr)
{
	unsigned long last = (pgoff + nr - 1) >> EMU_BLOCK_ORDER;
	unsigned long i;
	int ret;

	for (i = pgoff >> EMU_BLOCK_ORDER; i <= last; i++) {
		if (emu_block_read(phys, i))
			continue;
		ret = fatal_signal_pending(current) ? -EINTR :
						      emu_block_fill(phys, i);
		if (ret == -ENOMEM)
			emu_device_unbacked(phys->dev);
		if (ret)
			return ret;
		cond_resched();
	}
	return 0;
}

/* Sets up blocks without pages. */
int emu_backing_init(struct emu_phys *phys, int node)
{
	struct emu_backing *backing = &phys->backing;

	backing->node = node;
	backing->nr = DIV_ROUND_UP_ULL(phys->size, EMU_BLOCK_SIZE);
	backing->blocks = kvcalloc(backing->nr, sizeof(*backing->blocks),
				   GFP_KERNEL_ACCOUNT);
	return backing->blocks ? 0 : -ENOMEM;
}

/* Frees all pages, and uncharges what is not in the quarantine. */
void emu_backing_free(struct emu_phys *phys)
{
	struct emu_backing *backing = &phys->backing;
	u64 bytes = emu_pages_charge(phys->dev, phys->size) -
		    atomic64_read(&backing->bytes);
	unsigned long i;

	for (i = 0; i < backing->nr; i++) {
		bytes += emu_block_free(phys, i, backing->blocks[i],
				emu_pages_free);
		cond_resched();
	}
	emu_device_uncharge(phys->dev, bytes);
	kvfree(backing->blocks);
}
