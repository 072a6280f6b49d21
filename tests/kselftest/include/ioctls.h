/* SPDX-License-Identifier: MIT */
/*
 * The one table of ioctls, for the tests of their form (uapi/cmd), the grammar of
 * the fuzzer (tests/fuzz) and the documented errors (lib/ioctls.c).
 */
#ifndef IOCTLS_H
#define IOCTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acl_emu.h"

#define IOCTL_PAD(type)	offsetof(struct type, pad)

/*
 * Name, structure, known flags, offset of the padding behind the header (0: none),
 * and the answer to a structure whose fields all hold garbage (0: it succeeds).
 */
#define IOCTLS(X) \
	X(QUERY, acl_emu_query, 0, 0, EOPNOTSUPP, VALUE) \
	X(DEVICE_INFO, acl_emu_device_info, 0, IOCTL_PAD(acl_emu_device_info), EOPNOTSUPP, VALUE) \
	X(DEVICE_OPEN, acl_emu_device, 0, IOCTL_PAD(acl_emu_device), ENODEV, NO_DEVICE) \
	X(DEVICE_RESET, acl_emu_device, 0, IOCTL_PAD(acl_emu_device), ENODEV, NO_DEVICE) \
	X(PHYS_ALLOC, acl_emu_phys_alloc, 3, 0, EOPNOTSUPP, VALUE) \
	X(PHYS_RETAIN, acl_emu_phys_retain, 1, 0, ENOENT, HANDLE) \
	X(PHYS_FREE, acl_emu_phys_free, 0, 0, ENOENT, HANDLE) \
	X(PHYS_INFO, acl_emu_phys_info, 0, IOCTL_PAD(acl_emu_phys_info), ENOENT, HANDLE) \
	X(RANGE_RESERVE, acl_emu_range_reserve, 15, IOCTL_PAD(acl_emu_range_reserve), \
	  EINVAL, SIZE) \
	X(RANGE_RELEASE, acl_emu_range_release, 0, IOCTL_PAD(acl_emu_range_release), \
	  ENOENT, NO_RANGE) \
	X(MAP, acl_emu_map, 3, 0, ENOENT, HANDLE) \
	X(UNMAP, acl_emu_unmap, 0, IOCTL_PAD(acl_emu_unmap), ENOENT, NO_RANGE) \
	X(SET_ACCESS, acl_emu_access, 1, IOCTL_PAD(acl_emu_access), EOPNOTSUPP, VALUE) \
	X(GET_ACCESS, acl_emu_access, 0, IOCTL_PAD(acl_emu_access), EOPNOTSUPP, VALUE) \
	X(LOOKUP, acl_emu_lookup, 0, 0, 0, NONE) \
	X(COPY, acl_emu_copy, 7, 0, EINVAL, FLAGS) \
	X(EXPORT, acl_emu_export, 3, 0, ENOENT, HANDLE) \
	X(EXPORT_FD, acl_emu_export_fd, 0, IOCTL_PAD(acl_emu_export_fd), ENOENT, HANDLE) \
	X(ALLOW_PIDS, acl_emu_allow_pids, 1, IOCTL_PAD(acl_emu_allow_pids), EINVAL, SIZE) \
	X(SHARE_QUERY, acl_emu_share_query, 0, 0, ENOENT, NO_SHARE) \
	X(SHARE_CLOSE, acl_emu_share_close, 0, 0, ENOENT, NO_SHARE) \
	X(IMPORT, acl_emu_import, 1, IOCTL_PAD(acl_emu_import), ENODEV, NO_DEVICE) \
	X(IMPORT_FD, acl_emu_import_fd, 0, 0, ENODEV, NO_DEVICE) \
	X(SYNC_CREATE, acl_emu_sync_create, 0, IOCTL_PAD(acl_emu_sync_create), ENODEV, NO_DEVICE) \
	X(SYNC_SIGNAL, acl_emu_sync_signal, 3, 0, ENOENT, HANDLE) \
	X(SYNC_WAIT, acl_emu_sync_wait, 1, 0, ENOENT, HANDLE) \
	X(GET_TGID, acl_emu_tgid, 0, IOCTL_PAD(acl_emu_tgid), 0, NONE) \
	X(ENUM, acl_emu_enum, 0, 0, EOPNOTSUPP, VALUE) \
	X(LABEL, acl_emu_label, 0, 0, ENOENT, HANDLE) \
	X(HOLDERS, acl_emu_holders, 0, 0, EINVAL, SIZE) \
	X(OBJECTS, acl_emu_objects, 0, IOCTL_PAD(acl_emu_objects), EOPNOTSUPP, VALUE) \
	X(IDLE, acl_emu_idle, 0, 0, EINVAL, ADDR_ALIGN)

struct ioctl_form {
	const char *name;
	unsigned int nr;
	uint32_t size;
	uint32_t flags;
	uint32_t pad;
	int err;
	uint32_t reason;
};

extern const struct ioctl_form ioctl_forms[];
extern const size_t ioctl_count;

/* Whether the documentation of ioctl @nr names @err with @reason. */
bool ioctl_may_fail(unsigned int nr, int err, uint32_t reason);

#endif /* IOCTLS_H */
