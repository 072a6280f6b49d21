/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Labels: names of memory for people.
 */
#ifndef ACL_EMU_LABEL_H
#define ACL_EMU_LABEL_H

#include "cmd.h"

struct dma_buf;
struct emu_phys;

void emu_label_read(const struct emu_phys *phys, char *text);
void emu_label_free(struct emu_phys *phys);
int emu_label_dmabuf(struct emu_phys *phys, struct dma_buf *dmabuf);

int emu_label_ioctl(struct emu_cmd *cmd);

#endif /* ACL_EMU_LABEL_H */
