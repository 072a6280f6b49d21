/* SPDX-License-Identifier: MIT */
/*
 * Tables of text, sizes and colours.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_COLUMNS	16
#define TABLE_CELL	96
#define TABLE_ROWS	4096	/* a longer table is printed in pieces of so many rows */

struct table {
	unsigned int columns;
	const char *head;	/* names of the columns, separated by |; > before one: right */
	char (*cells)[TABLE_CELL];
	size_t count;		/* of cells, the head's among them */
	bool printed;		/* the head, with the rows of a long table so far */
};

/* @head as in struct table. */
void table_begin(struct table *t, const char *head);
__attribute__((format(printf, 2, 3)))
void table_cell(struct table *t, const char *format, ...);
void table_size(struct table *t, uint64_t bytes);
/* Prints the table and frees it; nothing if it has no rows. */
void table_end(struct table *t);

#define SIZE_TEXT	32
/* "61 GiB", exact, or with one digit behind the point where that is shorter. */
const char *size_text(char text[SIZE_TEXT], uint64_t bytes);
#define SIZE(bytes)	size_text((char[SIZE_TEXT]){ 0 }, bytes)

/* Escape sequences, or "" where standard output is no terminal. */
enum colour { COLOUR_NONE, COLOUR_BOLD, COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED };
const char *colour(enum colour which);

#endif
