// SPDX-License-Identifier: MIT
/*
 * One map, touch and unmap of 2 MiB while many others live: mappings in one
 * reservation, reservations in one process.
 *
 * The mappings show the same 2 MiB and are not touched. They lie side by side
 * but for a hole after every 64, so that the one that is measured goes between
 * others, wherever they are.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define REPS		100
#define MAPPINGS_MAX	1000000
#define VMAS_MAX	60000
#define GROUP		65

struct field {
	char *room;
	uint64_t handle;
	int fd;
	unsigned long count;
	unsigned long next;	/* picks holes */
};

/* Where mapping i lies; i = GROUP - 1, 2 * GROUP - 1, ... are holes. */
static char *slot(const struct field *f, unsigned long i)
{
	return f->room + i * SIZE_2M;
}

static unsigned long slots(unsigned long count)
{
	return count + count / (GROUP - 1);
}

static bool is_hole(unsigned long i)
{
	return i % GROUP == GROUP - 1;
}

/*
 * One hole after the other, far apart. The same ones come again each REPS calls,
 * so that the second time the page tables that lead there exist, as they do
 * where neighbours are in use.
 */
static char *pick(struct field *f)
{
	unsigned long holes = f->count / (GROUP - 1);

	if (!holes)
		return slot(f, GROUP - 1);
	f->next = (f->next + 1) % REPS;
	return slot(f, f->next * 7919 % holes * GROUP + GROUP - 1);
}

static uint64_t ours(void *arg)
{
	struct field *f = arg;
	char *at = pick(f);
	uint64_t start = bench_now();

	emu_map((uintptr_t)at, SIZE_2M, f->handle);
	bench_touch(at, SIZE_2M, SIZE_2M);
	emu_unmap((uintptr_t)at);
	return bench_now() - start;
}

static uint64_t peer(void *arg)
{
	struct field *f = arg;
	char *at = pick(f);
	uint64_t start = bench_now();

	peer_map(f->fd, SIZE_2M, at, 0);
	bench_touch(at, SIZE_2M, SIZE_2M);
	peer_unmap(at, SIZE_2M);
	return bench_now() - start;
}

static uint64_t measure(uint64_t (*fn)(void *arg), struct field *f)
{
	bench_repeat(REPS - 1, fn, f);
	return bench_repeat(REPS, fn, f);
}

static uint64_t slab(void)
{
	return bench_meminfo("Slab") + bench_meminfo("Percpu");
}

static void grow_ours(struct field *f, unsigned long count)
{
	for (unsigned long i = slots(f->count); i < slots(count); i++)
		if (!is_hole(i))
			emu_map((uintptr_t)slot(f, i), SIZE_2M, f->handle);
	f->count = count;
}

/* All windows of one file, apart in the file so that the kernel joins none. */
static void grow_peer(struct field *f, unsigned long count)
{
	for (unsigned long i = slots(f->count); i < slots(count); i++)
		if (!is_hole(i))
			peer_map(f->fd, SIZE_2M, slot(f, i), i % 2 * SIZE_2M);
	f->count = count;
}

static uint64_t peer_at(struct field *f, unsigned long count)
{
	if (!f->room || count > VMAS_MAX)
		return 0;
	grow_peer(f, count);
	return measure(peer, f);
}

static void start_peer(struct field *f)
{
	bench_write("/proc/sys/vm/max_map_count", 2 * VMAS_MAX + 1000);
	f->fd = peer_memfd(2 * SIZE_2M, PEER_HUGETLB);
	if (f->fd < 0 || !peer_hugetlb_pool(2 * SIZE_2M))
		return;
	f->room = peer_room(2 * slots(VMAS_MAX) * SIZE_2M);
}

static const unsigned long counts[] = { 1, 1000, 10000, 100000, MAPPINGS_MAX };

#define COUNTS	(sizeof(counts) / sizeof(counts[0]))

static void rows(const uint64_t *took, const uint64_t *other)
{
	char param[32];

	for (unsigned int i = 0; i < COUNTS; i++) {
		snprintf(param, sizeof(param), "%lu mappings", counts[i]);
		bench_row("map touch unmap", param, took[i], "memfd hugetlb 2M", other[i]);
		bench_row("map touch unmap", param, took[i], "ours with 1", took[0]);
		bench_row("map touch unmap", param, took[i], "ours with 10000", took[2]);
	}
}

static uint64_t reset(void)
{
	uint64_t start = bench_now();

	emu_reset();
	return bench_now() - start;
}

int main(void)
{
	uint64_t took[COUNTS], other[COUNTS], before = 0, room;
	struct field f = { 0 }, p = { 0 };

	emu_open();
	room = emu_reserve(2 * slots(MAPPINGS_MAX) * SIZE_2M);
	f.room = emu_ptr(room);
	f.handle = emu_alloc(SIZE_2M, 0);
	start_peer(&p);
	for (unsigned int i = 0; i < COUNTS; i++) {
		before = slab();
		grow_ours(&f, counts[i]);
		before = slab() - before;
		took[i] = measure(ours, &f);
		other[i] = peer_at(&p, counts[i]);
	}
	rows(took, other);
	bench_row_unit("memory of a mapping", "1000000 mappings",
		       (double)before / (counts[COUNTS - 1] - counts[COUNTS - 2]), "bar", 256, "B");
	bench_row("device reset: a mapping", "1000000 mappings", reset() / MAPPINGS_MAX,
		  "nothing", 0);
	emu_release(room);
	return 0;
}
