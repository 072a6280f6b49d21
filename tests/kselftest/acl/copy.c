// SPDX-License-Identifier: MIT
/*
 * aclrtMemcpy and aclrtMemset between all kinds of memory.
 */
#include "acl_test.h"

#include "uffd.h"

FIXTURE(copy)
{
	struct world world;
	struct block a, b;		/* on devices 0 and 1, two blocks each */
	char *host, *host2;		/* as large */
};

FIXTURE_SETUP(copy)
{
	world_open(_metadata, &self->world);
	WORKS(block_make(&self->a, 2 * BLOCK, 0));
	WORKS(block_make(&self->b, 2 * BLOCK, 1));
	WORKS(aclrtDeviceEnablePeerAccess(1, 0));
	self->host = malloc(2 * BLOCK);
	self->host2 = malloc(2 * BLOCK);
	fill(self->host, 2 * BLOCK, 1);
	memset(self->host2, 0, 2 * BLOCK);
}

FIXTURE_TEARDOWN(copy)
{
	free(self->host);
	free(self->host2);
	WORKS(block_drop(&self->a));
	WORKS(block_drop(&self->b));
	world_close(_metadata, &self->world);
}

#define SIZE	(2 * BLOCK)

TEST_F(copy, copy_both_ways)
{
	WORKS(aclrtMemcpy(self->a.addr, SIZE, self->host, SIZE, ACL_MEMCPY_HOST_TO_DEVICE));
	EXPECT_TRUE(filled(self->a.addr, SIZE, 1));
	WORKS(aclrtMemcpy(self->b.addr, SIZE, self->a.addr, SIZE, ACL_MEMCPY_DEVICE_TO_DEVICE));
	EXPECT_TRUE(filled(self->b.addr, SIZE, 1));
	WORKS(aclrtMemcpy(self->host2, SIZE, self->b.addr, SIZE, ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_TRUE(filled(self->host2, SIZE, 1));
}

TEST_F(copy, host_to_host)
{
	WORKS(aclrtMemcpy(self->host2, SIZE, self->host, SIZE, ACL_MEMCPY_HOST_TO_HOST));
	EXPECT_TRUE(filled(self->host2, SIZE, 1));
}

/* The direction is that of the addresses, whatever the caller says. */
TEST_F(copy, kind_is_ignored)
{
	static const aclrtMemcpyKind kind[] = {
		ACL_MEMCPY_HOST_TO_HOST, ACL_MEMCPY_HOST_TO_DEVICE, ACL_MEMCPY_DEVICE_TO_HOST,
		ACL_MEMCPY_DEVICE_TO_DEVICE, ACL_MEMCPY_DEFAULT,
		ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE,
	};
	size_t i;

	for (i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
		fill(self->host, BLOCK, i);
		WORKS(aclrtMemcpy(self->a.addr, BLOCK, self->host, BLOCK, kind[i]));
		EXPECT_TRUE(filled(self->a.addr, BLOCK, i));
	}
}

TEST_F(copy, unaligned)
{
	char *to = self->a.addr, *from = self->b.addr;

	fill(self->host, SIZE, 3);
	WORKS(aclrtMemcpy(from + 13, SIZE - 13, self->host, 70001, ACL_MEMCPY_HOST_TO_DEVICE));
	EXPECT_EQ(0, from[12]);
	EXPECT_EQ(0, from[13 + 70001]);
	WORKS(aclrtMemcpy(to + BLOCK - 5, BLOCK, from + 13, 70001, ACL_MEMCPY_DEVICE_TO_DEVICE));
	EXPECT_EQ(0, memcmp(to + BLOCK - 5, self->host, 70001));
	EXPECT_EQ(0, to[BLOCK - 6]);
	WORKS(aclrtMemcpy(self->host2 + 1, SIZE - 1, to + BLOCK - 5, 1, ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_EQ(self->host[0], self->host2[1]);
	EXPECT_EQ(0, self->host2[2]);
}

TEST_F(copy, across_two_mappings)
{
	aclrtDrvMemHandle one[2];
	char *range;
	int i;

	WORKS(reserve((void **)&range, 2 * BLOCK));
	for (i = 0; i < 2; i++) {
		WORKS(phys(&one[i], BLOCK, 0));
		WORKS(aclrtMapMem(range + i * BLOCK, BLOCK, 0, one[i], 0));
		WORKS(grant_host(range + i * BLOCK, BLOCK));
	}
	WORKS(aclrtMemcpy(range, SIZE, self->host, SIZE, ACL_MEMCPY_HOST_TO_DEVICE));
	EXPECT_TRUE(filled(range, SIZE, 1));
	for (i = 0; i < 2; i++) {
		WORKS(aclrtUnmapMem(range + i * BLOCK));
		WORKS(aclrtFreePhysical(one[i]));
	}
	WORKS(aclrtReleaseMemAddress(range));
}

TEST_F(copy, same_address)
{
	fill(self->a.addr, SIZE, 2);
	WORKS(aclrtMemcpy(self->a.addr, SIZE, self->a.addr, SIZE, ACL_MEMCPY_DEVICE_TO_DEVICE));
	EXPECT_TRUE(filled(self->a.addr, SIZE, 2));
}

TEST_F(copy, size_zero)
{
	WORKS(aclrtMemcpy(NULL, 0, NULL, 0, (aclrtMemcpyKind)99));
	WORKS(aclrtMemset(NULL, 0, 0, 0));
}

/* A copy with a hole in it writes nothing. */
TEST_F(copy, not_mapped)
{
	char *range, *half;
	const aclError code = BAD_HANDLE;
	aclrtDrvMemHandle handle;

	WORKS(reserve((void **)&range, 4 * BLOCK));
	half = range + 2 * BLOCK;
	WORKS(phys(&handle, BLOCK, 0));
	WORKS(aclrtMapMem(half, BLOCK, 0, handle, 0));
	WORKS(grant_host(half, BLOCK));
	fill(half, BLOCK, 9);
	FAILS(code, aclrtMemcpy(range, BLOCK, self->host, BLOCK, ACL_MEMCPY_HOST_TO_DEVICE),
	      hex(range));
	FAILS(code, aclrtMemset(range, BLOCK, 1, BLOCK), hex(range));
	FAILS(code, aclrtMemcpy(self->host2, SIZE, half, SIZE, ACL_MEMCPY_DEVICE_TO_HOST),
	      hex(half + BLOCK));
	EXPECT_TRUE(zeroed(self->host2, SIZE));
	FAILS(code, aclrtMemcpy(half, SIZE, self->host, SIZE, ACL_MEMCPY_HOST_TO_DEVICE),
	      hex(half + BLOCK));
	FAILS(code, aclrtMemset(half, SIZE, 0, SIZE), hex(half + BLOCK));
	FAILS(code, aclrtMemcpy(half, SIZE, self->host, SIZE, ACL_MEMCPY_HOST_TO_DEVICE),
	      "destination [");
	FAILS(code, aclrtMemcpy(self->host2, SIZE, half, SIZE, ACL_MEMCPY_DEVICE_TO_HOST),
	      "source [");
	FAILS(code, aclrtMemset(half, SIZE, 0, SIZE), "destination [");
	EXPECT_TRUE(filled(half, BLOCK, 9));
	WORKS(aclrtUnmapMem(half));
	WORKS(aclrtFreePhysical(handle));
	WORKS(aclrtReleaseMemAddress(range));
}

/* Sanitizers keep memory of their own where emulated memory may lie. */
TEST_F(copy, own_memory_in_the_window)
{
	char *own = anonymous_at(0x168000000000, 2 * BLOCK);

	ASSERT_EQ((char *)0x168000000000, own);
	WORKS(aclrtMemcpy(self->a.addr, BLOCK, self->host, BLOCK, ACL_MEMCPY_HOST_TO_DEVICE));
	WORKS(aclrtMemcpy(own, BLOCK, self->a.addr, BLOCK, ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_TRUE(filled(own, BLOCK, 1));
	fill(own, BLOCK, 4);
	WORKS(aclrtMemcpy(self->a.addr, BLOCK, own, BLOCK, ACL_MEMCPY_HOST_TO_DEVICE));
	EXPECT_TRUE(filled(self->a.addr, BLOCK, 4));
	WORKS(aclrtMemcpy(own + BLOCK, BLOCK, own, BLOCK, ACL_MEMCPY_HOST_TO_HOST));
	EXPECT_TRUE(filled(own + BLOCK, BLOCK, 4));
	WORKS(aclrtMemset(own, BLOCK, 0, BLOCK));
	EXPECT_TRUE(zeroed(own, BLOCK));
	munmap(own, 2 * BLOCK);
}

/* A bad pointer to host memory gives a code, not a signal. */
TEST_F(copy, unmapped_host_memory)
{
	const aclError code = BAD_HANDLE;
	void *none = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	FAILS(code, aclrtMemcpy(self->a.addr, 64, none, 64, ACL_MEMCPY_HOST_TO_DEVICE), hex(none));
	FAILS(code, aclrtMemcpy(none, 64, self->a.addr, 64, ACL_MEMCPY_DEVICE_TO_HOST), hex(none));
	FAILS(code, aclrtMemcpy(self->host2, 64, none, 64, ACL_MEMCPY_HOST_TO_HOST), "source [");
	FAILS(code, aclrtMemcpy(none, 64, self->host, 64, ACL_MEMCPY_HOST_TO_HOST),
	      "destination [");
	FAILS(code, aclrtMemset(none, 64, 1, 64), hex(none));
	FAILS(code, aclrtMemsetD32(none, 64, 1, 16), hex(none));
	munmap(none, 4096);
	FAILS(code, aclrtMemcpy(self->host2, 64, none, 64, ACL_MEMCPY_HOST_TO_HOST), hex(none));
	FAILS(code, aclrtMemcpy(none, 64, self->host, 64, ACL_MEMCPY_HOST_TO_HOST), hex(none));
	FAILS(code, aclrtMemset(none, 64, 1, 64), hex(none));
	EXPECT_TRUE(zeroed(self->host2, 64));
}

/* With a hole in host memory, a copy from host to host writes nothing. */
TEST_F(copy, partly_unmapped_host_memory)
{
	const aclError code = BAD_HANDLE;
	char *own = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(own + BLOCK, 4096);
	FAILS(code, aclrtMemcpy(own, SIZE, self->host, SIZE, ACL_MEMCPY_HOST_TO_HOST), hex(own));
	FAILS(code, aclrtMemset(own, SIZE, 1, SIZE), hex(own));
	EXPECT_TRUE(zeroed(own, BLOCK));
	FAILS(code, aclrtMemcpy(self->host2, SIZE, own, SIZE, ACL_MEMCPY_HOST_TO_HOST), hex(own));
	FAILS(code, aclrtMemcpy((void *)~4095ul, 8192, self->host, 8192, ACL_MEMCPY_HOST_TO_HOST),
	      "0xfffffffffffff000");
	mprotect(own, 4096, PROT_READ);
	FAILS(code, aclrtMemcpy(own, 64, self->host, 64, ACL_MEMCPY_HOST_TO_HOST), hex(own));
	munmap(own, SIZE);
	EXPECT_TRUE(zeroed(self->host2, SIZE));
}

TEST_F(copy, host_to_host_overlapping)
{
	const size_t by[] = { 1, 4096, 300001 };
	size_t i;

	for (i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
		fill(self->host, BLOCK, i);
		WORKS(aclrtMemcpy(self->host + by[i], BLOCK, self->host, BLOCK,
				  ACL_MEMCPY_HOST_TO_HOST));
		EXPECT_TRUE(filled(self->host + by[i], BLOCK, i));
		WORKS(aclrtMemcpy(self->host, BLOCK, self->host + by[i], BLOCK,
				  ACL_MEMCPY_HOST_TO_HOST));
		EXPECT_TRUE(filled(self->host, BLOCK, i));
	}
}

/* A released address gives a code, whatever the other end is. */
TEST_F(copy, released)
{
	const aclError code = BAD_HANDLE;
	char *gone;

	WORKS(reserve((void **)&gone, BLOCK));
	WORKS(aclrtReleaseMemAddress(gone));
	FAILS(code, aclrtMemcpy(gone, 64, self->host, 64, ACL_MEMCPY_HOST_TO_DEVICE), hex(gone));
	FAILS(code, aclrtMemcpy(self->host2, 64, gone, 64, ACL_MEMCPY_DEVICE_TO_HOST), hex(gone));
	FAILS(code, aclrtMemcpy(gone, 64, self->a.addr, 64, ACL_MEMCPY_DEVICE_TO_DEVICE),
	      "no reservation");
	FAILS(code, aclrtMemcpy(self->a.addr, 64, gone, 64, ACL_MEMCPY_DEVICE_TO_DEVICE),
	      "source [");
	FAILS(code, aclrtMemcpy(gone, 64, gone + 64, 64, ACL_MEMCPY_DEVICE_TO_DEVICE), hex(gone));
	FAILS(code, aclrtMemset(gone, 64, 1, 64), hex(gone));
	FAILS(code, aclrtMemsetD32(gone, 64, 1, 16), hex(gone));
	EXPECT_TRUE(zeroed(self->host2, 64));
	EXPECT_TRUE(zeroed(self->a.addr, 64));
}

/* Mapped to the last byte and beyond, but beyond is another reservation. */
TEST_F(copy, neighbours)
{
	const aclError code = BAD_HANDLE;
	aclrtDrvMemHandle one;
	void *first, *second;
	char *edge;

	WORKS(reserve(&first, 4 * GIB));
	WORKS(aclrtReleaseMemAddress(first));
	edge = (char *)(((uintptr_t)first + 2 * GIB - 1) & ~(GIB - 1));
	WORKS(aclrtReserveMemAddress(&first, GIB, 0, edge - GIB, 0));
	WORKS(aclrtReserveMemAddress(&second, GIB, 0, edge, 0));
	WORKS(phys(&one, BLOCK, 0));
	WORKS(aclrtMapMem(edge - BLOCK, BLOCK, 0, one, 0));
	WORKS(aclrtMapMem(edge, BLOCK, 0, one, 0));
	FAILS(code, aclrtMemcpy(edge - 64, 128, self->host, 128, ACL_MEMCPY_HOST_TO_DEVICE),
	      hex(first));
	FAILS(code, aclrtMemcpy(self->host2, 128, edge - 64, 128, ACL_MEMCPY_DEVICE_TO_HOST),
	      "source [");
	FAILS(code, aclrtMemcpy(self->a.addr, 128, edge - 64, 128, ACL_MEMCPY_DEVICE_TO_DEVICE),
	      "source [");
	FAILS(code, aclrtMemcpy(edge - 64, 128, self->a.addr, 128, ACL_MEMCPY_DEVICE_TO_DEVICE),
	      "destination [");
	FAILS(code, aclrtMemset(edge - 64, 128, 1, 128), "leaves the reservation");
	WORKS(aclrtMemcpy(self->host2, BLOCK, edge, BLOCK, ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_TRUE(zeroed(self->host2, BLOCK));
	WORKS(aclrtUnmapMem(edge - BLOCK));
	WORKS(aclrtUnmapMem(edge));
	WORKS(aclrtFreePhysical(one));
	WORKS(aclrtReleaseMemAddress(first));
	WORKS(aclrtReleaseMemAddress(second));
}

TEST_F(copy, without_access)
{
	const aclError code = BAD_HANDLE;
	aclrtDrvMemHandle handle;
	void *range;

	WORKS(reserve(&range, BLOCK));
	WORKS(phys(&handle, BLOCK, 0));
	WORKS(aclrtMemMapNoAccess(range, BLOCK, 0, handle, 0));
	FAILS(code, aclrtMemcpy(range, BLOCK, self->host, BLOCK, ACL_MEMCPY_HOST_TO_DEVICE),
	      hex(range));
	FAILS(code, aclrtMemset(range, BLOCK, 1, BLOCK), hex(range));
	WORKS(grant_host(range, BLOCK));
	EXPECT_TRUE(zeroed(range, BLOCK));
	WORKS(aclrtUnmapMem(range));
	WORKS(aclrtReleaseMemAddress(range));
	WORKS(aclrtFreePhysical(handle));
}

struct slow {
	void *to, *from;
	aclrtContext context;
	aclError code;
};

static void *copy_slowly(void *data)
{
	struct slow *s = data;

	aclrtSetCurrentContext(s->context);
	s->code = aclrtMemcpy(s->to, BLOCK, s->from, 4096, ACL_MEMCPY_HOST_TO_DEVICE);
	return NULL;
}

/* Memory that a copy uses cannot be unmapped, nor its device reset. */
TEST_F(copy, busy)
{
	struct slow slow = { .to = self->a.addr };
	int fd = uffd_page(&slow.from);
	pthread_t thread;

	if (fd < 0)
		SKIP(return, "no userfaultfd: %s", strerror(errno));
	WORKS(aclrtGetCurrentContext(&slow.context));
	ASSERT_EQ(0, pthread_create(&thread, NULL, copy_slowly, &slow));
	ASSERT_EQ(0, uffd_wait(fd));
	FAILS(INTERNAL, aclrtUnmapMem(self->a.addr), hex(self->a.addr));
	FAILS(INTERNAL, aclrtResetDevice(0), hex(self->a.addr));
	FAILS(INTERNAL, aclrtResetDeviceForce(0), "device 0");
	ASSERT_EQ(0, uffd_give(fd, slow.from, self->host));
	pthread_join(thread, NULL);
	EXPECT_EQ(ACL_SUCCESS, slow.code);
	EXPECT_EQ(0, memcmp(self->a.addr, self->host, 4096));
	munmap(slow.from, 4096);
	close(fd);
}

/* A block that a copy uses cannot be freed; a small one can, its memory later. */
TEST_F(copy, busy_block)
{
	size_t size[] = { BLOCK, 4096 };
	uint64_t before = used(0);
	struct slow slow;
	pthread_t thread;
	int fd, i;

	for (i = 0; i < 2; i++) {
		fd = uffd_page(&slow.from);
		if (fd < 0)
			SKIP(return, "no userfaultfd: %s", strerror(errno));
		WORKS(aclrtMalloc(&slow.to, size[i], ACL_MEM_MALLOC_HUGE_FIRST));
		WORKS(aclrtGetCurrentContext(&slow.context));
		ASSERT_EQ(0, pthread_create(&thread, NULL, copy_slowly, &slow));
		ASSERT_EQ(0, uffd_wait(fd));
		if (size[i] == BLOCK) {
			FAILS(INTERNAL, aclrtFree(slow.to), hex(slow.to));
			FAILS(INTERNAL, aclrtFree(slow.to), "address 0x");
		} else {
			WORKS(aclrtFree(slow.to));
			EXPECT_LT(before, used(0));
		}
		ASSERT_EQ(0, uffd_give(fd, slow.from, self->host));
		pthread_join(thread, NULL);
		EXPECT_EQ(ACL_SUCCESS, slow.code);
		if (size[i] != BLOCK) {
			WORKS(aclrtMalloc(&slow.to, size[i], ACL_MEM_MALLOC_HUGE_FIRST));
		}
		WORKS(aclrtFree(slow.to));
		EXPECT_EQ(before, used(0));
		munmap(slow.from, 4096);
		close(fd);
	}
}

TEST_F(copy, set)
{
	char *p = self->a.addr;

	WORKS(aclrtMemset(p + 3, SIZE - 3, 0x1a5, 100000));
	EXPECT_EQ(0, p[2]);
	EXPECT_EQ((char)0xa5, p[3]);
	EXPECT_EQ((char)0xa5, p[3 + 50000]);
	EXPECT_EQ((char)0xa5, p[3 + 99999]);
	EXPECT_EQ(0, p[3 + 100000]);
	WORKS(aclrtMemset(self->host, SIZE, 7, 10));
	EXPECT_EQ(7, self->host[9]);
	EXPECT_EQ((char)pattern(10, 1), self->host[10]);
}

/* A word at a time, also on host memory. */
TEST_F(copy, set_words)
{
	const aclError code = INVALID;
	uint32_t *p = self->a.addr, *own = (uint32_t *)self->host2;

	WORKS(aclrtMemsetD32(p + 3, SIZE - 12, 0x11223344, 100001));
	EXPECT_EQ(0, p[2]);
	EXPECT_EQ(0x11223344, p[3]);
	EXPECT_EQ(0x11223344, p[3 + 100000]);
	EXPECT_EQ(0, p[3 + 100001]);
	WORKS(aclrtMemsetD32(own + 1, SIZE - 4, 0xfeedbeef, 100000));
	EXPECT_EQ(0, own[0]);
	EXPECT_EQ(0xfeedbeef, own[1]);
	EXPECT_EQ(0xfeedbeef, own[65536]);
	EXPECT_EQ(0xfeedbeef, own[100000]);
	EXPECT_EQ(0, own[100001]);
	FAILS(code, aclrtMemsetD32(NULL, 64, 1, 16), "ptr");
	FAILS(code, aclrtMemsetD32(p, 64, 1, 0), "N");
	FAILS(code, aclrtMemsetD32(p, 63, 1, 16), "63");
	FAILS(code, aclrtMemsetD32((char *)p + 2, 64, 1, 1), "4 bytes");
	FAILS(code, aclrtMemsetD32(p, SIZE_MAX, 1, SIZE_MAX / 2), NULL);
}

TEST_HARNESS_MAIN
