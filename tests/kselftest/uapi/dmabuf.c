// SPDX-License-Identifier: MIT
/*
 * EXPORT_FD, IMPORT_FD, and the dma-buf in other processes and drivers.
 */
#include "uapi_drm.h"
#include "uapi_peer.h"

#include <linux/dma-buf.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define RIGHTS		(PROT_READ | PROT_WRITE)

UAPI_FIXTURE(dmabuf)

/* Maps at an address that is aligned to 2 MiB plus @skew. */
static uint8_t *mmap_skewed(int dmabuf, uint64_t size, uint64_t offset, uint64_t skew)
{
	uint8_t *room = mmap(NULL, size + 2 * SIZE_2M, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);
	uint64_t at = ((uintptr_t)room + SIZE_2M - 1) & -SIZE_2M;

	return mmap((void *)(at + skew), size, RIGHTS, MAP_SHARED | MAP_FIXED, dmabuf, offset);
}

/* Memory with a pattern, mapped, and its dma-buf. */
static int make(int fd, uint64_t size, uint32_t flags, uint64_t *addr, uint64_t *handle)
{
	if (uapi_mapped(fd, size, flags, addr, handle))
		return -1;
	uapi_fill(*addr, size, 8, 1);
	return uapi_export_fd(fd, *handle);
}

TEST_F(dmabuf, descriptor)
{
	uint64_t addr, handle;
	int fd = make(self->fd, 2 * SIZE_2M, 0, &addr, &handle);

	ASSERT_GE(fd, 0);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(fd, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(2 * SIZE_2M, lseek(fd, 0, SEEK_END));
	EXPECT_FAIL(ENOENT, HANDLE, handle + 1, 0, uapi_export_fd(self->fd, handle + 1));
	EXPECT_EQ(self->before.used[0] + 2 * SIZE_2M, uapi_used(self->fd, 0));
}

TEST_F(dmabuf, no_free_descriptor)
{
	uint64_t dmabufs = COUNT(DMABUFS), handle;
	struct rlimit limit = { 0, 0 };

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(-EMFILE, uapi_export_fd(self->fd, handle));
	EXPECT_EQ(dmabufs, COUNT(DMABUFS));
}

TEST_F(dmabuf, content)
{
	uint64_t addr, handle;
	int fd = make(self->fd, 4 * SIZE_2M, 0, &addr, &handle);
	uint8_t *buf;

	ASSERT_GE(fd, 0);
	buf = mmap(NULL, 4 * SIZE_2M, RIGHTS, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, buf);
	EXPECT_EQ(4 * SIZE_2M, uapi_differs((uintptr_t)buf, 4 * SIZE_2M, 8, 1));
	buf[SIZE_2M + 5] = 0x77;
	EXPECT_EQ(0x77, *(uint8_t *)(addr + SIZE_2M + 5));
	*(uint8_t *)(addr + 3 * SIZE_2M) = 0x78;
	EXPECT_EQ(0x78, buf[3 * SIZE_2M]);
}

TEST_F(dmabuf, refused_mappings)
{
	uint64_t addr, handle;
	int fd = make(self->fd, 2 * SIZE_2M, 0, &addr, &handle);
	uint8_t *buf;

	ASSERT_GE(fd, 0);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE_2M, RIGHTS, MAP_PRIVATE, fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE_2M, PROT_READ, MAP_PRIVATE, fd, 0));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * SIZE_2M + SIZE_4K, RIGHTS, MAP_SHARED, fd, 0));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * SIZE_2M, RIGHTS, MAP_SHARED, fd, SIZE_4K));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE_4K, RIGHTS, MAP_SHARED, fd, 2 * SIZE_2M));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE_2M, RIGHTS, MAP_SHARED, fd, -SIZE_2M));

	buf = mmap(NULL, SIZE_2M, RIGHTS, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, buf);
	EXPECT_EQ(-1, mprotect(buf, SIZE_2M, PROT_READ | PROT_EXEC));
	EXPECT_EQ(MAP_FAILED, mremap(buf, SIZE_2M, 2 * SIZE_2M, MREMAP_MAYMOVE));
}

/* Entries are of 2 MiB where address and offset have the same place in a block. */
TEST_F(dmabuf, entries)
{
	const uint64_t size = 4 * SIZE_2M;
	uint64_t addr, handle, pmds, ptes;
	int fd = make(self->fd, size, 0, &addr, &handle);
	uint8_t *buf;

	ASSERT_GE(fd, 0);
	pmds = COUNT(PMD_ENTRIES);
	ptes = COUNT(PTE_ENTRIES);
	buf = mmap_skewed(fd, size, 0, 0);
	ASSERT_NE(MAP_FAILED, buf);
	EXPECT_EQ(size, uapi_differs((uintptr_t)buf, size, 8, 1));
	EXPECT_EQ(pmds + 4, COUNT(PMD_ENTRIES));
	EXPECT_EQ(ptes, COUNT(PTE_ENTRIES));

	/* Entries are small where either is shifted. */
	pmds = COUNT(PMD_ENTRIES);
	buf = mmap_skewed(fd, size, 0, SIZE_4K);
	ASSERT_NE(MAP_FAILED, buf);
	EXPECT_EQ(size, uapi_differs((uintptr_t)buf, size, 8, 1));
	buf = mmap_skewed(fd, size - SIZE_4K, SIZE_4K, 0);
	ASSERT_NE(MAP_FAILED, buf);
	EXPECT_EQ(0, memcmp(buf, (void *)(addr + SIZE_4K), size - SIZE_4K));
	EXPECT_EQ(pmds, COUNT(PMD_ENTRIES));
	EXPECT_EQ(ptes + 2 * (size / SIZE_4K) - 1, COUNT(PTE_ENTRIES));
}

/* The program may unmap and protect parts of its mapping of a dma-buf. */
TEST_F(dmabuf, partial_munmap)
{
	const uint64_t size = 4 * SIZE_2M, hole = SIZE_2M + 5 * SIZE_4K;
	uint64_t addr, handle;
	int fd = make(self->fd, size, 0, &addr, &handle);
	uint8_t *buf = mmap_skewed(fd, size, 0, 0);

	ASSERT_NE(MAP_FAILED, buf);
	ASSERT_EQ(size, uapi_differs((uintptr_t)buf, size, SIZE_4K, 1));
	ASSERT_EQ(0, munmap(buf + hole, SIZE_4K));
	EXPECT_EQ(0, memcmp(buf, (void *)addr, hole));
	EXPECT_EQ(0, memcmp(buf + hole + SIZE_4K, (void *)(addr + hole + SIZE_4K),
			    size - hole - SIZE_4K));
	ASSERT_EQ(0, mprotect(buf + 3 * SIZE_2M, SIZE_4K, PROT_READ));
	EXPECT_EQ(SIGSEGV, UAPI_WRITE((uintptr_t)buf + 3 * SIZE_2M));
	EXPECT_EQ(0, UAPI_WRITE((uintptr_t)buf + 3 * SIZE_2M + SIZE_4K));
	ASSERT_EQ(0, mprotect(buf + 3 * SIZE_2M, SIZE_4K, RIGHTS));
	EXPECT_EQ(0, UAPI_WRITE((uintptr_t)buf + 3 * SIZE_2M));
	EXPECT_EQ(0xa5, *(uint8_t *)(addr + 3 * SIZE_2M));
	EXPECT_EQ(-1, madvise(buf, SIZE_2M, MADV_REMOVE));
	madvise(buf, SIZE_2M, MADV_DONTNEED);
	EXPECT_EQ(0, memcmp(buf, (void *)addr, SIZE_2M));
}

/* A mapping for reading that is widened later shows the same memory. */
TEST_F(dmabuf, read_only_first)
{
	const uint32_t flags[] = { 0, ACL_EMU_PHYS_4K };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		uint64_t addr, handle;
		int fd = make(self->fd, SIZE_2M, flags[i], &addr, &handle);
		uint8_t *buf = mmap_skewed(fd, SIZE_2M, 0, 0);

		ASSERT_NE(MAP_FAILED, buf);
		ASSERT_EQ(0, mprotect(buf, SIZE_2M, PROT_READ));
		EXPECT_EQ(SIZE_2M, uapi_differs((uintptr_t)buf, SIZE_2M, 8, 1));
		EXPECT_EQ(SIGSEGV, UAPI_WRITE((uintptr_t)buf));
		ASSERT_EQ(0, mprotect(buf, SIZE_2M, RIGHTS));
		EXPECT_EQ(0, UAPI_WRITE((uintptr_t)buf + 1));
		EXPECT_EQ(0xa5, *(uint8_t *)(addr + 1));
	}
}

/* Small memory whose last block is incomplete. */
TEST_F(dmabuf, odd_size)
{
	const uint64_t size = SIZE_2M + 3 * SIZE_4K;
	uint64_t addr, handle;
	int fd = make(self->fd, size, ACL_EMU_PHYS_4K, &addr, &handle);
	uint8_t *buf;

	ASSERT_GE(fd, 0);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, size + SIZE_4K, RIGHTS, MAP_SHARED, fd, 0));
	buf = mmap(NULL, size, RIGHTS, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, buf);
	EXPECT_EQ(size, uapi_differs((uintptr_t)buf, size, 8, 1));
}

TEST_F(dmabuf, import_here)
{
	uint64_t addr, handle, import, again, other;
	int fd = make(self->fd, 2 * SIZE_2M, 0, &addr, &handle);

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_import_fd(self->fd, fd, 0, &import));
	ASSERT_EQ(0, uapi_import_fd(self->fd, fd, 0, &again));
	EXPECT_NE(handle, import);
	EXPECT_EQ(2 * SIZE_2M, uapi_phys_info(self->fd, import).size);
	EXPECT_EQ(ACL_EMU_PHYS_STATE_IMPORTED, uapi_phys_info(self->fd, import).state);
	ASSERT_EQ(0, uapi_reserve(self->fd, 2 * SIZE_2M, &other));
	ASSERT_EQ(0, uapi_map(self->fd, other, 2 * SIZE_2M, import));
	EXPECT_EQ(2 * SIZE_2M, uapi_differs(other, 2 * SIZE_2M, 8, 1));
	EXPECT_EQ(self->before.used[0] + 2 * SIZE_2M, uapi_used(self->fd, 0));
}

TEST_F(dmabuf, import_elsewhere)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t addr, handle, far, there, word;
	int fd = make(self->fd, 2 * SIZE_2M, 0, &addr, &handle);

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_peer_give_fd(&peer, fd, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &there));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_READ, there + SIZE_2M, &word));
	EXPECT_EQ(*uapi_words(addr + SIZE_2M), word);
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_WRITE, there, NULL));
	EXPECT_EQ(there, *uapi_words(addr));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* An import may be exported again, as a file. */
TEST_F(dmabuf, file_of_an_import)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t far, key, there, import;
	uint64_t *buf;
	int fd;

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &there));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_WRITE, there, NULL));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &import));
	fd = uapi_export_fd(self->fd, import);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_free(self->fd, import));
	EXPECT_EQ(0, uapi_peer_end(&peer));
	buf = mmap(NULL, SIZE_2M, RIGHTS, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, buf);
	EXPECT_EQ(there, *buf);
}

/* The file alone keeps the memory, then the mapping of the file alone. */
TEST_F(dmabuf, outlives_its_exporter)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t far, there, *buf;
	int fd;

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &there));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_WRITE, there, NULL));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_FD, far, NULL));
	fd = uapi_recv_fd(peer.sock);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(1000 + SIGKILL, uapi_peer_kill(&peer));
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
	buf = mmap(NULL, SIZE_2M, RIGHTS, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, buf);
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(there, *buf);
	EXPECT_EQ(1, COUNT(DMABUFS));
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
	ASSERT_EQ(0, munmap(buf, SIZE_2M));
	EXPECT_EQ(0, COUNT(DMABUFS));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

/* Reset and unmapping by the exporter leave the file alone. */
TEST_F(dmabuf, outlives_a_reset)
{
	uint64_t addr, handle, *buf;
	int fd = make(self->fd, SIZE_2M, 0, &addr, &handle);

	ASSERT_GE(fd, 0);
	buf = mmap(NULL, SIZE_2M, RIGHTS, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, buf);
	ASSERT_EQ(SIZE_2M, uapi_differs((uintptr_t)buf, SIZE_2M, SIZE_4K, 1));
	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr));
	EXPECT_EQ(SIZE_2M, uapi_differs((uintptr_t)buf, SIZE_2M, 8, 1));
}

static int read_inherited(int sock, void *data)
{
	(void)sock;
	CHILD_CHECK(uapi_differs((uintptr_t)data, SIZE_2M, 8, 1) == SIZE_2M);
	uapi_fill((uintptr_t)data, SIZE_2M, 8, 2);
	return 0;
}

/* Unlike a reservation the mapping of a file is inherited. */
TEST_F(dmabuf, fork)
{
	uint64_t addr, handle;
	int sock, fd = make(self->fd, SIZE_2M, 0, &addr, &handle);
	void *buf = mmap_skewed(fd, SIZE_2M, 0, 0);

	ASSERT_NE(MAP_FAILED, buf);
	ASSERT_EQ(0, UAPI_READ((uintptr_t)buf));
	EXPECT_EQ(0, uapi_wait(uapi_child(read_inherited, buf, &sock)));
	EXPECT_EQ(SIZE_2M, uapi_differs((uintptr_t)buf, SIZE_2M, 8, 2));
	EXPECT_EQ(SIZE_2M, uapi_differs(addr, SIZE_2M, 8, 2));
}

TEST_F(dmabuf, foreign_files)
{
	uint64_t devices = uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0);
	int memfd = memfd_create("test", MFD_CLOEXEC), foreign = uapi_foreign_dmabuf();
	uint64_t handle = 0x5a;

	EXPECT_FAIL(EINVAL, FD, memfd, 0, uapi_import_fd(self->fd, memfd, 0, &handle));
	EXPECT_FAIL(EINVAL, FD, self->fd, 0, uapi_import_fd(self->fd, self->fd, 0, &handle));
	EXPECT_EQ(-EBADF, uapi_import_fd(self->fd, -1, 0, &handle));
	EXPECT_EQ(-EBADF, uapi_import_fd(self->fd, 999, 0, &handle));
	EXPECT_FAIL(ENODEV, NO_DEVICE, devices, devices,
		    uapi_import_fd(self->fd, memfd, devices, &handle));
	EXPECT_EQ(0x5a, handle);
	if (foreign < 0)
		SKIP(return, "neither /dev/dma_heap/system nor vgem");
	EXPECT_FAIL(EINVAL, FD, foreign, 0, uapi_import_fd(self->fd, foreign, 0, &handle));
	EXPECT_EQ(0x5a, handle);
}

TEST_F(dmabuf, closed_device)
{
	uint64_t handle, import = 0x5a;
	int dmabuf, fd = uapi_open();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	dmabuf = uapi_export_fd(self->fd, handle);
	ASSERT_GE(dmabuf, 0);
	EXPECT_FAIL(ENXIO, DEVICE_CLOSED, 0, 0, uapi_import_fd(fd, dmabuf, 0, &import));
	EXPECT_EQ(0x5a, import);
	close(fd);
}

TEST_F(dmabuf, sync)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	uint64_t addr, handle;
	int fd = make(self->fd, SIZE_2M, 0, &addr, &handle);

	ASSERT_GE(fd, 0);
	EXPECT_EQ(0, ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync));
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
	EXPECT_EQ(0, ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync));
	EXPECT_EQ(SIZE_2M, uapi_differs(addr, SIZE_2M, 8, 1));
}

/* A driver imports the dma-buf, maps it for its device, and exports it again. */
TEST_F(dmabuf, vgem_import)
{
	const uint32_t flags[] = { 0, ACL_EMU_PHYS_4K };
	int card = uapi_vgem_open();

	if (card < 0)
		SKIP(return, "no vgem");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		const uint64_t size = 4 * SIZE_2M;
		struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
		uint64_t addr, handle;
		int fd = make(self->fd, size, flags[i], &addr, &handle);
		uint32_t gem = uapi_vgem_import(card, fd);
		uint8_t *buf;

		ASSERT_NE(0, gem);
		ASSERT_EQ(0, close(fd));
		fd = uapi_vgem_export(card, gem);
		ASSERT_GE(fd, 0);
		EXPECT_EQ(size, lseek(fd, 0, SEEK_END));
		buf = mmap(NULL, size, RIGHTS, MAP_SHARED, fd, 0);
		ASSERT_NE(MAP_FAILED, buf);
		EXPECT_EQ(size, uapi_differs((uintptr_t)buf, size, 8, 1));
		buf[size - 1] = 0x79;
		EXPECT_EQ(0x79, *(uint8_t *)(addr + size - 1));
		EXPECT_EQ(0, ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync));
		sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
		EXPECT_EQ(0, ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync));

		/* The card alone keeps the memory. */
		ASSERT_EQ(0, close(fd));
		ASSERT_EQ(0, munmap(buf, size));
		ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
		EXPECT_EQ(self->before.used[0] + size, uapi_used(self->fd, 0));
		EXPECT_EQ(0, uapi_vgem_close(card, gem));
		EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
	}
	close(card);
}

/* The module cannot be unloaded while a dma-buf of it is open. */
TEST_F(dmabuf, module_stays_loaded)
{
	uint64_t handle;
	int fd;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, close(self->fd));
	EXPECT_EQ(-1, syscall(SYS_delete_module, "acl_emu", O_NONBLOCK));
	EXPECT_EQ(EAGAIN, errno);
	close(fd);
}

TEST_HARNESS_MAIN
