// SPDX-License-Identifier: MIT
/*
 * Copies and fills.
 *
 * Where data is follows from the addresses; the kind a program gives is
 * checked to be one and not compared with them. Emulated memory is moved by
 * the module, which answers a bad address with an error, and memory of the
 * program by plain.c, which does as well.
 */
#include <errno.h>
#include <inttypes.h>

#include "core/emu.h"
#include "memory/classify.h"

static const struct emu_code codes[] = {
	{ ACL_EMU_REASON_NO_RANGE, ACL_ERROR_RT_INVALID_HANDLE },
	{ ACL_EMU_REASON_PAST_RANGE, ACL_ERROR_RT_INVALID_HANDLE },
	{ 0, 0 }
};

static bool in_reservation(uint64_t addr)
{
	struct acl_emu_lookup arg = { .head = EMU_HEAD(acl_emu_lookup), .addr = addr };

	return !emu_ioctl(ACL_EMU_NR_LOOKUP, &arg.head) && arg.found & ACL_EMU_FOUND_RANGE;
}

/*
 * An end that is in no reservation although it could be. The program may have
 * memory of its own there, as sanitizers do; nothing at all is an error.
 */
static aclError check_own(const char *end, uint64_t addr, uint64_t size)
{
	struct emu_at at;

	if (emu_plain_mapped(addr, size))
		return ACL_SUCCESS;
	emu_classify(addr, &at);
	return emu_error(ACL_ERROR_RT_INVALID_HANDLE,
			 "use addresses that are mapped; what was freed is gone",
			 "%s [0x%" PRIx64 ", +%s) is in no reservation: 0x%" PRIx64 " is %s", end,
			 addr, EMU_SIZE(size), addr, EMU_AT_TEXT(&at));
}

/* Takes an end off the flags that is memory of the program. */
static aclError true_end(struct acl_emu_copy *arg, uint32_t flag)
{
	bool dst = flag == ACL_EMU_COPY_DST_MAPPED;
	uint64_t addr = dst ? arg->dst : arg->src;
	aclError code;

	if (!(arg->head.flags & flag) || in_reservation(addr))
		return ACL_SUCCESS;
	code = check_own(dst ? "destination" : "source", addr, arg->size);
	if (!code)
		arg->head.flags &= ~flag;
	return code;
}

static aclError say_copy(int err, const struct acl_emu_copy *arg)
{
	bool dst = arg->head.flags & ACL_EMU_COPY_FILL || arg->head.val[0] - arg->dst < arg->size;
	struct emu_at at;

	if (arg->head.reason == ACL_EMU_REASON_NOT_MAPPED) {
		emu_classify(arg->head.val[0], &at);
		return emu_error(ACL_ERROR_RT_INVALID_HANDLE,
				 "use addresses that are mapped; what was freed is gone",
				 "%s [0x%" PRIx64 ", +%s) is not mapped at 0x%" PRIx64
				 ", which is %s", dst ? "destination" : "source",
				 (uint64_t)(dst ? arg->dst : arg->src), EMU_SIZE(arg->size),
				 (uint64_t)arg->head.val[0], EMU_AT_TEXT(&at));
	}
	/* Of what leaves a reservation the values name that, not the address. */
	if (arg->head.reason == ACL_EMU_REASON_PAST_RANGE)
		dst = arg->dst - arg->head.val[0] < arg->head.val[1];
	return emu_fail(err, &arg->head, codes, "%s [0x%" PRIx64 ", +%s)",
			dst ? "destination" : "source", (uint64_t)(dst ? arg->dst : arg->src),
			EMU_SIZE(arg->size));
}

static bool not_mapped(int err, const struct acl_emu_copy *arg)
{
	return err == -EFAULT && arg->head.reason == ACL_EMU_REASON_NOT_MAPPED;
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
	ends = arg.head.flags;
	if (ends == (ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED)) {
		code = emu_peer_check(arg.dst, arg.src, size);
		if (code)
			return code;
	}
	if (ends)
		err = emu_ioctl(ACL_EMU_NR_COPY, &arg.head);
	if (not_mapped(err, &arg)) {
		code = true_end(&arg, ACL_EMU_COPY_DST_MAPPED);
		if (!code)
			code = true_end(&arg, ACL_EMU_COPY_SRC_MAPPED);
		if (code)
			return code;
		if (!arg.head.flags)
			err = 0;
		else if (arg.head.flags != ends)
			err = emu_ioctl(ACL_EMU_NR_COPY, &arg.head);
	}
	if (err)
		return say_copy(err, &arg);
	return arg.head.flags ? ACL_SUCCESS : emu_plain_copy(dst, src, size);
}

/* With a pattern of 32 bits, which may be cut at the end. */
aclError emu_fill(void *dst, uint32_t pattern, size_t size)
{
	struct acl_emu_copy arg = {
		.head = EMU_HEAD(acl_emu_copy,
				 .flags = ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL),
		.dst = (uintptr_t)dst,
		.src = pattern,
		.size = size,
	};
	aclError code;
	int err;

	if (!emu_range_may_hold(arg.dst))
		return emu_plain_fill(dst, pattern, size);
	err = emu_ioctl(ACL_EMU_NR_COPY, &arg.head);
	if (!err)
		return ACL_SUCCESS;
	if (!not_mapped(err, &arg) || in_reservation(arg.dst))
		return say_copy(err, &arg);
	code = check_own("destination", arg.dst, size);
	return code ? code : emu_plain_fill(dst, pattern, size);
}

aclError emu_check_room(size_t count, size_t room, const char *name)
{
	if (count > room)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "copy no more than there is room for",
				 "count %zu is larger than %s %zu", count, name, room);
	return ACL_SUCCESS;
}

/* What can be said of the arguments of a copy before any look at the context. */
aclError emu_check_copy(const void *dst, size_t room, const void *src, size_t count,
			aclrtMemcpyKind kind)
{
	if (!dst)
		return emu_null("dst");
	if (!src)
		return emu_null("src");
	if ((unsigned int)kind > ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use one of aclrtMemcpyKind, 0 to 5",
				 "kind %u is unknown", (unsigned int)kind);
	return emu_check_room(count, room, "destMax");
}

aclError aclrtMemcpy(void *dst, size_t destMax, const void *src, size_t count,
		     aclrtMemcpyKind kind)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!count)
		return ACL_SUCCESS;
	code = emu_check_copy(dst, destMax, src, count, kind);
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
		code = emu_check_room(count, maxCount, "maxCount");
	if (!code)
		code = emu_fill(devPtr, EMU_BYTES(value), count);
	return code;
}

/* Will @count words fit @room bytes?. */
aclError emu_check_words(const void *ptr, size_t room, size_t count)
{
	if (!ptr)
		return emu_null("ptr");
	if (!count)
		return emu_error(ACL_ERROR_INVALID_PARAM, "set at least one word", "N is 0");
	if ((uintptr_t)ptr % sizeof(uint32_t))
		return emu_error(ACL_ERROR_INVALID_PARAM, "align it to 4 bytes", "ptr is %p", ptr);
	if (count > room / sizeof(uint32_t))
		return emu_error(ACL_ERROR_INVALID_PARAM, "set no more than there is room for",
				 "N %zu words do not fit memSize %zu", count, room);
	return ACL_SUCCESS;
}

aclError aclrtMemsetD32(void *ptr, size_t memSize, uint32_t value, size_t N)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	code = emu_check_words(ptr, memSize, N);
	if (!code)
		code = emu_context_current(&device);
	if (!code)
		code = emu_fill(ptr, value, N * sizeof(value));
	return code;
}
