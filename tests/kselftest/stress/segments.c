// SPDX-License-Identifier: MIT
/*
 * Segments that grow and shrink in place, as in examples/expandable_segments.c,
 * under load: each process shares its pieces with the next process of a ring,
 * which reads them, writes to the last piece and still has them after the owner
 * freed them. Growth fails in the middle and is taken back.
 */
#define MODULE_ARGS "devices=3 capacity_mb=128 host_mb=1024"
#include "team_test.h"

#include "team_memory.h"

#define DEVICES		3
#define MAX_OFFER	16	/* pieces that are shared at a time */

struct plan {
	long devices, processes, mib, step, rounds;	/* mib: of a piece */
	bool run_out;		/* growth fails at the end */
};

static const struct plan *plan;

/* ---- contents ---- */

/* No two pieces of any process ever have the same stamp. */
static uint64_t new_stamp(void)
{
	static uint64_t last;

	return (uint64_t)(member.me + 1) << 40 | ++last;
}

/* Pinned host memory, and the event of the last copy from it. */
struct staging {
	uint64_t *words;
	aclrtEvent sent;
	bool busy;
};

struct piece {
	aclrtDrvMemHandle handle;
	uint64_t share;			/* value of its only export */
	bool exported;
	uint64_t stamp;			/* of the content */
};

struct arena {
	int device;
	aclrtContext context;
	aclrtStream stream;
	struct staging staging[2];
	char *base;
	size_t size;			/* bytes of a piece */
	struct piece *piece;
	size_t count, room;		/* pieces mapped; pieces that have addresses */
};

static char *place(const struct arena *a, size_t i)
{
	return a->base + i * a->size;
}

/* The copy is not complete when this returns. */
static void write_stamp(struct arena *a, char *to, uint64_t stamp)
{
	struct staging *s = &a->staging[stamp % 2];

	if (s->busy)
		CHECK(aclrtSynchronizeEvent(s->sent));
	write_words(s->words, 0, a->size / 8, stamp);
	CHECK(aclrtMemcpyAsync(to, a->size, s->words, a->size, ACL_MEMCPY_HOST_TO_DEVICE,
			       a->stream));
	CHECK(aclrtRecordEvent(s->sent, a->stream));
	s->busy = true;
}

/* After all copies of the stream. */
static void verify(struct arena *a, const char *from, uint64_t stamp)
{
	uint64_t *words = a->staging[0].words;

	CHECK(aclrtMemcpyAsync(words, a->size, from, a->size, ACL_MEMCPY_DEVICE_TO_HOST,
			       a->stream));
	CHECK(aclrtSynchronizeStream(a->stream));
	check_words(words, 0, a->size / 8, stamp, "a piece");
}

static void verify_all(struct arena *a)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		verify(a, place(a, i), a->piece[i].stamp);
}

/* ---- the arena ---- */

static void arena_open(struct arena *a, int device)
{
	size_t free, total, i;
	void *probe;

	a->device = device;
	CHECK(aclrtSetDevice(device));
	CHECK(aclrtGetCurrentContext(&a->context));
	a->size = whole_units(device, plan->mib);
	CHECK(aclrtCreateStream(&a->stream));
	for (i = 0; i < 2; i++) {
		CHECK(aclrtMallocHost((void **)&a->staging[i].words, a->size));
		CHECK(aclrtCreateEventWithFlag(&a->staging[i].sent, ACL_EVENT_SYNC));
	}
	/* A program that can do without virtual memory asks in this way whether there is any. */
	CHECK(aclrtReserveMemAddress(&probe, 512, 0, NULL, 1));
	CHECK(aclrtReleaseMemAddress(probe));
	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	a->room = (total + total / 8) / a->size;
	a->piece = calloc(a->room, sizeof(*a->piece));
	if (!a->piece)
		fail("no memory for the list of %zu pieces", a->room);
	CHECK(aclrtReserveMemAddress((void **)&a->base, a->room * a->size, 0, NULL, 1));
}

static void shrink(struct arena *a, size_t count)
{
	CHECK(aclrtSynchronizeStream(a->stream));
	while (a->count > count) {
		a->count--;
		unmap_and_free(place(a, a->count), a->piece[a->count].handle);
		a->piece[a->count] = (struct piece){ 0 };
	}
}

static void arena_close(struct arena *a)
{
	size_t i;

	shrink(a, 0);
	CHECK(aclrtReleaseMemAddress(a->base));
	free(a->piece);
	for (i = 0; i < 2; i++) {
		CHECK(aclrtDestroyEvent(a->staging[i].sent));
		CHECK(aclrtFreeHost(a->staging[i].words));
	}
	CHECK(aclrtDestroyStream(a->stream));
}

/* Maps @step more pieces, or none: returns false after @got of them. */
static bool grow(struct arena *a, size_t step, size_t *got)
{
	struct piece *new = &a->piece[a->count];
	size_t i;

	if (step > a->room - a->count)
		fail("no addresses left for %zu pieces", step);
	for (*got = 0; *got < step; ++*got) {
		if (allocate(&new[*got].handle, a->size, a->device))
			continue;
		for (i = 0; i < *got; i++)
			CHECK(aclrtFreePhysical(new[i].handle));
		return false;
	}
	for (i = 0; i < step; i++) {
		CHECK(aclrtMapMem(place(a, a->count), a->size, 0, new[i].handle, 0));
		a->count++;
	}
	return true;
}

static void grow_and_fill(struct arena *a, size_t step)
{
	size_t first = a->count, got, i;

	if (!grow(a, step, &got))
		full(a->device, got);
	for (i = first; i < a->count; i++) {
		a->piece[i].stamp = new_stamp();
		write_stamp(a, place(a, i), a->piece[i].stamp);
	}
}

/* Growth fails in the middle and changes nothing; after shrinking it works again. */
static void grow_without_room(struct arena *a)
{
	size_t step = left() / a->size / 2 + 1, got, before, count = a->count;

	if (left() / a->size < 2)
		fail("device %d has too little left to fail in the middle", a->device);
	grow_and_fill(a, step);
	before = in_use();
	if (grow(a, step, &got))
		fail("device %d gave more than it has", a->device);
	if (!got || got == step || a->count != count + step)
		fail("device %d was out of memory after %zu of %zu pieces", a->device, got, step);
	if (in_use() != before)
		fail("failed growth left %zu bytes in use", in_use() - before);
	verify_all(a);

	shrink(a, count);
	grow_and_fill(a, step);
	verify_all(a);
	shrink(a, count);
}

/* ---- sharing ---- */

struct offer {
	uint64_t count;
	uint64_t share[MAX_OFFER];
	uint64_t stamp[MAX_OFFER];
};

/* The pieces of the previous process. */
struct guest {
	char *base;
	aclrtDrvMemHandle handle[MAX_OFFER];
	struct offer offer;
};

static void make_offer(struct arena *a, int32_t reader, struct offer *offer)
{
	struct piece *p;
	size_t i;

	if (a->count > MAX_OFFER)
		fail("too many pieces to share");
	offer->count = a->count;
	for (i = 0; i < a->count; i++) {
		p = &a->piece[i];
		/* A second export fails, so the value is kept. */
		if (!p->exported) {
			CHECK(aclrtMemExportToShareableHandle(p->handle, ACL_MEM_HANDLE_TYPE_NONE,
							      ACL_RT_VMM_EXPORT_FLAG_DEFAULT,
							      &p->share));
			CHECK(aclrtMemSetPidToShareableHandle(p->share, &reader, 1));
			p->exported = true;
		}
		offer->share[i] = p->share;
		offer->stamp[i] = p->stamp;
	}
}

static void guest_open(struct arena *a, struct guest *g)
{
	size_t i;

	CHECK(aclrtReserveMemAddress((void **)&g->base, g->offer.count * a->size, 0, NULL, 1));
	for (i = 0; i < g->offer.count; i++) {
		CHECK(aclrtMemImportFromShareableHandle(g->offer.share[i], a->device,
							&g->handle[i]));
		CHECK(aclrtMapMem(g->base + i * a->size, a->size, 0, g->handle[i], 0));
	}
}

static void guest_verify(struct arena *a, const struct guest *g)
{
	size_t i;

	for (i = 0; i < g->offer.count; i++)
		verify(a, g->base + i * a->size, g->offer.stamp[i]);
}

static void guest_close(struct arena *a, struct guest *g)
{
	size_t i;

	for (i = 0; i < g->offer.count; i++)
		unmap_and_free(g->base + i * a->size, g->handle[i]);
	CHECK(aclrtReleaseMemAddress(g->base));
}

/* Shares all pieces with the next process and then frees half of them. */
static void share_and_shrink(struct arena *a, int32_t reader)
{
	struct guest g;
	uint64_t stamp;
	size_t last;

	make_offer(a, reader, &g.offer);
	CHECK(aclrtSynchronizeStream(a->stream));
	member_send(member.next, &g.offer, sizeof(g.offer));
	member_receive(member.prev, &g.offer, sizeof(g.offer));
	guest_open(a, &g);
	guest_verify(a, &g);

	/* The owner finds what the guest writes. */
	last = g.offer.count - 1;
	g.offer.stamp[last] = new_stamp();
	write_stamp(a, g.base + last * a->size, g.offer.stamp[last]);
	CHECK(aclrtSynchronizeStream(a->stream));
	member_send(member.prev, &g.offer.stamp[last], sizeof(stamp));
	member_receive(member.next, &a->piece[a->count - 1].stamp, sizeof(stamp));
	verify_all(a);

	/* The guest still has what the owner freed. */
	shrink(a, a->count / 2);
	member_barrier();
	guest_verify(a, &g);
	guest_close(a, &g);
	member_barrier();
}

/* ---- a process ---- */

static size_t held(const struct arena *a)
{
	return a->count * a->size;
}

static void run_round(struct arena *arena, int32_t reader)
{
	long d;

	for (d = 0; d < plan->devices; d++) {
		CHECK(aclrtSetCurrentContext(arena[d].context));
		grow_and_fill(&arena[d], (size_t)plan->step);
	}
	member_report(TEAM_MEET, held(arena));
	for (d = 0; d < plan->devices; d++) {
		CHECK(aclrtSetCurrentContext(arena[d].context));
		verify_all(&arena[d]);
		if (member.size > 1)
			share_and_shrink(&arena[d], reader);
		else
			shrink(&arena[d], arena[d].count / 2);
		verify_all(&arena[d]);
	}
	member_report(TEAM_MEET, held(arena));
}

static void work(const void *argument)
{
	static struct arena arena[DEVICES];
	int32_t pid, reader;
	long round, d;

	plan = argument;
	CHECK(aclInit(NULL));
	for (d = 0; d < plan->devices; d++)
		arena_open(&arena[d], (int)d);
	CHECK(aclrtDeviceGetBareTgid(&pid));
	member_send(member.prev, &pid, sizeof(pid));
	member_receive(member.next, &reader, sizeof(reader));

	member_report(TEAM_MEET, 0);
	for (round = 0; round < plan->rounds; round++)
		run_round(arena, reader);
	if (plan->run_out) {
		member_report(TEAM_TURN, held(arena));
		for (d = 0; d < plan->devices; d++) {
			CHECK(aclrtSetCurrentContext(arena[d].context));
			grow_without_room(&arena[d]);
		}
		member_report(TEAM_MEET, held(arena));
	}
	for (d = 0; d < plan->devices; d++) {
		CHECK(aclrtSetCurrentContext(arena[d].context));
		verify_all(&arena[d]);
		arena_close(&arena[d]);
	}
	finish(0, (int)plan->devices);
}

/* ---- tests ---- */

TEAM_FIXTURE(segments);

/* clang-format off */
FIXTURE_VARIANT_ADD(segments, two) { .plan = { 1, 2, 2, 4, 5, false } };
FIXTURE_VARIANT_ADD(segments, alone) { .plan = { 1, 1, 2, 4, 2, true } };
FIXTURE_VARIANT_ADD(segments, of_20_mib) { .plan = { 2, 2, 20, 1, 3, false } };
FIXTURE_VARIANT_ADD(segments, of_odd_size) { .plan = { 1, 2, 3, 5, 2, false } };
FIXTURE_VARIANT_ADD(segments, out_of_memory) { .plan = { 2, 3, 2, 3, 2, true } };
FIXTURE_VARIANT_ADD(segments, too_many) {
	.plan = { 1, 2, 2, 64, 3, false }, .full_after = TEAM_FULL_ANY,
};
/* clang-format on */

TEAM_SETUP(segments)

TEST_F(segments, grow_and_shrink_in_place)
{
	TEAM_RUN(&self->team);
}

TEST_HARNESS_MAIN
