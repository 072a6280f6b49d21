// SPDX-License-Identifier: MIT
/*
 * Pages that the kernel still holds when they are freed: they stay charged and
 * no other allocation gets them until they are unpinned.
 */
#include "uapi_test.h"

#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define BLOCKS	8

FIXTURE_VARIANT(pin) {
	uint32_t flags;
	uint64_t granule;
};
UAPI_FIXTURE(pin)
FIXTURE_VARIANT_ADD(pin, huge) { 0, SIZE_2M };
FIXTURE_VARIANT_ADD(pin, small) { ACL_EMU_PHYS_4K, SIZE_4K };

/* What BLOCKS pinned pages, one in each 2 MiB, hold back. */
#define HELD_BACK	(BLOCKS * variant->granule)

/* Puts one page of each 2 MiB into a pipe, which then refers to it. */
static int pin_pages(uint64_t addr, int end)
{
	for (uint64_t i = 0; i < BLOCKS; i++) {
		struct iovec iov = { (void *)(addr + i * SIZE_2M + 3 * SIZE_4K), SIZE_4K };

		if (vmsplice(end, &iov, 1, 0) != (ssize_t)SIZE_4K)
			return -1;
	}
	return 0;
}

/* Takes the pages out of the pipe; true if their content is the one of @seed. */
static bool drain(int pipes[2], uint64_t seed)
{
	static uint64_t page[512];
	bool good = true;

	for (uint64_t i = 0; i < BLOCKS; i++) {
		if (read(pipes[0], page, SIZE_4K) != (ssize_t)SIZE_4K)
			return false;
		for (uint64_t j = 0; j < 512; j++)
			good &= page[j] == (seed ^ (i * SIZE_2M + 3 * SIZE_4K + j * 8 + 1) *
					    0x9e3779b97f4a7c15ull);
	}
	return good;
}

/* The worker of the module checks the pages from time to time. */
#define WAIT_UNTIL_BACK() do { \
	while (COUNT(QUARANTINE) != BEFORE(QUARANTINE)) \
		sched_yield(); \
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0)); \
} while (0)

TEST_F(pin, freed_while_pinned)
{
	const uint64_t size = BLOCKS * SIZE_2M;
	uint64_t addr, handle, rest, other, room;
	int pipes[2];

	ASSERT_EQ(0, uapi_mapped(self->fd, size, variant->flags, &addr, &handle));
	uapi_fill(addr, size, 8, 1);
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	ASSERT_EQ(0, pin_pages(addr, pipes[1]));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	EXPECT_EQ(self->before.used[0] + HELD_BACK, uapi_used(self->fd, 0));
	EXPECT_EQ(BEFORE(QUARANTINE) + HELD_BACK, COUNT(QUARANTINE));

	/* No allocation gets a pinned page. */
	room = uapi_room(self->fd, 0);
	EXPECT_FAIL(ENOMEM, CAPACITY, room + SIZE_4K, room,
		    uapi_alloc(self->fd, room + SIZE_4K, ACL_EMU_PHYS_4K, &rest));
	room = room / 2 & -SIZE_2M;
	ASSERT_EQ(0, uapi_alloc(self->fd, room, 0, &rest));
	ASSERT_EQ(0, uapi_reserve(self->fd, room, &other));
	ASSERT_EQ(0, uapi_map(self->fd, other, room, rest));
	memset((void *)other, 0xff, room);
	ASSERT_EQ(0, uapi_unmapped(self->fd, other, rest));

	EXPECT_TRUE(drain(pipes, 1));
	WAIT_UNTIL_BACK();
}

/* A page unpinned before its memory is freed is available at once. */
TEST_F(pin, unpinned_before_free)
{
	const uint64_t size = BLOCKS * SIZE_2M;
	uint64_t addr, handle;
	int pipes[2];

	ASSERT_EQ(0, uapi_mapped(self->fd, size, variant->flags, &addr, &handle));
	uapi_fill(addr, size, 8, 1);
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	ASSERT_EQ(0, pin_pages(addr, pipes[1]));
	EXPECT_TRUE(drain(pipes, 1));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

struct child_pipe {
	int pipes[2];
	uint32_t flags;
};

static int fill_pipe_and_end(int sock, void *data)
{
	struct child_pipe *pipe = data;
	uint64_t addr, handle;
	int fd = uapi_client();

	(void)sock;
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_mapped(fd, BLOCKS * SIZE_2M, pipe->flags, &addr, &handle));
	uapi_fill(addr, BLOCKS * SIZE_2M, 8, 2);
	return pin_pages(addr, pipe->pipes[1]);
}

TEST_F(pin, process_ends_while_pinned)
{
	struct child_pipe pipe = { .flags = variant->flags };
	int sock;

	ASSERT_EQ(0, pipe2(pipe.pipes, O_CLOEXEC));
	ASSERT_EQ(0, uapi_wait(uapi_child(fill_pipe_and_end, &pipe, &sock)));
	EXPECT_EQ(self->before.used[0] + HELD_BACK, uapi_used(self->fd, 0));
	EXPECT_EQ(BEFORE(HANDLES), COUNT(HANDLES));
	EXPECT_TRUE(drain(pipe.pipes, 2));
	WAIT_UNTIL_BACK();
}

/* Pinning again and again never gets more than the capacity. */
TEST_F(pin, pins_do_not_exceed_capacity)
{
	uint64_t addr, handle, used = self->before.used[0];
	int pipes[8][2];

	for (size_t i = 0; i < ARRAY_SIZE(pipes); i++) {
		ASSERT_EQ(0, uapi_mapped(self->fd, BLOCKS * SIZE_2M, variant->flags, &addr,
					 &handle));
		uapi_fill(addr, BLOCKS * SIZE_2M, 8, i);
		ASSERT_EQ(0, pipe2(pipes[i], O_CLOEXEC));
		ASSERT_EQ(0, pin_pages(addr, pipes[i][1]));
		ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
		used += HELD_BACK;
		EXPECT_EQ(used, uapi_used(self->fd, 0));
	}
	for (size_t i = 0; i < ARRAY_SIZE(pipes); i++)
		EXPECT_TRUE(drain(pipes[i], i));
	WAIT_UNTIL_BACK();
}

/* The long-term pins of io_uring, where the kernel allows them here. */
TEST_F(pin, registered_buffer)
{
	struct io_uring_params params = { .flags = 0 };
	uint64_t addr, handle;
	struct iovec iov;
	int ring;

	ring = syscall(SYS_io_uring_setup, 4, &params);
	if (ring < 0)
		SKIP(return, "no io_uring");
	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, variant->flags, &addr, &handle));
	iov = (struct iovec){ (void *)addr, SIZE_4K };
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &iov, 1)) {
		/* Kernels before 6.5 take anonymous memory only. */
		ASSERT_EQ(EOPNOTSUPP, errno);
		SKIP(return, "this kernel registers no buffers in files");
	}
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	EXPECT_EQ(self->before.used[0] + variant->granule, uapi_used(self->fd, 0));
	EXPECT_EQ(0, syscall(SYS_io_uring_register, ring, IORING_UNREGISTER_BUFFERS, NULL, 0));
	WAIT_UNTIL_BACK();
	close(ring);
}

TEST_HARNESS_MAIN
