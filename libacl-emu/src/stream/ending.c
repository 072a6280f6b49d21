// SPDX-License-Identifier: MIT
/*
 * Calls that end the device, the context or the runtime of streams.
 *
 * A call that ends a device or a context lets its streams finish their tasks. A
 * task may wait for an event that no thread records; the call, and every thread
 * that waits for the stream, would then never return. Therefore, when for
 * GRACE_MS no stream of the process has finished a task, and all unfinished
 * streams wait without a time limit, the calls abort these waits: a thread that
 * waits for such a stream gets ACL_ERROR_RT_STREAM_ABORT.
 */
#include "core/init.h"
#include "stream/ending.h"
#include "stream/stream.h"

#define GRACE_MS	500
#define STEP_MS		10
#define NS_PER_MS	UINT64_C(1000000)

/* The streams of the process at one moment. */
struct activity {
	uint64_t finished;	/* tasks, of all streams */
	bool busy;		/* a stream is EMU_QUEUE_BUSY */
	bool waits;		/* a stream is EMU_QUEUE_WAITS */
};

static struct activity activity_now(void)
{
	struct activity now = { 0 };
	enum emu_queue_state state;
	struct emu_stream *s;
	uint32_t cursor = 0;
	uint64_t finished;

	while ((s = emu_stream_next(EMU_EVERY_DEVICE, 0, &cursor))) {
		state = emu_queue_state(&s->queue, &finished);
		now.busy |= state == EMU_QUEUE_BUSY;
		now.waits |= state == EMU_QUEUE_WAITS;
		now.finished += finished;
		emu_stream_put(s);
	}
	return now;
}

/* Is there no progress for GRACE_MS? @since is the time of the last progress. */
static bool grace_over(struct activity *last, uint64_t *since)
{
	struct activity now = activity_now();

	if (now.busy || now.finished != last->finished) {
		*last = now;
		*since = emu_now();
	}
	return emu_now() - *since >= GRACE_MS * NS_PER_MS;
}

static void drain(struct emu_stream *s)
{
	struct emu_queue_mark mark = emu_queue_mark(&s->queue);
	struct activity last = activity_now();
	uint64_t since = emu_now();

	while (!emu_queue_drained(&s->queue, &mark, STEP_MS)) {
		if (!grace_over(&last, &since))
			continue;
		emu_queue_abort(&s->queue);
		return;
	}
}

/* Waits for the tasks of all of them; failures are reported by later calls. */
void emu_stream_drain(uint32_t device, uint64_t context)
{
	struct emu_stream *s;
	uint32_t cursor = 0;

	while ((s = emu_stream_next(device, context, &cursor))) {
		drain(s);
		emu_stream_put(s);
	}
}

static void abort_waits(void)
{
	struct emu_stream *s;
	uint32_t cursor = 0;
	uint64_t finished;

	while ((s = emu_stream_next(EMU_EVERY_DEVICE, 0, &cursor))) {
		if (emu_queue_state(&s->queue, &finished) == EMU_QUEUE_WAITS)
			emu_queue_abort(&s->queue);
		emu_stream_put(s);
	}
}

/*
 * The end of the runtime leaves streams as they are, except those that wait
 * without a time limit. A stream that is about to wait is busy, so the call
 * checks again, for at most twice GRACE_MS.
 */
static void end_waits(void)
{
	struct activity last = activity_now(), now = last;
	uint64_t begin = emu_now(), since = begin;
	struct emu_condition never_true;

	/* A function that runs in a stream keeps this stream busy. */
	if (emu_self.queue)
		return;
	emu_condition_init(&never_true);
	while ((now.waits || now.busy) && emu_now() - begin < 2 * GRACE_MS * NS_PER_MS) {
		if (grace_over(&last, &since)) {
			abort_waits();
			break;
		}
		emu_condition_wait(&never_true, emu_condition_never, NULL, STEP_MS, NULL);
		now = activity_now();
	}
	emu_condition_end(&never_true);
	emu_callback_abort(NULL);
}

/* Called when a stream is created: without streams there is nothing to end. */
void emu_ending_begin(void)
{
	emu_init_at_end(end_waits);
}
