/* SPDX-License-Identifier: MIT */
/*
 * IPC names: 64 characters that stand for a share key of the module.
 *
 * Three words and a checksum over these and over the kind of name, so that a
 * damaged name, and one of another kind or of another library, is detected.
 */
#ifndef EMU_CORE_IPC_NAME_H
#define EMU_CORE_IPC_NAME_H

#include <stdbool.h>
#include <stdint.h>

#define EMU_IPC_NAME_LEN	64	/* without the NUL that some have at the end */

/* The last letter is the version of the meaning of the words. */
#define EMU_IPC_NAME_MEMORY	UINT64_C(0x61636c2d656d7531)	/* "acl-emu1" */
#define EMU_IPC_NAME_EVENT	UINT64_C(0x61636c2d65766531)	/* "acl-eve1" */
#define EMU_IPC_NAME_NOTIFY	UINT64_C(0x61636c2d6e6f7431)	/* "acl-not1" */

struct emu_ipc_name {
	uint64_t word[3];
};

void emu_ipc_name_write(uint64_t kind, const struct emu_ipc_name *name,
			char text[EMU_IPC_NAME_LEN]);
bool emu_ipc_name_read(uint64_t kind, const char text[EMU_IPC_NAME_LEN],
		       struct emu_ipc_name *name);

#endif
