/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reservations: addresses of the process, each range exactly one VMA.
 */
#ifndef ACL_EMU_RANGE_H
#define ACL_EMU_RANGE_H

#include <linux/list.h>
#include <linux/maple_tree.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>
#include "cmd.h"

struct emu_handle;
struct vm_area_struct;

enum emu_range_state {
	EMU_RANGE_RESERVING,	/* in the tree, not yet published */
	EMU_RANGE_LIVE,
	EMU_RANGE_DETACHED,	/* its VMA is gone, the record is left */
	EMU_RANGE_RELEASED,	/* out of the tree; its VMA may be left */
};

/**
 * struct emu_range - a reservation
 * @ref:      held by client->ranges, by its VMAs and by current users
 * @client:   the client; outlives every VMA of the range
 * @start:    first address
 * @size:     bytes
 * @kind:     &enum acl_emu_range_kind
 * @flags:    ACL_EMU_RANGE_*
 * @lock:     guards the fields up to @imports
 * @state:    see &enum emu_range_state
 * @tie:      location that its memory belongs to, if @tied
 * @tied:     a mapping exists, existed or is being created
 * @tie_kept: a mapping was created: @tie is valid until release
 * @maps:     number of mappings, including those being created
 * @imports:  number of mappings of imported memory
 * @tree:     mappings by page index
 * @task:     thread that may mmap it, while RESERVING
 * @ticket:   in client->tickets
 * @work:     removes the mappings after the VMA was closed
 * @file:     keeps the client until @work has run
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
	union {
		struct callback_head work;
		struct rcu_head rcu;
	};
	struct file *file;
};

struct emu_range *emu_range_find(struct emu_client *client,
				 unsigned long addr);
struct emu_range *emu_range_next(struct emu_client *client,
				 unsigned long *index, unsigned long last);
struct emu_range *emu_range_get_kind(struct emu_cmd *cmd, unsigned long addr,
				     u32 kind);
void emu_range_put(struct emu_range *range);
int emu_range_mmap(struct file *file, struct vm_area_struct *vma);
void emu_range_vma_opened(struct vm_area_struct *vma);
void emu_range_vma_closed(struct vm_area_struct *vma);
void emu_range_discard(struct emu_range *range);
void emu_ranges_discard(struct emu_client *client);

int emu_range_begin_map(struct emu_cmd *cmd, struct emu_range *range,
			struct emu_handle *h);
void emu_range_cancel_map(struct emu_range *range, struct emu_handle *h);
bool emu_range_end_map(struct emu_range *range);
void emu_range_unmap(struct emu_range *range, struct emu_handle *h);

int emu_range_reserve_ioctl(struct emu_cmd *cmd);
void emu_range_finalize(struct emu_cmd *cmd);
void emu_range_abort(struct emu_cmd *cmd);
int emu_range_release_ioctl(struct emu_cmd *cmd);

#endif /* ACL_EMU_RANGE_H */
