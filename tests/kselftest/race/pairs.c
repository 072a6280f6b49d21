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
#include "race_far.h"

/* What is done each round in one of the flavours; the pairs go through all. */
static const struct race_op race_ops[] = {
	{ "map", race_map, 0 },
	{ "map_now", race_map_now, 0 },
	{ "alias", race_alias, 0 },
	{ "unmap", race_unmap, 0 },
	{ "read", race_read, 0 },
	{ "write", race_write, 0 },
	{ "rights", race_rights, 0 },
	{ "grant", race_grant, 0 },
	{ "queries", race_queries, 0 },
	{ "enum", race_enum, 0 },
	{ "retain", race_retain, 0 },
	{ "free", race_free, 0 },
	{ "swap", race_swap, 0 },
	{ "export", race_export, 0 },
	{ "allow", race_allow, 0 },
	{ "share_close", race_share_close, 0 },
	{ "export_fd", race_export_fd, 0 },
	{ "mmap_fd", race_mmap_fd, 0 },
	{ "import_fd", race_import_fd, 0 },
	{ "import_own", race_import_own, 0 },
	{ "copy_in", race_copy_in, 0 },
	{ "copy_out", race_copy_out, 0 },
	{ "copy", race_copy, 0 },
	{ "fill", race_fill, 0 },
	{ "reserve", race_reserve, 0 },
	{ "release", race_release, 0 },
	{ "reset", race_reset, 0 },
	{ "reset_other", race_reset_other, 0 },
	{ "signal", race_signal, 0 },
	{ "wait", race_wait, 0 },
	{ "sync", race_sync, 0 },
	{ "close", race_close, RACE_CLOSES },
	{ "close_all", race_close_all, RACE_CLOSES },

	{ "munmap", race_munmap, 0 },
	{ "mmap_over", race_mmap_over, RACE_COVERS },
	{ "munmap_part", race_munmap_part, 0 },
	{ "mremap", race_mremap, 0 },
	{ "mprotect", race_mprotect, 0 },
	{ "madvise", race_madvise, 0 },
	{ "lock", race_lock, 0 },
	{ "mlock_onfault", race_mlock_onfault, 0 },
	{ "userfaultfd", race_userfaultfd, 0 },
	{ "pin_pipe", race_pin_pipe, 0 },
	{ "pin_disk", race_pin_disk, 0 },
	{ "pread_self", race_pread_self, 0 },
	{ "process_vm", race_process_vm, 0 },
	{ "fork", race_fork, 0 },
	{ "dofork", race_dofork, 0 },

	{ "far_import", race_far_import, RACE_BY_PEER },
	{ "far_import_fd", race_far_import_fd, RACE_BY_PEER },
	{ "far_query", race_far_query, RACE_BY_PEER },
	{ "far_reset", race_far_reset, RACE_BY_PEER },
	{ "far_sync", race_far_sync, RACE_BY_PEER },
	{ "far_mem", race_far_mem, RACE_BY_PEER },
	{ "far_madvise", race_far_madvise, RACE_BY_PEER },
	{ "visit_end", race_visit_end, 0 },
	{ "visit_exec", race_visit_exec, 0 },
	{ "visit_kill", race_visit_kill, 0 },
};

#define OPS	ARRAY_SIZE(race_ops)

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

FIXTURE_SETUP(race)
{
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
	race_enlist(&race_ops[i], self->seed++);
	race_enlist(&race_ops[j], self->seed++);
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
	return (i + j) % RACE_FLAVOURS == flavour && !((i * OPS + j + self->first) % part());
}

static bool run_pairs(FIXTURE_DATA(race) *self, uint32_t flavour, uint64_t rounds)
{
	uint64_t n, times;

	race_demolish(&self->me);
	for (size_t i = 0; i < OPS; i++) {
		for (size_t j = i; chosen(&race_ops[i]) && j < OPS; j++) {
			times = rounds ? rounds : in_turn(self, flavour, i, j);
			for (n = 0; chosen(&race_ops[j]) && n < times; n++)
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
TEST_F_TIMEOUT(race, pairs, 100000)
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
	TH_LOG("all pairs of %zu operations %" PRIu64 " times", OPS, times / RACE_FLAVOURS);
	finish(_metadata, self);
}

/* Four at a time, chosen by chance. */
TEST_F_TIMEOUT(race, fours, 100000)
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
			const struct race_op *op = &race_ops[race_random(&chance) % OPS];

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
