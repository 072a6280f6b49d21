// SPDX-License-Identifier: MIT
/*
 * Notifies between processes.
 */
#include <inttypes.h>
#include <string.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/ipc_name.h"
#include "device/context.h"
#include "memory/peer.h"
#include "stream/notify.h"

/* Called with the lock held. The sync begins with the value of the flag. */
static aclError share_locked(struct emu_notify *n, uint64_t flags)
{
	uint64_t sync;
	aclError code;

	code = emu_sync_create(n->device, n->set, &sync);
	if (code)
		return code;
	code = emu_sync_export(sync, flags & ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION,
			       &n->key);
	if (code) {
		emu_sync_drop(sync);
		return code;
	}
	n->sync = sync;
	n->set = false;
	n->export_flags = flags;
	/* Waits continue with the sync. */
	pthread_cond_broadcast(&n->condition.cond);
	return ACL_SUCCESS;
}

static aclError export_locked(struct emu_notify *n, uint64_t flags, struct emu_ipc_name *name)
{
	aclError code = ACL_SUCCESS;

	if (!n->sync)
		code = share_locked(n, flags);
	else if (n->imported)
		code = emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR, "pass on its own key",
				 "the notify belongs to another process");
	else if (flags != n->export_flags)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "use the flags of the first call, or another notify",
				 "flags is 0x%" PRIx64 ", but the notify was exported with 0x%"
				 PRIx64, flags, n->export_flags);
	*name = (struct emu_ipc_name){ .word = { n->key } };
	return code;
}

static aclError check_export(const char *key, size_t len, uint64_t flags)
{
	if (!key)
		return emu_null("key");
	if (len <= EMU_IPC_NAME_LEN)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give room for 65 bytes",
				 "len is %zu", len);
	if (flags & ~ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0 or 2",
				 "flags is 0x%" PRIx64, flags);
	return ACL_SUCCESS;
}

aclError aclrtNotifyGetExportKey(aclrtNotify notify, char *key, size_t len, uint64_t flags)
{
	struct emu_notify *n;
	struct emu_ipc_name name;
	aclError code;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	code = check_export(key, len, flags);
	if (code)
		return emu_token_first(EMU_TOKEN_NOTIFY, notify, code);
	code = emu_notify_get(notify, &n);
	if (code)
		return code;
	pthread_mutex_lock(&n->condition.lock);
	code = export_locked(n, flags, &name);
	pthread_mutex_unlock(&n->condition.lock);
	emu_notify_put(n);
	if (code)
		return code;
	emu_ipc_name_write(EMU_IPC_NAME_NOTIFY, &name, key);
	key[EMU_IPC_NAME_LEN] = '\0';
	return ACL_SUCCESS;
}

static aclError check_pids(const int32_t *pid, size_t num)
{
	if (!pid)
		return emu_null("pid");
	if (!num || num > ACL_EMU_MAX_PIDS)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give 1 to 65535 entries",
				 "num is %zu", num);
	return ACL_SUCCESS;
}

static aclError allow(struct emu_notify *n, const int32_t *pid, size_t num)
{
	struct acl_emu_allow_pids arg = {
		.head = EMU_HEAD(acl_emu_allow_pids), .pids = (uintptr_t)pid,
		.count = (uint32_t)num,
	};
	int err;

	pthread_mutex_lock(&n->condition.lock);
	arg.key = n->key;
	pthread_mutex_unlock(&n->condition.lock);
	if (!arg.key)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "call aclrtNotifyGetExportKey() first",
				 "notify %" PRIu32 " was not exported",
				 emu_token_slot(n->object.token));
	err = emu_ioctl(ACL_EMU_NR_ALLOW_PIDS, &arg.head);
	return err ? emu_sync_fail(err, &arg.head, "the notify") : ACL_SUCCESS;
}

aclError aclrtNotifySetImportPid(aclrtNotify notify, int32_t *pid, size_t num)
{
	struct emu_notify *n;
	aclError code;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	code = check_pids(pid, num);
	if (code)
		return emu_token_first(EMU_TOKEN_NOTIFY, notify, code);
	code = emu_notify_get(notify, &n);
	if (code)
		return code;
	code = allow(n, pid, num);
	emu_notify_put(n);
	return code;
}

/* This machine is the only server. */
aclError aclrtNotifySetImportPidInterServer(aclrtNotify notify, aclrtServerPid *serverPids,
					    size_t num)
{
	aclError code = ACL_SUCCESS;
	struct emu_notify *n;
	size_t i;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	if (!serverPids)
		return emu_null("serverPids");
	if (!num || num > ACL_EMU_MAX_PIDS)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "give 1 to 65535 entries",
				 "num is %zu", num);
	for (i = 0; i < num && !code; i++)
		code = check_pids(serverPids[i].pid, serverPids[i].num);
	if (code)
		return emu_token_first(EMU_TOKEN_NOTIFY, notify, code);
	code = emu_notify_get(notify, &n);
	if (code)
		return code;
	for (i = 0; i < num && !code; i++)
		code = allow(n, serverPids[i].pid, serverPids[i].num);
	emu_notify_put(n);
	return code;
}

static aclError name_read(const char *text, struct emu_ipc_name *name)
{
	if (strnlen(text, EMU_IPC_NAME_LEN + 1) == EMU_IPC_NAME_LEN &&
	    emu_ipc_name_read(EMU_IPC_NAME_NOTIFY, text, name))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID,
			 "pass on the whole key of aclrtNotifyGetExportKey() unchanged",
			 "key '%.*s' was not made by this library for a notify", EMU_IPC_NAME_LEN,
			 text);
}

/* The device on which the notify of a key was created, and stays. */
static aclError key_device(uint64_t key, uint32_t *device)
{
	struct acl_emu_share_query arg = { .head = EMU_HEAD(acl_emu_share_query), .key = key };
	int err = emu_ioctl(ACL_EMU_NR_SHARE_QUERY, &arg.head);

	if (err)
		return emu_sync_fail(err, &arg.head, "the notify of the key");
	*device = arg.loc.id;
	return ACL_SUCCESS;
}

static aclError import(uint64_t key, uint32_t device, struct emu_notify **notify)
{
	struct acl_emu_import arg;
	uint32_t made_on = 0;
	struct emu_notify *n = NULL;
	aclError code;
	int err;

	code = key_device(key, &made_on);
	if (!code)
		code = emu_notify_new(made_on, &n);
	if (code)
		return code;
	err = emu_sync_import(&arg, key, device);
	if (err) {
		emu_notify_put(n);
		return emu_sync_fail(err, &arg.head, "the notify of the key");
	}
	n->sync = arg.handle;
	n->key = key;
	n->imported = true;
	*notify = n;
	return ACL_SUCCESS;
}

aclError aclrtNotifyImportByKey(aclrtNotify *notify, const char *key, uint64_t flags)
{
	struct emu_notify *n = NULL;
	uint32_t device, made_on;
	struct emu_ipc_name name;
	aclError code;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	if (!key)
		return emu_null("key");
	if (flags & ~ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0 or 2",
				 "flags is 0x%" PRIx64, flags);
	code = emu_context_current(&device);
	if (!code)
		code = name_read(key, &name);
	if (!code)
		code = import(name.word[0], device, &n);
	if (code)
		return code;
	made_on = n->device;
	code = emu_token_publish(EMU_TOKEN_NOTIFY, &n->object, ACL_SUCCESS, notify);
	if (!code && flags && made_on != device)
		emu_peer_enable(device, made_on);
	return code;
}
