// SPDX-License-Identifier: MIT
/*
 * Notifies, and values in memory that streams write and wait for.
 */
#include "acl_stream.h"

FIXTURE(notify)
{
	struct world world;
	aclrtStream a, b;
	aclrtNotify notify;
	struct block block;
};

FIXTURE_SETUP(notify)
{
	world_open(_metadata, &self->world);
	WORKS(aclrtCreateStream(&self->a));
	WORKS(aclrtCreateStream(&self->b));
	WORKS(aclrtCreateNotify(&self->notify, ACL_NOTIFY_DEFAULT));
	WORKS(block_make(&self->block, BLOCK, 0));
}

FIXTURE_TEARDOWN(notify)
{
	aclrtDestroyStreamForce(self->a);
	aclrtDestroyStreamForce(self->b);
	aclrtDestroyNotify(self->notify);
	WORKS(block_drop(&self->block));
	world_close(_metadata, &self->world);
}

TEST_F(notify, create)
{
	uint32_t id = 77, other = 77;
	aclrtNotify second = (aclrtNotify)UNTOUCHED;

	FAILS(PARAM, aclrtCreateNotify(&second, 2), "0x2");
	EXPECT_EQ((aclrtNotify)UNTOUCHED, second);
	WORKS(aclrtCreateNotify(&second, ACL_NOTIFY_DEVICE_USE_ONLY));
	WORKS(aclrtGetNotifyId(second, &id));
	WORKS(aclrtGetNotifyId(self->notify, &other));
	EXPECT_NE(id, other);
	WORKS(aclrtDestroyNotify(second));
	FAILS(BAD_HANDLE, aclrtWaitAndResetNotify(second, self->a, 0), hex(second));
	FAILS(INVALID, aclrtGetNotifyId(NULL, &id), "notify");
	FAILS(BAD_HANDLE, aclrtWaitAndResetNotify(self->notify, self, 0), hex(self));
}

TEST_F(notify, orders_streams)
{
	struct trace trace = { 0 };
	struct step step[2] = { { &trace, 0 }, { &trace, 1 } };

	WORKS(aclrtWaitAndResetNotify(self->notify, self->b, 0));
	WORKS(aclrtLaunchHostFunc(self->b, step_here, &step[1]));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	WORKS(aclrtLaunchHostFunc(self->a, step_here, &step[0]));
	WORKS(aclrtRecordNotify(self->notify, self->a));
	WORKS(aclrtSynchronizeStream(self->b));
	EXPECT_EQ(2, trace.count);
	EXPECT_EQ(0, trace.first_wrong);
}

/* One record, one wait. */
TEST_F(notify, wait_clears_notify)
{
	WORKS(aclrtRecordNotify(self->notify, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtWaitAndResetNotify(self->notify, self->b, 0));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtWaitAndResetNotify(self->notify, self->b, 0));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	WORKS(aclrtRecordNotify(self->notify, self->a));
	WORKS(aclrtSynchronizeStream(self->b));
}

TEST_F(notify, timeout)
{
	int ran = 0;

	WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 1));
	WORKS(count_in(self->a, &ran, 1));
	FAILS(ACL_ERROR_RT_WAIT_TIMEOUT, aclrtSynchronizeStream(self->a),
	      "aclrtWaitAndResetNotify");
	EXPECT_EQ(1, ran);
}

/* A destroyed one still serves the streams it was put into. */
TEST_F(notify, destroy_in_use)
{
	WORKS(aclrtWaitAndResetNotify(self->notify, self->b, 0));
	WORKS(aclrtRecordNotify(self->notify, self->a));
	WORKS(aclrtDestroyNotify(self->notify));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtCreateNotify(&self->notify, 0));
}

TEST_F(notify, too_many)
{
	TOO_MANY(aclrtNotify, 16384 - 1, ACL_ERROR_RT_NO_NOTIFY_RESOURCE,
		 aclrtCreateNotify(&many[n], 0), aclrtDestroyNotify(many[n]));
}

/* ---- values ---- */

TEST_F(notify, value_wrong)
{
	uint64_t *word = self->block.addr;
	static uint64_t own;

	FAILS(PARAM, aclrtValueWrite(word, 1, 1, self->a), "1");
	FAILS(PARAM, aclrtValueWait(word, 1, 4, self->a), "4");
	FAILS(ACL_ERROR_RT_ADDR_UNALIGNED, aclrtValueWrite((char *)word + 4, 1, 0, self->a), NULL);
	FAILS(ACL_ERROR_RT_ADDR_UNALIGNED, aclrtValueWait((char *)word + 4, 1, 0, self->a), NULL);
	FAILS(PARAM, aclrtValueWrite(&own, 1, 0, self->a), hex(&own));
	FAILS(PARAM, aclrtValueWait(&own, 0, 0, self->a), hex(&own));
	EXPECT_EQ(0, own);
	EXPECT_EQ(0, word[0]);
}

TEST_F(notify, value_write)
{
	uint64_t *word = self->block.addr;
	struct hold hold = HOLD;

	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtValueWrite(&word[3], 0x1122334455667788, 0, self->a));
	EXPECT_EQ(0, word[3]);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(0x1122334455667788, word[3]);
	EXPECT_EQ(0, word[2]);
	EXPECT_EQ(0, word[4]);
}

/* Memory that is unmapped before the task runs: the stream reports the error. */
TEST_F(notify, value_unmapped)
{
	struct hold hold = HOLD;
	struct block b;

	WORKS(block_make(&b, BLOCK, 0));
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtValueWrite(b.addr, 1, 0, self->a));
	WORKS(aclrtValueWait(b.addr, 1, 0, self->b));
	WORKS(aclrtUnmapMem(b.addr));
	flag_raise(&hold.go_on);
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->a), "aclrtValueWrite");
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->b), "aclrtValueWait");
	FAILS(PARAM, aclrtValueWrite(b.addr, 1, 0, self->a), "reservation");
	FAILS(PARAM, aclrtValueWait(b.addr, 1, 0, self->a), "reservation");
	WORKS(aclrtReleaseMemAddress(b.addr));
	WORKS(aclrtFreePhysical(b.handle));
}

TEST_F(notify, value_wait)
{
	static const struct {
		uint32_t flag;
		uint64_t value, closed, open;
	} how[] = {
		{ ACL_STREAM_WAIT_VALUE_GEQ, 5, 4, 5 },
		{ ACL_STREAM_WAIT_VALUE_GEQ, 5, 0, 6 },
		{ ACL_STREAM_WAIT_VALUE_GEQ, 1ul << 40, 1ul << 39, 1ul << 41 },
		{ ACL_STREAM_WAIT_VALUE_EQ, 5, 6, 5 },
		{ ACL_STREAM_WAIT_VALUE_AND, 6, 9, 4 },
		{ ACL_STREAM_WAIT_VALUE_NOR, 0xff, ~0xfful, ~0x1fful },
	};
	uint64_t *word = self->block.addr;
	size_t i;

	for (i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		WORKS(aclrtValueWrite(word, how[i].closed, 0, self->b));
		WORKS(aclrtSynchronizeStream(self->b));
		WORKS(aclrtValueWait(word, how[i].value, how[i].flag, self->a));
		FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
		WORKS(aclrtValueWrite(word, how[i].open, 0, self->b));
		WORKS(aclrtSynchronizeStream(self->a));
	}
	/* And by the processor, without a call. */
	WORKS(aclrtValueWait(word, 0xabcd, ACL_STREAM_WAIT_VALUE_EQ, self->a));
	__atomic_store_n(word, 0xabcd, __ATOMIC_SEQ_CST);
	WORKS(aclrtSynchronizeStream(self->a));
}

TEST_F(notify, value_wait_aborted)
{
	WORKS(aclrtValueWait(self->block.addr, 1, ACL_STREAM_WAIT_VALUE_EQ, self->a));
	WORKS(aclrtStreamAbort(self->a));
	WORKS(aclrtSynchronizeStream(self->a));
}

TEST_HARNESS_MAIN
