/* SPDX-License-Identifier: MIT */
/*
 * The sentence about a full device: who holds its memory.
 */
#ifndef EMU_MEMORY_FULL_H
#define EMU_MEMORY_FULL_H

#include "core/common.h"
#include "core/error.h"

aclError emu_fail_alloc(int err, const struct acl_emu_phys_alloc *arg,
			const struct emu_code *codes, uint64_t size);

#endif
