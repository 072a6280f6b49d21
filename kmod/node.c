// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device node: a character device of its own. All misc devices share one
 * lock, which an open holds, and our open takes mmap_lock.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "compat.h"
#include "node.h"

static dev_t emu_node_dev;
/* It is freed with its last reference, which may outlive the module. */
static struct cdev *emu_node_cdev;
static struct class *emu_node_class;

static char *emu_node_name(emu_devnode_arg_t *dev, umode_t *mode)
{
	if (mode)
		*mode = 0660;
	return NULL;
}

int emu_node_init(const struct file_operations *fops)
{
	struct device *dev;
	int ret;

	ret = alloc_chrdev_region(&emu_node_dev, 0, 1, KBUILD_MODNAME);
	if (ret)
		return ret;
	emu_node_class = emu_class_create(KBUILD_MODNAME);
	if (IS_ERR(emu_node_class)) {
		ret = PTR_ERR(emu_node_class);
		goto err_region;
	}
	emu_node_class->devnode = emu_node_name;
	emu_node_cdev = cdev_alloc();
	if (!emu_node_cdev) {
		ret = -ENOMEM;
		goto err_class;
	}
	emu_node_cdev->ops = fops;
	emu_node_cdev->owner = THIS_MODULE;
	ret = cdev_add(emu_node_cdev, emu_node_dev, 1);
	if (ret)
		goto err_cdev;
	dev = device_create(emu_node_class, NULL, emu_node_dev, NULL,
			    KBUILD_MODNAME);
	if (IS_ERR(dev)) {
		ret = PTR_ERR(dev);
		goto err_cdev;
	}
	return 0;

err_cdev:
	cdev_del(emu_node_cdev);
err_class:
	class_destroy(emu_node_class);
err_region:
	unregister_chrdev_region(emu_node_dev, 1);
	return ret;
}

void emu_node_exit(void)
{
	device_destroy(emu_node_class, emu_node_dev);
	cdev_del(emu_node_cdev);
	class_destroy(emu_node_class);
	unregister_chrdev_region(emu_node_dev, 1);
}
