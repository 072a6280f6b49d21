// SPDX-License-Identifier: MIT
/*
 * COPY: in, out, between mappings, fills, holes, and concurrent changes.
 *
 * A page that userfaultfd holds back stops a copy at a known place for as long as a
 * test needs.
 */
#include "uapi_test.h"
#include "uffd.h"

#define TO_DEVICE	ACL_EMU_COPY_DST_MAPPED
#define FROM_DEVICE	ACL_EMU_COPY_SRC_MAPPED
#define INSIDE		(ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED)
#define FILL		(ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL)

UAPI_FIXTURE(copy)

static uint8_t *anon(uint64_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Three mappings side by side: 2 MiB, two pages out of the middle, 2 MiB. */
#define PATCHED		(4 * SIZE_2M)

static int patchwork(int fd, uint64_t *addr)
{
	uint64_t first, last, middle;

	if (uapi_alloc(fd, SIZE_2M, 0, &first) || uapi_alloc(fd, SIZE_2M, 0, &last) ||
	    uapi_alloc(fd, 2 * SIZE_2M + SIZE_4K, ACL_EMU_PHYS_4K, &middle) ||
	    uapi_reserve(fd, 8 * SIZE_2M, addr) ||
	    uapi_map(fd, *addr, SIZE_2M, first) ||
	    uapi_map_rights(fd, *addr + SIZE_2M, 2 * SIZE_2M, SIZE_4K, middle, READ_WRITE) ||
	    uapi_map(fd, *addr + 3 * SIZE_2M, SIZE_2M, last))
		return -1;
	return 0;
}

TEST_F(copy, user_memory_both_ways)
{
	const uint64_t starts[] = { 0, 1, 7, 4095, SIZE_2M - 3, SIZE_2M, SIZE_2M + 4093 };
	const uint64_t sizes[] = { 1, 2, 3, 4096, 4099, 300001, SIZE_2M, 2 * SIZE_2M + 17 };
	uint8_t *in = anon(PATCHED), *out = anon(PATCHED);
	uint64_t addr, done;

	ASSERT_EQ(0, patchwork(self->fd, &addr));
	uapi_fill((uintptr_t)in, PATCHED, 8, 1);
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			uint64_t at = addr + starts[i], size = sizes[j];

			done = 0;
			ASSERT_EQ(0, uapi_copy(self->fd, at, (uintptr_t)in, size, TO_DEVICE,
						&done));
			ASSERT_EQ(size, done);
			ASSERT_EQ(0, memcmp((void *)at, in, size));
			memset(out, 0xee, size + 1);
			ASSERT_EQ(0, uapi_copy(self->fd, (uintptr_t)out, at, size, FROM_DEVICE,
					       &done));
			ASSERT_EQ(size, done);
			ASSERT_EQ(0, memcmp(out, in, size));
			ASSERT_EQ(0xee, out[size]);
		}
}

/* The bytes beside the destination are left alone. */
TEST_F(copy, edges)
{
	uint64_t addr;

	ASSERT_EQ(0, patchwork(self->fd, &addr));
	memset((void *)addr, 0x77, PATCHED);
	ASSERT_EQ(0, uapi_copy(self->fd, addr + 4097, addr + 2 * SIZE_2M, 3000, INSIDE, NULL));
	ASSERT_EQ(0, uapi_copy(self->fd, addr + SIZE_2M - 5, 0, 11, FILL, NULL));
	EXPECT_EQ(0x77, *(uint8_t *)(addr + SIZE_2M - 6));
	EXPECT_EQ(0x00, *(uint8_t *)(addr + SIZE_2M - 5));
	EXPECT_EQ(0x00, *(uint8_t *)(addr + SIZE_2M + 5));
	EXPECT_EQ(0x77, *(uint8_t *)(addr + SIZE_2M + 6));
}

TEST_F(copy, between_mappings)
{
	uint64_t from, to, done;

	ASSERT_EQ(0, patchwork(self->fd, &from));
	ASSERT_EQ(0, patchwork(self->fd, &to));
	uapi_fill(from, PATCHED, 8, 1);
	ASSERT_EQ(0, uapi_copy(self->fd, to, from, PATCHED, INSIDE, &done));
	EXPECT_EQ(PATCHED, done);
	EXPECT_EQ(PATCHED, uapi_differs(to, PATCHED, 8, 1));
	/* Not aligned to each other, across the seams. */
	ASSERT_EQ(0, uapi_copy(self->fd, to + 3, from + 4090, PATCHED - 5000, INSIDE, &done));
	EXPECT_EQ(0, memcmp((void *)(to + 3), (void *)(from + 4090), PATCHED - 5000));
}

TEST_F(copy, fill)
{
	const uint32_t patterns[] = { 0, 0xffffffff, 0x5a5a5a5a, 0x12345678, 0x000000ff };
	const uint64_t starts[] = { 0, 1, 2, 3, 4093, SIZE_2M - 2 };
	const uint64_t sizes[] = { 1, 2, 3, 4, 5, 4099, SIZE_2M + 7 };
	uint64_t addr, done;

	ASSERT_EQ(0, patchwork(self->fd, &addr));
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		for (size_t j = 0; j < ARRAY_SIZE(starts); j++)
			for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
				const uint8_t *bytes = (uint8_t *)(addr + starts[j]);
				uint64_t at = 0;

				ASSERT_EQ(0, uapi_copy(self->fd, addr + starts[j], patterns[i],
						       sizes[k], FILL, &done));
				ASSERT_EQ(sizes[k], done);
				while (at < sizes[k] &&
				       bytes[at] == (uint8_t)(patterns[i] >> at % 4 * 8))
					at++;
				ASSERT_EQ(sizes[k], at);
			}
}

/* A hole in a mapped end: nothing at all is written. */
TEST_F(copy, holes)
{
	uint64_t addr, handle, whole, done = 0x5a;
	uint8_t *user = anon(4 * SIZE_2M);

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, 4 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, handle));
	ASSERT_EQ(0, uapi_map(self->fd, addr + 2 * SIZE_2M, SIZE_2M, handle));
	ASSERT_EQ(0, patchwork(self->fd, &whole));
	memset(user, 0x33, 4 * SIZE_2M);

	EXPECT_FAIL(EFAULT, NOT_MAPPED, addr + SIZE_2M, 0,
		    uapi_copy(self->fd, addr, (uintptr_t)user, 3 * SIZE_2M, TO_DEVICE, &done));
	EXPECT_FAIL(EFAULT, NOT_MAPPED, addr + SIZE_2M, 0,
		    uapi_copy(self->fd, addr, 0x33, SIZE_2M + 1, FILL, &done));
	EXPECT_FAIL(EFAULT, NOT_MAPPED, addr + 3 * SIZE_2M, 0,
		    uapi_copy(self->fd, addr + 3 * SIZE_2M - 1, (uintptr_t)user, 2, TO_DEVICE,
			      &done));
	EXPECT_EQ(SIZE_2M, uapi_nonzero(addr, SIZE_2M));
	EXPECT_FAIL(EFAULT, NOT_MAPPED, addr + SIZE_2M, 0,
		    uapi_copy(self->fd, (uintptr_t)user, addr, 2 * SIZE_2M, FROM_DEVICE, &done));
	EXPECT_EQ(0x33, user[0]);
	EXPECT_FAIL(EFAULT, NOT_MAPPED, addr + SIZE_2M, 0,
		    uapi_copy(self->fd, whole, addr, 2 * SIZE_2M, INSIDE, &done));
	EXPECT_FAIL(EFAULT, NOT_MAPPED, (uintptr_t)user, 0,
		    uapi_copy(self->fd, (uintptr_t)user, addr, 1, INSIDE, &done));
	EXPECT_EQ(0x5a, done);
	EXPECT_EQ(0, uapi_copy(self->fd, addr, (uintptr_t)user, SIZE_2M, TO_DEVICE, &done));
}

/* Mapped to the last byte, but the next reservation is another block of memory. */
TEST_F(copy, neighbours)
{
	uint64_t addr, next, handle, whole, done = 0x5a;
	uint8_t *user = anon(2 * SIZE_2M);

	ASSERT_EQ(0, uapi_reserve(self->fd, 4 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_release(self->fd, addr));
	next = addr + SIZE_2M;
	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, addr, SIZE_2M));
	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, next, 2 * SIZE_2M));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, handle));
	ASSERT_EQ(0, uapi_map(self->fd, next, SIZE_2M, handle));
	ASSERT_EQ(0, uapi_map(self->fd, next + SIZE_2M, SIZE_2M, handle));
	ASSERT_EQ(0, patchwork(self->fd, &whole));
	memset(user, 0x33, 2 * SIZE_2M);

	EXPECT_FAIL(EFAULT, PAST_RANGE, addr, SIZE_2M,
		    uapi_copy(self->fd, next - 1, (uintptr_t)user, 2, TO_DEVICE, &done));
	EXPECT_FAIL(EFAULT, PAST_RANGE, addr, SIZE_2M,
		    uapi_copy(self->fd, addr, 0x33, SIZE_2M + 1, FILL, &done));
	EXPECT_FAIL(EFAULT, PAST_RANGE, addr, SIZE_2M,
		    uapi_copy(self->fd, whole, addr, SIZE_2M + 1, INSIDE, &done));
	EXPECT_EQ(SIZE_2M, uapi_nonzero(addr, SIZE_2M));
	EXPECT_EQ(0x5a, done);
	EXPECT_FAIL(EFAULT, PAST_RANGE, addr, SIZE_2M,
		    uapi_copy(self->fd, (uintptr_t)user, addr, SIZE_2M + 1, FROM_DEVICE, &done));
	EXPECT_EQ(0x33, user[0]);
	/* A copy may cross from one mapping of a reservation to the next. */
	EXPECT_EQ(0, uapi_copy(self->fd, next, (uintptr_t)user, 2 * SIZE_2M, TO_DEVICE, &done));
}

TEST_F(copy, rights)
{
	struct acl_emu_location device = uapi_device(0);
	uint64_t addr, handle;
	uint8_t user[16] = "fifteen letters";

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_reserve_flags(self->fd, SIZE_2M, ACL_EMU_RANGE_RDONLY_CAPABLE, &addr));
	ASSERT_EQ(0, uapi_map_rights(self->fd, addr, SIZE_2M, 0, handle, NO_RIGHTS));
	EXPECT_FAIL(EFAULT, RIGHTS, addr, NO_RIGHTS,
		    uapi_copy(self->fd, addr, (uintptr_t)user, 1, TO_DEVICE, NULL));
	EXPECT_FAIL(EFAULT, RIGHTS, addr, NO_RIGHTS,
		    uapi_copy(self->fd, (uintptr_t)user, addr, 1, FROM_DEVICE, NULL));
	ASSERT_EQ(0, uapi_set_access(self->fd, addr, SIZE_2M, device, READ_ONLY, 0));
	EXPECT_FAIL(EFAULT, RIGHTS, addr, READ_ONLY,
		    uapi_copy(self->fd, addr, (uintptr_t)user, 1, TO_DEVICE, NULL));
	EXPECT_FAIL(EFAULT, RIGHTS, addr, READ_ONLY, uapi_copy(self->fd, addr, 0, 4, FILL, NULL));
	EXPECT_EQ(0, uapi_copy(self->fd, (uintptr_t)user, addr, 16, FROM_DEVICE, NULL));
	EXPECT_EQ(0, user[0]);
}

TEST_F(copy, arguments)
{
	uint64_t addr, handle;
	uint64_t user = 0;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	EXPECT_FAIL_AS(EINVAL, SIZE,
		       uapi_copy(self->fd, addr, (uintptr_t)&user, 0, TO_DEVICE, NULL));
	EXPECT_FAIL_AS(EINVAL, FLAGS,
		       uapi_copy(self->fd, addr, (uintptr_t)&user, 8, 0, NULL));
	EXPECT_FAIL_AS(EINVAL, FLAGS,
		       uapi_copy(self->fd, addr, 8, 8, ACL_EMU_COPY_FILL, NULL));
	EXPECT_FAIL_AS(EINVAL, FLAGS,
		       uapi_copy(self->fd, addr, addr, 8, FILL | FROM_DEVICE, NULL));
	EXPECT_FAIL_AS(EINVAL, VALUE, uapi_copy(self->fd, addr, 1ull << 32, 8, FILL, NULL));
	EXPECT_LT(uapi_copy(self->fd, addr, (uintptr_t)&user, -addr, TO_DEVICE, NULL), 0);
	EXPECT_LT(uapi_copy(self->fd, addr, (uintptr_t)&user, ~0ull, TO_DEVICE, NULL), 0);
	EXPECT_LT(uapi_copy(self->fd, (uintptr_t)&user, addr, ~0ull, FROM_DEVICE, NULL), 0);
	EXPECT_EQ(SIZE_2M, uapi_nonzero(addr, SIZE_2M));
}

/* User memory that ends too early: the answer holds the bytes that were copied. */
TEST_F(copy, user_fault)
{
	uint8_t *user = anon(4 * SIZE_2M);
	uint64_t addr, handle, end = (uintptr_t)user + SIZE_2M + SIZE_4K;

	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &addr, &handle));
	memset(user, 0x44, 2 * SIZE_2M);
	ASSERT_EQ(0, munmap((void *)end, 4 * SIZE_2M - SIZE_2M - SIZE_4K));

	EXPECT_EQ(-EFAULT, uapi_copy(self->fd, addr, (uintptr_t)user, 2 * SIZE_2M, TO_DEVICE,
				     NULL));
	EXPECT_WHY(USER_FAULT, end, SIZE_2M + SIZE_4K);
	EXPECT_EQ(0x44, *(uint8_t *)(addr + SIZE_2M + SIZE_4K - 1));
	EXPECT_EQ(0, *(uint8_t *)(addr + SIZE_2M + SIZE_4K));
	EXPECT_EQ(-EFAULT, uapi_copy(self->fd, (uintptr_t)user, addr, 2 * SIZE_2M, FROM_DEVICE,
				     NULL));
	EXPECT_WHY(USER_FAULT, end, SIZE_2M + SIZE_4K);

	ASSERT_EQ(0, mprotect(user, SIZE_4K, PROT_READ));
	EXPECT_FAIL(EFAULT, USER_FAULT, (uintptr_t)user, 0,
		    uapi_copy(self->fd, (uintptr_t)user, addr, 8, FROM_DEVICE, NULL));
	EXPECT_EQ(-EFAULT, uapi_copy(self->fd, 0, addr, 8, FROM_DEVICE, NULL));
	EXPECT_EQ(-EFAULT, uapi_copy(self->fd, addr, 0xffff888000000000ull, 8, TO_DEVICE, NULL));
}

/* The user end may be an address of a mapping. */
TEST_F(copy, user_end_that_is_mapped)
{
	uint64_t from, to, handle;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &from, &handle));
	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &to, &handle));
	uapi_fill(from, SIZE_2M, 8, 1);
	ASSERT_EQ(0, uapi_copy(self->fd, to, from, SIZE_2M, TO_DEVICE, NULL));
	EXPECT_EQ(SIZE_2M, uapi_differs(to, SIZE_2M, 8, 1));
}

/* ---- copies that are held up ---- */

struct held {
	int fd;
	int uffd;
	uint8_t *page;
	uint64_t dst;
	int rc;
	struct acl_emu_head last;
	pthread_t thread;
};

/* Makes a page whose first reader waits for release(). */
static int hold_page(struct held *held)
{
	held->uffd = uffd_page((void **)&held->page);
	return held->uffd < 0 ? -1 : 0;
}

static void *copy_held(void *data)
{
	struct held *held = data;

	held->rc = uapi_copy(held->fd, held->dst, (uintptr_t)held->page, SIZE_4K, TO_DEVICE, NULL);
	held->last = uapi_last;
	return NULL;
}

/* Returns when the copy reads the page. */
static int start_held(struct held *held)
{
	if (pthread_create(&held->thread, NULL, copy_held, held))
		return -1;
	return uffd_wait(held->uffd);
}

/* Gives the page its content, bytes 0x66, and waits for the end of the copy. */
static int release(struct held *held)
{
	uint8_t content[SIZE_4K];

	memset(content, 0x66, sizeof(content));
	return uffd_give(held->uffd, held->page, content) || pthread_join(held->thread, NULL);
}

#define HOLD(held) \
	if (hold_page(held)) \
		SKIP(return, "no userfaultfd for faults of the kernel")

TEST_F(copy, unmap_fails_during_copy)
{
	struct acl_emu_location host = { ACL_EMU_LOC_HOST, 0 };
	struct held held = { .fd = self->fd };
	uint64_t handle;

	HOLD(&held);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &held.dst));
	ASSERT_EQ(0, uapi_map_rights(self->fd, held.dst, SIZE_2M, 0, handle, NO_RIGHTS));
	ASSERT_EQ(0, uapi_set_access(self->fd, held.dst, SIZE_2M, host, READ_WRITE, 0));
	ASSERT_EQ(0, UAPI_WRITE(held.dst + 8192));
	ASSERT_EQ(0, start_held(&held));

	EXPECT_FAIL(EBUSY, COPY_BUSY, held.dst, SIZE_2M, uapi_device_reset(self->fd, 0));
	EXPECT_EQ(READ_WRITE, uapi_get_access(self->fd, held.dst, host));
	EXPECT_FAIL(EBUSY, COPY_BUSY, held.dst, SIZE_2M, uapi_unmap(self->fd, held.dst));
	/* Grants go first, the mapping stays. */
	EXPECT_EQ(NO_RIGHTS, uapi_get_access(self->fd, held.dst, host));
	EXPECT_EQ(SIGBUS, UAPI_READ(held.dst + 8192));
	EXPECT_EQ(handle, uapi_lookup(self->fd, held.dst).handle);
	EXPECT_EQ(0, uapi_free(self->fd, handle));

	ASSERT_EQ(0, release(&held));
	EXPECT_EQ(0, held.rc);
	ASSERT_EQ(0, uapi_set_access(self->fd, held.dst, SIZE_2M, host, READ_WRITE, 0));
	EXPECT_EQ(0x66, *(uint8_t *)(held.dst + SIZE_4K - 1));
	EXPECT_EQ(0, uapi_unmap(self->fd, held.dst));
	EXPECT_EQ(0, uapi_device_reset(self->fd, 0));
}

/* Rights cannot be taken from a mapping that a copy uses; they can be added. */
TEST_F(copy, revoke_fails_during_copy)
{
	struct acl_emu_location device = { ACL_EMU_LOC_DEVICE, 0 };
	struct acl_emu_location host = { ACL_EMU_LOC_HOST, 0 };
	struct held held = { .fd = self->fd };
	uint64_t handle;

	HOLD(&held);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_reserve_flags(self->fd, SIZE_2M, ACL_EMU_RANGE_RDONLY_CAPABLE,
					&held.dst));
	ASSERT_EQ(0, uapi_map(self->fd, held.dst, SIZE_2M, handle));
	ASSERT_EQ(0, start_held(&held));

	EXPECT_FAIL(EBUSY, COPY_BUSY, held.dst, SIZE_2M,
		    uapi_set_access(self->fd, held.dst, SIZE_2M, device, ACL_EMU_RIGHTS_READ, 0));
	EXPECT_FAIL(EBUSY, COPY_BUSY, held.dst, SIZE_2M,
		    uapi_set_access(self->fd, held.dst, SIZE_2M, device, NO_RIGHTS, 0));
	EXPECT_EQ(READ_WRITE, uapi_get_access(self->fd, held.dst, device));
	EXPECT_EQ(0, uapi_set_access(self->fd, held.dst, SIZE_2M, host, READ_WRITE, 0));
	EXPECT_FAIL(EBUSY, COPY_BUSY, held.dst, SIZE_2M,
		    uapi_set_access(self->fd, held.dst, SIZE_2M, host, ACL_EMU_RIGHTS_READ, 0));

	ASSERT_EQ(0, release(&held));
	EXPECT_EQ(0, held.rc);
	EXPECT_EQ(0, uapi_set_access(self->fd, held.dst, SIZE_2M, device, ACL_EMU_RIGHTS_READ, 0));
	EXPECT_EQ(0, uapi_set_access(self->fd, held.dst, SIZE_2M, host, NO_RIGHTS, 0));
	EXPECT_EQ(SIGBUS, UAPI_WRITE(held.dst));
	EXPECT_EQ(0, uapi_unmap(self->fd, held.dst));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

/* A copy goes on when its reservation is unmapped. */
TEST_F(copy, munmap_during_copy)
{
	struct held held = { .fd = self->fd };
	uint64_t handle, again;

	HOLD(&held);
	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &held.dst, &handle));
	ASSERT_EQ(0, start_held(&held));
	EXPECT_EQ(0, munmap((void *)held.dst, SIZE_2M));
	ASSERT_EQ(0, release(&held));
	EXPECT_EQ(0, held.rc);
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &again));
	ASSERT_EQ(0, uapi_map(self->fd, again, SIZE_2M, handle));
	EXPECT_EQ(0x66, *(uint8_t *)again);
}

static int copy_for_ever(int sock, void *data)
{
	struct held held = { .fd = uapi_open() };
	uint64_t handle;

	(void)data;
	CHILD_CHECK(held.fd >= 0 && !uapi_device_open(held.fd, 0));
	CHILD_CHECK(!hold_page(&held));
	CHILD_CHECK(!uapi_mapped(held.fd, SIZE_2M, 0, &held.dst, &handle));
	CHILD_CHECK(!start_held(&held));
	CHILD_CHECK(!uapi_send(sock, 1));
	uapi_recv(sock);
	return 0;
}

TEST_F(copy, kill_during_copy)
{
	struct held probe = { .fd = self->fd };
	int sock;
	pid_t pid;

	HOLD(&probe);
	pid = uapi_child(copy_for_ever, NULL, &sock);
	ASSERT_EQ(1, uapi_recv(sock));
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
	EXPECT_EQ(1000 + SIGKILL, uapi_kill(pid));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
	close(sock);
}

struct race {
	int fd;
	uint64_t from;
	uint64_t to;
	int stop;
};

static void *copy_all_the_time(void *data)
{
	struct race *race = data;

	while (!__atomic_load_n(&race->stop, __ATOMIC_RELAXED)) {
		int rc = uapi_copy(race->fd, race->to, race->from, 16 * SIZE_4K, INSIDE,
				   NULL);

		if (rc && rc != -EFAULT)
			return "copy";
		sched_yield();
	}
	return NULL;
}

/* UNMAP fails while a copy uses the mapping; after UNMAP the copy fails. */
TEST_F(copy, copies_race_unmap)
{
	struct race race = { .fd = self->fd };
	unsigned int busy = 0, gone = 0;
	uint64_t handle, other;
	pthread_t thread;
	void *answer;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &race.from, &other));
	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &race.to, &handle));
	ASSERT_EQ(0, pthread_create(&thread, NULL, copy_all_the_time, &race));
	while (gone < 100) {
		int rc = uapi_unmap(self->fd, race.to);

		if (rc == -EBUSY) {
			busy++;
			sched_yield();
			continue;
		}
		ASSERT_EQ(0, rc);
		gone++;
		ASSERT_EQ(0, uapi_map(self->fd, race.to, SIZE_2M, handle));
	}
	__atomic_store_n(&race.stop, 1, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, &answer));
	EXPECT_EQ(NULL, answer) TH_LOG("%s failed", (char *)answer);
	TH_LOG("busy %u times", busy);
}

TEST_HARNESS_MAIN
