// SPDX-License-Identifier: MIT
/*
 * Functions that run in streams: see acl_stream.h.
 */
#include "acl_stream.h"

static void *caller_run(void *arg)
{
	struct caller *c = arg;

	c->set = aclrtSetCurrentContext(c->context);
	c->code = c->call(c->arg);
	return NULL;
}

void caller_start(struct caller *c, aclError (*call)(void *arg), void *arg)
{
	c->call = call;
	c->arg = arg;
	aclrtGetCurrentContext(&c->context);
	pthread_create(&c->thread, NULL, caller_run, c);
}
