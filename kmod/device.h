/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated devices: their number, their capacity, their users, their reset.
 */
#ifndef ACL_EMU_DEVICE_H
#define ACL_EMU_DEVICE_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "cmd.h"

/**
 * struct emu_device - an emulated device, or the host as an owner of memory
 * @loc:        its location in the uAPI
 * @lock:       guards @used and the lists
 * @capacity:   bytes that can be allocated
 * @used:       bytes charged, including the quarantine
 * @backed:     bytes of pages that allocations have, including the quarantine
 * @unbacked:   touches for which the host had no page
 * @node:       NUMA node its pages come from, or NUMA_NO_NODE
 * @reserved:   bytes of pages it owns; 0: pages come from the kernel
 * @clean:      zeroed blocks it owns, linked by page->lru, under @lock
 * @dirty:      freed blocks it owns, not yet zeroed
 * @scrub:      work that zeroes @dirty
 * @closing:    tells @scrub to stop
 * @refilled:   woken when a block is added to @clean or @dirty
 * @quarantine: freed pages with other references, linked by page->lru
 * @recheck:    work that checks @quarantine again
 * @delay:      jiffies until the next check
 */
struct emu_device {
	struct acl_emu_location loc;
	spinlock_t lock;
	u64 capacity;
	u64 used;
	atomic64_t backed;
	atomic64_t unbacked;
	int node;
	u64 reserved;
	struct list_head clean;
	struct list_head dirty;
	struct work_struct scrub;
	bool closing;
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
void emu_device_unbacked(struct emu_device *dev);
bool emu_device_lazy(const struct emu_device *dev);
int emu_loc_check(struct emu_cmd *cmd, struct acl_emu_location loc);
int emu_device_need_open(struct emu_cmd *cmd, u32 id);
int emu_device_need_any(struct emu_cmd *cmd);

int emu_device_info_ioctl(struct emu_cmd *cmd);
int emu_device_open_ioctl(struct emu_cmd *cmd);
int emu_device_reset_ioctl(struct emu_cmd *cmd);

static inline struct acl_emu_location emu_loc_device(u32 id)
{
	return (struct acl_emu_location){ .type = ACL_EMU_LOC_DEVICE, .id = id };
}

static inline u64 emu_loc_pack(struct acl_emu_location loc)
{
	return (u64)loc.type << 32 | loc.id;
}

static inline bool emu_loc_equal(struct acl_emu_location a,
				 struct acl_emu_location b)
{
	return a.type == b.type && a.id == b.id;
}

#endif /* ACL_EMU_DEVICE_H */
