// SPDX-License-Identifier: MIT
/*
 * A kernel function in C, run on the CPU: each block is a process and adds its part of two
 * vectors into a third. The program reads the result from the same memory.
 *
 *     cc gm_share.c -lascendcl && ./a.out
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "tikicpulib.h"

#define BLOCKS	8
#define LENGTH	((size_t)BLOCKS * 32 * 1024 * 8)	/* elements of a vector */

/* One block's part of z = x + y. */
static __global__ __aicore__ void add_custom(GM_ADDR x, GM_ADDR y, GM_ADDR z)
{
	const uint16_t *a = (const uint16_t *)x, *b = (const uint16_t *)y;
	size_t share = LENGTH / (size_t)GetBlockNum(), first = share * (size_t)GetBlockIdx(), i;
	uint16_t *sum = (uint16_t *)z;

	for (i = first; i < first + share; i++)
		sum[i] = (uint16_t)(a[i] + b[i]);
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

	printf("host: three blocks of %" PRIu64 " bytes, each a file in /tmp\n",
	       GmGetUserSize((uintptr_t)x));
	for (i = 0; i < LENGTH; i++) {
		x[i] = (uint16_t)i;
		y[i] = (uint16_t)(2 * i);
	}
	printf("host: wrote x and y, the last element of z is %u\n", z[LENGTH - 1]);

	SetKernelMode(AIV_MODE);
	ICPU_RUN_KF(add_custom, BLOCKS, (GM_ADDR)x, (GM_ADDR)y, (GM_ADDR)z);

	wrong = count_wrong(z);
	printf("host: z holds x + y in %zu of %zu elements\n", LENGTH - wrong, LENGTH);
	GmFree(x);
	GmFree(y);
	GmFree(z);
	printf("host: freed the blocks and their files\n");
	return wrong != 0;
}
