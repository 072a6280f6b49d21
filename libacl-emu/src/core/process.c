// SPDX-License-Identifier: MIT
/*
 * The process: is it still the one that the library's state belongs to?
 *
 * After a fork, also one by a bare system call, the child has a copy of the
 * state but neither handles nor mappings. The state word below lies in a page
 * that the kernel empties in the child; whoever finds it empty makes the
 * library forget. Locks of the copy may be held by threads that do not exist
 * in the child, so they are made anew and never taken.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/count.h"
#include "core/emu.h"
#include "core/visible.h"
#include "memory/idle.h"
#include "memory/pool.h"

/* What the mark holds when it does not hold the id of its process. */
enum { MARK_NEW = 0, MARK_BUSY = -1 };

/*
 * One whole page of this is the mark's, wherever the loader puts the array and
 * whatever the page size is (up to 64 KiB).
 */
static char mark_area[2 * 65536];
static _Atomic(_Atomic int *) mark_page;

static _Atomic uint64_t process_generation;
/* The kernel would not empty the page (no memory): compare process ids. */
static _Atomic bool by_pid;

__thread struct emu_thread emu_self;

/* A process in whose state the parent's was found. */
static bool forked;

static _Atomic int *mark_find(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	_Atomic int *mark = (void *)(((uintptr_t)mark_area + page - 1) / page * page);

	/*
	 * Every thread that comes here asks again: harmless, and it must be
	 * done before the first of them writes the mark.
	 */
	if (madvise((void *)mark, page, MADV_WIPEONFORK))
		atomic_store(&by_pid, true);
	atomic_store(&mark_page, mark);
	return mark;
}

static bool owner_good(int owner)
{
	return owner > 0 &&
	       (!atomic_load_explicit(&by_pid, memory_order_relaxed) || owner == getpid());
}

static bool mark_good(_Atomic int *mark)
{
	return owner_good(atomic_load_explicit(mark, memory_order_acquire));
}

static void forget_all(void)
{
	emu_driver_forget();
	emu_error_forget();
	emu_init_forget();
	emu_device_forget();
	emu_context_forget();
	emu_range_forget();
	emu_heap_forget();
	emu_idle_forget();
	emu_stream_forget();
	emu_callback_forget();
	emu_launch_forget();
	emu_count_forget();
	emu_event_ipc_forget();
	emu_token_forget();
	emu_host_forget();
	emu_peer_forget();
	emu_ipc_forget();
	emu_allocator_forget();
	emu_pool_forget();
	atomic_fetch_add(&process_generation, 1);
}

/* The first thread to come does the work, the others wait for it. */
static void process_begin(_Atomic int *mark)
{
	int owner;

	while (!owner_good(owner = atomic_load_explicit(mark, memory_order_acquire))) {
		if (owner == MARK_BUSY ||
		    !atomic_compare_exchange_strong(mark, &owner, MARK_BUSY)) {
			sched_yield();
			continue;
		}
		emu_visible_read();
		/* The first call of all finds no state: then nothing is lost by a fork. */
		if (atomic_load(&process_generation))
			forked = true;
		forget_all();
		atomic_store_explicit(mark, getpid(), memory_order_release);
	}
}

/* Did the parent use the library before it forked this process? */
bool emu_process_forked(void)
{
	return forked;
}

void emu_enter(const char *function)
{
	_Atomic int *mark = atomic_load_explicit(&mark_page, memory_order_acquire);
	struct emu_thread *self = &emu_self;
	uint64_t now;

	if (emu_unlikely(!mark))
		mark = mark_find();
	if (emu_unlikely(!mark_good(mark)))
		process_begin(mark);
	now = atomic_load_explicit(&process_generation, memory_order_relaxed);
	if (emu_unlikely(self->generation != now)) {
		memset(self, 0, sizeof(*self));
		self->generation = now;
	}
	self->function = function;
}
