/* SPDX-License-Identifier: MIT */
/*
 * Streams, for those who put work into them.
 */
#ifndef EMU_STREAM_H
#define EMU_STREAM_H

#include "stream/queue.h"
#include "core/token.h"

/* 0 is the highest. */
#define EMU_PRIORITY_LAST	7

struct emu_report;

struct emu_stream {
	struct emu_object object;
	struct emu_queue queue;
	uint32_t device;
	uint32_t priority;
	uint32_t flags;
	bool is_default;
	_Atomic bool ending;	/* some thread is in the call that ends it */
	struct emu_report *report;	/* under the lock of callback.c */
};

aclError emu_stream_find(aclrtStream token, struct emu_stream **stream);
aclError emu_stream_get(aclrtStream token, struct emu_stream **stream);
aclError emu_stream_submit(aclrtStream token, struct emu_task *task);
void emu_stream_put(struct emu_stream *stream);
bool emu_stream_is_mine(const struct emu_stream *stream);
aclError emu_stream_wait_self(void);

aclError emu_copy_in(struct emu_stream *s, void *dst, const void *src, size_t size);

/* About the streams of a device, or of one context of it (not 0). */
#define EMU_EVERY_DEVICE	UINT32_MAX

struct emu_stream *emu_stream_next(uint32_t device, uint64_t context, uint32_t *cursor);
aclError emu_stream_sync_all(uint32_t device, uint64_t context, const struct timespec *deadline);
bool emu_stream_any_mine(uint32_t device, uint64_t context);
void emu_stream_abort_all(uint32_t device, uint64_t context);
void emu_stream_end_all(uint32_t device, uint64_t context, bool force);

void emu_callback_unsubscribe(struct emu_stream *stream);

#endif
