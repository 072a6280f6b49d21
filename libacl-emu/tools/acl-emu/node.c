// SPDX-License-Identifier: MIT
/*
 * The device node: its ioctls, as the tool uses them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "node.h"
#include "tool.h"

const char *node_path(void)
{
	const char *path = getenv("ACL_EMU_DEVICE");

	return path && *path ? path : NODE_DEFAULT;
}

int node_call(int fd, unsigned int nr, void *arg)
{
	return ioctl(fd, _IO(ACL_EMU_IOCTL_TYPE, nr), arg) ? -errno : 0;
}

bool node_query(int fd, uint32_t param, uint32_t index, uint64_t *value)
{
	struct acl_emu_query arg = NODE_ARG(acl_emu_query, .param = param, .index = index);

	if (node_call(fd, ACL_EMU_NR_QUERY, &arg))
		return false;
	*value = arg.value;
	return true;
}

bool node_device(int fd, struct acl_emu_location loc, struct acl_emu_device_info *info)
{
	*info = NODE_ARG(acl_emu_device_info, .loc = loc);
	return !node_call(fd, ACL_EMU_NR_DEVICE_INFO, info);
}

int node_try_open(void)
{
	int fd = open(node_path(), O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int node_open(void)
{
	uint64_t features;
	int fd = node_try_open();

	if (fd < 0) {
		fail(0, "cannot open %s: %s. %s", node_path(), strerror(-fd),
		     fd == -EACCES ? "Run 'acl-emu doctor' for the command that mends it." :
		     "Load the module with 'sudo acl-emu load'.");
		return -1;
	}
	if (node_query(fd, ACL_EMU_PARAM_FEATURES, 0, &features) &&
	    features & ACL_EMU_FEATURE_HOLDERS)
		return fd;
	fail(0, "%s belongs to a module that is older than this program. Load the one that was "
	     "built with it.", node_path());
	close(fd);
	return -1;
}
