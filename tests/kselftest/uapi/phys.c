// SPDX-License-Identifier: MIT
/*
 * PHYS_ALLOC, PHYS_RETAIN, PHYS_FREE, PHYS_INFO: memory, handles and their references.
 */
#include "uapi_test.h"

UAPI_FIXTURE(phys)

static const struct acl_emu_location host = { ACL_EMU_LOC_HOST, 0 };

static int retain(int fd, uint64_t handle)
{
	struct acl_emu_phys_retain arg = UAPI_ARG(acl_emu_phys_retain, .handle = handle);

	return UAPI_CALL(fd, PHYS_RETAIN, &arg);
}

static int retain_by_addr(int fd, uint64_t addr, uint64_t *handle)
{
	struct acl_emu_phys_retain arg = UAPI_ARG(acl_emu_phys_retain, .addr = addr,
						  .handle = 0x5a5a);
	int rc;

	arg.head.flags = ACL_EMU_RETAIN_BY_ADDR;
	rc = UAPI_CALL(fd, PHYS_RETAIN, &arg);
	*handle = arg.handle;
	return rc;
}

static struct acl_emu_phys_free free_and_tell(int fd, uint64_t handle)
{
	struct acl_emu_phys_free arg = UAPI_ARG(acl_emu_phys_free, .handle = handle,
						.left = 77, .maps = 77);

	UAPI_CALL(fd, PHYS_FREE, &arg);
	return arg;
}

TEST_F(phys, info)
{
	struct acl_emu_phys_alloc arg = UAPI_ARG(acl_emu_phys_alloc, .size = 3 * SIZE_2M,
		.loc = uapi_device(0), .cookie = 0x0123456789abcdefull);
	struct acl_emu_phys_info info;

	ASSERT_EQ(0, UAPI_CALL(self->fd, PHYS_ALLOC, &arg));
	EXPECT_NE(0, arg.handle);
	info = uapi_phys_info(self->fd, arg.handle);
	EXPECT_EQ(3 * SIZE_2M, info.size);
	EXPECT_EQ(SIZE_2M, info.granule);
	EXPECT_EQ(0x0123456789abcdefull, info.cookie);
	EXPECT_EQ(ACL_EMU_LOC_DEVICE, info.loc.type);
	EXPECT_EQ(0, info.loc.id);
	EXPECT_EQ(ACL_EMU_LOC_DEVICE, info.user.type);
	EXPECT_EQ(0, info.user.id);
	EXPECT_EQ(1, info.users);
	EXPECT_EQ(0, info.maps);
	EXPECT_EQ(0, info.state);
	EXPECT_EQ(0, uapi_free(self->fd, arg.handle));
}

TEST_F(phys, granules)
{
	uint64_t handle;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M + SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	EXPECT_EQ(SIZE_4K, uapi_phys_info(self->fd, handle).granule);
	EXPECT_EQ(SIZE_2M + SIZE_4K, uapi_phys_info(self->fd, handle).size);
	EXPECT_EQ(0, uapi_free(self->fd, handle));

	handle = 0x5a;
	EXPECT_FAIL(EINVAL, SIZE_ALIGN, SIZE_4K + 1, SIZE_4K,
		    uapi_alloc(self->fd, SIZE_4K + 1, ACL_EMU_PHYS_4K, &handle));
	EXPECT_FAIL(EINVAL, SIZE_ALIGN, SIZE_4K, SIZE_2M,
		    uapi_alloc(self->fd, SIZE_4K, 0, &handle));
	EXPECT_FAIL(EINVAL, SIZE_ALIGN, SIZE_2M + 1, SIZE_2M,
		    uapi_alloc(self->fd, SIZE_2M + 1, 0, &handle));
	EXPECT_FAIL(EINVAL, SIZE_ALIGN, SIZE_2M, SIZE_1G,
		    uapi_alloc(self->fd, SIZE_2M, ACL_EMU_PHYS_1G, &handle));
	EXPECT_EQ(-EINVAL, uapi_alloc(self->fd, SIZE_1G, ACL_EMU_PHYS_1G | ACL_EMU_PHYS_4K,
				      &handle));
	EXPECT_EQ(0x5a, handle);
}

/* Sizes whose sums overflow. */
TEST_F(phys, huge_sizes)
{
	const uint64_t sizes[] = { 1ull << 44, 1ull << 63, -SIZE_2M, -SIZE_1G,
				   ~0ull << 30, 0x7fffffffffe00000ull, 1ull << 43 };
	uint64_t handle = 0x5a;
	uint64_t room = uapi_room(self->fd, 0);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		int rc = uapi_alloc(self->fd, sizes[i], 0, &handle);

		if (sizes[i] > ACL_EMU_VA_MAX_SIZE) {
			EXPECT_FAIL(EINVAL, SIZE, sizes[i], ACL_EMU_VA_MAX_SIZE, rc);
		} else {
			EXPECT_FAIL(ENOMEM, CAPACITY, sizes[i], room, rc);
		}
	}
	EXPECT_FAIL(EINVAL, SIZE, 0, ACL_EMU_VA_MAX_SIZE, uapi_alloc(self->fd, 0, 0, &handle));
	EXPECT_EQ(0x5a, handle);
}

TEST_F(phys, locations)
{
	struct acl_emu_location any = { ACL_EMU_LOC_HOST_NUMA, ACL_EMU_NUMA_ANY };
	struct acl_emu_location node = { ACL_EMU_LOC_HOST_NUMA, 0 };
	struct acl_emu_location no_node = { ACL_EMU_LOC_HOST_NUMA, 4711 };
	uint64_t devices = uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0);
	uint64_t handle = 0x5a;

	for (uint32_t type = 0; type < 8; type++) {
		if (type <= ACL_EMU_LOC_DEVICE || type == ACL_EMU_LOC_HOST_NUMA)
			continue;
		EXPECT_FAIL_AS(EOPNOTSUPP, VALUE,
			       uapi_alloc_at(self->fd, (struct acl_emu_location){ type, 0 },
					     SIZE_2M, 0, &handle));
		EXPECT_EQ(type, uapi_last.val[0]);
	}
	EXPECT_FAIL(ENODEV, NO_DEVICE, devices, devices,
		    uapi_alloc_at(self->fd, uapi_device(devices), SIZE_2M, 0, &handle));
	EXPECT_FAIL(EINVAL, NUMA_NODE, 4711, 0,
		    uapi_alloc_at(self->fd, no_node, SIZE_2M, 0, &handle));
	EXPECT_EQ(0x5a, handle);

	ASSERT_EQ(0, uapi_alloc_at(self->fd, any, SIZE_2M, 0, &handle));
	EXPECT_EQ(ACL_EMU_LOC_HOST_NUMA, uapi_phys_info(self->fd, handle).loc.type);
	EXPECT_EQ(SIZE_2M, uapi_info(self->fd, host).used);
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	ASSERT_EQ(0, uapi_alloc_at(self->fd, node, SIZE_2M, 0, &handle));
	EXPECT_EQ(0, uapi_phys_info(self->fd, handle).loc.id);
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(0, uapi_info(self->fd, host).used);
}

/* Of two wrong arguments the first in the documented order is reported. */
TEST_F(phys, order_of_errors)
{
	uint64_t devices = uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0);
	uint64_t handle;

	EXPECT_FAIL_AS(EOPNOTSUPP, VALUE,
		       uapi_alloc_at(self->fd, (struct acl_emu_location){ 9, ~0u }, 1, 0, &handle));
	EXPECT_FAIL_AS(ENODEV, NO_DEVICE,
		       uapi_alloc_at(self->fd, uapi_device(devices), 1, 0, &handle));
	if (devices > 1)
		EXPECT_FAIL_AS(ENXIO, DEVICE_CLOSED,
			       uapi_alloc_at(self->fd, uapi_device(1), 1, 0, &handle));
	EXPECT_FAIL_AS(EINVAL, SIZE_ALIGN,
		       uapi_alloc(self->fd, ACL_EMU_VA_MAX_SIZE - 1, 0, &handle));
}

/* The last page can be allocated, one more cannot. */
TEST_F(phys, capacity)
{
	uint64_t all = uapi_room(self->fd, 0), room = all - all % SIZE_2M;
	uint64_t most, rest, more = 0x5a;

	EXPECT_FAIL(ENOMEM, CAPACITY, room + SIZE_2M, all,
		    uapi_alloc(self->fd, room + SIZE_2M, 0, &more));
	ASSERT_EQ(0, uapi_alloc(self->fd, room - SIZE_2M, 0, &most));
	EXPECT_FAIL(ENOMEM, CAPACITY, 2 * SIZE_2M, all - room + SIZE_2M,
		    uapi_alloc(self->fd, 2 * SIZE_2M, 0, &more));
	ASSERT_EQ(0, uapi_alloc(self->fd, all - room + SIZE_2M - SIZE_4K, ACL_EMU_PHYS_4K, &rest));
	EXPECT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &rest));
	EXPECT_FAIL(ENOMEM, CAPACITY, SIZE_4K, 0,
		    uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &more));
	EXPECT_EQ(0x5a, more);

	/* One page freed is one page available. */
	EXPECT_EQ(0, uapi_free(self->fd, rest));
	EXPECT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &rest));
	EXPECT_EQ(0, uapi_free(self->fd, most));
	EXPECT_EQ(room - SIZE_2M, uapi_room(self->fd, 0));
}

TEST_F(phys, capacities_are_separate)
{
	uint64_t handle, host_handle, other;

	if (uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0) < 2)
		SKIP(return, "the module has one device only");
	ASSERT_EQ(0, uapi_device_open(self->fd, 1));
	ASSERT_EQ(0, uapi_alloc(self->fd, uapi_room(self->fd, 0), 0, &handle));
	EXPECT_EQ(0, uapi_alloc_at(self->fd, uapi_device(1), SIZE_2M, 0, &other));
	EXPECT_EQ(0, uapi_alloc_at(self->fd, host, SIZE_2M, 0, &host_handle));
}

/* Memory does not show bytes of an earlier owner. */
TEST_F(phys, zeroed)
{
	const uint32_t flags[] = { 0, ACL_EMU_PHYS_4K };
	const uint64_t size = 16 * SIZE_2M;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		for (int round = 0; round < 3; round++) {
			uint64_t addr, handle;

			ASSERT_EQ(0, uapi_mapped(self->fd, size, flags[i], &addr, &handle));
			ASSERT_EQ(size, uapi_nonzero(addr, size));
			memset((void *)addr, 0xff, size);
			ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
		}
}

TEST_F(phys, references)
{
	struct acl_emu_phys_free left;
	uint64_t handle;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, retain(self->fd, handle));
	ASSERT_EQ(0, retain(self->fd, handle));
	EXPECT_EQ(3, uapi_phys_info(self->fd, handle).users);
	left = free_and_tell(self->fd, handle);
	EXPECT_EQ(2, left.left);
	EXPECT_EQ(0, left.maps);
	left = free_and_tell(self->fd, handle);
	EXPECT_EQ(1, left.left);
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
	left = free_and_tell(self->fd, handle);
	EXPECT_EQ(0, left.left);
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
	EXPECT_FAIL(ENOENT, HANDLE, handle, 0, uapi_free(self->fd, handle));
	EXPECT_FAIL(ENOENT, HANDLE, handle, 0, retain(self->fd, handle));
}

/* Mapped memory outlives its last reference, and can be retained again. */
TEST_F(phys, free_while_mapped)
{
	struct acl_emu_phys_free left;
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	left = free_and_tell(self->fd, handle);
	EXPECT_EQ(0, left.left);
	EXPECT_EQ(1, left.maps);
	EXPECT_EQ(0, UAPI_WRITE(addr));
	EXPECT_FAIL(EINVAL, OVERFREE, handle, 1, uapi_free(self->fd, handle));
	EXPECT_EQ(0, retain(self->fd, handle));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
	EXPECT_EQ(0, uapi_unmap(self->fd, addr));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
	EXPECT_FAIL(ENOENT, HANDLE, handle, 0, uapi_free(self->fd, handle));
	EXPECT_EQ(0, uapi_release(self->fd, addr));
}

TEST_F(phys, retain_by_address)
{
	uint64_t addr, handle, found;

	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, 8 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr + SIZE_2M, 2 * SIZE_2M, handle));
	EXPECT_EQ(0, retain_by_addr(self->fd, addr + SIZE_2M, &found));
	EXPECT_EQ(handle, found);
	EXPECT_EQ(2, uapi_phys_info(self->fd, handle).users);

	EXPECT_FAIL(EINVAL, NOT_MAP_START, addr + SIZE_2M, 2 * SIZE_2M,
		    retain_by_addr(self->fd, addr + SIZE_2M + 1, &found));
	EXPECT_EQ(0x5a5a, found);
	EXPECT_FAIL(EINVAL, NOT_MAP_START, addr + SIZE_2M, 2 * SIZE_2M,
		    retain_by_addr(self->fd, addr + 2 * SIZE_2M, &found));
	EXPECT_FAIL(ENOENT, NOT_MAPPED, addr, 0, retain_by_addr(self->fd, addr, &found));
	EXPECT_FAIL(ENOENT, NOT_MAPPED, addr + 3 * SIZE_2M, 0,
		    retain_by_addr(self->fd, addr + 3 * SIZE_2M, &found));
	EXPECT_FAIL(ENOENT, NO_RANGE, addr + 8 * SIZE_2M, 0,
		    retain_by_addr(self->fd, addr + 8 * SIZE_2M, &found));
	EXPECT_FAIL(ENOENT, NO_RANGE, (uintptr_t)&found, 0,
		    retain_by_addr(self->fd, (uintptr_t)&found, &found));
	EXPECT_EQ(2, uapi_phys_info(self->fd, handle).users);
}

/* A handle is valid in its client only, and is never reused. */
TEST_F(phys, foreign_and_stale_handles)
{
	uint64_t handle, seen[32];
	int fd = uapi_client();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	EXPECT_FAIL(ENOENT, HANDLE, handle, 0, uapi_free(fd, handle));
	EXPECT_FAIL(ENOENT, HANDLE, 0, 0, uapi_free(self->fd, 0));
	EXPECT_FAIL(ENOENT, HANDLE, handle + (1ull << 32), 0,
		    uapi_free(self->fd, handle + (1ull << 32)));
	EXPECT_FAIL(ENOENT, HANDLE, handle + 1, 0, uapi_free(self->fd, handle + 1));
	ASSERT_EQ(0, uapi_free(self->fd, handle));

	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &seen[i]));
		for (size_t j = 0; j < i; j++)
			EXPECT_NE(seen[j], seen[i]);
		ASSERT_EQ(0, uapi_free(self->fd, seen[i]));
	}
	close(fd);
}

static int fill_device(int sock, void *data)
{
	int fd = uapi_client();
	uint64_t handle, room;

	(void)data;
	CHILD_CHECK(fd >= 0);
	room = uapi_room(fd, 0);
	/* Sends a message before each allocation, until it is killed. */
	for (;;) {
		CHILD_CHECK(!uapi_send(sock, 1));
		CHILD_CHECK(!uapi_alloc(fd, room, 0, &handle));
		CHILD_CHECK(!uapi_free(fd, handle));
	}
}

/* SIGKILL ends a long allocation and frees its pages. */
TEST_F(phys, killed_while_allocating)
{
	for (int round = 0; round < 8; round++) {
		int sock;
		pid_t pid = uapi_child(fill_device, NULL, &sock);

		for (int i = 0; i < 1 + round % 3; i++)
			ASSERT_EQ(1, uapi_recv(sock));
		while (round & 1 && !uapi_used(self->fd, 0))
			sched_yield();
		EXPECT_EQ(1000 + SIGKILL, uapi_kill(pid));
		EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
		close(sock);
	}
}

TEST_HARNESS_MAIN
