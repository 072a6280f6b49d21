// SPDX-License-Identifier: MIT
/*
 * Names of notifies, by which other processes import them.
 *
 * The name is that of the library: it holds the share key of a sync. An import has an
 * id of the device that the notify was created on, because the runtime names it by
 * device and id.
 */
#include <inttypes.h>

#include "core/sync.h"
#include "queue.h"
#include "share.h"

/* --- the exporter ------------------------------------------------------------------------ */

/* Called with the lock held. The sync begins with the value of the flag. */
static drvError_t share(struct hal_device *d, struct hal_notify *n)
{
	aclError code;
	bool fresh = !n->sync;

	if (n->imported)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "pass on its own name",
				  "the notify belongs to another process");
	if (n->key)
		return DRV_ERROR_NONE;
	code = fresh ? emu_sync_create(d->id, n->set, &n->sync) : ACL_SUCCESS;
	if (!code)
		code = emu_sync_export(n->sync, false, &n->key);
	if (code && fresh) {
		emu_sync_drop(n->sync);
		n->sync = 0;
	}
	return hal_result(code);
}

drvError_t halShrIdCreate(struct drvShrIdInfo *info, char *name, uint32_t name_len)
{
	struct emu_ipc_name text = { 0 };
	struct hal_device *d;
	drvError_t code;

	EMU_ENTER();
	if (!info)
		return hal_null("info");
	if (info->id_type != SHR_ID_NOTIFY_TYPE || info->shrid >= HAL_NOTIFIES)
		return hal_unsupported("sharing an id of type", info->id_type);
	d = hal_queue_device(info->devid, &code);
	if (!d)
		return code;
	pthread_mutex_lock(&d->lock);
	code = share(d, &d->notify[info->shrid]);
	text.word[0] = d->notify[info->shrid].key;
	/* Waits continue with the sync. */
	hal_queue_wake(d, HAL_WAIT_NOTIFY, info->shrid);
	pthread_mutex_unlock(&d->lock);
	return code ? code : hal_name_write(EMU_IPC_NAME_NOTIFY, &text, name, name_len);
}

/* The key of a name, and the device of its notify. */
static drvError_t read_name(const char *name, uint64_t *key, struct hal_device **d)
{
	struct emu_ipc_name text;
	uint32_t device;
	drvError_t code;

	code = hal_name_read(EMU_IPC_NAME_NOTIFY, name, &text);
	if (code)
		return code;
	*key = text.word[0];
	code = hal_share_device(*key, &device);
	if (!code)
		*d = hal_queue_device(device, &code);
	return code;
}

/* Called with the lock held; NULL: no notify of this process has the key. */
static struct hal_notify *find(struct hal_device *d, uint64_t key, bool imported)
{
	uint32_t id;

	for (id = 0; id < HAL_NOTIFIES; id++) {
		if (d->notify[id].key == key && d->notify[id].imported == imported)
			return &d->notify[id];
	}
	return NULL;
}

static drvError_t report_name(const char *name)
{
	return hal_refuse(DRV_ERROR_INVALID_VALUE, "use a name that this process created or opened",
			  "name %s is none of this process", name);
}

/* The notify stays; a later name has another key. */
drvError_t halShrIdDestroy(const char *name)
{
	struct hal_device *d = NULL;
	struct hal_notify *n;
	drvError_t code;
	uint64_t key;

	EMU_ENTER();
	code = read_name(name, &key, &d);
	if (code)
		return code;
	code = hal_share_close(key);
	if (code)
		return code;
	pthread_mutex_lock(&d->lock);
	n = find(d, key, false);
	if (n)
		n->key = 0;
	pthread_mutex_unlock(&d->lock);
	return DRV_ERROR_NONE;
}

drvError_t halShrIdSetPid(const char *name, pid_t pid[], uint32_t pid_num)
{
	struct emu_ipc_name text;
	drvError_t code;

	EMU_ENTER();
	code = hal_name_read(EMU_IPC_NAME_NOTIFY, name, &text);
	return code ? code : hal_share_allow(text.word[0], pid, pid_num);
}

drvError_t halShrIdSetAttribute(const char *name, int type, struct shrIdAttr attr)
{
	struct emu_ipc_name text;
	drvError_t code;

	EMU_ENTER();
	if (type != SHR_ID_ATTR_NO_WLIST_IN_SERVER)
		return hal_unsupported("an attribute of type", (unsigned int)type);
	code = hal_name_read(EMU_IPC_NAME_NOTIFY, name, &text);
	return code ? code : hal_share_allow_all(text.word[0], attr.enableFlag);
}

/* --- the importer ------------------------------------------------------------------------ */

static drvError_t import(struct hal_device *d, uint64_t key, uint32_t *id)
{
	struct acl_emu_import arg;
	uint32_t device;
	drvError_t code;
	bool there;
	int err;

	code = hal_device_first(&device);
	if (code)
		return code;
	err = emu_sync_import(&arg, key, device);
	if (err)
		return hal_result(emu_sync_fail(err, &arg.head, "the notify of the name"));
	pthread_mutex_lock(&d->lock);
	there = hal_id_take(d, DRV_NOTIFY_ID, false, id);
	if (there)
		d->notify[*id] = (struct hal_notify){
			.imported = true, .sync = arg.handle, .key = key,
		};
	pthread_mutex_unlock(&d->lock);
	if (there)
		return DRV_ERROR_NONE;
	emu_sync_drop(arg.handle);
	return hal_refuse(DRV_ERROR_NO_RESOURCES, "destroy those that are not in use",
			  "no id is left for another notify");
}

drvError_t halShrIdOpen(const char *name, struct drvShrIdInfo *info)
{
	struct hal_device *d = NULL;
	drvError_t code;
	uint64_t key;
	uint32_t id;

	EMU_ENTER();
	if (!info)
		return hal_null("info");
	code = read_name(name, &key, &d);
	if (!code)
		code = import(d, key, &id);
	if (!code)
		*info = (struct drvShrIdInfo){
			.devid = d->id, .id_type = SHR_ID_NOTIFY_TYPE, .shrid = id,
		};
	return code;
}

/* The name may have ended: the import is found by its key on any device. */
drvError_t halShrIdClose(const char *name)
{
	struct emu_ipc_name text;
	struct hal_notify *n = NULL;
	struct hal_device *d;
	uint32_t device = 0;
	drvError_t code;

	EMU_ENTER();
	code = hal_name_read(EMU_IPC_NAME_NOTIFY, name, &text);
	if (code)
		return code;
	for (; !n && device < ACL_EMU_MAX_DEVICES; device++) {
		d = hal_queue_present(device);
		if (!d)
			continue;
		pthread_mutex_lock(&d->lock);
		n = find(d, text.word[0], true);
		if (n)
			hal_id_give(d, DRV_NOTIFY_ID, (uint32_t)(n - d->notify));
		pthread_mutex_unlock(&d->lock);
	}
	return n ? DRV_ERROR_NONE : report_name(name);
}
