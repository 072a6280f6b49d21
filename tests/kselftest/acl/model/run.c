// SPDX-License-Identifier: MIT
/*
 * Process A: makes the calls of a sequence, and compares after each.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "model.h"

/* ---- comparing ---- */

/* How many of one kind live and meet a condition; the condition speaks of number i. */
#define SUM(kind, condition)							\
({										\
	uint64_t n_ = 0;							\
										\
	for (int i = 0; i < m->kind##s; i++)					\
		n_ += m->kind[i].live && (condition);				\
	n_;									\
})

static uint64_t count_live(const struct world *w, int which)
{
	const struct model *m = &w->model;
	uint64_t n;

	switch (which) {
	case ACL_EMU_STAT_CLIENTS:
		return PROCS;
	case ACL_EMU_STAT_HANDLES:
		return SUM(handle, true);
	case ACL_EMU_STAT_PHYS:
		return SUM(phys, !m->phys[i].plain);
	case ACL_EMU_STAT_MAPPINGS:
		return SUM(map, true);
	case ACL_EMU_STAT_SHARES:
		return SUM(share, true);
	case ACL_EMU_STAT_RANGES:
		n = SUM(range, true) + SUM(import, m->import[i].map != NONE);
		for (int i = 0; i < PROCS; i++)
			for (int j = 0; j < HEAPS; j++)
				n += !!m->proc[i].arena[j];
		return n;
	default:
		return 0;
	}
}

static void compare_module(struct world *w, const char *when)
{
	static const char *const name[] = {
		[ACL_EMU_STAT_CLIENTS] = "contexts", [ACL_EMU_STAT_HANDLES] = "handles",
		[ACL_EMU_STAT_PHYS] = "allocations", [ACL_EMU_STAT_RANGES] = "reservations",
		[ACL_EMU_STAT_MAPPINGS] = "mappings", [ACL_EMU_STAT_SHARES] = "keys",
		[ACL_EMU_STAT_DMABUFS] = "dma-bufs",
		[ACL_EMU_STAT_QUARANTINE] = "bytes in quarantine" };
	uint64_t seen, wanted;
	int i;

	for (i = 0; i <= ACL_EMU_STAT_QUARANTINE; i++) {
		/* What never changes is looked at once a sequence. */
		if (!*when && (i == ACL_EMU_STAT_CLIENTS || i > ACL_EMU_STAT_SHARES))
			continue;
		seen = actor_stat(i);
		wanted = w->base[i] + count_live(w, i);
		if (seen != wanted)
			differ(w, "%sthe module has %" PRIu64 " %s, not %" PRIu64, when, seen,
			       name[i], wanted);
	}
	for (i = 0; i < HEAPS; i++) {
		seen = actor_memory(i).used;
		wanted = model_used(w, i);
		if (seen != wanted)
			differ(w, "%s0x%" PRIx64 " bytes are used on %s %d, not 0x%" PRIx64, when,
			       seen, i == HEAP_HOST ? "host" : "device",
			       i == HEAP_HOST ? 0 : i, wanted);
	}
}

static void look(struct world *w, int map, uint64_t page)
{
	w->at = map;
	w->page = page;
	actor_order(w, w->model.map[map].proc, ORDER_LOOK);
}

static void look_at_all(struct world *w)
{
	int i;

	for (i = 0; i < w->model.maps && !w->why[0]; i++)
		if (w->model.map[i].live)
			look(w, i, ~0ul);
	w->at = NONE;
	for (i = 0; i < PROCS && !w->why[0]; i++)
		actor_order(w, i, ORDER_LOOK);
}

/* One page of one mapping; which, depends on the number of the call alone. */
static void look_at_one(struct world *w)
{
	uint64_t dice = (w->seed + (uint64_t)w->calls) * 0x9e3779b97f4a7c15ul;
	struct map *map;
	int i, at;

	for (i = 0; i < w->model.maps; i++) {
		at = (int)((dice >> 40) + (uint64_t)i) % w->model.maps;
		map = &w->model.map[at];
		if (!map->live || (map->proc && dice >> 62))
			continue;
		look(w, at, (dice >> 20) % (map->size / PAGE));
		return;
	}
}

/* ---- one call ---- */

static aclError judge_call(struct world *w, const struct call *call, const struct job *job)
{
	const rule_fn *table[] = { rules, rules_share, rules_memory };
	size_t i;

	for (i = 0; i < 3; i++)
		if (table[i][call->op])
			return table[i][call->op](w, call->who, job);
	return ACL_SUCCESS;
}

static bool untouched(const struct job *job)
{
	static const struct key no_key;
	const uint8_t *byte = (const uint8_t *)&job->out_key;
	size_t i;

	for (i = 0; i < 5; i++)
		if (job->out[i] != UNTOUCHED)
			return false;
	for (i = 0; i < sizeof(no_key); i++)
		if (byte[i] != 0xa5)
			return false;
	for (i = 0; i < sizeof(job->out_name); i++)
		if ((uint8_t)job->out_name.text[i] != 0xa5)
			return false;
	return true;
}

static void make_call(struct world *w, struct call *call)
{
	struct job *job = &w->job;
	aclError wanted;

	call_resolve(w, call, job);
	call->skipped = !memory_allowed(w, call->who, job);
	if (call->skipped)
		return;
	if (call->op == RESTART) {
		model_proc_gone(w, 1);
		model_sweep(w);
		actor_restart(w);
		actor_order(w, 1, ORDER_BEGIN);
		w->made[RESTART]++;
		return;
	}
	actor_order(w, call->who, ORDER_CALL);
	call->code = job->code;
	call->done = true;
	wanted = judge_call(w, call, job);
	if (job->code != wanted)
		differ(w, "the call gives %d, not %d", job->code, wanted);
	if (job->code && !untouched(job))
		differ(w, "the call fails, and has written its result");
	w->made[call->op]++;
	w->wrong[call->op] += job->code != ACL_SUCCESS;
	if (!job->code)
		call_store(w, call, job);
	model_sweep(w);
}

static void after_call(struct world *w)
{
	if (w->why[0])
		return;
	compare_module(w, "");
	if (w->why[0])
		return;
	if (w->look)
		look_at_all(w);
	else
		look_at_one(w);
}

/* ---- a sequence ---- */

static void sequence_end(struct world *w)
{
	int i;

	if (!w->why[0] && !w->pool_full)
		look_at_all(w);
	for (i = 0; i < PROCS && !w->why[0]; i++)
		actor_order(w, i, ORDER_CLEAN);
	if (w->why[0])
		return;
	model_begin(w);
	compare_module(w, "after the sequence ");
	w->sequences++;
}

static void sequence_begin(struct world *w)
{
	int i;

	model_begin(w);
	for (i = 0; i < PROCS && !w->why[0]; i++)
		actor_order(w, i, ORDER_BEGIN);
}

static void run_random(struct world *w)
{
	struct call *call;

	w->calls = 0;
	sequence_begin(w);
	choose_begin(w);
	while (w->calls < MAX_CALLS && !w->why[0] && !w->pool_full) {
		call = &w->call[w->calls];
		*call = (struct call){ 0 };
		choose_call(w, call);
		if (call->op == OPS)
			break;
		w->calls++;
		make_call(w, call);
		after_call(w);
	}
	sequence_end(w);
}

static void run_given(struct world *w)
{
	int i;

	for (i = 0; i < w->calls; i++) {
		w->call[i].skipped = false;
		w->call[i].done = false;
	}
	sequence_begin(w);
	for (i = 0; i < w->calls && !w->why[0]; i++) {
		make_call(w, &w->call[i]);
		after_call(w);
	}
	/* What comes after the difference has no part in it. */
	w->calls = i;
	sequence_end(w);
}

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void measure(struct world *w)
{
	int i;

	for (i = 0; i <= ACL_EMU_STAT_QUARANTINE; i++)
		w->base[i] = actor_stat(i);
	for (i = 0; i < HEAPS; i++) {
		struct acl_emu_device_info info = actor_memory(i);

		w->base_used[i] = info.used;
		w->capacity[i] = info.capacity;
		if (info.used == UNTOUCHED || info.capacity > LARGEST)
			differ(w, "the module must be loaded with devices=%d capacity_mb=%lu "
			       "host_mb=%lu",
			       DEVICES, LARGEST / MIB, LARGEST / MIB);
	}
}

/* A and B take turns: on two processors they would wake each other up all the time. */
static void stay_here(void)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Is the module there, and as the model has it? */
bool run_fit(struct world *w)
{
	w->why[0] = 0;
	actor_open(w);
	if (!w->why[0])
		measure(w);
	return !w->why[0];
}

/* Ends with the process; what there is to tell is in the shared memory. */
void run_worker(struct world *w)
{
	stay_here();
	actor_open(w);
	measure(w);
	model_begin(w);
	w->model.proc[0].life = 1;
	if (!w->why[0])
		actor_restart(w);
	if (!w->why[0])
		actor_order(w, 0, ORDER_HELLO);
	if (w->replay && !w->why[0])
		run_given(w);
	for (; !w->replay && w->left && !w->why[0]; w->left--) {
		run_random(w);
		if (!w->why[0])
			w->seed++;
		if (w->until && now() >= w->until)
			break;
	}
	if (!w->why[0])
		actor_close(w);
	_exit(0);
}
