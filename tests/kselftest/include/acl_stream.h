/* SPDX-License-Identifier: MIT */
/*
 * For the tests of streams: functions that run in them and can be held there.
 */
#ifndef TEST_ACL_STREAM_H
#define TEST_ACL_STREAM_H

#include "acl_test.h"
#include "thread.h"

#include "acl_emu/acl_emu.h"

/* Two streams of device 0. */
#define STREAMS_FIXTURE(name) \
	STREAMS_FIXTURE_WITH(name, int unused, ACL_SUCCESS, ACL_SUCCESS)

/* Two streams, and an object of self that @make makes and @destroy destroys. */
#define STREAMS_FIXTURE_WITH(name, object, make, destroy) \
	FIXTURE(name) { struct world world; aclrtStream a, b; object; }; \
	FIXTURE_SETUP(name) \
	{ \
		world_open(_metadata, &self->world); \
		WORKS(aclrtCreateStream(&self->a)); \
		WORKS(aclrtCreateStream(&self->b)); \
		WORKS(make); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		(void)(destroy); \
		aclrtDestroyStreamForce(self->a); \
		aclrtDestroyStreamForce(self->b); \
		world_close(_metadata, &self->world); \
	}

/* A flag that threads wait for. */
struct flag {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool up;
};

#define FLAG_DOWN { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false }

static inline void flag_raise(struct flag *f)
{
	pthread_mutex_lock(&f->lock);
	f->up = true;
	pthread_cond_broadcast(&f->cond);
	pthread_mutex_unlock(&f->lock);
}

static inline void flag_wait(struct flag *f)
{
	pthread_mutex_lock(&f->lock);
	while (!f->up)
		pthread_cond_wait(&f->cond, &f->lock);
	pthread_mutex_unlock(&f->lock);
}

/* Holds the stream that runs it from begun to go_on. */
struct hold {
	struct flag begun, go_on;
};

#define HOLD { FLAG_DOWN, FLAG_DOWN }

static inline void hold_here(void *arg)
{
	struct hold *hold = arg;

	flag_raise(&hold->begun);
	flag_wait(&hold->go_on);
}

/* Returns when the stream is held. */
static inline aclError hold_stream(struct hold *hold, aclrtStream stream)
{
	aclError code = aclrtLaunchHostFunc(stream, hold_here, hold);

	if (!code)
		flag_wait(&hold->begun);
	return code;
}

/* Functions that leave a trace of their order. */
struct trace {
	int count;
	int first_wrong;	/* 0: none */
};

struct step {
	struct trace *trace;
	int number;
};

#define STEPS	1000

static inline void step_here(void *arg)
{
	struct step *step = arg;

	if (step->trace->count != step->number && !step->trace->first_wrong)
		step->trace->first_wrong = step->number;
	step->trace->count++;
}

static inline void count_here(void *arg)
{
	__atomic_add_fetch((int *)arg, 1, __ATOMIC_SEQ_CST);
}

static inline aclError count_in(aclrtStream stream, int *counter, int times)
{
	aclError code = ACL_SUCCESS;

	while (!code && times--)
		code = aclrtLaunchHostFunc(stream, count_here, counter);
	return code;
}

static inline uint64_t count_of(acl_emu_count which)
{
	uint64_t value = UNTOUCHED;

	acl_emu_get_count(which, &value);
	return value;
}

/* A call by a thread of its own. */
struct caller {
	pthread_t thread;
	aclrtContext context;
	aclError (*call)(void *arg);
	void *arg;
	aclError code;
	aclError set;
};

void caller_start(struct caller *c, aclError (*call)(void *arg), void *arg);

static inline aclError caller_join(struct caller *c)
{
	pthread_join(c->thread, NULL);
	return c->set ? c->set : c->code;
}

#endif /* TEST_ACL_STREAM_H */
