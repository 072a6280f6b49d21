// SPDX-License-Identifier: MIT
/*
 * DEVICE_OPEN, DEVICE_RESET.
 */
#include "uapi_test.h"

UAPI_FIXTURE(device)

/* The fixture's device is 0; these tests need one that is not open. */
static int closed_device(int fd)
{
	return uapi_query(fd, ACL_EMU_PARAM_DEVICES, 0) > 1 ? 1 : -1;
}

#define NEED_SECOND_DEVICE() \
	if (closed_device(self->fd) < 0) \
		SKIP(return, "the module has one device only")

TEST_F(device, open_and_reset)
{
	struct acl_emu_location loc = uapi_device(1);

	NEED_SECOND_DEVICE();
	EXPECT_EQ(0, uapi_info(self->fd, loc).open);
	EXPECT_EQ(0, uapi_device_open(self->fd, 1));
	EXPECT_EQ(1, uapi_info(self->fd, loc).open);
	EXPECT_EQ(0, uapi_device_open(self->fd, 1));
	EXPECT_EQ(1, uapi_info(self->fd, loc).open);
	EXPECT_EQ(0, uapi_device_reset(self->fd, 1));
	EXPECT_EQ(0, uapi_info(self->fd, loc).open);
	EXPECT_EQ(1, uapi_info(self->fd, uapi_device(0)).open);
	EXPECT_FAIL(ENXIO, DEVICE_CLOSED, 1, 0, uapi_device_reset(self->fd, 1));
}

TEST_F(device, no_such_device)
{
	uint64_t devices = uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0);

	EXPECT_FAIL(ENODEV, NO_DEVICE, devices, devices, uapi_device_open(self->fd, devices));
	EXPECT_FAIL(ENODEV, NO_DEVICE, devices, devices, uapi_device_reset(self->fd, devices));
	EXPECT_FAIL(ENODEV, NO_DEVICE, 64, devices, uapi_device_open(self->fd, 64));
	EXPECT_FAIL(ENODEV, NO_DEVICE, ~0u, devices, uapi_device_open(self->fd, ~0u));
}

/* Devices are opened by each client, not by the process. */
TEST_F(device, clients_are_separate)
{
	int fd = uapi_open();

	ASSERT_GE(fd, 0);
	EXPECT_EQ(0, uapi_info(fd, uapi_device(0)).open);
	EXPECT_FAIL(ENXIO, DEVICE_CLOSED, 0, 0, uapi_device_reset(fd, 0));
	EXPECT_EQ(1, uapi_info(self->fd, uapi_device(0)).open);
	close(fd);
}

TEST_F(device, closed_device_fails)
{
	uint64_t handle = 0x5a, addr = 0x5a;

	NEED_SECOND_DEVICE();
	EXPECT_FAIL(ENXIO, DEVICE_CLOSED, 1, 0,
		    uapi_alloc_at(self->fd, uapi_device(1), SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));
	EXPECT_FAIL(ENXIO, DEVICE_CLOSED, 0, 0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	EXPECT_FAIL_AS(ENXIO, DEVICE_CLOSED, uapi_reserve(self->fd, SIZE_2M, &addr));
	EXPECT_FAIL_AS(ENXIO, DEVICE_CLOSED, uapi_release(self->fd, ACL_EMU_VA_USER_FIRST));
	EXPECT_FAIL_AS(ENXIO, DEVICE_CLOSED,
		       uapi_alloc_at(self->fd, (struct acl_emu_location){ ACL_EMU_LOC_HOST, 0 },
				     SIZE_2M, 0, &handle));
	EXPECT_EQ(0x5a, handle);
	EXPECT_EQ(0x5a, addr);
}

/* All memory of the device is freed; its reservations stay. */
TEST_F(device, reset_ends_objects)
{
	struct acl_emu_share_query query;
	uint64_t handle, addr, key;
	struct acl_emu_lookup look;

	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &key));
	ASSERT_EQ(0, UAPI_WRITE(addr));
	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));

	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr + SIZE_2M));
	EXPECT_FAIL(ENOENT, HANDLE, handle, 0, uapi_free(self->fd, handle));
	query = UAPI_ARG(acl_emu_share_query, .key = key);
	EXPECT_FAIL(ENOENT, NO_SHARE, key, 0, UAPI_CALL(self->fd, SHARE_QUERY, &query));
	look = uapi_lookup(self->fd, addr);
	EXPECT_EQ(ACL_EMU_FOUND_RANGE, look.found);
	EXPECT_EQ(addr, look.range_addr);
	EXPECT_EQ(BEFORE(MAPPINGS), COUNT(MAPPINGS));

	/* The reservation takes memory of the same device again. */
	ASSERT_EQ(0, uapi_device_open(self->fd, 0));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	EXPECT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, handle));
	EXPECT_EQ(0, *uapi_words(addr));
}

TEST_F(device, reset_keeps_the_tie)
{
	uint64_t handle, other, addr;

	NEED_SECOND_DEVICE();
	ASSERT_EQ(0, uapi_device_open(self->fd, 1));
	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_alloc_at(self->fd, uapi_device(1), SIZE_2M, 0, &other));
	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));
	EXPECT_FAIL(EINVAL, DEVICE_TIE, 1ull << 32 | 0, 1ull << 32 | 1,
		    uapi_map(self->fd, addr, SIZE_2M, other));
}

/* Other devices, the host and other clients keep what they have. */
TEST_F(device, reset_keeps_other_devices)
{
	uint64_t mine, other, host, elsewhere, addr;
	int fd = uapi_client();

	NEED_SECOND_DEVICE();
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_alloc(fd, SIZE_2M, 0, &elsewhere));
	ASSERT_EQ(0, uapi_device_open(self->fd, 1));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &mine));
	ASSERT_EQ(0, uapi_alloc_at(self->fd, uapi_device(1), SIZE_2M, 0, &other));
	ASSERT_EQ(0, uapi_alloc_at(self->fd, (struct acl_emu_location){ ACL_EMU_LOC_HOST, 0 },
				   SIZE_2M, 0, &host));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, other));
	ASSERT_EQ(0, UAPI_WRITE(addr));

	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));
	EXPECT_EQ(0xa5, *(uint8_t *)(uintptr_t)addr);
	EXPECT_FAIL(ENOENT, HANDLE, mine, 0, uapi_free(self->fd, mine));
	EXPECT_EQ(0, uapi_unmap(self->fd, addr));
	EXPECT_EQ(0, uapi_free(self->fd, other));
	EXPECT_EQ(0, uapi_free(self->fd, host));
	EXPECT_EQ(0, uapi_free(fd, elsewhere));
	close(fd);
}

/* A handle from before the reset is not used again. */
TEST_F(device, handles_stay_invalid_after_reset)
{
	uint64_t old, fresh;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &old));
	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));
	ASSERT_EQ(0, uapi_device_open(self->fd, 0));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &fresh));
	EXPECT_NE(old, fresh);
	EXPECT_FAIL(ENOENT, HANDLE, old, 0, uapi_free(self->fd, old));
}

TEST_HARNESS_MAIN
