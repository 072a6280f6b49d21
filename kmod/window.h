/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The address window of reservations.
 */
#ifndef ACL_EMU_WINDOW_H
#define ACL_EMU_WINDOW_H

#include "cmd.h"

int emu_window_check(struct emu_cmd *cmd, struct acl_emu_range_reserve *arg);
int emu_window_place(struct emu_cmd *cmd, struct emu_range *range,
		     struct acl_emu_range_reserve *arg);

#endif /* ACL_EMU_WINDOW_H */
