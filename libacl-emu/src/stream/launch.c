// SPDX-License-Identifier: MIT
/*
 * Host functions as device kernels: a pool of worker threads runs their blocks.
 *
 * The pool grows when a launch needs more threads than are idle, and does not
 * shrink. The thread of the stream runs blocks as well.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "acl_emu/extensions.h"
#include "core/error.h"
#include "core/process.h"
#include "core/stat.h"
#include "stream/stream.h"

struct job {
	struct job *next;
	acl_emu_kernel kernel;
	void *args;
	const struct emu_queue *queue;
	uint32_t device;
	uint32_t blocks;
	_Atomic uint32_t begun;
	uint32_t wanted;	/* workers that have not begun; these under workers.lock */
	uint32_t busy;		/* workers that have not finished */
	pthread_cond_t done;
};

struct launch_task {
	struct emu_task task;
	acl_emu_kernel kernel;
	void *args;
	uint32_t device;
	uint32_t blocks;
	size_t args_size;
	_Alignas(16) char copy[];
};

/* The worker pool. */
struct workers {
	pthread_mutex_t lock;	/* for all; taken by launches, not by blocks */
	pthread_cond_t work;
	struct job *jobs;	/* those that need more workers */
	uint32_t idle;		/* workers that no job has asked for */
};

EMU_STATE(struct workers, workers, NULL)

static void run_blocks(struct job *job)
{
	acl_emu_block block = { .device = job->device, .count = job->blocks };

	while ((block.index = atomic_fetch_add(&job->begun, 1)) < job->blocks)
		job->kernel(&block, job->args);
}

/*
 * Runs blocks as the stream of the job. Returns false in a child process that a
 * block forked.
 */
static bool run_as_worker(struct job *job)
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

static void *worker(void *arg)
{
	struct job *job;

	(void)arg;
	pthread_mutex_lock(&workers()->lock);
	for (;;) {
		while (!workers()->jobs)
			pthread_cond_wait(&workers()->work, &workers()->lock);
		job = workers()->jobs;
		if (!--job->wanted)
			workers()->jobs = job->next;
		pthread_mutex_unlock(&workers()->lock);
		if (!run_as_worker(job))
			return NULL;
		pthread_mutex_lock(&workers()->lock);
		workers()->idle++;
		if (!--job->busy)
			pthread_cond_signal(&job->done);
	}
	return NULL;
}

/* Workers inherit the signal mask of the caller, which blocks all signals. */
static int start_workers(uint32_t count)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err = 0;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while (!err && workers()->idle < count) {
		err = pthread_create(&thread, &attr, worker, NULL);
		if (!err)
			workers()->idle++;
	}
	pthread_attr_destroy(&attr);
	return err;
}

/* Returns 0 or the error of pthread_create(). */
static int ask_workers(struct job *job, uint32_t count)
{
	int err;

	pthread_mutex_lock(&workers()->lock);
	err = start_workers(count);
	if (!err && count) {
		workers()->idle -= count;
		job->wanted = count;
		job->busy = count;
		job->next = workers()->jobs;
		workers()->jobs = job;
		pthread_cond_broadcast(&workers()->work);
	}
	pthread_mutex_unlock(&workers()->lock);
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

	err = ask_workers(&job, threads - 1);
	if (err)
		return emu_error(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL,
				 "launch fewer blocks, or raise the limit on threads (ulimit -u)",
				 "cannot start threads for %" PRIu32 " blocks: %s", t->blocks,
				 strerror(err));
	run_blocks(&job);
	pthread_mutex_lock(&workers()->lock);
	while (job.busy)
		pthread_cond_wait(&job.done, &workers()->lock);
	pthread_mutex_unlock(&workers()->lock);
	emu_stat_add(ACL_EMU_COUNT_LAUNCHES, 1);
	emu_stat_add(ACL_EMU_COUNT_BLOCKS, t->blocks);
	return ACL_SUCCESS;
}

static void launch_info(const struct emu_task *task, struct emu_task_info *info)
{
	const struct launch_task *t = (const struct launch_task *)task;
	aclmdlRIKernelTaskParams *kernel = &info->params.kernelTaskParams;

	info->params.type = ACL_MODEL_RI_TASK_KERNEL;
	kernel->funcHandle = (aclrtFuncHandle)(uintptr_t)t->kernel;
	kernel->args = t->args;
	kernel->isHostArgs = 1;
	kernel->argsSize = t->args_size;
	kernel->numBlocks = t->blocks;
}

static void launch_end(struct emu_task *task, bool ran)
{
	(void)ran;
	free(task);
}

static aclError launch_in(struct emu_stream *s, void *task)
{
	struct launch_task *t = task;

	t->device = s->device;
	return emu_queue_submit(&s->queue, &t->task);
}

aclError acl_emu_launch(aclrtStream stream, acl_emu_kernel kernel, const void *args,
			size_t argsSize, uint32_t blocks)
{
	struct launch_task *t;
	aclError code;

	EMU_ENTER();
	if (!kernel)
		return emu_null("kernel");
	if (argsSize && !args)
		return emu_null("args");
	if (!blocks || blocks > ACL_EMU_MAX_BLOCKS)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "launch 1 to 65535 blocks",
				 "blocks is %" PRIu32, blocks);
	if (argsSize > SIZE_MAX - sizeof(*t))
		return emu_error(ACL_ERROR_INVALID_PARAM, "give the size of the arguments",
				 "argsSize %zu is too large", argsSize);
	t = emu_task_new(sizeof(*t) + argsSize, launch_run, launch_end);
	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->kernel = kernel;
	t->blocks = blocks;
	t->args = (void *)args;
	t->args_size = argsSize;
	t->task.info = launch_info;
	if (argsSize)
		t->args = memcpy(t->copy, args, argsSize);
	code = emu_with_stream(stream, launch_in, t);
	if (code)
		free(t);
	return code;
}
