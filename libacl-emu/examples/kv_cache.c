// SPDX-License-Identifier: MIT
/*
 * A cache of pages for sequences that grow, fork, move and go. A transfer
 * engine sees all pages of a device side by side and copies them; a sequence
 * sees its pages one behind the other, at addresses where pages change while
 * the copies run. Nobody waits for a copy but who needs its outcome: the
 * engine's streams wait for the events of pages.
 *
 *     kv_cache [-d DEVICES] [-p PROCESSES] [-n PAGES] [-s MIB] [-q SEQUENCES]
 *              [-r ROUNDS] [-k STEPS] [-x SEED] [-o]
 *
 * -s is the size of a page, -k the number of steps in a round. With -o the
 * processes, one after the other, find the device too full in the middle of
 * growing the cache, roll that back and go on with fewer pages. Nobody else may
 * use the devices meanwhile: what is in use is compared to the byte.
 *
 *     cc kv_cache.c -lascendcl -o kv_cache
 */
#define _GNU_SOURCE			/* program_invocation_short_name */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acl/acl.h"

#define MIB		(1024ul * 1024)
#define MAX_DEVICES	64
#define MAX_PROCESSES	64
#define MAX_PAGES	1024
#define MAX_SEQUENCES	64
#define MAX_LENGTH	16		/* blocks of a sequence */

static struct {
	long devices, processes, pages, mib, sequences, rounds, steps, seed;
	bool run_out;
	size_t page;			/* bytes */
} opt = {
	.devices = 1, .processes = 2, .pages = 8, .mib = 2, .sequences = 4, .rounds = 4,
	.steps = 24, .seed = 1,
};

static long me = -1;			/* number of this process */
static char name[64];			/* of a process, in messages */

/* ---- failures ---- */

#define fail(...) errx(1, __VA_ARGS__)

static void check(const char *call, aclError code)
{
	const char *why;

	if (code == ACL_SUCCESS)
		return;
	why = aclGetRecentErrMsg();
	fail("%s failed with %d: %s", call, code, why ? why : "no message");
}

#define CHECK(call) check(#call, (call))

static size_t left(void)
{
	size_t free, total;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
	return free;
}

/* ---- pages, blocks, sequences ---- */

/* The last copy that touches something. */
struct use {
	aclrtEvent copied;
	bool recorded;
};

struct page {
	aclrtDrvMemHandle handle;
	struct use use;
	long shown;			/* by so many blocks; 0: it is free */
};

struct slot {				/* a page's content on the host */
	uint64_t *words;
	struct use use;
	bool taken;
};

#define NONE (-1)

struct block {
	long page, slot;		/* where its content is, else NONE */
	uint64_t stamp[2];		/* what its halves hold */
};

struct sequence {
	char *base;
	long length;
	struct block block[MAX_LENGTH];
};

struct cache {				/* of a device */
	int device;
	aclrtContext context;
	aclrtStream in, out, reader;	/* to the device; to the host; for verify() */
	aclrtEvent go;			/* the engine waits for it ... */
	bool closed;			/* ... while this is set */
	char *flat;			/* all pages, as the engine sees them */
	struct page page[2 * MAX_PAGES];
	long pages, hand;		/* number of pages; where the search went */
	struct slot slot[2 * MAX_PAGES];
	uint64_t *words;		/* what was read */
	struct sequence sequence[MAX_SEQUENCES];
	uint64_t random, stamp;
	size_t remaps, under_way;	/* and those with copies not done */
};

static long choose(struct cache *c, long below)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (long)(c->random % (uint64_t)below);
}

static char *flat_of(const struct cache *c, long page)
{
	return c->flat + (size_t)page * opt.page;
}

static char *addr_of(const struct sequence *s, const struct block *b)
{
	return s->base + (size_t)(b - s->block) * opt.page;
}

/* ---- the engine ---- */

static void hold_engine(struct cache *c)
{
	CHECK(aclrtResetEvent(c->go, c->in));
	CHECK(aclrtStreamWaitEvent(c->in, c->go));
	CHECK(aclrtStreamWaitEvent(c->out, c->go));
	c->closed = true;
}

static void start_engine(struct cache *c)
{
	if (c->closed)
		CHECK(aclrtRecordEvent(c->go, c->reader));
	c->closed = false;
}

static void before(aclrtStream stream, const struct use *use)
{
	if (use->recorded)
		CHECK(aclrtStreamWaitEvent(stream, use->copied));
}

static void after(aclrtStream stream, struct use *use)
{
	CHECK(aclrtRecordEvent(use->copied, stream));
	use->recorded = true;
}

static void wait_for(struct cache *c, const struct use *use)
{
	if (!use->recorded)
		return;
	start_engine(c);
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
	     &c->page[page].use, opt.page, ACL_MEMCPY_DEVICE_TO_HOST);
}

/* From byte @first of the page on. */
static void to_device(struct cache *c, long page, long slot, size_t first)
{
	copy(c->in, flat_of(c, page) + first, &c->page[page].use,
	     (char *)c->slot[slot].words + first, &c->slot[slot].use, opt.page - first,
	     ACL_MEMCPY_HOST_TO_DEVICE);
}

static void to_page(struct cache *c, long to, long from)
{
	copy(c->in, flat_of(c, to), &c->page[to].use, flat_of(c, from), &c->page[from].use,
	     opt.page, ACL_MEMCPY_DEVICE_TO_DEVICE);
}

/* ---- what a sequence sees ---- */

static void count_remap(struct cache *c)
{
	aclrtStreamStatus in, out;

	CHECK(aclrtStreamQuery(c->in, &in));
	CHECK(aclrtStreamQuery(c->out, &out));
	c->remaps++;
	if (in == ACL_STREAM_STATUS_NOT_READY || out == ACL_STREAM_STATUS_NOT_READY)
		c->under_way++;
	else if (c->closed)
		fail("device %d: the engine did not wait for its start", c->device);
}

static void hide(struct cache *c, struct sequence *s, struct block *b)
{
	if (b->page == NONE)
		return;
	CHECK(aclrtUnmapMem(addr_of(s, b)));
	count_remap(c);
	c->page[b->page].shown--;
	b->page = NONE;
}

static void show(struct cache *c, struct sequence *s, struct block *b, long page)
{
	CHECK(aclrtMapMem(addr_of(s, b), opt.page, 0, c->page[page].handle, 0));
	count_remap(c);
	c->page[page].shown++;
	b->page = page;
}

static void drop(struct cache *c, struct sequence *s)
{
	struct block *b;

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
	long i, slots = 2 * opt.pages, first = choose(c, slots);

	for (i = 0; i < slots; i++)
		if (!c->slot[(first + i) % slots].taken)
			return (first + i) % slots;
	return NONE;
}

/* The content goes to the host, the page is free: to be written after the copy. */
static void swap_out(struct cache *c, struct sequence *s, struct block *b)
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
	struct sequence *s = &c->sequence[choose(c, opt.sequences)];
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

/* A free page; any block may lose its page for it, any sequence may go. */
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

static uint64_t word(uint64_t stamp, size_t i)
{
	return (stamp * 1000003 + i) * UINT64_C(0x9e3779b97f4a7c15);
}

/* New content for the second half of a page, or for both. */
static void write_page(struct cache *c, struct block *b, long page, bool both)
{
	size_t i, half = opt.page / 16, first = both ? 0 : half;
	long slot = free_slot(c);
	struct slot *via;

	/* A host that is full of swapped pages has no way for new content. */
	if (slot == NONE)
		fail("device %d: no memory on the host is left for a copy", c->device);
	via = &c->slot[slot];
	wait_for(c, &via->use);
	b->stamp[1] = ++c->stamp;
	if (both)
		b->stamp[0] = ++c->stamp;
	for (i = first; i < 2 * half; i++)
		via->words[i] = word(b->stamp[i / half], i);
	to_device(c, page, slot, first * 8);
}

static void append(struct cache *c, struct sequence *s)
{
	long page = get_page(c);
	struct block *b = &s->block[s->length];

	if (s->length == MAX_LENGTH || free_slot(c) == NONE) {
		drop(c, s);
		return;
	}
	s->length++;
	write_page(c, b, page, true);
	show(c, s, b, page);
}

/* Another sequence goes on from a block of this one: both show one page. */
static void fork_block(struct cache *c, struct block *from)
{
	struct sequence *s = &c->sequence[choose(c, opt.sequences)];
	struct block *b;

	if (from->page == NONE || s->length == MAX_LENGTH)
		return;
	b = &s->block[s->length++];
	b->stamp[0] = from->stamp[0];
	b->stamp[1] = from->stamp[1];
	show(c, s, b, from->page);
}

/* A page of its own for a block that shares one, or another one. */
static void move(struct cache *c, struct sequence *s, struct block *b)
{
	long page = get_page(c);

	if (b->page == NONE)
		return;
	to_page(c, page, b->page);
	hide(c, s, b);
	show(c, s, b, page);
}

/* What others see of the page stays. */
static void modify(struct cache *c, struct sequence *s, struct block *b)
{
	if (b->page != NONE && c->page[b->page].shown > 1)
		move(c, s, b);
	if (b->page != NONE && free_slot(c) != NONE)
		write_page(c, b, b->page, false);
}

static void swap_in(struct cache *c, struct sequence *s, struct block *b)
{
	long page = get_page(c);

	/* Its sequence may have gone to make room. */
	if (b->slot == NONE)
		return;
	to_device(c, page, b->slot, 0);
	c->slot[b->slot].taken = false;
	b->slot = NONE;
	show(c, s, b, page);
}

static void step(struct cache *c)
{
	struct sequence *s = &c->sequence[choose(c, opt.sequences)];
	long what = choose(c, 16);
	struct block *b;

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

/* ---- contents ---- */

static void compare(const struct cache *c, const struct block *b, const uint64_t *words,
		    const char *where)
{
	size_t i, half = opt.page / 16;

	for (i = 0; i < 2 * half; i++)
		if (words[i] != word(b->stamp[i / half], i))
			fail("device %d: word %zu of a block %s is %#" PRIx64 " instead of %#"
			     PRIx64, c->device, i, where, words[i], word(b->stamp[i / half], i));
}

/* By the addresses of the sequence, after the copies to or from the page. */
static void verify_block(struct cache *c, struct sequence *s, struct block *b)
{
	if (b->page != NONE) {
		before(c->reader, &c->page[b->page].use);
		CHECK(aclrtMemcpyAsync(c->words, opt.page, addr_of(s, b), opt.page,
				       ACL_MEMCPY_DEVICE_TO_HOST, c->reader));
		CHECK(aclrtSynchronizeStream(c->reader));
		compare(c, b, c->words, "on the device");
	} else {
		wait_for(c, &c->slot[b->slot].use);
		compare(c, b, c->slot[b->slot].words, "on the host");
	}
}

static void verify(struct cache *c)
{
	long i, k;

	start_engine(c);
	for (i = 0; i < opt.sequences; i++)
		for (k = 0; k < c->sequence[i].length; k++)
			verify_block(c, &c->sequence[i], &c->sequence[i].block[k]);
}

/* First all remaps come before the copies, then among them. */
static void run_steps(struct cache *c)
{
	long i;

	hold_engine(c);
	for (i = 0; i < opt.steps; i++) {
		if (i == opt.steps / 2)
			start_engine(c);
		step(c);
	}
}

/* ---- the pool ---- */

static aclrtPhysicalMemProp wish(int device)
{
	return (aclrtPhysicalMemProp){
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = (uint32_t)device, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
}

static void give_page(struct cache *c)
{
	struct page *p = &c->page[--c->pages];

	if (p->use.recorded)
		CHECK(aclrtSynchronizeEvent(p->use.copied));
	CHECK(aclrtDestroyEvent(p->use.copied));
	CHECK(aclrtUnmapMem(flat_of(c, c->pages)));
	CHECK(aclrtFreePhysical(p->handle));
	*p = (struct page){ 0 };
}

/* All @count pages or none: false if the device is full, after @got of them. */
static bool grow(struct cache *c, long count, long *got)
{
	aclrtPhysicalMemProp prop = wish(c->device);
	struct page *p;
	aclError code;

	for (*got = 0; *got < count; ++*got) {
		p = &c->page[c->pages];
		code = aclrtMallocPhysical(&p->handle, opt.page, &prop, 0);
		if (code == ACL_ERROR_RT_MEMORY_ALLOCATION) {
			/* It is dealt with: nobody shall find it later. */
			aclrtGetLastError(ACL_RT_THREAD_LEVEL);
			break;
		}
		check("aclrtMallocPhysical", code);
		CHECK(aclrtMapMem(flat_of(c, c->pages), opt.page, 0, p->handle, 0));
		CHECK(aclrtCreateEventWithFlag(&p->use.copied, ACL_EVENT_SYNC));
		c->pages++;
	}
	if (*got == count)
		return true;
	for (count = *got; count > 0; count--)
		give_page(c);
	return false;
}

/* Nothing but the sequences knows of the pages: without them it may shrink. */
static void drop_all(struct cache *c)
{
	long i;

	start_engine(c);
	for (i = 0; i < opt.sequences; i++)
		drop(c, &c->sequence[i]);
}

/* Somebody else's memory leaves less than a step of growth wants. */
static void run_out(struct cache *c)
{
	aclrtPhysicalMemProp prop = wish(c->device);
	long count = opt.pages, got;
	size_t other = left(), want = (size_t)count * opt.page, had;
	aclrtDrvMemHandle handle;

	if (other < want)
		fail("device %d has %zu bytes left, too few for %zu", c->device, other, want);
	other -= (size_t)(count / 2) * opt.page;
	CHECK(aclrtMallocPhysical(&handle, other, &prop, 0));
	run_steps(c);
	had = left();
	if (grow(c, count, &got))
		fail("device %d gave more than it has", c->device);
	if (got != count / 2)
		fail("device %d was full after %ld of %ld pages", c->device, got, count);
	if (left() != had)
		fail("growing in vain left %zu bytes behind", had - left());
	run_steps(c);
	verify(c);

	CHECK(aclrtFreePhysical(handle));
	if (!grow(c, count, &got))
		fail("device %d is full after %ld of %ld pages", c->device, got, count);
	run_steps(c);
	verify(c);
	drop_all(c);
	while (c->pages > opt.pages)
		give_page(c);
	run_steps(c);
	verify(c);
}

/* ---- the life of a cache ---- */

static void open_slots(struct cache *c)
{
	long i;

	CHECK(aclrtMallocHost((void **)&c->words, opt.page));
	for (i = 0; i < 2 * opt.pages; i++) {
		CHECK(aclrtMallocHost((void **)&c->slot[i].words, opt.page));
		CHECK(aclrtCreateEventWithFlag(&c->slot[i].use.copied, ACL_EVENT_SYNC));
	}
}

static void open_sequences(struct cache *c)
{
	long i, k;

	for (i = 0; i < opt.sequences; i++) {
		CHECK(aclrtReserveMemAddress((void **)&c->sequence[i].base, MAX_LENGTH * opt.page,
					     0, NULL, 0));
		for (k = 0; k < MAX_LENGTH; k++)
			c->sequence[i].block[k] = (struct block){ .page = NONE, .slot = NONE };
	}
}

static void cache_open(struct cache *c, int device)
{
	aclrtPhysicalMemProp prop = wish(device);
	size_t unit;
	long got;

	c->device = device;
	c->random = (uint64_t)(opt.seed * 1000 + me * 100 + device + 1) * 0x9e3779b97f4a7c15;
	c->stamp = (uint64_t)(me * MAX_DEVICES + device + 1) << 32;
	CHECK(aclrtSetDevice(device));
	CHECK(aclrtGetCurrentContext(&c->context));
	CHECK(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &unit));
	opt.page = ((size_t)opt.mib * MIB + unit - 1) / unit * unit;
	CHECK(aclrtCreateStream(&c->in));
	CHECK(aclrtCreateStream(&c->out));
	CHECK(aclrtCreateStream(&c->reader));
	CHECK(aclrtCreateEvent(&c->go));
	CHECK(aclrtReserveMemAddress((void **)&c->flat, 2 * (size_t)opt.pages * opt.page, 0, NULL,
				     0));
	if (!grow(c, opt.pages, &got))
		fail("device %d is full after %ld of %ld pages of %zu MiB", device, got, opt.pages,
		     opt.page / MIB);
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
	for (i = 0; i < opt.sequences; i++)
		CHECK(aclrtReleaseMemAddress(c->sequence[i].base));
	for (i = 0; i < 2 * opt.pages; i++) {
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

/* What a process tells its parent, which checks the sum of bytes. */
struct report {
	size_t bytes;			/* on each device */
	size_t remaps, under_way;
};

/* Waits for all others, or for its turn. */
static void report(int fd, const struct cache *cache)
{
	struct report r = { .bytes = (size_t)cache[0].pages * opt.page };
	char go;
	long d;

	for (d = 0; d < opt.devices; d++) {
		r.remaps += cache[d].remaps;
		r.under_way += cache[d].under_way;
	}
	if (send(fd, &r, sizeof(r), MSG_NOSIGNAL) != sizeof(r) || recv(fd, &go, 1, 0) != 1)
		fail("the parent is gone");
}

static void each(struct cache *cache, void (*what)(struct cache *c))
{
	long d;

	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetCurrentContext(cache[d].context));
		what(&cache[d]);
	}
}

static void work(int parent)
{
	struct cache *cache = calloc((size_t)opt.devices, sizeof(*cache));
	long round, d;

	if (!cache)
		fail("no memory for %ld devices", opt.devices);
	CHECK(aclInit(NULL));
	report(parent, cache);
	for (d = 0; d < opt.devices; d++)
		cache_open(&cache[d], (int)d);
	report(parent, cache);
	for (round = 0; round < opt.rounds; round++) {
		each(cache, run_steps);
		each(cache, verify);
	}
	if (opt.run_out) {
		report(parent, cache);
		each(cache, run_out);
		report(parent, cache);
	}
	each(cache, cache_close);
	report(parent, cache);
	for (d = 0; d < opt.devices; d++)
		CHECK(aclrtResetDevice((int)d));
	CHECK(aclFinalize());
}

/* ---- all processes ---- */

static struct worker {
	pid_t pid;
	int fd;
	struct report last;
} worker[MAX_PROCESSES];

static size_t at_start[MAX_DEVICES];

/* Before any call of acl: a child of fork() shares nothing with its parent. */
static void start_workers(void)
{
	int link[2];
	long i, j;

	for (i = 0; i < opt.processes; i++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, link))
			fail("no socket: %s", strerror(errno));
		worker[i].fd = link[0];
		worker[i].pid = fork();
		if (worker[i].pid < 0)
			fail("no process: %s", strerror(errno));
		if (worker[i].pid) {
			close(link[1]);
			continue;
		}
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		me = i;
		snprintf(name, sizeof(name), "kv_cache: process %ld", me);
		program_invocation_short_name = name;
		for (j = 0; j <= i; j++)
			close(worker[j].fd);
		work(link[1]);
		exit(0);
	}
}

/* Without their connections the others end, too; each says why, but for a signal. */
static void give_up(long i)
{
	int status, signal = 0;
	long j;

	for (j = 0; j < opt.processes; j++)
		close(worker[j].fd);
	while (wait(&status) > 0)
		if (WIFSIGNALED(status))
			signal = WTERMSIG(status);
	if (signal)
		fail("a process was ended by signal %d", signal);
	fail("process %ld failed", i);
}

static void hear(long i)
{
	if (recv(worker[i].fd, &worker[i].last, sizeof(worker[i].last), 0) !=
	    sizeof(worker[i].last))
		give_up(i);
}

/* What the devices say is what the processes say. */
static void account(void)
{
	size_t bytes = 0;
	long i, d;

	for (i = 0; i < opt.processes; i++)
		bytes += worker[i].last.bytes;
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetDevice((int)d));
		if (left() + bytes != at_start[d])
			fail("device %ld has %zu bytes left, %zu before the processes took %zu", d,
			     left(), at_start[d], bytes);
	}
}

/* All go on: at once, or each when the one before it has reported again. */
static void tell_all(bool turns)
{
	char go = 0;
	long i;

	for (i = 0; i < opt.processes; i++) {
		if (send(worker[i].fd, &go, 1, MSG_NOSIGNAL) != 1)
			give_up(i);
		if (turns)
			hear(i);
	}
}

static void meet(bool turns)
{
	long i;

	for (i = 0; i < opt.processes; i++)
		hear(i);
	account();
	tell_all(turns);
	if (turns) {
		account();
		tell_all(false);
	}
}

/* Returns how many remaps came while copies were not done. */
static size_t join_workers(size_t *remaps)
{
	size_t under_way = 0;
	int status;
	long i;

	*remaps = 0;
	for (i = 0; i < opt.processes; i++) {
		if (waitpid(worker[i].pid, &status, 0) != worker[i].pid || status)
			fail("process %ld ended with status %#x", i, status);
		*remaps += worker[i].last.remaps;
		under_way += worker[i].last.under_way;
	}
	account();
	return under_way;
}

static void options(int argc, char **argv)
{
	static const struct {
		int letter;
		long *value, low, high;
	} numbers[] = {
		{ 'd', &opt.devices, 1, MAX_DEVICES },
		{ 'p', &opt.processes, 1, MAX_PROCESSES },
		{ 'n', &opt.pages, 4, MAX_PAGES },
		{ 's', &opt.mib, 1, 1024 },
		{ 'q', &opt.sequences, 1, MAX_SEQUENCES },
		{ 'r', &opt.rounds, 1, 1000000 },
		{ 'k', &opt.steps, 2, 1000000 },
		{ 'x', &opt.seed, 0, 1000000 },
	};
	const size_t count = sizeof(numbers) / sizeof(numbers[0]);
	char *end = "";
	size_t i;
	int c;

	while ((c = getopt(argc, argv, "d:p:n:s:q:r:k:x:o")) != -1) {
		for (i = 0; i < count && numbers[i].letter != c; i++)
			;
		if (i < count)
			*numbers[i].value = strtol(optarg, &end, 10);
		else if (c == 'o')
			opt.run_out = true;
		else
			end = "?";
		if (*end || (i < count && (*numbers[i].value < numbers[i].low ||
					   *numbers[i].value > numbers[i].high)))
			break;
	}
	if (c == -1 && optind == argc)
		return;
	if (c != -1 && i < count)
		fprintf(stderr, "-%c is a number from %ld to %ld\n", c, numbers[i].low,
			numbers[i].high);
	fprintf(stderr, "usage: %s [-d DEVICES] [-p PROCESSES] [-n PAGES] [-s MIB] "
			"[-q SEQUENCES] [-r ROUNDS] [-k STEPS] [-x SEED] [-o]\n", argv[0]);
	exit(2);
}

int main(int argc, char **argv)
{
	size_t remaps, under_way;
	long d;

	/* What a process says shall come in one piece. */
	setvbuf(stderr, NULL, _IOLBF, 0);
	options(argc, argv);
	start_workers();
	CHECK(aclInit(NULL));
	for (d = 0; d < opt.devices; d++) {
		CHECK(aclrtSetDevice((int)d));
		at_start[d] = left();
	}
	meet(false);
	meet(false);
	if (opt.run_out)
		meet(true);
	meet(false);
	under_way = join_workers(&remaps);
	printf("kv_cache: %ld processes, %ld devices, %ld rounds: %zu remaps, %zu of them under "
	       "copies, %s; all memory is back\n", opt.processes, opt.devices, opt.rounds, remaps,
	       under_way, opt.run_out ? "ran full in the middle of growth" : "never full");
	CHECK(aclFinalize());
	return 0;
}
