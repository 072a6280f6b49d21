// SPDX-License-Identifier: MIT
/*
 * Functions of the program in streams, run by the stream or by a thread that
 * serves it.
 */
#include "acl_stream.h"

STREAMS_FIXTURE(callback)

/* A thread that serves until the flag is down, as programs do. */
struct server {
	pthread_t thread;
	struct flag ready;
	_Atomic bool stop;
	_Atomic int timeouts;
	_Atomic aclError other;
};

static void *serve(void *arg)
{
	struct server *server = arg;
	aclError code;

	flag_wait(&server->ready);
	while (!server->stop) {
		code = aclrtProcessReport(10);
		if (code == ACL_ERROR_RT_REPORT_TIMEOUT)
			server->timeouts++;
		else if (code)
			server->other = code;
	}
	return NULL;
}

static void server_start(struct server *server)
{
	*server = (struct server){ .ready = FLAG_DOWN };
	pthread_create(&server->thread, NULL, serve, server);
}

static void server_end(struct server *server)
{
	server->stop = true;
	flag_raise(&server->ready);
	pthread_join(server->thread, NULL);
}

static uint64_t me(void)
{
	return (uint64_t)pthread_self();
}

static pthread_t ran_by;

static void note_thread(void *arg)
{
	ran_by = pthread_self();
	count_here(arg);
}

TEST_F(callback, wrong)
{
	int ran = 0;

	FAILS(PARAM, aclrtLaunchHostFunc(self->a, NULL, NULL), "fn");
	FAILS(PARAM, aclrtLaunchCallback(NULL, NULL, ACL_CALLBACK_BLOCK, self->a), "fn");
	FAILS(INVALID,
	      aclrtLaunchCallback(count_here, &ran, (aclrtCallbackBlockType)2, self->a), "2");
	FAILS(ACL_ERROR_RT_STREAM_NO_CB_REG,
	      aclrtLaunchCallback(count_here, &ran, ACL_CALLBACK_BLOCK, self->a),
	      "aclrtSubscribeReport");
	FAILS(BAD_HANDLE, aclrtLaunchCallback(count_here, &ran, ACL_CALLBACK_BLOCK, self),
	      hex(self));
	FAILS(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtProcessReport(1), "aclrtSubscribeReport");
	FAILS(INVALID, aclrtProcessReport(-2), "-2");
	FAILS(INVALID, aclrtProcessReport(0), "0 ms");
	FAILS(ACL_ERROR_RT_STREAM_SUBSCRIBE, aclrtUnSubscribeReport(me(), self->a), NULL);
	WORKS(aclrtSubscribeReport(me(), self->a));
	FAILS(ACL_ERROR_RT_STREAM_SUBSCRIBE, aclrtSubscribeReport(me(), self->a), NULL);
	FAILS(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtUnSubscribeReport(me() + 1, self->a), NULL);
	FAILS(ACL_ERROR_RT_REPORT_TIMEOUT, aclrtProcessReport(5), NULL);
	WORKS(aclrtUnSubscribeReport(me(), self->a));
	FAILS(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtProcessReport(-1), NULL);
	EXPECT_EQ(0, ran);
}

/* A host function subscribes the thread of the stream, for as long as the stream lives. */
TEST_F(callback, hosted)
{
	int ran = 0;

	FAILS(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtUnSubscribeReport(me(), NULL), NULL);
	WORKS(aclrtLaunchHostFunc(self->a, count_here, &ran));
	FAILS(ACL_ERROR_RT_STREAM_SUBSCRIBE, aclrtSubscribeReport(me(), self->a), NULL);
	FAILS(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtUnSubscribeReport(me(), self->a), NULL);
	WORKS(aclrtLaunchCallback(count_here, &ran, ACL_CALLBACK_BLOCK, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(2, ran);
	/* An earlier subscription lasts until it is removed. */
	WORKS(aclrtSubscribeReport(me(), self->b));
	WORKS(aclrtLaunchHostFunc(self->b, count_here, &ran));
	WORKS(aclrtUnSubscribeReport(me(), self->b));
	FAILS(ACL_ERROR_RT_STREAM_NO_CB_REG,
	      aclrtLaunchCallback(count_here, &ran, ACL_CALLBACK_BLOCK, self->b), NULL);
}

/* The thread of the stream runs the function, not the one that waits. */
TEST_F(callback, host_func)
{
	pthread_t first;
	int ran = 0;

	WORKS(aclrtLaunchHostFunc(self->a, note_thread, &ran));
	WORKS(aclrtSynchronizeStream(self->a));
	first = ran_by;
	EXPECT_FALSE(pthread_equal(pthread_self(), first));
	WORKS(aclrtLaunchHostFunc(self->b, note_thread, &ran));
	WORKS(aclrtSynchronizeStream(self->b));
	EXPECT_FALSE(pthread_equal(first, ran_by));
	WORKS(aclrtLaunchHostFunc(self->a, note_thread, &ran));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_TRUE(pthread_equal(first, ran_by));
	EXPECT_EQ(3, ran);
}

TEST_F(callback, served)
{
	struct server server;
	struct trace trace = { 0 };
	struct step step[100];
	int i, ran = 0;

	server_start(&server);
	WORKS(aclrtSubscribeReport((uint64_t)server.thread, self->a));
	flag_raise(&server.ready);
	for (i = 0; i < 100; i++) {
		step[i] = (struct step){ &trace, i };
		WORKS(aclrtLaunchCallback(step_here, &step[i],
					  i % 2 ? ACL_CALLBACK_BLOCK : ACL_CALLBACK_NO_BLOCK,
					  self->a));
	}
	WORKS(aclrtLaunchCallback(note_thread, &ran, ACL_CALLBACK_BLOCK, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(100, trace.count);
	EXPECT_EQ(0, trace.first_wrong);
	EXPECT_EQ(1, ran);
	EXPECT_TRUE(pthread_equal(server.thread, ran_by));
	WORKS(aclrtUnSubscribeReport((uint64_t)server.thread, self->a));
	server_end(&server);
	EXPECT_TRUE(server.other == ACL_SUCCESS || server.other == ACL_ERROR_RT_THREAD_SUBSCRIBE);
}

/* The stream waits for a blocking one, and not for another. */
TEST_F(callback, block)
{
	int called = 0, behind = 0;

	WORKS(aclrtSubscribeReport(me(), self->a));
	WORKS(aclrtLaunchCallback(count_here, &called, ACL_CALLBACK_NO_BLOCK, self->a));
	WORKS(count_in(self->a, &behind, 1));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(0, called);
	EXPECT_EQ(1, behind);
	WORKS(aclrtLaunchCallback(count_here, &called, ACL_CALLBACK_BLOCK, self->a));
	WORKS(count_in(self->a, &behind, 1));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	EXPECT_EQ(1, behind);
	WORKS(aclrtProcessReport(-1));
	while (called < 2)
		WORKS(aclrtProcessReport(-1));
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(2, called);
	EXPECT_EQ(2, behind);
	WORKS(aclrtUnSubscribeReport(me(), self->a));
}

/* One thread for two streams. */
TEST_F(callback, two_streams)
{
	int called = 0;

	WORKS(aclrtSubscribeReport(me(), self->a));
	WORKS(aclrtSubscribeReport(me(), self->b));
	WORKS(aclrtLaunchCallback(count_here, &called, ACL_CALLBACK_BLOCK, self->a));
	WORKS(aclrtLaunchCallback(count_here, &called, ACL_CALLBACK_BLOCK, self->b));
	while (called < 2)
		WORKS(aclrtProcessReport(-1));
	WORKS(aclrtSynchronizeDevice());
	WORKS(aclrtUnSubscribeReport(me(), self->b));
	WORKS(aclrtLaunchCallback(count_here, &called, ACL_CALLBACK_NO_BLOCK, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtUnSubscribeReport(me(), self->a));
	EXPECT_EQ(2, called);
	WORKS(aclrtProcessReport(1));
	EXPECT_EQ(3, called);
	FAILS(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtProcessReport(1), NULL);
}

struct serving {
	aclrtStream stream;
	_Atomic pid_t tid;
};

static aclError serve_one(void *arg)
{
	struct serving *serving = arg;
	aclError code = aclrtSubscribeReport(me(), serving->stream);

	serving->tid = gettid();
	return code ? code : aclrtProcessReport(-1);
}

/* An abort of the stream ends the wait for callbacks. */
TEST_F(callback, aborted)
{
	struct serving serving = { .stream = self->a };
	struct caller caller = { 0 };

	caller_start(&caller, serve_one, &serving);
	while (!serving.tid || !thread_is_in(serving.tid, SYS_futex))
		sched_yield();
	WORKS(aclrtStreamAbort(self->a));
	EXPECT_EQ(ACL_ERROR_RT_STREAM_ABORT, caller_join(&caller));
}

/* A stream that no thread serves any more must not wait for ever. */
TEST_F(callback, unsubscribed_with_work)
{
	int called = 0;

	WORKS(aclrtSubscribeReport(me(), self->a));
	WORKS(aclrtLaunchCallback(count_here, &called, ACL_CALLBACK_BLOCK, self->a));
	WORKS(aclrtUnSubscribeReport(me(), self->a));
	FAILS(ACL_ERROR_RT_STREAM_NO_CB_REG, aclrtSynchronizeStream(self->a),
	      "aclrtLaunchCallback");
	EXPECT_EQ(0, called);
}

/* The subscription ends with its stream. */
TEST_F(callback, destroyed_with_work)
{
	int called = 0;
	aclrtStream c;

	WORKS(aclrtCreateStream(&c));
	WORKS(aclrtSubscribeReport(me(), c));
	WORKS(aclrtLaunchCallback(count_here, &called, ACL_CALLBACK_BLOCK, c));
	WORKS(aclrtDestroyStreamForce(c));
	EXPECT_GE(1, called);
	FAILS(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtProcessReport(1), NULL);
	EXPECT_EQ(0, called);
}

TEST_HARNESS_MAIN
