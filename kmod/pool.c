// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of a device: where they come from and where they go.
 *
 * A device gets pages from the kernel when they are asked for, or owns them
 * from the time the module is loaded. Pages of the second kind are zeroed when
 * they come back, by a worker or, when it is too late, by whoever wants them;
 * what is handed out is clean.
 *
 * A page that somebody else still references when it is freed (a pipe, a
 * pinned I/O buffer) stays charged to its device until that is over. Were it
 * replaced at once, pinning 4 KiB of each 2 MiB would buy memory beyond the
 * capacity.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "emu.h"
#include "trace.h"

#define ACL_RECHECK_MIN		max(HZ / 100, 1)
#define ACL_RECHECK_MAX		HZ

/* How many of the next 2 MiB pages shall not be had; set through debugfs. */
atomic_t acl_pool_fail_huge = ATOMIC_INIT(0);
/* The worker leaves dirty pages alone; set through debugfs. */
bool acl_pool_scrub_paused;

/* ---- memory the device owns ---- */

static void acl_scrub(struct page *page)
{
	unsigned int i;

	for (i = 0; i < ACL_BLOCK_PAGES; i++) {
		clear_highpage(page + i);
		cond_resched();
	}
}

/* A block of @list, which the caller then holds alone. */
static struct page *acl_pool_pop(struct acl_device *dev, struct list_head *list)
{
	struct page *page;

	spin_lock(&dev->lock);
	page = list_first_entry_or_null(list, struct page, lru);
	if (page)
		list_del(&page->lru);
	spin_unlock(&dev->lock);
	return page;
}

static void acl_pool_push(struct acl_device *dev, struct page *page,
			  struct list_head *list)
{
	spin_lock(&dev->lock);
	list_add(&page->lru, list);
	spin_unlock(&dev->lock);
	wake_up(&dev->refilled);
}

static void acl_pool_scrub(struct work_struct *work)
{
	struct acl_device *dev = container_of(work, struct acl_device, scrub);
	struct page *page;

	while (!READ_ONCE(acl_pool_scrub_paused) &&
	       (page = acl_pool_pop(dev, &dev->dirty))) {
		acl_scrub(page);
		acl_count(ACL_EMU_COUNTER_SCRUBBED, 1);
		acl_pool_push(dev, page, &dev->clean);
	}
}

/* A clean block, or else a dirty one that is cleaned here. */
static bool acl_pool_try_take(struct acl_device *dev, struct page **page)
{
	*page = acl_pool_pop(dev, &dev->clean);
	if (*page)
		return true;
	*page = acl_pool_pop(dev, &dev->dirty);
	if (!*page)
		return false;
	acl_scrub(*page);
	acl_count(ACL_EMU_COUNTER_SCRUBBED_LATE, 1);
	return true;
}

/*
 * The caller has been charged for the block, so there is one; if neither list
 * has it the worker is busy with it.
 */
static struct page *acl_pool_take(struct acl_device *dev)
{
	struct page *page = NULL;

	if (wait_event_killable(dev->refilled, acl_pool_try_take(dev, &page)))
		return NULL;
	return page;
}

/* Takes @bytes from the machine until acl_pool_exit(), also if it fails. */
int acl_pool_reserve(struct acl_device *dev, u64 bytes)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_COMP |
		    __GFP_RETRY_MAYFAIL | __GFP_NOWARN;
	struct page *page;

	for (; dev->reserved < bytes; dev->reserved += ACL_BLOCK_SIZE) {
		if (fatal_signal_pending(current))
			return -EINTR;
		page = alloc_pages_node(dev->node, gfp, ACL_BLOCK_ORDER);
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

/* What an allocation of @size occupies: owned memory goes by whole blocks. */
u64 acl_pool_charge(const struct acl_device *dev, u64 size)
{
	return dev->reserved ? round_up(size, ACL_BLOCK_SIZE) : size;
}

struct page *acl_pool_alloc(struct acl_device *dev, int node,
			    unsigned int order)
{
	gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN;

	if (dev->reserved)
		return acl_pool_take(dev);
	if (order == ACL_BLOCK_ORDER &&
	    atomic_add_unless(&acl_pool_fail_huge, -1, 0))
		return NULL;
	if (order)
		gfp |= __GFP_COMP;
	/* Orders between are a makeshift: not worth compacting for again. */
	if (order == ACL_BLOCK_ORDER || !order)
		gfp |= __GFP_RETRY_MAYFAIL;
	else
		gfp |= __GFP_NORETRY;
	return alloc_pages_node(node, gfp, order);
}

/* True if nobody but us holds the page, which then goes where it belongs. */
static bool acl_page_free(struct acl_device *dev, struct page *page)
{
	if (page_ref_count(page) != 1)
		return false;
	if (dev->reserved) {
		acl_pool_push(dev, page, &dev->dirty);
		queue_work(system_unbound_wq, &dev->scrub);
	} else {
		put_page(page);
	}
	return true;
}

/**
 * acl_pool_free - give back a page that no page table shows any more
 * @dev:  its device
 * @page: (head) page
 *
 * Return: bytes the caller shall uncharge; 0 if the page is in quarantine.
 */
u64 acl_pool_free(struct acl_device *dev, struct page *page)
{
	u64 bytes = page_size(page);

	if (acl_page_free(dev, page))
		return bytes;

	acl_count(ACL_EMU_COUNTER_QUARANTINE, bytes);
	trace_acl_quarantine(dev->loc.id, page_to_pfn(page), bytes);
	spin_lock(&dev->lock);
	list_add_tail(&page->lru, &dev->quarantine);
	dev->delay = ACL_RECHECK_MIN;
	spin_unlock(&dev->lock);
	mod_delayed_work(system_unbound_wq, &dev->recheck, ACL_RECHECK_MIN);
	return 0;
}

static void acl_pool_recheck(struct work_struct *work)
{
	struct acl_device *dev = container_of(to_delayed_work(work),
					      struct acl_device, recheck);
	struct page *page, *next;
	LIST_HEAD(list);
	bool again;
	u64 freed = 0;
	u64 bytes;

	spin_lock(&dev->lock);
	list_splice_init(&dev->quarantine, &list);
	spin_unlock(&dev->lock);

	list_for_each_entry_safe(page, next, &list, lru) {
		bytes = page_size(page);
		if (page_ref_count(page) == 1) {
			list_del(&page->lru);
			acl_page_free(dev, page);
			freed += bytes;
		}
		cond_resched();
	}
	acl_count(ACL_EMU_COUNTER_QUARANTINE, -(s64)freed);
	acl_device_uncharge(dev, freed);

	spin_lock(&dev->lock);
	list_splice(&list, &dev->quarantine);
	again = !list_empty(&dev->quarantine);
	dev->delay = min_t(unsigned long, dev->delay * 2, ACL_RECHECK_MAX);
	spin_unlock(&dev->lock);
	if (again)
		queue_delayed_work(system_unbound_wq, &dev->recheck,
				   dev->delay);
}

void acl_pool_init(struct acl_device *dev)
{
	INIT_LIST_HEAD(&dev->quarantine);
	INIT_LIST_HEAD(&dev->clean);
	INIT_LIST_HEAD(&dev->dirty);
	INIT_DELAYED_WORK(&dev->recheck, acl_pool_recheck);
	INIT_WORK(&dev->scrub, acl_pool_scrub);
	init_waitqueue_head(&dev->refilled);
	dev->delay = ACL_RECHECK_MIN;
}

static void acl_pool_put_list(struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, lru) {
		list_del(&page->lru);
		put_page(page);
		cond_resched();
	}
}

/* Whoever still holds a page of the quarantine is its last owner now. */
void acl_pool_exit(struct acl_device *dev)
{
	cancel_delayed_work_sync(&dev->recheck);
	cancel_work_sync(&dev->scrub);
	acl_pool_put_list(&dev->quarantine);
	acl_pool_put_list(&dev->clean);
	acl_pool_put_list(&dev->dirty);
}
