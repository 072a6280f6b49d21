// SPDX-License-Identifier: MIT
/*
 * Cycles of memory that the device owns (reserved_mb). What comes back from one
 * is zeroed by a worker; it is held while a cycle is measured and measured by
 * itself, and runs freely where cycles follow one another.
 */
#include <sched.h>

#include "cycle.h"

#define PAUSE		"/sys/kernel/debug/acl_emu/scrub_paused"
#define ROUNDS		4	/* times the memory that the device owns */

static uint64_t owned;		/* bytes of the device */
static uint64_t freed;		/* blocks that came back since the beginning */
static uint64_t cleaned_before;

static uint64_t cleaned_late(void)
{
	return emu_query(ACL_EMU_PARAM_STAT, ACL_EMU_STAT_SCRUBBED_LATE);
}

static uint64_t cleaned(void)
{
	return emu_query(ACL_EMU_PARAM_STAT, ACL_EMU_STAT_SCRUBBED) + cleaned_late() -
	       cleaned_before;
}

/*
 * Looking shall not cost what the worker needs, for which it competes on one
 * processor. Where sessions are groups, it is the weight of the group that counts.
 */
static void give_way(bool on)
{
	struct sched_param param = { 0 };

	BENCH_CHECK(!sched_setscheduler(0, on ? SCHED_IDLE : SCHED_OTHER, &param));
	bench_write("/proc/self/autogroup", on ? 19 : 0);
}

static void wait_until_clean(void)
{
	give_way(true);
	while (cleaned() < freed)
		sched_yield();
	give_way(false);
}

static void pause_worker(bool on)
{
	if (!bench_write(PAUSE, on))
		bench_die("%s", PAUSE);
}

static void waste(uint64_t size)
{
	emu_free(emu_alloc(size, 0));
	freed += size / SIZE_2M;
}

/*
 * Lets the worker clean what size is the last to have left, and a block more:
 * it begins when one is freed. Its share is taken off again.
 */
static uint64_t scrub(uint64_t size)
{
	uint64_t blocks = size / SIZE_2M, took = bench_now();

	pause_worker(false);
	waste(SIZE_2M);
	wait_until_clean();
	took = bench_now() - took;
	return took / (blocks + 1) * blocks;
}

static void run_one(uint64_t size, struct cycle_phases *took)
{
	BENCH_CHECK(cycle_run(&cycle_kinds[CYCLE_OURS], size, took));
	freed += size / SIZE_2M;
}

/* The whole pool is clean before each cycle. */
static struct cycle_phases cycle_of_clean(uint64_t size, uint64_t *scrubbing)
{
	unsigned int reps = cycle_reps(size, &cycle_kinds[CYCLE_OURS]);
	struct cycle_phases took[CYCLE_MAX_REPS];
	uint64_t scrubs[CYCLE_MAX_REPS], late;

	run_one(size, &took[0]);
	scrub(size);
	for (unsigned int i = 0; i < reps; i++) {
		pause_worker(true);
		late = cleaned_late();
		run_one(size, &took[i]);
		BENCH_CHECK(cleaned_late() == late);
		scrubs[i] = scrub(size);
	}
	*scrubbing = bench_median(scrubs, reps);
	return cycle_median(took, reps);
}

/* Nothing is clean: whoever allocates does the worker's work. */
static uint64_t cycle_of_dirty(uint64_t size)
{
	struct cycle_phases took;
	uint64_t late;

	pause_worker(true);
	waste(owned);
	late = cleaned_late();
	run_one(size, &took);
	late = cleaned_late() - late;
	BENCH_CHECK(late == size / SIZE_2M);
	scrub(owned);
	return took.all;
}

/* A cycle among many, the cleaning of what all of them leave included. */
static uint64_t sustained(uint64_t size, unsigned int count)
{
	uint64_t start = bench_now();
	struct cycle_phases took;

	for (unsigned int i = 0; i < count; i++)
		run_one(size, &took);
	wait_until_clean();
	return (bench_now() - start) / count;
}

static uint64_t sustained_hugetlb(uint64_t size, unsigned int count)
{
	struct cycle_phases took;
	uint64_t start;

	if (!peer_hugetlb_pool(size))
		return 0;
	start = bench_now();
	for (unsigned int i = 0; i < count; i++)
		BENCH_CHECK(cycle_run(&cycle_kinds[CYCLE_OF_HUGETLB], size, &took));
	start = bench_now() - start;
	peer_hugetlb_pool(0);
	return start / count;
}

static void rows(uint64_t size)
{
	struct cycle_phases hugetlb = cycle_measure(&cycle_kinds[CYCLE_OF_HUGETLB], size), ours;
	uint64_t bare, scrubbing;
	char param[48];

	snprintf(param, sizeof(param), "%s reserved", bench_size(size));
	ours = cycle_of_clean(size, &scrubbing);
	bare = cycle_bare_zeroing(size);
	freed += size / SIZE_2M;
	wait_until_clean();
	bench_row("cycle", param, ours.all, CYCLE_HUGETLB, hugetlb.all);
	cycle_phase_rows(param, ours, hugetlb);
	bench_row("scrub by the worker", param, scrubbing, "bare zeroing", bare);
	bench_row("cycle and scrub", param, ours.all + scrubbing, CYCLE_HUGETLB, hugetlb.all);
	if (size <= owned / 2)
		bench_row("cycle with nothing clean", param, cycle_of_dirty(size), CYCLE_HUGETLB,
			  hugetlb.all);
}

static void sustained_rows(uint64_t size)
{
	unsigned int count = ROUNDS * owned / size;
	char param[48];

	snprintf(param, sizeof(param), "%u of %s reserved", count, bench_size(size));
	bench_row("sustained cycles", param, sustained(size, count), CYCLE_HUGETLB,
		  sustained_hugetlb(size, count));
}

static void worker_goes_on(void)
{
	bench_write(PAUSE, 0);
}

int main(void)
{
	static const uint64_t sizes[] = { SIZE_2M, 64 * 1024 * 1024, SIZE_1G, 4 * SIZE_1G };
	uint64_t room = bench_meminfo("MemAvailable");

	emu_open();
	owned = emu_query(ACL_EMU_PARAM_RESERVED, 0);
	if (!owned) {
		printf("# device 0 owns no memory (reserved_mb), left out\n");
		return 0;
	}
	if (!bench_write(PAUSE, 0)) {
		printf("# the worker cannot be held (%s), left out\n", PAUSE);
		return 0;
	}
	atexit(worker_goes_on);
	cleaned_before = cleaned();
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		/* The peer needs as much of the machine. */
		if (sizes[i] > owned || sizes[i] > room / 10 * 8) {
			printf("# reserved cycle, %s: not enough memory, left out\n",
			       bench_size(sizes[i]));
			continue;
		}
		rows(sizes[i]);
	}
	if (owned >= 2 * SIZE_1G)
		sustained_rows(SIZE_1G);
	return 0;
}
