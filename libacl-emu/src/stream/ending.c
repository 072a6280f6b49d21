// SPDX-License-Identifier: MIT
/*
 * Streams at the end of what they belong to.
 *
 * A device or a context that ends lets its streams finish their tasks. A task
 * that waits for what never comes, an event that nobody records, would hold the
 * call for ever and with it every thread that waits for the stream. So when for
 * GRACE_MS no stream of the process has done anything, and all that is left waits
 * without a time limit, the waits are aborted: a thread that waits for such a
 * stream gets ACL_ERROR_RT_STREAM_ABORT.
 */
#include "core/init.h"
#include "stream/ending.h"
#include "stream/stream.h"

#define GRACE_MS	500
#define STEP_MS		10
#define NS_PER_MS	1000000

/* What the streams of the process do at one moment. */
struct activity {
	uint64_t finished;	/* tasks, of all streams */
	bool busy;		/* some stream goes on by itself */
	bool waits;		/* some stream waits for somebody else */
};

static struct activity look_at_all(void)
{
	struct activity now = { 0 };
	struct emu_stream *s;
	uint32_t cursor = 0;
	uint64_t finished;

	while ((s = emu_stream_next(EMU_EVERY_DEVICE, 0, &cursor))) {
		switch (emu_queue_look(&s->queue, &finished)) {
		case EMU_QUEUE_BUSY:
			now.busy = true;
			break;
		case EMU_QUEUE_WAITS:
			now.waits = true;
			break;
		default:
			break;
		}
		now.finished += finished;
		emu_stream_put(s);
	}
	return now;
}

/* Stalled for the whole grace, counted from @since, which moves with any progress. */
static bool grace_over(struct activity *last, uint64_t *since)
{
	struct activity now = look_at_all();

	if (now.busy || now.finished != last->finished) {
		*last = now;
		*since = emu_now();
	}
	return emu_now() - *since >= (uint64_t)GRACE_MS * NS_PER_MS;
}

static void drain(struct emu_stream *s)
{
	struct emu_mark mark = emu_queue_mark(&s->queue);
	struct activity last = look_at_all();
	uint64_t since = emu_now();

	while (!emu_queue_drained(&s->queue, &mark, STEP_MS)) {
		if (!grace_over(&last, &since))
			continue;
		emu_queue_abort(&s->queue);
		return;
	}
}

/* Waits for the tasks of all of them, and leaves failures for others to be told. */
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
		if (emu_queue_look(&s->queue, &finished) == EMU_QUEUE_WAITS)
			emu_queue_abort(&s->queue);
		emu_stream_put(s);
	}
}

/*
 * The end of the runtime leaves streams as they are, but nobody will come any
 * more for one that only waits. A stream that is about to wait looks busy, so
 * the look is repeated, for twice the grace at most.
 */
static void end_waits(void)
{
	struct activity last = look_at_all(), now = last;
	uint64_t begin = emu_now(), since = begin;
	struct emu_gate gate;

	/* A function that runs in a stream is itself what is busy. */
	if (emu_self.queue)
		return;
	emu_gate_init(&gate);
	while ((now.waits || now.busy) &&
	       emu_now() - begin < 2 * (uint64_t)GRACE_MS * NS_PER_MS) {
		if (grace_over(&last, &since)) {
			abort_waits();
			break;
		}
		emu_gate_wait(&gate, emu_gate_never, NULL, STEP_MS, NULL);
		now = look_at_all();
	}
	emu_gate_end(&gate);
}

/* Called when a stream is made: without streams there is nothing to end. */
void emu_ending_begin(void)
{
	emu_init_at_end(end_waits);
}
