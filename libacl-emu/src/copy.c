// SPDX-License-Identifier: MIT
/*
 * Copies and fills.
 *
 * Where data is follows from the addresses; the kind a program gives is
 * checked to be one and not compared with them. Emulated memory is moved by
 * the module, which answers a bad address with an error. A copy from host
 * memory to host memory is a plain one: a bad pointer ends it with SIGSEGV, as
 * it ends any memcpy().
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "emu.h"

static const struct emu_code codes[] = {
	{ ACL_EMU_REASON_NOT_MAPPED, ACL_ERROR_RT_INVALID_HANDLE },
	{ ACL_EMU_REASON_NO_RANGE, ACL_ERROR_RT_INVALID_HANDLE },
	{ 0, 0 }
};

static bool in_reservation(uint64_t addr)
{
	struct acl_emu_lookup arg = { .head = EMU_HEAD(acl_emu_lookup), .addr = addr };

	return !emu_ioctl(ACL_EMU_NR_LOOKUP, &arg.head) && arg.found & ACL_EMU_FOUND_RANGE;
}

/* The program may have memory of its own in the window, as sanitizers do. */
static uint32_t true_ends(const struct acl_emu_copy *arg)
{
	uint32_t ends = arg->head.flags;

	if (ends & ACL_EMU_COPY_DST_MAPPED && !in_reservation(arg->dst))
		ends &= ~ACL_EMU_COPY_DST_MAPPED;
	if (ends & ACL_EMU_COPY_SRC_MAPPED && !in_reservation(arg->src))
		ends &= ~ACL_EMU_COPY_SRC_MAPPED;
	return ends;
}

static aclError say_copy(int err, const struct acl_emu_copy *arg)
{
	bool dst = arg->head.flags & ACL_EMU_COPY_FILL || arg->head.val[0] - arg->dst < arg->size;

	return emu_fail(err, &arg->head, codes, "%s [0x%" PRIx64 ", +%s)",
			dst ? "destination" : "source", (uint64_t)(dst ? arg->dst : arg->src),
			EMU_SIZE(arg->size));
}

/* Moves bytes between any two places; sets the error. */
aclError emu_copy(void *dst, const void *src, size_t size)
{
	struct acl_emu_copy arg = {
		.head = EMU_HEAD(acl_emu_copy),
		.dst = (uintptr_t)dst,
		.src = (uintptr_t)src,
		.size = size,
	};
	uint32_t ends;
	aclError code;
	int err = 0;

	if (emu_range_may_hold(arg.dst))
		arg.head.flags |= ACL_EMU_COPY_DST_MAPPED;
	if (emu_range_may_hold(arg.src))
		arg.head.flags |= ACL_EMU_COPY_SRC_MAPPED;
	if (arg.head.flags == (ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED)) {
		code = emu_peer_check(arg.dst, arg.src, size);
		if (code)
			return code;
	}
	if (arg.head.flags)
		err = emu_ioctl(ACL_EMU_NR_COPY, &arg.head);
	if (err == -EFAULT && arg.head.reason == ACL_EMU_REASON_NOT_MAPPED) {
		ends = true_ends(&arg);
		if (ends && ends != arg.head.flags) {
			arg.head.flags = ends;
			err = emu_ioctl(ACL_EMU_NR_COPY, &arg.head);
		} else if (!ends) {
			arg.head.flags = 0;
			err = 0;
		}
	}
	if (err)
		return say_copy(err, &arg);
	if (!arg.head.flags)
		memmove(dst, src, size);
	return ACL_SUCCESS;
}

aclError emu_fill(void *dst, uint8_t value, size_t size)
{
	struct acl_emu_copy arg = {
		.head = EMU_HEAD(acl_emu_copy, .flags = ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL),
		.dst = (uintptr_t)dst,
		.src = value * UINT64_C(0x01010101),
		.size = size,
	};
	int err = 0;

	if (emu_range_may_hold(arg.dst)) {
		err = emu_ioctl(ACL_EMU_NR_COPY, &arg.head);
		if (!err)
			return ACL_SUCCESS;
		if (err != -EFAULT || arg.head.reason != ACL_EMU_REASON_NOT_MAPPED ||
		    in_reservation(arg.dst))
			return say_copy(err, &arg);
	}
	memset(dst, value, size);
	return ACL_SUCCESS;
}

static aclError check_room(size_t count, size_t room, const char *name)
{
	if (count > room)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "copy no more than there is room for",
				 "count %zu is larger than %s %zu", count, name, room);
	return ACL_SUCCESS;
}

aclError aclrtMemcpy(void *dst, size_t destMax, const void *src, size_t count,
		     aclrtMemcpyKind kind)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!count)
		return ACL_SUCCESS;
	if (!dst)
		return emu_null("dst");
	if (!src)
		return emu_null("src");
	if ((unsigned int)kind > ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use one of aclrtMemcpyKind, 0 to 5",
				 "kind %u is unknown", (unsigned int)kind);
	code = check_room(count, destMax, "destMax");
	if (!code)
		code = emu_context_current(&device);
	if (!code && dst != src)
		code = emu_copy(dst, src, count);
	return code;
}

aclError aclrtMemset(void *devPtr, size_t maxCount, int32_t value, size_t count)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!count)
		return ACL_SUCCESS;
	if (!devPtr)
		return emu_null("devPtr");
	code = emu_context_current(&device);
	if (!code)
		code = check_room(count, maxCount, "maxCount");
	if (!code)
		code = emu_fill(devPtr, (uint8_t)value, count);
	return code;
}
