/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * OBJECTS: what one client holds, one by one.
 */
#ifndef ACL_EMU_OBJECTS_H
#define ACL_EMU_OBJECTS_H

#include "cmd.h"

int emu_objects_ioctl(struct emu_cmd *cmd);

#endif /* ACL_EMU_OBJECTS_H */
