// SPDX-License-Identifier: MIT
/*
 * A process cannot have more memory than its limits: of the device, of its memory
 * cgroup, by many processes at once, by pins that outlive their mapping.
 */
#include "uapi_hostile.h"

#include <sys/uio.h>

#define ROOM		(64 * MIB)

HOSTILE_FIXTURE(memory, "devices=2 capacity_mb=64 host_mb=64")

/* ---- the device ---- */

struct glutton {
	uint32_t flags;
	uint64_t size;		/* of the first allocations; then less and less */
};

/* Allocates until not even 4 KiB are left; sends how much it has. */
static int eat(int sock, void *data)
{
	struct glutton *glutton = data;
	uint64_t handle, size, held = 0;
	int fd = hostile_start();

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_send(sock, 0));
	HOSTILE_WAIT(sock);
	for (size = glutton->size; size >= SIZE_4K; size /= 2) {
		uint32_t flags = size % SIZE_2M ? ACL_EMU_PHYS_4K : glutton->flags;

		while (!uapi_alloc(fd, size, flags, &handle))
			held += size;
		CHILD_CHECK(uapi_last.reason == ACL_EMU_REASON_CAPACITY);
	}
	CHILD_CHECK(!uapi_send(sock, held));
	HOSTILE_WAIT(sock);
	return 0;
}

/* All processes together get the capacity of the device and not a page more. */
TEST_F(memory, allocations_stop_at_capacity)
{
	static struct glutton gluttons[] = {
		{ 0, 2 * SIZE_2M }, { 0, SIZE_2M }, { ACL_EMU_PHYS_4K, SIZE_2M },
		{ ACL_EMU_PHYS_4K, 16 * SIZE_4K }, { 0, 8 * SIZE_2M },
	};
	uint64_t held = 0;
	int socks[ARRAY_SIZE(gluttons)];
	pid_t pids[ARRAY_SIZE(gluttons)];
	uint64_t handle;

	for (size_t i = 0; i < ARRAY_SIZE(gluttons); i++)
		pids[i] = uapi_child(eat, &gluttons[i], &socks[i]);
	for (size_t i = 0; i < ARRAY_SIZE(gluttons); i++)
		ASSERT_EQ(0, uapi_recv(socks[i]));
	for (size_t i = 0; i < ARRAY_SIZE(gluttons); i++)
		ASSERT_EQ(0, uapi_send(socks[i], 0));
	for (size_t i = 0; i < ARRAY_SIZE(gluttons); i++) {
		uint64_t part = uapi_recv(socks[i]);

		ASSERT_NE(~0ull, part);
		held += part;
	}
	EXPECT_EQ(ROOM, held);
	EXPECT_EQ(ROOM, uapi_used(self->fd, 0));
	EXPECT_EQ(0, uapi_used(self->fd, 1));
	EXPECT_FAIL(ENOMEM, CAPACITY, SIZE_4K, 0,
		    uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));

	/* When they are killed, all of it is free. */
	for (size_t i = 0; i < ARRAY_SIZE(gluttons); i++) {
		EXPECT_EQ(1000 + SIGKILL, uapi_kill(pids[i]));
	}
	EXPECT_EQ(0, uapi_used(self->fd, 0));
	ASSERT_EQ(0, uapi_alloc(self->fd, ROOM, 0, &handle));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

/* A size that overflows when it is rounded or added is refused. */
TEST_F(memory, size_overflows)
{
	const uint64_t sizes[] = {
		-SIZE_4K, -SIZE_2M, -SIZE_1G, 1ull << 63, (1ull << 63) - SIZE_2M,
		ACL_EMU_VA_MAX_SIZE, ACL_EMU_VA_MAX_SIZE + SIZE_2M, 1ull << 44, 1ull << 52,
		ROOM + SIZE_4K, ROOM + SIZE_2M,
	};
	const uint32_t flags[] = { 0, ACL_EMU_PHYS_4K, ACL_EMU_PHYS_1G };
	uint64_t first, handle;

	/* So that the sum with what is allocated can overflow, too. */
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &first));
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(flags); j++) {
			int rc = uapi_alloc(self->fd, sizes[i], flags[j], &handle);

			EXPECT_TRUE(rc == -EINVAL || rc == -ENOMEM)
				TH_LOG("%" PRIx64 " flags %u: %d", sizes[i], flags[j], rc);
			EXPECT_NE(ACL_EMU_REASON_HOST_NOMEM, uapi_last.reason);
			EXPECT_EQ(SIZE_4K, uapi_used(self->fd, 0));
		}
	}
	EXPECT_EQ(0, uapi_free(self->fd, first));
}

/* ---- pins ---- */

#define MANY_PIPES	64

/*
 * Allocates 2 MiB, puts one page of it in a pipe and frees it, until no memory is
 * left. Sends the number of rounds, then keeps the pipes.
 */
static int pin_and_free(int sock, void *data)
{
	uint64_t addr, handle = 0, rounds = 0;
	int pipes[MANY_PIPES][2];
	int fd = hostile_start();

	(void)data;
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_reserve(fd, SIZE_2M, &addr));
	for (;;) {
		struct iovec iov = { (void *)(addr + rounds % 512 * SIZE_4K), SIZE_4K };
		int *pipe = pipes[rounds % MANY_PIPES];

		if (uapi_alloc(fd, SIZE_2M, 0, &handle))
			break;
		CHILD_CHECK(!uapi_map(fd, addr, SIZE_2M, handle));
		if (rounds < MANY_PIPES)
			CHILD_CHECK(!pipe2(pipe, O_CLOEXEC | O_NONBLOCK));
		CHILD_CHECK(vmsplice(pipe[1], &iov, 1, 0) == (ssize_t)SIZE_4K);
		CHILD_CHECK(!uapi_unmap(fd, addr) && !uapi_free(fd, handle));
		rounds++;
	}
	CHILD_CHECK(uapi_last.reason == ACL_EMU_REASON_CAPACITY);
	CHILD_CHECK(!uapi_send(sock, rounds));
	HOSTILE_WAIT(sock);
	return 0;
}

/* 2 MiB of which 4 KiB are pinned stay charged as 2 MiB. */
TEST_F(memory, pinned_pages_stay_charged)
{
	uint64_t rounds[2], handle;
	pid_t pids[2];
	int socks[2];

	for (int i = 0; i < 2; i++)
		pids[i] = uapi_child(pin_and_free, NULL, &socks[i]);
	for (int i = 0; i < 2; i++)
		rounds[i] = uapi_recv(socks[i]);
	EXPECT_EQ(ROOM / SIZE_2M, rounds[0] + rounds[1]);
	EXPECT_EQ(ROOM, uapi_used(self->fd, 0));
	EXPECT_EQ(ROOM, COUNT(QUARANTINE));
	EXPECT_FAIL(ENOMEM, CAPACITY, SIZE_4K, 0,
		    uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	/* Another device is another account. */
	ASSERT_EQ(0, uapi_device_open(self->fd, 1));
	EXPECT_EQ(0, uapi_alloc_at(self->fd, uapi_device(1), ROOM, 0, &handle));
	EXPECT_EQ(0, uapi_free(self->fd, handle));

	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(1000 + SIGKILL, uapi_kill(pids[i]));
	}
	while (COUNT(QUARANTINE))
		sched_yield();
	EXPECT_EQ(0, uapi_used(self->fd, 0));
	EXPECT_EQ(0, uapi_alloc(self->fd, ROOM, 0, &handle));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

/* ---- the memory cgroup ---- */

#define GROUP		"/sys/fs/cgroup/acl_emu_hostile"
#define CHARGES		16384ul
/* Every object of the module is at least as large. */
#define CHARGE_LEAST	64
/* The inode, dentry and file of a dma-buf are larger than any record of ours. */
#define CHARGE_DMABUF	1024

struct hoard {
	const char *name;
	uint64_t count;
	/* The least that one of them charges to the group, in bytes. */
	uint64_t least;
	/* Makes object number i of them all. */
	int (*make)(int fd, uint64_t handle, uint64_t i);
};

static uint64_t hoard_addr;
static int hoard_dmabuf;

static int make_handle(int fd, uint64_t handle, uint64_t i)
{
	uint64_t again;

	(void)handle;
	(void)i;
	return uapi_import_fd(fd, hoard_dmabuf, 0, &again);
}

static int make_share(int fd, uint64_t handle, uint64_t i)
{
	uint64_t key;

	(void)i;
	return uapi_export(fd, handle, ACL_EMU_EXPORT_NO_LIST, &key);
}

static int make_mapping(int fd, uint64_t handle, uint64_t i)
{
	return uapi_map(fd, hoard_addr + i * SIZE_4K, SIZE_4K, handle);
}

static int make_range(int fd, uint64_t handle, uint64_t i)
{
	uint64_t addr;

	(void)handle;
	(void)i;
	return uapi_reserve(fd, SIZE_2M, &addr);
}

static int make_client(int fd, uint64_t handle, uint64_t i)
{
	(void)fd;
	(void)handle;
	(void)i;
	return uapi_open() < 0;
}

/* An allocation has one dma-buf: each needs an allocation of its own. */
static int make_dmabuf(int fd, uint64_t handle, uint64_t i)
{
	(void)i;
	if (uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle))
		return -1;
	return uapi_export_fd(fd, handle) < 0;
}

static int make_sync(int fd, uint64_t handle, uint64_t i)
{
	(void)handle;
	return uapi_sync(fd, i, &handle);
}

static const struct hoard hoards[] = {
	{ "handles", CHARGES, CHARGE_LEAST, make_handle },
	{ "shares", CHARGES, CHARGE_LEAST, make_share },
	{ "mappings", CHARGES, CHARGE_LEAST, make_mapping },
	{ "reservations", CHARGES, CHARGE_LEAST, make_range },
	{ "syncs", CHARGES, CHARGE_LEAST, make_sync },
	{ "clients", 2048, CHARGE_LEAST, make_client },
	{ "dma-bufs", 2048, SIZE_4K + CHARGE_DMABUF, make_dmabuf },
};

/* Makes the objects and sends what the group is charged for them. */
static int hoard_in_group(int sock, void *data)
{
	const struct hoard *hoard = data;
	struct rlimit files = { 8192, 8192 };
	uint64_t handle, before;
	int fd;

	CHILD_CHECK(!setrlimit(RLIMIT_NOFILE, &files));
	CHILD_CHECK(!uapi_write_file(GROUP "/cgroup.procs", "0"));
	fd = hostile_start();
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	hoard_dmabuf = uapi_export_fd(fd, handle);
	CHILD_CHECK(hoard_dmabuf >= 0);
	CHILD_CHECK(!uapi_reserve(fd, CHARGES * SIZE_4K, &hoard_addr));
	before = uapi_read_number(GROUP "/memory.current");
	for (uint64_t i = 0; i < harness_count(hoard->count, 4); i++)
		CHILD_CHECK(!hoard->make(fd, handle, i));
	CHILD_CHECK(!uapi_send(sock, uapi_read_number(GROUP "/memory.current") - before));
	HOSTILE_WAIT(sock);
	return 0;
}

/* Objects are charged as pages are: a group that is full can make no more. */
TEST_F(memory, objects_are_charged)
{
	for (size_t i = 0; i < ARRAY_SIZE(hoards); i++) {
		uint64_t charged;
		int sock;
		pid_t pid;

		/* A new one each time: what is freed stays charged for a while. */
		if (!uapi_make_group(GROUP, "memory.current"))
			SKIP(return, "no memory cgroups");
		pid = uapi_child(hoard_in_group, (void *)&hoards[i], &sock);
		charged = uapi_recv(sock);
		EXPECT_NE(~0ull, charged) TH_LOG("%s", hoards[i].name);
		EXPECT_GE((int64_t)charged, (int64_t)(harness_count(hoards[i].count, 4) *
						hoards[i].least))
			TH_LOG("%s: %" PRId64 " bytes for all", hoards[i].name, (int64_t)charged);
		close(sock);
		EXPECT_EQ(0, uapi_wait(pid)) TH_LOG("%s", hoards[i].name);
		EXPECT_EQ(0, rmdir(GROUP));
	}
}

TEST_HARNESS_MAIN
