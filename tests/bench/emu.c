// SPDX-License-Identifier: MIT
/*
 * Calls of the module. A benchmark has no use for failures: they end it.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "bench.h"

int emu_fd = -1;

#define HEAD(type, ...)	{ .size = sizeof(struct type), ##__VA_ARGS__ }

static void call(unsigned int nr, const char *name, struct acl_emu_head *head)
{
	if (ioctl(emu_fd, _IO(ACL_EMU_IOCTL_TYPE, nr), head))
		bench_die("%s: reason %u, values 0x%llx 0x%llx", name, head->reason,
			  (unsigned long long)head->val[0], (unsigned long long)head->val[1]);
}

#define CALL(name, arg)	call(ACL_EMU_NR_##name, #name, &(arg).head)

void emu_open(void)
{
	struct acl_emu_device arg = { .head = HEAD(acl_emu_device) };

	emu_fd = open("/dev/acl_emu", O_RDWR | O_CLOEXEC);
	if (emu_fd < 0)
		bench_die("/dev/acl_emu");
	CALL(DEVICE_OPEN, arg);
}

uint64_t emu_alloc(uint64_t size, uint32_t flags)
{
	struct acl_emu_phys_alloc arg = {
		.head = HEAD(acl_emu_phys_alloc, .flags = flags),
		.size = size,
		.loc = { .type = ACL_EMU_LOC_DEVICE },
	};

	CALL(PHYS_ALLOC, arg);
	return arg.handle;
}

void emu_free(uint64_t handle)
{
	struct acl_emu_phys_free arg = { .head = HEAD(acl_emu_phys_free), .handle = handle };

	CALL(PHYS_FREE, arg);
}

uint64_t emu_reserve(uint64_t size)
{
	struct acl_emu_range_reserve arg = { .head = HEAD(acl_emu_range_reserve), .size = size };

	CALL(RANGE_RESERVE, arg);
	return arg.addr;
}

void emu_release(uint64_t addr)
{
	struct acl_emu_range_release arg = { .head = HEAD(acl_emu_range_release), .addr = addr };

	CALL(RANGE_RELEASE, arg);
	if (munmap((void *)(uintptr_t)addr, arg.size)) {
		perror("munmap of a released reservation");
		exit(1);
	}
}

void emu_map(uint64_t addr, uint64_t size, uint64_t handle)
{
	struct acl_emu_map arg = {
		.head = HEAD(acl_emu_map),
		.addr = addr,
		.size = size,
		.handle = handle,
		.rights = ACL_EMU_RIGHTS_RW,
	};

	CALL(MAP, arg);
}

void emu_unmap(uint64_t addr)
{
	struct acl_emu_unmap arg = { .head = HEAD(acl_emu_unmap), .addr = addr };

	CALL(UNMAP, arg);
}

void emu_access(uint64_t addr, uint64_t size, uint32_t rights)
{
	struct acl_emu_access arg = {
		.head = HEAD(acl_emu_access),
		.addr = addr,
		.size = size,
		.loc = { .type = ACL_EMU_LOC_DEVICE },
		.rights = rights,
	};

	CALL(SET_ACCESS, arg);
}

void emu_reset(void)
{
	struct acl_emu_device arg = { .head = HEAD(acl_emu_device) };

	CALL(DEVICE_RESET, arg);
	CALL(DEVICE_OPEN, arg);
}

uint64_t emu_export(uint64_t handle, uint32_t flags)
{
	struct acl_emu_export arg = {
		.head = HEAD(acl_emu_export, .flags = flags),
		.handle = handle,
	};

	CALL(EXPORT, arg);
	return arg.key;
}

void emu_allow(uint64_t key, const int32_t *pids, uint32_t count)
{
	struct acl_emu_allow_pids arg = {
		.head = HEAD(acl_emu_allow_pids),
		.key = key,
		.pids = (uintptr_t)pids,
		.count = count,
	};

	CALL(ALLOW_PIDS, arg);
}

uint64_t emu_import(uint64_t key)
{
	struct acl_emu_import arg = { .head = HEAD(acl_emu_import), .key = key };

	CALL(IMPORT, arg);
	return arg.handle;
}

int emu_export_fd(uint64_t handle)
{
	struct acl_emu_export_fd arg = { .head = HEAD(acl_emu_export_fd), .handle = handle };

	CALL(EXPORT_FD, arg);
	return arg.fd;
}

uint64_t emu_import_fd(int fd)
{
	struct acl_emu_import_fd arg = { .head = HEAD(acl_emu_import_fd), .fd = fd };

	CALL(IMPORT_FD, arg);
	return arg.handle;
}

int32_t emu_tgid(void)
{
	struct acl_emu_tgid arg = { .head = HEAD(acl_emu_tgid) };

	CALL(GET_TGID, arg);
	return arg.tgid;
}

uint64_t emu_query(uint32_t param, uint32_t index)
{
	struct acl_emu_query arg = { .head = HEAD(acl_emu_query), .param = param, .index = index };

	CALL(QUERY, arg);
	return arg.value;
}

uint64_t emu_lookup(uint64_t addr)
{
	struct acl_emu_lookup arg = { .head = HEAD(acl_emu_lookup), .addr = addr };

	CALL(LOOKUP, arg);
	return arg.handle;
}
