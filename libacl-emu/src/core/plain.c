// SPDX-License-Identifier: MIT
/*
 * Copies of memory of the program itself that return an error for a bad pointer.
 *
 * Bytes are copied through a buffer by system calls that check the addresses: memory
 * that is not mapped makes them fail with EFAULT and never raises a signal, also if
 * another thread unmaps it meanwhile. This costs a second copy and two system calls
 * for each buffer.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/error.h"
#include "core/plain.h"

#define SMALL	4096
#define LARGE	((size_t)256 * 1024)

struct buffer {
	char *bytes;
	size_t size;
	char small[SMALL];
};

static void buffer_init(struct buffer *b, size_t wanted)
{
	b->bytes = wanted > SMALL ? malloc(LARGE) : NULL;
	b->size = b->bytes ? LARGE : SMALL;
	if (!b->bytes)
		b->bytes = b->small;
}

static void buffer_end(struct buffer *b)
{
	if (b->bytes != b->small)
		free(b->bytes);
}

static aclError report_fault(const char *end, uint64_t addr, size_t size, uint64_t at)
{
	return emu_error(ACL_ERROR_RT_INVALID_HANDLE, "check pointer and size",
			 "%s [0x%" PRIx64 ", +%s) cannot be "
			 "accessed at 0x%" PRIx64,
			 end, addr, EMU_SIZE(size), at);
}

/*
 * Copies between @user and @ours; returns the number of bytes. If the two system
 * calls are forbidden, as in some containers, memcpy() is used.
 */
static size_t in(char *ours, uint64_t user, size_t size)
{
	struct iovec from = { (void *)(uintptr_t)user, size }, to = { ours, size };
	ssize_t done = process_vm_writev(getpid(), &from, 1, &to, 1, 0);

	if (done >= 0)
		return (size_t)done;
	if (errno != ENOSYS && errno != EPERM)
		return 0;
	memcpy(ours, from.iov_base, size);
	return size;
}

static size_t out(uint64_t user, char *ours, size_t size)
{
	struct iovec to = { (void *)(uintptr_t)user, size }, from = { ours, size };
	ssize_t done = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

	if (done >= 0)
		return (size_t)done;
	if (errno != ENOSYS && errno != EPERM)
		return 0;
	memcpy(to.iov_base, ours, size);
	return size;
}

/* Is something mapped at every page? Its rights do not matter. */
bool emu_plain_mapped(uint64_t addr, uint64_t size)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), start = addr & ~(page - 1);

	return addr + size >= addr &&
	       !msync((void *)(uintptr_t)start, addr + size - start, MS_ASYNC);
}

static aclError check_mapped(const char *end, uint64_t addr, size_t size)
{
	if (emu_plain_mapped(addr, size))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_INVALID_HANDLE, "check pointer and size",
			 "%s [0x%" PRIx64 ", +%s) is not all memory of the program", end, addr,
			 EMU_SIZE(size));
}

/* As memmove(). If one end is not wholly mapped, nothing is written. */
aclError emu_plain_copy(void *dst, const void *src, size_t size)
{
	uint64_t to = (uintptr_t)dst, from = (uintptr_t)src;
	bool backwards = to - from < size;
	size_t done = 0, piece, part, at;
	struct buffer b;
	aclError code;

	code = check_mapped("destination", to, size);
	if (!code)
		code = check_mapped("source", from, size);
	if (code)
		return code;
	buffer_init(&b, size);
	while (!code && done < size) {
		piece = size - done < b.size ? size - done : b.size;
		at = backwards ? size - done - piece : done;
		part = in(b.bytes, from + at, piece);
		if (part < piece) {
			code = report_fault("source", from, size, from + at + part);
			break;
		}
		part = out(to + at, b.bytes, piece);
		if (part < piece)
			code = report_fault("destination", to, size, to + at + part);
		done += piece;
	}
	buffer_end(&b);
	return code;
}

/* Fills with a pattern of 32 bits, which may be cut at the end. */
aclError emu_plain_fill(void *dst, uint32_t pattern, size_t size)
{
	uint64_t to = (uintptr_t)dst;
	size_t done, piece, part, i;
	struct buffer b;
	aclError code;

	code = check_mapped("destination", to, size);
	if (code)
		return code;
	buffer_init(&b, size);
	for (i = 0; i < b.size && i < size; i += sizeof(pattern))
		memcpy(b.bytes + i, &pattern, sizeof(pattern));
	for (done = 0; !code && done < size; done += piece) {
		piece = size - done < b.size ? size - done : b.size;
		part = out(to + done, b.bytes, piece);
		if (part < piece)
			code = report_fault("destination", to, size, to + done + part);
	}
	buffer_end(&b);
	return code;
}
