// SPDX-License-Identifier: MIT
/*
 * Calls of acl_calls.h: streams, pools, counting notifies, devices and contexts.
 */
#include "acl_calls.h"

#include "acl/acl_rt_allocator.h"

UNDO(destroy_stream, aclrtDestroyStream(c->made))
UNDO(destroy_event, aclrtDestroyEvent(c->made))
UNDO(drain, aclrtSynchronizeStream(c->stream))

/* ---- streams and what is in them ---- */

CALL(aclrtCreateStream, aclrtCreateStream(&c->made))
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

CALL(aclrtMemcpyAsync, aclrtMemcpyAsync(c->dev, CALLS_SIZE, c->host, CALLS_SIZE,
					ACL_MEMCPY_HOST_TO_DEVICE, c->stream))
CALL(aclrtMemcpy2dAsync, aclrtMemcpy2dAsync(c->dev, 512, c->host, 256, 200, 16,
					    ACL_MEMCPY_HOST_TO_DEVICE, c->stream))
CALL(aclrtMemsetAsync, aclrtMemsetAsync(c->dev, CALLS_SIZE, 1, CALLS_SIZE, c->stream))
CALL(aclrtCreateEvent, aclrtCreateEvent(&c->made))
CALL(aclrtCreateEventWithFlag, aclrtCreateEventWithFlag(&c->made, ACL_EVENT_SYNC))
CALL(aclrtCreateEventExWithFlag, aclrtCreateEventExWithFlag(&c->made, ACL_EVENT_SYNC))
CALL(aclrtRecordEvent, aclrtRecordEvent(c->event, c->stream))
CALL(aclrtStreamWaitEvent, aclrtStreamWaitEvent(c->stream, c->event))
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
CALL(acl_emu_launch, acl_emu_launch(c->stream, no_kernel, c->text, sizeof(c->text), 4))
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

static const struct call calls_stream_list[] = {
	WITH(aclrtCreateStream, destroy_stream), TWO(aclrtCreateStreamWithConfig),
	{ "first task of a stream", call_first_task, undo_destroy_stream,
	  ACL_ERROR_RT_NO_STREAM_RESOURCE }, WITH(aclrtMemcpyAsync, drain),
	WITH(aclrtMemcpy2dAsync, drain), WITH(aclrtMemsetAsync, drain),
	WITH(aclrtCreateEvent, destroy_event), WITH(aclrtCreateEventWithFlag, destroy_event),
	WITH(aclrtCreateEventExWithFlag, destroy_event), WITH(aclrtRecordEvent, drain),
	WITH(aclrtStreamWaitEvent, drain), ONE(aclrtSynchronizeEvent), TWO(aclrtCreateNotify),
	TWO(aclrtRecordNotify), TWO(aclrtWaitAndResetNotify), WITH(aclrtValueWrite, drain),
	WITH(acl_emu_launch, drain), TWO(aclrtSubscribeReport), WITH(aclrtLaunchCallback, drain),
	/* The stream cannot be subscribed after a host function. */
	WITH(aclrtLaunchHostFunc, drain),
};

const struct call_table calls_stream = TABLE(calls_stream_list);

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

aclError calls_pool_end(struct calls *c)
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

/* For what is so already. */
static aclError call_aclrtCntNotifyWaitWithTimeout(struct calls *c)
{
	aclrtCntNotifyWaitInfo info = {
		.mode = ACL_RT_CNT_NOTIFY_WAIT_BIGGER_OR_EQUAL_MODE, .value = 0,
	};

	return aclrtCntNotifyWaitWithTimeout(c->counter, c->stream, &info);
}

CALL(aclrtCntNotifyReset, aclrtCntNotifyReset(c->counter, c->stream))
CALL(aclrtMemsetD32Async, aclrtMemsetD32Async(c->dev, CALLS_SIZE, 1, 64, c->stream))

CALL(aclrtMemcpyBatchAsyncV2, calls_batch(c, BATCH_ASYNC_V2))

static aclError ask_memory(struct calls *c)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_DEVICE, 0, ACL_HBM_MEM_HUGE);
	void *list[] = { c->dev };
	uint32_t result;
	uint64_t held;
	size_t size;

	return aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM,
						&size) ?:
	       aclrtCheckMemType(list, 1, ACL_RT_MEM_TYPE_DEV, &result, 0) ?:
	       aclrtMemPoolGetAttr(pool_of(c), ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT, &held) ?:
	       aclrtMemPoolSetAttr(pool_of(c), ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD,
				   (uint64_t[1]){ 0 });
}

static const struct call calls_pools_list[] = {
	TWO(aclrtMemPoolCreate), TWO(aclrtMemPoolMallocAsync), TWO(aclrtMemPoolFreeAsync),
	ONE(aclrtMemPoolTrimTo), TWO(aclrtCntNotifyCreate), WITH(aclrtCntNotifyRecord, drain),
	WITH(aclrtCntNotifyWaitWithTimeout, drain), WITH(aclrtCntNotifyReset, drain),
	WITH(aclrtMemsetD32Async, drain), WITH(aclrtMemcpyBatchAsyncV2, drain),
	{ "questions about memory", ask_memory, NULL, 0 },
};

const struct call_table calls_pools = TABLE(calls_pools_list);

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

static void *advised(aclrtAllocator obj, size_t size, aclrtAllocatorAddr addr)
{
	(void)addr;
	return allocate(obj, size);
}

static aclError call_aclrtAllocatorGetByStream(struct calls *c)
{
	aclrtAllocatorGetAddrFromBlockFunc addr_of;
	aclrtAllocatorAllocAdviseFunc advise;
	aclrtAllocatorAllocFunc alloc;
	aclrtAllocatorFreeFunc give;
	aclrtAllocatorDesc desc;
	aclrtAllocator obj;
	aclError code = call_aclrtAllocatorRegister(c);

	if (code)
		return code;
	code = aclrtAllocatorGetByStream(c->stream, &desc, &obj, &alloc, &give, &advise, &addr_of);
	aclrtAllocatorUnregister(c->stream);
	return code;
}

static aclError call_advise(struct calls *c)
{
	aclError code = call_descriptor(c);

	if (code)
		return code;
	code = aclrtAllocatorSetAllocAdviseFuncToDesc(c->made, advised);
	if (code)
		aclrtAllocatorDestroyDesc(c->made);
	return code;
}

static const struct call calls_device_list[] = {
	TWO(aclrtSetDevice), ONE(aclrtGetDeviceCount), TWO(aclrtDeviceEnablePeerAccess),
	ONE(aclrtSynchronizeDevice), TWO(aclrtCreateContext), TWO(aclrtResetDevice),
	{ "aclrtAllocatorCreateDesc", call_descriptor, undo_descriptor, ACL_ERROR_BAD_ALLOC },
	{ "aclrtAllocatorRegister", call_aclrtAllocatorRegister, undo_aclrtAllocatorRegister,
	  ACL_ERROR_BAD_ALLOC },
	{ "aclrtAllocatorGetByStream", call_aclrtAllocatorGetByStream, NULL, ACL_ERROR_BAD_ALLOC },
	{ "aclrtAllocatorSetAllocAdviseFuncToDesc", call_advise, undo_descriptor,
	  ACL_ERROR_BAD_ALLOC },
};

const struct call_table calls_device = TABLE(calls_device_list);
