/* SPDX-License-Identifier: MIT */
/*
 * What processes share: keys of memory, IPC names, notifies.
 */
#ifndef HAL_SHARE_H
#define HAL_SHARE_H

#include "core/ipc_name.h"
#include "error.h"

/* A device is about to be closed; @last: no other one is open. Ends imports of IPC names. */
void hal_share_reset(uint32_t device, bool last);

drvError_t hal_share_allow(uint64_t key, const int *pids, uint32_t count);
drvError_t hal_share_allow_all(uint64_t key, bool on);
drvError_t hal_share_device(uint64_t key, uint32_t *device);
drvError_t hal_share_close(uint64_t key);
/* @kind: EMU_IPC_NAME_*. */
drvError_t hal_name_write(uint64_t kind, const struct emu_ipc_name *name, char *text,
			  uint32_t room);
drvError_t hal_name_read(uint64_t kind, const char *text, struct emu_ipc_name *name);

#endif
