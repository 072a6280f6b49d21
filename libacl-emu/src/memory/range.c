// SPDX-License-Identifier: MIT
/*
 * Reservations of addresses, and the addresses that can be emulated memory.
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
#include "core/history.h"
#include "core/process.h"
#include "memory/classify.h"
#include "memory/range.h"

/*
 * A reservation outside the window. Addresses in the window need no look-up, so
 * this list is nearly always empty.
 */
struct outside {
	struct outside *next;
	uint64_t start;
	uint64_t size;
};

struct ranges {
	pthread_mutex_t lock;
	struct outside *outside;
	_Atomic bool any;	/* the list is not empty */
};

EMU_STATE(struct ranges, ranges, NULL)

static bool in_window(uint64_t addr)
{
	return addr >= ACL_EMU_VA_HEAP_FIRST && addr < ACL_EMU_VA_LAST;
}

static void outside_add(struct outside *o)
{
	pthread_mutex_lock(&ranges()->lock);
	o->next = ranges()->outside;
	ranges()->outside = o;
	atomic_store(&ranges()->any, true);
	pthread_mutex_unlock(&ranges()->lock);
}

static struct outside *outside_remove(uint64_t start)
{
	struct outside **p, *found;

	if (!atomic_load(&ranges()->any))
		return NULL;
	pthread_mutex_lock(&ranges()->lock);
	for (p = &ranges()->outside; *p && (*p)->start != start; p = &(*p)->next)
		;
	found = *p;
	if (found)
		*p = found->next;
	atomic_store(&ranges()->any, ranges()->outside != NULL);
	pthread_mutex_unlock(&ranges()->lock);
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
	if (!atomic_load_explicit(&ranges()->any, memory_order_relaxed))
		return false;
	pthread_mutex_lock(&ranges()->lock);
	for (o = ranges()->outside; o && addr - o->start >= o->size; o = o->next)
		;
	pthread_mutex_unlock(&ranges()->lock);
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
	if (atomic_load_explicit(&ranges()->any, memory_order_relaxed)) {
		pthread_mutex_lock(&ranges()->lock);
		for (o = ranges()->outside; o; o = o->next) {
			start = addr > o->start ? addr : o->start;
			if (start < first && start - o->start < o->size)
				first = start;
		}
		pthread_mutex_unlock(&ranges()->lock);
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

/* With ACL_EMU_VA=any there is no window, and with a window it is 8 TiB at most. */
static aclError report_full(const struct acl_emu_range_reserve *arg)
{
	bool anywhere = arg->head.flags & ACL_EMU_RANGE_ANYWHERE;

	return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION,
			 anywhere ? "release reservations, or make smaller ones" :
			 "release reservations, make smaller ones, or set ACL_EMU_VA=any to use "
			 "addresses outside the window",
			 "a reservation of %s does not fit: no gap of %s aligned to %s is free "
			 "in %s", EMU_SIZE(arg->size), EMU_SIZE(arg->head.val[0]),
			 EMU_SIZE(arg->head.val[1]),
			 anywhere ? "the addresses of this process, which ACL_EMU_VA=any allows" :
			 "the window [0x100000000000, 0x180000000000)");
}

/* The same for a program: returns the address, or writes the message. */
static aclError reserve(struct acl_emu_range_reserve *arg, const struct emu_code *codes,
			void **addr)
{
	int err = emu_range_reserve(arg);

	if (!err) {
		emu_note(EMU_RESERVATION, EMU_CREATED, arg->addr, arg->size);
		*addr = (void *)(uintptr_t)arg->addr;
		return ACL_SUCCESS;
	}
	if (arg->head.flags & ACL_EMU_RANGE_REMOTE &&
	    arg->head.reason == ACL_EMU_REASON_VA_WINDOW)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION,
				 "choose lower ones; most machines end at 128 TiB",
				 "[0x%" PRIx64 ", +%s) is beyond the addresses of this machine",
				 (uint64_t)arg->addr, EMU_SIZE(arg->size));
	if (arg->head.reason == ACL_EMU_REASON_VA_FULL && arg->size > ACL_EMU_VA_MAX_SIZE)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, "make several reservations",
				 "a reservation of %s is larger than the largest one (%s), with "
				 "any value of ACL_EMU_VA", EMU_SIZE(arg->size),
				 EMU_SIZE(ACL_EMU_VA_MAX_SIZE));
	if (arg->head.reason == ACL_EMU_REASON_VA_FULL)
		return report_full(arg);
	if (arg->head.flags & ACL_EMU_RANGE_FIXED)
		return emu_fail(err, &arg->head, codes, "[0x%" PRIx64 ", +%s)",
				(uint64_t)arg->addr, EMU_SIZE(arg->size));
	return emu_fail(err, &arg->head, codes, "a reservation of %s", EMU_SIZE(arg->size));
}

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

static aclError check_reserve(void *const *virPtr, size_t size, uint64_t flags, size_t alignment)
{
	if (!virPtr)
		return emu_null("virPtr");
	if (!size)
		return emu_error(ACL_ERROR_INVALID_PARAM, "ask for at least 1 byte", "size is 0");
	if (flags > 1)
		return emu_error(ACL_ERROR_INVALID_PARAM, "set it to 0 or 1",
				 "flags is 0x%" PRIx64, flags);
	if (alignment)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0", "alignment is %zu",
				 alignment);
	return ACL_SUCCESS;
}

static aclError check_expected(uint64_t addr, uint64_t align)
{
	if (addr & (align - 1))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "align it, or give NULL",
				 "expectPtr 0x%" PRIx64 " is not a multiple of %s", addr,
				 EMU_SIZE(align));
	return ACL_SUCCESS;
}

aclError aclrtReserveMemAddress(void **virPtr, size_t size, size_t alignment, void *expectPtr,
				uint64_t flags)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_SIZE, ACL_ERROR_RT_MEMORY_ALLOCATION },
		{ 0, 0 }
	};
	struct acl_emu_range_reserve arg = {
		.head = EMU_HEAD(acl_emu_range_reserve),
		.addr = (uintptr_t)expectPtr,
		.kind = ACL_EMU_RANGE_USER,
	};
	aclError code;

	EMU_ENTER();
	code = check_reserve(virPtr, size, flags, alignment);
	if (!code && expectPtr)
		code = check_expected((uintptr_t)expectPtr, expect_align(size));
	if (code)
		return code;
	arg.size = reserve_size(size);
	if (expectPtr)
		arg.head.flags = ACL_EMU_RANGE_FIXED;
	else
		arg.align = arg.size > EMU_512M ? EMU_1G : pow2_up(arg.size);
	return reserve(&arg, codes, virPtr);
}

static aclError check_remote(uint64_t addr, uint64_t size)
{
	aclError code;

	if (!addr)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
				 "name an address in [24 TiB, 256 TiB) or use aclrtReserveMemAddress()",
				 "expectPtr is NULL");
	code = check_expected(addr, EMU_1G);
	if (code)
		return code;
	if (size & (EMU_1G - 1))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "round it up",
				 "size %s is not a multiple of 1 GiB", EMU_SIZE(size));
	if (addr < ACL_EMU_VA_LAST || addr >= ACL_EMU_VA_REMOTE_LAST ||
	    size > ACL_EMU_VA_REMOTE_LAST - addr)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "name addresses in [24 TiB, 256 TiB)",
				 "[0x%" PRIx64 ", +%s) is outside", addr, EMU_SIZE(size));
	return ACL_SUCCESS;
}

aclError aclrtReserveMemAddressNoUCMemory(void **virPtr, size_t size, size_t alignment,
					  void *expectPtr, uint64_t flags)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_DEVICE_CLOSED, ACL_ERROR_RT_PARAM_INVALID },
		{ ACL_EMU_REASON_SIZE, ACL_ERROR_RT_MEMORY_ALLOCATION },
		{ 0, 0 }
	};
	struct acl_emu_range_reserve arg = {
		.head = EMU_HEAD(acl_emu_range_reserve,
				 .flags = ACL_EMU_RANGE_FIXED | ACL_EMU_RANGE_REMOTE),
		.addr = (uintptr_t)expectPtr,
		.size = size,
		.kind = ACL_EMU_RANGE_USER,
	};
	aclError code;

	EMU_ENTER();
	code = check_reserve(virPtr, size, flags, alignment);
	if (!code)
		code = check_remote((uintptr_t)expectPtr, size);
	if (!code)
		code = reserve(&arg, codes, virPtr);
	return code;
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

aclError aclrtReleaseMemAddress(void *virPtr)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_NO_RANGE, ACL_ERROR_RT_PARAM_INVALID },
		{ ACL_EMU_REASON_KIND, ACL_ERROR_RT_PARAM_INVALID },
		{ 0, 0 }
	};
	struct acl_emu_range_release arg = {
		.head = EMU_HEAD(acl_emu_range_release),
		.addr = (uintptr_t)virPtr,
		.kind = ACL_EMU_RANGE_USER,
	};
	int err;

	EMU_ENTER();
	if (!virPtr)
		return emu_null("virPtr");
	err = emu_range_release(&arg);
	if (err)
		return emu_fail(err, &arg.head, codes, "address %p", virPtr);
	emu_note(EMU_RESERVATION, EMU_ENDED, arg.addr, 0);
	return ACL_SUCCESS;
}

static aclError find_memory(uint64_t addr, uint64_t *start, uint64_t *size)
{
	aclError code = emu_driver_ready();
	struct emu_at at;

	if (code)
		return code;
	emu_classify(addr, &at);
	if (at.kind < EMU_AT_HOST_BLOCK || emu_at_is_stale(&at))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "map it with aclrtMapMem() or allocate it with aclrtMalloc()",
				 "address 0x%" PRIx64 " is %s", addr, EMU_AT_TEXT(&at));
	*start = at.start;
	*size = at.size;
	return ACL_SUCCESS;
}

aclError aclrtMemGetAddressRange(void *ptr, void **pbase, size_t *psize)
{
	uint64_t start, size;
	aclError code;

	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	if (!pbase && !psize)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give at least one of them",
				 "pbase and psize are both NULL");
	code = find_memory((uintptr_t)ptr, &start, &size);
	if (code)
		return code;
	if (pbase)
		*pbase = (void *)(uintptr_t)start;
	if (psize)
		*psize = size;
	return ACL_SUCCESS;
}
