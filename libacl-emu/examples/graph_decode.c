// SPDX-License-Identifier: MIT
/*
 * A decode loop that replays captured graphs, with a private pool that sleeps.
 *
 * A server captures one graph for each batch size. The graphs share a pool of
 * addresses: a graph stores addresses, so the pool must keep them while the graphs
 * live, but the memory behind them may come and go. Between two phases of work the
 * server unmaps the pool (sleep) and maps other memory there (wake); the same graphs
 * then work on the new memory. A replay while the pool sleeps fails, and its message
 * names the captured task.
 *
 *     cc graph_decode.c -lascendcl -o graph_decode
 *     ./graph_decode [STEPS]
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acl/acl.h"

#define BATCHES		3		/* graphs for 1, 2 and 4 sequences */
#define ROW		4096ul		/* bytes of a sequence */
#define GRANULE		(2ul << 20)

static void die(const char *what, aclError code)
{
	const char *why = aclGetRecentErrMsg();

	fprintf(stderr, "%s failed with %d: %s\n", what, code, why ? why : "no message");
	exit(1);
}

#define CHECK(call) do { \
	aclError code_ = (call); \
	if (code_ != ACL_SUCCESS) \
		die(#call, code_); \
} while (0)

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "wrong result: %s\n", what);
	exit(1);
}

/* ---- the pool: addresses that stay, memory that does not ---- */

struct pool {
	char *addr;
	aclrtDrvMemHandle handle;
};

static void pool_wake(struct pool *pool)
{
	aclrtPhysicalMemProp prop = {
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};

	CHECK(aclrtMallocPhysical(&pool->handle, GRANULE, &prop, 0));
	CHECK(aclrtMapMem(pool->addr, GRANULE, 0, pool->handle, 0));
}

static void pool_sleep(struct pool *pool)
{
	CHECK(aclrtUnmapMem(pool->addr));
	CHECK(aclrtFreePhysical(pool->handle));
}

/* ---- a model: its input and output lie in the pool ---- */

struct model {
	aclrtStream main, side;
	aclrtEvent fork, join;
	struct pool pool;
	char *host;			/* pinned: one row of input, one of output */
	aclmdlRI graph[BATCHES];
};

static char *input(const struct model *m)
{
	return m->pool.addr;
}

static char *output(const struct model *m)
{
	return m->pool.addr + 8 * ROW;
}

/* Tokens in, one half of the rows computed in each stream, the last row out. */
static void submit_step(struct model *m, int rows)
{
	int i;

	CHECK(aclrtMemcpyAsync(input(m), ROW, m->host, ROW, ACL_MEMCPY_HOST_TO_DEVICE, m->main));
	CHECK(aclrtRecordEvent(m->fork, m->main));
	CHECK(aclrtStreamWaitEvent(m->side, m->fork));
	for (i = 0; i < rows; i++)
		CHECK(aclrtMemcpyAsync(output(m) + (size_t)i * ROW, ROW, input(m), ROW,
				       ACL_MEMCPY_DEVICE_TO_DEVICE, i % 2 ? m->side : m->main));
	CHECK(aclrtRecordEvent(m->join, m->side));
	CHECK(aclrtStreamWaitEvent(m->main, m->join));
	CHECK(aclrtMemcpyAsync(m->host + ROW, ROW, output(m) + (size_t)(rows - 1) * ROW, ROW,
			       ACL_MEMCPY_DEVICE_TO_HOST, m->main));
}

static void capture_all(struct model *m)
{
	char name[32];
	int i;

	for (i = 0; i < BATCHES; i++) {
		CHECK(aclmdlRICaptureBegin(m->main, ACL_MODEL_RI_CAPTURE_MODE_GLOBAL));
		submit_step(m, 1 << i);
		CHECK(aclmdlRICaptureEnd(m->main, &m->graph[i]));
		snprintf(name, sizeof(name), "decode bs=%d", 1 << i);
		CHECK(aclmdlRISetName(m->graph[i], name));
	}
}

static void model_open(struct model *m)
{
	CHECK(aclrtCreateStream(&m->main));
	CHECK(aclrtCreateStream(&m->side));
	CHECK(aclrtCreateEventExWithFlag(&m->fork, ACL_EVENT_SYNC));
	CHECK(aclrtCreateEventExWithFlag(&m->join, ACL_EVENT_SYNC));
	CHECK(aclrtMallocHost((void **)&m->host, 2 * ROW));
	CHECK(aclrtReserveMemAddress((void **)&m->pool.addr, GRANULE, 0, NULL, 0));
	pool_wake(&m->pool);
	capture_all(m);
}

static void model_close(struct model *m)
{
	int i;

	for (i = 0; i < BATCHES; i++)
		CHECK(aclmdlRIDestroy(m->graph[i]));
	pool_sleep(&m->pool);
	CHECK(aclrtReleaseMemAddress(m->pool.addr));
	CHECK(aclrtFreeHost(m->host));
	CHECK(aclrtDestroyEvent(m->join));
	CHECK(aclrtDestroyEvent(m->fork));
	CHECK(aclrtDestroyStream(m->side));
	CHECK(aclrtDestroyStream(m->main));
}

/* ---- work ---- */

static void decode(struct model *m, int steps, int seed)
{
	int i;

	for (i = 0; i < steps; i++) {
		memset(m->host, (seed + i) & 0xff, ROW);
		memset(m->host + ROW, 0, ROW);
		CHECK(aclmdlRIExecuteAsync(m->graph[i % BATCHES], m->main));
		CHECK(aclrtSynchronizeStream(m->main));
		require(!memcmp(m->host, m->host + ROW, ROW), "the replay did not copy the tokens");
	}
}

/* The pool has no memory: the replay must fail and name its task. */
static void replay_asleep(struct model *m)
{
	aclError code;
	const char *why;

	CHECK(aclmdlRIExecuteAsync(m->graph[BATCHES - 1], m->main));
	code = aclrtSynchronizeStream(m->main);
	why = aclGetRecentErrMsg();
	require(code != ACL_SUCCESS, "a replay used memory that is not mapped");
	require(why && strstr(why, "decode bs=4"), "the message does not name the graph");
}

int main(int argc, char **argv)
{
	int steps = argc > 1 ? atoi(argv[1]) : 30;
	size_t before, after, total;
	struct model model = { .main = NULL };
	int phase;

	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(0));
	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &before, &total));
	model_open(&model);
	for (phase = 0; phase < 3; phase++) {
		decode(&model, steps, phase * steps);
		pool_sleep(&model.pool);
		CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &after, &total));
		require(after == before, "memory is in use while the pool sleeps");
		replay_asleep(&model);
		pool_wake(&model.pool);
	}
	model_close(&model);
	CHECK(aclrtResetDevice(0));
	CHECK(aclFinalize());
	printf("graph_decode: %d replays of %d graphs in %d phases\n", 3 * steps, BATCHES, 3);
	return 0;
}
