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

bool thread_is_in(pid_t tid, long number)
{
	char path[64], text[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return text[0] >= '0' && text[0] <= '9' && atol(text) == number;
}

void caller_start(struct caller *c, aclError (*call)(void *arg), void *arg)
{
	c->call = call;
	c->arg = arg;
	aclrtGetCurrentContext(&c->context);
	pthread_create(&c->thread, NULL, caller_run, c);
}
