// SPDX-License-Identifier: MIT
/*
 * Memory for a kernel that runs on the CPU: the parent plays the host, the
 * forked children play the cores of a device. They add two vectors into a
 * third, and the parent reads the result from the same blocks.
 *
 *     cc gm_share.c -lascendcl && ./a.out
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tikicpulib.h"

#define CORES	8
#define LENGTH	((size_t)CORES * 32 * 1024 * 8)	/* elements of a vector */

/* One core's part of z = x + y. */
static void add(int core, const uint16_t *x, const uint16_t *y, uint16_t *z)
{
	size_t share = LENGTH / CORES, i;

	for (i = core * share; i < (core + 1) * share; i++)
		z[i] = (uint16_t)(x[i] + y[i]);
}

/* Returns 0 when every core ended well. */
static int launch(const uint16_t *x, const uint16_t *y, uint16_t *z)
{
	int core, status, bad = 0;

	for (core = 0; core < CORES; core++) {
		pid_t pid = fork();

		if (pid < 0) {
			perror("fork");
			bad = 1;
			break;
		}
		if (pid == 0) {
			add(core, x, y, z);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		bad |= status;
	return bad;
}

static size_t count_wrong(const uint16_t *z)
{
	size_t i, wrong = 0;

	for (i = 0; i < LENGTH; i++)
		wrong += z[i] != (uint16_t)(3 * i);
	return wrong;
}

int main(void)
{
	size_t bytes = LENGTH * sizeof(uint16_t), i, wrong;
	uint16_t *x = GmAlloc(bytes), *y = GmAlloc(bytes), *z = GmAlloc(bytes);
	uint64_t args[] = { (uintptr_t)x, (uintptr_t)y, (uintptr_t)z };
	int bad;

	printf("host: three blocks of %" PRIu64 " bytes, each a file in /tmp\n",
	       GmGetUserSize((uintptr_t)x));
	for (i = 0; i < LENGTH; i++) {
		x[i] = (uint16_t)i;
		y[i] = (uint16_t)(2 * i);
	}
	printf("host: wrote x and y, the last element of z is %u\n", z[LENGTH - 1]);
	CheckGmValied(3, args);
	printf("host: all arguments are blocks; starting %d cores\n", CORES);
	/* Else each child would print what still waits in the buffer. */
	fflush(stdout);

	bad = launch(x, y, z);
	wrong = count_wrong(z);
	printf("host: the cores ended %s; z holds x + y in %zu of %zu elements\n",
	       bad ? "badly" : "well", LENGTH - wrong, LENGTH);

	GmFree(x);
	GmFree(y);
	GmFree(z);
	printf("host: freed the blocks and their files\n");
	return bad || wrong;
}
