// SPDX-License-Identifier: MIT
/*
 * Host functions: reports in callback queues, the threads that take them, and streams
 * that wait for the function.
 */
#include "hal_test.h"

#define GROUP	5

FIXTURE(callback) {
	struct hal_world world;
	struct hal_stream s;
	uint32_t queue;		/* callback queue */
	uint32_t event;
};

static drvError_t make_queue(uint32_t group, uint32_t *id)
{
	struct halSqCqInputInfo in = {
		.type = DRV_CALLBACK_TYPE, .sqeSize = 64, .cqeSize = 32, .sqeDepth = 1,
		.cqeDepth = 1, .grpId = group,
	};
	struct halSqCqOutputInfo out;
	drvError_t code = halSqCqAllocate(0, &in, &out);

	*id = out.cqId;
	return code;
}

static drvError_t drop_queue(uint32_t id)
{
	struct halSqCqFreeInfo info = { .type = DRV_CALLBACK_TYPE, .sqId = id, .cqId = id };

	return halSqCqFree(0, &info);
}

FIXTURE_SETUP(callback)
{
	hal_world_open(_metadata, &self->world);
	OK(hal_stream_begin(&self->s, 0, 2048, 16));
	OK(make_queue(GROUP, &self->queue));
	self->event = hal_id(0, DRV_EVENT_ID);
}

FIXTURE_TEARDOWN(callback)
{
	EXPECT_EQ(DRV_ERROR_NONE, drop_queue(self->queue));
	EXPECT_EQ(DRV_ERROR_NONE, hal_stream_end(&self->s));
	EXPECT_EQ(DRV_ERROR_NONE, hal_id_free(0, DRV_EVENT_ID, self->event));
	hal_world_close(_metadata, &self->world);
}

/* A host function in a stream; @event: the stream waits for it. */
static drvError_t launch(struct hal_stream *s, uint32_t queue, uint64_t function,
			 uint64_t argument, const uint32_t *event)
{
	uint8_t entry[ENTRY];

	hal_entry(s, entry, 1, 0);
	hal_put16(entry, 16, (uint16_t)queue);
	hal_put16(entry, 18, GROUP);
	hal_put16(entry, 22, (uint16_t)s->stream);
	hal_put16(entry, 24, event ? (uint16_t)*event : 0);
	hal_put16(entry, 26, event ? 1 : 0);
	hal_put16(entry, 28, s->task);
	hal_put64(entry, 32, function);
	hal_put64(entry, 40, argument);
	hal_put32(entry, 56, 26u << 12);
	return hal_send(s, entry, 1);
}

static drvError_t wait_reports(uint32_t group, int32_t timeout, unsigned long long bits[16])
{
	struct halReportInfoInput in = { .type = DRV_CALLBACK_TYPE, .grpId = group,
					 .timeout = timeout };
	struct halReportInfoOutput out = { .cqIdBitmap = bits, .cqIdBitmapSize = 16 };

	return halCqReportIrqWait(0, &in, &out);
}

static const struct hal_report *first(uint32_t queue)
{
	struct halReportGetInput in = { .type = DRV_CALLBACK_TYPE, .cqId = queue };
	struct halReportGetOutput out;

	return halCqReportGet(0, &in, &out) ? NULL : out.reportPtr;
}

static drvError_t release(uint32_t queue, uint32_t count)
{
	struct halReportReleaseInfo info = { .type = DRV_CALLBACK_TYPE, .cqId = queue,
					     .count = count };

	return halReportRelease(0, &info);
}

TEST_F(callback, report)
{
	unsigned long long bits[16];
	const struct hal_report *r;

	REFUSES(DRV_ERROR_WAIT_TIMEOUT, wait_reports(GROUP, 0, bits));
	EXPECT_EQ(NULL, first(self->queue));
	OK(launch(&self->s, self->queue, 0x123456789, 0xabcdef, NULL));
	OK(wait_reports(GROUP, -1, bits));
	EXPECT_EQ(1ull << self->queue, bits[0]);
	REFUSES(DRV_ERROR_WAIT_TIMEOUT, wait_reports(GROUP + 1, 0, bits));
	EXPECT_EQ(0, bits[0]);
	r = first(self->queue);
	ASSERT_NE(NULL, r);
	EXPECT_EQ(self->queue, r->bits >> 4);
	EXPECT_EQ(self->s.stream, r->stream);
	EXPECT_EQ(self->s.task, r->task);
	EXPECT_EQ(self->s.sq, r->sq);
	EXPECT_EQ(0, r->block);
	EXPECT_EQ(0x123456789, r->function);
	EXPECT_EQ(0xabcdef, r->argument);
	OK(release(self->queue, 1));
	EXPECT_EQ(NULL, first(self->queue));
	OK(release(self->queue, 1));
}

static void *run_function(void *arg)
{
	uint32_t queue = *(uint32_t *)arg;
	struct halSqMemGetInput in = { .type = DRV_CALLBACK_TYPE, .sqId = queue, .cmdCount = 1 };
	struct halSqMsgInfo send = { .type = DRV_CALLBACK_TYPE, .sqId = queue, .cmdCount = 1 };
	struct halSqMemGetOutput out;
	const struct hal_report *r;
	unsigned long long bits[16];
	uint8_t command[ENTRY] = { 0 };

	if (wait_reports(GROUP, -1, bits))
		return NULL;
	r = first(queue);
	if (!r || !r->block)
		return NULL;
	++*(int *)(uintptr_t)r->argument;
	if (halSqMemGet(0, &in, &out))
		return NULL;
	hal_put16(command, 8, r->stream);
	hal_put16(command, 10, r->event);
	hal_put16(command, 12, r->task);
	memcpy((void *)out.cmdPtr, command, sizeof(command));
	return release(queue, 1) || halSqMsgSend(0, &send) ? NULL : arg;
}

/* The stream goes on only when the function has ended. */
TEST_F(callback, blocking)
{
	struct hal_completion c;
	pthread_t thread;
	void *done;
	int calls = 0, round;

	for (round = 1; round <= 3; round++) {
		OK(launch(&self->s, self->queue, 1, (uintptr_t)&calls, &self->event));
		OK(hal_send_event(&self->s, true, (uint16_t)self->event, 0));
		EXPECT_EQ(DRV_ERROR_WAIT_TIMEOUT, hal_take(&self->s, &c, false));
		ASSERT_EQ(0, pthread_create(&thread, NULL, run_function, &self->queue));
		OK(hal_take(&self->s, &c, true));
		EXPECT_EQ(self->s.task, c.task);
		EXPECT_EQ(round, calls);
		ASSERT_EQ(0, pthread_join(thread, &done));
		EXPECT_NE(NULL, done);
		OK(hal_id_config(0, DRV_EVENT_ID, self->event, DRV_ID_RESET, 0));
	}
}

/* A full callback queue stops the stream; nothing is lost and the order stays. */
TEST_F(callback, full)
{
	const struct hal_report *r;
	unsigned long long bits[16];
	uint32_t i;

	for (i = 0; i < 1500; i++)
		OK(launch(&self->s, self->queue, 1, i, NULL));
	for (i = 0; i < 1500; i++) {
		OK(wait_reports(GROUP, -1, bits));
		r = first(self->queue);
		ASSERT_NE(NULL, r);
		ASSERT_EQ(i, r->argument);
		OK(release(self->queue, 1));
	}
}

TEST_F(callback, two_queues)
{
	unsigned long long bits[16];
	uint32_t other;

	OK(make_queue(GROUP, &other));
	OK(launch(&self->s, other, 1, 1, NULL));
	OK(wait_reports(GROUP, -1, bits));
	EXPECT_EQ(1ull << other, bits[0]);
	OK(drop_queue(other));
	REFUSES(DRV_ERROR_INVALID_VALUE, drop_queue(other));
	REFUSES(DRV_ERROR_WAIT_TIMEOUT, wait_reports(GROUP, 0, bits));
}

static void *wait_for_ever(void *arg)
{
	unsigned long long bits[16];

	*(_Atomic bool *)arg = true;
	return (void *)(uintptr_t)wait_reports(GROUP, -1, bits);
}

/* A thread that waits for reports returns when its device is closed. */
TEST(close_wakes)
{
	_Atomic bool begun = false;
	struct hal_world world;
	pthread_t thread;
	void *code;

	hal_world_open(_metadata, &world);
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_for_ever, &begun));
	while (!begun)
		sched_yield();
	OK(halDeviceClose(0, NULL));
	OK(halDeviceOpen(0, NULL, NULL));
	/* If it begins to wait only now, the next close ends it. */
	while (pthread_tryjoin_np(thread, &code)) {
		OK(halDeviceClose(0, NULL));
		OK(halDeviceOpen(0, NULL, NULL));
	}
	EXPECT_EQ(DRV_ERROR_WAIT_TIMEOUT, (uintptr_t)code);
	hal_world_close(_metadata, &world);
}

/* An entry that names no callback queue fails. */
TEST_F(callback, no_queue)
{
	struct hal_completion c;

	OK(launch(&self->s, self->queue + 1, 1, 1, NULL));
	OK(hal_take(&self->s, &c, true));
	EXPECT_EQ(8, c.error_type);
	OK(launch(&self->s, 60000, 1, 1, NULL));
	OK(hal_take(&self->s, &c, true));
	EXPECT_EQ(8, c.error_type);
}

TEST_HARNESS_MAIN
