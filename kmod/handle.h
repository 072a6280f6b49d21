/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles: a client names memory and sync objects by handles.
 */
#ifndef ACL_EMU_HANDLE_H
#define ACL_EMU_HANDLE_H

#include <linux/list.h>
#include <linux/refcount.h>
#include "cmd.h"

struct emu_phys;
struct emu_sync;

/**
 * struct emu_content - the object of a handle or share: memory or a sync object
 * @phys: memory, or NULL
 * @sync: sync object, or NULL
 */
struct emu_content {
	struct emu_phys *phys;
	struct emu_sync *sync;
};

void emu_content_get(const struct emu_content *content);
void emu_content_put(const struct emu_content *content);

/**
 * struct emu_handle - this client's name for memory or a sync object
 * @ref:       keeps this structure, not the handle, alive
 * @id:        index in the table
 * @gen:       distinguishes handles that had the same id
 * @client:    the client; NULL once the handle is dead
 * @content:   object it names
 * @loc:       location it belongs to in this client
 * @import:    share it was imported from, or NULL
 * @imported:  it was imported, by key or by fd
 * @published: look-ups find it
 * @users:     references of the user: create, retain, repeated import
 * @holds:     references that become @users when the answer is delivered
 * @maps:      number of mappings
 * @exports:   number of @shares
 * @born:      time of creation, CLOCK_MONOTONIC in ns
 * @once_key:  key of the share made with EXPORT_ONCE, or 0
 * @shares:    shares it exported, linked by emu_share.of_handle
 * @node:      in the table's @imports
 * @rcu:       look-ups are lockless
 *
 * The handle dies when @users, @holds and @maps are all zero.
 */
struct emu_handle {
	refcount_t ref;
	u32 id;
	u32 gen;
	struct emu_client *client;
	struct emu_content content;
	struct acl_emu_location loc;
	struct emu_share *import;
	bool imported;
	bool published;
	unsigned int users;
	unsigned int holds;
	unsigned int maps;
	unsigned int exports;
	u64 born;
	u64 once_key;
	struct list_head shares;
	struct hlist_node node;
	struct rcu_head rcu;
};

static inline u64 emu_handle_token(const struct emu_handle *h)
{
	return (u64)h->gen << 32 | h->id;
}

/* False if the handle is dead or its counter of references is full. */
static inline bool emu_handle_can_hold(const struct emu_handle *h)
{
	return h->client && h->users < UINT_MAX - h->holds;
}

/**
 * enum emu_handle_kind - what a handle must name
 * @EMU_HANDLE_ANY:  anything
 * @EMU_HANDLE_PHYS: memory
 * @EMU_HANDLE_SYNC: a sync object
 */
enum emu_handle_kind { EMU_HANDLE_ANY, EMU_HANDLE_PHYS, EMU_HANDLE_SYNC };

void emu_handles_close_device(struct emu_client *client, u32 device);
void emu_handles_close(struct emu_client *client);

int emu_handle_reserve(struct emu_cmd *cmd, const struct emu_content *content,
		       struct acl_emu_location loc, bool imported);
int emu_handle_import(struct emu_cmd *cmd, struct emu_share *share,
		      const struct emu_content *content,
		      struct acl_emu_location loc);
bool emu_handle_hold_import(struct emu_cmd *cmd, struct emu_share *share,
			    struct acl_emu_location loc);
int emu_handle_hold(struct emu_cmd *cmd, struct emu_handle *h);
void emu_handle_finalize(struct emu_cmd *cmd);
void emu_handle_abort(struct emu_cmd *cmd);

struct emu_handle *emu_handle_get(struct emu_cmd *cmd, u64 token,
				  enum emu_handle_kind kind);
void emu_handle_put(struct emu_handle *h);
struct emu_handle *emu_handle_enter(struct emu_cmd *cmd, u64 token,
				    enum emu_handle_kind kind);
void emu_handle_leave(struct emu_cmd *cmd, struct emu_handle *h);
int emu_handle_drop(struct emu_cmd *cmd, struct emu_handle *h,
		    unsigned int *left, unsigned int *maps);
int emu_handle_map(struct emu_cmd *cmd, struct emu_handle *h, u64 heap);
void emu_handle_unmap(struct emu_client *client, struct emu_handle *h,
		      u64 heap);
void emu_handle_counts(struct emu_client *client, struct emu_handle *h,
		       unsigned int *users, unsigned int *maps);
u32 emu_handle_state(struct emu_client *client, struct emu_handle *h);
int emu_handle_claim_once(struct emu_cmd *cmd, struct emu_handle *h, u64 key);
void emu_handle_unclaim_once(struct emu_client *client, u64 token, u64 key);
bool emu_handle_open_share(struct emu_client *client, u64 token,
			   struct list_head *link, bool *open);
bool emu_handle_close_share(struct emu_client *client, u64 token,
			    struct list_head *link, bool *open, bool *listed);

#endif /* ACL_EMU_HANDLE_H */
