// SPDX-License-Identifier: MIT
/*
 * Random sequences of calls, run on the library and on a model of its contract
 * (see model/model.h): any difference in codes, results, contents, rights or
 * counters is shrunk to a short sequence and printed.
 *
 *   acl_model [--seed N] [--count N] [--minutes N]
 *
 * Without arguments it is a test of the suite: fixed seeds, and a look at whether
 * differences are found at all, with rules that the model is told to forget. With
 * arguments it runs sequences from one seed on until one differs. The sequence of
 * a seed is always the same: --seed N --count 1 repeats one.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kselftest.h"
#include "model.h"
#include "module.h"

#define SUITE_SEED	1
#define SUITE_COUNT	500
#define FORGET_COUNT	1000	/* within which each forgotten rule must show */
#define SHORT		10	/* calls of a sequence that was shrunk */

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Shrinks and prints what differs, in a run that began with seed @first. */
static void tell(struct world *w, uint64_t first)
{
	uint64_t seed = w->seed;
	int calls = w->calls;

	printf("# seed %" PRIu64 ", call %d: %s\n", seed, calls, w->why);
	if (judge_stopped())
		printf("# not shrunk; the calls until then:\n");
	else if (!judge_shrink(w))
		printf("# it does not repeat in processes of its own, but with --seed %" PRIu64
		       " --count %" PRIu64 "; all calls:\n", first, seed - first + 1);
	else
		printf("# shrunk from %d calls to %d:\n", calls, w->calls);
	judge_print(w);
	fflush(stdout);
}

static bool run(struct world *w, uint64_t seed, uint64_t count, int64_t until)
{
	bool same;

	w->seed = seed;
	w->left = count;
	w->until = until;
	w->replay = false;
	w->sequences = 0;
	memset(w->made, 0, sizeof(w->made));
	memset(w->wrong, 0, sizeof(w->wrong));
	same = judge_run(w);
	if (!same)
		tell(w, seed);
	return same;
}

static uint64_t sum(const uint64_t *n)
{
	uint64_t all = 0;
	int i;

	for (i = 0; i < OPS; i++)
		all += n[i];
	return all;
}

static void tell_sum(const struct world *w)
{
	printf("# %" PRIu64 " sequences of %" PRIu64 " calls, %" PRIu64 " of which had to fail\n",
	       w->sequences, sum(w->made), sum(w->wrong));
}

/* Would be a test of little if calls only failed, or never did. */
static bool proportion(const struct world *w)
{
	uint64_t all = sum(w->made), wrong = sum(w->wrong);
	bool good = all > 10 * w->sequences && wrong * 8 > all && wrong * 2 < all;
	int i;

	for (i = 0; i < OPS; i++) {
		printf("# %8" PRIu64 " %8" PRIu64 " %s\n", w->made[i] - w->wrong[i], w->wrong[i],
		       ops[i].name);
		good &= w->made[i] > w->wrong[i] && (w->wrong[i] || i == RESTART);
	}
	return good;
}

/* ---- as a test ---- */

static void test_seeds(struct world *w)
{
	bool same = run(w, SUITE_SEED, SUITE_COUNT, 0);

	tell_sum(w);
	ksft_test_result(same && w->sequences == SUITE_COUNT,
			 "library and model agree in %d sequences\n", SUITE_COUNT);
	/* Else the sequences would test nothing. */
	ksft_test_result(proportion(w),
			 "sequences are long, and calls succeed and fail in proportion\n");
}

static void test_forget(struct world *w, enum forget forget, const char *rule)
{
	bool same;

	w->forget = forget;
	same = run(w, SUITE_SEED, FORGET_COUNT, 0);
	w->forget = FORGET_NOTHING;
	ksft_test_result(!same && w->calls <= SHORT, "a model without %s is found out\n", rule);
}

static int suite(struct world *w)
{
	static const char *const rule[FORGETS] = {
		[FORGET_TIE] = "the tie of reservations to devices",
		[FORGET_LIST] = "the list of a share",
		[FORGET_BYTES] = "some bytes of copies",
		[FORGET_SHARE_LIFE] = "imports that keep a key",
	};
	int i;

	ksft_print_header();
	if (!run_fit(w))
		ksft_exit_skip("%s\n", w->why);
	ksft_set_plan(1 + FORGETS);
	test_seeds(w);
	for (i = 1; i < FORGETS; i++)
		test_forget(w, (enum forget)i, rule[i]);
	ksft_finished();
}

/* ---- as a program ---- */

static uint64_t random_seed(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ((uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000) << 20;
}

static int usage(void)
{
	fprintf(stderr, "usage: acl_model [--seed N] [--count N] [--minutes N]\n");
	return 2;
}

static int program(struct world *w, int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' }, { "count", required_argument, NULL, 'c' },
		{ "minutes", required_argument, NULL, 'm' }, { 0 }
	};
	uint64_t seed = random_seed(), count = UINT64_MAX;
	int64_t until = 0;
	char *end = "";
	bool same;
	int c;

	while (!*end && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		uint64_t value = c == '?' ? 0 : strtoull(optarg, &end, 0);

		if (c == '?')
			return usage();
		if (c == 's')
			seed = value;
		else if (c == 'c')
			count = value;
		else
			until = now() + (int64_t)value * 60;
	}
	if (*end || optind != argc)
		return usage();
	if (!run_fit(w)) {
		fprintf(stderr, "acl_model: %s\n", w->why);
		return 2;
	}
	printf("# seed %" PRIu64 "\n", seed);
	fflush(stdout);
	same = run(w, seed, count, until);
	tell_sum(w);
	proportion(w);
	printf("%s\n", same ? "library and model agree" : "library and model differ");
	return !same;
}

int main(int argc, char **argv)
{
	struct world *w = judge_world();

	if (module_file())
		module_replace("devices=2 capacity_mb=16 host_mb=16");
	if (!w) {
		perror("mmap");
		return 1;
	}
	return argc > 1 ? program(w, argc, argv) : suite(w);
}
