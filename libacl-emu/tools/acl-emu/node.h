/* SPDX-License-Identifier: MIT */
/*
 * The device node: its ioctls, as the tool uses them.
 */
#ifndef NODE_H
#define NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "acl_emu.h"

#define NODE_DEFAULT	"/dev/acl_emu"

const char *node_path(void);

/* The descriptor, or -errno. */
int node_try_open(void);

/* The descriptor of a module that knows HOLDERS, or -1 with the reason on stderr. */
int node_open(void);

/* The value; false if the module does not know it. */
bool node_query(int fd, uint32_t param, uint32_t index, uint64_t *value);
bool node_device(int fd, struct acl_emu_location loc, struct acl_emu_device_info *info);

/* 0 or -errno. */
int node_call(int fd, unsigned int nr, void *arg);

#define NODE_ARG(type, ...) \
	((struct type){ .head = { .size = sizeof(struct type) }, ##__VA_ARGS__ })

#endif
