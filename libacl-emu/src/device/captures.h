/* SPDX-License-Identifier: MIT */
/*
 * Open captures of the process and the calls that their modes forbid.
 */
#ifndef EMU_DEVICE_CAPTURES_H
#define EMU_DEVICE_CAPTURES_H

#include "core/common.h"

struct emu_open_capture {
	struct emu_open_capture *next;
	uint64_t context;
	int thread;		/* thread id that began it */
	int mode;		/* aclmdlRICaptureMode */
};

/* Fills context and thread with those of the caller. */
void emu_captures_open(struct emu_open_capture *open, aclmdlRICaptureMode mode);
void emu_captures_close(struct emu_open_capture *open);

int emu_thread_id(void);

/* @code: what a call that waits for the device returns if the captures forbid it. */
aclError emu_captures_allow(aclError code);
/* Fails if a stream of the context is captured. */
aclError emu_captures_none(uint64_t context);

#endif
