// SPDX-License-Identifier: MIT
/*
 * Calls that ask for the state of a capture, and for names, ids, streams and tasks of
 * graphs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "device/context.h"
#include "graph/handle.h"

/* --- captures ------------------------------------------------------------ */

/* The stream was captured a moment ago. */
static void look(struct emu_stream *s, aclmdlRICaptureStatus *status, aclmdlRI *modelRI)
{
	struct emu_lane *lane;

	emu_graphs_lock();
	lane = emu_lane_of(s);
	if (lane && lane->graph->state == EMU_GRAPH_CAPTURING) {
		*status = lane->graph->invalid ? ACL_MODEL_RI_CAPTURE_STATUS_INVALIDATED :
						 ACL_MODEL_RI_CAPTURE_STATUS_ACTIVE;
		*modelRI = (aclmdlRI)(uintptr_t)lane->graph->object.token;
	}
	emu_graphs_unlock();
}

aclError aclmdlRICaptureGetInfo(aclrtStream stream, aclmdlRICaptureStatus *status,
				aclmdlRI *modelRI)
{
	aclmdlRICaptureStatus now = ACL_MODEL_RI_CAPTURE_STATUS_NONE;
	aclmdlRI graph = NULL;
	struct emu_stream *s;
	bool captured;
	aclError code;

	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	if (!status && !modelRI)
		return emu_null("status");
	if (!emu_stream_token_captured(stream, &captured) || captured) {
		code = emu_stream_find(stream, 0, &s);
		if (code)
			return code;
		look(s, &now, &graph);
		emu_stream_put(s);
	}
	if (status)
		*status = now;
	if (modelRI)
		*modelRI = graph;
	return ACL_SUCCESS;
}

/* --- names and ids ------------------------------------------------------- */

static aclError set_name(struct emu_graph *g, void *name)
{
	emu_graphs_lock();
	snprintf(g->name, sizeof(g->name), "%s", (const char *)name);
	emu_graphs_unlock();
	return ACL_SUCCESS;
}

/* These need no context. */
static aclError anywhere(aclmdlRI modelRI, aclError (*fn)(struct emu_graph *g, void *arg),
			 void *arg)
{
	struct emu_graph *g;
	aclError code;

	code = emu_graph_find(modelRI, &g);
	if (code)
		return code;
	code = fn(g, arg);
	emu_graph_put(g);
	return code;
}

aclError aclmdlRISetName(aclmdlRI modelRI, const char *name)
{
	EMU_ENTER();
	if (!modelRI)
		return emu_null("modelRI");
	return name ? anywhere(modelRI, set_name, (void *)(uintptr_t)name) : emu_null("name");
}

struct text {
	char *text;
	uint32_t size;
};

static aclError get_name(struct emu_graph *g, void *arg)
{
	struct text *text = arg;

	if (!text->size)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give the size of name",
				 "maxLen is 0");
	emu_graphs_lock();
	snprintf(text->text, text->size, "%s", g->name);
	emu_graphs_unlock();
	return ACL_SUCCESS;
}

aclError aclmdlRIGetName(aclmdlRI modelRI, uint32_t maxLen, char *name)
{
	struct text text = { name, maxLen };

	EMU_ENTER();
	if (!modelRI)
		return emu_null("modelRI");
	return name ? anywhere(modelRI, get_name, &text) : emu_null("name");
}

static aclError get_id(struct emu_graph *g, void *id)
{
	*(uint32_t *)id = emu_token_slot(g->object.token);
	return ACL_SUCCESS;
}

aclError aclmdlRIGetId(aclmdlRI modelRI, uint32_t *modelRIId)
{
	EMU_ENTER();
	if (!modelRI)
		return emu_null("modelRI");
	return modelRIId ? anywhere(modelRI, get_id, modelRIId) : emu_null("modelRIId");
}

/* --- streams and tasks --------------------------------------------------- */

static aclError report_null(const char *name)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer", "%s is NULL", name);
}

/* An array of the program for handles; NULL: only their number is asked for. */
struct list {
	void **array;
	uint32_t *count;
};

static void put(struct list *list, uint32_t *found, uint32_t room, void *handle)
{
	if (list->array && *found < room)
		list->array[*found] = handle;
	(*found)++;
}

static void put_end(struct list *list, uint32_t found, uint32_t room)
{
	*list->count = list->array && found > room ? room : found;
}

static aclError get_streams(struct emu_graph *g, void *arg)
{
	struct list *list = arg;
	uint32_t found = 0, room = *list->count;
	const struct emu_lane *lane;

	emu_graphs_lock();
	for (lane = g->lanes; lane; lane = lane->next)
		put(list, &found, room, (void *)(uintptr_t)lane->internal->object.token);
	emu_graphs_unlock();
	put_end(list, found, room);
	return ACL_SUCCESS;
}

aclError aclmdlRIGetStreams(aclmdlRI modelRI, aclrtStream *streams, uint32_t *numStreams)
{
	struct list list = { streams, numStreams };

	EMU_ENTER();
	if (!modelRI)
		return report_null("modelRI");
	return numStreams ? anywhere(modelRI, get_streams, &list) : report_null("numStreams");
}

static aclError get_tasks(struct emu_stream *s, void *arg)
{
	struct list *list = arg;
	uint32_t found = 0, room = *list->count, i;
	const struct emu_lane *lane;
	aclError code = ACL_SUCCESS;

	emu_graphs_lock();
	lane = atomic_load(&s->queue.lane);
	if (!lane || lane->update)
		code = emu_error(ACL_ERROR_RT_STREAM_MODEL,
				 "use what aclmdlRIGetStreams() returned",
				 "stream 0x%" PRIx64 " belongs to no graph", s->object.token);
	for (i = code ? EMU_NO_NODE : lane->first; i != EMU_NO_NODE; i = lane->graph->nodes[i].next)
		put(list, &found, room, emu_graph_handle(lane->graph, EMU_HANDLE_TASK, i));
	emu_graphs_unlock();
	if (!code)
		put_end(list, found, room);
	return code;
}

aclError aclmdlRIGetTasksByStream(aclrtStream stream, aclmdlRITask *tasks, uint32_t *numTasks)
{
	struct list list = { tasks, numTasks };

	EMU_ENTER();
	if (!stream)
		return report_null("stream");
	return numTasks ? emu_with_stream_as(stream, 0, get_tasks, &list) :
			  report_null("numTasks");
}

/* @out of @fn is what the call gives back. */
static aclError with_task(aclmdlRITask task, void *out, const char *name,
			  void (*fn)(const struct emu_graph *g, uint32_t index, void *out))
{
	struct emu_graph *g;
	uint32_t index;
	aclError code;

	if (!task)
		return report_null("task");
	if (!out)
		return report_null(name);
	code = emu_graph_of_handle(task, EMU_HANDLE_TASK, &g, &index);
	if (code)
		return code;
	emu_graphs_lock();
	fn(g, index, out);
	emu_graphs_unlock();
	emu_graph_put(g);
	return ACL_SUCCESS;
}

static void get_type(const struct emu_graph *g, uint32_t index, void *type)
{
	*(aclmdlRITaskType *)type = emu_node_info(&g->nodes[index]).params.type;
}

aclError aclmdlRITaskGetType(aclmdlRITask task, aclmdlRITaskType *type)
{
	EMU_ENTER();
	return with_task(task, type, "type", get_type);
}

static void get_seq_id(const struct emu_graph *g, uint32_t index, void *id)
{
	(void)g;
	*(uint32_t *)id = index;
}

aclError aclmdlRITaskGetSeqId(aclmdlRITask task, uint32_t *id)
{
	EMU_ENTER();
	return with_task(task, id, "id", get_seq_id);
}

/* The members of the three kinds of event tasks have the same layout. */
static void get_params(const struct emu_graph *g, uint32_t index, void *out)
{
	const struct emu_node *node = &g->nodes[index];
	aclmdlRITaskParams *params = out;

	*params = emu_node_info(node).params;
	if (node->group)
		params->taskGrp = emu_graph_handle(g, EMU_HANDLE_GROUP, node->group - 1);
	if (!node->event)
		return;
	params->eventRecordTaskParams.event = (aclrtEvent)(uintptr_t)node->event->token;
	params->eventRecordTaskParams.recordFlag = node->kind >= EMU_NODE_BOUND_RECORD;
}

aclError aclmdlRITaskGetParams(aclmdlRITask task, aclmdlRITaskParams *params)
{
	EMU_ENTER();
	return with_task(task, params, "params", get_params);
}
