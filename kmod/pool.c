// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of a device: where they come from and where they go.
 *
 * A page that somebody else still references when it is freed (a pipe, a
 * pinned I/O buffer) stays charged to its device until that is over. Were it
 * replaced at once, pinning 4 KiB of each 2 MiB would buy memory beyond the
 * capacity.
 */
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/mm.h>

#include "emu.h"
#include "trace.h"

#define ACL_RECHECK_MIN		max(HZ / 100, 1)
#define ACL_RECHECK_MAX		HZ

/* How many of the next 2 MiB pages shall not be had; set through debugfs. */
atomic_t acl_pool_fail_huge = ATOMIC_INIT(0);

struct page *acl_pool_alloc(int node, unsigned int order)
{
	gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN;

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

/* True if nobody but us holds it, and now nobody does. */
static bool acl_page_free(struct page *page)
{
	if (page_ref_count(page) != 1)
		return false;
	put_page(page);
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

	if (acl_page_free(page))
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
			acl_page_free(page);
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
	INIT_DELAYED_WORK(&dev->recheck, acl_pool_recheck);
	dev->delay = ACL_RECHECK_MIN;
}

/* Whoever still holds a page of the quarantine is its last owner now. */
void acl_pool_exit(struct acl_device *dev)
{
	struct page *page, *next;

	cancel_delayed_work_sync(&dev->recheck);
	list_for_each_entry_safe(page, next, &dev->quarantine, lru) {
		list_del(&page->lru);
		put_page(page);
	}
}
