// SPDX-License-Identifier: MIT
/*
 * An all-gather in a ring of processes, as in examples/ring.c, under load: each
 * part is memory of its own, all processes map all segments, segments grow
 * while the device is out of memory, and processes are killed. All memory is free
 * afterwards.
 */
#define MODULE_ARGS "devices=3 capacity_mb=128 host_mb=1024"
#include "team_test.h"

#include <sys/random.h>

#include "team_memory.h"

#define DEVICES	3
#define BANKS	2
#define FOREVER	1000000000	/* rounds */

struct plan {
	long devices, processes, mib, rounds;
	bool run_out;		/* growth fails after the first round, works after the second */
};

static const struct plan *plan;

/* ---- segments ---- */

/* A segment has one bank of parts, one part a process, and a second bank after growth. */
struct segment {
	char *base;
	aclrtDrvMemHandle handle[BANKS][TEAM_MAX];
};

static struct {
	int device;
	size_t part;			/* bytes */
	long banks, bank;		/* number of banks; the bank of this round */
	struct segment segment[TEAM_MAX];
	aclrtStream push, check;	/* copies to the next process; copies to the host */
	aclrtEvent pushed, checked;
	uint64_t *out, *in;		/* pinned host memory: a part, a bank */
} self;

static char *place(long process, long bank, long part)
{
	return self.segment[process].base + (size_t)(bank * member.size + part) * self.part;
}

static void map_part(long process, long bank, long part)
{
	CHECK(aclrtMapMem(place(process, bank, part), self.part, 0,
			  self.segment[process].handle[bank][part], 0));
}

static void drop_part(long process, long bank, long part)
{
	unmap_and_free(place(process, bank, part), self.segment[process].handle[bank][part]);
}

/* Allocates the next bank, or nothing: returns false after @got of its parts. */
static bool grow(long *got)
{
	aclrtDrvMemHandle *handle = self.segment[member.me].handle[self.banks];
	long i;

	for (*got = 0; *got < member.size; ++*got) {
		if (!allocate(&handle[*got], self.part, self.device)) {
			for (i = 0; i < *got; i++)
				drop_part(member.me, self.banks, i);
			return false;
		}
		map_part(member.me, self.banks, *got);
	}
	return true;
}

/* Shares the new bank with all processes and maps the banks of all others. */
static void exchange_bank(void)
{
	uint64_t share[TEAM_MAX][TEAM_MAX];
	struct segment *s = self.segment;
	int32_t pid[TEAM_MAX];
	long b = self.banks, me = member.me, i, k;

	CHECK(aclrtDeviceGetBareTgid(&pid[me]));
	member_gather(pid, sizeof(pid[0]));
	for (k = 0; k < member.size; k++) {
		CHECK(aclrtMemExportToShareableHandle(s[me].handle[b][k],
						      ACL_MEM_HANDLE_TYPE_NONE,
						      ACL_RT_VMM_EXPORT_FLAG_DEFAULT,
						      &share[me][k]));
		CHECK(aclrtMemSetPidToShareableHandle(share[me][k], pid, (size_t)member.size));
	}
	member_gather(share, sizeof(share[0]));
	for (i = 0; i < member.size; i++)
		for (k = 0; k < member.size && i != me; k++) {
			CHECK(aclrtMemImportFromShareableHandle(share[i][k], self.device,
								&s[i].handle[b][k]));
			map_part(i, b, k);
		}
	self.banks++;
}

static void grow_and_exchange(void)
{
	long got;

	if (!grow(&got))
		full(self.device, (size_t)got);
	exchange_bank();
}

/* Another allocation leaves room for all parts of a bank but one. */
static void grow_without_room(void)
{
	size_t want = (size_t)member.size * self.part, before;
	aclrtDrvMemHandle other;
	long got;

	if (left() < want)
		fail("device %d has %zu bytes left, too few for %zu", self.device, left(), want);
	if (!allocate(&other, left() - want + self.part, self.device))
		fail("device %d does not give what is left", self.device);
	before = in_use();
	if (grow(&got))
		fail("device %d gave more than it has", self.device);
	if (got != member.size - 1)
		fail("device %d was out of memory after %ld parts", self.device, got);
	if (in_use() != before)
		fail("failed growth left %zu bytes in use", in_use() - before);
	CHECK(aclrtFreePhysical(other));
}

static void open_self(void)
{
	size_t bank;
	long i;

	self.device = (int)(member.me % plan->devices);
	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(self.device));
	CHECK(aclrtCreateStream(&self.push));
	CHECK(aclrtCreateStream(&self.check));
	CHECK(aclrtCreateEventWithFlag(&self.pushed, ACL_EVENT_SYNC));
	CHECK(aclrtCreateEventWithFlag(&self.checked, ACL_EVENT_SYNC));
	self.part = whole_units(self.device, plan->mib);
	bank = (size_t)member.size * self.part;
	for (i = 0; i < member.size; i++)
		CHECK(reserve((void **)&self.segment[i].base, BANKS * bank));
	CHECK(aclrtMallocHost((void **)&self.out, self.part));
	CHECK(aclrtMallocHost((void **)&self.in, bank));
	grow_and_exchange();
}

static void close_self(void)
{
	long i, b, k;

	for (i = 0; i < member.size; i++) {
		for (b = 0; b < self.banks; b++)
			for (k = 0; k < member.size; k++)
				drop_part(i, b, k);
		CHECK(aclrtReleaseMemAddress(self.segment[i].base));
	}
	CHECK(aclrtFreeHost(self.out));
	CHECK(aclrtFreeHost(self.in));
	CHECK(aclrtDestroyEvent(self.pushed));
	CHECK(aclrtDestroyEvent(self.checked));
	CHECK(aclrtDestroyStream(self.push));
	CHECK(aclrtDestroyStream(self.check));
}

/* ---- rounds ---- */

static char *part_of(long process, long part)
{
	return place(process, self.bank, part);
}

static uint64_t *in_part(long part)
{
	return self.in + (size_t)part * self.part / 8;
}

static uint64_t stamp(long round, long part)
{
	return (uint64_t)round * TEAM_MAX + (uint64_t)part;
}

/* The copies before it are complete when the next process continues. */
static void hand_on(void)
{
	char token = 0;

	CHECK(aclrtRecordEvent(self.pushed, self.push));
	CHECK(aclrtSynchronizeEvent(self.pushed));
	member_send(member.next, &token, 1);
	member_receive(member.prev, &token, 1);
}

static void begin_round(long round)
{
	write_words(self.out, 0, self.part / 8, stamp(round, member.me));
	CHECK(aclrtMemcpyAsync(part_of(member.me, member.me), self.part, self.out, self.part,
			       ACL_MEMCPY_HOST_TO_DEVICE, self.push));
}

/*
 * One stream copies parts to the next process while the other one copies them to
 * the host; an event orders the second stream after the write of the first part.
 */
static void pass_around(long round)
{
	long step, part = member.me, next = (member.me + 1) % member.size;

	CHECK(aclrtRecordEvent(self.pushed, self.push));
	CHECK(aclrtStreamWaitEvent(self.check, self.pushed));
	for (step = 0; step < member.size; step++) {
		CHECK(aclrtMemcpyAsync(in_part(part), self.part, part_of(member.me, part),
				       self.part, ACL_MEMCPY_DEVICE_TO_HOST, self.check));
		member_progress();
		if (step == member.size - 1)
			break;
		CHECK(aclrtMemcpyAsync(part_of(next, part), self.part, part_of(member.me, part),
				       self.part, ACL_MEMCPY_DEVICE_TO_DEVICE, self.push));
		hand_on();
		part = (part + member.size - 1) % member.size;
	}
	CHECK(aclrtSynchronizeStream(self.check));
	for (part = 0; part < member.size; part++)
		check_words(in_part(part), 0, self.part / 8, stamp(round, part), "own segment");
}

/* Reads the start of another part of each segment, by the mapping in this process. */
static void read_all_segments(long round)
{
	size_t some = self.part < 65536 ? self.part : 65536;
	long i, part;

	for (i = 0; i < member.size; i++)
		CHECK(aclrtMemcpyAsync(in_part(i), some,
				       part_of(i, (i + member.me + round) % member.size), some,
				       ACL_MEMCPY_DEVICE_TO_HOST, self.check));
	CHECK(aclrtRecordEvent(self.checked, self.check));
	CHECK(aclrtSynchronizeEvent(self.checked));
	for (i = 0; i < member.size; i++) {
		part = (i + member.me + round) % member.size;
		check_words(in_part(i), 0, some / 8, stamp(round, part), "another segment");
	}
}

static void run_round(long round)
{
	self.bank = round % self.banks;
	begin_round(round);
	pass_around(round);
	member_barrier();
	read_all_segments(round);
	member_barrier();
}

static void work(const void *argument)
{
	long round, i;

	plan = argument;
	member_report(TEAM_MEET, 0);
	open_self();
	for (round = 0; round < plan->rounds; round++) {
		run_round(round);
		if (plan->run_out && round == 1)
			grow_and_exchange();
		/* One process after the other, since some use the same device. */
		for (i = 0; i < member.size && plan->run_out && round == 0; i++) {
			if (i == member.me)
				grow_without_room();
			member_barrier();
		}
	}
	close_self();
	finish(self.device, self.device + 1);
}

/* ---- tests ---- */

TEAM_FIXTURE(ring);

/* clang-format off */
FIXTURE_VARIANT_ADD(ring, of_three) { .plan = { 1, 3, 2, 5, false } };
FIXTURE_VARIANT_ADD(ring, of_two) { .plan = { 1, 2, 2, 3, false } };
FIXTURE_VARIANT_ADD(ring, devices) { .plan = { 3, 5, 2, 3, false } };
FIXTURE_VARIANT_ADD(ring, out_of_memory) { .plan = { 2, 4, 2, 5, true } };
FIXTURE_VARIANT_ADD(ring, too_large) { .plan = { 1, 2, 40, 3, false }, .full_after = 1 };
/* clang-format on */

TEAM_SETUP(ring)

TEST_F(ring, all_parts_arrive)
{
	TEAM_RUN(&self->team);
}

FIXTURE(killed) { struct team team; };

FIXTURE_VARIANT(killed) {
	struct plan plan;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(killed, two) { .plan = { 1, 2, 2, FOREVER, false } };
FIXTURE_VARIANT_ADD(killed, two_devices) { .plan = { 2, 5, 2, FOREVER, false } };
/* Growth fails after the first round, all grow after the second. */
FIXTURE_VARIANT_ADD(killed, after_growth) { .plan = { 2, 3, 2, FOREVER, true } };
/* clang-format on */

TEAM_SETUP(killed)

static unsigned int random_below(unsigned int below)
{
	unsigned int n = 0;

	while (getrandom(&n, sizeof(n), 0) != sizeof(n))
		;
	return n % below;
}

/* Returns a member that made progress after some steps of the team. */
static pid_t some_steps(const struct team *t)
{
	unsigned int steps = 1 + random_below(40);
	pid_t pid;

	do
		pid = team_progress(t);
	while (pid && --steps);
	return pid;
}

/* All others notice it, end, and nothing is left. */
TEST_F(killed, a_member)
{
	struct team plain = self->team, *t = &self->team;
	unsigned int round;
	pid_t victim;

	for (round = 0; round < 3; round++) {
		*t = plain;
		t->progress = true;
		ASSERT_TRUE(team_start(t));
		ASSERT_TRUE(team_step(t));
		victim = some_steps(t);
		ASSERT_GT(victim, 1);
		ASSERT_EQ(0, kill(victim, SIGKILL));
		team_join(t);
		EXPECT_EQ(t->size - 1, team_exits(t, TEAM_EXIT_ALONE));
		EXPECT_STREQ("", machine_left(DEVICES));
	}
}

/* The members die with the leader; the test inherits and reaps them. */
TEST_F(killed, the_leader)
{
	struct team *t = &self->team;
	int status, fd[2];
	pid_t leader;
	char byte;

	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	ASSERT_EQ(0, pipe(fd));
	t->progress = true;
	leader = fork();
	if (!leader) {
		if (team_start(t) && team_step(t) && some_steps(t) > 1)
			(void)!write(fd[1], "", 1);
		else
			_exit(1);
		pause();
	}
	close(fd[1]);
	EXPECT_EQ(1, read(fd[0], &byte, 1));
	ASSERT_EQ(0, kill(leader, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, join(leader));
	while (wait(&status) > 0)
		;
	EXPECT_EQ(ECHILD, errno);
}

TEST_HARNESS_MAIN
