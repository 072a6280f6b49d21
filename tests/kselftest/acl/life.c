// SPDX-License-Identifier: MIT
/*
 * How objects end: with the process, however it ends; with a reset of the device;
 * and what a forked child has of its parent.
 */
#include "acl_peer.h"

#include <stdatomic.h>

WORLD_FIXTURE(life);

/* ---- the process ends ---- */

static bool peer_busy(struct peer *p)
{
	uint64_t handle;

	if (!peer_start(p) || peer_do(p, PEER_SET_DEVICE, 0, 0, 0) ||
	    peer_do(p, PEER_ALLOC, 2 * BLOCK, 0, 0))
		return false;
	handle = p->value;
	return !peer_do(p, PEER_MAP, handle, 2 * BLOCK, 0) &&
		!peer_do(p, PEER_FILL, p->value, 2 * BLOCK, 1) &&
		!peer_do(p, PEER_EXPORT, handle, 1, 0) &&
		!peer_do(p, PEER_ALLOC, BLOCK, 0, 0);
}

TEST_F(life, killed)
{
	struct peer peer;

	ASSERT_TRUE(peer_busy(&peer)) TH_LOG("%s", peer.text);
	EXPECT_EQ(self->world.used[0] + 3 * BLOCK, used(0));
	EXPECT_EQ(128 + SIGKILL, peer_kill(&peer));
	world_same(_metadata, &self->world);
}

TEST_F(life, exits_without_cleanup)
{
	struct peer peer;

	ASSERT_TRUE(peer_busy(&peer)) TH_LOG("%s", peer.text);
	EXPECT_EQ(0, peer_quit(&peer));
	world_same(_metadata, &self->world);
}

struct progress {
	atomic_ulong rounds;
	atomic_int error;
};

static void remap_for_ever(struct progress *p)
{
	aclrtDrvMemHandle handle;
	void *range;
	size_t slot = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	p->error = aclrtSetDevice(0) || reserve(&range, 16 * BLOCK);
	while (!p->error) {
		char *addr = (char *)range + slot * BLOCK;

		p->error = phys(&handle, BLOCK, 0) || aclrtMapMem(addr, BLOCK, 0, handle, 0) ||
			grant_host(addr, BLOCK);
		if (p->error)
			break;
		addr[0] = 1;
		p->error = aclrtFreePhysical(handle) || aclrtUnmapMem(addr);
		slot = (slot + 1) % 16;
		atomic_fetch_add(&p->rounds, 1);
	}
	_exit(1);
}

/* Killed at any point, many times. */
TEST_F(life, killed_during_map)
{
	struct progress *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long round;
	pid_t pid;

	for (round = 1; round <= 20; round++) {
		p->rounds = 0;
		pid = fork();
		if (!pid)
			remap_for_ever(p);
		while (p->rounds < round * 3 && !p->error)
			sched_yield();
		EXPECT_EQ(0, p->error);
		kill(pid, SIGKILL);
		EXPECT_EQ(128 + SIGKILL, join(pid));
		EXPECT_EQ(self->world.used[0], used(0)) TH_LOG("round %lu", round);
	}
	munmap(p, sizeof(*p));
}

/* ---- fork ---- */

/* The parent's device, mapping and handle, as the child finds them. */
static int child_finds(struct block *b)
{
	aclrtDrvMemHandle own;
	aclrtContext context;
	struct block mine;

	if (aclrtFreePhysical(b->handle) != PARAM)
		return 1;
	if (touch(b->addr) != SIGSEGV)
		return 2;
	if (aclrtGetCurrentContext(&context) != NO_CONTEXT)
		return 3;
	if (phys(&own, BLOCK, 0) != BAD_HANDLE)
		return 4;
	if (aclrtResetDevice(0) != ACL_ERROR_RT_CONTEXT_RELEASE_ERROR)
		return 5;
	if (aclrtSetDevice(0) || block_make(&mine, BLOCK, 0))
		return 6;
	fill(mine.addr, BLOCK, 9);
	if (!filled(mine.addr, BLOCK, 9))
		return 7;
	if (aclrtFreePhysical(b->handle) != PARAM && b->handle != mine.handle)
		return 8;
	return aclrtResetDevice(0) ? 9 : 0;
}

TEST_F(life, fork)
{
	struct block b;

	WORKS(block_make(&b, BLOCK, 0));
	fill(b.addr, BLOCK, 4);
	EXPECT_EQ(0, IN_CHILD(child_finds(&b)));
	EXPECT_TRUE(filled(b.addr, BLOCK, 4));
	EXPECT_EQ(self->world.used[0] + BLOCK, used(0));
	WORKS(block_drop(&b));
}

/* A child that closes all its files leaves the memory of its parent. */
TEST_F(life, fork_and_exit)
{
	struct block b;
	pid_t pid;

	WORKS(block_make(&b, BLOCK, 0));
	fill(b.addr, BLOCK, 4);
	pid = fork();
	if (!pid) {
		closefrom(3);
		aclFinalize();
		exit(0);
	}
	EXPECT_EQ(0, join(pid));
	EXPECT_TRUE(filled(b.addr, BLOCK, 4));
	WORKS(block_drop(&b));
}

/* The child can reserve the same address. */
TEST_F(life, fork_same_address)
{
	struct block b;
	void *addr;
	pid_t pid;

	WORKS(aclrtReserveMemAddress(&b.addr, GIB, 0, (void *)0x160000000000, 0));
	WORKS(phys(&b.handle, BLOCK, 0));
	WORKS(aclrtMapMem(b.addr, BLOCK, 0, b.handle, 0));
	WORKS(grant_host(b.addr, BLOCK));
	fill(b.addr, BLOCK, 4);
	pid = fork();
	if (!pid) {
		aclrtDrvMemHandle own;

		if (aclrtSetDevice(0) || aclrtReserveMemAddress(&addr, GIB, 0, b.addr, 0))
			_exit(1);
		if (phys(&own, BLOCK, 0) || aclrtMapMem(addr, BLOCK, 0, own, 0) ||
		    grant_host(addr, BLOCK))
			_exit(2);
		memset(addr, 0xee, BLOCK);
		_exit(addr != b.addr);
	}
	EXPECT_EQ(0, join(pid));
	EXPECT_TRUE(filled(b.addr, BLOCK, 4));
	WORKS(block_drop(&b));
}

TEST(fork_before_init)
{
	struct peer first, second;

	ASSERT_TRUE(peer_start(&first));
	ASSERT_TRUE(peer_start(&second));
	PEER(&first, PEER_SET_DEVICE, 0, 0, 0);
	PEER(&second, PEER_SET_DEVICE, 0, 0, 0);
	PEER(&first, PEER_ALLOC, BLOCK, 0, 0);
	PEER(&first, PEER_EXPORT, first.value, 1, 0);
	PEER(&second, PEER_IMPORT, first.value, 0, 0);
	EXPECT_EQ(0, peer_quit(&first));
	EXPECT_EQ(0, peer_quit(&second));
}

/* ---- reset ---- */

static void reset(struct __test_metadata *_metadata, FIXTURE_DATA(life) *self,
		  aclError (*how)(int32_t))
{
	aclrtDrvMemHandle other;
	struct block b;
	uint64_t key;

	WORKS(block_make(&b, 2 * BLOCK, 0));
	WORKS(phys(&other, BLOCK, 1));
	WORKS(aclrtMemExportToShareableHandle(b.handle, ACL_MEM_HANDLE_TYPE_NONE, 1, &key));
	WORKS(how(0));
	EXPECT_EQ(self->world.used[0], used(0));
	EXPECT_EQ(self->world.used[1] + BLOCK, used(1));
	EXPECT_EQ(SIGBUS, touch(b.addr));
	FAILS(PARAM, aclrtFreePhysical(b.handle), hex(b.handle));
	FAILS(INTERNAL, aclrtUnmapMem(b.addr), hex(b.addr));

	/* The reservation stays, tied to device 0. */
	FAILS(INTERNAL, aclrtMapMem(b.addr, BLOCK, 0, other, 0), "device 0");
	WORKS(aclrtSetDevice(0));
	WORKS(phys(&b.handle, 2 * BLOCK, 0));
	WORKS(aclrtMapMem(b.addr, 2 * BLOCK, 0, b.handle, 0));
	WORKS(grant_host(b.addr, 2 * BLOCK));
	EXPECT_TRUE(zeroed(b.addr, 2 * BLOCK));
	WORKS(block_drop(&b));
	WORKS(aclrtFreePhysical(other));
}

TEST_F(life, reset)
{
	reset(_metadata, self, aclrtResetDevice);
}

TEST_F(life, reset_force)
{
	reset(_metadata, self, aclrtResetDeviceForce);
}

TEST_F(life, reset_counts)
{
	struct block b;

	WORKS(block_make(&b, BLOCK, 0));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
	EXPECT_EQ(0, touch(b.addr));
	WORKS(block_drop(&b));
}

TEST_F(life, reset_keeps_imports)
{
	struct peer peer;
	struct block b;
	uint64_t key, addr, handle;

	WORKS(block_make(&b, 2 * BLOCK, 0));
	fill(b.addr, 2 * BLOCK, 6);
	WORKS(aclrtMemExportToShareableHandle(b.handle, ACL_MEM_HANDLE_TYPE_NONE, 1, &key));
	ASSERT_TRUE(peer_start(&peer));
	PEER(&peer, PEER_SET_DEVICE, 0, 0, 0);
	PEER_GETS(&peer, handle, PEER_IMPORT, key, 0, 0);
	PEER_GETS(&peer, addr, PEER_MAP, handle, 2 * BLOCK, 0);
	WORKS(aclrtResetDeviceForce(0));
	PEER(&peer, PEER_FILLED, addr, 2 * BLOCK, 6);
	EXPECT_EQ(self->world.used[0] + 2 * BLOCK, used(0));
	PEER(&peer, PEER_RESET, 0, 0, 0);
	EXPECT_EQ(self->world.used[0], used(0));
	PEER(&peer, PEER_TOUCH, addr, 0, 0);
	EXPECT_EQ(SIGBUS, peer.value);
	EXPECT_EQ(0, peer_quit(&peer));
	WORKS(aclrtReleaseMemAddress(b.addr));
	WORKS(aclrtSetDevice(0));
}

TEST_HARNESS_MAIN
