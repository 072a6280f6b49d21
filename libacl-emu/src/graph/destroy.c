// SPDX-License-Identifier: MIT
/*
 * Functions of the program that run when a graph is destroyed.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "graph/destroy.h"
#include "graph/graph.h"

/* The function is the key. */
struct emu_destroy_call {
	struct emu_destroy_call *next;
	aclrtCallback fn;
	void *data;
};

/* In the order of their registration. The lock is not held while they run. */
void emu_destroy_calls_run(struct emu_graph *g)
{
	struct emu_destroy_call *call;

	emu_graphs_lock();
	while ((call = g->calls)) {
		g->calls = call->next;
		emu_graphs_unlock();
		call->fn(call->data);
		free(call);
		emu_graphs_lock();
	}
	emu_graphs_unlock();
}

void emu_destroy_calls_free(struct emu_graph *g)
{
	struct emu_destroy_call *call;

	while ((call = g->calls)) {
		g->calls = call->next;
		free(call);
	}
}

static struct emu_destroy_call **find(struct emu_graph *g, aclrtCallback fn)
{
	struct emu_destroy_call **p;

	for (p = &g->calls; *p && (*p)->fn != fn; p = &(*p)->next)
		;
	return p;
}

static aclError add(struct emu_graph *g, void *arg)
{
	const struct emu_destroy_call *what = arg;
	struct emu_destroy_call *new, **p;
	aclError code = ACL_SUCCESS;

	new = malloc(sizeof(*new));
	if (!new)
		return emu_no_memory("callback");
	*new = *what;
	emu_graphs_lock();
	p = find(g, what->fn);
	if (*p)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "call aclmdlRIDestroyUnregisterCallback() first",
				 "the function is registered for this graph already");
	else
		*p = new;
	emu_graphs_unlock();
	if (code)
		free(new);
	return code;
}

static aclError take_out(struct emu_graph *g, void *arg)
{
	const struct emu_destroy_call *what = arg;
	struct emu_destroy_call **p, *old;

	emu_graphs_lock();
	p = find(g, what->fn);
	old = *p;
	if (old)
		*p = old->next;
	emu_graphs_unlock();
	free(old);
	if (old)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID,
			 "give a function of aclmdlRIDestroyRegisterCallback()",
			 "the function is not registered for this graph");
}

/* These return the code of the runtime for NULL, and need no context. */
static aclError with_function(aclmdlRI modelRI, struct emu_destroy_call what,
			      aclError (*fn)(struct emu_graph *g, void *arg))
{
	struct emu_graph *g;
	aclError code;

	if (!modelRI || !what.fn)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer", "%s is NULL",
				 modelRI ? "func" : "modelRI");
	code = emu_graph_find(modelRI, &g);
	if (code)
		return code;
	code = fn(g, &what);
	emu_graph_put(g);
	return code;
}

aclError aclmdlRIDestroyRegisterCallback(aclmdlRI modelRI, aclrtCallback func, void *userData)
{
	EMU_ENTER();
	return with_function(modelRI, (struct emu_destroy_call){ .fn = func, .data = userData },
			     add);
}

aclError aclmdlRIDestroyUnregisterCallback(aclmdlRI modelRI, aclrtCallback func)
{
	EMU_ENTER();
	return with_function(modelRI, (struct emu_destroy_call){ .fn = func }, take_out);
}
