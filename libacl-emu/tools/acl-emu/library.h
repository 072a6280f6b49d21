/* SPDX-License-Identifier: MIT */
/*
 * The library beside this program, and places relative to it.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stddef.h>
#include <stdint.h>

/* Name of the emulated chip, or NULL without the library. */
const char *library_soc(void);

/* Its file, or NULL. */
const char *library_file(void);

/* major << 16 | minor; 0: there is no library, or it refuses the module. */
uint32_t library_version(void);

/* A file relative to the directory of this program; NULL if it does not exist. */
const char *beside(char *path, size_t room, const char *name);

#endif
