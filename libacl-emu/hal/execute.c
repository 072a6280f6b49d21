// SPDX-License-Identifier: MIT
/*
 * What each entry of a queue does.
 *
 * An entry has a header of 8 bytes: type, bits, task type or blocks, stream, task.
 * Entries of types that are not emulated fail, and the log says why.
 */
#include <inttypes.h>
#include <stdio.h>

#include "copy.h"
#include "core/log.h"
#include "queue.h"

enum {
	ENTRY_KERNEL = 0, ENTRY_AICPU = 1, ENTRY_TASK = 3, ENTRY_EVENT_RECORD = 4,
	ENTRY_EVENT_WAIT = 5, ENTRY_NOTIFY_RECORD = 6, ENTRY_NOTIFY_WAIT = 7,
	ENTRY_WRITE_VALUE = 8, ENTRY_SDMA = 11, ENTRY_PCIE_DMA = 17,
	ENTRY_TYPES = 64,
};

enum { TASK_COPY = 90 };		/* of ENTRY_TASK */
enum { WRITE_PLAIN = 0, WRITE_EVENT_RESET = 1, WRITE_NOTIFY = 3 };

#define TOPIC_CALLBACK	26
#define HIGH_BITS	0x1ffff		/* of the address in two words */
#define VIRTUAL		(1u << 31)	/* the address is one of the program */
#define NOTIFY_MASK	0x1fff

/* Where the chip has the flags of its notifies, see halResourceDetailQuery(). */
#define CHIP_FIRST	6		/* upper word of the address for chip 0 */
#define CHIP_STEP	0x800
#define NOTIFY_FIRST	0xa0100000u
#define TABLE_STEP	0x10000
#define TABLE_SIZE	512

struct entry {
	struct hal_device *d;
	struct hal_queue *q;
	const struct hal_entry *e;
	struct hal_end *end;
};

static void fail(const struct entry *t, uint8_t type, const char *why)
{
	t->end->error_type = type;
	t->end->error = 1;
	emu_log(ACL_ERROR, "HAL", "device %" PRIu32 ", stream %u, task %u: an entry of type %u "
		"failed: %s", t->d->id, hal_u16(t->e, 4) & 0x7fff, hal_u16(t->e, 6),
		t->e->byte[0] & 0x3f, why);
}

static void run_kernel(const struct entry *t)
{
	fail(t, HAL_ERROR_EXCEPTION, "there are no AI cores. Run the kernel as a host function.");
}

static void run_unknown(const struct entry *t)
{
	fail(t, HAL_ERROR_ENTRY, "this type is not emulated.");
}

static void run_copy(const struct entry *t, uint64_t dst, uint64_t src, uint64_t size)
{
	if (hal_copy(dst, src, size))
		fail(t, HAL_ERROR_EXCEPTION, "the copy failed, for the reason in the line before.");
}

/* Host functions; other messages to the AI CPU need no answer. */
static void run_aicpu(const struct entry *t)
{
	const struct hal_entry *e = t->e;
	struct hal_report report = {
		.stream = hal_u16(e, 22), .event = hal_u16(e, 24), .block = hal_u16(e, 26) & 0xff,
		.task = hal_u16(e, 28), .function = hal_u64(e, 32), .argument = hal_u64(e, 40),
	};

	if ((hal_u32(e, 56) >> 12 & 0x3f) != TOPIC_CALLBACK) {
		emu_log(ACL_INFO, "HAL", "device %" PRIu32 ": a message to the AI CPU "
			"has no effect", t->d->id);
		return;
	}
	hal_callback_report(t->d, t->q, hal_u16(e, 16), &report, t->end);
	if (t->end->error_type)
		fail(t, t->end->error_type, "its callback queue does not exist.");
}

/* Tasks of the scheduler. Its version is 0: no optional features. */
static void run_task(const struct entry *t)
{
	if (hal_u16(t->e, 2) == TASK_COPY)
		run_copy(t, hal_u64(t->e, 24), hal_u64(t->e, 16), hal_u32(t->e, 32));
}

static void run_event_record(const struct entry *t)
{
	hal_event_record(t->d, hal_u16(t->e, 8));
}

static void run_event_wait(const struct entry *t)
{
	hal_event_wait(t->d, t->q, hal_u16(t->e, 8), hal_u32(t->e, 20), t->end);
	if (t->end->error_type)
		fail(t, t->end->error_type, "the event was not recorded in time.");
}

static void run_notify_record(const struct entry *t)
{
	hal_notify_record(t->d, hal_u16(t->e, 8) & NOTIFY_MASK);
}

static void run_notify_wait(const struct entry *t)
{
	hal_notify_wait(t->d, t->q, hal_u16(t->e, 8) & NOTIFY_MASK, hal_u32(t->e, 16), t->end);
	if (t->end->error_type)
		fail(t, t->end->error_type, "the notify was not recorded in time, or ended.");
}

/* Records a notify by the address of its flag, also one of another device. */
static void write_notify(const struct entry *t)
{
	uint32_t chip = (hal_u32(t->e, 20) & HIGH_BITS) - CHIP_FIRST;
	uint32_t offset = hal_u32(t->e, 16) - NOTIFY_FIRST;
	uint32_t at = offset % TABLE_STEP / 4;
	struct hal_device *d = NULL;
	drvError_t code;
	char why[128];

	if (!(chip % CHIP_STEP) && !(offset % 4) && at < TABLE_SIZE &&
	    offset / TABLE_STEP < HAL_NOTIFIES / TABLE_SIZE)
		d = hal_queue_device(chip / CHIP_STEP, &code);
	if (d) {
		hal_notify_record(d, offset / TABLE_STEP * TABLE_SIZE + at);
		return;
	}
	snprintf(why, sizeof(why), "no notify has the address 0x%" PRIx64
		 ". Use the address that halResourceDetailQuery() gives.",
		 (uint64_t)(hal_u32(t->e, 20) & HIGH_BITS) << 32 | hal_u32(t->e, 16));
	fail(t, HAL_ERROR_ENTRY, why);
}

static void run_write_value(const struct entry *t)
{
	uint32_t high = hal_u32(t->e, 20), size = 1u << (high >> 20 & 7);
	uint64_t addr = (uint64_t)(high & HIGH_BITS) << 32 | hal_u32(t->e, 16);

	switch (hal_u32(t->e, 28)) {
	case WRITE_EVENT_RESET:
		hal_event_clear(t->d, hal_u32(t->e, 24));
		return;
	case WRITE_NOTIFY:
		write_notify(t);
		return;
	case WRITE_PLAIN:
		if (high & VIRTUAL && size <= 32)
			run_copy(t, addr, (uintptr_t)&t->e->byte[32], size);
		else
			fail(t, HAL_ERROR_ENTRY, "registers are not emulated.");
		return;
	default:
		run_unknown(t);
	}
}

static void run_sdma(const struct entry *t)
{
	if (t->e->byte[15] & 1 || t->e->byte[16])
		fail(t, HAL_ERROR_ENTRY, "only plain copies are emulated.");
	else
		run_copy(t, hal_u64(t->e, 40), hal_u64(t->e, 32), hal_u32(t->e, 28));
}

static void run_pcie_dma(const struct entry *t)
{
	if (!(hal_u32(t->e, 28) & 1))
		run_copy(t, hal_u64(t->e, 40), hal_u64(t->e, 32), hal_u32(t->e, 48));
	else if (hal_copy_kept(hal_u64(t->e, 16)))
		fail(t, HAL_ERROR_EXCEPTION, "the copy failed, for the reason in the line before.");
}

static void (*const run[ENTRY_TYPES])(const struct entry *t) = {
	[ENTRY_KERNEL] = run_kernel,
	[ENTRY_AICPU] = run_aicpu,
	[ENTRY_TASK] = run_task,
	[ENTRY_EVENT_RECORD] = run_event_record,
	[ENTRY_EVENT_WAIT] = run_event_wait,
	[ENTRY_NOTIFY_RECORD] = run_notify_record,
	[ENTRY_NOTIFY_WAIT] = run_notify_wait,
	[ENTRY_WRITE_VALUE] = run_write_value,
	[ENTRY_SDMA] = run_sdma,
	[ENTRY_PCIE_DMA] = run_pcie_dma,
};

void hal_execute(struct hal_device *d, struct hal_queue *q, const struct hal_entry *e,
		 struct hal_end *end)
{
	const struct entry t = { d, q, e, end };
	unsigned int type = e->byte[0] & (ENTRY_TYPES - 1);

	(run[type] ? run[type] : run_unknown)(&t);
}
