// SPDX-License-Identifier: MIT
/*
 * Tables of text, sizes and colours.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "table.h"

const char *size_text(char text[SIZE_TEXT], uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int unit = 0;
	uint64_t whole = bytes;
	double part;

	if (bytes < 1024) {
		snprintf(text, SIZE_TEXT, "%" PRIu64 " B", bytes);
		return text;
	}
	for (whole /= 1024; whole >= 1024 && unit < 5; whole /= 1024)
		unit++;
	part = (double)bytes / (double)(1ull << (10 * (unit + 1)));
	if ((double)whole == part)
		snprintf(text, SIZE_TEXT, "%" PRIu64 " %s", whole, units[unit]);
	else
		snprintf(text, SIZE_TEXT, "%.1f %s", part, units[unit]);
	return text;
}

/* NO_COLOR is what programs agree on (no-color.org). */
const char *colour(enum colour which)
{
	static const char *const codes[] = {
		"\033[0m", "\033[1m", "\033[32m", "\033[33m", "\033[31m",
	};
	const char *term = getenv("TERM"), *off = getenv("NO_COLOR");

	if (!isatty(STDOUT_FILENO) || (off && *off) || (term && !strcmp(term, "dumb")))
		return "";
	return codes[which];
}

static bool right(const struct table *t, unsigned int column)
{
	const char *name = t->head;

	while (column--)
		name = strchr(name, '|') + 1;
	return *name == '>';
}

static void print_row(const struct table *t, size_t first, const int *width)
{
	for (unsigned int c = 0; c < t->columns; c++) {
		const char *text = t->cells[first + c];
		const char *gap = c + 1 < t->columns ? "  " : "";

		if (right(t, c))
			printf("%*s%s", width[c], text, gap);
		else
			printf("%-*s%s", c + 1 < t->columns ? width[c] : 0, text, gap);
	}
}

/* Prints the rows that there are, and the head unless it was printed. */
static void flush_rows(struct table *t)
{
	int width[TABLE_COLUMNS] = { 0 };

	for (size_t i = 0; i < t->count; i++) {
		int length = (int)strlen(t->cells[i]);

		if (length > width[i % t->columns])
			width[i % t->columns] = length;
	}
	for (size_t i = t->printed ? t->columns : 0; i < t->count; i += t->columns) {
		fputs(i ? "" : colour(COLOUR_BOLD), stdout);
		print_row(t, i, width);
		printf("%s\n", i ? "" : colour(COLOUR_NONE));
	}
	t->printed = true;
	t->count = t->columns;
}

static void put(struct table *t, const char *text)
{
	char (*cells)[TABLE_CELL];

	if (t->columns && t->count == (size_t)TABLE_ROWS * t->columns)
		flush_rows(t);
	cells = realloc(t->cells, (t->count + 1) * sizeof(*cells));
	if (!cells)
		abort();
	t->cells = cells;
	snprintf(cells[t->count++], TABLE_CELL, "%s", text);
}

void table_begin(struct table *t, const char *head)
{
	char copy[512], *rest = copy, *name;

	*t = (struct table){ .head = head };
	snprintf(copy, sizeof(copy), "%s", head);
	while ((name = strsep(&rest, "|")) && t->columns < TABLE_COLUMNS) {
		put(t, *name == '>' ? name + 1 : name);
		t->columns++;
	}
}

void table_cell(struct table *t, const char *format, ...)
{
	char text[TABLE_CELL];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put(t, text);
}

void table_size(struct table *t, uint64_t bytes)
{
	if (bytes)
		table_cell(t, "%s", SIZE(bytes));
	else
		table_cell(t, "-");
}

void table_end(struct table *t)
{
	if (t->count > t->columns)
		flush_rows(t);
	free(t->cells);
}
