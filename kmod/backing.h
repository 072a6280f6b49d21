/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages of an allocation.
 */
#ifndef ACL_EMU_BACKING_H
#define ACL_EMU_BACKING_H

#include <linux/atomic.h>
#include <linux/types.h>

struct emu_phys;
struct page;

/**
 * struct emu_backing - the pages of an allocation
 * @node:   NUMA node they come from, or NUMA_NO_NODE
 * @misses: consecutive blocks for which no 2 MiB page was available
 * @bytes:  bytes that have pages
 * @nr:     number of @blocks
 * @blocks: one entry per 2 MiB: an order-9 page, a table of pages if bit 0 is set,
 *          or 0 until the block is first touched; set once, without a lock
 */
struct emu_backing {
	int node;
	unsigned int misses;
	atomic64_t bytes;
	unsigned long nr;
	unsigned long *blocks;
};

int emu_backing_init(struct emu_phys *phys, int node);
void emu_backing_free(struct emu_phys *phys);
int emu_backing_fill(struct emu_phys *phys, unsigned long pgoff,
		     unsigned long nr);
bool emu_backing_has(const struct emu_phys *phys, unsigned long pgoff);
struct page *emu_backing_page(const struct emu_phys *phys, unsigned long pgoff);
struct page *emu_backing_huge(const struct emu_phys *phys, unsigned long pgoff);
void *emu_backing_address(const struct emu_phys *phys, u64 off, u64 *piece);

#endif /* ACL_EMU_BACKING_H */
