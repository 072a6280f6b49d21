/* SPDX-License-Identifier: MIT */
/*
 * Functions of the program that run when a graph is destroyed.
 */
#ifndef EMU_GRAPH_DESTROY_H
#define EMU_GRAPH_DESTROY_H

struct emu_graph;

void emu_destroy_calls_run(struct emu_graph *g);
void emu_destroy_calls_free(struct emu_graph *g);

#endif
