// SPDX-License-Identifier: MIT
/*
 * ICPU_RUN_KF beside a program's own signals, children, threads and output. Needs no kernel
 * module.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "tikicpulib.h"
#include "gm.h"

struct shared {
	int started, go, value;
	pid_t program, block;
};

static struct shared *shared;

static void set(int *at, int value)
{
	__atomic_store_n(at, value, __ATOMIC_RELEASE);
}

GM_FIXTURE(program)

static void nothing(void)
{
}

/* ---- children ---- */

static atomic_int child_signals;
static atomic_int reaped;

/* As servers have it: takes the exit status of whatever child there is. */
static void reap(int sig)
{
	int err = errno;

	(void)sig;
	child_signals++;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		reaped++;
	errno = err;
}

static void *reap_always(void *arg)
{
	while (!get(arg))
		if (waitpid(-1, NULL, WNOHANG) > 0)
			reaped++;
	return NULL;
}

static void exit_with_index(void)
{
	exit((int)block_idx);
}

static int run_beside_reapers(void *arg)
{
	pthread_t thread;
	int stop = 0;

	(void)arg;
	signal(SIGCHLD, reap);
	pthread_create(&thread, NULL, reap_always, &stop);
	ICPU_RUN_KF(exit_with_index, 20);
	set(&stop, 1);
	pthread_join(thread, NULL);
	if (waitpid(-1, NULL, 0) != -1 || errno != ECHILD)
		return 1;
	return child_signals || reaped ? 2 : 0;
}

TEST_F(program, blocks_are_not_its_children)
{
	struct outcome o = run(run_beside_reapers, NULL);

	EXPECT_EQ(0, o.signal);
	EXPECT_EQ(0, o.status);
	EXPECT_EQ(1, count(o.out, "ended with exit status ")) TH_LOG("stdout: %s", o.out);
	EXPECT_EQ(19, count(o.err, "ended with exit status ")) TH_LOG("stderr: %s", o.err);
	EXPECT_EQ(1, count(o.err, "ended with exit status 19\n"));
}

static int run_ignoring(void *arg)
{
	(void)arg;
	signal(SIGCHLD, SIG_IGN);
	ICPU_RUN_KF(exit_with_index, 4);
	return signal(SIGCHLD, SIG_DFL) == SIG_IGN ? 0 : 1;
}

TEST_F(program, ignores_child_signals)
{
	struct outcome o = run(run_ignoring, NULL);

	EXPECT_EQ(0, o.signal);
	EXPECT_EQ(0, o.status);
	EXPECT_EQ(3, count(o.err, "ended with exit status ")) TH_LOG("stderr: %s", o.err);
}

/* Ends the program's own child and sees it end. */
static void end_child(GM_ADDR arg)
{
	struct shared *s = (struct shared *)arg;

	set(&s->started, 1);
	until(&s->go, 1);
}

static int run_with_child(void *arg)
{
	struct shared *s = arg;
	int status;
	pid_t child;

	signal(SIGCHLD, SIG_DFL);
	child = fork();
	if (!child) {
		until(&s->started, 1);
		set(&s->go, 1);
		_exit(9);
	}
	ICPU_RUN_KF(end_child, 2, arg);
	if (waitpid(-1, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 9)
		return 1;
	return 0;
}

TEST_F(program, keeps_its_own_children)
{
	struct outcome o = run(run_with_child, shared);

	EXPECT_EQ(0, o.signal);
	EXPECT_EQ(0, o.status);
}

/* ---- signals ---- */

static pthread_t handled_by;

static void handle(int sig)
{
	(void)sig;
	handled_by = pthread_self();
	set(&shared->go, 1);
}

/* Hangs if the handler waits for the end of the run. */
static void ask_for_signal(GM_ADDR arg)
{
	struct shared *s = (struct shared *)arg;

	kill(s->program, SIGUSR1);
	until(&s->go, 1);
}

TEST_F(program, handler_runs_during_the_run)
{
	signal(SIGUSR1, handle);
	shared->program = getpid();
	ICPU_RUN_KF(ask_for_signal, 1, (GM_ADDR)shared);
	EXPECT_TRUE(pthread_equal(pthread_self(), handled_by));
}

static void look_at_signals(GM_ADDR arg)
{
	struct shared *s = (struct shared *)arg;
	struct sigaction action;
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigaction(SIGCHLD, NULL, &action);
	s->value = sigismember(&mask, SIGUSR2) && !sigismember(&mask, SIGTERM) &&
		   !sigismember(&mask, SIGCHLD) && action.sa_handler == reap;
	sigaction(SIGUSR1, NULL, &action);
	s->value &= action.sa_handler == handle;
}

TEST_F(program, block_has_its_signals)
{
	sigset_t mask, after;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	signal(SIGCHLD, reap);
	signal(SIGUSR1, handle);
	ICPU_RUN_KF(look_at_signals, 1, (GM_ADDR)shared);
	EXPECT_EQ(1, shared->value);
	sigprocmask(SIG_SETMASK, NULL, &after);
	EXPECT_EQ(1, sigismember(&after, SIGUSR2));
	EXPECT_EQ(0, sigismember(&after, SIGUSR1));
}

static void sleep_for_ever(GM_ADDR arg)
{
	struct shared *s = (struct shared *)arg;

	set(&s->started, 1);
	for (;;)
		pause();
}

/* All ends of the pipe are closed when the program and its blocks are gone. */
TEST_F(program, its_death_ends_the_blocks)
{
	int ends[2];
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(ends));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		ICPU_RUN_KF(sleep_for_ever, 2, (GM_ADDR)shared);
		_exit(0);
	}
	close(ends[1]);
	until(&shared->started, 1);
	kill(pid, SIGKILL);
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(0, read(ends[0], &c, 1));
	close(ends[0]);
}

/* ---- threads ---- */

static atomic_bool stop;

static void *use_locks(void *arg)
{
	FILE *f = arg;

	while (!stop) {
		void *volatile x = malloc(5000);

		fprintf(f, "%p", x);
		free(x);
	}
	return NULL;
}

/* With a lock that another thread held at the fork it would hang. */
static void use_locks_too(void)
{
	char *volatile x = malloc(100000);
	FILE *f = fopen("/dev/null", "w");

	snprintf(x, 100, "%d", (int)block_idx);
	fprintf(f, "%s", x);
	printf("%s\n", x);
	fclose(f);
	free(x);
}

static int run_beside_threads(void *arg)
{
	pthread_t threads[3];
	FILE *null = fopen("/dev/null", "w");
	int i;

	(void)arg;
	freopen("/dev/null", "w", stdout);
	for (i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, use_locks, i ? null : stdout);
	ICPU_RUN_KF(use_locks_too, 300);
	stop = true;
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

TEST_F(program, threads_hold_locks)
{
	struct outcome o = run(run_beside_threads, NULL);

	EXPECT_EQ(0, o.signal);
	EXPECT_EQ(0, o.status);
	EXPECT_STREQ("", o.err);
}

static void meet(GM_ADDR arg)
{
	struct shared *s = (struct shared *)arg;

	__atomic_add_fetch(&s->value, 1, __ATOMIC_ACQ_REL);
	while (get(&s->value) < 6)
		sched_yield();
}

static void *run_meet(void *arg)
{
	ICPU_RUN_KF(meet, 2, arg);
	return NULL;
}

TEST_F(program, threads_run_kernels_at_the_same_time)
{
	pthread_t threads[3];
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, run_meet, shared));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	EXPECT_EQ(6, shared->value);
}

static void *run_until_go(void *arg)
{
	ICPU_RUN_KF(end_child, 1, arg);
	((struct shared *)arg)->value = 1;
	pthread_testcancel();
	return NULL;
}

TEST_F(program, cancelled_thread_ends_the_run_first)
{
	pthread_t thread;
	void *result;

	ASSERT_EQ(0, pthread_create(&thread, NULL, run_until_go, shared));
	until(&shared->started, 1);
	ASSERT_EQ(0, pthread_cancel(thread));
	set(&shared->go, 1);
	ASSERT_EQ(0, pthread_join(thread, &result));
	EXPECT_EQ(PTHREAD_CANCELED, result);
	EXPECT_EQ(1, shared->value);
}

static void *read_input(void *arg)
{
	return (void *)(intptr_t)getc(arg);
}

/* The system call of a thread shows that it holds the lock of stdin. */
static void wait_for_reader(void)
{
	char path[64], line[256];
	bool found = false;
	struct dirent *e;
	DIR *dir;
	FILE *f;

	while (!found) {
		dir = opendir("/proc/self/task");
		while ((e = readdir(dir))) {
			snprintf(path, sizeof(path), "/proc/self/task/%.20s/syscall", e->d_name);
			f = fopen(path, "r");
			if (f && fgets(line, sizeof(line), f))
				found |= atoi(line) == SYS_read && strstr(line, " 0x0 ");
			if (f)
				fclose(f);
		}
		closedir(dir);
		sched_yield();
	}
}

static int run_beside_reader(void *arg)
{
	int ends[2];
	pthread_t thread;

	(void)arg;
	if (pipe(ends) || dup2(ends[0], 0) < 0)
		return 1;
	pthread_create(&thread, NULL, read_input, stdin);
	wait_for_reader();
	printf("said once\n");
	ICPU_RUN_KF(nothing, 2);
	if (write(ends[1], "x", 1) != 1)
		return 1;
	return pthread_join(thread, NULL);
}

TEST_F(program, thread_waits_for_input)
{
	struct outcome o;

	if (access("/proc/self/syscall", R_OK))
		SKIP(return, "the kernel does not show system calls");
	o = run(run_beside_reader, NULL);
	EXPECT_EQ(0, o.signal);
	EXPECT_EQ(0, o.status);
	EXPECT_EQ(1, count(o.out, "said once"));
}

/* ---- output ---- */

static FILE *diary;

static void say(void)
{
	printf("block %d says;", (int)block_idx);
	fprintf(diary, "block %d writes;", (int)block_idx);
	if (block_idx == 1) {
		printf("last words\n");
		abort();
	}
}

static int run_say(void *arg)
{
	char text[4000] = "";

	(void)arg;
	diary = tmpfile();
	printf("program says;");
	fprintf(diary, "program writes;");
	ICPU_RUN_KF(say, 140);
	printf("end\n");
	fflush(diary);
	if (pread(fileno(diary), text, sizeof(text) - 1, 0) < 0)
		return 1;
	if (count(text, "program writes;") != 1 || count(text, " writes;") != 140)
		return 2;
	return 0;
}

TEST_F(program, output_is_written_once)
{
	static struct outcome o;
	int i;
	char words[40];

	o = run(run_say, NULL);
	EXPECT_EQ(0, o.signal);
	EXPECT_EQ(0, o.status);
	EXPECT_EQ(1, count(o.out, "program says;"));
	EXPECT_EQ(1, count(o.out, "last words"));
	for (i = 0; i < 140; i++) {
		snprintf(words, sizeof(words), "block %d says;", i);
		ASSERT_EQ(1, count(o.out, words));
		snprintf(words, sizeof(words), "ICPU_RUN_KF: block %d of", i);
		ASSERT_EQ(i != 1, count(o.out, words));
	}
}

/* Numbers that wait in the buffer of stdout when blocks are forked. */
static void *say_numbers(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 1500 && !stop; i++) {
		printf("<%d>", i);
		sched_yield();
	}
	return (void *)(intptr_t)i;
}

static int run_beside_talker(void *arg)
{
	pthread_t thread;
	void *said;

	(void)arg;
	pthread_create(&thread, NULL, say_numbers, NULL);
	ICPU_RUN_KF(nothing, 150);
	stop = true;
	pthread_join(thread, &said);
	printf("said %d numbers\n", (int)(intptr_t)said);
	return 0;
}

TEST_F(program, output_of_threads_is_written_once)
{
	static struct outcome o;
	char words[20];
	int i, said = -1;

	o = run(run_beside_talker, NULL);
	ASSERT_NE(NULL, strstr(o.out, "said "));
	sscanf(strstr(o.out, "said "), "said %d", &said);
	for (i = 0; i < said; i++) {
		snprintf(words, sizeof(words), "<%d>", i);
		ASSERT_EQ(1, count(o.out, words)) TH_LOG("number %d", i);
	}
}

static void at_exit(void)
{
	printf("exit handler\n");
}

static int run_with_exit_handler(void *arg)
{
	(void)arg;
	atexit(at_exit);
	ICPU_RUN_KF(nothing, 2);
	return 0;
}

TEST_F(program, blocks_do_not_run_exit_handlers)
{
	EXPECT_EQ(0, count(run(run_with_exit_handler, NULL).out, "exit handler"));
}

TEST_HARNESS_MAIN
