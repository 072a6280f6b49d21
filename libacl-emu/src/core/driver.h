/* SPDX-License-Identifier: MIT */
/*
 * Calls of the kernel module.
 */
#ifndef EMU_CORE_DRIVER_H
#define EMU_CORE_DRIVER_H

#include "core/common.h"

/* Begins an argument structure of the module. */
#define EMU_HEAD(type, ...)	{ .size = sizeof(struct type), ##__VA_ARGS__ }

aclError emu_driver_ready(void);
int emu_ioctl(unsigned int nr, struct acl_emu_head *head);
void emu_drop_handle(uint64_t handle);

#endif
