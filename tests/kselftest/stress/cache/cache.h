/* SPDX-License-Identifier: MIT */
/*
 * A cache of pages for sequences, for stress/cache.c.
 */
#ifndef STRESS_CACHE_H
#define STRESS_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acl/acl.h"

#define CACHE_DEVICES	3
#define MAX_PAGES	128
#define MAX_SEQUENCES	8
#define MAX_LENGTH	16	/* blocks of a sequence */
#define PAGE		(2ul << 20)

struct plan {
	long devices, processes, pages, sequences, rounds, steps, seed;
	bool run_out;		/* growth fails at the end */
};

extern const struct plan *plan;

/* The last copy from or to a page or slot. */
struct use {
	aclrtEvent copied;
	bool recorded;
};

struct kv_page {
	aclrtDrvMemHandle handle;
	struct use use;
	long shown;			/* number of blocks that map it; 0: it is free */
};

/* Content of a page on the host. */
struct slot {
	uint64_t *words;
	struct use use;
	bool taken;
};

#define NONE (-1)

struct kv_block {
	long page, slot;		/* one is where the content is, the other is NONE */
	uint64_t stamp[2];		/* of its halves */
};

struct sequence {
	char *base;
	long length;
	struct kv_block block[MAX_LENGTH];
};

/* The cache of one device. */
struct cache {
	int device;
	aclrtContext context;
	aclrtStream in, out, reader;	/* to the device; to the host; for verify() */
	aclrtEvent go;			/* both copy streams wait for it ... */
	bool closed;			/* ... while this is set */
	char *flat;			/* all pages side by side, for copies */
	struct kv_page page[2 * MAX_PAGES];
	long pages, hand;		/* number of pages; where the last search ended */
	struct slot slot[2 * MAX_PAGES];
	uint64_t *words;		/* for verification */
	struct sequence sequence[MAX_SEQUENCES];
	uint64_t random, stamp;
	size_t remaps, under_way;	/* under_way: while copies were not complete */
};

/* Starts the copies if they are held. */
void start_copies(struct cache *c);

/* Orders what follows on a stream after the last copy of @use. */
void before(aclrtStream stream, const struct use *use);

/* Waits until the last copy of @use is complete. */
void wait_for(struct cache *c, const struct use *use);

char *flat_of(const struct cache *c, long page);
char *addr_of(const struct sequence *s, const struct kv_block *b);

/* Ends a sequence. */
void drop(struct cache *c, struct sequence *s);

/* Half of the steps run before the copies may start, half at the same time. */
void run_steps(struct cache *c);

#endif /* STRESS_CACHE_H */
