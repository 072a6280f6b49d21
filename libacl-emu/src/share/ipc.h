/* SPDX-License-Identifier: MIT */
/*
 * Device memory shared by IPC names.
 */
#ifndef EMU_SHARE_IPC_H
#define EMU_SHARE_IPC_H

#include "core/common.h"

aclError emu_ipc_close(uint64_t addr);

#endif
