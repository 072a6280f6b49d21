/* SPDX-License-Identifier: MIT */
/*
 * Keys: how a share of the module travels to another process, as 64 characters.
 *
 * Three words and a sum over these and over the kind of key, so that a damaged
 * key, and one of another kind or of another library, is known as such.
 */
#ifndef EMU_KEY_H
#define EMU_KEY_H

#include <stdbool.h>
#include <stdint.h>

#define EMU_KEY_LEN	64	/* without the NUL that some have behind it */

/* The last letter is the version of what the words mean. */
#define EMU_KEY_MEMORY	UINT64_C(0x61636c2d656d7531)	/* "acl-emu1" */
#define EMU_KEY_EVENT	UINT64_C(0x61636c2d65766531)	/* "acl-eve1" */
#define EMU_KEY_NOTIFY	UINT64_C(0x61636c2d6e6f7431)	/* "acl-not1" */

struct emu_key {
	uint64_t word[3];
};

void emu_key_write(uint64_t kind, const struct emu_key *key, char text[EMU_KEY_LEN]);
bool emu_key_read(uint64_t kind, const char text[EMU_KEY_LEN], struct emu_key *key);

#endif
