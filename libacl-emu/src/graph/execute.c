// SPDX-License-Identifier: MIT
/*
 * Calls that replay and destroy graphs.
 */
#include <inttypes.h>
#include <time.h>

#include "core/error.h"
#include "device/context.h"
#include "graph/graph.h"

#define DESTROY_MS	10000

static aclError report_captured(const struct emu_graph *g)
{
	char text[EMU_GRAPH_TEXT];

	return emu_error(ACL_ERROR_RT_MODEL_CAPTURED, "call aclmdlRICaptureEnd() first",
			 "%s is being captured", emu_graph_text(g, text));
}

static aclError check_ready(const struct emu_graph *g)
{
	char text[EMU_GRAPH_TEXT];

	if (g->state == EMU_GRAPH_CAPTURING)
		return report_captured(g);
	if (g->state == EMU_GRAPH_READY)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_MODEL_EXECUTE,
			 "call aclmdlRIBuildEnd(), or capture it again",
			 "%s is not complete", emu_graph_text(g, text));
}

static aclError check_graph(const struct emu_graph *g)
{
	aclError code = ACL_SUCCESS;
	uint32_t device;

	code = emu_context_current(&device);
	if (!code && g->context != emu_self.context)
		code = emu_error(ACL_ERROR_RT_MODEL_CONTEXT,
				 "make its context current with aclrtSetCurrentContext()",
				 "graph 0x%" PRIx64 " belongs to another context", g->object.token);
	if (code)
		return code;
	emu_graphs_lock();
	code = check_ready(g);
	emu_graphs_unlock();
	return code;
}

static aclError check_bound(const struct emu_stream *s)
{
	if (!atomic_load(&s->graph))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use another stream",
			 "stream 0x%" PRIx64 " is bound to a graph", s->object.token);
}

/* NULL is the default stream, which is found when the context is known. */
static aclError execute(struct emu_graph *g, aclrtStream stream)
{
	aclError code = ACL_SUCCESS;
	struct emu_stream *s = NULL;

	if (stream)
		code = emu_stream_find(stream, 0, &s);
	if (!code && s)
		code = check_bound(s);
	if (!code && s)
		code = emu_stream_not_captured(s);
	if (s)
		emu_stream_put(s);
	if (!code)
		code = check_graph(g);
	if (!code)
		code = emu_stream_get(stream, &s);
	if (code)
		return code;
	code = emu_graph_submit(g, s);
	emu_stream_put(s);
	return code;
}

aclError aclmdlRIExecuteAsync(aclmdlRI modelRI, aclrtStream stream)
{
	struct emu_graph *g;
	aclError code;

	EMU_ENTER();
	code = emu_graph_find(modelRI, &g);
	if (code)
		return code;
	code = execute(g, stream);
	emu_graph_put(g);
	return code;
}

/* --- of a graph that was built without a capture ------------------------- */

static aclError runner_of(struct emu_graph *g, struct emu_stream **runner)
{
	aclError code = ACL_SUCCESS;

	emu_graphs_lock();
	if (!g->runner)
		code = emu_stream_new_internal(g->device, &g->runner);
	*runner = g->runner;
	emu_graphs_unlock();
	return code;
}

static aclError execute_and_wait(struct emu_graph *g, int32_t timeout)
{
	struct timespec deadline = emu_deadline(timeout);
	struct emu_stream *runner;
	aclError code;

	code = check_graph(g);
	if (!code)
		code = runner_of(g, &runner);
	if (!code && emu_stream_is_mine(runner))
		code = emu_stream_wait_self();
	if (!code)
		code = emu_graph_submit(g, runner);
	return code ? code : emu_queue_sync(&runner->queue, timeout < 0 ? NULL : &deadline);
}

static aclError report_not_built(void)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "call aclmdlRIExecuteAsync()",
			 "the graph was captured, and this call is for graphs of "
			 "aclmdlRIBuildBegin()");
}

aclError aclmdlRIExecute(aclmdlRI modelRI, int32_t timeout)
{
	struct emu_graph *g;
	aclError code;

	EMU_ENTER();
	code = emu_graph_find(modelRI, &g);
	if (code)
		return code;
	if (timeout < EMU_FOREVER || !timeout)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "give milliseconds, or -1 to wait without end",
				 "timeout is %" PRId32 " ms", timeout);
	else if (!g->built)
		code = report_not_built();
	else
		code = execute_and_wait(g, timeout);
	emu_graph_put(g);
	return code;
}

static aclError abort_graph(struct emu_graph *g, void *arg)
{
	(void)arg;
	if (!g->built)
		return report_not_built();
	if (g->runner)
		emu_queue_abort(&g->runner->queue);
	return ACL_SUCCESS;
}

aclError aclmdlRIAbort(aclmdlRI modelRI)
{
	EMU_ENTER();
	if (!modelRI)
		return emu_error(ACL_ERROR_RT_INTERNAL_ERROR, "give a valid pointer",
				 "modelRI is NULL");
	return emu_with_graph(modelRI, abort_graph, NULL);
}

/* --- destroy ------------------------------------------------------------- */

static bool unused(void *arg)
{
	return !((struct emu_graph *)arg)->queued;
}

/* A replay that waits for its stream counts as running. */
static aclError wait_unused(struct emu_graph *g)
{
	char text[EMU_GRAPH_TEXT];

	if (emu_condition_wait(&g->condition, unused, g, DESTROY_MS, NULL) == EMU_WAIT_READY)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_MODEL_RUNNING, "synchronize its streams first",
			 "%s is replayed, or waits in a stream, for more than %d s",
			 emu_graph_text(g, text), DESTROY_MS / 1000);
}

static aclError destroy(struct emu_graph *g, void *arg)
{
	enum emu_graph_state state;
	aclError code;

	(void)arg;
	emu_graphs_lock();
	state = g->state;
	emu_graphs_unlock();
	code = state == EMU_GRAPH_CAPTURING ? report_captured(g) : wait_unused(g);
	if (code)
		return code;
	emu_graphs_lock();
	if (g->built)
		emu_graph_unbind_all(g);
	emu_graphs_unlock();
	emu_graph_end(g);
	return ACL_SUCCESS;
}

aclError aclmdlRIDestroy(aclmdlRI modelRI)
{
	EMU_ENTER();
	return emu_with_graph(modelRI, destroy, NULL);
}
