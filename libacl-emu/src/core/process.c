// SPDX-License-Identifier: MIT
/*
 * The process: detects a fork and owns the state of the process.
 *
 * After a fork, also by a raw system call, the child has a copy of the state but
 * no handles and no mappings. The mark below lies in a page that the kernel
 * clears in the child; the first call in the child finds the mark empty and
 * allocates new state.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/common.h"
#include "core/process.h"

/* Values of the mark other than the id of its process. */
enum { MARK_NEW = 0, MARK_BUSY = -1 };

#define ALIGN	64

/*
 * The mark has one whole page of this array, wherever the loader puts it and
 * whatever the page size is (up to 64 KiB).
 */
static char mark_area[2 * 65536];
static _Atomic(_Atomic int *) mark_page;

/*
 * What emu_enter() looks at: this one until the mark is found, and for ever if the
 * kernel does not clear the page in a child and process ids are compared instead.
 */
static _Atomic int no_mark;
_Atomic(_Atomic int *) emu_mark = &no_mark;

_Atomic uint64_t emu_generation;
/* MADV_WIPEONFORK failed: compare process ids instead. */
static _Atomic bool by_pid;

/* Written while the mark is MARK_BUSY. */
char *emu_process;

__thread struct emu_thread emu_self;
__thread struct emu_messages emu_messages;

/* The process has a copy of the state of its parent. */
static bool forked;

static _Atomic int *mark_find(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	_Atomic int *mark = (void *)(((uintptr_t)mark_area + page - 1) / page * page);

	/*
	 * Every thread that gets here repeats the call, which is harmless; it must
	 * be done before the first of them writes the mark.
	 */
	if (madvise((void *)mark, page, MADV_WIPEONFORK))
		atomic_store(&by_pid, true);
	else
		atomic_store(&emu_mark, mark);
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

/* Returns the size of the block. */
static size_t place_parts(void)
{
	struct emu_part *const *p;
	size_t size = 0;

	for (p = __start_emu_parts; p < __stop_emu_parts; p++) {
		(*p)->offset = size;
		size += ((*p)->size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	}
	return size;
}

/* The block of the parent is never freed: other threads may have been using it. */
static void state_begin(void)
{
	const char *parent = emu_process;
	struct emu_part *const *p;
	char *block;

	block = mmap(NULL, place_parts(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		     -1, 0);
	if (block == MAP_FAILED) {
		/* No call can report this: the message itself is part of the state. */
		perror("acl-emu: cannot allocate the state of the process");
		abort();
	}
	for (p = __start_emu_parts; p < __stop_emu_parts; p++) {
		if ((*p)->begin)
			(*p)->begin(block + (*p)->offset, parent ? parent + (*p)->offset : NULL);
	}
	forked = parent;
	emu_process = block;
	atomic_fetch_add(&emu_generation, 1);
}

/* The first thread begins the state, the others wait for it. */
static void process_begin(_Atomic int *mark)
{
	int owner;

	while (!owner_good(owner = atomic_load_explicit(mark, memory_order_acquire))) {
		if (owner == MARK_BUSY ||
		    !atomic_compare_exchange_strong(mark, &owner, MARK_BUSY)) {
			sched_yield();
			continue;
		}
		state_begin();
		atomic_store_explicit(mark, getpid(), memory_order_release);
	}
}

/* Did the parent use the library before it forked this process? */
bool emu_process_forked(void)
{
	return forked;
}

/* Did this process, since its fork, make a call? */
bool emu_process_begun(void)
{
	_Atomic int *mark = atomic_load_explicit(&mark_page, memory_order_acquire);

	return mark && mark_good(mark);
}

void emu_enter_first(const char *function)
{
	_Atomic int *mark = atomic_load_explicit(&mark_page, memory_order_acquire);
	struct emu_thread *self = &emu_self;
	uint64_t now;

	if (emu_unlikely(!mark))
		mark = mark_find();
	if (emu_unlikely(!mark_good(mark)))
		process_begin(mark);
	now = atomic_load_explicit(&emu_generation, memory_order_relaxed);
	if (emu_unlikely(self->generation != now)) {
		memset(self, 0, sizeof(*self));
		self->generation = now;
	}
	self->function = function;
}
