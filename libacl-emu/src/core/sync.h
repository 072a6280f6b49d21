/* SPDX-License-Identifier: MIT */
/*
 * Counters of the module, which several processes see.
 */
#ifndef EMU_SYNC_H
#define EMU_SYNC_H

#include "stream/queue.h"

#define EMU_SYNC_NOW		UINT64_C(0)	/* a deadline: only look */
#define EMU_SYNC_FOREVER	UINT64_MAX

/* By how much a counter changes: it becomes at least the value, or the value. */
enum emu_sync_how { EMU_SYNC_RAISE, EMU_SYNC_SET };

aclError emu_sync_fail(int err, const struct acl_emu_head *head, const char *subject);
#ifdef EMU_LINT
#define emu_sync_fail(...)	emu_not_zero((emu_sync_fail)(__VA_ARGS__))
#endif
aclError emu_sync_create(uint32_t device, uint64_t value, uint64_t *handle);
aclError emu_sync_export(uint64_t handle, bool no_list, uint64_t *share);
int emu_sync_import(struct acl_emu_import *arg, uint64_t share, uint32_t device);
int emu_sync_signal(struct acl_emu_sync_signal *arg, uint64_t handle, enum emu_sync_how how,
		    uint64_t value);
aclError emu_sync_read(uint64_t handle, const char *subject, uint64_t *value);
enum emu_wait emu_sync_wait(uint64_t handle, uint64_t value, bool take, uint64_t deadline,
			    uint64_t cancel, uint64_t *now);
uint64_t emu_sync_deadline(int64_t timeout_ms);
void emu_sync_drop(uint64_t handle);

#endif
