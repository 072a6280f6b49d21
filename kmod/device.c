// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulated devices: their number, their capacity, their users, their reset.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/nodemask.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "client.h"
#include "device.h"
#include "handle.h"
#include "map.h"
#include "pages.h"
#include "range.h"
#include "trace.h"

static unsigned int devices = 2;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "number of emulated devices, 1 to 64 (default 2)");

static unsigned long capacity_mb[ACL_EMU_MAX_DEVICES];
static int capacity_given;
module_param_array(capacity_mb, ulong, &capacity_given, 0444);
MODULE_PARM_DESC(capacity_mb,
		 "memory of each device in MiB, one value for all or a list; 0: the smaller of 64 GiB and half of RAM by the number of devices");

static unsigned long host_mb;
module_param(host_mb, ulong, 0444);
MODULE_PARM_DESC(host_mb,
		 "memory for allocations on the host in MiB; 0: a quarter of RAM, less if the devices take more than half");

static unsigned long reserved_mb[ACL_EMU_MAX_DEVICES];
static int reserved_given;
module_param_array(reserved_mb, ulong, &reserved_given, 0444);
MODULE_PARM_DESC(reserved_mb,
		 "memory of each device in MiB that is taken from the machine when the module is loaded, one value for all or a list; takes the place of capacity_mb; 0: none");

static int node[ACL_EMU_MAX_DEVICES] = {
	[0 ... ACL_EMU_MAX_DEVICES - 1] = NUMA_NO_NODE,
};
static int node_given;
module_param_array(node, int, &node_given, 0444);
MODULE_PARM_DESC(node,
		 "NUMA node of the memory of each device, one value for all or a list; -1: any");

static bool overcommit;
module_param(overcommit, bool, 0444);
MODULE_PARM_DESC(overcommit,
		 "allow capacities that add up to more than 3/4 of RAM");

static char *backing = "auto";
module_param(backing, charp, 0444);
MODULE_PARM_DESC(backing,
		 "when memory gets its pages: eager (when it is allocated), lazy (each 2 MiB when first touched), or auto: lazy if capacities add up to more than 3/4 of RAM (default)");

unsigned int emu_device_count;

static bool emu_backing_lazy;

/* The last one is the host. */
static struct emu_device *emu_devices;

struct emu_device *emu_device_get(u32 id)
{
	if (id >= emu_device_count)
		return NULL;
	return &emu_devices[array_index_nospec(id, emu_device_count)];
}

struct emu_device *emu_device_host(void)
{
	return &emu_devices[emu_device_count];
}

/*
 * A multiple of 2 MiB: when 2 MiB pages are used up, nothing is left for smaller
 * allocations.
 */
static u64 emu_auto_capacity(u64 bytes)
{
	return max_t(u64, round_down(bytes, SZ_2M), SZ_2M);
}

/* One value is used for all devices. Without a value the module chooses. */
static unsigned long emu_given_mb(const unsigned long *mb, int given,
				  unsigned int id)
{
	if (given == 1)
		return mb[0];
	return id < given ? mb[id] : 0;
}

static u64 emu_device_reserve(unsigned int id)
{
	return (u64)emu_given_mb(reserved_mb, reserved_given, id) << 20;
}

static u64 emu_device_capacity(unsigned int id, u64 ram)
{
	unsigned long mb = emu_given_mb(capacity_mb, capacity_given, id);

	if (emu_device_reserve(id))
		return emu_device_reserve(id);
	if (mb)
		return (u64)mb << 20;
	return emu_auto_capacity(min_t(u64, SZ_1G * 64ull,
				       div_u64(ram / 2, emu_device_count)));
}

/* Without @fits the machine cannot give pages to all memory at once. */
static int emu_backing_set(bool fits)
{
	if (sysfs_streq(backing, "eager"))
		emu_backing_lazy = false;
	else if (sysfs_streq(backing, "lazy"))
		emu_backing_lazy = true;
	else if (sysfs_streq(backing, "auto"))
		emu_backing_lazy = !fits;
	else
		goto err;
	return 0;

err:
	pr_err("backing=%s is not eager, lazy or auto\n", backing);
	return -EINVAL;
}

static int emu_capacities_set(u64 ram)
{
	u64 limit = ram / 4 * 3;
	u64 left, sum = 0;
	unsigned int i;

	for (i = 0; i < emu_device_count; i++) {
		emu_devices[i].capacity = emu_device_capacity(i, ram);
		sum += emu_devices[i].capacity;
	}
	left = limit > sum ? limit - sum : 0;
	if (host_mb) {
		emu_device_host()->capacity = (u64)host_mb << 20;
		sum += emu_device_host()->capacity;
	} else {
		emu_device_host()->capacity =
			emu_auto_capacity(clamp(left, ram / 16, ram / 4));
	}

	if (sum > limit && !overcommit && !sysfs_streq(backing, "lazy")) {
		pr_err("capacities add up to %llu MiB, more than 3/4 of the %llu MiB of RAM; lower capacity_mb or host_mb, or load with overcommit=1 or backing=lazy\n",
		       sum >> 20, ram >> 20);
		return -EINVAL;
	}
	return emu_backing_set(sum <= limit);
}

/* A list of parameters has one value for all devices or one for each. */
static int emu_list_check(const char *name, int given)
{
	if (given <= 1 || given == devices)
		return 0;
	pr_err("%s has %d values, devices=%u\n", name, given, devices);
	return -EINVAL;
}

static int emu_params_check(void)
{
	unsigned long mb_max = (ULONG_MAX >> 20) / (ACL_EMU_MAX_DEVICES + 1);
	unsigned int i;

	if (!devices || devices > ACL_EMU_MAX_DEVICES) {
		pr_err("devices=%u is not in 1..%u\n", devices,
		       ACL_EMU_MAX_DEVICES);
		return -EINVAL;
	}
	if (emu_list_check("capacity_mb", capacity_given) ||
	    emu_list_check("reserved_mb", reserved_given) ||
	    emu_list_check("node", node_given))
		return -EINVAL;
	for (i = 0; i < devices; i++) {
		if (capacity_mb[i] > mb_max || reserved_mb[i] > mb_max ||
		    host_mb > mb_max) {
			pr_err("capacity_mb, reserved_mb and host_mb may be %lu at most\n",
			       mb_max);
			return -EINVAL;
		}
		if (reserved_mb[i] % 2) {
			pr_err("reserved_mb=%lu is not a multiple of 2\n",
			       reserved_mb[i]);
			return -EINVAL;
		}
		if (node[i] != NUMA_NO_NODE &&
		    (node[i] < 0 || node[i] >= MAX_NUMNODES ||
		     !node_online(node[i]))) {
			pr_err("node=%d is not online\n", node[i]);
			return -EINVAL;
		}
	}
	return 0;
}

static void emu_device_init(struct emu_device *dev, u32 type, u32 id)
{
	spin_lock_init(&dev->lock);
	dev->loc.type = type;
	dev->loc.id = id;
	dev->node = NUMA_NO_NODE;
	if (type == ACL_EMU_LOC_DEVICE)
		dev->node = node[node_given == 1 ? 0 : id];
	emu_pages_init(dev);
}

int emu_devices_init(void)
{
	unsigned int i;
	int ret;

	ret = emu_params_check();
	if (ret)
		return ret;
	emu_devices = kcalloc(devices + 1, sizeof(*emu_devices), GFP_KERNEL);
	if (!emu_devices)
		return -ENOMEM;
	emu_device_count = devices;
	for (i = 0; i < devices; i++)
		emu_device_init(&emu_devices[i], ACL_EMU_LOC_DEVICE, i);
	emu_device_init(emu_device_host(), ACL_EMU_LOC_HOST, 0);

	ret = emu_capacities_set((u64)totalram_pages() << PAGE_SHIFT);
	for (i = 0; !ret && i < devices; i++)
		ret = emu_pages_reserve(&emu_devices[i], emu_device_reserve(i));
	if (ret)
		emu_devices_exit();
	return ret;
}

void emu_devices_exit(void)
{
	unsigned int i;

	for (i = 0; i <= emu_device_count; i++)
		emu_pages_exit(&emu_devices[i]);
	kfree(emu_devices);
	emu_devices = NULL;
	emu_device_count = 0;
}

/* Fails if there is not enough, and sets @free to the bytes available. */
int emu_device_charge(struct emu_device *dev, u64 bytes, u64 *free)
{
	int ret = 0;

	spin_lock(&dev->lock);
	if (bytes > dev->capacity - dev->used) {
		*free = dev->capacity - dev->used;
		ret = -ENOMEM;
	} else {
		dev->used += bytes;
	}
	spin_unlock(&dev->lock);
	return ret;
}

void emu_device_uncharge(struct emu_device *dev, u64 bytes)
{
	spin_lock(&dev->lock);
	if (!WARN_ON_ONCE(bytes > dev->used))
		dev->used -= bytes;
	spin_unlock(&dev->lock);
}

/* True if the memory of @dev gets its pages when it is first touched. */
bool emu_device_lazy(const struct emu_device *dev)
{
	return emu_backing_lazy && !dev->reserved;
}

/* The host has no page for memory that is touched. The log says so once. */
void emu_device_unbacked(struct emu_device *dev)
{
	if (atomic64_inc_return(&dev->unbacked) > 1 || !emu_device_lazy(dev))
		return;
	pr_warn("%s %u: no page for memory that %s (pid %d) touches: the machine or its memory cgroup is full; copies fail with ENOMEM, accesses with SIGBUS; touch less, or load with lower capacities and backing=eager\n",
		dev->loc.type == ACL_EMU_LOC_DEVICE ? "device" : "host",
		dev->loc.id, current->comm, task_tgid_nr(current));
}

int emu_loc_check(struct emu_cmd *cmd, struct acl_emu_location loc)
{
	switch (loc.type) {
	case ACL_EMU_LOC_HOST:
		if (loc.id)
			return emu_fail(cmd, -ENODEV, ACL_EMU_REASON_NO_DEVICE,
					loc.id, 1);
		return 0;
	case ACL_EMU_LOC_DEVICE:
		if (!emu_device_get(loc.id))
			return emu_fail(cmd, -ENODEV, ACL_EMU_REASON_NO_DEVICE,
					loc.id, emu_device_count);
		return 0;
	case ACL_EMU_LOC_HOST_NUMA:
		if (loc.id != ACL_EMU_NUMA_ANY &&
		    (loc.id >= MAX_NUMNODES || !node_online(loc.id)))
			return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_NUMA_NODE,
					loc.id, 0);
		return 0;
	}
	return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE, loc.type,
			ACL_EMU_LOC_HOST_NUMA);
}

int emu_device_need_open(struct emu_cmd *cmd, u32 id)
{
	if (READ_ONCE(cmd->client->handles.devices) & BIT_ULL(id))
		return 0;
	return emu_fail(cmd, -ENXIO, ACL_EMU_REASON_DEVICE_CLOSED, id, 0);
}

int emu_device_need_any(struct emu_cmd *cmd)
{
	if (READ_ONCE(cmd->client->handles.devices))
		return 0;
	return emu_fail(cmd, -ENXIO, ACL_EMU_REASON_DEVICE_CLOSED, U64_MAX, 0);
}

int emu_device_info_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_device_info *arg = cmd->arg;
	struct emu_device *dev;
	int ret;

	if (arg->loc.type == ACL_EMU_LOC_HOST_NUMA)
		return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
				arg->loc.type, ACL_EMU_LOC_DEVICE);
	ret = emu_loc_check(cmd, arg->loc);
	if (ret)
		return ret;

	arg->open = 0;
	if (arg->loc.type == ACL_EMU_LOC_DEVICE) {
		dev = emu_device_get(arg->loc.id);
		arg->open = !!(READ_ONCE(cmd->client->handles.devices) &
			       BIT_ULL(arg->loc.id));
	} else {
		dev = emu_device_host();
	}
	spin_lock(&dev->lock);
	arg->capacity = dev->capacity;
	arg->used = dev->used;
	spin_unlock(&dev->lock);
	arg->backed = atomic64_read(&dev->backed);
	arg->unbacked = atomic64_read(&dev->unbacked);
	arg->lazy = emu_device_lazy(dev);
	arg->pad2 = 0;
	return 0;
}

int emu_device_open_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_device *arg = cmd->arg;
	struct emu_client *client = cmd->client;
	int ret;

	if (!emu_device_get(arg->device))
		return emu_fail(cmd, -ENODEV, ACL_EMU_REASON_NO_DEVICE,
				arg->device, emu_device_count);
	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	emu_handles_admit(&client->handles, arg->device, true);
	emu_client_leave(client);
	return 0;
}

static int emu_device_unmap_range(struct emu_cmd *cmd, struct emu_range *range,
				  struct acl_emu_location loc, bool remove)
{
	unsigned long index = 0;
	struct emu_mapping *m;
	int ret = 0;

	while (!ret && (m = emu_mapping_next(range, &index, ULONG_MAX))) {
		if (!emu_loc_equal(m->handle->loc, loc))
			;
		else if (remove)
			emu_mapping_remove(range, m);
		else if (atomic_read(&m->busy))
			ret = emu_fail(cmd, -EBUSY, ACL_EMU_REASON_COPY_BUSY,
				       m->start, m->size);
		emu_mapping_put(m);
		if (!ret && fatal_signal_pending(current))
			ret = emu_fail(cmd, -EINTR, ACL_EMU_REASON_INTERRUPTED,
				       0, 0);
		cond_resched();
	}
	return ret;
}

/* Without @remove it only checks whether a copy runs. */
static int emu_device_unmap_all(struct emu_cmd *cmd,
				struct acl_emu_location loc, bool remove)
{
	unsigned long range_index = 0;
	struct emu_range *range;
	int ret;

	while ((range = emu_range_next(cmd->client, &range_index, ULONG_MAX))) {
		ret = emu_device_unmap_range(cmd, range, loc, remove);
		emu_range_put(range);
		if (ret)
			return ret;
		/* The exit of the process removes the rest. */
		if (fatal_signal_pending(current))
			return emu_fail(cmd, -EINTR,
					ACL_EMU_REASON_INTERRUPTED, 0, 0);
		cond_resched();
	}
	return 0;
}

int emu_device_reset_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_device *arg = cmd->arg;
	struct acl_emu_location loc = emu_loc_device(arg->device);
	struct emu_client *client = cmd->client;
	int ret;

	if (!emu_device_get(arg->device))
		return emu_fail(cmd, -ENODEV, ACL_EMU_REASON_NO_DEVICE,
				arg->device, emu_device_count);

	if (down_write_killable(&client->sem))
		return emu_fail(cmd, -EINTR, ACL_EMU_REASON_INTERRUPTED, 0, 0);
	if (client->dead) {
		ret = emu_fail(cmd, -ESTALE, ACL_EMU_REASON_DEAD, 0, 0);
		goto out;
	}
	ret = emu_device_need_open(cmd, arg->device);
	if (ret)
		goto out;
	/* Copies claim their mappings under client->sem, so no copy starts now. */
	ret = emu_device_unmap_all(cmd, loc, false);
	if (ret)
		goto out;
	ret = emu_device_unmap_all(cmd, loc, true);
	if (ret)
		goto out;
	emu_handles_close_device(client, arg->device);
	trace_acl_emu_device_reset(client->tgid, arg->device);
out:
	up_write(&client->sem);
	return ret;
}
