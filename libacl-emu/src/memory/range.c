// SPDX-License-Identifier: MIT
/*
 * Reservations of addresses.
 */
#include <errno.h>
#include <inttypes.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/history.h"
#include "core/window.h"
#include "memory/classify.h"

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
		code = emu_range_check_expected((uintptr_t)expectPtr, size);
	if (code)
		return code;
	emu_range_shape(&arg, size);
	return reserve(&arg, codes, virPtr);
}

static aclError check_remote(uint64_t addr, uint64_t size)
{
	aclError code;

	if (!addr)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
				 "name an address in [24 TiB, 256 TiB) or use aclrtReserveMemAddress()",
				 "expectPtr is NULL");
	code = emu_range_check_aligned(addr, EMU_1G);
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
