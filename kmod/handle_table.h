/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of the handles of a client.
 */
#ifndef ACL_EMU_HANDLE_TABLE_H
#define ACL_EMU_HANDLE_TABLE_H

#include <linux/hashtable.h>
#include <linux/xarray.h>
#include "cmd.h"

struct emu_holding;

/**
 * struct emu_handle_table - the handles of a client
 * @xa:      published handles by id; its lock guards the table and every field
 *           of a handle that changes
 * @gen:     generation of the next handle
 * @imports: imported handles by share
 * @devices: open devices; handles of other devices are not published
 * @closed:  no handle is published any more
 * @holdings: sums of the published handles, see holding.c
 */
struct emu_handle_table {
	struct xarray xa;
	atomic_t gen;
	DECLARE_HASHTABLE(imports, 6);
	u64 devices;
	bool closed;
	struct emu_holding *holdings;
};

static inline void emu_handles_lock(struct emu_handle_table *table)
	__acquires(&table->xa.xa_lock)
{
	xa_lock(&table->xa);
}

static inline void emu_handles_unlock(struct emu_handle_table *table)
	__releases(&table->xa.xa_lock)
{
	xa_unlock(&table->xa);
}

int emu_handles_init(struct emu_handle_table *table);
void emu_handles_destroy(struct emu_handle_table *table);
void emu_handles_admit(struct emu_handle_table *table, u32 device, bool open);
bool emu_handles_admitted(const struct emu_handle_table *table,
			  const struct emu_handle *h);

int emu_handles_reserve(struct emu_handle_table *table, struct emu_handle *h);
void emu_handles_publish(struct emu_handle_table *table, struct emu_handle *h);
void emu_handles_remove(struct emu_handle_table *table, struct emu_handle *h);
void emu_handles_add_import(struct emu_handle_table *table,
			    struct emu_handle *h);

struct emu_handle *emu_handles_find(struct emu_handle_table *table, u64 token);
struct emu_handle *emu_handles_find_import(struct emu_handle_table *table,
					   struct emu_share *share,
					   struct acl_emu_location loc);
struct emu_handle *emu_handles_next(struct emu_handle_table *table,
				    unsigned long *id);
u32 emu_handles_list(struct emu_handle_table *table, u64 *cursor, u32 max,
		     void (*fn)(const struct emu_handle *h, void *data, u32 n),
		     void *data);

#endif /* ACL_EMU_HANDLE_TABLE_H */
