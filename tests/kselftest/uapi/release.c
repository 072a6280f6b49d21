// SPDX-License-Identifier: MIT
/*
 * RANGE_RELEASE frees the record; the caller unmaps the addresses.
 * The module never unmaps by address: another thread may have unmapped the
 * reservation and mapped its own memory there.
 */
#include "uapi_test.h"

#define PLACE		(ACL_EMU_VA_USER_FIRST + 64 * SIZE_2M)
#define SIZE		(4 * SIZE_2M)

UAPI_FIXTURE(release)

/* RANGE_RELEASE alone; the bytes that are left to unmap, or -errno. */
static int64_t release_only(int fd, uint64_t addr)
{
	struct acl_emu_range_release arg = UAPI_ARG(acl_emu_range_release, .addr = addr);
	int rc = UAPI_CALL(fd, RANGE_RELEASE, &arg);

	return rc ? rc : (int64_t)arg.size;
}

TEST_F(release, addresses_stay_until_munmap)
{
	uint64_t handle;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, PLACE, SIZE));
	EXPECT_EQ(SIZE, release_only(self->fd, PLACE));
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));

	/* Nothing finds it and nothing can be mapped in it or over it. */
	EXPECT_EQ(1, uapi_vmas(PLACE, PLACE + SIZE));
	EXPECT_EQ(0, uapi_lookup(self->fd, PLACE).found);
	EXPECT_FAIL(ENOENT, NO_RANGE, PLACE, 0, uapi_map(self->fd, PLACE, SIZE_2M, handle));
	EXPECT_FAIL(ENOENT, NO_RANGE, PLACE, 0, release_only(self->fd, PLACE));
	EXPECT_EQ(SIGBUS, UAPI_READ(PLACE));
	EXPECT_EQ(SIGBUS, UAPI_WRITE(PLACE + SIZE - 1));
	EXPECT_FAIL(EADDRINUSE, VA_TAKEN, PLACE, SIZE, uapi_reserve_fixed(self->fd, PLACE, SIZE));
	EXPECT_FAIL(EADDRINUSE, VA_TAKEN, PLACE, SIZE,
		    uapi_reserve_fixed(self->fd, PLACE + SIZE_2M, SIZE_2M));
	EXPECT_EQ(MAP_FAILED, anonymous_at(PLACE, SIZE));

	/* It is still one VMA that does not split. */
	EXPECT_EQ(-1, munmap((void *)PLACE, SIZE_2M));
	EXPECT_EQ(EINVAL, errno);

	ASSERT_EQ(0, munmap((void *)PLACE, SIZE));
	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, PLACE, SIZE));
	ASSERT_EQ(0, uapi_map(self->fd, PLACE, SIZE_2M, handle));
	EXPECT_EQ(0, UAPI_WRITE(PLACE));
}

/* A reservation made before the munmap() lies elsewhere and stays. */
TEST_F(release, late_munmap)
{
	uint64_t first, second, handle;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE, &first));
	ASSERT_EQ(SIZE, release_only(self->fd, first));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE, &second));
	EXPECT_TRUE(second >= first + SIZE || second + SIZE <= first);
	ASSERT_EQ(0, uapi_map(self->fd, second, SIZE_2M, handle));
	ASSERT_EQ(0, UAPI_WRITE(second));
	ASSERT_EQ(0, munmap((void *)first, SIZE));
	EXPECT_EQ(ACL_EMU_FOUND_RANGE | ACL_EMU_FOUND_MAPPING, uapi_lookup(self->fd, second).found);
	EXPECT_EQ(0xa5, *(uint8_t *)second);
	EXPECT_EQ(BEFORE(RANGES) + 1, COUNT(RANGES));
}

/* The VMA is gone before the release: nothing is left to unmap. */
TEST_F(release, detached)
{
	uint64_t handle;
	uint8_t *own;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, PLACE, SIZE));
	ASSERT_EQ(0, uapi_map(self->fd, PLACE, SIZE_2M, handle));
	ASSERT_EQ(0, munmap((void *)PLACE, SIZE));
	EXPECT_EQ(BEFORE(MAPPINGS), COUNT(MAPPINGS));
	EXPECT_EQ(ACL_EMU_FOUND_RANGE, uapi_lookup(self->fd, PLACE).found);
	EXPECT_FAIL(ENOENT, DETACHED, PLACE, SIZE, uapi_map(self->fd, PLACE, SIZE_2M, handle));

	own = anonymous_at(PLACE, SIZE);
	ASSERT_EQ((void *)PLACE, own);
	memset(own, 0x3c, SIZE_4K);
	EXPECT_EQ(0, release_only(self->fd, PLACE));
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
	EXPECT_EQ(0x3c, own[SIZE_4K - 1]);
	EXPECT_EQ(0, UAPI_WRITE(PLACE + SIZE - 1));
	EXPECT_FAIL(ENOENT, NO_RANGE, PLACE, 0, release_only(self->fd, PLACE));
}

/* A client keeps 1024 records without a VMA; one more is released at once. */
TEST_F(release, detached_limit)
{
	const int bound = 1024, made = bound + 64;
	uint64_t *addr = calloc(made, sizeof(*addr));
	int known = 0;

	ASSERT_NE(NULL, addr);
	for (int i = 0; i < made; i++) {
		ASSERT_EQ(0, uapi_reserve(self->fd, SIZE, &addr[i]));
		ASSERT_EQ(0, munmap((void *)addr[i], SIZE));
	}
	EXPECT_EQ(BEFORE(RANGES) + bound, COUNT(RANGES));
	for (int i = 0; i < made; i++)
		known += release_only(self->fd, addr[i]) == 0;
	EXPECT_EQ(bound, known);
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
	/* Released ones make room again. */
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE, &addr[0]));
	ASSERT_EQ(0, munmap((void *)addr[0], SIZE));
	EXPECT_EQ(0, release_only(self->fd, addr[0]));
	free(addr);
}

/* The exit of the process unmaps what it has not unmapped. */
TEST_F(release, exit_unmaps)
{
	uint64_t addr;

	for (int i = 0; i < 8; i++) {
		ASSERT_EQ(0, uapi_reserve(self->fd, SIZE, &addr));
		ASSERT_EQ(SIZE, release_only(self->fd, addr));
	}
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
}

/* ---- against munmap() and mmap() of another thread ---- */

struct other {
	pthread_barrier_t begin, end;
	unsigned long rounds;
	bool mapped;
};

static void spin(unsigned long turns)
{
	for (volatile unsigned long i = 0; i < turns; i++)
		;
}

/* Replaces the reservation by memory of its own at varying moments. */
static void *replace(void *data)
{
	struct other *other = data;

	for (unsigned long i = 0; i < other->rounds; i++) {
		pthread_barrier_wait(&other->begin);
		spin(i % 97 * 20);
		munmap((void *)PLACE, SIZE_2M);
		other->mapped = anonymous_at(PLACE, SIZE_2M) == (void *)PLACE;
		pthread_barrier_wait(&other->end);
	}
	return NULL;
}

/* The release alone, so that whatever is unmapped was unmapped by the module. */
TEST_F(release, race)
{
	struct other other = { .rounds = harness_count(3000, 20) };
	pthread_t thread;
	int64_t left;

	pthread_barrier_init(&other.begin, NULL, 2);
	pthread_barrier_init(&other.end, NULL, 2);
	ASSERT_EQ(0, pthread_create(&thread, NULL, replace, &other));
	for (unsigned long i = 0; i < other.rounds; i++) {
		ASSERT_EQ(0, uapi_reserve_fixed(self->fd, PLACE, SIZE_2M));
		pthread_barrier_wait(&other.begin);
		spin(i % 89 * 20);
		left = release_only(self->fd, PLACE);
		pthread_barrier_wait(&other.end);
		ASSERT_TRUE(!left || left == SIZE_2M) TH_LOG("release: %d", (int)left);
		ASSERT_TRUE(other.mapped);
		ASSERT_EQ(0, UAPI_WRITE(PLACE)) TH_LOG("memory was lost in round %lu", i);
		ASSERT_EQ(0, munmap((void *)PLACE, SIZE_2M));
	}
	pthread_join(thread, NULL);
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
}

TEST_HARNESS_MAIN
