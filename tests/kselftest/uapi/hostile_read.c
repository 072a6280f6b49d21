// SPDX-License-Identifier: MIT
/*
 * A process cannot read bytes that another process left: in pages that were freed in
 * any way, behind the end of an allocation, in answers.
 */
#include "uapi_hostile.h"

#define ROOM	(32 * MIB)
#define SECRET	0x5ec7e7c0ffee1234ull

/* Memory of the kernel's, and memory that the device owns. */
HOSTILE_FIXTURE(taken, "devices=1 capacity_mb=32 host_mb=32")
HOSTILE_FIXTURE(owned, "devices=1 reserved_mb=32 host_mb=32")

/* ---- the victim ---- */

enum leave {
	LEAVE_FREE,		/* unmap, release, free */
	LEAVE_RESET,		/* reset of the device */
	LEAVE_MUNMAP,		/* munmap() of the reservation, close() of the file */
	LEAVE_EXEC,
	LEAVE_EXIT,
	LEAVE_KILLED,
	LEAVE_END,
};

struct victim {
	enum leave leave;
	uint32_t flags;
};

static int leave_secret(int sock, void *data)
{
	const struct victim *victim = data;
	uint64_t addr, handle;
	int fd = hostile_start();

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_mapped(fd, ROOM, victim->flags, &addr, &handle));
	for (uint64_t at = 0; at < ROOM; at += 8)
		*uapi_words(addr + at) = SECRET;
	switch (victim->leave) {
	case LEAVE_FREE:
		CHILD_CHECK(!uapi_unmapped(fd, addr, handle));
		break;
	case LEAVE_RESET:
		CHILD_CHECK(!uapi_device_reset(fd, 0));
		break;
	case LEAVE_MUNMAP:
		CHILD_CHECK(!munmap((void *)addr, ROOM) && !close(fd));
		break;
	case LEAVE_EXEC:
		CHILD_CHECK(dup2(sock, 0) == 0 && dup2(sock, 1) == 1);
		execlp("cat", "cat", NULL);
		return 1;
	case LEAVE_EXIT:
		return 0;
	default:
		break;
	}
	CHILD_CHECK(!uapi_send(sock, 0));
	HOSTILE_WAIT(sock);
	return 0;
}

/* Starts it and returns when it has given its memory back. */
static pid_t have_victim(struct victim *victim, int *sock)
{
	pid_t pid = uapi_child(leave_secret, victim, sock);

	if (victim->leave == LEAVE_EXIT)
		return uapi_wait(pid) ? -1 : 0;
	/* The echo comes from cat, which is another program. */
	if (victim->leave == LEAVE_EXEC && uapi_send(*sock, 0))
		return -1;
	if (uapi_recv(*sock))
		return -1;
	if (victim->leave != LEAVE_KILLED)
		return pid;
	kill(pid, SIGKILL);
	return uapi_wait(pid) == 1000 + SIGKILL ? 0 : -1;
}

/* ---- the attacker ---- */

/* Reads all of it by the processor, by COPY and through a file. */
static int look_around(int sock, void *data)
{
	uint32_t flags = *(uint32_t *)data;
	static uint64_t copy[SIZE_2M / 8];
	uint64_t addr, handle;
	int fd = hostile_start(), file;
	uint8_t *window;

	(void)sock;
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_alloc(fd, ROOM, flags, &handle));
	file = uapi_export_fd(fd, handle);
	CHILD_CHECK(file >= 0);
	window = mmap(NULL, ROOM, PROT_READ, MAP_SHARED, file, 0);
	CHILD_CHECK(window != MAP_FAILED);
	CHILD_CHECK(uapi_nonzero((uintptr_t)window, ROOM) == ROOM);
	CHILD_CHECK(!uapi_reserve(fd, ROOM, &addr) && !uapi_map(fd, addr, ROOM, handle));
	for (uint64_t at = 0; at < ROOM; at += SIZE_2M) {
		memset(copy, 0xff, sizeof(copy));
		CHILD_CHECK(!uapi_copy(fd, (uintptr_t)copy, addr + at, SIZE_2M,
				       ACL_EMU_COPY_SRC_MAPPED, NULL));
		CHILD_CHECK(uapi_nonzero((uintptr_t)copy, SIZE_2M) == SIZE_2M);
	}
	CHILD_CHECK(uapi_nonzero(addr, ROOM) == ROOM);
	return 0;
}

static void stale_pages(struct __test_metadata *_metadata)
{
	static uint32_t flags[] = { 0, ACL_EMU_PHYS_4K };

	for (int leave = 0; leave < LEAVE_END; leave++) {
		for (size_t from = 0; from < ARRAY_SIZE(flags); from++) {
			struct victim victim = { leave, flags[from] };
			/* Blocks become pages and the reverse. */
			size_t to = (leave + from) % ARRAY_SIZE(flags);
			int sock, other;
			pid_t pid = have_victim(&victim, &sock);

			ASSERT_NE(-1, pid) TH_LOG("way %d", leave);
			EXPECT_EQ(0, uapi_wait(uapi_child(look_around, &flags[to], &other)))
				TH_LOG("way %d, from %zu to %zu", leave, from, to);
			close(other);
			shutdown(sock, SHUT_RDWR);
			close(sock);
			if (pid)
				uapi_wait(pid);
		}
	}
}

TEST_F(taken, stale_pages)
{
	stale_pages(_metadata);
}

/* The worker zeroes, or the allocation does if the worker has not yet. */
TEST_F(owned, stale_pages)
{
	const char *path = "/sys/kernel/debug/acl_emu/scrub_paused";

	stale_pages(_metadata);
	if (uapi_write_file(path, "1"))
		SKIP(return, "no debugfs");
	stale_pages(_metadata);
	EXPECT_EQ(0, uapi_write_file(path, "0"));
}

/* ---- behind the end ---- */

/* 12 KiB are 12 KiB, also where they were cut from a block of 2 MiB. */
static void behind_the_end(struct __test_metadata *_metadata)
{
	const uint64_t size = 3 * SIZE_4K;
	uint64_t addr, handle;
	uint8_t *window, byte;
	int fd, file;

	fd = hostile_start();
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_alloc(fd, size, ACL_EMU_PHYS_4K, &handle));
	EXPECT_EQ(size, uapi_phys_info(fd, handle).size);
	ASSERT_EQ(0, uapi_reserve(fd, SIZE_2M, &addr));
	EXPECT_FAIL(EINVAL, PHYS_SHORT, size + SIZE_4K, size,
		    uapi_map(fd, addr, size + SIZE_4K, handle));
	EXPECT_FAIL(EINVAL, PHYS_SHORT, SIZE_2M, size, uapi_map(fd, addr, SIZE_2M, handle));
	EXPECT_FAIL(EINVAL, OFFSET, size, size,
		    uapi_map_rights(fd, addr, SIZE_4K, size, handle, READ_WRITE));
	EXPECT_FAIL(EINVAL, PHYS_SHORT, 2 * SIZE_4K, size,
		    uapi_map_rights(fd, addr, 2 * SIZE_4K, 2 * SIZE_4K, handle, READ_WRITE));
	EXPECT_FAIL_AS(EINVAL, OFFSET,
		       uapi_map_rights(fd, addr, SIZE_4K, -SIZE_4K, handle, READ_WRITE));
	ASSERT_EQ(0, uapi_map(fd, addr, size, handle));
	ASSERT_EQ(0, UAPI_WRITE(addr + size - 1));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr + size));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr + SIZE_2M - 1));
	EXPECT_FAIL(EFAULT, NOT_MAPPED, addr + size, 0,
		    uapi_copy(fd, (uintptr_t)&byte, addr + size, 1, ACL_EMU_COPY_SRC_MAPPED,
			      NULL));

	file = uapi_export_fd(fd, handle);
	ASSERT_GE(file, 0);
	EXPECT_EQ(size, lseek(file, 0, SEEK_END));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE_2M, PROT_READ, MAP_SHARED, file, 0));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE_4K, PROT_READ, MAP_SHARED, file, size));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * SIZE_4K, PROT_READ, MAP_SHARED, file, 2 * SIZE_4K));
	window = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
	ASSERT_NE(MAP_FAILED, window);
	EXPECT_EQ(MAP_FAILED, mremap(window, size, SIZE_2M, MREMAP_MAYMOVE));
	EXPECT_EQ(0xa5, window[size - 1]);
}

TEST_F(taken, past_the_end)
{
	behind_the_end(_metadata);
}

TEST_F(owned, past_the_end)
{
	behind_the_end(_metadata);
}

/* ---- answers ---- */

#define GARBAGE	0xb7

/* A call writes what is documented as its answer, and not the room behind it. */
TEST_F(taken, answers_leak_no_memory)
{
	struct acl_emu_enum_entry entries[8];
	struct acl_emu_enum list = UAPI_ARG(acl_emu_enum, .entries = (uintptr_t)entries,
					    .count = ARRAY_SIZE(entries));
	struct acl_emu_lookup lookup;
	struct acl_emu_phys_info info;
	const uint8_t *bytes = (uint8_t *)entries;
	uint64_t addr = 0, handle = 0;
	int fd;

	fd = hostile_start();
	ASSERT_GE(fd, 0);
	for (uint32_t n = 0; n < 2 * ACL_EMU_ENUM_END; n++) {
		uint32_t found = n / ACL_EMU_ENUM_END;

		if (n == ACL_EMU_ENUM_END)
			ASSERT_EQ(0, uapi_mapped(fd, SIZE_2M, 0, &addr, &handle));
		memset(entries, GARBAGE, sizeof(entries));
		list.what = n % ACL_EMU_ENUM_END;
		list.cursor = 0;
		list.count = ARRAY_SIZE(entries);
		ASSERT_EQ(0, UAPI_CALL(fd, ENUM, &list));
		EXPECT_EQ(found, list.count);
		for (size_t i = found * sizeof(entries[0]); i < sizeof(entries); i++)
			EXPECT_EQ(GARBAGE, bytes[i]);
	}

	/* Fields of what was not found are zero, whatever the caller left there. */
	memset(&lookup, GARBAGE, sizeof(lookup));
	lookup.head = (struct acl_emu_head){ .size = sizeof(lookup) };
	lookup.addr = addr + SIZE_1G;
	ASSERT_EQ(0, UAPI_CALL(fd, LOOKUP, &lookup));
	for (size_t i = offsetof(struct acl_emu_lookup, found); i < sizeof(lookup); i++)
		EXPECT_EQ(0, ((uint8_t *)&lookup)[i]);
	memset(&info, GARBAGE, sizeof(info));
	info.head = (struct acl_emu_head){ .size = sizeof(info) };
	info.handle = handle;
	info.pad = 0;
	ASSERT_EQ(0, UAPI_CALL(fd, PHYS_INFO, &info));
	EXPECT_EQ(0, info.pad);
	EXPECT_EQ(0, info.cookie);
}

/* Objects of another client cannot be named by any number. */
TEST_F(taken, objects_of_others)
{
	uint64_t addr, handle, mine;
	struct acl_emu_phys_info info;
	int fd;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	fd = hostile_start();
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &mine));
	EXPECT_FAIL_AS(ENOENT, HANDLE, uapi_free(fd, handle));
	EXPECT_FAIL_AS(ENOENT, NO_RANGE, uapi_unmap(fd, addr));
	EXPECT_FAIL_AS(ENOENT, NO_RANGE, uapi_release(fd, addr));
	for (uint64_t id = 0; id < 64; id++) {
		for (uint64_t step = 1; step < 64; step++) {
			info = uapi_phys_info(fd, (mine & ~0xffffffffull) + (step << 32) + id);
			EXPECT_EQ(~0ull, info.size);
			info = uapi_phys_info(fd, (mine & ~0xffffffffull) - (step << 32) + id);
			EXPECT_EQ(~0ull, info.size);
		}
	}
	EXPECT_EQ(0, uapi_free(fd, mine));
}

TEST_HARNESS_MAIN
