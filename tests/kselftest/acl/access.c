// SPDX-License-Identifier: MIT
/*
 * Rights: which locations have them after a mapping, how they are granted, and that
 * only the end of the mapping ends them.
 */
#include "acl_test.h"

FIXTURE(access)
{
	struct world world;
	char *range;			/* four blocks */
	aclrtDrvMemHandle handle;	/* of the first two */
};

FIXTURE_SETUP(access)
{
	world_open(_metadata, &self->world);
	WORKS(reserve((void **)&self->range, 4 * BLOCK));
	WORKS(phys(&self->handle, 2 * BLOCK, 0));
	WORKS(aclrtMapMem(self->range, 2 * BLOCK, 0, self->handle, 0));
}

FIXTURE_TEARDOWN(access)
{
	WORKS(aclrtUnmapMem(self->range));
	WORKS(aclrtReleaseMemAddress(self->range));
	WORKS(aclrtFreePhysical(self->handle));
	world_close(_metadata, &self->world);
}

#define HOST	ACL_MEM_LOCATION_TYPE_HOST
#define DEVICE	ACL_MEM_LOCATION_TYPE_DEVICE
#define NUMA	ACL_MEM_LOCATION_TYPE_HOST_NUMA
#define RW	ACL_RT_MEM_ACCESS_FLAGS_READWRITE

static uint64_t rights(void *addr, aclrtMemLocationType type, uint32_t id)
{
	aclrtMemLocation location = { .id = id, .type = type };
	uint64_t flag = UNTOUCHED;

	return aclrtMemGetAccess(addr, &location, &flag) ? UNTOUCHED : flag;
}

static aclrtMemAccessDesc rw_for(aclrtMemLocationType type, uint32_t id)
{
	return (aclrtMemAccessDesc){ .flags = RW, .location = { .id = id, .type = type } };
}

TEST_F(access, owner_only)
{
	EXPECT_EQ(RW, rights(self->range, DEVICE, 0));
	EXPECT_EQ(0, rights(self->range, DEVICE, 1));
	EXPECT_EQ(0, rights(self->range, HOST, 0));
	EXPECT_EQ(RW, rights(self->range + 2 * BLOCK - 1, DEVICE, 0));
	EXPECT_EQ(UNTOUCHED, rights(self->range + 2 * BLOCK, DEVICE, 0));
}

/* The processor may touch what any location may; see the limits in README.md. */
TEST_F(access, cpu_has_owner_rights)
{
	EXPECT_EQ(0, touch(self->range));
}

TEST_F(access, host)
{
	WORKS(grant_host(self->range, 2 * BLOCK));
	EXPECT_EQ(RW, rights(self->range, HOST, 0));
	EXPECT_EQ(RW, rights(self->range + BLOCK + 1, HOST, 0));
	EXPECT_EQ(0, rights(self->range, DEVICE, 1));
	EXPECT_EQ(0, touch(self->range));
}

TEST_F(access, peer)
{
	WORKS(grant(self->range, 2 * BLOCK, DEVICE, 1));
	EXPECT_EQ(RW, rights(self->range, DEVICE, 1));
	EXPECT_EQ(RW, rights(self->range, DEVICE, 0));
	EXPECT_EQ(0, rights(self->range, HOST, 0));
}

TEST_F(access, repeated_owner_grant)
{
	aclrtMemAccessDesc desc = rw_for(DEVICE, 0);

	WORKS(aclrtMemSetAccess(self->range, 2 * BLOCK, &desc, 1));
	FAILS(INTERNAL, aclrtMemSetAccess(self->range, BLOCK, &desc, 1), hex(self->range));
	EXPECT_EQ(RW, rights(self->range, DEVICE, 0));
}

TEST_F(access, repeated_grant)
{
	aclrtMemAccessDesc desc = rw_for(HOST, 0);

	WORKS(aclrtMemSetAccess(self->range, 2 * BLOCK, &desc, 1));
	WORKS(aclrtMemSetAccess(self->range, 2 * BLOCK, &desc, 1));
	FAILS(INTERNAL, aclrtMemSetAccess(self->range, BLOCK, &desc, 1), hex(self->range));
	EXPECT_EQ(RW, rights(self->range, HOST, 0));
}

TEST_F(access, ends_with_the_mapping)
{
	WORKS(grant_host(self->range, 2 * BLOCK));
	WORKS(grant(self->range, 2 * BLOCK, DEVICE, 1));
	WORKS(aclrtUnmapMem(self->range));
	EXPECT_EQ(UNTOUCHED, rights(self->range, HOST, 0));
	WORKS(aclrtMapMem(self->range, 2 * BLOCK, 0, self->handle, 0));
	EXPECT_EQ(0, rights(self->range, HOST, 0));
	EXPECT_EQ(0, rights(self->range, DEVICE, 1));
}

/* Rights belong to a mapping, not to the memory. */
TEST_F(access, rights_per_mapping)
{
	char *alias = self->range + 2 * BLOCK;

	WORKS(aclrtMapMem(alias, 2 * BLOCK, 0, self->handle, 0));
	WORKS(grant_host(alias, 2 * BLOCK));
	EXPECT_EQ(RW, rights(alias, HOST, 0));
	EXPECT_EQ(0, rights(self->range, HOST, 0));
	WORKS(aclrtUnmapMem(alias));
}

/* ---- several at once ---- */

TEST_F(access, two_entries)
{
	aclrtMemAccessDesc desc[2] = { rw_for(HOST, 0), rw_for(DEVICE, 1) };

	WORKS(aclrtMemSetAccess(self->range, 2 * BLOCK, desc, 2));
	EXPECT_EQ(RW, rights(self->range, HOST, 0));
	EXPECT_EQ(RW, rights(self->range, DEVICE, 1));
}

/* All entries are checked before the first is granted. */
TEST_F(access, second_entry_wrong)
{
	aclrtMemAccessDesc desc[2] = { rw_for(HOST, 0), rw_for(DEVICE, 1) };

	desc[1].flags = ACL_RT_MEM_ACCESS_FLAGS_READ;
	FAILS(UNSUPPORTED, aclrtMemSetAccess(self->range, 2 * BLOCK, desc, 2), "flags");
	desc[1] = rw_for(DEVICE, 64);
	FAILS(PARAM, aclrtMemSetAccess(self->range, 2 * BLOCK, desc, 2), "64");
	EXPECT_EQ(0, rights(self->range, HOST, 0));
}

/* The module grants entry by entry; those before the one that fails stay granted. */
TEST_F(access, second_entry_fails)
{
	aclrtMemAccessDesc desc[2] = { rw_for(HOST, 0), rw_for(DEVICE, 1) };

	WORKS(grant(self->range, BLOCK, DEVICE, 1));
	FAILS(INTERNAL, aclrtMemSetAccess(self->range, 2 * BLOCK, desc, 2), hex(self->range));
	EXPECT_EQ(RW, rights(self->range, HOST, 0));
}

/* ---- what cannot be granted ---- */

TEST_F(access, cannot_be_revoked)
{
	static const aclrtMemAccessFlags less[] = {
		ACL_RT_MEM_ACCESS_FLAGS_NONE, ACL_RT_MEM_ACCESS_FLAGS_READ,
	};
	aclrtMemAccessDesc desc = rw_for(HOST, 0);
	size_t i;

	WORKS(aclrtMemSetAccess(self->range, 2 * BLOCK, &desc, 1));
	for (i = 0; i < 2; i++) {
		desc.flags = less[i];
		FAILS(UNSUPPORTED, aclrtMemSetAccess(self->range, 2 * BLOCK, &desc, 1), "flags");
	}
	EXPECT_EQ(RW, rights(self->range, HOST, 0));
}

/* A grant never spans two mappings, however close they lie. */
TEST_F(access, neighbours)
{
	aclrtMemAccessDesc desc = rw_for(HOST, 0);
	aclrtDrvMemHandle next;

	WORKS(phys(&next, BLOCK, 0));
	WORKS(aclrtMapMem(self->range + 2 * BLOCK, BLOCK, 0, next, 0));
	FAILS(INTERNAL, aclrtMemSetAccess(self->range, 3 * BLOCK, &desc, 1), hex(self->range));
	WORKS(aclrtUnmapMem(self->range + 2 * BLOCK));
	WORKS(aclrtFreePhysical(next));
}

TEST_F(access, host_memory_for_the_host)
{
	aclrtPhysicalMemProp prop = prop_on(HOST, 0, ACL_MEM_HUGE);
	aclrtMemAccessDesc desc = rw_for(HOST, 0);
	aclrtDrvMemHandle handle;
	void *addr;

	WORKS(aclrtMallocPhysical(&handle, BLOCK, &prop, 0));
	WORKS(reserve(&addr, BLOCK));
	WORKS(aclrtMapMem(addr, BLOCK, 0, handle, 0));
	EXPECT_EQ(RW, rights(addr, HOST, 0));
	FAILS(UNSUPPORTED, aclrtMemSetAccess(addr, BLOCK, &desc, 1), NULL);
	WORKS(grant(addr, BLOCK, DEVICE, 0));
	EXPECT_EQ(RW, rights(addr, DEVICE, 0));
	WORKS(aclrtUnmapMem(addr));
	WORKS(aclrtReleaseMemAddress(addr));
	WORKS(aclrtFreePhysical(handle));
}

TEST_HARNESS_MAIN
