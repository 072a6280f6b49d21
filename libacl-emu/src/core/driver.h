/* SPDX-License-Identifier: MIT */
/*
 * Calls of the kernel module.
 */
#ifndef EMU_CORE_DRIVER_H
#define EMU_CORE_DRIVER_H

#include "core/common.h"

/* Begins an argument structure of the module. */
#define EMU_HEAD(type, ...)	{ .size = sizeof(struct type), ##__VA_ARGS__ }

/* The cookie of physical memory holds the attribute it was requested with, an aclrtMemAttr. */
#define EMU_COOKIE	(UINT64_C(0x61636c61) << 32)

aclError emu_driver_ready(void);
int emu_ioctl(unsigned int nr, struct acl_emu_head *head);
void emu_drop_handle(uint64_t handle);

#endif
