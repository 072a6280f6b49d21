// SPDX-License-Identifier: MIT
/*
 * malloc() fails at each point of each call of the library. The call fails with its
 * code or succeeds without the memory; nothing is lost.
 */
#include "acl_sweep.h"

#include <glob.h>

#include "tikicpulib.h"

/*
 * Counts down in this thread; what is number one then is not there. The library
 * calls these, as every object does, because the program has them.
 */
static __thread unsigned int nomem_left;
static __thread int nomem_met;

static int nomem(void)
{
	if (!nomem_left || --nomem_left)
		return 0;
	nomem_met = true;
	return 1;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	return nomem() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return nomem() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return nomem() ? NULL : __libc_realloc(old, size);
}

void sweep_arm(unsigned int nth)
{
	nomem_met = false;
	nomem_left = nth;
}

bool sweep_stop(void)
{
	nomem_left = 0;
	return nomem_met;
}

TEST(vmm)
{
	SWEEP(calls_vmm, 0);
}

TEST(share)
{
	SWEEP(calls_share, 2);
}

TEST(memory)
{
	SWEEP(calls_memory, 1);
}

TEST(stream)
{
	SWEEP(calls_stream, 12);
}

TEST(pools)
{
	SWEEP(calls_pools, 6);
}

TEST(more)
{
	SWEEP(calls_more, 3);
}

TEST(keys)
{
	SWEEP(calls_keys, 12);
}

TEST(rest)
{
	SWEEP(calls_rest, 1);
}

TEST(device)
{
	SWEEP(calls_device, 2);
}

/* ---- GmAlloc ---- */

/* That one has no code to give: it says why, and ends the process. */
static int gm_alloc_one(unsigned int nth)
{
	char *block;

	sweep_arm(nth);
	block = GmAlloc(5000);
	if (sweep_stop())
		return 2;
	memset(block, 7, 5000);
	GmFree(block);
	return 0;
}

static void gm_text(int fd, char *text, size_t room)
{
	size_t used = 0;
	ssize_t n;

	while (used + 1 < room && (n = read(fd, text + used, room - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
}

static bool gm_left(pid_t pid)
{
	char pattern[64];
	glob_t found;
	bool left;

	snprintf(pattern, sizeof(pattern), "/tmp/tmpfile_*_%d", (int)pid);
	left = !glob(pattern, 0, NULL, &found);
	globfree(&found);
	return left;
}

TEST(gm_alloc)
{
	int status = -1, fd[2];
	unsigned int nth;
	char text[400];
	pid_t pid;

	for (nth = 1; status && nth < SWEEP_MOST; nth++) {
		ASSERT_EQ(0, pipe(fd));
		pid = fork();
		if (!pid) {
			dup2(fd[1], STDERR_FILENO);
			_exit(gm_alloc_one(nth));
		}
		close(fd[1]);
		gm_text(fd[0], text, sizeof(text));
		close(fd[0]);
		status = join(pid);
		EXPECT_FALSE(gm_left(pid)) TH_LOG("number %u", nth);
		if (!status)
			break;
		EXPECT_EQ(128 + SIGABRT, status) TH_LOG("number %u", nth);
		EXPECT_EQ(0, strncmp(text, "GmAlloc Error: ", 15)) TH_LOG("%u: %s", nth, text);
		EXPECT_NE(NULL, strstr(text, "emory")) TH_LOG("number %u: %s", nth, text);
	}
	/* The record, the filler, the tree. */
	EXPECT_EQ(4, nth);
}

/* ---- at the beginning, each time in a process of its own ---- */

/* First calls of a program: what fails once works the next time. */
static int begin(unsigned int nth, bool *used)
{
	aclError code;
	void *block;

	sweep_arm(nth);
	code = aclInit(NULL);
	if (!code)
		code = aclrtSetDevice(0);
	*used = sweep_stop();
	if (code && code != FULL)
		return 1;
	if (code && aclInit(NULL) && aclrtGetLastError(ACL_RT_THREAD_LEVEL) !=
	    ACL_ERROR_REPEAT_INITIALIZE)
		return 2;
	if (code && aclrtSetDevice(0))
		return 3;
	if (aclrtMalloc(&block, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST) || aclrtFree(block))
		return 4;
	return aclrtResetDevice(0) || aclFinalize() ? 5 : 0;
}

TEST(first_calls)
{
	bool used = true;

	for (unsigned int nth = 1; used && nth < SWEEP_MOST; nth++) {
		int status, fd[2];
		pid_t pid;

		ASSERT_EQ(0, pipe(fd));
		pid = fork();
		if (!pid) {
			status = begin(nth, &used);
			if (write(fd[1], &used, sizeof(used)) != sizeof(used))
				_exit(99);
			_exit(status);
		}
		ASSERT_EQ((ssize_t)sizeof(used), read(fd[0], &used, sizeof(used)));
		EXPECT_EQ(0, join(pid)) TH_LOG("number %u", nth);
		close(fd[0]);
		close(fd[1]);
	}
	EXPECT_FALSE(used);
}

TEST_HARNESS_MAIN
