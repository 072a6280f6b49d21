// SPDX-License-Identifier: MIT
/*
 * Host functions as kernels, and the other extensions of this library.
 */
#include "acl_stream.h"

FIXTURE(kernel)
{
	struct world world;
	aclrtStream stream;
	struct block block;
};

FIXTURE_SETUP(kernel)
{
	world_open(_metadata, &self->world);
	WORKS(aclrtCreateStream(&self->stream));
	WORKS(block_make(&self->block, BLOCK, 0));
}

FIXTURE_TEARDOWN(kernel)
{
	aclrtDestroyStreamForce(self->stream);
	WORKS(block_drop(&self->block));
	world_close(_metadata, &self->world);
}

struct add {
	uint32_t *to;
	const uint32_t *from;
	size_t count;
};

/* Each block has its part of the elements. */
static void add_kernel(const acl_emu_block *block, void *arg)
{
	struct add *add = arg;
	size_t i = add->count * block->index / block->count;
	size_t end = add->count * (block->index + 1) / block->count;

	for (; i < end; i++)
		add->to[i] += add->from[i];
}

TEST_F(kernel, works_on_mapped_memory)
{
	uint32_t *from = self->block.addr, *to = from + BLOCK / 8;
	struct add add = { to, from, 1000 };
	size_t i;

	for (i = 0; i < 1000; i++) {
		from[i] = (uint32_t)i;
		to[i] = 7;
	}
	WORKS(acl_emu_launch(self->stream, add_kernel, &add, sizeof(add), 1));
	WORKS(acl_emu_launch(self->stream, add_kernel, &add, sizeof(add), 13));
	WORKS(acl_emu_launch(self->stream, add_kernel, &add, sizeof(add), 2000));
	/* What it works with was copied. */
	memset(&add, 0, sizeof(add));
	WORKS(aclrtSynchronizeStream(self->stream));
	for (i = 0; i < 1000 && to[i] == 7 + 3 * i; i++)
		;
	EXPECT_EQ(1000, i);
}

struct meeting {
	pthread_barrier_t barrier;
	_Atomic int seen[ACL_EMU_MAX_RESIDENT_BLOCKS];
	_Atomic int wrong;
};

static void meet_kernel(const acl_emu_block *block, void *arg)
{
	struct meeting *m = arg;

	if (block->device != 0 || block->count != ACL_EMU_MAX_RESIDENT_BLOCKS)
		m->wrong++;
	pthread_barrier_wait(&m->barrier);
	m->seen[block->index]++;
}

/* They wait for each other, so all must run at the same time. */
TEST_F(kernel, blocks_run_together)
{
	static struct meeting m;
	size_t i;

	pthread_barrier_init(&m.barrier, NULL, ACL_EMU_MAX_RESIDENT_BLOCKS);
	WORKS(acl_emu_launch(self->stream, meet_kernel, &m, 0, ACL_EMU_MAX_RESIDENT_BLOCKS));
	WORKS(acl_emu_launch(self->stream, meet_kernel, &m, 0, ACL_EMU_MAX_RESIDENT_BLOCKS));
	WORKS(aclrtSynchronizeStream(self->stream));
	for (i = 0; i < ACL_EMU_MAX_RESIDENT_BLOCKS; i++) {
		EXPECT_EQ(2, m.seen[i]);
	}
	EXPECT_EQ(0, m.wrong);
}

static void hold_kernel(const acl_emu_block *block, void *arg)
{
	(void)block;
	hold_here(arg);
}

/* Two streams' kernels run at the same time, and a stream waits for its own. */
TEST_F(kernel, in_order)
{
	struct hold hold = HOLD;
	aclrtStream other;
	int ran = 0;

	WORKS(aclrtCreateStream(&other));
	WORKS(acl_emu_launch(self->stream, hold_kernel, &hold, 0, 3));
	WORKS(count_in(self->stream, &ran, 1));
	flag_wait(&hold.begun);
	WORKS(acl_emu_launch(other, add_kernel, &(struct add){ 0 }, sizeof(struct add), 5));
	WORKS(aclrtSynchronizeStream(other));
	EXPECT_EQ(0, ran);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->stream));
	EXPECT_EQ(1, ran);
	WORKS(aclrtDestroyStream(other));
}

struct calls {
	aclrtStream stream;
	char *to;
	aclError sync[8];
	aclError copy[8];
};

/* Calls of a block are calls inside its stream, in its context. */
static void call_kernel(const acl_emu_block *block, void *arg)
{
	struct calls *c = arg;

	c->sync[block->index] = aclrtSynchronizeStream(c->stream);
	c->copy[block->index] = aclrtMemset(c->to + block->index, 1, 7, 1);
}

TEST_F(kernel, calls)
{
	struct calls call = { .stream = self->stream, .to = self->block.addr };
	int i;

	WORKS(acl_emu_launch(self->stream, call_kernel, &call, 0, 8));
	WORKS(aclrtSynchronizeStream(self->stream));
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(UNSUPPORTED, call.sync[i]);
		EXPECT_EQ(ACL_SUCCESS, call.copy[i]);
		EXPECT_EQ(7, call.to[i]);
	}
}

TEST_F(kernel, wrong)
{
	EXPECT_EQ(INVALID, acl_emu_launch(self->stream, NULL, NULL, 0, 1));
	EXPECT_EQ(INVALID, acl_emu_launch(self->stream, add_kernel, NULL, 8, 1));
	EXPECT_EQ(PARAM, acl_emu_launch(self->stream, add_kernel, NULL, 0, 0));
	FAILS(PARAM,
	      acl_emu_launch(self->stream, add_kernel, NULL, 0, ACL_EMU_MAX_BLOCKS + 1), "65536");
	FAILS(BAD_HANDLE, acl_emu_launch(self, add_kernel, NULL, 0, 1), hex(self));
	FAILS(INVALID, acl_emu_launch(NULL, add_kernel, self, SIZE_MAX, 1), NULL);
}

TEST_F(kernel, counts)
{
	uint64_t value = 77, handles = module_stat(ACL_EMU_STAT_HANDLES);
	int ran = 0;

	WORKS(acl_emu_reset_counts());
	WORKS(count_in(self->stream, &ran, 5));
	WORKS(acl_emu_launch(self->stream, add_kernel, &(struct add){ 0 }, sizeof(struct add), 9));
	WORKS(aclrtSynchronizeStream(self->stream));
	EXPECT_EQ(6, count_of(ACL_EMU_COUNT_TASKS_SUBMITTED));
	EXPECT_EQ(6, count_of(ACL_EMU_COUNT_TASKS_RUN));
	EXPECT_EQ(0, count_of(ACL_EMU_COUNT_TASKS_DROPPED));
	EXPECT_EQ(0, count_of(ACL_EMU_COUNT_TASKS_FAILED));
	EXPECT_EQ(1, count_of(ACL_EMU_COUNT_LAUNCHES));
	EXPECT_EQ(9, count_of(ACL_EMU_COUNT_BLOCKS));
	EXPECT_EQ(handles, count_of(ACL_EMU_COUNT_LIVE_HANDLES));
	EXPECT_LE(1, count_of(ACL_EMU_COUNT_LIVE_MAPPINGS));
	WORKS(acl_emu_reset_counts());
	EXPECT_EQ(0, count_of(ACL_EMU_COUNT_TASKS_RUN));
	FAILS(INVALID, acl_emu_get_count((acl_emu_count)6, &value), "6");
	FAILS(INVALID, acl_emu_get_count((acl_emu_count)0x106, &value), NULL);
	FAILS(INVALID, acl_emu_get_count(ACL_EMU_COUNT_BLOCKS, NULL), "value");
	EXPECT_EQ(77, value);
}

TEST_F(kernel, versions)
{
	acl_emu_versions versions = { 0 };

	FAILS(INVALID, acl_emu_get_versions(NULL), "versions");
	WORKS(acl_emu_get_versions(&versions));
	EXPECT_EQ(ACL_EMU_VERSION_MAJOR, versions.libraryMajor);
	EXPECT_EQ(ACL_EMU_VERSION_MINOR, versions.libraryMinor);
	EXPECT_EQ(ACL_EMU_ABI_VERSION, versions.moduleInterface);
}

TEST_HARNESS_MAIN
