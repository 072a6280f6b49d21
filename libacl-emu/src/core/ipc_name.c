// SPDX-License-Identifier: MIT
/*
 * The text of IPC names.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ipc_name.h"

#define DIGITS	16	/* of a word */

static uint64_t name_sum(uint64_t kind, const struct emu_ipc_name *name)
{
	uint64_t sum = kind;
	size_t i;

	for (i = 0; i < 3; i++) {
		sum = (sum ^ name->word[i]) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 29;
	}
	return sum;
}

/* Writes no NUL. */
void emu_ipc_name_write(uint64_t kind, const struct emu_ipc_name *name,
			char text[EMU_IPC_NAME_LEN])
{
	char digits[EMU_IPC_NAME_LEN + 1];

	snprintf(digits, sizeof(digits), "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64,
		 name->word[0], name->word[1], name->word[2], name_sum(kind, name));
	memcpy(text, digits, EMU_IPC_NAME_LEN);
}

static bool read_word(const char *text, uint64_t *word)
{
	char digits[DIGITS + 1];

	memcpy(digits, text, DIGITS);
	digits[DIGITS] = '\0';
	if (strspn(digits, "0123456789abcdef") != DIGITS)
		return false;
	*word = strtoull(digits, NULL, 16);
	return true;
}

/* False: not written by emu_ipc_name_write() for this kind. */
bool emu_ipc_name_read(uint64_t kind, const char text[EMU_IPC_NAME_LEN],
		       struct emu_ipc_name *name)
{
	struct emu_ipc_name n;
	uint64_t sum;
	int i;

	for (i = 0; i < 3; i++) {
		if (!read_word(text + (size_t)i * DIGITS, &n.word[i]))
			return false;
	}
	if (!read_word(text + (size_t)3 * DIGITS, &sum) || sum != name_sum(kind, &n))
		return false;
	*name = n;
	return true;
}
