/* SPDX-License-Identifier: MIT */
/*
 * A block device for I/O that goes past the page cache.
 */
#ifndef UAPI_BLOCK_H
#define UAPI_BLOCK_H

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* A RAM disk of 16 MiB, opened O_DIRECT; -1 if this kernel has none. */
static inline int uapi_block_open(void)
{
	if (access("/dev/ram0", F_OK) &&
	    system("modprobe brd rd_nr=1 rd_size=16384 >/dev/null 2>&1"))
		return -1;
	return open("/dev/ram0", O_RDWR | O_DIRECT | O_CLOEXEC);
}

#endif /* UAPI_BLOCK_H */
