/* SPDX-License-Identifier: MIT */
/*
 * What a pool consists of, for the two files that do its work.
 */
#ifndef EMU_POOL_PARTS_H
#define EMU_POOL_PARTS_H

#include "acl/acl_rt_memory_soma.h"
#include "memory/pool.h"
#include "stream/stream.h"

#define EMU_POOL_BUCKETS	256

struct release;

struct block {
	struct block *next;
	uint64_t addr;
	uint64_t size;
	uint64_t stream;	/* which freed it; 0: known to be over for all */
	struct release *release;	/* NULL: the stream has come to it */
};

struct pool {
	struct emu_object object;
	uint32_t device;
	uint64_t epoch;		/* of the heap */
	uint64_t max;
	pthread_mutex_t lock;	/* for what follows */
	bool dead;
	uint32_t reuse[3];	/* attributes 1 to 3 */
	uint64_t threshold;
	uint64_t reserved;
	uint64_t reserved_high;
	uint64_t used;
	uint64_t used_high;
	struct block *busy[EMU_POOL_BUCKETS];	/* by address */
	struct block *idle;
};

aclError emu_pool_get(aclrtMemPool token, struct pool **pool);
void emu_pool_put(struct pool *pool);

#endif
