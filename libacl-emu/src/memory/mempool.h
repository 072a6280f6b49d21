/* SPDX-License-Identifier: MIT */
/*
 * Memory pools (aclrtMemPool): device memory that streams allocate and free.
 *
 * Functions that free or synchronize use the first part; the rest is for the calls
 * on memory pools.
 */
#ifndef EMU_MEMORY_MEMPOOL_H
#define EMU_MEMORY_MEMPOOL_H

#include <pthread.h>

#include "acl/acl_rt_memory_soma.h"
#include "core/token.h"

bool emu_mempool_free(void *ptr, aclError *code);
void emu_mempool_synchronized(uint32_t device, uint64_t stream);
void emu_mempool_reset_device(uint32_t device);

#define EMU_MEMPOOL_GRANULE	UINT64_C(512)
#define EMU_MEMPOOL_BUCKETS	256

struct emu_block;

/*
 * A free that its stream has not reached yet. Under the lock of the pool; block is
 * NULL if the block is used again or does not exist any more.
 */
struct emu_release {
	struct emu_block *block;
};

struct emu_block {
	struct emu_block *next;
	uint64_t addr;
	uint64_t size;
	uint64_t stream;	/* which freed it; 0: every stream has reached the free */
	struct emu_release *release;	/* NULL: the stream has reached the free */
};

struct emu_mempool {
	struct emu_object object;
	uint32_t device;
	uint64_t epoch;		/* of the heap */
	uint64_t max;
	pthread_mutex_t lock;	/* for the members below */
	bool dead;
	uint32_t reuse[3];	/* attributes 1 to 3 */
	uint64_t threshold;
	uint64_t reserved;
	uint64_t reserved_high;
	uint64_t used;
	uint64_t used_high;
	struct emu_block *busy[EMU_MEMPOOL_BUCKETS];	/* by address */
	struct emu_block *idle;
};

enum emu_block_state { EMU_BLOCK_NONE, EMU_BLOCK_BUSY, EMU_BLOCK_IDLE };

void emu_mempool_put(struct emu_mempool *p);
aclError emu_mempool_alloc(struct emu_mempool *p, uint64_t size, uint64_t stream, void **ptr);
struct emu_mempool *emu_mempool_find(uint64_t addr, enum emu_block_state *state);
struct emu_block *emu_mempool_block(struct emu_mempool *p, uint64_t addr);
void emu_mempool_idle(struct emu_mempool *p, struct emu_block *b, uint64_t stream,
		      struct emu_release *release);
void emu_mempool_released(struct emu_mempool *p, struct emu_release *release);
aclError emu_mempool_report_idle(uint64_t addr);

#endif
