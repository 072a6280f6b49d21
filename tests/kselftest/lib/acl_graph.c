// SPDX-License-Identifier: MIT
#include "acl_graph.h"

void graph_world_open(struct __test_metadata *_metadata, struct graph_world *g)
{
	world_open(_metadata, &g->world);
	WORKS(aclrtCreateStream(&g->a));
	WORKS(aclrtCreateStream(&g->b));
	WORKS(aclrtCreateStream(&g->c));
	WORKS(aclrtCreateEventExWithFlag(&g->event, ACL_EVENT_SYNC));
	WORKS(aclrtCreateEventExWithFlag(&g->other, ACL_EVENT_SYNC));
	WORKS(aclrtMalloc((void **)&g->src, GRAPH_SIZE, ACL_MEM_MALLOC_NORMAL_ONLY));
	WORKS(aclrtMalloc((void **)&g->dst, GRAPH_SIZE, ACL_MEM_MALLOC_NORMAL_ONLY));
	WORKS(aclrtMallocHost((void **)&g->host, GRAPH_SIZE));
	WORKS(aclrtMemset(g->src, GRAPH_SIZE, 1, GRAPH_SIZE));
	WORKS(aclrtMemset(g->dst, GRAPH_SIZE, 0, GRAPH_SIZE));
	memset(g->host, 2, GRAPH_SIZE);
}

void graph_world_close(struct __test_metadata *_metadata, struct graph_world *g)
{
	aclrtFreeHost(g->host);
	aclrtFree(g->dst);
	aclrtFree(g->src);
	aclrtDestroyEvent(g->other);
	aclrtDestroyEvent(g->event);
	aclrtDestroyStreamForce(g->c);
	aclrtDestroyStreamForce(g->b);
	aclrtDestroyStreamForce(g->a);
	world_close(_metadata, &g->world);
}

aclmdlRICaptureStatus graph_status(aclrtStream stream)
{
	aclmdlRICaptureStatus status = (aclmdlRICaptureStatus)77;

	aclmdlRICaptureGetInfo(stream, &status, NULL);
	return status;
}

aclError graph_drop(aclrtStream stream)
{
	aclmdlRI graph;
	aclError code = aclmdlRICaptureEnd(stream, &graph);

	return code ? code : aclmdlRIDestroy(graph);
}

aclError graph_fork(aclrtStream first, aclrtStream second, aclrtEvent event)
{
	aclError code = aclrtRecordEvent(event, first);

	return code ? code : aclrtStreamWaitEvent(second, event);
}

aclError graph_join(aclrtStream first, aclrtStream second, aclrtEvent event)
{
	return graph_fork(second, first, event);
}

aclError graph_replay(aclmdlRI graph, aclrtStream stream)
{
	aclError code = aclmdlRIExecuteAsync(graph, stream);

	return code ? code : aclrtSynchronizeStream(stream);
}

unsigned char graph_byte(const void *dev)
{
	unsigned char byte = 0xee;

	aclrtMemcpy(&byte, 1, dev, 1, ACL_MEMCPY_DEVICE_TO_HOST);
	return byte;
}

/* ---- tables ---- */

aclmdlRI graph_ready;

/* An event of one capture that another one waits for makes both invalid. */
aclError graph_break(struct graph_world *g)
{
	aclmdlRI graph = g;
	aclError code = aclmdlRICaptureBegin(g->c, RELAXED);

	if (!code)
		code = aclrtRecordEvent(g->other, g->c);
	if (!code && aclrtStreamWaitEvent(g->a, g->other) != ACL_ERROR_STREAM_CAPTURE_CONFLICT)
		code = ACL_ERROR_FAILURE;
	if (!code && aclmdlRICaptureEnd(g->c, &graph) != ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED)
		code = ACL_ERROR_FAILURE;
	return graph ? ACL_ERROR_FAILURE : code;
}

aclError graph_prepare(struct graph_world *g, enum graph_before before)
{
	aclError code = ACL_SUCCESS;

	if (before != NOTHING)
		code = aclmdlRICaptureBegin(g->a, GLOBAL);
	if (!code && before == JOINED)
		code = graph_fork(g->a, g->b, g->event);
	if (!code && before == INVALID_NOW)
		code = graph_break(g);
	if (!code && before == READY)
		code = aclmdlRICaptureEnd(g->a, &graph_ready);
	return code;
}

/* Ends what a row has left. */
static void clean(struct graph_world *g)
{
	aclrtStream streams[] = { g->a, g->b, g->c };
	aclmdlRI graph;
	int i;

	for (i = 0; i < 3; i++) {
		if (!aclmdlRICaptureEnd(streams[i], &graph))
			aclmdlRIDestroy(graph);
	}
	if (graph_ready)
		aclmdlRIDestroy(graph_ready);
	graph_ready = NULL;
}

/* Of a call in another thread. */
static char text_elsewhere[512];

static bool told(const char *text, const struct graph_row *row)
{
	char number[24];

	snprintf(number, sizeof(number), "(%d)", row->code);
	return strstr(text, number) && (!row->word || strstr(text, row->word));
}

static void try_row(struct __test_metadata *_metadata, struct graph_world *g,
		    const struct graph_row *row)
{
	const char *text;
	aclError code;

	WORKS(graph_prepare(g, row->before));
	forget();
	*text_elsewhere = '\0';
	code = row->call(g);
	text = aclGetRecentErrMsg();
	if (!text)
		text = text_elsewhere;
	EXPECT_EQ(row->code, code) TH_LOG("%s: %s", row->name, text);
	if (code && code == row->code)
		EXPECT_TRUE(told(text, row)) TH_LOG("%s: %s", row->name, text);
	EXPECT_EQ(row->after, graph_status(g->a)) TH_LOG("%s", row->name);
	clean(g);
	EXPECT_EQ(NONE, graph_status(g->a)) TH_LOG("%s", row->name);
}

void graph_rows(struct __test_metadata *_metadata, struct graph_world *g,
		const struct graph_row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		try_row(_metadata, g, &rows[i]);
}

struct elsewhere {
	struct graph_world *g;
	aclrtContext context;
	aclError (*call)(struct graph_world *g);
	aclError code;
};

static void *call_there(void *arg)
{
	struct elsewhere *e = arg;
	const char *text;

	if (e->context)
		aclrtSetCurrentContext(e->context);
	e->code = e->call(e->g);
	text = aclGetRecentErrMsg();
	snprintf(text_elsewhere, sizeof(text_elsewhere), "%s", text ? text : "");
	return NULL;
}

aclError graph_elsewhere(struct graph_world *g, aclrtContext context,
			 aclError (*call)(struct graph_world *g))
{
	struct elsewhere e = { .g = g, .context = context, .call = call };
	pthread_t thread;

	pthread_create(&thread, NULL, call_there, &e);
	pthread_join(thread, NULL);
	return e.code;
}
