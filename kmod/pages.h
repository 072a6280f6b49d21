/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages of a device.
 */
#ifndef ACL_EMU_PAGES_H
#define ACL_EMU_PAGES_H

#include <linux/types.h>

struct emu_device;
struct page;

#define EMU_BLOCK_ORDER		9
#define EMU_BLOCK_PAGES		(1UL << EMU_BLOCK_ORDER)
#define EMU_BLOCK_SIZE		(PAGE_SIZE << EMU_BLOCK_ORDER)

void emu_pages_init(struct emu_device *dev);
int emu_pages_reserve(struct emu_device *dev, u64 bytes);
void emu_pages_exit(struct emu_device *dev);
u64 emu_pages_charge(const struct emu_device *dev, u64 size);
struct page *emu_pages_alloc(struct emu_device *dev, int node,
			     unsigned int order, bool try);
u64 emu_pages_discard(struct emu_device *dev, struct page *page);
u64 emu_pages_free(struct emu_device *dev, struct page *page);

/* Knobs in debugfs. */
extern atomic_t emu_pages_fail_huge;
extern bool emu_pages_scrub_paused;

#endif /* ACL_EMU_PAGES_H */
