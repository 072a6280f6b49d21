// SPDX-License-Identifier: MIT
/*
 * Codes of calls with options: of streams that are captured, of events with a flag or
 * a time limit, and of limits of cores.
 */
#include "acl_graph.h"

GRAPH_FIXTURE(graph_option)

TEST_F(graph_option, captured_stream)
{
	aclrtStreamAttrValue value = { .overflowSwitch = 1 };
	struct graph_world *g = &self->g;

	FAILS(PARAM, aclrtGetOverflowStatus(g->dst, 63, g->a), "63");
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	FAILS(ACL_ERROR_RT_STREAM_CAPTURED, aclrtGetOverflowStatus(g->dst, 64, g->a), NULL);
	FAILS(ACL_ERROR_RT_STREAM_CAPTURED, aclrtResetOverflowStatus(g->a), NULL);
	FAILS(ACL_ERROR_RT_STREAM_CAPTURED, aclrtSetStreamOverflowSwitch(g->a, 1), NULL);
	FAILS(ACL_ERROR_RT_STREAM_CAPTURED,
	      aclrtSetStreamAttribute(g->a, ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK, &value), NULL);
	WORKS(graph_drop(g->a));
	WORKS(aclrtSetStreamOverflowSwitch(g->a, 1));
}

/* The flag EXTERNAL is for captured streams, and for one kind of events. */
TEST_F(graph_option, event_flag)
{
	struct graph_world *g = &self->g;
	aclrtEvent recorded, waited, plain;

	WORKS(aclrtCreateEventExWithFlag(&recorded, ACL_EVENT_SYNC));
	WORKS(aclrtCreateEventExWithFlag(&waited, ACL_EVENT_SYNC));
	WORKS(aclrtCreateEvent(&plain));
	FAILS(ACL_ERROR_RT_STREAM_NOT_CAPTURED,
	      aclrtRecordEventWithFlag(recorded, g->a, ACL_EVENT_RECORD_EXTERNAL), hex(g->a));
	FAILS(PARAM, aclrtRecordEventWithFlag(recorded, g->a, ACL_EVENT_RECORD_DEFAULT),
	      hex(recorded));
	FAILS(ACL_ERROR_RT_STREAM_NOT_CAPTURED,
	      aclrtStreamWaitEventWithFlag(g->a, waited, 0, ACL_EVENT_WAIT_EXTERNAL), hex(g->a));
	FAILS(PARAM, aclrtStreamWaitEventWithFlag(g->a, waited, 0, ACL_EVENT_WAIT_DEFAULT),
	      hex(waited));
	WORKS(aclmdlRICaptureBegin(g->a, GLOBAL));
	FAILS(UNSUPPORTED, aclrtRecordEventWithFlag(plain, g->a, ACL_EVENT_RECORD_EXTERNAL), NULL);
	FAILS(UNSUPPORTED, aclrtStreamWaitEventWithFlag(g->a, plain, 0, ACL_EVENT_WAIT_EXTERNAL),
	      NULL);
	graph_drop(g->a);
	WORKS(aclrtDestroyEvent(recorded));
	WORKS(aclrtDestroyEvent(waited));
	WORKS(aclrtDestroyEvent(plain));
}

/* A wait with a limit fails in its stream. */
TEST_F(graph_option, wait_limit)
{
	struct graph_world *g = &self->g;
	struct hold hold = HOLD;

	FAILS(PARAM, aclrtStreamWaitEventWithTimeout(g->b, g->event, -1), "-1");
	WORKS(hold_stream(&hold, g->a));
	WORKS(aclrtRecordEvent(g->event, g->a));
	WORKS(aclrtStreamWaitEventWithTimeout(g->b, g->event, 1));
	FAILS(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeStream(g->b), "1 s");
	WORKS(aclrtStreamWaitEventWithFlag(g->c, g->event, 1, ACL_EVENT_WAIT_DEFAULT));
	FAILS(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeStream(g->c), "1 s");
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(g->a));
}

TEST(core_limits)
{
	uint32_t cores;

	WORKS(aclrtSetDevice(0));
	WORKS(aclrtGetDeviceResLimit(1, ACL_RT_DEV_RES_CUBE_CORE, &cores));
	FAILS(NO_CONTEXT, aclrtSetDeviceResLimit(1, ACL_RT_DEV_RES_CUBE_CORE, cores), "1");
	setenv("ACL_EMU_SOC", "Ascend310P3", 1);
	FAILS(UNSUPPORTED, aclrtGetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, &cores),
	      "Ascend310P3");
	unsetenv("ACL_EMU_SOC");
}

TEST_HARNESS_MAIN
