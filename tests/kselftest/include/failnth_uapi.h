/* SPDX-License-Identifier: MIT */
/*
 * The sweep over calls of the ioctl interface: what must hold after a failure.
 */
#ifndef FAILNTH_UAPI_H
#define FAILNTH_UAPI_H

#include "uapi_peer.h"
#include "failnth.h"

#define ERRNOS	4

/* What the calls work with; each test makes what it needs. */
struct scene {
	int fd;
	uint64_t addr;
	uint64_t handle;
	uint64_t other;		/* what the call made: handle, address, key, file */
	uint64_t key;
	int file;
	int32_t pid;
	struct uapi_peer peer;
};

/**
 * struct failnth_case - one call
 * @name:  for messages
 * @call:  0 or -errno; what it makes goes to scene.other
 * @undo:  takes a success back; NULL: there is nothing to take back
 * @least: it has at least so many places to fail
 * @errno_too: answers that are documented for want of memory, beside ENOMEM
 */
struct failnth_case {
	const char *name;
	int (*call)(struct scene *s);
	int (*undo)(struct scene *s);
	unsigned int least;
	int errno_too[ERRNOS];
};

void failnth_sweep(struct __test_metadata *_metadata, struct scene *s, const struct failnth_case
		   *c);

#define FAILNTH_SWEEP(scene, cases) do { \
	if (failnth_prepare()) \
		SKIP(return, "this kernel cannot fail allocations (FAULT_INJECTION)"); \
	for (size_t _i = 0; _i < ARRAY_SIZE(cases); _i++) \
		failnth_sweep(_metadata, scene, &(cases)[_i]); \
} while (0)

#endif /* FAILNTH_UAPI_H */
