/* SPDX-License-Identifier: MIT */
/*
 * A cycle: allocate, map, touch every 4 KiB once, unmap, free.
 */
#ifndef CYCLE_H
#define CYCLE_H

#include "bench.h"

#define CYCLE_HUGETLB	"memfd hugetlb 2M"

struct cycle_block {
	void *addr;
	uint64_t size;
	uint64_t handle;
	int fd;
	int fd2;
};

/* Memory of one sort, and how it is had. */
struct cycle_kind {
	const char *name;
	uint64_t largest;	/* beyond it takes too long to be worth it */
	bool pool;		/* needs hugetlb pages */
	bool (*make)(struct cycle_block *b);
	void (*drop)(struct cycle_block *b);
};

enum cycle_which {
	CYCLE_OURS,
	CYCLE_OF_HUGETLB,
	CYCLE_OF_THP,
	CYCLE_OF_MEMFD,
	CYCLE_OF_UDMABUF,
	CYCLE_OF_HEAP,
	CYCLE_KINDS,
};

extern const struct cycle_kind cycle_kinds[CYCLE_KINDS];

struct cycle_phases {
	uint64_t make;
	uint64_t touch;
	uint64_t drop;
	uint64_t all;
};

#define CYCLE_MAX_REPS	9

/* How many repetitions a size is worth, beside one to warm up. */
unsigned int cycle_reps(uint64_t size, const struct cycle_kind *kind);

/* One cycle; false if there is no such memory here. */
bool cycle_run(const struct cycle_kind *kind, uint64_t size, struct cycle_phases *took);

/* Phase by phase; count is at most CYCLE_MAX_REPS. */
struct cycle_phases cycle_median(const struct cycle_phases *took, unsigned int count);

/* Medians; all zero if there is no such memory here. */
struct cycle_phases cycle_measure(const struct cycle_kind *kind, uint64_t size);

/* A row for each phase, beside those of hugetlb. */
void cycle_phase_rows(const char *param, struct cycle_phases ours, struct cycle_phases hugetlb);

/* What the kernel's own loop for one page costs, over memory that is there. */
uint64_t cycle_bare_zeroing(uint64_t size);

#endif /* CYCLE_H */
