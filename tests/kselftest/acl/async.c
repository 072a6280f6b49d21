// SPDX-License-Identifier: MIT
/*
 * Copies and fills in streams.
 */
#include "acl_stream.h"

#define H2D	ACL_MEMCPY_HOST_TO_DEVICE
#define D2H	ACL_MEMCPY_DEVICE_TO_HOST
#define D2D	ACL_MEMCPY_DEVICE_TO_DEVICE
#define ANY	ACL_MEMCPY_DEFAULT

FIXTURE(async)
{
	struct world world;
	aclrtStream stream;
	struct block a, b;	/* on device 0 */
	char *pinned;		/* a block of host memory */
	char *pageable;
};

FIXTURE_SETUP(async)
{
	world_open(_metadata, &self->world);
	WORKS(aclrtCreateStream(&self->stream));
	WORKS(block_make(&self->a, BLOCK, 0));
	WORKS(block_make(&self->b, BLOCK, 0));
	WORKS(aclrtMallocHost((void **)&self->pinned, BLOCK));
	self->pageable = malloc(BLOCK);
	fill(self->pinned, BLOCK, 1);
	fill(self->pageable, BLOCK, 2);
}

FIXTURE_TEARDOWN(async)
{
	aclrtDestroyStreamForce(self->stream);
	free(self->pageable);
	WORKS(aclrtFreeHost(self->pinned));
	WORKS(block_drop(&self->a));
	WORKS(block_drop(&self->b));
	world_close(_metadata, &self->world);
}

TEST_F(async, wrong)
{
	void *a = self->a.addr, *p = self->pinned;
	aclrtStream s = self->stream;

	WORKS(aclrtMemcpyAsync(NULL, 0, NULL, 0, ANY, s));
	FAILS(INVALID, aclrtMemcpyAsync(NULL, 1, p, 1, ANY, s), "dst");
	FAILS(INVALID, aclrtMemcpyAsync(a, 1, p, 1, (aclrtMemcpyKind)6, s), "6");
	FAILS(PARAM, aclrtMemcpyAsync(a, 1, p, 2, ANY, s), "destMax");
	FAILS(BAD_HANDLE, aclrtMemcpyAsync(a, 1, p, 1, ANY, self), hex(self));
	FAILS(PARAM,
	      aclrtMemcpyAsync(a, 1, self->pageable, 1, ACL_MEMCPY_HOST_TO_HOST, s), "kind 0");
	FAILS(UNSUPPORTED, aclrtMemcpyAsync(self->pageable, 1, p, 1, ANY, s), "host");
	WORKS(aclrtMemsetAsync(NULL, 0, 0, 0, s));
	FAILS(PARAM, aclrtMemsetAsync(a, 1, 1, 2, s), "maxCount");
	WORKS(aclrtSynchronizeStream(s));
	EXPECT_TRUE(zeroed(a, BLOCK));
	EXPECT_TRUE(filled(p, BLOCK, 1));
}

TEST_F(async, copy_both_ways)
{
	aclrtStream s = self->stream;

	WORKS(aclrtMemcpyAsync(self->a.addr, BLOCK, self->pinned, BLOCK, H2D, s));
	WORKS(aclrtMemcpyAsync(self->b.addr, BLOCK, self->a.addr, BLOCK, D2D,
			       s));
	WORKS(aclrtMemsetAsync(self->a.addr, BLOCK, 0x5a5a5aa5, BLOCK, s));
	WORKS(aclrtMemcpyAsync(self->pinned, BLOCK, self->b.addr, BLOCK, D2H, s));
	WORKS(aclrtSynchronizeStream(s));
	EXPECT_TRUE(filled(self->b.addr, BLOCK, 1));
	EXPECT_TRUE(filled(self->pinned, BLOCK, 1));
	EXPECT_EQ(0xa5, ((unsigned char *)self->a.addr)[0]);
	EXPECT_EQ(0xa5, ((unsigned char *)self->a.addr)[BLOCK - 1]);
}

/* A copy reads its source when it runs, not when it is called. */
TEST_F(async, runs_in_stream_order)
{
	struct hold hold = HOLD;

	WORKS(hold_stream(&hold, self->stream));
	WORKS(aclrtMemcpyAsync(self->a.addr, BLOCK, self->pinned, BLOCK, H2D,
			       self->stream));
	EXPECT_TRUE(zeroed(self->a.addr, BLOCK));
	fill(self->pinned, BLOCK, 9);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->stream));
	EXPECT_TRUE(filled(self->a.addr, BLOCK, 9));
}

struct release {
	struct hold *hold;
	uint64_t run;
	int early;
	char *memory;
};

/* Lets the stream go when the other thread waits for it. */
static void *release_later(void *arg)
{
	struct release *r = arg;

	while (!thread_is_in(getpid(), SYS_futex))
		sched_yield();
	r->early = r->memory[0];
	flag_raise(&r->hold->go_on);
	return NULL;
}

/* Ordinary memory: the call waits for the stream, and the copy is done when it returns. */
TEST_F(async, pageable_is_synchronous)
{
	struct hold hold = HOLD;
	struct release release = { .hold = &hold, .memory = self->a.addr };
	pthread_t thread;

	WORKS(hold_stream(&hold, self->stream));
	pthread_create(&thread, NULL, release_later, &release);
	WORKS(aclrtMemcpyAsync(self->a.addr, BLOCK, self->pageable, BLOCK, H2D,
			       self->stream));
	EXPECT_TRUE(filled(self->a.addr, BLOCK, 2));
	pthread_join(thread, NULL);
	EXPECT_EQ(0, release.early);
	memset(self->pageable, 0, BLOCK);
	WORKS(aclrtMemcpyAsync(self->pageable, BLOCK, self->a.addr, BLOCK, D2H,
			       self->stream));
	EXPECT_TRUE(filled(self->pageable, BLOCK, 2));
	WORKS(aclrtMemsetAsync(self->pageable, BLOCK, 0, BLOCK, self->stream));
	EXPECT_TRUE(zeroed(self->pageable, BLOCK));
}

/* Registered memory is copied asynchronously, as pinned memory is. */
TEST_F(async, registered)
{
	struct hold hold = HOLD;
	char *memory = aligned_alloc(4096, BLOCK);
	void *device;

	fill(memory, BLOCK, 4);
	WORKS(aclrtHostRegister(memory, BLOCK, ACL_HOST_REGISTER_MAPPED, &device));
	WORKS(hold_stream(&hold, self->stream));
	WORKS(aclrtMemcpyAsync(self->a.addr, BLOCK, memory, BLOCK, H2D,
			       self->stream));
	EXPECT_TRUE(zeroed(self->a.addr, BLOCK));
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->stream));
	EXPECT_TRUE(filled(self->a.addr, BLOCK, 4));
	WORKS(aclrtHostUnregister(memory));
	free(memory);
}

/* Memory that is unmapped before the copy runs: a code, and nothing is written. */
TEST_F(async, unmapped_meanwhile)
{
	struct hold hold = HOLD;
	int ran = 0;

	WORKS(hold_stream(&hold, self->stream));
	WORKS(aclrtMemcpyAsync(self->b.addr, BLOCK, self->a.addr, BLOCK, D2D,
			       self->stream));
	WORKS(count_in(self->stream, &ran, 1));
	WORKS(aclrtUnmapMem(self->a.addr));
	flag_raise(&hold.go_on);
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->stream), "aclrtMemcpyAsync");
	EXPECT_EQ(1, ran);
	EXPECT_TRUE(zeroed(self->b.addr, BLOCK));
	WORKS(aclrtMapMem(self->a.addr, BLOCK, 0, self->a.handle, 0));
	WORKS(grant_host(self->a.addr, BLOCK));
}

/* Memory with nothing behind it: a block at the beginning of a reservation of two. */
static aclError edge_make(struct block *edge)
{
	aclError code = phys(&edge->handle, BLOCK, 0);

	if (!code)
		code = reserve(&edge->addr, 2 * BLOCK);
	if (!code)
		code = aclrtMapMem(edge->addr, BLOCK, 0, edge->handle, 0);
	return code ? code : grant_host(edge->addr, BLOCK);
}

TEST_F(async, past_the_mapping)
{
	struct block edge;
	char *at;

	WORKS(edge_make(&edge));
	at = edge.addr;
	memset(self->b.addr, 7, BLOCK);
	memset(at, 8, BLOCK);
	WORKS(aclrtMemcpyAsync(self->b.addr, BLOCK, at + 8, BLOCK, D2D,
			       self->stream));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->stream), "source");
	EXPECT_EQ(7, ((char *)self->b.addr)[0]);
	WORKS(aclrtMemsetAsync(at + 8, BLOCK, 1, BLOCK, self->stream));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->stream), "destination");
	EXPECT_EQ(8, at[8]);
	WORKS(aclrtMemcpy2dAsync(at + BLOCK - 256, 256, self->pinned, 128, 100, 2,
				 H2D, self->stream));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->stream), "aclrtMemcpy2dAsync");
	EXPECT_EQ(8, at[BLOCK - 256]);
	WORKS(block_drop(&edge));
}

TEST_F(async, with_condition)
{
	struct hold hold = HOLD;

	WORKS(hold_stream(&hold, self->stream));
	WORKS(aclrtMemcpyAsyncWithCondition(self->a.addr, BLOCK, self->pinned, BLOCK, H2D,
					    self->stream));
	EXPECT_TRUE(zeroed(self->a.addr, BLOCK));
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->stream));
	EXPECT_TRUE(filled(self->a.addr, BLOCK, 1));
	WORKS(aclrtMemcpyAsyncWithCondition(self->a.addr, BLOCK, self->pageable, BLOCK, H2D,
					    self->stream));
	EXPECT_TRUE(filled(self->a.addr, BLOCK, 2));
	FAILS(PARAM,
	      aclrtMemcpyAsyncWithCondition(self->a.addr, 1, self->pinned, 2, ANY, self->stream),
	      "destMax");
}

/* A released address: the copy fails when it runs. */
TEST_F(async, released)
{
	char *gone;

	WORKS(reserve((void **)&gone, BLOCK));
	WORKS(aclrtReleaseMemAddress(gone));
	WORKS(aclrtMemcpyAsync(gone, 64, self->pinned, 64, H2D, self->stream));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->stream), hex(gone));
	FAILS(BAD_HANDLE,
	      aclrtMemcpyAsync(self->pageable, 64, gone, 64, D2H, self->stream), hex(gone));
	WORKS(aclrtMemsetAsync(gone, 64, 1, 64, self->stream));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->stream), hex(gone));
	EXPECT_TRUE(filled(self->pageable, BLOCK, 2));
}

TEST_F(async, set_words)
{
	uint32_t *a = self->a.addr;
	struct hold hold = HOLD;

	WORKS(hold_stream(&hold, self->stream));
	WORKS(aclrtMemsetD32Async(a + 1, BLOCK - 4, 0x01020304, 1000, self->stream));
	EXPECT_EQ(0, a[1]);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->stream));
	EXPECT_EQ(0, a[0]);
	EXPECT_EQ(0x01020304, a[1]);
	EXPECT_EQ(0x01020304, a[1000]);
	EXPECT_EQ(0, a[1001]);
	WORKS(aclrtMemsetD32Async(self->pageable, 8, 5, 2, self->stream));
	EXPECT_EQ(5, self->pageable[4]);
	FAILS(INVALID, aclrtMemsetD32Async(a, 8, 1, 0, self->stream), "N");
	FAILS(INVALID, aclrtMemsetD32Async(a, 7, 1, 2, self->stream), "7");
	WORKS(aclrtMemsetD32Async((char *)a + BLOCK - 4, 8, 1, 2, self->stream));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->stream), "aclrtMemsetD32Async");
}

TEST_F(async, rows)
{
	char *a = self->a.addr, *p = self->pinned;
	aclrtStream s = self->stream;
	struct hold hold = HOLD;
	size_t row;

	WORKS(aclrtMemcpy2dAsync(NULL, 0, NULL, 0, 0, 1, ANY, s));
	WORKS(aclrtMemcpy2dAsync(NULL, 0, NULL, 0, 1, 0, ANY, s));
	FAILS(INVALID, aclrtMemcpy2dAsync(NULL, 8, p, 8, 8, 1, ANY, s), "dst");
	FAILS(INVALID, aclrtMemcpy2dAsync(a, 8, NULL, 8, 8, 1, ANY, s), "src");
	FAILS(INVALID, aclrtMemcpy2dAsync(a, 8, p, 9, 9, 1, ANY, s), "pitch");
	FAILS(INVALID, aclrtMemcpy2dAsync(a, 8, p, 8, 8, 1, ACL_MEMCPY_HOST_TO_HOST, s), "kind");
	FAILS(PARAM, aclrtMemcpy2dAsync(a, 8, p, 8, 8, 5242881, ANY, s), "5242881");
	FAILS(BAD_HANDLE, aclrtMemcpy2dAsync(a, 8, p, 8, 8, 1, ANY, self), hex(self));
	FAILS(UNSUPPORTED, aclrtMemcpy2dAsync(p + 64, 8, p, 8, 8, 1, ANY, s), "host");
	WORKS(hold_stream(&hold, s));
	WORKS(aclrtMemcpy2dAsync(a, 256, p, 128, 100, 10, H2D, s));
	EXPECT_TRUE(zeroed(a, BLOCK));
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(s));
	for (row = 0; row < 10; row++) {
		EXPECT_EQ(0, memcmp(a + row * 256, p + row * 128, 100));
		EXPECT_TRUE(!a[row * 256 + 100] && !a[row * 256 + 255]);
	}
}

/* Copies of two streams, ordered by events, a hundred times. */
TEST_F(async, copies_ordered_by_events)
{
	aclrtStream other;
	aclrtEvent event;
	int i;

	WORKS(aclrtCreateStream(&other));
	WORKS(aclrtCreateEvent(&event));
	WORKS(aclrtMemcpyAsync(self->a.addr, BLOCK, self->pinned, BLOCK, H2D,
			       self->stream));
	for (i = 0; i < 100; i++) {
		WORKS(aclrtRecordEvent(event, self->stream));
		WORKS(aclrtStreamWaitEvent(other, event));
		WORKS(aclrtMemcpyAsync(self->b.addr, 4096, self->a.addr, 4096,
				       D2D, other));
		WORKS(aclrtMemsetAsync(self->a.addr, 4096, i, 4096, other));
		WORKS(aclrtRecordEvent(event, other));
		WORKS(aclrtStreamWaitEvent(self->stream, event));
		WORKS(aclrtMemcpyAsync(self->a.addr, 4096, self->b.addr, 4096,
				       D2D, self->stream));
		WORKS(aclrtMemsetAsync(self->b.addr, 4096, i, 4096, self->stream));
	}
	WORKS(aclrtSynchronizeDevice());
	EXPECT_TRUE(filled(self->a.addr, BLOCK, 1));
	WORKS(aclrtDestroyEvent(event));
	WORKS(aclrtDestroyStream(other));
}

TEST_HARNESS_MAIN
