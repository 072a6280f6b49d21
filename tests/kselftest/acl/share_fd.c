// SPDX-License-Identifier: MIT
/*
 * Memory shared by file descriptor: acl_emu_export_fd() and acl_emu_import_fd().
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "acl_test.h"
#include "acl_emu/acl_emu.h"

FIXTURE(share_fd)
{
	struct world world;
	struct block mine;
	int fd;
};

FIXTURE_SETUP(share_fd)
{
	world_open(_metadata, &self->world);
	WORKS(block_make(&self->mine, BLOCK, 0));
	fill(self->mine.addr, BLOCK, 1);
	WORKS(acl_emu_export_fd(self->mine.handle, &self->fd));
}

FIXTURE_TEARDOWN(share_fd)
{
	if (self->mine.addr)
		WORKS(block_drop(&self->mine));
	close(self->fd);
	world_close(_metadata, &self->world);
}

TEST_F(share_fd, closes_on_exec)
{
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->fd, F_GETFD));
}

TEST_F(share_fd, mmap_shows_the_memory)
{
	unsigned char *seen = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);

	ASSERT_NE(MAP_FAILED, (void *)seen);
	EXPECT_EQ(0, memcmp(seen, self->mine.addr, BLOCK));
	seen[BLOCK - 1] ^= 0xff;
	EXPECT_EQ(seen[BLOCK - 1], ((unsigned char *)self->mine.addr)[BLOCK - 1]);
	EXPECT_EQ(0, munmap(seen, BLOCK));
}

/* Another process that has the descriptor, without the library. */
TEST_F(share_fd, mmap_in_another_process)
{
	int status;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		unsigned char *seen = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED,
					   self->fd, 0);

		if (seen == MAP_FAILED)
			_exit(1);
		seen[0] = 0x5a;
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0x5a, ((unsigned char *)self->mine.addr)[0]);
}

TEST_F(share_fd, import_shows_the_memory)
{
	aclrtDrvMemHandle handle;
	void *addr;

	WORKS(acl_emu_import_fd(self->fd, 0, &handle));
	WORKS(aclrtReserveMemAddress(&addr, BLOCK, 0, NULL, 0));
	WORKS(aclrtMapMem(addr, BLOCK, 0, handle, 0));
	EXPECT_EQ(0, memcmp(addr, self->mine.addr, BLOCK));
	WORKS(aclrtUnmapMem(addr));
	WORKS(aclrtReleaseMemAddress(addr));
	WORKS(aclrtFreePhysical(handle));
}

TEST_F(share_fd, every_import_has_its_handle)
{
	aclrtDrvMemHandle one, two;

	WORKS(acl_emu_import_fd(self->fd, 0, &one));
	WORKS(acl_emu_import_fd(self->fd, 0, &two));
	EXPECT_NE(one, two);
	WORKS(aclrtFreePhysical(one));
	WORKS(aclrtFreePhysical(two));
}

/* The descriptor keeps the memory when the exporter's handle is gone. */
TEST_F(share_fd, holds_the_memory)
{
	unsigned char *seen, *content = malloc(BLOCK);
	aclrtDrvMemHandle handle;

	ASSERT_NE(NULL, content);
	memcpy(content, self->mine.addr, BLOCK);
	WORKS(block_drop(&self->mine));
	self->mine.addr = NULL;
	seen = mmap(NULL, BLOCK, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, (void *)seen);
	EXPECT_EQ(0, memcmp(seen, content, BLOCK));
	free(content);
	EXPECT_EQ(0, munmap(seen, BLOCK));
	WORKS(acl_emu_import_fd(self->fd, 0, &handle));
	WORKS(aclrtFreePhysical(handle));
}

/* One dma-buf an allocation, whatever the number and form of its exports. */
TEST_F(share_fd, same_object_every_time)
{
	struct stat first, second;
	uint64_t key;
	int fd;

	WORKS(aclrtMemExportToShareableHandle(self->mine.handle, ACL_MEM_HANDLE_TYPE_NONE, 0,
					      &key));
	WORKS(acl_emu_export_fd(self->mine.handle, &fd));
	ASSERT_EQ(0, fstat(self->fd, &first));
	ASSERT_EQ(0, fstat(fd, &second));
	EXPECT_EQ(first.st_ino, second.st_ino);
	close(fd);
}

TEST_F(share_fd, wrong_arguments)
{
	aclrtDrvMemHandle handle = NULL;
	int pipes[2];
	int fd = -1;

	FAILS(INVALID, acl_emu_export_fd(NULL, &fd), "handle");
	FAILS(INVALID, acl_emu_export_fd(self->mine.handle, NULL), "fd");
	FAILS(PARAM, acl_emu_export_fd((aclrtDrvMemHandle)(uintptr_t)0x1234500000001, &fd),
	      "0x1234500000001");
	FAILS(INVALID, acl_emu_import_fd(self->fd, 0, NULL), "handle");
	FAILS(BAD_DEVICE, acl_emu_import_fd(self->fd, 99, &handle), "99");
	FAILS(PARAM, acl_emu_import_fd(-1, 0, &handle), "-1");
	ASSERT_EQ(0, pipe(pipes));
	FAILS(PARAM, acl_emu_import_fd(pipes[0], 0, &handle), "descriptor");
	close(pipes[0]);
	close(pipes[1]);
	EXPECT_EQ(-1, fd);
	EXPECT_EQ(NULL, handle);
}

TEST_F(share_fd, device_not_set)
{
	aclrtDrvMemHandle handle;

	WORKS(aclrtResetDevice(1));
	FAILS(BAD_HANDLE, acl_emu_import_fd(self->fd, 1, &handle), "device 1");
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
}

TEST_F(share_fd, no_descriptor_free)
{
	struct rlimit old, none = { 0, 0 };
	int fd = -1;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	none.rlim_max = old.rlim_max;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	FAILS(INTERNAL, acl_emu_export_fd(self->mine.handle, &fd), "descriptor");
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	EXPECT_EQ(-1, fd);
}

TEST_HARNESS_MAIN
