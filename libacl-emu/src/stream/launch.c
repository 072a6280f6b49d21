// SPDX-License-Identifier: MIT
/*
 * Host functions as device kernels: a crew of threads runs their blocks.
 *
 * The crew grows when a launch needs more threads than are idle, and does not
 * shrink. The thread of the stream works as one of them.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "acl_emu/acl_emu.h"
#include "core/count.h"
#include "stream/stream.h"

struct job {
	struct job *next;
	acl_emu_kernel kernel;
	void *args;
	const struct emu_queue *queue;
	uint32_t device;
	uint32_t blocks;
	_Atomic uint32_t begun;
	uint32_t wanted;	/* members of the crew still to come; these under crew_lock */
	uint32_t busy;		/* to come or at work */
	pthread_cond_t done;
};

struct launch_task {
	struct emu_task task;
	acl_emu_kernel kernel;
	void *args;
	uint32_t device;
	uint32_t blocks;
	_Alignas(16) char copy[];
};

/* Guards all below. It is taken by launches, not by blocks. */
static pthread_mutex_t crew_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t crew_work = PTHREAD_COND_INITIALIZER;
static struct job *jobs;	/* those that want members */
static uint32_t idle;		/* members that no job has asked for */

void emu_launch_forget(void)
{
	crew_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	crew_work = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
	jobs = NULL;
	idle = 0;
}

static void run_blocks(struct job *job)
{
	acl_emu_block block = { .device = job->device, .count = job->blocks };

	while ((block.index = atomic_fetch_add(&job->begun, 1)) < job->blocks)
		job->kernel(&block, job->args);
}

/* A call made by a block is one of its stream. False: the block forked, and this is the child. */
static bool run_as_member(struct job *job)
{
	const struct emu_queue *queue = job->queue;
	bool same;

	emu_enter("acl_emu_launch");
	emu_self.queue = queue;
	emu_self.context = queue->context;
	run_blocks(job);
	emu_enter("acl_emu_launch");
	same = emu_self.queue == queue;
	emu_self.queue = NULL;
	return same;
}

static void *member(void *arg)
{
	struct job *job;

	(void)arg;
	pthread_mutex_lock(&crew_lock);
	for (;;) {
		while (!jobs)
			pthread_cond_wait(&crew_work, &crew_lock);
		job = jobs;
		if (!--job->wanted)
			jobs = job->next;
		pthread_mutex_unlock(&crew_lock);
		if (!run_as_member(job))
			return NULL;
		pthread_mutex_lock(&crew_lock);
		idle++;
		if (!--job->busy)
			pthread_cond_signal(&job->done);
	}
	return NULL;
}

/* Signals of the program are not for the crew; the caller has them blocked. */
static int hire(uint32_t count)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err = 0;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while (!err && idle < count) {
		err = pthread_create(&thread, &attr, member, NULL);
		if (!err)
			idle++;
	}
	pthread_attr_destroy(&attr);
	return err;
}

/* Gives 0, or what pthread_create() does. */
static int call_crew(struct job *job, uint32_t count)
{
	int err;

	pthread_mutex_lock(&crew_lock);
	err = hire(count);
	if (!err && count) {
		idle -= count;
		job->wanted = count;
		job->busy = count;
		job->next = jobs;
		jobs = job;
		pthread_cond_broadcast(&crew_work);
	}
	pthread_mutex_unlock(&crew_lock);
	return err;
}

static aclError launch_run(struct emu_task *task, struct emu_queue *queue)
{
	struct launch_task *t = (struct launch_task *)task;
	struct job job = {
		.kernel = t->kernel, .args = t->args, .queue = queue, .device = t->device,
		.blocks = t->blocks, .done = PTHREAD_COND_INITIALIZER,
	};
	uint32_t threads = t->blocks < ACL_EMU_MAX_RESIDENT_BLOCKS ? t->blocks :
			   ACL_EMU_MAX_RESIDENT_BLOCKS;
	int err;

	err = call_crew(&job, threads - 1);
	if (err)
		return emu_error(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL,
				 "launch fewer blocks, or raise the limit on threads (ulimit -u)",
				 "cannot start threads for %" PRIu32 " blocks: %s", t->blocks,
				 strerror(err));
	run_blocks(&job);
	pthread_mutex_lock(&crew_lock);
	while (job.busy)
		pthread_cond_wait(&job.done, &crew_lock);
	pthread_mutex_unlock(&crew_lock);
	emu_count(ACL_EMU_COUNT_LAUNCHES, 1);
	emu_count(ACL_EMU_COUNT_BLOCKS, t->blocks);
	return ACL_SUCCESS;
}

static void launch_end(struct emu_task *task, bool ran)
{
	(void)ran;
	free(task);
}

aclError acl_emu_launch(aclrtStream stream, acl_emu_kernel kernel, const void *args,
			size_t argsSize, uint32_t blocks)
{
	struct launch_task *t;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!kernel)
		return emu_null("kernel");
	if (argsSize && !args)
		return emu_null("args");
	if (!blocks || blocks > ACL_EMU_MAX_BLOCKS)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "launch 1 to 65535 blocks",
				 "blocks is %" PRIu32, blocks);
	code = emu_context_current(&device);
	if (code)
		return code;
	if (argsSize > SIZE_MAX - sizeof(*t))
		return emu_error(ACL_ERROR_INVALID_PARAM, NULL,
				 "argsSize %zu is too large", argsSize);
	t = emu_task_new(sizeof(*t) + argsSize, launch_run, launch_end);
	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->kernel = kernel;
	t->device = device;
	t->blocks = blocks;
	t->args = (void *)args;
	if (argsSize)
		t->args = memcpy(t->copy, args, argsSize);
	return emu_stream_submit(stream, &t->task);
}
