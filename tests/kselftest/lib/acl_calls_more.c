// SPDX-License-Identifier: MIT
/*
 * Calls of acl_calls.h: variants, calls that end others, and queries.
 */
#include "acl_calls.h"

UNDO(drain, aclrtSynchronizeStream(c->stream))

/* ---- variants ---- */

CALL(aclrtMemsetD32, aclrtMemsetD32(c->dev, CALLS_SIZE, 5, 64))
CALL(aclrtHostRegisterV2, aclrtHostRegisterV2(c->own, CALLS_SIZE, ACL_HOST_REG_MAPPED))
UNDO(aclrtHostRegisterV2, aclrtHostUnregister(c->own))
CALL(aclrtMemcpyAsyncWithCondition,
	aclrtMemcpyAsyncWithCondition(c->dev, CALLS_SIZE, c->host, CALLS_SIZE,
				   ACL_MEMCPY_HOST_TO_DEVICE, c->stream))
CALL(aclrtMemcpyBatchV2, calls_batch(c, BATCH_V2))
CALL(aclrtMemcpyBatchAsync, calls_batch(c, BATCH_ASYNC))

/* ---- what goes on in streams, and is called off ---- */

CALL(aclrtResetEvent, aclrtResetEvent(c->event, c->stream))
UNDO(aclrtResetEvent, aclrtRecordEvent(c->event, c->stream) ||
		      aclrtSynchronizeStream(c->stream))
CALL(aclrtNotifyBatchReset, aclrtNotifyBatchReset(&c->notify, 1))
/* The word is what is waited for. */
CALL(aclrtValueWait, aclrtMemset(c->dev, 8, 0, 8) ?:
	aclrtValueWait(c->dev, 0, ACL_STREAM_WAIT_VALUE_GEQ, c->stream))
CALL(aclrtStreamAbort, aclrtStreamAbort(c->stream))
CALL(aclrtStreamStop, aclrtStreamStop(c->stream))
UNDO(aclrtStreamStop, aclrtStreamAbort(c->stream))
CALL(aclrtDeviceTaskAbort, aclrtDeviceTaskAbort(0, 1000))
CALL(aclrtSetStreamFailureMode,
	aclrtSetStreamFailureMode(c->stream, ACL_CONTINUE_ON_FAILURE))
CALL(aclrtSynchronizeStreamWithTimeout, aclrtSynchronizeStreamWithTimeout(c->stream, 100000))
CALL(aclrtSynchronizeDeviceWithTimeout, aclrtSynchronizeDeviceWithTimeout(100000))
CALL(aclrtSynchronizeEventWithTimeout, aclrtSynchronizeEventWithTimeout(c->event, 100000))

static aclError call_buffer(struct calls *c)
{
	c->made = aclCreateDataBuffer(c->dev, 5);
	return c->made ? aclUpdateDataBuffer(c->made, c->dev, 6) : ACL_ERROR_BAD_ALLOC;
}

UNDO(buffer, aclDestroyDataBuffer(c->made))

/* ---- questions ---- */

static aclError ask_devices(struct calls *c)
{
	int32_t id, least, status;
	int64_t value;
	void *context;

	(void)c;
	return aclrtGetDevice(&id) ?: aclrtGetCurrentContext(&context) ?:
	       aclrtGetLogicDevIdByUserDevId(0, &id) ?: aclrtGetPhyDevIdByLogicDevId(0, &id) ?:
	       aclrtDeviceCanAccessPeer(&id, 0, 1) ?: aclrtDevicePeerAccessStatus(0, 1, &id) ?:
	       aclrtDeviceGetStreamPriorityRange(&least, &id) ?:
	       aclrtGetPrimaryCtxState(1, NULL, &status) ?:
	       aclGetDeviceCapability(0, ACL_DEVICE_INFO_L2_SIZE, &value) ?:
	       aclrtCheckArchCompatibility("Ascend910B3", &id);
}

static aclError ask_streams(struct calls *c)
{
	aclrtEventRecordedStatus recorded;
	aclrtStreamStatus status;
	aclrtStream stream;
	uint32_t number;
	int32_t id;

	return aclrtStreamQuery(c->stream, &status) ?: aclrtStreamGetId(c->stream, &id) ?:
	       aclrtStreamGetFlags(c->stream, &number) ?:
	       aclrtStreamGetPriority(c->stream, &number) ?:
	       aclrtCtxGetCurrentDefaultStream(&stream) ?:
	       aclrtQueryEventStatus(c->event, &recorded) ?:
	       aclrtGetNotifyId(c->notify, &number) ?: aclrtCntNotifyGetId(c->counter, &number);
}

static const struct call calls_more_list[] = {
	ONE(aclrtMemsetD32), TWO(aclrtHostRegisterV2), WITH(aclrtMemcpyAsyncWithCondition, drain),
	ONE(aclrtMemcpyBatchV2), WITH(aclrtMemcpyBatchAsync, drain), TWO(aclrtResetEvent),
	ONE(aclrtNotifyBatchReset), WITH(aclrtValueWait, drain), ONE(aclrtStreamAbort),
	TWO(aclrtStreamStop), ONE(aclrtDeviceTaskAbort), ONE(aclrtSetStreamFailureMode),
	ONE(aclrtSynchronizeStreamWithTimeout), ONE(aclrtSynchronizeDeviceWithTimeout),
	ONE(aclrtSynchronizeEventWithTimeout),
	{ "aclCreateDataBuffer", call_buffer, undo_buffer, ACL_ERROR_BAD_ALLOC },
	{ "questions about devices", ask_devices, NULL, 0 },
	{ "questions about streams", ask_streams, NULL, 0 },
};

const struct call_table calls_more = TABLE(calls_more_list);
