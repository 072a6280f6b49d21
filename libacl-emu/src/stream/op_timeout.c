// SPDX-License-Identifier: MIT
/*
 * Time limits of tasks, for the whole process. That of waits for events has an
 * effect; that of kernels is stored and given back.
 */
#include <inttypes.h>
#include <stdatomic.h>

#include "core/error.h"
#include "core/process.h"
#include "stream/stream.h"

#define INTERVAL_US	1000000u		/* smallest step of the limit of kernels */
#define STEPS_MAX	254u
#define DEFAULT_MS	(1091u * 1000)

struct limits {
	_Atomic uint32_t wait_s;	/* 0: none */
	_Atomic uint32_t kernel_ms;	/* 0: DEFAULT_MS */
};

EMU_STATE(struct limits, limits, NULL)

int64_t emu_op_wait_ms(void)
{
	uint32_t seconds = atomic_load_explicit(&limits()->wait_s, memory_order_relaxed);

	return seconds ? (int64_t)seconds * 1000 : EMU_FOREVER;
}

aclError aclrtSetOpWaitTimeout(uint32_t timeout)
{
	EMU_ENTER();
	atomic_store(&limits()->wait_s, timeout);
	return ACL_SUCCESS;
}

static void set_kernel_ms(uint64_t ms)
{
	atomic_store(&limits()->kernel_ms, ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX);
}

aclError aclrtSetOpExecuteTimeOut(uint32_t timeout)
{
	EMU_ENTER();
	set_kernel_ms((uint64_t)timeout * 1000);
	return ACL_SUCCESS;
}

aclError aclrtSetOpExecuteTimeOutWithMs(uint32_t timeout)
{
	EMU_ENTER();
	set_kernel_ms(timeout);
	return ACL_SUCCESS;
}

/* A multiple of the interval, from once to STEPS_MAX times; 0 is the largest. */
aclError aclrtSetOpExecuteTimeOutV2(uint64_t timeout, uint64_t *actualTimeout)
{
	uint64_t steps;

	EMU_ENTER();
	if (!actualTimeout)
		return emu_null("actualTimeout");
	steps = timeout / INTERVAL_US + (timeout % INTERVAL_US != 0);
	if (!steps || steps > STEPS_MAX)
		steps = STEPS_MAX;
	*actualTimeout = steps * INTERVAL_US;
	set_kernel_ms(*actualTimeout / 1000);
	return ACL_SUCCESS;
}

aclError aclrtGetOpTimeOutInterval(uint64_t *interval)
{
	EMU_ENTER();
	if (!interval)
		return emu_null("interval");
	*interval = INTERVAL_US;
	return ACL_SUCCESS;
}

aclError aclrtGetOpExecuteTimeout(uint32_t *const timeoutMs)
{
	uint32_t ms;

	EMU_ENTER();
	if (!timeoutMs)
		return emu_null("timeoutMs");
	ms = atomic_load(&limits()->kernel_ms);
	*timeoutMs = ms ? ms : DEFAULT_MS;
	return ACL_SUCCESS;
}
