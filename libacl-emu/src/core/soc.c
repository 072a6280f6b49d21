// SPDX-License-Identifier: MIT
/*
 * The kinds of devices whose numbers are known.
 *
 * No cores are emulated. Programs choose their code and tiling by these numbers,
 * which are published for a real device. ACL_EMU_SOC names another device; if it
 * is not in the table, only its name is used.
 */
#include <string.h>

#include "core/config.h"
#include "core/error.h"
#include "core/soc.h"

#define SOC_DEFAULT	"Ascend910B3"

static const struct emu_soc socs[] = {
	{ "Ascend910B1", 0x501, 24, 48, 192 * UINT64_C(1048576) },
	{ "Ascend910B2", 0x502, 24, 48, 192 * UINT64_C(1048576) },
	{ SOC_DEFAULT, 0x503, 20, 40, 192 * UINT64_C(1048576) },
	{ "Ascend910B4", 0x500, 20, 40, 96 * UINT64_C(1048576) },
};

const char *emu_soc_name(void)
{
	const char *name = emu_variable(EMU_VAR_SOC);

	return name ? name : SOC_DEFAULT;
}

/* NULL: nothing but its name is known; the message is written. */
const struct emu_soc *emu_soc(void)
{
	const char *name = emu_soc_name();
	size_t i;

	for (i = 0; i < sizeof(socs) / sizeof(socs[0]); i++) {
		if (!strcmp(socs[i].name, name))
			return &socs[i];
	}
	emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
		  "unset ACL_EMU_SOC or name Ascend910B1, B2, B3 or B4",
		  "nothing but its name is known of the device %s", name);
	return NULL;
}
