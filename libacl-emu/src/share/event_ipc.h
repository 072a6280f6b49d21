/* SPDX-License-Identifier: MIT */
/*
 * What an event between processes has in place of a latch.
 */
#ifndef EMU_EVENT_IPC_H
#define EMU_EVENT_IPC_H

#include "share/key.h"
#include "stream/stream.h"

struct emu_event_ipc;

aclError emu_event_ipc_new(uint32_t device, struct emu_event_ipc **ipc);
aclError emu_event_ipc_open(const char text[EMU_KEY_LEN], uint32_t device,
			    struct emu_event_ipc **ipc);
void emu_event_ipc_free(struct emu_event_ipc *ipc);

/* These three under the lock of the event. */
aclError emu_event_ipc_key(struct emu_event_ipc *ipc, char text[EMU_KEY_LEN]);
aclError emu_event_ipc_record(struct emu_event_ipc *ipc, struct emu_stream *s);
aclError emu_event_ipc_wait(struct emu_event_ipc *ipc, struct emu_stream *s);

aclError emu_event_ipc_query(struct emu_event_ipc *ipc, bool *complete);
aclError emu_event_ipc_sync(struct emu_event_ipc *ipc, int64_t timeout_ms, enum emu_wait *result);

#endif
