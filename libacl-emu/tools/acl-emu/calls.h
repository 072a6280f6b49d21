/* SPDX-License-Identifier: MIT */
/*
 * The calls of a program, which libacl-emu-calls.so sends: trace --calls.
 */
#ifndef CALLS_H
#define CALLS_H

#include "lines.h"

struct calls {
	int fd;			/* -1: not asked for */
	char dir[64];
	char preload[4096];
	struct call_sum *sums;
	size_t count;
};

/* A socket for the calls; an exit code. */
int calls_begin(struct calls *c);
void calls_end(struct calls *c);

/* In the child that becomes the program. */
void calls_prepare(const struct calls *c);

/* Takes what has come; @lines NULL: only counts. */
void calls_drain(struct calls *c, struct lines *lines);
void calls_print_summary(const struct calls *c);

#endif
