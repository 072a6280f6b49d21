/* SPDX-License-Identifier: MIT */
/*
 * Events.
 */
#ifndef EMU_STREAM_EVENT_H
#define EMU_STREAM_EVENT_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/token.h"
#include "stream/capture.h"

struct emu_completion;
struct emu_event_ipc;

struct event {
	struct emu_object object;
	pthread_mutex_t lock;
	bool ex;			/* created by aclrtCreateEventExWithFlag() */
	bool timed;
	bool device_only;
	bool early;			/* can be waited for before the first record */
	bool recorded;			/* completion belongs to a record */
	_Atomic uint64_t records;	/* calls of aclrtRecordEvent() */
	_Atomic bool reset;		/* aclrtResetEvent() was the last of both */
	uint64_t waits;			/* tasks that wait or have not begun to */
	struct emu_completion *completion;	/* NULL: neither recorded nor waited for */
	struct emu_event_ipc *ipc;	/* replaces these; NULL: of this process only */
	struct emu_event_capture capture;
};

aclError emu_event_get(aclrtEvent token, struct event **event);
void emu_event_put(struct event *event);
aclError emu_event_report_ipc(const char *advice);

#endif
