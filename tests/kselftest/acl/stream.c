// SPDX-License-Identifier: MIT
/*
 * Streams: order, concurrency, all ways to end them, and how failures are reported.
 */
#include "acl_stream.h"

STREAMS_FIXTURE(stream)

static aclError call_sync(void *stream)
{
	return aclrtSynchronizeStream(stream);
}

static aclError call_create(void *arg)
{
	(void)arg;
	return aclrtCreateStream(&(aclrtStream){ 0 });
}

TEST_F(stream, create_wrong)
{
	struct caller other = { 0 };

	caller_start(&other, call_create, NULL);
	EXPECT_EQ(ACL_SUCCESS, caller_join(&other));
}

/* Without a context there is no default stream; some calls check their arguments before. */
static aclError without_context(void *arg)
{
	static aclrtMallocAttribute attr = { .attr = ACL_RT_MEM_ATTR_MODULE_ID };
	static aclrtMallocConfig config = { .attrs = &attr, .numAttrs = 1 };
	struct __test_metadata *_metadata = arg;
	char own[64];
	void *out;
	int32_t id;

	FAILS(NO_CONTEXT, aclrtSynchronizeStream(NULL), "context");
	FAILS(NO_CONTEXT, aclrtStreamGetId(NULL, &id), "context");
	FAILS(NO_CONTEXT, aclrtUnSubscribeReport(1, NULL), "context");
	FAILS(NO_CONTEXT, aclrtMallocWithCfg(&out, SIZE_MAX, 0, &config), "context");
	FAILS(PARAM, aclrtStreamAbort(NULL), "stream");
	FAILS(PARAM, aclrtStreamStop(NULL), "stream");
	FAILS(PARAM, aclrtSetStreamFailureMode(NULL, 1), "stream");
	FAILS(PARAM, aclrtSynchronizeStreamWithTimeout(NULL, 0), "timeout");
	FAILS(PARAM, aclrtMemsetAsync(own, 0, 0, 64, NULL), "maxCount");
	FAILS(PARAM,
	      aclrtMemcpyAsync(own, 32, own + 32, 32, ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE,
			       NULL), "kind 5");
	FAILS(NO_CONTEXT, aclrtMemcpyAsync(own, 32, own + 32, 32, ACL_MEMCPY_HOST_TO_HOST, NULL),
	      "context");
	EXPECT_EQ(0, aclrtMemcpy(own, 32, own + 32, 32, ACL_MEMCPY_HOST_TO_HOST));
	return ACL_SUCCESS;
}

TEST_F(stream, no_context)
{
	EXPECT_EQ(ACL_SUCCESS, in_new_thread(without_context, _metadata));
}

TEST_F(stream, getters)
{
	int32_t id = -1, id2 = -1, id0 = -1;
	uint32_t priority = 77, flags = 77;
	aclrtStream c;

	WORKS(aclrtStreamGetId(self->a, &id));
	WORKS(aclrtStreamGetId(self->b, &id2));
	WORKS(aclrtStreamGetId(NULL, &id0));
	EXPECT_LE(0, id);
	EXPECT_LE(0, id2);
	EXPECT_NE(id, id2);
	EXPECT_NE(id, id0);
	WORKS(aclrtCreateStreamWithConfig(&c, 7, ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC));
	WORKS(aclrtStreamGetPriority(c, &priority));
	WORKS(aclrtStreamGetFlags(c, &flags));
	EXPECT_EQ(7, priority);
	EXPECT_EQ(3, flags);
	WORKS(aclrtStreamGetFlags(NULL, &flags));
	EXPECT_EQ(3, flags);
	WORKS(aclrtDestroyStream(c));
	/* What is unknown is accepted. */
	WORKS(aclrtCreateStreamWithConfig(&c, 100, 0x80000041));
	WORKS(aclrtStreamGetPriority(c, &priority));
	WORKS(aclrtStreamGetFlags(c, &flags));
	EXPECT_EQ(7, priority);
	EXPECT_EQ(1, flags);
	WORKS(aclrtStreamGetPriority(self->a, &priority));
	WORKS(aclrtStreamGetFlags(self->a, &flags));
	EXPECT_EQ(0, priority);
	EXPECT_EQ(0, flags);
	WORKS(aclrtDestroyStream(c));
	EXPECT_EQ(0, priority);
}

/* Whatever is passed as a stream: a code, and no crash. */
TEST_F(stream, handles)
{
	aclrtEvent event;
	void *wrong[4];
	size_t i;

	WORKS(aclrtCreateEvent(&event));
	WORKS(aclrtDestroyStream(self->b));
	wrong[0] = self;
	wrong[1] = self->b;
	wrong[2] = event;
	wrong[3] = (void *)((uintptr_t)self->a ^ 1ul << 33);
	for (i = 0; i < 4; i++)
		FAILS(BAD_HANDLE, aclrtSynchronizeStream(wrong[i]), hex(wrong[i]));
	WORKS(aclrtDestroyEvent(event));
	WORKS(aclrtCreateStream(&self->b));
}

static aclError call_abort(void *stream)
{
	return aclrtStreamAbort(stream);
}

TEST_F(stream, default_stream)
{
	aclrtStream first = NULL, again = NULL, other = NULL;
	aclrtStreamStatus status;
	uint64_t dropped = count_of(ACL_EMU_COUNT_TASKS_DROPPED);
	struct hold hold = HOLD, hold2 = HOLD;
	struct caller caller = { 0 };
	aclrtContext context;
	int ran = 0;

	WORKS(aclrtCtxGetCurrentDefaultStream(&first));
	WORKS(aclrtCtxGetCurrentDefaultStream(&again));
	EXPECT_EQ(first, again);
	EXPECT_NE(NULL, first);
	WORKS(hold_stream(&hold, NULL));
	WORKS(aclrtStreamQuery(first, &status));
	EXPECT_EQ(ACL_STREAM_STATUS_NOT_READY, status);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(first));
	WORKS(aclrtStreamQuery(NULL, &status));
	EXPECT_EQ(ACL_STREAM_STATUS_COMPLETE, status);
	FAILS(PARAM, aclrtDestroyStream(first), "default");
	FAILS(PARAM, aclrtDestroyStreamForce(first), "default");
	/* Only the lowest bit of a mode counts. */
	WORKS(aclrtSetStreamFailureMode(NULL, 1));
	WORKS(aclrtSetStreamFailureMode(NULL, 78));
	WORKS(hold_stream(&hold2, NULL));
	WORKS(count_in(NULL, &ran, 1));
	caller_start(&caller, call_abort, NULL);
	while (count_of(ACL_EMU_COUNT_TASKS_DROPPED) != dropped + 1)
		sched_yield();
	flag_raise(&hold2.go_on);
	EXPECT_EQ(ACL_SUCCESS, caller_join(&caller));
	EXPECT_EQ(0, ran);
	WORKS(aclrtCreateContext(&context, 0));
	WORKS(aclrtCtxGetCurrentDefaultStream(&other));
	EXPECT_NE(first, other);
	WORKS(aclrtDestroyContext(context));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(other), hex(other));
}

TEST_F(stream, other_context)
{
	aclrtContext context;
	aclrtStreamStatus status;
	int32_t id;
	int ran = 0;

	WORKS(count_in(self->a, &ran, 1));
	WORKS(aclrtCreateContext(&context, 1));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(1, ran);
	WORKS(aclrtStreamGetId(self->a, &id));
	FAILS(ACL_ERROR_RT_STREAM_CONTEXT, aclrtDestroyStream(self->a), hex(self->a));
	FAILS(ACL_ERROR_RT_STREAM_CONTEXT, aclrtDestroyStreamForce(self->a), hex(self->a));
	FAILS(ACL_ERROR_RT_STREAM_CONTEXT, aclrtStreamQuery(self->a, &status), hex(self->a));
	FAILS(ACL_ERROR_RT_STREAM_CONTEXT, aclrtLaunchHostFunc(self->a, count_here, &id), NULL);
	WORKS(aclrtDestroyContext(context));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
	WORKS(aclrtSynchronizeStream(self->a));
}

TEST_F(stream, order)
{
	struct trace trace = { 0 };
	static struct step step[STEPS];
	struct hold hold = HOLD;
	int i;

	WORKS(hold_stream(&hold, self->a));
	for (i = 0; i < STEPS; i++) {
		step[i] = (struct step){ &trace, i };
		WORKS(aclrtLaunchHostFunc(self->a, step_here, &step[i]));
	}
	EXPECT_EQ(0, trace.count);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(STEPS, trace.count);
	EXPECT_EQ(0, trace.first_wrong);
}

/* The calls return although the stream cannot go on: it is no synchronous one. */
TEST_F(stream, calls_do_not_block)
{
	aclrtStreamStatus status = ACL_STREAM_STATUS_RESERVED;
	struct hold hold = HOLD;
	int ran = 0;

	WORKS(hold_stream(&hold, self->a));
	WORKS(count_in(self->a, &ran, 3));
	WORKS(aclrtStreamQuery(self->a, &status));
	EXPECT_EQ(ACL_STREAM_STATUS_NOT_READY, status);
	EXPECT_EQ(0, ran);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(3, ran);
	WORKS(aclrtStreamQuery(self->a, &status));
	EXPECT_EQ(ACL_STREAM_STATUS_COMPLETE, status);
}

static void raise_here(void *flag)
{
	flag_raise(flag);
}

static void wait_here(void *flag)
{
	flag_wait(flag);
}

/* The first stream waits for what the second does: they run side by side. */
TEST_F(stream, streams_run_concurrently)
{
	struct flag ping = FLAG_DOWN, pong = FLAG_DOWN;

	WORKS(aclrtLaunchHostFunc(self->a, wait_here, &ping));
	WORKS(aclrtLaunchHostFunc(self->a, raise_here, &pong));
	WORKS(aclrtLaunchHostFunc(self->b, raise_here, &ping));
	WORKS(aclrtLaunchHostFunc(self->b, wait_here, &pong));
	WORKS(aclrtSynchronizeStream(self->b));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_TRUE(ping.up && pong.up);
}

TEST_F(stream, timeout)
{
	struct hold hold = HOLD;

	WORKS(hold_stream(&hold, self->a));
	FAILS(PARAM, aclrtSynchronizeStreamWithTimeout(self->a, -2), "-2");
	FAILS(PARAM, aclrtSynchronizeStreamWithTimeout(self->a, 0), "0 ms");
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	FAILS(TIMEOUT, aclrtSynchronizeDeviceWithTimeout(5), NULL);
	FAILS(PARAM, aclrtSynchronizeDeviceWithTimeout(0), "0 ms");
	FAILS(PARAM, aclrtSynchronizeDeviceWithTimeout(-2), "-2");
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStreamWithTimeout(self->a, -1));
	WORKS(aclrtSynchronizeDeviceWithTimeout(-1));
	WORKS(aclrtSynchronizeDeviceWithTimeout(1));
}

TEST_F(stream, synchronize_device)
{
	aclrtContext context;
	aclrtStream c;
	int ran = 0;

	WORKS(count_in(self->a, &ran, 100));
	WORKS(count_in(self->b, &ran, 100));
	WORKS(count_in(NULL, &ran, 100));
	WORKS(aclrtCreateContext(&context, 0));
	WORKS(aclrtCreateStream(&c));
	WORKS(count_in(c, &ran, 100));
	WORKS(aclrtSynchronizeDevice());
	EXPECT_EQ(400, ran);
	WORKS(aclrtDestroyContext(context));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
}

/* ---- failures ---- */

TEST_F(stream, failure_goes_on)
{
	int ran = 0;
	void *hole;

	WORKS(reserve(&hole, BLOCK));
	WORKS(aclrtMemsetAsync(hole, BLOCK, 1, BLOCK, self->a));
	WORKS(count_in(self->a, &ran, 2));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->a), "aclrtMemsetAsync");
	EXPECT_EQ(2, ran);
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtMemsetAsync(hole, BLOCK, 1, BLOCK, self->a));
	FAILS(BAD_HANDLE, aclrtSynchronizeDevice(), hex(hole));
	WORKS(aclrtSynchronizeDevice());
	WORKS(aclrtReleaseMemAddress(hole));
}

TEST_F(stream, failure_stops)
{
	struct hold hold = HOLD;
	int ran = 0;
	void *hole;

	WORKS(reserve(&hole, BLOCK));
	WORKS(aclrtSetStreamFailureMode(self->a, ACL_STOP_ON_FAILURE));
	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtMemsetAsync(hole, BLOCK, 1, BLOCK, self->a));
	WORKS(count_in(self->a, &ran, 2));
	flag_raise(&hold.go_on);
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->a), hex(hole));
	EXPECT_EQ(0, ran);
	FAILS(BAD_HANDLE, aclrtLaunchHostFunc(self->a, count_here, &ran), hex(hole));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(self->a), hex(hole));
	WORKS(aclrtStreamAbort(self->a));
	WORKS(count_in(self->a, &ran, 2));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(2, ran);
	WORKS(aclrtSetStreamFailureMode(self->a, ACL_CONTINUE_ON_FAILURE));
	WORKS(aclrtReleaseMemAddress(hole));
}

/* ---- a function in a stream ---- */

struct inside {
	aclrtStream stream;
	aclrtContext context;
	aclError code[8];
};

static void call_inside(void *arg)
{
	struct inside *in = arg;

	in->code[0] = aclrtSynchronizeStream(in->stream);
	in->code[1] = aclrtDestroyStream(in->stream);
	in->code[2] = aclrtDestroyStreamForce(in->stream);
	in->code[3] = aclrtSynchronizeDevice();
	in->code[4] = aclrtResetDevice(1);
	in->code[5] = aclrtResetDeviceForce(1);
	in->code[6] = aclrtDestroyContext(in->context);
	in->code[7] = aclrtLaunchHostFunc(in->stream, count_here, &in->code[7]);
}

TEST_F(stream, calls_in_host_functions)
{
	struct inside in;
	int i;

	WORKS(aclrtCreateContext(&in.context, 1));
	WORKS(aclrtCreateStream(&in.stream));
	WORKS(aclrtLaunchHostFunc(in.stream, call_inside, &in));
	WORKS(aclrtSynchronizeStream(in.stream));
	for (i = 0; i < 7; i++) {
		EXPECT_EQ(UNSUPPORTED, in.code[i]) TH_LOG("call %d", i);
	}
	WORKS(aclrtSynchronizeStream(in.stream));
	EXPECT_EQ(1, in.code[7]) TH_LOG("put into the stream from inside");
	WORKS(aclrtDestroyContext(in.context));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
}

/* ---- many ---- */

#define THREADS	4

static aclError call_work(void *arg)
{
	aclError code = ACL_SUCCESS;
	aclrtStream stream;
	int i, ran = 0;

	(void)arg;
	for (i = 0; !code && i < 20; i++) {
		code = aclrtCreateStream(&stream);
		if (!code)
			code = count_in(stream, &ran, 50);
		if (!code)
			code = i % 2 ? ACL_SUCCESS : aclrtSynchronizeStream(stream);
		if (!code)
			code = aclrtDestroyStream(stream);
	}
	return code ? code : ran == 1000 ? ACL_SUCCESS : ACL_ERROR_FAILURE;
}

TEST_F(stream, threads)
{
	struct caller caller[THREADS] = { 0 };
	int i;

	for (i = 0; i < THREADS; i++)
		caller_start(&caller[i], call_work, NULL);
	for (i = 0; i < THREADS; i++) {
		EXPECT_EQ(ACL_SUCCESS, caller_join(&caller[i]));
	}
}

static aclError call_feed(void *arg)
{
	return count_in(((void **)arg)[0], ((void **)arg)[1], 500);
}

/* Several threads put tasks into one stream, and all of them run. */
TEST_F(stream, shared)
{
	struct caller caller[THREADS] = { 0 };
	int i, ran = 0;
	void *arg[2] = { self->a, &ran };

	for (i = 0; i < THREADS; i++)
		caller_start(&caller[i], call_feed, arg);
	for (i = 0; i < THREADS; i++) {
		EXPECT_EQ(ACL_SUCCESS, caller_join(&caller[i]));
	}
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(THREADS * 500, ran);
}

TEST_F(stream, too_many)
{
	aclrtStream again;

	TOO_MANY(aclrtStream, 16384 - 2, ACL_ERROR_RT_NO_STREAM_RESOURCE,
		 aclrtCreateStream(&many[n]), aclrtDestroyStream(many[n]));
	WORKS(aclrtCreateStream(&again));
	WORKS(aclrtDestroyStream(again));
}

/* ---- fork ---- */

static int child(aclrtStream parents)
{
	aclrtStream own;
	int ran = 0;

	if (aclrtSynchronizeStream(parents) != BAD_HANDLE)
		return 1;
	if (aclrtSetDevice(0) || aclrtSynchronizeStream(parents) != BAD_HANDLE)
		return 2;
	if (aclrtCreateStream(&own) || count_in(own, &ran, 10) || count_in(NULL, &ran, 10))
		return 3;
	if (aclrtSynchronizeDevice() || ran != 20)
		return 4;
	return aclrtDestroyStream(own) || aclrtResetDevice(0) ? 5 : 0;
}

TEST_F(stream, fork)
{
	struct hold hold = HOLD;
	int ran = 0;

	WORKS(hold_stream(&hold, self->a));
	WORKS(count_in(self->a, &ran, 10));
	EXPECT_EQ(0, IN_CHILD(child(self->a)));
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(10, ran);
}

static void fork_here(void *arg)
{
	int *status = arg;
	pid_t pid = fork();

	if (!pid)
		_exit(aclrtSetDevice(0) || aclrtSynchronizeStream(NULL) ? 1 : 0);
	*status = join(pid);
}

TEST_F(stream, fork_inside)
{
	int status = -1;

	WORKS(aclrtLaunchHostFunc(self->a, fork_here, &status));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(0, status);
	WORKS(call_sync(self->a));
}

TEST_HARNESS_MAIN
