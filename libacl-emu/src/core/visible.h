/* SPDX-License-Identifier: MIT */
/*
 * ASCEND_RT_VISIBLE_DEVICES: which devices the process sees, and as which.
 *
 * A user id is an index into the list of the variable, and what programs use.
 * A device, or logical id, is the module's number. Outside this file and the
 * entry of a call the library knows devices only.
 */
#ifndef EMU_VISIBLE_H
#define EMU_VISIBLE_H

#include <stdbool.h>
#include <stdint.h>

enum emu_visible_state {
	EMU_VISIBLE_ALL,	/* the variable is not set */
	EMU_VISIBLE_LIST,
	EMU_VISIBLE_ORDER,	/* the list is void: not ascending */
	EMU_VISIBLE_TWICE,	/* the list is void: a device stands twice */
	EMU_VISIBLE_NONE,	/* the list begins with no number of a device */
};

#define EMU_VISIBLE_NAME	"ASCEND_RT_VISIBLE_DEVICES"

void emu_visible_read(void);
void emu_visible_parse(uint32_t devices);
enum emu_visible_state emu_visible_state(void);
uint32_t emu_visible_count(uint32_t devices);
const char *emu_visible_text(void);
bool emu_visible_device(int64_t user, uint32_t *device);
bool emu_visible_user(int64_t device, uint32_t *user);
uint32_t emu_user_id(uint32_t device);

#endif
