/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * acl-emu: emulated accelerator memory on ordinary pages.
 *
 * The header that the kernel module and the library share.
 */
#ifndef _UAPI_ACL_EMU_H
#define _UAPI_ACL_EMU_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: Rules of the interface
 *
 * The device node is opened read-write; the open file is a *client*. It
 * belongs to the address space (mm) that opened it. All objects of a client end
 * with that address space, even if another process holds the file.
 *
 * Every argument structure starts with &struct acl_emu_head. The caller sets
 * head.size to the size of the structure it was compiled with. The module
 * accepts a longer structure if the part that it does not know is zero, and a
 * shorter structure down to the size that was introduced first. Missing fields
 * count as zero. Unknown flags and non-zero padding are errors. So a new library
 * runs with an old module, and an old library with a new module.
 *
 * On success the module writes the whole structure back. On failure it writes
 * only head.reason and head.val[].
 *
 * Addresses and sizes are bytes. All offsets are from the start of the object.
 *
 * Errors (errno); the reason code gives details:
 *
 * =========== ==============================================================
 * ENOTTY      no such ioctl
 * E2BIG       the unknown tail of a structure is not zero, or a list is longer
 *             than the limit
 * EINVAL      a field is wrong by itself: size, alignment, flags, padding
 * EOPNOTSUPP  the field is known, the value is not supported
 * ENOENT      no such handle, mapping, reservation, share or client
 * EEXIST      the handle was exported with %ACL_EMU_EXPORT_ONCE before
 * EADDRINUSE  the addresses are in use
 * EBUSY       the object is in use: mapped, or part of a running copy
 * ENODEV      no such device
 * ENXIO       the device is not open in this client
 * ENOMEM      out of memory: on the device (reason CAPACITY), on the host or in
 *             the memory cgroup (HOST_NOMEM), or no addresses are left
 * EACCES      not the exporter, not on the list of the share, or not the key of
 *             the client
 * EPERM       the share was made without a list
 * ESTALE      the client belongs to another address space, or has ended
 * EFAULT      an address is not accessible; a copy reports the bytes copied
 * EINTR       a fatal signal arrived in a long operation; nothing was done,
 *             or a copy reports in head.val the bytes copied; a wait ends with
 *             any signal whose handler does not restart calls
 * ETIMEDOUT   the deadline of a wait has passed
 * ECANCELED   the wait was canceled
 * =========== ==============================================================
 */

/**
 * DOC: fdinfo
 *
 * /proc/PID/fdinfo/FD of the open node has one line for each of these keys, in
 * the style of the keys of DRM. The kernel shows the file to whoever may trace
 * the process.
 *
 * - ``acl-emu-client-id: <uint>``: unique since the module was loaded, not zero
 * - ``acl-emu-client-key: <hex>``: what OBJECTS asks for
 * - ``acl-emu-handles: <uint>``: handles, of memory and of sync objects
 * - ``acl-emu-mappings: <uint>``
 * - ``acl-emu-imports: <uint>``: handles that were imported
 * - ``acl-emu-shares: <uint>``: share keys that other processes can import
 *
 * and five lines for each location that the client has opened or holds memory of;
 * <location> is ``device0``, ``device1`` and so on, or ``host``:
 *
 * - ``acl-emu-local-<location>: <uint> KiB``: memory that this client allocated
 * - ``acl-emu-unmapped-<location>: <uint> KiB``: the part of it without a mapping
 * - ``acl-emu-heap-<location>: <uint> KiB``: mappings in reservations of the kinds
 *   %ACL_EMU_RANGE_HEAP and %ACL_EMU_RANGE_HOST
 * - ``acl-emu-exported-<location>: <uint> KiB``: the part of it that has a share key
 * - ``acl-emu-imported-<location>: <uint> KiB``: memory of other clients
 *
 * A client whose address space has ended holds nothing.
 */

/** ACL_EMU_ABI_VERSION - number of changes that no size and no bit shows */
#define ACL_EMU_ABI_VERSION	2

/** ACL_EMU_IOCTL_TYPE - the type byte of all ioctls of the node */
#define ACL_EMU_IOCTL_TYPE	0xEA

/* Numbers are never reused. The size is in the structure, not in the number. */
enum {
	ACL_EMU_NR_BASE = 0x80,
	ACL_EMU_NR_QUERY = 0x80,
	ACL_EMU_NR_DEVICE_INFO = 0x81,
	ACL_EMU_NR_DEVICE_OPEN = 0x82,
	ACL_EMU_NR_DEVICE_RESET = 0x83,
	ACL_EMU_NR_PHYS_ALLOC = 0x84,
	ACL_EMU_NR_PHYS_RETAIN = 0x85,
	ACL_EMU_NR_PHYS_FREE = 0x86,
	ACL_EMU_NR_PHYS_INFO = 0x87,
	ACL_EMU_NR_RANGE_RESERVE = 0x88,
	ACL_EMU_NR_RANGE_RELEASE = 0x89,
	ACL_EMU_NR_MAP = 0x8a,
	ACL_EMU_NR_UNMAP = 0x8b,
	ACL_EMU_NR_SET_ACCESS = 0x8c,
	ACL_EMU_NR_GET_ACCESS = 0x8d,
	ACL_EMU_NR_LOOKUP = 0x8e,
	ACL_EMU_NR_COPY = 0x8f,
	ACL_EMU_NR_EXPORT = 0x90,
	ACL_EMU_NR_EXPORT_FD = 0x91,
	ACL_EMU_NR_ALLOW_PIDS = 0x92,
	ACL_EMU_NR_SHARE_QUERY = 0x93,
	ACL_EMU_NR_IMPORT = 0x94,
	ACL_EMU_NR_IMPORT_FD = 0x95,
	ACL_EMU_NR_SYNC_CREATE = 0x96,
	ACL_EMU_NR_SYNC_SIGNAL = 0x97,
	ACL_EMU_NR_SYNC_WAIT = 0x98,
	ACL_EMU_NR_GET_TGID = 0x99,
	ACL_EMU_NR_ENUM = 0x9a,
	ACL_EMU_NR_SHARE_CLOSE = 0x9b,
	ACL_EMU_NR_LABEL = 0x9c,
	ACL_EMU_NR_HOLDERS = 0x9d,
	ACL_EMU_NR_OBJECTS = 0x9e,
	ACL_EMU_NR_IDLE = 0x9f,
	ACL_EMU_NR_END,
};

#define ACL_EMU_IOCTL(name)	_IO(ACL_EMU_IOCTL_TYPE, ACL_EMU_NR_##name)

/** ACL_EMU_MAX_DEVICES - ids of devices are below this number */
#define ACL_EMU_MAX_DEVICES	64

#define ACL_EMU_SIZE_4K		0x1000ull
#define ACL_EMU_SIZE_2M		0x200000ull
#define ACL_EMU_SIZE_1G		0x40000000ull

/* Where reservations lie: [FIRST, LAST) of the kind. */
#define ACL_EMU_VA_HEAP_FIRST	0x100000000000ull	/* 16 TiB */
#define ACL_EMU_VA_USER_FIRST	0x12C000000000ull
#define ACL_EMU_VA_LAST		0x180000000000ull	/* 24 TiB */
#define ACL_EMU_VA_REMOTE_LAST	0x1000000000000ull	/* 256 TiB */
#define ACL_EMU_VA_MAX_SIZE	0x80000000000ull	/* 8 TiB a reservation */

/**
 * enum acl_emu_reason - why a call failed
 *
 * head.val[0] and head.val[1] contain the two values in parentheses. The library
 * builds its messages from them.
 */
enum acl_emu_reason {
	/** @ACL_EMU_REASON_NONE: no details beyond the errno */
	ACL_EMU_REASON_NONE = 0,
	/** @ACL_EMU_REASON_FLAGS: unknown flags (the unknown bits, known bits) */
	ACL_EMU_REASON_FLAGS = 1,
	/** @ACL_EMU_REASON_RESERVED: padding is not zero (byte offset, 0) */
	ACL_EMU_REASON_RESERVED = 2,
	/** @ACL_EMU_REASON_VALUE: value is not supported (value, limit) */
	ACL_EMU_REASON_VALUE = 3,
	/** @ACL_EMU_REASON_FOREIGN_MM: client of another process (0, 0) */
	ACL_EMU_REASON_FOREIGN_MM = 4,
	/** @ACL_EMU_REASON_DEAD: the process is exiting (0, 0) */
	ACL_EMU_REASON_DEAD = 5,
	/** @ACL_EMU_REASON_NO_DEVICE: no such device (id, number of devices) */
	ACL_EMU_REASON_NO_DEVICE = 6,
	/**
	 * @ACL_EMU_REASON_DEVICE_CLOSED: device not open in this client (id, 0);
	 * id ~0: no device is open
	 */
	ACL_EMU_REASON_DEVICE_CLOSED = 7,
	/** @ACL_EMU_REASON_NUMA_NODE: no such online node (id, 0) */
	ACL_EMU_REASON_NUMA_NODE = 8,
	/** @ACL_EMU_REASON_SIZE: zero, or too large (size, largest) */
	ACL_EMU_REASON_SIZE = 9,
	/** @ACL_EMU_REASON_SIZE_ALIGN: not a multiple (size, granule) */
	ACL_EMU_REASON_SIZE_ALIGN = 10,
	/** @ACL_EMU_REASON_ADDR_ALIGN: not aligned (address, alignment) */
	ACL_EMU_REASON_ADDR_ALIGN = 11,
	/** @ACL_EMU_REASON_OFFSET: not aligned or past the end (offset, limit) */
	ACL_EMU_REASON_OFFSET = 12,
	/** @ACL_EMU_REASON_CAPACITY: device out of memory (asked, free) */
	ACL_EMU_REASON_CAPACITY = 13,
	/** @ACL_EMU_REASON_HOST_NOMEM: host out of memory (asked, got) */
	ACL_EMU_REASON_HOST_NOMEM = 14,
	/** @ACL_EMU_REASON_HANDLE: stale or foreign handle (handle, 0) */
	ACL_EMU_REASON_HANDLE = 15,
	/**
	 * @ACL_EMU_REASON_OVERFREE: only mappings hold references
	 * (handle, number of mappings)
	 */
	ACL_EMU_REASON_OVERFREE = 16,
	/** @ACL_EMU_REASON_VA_WINDOW: outside the window (address, size) */
	ACL_EMU_REASON_VA_WINDOW = 17,
	/** @ACL_EMU_REASON_VA_TAKEN: addresses in use (start, size of that area) */
	ACL_EMU_REASON_VA_TAKEN = 18,
	/** @ACL_EMU_REASON_VA_FULL: no gap of that size (size, alignment) */
	ACL_EMU_REASON_VA_FULL = 19,
	/**
	 * @ACL_EMU_REASON_VA_LIMIT: limit of the process reached, see
	 * RLIMIT_AS and vm.max_map_count (size, errno of the kernel)
	 */
	ACL_EMU_REASON_VA_LIMIT = 20,
	/** @ACL_EMU_REASON_NO_RANGE: in no reservation (address, 0) */
	ACL_EMU_REASON_NO_RANGE = 21,
	/**
	 * @ACL_EMU_REASON_NOT_RANGE_START: inside a reservation, not its start
	 * (start, size of the reservation)
	 */
	ACL_EMU_REASON_NOT_RANGE_START = 22,
	/** @ACL_EMU_REASON_KIND: reservation of another kind (its kind, asked) */
	ACL_EMU_REASON_KIND = 23,
	/** @ACL_EMU_REASON_PAST_RANGE: leaves the reservation (its start, size) */
	ACL_EMU_REASON_PAST_RANGE = 24,
	/**
	 * @ACL_EMU_REASON_DETACHED: the reservation was unmapped by other means
	 * than RANGE_RELEASE (start, size)
	 */
	ACL_EMU_REASON_DETACHED = 25,
	/** @ACL_EMU_REASON_STILL_MAPPED: mappings left (start, size of first) */
	ACL_EMU_REASON_STILL_MAPPED = 26,
	/** @ACL_EMU_REASON_OVERLAPS: another mapping (its start, size) */
	ACL_EMU_REASON_OVERLAPS = 27,
	/** @ACL_EMU_REASON_PHYS_SHORT: longer than the memory (asked, size) */
	ACL_EMU_REASON_PHYS_SHORT = 28,
	/**
	 * @ACL_EMU_REASON_PHYS_LONG: MAP_WHOLE and shorter than the memory
	 * (asked, size)
	 */
	ACL_EMU_REASON_PHYS_LONG = 29,
	/**
	 * @ACL_EMU_REASON_DEVICE_TIE: reservation belongs to another location
	 * (its location, asked; each type << 32 | id)
	 */
	ACL_EMU_REASON_DEVICE_TIE = 30,
	/**
	 * @ACL_EMU_REASON_IMPORT_MIX: local and imported memory in one
	 * reservation (1 if it holds imported memory, 0)
	 */
	ACL_EMU_REASON_IMPORT_MIX = 31,
	/** @ACL_EMU_REASON_NOT_MAPPED: no mapping there (address, 0) */
	ACL_EMU_REASON_NOT_MAPPED = 32,
	/** @ACL_EMU_REASON_NOT_MAP_START: inside a mapping (its start, size) */
	ACL_EMU_REASON_NOT_MAP_START = 33,
	/** @ACL_EMU_REASON_PAST_MAPPING: leaves the mapping (its start, size) */
	ACL_EMU_REASON_PAST_MAPPING = 34,
	/** @ACL_EMU_REASON_COPY_BUSY: a copy uses it (start, size) */
	ACL_EMU_REASON_COPY_BUSY = 35,
	/** @ACL_EMU_REASON_RIGHTS: no such right (address, rights there) */
	ACL_EMU_REASON_RIGHTS = 36,
	/**
	 * @ACL_EMU_REASON_NOT_RDONLY: reservation cannot hold read-only
	 * memory, see %ACL_EMU_RANGE_RDONLY_CAPABLE (its start, size)
	 */
	ACL_EMU_REASON_NOT_RDONLY = 37,
	/**
	 * @ACL_EMU_REASON_GRANTED: granted before with another extent
	 * (granted start, size)
	 */
	ACL_EMU_REASON_GRANTED = 38,
	/** @ACL_EMU_REASON_NO_SHARE: unknown key (key, 0) */
	ACL_EMU_REASON_NO_SHARE = 39,
	/** @ACL_EMU_REASON_EXPORTED: exported before (handle, key) */
	ACL_EMU_REASON_EXPORTED = 40,
	/** @ACL_EMU_REASON_IMPORTED: the handle is an import (handle, 0) */
	ACL_EMU_REASON_IMPORTED = 41,
	/** @ACL_EMU_REASON_OWN_SHARE: exported by this process itself (key, 0) */
	ACL_EMU_REASON_OWN_SHARE = 42,
	/** @ACL_EMU_REASON_NOT_EXPORTER: exported by another process (key, 0) */
	ACL_EMU_REASON_NOT_EXPORTER = 43,
	/** @ACL_EMU_REASON_NO_LIST: the share has no list of pids (key, 0) */
	ACL_EMU_REASON_NO_LIST = 44,
	/** @ACL_EMU_REASON_NO_PIDS: every pid given is zero (count, 0) */
	ACL_EMU_REASON_NO_PIDS = 45,
	/** @ACL_EMU_REASON_LIST_FULL: too many pids (asked, largest) */
	ACL_EMU_REASON_LIST_FULL = 46,
	/**
	 * @ACL_EMU_REASON_PID: caller not allowed (tgid of the caller, 1 if
	 * that number was allowed for a process that started earlier)
	 */
	ACL_EMU_REASON_PID = 47,
	/** @ACL_EMU_REASON_FD: not a file of the needed type (fd, 0) */
	ACL_EMU_REASON_FD = 48,
	/**
	 * @ACL_EMU_REASON_USER_FAULT: user memory not accessible
	 * (address, bytes done before)
	 */
	ACL_EMU_REASON_USER_FAULT = 49,
	/** @ACL_EMU_REASON_INTERRUPTED: fatal signal (bytes done, asked) */
	ACL_EMU_REASON_INTERRUPTED = 50,
	/** @ACL_EMU_REASON_SYNC_TIMEOUT: deadline passed (wanted, value now) */
	ACL_EMU_REASON_SYNC_TIMEOUT = 51,
	/** @ACL_EMU_REASON_SYNC_CANCELED: canceled (wanted, value now) */
	ACL_EMU_REASON_SYNC_CANCELED = 52,
	/**
	 * @ACL_EMU_REASON_LABEL: a byte is not allowed in a label (its offset,
	 * its value)
	 */
	ACL_EMU_REASON_LABEL = 53,
	/** @ACL_EMU_REASON_NO_CLIENT: no such client (id, 0) */
	ACL_EMU_REASON_NO_CLIENT = 54,
	/** @ACL_EMU_REASON_CLIENT_KEY: not the key of that client (id, 0) */
	ACL_EMU_REASON_CLIENT_KEY = 55,
	/* private: */
	ACL_EMU_REASON_END,
};

/**
 * struct acl_emu_head - first member of every argument structure
 * @size:   in: sizeof() of the structure in the caller's header
 * @flags:  in: flags of the call; zero for calls without flags
 * @reason: out: &enum acl_emu_reason, zero on success; ignored on input
 * @pad:    must be zero
 * @val:    out: the values of the reason; ignored on input
 */
struct acl_emu_head {
	__u32 size;
	__u32 flags;
	__u32 reason;
	__u32 pad;
	__aligned_u64 val[2];
};

/**
 * enum acl_emu_location_type - kinds of locations
 * @ACL_EMU_LOC_HOST:      memory of the host, id 0
 * @ACL_EMU_LOC_DEVICE:    memory of a device
 * @ACL_EMU_LOC_HOST_NUMA: memory of the host, id is the node
 */
enum acl_emu_location_type {
	ACL_EMU_LOC_HOST = 0,
	ACL_EMU_LOC_DEVICE = 1,
	ACL_EMU_LOC_HOST_NUMA = 4,
};

/** ACL_EMU_NUMA_ANY - node id for "any node" with %ACL_EMU_LOC_HOST_NUMA */
#define ACL_EMU_NUMA_ANY	0xffffffffu

/**
 * struct acl_emu_location - a location that owns or accesses memory
 * @type: &enum acl_emu_location_type
 * @id:   id of the device or node
 */
struct acl_emu_location {
	__u32 type;
	__u32 id;
};

/**
 * enum acl_emu_rights - rights of a location on a mapping
 * @ACL_EMU_RIGHTS_NONE: nothing
 * @ACL_EMU_RIGHTS_READ: read; only in a reservation that is RDONLY_CAPABLE
 * @ACL_EMU_RIGHTS_RW:   read and write
 */
enum acl_emu_rights {
	ACL_EMU_RIGHTS_NONE = 0,
	ACL_EMU_RIGHTS_READ = 1,
	ACL_EMU_RIGHTS_RW = 3,
};

/**
 * enum acl_emu_param - values that QUERY returns
 * @ACL_EMU_PARAM_ABI_VERSION:  %ACL_EMU_ABI_VERSION of the module
 * @ACL_EMU_PARAM_FEATURES:     bits ACL_EMU_FEATURE_*
 * @ACL_EMU_PARAM_DEVICES:      number of devices
 * @ACL_EMU_PARAM_STAT:      the statistic of the module that index names,
 *                              see &enum acl_emu_stat
 * @ACL_EMU_PARAM_RESERVED:     bytes that device number index owns since the
 *                              module was loaded; 0: none
 */
enum acl_emu_param {
	ACL_EMU_PARAM_ABI_VERSION = 0,
	ACL_EMU_PARAM_FEATURES = 1,
	ACL_EMU_PARAM_DEVICES = 2,
	ACL_EMU_PARAM_STAT = 3,
	ACL_EMU_PARAM_RESERVED = 4,
	/* private: */
	ACL_EMU_PARAM_END,
};

/* Bits of ACL_EMU_PARAM_FEATURES */
#define ACL_EMU_FEATURE_SYNC		(1ull << 0)	/* SYNC_CREATE, SIGNAL, WAIT */
#define ACL_EMU_FEATURE_RESERVED_MEM	(1ull << 1)	/* ACL_EMU_PARAM_RESERVED */
#define ACL_EMU_FEATURE_LABEL		(1ull << 2)	/* LABEL */
#define ACL_EMU_FEATURE_HOLDERS		(1ull << 3)	/* HOLDERS, OBJECTS, fdinfo */
#define ACL_EMU_FEATURE_IDLE		(1ull << 4)	/* IDLE, acl_emu_holder.idle */

/**
 * enum acl_emu_stat - statistics of the whole module
 * @ACL_EMU_STAT_CLIENTS:    live clients
 * @ACL_EMU_STAT_HANDLES:     live handles
 * @ACL_EMU_STAT_PHYS:        live physical allocations
 * @ACL_EMU_STAT_RANGES:      live reservations
 * @ACL_EMU_STAT_MAPPINGS:    live mappings
 * @ACL_EMU_STAT_SHARES:      live share keys
 * @ACL_EMU_STAT_DMABUFS:     live dma-bufs
 * @ACL_EMU_STAT_QUARANTINE:  bytes freed but still referenced elsewhere
 * @ACL_EMU_STAT_FALLBACK_BLOCKS: 2 MiB blocks that were built from smaller
 *                               pages since the module was loaded
 * @ACL_EMU_STAT_PMD_ENTRIES: 2 MiB page table entries inserted since load
 * @ACL_EMU_STAT_PTE_ENTRIES: 4 KiB page table entries inserted since load
 * @ACL_EMU_STAT_SCRUBBED: 2 MiB blocks of reserved memory zeroed in the
 *                               background since load
 * @ACL_EMU_STAT_SCRUBBED_LATE: the same, zeroed by the next allocation
 * @ACL_EMU_STAT_SYNCS:       live sync objects
 * @ACL_EMU_STAT_ALLOCS:      physical allocations made since load
 * @ACL_EMU_STAT_MAPS:        mappings made since load
 * @ACL_EMU_STAT_FAULTS:      page faults in reservations since load
 * @ACL_EMU_STAT_COPIES:      COPY calls since load
 */
enum acl_emu_stat {
	ACL_EMU_STAT_CLIENTS = 0,
	ACL_EMU_STAT_HANDLES = 1,
	ACL_EMU_STAT_PHYS = 2,
	ACL_EMU_STAT_RANGES = 3,
	ACL_EMU_STAT_MAPPINGS = 4,
	ACL_EMU_STAT_SHARES = 5,
	ACL_EMU_STAT_DMABUFS = 6,
	ACL_EMU_STAT_QUARANTINE = 7,
	ACL_EMU_STAT_FALLBACK_BLOCKS = 8,
	ACL_EMU_STAT_PMD_ENTRIES = 9,
	ACL_EMU_STAT_PTE_ENTRIES = 10,
	ACL_EMU_STAT_SCRUBBED = 11,
	ACL_EMU_STAT_SCRUBBED_LATE = 12,
	ACL_EMU_STAT_SYNCS = 13,
	ACL_EMU_STAT_ALLOCS = 14,
	ACL_EMU_STAT_MAPS = 15,
	ACL_EMU_STAT_FAULTS = 16,
	ACL_EMU_STAT_COPIES = 17,
	/* private: */
	ACL_EMU_STAT_END,
};

/**
 * struct acl_emu_query - QUERY: ask the module for one value
 * @head:  header
 * @param: in: &enum acl_emu_param
 * @index: in: index, for parameters that have several values; else zero
 * @value: out: the value
 *
 * Errors: EOPNOTSUPP (VALUE) unknown param or index.
 */
struct acl_emu_query {
	struct acl_emu_head head;
	__u32 param;
	__u32 index;
	__aligned_u64 value;
};

/**
 * struct acl_emu_device_info - DEVICE_INFO: memory of a device or of the host
 * @head:     header
 * @loc:      in: a device, or %ACL_EMU_LOC_HOST for the host
 * @capacity: out: its capacity in bytes
 * @used:     out: bytes in use; PHYS_ALLOC of capacity - used bytes is within
 *            the capacity, one granule more is not
 * @open:     out: 1 if this client has opened the device
 * @pad:      must be zero
 * @backed:   out: bytes that have pages; less than @used with lazy backing
 * @unbacked: out: touches since load for which the host had no page; each was a copy
 *            that failed or an access that got SIGBUS
 * @lazy:     out: 1 if memory gets its pages when it is first touched
 * @pad2:     out: zero
 *
 * Errors: ENODEV (NO_DEVICE), EOPNOTSUPP (VALUE) other location types.
 */
struct acl_emu_device_info {
	struct acl_emu_head head;
	struct acl_emu_location loc;
	__aligned_u64 capacity;
	__aligned_u64 used;
	__u32 open;
	__u32 pad;
	__aligned_u64 backed;
	__aligned_u64 unbacked;
	__u32 lazy;
	__u32 pad2;
};

/**
 * struct acl_emu_device - DEVICE_OPEN, DEVICE_RESET
 * @head:   header
 * @device: in: id of the device
 * @pad:    must be zero
 *
 * DEVICE_OPEN allows the client to use the device; repeating it does nothing.
 * DEVICE_RESET closes it: every mapping, handle, import and share key of the
 * device in this client ends. Reservations stay, and stay tied to the device.
 *
 * Errors: ENODEV (NO_DEVICE); DEVICE_RESET: ENXIO (DEVICE_CLOSED), EBUSY
 * (COPY_BUSY) while a copy runs: nothing changes then, EINTR (INTERRUPTED) on a
 * fatal signal.
 */
struct acl_emu_device {
	struct acl_emu_head head;
	__u32 device;
	__u32 pad;
};

/* Flags of PHYS_ALLOC: the granule; without one it is 2 MiB. */
#define ACL_EMU_PHYS_4K		(1u << 0)
#define ACL_EMU_PHYS_1G		(1u << 1)

/**
 * struct acl_emu_phys_alloc - PHYS_ALLOC: allocate zeroed physical memory
 * @head:   header; flags: %ACL_EMU_PHYS_4K, %ACL_EMU_PHYS_1G
 * @size:   in: bytes, a multiple of the granule
 * @loc:    in: location of the memory
 * @cookie: in: any value; PHYS_INFO returns it, to importers, too
 * @handle: out: name of the memory in this client, never zero
 *
 * The handle has one user reference. An allocation lives as long as a handle,
 * mapping, share or dma-buf of it does.
 *
 * Errors, in this order: EOPNOTSUPP (VALUE) location type, ENODEV (NO_DEVICE),
 * EINVAL (NUMA_NODE), ENXIO (DEVICE_CLOSED) the device, or for memory of the
 * host any device, is not open, EINVAL (SIZE, SIZE_ALIGN), ENOMEM (CAPACITY,
 * HOST_NOMEM), EINTR (INTERRUPTED).
 */
struct acl_emu_phys_alloc {
	struct acl_emu_head head;
	__aligned_u64 size;
	struct acl_emu_location loc;
	__aligned_u64 cookie;
	__aligned_u64 handle;
};

/* Flags of PHYS_RETAIN: handle is ignored, addr must be the start of a mapping. */
#define ACL_EMU_RETAIN_BY_ADDR	(1u << 0)

/**
 * struct acl_emu_phys_retain - PHYS_RETAIN: take a user reference
 * @head:   header; flags: %ACL_EMU_RETAIN_BY_ADDR
 * @handle: in: the handle; out with RETAIN_BY_ADDR: the handle mapped there
 * @addr:   in: address with RETAIN_BY_ADDR, else zero
 *
 * Errors: ENOENT (HANDLE); by address: ENOENT (NO_RANGE, NOT_MAPPED), EINVAL
 * (NOT_MAP_START).
 */
struct acl_emu_phys_retain {
	struct acl_emu_head head;
	__aligned_u64 handle;
	__aligned_u64 addr;
};

/**
 * struct acl_emu_phys_free - PHYS_FREE: drop one user reference
 * @head:   header
 * @handle: in: the handle, of memory or of a sync object
 * @left:   out: user references left
 * @maps:   out: mappings left; the handle dies when both are zero
 *
 * Errors: ENOENT (HANDLE), EINVAL (OVERFREE).
 */
struct acl_emu_phys_free {
	struct acl_emu_head head;
	__aligned_u64 handle;
	__u32 left;
	__u32 maps;
};

/* Bits of acl_emu_phys_info.state */
#define ACL_EMU_PHYS_STATE_IMPORTED	(1u << 0)
#define ACL_EMU_PHYS_STATE_EXPORTED	(1u << 1)

/**
 * struct acl_emu_phys_info - PHYS_INFO: the properties of memory
 * @head:    header
 * @handle:  in: the handle
 * @size:    out: bytes
 * @granule: out: 4 KiB, 2 MiB or 1 GiB
 * @cookie:  out: the cookie given to PHYS_ALLOC
 * @loc:     out: location the memory was allocated on, by its exporter
 * @user:    out: location it belongs to in this client: for an import the device
 *           that was passed to IMPORT, else the same as @loc
 * @users:   out: user references
 * @maps:    out: mappings of this handle
 * @state:   out: bits ACL_EMU_PHYS_STATE_*
 * @pad:     must be zero
 *
 * Errors: ENOENT (HANDLE).
 */
struct acl_emu_phys_info {
	struct acl_emu_head head;
	__aligned_u64 handle;
	__aligned_u64 size;
	__aligned_u64 granule;
	__aligned_u64 cookie;
	struct acl_emu_location loc;
	struct acl_emu_location user;
	__u32 users;
	__u32 maps;
	__u32 state;
	__u32 pad;
};

/**
 * enum acl_emu_range_kind - the manager of a reservation
 * @ACL_EMU_RANGE_USER: the program
 * @ACL_EMU_RANGE_HEAP: an allocator of device memory
 * @ACL_EMU_RANGE_HOST: an allocator of host memory
 *
 * MAP and RANGE_RELEASE fail for a reservation of another kind. USER ranges lie in
 * [%ACL_EMU_VA_USER_FIRST, %ACL_EMU_VA_LAST), or anywhere in the whole window if
 * the caller requests it or no other gap is large enough. The others lie in
 * [%ACL_EMU_VA_HEAP_FIRST, %ACL_EMU_VA_USER_FIRST).
 */
enum acl_emu_range_kind {
	ACL_EMU_RANGE_USER = 0,
	ACL_EMU_RANGE_HEAP = 1,
	ACL_EMU_RANGE_HOST = 2,
	/* private: */
	ACL_EMU_RANGE_KIND_END,
};

/* Flags of RANGE_RESERVE */
/* Exactly at addr, or fail. */
#define ACL_EMU_RANGE_FIXED		(1u << 0)
/* Mappings may be read-only. Such memory cannot be pinned by the kernel. */
#define ACL_EMU_RANGE_RDONLY_CAPABLE	(1u << 1)
/* Above the window, at addr; may hold memory of several devices. */
#define ACL_EMU_RANGE_REMOTE		(1u << 2)
/* The kernel chooses the address, also outside the window. */
#define ACL_EMU_RANGE_ANYWHERE		(1u << 3)

/**
 * struct acl_emu_range_reserve - RANGE_RESERVE: reserve addresses
 * @head:  header; flags: ACL_EMU_RANGE_*
 * @addr:  in: start with RANGE_FIXED, else zero; out: start
 * @size:  in: bytes, a multiple of 2 MiB
 * @align: in: alignment, a power of two of at least 2 MiB; 0: 2 MiB
 * @kind:  in: &enum acl_emu_range_kind
 * @pad:   must be zero
 *
 * The reservation is one VMA, whatever the number of its mappings. An access to
 * an address without a mapping raises SIGBUS. If the program unmaps the VMA
 * itself, the mappings are removed and the record of the reservation stays until
 * RANGE_RELEASE; a client has at most 1024 such records, further ones are
 * released at once.
 *
 * Errors: ENXIO (DEVICE_CLOSED) no device is open, EINVAL (SIZE, SIZE_ALIGN,
 * ADDR_ALIGN, VALUE), ENOMEM (VA_WINDOW, VA_FULL, VA_LIMIT,
 * HOST_NOMEM), EADDRINUSE (VA_TAKEN), EINTR.
 */
struct acl_emu_range_reserve {
	struct acl_emu_head head;
	__aligned_u64 addr;
	__aligned_u64 size;
	__aligned_u64 align;
	__u32 kind;
	__u32 pad;
};

/**
 * struct acl_emu_range_release - RANGE_RELEASE: release addresses
 * @head: header
 * @addr: in: start of the reservation
 * @kind: in: &enum acl_emu_range_kind of the reservation
 * @pad:  must be zero
 * @size: out: bytes from @addr that the caller must munmap(); 0 if the
 *        addresses were unmapped already
 *
 * After the call MAP fails in the reservation and no look-up finds it. Its
 * addresses stay in use until the caller unmaps them: the module never unmaps by
 * address, since another thread may have mapped something else there.
 *
 * Errors: ENXIO (DEVICE_CLOSED) no device is open, ENOENT (NO_RANGE), EINVAL
 * (NOT_RANGE_START, KIND), EBUSY (STILL_MAPPED), EINTR.
 */
struct acl_emu_range_release {
	struct acl_emu_head head;
	__aligned_u64 addr;
	__u32 kind;
	__u32 pad;
	__aligned_u64 size;
};

/* Flags of MAP */
/* size must be the size of the whole allocation. */
#define ACL_EMU_MAP_WHOLE	(1u << 0)
/* Insert the page table entries now. A failure of this is no error. */
#define ACL_EMU_MAP_POPULATE	(1u << 1)

/**
 * struct acl_emu_map - MAP: map memory at addresses of a reservation
 * @head:   header; flags: ACL_EMU_MAP_*
 * @addr:   in: start, aligned to the granule of the memory
 * @size:   in: bytes, a multiple of the granule
 * @offset: in: offset in the memory, a multiple of the granule
 * @handle: in: the memory
 * @rights: in: &enum acl_emu_rights of the location of the handle; every other
 *          location has no rights until SET_ACCESS
 * @kind:   in: &enum acl_emu_range_kind of the reservation
 *
 * The first mapping ties the reservation to the location of its memory until
 * the release (not with RANGE_REMOTE). A reservation cannot contain mappings of
 * local and of imported memory at the same time.
 *
 * Errors, in this order: ENOENT (HANDLE, NO_RANGE), EINVAL (KIND), EINVAL
 * (ADDR_ALIGN, SIZE, SIZE_ALIGN: 4 KiB, or 2 MiB if the memory has a larger
 * granule than 4 KiB), EINVAL (PAST_RANGE), EOPNOTSUPP (VALUE, NOT_RDONLY) for
 * the rights, ENOENT (DETACHED), EINVAL (DEVICE_TIE, IMPORT_MIX), EADDRINUSE
 * (OVERLAPS), EINVAL (ADDR_ALIGN, SIZE_ALIGN, OFFSET: the granule of the
 * memory), EINVAL (PHYS_SHORT, PHYS_LONG), ENOMEM (HOST_NOMEM).
 */
struct acl_emu_map {
	struct acl_emu_head head;
	__aligned_u64 addr;
	__aligned_u64 size;
	__aligned_u64 offset;
	__aligned_u64 handle;
	__u32 rights;
	__u32 kind;
};

/**
 * struct acl_emu_unmap - UNMAP: remove the mapping that starts at an address
 * @head: header
 * @addr: in: start of the mapping
 * @kind: in: &enum acl_emu_range_kind of the reservation
 * @pad:  must be zero
 *
 * The rights of SET_ACCESS are removed first, even if the call then fails with
 * EBUSY; the running copy keeps the rights it started with.
 *
 * Errors: ENOENT (NO_RANGE, NOT_MAPPED), EINVAL (KIND, NOT_MAP_START), EBUSY
 * (COPY_BUSY).
 */
struct acl_emu_unmap {
	struct acl_emu_head head;
	__aligned_u64 addr;
	__u32 kind;
	__u32 pad;
};

/* Flags of SET_ACCESS: fail if rights were granted with another extent or value. */
#define ACL_EMU_ACCESS_KEEP	(1u << 0)

/**
 * struct acl_emu_access - SET_ACCESS, GET_ACCESS: rights on one mapping
 * @head:   header; flags of SET_ACCESS: %ACL_EMU_ACCESS_KEEP
 * @addr:   in: address in the mapping
 * @size:   in: SET_ACCESS: bytes from there, within the mapping;
 *          GET_ACCESS: zero
 * @loc:    in: the location that gets the rights
 * @rights: SET_ACCESS in, GET_ACCESS out: &enum acl_emu_rights
 * @pad:    must be zero
 *
 * The rights apply to the whole mapping; the extent is stored to distinguish a
 * repeated grant from another one. For the location that owns the mapping the
 * extent is the whole mapping. The CPU has the rights of all locations together.
 *
 * Errors: EOPNOTSUPP (VALUE) location type or rights, ENODEV (NO_DEVICE),
 * EINVAL (NUMA_NODE, SIZE), ENOENT (NO_RANGE, NOT_MAPPED), EINVAL (PAST_MAPPING),
 * EOPNOTSUPP (NOT_RDONLY), EBUSY (GRANTED), EBUSY (COPY_BUSY) a right would be
 * revoked while a copy uses the mapping, ENOMEM.
 */
struct acl_emu_access {
	struct acl_emu_head head;
	__aligned_u64 addr;
	__aligned_u64 size;
	struct acl_emu_location loc;
	__u32 rights;
	__u32 pad;
};

/* Bits of acl_emu_lookup.found */
#define ACL_EMU_FOUND_RANGE	(1u << 0)
#define ACL_EMU_FOUND_MAPPING	(1u << 1)

/**
 * struct acl_emu_lookup - LOOKUP: the reservation and the mapping at an address
 * @head:       header
 * @addr:       in: any address
 * @found:      out: bits ACL_EMU_FOUND_*; the fields of an object that is not
 *              found are zero
 * @kind:       out: &enum acl_emu_range_kind
 * @range_addr: out: start of the reservation
 * @range_size: out: its size
 * @map_addr:   out: start of the mapping
 * @map_size:   out: its size
 * @map_offset: out: offset in the memory
 * @handle:     out: the memory mapped there
 * @granule:    out: its granule
 * @loc:        out: location that owns the mapping
 * @rights:     out: rights of that location
 * @state:      out: bits ACL_EMU_PHYS_STATE_*
 *
 * An unknown address is no error.
 */
struct acl_emu_lookup {
	struct acl_emu_head head;
	__aligned_u64 addr;
	__u32 found;
	__u32 kind;
	__aligned_u64 range_addr;
	__aligned_u64 range_size;
	__aligned_u64 map_addr;
	__aligned_u64 map_size;
	__aligned_u64 map_offset;
	__aligned_u64 handle;
	__aligned_u64 granule;
	struct acl_emu_location loc;
	__u32 rights;
	__u32 state;
};

/* Flags of COPY: the ends that are mapped memory; other ends are user memory. */
#define ACL_EMU_COPY_DST_MAPPED	(1u << 0)
#define ACL_EMU_COPY_SRC_MAPPED	(1u << 1)
/* Fill with the 32-bit pattern in src; needs COPY_DST_MAPPED. */
#define ACL_EMU_COPY_FILL	(1u << 2)

/**
 * struct acl_emu_copy - COPY: copy bytes without the page table of the program
 * @head: header; flags: ACL_EMU_COPY_*, at least one end mapped
 * @dst:  in: destination address
 * @src:  in: source address, or the pattern with COPY_FILL
 * @size: in: bytes; the pattern repeats from dst on, the last one may be incomplete
 * @done: out: bytes copied, also on EFAULT and EINTR in head.val
 *
 * A mapped end must be completely mapped, in one reservation, and accessible;
 * otherwise nothing is written. While the copy runs, UNMAP of its mappings fails
 * and SET_ACCESS cannot revoke rights.
 *
 * Errors: EINVAL (SIZE, FLAGS, VALUE), EFAULT (NOT_MAPPED, PAST_RANGE, RIGHTS),
 * ENOMEM, EFAULT (USER_FAULT), EINTR (INTERRUPTED).
 */
struct acl_emu_copy {
	struct acl_emu_head head;
	__aligned_u64 dst;
	__aligned_u64 src;
	__aligned_u64 size;
	__aligned_u64 done;
};

/* Flags of EXPORT */
/* Every process that knows the key may import. */
#define ACL_EMU_EXPORT_NO_LIST	(1u << 0)
/* Fail if the handle was exported with this flag before. */
#define ACL_EMU_EXPORT_ONCE	(1u << 1)

/**
 * struct acl_emu_export - EXPORT: create a key by which processes import an object
 * @head:   header; flags: ACL_EMU_EXPORT_*
 * @handle: in: memory or sync object of this process
 * @key:    out: random number, below 2^63, never zero
 *
 * The key is valid until the handle of the exporter and all imports have ended.
 *
 * Errors: ENOENT (HANDLE), EINVAL (IMPORTED), EEXIST (EXPORTED), ENOMEM.
 */
struct acl_emu_export {
	struct acl_emu_head head;
	__aligned_u64 handle;
	__aligned_u64 key;
};

/**
 * struct acl_emu_export_fd - EXPORT_FD: a file descriptor of the dma-buf
 * @head:   header
 * @handle: in: memory, local or imported
 * @fd:     out: file descriptor, close-on-exec
 * @pad:    must be zero
 *
 * Errors: ENOENT (HANDLE), EMFILE, ENFILE, ENOMEM.
 */
struct acl_emu_export_fd {
	struct acl_emu_head head;
	__aligned_u64 handle;
	__s32 fd;
	__u32 pad;
};

/** ACL_EMU_MAX_PIDS - entries of a list, and of one call */
#define ACL_EMU_MAX_PIDS	65535

/* Flags of ALLOW_PIDS: drop the list; every process that knows the key may import. */
#define ACL_EMU_ALLOW_ALL	(1u << 0)

/**
 * struct acl_emu_allow_pids - ALLOW_PIDS: list processes that may import
 * @head:  header; flags: %ACL_EMU_ALLOW_ALL
 * @key:   in: a share that this process exported
 * @pids:  in: address of an array of __s32: thread group ids of the root pid
 *         namespace, see GET_TGID; zeros are skipped
 * @count: in: its length, 1..%ACL_EMU_MAX_PIDS; with %ACL_EMU_ALLOW_ALL zero
 * @pad:   must be zero
 *
 * An entry means the process that has the number now. A number without a process
 * is accepted and never matches. Each call adds to the list. A list that was
 * dropped does not come back: the share is then as one that was exported with
 * %ACL_EMU_EXPORT_NO_LIST.
 *
 * Errors: EINVAL (SIZE) count, ENOENT (NO_SHARE), EACCES (NOT_EXPORTER), EPERM
 * (NO_LIST), EFAULT (USER_FAULT), EINVAL (NO_PIDS), E2BIG (LIST_FULL), ENOMEM.
 */
struct acl_emu_allow_pids {
	struct acl_emu_head head;
	__aligned_u64 key;
	__aligned_u64 pids;
	__u32 count;
	__u32 pad;
};

/**
 * struct acl_emu_share_query - SHARE_QUERY: the object that a key names
 * @head:  header
 * @key:   in: the key
 * @size:  out: bytes of the memory; 0: the key names a sync object
 * @loc:   out: location the object was created on
 * @flags: out: %ACL_EMU_EXPORT_NO_LIST if the share has no list
 * @own:   out: 1 if this process exported it
 *
 * Errors: ENOENT (NO_SHARE).
 */
struct acl_emu_share_query {
	struct acl_emu_head head;
	__aligned_u64 key;
	__aligned_u64 size;
	struct acl_emu_location loc;
	__u32 flags;
	__u32 own;
};

/**
 * struct acl_emu_share_close - SHARE_CLOSE: revoke a key
 * @head: header
 * @key:  in: a share that this client exported
 *
 * Existing imports stay. A handle that was exported with %ACL_EMU_EXPORT_ONCE
 * cannot be exported so again.
 *
 * Errors: ENOENT (NO_SHARE), EACCES (NOT_EXPORTER).
 */
struct acl_emu_share_close {
	struct acl_emu_head head;
	__aligned_u64 key;
};

/* Flags of IMPORT: the key names a sync object; without it, memory. */
#define ACL_EMU_IMPORT_SYNC	(1u << 0)

/**
 * struct acl_emu_import - IMPORT: get a handle of an exported object
 * @head:   header; flags: %ACL_EMU_IMPORT_SYNC
 * @key:    in: the key
 * @device: in: device that uses it, open in this client
 * @pad:    must be zero
 * @handle: out: handle of the object in this client; while an import of the key
 *          for the device lives, the same handle with one more user reference
 *
 * Errors, in this order: ENODEV (NO_DEVICE), ENOENT (NO_SHARE) also for a key of
 * the other kind, ENXIO (DEVICE_CLOSED), EACCES (OWN_SHARE), ENOMEM, EACCES
 * (PID).
 */
struct acl_emu_import {
	struct acl_emu_head head;
	__aligned_u64 key;
	__u32 device;
	__u32 pad;
	__aligned_u64 handle;
};

/**
 * struct acl_emu_import_fd - IMPORT_FD: the memory of a dma-buf of this module
 * @head:   header
 * @fd:     in: the file descriptor
 * @device: in: device that uses it, open in this client
 * @handle: out: handle of the memory in this client
 *
 * Errors: ENODEV (NO_DEVICE), ENXIO (DEVICE_CLOSED), EBADF, EINVAL (FD) no
 * dma-buf or a dma-buf of another module, ENOMEM.
 */
struct acl_emu_import_fd {
	struct acl_emu_head head;
	__s32 fd;
	__u32 device;
	__aligned_u64 handle;
};

/**
 * struct acl_emu_sync_create - SYNC_CREATE: create a value that processes share
 * @head:   header
 * @value:  in: its first value
 * @device: in: device it belongs to, open in this client
 * @pad:    must be zero
 * @handle: out: name of the sync object in this client, never zero
 *
 * PHYS_FREE, EXPORT, ALLOW_PIDS, SHARE_QUERY, SHARE_CLOSE, IMPORT (with
 * %ACL_EMU_IMPORT_SYNC) and DEVICE_RESET work on it as on memory; no other call
 * accepts its handle. It lives as long as a handle or share of it.
 *
 * Errors: ENODEV (NO_DEVICE), ENXIO (DEVICE_CLOSED), ENOMEM (HOST_NOMEM).
 */
struct acl_emu_sync_create {
	struct acl_emu_head head;
	__aligned_u64 value;
	__u32 device;
	__u32 pad;
	__aligned_u64 handle;
};

/* Flags of SYNC_SIGNAL; without flags a smaller value becomes value. */
/* Add value. */
#define ACL_EMU_SYNC_ADD	(1u << 0)
/* Set to value, even if it is smaller. */
#define ACL_EMU_SYNC_SET	(1u << 1)

/**
 * struct acl_emu_sync_signal - SYNC_SIGNAL: change a sync object
 * @head:   header; flags: %ACL_EMU_SYNC_ADD or %ACL_EMU_SYNC_SET
 * @handle: in: the sync object
 * @value:  in: see the flags
 * @now:    out: its value after the change
 *
 * All waits for a value that is reached return, in every process.
 *
 * Errors: EINVAL (FLAGS) both flags, ENOENT (HANDLE), EINVAL (VALUE) the sum
 * exceeds 2^64 - 1.
 */
struct acl_emu_sync_signal {
	struct acl_emu_head head;
	__aligned_u64 handle;
	__aligned_u64 value;
	__aligned_u64 now;
};

/* Flags of SYNC_WAIT: subtract value in the same step. */
#define ACL_EMU_SYNC_TAKE	(1u << 0)

/** ACL_EMU_SYNC_FOREVER - a deadline that never comes */
#define ACL_EMU_SYNC_FOREVER	0x7fffffffffffffffll

/**
 * struct acl_emu_sync_wait - SYNC_WAIT: wait until a value is reached
 * @head:     header; flags: %ACL_EMU_SYNC_TAKE
 * @handle:   in: the sync object
 * @value:    in: the least value to wait for
 * @deadline: in: end of the wait in ns of CLOCK_MONOTONIC, or
 *            %ACL_EMU_SYNC_FOREVER; 0: do not wait
 * @cancel:   in: a sync object that ends the wait when it is not zero, or 0
 * @now:      out: its value, before TAKE
 *
 * If several conditions are true, @handle comes first, then @cancel, then the
 * deadline. The wait also ends when one of the handles ends.
 *
 * Errors: ENOENT (HANDLE), ECANCELED (SYNC_CANCELED), ETIMEDOUT (SYNC_TIMEOUT),
 * EINTR (INTERRUPTED).
 */
struct acl_emu_sync_wait {
	struct acl_emu_head head;
	__aligned_u64 handle;
	__aligned_u64 value;
	__s64 deadline;
	__aligned_u64 cancel;
	__aligned_u64 now;
};

/**
 * struct acl_emu_tgid - GET_TGID: id of the caller in the root pid namespace
 * @head: header
 * @tgid: out: thread group id
 * @pad:  must be zero
 */
struct acl_emu_tgid {
	struct acl_emu_head head;
	__s32 tgid;
	__u32 pad;
};

/**
 * enum acl_emu_enum_what - the lists of ENUM
 * @ACL_EMU_ENUM_HANDLES:  handles: a = handle, b = size (0: a sync object),
 *                         c = location, d = users << 32 | mappings
 * @ACL_EMU_ENUM_RANGES:   reservations: a = start, b = size, c = kind,
 *                         d = number of mappings
 * @ACL_EMU_ENUM_MAPPINGS: mappings: a = start, b = size, c = handle,
 *                         d = offset
 */
enum acl_emu_enum_what {
	ACL_EMU_ENUM_HANDLES = 0,
	ACL_EMU_ENUM_RANGES = 1,
	ACL_EMU_ENUM_MAPPINGS = 2,
	/* private: */
	ACL_EMU_ENUM_END,
};

/** struct acl_emu_enum_entry - one line of ENUM, see &enum acl_emu_enum_what */
struct acl_emu_enum_entry {
	__aligned_u64 a;
	__aligned_u64 b;
	__aligned_u64 c;
	__aligned_u64 d;
};

/** ACL_EMU_ENUM_MAX - entries of one ENUM call */
#define ACL_EMU_ENUM_MAX	256

/**
 * struct acl_emu_enum - ENUM: list objects of this client
 * @head:    header
 * @what:    in: &enum acl_emu_enum_what
 * @count:   in: room in @entries, 1..%ACL_EMU_ENUM_MAX; out: entries written
 * @cursor:  in: 0 for the first call, then the last result; out: ~0 at the end
 * @entries: in: address of an array of &struct acl_emu_enum_entry
 *
 * Changes between two calls may be missing in the list.
 *
 * Errors: EOPNOTSUPP (VALUE), EINVAL (SIZE), ENOMEM, EFAULT (USER_FAULT).
 */
struct acl_emu_enum {
	struct acl_emu_head head;
	__u32 what;
	__u32 count;
	__aligned_u64 cursor;
	__aligned_u64 entries;
};

/** ACL_EMU_LABEL_SIZE - bytes of a label with its zero byte */
#define ACL_EMU_LABEL_SIZE	64

/**
 * struct acl_emu_label - LABEL: give memory a name that people read
 * @head:   header
 * @handle: in: memory that this client allocated
 * @label:  in: printable ASCII (0x20 to 0x7e) up to a zero byte; what follows is
 *          ignored. An empty label removes the one the memory has.
 *
 * OBJECTS gives the label to this process and to those that import the memory.
 * The dma-buf of the memory has its first 31 bytes as its name, now and when it is
 * made later.
 *
 * Errors: ENOENT (HANDLE), EINVAL (IMPORTED), EINVAL (LABEL) at offset
 * %ACL_EMU_LABEL_SIZE: there is no zero byte, ENOMEM (HOST_NOMEM).
 */
struct acl_emu_label {
	struct acl_emu_head head;
	__aligned_u64 handle;
	char label[ACL_EMU_LABEL_SIZE];
};

/* Bits of acl_emu_holder.flags */
/* The client belongs to the calling process. */
#define ACL_EMU_HOLDER_OWN	(1u << 0)
/* The client has opened the device. */
#define ACL_EMU_HOLDER_OPEN	(1u << 1)

/**
 * struct acl_emu_holder - what one client holds of one location
 * @client:   id of the client, unique since the module was loaded
 * @pid:      process that opened it, in the pid namespace of the caller
 * @flags:    bits ACL_EMU_HOLDER_*
 * @comm:     name of the process, with a zero byte; any other byte can occur
 * @loc:      the location, a device or the host
 * @local:    bytes that the client allocated
 * @unmapped: those of @local that have no mapping
 * @heap:     bytes of mappings in reservations of the kinds HEAP and HOST
 * @imported: bytes of imported memory
 * @exported: those of @local that have a share key
 * @mappings: mappings
 * @handles:  handles, of memory and of sync objects
 * @imports:  those of @handles that were imported
 * @shares:   share keys
 * @pad:      zero
 * @allocs:   handles made since the client was opened
 * @maps:     mappings made since then
 * @idle:     those of @heap that no block in use has, as IDLE tells it
 *
 * Memory that was imported belongs to the location that was given to IMPORT. It
 * is counted for its owner and for each importer.
 *
 * Processes outside the pid namespace of the caller, and those that have been
 * reaped while others keep their memory, stand together in one entry for each
 * location, with a @client and a @pid of zero and an empty @comm.
 */
struct acl_emu_holder {
	__aligned_u64 client;
	__s32 pid;
	__u32 flags;
	char comm[16];
	struct acl_emu_location loc;
	__aligned_u64 local;
	__aligned_u64 unmapped;
	__aligned_u64 heap;
	__aligned_u64 imported;
	__aligned_u64 exported;
	__aligned_u64 mappings;
	__u32 handles;
	__u32 imports;
	__u32 shares;
	__u32 pad;
	__aligned_u64 allocs;
	__aligned_u64 maps;
	__aligned_u64 idle;
};

/** ACL_EMU_LIST_MAX - entries of one HOLDERS or OBJECTS call */
#define ACL_EMU_LIST_MAX	256

/**
 * struct acl_emu_holders - HOLDERS: who holds how much
 * @head:       header
 * @count:      in: room in @entries, 1..%ACL_EMU_LIST_MAX; out: entries written
 * @entry_size: in: bytes of an entry as the caller knows it, at least those of the
 *              first version; of a longer one the rest is set to zero
 * @cursor:     in: 0 to begin, then what came out; out: ~0 after the last
 * @entries:    in: address of an array of entries, each &struct acl_emu_holder
 *
 * Whoever may open the node sees the sums of every client. A client has an entry
 * for the host, and one for each device that it has opened or holds something of.
 * What changes between two calls may be missed or seen.
 *
 * Errors: EINVAL (SIZE) count or entry_size, ENOMEM (HOST_NOMEM), EFAULT
 * (USER_FAULT).
 */
struct acl_emu_holders {
	struct acl_emu_head head;
	__u32 count;
	__u32 entry_size;
	__aligned_u64 cursor;
	__aligned_u64 entries;
};

/* Bits of acl_emu_object.state */
#define ACL_EMU_OBJECT_IMPORTED	(1u << 0)
#define ACL_EMU_OBJECT_EXPORTED	(1u << 1)	/* has a share key */
#define ACL_EMU_OBJECT_DMABUF	(1u << 2)	/* the memory has a dma-buf */
#define ACL_EMU_OBJECT_SYNC	(1u << 3)	/* a sync object, no memory */

/**
 * struct acl_emu_object - a handle, as OBJECTS lists it
 * @handle:  the handle
 * @memory:  number of the memory; the same for its owner and all importers, and
 *           for no other memory since the module was loaded
 * @size:    bytes, 0 of a sync object
 * @granule: 4 KiB, 2 MiB or 1 GiB
 * @cookie:  the cookie given to PHYS_ALLOC
 * @born:    when the handle was made, in ns of CLOCK_MONOTONIC, to a few ms
 * @loc:     location it belongs to here
 * @home:    location the memory was allocated on
 * @users:   user references
 * @maps:    mappings
 * @shares:  share keys
 * @state:   bits ACL_EMU_OBJECT_*
 * @label:   see LABEL, with a zero byte
 */
struct acl_emu_object {
	__aligned_u64 handle;
	__aligned_u64 memory;
	__aligned_u64 size;
	__aligned_u64 granule;
	__aligned_u64 cookie;
	__aligned_u64 born;
	struct acl_emu_location loc;
	struct acl_emu_location home;
	__u32 users;
	__u32 maps;
	__u32 shares;
	__u32 state;
	char label[ACL_EMU_LABEL_SIZE];
};

/**
 * struct acl_emu_objects - OBJECTS: what one client holds, one by one
 * @head:       header
 * @client:     in: id of the client; 0: this one
 * @key:        in: the acl-emu-client-key of its fdinfo; 0 if the client belongs
 *              to this process
 * @what:       in: %ACL_EMU_ENUM_HANDLES lists &struct acl_emu_object; others of
 *              &enum acl_emu_enum_what list &struct acl_emu_enum_entry
 * @count:      in: room in @entries, 1..%ACL_EMU_LIST_MAX; out: entries written
 * @entry_size: in: bytes of an entry, as in &struct acl_emu_holders
 * @pad:        must be zero
 * @cursor:     in: 0 to begin, then what came out; out: ~0 after the last
 * @entries:    in: address of an array of entries
 *
 * Fdinfo is shown by the kernel to those who may trace the process, so the key
 * stands for that permission: it is random and belongs to one open file. The call
 * takes no lock that the client holds for longer than one of its own short steps.
 *
 * Errors: EOPNOTSUPP (VALUE) what, EINVAL (SIZE) count or entry_size, ENOENT
 * (NO_CLIENT), EACCES (CLIENT_KEY), ENOMEM (HOST_NOMEM), EFAULT (USER_FAULT).
 */
struct acl_emu_objects {
	struct acl_emu_head head;
	__aligned_u64 client;
	__aligned_u64 key;
	__u32 what;
	__u32 count;
	__u32 entry_size;
	__u32 pad;
	__aligned_u64 cursor;
	__aligned_u64 entries;
};

/**
 * struct acl_emu_idle - IDLE: tell how much memory is kept for later
 * @head:    header
 * @figures: in: address of one u64 for each device: bytes of the heap that memory
 *           pools of this client keep and no block in use has
 *
 * The figures lie in one page, which stays pinned as long as the client exists. The
 * program changes them at any time; HOLDERS and fdinfo read them, for each device at
 * most the bytes of its heap. They are named once for a client; naming them again
 * succeeds.
 *
 * Errors: EINVAL (ADDR_ALIGN) no multiple of 8, or not in one page, EFAULT
 * (USER_FAULT), ENOMEM (HOST_NOMEM), EINTR (INTERRUPTED), EEXIST (VALUE) others were
 * named before.
 */
struct acl_emu_idle {
	struct acl_emu_head head;
	__aligned_u64 figures;
};

#endif /* _UAPI_ACL_EMU_H */
