/* SPDX-License-Identifier: MIT */
/*
 * Copies and fills.
 */
#ifndef EMU_MEMORY_COPY_H
#define EMU_MEMORY_COPY_H

#include "core/common.h"

/* A copy or a fill with checked arguments. */
struct emu_copy {
	void *dst;
	const void *src;	/* NULL: a fill */
	size_t size;		/* of a row, if there are rows */
	size_t rows;		/* 0: one piece */
	size_t dpitch;
	size_t spitch;
	uint32_t pattern;
	aclrtMemcpyKind kind;	/* that the program gave; not of fills */
};

/* These check what needs no context; those with a size of 0 do nothing. */
aclError emu_copy_check(struct emu_copy *copy, void *dst, size_t room, const void *src,
			size_t count, aclrtMemcpyKind kind);
aclError emu_copy_check_rows(struct emu_copy *copy, void *dst, size_t dpitch, const void *src,
			     size_t spitch, size_t width, size_t height, aclrtMemcpyKind kind);
aclError emu_copy_check_fill(struct emu_copy *copy, void *ptr, int32_t value, size_t count);
aclError emu_copy_check_words(struct emu_copy *copy, void *ptr, size_t room, uint32_t value,
			      size_t count);
aclError emu_copy_check_room(size_t count, size_t room, const char *name);

aclError emu_copy_do(const struct emu_copy *copy);
aclError emu_copy_bytes(void *dst, const void *src, size_t size);

#endif
