/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between the supported kernels. Kbuild looks into the headers and
 * defines EMU_HAS_*; a comment names the kernel version that changed.
 */
#ifndef ACL_EMU_COMPAT_H
#define ACL_EMU_COMPAT_H

#include <linux/device/class.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#ifdef EMU_HAS_PFN_T
#include <linux/pfn_t.h>
#endif

/*
 * A block of 2 MiB is one PMD entry, and an order-9 page backs it. On arm64 with pages
 * of 16 or 64 KiB a PMD entry maps 32 or 512 MiB, and a granule of 4 KiB, which
 * PHYS_ALLOC offers, is less than a page.
 */
#if !defined(CONFIG_X86_64) && !defined(CONFIG_ARM64)
#error "acl_emu supports x86-64 and arm64 only"
#endif
#if PAGE_SHIFT != 12
#error "acl_emu supports kernels with 4 KiB pages only (arm64: CONFIG_ARM64_4K_PAGES)"
#endif
static_assert(PMD_SIZE == SZ_2M);

/*
 * The module flushes no caches. It zeroes and copies pages through the linear mapping;
 * the data caches of both architectures are coherent between that and the addresses of
 * a process (no CONFIG_CPU_CACHE_ALIASING). The instruction caches of arm64 are not,
 * but no mapping of these pages is executable. Devices that access memory past the
 * caches are importers of a dma-buf: the DMA API does what they need.
 */

/* 6.3: vm_flags are changed by helpers only. */
static inline void emu_vm_flags_mod(struct vm_area_struct *vma,
				    unsigned long set, unsigned long clear)
{
#ifdef EMU_HAS_VM_FLAGS_MOD
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/* 6.6: ->huge_fault gets an order. */
#ifdef EMU_HAS_FAULT_ORDER
typedef unsigned int emu_fault_size_t;
#define EMU_FAULT_SIZE_PMD	PMD_ORDER
#else
typedef enum page_entry_size emu_fault_size_t;
#define EMU_FAULT_SIZE_PMD	PE_SIZE_PMD
#endif

/*
 * @pmd is the entry of the faulting address or lies in the same table. No function of
 * the kernel inserts an entry for another address than that of the fault, hence @at.
 * 6.17: vmf_insert_pfn_pmd() takes the plain frame number.
 *
 * vmf_insert_folio_pmd() (6.15) is not used: it counts each entry in the mapcount and
 * the references of the page and in the RSS of the process, and a page that is freed
 * could not be told from one that somebody else still references.
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

#ifdef EMU_HAS_PFN_T
	return vmf_insert_pfn_pmd(&at, pfn_to_pfn_t(page_to_pfn(page)), write);
#else
	return vmf_insert_pfn_pmd(&at, page_to_pfn(page), write);
#endif
}

/* 6.17: there are no entries of device memory any more. */
static inline bool emu_pmd_is_leaf(pmd_t pmd)
{
#ifdef EMU_HAS_PFN_T
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
#ifdef EMU_HAS_GET_UNMAPPED_AREA_MM
	return mm_get_unmapped_area(mm, NULL, 0, size, 0, 0);
#elif defined(EMU_HAS_GET_UNMAPPED_AREA)
	return mm_get_unmapped_area(NULL, 0, size, 0, 0);
#else
	return mm->get_unmapped_area(NULL, 0, size, 0, 0);
#endif
}

/* 6.4: a class has one owner, its creator. */
static inline struct class *emu_class_create(const char *name)
{
#ifdef EMU_HAS_CLASS_CREATE_NAME
	return class_create(name);
#else
	return class_create(THIS_MODULE, name);
#endif
}

/* 6.2: ->devnode must not change the device. */
#ifdef EMU_HAS_DEVNODE_CONST
typedef const struct device emu_devnode_arg_t;
#else
typedef struct device emu_devnode_arg_t;
#endif

/* 6.13: name spaces of symbols are strings. */
#ifdef EMU_HAS_IMPORT_NS_STRING
#define EMU_IMPORT_NS(ns)	MODULE_IMPORT_NS(#ns)
#else
#define EMU_IMPORT_NS(ns)	MODULE_IMPORT_NS(ns)
#endif

#endif /* ACL_EMU_COMPAT_H */
