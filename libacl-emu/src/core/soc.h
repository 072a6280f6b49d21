/* SPDX-License-Identifier: MIT */
/*
 * The kind of device that is emulated, which ACL_EMU_SOC selects.
 */
#ifndef EMU_CORE_SOC_H
#define EMU_CORE_SOC_H

#include <stdint.h>

struct emu_soc {
	const char *name;
	uint32_t version;	/* chip and variant, as drivers number them */
	uint32_t cubes;		/* cores for matrices; these are the "AI cores" */
	uint32_t vectors;
	uint64_t l2;		/* bytes */
};

const char *emu_soc_name(void);
const struct emu_soc *emu_soc(void);

#endif
