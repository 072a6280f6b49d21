/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memmove() for large pieces, by 32 bytes at a time where the processor can.
 *
 * String instructions are as fast on processors that have them in microcode;
 * where they are emulated, as in a virtual machine without hardware support,
 * they move 8 bytes a step and wide registers are several times faster.
 */
#ifndef ACL_EMU_WIDE_H
#define ACL_EMU_WIDE_H

#include <linux/minmax.h>
#include <linux/string.h>

#ifdef CONFIG_X86_64
#include <asm/cpufeature.h>
#include <asm/fpu/api.h>

#define EMU_WIDE_STEP	128
/* Below it, saving the registers costs more than it gains. */
#define EMU_WIDE_MIN	(8 * 1024)
/* No preemption for so many bytes. */
#define EMU_WIDE_MAX	(64 * 1024)

static inline bool emu_wide_usable(void)
{
	return boot_cpu_has(X86_FEATURE_AVX) &&
	       !boot_cpu_has(X86_FEATURE_ERMS) &&
	       cpu_has_xfeatures(XFEATURE_MASK_SSE | XFEATURE_MASK_YMM, NULL);
}

/* The compiler keeps nothing in these registers, so none is named as lost. */
static inline void emu_wide_step(void *to, const void *from)
{
	asm volatile("vmovdqu (%1), %%ymm0\n\t"
		     "vmovdqu 32(%1), %%ymm1\n\t"
		     "vmovdqu 64(%1), %%ymm2\n\t"
		     "vmovdqu 96(%1), %%ymm3\n\t"
		     "vmovdqu %%ymm0, (%0)\n\t"
		     "vmovdqu %%ymm1, 32(%0)\n\t"
		     "vmovdqu %%ymm2, 64(%0)\n\t"
		     "vmovdqu %%ymm3, 96(%0)"
		     : : "r" (to), "r" (from) : "memory");
}

static inline void emu_wide_copy(void *to, const void *from, size_t size)
{
	size_t part;

	/* Only copies that do not overlap go upwards step by step. */
	if (to < from + size && from < to + size)
		goto rest;
	while (size >= EMU_WIDE_MIN && emu_wide_usable()) {
		part = round_down(min_t(size_t, size, EMU_WIDE_MAX),
				  EMU_WIDE_STEP);
		size -= part;
		kernel_fpu_begin();
		for (; part; part -= EMU_WIDE_STEP) {
			emu_wide_step(to, from);
			to += EMU_WIDE_STEP;
			from += EMU_WIDE_STEP;
		}
		kernel_fpu_end();
	}
rest:
	memmove(to, from, size);
}
#else
static inline void emu_wide_copy(void *to, const void *from, size_t size)
{
	memmove(to, from, size);
}
#endif

#endif /* ACL_EMU_WIDE_H */
