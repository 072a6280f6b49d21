// SPDX-License-Identifier: MIT
/*
 * Ids of streams, events, models and notifies.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "queue.h"

#define TABLE_SIZE	512	/* notifies in one table of the chip */
#define TABLE_OFFSET	0x10000
#define NOTIFY_OFFSET	4

enum { RESOURCE_SQ = 5, RESOURCE_CQ = 6 };	/* of halResourceInfoQuery() */

static const struct {
	const char *noun;
	uint32_t count;
	drvError_t none_left;
	uint32_t resource;	/* as halResourceInfoQuery() numbers it */
} kinds[HAL_KINDS] = {
	[DRV_STREAM_ID] = { "stream", HAL_QUEUES, DRV_ERROR_NO_STREAM_RESOURCES, 0 },
	[DRV_EVENT_ID] = { "event", HAL_EVENTS, DRV_ERROR_NO_EVENT_RESOURCES, 1 },
	[DRV_MODEL_ID] = { "model", HAL_MODELS, DRV_ERROR_NO_RESOURCES, 2 },
	[DRV_NOTIFY_ID] = { "notify", HAL_NOTIFIES, DRV_ERROR_NO_RESOURCES, 3 },
};

/* --- under the lock ---------------------------------------------------------------------- */

static uint32_t lowest_free(const uint64_t *bits, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count / 64; i++) {
		if (~bits[i])
			return i * 64 + (uint32_t)__builtin_ctzll(~bits[i]);
	}
	return count;
}

bool hal_id_take(struct hal_device *d, uint32_t kind, bool wanted, uint32_t *id)
{
	uint32_t count = kinds[kind].count;
	uint64_t *bits = d->ids[kind];

	if (!bits) {
		bits = calloc(count / 64, sizeof(*bits));
		d->ids[kind] = bits;
	}
	if (!bits)
		return false;
	if (!wanted)
		*id = lowest_free(bits, count);
	if (*id >= count || bits[*id / 64] >> *id % 64 & 1)
		return false;
	bits[*id / 64] |= UINT64_C(1) << *id % 64;
	d->ids_used[kind]++;
	return true;
}

/* What the id names loses its state. */
static void forget(struct hal_device *d, uint32_t kind, uint32_t id)
{
	if (kind == DRV_EVENT_ID)
		d->event[id] = 0;
	else if (kind == DRV_NOTIFY_ID)
		hal_notify_forget(&d->notify[id]);
	else if (kind == DRV_STREAM_ID)
		d->logic_of[id] = 0;
}

static bool in_use(const struct hal_device *d, uint32_t kind, uint32_t id)
{
	return id < kinds[kind].count && d->ids[kind] && d->ids[kind][id / 64] >> id % 64 & 1;
}

bool hal_id_give(struct hal_device *d, uint32_t kind, uint32_t id)
{
	if (!in_use(d, kind, id))
		return false;
	d->ids[kind][id / 64] &= ~(UINT64_C(1) << id % 64);
	d->ids_used[kind]--;
	forget(d, kind, id);
	return true;
}

void hal_id_reset(struct hal_device *d)
{
	uint32_t kind, id;

	for (kind = 0; kind < HAL_KINDS; kind++) {
		for (id = 0; d->ids_used[kind] && id < kinds[kind].count; id++)
			hal_id_give(d, kind, id);
	}
}

/* --- the runtime ------------------------------------------------------------------------- */

/* The device, locked; NULL: it, or the kind of id, does not exist. */
static struct hal_device *lock(uint32_t device, const struct halResourceIdInputInfo *in,
			       bool arguments, drvError_t *code)
{
	if (in && in->type >= HAL_KINDS) {
		*code = hal_unsupported("an id of kind", in->type);
		return NULL;
	}
	return hal_queue_lock(device, in && arguments, code);
}

static drvError_t report_id(const struct halResourceIdInputInfo *in)
{
	return hal_refuse(DRV_ERROR_INVALID_VALUE, "use what halResourceIdAlloc() returned",
			  "%s %" PRIu32 " is not in use", kinds[in->type].noun, in->resourceId);
}

drvError_t halResourceIdAlloc(uint32_t devId, struct halResourceIdInputInfo *in,
			      struct halResourceIdOutputInfo *out)
{
	struct hal_device *d;
	drvError_t code;
	uint32_t id;

	EMU_ENTER();
	d = lock(devId, in, out, &code);
	if (!d)
		return code;
	id = in->resourceId;
	if (hal_id_take(d, in->type, in->res[1] & TSDRV_RES_SPECIFIED_ID, &id))
		*out = (struct halResourceIdOutputInfo){ .resourceId = id };
	else
		code = hal_refuse(kinds[in->type].none_left, "destroy those that are not in use",
				  "a new %s: %" PRIu32 " of %" PRIu32 " are in use",
				  kinds[in->type].noun, d->ids_used[in->type],
				  kinds[in->type].count);
	return hal_queue_unlock(d, code);
}

drvError_t halResourceIdFree(uint32_t devId, struct halResourceIdInputInfo *in)
{
	struct hal_device *d;
	drvError_t code;

	EMU_ENTER();
	d = lock(devId, in, true, &code);
	if (d && !hal_id_give(d, in->type, in->resourceId))
		code = report_id(in);
	return d ? hal_queue_unlock(d, code) : code;
}

static drvError_t bind(struct hal_device *d, uint32_t stream, uint32_t logic)
{
	drvError_t code = DRV_ERROR_NONE;

	pthread_mutex_lock(&d->lock);
	if (logic && (logic > HAL_QUEUES || !d->logic[logic - 1].used))
		code = hal_refuse(DRV_ERROR_INVALID_VALUE, "allocate the logic queue first",
				  "logic queue %" PRIu32 " does not exist", logic - 1);
	else
		d->logic_of[stream] = logic;
	pthread_mutex_unlock(&d->lock);
	return code;
}

/* Sets or clears an event or a notify. */
static drvError_t set_flag(struct hal_device *d, const struct halResourceIdInputInfo *in, bool set)
{
	if (in->type == DRV_EVENT_ID) {
		(set ? hal_event_record : hal_event_clear)(d, in->resourceId);
		return DRV_ERROR_NONE;
	}
	if (in->type != DRV_NOTIFY_ID)
		return hal_unsupported("setting the state of an id of kind", in->type);
	if (set)
		hal_notify_record(d, in->resourceId);
	else
		hal_notify_clear(d, in->resourceId);
	return DRV_ERROR_NONE;
}

drvError_t halResourceConfig(uint32_t devId, struct halResourceIdInputInfo *in,
			     struct halResourceConfigInfo *para)
{
	struct hal_device *d;
	drvError_t code;

	EMU_ENTER();
	d = lock(devId, in, para, &code);
	if (!d)
		return code;
	code = in_use(d, in->type, in->resourceId) ? DRV_ERROR_NONE : report_id(in);
	hal_queue_unlock(d, code);
	if (code)
		return code;
	switch (para->prop) {
	case DRV_STREAM_BIND_LOGIC_CQ:
	case DRV_STREAM_UNBIND_LOGIC_CQ:
		if (in->type != DRV_STREAM_ID)
			return report_id(in);
		return bind(d, in->resourceId,
			    para->prop == DRV_STREAM_BIND_LOGIC_CQ ? para->value[0] + 1 : 0);
	case DRV_ID_RECORD:
	case DRV_ID_RESET:
		return set_flag(d, in, para->prop == DRV_ID_RECORD);
	default:
		return hal_unsupported("a configuration of ids with the number", para->prop);
	}
}

drvError_t halResourceInfoQuery(uint32_t devId, uint32_t tsId, int type,
				struct halResourceInfo *info)
{
	struct hal_device *d;
	drvError_t code;
	uint32_t kind;

	(void)tsId;
	EMU_ENTER();
	/* Queues have the ids of streams. */
	if (type == RESOURCE_SQ || type == RESOURCE_CQ)
		type = (int)kinds[DRV_STREAM_ID].resource;
	for (kind = 0; kind < HAL_KINDS && kinds[kind].resource != (uint32_t)type; kind++)
		;
	if (kind == HAL_KINDS)
		return hal_unsupported("a resource of kind", (unsigned int)type);
	d = hal_queue_lock(devId, info, &code);
	if (!d)
		return code;
	*info = (struct halResourceInfo){ .capacity = kinds[kind].count,
					  .usedNum = d->ids_used[kind] };
	return hal_queue_unlock(d, DRV_ERROR_NONE);
}

/* The runtime adds it to the base of the chip for records of shared notifies. */
drvError_t halResourceDetailQuery(uint32_t devId, struct halResourceIdInputInfo *in,
				  struct halResourceDetailInfo *info)
{
	drvError_t code;

	EMU_ENTER();
	code = hal_device_check(devId);
	if (code)
		return code;
	if (!in || !info)
		return hal_null("an argument");
	if (in->type != DRV_NOTIFY_ID || info->type || in->resourceId >= HAL_NOTIFIES)
		return hal_unsupported("a detail of an id of kind", in->type);
	info->value0 = in->resourceId / TABLE_SIZE * TABLE_OFFSET +
		       in->resourceId % TABLE_SIZE * NOTIFY_OFFSET;
	return DRV_ERROR_NONE;
}
