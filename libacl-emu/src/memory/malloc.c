// SPDX-License-Identifier: MIT
/*
 * Blocks of device memory, from the heap.
 */
#include <inttypes.h>

#include "core/error.h"
#include "core/history.h"
#include "device/context.h"
#include "device/device.h"
#include "memory/heap.h"
#include "memory/malloc.h"
#include "memory/mempool.h"

/* Bits that select a kind of memory; the other bits are the policy. */
#define POLICY_KINDS	(ACL_MEM_TYPE_LOW_BAND_WIDTH | ACL_MEM_TYPE_HIGH_BAND_WIDTH | \
			 ACL_MEM_ACCESS_USER_SPACE_READONLY)

static bool is_giant(aclrtMemMallocPolicy policy)
{
	unsigned int base = (unsigned int)policy & ~(unsigned int)POLICY_KINDS;

	return base == ACL_MEM_MALLOC_HUGE1G_ONLY || base == ACL_MEM_MALLOC_HUGE1G_ONLY_P2P;
}

static aclError check_alloc(void **devPtr, size_t size)
{
	if (!devPtr)
		return emu_null("devPtr");
	if (!size)
		return emu_error(ACL_ERROR_INVALID_PARAM, "ask for at least 1 byte", "size is 0");
	return ACL_SUCCESS;
}

/* Rounds up to a multiple of 32 and adds @more bytes. */
static aclError round_up(size_t size, uint64_t more, uint64_t *room)
{
	if (__builtin_add_overflow((uint64_t)size, 31 + more, room))
		return emu_error(ACL_ERROR_INVALID_PARAM, "ask for less",
				 "size %zu overflows when it is rounded up", size);
	*room &= ~UINT64_C(31);
	return ACL_SUCCESS;
}

/* @device: -1 is the current device. */
static aclError alloc(void **devPtr, size_t size, aclrtMemMallocPolicy policy, uint64_t more,
		      int64_t device)
{
	uint64_t room = size;
	uint32_t current;
	aclError code = ACL_SUCCESS;

	if (!is_giant(policy))
		code = round_up(size, more, &room);
	if (!code)
		code = emu_context_current(&current);
	if (!code && device >= 0)
		current = (uint32_t)device;
	if (!code)
		code = emu_heap_alloc(emu_heap_device(current), room, is_giant(policy), devPtr);
	if (!code)
		emu_note(EMU_BLOCK, EMU_CREATED, (uintptr_t)*devPtr, size);
	return code;
}

aclError aclrtMalloc(void **devPtr, size_t size, aclrtMemMallocPolicy policy)
{
	aclError code;

	EMU_ENTER();
	code = check_alloc(devPtr, size);
	/* Kernels may read 32 bytes beyond the block. */
	return code ? code : alloc(devPtr, size, policy, 32, -1);
}

aclError aclrtMallocAlign32(void **devPtr, size_t size, aclrtMemMallocPolicy policy)
{
	aclError code;

	EMU_ENTER();
	code = check_alloc(devPtr, size);
	return code ? code : alloc(devPtr, size, policy, 0, -1);
}

/* Of device memory if @device is not NULL: its attribute may select one. */
static aclError check_attr(const aclrtMallocAttribute *attr, int64_t *device)
{
	unsigned int type = (unsigned int)attr->attr;
	uint32_t found;
	aclError code;

	if (type == ACL_RT_MEM_ATTR_MODULE_ID || (!device && type == ACL_RT_MEM_ATTR_VA_FLAG))
		return ACL_SUCCESS;
	if (device && type == ACL_RT_MEM_ATTR_DEVICE_ID) {
		code = emu_device_find_or(ACL_ERROR_RT_PARAM_INVALID, attr->value.deviceId, &found);
		if (!code)
			*device = found;
		return code;
	}
	return emu_error(ACL_ERROR_RT_PARAM_INVALID,
			 device ? "use ACL_RT_MEM_ATTR_MODULE_ID or _DEVICE_ID" :
				  "use ACL_RT_MEM_ATTR_MODULE_ID or _VA_FLAG",
			 "cfg->attrs has the type %u", type);
}

/*
 * For memory of the host, @device is NULL. Module ids select statistics, which the
 * emulator does not have. Every address is valid on every device, so attributes
 * that request this need nothing.
 */
aclError emu_malloc_config(const aclrtMallocConfig *cfg, int64_t *device)
{
	aclError code = ACL_SUCCESS;
	size_t i;

	if (!cfg || (!device && !cfg->numAttrs))
		return ACL_SUCCESS;
	if (!cfg->attrs)
		return emu_error(cfg->numAttrs ? ACL_ERROR_INVALID_PARAM :
				 ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer",
				 "cfg->attrs is NULL, and cfg->numAttrs %zu", cfg->numAttrs);
	for (i = 0; !code && i < cfg->numAttrs; i++)
		code = check_attr(&cfg->attrs[i], device);
	return code;
}

aclError aclrtMallocWithCfg(void **devPtr, size_t size, aclrtMemMallocPolicy policy,
			    aclrtMallocConfig *cfg)
{
	int64_t device = -1;
	uint32_t current;
	aclError code;

	EMU_ENTER();
	code = check_alloc(devPtr, size);
	if (!code)
		code = emu_malloc_config(cfg, &device);
	/* This form checks the context before the size overflows. */
	if (!code)
		code = emu_context_current(&current);
	if (!code)
		code = alloc(devPtr, size, policy, 32, device);
	return code;
}

aclError emu_malloc_free(void *devPtr)
{
	aclError code;

	if (emu_mempool_free(devPtr, &code))
		return code;
	code = emu_heap_free(ACL_EMU_RANGE_HEAP, devPtr);
	if (!code)
		emu_note(EMU_BLOCK, EMU_ENDED, (uintptr_t)devPtr, 0);
	return code;
}

aclError aclrtFree(void *devPtr)
{
	EMU_ENTER();
	if (!devPtr)
		return emu_null("devPtr");
	return emu_malloc_free(devPtr);
}
