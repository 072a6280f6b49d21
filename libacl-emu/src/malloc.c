// SPDX-License-Identifier: MIT
/*
 * Blocks of device memory; the heap does the work.
 */
#include <inttypes.h>

#include "emu.h"

/* Bits that ask for a kind of memory; a policy is what is left of them. */
#define POLICY_KINDS	(ACL_MEM_TYPE_LOW_BAND_WIDTH | ACL_MEM_TYPE_HIGH_BAND_WIDTH | \
			 ACL_MEM_ACCESS_USER_SPACE_READONLY)

static bool is_giant(aclrtMemMallocPolicy policy)
{
	unsigned int base = (unsigned int)policy & ~(unsigned int)POLICY_KINDS;

	return base == ACL_MEM_MALLOC_HUGE1G_ONLY || base == ACL_MEM_MALLOC_HUGE1G_ONLY_P2P;
}

aclError aclrtMalloc(void **devPtr, size_t size, aclrtMemMallocPolicy policy)
{
	uint64_t room = size;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!devPtr)
		return emu_null("devPtr");
	if (!size)
		return emu_error(ACL_ERROR_INVALID_PARAM, "ask for at least 1 byte", "size is 0");
	/* 32 bytes more than the next multiple of 32: kernels may read that far. */
	if (!is_giant(policy)) {
		if (__builtin_add_overflow(room, 63, &room))
			return emu_error(ACL_ERROR_INVALID_PARAM, "ask for less",
					 "size %zu overflows when it is rounded up", size);
		room &= ~UINT64_C(31);
	}
	code = emu_context_current(&device);
	if (!code)
		code = emu_heap_alloc(emu_heap_device(device), room, is_giant(policy), devPtr);
	return code;
}

aclError aclrtFree(void *devPtr)
{
	EMU_ENTER();
	if (!devPtr)
		return emu_null("devPtr");
	return emu_heap_free(ACL_EMU_RANGE_HEAP, devPtr);
}
