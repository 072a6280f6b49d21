// SPDX-License-Identifier: MIT
/*
 * Memory of the kernel's own kinds.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define POOL	"/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"

/* A pool that is there already is somebody's: it only grows, for a while. */
bool peer_hugetlb_pool(uint64_t bytes)
{
	static uint64_t before;
	static bool known;
	uint64_t pages = bytes / SIZE_2M;

	if (!known)
		before = bench_read(POOL);
	known = true;
	if (pages <= before)
		pages = before;
	if (bench_read(POOL) == pages)
		return true;
	return bench_write(POOL, pages) && bench_read(POOL) >= pages;
}

int peer_memfd(uint64_t size, unsigned int flags)
{
	int fd = memfd_create("bench", flags | MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, size)) {
		close(fd);
		return -1;
	}
	return fd;
}

void *peer_map(int fd, uint64_t size, void *addr, uint64_t offset)
{
	int flags = MAP_SHARED | (addr ? MAP_FIXED : 0);
	void *at = mmap(addr, size, PROT_READ | PROT_WRITE, flags, fd, offset);

	BENCH_CHECK(at != MAP_FAILED);
	return at;
}

void peer_unmap(void *addr, uint64_t size)
{
	BENCH_CHECK(!munmap(addr, size));
}

void *peer_room(uint64_t size)
{
	char *at = mmap(NULL, size + SIZE_1G, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			MAP_NORESERVE, -1, 0);

	BENCH_CHECK(at != MAP_FAILED);
	return at + (-(uintptr_t)at & (SIZE_1G - 1));
}
