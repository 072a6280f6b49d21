// SPDX-License-Identifier: MIT
/*
 * The profile of the emulated kind of device, and the ids of devices.
 */
#include <inttypes.h>
#include <string.h>

#include "core/error.h"
#include "core/soc.h"
#include "core/visible.h"
#include "device/context.h"
#include "device/cores.h"
#include "device/device.h"

/* Names of devices that run each other's binaries begin with one of these. */
static const char *const families[] = { "Ascend910B", "Ascend910_93" };

const char *aclrtGetSocName(void)
{
	EMU_ENTER();
	return emu_soc_name();
}

aclError aclrtGetRunMode(aclrtRunMode *runMode)
{
	EMU_ENTER();
	if (!runMode)
		return emu_null("runMode");
	*runMode = ACL_HOST;
	return ACL_SUCCESS;
}

/* This function does not return 107001 for a wrong device. */
aclError aclGetDeviceCapability(uint32_t deviceId, aclDeviceInfo deviceInfo, int64_t *value)
{
	const struct emu_soc *p;
	uint32_t count;
	aclError code;

	EMU_ENTER();
	if (!value)
		return emu_null("value");
	code = emu_device_count(&count);
	if (code)
		return code;
	count = emu_visible_count(count);
	if (deviceId >= count)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use the id of a visible device",
				 "device %" PRIu32 ": %" PRIu32 " devices are visible", deviceId,
				 count);
	if ((unsigned int)deviceInfo > ACL_DEVICE_INFO_L2_SIZE)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use one of aclDeviceInfo",
				 "deviceInfo %d is unknown", (int)deviceInfo);
	p = emu_soc();
	if (!p)
		return ACL_ERROR_RT_FEATURE_NOT_SUPPORT;
	if (deviceInfo == ACL_DEVICE_INFO_AI_CORE_NUM)
		*value = p->cubes;
	else if (deviceInfo == ACL_DEVICE_INFO_VECTOR_CORE_NUM)
		*value = p->vectors;
	else
		*value = (int64_t)p->l2;
	return ACL_SUCCESS;
}

/* Both features concern hardware that is not emulated. */
aclError aclrtGetDeviceCapability(int32_t deviceId, aclrtDevFeatureType devFeatureType,
				  int32_t *value)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!value)
		return emu_null("value");
	code = emu_device_find_arg(deviceId, &device);
	if (code)
		return code;
	if ((unsigned int)devFeatureType != ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV &&
	    (unsigned int)devFeatureType != ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use one of aclrtDevFeatureType",
				 "feature %u is unknown", (unsigned int)devFeatureType);
	code = emu_context_current(&device);
	if (!code)
		*value = ACL_DEV_FEATURE_NOT_SUPPORT;
	return code;
}

aclError emu_profile_cores(aclrtDevResLimitType type, uint32_t *value)
{
	const struct emu_soc *p = emu_soc();

	if (!p)
		return ACL_ERROR_RT_FEATURE_NOT_SUPPORT;
	*value = type == ACL_RT_DEV_RES_CUBE_CORE ? p->cubes : p->vectors;
	return ACL_SUCCESS;
}

static bool in_family(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (!strncmp(name, families[i], strlen(families[i])))
			return true;
	}
	return false;
}

/* Would a binary for that device run on the one that the profile describes? */
aclError aclrtCheckArchCompatibility(const char *socVersion, int32_t *canCompatible)
{
	EMU_ENTER();
	if (!socVersion)
		return emu_null("socVersion");
	if (!canCompatible)
		return emu_null("canCompatible");
	*canCompatible = !strcmp(socVersion, emu_soc_name()) ||
			 (in_family(socVersion) && in_family(emu_soc_name()));
	return ACL_SUCCESS;
}

/* No device fails here. */
aclError aclrtGetErrorVerbose(int32_t deviceId, aclrtErrorInfo *errorInfo)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!errorInfo)
		return emu_null("errorInfo");
	code = emu_device_find(deviceId, &device);
	if (!code)
		memset(errorInfo, 0, sizeof(*errorInfo));
	return code;
}

/* --- ids ------------------------------------------------------------------- */

/* The physical id of a device is its number in the module. */
static aclError id_of(aclError (*find)(int32_t id, uint32_t *found), int32_t id,
		      const char *name, int32_t *out)
{
	uint32_t found;
	aclError code;

	if (!out)
		return emu_null(name);
	code = find(id, &found);
	if (!code)
		*out = (int32_t)found;
	return code;
}

aclError aclrtGetLogicDevIdByUserDevId(const int32_t userDevid, int32_t *const logicDevId)
{
	EMU_ENTER();
	return id_of(emu_device_find_arg, userDevid, "logicDevId", logicDevId);
}

/*
 * By contract, the logical id of this call and of aclrtGetLogicDevIdByPhyDevId() is
 * a user id.
 */
aclError aclrtGetPhyDevIdByLogicDevId(const int32_t logicDevId, int32_t *const phyDevId)
{
	EMU_ENTER();
	return id_of(emu_device_find_arg, logicDevId, "phyDevId", phyDevId);
}

aclError aclrtGetPhyDevIdByUserDevId(const int32_t userDevId, int32_t *const phyDevId)
{
	EMU_ENTER();
	return id_of(emu_device_find_arg, userDevId, "phyDevId", phyDevId);
}

aclError aclrtGetUserDevIdByLogicDevId(const int32_t logicDevId, int32_t *const userDevid)
{
	EMU_ENTER();
	return id_of(emu_device_user, logicDevId, "userDevid", userDevid);
}

aclError aclrtGetUserDevIdByPhyDevId(const int32_t phyDevId, int32_t *const userDevId)
{
	EMU_ENTER();
	return id_of(emu_device_user, phyDevId, "userDevId", userDevId);
}

aclError aclrtGetLogicDevIdByPhyDevId(const int32_t phyDevId, int32_t *const logicDevId)
{
	EMU_ENTER();
	return id_of(emu_device_user, phyDevId, "logicDevId", logicDevId);
}

/* --- use ------------------------------------------------------------------- */

/* The module keeps one account for each device, without peaks. */
aclError aclrtGetMemUsageInfo(int32_t deviceId, aclrtMemUsageInfo *memUsageInfo,
			      size_t inputNum, size_t *outputNum)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!memUsageInfo)
		return emu_null("memUsageInfo");
	if (!inputNum)
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "give the number of entries at memUsageInfo", "inputNum is 0");
	if (!outputNum)
		return emu_null("outputNum");
	code = emu_device_find(deviceId, &device);
	if (code)
		return code;
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
			 "call aclrtGetMemInfo() for the memory of the device",
			 "memory is not accounted by module, and no peaks are kept");
}
