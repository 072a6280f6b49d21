// SPDX-License-Identifier: MIT
/*
 * Versions and statistics, for programs that know this library.
 */
#include <inttypes.h>
#include <stdatomic.h>

#include "acl_emu/acl_emu.h"
#include "core/driver.h"
#include "core/error.h"
#include "core/process.h"
#include "core/stat.h"

#define OF_MODULE	0x100

struct stats {
	_Atomic uint64_t value[EMU_STATS];
};

EMU_STATE(struct stats, stats, NULL)

_Static_assert(ACL_EMU_COUNT_BLOCKS + 1 == EMU_STATS, "one for each statistic of the library");
_Static_assert(ACL_EMU_COUNT_LIVE_HANDLES == OF_MODULE + ACL_EMU_STAT_HANDLES &&
	       ACL_EMU_COUNT_LIVE_SHARES == OF_MODULE + ACL_EMU_STAT_SHARES, "same order");

void emu_stat_add(unsigned int which, uint64_t more)
{
	atomic_fetch_add_explicit(&stats()->value[which], more, memory_order_relaxed);
}

static aclError query_module(uint32_t param, uint32_t index, uint64_t *value)
{
	struct acl_emu_query query = {
		.head = EMU_HEAD(acl_emu_query), .param = param, .index = index,
	};
	int err = emu_ioctl(ACL_EMU_NR_QUERY, &query.head);

	if (err)
		return emu_fail(err, &query.head, NULL, "query %" PRIu32, param);
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
	code = query_module(ACL_EMU_PARAM_ABI_VERSION, 0, &module);
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
		return query_module(ACL_EMU_PARAM_STAT, n - OF_MODULE, value);
	if (n >= EMU_STATS)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use one of acl_emu_count",
				 "count %u is unknown", n);
	*value = atomic_load_explicit(&stats()->value[n], memory_order_relaxed);
	return ACL_SUCCESS;
}

aclError acl_emu_reset_counts(void)
{
	int i;

	EMU_ENTER();
	for (i = 0; i < EMU_STATS; i++)
		atomic_store_explicit(&stats()->value[i], 0, memory_order_relaxed);
	return ACL_SUCCESS;
}
