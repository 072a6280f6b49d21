// SPDX-License-Identifier: MIT
/*
 * Random steps of a cache of pages: copies, mappings and what sequences do.
 */
#include "cache.h"

#include "team_memory.h"

static long choose(struct cache *c, long below)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (long)(c->random % (uint64_t)below);
}

char *flat_of(const struct cache *c, long page)
{
	return c->flat + (size_t)page * PAGE;
}

char *addr_of(const struct sequence *s, const struct kv_block *b)
{
	return s->base + (size_t)(b - s->block) * PAGE;
}

/* ---- copies ---- */

static void hold_copies(struct cache *c)
{
	CHECK(aclrtResetEvent(c->go, c->in));
	CHECK(aclrtStreamWaitEvent(c->in, c->go));
	CHECK(aclrtStreamWaitEvent(c->out, c->go));
	c->closed = true;
}

void start_copies(struct cache *c)
{
	if (c->closed)
		CHECK(aclrtRecordEvent(c->go, c->reader));
	c->closed = false;
}

void before(aclrtStream stream, const struct use *use)
{
	if (use->recorded)
		CHECK(aclrtStreamWaitEvent(stream, use->copied));
}

static void after(aclrtStream stream, struct use *use)
{
	CHECK(aclrtRecordEvent(use->copied, stream));
	use->recorded = true;
}

void wait_for(struct cache *c, const struct use *use)
{
	if (!use->recorded)
		return;
	start_copies(c);
	CHECK(aclrtSynchronizeEvent(use->copied));
}

static void copy(aclrtStream stream, void *to, struct use *to_use, const void *from,
		 struct use *from_use, size_t size, aclrtMemcpyKind kind)
{
	before(stream, to_use);
	before(stream, from_use);
	CHECK(aclrtMemcpyAsync(to, size, from, size, kind, stream));
	after(stream, to_use);
	after(stream, from_use);
}

static void to_host(struct cache *c, long slot, long page)
{
	copy(c->out, c->slot[slot].words, &c->slot[slot].use, flat_of(c, page),
	     &c->page[page].use, PAGE, ACL_MEMCPY_DEVICE_TO_HOST);
}

/* From byte @first to the end of the page. */
static void to_device(struct cache *c, long page, long slot, size_t first)
{
	copy(c->in, flat_of(c, page) + first, &c->page[page].use,
	     (char *)c->slot[slot].words + first, &c->slot[slot].use, PAGE - first,
	     ACL_MEMCPY_HOST_TO_DEVICE);
}

static void to_page(struct cache *c, long to, long from)
{
	copy(c->in, flat_of(c, to), &c->page[to].use, flat_of(c, from), &c->page[from].use,
	     PAGE, ACL_MEMCPY_DEVICE_TO_DEVICE);
}

/* ---- mappings of sequences ---- */

static void count_remap(struct cache *c)
{
	aclrtStreamStatus in, out;

	CHECK(aclrtStreamQuery(c->in, &in));
	CHECK(aclrtStreamQuery(c->out, &out));
	c->remaps++;
	if (in == ACL_STREAM_STATUS_NOT_READY || out == ACL_STREAM_STATUS_NOT_READY)
		c->under_way++;
	else if (c->closed)
		fail("device %d: the copies did not wait for their start", c->device);
}

static void hide(struct cache *c, struct sequence *s, struct kv_block *b)
{
	if (b->page == NONE)
		return;
	CHECK(aclrtUnmapMem(addr_of(s, b)));
	count_remap(c);
	c->page[b->page].shown--;
	b->page = NONE;
}

static void show(struct cache *c, struct sequence *s, struct kv_block *b, long page)
{
	CHECK(aclrtMapMem(addr_of(s, b), PAGE, 0, c->page[page].handle, 0));
	count_remap(c);
	c->page[page].shown++;
	b->page = page;
}

void drop(struct cache *c, struct sequence *s)
{
	struct kv_block *b;

	for (; s->length > 0; s->length--) {
		b = &s->block[s->length - 1];
		hide(c, s, b);
		if (b->slot != NONE)
			c->slot[b->slot].taken = false;
		b->slot = NONE;
	}
}

static long free_slot(struct cache *c)
{
	long i, slots = 2 * plan->pages, first = choose(c, slots);

	for (i = 0; i < slots; i++)
		if (!c->slot[(first + i) % slots].taken)
			return (first + i) % slots;
	return NONE;
}

/* Copies the content to the host. The page is free; the next copy to it waits. */
static void swap_out(struct cache *c, struct sequence *s, struct kv_block *b)
{
	b->slot = free_slot(c);
	if (b->slot == NONE) {
		drop(c, s);
		return;
	}
	c->slot[b->slot].taken = true;
	to_host(c, b->slot, b->page);
	hide(c, s, b);
}

static void make_room(struct cache *c)
{
	struct sequence *s = &c->sequence[choose(c, plan->sequences)];
	long i, first;

	if (!s->length)
		return;
	first = choose(c, s->length);
	for (i = 0; i < s->length; i++)
		if (s->block[(first + i) % s->length].page != NONE) {
			swap_out(c, s, &s->block[(first + i) % s->length]);
			return;
		}
}

/* Returns a free page. Any block may be swapped out for it, any sequence ended. */
static long get_page(struct cache *c)
{
	long i;

	for (;;) {
		for (i = 0; i < c->pages; i++) {
			c->hand = (c->hand + 1) % c->pages;
			if (!c->page[c->hand].shown)
				return c->hand;
		}
		make_room(c);
	}
}

/* ---- steps ---- */

/* New content for the second half of a page, or for both. */
static void write_page(struct cache *c, struct kv_block *b, long page, bool both)
{
	size_t half = PAGE / 16;
	long slot = free_slot(c);
	struct slot *via;

	if (slot == NONE)
		fail("device %d: no slot is free for a copy", c->device);
	via = &c->slot[slot];
	wait_for(c, &via->use);
	b->stamp[1] = ++c->stamp;
	if (both)
		b->stamp[0] = ++c->stamp;
	if (both)
		write_words(via->words, 0, half, b->stamp[0]);
	write_words(via->words, half, 2 * half, b->stamp[1]);
	to_device(c, page, slot, both ? 0 : half * 8);
}

static void append(struct cache *c, struct sequence *s)
{
	long page = get_page(c);
	struct kv_block *b = &s->block[s->length];

	if (s->length == MAX_LENGTH || free_slot(c) == NONE) {
		drop(c, s);
		return;
	}
	s->length++;
	write_page(c, b, page, true);
	show(c, s, b, page);
}

/* Appends the block to another sequence, too: both map the same page. */
static void fork_block(struct cache *c, struct kv_block *from)
{
	struct sequence *s = &c->sequence[choose(c, plan->sequences)];
	struct kv_block *b;

	if (from->page == NONE || s->length == MAX_LENGTH)
		return;
	b = &s->block[s->length++];
	b->stamp[0] = from->stamp[0];
	b->stamp[1] = from->stamp[1];
	show(c, s, b, from->page);
}

/* Gives a block another page, which no other block maps. */
static void move(struct cache *c, struct sequence *s, struct kv_block *b)
{
	long page = get_page(c);

	if (b->page == NONE)
		return;
	to_page(c, page, b->page);
	hide(c, s, b);
	show(c, s, b, page);
}

/* Other blocks that map the page keep their content. */
static void modify(struct cache *c, struct sequence *s, struct kv_block *b)
{
	if (b->page != NONE && c->page[b->page].shown > 1)
		move(c, s, b);
	if (b->page != NONE && free_slot(c) != NONE)
		write_page(c, b, b->page, false);
}

static void swap_in(struct cache *c, struct sequence *s, struct kv_block *b)
{
	long page = get_page(c);

	/* get_page() may have ended its sequence. */
	if (b->slot == NONE)
		return;
	to_device(c, page, b->slot, 0);
	c->slot[b->slot].taken = false;
	b->slot = NONE;
	show(c, s, b, page);
}

static void step(struct cache *c)
{
	struct sequence *s = &c->sequence[choose(c, plan->sequences)];
	long what = choose(c, 16);
	struct kv_block *b;

	if (what < 5 || !s->length) {
		append(c, s);
		return;
	}
	b = &s->block[choose(c, s->length)];
	if (b->slot != NONE)
		swap_in(c, s, b);
	else if (what < 8)
		fork_block(c, b);
	else if (what < 11)
		move(c, s, b);
	else if (what < 13)
		modify(c, s, b);
	else if (what < 15)
		swap_out(c, s, b);
	else
		drop(c, s);
}

void run_steps(struct cache *c)
{
	long i;

	hold_copies(c);
	for (i = 0; i < plan->steps; i++) {
		if (i == plan->steps / 2)
			start_copies(c);
		step(c);
	}
}
