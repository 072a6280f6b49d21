// SPDX-License-Identifier: MIT
/*
 * Pinned host memory: blocks of the heap, and memory of the program that it
 * registers.
 *
 * Emulated devices access all memory of the process, so registration only records
 * the range: its device address is its own address and it counts as pinned. The
 * memory is not locked, the kernel may swap it.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/error.h"
#include "core/history.h"
#include "core/process.h"
#include "core/window.h"
#include "device/context.h"
#include "memory/classify.h"
#include "memory/heap.h"
#include "memory/host.h"
#include "memory/malloc.h"

#define KNOWN_FLAGS	(ACL_HOST_REG_MAPPED | ACL_HOST_REG_IOMEMORY | ACL_HOST_REG_READONLY | \
			 ACL_HOST_REG_PINNED)
#define KNOWN_TYPES	(ACL_HOST_REGISTER_IOMEMORY | ACL_HOST_REGISTER_READONLY)
#define ALIGNMENT	((uint64_t)ACL_EMU_SIZE_4K)

struct registered {
	struct registered *next;
	uint64_t start;
	uint64_t size;
};

struct host {
	pthread_mutex_t lock;
	struct registered *list;
};

EMU_STATE(struct host, host, NULL)

static aclError check_size(uint64_t size)
{
	if (!size)
		return emu_error(ACL_ERROR_INVALID_PARAM, "ask for at least 1 byte", "size is 0");
	return ACL_SUCCESS;
}

static aclError host_alloc(uint64_t size, void **ptr)
{
	uint32_t device;
	aclError code = emu_context_current(&device);

	if (!code)
		code = emu_heap_alloc(emu_heap_host(), size, false, ptr);
	if (!code)
		emu_note(EMU_BLOCK, EMU_CREATED, (uintptr_t)*ptr, size);
	return code;
}

aclError aclrtMallocHost(void **hostPtr, size_t size)
{
	aclError code;

	EMU_ENTER();
	if (!hostPtr)
		return emu_null("hostPtr");
	code = check_size(size);
	if (!code)
		code = host_alloc(size, hostPtr);
	return code;
}

aclError aclrtMallocHostWithCfg(void **ptr, uint64_t size, aclrtMallocConfig *cfg)
{
	aclError code;

	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	code = check_size(size);
	if (!code)
		code = emu_malloc_config(cfg, NULL);
	if (!code)
		code = host_alloc(size, ptr);
	return code;
}

/* --- registering ----------------------------------------------------------- */

/* With the lock held: the registered range that overlaps [@addr, +@size). */
static struct registered *find_overlap(uint64_t addr, uint64_t size)
{
	struct registered *r;

	for (r = host()->list; r; r = r->next) {
		if (addr < r->start + r->size && r->start < addr + size)
			return r;
	}
	return NULL;
}

/* The registered range that contains an address. */
bool emu_host_find(uint64_t addr, uint64_t *start, uint64_t *size)
{
	struct registered *r;

	pthread_mutex_lock(&host()->lock);
	for (r = host()->list; r && addr - r->start >= r->size; r = r->next)
		;
	if (r) {
		*start = r->start;
		*size = r->size;
	}
	pthread_mutex_unlock(&host()->lock);
	return r;
}

/* Gives each registered range, from 0 on; false: there are no more. */
bool emu_host_nth(uint32_t n, uint64_t *start, uint64_t *size)
{
	struct registered *r;

	pthread_mutex_lock(&host()->lock);
	for (r = host()->list; r && n; r = r->next)
		n--;
	if (r) {
		*start = r->start;
		*size = r->size;
	}
	pthread_mutex_unlock(&host()->lock);
	return r;
}

/* Removes and returns the registered ranges that begin in [@start, +@size). */
static struct registered *take_inside(uint64_t start, uint64_t size)
{
	struct registered **p = &host()->list, *list = NULL, *r;

	pthread_mutex_lock(&host()->lock);
	while ((r = *p)) {
		if (r->start - start >= size) {
			p = &r->next;
			continue;
		}
		*p = r->next;
		r->next = list;
		list = r;
	}
	pthread_mutex_unlock(&host()->lock);
	return list;
}

static void put_back(struct registered *list)
{
	struct registered *r;

	pthread_mutex_lock(&host()->lock);
	while ((r = list)) {
		list = r->next;
		r->next = host()->list;
		host()->list = r;
	}
	pthread_mutex_unlock(&host()->lock);
}

/* Frees a block of aclrtMallocHost(). Its registrations end with it. */
aclError emu_host_free(void *ptr)
{
	struct registered *list = NULL, *r;
	uint64_t start, size;
	aclError code;

	if (emu_heap_find((uintptr_t)ptr, &start, &size) && start == (uintptr_t)ptr)
		list = take_inside(start, size);
	code = emu_heap_free(ACL_EMU_RANGE_HOST, ptr);
	if (code) {
		put_back(list);
		return code;
	}
	emu_note(EMU_BLOCK, EMU_ENDED, (uintptr_t)ptr, 0);
	while ((r = list)) {
		list = r->next;
		free(r);
	}
	return ACL_SUCCESS;
}

aclError aclrtFreeHost(void *hostPtr)
{
	EMU_ENTER();
	return hostPtr ? emu_host_free(hostPtr) : emu_null("hostPtr");
}

/* Is every page of the range mapped? */
static bool all_there(uint64_t addr, uint64_t size)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t at = addr / page * page, end = addr + size, step;
	unsigned char seen[512];

	for (; at < end; at += step) {
		step = end - at < sizeof(seen) * page ? end - at : sizeof(seen) * page;
		if (mincore((void *)(uintptr_t)at, step, seen))
			return false;
	}
	return true;
}

static aclError check_align(uint64_t addr, uint64_t base)
{
	if (!((addr - base) % ALIGNMENT))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID,
			 "allocate it with aligned_alloc(4096, size) or mmap()",
			 "ptr 0x%" PRIx64 " is not a multiple of 4 KiB", addr);
}

/* Alignment counts from the start of the block: on a device it begins at a page. */
static aclError check_block(const struct emu_at *at, uint64_t size)
{
	if (size > at->size - (at->addr - at->start))
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR, "stay inside the block",
				 "[0x%" PRIx64 ", +%s) leaves the block [0x%" PRIx64
				 ", +%s) of aclrtMallocHost()", at->addr, EMU_SIZE(size), at->start,
				 EMU_SIZE(at->size));
	return check_align(at->addr, at->start);
}

/* Finds emulated memory or a reservation anywhere in a range. */
static bool meets_emulated(uint64_t addr, uint64_t size, struct emu_at *at)
{
	uint64_t end = addr + size, next = addr;

	while (next < end) {
		next = emu_range_first_in(next, end - next);
		if (!next)
			break;
		emu_classify(next, at);
		if (at->kind > EMU_AT_REGISTERED)
			return true;
		/* Reservations begin at multiples of 2 MiB. */
		next = (next & ~(EMU_2M - 1)) + EMU_2M;
	}
	return false;
}

static aclError check_memory(uint64_t addr, uint64_t size)
{
	struct emu_at at;

	if (size > UINT64_MAX - addr || !all_there(addr, size))
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
				 "register memory that the process has mapped",
				 "not all of [0x%" PRIx64 ", +%s) is memory of this process", addr,
				 EMU_SIZE(size));
	emu_classify(addr, &at);
	if (at.kind == EMU_AT_HOST_BLOCK)
		return check_block(&at, size);
	if (meets_emulated(addr, size, &at))
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
				 "register host memory only; devices access their own memory without it",
				 "[0x%" PRIx64 ", +%s) holds emulated memory: 0x%" PRIx64 " is %s",
				 addr, EMU_SIZE(size), at.addr, EMU_AT_TEXT(&at));
	return check_align(addr, 0);
}

static aclError host_register(uint64_t addr, uint64_t size)
{
	struct registered *r, *other;
	uint32_t device;
	aclError code;

	code = emu_context_current(&device);
	if (!code)
		code = check_memory(addr, size);
	if (code)
		return code;
	r = malloc(sizeof(*r));
	if (!r)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, "free memory of this machine",
				 "no memory for the record of %s", EMU_SIZE(size));
	r->start = addr;
	r->size = size;
	pthread_mutex_lock(&host()->lock);
	other = find_overlap(addr, size);
	if (!other) {
		r->next = host()->list;
		host()->list = r;
	} else {
		code = emu_error(ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
				 "call aclrtHostUnregister() first",
				 "[0x%" PRIx64 ", +%s) overlaps [0x%" PRIx64 ", +%s), which is "
				 "registered", addr, EMU_SIZE(size), other->start,
				 EMU_SIZE(other->size));
		free(r);
	}
	pthread_mutex_unlock(&host()->lock);
	if (!code)
		emu_note(EMU_REGISTRATION, EMU_CREATED, addr, size);
	return code;
}

static aclError no_io_memory(void)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "register ordinary memory",
			 "memory of other devices cannot be registered here");
}

aclError aclrtHostRegister(void *ptr, uint64_t size, aclrtHostRegisterType type, void **devPtr)
{
	aclError code;

	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	if (!devPtr)
		return emu_null("devPtr");
	code = check_size(size);
	if (code)
		return code;
	if ((unsigned int)type & ~(unsigned int)KNOWN_TYPES)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "use ACL_HOST_REGISTER_MAPPED",
				 "type %u is unknown", (unsigned int)type);
	if ((unsigned int)type & ACL_HOST_REGISTER_IOMEMORY)
		return no_io_memory();
	code = host_register((uintptr_t)ptr, size);
	if (!code)
		*devPtr = ptr;
	return code;
}

aclError aclrtHostRegisterV2(void *ptr, uint64_t size, uint32_t flag)
{
	aclError code;

	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	code = check_size(size);
	if (code)
		return code;
	if (!flag || flag & ~(uint32_t)KNOWN_FLAGS)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "combine ACL_HOST_REG_MAPPED, _READONLY and _PINNED",
				 "flag is 0x%" PRIx32, flag);
	if (flag & ACL_HOST_REG_IOMEMORY)
		return no_io_memory();
	return host_register((uintptr_t)ptr, size);
}

aclError aclrtHostUnregister(void *ptr)
{
	struct registered **p, *found;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	code = emu_context_current(&device);
	if (code)
		return code;
	pthread_mutex_lock(&host()->lock);
	for (p = &host()->list; *p && (*p)->start != (uintptr_t)ptr; p = &(*p)->next)
		;
	found = *p;
	if (found)
		*p = found->next;
	pthread_mutex_unlock(&host()->lock);
	if (!found)
		return emu_error(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED,
				 "give the start of a registered range, once",
				 "address %p does not begin a registered range", ptr);
	emu_note(EMU_REGISTRATION, EMU_ENDED, (uintptr_t)ptr, 0);
	free(found);
	return ACL_SUCCESS;
}

/* Blocks of aclrtMallocHost() count as registered. */
aclError aclrtHostGetDevicePointer(void *pHost, void **pDevice, uint32_t flag)
{
	struct emu_at at;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!pHost)
		return emu_null("pHost");
	if (!pDevice)
		return emu_null("pDevice");
	if (flag)
		return emu_flags(flag);
	code = emu_context_current(&device);
	if (code)
		return code;
	emu_classify((uintptr_t)pHost, &at);
	if (at.kind != EMU_AT_REGISTERED && at.kind != EMU_AT_HOST_BLOCK)
		return emu_error(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED,
				 "call aclrtHostRegister() first",
				 "address %p is not in a registered range, it is %s", pHost,
				 EMU_AT_TEXT(&at));
	*pDevice = pHost;
	return ACL_SUCCESS;
}
