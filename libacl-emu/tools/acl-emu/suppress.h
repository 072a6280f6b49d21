/* SPDX-License-Identifier: MIT */
/*
 * Suppressions: findings of checks that the user knows.
 */
#ifndef SUPPRESS_H
#define SUPPRESS_H

#include <stdbool.h>
#include <stddef.h>

struct suppressions;

/*
 * Each line of the file is CHECK:PATTERN, where PATTERN is part of a function, file
 * or module of the stack, or of the kind of the object; * stands for any text. Empty
 * lines and lines that begin with # are ignored. NULL: see @error.
 */
struct suppressions *suppressions_read(const char *path, char *error, size_t size);
void suppressions_free(struct suppressions *s);
bool suppressions_match(const struct suppressions *s, const char *check, const char *text);

#endif
