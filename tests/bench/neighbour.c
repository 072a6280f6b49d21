// SPDX-License-Identifier: MIT
/*
 * What it costs a process that another one has very much: calls with and without
 * a neighbour who holds a million handles, keys and mappings.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define REPS	101
#define MUCH	1000000ul

static uint64_t room;
static uint64_t handle;

static uint64_t map(void *arg)
{
	uint64_t start = bench_now();

	(void)arg;
	emu_map(room, SIZE_2M, handle);
	bench_touch(emu_ptr(room), SIZE_2M, SIZE_2M);
	emu_unmap(room);
	return bench_now() - start;
}

static uint64_t key(void *arg)
{
	uint64_t start = bench_now();
	uint64_t small = emu_alloc(SIZE_4K, ACL_EMU_PHYS_4K);

	(void)arg;
	emu_export(small, ACL_EMU_EXPORT_NO_LIST);
	emu_free(small);
	return bench_now() - start;
}

static uint64_t reservation(void *arg)
{
	uint64_t start = bench_now();

	(void)arg;
	emu_release(emu_reserve(SIZE_2M));
	return bench_now() - start;
}

static uint64_t context(void *arg)
{
	uint64_t start = bench_now();
	int fd = open("/dev/acl_emu", O_RDWR | O_CLOEXEC);

	(void)arg;
	BENCH_CHECK(fd >= 0);
	close(fd);
	return bench_now() - start;
}

static const struct {
	const char *name;
	uint64_t (*fn)(void *arg);
} calls[] = {
	{ "neighbour: map touch unmap", map },
	{ "neighbour: allocate export free", key },
	{ "neighbour: reserve release", reservation },
	{ "neighbour: open close", context },
};

#define CALLS	(sizeof(calls) / sizeof(calls[0]))

static void measure(uint64_t *took)
{
	for (unsigned int i = 0; i < CALLS; i++)
		took[i] = bench_repeat(REPS, calls[i].fn, NULL);
}

static void have_much(int ready)
{
	uint64_t small, addr;
	int file;

	emu_open();
	small = emu_alloc(SIZE_4K, ACL_EMU_PHYS_4K);
	addr = emu_reserve((MUCH * SIZE_4K + SIZE_2M) & -SIZE_2M);
	file = emu_export_fd(small);
	for (unsigned long i = 0; i < MUCH; i++) {
		emu_map(addr + i * SIZE_4K, SIZE_4K, small);
		emu_export(small, ACL_EMU_EXPORT_NO_LIST);
		emu_import_fd(file);
	}
	BENCH_CHECK(write(ready, "r", 1) == 1);
	for (;;)
		pause();
}

int main(void)
{
	uint64_t alone[CALLS], beside[CALLS];
	int ready[2];
	pid_t pid;
	char c;

	BENCH_CHECK(!pipe(ready));
	pid = fork();
	BENCH_CHECK(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Begins when it is told to. */
		raise(SIGSTOP);
		have_much(ready[1]);
	}
	emu_open();
	room = emu_reserve(SIZE_2M);
	handle = emu_alloc(SIZE_2M, 0);
	measure(alone);
	BENCH_CHECK(waitpid(pid, NULL, WUNTRACED) == pid);
	kill(pid, SIGCONT);
	BENCH_CHECK(read(ready[0], &c, 1) == 1);
	measure(beside);
	for (unsigned int i = 0; i < CALLS; i++)
		bench_row(calls[i].name, "1000000 of each elsewhere", beside[i], "ours alone",
			  alone[i]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}
