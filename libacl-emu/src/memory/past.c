// SPDX-License-Identifier: MIT
/*
 * What a wrong address or handle was, or is: for sentences.
 *
 * Used when a call fails, so a look at /proc/self/maps does not matter.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/history.h"
#include "core/report.h"
#include "core/window.h"
#include "core/wrong.h"
#include "memory/past.h"

static const struct {
	enum emu_kind kind;
	const char *how;
} kinds[] = {
	{ EMU_IPC_IMPORT, "closed" },
	{ EMU_BLOCK, "freed" },
	{ EMU_MAPPING, "unmapped" },
	{ EMU_RESERVATION, "released" },
};

void emu_past_append(char *text, size_t size, uint64_t addr)
{
	size_t used = strlen(text), i;
	const struct emu_deed *deed;
	struct emu_past past;

	if (!emu_check_on(~0u)) {
		snprintf(text + used, size - used,
			 " (with ACL_EMU_CHECK=leak this sentence tells where it ended)");
		return;
	}
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!emu_history_ended_at(kinds[i].kind, addr, &past))
			continue;
		emu_wrong_object(kinds[i].kind, past.id);
		deed = emu_past_deed(&past, EMU_ENDED);
		snprintf(text + used, size - used, ", [0x%" PRIx64 ", +%s) was %s by %s", past.id,
			 EMU_SIZE(past.size), kinds[i].how,
			 EMU_REPORT_PLACE(deed ? deed->stack : EMU_NO_STACK));
		return;
	}
}

void emu_past_object(const struct emu_at *at)
{
	switch (at->kind) {
	case EMU_AT_HOST_BLOCK:
	case EMU_AT_DEVICE_BLOCK:
		emu_wrong_object(EMU_BLOCK, at->start);
		break;
	case EMU_AT_MAPPED:
		emu_wrong_object(EMU_MAPPING, at->start);
		break;
	case EMU_AT_IMPORTED:
		emu_wrong_object(EMU_IPC_IMPORT, at->start);
		break;
	case EMU_AT_RESERVED:
		emu_wrong_object(EMU_RESERVATION, at->start);
		break;
	case EMU_AT_REGISTERED:
		emu_wrong_object(EMU_REGISTRATION, at->start);
		break;
	default:
		break;
	}
}

/* --- memory of the program ------------------------------------------------------ */

static bool on_own_stack(uint64_t addr)
{
	pthread_attr_t attr;
	size_t size = 0;
	void *start = NULL;

	if (pthread_getattr_np(pthread_self(), &attr))
		return false;
	pthread_attr_getstack(&attr, &start, &size);
	pthread_attr_destroy(&attr);
	return addr - (uintptr_t)start < size;
}

/* Is it in the range that a line of /proc/self/maps begins with? */
static bool line_covers(const char *line, uint64_t addr)
{
	char *end;
	uint64_t start = strtoull(line, &end, 16);

	return *end == '-' && addr >= start && addr < strtoull(end + 1, NULL, 16);
}

/* The name of the mapping, a path or a word in brackets; "": it has none. */
static void mapping_name(char *name, size_t size, uint64_t addr)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	const char *at;
	char line[4352];

	*name = '\0';
	while (maps && fgets(line, sizeof(line), maps)) {
		if (!line_covers(line, addr))
			continue;
		line[strcspn(line, "\n")] = '\0';
		at = strpbrk(line, "/[");
		if (at)
			snprintf(name, size, "%s", at);
		break;
	}
	if (maps)
		fclose(maps);
}

void emu_plain_name(char *text, size_t size, uint64_t addr)
{
	char name[128];

	if (on_own_stack(addr)) {
		snprintf(text, size, "the stack of this thread");
		return;
	}
	mapping_name(name, sizeof(name), addr);
	if (!strcmp(name, "[heap]"))
		snprintf(text, size, "memory of malloc()");
	else if (!strcmp(name, "[stack]"))
		snprintf(text, size, "the stack of the first thread");
	else if (*name == '/')
		snprintf(text, size, "a mapping of %s", name);
	else
		snprintf(text, size, "memory of malloc() or mmap()");
}

/* --- remedies ----------------------------------------------------------------------- */

const char *emu_past_remedy(enum acl_emu_range_kind kind, const struct emu_at *at)
{
	switch (at->kind) {
	case EMU_AT_HOST_BLOCK:
		return kind == ACL_EMU_RANGE_HOST ? "give the start of the block" :
		       "free it with aclrtFreeHost()";
	case EMU_AT_DEVICE_BLOCK:
		return kind == ACL_EMU_RANGE_HEAP ? "give the start of the block" :
		       "free it with aclrtFree()";
	case EMU_AT_MAPPED:
		return "end it with aclrtUnmapMem(), aclrtFreePhysical() and "
		       "aclrtReleaseMemAddress()";
	case EMU_AT_IMPORTED:
		return "close it with aclrtIpcMemClose()";
	case EMU_AT_RESERVED:
		return "release it with aclrtReleaseMemAddress()";
	case EMU_AT_FREED:
		return "free each block once";
	case EMU_AT_PLAIN:
	case EMU_AT_REGISTERED:
		return "free it with the function that belongs to its allocation";
	default:
		if (at->kind == EMU_AT_NOTHING && emu_is_handle(at->addr))
			return "free handles with aclrtFreePhysical()";
		return "free what aclrtMalloc() and aclrtMallocHost() returned, once";
	}
}

/* --- handles ------------------------------------------------------------------------ */

bool emu_is_handle(uint64_t value)
{
	struct acl_emu_phys_info info = { .head = EMU_HEAD(acl_emu_phys_info), .handle = value };

	return !emu_range_may_hold(value) && !emu_ioctl(ACL_EMU_NR_PHYS_INFO, &info.head);
}

aclError emu_handle_fail(int err, const struct acl_emu_head *head, const struct emu_code *codes,
			 uint64_t handle)
{
	const struct emu_deed *deed = NULL;
	struct emu_past past;
	struct emu_at at;

	if (head->reason != ACL_EMU_REASON_HANDLE)
		return emu_fail(err, head, codes, "handle 0x%" PRIx64, handle);
	if (emu_check_on(~0u) && emu_history_get(EMU_HANDLE, handle, false, &past) && past.ended)
		deed = emu_past_deed(&past, EMU_ENDED);
	if (deed)
		emu_wrong_object(EMU_HANDLE, handle);
	if (deed)
		return emu_fail(err, head, codes, "handle 0x%" PRIx64 " (freed by %s)", handle,
				EMU_REPORT_PLACE(deed->stack));
	if (!emu_range_may_hold(handle))
		return emu_fail(err, head, codes, "handle 0x%" PRIx64, handle);
	emu_classify(handle, &at);
	return emu_fail(err, head, codes, "handle 0x%" PRIx64 " (an address, %s)", handle,
			EMU_AT_TEXT(&at));
}
