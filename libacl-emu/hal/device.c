// SPDX-License-Identifier: MIT
/*
 * Devices: number, opening and closing, access between devices.
 *
 * Access of a device to its peers only has a state that can be asked for: copies
 * between devices need no permission from the driver.
 */
#include <inttypes.h>
#include <pthread.h>

#include "core/process.h"
#include "device.h"
#include "mem.h"
#include "queue.h"
#include "share.h"

struct devices {
	pthread_mutex_t lock;		/* held while a device is opened or closed */
	_Atomic uint32_t count;		/* 0: not asked for yet */
	uint64_t open;			/* a bit for each device */
	int64_t first;			/* opened first, 1 is device 0; 0: none */
	uint64_t peers[ACL_EMU_MAX_DEVICES];	/* a bit for each peer that is switched on */
};

EMU_STATE(struct devices, devices, NULL)

static drvError_t count_devices(uint32_t *count)
{
	struct acl_emu_query query = {
		.head = EMU_HEAD(acl_emu_query), .param = ACL_EMU_PARAM_DEVICES,
	};
	int err;

	*count = devices()->count;
	if (*count)
		return DRV_ERROR_NONE;
	err = emu_ioctl(ACL_EMU_NR_QUERY, &query.head);
	if (err)
		return hal_fail(err, &query.head, NULL, "the number of devices");
	*count = (uint32_t)query.value;
	devices()->count = *count;
	return DRV_ERROR_NONE;
}

drvError_t hal_device_check(uint32_t device)
{
	drvError_t code;
	uint32_t count;

	code = count_devices(&count);
	if (code || device < count)
		return code;
	return hal_refuse(DRV_ERROR_INVALID_DEVICE, "device ids begin with 0",
			  "device %" PRIu32 ": there are %" PRIu32 " devices", device, count);
}

drvError_t hal_device_open(uint32_t device)
{
	struct acl_emu_device arg = { .head = EMU_HEAD(acl_emu_device), .device = device };
	int err = emu_ioctl(ACL_EMU_NR_DEVICE_OPEN, &arg.head);

	if (err)
		return hal_fail(err, &arg.head, NULL, "opening device %" PRIu32, device);
	devices()->open |= UINT64_C(1) << device;
	if (!devices()->first)
		devices()->first = (int64_t)device + 1;
	return DRV_ERROR_NONE;
}

drvError_t hal_device_first(uint32_t *device)
{
	int64_t first;

	pthread_mutex_lock(&devices()->lock);
	first = devices()->first;
	pthread_mutex_unlock(&devices()->lock);
	if (!first)
		return hal_refuse(DRV_ERROR_INVALID_HANDLE, "call halDeviceOpen() first",
				  "no device is open in this process");
	*device = (uint32_t)first - 1;
	return DRV_ERROR_NONE;
}

drvError_t hal_device_memory(uint32_t device, struct acl_emu_device_info *info)
{
	*info = (struct acl_emu_device_info){
		.head = EMU_HEAD(acl_emu_device_info),
		.loc = { .type = ACL_EMU_LOC_DEVICE, .id = device },
	};
	return hal_ioctl(ACL_EMU_NR_DEVICE_INFO, &info->head, NULL, "device %" PRIu32, device);
}

static drvError_t close_locked(uint32_t device)
{
	struct acl_emu_device arg = { .head = EMU_HEAD(acl_emu_device), .device = device };
	uint64_t bit = UINT64_C(1) << device;
	drvError_t code;
	int err;

	if (!(devices()->open & bit))
		return hal_refuse(DRV_ERROR_INVALID_HANDLE, "open it first",
				  "device %" PRIu32 " is not open in this process", device);
	hal_queue_reset(device);
	hal_share_reset(device, devices()->open == bit);
	code = hal_mem_reset(device, devices()->open == bit);
	if (code)
		return code;
	hal_register_reset(device);
	err = emu_ioctl(ACL_EMU_NR_DEVICE_RESET, &arg.head);
	if (err)
		return hal_fail(err, &arg.head, NULL, "closing device %" PRIu32, device);
	devices()->open &= ~bit;
	if (devices()->first == (int64_t)device + 1)
		devices()->first = __builtin_ffsll((long long)devices()->open);
	devices()->peers[device] = 0;
	return DRV_ERROR_NONE;
}

drvError_t halDeviceOpen(uint32_t devid, void *in, void *out)
{
	drvError_t code;

	(void)in;
	(void)out;
	EMU_ENTER();
	code = hal_device_check(devid);
	if (code)
		return code;
	pthread_mutex_lock(&devices()->lock);
	code = hal_device_open(devid);
	pthread_mutex_unlock(&devices()->lock);
	return code;
}

drvError_t halDeviceClose(uint32_t devid, void *in)
{
	drvError_t code;

	(void)in;
	EMU_ENTER();
	code = hal_device_check(devid);
	if (code)
		return code;
	pthread_mutex_lock(&devices()->lock);
	code = close_locked(devid);
	pthread_mutex_unlock(&devices()->lock);
	return code;
}

drvError_t drvGetDevNum(uint32_t *num_dev)
{
	EMU_ENTER();
	return num_dev ? count_devices(num_dev) : hal_null("num_dev");
}

drvError_t drvGetDevIDs(uint32_t *ids, uint32_t len)
{
	drvError_t code;
	uint32_t count, i;

	EMU_ENTER();
	if (!ids)
		return hal_null("devices");
	code = count_devices(&count);
	for (i = 0; !code && i < len && i < count; i++)
		ids[i] = i;
	return code;
}

static drvError_t same_id(uint32_t device, uint32_t *out)
{
	drvError_t code;

	if (!out)
		return hal_null("the result");
	code = hal_device_check(device);
	if (!code)
		*out = device;
	return code;
}

drvError_t drvDeviceGetPhyIdByIndex(uint32_t devIndex, uint32_t *phyId)
{
	EMU_ENTER();
	return same_id(devIndex, phyId);
}

drvError_t drvDeviceGetIndexByPhyId(uint32_t phyId, uint32_t *devIndex)
{
	EMU_ENTER();
	return same_id(phyId, devIndex);
}

drvError_t drvDeviceStatus(uint32_t devId, drvStatus_t *status)
{
	drvError_t code;

	EMU_ENTER();
	if (!status)
		return hal_null("status");
	code = hal_device_check(devId);
	if (!code)
		*status = DRV_STATUS_WORK;
	return code;
}

drvError_t drvGetPlatformInfo(uint32_t *info)
{
	EMU_ENTER();
	if (!info)
		return hal_null("info");
	*info = 1;
	return DRV_ERROR_NONE;
}

/* Asked for each time: a forked child has another number. */
pid_t drvDeviceGetBareTgid(void)
{
	struct acl_emu_tgid arg = { .head = EMU_HEAD(acl_emu_tgid) };
	int err;

	EMU_ENTER();
	err = emu_ioctl(ACL_EMU_NR_GET_TGID, &arg.head);
	if (err) {
		hal_fail(err, &arg.head, NULL, "the process id");
		return -1;
	}
	return arg.tgid;
}

/* --- peers ------------------------------------------------------------------------- */

static drvError_t check_pair(uint32_t device, uint32_t peer)
{
	drvError_t code = hal_device_check(device);

	return code ? code : hal_device_check(peer);
}

static drvError_t set_peer(uint32_t device, uint32_t peer, bool on)
{
	drvError_t code = check_pair(device, peer);
	uint64_t bit;

	if (code)
		return code;
	bit = UINT64_C(1) << peer;
	pthread_mutex_lock(&devices()->lock);
	devices()->peers[device] = (devices()->peers[device] & ~bit) | (on ? bit : 0);
	pthread_mutex_unlock(&devices()->lock);
	return DRV_ERROR_NONE;
}

drvError_t halDeviceEnableP2P(uint32_t dev, uint32_t peer_dev, uint32_t flag)
{
	(void)flag;
	EMU_ENTER();
	return set_peer(dev, peer_dev, true);
}

drvError_t halDeviceDisableP2P(uint32_t dev, uint32_t peer_dev, uint32_t flag)
{
	(void)flag;
	EMU_ENTER();
	return set_peer(dev, peer_dev, false);
}

drvError_t drvGetP2PStatus(uint32_t dev, uint32_t peer_dev, uint32_t *status)
{
	drvError_t code;

	EMU_ENTER();
	if (!status)
		return hal_null("status");
	code = check_pair(dev, peer_dev);
	if (code)
		return code;
	pthread_mutex_lock(&devices()->lock);
	*status = devices()->peers[dev] >> peer_dev & 1;
	pthread_mutex_unlock(&devices()->lock);
	return DRV_ERROR_NONE;
}

drvError_t halDeviceCanAccessPeer(int *can_access_peer, uint32_t dev, uint32_t peer_dev)
{
	drvError_t code;

	EMU_ENTER();
	if (!can_access_peer)
		return hal_null("can_access_peer");
	code = check_pair(dev, peer_dev);
	if (!code)
		*can_access_peer = dev != peer_dev;
	return code;
}
