// SPDX-License-Identifier: MIT
/*
 * The text of keys.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "share/key.h"

#define DIGITS	16	/* of a word */

static uint64_t key_sum(uint64_t kind, const struct emu_key *key)
{
	uint64_t sum = kind;
	size_t i;

	for (i = 0; i < 3; i++) {
		sum = (sum ^ key->word[i]) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 29;
	}
	return sum;
}

/* Writes no NUL. */
void emu_key_write(uint64_t kind, const struct emu_key *key, char text[EMU_KEY_LEN])
{
	char room[EMU_KEY_LEN + 1];

	snprintf(room, sizeof(room), "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64,
		 key->word[0], key->word[1], key->word[2], key_sum(kind, key));
	memcpy(text, room, EMU_KEY_LEN);
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

/* False: not written by emu_key_write() for this kind. */
bool emu_key_read(uint64_t kind, const char text[EMU_KEY_LEN], struct emu_key *key)
{
	struct emu_key k;
	uint64_t sum;
	int i;

	for (i = 0; i < 3; i++) {
		if (!read_word(text + (size_t)i * DIGITS, &k.word[i]))
			return false;
	}
	if (!read_word(text + (size_t)3 * DIGITS, &sum) || sum != key_sum(kind, &k))
		return false;
	*key = k;
	return true;
}
