// SPDX-License-Identifier: MIT
/*
 * A segment grows step by step, each step new memory behind the last and
 * touched once each 2 MiB, and shrinks from its end. The first steps must cost
 * what the last ones do.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define STEPS_MAX	4096
#define EDGE		16	/* steps that count as the first and the last */

struct segment {
	char *room;
	uint64_t step;
	unsigned int steps;
	uint64_t handles[STEPS_MAX];
	int fd;
	uint64_t up[STEPS_MAX];
	uint64_t down[STEPS_MAX];
};

static void ours_grow(struct segment *s, unsigned int i)
{
	char *to = s->room + i * s->step;

	s->handles[i] = emu_alloc(s->step, 0);
	emu_map((uintptr_t)to, s->step, s->handles[i]);
}

static void ours_shrink(struct segment *s, unsigned int i)
{
	emu_unmap((uintptr_t)(s->room + i * s->step));
	emu_free(s->handles[i]);
}

static void hugetlb_grow(struct segment *s, unsigned int i)
{
	BENCH_CHECK(!ftruncate(s->fd, (i + 1) * s->step));
	peer_map(s->fd, s->step, s->room + i * s->step, i * s->step);
}

static void hugetlb_shrink(struct segment *s, unsigned int i)
{
	peer_unmap(s->room + i * s->step, s->step);
	BENCH_CHECK(!ftruncate(s->fd, i * s->step));
}

static void thp_grow(struct segment *s, unsigned int i)
{
	BENCH_CHECK(!mprotect(s->room + i * s->step, s->step, PROT_READ | PROT_WRITE));
}

static void thp_shrink(struct segment *s, unsigned int i)
{
	char *at = s->room + i * s->step;

	BENCH_CHECK(!madvise(at, s->step, MADV_DONTNEED) && !mprotect(at, s->step, PROT_NONE));
}

static void run(struct segment *s, void (*grow)(struct segment *s, unsigned int i),
		void (*shrink)(struct segment *s, unsigned int i))
{
	uint64_t start;

	for (unsigned int i = 0; i < s->steps; i++) {
		start = bench_now();
		grow(s, i);
		bench_touch(s->room + i * s->step, s->step, SIZE_2M);
		s->up[i] = bench_now() - start;
	}
	for (unsigned int i = s->steps; i-- > 0;) {
		start = bench_now();
		shrink(s, i);
		s->down[s->steps - 1 - i] = bench_now() - start;
	}
}

struct edges {
	uint64_t first;
	uint64_t last;
};

static struct edges edges(uint64_t *took, unsigned int steps)
{
	return (struct edges){ bench_median(took + 1, EDGE),
			       bench_median(took + steps - EDGE, EDGE) };
}

static struct segment ours, peer;

static void compare(const char *name, const char *param)
{
	struct edges a = edges(ours.up, ours.steps), b = { 0, 0 };
	struct edges c = edges(ours.down, ours.steps), d = { 0, 0 };

	if (peer.steps) {
		b = edges(peer.up, peer.steps);
		d = edges(peer.down, peer.steps);
	}
	bench_row("grow: first steps", param, a.first, name, b.first);
	bench_row("grow: last steps", param, a.last, name, b.last);
	bench_row("shrink: first steps", param, c.first, name, d.first);
	bench_row("shrink: last steps", param, c.last, name, d.last);
}

static void run_ours(uint64_t step, unsigned int steps)
{
	uint64_t room = emu_reserve(8 * SIZE_1G);

	ours = (struct segment){ .room = emu_ptr(room), .step = step, .steps = steps };
	run(&ours, ours_grow, ours_shrink);
	emu_release(room);
}

static void run_hugetlb(uint64_t step, unsigned int steps)
{
	peer = (struct segment){ .step = step, .steps = steps };
	peer.fd = peer_memfd(0, PEER_HUGETLB);
	if (peer.fd < 0 || !peer_hugetlb_pool(step * steps)) {
		peer.steps = 0;
		return;
	}
	peer.room = peer_room(8 * SIZE_1G);
	run(&peer, hugetlb_grow, hugetlb_shrink);
	close(peer.fd);
	peer_unmap(peer.room, 8 * SIZE_1G);
	peer_hugetlb_pool(0);
}

static void run_thp(uint64_t step, unsigned int steps)
{
	peer = (struct segment){ .step = step, .steps = steps };
	peer.room = peer_room(8 * SIZE_1G);
	BENCH_CHECK(!madvise(peer.room, 8 * SIZE_1G, MADV_HUGEPAGE));
	run(&peer, thp_grow, thp_shrink);
	peer_unmap(peer.room, 8 * SIZE_1G);
}

static void rows(uint64_t step, uint64_t total)
{
	unsigned int steps = total / step;
	char param[64];

	if (steps <= 2 * EDGE || steps > STEPS_MAX) {
		printf("# grow by %s: not enough memory, left out\n", bench_size(step));
		return;
	}
	snprintf(param, sizeof(param), "%s to %s", bench_size(step), bench_size(step * steps));
	run_ours(step, steps);
	run_hugetlb(step, steps);
	compare("memfd hugetlb 2M", param);
	run_thp(step, steps);
	compare("anon THP", param);
}

int main(void)
{
	uint64_t total = bench_meminfo("MemAvailable") / 2 / SIZE_1G * SIZE_1G;

	if (total > 8 * SIZE_1G)
		total = 8 * SIZE_1G;
	emu_open();
	rows(SIZE_2M, total);
	rows(10 * SIZE_2M, total);
	return 0;
}
