// SPDX-License-Identifier: MIT
/*
 * Blocks of pinned host memory; the heap does the work.
 */
#include "emu.h"

aclError aclrtMallocHost(void **hostPtr, size_t size)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!hostPtr)
		return emu_null("hostPtr");
	if (!size)
		return emu_error(ACL_ERROR_INVALID_PARAM, "ask for at least 1 byte", "size is 0");
	code = emu_context_current(&device);
	if (!code)
		code = emu_heap_alloc(emu_heap_host(), size, false, hostPtr);
	return code;
}

aclError aclrtFreeHost(void *hostPtr)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!hostPtr)
		return emu_null("hostPtr");
	code = emu_context_current(&device);
	if (!code)
		code = emu_heap_free(ACL_EMU_RANGE_HOST, hostPtr);
	return code;
}
