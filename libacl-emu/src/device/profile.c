// SPDX-License-Identifier: MIT
/*
 * The profile of the emulated kind of device.
 *
 * No cores are emulated. Programs choose their code and tiling by these numbers,
 * which are published for a real device. ACL_EMU_SOC names another device; if it
 * is not in the table, only its name is used.
 */
#include <inttypes.h>
#include <string.h>

#include "core/config.h"
#include "core/error.h"
#include "core/visible.h"
#include "device/context.h"
#include "device/cores.h"
#include "device/device.h"

#define SOC_DEFAULT	"Ascend910B3"

struct profile {
	const char *name;
	uint32_t cubes;		/* cores for matrices; these are the "AI cores" */
	uint32_t vectors;
	uint64_t l2;		/* bytes */
};

static const struct profile profiles[] = {
	{ "Ascend910B1", 24, 48, 192 * UINT64_C(1048576) },
	{ "Ascend910B2", 24, 48, 192 * UINT64_C(1048576) },
	{ SOC_DEFAULT, 20, 40, 192 * UINT64_C(1048576) },
	{ "Ascend910B4", 20, 40, 96 * UINT64_C(1048576) },
};

/* Names of devices that run each other's binaries begin with one of these. */
static const char *const families[] = { "Ascend910B", "Ascend910_93" };

static const char *soc_name(void)
{
	const char *name = emu_variable(EMU_VAR_SOC);

	return name ? name : SOC_DEFAULT;
}

static const struct profile *profile(void)
{
	const char *name = soc_name();
	size_t i;

	for (i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		if (!strcmp(profiles[i].name, name))
			return &profiles[i];
	}
	emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
		  "unset ACL_EMU_SOC or name Ascend910B1, B2, B3 or B4",
		  "nothing but its name is known of the device %s", name);
	return NULL;
}

const char *aclrtGetSocName(void)
{
	EMU_ENTER();
	return soc_name();
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
	const struct profile *p;
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
	p = profile();
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
	const struct profile *p = profile();

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
	*canCompatible = !strcmp(socVersion, soc_name()) ||
			 (in_family(socVersion) && in_family(soc_name()));
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

/* --- ids ----------------------------------------------------------------- */

/* The physical id of a device is its number in the module. */
static aclError device_of(int32_t user, const char *name, int32_t *out)
{
	uint32_t device;
	aclError code;

	if (!out)
		return emu_null(name);
	code = emu_device_find_arg(user, &device);
	if (!code)
		*out = (int32_t)device;
	return code;
}

static aclError user_of(int32_t device, const char *name, int32_t *out)
{
	uint32_t user;
	aclError code;

	if (!out)
		return emu_null(name);
	code = emu_device_user(device, &user);
	if (!code)
		*out = (int32_t)user;
	return code;
}

aclError aclrtGetLogicDevIdByUserDevId(const int32_t userDevid, int32_t *const logicDevId)
{
	EMU_ENTER();
	return device_of(userDevid, "logicDevId", logicDevId);
}

/*
 * By contract, the logical id of this call and of aclrtGetLogicDevIdByPhyDevId() is
 * a user id.
 */
aclError aclrtGetPhyDevIdByLogicDevId(const int32_t logicDevId, int32_t *const phyDevId)
{
	EMU_ENTER();
	return device_of(logicDevId, "phyDevId", phyDevId);
}

aclError aclrtGetPhyDevIdByUserDevId(const int32_t userDevId, int32_t *const phyDevId)
{
	EMU_ENTER();
	return device_of(userDevId, "phyDevId", phyDevId);
}

aclError aclrtGetUserDevIdByLogicDevId(const int32_t logicDevId, int32_t *const userDevid)
{
	EMU_ENTER();
	return user_of(logicDevId, "userDevid", userDevid);
}

aclError aclrtGetUserDevIdByPhyDevId(const int32_t phyDevId, int32_t *const userDevId)
{
	EMU_ENTER();
	return user_of(phyDevId, "userDevId", userDevId);
}

aclError aclrtGetLogicDevIdByPhyDevId(const int32_t phyDevId, int32_t *const logicDevId)
{
	EMU_ENTER();
	return user_of(phyDevId, "logicDevId", logicDevId);
}

/* --- use ----------------------------------------------------------------- */

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
