/* SPDX-License-Identifier: MIT */
/*
 * What /proc shows of a thread, of this process or another one.
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>
#include <sys/types.h>

/* The letter of its state; 'X' if it has ended. */
char thread_state(pid_t tid);

/* True if a function of that name is on its kernel stack. */
bool thread_in_stack(pid_t tid, const char *function);

/* True if it is in that system call now. */
bool thread_is_in(pid_t tid, long number);

#endif /* THREAD_H */
