/* SPDX-License-Identifier: MIT */
/*
 * Function, file and line of an offset in a program or shared object.
 */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

struct symbols;

/* What is not known is an empty text or a line of 0. */
struct symbol {
	char function[256];
	char caller[256];	/* the function is inlined into this one; "": it is not */
	char file[1024];
	int line;
};

/* NULL: no memory. */
struct symbols *symbols_new(void);
void symbols_free(struct symbols *s);

/*
 * @offset is an address as the file counts them. False: nothing is known, also if
 * the file is not the one of @build_id ("": any) any more.
 */
bool symbols_find(struct symbols *s, const char *path, const char *build_id, uint64_t offset,
		  struct symbol *symbol);

#endif
