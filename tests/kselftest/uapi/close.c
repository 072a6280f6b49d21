// SPDX-License-Identifier: MIT
/*
 * munmap() and other calls that remove the VMA of a reservation: its mappings are
 * freed when the call returns, but not under mmap_lock.
 */
#include "uapi_test.h"

#include <sys/mount.h>
#include <sys/syscall.h>

#define TRACING		"/sys/kernel/tracing"

UAPI_FIXTURE(close)

/* A reservation with @count mappings of one page, every second page empty. */
static int make_many(int fd, unsigned long count, uint64_t *addr, uint64_t *size,
		     uint64_t *handle)
{
	*size = (count * 2 * SIZE_4K + SIZE_2M - 1) & -SIZE_2M;
	if (uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, handle) || uapi_reserve(fd, *size, addr))
		return -1;
	for (unsigned long i = 0; i < count; i++)
		if (uapi_map(fd, *addr + i * 2 * SIZE_4K, SIZE_4K, *handle))
			return -1;
	return UAPI_WRITE(*addr + (count - 1) * 2 * SIZE_4K);
}

enum way { BY_MUNMAP, BY_MMAP, BY_MREMAP, WAYS };

static int unmap_by(enum way way, uint64_t addr, uint64_t size)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	void *other;

	switch (way) {
	case BY_MUNMAP:
		return munmap((void *)addr, size);
	case BY_MMAP:
		return mmap((void *)addr, size, PROT_NONE, flags | MAP_FIXED, -1, 0) ==
		       (void *)addr ? 0 : -1;
	case BY_MREMAP:
		other = mmap(NULL, size, PROT_NONE, flags, -1, 0);
		return mremap(other, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, addr) ==
		       (void *)addr ? 0 : -1;
	default:
		return -1;
	}
}

TEST_F(close, close_frees_before_it_returns)
{
	unsigned long count = harness_count(20000, 20);
	uint64_t addr, size, handle;

	for (enum way way = 0; way < WAYS; way++) {
		ASSERT_EQ(0, make_many(self->fd, count, &addr, &size, &handle));
		ASSERT_EQ(BEFORE(MAPPINGS) + count, COUNT(MAPPINGS));
		ASSERT_EQ(0, unmap_by(way, addr, size)) TH_LOG("way %d", way);
		EXPECT_EQ(BEFORE(MAPPINGS), COUNT(MAPPINGS)) TH_LOG("way %d", way);
		EXPECT_EQ(0, uapi_phys_info(self->fd, handle).maps);
		EXPECT_EQ(ACL_EMU_FOUND_RANGE, uapi_lookup(self->fd, addr).found);
		EXPECT_EQ(0, uapi_release(self->fd, addr));
		EXPECT_EQ(0, uapi_free(self->fd, handle));
		EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
		if (way != BY_MUNMAP)
			ASSERT_EQ(0, munmap((void *)addr, size));
	}
}

/* The handle was freed before: its memory goes with the last mapping. */
TEST_F(close, last_unmap_frees_memory)
{
	uint64_t addr, size, handle;

	ASSERT_EQ(0, make_many(self->fd, 100, &addr, &size, &handle));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(self->before.used[0] + SIZE_4K, uapi_used(self->fd, 0));
	ASSERT_EQ(0, munmap((void *)addr, size));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
	EXPECT_EQ(BEFORE(HANDLES), COUNT(HANDLES));
}

/* The file is closed first, so the VMA alone keeps the client. */
TEST_F(close, last_file_reference)
{
	uint64_t addr, size, handle, clients = COUNT(CLIENTS);
	int fd = uapi_client();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, make_many(fd, 1000, &addr, &size, &handle));
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(clients + 1, COUNT(CLIENTS));
	EXPECT_EQ(BEFORE(MAPPINGS) + 1000, COUNT(MAPPINGS));
	ASSERT_EQ(0, munmap((void *)addr, size));
	EXPECT_EQ(BEFORE(MAPPINGS), COUNT(MAPPINGS));
	EXPECT_EQ(clients, COUNT(CLIENTS));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

enum end { BY_EXIT, BY_SIGNAL, BY_EXEC, ENDS };

static int end_with_many(int sock, void *data)
{
	uint64_t addr, size, handle;
	int fd = uapi_client();
	char number[16];

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!make_many(fd, harness_count(5000, 20), &addr, &size, &handle));
	switch (*(enum end *)data) {
	case BY_SIGNAL:
		raise(SIGKILL);
		return 1;
	case BY_EXEC:
		/* Inherited: its end is seen as the end of file. */
		fcntl(sock, F_SETFD, 0);
		snprintf(number, sizeof(number), "%d", sock);
		execl("/bin/sh", "sh", "-c", "echo >&$1; read x <&$1", "sh", number, NULL);
		return 1;
	default:
		return 0;
	}
}

/* All is freed when other processes can see the end of this one. */
TEST_F(close, exit_frees_before_it_is_seen)
{
	struct uapi_before before, after;
	int sock, status;
	char byte;

	uapi_state(self->fd, &before);
	for (enum end end = 0; end < ENDS; end++) {
		pid_t pid = uapi_child(end_with_many, &end, &sock);

		if (end == BY_EXEC) {
			/* The new program runs. */
			ASSERT_EQ(1, read(sock, &byte, 1));
			uapi_state(self->fd, &after);
			uapi_expect_state(_metadata, &before, &after);
		}
		shutdown(sock, SHUT_RDWR);
		close(sock);
		status = uapi_wait(pid);
		EXPECT_EQ(end == BY_SIGNAL ? 1000 + SIGKILL : end == BY_EXEC ? 1 : 0, status);
		uapi_state(self->fd, &after);
		uapi_expect_state(_metadata, &before, &after);
	}
}

/* ---- under which lock ---- */

static int trace(const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), TRACING "/%s", file);
	return uapi_write_file(path, text);
}

static int trace_begin(void)
{
	char pid[16];
	int fd;

	if (access(TRACING "/trace", F_OK))
		mount("none", TRACING, "tracefs", 0, NULL);
	snprintf(pid, sizeof(pid), "%d", (int)syscall(SYS_gettid));
	if (trace("set_event_pid", pid) || trace("events/acl_emu/acl_emu_unmap/enable", "1") ||
	    trace("events/mmap_lock/mmap_lock_acquire_returned/enable", "1") ||
	    trace("events/mmap_lock/mmap_lock_released/enable", "1"))
		return -1;
	/* Opening it this way empties it. */
	fd = open(TRACING "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC);
	close(fd);
	return trace("tracing_on", "1");
}

static void trace_end(void)
{
	trace("tracing_on", "0");
	trace("events/acl_emu/enable", "0");
	trace("events/mmap_lock/enable", "0");
	trace("set_event_pid", " ");
}

/* Number of mappings that were dropped with mmap_lock held and without. */
static int trace_read(unsigned int *locked, unsigned int *unlocked)
{
	FILE *file = fopen(TRACING "/trace", "r");
	char line[512];
	bool held = false;

	*locked = *unlocked = 0;
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == '#')
			continue;
		/* A lock that becomes one for reading is acquired once more. */
		if (strstr(line, "mmap_lock_acquire_returned:") && strstr(line, "success=true"))
			held = true;
		else if (strstr(line, "mmap_lock_released:"))
			held = false;
		else if (strstr(line, "acl_emu_unmap:"))
			(*(held ? locked : unlocked))++;
	}
	fclose(file);
	return 0;
}

TEST_F(close, teardown_without_mmap_lock)
{
	const unsigned int count = 50;
	unsigned int locked, unlocked;
	uint64_t addr, size, handle;

	ASSERT_EQ(0, make_many(self->fd, count, &addr, &size, &handle));
	if (trace_begin()) {
		trace_end();
		SKIP(return, "no trace events of mmap_lock");
	}
	ASSERT_EQ(0, munmap((void *)addr, size));
	trace_end();
	ASSERT_EQ(0, trace_read(&locked, &unlocked));
	EXPECT_EQ(0, locked);
	EXPECT_EQ(count, unlocked);
}

TEST_HARNESS_MAIN
