// SPDX-License-Identifier: MIT
/*
 * Devices: how often the process has set each, and their memory.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/process.h"
#include "device/context.h"
#include "device/device.h"

struct devices {
	/* Held over the calls of the module, so that both sides stay the same. */
	pthread_mutex_t lock;
	struct {
		uint64_t set;	/* calls of aclrtSetDevice() that are not taken back */
		bool open;	/* set, or used by a context */
	} of[ACL_EMU_MAX_DEVICES];
	/* 0: not queried. Constant while the module is loaded, so while the node is open. */
	_Atomic uint32_t count;
};

EMU_STATE(struct devices, devices, NULL)

aclError emu_device_count(uint32_t *count)
{
	struct acl_emu_query query = {
		.head = EMU_HEAD(acl_emu_query),
		.param = ACL_EMU_PARAM_DEVICES,
	};
	int err;

	*count = atomic_load_explicit(&devices()->count, memory_order_relaxed);
	if (*count)
		return ACL_SUCCESS;
	err = emu_ioctl(ACL_EMU_NR_QUERY, &query.head);
	if (err)
		return emu_fail(err, &query.head, NULL, "the number of devices");
	*count = (uint32_t)query.value;
	atomic_store(&devices()->count, *count);
	return ACL_SUCCESS;
}

aclError emu_device_check(int64_t id)
{
	aclError code;
	uint32_t count;

	code = emu_device_count(&count);
	if (code)
		return code;
	if (id < 0 || id >= count)
		return emu_error(ACL_ERROR_RT_INVALID_DEVICEID, "use one of these ids",
				 "device %" PRId64 ": devices are 0 to %" PRIu32, id, count - 1);
	return ACL_SUCCESS;
}

static aclError open_locked(uint32_t id)
{
	struct acl_emu_device arg = { .head = EMU_HEAD(acl_emu_device), .device = id };
	int err;

	if (devices()->of[id].open)
		return ACL_SUCCESS;
	err = emu_ioctl(ACL_EMU_NR_DEVICE_OPEN, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, NULL, "opening device %" PRIu32, id);
	devices()->of[id].open = true;
	return ACL_SUCCESS;
}

bool emu_device_is_open(uint32_t id)
{
	bool open;

	pthread_mutex_lock(&devices()->lock);
	open = devices()->of[id].open;
	pthread_mutex_unlock(&devices()->lock);
	return open;
}

aclError emu_device_open(uint32_t id)
{
	aclError code;

	pthread_mutex_lock(&devices()->lock);
	code = open_locked(id);
	pthread_mutex_unlock(&devices()->lock);
	return code;
}

aclError aclrtSetDevice(int32_t deviceId)
{
	aclError code;

	EMU_ENTER();
	code = emu_device_check(deviceId);
	if (code)
		return code;
	pthread_mutex_lock(&devices()->lock);
	code = open_locked((uint32_t)deviceId);
	if (!code) {
		devices()->of[deviceId].set++;
		emu_self.context = emu_context_default((uint32_t)deviceId);
	}
	pthread_mutex_unlock(&devices()->lock);
	return code;
}

/* Is one call of aclrtSetDevice() left to be taken back? */
bool emu_device_set_once(uint32_t id)
{
	bool once;

	pthread_mutex_lock(&devices()->lock);
	once = devices()->of[id].set == 1;
	pthread_mutex_unlock(&devices()->lock);
	return once;
}

/*
 * Takes back one call of aclrtSetDevice(), or with @force all of them. With the
 * last one it closes the device: @reset, called with the lock held, releases all
 * that is on the device, or on failure nothing.
 */
aclError emu_device_release(uint32_t id, bool force, aclError (*reset)(uint32_t id))
{
	aclError code = ACL_SUCCESS;

	pthread_mutex_lock(&devices()->lock);
	if (force ? !devices()->of[id].open : !devices()->of[id].set) {
		code = emu_error(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR,
				 "call it once for each aclrtSetDevice()",
				 "device %" PRIu32 " is not set in this process", id);
	} else if (force || devices()->of[id].set == 1) {
		code = reset(id);
		if (!code) {
			devices()->of[id].open = false;
			devices()->of[id].set = 0;
		}
	} else {
		devices()->of[id].set--;
	}
	pthread_mutex_unlock(&devices()->lock);
	return code;
}

aclError emu_device_info(uint32_t id, struct acl_emu_device_info *info)
{
	int err;

	*info = (struct acl_emu_device_info){
		.head = EMU_HEAD(acl_emu_device_info),
		.loc = { .type = ACL_EMU_LOC_DEVICE, .id = id },
	};
	err = emu_ioctl(ACL_EMU_NR_DEVICE_INFO, &info->head);
	if (err)
		return emu_fail(err, &info->head, NULL, "device %" PRIu32, id);
	return ACL_SUCCESS;
}

aclError aclrtGetDevice(int32_t *deviceId)
{
	aclError code;
	uint32_t device;

	EMU_ENTER();
	if (!deviceId)
		return emu_null("deviceId");
	code = emu_context_current(&device);
	if (!code)
		*deviceId = (int32_t)device;
	return code;
}

aclError aclrtGetDeviceCount(uint32_t *count)
{
	uint32_t found;
	aclError code;

	EMU_ENTER();
	if (!count)
		return emu_null("count");
	code = emu_device_count(&found);
	if (!code)
		*count = found;
	return code;
}

/* Queried each time: a forked child has another number. */
aclError aclrtDeviceGetBareTgid(int32_t *pid)
{
	struct acl_emu_tgid arg = { .head = EMU_HEAD(acl_emu_tgid) };
	int err;

	EMU_ENTER();
	if (!pid)
		return emu_null("pid");
	err = emu_ioctl(ACL_EMU_NR_GET_TGID, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, NULL, "the process id");
	*pid = arg.tgid;
	return ACL_SUCCESS;
}

/* The devices emulated here have HBM and no DDR of their own. */
static bool attr_is_ddr(unsigned int attr)
{
	return attr == ACL_DDR_MEM || attr == ACL_DDR_MEM_HUGE || attr == ACL_DDR_MEM_NORMAL ||
	       attr == ACL_DDR_MEM_P2P_HUGE || attr == ACL_DDR_MEM_P2P_NORMAL;
}

aclError aclrtGetMemInfo(aclrtMemAttr attr, size_t *free, size_t *total)
{
	struct acl_emu_device_info info;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!free)
		return emu_null("free");
	if (!total)
		return emu_null("total");
	if ((unsigned int)attr > ACL_MEM_P2P_HUGE1G)
		return emu_error(ACL_ERROR_RT_INVALID_MEMORY_TYPE, "use one of aclrtMemAttr",
				 "memory attribute %u is unknown", (unsigned int)attr);
	code = emu_context_current(&device);
	if (code)
		return code;
	if (attr_is_ddr((unsigned int)attr)) {
		*free = 0;
		*total = 0;
		return ACL_SUCCESS;
	}
	code = emu_device_info(device, &info);
	if (code)
		return code;
	/* Freed pages that are still referenced may exceed a capacity for a while. */
	*free = info.used < info.capacity ? info.capacity - info.used : 0;
	*total = info.capacity;
	return ACL_SUCCESS;
}
