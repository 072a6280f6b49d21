// SPDX-License-Identifier: MIT
/*
 * Contexts: which device a thread works on.
 *
 * What programs hold is a token of slot and generation, not a pointer: one
 * that was destroyed, or whose device was reset, is known as such for ever. A
 * slot's generation is odd while it is in use. The first slots are the default
 * contexts of the devices.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>

#include "core/visible.h"
#include "stream/ending.h"
#include "stream/stream.h"

#define SLOTS	EMU_CONTEXT_SLOTS

struct slot {
	_Atomic uint32_t generation;
	_Atomic uint32_t device;
};

static struct slot slots[SLOTS];
/* Guards changes; looking needs no lock. */
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;

static uint64_t token_of(uint32_t slot)
{
	return (uint64_t)atomic_load(&slots[slot].generation) << 32 | (slot + 1);
}

/* The slot of a live context, or -1. */
static int slot_of(uint64_t token)
{
	uint32_t slot = (uint32_t)token - 1;
	uint32_t generation = (uint32_t)(token >> 32);

	if (slot >= SLOTS || !(generation & 1) ||
	    atomic_load_explicit(&slots[slot].generation, memory_order_acquire) != generation)
		return -1;
	return (int)slot;
}

/* Of any token, alive or not, that once was one. */
uint32_t emu_context_slot(uint64_t token)
{
	return ((uint32_t)token - 1) % SLOTS;
}

bool emu_context_alive(uint64_t token)
{
	return slot_of(token) >= 0;
}

static void slot_begin(uint32_t slot, uint32_t device)
{
	atomic_store(&slots[slot].device, device);
	atomic_fetch_add(&slots[slot].generation, 1);
}

static bool slot_used(uint32_t slot)
{
	return atomic_load(&slots[slot].generation) & 1;
}

/* Makes the default context of a device if it is not there. */
uint64_t emu_context_primary(uint32_t device)
{
	uint64_t token;

	pthread_mutex_lock(&slots_lock);
	if (!slot_used(device))
		slot_begin(device, device);
	token = token_of(device);
	pthread_mutex_unlock(&slots_lock);
	return token;
}

void emu_context_reset_device(uint32_t device)
{
	uint32_t i;

	pthread_mutex_lock(&slots_lock);
	for (i = 0; i < SLOTS; i++) {
		if (slot_used(i) && atomic_load(&slots[i].device) == device)
			atomic_fetch_add(&slots[i].generation, 1);
	}
	pthread_mutex_unlock(&slots_lock);
}

/* Device of the thread's current context; false if it has none. */
bool emu_context_there(uint32_t *device)
{
	int slot = slot_of(emu_self.context);

	if (slot < 0)
		return false;
	*device = atomic_load_explicit(&slots[slot].device, memory_order_relaxed);
	return true;
}

aclError emu_context_current(uint32_t *device)
{
	if (emu_context_there(device))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_CONTEXT_NULL,
			 "call aclrtSetDevice() or aclrtSetCurrentContext() in this thread",
			 emu_self.context ?
			 "the context of this thread was destroyed or its device reset" :
			 "this thread has no current context");
}

/*
 * Generations stay, so that a token of the parent is not taken for one of the
 * child; contexts in use end as if they were destroyed.
 */
void emu_context_forget(void)
{
	uint32_t i;

	slots_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	for (i = 0; i < SLOTS; i++) {
		if (slot_used(i))
			atomic_fetch_add(&slots[i].generation, 1);
	}
}

aclError aclrtCreateContext(aclrtContext *context, int32_t deviceId)
{
	uint32_t device, i;
	aclError code;

	EMU_ENTER();
	if (!context)
		return emu_null("context");
	code = emu_device_find(deviceId, &device);
	if (!code)
		code = emu_device_open(device);
	if (code)
		return code;
	pthread_mutex_lock(&slots_lock);
	for (i = ACL_EMU_MAX_DEVICES; i < SLOTS && slot_used(i); i++)
		;
	if (i < SLOTS) {
		slot_begin(i, device);
		emu_self.context = token_of(i);
	}
	pthread_mutex_unlock(&slots_lock);
	if (i == SLOTS)
		return emu_error(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, "destroy contexts not in use",
				 "the process has %d contexts already",
				 SLOTS - ACL_EMU_MAX_DEVICES);
	*context = (aclrtContext)(uintptr_t)emu_self.context;
	return ACL_SUCCESS;
}

static aclError say_gone(uint64_t token)
{
	return emu_error(ACL_ERROR_RT_CONTEXT_NULL, NULL,
			 "0x%" PRIx64 " is no context, or was destroyed before", token);
}

aclError aclrtDestroyContext(aclrtContext context)
{
	uint64_t token = (uintptr_t)context;
	uint32_t device;
	int slot;

	EMU_ENTER();
	if (!context)
		return emu_null("context");
	slot = slot_of(token);
	if (slot < 0)
		return say_gone(token);
	if (slot < ACL_EMU_MAX_DEVICES)
		return emu_error(ACL_ERROR_RT_CONTEXT_NULL, "use aclrtResetDevice()",
				 "0x%" PRIx64 " is the default context of device %" PRIu32, token,
				 emu_user_id((uint32_t)slot));
	device = atomic_load(&slots[slot].device);
	if (emu_stream_any_mine(device, token))
		return emu_stream_wait_self();
	/* Its tasks run while it is there; nobody is told of failures any more. */
	emu_stream_drain(device, token);
	pthread_mutex_lock(&slots_lock);
	slot = slot_of(token);
	if (slot >= 0)
		atomic_fetch_add(&slots[slot].generation, 1);
	pthread_mutex_unlock(&slots_lock);
	if (slot < 0)
		return say_gone(token);
	emu_stream_end_all(device, token, true);
	if (emu_self.context == token)
		emu_self.context = 0;
	return ACL_SUCCESS;
}

aclError aclrtSetCurrentContext(aclrtContext context)
{
	uint64_t token = (uintptr_t)context;

	EMU_ENTER();
	if (!context)
		return emu_null("context");
	if (slot_of(token) < 0)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use what aclrtCreateContext() gave",
				 "0x%" PRIx64 " is no context, or was destroyed", token);
	emu_self.context = token;
	return ACL_SUCCESS;
}

/* Programs are known to look at the pointer and not at the code. */
aclError aclrtGetCurrentContext(aclrtContext *context)
{
	aclError code;
	uint32_t device;

	EMU_ENTER();
	if (!context)
		return emu_null("context");
	code = emu_context_current(&device);
	*context = code ? NULL : (aclrtContext)(uintptr_t)emu_self.context;
	return code;
}
