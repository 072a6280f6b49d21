/* SPDX-License-Identifier: MIT */
/*
 * Syncs: counters of 64 bits in the module, which several processes can share.
 */
#ifndef EMU_CORE_SYNC_H
#define EMU_CORE_SYNC_H

#include "core/condition.h"

#define EMU_SYNC_NOW		UINT64_C(0)	/* a deadline: do not wait */
#define EMU_SYNC_FOREVER	UINT64_MAX

/* RAISE sets the counter to the maximum of counter and value, SET to the value. */
enum emu_sync_how { EMU_SYNC_RAISE, EMU_SYNC_SET };

aclError emu_sync_fail(int err, const struct acl_emu_head *head, const char *subject);
#ifdef EMU_LINT
#define emu_sync_fail(...)	emu_not_zero((emu_sync_fail)(__VA_ARGS__))
#endif
aclError emu_sync_create(uint32_t device, uint64_t value, uint64_t *handle);
aclError emu_sync_export(uint64_t handle, bool no_list, uint64_t *key);
int emu_sync_import(struct acl_emu_import *arg, uint64_t key, uint32_t device);
int emu_sync_signal(struct acl_emu_sync_signal *arg, uint64_t handle, enum emu_sync_how how,
		    uint64_t value);
aclError emu_sync_read(uint64_t handle, const char *subject, uint64_t *value);
enum emu_wait emu_sync_wait(uint64_t handle, uint64_t value, bool take, uint64_t deadline,
			    uint64_t cancel, uint64_t *now);
uint64_t emu_sync_deadline(int64_t timeout_ms);
void emu_sync_drop(uint64_t handle);

#endif
