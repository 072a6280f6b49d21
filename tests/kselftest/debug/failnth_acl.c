// SPDX-License-Identifier: MIT
/*
 * Want of memory in the kernel, in the middle of a call of the library.
 */
#include "acl_sweep.h"
#include "failnth.h"

void sweep_arm(unsigned int nth)
{
	failnth_arm(nth);
}

bool sweep_stop(void)
{
	return failnth_disarm();
}

/* Access to user memory does not fail for want of memory: not here. */
#define PREPARE() do { \
	if (failnth_prepare()) \
		SKIP(return, "this kernel cannot fail allocations (FAULT_INJECTION)"); \
	failnth_write("fail_usercopy", "stacktrace-depth", "32"); \
	failnth_write("fail_usercopy", "require-start", "0x1"); \
	failnth_write("fail_usercopy", "require-end", "0x2"); \
} while (0)

#define SWEEP_TEST(name, calls, least) \
FIXTURE(name) { int unused; }; \
FIXTURE_SETUP(name) { self->unused = 0; } \
FIXTURE_TEARDOWN(name) { } \
TEST_F(name, sweep) \
{ \
	PREPARE(); \
	SWEEP(calls, least); \
}

SWEEP_TEST(vmm, calls_vmm, 5)
SWEEP_TEST(share, calls_share, 6)
SWEEP_TEST(memory, calls_memory, 4)
SWEEP_TEST(stream, calls_stream, 0)
/* A pool that gets no memory gives back what is idle and tries again: one failure is none. */
SWEEP_TEST(pools, calls_pools, 0)
SWEEP_TEST(more, calls_more, 0)
SWEEP_TEST(keys, calls_keys, 6)
SWEEP_TEST(rest, calls_rest, 0)
SWEEP_TEST(device, calls_device, 0)

TEST_HARNESS_MAIN
