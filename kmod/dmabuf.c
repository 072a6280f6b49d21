// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dma-buf of an allocation: the one object by which memory is shared.
 *
 * An allocation has at most one dma-buf. The first export, by key or by file
 * descriptor, creates it. The dma-buf holds the memory. The allocation holds the
 * dma-buf as long as a handle or a share names the memory, and descriptors hold
 * it as long as they are open, so every export gets the same dma-buf.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "client.h"
#include "compat.h"
#include "device.h"
#include "dmabuf.h"
#include "fault.h"
#include "handle.h"
#include "label.h"
#include "phys.h"
#include "stat.h"
#include "trace.h"

/**
 * struct emu_dmabuf - private data of our dma-bufs
 * @phys:        the memory
 * @lock:        guards @attachments
 * @attachments: devices that use it
 */
struct emu_dmabuf {
	struct emu_phys *phys;
	struct mutex lock;
	struct list_head attachments;
};

/**
 * struct emu_attachment - a device that uses a dma-buf
 * @dev:    the device
 * @sgt:    the pages, in segments that the device supports
 * @mapped: @sgt is mapped for the device
 * @node:   in emu_dmabuf.attachments
 */
struct emu_attachment {
	struct device *dev;
	struct sg_table sgt;
	bool mapped;
	struct list_head node;
};

/* Number of contiguous bytes from page @pgoff on. */
static u64 emu_dmabuf_piece(const struct emu_phys *phys, unsigned long pgoff,
			    u64 max)
{
	unsigned long block = round_down(pgoff, EMU_BLOCK_PAGES);
	u64 piece = PAGE_SIZE;

	if (emu_backing_huge(phys, block))
		piece = (u64)(block + EMU_BLOCK_PAGES - pgoff) << PAGE_SHIFT;
	return min(piece, max);
}

static int emu_dmabuf_fill_sgt(const struct emu_phys *phys,
			       struct sg_table *sgt, u64 max)
{
	unsigned long pages = phys->size >> PAGE_SHIFT;
	struct scatterlist *sg;
	unsigned long pgoff;
	unsigned int nents = 0;
	u64 piece;
	int ret;

	for (pgoff = 0; pgoff < pages; pgoff += piece >> PAGE_SHIFT) {
		if (fatal_signal_pending(current))
			return -EINTR;
		piece = emu_dmabuf_piece(phys, pgoff, max);
		nents++;
		cond_resched();
	}
	ret = sg_alloc_table(sgt, nents, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (ret)
		return ret;
	pgoff = 0;
	for (sg = sgt->sgl; sg; sg = sg_next(sg)) {
		piece = emu_dmabuf_piece(phys, pgoff, max);
		sg_set_page(sg, emu_backing_page(phys, pgoff), piece, 0);
		pgoff += piece >> PAGE_SHIFT;
		cond_resched();
	}
	return 0;
}

static int emu_dmabuf_attach(struct dma_buf *dmabuf,
			     struct dma_buf_attachment *attachment)
{
	struct emu_dmabuf *buf = dmabuf->priv;
	struct emu_attachment *at;
	int ret;

	at = kzalloc(sizeof(*at), GFP_KERNEL_ACCOUNT);
	if (!at)
		return -ENOMEM;
	at->dev = attachment->dev;
	ret = emu_backing_fill(buf->phys, 0, buf->phys->size >> PAGE_SHIFT);
	if (ret)
		goto err;
	ret = emu_dmabuf_fill_sgt(buf->phys, &at->sgt,
				  round_down(max_t(u64, PAGE_SIZE,
						   dma_get_max_seg_size(at->dev)),
					     PAGE_SIZE));
	if (ret)
		goto err;
	attachment->priv = at;
	mutex_lock(&buf->lock);
	list_add(&at->node, &buf->attachments);
	mutex_unlock(&buf->lock);
	return 0;

err:
	kfree(at);
	return ret;
}

static void emu_dmabuf_detach(struct dma_buf *dmabuf,
			      struct dma_buf_attachment *attachment)
{
	struct emu_dmabuf *buf = dmabuf->priv;
	struct emu_attachment *at = attachment->priv;

	mutex_lock(&buf->lock);
	list_del(&at->node);
	mutex_unlock(&buf->lock);
	sg_free_table(&at->sgt);
	kfree(at);
}

static struct sg_table *emu_dmabuf_map(struct dma_buf_attachment *attachment,
				       enum dma_data_direction dir)
{
	struct emu_dmabuf *buf = attachment->dmabuf->priv;
	struct emu_attachment *at = attachment->priv;
	int ret;

	ret = dma_map_sgtable(at->dev, &at->sgt, dir, 0);
	if (ret)
		return ERR_PTR(ret);
	mutex_lock(&buf->lock);
	at->mapped = true;
	mutex_unlock(&buf->lock);
	return &at->sgt;
}

static void emu_dmabuf_unmap(struct dma_buf_attachment *attachment,
			     struct sg_table *sgt, enum dma_data_direction dir)
{
	struct emu_dmabuf *buf = attachment->dmabuf->priv;
	struct emu_attachment *at = attachment->priv;

	/* No emu_dmabuf_sync() uses the table any more. */
	mutex_lock(&buf->lock);
	at->mapped = false;
	mutex_unlock(&buf->lock);
	dma_unmap_sgtable(at->dev, sgt, dir, 0);
}

/* Does something only for a device that needs bounce buffers. */
static int emu_dmabuf_sync(struct dma_buf *dmabuf, enum dma_data_direction dir,
			   void (*sync)(struct device *dev,
					struct sg_table *sgt,
					enum dma_data_direction dir))
{
	struct emu_dmabuf *buf = dmabuf->priv;
	struct emu_attachment *at;

	mutex_lock(&buf->lock);
	list_for_each_entry(at, &buf->attachments, node)
		if (at->mapped)
			sync(at->dev, &at->sgt, dir);
	mutex_unlock(&buf->lock);
	return 0;
}

static int emu_dmabuf_begin_cpu(struct dma_buf *dmabuf,
				enum dma_data_direction dir)
{
	return emu_dmabuf_sync(dmabuf, dir, dma_sync_sgtable_for_cpu);
}

static int emu_dmabuf_end_cpu(struct dma_buf *dmabuf,
			      enum dma_data_direction dir)
{
	return emu_dmabuf_sync(dmabuf, dir, dma_sync_sgtable_for_device);
}

static vm_fault_t emu_dmabuf_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct emu_dmabuf *buf = vma->vm_private_data;
	const struct emu_span span = {
		.phys = buf->phys,
		.start = vma->vm_start,
		.end = vma->vm_end,
		.pgoff = vma->vm_pgoff,
		.write = vma->vm_flags & VM_WRITE,
	};

	return emu_span_fault(vmf, &span);
}

static vm_fault_t emu_dmabuf_huge_fault(struct vm_fault *vmf,
					emu_fault_size_t size)
{
	if (size != EMU_FAULT_SIZE_PMD)
		return VM_FAULT_FALLBACK;
	return emu_dmabuf_fault(vmf);
}

static const struct vm_operations_struct emu_dmabuf_vm_ops = {
	.fault = emu_dmabuf_fault,
	.huge_fault = emu_dmabuf_huge_fault,
};

/* The core has checked that the VMA lies within the buffer. */
static int emu_dmabuf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	/* An importer that maps it through its own node may have set the first two. */
	emu_vm_flags_mod(vma, VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTDUMP,
			 VM_PFNMAP | VM_IO | VM_EXEC | VM_MAYEXEC);
	vma->vm_ops = &emu_dmabuf_vm_ops;
	vma->vm_private_data = dmabuf->priv;
	return 0;
}

static int emu_dmabuf_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct emu_dmabuf *buf = dmabuf->priv;
	unsigned long nr = buf->phys->size >> PAGE_SHIFT;
	struct page **pages;
	unsigned long i;
	void *vaddr;
	int ret;

	ret = emu_backing_fill(buf->phys, 0, nr);
	if (ret)
		return ret;
	pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL | __GFP_NOWARN);
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		pages[i] = emu_backing_page(buf->phys, i);
		if (!(i % EMU_BLOCK_PAGES))
			cond_resched();
	}
	vaddr = vmap(pages, nr, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	if (!vaddr)
		return -ENOMEM;
	iosys_map_set_vaddr(map, vaddr);
	return 0;
}

static void emu_dmabuf_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	vunmap(map->vaddr);
}

static void emu_dmabuf_release(struct dma_buf *dmabuf)
{
	struct emu_dmabuf *buf = dmabuf->priv;

	emu_phys_put(buf->phys);
	emu_stat_add(ACL_EMU_STAT_DMABUFS, -1);
	kfree(buf);
}

static const struct dma_buf_ops emu_dmabuf_ops = {
	.attach = emu_dmabuf_attach,
	.detach = emu_dmabuf_detach,
	.map_dma_buf = emu_dmabuf_map,
	.unmap_dma_buf = emu_dmabuf_unmap,
	.begin_cpu_access = emu_dmabuf_begin_cpu,
	.end_cpu_access = emu_dmabuf_end_cpu,
	.mmap = emu_dmabuf_mmap,
	.vmap = emu_dmabuf_vmap,
	.vunmap = emu_dmabuf_vunmap,
	.release = emu_dmabuf_release,
};

static struct dma_buf *emu_dmabuf_create(struct emu_phys *phys)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct emu_dmabuf *buf;
	struct dma_buf *dmabuf;
	int ret;

	buf = kzalloc(sizeof(*buf), GFP_KERNEL_ACCOUNT);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	mutex_init(&buf->lock);
	INIT_LIST_HEAD(&buf->attachments);
	buf->phys = emu_phys_get(phys);
	info.ops = &emu_dmabuf_ops;
	info.size = phys->size;
	info.flags = O_RDWR;
	info.priv = buf;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf)) {
		emu_phys_put(phys);
		kfree(buf);
		return dmabuf;
	}
	emu_stat_add(ACL_EMU_STAT_DMABUFS, 1);
	ret = emu_label_dmabuf(phys, dmabuf);
	if (ret) {
		dma_buf_put(dmabuf);
		return ERR_PTR(ret);
	}
	return dmabuf;
}

/* The caller holds a handle or a share of the memory. */
int emu_dmabuf_make(struct emu_phys *phys)
{
	struct dma_buf *dmabuf;
	int ret = 0;

	mutex_lock(&phys->lock);
	if (!phys->dmabuf) {
		dmabuf = emu_dmabuf_create(phys);
		if (IS_ERR(dmabuf))
			ret = PTR_ERR(dmabuf);
		else
			phys->dmabuf = dmabuf;
	}
	mutex_unlock(&phys->lock);
	return ret;
}

/* ---- EXPORT_FD, IMPORT_FD ---- */

int emu_export_fd_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_export_fd *arg = cmd->arg;
	struct emu_phys *phys;
	struct emu_handle *h;
	int fd, ret;

	h = emu_handle_enter(cmd, arg->handle, EMU_HANDLE_PHYS);
	if (IS_ERR(h))
		return PTR_ERR(h);
	phys = h->content.phys;
	fd = get_unused_fd_flags(O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		ret = fd;
		goto out;
	}
	ret = emu_dmabuf_make(phys);
	if (ret) {
		put_unused_fd(fd);
		emu_fail(cmd, ret, ACL_EMU_REASON_HOST_NOMEM, 0, 0);
		goto out;
	}
	cmd->fd = fd;
	/* The handle names the memory, so the dma-buf exists. */
	cmd->file = get_file(phys->dmabuf->file);
	arg->fd = fd;
out:
	emu_handle_leave(cmd, h);
	return ret;
}

void emu_export_fd_finalize(struct emu_cmd *cmd)
{
	fd_install(cmd->fd, cmd->file);
}

void emu_export_fd_abort(struct emu_cmd *cmd)
{
	put_unused_fd(cmd->fd);
	fput(cmd->file);
}

int emu_import_fd_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_import_fd *arg = cmd->arg;
	struct acl_emu_location loc = emu_loc_device(arg->device);
	struct emu_content content = {};
	struct dma_buf *dmabuf;
	struct emu_dmabuf *buf;
	int ret;

	ret = emu_loc_check(cmd, loc);
	if (ret)
		return ret;
	dmabuf = dma_buf_get(arg->fd);
	if (IS_ERR(dmabuf))
		return emu_fail(cmd, PTR_ERR(dmabuf), ACL_EMU_REASON_FD,
				arg->fd, 0);
	if (dmabuf->ops != &emu_dmabuf_ops) {
		dma_buf_put(dmabuf);
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_FD, arg->fd, 0);
	}
	buf = dmabuf->priv;
	content.phys = buf->phys;
	emu_content_get(&content);
	/* After the last handle went, the allocation does not point to the dma-buf. */
	mutex_lock(&buf->phys->lock);
	if (!buf->phys->dmabuf) {
		get_dma_buf(dmabuf);
		buf->phys->dmabuf = dmabuf;
	}
	mutex_unlock(&buf->phys->lock);
	ret = emu_handle_reserve(cmd, &content, loc, true);
	dma_buf_put(dmabuf);
	if (!ret)
		arg->handle = emu_handle_token(cmd->handle);
	return ret;
}
