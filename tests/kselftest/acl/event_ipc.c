// SPDX-License-Identifier: MIT
/*
 * Events between processes: a stream of one process waits for a record of another,
 * also when one of them aborts, exits or never records.
 */
#include "acl_sync_peer.h"

FIXTURE(event_ipc) {
	struct world world;
	uint64_t syncs;
	struct peer peer;
	aclrtStream a, b;
	aclrtEvent event;
	aclrtIpcEventHandle handle;
	uint64_t there;		/* the event as the peer opened it */
	struct hold hold;
};

/* The event is made here and opened there. */
FIXTURE_SETUP(event_ipc)
{
	self->syncs = module_stat(ACL_EMU_STAT_SYNCS);
	ASSERT_TRUE(sync_peer_start(&self->peer));
	world_open(_metadata, &self->world);
	ASK(&self->peer, SYNC_BEGIN, 1, 0);
	self->hold = (struct hold)HOLD;
	WORKS(aclrtCreateStream(&self->a));
	WORKS(aclrtCreateStream(&self->b));
	WORKS(aclrtCreateEventExWithFlag(&self->event, ACL_EVENT_IPC));
	WORKS(aclrtIpcGetEventHandle(self->event, &self->handle));
	ASSERT_EQ(ACL_SUCCESS, ask_data(&self->peer, EVENT_OPEN, 0, &self->handle, 64))
		TH_LOG("%s", self->peer.text);
	self->there = self->peer.value;
}

FIXTURE_TEARDOWN(event_ipc)
{
	if (self->peer.fd >= 0) {
		ASK(&self->peer, EVENT_DROP, self->there, 0);
		ASK(&self->peer, SYNC_END, 1, 0);
		EXPECT_EQ(0, peer_quit(&self->peer));
	}
	EXPECT_EQ(ACL_SUCCESS, aclrtDestroyEvent(self->event));
	EXPECT_EQ(ACL_SUCCESS, aclrtDestroyStreamForce(self->a));
	EXPECT_EQ(ACL_SUCCESS, aclrtDestroyStreamForce(self->b));
	EXPECT_EQ(self->syncs, module_stat(ACL_EMU_STAT_SYNCS));
	world_close(_metadata, &self->world);
}

/* ---- what is refused ---- */

TEST_F(event_ipc, create_wrong)
{
	static const uint32_t wrong[] = {
		ACL_EVENT_IPC | ACL_EVENT_SYNC, ACL_EVENT_IPC | ACL_EVENT_TIME_LINE,
		ACL_EVENT_IPC | ACL_EVENT_EXTERNAL,
	};
	aclrtEvent event = (aclrtEvent)UNTOUCHED;
	size_t i;

	for (i = 0; i < 3; i++) {
		FAILS(PARAM, aclrtCreateEventWithFlag(&event, wrong[i]), "alone");
		FAILS(PARAM, aclrtCreateEventExWithFlag(&event, wrong[i]), "flag");
	}
	EXPECT_EQ((aclrtEvent)UNTOUCHED, event);
	WORKS(aclrtCreateEventWithFlag(&event, ACL_EVENT_IPC));
	WORKS(aclrtDestroyEvent(event));
}

TEST_F(event_ipc, handle_wrong)
{
	aclrtIpcEventHandle handle;
	aclrtEvent local;

	memset(&handle, 0x5a, sizeof(handle));
	FAILS(INVALID, aclrtIpcGetEventHandle(NULL, &handle), "event");
	WORKS(aclrtCreateEvent(&local));
	FAILS(PARAM, aclrtIpcGetEventHandle(local, &handle), "ACL_EVENT_IPC");
	WORKS(aclrtDestroyEvent(local));
	EXPECT_EQ(0x5a, handle.reserved[0]);
	EXPECT_EQ(0x5a, handle.reserved[63]);
	/* Every time the same. */
	WORKS(aclrtIpcGetEventHandle(self->event, &handle));
	EXPECT_EQ(0, memcmp(&handle, &self->handle, sizeof(handle)));
	ASK(&self->peer, EVENT_HANDLE, self->there, 0);
	EXPECT_EQ(0, memcmp(self->peer.data, &self->handle, sizeof(handle)));
}

static aclError open_without_context(void *arg)
{
	aclrtEvent event;

	return aclrtIpcOpenEventHandle(*(aclrtIpcEventHandle *)arg, &event);
}

TEST_F(event_ipc, open_wrong)
{
	aclrtEvent event = (aclrtEvent)UNTOUCHED;
	aclrtIpcEventHandle handle;
	size_t i;

	for (i = 0; i < sizeof(handle.reserved); i++) {
		handle = self->handle;
		handle.reserved[i] ^= 1;
		FAILS(PARAM, aclrtIpcOpenEventHandle(handle, &event), "handle");
	}
	memset(&handle, 0, sizeof(handle));
	FAILS(PARAM, aclrtIpcOpenEventHandle(handle, &event), "handle");
	FAILS(INTERNAL, aclrtIpcOpenEventHandle(self->handle, &event), "this very process");
	EXPECT_EQ((aclrtEvent)UNTOUCHED, event);
	EXPECT_EQ(NO_CONTEXT, in_new_thread(open_without_context, &self->handle));
}

/* The key of memory is no handle of an event, nor is one that has ended. */
TEST_F(event_ipc, open_other)
{
	aclrtEvent event;
	aclrtIpcEventHandle handle;
	char key[65];
	void *block;

	WORKS(aclrtMalloc(&block, 4096, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtIpcMemGetExportKey(block, 4096, key, sizeof(key),
				      ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
	memcpy(&handle, key, sizeof(handle));
	EXPECT_EQ(PARAM, ask_data(&self->peer, EVENT_OPEN, 0, &handle, sizeof(handle)));
	WORKS(aclrtIpcMemClose(key));
	WORKS(aclrtFree(block));

	WORKS(aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC));
	WORKS(aclrtIpcGetEventHandle(event, &handle));
	WORKS(aclrtDestroyEvent(event));
	EXPECT_EQ(BAD_HANDLE, ask_data(&self->peer, EVENT_OPEN, 0, &handle, sizeof(handle)));
	EXPECT_HOLDS(self->peer.text, "nothing any more");
}

TEST_F(event_ipc, no_such_call)
{
	aclrtEventWaitStatus wait = ACL_EVENT_WAIT_STATUS_RESERVED;
	aclrtEventStatus old = ACL_EVENT_STATUS_RESERVED;
	aclrtEvent local;
	float ms = 77;

	WORKS(aclrtCreateEvent(&local));
	WORKS(aclrtRecordEvent(local, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	FAILS(UNSUPPORTED, aclrtResetEvent(self->event, self->a), "ACL_EVENT_IPC");
	FAILS(UNSUPPORTED, aclrtQueryEvent(self->event, &old), "ACL_EVENT_IPC");
	FAILS(UNSUPPORTED, aclrtQueryEventWaitStatus(self->event, &wait), "ACL_EVENT_IPC");
	FAILS(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
	      aclrtEventElapsedTime(&ms, self->event, local), "startEvent");
	FAILS(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
	      aclrtEventElapsedTime(&ms, local, self->event), "endEvent");
	EXPECT_EQ(ACL_EVENT_WAIT_STATUS_RESERVED, wait);
	EXPECT_EQ(ACL_EVENT_STATUS_RESERVED, old);
	EXPECT_EQ(77, ms);
	WORKS(aclrtDestroyEvent(local));
}

TEST_F(event_ipc, too_many)
{
	static aclrtEvent many[16384];
	aclrtEvent event = (aclrtEvent)UNTOUCHED;
	uint64_t handles;
	size_t i, n;

	for (n = 0; n < 16384 && !aclrtCreateEvent(&many[n]); n++)
		;
	handles = module_stat(ACL_EMU_STAT_HANDLES);
	FAILS(ACL_ERROR_RT_NO_EVENT_RESOURCE, aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC),
	      NULL);
	EXPECT_EQ((aclrtEvent)UNTOUCHED, event);
	EXPECT_EQ(handles, module_stat(ACL_EMU_STAT_HANDLES));
	for (i = 0; i < n; i++)
		WORKS(aclrtDestroyEvent(many[i]));
}

/* ---- order ---- */

TEST_F(event_ipc, never_recorded)
{
	aclrtEventRecordedStatus status = ACL_EVENT_RECORDED_STATUS_NOT_READY;

	WORKS(aclrtQueryEventStatus(self->event, &status));
	EXPECT_EQ(ACL_EVENT_RECORDED_STATUS_COMPLETE, status);
	WORKS(aclrtSynchronizeEvent(self->event));
	WORKS(aclrtStreamWaitEvent(self->a, self->event));
	WORKS(aclrtSynchronizeStream(self->a));
	ASK(&self->peer, EVENT_QUERY, self->there, 0);
	EXPECT_EQ(ACL_EVENT_RECORDED_STATUS_COMPLETE, self->peer.value);
	ASK(&self->peer, EVENT_SYNC, self->there, -1);
	ASK(&self->peer, EVENT_WAIT, self->there, 0);
	ASK(&self->peer, SYNC_STREAM, -1, 0);
}

/* Recorded here, waited for there. */
TEST_F(event_ipc, orders_processes)
{
	WORKS(hold_stream(&self->hold, self->a));
	WORKS(step_in(self->a, 0));
	WORKS(aclrtRecordEvent(self->event, self->a));
	ASK(&self->peer, EVENT_QUERY, self->there, 0);
	EXPECT_EQ(ACL_EVENT_RECORDED_STATUS_NOT_READY, self->peer.value);
	ASK_FAILS(&self->peer, ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, EVENT_SYNC, self->there, 5,
		  "aclrtSynchronizeEventWithTimeout", "5 ms");
	ASK(&self->peer, EVENT_WAIT, self->there, 0);
	ASK(&self->peer, SYNC_STEP, 1, 0);
	PEER_WAITS(&self->peer);
	EXPECT_EQ(0, both->count);
	flag_raise(&self->hold.go_on);
	ASK(&self->peer, SYNC_STREAM, -1, 0);
	/* Has happened; ThreadSanitizer cannot see it through the other process. */
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(2, both->count);
	EXPECT_EQ(0, both->first_wrong);
	ASK(&self->peer, EVENT_SYNC, self->there, -1);
	ASK(&self->peer, EVENT_QUERY, self->there, 0);
	EXPECT_EQ(ACL_EVENT_RECORDED_STATUS_COMPLETE, self->peer.value);
}

/* Recorded there, waited for here. */
TEST_F(event_ipc, recorded_by_the_other)
{
	aclrtEventRecordedStatus status = ACL_EVENT_RECORDED_STATUS_COMPLETE;

	ASK(&self->peer, SYNC_HOLD, 0, 0);
	ASK(&self->peer, SYNC_STEP, 0, 0);
	ASK(&self->peer, EVENT_RECORD, self->there, 0);
	WORKS(aclrtQueryEventStatus(self->event, &status));
	EXPECT_EQ(ACL_EVENT_RECORDED_STATUS_NOT_READY, status);
	FAILS(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeEventWithTimeout(self->event, 0),
	      NULL);
	WORKS(aclrtStreamWaitEvent(self->a, self->event));
	WORKS(step_in(self->a, 1));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	ASK(&self->peer, SYNC_GO_ON, 0, 0);
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(2, both->count);
	EXPECT_EQ(0, both->first_wrong);
	WORKS(aclrtSynchronizeEvent(self->event));
}

/* A wait is for the record that was the latest when it was called. */
TEST_F(event_ipc, later_record_of_another_stream)
{
	WORKS(hold_stream(&self->hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	ASK(&self->peer, EVENT_WAIT, self->there, 0);
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	/* The default stream comes to its record at once. */
	WORKS(aclrtRecordEvent(self->event, NULL));
	WORKS(aclrtSynchronizeEvent(self->event));
	ASK(&self->peer, EVENT_SYNC, self->there, -1);
	PEER_WAITS(&self->peer);
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	flag_raise(&self->hold.go_on);
	ASK(&self->peer, SYNC_STREAM, -1, 0);
	WORKS(aclrtSynchronizeStream(self->b));
}

/* Made on another stream of this process, by another name of the event. */
TEST_F(event_ipc, opened_twice)
{
	uint64_t second;

	ASSERT_EQ(ACL_SUCCESS, ask_data(&self->peer, EVENT_OPEN, 0, &self->handle, 64));
	second = self->peer.value;
	EXPECT_NE(self->there, second);
	ASK(&self->peer, SYNC_HOLD, 0, 0);
	ASK(&self->peer, EVENT_RECORD, second, 0);
	ASK(&self->peer, EVENT_QUERY, self->there, 0);
	EXPECT_EQ(ACL_EVENT_RECORDED_STATUS_NOT_READY, self->peer.value);
	ASK(&self->peer, EVENT_DROP, second, 0);
	ASK_FAILS(&self->peer, BAD_HANDLE, EVENT_QUERY, second, 0, "aclrtQueryEventStatus",
		  hex((void *)second));
	FAILS(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeEventWithTimeout(self->event, 5),
	      NULL);
	ASK(&self->peer, SYNC_GO_ON, 0, 0);
	WORKS(aclrtSynchronizeEvent(self->event));
	ASK(&self->peer, EVENT_RECORD, self->there, 0);
	WORKS(aclrtSynchronizeEvent(self->event));
}

#define ROUNDS	200

/* Steps in turns, each ordered by a record on the other side. */
TEST_F(event_ipc, many_rounds)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		WORKS(aclrtStreamWaitEvent(self->a, self->event));
		WORKS(step_in(self->a, 2 * i));
		WORKS(aclrtRecordEvent(self->event, self->a));
		ASK(&self->peer, EVENT_WAIT, self->there, 0);
		ASK(&self->peer, SYNC_STEP, 2 * i + 1, 0);
		ASK(&self->peer, EVENT_RECORD, self->there, 0);
	}
	WORKS(aclrtSynchronizeEvent(self->event));
	EXPECT_EQ(2 * ROUNDS, both->count);
	EXPECT_EQ(0, both->first_wrong);
}

struct busy {
	aclrtEvent event;
	aclrtStream stream;
};

static aclError busy(void *arg)
{
	aclrtEventRecordedStatus status;
	struct busy *busy = arg;
	aclError code = ACL_SUCCESS;
	int i;

	for (i = 0; i < ROUNDS && !code; i++) {
		code = aclrtRecordEvent(busy->event, busy->stream);
		if (!code)
			code = aclrtStreamWaitEvent(busy->stream, busy->event);
		if (!code)
			code = aclrtQueryEventStatus(busy->event, &status);
		if (!code)
			code = aclrtSynchronizeEvent(busy->event);
	}
	return code;
}

/* Everybody records and waits; the peer, too. */
TEST_F(event_ipc, many_threads)
{
	struct busy on_a = { self->event, self->a }, on_b = { self->event, self->b };
	struct caller c[4];
	int i;

	for (i = 0; i < 4; i++)
		caller_start(&c[i], busy, i % 2 ? &on_a : &on_b);
	for (i = 0; i < ROUNDS; i++) {
		ASK(&self->peer, EVENT_RECORD, self->there, 0);
		ASK(&self->peer, EVENT_WAIT, self->there, 0);
		ASK(&self->peer, EVENT_SYNC, self->there, -1);
	}
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(ACL_SUCCESS, caller_join(&c[i]));
	}
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtSynchronizeStream(self->b));
	ASK(&self->peer, SYNC_STREAM, -1, 0);
}

/* ---- ends ---- */

/* A record that never happens blocks no other stream. */
TEST_F(event_ipc, dropped_record)
{
	WORKS(aclrtStreamStop(self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	ASK(&self->peer, EVENT_WAIT, self->there, 0);
	PEER_WAITS(&self->peer);
	WORKS(aclrtStreamAbort(self->a));
	ASK(&self->peer, SYNC_STREAM, -1, 0);
	ASK_FAILS(&self->peer, ACL_ERROR_RT_STREAM_ABORT, EVENT_SYNC, self->there, -1,
		  "aclrtSynchronizeEventWithTimeout", "dropped");
	FAILS(ACL_ERROR_RT_STREAM_ABORT, aclrtSynchronizeEvent(self->event), "dropped");
}

/* An abort ends a wait, and the stream waits again as before. */
TEST_F(event_ipc, wait_aborted)
{
	int i, ran = 0;

	WORKS(hold_stream(&self->hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	for (i = 0; i < 3; i++) {
		ASK(&self->peer, EVENT_WAIT, self->there, 0);
		PEER_WAITS(&self->peer);
		ASK(&self->peer, SYNC_ABORT, 0, 0);
		ASK(&self->peer, SYNC_STREAM, -1, 0);
		WORKS(aclrtStreamWaitEvent(self->b, self->event));
		WORKS(count_in(self->b, &ran, 1));
		FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
		WORKS(aclrtStreamAbort(self->b));
		WORKS(aclrtSynchronizeStream(self->b));
	}
	EXPECT_EQ(0, ran);
	ASK(&self->peer, EVENT_WAIT, self->there, 0);
	ASK(&self->peer, SYNC_STEP, 0, 0);
	PEER_WAITS(&self->peer);
	flag_raise(&self->hold.go_on);
	ASK(&self->peer, SYNC_STREAM, -1, 0);
	EXPECT_EQ(1, both->count);
}

TEST_F(event_ipc, wait_stopped)
{
	aclrtStream stream;

	WORKS(hold_stream(&self->hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtStreamWaitEvent(self->b, self->event));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	WORKS(aclrtStreamStop(self->b));
	WORKS(aclrtStreamAbort(self->b));
	WORKS(aclrtSynchronizeStream(self->b));
	/* And so does the end of the stream, or of the process. */
	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtStreamWaitEvent(stream, self->event));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(stream, 5), NULL);
	WORKS(aclrtDestroyStreamForce(stream));
	ASK(&self->peer, EVENT_WAIT, self->there, 0);
	PEER_WAITS(&self->peer);
	EXPECT_EQ(128 + SIGKILL, peer_kill(&self->peer));
	self->peer.fd = -1;
	flag_raise(&self->hold.go_on);
}

/* With its device, an event ends for this process, and its waits. */
TEST_F(event_ipc, reset_while_waiting)
{
	ASK(&self->peer, SYNC_HOLD, 0, 0);
	ASK(&self->peer, EVENT_RECORD, self->there, 0);
	WORKS(aclrtStreamWaitEvent(self->a, self->event));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	WORKS(aclrtResetDeviceForce(0));
	WORKS(aclrtSetDevice(0));
	FAILS(PARAM, aclrtQueryEventStatus(self->event, &(aclrtEventRecordedStatus){ 0 }), "reset");
	WORKS(aclrtCreateStream(&self->a));
	WORKS(aclrtCreateStream(&self->b));
	FAILS(PARAM, aclrtStreamWaitEvent(self->a, self->event), "reset");
	FAILS(PARAM, aclrtRecordEvent(self->event, self->a), "reset");
	FAILS(PARAM, aclrtSynchronizeEvent(self->event), "reset");
	/* The peer's event goes on. */
	ASK(&self->peer, SYNC_GO_ON, 0, 0);
	ASK(&self->peer, EVENT_SYNC, self->there, -1);
	ASK(&self->peer, EVENT_RECORD, self->there, 0);
	ASK(&self->peer, EVENT_SYNC, self->there, -1);
}

/* Its record was under way: waits stay until they are ended, new ones find nothing to wait for. */
TEST_F(event_ipc, recorder_dies)
{
	ASK(&self->peer, SYNC_HOLD, 0, 0);
	ASK(&self->peer, EVENT_RECORD, self->there, 0);
	WORKS(aclrtStreamWaitEvent(self->a, self->event));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	EXPECT_EQ(128 + SIGKILL, peer_kill(&self->peer));
	self->peer.fd = -1;
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	FAILS(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeEventWithTimeout(self->event, 5),
	      NULL);
	WORKS(aclrtStreamAbort(self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtSynchronizeEvent(self->event));
	WORKS(aclrtStreamWaitEvent(self->a, self->event));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	WORKS(aclrtSynchronizeEvent(self->event));
}

/* The process that made it is not needed. */
TEST_F(event_ipc, creator_destroys_event)
{
	WORKS(hold_stream(&self->hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	ASK(&self->peer, EVENT_WAIT, self->there, 0);
	WORKS(aclrtDestroyEvent(self->event));
	PEER_WAITS(&self->peer);
	flag_raise(&self->hold.go_on);
	ASK(&self->peer, SYNC_STREAM, -1, 0);
	ASK(&self->peer, EVENT_SYNC, self->there, -1);
	ASK(&self->peer, EVENT_RECORD, self->there, 0);
	ASK(&self->peer, EVENT_SYNC, self->there, -1);
	WORKS(aclrtCreateEventExWithFlag(&self->event, ACL_EVENT_IPC));
}

/* A child has neither events nor records of the parent, but may open them. */
TEST_F(event_ipc, forked_child)
{
	uint64_t mine = (uintptr_t)self->event;
	struct peer child;

	WORKS(hold_stream(&self->hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	ASSERT_TRUE(peer_start(&child));
	ASK(&child, SYNC_BEGIN, 0, 0);
	ASK_FAILS(&child, BAD_HANDLE, EVENT_QUERY, mine, 0, "aclrtQueryEventStatus",
		  hex(self->event));
	ASSERT_EQ(ACL_SUCCESS, ask_data(&child, EVENT_OPEN, 0, &self->handle, 64))
		TH_LOG("%s", child.text);
	mine = child.value;
	ASK(&child, EVENT_WAIT, mine, 0);
	PEER_WAITS(&child);
	flag_raise(&self->hold.go_on);
	ASK(&child, SYNC_STREAM, -1, 0);
	ASK(&child, EVENT_RECORD, mine, 0);
	ASK(&child, EVENT_SYNC, mine, -1);
	EXPECT_EQ(0, peer_quit(&child));
	WORKS(aclrtSynchronizeEvent(self->event));
	ASK(&self->peer, EVENT_SYNC, self->there, -1);
}

TEST_HARNESS_MAIN
