// SPDX-License-Identifier: MIT
/*
 * A process with very many objects does not block others, nor does its exit. The
 * benchmark "neighbour" measures the time that calls of another process take.
 */
#include "uapi_hostile.h"
#include "uapi_peer.h"

#define MILLION		1000000ul

HOSTILE_FIXTURE(many, "devices=2 capacity_mb=64 host_mb=64")

/* ---- a process with very many objects ---- */

struct hog {
	const char *name;
	enum acl_emu_stat stat;
	unsigned long count;
	/* Makes one more; @place is the file or the addresses made before. */
	int (*more)(int fd, uint64_t handle, uint64_t place, unsigned long i);
};

static int more_handles(int fd, uint64_t handle, uint64_t place, unsigned long i)
{
	uint64_t again;

	(void)handle;
	(void)i;
	return uapi_import_fd(fd, place >> 48, 0, &again);
}

static int more_shares(int fd, uint64_t handle, uint64_t place, unsigned long i)
{
	uint64_t key;

	(void)place;
	(void)i;
	return uapi_export(fd, handle, ACL_EMU_EXPORT_NO_LIST, &key);
}

static int more_mappings(int fd, uint64_t handle, uint64_t place, unsigned long i)
{
	return uapi_map(fd, (place & ~0ull >> 16) + i * SIZE_4K, SIZE_4K, handle);
}

static int be_hog(int sock, void *data)
{
	const struct hog *hog = data;
	uint64_t addr, handle, place;
	int file, fd = hostile_start();

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	CHILD_CHECK(!uapi_reserve(fd, (hog->count * SIZE_4K + SIZE_2M) & -SIZE_2M, &addr));
	file = uapi_export_fd(fd, handle);
	CHILD_CHECK(file >= 0);
	place = addr | (uint64_t)file << 48;
	for (unsigned long i = 0; i < hog->count; i++)
		CHILD_CHECK(!hog->more(fd, handle, place, i));
	CHILD_CHECK(!uapi_send(sock, 0));
	HOSTILE_WAIT(sock);
	return 0;
}

/* ---- the neighbour ---- */

static int neighbour(int fd, struct uapi_peer *peer)
{
	uint64_t addr, handle, key, far, there, word;
	int32_t pid = peer->pid;
	int file;

	CHILD_CHECK(!uapi_mapped(fd, 2 * SIZE_2M, 0, &addr, &handle));
	CHILD_CHECK(!UAPI_WRITE(addr) && !UAPI_WRITE(addr + SIZE_2M));
	CHILD_CHECK(!uapi_export(fd, handle, 0, &key) && !uapi_allow(fd, key, &pid, 1));
	CHILD_CHECK(!uapi_peer_call(peer, PEER_IMPORT, key, &far));
	CHILD_CHECK(!uapi_peer_call(peer, PEER_MAP, far, &there));
	CHILD_CHECK(!uapi_peer_call(peer, PEER_READ, there, &word) && (word & 0xff) == 0xa5);
	CHILD_CHECK(!uapi_peer_call(peer, PEER_UNMAP, there, NULL));
	CHILD_CHECK(!uapi_peer_call(peer, PEER_FREE, far, NULL));
	file = uapi_export_fd(fd, handle);
	CHILD_CHECK(file >= 0 && !close(file));
	CHILD_CHECK(!uapi_copy(fd, addr, addr + SIZE_2M, SIZE_2M, ACL_EMU_COPY_DST_MAPPED |
			       ACL_EMU_COPY_SRC_MAPPED, NULL));
	return uapi_unmapped(fd, addr, handle);
}

/* The calls of a neighbour work beside a million objects, and while they are freed. */
static void beside(struct __test_metadata *_metadata, FIXTURE_DATA(many) *self,
		   const struct hog *hog)
{
	struct uapi_peer peer = uapi_peer_start();
	int sock;
	pid_t pid = uapi_child(be_hog, (void *)hog, &sock);

	EXPECT_EQ(0, neighbour(self->fd, &peer));
	ASSERT_EQ(0, uapi_recv(sock));
	EXPECT_GE(uapi_stat(self->fd, hog->stat), hog->count);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(0, neighbour(self->fd, &peer));
	kill(pid, SIGKILL);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(0, neighbour(self->fd, &peer));
	EXPECT_EQ(1000 + SIGKILL, uapi_wait(pid));
	close(sock);
	EXPECT_EQ(self->before.stat[hog->stat], uapi_stat(self->fd, hog->stat));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(many, handles)
{
	const struct hog hog = { "handles", ACL_EMU_STAT_HANDLES, harness_count(MILLION, 50),
				 more_handles };

	beside(_metadata, self, &hog);
}

TEST_F(many, shares)
{
	const struct hog hog = { "shares", ACL_EMU_STAT_SHARES, harness_count(MILLION, 50),
				 more_shares };

	beside(_metadata, self, &hog);
}

TEST_F(many, mappings)
{
	const struct hog hog = { "mappings", ACL_EMU_STAT_MAPPINGS, harness_count(MILLION, 50),
				 more_mappings };

	beside(_metadata, self, &hog);
}

/* ---- how it ends ---- */

/*
 * While a process with many handles exits, this one opens and closes clients. The
 * test counts the clients that it opens before the exit is over: at most two if they
 * had to wait for it, one from before and one that ends with it. On a busy machine
 * it may get no processor meanwhile, so that there are several tries.
 */
#define TRIES	5

static unsigned int pass_by(int fd, uint64_t before, unsigned long count)
{
	unsigned int passed = 0;
	uint64_t left;

	do {
		close(uapi_open());
		left = uapi_stat(fd, ACL_EMU_STAT_HANDLES) - before;
		passed += left && left < count;
	} while (left);
	return passed;
}

TEST_F(many, exit_does_not_block_others)
{
	const struct hog hog = { "handles", ACL_EMU_STAT_HANDLES, harness_count(100000, 5),
				 more_handles };
	uint64_t before = BEFORE(HANDLES);
	unsigned int passed = 0;

	for (int i = 0; i < TRIES && passed < 3; i++) {
		int sock;
		pid_t pid = uapi_child(be_hog, (void *)&hog, &sock);

		ASSERT_EQ(0, uapi_recv(sock));
		kill(pid, SIGKILL);
		passed = pass_by(self->fd, before, hog.count + 1);
		EXPECT_EQ(1000 + SIGKILL, uapi_wait(pid));
		close(sock);
	}
	EXPECT_GE(passed, 3);
}

TEST_HARNESS_MAIN
