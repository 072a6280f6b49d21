// SPDX-License-Identifier: MIT
/*
 * Memory shared between processes by share keys.
 *
 * The value that programs exchange is the random share key of the module. The
 * fabric form contains the same key, which is valid on this machine only.
 */
#include <inttypes.h>
#include <string.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/fabric.h"
#include "core/history.h"
#include "core/visible.h"
#include "device/context.h"
#include "device/device.h"

static aclError check_type(aclrtMemSharedHandleType type)
{
	if ((unsigned int)type != ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT &&
	    (unsigned int)type != ACL_MEM_SHARE_HANDLE_TYPE_FABRIC)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "use ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT (1) or _FABRIC (2)",
				 "shareType %u is unknown", (unsigned int)type);
	return ACL_SUCCESS;
}

static aclError check_export_flags(uint64_t flags)
{
	if (flags > ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0 or 1",
				 "flags is 0x%" PRIx64, flags);
	return ACL_SUCCESS;
}

/* The value may not be aligned. */
static void put_value(void *value, aclrtMemSharedHandleType type, uint64_t key)
{
	if (type == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC)
		emu_fabric_write(value, key);
	else
		memcpy(value, &key, sizeof(key));
}

static aclError get_value(const void *value, aclrtMemSharedHandleType type, uint64_t *key)
{
	if (type == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC)
		return emu_fabric_read(value, key);
	memcpy(key, value, sizeof(*key));
	return ACL_SUCCESS;
}

static aclError export_key(aclrtDrvMemHandle handle, uint64_t flags, uint64_t *key)
{
	struct acl_emu_export arg = {
		.head = EMU_HEAD(acl_emu_export, .flags = ACL_EMU_EXPORT_ONCE),
		.handle = (uintptr_t)handle,
	};
	int err;

	if (flags & ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION)
		arg.head.flags |= ACL_EMU_EXPORT_NO_LIST;
	err = emu_ioctl(ACL_EMU_NR_EXPORT, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, NULL, "handle 0x%" PRIx64, (uint64_t)arg.handle);
	emu_note(EMU_HANDLE, EMU_EXPORTED, arg.handle, 0);
	*key = arg.key;
	return ACL_SUCCESS;
}

aclError aclrtMemExportToShareableHandle(aclrtDrvMemHandle handle, aclrtMemHandleType handleType,
					 uint64_t flags, uint64_t *shareableHandle)
{
	aclError code;

	EMU_ENTER();
	if (!handle)
		return emu_null("handle");
	if ((unsigned int)handleType != ACL_MEM_HANDLE_TYPE_NONE)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_MEM_HANDLE_TYPE_NONE (0)",
				 "handleType is %u", (unsigned int)handleType);
	if (!shareableHandle)
		return emu_null("shareableHandle");
	code = check_export_flags(flags);
	if (!code)
		code = export_key(handle, flags, shareableHandle);
	return code;
}

aclError aclrtMemExportToShareableHandleV2(aclrtDrvMemHandle handle, uint64_t flags,
					   aclrtMemSharedHandleType shareType,
					   void *shareableHandle)
{
	uint32_t device;
	aclError code;
	uint64_t key;

	EMU_ENTER();
	if (!handle)
		return emu_null("handle");
	if (!shareableHandle)
		return emu_null("shareableHandle");
	code = check_type(shareType);
	if (!code)
		code = check_export_flags(flags);
	if (!code && shareType == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC)
		code = emu_context_current(&device);
	if (!code)
		code = export_key(handle, flags, &key);
	if (!code)
		put_value(shareableHandle, shareType, key);
	return code;
}

static aclError check_pids(const int32_t *pid, size_t count)
{
	if (!pid)
		return emu_null("pid");
	if (!count)
		return emu_error(ACL_ERROR_INVALID_PARAM, "give the number of entries at pid",
				 "pidNum is 0");
	return ACL_SUCCESS;
}

static aclError allow(uint64_t key, const int32_t *pid, size_t count)
{
	struct acl_emu_allow_pids arg = {
		.head = EMU_HEAD(acl_emu_allow_pids),
		.key = key,
		.pids = (uintptr_t)pid,
		.count = (uint32_t)count,
	};
	int err;

	if (count > ACL_EMU_MAX_PIDS)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give fewer, in several calls",
				 "pidNum is %zu, the limit is %d", count, ACL_EMU_MAX_PIDS);
	err = emu_ioctl(ACL_EMU_NR_ALLOW_PIDS, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, NULL, "shareable handle 0x%" PRIx64, key);
	return ACL_SUCCESS;
}

aclError aclrtMemSetPidToShareableHandle(uint64_t shareableHandle, int32_t *pid, size_t pidNum)
{
	aclError code;

	EMU_ENTER();
	code = check_pids(pid, pidNum);
	if (!code)
		code = allow(shareableHandle, pid, pidNum);
	return code;
}

aclError aclrtMemSetPidToShareableHandleV2(void *shareableHandle,
					   aclrtMemSharedHandleType shareType, int32_t *pid,
					   size_t pidNum)
{
	aclError code;
	uint64_t key;

	EMU_ENTER();
	if (!shareableHandle)
		return emu_null("shareableHandle");
	code = check_pids(pid, pidNum);
	if (!code)
		code = check_type(shareType);
	if (!code)
		code = get_value(shareableHandle, shareType, &key);
	if (!code)
		code = allow(key, pid, pidNum);
	return code;
}

static aclError import(uint64_t key, uint32_t device, aclrtDrvMemHandle *handle)
{
	struct acl_emu_import arg = {
		.head = EMU_HEAD(acl_emu_import),
		.key = key,
		.device = device,
	};
	int err = emu_ioctl(ACL_EMU_NR_IMPORT, &arg.head);

	if (err)
		return emu_fail(err, &arg.head, NULL,
				"shareable handle 0x%" PRIx64 " for device %" PRIu32, key,
				emu_user_id(device));
	emu_note(EMU_HANDLE, EMU_IMPORTED, arg.handle, 0);
	*handle = (aclrtDrvMemHandle)(uintptr_t)arg.handle;
	return ACL_SUCCESS;
}

/* An unknown key is reported before a missing context. */
static aclError query(uint64_t key)
{
	struct acl_emu_share_query arg = { .head = EMU_HEAD(acl_emu_share_query), .key = key };
	int err = emu_ioctl(ACL_EMU_NR_SHARE_QUERY, &arg.head);

	if (err)
		return emu_fail(err, &arg.head, NULL, "shareable handle 0x%" PRIx64, key);
	return ACL_SUCCESS;
}

aclError aclrtMemImportFromShareableHandle(uint64_t shareableHandle, int32_t deviceId,
					   aclrtDrvMemHandle *handle)
{
	uint32_t device, current;
	aclError code;

	EMU_ENTER();
	if (!handle)
		return emu_null("handle");
	code = emu_device_find(deviceId, &device);
	if (!code && !emu_context_device(emu_self.context, &current)) {
		code = query(shareableHandle);
		if (!code)
			code = emu_context_current(&current);
	}
	if (!code)
		code = import(shareableHandle, device, handle);
	return code;
}

aclError aclrtMemImportFromShareableHandleV2(void *shareableHandle,
					     aclrtMemSharedHandleType shareType, uint64_t flags,
					     aclrtDrvMemHandle *handle)
{
	uint32_t device;
	aclError code;
	uint64_t key;

	EMU_ENTER();
	if (!shareableHandle)
		return emu_null("shareableHandle");
	if (!handle)
		return emu_null("handle");
	if (flags)
		return emu_flags(flags);
	code = emu_context_current(&device);
	if (!code)
		code = check_type(shareType);
	if (!code)
		code = get_value(shareableHandle, shareType, &key);
	if (!code)
		code = import(key, device, handle);
	return code;
}
