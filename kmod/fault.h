/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults.
 */
#ifndef ACL_EMU_FAULT_H
#define ACL_EMU_FAULT_H

#include <linux/mm.h>

struct emu_phys;

extern const struct vm_operations_struct emu_range_vm_ops;
extern const struct vm_operations_struct emu_range_rdonly_vm_ops;

/**
 * struct emu_span - memory at consecutive addresses
 * @phys:  the memory
 * @start: first address
 * @end:   address after the last
 * @pgoff: page of the memory that is mapped at @start
 * @write: entries may be writable
 */
struct emu_span {
	struct emu_phys *phys;
	unsigned long start;
	unsigned long end;
	unsigned long pgoff;
	bool write;
};

vm_fault_t emu_span_fault(struct vm_fault *vmf, const struct emu_span *span);

#endif /* ACL_EMU_FAULT_H */
