/* SPDX-License-Identifier: MIT */
/*
 * For the tests of the driver layer: calls as the runtime above makes them, and the
 * state of the module before and after.
 */
#ifndef TEST_HAL_H
#define TEST_HAL_H

#include "acl_test.h"

#include <poll.h>
#include <time.h>

#include "acl_emu_hal.h"

#define OK(call)	ASSERT_EQ(DRV_ERROR_NONE, call) TH_LOG("%s", #call)
#define REFUSES(code, call) EXPECT_EQ(code, call) TH_LOG("%s", #call)

/* Opens devices 0 and 1; what the module has is stored. */
struct hal_world {
	uint64_t used[WORLD_DEVICES];
	uint64_t host;
	uint64_t stat[ACL_EMU_STAT_END];
};

void hal_world_open(struct __test_metadata *_metadata, struct hal_world *w);
/* Nothing is left of this process, before and after the devices are closed. */
void hal_world_close(struct __test_metadata *_metadata, struct hal_world *w);

#define HAL_FIXTURE(name) \
	FIXTURE(name) { struct hal_world world; }; \
	FIXTURE_SETUP(name) { hal_world_open(_metadata, &self->world); } \
	FIXTURE_TEARDOWN(name) { hal_world_close(_metadata, &self->world); }

/* ---- memory ---- */

static inline struct drv_mem_prop hal_prop(uint32_t device)
{
	return (struct drv_mem_prop){ .side = MEM_DEV_SIDE, .devid = device,
				      .pg_type = MEM_HUGE_PAGE_TYPE };
}

/* Reserves, allocates and maps. */
drvError_t hal_mapped(uint32_t device, size_t size, void **addr, drv_mem_handle_t **handle);
drvError_t hal_unmapped(void *addr, drv_mem_handle_t *handle);

/* ---- queues ---- */

#define ENTRY	64

/* A stream with its queue and its logic queue. */
struct hal_stream {
	uint32_t device;
	uint32_t stream, sq, logic;
	uint16_t task;		/* of the last entry */
};

drvError_t hal_stream_begin(struct hal_stream *s, uint32_t device, uint32_t depth,
			    uint32_t completions);
drvError_t hal_stream_end(struct hal_stream *s);

/* An entry with its header; @bits: of byte 1, WR_CQE or 0. */
#define WR_CQE	0x40
void hal_entry(struct hal_stream *s, uint8_t entry[ENTRY], unsigned int type, unsigned int bits);
void hal_put16(uint8_t entry[ENTRY], size_t at, uint16_t value);
void hal_put32(uint8_t entry[ENTRY], size_t at, uint32_t value);
void hal_put64(uint8_t entry[ENTRY], size_t at, uint64_t value);
drvError_t hal_send(const struct hal_stream *s, const uint8_t *entries, uint32_t count);
uint32_t hal_value(const struct hal_stream *s, uint32_t prop);
drvError_t hal_config(const struct hal_stream *s, uint32_t prop, uint32_t value);
/* Takes one completion, within a minute if @wait. */
drvError_t hal_take(const struct hal_stream *s, struct hal_completion *c, bool wait);

/* Entries of a kind, sent; with a completion. */
drvError_t hal_send_event(struct hal_stream *s, bool wait, uint16_t id, uint32_t seconds);
drvError_t hal_send_notify(struct hal_stream *s, bool wait, uint16_t id, uint32_t seconds);
drvError_t hal_send_sdma(struct hal_stream *s, uint64_t dst, uint64_t src, uint32_t size);

uint32_t hal_id(uint32_t device, uint32_t kind);
drvError_t hal_id_free(uint32_t device, uint32_t kind, uint32_t id);
drvError_t hal_id_config(uint32_t device, uint32_t kind, uint32_t id, uint32_t prop,
			 uint32_t value);

#endif /* TEST_HAL_H */
