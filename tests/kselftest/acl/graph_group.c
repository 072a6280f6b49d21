// SPDX-License-Identifier: MIT
/*
 * Graphs: task groups and their updates, events that are used outside of a graph,
 * graphs without a capture, names, lists of tasks, and the end of devices.
 */
#include "acl_graph.h"

GRAPH_FIXTURE(graph_group)

static void add(const acl_emu_block *block, void *arg)
{
	struct { int *sum, more; } *a = arg;

	(void)block;
	*a->sum += a->more;
}

static aclError launch_add(aclrtStream stream, int *sum, int more)
{
	struct { int *sum, more; } a = { sum, more };

	return acl_emu_launch(stream, add, &a, sizeof(a), 1);
}

/* An update takes effect in the order of its stream. */
TEST_F(graph_group, update)
{
	struct graph_world *g = &self->g;
	aclrtTaskGrp group = NULL;
	aclmdlRI graph;
	int sum = 0;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(launch_add(g->a, &sum, 1));
	WORKS(aclmdlRICaptureTaskGrpBegin(g->a));
	FAILS(ACL_ERROR_STREAM_TASK_GROUP_STATUS, aclmdlRICaptureTaskGrpBegin(g->a), NULL);
	WORKS(launch_add(g->a, &sum, 10));
	WORKS(launch_add(g->a, &sum, 100));
	WORKS(aclmdlRICaptureTaskGrpEnd(g->a, &group));
	FAILS(ACL_ERROR_STREAM_TASK_GROUP_STATUS, aclmdlRICaptureTaskGrpEnd(g->a, &group), NULL);
	EXPECT_NE(NULL, group);
	FAILS(ACL_ERROR_RT_STREAM_CAPTURED, aclmdlRICaptureTaskUpdateBegin(g->a, group), NULL);
	FAILS(ACL_ERROR_RT_MODEL_CAPTURED, aclmdlRICaptureTaskUpdateBegin(g->b, group), NULL);
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(graph_replay(graph, g->a));
	EXPECT_EQ(111, sum);
	FAILS(BAD_HANDLE, aclmdlRICaptureTaskUpdateBegin(g->b, graph), hex(graph));
	WORKS(aclmdlRICaptureTaskUpdateBegin(g->b, group));
	FAILS(ACL_ERROR_STREAM_TASK_GROUP_STATUS, aclmdlRICaptureTaskUpdateBegin(g->c, group),
	      NULL);
	WORKS(launch_add(g->b, &sum, 20));
	FAILS(ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT, aclrtMemsetAsync(g->dst, 8, 0, 8, g->b), NULL);
	FAILS(ACL_ERROR_RT_INTERNAL_ERROR, aclmdlRICaptureTaskUpdateEnd(g->b), "1");
	FAILS(ACL_ERROR_STREAM_TASK_GROUP_STATUS, aclmdlRICaptureTaskUpdateEnd(g->b), NULL);
	WORKS(aclmdlRICaptureTaskUpdateBegin(g->b, group));
	WORKS(launch_add(g->b, &sum, 20));
	WORKS(launch_add(g->b, &sum, 200));
	WORKS(aclmdlRICaptureTaskUpdateEnd(g->b));
	WORKS(aclrtSynchronizeStream(g->b));
	WORKS(graph_replay(graph, g->a));
	EXPECT_EQ(111 + 221, sum);
	WORKS(aclmdlRIDestroy(graph));
	FAILS(BAD_HANDLE, aclmdlRICaptureTaskUpdateBegin(g->b, group), hex(group));
}

/* A task of another stream, and one of another kind, spoil a group. */
TEST_F(graph_group, interrupted)
{
	struct graph_world *g = &self->g;
	aclrtTaskGrp group = g;
	aclmdlRI graph = g;
	int sum;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclmdlRICaptureTaskGrpBegin(g->a));
	FAILS(ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT, aclrtMemsetAsync(g->dst, 8, 0, 8, g->a), NULL);
	FAILS(ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT, aclmdlRICaptureTaskGrpEnd(g->a, &group), NULL);
	EXPECT_EQ(NULL, group);
	EXPECT_EQ(ACTIVE, graph_status(g->a));
	WORKS(graph_fork(g->a, g->b, g->event));
	WORKS(aclmdlRICaptureTaskGrpBegin(g->a));
	EXPECT_EQ(ACL_ERROR_STREAM_TASK_GROUP_INTR, launch_add(g->b, &sum, 1));
	FAILS(ACL_ERROR_STREAM_TASK_GROUP_INTR, aclmdlRICaptureTaskGrpEnd(g->a, &group), NULL);
	EXPECT_EQ(BROKEN, graph_status(g->a));
	FAILS(ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED, aclmdlRICaptureEnd(g->a, &graph), NULL);
	EXPECT_EQ(NULL, graph);
}

/* ---- events outside ---- */

/* A replay waits for the last record before it; its own record is for later calls. */
TEST_F(graph_group, external)
{
	struct graph_world *g = &self->g;
	aclrtEvent in, out;
	struct hold hold = HOLD;
	int counter = 0, after = 0;
	aclmdlRI graph;

	WORKS(aclrtCreateEventExWithFlag(&in, ACL_EVENT_SYNC));
	WORKS(aclrtCreateEventExWithFlag(&out, ACL_EVENT_SYNC));
	FAILS(INVALID, aclrtRecordEventWithFlag(out, g->a, 2), "flag");
	FAILS(INVALID, aclrtStreamWaitEventWithFlag(g->a, in, 1, ACL_EVENT_WAIT_EXTERNAL),
	      "timeout");
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtStreamWaitEventWithFlag(g->a, in, 0, ACL_EVENT_WAIT_EXTERNAL));
	FAILS(PARAM, aclrtStreamWaitEvent(g->a, in), hex(in));
	FAILS(PARAM, aclrtStreamWaitEventWithFlag(g->a, in, 0, ACL_EVENT_WAIT_EXTERNAL), hex(in));
	WORKS(count_in(g->a, &counter, 1));
	WORKS(aclrtRecordEventWithFlag(out, g->a, ACL_EVENT_RECORD_EXTERNAL));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(graph_replay(graph, g->a));
	EXPECT_EQ(1, counter);
	WORKS(hold_stream(&hold, g->b));
	WORKS(aclrtRecordEvent(in, g->b));
	WORKS(aclmdlRIExecuteAsync(graph, g->a));
	WORKS(aclrtStreamWaitEvent(g->c, out));
	WORKS(count_in(g->c, &after, 1));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(g->c, 5), NULL);
	EXPECT_EQ(1, counter);
	EXPECT_EQ(0, after);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(g->c));
	EXPECT_EQ(2, counter);
	EXPECT_EQ(1, after);
	WORKS(aclmdlRIDestroy(graph));
	WORKS(aclrtDestroyEvent(in));
	WORKS(aclrtDestroyEvent(out));
}

/* An event with ACL_EVENT_EXTERNAL is a flag: each replay waits for it and clears it. */
TEST_F(graph_group, old_external)
{
	struct graph_world *g = &self->g;
	aclrtEvent event;
	int counter = 0, i;
	aclmdlRI graph;

	WORKS(aclrtCreateEventWithFlag(&event, ACL_EVENT_EXTERNAL));
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtStreamWaitEvent(g->a, event));
	WORKS(aclrtResetEvent(event, g->a));
	WORKS(count_in(g->a, &counter, 1));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	for (i = 1; i < 4; i++) {
		WORKS(aclmdlRIExecuteAsync(graph, g->a));
		FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(g->a, 5), NULL);
		WORKS(aclrtRecordEvent(event, g->b));
		WORKS(aclrtSynchronizeStream(g->a));
		EXPECT_EQ(i, counter);
	}
	WORKS(aclmdlRIDestroy(graph));
	WORKS(aclrtDestroyEvent(event));
}

/* ---- without a capture ---- */

TEST_F(graph_group, built)
{
	struct graph_world *g = &self->g;
	aclrtStream stream;
	aclmdlRI graph;
	int counter = 0;

	WORKS(aclrtCreateStreamWithConfig(&stream, 0, ACL_STREAM_PERSISTENT));
	WORKS(aclmdlRIBuildBegin(&graph, 0));
	FAILS(PARAM, aclmdlRIBindStream(graph, g->a, ACL_MODEL_STREAM_FLAG_HEAD), hex(g->a));
	FAILS(PARAM, aclmdlRIBindStream(graph, stream, 5), "flag");
	WORKS(aclmdlRIBindStream(graph, stream, ACL_MODEL_STREAM_FLAG_HEAD));
	FAILS(ACL_ERROR_RT_STREAM_MODEL, aclmdlRIBindStream(graph, stream, 0), hex(stream));
	WORKS(count_in(stream, &counter, 2));
	WORKS(aclrtSynchronizeStream(stream));
	EXPECT_EQ(0, counter);
	FAILS(ACL_ERROR_RT_MODEL_EXECUTE, aclmdlRIExecute(graph, -1), NULL);
	WORKS(aclmdlRIEndTask(graph, stream));
	FAILS(ACL_ERROR_RT_INTERNAL_ERROR, aclrtLaunchHostFunc(stream, count_here, &counter), NULL);
	FAILS(INVALID, aclmdlRIBuildEnd(graph, g), "reserve");
	WORKS(aclmdlRIBuildEnd(graph, NULL));
	FAILS(ACL_ERROR_RT_INTERNAL_ERROR, aclmdlRIBuildEnd(graph, NULL), NULL);
	WORKS(aclmdlRIExecute(graph, -1));
	EXPECT_EQ(2, counter);
	FAILS(PARAM, aclmdlRIExecuteAsync(graph, stream), hex(stream));
	WORKS(graph_replay(graph, g->a));
	EXPECT_EQ(4, counter);
	WORKS(aclmdlRIUnbindStream(graph, stream));
	WORKS(count_in(stream, &counter, 1));
	WORKS(aclrtSynchronizeStream(stream));
	EXPECT_EQ(5, counter);
	WORKS(aclmdlRIDestroy(graph));
	WORKS(aclrtDestroyStream(stream));
}

/* ---- what a graph says about itself ---- */

TEST_F(graph_group, tasks)
{
	struct graph_world *g = &self->g;
	static const aclmdlRITaskType types[] = {
		ACL_MODEL_RI_TASK_DEFAULT, ACL_MODEL_RI_TASK_KERNEL, ACL_MODEL_RI_TASK_VALUE_WRITE,
		ACL_MODEL_RI_TASK_EVENT_RECORD, ACL_MODEL_RI_TASK_EVENT_WAIT,
	};
	aclrtStream streams[3] = { NULL };
	uint32_t count = 0, i, number;
	aclmdlRITaskParams params;
	aclmdlRITaskType type;
	aclmdlRITask tasks[8];
	aclmdlRI graph;
	char name[8];
	int sum;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtMemsetAsync(g->dst, 8, 0, 8, g->a));
	WORKS(launch_add(g->a, &sum, 1));
	WORKS(aclrtValueWrite(g->dst, 7, 0, g->a));
	WORKS(graph_fork(g->a, g->b, g->event));
	WORKS(graph_join(g->a, g->b, g->other));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(aclmdlRIGetStreams(graph, NULL, &count));
	EXPECT_EQ(2, count);
	count = 3;
	WORKS(aclmdlRIGetStreams(graph, streams, &count));
	EXPECT_EQ(2, count);
	FAILS(ACL_ERROR_RT_INTERNAL_ERROR, aclrtMemsetAsync(g->dst, 8, 0, 8, streams[0]), NULL);
	count = 8;
	WORKS(aclmdlRIGetTasksByStream(streams[0], tasks, &count));
	ASSERT_EQ(5, count);
	for (i = 0; i < count; i++) {
		WORKS(aclmdlRITaskGetType(tasks[i], &type));
		EXPECT_EQ(types[i], type) TH_LOG("task %u", i);
	}
	WORKS(aclmdlRITaskGetParams(tasks[2], &params));
	EXPECT_EQ(g->dst, params.valueWriteTaskParams.devAddr);
	EXPECT_EQ(7, params.valueWriteTaskParams.value);
	WORKS(aclmdlRITaskGetParams(tasks[3], &params));
	EXPECT_EQ(g->event, params.eventRecordTaskParams.event);
	WORKS(aclmdlRITaskGetSeqId(tasks[4], &number));
	EXPECT_EQ(6, number);
	WORKS(aclmdlRISetName(graph, "a long name"));
	WORKS(aclmdlRIGetName(graph, sizeof(name), name));
	EXPECT_STREQ("a long ", name);
	FAILS(PARAM, aclmdlRIGetName(graph, 0, name), "maxLen");
	FAILS(PARAM, aclmdlRIDebugJsonPrint(graph, "/no/such/file", 0), "/no/such/file");
	WORKS(aclmdlRIDestroy(graph));
	FAILS(BAD_HANDLE, aclmdlRITaskGetType(tasks[0], &type), NULL);
}

TEST_F(graph_group, destroy_calls)
{
	struct graph_world *g = &self->g;
	int first = 0, second = 0;
	aclmdlRI graph;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(aclmdlRIDestroyRegisterCallback(graph, count_here, &first));
	FAILS(PARAM, aclmdlRIDestroyRegisterCallback(graph, count_here, &second), NULL);
	FAILS(PARAM, aclmdlRIDestroyUnregisterCallback(graph, step_here), NULL);
	WORKS(aclmdlRIDestroyUnregisterCallback(graph, count_here));
	WORKS(aclmdlRIDestroyRegisterCallback(graph, count_here, &second));
	WORKS(aclmdlRIDestroy(graph));
	EXPECT_EQ(0, first);
	EXPECT_EQ(1, second);
}

/* ---- the end of devices ---- */

/* A reset ends graphs, and captures that are open. */
TEST_F(graph_group, reset)
{
	aclrtStream stream, other;
	aclmdlRI graph, open;
	aclrtEvent event;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtCreateStream(&other));
	WORKS(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
	WORKS(aclmdlRICaptureBegin(stream, GLOBAL));
	WORKS(graph_fork(stream, other, event));
	WORKS(graph_join(stream, other, event));
	WORKS(aclmdlRICaptureEnd(stream, &graph));
	WORKS(aclmdlRICaptureBegin(stream, GLOBAL));
	WORKS(graph_fork(stream, other, event));
	WORKS(aclmdlRICaptureGetInfo(stream, NULL, &open));
	WORKS(aclrtResetDeviceForce(1));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
	FAILS(BAD_HANDLE, aclmdlRIExecuteAsync(graph, NULL), hex(graph));
	FAILS(BAD_HANDLE, aclmdlRIExecuteAsync(open, NULL), hex(open));
	FAILS(BAD_HANDLE, aclmdlRICaptureEnd(stream, &graph), hex(stream));
	WORKS(aclrtSynchronizeDevice());
	WORKS(aclrtDestroyEvent(event));
}

/* A child has no graphs and no capture. */
TEST_F(graph_group, fork)
{
	struct graph_world *g = &self->g;
	aclmdlRI graph;
	pid_t pid;

	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	WORKS(aclrtMemsetAsync(g->dst, 8, 0, 8, g->a));
	pid = fork();
	if (!pid) {
		aclmdlRICaptureStatus status;

		if (aclmdlRICaptureGetInfo(g->a, &status, NULL) != BAD_HANDLE)
			_exit(1);
		if (aclrtSetDevice(0) || aclrtMalloc(&graph, 4096, 0) ||
		    aclrtMemset(graph, 4096, 0, 4096))
			_exit(2);
		_exit(0);
	}
	EXPECT_EQ(0, join(pid));
	WORKS(aclmdlRICaptureEnd(g->a, &graph));
	WORKS(graph_replay(graph, g->a));
	WORKS(aclmdlRIDestroy(graph));
}

TEST_HARNESS_MAIN
