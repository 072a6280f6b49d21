// SPDX-License-Identifier: MIT
/*
 * The ends of streams: destroyed, aborted, stopped, with their context or device.
 */
#include "acl_stream.h"

STREAMS_FIXTURE(stream_end)

/* ---- ends ---- */

TEST_F(stream_end, destroy_waits)
{
	aclrtStream c;
	int ran = 0;

	WORKS(aclrtCreateStream(&c));
	WORKS(count_in(c, &ran, STEPS));
	WORKS(aclrtDestroyStream(c));
	EXPECT_EQ(STEPS, ran);
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(c), hex(c));
	WORKS(aclrtCreateStream(&c));
	WORKS(aclrtDestroyStream(c));
}

static aclError call_destroy_force(void *stream)
{
	return aclrtDestroyStreamForce(stream);
}

TEST_F(stream_end, force_drops)
{
	uint64_t dropped = count_of(ACL_EMU_COUNT_TASKS_DROPPED);
	struct caller caller = { 0 };
	struct hold hold = HOLD;
	aclrtStream c;
	int ran = 0;

	WORKS(aclrtCreateStream(&c));
	WORKS(hold_stream(&hold, c));
	WORKS(count_in(c, &ran, 10));
	caller_start(&caller, call_destroy_force, c);
	while (count_of(ACL_EMU_COUNT_TASKS_DROPPED) != dropped + 10)
		sched_yield();
	flag_raise(&hold.go_on);
	EXPECT_EQ(ACL_SUCCESS, caller_join(&caller));
	EXPECT_EQ(0, ran);
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(c), hex(c));
}

/* A forced end of the stream ends its waits. */
TEST_F(stream_end, force_ends_waits)
{
	aclrtNotify notify;
	aclrtEvent event;
	aclrtStream c;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC));
	WORKS(aclrtCreateStream(&c));
	WORKS(aclrtWaitAndResetNotify(notify, c, 0));
	WORKS(aclrtDestroyStreamForce(c));
	WORKS(aclrtCreateStream(&c));
	WORKS(aclrtStreamWaitEvent(c, event));
	WORKS(aclrtDestroyStreamForce(c));
	WORKS(aclrtDestroyEvent(event));
	WORKS(aclrtDestroyNotify(notify));
}

struct waiter {
	aclrtStream stream;
	_Atomic pid_t tid;
};

static aclError call_sync_told(void *arg)
{
	struct waiter *w = arg;

	w->tid = (pid_t)syscall(SYS_gettid);
	return aclrtSynchronizeStream(w->stream);
}

/* Waits until the thread is in the wait that it was started for. */
static void until_waiting(struct waiter *w)
{
	while (!w->tid || !thread_is_in(w->tid, SYS_futex))
		sched_yield();
}

TEST_F(stream_end, abort)
{
	struct waiter waiter = { .stream = self->a };
	struct caller caller = { 0 };
	aclrtNotify notify;
	int ran = 0;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtWaitAndResetNotify(notify, self->a, 0));
	WORKS(count_in(self->a, &ran, 10));
	caller_start(&caller, call_sync_told, &waiter);
	until_waiting(&waiter);
	WORKS(aclrtStreamAbort(self->a));
	EXPECT_EQ(ACL_ERROR_RT_STREAM_ABORT, caller_join(&caller));
	EXPECT_EQ(0, ran);
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(count_in(self->a, &ran, 10));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(10, ran);
	WORKS(aclrtDestroyNotify(notify));
}

TEST_F(stream_end, stop)
{
	aclrtStreamStatus status;
	aclrtNotify notify;
	int ran = 0;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtWaitAndResetNotify(notify, self->a, 0));
	WORKS(count_in(self->a, &ran, 10));
	WORKS(aclrtStreamStop(self->a));
	FAILS(ACL_ERROR_RT_TASK_ABORT_STOP, aclrtSynchronizeStream(self->a), "aclrtStreamAbort");
	WORKS(count_in(self->a, &ran, 1));
	WORKS(aclrtStreamQuery(self->a, &status));
	EXPECT_EQ(ACL_STREAM_STATUS_NOT_READY, status);
	WORKS(aclrtStreamAbort(self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(0, ran);
	WORKS(count_in(self->a, &ran, 1));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(1, ran);
	WORKS(aclrtStreamStop(self->a));
	WORKS(count_in(self->a, &ran, 1));
	WORKS(aclrtDestroyStream(self->a));
	EXPECT_EQ(1, ran);
	WORKS(aclrtCreateStream(&self->a));
	WORKS(aclrtDestroyNotify(notify));
}

/* ---- contexts and devices ---- */

TEST_F(stream_end, ends_with_context)
{
	aclrtContext context;
	aclrtStream c;
	int ran = 0;

	WORKS(aclrtCreateContext(&context, 1));
	WORKS(aclrtCreateStream(&c));
	WORKS(count_in(c, &ran, STEPS));
	WORKS(count_in(NULL, &ran, STEPS));
	WORKS(aclrtDestroyContext(context));
	EXPECT_EQ(2 * STEPS, ran);
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(c), hex(c));
}

TEST_F(stream_end, ends_with_device)
{
	aclrtStream c;
	int ran = 0;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtCreateStream(&c));
	WORKS(count_in(c, &ran, STEPS));
	WORKS(aclrtResetDevice(1));
	WORKS(aclrtSynchronizeStream(c));
	WORKS(count_in(c, &ran, STEPS));
	WORKS(aclrtResetDevice(1));
	EXPECT_EQ(2 * STEPS, ran);
	WORKS(aclrtSetDevice(1));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(c), hex(c));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
}

/*
 * Streams of other devices are neither waited for nor ended. The time is for a
 * reset that does wait: its end is then that of the wait.
 */
static void reset_other(struct __test_metadata *_metadata, FIXTURE_DATA(stream_end) *self,
			aclError (*how)(int32_t))
{
	aclrtNotify notify;
	int ran = 0, gone = 0;
	aclrtStream c;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtWaitAndResetNotify(notify, self->a, 20));
	WORKS(count_in(self->a, &ran, 10));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtCreateStream(&c));
	WORKS(count_in(c, &gone, 10));
	WORKS(how(1));
	EXPECT_EQ(0, ran);
	WORKS(aclrtSetDevice(1));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(c), hex(c));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
	WORKS(aclrtRecordNotify(notify, self->b));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(10, ran);
	WORKS(aclrtDestroyNotify(notify));
}

TEST_F(stream_end, reset_of_other_device)
{
	aclrtContext context;

	/* The fixture has set it, too; its reset removes the context of this thread. */
	WORKS(aclrtGetCurrentContext(&context));
	WORKS(aclrtResetDevice(1));
	WORKS(aclrtSetCurrentContext(context));
	reset_other(_metadata, self, aclrtResetDevice);
	reset_other(_metadata, self, aclrtResetDeviceForce);
}

TEST_F(stream_end, force_reset_drops)
{
	aclrtNotify notify;
	aclrtStream c;
	int ran = 0;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtCreateStream(&c));
	WORKS(aclrtWaitAndResetNotify(notify, c, 0));
	WORKS(count_in(c, &ran, 10));
	WORKS(aclrtResetDeviceForce(1));
	EXPECT_EQ(0, ran);
	WORKS(aclrtSetDevice(1));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(c), hex(c));
	WORKS(aclrtDestroyNotify(notify));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
}

static _Atomic bool churn_end;

/* Calls during resets of the device fail with codes. */
static void *churn(void *arg)
{
	int *ran = arg;
	aclrtStream stream;

	while (!churn_end) {
		if (aclrtSetDevice(1) || aclrtCreateStream(&stream))
			continue;
		count_in(stream, ran, 20);
		count_in(NULL, ran, 20);
		aclrtSynchronizeStream(NULL);
		aclrtDestroyStream(stream);
	}
	return NULL;
}

TEST_F(stream_end, reset_during_work)
{
	pthread_t thread[2];
	int i, ran = 0;

	WORKS(acl_emu_reset_counts());
	for (i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, churn, &ran);
	for (i = 0; i < 50; i++) {
		int before = __atomic_load_n(&ran, __ATOMIC_SEQ_CST);

		while (__atomic_load_n(&ran, __ATOMIC_SEQ_CST) < before + 10)
			sched_yield();
		if (i % 2)
			aclrtResetDeviceForce(1);
		else
			aclrtResetDevice(1);
	}
	churn_end = true;
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtResetDeviceForce(1));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
	EXPECT_EQ(count_of(ACL_EMU_COUNT_TASKS_RUN), (uint64_t)ran);
	EXPECT_EQ(count_of(ACL_EMU_COUNT_TASKS_SUBMITTED),
		  count_of(ACL_EMU_COUNT_TASKS_RUN) + count_of(ACL_EMU_COUNT_TASKS_DROPPED));
}

TEST_HARNESS_MAIN
