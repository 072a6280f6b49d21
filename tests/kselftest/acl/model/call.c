// SPDX-License-Identifier: MIT
/*
 * Calls: their arguments, and how they read.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model.h"

#define NUM(name, plain)	{ name, T_NUM, plain, false }
#define FIELD(name, plain)	{ name, T_NUM, plain, true }
#define OUT(name)		{ name, T_OUT, 0, false }
#define HANDLE			{ "handle", T_HANDLE, 0, false }
#define ADDR(name)		{ name, T_ADDR, 0, false }
#define KEY			{ "key", T_KEY, 0, false }
#define IPC			{ "key", T_IPC, 0, false }
#define PID			{ "pid", T_PID, 0, true }

#define HUGE_ATTR	ACL_HBM_MEM_HUGE
#define RIGHT		ACL_RT_MEM_ACCESS_FLAGS_READWRITE

const struct op_info ops[OPS] = {
	[SET_DEVICE] = { "aclrtSetDevice", 6, { NUM("device", 0) } },
	[RESET] = { "aclrtResetDevice", 3, { NUM("device", 0) } },
	[RESET_FORCE] = { "aclrtResetDeviceForce", 2, { NUM("device", 0) } },
	[MEM_INFO] = { "aclrtGetMemInfo", 3, { NUM("attr", HUGE_ATTR) } },
	[PEER_ON] = { "aclrtDeviceEnablePeerAccess", 3, { NUM("peer", 1), NUM("flags", 0) } },
	[PEER_OFF] = { "aclrtDeviceDisablePeerAccess", 1, { NUM("peer", 1) } },
	[PHYS] = { "aclrtMallocPhysical", 22, { OUT("handle"), NUM("size", BLOCK),
		FIELD("memAttr", HUGE_ATTR), FIELD("location.type", 1), FIELD("location.id", 0),
		FIELD("reserve", 0), FIELD("handleType", 0), FIELD("allocationType", 0),
		NUM("flags", 0) } },
	[PHYS_FREE] = { "aclrtFreePhysical", 14, { HANDLE } },
	[RETAIN] = { "aclrtMemRetainAllocationHandle", 5, { ADDR("virPtr"), OUT("handle") } },
	[PROPS] = { "aclrtMemGetAllocationPropertiesFromHandle", 3, { HANDLE } },
	[RESERVE] = { "aclrtReserveMemAddress", 14, { OUT("virPtr"), NUM("size", BLOCK),
		NUM("alignment", 0), ADDR("expectPtr"), NUM("flags", 0) } },
	[RELEASE] = { "aclrtReleaseMemAddress", 7, { ADDR("virPtr") } },
	[MAP] = { "aclrtMapMem", 30, { ADDR("virPtr"), NUM("size", BLOCK), NUM("offset", 0),
		HANDLE, NUM("flags", 0) } },
	[MAP_NONE] = { "aclrtMemMapNoAccess", 5, { ADDR("virPtr"), NUM("size", BLOCK),
		NUM("offset", 0), HANDLE, NUM("flags", 0) } },
	[UNMAP] = { "aclrtUnmapMem", 13, { ADDR("virPtr") } },
	[GRANT] = { "aclrtMemSetAccess", 10, { ADDR("virPtr"), NUM("size", BLOCK),
		NUM("count", 1), FIELD("flags", RIGHT), FIELD("type", 1), FIELD("id", 1),
		FIELD("flags", RIGHT), FIELD("type", 0), FIELD("id", 0) } },
	[ACCESS] = { "aclrtMemGetAccess", 6, { ADDR("virPtr"), FIELD("type", 1),
		FIELD("id", 0) } },
	[EXPORT] = { "aclrtMemExportToShareableHandle", 8, { HANDLE, NUM("handleType", 0),
		NUM("flags", 1), OUT("shareableHandle") } },
	[EXPORT_V2] = { "aclrtMemExportToShareableHandleV2", 4, { HANDLE, NUM("flags", 1),
		NUM("shareType", 1), OUT("shareableHandle") } },
	[ALLOW] = { "aclrtMemSetPidToShareableHandle", 6, { KEY, PID, PID,
		NUM("pidNum", 1) } },
	[ALLOW_V2] = { "aclrtMemSetPidToShareableHandleV2", 2, { KEY, NUM("shareType", 1),
		PID, PID, NUM("pidNum", 1) } },
	[IMPORT] = { "aclrtMemImportFromShareableHandle", 12, { KEY, NUM("device", 0),
		OUT("handle") } },
	[IMPORT_V2] = { "aclrtMemImportFromShareableHandleV2", 5, { KEY, NUM("shareType", 1),
		NUM("flags", 0), OUT("handle") } },
	[COPY] = { "aclrtMemcpy", 22, { ADDR("dst"), NUM("destMax", PAGE), ADDR("src"),
		NUM("count", PAGE), NUM("kind", 4) } },
	[FILL] = { "aclrtMemset", 12, { ADDR("devPtr"), NUM("maxCount", PAGE), NUM("value", 1),
		NUM("count", PAGE) } },
	[TOUCH] = { "*(char *)", 8, { ADDR("ptr"), NUM("value", 1) } },
	[POINTER] = { "aclrtPointerGetAttributes", 3, { ADDR("ptr") } },
	[EXTENT] = { "aclrtMemGetAddressRange", 4, { ADDR("ptr") } },
	[MALLOC] = { "aclrtMalloc", 6, { OUT("devPtr"), NUM("size", PAGE), NUM("policy", 0) } },
	[MALLOC_HOST] = { "aclrtMallocHost", 4, { OUT("hostPtr"), NUM("size", PAGE) } },
	[FREE] = { "aclrtFree", 4, { ADDR("devPtr") } },
	[FREE_HOST] = { "aclrtFreeHost", 3, { ADDR("hostPtr") } },
	[IPC_KEY] = { "aclrtIpcMemGetExportKey", 8, { ADDR("devPtr"), NUM("size", PAGE),
		OUT("key"), NUM("len", 65), NUM("flags", 1) } },
	[IPC_ALLOW] = { "aclrtIpcMemSetImportPid", 5, { IPC, PID, PID, NUM("num", 1) } },
	[IPC_IMPORT] = { "aclrtIpcMemImportByKey", 6, { OUT("devPtr"), IPC, NUM("flags", 0) } },
	[IPC_CLOSE] = { "aclrtIpcMemClose", 4, { IPC } },
	[RESTART] = { "process ends, another begins", 1, { { NULL, T_END, 0, false } } },
};

/* ---- print ---- */

struct text {
	char *at;
	size_t room;
};

__attribute__((format(printf, 2, 3)))
static void put(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->at, t->room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= t->room)
		n = (int)t->room - 1;
	t->at += n;
	t->room -= (size_t)n;
}

static void put_arg(struct text *t, const struct param *param, const struct arg *arg)
{
	static const char slot[] = {
		[FROM_H] = 'h', [FROM_R] = 'r', [FROM_P] = 'p', [FROM_K] = 'k', [FROM_I] = 'i' };

	switch (arg->from) {
	case FROM_NUM:
		if (!arg->num && param->type != T_NUM && param->type != T_PID)
			put(t, "NULL");
		else if (arg->num < 1000)
			put(t, "%" PRIu64, arg->num);
		else
			put(t, "0x%" PRIx64, arg->num);
		return;
	case FROM_PLAIN:
		put(t, "plain");
		break;
	case FROM_PID:
		put(t, "pid of %c", 'A' + arg->slot);
		return;
	default:
		put(t, "%s%c[%d]", param->type == T_OUT ? "&" : "", slot[arg->from], arg->slot);
	}
	if (arg->num)
		put(t, " + 0x%" PRIx64, arg->num);
}

void call_print(const struct call *call, char *text, size_t room)
{
	const struct op_info *info = &ops[call->op];
	struct text t = { text, room };
	bool open = false;
	int i;

	put(&t, "%c: %s(", 'A' + call->who, info->name);
	for (i = 0; i < MAX_ARGS && info->params[i].type != T_END; i++) {
		const struct param *param = &info->params[i];

		if (open && !param->field) {
			put(&t, "}");
			open = false;
		}
		put(&t, "%s", i ? ", " : "");
		if (param->field && !open) {
			put(&t, "{");
			open = true;
		}
		if (param->field)
			put(&t, ".%s = ", param->name);
		put_arg(&t, param, &call->a[i]);
	}
	put(&t, "%s);", open ? "}" : "");
	if (call->skipped)
		put(&t, "\t// left out: undefined");
	else if (call->done)
		put(&t, "\t// %d", call->code);
}

/* ---- values ---- */

static uint64_t value_of(const struct world *w, const struct arg *arg)
{
	const struct slots *slots = &w->model.slots;

	switch (arg->from) {
	case FROM_H: return slots->h[arg->slot] + arg->num;
	case FROM_R: return slots->r[arg->slot] + arg->num;
	case FROM_P: return slots->p[arg->slot] + arg->num;
	case FROM_K: return 1;
	case FROM_I: return 1;
	case FROM_PLAIN: return (uintptr_t)plain_memory + arg->num;
	case FROM_PID: return (uint64_t)w->model.proc[arg->slot].tgid;
	default: return arg->num;
	}
}

void call_resolve(struct world *w, const struct call *call, struct job *job)
{
	int i;

	memset(job, 0, sizeof(*job));
	job->op = (enum op)call->op;
	for (i = 0; i < MAX_ARGS; i++) {
		const struct arg *arg = &call->a[i];
		enum type type = ops[call->op].params[i].type;

		if (type == T_END)
			break;
		job->v[i] = type == T_OUT ? arg->from != FROM_NUM : value_of(w, arg);
		if (arg->from == FROM_K)
			job->key = w->model.slots.k[arg->slot];
		else if (type == T_KEY)
			job->key.number = arg->num;
		if (arg->from == FROM_I)
			job->name = w->model.slots.i[arg->slot];
	}
	for (i = 0; i < 5; i++)
		job->out[i] = UNTOUCHED;
	memset(&job->out_key, 0xa5, sizeof(job->out_key));
	memset(&job->out_name, 0xa5, sizeof(job->out_name));
}

/* A call that succeeded gives its result to the slot. */
void call_store(struct world *w, const struct call *call, const struct job *job)
{
	struct slots *slots = &w->model.slots;
	int i;

	for (i = 0; i < MAX_ARGS && ops[call->op].params[i].type != T_END; i++) {
		const struct arg *arg = &call->a[i];

		if (ops[call->op].params[i].type != T_OUT)
			continue;
		if (arg->from == FROM_H)
			slots->h[arg->slot] = job->out[0];
		else if (arg->from == FROM_R)
			slots->r[arg->slot] = job->out[0];
		else if (arg->from == FROM_P)
			slots->p[arg->slot] = job->out[0];
		else if (arg->from == FROM_K)
			slots->k[arg->slot] = job->out_key;
		else if (arg->from == FROM_I)
			slots->i[arg->slot] = job->out_name;
	}
}
