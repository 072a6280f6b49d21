// SPDX-License-Identifier: MIT
/*
 * Streams and events in captures: what they ask the room graph/, and the calls that
 * a captured stream or event refuses.
 */
#include <inttypes.h>

#include "core/error.h"
#include "core/process.h"
#include "stream/capture.h"
#include "stream/stream.h"

/* Functions of the library, equal in every process. NULL: no capture has begun. */
static const struct emu_capture_ops *_Atomic capture_ops;

/*
 * Whether the stream in a slot of the token table is captured. A call that asks for
 * it takes no lock, since allocators of programs ask before each allocation.
 */
struct captured {
	_Atomic bool streams[EMU_TOKEN_SLOTS];
};

EMU_STATE(struct captured, captured, NULL)

void emu_capture_register(const struct emu_capture_ops *ops)
{
	atomic_store_explicit(&capture_ops, ops, memory_order_release);
}

static const struct emu_capture_ops *ops_now(void)
{
	return atomic_load_explicit(&capture_ops, memory_order_acquire);
}

bool emu_capture_take(struct emu_queue *q, struct emu_task *task, aclError *code)
{
	return ops_now()->take(q, task, code);
}

void emu_capture_stream_gone(struct emu_stream *s)
{
	if (atomic_load(&s->queue.lane))
		ops_now()->stream_gone(s);
}

void emu_stream_set_captured(struct emu_stream *s, bool on)
{
	atomic_store(&captured()->streams[emu_token_slot(s->object.token)], on);
}

bool emu_stream_is_captured(const struct emu_stream *s)
{
	return atomic_load_explicit(&s->queue.lane, memory_order_relaxed) &&
	       atomic_load(&captured()->streams[emu_token_slot(s->object.token)]);
}

bool emu_stream_token_captured(aclrtStream token, bool *on)
{
	uint64_t value = (uintptr_t)token;

	if (!emu_token_valid(EMU_TOKEN_STREAM, value))
		return false;
	*on = atomic_load(&captured()->streams[emu_token_slot(value)]);
	return true;
}

aclError emu_stream_not_captured(const struct emu_stream *s)
{
	if (!emu_stream_is_captured(s))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_STREAM_CAPTURED,
			 "call aclmdlRICaptureEnd() first; the capture goes on",
			 "stream 0x%" PRIx64 " is captured: its tasks are recorded and do not run",
			 s->object.token);
}

/* --- events ------------------------------------------------------------------------ */

static bool concerns(const struct emu_captured_event *e, const struct emu_stream *s)
{
	return e->capture->edge || atomic_load_explicit(&s->queue.lane, memory_order_relaxed);
}

bool emu_capture_record(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
			aclError *code)
{
	return concerns(e, s) && ops_now()->record(e, s, flag, code);
}

bool emu_capture_wait(const struct emu_captured_event *e, struct emu_stream *s, uint32_t flag,
		      aclError *code)
{
	return concerns(e, s) && ops_now()->wait(e, s, flag, code);
}

bool emu_capture_reset(const struct emu_captured_event *e, struct emu_stream *s, aclError *code)
{
	return concerns(e, s) && ops_now()->reset(e, s, code);
}

aclError emu_capture_check_event(const struct emu_event_capture *capture, uint64_t token)
{
	if (!capture->edge || !ops_now()->is_open(capture->edge))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_EVENT_CAPTURED,
			 "call aclmdlRICaptureEnd() first; the capture goes on",
			 "event 0x%" PRIx64 " was recorded in a capture, which records and does "
			 "not run", token);
}

void emu_capture_event_end(struct emu_event_capture *capture)
{
	if (capture->edge)
		ops_now()->put(capture->edge);
	capture->edge = NULL;
}
