/* SPDX-License-Identifier: MIT */
/*
 * Failures: the code that a call returns and the sentence that it writes.
 */
#ifndef EMU_CORE_ERROR_H
#define EMU_CORE_ERROR_H

#include "core/common.h"

/* The code that a function returns for a reason, where it is not the usual one. */
struct emu_code {
	uint32_t reason;
	aclError code;
};

#define EMU_SIZE_LEN	32
const char *emu_size(char buf[EMU_SIZE_LEN], uint64_t bytes);
#define EMU_SIZE(bytes)	emu_size((char[EMU_SIZE_LEN]){ 0 }, bytes)
const char *emu_place(char buf[EMU_SIZE_LEN], uint32_t type, uint32_t id);
#define EMU_PLACE(loc)	emu_place((char[EMU_SIZE_LEN]){ 0 }, (loc).type, (loc).id)

__attribute__((format(printf, 3, 4)))
aclError emu_error(aclError code, const char *remedy, const char *format, ...);
__attribute__((format(printf, 4, 5)))
aclError emu_fail(int err, const struct acl_emu_head *head, const struct emu_code *codes,
		  const char *subject, ...);
aclError emu_null(const char *name);
aclError emu_flags(uint64_t flags);
aclError emu_no_memory(const char *what);
bool emu_error_of_runtime(aclError code);
void emu_error_per_process(bool on);

#ifdef EMU_LINT
/* Analysers look at one file at a time: a function that fails returns a code. */
static inline aclError emu_not_zero(aclError code)
{
	if (code == ACL_SUCCESS)
		__builtin_unreachable();
	return code;
}

#define emu_error(...)	emu_not_zero((emu_error)(__VA_ARGS__))
#define emu_fail(...)	emu_not_zero((emu_fail)(__VA_ARGS__))
#define emu_null(name)	emu_not_zero((emu_null)(name))
#define emu_flags(x)	emu_not_zero((emu_flags)(x))
#define emu_no_memory(x) emu_not_zero((emu_no_memory)(x))
#endif

#endif
