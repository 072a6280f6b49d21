// SPDX-License-Identifier: MIT
/*
 * GmAlloc and what stands in its way: names that are taken, limits, a /tmp that
 * is full or cannot be written. Needs no kernel module; the tests that mount
 * need root.
 *
 * A few libc functions are defined here, in front of the library's libc, to
 * make the clock stand still and the disk fail at a chosen step.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "tikicpulib.h"
#include "gm.h"

/* ---- libc in front of the library ---- */

static bool clock_frozen;
static time_t clock_frozen_at = 7777;	/* seconds */
static int ftruncate_errno;
static int pwrite_errno;

int clock_gettime(clockid_t id, struct timespec *ts)
{
	if (clock_frozen) {
		*ts = (struct timespec){ .tv_sec = clock_frozen_at };
		return 0;
	}
	return (int)syscall(SYS_clock_gettime, id, ts);
}

int ftruncate(int fd, off_t length)
{
	if (ftruncate_errno) {
		errno = ftruncate_errno;
		return -1;
	}
	return (int)syscall(SYS_ftruncate, fd, length);
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t at)
{
	if (pwrite_errno) {
		errno = pwrite_errno;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, buf, len, at);
}

static int do_alloc(void *arg)
{
	GmAlloc((size_t)arg);
	return 0;
}

FIXTURE(gm_tmp) {
};

FIXTURE_SETUP(gm_tmp)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
}

FIXTURE_TEARDOWN(gm_tmp)
{
	tmp_files(getpid(), true);
}

/* ---- names ---- */

static void frozen_name(char *path, size_t len, int nr)
{
	snprintf(path, len, "/tmp/tmpfile_%llu_%d",
		 (unsigned long long)clock_frozen_at * 1000 + (unsigned long long)nr,
		 (int)getpid());
}

TEST_F(gm_tmp, planted_link_is_not_followed)
{
	char victim[64], link_name[64];
	struct stat st;
	void *x;

	snprintf(victim, sizeof(victim), "/tmp/gm_victim_%d", (int)getpid());
	close(open(victim, O_CREAT | O_WRONLY, 0600));
	clock_frozen = true;
	frozen_name(link_name, sizeof(link_name), 0);
	ASSERT_EQ(0, symlink(victim, link_name));
	x = GmAlloc(100);
	EXPECT_STRNE(link_name, header_of(x, 100)->name);
	GmFree(x);
	EXPECT_EQ(0, stat(victim, &st));
	EXPECT_EQ(0, st.st_size);
	EXPECT_EQ(0, lstat(link_name, &st));
	unlink(victim);
}

TEST_F(gm_tmp, two_blocks_in_one_millisecond)
{
	void *x, *y;

	clock_frozen = true;
	x = GmAlloc(1);
	y = GmAlloc(1);
	EXPECT_STRNE(header_of(x, 1)->name, header_of(y, 1)->name);
	EXPECT_EQ(2, tmp_files(getpid(), false));
	GmFree(x);
	GmFree(y);
}

static int all_names_taken(void *arg)
{
	char path[64];
	int i;

	(void)arg;
	clock_frozen = true;
	for (i = 0; i < 5000; i++) {
		frozen_name(path, sizeof(path), i);
		if (symlink("/nonexistent", path))
			return 2;
	}
	GmAlloc(1);
	return 0;
}

TEST_F(gm_tmp, all_names_taken)
{
	struct outcome o = run(all_names_taken, NULL);

	EXPECT_EQ(SIGABRT, o.signal);
	EXPECT_NE(NULL, strstr(o.err, "GmAlloc Error: cannot create /tmp/tmpfile_"));
	EXPECT_NE(NULL, strstr(o.err, "File exists"));
	EXPECT_EQ(5000, o.files);
}

/* ---- what cannot be had ---- */

TEST_F(gm_tmp, size_overflow)
{
	size_t most = (size_t)PTRDIFF_MAX - 3 * page;
	size_t sizes[] = { SIZE_MAX, SIZE_MAX - page, SIZE_MAX - 3 * page, (size_t)PTRDIFF_MAX + 1,
			   (size_t)PTRDIFF_MAX, most + 1 };
	char words[100];
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(words, sizeof(words), "GmAlloc Error: size %zu is too large", sizes[i]);
		EXPECT_DEATH(do_alloc, (void *)sizes[i], words);
	}
	/* One less is not "too large" but more than any disk has. */
	EXPECT_DEATH(do_alloc, (void *)most, "GmAlloc Error: ");
	EXPECT_NULL(strstr(run(do_alloc, (void *)most).err, "too large"));
}

static int without_descriptors(void *arg)
{
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 3, 3 });
	return do_alloc(arg);
}

TEST_F(gm_tmp, no_descriptor_left)
{
	EXPECT_DEATH(without_descriptors, (void *)10,
		     "for 10 bytes: Too many open files; free blocks that are not needed or raise the limit (ulimit -n)");
}

static int without_address_space(void *arg)
{
	setrlimit(RLIMIT_AS, &(struct rlimit){ 64 * MIB, 64 * MIB });
	return do_alloc(arg);
}

TEST_F(gm_tmp, mmap_fails)
{
	EXPECT_DEATH(without_address_space, (void *)(64 * MIB),
		     "GmAlloc Error: cannot map /tmp/tmpfile_");
	EXPECT_NE(NULL, strstr(run(without_address_space, (void *)(64 * MIB)).err,
			       "Cannot allocate memory; ask for less"));
}

TEST_F(gm_tmp, ftruncate_fails)
{
	ftruncate_errno = EFBIG;
	EXPECT_DEATH(do_alloc, (void *)10, "GmAlloc Error: cannot size /tmp/tmpfile_");
	EXPECT_NE(NULL, strstr(run(do_alloc, (void *)10).err, "File too large"));
}

TEST_F(gm_tmp, write_fails)
{
	pwrite_errno = ENOSPC;
	EXPECT_DEATH(do_alloc, (void *)10, "GmAlloc Error: cannot write /tmp/tmpfile_");
	EXPECT_NE(NULL, strstr(run(do_alloc, (void *)10).err,
			       "No space left on device; delete files in /tmp"));
}

static int with_file_limit(void *arg)
{
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 4 * page, 4 * page });
	return do_alloc(arg);
}

/* Without a check the kernel would send SIGXFSZ. */
TEST_F(gm_tmp, file_size_limit)
{
	struct outcome o = run(with_file_limit, (void *)(2 * page));

	EXPECT_EQ(0, o.signal) TH_LOG("stderr: %s", o.err);
	EXPECT_DEATH(with_file_limit, (void *)(2 * page + 1), "the limit on file sizes is");
}

struct tmp_mount {
	const char *options;
	unsigned long flags;
	size_t size;
};

/* Exit status 77: no right to mount. The mount dies with the process. */
static int alloc_on_tmp(void *arg)
{
	const struct tmp_mount *m = arg;
	char *x;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("gm", "/tmp", "tmpfs", m->flags, m->options))
		return 77;
	x = GmAlloc(m->size);
	memset(x, 0x77, m->size);
	if (tmp_files(getpid(), false) != 1)
		return 1;
	GmFree(x);
	return tmp_files(getpid(), false);
}

TEST_F(gm_tmp, tmp_read_only)
{
	struct tmp_mount m = { "size=1m", MS_RDONLY, 10 };

	if (run(alloc_on_tmp, &m).status == 77)
		SKIP(return, "mounting needs root");
	EXPECT_DEATH(alloc_on_tmp, &m, "Read-only file system; /tmp must be writable by this user");
}

TEST_F(gm_tmp, tmp_too_small)
{
	struct tmp_mount m = { "size=1m", 0, 0 };
	struct outcome o;

	m.size = MIB - page;
	o = run(alloc_on_tmp, &m);
	if (o.status == 77)
		SKIP(return, "mounting needs root");
	/* Header page and block fill it to the last byte: the guard needs none. */
	EXPECT_EQ(0, o.signal) TH_LOG("stderr: %s", o.err);
	EXPECT_EQ(0, o.status);
	m.size++;
	EXPECT_DEATH(alloc_on_tmp, &m, "bytes of room in /tmp but 1048576 are free");
}

TEST_F(gm_tmp, tmp_without_limit)
{
	struct tmp_mount m = { "size=0", 0, 4 * MIB };
	struct outcome o = run(alloc_on_tmp, &m);

	if (o.status == 77)
		SKIP(return, "mounting needs root");
	EXPECT_EQ(0, o.signal) TH_LOG("stderr: %s", o.err);
	EXPECT_EQ(0, o.status);
}

TEST_HARNESS_MAIN
