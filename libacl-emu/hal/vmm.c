// SPDX-License-Identifier: MIT
/*
 * Reservations, physical memory, mappings and rights. Each call is one ioctl: the
 * module has all state.
 */
#include <inttypes.h>

#include "core/window.h"
#include "device.h"

/* The attribute of the API for memory of a type with pages of a type; 0: there is none. */
static const aclrtMemAttr attrs[][MEM_GIANT_PAGE_TYPE + 1] = {
	[MEM_HBM_TYPE] = { ACL_HBM_MEM_NORMAL, ACL_HBM_MEM_HUGE, ACL_HBM_MEM_HUGE1G },
	[MEM_DDR_TYPE] = { ACL_DDR_MEM_NORMAL, ACL_DDR_MEM_HUGE, ACL_MEM_HUGE1G },
	[MEM_P2P_HBM_TYPE] = { ACL_MEM_P2P_NORMAL, ACL_MEM_P2P_HUGE, ACL_MEM_P2P_HUGE1G },
	[MEM_P2P_DDR_TYPE] = { ACL_DDR_MEM_P2P_NORMAL, ACL_DDR_MEM_P2P_HUGE, 0 },
};

#define TYPES	(sizeof(attrs) / sizeof(attrs[0]))

static uint64_t handle_in(const drv_mem_handle_t *handle)
{
	return (uintptr_t)handle;
}

static drvError_t check_handle(const drv_mem_handle_t *handle)
{
	return handle ? DRV_ERROR_NONE : hal_null("handle");
}

static drvError_t refuse_flag(uint64_t flag)
{
	return hal_refuse(DRV_ERROR_INVALID_VALUE, "set it to 0", "flag is 0x%" PRIx64, flag);
}

/* --- reservations ----------------------------------------------------------------------- */

drvError_t halMemAddressReserve(void **ptr, size_t size, size_t alignment, void *addr,
				uint64_t flag)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_SIZE, ACL_ERROR_RT_MEMORY_ALLOCATION }, { 0, 0 }
	};
	struct acl_emu_range_reserve arg = {
		.head = EMU_HEAD(acl_emu_range_reserve), .addr = (uintptr_t)addr,
		.kind = ACL_EMU_RANGE_USER,
	};
	drvError_t code;
	int err;

	EMU_ENTER();
	if (!ptr)
		return hal_null("ptr");
	if (!size || alignment || flag > MEM_GIANT_PAGE_TYPE)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "give a size, and 0 for the others",
				  "size %zu, alignment %zu, flag 0x%" PRIx64, size, alignment,
				  flag);
	code = addr ? hal_result(emu_range_check_expected(arg.addr, size)) : DRV_ERROR_NONE;
	if (code)
		return code;
	emu_range_shape(&arg, size);
	err = emu_range_reserve(&arg);
	if (err)
		return hal_fail(err, &arg.head, codes, "a reservation of %s at %p",
				EMU_SIZE(arg.size), addr);
	*ptr = (void *)(uintptr_t)arg.addr;
	return DRV_ERROR_NONE;
}

drvError_t halMemAddressFree(void *ptr)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_NO_RANGE, ACL_ERROR_RT_PARAM_INVALID },
		{ ACL_EMU_REASON_KIND, ACL_ERROR_RT_PARAM_INVALID },
		{ 0, 0 }
	};
	struct acl_emu_range_release arg = {
		.head = EMU_HEAD(acl_emu_range_release), .addr = (uintptr_t)ptr,
		.kind = ACL_EMU_RANGE_USER,
	};
	int err;

	EMU_ENTER();
	err = emu_range_release(&arg);
	return err ? hal_fail(err, &arg.head, codes, "address %p", ptr) : DRV_ERROR_NONE;
}

/* --- physical memory -------------------------------------------------------------------- */

static drvError_t check_prop(const struct drv_mem_prop *prop, struct acl_emu_location *loc)
{
	if (!prop)
		return hal_null("prop");
	if (prop->reserve || prop->pg_type > MEM_GIANT_PAGE_TYPE || prop->mem_type >= TYPES ||
	    !attrs[prop->mem_type][prop->pg_type])
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "use HBM with huge pages",
				  "memory of type %" PRIu32 " with pages of type %" PRIu32
				  " (reserve 0x%" PRIx64 ")", prop->mem_type, prop->pg_type,
				  prop->reserve);
	*loc = (struct acl_emu_location){ .type = ACL_EMU_LOC_DEVICE, .id = prop->devid };
	if (prop->side == MEM_DEV_SIDE)
		return hal_device_check(prop->devid);
	if (prop->side == MEM_HOST_NUMA_SIDE)
		loc->type = ACL_EMU_LOC_HOST_NUMA;
	else if (prop->side == MEM_HOST_SIDE)
		*loc = (struct acl_emu_location){ .type = ACL_EMU_LOC_HOST };
	else
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "use the host (0) or a device (1)",
				  "side is %" PRIu32, prop->side);
	return DRV_ERROR_NONE;
}

drvError_t halMemCreate(drv_mem_handle_t **handle, size_t size, const struct drv_mem_prop *prop,
			uint64_t flag)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_SIZE, ACL_ERROR_RT_MEMORY_ALLOCATION },
		{ ACL_EMU_REASON_VALUE, ACL_ERROR_RT_DRV_INTERNAL_ERROR },
		{ 0, 0 }
	};
	struct acl_emu_phys_alloc arg = { .head = EMU_HEAD(acl_emu_phys_alloc), .size = size };
	drvError_t code;
	int err;

	EMU_ENTER();
	if (!handle)
		return hal_null("handle");
	code = check_prop(prop, &arg.loc);
	if (code)
		return code;
	if (flag)
		return refuse_flag(flag);
	if (prop->pg_type == MEM_GIANT_PAGE_TYPE) {
		arg.head.flags = ACL_EMU_PHYS_1G;
		if (__builtin_add_overflow(arg.size, EMU_1G - 1, &arg.size))
			arg.size = UINT64_MAX;
		arg.size &= ~(EMU_1G - 1);
	}
	arg.cookie = EMU_COOKIE | attrs[prop->mem_type][prop->pg_type];
	err = emu_ioctl(ACL_EMU_NR_PHYS_ALLOC, &arg.head);
	if (err)
		return hal_fail(err, &arg.head, codes, "physical memory of %s", EMU_SIZE(size));
	*handle = (drv_mem_handle_t *)(uintptr_t)arg.handle;
	return DRV_ERROR_NONE;
}

drvError_t halMemRelease(drv_mem_handle_t *handle)
{
	struct acl_emu_phys_free arg = {
		.head = EMU_HEAD(acl_emu_phys_free), .handle = handle_in(handle),
	};
	drvError_t code;

	EMU_ENTER();
	code = check_handle(handle);
	if (code)
		return code;
	return hal_ioctl(ACL_EMU_NR_PHYS_FREE, &arg.head, NULL, "handle 0x%" PRIx64,
			 handle_in(handle));
}

drvError_t halMemRetainAllocationHandle(drv_mem_handle_t **handle, void *ptr)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_NOT_MAPPED, ACL_ERROR_RT_INVALID_HANDLE }, { 0, 0 }
	};
	struct acl_emu_phys_retain arg = {
		.head = EMU_HEAD(acl_emu_phys_retain, .flags = ACL_EMU_RETAIN_BY_ADDR),
		.addr = (uintptr_t)ptr,
	};
	int err;

	EMU_ENTER();
	if (!handle)
		return hal_null("handle");
	err = emu_ioctl(ACL_EMU_NR_PHYS_RETAIN, &arg.head);
	if (err)
		return hal_fail(err, &arg.head, codes, "address %p", ptr);
	*handle = (drv_mem_handle_t *)(uintptr_t)arg.handle;
	return DRV_ERROR_NONE;
}

drvError_t halMemGetAllocationGranularity(const struct drv_mem_prop *prop, int option,
					  size_t *granularity)
{
	struct acl_emu_location loc;
	drvError_t code;

	EMU_ENTER();
	if (!granularity)
		return hal_null("granularity");
	if (option < 0 || option > 1)
		return hal_unsupported("a granularity of kind", (unsigned int)option);
	code = check_prop(prop, &loc);
	if (!code)
		*granularity = prop->pg_type == MEM_GIANT_PAGE_TYPE ? EMU_1G : EMU_2M;
	return code;
}

/* Memory that was allocated by another library has an attribute of its own. */
static void find_types(uint64_t cookie, uint64_t granule, struct drv_mem_prop *prop)
{
	uint32_t type, page;

	prop->mem_type = prop->side == MEM_DEV_SIDE ? MEM_HBM_TYPE : MEM_DDR_TYPE;
	prop->pg_type = granule == EMU_1G ? MEM_GIANT_PAGE_TYPE : MEM_HUGE_PAGE_TYPE;
	for (type = 0; type < TYPES; type++) {
		for (page = 0; page <= MEM_GIANT_PAGE_TYPE; page++) {
			if (!attrs[type][page] || (cookie ^ EMU_COOKIE) != attrs[type][page])
				continue;
			prop->mem_type = type;
			prop->pg_type = page;
		}
	}
}

drvError_t halMemGetAllocationPropertiesFromHandle(struct drv_mem_prop *prop,
						   drv_mem_handle_t *handle)
{
	struct acl_emu_phys_info info = {
		.head = EMU_HEAD(acl_emu_phys_info), .handle = handle_in(handle),
	};
	int err;

	EMU_ENTER();
	if (!prop)
		return hal_null("prop");
	err = emu_ioctl(ACL_EMU_NR_PHYS_INFO, &info.head);
	if (err)
		return hal_fail(err, &info.head, NULL, "handle 0x%" PRIx64, handle_in(handle));
	*prop = (struct drv_mem_prop){ .devid = info.loc.id };
	if (info.loc.type == ACL_EMU_LOC_DEVICE)
		prop->side = MEM_DEV_SIDE;
	else if (info.loc.type == ACL_EMU_LOC_HOST_NUMA)
		prop->side = MEM_HOST_NUMA_SIDE;
	find_types(info.cookie, info.granule, prop);
	return DRV_ERROR_NONE;
}

/* --- mappings --------------------------------------------------------------------------- */

/* Programs treat "not supported" as a warning and would continue without a mapping. */
static const struct emu_code map_codes[] = {
	{ ACL_EMU_REASON_VALUE, ACL_ERROR_RT_DRV_INTERNAL_ERROR },
	{ ACL_EMU_REASON_NOT_RDONLY, ACL_ERROR_RT_DRV_INTERNAL_ERROR },
	{ 0, 0 }
};

drvError_t halMemMap(void *ptr, size_t size, size_t offset, drv_mem_handle_t *handle,
		     uint64_t flag)
{
	struct acl_emu_map arg = {
		.head = EMU_HEAD(acl_emu_map, .flags = ACL_EMU_MAP_WHOLE),
		.addr = (uintptr_t)ptr, .size = size, .handle = handle_in(handle),
		.rights = ACL_EMU_RIGHTS_RW, .kind = ACL_EMU_RANGE_USER,
	};
	drvError_t code;

	EMU_ENTER();
	code = check_handle(handle);
	if (code)
		return code;
	if (flag || offset)
		return refuse_flag(flag ? flag : offset);
	return hal_ioctl(ACL_EMU_NR_MAP, &arg.head, map_codes, "[%p, +%s)", ptr, EMU_SIZE(size));
}

drvError_t halMemUnmap(void *ptr)
{
	struct acl_emu_unmap arg = {
		.head = EMU_HEAD(acl_emu_unmap), .addr = (uintptr_t)ptr,
		.kind = ACL_EMU_RANGE_USER,
	};

	EMU_ENTER();
	return hal_ioctl(ACL_EMU_NR_UNMAP, &arg.head, map_codes, "address %p", ptr);
}

/* --- rights ----------------------------------------------------------------------------- */

static const struct emu_code access_codes[] = {
	{ ACL_EMU_REASON_NO_DEVICE, ACL_ERROR_RT_PARAM_INVALID }, { 0, 0 }
};

static drvError_t find_location(const struct drv_mem_location *location,
				struct acl_emu_location *loc)
{
	if (location->side > MEM_DEV_SIDE || (location->side == MEM_HOST_SIDE && location->id))
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "use the host (0) or a device (1)",
				  "side %" PRIu32 " with id %" PRIu32, location->side,
				  location->id);
	*loc = (struct acl_emu_location){
		.type = location->side == MEM_DEV_SIDE ? ACL_EMU_LOC_DEVICE : ACL_EMU_LOC_HOST,
		.id = location->id,
	};
	return DRV_ERROR_NONE;
}

static drvError_t grant(uint64_t addr, uint64_t size, const struct drv_mem_access_desc *desc)
{
	struct acl_emu_access arg = {
		.head = EMU_HEAD(acl_emu_access, .flags = ACL_EMU_ACCESS_KEEP),
		.addr = addr, .size = size, .rights = ACL_EMU_RIGHTS_RW,
	};
	drvError_t code;

	if (desc->type != MEM_ACCESS_TYPE_READWRITE)
		return hal_unsupported("a right of type", desc->type);
	code = find_location(&desc->location, &arg.loc);
	if (code)
		return code;
	return hal_ioctl(ACL_EMU_NR_SET_ACCESS, &arg.head, access_codes,
			 "[0x%" PRIx64 ", +%s) for %s", addr, EMU_SIZE(size), EMU_PLACE(arg.loc));
}

drvError_t halMemSetAccess(void *ptr, size_t size, struct drv_mem_access_desc *desc, size_t count)
{
	drvError_t code = DRV_ERROR_NONE;
	size_t i;

	EMU_ENTER();
	if (!desc || !count)
		return hal_null("desc");
	for (i = 0; !code && i < count; i++)
		code = grant((uintptr_t)ptr, size, &desc[i]);
	return code;
}

drvError_t halMemGetAccess(void *ptr, struct drv_mem_location *location, uint64_t *flags)
{
	struct acl_emu_access arg = {
		.head = EMU_HEAD(acl_emu_access), .addr = (uintptr_t)ptr,
	};
	drvError_t code;
	int err;

	EMU_ENTER();
	if (!location || !flags)
		return hal_null("an argument");
	code = find_location(location, &arg.loc);
	if (code)
		return code;
	err = emu_ioctl(ACL_EMU_NR_GET_ACCESS, &arg.head);
	if (err)
		return hal_fail(err, &arg.head, access_codes, "address %p for %s", ptr,
				EMU_PLACE(arg.loc));
	*flags = arg.rights;
	return DRV_ERROR_NONE;
}
