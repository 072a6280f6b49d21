// SPDX-License-Identifier: GPL-2.0-only
/*
 * OBJECTS: what one client holds, one by one.
 *
 * It is shown to the process of the client and to whoever knows the client's key.
 * The kernel shows the key, in fdinfo, to those who may trace the process; a module
 * cannot ask that question itself (ptrace_may_access() is not exported), and its
 * own copy of the rule would leave out the security modules.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "client.h"
#include "device.h"
#include "handle.h"
#include "label.h"
#include "list.h"
#include "lookup.h"
#include "objects.h"
#include "phys.h"

static void emu_object_fill(const struct emu_handle *h, void *data, u32 n)
{
	struct acl_emu_object *object = (struct acl_emu_object *)data + n;
	const struct emu_phys *phys = h->content.phys;

	object->handle = emu_handle_token(h);
	object->born = h->born;
	object->loc = h->loc;
	object->home = h->loc;
	object->users = h->users;
	object->maps = h->maps;
	object->shares = h->exports;
	if (h->imported)
		object->state |= ACL_EMU_OBJECT_IMPORTED;
	if (h->exports)
		object->state |= ACL_EMU_OBJECT_EXPORTED;
	if (!phys) {
		object->state |= ACL_EMU_OBJECT_SYNC;
		return;
	}
	object->memory = phys->number;
	object->size = phys->size;
	object->granule = phys->granule;
	object->cookie = phys->cookie;
	object->home = phys->loc;
	if (READ_ONCE(phys->dmabuf))
		object->state |= ACL_EMU_OBJECT_DMABUF;
	emu_label_read(phys, object->label);
}

static u32 emu_objects_fill(struct emu_client *client, u32 what, u64 *cursor,
			    void *entries, u32 max)
{
	switch (what) {
	case ACL_EMU_ENUM_HANDLES:
		return emu_handles_list(&client->handles, cursor, max, emu_object_fill,
					entries);
	case ACL_EMU_ENUM_RANGES:
		return emu_enum_ranges(client, cursor, entries, max);
	default:
		return emu_enum_mappings(client, cursor, entries, max);
	}
}

/* The client that is asked about, with a reference. */
static struct emu_client *emu_objects_client(struct emu_cmd *cmd)
{
	struct acl_emu_objects *arg = cmd->arg;
	struct emu_client *client;

	client = emu_client_get(arg->client ?: cmd->client->id);
	if (!client)
		return ERR_PTR(emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NO_CLIENT,
					arg->client, 0));
	if (client->mm == cmd->client->mm || client->key == arg->key)
		return client;
	emu_client_put(client);
	return ERR_PTR(emu_fail(cmd, -EACCES, ACL_EMU_REASON_CLIENT_KEY,
				arg->client, 0));
}

int emu_objects_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_objects *arg = cmd->arg;
	struct emu_list list = { .count = arg->count, .user_size = arg->entry_size,
				 .user = arg->entries };
	struct emu_client *client;
	int ret;

	if (arg->what >= ACL_EMU_ENUM_END)
		return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
				arg->what, ACL_EMU_ENUM_END - 1);
	list.size = arg->what == ACL_EMU_ENUM_HANDLES ?
		    sizeof(struct acl_emu_object) :
		    sizeof(struct acl_emu_enum_entry);
	list.min_size = list.size;
	ret = emu_list_begin(cmd, &list);
	if (ret)
		return ret;
	client = emu_objects_client(cmd);
	if (IS_ERR(client)) {
		ret = PTR_ERR(client);
		goto out;
	}
	list.count = 0;
	if (arg->cursor != U64_MAX)
		list.count = emu_objects_fill(client, arg->what, &arg->cursor,
					      list.entries, arg->count);
	emu_client_put(client);
	ret = emu_list_end(cmd, &list);
	if (!ret)
		arg->count = list.count;
out:
	emu_list_free(&list);
	return ret;
}
