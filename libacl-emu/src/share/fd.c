// SPDX-License-Identifier: MIT
/*
 * Memory shared by file descriptor: the dma-buf of an allocation.
 */
#include <errno.h>
#include <inttypes.h>

#include "acl_emu/extensions.h"
#include "core/driver.h"
#include "core/error.h"
#include "core/history.h"
#include "device/device.h"

aclError acl_emu_export_fd(aclrtDrvMemHandle handle, int *fd)
{
	struct acl_emu_export_fd arg = {
		.head = EMU_HEAD(acl_emu_export_fd),
		.handle = (uintptr_t)handle,
	};
	int err;

	EMU_ENTER();
	if (!handle)
		return emu_null("handle");
	if (!fd)
		return emu_null("fd");
	err = emu_ioctl(ACL_EMU_NR_EXPORT_FD, &arg.head);
	if (err == -EMFILE || err == -ENFILE)
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
				 "close descriptors, or raise RLIMIT_NOFILE",
				 "no descriptor is free for handle 0x%" PRIx64,
				 (uint64_t)arg.handle);
	if (err)
		return emu_fail(err, &arg.head, NULL, "handle 0x%" PRIx64, (uint64_t)arg.handle);
	emu_note(EMU_HANDLE, EMU_EXPORTED, arg.handle, 0);
	*fd = arg.fd;
	return ACL_SUCCESS;
}

aclError acl_emu_import_fd(int fd, int32_t device, aclrtDrvMemHandle *handle)
{
	struct acl_emu_import_fd arg = {
		.head = EMU_HEAD(acl_emu_import_fd),
		.fd = fd,
	};
	aclError code;
	int err;

	EMU_ENTER();
	if (!handle)
		return emu_null("handle");
	code = emu_device_find(device, &arg.device);
	if (code)
		return code;
	err = emu_ioctl(ACL_EMU_NR_IMPORT_FD, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, NULL, "descriptor %d for device %" PRId32, fd,
				device);
	emu_note(EMU_HANDLE, EMU_IMPORTED, arg.handle, 0);
	*handle = (aclrtDrvMemHandle)(uintptr_t)arg.handle;
	return ACL_SUCCESS;
}
