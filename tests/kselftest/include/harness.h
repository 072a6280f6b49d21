/* SPDX-License-Identifier: MIT */
/*
 * The kernel's test harness. It has no time limit of its own here: that is the one
 * of the program, see ../settings.
 */
#ifndef HARNESS_H
#define HARNESS_H

/* Its header defines these, and several objects of a program include it. */
#pragma weak __active_test
#pragma weak __wait_for_test
#pragma weak __run_test
#pragma weak _fixture_global
#include <kselftest_harness.h>

#include <unistd.h>

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	100000

/*
 * How often something is done: where each step is checked by the kernel, as one
 * made for finding faults does, a fraction has to do.
 */
static inline unsigned long harness_count(unsigned long count, unsigned long fraction)
{
	return access("/proc/self/fail-nth", F_OK) ? count : count / fraction;
}

#endif /* HARNESS_H */
