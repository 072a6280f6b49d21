// SPDX-License-Identifier: MIT
/*
 * Queries about a device: attributes, state, utilization.
 */
#include <inttypes.h>
#include <string.h>

#include "core/error.h"
#include "core/visible.h"
#include "device/device.h"

static aclError find_capacity(uint32_t device, int64_t *value)
{
	struct acl_emu_device_info info;
	aclError code = emu_device_info(device, &info);

	if (!code)
		*value = (int64_t)info.capacity;
	return code;
}

static bool attr_known(unsigned int attr)
{
	return attr == ACL_DEV_ATTR_AICPU_CORE_NUM ||
	       (attr >= ACL_DEV_ATTR_AICORE_CORE_NUM && attr <= ACL_DEV_ATTR_CUBE_CORE_NUM) ||
	       (attr >= ACL_DEV_ATTR_VECTOR_CORE_NUM && attr <= ACL_DEV_ATTR_MAX_BLOCK_DIM_Z) ||
	       (attr >= ACL_DEV_ATTR_SMP_ID && attr <= ACL_DEV_ATTR_DEVICE_FORM_FACTOR) ||
	       attr == ACL_DEV_ATTR_NPU_ARCH;
}

/* All devices of the machine belong to one server of one pod. */
static aclError find_attr(uint32_t device, aclrtDevAttr attr, int64_t *value)
{
	uint32_t user = emu_user_id(device);

	switch ((unsigned int)attr) {
	case ACL_DEV_ATTR_AICORE_CORE_NUM:
	case ACL_DEV_ATTR_CUBE_CORE_NUM:
		return aclGetDeviceCapability(user, ACL_DEVICE_INFO_AI_CORE_NUM, value);
	case ACL_DEV_ATTR_VECTOR_CORE_NUM:
		return aclGetDeviceCapability(user, ACL_DEVICE_INFO_VECTOR_CORE_NUM, value);
	case ACL_DEV_ATTR_L2_CACHE_SIZE:
		return aclGetDeviceCapability(user, ACL_DEVICE_INFO_L2_SIZE, value);
	case ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE:
		return find_capacity(device, value);
	case ACL_DEV_ATTR_PHY_CHIP_ID:
	case ACL_DEV_ATTR_SUPER_POD_DEVICE_ID:
		*value = device;
		return ACL_SUCCESS;
	case ACL_DEV_ATTR_SUPER_POD_SERVER_ID:
	case ACL_DEV_ATTR_SUPER_POD_ID:
	case ACL_DEV_ATTR_IS_VIRTUAL:
		*value = 0;
		return ACL_SUCCESS;
	default:
		break;
	}
	if (!attr_known((unsigned int)attr))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use one of aclrtDevAttr",
				 "attribute %u is unknown", (unsigned int)attr);
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "use another attribute",
			 "attribute %u of a device is not emulated", (unsigned int)attr);
}

aclError aclrtGetDeviceInfo(uint32_t deviceId, aclrtDevAttr attr, int64_t *value)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!value)
		return emu_null("value");
	code = emu_device_find(deviceId, &device);
	return code ? code : find_attr(device, attr, value);
}

/* There are no cores; the use of memory is in percent. */
aclError aclrtGetDeviceUtilizationRate(int32_t deviceId, aclrtUtilizationInfo *utilizationInfo)
{
	struct acl_emu_device_info info;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!utilizationInfo)
		return emu_null("utilizationInfo");
	if (utilizationInfo->utilizationExtend)
		return emu_error(ACL_ERROR_INVALID_PARAM, "set it to NULL",
				 "utilizationInfo->utilizationExtend is %p",
				 (void *)utilizationInfo->utilizationExtend);
	code = emu_device_find(deviceId, &device);
	if (!code)
		code = emu_device_info(device, &info);
	if (code)
		return code;
	memset(utilizationInfo, 0, sizeof(*utilizationInfo));
	utilizationInfo->memoryUtilization = (int32_t)(info.used / (info.capacity / 100 + 1));
	return ACL_SUCCESS;
}

/* Emulated devices do not fail. */
aclError aclrtQueryDeviceStatus(int32_t deviceId, aclrtDeviceStatus *deviceStatus)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!deviceStatus)
		return emu_null("deviceStatus");
	code = emu_device_find(deviceId, &device);
	if (!code)
		*deviceStatus = ACL_RT_DEVICE_STATUS_NORMAL;
	return code;
}

/* Their memory has no errors. */
aclError aclrtGetMemUceInfo(int32_t deviceId, aclrtMemUceInfo *memUceInfoArray, size_t arraySize,
			    size_t *retSize)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!memUceInfoArray)
		return emu_null("memUceInfoArray");
	if (!arraySize)
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "give the number of entries at memUceInfoArray", "arraySize is 0");
	if (!retSize)
		return emu_null("retSize");
	code = emu_device_find(deviceId, &device);
	if (!code)
		*retSize = 0;
	return code;
}

aclError aclrtDeviceGetStreamPriorityRange(int32_t *leastPriority, int32_t *greatestPriority)
{
	EMU_ENTER();
	if (leastPriority)
		*leastPriority = EMU_PRIORITY_LAST;
	if (greatestPriority)
		*greatestPriority = 0;
	return ACL_SUCCESS;
}

aclError aclrtGetPrimaryCtxState(int32_t deviceId, uint32_t *flags, int32_t *active)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (flags)
		return emu_error(ACL_ERROR_INVALID_PARAM, "set it to NULL", "flags is %p",
				 (void *)flags);
	code = emu_device_find(deviceId, &device);
	if (code)
		return code;
	if (active)
		*active = emu_device_set_count(device) != 0;
	return ACL_SUCCESS;
}

/* An emulated device has no property that is the same after a reboot. */
aclError aclrtDeviceGetUuid(int32_t deviceId, aclrtUuid *uuid)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!uuid)
		return emu_null("uuid");
	code = emu_device_find(deviceId, &device);
	if (code)
		return code;
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "use the id of the device",
			 "emulated devices have no UUID");
}
