/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Holdings: how much a client has, by location.
 */
#ifndef ACL_EMU_HOLDING_H
#define ACL_EMU_HOLDING_H

#include <linux/types.h>

struct emu_handle;
struct emu_handle_table;

/**
 * struct emu_holding - sums over the published handles of one location
 * @local:    bytes that the client allocated
 * @unmapped: those of @local without a mapping
 * @heap:     bytes of mappings in reservations of a heap
 * @idle:     those of @heap that memory pools keep, see idle.c; zero in the table
 * @imported: bytes that it imported
 * @exported: those of @local with a share key
 * @mappings: mappings
 * @handles:  handles
 * @imports:  those of @handles that were imported
 * @shares:   share keys
 * @allocs:   handles that were made, ever
 * @maps:     mappings that were made, ever
 *
 * The fields mean what &struct acl_emu_holder says.
 */
struct emu_holding {
	u64 local;
	u64 unmapped;
	u64 heap;
	u64 idle;
	u64 imported;
	u64 exported;
	u64 mappings;
	u32 handles;
	u32 imports;
	u32 shares;
	u64 allocs;
	u64 maps;
};

int emu_holdings_init(struct emu_handle_table *table);
void emu_holdings_destroy(struct emu_handle_table *table);
void emu_holding_add(struct emu_handle_table *table, const struct emu_handle *h);
void emu_holding_drop(struct emu_handle_table *table,
		      const struct emu_handle *h);
void emu_holding_map(struct emu_handle_table *table, const struct emu_handle *h,
		     u64 heap);
void emu_holding_unmap(struct emu_handle_table *table,
		       const struct emu_handle *h, u64 heap);
void emu_holding_share(struct emu_handle_table *table,
		       const struct emu_handle *h);
void emu_holding_unshare(struct emu_handle_table *table,
			 const struct emu_handle *h);
void emu_holding_read(struct emu_handle_table *table, unsigned int i,
		      struct emu_holding *sum);
void emu_holding_sum(struct emu_holding *sum, const struct emu_holding *more);

/* Nothing is held now. */
static inline bool emu_holding_empty(const struct emu_holding *sum)
{
	return !sum->handles && !sum->mappings;
}

#endif /* ACL_EMU_HOLDING_H */
