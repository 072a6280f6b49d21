// SPDX-License-Identifier: MIT
/*
 * Allocators of the program: described, registered for a stream, found again.
 */
#include "acl_test.h"

#include "acl/acl_rt_allocator.h"

static void *my_alloc(aclrtAllocator allocator, size_t size)
{
	++*(int *)allocator;
	return malloc(size);
}

static void my_free(aclrtAllocator allocator, aclrtAllocatorBlock block)
{
	--*(int *)allocator;
	free(block);
}

static void *my_advise(aclrtAllocator allocator, size_t size, aclrtAllocatorAddr addr)
{
	(void)addr;
	return my_alloc(allocator, size);
}

static void *my_addr(aclrtAllocatorBlock block)
{
	return block;
}

struct found {
	aclrtAllocatorDesc desc;
	aclrtAllocator object;
	aclrtAllocatorAllocFunc alloc;
	aclrtAllocatorFreeFunc free;
	aclrtAllocatorAllocAdviseFunc advise;
	aclrtAllocatorGetAddrFromBlockFunc addr;
};

static aclError find(aclrtStream stream, struct found *f)
{
	return aclrtAllocatorGetByStream(stream, &f->desc, &f->object, &f->alloc, &f->free,
					 &f->advise, &f->addr);
}

FIXTURE(allocator) {
	aclrtAllocatorDesc desc;
	aclrtStream stream;
	int live;
};

FIXTURE_SETUP(allocator)
{
	ASSERT_EQ(ACL_SUCCESS, aclrtSetDevice(0));
	WORKS(aclrtCreateStream(&self->stream));
	self->desc = aclrtAllocatorCreateDesc();
	ASSERT_NE(NULL, self->desc);
	WORKS(aclrtAllocatorSetObjToDesc(self->desc, &self->live));
	WORKS(aclrtAllocatorSetAllocFuncToDesc(self->desc, my_alloc));
	WORKS(aclrtAllocatorSetFreeFuncToDesc(self->desc, my_free));
	WORKS(aclrtAllocatorSetAllocAdviseFuncToDesc(self->desc, my_advise));
	WORKS(aclrtAllocatorSetGetAddrFromBlockFuncToDesc(self->desc, my_addr));
}

FIXTURE_TEARDOWN(allocator)
{
	aclrtAllocatorDestroyDesc(self->desc);
	aclrtDestroyStream(self->stream);
	aclrtResetDeviceForce(0);
}

TEST_F(allocator, registered)
{
	struct found f;
	void *block;

	WORKS(aclrtAllocatorRegister(self->stream, self->desc));
	EXPECT_EQ(ACL_SUCCESS, find(self->stream, &f));
	EXPECT_EQ(self->desc, f.desc);
	EXPECT_EQ(&self->live, f.object);
	EXPECT_EQ(1, f.alloc == my_alloc && f.free == my_free && f.advise == my_advise &&
		  f.addr == my_addr);
	block = f.alloc(f.object, 10);
	EXPECT_EQ(1, self->live);
	EXPECT_EQ(block, f.addr(block));
	f.free(f.object, block);
	EXPECT_EQ(0, self->live);
	WORKS(aclrtAllocatorUnregister(self->stream));
	FAILS(INVALID, aclrtAllocatorUnregister(self->stream), "registered");
	EXPECT_EQ(INVALID, find(self->stream, &f));
}

/* The library copies what is registered; a second registration replaces the first. */
TEST_F(allocator, replaced)
{
	struct found f;
	int other;

	WORKS(aclrtAllocatorRegister(self->stream, self->desc));
	WORKS(aclrtAllocatorSetObjToDesc(self->desc, &other));
	WORKS(aclrtAllocatorSetAllocAdviseFuncToDesc(self->desc, NULL));
	EXPECT_EQ(ACL_SUCCESS, find(self->stream, &f));
	EXPECT_EQ(&self->live, f.object);
	WORKS(aclrtAllocatorRegister(self->stream, self->desc));
	WORKS(aclrtAllocatorDestroyDesc(self->desc));
	EXPECT_EQ(ACL_SUCCESS, find(self->stream, &f));
	EXPECT_EQ(&other, f.object);
	EXPECT_EQ(NULL, f.advise);
	FAILS(INVALID, aclrtAllocatorDestroyDesc(self->desc), hex(self->desc));
	FAILS(INVALID, aclrtAllocatorRegister(self->stream, self->desc), hex(self->desc));
	WORKS(aclrtAllocatorUnregister(self->stream));
}

TEST_F(allocator, wrong)
{
	struct found f = { .desc = (void *)UNTOUCHED };
	aclrtAllocatorDesc empty = aclrtAllocatorCreateDesc();

	FAILS(INVALID, aclrtAllocatorRegister(self->stream, empty), "complete");
	WORKS(aclrtAllocatorDestroyDesc(empty));
	FAILS(INVALID, aclrtAllocatorDestroyDesc(self), hex(self));
	FAILS(INVALID, aclrtAllocatorSetObjToDesc(NULL, self), "allocatorDesc");
	FAILS(INVALID, aclrtAllocatorSetObjToDesc(self, self), hex(self));
	FAILS(INVALID, aclrtAllocatorSetAllocFuncToDesc(NULL, my_alloc), "allocatorDesc");
	FAILS(INVALID, aclrtAllocatorSetFreeFuncToDesc(self, my_free), hex(self));
	FAILS(INVALID, aclrtAllocatorSetAllocAdviseFuncToDesc(NULL, my_advise), "allocatorDesc");
	FAILS(INVALID, aclrtAllocatorSetAllocAdviseFuncToDesc(self, my_advise), hex(self));
	FAILS(INVALID, aclrtAllocatorSetGetAddrFromBlockFuncToDesc(NULL, my_addr), "allocatorDesc");
	FAILS(INVALID, aclrtAllocatorRegister(self->stream, NULL), "allocatorDesc");
	EXPECT_EQ(INVALID, find(NULL, &f));
	EXPECT_EQ(INVALID, aclrtAllocatorGetByStream(self->stream, NULL, &f.object, &f.alloc,
						     &f.free, &f.advise, &f.addr));
	EXPECT_EQ((void *)UNTOUCHED, f.desc);
}

/* The allocator of a destroyed stream can still be unregistered. */
TEST_F(allocator, stream_destroyed)
{
	aclrtStream stream;

	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtAllocatorRegister(stream, self->desc));
	WORKS(aclrtDestroyStream(stream));
	WORKS(aclrtAllocatorUnregister(stream));
}

TEST_HARNESS_MAIN
