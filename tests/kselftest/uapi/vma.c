// SPDX-License-Identifier: MIT
/*
 * What a program may do to a reservation with the calls of the memory manager: munmap(),
 * mremap(), mprotect(), madvise(), mmap(), and the limits on addresses and VMAs.
 */
#include "uapi_test.h"

#include <sys/resource.h>

UAPI_FIXTURE(vma)

/* Unmapped by munmap(): the record stays, the addresses are free. */
TEST_F(vma, munmap_of_reservation)
{
	uint64_t addr, handle, *foreign;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, UAPI_WRITE(addr));
	ASSERT_EQ(0, munmap((void *)addr, SIZE_2M));
	EXPECT_EQ(BEFORE(MAPPINGS), COUNT(MAPPINGS));
	EXPECT_EQ(0, uapi_phys_info(self->fd, handle).maps);
	EXPECT_FAIL(ENOENT, DETACHED, addr, SIZE_2M, uapi_map(self->fd, addr, SIZE_2M, handle));

	/* Memory that the program maps there stays after the release. */
	foreign = anonymous_at(addr, SIZE_2M);
	ASSERT_EQ((void *)addr, foreign);
	*foreign = 4711;
	EXPECT_EQ(0, uapi_release(self->fd, addr));
	EXPECT_EQ(4711, *foreign);
	EXPECT_EQ(1, uapi_vmas(addr, addr + SIZE_2M));
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
	EXPECT_EQ(0, munmap(foreign, SIZE_2M));
	EXPECT_EQ(0, uapi_reserve_fixed(self->fd, addr, SIZE_2M));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

/* Memory put over the reservation with MAP_FIXED counts as munmap() too. */
TEST_F(vma, mmap_over_reservation)
{
	uint64_t addr, handle, *foreign;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, UAPI_WRITE(addr));
	foreign = mmap((void *)addr, SIZE_2M, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	ASSERT_EQ((void *)addr, foreign);
	EXPECT_EQ(0, *foreign);
	*foreign = 4711;
	EXPECT_EQ(0, uapi_phys_info(self->fd, handle).maps);
	EXPECT_EQ(0, uapi_release(self->fd, addr));
	EXPECT_EQ(4711, *foreign);
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

TEST_F(vma, cannot_be_cut)
{
	uint64_t addr, handle;
	void *middle;

	ASSERT_EQ(0, uapi_mapped(self->fd, 4 * SIZE_2M, 0, &addr, &handle));
	middle = (void *)(addr + SIZE_2M);
	ASSERT_EQ(0, UAPI_WRITE(addr + SIZE_2M));
	EXPECT_EQ(-1, munmap(middle, SIZE_2M));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, munmap((void *)addr, SIZE_4K));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, mprotect(middle, SIZE_2M, PROT_READ));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, madvise(middle, SIZE_2M, MADV_DONTDUMP | MADV_DOFORK));
	EXPECT_EQ(-1, madvise(middle, SIZE_2M, MADV_RANDOM));
	EXPECT_EQ(MAP_FAILED, mmap(middle, SIZE_2M, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
				   MAP_FIXED, -1, 0));
	EXPECT_EQ(1, uapi_vmas(addr, addr + 4 * SIZE_2M));
	EXPECT_EQ(0xa5, *(uint8_t *)middle);
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

TEST_F(vma, cannot_be_moved)
{
	uint64_t addr, handle;
	void *start;

	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &addr, &handle));
	start = (void *)addr;
	ASSERT_EQ(0, UAPI_WRITE(addr));
	EXPECT_EQ(MAP_FAILED, mremap(start, 2 * SIZE_2M, 4 * SIZE_2M, MREMAP_MAYMOVE));
	EXPECT_EQ(MAP_FAILED, mremap(start, 2 * SIZE_2M, 4 * SIZE_2M, 0));
	EXPECT_EQ(MAP_FAILED, mremap(start, 2 * SIZE_2M, SIZE_2M, 0));
	EXPECT_EQ(MAP_FAILED, mremap(start, 2 * SIZE_2M, 2 * SIZE_2M, MREMAP_MAYMOVE |
				     MREMAP_FIXED, (void *)(ACL_EMU_VA_LAST + SIZE_1G)));
	EXPECT_EQ(MAP_FAILED, mremap(start, 0, 2 * SIZE_2M, MREMAP_MAYMOVE));
	EXPECT_EQ(-1, remap_file_pages(start, SIZE_2M, 0, 512, 0));
	EXPECT_EQ(1, uapi_vmas(addr, addr + 2 * SIZE_2M));
	EXPECT_EQ(0xa5, *(uint8_t *)start);
	EXPECT_EQ(0, UAPI_WRITE(addr + SIZE_2M));
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

TEST_F(vma, cannot_be_executed)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	EXPECT_EQ(-1, mprotect((void *)addr, SIZE_2M, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, UAPI_WRITE(addr));
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

/* The program may remove its own rights by mprotect(); the content stays. */
TEST_F(vma, mprotect_of_all)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, UAPI_WRITE(addr));
	ASSERT_EQ(0, mprotect((void *)addr, 2 * SIZE_2M, PROT_READ));
	EXPECT_EQ(SIGSEGV, UAPI_WRITE(addr));
	EXPECT_EQ(SIGSEGV, UAPI_WRITE(addr + SIZE_2M));
	EXPECT_EQ(0, UAPI_READ(addr));
	ASSERT_EQ(0, mprotect((void *)addr, 2 * SIZE_2M, PROT_NONE));
	EXPECT_EQ(SIGSEGV, UAPI_READ(addr));
	ASSERT_EQ(0, mprotect((void *)addr, 2 * SIZE_2M, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0xa5, *(uint8_t *)addr);
	EXPECT_EQ(0, UAPI_WRITE(addr + SIZE_2M));
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

/* No advice changes the content, whether it succeeds or fails. */
TEST_F(vma, advice)
{
	const int advice[] = { MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED,
		MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_DONTFORK, MADV_DOFORK,
		MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_HUGEPAGE, MADV_NOHUGEPAGE,
		MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_COLD,
		MADV_PAGEOUT, MADV_POPULATE_READ, MADV_POPULATE_WRITE, 24 /* DONTNEED_LOCKED */,
		25 /* COLLAPSE */ };
	const uint32_t flags[] = { 0, ACL_EMU_PHYS_4K };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		uint64_t addr, handle;

		ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, flags[i], &addr, &handle));
		uapi_fill(addr, 2 * SIZE_2M, SIZE_4K, 1);
		for (size_t j = 0; j < ARRAY_SIZE(advice); j++) {
			madvise((void *)addr, 2 * SIZE_2M, advice[j]);
			ASSERT_EQ(2 * SIZE_2M, uapi_differs(addr, 2 * SIZE_2M, SIZE_4K, 1))
				TH_LOG("advice %d", advice[j]);
			ASSERT_EQ(1, uapi_vmas(addr, addr + 2 * SIZE_2M));
		}
		EXPECT_EQ(0, mlock((void *)addr, 2 * SIZE_2M));
		EXPECT_EQ(0, munlock((void *)addr, 2 * SIZE_2M));
		EXPECT_EQ(2 * SIZE_2M, uapi_differs(addr, 2 * SIZE_2M, SIZE_4K, 1));
		EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	}
}

/* MADV_POPULATE_WRITE fails where nothing is mapped. */
TEST_F(vma, populate_nothing)
{
	uint64_t addr;

	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	EXPECT_EQ(-1, madvise((void *)addr, SIZE_2M, MADV_POPULATE_WRITE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, uapi_release(self->fd, addr));
}

TEST_F(vma, limit_of_addresses)
{
	struct rlimit limit = { 2 * SIZE_1G, RLIM_INFINITY };
	uint64_t addr = 0x5a;

	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &limit));
	EXPECT_FAIL(ENOMEM, VA_LIMIT, 16 * SIZE_1G, ENOMEM,
		    uapi_reserve(self->fd, 16 * SIZE_1G, &addr));
	EXPECT_EQ(0x5a, addr);
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
	EXPECT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
}

/* A reservation is one VMA, however many mappings it has. */
TEST_F(vma, mappings_cost_no_vma)
{
	const uint64_t count = 100000, size = (count * SIZE_4K + SIZE_2M - 1) & -SIZE_2M;
	unsigned int vmas;
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, size, &addr));
	vmas = uapi_vmas(0, ~0ull);
	for (uint64_t i = 0; i < count; i++)
		ASSERT_EQ(0, uapi_map(self->fd, addr + i * SIZE_4K, SIZE_4K, handle));
	EXPECT_EQ(count, uapi_phys_info(self->fd, handle).maps);
	*uapi_words(addr) = 4711;
	for (uint64_t i = 0; i < count; i += 4999)
		EXPECT_EQ(4711, *uapi_words(addr + i * SIZE_4K));
	EXPECT_EQ(1, uapi_vmas(addr, addr + size));
	EXPECT_EQ(vmas, uapi_vmas(0, ~0ull));
	EXPECT_FAIL(EBUSY, STILL_MAPPED, addr, SIZE_4K, uapi_release(self->fd, addr));
	for (uint64_t i = 0; i < count; i++)
		ASSERT_EQ(0, uapi_unmap(self->fd, addr + i * SIZE_4K));
	EXPECT_EQ(0, uapi_release(self->fd, addr));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

TEST_F(vma, limit_of_vmas)
{
	const uint64_t most = 65600;
	uint64_t addr;
	int rc = 0;

	/* The kernel does not merge VMAs with different rights. */
	for (uint64_t i = 0; i < most; i++) {
		if (mmap(NULL, SIZE_4K, i & 1 ? PROT_READ : PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
			break;
	}
	for (int i = 0; i < 8 && !rc; i++)
		rc = uapi_reserve(self->fd, SIZE_2M, &addr);
	EXPECT_FAIL(ENOMEM, VA_LIMIT, SIZE_2M, ENOMEM, rc);
}

/* The addresses of a reservation are one area, which the program cannot make. */
TEST_F(vma, no_second_area)
{
	const int rights = PROT_READ | PROT_WRITE;
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE_2M, rights, MAP_SHARED, self->fd, addr));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, UAPI_WRITE(addr));
	EXPECT_EQ(MAP_FAILED, mmap((void *)addr, SIZE_2M, rights, MAP_SHARED | MAP_FIXED, self->fd,
				   addr));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, uapi_release(self->fd, addr));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

struct intruder {
	int fd;
	uint64_t addr;
	bool stop;
	unsigned int got;
};

static void *map_the_node(void *data)
{
	struct intruder *in = data;

	while (!__atomic_load_n(&in->stop, __ATOMIC_ACQUIRE)) {
		if (mmap((void *)in->addr, SIZE_2M, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED_NOREPLACE, in->fd, in->addr) != MAP_FAILED)
			in->got++;
	}
	return NULL;
}

/* Nor can another thread, while a reservation is being made. */
TEST_F(vma, no_second_area_by_thread)
{
	struct intruder in = { .fd = self->fd };
	pthread_t thread;

	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &in.addr));
	ASSERT_EQ(0, uapi_release(self->fd, in.addr));
	ASSERT_EQ(0, pthread_create(&thread, NULL, map_the_node, &in));
	for (int i = 0; i < 2000 && !in.got; i++) {
		EXPECT_EQ(0, uapi_reserve_fixed(self->fd, in.addr, SIZE_2M));
		EXPECT_EQ(0, uapi_release(self->fd, in.addr));
	}
	__atomic_store_n(&in.stop, true, __ATOMIC_RELEASE);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, in.got);
}

TEST_HARNESS_MAIN
