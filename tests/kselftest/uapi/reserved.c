// SPDX-License-Identifier: MIT
/*
 * Memory that a device owns since the module was loaded: all of it can be allocated,
 * it is zeroed, and the device gets it back.
 */
#include "uapi_test.h"
#include "module.h"

#include <stdio.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>

#define MIB		(1ull << 20)
#define RESERVED	(32 * MIB)
#define BLOCKS		(RESERVED / SIZE_2M)
#define PAUSE		"/sys/kernel/debug/acl_emu/scrub_paused"

FIXTURE(reserved) {
	int fd;
};

FIXTURE_SETUP(reserved)
{
	MODULE_SETUP("devices=2 reserved_mb=32,0 capacity_mb=0,64");
	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(0, uapi_device_open(self->fd, 0));
	ASSERT_EQ(0, uapi_device_open(self->fd, 1));
}

/* The process of the test has exited, so its file is closed. */
FIXTURE_TEARDOWN_PARENT(reserved)
{
	MODULE_TEARDOWN();
}

TEST_F(reserved, capacity)
{
	EXPECT_EQ(ACL_EMU_FEATURE_RESERVED_MEM,
		  uapi_query(self->fd, ACL_EMU_PARAM_FEATURES, 0) & ACL_EMU_FEATURE_RESERVED_MEM);
	EXPECT_EQ(RESERVED, uapi_query(self->fd, ACL_EMU_PARAM_RESERVED, 0));
	EXPECT_EQ(0, uapi_query(self->fd, ACL_EMU_PARAM_RESERVED, 1));
	EXPECT_EQ(~0ull, uapi_query(self->fd, ACL_EMU_PARAM_RESERVED, 2));
	EXPECT_EQ(RESERVED, uapi_info(self->fd, uapi_device(0)).capacity);
	EXPECT_EQ(64 * MIB, uapi_info(self->fd, uapi_device(1)).capacity);
}

/* All of it can be allocated again and again, without another page of the machine. */
TEST_F(reserved, whole_reserve)
{
	uint64_t addr, handle, more = 0x5a;

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, uapi_mapped(self->fd, RESERVED, 0, &addr, &handle));
		EXPECT_FAIL(ENOMEM, CAPACITY, SIZE_2M, 0, uapi_alloc(self->fd, SIZE_2M, 0, &more));
		EXPECT_EQ(RESERVED, uapi_nonzero(addr, RESERVED));
		memset((void *)addr, 0xa5, RESERVED);
		ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	}
	EXPECT_EQ(0, COUNT(FALLBACK_BLOCKS));
	EXPECT_EQ(0, uapi_used(self->fd, 0));
}

TEST_F(reserved, zeroed_on_allocation)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_write_file(PAUSE, "1"));
	ASSERT_EQ(0, uapi_mapped(self->fd, RESERVED, 0, &addr, &handle));
	memset((void *)addr, 0xa5, RESERVED);
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	ASSERT_EQ(0, uapi_mapped(self->fd, RESERVED, 0, &addr, &handle));
	EXPECT_EQ(BLOCKS, COUNT(SCRUBBED_LATE));
	EXPECT_EQ(0, COUNT(SCRUBBED));
	EXPECT_EQ(RESERVED, uapi_nonzero(addr, RESERVED));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

TEST_F(reserved, zeroed_in_the_background)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_mapped(self->fd, RESERVED, 0, &addr, &handle));
	memset((void *)addr, 0xa5, RESERVED);
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	while (COUNT(SCRUBBED) != BLOCKS)
		sched_yield();
	ASSERT_EQ(0, uapi_mapped(self->fd, RESERVED, 0, &addr, &handle));
	EXPECT_EQ(0, COUNT(SCRUBBED_LATE));
	EXPECT_EQ(RESERVED, uapi_nonzero(addr, RESERVED));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

/* Memory of 4 KiB granule takes whole blocks there, and is zeroed, too. */
TEST_F(reserved, small_granule)
{
	uint64_t addr[3], handle[3], more = 0x5a;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3; i++) {
			ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M + SIZE_4K, ACL_EMU_PHYS_4K,
						 &addr[i], &handle[i]));
			EXPECT_EQ(SIZE_2M + SIZE_4K, uapi_nonzero(addr[i], SIZE_2M + SIZE_4K));
			memset((void *)addr[i], 0x5a, SIZE_2M + SIZE_4K);
		}
		EXPECT_EQ(3 * 2 * SIZE_2M, uapi_used(self->fd, 0));
		EXPECT_FAIL(ENOMEM, CAPACITY, RESERVED - 5 * SIZE_2M, RESERVED - 6 * SIZE_2M,
			    uapi_alloc(self->fd, RESERVED - 5 * SIZE_2M, 0, &more));
		for (int i = 0; i < 3; i++)
			ASSERT_EQ(0, uapi_unmapped(self->fd, addr[i], handle[i]));
		EXPECT_EQ(0, uapi_used(self->fd, 0));
	}
}

/* A block with a page in a pipe is not allocated again, and keeps its content. */
TEST_F(reserved, pinned)
{
	uint64_t addr, handle, rest;
	char page[SIZE_4K];
	struct iovec iov;
	int pipes[2];

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	memset((void *)addr, 0x77, SIZE_2M);
	ASSERT_EQ(0, pipe(pipes));
	iov = (struct iovec){ (void *)addr, SIZE_4K };
	ASSERT_EQ(SIZE_4K, vmsplice(pipes[1], &iov, 1, 0));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	EXPECT_EQ(SIZE_2M, uapi_used(self->fd, 0));
	ASSERT_EQ(0, uapi_mapped(self->fd, RESERVED - SIZE_2M, 0, &addr, &rest));
	memset((void *)addr, 0x11, RESERVED - SIZE_2M);
	ASSERT_EQ(SIZE_4K, read(pipes[0], page, SIZE_4K));
	for (uint64_t i = 0; i < SIZE_4K; i++)
		ASSERT_EQ(0x77, page[i]);
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, rest));
	while (uapi_used(self->fd, 0))
		sched_yield();
	ASSERT_EQ(0, uapi_mapped(self->fd, RESERVED, 0, &addr, &handle));
	EXPECT_EQ(RESERVED, uapi_nonzero(addr, RESERVED));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

static int owner_without_end(int sock, void *data)
{
	int fd = uapi_client();
	uint64_t addr, handle;

	(void)data;
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_mapped(fd, RESERVED, 0, &addr, &handle));
	memset((void *)addr, 0xee, RESERVED);
	CHILD_CHECK(write(sock, "x", 1) == 1);
	for (;;)
		pause();
}

/* Memory of a killed process is available again, zeroed. */
TEST_F(reserved, owner_is_killed)
{
	uint64_t addr, handle;
	int sock, status;
	pid_t pid = uapi_child(owner_without_end, NULL, &sock);
	char c;

	ASSERT_EQ(1, read(sock, &c, 1));
	EXPECT_EQ(RESERVED, uapi_used(self->fd, 0));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, uapi_used(self->fd, 0));
	ASSERT_EQ(0, uapi_mapped(self->fd, RESERVED, 0, &addr, &handle));
	EXPECT_EQ(RESERVED, uapi_nonzero(addr, RESERVED));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

/* Without the fixture's module: loading fails and frees what it has reserved. */
TEST_F(reserved, wrong_parameters)
{
	const char *const wrong[] = { "reserved_mb=3", "devices=3 reserved_mb=2,2",
				      "node=1000", "devices=2 node=0,0,0" };
	struct sysinfo info;
	char options[96];

	ASSERT_EQ(0, close(self->fd));
	ASSERT_EQ(0, module_unload());
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(-EINVAL, module_load(wrong[i])) TH_LOG("%s", wrong[i]);
		EXPECT_FALSE(module_loaded());
	}
	ASSERT_EQ(0, sysinfo(&info));
	snprintf(options, sizeof(options), "devices=1 overcommit=1 reserved_mb=%llu",
		 (unsigned long long)(info.totalram * info.mem_unit / MIB & ~1ull));
	EXPECT_EQ(-ENOMEM, module_load(options));
	EXPECT_FALSE(module_loaded());
	ASSERT_EQ(0, module_load("devices=2 reserved_mb=32,0 node=0"));
	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0);
	EXPECT_EQ(RESERVED, uapi_query(self->fd, ACL_EMU_PARAM_RESERVED, 0));
}

TEST_HARNESS_MAIN
