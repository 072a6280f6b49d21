// SPDX-License-Identifier: GPL-2.0-only
/*
 * IDLE: how much of its memory a client keeps for later.
 *
 * Only the program knows which blocks of its memory pools are in use. It keeps the
 * sums in a page of its own, which is pinned here: a change of them needs no call.
 * The figures are what the program claims; HOLDERS never shows more than the heap.
 */
#include <linux/highmem.h>
#include <linux/mm.h>

#include "client.h"
#include "device.h"
#include "idle.h"

static int emu_idle_pin(struct emu_cmd *cmd, u64 address, struct page **page)
{
	int ret = pin_user_pages_fast(address & PAGE_MASK, 1,
				      FOLL_WRITE | FOLL_LONGTERM, page);

	if (ret == 1)
		return 0;
	if (ret == -ENOMEM)
		return emu_fail(cmd, ret, ACL_EMU_REASON_HOST_NOMEM, PAGE_SIZE,
				0);
	if (fatal_signal_pending(current))
		return emu_fail(cmd, -EINTR, ACL_EMU_REASON_INTERRUPTED, 0, 0);
	return emu_fail(cmd, -EFAULT, ACL_EMU_REASON_USER_FAULT, address, 0);
}

int emu_idle_ioctl(struct emu_cmd *cmd)
{
	struct emu_client *client = cmd->client;
	struct acl_emu_idle *arg = cmd->arg;
	unsigned int size = emu_device_count * sizeof(u64);
	struct page *page;
	int ret;

	if (arg->figures % sizeof(u64) ||
	    offset_in_page(arg->figures) + size > PAGE_SIZE)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_ADDR_ALIGN,
				arg->figures, sizeof(u64));
	ret = emu_idle_pin(cmd, arg->figures, &page);
	if (ret)
		return ret;
	ret = emu_client_enter(cmd);
	if (ret)
		goto out;
	spin_lock(&client->lock);
	if (!client->idle_page) {
		client->idle_offset = offset_in_page(arg->figures);
		/* Pairs with the acquire of a reader without the lock. */
		smp_store_release(&client->idle_page, page);
		page = NULL;
	} else if (client->idle_page != page ||
		   client->idle_offset != offset_in_page(arg->figures)) {
		ret = -EEXIST;
	}
	spin_unlock(&client->lock);
	emu_client_leave(client);
	if (ret)
		emu_fail(cmd, ret, ACL_EMU_REASON_VALUE, arg->figures, 0);
out:
	if (page)
		unpin_user_page(page);
	return ret;
}

/* Bytes of device @i, at most @heap. */
u64 emu_idle_read(struct emu_client *client, unsigned int i, u64 heap)
{
	/* Pairs with the release of the writer: the offset is there. */
	struct page *page = smp_load_acquire(&client->idle_page);
	const u64 *figures;
	u64 idle;

	if (!page || i >= emu_device_count)
		return 0;
	figures = kmap_local_page(page) + client->idle_offset;
	idle = READ_ONCE(figures[i]);
	kunmap_local(figures);
	return min(idle, heap);
}

/* Nobody can read the figures any more. */
void emu_idle_end(struct emu_client *client)
{
	if (client->idle_page)
		unpin_user_page(client->idle_page);
}
