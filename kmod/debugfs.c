// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs: what there is, and failures on demand.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "emu.h"

static struct dentry *acl_debugfs_dir;

static const char * const acl_counter_names[ACL_EMU_COUNTER_END] = {
	[ACL_EMU_COUNTER_CONTEXTS] = "contexts",
	[ACL_EMU_COUNTER_HANDLES] = "handles",
	[ACL_EMU_COUNTER_PHYS] = "phys",
	[ACL_EMU_COUNTER_RANGES] = "ranges",
	[ACL_EMU_COUNTER_MAPPINGS] = "mappings",
	[ACL_EMU_COUNTER_SHARES] = "shares",
	[ACL_EMU_COUNTER_DMABUFS] = "dmabufs",
	[ACL_EMU_COUNTER_QUARANTINE] = "quarantine",
	[ACL_EMU_COUNTER_FALLBACK_BLOCKS] = "fallback_blocks",
	[ACL_EMU_COUNTER_PMD_ENTRIES] = "pmd_entries",
	[ACL_EMU_COUNTER_PTE_ENTRIES] = "pte_entries",
	[ACL_EMU_COUNTER_SCRUBBED] = "scrubbed",
	[ACL_EMU_COUNTER_SCRUBBED_LATE] = "scrubbed_late",
	[ACL_EMU_COUNTER_SYNCS] = "syncs",
};

static int counters_show(struct seq_file *seq, void *unused)
{
	int i;

	for (i = 0; i < ACL_EMU_COUNTER_END; i++)
		seq_printf(seq, "%s %llu\n", acl_counter_names[i],
			   acl_counter(i));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

static void acl_device_show(struct seq_file *seq, struct acl_device *dev,
			    const char *name)
{
	u64 used;

	spin_lock(&dev->lock);
	used = dev->used;
	spin_unlock(&dev->lock);
	seq_printf(seq, "%s %u capacity %llu used %llu reserved %llu\n", name,
		   dev->loc.id, dev->capacity, used, dev->reserved);
}

static int devices_show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	for (i = 0; i < acl_device_count; i++)
		acl_device_show(seq, acl_device_get(i), "device");
	acl_device_show(seq, acl_device_host(), "host");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(devices);

static void acl_context_show(struct acl_ctx *ctx, void *data)
{
	seq_printf(data, "tgid %d open_devices %#llx dead %d\n", ctx->tgid,
		   READ_ONCE(ctx->open_devices), READ_ONCE(ctx->dead));
}

static int contexts_show(struct seq_file *seq, void *unused)
{
	acl_ctx_for_each(acl_context_show, seq);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(contexts);

void acl_debugfs_init(void)
{
	acl_debugfs_dir = debugfs_create_dir("acl_emu", NULL);
	debugfs_create_file("counters", 0400, acl_debugfs_dir, NULL,
			    &counters_fops);
	debugfs_create_file("devices", 0400, acl_debugfs_dir, NULL,
			    &devices_fops);
	debugfs_create_file("contexts", 0400, acl_debugfs_dir, NULL,
			    &contexts_fops);
	debugfs_create_atomic_t("fail_huge", 0600, acl_debugfs_dir,
				&acl_pool_fail_huge);
	debugfs_create_bool("scrub_paused", 0600, acl_debugfs_dir,
			    &acl_pool_scrub_paused);
}

void acl_debugfs_exit(void)
{
	debugfs_remove_recursive(acl_debugfs_dir);
}
