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
/* The same where an id that is not valid has the code @bad. */
aclError emu_device_find_or(aclError bad, int64_t user, uint32_t *device);
/* The same where a negative id is a bad argument. */
aclError emu_device_find_arg(int32_t user, uint32_t *device);
aclError emu_device_user(int32_t device, uint32_t *user);
aclError emu_device_open(uint32_t id);
bool emu_device_is_open(uint32_t id);
uint64_t emu_device_set_count(uint32_t id);
/* These call @reset, with a lock held, if the device ends: it releases all, or fails. */
aclError emu_device_release(uint32_t id, bool force, aclError (*reset)(uint32_t id, bool force));
aclError emu_device_context_gone(uint32_t id, aclError (*reset)(uint32_t id, bool force));
aclError emu_device_info(uint32_t id, struct acl_emu_device_info *info);

#endif
