// SPDX-License-Identifier: MIT
/*
 * A user cannot make the kernel write to its log: neither by one wrong call nor by
 * many thousand.
 */
#include "uapi_hostile.h"

#include <sys/uio.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

HOSTILE_FIXTURE(log, "devices=2 capacity_mb=32 host_mb=32")

/* The log from here on. */
static int log_open(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log >= 0)
		lseek(log, 0, SEEK_END);
	return log;
}

/*
 * Lines that are new; the first is printed. Those of user space, which has a
 * facility of its own, and of parts of the kernel that start late do not count.
 */
static unsigned int log_lines(int log)
{
	unsigned int count = 0, level;
	char line[1024];
	ssize_t n;

	for (;;) {
		n = read(log, line, sizeof(line) - 1);
		/* EPIPE: lines were lost, because there were too many. */
		if (n < 0 && errno == EPIPE) {
			count++;
			continue;
		}
		if (n <= 0)
			return count;
		line[n] = '\0';
		if (sscanf(line, "%u", &level) == 1 && level > 7)
			continue;
		if (!count++)
			fprintf(stderr, "# %s", line);
	}
}

/* The same numbers in each run. */
static uint64_t state = 88172645463325252ull;

static uint64_t number(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

struct known {
	uint64_t addr;
	uint64_t handle;
	uint64_t key;
	int file;
};

/* A value for a field: right, off by one, or random. */
static uint64_t field(const struct known *known)
{
	const uint64_t likely[] = {
		0, 1, 2, 3, 4, 7, 8, SIZE_4K, SIZE_2M, SIZE_1G, -1ull, 1ull << 63, 1ull << 32,
		known->addr, known->addr + SIZE_2M, known->addr + SIZE_4K, known->handle,
		known->key, known->file, 0xffffffff, 65535, ACL_EMU_VA_USER_FIRST, 4096,
		(uintptr_t)&state, 0xffff888000000000ull,
	};
	uint64_t n = number();

	switch (n % 8) {
	case 0:
		return number();
	case 1:
		return likely[(n >> 8) % ARRAY_SIZE(likely)] - 1 + (n >> 16) % 3;
	default:
		return likely[(n >> 8) % ARRAY_SIZE(likely)];
	}
}

static int know(int fd, struct known *known)
{
	if (uapi_mapped(fd, 2 * SIZE_2M, 0, &known->addr, &known->handle) ||
	    uapi_export(fd, known->handle, ACL_EMU_EXPORT_NO_LIST, &known->key))
		return -1;
	known->file = uapi_export_fd(fd, known->handle);
	return known->file < 0;
}

/* Calls made of garbage, some of which do something. */
static int call_garbage(int sock, void *data)
{
	static uint64_t arg[512];
	struct rlimit files = { 64, 64 };
	struct known known;
	int fd = hostile_start();

	(void)sock;
	(void)data;
	CHILD_CHECK(fd >= 0 && !know(fd, &known));
	CHILD_CHECK(!setrlimit(RLIMIT_NOFILE, &files));
	for (unsigned long i = harness_count(40000, 10); i--; ) {
		struct acl_emu_head *head = (struct acl_emu_head *)arg;
		unsigned int nr = ACL_EMU_NR_BASE + number() % 32;
		uint64_t shape = number();

		memset(arg, 0, sizeof(arg));
		for (int w = sizeof(*head) / 8; w < 20; w++)
			arg[w] = shape & 1 ? field(&known) & 0xffffffff : field(&known);
		head->size = shape & 0xf0 ? 4096 : field(&known);
		if (shape & 0xf0)
			memset(arg + 12, 0, sizeof(arg) - 12 * 8);
		head->flags = shape & 0x300 ? 0 : field(&known);
		ioctl(fd, _IO(ACL_EMU_IOCTL_TYPE, nr), shape & 0xff000 ? (void *)arg :
		      (void *)(uintptr_t)field(&known));
	}
	return 0;
}

TEST_F(log, random_calls_log_nothing)
{
	int sock, log = log_open();

	if (log < 0)
		SKIP(return, "no /dev/kmsg");
	for (int i = 0; i < 3; i++) {
		int status;

		/* Its own addresses may be replaced under it. */
		state += i;
		status = uapi_wait(uapi_child(call_garbage, NULL, &sock));
		EXPECT_TRUE(status == 0 || status == 1000 + SIGSEGV || status == 1000 + SIGBUS)
			TH_LOG("%d", status);
	}
	EXPECT_EQ(0, log_lines(log));
}

/* Calls that the module refuses or fails, by each way that leads into it. */
static int provoke(int fd, const struct known *known)
{
	struct iovec iov = { (void *)known->addr, SIZE_4K };
	uint64_t handle, room = uapi_room(fd, 0);
	uint8_t *start = (void *)known->addr;

	uapi_alloc(fd, room + SIZE_2M, 0, &handle);
	uapi_alloc(fd, ACL_EMU_VA_MAX_SIZE, 0, &handle);
	uapi_alloc(fd, ACL_EMU_VA_MAX_SIZE, ACL_EMU_PHYS_4K, &handle);
	UAPI_READ(known->addr + 2 * SIZE_2M);
	UAPI_WRITE(known->addr + 4 * SIZE_2M - 1);
	mmap(NULL, SIZE_4K, PROT_READ, MAP_SHARED, fd, 0);
	mmap(NULL, SIZE_4K, PROT_READ, MAP_PRIVATE, fd, 0);
	mmap(NULL, SIZE_4K, PROT_READ, MAP_PRIVATE, known->file, 0);
	mmap(NULL, SIZE_4K, PROT_READ | PROT_EXEC, MAP_SHARED, known->file, 0);
	mremap(start, SIZE_2M, 2 * SIZE_2M, MREMAP_MAYMOVE);
	munmap(start + SIZE_2M, SIZE_4K);
	mprotect(start, SIZE_4K, PROT_READ);
	mprotect(start, 4 * SIZE_2M, PROT_READ | PROT_EXEC);
	madvise(start, 4 * SIZE_2M, MADV_HUGEPAGE);
	madvise(start, 4 * SIZE_2M, MADV_COLLAPSE);
	madvise(start, SIZE_4K, MADV_PAGEOUT);
	madvise(start, SIZE_4K, MADV_COLD);
	madvise(start, SIZE_4K, MADV_FREE);
	madvise(start, SIZE_4K, MADV_REMOVE);
	madvise(start, 4 * SIZE_2M, MADV_MERGEABLE);
	madvise(start, 4 * SIZE_2M, MADV_POPULATE_WRITE);
	mlock(start, SIZE_2M);
	munlock(start, SIZE_2M);
	write(fd, start, 8);
	lseek(known->file, 1, SEEK_CUR);
	ftruncate(known->file, 1);
	process_vm_writev(getpid(), &iov, 1, &iov, 1, 0);
	return 0;
}

static int provoke_often(int sock, void *data)
{
	struct known known;
	uint64_t handle, addr;
	int fd = hostile_start();

	(void)sock;
	(void)data;
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_alloc(fd, 2 * SIZE_2M, 0, &known.handle));
	CHILD_CHECK(!uapi_reserve(fd, 4 * SIZE_2M, &known.addr));
	CHILD_CHECK(!uapi_map(fd, known.addr, 2 * SIZE_2M, known.handle));
	known.file = uapi_export_fd(fd, known.handle);
	CHILD_CHECK(known.file >= 0);
	for (unsigned long i = harness_count(500, 10); i--; )
		CHILD_CHECK(!provoke(fd, &known));
	/* Torn down in the wrong order. */
	for (unsigned long i = harness_count(500, 10); i--; ) {
		CHILD_CHECK(!uapi_mapped(fd, SIZE_2M, 0, &addr, &handle));
		CHILD_CHECK(!UAPI_WRITE(addr));
		CHILD_CHECK(!uapi_free(fd, handle));
		CHILD_CHECK(!munmap((void *)addr, SIZE_2M));
		uapi_unmap(fd, addr);
		CHILD_CHECK(!uapi_release(fd, addr));
		uapi_release(fd, addr);
	}
	return 0;
}

TEST_F(log, failed_calls_log_nothing)
{
	int sock, log = log_open();

	if (log < 0)
		SKIP(return, "no /dev/kmsg");
	EXPECT_EQ(0, uapi_wait(uapi_child(provoke_often, NULL, &sock)));
	EXPECT_EQ(0, log_lines(log));
}

/* The test can see a line: the module logs a wrong parameter. */
TEST_F(log, log_is_read)
{
	int log = log_open();

	if (log < 0)
		SKIP(return, "no /dev/kmsg");
	ASSERT_EQ(0, close(self->fd));
	ASSERT_EQ(0, module_unload());
	EXPECT_EQ(-EINVAL, module_load("devices=0"));
	EXPECT_GT(log_lines(log), 0);
	ASSERT_EQ(0, module_load("devices=2 capacity_mb=32 host_mb=32"));
}

TEST_HARNESS_MAIN
