/* SPDX-License-Identifier: MIT */
/*
 * Configuration: environment variables, and the file of aclInit().
 */
#ifndef EMU_CORE_CONFIG_H
#define EMU_CORE_CONFIG_H

#include "core/common.h"

/* See the table in config.c. */
enum emu_variable {
	EMU_VAR_DEVICE, EMU_VAR_AUTOLOAD, EMU_VAR_SOC, EMU_VAR_VA, EMU_VAR_RELAX,
	EMU_VAR_VISIBLE, EMU_VAR_LOG_STDOUT, EMU_VAR_LOG_LEVEL, EMU_VAR_CHECK, EMU_VAR_REPORT,
	EMU_VARS
};

const char *emu_variable(enum emu_variable which);
const char *emu_variable_set(enum emu_variable which);
bool emu_variable_is(enum emu_variable which, const char *value);

struct emu_config {
	char *text;		/* the whole file, malloc()ed */
	bool per_process;	/* err_msg_mode is 1 */
};

aclError emu_config_read(const char *path, struct emu_config *config);

#endif
