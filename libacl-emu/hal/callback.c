// SPDX-License-Identifier: MIT
/*
 * Callback queues: reports of host functions, which threads of the runtime execute.
 *
 * The thread of a group waits for reports, executes the function of the first one and
 * releases it. If the stream waits for the function, the thread then sends a command
 * with the event that the stream waits for.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/condition.h"
#include "queue.h"

#define DEPTH	1024		/* reports that a queue holds at least */
#define WHOLE	0xa		/* bits of a report that is first and last of its function */
#define EVENT_AT	10	/* of a command */

/* --- under the lock ---------------------------------------------------------------------- */

drvError_t hal_callback_allocate(struct hal_device *d, const struct halSqCqInputInfo *in,
				 struct halSqCqOutputInfo *out)
{
	struct hal_callback *c;
	uint32_t id;

	for (id = 0; id < HAL_CALLBACKS && d->callback[id].used; id++)
		;
	if (id == HAL_CALLBACKS)
		return hal_refuse(DRV_ERROR_NO_RESOURCES, "free queues",
				  "all %d callback queues of device %" PRIu32 " are in use",
				  HAL_CALLBACKS, d->id);
	c = &d->callback[id];
	*c = (struct hal_callback){ .group = in->grpId, .depth = DEPTH };
	c->ring = calloc(c->depth, sizeof(*c->ring));
	if (!c->ring)
		return hal_result(emu_no_memory("callback queue"));
	c->used = true;
	*out = (struct halSqCqOutputInfo){ .sqId = id, .cqId = id };
	return DRV_ERROR_NONE;
}

static struct hal_callback *find(struct hal_device *d, uint32_t id, drvError_t *code)
{
	if (id < HAL_CALLBACKS && d->callback[id].used)
		return &d->callback[id];
	*code = hal_refuse(DRV_ERROR_INVALID_VALUE, "use what halSqCqAllocate() returned",
			   "callback queue %" PRIu32 " does not exist on device %" PRIu32, id,
			   d->id);
	return NULL;
}

drvError_t hal_callback_free(struct hal_device *d, uint32_t id)
{
	drvError_t code = DRV_ERROR_NONE;
	struct hal_callback *c = find(d, id, &code);

	if (!c)
		return code;
	free(c->ring);
	*c = (struct hal_callback){ 0 };
	hal_queue_wake(d, HAL_WAIT_CALLBACK, id);
	return DRV_ERROR_NONE;
}

/* --- entries ----------------------------------------------------------------------------- */

void hal_callback_report(struct hal_device *d, struct hal_queue *q, uint32_t id,
			 struct hal_report *report, struct hal_end *end)
{
	struct hal_callback *c = id < HAL_CALLBACKS ? &d->callback[id] : NULL;

	pthread_mutex_lock(&d->lock);
	if (c && c->used && hal_queue_block(d, q, HAL_WAIT_CALLBACK, id, NULL)) {
		end->dropped = true;
	} else if (!c || !c->used) {
		end->error_type = HAL_ERROR_ENTRY;
	} else {
		report->bits = (uint16_t)(WHOLE | id << 4);
		report->sq = (uint16_t)q->id;
		report->sq_head = (uint16_t)q->head;
		report->sequence = c->sequence++;
		c->ring[(c->first + c->count++) % c->depth] = *report;
		pthread_cond_broadcast(&d->reports);
	}
	pthread_mutex_unlock(&d->lock);
}

/* --- the runtime ------------------------------------------------------------------------- */

/* Sets a bit for each queue of the group that has reports; false: there is none. */
static bool find_reports(const struct hal_device *d, uint32_t group,
			 const struct halReportInfoOutput *out)
{
	bool any = false;
	uint64_t id;

	memset(out->cqIdBitmap, 0, out->cqIdBitmapSize * sizeof(*out->cqIdBitmap));
	for (id = 0; id < HAL_CALLBACKS && id / 64 < out->cqIdBitmapSize; id++) {
		if (!d->callback[id].used || d->callback[id].group != group ||
		    !d->callback[id].count)
			continue;
		out->cqIdBitmap[id / 64] |= 1ull << id % 64;
		any = true;
	}
	return any;
}

static bool await(struct hal_device *d, const struct halReportInfoInput *in,
		  const struct halReportInfoOutput *out)
{
	struct timespec deadline = emu_deadline(in->timeout > 0 ? in->timeout : 0);
	uint64_t resets = d->resets;
	int err = in->timeout ? 0 : ETIMEDOUT;

	while (!find_reports(d, in->grpId, out)) {
		if (err == ETIMEDOUT || d->resets != resets)
			return false;
		if (in->timeout < 0)
			pthread_cond_wait(&d->reports, &d->lock);
		else
			err = pthread_cond_timedwait(&d->reports, &d->lock, &deadline);
	}
	return true;
}

drvError_t halCqReportIrqWait(uint32_t devId, struct halReportInfoInput *in,
			      struct halReportInfoOutput *out)
{
	struct hal_device *d;
	drvError_t code;

	EMU_ENTER();
	d = hal_queue_lock(devId, in && out && out->cqIdBitmap, &code);
	if (!d)
		return code;
	return hal_queue_unlock(d, await(d, in, out) ? DRV_ERROR_NONE : DRV_ERROR_WAIT_TIMEOUT);
}

/* The callback queue, with the lock of the device; NULL: the lock is not held. */
static struct hal_callback *lock(uint32_t device, bool arguments, uint32_t id,
				 struct hal_device **d, drvError_t *code)
{
	struct hal_callback *c;

	*d = hal_queue_lock(device, arguments, code);
	if (!*d)
		return NULL;
	c = find(*d, id, code);
	if (!c)
		hal_queue_unlock(*d, *code);
	return c;
}

drvError_t halCqReportGet(uint32_t devId, struct halReportGetInput *in,
			  struct halReportGetOutput *out)
{
	struct hal_callback *c;
	struct hal_device *d;
	drvError_t code;

	EMU_ENTER();
	c = lock(devId, in && out, in ? in->cqId : 0, &d, &code);
	if (!c)
		return code;
	out->count = c->count ? 1 : 0;
	out->reportPtr = c->count ? &c->ring[c->first] : NULL;
	return hal_queue_unlock(d, c->count ? DRV_ERROR_NONE : DRV_ERROR_NO_EVENT);
}

drvError_t halReportRelease(uint32_t devId, struct halReportReleaseInfo *info)
{
	struct hal_callback *c;
	struct hal_device *d;
	drvError_t code;
	uint32_t count;

	EMU_ENTER();
	c = lock(devId, info, info ? info->cqId : 0, &d, &code);
	if (!c)
		return code;
	count = info->count < c->count ? info->count : c->count;
	c->first = (c->first + count) % c->depth;
	c->count -= count;
	hal_queue_wake(d, HAL_WAIT_CALLBACK, info->cqId);
	return hal_queue_unlock(d, DRV_ERROR_NONE);
}

drvError_t halSqMemGet(uint32_t devId, struct halSqMemGetInput *in, struct halSqMemGetOutput *out)
{
	struct hal_callback *c;
	struct hal_device *d;
	drvError_t code;

	EMU_ENTER();
	c = lock(devId, in && out, in ? in->sqId : 0, &d, &code);
	if (!c)
		return code;
	memset(c->command, 0, sizeof(c->command));
	*out = (struct halSqMemGetOutput){ .cmdCount = 1, .cmdPtr = c->command };
	return hal_queue_unlock(d, DRV_ERROR_NONE);
}

drvError_t halSqMsgSend(uint32_t devId, struct halSqMsgInfo *info)
{
	struct hal_callback *c;
	struct hal_device *d;
	drvError_t code;
	uint32_t event;

	EMU_ENTER();
	c = lock(devId, info, info ? info->sqId : 0, &d, &code);
	if (!c)
		return code;
	event = c->command[EVENT_AT] | (uint32_t)c->command[EVENT_AT + 1] << 8;
	hal_queue_unlock(d, DRV_ERROR_NONE);
	hal_event_record(d, event);
	return DRV_ERROR_NONE;
}
