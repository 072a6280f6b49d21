// SPDX-License-Identifier: MIT
/*
 * Rights of locations on mappings.
 *
 * Every emulated device can access all others and the host, so the failure "no such
 * connection" of real machines does not occur.
 */
#include <inttypes.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/visible.h"
#include "device/device.h"

/* For these calls a device that does not exist is an invalid location. */
static const struct emu_code codes[] = {
	{ ACL_EMU_REASON_NO_DEVICE, ACL_ERROR_RT_PARAM_INVALID },
	{ 0, 0 }
};

static aclError check_location(const aclrtMemLocation *location)
{
	unsigned int type = (unsigned int)location->type;

	if (type != ACL_MEM_LOCATION_TYPE_HOST && type != ACL_MEM_LOCATION_TYPE_DEVICE)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "use ACL_MEM_LOCATION_TYPE_HOST (0) or _DEVICE (1)",
				 "location.type %u is impossible", type);
	if (type == ACL_MEM_LOCATION_TYPE_HOST && location->id)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "the id of the host is 0",
				 "location.id is %" PRIu32 " with type HOST", location->id);
	if (location->id >= ACL_EMU_MAX_DEVICES)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "device ids are below 64",
				 "location.id is %" PRIu32 " with type DEVICE", location->id);
	return ACL_SUCCESS;
}

/* Converts a location to a location of the module. */
static aclError find_location(const aclrtMemLocation *location, struct acl_emu_location *loc)
{
	uint32_t devices;
	aclError code;

	*loc = (struct acl_emu_location){ .type = (uint32_t)location->type, .id = location->id };
	if (loc->type != ACL_EMU_LOC_DEVICE)
		return ACL_SUCCESS;
	/* The list of visible devices is parsed with their number. */
	code = emu_device_count(&devices);
	if (code || emu_visible_device(location->id, &loc->id))
		return code;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use the id of a visible device",
			 "location.id is %" PRIu32 " with type DEVICE, %" PRIu32 " devices are "
			 "visible, " EMU_VISIBLE_NAME " is '%s'", location->id,
			 emu_visible_count(devices), emu_visible_text());
}

static aclError check_desc(const aclrtMemAccessDesc *desc)
{
	unsigned int flags = (unsigned int)desc->flags;

	if (flags == ACL_RT_MEM_ACCESS_FLAGS_NONE || flags == ACL_RT_MEM_ACCESS_FLAGS_READ)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
				 "grant ACL_RT_MEM_ACCESS_FLAGS_READWRITE (3); a right ends with the mapping",
				 "flags %u (%s) cannot be granted", flags, flags ? "READ" : "NONE");
	if (flags != ACL_RT_MEM_ACCESS_FLAGS_READWRITE)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "use ACL_RT_MEM_ACCESS_FLAGS_READWRITE (3)",
				 "flags %u is unknown", flags);
	return check_location(&desc->location);
}

/* The host has access to its own memory; a grant is not supported. */
static aclError check_host(uint64_t addr)
{
	struct acl_emu_lookup arg = { .head = EMU_HEAD(acl_emu_lookup), .addr = addr };
	int err = emu_ioctl(ACL_EMU_NR_LOOKUP, &arg.head);

	if (err)
		return emu_fail(err, &arg.head, NULL, "address 0x%" PRIx64, addr);
	if (!(arg.found & ACL_EMU_FOUND_MAPPING) || arg.loc.type == ACL_EMU_LOC_DEVICE)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "the host may touch it already",
			 "the memory at 0x%" PRIx64 " belongs to the host, as the location does",
			 addr);
}

static aclError grant(uint64_t addr, uint64_t size, const aclrtMemAccessDesc *desc)
{
	struct acl_emu_access arg = {
		.head = EMU_HEAD(acl_emu_access, .flags = ACL_EMU_ACCESS_KEEP),
		.addr = addr,
		.size = size,
		.rights = ACL_EMU_RIGHTS_RW,
	};
	aclError code = find_location(&desc->location, &arg.loc);
	int err;

	if (!code && arg.loc.type == ACL_EMU_LOC_HOST)
		code = check_host(addr);
	if (code)
		return code;
	err = emu_ioctl(ACL_EMU_NR_SET_ACCESS, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, codes, "[0x%" PRIx64 ", +%s) for %s", addr,
				EMU_SIZE(size), EMU_PLACE(arg.loc));
	return ACL_SUCCESS;
}

static aclError null_for_runtime(const char *name)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer", "%s is NULL", name);
}

aclError aclrtMemSetAccess(void *virPtr, size_t size, aclrtMemAccessDesc *desc, size_t count)
{
	aclError code = ACL_SUCCESS;
	size_t i;

	EMU_ENTER();
	if (!virPtr)
		return null_for_runtime("virPtr");
	if (!desc)
		return null_for_runtime("desc");
	if (!count)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give the number of entries at desc",
				 "count is 0");
	for (i = 0; !code && i < count; i++)
		code = check_desc(&desc[i]);
	for (i = 0; !code && i < count; i++)
		code = grant((uintptr_t)virPtr, size, &desc[i]);
	return code;
}

aclError aclrtMemGetAccess(void *virPtr, aclrtMemLocation *location, uint64_t *flag)
{
	struct acl_emu_access arg = {
		.head = EMU_HEAD(acl_emu_access),
		.addr = (uintptr_t)virPtr,
	};
	aclError code;
	int err;

	EMU_ENTER();
	if (!virPtr)
		return emu_null("virPtr");
	if (!location)
		return emu_null("location");
	if (!flag)
		return emu_null("flag");
	code = check_location(location);
	if (!code)
		code = find_location(location, &arg.loc);
	if (code)
		return code;
	err = emu_ioctl(ACL_EMU_NR_GET_ACCESS, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, codes, "address %p for %s", virPtr,
				EMU_PLACE(arg.loc));
	*flag = arg.rights;
	return ACL_SUCCESS;
}
