// SPDX-License-Identifier: MIT
/*
 * Limits of cores: stored, and given back by the calls that ask how many cores a
 * program may use.
 */
#include <inttypes.h>
#include <stdatomic.h>

#include "core/error.h"
#include "core/process.h"
#include "device/context.h"
#include "device/cores.h"
#include "device/device.h"

struct cores {
	_Atomic uint32_t limit[ACL_EMU_MAX_DEVICES][EMU_CORE_KINDS];	/* 0: none */
};

EMU_STATE(struct cores, cores, NULL)

aclError emu_cores_check(aclrtDevResLimitType type)
{
	if ((unsigned int)type < EMU_CORE_KINDS)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use ACL_RT_DEV_RES_CUBE_CORE or _VECTOR_CORE",
			 "type %u is unknown", (unsigned int)type);
}

aclError emu_cores_check_value(uint32_t device, aclrtDevResLimitType type, uint32_t value)
{
	uint32_t most;
	aclError code;

	(void)device;
	code = emu_profile_cores(type, &most);
	if (code || value <= most)
		return code;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use no more than the device has",
			 "value is %" PRIu32 ", and the device has %" PRIu32 " such cores", value,
			 most);
}

aclError emu_cores_of_device(uint32_t device, aclrtDevResLimitType type, uint32_t *value)
{
	uint32_t limit = atomic_load(&cores()->limit[device][type]);

	if (!limit)
		return emu_profile_cores(type, value);
	*value = limit;
	return ACL_SUCCESS;
}

aclError aclrtGetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type, uint32_t *value)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!value)
		return emu_null("value");
	code = emu_cores_check(type);
	if (!code)
		code = emu_device_find(deviceId, &device);
	return code ? code : emu_cores_of_device(device, type, value);
}

aclError aclrtSetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type, uint32_t value)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	code = emu_cores_check(type);
	if (!code)
		code = emu_device_find(deviceId, &device);
	if (!code && !emu_device_is_open(device))
		code = emu_error(ACL_ERROR_RT_CONTEXT_NULL, "call aclrtSetDevice() first",
				 "device %" PRId32 " is not in use in this process", deviceId);
	if (!code)
		code = emu_cores_check_value(device, type, value);
	if (!code)
		atomic_store(&cores()->limit[device][type], value);
	return code;
}

aclError aclrtResetDeviceResLimit(int32_t deviceId)
{
	uint32_t device;
	aclError code;
	int i;

	EMU_ENTER();
	code = emu_device_find(deviceId, &device);
	for (i = 0; !code && i < EMU_CORE_KINDS; i++)
		atomic_store(&cores()->limit[device][i], 0);
	return code;
}
