// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults. Page table entries are created only here, under the lock of the
 * mapping.
 *
 * The layout decides whether a 2 MiB block gets one PMD entry or 512 PTEs: it
 * gets a PMD entry if one order-9 page covers it. There is one exception: a
 * block may still have the PTE table of an earlier, smaller mapping. A module
 * cannot free that table, so the block gets PTEs from then on. The code never
 * inserts a PTE under a leaf entry (6.1 would write it into the data of the
 * user) and never a PMD entry over a table.
 */
#include <linux/mm.h>

#include "client.h"
#include "compat.h"
#include "fault.h"
#include "handle.h"
#include "map.h"
#include "phys.h"
#include "range.h"
#include "stat.h"

#define EMU_INSERT_BATCH	32
#define EMU_AROUND_MAX		16

/*
 * A batch stops at a neighbour that has an entry already. Only the entry of the
 * faulting address must exist at the end.
 */
static vm_fault_t emu_insert_pages(struct vm_fault *vmf,
				   const struct emu_span *span,
				   unsigned long addr, unsigned long end)
{
	struct vm_area_struct *vma = vmf->vma;
	struct page *pages[EMU_INSERT_BATCH];
	unsigned long pgoff, nr, left, i;
	int ret = 0;

	while (addr < end) {
		pgoff = span->pgoff + ((addr - span->start) >> PAGE_SHIFT);
		nr = min_t(unsigned long, (end - addr) >> PAGE_SHIFT,
			   EMU_INSERT_BATCH);
		for (i = 0; i < nr; i++)
			pages[i] = emu_backing_page(span->phys, pgoff + i);
		left = nr;
		ret = vm_insert_pages(vma, addr, pages, &left);
		emu_stat_add(ACL_EMU_STAT_PTE_ENTRIES, nr - left);
		if (ret && ret != -EBUSY)
			break;
		addr += nr << PAGE_SHIFT;
	}

	pgoff = span->pgoff + ((vmf->address - span->start) >> PAGE_SHIFT);
	ret = vm_insert_page(vma, vmf->address,
			     emu_backing_page(span->phys, pgoff));
	if (!ret)
		emu_stat_add(ACL_EMU_STAT_PTE_ENTRIES, 1);
	/* A userfaultfd marker occupies the entry: nothing can be inserted. */
	if (ret == -EBUSY && vmf->flags & FAULT_FLAG_ORIG_PTE_VALID &&
	    !pte_none(vmf->orig_pte) && !pte_present(vmf->orig_pte))
		return VM_FAULT_SIGBUS;
	if (!ret || ret == -EBUSY)
		return VM_FAULT_NOPAGE;
	return ret == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

static vm_fault_t emu_insert_pfns(struct vm_fault *vmf,
				  const struct emu_span *span,
				  unsigned long addr, unsigned long end)
{
	struct vm_area_struct *vma = vmf->vma;
	vm_fault_t ret = VM_FAULT_NOPAGE;
	unsigned long vm_flags = vma->vm_flags;
	unsigned long pgoff;

	if (!span->write)
		vm_flags &= ~VM_WRITE;
	for (; addr < end && ret == VM_FAULT_NOPAGE; addr += PAGE_SIZE) {
		pgoff = span->pgoff + ((addr - span->start) >> PAGE_SHIFT);
		ret = vmf_insert_pfn_prot(vma, addr,
					  page_to_pfn(emu_backing_page(span->phys,
								       pgoff)),
					  vm_get_page_prot(vm_flags));
		emu_stat_add(ACL_EMU_STAT_PTE_ENTRIES, 1);
	}
	return ret;
}

/* The order-9 page that backs the whole block around an address, or NULL. */
static struct page *emu_span_huge(const struct emu_span *span,
				  unsigned long addr)
{
	unsigned long block = addr & PMD_MASK;

	if (block < span->start || span->end - block < PMD_SIZE)
		return NULL;
	return emu_backing_huge(span->phys, span->pgoff +
				((block - span->start) >> PAGE_SHIFT));
}

/* Number of consecutive blocks before an address that have a PMD entry. */
static unsigned int emu_span_run(const struct vm_fault *vmf,
				 const struct emu_span *span)
{
	unsigned long block = vmf->address & PMD_MASK;
	unsigned int n = 0;
	pmd_t pmd;

	while (n < EMU_AROUND_MAX && pmd_index(block) &&
	       block - span->start >= PMD_SIZE) {
		n++;
		block -= PMD_SIZE;
		pmd = READ_ONCE(vmf->pmd[-(int)n]);
		if (pmd_none(pmd) || !emu_pmd_is_leaf(pmd))
			return n - 1;
	}
	return n;
}

/*
 * Fault-around: a program that touched the blocks before this one probably
 * touches the blocks after it. Insert as many entries as there are before. All
 * of them are in the same mapping and in the table of the faulting entry, which
 * the fault keeps.
 */
static void emu_span_around(struct vm_fault *vmf, const struct emu_span *span)
{
	unsigned int i, run = emu_span_run(vmf, span);
	unsigned long addr = vmf->address & PMD_MASK;
	struct page *page;

	for (i = 1; i <= run; i++) {
		addr += PMD_SIZE;
		if (!pmd_index(addr) || addr >= span->end)
			break;
		page = emu_span_huge(span, addr);
		if (!page || !pmd_none(READ_ONCE(vmf->pmd[i])))
			break;
		if (emu_insert_pmd(vmf, addr, vmf->pmd + i, page,
				   span->write) != VM_FAULT_NOPAGE)
			break;
		emu_stat_add(ACL_EMU_STAT_PMD_ENTRIES, 1);
	}
}

static vm_fault_t emu_span_fault_pmd(struct vm_fault *vmf,
				     const struct emu_span *span,
				     struct page *page)
{
	pmd_t pmd = READ_ONCE(*vmf->pmd);
	vm_fault_t ret;

	if (pmd_none(pmd)) {
		emu_stat_add(ACL_EMU_STAT_PMD_ENTRIES, 1);
		ret = emu_insert_pmd(vmf, vmf->address, vmf->pmd, page,
				     span->write);
		if (ret == VM_FAULT_NOPAGE)
			emu_span_around(vmf, span);
		return ret;
	}
	if (!emu_pmd_is_leaf(pmd))
		return VM_FAULT_FALLBACK;
	/* Another thread inserted it, or mprotect() removed the write bit. */
	if (span->write && vmf->flags & FAULT_FLAG_WRITE)
		return emu_insert_pmd(vmf, vmf->address, vmf->pmd, page, true);
	return VM_FAULT_NOPAGE;
}

static unsigned long emu_span_pgoff(const struct emu_span *span,
				    unsigned long addr)
{
	return span->pgoff + ((addr - span->start) >> PAGE_SHIFT);
}

/*
 * Takes from [*@addr, *@end), which contains the filled block of @fault, the blocks
 * that nothing has touched. There is one at most on each side, where the blocks of
 * the memory and of the page table do not begin at the same addresses.
 */
static void emu_span_backed(const struct emu_span *span, unsigned long fault,
			    unsigned long *addr, unsigned long *end)
{
	unsigned long pgoff = emu_span_pgoff(span, fault);
	unsigned long in = pgoff & (EMU_BLOCK_PAGES - 1);
	unsigned long start = (fault & PAGE_MASK) - (in << PAGE_SHIFT);

	if (*addr < start && !emu_backing_has(span->phys, pgoff - in - 1))
		*addr = start;
	if (*end > start + EMU_BLOCK_SIZE &&
	    !emu_backing_has(span->phys, pgoff - in + EMU_BLOCK_PAGES))
		*end = start + EMU_BLOCK_SIZE;
}

/**
 * emu_span_fault - insert the entries around an address
 * @vmf:  the fault
 * @span: memory at the address; the caller holds it
 *
 * Return: as ->fault does.
 */
vm_fault_t emu_span_fault(struct vm_fault *vmf, const struct emu_span *span)
{
	unsigned long block = vmf->address & PMD_MASK;
	unsigned long addr = max(block, span->start);
	unsigned long end = min(block + PMD_SIZE, span->end);
	struct page *page;
	vm_fault_t ret;

	/* The log has the reason. After a fatal signal nobody sees the SIGBUS. */
	if (emu_backing_fill(span->phys, emu_span_pgoff(span, vmf->address), 1))
		return VM_FAULT_SIGBUS;
	emu_span_backed(span, vmf->address, &addr, &end);
	page = emu_span_huge(span, vmf->address);
	if (page) {
		ret = emu_span_fault_pmd(vmf, span, page);
		if (ret != VM_FAULT_FALLBACK)
			return ret;
	}
	if (vmf->vma->vm_flags & VM_PFNMAP)
		return emu_insert_pfns(vmf, span, addr, end);
	return emu_insert_pages(vmf, span, addr, end);
}

/* Locks the mapping at the address and calls @fn if it has @rights. */
static vm_fault_t emu_range_with_mapping(struct vm_fault *vmf, u8 rights,
					 vm_fault_t (*fn)(struct vm_fault *vmf,
							  struct emu_mapping *m))
{
	struct vm_area_struct *vma = vmf->vma;
	struct emu_range *range = vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	struct emu_mapping *m;

	/* A child process that inherited the VMA through MADV_DOFORK. */
	if (vma->vm_mm != range->client->mm)
		return ret;
	m = emu_mapping_find(range, vmf->address);
	if (!m)
		return ret;
	down_read(&m->sem);
	if (READ_ONCE(m->live) && (m->cpu & rights) == rights)
		ret = fn(vmf, m);
	up_read(&m->sem);
	emu_mapping_put(m);
	return ret;
}

static vm_fault_t emu_mapping_fault(struct vm_fault *vmf, struct emu_mapping *m)
{
	const struct emu_span span = {
		.phys = m->handle->content.phys,
		.start = m->start,
		.end = m->start + m->size,
		.pgoff = m->pgoff,
		.write = m->cpu == ACL_EMU_RIGHTS_RW,
	};

	return emu_span_fault(vmf, &span);
}

static vm_fault_t emu_range_fault(struct vm_fault *vmf)
{
	u8 rights = vmf->flags & FAULT_FLAG_WRITE ? ACL_EMU_RIGHTS_RW :
						    ACL_EMU_RIGHTS_READ;
	vm_fault_t ret;

	ret = emu_range_with_mapping(vmf, rights, emu_mapping_fault);
	/* Or the kernel comes again for the small entry. */
	if (ret != VM_FAULT_FALLBACK)
		emu_stat_add(ACL_EMU_STAT_FAULTS, 1);
	return ret;
}

static vm_fault_t emu_range_huge_fault(struct vm_fault *vmf,
				       emu_fault_size_t size)
{
	if (size != EMU_FAULT_SIZE_PMD)
		return VM_FAULT_FALLBACK;
	return emu_range_fault(vmf);
}

static vm_fault_t emu_mapping_retry(struct vm_fault *vmf, struct emu_mapping *m)
{
	struct emu_range *range = vmf->vma->vm_private_data;

	emu_client_zap(range->client, vmf->address & PAGE_MASK, PAGE_SIZE);
	return VM_FAULT_NOPAGE;
}

/*
 * A write to a read-only entry. If this returned success, the kernel would make
 * the entry writable, even an entry that was replaced meanwhile with fewer
 * rights. So remove the entry: the next fault inserts it with the current rights.
 */
static vm_fault_t emu_range_mkwrite(struct vm_fault *vmf)
{
	return emu_range_with_mapping(vmf, ACL_EMU_RIGHTS_RW,
				      emu_mapping_retry);
}

/* Reads or writes within one page. Returns the number of bytes. */
static int emu_mapping_peek(struct emu_mapping *m, unsigned long addr,
			    void *buf, int len, int write)
{
	struct emu_phys *phys = m->handle->content.phys;
	unsigned long pgoff = m->pgoff + ((addr - m->start) >> PAGE_SHIFT);
	int done = min_t(unsigned long, len, PAGE_SIZE - offset_in_page(addr));
	void *at;

	if (emu_backing_fill(phys, pgoff, 1))
		return -EFAULT;
	at = page_address(emu_backing_page(phys, pgoff)) + offset_in_page(addr);
	if (write)
		memcpy(at, buf, done);
	else
		memcpy(buf, at, done);
	return done;
}

/* For ptrace() and /proc/pid/mem, when the pages cannot be pinned. */
static int emu_range_access(struct vm_area_struct *vma, unsigned long addr,
			    void *buf, int len, int write)
{
	struct emu_range *range = vma->vm_private_data;
	u8 rights = write ? ACL_EMU_RIGHTS_RW : ACL_EMU_RIGHTS_READ;
	struct emu_mapping *m;
	int done = -EFAULT;

	if (vma->vm_mm != range->client->mm)
		return -EFAULT;
	m = emu_mapping_find(range, addr);
	if (!m)
		return -EFAULT;
	down_read(&m->sem);
	if (READ_ONCE(m->live) && (m->cpu & rights) == rights)
		done = emu_mapping_peek(m, addr, buf, len, write);
	up_read(&m->sem);
	emu_mapping_put(m);
	return done;
}

static int emu_range_may_split(struct vm_area_struct *vma, unsigned long addr)
{
	return -EINVAL;
}

static int emu_range_mremap(struct vm_area_struct *vma)
{
	return -EINVAL;
}

const struct vm_operations_struct emu_range_vm_ops = {
	.open = emu_range_vma_opened,
	.close = emu_range_vma_closed,
	.may_split = emu_range_may_split,
	.mremap = emu_range_mremap,
	.fault = emu_range_fault,
	.huge_fault = emu_range_huge_fault,
	.access = emu_range_access,
};

/* The *_mkwrite ops also make the kernel refuse long-term pins. */
const struct vm_operations_struct emu_range_rdonly_vm_ops = {
	.open = emu_range_vma_opened,
	.close = emu_range_vma_closed,
	.may_split = emu_range_may_split,
	.mremap = emu_range_mremap,
	.fault = emu_range_fault,
	.huge_fault = emu_range_huge_fault,
	.page_mkwrite = emu_range_mkwrite,
	.pfn_mkwrite = emu_range_mkwrite,
	.access = emu_range_access,
};
