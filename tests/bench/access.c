// SPDX-License-Identifier: MIT
/*
 * Rights taken and given again, and what a page fault costs.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

struct target {
	char *addr;
	uint64_t size;
	uint64_t step;		/* of touching */
	uint64_t handle;
	int fd;
};

static uint64_t ours_rights(void *arg)
{
	struct target *t = arg;
	uint64_t start = bench_now();

	emu_access((uintptr_t)t->addr, t->size, ACL_EMU_RIGHTS_NONE);
	emu_access((uintptr_t)t->addr, t->size, ACL_EMU_RIGHTS_RW);
	bench_touch(t->addr, t->size, t->step);
	return bench_now() - start;
}

static uint64_t peer_rights(void *arg)
{
	struct target *t = arg;
	uint64_t start = bench_now();

	BENCH_CHECK(!mprotect(t->addr, t->size, PROT_NONE));
	BENCH_CHECK(!mprotect(t->addr, t->size, PROT_READ | PROT_WRITE));
	bench_touch(t->addr, t->size, t->step);
	return bench_now() - start;
}

/* Entries are taken out first, unmeasured, and come back one a step. */
static uint64_t ours_faults(void *arg)
{
	struct target *t = arg;
	uint64_t start;

	emu_unmap((uintptr_t)t->addr);
	emu_map((uintptr_t)t->addr, t->size, t->handle);
	start = bench_now();
	bench_touch(t->addr, t->size, t->step);
	return bench_now() - start;
}

static uint64_t peer_faults(void *arg)
{
	struct target *t = arg;
	uint64_t start;

	peer_unmap(t->addr, t->size);
	peer_map(t->fd, t->size, t->addr, 0);
	start = bench_now();
	bench_touch(t->addr, t->size, t->step);
	return bench_now() - start;
}

static uint64_t measure_ours(uint64_t size, uint32_t flags, uint64_t step,
			     uint64_t (*fn)(void *arg))
{
	struct target t = { .size = size, .step = step };
	uint64_t room = emu_reserve(size), took;

	t.addr = emu_ptr(room);
	t.handle = emu_alloc(size, flags);
	emu_map(room, size, t.handle);
	bench_touch(t.addr, size, step);
	took = bench_repeat(15, fn, &t);
	emu_unmap(room);
	emu_release(room);
	emu_free(t.handle);
	return took;
}

static uint64_t measure_peer(uint64_t size, unsigned int flags, uint64_t step,
			     uint64_t (*fn)(void *arg))
{
	struct target t = { .size = size, .step = step };
	uint64_t took;

	if (flags & MFD_HUGETLB && !peer_hugetlb_pool(size))
		return 0;
	t.fd = peer_memfd(size, flags);
	if (t.fd < 0)
		return 0;
	t.addr = peer_room(size);
	peer_map(t.fd, size, t.addr, 0);
	bench_touch(t.addr, size, step);
	took = bench_repeat(15, fn, &t);
	peer_unmap(t.addr, size);
	close(t.fd);
	peer_hugetlb_pool(0);
	return took;
}

static void rights(uint64_t size)
{
	unsigned int flags = PEER_HUGETLB;

	bench_row("rights away and back and touch", bench_size(size),
		  measure_ours(size, 0, SIZE_2M, ours_rights), "mprotect on hugetlb 2M",
		  measure_peer(size, flags, SIZE_2M, peer_rights));
}

static void faults(void)
{
	uint64_t size = 32 * SIZE_2M, blocks = size / SIZE_2M, pages = size / SIZE_4K;

	bench_row("fault of 2 MiB", "one PMD entry",
		  measure_ours(size, 0, SIZE_2M, ours_faults) / blocks, "memfd hugetlb 2M",
		  measure_peer(size, PEER_HUGETLB, SIZE_2M, peer_faults) / blocks);
	bench_row("fault of 4 KiB pages", "each of 512 a fault",
		  measure_ours(size, ACL_EMU_PHYS_4K, SIZE_4K, ours_faults) / pages, "memfd 4K",
		  measure_peer(size, 0, SIZE_4K, peer_faults) / pages);
}

int main(void)
{
	emu_open();
	rights(SIZE_2M);
	rights(SIZE_1G);
	faults();
	return 0;
}
