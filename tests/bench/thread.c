// SPDX-License-Identifier: MIT
/*
 * Threads in parts of their own of one reservation. One row maps and touches,
 * the other also unmaps, which makes the kernel interrupt the processors of the
 * other threads (the TLB), whoever made the mapping. The number is operations of
 * all threads a second, its peer that of one thread.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define THREADS_MAX	4
#define ROUNDS		2000	/* of 2 MiB each, in places of their own */
#define PART		(4 * SIZE_1G)
#define REPS		7

struct worker {
	pthread_t thread;
	char *part;
	uint64_t handle;
	int fd;			/* of the peer; < 0 for ours */
	bool unmaps;
};

static pthread_barrier_t barrier;

static char *place(const struct worker *w, unsigned int i)
{
	return w->part + i * SIZE_2M;
}

static void put(const struct worker *w, char *at)
{
	if (w->fd >= 0)
		peer_map(w->fd, SIZE_2M, at, 0);
	else
		emu_map((uintptr_t)at, SIZE_2M, w->handle);
	bench_touch(at, SIZE_2M, SIZE_2M);
}

static void take(const struct worker *w, char *at)
{
	if (w->fd >= 0)
		peer_unmap(at, SIZE_2M);
	else
		emu_unmap((uintptr_t)at);
}

static void *work(void *arg)
{
	struct worker *w = arg;

	pthread_barrier_wait(&barrier);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		put(w, place(w, i));
		if (w->unmaps)
			take(w, place(w, i));
	}
	pthread_barrier_wait(&barrier);
	return NULL;
}

/* What the threads of one round left behind. */
static void clear(const struct worker *w)
{
	for (unsigned int i = 0; i < ROUNDS && !w->unmaps; i++)
		take(w, place(w, i));
}

static uint64_t round_of(struct worker *workers, unsigned int count)
{
	uint64_t start;

	pthread_barrier_init(&barrier, NULL, count + 1);
	for (unsigned int i = 0; i < count; i++)
		BENCH_CHECK(!pthread_create(&workers[i].thread, NULL, work, &workers[i]));
	pthread_barrier_wait(&barrier);
	start = bench_now();
	pthread_barrier_wait(&barrier);
	start = bench_now() - start;
	for (unsigned int i = 0; i < count; i++)
		pthread_join(workers[i].thread, NULL);
	for (unsigned int i = 0; i < count; i++)
		clear(&workers[i]);
	pthread_barrier_destroy(&barrier);
	return start;
}

/* Operations a second: medians of rounds that take turns with one thread's. */
static void rows(struct worker *workers, const char *row, bool unmaps)
{
	static const unsigned int counts[] = { 1, 2, 4 };
	uint64_t took[3][REPS];
	double alone, all;
	char param[32];

	for (unsigned int i = 0; i < THREADS_MAX; i++)
		workers[i].unmaps = unmaps;
	for (unsigned int rep = 0; rep < REPS; rep++)
		for (unsigned int i = 0; i < 3; i++)
			took[i][rep] = round_of(workers, counts[i]);
	alone = ROUNDS * 1e9 / bench_median(took[0], REPS);
	for (unsigned int i = 0; i < 3; i++) {
		all = counts[i] * ROUNDS * 1e9 / bench_median(took[i], REPS);
		snprintf(param, sizeof(param), "%u thread%s", counts[i], i ? "s" : "");
		bench_row_unit(row, param, all, "1 thread", alone, "per s");
	}
}

int main(void)
{
	struct worker workers[THREADS_MAX];
	uint64_t room;
	char *other;

	emu_open();
	room = emu_reserve(THREADS_MAX * PART);
	other = peer_room(THREADS_MAX * PART);
	for (unsigned int i = 0; i < THREADS_MAX; i++)
		workers[i] = (struct worker){ .part = (char *)emu_ptr(room) + i * PART,
			.handle = emu_alloc(SIZE_2M, 0), .fd = -1 };
	rows(workers, "threads: map touch", false);
	rows(workers, "threads: map touch unmap", true);
	if (!peer_hugetlb_pool(THREADS_MAX * SIZE_2M))
		return 0;
	for (unsigned int i = 0; i < THREADS_MAX; i++) {
		workers[i].fd = peer_memfd(SIZE_2M, PEER_HUGETLB);
		workers[i].part = other + i * PART;
		BENCH_CHECK(workers[i].fd >= 0);
	}
	rows(workers, "hugetlb: map touch", false);
	rows(workers, "hugetlb: map touch unmap", true);
	return 0;
}
