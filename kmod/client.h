/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients: an open file and the address space it belongs to.
 */
#ifndef ACL_EMU_CLIENT_H
#define ACL_EMU_CLIENT_H

#include <linux/list.h>
#include <linux/maple_tree.h>
#include <linux/mmu_notifier.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include "cmd.h"
#include "handle_table.h"

/**
 * struct emu_client - an open file
 * @ref:     held by the file, by @reaper and by those who list clients
 * @mm:      address space it belongs to
 * @mn:      reports its end
 * @reaper:  closed at that end; its release frees what the client holds
 * @tgid:    of the opener in the root namespace, for debugfs and traces only
 * @pid:     of the opener
 * @id:      number in the list of clients, never used again
 * @key:     random; fdinfo shows it, OBJECTS requires it
 * @sem:     read: every operation; write: device reset and end of the client
 * @dead:    the client has ended; protected by @sem
 * @lock:    guards @tickets and the change of @idle_page
 * @tickets: reservations whose VMA is being made, see emu_range_mmap()
 * @handles: its handles
 * @ranges:  reservations by page index, in every state
 * @detached: number of ranges without a VMA
 * @idle_page: pinned page with the figures of IDLE, or NULL; set once, with @lock
 * @idle_offset: of the figures in that page
 * @inode:   its address space finds all VMAs of this client
 */
struct emu_client {
	refcount_t ref;
	struct mm_struct *mm;
	struct mmu_notifier mn;
	struct file *reaper;
	pid_t tgid;
	struct pid *pid;
	u64 id;
	u64 key;
	struct rw_semaphore sem;
	bool dead;
	spinlock_t lock;
	struct list_head tickets;
	struct emu_handle_table handles;
	struct maple_tree ranges;
	atomic_t detached;
	struct page *idle_page;
	unsigned int idle_offset;
	struct inode *inode;
};

int emu_client_fs_init(void);
void emu_client_fs_exit(void);
int emu_client_open(struct inode *inode, struct file *file);
int emu_client_release(struct inode *inode, struct file *file);
int emu_client_enter(struct emu_cmd *cmd);
void emu_client_leave(struct emu_client *client);
void emu_client_zap(struct emu_client *client, unsigned long addr,
		    unsigned long size);
struct emu_client *emu_client_next(unsigned long *id);
struct emu_client *emu_client_get(u64 id);
void emu_client_put(struct emu_client *client);

#endif /* ACL_EMU_CLIENT_H */
