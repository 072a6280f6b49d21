// SPDX-License-Identifier: MIT
/*
 * Contexts: the current device of a thread.
 *
 * Programs hold a token of slot and generation, not a pointer: the token of a
 * context that was destroyed, or whose device was reset, never becomes valid
 * again. The generation of a slot is odd while the slot is in use. The first
 * slots are the default contexts of the devices.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>

#include "core/error.h"
#include "core/leak.h"
#include "core/process.h"
#include "device/context.h"
#include "device/device.h"

#define SLOTS	EMU_CONTEXT_SLOTS

struct slot {
	_Atomic uint32_t generation;
	_Atomic uint32_t device;
};

struct contexts {
	pthread_mutex_t lock;	/* for changes; reading needs no lock */
	struct slot slots[SLOTS];
};

/*
 * A child continues with the generations of its parent, so that no token of the
 * parent becomes a token of the child. All contexts count as destroyed.
 */
static void begin(void *part, const void *parent)
{
	const struct contexts *old = parent;
	struct contexts *new = part;
	uint32_t i;

	for (i = 0; old && i < SLOTS; i++)
		atomic_store(&new->slots[i].generation,
			     (atomic_load(&old->slots[i].generation) + 1) & ~UINT32_C(1));
}

EMU_STATE(struct contexts, contexts, begin)

static struct slot *slot_at(unsigned int slot)
{
	return &contexts()->slots[slot];
}

static uint64_t token_of(uint32_t slot)
{
	return (uint64_t)atomic_load(&slot_at(slot)->generation) << 32 | (slot + 1);
}

/* The slot of a live context, or -1. */
static int slot_of(uint64_t token)
{
	uint32_t slot = (uint32_t)token - 1;
	uint32_t generation = (uint32_t)(token >> 32);

	if (slot >= SLOTS || !(generation & 1) ||
	    atomic_load_explicit(&slot_at(slot)->generation, memory_order_acquire) != generation)
		return -1;
	return (int)slot;
}

/* The slot of a token that is or once was valid. */
uint32_t emu_context_slot(uint64_t token)
{
	return ((uint32_t)token - 1) % SLOTS;
}

/* The device of a context; false: the context does not exist any more. */
bool emu_context_device(uint64_t token, uint32_t *device)
{
	int slot = slot_of(token);

	if (slot < 0)
		return false;
	*device = atomic_load_explicit(&slot_at(slot)->device, memory_order_relaxed);
	return true;
}

static void slot_begin(uint32_t slot, uint32_t device)
{
	atomic_store(&slot_at(slot)->device, device);
	atomic_fetch_add(&slot_at(slot)->generation, 1);
}

static bool slot_used(uint32_t slot)
{
	return atomic_load(&slot_at(slot)->generation) & 1;
}

/* Creates the default context of a device unless it exists. */
uint64_t emu_context_default(uint32_t device)
{
	uint64_t token;

	pthread_mutex_lock(&contexts()->lock);
	if (!slot_used(device))
		slot_begin(device, device);
	token = token_of(device);
	pthread_mutex_unlock(&contexts()->lock);
	return token;
}

bool emu_context_any(uint32_t device)
{
	uint32_t i;

	pthread_mutex_lock(&contexts()->lock);
	for (i = ACL_EMU_MAX_DEVICES; i < SLOTS; i++) {
		if (slot_used(i) && atomic_load(&slot_at(i)->device) == device)
			break;
	}
	pthread_mutex_unlock(&contexts()->lock);
	return i < SLOTS;
}

/* Ends the default context of a device, or with @all every context of it. */
void emu_context_reset_device(uint32_t device, bool all)
{
	uint32_t i;

	pthread_mutex_lock(&contexts()->lock);
	for (i = 0; i < (all ? SLOTS : ACL_EMU_MAX_DEVICES); i++) {
		if (slot_used(i) && atomic_load(&slot_at(i)->device) == device)
			atomic_fetch_add(&slot_at(i)->generation, 1);
	}
	pthread_mutex_unlock(&contexts()->lock);
	/* As on the real stack, the thread loses the default context of any device. */
	if (emu_self.context && emu_context_slot(emu_self.context) < ACL_EMU_MAX_DEVICES)
		emu_self.context = 0;
}

/* Ends a context; false: another thread did it before. */
bool emu_context_end(uint64_t token)
{
	int slot;

	pthread_mutex_lock(&contexts()->lock);
	slot = slot_of(token);
	if (slot >= 0)
		atomic_fetch_add(&slot_at(slot)->generation, 1);
	pthread_mutex_unlock(&contexts()->lock);
	if (slot >= 0)
		emu_note(EMU_CONTEXT, EMU_ENDED, token, 0);
	return slot >= 0;
}

/*
 * Contexts of the program, for the report of leaks; default contexts are not. A reset
 * of the device is no leak: the context can be destroyed after it.
 */
static void walk(struct emu_leaks *leaks)
{
	uint32_t i;

	for (i = ACL_EMU_MAX_DEVICES; i < SLOTS; i++) {
		struct emu_held held = {
			.kind = EMU_CONTEXT, .noun = "context", .placed = true,
			.loc = { .type = ACL_EMU_LOC_DEVICE },
		};
		uint32_t device;

		held.id = token_of(i);
		if (!emu_context_device(held.id, &device))
			continue;
		held.loc.id = device;
		emu_leak_add(leaks, &held);
	}
}

EMU_WALK(walk);

aclError emu_context_current(uint32_t *device)
{
	if (emu_context_device(emu_self.context, device))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_CONTEXT_NULL,
			 "call aclrtSetDevice() or aclrtSetCurrentContext() in this thread",
			 emu_self.context ?
			 "the context of this thread was destroyed or its device reset" :
			 "this thread has no current context");
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
	pthread_mutex_lock(&contexts()->lock);
	for (i = ACL_EMU_MAX_DEVICES; i < SLOTS && slot_used(i); i++)
		;
	if (i < SLOTS) {
		slot_begin(i, device);
		emu_self.context = token_of(i);
	}
	pthread_mutex_unlock(&contexts()->lock);
	if (i == SLOTS)
		return emu_error(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, "destroy contexts not in use",
				 "the process has %d contexts already",
				 SLOTS - ACL_EMU_MAX_DEVICES);
	emu_note(EMU_CONTEXT, EMU_CREATED, emu_self.context, 0);
	*context = (aclrtContext)(uintptr_t)emu_self.context;
	return ACL_SUCCESS;
}

aclError aclrtSetCurrentContext(aclrtContext context)
{
	uint64_t token = (uintptr_t)context;

	EMU_ENTER();
	if (!context)
		return emu_null("context");
	if (slot_of(token) < 0)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "use what aclrtCreateContext() returned",
				 "0x%" PRIx64 " is no context, or was destroyed", token);
	emu_self.context = token;
	return ACL_SUCCESS;
}

/* Writes NULL on failure: some programs check the pointer and not the code. */
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
