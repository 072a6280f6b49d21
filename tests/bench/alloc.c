// SPDX-License-Identifier: MIT
/*
 * Cycles of memory that is taken when it is asked for, beside other sorts.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "cycle.h"

/*
 * The touch of hugetlb pages that are there already: with this the first touch
 * tells what the kernel itself takes to zero pages.
 */
static uint64_t touch_again(uint64_t size)
{
	uint64_t took;
	void *addr;
	int fd;

	if (!peer_hugetlb_pool(size))
		return 0;
	fd = peer_memfd(size, PEER_HUGETLB);
	if (fd < 0)
		return 0;
	addr = peer_map(fd, size, NULL, 0);
	bench_touch(addr, size, SIZE_2M);
	peer_unmap(addr, size);
	addr = peer_map(fd, size, NULL, 0);
	took = bench_now();
	bench_touch(addr, size, SIZE_4K);
	took = bench_now() - took;
	peer_unmap(addr, size);
	close(fd);
	peer_hugetlb_pool(0);
	return took;
}

/* What the cycle costs beside zeroing, ours and that of hugetlb. */
static void parts(const char *param, uint64_t ours, uint64_t hugetlb, uint64_t zeroing,
		  const char *how)
{
	char row[64];

	snprintf(row, sizeof(row), "cycle less %s", how);
	bench_row(row, param, ours > zeroing ? ours - zeroing : 0, CYCLE_HUGETLB,
		  hugetlb > zeroing ? hugetlb - zeroing : 0);
}

static void rows(uint64_t size)
{
	const char *param = bench_size(size);
	struct cycle_phases ours = cycle_measure(&cycle_kinds[CYCLE_OURS], size);
	struct cycle_phases peer, hugetlb = { 0 };
	uint64_t again, bare;

	for (unsigned int i = CYCLE_OURS + 1; i < CYCLE_KINDS; i++) {
		if (size > cycle_kinds[i].largest)
			continue;
		peer = cycle_measure(&cycle_kinds[i], size);
		bench_row("cycle", param, ours.all, cycle_kinds[i].name, peer.all);
		if (i == CYCLE_OF_HUGETLB)
			hugetlb = peer;
	}
	cycle_phase_rows(param, ours, hugetlb);
	bare = cycle_bare_zeroing(size);
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
