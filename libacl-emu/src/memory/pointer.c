// SPDX-License-Identifier: MIT
/*
 * Queries about addresses, answered by the module.
 */
#include <inttypes.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/visible.h"
#include "core/window.h"
#include "memory/classify.h"
#include "memory/pointer.h"

#define KNOWN_TYPES	(ACL_RT_MEM_TYPE_DEV | ACL_RT_MEM_TYPE_DVPP | ACL_RT_MEM_TYPE_RSVD)

/* The same for an address in a window of the module. */
bool emu_pointer_ask(uint64_t addr, struct acl_emu_lookup *found)
{
	*found = (struct acl_emu_lookup){ .head = EMU_HEAD(acl_emu_lookup), .addr = addr };
	return !emu_ioctl(ACL_EMU_NR_LOOKUP, &found->head) && found->found & ACL_EMU_FOUND_MAPPING;
}

/* The mapping at an address; false if there is none. Needs no message. */
bool emu_pointer_look(uint64_t addr, struct acl_emu_lookup *found)
{
	if (emu_range_may_hold(addr))
		return emu_pointer_ask(addr, found);
	*found = (struct acl_emu_lookup){ .addr = addr };
	return false;
}

/* The types of the module are those of the interface. */
_Static_assert(ACL_EMU_LOC_HOST == (int)ACL_MEM_LOCATION_TYPE_HOST &&
	       ACL_EMU_LOC_DEVICE == (int)ACL_MEM_LOCATION_TYPE_DEVICE &&
	       ACL_EMU_LOC_HOST_NUMA == (int)ACL_MEM_LOCATION_TYPE_HOST_NUMA, "same numbers");

aclError aclrtPointerGetAttributes(const void *ptr, aclrtPtrAttributes *attributes)
{
	struct emu_at at;
	aclError code;

	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	if (!attributes)
		return emu_null("attributes");
	code = emu_driver_ready();
	if (code)
		return code;
	emu_classify((uintptr_t)ptr, &at);
	if (emu_at_is_stale(&at))
		return emu_at_unknown(ACL_ERROR_RT_DRV_INTERNAL_ERROR, "address", &at);
	*attributes = (aclrtPtrAttributes){ 0 };
	if (at.kind >= EMU_AT_HOST_BLOCK) {
		attributes->location.id = at.loc.type == ACL_EMU_LOC_DEVICE ?
					  emu_user_id(at.loc.id) : at.loc.id;
		attributes->location.type = (aclrtMemLocationType)at.loc.type;
		attributes->pageSize = (uint32_t)at.map.granule;
	} else if (at.kind == EMU_AT_REGISTERED) {
		attributes->location.type = ACL_MEM_LOCATION_TYPE_HOST;
		attributes->pageSize = ACL_EMU_SIZE_4K;
	} else {
		attributes->location.type = ACL_MEM_LOCATION_TYPE_UNREGISTERED;
	}
	return ACL_SUCCESS;
}

static aclError check_type_args(uint32_t size, uint32_t memType, uint32_t reserve)
{
	if (!size)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "give the number of entries at addrList", "size is 0");
	if (!memType || memType & ~KNOWN_TYPES)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "combine ACL_RT_MEM_TYPE_DEV, _DVPP and _RSVD",
				 "memType is 0x%" PRIx32, memType);
	if (reserve)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0",
				 "reserve is %" PRIu32, reserve);
	return ACL_SUCCESS;
}

/* There is no memory of the other two kinds here. */
aclError aclrtCheckMemType(void **addrList, uint32_t size, uint32_t memType,
			   uint32_t *checkResult, uint32_t reserve)
{
	bool all = memType & ACL_RT_MEM_TYPE_DEV;
	struct emu_at at;
	aclError code;
	uint32_t i;

	EMU_ENTER();
	if (!addrList)
		return emu_null("addrList");
	if (!checkResult)
		return emu_null("checkResult");
	code = check_type_args(size, memType, reserve);
	if (!code)
		code = emu_driver_ready();
	if (code)
		return code;
	for (i = 0; all && i < size; i++) {
		emu_classify((uintptr_t)addrList[i], &at);
		all = emu_at_is_device(&at);
	}
	*checkResult = all;
	return ACL_SUCCESS;
}
