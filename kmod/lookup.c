// SPDX-License-Identifier: GPL-2.0-only
/*
 * Look-ups: the object at an address, and lists of the objects of a client.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "client.h"
#include "device.h"
#include "handle.h"
#include "lookup.h"
#include "map.h"
#include "phys.h"
#include "range.h"
#include "tree.h"

static void emu_lookup_mapping(struct emu_client *client, struct acl_emu_lookup *arg,
			       struct emu_mapping *m)
{
	struct emu_handle *h = m->handle;

	arg->found |= ACL_EMU_FOUND_MAPPING;
	arg->map_addr = m->start;
	arg->map_size = m->size;
	arg->map_offset = (u64)m->pgoff << PAGE_SHIFT;
	arg->handle = emu_handle_token(h);
	arg->granule = h->content.phys->granule;
	arg->loc = h->loc;
	arg->state = emu_handle_state(client, h);
	down_read(&m->sem);
	arg->rights = m->rights;
	up_read(&m->sem);
}

int emu_lookup_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_lookup *arg = cmd->arg;
	struct emu_range *range;
	struct emu_mapping *m;
	u64 addr = arg->addr;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	memset_after(arg, 0, addr);
	range = emu_range_find(cmd->client, addr);
	if (range) {
		arg->found = ACL_EMU_FOUND_RANGE;
		arg->kind = range->kind;
		arg->range_addr = range->start;
		arg->range_size = range->size;
		m = emu_mapping_find(range, addr);
		if (m) {
			emu_lookup_mapping(cmd->client, arg, m);
			emu_mapping_put(m);
		}
	}
	if (range)
		emu_range_put(range);
	emu_client_leave(cmd->client);
	return 0;
}

/* ---- ENUM: each function writes up to @max entries and advances the cursor ---- */

static void emu_enum_handle(const struct emu_handle *h, void *data, u32 n)
{
	struct acl_emu_enum_entry *entry = data;

	entry[n].a = emu_handle_token(h);
	entry[n].b = h->content.phys ? h->content.phys->size : 0;
	entry[n].c = emu_loc_pack(h->loc);
	entry[n].d = (u64)h->users << 32 | h->maps;
}

u32 emu_enum_ranges(struct emu_client *client, u64 *cursor,
		    struct acl_emu_enum_entry *entry, u32 max)
{
	unsigned long index = *cursor >> PAGE_SHIFT;
	struct emu_range *range;
	u32 n = 0;

	while (n < max && (range = emu_range_next(client, &index, ULONG_MAX))) {
		if (READ_ONCE(range->state) != EMU_RANGE_RESERVING) {
			entry[n].a = range->start;
			entry[n].b = range->size;
			entry[n].c = range->kind;
			entry[n].d = READ_ONCE(range->maps);
			n++;
		}
		emu_range_put(range);
		cond_resched();
	}
	*cursor = n < max ? U64_MAX : (u64)index << PAGE_SHIFT;
	return n;
}

static void emu_enum_mapping(const void *mapping, void *data, u32 n)
{
	struct acl_emu_enum_entry *entry = data;
	const struct emu_mapping *m = mapping;

	entry[n].a = m->start;
	entry[n].b = m->size;
	entry[n].c = emu_handle_token(m->handle);
	entry[n].d = (u64)m->pgoff << PAGE_SHIFT;
}

u32 emu_enum_mappings(struct emu_client *client, u64 *cursor,
		      struct acl_emu_enum_entry *entry, u32 max)
{
	unsigned long index = *cursor >> PAGE_SHIFT;
	unsigned long next = index;
	struct emu_range *range;
	u32 n = 0;

	for (;;) {
		/* The caller can continue from the cursor. */
		if (fatal_signal_pending(current))
			break;
		range = emu_range_next(client, &next, ULONG_MAX);
		if (!range)
			break;
		while (emu_tree_list(&range->tree, &index, &n, max,
				     emu_enum_mapping, entry) && n < max)
			cond_resched();
		emu_range_put(range);
		if (n == max)
			break;
		index = next;
		cond_resched();
	}
	*cursor = n < max ? U64_MAX : (u64)index << PAGE_SHIFT;
	return n;
}

int emu_enum_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_enum *arg = cmd->arg;
	struct acl_emu_enum_entry *entry;
	u32 n;
	int ret;

	if (arg->what >= ACL_EMU_ENUM_END)
		return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
				arg->what, ACL_EMU_ENUM_END - 1);
	if (!arg->count || arg->count > ACL_EMU_ENUM_MAX)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, arg->count,
				ACL_EMU_ENUM_MAX);
	if (arg->cursor == U64_MAX) {
		arg->count = 0;
		return 0;
	}
	entry = kcalloc(arg->count, sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				arg->count * sizeof(*entry), 0);
	ret = emu_client_enter(cmd);
	if (ret)
		goto out;
	if (arg->what == ACL_EMU_ENUM_HANDLES)
		n = emu_handles_list(&cmd->client->handles, &arg->cursor, arg->count,
				     emu_enum_handle, entry);
	else if (arg->what == ACL_EMU_ENUM_RANGES)
		n = emu_enum_ranges(cmd->client, &arg->cursor, entry, arg->count);
	else
		n = emu_enum_mappings(cmd->client, &arg->cursor, entry,
				      arg->count);
	emu_client_leave(cmd->client);

	if (copy_to_user(u64_to_user_ptr(arg->entries), entry,
			 n * sizeof(*entry)))
		ret = emu_fail(cmd, -EFAULT, ACL_EMU_REASON_USER_FAULT,
			       arg->entries, 0);
	else
		arg->count = n;
out:
	kfree(entry);
	return ret;
}
