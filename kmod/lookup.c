// SPDX-License-Identifier: GPL-2.0-only
/*
 * Look-ups: what is at an address, and what a context holds.
 */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "emu.h"

static void acl_lookup_mapping(struct acl_ctx *ctx, struct acl_emu_lookup *arg,
			       struct acl_mapping *m)
{
	struct acl_handle *h = m->handle;

	arg->found |= ACL_EMU_FOUND_MAPPING;
	arg->map_addr = m->start;
	arg->map_size = m->size;
	arg->map_offset = (u64)m->pgoff << PAGE_SHIFT;
	arg->handle = acl_object_token(&h->obj);
	arg->granule = h->phys->granule;
	arg->loc = h->loc;
	arg->state = acl_handle_state(ctx, h);
	down_read(&m->sem);
	arg->rights = m->rights;
	up_read(&m->sem);
}

int acl_lookup_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_lookup *arg = cmd->arg;
	struct acl_range *range;
	struct acl_mapping *m;
	u64 addr = arg->addr;
	int ret;

	ret = acl_ctx_enter(cmd);
	if (ret)
		return ret;
	memset_after(arg, 0, addr);
	range = acl_range_find(cmd->ctx, addr);
	if (range && READ_ONCE(range->state) != ACL_RANGE_RESERVING) {
		arg->found = ACL_EMU_FOUND_RANGE;
		arg->kind = range->kind;
		arg->range_addr = range->start;
		arg->range_size = range->size;
		m = acl_mapping_find(range, addr);
		if (m) {
			acl_lookup_mapping(cmd->ctx, arg, m);
			acl_mapping_put(m);
		}
	}
	if (range)
		acl_range_put(range);
	acl_ctx_leave(cmd->ctx);
	return 0;
}

/* ---- ENUM: each lister fills up to @max entries and moves the cursor ---- */

static u32 acl_enum_handles(struct acl_ctx *ctx, u64 *cursor,
			    struct acl_emu_enum_entry *entry, u32 max)
{
	struct acl_object *obj;
	struct acl_handle *h;
	unsigned long id;
	u32 n = 0;

	xa_lock(&ctx->objects);
	xa_for_each_start(&ctx->objects, id, obj, *cursor) {
		*cursor = id;
		if (n == max)
			goto out;
		h = container_of(obj, struct acl_handle, obj);
		entry[n].a = acl_object_token(obj);
		entry[n].b = h->phys ? h->phys->size : 0;
		entry[n].c = acl_loc_pack(h->loc);
		entry[n].d = (u64)h->users << 32 | h->maps;
		n++;
	}
	*cursor = U64_MAX;
out:
	xa_unlock(&ctx->objects);
	return n;
}

static u32 acl_enum_ranges(struct acl_ctx *ctx, u64 *cursor,
			   struct acl_emu_enum_entry *entry, u32 max)
{
	unsigned long index = *cursor >> PAGE_SHIFT;
	struct acl_range *range;
	u32 n = 0;

	while (n < max && (range = acl_range_next(ctx, &index, ULONG_MAX))) {
		entry[n].a = range->start;
		entry[n].b = range->size;
		entry[n].c = range->kind;
		entry[n].d = READ_ONCE(range->maps);
		acl_range_put(range);
		n++;
	}
	*cursor = n < max ? U64_MAX : (u64)index << PAGE_SHIFT;
	return n;
}

static u32 acl_enum_range_maps(struct acl_range *range, unsigned long *index,
			       struct acl_emu_enum_entry *entry, u32 max)
{
	struct acl_mapping *m;
	u32 n = 0;

	while (n < max && (m = acl_mapping_next(range, index, ULONG_MAX))) {
		entry[n].a = m->start;
		entry[n].b = m->size;
		entry[n].c = acl_object_token(&m->handle->obj);
		entry[n].d = (u64)m->pgoff << PAGE_SHIFT;
		acl_mapping_put(m);
		n++;
	}
	return n;
}

static u32 acl_enum_mappings(struct acl_ctx *ctx, u64 *cursor,
			     struct acl_emu_enum_entry *entry, u32 max)
{
	unsigned long index = *cursor >> PAGE_SHIFT;
	unsigned long next = index;
	struct acl_range *range;
	u32 n = 0;

	for (;;) {
		range = acl_range_next(ctx, &next, ULONG_MAX);
		if (!range)
			break;
		n += acl_enum_range_maps(range, &index, entry + n, max - n);
		acl_range_put(range);
		if (n == max)
			break;
		index = next;
	}
	*cursor = n < max ? U64_MAX : (u64)index << PAGE_SHIFT;
	return n;
}

int acl_enum_ioctl(struct acl_cmd *cmd)
{
	struct acl_emu_enum *arg = cmd->arg;
	struct acl_emu_enum_entry *entry;
	u32 n;
	int ret;

	if (arg->what >= ACL_EMU_ENUM_END)
		return acl_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
				arg->what, ACL_EMU_ENUM_END - 1);
	if (!arg->count || arg->count > ACL_EMU_ENUM_MAX)
		return acl_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, arg->count,
				ACL_EMU_ENUM_MAX);
	if (arg->cursor == U64_MAX) {
		arg->count = 0;
		return 0;
	}
	entry = kcalloc(arg->count, sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return acl_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				arg->count * sizeof(*entry), 0);
	ret = acl_ctx_enter(cmd);
	if (ret)
		goto out;
	if (arg->what == ACL_EMU_ENUM_HANDLES)
		n = acl_enum_handles(cmd->ctx, &arg->cursor, entry, arg->count);
	else if (arg->what == ACL_EMU_ENUM_RANGES)
		n = acl_enum_ranges(cmd->ctx, &arg->cursor, entry, arg->count);
	else
		n = acl_enum_mappings(cmd->ctx, &arg->cursor, entry,
				      arg->count);
	acl_ctx_leave(cmd->ctx);

	if (copy_to_user(u64_to_user_ptr(arg->entries), entry,
			 n * sizeof(*entry)))
		ret = acl_fail(cmd, -EFAULT, ACL_EMU_REASON_USER_FAULT,
			       arg->entries, 0);
	else
		arg->count = n;
out:
	kfree(entry);
	return ret;
}
