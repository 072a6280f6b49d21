/* SPDX-License-Identifier: MIT */
/*
 * Classification of addresses, for every call and every sentence.
 */
#ifndef EMU_MEMORY_CLASSIFY_H
#define EMU_MEMORY_CLASSIFY_H

#include "core/common.h"

enum emu_at_kind {
	EMU_AT_NOTHING,		/* the process has no memory there */
	EMU_AT_PLAIN,		/* host memory of the program */
	EMU_AT_REGISTERED,	/* the same, registered with aclrtHostRegister() */
	EMU_AT_HOST_BLOCK,	/* a block of aclrtMallocHost() */
	EMU_AT_DEVICE_BLOCK,	/* a block of aclrtMalloc() or of a mempool */
	EMU_AT_MAPPED,		/* mapped with aclrtMapMem() */
	EMU_AT_IMPORTED,	/* imported by an IPC name */
	EMU_AT_RESERVED,	/* in a reservation, not mapped */
	EMU_AT_FREED,		/* addresses of the heap in no block */
};

struct emu_at {
	enum emu_at_kind kind;
	uint64_t addr;
	uint64_t start;		/* of the block, mapping, reservation or registered range */
	uint64_t size;		/* its size; 0: not known */
	struct acl_emu_location loc;
	struct acl_emu_lookup map;	/* of emulated memory */
};

#define EMU_AT_LEN	320

void emu_classify(uint64_t addr, struct emu_at *at);
bool emu_at_is_device(const struct emu_at *at);
bool emu_at_is_pinned(const struct emu_at *at, uint64_t size);
bool emu_at_is_stale(const struct emu_at *at);
const char *emu_at_text(char buf[EMU_AT_LEN], const struct emu_at *at);
#define EMU_AT_TEXT(at)	emu_at_text((char[EMU_AT_LEN]){ 0 }, at)
aclError emu_at_unknown(aclError code, const char *name, const struct emu_at *at);

#endif
