// SPDX-License-Identifier: MIT
/*
 * A segment of device memory that grows and shrinks in place.
 *
 * An allocator that takes separate blocks from the device leaves gaps into
 * which no larger request fits. This one reserves a long range of addresses
 * once and maps physical memory at the end of what is mapped, piece by piece:
 *
 *     base                                                base + room pieces
 *     | piece 0 | piece 1 | piece 2 |  addresses without memory  ...  |
 *
 * Pointers into the segment stay valid while it grows, and a copy may cross
 * from one piece to the next. Pieces at the end return to the device.
 *
 *     cc expandable_segments.c -lascendcl -o expandable_segments
 *     ./expandable_segments [MIB]
 *
 * MIB is the size to grow to, 32 by default. If the device has less, the
 * segment stays as it is and the program goes on.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "acl/acl.h"

#define MIB ((size_t)1 << 20)

static void die(const char *what, aclError code)
{
	const char *why = aclGetRecentErrMsg();

	fprintf(stderr, "%s failed with %d: %s\n", what, code, why ? why : "no message");
	exit(1);
}

#define CHECK(call) do { \
	aclError code_ = (call); \
	if (code_ != ACL_SUCCESS) \
		die(#call, code_); \
} while (0)

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "wrong result: %s\n", what);
	exit(1);
}

/* ---- the segment ---- */

struct segment {
	aclrtPhysicalMemProp prop;	/* of the memory of all pieces */
	char *base;
	size_t piece;			/* bytes */
	size_t count, room;		/* pieces mapped, pieces that have addresses */
	aclrtDrvMemHandle *handle;	/* of each mapped piece */
};

static size_t mapped(const struct segment *s)
{
	return s->count * s->piece;
}

static void segment_open(struct segment *s, int device)
{
	size_t free_bytes, total;

	*s = (struct segment){ .prop = {
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = (uint32_t)device, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	} };
	CHECK(aclrtMemGetAllocationGranularity(&s->prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
					       &s->piece));
	/* Addresses use no device memory: reserve more than the device has. */
	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free_bytes, &total));
	s->room = (total + total / 8) / s->piece;
	s->handle = calloc(s->room, sizeof(*s->handle));
	require(s->handle, "malloc has no memory for the handles");
	CHECK(aclrtReserveMemAddress((void **)&s->base, s->room * s->piece, 0, NULL, 0));
}

/* All work on the pieces must be complete. */
static void segment_shrink(struct segment *s, size_t count)
{
	while (s->count > count) {
		s->count--;
		CHECK(aclrtUnmapMem(s->base + s->count * s->piece));
		CHECK(aclrtFreePhysical(s->handle[s->count]));
	}
}

/* Grows to @count pieces, or returns false and changes nothing. */
static bool segment_grow(struct segment *s, size_t count)
{
	size_t before = s->count;
	aclError code;

	if (count > s->room)
		return false;
	while (s->count < count) {
		code = aclrtMallocPhysical(&s->handle[s->count], s->piece, &s->prop, 0);
		if (code == ACL_ERROR_RT_MEMORY_ALLOCATION) {
			/* Reads the error, so that it is not reported again later. */
			aclrtGetLastError(ACL_RT_THREAD_LEVEL);
			segment_shrink(s, before);
			return false;
		}
		if (code != ACL_SUCCESS)
			die("aclrtMallocPhysical", code);
		CHECK(aclrtMapMem(s->base + s->count * s->piece, s->piece, 0,
				  s->handle[s->count], 0));
		s->count++;
	}
	return true;
}

static void segment_close(struct segment *s)
{
	segment_shrink(s, 0);
	CHECK(aclrtReleaseMemAddress(s->base));
	free(s->handle);
}

/* ---- its use ---- */

/* Writes the numbers from 0 to the first @count pieces, by one copy. */
static void write_numbers(const struct segment *s, size_t count)
{
	size_t size = count * s->piece, i;
	uint64_t *host;

	CHECK(aclrtMallocHost((void **)&host, size));
	for (i = 0; i < size / sizeof(*host); i++)
		host[i] = i;
	CHECK(aclrtMemcpy(s->base, size, host, size, ACL_MEMCPY_HOST_TO_DEVICE));
	CHECK(aclrtFreeHost(host));
}

static void check_numbers(const struct segment *s, size_t count)
{
	size_t size = count * s->piece, i;
	uint64_t *host;

	CHECK(aclrtMallocHost((void **)&host, size));
	CHECK(aclrtMemcpy(host, size, s->base, size, ACL_MEMCPY_DEVICE_TO_HOST));
	for (i = 0; i < size / sizeof(*host); i++)
		require(host[i] == i, "the segment does not hold what was written");
	CHECK(aclrtFreeHost(host));
}

static size_t in_use(void)
{
	size_t free_bytes, total;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free_bytes, &total));
	return total - free_bytes;
}

int main(int argc, char **argv)
{
	size_t mib = argc > 1 ? strtoul(argv[1], NULL, 10) : 32, before;
	struct segment s;

	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(0));
	before = in_use();
	segment_open(&s, 0);
	printf("reserved %zu MiB of addresses at %p\n", s.room * s.piece / MIB, (void *)s.base);

	if (!segment_grow(&s, 4))
		die("growing to 4 pieces", ACL_ERROR_RT_MEMORY_ALLOCATION);
	write_numbers(&s, 4);
	printf("grew to %zu MiB and wrote them\n", mapped(&s) / MIB);

	if (segment_grow(&s, mib * MIB / s.piece))
		printf("grew to %zu MiB\n", mapped(&s) / MIB);
	else
		printf("the device has no %zu MiB: still %zu MiB\n", mib, mapped(&s) / MIB);
	require(in_use() == before + mapped(&s), "the memory in use is not what is mapped");
	check_numbers(&s, 4);
	printf("the first 4 pieces are unchanged\n");

	segment_shrink(&s, 2);
	require(in_use() == before + mapped(&s), "shrinking did not return the memory");
	if (!segment_grow(&s, 4))
		die("growing to 4 pieces", ACL_ERROR_RT_MEMORY_ALLOCATION);
	check_numbers(&s, 2);
	write_numbers(&s, 4);
	check_numbers(&s, 4);
	printf("shrank to 2 pieces, which are unchanged, and grew to 4\n");

	segment_close(&s);
	require(in_use() == before, "memory is still in use");
	CHECK(aclrtResetDevice(0));
	CHECK(aclFinalize());
	printf("all memory is back\n");
	return 0;
}
