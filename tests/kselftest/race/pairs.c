// SPDX-License-Identifier: MIT
/*
 * All pairs of operations, at the same time on the same objects.
 *
 *   ACL_EMU_RACE_ROUNDS   rounds of each pair in each flavour (default: one in one, in
 *                         the debug kernel of a quarter of the pairs)
 *   ACL_EMU_RACE_MINUTES  again and again with other seeds, for so long
 *   ACL_EMU_RACE_SEED     another choice of chance (default 1)
 *   ACL_EMU_RACE_OPS      names of operations: only pairs of these
 */
#include "race.h"

#include <time.h>

static const struct race_op *race_ops[64];
static size_t ops;

FIXTURE(race) {
	int fd;
	struct uapi_before before;
	struct race_me me;
	struct race_me actor[RACE_ACTORS / 2];
	pthread_t thread[RACE_ACTORS / 2];
	pid_t peer, taker;
	int peer_sock, taker_sock;
	uint64_t first;		/* seed given */
	uint64_t seed;
};

static uint64_t setting(const char *name, uint64_t value)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : value;
}

static bool chosen(const struct race_op *op)
{
	const char *names = getenv("ACL_EMU_RACE_OPS");
	size_t len = strlen(op->name);

	if (!names || !*names)
		return true;
	while ((names = strstr(names, op->name))) {
		if (!names[len] || names[len] == ' ')
			return true;
		names += len;
	}
	return false;
}

/* Entries of the three tables, in one list that pairs are taken from. */
static void collect(const struct race_op *op)
{
	while (op->name)
		race_ops[ops++] = op++;
}

FIXTURE_SETUP(race)
{
	collect(race_own);
	collect(race_mm);
	collect(race_far);
	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0) TH_LOG("%s: %s", UAPI_NODE, strerror(errno));
	uapi_state(self->fd, &self->before);
	race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		    -1, 0);
	ASSERT_NE(MAP_FAILED, race);
	race->dmabuf = -1;
	race->owner = getpid();
	self->first = setting("ACL_EMU_RACE_SEED", 1);
	self->seed = self->first * 1000003;
	self->taker = uapi_child(race_be_taker, NULL, &self->taker_sock);
	self->peer = uapi_child(race_be_peer, NULL, &self->peer_sock);
	race->peer = self->peer;
	ASSERT_EQ(1, uapi_recv(self->taker_sock));
	ASSERT_EQ(1, uapi_recv(self->peer_sock));

	race_catch();
	self->me = (struct race_me){ .tag = RACE_OWNER, .fd = -1, .own = RACE_PLACE };
	for (int i = 0; i < RACE_ACTORS / 2; i++) {
		self->actor[i] = (struct race_me){ .number = i, .tag = RACE_OWNER,
			.base = RACE_PLACE, .own = RACE_PLACE + (1 + i) * RACE_MEM };
		ASSERT_EQ(0, pthread_create(&self->thread[i], NULL, race_act, &self->actor[i]));
	}
}

FIXTURE_TEARDOWN_PARENT(race)
{
	struct uapi_before after;
	int fd = uapi_open();

	ASSERT_GE(fd, 0);
	uapi_state(fd, &after);
	close(fd);
	UAPI_EXPECT_STATE(&self->before, &after);
}

/* Lets everybody go home; what they held must be back. */
static void finish(struct __test_metadata *_metadata, FIXTURE_DATA(race) *self)
{
	__atomic_store_n(&race->stop, 1, __ATOMIC_RELEASE);
	__atomic_add_fetch(&race->round, 1, __ATOMIC_RELEASE);
	race_futex_wake(&race->round);
	for (int i = 0; i < RACE_ACTORS; i++)
		race_futex_wake(&race->go[i]);
	EXPECT_EQ(0, uapi_wait(self->peer));
	EXPECT_EQ(0, uapi_wait(self->taker));
	for (int i = 0; i < RACE_ACTORS / 2; i++)
		EXPECT_EQ(0, pthread_join(self->thread[i], NULL));
	race_demolish(&self->me);
	/* Somebody looks at pages that were held from time to time. */
	while (uapi_counter(self->fd, ACL_EMU_STAT_QUARANTINE) !=
	       self->before.counter[ACL_EMU_STAT_QUARANTINE])
		sched_yield();
	TH_LOG("%" PRIu64 " operations, %" PRIu64 " calls denied, %" PRIu64 " looks, %" PRIu64
	       " allocations by the taker", race->done, race->denied, race->looks, race->taken);
	EXPECT_GT(race->looks, 0);
	EXPECT_GT(race->taken, 0);
}

/* One round; false when there is no point in going on. */
static bool run(FIXTURE_DATA(race) *self, uint32_t flavour)
{
	race->flavour = flavour;
	self->me.fd = fcntl(RACE_FD, F_GETFD) < 0 ? -1 : RACE_FD;
	if (!race_whole(&self->me) && race_build(&self->me))
		return false;
	return race_round(&self->me) && !race->faults;
}

static bool run_pair(FIXTURE_DATA(race) *self, uint32_t flavour, size_t i, size_t j)
{
	race_enlist(race_ops[i], self->seed++);
	race_enlist(race_ops[j], self->seed++);
	return run(self, flavour);
}

/* A kernel with all its checks on is ten times as slow; it has a part of the pairs. */
static unsigned int part(void)
{
	return access("/sys/kernel/debug/kcov", F_OK) ? 1 : 4;
}

/* Without a number of rounds each pair has its turn in one flavour only. */
static bool in_turn(FIXTURE_DATA(race) *self, uint32_t flavour, size_t i, size_t j)
{
	return (i + j) % RACE_FLAVOURS == flavour && !((i * ops + j + self->first) % part());
}

static bool run_pairs(FIXTURE_DATA(race) *self, uint32_t flavour, uint64_t rounds)
{
	uint64_t n, times;

	race_demolish(&self->me);
	for (size_t i = 0; i < ops; i++) {
		for (size_t j = i; chosen(race_ops[i]) && j < ops; j++) {
			times = rounds ? rounds : in_turn(self, flavour, i, j);
			for (n = 0; chosen(race_ops[j]) && n < times; n++)
				if (!run_pair(self, flavour, i, j))
					return false;
		}
	}
	return true;
}

static bool time_left(const struct timespec *start, uint64_t minutes)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)(now.tv_sec - start->tv_sec) < minutes * 60;
}

/* An operation that does not end is found by race_round(), and by who runs this. */
TEST_F(race, pairs)
{
	uint64_t minutes = setting("ACL_EMU_RACE_MINUTES", 0);
	struct timespec start;
	uint64_t times = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		if (!run_pairs(self, times % RACE_FLAVOURS, setting("ACL_EMU_RACE_ROUNDS", 0)))
			break;
		times++;
		self->first++;
	} while (times % RACE_FLAVOURS || time_left(&start, minutes));
	ASSERT_EQ(0, race->faults) TH_LOG("%s", race->fault);
	TH_LOG("all pairs of %zu operations %" PRIu64 " times", ops, times / RACE_FLAVOURS);
	finish(_metadata, self);
}

/* Four at a time, chosen by chance. */
TEST_F(race, fours)
{
	uint64_t minutes = setting("ACL_EMU_RACE_MINUTES", 0);
	uint64_t rounds = 150 / part() + 300 * setting("ACL_EMU_RACE_ROUNDS", 0);
	struct race_me chance = { .random = self->seed };
	struct timespec start;
	uint64_t n;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (n = 0; n < rounds || time_left(&start, minutes); n++) {
		if (!(n % 50))
			race_demolish(&self->me);
		while (race->actors < RACE_ACTORS) {
			const struct race_op *op = race_ops[race_random(&chance) % ops];

			if (chosen(op))
				race_enlist(op, self->seed++);
			/* A choice without peers, or with peers alone, fills half. */
			if (race->actors >= 2 && !(race_random(&chance) % 16))
				break;
		}
		if (!run(self, n / 50 % RACE_FLAVOURS))
			break;
	}
	ASSERT_EQ(0, race->faults) TH_LOG("%s", race->fault);
	TH_LOG("%" PRIu64 " rounds", n);
	finish(_metadata, self);
}

TEST_HARNESS_MAIN
