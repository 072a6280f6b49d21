/* SPDX-License-Identifier: MIT */
/*
 * A fuzzer of the ioctls. A *program* is a list of calls whose values may be
 * results of earlier calls; the grammar knows what every value means. Programs
 * are text when they are kept.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "acl_emu.h"

#define FUZZ_CALLS	24	/* of a program */
#define FUZZ_FIELDS	12	/* of a call */
#define FUZZ_LINE	512	/* of text, a call */

/* What a value means. */
enum fuzz_kind {
	FUZZ_NONE,
	FUZZ_HANDLE,		/* results: */
	FUZZ_SYNC,
	FUZZ_ADDR,
	FUZZ_KEY,
	FUZZ_FD,
	FUZZ_FLAGS,		/* others: */
	FUZZ_SIZE,
	FUZZ_OFFSET,
	FUZZ_ALIGN,
	FUZZ_DEVICE,
	FUZZ_LOC_TYPE,
	FUZZ_RIGHTS,
	FUZZ_SMALL,
	FUZZ_NUMBER,
	FUZZ_PAD,
	FUZZ_USER,		/* address of user memory */
	FUZZ_EITHER,		/* of user memory or of a mapping */
	FUZZ_DEADLINE,
	FUZZ_LENGTH,		/* of the argument; 0: as it is */
	FUZZ_WHERE,		/* of the argument, enum fuzz_where */
	FUZZ_CTX,		/* who calls, enum fuzz_ctx */
};

/* Where the argument of an ioctl lies. */
enum fuzz_where {
	FUZZ_WHERE_PLAIN,
	FUZZ_WHERE_NULL,
	FUZZ_WHERE_RDONLY,	/* cannot be written */
	FUZZ_WHERE_TAIL_RDONLY,	/* its header can, the rest cannot */
	FUZZ_WHERE_MAPPED,	/* in memory of the module */
	FUZZ_WHERE_END,
};

enum fuzz_ctx {
	FUZZ_CTX_FIRST,
	FUZZ_CTX_SECOND,	/* another client of the same process */
	FUZZ_CTX_FAR,		/* the client of another process */
	FUZZ_CTX_END,
};

struct fuzz_field {
	const char *name;
	uint16_t offset;
	uint8_t size;		/* 0: not in the argument of an ioctl */
	uint8_t kind;
	uint64_t limit;		/* FLAGS: the bits there are; SMALL: the largest */
};

/* @nr is that of the ioctl, or 0 for something else; @run does that. */
struct fuzz_call_type {
	const char *name;
	uint8_t nr;
	uint16_t size;
	uint8_t result;		/* kind of the result */
	uint16_t result_offset;
	uint8_t result_size;
	uint8_t weight;
	struct fuzz_field fields[FUZZ_FIELDS];
};

/* @ref is the number of a call plus one, then @plain is added to its result. */
struct fuzz_value {
	uint64_t plain;
	uint8_t ref;
};

struct fuzz_call {
	uint8_t type;
	struct fuzz_value values[FUZZ_FIELDS];
};

struct fuzz_program {
	unsigned int nr;
	struct fuzz_call calls[FUZZ_CALLS];
};

/* ---- grammar.c ---- */

extern const struct fuzz_call_type fuzz_types[];
extern const unsigned int fuzz_nr_types;

/* Calls that are no ioctls come behind these, by name. */
unsigned int fuzz_type_find(const char *name);

/* ---- program.c ---- */

uint64_t fuzz_random(uint64_t *state);
void fuzz_generate(struct fuzz_program *program, uint64_t *state);
void fuzz_mutate(struct fuzz_program *program, const struct fuzz_program *other,
		 uint64_t *state);

/* ---- text.c ---- */

void fuzz_print(FILE *file, const struct fuzz_program *program);

/* The next program of a file; 1: read, 0: no more, -1: nonsense, which is told. */
int fuzz_parse(FILE *file, const char *name, struct fuzz_program *program);

/* ---- execute.c ---- */

/* Two clients here, one in another process; @threads run each program. */
int fuzz_start(unsigned int threads);
void fuzz_stop(void);

/*
 * Runs a program, then takes everything back. @shift: calls that the first
 * thread is ahead of the second. Null, or what the kernel did that it should
 * not have done.
 */
const char *fuzz_execute(const struct fuzz_program *program, unsigned int shift);

/* Calls made, and those that were successful. */
extern uint64_t fuzz_calls_made, fuzz_calls_good;

/* ---- cover.c ---- */

/* True if this kernel tells what code ran. Before fuzz_start(). */
bool fuzz_cover_open(unsigned int tasks);
/* Of the task that calls. */
void fuzz_cover_enable(unsigned int task);
void fuzz_cover_clear(void);
/* Number of edges that no program has seen before; they are remembered. */
unsigned int fuzz_cover_new(void);
unsigned int fuzz_cover_total(void);

#endif /* FUZZ_H */
