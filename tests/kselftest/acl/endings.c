// SPDX-License-Identifier: MIT
/*
 * Calls that wait, against calls that end what they wait for. A stream waits for
 * an event that no thread records, a thread is in a call that waits for the stream,
 * and another thread ends the stream, its context, its device or the runtime. Both
 * calls return, with the documented codes. Each pair has a process of its own.
 *
 * ENDINGS_ROUNDS=N in the environment repeats each table N times.
 */
#include "acl_stream.h"

#include "acl/acl_rt_memory_soma.h"

#define ABORT	ACL_ERROR_RT_STREAM_ABORT
#define BOUND	60	/* seconds for one pair, on a slow machine too */
#define SIZE	4096

/* The objects of one pair. */
static struct scene {
	aclrtContext context;
	aclrtStream stream;
	aclrtStream other;	/* of the same context, with nothing in it */
	aclrtEvent never, behind, shared;
	char *device, *host, *pageable;
} scene;

/* ---- what the stream waits for ---- */

static aclError hang_event(void)
{
	return aclrtStreamWaitEvent(scene.stream, scene.never);
}

static aclError hang_notify(void)
{
	aclrtNotify notify;
	aclError code = aclrtCreateNotify(&notify, 0);

	return code ? code : aclrtWaitAndResetNotify(notify, scene.stream, 0);
}

/* The same with a sync of the module, which processes share. */
static aclError hang_shared_notify(void)
{
	aclrtNotify notify;
	char key[65];
	aclError code = aclrtCreateNotify(&notify, 0);

	if (!code)
		code = aclrtNotifyGetExportKey(notify, key, sizeof(key), 0);
	return code ? code : aclrtWaitAndResetNotify(notify, scene.stream, 0);
}

static aclError hang_count(void)
{
	aclrtCntNotifyWaitInfo info = { .mode = ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE, .value = 7 };
	aclrtCntNotify notify;
	aclError code = aclrtCntNotifyCreate(&notify, 0);

	return code ? code : aclrtCntNotifyWaitWithTimeout(notify, scene.stream, &info);
}

static aclError hang_value(void)
{
	aclError code = aclrtMemset(scene.device, SIZE, 0, SIZE);

	return code ? code : aclrtValueWait(scene.device, 1, ACL_STREAM_WAIT_VALUE_EQ,
					    scene.stream);
}

static void nobody_calls(void *arg)
{
	(void)arg;
}

static aclError hang_callback(void)
{
	aclError code = aclrtSubscribeReport(4711, scene.stream);

	return code ? code : aclrtLaunchCallback(nobody_calls, NULL, ACL_CALLBACK_BLOCK,
						 scene.stream);
}

/* ---- calls that block ---- */

static aclError sync_stream(void)
{
	return aclrtSynchronizeStream(scene.stream);
}

static aclError sync_stream_long(void)
{
	return aclrtSynchronizeStreamWithTimeout(scene.stream, 1000 * 1000);
}

static aclError sync_device(void)
{
	return aclrtSynchronizeDevice();
}

static aclError sync_device_long(void)
{
	return aclrtSynchronizeDeviceWithTimeout(1000 * 1000);
}

static aclError sync_event(void)
{
	return aclrtSynchronizeEvent(scene.behind);
}

static aclError sync_event_long(void)
{
	return aclrtSynchronizeEventWithTimeout(scene.behind, 1000 * 1000);
}

static aclError sync_shared_event(void)
{
	return aclrtSynchronizeEvent(scene.shared);
}

static aclError destroy_stream(void)
{
	return aclrtDestroyStream(scene.stream);
}

static aclError copy_pageable(void)
{
	return aclrtMemcpyAsync(scene.device, SIZE, scene.pageable, SIZE,
				ACL_MEMCPY_HOST_TO_DEVICE, scene.stream);
}

static aclError fill_pageable(void)
{
	return aclrtMemsetAsync(scene.pageable, SIZE, 1, SIZE, scene.stream);
}

static aclError free_device(void)
{
	return aclrtFreeWithDevSync(scene.device);
}

static aclError free_host(void)
{
	return aclrtFreeHostWithDevSync(scene.host);
}

static aclError process_report(void)
{
	aclError code = aclrtSubscribeReport((uint64_t)pthread_self(), scene.stream);

	return code ? code : aclrtProcessReport(-1);
}

/* ---- calls that end ---- */

static aclError stream_abort(void)
{
	return aclrtStreamAbort(scene.stream);
}

static aclError stream_destroy_force(void)
{
	return aclrtDestroyStreamForce(scene.stream);
}

static aclError context_destroy(void)
{
	return aclrtDestroyContext(scene.context);
}

static aclError device_reset(void)
{
	return aclrtResetDevice(0);
}

static aclError device_reset_force(void)
{
	return aclrtResetDeviceForce(0);
}

static aclError device_abort(void)
{
	return aclrtDeviceTaskAbort(0, 1000);
}

static aclError finalize(void)
{
	return aclFinalize();
}

static aclError leave(void)
{
	exit(0);
}

static const struct ending {
	const char *name;
	aclError (*call)(void);
	bool unsubscribes;	/* it destroys the stream */
} endings[] = {
	{ "aclrtStreamAbort", stream_abort, false },
	{ "aclrtDestroyStreamForce", stream_destroy_force, true },
	{ "aclrtDestroyContext", context_destroy, true },
	{ "aclrtResetDevice", device_reset, true },
	{ "aclrtResetDeviceForce", device_reset_force, true },
	{ "aclrtDeviceTaskAbort", device_abort, false },
	{ "aclFinalize", finalize, false },
	{ "exit", leave, false },
};

static const struct blocking {
	const char *name;
	aclError (*call)(void);
	aclError code;
	bool report;		/* waits for callbacks, of a stream that it subscribes */
} blockings[] = {
	{ "aclrtSynchronizeStream", sync_stream, ABORT, false },
	{ "aclrtDestroyStream", destroy_stream, ACL_SUCCESS, false },
	{ "aclrtSynchronizeStreamWithTimeout", sync_stream_long, ABORT, false },
	{ "aclrtSynchronizeDevice", sync_device, ABORT, false },
	{ "aclrtSynchronizeDeviceWithTimeout", sync_device_long, ABORT, false },
	{ "aclrtSynchronizeEvent", sync_event, ABORT, false },
	{ "aclrtSynchronizeEventWithTimeout", sync_event_long, ABORT, false },
	{ "aclrtSynchronizeEvent (shared)", sync_shared_event, ABORT, false },
	{ "aclrtMemcpyAsync (pageable)", copy_pageable, ABORT, false },
	{ "aclrtMemsetAsync (pageable)", fill_pageable, ABORT, false },
	{ "aclrtFreeWithDevSync", free_device, ABORT, false },
	{ "aclrtFreeHostWithDevSync", free_host, ABORT, false },
	{ "aclrtProcessReport", process_report, ABORT, true },
};

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* ---- one pair ---- */

static struct waiter {
	pthread_t thread;
	_Atomic pid_t tid;
	aclError (*call)(void);
	aclError code;
} waiter;

static void *wait_here(void *arg)
{
	struct waiter *w = arg;

	if (aclrtSetCurrentContext(scene.context))
		return arg;
	w->tid = (pid_t)syscall(SYS_gettid);
	w->code = w->call();
	return NULL;
}

/* A created context outlives the reset of its device; the default one does not. */
static aclError scene_make(aclError (*hang)(void), bool created)
{
	aclError code = aclInit(NULL);

	if (!code)
		code = aclrtSetDevice(0);
	if (!code)
		code = created ? aclrtCreateContext(&scene.context, 0) :
				 aclrtGetCurrentContext(&scene.context);
	if (!code)
		code = aclrtCreateStream(&scene.other);
	if (!code)
		code = aclrtCreateStream(&scene.stream);
	if (!code)
		code = aclrtCreateEventWithFlag(&scene.never, ACL_EVENT_SYNC);
	if (!code)
		code = aclrtCreateEvent(&scene.behind);
	if (!code)
		code = aclrtCreateEventExWithFlag(&scene.shared, ACL_EVENT_IPC);
	if (!code)
		code = aclrtMalloc((void **)&scene.device, SIZE, ACL_MEM_MALLOC_HUGE_FIRST);
	if (!code)
		code = aclrtMallocHost((void **)&scene.host, SIZE);
	scene.pageable = malloc(SIZE);
	if (!code)
		code = hang();
	if (!code)
		code = aclrtRecordEvent(scene.behind, scene.stream);
	return code ? code : aclrtRecordEvent(scene.shared, scene.stream);
}

/* The exit status of the child: 0 if both calls returned the expected codes. */
static int pair(aclError (*hang)(void), const struct blocking *b, const struct ending *e)
{
	aclError code, want;
	void *failed;

	alarm(BOUND);
	code = scene_make(hang, e->call != device_reset);
	if (code) {
		printf("# scene: %d %s\n", code, aclGetRecentErrMsg());
		return 2;
	}
	waiter.call = b->call;
	if (pthread_create(&waiter.thread, NULL, wait_here, &waiter))
		return 3;
	while (!waiter.tid || !(thread_is_in(waiter.tid, SYS_futex) ||
				thread_is_in(waiter.tid, SYS_ioctl)))
		sched_yield();
	code = e->call();
	if (code) {
		printf("# %s: %d %s\n", e->name, code, aclGetRecentErrMsg());
		return 4;
	}
	pthread_join(waiter.thread, &failed);
	want = b->report && e->unsubscribes ? ACL_ERROR_RT_THREAD_SUBSCRIBE : b->code;
	if (failed || waiter.code != want) {
		printf("# %s gave %d\n", b->name, waiter.code);
		return 5;
	}
	return 0;
}

static void judge(struct __test_metadata *_metadata, aclError (*hang)(void),
		  const struct blocking *b, const struct ending *e)
{
	EXPECT_EQ(0, IN_CHILD(pair(hang, b, e))) TH_LOG("%s against %s", b->name, e->name);
}

static int rounds(void)
{
	const char *text = getenv("ENDINGS_ROUNDS");

	return text ? atoi(text) : 1;
}

/* Every blocking call, where the stream waits for an event that nobody records. */
static void all_endings(struct __test_metadata *_metadata, size_t first, size_t last)
{
	size_t b, e;
	int round;

	for (round = 0; round < rounds(); round++)
		for (b = first; b < last; b++)
			for (e = 0; e < LENGTH(endings); e++)
				judge(_metadata, hang_event, &blockings[b], &endings[e]);
}

FIXTURE(endings) { struct world world; };

FIXTURE_SETUP(endings)
{
	self->world = world_now();
}

FIXTURE_TEARDOWN(endings)
{
	world_same(_metadata, &self->world);
}

#define LIMIT	3000	/* seconds; each pair has a bound of its own */

TEST_F_TIMEOUT(endings, streams, LIMIT)
{
	all_endings(_metadata, 0, 3);
}

TEST_F_TIMEOUT(endings, devices_and_events, LIMIT)
{
	all_endings(_metadata, 3, 8);
}

TEST_F_TIMEOUT(endings, others, LIMIT)
{
	all_endings(_metadata, 8, LENGTH(blockings));
}

/* Everything that a stream can wait for, with a thread that synchronizes or destroys it. */
TEST_F_TIMEOUT(endings, waits, LIMIT)
{
	static aclError (*const hangs[])(void) = {
		hang_notify, hang_shared_notify, hang_count, hang_value, hang_callback };
	size_t h, b, e;
	int round;

	for (round = 0; round < rounds(); round++)
		for (h = 0; h < LENGTH(hangs); h++)
			for (b = 0; b < 2; b++)
				for (e = 0; e < LENGTH(endings); e++)
					judge(_metadata, hangs[h], &blockings[b], &endings[e]);
}

/* ---- streams that make progress ---- */

WORLD_FIXTURE(end)

/* How often has a thread of this process begun to wait? */
static unsigned long waits_of(pid_t tid)
{
	char path[64], line[128];
	unsigned long waits = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f) &&
	       sscanf(line, "voluntary_ctxt_switches: %lu", &waits) != 1)
		;
	if (f)
		fclose(f);
	return waits;
}

struct later {
	pid_t tid;	/* thread that makes the call that ends */
	int ran;
};

/* That call looks every 10 ms whether all streams wait: 100 times outlast its patience. */
static void go_on_later(void *arg)
{
	struct later *later = arg;
	unsigned long from = waits_of(later->tid);

	while (waits_of(later->tid) < from + 100)
		sched_yield();
	count_here(&later->ran);
}

/* A stream that waits for another one, which still runs a task, is not aborted. */
TEST_F(end, waits_for_work)
{
	aclrtStream works, waits;
	aclrtContext context;
	struct later later = { .tid = gettid() };
	aclrtEvent event;

	WORKS(aclrtCreateContext(&context, 0));
	WORKS(aclrtCreateStream(&works));
	WORKS(aclrtCreateStream(&waits));
	WORKS(aclrtCreateEvent(&event));
	WORKS(aclrtLaunchHostFunc(works, go_on_later, &later));
	WORKS(aclrtRecordEvent(event, works));
	WORKS(aclrtStreamWaitEvent(waits, event));
	WORKS(count_in(waits, &later.ran, 1));
	WORKS(aclrtDestroyContext(context));
	EXPECT_EQ(2, later.ran);
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtDestroyEvent(event));
	WORKS(aclrtResetDevice(0));
}

/* A stream that is being destroyed accepts no task, and cannot be destroyed twice. */
TEST_F(end, while_destroyed)
{
	aclrtStream stream, other;
	struct caller caller;
	aclrtEvent never;
	int ran = 0;

	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtCreateStream(&other));
	WORKS(aclrtCreateEventWithFlag(&never, ACL_EVENT_SYNC));
	WORKS(aclrtStreamWaitEvent(stream, never));
	caller_start(&caller, (aclError (*)(void *))aclrtDestroyStream, stream);
	while (!aclrtLaunchHostFunc(stream, count_here, &ran))
		sched_yield();
	FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtDestroyStream(stream), hex(stream));
	WORKS(aclrtRecordEvent(never, other));
	EXPECT_EQ(ACL_SUCCESS, caller_join(&caller));
	FAILS(ACL_ERROR_RT_INVALID_HANDLE, aclrtDestroyStream(stream), hex(stream));
	WORKS(aclrtDestroyEvent(never));
	WORKS(aclrtDestroyStream(other));
}

TEST_HARNESS_MAIN
