// SPDX-License-Identifier: MIT
/*
 * Captures: what captured streams and events refuse, while the capture goes on, and
 * what captures leave alone. Each row is a set-up, a call and its code.
 */
#include "acl_graph.h"

#include "acl/acl_rt_memory_soma.h"

GRAPH_FIXTURE(graph_refused)

#define CAPT	ACL_ERROR_RT_STREAM_CAPTURED
#define EVENT	ACL_ERROR_RT_EVENT_CAPTURED

/* ---- refused, and the capture goes on ---- */

static aclrtStreamStatus stream_status;
static aclrtEventRecordedStatus recorded;
static aclrtEventWaitStatus waited;
static aclrtEventStatus old_status;
static float elapsed;

GRAPH_CALL(sync_stream, aclrtSynchronizeStream(g->a))
GRAPH_CALL(sync_side, aclrtSynchronizeStream(g->b))
GRAPH_CALL(sync_timeout, aclrtSynchronizeStreamWithTimeout(g->a, 1000))
GRAPH_CALL(query_stream, aclrtStreamQuery(g->a, &stream_status))
GRAPH_CALL(sync_device, aclrtSynchronizeDevice())
GRAPH_CALL(destroy, aclrtDestroyStream(g->a))
GRAPH_CALL(destroy_force, aclrtDestroyStreamForce(g->a))
GRAPH_CALL(abort_stream, aclrtStreamAbort(g->a))
GRAPH_CALL(stop_stream, aclrtStreamStop(g->a))
GRAPH_CALL(sync_event, aclrtSynchronizeEvent(g->event))
GRAPH_CALL(query_event, aclrtQueryEvent(g->event, &old_status))
GRAPH_CALL(query_status, aclrtQueryEventStatus(g->event, &recorded))
GRAPH_CALL(query_wait, aclrtQueryEventWaitStatus(g->event, &waited))
GRAPH_CALL(time_event, aclrtEventElapsedTime(&elapsed, g->event, g->event))
GRAPH_CALL(copy_pageable, aclrtMemcpyAsync(g->dst, GRAPH_SIZE, g->plain, GRAPH_SIZE,
				     ACL_MEMCPY_HOST_TO_DEVICE, g->a))
GRAPH_CALL(copy_sync, aclrtMemcpy(g->dst, GRAPH_SIZE, g->src, GRAPH_SIZE,
				  ACL_MEMCPY_DEVICE_TO_DEVICE))
GRAPH_CALL(fill_sync, aclrtMemset(g->dst, GRAPH_SIZE, 0, GRAPH_SIZE))
GRAPH_CALL(copy_async_free, aclrtMemcpyAsync(g->dst, GRAPH_SIZE, g->plain, GRAPH_SIZE,
				       ACL_MEMCPY_HOST_TO_DEVICE, g->c))
GRAPH_CALL(nested, aclmdlRIExecuteAsync(graph_ready, g->b))

static aclError execute_captured(struct graph_world *g)
{
	aclmdlRI graph;

	aclmdlRICaptureGetInfo(g->a, NULL, &graph);
	return aclmdlRIExecuteAsync(graph, g->b);
}

static aclError destroy_captured(struct graph_world *g)
{
	aclmdlRI graph;

	aclmdlRICaptureGetInfo(g->a, NULL, &graph);
	return aclmdlRIDestroy(graph);
}

/* A captured stream replays no other graph. */
static aclError execute_nested(struct graph_world *g)
{
	aclError code = aclmdlRICaptureBegin(g->b, GLOBAL);

	return code ? code : nested(g);
}

static aclError record_plain(struct graph_world *g)
{
	aclrtEvent event;
	aclError code = aclrtCreateEvent(&event);

	if (!code)
		code = aclrtRecordEvent(event, g->a);
	aclrtDestroyEvent(event);
	return code;
}

static aclError record_ipc(struct graph_world *g)
{
	aclrtEvent event;
	aclError code = aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC);

	if (!code)
		code = aclrtRecordEvent(event, g->a);
	aclrtDestroyEvent(event);
	return code;
}

static aclError record_no_sync(struct graph_world *g)
{
	aclrtEvent event;
	aclError code = aclrtCreateEventExWithFlag(&event, ACL_EVENT_TIME_LINE);

	if (!code)
		code = aclrtRecordEvent(event, g->a);
	if (!code)
		code = aclrtQueryEventStatus(event, &recorded);
	aclrtDestroyEvent(event);
	return code;
}

static aclError wait_outside(struct graph_world *g)
{
	aclError code = aclrtRecordEvent(g->other, g->c);

	return code ? code : aclrtStreamWaitEvent(g->a, g->other);
}

/* An event that no other row has used. */
static aclError with_fresh(struct graph_world *g,
			   aclError (*call)(struct graph_world *g, aclrtEvent event))
{
	aclrtEvent event;
	aclError code = aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC);

	if (code)
		return code;
	code = call(g, event);
	aclrtDestroyEvent(event);
	return code;
}

static aclError wait_fresh(struct graph_world *g, aclrtEvent event)
{
	return aclrtStreamWaitEvent(g->a, event);
}

static aclError record_external(struct graph_world *g, aclrtEvent event)
{
	return aclrtRecordEventWithFlag(event, g->c, ACL_EVENT_RECORD_EXTERNAL);
}

GRAPH_CALL(wait_never, with_fresh(g, wait_fresh))
GRAPH_CALL(external_outside, with_fresh(g, record_external))
GRAPH_CALL(wait_default, aclrtStreamWaitEvent(NULL, g->event))
GRAPH_CALL(record_default, aclrtRecordEvent(g->event, NULL))
GRAPH_CALL(reset_default, aclrtResetEvent(g->event, NULL))
GRAPH_CALL(reset_outside, aclrtResetEvent(g->other, g->a))

static aclError pool_free(struct graph_world *g)
{
	return aclrtMemPoolFreeAsync(g->src, g->a);
}

TEST_F(graph_refused, refused)
{
	static const struct graph_row rows[] = {
		{ "sync", CAPTURED, sync_stream, CAPT, NULL, ACTIVE },
		{ "sync side", JOINED, sync_side, CAPT, NULL, ACTIVE },
		{ "sync timeout", CAPTURED, sync_timeout, CAPT, NULL, ACTIVE },
		{ "query", CAPTURED, query_stream, CAPT, NULL, ACTIVE },
		{ "sync device", CAPTURED, sync_device, CAPT, NULL, ACTIVE },
		{ "destroy", CAPTURED, destroy, CAPT, NULL, ACTIVE },
		{ "force", CAPTURED, destroy_force, CAPT, NULL, ACTIVE },
		{ "abort", CAPTURED, abort_stream, CAPT, NULL, ACTIVE },
		{ "stop", CAPTURED, stop_stream, CAPT, NULL, ACTIVE },
		{ "sync event", JOINED, sync_event, EVENT, NULL, ACTIVE },
		{ "query event", JOINED, query_event, EVENT, NULL, ACTIVE },
		{ "query status", JOINED, query_status, EVENT, NULL, ACTIVE },
		{ "query wait", JOINED, query_wait, EVENT, NULL, ACTIVE },
		{ "time", JOINED, time_event, EVENT, NULL, ACTIVE },
		{ "execute", CAPTURED, execute_captured, ACL_ERROR_RT_MODEL_CAPTURED,
		  NULL, ACTIVE },
		{ "nested", READY, execute_nested, CAPT, NULL, NONE },
		{ "destroy graph", CAPTURED, destroy_captured, ACL_ERROR_RT_MODEL_CAPTURED,
		  NULL, ACTIVE },
		{ "pageable", CAPTURED, copy_pageable, PARAM, NULL, ACTIVE },
		{ "copy", CAPTURED, copy_sync, ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT,
		  NULL, ACTIVE },
		{ "fill", CAPTURED, fill_sync, ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT,
		  NULL, ACTIVE },
		{ "copy that waits", CAPTURED, copy_async_free,
		  ACL_ERROR_RT_CAPTURE_MODE_BLOCK_ASYNC, NULL, ACTIVE },
		{ "plain event", CAPTURED, record_plain, UNSUPPORTED, NULL, ACTIVE },
		{ "event of processes", CAPTURED, record_ipc, UNSUPPORTED, NULL, ACTIVE },
		{ "event without SYNC", CAPTURED, record_no_sync, 0, NULL, ACTIVE },
		{ "event of outside", CAPTURED, wait_outside, ACL_ERROR_RT_CAPTURE_DEPENDENCY,
		  NULL, ACTIVE },
		{ "never recorded", CAPTURED, wait_never, 0, NULL, ACTIVE },
		{ "default waits", JOINED, wait_default, ACL_ERROR_RT_STREAM_CAPTURE_IMPLICIT,
		  NULL, ACTIVE },
		{ "default records", JOINED, record_default, ACL_ERROR_RT_STREAM_CAPTURE_IMPLICIT,
		  NULL, ACTIVE },
		{ "default resets", JOINED, reset_default, ACL_ERROR_RT_STREAM_CAPTURE_IMPLICIT,
		  NULL, ACTIVE },
		{ "reset of outside", CAPTURED, reset_outside, UNSUPPORTED, NULL, ACTIVE },
		{ "external outside", CAPTURED, external_outside, ACL_ERROR_RT_STREAM_NOT_CAPTURED,
		  NULL, ACTIVE },
		{ "free in order", CAPTURED, pool_free, UNSUPPORTED, NULL, ACTIVE },
	};

	ROWS(rows);
}

/* ---- calls that captures leave alone ---- */

static aclError allocate(struct graph_world *g)
{
	struct block block;
	void *dev, *host;
	aclError code;

	(void)g;
	code = aclrtMalloc(&dev, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST);
	if (!code)
		code = aclrtFree(dev);
	if (!code)
		code = aclrtMallocHost(&host, BLOCK);
	if (!code)
		code = aclrtFreeHost(host);
	if (!code)
		code = block_make(&block, BLOCK, 0);
	return code ? code : block_drop(&block);
}

static aclError new_objects(struct graph_world *g)
{
	aclrtStream stream;
	aclrtEvent event;
	size_t free, total;
	aclError code;

	(void)g;
	code = aclrtCreateStream(&stream);
	if (!code)
		code = aclrtSynchronizeStream(stream);
	if (!code)
		code = aclrtDestroyStream(stream);
	if (!code)
		code = aclrtCreateEvent(&event);
	if (!code)
		code = aclrtDestroyEvent(event);
	return code ? code : aclrtGetMemInfo(ACL_HBM_MEM, &free, &total);
}

TEST_F(graph_refused, allowed)
{
	static const struct graph_row rows[] = {
		{ "allocate", CAPTURED, allocate, 0, NULL, ACTIVE },
		{ "objects", CAPTURED, new_objects, 0, NULL, ACTIVE },
	};

	ROWS(rows);
}

TEST_HARNESS_MAIN
