// SPDX-License-Identifier: MIT
/*
 * The device node: which file is opened, the errors for other files, a program that
 * closes it, and ACL_EMU_AUTOLOAD.
 */
#include "acl_test.h"
#include "module.h"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/utsname.h>

FIXTURE(node)
{
	char dir[32];
};

FIXTURE_SETUP(node)
{
	strcpy(self->dir, "/tmp/acl-node.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
}

FIXTURE_TEARDOWN(node)
{
	rmdir(self->dir);
}

/* Programs close their standard files and expect the next ones there. */
TEST_F(node, keeps_standard_files)
{
	close(0);
	WORKS(aclrtSetDevice(0));
	EXPECT_EQ(-1, fcntl(0, F_GETFD));
	WORKS(aclrtResetDevice(0));
}

TEST_F(node, no_free_descriptor)
{
	struct rlimit none = { 0, 0 };

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	FAILS(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, aclrtSetDevice(0), "ulimit -n");
}

TEST_F(node, another_device)
{
	setenv("ACL_EMU_DEVICE", "/dev/null", 1);
	FAILS(INTERNAL, aclrtSetDevice(0), "/dev/null does not answer");
}

TEST_F(node, no_device_node)
{
	setenv("ACL_EMU_DEVICE", self->dir, 1);
	FAILS(INTERNAL, aclrtSetDevice(0), self->dir);
}

TEST_F(node, hidden_directory)
{
	char path[64];

	if (getuid()) {
		SKIP(return, "needs root");
	}
	snprintf(path, sizeof(path), "%s/node", self->dir);
	setenv("ACL_EMU_DEVICE", path, 1);
	ASSERT_EQ(0, setresuid(65534, 65534, 65534));
	FAILS(ACL_ERROR_RT_NO_PERMISSION, aclrtSetDevice(0), "searchable");
}

TEST_F(node, closed_by_the_program)
{
	void *addr = NULL;

	WORKS(aclrtSetDevice(0));
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	FAILS(INTERNAL, aclrtReserveMemAddress(&addr, BLOCK, 0, NULL, 0),
	      "closed a file descriptor");
	EXPECT_EQ(NULL, addr);
}

TEST_F(node, replaced_by_the_program)
{
	int null = open("/dev/null", O_RDWR);
	void *addr = NULL;

	ASSERT_LE(0, null);
	WORKS(aclrtSetDevice(0));
	for (int fd = 3; fd < 1024; fd++) {
		if (fd != null && fcntl(fd, F_GETFD) >= 0)
			dup2(null, fd);
	}
	FAILS(INTERNAL, aclrtReserveMemAddress(&addr, BLOCK, 0, NULL, 0), "belongs to the library");
	EXPECT_EQ(NULL, addr);
}

/* Where modprobe looks is a directory that has our module and nothing else. */
static int offer_module(void)
{
	char command[512];
	struct utsname name;

	if (!module_file() || uname(&name) || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	snprintf(command, sizeof(command), "mkdir -p /lib/modules/%s", name.release);
	if (system(command))
		return -1;
	snprintf(command, sizeof(command), "/lib/modules/%s", name.release);
	if (mount("none", command, "tmpfs", 0, NULL))
		return -1;
	snprintf(command, sizeof(command),
		 "cp '%s' /lib/modules/%s/ && PATH=$PATH:/usr/sbin:/sbin depmod >/dev/null 2>&1",
		 module_file(), name.release);
	return system(command);
}

TEST_F(node, autoload)
{
	if (getuid() || offer_module()) {
		SKIP(return, "cannot offer the module to modprobe");
	}
	ASSERT_EQ(0, module_unload());
	FAILS(ACL_ERROR_RT_NO_DEVICE, aclrtSetDevice(0), "modprobe acl_emu");
	EXPECT_FALSE(module_loaded());
	setenv("ACL_EMU_AUTOLOAD", "1", 1);
	WORKS(aclrtSetDevice(0));
	EXPECT_TRUE(module_loaded());
	WORKS(aclrtResetDevice(0));
}

TEST_F(node, autoload_finds_nothing)
{
	struct utsname name;
	char path[512];

	if (getuid() || uname(&name) || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		SKIP(return, "needs root");
	}
	snprintf(path, sizeof(path), "/lib/modules/%s", name.release);
	if (!access(path, F_OK))
		ASSERT_EQ(0, mount("none", path, "tmpfs", 0, NULL));
	ASSERT_EQ(0, module_unload());
	setenv("ACL_EMU_AUTOLOAD", "1", 1);
	FAILS(ACL_ERROR_RT_NO_DEVICE, aclrtSetDevice(0), "modprobe acl_emu");
	EXPECT_EQ(0, module_load(""));
}

TEST_HARNESS_MAIN
