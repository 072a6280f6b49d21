// SPDX-License-Identifier: GPL-2.0-only
/*
 * HOLDERS and fdinfo: who holds how much.
 *
 * Everybody who may open the node sees the sums of each client (holding.c), as
 * everybody sees who uses a GPU. Processes that the caller's pid namespace does not
 * show are added up.
 */
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "client.h"
#include "device.h"
#include "handle.h"
#include "holders.h"
#include "holding.h"
#include "idle.h"
#include "list.h"

/*
 * A cursor is the id of a client and the location to begin with, or with this bit
 * the location in the sums of those without a name.
 */
#define EMU_CURSOR_UNNAMED	BIT_ULL(63)
#define EMU_CURSOR_SHIFT	8

static struct acl_emu_location emu_holder_loc(unsigned int i)
{
	struct acl_emu_location loc = { .type = ACL_EMU_LOC_HOST };

	if (i < emu_device_count) {
		loc.type = ACL_EMU_LOC_DEVICE;
		loc.id = i;
	}
	return loc;
}

/* Sets pid and name; false if the caller's namespace does not show the process. */
static bool emu_holder_name(const struct emu_client *client,
			    struct acl_emu_holder *entry)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(client->pid, PIDTYPE_TGID);
	/* A number whose process was reaped may belong to another one by now. */
	entry->pid = task ? pid_nr_ns(client->pid, task_active_pid_ns(current)) :
			    0;
	if (entry->pid)
		get_task_comm(entry->comm, task);
	rcu_read_unlock();
	return entry->pid;
}

static void emu_holder_fill(struct acl_emu_holder *entry, unsigned int i,
			    const struct emu_holding *sum)
{
	entry->loc = emu_holder_loc(i);
	entry->local = sum->local;
	entry->unmapped = sum->unmapped;
	entry->heap = sum->heap;
	entry->imported = sum->imported;
	entry->exported = sum->exported;
	entry->mappings = sum->mappings;
	entry->handles = sum->handles;
	entry->imports = sum->imports;
	entry->shares = sum->shares;
	entry->allocs = sum->allocs;
	entry->maps = sum->maps;
	entry->idle = sum->idle;
}

static void emu_holder_read(struct emu_client *client, unsigned int i,
			    struct emu_holding *sum)
{
	emu_holding_read(&client->handles, i, sum);
	sum->idle = emu_idle_read(client, i, sum->heap);
}

static bool emu_holder_open(const struct emu_client *client, unsigned int i)
{
	return i < emu_device_count &&
	       READ_ONCE(client->handles.devices) & BIT_ULL(i);
}

/* Entries of one client from location @i on; @i moves behind the last one. */
static void emu_holders_of(struct emu_cmd *cmd, struct emu_client *client,
			   unsigned int *i, struct emu_list *list)
{
	struct acl_emu_holder *entries = list->entries, name = {};
	struct emu_holding sum;

	if (READ_ONCE(client->dead) || !emu_holder_name(client, &name)) {
		*i = emu_device_count + 1;
		return;
	}
	name.client = client->id;
	if (client->mm == cmd->client->mm)
		name.flags = ACL_EMU_HOLDER_OWN;
	for (; *i <= emu_device_count; (*i)++) {
		bool open = emu_holder_open(client, *i);

		emu_holder_read(client, *i, &sum);
		if (*i < emu_device_count && !open && emu_holding_empty(&sum))
			continue;
		if (list->count == ((struct acl_emu_holders *)cmd->arg)->count)
			return;
		entries[list->count] = name;
		if (open)
			entries[list->count].flags |= ACL_EMU_HOLDER_OPEN;
		emu_holder_fill(&entries[list->count++], *i, &sum);
	}
}

static u64 emu_holders_named(struct emu_cmd *cmd, u64 cursor,
			     struct emu_list *list)
{
	unsigned int i = cursor & (BIT(EMU_CURSOR_SHIFT) - 1);
	unsigned long id = cursor >> EMU_CURSOR_SHIFT;
	unsigned long first = id;
	struct emu_client *client;

	while ((client = emu_client_next(&id))) {
		/* The client of the cursor may have gone. */
		if (client->id != first)
			i = 0;
		emu_holders_of(cmd, client, &i, list);
		cursor = client->id << EMU_CURSOR_SHIFT | i;
		emu_client_put(client);
		if (i <= emu_device_count || fatal_signal_pending(current))
			return cursor;
		first = 0;
		cond_resched();
	}
	return EMU_CURSOR_UNNAMED;
}

/* Adds up what the caller cannot name, by location. */
static void emu_holders_add_unnamed(struct emu_holding *sums)
{
	struct acl_emu_holder name;
	struct emu_client *client;
	struct emu_holding sum;
	unsigned long id = 0;
	unsigned int i;

	while ((client = emu_client_next(&id))) {
		if (!emu_holder_name(client, &name))
			for (i = 0; i <= emu_device_count; i++) {
				emu_holder_read(client, i, &sum);
				emu_holding_sum(&sums[i], &sum);
			}
		emu_client_put(client);
		if (fatal_signal_pending(current))
			return;
		cond_resched();
	}
}

static int emu_holders_unnamed(struct emu_cmd *cmd, u64 *cursor,
			       struct emu_list *list)
{
	struct acl_emu_holders *arg = cmd->arg;
	struct acl_emu_holder *entries = list->entries;
	unsigned int i = *cursor & (BIT(EMU_CURSOR_SHIFT) - 1);
	struct emu_holding *sums;

	sums = kcalloc(emu_device_count + 1, sizeof(*sums), GFP_KERNEL_ACCOUNT);
	if (!sums)
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				sizeof(*sums) * (emu_device_count + 1), 0);
	emu_holders_add_unnamed(sums);
	for (; i <= emu_device_count && list->count < arg->count; i++)
		if (!emu_holding_empty(&sums[i]))
			emu_holder_fill(&entries[list->count++], i, &sums[i]);
	kfree(sums);
	*cursor = i <= emu_device_count ? EMU_CURSOR_UNNAMED | i : U64_MAX;
	return 0;
}

int emu_holders_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_holders *arg = cmd->arg;
	struct emu_list list = {
		.size = sizeof(struct acl_emu_holder),
		.min_size = offsetofend(struct acl_emu_holder, maps),
		.count = arg->count,
		.user_size = arg->entry_size,
		.user = arg->entries,
	};
	u64 cursor = arg->cursor;
	int ret;

	ret = emu_list_begin(cmd, &list);
	if (ret)
		return ret;
	list.count = 0;
	if (!(cursor & EMU_CURSOR_UNNAMED))
		cursor = emu_holders_named(cmd, cursor, &list);
	if (cursor & EMU_CURSOR_UNNAMED && cursor != U64_MAX)
		ret = emu_holders_unnamed(cmd, &cursor, &list);
	if (!ret)
		ret = emu_list_end(cmd, &list);
	emu_list_free(&list);
	if (ret)
		return ret;
	arg->count = list.count;
	arg->cursor = cursor;
	return 0;
}

static void emu_holders_line(struct seq_file *seq, const char *kind,
			     const char *place, u64 bytes)
{
	seq_printf(seq, "acl-emu-%s-%s:\t%llu KiB\n", kind, place, bytes >> 10);
}

void emu_holders_fdinfo(struct seq_file *seq, struct file *file)
{
	struct emu_client *client = file->private_data;
	struct emu_holding all = {}, sum;
	unsigned int i;
	char place[24];

	for (i = 0; i <= emu_device_count; i++) {
		emu_holding_read(&client->handles, i, &sum);
		emu_holding_sum(&all, &sum);
	}
	seq_printf(seq, "acl-emu-client-id:\t%llu\n", client->id);
	seq_printf(seq, "acl-emu-client-key:\t%#llx\n", client->key);
	seq_printf(seq, "acl-emu-handles:\t%u\n", all.handles);
	seq_printf(seq, "acl-emu-mappings:\t%llu\n", all.mappings);
	seq_printf(seq, "acl-emu-imports:\t%u\n", all.imports);
	seq_printf(seq, "acl-emu-shares:\t%u\n", all.shares);
	for (i = 0; i <= emu_device_count; i++) {
		emu_holder_read(client, i, &sum);
		if (!emu_holder_open(client, i) && emu_holding_empty(&sum))
			continue;
		if (i < emu_device_count)
			snprintf(place, sizeof(place), "device%u", i);
		else
			strscpy(place, "host", sizeof(place));
		emu_holders_line(seq, "local", place, sum.local);
		emu_holders_line(seq, "unmapped", place, sum.unmapped);
		emu_holders_line(seq, "heap", place, sum.heap);
		emu_holders_line(seq, "idle", place, sum.idle);
		emu_holders_line(seq, "exported", place, sum.exported);
		emu_holders_line(seq, "imported", place, sum.imported);
	}
}
