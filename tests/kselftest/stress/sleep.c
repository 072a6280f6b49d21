// SPDX-License-Identifier: MIT
/*
 * Memory that is given back and restored at the same addresses, as in
 * examples/sleep_wake.c, under load: processes take turns, so each of them may
 * want nearly the whole device; waking fails while the device is out of memory;
 * sleeping memory cannot be copied. Device memory holds pointers.
 */
#define MODULE_ARGS "devices=3 capacity_mb=128 host_mb=1024"
#include "team_test.h"

#include "team_memory.h"

#define DEVICES		3
#define MAX_BLOCKS	8

struct plan {
	long devices, processes, blocks, mib, rounds;	/* mib: of the largest block */
	bool run_out;		/* waking fails once each time */
};

static const struct plan *plan;

/* ---- blocks ---- */

/* Each block begins with the address of the next block of its device. */
struct weights {
	char *base;			/* never changes */
	size_t size;
	bool keep;			/* restore the content on waking */
	aclrtDrvMemHandle handle;	/* while awake */
	uint64_t *host;			/* content while asleep, and buffer for copies */
	uint64_t stamp;			/* of the content */
};

/* The blocks on one device. */
struct model {
	int device;
	aclrtContext context;
	aclrtStream stream;
	struct weights block[MAX_BLOCKS];
	size_t bytes;			/* of all blocks */
};

static const struct weights *next_of(const struct model *m, const struct weights *b)
{
	return &m->block[(b - m->block + 1) % plan->blocks];
}

/* Writes new content to a block. The copy is not complete when this returns. */
static void renew(struct model *m, struct weights *b)
{
	CHECK(aclrtSynchronizeStream(m->stream));
	b->stamp += (uint64_t)member.size;
	b->host[0] = (uintptr_t)next_of(m, b)->base;
	write_words(b->host, 1, b->size / 8, b->stamp);
	CHECK(aclrtMemcpyAsync(b->base, b->size, b->host, b->size, ACL_MEMCPY_HOST_TO_DEVICE,
			       m->stream));
}

static void verify(struct model *m, struct weights *b)
{
	CHECK(aclrtSynchronizeStream(m->stream));
	memset(b->host, 0, b->size);
	CHECK(aclrtMemcpyAsync(b->host, b->size, b->base, b->size, ACL_MEMCPY_DEVICE_TO_HOST,
			       m->stream));
	CHECK(aclrtSynchronizeStream(m->stream));
	check_words(b->host, 1, b->size / 8, b->stamp, "a block");
}

/* Follows the pointers in device memory from block to block. */
static void walk(struct model *m)
{
	uint64_t at = (uintptr_t)m->block[0].base;
	long i;

	for (i = 0; i < plan->blocks; i++) {
		if (at != (uintptr_t)m->block[i].base)
			fail("device %d: the pointer to block %ld is %#" PRIx64 " instead of %p",
			     m->device, i, at, (void *)m->block[i].base);
		/* Pageable host memory: the copy is complete when the call returns. */
		CHECK(aclrtMemcpyAsync(&at, sizeof(at), m->block[i].base, sizeof(at),
				       ACL_MEMCPY_DEVICE_TO_HOST, m->stream));
	}
	if (at != (uintptr_t)m->block[0].base)
		fail("device %d: the last pointer is not that to the first block", m->device);
}

static void verify_all(struct model *m)
{
	long i;

	walk(m);
	for (i = 0; i < plan->blocks; i++)
		verify(m, &m->block[i]);
}

/* ---- sleep and wake ---- */

static void copy_kept(struct model *m, aclrtMemcpyKind kind)
{
	bool out = kind == ACL_MEMCPY_DEVICE_TO_HOST;
	struct weights *b;

	for (b = m->block; b < m->block + plan->blocks; b++)
		if (b->keep)
			CHECK(aclrtMemcpyAsync(out ? (void *)b->host : b->base, b->size,
					       out ? b->base : (void *)b->host, b->size, kind,
					       m->stream));
	CHECK(aclrtSynchronizeStream(m->stream));
}

/* A copy from addresses without memory fails. */
static void check_asleep(const struct weights *b)
{
	aclError code;
	char byte;

	code = aclrtMemcpy(&byte, 1, b->base, 1, ACL_MEMCPY_DEVICE_TO_HOST);
	if (code != ACL_ERROR_RT_INVALID_HANDLE)
		fail("a copy from memory that sleeps returned %d", code);
	aclrtGetLastError(ACL_RT_THREAD_LEVEL);
}

static void fall_asleep(struct model *m)
{
	long i;

	copy_kept(m, ACL_MEMCPY_DEVICE_TO_HOST);
	for (i = 0; i < plan->blocks; i++)
		unmap_and_free(m->block[i].base, m->block[i].handle);
	for (i = 0; i < plan->blocks; i++)
		check_asleep(&m->block[i]);
}

/* Wakes all blocks, or none: returns false after @got of them. */
static bool wake(struct model *m, long *got)
{
	struct weights *b;
	long i;

	for (*got = 0; *got < plan->blocks; ++*got) {
		b = &m->block[*got];
		if (!allocate(&b->handle, b->size, m->device)) {
			for (i = 0; i < *got; i++)
				unmap_and_free(m->block[i].base, m->block[i].handle);
			return false;
		}
		CHECK(aclrtMapMem(b->base, b->size, 0, b->handle, 0));
	}
	copy_kept(m, ACL_MEMCPY_HOST_TO_DEVICE);
	return true;
}

/* Another allocation leaves room for all blocks but the last. */
static void wake_without_room(struct model *m)
{
	size_t room = m->bytes - m->block[plan->blocks - 1].size, size = left() - room, before;
	aclrtDrvMemHandle other;
	void *addr;
	long got;

	if (left() < m->bytes)
		fail("device %d has %zu bytes left, too few for %zu", m->device, left(), m->bytes);
	if (!allocate(&other, size, m->device))
		fail("device %d does not give what is left", m->device);
	CHECK(reserve(&addr, size));
	CHECK(aclrtMapMem(addr, size, 0, other, 0));
	before = left();
	if (wake(m, &got))
		fail("device %d gave more than it has", m->device);
	if (got != plan->blocks - 1)
		fail("device %d was out of memory after %ld blocks", m->device, got);
	if (left() != before)
		fail("failed waking left %zu bytes in use", before - left());
	unmap_and_free(addr, other);
	CHECK(aclrtReleaseMemAddress(addr));
}

static void wake_up(struct model *m)
{
	long got, i;

	if (plan->run_out)
		wake_without_room(m);
	if (!wake(m, &got))
		full(m->device, (size_t)got);
	for (i = 0; i < plan->blocks; i++)
		if (!m->block[i].keep)
			renew(m, &m->block[i]);
	verify_all(m);
}

/* ---- a process ---- */

/* Blocks of different sizes, half of them kept. */
static void model_open(struct model *m, int device)
{
	size_t unit, largest;
	struct weights *b;
	long i, got;

	m->device = device;
	CHECK(aclrtSetDevice(device));
	CHECK(aclrtGetCurrentContext(&m->context));
	CHECK(aclrtCreateStream(&m->stream));
	unit = whole_units(device, 1);
	largest = whole_units(device, plan->mib) / unit;
	for (i = 0; i < plan->blocks; i++) {
		b = &m->block[i];
		b->size = (largest - (size_t)i % largest) * unit;
		b->keep = i % 2 == 0;
		b->stamp = (uint64_t)device << 56 | (uint64_t)i << 40 | (uint64_t)member.me;
		CHECK(reserve((void **)&b->base, b->size));
		CHECK(aclrtMallocHost((void **)&b->host, b->size));
		m->bytes += b->size;
	}
	if (!wake(m, &got))
		full(device, (size_t)got);
	for (i = 0; i < plan->blocks; i++)
		renew(m, &m->block[i]);
	fall_asleep(m);
}

static void model_close(struct model *m)
{
	long i;

	for (i = 0; i < plan->blocks; i++) {
		CHECK(aclrtReleaseMemAddress(m->block[i].base));
		CHECK(aclrtFreeHost(m->block[i].host));
	}
	CHECK(aclrtDestroyStream(m->stream));
}

/* Some blocks get new contents in each turn. */
static void use(struct model *m, long round)
{
	long i;

	for (i = round % 3; i < plan->blocks; i += 3)
		renew(m, &m->block[i]);
	verify_all(m);
}

static void take_turn(struct model *model, long round)
{
	long d;

	for (d = 0; d < plan->devices; d++) {
		CHECK(aclrtSetCurrentContext(model[d].context));
		wake_up(&model[d]);
		use(&model[d], round);
	}
	member_report(TEAM_HOLD, model[0].bytes);
	for (d = 0; d < plan->devices; d++) {
		CHECK(aclrtSetCurrentContext(model[d].context));
		use(&model[d], round + 1);
		fall_asleep(&model[d]);
	}
}

static void work(const void *argument)
{
	static struct model model[DEVICES];
	long round, d;

	plan = argument;
	CHECK(aclInit(NULL));
	member_report(TEAM_TURN, 0);
	for (d = 0; d < plan->devices; d++)
		model_open(&model[d], (int)d);
	for (round = 0; round < plan->rounds; round++) {
		member_report(TEAM_TURN, 0);
		take_turn(model, round);
	}
	for (d = 0; d < plan->devices; d++) {
		CHECK(aclrtSetCurrentContext(model[d].context));
		model_close(&model[d]);
	}
	finish(0, (int)plan->devices);
}

/* ---- tests ---- */

TEAM_FIXTURE(sleep);

/* clang-format off */
FIXTURE_VARIANT_ADD(sleep, three) { .plan = { 1, 3, 5, 8, 3, false } };
FIXTURE_VARIANT_ADD(sleep, alone) { .plan = { 1, 1, 2, 2, 5, true } };
/* 120 MiB each: two of them do not fit. */
FIXTURE_VARIANT_ADD(sleep, in_turns) { .plan = { 2, 2, 5, 28, 2, false } };
FIXTURE_VARIANT_ADD(sleep, out_of_memory) { .plan = { 2, 2, 7, 8, 2, true } };
FIXTURE_VARIANT_ADD(sleep, too_large) { .plan = { 1, 2, 4, 128, 3, false }, .full_after = 1 };
/* clang-format on */

TEAM_SETUP(sleep)

TEST_F(sleep, addresses_keep_their_content)
{
	TEAM_RUN(&self->team);
}

TEST_HARNESS_MAIN
