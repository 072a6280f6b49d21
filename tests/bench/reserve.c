// SPDX-License-Identifier: MIT
/*
 * Reserve and release addresses, few and many.
 */
#include <sys/mman.h>

#include "bench.h"

#define RESERVATIONS_MAX	60000

static uint64_t ours(void *arg)
{
	uint64_t size = *(uint64_t *)arg, start = bench_now();

	emu_release(emu_reserve(size));
	return bench_now() - start;
}

static uint64_t peer(void *arg)
{
	uint64_t size = *(uint64_t *)arg, start = bench_now();
	void *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	BENCH_CHECK(at != MAP_FAILED);
	peer_unmap(at, size);
	return bench_now() - start;
}

struct touched {
	uint64_t handle;
};

/* With many reservations around: a new one, used once. */
static uint64_t ours_used(void *arg)
{
	struct touched *t = arg;
	uint64_t start = bench_now(), addr = emu_reserve(SIZE_2M);

	emu_map(addr, SIZE_2M, t->handle);
	bench_touch(emu_ptr(addr), SIZE_2M, SIZE_2M);
	emu_unmap(addr);
	emu_release(addr);
	return bench_now() - start;
}

static void sizes(void)
{
	uint64_t list[] = { SIZE_2M, SIZE_1G, 64 * SIZE_1G, 1024 * SIZE_1G, 8192 * SIZE_1G };

	for (unsigned int i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		bench_row("reserve release", bench_size(list[i]), bench_repeat(50, ours, &list[i]),
			  "mmap PROT_NONE", bench_repeat(50, peer, &list[i]));
}

static void many(void)
{
	static const unsigned int counts[] = { 1, 1000, 10000, RESERVATIONS_MAX };
	static uint64_t addr[RESERVATIONS_MAX];
	struct touched t = { emu_alloc(SIZE_2M, 0) };
	uint64_t size = SIZE_2M, bare, used, first_bare = 0, first_used = 0;
	unsigned int live = 0;
	char param[32];

	for (unsigned int i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		for (; live < counts[i]; live++)
			addr[live] = emu_reserve(SIZE_2M);
		bare = bench_repeat(50, ours, &size);
		used = bench_repeat(50, ours_used, &t);
		first_bare = i ? first_bare : bare;
		first_used = i ? first_used : used;
		snprintf(param, sizeof(param), "%u live", counts[i]);
		bench_row("reserve release", param, bare, "mmap PROT_NONE",
			  bench_repeat(50, peer, &size));
		bench_row("reserve release", param, bare, "ours with 1", first_bare);
		bench_row("reserve map touch and back", param, used, "ours with 1", first_used);
	}
	while (live)
		emu_release(addr[--live]);
	emu_free(t.handle);
}

int main(void)
{
	bench_write("/proc/sys/vm/max_map_count", 65530);
	emu_open();
	sizes();
	many();
	return 0;
}
