/* SPDX-License-Identifier: MIT */
/*
 * Handles of the tasks and task groups of a graph. They end with the graph.
 */
#ifndef EMU_GRAPH_HANDLE_H
#define EMU_GRAPH_HANDLE_H

#include "graph/graph.h"

enum emu_handle_kind { EMU_HANDLE_TASK = 1, EMU_HANDLE_GROUP = 2 };

void *emu_graph_handle(const struct emu_graph *g, enum emu_handle_kind kind, uint32_t index);
/* With a reference to the graph. */
aclError emu_graph_of_handle(const void *handle, enum emu_handle_kind kind,
			     struct emu_graph **graph, uint32_t *index);

#endif
