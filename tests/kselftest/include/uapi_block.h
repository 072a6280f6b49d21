/* SPDX-License-Identifier: MIT */
/*
 * A block device for I/O that goes past the page cache.
 */
#ifndef UAPI_BLOCK_H
#define UAPI_BLOCK_H

/* A RAM disk of 16 MiB, opened O_DIRECT; -1 if this kernel has none. */
int uapi_block_open(void);

#endif /* UAPI_BLOCK_H */
