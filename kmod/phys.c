// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical allocations: zeroed pages, charged to a device.
 *
 * Memory of 2 MiB granule (and 1 GiB, which is 512 of them) is one order-9
 * compound page a block, so that it can be mapped by PMD entries and pinned
 * page by page. When the host has none left a block is built from smaller
 * pages, which costs speed and nothing else.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "emu.h"
#include "trace.h"

#define ACL_BLOCK_TABLE		1UL

static struct page **acl_block_table(unsigned long block)
{
	if (!(block & ACL_BLOCK_TABLE))
		return NULL;
	return (struct page **)(block & ~ACL_BLOCK_TABLE);
}

/* The page that shows byte @pgoff << PAGE_SHIFT of the allocation. */
struct page *acl_phys_page(const struct acl_phys *phys, unsigned long pgoff)
{
	unsigned long block = phys->blocks[pgoff >> ACL_BLOCK_ORDER];
	unsigned long i = pgoff & (ACL_BLOCK_PAGES - 1);
	struct page **table = acl_block_table(block);

	return table ? table[i] : (struct page *)block + i;
}

/* The order-9 page that begins at @pgoff, if there is one. */
struct page *acl_phys_huge(const struct acl_phys *phys, unsigned long pgoff)
{
	unsigned long block = phys->blocks[pgoff >> ACL_BLOCK_ORDER];

	if (pgoff & (ACL_BLOCK_PAGES - 1) || block & ACL_BLOCK_TABLE)
		return NULL;
	return (struct page *)block;
}

/* Pages of block @i; less than a whole block only at the end of 4 KiB memory */
static unsigned long acl_block_pages(const struct acl_phys *phys,
				     unsigned long i)
{
	unsigned long left = (phys->size >> PAGE_SHIFT) -
			     (i << ACL_BLOCK_ORDER);

	return min(left, ACL_BLOCK_PAGES);
}

static u64 acl_block_free(struct acl_phys *phys, unsigned long i)
{
	unsigned long nr = acl_block_pages(phys, i);
	struct page **table = acl_block_table(phys->blocks[i]);
	u64 freed = 0;
	unsigned long j;
	unsigned int order;

	if (!phys->blocks[i])
		return 0;
	if (!table)
		return acl_pool_free(phys->dev,
				     (struct page *)phys->blocks[i]);
	for (j = 0; j < nr && table[j]; j += 1UL << order) {
		order = compound_order(table[j]);
		freed += acl_pool_free(phys->dev, table[j]);
	}
	kfree(table);
	return freed;
}

/* Fill a block with pages of @order and, where these run out, smaller ones. */
static int acl_block_fill(struct acl_phys *phys, unsigned long i, int node,
			  unsigned int order)
{
	unsigned long nr = acl_block_pages(phys, i);
	struct page **table;
	struct page *page;
	unsigned long j = 0;
	unsigned long k;

	table = kcalloc(nr, sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	phys->blocks[i] = (unsigned long)table | ACL_BLOCK_TABLE;
	while (j < nr) {
		if (fatal_signal_pending(current))
			return -EINTR;
		page = acl_pool_alloc(phys->dev, node, order);
		if (!page && !order)
			return -ENOMEM;
		if (!page) {
			order--;
			continue;
		}
		phys->filled += page_size(page);
		for (k = 0; k < 1UL << order && j < nr; k++)
			table[j++] = page + k;
		cond_resched();
	}
	return 0;
}

static int acl_block_alloc(struct acl_phys *phys, unsigned long i, int node)
{
	struct page *page;
	int ret;

	/* A device that owns its memory has nothing smaller than a block. */
	if (phys->granule < ACL_BLOCK_SIZE)
		return acl_block_fill(phys, i, node, phys->dev->reserved ?
				      ACL_BLOCK_ORDER : 0);
	page = acl_pool_alloc(phys->dev, node, ACL_BLOCK_ORDER);
	if (page) {
		phys->filled += ACL_BLOCK_SIZE;
		phys->blocks[i] = (unsigned long)page;
		return 0;
	}
	if (phys->dev->reserved)
		return -EINTR;
	ret = acl_block_fill(phys, i, node, ACL_BLOCK_ORDER - 1);
	if (!ret) {
		acl_count(ACL_EMU_COUNTER_FALLBACK_BLOCKS, 1);
		trace_acl_fallback(phys->dev->loc.id, i);
	}
	return ret;
}

/* Pages that stay behind in quarantine stay charged. */
static void acl_phys_free(struct acl_phys *phys, unsigned long filled)
{
	u64 bytes = 0;
	unsigned long i;

	for (i = 0; i < filled; i++) {
		bytes += acl_block_free(phys, i);
		cond_resched();
	}
	acl_device_uncharge(phys->dev, bytes);
	kvfree(phys->blocks);
	kfree(phys);
}

void acl_phys_put(struct acl_phys *phys)
{
	if (!refcount_dec_and_test(&phys->ref))
		return;
	trace_acl_phys_free(phys->dev->loc.id, phys->size);
	acl_count(ACL_EMU_COUNTER_PHYS, -1);
	acl_phys_free(phys, phys->nr);
}

static struct acl_phys *acl_phys_create(struct acl_cmd *cmd,
					struct acl_device *dev, u64 granule,
					int node)
{
	struct acl_emu_phys_alloc *arg = cmd->arg;
	struct acl_phys *phys;
	unsigned long i;
	u64 charge = acl_pool_charge(dev, arg->size);
	int ret = -ENOMEM;
	u64 got = 0;

	phys = kzalloc(sizeof(*phys), GFP_KERNEL_ACCOUNT);
	if (!phys)
		goto err_charge;
	refcount_set(&phys->ref, 1);
	phys->dev = dev;
	phys->loc = arg->loc;
	phys->size = arg->size;
	phys->granule = granule;
	phys->cookie = arg->cookie;
	phys->nr = DIV_ROUND_UP_ULL(arg->size, ACL_BLOCK_SIZE);
	phys->blocks = kvcalloc(phys->nr, sizeof(*phys->blocks),
				GFP_KERNEL_ACCOUNT);
	if (!phys->blocks)
		goto err_phys;
	for (i = 0; i < phys->nr; i++) {
		ret = fatal_signal_pending(current) ? -EINTR :
			acl_block_alloc(phys, i, node);
		if (ret)
			goto err_blocks;
		cond_resched();
	}
	acl_count(ACL_EMU_COUNTER_PHYS, 1);
	trace_acl_phys_alloc(dev->loc.id, phys->size, granule);
	return phys;

err_blocks:
	got = phys->filled;
	acl_device_uncharge(dev, charge - got);
	acl_phys_free(phys, i + 1);
	goto err;
err_phys:
	kfree(phys);
err_charge:
	acl_device_uncharge(dev, charge);
err:
	acl_fail(cmd, ret, ret == -EINTR ? ACL_EMU_REASON_INTERRUPTED :
		 ACL_EMU_REASON_HOST_NOMEM,
		 ret == -EINTR ? got : arg->size,
		 ret == -EINTR ? arg->size : got);
	return ERR_PTR(ret);
}

static int acl_phys_check(struct acl_cmd *cmd, u64 *granule)
{
	struct acl_emu_phys_alloc *arg = cmd->arg;
	u32 both = ACL_EMU_PHYS_4K | ACL_EMU_PHYS_1G;
	int ret;

	if ((cmd->head->flags & both) == both)
		return acl_fail(cmd, -EINVAL, ACL_EMU_REASON_FLAGS,
				ACL_EMU_PHYS_1G, both);
	*granule = SZ_2M;
	if (cmd->head->flags & ACL_EMU_PHYS_4K)
		*granule = SZ_4K;
	if (cmd->head->flags & ACL_EMU_PHYS_1G)
		*granule = SZ_1G;

	ret = acl_loc_check(cmd, arg->loc);
	if (ret)
		return ret;
	if (arg->loc.type == ACL_EMU_LOC_DEVICE)
		ret = acl_device_need_open(cmd, arg->loc.id);
	else
		ret = acl_device_need_any(cmd);
	if (ret)
		return ret;
	if (!arg->size || arg->size > ACL_EMU_VA_MAX_SIZE)
		return acl_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, arg->size,
				ACL_EMU_VA_MAX_SIZE);
	if (!IS_ALIGNED(arg->size, *granule))
		return acl_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE_ALIGN,
				arg->size, *granule);
	return 0;
}

int acl_phys_alloc_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_phys_alloc *arg = cmd->arg;
	struct acl_content content = {};
	struct acl_device *dev;
	struct acl_phys *phys;
	u64 granule, free;
	int node, ret;

	ret = acl_phys_check(cmd, &granule);
	if (ret)
		return ret;
	dev = arg->loc.type == ACL_EMU_LOC_DEVICE ?
		acl_device_get(arg->loc.id) : acl_device_host();
	node = dev->node;
	if (arg->loc.type == ACL_EMU_LOC_HOST_NUMA &&
	    arg->loc.id != ACL_EMU_NUMA_ANY)
		node = arg->loc.id;

	ret = acl_device_charge(dev, acl_pool_charge(dev, arg->size), &free);
	if (ret)
		return acl_fail(cmd, ret, ACL_EMU_REASON_CAPACITY, arg->size,
				free);
	phys = acl_phys_create(cmd, dev, granule, node);
	if (IS_ERR(phys))
		return PTR_ERR(phys);

	content.phys = phys;
	return acl_handle_publish(cmd, &content, arg->loc, false,
				  &arg->handle);
}

void acl_phys_alloc_undo(struct acl_cmd *cmd)
{
	struct acl_emu_phys_alloc *arg = cmd->arg;

	acl_handle_undo(cmd, arg->handle);
}
