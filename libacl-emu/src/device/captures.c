// SPDX-License-Identifier: MIT
/*
 * Open captures of the process and the calls that their modes forbid.
 *
 * A capture has a mode, and so has each thread (GLOBAL unless it exchanged it). Only
 * synchronous copies and fills depend on them. Without an open capture a call reads
 * one number and takes no lock.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/error.h"
#include "core/process.h"
#include "device/captures.h"

#define NO_MODE		(ACL_MODEL_RI_CAPTURE_MODE_RELAXED + 1)

struct captures {
	pthread_mutex_t lock;	/* a leaf */
	_Atomic uint32_t count;
	struct emu_open_capture *first;
};

EMU_STATE(struct captures, captures, NULL)

int emu_thread_id(void)
{
	if (!emu_self.thread)
		emu_self.thread = (int)syscall(SYS_gettid);
	return emu_self.thread;
}

void emu_captures_open(struct emu_open_capture *open, aclmdlRICaptureMode mode)
{
	open->context = emu_self.context;
	open->thread = emu_thread_id();
	open->mode = (int)mode;
	pthread_mutex_lock(&captures()->lock);
	open->next = captures()->first;
	captures()->first = open;
	atomic_fetch_add(&captures()->count, 1);
	pthread_mutex_unlock(&captures()->lock);
}

void emu_captures_close(struct emu_open_capture *open)
{
	struct emu_open_capture **p;

	pthread_mutex_lock(&captures()->lock);
	for (p = &captures()->first; *p && *p != open; p = &(*p)->next)
		;
	if (*p) {
		*p = open->next;
		atomic_fetch_sub(&captures()->count, 1);
	}
	pthread_mutex_unlock(&captures()->lock);
}

static int stricter(int a, int b)
{
	return a < b ? a : b;
}

/* @of_context, @of_thread: the strictest mode that is open there; NO_MODE: none. */
static void strictest(int *of_context, int *of_thread)
{
	const struct emu_open_capture *open;
	int thread = emu_thread_id();

	*of_context = NO_MODE;
	*of_thread = NO_MODE;
	pthread_mutex_lock(&captures()->lock);
	for (open = captures()->first; open; open = open->next) {
		if (open->context == emu_self.context)
			*of_context = stricter(*of_context, open->mode);
		if (open->thread == thread)
			*of_thread = stricter(*of_thread, open->mode);
	}
	pthread_mutex_unlock(&captures()->lock);
}

static bool forbidden(int of_context, int of_thread)
{
	if (of_context == NO_MODE)
		return false;
	switch (emu_self.capture_mode) {
	case ACL_MODEL_RI_CAPTURE_MODE_GLOBAL:
		return of_context == ACL_MODEL_RI_CAPTURE_MODE_GLOBAL ||
		       of_thread == ACL_MODEL_RI_CAPTURE_MODE_THREAD_LOCAL;
	case ACL_MODEL_RI_CAPTURE_MODE_THREAD_LOCAL:
		return of_thread == ACL_MODEL_RI_CAPTURE_MODE_GLOBAL ||
		       of_thread == ACL_MODEL_RI_CAPTURE_MODE_THREAD_LOCAL;
	default:
		return false;
	}
}

aclError emu_captures_allow(aclError code)
{
	static const char *const names[] = { "GLOBAL", "THREAD_LOCAL", "RELAXED", "none" };
	int of_context, of_thread;

	if (!atomic_load_explicit(&captures()->count, memory_order_relaxed))
		return ACL_SUCCESS;
	strictest(&of_context, &of_thread);
	if (!forbidden(of_context, of_thread))
		return ACL_SUCCESS;
	return emu_error(code, "use the asynchronous call, or exchange the mode of this thread to "
			 "RELAXED with aclmdlRICaptureThreadExchangeMode()",
			 "a synchronous copy or fill during a capture: the strictest mode is %s in "
			 "the context and %s in this thread, whose own mode is %s",
			 names[of_context], names[of_thread], names[emu_self.capture_mode]);
}

aclError emu_captures_none(uint64_t context)
{
	const struct emu_open_capture *open;

	if (!atomic_load_explicit(&captures()->count, memory_order_relaxed))
		return ACL_SUCCESS;
	pthread_mutex_lock(&captures()->lock);
	for (open = captures()->first; open && open->context != context; open = open->next)
		;
	pthread_mutex_unlock(&captures()->lock);
	if (!open)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_STREAM_CAPTURED,
			 "call aclmdlRICaptureEnd() first; the capture goes on",
			 "a stream of the context is captured: its tasks are recorded and do not "
			 "run");
}
