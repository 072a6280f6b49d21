// SPDX-License-Identifier: MIT
/*
 * Graphs of empty functions: the replay and the capture against launching the same
 * functions one by one, and the question whether a stream is captured.
 */
#include "acl/acl.h"
#include "bench.h"

#define TASKS	100
#define ROUNDS	100
#define QUERIES	100000
#define REPS	11

static aclrtStream stream;
static aclmdlRI graph;

static void nothing(void *arg)
{
	(void)arg;
}

static void launch_tasks(void)
{
	for (int i = 0; i < TASKS; i++)
		BENCH_CHECK(!aclrtLaunchHostFunc(stream, nothing, NULL));
}

static uint64_t launch(void *arg)
{
	uint64_t start = bench_now();

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		launch_tasks();
		BENCH_CHECK(!aclrtSynchronizeStream(stream));
	}
	return (bench_now() - start) / ROUNDS;
}

static uint64_t replay(void *arg)
{
	uint64_t start = bench_now();

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		BENCH_CHECK(!aclmdlRIExecuteAsync(graph, stream));
		BENCH_CHECK(!aclrtSynchronizeStream(stream));
	}
	return (bench_now() - start) / ROUNDS;
}

static uint64_t capture(void *arg)
{
	uint64_t start = bench_now();
	aclmdlRI captured;

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		BENCH_CHECK(!aclmdlRICaptureBegin(stream, ACL_MODEL_RI_CAPTURE_MODE_GLOBAL));
		launch_tasks();
		BENCH_CHECK(!aclmdlRICaptureEnd(stream, &captured));
		BENCH_CHECK(!aclmdlRIDestroy(captured));
	}
	return (bench_now() - start) / ROUNDS;
}

static uint64_t ask(void *arg)
{
	aclmdlRICaptureStatus status;
	uint64_t start = bench_now();

	(void)arg;
	for (int i = 0; i < QUERIES; i++)
		BENCH_CHECK(!aclmdlRICaptureGetInfo(stream, &status, NULL));
	return (bench_now() - start) / QUERIES;
}

static uint64_t get_id(void *arg)
{
	uint64_t start = bench_now();
	int32_t id;

	(void)arg;
	for (int i = 0; i < QUERIES; i++)
		BENCH_CHECK(!aclrtStreamGetId(stream, &id));
	return (bench_now() - start) / QUERIES;
}

int main(void)
{
	uint64_t launched;

	BENCH_CHECK(!aclInit(NULL) && !aclrtSetDevice(0) && !aclrtCreateStream(&stream));
	launched = bench_repeat(REPS, launch, NULL);
	BENCH_CHECK(!aclmdlRICaptureBegin(stream, ACL_MODEL_RI_CAPTURE_MODE_GLOBAL));
	launch_tasks();
	BENCH_CHECK(!aclmdlRICaptureEnd(stream, &graph));
	bench_row("graph", "replay of 100 empty tasks", bench_repeat(REPS, replay, NULL),
		  "launching them", launched);
	bench_row("graph", "capture of 100 empty tasks", bench_repeat(REPS, capture, NULL),
		  "launching them", launched);
	bench_row("graph", "is a stream captured", bench_repeat(REPS, ask, NULL),
		  "aclrtStreamGetId", bench_repeat(REPS, get_id, NULL));
	BENCH_CHECK(!aclmdlRIDestroy(graph));
	BENCH_CHECK(!aclrtDestroyStream(stream) && !aclrtResetDevice(0) && !aclFinalize());
	return 0;
}
