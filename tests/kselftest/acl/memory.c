// SPDX-License-Identifier: MIT
/*
 * How much memory a device has: aclrtGetMemInfo agrees to the byte with the
 * allocations that succeed.
 */
#include "acl_peer.h"

WORLD_FIXTURE(memory);

static size_t left(size_t *total)
{
	size_t free = UNTOUCHED, all = UNTOUCHED;

	if (aclrtGetMemInfo(ACL_HBM_MEM, &free, &all))
		free = UNTOUCHED;
	if (total)
		*total = all;
	return free;
}

TEST_F(memory, same_as_module)
{
	size_t total, free = left(&total);

	EXPECT_EQ(capacity(0), total);
	EXPECT_EQ(capacity(0) - used(0), free);
}

TEST_F(memory, of_the_current_device)
{
	aclrtDrvMemHandle handle;
	size_t first = left(NULL), second;

	WORKS(aclrtSetDevice(1));
	second = left(NULL);
	WORKS(phys(&handle, 2 * BLOCK, 1));
	EXPECT_EQ(second - 2 * BLOCK, left(NULL));
	WORKS(aclrtSetDevice(0));
	EXPECT_EQ(first, left(NULL));
	WORKS(aclrtFreePhysical(handle));
	WORKS(aclrtResetDevice(1));
}

TEST_F(memory, kinds)
{
	static const aclrtMemAttr ddr[] = {
		ACL_DDR_MEM, ACL_DDR_MEM_HUGE, ACL_DDR_MEM_NORMAL, ACL_DDR_MEM_P2P_HUGE,
		ACL_DDR_MEM_P2P_NORMAL,
	};
	size_t free, total, i;
	int attr;

	for (attr = 0; attr <= ACL_MEM_P2P_HUGE1G; attr++) {
		free = UNTOUCHED;
		total = UNTOUCHED;
		WORKS(aclrtGetMemInfo((aclrtMemAttr)attr, &free, &total));
		EXPECT_GE(total, free);
		EXPECT_NE(UNTOUCHED, total);
	}
	for (i = 0; i < sizeof(ddr) / sizeof(ddr[0]); i++) {
		free = UNTOUCHED;
		total = UNTOUCHED;
		WORKS(aclrtGetMemInfo(ddr[i], &free, &total));
		EXPECT_EQ(0, free) TH_LOG("attribute %d", ddr[i]);
		EXPECT_EQ(0, total) TH_LOG("attribute %d", ddr[i]);
	}
	WORKS(aclrtGetMemInfo(ACL_HBM_MEM_HUGE, &free, &total));
	EXPECT_EQ(capacity(0), total);
	free = UNTOUCHED;
	total = UNTOUCHED;
	FAILS(ACL_ERROR_RT_INVALID_MEMORY_TYPE, aclrtGetMemInfo((aclrtMemAttr)18, &free, &total),
	      "18");
	EXPECT_EQ(UNTOUCHED, free);
	EXPECT_EQ(UNTOUCHED, total);
}

/* All of it in one piece, and not one granule more. */
TEST_F(memory, full_in_one_piece)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_DEVICE, 0, ACL_HBM_MEM_NORMAL);
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;
	size_t free = left(NULL);

	FAILS(FULL, aclrtMallocPhysical(&handle, free + BLOCK, &prop, 0), NULL);
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
	EXPECT_EQ(free, left(NULL));
	WORKS(aclrtMallocPhysical(&handle, free, &prop, 0));
	EXPECT_EQ(0, left(NULL));
	WORKS(aclrtFreePhysical(handle));
	EXPECT_EQ(free, left(NULL));
}

TEST_F(memory, full_in_many_pieces)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_DEVICE, 0, ACL_HBM_MEM_NORMAL);
	size_t n = left(NULL) / BLOCK, i;
	aclrtDrvMemHandle *handle = calloc(n, sizeof(*handle)), more;

	for (i = 0; i < n; i++) {
		WORKS(phys(&handle[i], BLOCK, 0));
		EXPECT_EQ((n - i - 1) * BLOCK, left(NULL));
	}
	more = (aclrtDrvMemHandle)UNTOUCHED;
	FAILS(FULL, aclrtMallocPhysical(&more, BLOCK, &prop, 0), NULL);
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, more);
	WORKS(aclrtFreePhysical(handle[n / 2]));
	WORKS(phys(&handle[n / 2], BLOCK, 0));
	for (i = 0; i < n; i++) {
		WORKS(aclrtFreePhysical(handle[i]));
	}
	free(handle);
}

TEST_F(memory, devices_are_separate)
{
	aclrtDrvMemHandle all, other;

	WORKS(phys(&all, left(NULL), 0));
	WORKS(phys(&other, BLOCK, 1));
	WORKS(aclrtFreePhysical(other));
	WORKS(aclrtFreePhysical(all));
}

TEST_F(memory, shared_by_all_processes)
{
	aclrtDrvMemHandle handle;
	size_t free = left(NULL);
	struct peer peer;

	ASSERT_TRUE(peer_start(&peer));
	PEER(&peer, PEER_SET_DEVICE, 0, 0, 0);
	PEER(&peer, PEER_ALLOC, free - BLOCK, 0, 0);
	EXPECT_EQ(BLOCK, left(NULL));
	WORKS(phys(&handle, BLOCK, 0));
	PEER_FAILS(&peer, FULL, PEER_ALLOC, BLOCK, 0, 0, "aclrtMallocPhysical", "(207001)");
	EXPECT_EQ(0, peer_quit(&peer));
	EXPECT_EQ(free - BLOCK, left(NULL));
	WORKS(aclrtFreePhysical(handle));
}

TEST_F(memory, of_the_host)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_HOST, 0, ACL_MEM_HUGE);
	struct acl_emu_device_info host = memory_of(ACL_EMU_LOC_HOST, 0);
	size_t free = (host.capacity - host.used) / BLOCK * BLOCK;
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;

	FAILS(FULL, aclrtMallocPhysical(&handle, free + BLOCK, &prop, 0), NULL);
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
	WORKS(aclrtMallocPhysical(&handle, free, &prop, 0));
	FAILS(FULL, aclrtMallocPhysical(&handle, BLOCK, &prop, 0), NULL);
	EXPECT_EQ(host.used + free, host_used());
	WORKS(aclrtFreePhysical(handle));
}

TEST_HARNESS_MAIN
