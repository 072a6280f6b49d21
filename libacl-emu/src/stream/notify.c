// SPDX-License-Identifier: MIT
/*
 * Notifies: a flag that one stream sets and another waits for and takes back.
 *
 * The flag is in this process until another one shall see it: the first export
 * puts a counter of the module, 0 or 1, in its place.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "share/key.h"
#include "core/visible.h"
#include "stream/stream.h"
#include "core/sync.h"

#define FLAGS_KNOWN	ACL_NOTIFY_DEVICE_USE_ONLY
#define MOST		16384	/* notifies that a process can have */

struct notify {
	struct emu_object object;
	struct emu_gate gate;
	uint32_t device;	/* where it was made */
	bool set;		/* what follows is under the lock of the gate */
	uint64_t sync;		/* counter in the place of set, 0: there is none */
	uint64_t share;		/* key of that counter */
	uint64_t export_flags;
	bool imported;
};

struct notify_task {
	struct emu_task task;
	struct notify *notify;
	int64_t timeout_ms;
	bool taken;
};

static void notify_free(struct emu_object *object)
{
	struct notify *n = (struct notify *)object;

	emu_sync_drop(n->sync);
	emu_gate_end(&n->gate);
	free(n);
}

static void notify_put(struct notify *n)
{
	emu_object_put(&n->object);
}

static aclError notify_get(aclrtNotify token, struct notify **notify)
{
	if (!token)
		return emu_null("notify");
	*notify = (struct notify *)emu_token_get(EMU_TOKEN_NOTIFY, (uintptr_t)token);
	if (*notify)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use what aclrtCreateNotify() gave",
			 "0x%" PRIxPTR " is no notify, or was destroyed", (uintptr_t)token);
}

static aclError notify_new(uint32_t device, struct notify **notify)
{
	struct notify *n = calloc(1, sizeof(*n));

	if (!n)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, NULL, "no memory for a notify");
	n->object.refs = 1;
	n->object.free = notify_free;
	n->device = device;
	emu_gate_init(&n->gate);
	*notify = n;
	return ACL_SUCCESS;
}

/* The last step of making one: the caller's reference goes to the table, or away. */
static aclError notify_publish(struct notify *n, aclError code, aclrtNotify *notify)
{
	if (!code && !emu_token_add(EMU_TOKEN_NOTIFY, &n->object))
		code = emu_error(ACL_ERROR_RT_NO_NOTIFY_RESOURCE, "destroy notifies not in use",
				 "the process has too many notifies");
	if (!code)
		*notify = (aclrtNotify)(uintptr_t)n->object.token;
	notify_put(n);
	return code;
}

aclError aclrtCreateNotify(aclrtNotify *notify, uint64_t flag)
{
	struct notify *n;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	if (flag & ~(uint64_t)FLAGS_KNOWN)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use flags ACL_NOTIFY_*",
				 "flag is 0x%" PRIx64, flag);
	code = emu_context_current(&device);
	if (!code)
		code = notify_new(device, &n);
	return code ? code : notify_publish(n, ACL_SUCCESS, notify);
}

/* Tasks that were put into streams keep it for themselves. */
aclError aclrtDestroyNotify(aclrtNotify notify)
{
	struct notify *n;
	aclError code;

	EMU_ENTER();
	code = notify_get(notify, &n);
	if (code)
		return code;
	emu_token_remove(EMU_TOKEN_NOTIFY, &n->object);
	notify_put(n);
	return ACL_SUCCESS;
}

aclError aclrtGetNotifyId(aclrtNotify notify, uint32_t *notifyId)
{
	struct notify *n;
	aclError code;

	EMU_ENTER();
	if (!notifyId)
		return emu_null("notifyId");
	code = notify_get(notify, &n);
	if (code)
		return code;
	*notifyId = emu_token_slot(n->object.token);
	notify_put(n);
	return ACL_SUCCESS;
}

/* --- the flag ----------------------------------------------------------------- */

static uint64_t sync_of(struct notify *n)
{
	uint64_t sync;

	pthread_mutex_lock(&n->gate.lock);
	sync = n->sync;
	pthread_mutex_unlock(&n->gate.lock);
	return sync;
}

static aclError signal_sync(uint64_t sync, enum emu_sync_how how, uint64_t value)
{
	struct acl_emu_sync_signal arg;
	int err = emu_sync_signal(&arg, sync, how, value);

	return err ? emu_sync_fail(err, &arg.head, "the notify") : ACL_SUCCESS;
}

static aclError notify_write(struct notify *n, bool set)
{
	uint64_t sync;

	pthread_mutex_lock(&n->gate.lock);
	sync = n->sync;
	if (!sync) {
		n->set = set;
		if (set)
			pthread_cond_broadcast(&n->gate.cond);
	}
	pthread_mutex_unlock(&n->gate.lock);
	return sync ? signal_sync(sync, EMU_SYNC_SET, set) : ACL_SUCCESS;
}

static aclError record_run(struct emu_task *task, struct emu_queue *queue)
{
	(void)queue;
	return notify_write(((struct notify_task *)task)->notify, true);
}

/* Of several who wait, one takes it. All see that a counter has come in its place. */
static bool take(void *arg)
{
	struct notify_task *t = arg;
	struct notify *n = t->notify;

	t->taken = n->set;
	n->set = false;
	return t->taken || n->sync;
}

static enum emu_wait notify_wait(struct notify_task *t, struct emu_queue *queue)
{
	uint64_t deadline = emu_sync_deadline(t->timeout_ms);
	struct notify *n = t->notify;
	enum emu_wait result;

	result = emu_queue_wait(queue, &n->gate, take, t, t->timeout_ms);
	if (result != EMU_WAIT_READY || t->taken)
		return result;
	return emu_queue_wait_sync(queue, sync_of(n), 1, true, deadline);
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct notify_task *t = (struct notify_task *)task;
	uint32_t id = emu_token_slot(t->notify->object.token);

	switch (notify_wait(t, queue)) {
	case EMU_WAIT_EXPIRED:
		return emu_error(ACL_ERROR_RT_WAIT_TIMEOUT, "record it in time, or wait longer",
				 "notify %" PRIu32 " was not recorded within %" PRId64 " s", id,
				 t->timeout_ms / 1000);
	case EMU_WAIT_ABORTED:
		return emu_error(ACL_ERROR_RT_STREAM_ABORT, NULL, "the wait was ended by force");
	case EMU_WAIT_GONE:
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "make it anew",
				 "notify %" PRIu32 " ended when its device was reset", id);
	case EMU_WAIT_FAILED:
		return emu_self.last;
	default:
		return ACL_SUCCESS;
	}
}

static void task_end(struct emu_task *task, bool ran)
{
	(void)ran;
	notify_put(((struct notify_task *)task)->notify);
	free(task);
}

/* --- in streams --------------------------------------------------------------- */

/* The hardware can wait for a shared one on its own device only. */
static aclError check_device(struct notify *n, const struct emu_stream *s)
{
	if (s->device == n->device || !sync_of(n))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID,
			 "create it on the device that waits, and record it on the other",
			 "a stream of device %" PRIu32 " cannot wait for a notify that processes "
			 "share and that was made on device %" PRIu32, emu_user_id(s->device),
			 emu_user_id(n->device));
}

static aclError submit(struct notify *n, struct emu_stream *s, int64_t timeout_ms,
		       aclError (*run)(struct emu_task *, struct emu_queue *))
{
	struct notify_task *t = emu_task_new(sizeof(*t), run, task_end);
	aclError code;

	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->notify = n;
	emu_object_ref(&n->object);
	t->timeout_ms = timeout_ms;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code)
		task_end(&t->task, false);
	return code;
}

static aclError in_stream(aclrtNotify notify, aclrtStream stream, int64_t timeout_ms,
			  aclError (*run)(struct emu_task *, struct emu_queue *))
{
	struct emu_stream *s;
	struct notify *n;
	aclError code;

	code = notify_get(notify, &n);
	if (code)
		return code;
	code = emu_stream_get(stream, &s);
	if (!code) {
		if (run == wait_run)
			code = check_device(n, s);
		if (!code)
			code = submit(n, s, timeout_ms, run);
		emu_stream_put(s);
	}
	notify_put(n);
	return code;
}

aclError aclrtRecordNotify(aclrtNotify notify, aclrtStream stream)
{
	EMU_ENTER();
	return in_stream(notify, stream, EMU_FOREVER, record_run);
}

aclError aclrtWaitAndResetNotify(aclrtNotify notify, aclrtStream stream, uint32_t timeout)
{
	EMU_ENTER();
	return in_stream(notify, stream, timeout ? (int64_t)timeout * 1000 : EMU_FOREVER,
			 wait_run);
}

static aclError reset_one(aclrtNotify notify, bool only_look)
{
	struct notify *n;
	aclError code;

	code = notify_get(notify, &n);
	if (code)
		return code;
	if (!only_look)
		code = notify_write(n, false);
	notify_put(n);
	return code;
}

aclError aclrtNotifyBatchReset(aclrtNotify *notifies, size_t num)
{
	aclError code = ACL_SUCCESS;
	size_t i;

	EMU_ENTER();
	if (!notifies)
		return emu_null("notifies");
	if (!num || num > MOST)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give 1 to 16384 entries",
				 "num is %zu", num);
	for (i = 0; i < num && !code; i++)
		code = reset_one(notifies[i], true);
	for (i = 0; i < num && !code; i++)
		code = reset_one(notifies[i], false);
	return code;
}

/* --- between processes ---------------------------------------------------------- */

/* Under the lock of the gate. A flag that is set stays so. */
static aclError share_locked(struct notify *n, uint64_t flags)
{
	uint64_t sync;
	aclError code;

	code = emu_sync_create(n->device, n->set, &sync);
	if (code)
		return code;
	code = emu_sync_export(sync, flags & ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION,
			       &n->share);
	if (code) {
		emu_sync_drop(sync);
		return code;
	}
	n->sync = sync;
	n->set = false;
	n->export_flags = flags;
	/* Whoever waits goes over to the counter. */
	pthread_cond_broadcast(&n->gate.cond);
	return ACL_SUCCESS;
}

static aclError export_locked(struct notify *n, uint64_t flags, struct emu_key *key)
{
	aclError code = ACL_SUCCESS;

	if (!n->sync)
		code = share_locked(n, flags);
	else if (n->imported)
		code = emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR, "hand on the key it came by",
				 "the notify belongs to another process");
	else if (flags != n->export_flags)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "use the flags of the first call, or another notify",
				 "flags is 0x%" PRIx64 ", but the notify was exported with 0x%"
				 PRIx64, flags, n->export_flags);
	*key = (struct emu_key){ .word = { n->share } };
	return code;
}

static aclError check_export(const char *key, size_t len, uint64_t flags)
{
	if (!key)
		return emu_null("key");
	if (len <= EMU_KEY_LEN)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give room for 65 bytes",
				 "len is %zu", len);
	if (flags & ~ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0 or 2",
				 "flags is 0x%" PRIx64, flags);
	return ACL_SUCCESS;
}

aclError aclrtNotifyGetExportKey(aclrtNotify notify, char *key, size_t len, uint64_t flags)
{
	struct notify *n;
	struct emu_key k;
	aclError code;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	code = check_export(key, len, flags);
	if (!code)
		code = notify_get(notify, &n);
	if (code)
		return code;
	pthread_mutex_lock(&n->gate.lock);
	code = export_locked(n, flags, &k);
	pthread_mutex_unlock(&n->gate.lock);
	notify_put(n);
	if (code)
		return code;
	emu_key_write(EMU_KEY_NOTIFY, &k, key);
	key[EMU_KEY_LEN] = '\0';
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

static aclError allow(struct notify *n, const int32_t *pid, size_t num)
{
	struct acl_emu_allow_pids arg = {
		.head = EMU_HEAD(acl_emu_allow_pids), .pids = (uintptr_t)pid,
		.count = (uint32_t)num,
	};
	int err;

	pthread_mutex_lock(&n->gate.lock);
	arg.key = n->share;
	pthread_mutex_unlock(&n->gate.lock);
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
	struct notify *n;
	aclError code;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	code = check_pids(pid, num);
	if (!code)
		code = notify_get(notify, &n);
	if (code)
		return code;
	code = allow(n, pid, num);
	notify_put(n);
	return code;
}

/* All servers are this machine. */
aclError aclrtNotifySetImportPidInterServer(aclrtNotify notify, aclrtServerPid *serverPids,
					    size_t num)
{
	aclError code = ACL_SUCCESS;
	struct notify *n;
	size_t i;

	EMU_ENTER();
	if (!notify)
		return emu_null("notify");
	if (!serverPids)
		return emu_null("serverPids");
	if (!num || num > ACL_EMU_MAX_PIDS)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give 1 to 65535 entries",
				 "num is %zu", num);
	for (i = 0; i < num && !code; i++)
		code = check_pids(serverPids[i].pid, serverPids[i].num);
	if (!code)
		code = notify_get(notify, &n);
	if (code)
		return code;
	for (i = 0; i < num && !code; i++)
		code = allow(n, serverPids[i].pid, serverPids[i].num);
	notify_put(n);
	return code;
}

static aclError key_read(const char *text, struct emu_key *key)
{
	if (strnlen(text, EMU_KEY_LEN + 1) == EMU_KEY_LEN &&
	    emu_key_read(EMU_KEY_NOTIFY, text, key))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID,
			 "hand over the whole key of aclrtNotifyGetExportKey() unchanged",
			 "key '%.*s' was not made by this library for a notify", EMU_KEY_LEN,
			 text);
}

/* Where the notify of a key was made; that stays its device. */
static aclError key_device(uint64_t share, uint32_t *device)
{
	struct acl_emu_share_query arg = { .head = EMU_HEAD(acl_emu_share_query), .key = share };
	int err = emu_ioctl(ACL_EMU_NR_SHARE_QUERY, &arg.head);

	if (err)
		return emu_sync_fail(err, &arg.head, "the notify of the key");
	*device = arg.loc.id;
	return ACL_SUCCESS;
}

static aclError import(uint64_t share, uint32_t device, struct notify **notify)
{
	struct acl_emu_import arg;
	uint32_t made_on = 0;
	struct notify *n = NULL;
	aclError code;
	int err;

	code = key_device(share, &made_on);
	if (!code)
		code = notify_new(made_on, &n);
	if (code)
		return code;
	err = emu_sync_import(&arg, share, device);
	if (err) {
		notify_put(n);
		return emu_sync_fail(err, &arg.head, "the notify of the key");
	}
	n->sync = arg.handle;
	n->share = share;
	n->imported = true;
	*notify = n;
	return ACL_SUCCESS;
}

aclError aclrtNotifyImportByKey(aclrtNotify *notify, const char *key, uint64_t flags)
{
	struct notify *n = NULL;
	uint32_t device, made_on;
	struct emu_key k;
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
		code = key_read(key, &k);
	if (!code)
		code = import(k.word[0], device, &n);
	if (code)
		return code;
	made_on = n->device;
	code = notify_publish(n, ACL_SUCCESS, notify);
	if (!code && flags && made_on != device)
		emu_peer_enable(device, made_on);
	return code;
}
