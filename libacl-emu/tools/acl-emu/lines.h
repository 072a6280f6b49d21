/* SPDX-License-Identifier: MIT */
/*
 * Lines of several sources, printed by time: trace.
 */
#ifndef LINES_H
#define LINES_H

#include <stddef.h>
#include <stdint.h>

struct line {
	uint64_t ns;
	uint64_t number;
	char *text;
};

struct lines {
	struct line *line;
	size_t count, room;
	uint64_t number;
};

__attribute__((format(printf, 3, 4)))
void lines_add(struct lines *lines, uint64_t ns, const char *format, ...);
/* Prints them, the oldest first, and forgets them. */
void lines_print(struct lines *lines);

#endif
