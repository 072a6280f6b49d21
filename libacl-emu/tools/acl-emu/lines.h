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
/*
 * Prints those that are not younger than @until, the oldest first, and forgets them. The
 * sources do not deliver at once, so the last moments are kept for the next time.
 */
void lines_print(struct lines *lines, uint64_t until);

#endif
