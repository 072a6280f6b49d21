/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Look-ups: the object at an address, and lists of the objects of a client.
 */
#ifndef ACL_EMU_LOOKUP_H
#define ACL_EMU_LOOKUP_H

#include "cmd.h"

u32 emu_enum_ranges(struct emu_client *client, u64 *cursor,
		    struct acl_emu_enum_entry *entry, u32 max);
u32 emu_enum_mappings(struct emu_client *client, u64 *cursor,
		      struct acl_emu_enum_entry *entry, u32 max);
int emu_lookup_ioctl(struct emu_cmd *cmd);
int emu_enum_ioctl(struct emu_cmd *cmd);

#endif /* ACL_EMU_LOOKUP_H */
