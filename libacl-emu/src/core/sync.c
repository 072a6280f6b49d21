// SPDX-License-Identifier: MIT
/*
 * Syncs: the calls of the module, and the messages of their failures.
 */
#include <errno.h>
#include <inttypes.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/sync.h"

static aclError report_gone(const char *subject)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "create it again",
			 "%s ended when its device was reset", subject);
}

static aclError report_pid(const struct acl_emu_head *head, const char *subject)
{
	return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
			 "let the exporter name this process, after it has begun",
			 "%s is %s this process (pid %" PRIu64 ")", subject,
			 head->val[1] ? "open to an earlier process with the number of" :
			 "not open to", (uint64_t)head->val[0]);
}

/* As emu_fail(), with sentences for syncs. */
aclError (emu_sync_fail)(int err, const struct acl_emu_head *head, const char *subject)
{
	switch (err == -EBADFD ? ACL_EMU_REASON_NONE : head->reason) {
	case ACL_EMU_REASON_HANDLE:
		return report_gone(subject);
	case ACL_EMU_REASON_NO_SHARE:
		return emu_error(ACL_ERROR_RT_INVALID_HANDLE, "open it before the exporter ends it",
				 "%s names nothing any more", subject);
	case ACL_EMU_REASON_IMPORTED:
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR, "use the key it came by",
				 "%s belongs to another process", subject);
	case ACL_EMU_REASON_OWN_SHARE:
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR, "use what it was made from",
				 "%s was made by this very process", subject);
	case ACL_EMU_REASON_NOT_EXPORTER:
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR, "let the exporter name them",
				 "%s was exported by another process", subject);
	case ACL_EMU_REASON_NO_LIST:
		return emu_error(ACL_ERROR_RT_NO_PERMISSION, "export it with flags 0 to have one",
				 "%s was exported without a whitelist", subject);
	case ACL_EMU_REASON_PID:
		return report_pid(head, subject);
	default:
		return emu_fail(err, head, NULL, "%s", subject);
	}
}

aclError emu_sync_create(uint32_t device, uint64_t value, uint64_t *handle)
{
	struct acl_emu_sync_create arg = {
		.head = EMU_HEAD(acl_emu_sync_create), .value = value, .device = device,
	};
	int err = emu_ioctl(ACL_EMU_NR_SYNC_CREATE, &arg.head);

	if (err)
		return emu_sync_fail(err, &arg.head, "a new sync");
	*handle = arg.handle;
	return ACL_SUCCESS;
}

aclError emu_sync_export(uint64_t handle, bool no_list, uint64_t *key)
{
	struct acl_emu_export arg = { .head = EMU_HEAD(acl_emu_export), .handle = handle };
	int err;

	if (no_list)
		arg.head.flags = ACL_EMU_EXPORT_NO_LIST;
	err = emu_ioctl(ACL_EMU_NR_EXPORT, &arg.head);
	if (err)
		return emu_sync_fail(err, &arg.head, "what is to be exported");
	*key = arg.key;
	return ACL_SUCCESS;
}

/* Returns 0, or -errno with the reason in the head; writes no message. */
int emu_sync_import(struct acl_emu_import *arg, uint64_t key, uint32_t device)
{
	*arg = (struct acl_emu_import){
		.head = EMU_HEAD(acl_emu_import, .flags = ACL_EMU_IMPORT_SYNC),
		.key = key, .device = device,
	};
	return emu_ioctl(ACL_EMU_NR_IMPORT, &arg->head);
}

/* The same. */
int emu_sync_signal(struct acl_emu_sync_signal *arg, uint64_t handle, enum emu_sync_how how,
		    uint64_t value)
{
	*arg = (struct acl_emu_sync_signal){
		.head = EMU_HEAD(acl_emu_sync_signal), .handle = handle, .value = value,
	};
	if (how == EMU_SYNC_SET)
		arg->head.flags = ACL_EMU_SYNC_SET;
	return emu_ioctl(ACL_EMU_NR_SYNC_SIGNAL, &arg->head);
}

aclError emu_sync_read(uint64_t handle, const char *subject, uint64_t *value)
{
	struct acl_emu_sync_wait arg = { .head = EMU_HEAD(acl_emu_sync_wait), .handle = handle };
	int err = emu_ioctl(ACL_EMU_NR_SYNC_WAIT, &arg.head);

	if (err)
		return emu_sync_fail(err, &arg.head, subject);
	*value = arg.now;
	return ACL_SUCCESS;
}

uint64_t emu_sync_deadline(int64_t timeout_ms)
{
	return timeout_ms < 0 ? EMU_SYNC_FOREVER : emu_now() + (uint64_t)timeout_ms * 1000000;
}

/*
 * @cancel is a sync that ends the wait, 0: none; @now is written on EMU_WAIT_READY.
 * A signal handler of the program does not end the wait.
 */
enum emu_wait emu_sync_wait(uint64_t handle, uint64_t value, bool take, uint64_t deadline,
			    uint64_t cancel, uint64_t *now)
{
	struct acl_emu_sync_wait arg;
	int err;

	do {
		arg = (struct acl_emu_sync_wait){
			.head = EMU_HEAD(acl_emu_sync_wait), .handle = handle, .value = value,
			.deadline = deadline < ACL_EMU_SYNC_FOREVER ? (int64_t)deadline :
								      ACL_EMU_SYNC_FOREVER,
			.cancel = cancel,
		};
		if (take)
			arg.head.flags = ACL_EMU_SYNC_TAKE;
		err = emu_ioctl(ACL_EMU_NR_SYNC_WAIT, &arg.head);
	} while (err == -EINTR);
	switch (err) {
	case 0:
		*now = arg.now;
		return EMU_WAIT_READY;
	case -ETIMEDOUT:
		return EMU_WAIT_EXPIRED;
	case -ECANCELED:
		return EMU_WAIT_ABORTED;
	default:
		return EMU_WAIT_GONE;
	}
}

void emu_sync_drop(uint64_t handle)
{
	if (handle)
		emu_drop_handle(handle);
}
