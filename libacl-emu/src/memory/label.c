// SPDX-License-Identifier: MIT
/*
 * Labels: names of memory for people.
 */
#include <inttypes.h>
#include <string.h>

#include "acl_emu/extensions.h"
#include "core/driver.h"
#include "core/error.h"

/* The handle of the memory that is mapped at an address; 0: none. */
static uint64_t mapped_at(uint64_t addr)
{
	struct acl_emu_lookup look = { .head = EMU_HEAD(acl_emu_lookup), .addr = addr };

	if (emu_ioctl(ACL_EMU_NR_LOOKUP, &look.head) || !(look.found & ACL_EMU_FOUND_MAPPING))
		return 0;
	return look.handle;
}

aclError acl_emu_label(const void *memory, const char *text)
{
	struct acl_emu_label arg = {
		.head = EMU_HEAD(acl_emu_label),
		.handle = (uintptr_t)memory,
	};
	size_t length;
	uint64_t handle;
	int err;

	EMU_ENTER();
	if (!memory)
		return emu_null("memory");
	if (!text)
		return emu_null("text");
	length = strlen(text);
	if (length >= sizeof(arg.label))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "shorten it",
				 "the label has %zu characters, the limit is %zu", length,
				 sizeof(arg.label) - 1);
	memcpy(arg.label, text, length);
	err = emu_ioctl(ACL_EMU_NR_LABEL, &arg.head);
	if (err && arg.head.reason == ACL_EMU_REASON_HANDLE) {
		handle = mapped_at(arg.handle);
		if (handle) {
			arg.handle = handle;
			err = emu_ioctl(ACL_EMU_NR_LABEL, &arg.head);
		}
	}
	if (err)
		return emu_fail(err, &arg.head, NULL, "memory %p", memory);
	return ACL_SUCCESS;
}
