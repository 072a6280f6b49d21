// SPDX-License-Identifier: MIT
/*
 * Limits of the process: no files, no addresses, no mappings, no threads, a memory
 * cgroup that is full. Calls fail with their code and a sentence that names the
 * limit, and work again when it is raised.
 */
#include "acl_test.h"
#include "uapi_test.h"

#include <sys/resource.h>

/* Each in a process of its own, since limits of root cannot be taken back. */
WORLD_FIXTURE(limits)

static int limit(int which, rlim_t value)
{
	struct rlimit old;

	if (getrlimit(which, &old))
		return -1;
	old.rlim_cur = value;
	return setrlimit(which, &old);
}

/* A cycle of all that needs no new limit. */
static aclError cycle(void)
{
	uint64_t share;
	struct block b;
	aclError code = block_make(&b, BLOCK, 0);

	if (code)
		return code;
	if (touch(b.addr))
		return -1;
	code = aclrtMemExportToShareableHandle(b.handle, ACL_MEM_HANDLE_TYPE_NONE, 0, &share);
	return code ? code : block_drop(&b);
}

/* ---- files ---- */

/* Once the node is open no call needs another one. */
TEST_F(limits, no_files_later)
{
	void *block;

	ASSERT_EQ(0, limit(RLIMIT_NOFILE, 0));
	EXPECT_EQ(-1, open("/dev/null", O_RDONLY));
	EXPECT_EQ(ACL_SUCCESS, cycle());
	WORKS(aclrtMalloc(&block, MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtFree(block));
	/* What looks at the end needs some. */
	ASSERT_EQ(0, limit(RLIMIT_NOFILE, 1024));
}

TEST(no_files_at_first)
{
	WORKS(aclInit(NULL));
	ASSERT_EQ(0, limit(RLIMIT_NOFILE, 0));
	FAILS(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, aclrtSetDevice(0), "ulimit -n");
	ASSERT_EQ(0, limit(RLIMIT_NOFILE, 1024));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
	WORKS(aclFinalize());
}

/* ---- addresses ---- */

TEST_F(limits, no_addresses)
{
	void *addr = (void *)UNTOUCHED, *block;

	ASSERT_EQ(0, limit(RLIMIT_AS, 4 * GIB));
	FAILS(FULL, aclrtReserveMemAddress(&addr, 64 * GIB, 0, NULL, 0), "RLIMIT_AS");
	EXPECT_EQ((void *)UNTOUCHED, addr);
	/* Less is there. */
	EXPECT_EQ(ACL_SUCCESS, cycle());
	WORKS(aclrtMalloc(&block, MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtFree(block));
	ASSERT_EQ(0, limit(RLIMIT_AS, RLIM_INFINITY));
	WORKS(aclrtReserveMemAddress(&addr, 64 * GIB, 0, NULL, 0));
	WORKS(aclrtReleaseMemAddress(addr));
}

/* A thread has a stack, which is addresses too. */
TEST_F(limits, no_stack_for_a_stream)
{
	aclrtStream stream;
	void *block;

	WORKS(aclrtMalloc(&block, MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtCreateStream(&stream));
	ASSERT_EQ(0, limit(RLIMIT_AS, 1 * MIB));
	FAILS(ACL_ERROR_RT_NO_STREAM_RESOURCE, aclrtMemsetAsync(block, MIB, 1, MIB, stream),
	      "thread");
	ASSERT_EQ(0, limit(RLIMIT_AS, RLIM_INFINITY));
	WORKS(aclrtMemsetAsync(block, MIB, 1, MIB, stream));
	WORKS(aclrtDestroyStream(stream));
	WORKS(aclrtFree(block));
}

/* ---- mappings ---- */

#define MAPS_MAX	"/proc/sys/vm/max_map_count"

TEST_F(limits, no_mappings)
{
	void *addr = (void *)UNTOUCHED, *room;
	aclrtDrvMemHandle handle;
	aclError code = ACL_SUCCESS;
	void *addrs[64];
	int made = 0;

	WORKS(phys(&handle, BLOCK, 0));
	WORKS(aclrtReserveMemAddress(&room, BLOCK, 0, NULL, 0));
	/* Fewer than this program has already. */
	if (uapi_write_file(MAPS_MAX, "20"))
		SKIP(return, "the limit of mappings cannot be set");
	while (made < 64 && !code) {
		forget();
		code = aclrtReserveMemAddress(&addr, BLOCK, 0, NULL, 0);
		if (!code)
			addrs[made++] = addr;
	}
	EXPECT_EQ(FULL, code);
	EXPECT_NE(NULL, strstr(aclGetRecentErrMsg(), "max_map_count"));
	/* Memory in a reservation that is there costs none. */
	EXPECT_EQ(ACL_SUCCESS, aclrtMapMem(room, BLOCK, 0, handle, 0));
	EXPECT_EQ(ACL_SUCCESS, aclrtUnmapMem(room));
	ASSERT_EQ(0, uapi_write_file(MAPS_MAX, "65530"));
	WORKS(aclrtReserveMemAddress(&addr, BLOCK, 0, NULL, 0));
	WORKS(aclrtReleaseMemAddress(addr));
	while (made--)
		WORKS(aclrtReleaseMemAddress(addrs[made]));
	WORKS(aclrtReleaseMemAddress(room));
	WORKS(aclrtFreePhysical(handle));
}

/* ---- threads ---- */

/* Who has no capability has so many threads and no more. */
static int streams_of_nobody(void)
{
	aclrtStream stream;
	void *block;

	if (uapi_become_nobody())
		return 1;
	if (aclInit(NULL) || aclrtSetDevice(0) ||
	    aclrtMalloc(&block, MIB, ACL_MEM_MALLOC_HUGE_FIRST) || aclrtCreateStream(&stream))
		return 2;
	if (limit(RLIMIT_NPROC, 1))
		return 3;
	if (aclrtMemsetAsync(block, MIB, 1, MIB, stream) != ACL_ERROR_RT_NO_STREAM_RESOURCE ||
	    !strstr(aclGetRecentErrMsg(), "ulimit -u"))
		return 4;
	if (limit(RLIMIT_NPROC, 1000))
		return 5;
	if (aclrtMemsetAsync(block, MIB, 1, MIB, stream) || aclrtDestroyStream(stream) ||
	    aclrtFree(block))
		return 6;
	return aclrtResetDevice(0) || aclFinalize() ? 7 : 0;
}

TEST(no_threads)
{

	ASSERT_EQ(0, chmod("/dev/acl_emu", 0666));
	EXPECT_EQ(0, IN_CHILD(streams_of_nobody()));
	EXPECT_EQ(0, chmod("/dev/acl_emu", 0660));
}

/* ---- a memory cgroup that is full ---- */

#define GROUP	"/sys/fs/cgroup/acl_emu_limits"

static int in_full_group(void)
{
	aclrtDrvMemHandle handle = NULL, small;
	void *block = NULL;
	struct world before;

	if (aclInit(NULL) || aclrtSetDevice(0) ||
	    aclrtMalloc(&block, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST) || aclrtFree(block))
		return 1;
	block = NULL;
	if (uapi_write_file(GROUP "/cgroup.procs", "0"))
		return 2;
	before = world_now();
	forget();
	if (phys(&handle, 48 * BLOCK, 0) != FULL || handle ||
	    !strstr(aclGetRecentErrMsg(), "memory cgroup"))
		return 3;
	if (aclrtMalloc(&block, 48 * BLOCK, ACL_MEM_MALLOC_HUGE_FIRST) !=
	    FULL || block)
		return 4;
	if (aclrtMallocHost(&block, 48 * BLOCK) != FULL || block)
		return 5;
	if (phys(&small, BLOCK, 0) || aclrtFreePhysical(small))
		return 6;
	if (used(0) != before.used[0] || host_used() != before.host)
		return 7;
	return aclrtResetDevice(0) || aclFinalize() ? 8 : 0;
}

TEST(full_cgroup)
{

	if (!uapi_make_group(GROUP, "memory.max"))
		SKIP(return, "no memory cgroups");
	ASSERT_EQ(0, uapi_write_file(GROUP "/memory.max", "32M"));
	EXPECT_EQ(0, IN_CHILD(in_full_group()));
	EXPECT_EQ(0, rmdir(GROUP));
}

TEST_HARNESS_MAIN
