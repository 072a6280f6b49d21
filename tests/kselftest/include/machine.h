/* SPDX-License-Identifier: MIT */
/*
 * What is left of programs that have ended.
 */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

/*
 * Nobody else uses the module. Returns "" if nothing is left of any program,
 * or what is left, with its number.
 */
const char *machine_left(int devices);

#endif /* TEST_MACHINE_H */
