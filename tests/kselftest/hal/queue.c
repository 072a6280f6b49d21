// SPDX-License-Identifier: MIT
/*
 * Queues of the driver layer: each kind of entry, completions, full queues, and what
 * the runtime asks for while it waits.
 */
#include "hal_test.h"

FIXTURE(queue) {
	struct hal_world world;
	struct hal_stream a, b;
};

FIXTURE_SETUP(queue)
{
	hal_world_open(_metadata, &self->world);
	OK(hal_stream_begin(&self->a, 0, 16, 8));
	OK(hal_stream_begin(&self->b, 0, 16, 8));
}

FIXTURE_TEARDOWN(queue)
{
	EXPECT_EQ(DRV_ERROR_NONE, hal_stream_end(&self->b));
	EXPECT_EQ(DRV_ERROR_NONE, hal_stream_end(&self->a));
	hal_world_close(_metadata, &self->world);
}

/* Waits for the completion of the last entry of a stream, which succeeded. */
#define DONE(s) do { \
	struct hal_completion c_; \
	OK(hal_take(s, &c_, true)); \
	EXPECT_EQ((s)->task, c_.task); \
	EXPECT_EQ(0, c_.error_type); \
} while (0)

/* It failed with one of the bits. */
#define FAILED(s, bits) do { \
	struct hal_completion c_; \
	OK(hal_take(s, &c_, true)); \
	EXPECT_EQ((s)->task, c_.task); \
	EXPECT_EQ(bits, c_.error_type); \
	EXPECT_NE(0, c_.error); \
} while (0)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The scheduler's tasks that the runtime sends when it begins and ends. */
TEST_F(queue, scheduler_tasks)
{
	static const uint16_t tasks[] = { 97, 83, 104 };
	struct hal_completion c;
	uint8_t entry[ENTRY];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tasks); i++) {
		hal_entry(&self->a, entry, 3, WR_CQE);
		hal_put16(entry, 2, tasks[i]);
		OK(hal_send(&self->a, entry, 1));
		OK(hal_take(&self->a, &c, true));
		EXPECT_EQ(self->a.stream, c.stream);
		EXPECT_EQ(self->a.task, c.task);
		EXPECT_EQ(self->a.sq, c.sq);
		EXPECT_EQ(i + 1, c.sq_head);
		EXPECT_EQ(3, c.entry_type);
		/* The version of the scheduler: none of its options. */
		EXPECT_EQ(0, c.error);
		EXPECT_EQ(0, c.error_type);
	}
	/* A message to the AI CPU. */
	hal_entry(&self->a, entry, 1, WR_CQE);
	hal_put16(entry, 2, 1);
	OK(hal_send(&self->a, entry, 1));
	DONE(&self->a);
}

/* Without the bit there is no completion, and the head says that the entry is done. */
TEST_F(queue, no_completion)
{
	struct hal_completion c;
	uint8_t entry[ENTRY];
	uint32_t i;

	for (i = 0; i < 5; i++) {
		hal_entry(&self->a, entry, 3, 0);
		OK(hal_send(&self->a, entry, 1));
	}
	hal_entry(&self->a, entry, 3, WR_CQE);
	OK(hal_send(&self->a, entry, 1));
	OK(hal_take(&self->a, &c, true));
	EXPECT_EQ(6, c.task);
	EXPECT_EQ(6, hal_value(&self->a, DRV_SQCQ_PROP_SQ_HEAD));
	EXPECT_EQ(6, hal_value(&self->a, DRV_SQCQ_PROP_SQ_TAIL));
	EXPECT_EQ(DRV_ERROR_WAIT_TIMEOUT, hal_take(&self->a, &c, false));
}

/* If this stayed 1, the runtime would never reclaim a task and a reset would never end. */
TEST_F(queue, completion_status)
{
	struct hal_completion c;
	uint8_t entry[ENTRY];

	EXPECT_EQ(0, hal_value(&self->a, DRV_SQCQ_PROP_SQ_CQE_STATUS));
	hal_entry(&self->a, entry, 3, WR_CQE);
	OK(hal_send(&self->a, entry, 1));
	while (hal_value(&self->a, DRV_SQCQ_PROP_SQ_HEAD) != 1)
		sched_yield();
	EXPECT_EQ(1, hal_value(&self->a, DRV_SQCQ_PROP_SQ_CQE_STATUS));
	EXPECT_EQ(1, hal_value(&self->a, DRV_SQCQ_PROP_SQ_CQE_STATUS));
	EXPECT_EQ(0, hal_value(&self->b, DRV_SQCQ_PROP_SQ_CQE_STATUS));
	OK(hal_take(&self->a, &c, true));
	EXPECT_EQ(0, hal_value(&self->a, DRV_SQCQ_PROP_SQ_CQE_STATUS));
}

/* Time stamps have a unit of 20 ns: 50000 in a millisecond. */
TEST_F(queue, time_stamps)
{
	struct hal_completion c;
	uint64_t before, after, last = 0;
	uint8_t entry[ENTRY];
	int i;

	for (i = 0; i < 10; i++) {
		hal_entry(&self->a, entry, 4, WR_CQE);
		before = now_ns();
		OK(hal_send(&self->a, entry, 1));
		OK(hal_take(&self->a, &c, true));
		after = now_ns();
		EXPECT_LE(before / 20, c.time);
		EXPECT_GE(after / 20, c.time);
		EXPECT_LE(last, c.time);
		last = c.time;
	}
	OK(hal_id_config(0, DRV_STREAM_ID, self->a.stream, DRV_STREAM_UNBIND_LOGIC_CQ, 0));
}

TEST_F(queue, values)
{
	struct halSqCqQueryInfo info = { .sqId = self->a.sq, .prop = DRV_SQCQ_PROP_SQ_REG_BASE };

	EXPECT_EQ(0, hal_value(&self->a, DRV_SQCQ_PROP_SQ_HEAD));
	EXPECT_EQ(16, hal_value(&self->a, DRV_SQCQ_PROP_SQ_DEPTH));
	EXPECT_EQ(8, hal_value(&self->a, DRV_SQCQ_PROP_CQ_DEPTH));
	EXPECT_EQ(64, hal_value(&self->a, DRV_SQCQ_PROP_SQE_SIZE));
	EXPECT_EQ(1, hal_value(&self->a, DRV_SQCQ_PROP_SQ_STATUS));
	OK(halSqCqQuery(0, &info));
	EXPECT_NE(0, info.value[0] | info.value[1]);
	EXPECT_LT(0, info.value[2]);
	info.prop = DRV_SQCQ_PROP_SQ_BASE;
	REFUSES(DRV_ERROR_NOT_SUPPORT, halSqCqQuery(0, &info));
	info.sqId = 2047;
	REFUSES(DRV_ERROR_INVALID_VALUE, halSqCqQuery(0, &info));
	REFUSES(DRV_ERROR_INVALID_DEVICE, halSqCqQuery(64, &info));
}

/* Many times around, several at a time; every completion comes once and in order. */
TEST_F(queue, wrap_around)
{
	uint8_t entries[5][ENTRY];
	struct hal_completion c;
	uint16_t seen = 0;
	int round, i;

	for (round = 0; round < 100; round++) {
		for (i = 0; i < 5; i++)
			hal_entry(&self->a, entries[i], 3, WR_CQE);
		OK(hal_send(&self->a, entries[0], 5));
		for (i = 0; i < 5; i++) {
			OK(hal_take(&self->a, &c, true));
			ASSERT_EQ(++seen, c.task);
			ASSERT_EQ(seen % 16, c.sq_head);
		}
	}
	EXPECT_EQ(500 % 16, hal_value(&self->a, DRV_SQCQ_PROP_SQ_HEAD));
}

/* A queue of 16 holds 15; the send that does not fit changes nothing. */
TEST_F(queue, full)
{
	uint8_t entries[16][ENTRY];
	struct hal_completion c;
	uint32_t event = hal_id(0, DRV_EVENT_ID);
	int i;

	OK(hal_send_event(&self->a, true, (uint16_t)event, 0));
	for (i = 0; i < 16; i++)
		hal_entry(&self->a, entries[i], 3, WR_CQE);
	REFUSES(DRV_ERROR_INVALID_VALUE, hal_send(&self->a, entries[0], 16));
	REFUSES(DRV_ERROR_NO_RESOURCES, hal_send(&self->a, entries[0], 15));
	EXPECT_EQ(1, hal_value(&self->a, DRV_SQCQ_PROP_SQ_TAIL));
	OK(hal_send(&self->a, entries[0], 14));
	REFUSES(DRV_ERROR_NO_RESOURCES, hal_send(&self->a, entries[0], 1));
	/* The other queue goes on. */
	OK(hal_send_event(&self->b, false, (uint16_t)event, 0));
	DONE(&self->b);
	/* 15 completions, of which the logic queue holds 8 at a time. */
	for (i = 1; i <= 15; i++) {
		OK(hal_take(&self->a, &c, true));
		EXPECT_EQ(i, c.task);
	}
	OK(hal_send(&self->a, entries[0], 15));
	OK(hal_take(&self->a, &c, true));
	OK(hal_id_free(0, DRV_EVENT_ID, event));
}

TEST_F(queue, events)
{
	uint32_t event = hal_id(0, DRV_EVENT_ID);
	struct hal_completion c;
	uint8_t entry[ENTRY];

	OK(hal_send_event(&self->a, true, (uint16_t)event, 0));
	OK(hal_send_event(&self->b, false, (uint16_t)event, 0));
	DONE(&self->b);
	DONE(&self->a);
	/* It stays set until it is cleared by an entry, or by the runtime. */
	OK(hal_send_event(&self->a, true, (uint16_t)event, 1));
	DONE(&self->a);
	hal_entry(&self->b, entry, 8, WR_CQE);
	hal_put32(entry, 24, event);
	hal_put32(entry, 28, 1);
	OK(hal_send(&self->b, entry, 1));
	DONE(&self->b);
	OK(hal_send_event(&self->a, true, (uint16_t)event, 1));
	FAILED(&self->a, 4);
	OK(hal_id_config(0, DRV_EVENT_ID, event, DRV_ID_RECORD, 0));
	OK(hal_send_event(&self->a, true, (uint16_t)event, 0));
	DONE(&self->a);
	OK(hal_id_config(0, DRV_EVENT_ID, event, DRV_ID_RESET, 0));
	OK(hal_send_event(&self->a, true, (uint16_t)event, 0));
	EXPECT_EQ(DRV_ERROR_WAIT_TIMEOUT, hal_take(&self->a, &c, false));
	OK(hal_id_config(0, DRV_EVENT_ID, event, DRV_ID_RECORD, 0));
	DONE(&self->a);
	OK(hal_id_free(0, DRV_EVENT_ID, event));
	REFUSES(DRV_ERROR_INVALID_VALUE, hal_id_config(0, DRV_EVENT_ID, event, DRV_ID_RECORD, 0));
}

/* A wait takes the flag: one wait for each record. */
TEST_F(queue, notifies)
{
	uint32_t notify = hal_id(0, DRV_NOTIFY_ID);

	OK(hal_send_notify(&self->a, true, (uint16_t)notify, 0));
	OK(hal_send_notify(&self->b, false, (uint16_t)notify, 0));
	DONE(&self->a);
	DONE(&self->b);
	OK(hal_send_notify(&self->a, true, (uint16_t)notify, 1));
	FAILED(&self->a, 4);
	OK(hal_send_notify(&self->b, false, (uint16_t)notify, 0));
	DONE(&self->b);
	OK(hal_send_notify(&self->a, true, (uint16_t)notify, 0));
	DONE(&self->a);
	OK(hal_id_free(0, DRV_NOTIFY_ID, notify));
}

TEST_F(queue, copies)
{
	struct DMA_ADDR kept = { 0 };
	uint8_t entry[ENTRY];
	char text[64] = "over there";
	void *device, *there;

	OK(halMemAlloc(&device, 4 * MIB, HAL_MEM_KIND(HAL_MEM_DEV)));
	OK(halMemAlloc(&there, 4096, HAL_MEM_KIND(HAL_MEM_DEV) | HAL_MEM_DEVICE(1)));
	OK(drvMemcpy((uintptr_t)device, 64, (uintptr_t)text, 64));
	OK(hal_send_sdma(&self->a, (uintptr_t)there, (uintptr_t)device, 64));
	DONE(&self->a);
	memset(text, 0, sizeof(text));
	/* A copy as a task of the scheduler. */
	hal_entry(&self->a, entry, 3, WR_CQE);
	hal_put16(entry, 2, 90);
	hal_put64(entry, 16, (uintptr_t)there);
	hal_put64(entry, 24, (uintptr_t)text);
	hal_put32(entry, 32, 64);
	OK(hal_send(&self->a, entry, 1));
	DONE(&self->a);
	EXPECT_STREQ("over there", text);
	/* By PCIe, by addresses and by what was kept. */
	strcpy(text, "and back");
	hal_entry(&self->a, entry, 17, WR_CQE);
	hal_put64(entry, 32, (uintptr_t)text);
	hal_put64(entry, 40, (uintptr_t)device);
	hal_put32(entry, 48, 64);
	OK(hal_send(&self->a, entry, 1));
	DONE(&self->a);
	memset(text, 0, sizeof(text));
	OK(drvMemConvertAddr((uintptr_t)device, (uintptr_t)text, 64, &kept));
	EXPECT_EQ(64, kept.fixed_size);
	hal_entry(&self->a, entry, 17, WR_CQE);
	hal_put64(entry, 16, (uintptr_t)kept.phyAddr.src);
	hal_put32(entry, 28, 1);
	OK(hal_send(&self->a, entry, 1));
	DONE(&self->a);
	EXPECT_STREQ("and back", text);
	OK(drvMemDestroyAddr(&kept));
	REFUSES(DRV_ERROR_INVALID_VALUE, drvMemDestroyAddr(&kept));
	OK(hal_send(&self->a, entry, 1));
	FAILED(&self->a, 1);
	OK(halMemFree(there));
	OK(halMemFree(device));
}

TEST_F(queue, rows)
{
	struct DMA_ADDR kept = { 0 };
	struct MEMCPY2D rows = { .type = DEVMM_MEMCPY2D_ASYNC_CONVERT };
	uint8_t entry[ENTRY];
	char text[16] = "ab..cd..ef..";
	char back[12] = "............";
	void *device;

	OK(halMemAlloc(&device, 4096, HAL_MEM_KIND(HAL_MEM_DEV)));
	rows.copy2d = (struct drvMem2D){
		.dst = device, .dpitch = 2, .src = (void *)text, .spitch = 4, .width = 2,
		.height = 3,
	};
	rows.copy2dAsync.dmaAddr = &kept;
	OK(halMemcpy2D(&rows));
	EXPECT_EQ(6, kept.fixed_size);
	hal_entry(&self->a, entry, 17, WR_CQE);
	hal_put64(entry, 16, (uintptr_t)kept.phyAddr.src);
	hal_put32(entry, 28, 1);
	OK(hal_send(&self->a, entry, 1));
	DONE(&self->a);
	rows.type = DEVMM_MEMCPY2D_ASYNC_DESTROY;
	OK(halMemcpy2D(&rows));
	rows = (struct MEMCPY2D){ .copy2d = { .dst = (void *)back, .dpitch = 3, .src = device,
					      .spitch = 2, .width = 2, .height = 3 } };
	OK(halMemcpy2D(&rows));
	EXPECT_EQ(0, memcmp("ab.cd.ef.", back, 9));
	rows.copy2d.width = 4;
	REFUSES(DRV_ERROR_INVALID_VALUE, halMemcpy2D(&rows));
	OK(halMemFree(device));
}

TEST_F(queue, write_value)
{
	uint8_t entry[ENTRY];
	uint64_t value = 0;
	void *device;

	OK(halMemAlloc(&device, 4096, HAL_MEM_KIND(HAL_MEM_DEV)));
	hal_entry(&self->a, entry, 8, WR_CQE);
	hal_put32(entry, 16, (uint32_t)(uintptr_t)device);
	hal_put32(entry, 20, (uint32_t)((uintptr_t)device >> 32) | 3u << 20 | 1u << 31);
	hal_put64(entry, 32, 0x123456789abcdefull);
	OK(hal_send(&self->a, entry, 1));
	DONE(&self->a);
	OK(drvMemcpy((uintptr_t)&value, 8, (uintptr_t)device, 8));
	EXPECT_EQ(0x123456789abcdefull, value);
	/* Registers are not there to be written. */
	hal_put32(entry, 20, 6);
	OK(hal_send(&self->a, entry, 1));
	FAILED(&self->a, 8);
	OK(halMemFree(device));
}

/* What cannot run fails, also without the bit for completions, and the next one runs. */
TEST_F(queue, failures)
{
	void *nobody = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct hal_completion c;
	uint8_t entry[ENTRY];
	unsigned int type;

	hal_entry(&self->a, entry, 0, 0);
	OK(hal_send(&self->a, entry, 1));
	FAILED(&self->a, 1);
	for (type = 12; type < 17; type++) {
		hal_entry(&self->a, entry, type, 0);
		OK(hal_send(&self->a, entry, 1));
		FAILED(&self->a, 8);
	}
	OK(hal_send_sdma(&self->a, (uintptr_t)nobody, (uintptr_t)nobody, 4096));
	FAILED(&self->a, 1);
	OK(hal_send_sdma(&self->a, 4096, (uintptr_t)&c, 16));
	FAILED(&self->a, 1);
	/* A reduction. */
	hal_entry(&self->a, entry, 11, WR_CQE);
	entry[16] = 1;
	OK(hal_send(&self->a, entry, 1));
	FAILED(&self->a, 8);
	hal_entry(&self->a, entry, 3, WR_CQE);
	OK(hal_send(&self->a, entry, 1));
	DONE(&self->a);
}

TEST_F(queue, pause_and_reset)
{
	uint32_t event = hal_id(0, DRV_EVENT_ID);
	struct hal_completion c;
	uint8_t entry[ENTRY];

	OK(hal_config(&self->a, DRV_SQCQ_PROP_SQ_PAUSE, 0));
	hal_entry(&self->a, entry, 3, WR_CQE);
	OK(hal_send(&self->a, entry, 1));
	EXPECT_EQ(0, hal_value(&self->a, DRV_SQCQ_PROP_SQ_STATUS));
	OK(hal_send_event(&self->b, false, (uint16_t)event, 0));
	DONE(&self->b);
	EXPECT_EQ(0, hal_value(&self->a, DRV_SQCQ_PROP_SQ_HEAD));
	OK(hal_config(&self->a, DRV_SQCQ_PROP_SQ_RESUME, 0));
	DONE(&self->a);
	/* A reset drops what waits and what is to come. */
	OK(hal_id_config(0, DRV_EVENT_ID, event, DRV_ID_RESET, 0));
	OK(hal_send_event(&self->a, true, (uint16_t)event, 0));
	OK(hal_send(&self->a, entry, 1));
	OK(hal_config(&self->a, DRV_SQCQ_PROP_SQCQ_RESET, 0));
	EXPECT_EQ(0, hal_value(&self->a, DRV_SQCQ_PROP_SQ_TAIL));
	hal_entry(&self->a, entry, 3, WR_CQE);
	OK(hal_send(&self->a, entry, 1));
	OK(hal_take(&self->a, &c, true));
	EXPECT_EQ(self->a.task, c.task);
	EXPECT_EQ(1, c.sq_head);
	OK(hal_id_free(0, DRV_EVENT_ID, event));
}

/* Queues end while an entry waits, and while nobody takes completions. */
TEST_F(queue, end_in_the_middle)
{
	uint32_t event = hal_id(0, DRV_EVENT_ID), notify = hal_id(0, DRV_NOTIFY_ID), i;
	uint8_t entry[ENTRY];
	struct hal_stream s[3];

	for (i = 0; i < 3; i++)
		OK(hal_stream_begin(&s[i], 0, 16, 1));
	OK(hal_send_event(&s[0], true, (uint16_t)event, 0));
	OK(hal_send_notify(&s[1], true, (uint16_t)notify, 0));
	for (i = 0; i < 8; i++) {
		hal_entry(&s[2], entry, 3, WR_CQE);
		OK(hal_send(&s[2], entry, 1));
	}
	for (i = 0; i < 3; i++)
		OK(hal_stream_end(&s[i]));
	OK(hal_id_free(0, DRV_EVENT_ID, event));
	OK(hal_id_free(0, DRV_NOTIFY_ID, notify));
}

static void *take_forever(void *arg)
{
	struct hal_stream *s = arg;
	struct hal_completion c;
	struct halReportRecvInfo info = {
		.type = DRV_LOGIC_TYPE, .cqId = s->logic, .timeout = -1,
		.cqe_addr = (uint8_t *)&c, .cqe_num = 1,
	};

	return (void *)(uintptr_t)halCqReportRecv(0, &info);
}

/* A thread that waits for completions returns when its queue ends. */
TEST_F(queue, end_wakes)
{
	struct hal_stream s;
	pthread_t thread;
	void *code;

	OK(hal_stream_begin(&s, 0, 16, 1));
	ASSERT_EQ(0, pthread_create(&thread, NULL, take_forever, &s));
	OK(hal_stream_end(&s));
	ASSERT_EQ(0, pthread_join(thread, &code));
	EXPECT_EQ(DRV_ERROR_INVALID_VALUE, (uintptr_t)code);
}

TEST_HARNESS_MAIN
