// SPDX-License-Identifier: MIT
/*
 * A cache of pages for sequences, as in examples/kv_cache.c, under load: sequences
 * grow, fork, move, change and end at random, and their addresses are remapped
 * while copies from and to the pages run. Nobody waits for a copy except to use its
 * result. The cache grows while the device is out of memory.
 */
#define MODULE_ARGS "devices=3 capacity_mb=128 host_mb=1024"
#include "team_test.h"

#include "cache/cache.h"
#include "team_memory.h"

#define DEVICES		CACHE_DEVICES

const struct plan *plan;

/* ---- contents ---- */

static void compare(const struct kv_block *b, const uint64_t *words, const char *where)
{
	size_t half = PAGE / 16;

	check_words(words, 0, half, b->stamp[0], where);
	check_words(words, half, 2 * half, b->stamp[1], where);
}

/* Reads at the address of the sequence, after all copies of the page. */
static void verify_block(struct cache *c, struct sequence *s, struct kv_block *b)
{
	if (b->page != NONE) {
		before(c->reader, &c->page[b->page].use);
		CHECK(aclrtMemcpyAsync(c->words, PAGE, addr_of(s, b), PAGE,
				       ACL_MEMCPY_DEVICE_TO_HOST, c->reader));
		CHECK(aclrtSynchronizeStream(c->reader));
		compare(b, c->words, "a block on the device");
	} else {
		wait_for(c, &c->slot[b->slot].use);
		compare(b, c->slot[b->slot].words, "a block on the host");
	}
}

static void verify(struct cache *c)
{
	long i, k;

	start_copies(c);
	for (i = 0; i < plan->sequences; i++)
		for (k = 0; k < c->sequence[i].length; k++)
			verify_block(c, &c->sequence[i], &c->sequence[i].block[k]);
}

/* ---- the pool ---- */

static void give_page(struct cache *c)
{
	struct kv_page *p = &c->page[--c->pages];

	if (p->use.recorded)
		CHECK(aclrtSynchronizeEvent(p->use.copied));
	CHECK(aclrtDestroyEvent(p->use.copied));
	CHECK(aclrtUnmapMem(flat_of(c, c->pages)));
	CHECK(aclrtFreePhysical(p->handle));
	*p = (struct kv_page){ 0 };
}

/* Adds @count pages, or none: returns false after @got of them. */
static bool grow(struct cache *c, long count, long *got)
{
	struct kv_page *p;

	for (*got = 0; *got < count; ++*got) {
		p = &c->page[c->pages];
		if (!allocate(&p->handle, PAGE, c->device))
			break;
		CHECK(aclrtMapMem(flat_of(c, c->pages), PAGE, 0, p->handle, 0));
		CHECK(aclrtCreateEventWithFlag(&p->use.copied, ACL_EVENT_SYNC));
		c->pages++;
	}
	if (*got == count)
		return true;
	for (count = *got; count > 0; count--)
		give_page(c);
	return false;
}

/* Ends all sequences, so that pages can be freed. */
static void drop_all(struct cache *c)
{
	long i;

	start_copies(c);
	for (i = 0; i < plan->sequences; i++)
		drop(c, &c->sequence[i]);
}

/* Another allocation leaves room for half of the new pages. */
static void grow_without_room(struct cache *c)
{
	long count = plan->pages, got;
	size_t had, other = left() - (size_t)(count / 2) * PAGE;
	aclrtDrvMemHandle handle;

	if (left() < (size_t)count * PAGE)
		fail("device %d has %zu bytes left, too few for %ld pages", c->device, left(),
		     count);
	if (!allocate(&handle, other, c->device))
		fail("device %d does not give what is left", c->device);
	run_steps(c);
	had = left();
	if (grow(c, count, &got))
		fail("device %d gave more than it has", c->device);
	if (got != count / 2)
		fail("device %d was out of memory after %ld of %ld pages", c->device, got, count);
	if (left() != had)
		fail("failed growth left %zu bytes in use", had - left());
	run_steps(c);
	verify(c);

	CHECK(aclrtFreePhysical(handle));
	if (!grow(c, count, &got))
		full(c->device, (size_t)got);
	run_steps(c);
	verify(c);
	drop_all(c);
	while (c->pages > plan->pages)
		give_page(c);
	run_steps(c);
	verify(c);
}

/* ---- open and close ---- */

static void open_slots(struct cache *c)
{
	long i;

	CHECK(aclrtMallocHost((void **)&c->words, PAGE));
	for (i = 0; i < 2 * plan->pages; i++) {
		CHECK(aclrtMallocHost((void **)&c->slot[i].words, PAGE));
		CHECK(aclrtCreateEventWithFlag(&c->slot[i].use.copied, ACL_EVENT_SYNC));
	}
}

static void open_sequences(struct cache *c)
{
	long i, k;

	for (i = 0; i < plan->sequences; i++) {
		CHECK(aclrtReserveMemAddress((void **)&c->sequence[i].base, MAX_LENGTH * PAGE,
					     0, NULL, 0));
		for (k = 0; k < MAX_LENGTH; k++)
			c->sequence[i].block[k] = (struct kv_block){ .page = NONE, .slot = NONE };
	}
}

static void cache_open(struct cache *c, int device)
{
	uint64_t number = (uint64_t)member.me * DEVICES + (uint64_t)device + 1;
	long got;

	c->device = device;
	c->random = ((uint64_t)plan->seed * 1000 + number) * 0x9e3779b97f4a7c15;
	c->stamp = number << 32;
	CHECK(aclrtSetDevice(device));
	CHECK(aclrtGetCurrentContext(&c->context));
	CHECK(aclrtCreateStream(&c->in));
	CHECK(aclrtCreateStream(&c->out));
	CHECK(aclrtCreateStream(&c->reader));
	CHECK(aclrtCreateEventWithFlag(&c->go, ACL_EVENT_SYNC));
	CHECK(reserve((void **)&c->flat, 2 * (size_t)plan->pages * PAGE));
	if (!grow(c, plan->pages, &got))
		full(device, (size_t)got);
	open_slots(c);
	open_sequences(c);
}

static void cache_close(struct cache *c)
{
	long i;

	drop_all(c);
	while (c->pages > 0)
		give_page(c);
	CHECK(aclrtReleaseMemAddress(c->flat));
	for (i = 0; i < plan->sequences; i++)
		CHECK(aclrtReleaseMemAddress(c->sequence[i].base));
	for (i = 0; i < 2 * plan->pages; i++) {
		CHECK(aclrtDestroyEvent(c->slot[i].use.copied));
		CHECK(aclrtFreeHost(c->slot[i].words));
	}
	CHECK(aclrtFreeHost(c->words));
	CHECK(aclrtDestroyEvent(c->go));
	CHECK(aclrtDestroyStream(c->in));
	CHECK(aclrtDestroyStream(c->out));
	CHECK(aclrtDestroyStream(c->reader));
}

/* ---- a process ---- */

static size_t held(const struct cache *c)
{
	return (size_t)c->pages * PAGE;
}

static void each(struct cache *cache, void (*what)(struct cache *c))
{
	long d;

	for (d = 0; d < plan->devices; d++) {
		CHECK(aclrtSetCurrentContext(cache[d].context));
		what(&cache[d]);
	}
}

static void count_remaps(struct cache *c)
{
	member.result->remaps += c->remaps;
	member.result->under_way += c->under_way;
}

static void work(const void *argument)
{
	static struct cache cache[DEVICES];
	long round, d;

	plan = argument;
	CHECK(aclInit(NULL));
	member_report(TEAM_MEET, 0);
	for (d = 0; d < plan->devices; d++)
		cache_open(&cache[d], (int)d);
	member_report(TEAM_MEET, held(cache));
	for (round = 0; round < plan->rounds; round++) {
		each(cache, run_steps);
		each(cache, verify);
	}
	if (plan->run_out) {
		member_report(TEAM_TURN, held(cache));
		each(cache, grow_without_room);
		member_report(TEAM_MEET, held(cache));
	}
	each(cache, count_remaps);
	each(cache, cache_close);
	finish(0, (int)plan->devices);
}

/* ---- tests ---- */

TEAM_FIXTURE(cache);

/* clang-format off */
FIXTURE_VARIANT_ADD(cache, one_device) { .plan = { 1, 2, 8, 4, 6, 24, 1, false } };
FIXTURE_VARIANT_ADD(cache, devices) { .plan = { 3, 2, 5, 4, 2, 24, 2, false } };
FIXTURE_VARIANT_ADD(cache, few_pages) { .plan = { 1, 1, 4, 8, 3, 100, 3, false } };
FIXTURE_VARIANT_ADD(cache, out_of_memory) { .plan = { 2, 2, 6, 4, 2, 24, 4, true } };
FIXTURE_VARIANT_ADD(cache, too_large) {
	.plan = { 1, 1, 65, 4, 4, 24, 1, false }, .full_after = 64,
};
/* clang-format on */

TEAM_SETUP(cache)

/* Some remaps happen while the copies are held, so there are some under copies. */
TEST_F(cache, remaps_come_under_copies)
{
	struct team *t = &self->team;
	size_t remaps = 0, under_way = 0;
	long i;

	TEAM_RUN(t);
	for (i = 0; i < t->size && !variant->full_after; i++) {
		remaps += t->result[i].remaps;
		under_way += t->result[i].under_way;
		EXPECT_GT(t->result[i].under_way, 0);
	}
	EXPECT_LE(under_way, remaps);
}

TEST_HARNESS_MAIN
