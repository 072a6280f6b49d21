// SPDX-License-Identifier: MIT
/*
 * What code of the kernel ran, where the kernel tells (KCOV).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <linux/kcov.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "fuzz.h"

#define NODE	"/sys/kernel/debug/kcov"
#define WORDS	(64 << 10)	/* a task and program */
#define TASKS	4
#define EDGES	(1u << 18)

static struct {
	int fd;
	uint64_t *area;		/* a number, then so many addresses */
} tasks[TASKS];
static unsigned int nr_tasks;
static uint8_t *seen;
static unsigned int total;

bool fuzz_cover_open(unsigned int nr)
{
	for (nr_tasks = 0; nr_tasks < nr && nr_tasks < TASKS; nr_tasks++) {
		int fd = open(NODE, O_RDWR | O_CLOEXEC);

		if (fd < 0 || ioctl(fd, KCOV_INIT_TRACE, WORDS))
			return false;
		tasks[nr_tasks].fd = fd;
		tasks[nr_tasks].area = mmap(NULL, WORDS * sizeof(uint64_t),
					    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (tasks[nr_tasks].area == MAP_FAILED)
			return false;
	}
	seen = calloc(EDGES, 1);
	return seen;
}

void fuzz_cover_enable(unsigned int task)
{
	if (seen)
		ioctl(tasks[task].fd, KCOV_ENABLE, KCOV_TRACE_PC);
}

void fuzz_cover_clear(void)
{
	for (unsigned int i = 0; seen && i < nr_tasks; i++)
		__atomic_store_n(&tasks[i].area[0], 0, __ATOMIC_RELAXED);
}

unsigned int fuzz_cover_new(void)
{
	unsigned int new = 0;

	for (unsigned int i = 0; seen && i < nr_tasks; i++) {
		uint64_t nr = __atomic_load_n(&tasks[i].area[0], __ATOMIC_RELAXED);
		uint64_t last = 0;

		for (uint64_t j = 1; j <= nr; j++) {
			uint64_t pc = tasks[i].area[j];
			uint32_t edge = ((last * 31 ^ pc) * 0x9e3779b97f4a7c15ull) >> 46;

			new += !seen[edge % EDGES];
			seen[edge % EDGES] = 1;
			last = pc;
		}
	}
	total += new;
	return new;
}

unsigned int fuzz_cover_total(void)
{
	return total;
}
