/* SPDX-License-Identifier: MIT */
/*
 * Devices.
 */
#ifndef HAL_DEVICE_H
#define HAL_DEVICE_H

#include "error.h"

drvError_t hal_device_check(uint32_t device);
drvError_t hal_device_open(uint32_t device);
/* The device that the process opened first; it is open. */
drvError_t hal_device_first(uint32_t *device);
drvError_t hal_device_memory(uint32_t device, struct acl_emu_device_info *info);

#endif
