// SPDX-License-Identifier: MIT
/*
 * The parameters of the module, and when it can be unloaded.
 */
#include "uapi_peer.h"
#include "module.h"

#include <sys/sysinfo.h>
#include <sys/uio.h>

#define MIB	(1ull << 20)

FIXTURE(module) {
	int unused;
};

FIXTURE_SETUP(module)
{
	MODULE_SKIP();
	ASSERT_EQ(0, module_remove());
	self->unused = 0;
}

/* Leaves it as it was found: with its default parameters. */
FIXTURE_TEARDOWN_PARENT(module)
{
	MODULE_TEARDOWN();
}

static uint64_t ram(void)
{
	struct sysinfo info;

	return sysinfo(&info) ? 0 : (uint64_t)info.totalram * info.mem_unit;
}

static uint64_t capacity(int fd, uint32_t device)
{
	return uapi_info(fd, uapi_device(device)).capacity;
}

TEST_F(module, number_of_devices)
{
	const unsigned int numbers[] = { 1, 2, 3, 64 };
	char options[64];

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		int fd;

		snprintf(options, sizeof(options), "devices=%u", numbers[i]);
		ASSERT_EQ(0, module_load(options));
		fd = uapi_open();
		ASSERT_GE(fd, 0);
		EXPECT_EQ(numbers[i], uapi_query(fd, ACL_EMU_PARAM_DEVICES, 0));
		EXPECT_EQ(0, uapi_device_open(fd, numbers[i] - 1));
		EXPECT_FAIL(ENODEV, NO_DEVICE, numbers[i], numbers[i],
			    uapi_device_open(fd, numbers[i]));
		close(fd);
		ASSERT_EQ(0, module_unload());
	}
}

TEST_F(module, wrong_parameters)
{
	static const char *const wrong[] = {
		"devices=0", "devices=65", "devices=4294967295",
		"devices=2 capacity_mb=64,64,64", "devices=3 capacity_mb=64,64",
		"capacity_mb=18446744073709551615", "host_mb=18446744073709551615",
		"capacity_mb=17592186044416 overcommit=1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(-EINVAL, module_load(wrong[i])) TH_LOG("%s", wrong[i]);
		if (module_loaded())
			ASSERT_EQ(0, module_unload());
	}
}

/* By default the devices share half of the RAM, rounded down to 2 MiB each. */
TEST_F(module, default_capacity)
{
	for (uint32_t devices = 1; devices <= 4; devices++) {
		char options[64];
		int fd;

		snprintf(options, sizeof(options), "devices=%u", devices);
		ASSERT_EQ(0, module_load(options));
		fd = uapi_open();
		ASSERT_GE(fd, 0);
		for (uint32_t i = 0; i < devices; i++) {
			uint64_t share = ram() / 2 / devices;

			if (share > 64 * SIZE_1G)
				share = 64 * SIZE_1G;
			EXPECT_EQ(share / SIZE_2M * SIZE_2M, capacity(fd, i));
		}
		close(fd);
		ASSERT_EQ(0, module_unload());
	}
}

TEST_F(module, given_capacity)
{
	struct acl_emu_location host = { ACL_EMU_LOC_HOST, 0 };
	uint64_t handle;
	int fd;

	ASSERT_EQ(0, module_load("devices=3 capacity_mb=33 host_mb=17"));
	fd = uapi_client();
	ASSERT_GE(fd, 0);
	for (uint32_t i = 0; i < 3; i++)
		EXPECT_EQ(33 * MIB, capacity(fd, i));
	EXPECT_EQ(17 * MIB, uapi_info(fd, host).capacity);
	/* Capacities hold to the byte, also when they are odd. */
	ASSERT_EQ(0, uapi_alloc(fd, 32 * MIB, 0, &handle));
	EXPECT_FAIL(ENOMEM, CAPACITY, SIZE_2M, MIB, uapi_alloc(fd, SIZE_2M, 0, &handle));
	EXPECT_EQ(0, uapi_alloc(fd, MIB, ACL_EMU_PHYS_4K, &handle));
	EXPECT_FAIL(ENOMEM, CAPACITY, SIZE_4K, 0,
		    uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	EXPECT_EQ(0, uapi_alloc_at(fd, host, 16 * MIB, 0, &handle));
	EXPECT_FAIL(ENOMEM, CAPACITY, SIZE_2M, MIB, uapi_alloc_at(fd, host, SIZE_2M, 0, &handle));
	close(fd);
	ASSERT_EQ(0, module_unload());

	ASSERT_EQ(0, module_load("devices=3 capacity_mb=10,20,30"));
	fd = uapi_client();
	ASSERT_GE(fd, 0);
	for (uint32_t i = 0; i < 3; i++)
		EXPECT_EQ((i + 1) * 10 * MIB, capacity(fd, i));
	close(fd);
}

/* More than 3/4 of the RAM is refused without overcommit=1. */
TEST_F(module, overcommit)
{
	uint64_t limit = ram() / 4 * 3 / MIB;
	char options[128];
	int fd;

	snprintf(options, sizeof(options), "devices=2 capacity_mb=%" PRIu64, limit / 2 + 1);
	EXPECT_EQ(-EINVAL, module_load(options));
	ASSERT_FALSE(module_loaded());
	snprintf(options, sizeof(options), "devices=2 capacity_mb=%" PRIu64 " host_mb=%" PRIu64,
		 limit / 4, limit / 2 + 4);
	EXPECT_EQ(-EINVAL, module_load(options));
	ASSERT_FALSE(module_loaded());
	snprintf(options, sizeof(options), "devices=2 capacity_mb=%" PRIu64, limit / 2 - 1);
	EXPECT_EQ(0, module_load(options));
	ASSERT_EQ(0, module_unload());
	snprintf(options, sizeof(options), "devices=2 overcommit=1 capacity_mb=%" PRIu64,
		 4 * limit);
	ASSERT_EQ(0, module_load(options));
	fd = uapi_open();
	ASSERT_GE(fd, 0);
	EXPECT_EQ(4 * limit * MIB, capacity(fd, 1));
	close(fd);
}

/* The host is out of memory before an overcommitted device is full, and survives. */
TEST_F(module, host_capacity)
{
	struct sysinfo info;
	uint64_t handle;
	int fd;

	ASSERT_EQ(0, sysinfo(&info));
	if (ram() > 8 * SIZE_1G)
		SKIP(return, "filling all of the RAM takes too long here");
	ASSERT_EQ(0, module_load("devices=1 overcommit=1 capacity_mb=65536 backing=eager"));
	fd = uapi_client();
	ASSERT_GE(fd, 0);
	EXPECT_FAIL_AS(ENOMEM, HOST_NOMEM, uapi_alloc(fd, 32 * SIZE_1G, 0, &handle));
	EXPECT_EQ(32 * SIZE_1G, uapi_last.val[0]);
	EXPECT_LT(uapi_last.val[1], ram());
	EXPECT_EQ(0, uapi_used(fd, 0));
	EXPECT_EQ(0, uapi_alloc(fd, 64 * SIZE_2M, 0, &handle));
	close(fd);
}

/* The largest granule: 512 entries of 2 MiB, whole or not at all. */
TEST_F(module, granule_1g)
{
	uint64_t addr, handle, pmds, ptes;
	int fd;

	if (ram() < 7 * SIZE_1G / 4)
		SKIP(return, "needs more than 1 GiB of RAM for one device");
	ASSERT_EQ(0, module_load("devices=1 capacity_mb=1026"));
	fd = uapi_client();
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_alloc(fd, SIZE_1G, ACL_EMU_PHYS_1G, &handle));
	EXPECT_EQ(SIZE_1G, uapi_phys_info(fd, handle).granule);
	EXPECT_EQ(SIZE_2M, uapi_room(fd, 0));
	ASSERT_EQ(0, uapi_reserve_fixed(fd, ACL_EMU_VA_USER_FIRST, 3 * SIZE_1G));
	addr = ACL_EMU_VA_USER_FIRST + SIZE_1G;
	EXPECT_FAIL(EINVAL, ADDR_ALIGN, addr + SIZE_2M, SIZE_1G,
		    uapi_map(fd, addr + SIZE_2M, SIZE_1G, handle));
	EXPECT_FAIL(EINVAL, SIZE_ALIGN, SIZE_2M, SIZE_1G, uapi_map(fd, addr, SIZE_2M, handle));
	EXPECT_FAIL_AS(EINVAL, OFFSET,
		       uapi_map_rights(fd, addr, SIZE_1G, SIZE_2M, handle, READ_WRITE));
	ASSERT_EQ(0, uapi_map(fd, addr, SIZE_1G, handle));
	pmds = uapi_stat(fd, ACL_EMU_STAT_PMD_ENTRIES);
	ptes = uapi_stat(fd, ACL_EMU_STAT_PTE_ENTRIES);
	uapi_fill(addr, SIZE_1G, SIZE_4K, 1);
	EXPECT_EQ(SIZE_1G, uapi_differs(addr, SIZE_1G, SIZE_4K, 1));
	if (!uapi_stat(fd, ACL_EMU_STAT_FALLBACK_BLOCKS)) {
		EXPECT_EQ(pmds + 512, uapi_stat(fd, ACL_EMU_STAT_PMD_ENTRIES));
		EXPECT_EQ(ptes, uapi_stat(fd, ACL_EMU_STAT_PTE_ENTRIES));
	}
	EXPECT_EQ(0, uapi_unmap(fd, addr));
	EXPECT_EQ(0, uapi_free(fd, handle));
	EXPECT_EQ(0, uapi_used(fd, 0));
	close(fd);
}

/* ---- unloading ---- */

TEST_F(module, stays_loaded_while_open)
{
	uint64_t addr = 0, handle;
	int fd;

	ASSERT_EQ(0, module_load(""));
	fd = uapi_client();
	ASSERT_GE(fd, 0);
	EXPECT_EQ(-EAGAIN, module_unload());
	/* It works, and accepts new clients. */
	EXPECT_EQ(0, uapi_mapped(fd, SIZE_2M, 0, &addr, &handle));
	close(uapi_open());
	close(fd);
	/* The reservation keeps the file open. */
	EXPECT_EQ(-EAGAIN, module_unload());
	EXPECT_EQ(0, UAPI_WRITE(addr));
	EXPECT_EQ(0, munmap((void *)addr, SIZE_2M));
	EXPECT_EQ(0, module_unload());
	EXPECT_FALSE(module_loaded());
	EXPECT_EQ(-1, uapi_open());
}

/* Each time with objects to clean up. */
TEST_F(module, repeated_loads)
{
	for (int i = 0; i < 10; i++) {
		uint64_t handle, key, far;
		struct uapi_peer peer;
		int fd;

		ASSERT_EQ(0, module_load(""));
		fd = uapi_client();
		ASSERT_GE(fd, 0);
		peer = uapi_peer_start();
		ASSERT_EQ(0, uapi_alloc(fd, SIZE_2M, 0, &handle));
		ASSERT_EQ(0, uapi_export(fd, handle, ACL_EMU_EXPORT_NO_LIST, &key));
		ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
		close(fd);
		EXPECT_EQ(-EAGAIN, module_unload());
		EXPECT_EQ(0, uapi_peer_end(&peer));
		ASSERT_EQ(0, module_unload());
	}
}

/* Pinned pages stay with the process that pinned them when the module is unloaded. */
TEST_F(module, unload_with_pinned_pages)
{
	static uint64_t page[512];
	uint64_t addr, handle;
	struct iovec iov;
	int fd, pipes[2];

	ASSERT_EQ(0, module_load(""));
	fd = uapi_client();
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, uapi_mapped(fd, SIZE_2M, 0, &addr, &handle));
	uapi_fill(addr, SIZE_2M, 8, 1);
	iov = (struct iovec){ (void *)addr, SIZE_4K };
	ASSERT_EQ(SIZE_4K, vmsplice(pipes[1], &iov, 1, 0));
	ASSERT_EQ(0, uapi_unmapped(fd, addr, handle));
	EXPECT_EQ(SIZE_2M, uapi_stat(fd, ACL_EMU_STAT_QUARANTINE));
	close(fd);
	ASSERT_EQ(0, module_unload());
	ASSERT_EQ(SIZE_4K, read(pipes[0], page, SIZE_4K));
	EXPECT_EQ(SIZE_4K, uapi_differs((uintptr_t)page, SIZE_4K, 8, 1));
}

TEST_HARNESS_MAIN
