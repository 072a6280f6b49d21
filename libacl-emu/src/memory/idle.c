// SPDX-License-Identifier: MIT
/*
 * Idle memory, which memory pools keep: before an allocation of physical memory fails
 * with out of memory, the process frees all of it; and others can see how much it is.
 *
 * Memory pools keep idle blocks. They allocate through this file, so they register
 * the function that returns the blocks.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/driver.h"
#include "core/process.h"
#include "memory/idle.h"

struct idle {
	_Atomic(emu_idle_fn) give;	/* NULL: nothing can be idle */
	/*
	 * Held while idle memory is returned: a second thread that runs out of memory
	 * waits until the memory that the first one returns is free.
	 */
	pthread_mutex_t lock;
	_Atomic bool named;	/* figures was tried */
	_Atomic(_Atomic uint64_t *) figures;	/* by device; NULL: nobody sees them */
};

EMU_STATE(struct idle, idle, NULL)

void emu_idle_register(emu_idle_fn give)
{
	atomic_store(&idle()->give, give);
}

static bool is_short(int err, const struct acl_emu_phys_alloc *arg)
{
	return err == -ENOMEM && (arg->head.reason == ACL_EMU_REASON_CAPACITY ||
				  arg->head.reason == ACL_EMU_REASON_HOST_NOMEM);
}

/* Returns what emu_ioctl() does. Called without the locks of heaps and memory pools. */
int emu_phys_alloc(struct acl_emu_phys_alloc *arg)
{
	emu_idle_fn give = atomic_load(&idle()->give);
	struct acl_emu_phys_alloc again = *arg;
	int err = emu_ioctl(ACL_EMU_NR_PHYS_ALLOC, &arg->head);
	uint32_t device = EMU_IDLE_ALL;

	if (!give || !is_short(err, arg))
		return err;
	/* If the machine is out of memory, idle memory of every device helps. */
	if (arg->head.reason == ACL_EMU_REASON_CAPACITY) {
		if (arg->loc.type != ACL_EMU_LOC_DEVICE)
			return err;
		device = arg->loc.id;
	}
	pthread_mutex_lock(&idle()->lock);
	give(device);
	pthread_mutex_unlock(&idle()->lock);
	*arg = again;
	return emu_ioctl(ACL_EMU_NR_PHYS_ALLOC, &arg->head);
}

/* --- figures for others ------------------------------------------------------------- */

/* A page of their own: the module pins it. A module that does not know the call is fine. */
static void name_figures(void)
{
	struct acl_emu_idle arg = { .head = EMU_HEAD(acl_emu_idle) };
	void *page;

	if (atomic_exchange(&idle()->named, true))
		return;
	page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return;
	arg.figures = (uintptr_t)page;
	if (emu_ioctl(ACL_EMU_NR_IDLE, &arg.head))
		munmap(page, (size_t)sysconf(_SC_PAGESIZE));
	else
		atomic_store(&idle()->figures, page);
}

void emu_idle_begin(void)
{
	if (!atomic_load_explicit(&idle()->named, memory_order_relaxed))
		name_figures();
}

void emu_idle_tell(uint32_t device, uint64_t more)
{
	_Atomic uint64_t *figures = atomic_load_explicit(&idle()->figures, memory_order_acquire);

	if (figures)
		atomic_fetch_add_explicit(&figures[device], more, memory_order_relaxed);
}
