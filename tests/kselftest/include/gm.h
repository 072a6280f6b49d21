/* SPDX-License-Identifier: MIT */
/*
 * For the tests of GmAlloc: the layout of a block, and children that may die.
 *
 * Include after tikicpulib.h.
 */
#ifndef TEST_GM_H
#define TEST_GM_H

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define MIB (1024ul * 1024)

/* ---- the layout as other tools see it ---- */

struct header {
	uint64_t magic;
	int fd;
	size_t total;
	char name[256];
};

static size_t page;	/* set by every fixture */

static inline size_t round_up(size_t size)
{
	return (size + page - 1) / page * page;
}

static inline struct header *header_of(void *ptr, size_t size)
{
	return (struct header *)((char *)ptr + size - round_up(size) - page);
}

/* Files in /tmp that GmAlloc() named after process @pid. */
static inline int tmp_files(pid_t pid, bool clean)
{
	unsigned long long ms;
	struct dirent *e;
	char path[300];
	int owner, n = 0;
	DIR *dir = opendir("/tmp");

	while (dir && (e = readdir(dir))) {
		if (sscanf(e->d_name, "tmpfile_%llu_%d", &ms, &owner) != 2 || owner != pid)
			continue;
		n++;
		snprintf(path, sizeof(path), "/tmp/%s", e->d_name);
		if (clean)
			unlink(path);
	}
	if (dir)
		closedir(dir);
	return n;
}

/* ---- a child and what became of it ---- */

struct outcome {
	int signal;		/* 0 if it exited */
	int status;		/* of exit */
	int files;		/* left in /tmp, removed by now */
	char out[32768];
	char err[32768];
};

static inline void slurp(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	close(fd);
}

static inline struct outcome run(int (*work)(void *), void *arg)
{
	int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
	struct outcome o = { 0 };
	int status;
	pid_t pid;

	/* Writers of a memfd do not take turns at the offset that they share. */
	fcntl(out, F_SETFL, O_APPEND);
	fcntl(err, F_SETFL, O_APPEND);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		/* A hung child must not outlive the time limit of the test. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		dup2(out, 1);
		dup2(err, 2);
		/* As in a program with its output in a file; the harness takes the buffer away. */
		setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
		status = work(arg);
		fflush(NULL);
		_exit(status);
	}
	waitpid(pid, &status, 0);
	o.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	o.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	o.files = tmp_files(pid, true);
	slurp(out, o.out, sizeof(o.out));
	slurp(err, o.err, sizeof(o.err));
	return o;
}

/* SIGABRT, the words on the stream, nothing on the other, no file left. */
#define EXPECT_DEATH(work, arg, words) do { \
	struct outcome o_ = run(work, arg); \
	EXPECT_EQ(SIGABRT, o_.signal) TH_LOG("exit status %d", o_.status); \
	EXPECT_NE(NULL, strstr(o_.err, words)) TH_LOG("stderr: %s", o_.err); \
	EXPECT_STREQ("", o_.out); \
	EXPECT_EQ(0, o_.files); \
} while (0)

/* ---- for the tests of kernels ---- */

/* The block @shared, which the program and the blocks of a kernel see. */
#define GM_FIXTURE(name) \
	FIXTURE(name) { }; \
	FIXTURE_SETUP(name) \
	{ \
		page = (size_t)sysconf(_SC_PAGESIZE); \
		shared = GmAlloc(sizeof(*shared)); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		GmFree(shared); \
		tmp_files(getpid(), true); \
	}

static inline int get(int *at)
{
	return __atomic_load_n(at, __ATOMIC_ACQUIRE);
}

static inline void until(int *at, int least)
{
	while (get(at) < least)
		sched_yield();
}

/* How often @words are in @text. */
static inline int count(const char *text, const char *words)
{
	int n = 0;

	while ((text = strstr(text, words))) {
		n++;
		text++;
	}
	return n;
}

#endif /* TEST_GM_H */
