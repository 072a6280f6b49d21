// SPDX-License-Identifier: MIT
/*
 * Properties of devices, and what the layer supports.
 *
 * The values keep the runtime on its simple paths: one task scheduler, a chip that is
 * attached by PCIe, no features beyond the first version.
 */
#include <inttypes.h>
#include <string.h>

#include "core/soc.h"
#include "device.h"

#define OF_DEVICE	(-1)	/* the number of the device */
#define AICPU_CORES	6
#define ENV_CHIP	3	/* neither a simulator nor an emulator for the runtime */
#define ADDR_CONTROL	1	/* the register page that the runtime asks for */
#define CONTROL_PAGE	0x6a0000000ull
#define CONTROL_SIZE	0x1000ull

static const struct {
	int32_t module, type;
	int64_t value;
} constants[] = {
	{ HAL_MODULE_SYSTEM, HAL_INFO_ENV, ENV_CHIP },
	{ HAL_MODULE_SYSTEM, HAL_INFO_CORE_NUM, 1 },
	{ HAL_MODULE_SYSTEM, HAL_INFO_PHY_CHIP_ID, OF_DEVICE },
	{ HAL_MODULE_SYSTEM, HAL_INFO_PHY_DIE_ID, 0 },
	{ HAL_MODULE_SYSTEM, HAL_INFO_SDID, OF_DEVICE },
	{ HAL_MODULE_SYSTEM, HAL_INFO_SERVER_ID, 0 },
	{ HAL_MODULE_SYSTEM, HAL_INFO_SUPER_POD_ID, 0 },
	{ HAL_MODULE_SYSTEM, HAL_INFO_ADDR_MODE, 0 },
	{ HAL_MODULE_SYSTEM, HAL_INFO_RUN_MACH, 0 },
	{ HAL_MODULE_SYSTEM, HAL_INFO_HD_CONNECT_TYPE, 0 },
	{ HAL_MODULE_AICPU, HAL_INFO_CORE_NUM, AICPU_CORES },
	{ HAL_MODULE_AICPU, HAL_INFO_UTILIZATION, 0 },
	{ HAL_MODULE_AICORE, HAL_INFO_UTILIZATION, 0 },
	{ HAL_MODULE_VECTOR, HAL_INFO_UTILIZATION, 0 },
};

/* What depends on the kind of device; false: none of these. */
static bool soc_info(const struct emu_soc *soc, int32_t module, int32_t type, int64_t *value)
{
	if (module == HAL_MODULE_SYSTEM && type == HAL_INFO_VERSION)
		*value = soc->version;
	else if (module == HAL_MODULE_AICORE && type == HAL_INFO_CORE_NUM)
		*value = soc->cubes;
	else if (module == HAL_MODULE_VECTOR && type == HAL_INFO_CORE_NUM)
		*value = soc->vectors;
	else
		return false;
	return true;
}

static drvError_t device_info(uint32_t device, int32_t module, int32_t type, int64_t *value)
{
	const struct emu_soc *soc;
	drvError_t code;
	size_t i;

	if (!value)
		return hal_null("value");
	code = hal_device_check(device);
	if (code)
		return code;
	soc = emu_soc();
	if (!soc)
		return hal_result(ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
	if (soc_info(soc, module, type, value))
		return DRV_ERROR_NONE;
	for (i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
		if (constants[i].module != module || constants[i].type != type)
			continue;
		*value = constants[i].value == OF_DEVICE ? device : constants[i].value;
		return DRV_ERROR_NONE;
	}
	return hal_refuse(DRV_ERROR_NOT_SUPPORT, "do without it",
			  "property %" PRId32 " of component %" PRId32 " is not emulated", type,
			  module);
}

drvError_t halGetDeviceInfo(uint32_t devId, int32_t moduleType, int32_t infoType, int64_t *value)
{
	EMU_ENTER();
	return device_info(devId, moduleType, infoType, value);
}

drvError_t halGetPhyDeviceInfo(uint32_t phyId, int32_t moduleType, int32_t infoType,
			       int64_t *value)
{
	EMU_ENTER();
	return device_info(phyId, moduleType, infoType, value);
}

static drvError_t pair_info(uint32_t device, uint32_t other, int64_t *value)
{
	drvError_t code;

	if (!value)
		return hal_null("value");
	code = hal_device_check(device);
	if (!code)
		code = hal_device_check(other);
	if (!code)
		*value = 0;
	return code;
}

drvError_t halGetPairDevicesInfo(uint32_t devId, uint32_t otherDevId, int32_t infoType,
				 int64_t *value)
{
	(void)infoType;
	EMU_ENTER();
	return pair_info(devId, otherDevId, value);
}

drvError_t halGetPairPhyDevicesInfo(uint32_t devId, uint32_t otherDevId, int32_t infoType,
				    int64_t *value)
{
	(void)infoType;
	EMU_ENTER();
	return pair_info(devId, otherDevId, value);
}

drvError_t halGetChipCapability(uint32_t devId, struct halCapabilityInfo *info)
{
	drvError_t code;

	EMU_ENTER();
	if (!info)
		return hal_null("info");
	code = hal_device_check(devId);
	if (!code)
		*info = (struct halCapabilityInfo){ .ts_group_number = 1 };
	return code;
}

bool halSupportFeature(uint32_t devId, int type)
{
	(void)devId;
	return type == FEATURE_SVM_GET_USER_MALLOC_ATTR;
}

drvError_t drvDeviceGetTransWay(void *src, void *dest, uint8_t *trans_type)
{
	(void)src;
	(void)dest;
	EMU_ENTER();
	if (!trans_type)
		return hal_null("trans_type");
	*trans_type = 0;
	return DRV_ERROR_NONE;
}

drvError_t drvMemSmmuQuery(DVdevice device, uint32_t *SSID)
{
	drvError_t code;

	EMU_ENTER();
	if (!SSID)
		return hal_null("SSID");
	code = hal_device_check(device);
	if (!code)
		*SSID = 0;
	return code;
}

/* The devices emulated here have HBM and no DDR of their own. */
drvError_t halMemGetInfo(DVdevice device, unsigned int type, struct MemInfo *info)
{
	struct acl_emu_device_info memory;
	drvError_t code;

	EMU_ENTER();
	if (!info)
		return hal_null("info");
	if (type < MEM_INFO_TYPE_DDR_SIZE || type > MEM_INFO_TYPE_HBM_P2P_SIZE)
		return hal_unsupported("memory information of type", type);
	code = hal_device_check(device);
	if (!code)
		code = hal_device_memory(device, &memory);
	if (code)
		return code;
	info->phy_info = (struct MemPhyInfo){ 0 };
	if (type == MEM_INFO_TYPE_HBM_SIZE || type == MEM_INFO_TYPE_HBM_P2P_SIZE) {
		info->phy_info.huge_total = memory.capacity;
		info->phy_info.huge_free = memory.used < memory.capacity ?
					   memory.capacity - memory.used : 0;
	}
	return DRV_ERROR_NONE;
}

/* The runtime uses the address in entries of the queues, never as a pointer. */
static drvError_t map_address(const struct AddrMapInPara *in, struct AddrMapOutPara *out,
			      size_t *size)
{
	drvError_t code = hal_device_check(in->devid);

	if (code)
		return code;
	if (in->addr_type != ADDR_CONTROL)
		return hal_unsupported("an address of type", in->addr_type);
	*out = (struct AddrMapOutPara){ CONTROL_PAGE, CONTROL_SIZE };
	if (size)
		*size = sizeof(*out);
	return DRV_ERROR_NONE;
}

drvError_t halMemCtl(int type, void *param_value, size_t param_value_size, void *out_value,
		     size_t *out_size_ret)
{
	EMU_ENTER();
	if (type == CTRL_TYPE_ADDR_UNMAP)
		return DRV_ERROR_NONE;
	if (type != CTRL_TYPE_ADDR_MAP && type != CTRL_TYPE_SUPPORT_FEATURE)
		return hal_unsupported("a control of type", (unsigned int)type);
	if (!param_value || !out_value)
		return hal_null("an argument");
	if (type == CTRL_TYPE_ADDR_MAP && param_value_size < sizeof(struct AddrMapInPara))
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "give the whole structure",
				  "the argument has %zu bytes", param_value_size);
	if (type == CTRL_TYPE_ADDR_MAP)
		return map_address(param_value, out_value, out_size_ret);
	memset(out_value, 0, sizeof(struct supportFeaturePara));
	if (out_size_ret)
		*out_size_ret = sizeof(struct supportFeaturePara);
	return DRV_ERROR_NONE;
}

drvError_t halGetCapabilityGroupInfo(int device_id, int ts_id, int group_id, void *group_info,
				     int group_count)
{
	(void)device_id;
	(void)ts_id;
	(void)group_info;
	(void)group_count;
	EMU_ENTER();
	return hal_unsupported("a group of cores", (unsigned int)group_id);
}

void drvDfxShowReport(uint32_t devId)
{
	(void)devId;
}

void drvFlushCache(uint64_t base, uint32_t len)
{
	(void)base;
	(void)len;
}
