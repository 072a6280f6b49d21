// SPDX-License-Identifier: MIT
/*
 * Sorts of memory and a cycle of each.
 */
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cycle.h"

static bool ours_make(struct cycle_block *b)
{
	uint64_t addr = emu_reserve(b->size);

	b->handle = emu_alloc(b->size, 0);
	emu_map(addr, b->size, b->handle);
	b->addr = emu_ptr(addr);
	return true;
}

static void ours_drop(struct cycle_block *b)
{
	emu_unmap((uintptr_t)b->addr);
	emu_free(b->handle);
	emu_release((uintptr_t)b->addr);
}

static bool thp_make(struct cycle_block *b)
{
	char *at = mmap(NULL, b->size + SIZE_2M, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	BENCH_CHECK(at != MAP_FAILED);
	b->handle = (uintptr_t)at;
	b->addr = at + (-(uintptr_t)at & (SIZE_2M - 1));
	return !madvise(b->addr, b->size, MADV_HUGEPAGE);
}

static void thp_drop(struct cycle_block *b)
{
	peer_unmap(emu_ptr(b->handle), b->size + SIZE_2M);
}

static bool memfd_make_as(struct cycle_block *b, unsigned int flags)
{
	b->fd = peer_memfd(b->size, flags);
	if (b->fd < 0)
		return false;
	b->addr = peer_map(b->fd, b->size, NULL, 0);
	return true;
}

static bool memfd_make(struct cycle_block *b)
{
	return memfd_make_as(b, 0);
}

static bool hugetlb_make(struct cycle_block *b)
{
	return memfd_make_as(b, PEER_HUGETLB);
}

static void memfd_drop(struct cycle_block *b)
{
	peer_unmap(b->addr, b->size);
	close(b->fd);
}

static bool udmabuf_make(struct cycle_block *b)
{
	struct udmabuf_create arg = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = b->size };
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);

	if (dev < 0)
		return false;
	b->fd2 = peer_memfd(b->size, MFD_ALLOW_SEALING);
	BENCH_CHECK(b->fd2 >= 0 && !fcntl(b->fd2, F_ADD_SEALS, F_SEAL_SHRINK));
	arg.memfd = b->fd2;
	b->fd = ioctl(dev, UDMABUF_CREATE, &arg);
	close(dev);
	if (b->fd < 0) {
		close(b->fd2);
		return false;
	}
	b->addr = peer_map(b->fd, b->size, NULL, 0);
	return true;
}

static void udmabuf_drop(struct cycle_block *b)
{
	memfd_drop(b);
	close(b->fd2);
}

static bool heap_make(struct cycle_block *b)
{
	struct dma_heap_allocation_data arg = { .len = b->size, .fd_flags = O_RDWR | O_CLOEXEC };
	int dev = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
	int rc;

	if (dev < 0)
		return false;
	rc = ioctl(dev, DMA_HEAP_IOCTL_ALLOC, &arg);
	close(dev);
	if (rc)
		return false;
	b->fd = arg.fd;
	b->addr = peer_map(b->fd, b->size, NULL, 0);
	return true;
}

const struct cycle_kind cycle_kinds[CYCLE_KINDS] = {
	[CYCLE_OURS] = { "acl-emu", ~0ull, false, ours_make, ours_drop },
	[CYCLE_OF_HUGETLB] = { CYCLE_HUGETLB, ~0ull, true, hugetlb_make, memfd_drop },
	[CYCLE_OF_THP] = { "anon THP", ~0ull, false, thp_make, thp_drop },
	[CYCLE_OF_MEMFD] = { "memfd 4K", SIZE_1G, false, memfd_make, memfd_drop },
	[CYCLE_OF_UDMABUF] = { "udmabuf", SIZE_1G, false, udmabuf_make, udmabuf_drop },
	[CYCLE_OF_HEAP] = { "dma-heap system", SIZE_1G, false, heap_make, memfd_drop },
};

unsigned int cycle_reps(uint64_t size, const struct cycle_kind *kind)
{
	if (size < SIZE_1G)
		return CYCLE_MAX_REPS;
	return size == SIZE_1G && kind->largest > size ? 3 : 1;
}

bool cycle_run(const struct cycle_kind *kind, uint64_t size, struct cycle_phases *took)
{
	struct cycle_block b = { .size = size };
	uint64_t t0 = bench_now(), t1, t2, t3;

	if (!kind->make(&b))
		return false;
	t1 = bench_now();
	bench_touch(b.addr, size, SIZE_4K);
	t2 = bench_now();
	kind->drop(&b);
	t3 = bench_now();
	*took = (struct cycle_phases){ t1 - t0, t2 - t1, t3 - t2, t3 - t0 };
	return true;
}

struct cycle_phases cycle_median(const struct cycle_phases *took, unsigned int count)
{
	uint64_t make[CYCLE_MAX_REPS], touch[CYCLE_MAX_REPS];
	uint64_t drop[CYCLE_MAX_REPS], all[CYCLE_MAX_REPS];

	for (unsigned int i = 0; i < count; i++) {
		make[i] = took[i].make;
		touch[i] = took[i].touch;
		drop[i] = took[i].drop;
		all[i] = took[i].all;
	}
	return (struct cycle_phases){ bench_median(make, count), bench_median(touch, count),
				      bench_median(drop, count), bench_median(all, count) };
}

struct cycle_phases cycle_measure(const struct cycle_kind *kind, uint64_t size)
{
	struct cycle_phases none = { 0 }, took[CYCLE_MAX_REPS];
	unsigned int reps = cycle_reps(size, kind);

	if (size > kind->largest)
		return none;
	if (kind->pool && !peer_hugetlb_pool(size))
		return none;
	if (!cycle_run(kind, size, &took[0]))
		return none;
	for (unsigned int i = 0; i < reps; i++)
		BENCH_CHECK(cycle_run(kind, size, &took[i]));
	if (kind->pool)
		peer_hugetlb_pool(0);
	return cycle_median(took, reps);
}

void cycle_phase_rows(const char *param, struct cycle_phases ours, struct cycle_phases hugetlb)
{
	bench_row("cycle: allocate and map", param, ours.make, CYCLE_HUGETLB, hugetlb.make);
	bench_row("cycle: touch", param, ours.touch, CYCLE_HUGETLB, hugetlb.touch);
	bench_row("cycle: unmap and free", param, ours.drop, CYCLE_HUGETLB, hugetlb.drop);
}

uint64_t cycle_bare_zeroing(uint64_t size)
{
	uint64_t addr = emu_reserve(size), handle = emu_alloc(size, 0), took;

	emu_map(addr, size, handle);
	bench_touch(emu_ptr(addr), size, SIZE_2M);
	took = bench_now();
	for (uint64_t at = addr; at < addr + size; at += SIZE_4K) {
		void *to = emu_ptr(at);
		unsigned long words = SIZE_4K / 8;

		__asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(0) : "memory");
	}
	took = bench_now() - took;
	emu_unmap(addr);
	emu_free(handle);
	emu_release(addr);
	return took;
}
