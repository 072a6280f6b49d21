/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mappings: memory at addresses of a reservation.
 */
#ifndef ACL_EMU_MAP_H
#define ACL_EMU_MAP_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include "cmd.h"

struct emu_grant;

/**
 * struct emu_mapping - memory at addresses of a reservation
 * @ref:    held by the tree of the range and by current users
 * @live:   cleared by the one thread that removes it, see emu_mapping_claim()
 * @sem:    read: fault, start of a copy; write: unmap, rights
 * @busy:   number of running copies; incremented under @sem
 * @rights: of the location that owns it, under @sem
 * @cpu:    rights of all locations together, under @sem
 * @start:  first address
 * @size:   bytes
 * @pgoff:  page of the memory that is mapped at @start
 * @handle: the memory
 * @grants: rights of other locations, or NULL, under @sem
 * @node:   in a list of mappings that are being removed
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
int emu_unmap_ioctl(struct emu_cmd *cmd);

#endif /* ACL_EMU_MAP_H */
