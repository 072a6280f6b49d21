// SPDX-License-Identifier: MIT
/*
 * Existing memory is unmapped and mapped again, at the same and at another
 * address, and touched once each 2 MiB: sleep and wake, expandable segments.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

struct remap {
	uint64_t size;
	uint64_t handle;
	int fd;
	char *room;		/* two places */
	bool move;
	unsigned int place;
};

static void next_place(struct remap *r)
{
	if (r->move)
		r->place = !r->place;
}

static uint64_t ours(void *arg)
{
	struct remap *r = arg;
	uint64_t start = bench_now();
	char *to;

	emu_unmap((uintptr_t)(r->room + r->place * r->size));
	next_place(r);
	to = r->room + r->place * r->size;
	emu_map((uintptr_t)to, r->size, r->handle);
	bench_touch(to, r->size, SIZE_2M);
	return bench_now() - start;
}

static uint64_t peer(void *arg)
{
	struct remap *r = arg;
	uint64_t start = bench_now();
	char *to;

	peer_unmap(r->room + r->place * r->size, r->size);
	next_place(r);
	to = peer_map(r->fd, r->size, r->room + r->place * r->size, 0);
	bench_touch(to, r->size, SIZE_2M);
	return bench_now() - start;
}

static uint64_t measure_ours(uint64_t size, bool move)
{
	struct remap r = { .size = size, .move = move };
	uint64_t room = emu_reserve(2 * size), took;

	r.room = emu_ptr(room);
	r.handle = emu_alloc(size, 0);
	emu_map(room, size, r.handle);
	bench_touch(r.room, size, SIZE_2M);
	took = bench_repeat(15, ours, &r);
	emu_unmap(room + r.place * size);
	emu_free(r.handle);
	emu_release(room);
	return took;
}

static uint64_t measure_peer(uint64_t size, bool move, unsigned int flags)
{
	struct remap r = { .size = size, .move = move };
	uint64_t took;

	if (flags & MFD_HUGETLB && !peer_hugetlb_pool(size))
		return 0;
	r.fd = peer_memfd(size, flags);
	if (r.fd < 0)
		return 0;
	r.room = peer_room(2 * size);
	peer_map(r.fd, size, r.room, 0);
	/* All of it is there before the first round. */
	bench_touch(r.room, size, flags & MFD_HUGETLB ? SIZE_2M : SIZE_4K);
	took = bench_repeat(15, peer, &r);
	peer_unmap(r.room, 2 * size);
	close(r.fd);
	if (flags & MFD_HUGETLB)
		peer_hugetlb_pool(0);
	return took;
}

static void rows(uint64_t size, bool move)
{
	const char *row = move ? "remap elsewhere" : "remap in place";
	const char *param = bench_size(size);
	uint64_t took = measure_ours(size, move);
	uint64_t huge = measure_peer(size, move, PEER_HUGETLB);

	bench_row(row, param, took, "memfd hugetlb 2M", huge);
	bench_row(row, param, took, "memfd 4K", measure_peer(size, move, 0));
	if (size > SIZE_2M)
		bench_row(row, "each 2 MiB of it", took / (size / SIZE_2M), "memfd hugetlb 2M",
			  huge / (size / SIZE_2M));
}

int main(void)
{
	emu_open();
	for (int move = 0; move <= 1; move++) {
		rows(SIZE_2M, move);
		rows(SIZE_1G, move);
	}
	return 0;
}
