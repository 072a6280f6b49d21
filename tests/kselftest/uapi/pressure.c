// SPDX-License-Identifier: MIT
/*
 * Compaction, reclaim, swap, unplugging of memory and suspend, while a thread uses
 * memory of a device: its pages are not moved and keep their content; nothing hangs.
 */
#include "uapi_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/swap.h>

#define SIZE	(16 * SIZE_2M)

FIXTURE_VARIANT(pressure) {
	uint32_t flags;
};
UAPI_FIXTURE(pressure)
FIXTURE_VARIANT_ADD(pressure, huge) { 0 };
FIXTURE_VARIANT_ADD(pressure, small) { ACL_EMU_PHYS_4K };

/* Frame of the page, or 0 if the kernel does not say. */
static uint64_t frame(uint64_t addr)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0;

	if (fd < 0)
		return 0;
	if (pread(fd, &entry, sizeof(entry), addr / SIZE_4K * sizeof(entry)) != sizeof(entry))
		entry = 0;
	close(fd);
	return entry >> 63 ? entry & ((1ull << 55) - 1) : 0;
}

/* A thread that uses the memory meanwhile. */
struct user {
	pthread_t thread;
	uint64_t addr;
	uint64_t rounds;
	int stop;
	bool good;
};

static void *use(void *data)
{
	struct user *user = data;

	user->good = true;
	while (!__atomic_load_n(&user->stop, __ATOMIC_RELAXED)) {
		uint64_t round = __atomic_add_fetch(&user->rounds, 1, __ATOMIC_RELAXED);

		uapi_fill(user->addr, SIZE, SIZE_4K, round);
		if (uapi_differs(user->addr, SIZE, SIZE_4K, round) != SIZE)
			user->good = false;
	}
	return NULL;
}

static int user_start(struct user *user, uint64_t addr)
{
	*user = (struct user){ .addr = addr };
	return pthread_create(&user->thread, NULL, use, user);
}

/* Lets it do one more round, then ends it. */
static bool user_end(struct user *user)
{
	uint64_t round = __atomic_load_n(&user->rounds, __ATOMIC_RELAXED);

	while (__atomic_load_n(&user->rounds, __ATOMIC_RELAXED) < round + 2)
		sched_yield();
	__atomic_store_n(&user->stop, 1, __ATOMIC_RELAXED);
	pthread_join(user->thread, NULL);
	return user->good;
}

/* Frees every other page of 256 MiB: holes that compaction fills. */
static void make_holes(void)
{
	const size_t size = 256ul << 20;
	char *lot = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (lot == MAP_FAILED)
		return;
	madvise(lot, size, MADV_NOHUGEPAGE);
	for (size_t at = 0; at < size; at += SIZE_4K)
		lot[at] = 1;
	for (size_t at = 0; at < size; at += 2 * SIZE_4K)
		madvise(lot + at, SIZE_4K, MADV_DONTNEED);
}

TEST_F(pressure, compaction)
{
	uint64_t addr, handle, first, last;
	struct user user;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE, variant->flags, &addr, &handle));
	uapi_fill(addr, SIZE, 8, 1);
	first = frame(addr);
	last = frame(addr + SIZE - SIZE_4K);
	make_holes();
	for (int i = 0; i < 3; i++) {
		int rc = uapi_write_file("/proc/sys/vm/compact_memory", "1");

		if (rc == -ENOENT)
			SKIP(return, "no compaction");
		ASSERT_EQ(0, rc);
	}
	EXPECT_EQ(SIZE, uapi_differs(addr, SIZE, 8, 1));
	EXPECT_EQ(first, frame(addr));
	EXPECT_EQ(last, frame(addr + SIZE - SIZE_4K));

	ASSERT_EQ(0, user_start(&user, addr));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(0, uapi_write_file("/proc/sys/vm/compact_memory", "1"));
	EXPECT_TRUE(user_end(&user));
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

/* ---- reclaim and swap ---- */

#define GROUP		"/sys/fs/cgroup/acl_emu_pressure"
#define ANON_SIZE	(64ul << 20)

/* A disk of compressed memory to swap to; false if there is none. */
static bool swap_on(void)
{
	if (access("/sys/block/zram0", F_OK) && system("modprobe zram >/dev/null 2>&1"))
		return false;
	return !uapi_write_file("/sys/block/zram0/disksize", "268435456") &&
	       !system("mkswap /dev/zram0 >/dev/null 2>&1") && !swapon("/dev/zram0", 0);
}

static void swap_off(void)
{
	swapoff("/dev/zram0");
	uapi_write_file("/sys/block/zram0/reset", "1");
}

/* Uses memory in a group that must then reclaim all of it, twice. */
static int be_reclaimed(int sock, void *data)
{
	uint32_t flags = *(uint32_t *)data;
	char *anon = mmap(NULL, ANON_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	uint64_t addr, handle, swapped;
	int fd = uapi_client();

	CHILD_CHECK(fd >= 0 && anon != MAP_FAILED);
	CHILD_CHECK(!uapi_write_file(GROUP "/cgroup.procs", "0"));
	madvise(anon, ANON_SIZE, MADV_NOHUGEPAGE);
	memset(anon, 0x33, ANON_SIZE);
	CHILD_CHECK(!uapi_mapped(fd, SIZE, flags, &addr, &handle));
	uapi_fill(addr, SIZE, 8, 2);
	CHILD_CHECK(!uapi_send(sock, frame(addr)));
	CHILD_CHECK(uapi_recv(sock) == 0);
	/* The program's own memory was swapped out, the device's was not. */
	swapped = uapi_proc("/proc/self/status", "VmSwap");
	CHILD_CHECK(!uapi_send(sock, swapped));
	CHILD_CHECK(!uapi_send(sock, frame(addr)));
	CHILD_CHECK(uapi_differs(addr, SIZE, 8, 2) == SIZE);
	for (size_t at = 0; at < ANON_SIZE; at += 61)
		CHILD_CHECK(anon[at] == 0x33);
	return uapi_unmapped(fd, addr, handle);
}

TEST_F(pressure, swap)
{
	uint64_t before;
	uint32_t flags = variant->flags;
	int sock;
	pid_t pid;

	if (!uapi_make_group(GROUP, "memory.reclaim"))
		SKIP(return, "no memory cgroups that can be reclaimed");
	if (!swap_on()) {
		rmdir(GROUP);
		SKIP(return, "nothing to swap to (module zram)");
	}
	pid = uapi_child(be_reclaimed, &flags, &sock);
	before = uapi_recv(sock);
	/* The write gives EAGAIN, since not all can be reclaimed. */
	for (int i = 0; i < 2; i++)
		uapi_write_file(GROUP "/memory.reclaim", "1G");
	ASSERT_EQ(0, uapi_send(sock, 0));
	EXPECT_GT(uapi_recv(sock), ANON_SIZE / 2 / 1024);
	EXPECT_EQ(before, uapi_recv(sock));
	EXPECT_EQ(0, uapi_wait(pid));
	swap_off();
	EXPECT_EQ(0, rmdir(GROUP));
}

/* ---- memory that is to be unplugged ---- */

#define BLOCKS	"/sys/devices/system/memory"

static int block_state(uint64_t block, const char *state)
{
	char path[128];

	snprintf(path, sizeof(path), BLOCKS "/memory%" PRIu64 "/state", block);
	return uapi_write_file(path, state);
}

static uint64_t block_size(void)
{
	FILE *file = fopen(BLOCKS "/block_size_bytes", "r");
	uint64_t size = 0;

	if (file && fscanf(file, "%" SCNx64, &size) != 1)
		size = 0;
	if (file)
		fclose(file);
	return size;
}

TEST_F(pressure, unplug)
{
	uint64_t addr, handle, size = block_size(), first, block, last_block = ~0ull;
	struct user user;

	if (!size)
		SKIP(return, "memory cannot be unplugged");
	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE, variant->flags, &addr, &handle));
	uapi_fill(addr, SIZE, 8, 3);
	first = frame(addr);
	if (!first)
		SKIP(return, "the kernel does not tell where a page is");
	ASSERT_EQ(0, user_start(&user, addr));
	/* No block with a page of the device can be taken offline. */
	for (uint64_t at = 0; at < SIZE; at += SIZE_2M) {
		block = frame(addr + at) * SIZE_4K / size;
		if (block == last_block)
			continue;
		last_block = block;
		EXPECT_EQ(-EBUSY, block_state(block, "offline")) TH_LOG("block %" PRIu64, block);
	}
	EXPECT_TRUE(user_end(&user));
	EXPECT_EQ(first, frame(addr));
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	/* Without these pages the block can be taken offline, if it could before. */
	if (!block_state(last_block, "offline"))
		EXPECT_EQ(0, block_state(last_block, "online"));
}

/* ---- suspend: processes are frozen and thawed ---- */

static void *allocate_meanwhile(void *data)
{
	struct user *user = data;
	int fd = uapi_open();
	uint64_t handle;

	user->good = fd >= 0 && !uapi_device_open(fd, 0);
	while (user->good && !__atomic_load_n(&user->stop, __ATOMIC_RELAXED)) {
		if (uapi_alloc(fd, SIZE, 0, &handle) || uapi_free(fd, handle))
			user->good = false;
		__atomic_add_fetch(&user->rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

TEST_F(pressure, suspend)
{
	struct user user, allocator = { .addr = 0 };
	uint64_t addr, handle, first;

	if (uapi_write_file("/sys/power/pm_test", "freezer"))
		SKIP(return, "suspending cannot be tested (PM_DEBUG)");
	/* It stays frozen for a second instead of five. */
	uapi_write_file("/sys/module/suspend/parameters/pm_test_delay", "1");
	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE, variant->flags, &addr, &handle));
	ASSERT_EQ(0, UAPI_WRITE(addr));
	first = frame(addr);
	ASSERT_EQ(0, user_start(&user, addr));
	ASSERT_EQ(0, pthread_create(&allocator.thread, NULL, allocate_meanwhile, &allocator));
	for (int i = 0; i < 2; i++) {
		int rc = uapi_write_file("/sys/power/state", "freeze");

		EXPECT_EQ(0, rc) TH_LOG("%s", strerror(-rc));
	}
	EXPECT_TRUE(user_end(&user));
	EXPECT_TRUE(user_end(&allocator));
	EXPECT_EQ(first, frame(addr));
	EXPECT_EQ(0, uapi_write_file("/sys/power/pm_test", "none"));
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

TEST_HARNESS_MAIN
