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

#include <stdint.h>
#include <sys/mman.h>
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

/* Anonymous memory at @addr, or MAP_FAILED if something is mapped there. */
static inline void *anonymous_at(uint64_t addr, size_t size)
{
	return mmap((void *)(uintptr_t)addr, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

#endif /* HARNESS_H */
