/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the module share.
 */
#ifndef ACL_EMU_EMU_H
#define ACL_EMU_EMU_H

#include <linux/hashtable.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/maple_tree.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "../uapi/acl_emu.h"
#include "compat.h"

#undef pr_fmt
#define pr_fmt(fmt)	KBUILD_MODNAME ": " fmt

/**
 * DOC: Objects and locks
 *
 * A *context* is an open file bound to the address space of its opener. It
 * holds *handles* (names of physical allocations) and *ranges* (reservations),
 * each range one VMA. A *mapping* puts an allocation at addresses of a range;
 * it holds its handle, the handle holds the *phys*. A *sync* is a counter, named
 * by handles as a phys is. A *share* is a key under which another process may
 * import either; it is held by the exporter's handle and by every import.
 * dma-bufs hold the phys directly.
 *
 * Locks, outermost first::
 *
 *   ctx->sem            read: every operation; write: reset and death
 *   dma_resv            (taken by dma-buf's core around our callbacks)
 *   mapping->sem        read: fault, copy's claim; write: unmap, rights
 *   i_mmap, page table  (taken by the zap and insert calls)
 *
 *   mmap_lock > (->mmap, ->close, ->fault) > mapping->sem
 *
 * Leaves, dropped before anything else is taken: ctx->objects' lock,
 * ctx->lock, range->lock, the locks inside the trees, share->lock,
 * device->lock, sync->wait's lock, the list of contexts.
 *
 * ctx->sem is never held over access to user memory, vm_mmap() or vm_munmap().
 * No lock of ours is held over access to user memory. mmap_lock is never taken
 * under a lock of ours.
 */

/* ---- counters (main.c) ---- */

struct acl_stats {
	u64 count[ACL_EMU_COUNTER_END];
};

DECLARE_PER_CPU(struct acl_stats, acl_stats);

static inline void acl_count(enum acl_emu_counter what, s64 delta)
{
	this_cpu_add(acl_stats.count[what], delta);
}

u64 acl_counter(enum acl_emu_counter what);

/* ---- ioctls (main.c) ---- */

struct acl_ctx;
struct file;

/**
 * struct acl_cmd - one ioctl being carried out
 * @ctx:  the context
 * @head: header of the argument
 * @arg:  the whole argument, in kernel memory
 * @filp: the open file the ioctl came through
 * @fd:   descriptor to install once the answer has reached the caller, or -1
 * @file: what to install there
 */
struct acl_cmd {
	struct acl_ctx *ctx;
	struct acl_emu_head *head;
	void *arg;
	struct file *filp;
	int fd;
	struct file *file;
};

static inline int acl_fail(struct acl_cmd *cmd, int err,
			   enum acl_emu_reason reason, u64 val0, u64 val1)
{
	cmd->head->reason = reason;
	cmd->head->val[0] = val0;
	cmd->head->val[1] = val1;
	return err;
}

/* ---- devices (device.c) ---- */

/**
 * struct acl_device - an emulated device, or the host as an owner of memory
 * @loc:        its name
 * @lock:       guards @used and the lists
 * @capacity:   bytes it may hand out
 * @used:       bytes charged, quarantined ones included
 * @node:       NUMA node its pages come from, or NUMA_NO_NODE
 * @reserved:   bytes of pages it owns; 0: pages come from the kernel
 * @clean:      blocks it owns and has zeroed, by page->lru, under @lock
 * @dirty:      blocks it owns that came back
 * @scrub:      zeroes @dirty
 * @refilled:   woken when a block comes to @clean or @dirty
 * @quarantine: freed pages that somebody else still references, by page->lru
 * @recheck:    looks at @quarantine again
 * @delay:      jiffies until the next look
 */
struct acl_device {
	struct acl_emu_location loc;
	spinlock_t lock;
	u64 capacity;
	u64 used;
	int node;
	u64 reserved;
	struct list_head clean;
	struct list_head dirty;
	struct work_struct scrub;
	wait_queue_head_t refilled;
	struct list_head quarantine;
	struct delayed_work recheck;
	unsigned long delay;
};

extern unsigned int acl_device_count;

int acl_devices_init(void);
void acl_devices_exit(void);
struct acl_device *acl_device_get(u32 id);
struct acl_device *acl_device_host(void);
int acl_device_charge(struct acl_device *dev, u64 bytes, u64 *free);
void acl_device_uncharge(struct acl_device *dev, u64 bytes);
int acl_loc_check(struct acl_cmd *cmd, struct acl_emu_location loc);
int acl_device_need_open(struct acl_cmd *cmd, u32 id);
int acl_device_need_any(struct acl_cmd *cmd);

int acl_device_info_ioctl(struct acl_cmd *cmd);
int acl_device_open_ioctl(struct acl_cmd *cmd);
int acl_device_reset_ioctl(struct acl_cmd *cmd);

static inline u64 acl_loc_pack(struct acl_emu_location loc)
{
	return (u64)loc.type << 32 | loc.id;
}

static inline bool acl_loc_equal(struct acl_emu_location a,
				 struct acl_emu_location b)
{
	return a.type == b.type && a.id == b.id;
}

/* ---- pages of a device (pool.c) ---- */

void acl_pool_init(struct acl_device *dev);
int acl_pool_reserve(struct acl_device *dev, u64 bytes);
void acl_pool_exit(struct acl_device *dev);
u64 acl_pool_charge(const struct acl_device *dev, u64 size);
struct page *acl_pool_alloc(struct acl_device *dev, int node,
			    unsigned int order);
u64 acl_pool_free(struct acl_device *dev, struct page *page);
extern atomic_t acl_pool_fail_huge;
extern bool acl_pool_scrub_paused;

/* ---- physical allocations (phys.c) ---- */

#define ACL_BLOCK_PAGES		(1UL << ACL_BLOCK_ORDER)
#define ACL_BLOCK_SIZE		(PAGE_SIZE << ACL_BLOCK_ORDER)
#define ACL_BLOCK_ORDER		9

/**
 * struct acl_phys - physical memory
 * @ref:     held by handles, shares and dma-bufs
 * @dev:     account it is charged to
 * @loc:     location it was allocated on
 * @size:    bytes
 * @granule: 4 KiB, 2 MiB or 1 GiB
 * @cookie:  the library's
 * @filled:  bytes of pages it has, all of them once it is made
 * @nr:      number of @blocks
 * @blocks:  one a 2 MiB: an order-9 page, or with bit 0 set a table of pages
 */
struct acl_phys {
	refcount_t ref;
	struct acl_device *dev;
	struct acl_emu_location loc;
	u64 size;
	u64 granule;
	u64 cookie;
	u64 filled;
	unsigned long nr;
	unsigned long *blocks;
};

void acl_phys_put(struct acl_phys *phys);
struct page *acl_phys_page(const struct acl_phys *phys, unsigned long pgoff);
struct page *acl_phys_huge(const struct acl_phys *phys, unsigned long pgoff);
int acl_phys_alloc_ioctl(struct acl_cmd *cmd);
void acl_phys_alloc_undo(struct acl_cmd *cmd);

static inline struct acl_phys *acl_phys_get(struct acl_phys *phys)
{
	refcount_inc(&phys->ref);
	return phys;
}

/* ---- ids (object.c) and handles (handle.c) ---- */

/**
 * struct acl_object - something a context names by a token
 * @ref: memory of the object
 * @id:  index in ctx->objects
 * @gen: sets this object apart from others that had or will have the index
 * @rcu: look-ups are lockless
 */
struct acl_object {
	refcount_t ref;
	u32 id;
	u32 gen;
	struct rcu_head rcu;
};

int acl_object_reserve(struct acl_ctx *ctx, struct acl_object *obj);
void acl_object_finalize(struct acl_ctx *ctx, struct acl_object *obj);
void acl_object_abort(struct acl_ctx *ctx, struct acl_object *obj);
struct acl_object *acl_object_get(struct acl_ctx *ctx, u64 token);
struct acl_object *acl_object_next(struct acl_ctx *ctx, unsigned long *id);

static inline u64 acl_object_token(const struct acl_object *obj)
{
	return (u64)obj->gen << 32 | obj->id;
}

struct acl_share;
struct acl_sync;

/**
 * struct acl_content - what a handle or a share names: one of the two
 * @phys: memory, or NULL
 * @sync: counter, or NULL
 */
struct acl_content {
	struct acl_phys *phys;
	struct acl_sync *sync;
};

void acl_content_get(const struct acl_content *content);
void acl_content_put(const struct acl_content *content);

/**
 * struct acl_handle - this context's name for memory or a counter
 * @obj:      id and memory
 * @ctx:      the context; NULL once the handle is dead
 * @phys:     the memory, or NULL
 * @sync:     the counter, or NULL
 * @loc:      location it belongs to here
 * @import:   share it was imported from, or NULL
 * @users:    references of the user: create, retain, repeated import
 * @maps:     mappings
 * @imported: import, by key or by fd
 * @once_key: key of the share made with EXPORT_ONCE, or 0
 * @shares:   shares it exported, by acl_share.of_handle
 * @node:     in ctx->imports
 *
 * @ctx, @users, @maps, @once_key, @shares and @node are guarded by the lock of
 * ctx->objects. The handle dies when @users and @maps are both zero.
 */
struct acl_handle {
	struct acl_object obj;
	struct acl_ctx *ctx;
	struct acl_phys *phys;
	struct acl_sync *sync;
	struct acl_emu_location loc;
	struct acl_share *import;
	unsigned int users;
	unsigned int maps;
	bool imported;
	u64 once_key;
	struct list_head shares;
	struct hlist_node node;
};

struct acl_handle *acl_handle_create(struct acl_ctx *ctx,
				     const struct acl_content *content,
				     struct acl_emu_location loc,
				     struct acl_share *import);
void acl_handle_abort(struct acl_ctx *ctx, struct acl_handle *h);
int acl_handle_publish(struct acl_cmd *cmd, const struct acl_content *content,
		       struct acl_emu_location loc, bool imported, u64 *token);
void acl_handle_undo(struct acl_cmd *cmd, u64 token);
struct acl_handle *acl_handle_find(struct acl_ctx *ctx, u64 token);
struct acl_handle *acl_handle_get(struct acl_cmd *cmd, u64 token);
struct acl_handle *acl_handle_get_phys(struct acl_cmd *cmd, u64 token);
void acl_handle_put(struct acl_handle *h);
bool acl_handle_map(struct acl_ctx *ctx, struct acl_handle *h);
void acl_handle_unmap(struct acl_ctx *ctx, struct acl_handle *h);
int acl_handle_drop(struct acl_ctx *ctx, struct acl_handle *h,
		    unsigned int *left, unsigned int *maps);
void acl_handle_kill(struct acl_ctx *ctx, struct acl_handle *h);
u32 acl_handle_state(struct acl_ctx *ctx, struct acl_handle *h);
int acl_phys_retain_ioctl(struct acl_cmd *cmd);
void acl_phys_retain_undo(struct acl_cmd *cmd);
int acl_phys_free_ioctl(struct acl_cmd *cmd);
int acl_phys_info_ioctl(struct acl_cmd *cmd);

/* ---- contexts (context.c) ---- */

/**
 * struct acl_ctx - an open file
 * @ref:          held by the file and by @reaper
 * @mm:           address space it belongs to
 * @mn:           tells of its end
 * @reaper:       closed then; its release gives back what the context holds
 * @tgid:         of the opener in the root namespace, for debugfs only
 * @sem:          see "Objects and locks"
 * @dead:         under @sem
 * @lock:         guards @open_devices and @tickets
 * @open_devices: bit map
 * @tickets:      reservations whose VMA is being made
 * @objects:      handles by id
 * @gen:          generation of the next handle
 * @imports:      imported handles by share, under the lock of @objects
 * @ranges:       reservations by page index, states all
 * @inode:        its mapping finds every entry of this context's VMAs
 * @node:         in the list of all contexts
 */
struct acl_ctx {
	refcount_t ref;
	struct mm_struct *mm;
	struct mmu_notifier mn;
	struct file *reaper;
	pid_t tgid;
	struct rw_semaphore sem;
	bool dead;
	spinlock_t lock;
	u64 open_devices;
	struct list_head tickets;
	struct xarray objects;
	atomic_t gen;
	DECLARE_HASHTABLE(imports, 6);
	struct maple_tree ranges;
	struct inode *inode;
	struct list_head node;
};

int acl_ctx_fs_init(void);
void acl_ctx_fs_exit(void);
int acl_ctx_open(struct inode *inode, struct file *file);
int acl_ctx_release(struct inode *inode, struct file *file);
int acl_ctx_enter(struct acl_cmd *cmd);
void acl_ctx_leave(struct acl_ctx *ctx);
void acl_ctx_zap(struct acl_ctx *ctx, unsigned long addr, unsigned long size);
void acl_ctx_for_each(void (*fn)(struct acl_ctx *ctx, void *data), void *data);

/* ---- reservations (range.c) ---- */

enum acl_range_state {
	ACL_RANGE_RESERVING,	/* in the tree, VMA being made */
	ACL_RANGE_LIVE,
	ACL_RANGE_RELEASING,	/* VMA being removed by RANGE_RELEASE */
	ACL_RANGE_DETACHED,	/* VMA gone by other means, record left */
};

/**
 * struct acl_range - a reservation
 * @ref:      held by ctx->ranges, by its VMAs and by users of the moment
 * @ctx:      the context; outlives every VMA of the range
 * @start:    first address
 * @size:     bytes
 * @kind:     &enum acl_emu_range_kind
 * @flags:    ACL_EMU_RANGE_*
 * @lock:     guards the fields up to @imports
 * @state:    see there
 * @tie:      location that its memory belongs to, if @tied
 * @tied:     a mapping has been asked for
 * @tie_kept: a mapping was made, the tie holds until release
 * @maps:     mappings, those being made included
 * @imports:  how many of them are of imported memory
 * @tree:     mappings by page index
 * @task:     thread that may mmap it, while RESERVING
 * @ticket:   in ctx->tickets
 * @rcu:      look-ups are lockless
 */
struct acl_range {
	refcount_t ref;
	struct acl_ctx *ctx;
	unsigned long start;
	unsigned long size;
	u32 kind;
	u32 flags;
	spinlock_t lock;
	enum acl_range_state state;
	struct acl_emu_location tie;
	bool tied;
	bool tie_kept;
	unsigned long maps;
	unsigned long imports;
	struct maple_tree tree;
	struct task_struct *task;
	struct list_head ticket;
	struct rcu_head rcu;
};

struct acl_range *acl_range_find(struct acl_ctx *ctx, unsigned long addr);
struct acl_range *acl_range_next(struct acl_ctx *ctx, unsigned long *index,
				 unsigned long last);
struct acl_range *acl_range_get_kind(struct acl_cmd *cmd, unsigned long addr,
				     u32 kind);
void acl_range_put(struct acl_range *range);
int acl_range_mmap(struct file *file, struct vm_area_struct *vma);
void acl_range_vma_opened(struct vm_area_struct *vma);
void acl_range_vma_closed(struct vm_area_struct *vma);
void acl_range_discard(struct acl_range *range);
int acl_range_reserve_ioctl(struct acl_cmd *cmd);
void acl_range_reserve_undo(struct acl_cmd *cmd);
int acl_range_release_ioctl(struct acl_cmd *cmd);
void acl_tree_clear(struct maple_tree *mt, unsigned long first,
		    unsigned long last);
void *acl_tree_next(struct maple_tree *mt, unsigned long *index,
		    unsigned long last, void (*get)(void *entry));

/* ---- where to reserve (window.c) ---- */

int acl_window_check(struct acl_cmd *cmd, struct acl_emu_range_reserve *arg);
int acl_window_place(struct acl_cmd *cmd, struct acl_range *range,
		     struct acl_emu_range_reserve *arg);

/* ---- mappings (map.c) ---- */

struct acl_grant;

/**
 * struct acl_mapping - memory at addresses of a reservation
 * @ref:    held by the tree of the range and by users of the moment
 * @live:   cleared by whoever removes it, see acl_mapping_claim()
 * @sem:    see "Objects and locks"
 * @busy:   copies running; changed with @sem held
 * @rights: of the location that owns it, under @sem
 * @cpu:    rights of all locations together, under @sem
 * @start:  first address
 * @size:   bytes
 * @pgoff:  page of the memory that @start shows
 * @handle: the memory
 * @grants: rights of other locations, or NULL, under @sem
 * @node:   in the list of whoever removes many
 * @rcu:    look-ups are lockless
 */
struct acl_mapping {
	refcount_t ref;
	bool live;
	u8 rights;
	u8 cpu;
	atomic_t busy;
	struct rw_semaphore sem;
	unsigned long start;
	unsigned long size;
	unsigned long pgoff;
	struct acl_handle *handle;
	struct acl_grant *grants;
	union {
		struct list_head node;
		struct rcu_head rcu;
	};
};

int acl_mapping_cache_init(void);
void acl_mapping_cache_exit(void);
struct acl_mapping *acl_mapping_find(struct acl_range *range,
				     unsigned long addr);
struct acl_mapping *acl_mapping_next(struct acl_range *range,
				     unsigned long *index, unsigned long last);
void acl_mapping_put(struct acl_mapping *m);
bool acl_mapping_claim(struct acl_mapping *m);
void acl_mapping_drop(struct acl_range *range, struct acl_mapping *m);
int acl_mapping_remove(struct acl_range *range, struct acl_mapping *m);
int acl_map_ioctl(struct acl_cmd *cmd);
void acl_map_undo(struct acl_cmd *cmd);
int acl_unmap_ioctl(struct acl_cmd *cmd);

/* ---- rights (access.c) ---- */

int acl_set_access_ioctl(struct acl_cmd *cmd);
int acl_get_access_ioctl(struct acl_cmd *cmd);
void acl_grants_free(struct acl_mapping *m);
bool acl_grants_revoke(struct acl_mapping *m);

/* ---- look-ups (lookup.c) ---- */

int acl_lookup_ioctl(struct acl_cmd *cmd);
int acl_enum_ioctl(struct acl_cmd *cmd);

/* ---- page faults (fault.c) ---- */

extern const struct vm_operations_struct acl_range_vm_ops;
extern const struct vm_operations_struct acl_range_rdonly_vm_ops;

/**
 * struct acl_span - memory at consecutive addresses
 * @phys:  the memory
 * @start: first address
 * @end:   address after the last
 * @pgoff: page of the memory that @start shows
 * @write: entries may be writable
 */
struct acl_span {
	const struct acl_phys *phys;
	unsigned long start;
	unsigned long end;
	unsigned long pgoff;
	bool write;
};

vm_fault_t acl_span_fault(struct vm_fault *vmf, const struct acl_span *span);

/* ---- copies (copy.c) ---- */

int acl_copy_ioctl(struct acl_cmd *cmd);

/* ---- sharing by key (share.c) and by dma-buf (dmabuf.c) ---- */

int acl_share_init(void);
void acl_share_exit(void);
void acl_share_put(struct acl_share *share);
void acl_share_put_list(struct list_head *shares);
int acl_export_ioctl(struct acl_cmd *cmd);
void acl_export_undo(struct acl_cmd *cmd);
int acl_allow_pids_ioctl(struct acl_cmd *cmd);
int acl_share_query_ioctl(struct acl_cmd *cmd);
int acl_share_close_ioctl(struct acl_cmd *cmd);
int acl_import_ioctl(struct acl_cmd *cmd);
void acl_import_undo(struct acl_cmd *cmd);

int acl_export_fd_ioctl(struct acl_cmd *cmd);
int acl_import_fd_ioctl(struct acl_cmd *cmd);
void acl_import_fd_undo(struct acl_cmd *cmd);

/* ---- counters between processes (sync.c) ---- */

struct acl_sync *acl_sync_get(struct acl_sync *sync);
void acl_sync_put(struct acl_sync *sync);
void acl_sync_wake(struct acl_sync *sync);
int acl_sync_create_ioctl(struct acl_cmd *cmd);
void acl_sync_create_undo(struct acl_cmd *cmd);
int acl_sync_signal_ioctl(struct acl_cmd *cmd);
int acl_sync_wait_ioctl(struct acl_cmd *cmd);
void acl_sync_wait_undo(struct acl_cmd *cmd);

/* ---- debugfs.c ---- */

void acl_debugfs_init(void);
void acl_debugfs_exit(void);

#endif /* ACL_EMU_EMU_H */
