// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statistics of the module.
 */
#include <linux/cpumask.h>

#include "stat.h"

DEFINE_PER_CPU(struct emu_stats, emu_stats);

u64 emu_stat_read(enum acl_emu_stat what)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(emu_stats.count[what], cpu));
	return sum;
}
