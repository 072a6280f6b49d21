// SPDX-License-Identifier: MIT
/*
 * The grammar: which calls there are, and what each of their values means.
 */
#include <string.h>

#include "fuzz.h"
#include "ioctls.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define SIZEOF_FIELD(ioctl, field)	sizeof(((arg_##ioctl *)0)->field)
#define LIMITED(ioctl, field, kind, limit) \
	{ #field, offsetof(arg_##ioctl, field), SIZEOF_FIELD(ioctl, field), FUZZ_##kind, limit }
#define FIELD(ioctl, field, kind)	LIMITED(ioctl, field, kind, 0)
#define PAD(ioctl)			FIELD(ioctl, pad, PAD)
#define LOC(ioctl) \
	LIMITED(ioctl, loc.type, LOC_TYPE, 0), LIMITED(ioctl, loc.id, DEVICE, 0)

/* What the table of ioctls knows of each. */
#define ARG(ioctl, type, known, pad, err, why)		typedef struct type arg_##ioctl;
#define KNOWN(ioctl, type, known, pad, err, why)	KNOWN_##ioctl = known,
IOCTLS(ARG)
enum { IOCTLS(KNOWN) };

/* Every ioctl has a caller, a place and a length of its argument, and flags. */
#define HOW(ioctl) \
	{ "ctx", 0, 0, FUZZ_CTX, 0 }, { "where", 0, 0, FUZZ_WHERE, 0 }, \
	{ "length", 0, 0, FUZZ_LENGTH, 0 }, \
	{ "head.pad", offsetof(struct acl_emu_head, pad), 4, FUZZ_PAD, 0 }, \
	{ "flags", offsetof(struct acl_emu_head, flags), 4, FUZZ_FLAGS, KNOWN_##ioctl }

#define IOCTL(ioctl, weight, ...) \
	{ #ioctl, ACL_EMU_NR_##ioctl, sizeof(arg_##ioctl), FUZZ_NONE, 0, 0, weight, \
	  { HOW(ioctl), ##__VA_ARGS__ } }
#define MAKER(ioctl, weight, kind, field, ...) \
	{ #ioctl, ACL_EMU_NR_##ioctl, sizeof(arg_##ioctl), FUZZ_##kind, \
	  offsetof(arg_##ioctl, field), SIZEOF_FIELD(ioctl, field), weight, \
	  { HOW(ioctl), ##__VA_ARGS__ } }
#define OTHER(name, result, weight, ...) \
	{ name, 0, 0, FUZZ_##result, 0, 0, weight, { { "ctx", 0, 0, FUZZ_CTX, 0 }, __VA_ARGS__ } }
#define VALUE(name, kind, limit)	{ name, 0, 0, FUZZ_##kind, limit }

const struct fuzz_call_type fuzz_types[] = {
	IOCTL(QUERY, 1, LIMITED(QUERY, param, SMALL, 6), LIMITED(QUERY, index, SMALL, 16)),
	IOCTL(DEVICE_INFO, 1, LOC(DEVICE_INFO), PAD(DEVICE_INFO)),
	IOCTL(DEVICE_OPEN, 2, FIELD(DEVICE_OPEN, device, DEVICE), PAD(DEVICE_OPEN)),
	IOCTL(DEVICE_RESET, 2, FIELD(DEVICE_RESET, device, DEVICE), PAD(DEVICE_RESET)),
	MAKER(PHYS_ALLOC, 8, HANDLE, handle, FIELD(PHYS_ALLOC, size, SIZE), LOC(PHYS_ALLOC),
	      FIELD(PHYS_ALLOC, cookie, NUMBER)),
	MAKER(PHYS_RETAIN, 3, HANDLE, handle, FIELD(PHYS_RETAIN, handle, HANDLE),
	      FIELD(PHYS_RETAIN, addr, ADDR)),
	IOCTL(PHYS_FREE, 5, FIELD(PHYS_FREE, handle, HANDLE)),
	IOCTL(PHYS_INFO, 2, FIELD(PHYS_INFO, handle, HANDLE), PAD(PHYS_INFO)),
	MAKER(RANGE_RESERVE, 8, ADDR, addr, FIELD(RANGE_RESERVE, addr, ADDR),
	      FIELD(RANGE_RESERVE, size, SIZE), FIELD(RANGE_RESERVE, align, ALIGN),
	      LIMITED(RANGE_RESERVE, kind, SMALL, 3), PAD(RANGE_RESERVE)),
	IOCTL(RANGE_RELEASE, 4, FIELD(RANGE_RELEASE, addr, ADDR),
	      LIMITED(RANGE_RELEASE, kind, SMALL, 3), PAD(RANGE_RELEASE)),
	IOCTL(MAP, 12, FIELD(MAP, addr, ADDR), FIELD(MAP, size, SIZE), FIELD(MAP, offset, OFFSET),
	      FIELD(MAP, handle, HANDLE), FIELD(MAP, rights, RIGHTS),
	      LIMITED(MAP, kind, SMALL, 3)),
	IOCTL(UNMAP, 5, FIELD(UNMAP, addr, ADDR), LIMITED(UNMAP, kind, SMALL, 3), PAD(UNMAP)),
	IOCTL(SET_ACCESS, 6, FIELD(SET_ACCESS, addr, ADDR), FIELD(SET_ACCESS, size, SIZE),
	      LOC(SET_ACCESS), FIELD(SET_ACCESS, rights, RIGHTS), PAD(SET_ACCESS)),
	IOCTL(GET_ACCESS, 2, FIELD(GET_ACCESS, addr, ADDR), FIELD(GET_ACCESS, size, PAD),
	      LOC(GET_ACCESS), PAD(GET_ACCESS)),
	IOCTL(LOOKUP, 2, FIELD(LOOKUP, addr, ADDR)),
	IOCTL(COPY, 8, FIELD(COPY, dst, EITHER), FIELD(COPY, src, EITHER),
	      FIELD(COPY, size, SIZE)),
	MAKER(EXPORT, 5, KEY, key, FIELD(EXPORT, handle, HANDLE)),
	MAKER(EXPORT_FD, 4, FD, fd, FIELD(EXPORT_FD, handle, HANDLE), PAD(EXPORT_FD)),
	IOCTL(ALLOW_PIDS, 3, FIELD(ALLOW_PIDS, key, KEY), FIELD(ALLOW_PIDS, pids, USER),
	      LIMITED(ALLOW_PIDS, count, SMALL, 70000), PAD(ALLOW_PIDS)),
	IOCTL(SHARE_QUERY, 2, FIELD(SHARE_QUERY, key, KEY)),
	IOCTL(SHARE_CLOSE, 2, FIELD(SHARE_CLOSE, key, KEY)),
	MAKER(IMPORT, 6, HANDLE, handle, FIELD(IMPORT, key, KEY), FIELD(IMPORT, device, DEVICE),
	      PAD(IMPORT)),
	MAKER(IMPORT_FD, 4, HANDLE, handle, FIELD(IMPORT_FD, fd, FD),
	      FIELD(IMPORT_FD, device, DEVICE)),
	IOCTL(GET_TGID, 1, PAD(GET_TGID)),
	IOCTL(ENUM, 2, LIMITED(ENUM, what, SMALL, 3), LIMITED(ENUM, count, SMALL, 300),
	      FIELD(ENUM, cursor, NUMBER), FIELD(ENUM, entries, USER)),
	IOCTL(LABEL, 2, FIELD(LABEL, handle, HANDLE), LIMITED(LABEL, label[0], SMALL, 255),
	      LIMITED(LABEL, label[1], SMALL, 255)),
	IOCTL(HOLDERS, 2, LIMITED(HOLDERS, count, SMALL, 300),
	      LIMITED(HOLDERS, entry_size, SMALL, 300), FIELD(HOLDERS, cursor, NUMBER),
	      FIELD(HOLDERS, entries, USER)),
	IOCTL(OBJECTS, 2, LIMITED(OBJECTS, client, SMALL, 4), FIELD(OBJECTS, key, NUMBER),
	      LIMITED(OBJECTS, what, SMALL, 3), LIMITED(OBJECTS, count, SMALL, 300),
	      LIMITED(OBJECTS, entry_size, SMALL, 300), PAD(OBJECTS),
	      FIELD(OBJECTS, entries, USER)),
	IOCTL(IDLE, 1, FIELD(IDLE, figures, USER)),
	MAKER(SYNC_CREATE, 3, SYNC, handle, FIELD(SYNC_CREATE, value, NUMBER),
	      FIELD(SYNC_CREATE, device, DEVICE), PAD(SYNC_CREATE)),
	IOCTL(SYNC_SIGNAL, 3, FIELD(SYNC_SIGNAL, handle, SYNC), FIELD(SYNC_SIGNAL, value, NUMBER)),
	IOCTL(SYNC_WAIT, 3, FIELD(SYNC_WAIT, handle, SYNC), FIELD(SYNC_WAIT, value, NUMBER),
	      FIELD(SYNC_WAIT, deadline, DEADLINE), FIELD(SYNC_WAIT, cancel, SYNC)),

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
