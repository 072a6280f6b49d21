/* SPDX-License-Identifier: MIT */
/*
 * The kernel's test harness. A test is given the time it may need in the debug
 * kernel, where some take ten times as long.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <kselftest_harness.h>

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300

#endif /* HARNESS_H */
