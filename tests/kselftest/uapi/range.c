// SPDX-License-Identifier: MIT
/*
 * RANGE_RESERVE and RANGE_RELEASE: addresses, sizes, alignments, flags.
 */
#include "uapi_test.h"

#define TIB	(1ull << 40)

UAPI_FIXTURE(range)

static int reserve_kind(int fd, uint64_t size, uint32_t kind, uint64_t *addr)
{
	struct acl_emu_range_reserve arg = { .size = size, .kind = kind };
	int rc = uapi_reserve_as(fd, &arg, 0);

	if (!rc)
		*addr = arg.addr;
	return rc;
}

static int reserve_aligned(int fd, uint64_t size, uint64_t align, uint64_t *addr)
{
	struct acl_emu_range_reserve arg = { .size = size, .align = align };
	int rc = uapi_reserve_as(fd, &arg, 0);

	if (!rc)
		*addr = arg.addr;
	return rc;
}

TEST_F(range, window)
{
	uint64_t addr;

	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	EXPECT_GE(addr, ACL_EMU_VA_USER_FIRST);
	EXPECT_LE(addr + SIZE_2M, ACL_EMU_VA_LAST);
	EXPECT_EQ(0, addr % SIZE_2M);
	EXPECT_EQ(0, uapi_release(self->fd, addr));

	for (uint32_t kind = ACL_EMU_RANGE_HEAP; kind < ACL_EMU_RANGE_KIND_END; kind++) {
		ASSERT_EQ(0, reserve_kind(self->fd, SIZE_2M, kind, &addr));
		EXPECT_GE(addr, ACL_EMU_VA_HEAP_FIRST);
		EXPECT_LE(addr + SIZE_2M, ACL_EMU_VA_USER_FIRST);
		EXPECT_EQ(0, uapi_release_kind(self->fd, addr, kind));
	}
}

TEST_F(range, do_not_overlap)
{
	uint64_t addr[64];

	for (size_t i = 0; i < ARRAY_SIZE(addr); i++) {
		uint64_t size = (1 + i % 3) * SIZE_2M;

		ASSERT_EQ(0, uapi_reserve(self->fd, size, &addr[i]));
		for (size_t j = 0; j < i; j++) {
			EXPECT_TRUE(addr[i] + size <= addr[j] ||
				    addr[j] + (1 + j % 3) * SIZE_2M <= addr[i])
				TH_LOG("%zu lies over %zu", i, j);
		}
	}
	/* A reservation that fits goes into the gap. */
	ASSERT_EQ(0, uapi_release(self->fd, addr[0]));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr[0]));
	EXPECT_LE(addr[0], addr[1]);
}

TEST_F(range, sizes)
{
	uint64_t addr = 0x5a;

	EXPECT_FAIL(EINVAL, SIZE, 0, ACL_EMU_VA_MAX_SIZE, uapi_reserve(self->fd, 0, &addr));
	EXPECT_FAIL(EINVAL, SIZE_ALIGN, SIZE_4K, SIZE_2M, uapi_reserve(self->fd, SIZE_4K, &addr));
	EXPECT_FAIL(EINVAL, SIZE_ALIGN, SIZE_2M + 1, SIZE_2M,
		    uapi_reserve(self->fd, SIZE_2M + 1, &addr));
	EXPECT_EQ(-EINVAL, uapi_reserve(self->fd, -SIZE_2M, &addr));
	EXPECT_EQ(-EINVAL, uapi_reserve(self->fd, 1ull << 63, &addr));
	EXPECT_LT(uapi_reserve(self->fd, ACL_EMU_VA_MAX_SIZE + SIZE_2M, &addr), 0);
	EXPECT_EQ(0x5a, addr);
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
}

TEST_F(range, values)
{
	struct acl_emu_range_reserve arg = { .size = SIZE_2M, .kind = ACL_EMU_RANGE_KIND_END };
	uint64_t addr = 0x5a;

	EXPECT_FAIL(EINVAL, VALUE, ACL_EMU_RANGE_KIND_END, ACL_EMU_RANGE_KIND_END - 1,
		    uapi_reserve_as(self->fd, &arg, 0));
	EXPECT_EQ(-EINVAL, reserve_aligned(self->fd, SIZE_2M, SIZE_4K, &addr));
	EXPECT_EQ(-EINVAL, reserve_aligned(self->fd, SIZE_2M, 3 * SIZE_2M, &addr));
	EXPECT_EQ(-EINVAL, reserve_aligned(self->fd, SIZE_2M, 1ull << 63, &addr));
	EXPECT_EQ(-EINVAL, reserve_aligned(self->fd, SIZE_2M, ~0ull, &addr));
	arg = (struct acl_emu_range_reserve){ .size = SIZE_2M, .addr = ACL_EMU_VA_USER_FIRST };
	EXPECT_EQ(-EINVAL, uapi_reserve_as(self->fd, &arg, 0));
	EXPECT_EQ(0x5a, addr);
}

TEST_F(range, alignments)
{
	uint64_t filler, addr;

	for (uint64_t align = SIZE_2M; align <= 64 * SIZE_1G; align *= 2) {
		ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &filler));
		ASSERT_EQ(0, reserve_aligned(self->fd, SIZE_2M, align, &addr));
		EXPECT_EQ(0, addr % align);
		EXPECT_EQ(0, uapi_release(self->fd, addr));
	}
}

/* A reservation may be larger than the memory of the machine. */
TEST_F(range, beyond_ram)
{
	const uint64_t sizes[] = { TIB, 2 * TIB, 4 * TIB, 6 * TIB, ACL_EMU_VA_MAX_SIZE };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t addr;

		ASSERT_EQ(0, uapi_reserve(self->fd, sizes[i], &addr));
		EXPECT_EQ(1, uapi_vmas(addr, addr + sizes[i]));
		EXPECT_EQ(sizes[i], uapi_lookup(self->fd, addr + sizes[i] - 1).range_size);
		EXPECT_EQ(0, uapi_release(self->fd, addr));
	}
}

/* One reservation takes the whole window; then no other fits. */
TEST_F(range, whole_window)
{
	uint64_t addr = 0x5a;

	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, ACL_EMU_VA_HEAP_FIRST, ACL_EMU_VA_MAX_SIZE));
	EXPECT_FAIL(ENOMEM, VA_FULL, SIZE_2M, SIZE_2M, uapi_reserve(self->fd, SIZE_2M, &addr));
	EXPECT_FAIL(ENOMEM, VA_FULL, SIZE_2M, SIZE_2M,
		    reserve_kind(self->fd, SIZE_2M, ACL_EMU_RANGE_HEAP, &addr));
	EXPECT_EQ(0x5a, addr);
	EXPECT_EQ(0, uapi_release(self->fd, ACL_EMU_VA_HEAP_FIRST));
	EXPECT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
}

TEST_F(range, fixed)
{
	const uint64_t wanted = ACL_EMU_VA_USER_FIRST + 7 * SIZE_1G;
	struct acl_emu_range_reserve arg = { .addr = wanted, .size = 4 * SIZE_2M };

	ASSERT_EQ(0, uapi_reserve_as(self->fd, &arg, ACL_EMU_RANGE_FIXED));
	EXPECT_EQ(wanted, arg.addr);
	for (int i = -1; i <= 4; i++) {
		int rc = uapi_reserve_fixed(self->fd, wanted + i * SIZE_2M, SIZE_2M);

		if (i < 0 || i > 3) {
			EXPECT_EQ(0, rc);
			EXPECT_EQ(0, uapi_release(self->fd, wanted + i * SIZE_2M));
		} else {
			EXPECT_FAIL(EADDRINUSE, VA_TAKEN, wanted, 4 * SIZE_2M, rc);
		}
	}
	/* Around it, and across one end. */
	EXPECT_FAIL(EADDRINUSE, VA_TAKEN, wanted, 4 * SIZE_2M,
		    uapi_reserve_fixed(self->fd, wanted - SIZE_1G, 2 * SIZE_1G));
	EXPECT_FAIL(EADDRINUSE, VA_TAKEN, wanted, 4 * SIZE_2M,
		    uapi_reserve_fixed(self->fd, wanted + 3 * SIZE_2M, 4 * SIZE_2M));
	EXPECT_EQ(0, uapi_release(self->fd, wanted));
	EXPECT_EQ(0, uapi_reserve_fixed(self->fd, wanted, SIZE_2M));
}

TEST_F(range, fixed_outside_the_window)
{
	const uint64_t wrong[][2] = {
		{ 0, SIZE_2M },
		{ ACL_EMU_VA_HEAP_FIRST - SIZE_2M, SIZE_2M },
		{ ACL_EMU_VA_LAST, SIZE_2M },
		{ ACL_EMU_VA_LAST - SIZE_2M, 2 * SIZE_2M },
		{ ACL_EMU_VA_HEAP_FIRST - SIZE_2M, 2 * SIZE_2M },
		{ -SIZE_2M, SIZE_2M },
		{ -SIZE_2M, 2 * SIZE_2M },
		{ ACL_EMU_VA_USER_FIRST, ACL_EMU_VA_MAX_SIZE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_FAIL(ENOMEM, VA_WINDOW, wrong[i][0], wrong[i][1],
			    uapi_reserve_fixed(self->fd, wrong[i][0], wrong[i][1]));
	}
	EXPECT_FAIL(EINVAL, ADDR_ALIGN, ACL_EMU_VA_USER_FIRST + SIZE_4K, SIZE_2M,
		    uapi_reserve_fixed(self->fd, ACL_EMU_VA_USER_FIRST + SIZE_4K, SIZE_2M));
	EXPECT_EQ(0, uapi_reserve_fixed(self->fd, ACL_EMU_VA_LAST - SIZE_2M, SIZE_2M));
	EXPECT_EQ(0, uapi_reserve_fixed(self->fd, ACL_EMU_VA_HEAP_FIRST, SIZE_2M));
}

/* Reservations leave out memory of the program in the window. */
TEST_F(range, foreign_memory_in_the_window)
{
	const uint64_t place = ACL_EMU_VA_USER_FIRST;
	uint64_t *foreign, addr;

	foreign = anonymous_at(place + SIZE_4K, SIZE_4K);
	ASSERT_EQ((void *)(place + SIZE_4K), foreign);
	*foreign = 4711;
	EXPECT_FAIL(EADDRINUSE, VA_TAKEN, place + SIZE_4K, SIZE_4K,
		    uapi_reserve_fixed(self->fd, place, SIZE_2M));
	for (int i = 0; i < 8; i++) {
		ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
		EXPECT_GE(addr, place + SIZE_2M);
	}
	EXPECT_EQ(4711, *foreign);
	EXPECT_EQ(0, munmap(foreign, SIZE_4K));
	EXPECT_EQ(0, uapi_reserve_fixed(self->fd, place, SIZE_2M));
}

TEST_F(range, anywhere)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_reserve_flags(self->fd, SIZE_1G, ACL_EMU_RANGE_ANYWHERE, &addr));
	EXPECT_EQ(0, addr % SIZE_2M);
	EXPECT_TRUE(addr + SIZE_1G <= ACL_EMU_VA_HEAP_FIRST || addr >= ACL_EMU_VA_LAST);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_map(self->fd, addr + SIZE_2M, SIZE_2M, handle));
	EXPECT_EQ(0, UAPI_WRITE(addr + SIZE_2M));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr));
	EXPECT_EQ(0, uapi_unmap(self->fd, addr + SIZE_2M));
	EXPECT_EQ(0, uapi_release(self->fd, addr));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

/* REMOTE takes a fixed address above the window. */
TEST_F(range, remote)
{
	const uint64_t wanted = ACL_EMU_VA_LAST + SIZE_1G;
	uint32_t flags = ACL_EMU_RANGE_REMOTE | ACL_EMU_RANGE_FIXED;
	struct acl_emu_range_reserve arg = { .addr = wanted, .size = SIZE_2M };

	ASSERT_EQ(0, uapi_reserve_as(self->fd, &arg, flags));
	EXPECT_EQ(wanted, arg.addr);
	EXPECT_EQ(0, uapi_release(self->fd, wanted));
	arg = (struct acl_emu_range_reserve){ .size = SIZE_2M };
	EXPECT_EQ(-EINVAL, uapi_reserve_as(self->fd, &arg, ACL_EMU_RANGE_REMOTE));
	arg = (struct acl_emu_range_reserve){ .addr = ACL_EMU_VA_USER_FIRST, .size = SIZE_2M };
	EXPECT_FAIL_AS(ENOMEM, VA_WINDOW, uapi_reserve_as(self->fd, &arg, flags));
	arg = (struct acl_emu_range_reserve){ .addr = ACL_EMU_VA_REMOTE_LAST, .size = SIZE_2M };
	EXPECT_FAIL_AS(ENOMEM, VA_WINDOW, uapi_reserve_as(self->fd, &arg, flags));
}

TEST_F(range, release)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_reserve(self->fd, 4 * SIZE_2M, &addr));
	EXPECT_FAIL(EINVAL, NOT_RANGE_START, addr, 4 * SIZE_2M,
		    uapi_release(self->fd, addr + SIZE_2M));
	EXPECT_FAIL(EINVAL, NOT_RANGE_START, addr, 4 * SIZE_2M, uapi_release(self->fd, addr + 1));
	EXPECT_FAIL(ENOENT, NO_RANGE, addr + 4 * SIZE_2M, 0,
		    uapi_release(self->fd, addr + 4 * SIZE_2M));
	EXPECT_FAIL(ENOENT, NO_RANGE, addr - 1, 0, uapi_release(self->fd, addr - 1));
	EXPECT_FAIL(ENOENT, NO_RANGE, 0, 0, uapi_release(self->fd, 0));
	EXPECT_FAIL(ENOENT, NO_RANGE, ~0ull, 0, uapi_release(self->fd, ~0ull));
	EXPECT_FAIL(EINVAL, KIND, USER_RANGE, ACL_EMU_RANGE_HEAP,
		    uapi_release_kind(self->fd, addr, ACL_EMU_RANGE_HEAP));

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_map(self->fd, addr + 2 * SIZE_2M, SIZE_2M, handle));
	EXPECT_FAIL(EBUSY, STILL_MAPPED, addr + 2 * SIZE_2M, SIZE_2M, uapi_release(self->fd, addr));
	EXPECT_EQ(0, UAPI_WRITE(addr + 2 * SIZE_2M));
	ASSERT_EQ(0, uapi_unmap(self->fd, addr + 2 * SIZE_2M));
	EXPECT_EQ(0, uapi_release(self->fd, addr));
	EXPECT_EQ(0, uapi_vmas(addr, addr + 4 * SIZE_2M));
	EXPECT_FAIL(ENOENT, NO_RANGE, addr, 0, uapi_release(self->fd, addr));
	EXPECT_EQ(SIGSEGV, UAPI_READ(addr));
}

TEST_F(range, clients_are_separate)
{
	uint64_t addr;
	int fd = uapi_client();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	EXPECT_FAIL(ENOENT, NO_RANGE, addr, 0, uapi_release(fd, addr));
	EXPECT_FAIL(EADDRINUSE, VA_TAKEN, addr, SIZE_2M, uapi_reserve_fixed(fd, addr, SIZE_2M));
	EXPECT_EQ(0, uapi_release(self->fd, addr));
	close(fd);
}

/* Access to an address without a mapping gives SIGBUS, or EFAULT in the kernel. */
TEST_F(range, unmapped_addresses_fault)
{
	uint64_t addr;
	int pipes[2];

	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr));
	EXPECT_EQ(BUS_ADRERR, uapi_signal_code);
	EXPECT_EQ(SIGBUS, UAPI_WRITE(addr + SIZE_2M - 1));
	EXPECT_EQ(BUS_ADRERR, uapi_signal_code);
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_EQ(-1, write(pipes[1], (void *)addr, 1));
	EXPECT_EQ(EFAULT, errno);
}

struct race {
	int fd;
	pthread_barrier_t barrier;
};

static void *reserve_and_release(void *data)
{
	struct race *race = data;

	pthread_barrier_wait(&race->barrier);
	for (uint64_t i = 0; i < 300; i++) {
		uint64_t addr;

		if (uapi_reserve(race->fd, (1 + i % 5) * SIZE_2M, &addr))
			return "reserve";
		if (uapi_lookup(race->fd, addr).range_addr != addr)
			return "lookup";
		if (uapi_release(race->fd, addr))
			return "release";
	}
	return NULL;
}

TEST_F(range, threads)
{
	struct race race = { .fd = self->fd };
	void *answer;

	ASSERT_EQ(0, pthread_barrier_init(&race.barrier, NULL, UAPI_THREADS));
	answer = uapi_threads(reserve_and_release, &race, 0);
	EXPECT_EQ(NULL, answer) TH_LOG("%s failed", (char *)answer);
}

TEST_HARNESS_MAIN
