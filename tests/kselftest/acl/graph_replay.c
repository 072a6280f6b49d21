// SPDX-License-Identifier: MIT
/*
 * Replays of graphs: what each kind of task does at each replay, the order, memory as
 * it is at the replay, failures and their sentences, and the end of graphs.
 */
#include "acl_graph.h"

GRAPH_FIXTURE(graph_replay)

/* Nothing runs in a capture; each replay does everything again. */
TEST_F(graph_replay, copies)
{
	struct graph_world *g = &self->g;
	aclmdlRI graph;
	int i;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtMemcpyAsync(g->src, GRAPH_SIZE, g->host, GRAPH_SIZE, ACL_MEMCPY_HOST_TO_DEVICE,
			       g->a));
	WORKS(aclrtMemcpyAsync(g->dst, GRAPH_SIZE, g->src, GRAPH_SIZE, ACL_MEMCPY_DEVICE_TO_DEVICE,
			       g->a));
	WORKS(aclrtMemsetAsync(g->src, 1, 9, 1, g->a));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	EXPECT_EQ(0, graph_byte(g->dst));
	EXPECT_EQ(1, graph_byte(g->src));
	for (i = 3; i < 6; i++) {
		memset(g->host, i, GRAPH_SIZE);
		WORKS(graph_replay(graph, i % 2 ? g->b : NULL));
		EXPECT_EQ(i, graph_byte(g->dst));
		EXPECT_EQ(i, graph_byte(g->dst + GRAPH_SIZE - 1));
		EXPECT_EQ(9, graph_byte(g->src));
	}
	WORKS(aclmdlRIDestroy(graph));
}

static void kernel(const acl_emu_block *block, void *arg)
{
	int *counter = *(int **)arg;

	(void)block;
	__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

/* Functions, kernels, notifies and values, ten thousand times. */
TEST_F(graph_replay, many)
{
	struct graph_world *g = &self->g;
	int counter = 0, blocks = 0, *to = &blocks, i;
	aclrtNotify notify;
	aclmdlRI graph;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtLaunchHostFunc(g->a, count_here, &counter));
	WORKS(aclrtRecordNotify(notify, g->a));
	WORKS(aclrtWaitAndResetNotify(notify, g->a, 0));
	WORKS(acl_emu_launch(g->a, kernel, &to, sizeof(to), 1));
	WORKS(aclrtValueWrite(g->dst, 7, 0, g->a));
	WORKS(aclrtValueWait(g->dst, 7, ACL_STREAM_WAIT_VALUE_EQ, g->a));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	to = NULL;
	EXPECT_EQ(0, counter);
	for (i = 0; i < 10000; i++)
		WORKS(aclmdlRIExecuteAsync(graph, g->a));
	WORKS(aclrtSynchronizeStream(g->a));
	EXPECT_EQ(10000, counter);
	EXPECT_EQ(10000, blocks);
	EXPECT_EQ(7, graph_byte(g->dst));
	WORKS(aclmdlRIDestroy(graph));
	WORKS(aclrtDestroyNotify(notify));
}

/* A graph of ten thousand tasks, in their order. */
TEST_F(graph_replay, long_graph)
{
	static struct step steps[10000];
	struct graph_world *g = &self->g;
	struct trace trace = { 0 };
	aclmdlRI graph;
	int i;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	for (i = 0; i < 10000; i++) {
		steps[i] = (struct step){ &trace, i };
		WORKS(aclrtLaunchHostFunc(g->a, step_here, &steps[i]));
	}
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(graph_replay(graph, g->a));
	EXPECT_EQ(10000, trace.count);
	EXPECT_EQ(0, trace.first_wrong);
	WORKS(aclmdlRIDestroy(graph));
}

/* The replay is one task: what is behind it waits for its end, in all its streams. */
TEST_F(graph_replay, one_item)
{
	struct graph_world *g = &self->g;
	struct trace trace = { 0 };
	struct step steps[4] = { { &trace, 0 }, { &trace, 1 }, { &trace, 2 }, { &trace, 3 } };
	struct hold hold = HOLD;
	aclmdlRI graph;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtLaunchHostFunc(g->a, step_here, &steps[1]));
	WORKS(graph_fork(g->a, g->b, g->event));
	WORKS(aclrtLaunchHostFunc(g->b, step_here, &steps[2]));
	WORKS(graph_join(g->a, g->b, g->other));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(hold_stream(&hold, g->a));
	WORKS(aclrtLaunchHostFunc(g->a, step_here, &steps[0]));
	WORKS(aclmdlRIExecuteAsync(graph, g->a));
	WORKS(aclrtLaunchHostFunc(g->a, step_here, &steps[3]));
	EXPECT_EQ(0, trace.count);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(g->a));
	EXPECT_EQ(4, trace.count);
	EXPECT_EQ(0, trace.first_wrong);
	WORKS(aclmdlRIDestroy(graph));
}

struct pair {
	struct flag *mine, *theirs;
};

static void meet(void *arg)
{
	struct pair *pair = arg;

	flag_raise(pair->mine);
	flag_wait(pair->theirs);
}

/* The streams of a graph run at the same time. */
TEST_F(graph_replay, at_once)
{
	struct graph_world *g = &self->g;
	struct flag one = FLAG_DOWN, two = FLAG_DOWN;
	struct pair pairs[2] = { { &one, &two }, { &two, &one } };
	aclrtNotify notify;
	aclmdlRI graph;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(graph_fork(g->a, g->b, g->event));
	WORKS(aclrtWaitAndResetNotify(notify, g->a, 0));
	WORKS(aclrtRecordNotify(notify, g->b));
	WORKS(aclrtLaunchHostFunc(g->a, meet, &pairs[0]));
	WORKS(aclrtLaunchHostFunc(g->b, meet, &pairs[1]));
	WORKS(graph_join(g->a, g->b, g->other));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(graph_replay(graph, g->c));
	WORKS(aclmdlRIDestroy(graph));
	WORKS(aclrtDestroyNotify(notify));
}

/* Replays of one graph do not overlap, in whichever streams they are. */
TEST_F(graph_replay, two_streams)
{
	struct graph_world *g = &self->g;
	struct hold hold = HOLD;
	int counter = 0;
	aclmdlRI graph;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtLaunchHostFunc(g->a, hold_here, &hold));
	WORKS(aclrtLaunchHostFunc(g->a, count_here, &counter));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(aclmdlRIExecuteAsync(graph, g->a));
	flag_wait(&hold.begun);
	WORKS(aclmdlRIExecuteAsync(graph, g->b));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(g->b, 5), NULL);
	EXPECT_EQ(0, counter);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeDevice());
	EXPECT_EQ(2, counter);
	WORKS(aclmdlRIDestroy(graph));
}

/* ---- memory as it is at the replay ---- */

/* The sentence names the graph, the task, its function, and what failed. */
static void fails_at_task(struct __test_metadata *_metadata, struct graph_world *g, aclmdlRI graph,
			  const char *addr)
{
	const char *text;

	WORKS(aclmdlRIExecuteAsync(graph, g->a));
	forget();
	EXPECT_EQ(BAD_HANDLE, aclrtSynchronizeStream(g->a));
	text = aclGetRecentErrMsg();
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "'decode bs=8'")) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, "task 1 of 2")) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, "aclrtMemcpyAsync()")) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, hex(g->a))) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, addr)) TH_LOG("%s", text);
}

TEST_F(graph_replay, unmapped)
{
	struct graph_world *g = &self->g;
	struct block block, other;
	aclmdlRI graph;

	WORKS(block_make(&block, BLOCK, 0));
	WORKS(phys(&other.handle, BLOCK, 0));
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtMemsetAsync(g->dst, GRAPH_SIZE, 5, GRAPH_SIZE, g->a));
	WORKS(aclrtMemcpyAsync(block.addr, GRAPH_SIZE, g->dst, GRAPH_SIZE,
			       ACL_MEMCPY_DEVICE_TO_DEVICE, g->a));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(aclmdlRISetName(graph, "decode bs=8"));
	WORKS(graph_replay(graph, g->a));
	EXPECT_EQ(5, graph_byte(block.addr));
	/* Other memory at the address takes its place. */
	WORKS(aclrtUnmapMem(block.addr));
	fails_at_task(_metadata, g, graph, hex(block.addr));
	WORKS(aclrtMapMem(block.addr, BLOCK, 0, other.handle, 0));
	WORKS(grant_host(block.addr, BLOCK));
	EXPECT_EQ(0, graph_byte(block.addr));
	WORKS(graph_replay(graph, g->a));
	EXPECT_EQ(5, graph_byte(block.addr));
	WORKS(aclmdlRIDestroy(graph));
	WORKS(aclrtFreePhysical(other.handle));
	WORKS(block_drop(&block));
}

TEST_F(graph_replay, freed)
{
	struct graph_world *g = &self->g;
	aclmdlRI graph;
	void *mem;

	WORKS(aclrtMalloc(&mem, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtMemsetAsync(g->dst, GRAPH_SIZE, 5, GRAPH_SIZE, g->a));
	WORKS(aclrtMemcpyAsync(mem, GRAPH_SIZE, g->dst, GRAPH_SIZE, ACL_MEMCPY_DEVICE_TO_DEVICE,
			       g->a));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(aclmdlRISetName(graph, "decode bs=8"));
	WORKS(aclrtFree(mem));
	fails_at_task(_metadata, g, graph, hex(mem));
	WORKS(aclmdlRIDestroy(graph));
}

/* The failure of one stream ends the others, also what waits without end. */
TEST_F(graph_replay, failure_ends_all)
{
	struct graph_world *g = &self->g;
	aclrtNotify notify;
	int counter = 0;
	aclmdlRI graph;
	void *mem;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtMalloc(&mem, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(graph_fork(g->a, g->b, g->event));
	WORKS(aclrtWaitAndResetNotify(notify, g->a, 0));
	WORKS(aclrtMemsetAsync(mem, GRAPH_SIZE, 5, GRAPH_SIZE, g->b));
	WORKS(aclrtRecordNotify(notify, g->b));
	WORKS(graph_join(g->a, g->b, g->other));
	WORKS(aclrtLaunchHostFunc(g->a, count_here, &counter));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(graph_replay(graph, g->a));
	WORKS(aclrtFree(mem));
	WORKS(aclmdlRIExecuteAsync(graph, g->a));
	WORKS(count_in(g->a, &counter, 1));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(g->a), "aclrtMemsetAsync()");
	EXPECT_EQ(2, counter);
	WORKS(aclmdlRIDestroy(graph));
	WORKS(aclrtDestroyNotify(notify));
}

/* ---- the end ---- */

static aclError abort_call(void *stream)
{
	return aclrtStreamAbort(stream);
}

/* An abort ends the waits of all streams of the replay; the graph can be used again. */
TEST_F(graph_replay, abort)
{
	struct graph_world *g = &self->g;
	struct hold hold = HOLD;
	struct caller caller = { .call = NULL };
	aclrtNotify notify;
	aclmdlRI graph;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(graph_fork(g->a, g->b, g->event));
	WORKS(aclrtLaunchHostFunc(g->a, hold_here, &hold));
	WORKS(aclrtWaitAndResetNotify(notify, g->b, 0));
	WORKS(graph_join(g->a, g->b, g->other));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(aclmdlRIExecuteAsync(graph, g->a));
	flag_wait(&hold.begun);
	caller_start(&caller, abort_call, g->a);
	flag_raise(&hold.go_on);
	WORKS(caller_join(&caller));
	WORKS(aclrtSynchronizeStream(g->a));
	WORKS(aclrtRecordNotify(notify, g->c));
	WORKS(graph_replay(graph, g->a));
	WORKS(aclmdlRIDestroy(graph));
	WORKS(aclrtDestroyNotify(notify));
}

/* Destroying waits for replays; a replay that does not end is an error. */
TEST_F(graph_replay, destroy_running)
{
	struct graph_world *g = &self->g;
	struct hold hold = HOLD;
	aclmdlRI graph;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtLaunchHostFunc(g->a, hold_here, &hold));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(aclmdlRIExecuteAsync(graph, g->a));
	flag_wait(&hold.begun);
	FAILS(ACL_ERROR_RT_MODEL_RUNNING, aclmdlRIDestroy(graph), NULL);
	flag_raise(&hold.go_on);
	WORKS(aclmdlRIDestroy(graph));
	WORKS(aclrtSynchronizeStream(g->a));
}

/* Events and notifies of tasks stay until the graph ends. */
TEST_F(graph_replay, objects_stay)
{
	struct graph_world *g = &self->g;
	aclrtNotify notify;
	aclrtEvent event;
	aclmdlRI graph;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtRecordNotify(notify, g->a));
	WORKS(graph_fork(g->a, g->b, event));
	WORKS(graph_join(g->a, g->b, event));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(aclrtDestroyNotify(notify));
	WORKS(aclrtDestroyEvent(event));
	WORKS(graph_replay(graph, g->a));
	WORKS(aclmdlRIDestroy(graph));
}

/* The event is free again after the capture. */
TEST_F(graph_replay, event_is_free)
{
	struct graph_world *g = &self->g;
	aclrtEventRecordedStatus status;
	aclmdlRI graph;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(graph_fork(g->a, g->b, g->event));
	WORKS(graph_join(g->a, g->b, g->other));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(aclrtQueryEventStatus(g->event, &status));
	EXPECT_EQ(ACL_EVENT_RECORDED_STATUS_NOT_READY, status);
	WORKS(graph_replay(graph, g->a));
	WORKS(aclrtQueryEventStatus(g->event, &status));
	EXPECT_EQ(ACL_EVENT_RECORDED_STATUS_NOT_READY, status);
	WORKS(aclrtRecordEvent(g->event, g->b));
	WORKS(aclrtStreamWaitEvent(g->a, g->event));
	WORKS(aclrtSynchronizeStream(g->a));
	WORKS(aclrtQueryEventStatus(g->event, &status));
	EXPECT_EQ(ACL_EVENT_RECORDED_STATUS_COMPLETE, status);
	WORKS(aclmdlRIDestroy(graph));
}

/* ---- order of the checks ---- */

GRAPH_CALL(execute_null, aclmdlRIExecuteAsync(NULL, g->a))
GRAPH_CALL(execute, aclmdlRIExecuteAsync(graph_ready, g->a))
GRAPH_CALL(execute_junk_stream, aclmdlRIExecuteAsync(graph_ready, g->src))
GRAPH_CALL(execute_wait, aclmdlRIExecute(graph_ready, -1))
GRAPH_CALL(execute_wait_zero, aclmdlRIExecute(graph_ready, 0))
GRAPH_CALL(destroy_null, aclmdlRIDestroy(NULL))
GRAPH_CALL(destroy, aclmdlRIDestroy(graph_ready))
GRAPH_CALL(abort_null, aclmdlRIAbort(NULL))
GRAPH_CALL(abort_graph, aclmdlRIAbort(graph_ready))

static aclError execute_no_context(struct graph_world *g)
{
	return graph_elsewhere(g, NULL, execute);
}

static aclError destroy_no_context(struct graph_world *g)
{
	return graph_elsewhere(g, NULL, destroy);
}

static aclError on_device_1(struct graph_world *g, aclError (*call)(struct graph_world *g))
{
	aclError code;

	aclrtSetDevice(1);
	code = call(g);
	aclrtSetDevice(0);
	return code;
}

static aclError execute_foreign(struct graph_world *g)
{
	return on_device_1(g, execute);
}

static aclError destroy_foreign(struct graph_world *g)
{
	return on_device_1(g, destroy);
}

TEST_F(graph_replay, checks)
{
	static const struct graph_row rows[] = {
		{ "execute null", READY, execute_null, INVALID, "modelRI", NONE },
		{ "execute", READY, execute, 0, NULL, NONE },
		{ "execute junk", READY, execute_junk_stream, BAD_HANDLE, NULL, NONE },
		{ "execute no context", READY, execute_no_context, ACL_ERROR_RT_CONTEXT_NULL, NULL,
		  NONE },
		{ "execute foreign", READY, execute_foreign, ACL_ERROR_RT_MODEL_CONTEXT, NULL,
		  NONE },
		{ "execute and wait", READY, execute_wait, PARAM, NULL, NONE },
		{ "no time", READY, execute_wait_zero, PARAM, "timeout", NONE },
		{ "destroy null", READY, destroy_null, INVALID, "modelRI", NONE },
		{ "destroy no context", READY, destroy_no_context, ACL_ERROR_RT_CONTEXT_NULL, NULL,
		  NONE },
		{ "destroy foreign", READY, destroy_foreign, ACL_ERROR_RT_MODEL_CONTEXT, NULL,
		  NONE },
		{ "abort null", READY, abort_null, ACL_ERROR_RT_INTERNAL_ERROR, NULL, NONE },
		{ "abort", READY, abort_graph, PARAM, NULL, NONE },
	};

	ROWS(rows);
}

TEST_HARNESS_MAIN
