/* SPDX-License-Identifier: MIT */
/*
 * Included by every file of the library.
 *
 * Every exported function begins with EMU_ENTER(): it detects a fork and stores
 * the name of the function for messages.
 */
#ifndef EMU_CORE_COMMON_H
#define EMU_CORE_COMMON_H

#include <stdatomic.h>
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
 * generation of the process; otherwise emu_enter_first() resets them.
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
	uint32_t wrong_kind;	/* enum emu_kind of the object of a refused call */
	uint64_t wrong_id;	/* 0: it is not known */
	bool quiet;		/* the caller handles failures; write no message */
	bool has_message;	/* emu_messages.newest is one */
};

/*
 * Every call uses it, and it is small, so it lies where the loader puts the variables
 * of threads of the program itself: no function has to be called to find it.
 */
extern __thread struct emu_thread emu_self __attribute__((tls_model("initial-exec")));

/* Messages of a thread, for calls that fail. */
struct emu_messages {
	char newest[EMU_MESSAGE_LEN];
	char given[EMU_MESSAGE_LEN];	/* what aclGetRecentErrMsg() returned last */
};

extern __thread struct emu_messages emu_messages;

/* What the two lines of emu_enter() look at; process.c writes them. */
extern _Atomic(_Atomic int *) emu_mark;
extern _Atomic uint64_t emu_generation;

void emu_enter_first(const char *function);

/* The first call of a thread, and of a process after a fork, goes the longer way. */
static inline void emu_enter(const char *function)
{
	_Atomic int *mark = atomic_load_explicit(&emu_mark, memory_order_acquire);
	struct emu_thread *self = &emu_self;

	if (emu_unlikely(atomic_load_explicit(mark, memory_order_acquire) <= 0 ||
			 self->generation != atomic_load_explicit(&emu_generation,
								  memory_order_relaxed)))
		emu_enter_first(function);
	else
		self->function = function;
}

#define EMU_ENTER()	emu_enter(__func__)

#endif
