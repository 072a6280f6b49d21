// SPDX-License-Identifier: MIT
/*
 * Calls of acl_calls.h: memory, addresses, sharing, allocators and copies.
 */
#include "acl_calls.h"

UNDO(free_physical, aclrtFreePhysical(c->made))
UNDO(release_address, aclrtReleaseMemAddress(c->made))
UNDO(unmap_room, aclrtUnmapMem(c->room))
UNDO(free, aclrtFree(c->made))
UNDO(free_host, aclrtFreeHost(c->made))

/* ---- physical memory, addresses, mappings ---- */

CALL(aclrtMallocPhysical, phys(&c->made, 2 * BLOCK, 0))
CALL(aclrtFreePhysical, aclrtFreePhysical(c->spare))
static aclError undo_aclrtFreePhysical(struct calls *c)
{
	aclError code = phys(&c->spare, BLOCK, 0);

	return code ? code : aclrtMemExportToShareableHandle(c->spare, ACL_MEM_HANDLE_TYPE_NONE, 0,
							     &c->share);
}

CALL(aclrtReserveMemAddress, aclrtReserveMemAddress(&c->made, 3 * BLOCK, 0, NULL, 0))
CALL(aclrtReserveMemAddressNoUCMemory,
	aclrtReserveMemAddressNoUCMemory(&c->made, GIB, 0, (void *)(24 * TIB), 0))
CALL(aclrtReleaseMemAddress, aclrtReleaseMemAddress(c->room))
UNDO(aclrtReleaseMemAddress, aclrtReserveMemAddress((void **)&c->room, 4 * BLOCK, 0, NULL, 0))
CALL(aclrtMapMem, aclrtMapMem(c->room, BLOCK, 0, c->spare, 0))
CALL(aclrtMemMapNoAccess, aclrtMemMapNoAccess(c->room, BLOCK, 0, c->spare, 0))
CALL(aclrtUnmapMem, aclrtUnmapMem(c->block.addr))
UNDO(aclrtUnmapMem, aclrtMapMem(c->block.addr, c->block.size, 0, c->block.handle, 0))
CALL(aclrtMemSetAccess, grant_host(c->block.addr, c->block.size))
CALL(aclrtMemRetainAllocationHandle, aclrtMemRetainAllocationHandle(c->block.addr, &c->made))

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

static const struct call calls_vmm_list[] = {
	WITH(aclrtMallocPhysical, free_physical), TWO(aclrtFreePhysical),
	WITH(aclrtReserveMemAddress, release_address),
	WITH(aclrtReserveMemAddressNoUCMemory, release_address), TWO(aclrtReleaseMemAddress),
	WITH(aclrtMapMem, unmap_room), WITH(aclrtMemMapNoAccess, unmap_room), TWO(aclrtUnmapMem),
	ONE(aclrtMemSetAccess), ONE(aclrtMemGetAccess),
	WITH(aclrtMemRetainAllocationHandle, free_physical), ONE(aclrtMemGetAddressRange),
	{ "aclrtMemGetAllocationPropertiesFromHandle", call_properties, NULL, 0 },
};

const struct call_table calls_vmm = TABLE(calls_vmm_list);

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

CALL(aclrtMemSetPidToShareableHandle,
	aclrtMemSetPidToShareableHandle(c->share, (int32_t *)&c->peer.pid, 1))
CALL(aclrtMemSetPidToShareableHandleV2,
	aclrtMemSetPidToShareableHandleV2(&c->share, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT,
				       (int32_t *)&c->peer.pid, 1))
CALL(aclrtMemImportFromShareableHandle,
	aclrtMemImportFromShareableHandle(c->far_share, 0, &c->made))
CALL(aclrtMemImportFromShareableHandleV2,
	aclrtMemImportFromShareableHandleV2(&c->far_share, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, 0,
					 &c->made))
CALL(aclrtIpcMemGetExportKey,
	aclrtIpcMemGetExportKey(c->dev, CALLS_SIZE, c->text, CALLS_KEY, 0))
UNDO(aclrtIpcMemGetExportKey, aclrtIpcMemClose(c->text))
CALL(aclrtIpcMemSetImportPid, aclrtIpcMemSetImportPid(c->key, (int32_t *)&c->peer.pid, 1))
CALL(aclrtIpcMemImportByKey, aclrtIpcMemImportByKey(&c->made, c->far.memory, 0))
UNDO(aclrtIpcMemImportByKey, aclrtIpcMemClose(c->far.memory))
CALL(aclrtIpcMemClose, aclrtIpcMemClose(c->key))
UNDO(aclrtIpcMemClose, aclrtIpcMemGetExportKey(c->dev, CALLS_SIZE, c->key, CALLS_KEY, 0))
CALL(aclrtDeviceGetBareTgid, aclrtDeviceGetBareTgid((int32_t *)&c->number))

static const struct call calls_share_list[] = {
	{ "aclrtMemExportToShareableHandle", call_export, undo_free_physical, 0 },
	{ "aclrtMemExportToShareableHandleV2", call_export_v2, undo_free_physical, 0 },
	ONE(aclrtMemSetPidToShareableHandle), ONE(aclrtMemSetPidToShareableHandleV2),
	WITH(aclrtMemImportFromShareableHandle, free_physical),
	WITH(aclrtMemImportFromShareableHandleV2, free_physical), TWO(aclrtIpcMemGetExportKey),
	ONE(aclrtIpcMemSetImportPid), TWO(aclrtIpcMemImportByKey), TWO(aclrtIpcMemClose),
	ONE(aclrtDeviceGetBareTgid),
};

const struct call_table calls_share = TABLE(calls_share_list);

/* ---- allocators and copies ---- */

CALL(aclrtMalloc, aclrtMalloc(&c->made, 3 * MIB, ACL_MEM_MALLOC_HUGE_FIRST))
CALL(small, aclrtMalloc(&c->made, 100, ACL_MEM_MALLOC_HUGE_FIRST))
CALL(aclrtMallocAlign32, aclrtMallocAlign32(&c->made, 5000, ACL_MEM_MALLOC_HUGE_FIRST))
CALL(aclrtMallocWithCfg, aclrtMallocWithCfg(&c->made, MIB, ACL_MEM_MALLOC_HUGE_FIRST, NULL))
CALL(aclrtFree, aclrtFree(c->dev))
static aclError undo_aclrtFree(struct calls *c)
{
	aclError code = aclrtMalloc((void **)&c->dev, 4 * MIB, ACL_MEM_MALLOC_HUGE_FIRST);

	return code ? code : aclrtIpcMemGetExportKey(c->dev, CALLS_SIZE, c->key, CALLS_KEY, 0);
}

CALL(aclrtMallocHost, aclrtMallocHost(&c->made, 3 * MIB))
CALL(aclrtMallocHostWithCfg, aclrtMallocHostWithCfg(&c->made, 3 * MIB, NULL))
CALL(aclrtFreeHost, aclrtFreeHost(c->host))
UNDO(aclrtFreeHost, aclrtMallocHost((void **)&c->host, CALLS_SIZE))
CALL(aclrtFreeWithDevSync, aclrtFreeWithDevSync(c->dev))
UNDO(aclrtFreeWithDevSync, undo_aclrtFree(c))
CALL(aclrtFreeHostWithDevSync, aclrtFreeHostWithDevSync(c->host))
UNDO(aclrtFreeHostWithDevSync, undo_aclrtFreeHost(c))
CALL(aclrtHostRegister,
	aclrtHostRegister(c->own, CALLS_SIZE, ACL_HOST_REGISTER_MAPPED, &c->made))
UNDO(aclrtHostRegister, aclrtHostUnregister(c->own))
CALL(aclrtMemcpy,
	aclrtMemcpy(c->dev, CALLS_SIZE, c->own, CALLS_SIZE, ACL_MEMCPY_HOST_TO_DEVICE))
CALL(aclrtMemset, aclrtMemset(c->dev, CALLS_SIZE, 7, CALLS_SIZE))
CALL(aclrtMemcpy2d,
	aclrtMemcpy2d(c->dev, 512, c->own, 256, 200, 16, ACL_MEMCPY_HOST_TO_DEVICE))

aclError calls_batch(struct calls *c, enum calls_batch form)
{
	char *from = form == BATCH ? c->own : c->host;
	void *dst[] = { c->dev, c->dev + 4096 }, *src[] = { from, from + 4096 };
	size_t size[] = { 4096, 100 }, index[] = { 0 }, fail;
	aclrtMemcpyBatchAttr attr = { .dstLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE,
				      .srcLoc.type = ACL_MEM_LOCATION_TYPE_HOST };

	switch (form) {
	case BATCH:
		return aclrtMemcpyBatch(dst, size, src, size, 2, &attr, index, 1, &fail);
	case BATCH_V2:
		return aclrtMemcpyBatchV2(dst, size, src, size, 2, &attr, index, 1);
	case BATCH_ASYNC:
		return aclrtMemcpyBatchAsync(dst, size, src, size, 2, &attr, index, 1, &fail,
					     c->stream);
	default:
		return aclrtMemcpyBatchAsyncV2(dst, size, src, size, 2, &attr, index, 1,
					       c->stream);
	}
}

CALL(aclrtMemcpyBatch, calls_batch(c, BATCH))

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

static const struct call calls_memory_list[] = {
	WITH(aclrtMalloc, free), { "aclrtMalloc of few bytes", call_small, undo_free, 0 },
	WITH(aclrtMallocAlign32, free), WITH(aclrtMallocWithCfg, free), TWO(aclrtFree),
	WITH(aclrtMallocHost, free_host), WITH(aclrtMallocHostWithCfg, free_host),
	TWO(aclrtFreeHost), TWO(aclrtHostRegister), ONE(aclrtMemcpy), ONE(aclrtMemset),
	ONE(aclrtMemcpy2d), ONE(aclrtMemcpyBatch), ONE(aclrtPointerGetAttributes),
	ONE(aclrtGetMemInfo), TWO(aclrtFreeWithDevSync), TWO(aclrtFreeHostWithDevSync),
};

const struct call_table calls_memory = TABLE(calls_memory_list);
