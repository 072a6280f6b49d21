// SPDX-License-Identifier: MIT
/*
 * Physical memory: allocate, free, retain, and query its properties.
 *
 * The handle of a program is the handle of the module, which validates it. The
 * cookie of the allocation holds the requested attribute, so that an importer can
 * read it.
 */
#include <inttypes.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/history.h"
#include "core/visible.h"
#include "device/context.h"
#include "device/device.h"
#include "memory/full.h"
#include "memory/idle.h"
#include "memory/past.h"

#define NOT_AN_ATTR	{ KIND_NONE, 0 }

/* The kind of memory of an attribute. */
enum kind { KIND_NONE, KIND_HBM, KIND_DDR, KIND_ANY, KIND_P2P, KIND_DDR_P2P };
enum page { PAGE_NORMAL, PAGE_HUGE, PAGE_GIANT };

struct attr {
	enum kind kind;
	enum page page;
};

/* Attributes that physical memory may have. */
static const struct attr attrs[ACL_MEM_P2P_HUGE1G + 1] = {
	[ACL_DDR_MEM] = NOT_AN_ATTR,
	[ACL_HBM_MEM] = NOT_AN_ATTR,
	[ACL_DDR_MEM_HUGE] = { KIND_DDR, PAGE_HUGE },
	[ACL_DDR_MEM_NORMAL] = { KIND_DDR, PAGE_NORMAL },
	[ACL_HBM_MEM_HUGE] = { KIND_HBM, PAGE_HUGE },
	[ACL_HBM_MEM_NORMAL] = { KIND_HBM, PAGE_NORMAL },
	[ACL_DDR_MEM_P2P_HUGE] = { KIND_DDR_P2P, PAGE_HUGE },
	[ACL_DDR_MEM_P2P_NORMAL] = { KIND_DDR_P2P, PAGE_NORMAL },
	[ACL_HBM_MEM_P2P_HUGE] = NOT_AN_ATTR,
	[ACL_HBM_MEM_P2P_NORMAL] = NOT_AN_ATTR,
	[ACL_HBM_MEM_HUGE1G] = { KIND_HBM, PAGE_GIANT },
	[ACL_HBM_MEM_P2P_HUGE1G] = NOT_AN_ATTR,
	[ACL_MEM_NORMAL] = { KIND_ANY, PAGE_NORMAL },
	[ACL_MEM_HUGE] = { KIND_ANY, PAGE_HUGE },
	[ACL_MEM_HUGE1G] = { KIND_ANY, PAGE_GIANT },
	[ACL_MEM_P2P_NORMAL] = { KIND_P2P, PAGE_NORMAL },
	[ACL_MEM_P2P_HUGE] = { KIND_P2P, PAGE_HUGE },
	[ACL_MEM_P2P_HUGE1G] = { KIND_P2P, PAGE_GIANT },
};

/* The attributes that queries return: by kind of memory and by page size. */
static const aclrtMemAttr plain_hbm[] = {
	ACL_HBM_MEM_NORMAL, ACL_HBM_MEM_HUGE, ACL_HBM_MEM_HUGE1G };
static const aclrtMemAttr plain_ddr[] = { ACL_MEM_NORMAL, ACL_MEM_HUGE, ACL_MEM_HUGE1G };
static const aclrtMemAttr plain_p2p_device[] = {
	ACL_MEM_P2P_NORMAL, ACL_MEM_P2P_HUGE, ACL_MEM_P2P_HUGE1G };
static const aclrtMemAttr plain_p2p_host[] = {
	ACL_DDR_MEM_P2P_NORMAL, ACL_MEM_P2P_HUGE, ACL_MEM_P2P_HUGE1G };

/* Programs treat "not supported" as a warning and would continue without memory. */
static const struct emu_code never_unsupported[] = {
	{ ACL_EMU_REASON_VALUE, ACL_ERROR_RT_DRV_INTERNAL_ERROR },
	{ 0, 0 }
};

static uint64_t handle_in(aclrtDrvMemHandle handle)
{
	return (uintptr_t)handle;
}

static aclrtDrvMemHandle handle_out(uint64_t handle)
{
	return (aclrtDrvMemHandle)(uintptr_t)handle;
}

static aclrtMemAttr plain_attr(unsigned int asked, bool device)
{
	const struct attr *attr = &attrs[asked];

	switch (attr->kind) {
	case KIND_HBM:
		return plain_hbm[attr->page];
	case KIND_P2P:
	case KIND_DDR_P2P:
		return (device ? plain_p2p_device : plain_p2p_host)[attr->page];
	default:
		return (device ? plain_hbm : plain_ddr)[attr->page];
	}
}

/* Checks the attribute, and that the location supports it. */
static aclError check_attr(const aclrtPhysicalMemProp *prop)
{
	unsigned int attr = (unsigned int)prop->memAttr;
	bool known = attr <= ACL_MEM_P2P_HUGE1G && attrs[attr].kind != KIND_NONE;

	if (known && (unsigned int)prop->location.type == ACL_MEM_LOCATION_TYPE_DEVICE &&
	    (attrs[attr].kind == KIND_DDR || attrs[attr].kind == KIND_DDR_P2P))
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_HBM_MEM_HUGE (4) on devices",
				 "memAttr %u is for memory of the host, "
				 "location is device %" PRIu32,
				 attr, prop->location.id);
	if (!known)
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "use ACL_HBM_MEM_HUGE (4), ACL_HBM_MEM_NORMAL (5) or "
				 "ACL_HBM_MEM_HUGE1G (10)",
				 "memAttr %u is not available for physical memory", attr);
	return ACL_SUCCESS;
}

static aclError check_location(const aclrtPhysicalMemProp *prop, unsigned int limit)
{
	unsigned int type = (unsigned int)prop->location.type;

	if (type == ACL_MEM_LOCATION_TYPE_MANAGED || type >= limit)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "use ACL_MEM_LOCATION_TYPE_HOST (0), _DEVICE (1) or _HOST_NUMA (4)",
				 "location.type %u is impossible", type);
	return ACL_SUCCESS;
}

static aclError check_reserve(const aclrtPhysicalMemProp *prop)
{
	if (prop->reserve)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0",
				 "prop->reserve is 0x%" PRIx64, prop->reserve);
	return ACL_SUCCESS;
}

static bool is_giant(const aclrtPhysicalMemProp *prop)
{
	return attrs[prop->memAttr].page == PAGE_GIANT;
}

/* On the host, only peer-to-peer memory has pages of 1 GiB. */
static aclError check_giant(const aclrtPhysicalMemProp *prop)
{
	if ((unsigned int)prop->location.type == ACL_MEM_LOCATION_TYPE_DEVICE || !is_giant(prop) ||
	    attrs[prop->memAttr].kind == KIND_P2P)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
			 "use ACL_MEM_P2P_HUGE1G (17) or an attribute with 2 MiB pages",
			 "memAttr %u is not available in host memory", (unsigned int)prop->memAttr);
}

static aclError check_first(const aclrtDrvMemHandle *handle, size_t size,
			    const aclrtPhysicalMemProp *prop, uint64_t flags)
{
	unsigned int type;

	if (!handle)
		return emu_null("handle");
	if (!prop)
		return emu_null("prop");
	if (!size)
		return emu_error(ACL_ERROR_INVALID_PARAM, "ask for a multiple of 2 MiB",
				 "size is 0");
	if (flags)
		return emu_flags(flags);
	if ((unsigned int)prop->handleType != ACL_MEM_HANDLE_TYPE_NONE)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_MEM_HANDLE_TYPE_NONE (0)",
				 "prop->handleType is %u", (unsigned int)prop->handleType);
	if ((unsigned int)prop->allocationType != ACL_MEM_ALLOCATION_TYPE_PINNED)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_MEM_ALLOCATION_TYPE_PINNED (0)",
				 "prop->allocationType is %u", (unsigned int)prop->allocationType);
	type = (unsigned int)prop->location.type;
	if (type == ACL_MEM_LOCATION_TYPE_UNREGISTERED || type == ACL_MEM_LOCATION_TYPE_MANAGED)
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "use ACL_MEM_LOCATION_TYPE_HOST (0), _DEVICE (1) or _HOST_NUMA (4)",
				 "location.type is %u", type);
	return check_attr(prop);
}

/* Returns the id of the location in the module. */
static aclError check_place(const aclrtPhysicalMemProp *prop, uint32_t *place)
{
	unsigned int type = (unsigned int)prop->location.type;
	uint32_t id = prop->location.id, device;
	aclError code = ACL_SUCCESS;

	*place = id;
	if (type == ACL_MEM_LOCATION_TYPE_DEVICE)
		code = emu_device_find(id, place);
	else if (type == ACL_MEM_LOCATION_TYPE_HOST_NUMA)
		code = emu_context_current(&device);
	if (!code)
		code = check_location(prop, ACL_MEM_LOCATION_TYPE_HOST_NUMA + 1);
	if (code)
		return code;
	if (type == ACL_MEM_LOCATION_TYPE_HOST && id >= ACL_EMU_MAX_DEVICES)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "the id of the host is 0",
				 "location.id is %" PRIu32 " with type HOST", id);
	code = check_giant(prop);
	if (!code)
		code = check_reserve(prop);
	if (!code && type == ACL_MEM_LOCATION_TYPE_HOST && id)
		code = emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "the id of the host is 0",
				 "location.id is %" PRIu32 " with type HOST", id);
	return code;
}

aclError aclrtMallocPhysical(aclrtDrvMemHandle *handle, size_t size,
			     const aclrtPhysicalMemProp *prop, uint64_t flags)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_SIZE, ACL_ERROR_RT_MEMORY_ALLOCATION },
		{ 0, 0 }
	};
	struct acl_emu_phys_alloc arg = { .head = EMU_HEAD(acl_emu_phys_alloc), .size = size };
	aclError code;
	int err;

	EMU_ENTER();
	code = check_first(handle, size, prop, flags);
	if (!code)
		code = check_place(prop, &arg.loc.id);
	if (code)
		return code;
	if (is_giant(prop)) {
		arg.head.flags = ACL_EMU_PHYS_1G;
		/* A size that overflows exceeds every device. */
		if (__builtin_add_overflow(arg.size, EMU_1G - 1, &arg.size))
			arg.size = UINT64_MAX;
		arg.size &= ~(EMU_1G - 1);
	}
	arg.loc.type = (uint32_t)prop->location.type;
	arg.cookie = EMU_COOKIE | (uint32_t)prop->memAttr;
	err = emu_phys_alloc(&arg);
	if (err)
		return emu_fail_alloc(err, &arg, codes, size);
	*handle = handle_out(arg.handle);
	emu_note(EMU_HANDLE, EMU_CREATED, arg.handle, arg.size);
	return ACL_SUCCESS;
}

aclError aclrtFreePhysical(aclrtDrvMemHandle handle)
{
	struct acl_emu_phys_free arg = {
		.head = EMU_HEAD(acl_emu_phys_free),
		.handle = handle_in(handle),
	};
	int err;

	EMU_ENTER();
	if (!handle)
		return emu_null("handle");
	err = emu_ioctl(ACL_EMU_NR_PHYS_FREE, &arg.head);
	if (emu_unlikely(err))
		return emu_handle_fail(err, &arg.head, never_unsupported, arg.handle);
	emu_note(EMU_HANDLE, arg.left || arg.maps ? EMU_RELEASED : EMU_ENDED, arg.handle, 0);
	return ACL_SUCCESS;
}

aclError aclrtMemRetainAllocationHandle(void *virPtr, aclrtDrvMemHandle *handle)
{
	static const struct emu_code codes[] = {
		{ ACL_EMU_REASON_NOT_MAPPED, ACL_ERROR_RT_INVALID_HANDLE },
		{ 0, 0 }
	};
	struct acl_emu_phys_retain arg = {
		.head = EMU_HEAD(acl_emu_phys_retain, .flags = ACL_EMU_RETAIN_BY_ADDR),
		.addr = (uintptr_t)virPtr,
	};
	int err;

	EMU_ENTER();
	if (!virPtr)
		return emu_null("virPtr");
	if (!handle)
		return emu_null("handle");
	err = emu_ioctl(ACL_EMU_NR_PHYS_RETAIN, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, codes, "address %p", virPtr);
	emu_note(EMU_HANDLE, EMU_RETAINED, arg.handle, 0);
	*handle = handle_out(arg.handle);
	return ACL_SUCCESS;
}

aclError aclrtMemGetAllocationPropertiesFromHandle(aclrtDrvMemHandle handle,
						   aclrtPhysicalMemProp *prop)
{
	struct acl_emu_phys_info info = {
		.head = EMU_HEAD(acl_emu_phys_info),
		.handle = handle_in(handle),
	};
	unsigned int attr;
	bool device;
	int err;

	EMU_ENTER();
	if (!handle)
		return emu_null("handle");
	if (!prop)
		return emu_null("prop");
	err = emu_ioctl(ACL_EMU_NR_PHYS_INFO, &info.head);
	if (err)
		return emu_handle_fail(err, &info.head, NULL, info.handle);
	attr = (unsigned int)(info.cookie ^ EMU_COOKIE);
	/* Memory that another library allocated has no attribute. */
	if ((info.cookie ^ EMU_COOKIE) > ACL_MEM_P2P_HUGE1G || attrs[attr].kind == KIND_NONE)
		attr = info.granule == EMU_1G ? ACL_MEM_HUGE1G : ACL_MEM_HUGE;
	device = info.loc.type == ACL_EMU_LOC_DEVICE;
	*prop = (aclrtPhysicalMemProp){
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = plain_attr(attr, device),
		.location = {
			.id = device ? emu_user_id(info.loc.id) : info.loc.id,
			.type = (aclrtMemLocationType)info.loc.type,
		},
	};
	return ACL_SUCCESS;
}

aclError aclrtMemGetAllocationGranularity(aclrtPhysicalMemProp *prop,
					  aclrtMemGranularityOptions option, size_t *granularity)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!prop)
		return emu_null("prop");
	if (!granularity)
		return emu_null("granularity");
	code = check_attr(prop);
	if (!code && (unsigned int)prop->location.type == ACL_MEM_LOCATION_TYPE_DEVICE)
		code = emu_device_find(prop->location.id, &device);
	if (code)
		return code;
	if ((unsigned int)option > ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
				 "use ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM (0) or _RECOMMENDED (1)",
				 "option %u is unknown", (unsigned int)option);
	code = check_reserve(prop);
	if (!code)
		code = check_giant(prop);
	if (!code)
		code = check_location(prop, ACL_MEM_LOCATION_TYPE_HOST_NUMA + 1);
	if (!code)
		*granularity = is_giant(prop) ? EMU_1G : EMU_2M;
	return code;
}
