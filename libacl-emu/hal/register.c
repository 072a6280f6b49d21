// SPDX-License-Identifier: MIT
/*
 * Registered memory of the program. Devices access it at its own address.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/plain.h"
#include "core/process.h"
#include "device.h"
#include "mem.h"

struct range {
	struct range *next;
	uint64_t start;
	uint64_t size;
	uint32_t device;
};

struct registry {
	pthread_mutex_t lock;
	struct range *ranges;
};

EMU_STATE(struct registry, registry, NULL)

/* Adds a range unless it overlaps another one. */
static bool add(struct range *new)
{
	struct range *r;

	pthread_mutex_lock(&registry()->lock);
	for (r = registry()->ranges; r; r = r->next) {
		if (new->start < r->start + r->size && r->start < new->start + new->size)
			break;
	}
	if (!r) {
		new->next = registry()->ranges;
		registry()->ranges = new;
	}
	pthread_mutex_unlock(&registry()->lock);
	return !r;
}

drvError_t halHostRegister(void *src_ptr, uint64_t size, uint32_t flag, uint32_t devid,
			   void **dst_ptr)
{
	uint64_t start = (uintptr_t)src_ptr, end;
	struct range *new;
	drvError_t code;

	(void)flag;
	EMU_ENTER();
	if (!src_ptr || !size || __builtin_add_overflow(start, size, &end) ||
	    !emu_plain_mapped(start, size))
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "give memory of the program",
				  "[%p, +%s) is not all mapped", src_ptr, EMU_SIZE(size));
	code = hal_device_check(devid);
	if (code)
		return code;
	new = malloc(sizeof(*new));
	if (!new)
		return hal_result(emu_no_memory("registration"));
	*new = (struct range){ .start = start, .size = size, .device = devid };
	if (!add(new)) {
		free(new);
		return hal_refuse(DRV_ERROR_BUSY, "register it once",
				  "[%p, +%s) overlaps registered memory", src_ptr, EMU_SIZE(size));
	}
	if (dst_ptr)
		*dst_ptr = src_ptr;
	return DRV_ERROR_NONE;
}

static drvError_t unregister(const void *ptr)
{
	struct range **p, *found;

	pthread_mutex_lock(&registry()->lock);
	for (p = &registry()->ranges; *p && (*p)->start != (uintptr_t)ptr; p = &(*p)->next)
		;
	found = *p;
	if (found)
		*p = found->next;
	pthread_mutex_unlock(&registry()->lock);
	if (!found)
		return hal_refuse(DRV_ERROR_NOT_EXIST, "give the start of registered memory",
				  "address %p does not begin registered memory", ptr);
	free(found);
	return DRV_ERROR_NONE;
}

void hal_register_reset(uint32_t device)
{
	struct range **p, *r;

	pthread_mutex_lock(&registry()->lock);
	for (p = &registry()->ranges; *p; ) {
		r = *p;
		if (r->device == device) {
			*p = r->next;
			free(r);
		} else {
			p = &r->next;
		}
	}
	pthread_mutex_unlock(&registry()->lock);
}

drvError_t halHostUnregister(void *src_ptr, uint32_t devid)
{
	(void)devid;
	EMU_ENTER();
	return unregister(src_ptr);
}

drvError_t halHostUnregisterEx(void *src_ptr, uint32_t devid, uint32_t flag)
{
	(void)devid;
	(void)flag;
	EMU_ENTER();
	return unregister(src_ptr);
}

drvError_t halMemHostGetDevPointer(void *srcPtr, uint32_t devid, void **dstPtr)
{
	const struct range *r;

	(void)devid;
	EMU_ENTER();
	if (!dstPtr)
		return hal_null("dstPtr");
	pthread_mutex_lock(&registry()->lock);
	for (r = registry()->ranges; r && (uintptr_t)srcPtr - r->start >= r->size; r = r->next)
		;
	pthread_mutex_unlock(&registry()->lock);
	if (!r)
		return hal_refuse(DRV_ERROR_NOT_EXIST, "register it first",
				  "address %p is in no registered memory", srcPtr);
	*dstPtr = srcPtr;
	return DRV_ERROR_NONE;
}
