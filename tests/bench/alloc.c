// SPDX-License-Identifier: MIT
/*
 * Allocate, map, touch every 4 KiB once, unmap, free.
 */
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

struct block {
	void *addr;
	uint64_t size;
	uint64_t handle;
	int fd;
	int fd2;
};

struct kind {
	const char *name;
	uint64_t largest;	/* beyond it takes too long to be worth it */
	bool pool;		/* needs hugetlb pages */
	bool (*make)(struct block *b);
	void (*drop)(struct block *b);
};

static bool ours_make(struct block *b)
{
	uint64_t addr = emu_reserve(b->size);

	b->handle = emu_alloc(b->size, 0);
	emu_map(addr, b->size, b->handle);
	b->addr = emu_ptr(addr);
	return true;
}

static void ours_drop(struct block *b)
{
	emu_unmap((uintptr_t)b->addr);
	emu_free(b->handle);
	emu_release((uintptr_t)b->addr);
}

static bool thp_make(struct block *b)
{
	char *at = mmap(NULL, b->size + SIZE_2M, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	BENCH_CHECK(at != MAP_FAILED);
	b->handle = (uintptr_t)at;
	b->addr = at + (-(uintptr_t)at & (SIZE_2M - 1));
	return !madvise(b->addr, b->size, MADV_HUGEPAGE);
}

static void thp_drop(struct block *b)
{
	peer_unmap(emu_ptr(b->handle), b->size + SIZE_2M);
}

static bool memfd_make_as(struct block *b, unsigned int flags)
{
	b->fd = peer_memfd(b->size, flags);
	if (b->fd < 0)
		return false;
	b->addr = peer_map(b->fd, b->size, NULL, 0);
	return true;
}

static bool memfd_make(struct block *b)
{
	return memfd_make_as(b, 0);
}

static bool hugetlb_make(struct block *b)
{
	return memfd_make_as(b, PEER_HUGETLB);
}

static void memfd_drop(struct block *b)
{
	peer_unmap(b->addr, b->size);
	close(b->fd);
}

static bool udmabuf_make(struct block *b)
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

static void udmabuf_drop(struct block *b)
{
	memfd_drop(b);
	close(b->fd2);
}

static bool heap_make(struct block *b)
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

#define HUGETLB	"memfd hugetlb 2M"

static const struct kind kinds[] = {
	{ "acl-emu", ~0ull, false, ours_make, ours_drop },
	{ HUGETLB, ~0ull, true, hugetlb_make, memfd_drop },
	{ "anon THP", ~0ull, false, thp_make, thp_drop },
	{ "memfd 4K", SIZE_1G, false, memfd_make, memfd_drop },
	{ "udmabuf", SIZE_1G, false, udmabuf_make, udmabuf_drop },
	{ "dma-heap system", SIZE_1G, false, heap_make, memfd_drop },
};

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

struct phases {
	uint64_t make;
	uint64_t touch;
	uint64_t drop;
	uint64_t all;
};

static bool cycle(const struct kind *kind, uint64_t size, struct phases *took)
{
	struct block b = { .size = size };
	uint64_t t0 = bench_now(), t1, t2, t3;

	if (!kind->make(&b))
		return false;
	t1 = bench_now();
	bench_touch(b.addr, size, SIZE_4K);
	t2 = bench_now();
	kind->drop(&b);
	t3 = bench_now();
	*took = (struct phases){ t1 - t0, t2 - t1, t3 - t2, t3 - t0 };
	return true;
}

/* Medians, phase by phase; all zero if there is no such memory here. */
static struct phases measure(const struct kind *kind, uint64_t size)
{
	unsigned int reps = size < SIZE_1G ? 9 : size == SIZE_1G && kind->largest > size ? 3 : 1;
	uint64_t make[9], touch[9], drop[9], all[9];
	struct phases took = { 0 };

	if (size > kind->largest)
		return took;
	if (kind->pool && !peer_hugetlb_pool(size))
		return took;
	if (!cycle(kind, size, &took))
		return took;
	for (unsigned int i = 0; i < reps; i++) {
		BENCH_CHECK(cycle(kind, size, &took));
		make[i] = took.make;
		touch[i] = took.touch;
		drop[i] = took.drop;
		all[i] = took.all;
	}
	if (kind->pool)
		peer_hugetlb_pool(0);
	return (struct phases){ bench_median(make, reps), bench_median(touch, reps),
				bench_median(drop, reps), bench_median(all, reps) };
}

/* What the kernel's own loop for one page costs, over memory that is there. */
static uint64_t bare_zeroing(uint64_t size)
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

/*
 * The touch of hugetlb pages that are there already: with this the first touch
 * tells what the kernel itself takes to zero pages.
 */
static uint64_t touch_again(uint64_t size)
{
	struct block b = { .size = size };
	uint64_t took;

	if (!peer_hugetlb_pool(size) || !hugetlb_make(&b))
		return 0;
	bench_touch(b.addr, size, SIZE_2M);
	peer_unmap(b.addr, size);
	b.addr = peer_map(b.fd, size, NULL, 0);
	took = bench_now();
	bench_touch(b.addr, size, SIZE_4K);
	took = bench_now() - took;
	memfd_drop(&b);
	peer_hugetlb_pool(0);
	return took;
}

/* What the cycle costs beside zeroing, ours and that of hugetlb. */
static void parts(const char *param, uint64_t ours, uint64_t hugetlb, uint64_t zeroing,
		  const char *how)
{
	char row[64];

	snprintf(row, sizeof(row), "cycle less %s", how);
	bench_row(row, param, ours > zeroing ? ours - zeroing : 0, HUGETLB,
		  hugetlb > zeroing ? hugetlb - zeroing : 0);
}

static void rows(uint64_t size)
{
	const char *param = bench_size(size);
	struct phases ours = measure(&kinds[0], size), peer, hugetlb = { 0 };
	uint64_t again = 0, bare;

	for (unsigned int i = 1; i < KINDS; i++) {
		if (size > kinds[i].largest)
			continue;
		peer = measure(&kinds[i], size);
		bench_row("cycle", param, ours.all, kinds[i].name, peer.all);
		if (kinds[i].pool)
			hugetlb = peer;
	}
	bench_row("cycle: allocate and map", param, ours.make, HUGETLB, hugetlb.make);
	bench_row("cycle: touch", param, ours.touch, HUGETLB, hugetlb.touch);
	bench_row("cycle: unmap and free", param, ours.drop, HUGETLB, hugetlb.drop);
	bare = bare_zeroing(size);
	again = touch_again(size);
	bench_row("cycle", param, ours.all, "bare zeroing", bare);
	parts(param, ours.all, hugetlb.all, bare, "bare zeroing");
	if (again && hugetlb.touch > again)
		parts(param, ours.all, hugetlb.all, hugetlb.touch - again, "the kernel's zeroing");
}

int main(void)
{
	static const uint64_t sizes[] = { SIZE_2M, 64 * 1024 * 1024, SIZE_1G, 4 * SIZE_1G };
	uint64_t room = bench_meminfo("MemAvailable");

	emu_open();
	/* Its limit is 64 MiB unless root says otherwise. */
	bench_write("/sys/module/udmabuf/parameters/size_limit_mb", 1024);
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (sizes[i] > room / 10 * 8) {
			printf("# cycle, %s: not enough memory, left out\n", bench_size(sizes[i]));
			continue;
		}
		rows(sizes[i]);
	}
	return 0;
}
