// SPDX-License-Identifier: MIT
/*
 * ICPU_RUN_KF: blocks, arguments, reports, limits. Needs no kernel module. What a program must
 * not notice of its blocks is in gm_kernel_program.c.
 *
 * fork(), clone() and pthread_create() are defined here, in front of the library's libc, to make
 * them fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "tikicpulib.h"
#include "gm.h"

/* ---- libc in front of the library ---- */

static int forks_left = -1;	/* -1: no limit */
static bool no_clone;
static bool no_thread;

pid_t fork(void)
{
	pid_t (*next)(void) = (pid_t (*)(void))dlsym(RTLD_NEXT, "fork");

	if (!forks_left) {
		errno = EAGAIN;
		return -1;
	}
	if (forks_left > 0)
		forks_left--;
	return next();
}

int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...)
{
	int (*next)(int (*)(void *), void *, int, void *, ...) =
		(int (*)(int (*)(void *), void *, int, void *, ...))dlsym(RTLD_NEXT, "clone");

	if (no_clone) {
		errno = EPERM;
		return -1;
	}
	return next(fn, stack, flags, arg);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg)
{
	int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
		(int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))
			dlsym(RTLD_NEXT, "pthread_create");

	return no_thread ? EAGAIN : next(thread, attr, start, arg);
}

/* ---- */

struct shared {
	int64_t index[400], number[400];
	int calls[400];
	int started, ended, go;
	int before_first_end;	/* blocks that started when no slot was free */
	uint64_t key;
	pid_t pid, parent;
	char mark;
};

static struct shared *shared;

static int add(int *at)
{
	return __atomic_add_fetch(at, 1, __ATOMIC_ACQ_REL);
}

GM_FIXTURE(kernel)

/* ---- blocks ---- */

static void note(GM_ADDR arg)
{
	struct shared *s = (struct shared *)arg;
	int64_t i = GetBlockIdx();

	s->index[i] = block_idx;
	s->number[i] = block_num == GetBlockNum() ? block_num : -1;
	add(&s->calls[i]);
	s->pid = getpid();
}

static int run_300(void *arg)
{
	ICPU_RUN_KF(note, 300, arg);
	return 0;
}

TEST_F(kernel, each_block_once)
{
	struct outcome o;
	int i;

	EXPECT_EQ(0, block_idx);
	EXPECT_EQ(8, block_num);
	o = run(run_300, shared);
	EXPECT_EQ(0, o.signal);
	EXPECT_EQ(0, o.status);
	EXPECT_STREQ("", o.err);
	for (i = 0; i < 400; i++) {
		ASSERT_EQ(i < 300, shared->calls[i]);
		ASSERT_EQ(i < 300 ? i : 0, shared->index[i]);
		ASSERT_EQ(i < 300 ? 300 : 0, shared->number[i]);
	}
	EXPECT_EQ(0, block_idx);
	EXPECT_EQ(8, block_num);
}

TEST_F(kernel, block_is_another_process)
{
	ICPU_RUN_KF(note, 1, (GM_ADDR)shared);
	EXPECT_EQ(1, shared->calls[0]);
	EXPECT_NE(getpid(), shared->pid);
	EXPECT_EQ(-1, kill(shared->pid, 0));
	EXPECT_EQ(ESRCH, errno);
}

static int variable;

static void change(void)
{
	variable++;
}

static int run_change(void *arg)
{
	(void)arg;
	ICPU_RUN_KF(change, 3);
	return variable;
}

TEST_F(kernel, other_memory_is_copied)
{
	struct outcome o = run(run_change, NULL);

	EXPECT_EQ(0, o.status);
	EXPECT_EQ(3, count(o.out, "ended with exit status 0\n")) TH_LOG("stdout: %s", o.out);
}

static void nothing(void)
{
}

static int run_blocks(void *arg)
{
	ICPU_RUN_KF(nothing, *(int64_t *)arg);
	return 0;
}

TEST_F(kernel, number_of_blocks)
{
	int64_t bad[] = { 0, -1, 65536, INT64_MAX, INT64_MIN };
	size_t i;
	char words[100];

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(words, sizeof(words),
			 "ICPU_RUN_KF Error: nothing: the number of blocks is %lld; pass 1 to 65535",
			 (long long)bad[i]);
		EXPECT_DEATH(run_blocks, &bad[i], words);
	}
}

/* The system call that a process is in, -1 if the kernel does not tell. */
static long call_of(pid_t pid)
{
	char path[64];
	long call = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%ld", &call) != 1)
		call = -1;
	if (f)
		fclose(f);
	return call;
}

/*
 * Blocks 0 to 127 wait for each other. Block 128 starts when one of them ends: block 0, and not
 * before the supervisor waits.
 */
static void take_turns(GM_ADDR arg)
{
	struct shared *s = (struct shared *)arg;

	add(&s->started);
	if (block_idx == 128 && !get(&s->ended))
		s->before_first_end = 1;
	if (block_idx >= 128) {
		__atomic_store_n(&s->go, 1, __ATOMIC_RELEASE);
		return;
	}
	until(&s->started, 128);
	if (block_idx) {
		until(&s->go, 1);
		return;
	}
	while (call_of(getppid()) != SYS_wait4 && call_of(getppid()) != -1)
		sched_yield();
	add(&s->ended);
}

static int run_turns(void *arg)
{
	ICPU_RUN_KF(take_turns, 140, arg);
	return 0;
}

TEST_F(kernel, blocks_at_the_same_time)
{
	struct outcome o = run(run_turns, shared);

	EXPECT_EQ(0, o.signal);
	EXPECT_EQ(140, shared->started);
	EXPECT_EQ(0, shared->before_first_end);
}

/* ---- arguments ---- */

struct list {
	uint64_t value[3];
};

static void mark(GM_ADDR s, GM_ADDR a, GM_ADDR b)
{
	(void)a;
	(void)b;
	((struct shared *)s)->mark = 1;
}

static int run_list(void *arg)
{
	struct list *l = arg;

	ICPU_RUN_KF(mark, 2, (GM_ADDR)(uintptr_t)l->value[0], (GM_ADDR)(uintptr_t)l->value[1],
		    (GM_ADDR)(uintptr_t)l->value[2]);
	return 0;
}

TEST_F(kernel, arguments_lie_in_blocks)
{
	char *x = GmAlloc(100), *empty = GmAlloc(0), *heap = malloc(8);
	uint64_t bad[] = { 0, 5, (uintptr_t)heap, (uintptr_t)&x, (uintptr_t)x + 100,
			   (uintptr_t)x - 1, UINT64_MAX };
	struct list l = { { (uintptr_t)shared, (uintptr_t)x + 99, (uintptr_t)empty } };
	uint64_t magic = 1;
	char words[100];
	size_t i;

	EXPECT_EQ(0, run(run_list, &l).signal);
	EXPECT_EQ(1, shared->mark);
	shared->mark = 0;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		l.value[2] = bad[i];
		snprintf(words, sizeof(words),
			 "ICPU_RUN_KF Error: argument 2 of 3, 0x%llx, is not in a block of GmAlloc",
			 (unsigned long long)bad[i]);
		EXPECT_DEATH(run_list, &l, words);
	}
	l.value[2] = (uintptr_t)x;
	ASSERT_EQ(8, pwrite(header_of(x, 100)->fd, &magic, sizeof(magic), 0));
	EXPECT_DEATH(run_list, &l, "holds 0x1 where 0xdeadbeef belongs");
	/* No block has run. */
	EXPECT_EQ(0, shared->mark);
	free(heap);
	GmFree(empty);
	GmFree(x);
}

#define FOUR(m, n) m(n), m(n + 1), m(n + 2), m(n + 3)
#define MANY(m) FOUR(m, 0), FOUR(m, 4), FOUR(m, 8), FOUR(m, 12), \
	FOUR(m, 16), FOUR(m, 20), FOUR(m, 24), FOUR(m, 28)
#define BYTE(n) (bytes + (n))

static void most(GM_ADDR a, GM_ADDR b, GM_ADDR c, GM_ADDR d, GM_ADDR e, GM_ADDR f, GM_ADDR g,
		 GM_ADDR h, GM_ADDR i, GM_ADDR j, GM_ADDR k, GM_ADDR l, GM_ADDR m, GM_ADDR n,
		 GM_ADDR o, GM_ADDR p, GM_ADDR q, GM_ADDR r, GM_ADDR s, GM_ADDR t, GM_ADDR u,
		 GM_ADDR v, GM_ADDR w, GM_ADDR x, GM_ADDR y, GM_ADDR z, GM_ADDR A, GM_ADDR B,
		 GM_ADDR C, GM_ADDR D, GM_ADDR E, GM_ADDR F)
{
	GM_ADDR all[] = { a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p,
			  q, r, s, t, u, v, w, x, y, z, A, B, C, D, E, F };
	int at;

	for (at = 0; at < 32; at++)
		*all[at] = (uint8_t)(at + 1);
}

TEST_F(kernel, number_of_arguments)
{
	GM_ADDR bytes = GmAlloc(33);
	int i;

	ICPU_RUN_KF(nothing, 1);
	ICPU_RUN_KF(most, 1, MANY(BYTE));
	for (i = 0; i < 32; i++)
		ASSERT_EQ(i + 1, bytes[i]);
	EXPECT_EQ(0, bytes[32]);
	GmFree(bytes);
}

/* ---- reports ---- */

static void end_badly(GM_ADDR arg)
{
	(void)arg;
	switch (block_idx) {
	case 1:
		exit(3);
	case 2:
		abort();
	case 3:
		raise(SIGSEGV);
		break;
	case 4:
		_exit(0);
	case 5:
		/* With all signals blocked this would not end it. */
		kill(getpid(), SIGTERM);
		pause();
	}
	printf("block %d", (int)block_idx);
}

static int run_badly(void *arg)
{
	SetKernelMode(AIV_MODE);
	ICPU_RUN_KF(end_badly, 7, arg);
	printf("the program goes on\n");
	return 0;
}

TEST_F(kernel, how_blocks_end)
{
	struct outcome o = run(run_badly, shared);
	pid_t pid;

	EXPECT_EQ(0, o.signal);
	EXPECT_EQ(0, o.status);
	EXPECT_EQ(3, count(o.out, "ICPU_RUN_KF: block ")) TH_LOG("stdout: %s", o.out);
	EXPECT_EQ(3, count(o.out, "ended with exit status 0\n"));
	EXPECT_EQ(1, count(o.out, "block 0 of 7 of end_badly (AIV_MODE, process "));
	EXPECT_EQ(1, sscanf(strstr(o.out, "process "), "process %d", &pid));
	EXPECT_EQ(1, count(o.out, "block 4 of 7"));
	EXPECT_EQ(1, count(o.out, "block 6 of 7"));
	EXPECT_EQ(1, count(o.out, "the program goes on"));
	EXPECT_EQ(4, count(o.err, "ICPU_RUN_KF Error: block ")) TH_LOG("stderr: %s", o.err);
	EXPECT_EQ(1, count(o.err, ") ended with exit status 3\n"));
	EXPECT_EQ(1, count(o.err, ") was killed by signal 6 (Aborted)\n"));
	EXPECT_EQ(1, count(o.err, ") was killed by signal 11 (Segmentation fault)\n"));
	EXPECT_EQ(1, count(o.err, ") was killed by signal 15 (Terminated)\n"));
	EXPECT_NE(NULL, strstr(o.err, "block 3 of 7 of end_badly (AIV_MODE, process "));
}

/* ---- mode and tiling key ---- */

static int set_mode(void *arg)
{
	SetKernelMode(*(KernelMode *)arg);
	ICPU_RUN_KF(nothing, 1);
	return 0;
}

TEST_F(kernel, modes)
{
	static const char *const names[] = {
		"(MIX_MODE,", "(AIC_MODE,", "(AIV_MODE,", "(MIX_AIC_1_1,"
	};
	KernelMode mode = MIX_MODE;
	int64_t one = 1;

	EXPECT_NE(NULL, strstr(run(run_blocks, &one).out, names[MIX_MODE]));
	for (; mode <= MIX_AIC_1_1; mode++)
		EXPECT_NE(NULL, strstr(run(set_mode, &mode).out, names[mode]));
	EXPECT_DEATH(set_mode, &mode, "SetKernelMode Error: 4 is not a kernel mode; pass MIX_MODE");
	mode = (KernelMode)-1;
	EXPECT_DEATH(set_mode, &mode, "SetKernelMode Error: -1 is not a kernel mode");
}

static void look_at_key(GM_ADDR arg)
{
	((struct shared *)arg)->key = g_tilingKey;
	if (TILING_KEY_IS(10086))
		((struct shared *)arg)->mark = 1;
}

TEST_F(kernel, tiling_key)
{
	shared->key = 1;
	ICPU_RUN_KF(look_at_key, 1, (GM_ADDR)shared);
	EXPECT_EQ(0, shared->key);
	EXPECT_EQ(0, shared->mark);
	ICPU_SET_TILING_KEY(10086);
	ICPU_RUN_KF(look_at_key, 1, (GM_ADDR)shared);
	EXPECT_EQ(10086, shared->key);
	EXPECT_EQ(1, shared->mark);
}

/* ---- what a block may do ---- */

static void use_stack(GM_ADDR arg)
{
	volatile char room[7 << 20];

	room[0] = 1;
	room[sizeof(room) - 1] = 2;
	((struct shared *)arg)->mark = room[0] + room[sizeof(room) - 1];
}

TEST_F(kernel, stack)
{
	ICPU_RUN_KF(use_stack, 1, (GM_ADDR)shared);
	EXPECT_EQ(3, shared->mark);
}

static void inner(GM_ADDR arg)
{
	struct shared *s = (struct shared *)arg;

	if (block_num == 2)
		add(&s->started);
}

static void outer(GM_ADDR arg)
{
	ICPU_RUN_KF(inner, 2, arg);
	if (block_num == 3)
		add(&((struct shared *)arg)->ended);
}

TEST_F(kernel, kernel_in_a_kernel)
{
	ICPU_RUN_KF(outer, 3, (GM_ADDR)shared);
	EXPECT_EQ(6, shared->started);
	EXPECT_EQ(3, shared->ended);
}

/* ---- what is short ---- */

static void wait_for_ever(GM_ADDR arg)
{
	struct shared *s = (struct shared *)arg;

	s->pid = getpid();
	for (;;)
		pause();
}

static int second_fork_fails(void *arg)
{
	forks_left = 1;
	ICPU_RUN_KF(wait_for_ever, 3, arg);
	return 0;
}

/* Ends at all only if the first block is killed. */
TEST_F(kernel, no_process)
{
	EXPECT_DEATH(second_fork_fails, shared,
		     "ICPU_RUN_KF Error: wait_for_ever: cannot start block 1 of 3: "
		     "Resource temporarily unavailable; raise the limit on processes (ulimit -u)");
	if (shared->pid) {
		EXPECT_EQ(-1, kill(shared->pid, 0));
		EXPECT_EQ(ESRCH, errno);
	}
}

static int without_clone(void *arg)
{
	no_clone = true;
	return run_blocks(arg);
}

static int without_thread(void *arg)
{
	no_thread = true;
	return run_blocks(arg);
}

static int without_memory(void *arg)
{
	setrlimit(RLIMIT_STACK, &(struct rlimit){ 512 * MIB, 512 * MIB });
	setrlimit(RLIMIT_AS, &(struct rlimit){ 256 * MIB, 256 * MIB });
	return run_blocks(arg);
}

TEST_F(kernel, no_supervisor)
{
	int64_t one = 1;

	EXPECT_DEATH(without_clone, &one, "ICPU_RUN_KF Error: nothing: cannot start the process "
		     "that starts the blocks: Operation not permitted");
	EXPECT_DEATH(without_thread, &one, "ICPU_RUN_KF Error: nothing: cannot start a thread: "
		     "Resource temporarily unavailable");
	EXPECT_DEATH(without_memory, &one,
		     "bytes for nothing: Cannot allocate memory; lower ulimit -s");
}

static void kill_supervisor(GM_ADDR arg)
{
	(void)arg;
	kill(getppid(), SIGKILL);
	for (;;)
		pause();
}

static int run_kill_supervisor(void *arg)
{
	ICPU_RUN_KF(kill_supervisor, 1, arg);
	return 0;
}

TEST_F(kernel, supervisor_is_killed)
{
	EXPECT_DEATH(run_kill_supervisor, shared,
		     "which starts the blocks, ended early with status 0x9");
}

TEST_HARNESS_MAIN
