/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics of the module.
 */
#ifndef ACL_EMU_STAT_H
#define ACL_EMU_STAT_H

#include <linux/percpu.h>
#include <linux/types.h>
#include "../uapi/acl_emu.h"

struct emu_stats {
	u64 count[ACL_EMU_STAT_END];
};

DECLARE_PER_CPU(struct emu_stats, emu_stats);

static inline void emu_stat_add(enum acl_emu_stat what, s64 delta)
{
	this_cpu_add(emu_stats.count[what], delta);
}

u64 emu_stat_read(enum acl_emu_stat what);

#endif /* ACL_EMU_STAT_H */
