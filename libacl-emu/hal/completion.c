// SPDX-License-Identifier: MIT
/*
 * Logic queues: the completions of one stream.
 *
 * Entries with the bit wr_cqe have a completion, and those that failed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/condition.h"
#include "queue.h"

#define DEPTH_MAX	65536
#define WR_CQE		0x40	/* in byte 1 of an entry */
#define SYNC_FLAG	0x8000	/* in the stream of an entry */
#define TICK		20	/* ns of a time stamp */

_Static_assert(sizeof(struct hal_completion) == 32 && sizeof(struct hal_report) == 32,
	       "the runtime knows these sizes");

/* --- under the lock ---------------------------------------------------------------------- */

drvError_t hal_logic_allocate(struct hal_device *d, const struct halSqCqInputInfo *in,
			      struct halSqCqOutputInfo *out)
{
	struct hal_logic *l;
	uint32_t id;

	if (in->cqeSize != sizeof(struct hal_completion) || !in->cqeDepth ||
	    in->cqeDepth > DEPTH_MAX)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "use completions of 32 bytes",
				  "%" PRIu32 " completions of %" PRIu32 " bytes", in->cqeDepth,
				  in->cqeSize);
	for (id = 0; id < HAL_QUEUES && d->logic[id].used; id++)
		;
	if (id == HAL_QUEUES)
		return hal_refuse(DRV_ERROR_NO_RESOURCES, "free queues",
				  "all %d logic queues of device %" PRIu32 " are in use",
				  HAL_QUEUES, d->id);
	l = &d->logic[id];
	l->ring = calloc(in->cqeDepth, sizeof(*l->ring));
	if (!l->ring)
		return hal_result(emu_no_memory("logic queue"));
	l->used = true;
	l->depth = in->cqeDepth;
	l->first = 0;
	l->count = 0;
	*out = (struct halSqCqOutputInfo){ .sqId = UINT32_MAX, .cqId = id };
	return DRV_ERROR_NONE;
}

drvError_t hal_logic_free(struct hal_device *d, uint32_t id)
{
	struct hal_logic *l = id < HAL_QUEUES ? &d->logic[id] : NULL;
	uint32_t stream;

	if (!l || !l->used)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "use what halSqCqAllocate() returned",
				  "logic queue %" PRIu32 " does not exist", id);
	free(l->ring);
	l->ring = NULL;
	l->used = false;
	l->generation++;
	for (stream = 0; stream < HAL_QUEUES; stream++) {
		if (d->logic_of[stream] == id + 1)
			d->logic_of[stream] = 0;
	}
	hal_queue_wake(d, HAL_WAIT_LOGIC, id);
	pthread_cond_broadcast(&l->cond);
	return DRV_ERROR_NONE;
}

/* NULL: the stream of the queue has none. */
static struct hal_logic *logic_of(struct hal_device *d, const struct hal_queue *q)
{
	uint32_t id = d->logic_of[q->stream];

	return id && d->logic[id - 1].used ? &d->logic[id - 1] : NULL;
}

void hal_logic_complete(struct hal_device *d, struct hal_queue *q, const struct hal_entry *e,
			const struct hal_end *end, uint32_t head)
{
	struct hal_logic *l = logic_of(d, q);

	if (!l || (!(e->byte[1] & WR_CQE) && !end->error_type))
		return;
	if (l->count == l->depth) {
		if (hal_queue_block(d, q, HAL_WAIT_LOGIC, (uint32_t)(l - d->logic), NULL))
			return;
		l = logic_of(d, q);
		if (!l || l->count == l->depth)
			return;
	}
	l->ring[(l->first + l->count++) % l->depth] = (struct hal_completion){
		.stream = hal_u16(e, 4) & (uint16_t)~SYNC_FLAG, .task = hal_u16(e, 6),
		.error = end->error, .error_type = end->error_type,
		.entry_type = e->byte[0] & 0x3f, .sq = (uint16_t)q->id, .sq_head = (uint16_t)head,
		.time = emu_now() / TICK,
	};
	pthread_cond_broadcast(&l->cond);
}

bool hal_logic_holds(struct hal_device *d, const struct hal_queue *q)
{
	const struct hal_logic *l = logic_of(d, q);
	uint32_t i;

	for (i = 0; l && i < l->count; i++) {
		if (l->ring[(l->first + i) % l->depth].sq == q->id)
			return true;
	}
	return false;
}

void hal_logic_forget(struct hal_device *d, const struct hal_queue *q)
{
	struct hal_logic *l = logic_of(d, q);
	uint32_t i, left = 0;

	for (i = 0; l && i < l->count; i++) {
		if (l->ring[(l->first + i) % l->depth].sq != q->id)
			l->ring[(l->first + left++) % l->depth] =
				l->ring[(l->first + i) % l->depth];
	}
	if (l)
		l->count = left;
}

uint32_t hal_logic_depth(struct hal_device *d, const struct hal_queue *q)
{
	const struct hal_logic *l = logic_of(d, q);

	return l ? l->depth : 0;
}

/* --- the runtime ------------------------------------------------------------------------- */

/* Waits for a completion; false: the queue was freed. Time is over: count is 0. */
static bool await(struct hal_device *d, struct hal_logic *l, int32_t timeout)
{
	struct timespec deadline = emu_deadline(timeout > 0 ? timeout : 0);
	uint64_t generation = l->generation;
	int err = timeout ? 0 : ETIMEDOUT;

	while (l->used && l->generation == generation && !l->count && err != ETIMEDOUT) {
		if (timeout < 0)
			pthread_cond_wait(&l->cond, &d->lock);
		else
			err = pthread_cond_timedwait(&l->cond, &d->lock, &deadline);
	}
	return l->used && l->generation == generation;
}

static drvError_t take(struct hal_device *d, struct halReportRecvInfo *info)
{
	struct hal_logic *l = info->cqId < HAL_QUEUES ? &d->logic[info->cqId] : NULL;
	uint32_t i;

	if (!l || !l->used || !await(d, l, info->timeout))
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "use what halSqCqAllocate() returned",
				  "logic queue %" PRIu32 " does not exist", info->cqId);
	for (i = 0; i < info->cqe_num && l->count; i++) {
		memcpy(info->cqe_addr + i * sizeof(*l->ring), &l->ring[l->first],
		       sizeof(*l->ring));
		l->first = (l->first + 1) % l->depth;
		l->count--;
	}
	info->report_cqe_num = i;
	if (i)
		hal_queue_wake(d, HAL_WAIT_LOGIC, info->cqId);
	return i ? DRV_ERROR_NONE : DRV_ERROR_WAIT_TIMEOUT;
}

drvError_t halCqReportRecv(uint32_t devId, struct halReportRecvInfo *info)
{
	struct hal_device *d;
	drvError_t code;

	EMU_ENTER();
	d = hal_queue_lock(devId, info && info->cqe_addr && info->cqe_num, &code);
	return d ? hal_queue_unlock(d, take(d, info)) : code;
}
