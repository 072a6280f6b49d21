/* SPDX-License-Identifier: MIT */
/*
 * What the streams of another process do.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include <stdbool.h>
#include <sys/types.h>

/* Asks a process that runs with ACL_EMU_CHECK=stuck; prints its answer. An exit code. */
int streams_print(pid_t pid, bool json);

/* Prints what another process holds and which places created it; an exit code. */
int places_print(pid_t pid, bool json);

#endif
