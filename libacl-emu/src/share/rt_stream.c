// SPDX-License-Identifier: MIT
/*
 * Functions of the layer below acl for memory, streams, events and devices, which
 * launchers of kernels call. Each does what an acl function does.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "runtime/rt.h"
#include "stream/exception.h"
#include "stream/stream.h"

static rtError_t report_null(const char *name)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer", "%s is NULL", name);
}

/* A NULL pointer is 107000 here and 100000 in the acl layer. */
#define CALL(pointer_, call_) do { \
	EMU_ENTER(); \
	return (pointer_) ? (call_) : report_null(#pointer_); \
} while (0)

/* --- memory -------------------------------------------------------------- */

rtError_t rtMalloc(void **devPtr, uint64_t size, rtMemType_t type, const uint16_t moduleId)
{
	(void)type;
	(void)moduleId;
	EMU_ENTER();
	if (!devPtr)
		return report_null("devPtr");
	if (!size)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "ask for at least one byte",
				 "size is 0");
	return aclrtMallocAlign32(devPtr, size, ACL_MEM_MALLOC_HUGE_FIRST);
}

rtError_t rtFree(void *devPtr)
{
	CALL(devPtr, aclrtFree(devPtr));
}

rtError_t rtMallocHost(void **hostPtr, uint64_t size, const uint16_t moduleId)
{
	(void)moduleId;
	EMU_ENTER();
	if (!hostPtr)
		return report_null("hostPtr");
	if (!size)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "ask for at least one byte",
				 "size is 0");
	return aclrtMallocHost(hostPtr, size);
}

rtError_t rtFreeHost(void *hostPtr)
{
	CALL(hostPtr, aclrtFreeHost(hostPtr));
}

/* The kinds have the numbers of the acl layer. */
static rtError_t check_copy(const void *dst, uint64_t room, const void *src, uint64_t count,
			    rtMemcpyKind_t kind)
{
	if (!dst)
		return report_null("dst");
	if (!src)
		return report_null("src");
	if (count > room)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "copy no more than there is room for",
				 "cnt %" PRIu64 " is larger than destMax %" PRIu64, count, room);
	if ((unsigned int)kind > ACL_MEMCPY_DEFAULT)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use a kind of the header",
				 "kind %u is unknown", (unsigned int)kind);
	return ACL_SUCCESS;
}

rtError_t rtMemcpy(void *dst, uint64_t destMax, const void *src, uint64_t cnt, rtMemcpyKind_t kind)
{
	rtError_t code;

	EMU_ENTER();
	if (!cnt)
		return ACL_SUCCESS;
	code = check_copy(dst, destMax, src, cnt, kind);
	return code ? code : aclrtMemcpy(dst, destMax, src, cnt, (aclrtMemcpyKind)kind);
}

rtError_t rtMemcpyAsync(void *dst, uint64_t destMax, const void *src, uint64_t cnt,
			rtMemcpyKind_t kind, rtStream_t stm)
{
	rtError_t code;

	EMU_ENTER();
	if (!cnt)
		return ACL_SUCCESS;
	code = check_copy(dst, destMax, src, cnt, kind);
	return code ? code : aclrtMemcpyAsync(dst, destMax, src, cnt, (aclrtMemcpyKind)kind, stm);
}

rtError_t rtMemset(void *devPtr, uint64_t destMax, uint32_t val, uint64_t cnt)
{
	CALL(devPtr, aclrtMemset(devPtr, destMax, (int32_t)val, cnt));
}

/* --- streams and events -------------------------------------------------- */

static rtError_t check_priority(int32_t priority)
{
	if (priority >= 0 && priority <= 7)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use 0 to 7", "priority is %" PRId32,
			 priority);
}

rtError_t rtStreamCreateWithFlags(rtStream_t *stm, int32_t priority, uint32_t flags)
{
	rtError_t code;

	EMU_ENTER();
	if (!stm)
		return report_null("stm");
	code = check_priority(priority);
	return code ? code : aclrtCreateStreamWithConfig(stm, (uint32_t)priority, flags);
}

rtError_t rtStreamCreate(rtStream_t *stm, int32_t priority)
{
	EMU_ENTER();
	return rtStreamCreateWithFlags(stm, priority, 0);
}

rtError_t rtStreamDestroy(rtStream_t stm)
{
	CALL(stm, aclrtDestroyStream(stm));
}

rtError_t rtStreamSynchronize(rtStream_t stm)
{
	EMU_ENTER();
	return aclrtSynchronizeStream(stm);
}

rtError_t rtStreamGetSqid(const rtStream_t stm, uint32_t *sqId)
{
	CALL(sqId, aclrtStreamGetId(stm, (int32_t *)sqId));
}

rtError_t rtEventCreate(rtEvent_t *evt)
{
	CALL(evt, aclrtCreateEvent(evt));
}

/* --- devices ------------------------------------------------------------- */

rtError_t rtSetDevice(int32_t devId)
{
	EMU_ENTER();
	return aclrtSetDevice(devId);
}

rtError_t rtGetDevice(int32_t *devId)
{
	CALL(devId, aclrtGetDevice(devId));
}

rtError_t rtDeviceReset(int32_t devId)
{
	EMU_ENTER();
	return aclrtResetDevice(devId);
}

rtError_t rtDeviceSynchronize(void)
{
	EMU_ENTER();
	return aclrtSynchronizeDevice();
}

rtError_t rtGetDeviceCount(int32_t *cnt)
{
	CALL(cnt, aclrtGetDeviceCount((uint32_t *)cnt));
}

rtError_t rtCtxGetCurrent(rtContext_t *currentCtx)
{
	CALL(currentCtx, aclrtGetCurrentContext(currentCtx));
}

rtError_t rtEnableP2P(uint32_t devIdDes, uint32_t phyIdSrc, uint32_t flag)
{
	EMU_ENTER();
	if (devIdDes >= ACL_EMU_MAX_DEVICES || phyIdSrc >= ACL_EMU_MAX_DEVICES || flag)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use ids of devices, and flag 0",
				 "devIdDes is %" PRIu32 ", phyIdSrc %" PRIu32 ", flag %" PRIu32,
				 devIdDes, phyIdSrc, flag);
	return aclrtDeviceEnablePeerAccess((int32_t)phyIdSrc, 0);
}

rtError_t rtGetSocVersion(char_t *ver, const uint32_t maxLen)
{
	const char *name;

	EMU_ENTER();
	if (!ver)
		return report_null("ver");
	name = aclrtGetSocName();
	if (strlen(name) >= maxLen)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give more room",
				 "maxLen %" PRIu32 " is too small for '%s'", maxLen, name);
	memcpy(ver, name, strlen(name) + 1);
	return ACL_SUCCESS;
}

rtError_t rtGetAiCoreCount(uint32_t *aiCoreCnt)
{
	CALL(aiCoreCnt, aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, aiCoreCnt));
}

/* --- failed tasks -------------------------------------------------------- */

rtError_t rtRegTaskFailCallbackByModule(const char_t *moduleName, rtTaskFailCallback callback)
{
	CALL(moduleName, emu_exception_set(moduleName, callback));
}
