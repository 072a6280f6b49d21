// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of a device: allocation, zeroing, quarantine.
 *
 * A device allocates pages from the kernel on demand, or owns pages from the
 * time the module is loaded. Owned pages are zeroed after they are freed, by a
 * worker or, if it is late, by the next allocation. Every allocation gets zeroed
 * pages.
 *
 * A page that something else still references when it is freed (a pipe, a
 * pinned I/O buffer) stays charged to its device until that reference is
 * dropped. Otherwise a program could exceed the capacity by pinning 4 KiB of
 * each 2 MiB.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "device.h"
#include "pages.h"
#include "stat.h"
#include "trace.h"

#define EMU_RECHECK_MIN		max(HZ / 100, 1)
#define EMU_RECHECK_MAX		HZ

/* Number of next 2 MiB allocations that fail; set through debugfs. */
atomic_t emu_pages_fail_huge = ATOMIC_INIT(0);
/* The worker does not zero pages; set through debugfs. */
bool emu_pages_scrub_paused;

/* ---- memory the device owns ---- */

static void emu_scrub(struct page *page)
{
	unsigned int i;

	for (i = 0; i < EMU_BLOCK_PAGES; i++) {
		clear_highpage(page + i);
		cond_resched();
	}
}

/* Removes a block from @list. The caller owns it. */
static struct page *emu_pages_pop(struct emu_device *dev, struct list_head *list)
{
	struct page *page;

	spin_lock(&dev->lock);
	page = list_first_entry_or_null(list, struct page, lru);
	if (page)
		list_del(&page->lru);
	spin_unlock(&dev->lock);
	return page;
}

static void emu_pages_push(struct emu_device *dev, struct page *page,
			  struct list_head *list)
{
	spin_lock(&dev->lock);
	list_add(&page->lru, list);
	spin_unlock(&dev->lock);
	wake_up(&dev->refilled);
}

static void emu_pages_scrub(struct work_struct *work)
{
	struct emu_device *dev = container_of(work, struct emu_device, scrub);
	struct page *page;

	while (!READ_ONCE(emu_pages_scrub_paused) &&
	       !READ_ONCE(dev->closing) &&
	       (page = emu_pages_pop(dev, &dev->dirty))) {
		emu_scrub(page);
		emu_stat_add(ACL_EMU_STAT_SCRUBBED, 1);
		emu_pages_push(dev, page, &dev->clean);
	}
}

/* Takes a clean block, or takes a dirty block and zeroes it. */
static bool emu_pages_try_take(struct emu_device *dev, struct page **page)
{
	*page = emu_pages_pop(dev, &dev->clean);
	if (*page)
		return true;
	*page = emu_pages_pop(dev, &dev->dirty);
	if (!*page)
		return false;
	emu_scrub(*page);
	emu_stat_add(ACL_EMU_STAT_SCRUBBED_LATE, 1);
	return true;
}

/*
 * The block is charged, so it exists. If it is in neither list, the worker is
 * zeroing it.
 */
static struct page *emu_pages_take(struct emu_device *dev)
{
	struct page *page = NULL;

	if (wait_event_killable(dev->refilled, emu_pages_try_take(dev, &page)))
		return NULL;
	return page;
}

/* Allocates @bytes until emu_pages_exit(), which the caller calls also on failure. */
int emu_pages_reserve(struct emu_device *dev, u64 bytes)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_COMP |
		    __GFP_RETRY_MAYFAIL | __GFP_NOWARN;
	struct page *page;

	for (; dev->reserved < bytes; dev->reserved += EMU_BLOCK_SIZE) {
		if (fatal_signal_pending(current))
			return -EINTR;
		page = alloc_pages_node(dev->node, gfp, EMU_BLOCK_ORDER);
		if (!page) {
			pr_err("device %u: the machine has %llu MiB in pages of 2 MiB, not the %llu MiB of reserved_mb\n",
			       dev->loc.id, dev->reserved >> 20, bytes >> 20);
			return -ENOMEM;
		}
		list_add_tail(&page->lru, &dev->clean);
		cond_resched();
	}
	return 0;
}

/* ---- both kinds ---- */

/* Bytes to charge for @size: owned memory is allocated in whole blocks. */
u64 emu_pages_charge(const struct emu_device *dev, u64 size)
{
	return dev->reserved ? round_up(size, EMU_BLOCK_SIZE) : size;
}

/* Counts a page that an allocation gets. */
static struct page *emu_pages_count(struct emu_device *dev, struct page *page)
{
	if (page)
		atomic64_add(page_size(page), &dev->backed);
	return page;
}

/**
 * emu_pages_alloc - take zeroed pages
 * @dev:   device that is charged for them
 * @node:  NUMA node, or NUMA_NO_NODE
 * @order: number of pages, as a power of two
 * @try:   compact and reclaim memory for a block of 2 MiB
 */
struct page *emu_pages_alloc(struct emu_device *dev, int node,
			     unsigned int order, bool try)
{
	gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN;

	if (dev->reserved)
		return emu_pages_count(dev, emu_pages_take(dev));
	if (order == EMU_BLOCK_ORDER &&
	    atomic_add_unless(&emu_pages_fail_huge, -1, 0))
		return NULL;
	if (order)
		gfp |= __GFP_COMP;
	/* Only whole blocks are worth compacting memory for. */
	if (!order || (order == EMU_BLOCK_ORDER && try))
		gfp |= __GFP_RETRY_MAYFAIL;
	else
		gfp = (gfp & ~__GFP_DIRECT_RECLAIM) | __GFP_NORETRY;
	return emu_pages_count(dev, alloc_pages_node(node, gfp, order));
}

static u64 emu_page_free(struct emu_device *dev, struct page *page)
{
	u64 bytes = page_size(page);

	atomic64_sub(bytes, &dev->backed);
	if (dev->reserved) {
		emu_pages_push(dev, page, &dev->dirty);
		queue_work(system_unbound_wq, &dev->scrub);
	} else {
		put_page(page);
	}
	return bytes;
}

/**
 * emu_pages_discard - free a page that nothing has seen
 * @dev:  its device
 * @page: (head) page
 *
 * Return: its bytes.
 */
u64 emu_pages_discard(struct emu_device *dev, struct page *page)
{
	return emu_page_free(dev, page);
}

/**
 * emu_pages_free - free a page that no page table maps any more
 * @dev:  its device
 * @page: (head) page
 *
 * Return: bytes the caller must uncharge; 0 if the page is in quarantine.
 */
u64 emu_pages_free(struct emu_device *dev, struct page *page)
{
	u64 bytes = page_size(page);

	if (page_ref_count(page) == 1)
		return emu_page_free(dev, page);

	emu_stat_add(ACL_EMU_STAT_QUARANTINE, bytes);
	trace_acl_emu_quarantine(dev->loc.id, page_to_pfn(page), bytes);
	spin_lock(&dev->lock);
	list_add_tail(&page->lru, &dev->quarantine);
	dev->delay = EMU_RECHECK_MIN;
	spin_unlock(&dev->lock);
	mod_delayed_work(system_unbound_wq, &dev->recheck, EMU_RECHECK_MIN);
	return 0;
}

static void emu_pages_recheck(struct work_struct *work)
{
	struct emu_device *dev = container_of(to_delayed_work(work),
					      struct emu_device, recheck);
	struct page *page, *next;
	LIST_HEAD(list);
	bool again;
	u64 freed = 0;

	spin_lock(&dev->lock);
	list_splice_init(&dev->quarantine, &list);
	spin_unlock(&dev->lock);

	list_for_each_entry_safe(page, next, &list, lru) {
		if (page_ref_count(page) == 1) {
			list_del(&page->lru);
			freed += emu_page_free(dev, page);
		}
		cond_resched();
	}
	emu_stat_add(ACL_EMU_STAT_QUARANTINE, -(s64)freed);
	emu_device_uncharge(dev, freed);

	spin_lock(&dev->lock);
	list_splice(&list, &dev->quarantine);
	again = !list_empty(&dev->quarantine);
	dev->delay = min_t(unsigned long, dev->delay * 2, EMU_RECHECK_MAX);
	spin_unlock(&dev->lock);
	if (again)
		queue_delayed_work(system_unbound_wq, &dev->recheck,
				   dev->delay);
}

void emu_pages_init(struct emu_device *dev)
{
	INIT_LIST_HEAD(&dev->quarantine);
	INIT_LIST_HEAD(&dev->clean);
	INIT_LIST_HEAD(&dev->dirty);
	INIT_DELAYED_WORK(&dev->recheck, emu_pages_recheck);
	INIT_WORK(&dev->scrub, emu_pages_scrub);
	init_waitqueue_head(&dev->refilled);
	dev->delay = EMU_RECHECK_MIN;
}

static void emu_pages_put_list(struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, lru) {
		list_del(&page->lru);
		put_page(page);
		cond_resched();
	}
}

/* A page in the quarantine is freed with its last reference. */
void emu_pages_exit(struct emu_device *dev)
{
	/* The kernel zeroes what it needs zeroed; unloading does not wait. */
	WRITE_ONCE(dev->closing, true);
	cancel_delayed_work_sync(&dev->recheck);
	cancel_work_sync(&dev->scrub);
	emu_pages_put_list(&dev->quarantine);
	emu_pages_put_list(&dev->clean);
	emu_pages_put_list(&dev->dirty);
}
