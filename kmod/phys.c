// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical allocations: zeroed pages, charged to a device.
 *
 * Memory with a 2 MiB granule (or 1 GiB, which is 512 blocks) has one order-9
 * compound page per block, so that it can be mapped by PMD entries and pinned
 * page by page. When the host has no such page, a block is built from smaller
 * pages, which is slower and otherwise equal.
 */
#include <linux/dma-buf.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "client.h"
#include "device.h"
#include "handle.h"
#include "label.h"
#include "map.h"
#include "phys.h"
#include "range.h"
#include "stat.h"
#include "trace.h"

#define EMU_BLOCK_TABLE		1UL
#define EMU_MISSES_MAX		4

static atomic64_t emu_phys_last;

static struct page **emu_block_table(unsigned long block)
{
	if (!(block & EMU_BLOCK_TABLE))
		return NULL;
	return (struct page **)(block & ~EMU_BLOCK_TABLE);
}

/* The page at offset @pgoff of the allocation. */
struct page *emu_phys_page(const struct emu_phys *phys, unsigned long pgoff)
{
	unsigned long block = phys->blocks[pgoff >> EMU_BLOCK_ORDER];
	unsigned long i = pgoff & (EMU_BLOCK_PAGES - 1);
	struct page **table = emu_block_table(block);

	return table ? table[i] : (struct page *)block + i;
}

/* The order-9 page that begins at @pgoff, if there is one. */
struct page *emu_phys_huge(const struct emu_phys *phys, unsigned long pgoff)
{
	unsigned long block = phys->blocks[pgoff >> EMU_BLOCK_ORDER];

	if (pgoff & (EMU_BLOCK_PAGES - 1) || block & EMU_BLOCK_TABLE)
		return NULL;
	return (struct page *)block;
}

/* Number of pages of block @i; only the last block of 4 KiB memory is smaller. */
static unsigned long emu_block_pages(const struct emu_phys *phys,
				     unsigned long i)
{
	unsigned long left = (phys->size >> PAGE_SHIFT) -
			     (i << EMU_BLOCK_ORDER);

	return min(left, EMU_BLOCK_PAGES);
}

static u64 emu_block_free(struct emu_phys *phys, unsigned long i)
{
	unsigned long nr = emu_block_pages(phys, i);
	struct page **table = emu_block_table(phys->blocks[i]);
	u64 freed = 0;
	unsigned long j;
	unsigned int order;

	if (!phys->blocks[i])
		return 0;
	if (!table)
		return emu_pages_free(phys->dev,
				     (struct page *)phys->blocks[i]);
	for (j = 0; j < nr && table[j]; j += 1UL << order) {
		order = compound_order(table[j]);
		freed += emu_pages_free(phys->dev, table[j]);
	}
	kfree(table);
	return freed;
}

/* Fills a block with pages of @order and, when these are not available, smaller ones. */
static int emu_block_fill(struct emu_phys *phys, unsigned long i, int node,
			  unsigned int order)
{
	unsigned long nr = emu_block_pages(phys, i);
	struct page **table;
	struct page *page;
	unsigned long j = 0;
	unsigned long k;

	table = kcalloc(nr, sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	phys->blocks[i] = (unsigned long)table | EMU_BLOCK_TABLE;
	while (j < nr) {
		if (fatal_signal_pending(current))
			return -EINTR;
		page = emu_pages_alloc(phys->dev, node, order, true);
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

static int emu_block_alloc(struct emu_phys *phys, unsigned long i, int node)
{
	struct page *page;
	int ret;

	/* A device that owns its memory has nothing smaller than a block. */
	if (phys->granule < EMU_BLOCK_SIZE)
		return emu_block_fill(phys, i, node, phys->dev->reserved ?
				      EMU_BLOCK_ORDER : 0);
	/*
	 * In fragmented memory each attempt to compact costs milliseconds: stop
	 * attempting after a few failures in a row.
	 */
	page = emu_pages_alloc(phys->dev, node, EMU_BLOCK_ORDER,
			       phys->misses < EMU_MISSES_MAX);
	if (page) {
		phys->misses = 0;
		phys->filled += EMU_BLOCK_SIZE;
		phys->blocks[i] = (unsigned long)page;
		return 0;
	}
	if (phys->dev->reserved)
		return -EINTR;
	phys->misses++;
	ret = emu_block_fill(phys, i, node, EMU_BLOCK_ORDER - 1);
	if (!ret) {
		emu_stat_add(ACL_EMU_STAT_FALLBACK_BLOCKS, 1);
		trace_acl_emu_fallback(phys->dev->loc.id, i);
	}
	return ret;
}

/* Pages in the quarantine stay charged. */
static void emu_phys_free(struct emu_phys *phys, unsigned long filled)
{
	u64 bytes = 0;
	unsigned long i;

	for (i = 0; i < filled; i++) {
		bytes += emu_block_free(phys, i);
		cond_resched();
	}
	emu_device_uncharge(phys->dev, bytes);
	emu_label_free(phys);
	kvfree(phys->blocks);
	kfree(phys);
}

void emu_phys_put(struct emu_phys *phys)
{
	if (!refcount_dec_and_test(&phys->ref))
		return;
	trace_acl_emu_phys_free(phys->dev->loc.id, phys->size);
	emu_stat_add(ACL_EMU_STAT_PHYS, -1);
	emu_phys_free(phys, phys->nr);
}

/* Counts a handle or a share that names the memory, and takes a reference. */
void emu_phys_name(struct emu_phys *phys)
{
	emu_phys_get(phys);
	mutex_lock(&phys->lock);
	phys->names++;
	mutex_unlock(&phys->lock);
}

/*
 * The dma-buf holds the memory, and the memory holds the dma-buf, so that every
 * export gets the same one. When no handle and no share names the memory any
 * more, the memory drops the dma-buf, and only file descriptors keep it.
 */
void emu_phys_unname(struct emu_phys *phys)
{
	struct dma_buf *dmabuf = NULL;

	mutex_lock(&phys->lock);
	if (!--phys->names) {
		dmabuf = phys->dmabuf;
		phys->dmabuf = NULL;
	}
	mutex_unlock(&phys->lock);
	if (dmabuf)
		dma_buf_put(dmabuf);
	emu_phys_put(phys);
}

static struct emu_phys *emu_phys_create(struct emu_cmd *cmd,
					struct emu_device *dev, u64 granule,
					int node)
{
	struct acl_emu_phys_alloc *arg = cmd->arg;
	struct emu_phys *phys;
	unsigned long i;
	u64 charge = emu_pages_charge(dev, arg->size);
	int ret = -ENOMEM;
	u64 got = 0;

	phys = kzalloc(sizeof(*phys), GFP_KERNEL_ACCOUNT);
	if (!phys)
		goto err_charge;
	refcount_set(&phys->ref, 1);
	phys->names = 1;
	mutex_init(&phys->lock);
	phys->dev = dev;
	phys->loc = arg->loc;
	phys->size = arg->size;
	phys->granule = granule;
	phys->cookie = arg->cookie;
	phys->number = atomic64_inc_return(&emu_phys_last);
	phys->nr = DIV_ROUND_UP_ULL(arg->size, EMU_BLOCK_SIZE);
	phys->blocks = kvcalloc(phys->nr, sizeof(*phys->blocks),
				GFP_KERNEL_ACCOUNT);
	if (!phys->blocks)
		goto err_phys;
	for (i = 0; i < phys->nr; i++) {
		ret = fatal_signal_pending(current) ? -EINTR :
			emu_block_alloc(phys, i, node);
		if (ret)
			goto err_blocks;
		cond_resched();
	}
	emu_stat_add(ACL_EMU_STAT_PHYS, 1);
	emu_stat_add(ACL_EMU_STAT_ALLOCS, 1);
	trace_acl_emu_phys_alloc(dev->loc.id, phys->size, granule);
	return phys;

err_blocks:
	got = phys->filled;
	emu_device_uncharge(dev, charge - got);
	emu_phys_free(phys, i + 1);
	goto err;
err_phys:
	kfree(phys);
err_charge:
	emu_device_uncharge(dev, charge);
err:
	emu_fail(cmd, ret, ret == -EINTR ? ACL_EMU_REASON_INTERRUPTED :
		 ACL_EMU_REASON_HOST_NOMEM,
		 ret == -EINTR ? got : arg->size,
		 ret == -EINTR ? arg->size : got);
	return ERR_PTR(ret);
}

static int emu_phys_check(struct emu_cmd *cmd, u64 *granule)
{
	struct acl_emu_phys_alloc *arg = cmd->arg;
	u32 both = ACL_EMU_PHYS_4K | ACL_EMU_PHYS_1G;
	int ret;

	if ((cmd->head->flags & both) == both)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_FLAGS,
				ACL_EMU_PHYS_1G, both);
	*granule = SZ_2M;
	if (cmd->head->flags & ACL_EMU_PHYS_4K)
		*granule = SZ_4K;
	if (cmd->head->flags & ACL_EMU_PHYS_1G)
		*granule = SZ_1G;

	ret = emu_loc_check(cmd, arg->loc);
	if (ret)
		return ret;
	if (arg->loc.type == ACL_EMU_LOC_DEVICE)
		ret = emu_device_need_open(cmd, arg->loc.id);
	else
		ret = emu_device_need_any(cmd);
	if (ret)
		return ret;
	if (!arg->size || arg->size > ACL_EMU_VA_MAX_SIZE)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, arg->size,
				ACL_EMU_VA_MAX_SIZE);
	if (!IS_ALIGNED(arg->size, *granule))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE_ALIGN,
				arg->size, *granule);
	return 0;
}

int emu_phys_alloc_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_phys_alloc *arg = cmd->arg;
	struct emu_content content = {};
	struct emu_device *dev;
	struct emu_phys *phys;
	u64 granule, free;
	int node, ret;

	ret = emu_phys_check(cmd, &granule);
	if (ret)
		return ret;
	dev = arg->loc.type == ACL_EMU_LOC_DEVICE ?
		emu_device_get(arg->loc.id) : emu_device_host();
	node = dev->node;
	if (arg->loc.type == ACL_EMU_LOC_HOST_NUMA &&
	    arg->loc.id != ACL_EMU_NUMA_ANY)
		node = arg->loc.id;

	ret = emu_device_charge(dev, emu_pages_charge(dev, arg->size), &free);
	if (ret)
		return emu_fail(cmd, ret, ACL_EMU_REASON_CAPACITY, arg->size,
				free);
	phys = emu_phys_create(cmd, dev, granule, node);
	if (IS_ERR(phys))
		return PTR_ERR(phys);

	content.phys = phys;
	ret = emu_handle_reserve(cmd, &content, arg->loc, false);
	if (!ret)
		arg->handle = emu_handle_token(cmd->handle);
	return ret;
}

/* The handle that is mapped at an address, with a reference. */
static struct emu_handle *emu_phys_at(struct emu_cmd *cmd, u64 addr)
{
	struct emu_range *range = emu_range_find(cmd->client, addr);
	struct emu_handle *h = NULL;
	struct emu_mapping *m;
	int ret = -ENOENT;

	if (!range)
		return ERR_PTR(emu_fail(cmd, ret, ACL_EMU_REASON_NO_RANGE,
					addr, 0));
	m = emu_mapping_find(range, addr);
	if (!m) {
		emu_fail(cmd, ret, ACL_EMU_REASON_NOT_MAPPED, addr, 0);
	} else if (m->start != addr) {
		ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_NOT_MAP_START,
			       m->start, m->size);
	} else {
		h = m->handle;
		refcount_inc(&h->ref);
	}
	if (m)
		emu_mapping_put(m);
	emu_range_put(range);
	return h ?: ERR_PTR(ret);
}

int emu_phys_retain_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_phys_retain *arg = cmd->arg;
	struct emu_handle *h;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	h = cmd->head->flags & ACL_EMU_RETAIN_BY_ADDR ?
	    emu_phys_at(cmd, arg->addr) :
	    emu_handle_get(cmd, arg->handle, EMU_HANDLE_PHYS);
	if (IS_ERR(h)) {
		ret = PTR_ERR(h);
	} else {
		ret = emu_handle_hold(cmd, h);
		if (!ret)
			arg->handle = emu_handle_token(h);
		emu_handle_put(h);
	}
	emu_client_leave(cmd->client);
	return ret;
}

int emu_phys_free_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_phys_free *arg = cmd->arg;
	unsigned int left, maps;
	struct emu_handle *h;
	int ret;

	h = emu_handle_enter(cmd, arg->handle, EMU_HANDLE_ANY);
	if (IS_ERR(h))
		return PTR_ERR(h);
	ret = emu_handle_drop(cmd, h, &left, &maps);
	emu_handle_leave(cmd, h);
	if (ret)
		return ret;
	arg->left = left;
	arg->maps = maps;
	return 0;
}

int emu_phys_info_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_phys_info *arg = cmd->arg;
	unsigned int users, maps;
	struct emu_handle *h;

	h = emu_handle_enter(cmd, arg->handle, EMU_HANDLE_PHYS);
	if (IS_ERR(h))
		return PTR_ERR(h);
	arg->size = h->content.phys->size;
	arg->granule = h->content.phys->granule;
	arg->cookie = h->content.phys->cookie;
	arg->loc = h->content.phys->loc;
	arg->user = h->loc;
	arg->state = emu_handle_state(cmd->client, h);
	emu_handle_counts(cmd->client, h, &users, &maps);
	arg->users = users;
	arg->maps = maps;
	emu_handle_leave(cmd, h);
	return 0;
}
