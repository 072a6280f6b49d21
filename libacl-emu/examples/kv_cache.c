// SPDX-License-Identifier: MIT
/*
 * A key/value cache of pages, mapped where each sequence needs them.
 *
 * All pages are mapped side by side, for copies. A sequence has consecutive
 * addresses of its own, where its pages are mapped a second time:
 *
 *     pool:        | page 0 | page 1 | page 2 | page 3 | ...
 *     sequence A:  | page 0 | page 1 |
 *     sequence B:  | page 0 | page 2 |      shares its first page with A
 *
 * Copies wait for an event of the page on their stream; the host does not wait.
 *
 *     cc kv_cache.c -lascendcl -o kv_cache
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acl/acl.h"

#define PAGES	5			/* of the device */
#define LENGTH	4			/* pages of a sequence */
#define CONTENTS	6		/* of pages, all different */

#define CHECK(call) do { \
	aclError code_ = (call); \
	if (code_ != ACL_SUCCESS) { \
		fprintf(stderr, "%s failed with %d: %s\n", #call, code_, aclGetRecentErrMsg()); \
		exit(1); \
	} \
} while (0)

struct page {
	aclrtDrvMemHandle handle;
	aclrtEvent copied;		/* the last copy from or to the page is complete */
	int users;			/* sequences that map it; 0: it is free */
};

static struct page page[PAGES];
static char *pool;			/* all pages, for the copies */
static size_t page_size;
static aclrtStream in, out;		/* copies to the device, copies to the host */

static char *in_pool(int i)
{
	return pool + (size_t)i * page_size;
}

static void pool_open(void)
{
	aclrtPhysicalMemProp prop = {
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	int i;

	CHECK(aclrtCreateStream(&in));
	CHECK(aclrtCreateStream(&out));
	CHECK(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &page_size));
	CHECK(aclrtReserveMemAddress((void **)&pool, PAGES * page_size, 0, NULL, 0));
	for (i = 0; i < PAGES; i++) {
		CHECK(aclrtMallocPhysical(&page[i].handle, page_size, &prop, 0));
		CHECK(aclrtMapMem(in_pool(i), page_size, 0, page[i].handle, 0));
		CHECK(aclrtCreateEventWithFlag(&page[i].copied, ACL_EVENT_SYNC));
		CHECK(aclrtRecordEvent(page[i].copied, in));
	}
}

static void pool_close(void)
{
	int i;

	for (i = 0; i < PAGES; i++) {
		CHECK(aclrtSynchronizeEvent(page[i].copied));
		CHECK(aclrtDestroyEvent(page[i].copied));
		CHECK(aclrtUnmapMem(in_pool(i)));
		CHECK(aclrtFreePhysical(page[i].handle));
	}
	CHECK(aclrtReleaseMemAddress(pool));
	CHECK(aclrtDestroyStream(in));
	CHECK(aclrtDestroyStream(out));
}

static int free_page(void)
{
	int i;

	for (i = 0; i < PAGES && page[i].users; i++)
		;
	assert(i < PAGES);
	return i;
}

/* Copies from or to page @i, after all earlier copies that touch it. */
static void copy_page(int i, void *to, const void *from, aclrtMemcpyKind kind)
{
	aclrtStream stream = kind == ACL_MEMCPY_DEVICE_TO_HOST ? out : in;

	CHECK(aclrtStreamWaitEvent(stream, page[i].copied));
	CHECK(aclrtMemcpyAsync(to, page_size, from, page_size, kind, stream));
	CHECK(aclrtRecordEvent(page[i].copied, stream));
}

struct sequence {
	char *base;
	int length;
	int page[LENGTH];		/* last page of each block */
	void *host[LENGTH];		/* pinned memory of blocks that were swapped out */
};

static char *address(const struct sequence *s, int k)
{
	return s->base + (size_t)k * page_size;
}

/* Maps page @i as block @k of a sequence. */
static void map_block(struct sequence *s, int k, int i)
{
	CHECK(aclrtMapMem(address(s, k), page_size, 0, page[i].handle, 0));
	s->page[k] = i;
	page[i].users++;
}

static void unmap_block(struct sequence *s, int k)
{
	CHECK(aclrtUnmapMem(address(s, k)));
	page[s->page[k]].users--;
}

/* Begins with the first @length pages of @from, without a copy. */
static void sequence_open(struct sequence *s, const struct sequence *from, int length)
{
	*s = (struct sequence){ .length = 0 };
	CHECK(aclrtReserveMemAddress((void **)&s->base, LENGTH * page_size, 0, NULL, 0));
	for (; s->length < length; s->length++)
		map_block(s, s->length, from->page[s->length]);
}

/* All copies of its blocks must be complete. */
static void sequence_close(struct sequence *s)
{
	while (s->length > 0) {
		unmap_block(s, --s->length);
		if (s->host[s->length])
			CHECK(aclrtFreeHost(s->host[s->length]));
	}
	CHECK(aclrtReleaseMemAddress(s->base));
}

static void append(struct sequence *s, const void *content)
{
	int i = free_page();

	map_block(s, s->length++, i);
	copy_page(i, in_pool(i), content, ACL_MEMCPY_HOST_TO_DEVICE);
}

/* A block that shares its page gets a page of its own before it is changed. */
static void copy_on_write(struct sequence *s, int k)
{
	int old = s->page[k], new = free_page();

	CHECK(aclrtStreamWaitEvent(in, page[old].copied));
	copy_page(new, in_pool(new), in_pool(old), ACL_MEMCPY_DEVICE_TO_DEVICE);
	CHECK(aclrtRecordEvent(page[old].copied, in));
	unmap_block(s, k);
	map_block(s, k, new);
}

/* The page is free at once: the next copy to it waits for this one. */
static void swap_out(struct sequence *s, int k)
{
	CHECK(aclrtMallocHost(&s->host[k], page_size));
	copy_page(s->page[k], s->host[k], in_pool(s->page[k]), ACL_MEMCPY_DEVICE_TO_HOST);
	unmap_block(s, k);
}

static void swap_in(struct sequence *s, int k)
{
	int i = free_page();

	/* The copy to the host may still be running. */
	CHECK(aclrtStreamWaitEvent(in, page[s->page[k]].copied));
	copy_page(i, in_pool(i), s->host[k], ACL_MEMCPY_HOST_TO_DEVICE);
	map_block(s, k, i);
}

/* Reads block @k of a sequence at the sequence's own address. */
static void check(const struct sequence *s, int k, const void *content)
{
	void *host = malloc(page_size);

	CHECK(aclrtSynchronizeEvent(page[s->page[k]].copied));
	CHECK(aclrtMemcpy(host, page_size, address(s, k), page_size, ACL_MEMCPY_DEVICE_TO_HOST));
	if (memcmp(host, content, page_size)) {
		fprintf(stderr, "block %d does not hold what was written\n", k);
		exit(1);
	}
	free(host);
}

int main(void)
{
	struct sequence a, b;
	char *text[CONTENTS];
	int k;

	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(0));
	pool_open();
	for (k = 0; k < CONTENTS; k++) {
		CHECK(aclrtMallocHost((void **)&text[k], page_size));
		memset(text[k], 'a' + k, page_size);
	}
	sequence_open(&a, NULL, 0);
	for (k = 0; k < LENGTH; k++)
		append(&a, text[k]);
	sequence_open(&b, &a, 2);
	copy_on_write(&b, 1);
	printf("A has 4 pages, B shares the first and has a copy of the second\n");

	/* No page is left: pages of A are swapped out so that B can grow. */
	for (k = 2; k < LENGTH; k++) {
		swap_out(&a, k);
		append(&b, text[2 + k]);
	}
	for (k = 0; k < LENGTH; k++)
		check(&b, k, text[k < 2 ? k : 2 + k]);
	printf("B has 4 pages, 2 pages of A are on the host\n");

	sequence_close(&b);
	for (k = 2; k < LENGTH; k++)
		swap_in(&a, k);
	for (k = 0; k < LENGTH; k++)
		check(&a, k, text[k]);
	printf("B ended, A is complete and unchanged\n");

	sequence_close(&a);
	pool_close();
	for (k = 0; k < CONTENTS; k++)
		CHECK(aclrtFreeHost(text[k]));
	CHECK(aclrtResetDevice(0));
	CHECK(aclFinalize());
	return 0;
}
