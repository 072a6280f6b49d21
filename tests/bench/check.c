// SPDX-License-Identifier: MIT
/*
 * What checks cost: a cycle of allocate, reserve, map, unmap and free through the
 * library, without checks, with ACL_EMU_CHECK=leak, and the same ioctls without the
 * library. Each way is measured in a process of its own, which reads the checks at
 * its first call.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acl/acl.h"
#include "bench.h"

#define REPS	11
#define ROUNDS	20

static uint64_t library_cycle(void *arg)
{
	aclrtPhysicalMemProp prop = {
		.memAttr = ACL_HBM_MEM_HUGE, .location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	uint64_t start = bench_now();
	aclrtDrvMemHandle handle;
	void *addr;

	for (int i = 0; i < ROUNDS; i++) {
		BENCH_CHECK(!aclrtMallocPhysical(&handle, SIZE_2M, &prop, 0));
		BENCH_CHECK(!aclrtReserveMemAddress(&addr, SIZE_2M, 0, NULL, 0));
		BENCH_CHECK(!aclrtMapMem(addr, SIZE_2M, 0, handle, 0));
		if (arg)
			*(volatile char *)addr = 1;
		BENCH_CHECK(!aclrtUnmapMem(addr));
		BENCH_CHECK(!aclrtReleaseMemAddress(addr));
		BENCH_CHECK(!aclrtFreePhysical(handle));
	}
	return (bench_now() - start) / ROUNDS;
}

static uint64_t ioctl_cycle(void *arg)
{
	uint64_t start = bench_now(), handle, addr;

	for (int i = 0; i < ROUNDS; i++) {
		handle = emu_alloc(SIZE_2M, 0);
		addr = emu_reserve(SIZE_2M);
		emu_map(addr, SIZE_2M, handle);
		if (arg)
			*(volatile char *)emu_ptr(addr) = 1;
		emu_unmap(addr);
		emu_release(addr);
		emu_free(handle);
	}
	return (bench_now() - start) / ROUNDS;
}

/* @checks NULL: without the library. */
static uint64_t measure(const char *checks)
{
	uint64_t *took = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			      -1, 0);
	int status;
	pid_t pid;

	BENCH_CHECK(took != MAP_FAILED);
	pid = fork();
	if (!pid) {
		if (checks) {
			setenv("ACL_EMU_CHECK", checks, 1);
			BENCH_CHECK(!aclInit(NULL) && !aclrtSetDevice(0));
			*took = bench_repeat(REPS, library_cycle, took);
		} else {
			emu_open();
			*took = bench_repeat(REPS, ioctl_cycle, took);
		}
		_exit(0);
	}
	BENCH_CHECK(waitpid(pid, &status, 0) == pid && !status);
	return *took;
}

int main(void)
{
	uint64_t ioctls = measure(NULL), off = measure(""), leak = measure("leak");

	bench_row("library cycle", "2 MiB, no check", off, "ioctls alone", ioctls);
	bench_row("library cycle", "2 MiB, ACL_EMU_CHECK=leak", leak, "no check", off);
	return 0;
}
