/* SPDX-License-Identifier: MIT */
/*
 * Included by every file of the library.
 *
 * Every exported function begins with EMU_ENTER(): it detects a fork and stores
 * the name of the function for messages.
 */
#ifndef EMU_CORE_COMMON_H
#define EMU_CORE_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acl/acl.h"
#include "acl_emu.h"

#define EMU_2M		((uint64_t)ACL_EMU_SIZE_2M)
#define EMU_1G		((uint64_t)ACL_EMU_SIZE_1G)
#define EMU_512M	(EMU_1G / 2)

#define EMU_MESSAGE_LEN	512

#define emu_unlikely(x)	__builtin_expect(!!(x), 0)

struct emu_queue;

/*
 * State of a thread. The members are valid only while generation equals the
 * generation of the process; otherwise emu_enter() resets them.
 */
struct emu_thread {
	uint64_t generation;
	const char *function;	/* exported function that the thread is in */
	uint64_t context;	/* token of the current context, 0: none */
	const struct emu_queue *queue;	/* queue whose task this thread runs, NULL: none */
	uint64_t cores_of;	/* stream of aclrtUseStreamResInCurrentThread(), 0: none */
	int capture_mode;	/* of aclmdlRICaptureThreadExchangeMode() */
	int thread;		/* its id, if it was needed */
	aclError last;
	bool quiet;		/* the caller handles failures; write no message */
	bool has_message;
	char message[EMU_MESSAGE_LEN];
	char given[EMU_MESSAGE_LEN];	/* what aclGetRecentErrMsg() returned last */
};

extern __thread struct emu_thread emu_self;

void emu_enter(const char *function);
#define EMU_ENTER()	emu_enter(__func__)

#endif
