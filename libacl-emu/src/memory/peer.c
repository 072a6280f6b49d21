// SPDX-License-Identifier: MIT
/*
 * Access of devices to the memory of other devices.
 *
 * All emulated devices can access each other; the program enables each direction
 * separately, as on the real stack. Copies check this, kernels on the CPU do not:
 * for a copy between two devices access must be enabled in one direction, or one
 * device must have a right that aclrtMemSetAccess() granted. Imported memory belongs
 * to the device that imported it.
 */
#include <inttypes.h>
#include <stdatomic.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/process.h"
#include "core/visible.h"
#include "device/context.h"
#include "device/device.h"
#include "memory/heap.h"
#include "memory/peer.h"
#include "memory/pointer.h"

/* Bit p of may[d]: device d may reach device p. */
struct peers {
	_Atomic uint64_t may[ACL_EMU_MAX_DEVICES];
};

EMU_STATE(struct peers, peers, NULL)

static bool enabled(uint32_t device, uint32_t peer)
{
	return atomic_load_explicit(&peers()->may[device], memory_order_relaxed) >> peer & 1;
}

void emu_peer_enable(uint32_t device, uint32_t peer)
{
	atomic_fetch_or(&peers()->may[device], UINT64_C(1) << peer);
}

/* A reset of the device ends its access to others and their access to it. */
void emu_peer_reset_device(uint32_t device)
{
	uint32_t i;

	atomic_store(&peers()->may[device], 0);
	for (i = 0; i < ACL_EMU_MAX_DEVICES; i++)
		atomic_fetch_and(&peers()->may[i], ~(UINT64_C(1) << device));
}

/* Devices that have memory in a range. */
struct owners {
	uint64_t bits;
	uint64_t first[ACL_EMU_MAX_DEVICES];	/* where that of each begins */
};

static void owner_add(struct owners *o, uint32_t device, uint64_t addr)
{
	if (o->bits >> device & 1)
		return;
	o->bits |= UINT64_C(1) << device;
	o->first[device] = addr;
}

/* Only reservations above the window can hold memory of several devices. */
static void find_owners(struct owners *o, uint64_t addr, uint64_t size)
{
	struct acl_emu_lookup found;
	uint64_t end = addr + size;
	uint32_t device;

	o->bits = 0;
	if (emu_heap_owner(addr, &device)) {
		if (device < ACL_EMU_MAX_DEVICES)
			owner_add(o, device, addr);
		return;
	}
	while (addr < end && emu_pointer_look(addr, &found)) {
		if (found.loc.type == ACL_EMU_LOC_DEVICE)
			owner_add(o, found.loc.id, addr);
		if (addr < ACL_EMU_VA_LAST)
			break;
		addr = found.map_addr + found.map_size;
	}
}

static bool granted(uint64_t addr, uint32_t device)
{
	struct acl_emu_access arg = {
		.head = EMU_HEAD(acl_emu_access),
		.addr = addr,
		.loc = { .type = ACL_EMU_LOC_DEVICE, .id = device },
	};

	return !emu_ioctl(ACL_EMU_NR_GET_ACCESS, &arg.head) && arg.rights == ACL_EMU_RIGHTS_RW;
}

/* Checks a copy between two places that can both be emulated memory. */
aclError emu_peer_check(uint64_t dst, uint64_t src, uint64_t size)
{
	struct owners to, from;
	uint64_t all, left;
	uint32_t d, s;

	find_owners(&to, dst, size);
	find_owners(&from, src, size);
	for (all = to.bits; all; all &= all - 1) {
		d = (uint32_t)__builtin_ctzll(all);
		for (left = from.bits; left; left &= left - 1) {
			s = (uint32_t)__builtin_ctzll(left);
			if (d == s || enabled(d, s) || enabled(s, d) ||
			    granted(to.first[d], s) || granted(from.first[s], d))
				continue;
			return emu_error(ACL_ERROR_RT_INVALID_HANDLE,
					 "call aclrtDeviceEnablePeerAccess() first",
					 "source 0x%" PRIx64 " is memory of device %" PRIu32
					 " and destination 0x%" PRIx64 " of device %" PRIu32
					 ", and neither may reach the other", from.first[s],
					 emu_user_id(s), to.first[d], emu_user_id(d));
		}
	}
	return ACL_SUCCESS;
}

static aclError same_device(int32_t device)
{
	return emu_error(ACL_ERROR_INVALID_PARAM, "name two devices",
			 "device %" PRId32 " is given as its own peer", device);
}

aclError aclrtDeviceCanAccessPeer(int32_t *canAccessPeer, int32_t deviceId, int32_t peerDeviceId)
{
	uint32_t device, peer;
	aclError code;

	EMU_ENTER();
	if (deviceId == peerDeviceId)
		return same_device(deviceId);
	if (!canAccessPeer)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer",
				 "canAccessPeer is NULL");
	code = emu_device_find_arg(deviceId, &device);
	if (!code)
		code = emu_device_find_arg(peerDeviceId, &peer);
	if (!code)
		*canAccessPeer = 1;
	return code;
}

/* The checks that enabling and disabling share. */
static aclError check_peer(int32_t user, uint32_t *device, uint32_t *peer)
{
	aclError code = emu_context_current(device);

	if (!code)
		code = emu_device_find(user, peer);
	if (!code && *peer == *device)
		code = same_device(user);
	return code;
}

aclError aclrtDeviceEnablePeerAccess(int32_t peerDeviceId, uint32_t flags)
{
	uint32_t device, peer;
	aclError code;

	EMU_ENTER();
	if (flags)
		return emu_error(ACL_ERROR_FEATURE_UNSUPPORTED, "set it to 0",
				 "flags is 0x%" PRIx32, flags);
	code = check_peer(peerDeviceId, &device, &peer);
	if (!code)
		emu_peer_enable(device, peer);
	return code;
}

aclError aclrtDeviceDisablePeerAccess(int32_t peerDeviceId)
{
	uint32_t device, peer;
	aclError code;

	EMU_ENTER();
	code = check_peer(peerDeviceId, &device, &peer);
	if (!code)
		atomic_fetch_and(&peers()->may[device], ~(UINT64_C(1) << peer));
	return code;
}

aclError aclrtDevicePeerAccessStatus(int32_t deviceId, int32_t peerDeviceId, int32_t *status)
{
	uint32_t device, peer;
	aclError code;

	EMU_ENTER();
	if (!status)
		return emu_null("status");
	code = emu_device_find_arg(deviceId, &device);
	if (!code)
		code = emu_device_find_arg(peerDeviceId, &peer);
	if (!code)
		*status = enabled(device, peer);
	return code;
}
