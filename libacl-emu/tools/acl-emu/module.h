/* SPDX-License-Identifier: MIT */
/*
 * The kernel module: its file, its state, loading and unloading.
 */
#ifndef MODULE_H
#define MODULE_H

#include <stdbool.h>
#include <stddef.h>

#define MODULE_NAME	"acl_emu"

bool module_loaded(void);

/* Loads it; @file: NULL looks for it. 0 or -errno; -ENOENT also if no file is found. */
int module_load(const char *file, const char *options);
/* 0 or -errno. */
int module_unload(void);

/* True if modprobe would find the module for the running kernel, or a built tree has it. */
bool module_found(char *path, size_t room);

/* Explains why it could not be loaded; returns EXIT_NODE. */
int module_explain_load(int err);

#endif
