// SPDX-License-Identifier: MIT
/*
 * Copies and fills.
 *
 * The addresses determine where data is. The kind that a program passes must be
 * valid, but is not compared with them. The module copies emulated memory and
 * plain.c memory of the program; both return an error for a bad address.
 */
#include <errno.h>
#include <inttypes.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/plain.h"
#include "core/window.h"
#include "device/captures.h"
#include "device/context.h"
#include "memory/classify.h"
#include "memory/copy.h"
#include "memory/heap.h"
#include "memory/peer.h"
#include "memory/pointer.h"

#define WIDTH_MAX	5000000
#define HEIGHT_MAX	5242880

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
 * For an end in the window and outside all reservations. The program may have mapped
 * memory of its own there, as sanitizers do; if nothing is mapped, the copy fails.
 */
static aclError check_own(const char *end, uint64_t addr, uint64_t size)
{
	struct emu_at at;

	if (emu_plain_mapped(addr, size))
		return ACL_SUCCESS;
	emu_classify(addr, &at);
	return emu_error(ACL_ERROR_RT_INVALID_HANDLE,
			 "use addresses that are mapped and not freed",
			 "%s [0x%" PRIx64 ", +%s) is in no reservation: 0x%" PRIx64 " is %s", end,
			 addr, EMU_SIZE(size), addr, EMU_AT_TEXT(&at));
}

/* Clears @flag if this end is memory of the program. */
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

/*
 * The module maps whole units of 2 MiB, in which small blocks lie: it does not notice
 * that one of them was freed.
 */
static aclError check_blocks(const char *end, uint64_t addr, uint64_t size)
{
	uint64_t hole = emu_heap_hole(addr, size);
	struct emu_at at;

	if (!hole)
		return ACL_SUCCESS;
	emu_classify(hole, &at);
	return emu_error(ACL_ERROR_RT_INVALID_HANDLE, "use addresses that are mapped and not freed",
			 "%s [0x%" PRIx64 ", +%s) is in no block at 0x%" PRIx64 ", which is %s",
			 end, addr, EMU_SIZE(size), hole, EMU_AT_TEXT(&at));
}

static aclError report_copy(int err, const struct acl_emu_copy *arg)
{
	bool dst = arg->head.flags & ACL_EMU_COPY_FILL || arg->head.val[0] - arg->dst < arg->size;
	struct emu_at at;

	if (arg->head.reason == ACL_EMU_REASON_NOT_MAPPED) {
		emu_classify(arg->head.val[0], &at);
		return emu_error(ACL_ERROR_RT_INVALID_HANDLE,
				 "use addresses that are mapped and not freed",
				 "%s [0x%" PRIx64 ", +%s) is not mapped at 0x%" PRIx64
				 ", which is %s", dst ? "destination" : "source",
				 (uint64_t)(dst ? arg->dst : arg->src), EMU_SIZE(arg->size),
				 (uint64_t)arg->head.val[0], EMU_AT_TEXT(&at));
	}
	/* The values of this reason name the reservation, not the address. */
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

/* Copies between any two places. On failure the message is written. */
aclError emu_copy_bytes(void *dst, const void *src, size_t size)
{
	struct acl_emu_copy arg = {
		.head = EMU_HEAD(acl_emu_copy),
		.dst = (uintptr_t)dst,
		.src = (uintptr_t)src,
		.size = size,
	};
	uint32_t ends;
	aclError code = ACL_SUCCESS;
	int err = 0;

	if (emu_range_may_hold(arg.dst)) {
		arg.head.flags |= ACL_EMU_COPY_DST_MAPPED;
		code = check_blocks("destination", arg.dst, size);
	}
	if (!code && emu_range_may_hold(arg.src)) {
		arg.head.flags |= ACL_EMU_COPY_SRC_MAPPED;
		code = check_blocks("source", arg.src, size);
	}
	ends = arg.head.flags;
	if (!code && ends == (ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED))
		code = emu_peer_check(arg.dst, arg.src, size);
	if (code)
		return code;
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
		return report_copy(err, &arg);
	return arg.head.flags ? ACL_SUCCESS : emu_plain_copy(dst, src, size);
}

/* Fills with a pattern of 32 bits; the last one may be incomplete. */
static aclError fill(void *dst, uint32_t pattern, size_t size)
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
	code = check_blocks("destination", arg.dst, size);
	if (code)
		return code;
	err = emu_ioctl(ACL_EMU_NR_COPY, &arg.head);
	if (!err)
		return ACL_SUCCESS;
	if (!not_mapped(err, &arg) || in_reservation(arg.dst))
		return report_copy(err, &arg);
	code = check_own("destination", arg.dst, size);
	return code ? code : emu_plain_fill(dst, pattern, size);
}

/* --- rows -------------------------------------------------------------------- */

static aclError check_rows(const char *name, uint64_t addr, size_t pitch, size_t width,
			   size_t height)
{
	struct acl_emu_lookup m = { 0 };
	uint64_t row, at, end, last;

	if (__builtin_mul_overflow((uint64_t)pitch, height - 1, &last) ||
	    __builtin_add_overflow(last, addr, &last) ||
	    __builtin_add_overflow(last, width, &last))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a smaller pitch",
				 "%zu rows of %s 0x%" PRIx64 " leave the address space", height,
				 name, addr);
	if (!emu_pointer_look(addr, &m))
		return ACL_SUCCESS;
	for (row = 0; row < height; row++) {
		at = addr + row * pitch;
		for (end = at + width; at < end; at = m.map_addr + m.map_size) {
			if (at - m.map_addr < m.map_size)
				continue;
			if (!emu_pointer_look(at, &m))
				return emu_error(ACL_ERROR_RT_INVALID_HANDLE,
						 "use addresses that are mapped",
						 "row %" PRIu64 " of %s 0x%" PRIx64
						 " is not mapped at 0x%" PRIx64, row, name, addr,
						 at);
		}
	}
	return ACL_SUCCESS;
}

/* Checks that every row is mapped before the first byte is copied. */
static aclError copy_rows(const struct emu_copy *c)
{
	aclError code;
	size_t row;

	code = check_rows("dst", (uintptr_t)c->dst, c->dpitch, c->size, c->rows);
	if (!code)
		code = check_rows("src", (uintptr_t)c->src, c->spitch, c->size, c->rows);
	if (!code && c->dpitch == c->size && c->spitch == c->size)
		return emu_copy_bytes(c->dst, c->src, c->size * c->rows);
	for (row = 0; !code && row < c->rows; row++)
		code = emu_copy_bytes((char *)c->dst + row * c->dpitch,
				      (const char *)c->src + row * c->spitch, c->size);
	return code;
}

aclError emu_copy_do(const struct emu_copy *c)
{
	if (c->rows)
		return copy_rows(c);
	return c->src ? emu_copy_bytes(c->dst, c->src, c->size) :
			fill(c->dst, c->pattern, c->size);
}

/* --- arguments --------------------------------------------------------------- */

aclError emu_copy_check_room(size_t count, size_t room, const char *name)
{
	if (count > room)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "copy no more than there is room for",
				 "count %zu is larger than %s %zu", count, name, room);
	return ACL_SUCCESS;
}

static aclError check_ends(const void *dst, const void *src)
{
	if (!dst)
		return emu_null("dst");
	return src ? ACL_SUCCESS : emu_null("src");
}

aclError emu_copy_check(struct emu_copy *copy, void *dst, size_t room, const void *src,
			size_t count, aclrtMemcpyKind kind)
{
	aclError code = check_ends(dst, src);

	*copy = (struct emu_copy){ .dst = dst, .src = src, .size = count, .kind = kind };
	if (code)
		return code;
	if ((unsigned int)kind > ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use one of aclrtMemcpyKind, 0 to 5",
				 "kind %u is unknown", (unsigned int)kind);
	return emu_copy_check_room(count, room, "destMax");
}

aclError emu_copy_check_rows(struct emu_copy *copy, void *dst, size_t dpitch, const void *src,
			     size_t spitch, size_t width, size_t height, aclrtMemcpyKind kind)
{
	aclError code = check_ends(dst, src);

	*copy = (struct emu_copy){
		.dst = dst, .dpitch = dpitch, .src = src, .spitch = spitch, .size = width,
		.rows = height, .kind = kind,
	};
	if (code)
		return code;
	if (width > dpitch || width > spitch)
		return emu_error(ACL_ERROR_INVALID_PARAM, "give a pitch of at least the width",
				 "width %zu is larger than dpitch %zu or spitch %zu", width, dpitch,
				 spitch);
	if ((unsigned int)kind < ACL_MEMCPY_HOST_TO_DEVICE ||
	    (unsigned int)kind > ACL_MEMCPY_DEFAULT)
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "use host to device, device to host, device to device or default",
				 "kind is %u", (unsigned int)kind);
	if (height > HEIGHT_MAX || width > WIDTH_MAX)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "copy in several calls",
				 "width %zu or height %zu is larger than %d or %d", width, height,
				 WIDTH_MAX, HEIGHT_MAX);
	return ACL_SUCCESS;
}

/* Not the room, which some calls check after the context: emu_copy_check_room(). */
aclError emu_copy_check_fill(struct emu_copy *copy, void *ptr, int32_t value, size_t count)
{
	*copy = (struct emu_copy){
		.dst = ptr, .size = count, .pattern = (uint8_t)value * UINT32_C(0x01010101),
	};
	return ptr ? ACL_SUCCESS : emu_null("devPtr");
}

aclError emu_copy_check_words(struct emu_copy *copy, void *ptr, size_t room, uint32_t value,
			      size_t count)
{
	*copy = (struct emu_copy){
		.dst = ptr, .size = count * sizeof(value), .pattern = value,
	};
	if (!ptr)
		return emu_null("ptr");
	if (!count)
		return emu_error(ACL_ERROR_INVALID_PARAM, "set at least one word", "N is 0");
	if ((uintptr_t)ptr % sizeof(value))
		return emu_error(ACL_ERROR_INVALID_PARAM, "align it to 4 bytes", "ptr is %p", ptr);
	if (count > room / sizeof(value))
		return emu_error(ACL_ERROR_INVALID_PARAM, "set no more than there is room for",
				 "N %zu words do not fit memSize %zu", count, room);
	return ACL_SUCCESS;
}

/* --- calls ------------------------------------------------------------------- */

/* Captures of the context may forbid calls that wait for the device. */
static aclError allow_sync(void)
{
	return emu_captures_allow(ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT);
}

aclError aclrtMemcpy(void *dst, size_t destMax, const void *src, size_t count,
		     aclrtMemcpyKind kind)
{
	struct emu_copy copy;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!count)
		return ACL_SUCCESS;
	code = emu_copy_check(&copy, dst, destMax, src, count, kind);
	if (!code && kind != ACL_MEMCPY_HOST_TO_HOST)
		code = emu_context_current(&device);
	if (!code)
		code = allow_sync();
	if (!code && dst != src)
		code = emu_copy_do(&copy);
	return code;
}

aclError aclrtMemset(void *devPtr, size_t maxCount, int32_t value, size_t count)
{
	struct emu_copy copy;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!count)
		return ACL_SUCCESS;
	code = emu_copy_check_fill(&copy, devPtr, value, count);
	if (!code)
		code = emu_context_current(&device);
	if (!code)
		code = allow_sync();
	if (!code)
		code = emu_copy_check_room(count, maxCount, "maxCount");
	return code ? code : emu_copy_do(&copy);
}

aclError aclrtMemsetD32(void *ptr, size_t memSize, uint32_t value, size_t N)
{
	struct emu_copy copy;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	code = emu_copy_check_words(&copy, ptr, memSize, value, N);
	if (!code)
		code = emu_context_current(&device);
	if (!code)
		code = allow_sync();
	return code ? code : emu_copy_do(&copy);
}

/* Only between host and device; ACL_MEMCPY_DEFAULT must turn out to be that. */
static aclError check_direction(const struct emu_copy *c)
{
	struct emu_at to, from;

	if (c->kind != ACL_MEMCPY_DEFAULT)
		return ACL_SUCCESS;
	emu_classify((uintptr_t)c->dst, &to);
	emu_classify((uintptr_t)c->src, &from);
	if (emu_at_is_stale(&to))
		return emu_at_unknown(ACL_ERROR_RT_INVALID_HANDLE, "dst", &to);
	if (emu_at_is_stale(&from))
		return emu_at_unknown(ACL_ERROR_RT_INVALID_HANDLE, "src", &from);
	if (emu_at_is_device(&to) == emu_at_is_device(&from))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use aclrtMemcpy() for each row",
				 "dst %p and src %p are both memory of %s", c->dst, c->src,
				 emu_at_is_device(&to) ? "devices" : "the host");
	return ACL_SUCCESS;
}

aclError aclrtMemcpy2d(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
		       size_t height, aclrtMemcpyKind kind)
{
	struct emu_copy copy;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!width || !height)
		return ACL_SUCCESS;
	code = emu_copy_check_rows(&copy, dst, dpitch, src, spitch, width, height, kind);
	if (!code && kind == ACL_MEMCPY_DEVICE_TO_DEVICE)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "use aclrtMemcpy() for each row",
				 "this call does not copy from device to device");
	if (!code)
		code = emu_context_current(&device);
	if (!code)
		code = allow_sync();
	if (!code)
		code = check_direction(&copy);
	return code ? code : emu_copy_do(&copy);
}
