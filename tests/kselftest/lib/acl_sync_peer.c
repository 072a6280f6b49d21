// SPDX-License-Identifier: MIT
/*
 * The orders of acl_sync_peer.h.
 */
#include "acl_sync_peer.h"

struct both *both;

static void both_step(void *arg)
{
	int number = (int)(uintptr_t)arg;

	if (both->count != number && !both->first_wrong)
		both->first_wrong = number;
	both->count++;
}

static aclError sync_more(struct peer_order *o, struct peer_answer *answer)
{
	static struct hold hold = HOLD;
	static aclrtStream stream;
	aclrtIpcEventHandle handle;
	void *a = (void *)o->a;
	void **made = (void **)&answer->value;
	int32_t pid = (int32_t)o->b;
	aclrtEventRecordedStatus status;
	aclError code;

	switch ((enum sync_op)o->op) {
	case SYNC_BEGIN:
		code = aclrtSetDevice((int32_t)o->a);
		return code ? code : aclrtCreateStream(&stream);
	case SYNC_END:
		code = aclrtDestroyStreamForce(stream);
		return code ? code : aclrtResetDevice((int32_t)o->a);
	case SYNC_HOLD:
		hold = (struct hold)HOLD;
		return hold_stream(&hold, stream);
	case SYNC_GO_ON:
		flag_raise(&hold.go_on);
		return ACL_SUCCESS;
	case SYNC_ABORT: return aclrtStreamAbort(stream);
	case SYNC_STOP: return aclrtStreamStop(stream);
	case SYNC_STREAM: return aclrtSynchronizeStreamWithTimeout(stream, (int32_t)o->a);
	case SYNC_STEP: return step_in(stream, (int)o->a);
	case EVENT_MAKE: return aclrtCreateEventExWithFlag(made, ACL_EVENT_IPC);
	case EVENT_HANDLE: return aclrtIpcGetEventHandle(a, (aclrtIpcEventHandle *)answer->data);
	case EVENT_OPEN:
		memcpy(&handle, &o->fabric, sizeof(handle));
		return aclrtIpcOpenEventHandle(handle, made);
	case EVENT_DROP: return aclrtDestroyEvent(a);
	case EVENT_RECORD: return aclrtRecordEvent(a, stream);
	case EVENT_WAIT: return aclrtStreamWaitEvent(stream, a);
	case EVENT_QUERY:
		code = aclrtQueryEventStatus(a, &status);
		answer->value = status;
		return code;
	case EVENT_SYNC: return aclrtSynchronizeEventWithTimeout(a, (int32_t)o->b);
	case NOTIFY_MAKE: return aclrtCreateNotify(made, 0);
	case NOTIFY_KEY: return aclrtNotifyGetExportKey(a, answer->data, 65, o->b);
	case NOTIFY_ALLOW: return aclrtNotifySetImportPid(a, &pid, 1);
	case NOTIFY_IMPORT: return aclrtNotifyImportByKey(made, (char *)&o->fabric, o->b);
	case NOTIFY_DROP: return aclrtDestroyNotify(a);
	case NOTIFY_RECORD: return aclrtRecordNotify(a, stream);
	case NOTIFY_WAIT: return aclrtWaitAndResetNotify(a, stream, (uint32_t)o->b);
	case NOTIFY_RESET: return aclrtNotifyBatchReset((aclrtNotify *)&o->a, 1);
	}
	return INVALID;
}

aclError step_in(aclrtStream stream, int number)
{
	return aclrtLaunchHostFunc(stream, both_step, (void *)(uintptr_t)number);
}

bool sync_peer_start(struct peer *p)
{
	both = mmap(NULL, sizeof(*both), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	peer_more = sync_more;
	return both != MAP_FAILED && peer_start(p);
}
