// SPDX-License-Identifier: MIT
/*
 * Random entries, ids and lengths: the process that sends them hurts nobody else, and
 * its devices can be closed afterwards.
 *
 * Addresses are those of two buffers or of no memory: a copy that names the memory of
 * the process itself would do as it is told.
 */
#include "hal_test.h"

#define ROUNDS	4000
#define STREAMS	4

static uint64_t state;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint64_t below(uint64_t n)
{
	return any() % n;
}

/* Memory that nobody may access, so that no copy finds what a sanitizer has mapped. */
static uint64_t closed;

static uint64_t address(uint64_t device, uint64_t host)
{
	switch (below(5)) {
	case 0: return device + below(4096);
	case 1: return host + below(4096);
	case 2: return below(4096);
	case 3: return closed + below(4096);
	default: return 0xffff800000000000ull | any();
	}
}

static void random_entry(struct hal_stream *s, uint8_t entry[ENTRY], uint64_t device,
			 uint64_t host)
{
	static const uint8_t types[] = { 0, 1, 3, 4, 6, 8, 11, 17, 20, 63 };
	size_t i;

	for (i = 0; i < ENTRY; i++)
		entry[i] = (uint8_t)any();
	entry[0] = below(4) ? types[below(ARRAY_SIZE(types))] : (uint8_t)(any() & 0xc0);
	if (!below(40))
		entry[0] = 5;
	hal_put16(entry, 4, (uint16_t)s->stream);
	hal_put64(entry, 16, address(device, host));
	hal_put64(entry, 24, address(device, host));
	hal_put64(entry, 32, address(device, host));
	hal_put64(entry, 40, address(device, host));
	if (entry[0] == 11)
		hal_put32(entry, 28, (uint32_t)below(4096));
	if (entry[0] == 17)
		hal_put32(entry, 28, (uint32_t)below(2));
	hal_put32(entry, 48, (uint32_t)below(4096));
	if (entry[0] == 3) {
		hal_put16(entry, 2, below(2) ? 90 : (uint16_t)any());
		hal_put32(entry, 32, (uint32_t)below(4096));
	}
	if (entry[0] == 8 && below(2))
		hal_put32(entry, 28, (uint32_t)below(5));
}

static void random_call(struct hal_stream *s)
{
	struct halReportReleaseInfo drop = { .type = 1, .cqId = (uint32_t)below(5),
					     .count = (uint32_t)any() };
	struct DMA_ADDR dma = { .phyAddr.src = (void *)any() };
	struct hal_completion c[4];
	struct halReportRecvInfo recv = {
		.type = 2, .cqId = s->logic, .cqe_addr = (uint8_t *)c,
		.cqe_num = (uint32_t)below(5),
	};

	switch (below(9)) {
	case 0:
		hal_value(s, (uint32_t)below(20));
		break;
	case 1:
		hal_config(s, (uint32_t)below(20), (uint32_t)below(40));
		break;
	case 2:
		hal_id_config(0, (uint32_t)below(9), (uint32_t)any(), (uint32_t)below(6),
			      (uint32_t)any());
		break;
	case 3:
		hal_id_free(0, (uint32_t)(1 + below(8)), (uint32_t)any());
		break;
	case 4:
		halReportRelease(0, &drop);
		break;
	case 5:
		drvMemDestroyAddr(&dma);
		break;
	case 6:
		halMemFree((void *)any());
		break;
	default:
		halCqReportRecv(0, &recv);
		break;
	}
}

TEST(entries)
{
	static uint8_t host[8192];
	struct hal_world world;
	struct hal_stream s[STREAMS];
	uint8_t entry[4][ENTRY];
	void *device;
	uint64_t i, n, k;

	state = getenv("ACL_EMU_SEED") ? strtoull(getenv("ACL_EMU_SEED"), NULL, 0) : 4711;
	closed = (uintptr_t)mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	hal_world_open(_metadata, &world);
	OK(halMemAlloc(&device, 8192, HAL_MEM_KIND(HAL_MEM_DEV)));
	for (i = 0; i < STREAMS; i++)
		OK(hal_stream_begin(&s[i], 0, 32, 8));
	for (i = 0; i < ROUNDS; i++) {
		k = below(STREAMS);
		n = 1 + below(4);
		for (uint64_t j = 0; j < n; j++)
			random_entry(&s[k], entry[j], (uintptr_t)device, (uintptr_t)host);
		hal_send(&s[k], entry[0], (uint32_t)n);
		random_call(&s[k]);
	}
	for (i = 0; i < STREAMS; i++)
		OK(hal_stream_end(&s[i]));
	OK(halMemFree(device));
	hal_world_close(_metadata, &world);
}

TEST_HARNESS_MAIN
