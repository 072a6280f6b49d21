// SPDX-License-Identifier: MIT
/*
 * Share keys of memory, their lists of processes, and the text of names.
 *
 * Keys and names are those of the library, so that a process on this layer and one on
 * libascendcl.so share memory with each other.
 */
#include <inttypes.h>
#include <string.h>

#include "core/fabric.h"
#include "device.h"
#include "share.h"

drvError_t hal_share_allow(uint64_t key, const int *pids, uint32_t count)
{
	struct acl_emu_allow_pids arg = {
		.head = EMU_HEAD(acl_emu_allow_pids), .key = key, .pids = (uintptr_t)pids,
		.count = count,
	};

	if (!pids || !count || count > ACL_EMU_MAX_PIDS)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "give 1 to 65535 entries",
				  "the array %p has %" PRIu32 " entries", (const void *)pids,
				  count);
	return hal_ioctl(ACL_EMU_NR_ALLOW_PIDS, &arg.head, NULL, "share key 0x%" PRIx64, key);
}

/* A list that was dropped does not come back. */
drvError_t hal_share_allow_all(uint64_t key, bool on)
{
	struct acl_emu_allow_pids arg = {
		.head = EMU_HEAD(acl_emu_allow_pids, .flags = ACL_EMU_ALLOW_ALL), .key = key,
	};

	if (!on)
		return hal_unsupported("the list of a share key as attribute", 0);
	return hal_ioctl(ACL_EMU_NR_ALLOW_PIDS, &arg.head, NULL, "share key 0x%" PRIx64, key);
}

drvError_t hal_share_device(uint64_t key, uint32_t *device)
{
	struct acl_emu_share_query arg = { .head = EMU_HEAD(acl_emu_share_query), .key = key };
	int err = emu_ioctl(ACL_EMU_NR_SHARE_QUERY, &arg.head);

	if (err)
		return hal_fail(err, &arg.head, NULL, "share key 0x%" PRIx64, key);
	*device = arg.loc.type == ACL_EMU_LOC_DEVICE ? arg.loc.id : 0;
	return DRV_ERROR_NONE;
}

drvError_t hal_share_close(uint64_t key)
{
	struct acl_emu_share_close arg = { .head = EMU_HEAD(acl_emu_share_close), .key = key };

	return hal_ioctl(ACL_EMU_NR_SHARE_CLOSE, &arg.head, NULL, "share key 0x%" PRIx64, key);
}

/* --- names ------------------------------------------------------------------------------ */

drvError_t hal_name_write(uint64_t kind, const struct emu_ipc_name *name, char *text,
			  uint32_t room)
{
	if (!text || room <= EMU_IPC_NAME_LEN)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "give room for 65 bytes",
				  "the name has room for %" PRIu32 " bytes", room);
	emu_ipc_name_write(kind, name, text);
	text[EMU_IPC_NAME_LEN] = '\0';
	return DRV_ERROR_NONE;
}

drvError_t hal_name_read(uint64_t kind, const char *text, struct emu_ipc_name *name)
{
	if (text && strnlen(text, EMU_IPC_NAME_LEN + 1) == EMU_IPC_NAME_LEN &&
	    emu_ipc_name_read(kind, text, name))
		return DRV_ERROR_NONE;
	return hal_refuse(DRV_ERROR_INVALID_VALUE, "pass on the whole name unchanged",
			  "name '%.*s' was not made by this library", EMU_IPC_NAME_LEN,
			  text ? text : "");
}

/* --- keys of memory --------------------------------------------------------------------- */

static drvError_t export(drv_mem_handle_t *handle, uint64_t flags, uint64_t *key)
{
	struct acl_emu_export arg = {
		.head = EMU_HEAD(acl_emu_export, .flags = ACL_EMU_EXPORT_ONCE),
		.handle = (uintptr_t)handle,
	};
	int err;

	if (!handle)
		return hal_null("handle");
	if (flags)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "set it to 0", "flags is 0x%" PRIx64,
				  flags);
	err = emu_ioctl(ACL_EMU_NR_EXPORT, &arg.head);
	if (err)
		return hal_fail(err, &arg.head, NULL, "handle 0x%" PRIx64, (uint64_t)arg.handle);
	*key = arg.key;
	return DRV_ERROR_NONE;
}

static drvError_t check_type(int type, int wanted)
{
	return type == wanted ? DRV_ERROR_NONE :
	       hal_refuse(DRV_ERROR_INVALID_VALUE, "use the type of this call",
			  "the handle type is %d, not %d", type, wanted);
}

drvError_t halMemExportToShareableHandle(drv_mem_handle_t *handle, int handle_type,
					 uint64_t flags, uint64_t *shareable_handle)
{
	drvError_t code;

	EMU_ENTER();
	if (!shareable_handle)
		return hal_null("shareable_handle");
	code = check_type(handle_type, MEM_HANDLE_TYPE_NONE);
	return code ? code : export(handle, flags, shareable_handle);
}

drvError_t halMemExportToShareableHandleV2(drv_mem_handle_t *handle, int handle_type,
					   uint64_t flags, struct MemShareHandle *share_handle)
{
	drvError_t code;
	uint64_t key;

	EMU_ENTER();
	if (!share_handle)
		return hal_null("share_handle");
	if (handle_type != MEM_HANDLE_TYPE_NONE && handle_type != MEM_HANDLE_TYPE_FABRIC)
		return check_type(handle_type, MEM_HANDLE_TYPE_FABRIC);
	code = export(handle, flags, &key);
	if (code)
		return code;
	if (handle_type == MEM_HANDLE_TYPE_FABRIC)
		emu_fabric_write(share_handle, key);
	else
		memcpy(share_handle, &key, sizeof(key));
	return DRV_ERROR_NONE;
}

static drvError_t import(uint64_t key, uint32_t device, drv_mem_handle_t **handle)
{
	struct acl_emu_import arg = {
		.head = EMU_HEAD(acl_emu_import), .key = key, .device = device,
	};
	int err;

	if (!handle)
		return hal_null("handle");
	err = emu_ioctl(ACL_EMU_NR_IMPORT, &arg.head);
	if (err)
		return hal_fail(err, &arg.head, NULL, "share key 0x%" PRIx64 " for device %" PRIu32,
				key, device);
	*handle = (drv_mem_handle_t *)(uintptr_t)arg.handle;
	return DRV_ERROR_NONE;
}

drvError_t halMemImportFromShareableHandle(uint64_t shareable_handle, uint32_t devid,
					   drv_mem_handle_t **handle)
{
	EMU_ENTER();
	return import(shareable_handle, devid, handle);
}

static drvError_t key_of(int type, const struct MemShareHandle *share_handle, uint64_t *key)
{
	if (!share_handle)
		return hal_null("share_handle");
	if (type == MEM_HANDLE_TYPE_FABRIC)
		return hal_result(emu_fabric_read(share_handle, key));
	memcpy(key, share_handle, sizeof(*key));
	return check_type(type, MEM_HANDLE_TYPE_NONE);
}

drvError_t halMemImportFromShareableHandleV2(int handle_type, struct MemShareHandle *share_handle,
					     uint32_t devid, drv_mem_handle_t **handle)
{
	drvError_t code;
	uint64_t key;

	EMU_ENTER();
	code = key_of(handle_type, share_handle, &key);
	return code ? code : import(key, devid, handle);
}

drvError_t halMemTransShareableHandle(int handle_type, struct MemShareHandle *share_handle,
				      uint32_t *server_id, uint64_t *shareable_handle)
{
	drvError_t code;
	uint64_t key;

	EMU_ENTER();
	code = key_of(handle_type, share_handle, &key);
	if (code)
		return code;
	if (server_id)
		*server_id = 0;
	if (shareable_handle)
		*shareable_handle = key;
	return DRV_ERROR_NONE;
}

drvError_t halMemSetPidToShareableHandle(uint64_t shareable_handle, int pid[], uint32_t pid_num)
{
	EMU_ENTER();
	return hal_share_allow(shareable_handle, pid, pid_num);
}

drvError_t halMemShareHandleInfoGet(uint64_t shareable_handle, struct ShareHandleGetInfo *info)
{
	EMU_ENTER();
	return info ? hal_share_device(shareable_handle, &info->phyDevid) : hal_null("info");
}

drvError_t halMemShareHandleSetAttribute(uint64_t shareable_handle, int type,
					 struct ShareHandleAttr attr)
{
	EMU_ENTER();
	if (type != SHR_HANDLE_ATTR_NO_WLIST_IN_SERVER)
		return hal_unsupported("an attribute of type", (unsigned int)type);
	return hal_share_allow_all(shareable_handle, attr.enableFlag);
}
