// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings: memory at addresses of a reservation.
 *
 * UNMAP removes a whole mapping, named by the start address that MAP got. The
 * cases of a new mapping N and existing mappings M:
 *
 *   N lies in a gap              success
 *   N shares a page with M       EADDRINUSE, with the bounds of the first M
 *   N leaves the reservation     EINVAL
 *
 * Order of removal: clear live, zap the entries, erase the mapping from the tree,
 * drop the reference. So no mapping is created over entries that still exist,
 * and a late fault finds the mapping not live.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "access.h"
#include "client.h"
#include "handle.h"
#include "map.h"
#include "phys.h"
#include "range.h"
#include "stat.h"
#include "tree.h"
#include "trace.h"

static struct kmem_cache *emu_mapping_cache;

int emu_mapping_cache_init(void)
{
	emu_mapping_cache = KMEM_CACHE(emu_mapping, SLAB_ACCOUNT);
	return emu_mapping_cache ? 0 : -ENOMEM;
}

void emu_mapping_cache_exit(void)
{
	kmem_cache_destroy(emu_mapping_cache);
}

static void emu_mapping_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(emu_mapping_cache,
			container_of(rcu, struct emu_mapping, rcu));
}

void emu_mapping_put(struct emu_mapping *m)
{
	if (!refcount_dec_and_test(&m->ref))
		return;
	emu_grants_free(m);
	emu_handle_put(m->handle);
	call_rcu(&m->rcu, emu_mapping_free_rcu);
}

/* The mapping that contains @addr, with a reference. */
struct emu_mapping *emu_mapping_find(struct emu_range *range,
				     unsigned long addr)
{
	struct emu_mapping *m;

	rcu_read_lock();
	m = mtree_load(&range->tree, addr >> PAGE_SHIFT);
	if (m && !refcount_inc_not_zero(&m->ref))
		m = NULL;
	rcu_read_unlock();
	return m;
}

static void emu_mapping_get(void *entry)
{
	struct emu_mapping *m = entry;

	refcount_inc(&m->ref);
}

/* The first mapping from page @index to @last; moves @index behind it. */
struct emu_mapping *emu_mapping_next(struct emu_range *range,
				     unsigned long *index, unsigned long last)
{
	return emu_tree_next(&range->tree, index, last, emu_mapping_get);
}

/* Returns true for one caller, which removes the mapping with emu_mapping_drop(). */
bool emu_mapping_claim(struct emu_mapping *m)
{
	return xchg(&m->live, false);
}

/* The bytes of a mapping that count in the sums of the heaps. */
static u64 emu_mapping_heap(const struct emu_range *range, u64 size)
{
	return range->kind == ACL_EMU_RANGE_USER ? 0 : size;
}

/* Ends a claimed mapping that is no longer in the tree. */
void emu_mapping_drop(struct emu_range *range, struct emu_mapping *m)
{
	struct emu_handle *h = m->handle;

	trace_acl_emu_unmap(range->client->tgid, m->start, m->size);
	emu_handle_unmap(range->client, h, emu_mapping_heap(range, m->size));
	emu_range_unmap(range, h);
	emu_stat_add(ACL_EMU_STAT_MAPPINGS, -1);
	emu_mapping_put(m);
}

static void emu_mapping_untree(struct emu_range *range, struct emu_mapping *m)
{
	emu_tree_clear(&range->tree, m->start >> PAGE_SHIFT,
		       (m->start + m->size - 1) >> PAGE_SHIFT);
}

int emu_mapping_remove(struct emu_range *range, struct emu_mapping *m)
{
	bool revoked;
	int ret = 0;

	down_write(&m->sem);
	/* Grants are removed first, even if a copy then keeps the mapping. */
	revoked = emu_grants_revoke(m);
	if (atomic_read(&m->busy))
		ret = -EBUSY;
	else if (!emu_mapping_claim(m))
		ret = -ENOENT;
	if (!ret || revoked)
		emu_client_zap(range->client, m->start, m->size);
	up_write(&m->sem);
	if (ret)
		return ret;

	emu_mapping_untree(range, m);
	emu_mapping_drop(range, m);
	return 0;
}

/* ---- MAP ---- */

/* Checks that need only the reservation and the addresses. */
static int emu_map_check_addr(struct emu_cmd *cmd, struct emu_range *range,
			      u64 granule)
{
	struct acl_emu_map *arg = cmd->arg;
	u64 align = min_t(u64, granule, SZ_2M);

	if (!IS_ALIGNED(arg->addr, align))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_ADDR_ALIGN,
				arg->addr, align);
	if (!arg->size)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, 0,
				range->size);
	if (!IS_ALIGNED(arg->size, align))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE_ALIGN,
				arg->size, align);
	if (arg->size > range->start + range->size - arg->addr)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_PAST_RANGE,
				range->start, range->size);
	if (arg->rights != ACL_EMU_RIGHTS_NONE &&
	    arg->rights != ACL_EMU_RIGHTS_READ &&
	    arg->rights != ACL_EMU_RIGHTS_RW)
		return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
				arg->rights, ACL_EMU_RIGHTS_RW);
	if (arg->rights == ACL_EMU_RIGHTS_READ &&
	    !(range->flags & ACL_EMU_RANGE_RDONLY_CAPABLE))
		return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_NOT_RDONLY,
				range->start, range->size);
	return 0;
}

/* Checks that need the memory. */
static int emu_map_check_phys(struct emu_cmd *cmd, const struct emu_phys *phys)
{
	struct acl_emu_map *arg = cmd->arg;

	if (!IS_ALIGNED(arg->addr, phys->granule))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_ADDR_ALIGN,
				arg->addr, phys->granule);
	if (!IS_ALIGNED(arg->size, phys->granule))
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE_ALIGN,
				arg->size, phys->granule);
	if (!IS_ALIGNED(arg->offset, phys->granule) ||
	    arg->offset >= phys->size)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_OFFSET,
				arg->offset, phys->size);
	if (arg->size > phys->size - arg->offset)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_PHYS_SHORT,
				arg->size, phys->size);
	if (cmd->head->flags & ACL_EMU_MAP_WHOLE && arg->size != phys->size)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_PHYS_LONG,
				arg->size, phys->size);
	return 0;
}

static int emu_map_check_gap(struct emu_cmd *cmd, struct emu_range *range)
{
	struct acl_emu_map *arg = cmd->arg;
	unsigned long index = arg->addr >> PAGE_SHIFT;
	struct emu_mapping *m;

	m = emu_mapping_next(range, &index,
			     (arg->addr + arg->size - 1) >> PAGE_SHIFT);
	if (!m)
		return 0;
	emu_fail(cmd, 0, ACL_EMU_REASON_OVERLAPS, m->start, m->size);
	emu_mapping_put(m);
	return -EADDRINUSE;
}

/* Consumes the caller's reference on @h if it succeeds. */
static struct emu_mapping *emu_mapping_create(const struct acl_emu_map *arg,
					      struct emu_handle *h)
{
	struct emu_mapping *m;

	m = kmem_cache_zalloc(emu_mapping_cache, GFP_KERNEL);
	if (!m)
		return NULL;
	/* One reference for the tree, one for the caller. */
	refcount_set(&m->ref, 2);
	init_rwsem(&m->sem);
	m->live = true;
	m->rights = arg->rights;
	m->cpu = arg->rights;
	m->start = arg->addr;
	m->size = arg->size;
	m->pgoff = arg->offset >> PAGE_SHIFT;
	m->handle = h;
	return m;
}

static int emu_mapping_insert(struct emu_cmd *cmd, struct emu_range *range,
			      struct emu_mapping *m)
{
	int ret;

	do {
		ret = mtree_insert_range(&range->tree, m->start >> PAGE_SHIFT,
					 (m->start + m->size - 1) >> PAGE_SHIFT,
					 m, GFP_KERNEL_ACCOUNT);
		if (ret != -EEXIST)
			break;
		/* If the other mapping was removed meanwhile, try again. */
		ret = emu_map_check_gap(cmd, range);
	} while (!ret);

	if (ret == -ENOMEM)
		emu_fail(cmd, ret, ACL_EMU_REASON_HOST_NOMEM, sizeof(*m), 0);
	return ret;
}

/*
 * The caller has counted the mapping, see emu_handle_map(). Consumes that count on
 * failure, and always the reference on @h.
 */
static int emu_map_handle(struct emu_cmd *cmd, struct emu_range *range,
			  struct emu_handle *h)
{
	struct acl_emu_map *arg = cmd->arg;
	struct emu_mapping *m;
	int ret;

	ret = emu_range_begin_map(cmd, range, h);
	if (ret)
		goto err_handle;
	ret = emu_map_check_phys(cmd, h->content.phys);
	if (ret) {
		/* An overlap is reported before a fault of the memory. */
		if (emu_map_check_gap(cmd, range))
			ret = -EADDRINUSE;
		goto err_range;
	}
	m = emu_mapping_create(arg, h);
	if (!m) {
		ret = emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
			       sizeof(*m), 0);
		goto err_range;
	}
	ret = emu_mapping_insert(cmd, range, m);
	if (ret)
		goto err_mapping;
	emu_stat_add(ACL_EMU_STAT_MAPPINGS, 1);
	emu_stat_add(ACL_EMU_STAT_MAPS, 1);
	trace_acl_emu_map(cmd->client->tgid, m->start, m->size,
		      emu_handle_token(h));

	if (!emu_range_end_map(range)) {
		if (emu_mapping_claim(m)) {
			emu_mapping_untree(range, m);
			emu_mapping_drop(range, m);
		}
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_DETACHED,
			       range->start, range->size);
	}
	emu_mapping_put(m);
	return ret;

err_mapping:
	kmem_cache_free(emu_mapping_cache, m);
err_range:
	emu_range_cancel_map(range, h);
err_handle:
	emu_handle_unmap(cmd->client, h, emu_mapping_heap(range, arg->size));
	emu_handle_put(h);
	return ret;
}

static int emu_map_locked(struct emu_cmd *cmd)
{
	struct acl_emu_map *arg = cmd->arg;
	struct emu_range *range;
	struct emu_handle *h;
	int ret;

	h = emu_handle_get(cmd, arg->handle, EMU_HANDLE_PHYS);
	if (IS_ERR(h))
		return PTR_ERR(h);
	range = emu_range_get_kind(cmd, arg->addr, arg->kind);
	if (IS_ERR(range)) {
		emu_handle_put(h);
		return PTR_ERR(range);
	}
	ret = emu_map_check_addr(cmd, range, h->content.phys->granule);
	if (!ret)
		ret = emu_handle_map(cmd, h, emu_mapping_heap(range, arg->size));
	if (ret)
		emu_handle_put(h);
	else
		ret = emu_map_handle(cmd, range, h);
	emu_range_put(range);
	return ret;
}

/* Best effort: the page fault handler maps the rest. */
static void emu_map_populate(struct emu_cmd *cmd)
{
	struct acl_emu_map *arg = cmd->arg;
	unsigned int flags = arg->rights == ACL_EMU_RIGHTS_RW ?
			     FAULT_FLAG_WRITE : 0;
	struct mm_struct *mm = cmd->client->mm;
	unsigned long addr;
	bool unlocked;
	int ret;

	if (arg->rights == ACL_EMU_RIGHTS_NONE)
		return;
	for (addr = arg->addr; addr < arg->addr + arg->size; addr += SZ_2M) {
		unlocked = false;
		if (fatal_signal_pending(current) ||
		    mmap_read_lock_killable(mm))
			return;
		ret = fixup_user_fault(mm, addr, flags, &unlocked);
		mmap_read_unlock(mm);
		if (ret)
			return;
		cond_resched();
	}
}

int emu_map_ioctl(struct emu_cmd *cmd)
{
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	ret = emu_map_locked(cmd);
	emu_client_leave(cmd->client);
	if (!ret && cmd->head->flags & ACL_EMU_MAP_POPULATE)
		emu_map_populate(cmd);
	return ret;
}

/* ---- UNMAP ---- */

static int emu_unmap(struct emu_cmd *cmd, u64 addr, u32 kind)
{
	struct emu_range *range;
	struct emu_mapping *m;
	int ret;

	range = emu_range_get_kind(cmd, addr, kind);
	if (IS_ERR(range))
		return PTR_ERR(range);
	m = emu_mapping_find(range, addr);
	if (m && m->start != addr)
		ret = emu_fail(cmd, -EINVAL, ACL_EMU_REASON_NOT_MAP_START,
			       m->start, m->size);
	else
		ret = m ? emu_mapping_remove(range, m) : -ENOENT;
	if (ret == -ENOENT)
		emu_fail(cmd, ret, ACL_EMU_REASON_NOT_MAPPED, addr, 0);
	else if (ret == -EBUSY)
		emu_fail(cmd, ret, ACL_EMU_REASON_COPY_BUSY, m->start,
			 m->size);
	if (m)
		emu_mapping_put(m);
	emu_range_put(range);
	return ret;
}

int emu_unmap_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_unmap *arg = cmd->arg;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	ret = emu_unmap(cmd, arg->addr, arg->kind);
	emu_client_leave(cmd->client);
	return ret;
}
