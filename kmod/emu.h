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
 *   client->sem            read: every operation; write: reset and death
 *   dma_resv            (taken by dma-buf's core around our callbacks)
 *   mapping->sem        read: fault, copy's claim; write: unmap, rights
 *   i_mmap, page table  (taken by the zap and insert calls)
 *
 *   mmap_lock > (->mmap, ->close, ->fault) > mapping->sem
 *
 * Leaves, dropped before anything else is taken: client->objects' lock,
 * client->lock, range->lock, the locks inside the trees, share->lock,
 * device->lock, sync->wait's lock, the list of contexts.
 *
 * client->sem is never held over access to user memory, vm_mmap() or vm_munmap().
 * No lock of ours is held over access to user memory. mmap_lock is never taken
 * under a lock of ours.
 */

/* ---- counters (main.c) ---- */

struct emu_stats {
	u64 count[ACL_EMU_STAT_END];
};

DECLARE_PER_CPU(struct emu_stats, emu_stats);

static inline void emu_stat_add(enum acl_emu_stat what, s64 delta)
{
	this_cpu_add(emu_stats.count[what], delta);
}

u64 emu_stat_read(enum acl_emu_stat what);

/* ---- ioctls (main.c) ---- */

struct emu_client;
struct file;

/**
 * struct emu_cmd - one ioctl being carried out
 * @client:  the context
 * @head: header of the argument
 * @arg:  the whole argument, in kernel memory
 * @filp: the open file the ioctl came through
 * @fd:   descriptor to install once the answer has reached the caller, or -1
 * @file: what to install there
 */
struct emu_cmd {
	struct emu_client *client;
	struct acl_emu_head *head;
	void *arg;
	struct file *filp;
	int fd;
	struct file *file;
};

static inline int emu_fail(struct emu_cmd *cmd, int err,
			   enum acl_emu_reason reason, u64 val0, u64 val1)
{
	cmd->head->reason = reason;
	cmd->head->val[0] = val0;
	cmd->head->val[1] = val1;
	return err;
}

/* ---- devices (device.c) ---- */

/**
 * struct emu_device - an emulated device, or the host as an owner of memory
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
struct emu_device {
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

extern unsigned int emu_device_count;

int emu_devices_init(void);
void emu_devices_exit(void);
struct emu_device *emu_device_get(u32 id);
struct emu_device *emu_device_host(void);
int emu_device_charge(struct emu_device *dev, u64 bytes, u64 *free);
void emu_device_uncharge(struct emu_device *dev, u64 bytes);
int emu_loc_check(struct emu_cmd *cmd, struct acl_emu_location loc);
int emu_device_need_open(struct emu_cmd *cmd, u32 id);
int emu_device_need_any(struct emu_cmd *cmd);

int emu_device_info_ioctl(struct emu_cmd *cmd);
int emu_device_open_ioctl(struct emu_cmd *cmd);
int emu_device_reset_ioctl(struct emu_cmd *cmd);

static inline u64 emu_loc_pack(struct acl_emu_location loc)
{
	return (u64)loc.type << 32 | loc.id;
}

static inline bool emu_loc_equal(struct acl_emu_location a,
				 struct acl_emu_location b)
{
	return a.type == b.type && a.id == b.id;
}

/* ---- pages of a device (pool.c) ---- */

void emu_pages_init(struct emu_device *dev);
int emu_pages_reserve(struct emu_device *dev, u64 bytes);
void emu_pages_exit(struct emu_device *dev);
u64 emu_pages_charge(const struct emu_device *dev, u64 size);
struct page *emu_pages_alloc(struct emu_device *dev, int node,
			    unsigned int order);
u64 emu_pages_free(struct emu_device *dev, struct page *page);
extern atomic_t emu_pages_fail_huge;
extern bool emu_pages_scrub_paused;

/* ---- physical allocations (phys.c) ---- */

#define EMU_BLOCK_PAGES		(1UL << EMU_BLOCK_ORDER)
#define EMU_BLOCK_SIZE		(PAGE_SIZE << EMU_BLOCK_ORDER)
#define EMU_BLOCK_ORDER		9

/**
 * struct emu_phys - physical memory
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
struct emu_phys {
	refcount_t ref;
	struct emu_device *dev;
	struct acl_emu_location loc;
	u64 size;
	u64 granule;
	u64 cookie;
	u64 filled;
	unsigned long nr;
	unsigned long *blocks;
};

void emu_phys_put(struct emu_phys *phys);
struct page *emu_phys_page(const struct emu_phys *phys, unsigned long pgoff);
struct page *emu_phys_huge(const struct emu_phys *phys, unsigned long pgoff);
int emu_phys_alloc_ioctl(struct emu_cmd *cmd);
void emu_phys_alloc_undo(struct emu_cmd *cmd);

static inline struct emu_phys *emu_phys_get(struct emu_phys *phys)
{
	refcount_inc(&phys->ref);
	return phys;
}

/* ---- ids (object.c) and handles (handle.c) ---- */

/**
 * struct emu_object - something a context names by a token
 * @ref: memory of the object
 * @id:  index in client->objects
 * @gen: sets this object apart from others that had or will have the index
 * @rcu: look-ups are lockless
 */
struct emu_object {
	refcount_t ref;
	u32 id;
	u32 gen;
	struct rcu_head rcu;
};

int emu_object_reserve(struct emu_client *client, struct emu_object *obj);
void emu_object_finalize(struct emu_client *client, struct emu_object *obj);
void emu_object_abort(struct emu_client *client, struct emu_object *obj);
struct emu_object *emu_object_get(struct emu_client *client, u64 token);
struct emu_object *emu_object_next(struct emu_client *client, unsigned long *id);

static inline u64 emu_object_token(const struct emu_object *obj)
{
	return (u64)obj->gen << 32 | obj->id;
}

struct emu_share;
struct emu_sync;

/**
 * struct emu_content - what a handle or a share names: one of the two
 * @phys: memory, or NULL
 * @sync: counter, or NULL
 */
struct emu_content {
	struct emu_phys *phys;
	struct emu_sync *sync;
};

void emu_content_get(const struct emu_content *content);
void emu_content_put(const struct emu_content *content);

/**
 * struct emu_handle - this context's name for memory or a counter
 * @obj:      id and memory
 * @client:      the context; NULL once the handle is dead
 * @phys:     the memory, or NULL
 * @sync:     the counter, or NULL
 * @loc:      location it belongs to here
 * @import:   share it was imported from, or NULL
 * @users:    references of the user: create, retain, repeated import
 * @maps:     mappings
 * @imported: import, by key or by fd
 * @once_key: key of the share made with EXPORT_ONCE, or 0
 * @shares:   shares it exported, by emu_share.of_handle
 * @node:     in client->imports
 *
 * @client, @users, @maps, @once_key, @shares and @node are guarded by the lock of
 * client->objects. The handle dies when @users and @maps are both zero.
 */
struct emu_handle {
	struct emu_object obj;
	struct emu_client *client;
	struct emu_phys *phys;
	struct emu_sync *sync;
	struct acl_emu_location loc;
	struct emu_share *import;
	unsigned int users;
	unsigned int maps;
	bool imported;
	u64 once_key;
	struct list_head shares;
	struct hlist_node node;
};

struct emu_handle *emu_handle_create(struct emu_client *client,
				     const struct emu_content *content,
				     struct acl_emu_location loc,
				     struct emu_share *import);
void emu_handle_abort(struct emu_client *client, struct emu_handle *h);
int emu_handle_publish(struct emu_cmd *cmd, const struct emu_content *content,
		       struct acl_emu_location loc, bool imported, u64 *token);
void emu_handle_undo(struct emu_cmd *cmd, u64 token);
struct emu_handle *emu_handle_find(struct emu_client *client, u64 token);
struct emu_handle *emu_handle_get(struct emu_cmd *cmd, u64 token);
struct emu_handle *emu_handle_get_phys(struct emu_cmd *cmd, u64 token);
void emu_handle_put(struct emu_handle *h);
bool emu_handle_map(struct emu_client *client, struct emu_handle *h);
void emu_handle_unmap(struct emu_client *client, struct emu_handle *h);
int emu_handle_drop(struct emu_client *client, struct emu_handle *h,
		    unsigned int *left, unsigned int *maps);
void emu_handle_kill(struct emu_client *client, struct emu_handle *h);
u32 emu_handle_state(struct emu_client *client, struct emu_handle *h);
int emu_phys_retain_ioctl(struct emu_cmd *cmd);
void emu_phys_retain_undo(struct emu_cmd *cmd);
int emu_phys_free_ioctl(struct emu_cmd *cmd);
int emu_phys_info_ioctl(struct emu_cmd *cmd);

/* ---- contexts (context.c) ---- */

/**
 * struct emu_client - an open file
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
struct emu_client {
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

int emu_inode_fs_init(void);
void emu_inode_fs_exit(void);
int emu_client_open(struct inode *inode, struct file *file);
int emu_client_release(struct inode *inode, struct file *file);
int emu_client_enter(struct emu_cmd *cmd);
void emu_client_leave(struct emu_client *client);
void emu_client_zap(struct emu_client *client, unsigned long addr, unsigned long size);
void emu_client_for_each(void (*fn)(struct emu_client *client, void *data), void *data);

/* ---- reservations (range.c) ---- */

enum emu_range_state {
	EMU_RANGE_RESERVING,	/* in the tree, VMA being made */
	EMU_RANGE_LIVE,
	EMU_RANGE_RELEASING,	/* VMA being removed by RANGE_RELEASE */
	EMU_RANGE_DETACHED,	/* VMA gone by other means, record left */
};

/**
 * struct emu_range - a reservation
 * @ref:      held by client->ranges, by its VMAs and by users of the moment
 * @client:      the context; outlives every VMA of the range
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
 * @ticket:   in client->tickets
 * @rcu:      look-ups are lockless
 */
struct emu_range {
	refcount_t ref;
	struct emu_client *client;
	unsigned long start;
	unsigned long size;
	u32 kind;
	u32 flags;
	spinlock_t lock;
	enum emu_range_state state;
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

struct emu_range *emu_range_find(struct emu_client *client, unsigned long addr);
struct emu_range *emu_range_next(struct emu_client *client, unsigned long *index,
				 unsigned long last);
struct emu_range *emu_range_get_kind(struct emu_cmd *cmd, unsigned long addr,
				     u32 kind);
void emu_range_put(struct emu_range *range);
int emu_range_mmap(struct file *file, struct vm_area_struct *vma);
void emu_range_vma_opened(struct vm_area_struct *vma);
void emu_range_vma_closed(struct vm_area_struct *vma);
void emu_range_discard(struct emu_range *range);
int emu_range_reserve_ioctl(struct emu_cmd *cmd);
void emu_range_reserve_undo(struct emu_cmd *cmd);
int emu_range_release_ioctl(struct emu_cmd *cmd);
void emu_tree_clear(struct maple_tree *mt, unsigned long first,
		    unsigned long last);
void *emu_tree_next(struct maple_tree *mt, unsigned long *index,
		    unsigned long last, void (*get)(void *entry));

/* ---- where to reserve (window.c) ---- */

int emu_window_check(struct emu_cmd *cmd, struct acl_emu_range_reserve *arg);
int emu_window_place(struct emu_cmd *cmd, struct emu_range *range,
		     struct acl_emu_range_reserve *arg);

/* ---- mappings (map.c) ---- */

struct emu_grant;

/**
 * struct emu_mapping - memory at addresses of a reservation
 * @ref:    held by the tree of the range and by users of the moment
 * @live:   cleared by whoever removes it, see emu_mapping_claim()
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
struct emu_mapping {
	refcount_t ref;
	bool live;
	u8 rights;
	u8 cpu;
	atomic_t busy;
	struct rw_semaphore sem;
	unsigned long start;
	unsigned long size;
	unsigned long pgoff;
	struct emu_handle *handle;
	struct emu_grant *grants;
	union {
		struct list_head node;
		struct rcu_head rcu;
	};
};

int emu_mapping_cache_init(void);
void emu_mapping_cache_exit(void);
struct emu_mapping *emu_mapping_find(struct emu_range *range,
				     unsigned long addr);
struct emu_mapping *emu_mapping_next(struct emu_range *range,
				     unsigned long *index, unsigned long last);
void emu_mapping_put(struct emu_mapping *m);
bool emu_mapping_claim(struct emu_mapping *m);
void emu_mapping_drop(struct emu_range *range, struct emu_mapping *m);
int emu_mapping_remove(struct emu_range *range, struct emu_mapping *m);
int emu_map_ioctl(struct emu_cmd *cmd);
void emu_map_undo(struct emu_cmd *cmd);
int emu_unmap_ioctl(struct emu_cmd *cmd);

/* ---- rights (access.c) ---- */

int emu_set_access_ioctl(struct emu_cmd *cmd);
int emu_get_access_ioctl(struct emu_cmd *cmd);
void emu_grants_free(struct emu_mapping *m);
bool emu_grants_revoke(struct emu_mapping *m);

/* ---- look-ups (lookup.c) ---- */

int emu_lookup_ioctl(struct emu_cmd *cmd);
int emu_enum_ioctl(struct emu_cmd *cmd);

/* ---- page faults (fault.c) ---- */

extern const struct vm_operations_struct emu_range_vm_ops;
extern const struct vm_operations_struct emu_range_rdonly_vm_ops;

/**
 * struct emu_span - memory at consecutive addresses
 * @phys:  the memory
 * @start: first address
 * @end:   address after the last
 * @pgoff: page of the memory that @start shows
 * @write: entries may be writable
 */
struct emu_span {
	const struct emu_phys *phys;
	unsigned long start;
	unsigned long end;
	unsigned long pgoff;
	bool write;
};

vm_fault_t emu_span_fault(struct vm_fault *vmf, const struct emu_span *span);

/* ---- copies (copy.c) ---- */

int emu_copy_ioctl(struct emu_cmd *cmd);

/* ---- sharing by key (share.c) and by dma-buf (dmabuf.c) ---- */

int emu_share_init(void);
void emu_share_exit(void);
void emu_share_put(struct emu_share *share);
void emu_share_put_list(struct list_head *shares);
int emu_export_ioctl(struct emu_cmd *cmd);
void emu_export_undo(struct emu_cmd *cmd);
int emu_allow_pids_ioctl(struct emu_cmd *cmd);
int emu_share_query_ioctl(struct emu_cmd *cmd);
int emu_share_close_ioctl(struct emu_cmd *cmd);
int emu_import_ioctl(struct emu_cmd *cmd);
void emu_import_undo(struct emu_cmd *cmd);

int emu_export_fd_ioctl(struct emu_cmd *cmd);
int emu_import_fd_ioctl(struct emu_cmd *cmd);
void emu_import_fd_undo(struct emu_cmd *cmd);

/* ---- counters between processes (sync.c) ---- */

struct emu_sync *emu_sync_get(struct emu_sync *sync);
void emu_sync_put(struct emu_sync *sync);
void emu_sync_wake(struct emu_sync *sync);
int emu_sync_create_ioctl(struct emu_cmd *cmd);
void emu_sync_create_undo(struct emu_cmd *cmd);
int emu_sync_signal_ioctl(struct emu_cmd *cmd);
int emu_sync_wait_ioctl(struct emu_cmd *cmd);
void emu_sync_wait_undo(struct emu_cmd *cmd);

/* ---- debugfs.c ---- */

void emu_debugfs_init(void);
void emu_debugfs_exit(void);

#endif /* ACL_EMU_EMU_H */
