/* SPDX-License-Identifier: MIT */
/*
 * ASCEND_RT_VISIBLE_DEVICES: the devices that the process sees, and their ids.
 *
 * Programs use user ids: a user id is an index into the list of the variable. A
 * device, or logical id, is the number of the device in the module. The functions
 * that a program calls convert user ids; all others take devices.
 */
#ifndef EMU_CORE_VISIBLE_H
#define EMU_CORE_VISIBLE_H

#include <stdbool.h>
#include <stdint.h>

enum emu_visible_state {
	EMU_VISIBLE_ALL,	/* the variable is not set */
	EMU_VISIBLE_LIST,
	EMU_VISIBLE_ORDER,	/* the list is not ascending, so it is empty */
	EMU_VISIBLE_TWICE,	/* a device is listed twice, so the list is empty */
	EMU_VISIBLE_NONE,	/* the list does not begin with the number of a device */
};

#define EMU_VISIBLE_NAME	"ASCEND_RT_VISIBLE_DEVICES"

void emu_visible_parse(uint32_t devices);
enum emu_visible_state emu_visible_state(void);
uint32_t emu_visible_count(uint32_t devices);
const char *emu_visible_text(void);
bool emu_visible_device(int64_t user, uint32_t *device);
bool emu_visible_user(int64_t device, uint32_t *user);
uint32_t emu_user_id(uint32_t device);

#endif
