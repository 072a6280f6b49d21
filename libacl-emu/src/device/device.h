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
/* Programs give user ids (core/visible.h); all other functions take devices. */
aclError emu_device_find(int64_t user, uint32_t *device);
aclError emu_device_user(int64_t device, uint32_t *user);
aclError emu_device_open(uint32_t id);
bool emu_device_is_open(uint32_t id);
bool emu_device_set_once(uint32_t id);
aclError emu_device_release(uint32_t id, bool force, aclError (*reset)(uint32_t id));
aclError emu_device_info(uint32_t id, struct acl_emu_device_info *info);

#endif
