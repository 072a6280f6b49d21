// SPDX-License-Identifier: MIT
/*
 * Graphs that are built without a capture: the tasks of streams that are bound to
 * the graph are recorded until the graph is complete.
 */
#include <inttypes.h>

#include "core/error.h"
#include "device/context.h"
#include "graph/graph.h"

aclError aclmdlRIBuildBegin(aclmdlRI *modelRI, uint32_t flag)
{
	struct emu_graph *g;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!modelRI)
		return emu_null("modelRI");
	if (flag)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0",
				 "flag is 0x%" PRIx32, flag);
	code = emu_context_current(&device);
	if (!code)
		code = emu_graph_new(device, &g);
	if (code)
		return code;
	g->built = true;
	g->state = EMU_GRAPH_BUILDING;
	*modelRI = (aclmdlRI)(uintptr_t)g->object.token;
	emu_graph_put(g);
	return ACL_SUCCESS;
}

/* A call for a graph and a stream. */
struct pair {
	aclmdlRI graph;
	aclError (*fn)(struct emu_graph *g, struct emu_stream *s);
};

static aclError pair_in(struct emu_stream *s, void *arg)
{
	const struct pair *pair = arg;
	struct emu_graph *g;
	aclError code;

	code = emu_graph_get(pair->graph, &g);
	if (code)
		return code;
	code = emu_stream_not_captured(s);
	if (!code && !g->built)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "use a graph of aclmdlRIBuildBegin()",
				 "the graph was captured");
	if (!code) {
		emu_graphs_lock();
		code = pair->fn(g, s);
		emu_graphs_unlock();
	}
	emu_graph_put(g);
	return code;
}

static aclError with_pair(aclmdlRI modelRI, aclrtStream stream,
			  aclError (*fn)(struct emu_graph *g, struct emu_stream *s))
{
	struct pair pair = { modelRI, fn };

	if (!modelRI)
		return emu_null("modelRI");
	if (!stream)
		return emu_null("stream");
	return emu_with_stream(stream, pair_in, &pair);
}

static aclError check_building(const struct emu_graph *g)
{
	if (g->state == EMU_GRAPH_BUILDING)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_INTERNAL_ERROR, "build another graph",
			 "graph 0x%" PRIx64 " is complete", g->object.token);
}

static aclError bind_stream(struct emu_graph *g, struct emu_stream *s)
{
	struct emu_lane *lane;
	aclError code;

	code = check_building(g);
	if (code)
		return code;
	if (atomic_load(&s->queue.lane))
		return emu_error(ACL_ERROR_RT_STREAM_MODEL,
				 "unbind it with aclmdlRIUnbindStream() first",
				 "stream 0x%" PRIx64 " is bound to a graph already",
				 s->object.token);
	if (!(s->flags & ACL_STREAM_PERSISTENT))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "create it by aclrtCreateStreamWithConfig() with "
				 "ACL_STREAM_PERSISTENT",
				 "stream 0x%" PRIx64 " is not persistent", s->object.token);
	emu_graph_begin();
	code = emu_graph_add_lane(g, s, &lane);
	if (!code)
		atomic_store(&s->graph, g->object.token);
	return code;
}

aclError aclmdlRIBindStream(aclmdlRI modelRI, aclrtStream stream, uint32_t flag)
{
	EMU_ENTER();
	if (flag != ACL_MODEL_STREAM_FLAG_HEAD && flag != ACL_MODEL_STREAM_FLAG_DEFAULT)
		return emu_token_first(EMU_TOKEN_STREAM, stream,
				       emu_error(ACL_ERROR_RT_PARAM_INVALID,
						 "use ACL_MODEL_STREAM_FLAG_*",
						 "flag is 0x%" PRIx32, flag));
	return with_pair(modelRI, stream, bind_stream);
}

static struct emu_lane *bound_lane(const struct emu_graph *g, const struct emu_stream *s)
{
	struct emu_lane *lane = emu_lane_of(s);

	if (lane && lane->graph == g)
		return lane;
	emu_error(ACL_ERROR_RT_STREAM_MODEL, "bind it with aclmdlRIBindStream() first",
		  "stream 0x%" PRIx64 " is not bound to graph 0x%" PRIx64, s->object.token,
		  g->object.token);
	return NULL;
}

static aclError unbind_stream(struct emu_graph *g, struct emu_stream *s)
{
	struct emu_lane *lane = bound_lane(g, s);

	if (!lane)
		return ACL_ERROR_RT_STREAM_MODEL;
	emu_graph_release_lane(lane);
	return ACL_SUCCESS;
}

aclError aclmdlRIUnbindStream(aclmdlRI modelRI, aclrtStream stream)
{
	EMU_ENTER();
	return with_pair(modelRI, stream, unbind_stream);
}

static aclError end_task(struct emu_graph *g, struct emu_stream *s)
{
	struct emu_lane *lane = bound_lane(g, s);
	aclError code;

	if (!lane)
		return ACL_ERROR_RT_STREAM_MODEL;
	code = check_building(g);
	if (!code)
		lane->ended = true;
	return code;
}

aclError aclmdlRIEndTask(aclmdlRI modelRI, aclrtStream stream)
{
	EMU_ENTER();
	return with_pair(modelRI, stream, end_task);
}

static aclError build_end(struct emu_graph *g, void *arg)
{
	aclError code;

	(void)arg;
	if (!g->built)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use a graph of aclmdlRIBuildBegin()",
				 "the graph was captured");
	emu_graphs_lock();
	code = check_building(g);
	if (!code) {
		emu_graph_release(g);
		g->state = EMU_GRAPH_READY;
	}
	emu_graphs_unlock();
	return code;
}

aclError aclmdlRIBuildEnd(aclmdlRI modelRI, void *reserve)
{
	EMU_ENTER();
	if (!modelRI)
		return emu_null("modelRI");
	if (reserve)
		return emu_error(ACL_ERROR_INVALID_PARAM, "set it to NULL", "reserve is %p",
				 reserve);
	return emu_with_graph(modelRI, build_end, NULL);
}

/* With the lock held. */
void emu_graph_unbind_all(struct emu_graph *g)
{
	struct emu_lane *lane;

	for (lane = g->lanes; lane; lane = lane->next)
		emu_graph_release_lane(lane);
}
