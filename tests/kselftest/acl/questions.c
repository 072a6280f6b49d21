// SPDX-License-Identifier: MIT
/*
 * Every exported function against the same questions: a call with good arguments, with
 * a handle (or address, or key) that was never one, with one that was destroyed, from
 * a thread with another context, from a thread without a context, with NULL for a
 * pointer, with unknown flags, and for device -1. questions/rows.h is the table.
 *
 * Each call has a process of its own, so that none depends on another one.
 */
#include "acl_test.h"

#include "acl/acl_prof.h"
#include "acl/acl_rt_allocator.h"
#include "acl/acl_rt_memory_soma.h"
#include "acl_emu/acl_emu.h"
#include "runtime/rt.h"

#define SIZE	4096ul
#define JUNK	((void *)0x1234567800000077ul)	/* a handle that was never given out */
#define NOWHERE	((void *)0x160000000000ul)	/* in the window, never reserved */

enum question { GOOD_CALL, JUNK_HANDLE, DESTROYED, FOREIGN, WITHOUT_CONTEXT, NULL_POINTER, FLAGS,
		DEVICE, QUESTIONS };

static const char *const names[QUESTIONS] = {
	"good arguments", "a junk handle", "a destroyed handle", "a foreign context", "no context",
	"NULL", "unknown flags", "device -1",
};

/* What the calls work on. */
static struct {
	enum question ask;
	void *dev, *host, *range, *mapped, *registered, *out;
	char plain[2 * SIZE] __attribute__((aligned(4096)));
	char zero[256], text[256], key[65], notify_key[65];
	aclrtContext context, other;
	aclrtStream stream;
	aclrtEvent event, shared_event;
	aclrtIpcEventHandle event_handle;
	aclrtNotify notify, shared_notify;
	aclrtCntNotify counter;
	aclmdlRI graph, built;
	aclrtStream bound, inner;	/* bound to no graph yet; of a graph */
	aclmdlRITask task;
	aclrtTaskGrp group;
	aclrtMemPool pool;
	aclrtAllocatorDesc desc;
	aclrtDrvMemHandle mem;
	aclDataBuffer *buffer;
	uint64_t share;
	size_t size;
	int32_t i32, i32b, pid;
	uint32_t u32;
	uint64_t u64;
	int64_t i64;
} q = { .pid = 1 };

/* ---- arguments ---- */

#define P(x)	(q.ask == NULL_POINTER ? NULL : (x))
#define F(x)	(q.ask == FLAGS ? ~0u : (unsigned int)(x))
#define D	(q.ask == DEVICE ? -1 : 0)

static void host_job(void *arg)
{
	(void)arg;
}

static void block_job(const acl_emu_block *block, void *arg)
{
	(void)block;
	(void)arg;
}

static void *my_alloc(aclrtAllocator allocator, size_t size)
{
	(void)allocator;
	return malloc(size);
}

static void my_free(aclrtAllocator allocator, aclrtAllocatorBlock block)
{
	(void)allocator;
	free(block);
}

static void *my_advise(aclrtAllocator allocator, size_t size, aclrtAllocatorAddr addr)
{
	(void)addr;
	return my_alloc(allocator, size);
}

static void *my_addr(aclrtAllocatorBlock block)
{
	return block;
}

static aclrtMallocConfig *with(unsigned int type, int device)
{
	static aclrtMallocAttribute attr;
	static aclrtMallocConfig config = { .attrs = &attr, .numAttrs = 1 };

	attr.attr = (aclrtMallocAttrType)type;
	attr.value.deviceId = (uint32_t)device;
	return &config;
}

static const aclrtMemPoolProps *pool_on(int device)
{
	static aclrtMemPoolProps props;

	props.allocType = ACL_MEM_ALLOCATION_TYPE_PINNED;
	props.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
	props.location.id = (uint32_t)device;
	return &props;
}

static aclrtPhysicalMemProp *prop(int device)
{
	static aclrtPhysicalMemProp prop;

	prop = prop_on(ACL_MEM_LOCATION_TYPE_DEVICE, (uint32_t)device, ACL_HBM_MEM_HUGE);
	return &prop;
}

static aclrtMemAccessDesc *access_of(unsigned int flags, int device)
{
	static aclrtMemAccessDesc desc;

	desc.flags = (aclrtMemAccessFlags)flags;
	desc.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
	desc.location.id = (uint32_t)device;
	return &desc;
}

static aclError list(int form, void **dsts)
{
	aclrtMemcpyBatchAttr attr = {
		.dstLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE,
		.srcLoc.type = ACL_MEM_LOCATION_TYPE_HOST,
	};
	size_t size = 8, first = 0, fail;
	void *src = q.plain;

	if (form == 0)
		return aclrtMemcpyBatch(dsts, &size, &src, &size, 1, &attr, &first, 1, &fail);
	if (form == 1)
		return aclrtMemcpyBatchV2(dsts, &size, &src, &size, 1, &attr, &first, 1);
	if (form == 2)
		return aclrtMemcpyBatchAsync(dsts, &size, &src, &size, 1, &attr, &first, 1, &fail,
					     q.stream);
	return aclrtMemcpyBatchAsyncV2(dsts, &size, &src, &size, 1, &attr, &first, 1, q.stream);
}

static aclError get_allocator(aclrtStream stream)
{
	aclrtAllocatorAllocAdviseFunc advise;
	aclrtAllocatorGetAddrFromBlockFunc addr;
	aclrtAllocatorAllocFunc alloc;
	aclrtAllocatorFreeFunc give;
	aclrtAllocatorDesc desc;

	return aclrtAllocatorGetByStream(stream, &desc, &q.out, &alloc, &give, &advise, &addr);
}

static aclrtServerPid *servers(void)
{
	static aclrtServerPid server = { .pid = &q.pid, .num = 1 };

	return &server;
}

static aclrtCntNotifyRecordInfo *record(unsigned int mode)
{
	static aclrtCntNotifyRecordInfo info;

	info.mode = (aclrtCntNotifyRecordMode)mode;
	return &info;
}

static aclrtCntNotifyWaitInfo *wait_for(unsigned int mode)
{
	static aclrtCntNotifyWaitInfo info = { .value = 1 };

	info.mode = (aclrtCntNotifyWaitMode)mode;
	return &info;
}

/* ---- objects ---- */

static aclError make_memory(void)
{
	return aclrtMalloc(&q.dev, SIZE, ACL_MEM_MALLOC_HUGE_FIRST) ?:
	       aclrtMallocHost(&q.host, SIZE) ?: aclrtMallocPhysical(&q.mem, BLOCK, prop(0), 0) ?:
	       aclrtReserveMemAddress(&q.range, BLOCK, 0, NULL, 0) ?:
	       aclrtReserveMemAddress(&q.mapped, BLOCK, 0, NULL, 0) ?:
	       aclrtMapMem(q.mapped, BLOCK, 0, q.mem, 0) ?:
	       aclrtHostRegisterV2(q.registered = q.plain + SIZE, SIZE, ACL_HOST_REG_PINNED) ?:
	       aclrtMemPoolCreate(&q.pool, pool_on(0));
}

/* Memory that is exported is not that of the other calls. */
static aclError make_names(void)
{
	aclrtDrvMemHandle mem;
	void *block;

	return aclrtMallocPhysical(&mem, BLOCK, prop(0), 0) ?:
	       aclrtMemExportToShareableHandle(mem, 0, 0, &q.share) ?:
	       aclrtMalloc(&block, 2 * MIB, ACL_MEM_MALLOC_HUGE_FIRST) ?:
	       aclrtIpcMemGetExportKey(block, 8, q.key, sizeof(q.key), 0) ?:
	       aclrtCreateNotify(&q.shared_notify, 0) ?:
	       aclrtNotifyGetExportKey(q.shared_notify, q.notify_key, sizeof(q.notify_key), 0) ?:
	       aclrtCreateEventWithFlag(&q.shared_event, ACL_EVENT_IPC) ?:
	       aclrtIpcGetEventHandle(q.shared_event, &q.event_handle) ?:
	       (q.ask == DESTROYED ? aclrtFreePhysical(mem) ?: aclrtIpcMemClose(q.key) ?:
		aclrtFree(block) : ACL_SUCCESS);
}

static aclError make_streams(void)
{
	return aclrtCreateStream(&q.stream) ?: aclrtCreateEvent(&q.event) ?:
	       aclrtRecordEvent(q.event, q.stream) ?: aclrtSynchronizeStream(q.stream) ?:
	       aclrtCreateNotify(&q.notify, 0) ?: aclrtCntNotifyCreate(&q.counter, 0);
}

/* A graph of one kernel in a group, and one that is being built. */
static aclError make_graphs(void)
{
	uint32_t one = 1, first = 1;

	return aclmdlRICaptureBegin(q.stream, ACL_MODEL_RI_CAPTURE_MODE_RELAXED) ?:
	       aclmdlRICaptureTaskGrpBegin(q.stream) ?:
	       acl_emu_launch(q.stream, block_job, NULL, 0, 1) ?:
	       aclmdlRICaptureTaskGrpEnd(q.stream, &q.group) ?:
	       aclmdlRICaptureEnd(q.stream, &q.graph) ?:
	       aclmdlRIGetStreams(q.graph, &q.inner, &one) ?:
	       aclmdlRIGetTasksByStream(q.inner, &q.task, &first) ?:
	       aclmdlRIBuildBegin(&q.built, 0) ?:
	       aclrtCreateStreamWithConfig(&q.bound, 0, ACL_STREAM_PERSISTENT);
}

static aclError make(void)
{
	aclrtContext current;
	aclError code;

	q.desc = aclrtAllocatorCreateDesc();
	q.buffer = aclCreateDataBuffer(q.plain, 8);
	code = aclrtAllocatorSetObjToDesc(q.desc, &q) ?:
	       aclrtAllocatorSetAllocFuncToDesc(q.desc, my_alloc) ?:
	       aclrtAllocatorSetFreeFuncToDesc(q.desc, my_free) ?:
	       aclrtAllocatorSetGetAddrFromBlockFuncToDesc(q.desc, my_addr);
	return code ?: aclInit(NULL) ?: aclrtSetDevice(1) ?: aclrtSetDevice(0) ?:
	       aclrtGetCurrentContext(&current) ?: aclrtCreateContext(&q.context, 0) ?:
	       aclrtCreateContext(&q.other, 0) ?: aclrtSetCurrentContext(current) ?:
	       make_memory() ?: make_streams() ?: make_graphs() ?: make_names();
}

static void junk(void)
{
	void **const handles[] = {
		&q.context, &q.stream, &q.event, &q.shared_event, &q.notify, &q.shared_notify,
		&q.counter, &q.pool, &q.desc, &q.mem, &q.graph, &q.built, &q.bound, &q.inner,
		&q.task, &q.group,
	};
	void **const addresses[] = { &q.dev, &q.host, &q.range, &q.mapped };
	size_t i;

	for (i = 0; i < sizeof(handles) / sizeof(handles[0]); i++)
		*handles[i] = JUNK;
	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		*addresses[i] = NOWHERE;
	q.share = 0x7777;
	strcpy(q.key, "no key");
	strcpy(q.notify_key, "no key");
}

static aclError destroy(void)
{
	return aclmdlRIDestroy(q.graph) ?: aclmdlRIDestroy(q.built) ?:
	       aclrtDestroyStream(q.bound) ?:
	       aclrtDestroyContext(q.context) ?: aclrtDestroyStream(q.stream) ?:
	       aclrtDestroyEvent(q.event) ?: aclrtDestroyEvent(q.shared_event) ?:
	       aclrtDestroyNotify(q.notify) ?: aclrtDestroyNotify(q.shared_notify) ?:
	       aclrtCntNotifyDestroy(q.counter) ?: aclrtMemPoolDestroy(q.pool) ?:
	       aclrtAllocatorDestroyDesc(q.desc) ?: aclrtFree(q.dev) ?: aclrtFreeHost(q.host) ?:
	       aclrtUnmapMem(q.mapped) ?: aclrtReleaseMemAddress(q.range) ?:
	       aclrtFreePhysical(q.mem);
}

/* ---- the questions ---- */

#define _	(-1)
#define ROW(name, good, junk, destroyed, foreign, none, null, flags, device, call) \
	static aclError call_##name(void) { return (call); }
#include "questions/rows.h"
#undef ROW

static const struct row {
	const char *name;
	aclError (*call)(void);
	aclError code[QUESTIONS];
} rows[] = {
#define ROW(name, good, junk, destroyed, foreign, none, null, flags, device, call) \
	{ #name "(", call_##name, { good, junk, destroyed, foreign, none, null, flags, device } },
#include "questions/rows.h"
#undef ROW
};

static const struct row *asked;
static aclError answer;
static char why[512];

static aclError call_here(void *arg)
{
	(void)arg;
	forget();
	answer = asked->call();
	/* The sentences of the functions below acl are those of the acl function that they call. */
	if (answer >= ACL_ERROR_INVALID_PARAM && answer == asked->code[q.ask] &&
	    strncmp(asked->name, "rt", 2))
		blame(asked->name, answer, NULL, why);
	return answer;
}

/* The exit status of a process. */
static int ask(const struct row *row, enum question question)
{
	aclError code;

	asked = row;
	q.ask = question;
	code = make();
	if (question == JUNK_HANDLE)
		junk();
	if (!code && question == DESTROYED)
		code = destroy();
	if (!code && question == FOREIGN)
		code = aclrtSetCurrentContext(q.other);
	if (code) {
		printf("# objects: %d %s\n", code, aclGetRecentErrMsg());
		return 2;
	}
	if (question == WITHOUT_CONTEXT)
		in_new_thread(call_here, NULL);
	else
		call_here(NULL);
	if (answer != row->code[question])
		printf("# %s with %s gives %d, not %d\n", row->name, names[question], answer,
		       row->code[question]);
	if (*why)
		printf("# %s with %s: %s\n", row->name, names[question], why);
	return answer != row->code[question] || *why;
}

TEST(each_function)
{
	struct world before = world_now();
	int question;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (question = 0; question < QUESTIONS; question++) {
			if (rows[i].code[question] == _)
				continue;
			EXPECT_EQ(0, IN_CHILD(ask(&rows[i], question)))
				TH_LOG("%s with %s", rows[i].name, names[question]);
		}
	}
	world_same(_metadata, &before);
}

TEST_HARNESS_MAIN
