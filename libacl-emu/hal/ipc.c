// SPDX-License-Identifier: MIT
/*
 * IPC names of memory.
 *
 * A name holds the share key, the offset of the piece in the shared memory and its
 * size. An import has a reservation and a mapping of its own, from the granule in
 * which the piece begins to the one in which it ends.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/process.h"
#include "core/window.h"
#include "device.h"
#include "mem.h"
#include "share.h"

struct import {
	struct import *next;
	uint32_t device;
	uint64_t handle;	/* while the import is made */
	uint64_t granule;
	uint64_t start;		/* of the reservation and of the mapping */
	uint64_t addr;		/* of the piece */
};

struct ipc {
	pthread_mutex_t lock;
	struct import *imports;
};

EMU_STATE(struct ipc, ipc, NULL)

/* The words of a name. */
enum { WORD_KEY, WORD_OFFSET, WORD_SIZE };

/* --- the exporter ------------------------------------------------------------------------ */

drvError_t halShmemCreateHandle(DVdeviceptr vptr, size_t byte_count, char *name,
				uint32_t name_len)
{
	struct acl_emu_export arg = { .head = EMU_HEAD(acl_emu_export) };
	struct acl_emu_lookup found;
	uint64_t start, size;
	struct emu_ipc_name n;
	int err;

	EMU_ENTER();
	if (!hal_mem_find(vptr, &start, &size) || !hal_lookup(vptr, &found) ||
	    found.loc.type != ACL_EMU_LOC_DEVICE || !byte_count ||
	    byte_count > size - (vptr - start))
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "share memory of one block of a device",
				  "[0x%llx, +%s) is not all in a block of a device", vptr,
				  EMU_SIZE(byte_count));
	if (!name || name_len <= EMU_IPC_NAME_LEN)
		return hal_name_write(EMU_IPC_NAME_MEMORY, NULL, name, name_len);
	arg.handle = found.handle;
	err = emu_ioctl(ACL_EMU_NR_EXPORT, &arg.head);
	if (err)
		return hal_fail(err, &arg.head, NULL, "address 0x%llx", vptr);
	n.word[WORD_KEY] = arg.key;
	n.word[WORD_OFFSET] = found.map_offset + (vptr - found.map_addr);
	n.word[WORD_SIZE] = byte_count;
	return hal_name_write(EMU_IPC_NAME_MEMORY, &n, name, name_len);
}

drvError_t halShmemDestroyHandle(const char *name)
{
	struct emu_ipc_name n;
	drvError_t code;

	EMU_ENTER();
	code = hal_name_read(EMU_IPC_NAME_MEMORY, name, &n);
	return code ? code : hal_share_close(n.word[WORD_KEY]);
}

drvError_t halShmemSetPidHandle(const char *name, int pid[], int num)
{
	struct emu_ipc_name n;
	drvError_t code;

	EMU_ENTER();
	code = hal_name_read(EMU_IPC_NAME_MEMORY, name, &n);
	return code ? code : hal_share_allow(n.word[WORD_KEY], pid, num < 0 ? 0 : (uint32_t)num);
}

drvError_t halShmemInfoGet(const char *name, struct ShmemGetInfo *info)
{
	struct emu_ipc_name n;
	drvError_t code;

	EMU_ENTER();
	if (!info)
		return hal_null("info");
	code = hal_name_read(EMU_IPC_NAME_MEMORY, name, &n);
	return code ? code : hal_share_device(n.word[WORD_KEY], &info->phyDevid);
}

drvError_t halShmemSetAttribute(const char *name, uint32_t type, uint64_t attr)
{
	struct emu_ipc_name n;
	drvError_t code;

	EMU_ENTER();
	if (type != SHMEM_ATTR_TYPE_NO_WLIST_IN_SERVER)
		return hal_unsupported("an attribute of type", type);
	code = hal_name_read(EMU_IPC_NAME_MEMORY, name, &n);
	return code ? code : hal_share_allow_all(n.word[WORD_KEY], attr);
}

/* --- the importer ------------------------------------------------------------------------ */

static void drop_handle(uint64_t handle)
{
	struct acl_emu_phys_free arg = { .head = EMU_HEAD(acl_emu_phys_free), .handle = handle };

	emu_ioctl(ACL_EMU_NR_PHYS_FREE, &arg.head);
}

/* On success the caller drops the handle. */
static drvError_t import_handle(struct import *i, const struct emu_ipc_name *n)
{
	struct acl_emu_import arg = {
		.head = EMU_HEAD(acl_emu_import), .key = n->word[WORD_KEY], .device = i->device,
	};
	struct acl_emu_phys_info info = { .head = EMU_HEAD(acl_emu_phys_info) };
	int err = emu_ioctl(ACL_EMU_NR_IMPORT, &arg.head);

	if (err)
		return hal_fail(err, &arg.head, NULL, "share key 0x%" PRIx64 " for device %" PRIu32,
				n->word[WORD_KEY], i->device);
	i->handle = arg.handle;
	info.handle = arg.handle;
	err = emu_ioctl(ACL_EMU_NR_PHYS_INFO, &info.head);
	if (!err && n->word[WORD_OFFSET] < info.size &&
	    n->word[WORD_SIZE] <= info.size - n->word[WORD_OFFSET]) {
		i->granule = info.granule < EMU_2M ? EMU_2M : info.granule;
		return DRV_ERROR_NONE;
	}
	drop_handle(i->handle);
	return hal_refuse(DRV_ERROR_INVALID_VALUE, "pass on the whole name unchanged",
			  "the name of share key 0x%" PRIx64 " means more than its memory",
			  n->word[WORD_KEY]);
}

static void release(uint64_t start)
{
	struct acl_emu_range_release arg = {
		.head = EMU_HEAD(acl_emu_range_release), .addr = start, .kind = ACL_EMU_RANGE_HEAP,
	};

	emu_range_release(&arg);
}

static drvError_t import_map(struct import *i, uint64_t offset, uint64_t size)
{
	uint64_t first = offset & ~(i->granule - 1);
	uint64_t length = (offset + size + i->granule - 1 - first) & ~(i->granule - 1);
	struct acl_emu_range_reserve range = {
		.head = EMU_HEAD(acl_emu_range_reserve), .size = length, .align = i->granule,
		.kind = ACL_EMU_RANGE_HEAP,
	};
	struct acl_emu_map map = {
		.head = EMU_HEAD(acl_emu_map), .size = length, .offset = first,
		.handle = i->handle, .rights = ACL_EMU_RIGHTS_RW, .kind = ACL_EMU_RANGE_HEAP,
	};
	int err = emu_range_reserve(&range);

	if (err)
		return hal_fail(err, &range.head, NULL, "a reservation of %s", EMU_SIZE(length));
	map.addr = range.addr;
	err = emu_ioctl(ACL_EMU_NR_MAP, &map.head);
	if (err) {
		release(range.addr);
		return hal_fail(err, &map.head, NULL, "[0x%" PRIx64 ", +%s)", (uint64_t)map.addr,
				EMU_SIZE(length));
	}
	i->start = range.addr;
	i->addr = range.addr + (offset - first);
	return DRV_ERROR_NONE;
}

static drvError_t open_name(uint32_t device, const char *name, DVdeviceptr *vptr)
{
	struct emu_ipc_name n;
	struct import *new;
	drvError_t code;

	if (!vptr)
		return hal_null("vptr");
	code = hal_name_read(EMU_IPC_NAME_MEMORY, name, &n);
	if (code)
		return code;
	new = calloc(1, sizeof(*new));
	if (!new)
		return hal_result(emu_no_memory("import"));
	new->device = device;
	code = import_handle(new, &n);
	if (!code) {
		code = import_map(new, n.word[WORD_OFFSET], n.word[WORD_SIZE]);
		/* From here on the mapping holds the memory. */
		drop_handle(new->handle);
	}
	if (code) {
		free(new);
		return code;
	}
	*vptr = new->addr;
	pthread_mutex_lock(&ipc()->lock);
	new->next = ipc()->imports;
	ipc()->imports = new;
	pthread_mutex_unlock(&ipc()->lock);
	return DRV_ERROR_NONE;
}

drvError_t halShmemOpenHandle(const char *name, DVdeviceptr *vptr)
{
	drvError_t code;
	uint32_t device;

	EMU_ENTER();
	code = hal_device_first(&device);
	return code ? code : open_name(device, name, vptr);
}

drvError_t halShmemOpenHandleByDevId(DVdevice dev_id, const char *name, DVdeviceptr *vptr)
{
	EMU_ENTER();
	return open_name(dev_id, name, vptr);
}

/* Returns what UNMAP does; frees the import unless a copy uses it. */
static int end_import(struct import *i, struct acl_emu_unmap *arg)
{
	int err;

	*arg = (struct acl_emu_unmap){
		.head = EMU_HEAD(acl_emu_unmap), .addr = i->start, .kind = ACL_EMU_RANGE_HEAP,
	};
	err = emu_ioctl(ACL_EMU_NR_UNMAP, &arg->head);
	if (err == -EBUSY) {
		pthread_mutex_lock(&ipc()->lock);
		i->next = ipc()->imports;
		ipc()->imports = i;
		pthread_mutex_unlock(&ipc()->lock);
		return err;
	}
	release(i->start);
	free(i);
	return 0;
}

/* Takes the import of an address out of the list, or with 0 one for a device. */
static struct import *take_import(uint64_t addr, uint32_t device, bool any)
{
	struct import **p, *found;

	pthread_mutex_lock(&ipc()->lock);
	for (p = &ipc()->imports; *p; p = &(*p)->next) {
		if (addr ? (*p)->addr == addr : any || (*p)->device == device)
			break;
	}
	found = *p;
	if (found)
		*p = found->next;
	pthread_mutex_unlock(&ipc()->lock);
	return found;
}

drvError_t halShmemCloseHandle(DVdeviceptr vptr)
{
	struct acl_emu_unmap arg;
	struct import *i;
	int err;

	EMU_ENTER();
	i = vptr ? take_import(vptr, 0, false) : NULL;
	if (!i)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "close what was opened, once",
				  "address 0x%llx was not imported, or was closed", vptr);
	err = end_import(i, &arg);
	return err ? hal_fail(err, &arg.head, NULL, "address 0x%llx", vptr) : DRV_ERROR_NONE;
}

/* The queues of the device have ended, so that no copy of theirs runs. */
void hal_share_reset(uint32_t device, bool last)
{
	struct acl_emu_unmap arg;
	struct import *i;

	while ((i = take_import(0, device, last))) {
		if (end_import(i, &arg))
			return;
	}
}
