/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies through the kernel's direct map of the pages.
 */
#ifndef ACL_EMU_COPY_H
#define ACL_EMU_COPY_H

#include "cmd.h"

int emu_copy_ioctl(struct emu_cmd *cmd);

#endif /* ACL_EMU_COPY_H */
