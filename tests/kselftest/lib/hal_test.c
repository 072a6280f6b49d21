// SPDX-License-Identifier: MIT
/*
 * What the tests of the driver layer share.
 */
#include "hal_test.h"

#define MINUTE	60000	/* ms */

static struct hal_world look(void)
{
	struct hal_world w;
	int i;

	for (i = 0; i < WORLD_DEVICES; i++)
		w.used[i] = used(i);
	w.host = host_used();
	for (i = 0; i < ACL_EMU_STAT_END; i++)
		w.stat[i] = module_stat(i);
	return w;
}

void hal_world_open(struct __test_metadata *_metadata, struct hal_world *w)
{
	uint32_t devices;

	OK(drvGetDevNum(&devices));
	ASSERT_LE(WORLD_DEVICES, devices);
	*w = look();
	OK(halDeviceOpen(0, NULL, NULL));
	OK(halDeviceOpen(1, NULL, NULL));
}

static void same(struct __test_metadata *_metadata, const struct hal_world *w)
{
	static const int live[] = {
		ACL_EMU_STAT_HANDLES, ACL_EMU_STAT_PHYS, ACL_EMU_STAT_RANGES,
		ACL_EMU_STAT_MAPPINGS, ACL_EMU_STAT_SHARES, ACL_EMU_STAT_SYNCS,
	};
	struct hal_world now = look();
	size_t i;

	for (i = 0; i < WORLD_DEVICES; i++)
		EXPECT_EQ(w->used[i], now.used[i]);
	EXPECT_EQ(w->host, now.host);
	for (i = 0; i < ARRAY_SIZE(live); i++)
		EXPECT_EQ(w->stat[live[i]], now.stat[live[i]]) TH_LOG("statistic %d", live[i]);
}

void hal_world_close(struct __test_metadata *_metadata, struct hal_world *w)
{
	same(_metadata, w);
	EXPECT_EQ(DRV_ERROR_NONE, halDeviceClose(1, NULL));
	EXPECT_EQ(DRV_ERROR_NONE, halDeviceClose(0, NULL));
	same(_metadata, w);
}

/* ---- memory ---- */

drvError_t hal_mapped(uint32_t device, size_t size, void **addr, drv_mem_handle_t **handle)
{
	struct drv_mem_prop prop = hal_prop(device);
	drvError_t code = halMemAddressReserve(addr, size, 0, NULL, 0);

	if (!code)
		code = halMemCreate(handle, size, &prop, 0);
	return code ? code : halMemMap(*addr, size, 0, *handle, 0);
}

drvError_t hal_unmapped(void *addr, drv_mem_handle_t *handle)
{
	drvError_t code = halMemUnmap(addr);

	if (!code)
		code = halMemAddressFree(addr);
	return code ? code : halMemRelease(handle);
}

/* ---- ids ---- */

uint32_t hal_id(uint32_t device, uint32_t kind)
{
	struct halResourceIdInputInfo in = { .type = kind };
	struct halResourceIdOutputInfo out;

	return halResourceIdAlloc(device, &in, &out) ? UINT32_MAX : out.resourceId;
}

drvError_t hal_id_free(uint32_t device, uint32_t kind, uint32_t id)
{
	struct halResourceIdInputInfo in = { .type = kind, .resourceId = id };

	return halResourceIdFree(device, &in);
}

drvError_t hal_id_config(uint32_t device, uint32_t kind, uint32_t id, uint32_t prop,
			 uint32_t value)
{
	struct halResourceIdInputInfo in = { .type = kind, .resourceId = id };
	struct halResourceConfigInfo para = { .prop = prop, .value = { value } };

	return halResourceConfig(device, &in, &para);
}

/* ---- streams, in the order of the runtime ---- */

drvError_t hal_stream_begin(struct hal_stream *s, uint32_t device, uint32_t depth,
			    uint32_t completions)
{
	struct halSqCqInputInfo in = {
		.type = DRV_NORMAL_TYPE, .sqeSize = ENTRY, .cqeSize = 16, .sqeDepth = depth,
		.cqeDepth = depth,
	};
	struct halSqCqOutputInfo out;
	drvError_t code;

	*s = (struct hal_stream){ .device = device, .stream = hal_id(device, DRV_STREAM_ID) };
	in.info[0] = s->stream;
	code = halSqCqAllocate(device, &in, &out);
	if (code)
		return code;
	s->sq = out.sqId;
	in.type = DRV_LOGIC_TYPE;
	in.cqeSize = sizeof(struct hal_completion);
	in.cqeDepth = completions;
	code = halSqCqAllocate(device, &in, &out);
	if (code)
		return code;
	s->logic = out.cqId;
	return hal_id_config(device, DRV_STREAM_ID, s->stream, DRV_STREAM_BIND_LOGIC_CQ, s->logic);
}

drvError_t hal_stream_end(struct hal_stream *s)
{
	struct halSqCqFreeInfo info = { .type = DRV_LOGIC_TYPE, .cqId = s->logic };
	drvError_t code = halSqCqFree(s->device, &info);

	info = (struct halSqCqFreeInfo){ .type = DRV_NORMAL_TYPE, .sqId = s->sq };
	if (!code)
		code = halSqCqFree(s->device, &info);
	return code ? code : hal_id_free(s->device, DRV_STREAM_ID, s->stream);
}

/* ---- entries ---- */

void hal_put16(uint8_t entry[ENTRY], size_t at, uint16_t value)
{
	memcpy(entry + at, &value, sizeof(value));
}

void hal_put32(uint8_t entry[ENTRY], size_t at, uint32_t value)
{
	memcpy(entry + at, &value, sizeof(value));
}

void hal_put64(uint8_t entry[ENTRY], size_t at, uint64_t value)
{
	memcpy(entry + at, &value, sizeof(value));
}

void hal_entry(struct hal_stream *s, uint8_t entry[ENTRY], unsigned int type, unsigned int bits)
{
	memset(entry, 0, ENTRY);
	entry[0] = (uint8_t)type;
	entry[1] = (uint8_t)bits;
	hal_put16(entry, 4, (uint16_t)s->stream);
	hal_put16(entry, 6, ++s->task);
}

drvError_t hal_send(const struct hal_stream *s, const uint8_t *entries, uint32_t count)
{
	struct halTaskSendInfo info = {
		.sqId = s->sq, .sqe_addr = (uint8_t *)(uintptr_t)entries, .sqe_num = count,
	};

	return halSqTaskSend(s->device, &info);
}

uint32_t hal_value(const struct hal_stream *s, uint32_t prop)
{
	struct halSqCqQueryInfo info = { .sqId = s->sq, .prop = prop };

	return halSqCqQuery(s->device, &info) ? UINT32_MAX : info.value[0];
}

drvError_t hal_config(const struct hal_stream *s, uint32_t prop, uint32_t value)
{
	struct halSqCqConfigInfo info = { .sqId = s->sq, .prop = prop, .value = { value } };

	return halSqCqConfig(s->device, &info);
}

drvError_t hal_take(const struct hal_stream *s, struct hal_completion *c, bool wait)
{
	struct halReportRecvInfo info = {
		.type = DRV_LOGIC_TYPE, .cqId = s->logic, .timeout = wait ? MINUTE : 0,
		.cqe_addr = (uint8_t *)c, .cqe_num = 1,
	};

	return halCqReportRecv(s->device, &info);
}

drvError_t hal_send_event(struct hal_stream *s, bool wait, uint16_t id, uint32_t seconds)
{
	uint8_t entry[ENTRY];

	hal_entry(s, entry, wait ? 5 : 4, WR_CQE);
	hal_put16(entry, 8, id);
	hal_put32(entry, 20, seconds);
	return hal_send(s, entry, 1);
}

drvError_t hal_send_notify(struct hal_stream *s, bool wait, uint16_t id, uint32_t seconds)
{
	uint8_t entry[ENTRY];

	hal_entry(s, entry, wait ? 7 : 6, WR_CQE);
	hal_put16(entry, 8, id);
	hal_put32(entry, 16, seconds);
	return hal_send(s, entry, 1);
}

drvError_t hal_send_sdma(struct hal_stream *s, uint64_t dst, uint64_t src, uint32_t size)
{
	uint8_t entry[ENTRY];

	hal_entry(s, entry, 11, WR_CQE);
	hal_put32(entry, 28, size);
	hal_put64(entry, 32, src);
	hal_put64(entry, 40, dst);
	return hal_send(s, entry, 1);
}
