/* SPDX-License-Identifier: MIT */
/*
 * Functions of the program that are called when a task fails.
 */
#ifndef EMU_STREAM_EXCEPTION_H
#define EMU_STREAM_EXCEPTION_H

#include "stream/queue.h"

/* One function for each name; NULL removes it. */
aclError emu_exception_set(const char *module, aclrtExceptionInfoCallback fn);
/* Called by the thread of the queue, without its lock. */
void emu_exception_report(const struct emu_queue *q, uint64_t task, aclError code);

#endif
