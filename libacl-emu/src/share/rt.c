// SPDX-License-Identifier: MIT
/*
 * Functions of the layer below acl, which client libraries look up by name.
 *
 * Each does what an acl function does, with other names and arguments. For a NULL
 * pointer they return 107000.
 */
#include <inttypes.h>

#include "core/error.h"
#include "device/device.h"
#include "runtime/rt.h"
#include "share/ipc.h"

/* Arguments of rtGetDeviceInfo(). */
enum { MODULE_SYSTEM = 0, MODULE_AICORE = 4, MODULE_VECTOR_CORE = 7 };
enum {
	INFO_CORE_NUM = 3, INFO_PHY_CHIP_ID = 18, INFO_SDID = 26, INFO_SERVER_ID = 27,
	INFO_SUPER_POD_ID = 29,
};

static rtError_t report_null(const char *name)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer", "%s is NULL", name);
}

rtError_t rtDeviceGetBareTgid(uint32_t *pid)
{
	EMU_ENTER();
	if (!pid)
		return report_null("pid");
	return aclrtDeviceGetBareTgid((int32_t *)pid);
}

/* All devices of the machine belong to one server of one pod. */
static rtError_t system_info(uint32_t device, int32_t what, int64_t *val)
{
	switch (what) {
	case INFO_PHY_CHIP_ID:
	case INFO_SDID:
		*val = device;
		return ACL_SUCCESS;
	case INFO_SERVER_ID:
	case INFO_SUPER_POD_ID:
		*val = 0;
		return ACL_SUCCESS;
	default:
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "query another property",
				 "property %" PRId32 " of a device is not emulated", what);
	}
}

rtError_t rtGetDeviceInfo(uint32_t deviceId, int32_t moduleType, int32_t infoType, int64_t *val)
{
	aclDeviceInfo cores = moduleType == MODULE_AICORE ? ACL_DEVICE_INFO_AI_CORE_NUM :
							    ACL_DEVICE_INFO_VECTOR_CORE_NUM;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!val)
		return report_null("val");
	code = emu_device_find(deviceId, &device);
	if (code)
		return code;
	if (moduleType == MODULE_SYSTEM)
		return system_info(device, infoType, val);
	if ((moduleType == MODULE_AICORE || moduleType == MODULE_VECTOR_CORE) &&
	    infoType == INFO_CORE_NUM)
		return aclGetDeviceCapability(deviceId, cores, val);
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "query another property",
			 "property %" PRId32 " of part %" PRId32 " of a device is not emulated",
			 infoType, moduleType);
}

rtError_t rtGetDevicePhyIdByIndex(uint32_t devIndex, uint32_t *phyId)
{
	EMU_ENTER();
	if (!phyId)
		return report_null("phyId");
	return emu_device_find(devIndex, phyId);
}

rtError_t rtGetLogicDevIdByUserDevId(const int32_t userDevId, int32_t *const logicDevId)
{
	EMU_ENTER();
	if (!logicDevId)
		return report_null("logicDevId");
	return aclrtGetLogicDevIdByUserDevId(userDevId, logicDevId);
}

rtError_t rtIpcSetMemoryName(const void *ptr, uint64_t byteCount, char_t *name, uint32_t len)
{
	EMU_ENTER();
	if (!ptr)
		return report_null("ptr");
	if (!name)
		return report_null("name");
	return aclrtIpcMemGetExportKey((void *)(uintptr_t)ptr, byteCount, name, len,
				       ACL_RT_IPC_MEM_EXPORT_FLAG_DEFAULT);
}

rtError_t rtSetIpcMemorySuperPodPid(const char_t *name, uint32_t sdid, int32_t pid[], int32_t num)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!name)
		return report_null("name");
	if (!pid)
		return report_null("pid");
	if (num <= 0)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give at least one entry",
				 "num is %" PRId32, num);
	code = emu_device_find(sdid, &device);
	if (code)
		return code;
	return aclrtIpcMemSetImportPid(name, pid, (size_t)num);
}

rtError_t rtIpcOpenMemory(void **ptr, const char_t *name)
{
	EMU_ENTER();
	if (!ptr)
		return report_null("ptr");
	if (!name)
		return report_null("name");
	return aclrtIpcMemImportByKey(ptr, name, ACL_RT_IPC_MEM_IMPORT_FLAG_DEFAULT);
}

rtError_t rtIpcCloseMemory(const void *ptr)
{
	EMU_ENTER();
	if (!ptr)
		return report_null("ptr");
	return emu_ipc_close((uintptr_t)ptr);
}

rtError_t rtIpcDestroyMemoryName(const char_t *name)
{
	EMU_ENTER();
	if (!name)
		return report_null("name");
	return aclrtIpcMemClose(name);
}
