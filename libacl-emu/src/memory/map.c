// SPDX-License-Identifier: MIT
/*
 * Mappings: memory at addresses of a reservation.
 *
 * Both calls are one ioctl without a lock: the module has all state.
 */
#include <inttypes.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/history.h"
#include "memory/past.h"

/* Programs treat "not supported" as a warning and would continue without a mapping. */
static const struct emu_code map_codes[] = {
	{ ACL_EMU_REASON_VALUE, ACL_ERROR_RT_DRV_INTERNAL_ERROR },
	{ ACL_EMU_REASON_NOT_RDONLY, ACL_ERROR_RT_DRV_INTERNAL_ERROR },
	{ 0, 0 }
};

static aclError map(void *virPtr, size_t size, size_t offset, aclrtDrvMemHandle handle,
		    uint64_t flags, enum acl_emu_rights rights)
{
	struct acl_emu_map arg = {
		.head = EMU_HEAD(acl_emu_map, .flags = ACL_EMU_MAP_WHOLE),
		.addr = (uintptr_t)virPtr,
		.size = size,
		.handle = (uintptr_t)handle,
		.rights = rights,
		.kind = ACL_EMU_RANGE_USER,
	};
	int err;

	if (!virPtr)
		return emu_null("virPtr");
	if (!handle)
		return emu_null("handle");
	if (!size)
		return emu_error(ACL_ERROR_INVALID_PARAM, "give the size of the memory",
				 "size is 0");
	if (flags)
		return emu_flags(flags);
	if (offset)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "set it to 0; a handle is mapped whole",
				 "offset is 0x%zx", offset);
	err = emu_ioctl(ACL_EMU_NR_MAP, &arg.head);
	if (!emu_unlikely(err)) {
		emu_note_map(arg.addr, arg.size, arg.handle);
		return ACL_SUCCESS;
	}
	if (arg.head.reason == ACL_EMU_REASON_HANDLE)
		return emu_handle_fail(err, &arg.head, map_codes, arg.handle);
	return emu_fail(err, &arg.head, map_codes, "[0x%" PRIx64 ", +%s)", (uint64_t)arg.addr,
			EMU_SIZE(size));
}

aclError aclrtMapMem(void *virPtr, size_t size, size_t offset, aclrtDrvMemHandle handle,
		     uint64_t flags)
{
	EMU_ENTER();
	return map(virPtr, size, offset, handle, flags, ACL_EMU_RIGHTS_RW);
}

aclError aclrtMemMapNoAccess(void *virPtr, size_t size, size_t offset, aclrtDrvMemHandle handle,
			     uint64_t flags)
{
	EMU_ENTER();
	return map(virPtr, size, offset, handle, flags, ACL_EMU_RIGHTS_NONE);
}

aclError aclrtUnmapMem(void *virPtr)
{
	struct acl_emu_unmap arg = {
		.head = EMU_HEAD(acl_emu_unmap),
		.addr = (uintptr_t)virPtr,
		.kind = ACL_EMU_RANGE_USER,
	};
	int err;

	EMU_ENTER();
	if (!virPtr)
		return emu_null("virPtr");
	err = emu_ioctl(ACL_EMU_NR_UNMAP, &arg.head);
	if (emu_unlikely(err))
		return emu_fail(err, &arg.head, map_codes, "address %p", virPtr);
	emu_note_unmap(arg.addr);
	return ACL_SUCCESS;
}
