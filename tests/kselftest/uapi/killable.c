// SPDX-License-Identifier: MIT
/*
 * Long walks over what a process made yield the processor, and a fatal signal ends
 * them and the waits for them.
 *
 * Both are seen without a clock. The walker runs on processor 0 and gives way to every
 * other process there (SCHED_IDLE). The blocker, a process of nice -20, takes this
 * processor when the test says so. A walk that yields then stops in the middle; a walk
 * that does not is never found inside more often than it has other places to yield.
 */
#include "thread.h"
#include "uapi_peer.h"

#include <sys/resource.h>
#include <sys/syscall.h>

/*
 * How often the walker is stopped at most; how often inside one walk it must be; how
 * often a waiter is to find it there; how many walkers there are at most.
 */
#define STEPS		10000
#define STOPS		6
#define TRIES		1000
#define ROUNDS		20

#define RANGES		3000
#define MAPPINGS	6000
#define ROOM		(MAPPINGS / 512 * SIZE_2M + SIZE_2M)

/* Shared by all processes of a test. */
struct board {
	uint64_t turns;		/* the blocker counts while it has the processor */
	bool block;		/* it is to have it */
	uint64_t walks;		/* the walker begins one */
	uint64_t key;		/* of the walker's share */
	pid_t waiter;		/* thread that waits */
	bool go;		/* it is to make its call */
	union {
		struct acl_emu_head head;
		struct acl_emu_enum list;
		struct acl_emu_device reset;
	};
	struct acl_emu_enum_entry entry;
};

static struct board *board;
static int blocker_pipe[2];

#define GET(field)		__atomic_load_n(&board->field, __ATOMIC_SEQ_CST)
#define SET(field, value)	__atomic_store_n(&board->field, value, __ATOMIC_SEQ_CST)

static int run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/* ---- the blocker ---- */

static void run_blocker(void)
{
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (run_on(0) || setpriority(PRIO_PROCESS, 0, -20))
		_exit(1);
	while (read(blocker_pipe[0], &byte, 1) == 1)
		while (GET(block))
			SET(turns, GET(turns) + 1);
	_exit(0);
}

/* Returns when the blocker runs, so that nobody else does on processor 0. */
static void block(void)
{
	uint64_t turns = GET(turns);

	SET(block, true);
	if (write(blocker_pipe[1], "b", 1) != 1)
		abort();
	while (GET(turns) == turns)
		sched_yield();
}

static void unblock(void)
{
	SET(block, false);
}

static uint64_t thread_switches(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	return uapi_proc(path, "nonvoluntary_ctxt_switches");
}

/*
 * Lets the walker go on and stops it inside a walk, where it was ready to run. False
 * if it has exited or is never found there.
 */
static bool stop_inside(pid_t pid)
{
	for (unsigned int i = 0; i < STEPS; i++) {
		char state;

		unblock();
		sched_yield();
		while (!GET(walks) && thread_state(pid) != 'X')
			sched_yield();
		block();
		state = thread_state(pid);
		if (state == 'X')
			return false;
		if (state == 'R' && thread_in_stack(pid, " emu_"))
			return true;
	}
	return false;
}

/* Gives up on a thread that hangs, so that the test can report it. */
static bool wait_until_gone(pid_t tid)
{
	const char *factor = getenv("ACL_EMU_TIME_FACTOR");
	time_t end = time(NULL) + 20 * (factor ? atol(factor) : 1);
	bool gone;

	while (!(gone = thread_state(tid) == 'X') && time(NULL) < end)
		sched_yield();
	return gone;
}

/* ---- the fixture ---- */

FIXTURE(killable) {
	struct uapi_before before;
	pid_t blocker;
};

FIXTURE_SETUP(killable)
{
	cpu_set_t set;
	int fd = uapi_open();

	ASSERT_LE(0, fd);
	uapi_state(fd, &self->before);
	close(fd);
	self->blocker = 0;
	if (sched_getaffinity(0, sizeof(set), &set) || !CPU_ISSET(0, &set) || !CPU_ISSET(1, &set))
		SKIP(return, "needs processors 0 and 1");
	if (geteuid() || access("/proc/self/stack", R_OK))
		SKIP(return, "needs root and /proc/PID/stack");
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)board);
	ASSERT_EQ(0, pipe2(blocker_pipe, O_CLOEXEC));
	self->blocker = fork();
	if (!self->blocker)
		run_blocker();
	ASSERT_EQ(0, run_on(1));
}

FIXTURE_TEARDOWN(killable)
{
	if (!self->blocker)
		return;
	kill(self->blocker, SIGKILL);
	waitpid(self->blocker, NULL, 0);
	uapi_expect_same(_metadata, &self->before);
}

/* ---- walkers: children that walk again and again, or once when they exit ---- */

static int walker_start(void)
{
	struct sched_param param = { 0 };
	int fd = uapi_open();

	if (run_on(0) || fd < 0 || uapi_device_open(fd, 0) ||
	    sched_setscheduler(0, SCHED_IDLE, &param))
		return -1;
	return fd;
}

static void walk_begins(void)
{
	SET(walks, GET(walks) + 1);
}

/* Empty reservations, and behind them one with a mapping. */
static int make_ranges(int fd)
{
	uint64_t addr = ACL_EMU_VA_USER_FIRST, handle;

	for (int i = 0; i < RANGES; i++, addr += SIZE_2M)
		CHILD_CHECK(!uapi_reserve_fixed(fd, addr, SIZE_2M));
	CHILD_CHECK(!uapi_reserve_fixed(fd, addr, SIZE_2M));
	CHILD_CHECK(!uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	return uapi_map(fd, addr, SIZE_4K, handle);
}

static int make_mappings(int fd, uint64_t *addr)
{
	uint64_t handle;

	CHILD_CHECK(!uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	CHILD_CHECK(!uapi_reserve(fd, ROOM, addr));
	for (uint64_t i = 0; i < MAPPINGS; i++)
		CHILD_CHECK(!uapi_map(fd, *addr + i * SIZE_4K, SIZE_4K, handle));
	return uapi_free(fd, handle);
}

/* Makes the call of a waiter each time the test says so. */
struct waiter {
	void (*call)(int fd);
	int fd;
};

/* It does not give way as the walker does: the test is busy on processor 1. */
static void *wait_for_go(void *data)
{
	struct waiter *w = data;
	struct sched_param param = { 0 };

	if (run_on(1) || sched_setscheduler(0, SCHED_OTHER, &param))
		return NULL;
	SET(waiter, (pid_t)syscall(SYS_gettid));
	for (;;) {
		while (!GET(go))
			sched_yield();
		w->call(w->fd);
		SET(go, false);
	}
}

/* With a thread that waits, if @data is its call. */
static int walker_prepare(struct waiter *w, void *call)
{
	pthread_t thread;

	w->fd = walker_start();
	w->call = (void (*)(int))call;
	CHILD_CHECK(w->fd >= 0);
	return call ? pthread_create(&thread, NULL, wait_for_go, w) : 0;
}

/* Looks for the one mapping. */
static int walk_enum(int sock, void *data)
{
	struct waiter w;

	(void)sock;
	CHILD_CHECK(!walker_prepare(&w, data) && !make_ranges(w.fd));
	for (;;) {
		board->list = UAPI_ARG(acl_emu_enum, .what = ACL_EMU_ENUM_MAPPINGS, .count = 1,
				       .entries = (uintptr_t)&board->entry);
		walk_begins();
		CHILD_CHECK(!UAPI_CALL(w.fd, ENUM, &board->list) && board->list.count == 1);
	}
}

/* Resets another device than that of the mapping. */
static int walk_reset(int sock, void *data)
{
	struct waiter w;

	(void)sock;
	CHILD_CHECK(!walker_prepare(&w, data) && !make_ranges(w.fd));
	for (;;) {
		CHILD_CHECK(!uapi_device_open(w.fd, 1));
		board->reset = UAPI_ARG(acl_emu_device, .device = 1);
		walk_begins();
		CHILD_CHECK(!UAPI_CALL(w.fd, DEVICE_RESET, &board->reset));
	}
}

/* Allows itself, as often as one call can. */
static int walk_allow(int sock, void *data)
{
	static int32_t pids[ACL_EMU_MAX_PIDS];
	struct waiter w;
	uint64_t handle;

	(void)sock;
	CHILD_CHECK(!walker_prepare(&w, data));
	for (int i = 0; i < ACL_EMU_MAX_PIDS; i++)
		pids[i] = getpid();
	CHILD_CHECK(!uapi_alloc(w.fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	CHILD_CHECK(!uapi_export(w.fd, handle, 0, &board->key));
	for (;;) {
		walk_begins();
		CHILD_CHECK(!uapi_allow(w.fd, board->key, pids, ACL_EMU_MAX_PIDS));
	}
}

/* Unmaps a reservation with many mappings. */
static int walk_munmap(int sock, void *data)
{
	int fd = walker_start();
	uint64_t addr;

	(void)sock;
	(void)data;
	CHILD_CHECK(fd >= 0);
	for (;;) {
		SET(walks, 0);
		CHILD_CHECK(!make_mappings(fd, &addr));
		walk_begins();
		CHILD_CHECK(!munmap((void *)addr, ROOM));
	}
}

static int walk_exit_mappings(int sock, void *data)
{
	int fd = walker_start();
	uint64_t addr;

	(void)sock;
	(void)data;
	CHILD_CHECK(fd >= 0 && !make_mappings(fd, &addr));
	walk_begins();
	return 0;
}

static int walk_exit_ranges(int sock, void *data)
{
	int fd = walker_start();

	(void)sock;
	(void)data;
	CHILD_CHECK(fd >= 0 && !make_ranges(fd));
	walk_begins();
	return 0;
}

static pid_t start_walker(int (*walk)(int sock, void *data), void (*call)(int fd))
{
	int sock;

	memset(&board->walks, 0, sizeof(board->walks));
	SET(waiter, 0);
	SET(go, false);
	return uapi_child(walk, (void *)call, &sock);
}

static void end_walker(struct __test_metadata *_metadata, pid_t pid)
{
	kill(pid, SIGKILL);
	unblock();
	EXPECT_EQ(1000 + SIGKILL, uapi_wait(pid));
}

/* ---- walks yield ---- */

static const struct {
	const char *name;
	int (*walk)(int sock, void *data);
} walks[] = {
	{ "ENUM of mappings", walk_enum },
	{ "DEVICE_RESET", walk_reset },
	{ "ALLOW_PIDS", walk_allow },
	{ "munmap() of mappings", walk_munmap },
	{ "exit with mappings", walk_exit_mappings },
	{ "exit with reservations", walk_exit_ranges },
};

/* How often it stops inside one walk, each time at another place. */
static int stops_in_one_walk(pid_t pid)
{
	uint64_t walk = 0, switches = 0;
	int stops = 0;

	for (int i = 0; i < TRIES && stops < STOPS && stop_inside(pid); i++) {
		uint64_t now = thread_switches(pid);

		if (walk != GET(walks))
			stops = 0;
		walk = GET(walks);
		stops += now != switches;
		switches = now;
	}
	return stops;
}

/*
 * The kernel takes the processor away at its tick or at once, so a walk need not yield
 * and is stopped as often as it lasts ticks. From 7.0 on, there are no other kernels.
 */
static bool kernel_preempts(void)
{
	char text[128] = "";
	FILE *file = fopen("/sys/kernel/debug/sched/preempt", "r");

	if (file && !fgets(text, sizeof(text), file))
		text[0] = '\0';
	if (file)
		fclose(file);
	return strstr(text, "(lazy)") || strstr(text, "(full)");
}

/* An exit is walked once, and may be over before it has been stopped often enough. */
TEST_F(killable, walks_yield)
{
	if (kernel_preempts())
		SKIP(return, "the kernel preempts the module by itself");
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
		int most = 0;
		bool exits = true;

		for (int round = 0; round < ROUNDS && most < STOPS && exits; round++) {
			pid_t pid = start_walker(walks[i].walk, NULL);
			int stops = stops_in_one_walk(pid);

			most = stops > most ? stops : most;
			exits = thread_state(pid) == 'X';
			kill(pid, SIGKILL);
			unblock();
			ASSERT_LE(0, uapi_wait(pid)) TH_LOG("%s", walks[i].name);
		}
		EXPECT_EQ(STOPS, most) TH_LOG("%s", walks[i].name);
	}
}

/* ---- a fatal signal ends walks ---- */

/* Kills a walker inside a walk. A walk that was about to end has come to its end. */
static void kill_walking(struct __test_metadata *_metadata, int (*walk)(int sock, void *data),
			 bool (*ended)(void))
{
	for (int i = 0; i < ROUNDS; i++) {
		pid_t pid = start_walker(walk, NULL);

		ASSERT_TRUE(stop_inside(pid));
		end_walker(_metadata, pid);
		if (ended())
			return;
	}
	EXPECT_TRUE(false) TH_LOG("no walk has ended early");
}

/* It has not reached the mapping behind the empty reservations. */
static bool enum_ended(void)
{
	return board->list.count == 0 && board->list.cursor == ~0ull;
}

TEST_F(killable, enum_ends)
{
	kill_walking(_metadata, walk_enum, enum_ended);
}

static bool reset_ended(void)
{
	return board->head.reason == ACL_EMU_REASON_INTERRUPTED;
}

TEST_F(killable, reset_ends)
{
	kill_walking(_metadata, walk_reset, reset_ended);
}

/* ---- a fatal signal ends waits for them ---- */

static void call_get_access(int fd)
{
	uapi_get_access(fd, ACL_EMU_VA_USER_FIRST, uapi_device(0));
}

static void call_reset(int fd)
{
	uapi_device_reset(fd, 1);
}

static void call_allow(int fd)
{
	int32_t pid = getpid();

	uapi_allow(fd, board->key, &pid, 1);
}

static void call_import(int fd)
{
	uint64_t handle;

	uapi_import(fd, board->key, 0, &handle);
}

/* True once the waiter waits for the walker, which is stopped inside a walk. */
static bool wait_for_walker(pid_t walker)
{
	for (int i = 0; i < TRIES && stop_inside(walker); i++) {
		SET(go, true);
		while (GET(go)) {
			if (thread_state(GET(waiter)) == 'D' &&
			    thread_in_stack(GET(waiter), " emu_"))
				return true;
			sched_yield();
		}
	}
	return false;
}

/*
 * The waiter is a thread of the walker. True if it ended while the walker was still
 * there; false if the walker ended too, which says nothing.
 */
static bool wait_ends_first(struct __test_metadata *_metadata, const char *name,
			    int (*walk)(int sock, void *data), void (*call)(int fd))
{
	pid_t pid = start_walker(walk, call);
	bool first = false;

	while (!GET(waiter)) {
		ASSERT_EQ(0, waitpid(pid, NULL, WNOHANG)) TH_LOG("%s", name);
	}
	ASSERT_TRUE(wait_for_walker(pid)) TH_LOG("%s", name);
	kill(pid, SIGKILL);
	EXPECT_TRUE(wait_until_gone(GET(waiter))) TH_LOG("%s waits on", name);
	first = thread_state(pid) != 'X';
	end_walker(_metadata, pid);
	return first;
}

static void kill_waiting(struct __test_metadata *_metadata, const char *name,
			 int (*walk)(int sock, void *data), void (*call)(int fd))
{
	for (int i = 0; i < ROUNDS; i++)
		if (wait_ends_first(_metadata, name, walk, call))
			return;
	EXPECT_TRUE(false) TH_LOG("%s waits for the walker", name);
}

TEST_F(killable, waits_end)
{
	kill_waiting(_metadata, "GET_ACCESS", walk_reset, call_get_access);
	kill_waiting(_metadata, "DEVICE_RESET", walk_enum, call_reset);
	kill_waiting(_metadata, "ALLOW_PIDS", walk_allow, call_allow);
}

static int run_importer(int sock, void *data)
{
	struct waiter w = { .call = call_import, .fd = uapi_open() };

	(void)sock;
	(void)data;
	CHILD_CHECK(w.fd >= 0 && !uapi_device_open(w.fd, 0));
	wait_for_go(&w);
	return 1;
}

/* The importer is another process. True if it ended during one walk of the walker. */
static bool import_ends_first(struct __test_metadata *_metadata)
{
	pid_t walker = start_walker(walk_allow, NULL), importer;
	uint64_t walk;
	bool first;
	int sock;

	importer = uapi_child(run_importer, NULL, &sock);
	while (!GET(waiter)) {
		ASSERT_EQ(0, waitpid(importer, NULL, WNOHANG));
	}
	ASSERT_TRUE(wait_for_walker(walker));
	walk = GET(walks);
	kill(importer, SIGKILL);
	EXPECT_TRUE(wait_until_gone(importer)) TH_LOG("IMPORT waits on");
	first = GET(walks) == walk;
	end_walker(_metadata, walker);
	EXPECT_EQ(1000 + SIGKILL, uapi_wait(importer));
	return first;
}

TEST_F(killable, wait_of_import_ends)
{
	for (int i = 0; i < ROUNDS; i++)
		if (import_ends_first(_metadata))
			return;
	EXPECT_TRUE(false) TH_LOG("IMPORT waits for the walker");
}

TEST_HARNESS_MAIN
