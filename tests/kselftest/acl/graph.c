// SPDX-License-Identifier: MIT
/*
 * Captures: the checks of the calls that begin and end them, in their order, the modes,
 * and what a capture says about itself. Each row is a set-up, a call and its code.
 */
#include "acl_graph.h"

GRAPH_FIXTURE(graph)

static aclrtStream default_stream(void)
{
	aclrtStream stream = NULL;

	aclrtCtxGetCurrentDefaultStream(&stream);
	return stream;
}

/* ---- begin ---- */

#define JUNK	((void *)0x1234567800000077ul)

GRAPH_CALL(begin_null, aclmdlRICaptureBegin(NULL, 9))
GRAPH_CALL(begin_junk, aclmdlRICaptureBegin(JUNK, 9))
GRAPH_CALL(begin_mode, aclmdlRICaptureBegin(g->a, 3))
GRAPH_CALL(begin_default, aclmdlRICaptureBegin(default_stream(), GLOBAL))
GRAPH_CALL(begin, aclmdlRICaptureBegin(g->a, GLOBAL))
GRAPH_CALL(begin_other, aclmdlRICaptureBegin(g->b, LOCAL))

static aclError begin_no_context(struct graph_world *g)
{
	return graph_elsewhere(g, NULL, begin);
}

static aclError begin_foreign(struct graph_world *g)
{
	aclError code;

	aclrtSetDevice(1);
	code = aclmdlRICaptureBegin(g->a, GLOBAL);
	aclrtSetDevice(0);
	return code;
}

static aclError begin_bound(struct graph_world *g)
{
	aclrtStream stream;
	aclError code;

	(void)g;
	code = aclmdlRIBuildBegin(&graph_ready, 0);
	if (!code)
		code = aclrtCreateStreamWithConfig(&stream, 0, ACL_STREAM_PERSISTENT);
	if (!code)
		code = aclmdlRIBindStream(graph_ready, stream, ACL_MODEL_STREAM_FLAG_HEAD);
	if (code)
		return code;
	code = aclmdlRICaptureBegin(stream, GLOBAL);
	aclrtDestroyStream(stream);
	return code;
}

TEST_F(graph, begin)
{
	static const struct graph_row rows[] = {
		{ "null before mode", NOTHING, begin_null, INVALID, "stream", NONE },
		{ "junk before mode", NOTHING, begin_junk, BAD_HANDLE, NULL, NONE },
		{ "mode", NOTHING, begin_mode, PARAM, "mode", NONE },
		{ "no context", NOTHING, begin_no_context, ACL_ERROR_RT_CONTEXT_NULL, NULL, NONE },
		{ "foreign", NOTHING, begin_foreign, ACL_ERROR_RT_STREAM_CONTEXT, NULL, NONE },
		{ "bound", NOTHING, begin_bound, ACL_ERROR_RT_STREAM_MODEL, NULL, NONE },
		{ "default stream", NOTHING, begin_default, UNSUPPORTED, NULL, NONE },
		{ "twice", CAPTURED, begin, ACL_ERROR_RT_STREAM_CAPTURED, NULL, ACTIVE },
		{ "joined", JOINED, begin_other, ACL_ERROR_RT_STREAM_CAPTURED, NULL, ACTIVE },
		{ "invalid", INVALID_NOW, begin, ACL_ERROR_RT_STREAM_CAPTURED, NULL, BROKEN },
		{ "another one", CAPTURED, begin_other, 0, NULL, ACTIVE },
	};

	ROWS(rows);
}

/* ---- end ---- */

GRAPH_CALL(end_null, aclmdlRICaptureEnd(NULL, NULL))
GRAPH_CALL(end_no_output, aclmdlRICaptureEnd(g->a, NULL))
GRAPH_CALL(end_default, aclmdlRICaptureEnd(default_stream(), &graph_ready))
GRAPH_CALL(end, aclmdlRICaptureEnd(g->a, &graph_ready))
GRAPH_CALL(end_side, aclmdlRICaptureEnd(g->b, &graph_ready))

static aclError end_no_context(struct graph_world *g)
{
	return graph_elsewhere(g, NULL, end);
}

static aclError end_foreign(struct graph_world *g)
{
	aclError code;

	aclrtSetDevice(1);
	code = aclmdlRICaptureEnd(g->a, &graph_ready);
	aclrtSetDevice(0);
	return code;
}

static aclError end_elsewhere(struct graph_world *g)
{
	aclrtContext context = NULL;

	aclrtGetCurrentContext(&context);
	return graph_elsewhere(g, context, end);
}

static aclError end_relaxed_elsewhere(struct graph_world *g)
{
	aclError code = aclmdlRICaptureBegin(g->a, RELAXED);

	return code ? code : end_elsewhere(g);
}

/* The graph exists, without being complete. */
static aclError end_left(struct graph_world *g)
{
	aclmdlRI graph;
	aclError code;

	aclmdlRICaptureGetInfo(g->a, NULL, &graph);
	if (end_elsewhere(g) != ACL_ERROR_RT_STREAM_CAPTURE_WRONG_THREAD)
		return ACL_ERROR_FAILURE;
	code = aclmdlRIExecuteAsync(graph, g->a);
	aclmdlRIDestroy(graph);
	return code;
}

static aclError end_group_open(struct graph_world *g)
{
	aclError code = aclmdlRICaptureTaskGrpBegin(g->a);

	return code ? code : end(g);
}

static aclError end_no_record(struct graph_world *g)
{
	aclError code = aclrtMemsetAsync(g->dst, 8, 0, 8, g->b);

	return code ? code : end(g);
}

static aclError end_no_wait(struct graph_world *g)
{
	aclError code = aclrtRecordEvent(g->other, g->b);

	return code ? code : end(g);
}

static aclError end_late_task(struct graph_world *g)
{
	aclError code = graph_join(g->a, g->b, g->other);

	return code ? code : end_no_record(g);
}

static aclError end_joined(struct graph_world *g)
{
	aclError code = graph_join(g->a, g->b, g->other);

	return code ? code : end(g);
}

/* b waits for a, c for b; c comes back, and the wait of c is that for b. */
static aclError end_through_other(struct graph_world *g)
{
	aclError code = graph_fork(g->b, g->c, g->other);

	return code ? code : graph_join(g->a, g->c, g->other) ? ACL_ERROR_FAILURE : end(g);
}

TEST_F(graph, end)
{
	static const struct graph_row rows[] = {
		{ "null", CAPTURED, end_null, INVALID, "stream", ACTIVE },
		{ "no output", CAPTURED, end_no_output, PARAM, "modelRI", ACTIVE },
		{ "no output, no capture", NOTHING, end_no_output,
		  ACL_ERROR_RT_STREAM_NOT_CAPTURED, NULL, NONE },
		{ "no context", CAPTURED, end_no_context, ACL_ERROR_RT_CONTEXT_NULL, NULL, ACTIVE },
		{ "foreign", CAPTURED, end_foreign, ACL_ERROR_RT_STREAM_CONTEXT, NULL, ACTIVE },
		{ "default stream", CAPTURED, end_default, UNSUPPORTED, NULL, ACTIVE },
		{ "not captured", NOTHING, end, ACL_ERROR_RT_STREAM_NOT_CAPTURED, NULL, NONE },
		{ "side stream", JOINED, end_side, ACL_ERROR_RT_STREAM_CAPTURE_UNMATCHED, NULL,
		  ACTIVE },
		{ "wrong thread", JOINED, end_elsewhere, ACL_ERROR_RT_STREAM_CAPTURE_WRONG_THREAD,
		  NULL, NONE },
		{ "wrong thread, execute", CAPTURED, end_left, ACL_ERROR_RT_MODEL_EXECUTE, NULL,
		  NONE },
		{ "relaxed", NOTHING, end_relaxed_elsewhere, 0, NULL, NONE },
		{ "invalid", INVALID_NOW, end, ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED, NULL,
		  NONE },
		{ "group open", CAPTURED, end_group_open, ACL_ERROR_STREAM_TASK_GROUP_STATUS, NULL,
		  NONE },
		{ "no record", JOINED, end_no_record, ACL_ERROR_RT_STREAM_UNJOINED, NULL, NONE },
		{ "no wait", JOINED, end_no_wait, ACL_ERROR_RT_STREAM_UNJOINED, NULL, NONE },
		{ "late task", JOINED, end_late_task, ACL_ERROR_RT_STREAM_UNJOINED, NULL, NONE },
		{ "joined", JOINED, end_joined, 0, NULL, NONE },
		{ "through another", JOINED, end_through_other, 0, NULL, NONE },
		{ "empty", CAPTURED, end, 0, NULL, NONE },
	};

	ROWS(rows);
}

/* ---- modes ---- */

struct mode_try {
	struct graph_world *g;
	int exchange;		/* mode of the thread; -1: not exchanged */
};

GRAPH_CALL(copy_sync, aclrtMemcpy(g->dst, GRAPH_SIZE, g->src, GRAPH_SIZE,
				  ACL_MEMCPY_DEVICE_TO_DEVICE))

static aclError copy_with_mode(void *arg)
{
	struct mode_try *try = arg;
	aclmdlRICaptureMode mode = (aclmdlRICaptureMode)try->exchange;
	aclError code = ACL_SUCCESS;

	if (try->exchange >= 0)
		code = aclmdlRICaptureThreadExchangeMode(&mode);
	return code ? code : copy_sync(try->g);
}

/* In the thread that captures (own), or in another one, here or in another context. */
static aclError try_mode(struct graph_world *g, int capture, bool own, int exchange, int device)
{
	struct mode_try try = { g, exchange };
	struct caller caller = { .call = NULL };
	aclmdlRICaptureMode back = GLOBAL;
	aclError code;

	code = aclmdlRICaptureBegin(g->a, (aclmdlRICaptureMode)capture);
	aclrtSetDevice(device);
	aclrtGetCurrentContext(&caller.context);
	if (!code && own) {
		code = copy_with_mode(&try);
		aclmdlRICaptureThreadExchangeMode(&back);
	} else if (!code) {
		caller_start(&caller, copy_with_mode, &try);
		code = caller_join(&caller);
	}
	aclrtSetDevice(0);
	graph_drop(g->a);
	return code;
}

TEST_F(graph, modes)
{
	static const struct {
		int capture;
		bool own;
		int exchange;
		int device;
		bool refused;
	} rows[] = {
		{ GLOBAL, true, -1, 0, true },
		{ GLOBAL, true, LOCAL, 0, true },
		{ GLOBAL, true, RELAXED, 0, false },
		{ GLOBAL, false, -1, 0, true },
		{ GLOBAL, false, LOCAL, 0, false },
		{ GLOBAL, false, RELAXED, 0, false },
		{ GLOBAL, false, -1, 1, false },
		{ LOCAL, true, -1, 0, true },
		{ LOCAL, true, RELAXED, 0, false },
		{ LOCAL, false, -1, 0, false },
		{ RELAXED, true, -1, 0, false },
		{ RELAXED, false, -1, 0, false },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT_EQ(rows[i].refused ? ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT : 0,
			  try_mode(&self->g, rows[i].capture, rows[i].own, rows[i].exchange,
				   rows[i].device)) TH_LOG("row %zu", i);
}

TEST_F(graph, exchange)
{
	aclmdlRICaptureMode mode = LOCAL;

	FAILS(INVALID, aclmdlRICaptureThreadExchangeMode(NULL), "mode");
	WORKS(aclmdlRICaptureThreadExchangeMode(&mode));
	EXPECT_EQ(GLOBAL, mode);
	mode = (aclmdlRICaptureMode)3;
	FAILS(PARAM, aclmdlRICaptureThreadExchangeMode(&mode), "3");
	mode = GLOBAL;
	WORKS(aclmdlRICaptureThreadExchangeMode(&mode));
	EXPECT_EQ(LOCAL, mode);
}

/* ---- what the capture says about itself ---- */

TEST_F(graph, info)
{
	struct graph_world *g = &self->g;
	aclmdlRICaptureStatus status = BROKEN;
	aclmdlRI graph = JUNK, same;

	FAILS(INVALID, aclmdlRICaptureGetInfo(NULL, &status, &graph), "stream");
	FAILS(INVALID, aclmdlRICaptureGetInfo(g->a, NULL, NULL), "status");
	FAILS(BAD_HANDLE, aclmdlRICaptureGetInfo(JUNK, &status, &graph), NULL);
	WORKS(aclmdlRICaptureGetInfo(g->a, &status, &graph));
	EXPECT_EQ(NONE, status);
	EXPECT_EQ(NULL, graph);
	WORKS(graph_prepare(g, JOINED));
	WORKS(aclmdlRICaptureGetInfo(g->a, &status, &graph));
	EXPECT_EQ(ACTIVE, status);
	WORKS(aclmdlRICaptureGetInfo(g->b, NULL, &same));
	EXPECT_EQ(graph, same);
	EXPECT_EQ(NONE, graph_status(g->c));
	WORKS(graph_join(g->a, g->b, g->other));
	WORKS(aclmdlRICaptureEnd(g->a, &same));
	EXPECT_EQ(graph, same);
	EXPECT_EQ(NONE, graph_status(g->b));
	WORKS(aclmdlRIDestroy(graph));
	FAILS(BAD_HANDLE, aclmdlRIDestroy(graph), hex(graph));
	FAILS(BAD_HANDLE, aclmdlRIExecuteAsync(graph, g->a), hex(graph));
}

/* An invalid capture cannot draw in another stream. */
TEST_F(graph, invalid_join)
{
	struct graph_world *g = &self->g;
	aclmdlRI graph = JUNK;

	WORKS(aclmdlRICaptureBegin(g->a, RELAXED));
	WORKS(aclrtRecordEvent(g->event, g->a));
	WORKS(graph_break(g));
	EXPECT_EQ(BROKEN, graph_status(g->a));
	FAILS(ACL_ERROR_RT_INTERNAL_ERROR, aclrtStreamWaitEvent(g->b, g->event), NULL);
	WORKS(aclrtMemsetAsync(g->dst, GRAPH_SIZE, 0, GRAPH_SIZE, g->a));
	FAILS(ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED, aclmdlRICaptureEnd(g->a, &graph), NULL);
	EXPECT_EQ(NULL, graph);
	WORKS(aclrtSynchronizeStream(g->b));
}

TEST_HARNESS_MAIN
