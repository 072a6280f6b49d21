// SPDX-License-Identifier: MIT
/*
 * The grammar: which calls there are, and what each of their values means.
 */
#include <string.h>

#include "fuzz.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define SIZEOF_FIELD(type, field)	sizeof(((struct type *)0)->field)
#define LIMITED(type, field, kind, limit) \
	{ #field, offsetof(struct type, field), SIZEOF_FIELD(type, field), FUZZ_##kind, limit }
#define FIELD(type, field, kind)	LIMITED(type, field, kind, 0)
#define FLAGS(bits) \
	{ "flags", offsetof(struct acl_emu_head, flags), 4, FUZZ_FLAGS, bits }
#define NO_FLAGS	FLAGS(0)
/* Every ioctl can be called by whom and with an argument where it likes. */
#define HOW \
	{ "ctx", 0, 0, FUZZ_CTX, 0 }, { "where", 0, 0, FUZZ_WHERE, 0 }, \
	{ "length", 0, 0, FUZZ_LENGTH, 0 }, \
	{ "head.pad", offsetof(struct acl_emu_head, pad), 4, FUZZ_PAD, 0 }

#define IOCTL(ioctl, type, weight, ...) \
	{ #ioctl, ACL_EMU_NR_##ioctl, sizeof(struct type), FUZZ_NONE, 0, 0, weight, \
	  { HOW, __VA_ARGS__ } }
#define MAKER(ioctl, type, weight, kind, field, ...) \
	{ #ioctl, ACL_EMU_NR_##ioctl, sizeof(struct type), FUZZ_##kind, \
	  offsetof(struct type, field), SIZEOF_FIELD(type, field), weight, \
	  { HOW, __VA_ARGS__ } }
#define OTHER(name, result, weight, ...) \
	{ name, 0, 0, FUZZ_##result, 0, 0, weight, { { "ctx", 0, 0, FUZZ_CTX, 0 }, __VA_ARGS__ } }
#define VALUE(name, kind, limit)	{ name, 0, 0, FUZZ_##kind, limit }

#define LOC(which) \
	LIMITED(which, loc.type, LOC_TYPE, 0), LIMITED(which, loc.id, DEVICE, 0)

const struct fuzz_call_type fuzz_types[] = {
	IOCTL(QUERY, acl_emu_query, 1, NO_FLAGS, LIMITED(acl_emu_query, param, SMALL, 6),
	      LIMITED(acl_emu_query, index, SMALL, 16)),
	IOCTL(DEVICE_INFO, acl_emu_device_info, 1, NO_FLAGS, LOC(acl_emu_device_info),
	      FIELD(acl_emu_device_info, pad, PAD)),
	IOCTL(DEVICE_OPEN, acl_emu_device, 2, NO_FLAGS, FIELD(acl_emu_device, device, DEVICE),
	      FIELD(acl_emu_device, pad, PAD)),
	IOCTL(DEVICE_RESET, acl_emu_device, 2, NO_FLAGS, FIELD(acl_emu_device, device, DEVICE),
	      FIELD(acl_emu_device, pad, PAD)),
	MAKER(PHYS_ALLOC, acl_emu_phys_alloc, 8, HANDLE, handle, FLAGS(3),
	      FIELD(acl_emu_phys_alloc, size, SIZE), LOC(acl_emu_phys_alloc),
	      FIELD(acl_emu_phys_alloc, cookie, NUMBER)),
	MAKER(PHYS_RETAIN, acl_emu_phys_retain, 3, HANDLE, handle, FLAGS(1),
	      FIELD(acl_emu_phys_retain, handle, HANDLE),
	      FIELD(acl_emu_phys_retain, addr, ADDR)),
	IOCTL(PHYS_FREE, acl_emu_phys_free, 5, NO_FLAGS,
	      FIELD(acl_emu_phys_free, handle, HANDLE)),
	IOCTL(PHYS_INFO, acl_emu_phys_info, 2, NO_FLAGS,
	      FIELD(acl_emu_phys_info, handle, HANDLE), FIELD(acl_emu_phys_info, pad, PAD)),
	MAKER(RANGE_RESERVE, acl_emu_range_reserve, 8, ADDR, addr, FLAGS(15),
	      FIELD(acl_emu_range_reserve, addr, ADDR), FIELD(acl_emu_range_reserve, size, SIZE),
	      FIELD(acl_emu_range_reserve, align, ALIGN),
	      LIMITED(acl_emu_range_reserve, kind, SMALL, 3),
	      FIELD(acl_emu_range_reserve, pad, PAD)),
	IOCTL(RANGE_RELEASE, acl_emu_range_release, 4, NO_FLAGS,
	      FIELD(acl_emu_range_release, addr, ADDR),
	      LIMITED(acl_emu_range_release, kind, SMALL, 3),
	      FIELD(acl_emu_range_release, pad, PAD)),
	IOCTL(MAP, acl_emu_map, 12, FLAGS(3), FIELD(acl_emu_map, addr, ADDR),
	      FIELD(acl_emu_map, size, SIZE), FIELD(acl_emu_map, offset, OFFSET),
	      FIELD(acl_emu_map, handle, HANDLE), FIELD(acl_emu_map, rights, RIGHTS),
	      LIMITED(acl_emu_map, kind, SMALL, 3)),
	IOCTL(UNMAP, acl_emu_unmap, 5, NO_FLAGS, FIELD(acl_emu_unmap, addr, ADDR),
	      LIMITED(acl_emu_unmap, kind, SMALL, 3), FIELD(acl_emu_unmap, pad, PAD)),
	IOCTL(SET_ACCESS, acl_emu_access, 6, FLAGS(1), FIELD(acl_emu_access, addr, ADDR),
	      FIELD(acl_emu_access, size, SIZE), LOC(acl_emu_access),
	      FIELD(acl_emu_access, rights, RIGHTS), FIELD(acl_emu_access, pad, PAD)),
	IOCTL(GET_ACCESS, acl_emu_access, 2, NO_FLAGS, FIELD(acl_emu_access, addr, ADDR),
	      FIELD(acl_emu_access, size, PAD), LOC(acl_emu_access),
	      FIELD(acl_emu_access, pad, PAD)),
	IOCTL(LOOKUP, acl_emu_lookup, 2, NO_FLAGS, FIELD(acl_emu_lookup, addr, ADDR)),
	IOCTL(COPY, acl_emu_copy, 8, FLAGS(7), FIELD(acl_emu_copy, dst, EITHER),
	      FIELD(acl_emu_copy, src, EITHER), FIELD(acl_emu_copy, size, SIZE)),
	MAKER(EXPORT, acl_emu_export, 5, KEY, key, FLAGS(3),
	      FIELD(acl_emu_export, handle, HANDLE)),
	MAKER(EXPORT_FD, acl_emu_export_fd, 4, FD, fd, NO_FLAGS,
	      FIELD(acl_emu_export_fd, handle, HANDLE), FIELD(acl_emu_export_fd, pad, PAD)),
	IOCTL(ALLOW_PIDS, acl_emu_allow_pids, 3, NO_FLAGS, FIELD(acl_emu_allow_pids, key, KEY),
	      FIELD(acl_emu_allow_pids, pids, USER),
	      LIMITED(acl_emu_allow_pids, count, SMALL, 70000),
	      FIELD(acl_emu_allow_pids, pad, PAD)),
	IOCTL(SHARE_QUERY, acl_emu_share_query, 2, NO_FLAGS,
	      FIELD(acl_emu_share_query, key, KEY)),
	IOCTL(SHARE_CLOSE, acl_emu_share_close, 2, NO_FLAGS,
	      FIELD(acl_emu_share_close, key, KEY)),
	MAKER(IMPORT, acl_emu_import, 6, HANDLE, handle, FLAGS(1),
	      FIELD(acl_emu_import, key, KEY), FIELD(acl_emu_import, device, DEVICE),
	      FIELD(acl_emu_import, pad, PAD)),
	MAKER(IMPORT_FD, acl_emu_import_fd, 4, HANDLE, handle, NO_FLAGS,
	      FIELD(acl_emu_import_fd, fd, FD), FIELD(acl_emu_import_fd, device, DEVICE)),
	IOCTL(GET_TGID, acl_emu_tgid, 1, NO_FLAGS, FIELD(acl_emu_tgid, pad, PAD)),
	IOCTL(ENUM, acl_emu_enum, 2, NO_FLAGS, LIMITED(acl_emu_enum, what, SMALL, 3),
	      LIMITED(acl_emu_enum, count, SMALL, 300), FIELD(acl_emu_enum, cursor, NUMBER),
	      FIELD(acl_emu_enum, entries, USER)),
	MAKER(SYNC_CREATE, acl_emu_sync_create, 3, SYNC, handle, NO_FLAGS,
	      FIELD(acl_emu_sync_create, value, NUMBER),
	      FIELD(acl_emu_sync_create, device, DEVICE), FIELD(acl_emu_sync_create, pad, PAD)),
	IOCTL(SYNC_SIGNAL, acl_emu_sync_signal, 3, FLAGS(3),
	      FIELD(acl_emu_sync_signal, handle, SYNC),
	      FIELD(acl_emu_sync_signal, value, NUMBER)),
	IOCTL(SYNC_WAIT, acl_emu_sync_wait, 3, FLAGS(1), FIELD(acl_emu_sync_wait, handle, SYNC),
	      FIELD(acl_emu_sync_wait, value, NUMBER),
	      FIELD(acl_emu_sync_wait, deadline, DEADLINE),
	      FIELD(acl_emu_sync_wait, cancel, SYNC)),

	OTHER("ioctl", NONE, 1, VALUE("number", NUMBER, 0)),
	OTHER("read", NONE, 6, VALUE("addr", ADDR, 0)),
	OTHER("write", NONE, 8, VALUE("addr", ADDR, 0)),
	OTHER("munmap", NONE, 3, VALUE("addr", ADDR, 0), VALUE("size", SIZE, 0)),
	OTHER("mprotect", NONE, 3, VALUE("addr", ADDR, 0), VALUE("size", SIZE, 0),
	      VALUE("prot", SMALL, 7)),
	OTHER("madvise", NONE, 3, VALUE("addr", ADDR, 0), VALUE("size", SIZE, 0),
	      VALUE("advice", SMALL, 30)),
	OTHER("mremap", NONE, 2, VALUE("addr", ADDR, 0), VALUE("size", SIZE, 0),
	      VALUE("to", ADDR, 0), VALUE("size2", SIZE, 0)),
	OTHER("mmap", ADDR, 3, VALUE("fd", FD, 0), VALUE("size", SIZE, 0),
	      VALUE("offset", OFFSET, 0), VALUE("shared", SMALL, 1)),
	OTHER("mmap_node", NONE, 1, VALUE("addr", ADDR, 0), VALUE("size", SIZE, 0)),
	OTHER("close", NONE, 1, VALUE("fd", FD, 0)),
	OTHER("pin", NONE, 2, VALUE("addr", ADDR, 0)),
};

const unsigned int fuzz_nr_types = COUNT(fuzz_types);

unsigned int fuzz_type_find(const char *name)
{
	unsigned int i = 0;

	while (i < fuzz_nr_types && strcmp(fuzz_types[i].name, name))
		i++;
	return i;
}
