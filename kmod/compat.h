/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between the supported kernels.
 */
#ifndef ACL_EMU_COMPAT_H
#define ACL_EMU_COMPAT_H

#include <linux/device/class.h>
#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#include <linux/pfn_t.h>
#endif

/* 6.3: vm_flags are changed by helpers only. */
static inline void emu_vm_flags_mod(struct vm_area_struct *vma,
				    unsigned long set, unsigned long clear)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#else
	vm_flags_mod(vma, set, clear);
#endif
}

/* 6.6: ->huge_fault gets an order. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
typedef enum page_entry_size emu_fault_size_t;
#define EMU_FAULT_SIZE_PMD	PE_SIZE_PMD
#else
typedef unsigned int emu_fault_size_t;
#define EMU_FAULT_SIZE_PMD	PMD_ORDER
#endif

/*
 * @pmd is the entry of the faulting address or lies in the same table.
 * 6.17: vmf_insert_pfn_pmd() takes the plain frame number.
 */
static inline vm_fault_t emu_insert_pmd(struct vm_fault *vmf,
					unsigned long addr, pmd_t *pmd,
					struct page *page, bool write)
{
	struct vm_fault at = {
		.vma = vmf->vma,
		.address = addr,
		.flags = vmf->flags,
		.pmd = pmd,
	};

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
	return vmf_insert_pfn_pmd(&at, pfn_to_pfn_t(page_to_pfn(page)), write);
#else
	return vmf_insert_pfn_pmd(&at, page_to_pfn(page), write);
#endif
}

static inline bool emu_pmd_is_leaf(pmd_t pmd)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
	return pmd_trans_huge(pmd) || pmd_devmap(pmd);
#else
	return pmd_trans_huge(pmd);
#endif
}

/*
 * 6.10: the search for a free area is a function. 6.19: it searches current->mm.
 * The caller holds mmap_lock, and @mm is current->mm.
 */
static inline unsigned long emu_unmapped_area(struct mm_struct *mm,
					      unsigned long size)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	return mm->get_unmapped_area(NULL, 0, size, 0, 0);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	return mm_get_unmapped_area(NULL, 0, size, 0, 0);
#else
	return mm_get_unmapped_area(mm, NULL, 0, size, 0, 0);
#endif
}

/* 6.4: a class has one owner, its creator. */
static inline struct class *emu_class_create(const char *name)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	return class_create(THIS_MODULE, name);
#else
	return class_create(name);
#endif
}

/* 6.2: ->devnode must not change the device. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
typedef struct device emu_devnode_arg_t;
#else
typedef const struct device emu_devnode_arg_t;
#endif

/* 6.13: name spaces of symbols are strings. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define EMU_IMPORT_NS(ns)	MODULE_IMPORT_NS(ns)
#else
#define EMU_IMPORT_NS(ns)	MODULE_IMPORT_NS(#ns)
#endif

#endif /* ACL_EMU_COMPAT_H */
