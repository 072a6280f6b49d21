/* SPDX-License-Identifier: MIT */
/*
 * Lists of copies.
 */
#ifndef EMU_MEMORY_BATCH_H
#define EMU_MEMORY_BATCH_H

#include "core/common.h"

/* The arguments of the calls, and what copies a piece. */
struct emu_batch {
	void **dsts;
	size_t *rooms;
	void **srcs;
	size_t *sizes;
	size_t count;
	aclrtMemcpyBatchAttr *attrs;
	size_t *firsts;		/* the first piece that each attribute is for */
	size_t attr_count;
};

typedef aclError (*emu_batch_copy)(void *arg, void *dst, const void *src, size_t size);

aclError emu_batch_check(const struct emu_batch *b, size_t *fail);
aclError emu_batch_run(const struct emu_batch *b, emu_batch_copy copy, void *arg, size_t *fail);

#endif
