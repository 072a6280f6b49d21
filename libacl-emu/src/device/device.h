/* SPDX-License-Identifier: MIT */
/*
 * Devices of the process.
 */
#ifndef EMU_DEVICE_DEVICE_H
#define EMU_DEVICE_DEVICE_H

#include "core/common.h"

/* Priorities of streams are 0, the highest, to this one. */
#define EMU_PRIORITY_LAST	7

aclError emu_device_count(uint32_t *count);
aclError emu_device_check(int64_t id);
aclError emu_device_open(uint32_t id);
bool emu_device_is_open(uint32_t id);
bool emu_device_set_once(uint32_t id);
aclError emu_device_release(uint32_t id, bool force, aclError (*reset)(uint32_t id));
aclError emu_device_info(uint32_t id, struct acl_emu_device_info *info);

#endif
