/* SPDX-License-Identifier: MIT */
/*
 * The heaps behind aclrtMalloc() and aclrtMallocHost().
 */
#ifndef EMU_MEMORY_HEAP_H
#define EMU_MEMORY_HEAP_H

#include "core/common.h"

struct emu_heap;

struct emu_heap *emu_heap_device(uint32_t device);
struct emu_heap *emu_heap_host(void);
aclError emu_heap_alloc(struct emu_heap *heap, uint64_t size, bool giant, void **addr);
aclError emu_heap_free(enum acl_emu_range_kind kind, void *addr);
aclError emu_heap_free_of(uint64_t epoch, void *addr);
uint64_t emu_heap_epoch(uint32_t device);
bool emu_heap_owner(uint64_t addr, uint32_t *device);
/* Goes through all blocks; begins as zero bytes. */
struct emu_heap_cursor {
	bool begun;
	struct arena *arena;
	size_t unit;
	uint64_t offset;
};

bool emu_heap_next(struct emu_heap_cursor *cursor, uint64_t *start, uint64_t *size);
bool emu_heap_find(uint64_t addr, uint64_t *start, uint64_t *size);
uint64_t emu_heap_hole(uint64_t addr, uint64_t size);
int emu_heap_reset(uint32_t device, int (*reset)(void *arg), void *arg);

#endif
