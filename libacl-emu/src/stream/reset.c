// SPDX-License-Identifier: MIT
/*
 * Calls for all streams of a device or a context: reset, end and synchronization.
 */
#include <inttypes.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/leak.h"
#include "core/visible.h"
#include "device/captures.h"
#include "device/context.h"
#include "device/device.h"
#include "memory/heap.h"
#include "memory/host.h"
#include "memory/malloc.h"
#include "memory/mempool.h"
#include "memory/peer.h"
#include "stream/ending.h"
#include "stream/stream.h"

static int reset_ioctl(void *arg)
{
	struct acl_emu_device *device = arg;

	return emu_ioctl(ACL_EMU_NR_DEVICE_RESET, &device->head);
}

/* Releases all memory of the device, or on failure nothing. */
static aclError reset_memory(uint32_t id, bool force)
{
	struct acl_emu_device arg = { .head = EMU_HEAD(acl_emu_device), .device = id };
	int err;

	(void)force;
	emu_leak_report(emu_self.function, id);
	err = emu_heap_reset(id, reset_ioctl, &arg);
	if (err)
		return emu_fail(err, &arg.head, NULL, "device %" PRIu32, emu_user_id(id));
	emu_peer_reset_device(id);
	emu_mempool_reset_device(id);
	return ACL_SUCCESS;
}

/* Contexts that the program created, and memory, stay until the last of these contexts ends. */
static aclError reset_contexts(uint32_t id, bool force)
{
	aclError code = ACL_SUCCESS;

	if (force || !emu_context_any(id))
		code = reset_memory(id, force);
	if (!code)
		emu_context_reset_device(id, force);
	return code;
}

/*
 * Waits for the work in the streams, or with @force drops it. Work that other
 * threads submit meanwhile is dropped, or keeps the device open by using it.
 */
static aclError device_reset(int32_t id, bool force)
{
	uint32_t device;
	aclError code;

	code = emu_device_find(id, &device);
	if (code)
		return code;
	if (emu_stream_any_mine(device, 0))
		return emu_stream_wait_self();
	if (force)
		emu_stream_abort_all(device, false);
	else if (emu_device_set_count(device) == 1)
		emu_stream_drain(device, emu_context_default(device));
	code = emu_device_release(device, force, reset_contexts);
	/* Ends the streams of the contexts that ended with the device. */
	emu_stream_end_all(device, 0, true);
	return code;
}

aclError aclrtResetDevice(int32_t deviceId)
{
	EMU_ENTER();
	return device_reset(deviceId, false);
}

aclError aclrtResetDeviceForce(int32_t deviceId)
{
	EMU_ENTER();
	return device_reset(deviceId, true);
}

static aclError report_no_context(uint64_t token)
{
	return emu_error(ACL_ERROR_RT_CONTEXT_NULL, "destroy each context once",
			 "0x%" PRIx64 " is no context, or was destroyed before", token);
}

aclError aclrtDestroyContext(aclrtContext context)
{
	uint64_t token = (uintptr_t)context;
	uint32_t device;

	EMU_ENTER();
	if (!context)
		return emu_null("context");
	if (!emu_context_device(token, &device))
		return report_no_context(token);
	if (emu_context_slot(token) < ACL_EMU_MAX_DEVICES)
		return emu_error(ACL_ERROR_RT_CONTEXT_NULL, "use aclrtResetDevice()",
				 "0x%" PRIx64 " is the default context of device %" PRIu32, token,
				 emu_user_id(device));
	if (emu_stream_any_mine(device, token))
		return emu_stream_wait_self();
	/* Tasks run while their context exists; their failures are not reported. */
	emu_stream_drain(device, token);
	if (!emu_context_end(token))
		return report_no_context(token);
	emu_stream_end_all(device, token, false);
	if (emu_self.context == token)
		emu_self.context = 0;
	return emu_device_context_gone(device, reset_memory);
}

/* The timeout is for hardware that does not respond; threads always respond. */
aclError aclrtDeviceTaskAbort(int32_t deviceId, uint32_t timeout)
{
	uint32_t device;
	aclError code;

	(void)timeout;
	EMU_ENTER();
	code = emu_device_find(deviceId, &device);
	if (code)
		return code;
	if (!emu_device_is_open(device))
		return emu_error(ACL_ERROR_RT_CONTEXT_NULL, "call aclrtSetDevice() first",
				 "device %" PRId32 " is not in use in this process", deviceId);
	if (emu_stream_any_mine(device, 0))
		return emu_stream_wait_self();
	emu_stream_abort_all(device, true);
	return ACL_SUCCESS;
}

/* --- synchronization --------------------------------------------------------- */

static aclError synchronize(const struct timespec *deadline)
{
	uint32_t device;
	aclError code;

	code = emu_context_current(&device);
	if (!code)
		code = emu_captures_none(emu_self.context);
	if (code)
		return code;
	if (emu_stream_any_mine(device, 0))
		return emu_stream_wait_self();
	code = emu_stream_sync_all(device, 0, deadline);
	if (!code)
		emu_mempool_synchronized(device, 0);
	return code;
}

aclError aclrtSynchronizeDevice(void)
{
	EMU_ENTER();
	return synchronize(NULL);
}

aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout)
{
	struct timespec deadline;

	EMU_ENTER();
	if (timeout < EMU_FOREVER || !timeout)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "give milliseconds, or -1 to wait without end",
				 "timeout is %" PRId32 " ms", timeout);
	if (timeout == EMU_FOREVER)
		return synchronize(NULL);
	deadline = emu_deadline(timeout);
	return synchronize(&deadline);
}

aclError aclrtFreeWithDevSync(void *devPtr)
{
	aclError code;

	EMU_ENTER();
	if (!devPtr)
		return emu_null("devPtr");
	code = synchronize(NULL);
	return code ? code : emu_malloc_free(devPtr);
}

aclError aclrtFreeHostWithDevSync(void *hostPtr)
{
	aclError code;

	EMU_ENTER();
	if (!hostPtr)
		return emu_null("hostPtr");
	code = synchronize(NULL);
	return code ? code : emu_host_free(hostPtr);
}
