// SPDX-License-Identifier: MIT
/*
 * GmAlloc, GmFree, GmGetUserSize, CheckGmValied. Needs no kernel module.
 *
 * What ends a process is done in a child; its exit status and output are checked.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include "tikicpulib.h"
#include "gm.h"

/* The rights of the page at @addr as /proc shows them, "" if not mapped. */
static const char *rights_of(const void *addr)
{
	static char rights[8];
	unsigned long from, to;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");

	rights[0] = '\0';
	while (maps && fgets(line, sizeof(line), maps)) {
		char r[8];

		if (sscanf(line, "%lx-%lx %7s", &from, &to, r) == 3 &&
		    (unsigned long)addr >= from && (unsigned long)addr < to)
			strcpy(rights, r);
	}
	if (maps)
		fclose(maps);
	return rights;
}

static int do_free(void *arg)
{
	GmFree(arg);
	return 0;
}

static int do_poke(void *arg)
{
	*(volatile char *)arg = 1;
	return 0;
}

static int do_peek(void *arg)
{
	return *(volatile char *)arg & 1;
}

/* ---- one block of each interesting size ---- */

FIXTURE(block) {
	unsigned char *ptr;
	size_t size;
};

FIXTURE_VARIANT(block) {
	size_t size;
};

FIXTURE_VARIANT_ADD(block, size_0) { .size = 0 };
FIXTURE_VARIANT_ADD(block, size_1) { .size = 1 };
FIXTURE_VARIANT_ADD(block, size_4095) { .size = 4095 };
FIXTURE_VARIANT_ADD(block, size_4096) { .size = 4096 };
FIXTURE_VARIANT_ADD(block, size_4097) { .size = 4097 };
FIXTURE_VARIANT_ADD(block, size_2mib) { .size = 2 * MIB };

FIXTURE_SETUP(block)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	self->size = variant->size;
	self->ptr = GmAlloc(self->size);
}

FIXTURE_TEARDOWN(block)
{
	tmp_files(getpid(), true);
}

TEST_F(block, ends_at_guard_page)
{
	unsigned char *end = self->ptr + self->size;

	EXPECT_EQ(0, (uintptr_t)end % page);
	EXPECT_STREQ("---s", rights_of(end));
	EXPECT_EQ(SIGSEGV, run(do_poke, end).signal);
	EXPECT_EQ(SIGSEGV, run(do_peek, end).signal);
	if (self->size)
		EXPECT_EQ(0, run(do_poke, end - 1).signal);
}

TEST_F(block, is_zero_and_writable)
{
	size_t i;

	for (i = 0; i < self->size; i++)
		ASSERT_EQ(0, self->ptr[i]);
	memset(self->ptr, 0x5a, self->size);
	for (i = 0; i < self->size; i++)
		ASSERT_EQ(0x5a, self->ptr[i]);
	if (self->size)
		EXPECT_STREQ("rw-s", rights_of(self->ptr));
	GmFree(self->ptr);
}

TEST_F(block, filler_is_ff)
{
	unsigned char *at = (unsigned char *)header_of(self->ptr, self->size) + page;
	size_t n = (size_t)(self->ptr - at);

	ASSERT_EQ(round_up(self->size) - self->size, n);
	while (at < self->ptr)
		ASSERT_EQ(0xff, *at++);
}

TEST_F(block, header)
{
	struct header *head = header_of(self->ptr, self->size);
	struct stat by_fd, by_name;
	unsigned long long ms;
	struct timespec now;
	int pid = 0, len = 0;

	EXPECT_EQ(0xdeadbeef, head->magic);
	EXPECT_EQ(round_up(self->size) + 2 * page, head->total);
	EXPECT_EQ(2, sscanf(head->name, "/tmp/tmpfile_%llu_%d%n", &ms, &pid, &len));
	EXPECT_EQ(strlen(head->name), (size_t)len);
	EXPECT_EQ(getpid(), pid);
	clock_gettime(CLOCK_MONOTONIC, &now);
	EXPECT_LE(ms, (unsigned long long)now.tv_sec * 1000 +
		      (unsigned long long)now.tv_nsec / 1000000);
	ASSERT_EQ(0, fstat(head->fd, &by_fd));
	ASSERT_EQ(0, lstat(head->name, &by_name));
	EXPECT_EQ(by_fd.st_ino, by_name.st_ino);
	EXPECT_EQ(by_fd.st_dev, by_name.st_dev);
	EXPECT_TRUE(S_ISREG(by_name.st_mode));
	EXPECT_EQ(0600, by_name.st_mode & 07777);
	EXPECT_EQ(head->total, (size_t)by_name.st_size);
	EXPECT_EQ(O_RDWR, fcntl(head->fd, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(FD_CLOEXEC, fcntl(head->fd, F_GETFD));
	EXPECT_EQ(sizeof(*head), 24 + sizeof(head->name));
}

TEST_F(block, header_is_read_only)
{
	struct header *head = header_of(self->ptr, self->size);

	EXPECT_STREQ("r--s", rights_of(head));
	EXPECT_EQ(SIGSEGV, run(do_poke, head).signal);
	EXPECT_EQ(0, run(do_peek, head).signal);
}

TEST_F(block, free_leaves_nothing)
{
	struct header head = *header_of(self->ptr, self->size);
	char *base = (char *)header_of(self->ptr, self->size);
	size_t at;

	GmFree(self->ptr);
	EXPECT_EQ(-1, access(head.name, F_OK));
	EXPECT_EQ(0, tmp_files(getpid(), false));
	EXPECT_EQ(-1, fcntl(head.fd, F_GETFD));
	for (at = 0; at < head.total; at += page)
		ASSERT_STREQ("", rights_of(base + at));
	EXPECT_EQ(0, GmGetUserSize((uintptr_t)self->ptr));
}

TEST_F(block, user_size)
{
	uint64_t at = (uintptr_t)self->ptr;

	EXPECT_EQ(self->size, GmGetUserSize(at));
	EXPECT_EQ(0, GmGetUserSize(at + self->size));
	EXPECT_EQ(0, GmGetUserSize(at + self->size + page));
	EXPECT_EQ(0, GmGetUserSize(at - 1));
	EXPECT_EQ(0, GmGetUserSize((uintptr_t)header_of(self->ptr, self->size)));
	if (self->size) {
		EXPECT_EQ(1, GmGetUserSize(at + self->size - 1));
		EXPECT_EQ(self->size / 2, GmGetUserSize(at + self->size - self->size / 2));
	}
}

TEST_F(block, underrun)
{
	unsigned char *first = (unsigned char *)header_of(self->ptr, self->size) + page;
	struct outcome o;

	if (first == self->ptr) {
		EXPECT_EQ(SIGSEGV, run(do_poke, self->ptr - 1).signal);
		return;
	}
	/* Found at both ends of the filler, by whichever process frees. */
	EXPECT_EQ(0, run(do_poke, self->ptr - 1).signal);
	o = run(do_free, self->ptr);
	EXPECT_EQ(SIGABRT, o.signal);
	EXPECT_NE(NULL, strstr(o.out, "GmFree Error: the byte at")) TH_LOG("stdout: %s", o.out);
	EXPECT_NE(NULL, strstr(o.out, ", 1 before the block"));
	EXPECT_NE(NULL, strstr(o.out, "0x01"));
	EXPECT_NE(NULL, strstr(o.out, header_of(self->ptr, self->size)->name));
	EXPECT_STREQ("", o.err);
	EXPECT_EQ(0, access(header_of(self->ptr, self->size)->name, F_OK));
	self->ptr[-1] = 0xff;
	EXPECT_EQ(0, run(do_poke, first).signal);
	EXPECT_EQ(SIGABRT, run(do_free, self->ptr).signal);
	*first = 0xff;
	GmFree(self->ptr);
}

TEST_F(block, valid_for_a_kernel)
{
	uint64_t args[2] = { (uintptr_t)self->ptr, (uintptr_t)self->ptr };

	CheckGmValied(2, args);
	CheckGmValied(0, NULL);
	EXPECT_STREQ("r--s", rights_of(header_of(self->ptr, self->size)));
}

/* ---- sharing ---- */

FIXTURE(gm) {
};

FIXTURE_SETUP(gm)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
}

FIXTURE_TEARDOWN(gm)
{
	tmp_files(getpid(), true);
}

static int double_all(void *arg)
{
	uint32_t *x = arg;
	int i;

	for (i = 0; i < 5000; i++)
		x[i] *= 2;
	return 0;
}

TEST_F(gm, shared_with_forked_child)
{
	uint32_t *x = GmAlloc(5000 * sizeof(*x));
	int i;

	for (i = 0; i < 5000; i++)
		x[i] = (uint32_t)i;
	EXPECT_EQ(0, run(double_all, x).signal);
	for (i = 0; i < 5000; i++)
		ASSERT_EQ((uint32_t)i * 2, x[i]);
	GmFree(x);
}

TEST_F(gm, child_frees_first)
{
	unsigned char *x = GmAlloc(10);
	int fd = header_of(x, 10)->fd;
	struct outcome o;

	x[9] = 9;
	o = run(do_free, x);
	EXPECT_EQ(0, o.signal) TH_LOG("stderr: %s", o.err);
	EXPECT_EQ(0, o.status);
	EXPECT_EQ(0, tmp_files(getpid(), false));
	EXPECT_EQ(9, x[9]);
	EXPECT_EQ(10, GmGetUserSize((uintptr_t)x));
	GmFree(x);
	EXPECT_EQ(-1, fcntl(fd, F_GETFD));
}

static int child_allocates(void *arg)
{
	unsigned char *x = GmAlloc(3);
	char tail[32];
	char *name = header_of(x, 3)->name;
	bool good;

	(void)arg;
	snprintf(tail, sizeof(tail), "_%d", (int)getpid());
	good = !strcmp(strrchr(name, '_'), tail) && GmGetUserSize((uintptr_t)x) == 3;
	GmFree(x);
	return good ? 0 : 1;
}

TEST_F(gm, child_allocates_its_own)
{
	void *x = GmAlloc(3);
	struct outcome o = run(child_allocates, NULL);

	EXPECT_EQ(0, o.signal) TH_LOG("stderr: %s", o.err);
	EXPECT_EQ(0, o.status);
	EXPECT_EQ(0, o.files);
	EXPECT_EQ(1, tmp_files(getpid(), false));
	GmFree(x);
}

/* A process may have put something else under our descriptor and our name. */
TEST_F(gm, free_keeps_foreign_files)
{
	void *x = GmAlloc(8);
	struct header head = *header_of(x, 8);
	int other = memfd_create("other", MFD_CLOEXEC);

	ASSERT_EQ(head.fd, dup2(other, head.fd));
	ASSERT_EQ(0, unlink(head.name));
	ASSERT_EQ(0, symlink("/dev/null", head.name));
	GmFree(x);
	EXPECT_EQ(0, fcntl(head.fd, F_GETFD) & ~FD_CLOEXEC);
	EXPECT_EQ(1, tmp_files(getpid(), false));
	close(head.fd);
	close(other);
}

TEST_F(gm, block_unmapped_by_the_program)
{
	void *x, *y;
	struct header head;

	x = GmAlloc(page);
	head = *header_of(x, page);
	ASSERT_EQ(0, munmap(header_of(x, page), head.total));
	/* The kernel hands out the same hole again; the old record must yield. */
	y = GmAlloc(page);
	if (x != y)
		SKIP(return, "the kernel chose another address");
	EXPECT_EQ(page, GmGetUserSize((uintptr_t)y));
	EXPECT_EQ(1, tmp_files(getpid(), false));
	EXPECT_EQ(-1, fcntl(head.fd, F_GETFD));
	GmFree(y);
	EXPECT_EQ(0, tmp_files(getpid(), false));
}

/* ---- bad pointers ---- */

TEST_F(gm, free_of_a_bad_pointer)
{
	char *x = GmAlloc(100), *heap = malloc(100);
	char local;

	EXPECT_DEATH(do_free, NULL, "GmFree Error: NULL is not a block");
	EXPECT_DEATH(do_free, &local, "is not from GmAlloc in this process");
	EXPECT_DEATH(do_free, heap, "is not from GmAlloc in this process");
	EXPECT_DEATH(do_free, (void *)8, "GmFree Error: 0x8 is not from GmAlloc");
	EXPECT_DEATH(do_free, (void *)UINTPTR_MAX, "is not from GmAlloc in this process");
	EXPECT_DEATH(do_free, x + 1, "is not the start of its block; pass");
	EXPECT_DEATH(do_free, x + 100, "is not the start of its block; pass");
	EXPECT_DEATH(do_free, header_of(x, 100), "is not the start of its block; pass");
	GmFree(x);
	EXPECT_DEATH(do_free, x, "or was given to GmFree before");
	free(heap);
}

TEST_F(gm, user_size_of_a_bad_address)
{
	char *heap = malloc(100);

	EXPECT_EQ(0, GmGetUserSize(0));
	EXPECT_EQ(0, GmGetUserSize((uintptr_t)heap));
	EXPECT_EQ(0, GmGetUserSize((uintptr_t)&heap));
	EXPECT_EQ(0, GmGetUserSize(UINT64_MAX));
	free(heap);
}

struct arguments {
	int count;
	uint64_t *list;
};

static int do_check(void *arg)
{
	const struct arguments *a = arg;

	CheckGmValied(a->count, a->list);
	return 0;
}

TEST_F(gm, arguments_of_a_kernel)
{
	char *x = GmAlloc(100), *y = GmAlloc(2 * page), *heap = malloc(8);
	uint64_t list[3] = { (uintptr_t)x, (uintptr_t)y, (uintptr_t)y + page };
	struct arguments a = { 3, list };
	uint64_t magic = 1;

	EXPECT_EQ(0, run(do_check, &a).signal);
	list[1] = (uintptr_t)heap;
	EXPECT_DEATH(do_check, &a, "CheckGmValied Error: argument 1 of 3, 0x");
	list[1] = 0;
	EXPECT_DEATH(do_check, &a, "argument 1 of 3, 0x0, is not in a block of GmAlloc");
	list[1] = (uintptr_t)y + 2 * page;
	EXPECT_DEATH(do_check, &a, "is not in a block of GmAlloc");
	/* One too short a list does not meet the bad one. */
	a.count = 1;
	EXPECT_EQ(0, run(do_check, &a).signal);
	a.count = -1;
	EXPECT_DEATH(do_check, &a, "the number of arguments is -1");
	a = (struct arguments){ 2, NULL };
	EXPECT_DEATH(do_check, &a, "the list of 2 arguments is NULL");

	a = (struct arguments){ 1, list };
	ASSERT_EQ(8, pwrite(header_of(x, 100)->fd, &magic, sizeof(magic), 0));
	EXPECT_DEATH(do_check, &a, "holds 0x1 where 0xdeadbeef belongs");
	GmFree(x);
	GmFree(y);
	free(heap);
}

/* ---- threads ---- */

#define THREADS 8
#define ROUNDS 60

static void *churn(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg;
	size_t i, k;

	for (i = 0; i < ROUNDS; i++) {
		size_t size = (seed * 7919 + i * 977) % 9000 + 1;
		unsigned char *x = GmAlloc(size), *y = GmAlloc(size);

		memset(x, (int)seed, size);
		memset(y, (int)seed + 100, size);
		for (k = 0; k < size; k++)
			if (x[k] != seed || y[k] != seed + 100)
				return (void *)1;
		if (GmGetUserSize((uintptr_t)x) != size || GmGetUserSize((uintptr_t)y) != size)
			return (void *)2;
		GmFree(x);
		GmFree(y);
	}
	return NULL;
}

TEST_F(gm, threads)
{
	pthread_t threads[THREADS];
	void *result;
	size_t i;

	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, churn, (void *)(i + 1)));
	for (i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &result));
		EXPECT_NULL(result);
	}
	EXPECT_EQ(0, tmp_files(getpid(), false));
}

static atomic_bool stop;

/* Holds the library's lock as often as a thread can. */
static void *look_up(void *arg)
{
	while (!atomic_load(&stop))
		if (GmGetUserSize((uintptr_t)arg) != 64)
			return arg;
	return NULL;
}

/* A lock left taken in the child would hang it until the harness's limit. */
TEST_F(gm, fork_with_threads_running)
{
	void *x = GmAlloc(64), *result;
	pthread_t threads[3];
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, look_up, x));
	for (i = 0; i < 100; i++) {
		struct outcome o = run(child_allocates, NULL);

		ASSERT_EQ(0, o.signal) TH_LOG("stderr: %s", o.err);
		ASSERT_EQ(0, o.status);
	}
	atomic_store(&stop, true);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &result));
		EXPECT_NULL(result);
	}
	GmFree(x);
}

static pthread_barrier_t gate;

static void *free_thread(void *arg)
{
	pthread_barrier_wait(&gate);
	GmFree(arg);
	return NULL;
}

static int free_at_the_gate(void *arg)
{
	pthread_t one, two;

	pthread_barrier_init(&gate, NULL, 2);
	if (pthread_create(&one, NULL, free_thread, arg) ||
	    pthread_create(&two, NULL, free_thread, arg))
		return 1;
	pthread_join(one, NULL);
	pthread_join(two, NULL);
	return 0;
}

TEST_F(gm, two_threads_free_one_block)
{
	int i;

	for (i = 0; i < 20; i++) {
		void *x = GmAlloc(64);

		EXPECT_DEATH(free_at_the_gate, x, "or was given to GmFree before");
		GmFree(x);
	}
}

/* ---- C++ names ---- */

TEST_F(gm, cxx_names_are_the_same_functions)
{
	const struct {
		const char *name;
		void *function;
	} names[] = {
		{ "_ZN7AscendC7GmAllocEm", (void *)GmAlloc },
		{ "_ZN7AscendC6GmFreeEPv", (void *)GmFree },
		{ "_ZN7AscendC13GmGetUserSizeEm", (void *)GmGetUserSize },
		{ "_ZN7AscendC13CheckGmValiedEiPm", (void *)CheckGmValied },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		EXPECT_EQ(names[i].function, dlsym(RTLD_DEFAULT, names[i].name));
}

TEST_HARNESS_MAIN
