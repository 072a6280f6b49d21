// SPDX-License-Identifier: MIT
/*
 * Memory shared between processes: who may import, for how long, and what an import
 * allows.
 */
#include "acl_peer.h"

FIXTURE(share)
{
	struct world world;
	struct block mine;	/* two blocks */
	int32_t me;
	struct peer peer;
	int32_t tgid;		/* of the peer */
};

FIXTURE_SETUP(share)
{
	world_open(_metadata, &self->world);
	WORKS(aclrtDeviceGetBareTgid(&self->me));
	WORKS(block_make(&self->mine, 2 * BLOCK, 0));
	fill(self->mine.addr, 2 * BLOCK, 1);
	ASSERT_TRUE(peer_start(&self->peer));
	PEER(&self->peer, PEER_SET_DEVICE, 0, 0, 0);
	PEER(&self->peer, PEER_TGID, 0, 0, 0);
	self->tgid = (int32_t)self->peer.value;
}

FIXTURE_TEARDOWN(share)
{
	WORKS(block_drop(&self->mine));
	EXPECT_EQ(0, peer_quit(&self->peer));
	world_close(_metadata, &self->world);
}

static aclError export(aclrtDrvMemHandle handle, uint64_t flags, uint64_t *key)
{
	return aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, flags, key);
}

static aclError allow(uint64_t key, int32_t pid)
{
	return aclrtMemSetPidToShareableHandle(key, &pid, 1);
}

/* The peer imports @key, reads the pattern of @seed, and frees it. */
#define PEER_SHARES(p, key, seed) do { \
	uint64_t handle_, addr_; \
	PEER_GETS(p, handle_, PEER_IMPORT, key, 0, 0); \
	PEER_GETS(p, addr_, PEER_MAP, handle_, 2 * BLOCK, 0); \
	PEER(p, PEER_FILLED, addr_, 2 * BLOCK, seed); \
	PEER(p, PEER_UNMAP, addr_, 0, 0); \
	PEER(p, PEER_FREE, handle_, 0, 0); \
} while (0)

#define PEER_REFUSED(p, key) \
	PEER_FAILS(p, INTERNAL, PEER_IMPORT, key, 0, 0, "aclrtMemImportFromShareableHandle", \
		   "(507899)")

/* ---- sharing ---- */

TEST_F(share, both_ways)
{
	uint64_t key, handle, addr;

	WORKS(export(self->mine.handle, ACL_RT_VMM_EXPORT_FLAG_DEFAULT, &key));
	WORKS(allow(key, self->tgid));
	PEER_GETS(&self->peer, handle, PEER_IMPORT, key, 0, 0);
	EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
	PEER_GETS(&self->peer, addr, PEER_MAP, handle, 2 * BLOCK, 0);
	PEER(&self->peer, PEER_FILLED, addr, 2 * BLOCK, 1);
	PEER(&self->peer, PEER_FILL, addr, 2 * BLOCK, 2);
	EXPECT_TRUE(filled(self->mine.addr, 2 * BLOCK, 2));
	fill(self->mine.addr, 2 * BLOCK, 3);
	PEER(&self->peer, PEER_FILLED, addr, 2 * BLOCK, 3);
	PEER(&self->peer, PEER_UNMAP, addr, 0, 0);
	PEER(&self->peer, PEER_FREE, handle, 0, 0);
}

TEST_F(share, no_list)
{
	uint64_t key;

	WORKS(export(self->mine.handle, ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION, &key));
	PEER_SHARES(&self->peer, key, 1);
	FAILS(ACL_ERROR_RT_NO_PERMISSION, aclrtMemSetPidToShareableHandle(key, &self->tgid, 1),
	      "ACL_RT_VMM_EXPORT_FLAG_DEFAULT");
}

TEST_F(share, to_another_device)
{
	aclrtDrvMemHandle local;
	uint64_t key, handle, addr;

	WORKS(export(self->mine.handle, 1, &key));
	PEER(&self->peer, PEER_SET_DEVICE, 1, 0, 0);
	PEER_GETS(&self->peer, handle, PEER_IMPORT, key, 1, 0);
	PEER(&self->peer, PEER_LOCATION, handle, 0, 0);
	EXPECT_EQ(0, self->peer.value);
	PEER_GETS(&self->peer, addr, PEER_MAP, handle, 2 * BLOCK, 0);
	PEER(&self->peer, PEER_FILLED, addr, 2 * BLOCK, 1);
	PEER(&self->peer, PEER_RETAIN, addr, 0, 0);
	EXPECT_EQ(handle, self->peer.value);
	PEER(&self->peer, PEER_FREE, handle, 0, 0);
	PEER(&self->peer, PEER_UNMAP, addr, 0, 0);
	PEER(&self->peer, PEER_FREE, handle, 0, 0);
	WORKS(phys(&local, BLOCK, 1));
	WORKS(aclrtFreePhysical(local));
}

TEST_F(share, import_device_not_set)
{
	uint64_t key;

	WORKS(export(self->mine.handle, 1, &key));
	EXPECT_EQ(BAD_HANDLE, peer_do(&self->peer, PEER_IMPORT, key, 1, 0));
	EXPECT_NE(NULL, strstr(self->peer.text, "aclrtSetDevice"));
}

/* ---- the list ---- */

TEST_F(share, not_on_the_list)
{
	uint64_t key;

	WORKS(export(self->mine.handle, 0, &key));
	PEER_REFUSED(&self->peer, key);
	EXPECT_NE(NULL, strstr(self->peer.text, dec((uint64_t)self->tgid)));
}

TEST_F(share, wrong_pid)
{
	uint64_t key;

	WORKS(export(self->mine.handle, 0, &key));
	WORKS(allow(key, self->me));
	WORKS(allow(key, 1));
	PEER_REFUSED(&self->peer, key);
	WORKS(allow(key, self->tgid));
	PEER_SHARES(&self->peer, key, 1);
}

TEST_F(share, zeros_are_skipped)
{
	int32_t pid[4] = { 0, self->tgid, 0, self->tgid };
	int32_t none[2] = { 0, 0 };
	uint64_t key;

	WORKS(export(self->mine.handle, 0, &key));
	FAILS(INTERNAL, aclrtMemSetPidToShareableHandle(key, none, 2), "0");
	PEER_REFUSED(&self->peer, key);
	WORKS(aclrtMemSetPidToShareableHandle(key, pid, 4));
	PEER_SHARES(&self->peer, key, 1);
}

TEST_F(share, only_the_exporter_may_allow)
{
	uint64_t key;

	WORKS(export(self->mine.handle, 0, &key));
	PEER_FAILS(&self->peer, INTERNAL, PEER_ALLOW, key, self->tgid, 0,
		   "aclrtMemSetPidToShareableHandle", hex((void *)key));
	PEER_REFUSED(&self->peer, key);
}

/* The next process with an allowed number is not allowed. */
TEST_F(share, pid_reused)
{
	struct peer first, next;
	uint64_t key;
	pid_t pid;

	WORKS(export(self->mine.handle, 0, &key));
	ASSERT_TRUE(peer_start(&first));
	PEER(&first, PEER_SET_DEVICE, 0, 0, 0);
	pid = first.pid;
	WORKS(allow(key, pid));
	PEER_SHARES(&first, key, 1);
	EXPECT_EQ(0, peer_quit(&first));
	if (!peer_start_as(&next, 0, pid)) {
		SKIP(return, "may not choose the number of a process: %s", strerror(errno));
	}
	ASSERT_EQ(pid, next.pid);
	PEER(&next, PEER_SET_DEVICE, 0, 0, 0);
	PEER_REFUSED(&next, key);
	EXPECT_NE(NULL, strstr(next.text, "earlier process"));
	WORKS(allow(key, pid));
	PEER_SHARES(&next, key, 1);
	EXPECT_EQ(0, peer_quit(&next));
}

/* ---- what can be exported ---- */

TEST_F(share, export_of_an_import)
{
	uint64_t key, handle;

	WORKS(export(self->mine.handle, 1, &key));
	PEER_GETS(&self->peer, handle, PEER_IMPORT, key, 0, 0);
	PEER_FAILS(&self->peer, INTERNAL, PEER_EXPORT, handle, 0, 0,
		   "aclrtMemExportToShareableHandle", hex((void *)handle));
	PEER(&self->peer, PEER_FREE, handle, 0, 0);
}

/* ---- what an import is ---- */

TEST_F(share, import_twice)
{
	uint64_t key, handle;

	WORKS(export(self->mine.handle, 1, &key));
	PEER_GETS(&self->peer, handle, PEER_IMPORT, key, 0, 0);
	PEER(&self->peer, PEER_IMPORT, key, 0, 0);
	EXPECT_EQ(handle, self->peer.value);
	PEER(&self->peer, PEER_FREE, handle, 0, 0);
	PEER(&self->peer, PEER_LOCATION, handle, 0, 0);
	PEER(&self->peer, PEER_FREE, handle, 0, 0);
	PEER_FAILS(&self->peer, PARAM, PEER_FREE, handle, 0, 0,
		   "aclrtFreePhysical", hex((void *)handle));
}

TEST_F(share, import_must_be_mapped_whole)
{
	uint64_t key, handle;

	WORKS(export(self->mine.handle, 1, &key));
	PEER_GETS(&self->peer, handle, PEER_IMPORT, key, 0, 0);
	EXPECT_EQ(PARAM, peer_do(&self->peer, PEER_MAP, handle, BLOCK, 0));
	PEER(&self->peer, PEER_FREE, handle, 0, 0);
	/* That left a reservation over there, which its reset does not end. */
	EXPECT_EQ(0, peer_quit(&self->peer));
	ASSERT_TRUE(peer_start(&self->peer));
}

/* Local and imported memory never share a reservation. */
TEST_F(share, import_beside_local)
{
	aclrtDrvMemHandle import;
	uint64_t theirs, key;
	void *range;

	PEER_GETS(&self->peer, theirs, PEER_ALLOC, 2 * BLOCK, 0, 0);
	PEER_GETS(&self->peer, key, PEER_EXPORT, theirs, 1, 0);
	WORKS(aclrtMemImportFromShareableHandle(key, 0, &import));
	WORKS(reserve(&range, 8 * BLOCK));
	WORKS(aclrtMapMem(range, 2 * BLOCK, 0, self->mine.handle, 0));
	FAILS(INTERNAL, aclrtMapMem(range + 2 * BLOCK, 2 * BLOCK, 0, import, 0), "import");
	WORKS(aclrtUnmapMem(range));
	WORKS(aclrtMapMem(range, 2 * BLOCK, 0, import, 0));
	FAILS(INTERNAL, aclrtMapMem(range + 2 * BLOCK, 2 * BLOCK, 0, self->mine.handle, 0),
	      "import");
	WORKS(aclrtUnmapMem(range));
	WORKS(aclrtReleaseMemAddress(range));
	WORKS(aclrtFreePhysical(import));
	PEER(&self->peer, PEER_FREE, theirs, 0, 0);
}

/* ---- the second form of the calls ---- */

TEST_F(share, v2_value)
{
	struct peer_order order = { .op = PEER_IMPORT_V2, .b = ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT };
	uint64_t out[2] = { UNTOUCHED, UNTOUCHED };

	WORKS(aclrtMemExportToShareableHandleV2(self->mine.handle, 0,
						ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, out));
	EXPECT_EQ(UNTOUCHED, out[1]);
	order.a = out[0];
	EXPECT_EQ(INTERNAL, peer_tell(&self->peer, &order));
	WORKS(aclrtMemSetPidToShareableHandleV2(out, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT,
						&self->tgid, 1));
	ASSERT_EQ(ACL_SUCCESS, peer_tell(&self->peer, &order)) TH_LOG("%s", self->peer.text);
	PEER(&self->peer, PEER_FREE, self->peer.value, 0, 0);
	/* It is the value of the first form as well. */
	PEER_SHARES(&self->peer, out[0], 1);
}

TEST_F(share, v2_fabric)
{
	struct peer_order order = { .op = PEER_IMPORT_V2, .b = ACL_MEM_SHARE_HANDLE_TYPE_FABRIC };
	uint64_t handle;

	WORKS(aclrtMemExportToShareableHandleV2(self->mine.handle, 0,
						ACL_MEM_SHARE_HANDLE_TYPE_FABRIC, &order.fabric));
	EXPECT_EQ(INTERNAL, peer_tell(&self->peer, &order));
	WORKS(aclrtMemSetPidToShareableHandleV2(&order.fabric, ACL_MEM_SHARE_HANDLE_TYPE_FABRIC,
						&self->tgid, 1));
	ASSERT_EQ(ACL_SUCCESS, peer_tell(&self->peer, &order)) TH_LOG("%s", self->peer.text);
	handle = self->peer.value;
	PEER(&self->peer, PEER_MAP, handle, 2 * BLOCK, 0);
	PEER(&self->peer, PEER_FILLED, self->peer.value, 2 * BLOCK, 1);
	PEER(&self->peer, PEER_FREE, handle, 0, 0);
	order.fabric.data[0] ^= 1;
	EXPECT_EQ(BAD_HANDLE, peer_tell(&self->peer, &order));
	/* Its mapping goes with it. */
	EXPECT_EQ(0, peer_quit(&self->peer));
	ASSERT_TRUE(peer_start(&self->peer));
}

/* A handle with any other byte changed is refused. */
TEST_F(share, v2_fabric_changed)
{
	static const struct { size_t at; const char *word; } byte[] = {
		{ 0, "128 bytes" }, { 8, "version" }, { 12, "128 bytes" }, { 24, "128 bytes" },
		{ 127, "128 bytes" },
	};
	aclrtMemFabricHandle fabric;
	size_t i;

	WORKS(aclrtMemExportToShareableHandleV2(self->mine.handle, 0,
						ACL_MEM_SHARE_HANDLE_TYPE_FABRIC, &fabric));
	for (i = 0; i < sizeof(byte) / sizeof(byte[0]); i++) {
		fabric.data[byte[i].at] ^= 2;
		FAILS(BAD_HANDLE,
		      aclrtMemSetPidToShareableHandleV2(&fabric, ACL_MEM_SHARE_HANDLE_TYPE_FABRIC,
							&self->tgid, 1), byte[i].word);
		fabric.data[byte[i].at] ^= 2;
	}
	WORKS(aclrtMemSetPidToShareableHandleV2(&fabric, ACL_MEM_SHARE_HANDLE_TYPE_FABRIC,
						&self->tgid, 1));
}

static aclError export_v2(void *handle)
{
	uint64_t key;

	return aclrtMemExportToShareableHandleV2(handle, 0, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT,
						 &key);
}

/* Only the fabric form asks for a context; a new thread has none. */
TEST_F(share, v2_value_needs_no_context)
{
	EXPECT_EQ(ACL_SUCCESS, in_new_thread(export_v2, self->mine.handle));
}

TEST_F(share, v2_garbage)
{
	struct peer_order order = { .op = PEER_IMPORT_V2, .b = ACL_MEM_SHARE_HANDLE_TYPE_FABRIC };

	EXPECT_EQ(BAD_HANDLE, peer_tell(&self->peer, &order));
	EXPECT_NE(NULL, strstr(self->peer.text, "aclrtMemImportFromShareableHandleV2:"));
}

/* ---- the end of exporter and importer ---- */

TEST_F(share, exporter_frees_first)
{
	uint64_t key, handle, addr;

	WORKS(export(self->mine.handle, 1, &key));
	PEER_GETS(&self->peer, handle, PEER_IMPORT, key, 0, 0);
	PEER_GETS(&self->peer, addr, PEER_MAP, handle, 2 * BLOCK, 0);
	WORKS(block_drop(&self->mine));
	EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
	PEER(&self->peer, PEER_FILLED, addr, 2 * BLOCK, 1);
	PEER(&self->peer, PEER_UNMAP, addr, 0, 0);
	PEER(&self->peer, PEER_FREE, handle, 0, 0);
	EXPECT_EQ(self->world.used[0], used(0));
	PEER_FAILS(&self->peer, BAD_HANDLE, PEER_IMPORT, key, 0, 0,
		   "aclrtMemImportFromShareableHandle", hex((void *)key));
	WORKS(block_make(&self->mine, 2 * BLOCK, 0));
}

TEST_F(share, importer_dies_first)
{
	uint64_t key;

	WORKS(export(self->mine.handle, 1, &key));
	PEER(&self->peer, PEER_IMPORT, key, 0, 0);
	PEER(&self->peer, PEER_MAP, self->peer.value, 2 * BLOCK, 0);
	EXPECT_EQ(128 + SIGKILL, peer_kill(&self->peer));
	EXPECT_TRUE(filled(self->mine.addr, 2 * BLOCK, 1));
	EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
	ASSERT_TRUE(peer_start(&self->peer));
	PEER(&self->peer, PEER_SET_DEVICE, 0, 0, 0);
	PEER_SHARES(&self->peer, key, 1);
}

TEST_F(share, exporter_dies_first)
{
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;
	uint64_t theirs, addr, key;
	struct block b;

	PEER_GETS(&self->peer, theirs, PEER_ALLOC, 2 * BLOCK, 0, 0);
	PEER_GETS(&self->peer, addr, PEER_MAP, theirs, 2 * BLOCK, 0);
	PEER(&self->peer, PEER_FILL, addr, 2 * BLOCK, 8);
	PEER_GETS(&self->peer, key, PEER_EXPORT, theirs, 1, 0);
	WORKS(aclrtMemImportFromShareableHandle(key, 0, &handle));
	WORKS(block_map(&b, 2 * BLOCK, handle));
	EXPECT_EQ(128 + SIGKILL, peer_kill(&self->peer));
	EXPECT_TRUE(filled(b.addr, 2 * BLOCK, 8));
	EXPECT_EQ(self->world.used[0] + 4 * BLOCK, used(0));

	/* An importer holds it: a third process may still import. */
	ASSERT_TRUE(peer_start(&self->peer));
	PEER(&self->peer, PEER_SET_DEVICE, 0, 0, 0);
	PEER_SHARES(&self->peer, key, 8);

	WORKS(block_drop(&b));
	EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
	handle = (aclrtDrvMemHandle)UNTOUCHED;
	FAILS(BAD_HANDLE, aclrtMemImportFromShareableHandle(key, 0, &handle), hex((void *)key));
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
}

/* The list stays when the exporter has died. */
TEST_F(share, exporter_dies_list_stays)
{
	aclrtDrvMemHandle handle, again;
	uint64_t key;
	struct peer third;

	PEER(&self->peer, PEER_ALLOC, 2 * BLOCK, 0, 0);
	PEER_GETS(&self->peer, key, PEER_EXPORT, self->peer.value, 0, 0);
	PEER(&self->peer, PEER_ALLOW, key, self->me, 0);
	WORKS(aclrtMemImportFromShareableHandle(key, 0, &handle));
	peer_kill(&self->peer);
	ASSERT_TRUE(peer_start(&third));
	PEER(&third, PEER_SET_DEVICE, 0, 0, 0);
	PEER_REFUSED(&third, key);
	WORKS(aclrtMemImportFromShareableHandle(key, 0, &again));
	EXPECT_EQ(handle, again);
	WORKS(aclrtFreePhysical(handle));
	WORKS(aclrtFreePhysical(handle));
	EXPECT_EQ(0, peer_quit(&third));
	ASSERT_TRUE(peer_start(&self->peer));
}

TEST_HARNESS_MAIN
