// SPDX-License-Identifier: MIT
/*
 * The dma-buf as the one object by which memory is shared: keys, imports and
 * descriptors name the same one, and it lives until the last of them is gone.
 */
#include "uapi_drm.h"
#include "uapi_peer.h"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define DEBUGFS		"/sys/kernel/debug"
#define BUFINFO		DEBUGFS "/dma_buf/bufinfo"
#define OPEN_TO_ALL	ACL_EMU_EXPORT_NO_LIST

UAPI_FIXTURE(shared)

static ino_t inode_of(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? 0 : status.st_ino;
}

/* ---- what debugfs shows ---- */

/* A dma-buf of this module in bufinfo. */
struct buf {
	uint64_t size;
	uint64_t inode;
	unsigned int attached;
};

/* Number of dma-bufs of this module, or -1 without bufinfo. */
static int read_bufs(struct buf *buf, int max)
{
	char line[512], exporter[64];
	struct buf *last = NULL;
	int count = 0;
	FILE *file;

	if (access(BUFINFO, F_OK))
		mount("none", DEBUGFS, "debugfs", 0, NULL);
	file = fopen(BUFINFO, "r");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		struct buf found = { 0 };

		if (sscanf(line, "%" SCNu64 " %*x %*x %*u %63s %" SCNu64, &found.size, exporter,
			   &found.inode) == 3) {
			last = NULL;
			if (strcmp(exporter, "acl_emu") || count == max)
				continue;
			last = &buf[count++];
			*last = found;
		} else if (last &&
			   sscanf(line, "Total %u devices attached", &last->attached) == 1) {
			last = NULL;
		}
	}
	fclose(file);
	return count;
}

/* The one with that inode; its size is 0 if there is none or more than one. */
static struct buf find_buf(uint64_t inode)
{
	struct buf bufs[16], found = { 0 };
	int count = read_bufs(bufs, ARRAY_SIZE(bufs)), matches = 0;

	for (int i = 0; i < count; i++) {
		if (bufs[i].inode != inode)
			continue;
		found = bufs[i];
		matches++;
	}
	if (matches != 1)
		found.size = 0;
	return found;
}

TEST_F(shared, bufinfo)
{
	const struct {
		uint64_t size;
		uint32_t flags;
	} list[] = { { SIZE_2M, 0 }, { 3 * SIZE_2M, 0 }, { 5 * SIZE_4K, ACL_EMU_PHYS_4K } };
	uint64_t handle[ARRAY_SIZE(list)], key, unshared;
	struct buf bufs[16];
	int fd[ARRAY_SIZE(list)];

	if (read_bufs(bufs, ARRAY_SIZE(bufs)) < 0)
		SKIP(return, "no " BUFINFO);
	EXPECT_EQ(0, read_bufs(bufs, ARRAY_SIZE(bufs)));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &unshared));
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		ASSERT_EQ(0, uapi_alloc(self->fd, list[i].size, list[i].flags, &handle[i]));
		/* The first export by fd or by key, then by all forms. */
		if (i)
			ASSERT_EQ(0, uapi_export(self->fd, handle[i], 0, &key));
		fd[i] = uapi_export_fd(self->fd, handle[i]);
		ASSERT_GE(fd[i], 0);
		ASSERT_EQ(0, uapi_export(self->fd, handle[i], OPEN_TO_ALL, &key));
	}
	EXPECT_EQ(ARRAY_SIZE(list), read_bufs(bufs, ARRAY_SIZE(bufs)));
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		struct buf buf = find_buf(inode_of(fd[i]));

		EXPECT_EQ(list[i].size, buf.size);
		EXPECT_EQ(0, buf.attached);
		/* The keys alone keep it. */
		ASSERT_EQ(0, close(fd[i]));
		EXPECT_EQ(list[i].size, find_buf(buf.inode).size);
		ASSERT_EQ(0, uapi_free(self->fd, handle[i]));
		EXPECT_EQ(0, find_buf(buf.inode).size);
	}
	EXPECT_EQ(0, read_bufs(bufs, ARRAY_SIZE(bufs)));
}

TEST_F(shared, bufinfo_attachments)
{
	int cards[] = { uapi_vgem_open(), uapi_vgem_open() };
	uint32_t gem[ARRAY_SIZE(cards)];
	uint64_t handle;
	struct buf buf;
	int fd;

	if (cards[0] < 0 || read_bufs(&buf, 1) < 0)
		SKIP(return, "no vgem or no " BUFINFO);
	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &handle));
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	for (size_t i = 0; i < ARRAY_SIZE(cards); i++) {
		EXPECT_EQ(i, find_buf(inode_of(fd)).attached);
		gem[i] = uapi_vgem_import(cards[i], fd);
		ASSERT_NE(0, gem[i]);
	}
	EXPECT_EQ(2, find_buf(inode_of(fd)).attached);
	for (size_t i = 0; i < ARRAY_SIZE(cards); i++)
		ASSERT_EQ(0, uapi_vgem_close(cards[i], gem[i]));
	EXPECT_EQ(0, find_buf(inode_of(fd)).attached);
}

/* fdinfo names the exporter, too. */
TEST_F(shared, fdinfo)
{
	char path[64], line[256], exporter[64] = "";
	uint64_t handle;
	FILE *file;
	int fd;

	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &handle));
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	EXPECT_EQ(2 * SIZE_2M, uapi_proc(path, "size"));
	file = fopen(path, "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file))
		sscanf(line, "exp_name: %63s", exporter);
	fclose(file);
	EXPECT_STREQ("acl_emu", exporter);
}

/* ---- one dma-buf ---- */

TEST_F(shared, one_dmabuf_for_all_names)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t handle, key[2], import, far = 0, fd_far;
	int fd[4];

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	EXPECT_EQ(0, COUNT(DMABUFS));
	ASSERT_EQ(0, uapi_export(self->fd, handle, ACL_EMU_EXPORT_ONCE | OPEN_TO_ALL, &key[0]));
	ASSERT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &key[1]));
	fd[0] = uapi_export_fd(self->fd, handle);
	fd[1] = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd[1], 0);
	EXPECT_NE(fd[0], fd[1]);
	EXPECT_EQ(1, COUNT(DMABUFS));

	/* An import by key and one by descriptor, exported again. */
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key[i], &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_FD, far, &fd_far));
	fd[2] = uapi_recv_fd(peer.sock);
	ASSERT_EQ(0, uapi_import_fd(self->fd, fd[2], 0, &import));
	fd[3] = uapi_export_fd(self->fd, import);
	ASSERT_GE(fd[3], 0);
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++) {
		EXPECT_NE(0, inode_of(fd[i]));
		EXPECT_EQ(inode_of(fd[0]), inode_of(fd[i]));
	}
	EXPECT_EQ(1, COUNT(DMABUFS));
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* Another allocation has another one. */
TEST_F(shared, one_dmabuf_per_allocation)
{
	uint64_t handle[2];
	int fd[2];

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle[i]));
		fd[i] = uapi_export_fd(self->fd, handle[i]);
		ASSERT_GE(fd[i], 0);
	}
	EXPECT_NE(inode_of(fd[0]), inode_of(fd[1]));
	EXPECT_EQ(2, COUNT(DMABUFS));
}

/* ---- how long it lives ---- */

/* The fixture's process keeps the memory of @peer by an import of its key. */
TEST_F(shared, exporter_dies_first)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t far, key, import;
	ino_t inode;
	int fd;

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &import));
	fd = uapi_export_fd(self->fd, import);
	ASSERT_GE(fd, 0);
	inode = inode_of(fd);
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(1000 + SIGKILL, uapi_peer_kill(&peer));
	EXPECT_EQ(1, COUNT(DMABUFS));
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
	fd = uapi_export_fd(self->fd, import);
	EXPECT_EQ(inode, inode_of(fd));
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(0, uapi_free(self->fd, import));
	EXPECT_EQ(0, COUNT(DMABUFS));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

TEST_F(shared, importer_dies_first)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t handle, key, far, addr;
	int fd;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_export(self->fd, handle, OPEN_TO_ALL, &key));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &far));
	EXPECT_EQ(1000 + SIGKILL, uapi_peer_kill(&peer));
	EXPECT_EQ(1, COUNT(DMABUFS));
	EXPECT_EQ(1, COUNT(SHARES));
	EXPECT_EQ(0, UAPI_WRITE(addr));
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(1, COUNT(DMABUFS));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	EXPECT_EQ(1, COUNT(DMABUFS));
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(0, COUNT(DMABUFS));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

TEST_F(shared, key_closed_while_imported)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t handle, key, far, there, word;
	int fd;

	ASSERT_EQ(0, uapi_exported(self->fd, SIZE_2M, OPEN_TO_ALL, &handle, &key));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_share_close(self->fd, key));
	EXPECT_EQ(1, COUNT(DMABUFS));
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(1, COUNT(DMABUFS));
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(1, COUNT(DMABUFS));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &there));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_READ, there, &word));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_UNMAP, there, NULL));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_FREE, far, NULL));
	EXPECT_EQ(0, COUNT(DMABUFS));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* Only a message that nobody has read names the memory. */
TEST_F(shared, descriptor_in_a_queue)
{
	uint64_t addr, handle, import = 0;
	int fd, pair[2];

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	uapi_fill(addr, SIZE_2M, SIZE_4K, 7);
	for (int received = 0; received < 2; received++) {
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
		fd = uapi_export_fd(self->fd, handle);
		ASSERT_GE(fd, 0);
		ASSERT_EQ(0, uapi_send_fd(pair[0], fd));
		ASSERT_EQ(0, close(fd));
		EXPECT_EQ(1, COUNT(DMABUFS));
		if (received) {
			ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
			EXPECT_EQ(1, COUNT(DMABUFS));
			EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
			fd = uapi_recv_fd(pair[1]);
			ASSERT_EQ(0, uapi_import_fd(self->fd, fd, 0, &import));
			ASSERT_EQ(0, close(fd));
		}
		close(pair[0]);
		close(pair[1]);
		EXPECT_EQ(1, COUNT(DMABUFS));
	}
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, import));
	EXPECT_EQ(SIZE_2M, uapi_differs(addr, SIZE_2M, SIZE_4K, 7));
}

/* The sockets are closed while the message is queued. */
TEST_F(shared, queue_closed_with_descriptor)
{
	uint64_t handle;
	int fd, pair[2];

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_EQ(0, uapi_send_fd(pair[0], fd));
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
	close(pair[0]);
	close(pair[1]);
	EXPECT_EQ(0, COUNT(DMABUFS));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

/*
 * Key and descriptor end in either order. The handle keeps the dma-buf from its
 * first export on, so a later export gives the same one.
 */
TEST_F(shared, key_and_descriptor)
{
	uint64_t handle, key;
	ino_t inode = 0;
	int fd;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &key));
		fd = uapi_export_fd(self->fd, handle);
		ASSERT_GE(fd, 0);
		EXPECT_EQ(SIZE_2M, lseek(fd, 0, SEEK_END));
		if (i)
			EXPECT_EQ(inode, inode_of(fd));
		inode = inode_of(fd);
		if (i & 1) {
			ASSERT_EQ(0, close(fd));
			ASSERT_EQ(0, uapi_share_close(self->fd, key));
		} else {
			ASSERT_EQ(0, uapi_share_close(self->fd, key));
			ASSERT_EQ(0, close(fd));
		}
		EXPECT_EQ(1, COUNT(DMABUFS));
		EXPECT_EQ(0, COUNT(SHARES));
	}
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(0, COUNT(DMABUFS));
	EXPECT_EQ(0, COUNT(PHYS));
}

/*
 * A path to the dma-buf outlives its last descriptor, and with it the dma-buf's
 * own record, but not its struct file, which may be another file by then.
 */
TEST_F(shared, path_after_last_descriptor)
{
	const struct rlimit limit = { 4096, 4096 };
	uint64_t handle, import;
	int fd, next, path, files[1024];
	struct stat found, other;
	char name[32];

	setrlimit(RLIMIT_NOFILE, &limit);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	path = open(name, O_PATH | O_CLOEXEC);
	ASSERT_GE(path, 0);
	ASSERT_EQ(0, close(fd));
	/* Waits until the memory of the file can be reused, then reuses it. */
	for (int i = 0; i < 3; i++)
		syscall(SYS_membarrier, 1 /* MEMBARRIER_CMD_GLOBAL */, 0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		files[i] = memfd_create("reused", MFD_CLOEXEC);
		ASSERT_GE(files[i], 0);
	}
	next = uapi_export_fd(self->fd, handle);
	ASSERT_GE(next, 0);
	ASSERT_EQ(0, fstat(next, &found));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		ASSERT_EQ(0, fstat(files[i], &other));
		ASSERT_FALSE(found.st_dev == other.st_dev && found.st_ino == other.st_ino)
			TH_LOG("the export gave another file");
	}
	EXPECT_EQ(SIZE_2M, lseek(next, 0, SEEK_END));
	EXPECT_EQ(0, uapi_import_fd(self->fd, next, 0, &import));
	close(path);
}

/* ---- many at once ---- */

#define THREADS	6

struct racer {
	int fd;
	uint64_t handle;
	unsigned long rounds;
	unsigned int number;
	const char *fault;
	pthread_t thread;
};

/* While one descriptor is open, an export gives the same dma-buf. */
static const char *race_fds(struct racer *r)
{
	int first = uapi_export_fd(r->fd, r->handle);
	int second = uapi_export_fd(r->fd, r->handle);
	const char *fault = NULL;

	if (first < 0 || second < 0)
		fault = "EXPORT_FD failed";
	else if (inode_of(first) != inode_of(second))
		fault = "two dma-bufs at once";
	else if (lseek(first, 0, SEEK_END) != SIZE_2M)
		fault = "not the memory";
	close(first);
	close(second);
	return fault;
}

static const char *race_keys(struct racer *r)
{
	uint64_t key;

	if (uapi_export(r->fd, r->handle, OPEN_TO_ALL, &key))
		return "EXPORT failed";
	return uapi_share_close(r->fd, key) ? "SHARE_CLOSE failed" : NULL;
}

static const char *race_imports(struct racer *r)
{
	int fd = uapi_export_fd(r->fd, r->handle), again;
	const char *fault = NULL;
	uint64_t import;

	if (fd < 0 || uapi_import_fd(r->fd, fd, 0, &import))
		return "no import";
	again = uapi_export_fd(r->fd, import);
	if (inode_of(fd) != inode_of(again))
		fault = "the import has another dma-buf";
	close(fd);
	close(again);
	return uapi_free(r->fd, import) ? "PHYS_FREE failed" : fault;
}

static void *race(void *data)
{
	const char *(*const what[])(struct racer *) = { race_fds, race_keys, race_imports };
	struct racer *r = data;

	for (unsigned long i = 0; i < r->rounds && !r->fault; i++)
		r->fault = what[r->number % ARRAY_SIZE(what)](r);
	return NULL;
}

/* Keys, imports and descriptors come and go while others export again. */
TEST_F(shared, race)
{
	struct racer racers[THREADS];
	uint64_t handle;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	for (unsigned int i = 0; i < THREADS; i++) {
		racers[i] = (struct racer){ .fd = self->fd, .handle = handle, .number = i,
					    .rounds = harness_count(3000, 20) };
		ASSERT_EQ(0, pthread_create(&racers[i].thread, NULL, race, &racers[i]));
	}
	for (unsigned int i = 0; i < THREADS; i++) {
		pthread_join(racers[i].thread, NULL);
		EXPECT_EQ(NULL, racers[i].fault) TH_LOG("%s", racers[i].fault);
	}
	EXPECT_EQ(1, COUNT(DMABUFS));
	EXPECT_EQ(0, COUNT(SHARES));
	EXPECT_EQ(1, COUNT(PHYS));
	EXPECT_EQ(1, COUNT(HANDLES));
	EXPECT_EQ(self->before.used[0] + SIZE_2M, uapi_used(self->fd, 0));
}

TEST_HARNESS_MAIN
