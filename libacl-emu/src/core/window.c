// SPDX-License-Identifier: MIT
/*
 * The addresses that can be emulated memory: the window and the reservations of the
 * process outside it.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/config.h"
#include "core/driver.h"
#include "core/error.h"
#include "core/process.h"
#include "core/window.h"

/*
 * A reservation outside the window. Addresses in the window need no look-up, so
 * this list is nearly always empty.
 */
struct outside {
	struct outside *next;
	uint64_t start;
	uint64_t size;
};

struct window {
	pthread_mutex_t lock;
	struct outside *outside;
	_Atomic bool any;	/* the list is not empty */
};

EMU_STATE(struct window, window, NULL)

static bool in_window(uint64_t addr)
{
	return addr >= ACL_EMU_VA_HEAP_FIRST && addr < ACL_EMU_VA_LAST;
}

static void outside_add(struct outside *o)
{
	pthread_mutex_lock(&window()->lock);
	o->next = window()->outside;
	window()->outside = o;
	atomic_store(&window()->any, true);
	pthread_mutex_unlock(&window()->lock);
}

static struct outside *outside_remove(uint64_t start)
{
	struct outside **p, *found;

	if (!atomic_load(&window()->any))
		return NULL;
	pthread_mutex_lock(&window()->lock);
	for (p = &window()->outside; *p && (*p)->start != start; p = &(*p)->next)
		;
	found = *p;
	if (found)
		*p = found->next;
	atomic_store(&window()->any, window()->outside != NULL);
	pthread_mutex_unlock(&window()->lock);
	return found;
}

/*
 * False: the address is not emulated memory. True: it can be; but a program may
 * have mapped memory of its own in the window.
 */
bool emu_range_may_hold(uint64_t addr)
{
	struct outside *o;

	if (in_window(addr))
		return true;
	if (!atomic_load_explicit(&window()->any, memory_order_relaxed))
		return false;
	pthread_mutex_lock(&window()->lock);
	for (o = window()->outside; o && addr - o->start >= o->size; o = o->next)
		;
	pthread_mutex_unlock(&window()->lock);
	return o;
}

/* The first address in [@addr, +@size) that can be emulated memory; 0: there is none. */
uint64_t emu_range_first_in(uint64_t addr, uint64_t size)
{
	uint64_t end = addr + size, first = end, start;
	struct outside *o;

	start = addr > ACL_EMU_VA_HEAP_FIRST ? addr : ACL_EMU_VA_HEAP_FIRST;
	if (start < end && start < ACL_EMU_VA_LAST)
		first = start;
	if (atomic_load_explicit(&window()->any, memory_order_relaxed)) {
		pthread_mutex_lock(&window()->lock);
		for (o = window()->outside; o; o = o->next) {
			start = addr > o->start ? addr : o->start;
			if (start < first && start - o->start < o->size)
				first = start;
		}
		pthread_mutex_unlock(&window()->lock);
	}
	return first < end ? first : 0;
}

/*
 * Returns what emu_ioctl() does; also for the heap. ACL_EMU_VA=any is for
 * sanitizers, which occupy the window.
 */
int emu_range_reserve(struct acl_emu_range_reserve *arg)
{
	struct outside *o = NULL;
	int err;

	if (!(arg->head.flags & ACL_EMU_RANGE_FIXED) && emu_variable_is(EMU_VAR_VA, "any"))
		arg->head.flags |= ACL_EMU_RANGE_ANYWHERE;
	if (arg->head.flags & (ACL_EMU_RANGE_ANYWHERE | ACL_EMU_RANGE_REMOTE)) {
		o = malloc(sizeof(*o));
		if (!o)
			return -ENOMEM;
	}
	err = emu_ioctl(ACL_EMU_NR_RANGE_RESERVE, &arg->head);
	if (err) {
		free(o);
		return err;
	}
	if (o) {
		o->start = arg->addr;
		o->size = arg->size;
		outside_add(o);
	}
	return 0;
}

/*
 * Returns the result of emu_ioctl(); also for imported memory. The module ends the
 * reservation, and this function unmaps the addresses.
 */
int emu_range_release(struct acl_emu_range_release *arg)
{
	/* Before the call: after it another thread may have reserved the addresses. */
	struct outside *o = in_window(arg->addr) ? NULL : outside_remove(arg->addr);
	int err = emu_ioctl(ACL_EMU_NR_RANGE_RELEASE, &arg->head);

	if (err && o)
		outside_add(o);
	else
		free(o);
	if (!err && arg->size)
		munmap((void *)(uintptr_t)arg->addr, arg->size);
	return err;
}

/* --- size and alignment of reservations -------------------------------------- */

static uint64_t round_up(uint64_t size, uint64_t unit)
{
	return (size + unit - 1) & ~(unit - 1);
}

static uint64_t pow2_up(uint64_t size)
{
	uint64_t p = EMU_2M;

	while (p < size)
		p <<= 1;
	return p;
}

/* A size too large to be rounded up is too large for the module, too. */
static uint64_t reserve_size(uint64_t size)
{
	if (size > ~(EMU_1G - 1))
		return ~(EMU_1G - 1);
	return round_up(size, size > EMU_512M ? EMU_1G : EMU_2M);
}

/*
 * The documents require 1 GiB for every size. Newer releases accept less for small
 * sizes; ACL_EMU_RELAX selects that.
 */
static uint64_t expect_align(uint64_t size)
{
	const char *relax = emu_variable(EMU_VAR_RELAX);

	if (size > EMU_512M || !relax || !strstr(relax, "expectptr"))
		return EMU_1G;
	return pow2_up(size);
}

aclError emu_range_check_aligned(uint64_t addr, uint64_t align)
{
	if (addr & (align - 1))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "align it, or give NULL",
				 "expectPtr 0x%" PRIx64 " is not a multiple of %s", addr,
				 EMU_SIZE(align));
	return ACL_SUCCESS;
}

/* The same for the wanted start of a reservation of @size bytes. */
aclError emu_range_check_expected(uint64_t addr, uint64_t size)
{
	return emu_range_check_aligned(addr, expect_align(size));
}

/* Sets size, alignment and flags for @size bytes, at arg->addr unless that is 0. */
void emu_range_shape(struct acl_emu_range_reserve *arg, uint64_t size)
{
	arg->size = reserve_size(size);
	if (arg->addr)
		arg->head.flags |= ACL_EMU_RANGE_FIXED;
	else
		arg->align = arg->size > EMU_512M ? EMU_1G : pow2_up(arg->size);
}
