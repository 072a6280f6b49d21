// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs: the objects of the module, and fault injection.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "client.h"
#include "debugfs.h"
#include "device.h"
#include "pages.h"
#include "stat.h"

static struct dentry *emu_debugfs_dir;

static const char * const emu_stat_names[ACL_EMU_STAT_END] = {
	[ACL_EMU_STAT_CLIENTS] = "clients",
	[ACL_EMU_STAT_HANDLES] = "handles",
	[ACL_EMU_STAT_PHYS] = "phys",
	[ACL_EMU_STAT_RANGES] = "ranges",
	[ACL_EMU_STAT_MAPPINGS] = "mappings",
	[ACL_EMU_STAT_SHARES] = "shares",
	[ACL_EMU_STAT_DMABUFS] = "dmabufs",
	[ACL_EMU_STAT_QUARANTINE] = "quarantine",
	[ACL_EMU_STAT_FALLBACK_BLOCKS] = "fallback_blocks",
	[ACL_EMU_STAT_PMD_ENTRIES] = "pmd_entries",
	[ACL_EMU_STAT_PTE_ENTRIES] = "pte_entries",
	[ACL_EMU_STAT_SCRUBBED] = "scrubbed",
	[ACL_EMU_STAT_SCRUBBED_LATE] = "scrubbed_late",
	[ACL_EMU_STAT_SYNCS] = "syncs",
	[ACL_EMU_STAT_ALLOCS] = "allocs",
	[ACL_EMU_STAT_MAPS] = "maps",
	[ACL_EMU_STAT_FAULTS] = "faults",
	[ACL_EMU_STAT_COPIES] = "copies",
};

static int stats_show(struct seq_file *seq, void *unused)
{
	int i;

	for (i = 0; i < ACL_EMU_STAT_END; i++)
		seq_printf(seq, "%s %llu\n", emu_stat_names[i],
			   emu_stat_read(i));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static void emu_device_show(struct seq_file *seq, struct emu_device *dev,
			    const char *name)
{
	u64 used;

	spin_lock(&dev->lock);
	used = dev->used;
	spin_unlock(&dev->lock);
	seq_printf(seq, "%s %u capacity %llu used %llu reserved %llu backed %llu\n",
		   name, dev->loc.id, dev->capacity, used, dev->reserved,
		   (u64)atomic64_read(&dev->backed));
}

static int devices_show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	for (i = 0; i < emu_device_count; i++)
		emu_device_show(seq, emu_device_get(i), "device");
	emu_device_show(seq, emu_device_host(), "host");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(devices);

static int clients_show(struct seq_file *seq, void *unused)
{
	struct emu_client *client;
	unsigned long id = 0;

	while ((client = emu_client_next(&id))) {
		seq_printf(seq, "tgid %d open_devices %#llx dead %d\n",
			   client->tgid, READ_ONCE(client->handles.devices),
			   READ_ONCE(client->dead));
		emu_client_put(client);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(clients);

void emu_debugfs_init(void)
{
	emu_debugfs_dir = debugfs_create_dir("acl_emu", NULL);
	debugfs_create_file("stats", 0400, emu_debugfs_dir, NULL,
			    &stats_fops);
	debugfs_create_file("devices", 0400, emu_debugfs_dir, NULL,
			    &devices_fops);
	debugfs_create_file("clients", 0400, emu_debugfs_dir, NULL,
			    &clients_fops);
	debugfs_create_atomic_t("fail_huge", 0600, emu_debugfs_dir,
				&emu_pages_fail_huge);
	debugfs_create_bool("scrub_paused", 0600, emu_debugfs_dir,
			    &emu_pages_scrub_paused);
}

void emu_debugfs_exit(void)
{
	debugfs_remove_recursive(emu_debugfs_dir);
}
