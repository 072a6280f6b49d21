// SPDX-License-Identifier: MIT
/*
 * Devices: how often each is set by the process, and their memory.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "core/visible.h"
#include "memory/pool.h"
#include "stream/ending.h"
#include "stream/stream.h"

/* One for the count and for the module's idea, so that they cannot part. */
static pthread_mutex_t device_lock = PTHREAD_MUTEX_INITIALIZER;

static struct {
	uint64_t set;	/* aclrtSetDevice() not taken back */
	bool open;	/* also by a context without a set */
} devices[ACL_EMU_MAX_DEVICES];

/* Fixed while the module is loaded, and it is while the node is open. */
static _Atomic uint32_t device_count;

void emu_device_forget(void)
{
	device_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	memset(devices, 0, sizeof(devices));
	atomic_store(&device_count, 0);
}

aclError emu_device_count(uint32_t *count)
{
	struct acl_emu_query query = {
		.head = EMU_HEAD(acl_emu_query),
		.param = ACL_EMU_PARAM_DEVICES,
	};
	int err;

	*count = atomic_load_explicit(&device_count, memory_order_relaxed);
	if (*count)
		return ACL_SUCCESS;
	err = emu_ioctl(ACL_EMU_NR_QUERY, &query.head);
	if (err)
		return emu_fail(err, &query.head, NULL, "the question for the number of devices");
	*count = (uint32_t)query.value;
	emu_visible_parse(*count);
	atomic_store(&device_count, *count);
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
		return "begins with no number of a device";
	}
}

/* A list that is void shows no device at all. */
static aclError say_void(aclError code, uint32_t devices)
{
	return emu_error(code, "list numbers of devices in ascending order, separated by commas",
			 "no device is visible: " EMU_VISIBLE_NAME "='%s' %s, devices are 0 to %"
			 PRIu32, emu_visible_text(), visible_problem(), devices - 1);
}

/* The device that a program's id names. */
aclError emu_device_find(int64_t user, uint32_t *device)
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
		return emu_error(ACL_ERROR_RT_INVALID_DEVICEID, NULL,
				 "there is no device %" PRId64 ", only 0 to %" PRIu32, user,
				 devices - 1);
	if (emu_visible_state() != EMU_VISIBLE_LIST)
		return say_void(ACL_ERROR_RT_INVALID_DEVICEID, devices);
	return emu_error(ACL_ERROR_RT_INVALID_DEVICEID, "ids count the entries of the list from 0",
			 "there is no device %" PRId64 ", only 0 to %" PRIu32 ": "
			 EMU_VISIBLE_NAME " is '%s'", user, count - 1, emu_visible_text());
}

/* The id that a program has for a device. */
aclError emu_device_user(int64_t device, uint32_t *user)
{
	uint32_t devices;
	aclError code;

	code = emu_device_count(&devices);
	if (code)
		return code;
	if (device < 0 || device >= devices)
		return emu_error(ACL_ERROR_RT_INVALID_DEVICEID, NULL,
				 "the machine has no device %" PRId64 ", only 0 to %" PRIu32,
				 device, devices - 1);
	if (emu_visible_user(device, user))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_INVALID_DEVICEID, "name a device of the list",
			 "device %" PRId64 " of the machine is not in " EMU_VISIBLE_NAME "='%s'",
			 device, emu_visible_text());
}

static aclError open_locked(uint32_t id)
{
	struct acl_emu_device arg = { .head = EMU_HEAD(acl_emu_device), .device = id };
	int err;

	if (devices[id].open)
		return ACL_SUCCESS;
	err = emu_ioctl(ACL_EMU_NR_DEVICE_OPEN, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, NULL, "opening device %" PRIu32, emu_user_id(id));
	devices[id].open = true;
	return ACL_SUCCESS;
}

bool emu_device_is_open(uint32_t id)
{
	bool open;

	pthread_mutex_lock(&device_lock);
	open = devices[id].open;
	pthread_mutex_unlock(&device_lock);
	return open;
}

aclError emu_device_open(uint32_t id)
{
	aclError code;

	pthread_mutex_lock(&device_lock);
	code = open_locked(id);
	pthread_mutex_unlock(&device_lock);
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
	pthread_mutex_lock(&device_lock);
	code = open_locked(device);
	if (!code) {
		devices[device].set++;
		emu_self.context = emu_context_primary(device);
	}
	pthread_mutex_unlock(&device_lock);
	return code;
}

static int reset_ioctl(void *arg)
{
	struct acl_emu_device *device = arg;

	return emu_ioctl(ACL_EMU_NR_DEVICE_RESET, &device->head);
}

/* All that is on the device goes, or on failure nothing does. */
static aclError close_locked(uint32_t id)
{
	struct acl_emu_device arg = { .head = EMU_HEAD(acl_emu_device), .device = id };
	int err = emu_heap_reset(id, reset_ioctl, &arg);

	if (err)
		return emu_fail(err, &arg.head, NULL, "device %" PRIu32, emu_user_id(id));
	devices[id].open = false;
	devices[id].set = 0;
	emu_context_reset_device(id);
	emu_peer_reset_device(id);
	emu_pool_reset_device(id);
	return ACL_SUCCESS;
}

/*
 * Work that was put into streams is done first, or dropped by force. What other
 * threads put in meanwhile is dropped, or keeps the device open by using it.
 */
static void quiet_streams(uint32_t id, bool force)
{
	bool last;

	pthread_mutex_lock(&device_lock);
	last = devices[id].set == 1;
	pthread_mutex_unlock(&device_lock);
	if (force)
		emu_stream_abort_all(id, 0);
	else if (last)
		emu_stream_drain(id, 0);
}

static aclError device_reset(int32_t user, bool force)
{
	aclError code;
	uint32_t id;

	code = emu_device_find(user, &id);
	if (code)
		return code;
	if (emu_stream_any_mine(id, 0))
		return emu_stream_wait_self();
	quiet_streams(id, force);
	pthread_mutex_lock(&device_lock);
	if (force ? !devices[id].open : !devices[id].set)
		code = emu_error(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR,
				 "one call belongs to each aclrtSetDevice()",
				 "device %" PRId32 " is not set in this process", user);
	else if (force || devices[id].set == 1)
		code = close_locked(id);
	else
		devices[id].set--;
	pthread_mutex_unlock(&device_lock);
	/* Those of its contexts, which ended with it. */
	emu_stream_end_all(id, 0, true);
	return code;
}

aclError aclrtResetDevice(int32_t deviceId)
{
	EMU_ENTER();
	return device_reset(deviceId, false);
}

aclError aclrtResetDeviceForce(int32_t deviceId)
{
	EMU_ENTER();
	return device_reset(deviceId, true);
}

static aclError synchronize(const struct timespec *deadline)
{
	uint32_t device;
	aclError code;

	code = emu_context_current(&device);
	if (code)
		return code;
	if (emu_stream_any_mine(device, 0))
		return emu_stream_wait_self();
	code = emu_stream_sync_all(device, 0, deadline);
	if (!code)
		emu_pool_synchronized(device, 0);
	return code;
}

aclError emu_device_synchronize(void)
{
	return synchronize(NULL);
}

aclError aclrtSynchronizeDevice(void)
{
	EMU_ENTER();
	return synchronize(NULL);
}

aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout)
{
	struct timespec deadline;

	EMU_ENTER();
	if (timeout < EMU_FOREVER || !timeout)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "give milliseconds, or -1 to wait without end",
				 "timeout is %" PRId32 " ms", timeout);
	if (timeout == EMU_FOREVER)
		return synchronize(NULL);
	deadline = emu_deadline(timeout);
	return synchronize(&deadline);
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
		return say_void(ACL_ERROR_RT_NO_DEVICE, found);
	*count = emu_visible_count(found);
	return ACL_SUCCESS;
}

/* The module is asked each time: after a fork the answer is another one. */
aclError aclrtDeviceGetBareTgid(int32_t *pid)
{
	struct acl_emu_tgid arg = { .head = EMU_HEAD(acl_emu_tgid) };
	int err;

	EMU_ENTER();
	if (!pid)
		return emu_null("pid");
	err = emu_ioctl(ACL_EMU_NR_GET_TGID, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, NULL, "the question for the process id");
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
	struct acl_emu_device_info info = {
		.head = EMU_HEAD(acl_emu_device_info),
		.loc.type = ACL_EMU_LOC_DEVICE,
	};
	aclError code;
	int err;

	EMU_ENTER();
	if (!free)
		return emu_null("free");
	if (!total)
		return emu_null("total");
	if ((unsigned int)attr > ACL_MEM_P2P_HUGE1G)
		return emu_error(ACL_ERROR_RT_INVALID_MEMORY_TYPE, "use one of aclrtMemAttr",
				 "memory attribute %u is unknown", (unsigned int)attr);
	code = emu_context_current(&info.loc.id);
	if (code)
		return code;
	if (attr_is_ddr((unsigned int)attr)) {
		*free = 0;
		*total = 0;
		return ACL_SUCCESS;
	}
	err = emu_ioctl(ACL_EMU_NR_DEVICE_INFO, &info.head);
	if (err)
		return emu_fail(err, &info.head, NULL, "device %" PRIu32,
				emu_user_id(info.loc.id));
	/* Freed pages that others still reference may exceed a capacity for a while. */
	*free = info.used < info.capacity ? info.capacity - info.used : 0;
	*total = info.capacity;
	return ACL_SUCCESS;
}
