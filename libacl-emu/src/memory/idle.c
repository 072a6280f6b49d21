// SPDX-License-Identifier: MIT
/*
 * One rule for all who allocate physical memory: before an allocation fails for
 * want of memory, everything that is idle in this process goes back.
 *
 * Mempools keep idle blocks. They stand above this file, so they register the
 * function that gives the blocks back.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "memory/idle.h"

static _Atomic(emu_idle_fn) idle_fn;
/*
 * Held while idle memory is given back: a second thread that runs out of memory
 * waits until what the first one gives back has arrived.
 */
static pthread_mutex_t idle_lock = PTHREAD_MUTEX_INITIALIZER;

void emu_idle_forget(void)
{
	idle_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

void emu_idle_register(emu_idle_fn give)
{
	atomic_store(&idle_fn, give);
}

static bool is_short(int err, const struct acl_emu_phys_alloc *arg)
{
	return err == -ENOMEM && (arg->head.reason == ACL_EMU_REASON_CAPACITY ||
				  arg->head.reason == ACL_EMU_REASON_HOST_NOMEM);
}

/* Returns what emu_ioctl() does. Must not be called with the lock of a heap or a mempool held. */
int emu_phys_alloc(struct acl_emu_phys_alloc *arg)
{
	emu_idle_fn give = atomic_load(&idle_fn);
	struct acl_emu_phys_alloc again = *arg;
	int err = emu_ioctl(ACL_EMU_NR_PHYS_ALLOC, &arg->head);
	uint32_t device = EMU_IDLE_ALL;

	if (!give || !is_short(err, arg))
		return err;
	/* Idle memory of every device takes memory of this machine. */
	if (arg->head.reason == ACL_EMU_REASON_CAPACITY) {
		if (arg->loc.type != ACL_EMU_LOC_DEVICE)
			return err;
		device = arg->loc.id;
	}
	pthread_mutex_lock(&idle_lock);
	give(device);
	pthread_mutex_unlock(&idle_lock);
	*arg = again;
	return emu_ioctl(ACL_EMU_NR_PHYS_ALLOC, &arg->head);
}
