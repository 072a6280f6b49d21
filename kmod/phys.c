// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical allocations: zeroed pages (backing.c), charged to a device.
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

static atomic64_t emu_phys_last;

static void emu_phys_free(struct emu_phys *phys)
{
	emu_backing_free(phys);
	emu_label_free(phys);
	kfree(phys);
}

void emu_phys_put(struct emu_phys *phys)
{
	if (!refcount_dec_and_test(&phys->ref))
		return;
	trace_acl_emu_phys_free(phys->dev->loc.id, phys->size);
	emu_stat_add(ACL_EMU_STAT_PHYS, -1);
	emu_phys_free(phys);
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
	ret = emu_backing_init(phys, node);
	if (ret)
		goto err_phys;
	if (!emu_device_lazy(dev))
		ret = emu_backing_fill(phys, 0, phys->size >> PAGE_SHIFT);
	if (ret)
		goto err_backing;
	emu_stat_add(ACL_EMU_STAT_PHYS, 1);
	emu_stat_add(ACL_EMU_STAT_ALLOCS, 1);
	trace_acl_emu_phys_alloc(dev->loc.id, phys->size, granule);
	return phys;

err_backing:
	got = atomic64_read(&phys->backing.bytes);
	emu_phys_free(phys);
	goto err;
err_phys:
	kfree(phys);
err_charge:
	emu_device_uncharge(dev, emu_pages_charge(dev, arg->size));
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
