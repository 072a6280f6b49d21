/* SPDX-License-Identifier: MIT */
/*
 * JSON, as far as the configuration file needs it.
 */
#ifndef EMU_CORE_JSON_H
#define EMU_CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct emu_json {
	const char *value;	/* of the member, as it stands in the text; NULL: none */
	size_t length;
	const char *problem;	/* NULL: the text is JSON */
	size_t offset;		/* of the problem */
};

bool emu_json_find(const char *text, const char *key, struct emu_json *out);

#endif
