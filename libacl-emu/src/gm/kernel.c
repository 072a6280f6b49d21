// SPDX-License-Identifier: MIT
/*
 * ICPU_RUN_KF: each block of a kernel in a process of its own.
 *
 * Three parties run a kernel:
 *
 *   calling thread -- joins --> helper thread -- clone() --> supervisor -- fork() --> blocks
 *
 * The supervisor is a process that shares the memory of the program. It forks the blocks, waits
 * for them and reports how they ended. The program must not notice children that it did not
 * start. With glibc's fork() it would: its children raise SIGCHLD, wait() returns them, and a
 * handler of the program that waits for any child takes their exit status. A child of clone()
 * with exit signal 0 raises no signal, and only __WCLONE waits for it. But clone() without shared
 * memory would copy the locks of malloc and stdio while other threads hold them, and blocks
 * print. The supervisor shares memory, so its fork() takes these locks as a thread does.
 *
 * The supervisor uses the thread-local data of the thread that created it. So a helper thread
 * creates it and does nothing meanwhile: signal handlers of the program run in the calling
 * thread, with the data of that thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gm/gm.h"
#include "tikicpulib.h"

#define GM_STACK_LEAST	((size_t)8 << 20)
#define GM_STACK_MOST	((size_t)1 << 30)
#define GM_REASON_LEN	256

int64_t block_idx;
int64_t block_num = 8;	/* as in the CPU debugging library */
uint64_t g_tilingKey;

static int gm_mode = MIX_MODE;
static char gm_block_output[BUFSIZ];	/* buffer of stdout, used in blocks only */

struct gm_run {
	const char *name;
	int64_t blocks;
	void (*call)(void *context);
	void *context;
	KernelMode mode;
	pid_t program;
	sigset_t mask;			/* of the calling thread */
	struct sigaction child_action;	/* the program's for SIGCHLD */
	char *stack;			/* of supervisor and blocks */
	size_t stack_size;
	/* Those that exist: slot i holds process pids[i], 0 if free, of block indices[i]. */
	pid_t pids[ACL_EMU_KERNEL_CONCURRENT];
	int64_t indices[ACL_EMU_KERNEL_CONCURRENT];
	int running;
	char reason[GM_REASON_LEN];	/* why the run cannot go on; "" if it can */
};

static const char *gm_mode_name(KernelMode mode)
{
	static const char *const names[] = {
		[MIX_MODE] = "MIX_MODE",
		[AIC_MODE] = "AIC_MODE",
		[AIV_MODE] = "AIV_MODE",
		[MIX_AIC_1_1] = "MIX_AIC_1_1",
	};

	return names[mode];
}

void SetKernelMode(KernelMode mode)
{
	if ((unsigned int)mode > MIX_AIC_1_1)
		gm_die("SetKernelMode",
		       "%d is not a kernel mode; pass MIX_MODE, AIC_MODE, AIV_MODE or MIX_AIC_1_1",
		       (int)mode);
	__atomic_store_n(&gm_mode, (int)mode, __ATOMIC_RELAXED);
}

/* Objects that were compiled with a C++ declaration use this name. */
extern __typeof__(SetKernelMode) gm_cxx_SetKernelMode
	__asm__("_ZN7AscendC13SetKernelModeE10KernelMode")
	__attribute__((alias("SetKernelMode"), visibility("default")));

/*
 * Another thread may be waiting for input with the lock of stdin held; fflush(NULL) takes the
 * locks of all streams.
 */
static void gm_flush(void)
{
	if (ftrylockfile(stdin)) {
		fflush(stdout);
		fflush(stderr);
		return;
	}
	fflush(NULL);
	funlockfile(stdin);
}

/* ---- a block ---- */

__attribute__((noreturn))
static void gm_block(struct gm_run *run, int64_t index, pid_t supervisor)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != supervisor)
		_exit(EXIT_FAILURE);
	/* The parent prints what other threads and the supervisor have not flushed. */
	__fpurge(stdout);
	__fpurge(stderr);
	/* The lines of a kernel that dies are printed. Size 1 means unbuffered. */
	if (__fbufsize(stdout) != 1)
		setvbuf(stdout, gm_block_output, _IOLBF, sizeof(gm_block_output));
	block_idx = index;
	block_num = run->blocks;
	sigaction(SIGCHLD, &run->child_action, NULL);
	sigprocmask(SIG_SETMASK, &run->mask, NULL);
	run->call(run->context);
	fflush(NULL);
	_exit(EXIT_SUCCESS);
}

/* ---- the supervisor ---- */

static void gm_report(const struct gm_run *run, int64_t index, pid_t pid, int status)
{
	FILE *out = status ? stderr : stdout;
	char end[100];

	if (WIFSIGNALED(status))
		snprintf(end, sizeof(end), "was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(end, sizeof(end), "ended with exit status %d", WEXITSTATUS(status));
	fprintf(out, "ICPU_RUN_KF%s: block %" PRId64 " of %" PRId64 " of %s (%s, process %d) %s\n",
		status ? " Error" : "", index, run->blocks, run->name, gm_mode_name(run->mode),
		(int)pid, end);
	/* This must be printed before the output of a block that starts later. */
	fflush(out);
}

/* Waits for one block; @report is false for those that were killed. */
static void gm_wait_block(struct gm_run *run, bool report)
{
	int status, slot;
	pid_t pid;

	do {
		pid = waitpid(-1, &status, 0);
	} while (pid < 0 && errno == EINTR);
	/* The supervisor has no other children, so the process is in a slot. */
	for (slot = 0; slot < ACL_EMU_KERNEL_CONCURRENT - 1; slot++)
		if (run->pids[slot] == pid)
			break;
	run->pids[slot] = 0;
	run->running--;
	if (report)
		gm_report(run, run->indices[slot], pid, status);
}

static void gm_kill_blocks(struct gm_run *run)
{
	int slot;

	for (slot = 0; slot < ACL_EMU_KERNEL_CONCURRENT; slot++)
		if (run->pids[slot])
			kill(run->pids[slot], SIGKILL);
	while (run->running)
		gm_wait_block(run, false);
}

/* Returns 0 or the errno of fork(). */
static int gm_start_block(struct gm_run *run, int64_t index)
{
	pid_t supervisor = getpid(), pid = fork();
	int slot = 0;

	if (!pid)
		gm_block(run, index, supervisor);
	if (pid < 0)
		return errno;
	while (run->pids[slot])
		slot++;
	run->pids[slot] = pid;
	run->indices[slot] = index;
	run->running++;
	return 0;
}

static int gm_supervise(void *arg)
{
	struct gm_run *run = arg;
	int64_t index;
	int err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != run->program)
		_exit(EXIT_FAILURE);
	/* If the program ignores SIGCHLD, waitpid() would find no children. */
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
	for (index = 0; index < run->blocks; index++) {
		if (run->running == ACL_EMU_KERNEL_CONCURRENT)
			gm_wait_block(run, true);
		err = gm_start_block(run, index);
		if (err) {
			gm_kill_blocks(run);
			snprintf(run->reason, sizeof(run->reason),
				 "cannot start block %" PRId64 " of %" PRId64
				 ": %s; raise the limit on processes (ulimit -u) or free memory",
				 index, run->blocks, strerror(err));
			_exit(EXIT_FAILURE);
		}
	}
	while (run->running)
		gm_wait_block(run, true);
	_exit(EXIT_SUCCESS);
}

/* ---- the program ---- */

static void *gm_helper(void *arg)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES;
	struct gm_run *run = arg;
	int status = 0;
	pid_t pid;

	pid = clone(gm_supervise, run->stack + run->stack_size, flags, run);
	if (pid < 0) {
		snprintf(run->reason, sizeof(run->reason),
			 "cannot start the process that starts the blocks: %s; "
			 "raise the limit on processes (ulimit -u)", strerror(errno));
		return NULL;
	}
	while (waitpid(pid, &status, __WCLONE) < 0 && errno == EINTR)
		;
	if (status && !run->reason[0])
		snprintf(run->reason, sizeof(run->reason),
			 "process %d, which starts the blocks, ended early with status 0x%x",
			 (int)pid, (unsigned int)status);
	return NULL;
}

/* As large as the stack of the program may become; its last page is a guard page. */
static void gm_make_stack(struct gm_run *run)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct rlimit limit;

	run->stack_size = GM_STACK_LEAST;
	if (!getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur > GM_STACK_LEAST)
		run->stack_size = limit.rlim_cur < GM_STACK_MOST ?
			limit.rlim_cur / page * page : GM_STACK_MOST;
	run->stack = mmap(NULL, run->stack_size, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (run->stack == MAP_FAILED || mprotect(run->stack, page, PROT_NONE))
		gm_die("ICPU_RUN_KF", "cannot map a stack of %zu bytes for %s: %s; lower ulimit -s",
		       run->stack_size, run->name, strerror(errno));
}

static int gm_start_helper(struct gm_run *run, pthread_t *helper)
{
	sigset_t all;
	int err;

	sigfillset(&all);
	/* Helper and supervisor inherit this mask and run no handler. */
	pthread_sigmask(SIG_SETMASK, &all, &run->mask);
	err = pthread_create(helper, NULL, gm_helper, run);
	pthread_sigmask(SIG_SETMASK, &run->mask, NULL);
	return err;
}

void acl_emu_run_kernel(const char *name, int64_t blocks, void (*call)(void *context),
			void *context, int argn, const uint64_t *argv)
{
	struct gm_run run = { .name = name, .blocks = blocks, .call = call, .context = context };
	pthread_t helper;
	int cancel, err;

	if (blocks < 1 || blocks > ACL_EMU_KERNEL_BLOCKS)
		gm_die("ICPU_RUN_KF", "%s: the number of blocks is %" PRId64 "; pass 1 to %d",
		       name, blocks, ACL_EMU_KERNEL_BLOCKS);
	gm_check_arguments("ICPU_RUN_KF", argn, argv);
	run.mode = (KernelMode)__atomic_load_n(&gm_mode, __ATOMIC_RELAXED);
	run.program = getpid();
	sigaction(SIGCHLD, NULL, &run.child_action);
	gm_make_stack(&run);
	gm_flush();
	/* The helper uses @run until it is joined. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	err = gm_start_helper(&run, &helper);
	if (err)
		snprintf(run.reason, sizeof(run.reason),
			 "cannot start a thread: %s; raise the limit on processes (ulimit -u)",
			 strerror(err));
	else
		pthread_join(helper, NULL);
	pthread_setcancelstate(cancel, NULL);
	munmap(run.stack, run.stack_size);
	if (run.reason[0])
		gm_die("ICPU_RUN_KF", "%s: %s", name, run.reason);
}

/* ---- C ---- */

struct gm_call {
	void (*kernel)(void);
	void *a[ACL_EMU_KERNEL_ARGUMENTS];
};

/*
 * One call for every number of parameters: in the calling conventions of 64-bit systems the
 * caller passes and removes the arguments, and a function ignores those it does not declare.
 */
static void gm_call_c(void *context)
{
	typedef void *p;
	void (*kernel)(p, p, p, p, p, p, p, p, p, p, p, p, p, p, p, p,
		       p, p, p, p, p, p, p, p, p, p, p, p, p, p, p, p);
	const struct gm_call *call = context;
	void *const *a = call->a;

	kernel = (__typeof__(kernel))call->kernel;
	kernel(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7],
	       a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15],
	       a[16], a[17], a[18], a[19], a[20], a[21], a[22], a[23],
	       a[24], a[25], a[26], a[27], a[28], a[29], a[30], a[31]);
}

void acl_emu_run_kernel_c(const char *name, void (*kernel)(void), int count,
			  const uint64_t *values)
{
	struct gm_call call = { .kernel = kernel };

	memcpy(call.a, values + 1, (size_t)(count - 1) * sizeof(*values));
	acl_emu_run_kernel(name, (int64_t)values[0], gm_call_c, &call, count - 1, values + 1);
}
