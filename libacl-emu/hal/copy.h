/* SPDX-License-Identifier: MIT */
/*
 * Copies.
 */
#ifndef HAL_COPY_H
#define HAL_COPY_H

#include "error.h"

drvError_t hal_copy(uint64_t dst, uint64_t src, uint64_t size);
/* Executes a copy that was kept for an entry of a queue. */
drvError_t hal_copy_kept(uint64_t token);

#endif
