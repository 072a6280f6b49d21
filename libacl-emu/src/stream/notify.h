/* SPDX-License-Identifier: MIT */
/*
 * Notifies.
 */
#ifndef EMU_STREAM_NOTIFY_H
#define EMU_STREAM_NOTIFY_H

#include "core/condition.h"
#include "core/sync.h"
#include "core/token.h"

struct emu_notify {
	struct emu_object object;
	struct emu_condition condition;
	uint32_t device;	/* on which it was created */
	bool set;		/* this and below under condition.lock */
	uint64_t sync;		/* sync that replaces set, 0: none */
	uint64_t key;		/* share key of that sync */
	uint64_t export_flags;
	bool imported;
};

aclError emu_notify_new(uint32_t device, struct emu_notify **notify);
aclError emu_notify_get(aclrtNotify token, struct emu_notify **notify);
void emu_notify_put(struct emu_notify *n);

#endif
