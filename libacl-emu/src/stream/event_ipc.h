/* SPDX-License-Identifier: MIT */
/*
 * Events between processes.
 */
#ifndef EMU_STREAM_EVENT_IPC_H
#define EMU_STREAM_EVENT_IPC_H

#include "core/ipc_name.h"
#include "stream/stream.h"

struct emu_event_ipc;

aclError emu_event_ipc_new(uint32_t device, struct emu_event_ipc **ipc);
aclError emu_event_ipc_open(const char text[EMU_IPC_NAME_LEN], uint32_t device,
			    struct emu_event_ipc **ipc);
void emu_event_ipc_free(struct emu_event_ipc *ipc);

/* Called with the lock of the event held. */
aclError emu_event_ipc_name(struct emu_event_ipc *ipc, char text[EMU_IPC_NAME_LEN]);
aclError emu_event_ipc_record(struct emu_event_ipc *ipc, struct emu_stream *s);
aclError emu_event_ipc_wait(struct emu_event_ipc *ipc, struct emu_stream *s);

aclError emu_event_ipc_query(struct emu_event_ipc *ipc, bool *complete);
aclError emu_event_ipc_sync(struct emu_event_ipc *ipc, int64_t timeout_ms, enum emu_wait *result);

#endif
