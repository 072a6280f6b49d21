/* SPDX-License-Identifier: MIT */
/*
 * Numbers of cores that a process, a stream or a thread may use.
 */
#ifndef EMU_DEVICE_CORES_H
#define EMU_DEVICE_CORES_H

#include "core/common.h"

#define EMU_CORE_KINDS	2	/* aclrtDevResLimitType */

aclError emu_cores_check(aclrtDevResLimitType type);
/* Also fails if there are fewer on the device. */
aclError emu_cores_check_value(uint32_t device, aclrtDevResLimitType type, uint32_t value);
/* The limit of the process on the device, or what the device has. */
aclError emu_cores_of_device(uint32_t device, aclrtDevResLimitType type, uint32_t *value);
/* The number of the profile. */
aclError emu_profile_cores(aclrtDevResLimitType type, uint32_t *value);

#endif
