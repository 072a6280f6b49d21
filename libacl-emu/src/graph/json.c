// SPDX-License-Identifier: MIT
/*
 * Lists of the tasks of a graph: trace events for chrome://tracing, a row for each
 * stream and a slice for each task, in the order of the capture.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"
#include "core/report.h"
#include "graph/handle.h"

static void print_touches(FILE *out, const struct emu_task_info *info)
{
	unsigned int i;

	for (i = 0; i < info->count; i++)
		fprintf(out, ",\"%s\":\"0x%" PRIx64 "\",\"%s\":%" PRIu64,
			info->touches[i].writes ? "writes" : "reads", info->touches[i].addr,
			info->touches[i].writes ? "written bytes" : "read bytes",
			info->touches[i].size);
}

static void print_node(FILE *out, const struct emu_graph *g, uint32_t index, bool verbose)
{
	const struct emu_node *node = &g->nodes[index];
	struct emu_task_info info = emu_node_info(node);

	fprintf(out, ",\n{\"name\":\"%s\",\"ph\":\"X\",\"pid\":%d,\"tid\":%" PRIu32
		",\"ts\":%" PRIu32 ",\"dur\":1,\"args\":{\"task\":%" PRIu32 ",\"type\":%u",
		node->task->function, (int)getpid(), node->lane->index, index, index,
		(unsigned int)info.params.type);
	if (node->group)
		fprintf(out, ",\"group\":%" PRIu32, node->group);
	if (node->edge)
		fprintf(out, ",\"event of task\":%" PRIu32, node->edge->node);
	if (verbose) {
		fprintf(out, ",\"thread\":%d,\"disabled\":%s", node->thread,
			node->disabled ? "true" : "false");
		print_touches(out, &info);
	}
	fputs("}}", out);
}

static void print_graph(FILE *out, const struct emu_graph *g, bool verbose)
{
	const struct emu_lane *lane;
	char text[EMU_GRAPH_TEXT];
	uint32_t i;

	fprintf(out, "[\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%d,\"args\":{\"name\":",
		(int)getpid());
	emu_report_string_json(out, emu_graph_text(g, text));
	fputs("}}", out);
	for (lane = g->lanes; lane; lane = lane->next)
		fprintf(out, ",\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":%d,\"tid\":%" PRIu32
			",\"args\":{\"name\":\"stream 0x%" PRIx64 "\"}}", (int)getpid(),
			lane->index, lane->token);
	for (i = 0; i < g->node_count; i++)
		print_node(out, g, i, verbose);
	fputs("\n]\n", out);
}

struct target {
	const char *path;
	bool verbose;
};

static aclError print_to(struct emu_graph *g, void *arg)
{
	const struct target *to = arg;
	FILE *out = fopen(to->path, "we");
	bool failed;

	if (out) {
		emu_graphs_lock();
		print_graph(out, g, to->verbose);
		emu_graphs_unlock();
		failed = ferror(out);
		if (!fclose(out) && !failed)
			return ACL_SUCCESS;
	}
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give the path of a file in a directory that "
			 "exists", "cannot write %.200s: %s", to->path, strerror(errno));
}

aclError aclmdlRIDebugJsonPrint(aclmdlRI modelRI, const char *path, uint32_t flags)
{
	struct target to = { path, flags & ACL_MDLRI_DEBUG_JSON_PRINT_VERBOSE };

	EMU_ENTER();
	if (!modelRI)
		return emu_null("modelRI");
	return path ? emu_with_graph(modelRI, print_to, &to) : emu_null("path");
}

static aclError print_text(struct emu_graph *g, void *arg)
{
	char text[EMU_GRAPH_TEXT];
	const struct emu_node *node;
	uint32_t i;

	(void)arg;
	emu_graphs_lock();
	aclAppLog(ACL_INFO, __func__, __FILE__, __LINE__, "%s: %" PRIu32 " tasks in %" PRIu32
		  " streams", emu_graph_text(g, text), g->node_count, g->lane_count);
	for (i = 0; i < g->node_count; i++) {
		node = &g->nodes[i];
		aclAppLog(ACL_INFO, __func__, __FILE__, __LINE__,
			  "task %" PRIu32 ": %s, stream 0x%" PRIx64, i, node->task->function,
			  node->lane->token);
	}
	emu_graphs_unlock();
	return ACL_SUCCESS;
}

aclError aclmdlRIDebugPrint(aclmdlRI modelRI)
{
	EMU_ENTER();
	return modelRI ? emu_with_graph(modelRI, print_text, NULL) : emu_null("modelRI");
}
