// SPDX-License-Identifier: MIT
/*
 * The host has no free memory in pieces of 2 MiB, or none at all (fault injection).
 */
#include "uapi_peer.h"

#define KNOB	"/sys/kernel/debug/acl_emu/fail_huge"

FIXTURE(fallback) {
	int fd;
	struct uapi_before before;
};

FIXTURE_SETUP(fallback)
{
	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0);
	uapi_state(self->fd, &self->before);
	ASSERT_EQ(0, uapi_device_open(self->fd, 0));
	if (access(KNOB, W_OK))
		SKIP(return, "no " KNOB);
}

FIXTURE_TEARDOWN_PARENT(fallback)
{
	uapi_write_file(KNOB, "0");
	uapi_expect_same(_metadata, &self->before);
}

/* Three blocks of eight are built from small pages; they behave the same. */
TEST_F(fallback, some_blocks)
{
	const uint64_t size = 8 * SIZE_2M;
	uint64_t blocks = COUNT(FALLBACK_BLOCKS), pmds = COUNT(PMD_ENTRIES);
	uint64_t ptes = COUNT(PTE_ENTRIES), addr, handle;

	ASSERT_EQ(0, uapi_write_file(KNOB, "3"));
	ASSERT_EQ(0, uapi_mapped(self->fd, size, 0, &addr, &handle));
	EXPECT_EQ(blocks + 3, COUNT(FALLBACK_BLOCKS));
	EXPECT_EQ(SIZE_2M, uapi_phys_info(self->fd, handle).granule);
	EXPECT_EQ(self->before.used[0] + size, uapi_used(self->fd, 0));
	EXPECT_EQ(size, uapi_nonzero(addr, size));
	uapi_fill(addr, size, 8, 1);
	EXPECT_EQ(size, uapi_differs(addr, size, 8, 1));
	EXPECT_EQ(pmds + 5, COUNT(PMD_ENTRIES));
	EXPECT_EQ(ptes + 3 * 512, COUNT(PTE_ENTRIES));
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

TEST_F(fallback, all_blocks)
{
	const uint64_t size = 32 * SIZE_2M;
	uint64_t blocks = COUNT(FALLBACK_BLOCKS), addr, handle;

	ASSERT_EQ(0, uapi_write_file(KNOB, "32"));
	for (int round = 0; round < 3; round++) {
		ASSERT_EQ(0, uapi_mapped(self->fd, size, 0, &addr, &handle));
		ASSERT_EQ(size, uapi_nonzero(addr, size));
		memset((void *)addr, 0xff, size);
		ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	}
	EXPECT_EQ(blocks + 32, COUNT(FALLBACK_BLOCKS));
}

TEST_F(fallback, copies)
{
	const uint64_t size = 4 * SIZE_2M;
	const uint32_t inside = ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED;
	uint64_t from, to, handle;

	ASSERT_EQ(0, uapi_write_file(KNOB, "2"));
	ASSERT_EQ(0, uapi_mapped(self->fd, size, 0, &from, &handle));
	ASSERT_EQ(0, uapi_write_file(KNOB, "1"));
	ASSERT_EQ(0, uapi_mapped(self->fd, size, 0, &to, &handle));
	uapi_fill(from, size, 8, 1);
	ASSERT_EQ(0, uapi_copy(self->fd, to, from, size, inside, NULL));
	EXPECT_EQ(size, uapi_differs(to, size, 8, 1));
	ASSERT_EQ(0, uapi_copy(self->fd, to + 5, from + 4099, size - 5000, inside, NULL));
	EXPECT_EQ(0, memcmp((void *)(to + 5), (void *)(from + 4099), size - 5000));
}

TEST_F(fallback, shares)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t addr, handle, key, far, there, word;
	uint64_t *buf;
	int dmabuf;

	ASSERT_EQ(0, uapi_write_file(KNOB, "1"));
	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &addr, &handle));
	uapi_fill(addr, 2 * SIZE_2M, 8, 1);
	ASSERT_EQ(0, uapi_export(self->fd, handle, ACL_EMU_EXPORT_NO_LIST, &key));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &there));
	for (uint64_t at = 0; at < 2 * SIZE_2M; at += 67 * SIZE_4K) {
		ASSERT_EQ(0, uapi_peer_call(&peer, PEER_READ, there + at, &word));
		EXPECT_EQ(*uapi_words(addr + at), word);
	}
	dmabuf = uapi_export_fd(self->fd, handle);
	ASSERT_GE(dmabuf, 0);
	buf = mmap(NULL, 2 * SIZE_2M, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	ASSERT_NE(MAP_FAILED, buf);
	EXPECT_EQ(2 * SIZE_2M, uapi_differs((uintptr_t)buf, 2 * SIZE_2M, 8, 1));
	close(dmabuf);
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* ---- a memory cgroup that is full ---- */

#define GROUP	"/sys/fs/cgroup/acl_emu_test"

static int allocate_in_group(int sock, void *data)
{
	uint64_t handle = 0x5a, small, used;
	int fd = uapi_client();

	(void)sock;
	(void)data;
	CHILD_CHECK(fd >= 0);
	used = uapi_used(fd, 0);
	CHILD_CHECK(!uapi_write_file(GROUP "/cgroup.procs", "0"));
	CHILD_CHECK(uapi_alloc(fd, 24 * SIZE_2M, 0, &handle) == -ENOMEM);
	CHILD_CHECK(uapi_last.reason == ACL_EMU_REASON_HOST_NOMEM);
	CHILD_CHECK(uapi_last.val[0] == 24 * SIZE_2M);
	CHILD_CHECK(uapi_last.val[1] > 0 && uapi_last.val[1] < 24 * SIZE_2M);
	CHILD_CHECK(handle == 0x5a);
	CHILD_CHECK(uapi_used(fd, 0) == used);
	CHILD_CHECK(!uapi_alloc(fd, 2 * SIZE_2M, 0, &small));
	CHILD_CHECK(uapi_alloc(fd, 24 * SIZE_2M, ACL_EMU_PHYS_4K, &handle) == -ENOMEM);
	CHILD_CHECK(uapi_last.reason == ACL_EMU_REASON_HOST_NOMEM);
	CHILD_CHECK(!uapi_free(fd, small));
	CHILD_CHECK(uapi_used(fd, 0) == used);
	return 0;
}

/* The call fails with its reason; no process is killed, and nothing is lost. */
TEST_F(fallback, full_cgroup)
{
	int sock;

	if (!uapi_make_group(GROUP, "memory.max"))
		SKIP(return, "no memory cgroups");
	ASSERT_EQ(0, uapi_write_file(GROUP "/memory.max", "32M"));
	EXPECT_EQ(0, uapi_wait(uapi_child(allocate_in_group, NULL, &sock)));
	EXPECT_EQ(0, uapi_proc(GROUP "/memory.events", "oom_kill"));
	EXPECT_EQ(0, rmdir(GROUP));
}

TEST_HARNESS_MAIN
