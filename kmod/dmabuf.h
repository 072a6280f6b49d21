/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The dma-buf of an allocation.
 */
#ifndef ACL_EMU_DMABUF_H
#define ACL_EMU_DMABUF_H

#include "cmd.h"

struct emu_phys;

int emu_dmabuf_make(struct emu_phys *phys);

int emu_export_fd_ioctl(struct emu_cmd *cmd);
void emu_export_fd_finalize(struct emu_cmd *cmd);
void emu_export_fd_abort(struct emu_cmd *cmd);
int emu_import_fd_ioctl(struct emu_cmd *cmd);

#endif /* ACL_EMU_DMABUF_H */
