/* SPDX-License-Identifier: MIT */
/*
 * The kernel's test harness. A test is given the time it may need in the debug
 * kernel, where some take ten times as long.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <kselftest_harness.h>

#include <unistd.h>

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300

/*
 * How often something is done: where each step is checked by the kernel, as one
 * made for finding faults does, a fraction has to do.
 */
static inline unsigned long harness_count(unsigned long count, unsigned long fraction)
{
	return access("/proc/self/fail-nth", F_OK) ? count : count / fraction;
}

#endif /* HARNESS_H */
