// SPDX-License-Identifier: MIT
/*
 * Counting notifies, and notifies reset in one call.
 */
#include "acl_stream.h"

#define SET	ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE
#define ADD	ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE
#define OR	ACL_RT_CNT_NOTIFY_RECORD_BIT_OR_MODE
#define AND	ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE

#define LESS	ACL_RT_CNT_NOTIFY_WAIT_LESS_MODE
#define EQUAL	ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE
#define MORE	ACL_RT_CNT_NOTIFY_WAIT_BIGGER_MODE
#define REACHED	ACL_RT_CNT_NOTIFY_WAIT_BIGGER_OR_EQUAL_MODE
#define BITS	ACL_RT_CNT_NOTIFY_WAIT_EQUAL_WITH_BITMASK_MODE

STREAMS_FIXTURE_WITH(count_notify, aclrtCntNotify counter,
		     aclrtCntNotifyCreate(&self->counter, 0), aclrtCntNotifyDestroy(self->counter))

static aclError record(aclrtCntNotify counter, aclrtStream stream, aclrtCntNotifyRecordMode mode,
		       uint32_t value)
{
	aclrtCntNotifyRecordInfo info = { .mode = mode, .value = value };

	return aclrtCntNotifyRecord(counter, stream, &info);
}

static aclError wait_for(aclrtCntNotify counter, aclrtStream stream, aclrtCntNotifyWaitMode mode,
		     uint32_t value, bool clear)
{
	aclrtCntNotifyWaitInfo info = { .mode = mode, .value = value, .isClear = clear };

	return aclrtCntNotifyWaitWithTimeout(counter, stream, &info);
}

/* The number, found by a wait that ends at once or is dropped. */
#define IS(value_) do { \
	WORKS(wait_for(self->counter, self->b, EQUAL, value_, false)); \
	EXPECT_EQ(ACL_SUCCESS, aclrtSynchronizeStreamWithTimeout(self->b, 5000)) \
		TH_LOG("the number is not %u", value_); \
	WORKS(aclrtStreamAbort(self->b)); \
} while (0)

TEST_F(count_notify, wrong)
{
	aclrtCntNotify none = (aclrtCntNotify)UNTOUCHED;
	aclrtCntNotifyRecordInfo set = { .mode = SET };
	aclrtCntNotifyWaitInfo is = { .mode = EQUAL };
	uint32_t id = 77, other = 77;

	FAILS(PARAM, aclrtCntNotifyCreate(&none, 1), "0x1");
	EXPECT_EQ((aclrtCntNotify)UNTOUCHED, none);
	WORKS(aclrtCntNotifyCreate(&none, 0));
	WORKS(aclrtCntNotifyGetId(none, &id));
	WORKS(aclrtCntNotifyGetId(self->counter, &other));
	EXPECT_NE(id, other);
	FAILS(INVALID, aclrtCntNotifyGetId(NULL, &id), "cntNotify");
	WORKS(aclrtCntNotifyDestroy(none));
	FAILS(INVALID, aclrtCntNotifyRecord(NULL, self->a, &set), "cntNotify");
	FAILS(INVALID, aclrtCntNotifyWaitWithTimeout(NULL, self->a, &is), "cntNotify");
	set.mode = (aclrtCntNotifyRecordMode)3;
	FAILS(PARAM, aclrtCntNotifyRecord(self->counter, self->a, &set), "3");
	set.mode = (aclrtCntNotifyRecordMode)5;
	FAILS(PARAM, aclrtCntNotifyRecord(self->counter, self->a, &set), "5");
	is.mode = (aclrtCntNotifyWaitMode)5;
	FAILS(PARAM, aclrtCntNotifyWaitWithTimeout(self->counter, self->a, &is), "5");
}

TEST_F(count_notify, records)
{
	IS(0);
	WORKS(record(self->counter, self->b, SET, 0xf0));
	IS(0xf0);
	WORKS(record(self->counter, self->b, ADD, 0x11));
	IS(0x101);
	WORKS(record(self->counter, self->b, OR, 0x1e));
	IS(0x11f);
	WORKS(record(self->counter, self->b, AND, 0xff0f));
	IS(0x10f);
	WORKS(record(self->counter, self->b, ADD, UINT32_MAX));
	IS(0x10e);
	WORKS(aclrtCntNotifyReset(self->counter, self->b));
	IS(0);
}

TEST_F(count_notify, waits)
{
	static const struct {
		aclrtCntNotifyWaitMode mode;
		uint32_t value, closed, open;
	} how[] = {
		{ LESS, 5, 5, 4 }, { EQUAL, 5, 6, 5 }, { MORE, 5, 5, 6 }, { REACHED, 5, 4, 5 },
		{ MORE, 0x7fffffff, 1, 0x80000000 }, { BITS, 6, 4, 15 }, { BITS, 6, 9, 6 },
	};
	size_t i;

	for (i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		WORKS(record(self->counter, self->b, SET, how[i].closed));
		WORKS(aclrtSynchronizeStream(self->b));
		WORKS(wait_for(self->counter, self->a, how[i].mode, how[i].value, false));
		FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
		WORKS(record(self->counter, self->b, SET, how[i].open));
		WORKS(aclrtSynchronizeStream(self->a));
		IS(how[i].open);
	}
}

/* The wait that ends sets the number to 0, and the next one does not end. */
TEST_F(count_notify, clears)
{
	WORKS(record(self->counter, self->b, SET, 3));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(wait_for(self->counter, self->a, REACHED, 3, true));
	WORKS(aclrtSynchronizeStream(self->a));
	IS(0);
	WORKS(wait_for(self->counter, self->a, REACHED, 3, true));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	WORKS(record(self->counter, self->b, ADD, 3));
	WORKS(aclrtSynchronizeStream(self->a));
}

/* Several streams count, one waits for all of them. */
TEST_F(count_notify, gathers)
{
	aclrtStream many[8];
	int i, ran = 0;

	WORKS(wait_for(self->counter, self->a, EQUAL, 8, true));
	WORKS(count_in(self->a, &ran, 1));
	for (i = 0; i < 8; i++) {
		WORKS(aclrtCreateStream(&many[i]));
		EXPECT_EQ(0, __atomic_load_n(&ran, __ATOMIC_SEQ_CST));
		WORKS(record(self->counter, many[i], ADD, 1));
	}
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(1, ran);
	for (i = 0; i < 8; i++)
		WORKS(aclrtDestroyStream(many[i]));
}

TEST_F(count_notify, timeout)
{
	aclrtCntNotifyWaitInfo is = { .mode = EQUAL, .value = 9, .timeout = 1 };
	int ran = 0;

	WORKS(aclrtCntNotifyWaitWithTimeout(self->counter, self->a, &is));
	WORKS(count_in(self->a, &ran, 1));
	FAILS(ACL_ERROR_RT_WAIT_TIMEOUT, aclrtSynchronizeStream(self->a),
	      "aclrtCntNotifyWaitWithTimeout");
	EXPECT_EQ(1, ran);
}

TEST_F(count_notify, aborted)
{
	WORKS(wait_for(self->counter, self->a, EQUAL, 9, false));
	WORKS(aclrtStreamAbort(self->a));
	WORKS(aclrtSynchronizeStream(self->a));
}

/* A destroyed one still serves the streams it was put into. */
TEST_F(count_notify, destroy_in_use)
{
	WORKS(wait_for(self->counter, self->b, EQUAL, 1, false));
	WORKS(record(self->counter, self->a, SET, 1));
	WORKS(aclrtCntNotifyDestroy(self->counter));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtCntNotifyCreate(&self->counter, 0));
}

TEST_F(count_notify, too_many)
{
	TOO_MANY(aclrtCntNotify, 16384 - 1, ACL_ERROR_RT_NO_NOTIFY_RESOURCE,
		 aclrtCntNotifyCreate(&many[n], 0), aclrtCntNotifyDestroy(many[n]));
}

/* ---- plain notifies ---- */

TEST_F(count_notify, batch_reset)
{
	aclrtNotify notify[3];
	int i;

	for (i = 0; i < 3; i++) {
		WORKS(aclrtCreateNotify(&notify[i], 0));
		WORKS(aclrtRecordNotify(notify[i], self->b));
	}
	WORKS(aclrtSynchronizeStream(self->b));
	FAILS(PARAM, aclrtNotifyBatchReset(notify, 0), "num");
	FAILS(PARAM, aclrtNotifyBatchReset((aclrtNotify[]){ notify[0], NULL }, 2), "NULL");
	WORKS(aclrtWaitAndResetNotify(notify[0], self->a, 0));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtNotifyBatchReset(notify, 3));
	for (i = 1; i < 3; i++) {
		WORKS(aclrtWaitAndResetNotify(notify[i], self->a, 0));
		FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
		WORKS(aclrtStreamAbort(self->a));
	}
	for (i = 0; i < 3; i++)
		WORKS(aclrtDestroyNotify(notify[i]));
}

TEST_HARNESS_MAIN
