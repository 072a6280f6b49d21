// SPDX-License-Identifier: MIT
/*
 * Devices: the number of times the process has set each one, and their memory.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>

#include "core/check.h"
#include "core/driver.h"
#include "core/error.h"
#include "core/process.h"
#include "core/visible.h"
#include "device/context.h"
#include "device/device.h"

struct devices {
	/* Held during the ioctls, so that library and module have the same state. */
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

	*count = atomic_load_explicit(&devices()->count, memory_order_acquire);
	if (*count)
		return ACL_SUCCESS;
	err = emu_ioctl(ACL_EMU_NR_QUERY, &query.head);
	if (err)
		return emu_fail(err, &query.head, NULL, "the number of devices");
	*count = (uint32_t)query.value;
	emu_visible_parse(*count);
	atomic_store(&devices()->count, *count);
	return ACL_SUCCESS;
}

static const char *visible_problem(void)
{
	switch (emu_visible_state()) {
	case EMU_VISIBLE_ORDER:
		return "is not in ascending order";
	case EMU_VISIBLE_TWICE:
		return "names a device twice";
	default:
		return "does not begin with the number of a device";
	}
}

static aclError report_none_visible(aclError code, uint32_t devices)
{
	return emu_error(code, "list numbers of devices in ascending order, separated by commas",
			 "no device is visible: " EMU_VISIBLE_NAME " is '%s' and %s, devices are "
			 "0 to %" PRIu32, emu_visible_text(), visible_problem(), devices - 1);
}

aclError emu_device_find_or(aclError bad, int64_t user, uint32_t *device)
{
	uint32_t devices, count;
	aclError code;

	code = emu_device_count(&devices);
	if (code)
		return code;
	count = emu_visible_count(devices);
	if (user >= 0 && user < count && emu_visible_device(user, device))
		return ACL_SUCCESS;
	if (emu_visible_state() == EMU_VISIBLE_ALL)
		return emu_error(bad, "use one of these ids",
				 "device %" PRId64 ": devices are 0 to %" PRIu32, user,
				 devices - 1);
	if (emu_visible_state() != EMU_VISIBLE_LIST)
		return report_none_visible(bad, devices);
	return emu_error(bad, "use the index of an entry of the list, from 0",
			 "device %" PRId64 ": devices are 0 to %" PRIu32 ", " EMU_VISIBLE_NAME
			 " is '%s'", user, count - 1, emu_visible_text());
}

/* The device of a user id. */
aclError emu_device_find(int64_t user, uint32_t *device)
{
	return emu_device_find_or(ACL_ERROR_RT_INVALID_DEVICEID, user, device);
}

aclError emu_device_find_arg(int32_t user, uint32_t *device)
{
	return emu_device_find_or(user < 0 ? ACL_ERROR_RT_PARAM_INVALID :
					     ACL_ERROR_RT_INVALID_DEVICEID, user, device);
}

/* The user id of a device. */
aclError emu_device_user(int32_t device, uint32_t *user)
{
	uint32_t devices;
	aclError code;

	code = emu_device_count(&devices);
	if (code)
		return code;
	if ((uint32_t)device >= devices)
		return emu_error(device < 0 ? ACL_ERROR_RT_PARAM_INVALID :
				 ACL_ERROR_RT_INVALID_DEVICEID, "use one of these ids",
				 "device %" PRId32 ": devices of the machine are 0 to %" PRIu32,
				 device, devices - 1);
	if (emu_visible_user(device, user))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_INVALID_DEVICEID, "use a device of the list",
			 "device %" PRId32 " of the machine is not visible, " EMU_VISIBLE_NAME
			 " is '%s'", device, emu_visible_text());
}

static aclError open_locked(uint32_t id)
{
	struct acl_emu_device arg = { .head = EMU_HEAD(acl_emu_device), .device = id };
	int err;

	if (devices()->of[id].open)
		return ACL_SUCCESS;
	err = emu_ioctl(ACL_EMU_NR_DEVICE_OPEN, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, NULL, "opening device %" PRIu32, emu_user_id(id));
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
	uint32_t device;
	aclError code;

	EMU_ENTER();
	code = emu_device_find(deviceId, &device);
	if (code)
		return code;
	pthread_mutex_lock(&devices()->lock);
	code = open_locked(device);
	if (!code) {
		devices()->of[device].set++;
		emu_self.context = emu_context_default(device);
	}
	pthread_mutex_unlock(&devices()->lock);
	if (!code)
		emu_check_opened();
	return code;
}

/* The number of calls of aclrtSetDevice() without a reset. */
uint64_t emu_device_set_count(uint32_t id)
{
	uint64_t count;

	pthread_mutex_lock(&devices()->lock);
	count = devices()->of[id].set;
	pthread_mutex_unlock(&devices()->lock);
	return count;
}

/*
 * Reverts one call of aclrtSetDevice(), or with @force all calls. After the last
 * one it calls @reset with the lock held. Contexts that are left keep the device
 * open.
 */
aclError emu_device_release(uint32_t id, bool force, aclError (*reset)(uint32_t id, bool force))
{
	aclError code = ACL_SUCCESS;

	pthread_mutex_lock(&devices()->lock);
	if (force ? !devices()->of[id].open : !devices()->of[id].set) {
		code = emu_error(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR,
				 "call it once for each aclrtSetDevice()",
				 "device %" PRIu32 " is not set in this process",
				 emu_user_id(id));
	} else if (force || devices()->of[id].set == 1) {
		code = reset(id, force);
		if (!code) {
			devices()->of[id].open = emu_context_any(id);
			devices()->of[id].set = 0;
		}
	} else {
		devices()->of[id].set--;
	}
	pthread_mutex_unlock(&devices()->lock);
	return code;
}

/* A context that the program created has ended; the last one closes a device that is not set. */
aclError emu_device_context_gone(uint32_t id, aclError (*reset)(uint32_t id, bool force))
{
	aclError code = ACL_SUCCESS;

	pthread_mutex_lock(&devices()->lock);
	if (devices()->of[id].open && !devices()->of[id].set && !emu_context_any(id)) {
		code = reset(id, false);
		devices()->of[id].open = code;
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
		return emu_fail(err, &info->head, NULL, "device %" PRIu32, emu_user_id(id));
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
		*deviceId = (int32_t)emu_user_id(device);
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
	if (code)
		return code;
	if (!emu_visible_count(found))
		return report_none_visible(ACL_ERROR_RT_NO_DEVICE, found);
	*count = emu_visible_count(found);
	return ACL_SUCCESS;
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
