// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holdings: how much a client has, by location.
 *
 * The sums change under the lock of the table of handles, which every change of a
 * handle takes anyway. Who reads them takes that lock for a moment, whatever the
 * number of handles and mappings.
 */
#include <linux/slab.h>

#include "device.h"
#include "handle.h"
#include "handle_table.h"
#include "holding.h"
#include "phys.h"

int emu_holdings_init(struct emu_handle_table *table)
{
	/* The last one is for the host. */
	table->holdings = kcalloc(emu_device_count + 1,
				  sizeof(*table->holdings), GFP_KERNEL_ACCOUNT);
	return table->holdings ? 0 : -ENOMEM;
}

void emu_holdings_destroy(struct emu_handle_table *table)
{
	kfree(table->holdings);
}

static struct emu_holding *emu_holding_of(struct emu_handle_table *table,
					  const struct emu_handle *h)
{
	lockdep_assert_held(&table->xa.xa_lock);
	if (h->loc.type == ACL_EMU_LOC_DEVICE)
		return &table->holdings[h->loc.id];
	return &table->holdings[emu_device_count];
}

static u64 emu_holding_size(const struct emu_handle *h)
{
	return h->content.phys ? h->content.phys->size : 0;
}

/* A handle becomes published. */
void emu_holding_add(struct emu_handle_table *table, const struct emu_handle *h)
{
	struct emu_holding *sum = emu_holding_of(table, h);
	u64 size = emu_holding_size(h);

	sum->handles++;
	sum->allocs++;
	if (h->imported) {
		sum->imports++;
		sum->imported += size;
	} else {
		sum->local += size;
		sum->unmapped += size;
	}
}

/* A published handle ends, with its shares; mappings may be left for a moment. */
void emu_holding_drop(struct emu_handle_table *table,
		      const struct emu_handle *h)
{
	struct emu_holding *sum = emu_holding_of(table, h);
	u64 size = emu_holding_size(h);

	sum->handles--;
	sum->shares -= h->exports;
	if (h->imported) {
		sum->imports--;
		sum->imported -= size;
		return;
	}
	sum->local -= size;
	if (!h->maps)
		sum->unmapped -= size;
	if (h->exports)
		sum->exported -= size;
}

/* The number of mappings has grown by one. */
void emu_holding_map(struct emu_handle_table *table, const struct emu_handle *h,
		     u64 heap)
{
	struct emu_holding *sum = emu_holding_of(table, h);

	sum->mappings++;
	sum->maps++;
	sum->heap += heap;
	if (h->maps == 1 && !h->imported)
		sum->unmapped -= emu_holding_size(h);
}

/* The number of mappings has shrunk by one; the handle may have ended before. */
void emu_holding_unmap(struct emu_handle_table *table,
		       const struct emu_handle *h, u64 heap)
{
	struct emu_holding *sum = emu_holding_of(table, h);

	sum->mappings--;
	sum->heap -= heap;
	if (h->client && !h->maps && !h->imported)
		sum->unmapped += emu_holding_size(h);
}

/* The number of shares has grown by one. */
void emu_holding_share(struct emu_handle_table *table,
		       const struct emu_handle *h)
{
	struct emu_holding *sum = emu_holding_of(table, h);

	sum->shares++;
	if (h->exports == 1)
		sum->exported += emu_holding_size(h);
}

/* The number of shares has shrunk by one. */
void emu_holding_unshare(struct emu_handle_table *table,
			 const struct emu_handle *h)
{
	struct emu_holding *sum = emu_holding_of(table, h);

	sum->shares--;
	if (!h->exports)
		sum->exported -= emu_holding_size(h);
}

/* The sums of device @i, or of the host if that is the number of devices. */
void emu_holding_read(struct emu_handle_table *table, unsigned int i,
		      struct emu_holding *sum)
{
	xa_lock(&table->xa);
	*sum = table->holdings[i];
	xa_unlock(&table->xa);
}

void emu_holding_sum(struct emu_holding *sum, const struct emu_holding *more)
{
	sum->local += more->local;
	sum->unmapped += more->unmapped;
	sum->heap += more->heap;
	sum->idle += more->idle;
	sum->imported += more->imported;
	sum->exported += more->exported;
	sum->mappings += more->mappings;
	sum->handles += more->handles;
	sum->imports += more->imports;
	sum->shares += more->shares;
	sum->allocs += more->allocs;
	sum->maps += more->maps;
}
