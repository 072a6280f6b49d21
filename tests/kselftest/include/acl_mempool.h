/* SPDX-License-Identifier: MIT */
/*
 * For the tests of mempools: their properties and attributes, and a fixture.
 */
#ifndef TEST_ACL_MEMPOOL_H
#define TEST_ACL_MEMPOOL_H

#include "acl_stream.h"

#include "acl/acl_rt_memory_soma.h"

#define THRESHOLD	ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD
#define RESERVED	ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT
#define RESERVED_HIGH	ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_HIGH
#define USED		ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT
#define USED_HIGH	ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH
#define OPPORTUNISTIC	ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC

static inline aclrtMemPoolProps mempool_props(uint32_t device, size_t max)
{
	return (aclrtMemPoolProps){
		.allocType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.location = { .id = device, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
		.maxSize = max,
	};
}

static inline aclError mempool_create(aclrtMemPool *pool, uint32_t device, size_t max)
{
	aclrtMemPoolProps props = mempool_props(device, max);

	return aclrtMemPoolCreate(pool, &props);
}

static inline uint64_t get(aclrtMemPool pool, aclrtMemPoolAttr attr)
{
	uint64_t value = UNTOUCHED;

	aclrtMemPoolGetAttr(pool, attr, &value);
	return value;
}

static inline aclError set(aclrtMemPool pool, aclrtMemPoolAttr attr, uint64_t value)
{
	return aclrtMemPoolSetAttr(pool, attr, &value);
}

/* Two streams and a mempool of at most MAX bytes on device 0. */
#define MAX	(64 * MIB)
#define MEMPOOL_FIXTURE(name) \
	FIXTURE(name) { struct world world; aclrtStream a, b; aclrtMemPool pool; }; \
	FIXTURE_SETUP(name) \
	{ \
		world_open(_metadata, &self->world); \
		WORKS(aclrtCreateStream(&self->a)); \
		WORKS(aclrtCreateStream(&self->b)); \
		WORKS(mempool_create(&self->pool, 0, MAX)); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		WORKS(aclrtDestroyStream(self->a)); \
		WORKS(aclrtDestroyStream(self->b)); \
		WORKS(aclrtMemPoolDestroy(self->pool)); \
		world_close(_metadata, &self->world); \
	}

#endif /* TEST_ACL_MEMPOOL_H */
