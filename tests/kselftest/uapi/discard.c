// SPDX-License-Identifier: MIT
/*
 * Reservations that end with mappings in them: munmap() and the exit of the process
 * remove all mappings at once.
 */
#include "uapi_test.h"

UAPI_FIXTURE(discard)

static int map_many(int fd, uint64_t addr, uint64_t from, uint64_t to, uint64_t step,
		    uint64_t handle)
{
	int rc = 0;

	for (uint64_t i = from; i < to && !rc; i++)
		rc = uapi_map(fd, addr + i * step, SIZE_4K, handle);
	return rc;
}

/*
 * The tree of a reservation has another shape with each number of mappings, up to
 * three levels here, and each of them must be freed whole.
 */
TEST_F(discard, any_number_of_mappings)
{
	const uint64_t most = 400, size = 4 * SIZE_2M;
	const uint64_t steps[] = { SIZE_4K, 2 * SIZE_4K };
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	for (size_t s = 0; s < ARRAY_SIZE(steps); s++) {
		for (uint64_t count = 1; count <= most; count += count < 20 ? 1 : 3) {
			ASSERT_EQ(0, uapi_reserve(self->fd, size, &addr));
			ASSERT_EQ(0, map_many(self->fd, addr, 0, count, steps[s], handle));
			ASSERT_EQ(count, uapi_phys_info(self->fd, handle).maps);
			ASSERT_EQ(0, munmap((void *)addr, size));
			ASSERT_EQ(0, uapi_phys_info(self->fd, handle).maps);
			ASSERT_EQ(0, uapi_release(self->fd, addr));
		}
	}
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

/* Holes change the shape again. */
TEST_F(discard, after_some_unmaps)
{
	const uint64_t count = 3000, size = (count * SIZE_4K + SIZE_2M - 1) & -SIZE_2M;
	const uint64_t kept[] = { 2, 3, 7, 15, 16, 17, 100 };
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	for (size_t k = 0; k < ARRAY_SIZE(kept); k++) {
		ASSERT_EQ(0, uapi_reserve(self->fd, size, &addr));
		ASSERT_EQ(0, map_many(self->fd, addr, 0, count, SIZE_4K, handle));
		for (uint64_t i = 0; i < count; i++) {
			if (i % kept[k])
				ASSERT_EQ(0, uapi_unmap(self->fd, addr + i * SIZE_4K));
		}
		ASSERT_EQ(0, munmap((void *)addr, size));
		ASSERT_EQ(0, uapi_release(self->fd, addr));
	}
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

static int end_with_many(int sock, void *data)
{
	uint64_t addr, handle, count = *(uint64_t *)data;
	int fd = uapi_client();

	(void)sock;
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	CHILD_CHECK(!uapi_reserve(fd, 64 * SIZE_2M, &addr));
	CHILD_CHECK(!map_many(fd, addr, 0, count, SIZE_4K, handle));
	/* The mappings alone keep the handle. */
	CHILD_CHECK(!uapi_free(fd, handle));
	return 0;
}

TEST_F(discard, end_of_the_process)
{
	static uint64_t counts[] = { 1, 15, 16, 17, 225, 240, 256, 1000, 3375, 4096, 20000 };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		int sock;

		EXPECT_EQ(0, uapi_wait(uapi_child(end_with_many, &counts[i], &sock)));
		close(sock);
		EXPECT_EQ(BEFORE(MAPPINGS), COUNT(MAPPINGS));
		EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
	}
}

TEST_HARNESS_MAIN
