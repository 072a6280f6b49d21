// SPDX-License-Identifier: GPL-2.0-only
/*
 * Labels: names of memory for people. The label of an allocation is also the name
 * of its dma-buf, as far as that has room.
 */
#include <linux/dma-buf.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/linux/dma-buf.h>

#include "client.h"
#include "handle.h"
#include "label.h"
#include "phys.h"

/**
 * struct emu_label - text of a label
 * @rcu:  OBJECTS reads it without a lock
 * @text: printable ASCII with a zero byte
 */
struct emu_label {
	struct rcu_head rcu;
	char text[ACL_EMU_LABEL_SIZE];
};

/* @text has room for ACL_EMU_LABEL_SIZE bytes. */
void emu_label_read(const struct emu_phys *phys, char *text)
{
	const struct emu_label *label;

	rcu_read_lock();
	label = rcu_dereference(phys->label);
	strscpy_pad(text, label ? label->text : "", ACL_EMU_LABEL_SIZE);
	rcu_read_unlock();
}

/* Nothing refers to the memory any more, so nobody reads the label. */
void emu_label_free(struct emu_phys *phys)
{
	kfree(rcu_dereference_protected(phys->label, true));
}

static int emu_label_name_dmabuf(struct dma_buf *dmabuf, const char *text)
{
	char *name = NULL;
	const char *old;

	if (*text) {
		name = kstrndup(text, DMA_BUF_NAME_LEN - 1, GFP_KERNEL_ACCOUNT);
		if (!name)
			return -ENOMEM;
	}
	spin_lock(&dmabuf->name_lock);
	old = dmabuf->name;
	dmabuf->name = name;
	spin_unlock(&dmabuf->name_lock);
	kfree(old);
	return 0;
}

/* Names a dma-buf that was just made. */
int emu_label_dmabuf(struct emu_phys *phys, struct dma_buf *dmabuf)
{
	const struct emu_label *label;

	lockdep_assert_held(&phys->lock);
	label = rcu_dereference_protected(phys->label,
					  lockdep_is_held(&phys->lock));
	return label ? emu_label_name_dmabuf(dmabuf, label->text) : 0;
}

static int emu_label_check(struct emu_cmd *cmd, const char *text)
{
	unsigned int i;

	for (i = 0; i < ACL_EMU_LABEL_SIZE && text[i]; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_LABEL, i,
					(u8)text[i]);
	if (i == ACL_EMU_LABEL_SIZE)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_LABEL, i,
				(u8)text[i - 1]);
	return 0;
}

static int emu_label_set(struct emu_cmd *cmd, struct emu_phys *phys,
			 const char *text)
{
	struct emu_label *label = NULL;
	int ret = 0;

	if (*text) {
		label = kzalloc(sizeof(*label), GFP_KERNEL_ACCOUNT);
		if (!label)
			return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
					sizeof(*label), 0);
		strscpy(label->text, text, sizeof(label->text));
	}
	mutex_lock(&phys->lock);
	if (phys->dmabuf)
		ret = emu_label_name_dmabuf(phys->dmabuf, text);
	if (!ret)
		label = rcu_replace_pointer(phys->label, label,
					    lockdep_is_held(&phys->lock));
	mutex_unlock(&phys->lock);
	/* The old one, or the new one that was not needed. */
	if (label)
		kfree_rcu(label, rcu);
	if (ret)
		emu_fail(cmd, ret, ACL_EMU_REASON_HOST_NOMEM, DMA_BUF_NAME_LEN,
			 0);
	return ret;
}

int emu_label_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_label *arg = cmd->arg;
	struct emu_handle *h;
	int ret;

	h = emu_handle_enter(cmd, arg->handle, EMU_HANDLE_PHYS);
	if (IS_ERR(h))
		return PTR_ERR(h);
	ret = h->imported ? emu_fail(cmd, -EINVAL, ACL_EMU_REASON_IMPORTED,
				     arg->handle, 0) :
			    emu_label_check(cmd, arg->label);
	if (!ret)
		ret = emu_label_set(cmd, h->content.phys, arg->label);
	emu_handle_leave(cmd, h);
	return ret;
}
