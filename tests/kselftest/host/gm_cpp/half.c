// SPDX-License-Identifier: MIT
/* half and bfloat16_t in C, with every compiler: conversions, and arithmetic through float. */
#include <stdio.h>

#include "tikicpulib.h"

static int failed;

#define CHECK(condition)                                                                          \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			printf("line %d: %s\n", __LINE__, #condition);                            \
			failed = 1;                                                               \
		}                                                                                 \
	} while (0)

/* z = x + y in memory of GmAlloc, as a kernel would. */
static void add(half *x, half *y, half *z)
{
	*z = acl_emu_half_from(acl_emu_half_to(*x) + acl_emu_half_to(*y));
}

int main(void)
{
	half *x = (half *)GmAlloc(3 * sizeof(half));
	bfloat16_t *b = (bfloat16_t *)GmAlloc(sizeof(bfloat16_t));
	unsigned int i;

	CHECK(sizeof(half) == 2 && sizeof(bfloat16_t) == 2);
	x[0] = acl_emu_half_from(1.5f);
	x[1] = acl_emu_half_from(-0.25f);
	add(&x[0], &x[1], &x[2]);
	CHECK(acl_emu_half_to(x[2]) == 1.25f);
	CHECK(acl_emu_half_to(acl_emu_half_from(2049)) == 2048);
	CHECK(acl_emu_half_to(acl_emu_half_from(2051)) == 2052);
	*b = acl_emu_bfloat16_from(257);
	CHECK(acl_emu_bfloat16_to(*b) == 256);
	*b = acl_emu_bfloat16_from(259);
	CHECK(acl_emu_bfloat16_to(*b) == 260);
	for (i = 0; i < 65536; i++) {
		uint16_t bits = (uint16_t)i, back;

		memcpy(x, &bits, 2);
		*x = acl_emu_half_from(acl_emu_half_to(*x));
		memcpy(&back, x, 2);
		CHECK(back == bits || (bits & 0x7fff) > 0x7c00);
		memcpy(b, &bits, 2);
		*b = acl_emu_bfloat16_from(acl_emu_bfloat16_to(*b));
		memcpy(&back, b, 2);
		CHECK(back == bits || (bits & 0x7fff) > 0x7f80);
	}
	GmFree(x);
	GmFree(b);
	return failed;
}
