// SPDX-License-Identifier: MIT
/*
 * Versions and counts, for programs that know this library.
 */
#include <stdatomic.h>

#include "acl_emu/acl_emu.h"
#include "core/count.h"
#include "core/emu.h"

#define OF_MODULE	0x100

static _Atomic uint64_t counts[EMU_COUNTS];

_Static_assert(ACL_EMU_COUNT_BLOCKS + 1 == EMU_COUNTS, "one for each that is not the module's");
_Static_assert(ACL_EMU_COUNT_LIVE_HANDLES == OF_MODULE + ACL_EMU_STAT_HANDLES &&
	       ACL_EMU_COUNT_LIVE_SHARES == OF_MODULE + ACL_EMU_STAT_SHARES, "same order");

void emu_count(unsigned int which, uint64_t more)
{
	atomic_fetch_add_explicit(&counts[which], more, memory_order_relaxed);
}

static void zero(void)
{
	int i;

	for (i = 0; i < EMU_COUNTS; i++)
		atomic_store_explicit(&counts[i], 0, memory_order_relaxed);
}

void emu_count_forget(void)
{
	zero();
}

static aclError ask(uint32_t param, uint32_t index, uint64_t *value)
{
	struct acl_emu_query query = {
		.head = EMU_HEAD(acl_emu_query), .param = param, .index = index,
	};
	int err = emu_ioctl(ACL_EMU_NR_QUERY, &query.head);

	if (err)
		return emu_fail(err, &query.head, NULL, "the question for a number");
	*value = query.value;
	return ACL_SUCCESS;
}

aclError acl_emu_get_versions(acl_emu_versions *versions)
{
	uint64_t module;
	aclError code;

	EMU_ENTER();
	if (!versions)
		return emu_null("versions");
	code = ask(ACL_EMU_PARAM_ABI_VERSION, 0, &module);
	if (code)
		return code;
	versions->libraryMajor = ACL_EMU_VERSION_MAJOR;
	versions->libraryMinor = ACL_EMU_VERSION_MINOR;
	versions->moduleInterface = (uint32_t)module;
	return ACL_SUCCESS;
}

aclError acl_emu_get_count(acl_emu_count which, uint64_t *value)
{
	unsigned int n = which;

	EMU_ENTER();
	if (!value)
		return emu_null("value");
	if (n >= ACL_EMU_COUNT_LIVE_HANDLES && n <= ACL_EMU_COUNT_LIVE_SHARES)
		return ask(ACL_EMU_PARAM_STAT, n - OF_MODULE, value);
	if (n >= EMU_COUNTS)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use one of acl_emu_count",
				 "count %u is unknown", n);
	*value = atomic_load_explicit(&counts[n], memory_order_relaxed);
	return ACL_SUCCESS;
}

aclError acl_emu_reset_counts(void)
{
	EMU_ENTER();
	zero();
	return ACL_SUCCESS;
}
