// SPDX-License-Identifier: MIT
/*
 * Calls of acl_calls.h: events and notifies between processes, rt names, and queries.
 */
#include "acl_calls.h"

#include "runtime/rt.h"

UNDO(destroy_event, aclrtDestroyEvent(c->made))
UNDO(destroy_notify, aclrtDestroyNotify(c->made))
UNDO(drain, aclrtSynchronizeStream(c->stream))

/* ---- events between processes ---- */

/* An event has its handle from the first call on, so it is new each time. */
static aclError call_aclrtIpcGetEventHandle(struct calls *c)
{
	aclrtIpcEventHandle handle;
	aclError code = aclrtCreateEventExWithFlag(&c->made, ACL_EVENT_IPC);

	if (code)
		return code;
	code = aclrtIpcGetEventHandle(c->made, &handle);
	if (code)
		aclrtDestroyEvent(c->made);
	return code;
}

CALL(aclrtIpcOpenEventHandle, aclrtIpcOpenEventHandle(c->far.event, &c->made))
CALL(record_shared, aclrtRecordEvent(c->shared, c->stream))

/* Success is a stream that waits: its other end is the abort. */
static aclError call_wait_far(struct calls *c)
{
	aclrtStreamStatus status = ACL_STREAM_STATUS_COMPLETE;
	aclError code = aclrtStreamWaitEvent(c->stream, c->far_event) ?:
			aclrtStreamQuery(c->stream, &status);

	return code ? code : status == ACL_STREAM_STATUS_COMPLETE ? ACL_ERROR_FAILURE : code;
}

UNDO(wait_far, aclrtStreamAbort(c->stream))

static aclError call_query_far(struct calls *c)
{
	aclrtEventRecordedStatus status = ACL_EVENT_RECORDED_STATUS_COMPLETE;
	aclError code = aclrtQueryEventStatus(c->far_event, &status);

	return code ? code : status == ACL_EVENT_RECORDED_STATUS_COMPLETE ? ACL_ERROR_FAILURE :
									    code;
}

/* ---- notifies between processes ---- */

/* The same goes for the key of a notify. */
static aclError call_aclrtNotifyGetExportKey(struct calls *c)
{
	aclError code = aclrtCreateNotify(&c->made, 0);

	if (code)
		return code;
	code = aclrtNotifyGetExportKey(c->made, c->text, CALLS_KEY, 0);
	if (code)
		aclrtDestroyNotify(c->made);
	return code;
}

CALL(aclrtNotifySetImportPid,
	aclrtNotifySetImportPid(c->exported, (int32_t *)&c->peer.pid, 1))

static aclError call_aclrtNotifySetImportPidInterServer(struct calls *c)
{
	aclrtServerPid servers[] = {
		{ .pid = (int32_t *)&c->peer.pid, .num = 1 },
		{ .sdid = 1, .pid = (int32_t *)&c->exporter, .num = 1 },
	};

	return aclrtNotifySetImportPidInterServer(c->exported, servers, 2);
}

CALL(aclrtNotifyImportByKey,
	aclrtNotifyImportByKey(&c->made, c->far.notify,
			       ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS))
CALL(record_far, aclrtRecordNotify(c->far_notify, c->stream))
UNDO(record_far, aclrtWaitAndResetNotify(c->far_notify, c->stream, 0) ||
		 aclrtSynchronizeStream(c->stream))
CALL(wait_far_notify, aclrtWaitAndResetNotify(c->far_notify, c->stream, 0))
UNDO(wait_far_notify, aclrtRecordNotify(c->far_notify, NULL) ||
		      aclrtSynchronizeStream(c->stream))
CALL(reset_far, aclrtNotifyBatchReset(&c->far_notify, 1))

/* ---- the names of the layer below ---- */

CALL(rtIpcSetMemoryName, rtIpcSetMemoryName(c->dev, CALLS_SIZE, c->text, CALLS_KEY))
UNDO(rtIpcSetMemoryName, rtIpcDestroyMemoryName(c->text))
CALL(rtIpcDestroyMemoryName, rtIpcDestroyMemoryName(c->key))
UNDO(rtIpcDestroyMemoryName, rtIpcSetMemoryName(c->dev, CALLS_SIZE, c->key, CALLS_KEY))
CALL(rtSetIpcMemorySuperPodPid,
	rtSetIpcMemorySuperPodPid(c->key, 0, (int32_t *)&c->peer.pid, 1))
CALL(rtIpcOpenMemory, rtIpcOpenMemory(&c->made, c->far.memory))
UNDO(rtIpcOpenMemory, rtIpcCloseMemory(c->made))

/* What was not closed is closed the next time. */
static aclError call_rtIpcCloseMemory(struct calls *c)
{
	aclError code = rtIpcOpenMemory(&c->made, c->far.memory);

	if (code)
		return code;
	code = rtIpcCloseMemory(c->made);
	if (code)
		rtIpcCloseMemory(c->made);
	return code;
}

static aclError ask_below(struct calls *c)
{
	uint32_t number;
	int64_t value;
	int32_t id;

	(void)c;
	return rtDeviceGetBareTgid(&number) ?: rtGetDeviceInfo(0, 0, 26, &value) ?:
	       rtGetDeviceInfo(0, 4, 3, &value) ?: rtGetDevicePhyIdByIndex(0, &number) ?:
	       rtGetLogicDevIdByUserDevId(0, &id);
}

static const struct call calls_keys_list[] = {
	WITH(aclrtIpcGetEventHandle, destroy_event), WITH(aclrtIpcOpenEventHandle, destroy_event),
	{ "aclrtRecordEvent between processes", call_record_shared, undo_drain, 0 },
	{ "aclrtStreamWaitEvent between processes", call_wait_far, undo_wait_far, 0 },
	{ "aclrtQueryEventStatus between processes", call_query_far, NULL, 0 },
	WITH(aclrtNotifyGetExportKey, destroy_notify), ONE(aclrtNotifySetImportPid),
	ONE(aclrtNotifySetImportPidInterServer), WITH(aclrtNotifyImportByKey, destroy_notify),
	{ "aclrtRecordNotify between processes", call_record_far, undo_record_far, 0 },
	{ "aclrtWaitAndResetNotify between processes", call_wait_far_notify,
	  undo_wait_far_notify, 0 },
	{ "aclrtNotifyBatchReset between processes", call_reset_far, NULL, 0 },
	TWO(rtIpcSetMemoryName), TWO(rtIpcDestroyMemoryName), ONE(rtSetIpcMemorySuperPodPid),
	TWO(rtIpcOpenMemory), ONE(rtIpcCloseMemory), { "questions below acl", ask_below, NULL, 0 },
};

const struct call_table calls_keys = TABLE(calls_keys_list);

/* ---- what is left ---- */

static aclError call_aclrtHostGetDevicePointer(struct calls *c)
{
	void *there;
	aclError code = aclrtHostRegister(c->own, CALLS_SIZE, ACL_HOST_REGISTER_MAPPED, &there);

	if (code)
		return code;
	code = aclrtHostGetDevicePointer(c->own, &there, 0);
	aclrtHostUnregister(c->own);
	return code;
}

static aclError call_aclFinalizeReference(struct calls *c)
{
	aclError code = aclInit(NULL);

	if (code != ACL_ERROR_REPEAT_INITIALIZE)
		return code ? code : ACL_ERROR_FAILURE;
	return aclFinalizeReference(&c->number);
}

/* The end of the runtime and its beginning. */
CALL(aclFinalize, aclFinalize())
UNDO(aclFinalize, aclInit(NULL))

/* ---- questions ---- */

static aclError ask_ids(struct calls *c)
{
	int32_t id;

	(void)c;
	return aclrtGetLogicDevIdByPhyDevId(0, &id) ?: aclrtGetPhyDevIdByUserDevId(0, &id) ?:
	       aclrtGetUserDevIdByLogicDevId(0, &id) ?: aclrtGetUserDevIdByPhyDevId(0, &id);
}

static aclError ask_facts(struct calls *c)
{
	int64_t value;
	int32_t can;

	(void)c;
	return aclrtGetDeviceInfo(0, ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE, &value) ?:
	       aclrtGetDeviceInfo(0, ACL_DEV_ATTR_VECTOR_CORE_NUM, &value) ?:
	       aclrtGetDeviceCapability(0, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, &can) ?:
	       aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, (uint32_t *)&can);
}

static aclError ask_state(struct calls *c)
{
	aclrtUtilizationInfo use = { 0 };
	aclrtDeviceStatus status;
	aclrtMemUceInfo broken;
	aclrtErrorInfo fault;
	aclrtRunMode mode;
	size_t count;

	(void)c;
	return aclrtGetDeviceUtilizationRate(0, &use) ?: aclrtQueryDeviceStatus(0, &status) ?:
	       aclrtGetMemUceInfo(0, &broken, 1, &count) ?: aclrtGetErrorVerbose(0, &fault) ?:
	       aclrtGetRunMode(&mode);
}

static aclError ask_events(struct calls *c)
{
	aclrtEventWaitStatus wait;
	aclrtEventStatus status;
	float ms;

	return aclrtQueryEvent(c->event, &status) ?:
	       aclrtQueryEventWaitStatus(c->event, &wait) ?:
	       aclrtEventElapsedTime(&ms, c->event, c->event);
}

static aclError ask_versions(struct calls *c)
{
	char text[ACL_PKG_VERSION_MAX_SIZE], runtime[] = "runtime";
	int32_t major, minor, patch, number;
	aclCANNPackageVersion version;
	acl_emu_versions versions;
	const aclCannAttr *list;
	uint64_t tasks;
	size_t count;

	(void)c;
	return aclrtGetVersion(&major, &minor, &patch) ?: aclsysGetVersionStr(runtime, text) ?:
	       aclsysGetVersionNum(runtime, &number) ?:
	       aclsysGetCANNVersion(ACL_PKG_NAME_RUNTIME, &version) ?:
	       aclGetCannAttributeList(&list, &count) ?: aclGetCannAttribute(list[0], &number) ?:
	       acl_emu_get_versions(&versions) ?:
	       acl_emu_get_count(ACL_EMU_COUNT_TASKS_RUN, &tasks) ?: acl_emu_reset_counts();
}

static const struct call calls_rest_list[] = {
	ONE(aclrtHostGetDevicePointer), ONE(aclFinalizeReference), TWO(aclFinalize),
	{ "questions about ids", ask_ids, NULL, 0 },
	{ "questions about facts", ask_facts, NULL, 0 },
	{ "questions about state", ask_state, NULL, 0 },
	{ "questions about events", ask_events, NULL, 0 },
	{ "questions about versions", ask_versions, NULL, 0 },
};

const struct call_table calls_rest = TABLE(calls_rest_list);
