/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical allocations.
 */
#ifndef ACL_EMU_PHYS_H
#define ACL_EMU_PHYS_H

#include <linux/mutex.h>
#include <linux/refcount.h>
#include "cmd.h"
#include "pages.h"
#include "backing.h"

struct dma_buf;
struct emu_label;

/**
 * struct emu_phys - physical memory
 * @ref:     held by handles, shares and the dma-buf
 * @dev:     device it is charged to
 * @loc:     location it was allocated on
 * @size:    bytes
 * @granule: 4 KiB, 2 MiB or 1 GiB
 * @cookie:  value of the library
 * @number:  unique among all allocations since the module was loaded
 * @label:   name for people, or NULL; written under @lock
 * @backing: its pages
 * @lock:    guards @names, @dmabuf and @label
 * @names:   number of handles and shares that name it
 * @dmabuf:  its dma-buf, from the first export until @names is zero, or NULL
 */
struct emu_phys {
	refcount_t ref;
	struct emu_device *dev;
	struct acl_emu_location loc;
	u64 size;
	u64 granule;
	u64 cookie;
	u64 number;
	struct emu_label __rcu *label;
	struct emu_backing backing;
	struct mutex lock;
	unsigned long names;
	struct dma_buf *dmabuf;
};

void emu_phys_put(struct emu_phys *phys);

int emu_phys_alloc_ioctl(struct emu_cmd *cmd);
int emu_phys_retain_ioctl(struct emu_cmd *cmd);
int emu_phys_free_ioctl(struct emu_cmd *cmd);
int emu_phys_info_ioctl(struct emu_cmd *cmd);

void emu_phys_name(struct emu_phys *phys);
void emu_phys_unname(struct emu_phys *phys);

static inline struct emu_phys *emu_phys_get(struct emu_phys *phys)
{
	refcount_inc(&phys->ref);
	return phys;
}

#endif /* ACL_EMU_PHYS_H */
