/* SPDX-License-Identifier: MIT */
/*
 * What streams do and wait for, for people.
 */
#ifndef EMU_STREAM_DUMP_H
#define EMU_STREAM_DUMP_H

#include "core/check.h"
#include "stream/queue.h"

#define EMU_RECORDER_TEXT	128

/* Reports that @left tasks of a queue are not finished at the end of a timeout. */
aclError emu_dump_timeout(struct emu_queue *q, uint64_t left);
/*
 * Which stream records what a task or thread waits for; continues a sentence, and is
 * empty if that is not known.
 */
void emu_dump_recorder(const void *what, char *text, size_t size);

/* Called when a stream is created: begins to watch streams. */
void emu_dump_watch(void);

static inline void emu_dump_begin(void)
{
	if (emu_check_on(EMU_CHECK_STUCK))
		emu_dump_watch();
}

#endif
