// SPDX-License-Identifier: MIT
/*
 * Events: what they order, between streams and with the host, and their times.
 */
#include "acl_stream.h"

STREAMS_FIXTURE_WITH(event, aclrtEvent event, aclrtCreateEvent(&self->event),
		     aclrtDestroyEvent(self->event))

#define ALL_FLAGS	(ACL_EVENT_SYNC | ACL_EVENT_CAPTURE_STREAM_PROGRESS | \
			 ACL_EVENT_TIME_LINE | 4)

static aclError query(aclrtEvent event, bool *complete)
{
	aclrtEventRecordedStatus status = ACL_EVENT_RECORDED_STATUS_NOT_READY;
	aclrtEventStatus old = ACL_EVENT_STATUS_RESERVED;
	aclError code = aclrtQueryEventStatus(event, &status);

	if (!code)
		code = aclrtQueryEvent(event, &old);
	*complete = status == ACL_EVENT_RECORDED_STATUS_COMPLETE;
	/* The older form calls an event without a record complete. */
	if (!code && *complete && old != ACL_EVENT_STATUS_COMPLETE)
		code = ACL_ERROR_FAILURE;
	return code;
}

TEST_F(event, create_wrong)
{
	static const uint32_t wrong[] = {
		0, 0x80, 0x80000001, ACL_EVENT_EXTERNAL | 1, ACL_EVENT_DEVICE_USE_ONLY | 1,
		ACL_EVENT_EXTERNAL | ACL_EVENT_DEVICE_USE_ONLY,
	};
	static const uint32_t alone[] = { ACL_EVENT_EXTERNAL, ACL_EVENT_DEVICE_USE_ONLY };
	aclrtEvent event = (aclrtEvent)UNTOUCHED;
	size_t i;

	FAILS(INVALID, aclrtCreateEvent(NULL), "event");
	FAILS(INVALID, aclrtCreateEventWithFlag(NULL, 0), "event");
	FAILS(INVALID, aclrtCreateEventExWithFlag(NULL, 0), "event");
	for (i = 0; i < 6; i++) {
		FAILS(PARAM, aclrtCreateEventWithFlag(&event, wrong[i]), "flag");
		FAILS(PARAM, aclrtCreateEventExWithFlag(&event, wrong[i]), "flag");
	}
	EXPECT_EQ((aclrtEvent)UNTOUCHED, event);
	for (i = 0; i < 2; i++) {
		FAILS(PARAM, aclrtCreateEventExWithFlag(&event, alone[i]), "flag");
		WORKS(aclrtCreateEventWithFlag(&event, alone[i]));
		WORKS(aclrtDestroyEvent(event));
	}
	WORKS(aclrtCreateEventWithFlag(&event, ACL_EVENT_DEVICE_USE_ONLY));
	FAILS(PARAM, aclrtRecordEvent(event, self->a), hex(event));
	FAILS(PARAM, aclrtStreamWaitEvent(self->a, event), hex(event));
	FAILS(BAD_HANDLE, aclrtRecordEvent(event, self), hex(self));
	WORKS(aclrtDestroyEvent(event));
	WORKS(aclrtCreateEventWithFlag(&event, ALL_FLAGS));
	WORKS(aclrtDestroyEvent(event));
	WORKS(aclrtCreateEventExWithFlag(&event, ALL_FLAGS));
	WORKS(aclrtDestroyEvent(event));
}

TEST_F(event, record)
{
	struct hold hold = HOLD;
	bool complete;

	WORKS(query(self->event, &complete));
	EXPECT_FALSE(complete);
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(query(self->event, &complete));
	EXPECT_FALSE(complete);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeEvent(self->event));
	WORKS(query(self->event, &complete));
	EXPECT_TRUE(complete);
	WORKS(aclrtSynchronizeEventWithTimeout(self->event, 0));
}

TEST_F(event, synchronize_timeout)
{
	struct hold hold = HOLD;

	WORKS(aclrtSynchronizeEvent(self->event));
	WORKS(aclrtSynchronizeEventWithTimeout(self->event, 5));
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	FAILS(PARAM, aclrtSynchronizeEventWithTimeout(self->event, -2), "-2");
	FAILS(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeEventWithTimeout(self->event, 0),
	      NULL);
	FAILS(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeEventWithTimeout(self->event, 5),
	      NULL);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeEventWithTimeout(self->event, -1));
}

/* Tasks after the wait in one stream run after those before the record in the other. */
TEST_F(event, orders_streams)
{
	struct trace trace = { 0 };
	struct step step[2] = { { &trace, 0 }, { &trace, 1 } };
	aclrtStreamStatus status;
	struct hold hold = HOLD;

	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtLaunchHostFunc(self->a, step_here, &step[0]));
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	WORKS(aclrtLaunchHostFunc(self->b, step_here, &step[1]));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	WORKS(aclrtStreamQuery(self->b, &status));
	EXPECT_EQ(ACL_STREAM_STATUS_NOT_READY, status);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->b));
	EXPECT_EQ(2, trace.count);
	EXPECT_EQ(0, trace.first_wrong);
}

/* Two streams take turns, a thousand times. */
TEST_F(event, ping_pong)
{
	static struct step step[STEPS];
	struct trace trace = { 0 };
	aclrtEvent back;
	int i;

	WORKS(aclrtCreateEventExWithFlag(&back, ACL_EVENT_SYNC));
	for (i = 0; i < STEPS; i++) {
		aclrtStream stream = i % 2 ? self->b : self->a;

		step[i] = (struct step){ &trace, i };
		WORKS(aclrtLaunchHostFunc(stream, step_here, &step[i]));
		WORKS(aclrtRecordEvent(i % 2 ? back : self->event, stream));
		WORKS(aclrtStreamWaitEvent(i % 2 ? self->a : self->b, i % 2 ? back : self->event));
	}
	WORKS(aclrtSynchronizeDevice());
	EXPECT_EQ(STEPS, trace.count);
	EXPECT_EQ(0, trace.first_wrong);
	WORKS(aclrtDestroyEvent(back));
}

/* A wait keeps the record it was made for. */
TEST_F(event, later_record)
{
	struct hold first = HOLD, second = HOLD;

	WORKS(hold_stream(&first, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	WORKS(aclrtLaunchHostFunc(self->a, hold_here, &second));
	WORKS(aclrtRecordEvent(self->event, self->a));
	flag_raise(&first.go_on);
	WORKS(aclrtSynchronizeStream(self->b));
	FAILS(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeEventWithTimeout(self->event, 0),
	      NULL);
	flag_raise(&second.go_on);
	WORKS(aclrtSynchronizeEvent(self->event));
}

/* Waiting first takes ACL_EVENT_SYNC, and has no effect with the other form. */
TEST_F(event, wait_before_record)
{
	int ran = 0;
	aclrtEvent ex;

	FAILS(PARAM, aclrtStreamWaitEvent(self->b, self->event), "never recorded");
	WORKS(aclrtDestroyEvent(self->event));
	WORKS(aclrtCreateEventWithFlag(&self->event, ACL_EVENT_SYNC));
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	WORKS(count_in(self->b, &ran, 1));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	EXPECT_EQ(0, ran);
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtSynchronizeStream(self->b));
	EXPECT_EQ(1, ran);
	WORKS(aclrtCreateEventExWithFlag(&ex, ACL_EVENT_SYNC));
	WORKS(aclrtStreamWaitEvent(self->b, ex));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtDestroyEvent(ex));
}

TEST_F(event, wait_status)
{
	aclrtEventWaitStatus status = ACL_EVENT_WAIT_STATUS_RESERVED;
	struct hold hold = HOLD;

	WORKS(aclrtQueryEventWaitStatus(self->event, &status));
	EXPECT_EQ(ACL_EVENT_WAIT_STATUS_COMPLETE, status);
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	WORKS(aclrtQueryEventWaitStatus(self->event, &status));
	EXPECT_EQ(ACL_EVENT_WAIT_STATUS_NOT_READY, status);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtQueryEventWaitStatus(self->event, &status));
	EXPECT_EQ(ACL_EVENT_WAIT_STATUS_COMPLETE, status);
}

TEST_F(event, reset)
{
	bool complete;

	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	WORKS(aclrtResetEvent(self->event, self->b));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(query(self->event, &complete));
	EXPECT_FALSE(complete);
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtResetEvent(self->event, self->b));
	WORKS(aclrtResetEvent(self->event, self->b));
}

TEST_F(event, elapsed_time)
{
	aclrtEvent end, timeless;
	struct hold hold = HOLD;
	float ms = -1;

	WORKS(aclrtCreateEvent(&end));
	WORKS(aclrtCreateEventWithFlag(&timeless, ACL_EVENT_SYNC));
	FAILS(INVALID, aclrtEventElapsedTime(NULL, end, end), "ms");
	FAILS(INVALID, aclrtEventElapsedTime(&ms, NULL, end), "startEvent");
	FAILS(INVALID, aclrtEventElapsedTime(&ms, end, NULL), "endEvent");
	FAILS(ACL_ERROR_RT_INTERNAL_ERROR, aclrtEventElapsedTime(&ms, self->event, end),
	      "startEvent");
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtRecordEvent(timeless, self->a));
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtRecordEvent(end, self->a));
	FAILS(ACL_ERROR_RT_EVENT_NOT_COMPLETE, aclrtEventElapsedTime(&ms, self->event, end),
	      "endEvent");
	FAILS(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, aclrtEventElapsedTime(&ms, timeless, end),
	      "ACL_EVENT_TIME_LINE");
	/* The times are those of the stream: a wait of 20 ms lies between the records. */
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 20), NULL);
	EXPECT_EQ(-1, ms);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtEventElapsedTime(&ms, self->event, end));
	EXPECT_LE(20, ms);
	ms = -1;
	FAILS(ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL, aclrtEventElapsedTime(&ms, end, self->event),
	      NULL);
	EXPECT_EQ(-1, ms);
	WORKS(aclrtEventElapsedTime(&ms, end, end));
	EXPECT_EQ(0, ms);
	WORKS(aclrtDestroyEvent(end));
	WORKS(aclrtDestroyEvent(timeless));
}

/* A record that never comes must not block a stream for ever. */
TEST_F(event, dropped_record)
{
	aclrtNotify notify;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtWaitAndResetNotify(notify, self->a, 0));
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	WORKS(aclrtStreamAbort(self->a));
	WORKS(aclrtSynchronizeStream(self->b));
	FAILS(ACL_ERROR_RT_STREAM_ABORT, aclrtSynchronizeEvent(self->event), "dropped");
	WORKS(aclrtDestroyNotify(notify));
}

/* A destroyed event still serves the tasks that were put into streams. */
TEST_F(event, destroy_in_use)
{
	struct hold hold = HOLD;
	int ran = 0;

	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	WORKS(count_in(self->b, &ran, 1));
	WORKS(aclrtDestroyEvent(self->event));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->b));
	EXPECT_EQ(1, ran);
	WORKS(aclrtCreateEventWithFlag(&self->event, ACL_EVENT_SYNC));
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	WORKS(aclrtDestroyEvent(self->event));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtCreateEvent(&self->event));
}

TEST_F(event, too_many)
{
	TOO_MANY(aclrtEvent, 16384 - 1, ACL_ERROR_RT_NO_EVENT_RESOURCE, aclrtCreateEvent(&many[n]),
		 aclrtDestroyEvent(many[n]));
}

TEST_HARNESS_MAIN
