/* SPDX-License-Identifier: MIT */
/*
 * Every function of the library that does something, in a setting where it
 * succeeds, and what takes it back: for tests that make it fail on the way.
 */
#ifndef TEST_ACL_CALLS_H
#define TEST_ACL_CALLS_H

#include "acl_peer.h"

#include "acl/acl_rt_allocator.h"
#include "acl/acl_rt_memory_soma.h"
#include "acl_emu/acl_emu.h"

#define CALLS_SIZE	(64 * KIB)
#define CALLS_KEY	65

/**
 * struct calls_far - what another process shares
 * @memory:  key of a block
 * @notify:  key of a notify
 * @event:   an event whose record is still to come
 */
struct calls_far {
	char memory[CALLS_KEY];
	char notify[CALLS_KEY];
	aclrtIpcEventHandle event;
};

/**
 * struct calls - the setting
 * @block:     memory that is mapped, at its own addresses
 * @spare:     memory that is not
 * @room:      addresses without memory, 4 blocks
 * @dev:       block of the allocator
 * @host:      host memory of the library
 * @own:       memory of the program
 * @pool:      made when it is wanted, see pool_of()
 * @pooled:    block of it
 * @share:     value under which @spare was exported; @far_share: the peer's
 * @key:       key of @dev
 * @shared:    event that other processes can open; @far_event: the other process's
 * @exported:  notify that has a key; @far_notify: the other process's
 * @far:       the other process's keys
 * @made:      what a call has made, for its undoing
 */
struct calls {
	struct block block;
	aclrtDrvMemHandle spare;
	char *room;
	char *dev;
	char *host;
	char *own;
	aclrtStream stream;
	aclrtEvent event;
	aclrtNotify notify;
	aclrtCntNotify counter;
	aclrtMemPool pool;
	void *pooled;
	uint64_t share;
	uint64_t far_share;
	char key[CALLS_KEY];
	aclrtEvent shared;
	aclrtEvent far_event;
	aclrtNotify exported;
	aclrtNotify far_notify;
	struct calls_far far;
	void *made;
	uint64_t number;
	char text[CALLS_KEY];
	struct peer peer;
	pid_t exporter;
	int exporter_sock;
};

/**
 * struct call - one function
 * @name:  of the function
 * @call:  success path
 * @undo:  takes it back, NULL: nothing to take back
 * @code:  what it gives for want of memory, beside 207001; 0: nothing else
 */
struct call {
	const char *name;
	aclError (*call)(struct calls *c);
	aclError (*undo)(struct calls *c);
	aclError code;
};

#define CALL(name, expression) \
	static aclError call_##name(struct calls *c) { (void)c; return (expression); }
#define UNDO(name, expression) \
	static aclError undo_##name(struct calls *c) { (void)c; return (expression); }
#define ONE(name)		{ #name, call_##name, NULL, 0 }
#define TWO(name)		{ #name, call_##name, undo_##name, 0 }

/* ---- physical memory, addresses, mappings ---- */

CALL(aclrtMallocPhysical, phys(&c->made, 2 * BLOCK, 0))
UNDO(aclrtMallocPhysical, aclrtFreePhysical(c->made))
CALL(aclrtFreePhysical, aclrtFreePhysical(c->spare))
static aclError undo_aclrtFreePhysical(struct calls *c)
{
	aclError code = phys(&c->spare, BLOCK, 0);

	return code ? code : aclrtMemExportToShareableHandle(c->spare, ACL_MEM_HANDLE_TYPE_NONE, 0,
							     &c->share);
}

CALL(aclrtReserveMemAddress, aclrtReserveMemAddress(&c->made, 3 * BLOCK, 0, NULL, 0))
UNDO(aclrtReserveMemAddress, aclrtReleaseMemAddress(c->made))
CALL(aclrtReserveMemAddressNoUCMemory,
	aclrtReserveMemAddressNoUCMemory(&c->made, GIB, 0, (void *)(24 * TIB), 0))
UNDO(aclrtReserveMemAddressNoUCMemory, aclrtReleaseMemAddress(c->made))
CALL(aclrtReleaseMemAddress, aclrtReleaseMemAddress(c->room))
UNDO(aclrtReleaseMemAddress, aclrtReserveMemAddress((void **)&c->room, 4 * BLOCK, 0, NULL, 0))
CALL(aclrtMapMem, aclrtMapMem(c->room, BLOCK, 0, c->spare, 0))
UNDO(aclrtMapMem, aclrtUnmapMem(c->room))
CALL(aclrtMemMapNoAccess, aclrtMemMapNoAccess(c->room, BLOCK, 0, c->spare, 0))
UNDO(aclrtMemMapNoAccess, aclrtUnmapMem(c->room))
CALL(aclrtUnmapMem, aclrtUnmapMem(c->block.addr))
UNDO(aclrtUnmapMem, aclrtMapMem(c->block.addr, c->block.size, 0, c->block.handle, 0))
CALL(aclrtMemSetAccess, grant_host(c->block.addr, c->block.size))
CALL(aclrtMemRetainAllocationHandle, aclrtMemRetainAllocationHandle(c->block.addr, &c->made))
UNDO(aclrtMemRetainAllocationHandle, aclrtFreePhysical(c->made))

static aclError call_aclrtMemGetAccess(struct calls *c)
{
	aclrtMemLocation host = { .type = ACL_MEM_LOCATION_TYPE_HOST };

	return aclrtMemGetAccess(c->block.addr, &host, &c->number);
}

static aclError call_properties(struct calls *c)
{
	aclrtPhysicalMemProp prop;

	return aclrtMemGetAllocationPropertiesFromHandle(c->spare, &prop);
}

static aclError call_aclrtMemGetAddressRange(struct calls *c)
{
	size_t size;

	return aclrtMemGetAddressRange(c->block.addr, &c->made, &size);
}

static const struct call calls_vmm[] = {
	TWO(aclrtMallocPhysical), TWO(aclrtFreePhysical), TWO(aclrtReserveMemAddress),
	TWO(aclrtReserveMemAddressNoUCMemory), TWO(aclrtReleaseMemAddress), TWO(aclrtMapMem),
	TWO(aclrtMemMapNoAccess), TWO(aclrtUnmapMem), ONE(aclrtMemSetAccess),
	ONE(aclrtMemGetAccess), TWO(aclrtMemRetainAllocationHandle), ONE(aclrtMemGetAddressRange),
	{ "aclrtMemGetAllocationPropertiesFromHandle", call_properties, NULL, 0 },
};

/* ---- sharing ---- */

/* Memory can be exported once, so it is new each time. */
static aclError call_export(struct calls *c)
{
	aclError code = phys(&c->made, BLOCK, 0);

	if (code)
		return code;
	code = aclrtMemExportToShareableHandle(c->made, ACL_MEM_HANDLE_TYPE_NONE, 0, &c->number);
	if (code)
		aclrtFreePhysical(c->made);
	return code;
}

static aclError call_export_v2(struct calls *c)
{
	aclError code = phys(&c->made, BLOCK, 0);

	if (code)
		return code;
	code = aclrtMemExportToShareableHandleV2(c->made, 0, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT,
						 &c->number);
	if (code)
		aclrtFreePhysical(c->made);
	return code;
}

UNDO(made_memory, aclrtFreePhysical(c->made))
CALL(aclrtMemSetPidToShareableHandle,
	aclrtMemSetPidToShareableHandle(c->share, (int32_t *)&c->peer.pid, 1))
CALL(aclrtMemSetPidToShareableHandleV2,
	aclrtMemSetPidToShareableHandleV2(&c->share, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT,
				       (int32_t *)&c->peer.pid, 1))
CALL(aclrtMemImportFromShareableHandle,
	aclrtMemImportFromShareableHandle(c->far_share, 0, &c->made))
UNDO(aclrtMemImportFromShareableHandle, aclrtFreePhysical(c->made))
CALL(aclrtMemImportFromShareableHandleV2,
	aclrtMemImportFromShareableHandleV2(&c->far_share, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, 0,
					 &c->made))
UNDO(aclrtMemImportFromShareableHandleV2, aclrtFreePhysical(c->made))
CALL(aclrtIpcMemGetExportKey,
	aclrtIpcMemGetExportKey(c->dev, CALLS_SIZE, c->text, CALLS_KEY, 0))
UNDO(aclrtIpcMemGetExportKey, aclrtIpcMemClose(c->text))
CALL(aclrtIpcMemSetImportPid, aclrtIpcMemSetImportPid(c->key, (int32_t *)&c->peer.pid, 1))
CALL(aclrtIpcMemImportByKey, aclrtIpcMemImportByKey(&c->made, c->far.memory, 0))
UNDO(aclrtIpcMemImportByKey, aclrtIpcMemClose(c->far.memory))
CALL(aclrtIpcMemClose, aclrtIpcMemClose(c->key))
UNDO(aclrtIpcMemClose, aclrtIpcMemGetExportKey(c->dev, CALLS_SIZE, c->key, CALLS_KEY, 0))
CALL(aclrtDeviceGetBareTgid, aclrtDeviceGetBareTgid((int32_t *)&c->number))

static const struct call calls_share[] = {
	{ "aclrtMemExportToShareableHandle", call_export, undo_made_memory, 0 },
	{ "aclrtMemExportToShareableHandleV2", call_export_v2, undo_made_memory, 0 },
	ONE(aclrtMemSetPidToShareableHandle), ONE(aclrtMemSetPidToShareableHandleV2),
	TWO(aclrtMemImportFromShareableHandle), TWO(aclrtMemImportFromShareableHandleV2),
	TWO(aclrtIpcMemGetExportKey), ONE(aclrtIpcMemSetImportPid), TWO(aclrtIpcMemImportByKey),
	TWO(aclrtIpcMemClose), ONE(aclrtDeviceGetBareTgid),
};

/* ---- allocators and copies ---- */

CALL(aclrtMalloc, aclrtMalloc(&c->made, 3 * MIB, ACL_MEM_MALLOC_HUGE_FIRST))
UNDO(aclrtMalloc, aclrtFree(c->made))
CALL(small, aclrtMalloc(&c->made, 100, ACL_MEM_MALLOC_HUGE_FIRST))
UNDO(small, aclrtFree(c->made))
CALL(aclrtMallocAlign32, aclrtMallocAlign32(&c->made, 5000, ACL_MEM_MALLOC_HUGE_FIRST))
UNDO(aclrtMallocAlign32, aclrtFree(c->made))
CALL(aclrtMallocWithCfg, aclrtMallocWithCfg(&c->made, MIB, ACL_MEM_MALLOC_HUGE_FIRST, NULL))
UNDO(aclrtMallocWithCfg, aclrtFree(c->made))
CALL(aclrtFree, aclrtFree(c->dev))
static aclError undo_aclrtFree(struct calls *c)
{
	aclError code = aclrtMalloc((void **)&c->dev, 4 * MIB, ACL_MEM_MALLOC_HUGE_FIRST);

	return code ? code : aclrtIpcMemGetExportKey(c->dev, CALLS_SIZE, c->key, CALLS_KEY, 0);
}

CALL(aclrtMallocHost, aclrtMallocHost(&c->made, 3 * MIB))
UNDO(aclrtMallocHost, aclrtFreeHost(c->made))
CALL(aclrtMallocHostWithCfg, aclrtMallocHostWithCfg(&c->made, 3 * MIB, NULL))
UNDO(aclrtMallocHostWithCfg, aclrtFreeHost(c->made))
CALL(aclrtFreeHost, aclrtFreeHost(c->host))
UNDO(aclrtFreeHost, aclrtMallocHost((void **)&c->host, CALLS_SIZE))
CALL(aclrtHostRegister,
	aclrtHostRegister(c->own, CALLS_SIZE, ACL_HOST_REGISTER_MAPPED, &c->made))
UNDO(aclrtHostRegister, aclrtHostUnregister(c->own))
CALL(aclrtMemcpy,
	aclrtMemcpy(c->dev, CALLS_SIZE, c->own, CALLS_SIZE, ACL_MEMCPY_HOST_TO_DEVICE))
CALL(aclrtMemset, aclrtMemset(c->dev, CALLS_SIZE, 7, CALLS_SIZE))
CALL(aclrtMemcpy2d,
	aclrtMemcpy2d(c->dev, 512, c->own, 256, 200, 16, ACL_MEMCPY_HOST_TO_DEVICE))

static aclError call_aclrtMemcpyBatch(struct calls *c)
{
	void *dst[] = { c->dev, c->dev + 4096 }, *src[] = { c->own, c->own + 4096 };
	size_t size[] = { 4096, 100 }, index[] = { 0 }, fail;
	aclrtMemcpyBatchAttr attr = { .dstLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE,
				      .srcLoc.type = ACL_MEM_LOCATION_TYPE_HOST };

	return aclrtMemcpyBatch(dst, size, src, size, 2, &attr, index, 1, &fail);
}

static aclError call_aclrtPointerGetAttributes(struct calls *c)
{
	aclrtPtrAttributes attributes;

	return aclrtPointerGetAttributes(c->dev, &attributes);
}

static aclError call_aclrtGetMemInfo(struct calls *c)
{
	size_t room, total;

	(void)c;
	return aclrtGetMemInfo(ACL_HBM_MEM, &room, &total);
}

static const struct call calls_memory[] = {
	TWO(aclrtMalloc), { "aclrtMalloc of few bytes", call_small, undo_small, 0 },
	TWO(aclrtMallocAlign32), TWO(aclrtMallocWithCfg), TWO(aclrtFree), TWO(aclrtMallocHost),
	TWO(aclrtMallocHostWithCfg), TWO(aclrtFreeHost), TWO(aclrtHostRegister), ONE(aclrtMemcpy),
	ONE(aclrtMemset), ONE(aclrtMemcpy2d), ONE(aclrtMemcpyBatch),
	ONE(aclrtPointerGetAttributes), ONE(aclrtGetMemInfo),
};

/* ---- streams and what is in them ---- */

#define DRAIN(name) UNDO(name, aclrtSynchronizeStream(c->stream))

CALL(aclrtCreateStream, aclrtCreateStream(&c->made))
UNDO(aclrtCreateStream, aclrtDestroyStream(c->made))
CALL(aclrtCreateStreamWithConfig, aclrtCreateStreamWithConfig(&c->made, 0, 0))
UNDO(aclrtCreateStreamWithConfig, aclrtDestroyStreamForce(c->made))
/* A stream has its thread from the first task on. */
static aclError call_first_task(struct calls *c)
{
	aclError code = aclrtCreateStream(&c->made);

	if (code)
		return code;
	code = aclrtMemsetAsync(c->dev, CALLS_SIZE, 1, CALLS_SIZE, c->made);
	if (code)
		aclrtDestroyStream(c->made);
	return code;
}

UNDO(first_task, aclrtDestroyStream(c->made))
CALL(aclrtMemcpyAsync, aclrtMemcpyAsync(c->dev, CALLS_SIZE, c->host, CALLS_SIZE,
					ACL_MEMCPY_HOST_TO_DEVICE, c->stream))
DRAIN(aclrtMemcpyAsync)
CALL(aclrtMemcpy2dAsync, aclrtMemcpy2dAsync(c->dev, 512, c->host, 256, 200, 16,
					    ACL_MEMCPY_HOST_TO_DEVICE, c->stream))
DRAIN(aclrtMemcpy2dAsync)
CALL(aclrtMemsetAsync, aclrtMemsetAsync(c->dev, CALLS_SIZE, 1, CALLS_SIZE, c->stream))
DRAIN(aclrtMemsetAsync)
CALL(aclrtCreateEvent, aclrtCreateEvent(&c->made))
UNDO(aclrtCreateEvent, aclrtDestroyEvent(c->made))
CALL(aclrtCreateEventWithFlag, aclrtCreateEventWithFlag(&c->made, ACL_EVENT_SYNC))
UNDO(aclrtCreateEventWithFlag, aclrtDestroyEvent(c->made))
CALL(aclrtCreateEventExWithFlag, aclrtCreateEventExWithFlag(&c->made, ACL_EVENT_SYNC))
UNDO(aclrtCreateEventExWithFlag, aclrtDestroyEvent(c->made))
CALL(aclrtRecordEvent, aclrtRecordEvent(c->event, c->stream))
DRAIN(aclrtRecordEvent)
CALL(aclrtStreamWaitEvent, aclrtStreamWaitEvent(c->stream, c->event))
DRAIN(aclrtStreamWaitEvent)
CALL(aclrtSynchronizeEvent, aclrtSynchronizeEvent(c->event))
CALL(aclrtCreateNotify, aclrtCreateNotify(&c->made, 0))
UNDO(aclrtCreateNotify, aclrtDestroyNotify(c->made))
/* A record and a wait go together: what the one leaves the other takes. */
CALL(aclrtRecordNotify, aclrtRecordNotify(c->notify, c->stream))
UNDO(aclrtRecordNotify, aclrtWaitAndResetNotify(c->notify, c->stream, 0) ||
			aclrtSynchronizeStream(c->stream))
CALL(aclrtWaitAndResetNotify, aclrtWaitAndResetNotify(c->notify, c->stream, 0))
UNDO(aclrtWaitAndResetNotify, aclrtRecordNotify(c->notify, NULL) ||
			      aclrtSynchronizeStream(c->stream))
CALL(aclrtValueWrite, aclrtValueWrite(c->dev, 5, 0, c->stream))
DRAIN(aclrtValueWrite)

static void nothing(void *data)
{
	(void)data;
}

static void no_kernel(const acl_emu_block *block, void *args)
{
	(void)block;
	(void)args;
}

CALL(aclrtLaunchHostFunc, aclrtLaunchHostFunc(c->stream, nothing, NULL))
DRAIN(aclrtLaunchHostFunc)
CALL(acl_emu_launch, acl_emu_launch(c->stream, no_kernel, c->text, sizeof(c->text), 4))
DRAIN(acl_emu_launch)
CALL(aclrtSubscribeReport, aclrtSubscribeReport((uint64_t)pthread_self(), c->stream))
UNDO(aclrtSubscribeReport, aclrtUnSubscribeReport((uint64_t)pthread_self(), c->stream))

static aclError call_aclrtLaunchCallback(struct calls *c)
{
	aclError code = aclrtSubscribeReport((uint64_t)pthread_self(), c->stream);

	if (code)
		return code;
	code = aclrtLaunchCallback(nothing, NULL, ACL_CALLBACK_NO_BLOCK, c->stream);
	if (!code)
		code = aclrtProcessReport(100000);
	aclrtUnSubscribeReport((uint64_t)pthread_self(), c->stream);
	return code;
}

DRAIN(aclrtLaunchCallback)

static const struct call calls_stream[] = {
	TWO(aclrtCreateStream), TWO(aclrtCreateStreamWithConfig),
	{ "first task of a stream", call_first_task, undo_first_task,
	  ACL_ERROR_RT_NO_STREAM_RESOURCE },
	TWO(aclrtMemcpyAsync), TWO(aclrtMemcpy2dAsync), TWO(aclrtMemsetAsync),
	TWO(aclrtCreateEvent), TWO(aclrtCreateEventWithFlag), TWO(aclrtCreateEventExWithFlag),
	TWO(aclrtRecordEvent), TWO(aclrtStreamWaitEvent), ONE(aclrtSynchronizeEvent),
	TWO(aclrtCreateNotify), TWO(aclrtRecordNotify), TWO(aclrtWaitAndResetNotify),
	TWO(aclrtValueWrite), TWO(aclrtLaunchHostFunc),
	TWO(acl_emu_launch), TWO(aclrtSubscribeReport), TWO(aclrtLaunchCallback),
};

/* ---- pools and counting notifies ---- */

static aclrtMemPoolProps calls_pool = {
	.allocType = ACL_MEM_ALLOCATION_TYPE_PINNED,
	.location.type = ACL_MEM_LOCATION_TYPE_DEVICE,
};

/* Made when it is wanted: while a pool is there, aclrtMalloc() tries twice. */
static aclrtMemPool pool_of(struct calls *c)
{
	if (!c->pool && !aclrtMemPoolCreate(&c->pool, &calls_pool))
		aclrtMemPoolMallocAsync(&c->pooled, MIB, c->pool, c->stream);
	return c->pool;
}

static aclError pool_end(struct calls *c)
{
	if (!c->pool)
		return ACL_SUCCESS;
	return aclrtMemPoolFreeAsync(c->pooled, c->stream) ?:
	       aclrtSynchronizeStream(c->stream) ?: aclrtMemPoolDestroy(c->pool);
}

CALL(aclrtMemPoolCreate, aclrtMemPoolCreate(&c->made, &calls_pool))
UNDO(aclrtMemPoolCreate, aclrtMemPoolDestroy(c->made))
CALL(aclrtMemPoolMallocAsync, aclrtMemPoolMallocAsync(&c->made, 3 * MIB, pool_of(c), c->stream))
UNDO(aclrtMemPoolMallocAsync, aclrtMemPoolFreeAsync(c->made, c->stream) ||
			      aclrtSynchronizeStream(c->stream) ||
			      aclrtMemPoolTrimTo(c->pool, 0))
CALL(aclrtMemPoolFreeAsync,
	pool_of(c) ? aclrtMemPoolFreeAsync(c->pooled, c->stream) : ACL_ERROR_FAILURE)
UNDO(aclrtMemPoolFreeAsync, aclrtSynchronizeStream(c->stream) ||
			    aclrtMemPoolTrimTo(c->pool, 0) ||
			    aclrtMemPoolMallocAsync(&c->pooled, MIB, c->pool, c->stream))
CALL(aclrtMemPoolTrimTo, aclrtMemPoolTrimTo(pool_of(c), 0))
CALL(aclrtCntNotifyCreate, aclrtCntNotifyCreate(&c->made, 0))
UNDO(aclrtCntNotifyCreate, aclrtCntNotifyDestroy(c->made))

static aclError call_aclrtCntNotifyRecord(struct calls *c)
{
	aclrtCntNotifyRecordInfo info = { .value = 1 };

	return aclrtCntNotifyRecord(c->counter, c->stream, &info);
}

DRAIN(aclrtCntNotifyRecord)

/* For what is so already. */
static aclError call_aclrtCntNotifyWaitWithTimeout(struct calls *c)
{
	aclrtCntNotifyWaitInfo info = {
		.mode = ACL_RT_CNT_NOTIFY_WAIT_BIGGER_OR_EQUAL_MODE, .value = 0,
	};

	return aclrtCntNotifyWaitWithTimeout(c->counter, c->stream, &info);
}

DRAIN(aclrtCntNotifyWaitWithTimeout)
CALL(aclrtCntNotifyReset, aclrtCntNotifyReset(c->counter, c->stream))
DRAIN(aclrtCntNotifyReset)
CALL(aclrtMemsetD32Async, aclrtMemsetD32Async(c->dev, CALLS_SIZE, 1, 64, c->stream))
DRAIN(aclrtMemsetD32Async)

static aclError call_aclrtMemcpyBatchAsyncV2(struct calls *c)
{
	void *dst[] = { c->dev, c->dev + 4096 }, *src[] = { c->host, c->host + 4096 };
	size_t size[] = { 4096, 100 }, index[] = { 0 };
	aclrtMemcpyBatchAttr attr = { .dstLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE,
				      .srcLoc.type = ACL_MEM_LOCATION_TYPE_HOST };

	return aclrtMemcpyBatchAsyncV2(dst, size, src, size, 2, &attr, index, 1, c->stream);
}

DRAIN(aclrtMemcpyBatchAsyncV2)

static const struct call calls_pools[] = {
	TWO(aclrtMemPoolCreate), TWO(aclrtMemPoolMallocAsync), TWO(aclrtMemPoolFreeAsync),
	ONE(aclrtMemPoolTrimTo), TWO(aclrtCntNotifyCreate), TWO(aclrtCntNotifyRecord),
	TWO(aclrtCntNotifyWaitWithTimeout), TWO(aclrtCntNotifyReset), TWO(aclrtMemsetD32Async),
	TWO(aclrtMemcpyBatchAsyncV2),
};

/* ---- devices and contexts ---- */

CALL(aclrtSetDevice, aclrtSetDevice(0))
UNDO(aclrtSetDevice, aclrtResetDevice(0))
CALL(aclrtGetDeviceCount, aclrtGetDeviceCount((uint32_t *)&c->number))
CALL(aclrtDeviceEnablePeerAccess, aclrtDeviceEnablePeerAccess(1, 0))
UNDO(aclrtDeviceEnablePeerAccess, aclrtDeviceDisablePeerAccess(1))
CALL(aclrtSynchronizeDevice, aclrtSynchronizeDevice())

/* It becomes the thread's; what was before is so again. */
static aclError call_aclrtCreateContext(struct calls *c)
{
	aclrtContext before;
	aclError code = aclrtGetCurrentContext(&before);

	if (code)
		return code;
	code = aclrtCreateContext(&c->made, 0);
	return code ? code : aclrtSetCurrentContext(before);
}

UNDO(aclrtCreateContext, aclrtDestroyContext(c->made))
/* With the device's streams, its allocator and all it holds. */
CALL(aclrtResetDevice, aclrtResetDeviceForce(1))
UNDO(aclrtResetDevice, aclrtSetDevice(1) || aclrtSetDevice(0) || aclrtResetDevice(0))

static aclError call_descriptor(struct calls *c)
{
	c->made = aclrtAllocatorCreateDesc();
	/* The function has no code to give. */
	return c->made ? ACL_SUCCESS : ACL_ERROR_BAD_ALLOC;
}

UNDO(descriptor, aclrtAllocatorDestroyDesc(c->made))

static void *allocate(aclrtAllocator obj, size_t size)
{
	(void)obj;
	return malloc(size);
}

static void release(aclrtAllocator obj, aclrtAllocatorBlock block)
{
	(void)obj;
	free(block);
}

static void *address(aclrtAllocatorBlock block)
{
	return block;
}

static aclError call_aclrtAllocatorRegister(struct calls *c)
{
	aclrtAllocatorDesc desc = aclrtAllocatorCreateDesc();
	aclError code = ACL_ERROR_BAD_ALLOC;

	if (!desc)
		return code;
	if (!aclrtAllocatorSetObjToDesc(desc, c) &&
	    !aclrtAllocatorSetAllocFuncToDesc(desc, allocate) &&
	    !aclrtAllocatorSetFreeFuncToDesc(desc, release) &&
	    !aclrtAllocatorSetGetAddrFromBlockFuncToDesc(desc, address))
		code = aclrtAllocatorRegister(c->stream, desc);
	aclrtAllocatorDestroyDesc(desc);
	return code;
}

UNDO(aclrtAllocatorRegister, aclrtAllocatorUnregister(c->stream))

static const struct call calls_device[] = {
	TWO(aclrtSetDevice), ONE(aclrtGetDeviceCount), TWO(aclrtDeviceEnablePeerAccess),
	ONE(aclrtSynchronizeDevice), TWO(aclrtCreateContext), TWO(aclrtResetDevice),
	{ "aclrtAllocatorCreateDesc", call_descriptor, undo_descriptor, ACL_ERROR_BAD_ALLOC },
	{ "aclrtAllocatorRegister", call_aclrtAllocatorRegister, undo_aclrtAllocatorRegister,
	  ACL_ERROR_BAD_ALLOC },
};

/* ---- the setting ---- */

/* The record of the event is in a stream that has stopped. */
static inline aclError far_make(struct calls_far *far)
{
	aclrtNotify notify;
	aclrtStream stream;
	aclrtEvent event;
	void *block;

	return aclrtSetDevice(0) ?: aclrtMalloc(&block, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST) ?:
	       aclrtIpcMemGetExportKey(block, BLOCK, far->memory, CALLS_KEY,
				       ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION) ?:
	       aclrtCreateNotify(&notify, 0) ?:
	       aclrtNotifyGetExportKey(notify, far->notify, CALLS_KEY,
				       ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION) ?:
	       aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC) ?:
	       aclrtIpcGetEventHandle(event, &far->event) ?: aclrtCreateStream(&stream) ?:
	       aclrtStreamStop(stream) ?: aclrtRecordEvent(event, stream);
}

/* Another process that shares by key, and sends the keys. */
static inline pid_t calls_exporter(int *sock)
{
	struct calls_far far;
	int fd[2];
	pid_t pid;

	fflush(NULL);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fd[0]);
		if (far_make(&far))
			_exit(1);
		send(fd[1], &far, sizeof(far), MSG_NOSIGNAL);
		recv(fd[1], &far, 1, 0);
		_exit(0);
	}
	close(fd[1]);
	*sock = fd[0];
	return pid;
}

/* A stream has a counter from its first wait on, which shall not come in between. */
static inline void wait_once(struct __test_metadata *_metadata, struct calls *c)
{
	uint64_t syncs = counter(ACL_EMU_STAT_SYNCS);

	WORKS(aclrtStreamWaitEvent(c->stream, c->far_event));
	while (counter(ACL_EMU_STAT_SYNCS) == syncs)
		sched_yield();
	WORKS(aclrtStreamAbort(c->stream));
}

/* What this process shares with others, and they with it. */
static inline void shared_open(struct __test_metadata *_metadata, struct calls *c)
{
	char key[CALLS_KEY];

	WORKS(aclrtMemExportToShareableHandle(c->spare, ACL_MEM_HANDLE_TYPE_NONE, 0, &c->share));
	WORKS(aclrtIpcMemGetExportKey(c->dev, CALLS_SIZE, c->key, CALLS_KEY, 0));
	WORKS(aclrtCreateEventWithFlag(&c->shared, ACL_EVENT_IPC));
	WORKS(aclrtIpcOpenEventHandle(c->far.event, &c->far_event));
	wait_once(_metadata, c);
	WORKS(aclrtCreateNotify(&c->exported, 0));
	WORKS(aclrtNotifyGetExportKey(c->exported, key, CALLS_KEY, 0));
	WORKS(aclrtNotifyImportByKey(&c->far_notify, c->far.notify, 0));
}

static inline void shared_close(struct __test_metadata *_metadata, struct calls *c)
{
	WORKS(aclrtDestroyNotify(c->far_notify));
	WORKS(aclrtDestroyNotify(c->exported));
	WORKS(aclrtDestroyEvent(c->far_event));
	WORKS(aclrtDestroyEvent(c->shared));
	WORKS(aclrtIpcMemClose(c->key));
	WORKS(aclrtFreePhysical(c->spare));
}

static inline void calls_open(struct __test_metadata *_metadata, struct calls *c)
{
	memset(c, 0, sizeof(*c));
	ASSERT_TRUE(peer_start(&c->peer));
	PEER(&c->peer, PEER_SET_DEVICE, 0, 0, 0);
	PEER(&c->peer, PEER_ALLOC, BLOCK, 0, 0);
	PEER(&c->peer, PEER_EXPORT, c->peer.value, ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION,
	     0);
	c->far_share = c->peer.value;
	c->exporter = calls_exporter(&c->exporter_sock);
	ASSERT_EQ((ssize_t)sizeof(c->far),
		  recv(c->exporter_sock, &c->far, sizeof(c->far), 0));
	WORKS(aclInit(NULL));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
	WORKS(block_make(&c->block, 2 * BLOCK, 0));
	WORKS(reserve((void **)&c->room, 4 * BLOCK));
	WORKS(aclrtMalloc((void **)&c->dev, 4 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost((void **)&c->host, CALLS_SIZE));
	c->own = mmap(NULL, CALLS_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	ASSERT_NE(MAP_FAILED, c->own);
	WORKS(aclrtCreateStream(&c->stream));
	WORKS(aclrtCreateEvent(&c->event));
	WORKS(aclrtRecordEvent(c->event, c->stream));
	WORKS(aclrtCreateNotify(&c->notify, 0));
	WORKS(aclrtCntNotifyCreate(&c->counter, 0));
	WORKS(phys(&c->spare, BLOCK, 0));
	shared_open(_metadata, c);
}

static inline void calls_close(struct __test_metadata *_metadata, struct calls *c)
{
	shared_close(_metadata, c);
	WORKS(pool_end(c));
	WORKS(aclrtCntNotifyDestroy(c->counter));
	WORKS(aclrtDestroyNotify(c->notify));
	WORKS(aclrtDestroyEvent(c->event));
	WORKS(aclrtDestroyStream(c->stream));
	WORKS(aclrtFreeHost(c->host));
	WORKS(aclrtFree(c->dev));
	WORKS(aclrtReleaseMemAddress(c->room));
	WORKS(block_drop(&c->block));
	munmap(c->own, CALLS_SIZE);
	close(c->exporter_sock);
	EXPECT_EQ(0, join(c->exporter));
	EXPECT_EQ(0, peer_quit(&c->peer));
}

#endif /* TEST_ACL_CALLS_H */
