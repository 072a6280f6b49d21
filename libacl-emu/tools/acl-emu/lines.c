// SPDX-License-Identifier: MIT
/*
 * Lines of several sources, printed by time.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

void lines_add(struct lines *lines, uint64_t ns, const char *format, ...)
{
	struct line *more;
	va_list args;
	char *text;
	int length;

	if (lines->count == lines->room) {
		more = realloc(lines->line, (lines->room * 2 + 64) * sizeof(*more));
		if (!more)
			return;
		lines->line = more;
		lines->room = lines->room * 2 + 64;
	}
	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length >= 0)
		lines->line[lines->count++] = (struct line){ ns, lines->number++, text };
}

static int compare(const void *left, const void *right)
{
	const struct line *a = left, *b = right;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

void lines_print(struct lines *lines, uint64_t until)
{
	size_t i;

	if (lines->count)
		qsort(lines->line, lines->count, sizeof(*lines->line), compare);
	for (i = 0; i < lines->count && lines->line[i].ns <= until; i++) {
		puts(lines->line[i].text);
		free(lines->line[i].text);
	}
	lines->count -= i;
	memmove(lines->line, lines->line + i, lines->count * sizeof(*lines->line));
	fflush(stdout);
}
