/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rights: which location may do what to a mapping.
 */
#ifndef ACL_EMU_ACCESS_H
#define ACL_EMU_ACCESS_H

#include "cmd.h"

struct emu_mapping;

int emu_set_access_ioctl(struct emu_cmd *cmd);
int emu_get_access_ioctl(struct emu_cmd *cmd);
void emu_grants_free(struct emu_mapping *m);
bool emu_grants_revoke(struct emu_mapping *m);

#endif /* ACL_EMU_ACCESS_H */
